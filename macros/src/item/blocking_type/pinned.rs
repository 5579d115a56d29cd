//! The ways to an async value that stays where it is, since its methods take it as `Pin<&mut Self>`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Generics, Type, Visibility, parse_quote_spanned};

pub(super) struct Pinned<'a> {
    pub(super) ty: &'a Type,
    /// What links call it.
    pub(super) name: &'a str,
    pub(super) visibility: &'a Visibility,
    pub(super) private: TokenStream,
    /// What `into_inner` loses.
    pub(super) lost: String,
    pub(super) site: Span,
}

/// The names of the methods that lend the value and give it back.
pub(crate) const METHODS: [&str; 7] = [
    "into_inner",
    "into_pinned",
    "try_into_inner",
    "get_ref",
    "get_mut",
    "as_async",
    "as_async_mut",
];

/// The generics with a bound that says that `ty` may move. Of a type without parameters rustc knows that, and does not take a
/// bound that does not hold, unless it is for any lifetime.
pub(super) fn movable(generics: &Generics, ty: &Type, site: Span) -> Generics {
    let mut generics = generics.clone();
    let bound = parse_quote_spanned!(site=> for<'unpin> #ty: ::core::marker::Unpin);
    generics.make_where_clause().predicates.push(bound);
    generics
}

impl Pinned<'_> {
    /// These methods, but for those whose names are taken.
    pub(super) fn conversions(&self, is_free: &dyn Fn(&str) -> bool) -> TokenStream {
        let all = [
            self.take(),
            self.take_pinned(),
            self.take_unused(),
            self.borrow("get_ref", ""),
            self.borrow_pinned(),
            self.borrow("as_async", ", for async code"),
            self.borrow_mut(),
        ];
        let named = METHODS.into_iter().zip(all);
        let free = named.filter(|(name, _)| is_free(name));
        let free = free.map(|(_, method)| method);
        quote!(#(#free)*)
    }

    fn take(&self) -> TokenStream {
        let Pinned {
            ty,
            name,
            visibility,
            private,
            lost,
            site,
        } = self;
        let clause = movable(&Generics::default(), ty, *site).where_clause;
        let doc = format!(" The [`{name}`] inside, which has to be `Unpin`.{lost}");
        quote_spanned! {*site=>
            #[doc = #doc]
            #[must_use]
            #visibility fn into_inner(mut self) -> #ty #clause {
                #private::Pinned::__take(&mut self.inner)
            }
        }
    }

    fn take_pinned(&self) -> TokenStream {
        let Pinned {
            ty,
            name,
            visibility,
            private,
            lost,
            site,
        } = self;
        let doc = format!(" The [`{name}`] where it is, if it is not `Unpin`.{lost}");
        quote_spanned! {*site=>
            #[doc = #doc]
            #[must_use]
            #visibility fn into_pinned(mut self) -> ::core::pin::Pin<::std::boxed::Box<#ty>> {
                #private::Pinned::__take_pinned(&mut self.inner)
            }
        }
    }

    fn take_unused(&self) -> TokenStream {
        let Pinned {
            ty,
            name,
            visibility,
            private,
            site,
            ..
        } = self;
        let doc = format!(" The [`{name}`] inside, if no method has used it yet.");
        quote_spanned! {*site=>
            #[doc = #doc]
            ///
            /// From the first use that may change it, it stays where it is.
            ///
            /// # Errors
            ///
            /// All of this, if it has been used.
            #visibility fn try_into_inner(mut self) -> ::core::result::Result<#ty, Self> {
                match #private::Pinned::take_free(&mut self.inner) {
                    ::core::option::Option::Some(value) => ::core::result::Result::Ok(value),
                    ::core::option::Option::None => ::core::result::Result::Err(self),
                }
            }
        }
    }

    fn borrow(&self, method: &str, what_for: &str) -> TokenStream {
        let Pinned {
            ty,
            name,
            visibility,
            private,
            site,
            ..
        } = self;
        let doc = format!(" The [`{name}`] inside{what_for}.");
        let method = Ident::new(method, *site);
        quote_spanned! {*site=>
            #[doc = #doc]
            #[must_use]
            #visibility fn #method(&self) -> &#ty {
                #private::Pinned::get(&self.inner)
            }
        }
    }

    fn borrow_pinned(&self) -> TokenStream {
        let Pinned {
            ty,
            name,
            visibility,
            private,
            site,
            ..
        } = self;
        let doc = format!(" The [`{name}`] inside, to be changed in its place.");
        quote_spanned! {*site=>
            #[doc = #doc]
            #[must_use]
            #visibility fn get_mut(&mut self) -> ::core::pin::Pin<&mut #ty> {
                #private::Pinned::pinned(&mut self.inner)
            }
        }
    }

    fn borrow_mut(&self) -> TokenStream {
        let Pinned {
            ty,
            name,
            visibility,
            private,
            site,
            ..
        } = self;
        let clause = movable(&Generics::default(), ty, *site).where_clause;
        let doc = format!(
            " The [`{name}`] inside, for async code that changes it. It has to be `Unpin`."
        );
        quote_spanned! {*site=>
            #[doc = #doc]
            #[must_use]
            #visibility fn as_async_mut(&mut self) -> &mut #ty #clause {
                ::core::pin::Pin::get_mut(#private::Pinned::pinned(&mut self.inner))
            }
        }
    }
}
