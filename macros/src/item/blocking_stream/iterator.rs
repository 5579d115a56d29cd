//! What makes an iterator of the blocking type of a stream.

use crate::item::block::MemberTwin;
use crate::types::opaque;
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{Generics, Path, ReturnType, Type};

pub(crate) struct Iterator {
    next: MemberTwin,
    item: Type,
    /// What makes an item of an error that has stopped a call.
    flatten: Option<TokenStream>,
}

impl Iterator {
    /// Takes `next` out of the methods, if the block is that of a stream.
    pub(crate) fn take(methods: &mut Vec<MemberTwin>) -> Option<Self> {
        let index = methods.iter().position(|method| {
            let polls = method.twin.polls.as_ref();
            polls.is_some_and(|polls| polls.is_next) && method.twin.name == "next"
        })?;
        let ReturnType::Type(_, output) = &methods[index].twin.output.ty else {
            return None;
        };
        let item = opaque::only(opaque::last_of(output)?)?.clone();
        // It flattens where the items do.
        let mut twins = methods.iter().map(|method| &method.twin);
        let try_next = twins.find(|twin| twin.name == "try_next");
        let flatten = try_next.and_then(|twin| twin.settings.flatten.clone());
        let next = methods.remove(index);
        Some(Iterator {
            next,
            item,
            flatten,
        })
    }

    /// A path that disappears with a foreign block: so that what imports it is used.
    pub(crate) fn name(&mut self, path: Path) {
        self.next.twin.output.disappeared.push(path);
    }

    /// The implementation for the type at `path`, with the attributes and the generics of its block.
    pub(crate) fn implement(
        &self,
        attributes: &[TokenStream],
        generics: &Generics,
        path: &Path,
        site: Span,
    ) -> TokenStream {
        let Iterator {
            next,
            item,
            flatten,
        } = self;
        let twin = &next.twin;
        let clause = &generics.where_clause;
        let private = twin.private(site);
        let body = twin.body();
        let receiver = twin.arguments.first().map(|receiver| &receiver.parameter);
        // An item that comes too late is an item, too.
        let transposed = quote_spanned!(site=> ::core::result::Result::transpose({ #body }));
        let (item, body) = match (twin.stopped_type(), flatten) {
            (None, _) => (item.to_token_stream(), body),
            (Some(stopped), None) => (
                quote_spanned!(site=> ::core::result::Result<#item, #stopped>),
                transposed,
            ),
            (Some(_), Some(map)) => {
                let flat = twin.flatten_by(map, &quote_spanned!(site=> __item));
                let flat =
                    quote_spanned!(site=> ::core::option::Option::map(#transposed, |__item| #flat));
                (item.to_token_stream(), flat)
            }
        };
        quote_spanned! {site=>
            #(#attributes)*
            impl #generics ::core::iter::Iterator for #path #clause {
                type Item = #item;

                #[track_caller]
                fn next(#receiver) -> ::core::option::Option<Self::Item> {
                    #body
                }

                fn size_hint(&self) -> (usize, ::core::option::Option<usize>) {
                    #private::items_left(#private::HoldsStream::__stream(&self.inner))
                }
            }

            #(#attributes)*
            impl #generics ::core::iter::FusedIterator for #path #clause {}
        }
    }
}
