//! What exists once, however many impl blocks a blocking type has: the type itself, and the ways to and from the async value.

use crate::item::blocking_type::BlockingType;
use crate::item::blocking_type::ending::Ending;
use crate::item::blocking_type::pinned::{self, Pinned};
use crate::item::blocking_type::writer::Writer;
use crate::item::page;
use crate::name;
use crate::options::{Attributes, Field, Options, ide};
use crate::syntax::attribute::{self, split_at_commas};
use crate::types::inner_type::InnerType;
use crate::types::unwrap;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::{Attribute, GenericParam, Generics, LifetimeParam, TypeParam, Visibility};

pub(super) struct Declaration {
    visibility: Visibility,
    name: Ident,
    /// The documentation that the user has for the type, and `#[must_use]`.
    attributes: Vec<TokenStream>,
    derive: Option<TokenStream>,
    /// Those of others, for the type.
    of_others: Option<Attributes>,
    /// Those that the user adds.
    fields: Vec<Field>,
    /// The method that returns what is read next.
    read: Option<Ident>,
    /// The method that the option names, even if there is none.
    close: Option<Ident>,
    methods: Methods,
}

/// What the methods of the block mean for the type.
pub(super) struct Methods {
    /// Their names, which those of ours must not take.
    pub(super) taken: Vec<String>,
    /// The one by which it is a writer.
    pub(super) writer: Option<Writer>,
    /// What the type's `Drop` does.
    pub(super) ending: Option<Ending>,
    /// Whether they need the async value to stay where it is.
    pub(super) pin: bool,
}

impl Declaration {
    pub(super) fn new(
        visibility: &Visibility,
        name: &Ident,
        block: &[Attribute],
        options: &Options,
        methods: Methods,
    ) -> Self {
        let docs = options.docs.as_ref().map(|docs| quote!(#[doc = #docs]));
        let of_block = attribute::about_the_type(block, docs.is_none());
        Declaration {
            visibility: visibility.clone(),
            name: name.clone(),
            attributes: docs.into_iter().chain(of_block).collect(),
            derive: options.derive.clone(),
            of_others: options.attrs.clone(),
            fields: options.fields.clone().unwrap_or_default(),
            read: options.read.clone(),
            methods,
            close: options.close.clone(),
        }
    }

    /// The type, and its conversions by trait.
    pub(super) fn declare(&self, whole: &BlockingType) -> TokenStream {
        let BlockingType {
            attributes,
            generics,
            path,
            inner,
            site,
            ..
        } = whole;
        let Declaration {
            visibility,
            name,
            of_others,
            fields,
            ..
        } = self;
        let clause = &generics.where_clause;
        let (derive, default) = self.default(whole);
        // Of a foreign type, another crate would have to say so.
        let is_concrete = inner.as_trait.is_none();
        let declares = (is_concrete && !inner.is_foreign).then(|| {
            let ty = &inner.ty;
            let private = whole.private();
            quote_spanned! {*site=>
                #(#attributes)*
                #[doc(hidden)]
                impl #generics #private::OneBlockDeclaresAndTheOthersExtend for #ty #clause {}
            }
        });
        let ty = &inner.ty;
        let private = whole.private();
        let is_text = of_others.is_some();
        let docs = match whole.iterator {
            Some(_) => page::docs_of_iterator(&inner.name, &self.attributes, is_text),
            None => page::docs(&inner.name, &self.attributes, whole.blocks(), is_text),
        };
        let variable = name::variable("value", *site);
        let bounds = without_attributes(generics);
        let holder = self.holder(*site);
        let into_inner = unwrap::take(&variable.to_token_stream(), *site);
        // Nobody but the crate of a type may implement `From` for any type.
        let back = is_concrete.then(|| {
            let movable = self
                .methods
                .pin
                .then(|| pinned::movable(generics, ty, *site));
            let clause = match &movable {
                Some(movable) => &movable.where_clause,
                None => clause,
            };
            quote_spanned! {*site=>
                #(#attributes)*
                impl #generics ::core::convert::From<#path> for #ty #clause {
                    fn from(#variable: #path) -> Self {
                        #into_inner
                    }
                }
            }
        });
        // A trait may name parameters that no value of an implementor does.
        let of = (inner.as_trait.is_some() && generics.params.len() > 1)
            .then(|| phantom(generics, *site));
        let (of_declared, of_value) = match of {
            Some(ty) => (
                Some(quote_spanned!(*site=> __of: #ty,)),
                Some(quote_spanned!(*site=> __of: ::core::marker::PhantomData,)),
            ),
            None => (None, None),
        };
        let (declared, values) = (
            fields.iter().map(Field::declare),
            fields.iter().map(Field::initialize),
        );
        // Reports name the place where an iterator was made, if it is used in an adapter of std's.
        let tracked = self
            .methods
            .pin
            .then(|| quote_spanned!(*site=> #[track_caller]));
        let reader = self.reader(whole);
        let writer = self
            .methods
            .writer
            .as_ref()
            .map(|writer| writer.implement(whole));
        let unread = reader
            .as_ref()
            .map(|_| quote_spanned!(*site=> __unread: #private::Unread,));
        let no_unread = reader.as_ref().map(
            |_| quote_spanned!(*site=> __unread: <#private::Unread as ::core::default::Default>::default(),),
        );
        let (open, is_open) = match self.methods.ending {
            Some(_) => (
                Some(quote_spanned!(*site=> __open: #private::Open,)),
                Some(
                    quote_spanned!(*site=> __open: <#private::Open as ::core::default::Default>::default(),),
                ),
            ),
            None => (None, None),
        };
        let end = match &self.methods.ending {
            Some(ending) => ending.drop(whole),
            None => quote_spanned! {*site=>
                #(#attributes)*
                #[doc(hidden)]
                impl #generics #private::WriteTheOptionCloseInPlaceOfDrop for #path #clause {}
            },
        };
        quote_spanned! {*site=>
            #docs
            #(#attributes)*
            // The block may need bounds that a type need not repeat.
            #[allow(explicit_outlives_requirements)]
            #derive
            #of_others
            #visibility struct #name #bounds #clause {
                // The impl blocks of a type may be in many modules of its crate, and `extend` in all of them.
                pub(crate) inner: #private::#holder<#ty>,
                #of_declared
                #(#declared,)*
                #unread
                #open
            }

            #(#attributes)*
            impl #generics ::core::convert::From<#ty> for #path #clause {
                #tracked
                fn from(#variable: #ty) -> Self {
                    Self { inner: #private::#holder::new(#variable), #of_value #(#values,)* #no_unread #is_open }
                }
            }

            #back
            #default
            #reader
            #writer
            #end
            #declares
        }
    }

    /// The type of the field that contains the async value.
    fn holder(&self, site: Span) -> Ident {
        match self.methods.pin {
            true => Ident::new("Pinned", site),
            false => Ident::new("Inner", site),
        }
    }

    /// The traits of a reader.
    fn reader(&self, whole: &BlockingType) -> Option<TokenStream> {
        let read = self.read.as_ref()?;
        let BlockingType {
            attributes,
            generics,
            path,
            site,
            ..
        } = whole;
        let clause = &generics.where_clause;
        let private = whole.private();
        // rustc reports at the option what is not such a method.
        let place = read.span().resolved_at(*site);
        let receive =
            quote_spanned!(place=> #private::receive(Self::#read(self), &mut self.__unread)?);
        Some(quote_spanned! {*site=>
            #(#attributes)*
            impl #generics ::std::io::BufRead for #path #clause {
                #[track_caller]
                fn fill_buf(&mut self) -> ::std::io::Result<&[u8]> {
                    while self.__unread.is_empty() && #receive {}
                    ::core::result::Result::Ok(self.__unread.bytes())
                }

                fn consume(&mut self, __amount: usize) {
                    self.__unread.consume(__amount);
                }
            }

            #(#attributes)*
            impl #generics ::std::io::Read for #path #clause {
                #[track_caller]
                fn read(&mut self, __buffer: &mut [u8]) -> ::std::io::Result<usize> {
                    #private::read_buffered(self, __buffer)
                }
            }
        })
    }

    /// `Default` starts with the same values as any other constructor, and a derived one would not.
    fn default(&self, whole: &BlockingType) -> (Option<TokenStream>, Option<TokenStream>) {
        let derive = self.derive.clone();
        let has_values = self.fields.iter().any(|field| field.value.is_some());
        let Some(derive) = derive.filter(|_| has_values) else {
            return (
                self.derive
                    .as_ref()
                    .map(|traits| quote!(#[derive(#traits)])),
                None,
            );
        };
        let is_default = |one: &TokenStream| {
            let last = one.clone().into_iter().last();
            last.is_some_and(|last| last.to_string() == "Default")
        };
        let (default, others): (Vec<_>, Vec<_>) =
            split_at_commas(derive).into_iter().partition(is_default);
        let default = (!default.is_empty()).then(|| {
            let BlockingType {
                attributes,
                generics,
                path,
                inner,
                site,
                ..
            } = whole;
            let ty = &inner.ty;
            let clause = &generics.where_clause;
            let private = whole.private();
            let variable = name::variable("value", *site);
            quote_spanned! {*site=>
                #(#attributes)*
                impl #generics ::core::default::Default for #path #clause {
                    fn default() -> Self {
                        let #variable: #private::Inner<#ty> = ::core::default::Default::default();
                        ::core::convert::From::from(#private::Inner::into_inner(#variable))
                    }
                }
            }
        });
        (Some(quote!(#[derive(#(#others),*)])), default)
    }

    /// What an editor completes in `close` and in `close_timeout`, and finds by them.
    fn for_editors(&self, whole: &BlockingType) -> Option<TokenStream> {
        let close = self.close.as_ref()?;
        let (ty, site) = (&whole.inner.ty, whole.site);
        let named = quote_spanned! {site=>
            fn __sync_twin_close() {
                let _ = <#ty>::#close;
            }
        };
        let named = ide::only_there(&named, whole.krate.as_ref());
        let values = self.methods.ending.as_ref().and_then(Ending::values);
        Some(quote!(#named #values))
    }

    /// `into_inner`, `as_async` and `as_async_mut`, unless the async type has methods of these names.
    pub(super) fn conversions(&self, whole: &BlockingType) -> TokenStream {
        let InnerType { ty, name, .. } = &*whole.inner;
        let (visibility, site) = (&self.visibility, whole.site);
        let private = whole.private();
        let is_free = |name: &str| !self.methods.taken.iter().any(|taken| taken == name);
        let lost = match self.read {
            Some(_) => " What has been received and not yet read is lost.",
            None => "",
        };
        let not_closed = match self.methods.ending {
            Some(_) => " Nobody closes it any more.",
            None => "",
        };
        let lost = format!("{lost}{not_closed}");
        let ending = self.for_editors(whole);
        if self.methods.pin {
            let pinned = Pinned {
                ty,
                name,
                visibility,
                private,
                lost,
                site,
            };
            let conversions = pinned.conversions(&is_free);
            return quote!(#ending #conversions);
        }
        let into_inner = is_free("into_inner").then(|| {
            let doc = format!(" The [`{name}`] inside.{lost}");
            let taken = unwrap::take(&quote_spanned!(site=> self), site);
            quote_spanned! {site=>
                #[doc = #doc]
                #[must_use]
                #visibility fn into_inner(self) -> #ty {
                    #taken
                }
            }
        });
        let as_async = is_free("as_async").then(|| {
            let doc = format!(" The [`{name}`] inside, for async code.");
            quote_spanned! {site=>
                #[doc = #doc]
                #[must_use]
                #visibility fn as_async(&self) -> &#ty {
                    #private::Inner::get(&self.inner)
                }
            }
        });
        let as_async_mut = is_free("as_async_mut").then(|| {
            let doc = format!(" The [`{name}`] inside, for async code that changes it.");
            quote_spanned! {site=>
                #[doc = #doc]
                #[must_use]
                #visibility fn as_async_mut(&mut self) -> &mut #ty {
                    #private::Inner::get_mut(&mut self.inner)
                }
            }
        });
        quote!(#ending #into_inner #as_async #as_async_mut)
    }
}

/// What holds nothing, but uses all parameters, and is what no parameter can keep from being `Send`.
fn phantom(generics: &Generics, site: Span) -> TokenStream {
    let used = generics.params.iter().filter_map(|param| match param {
        GenericParam::Lifetime(LifetimeParam { lifetime, .. }) => {
            Some(quote_spanned!(site=> fn() -> &#lifetime ()))
        }
        GenericParam::Type(TypeParam { ident, .. }) => {
            Some(quote_spanned!(site=> fn() -> *const #ident))
        }
        GenericParam::Const(_) => None,
    });
    quote_spanned!(site=> ::core::marker::PhantomData<(#(#used,)*)>)
}

/// The parameters with their bounds, without which the async type may not be well-formed.
fn without_attributes(generics: &Generics) -> Generics {
    let mut generics = generics.clone();
    for param in &mut generics.params {
        match param {
            GenericParam::Type(param) => param.attrs.clear(),
            GenericParam::Lifetime(param) => param.attrs.clear(),
            GenericParam::Const(param) => param.attrs.clear(),
        }
    }
    generics
}
