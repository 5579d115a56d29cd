//! The whole way from an item to its expansion: whatever comes in, the item comes out, and nothing panics.

use crate::expand;
use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::quote;

#[track_caller]
fn check(options: &TokenStream, item: &TokenStream, twin: &TokenStream) {
    let expanded = compact(&expand(options.clone(), item.clone()));
    assert_eq!(built(&expanded), compact(&quote!(#item #twin)));
}

/// Without what is for editors only.
fn built(expanded: &str) -> String {
    let mut rest = expanded;
    let mut built = String::new();
    while let Some((before, after)) = rest.split_once("__private::ide!{") {
        let start = before.rfind("::sync_twin::").or(before.rfind("::twins::"));
        built.push_str(&before[..start.unwrap_or(before.len())]);
        let mut depth = 1;
        let end = after.find(|c| {
            depth += i32::from(c == '{') - i32::from(c == '}');
            depth == 0
        });
        rest = &after[end.unwrap() + 1..];
    }
    built + rest
}

/// Without spaces, which depend on how tokens were put together.
fn compact(tokens: &TokenStream) -> String {
    tokens.to_string().replace(' ', "")
}

#[test]
fn a_free_fn_is_called_by_its_name() {
    check(
        &quote!(),
        &quote!(
            pub async fn load<T: From<u8>>(url: &str, (a, _): (u8, u8)) -> T {
                todo!()
            }
        ),
        &quote! {
            #[doc = " The blocking twin of [`load`](fn@load)."]
            #[doc = ""]
            #[doc = " In async code, `.await` that instead: a twin blocks the thread that calls it."]
            #[track_caller]
            pub fn load_sync<T: From<u8>>(url: &str, __arg1: (u8, u8)) -> T {
                let __call = ::sync_twin::__private::call(
                    (::sync_twin::__private::arg_type(&url), ::sync_twin::__private::arg_type(&__arg1),),
                    move || load::<T>(url, __arg1)
                );
                __call.__sync_twin_isolation().block_on(__call, const {
                    &::sync_twin::__private::Origin::new("load", ::core::cfg!(debug_assertions))
                })
            }
        },
    );
}

/// What other attributes are given, in whose place rustc is to say what they do not like.
#[test]
fn a_twin_for_other_attributes() {
    check(
        &quote!(attrs(pyfunction), around = detached, name = wait),
        &quote!(
            pub async fn wait_async() -> u8 {
                1
            }
        ),
        &quote! {
            #[doc = " The blocking twin of `wait_async`."]
            #[pyfunction]
            pub fn wait() -> u8 {
                let __call = ::sync_twin::__private::call((), move || wait_async());
                {
                    let __site = ::core::panic::Location::caller();
                    detached(move || {
                        __call.__sync_twin_isolation().block_on_at(__site, __call, const {
                            &::sync_twin::__private::Origin::new("wait_async", ::core::cfg!(debug_assertions))
                        })
                    })
                }
            }
        },
    );
}

/// The impl blocks of a blocking type: the attributes of each, and its fns.
#[test]
fn an_impl_block_for_other_attributes() {
    let block = quote!(
        /// A client.
        impl Client {
            pub const LIMIT: u8 = 1;
            /// Asks.
            ///
            /// In detail.
            pub async fn ask(&self) -> u8 {
                1
            }
            pub fn size(&self) -> u8 {
                2
            }
            #[sync_wrapper(unset(impl_attrs))]
            pub async fn generic<T>(&self) {}
        }
    );
    let options =
        quote!(type = Blocking, attrs(pyclass), impl_attrs(pymethods, other), timeout = LIMIT);
    let expanded = compact(&expand(options, block));
    let (ty, rest) = expanded
        .split_once("#[pymethods]#[other]implBlocking{")
        .unwrap();
    let lints = "}#[allow(clippy::len_without_is_empty,clippy::new_without_default)]implBlocking{";
    let (theirs, ours) = rest.split_once(lints).unwrap();
    assert!(ty.contains("}#[doc=r\"Aclient.\"]#[allow"), "{ty}");
    assert!(ty.contains("#[pyclass]pubstructBlocking"), "{ty}");
    assert!(
        theirs.starts_with("#[doc=r\"Asks.\"]#[doc=\"\"]#[doc=\"Itwaitsforatmost`LIMIT`"),
        "{theirs}"
    );
    // It takes fns only.
    assert!(
        !theirs.contains("ide!") && ours.contains("ide!"),
        "{theirs}"
    );
    let has = |text: &str, fns: &[&str]| {
        for name in [
            "ask",
            "size",
            "generic",
            "into_inner",
            "as_async",
            "as_async_mut",
        ] {
            assert_eq!(
                text.contains(&format!("fn{name}(")) || text.contains(&format!("fn{name}<")),
                fns.contains(&name),
                "{name} in {text}"
            );
        }
    };
    has(theirs, &["ask", "size"]);
    has(ours, &["generic", "into_inner", "as_async", "as_async_mut"]);
    assert!(ours.starts_with("pubconstLIMIT"), "{ours}");
}

#[test]
fn where_the_attributes_of_others_may_be() {
    let block = quote!(
        impl Client {
            pub async fn get(&self) {}
        }
    );
    let passed_through = quote!(
        impl Client {
            #[sync_wrapper(around = timed)]
            pub fn size(&self) -> u8 {}
        }
    );
    let function = quote!(
        async fn get() {}
    );
    let of_trait = quote!(
        trait Store {
            async fn get(&self);
        }
    );
    for (options, item, codes) in [
        (quote!(extend = T, attrs(a)), &block, &["SW408"][..]),
        (quote!(type = T), &passed_through, &["SW408"]),
        (quote!(impl_attrs(a), around = x), &function, &["SW408"]),
        (quote!(impl_attrs(a)), &of_trait, &["SW408"]),
        (
            quote!(impl_attrs(a), type = T, attrs(a), around = x),
            &of_trait,
            &[],
        ),
    ] {
        let found = outcome(&options, item).0;
        assert_eq!(found, codes, "{options}");
    }
}

/// The codes of what is reported, and the fns named `…_sync`.
fn outcome(options: &TokenStream, item: &TokenStream) -> (Vec<String>, Vec<String>) {
    let expanded = expand(options.clone(), item.clone()).to_string();
    let codes = expanded
        .match_indices("\"SW")
        .map(|(at, _)| expanded[at + 1..at + 6].to_owned());
    let built = built(&expanded.replace(' ', ""));
    let twins = built.split("fn").filter_map(|part| {
        let name = part.split(['(', '<']).next()?;
        name.strip_suffix("_sync").map(str::to_owned)
    });
    (codes.collect(), twins.collect())
}

#[test]
fn a_block_selects_by_name() {
    let block = quote!(
        impl Client {
            async fn connect() {}
            async fn get(&self) {}
            fn size(&self) -> u8 {}
        }
    );
    for (options, codes, twins) in [
        (quote!(skip(get)), &[][..], &["connect"][..]),
        (quote!(only(get)), &[], &["get"]),
        (quote!(skip(size)), &[], &["connect", "get"]),
        // It is asked for a twin that it cannot have.
        (quote!(only(size, get)), &["SW101"], &["get"]),
        (quote!(skip(gte)), &["SW313"], &["connect", "get"]),
        (quote!(only(get, set)), &["SW313"], &["get"]),
        (quote!(skip(get), only(connect)), &["SW408"], &["connect"]),
        (quote!(skip), &["SW404"], &[]),
    ] {
        assert_eq!(
            outcome(&options, &block),
            (
                codes.iter().map(ToString::to_string).collect(),
                twins.iter().map(ToString::to_string).collect()
            ),
            "{options}"
        );
    }
}

#[test]
fn fns_of_a_block_that_return_futures() {
    let block = quote!(
        impl Client {
            fn a(&self) -> impl Future<Output = u8> + Send {}
            fn b(&self) -> Pin<Box<dyn Future<Output = u8> + '_>> {}
            fn c(&self) -> BoxFuture<'_, u8> {}
            fn unreadable(&self) -> impl Future {}
            fn named(&self) -> Self::Future {}
            fn takes(&self, future: impl Future<Output = u8>) -> u8 {}
            const fn constant() -> Pin<Box<dyn Future<Output = u8>>> {}
            extern "C" fn foreign() -> Pin<Box<dyn Future<Output = u8>>> {}
            // Somebody has written its twin.
            fn d(&self) -> BoxFuture<'_, u8> {}
            fn d_sync(&self) -> u8 {}
            // Two that would have one name.
            fn e(&self) -> BoxFuture<'_, u8> {}
            async fn e_async(&self) -> u8 {}
            #[sync_wrapper(skip)]
            fn f(&self) -> BoxFuture<'_, u8> {}
        }
    );
    let (codes, fns) = outcome(&quote!(), &block);
    assert!(codes.is_empty(), "{codes:?}");
    assert_eq!(fns, ["d", "a", "b", "c", "e", "e_async"]);
}

#[test]
fn what_an_alias_outputs() {
    let returned = "-> < BoxFuture < '_ , u8 > as :: core :: future :: IntoFuture > :: Output {";
    let function = |attribute: TokenStream, ty: TokenStream| {
        quote!(
            #attribute
            fn c(&self) -> #ty {}
        )
    };
    let alias = quote!(BoxFuture<'_, u8>);
    let own = function(quote!(#[sync_wrapper(output = u8)]), alias.clone());
    let path = function(quote!(), quote!(future::BoxFuture<'_, u8>));
    let unnameable = function(quote!(), quote!(BoxFuture<'_, impl Sized>));
    let function = function(quote!(), alias);
    for (item, asks_rustc) in [
        (quote!(impl Client { #function }), true),
        (quote!(trait Client { #function }), true),
        (function.clone(), false),
        (quote!(impl Client { #own }), false),
        (quote!(impl Client { #path }), false),
        (quote!(impl Client { #unnameable }), false),
    ] {
        let expanded = crate::expand(quote!(), item.clone()).to_string();
        assert!(expanded.contains("fn c_sync"), "{item}");
        assert_eq!(expanded.contains(returned), asks_rustc, "{item}");
    }
}

#[test]
fn a_block_whose_fns_a_macro_writes() {
    let options = quote!();
    let block = quote!(
        impl Client {
            fns!(get);
        }
    );
    let expanded = expand(options.clone(), block).to_string();
    assert!(expanded.contains("SW104") && expanded.contains("into the macro inside"));
    let block = quote!(
        impl Client {
            fn get(&self) {}
        }
    );
    let expanded = expand(options, block).to_string();
    assert!(expanded.contains("SW104") && !expanded.contains("into the macro inside"));
}

#[test]
fn a_try_future_does_not_say_its_output() {
    let item = quote!(
        fn load() -> impl TryFuture<Ok = u8, Error = io::Error> + Send {}
    );
    let expanded = expand(quote!(), item).to_string();
    assert!(expanded.contains("SW205"));
    assert!(
        expanded.contains("write `impl Future<Output = Result<u8, io::Error>>`"),
        "{expanded}"
    );
}

/// Only in an impl block it may name `self`, so its path is not that of a free fn: that would be a second mistake.
#[test]
fn an_option_that_names_self_shows_where_the_fn_is() {
    let item = quote!(
        async fn connect() -> Client {}
    );
    let expanded = compact(&expand(quote!(timeout = self.patience), item));
    assert!(
        expanded.contains("SW411") && expanded.contains("Self::connect()"),
        "{expanded}"
    );
}

/// What is suggested instead is used instead, so it has to be a name.
#[test]
fn types_whose_names_are_no_names() {
    for name in [
        quote!(pub(crate crate) : Blocking),
        quote!(pub),
        quote!(crate),
        quote!(super::Blocking),
        quote!(self),
        quote!(fn),
        quote!(B { a: u8 }),
    ] {
        for (option, item) in [
            (
                quote!(type),
                quote!(impl Client { pub async fn get(&self) {} }),
            ),
            (
                quote!(extend),
                quote!(impl Client { pub async fn get(&self) {} }),
            ),
            (
                quote!(trait),
                quote!(
                    trait Store {
                        async fn get(&self);
                    }
                ),
            ),
        ] {
            expand(quote!(#option = #name), item);
        }
    }
}

#[test]
fn only_what_a_block_passes_on_is_taken_back() {
    let block = |inside: TokenStream| {
        quote!(
            mod api {
                #[sync_wrapper(suffix = "_now")]
                impl Client {
                    #[sync_wrapper(#inside)]
                    async fn get(&self) {}
                }
            }
        )
    };
    for (inside, codes) in [
        (quote!(unset(timeout)), &[][..]),
        (quote!(unset(suffix)), &[]),
        (quote!(unset(prefix)), &["SW408"]),
        (quote!(unset(runtime, timeout)), &["SW408"]),
    ] {
        let (found, _) = outcome(&quote!(timeout = LIMIT), &block(inside));
        assert_eq!(found, codes);
    }
    // A mistake of the block is not one of its member.
    let (found, _) = outcome(&quote!(timeout = 5), &block(quote!(unset(timeout))));
    assert_eq!(found, ["SW311"]);
}

#[test]
fn attributes_that_change_a_fn() {
    for (attribute, code) in [
        (quote!(#[bon::builder]), "SW413"),
        (quote!(#[builder(finish_fn = send)]), "SW413"),
        (quote!(#[main]), "SW402"),
        (quote!(#[test]), "SW402"),
    ] {
        let item = quote!(#attribute async fn load(id: u8) {});
        assert_eq!(outcome(&quote!(), &item), (vec![code.to_owned()], vec![]));
    }
}

#[test]
fn an_own_attribute_is_stronger_than_a_list() {
    let block = quote!(
        impl Client {
            #[sync_wrapper]
            async fn connect() {}
            async fn get(&self) {}
        }
    );
    let (codes, twins) = outcome(&quote!(only(get)), &block);
    assert!(codes.is_empty() && twins == ["connect", "get"]);
    // That contradicts itself.
    let (codes, _) = outcome(&quote!(skip(connect)), &block);
    assert_eq!(codes, ["SW408"]);
}

#[test]
fn a_module_selects_by_name_and_by_type() {
    let module = quote!(
        mod api {
            impl Client {
                async fn get(&self) {}
            }
            impl Drop for Client {}
            trait Store {
                async fn load(&self);
            }
            mod inside {
                async fn ping() {}
            }
            async fn connect() {}
        }
    );
    for (options, twins) in [
        (quote!(skip(Client, inside)), &["load", "connect"][..]),
        (quote!(only(Client)), &["get"]),
        (quote!(only(Store, inside)), &["load", "ping"]),
    ] {
        let (codes, found) = outcome(&options, &module);
        assert!(
            codes.is_empty() && found == twins,
            "{options}: {codes:?} {found:?}"
        );
    }
}

#[test]
fn lists_are_for_blocks() {
    for options in [quote!(skip(get)), quote!(only(get))] {
        let (codes, twins) = outcome(
            &options,
            &quote!(
                async fn get() {}
            ),
        );
        assert!(codes == ["SW408"] && twins == ["get"]);
    }
}

/// Lists of items show the first paragraph.
#[test]
fn docs_begin_with_the_users_own() {
    check(
        &quote!(timeout = patience),
        &quote! {
            /// Loads it.
            ///
            /// # Panics
            ///
            /// Never.
            async fn load(patience: Duration) {}
        },
        &quote! {
            /// Loads it.
            #[doc = ""]
            #[doc = " The blocking twin of [`load`](fn@load). In async code, `.await` that instead: a twin blocks the thread that calls it. It waits for at most `patience`, and then returns an `Elapsed`."]
            ///
            /// # Panics
            ///
            /// Never.
            #[track_caller]
            fn load_sync(patience: Duration) -> ::core::result::Result<(), ::sync_twin::Elapsed> {
                let __timeout = ::sync_twin::__private::time_limit(patience).at(::core::panic::Location::caller());
                let __call = ::sync_twin::__private::call(
                    (::sync_twin::__private::arg_type(&patience),),
                    move || ::sync_twin::__private::within(::sync_twin::__private::alarm(__timeout), load(patience))
                );
                __call.__sync_twin_isolation().block_on(__call, const {
                    &::sync_twin::__private::Origin::new("load", ::core::cfg!(debug_assertions)).unlimited()
                })
            }
        },
    );
}

#[test]
fn a_method_of_a_trait_with_options() {
    check(
        &quote!(name = close_now, isolation = "always", crate = ::twins),
        &quote! {
            #[doc(hidden)]
            async unsafe fn close(self, #[cfg(unix)] fd: i32) -> u8;
        },
        &quote! {
            #[deny(dead_code)]
            #[doc = " The blocking twin of `close`."]
            #[doc = ""]
            #[doc = " In async code, `.await` that instead: a twin blocks the thread that calls it."]
            #[doc(hidden)]
            #[track_caller]
            unsafe fn close_now(self, #[cfg(unix)] fd: i32) -> u8
            where
                Self: ::core::marker::Sized
            {
                #[cfg(all(unix))]
                let __call = ::twins::__private::call(
                    (::twins::__private::send_arg_type(&self), ::twins::__private::send_arg_type(&fd),),
                    move || unsafe { Self::close(self, fd) }
                );
                #[cfg(all(not(unix)))]
                let __call = ::twins::__private::call(
                    (::twins::__private::send_arg_type(&self),),
                    move || unsafe { Self::close(self) }
                );
                ::twins::__private::IsolateAlways::block_on(::twins::__private::IsolateAlways(__call.__sync_twin_future()), __call, const {
                    &::twins::__private::Origin::new("close", ::core::cfg!(debug_assertions))
                })
            }
        },
    );
}

#[test]
fn what_a_twin_says_of_calls_in_async_code() {
    let origin = |options| {
        let expanded = compact(&expand(
            options,
            quote!(
                async fn r#load(n: u8) {}
            ),
        ));
        let (_, origin) = expanded.split_once("Origin::").unwrap();
        origin.split_once("})").unwrap().0.to_owned()
    };
    let new = "new(\"load\",::core::cfg!(debug_assertions))";
    assert_eq!(origin(quote!()), new);
    assert_eq!(
        origin(quote!(on_worker = "deny", on_driver = "allow")),
        format!(
            "{new}.on_driver(::sync_twin::__private::Policy::Allow).on_worker(::sync_twin::__private::Policy::Deny)"
        )
    );
    // A member's word counts, and it can take back the block's.
    let block = quote!(
        impl Client {
            async fn a() {}
            #[sync_wrapper(on_driver = "warn")]
            async fn b() {}
            #[sync_wrapper(unset(on_driver))]
            async fn c() {}
        }
    );
    let expanded = compact(&expand(quote!(on_driver = "deny"), block));
    for (name, said) in [
        ("a", ".on_driver(::sync_twin::__private::Policy::Deny)}"),
        ("b", ".on_driver(::sync_twin::__private::Policy::Warn)}"),
        ("c", "}"),
    ] {
        let origin = format!("new(\"{name}\",::core::cfg!(debug_assertions)){said}");
        assert!(expanded.contains(&origin), "{origin}: {expanded}");
    }
}

#[test]
fn a_call_in_a_runtime_that_was_chosen() {
    let load = quote!(
        async fn load(runtime: Handle) {}
    );
    let call = "::sync_twin::__private::call_on(__runtime,(::sync_twin::__private::arg_type(&runtime),),move||";
    let flavor = compact(&expand(quote!(flavor = "current_thread"), load.clone()));
    let chosen = "let__runtime=::sync_twin::__private::current_thread();let__call=";
    assert!(flavor.contains(&format!("{chosen}{call}")), "{flavor}");
    let flavor = compact(&expand(quote!(flavor = "per_thread"), load.clone()));
    let chosen = "let__runtime=::sync_twin::__private::per_thread();let__call=";
    assert!(flavor.contains(&format!("{chosen}{call}")), "{flavor}");
    let lent = compact(&expand(quote!(runtime = &runtime), load.clone()));
    // The call takes the argument away.
    let chosen = "let__runtime=::sync_twin::__private::lend_handle(&(&runtime));let__call=";
    assert!(lent.contains(&format!("{chosen}{call}")), "{lent}");
    let lent = compact(&expand(quote!(runtime = RUNTIME), load.clone()));
    let chosen = "let__runtime=::sync_twin::__private::lend(&(RUNTIME));let__call=";
    assert!(lent.contains(&format!("{chosen}{call}")), "{lent}");
    let auto = compact(&expand(quote!(flavor = "auto"), load.clone()));
    assert_eq!(built(&auto), built(&compact(&expand(quote!(), load))));
}

#[test]
fn sync_methods_of_a_blocking_type_run_in_a_context() {
    let item = quote!(
        impl Client {
            pub fn lazy(address: &str) -> Self {}
            pub fn name(&mut self) -> &str {}
            pub const fn id(&self) -> u8 {}
        }
    );
    let expanded = compact(&expand(quote!(type = Blocking), item));
    for part in [
        "pub(crate)inner:::sync_twin::__private::Inner<Client>",
        "let__output=(::sync_twin::__private::InContext::enter(),<Client>::lazy(address)).1;\
         <Selfas::core::convert::From<Client>>::from(__output)",
        "let__inner=self.inner.__get_mut();\
         let__output=(::sync_twin::__private::InContext::enter(),<Client>::name(__inner)).1;__output",
        "let__inner=self.inner.__get();let__output=<Client>::id(__inner);__output",
    ] {
        assert!(expanded.contains(part), "{part} in {expanded}");
    }
}

#[test]
fn a_drop_calls_the_method_that_closes() {
    let client = |method: TokenStream| {
        let options = quote!(type = Blocking, close = quit, close_timeout = self.limit);
        compact(&expand(options, quote!(impl Client { #method })))
    };
    let taken = "let__inner=self.inner.";
    for (receiver, value) in [
        (quote!(&self), "__get();"),
        (quote!(&mut self), "__get_mut();"),
        (quote!(self), "__take();"),
    ] {
        let expanded = client(quote!(async fn quit(#receiver) {}));
        let drop = format!(
            "impl::core::ops::DropforBlocking{{fndrop(&mutself){{if\
             ::sync_twin::__private::Open::is_to_be_closed(&self.__open,&self.inner){{\
             ::sync_twin::__private::end_in_drop::<Client>(move||{{{taken}{value}\
             let__timeout=::sync_twin::__private::time_limit(__inner.limit)"
        );
        assert!(expanded.contains(&drop), "{drop} in {expanded}");
        // It is private.
        assert!(!expanded.contains("Open::disarm"), "{expanded}");
    }
    let disarm = "::sync_twin::__private::Open::disarm(&self.__open);let__inner=";
    for (public, disarms) in [
        (
            quote!(
                pub async fn quit(&self) {}
            ),
            true,
        ),
        (
            quote!(
                pub async fn quit(self) {}
            ),
            false,
        ),
        (
            quote!(
                pub async fn other(&self) {}
                async fn quit(&self) {}
            ),
            false,
        ),
    ] {
        let expanded = client(public);
        assert_eq!(expanded.contains(disarm), disarms, "{expanded}");
    }
}

#[test]
fn a_call_that_can_be_stopped() {
    let load = quote!(
        async fn load(cancel: &Cancel) -> Result<u8, Error> {}
    );
    let private = "::sync_twin::__private::";
    let own = "->Result<u8,Error>{";
    let or =
        |error: &str| format!("->::core::result::Result<Result<u8,Error>,::sync_twin::{error}>{{");
    for (options, output, within) in [
        (
            quote!(timeout = LIMIT),
            or("Elapsed"),
            "within(::sync_twin::__private::alarm(__timeout),load(cancel))",
        ),
        (
            quote!(cancel = cancel),
            or("Cancelled"),
            "until_cancelled(::sync_twin::__private::watch(__cancel),move||load(cancel))",
        ),
        (
            quote!(timeout = LIMIT, cancel = cancel),
            or("Stopped"),
            "until_stopped(::sync_twin::__private::alarm(__timeout),::sync_twin::__private::watch(__cancel),move||load(cancel))",
        ),
        (
            quote!(cancel = cancel, flatten),
            own.to_owned(),
            "until_cancelled(",
        ),
    ] {
        let expanded = compact(&expand(options, load.clone()));
        assert!(expanded.contains(&output), "{output} in {expanded}");
        let within = format!("move||{private}{within}");
        assert!(expanded.contains(&within), "{within} in {expanded}");
    }
    for (options, map) in [
        (
            quote!(timeout = LIMIT, flatten),
            "::core::convert::From::from",
        ),
        (
            quote!(timeout = LIMIT, flatten = Error::Late),
            "Error::Late",
        ),
    ] {
        let expanded = compact(&expand(options, load.clone()));
        let flat = format!("{private}flatten(__call.__sync_twin_isolation().block_on(__call,");
        assert!(expanded.contains(&flat), "{flat} in {expanded}");
        let map = format!("}}),{map})}}");
        assert!(expanded.contains(&map), "{map} in {expanded}");
    }
    // Whether it can be isolated depends on what cancels it, too.
    let expanded = compact(&expand(quote!(cancel = cancel), load));
    let sent = format!("({private}arg_type(&cancel),{private}arg_type(&__cancel),)");
    assert!(expanded.contains(&sent), "{sent} in {expanded}");
}

#[test]
fn mistakes_of_calls_that_can_be_stopped() {
    let returns = |ty: TokenStream| quote!(async fn load() #ty {});
    for ty in [
        quote!(),
        quote!(-> String),
        quote!(-> Option<Result<u8, Error>>),
        quote!(-> (u8, u8)),
        quote!(-> &'static str),
        quote!(-> impl Sized),
    ] {
        check_mistake(
            quote!(timeout = LIMIT, flatten),
            returns(ty.clone()),
            "SW416",
        );
        let load = returns(ty);
        check_mistake(
            quote!(timeout = LIMIT, flatten),
            quote!(mod m { #load }),
            "SW416",
        );
    }
    let load = returns(quote!(-> io::Result<u8>));
    check_mistake(quote!(flatten), load.clone(), "SW408");
    check_mistake(
        quote!(timeout = LIMIT, flatten(Error)),
        load.clone(),
        "SW304",
    );
    check_mistake(quote!(cancel), load.clone(), "SW303");
    check_mistake(
        quote!(),
        quote!(mod m { #[sync_wrapper(flatten)] #load }),
        "SW408",
    );
    let items = quote!(
        fn items() -> impl Stream<Item = u8> {}
    );
    check_mistake(quote!(cancel = CANCEL), items, "SW410");
    let open = quote!(impl C { #[sync_wrapper(cancel = self.cancel)] async fn open() -> Self {} });
    check_mistake(quote!(), open, "SW411");
    // On a block it waits for members that can be stopped.
    let (codes, message) = reported(
        &quote!(flatten),
        &quote!(mod m { #[sync_wrapper(timeout = LIMIT)] #load }),
    );
    assert!(codes.is_empty(), "{message}");
}

#[test]
fn mistakes_of_endings() {
    for method in [
        quote!(
            async fn quit() {}
        ),
        quote!(
            async fn quit(&self, message: &str) {}
        ),
        quote!(
            async fn quit<T>(&self) {}
        ),
        quote!(
            async unsafe fn quit(&self) {}
        ),
        quote!(
            pub fn quit(&self) {}
        ),
        quote!(
            async fn leave(&self) {}
        ),
        quote!(async fn leave(&self) {}, fns! {}),
    ] {
        check_mistake(
            quote!(type = Blocking, close = quit),
            quote!(impl Client { #method }),
            "SW415",
        );
    }
    let quit = quote!(
        pub async fn quit(&self) {}
    );
    for (options, code) in [
        (quote!(type = Blocking, close = "quit"), "SW304"),
        (quote!(type = Blocking, close), "SW303"),
        (
            quote!(type = Blocking, close = quit, derive(Debug, Clone)),
            "SW414",
        ),
        (
            quote!(type = Blocking, close = quit, close_timeout = 5),
            "SW311",
        ),
        (quote!(type = Blocking, close_timeout = LIMIT), "SW408"),
        (quote!(extend = Blocking, close = quit), "SW408"),
        (quote!(close = quit), "SW408"),
    ] {
        check_mistake(options, quote!(impl Client { #quit }), code);
    }
    // The block is half-typed: the method may follow.
    let half_typed = quote!(impl Client { pub async fn });
    let (codes, message) = reported(&quote!(type = Blocking, close = quit), &half_typed);
    assert!(codes.is_empty(), "{message}");
}

/// What cannot be exchanged is never left in a result unnoticed.
#[test]
fn mistakes_of_families() {
    for (result, code) in [
        (quote!(&Pool), "SW208"),
        (quote!(Option<&mut Pool>), "SW208"),
        (quote!(&[Pool]), "SW208"),
        (quote!(HashMap<String, Pool>), "SW209"),
        (quote!(Arc<Pool>), "SW209"),
    ] {
        let item = quote!(impl Client { pub async fn get(&self) -> #result {} });
        check_mistake(
            quote!(type = Blocking, map(Pool = BlockingPool)),
            item,
            code,
        );
    }
    // Another client than the receiver.
    for method in [
        quote!(fn parent(&self) -> Option<&Self>),
        quote!(fn pick<'a>(&self, other: &'a Self) -> &'a Self),
        quote!(fn global() -> &'static Client),
    ] {
        check_mistake(
            quote!(type = Blocking),
            quote!(impl Client { pub #method {} }),
            "SW208",
        );
    }
    check_mistake(
        quote!(trait = Blocking, for(BlockingClient)),
        quote!(
            trait Store {
                async fn open() -> Self;
            }
        ),
        "SW412",
    );
}

/// Beside an associated fn there can be no `const _`.
#[test]
fn what_an_editor_completes_stands_where_it_may() {
    for (item, around) in [
        (
            quote!(
                async fn f() {}
            ),
            "const_:()={",
        ),
        (
            quote!(
                async fn f(&self) {}
            ),
            "fn__sync_twin_options(){",
        ),
        (
            quote!(
                async fn f() -> Self {}
            ),
            "fn__sync_twin_options(){",
        ),
        (
            quote!(
                trait T {
                    async fn f(&self);
                }
            ),
            "const_:()={",
        ),
        (quote!(async fn f), "const_:()={"),
    ] {
        let expanded = compact(&expand(quote!(na), item));
        let import = "use::sync_twin::__private::ide::option::{naas_};";
        let wanted = format!("::sync_twin::__private::ide!{{{around}{import}}}");
        assert!(expanded.contains(&wanted), "{wanted} in {expanded}");
    }
    let inside =
        quote!(impl C { #[sync_wrapper(skip)] async fn f(&self) { g! { #[sync_wrapper(nam)] } } });
    let expanded = compact(&expand(quote!(crate = ::twins), inside));
    assert!(
        expanded.contains("use::twins::__private::ide::option::{skipas_};"),
        "{expanded}"
    );
    assert!(!expanded.contains("{namas_}"), "{expanded}");
}

#[test]
fn the_item_survives_every_mistake() {
    let item = quote!(const fn load(x: u8, ...) { x. });
    let expanded = compact(&expand(quote!(nam = x, isolation = 3), item.clone()));
    let expanded = built(&expanded);
    let errors = expanded.strip_prefix(&compact(&item)).unwrap();
    for code in ["SW201", "SW203", "SW301", "SW304"] {
        assert!(errors.contains(code), "{code}: {errors}");
    }
}

#[test]
fn what_cannot_be_read_is_left_to_rustc() {
    for item in [
        quote!(async fn load(id: ) {}),
        quote!(async fn load(id: u8) -> {}),
        quote!(async fn load(id: u8, n) {}),
        quote!(async fn load),
        quote!(async fn),
        quote!(async),
        quote!(),
    ] {
        check(&quote!(), &item, &quote!());
    }
}

/// An error that is there on one keystroke and gone on the next helps nobody.
#[test]
fn what_is_half_typed_is_not_a_mistake() {
    for item in [
        quote!(
            trait Store {}
        ),
        quote!(trait Store { fn get(&self); async }),
        quote!(trait Store { async fn get }),
        quote!(trait Store { async fn get(&self, key: u8) -> Result< }),
        quote!(trait Store { async fn get(&self, key: ); }),
        quote!(impl Client {}),
        quote!(impl Client { pub async fn get(&self) -> {} }),
        quote!(impl Client { pub async fn get(&self) }),
        quote!(mod api { fn a() {} pub async }),
        quote!(fn load(id: u8)),
        quote!(fn load(id: u8) -> u8),
        quote!(fn load(id: u8) -> impl Future),
    ] {
        let (codes, first) = reported(&quote!(), &item);
        assert!(codes.is_empty(), "{first}: {item}");
    }
}

#[test]
fn half_typed_bodies_have_twins() {
    for body in [
        quote!({ x. }),
        quote!({ let }),
        quote!({ if x }),
        quote!(;),
        quote!(),
    ] {
        let expanded = expand(quote!(), quote!(async fn load(x: u8) #body)).to_string();
        assert!(expanded.contains("fn load_sync"), "{expanded}");
    }
}

/// A generator of numbers that are random enough (xorshift), the same in every run.
pub(crate) struct Numbers(u64);

impl Numbers {
    /// Neighboring seeds give numbers that have nothing in common.
    pub(crate) fn seeded(seed: usize) -> Self {
        let seed = u64::try_from(seed).unwrap_or_default();
        Numbers(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % bound
    }

    fn pick<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len())]
    }
}

const WORDS: &[&str] = &[
    "Self",
    "_",
    "a",
    "as",
    "async",
    "const",
    "crate",
    "default",
    "dyn",
    "extern",
    "fn",
    "for",
    "impl",
    "in",
    "isolation",
    "macro_rules",
    "mod",
    "mut",
    "name",
    "pub",
    "ref",
    "self",
    "static",
    "struct",
    "super",
    "trait",
    "union",
    "unsafe",
    "use",
    "where",
];
const PUNCTUATION: &[char] = &[
    '!', '#', '&', '\'', '+', ',', '-', '.', ':', ';', '<', '=', '>', '?', '@', '|',
];

fn soup(numbers: &mut Numbers, depth: usize) -> TokenStream {
    let length = numbers.below(9);
    (0..length).map(|_| ingredient(numbers, depth)).collect()
}

fn ingredient(numbers: &mut Numbers, depth: usize) -> TokenTree {
    match numbers.below(if depth == 0 { 8 } else { 10 }) {
        0..=4 => Ident::new(numbers.pick(WORDS), Span::call_site()).into(),
        5..=6 => {
            let character = PUNCTUATION[numbers.below(PUNCTUATION.len())];
            let spacing = [Spacing::Alone, Spacing::Joint][numbers.below(2)];
            // An apostrophe alone is not a token: it begins a lifetime.
            if character == '\'' {
                let lifetime = quote!('a).into_iter().next();
                return lifetime.unwrap_or_else(|| Literal::u8_unsuffixed(1).into());
            }
            Punct::new(character, spacing).into()
        }
        7 => match numbers.below(2) {
            0 => Literal::string("always").into(),
            _ => Literal::u8_unsuffixed(7).into(),
        },
        _ => {
            let delimiters = [
                Delimiter::Parenthesis,
                Delimiter::Brace,
                Delimiter::Bracket,
                Delimiter::None,
            ];
            let delimiter = delimiters[numbers.below(delimiters.len())];
            Group::new(delimiter, soup(numbers, depth - 1)).into()
        }
    }
}

/// An item that may be one, with soup in places where a user would be typing.
fn almost_an_item(numbers: &mut Numbers) -> TokenStream {
    let mut pieces = [
        quote!(#[cfg_attr(unix, doc = "x", expect(dead_code))]),
        quote!(pub(crate)),
        quote!(async),
        quote!(fn load),
        quote!(<'a, T, const N: usize>),
        quote!((&'a mut self, mut x: &dyn Fn(&str), #[cfg(unix)] (y, _): impl Iterator<Item = &T>)),
        quote!(-> Result<impl Sized + '_, [u8; N]>),
        quote!(where T: 'a),
        quote!({ Self::new(x).await }),
    ];
    let place = numbers.below(pieces.len());
    pieces[place] = soup(numbers, 3);
    quote!(#(#pieces)*)
}

#[test]
fn token_soup_never_panics() {
    let mut numbers = Numbers(0x5eed);
    for _ in 0..5_000 {
        let options = soup(&mut numbers, 2);
        let item = match numbers.below(2) {
            0 => soup(&mut numbers, 3),
            _ => almost_an_item(&mut numbers),
        };
        let expanded = expand(options, item.clone()).to_string();
        // Before it there may be what is for editors only.
        assert!(expanded.contains(&item.to_string()), "{expanded}");
    }
}

/// The codes that are reported, in their order, and the first message.
fn reported(options: &TokenStream, item: &TokenStream) -> (Vec<String>, String) {
    let expanded = expand(options.clone(), item.clone()).to_string();
    let messages: Vec<_> = expanded.split("\"SW").skip(1).collect();
    let codes = messages.iter().map(|text| format!("SW{}", &text[..3]));
    let first = messages.first().and_then(|text| text.split("\" }").next());
    (codes.collect(), first.unwrap_or_default().to_owned())
}

#[track_caller]
fn check_mistake(options: TokenStream, item: TokenStream, code: &str) {
    let (codes, message) = reported(&options, &item);
    assert_eq!(codes, [code], "{message}");
    assert!(message.contains("\\nhelp: "), "{message}");
}

#[test]
fn methods_of_what_is_pinned() {
    let block = |receiver: TokenStream, end: TokenStream| quote!(impl Client { pub fn get<'a>(#receiver) -> &'a str #end });
    for (options, item, parts) in [
        (
            quote!(type = Blocking),
            block(quote!(self: Pin<&'a mut Self>), quote!({})),
            [
                "__private::Pinned<Client>",
                "(&'amutself)",
                "let__inner=self.inner.__pinned();",
            ],
        ),
        // What imports `Pin` is used where the signature disappears.
        (
            quote!(type = Blocking, foreign),
            block(quote!(self: pin::Pin<&'a mut Self>), quote!(;)),
            [
                "__private::Pinned<Client>",
                "(&'amutself)",
                "let__inner:pin::Pin<_>=self.inner.__pinned();",
            ],
        ),
        (
            quote!(type = Blocking),
            block(quote!(self: Pin<Box<Self>>), quote!({})),
            [
                "__private::Pinned<Client>",
                "<'a>(mutself)",
                "let__inner=self.inner.__take_pinned();",
            ],
        ),
        (
            quote!(type = Blocking),
            block(quote!(&'a self), quote!({})),
            [
                "__private::Inner<Client>",
                "(&'aself)",
                "let__inner=self.inner.__get();",
            ],
        ),
    ] {
        let expanded = compact(&expand(options, item));
        for part in parts {
            assert!(expanded.contains(part), "{part} in {expanded}");
        }
    }
    for receiver in [
        quote!(self: Pin<&Self>),
        quote!(self: &Arc<Self>),
        quote!(self: &Rc<Self>),
        quote!(self: Pin<Arc<Self>>),
        quote!(self: Pin<&mut Other>),
    ] {
        for options in [quote!(type = Blocking), quote!(type = Blocking, foreign)] {
            let end = if options.to_string().contains("foreign") {
                quote!(;)
            } else {
                quote!({})
            };
            check_mistake(options, block(receiver.clone(), end), "SW207");
        }
    }
}

/// Of an implementation, and of one that another crate has.
#[test]
fn mistakes_of_streams() {
    let body = quote!(
        fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<u8>> {}
    );
    let own = quote!(impl futures_core::Stream for Rows { type Item = u8; #body });
    let foreign = quote!(impl Stream for Rows { type Item = Result<u8, Error>; });
    let sink = quote!(impl Sink<u8> for Rows { type Error = Error; });
    for (options, item, code) in [
        (quote!(), own.clone(), "SW103"),
        (quote!(timeout = LIMIT), sink.clone(), "SW103"),
        (
            quote!(type = Blocking),
            quote!(impl Display for Rows { fn fmt() {} }),
            "SW103",
        ),
        (quote!(type = Blocking), foreign.clone(), "SW211"),
        (quote!(type = Blocking), sink.clone(), "SW211"),
        (quote!(type = Blocking, foreign), own.clone(), "SW210"),
        (
            quote!(type = Blocking, foreign),
            quote!(impl Stream for Rows {}),
            "SW106",
        ),
        (
            quote!(type = Blocking, foreign),
            quote!(impl TryStream for Rows { type Ok = u8; }),
            "SW106",
        ),
        (
            quote!(type = Blocking, foreign),
            quote!(impl Sink for Rows { type Error = E; }),
            "SW106",
        ),
        (
            quote!(type = Blocking, foreign),
            quote!(impl Sink<u8> for Rows {}),
            "SW106",
        ),
        (quote!(type = Blocking, skip(last)), own.clone(), "SW313"),
        (
            quote!(type = Blocking, foreign, read = chunk()),
            foreign.clone(),
            "SW304",
        ),
        (
            quote!(type = Blocking, foreign, write = "send"),
            sink.clone(),
            "SW304",
        ),
        (
            quote!(extend = Blocking, foreign, write = send),
            sink.clone(),
            "SW408",
        ),
    ] {
        check_mistake(options, item, code);
    }
    // A stream may wait for as long as it likes for its next item, and a sink not.
    let origin = |name: &str, end: &str| {
        format!("Origin::new(\"{name}\",::core::cfg!(debug_assertions)){end}")
    };
    let items = compact(&expand(quote!(type = Blocking), own.clone()));
    assert!(items.contains(&origin("", ".of_items()}")), "{items}");
    let sent = compact(&expand(quote!(type = Blocking, foreign), sink.clone()));
    assert!(sent.contains(&origin("send", "}")), "{sent}");
    for (options, item) in [
        (quote!(type = Blocking, skip(next_timeout, get_ref)), own),
        (quote!(type = Blocking, foreign, skip(try_next)), foreign),
        (
            quote!(type = Blocking, foreign, skip(flush, close, into_pinned)),
            sink,
        ),
    ] {
        let expanded = compact(&expand(options.clone(), item));
        assert!(!expanded.contains("SW"), "{expanded}");
        let skipped = options.into_iter().last().unwrap().to_string();
        assert!(expanded.contains("fntry_into_inner("), "{expanded}");
        for name in skipped.trim_matches(['(', ')']).split(", ") {
            assert!(
                !expanded.contains(&format!("fn{name}(")),
                "{name}: {expanded}"
            );
        }
    }
}

#[test]
fn mistakes_of_blocks() {
    let get = quote!(
        async fn get(&self) -> u8 {
            1
        }
    );
    check_mistake(quote!(), quote!(impl Store for Client { #get }), "SW103");
    check_mistake(quote!(), quote!(impl Client { fn get(&self) {} }), "SW104");
    check_mistake(
        quote!(),
        quote!(
            trait Store {
                fn get(&self);
                const A: u8 = { 1 };
            }
        ),
        "SW104",
    );
    check_mistake(
        quote!(),
        quote!(mod api { use a::b; impl A for B { #get } }),
        "SW104",
    );
    check_mistake(
        quote!(),
        quote!(impl Client { #[sync_wrapper(skip)] #get }),
        "SW104",
    );
    check_mistake(
        quote!(),
        quote!(
            mod api;
        ),
        "SW105",
    );
    check_mistake(quote!(), quote!(mod api { mod inner; #get }), "SW105");
    check_mistake(
        quote!(),
        quote!(mod api { #[sync_wrapper] const A: u8 = 1; #get }),
        "SW102",
    );
    check_mistake(
        quote!(),
        quote!(impl Client { async fn load() {} fn load_sync() {} }),
        "SW409",
    );
    check_mistake(quote!(name = x), quote!(impl Client { #get }), "SW408");
    check_mistake(quote!(output = u8), quote!(trait Client { #get }), "SW408");
    check_mistake(
        quote!(),
        quote!(impl Client { #[sync_wrapper(associated)] async fn get() {} }),
        "SW408",
    );
    check_mistake(
        quote!(),
        quote!(impl Client { #[sync_wrapper(nam = x)] async fn get() {} }),
        "SW301",
    );
    check_mistake(
        quote!(),
        quote!(impl Client { #[sync_wrapper] fn get(&self) -> u8 {} async fn put(&self) {} }),
        "SW101",
    );
}

#[test]
fn mistakes_of_options() {
    let load = quote!(
        async fn load(x: u8) {}
    );
    check_mistake(quote!(skip), load.clone(), "SW404");
    check_mistake(quote!(unset(timeout)), load.clone(), "SW408");
    check_mistake(
        quote!(),
        quote!(impl Client { #[sync_wrapper(timeout = x, unset(timeout))] #load }),
        "SW408",
    );
    check_mistake(quote!(timeout = self.x), load.clone(), "SW411");
    check_mistake(
        quote!(),
        quote!(impl Client { #[sync_wrapper(runtime = f(self))] #load }),
        "SW411",
    );
    check_mistake(quote!(skip), quote!(impl Client { #load }), "SW404");
    check_mistake(quote!(prefix = "a_", name = x), load.clone(), "SW405");
    check_mistake(
        quote!(flavor = "multi_thread", runtime = x),
        load.clone(),
        "SW406",
    );
    check_mistake(quote!(flavor = "multi"), load.clone(), "SW310");
    check_mistake(quote!(flavor = "any"), load.clone(), "SW310");
    check_mistake(quote!(flavor = multi_thread), load.clone(), "SW304");
    check_mistake(quote!(on_driver = "forbid"), load.clone(), "SW314");
    check_mistake(quote!(on_worker = "Deny"), load.clone(), "SW314");
    check_mistake(quote!(on_worker = deny), load.clone(), "SW304");
    check_mistake(quote!(on_worker), load.clone(), "SW303");
    for runtime in [
        quote!(Runtime::new().unwrap()),
        quote!(&(tokio::runtime::Runtime::new()?)),
        quote!(LocalRuntime::new().expect("a runtime").handle().clone()),
        quote!(Builder::new_multi_thread().enable_all().build().unwrap()),
        quote!(builder(x).build_local(options)?),
    ] {
        check_mistake(quote!(runtime = #runtime), load.clone(), "SW312");
    }
    check_mistake(quote!(timeout = 5), load.clone(), "SW311");
    check_mistake(quote!(timeout = "5s"), load.clone(), "SW311");
    check_mistake(quote!(timeout = -(1.5)), load.clone(), "SW311");
    check_mistake(quote!(timeout = self.), load.clone(), "SW304");
    check_mistake(quote!(timeout), load.clone(), "SW303");
    check_mistake(quote!(prefix = 3), load.clone(), "SW304");
    check_mistake(quote!(prefix = "3"), load.clone(), "SW306");
    check_mistake(quote!(suffix = "-"), load.clone(), "SW306");
    check_mistake(quote!(output = u8), load.clone(), "SW408");
    check_mistake(quote!(type = Blocking), load.clone(), "SW407");
    check_mistake(
        quote!(extend = Blocking),
        quote!(trait T { #load }),
        "SW407",
    );
    check_mistake(quote!(trait = Blocking), quote!(impl T { #load }), "SW407");
    check_mistake(quote!(for(Blocking)), quote!(trait T { #load }), "SW408");
    check_mistake(quote!(foreign), quote!(impl T { #load }), "SW408");
    check_mistake(
        quote!(type = Blocking, read = "chunk"),
        quote!(impl T { pub #load }),
        "SW304",
    );
    check_mistake(quote!(read = chunk), quote!(impl T { #load }), "SW408");
    check_mistake(
        quote!(type = Blocking),
        quote!(impl other::T { pub async fn a(&self); pub fn b() -> Self; }),
        "SW211",
    );
    check_mistake(
        quote!(type = Blocking, foreign),
        quote!(impl T { #load }),
        "SW210",
    );
    for map in [
        quote!(map(A)),
        quote!(map(A = B, C D)),
        quote!(map = A),
        quote!(map(A = "B")),
    ] {
        check_mistake(map, quote!(impl T { #load }), "SW304");
    }
    check_mistake(quote!(map()), quote!(impl T { #load }), "SW303");
    check_mistake(quote!(map(A = B, A = C)), quote!(impl T { #load }), "SW302");
    check_mistake(
        quote!(type = Blocking, fields(a)),
        quote!(impl T { pub #load }),
        "SW304",
    );
    check_mistake(
        quote!(type = Blocking, fields(inner: u8)),
        quote!(impl T { pub #load }),
        "SW306",
    );
    check_mistake(quote!(fields(a: u8)), quote!(impl T { #load }), "SW408");
    check_mistake(
        quote!(extend = Blocking, fields(a: u8)),
        quote!(impl T { pub #load }),
        "SW408",
    );
    check_mistake(
        quote!(type = Blocking, docs = 3),
        quote!(impl T { pub #load }),
        "SW304",
    );
    check_mistake(quote!(extend = Blocking), quote!(mod m { #load }), "SW407");
    check_mistake(
        quote!(type = "Blocking"),
        quote!(impl T { pub #load }),
        "SW304",
    );
    check_mistake(quote!(derive(Debug)), quote!(impl T { pub #load }), "SW408");
    check_mistake(
        quote!(type = Blocking, derive = Debug),
        quote!(impl T { pub #load }),
        "SW304",
    );
    check_mistake(
        quote!(type = A, extend = B),
        quote!(impl T { pub #load }),
        "SW408",
    );
    check_mistake(
        quote!(type = A, prefix = "a_"),
        quote!(impl T { pub #load }),
        "SW408",
    );
    check_mistake(
        quote!(type = A),
        quote!(impl T { pub async fn f(self: Arc<Self>) {} }),
        "SW207",
    );
    check_mistake(quote!(type = A), quote!(impl S for T { #load }), "SW103");
}

#[test]
fn mistakes_of_results() {
    check_mistake(
        quote!(),
        quote!(
            fn load() -> u8 {}
        ),
        "SW101",
    );
    check_mistake(
        quote!(),
        quote!(
            fn load() -> ResponseFuture {}
        ),
        "SW205",
    );
    check_mistake(
        quote!(),
        quote!(
            fn load() -> impl Future {}
        ),
        "SW205",
    );
    check_mistake(
        quote!(),
        quote!(
            fn load() -> Box<dyn Load> {}
        ),
        "SW205",
    );
    let stream = quote!(
        fn load() -> impl Stream<Item = u8> {}
    );
    if cfg!(feature = "stream") {
        let timeout = quote!(timeout = x);
        check_mistake(timeout, stream, "SW410");
    } else {
        check_mistake(quote!(), stream, "SW206");
    }
}

#[test]
fn commas_inside_the_values_of_options() {
    let load = quote!(
        async fn load(x: u8) {}
    );
    for options in [
        quote!(timeout = wait::<A, B>(x, y), name = z),
        quote!(timeout = <A as B<C>>::D, name = z,),
        quote!(timeout = if a < b { c } else { d }, name = z),
    ] {
        let (codes, message) = reported(&options, &load);
        assert!(codes.is_empty(), "{message}");
    }
    let (codes, message) = reported(
        &quote!(output = Result<A, B<C, D>>, name = z),
        &quote!(
            fn load() -> Loading {}
        ),
    );
    assert!(codes.is_empty(), "{message}");
}

#[test]
fn a_mistake_counts_only_where_its_item_is_built() {
    let item = quote!(
        #[cfg(unix)]
        mod api {
            #[cfg(test)]
            #[sync_wrapper(nam = x)]
            async fn f() {}
        }
    );
    let expanded = compact(&expand(quote!(), item));
    assert!(
        expanded.contains("#[cfg(unix)]#[cfg(test)]::core::compile_error!"),
        "{expanded}"
    );
}

/// A mistake in the options takes no twin away, and so is not followed by an error at every call.
#[test]
fn twins_survive_mistakes_of_options() {
    let load = quote!(
        async fn load(x: u8) -> u8 {}
    );
    for (options, twin) in [
        (quote!(nmae = twin), "fntwin(x:u8)->u8"),
        (quote!(name = "twin"), "fntwin(x:u8)->u8"),
        (quote!(name = 3), "fnload_sync(x:u8)->u8"),
        (quote!(name = load), "fnload_sync(x:u8)->u8"),
        (quote!(name = twin, prefix = "a_"), "fntwin(x:u8)->u8"),
        (quote!(prefix = a_), "fna_load(x:u8)->u8"),
        (quote!(prefix = 3), "fnload_sync(x:u8)->u8"),
        (quote!(suffix = "-"), "fnload_sync(x:u8)->u8"),
        (quote!(isolation = "allways"), "fnload_sync(x:u8)->u8"),
        (quote!(flavor = "multi"), "fnload_sync(x:u8)->u8"),
        (
            quote!(timeout = 5),
            "fnload_sync(x:u8)->::core::result::Result<u8",
        ),
        (quote!(runtime = Runtime::new()), "fnload_sync(x:u8)->u8"),
        (
            quote!(flavor = "multi_thread", runtime = x),
            "fnload_sync(x:u8)->u8",
        ),
        (quote!(output = u8), "fnload_sync(x:u8)->u8"),
        (quote!(crate = "twins"), "::twins::__private"),
        (quote!(crate = twins), "twins::__private"),
        (quote!(associated = 3), "fnload_sync(x:u8)->u8"),
        (quote!(derive(Debug)), "fnload_sync(x:u8)->u8"),
        (quote!(type = B), "fnload_sync(x:u8)->u8"),
        (quote!(load), "fnload_sync(x:u8)->u8"),
    ] {
        let (codes, message) = reported(&options, &load);
        assert_eq!(codes.len(), 1, "{message}");
        let expanded = compact(&expand(options, load.clone()));
        assert!(expanded.contains(twin), "{twin} in {expanded}");
    }
    let method = quote!(
        async fn load(&self) -> u8 {}
    );
    let (codes, _) = reported(&quote!(associated), &method);
    assert_eq!(codes, ["SW403"]);
    let expanded = compact(&expand(quote!(associated), method));
    assert!(expanded.contains("fnload_sync(&self)->u8"), "{expanded}");
}

#[test]
fn twins_of_a_block_survive_mistakes_of_its_options() {
    let item = quote!(impl Client { pub async fn a() {} #[sync_wrapper(skpi = x)] pub async fn b(&self) {} #[sync_wrapper] fn c() {} });
    for (options, twin) in [
        (quote!(isolation = "allways"), "fna_sync"),
        (quote!(name = x), "fna_sync"),
        (quote!(nmae = x), "fna_sync"),
        (quote!(timeuot = x), "::__private::within"),
        (quote!(type = "Blocking"), "structBlocking"),
        (quote!(typ = Blocking), "structBlocking"),
        (quote!(extend = "Blocking"), "implBlocking"),
    ] {
        let (codes, message) = reported(&options, &item);
        // Those of the block come first, and those of the members after them.
        assert!(codes.len() >= 2, "{codes:?} {message}");
        assert!(codes[1..].contains(&String::from("SW301")), "{codes:?}");
        let expanded = compact(&expand(options, item.clone()));
        assert!(expanded.contains(twin), "{twin} in {expanded}");
    }
    // Without a name there is no type, and nobody has asked for other twins.
    let expanded = compact(&expand(quote!(type = 3), item));
    assert!(
        !expanded.contains("fna_sync") && !expanded.contains("struct"),
        "{expanded}"
    );
}

#[test]
fn no_mistake_is_the_consequence_of_another() {
    let loading = quote!(
        fn load() -> Loading {}
    );
    check_mistake(quote!(outptu = u8), loading.clone(), "SW301");
    check_mistake(quote!(output = 3), loading, "SW304");
    let constructor = quote!(impl Client { pub fn new() -> Client {} });
    check_mistake(quote!(typ = Blocking), constructor.clone(), "SW301");
    check_mistake(quote!(type = 3), constructor, "SW304");
}

#[test]
fn mistakes_of_members_of_a_family() {
    check_mistake(
        quote!(type = BlockingClient),
        quote!(impl Client { pub fn get(&self) {} #[sync_wrapper(name = get)] pub async fn load(&self) {} }),
        "SW409",
    );
    check_mistake(
        quote!(type = BlockingClient, foreign),
        quote!(impl client::Client { pub fn get(&self); pub fn get(&mut self); }),
        "SW409",
    );
    check_mistake(
        quote!(type = BlockingClient, derive(Clone, std::marker::Copy)),
        quote!(impl Client { pub async fn load(&self) {} }),
        "SW304",
    );
    // A type's own block passes it on, but a trait has one name for both types.
    let held = quote!(HashMap<u8, Self>);
    check_mistake(
        quote!(trait = BlockingStore, for(BlockingMemory)),
        quote!(trait Store { async fn all(&self) -> #held; }),
        "SW209",
    );
    let (codes, message) = reported(
        &quote!(type = BlockingMemory),
        &quote!(impl Memory { pub async fn all(&self) -> #held {} }),
    );
    assert!(codes.is_empty(), "{message}");
    let (_, message) = reported(
        &quote!(type = BlockingMemory, map(Row = BlockingRow)),
        &quote!(impl Memory { pub async fn all(&self) -> Vec<&Row<'static, [u8; 2]>> {} }),
    );
    assert!(message.contains("`Row<'static, [u8; 2]>`"), "{message}");
}

#[test]
fn twins_of_other_fns_survive_a_mistake() {
    let item = quote!(impl Client { async fn a() {} #[sync_wrapper(skp)] async fn b() {} });
    let expanded = compact(&expand(quote!(), item));
    assert!(
        expanded.contains("fna_sync") && expanded.contains("SW301"),
        "{expanded}"
    );
}

#[test]
fn two_that_would_have_one_name() {
    let expand = |block| compact(&expand(quote!(), block));
    let both = expand(quote!(impl Client { async fn load_async() {} async fn load() {} }));
    assert!(both.contains("fnload_sync") && both.contains("fnload_async_sync"));
    let by_hand = expand(quote!(impl Client { async fn load_async() {} fn load_sync() {} }));
    assert!(by_hand.contains("fnload_async_sync"), "{by_hand}");
    let only = expand(quote!(impl Client { async fn load_async() {} fn load() {} }));
    assert!(only.contains("fnload_sync"), "{only}");
}

#[test]
fn an_empty_affix_takes_back_that_of_the_block() {
    let item = quote!(
        mod api {
            #[sync_wrapper(prefix = "now_", suffix = "")]
            async fn a() {}
            #[sync_wrapper(suffix = "")]
            async fn b() {}
            async fn c() {}
        }
    );
    let expanded = compact(&expand(quote!(suffix = "_blocking"), item));
    for twin in ["fnnow_a()", "fnb_sync()", "fnc_blocking()"] {
        assert!(expanded.contains(twin), "{expanded}");
    }
}
