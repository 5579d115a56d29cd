//! The path by which a twin calls the async fn, with its generic arguments: some cannot be inferred.

use crate::name;
use crate::syntax::cfg::Condition;
use crate::twin::scope::Scope;
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::{GenericParam, Generics, Signature};

pub(crate) fn of(
    signature: &Signature,
    scope: &Scope,
    is_associated: bool,
    site: Span,
) -> TokenStream {
    let mut ident = name::at(&signature.ident, Span::call_site());
    let turbofish = turbofish(&signature.generics, site);
    match scope {
        Scope::BlockingType(inner) if inner.polled.is_some() => {
            let path = inner
                .polled
                .as_ref()
                .map(|polled| polled.path(&ident, site));
            path.unwrap_or_default()
        }
        Scope::Alone if is_associated => quote_spanned!(site=> Self::#ident #turbofish),
        Scope::Alone | Scope::Module => {
            // Inside the head of the twin: there rustc does not offer to write `Self::` in front.
            ident.set_span(ident.span().located_at(signature.fn_token.span));
            quote_spanned!(site=> #ident #turbofish)
        }
        Scope::Inherent => quote_spanned!(site=> Self::#ident #turbofish),
        Scope::Trait(scope) => {
            let path = &scope.path;
            quote_spanned!(site=> <Self as #path>::#ident #turbofish)
        }
        Scope::BlockingType(inner) if inner.as_trait.is_some() => {
            // A foreign trait disappears, too.
            if inner.is_foreign {
                ident.clone_from(&signature.ident);
            }
            let (ty, path) = (&inner.ty, &inner.as_trait);
            quote_spanned!(inner.place.unwrap_or(site)=> <#ty as #path>::#ident #turbofish)
        }
        // The block with the signature disappears, so its name is free for this, the only path to the method.
        Scope::BlockingType(inner) if inner.is_foreign => {
            let (ty, ident) = (&inner.ty, &signature.ident);
            let turbofish = turbofish.filter(|_| !can_be_inferred(signature));
            quote_spanned!(site=> <#ty>::#ident #turbofish)
        }
        Scope::BlockingType(inner) => {
            let ty = &inner.ty;
            quote_spanned!(site=> <#ty>::#ident #turbofish)
        }
    }
}

/// Whether arguments and output name all parameters. Then the foreign method may have others than its signature here.
fn can_be_inferred(signature: &Signature) -> bool {
    let types = signature.inputs.to_token_stream();
    let output = signature.output.to_token_stream();
    let types = quote!(#types #output);
    let mut params = signature.generics.params.iter();
    params.all(|param| match param {
        GenericParam::Lifetime(_) => true,
        GenericParam::Type(param) => names(types.clone(), &param.ident),
        GenericParam::Const(param) => names(types.clone(), &param.ident),
    })
}

fn names(tokens: TokenStream, wanted: &Ident) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == *wanted,
        TokenTree::Group(group) => names(group.stream(), wanted),
        _ => false,
    })
}

/// `::<T, N>`. Lifetimes are inferred, and most cannot be named. An argument cannot have a `#[cfg]`, so if a parameter has one,
/// all are inferred.
fn turbofish(generics: &Generics, site: Span) -> Option<TokenStream> {
    let mut arguments = Vec::new();
    for param in &generics.params {
        let (attributes, ident) = match param {
            GenericParam::Type(param) => (&param.attrs, &param.ident),
            GenericParam::Const(param) => (&param.attrs, &param.ident),
            GenericParam::Lifetime(_) => continue,
        };
        if Condition::of(attributes).is_some() {
            return None;
        }
        arguments.push(ident);
    }
    (!arguments.is_empty()).then(|| quote_spanned!(site=> ::<#(#arguments),*>))
}
