//! Streams in a return type, and the iterators that replace them.

use crate::types::opaque::{Opaque, bare, last_of, type_arguments};
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{GenericArgument, Lifetime, PathArguments, Type, TypeParamBound};

/// Where in a type the stream is, or whatever else the twin has to convert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wrapping {
    /// It is the type.
    Bare,
    /// In a `Result` or an `Option`.
    Carried,
}

/// How an iterator over boxed things is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// `impl Iterator`
    Opaque,
    /// `Box<dyn Iterator>`: an `impl Trait` would rule out `dyn` for the whole trait that the twin belongs to.
    Boxed,
}

/// Replaces the stream in `ty`, if there is one, by an iterator.
pub(crate) fn replace(ty: &mut Type, form: Form, site: Span) -> Option<Wrapping> {
    if let Some(iterator) = iterator(ty, form, site) {
        *ty = iterator;
        return Some(Wrapping::Bare);
    }
    let carried = carried_mut(ty)?;
    *carried = iterator(carried, form, site)?;
    Some(Wrapping::Carried)
}

/// `T` in `Result<T, E>` and `Option<T>`.
pub(crate) fn carried_mut(ty: &mut Type) -> Option<&mut Type> {
    let Type::Path(path) = ty else {
        return None;
    };
    let last = path.path.segments.last_mut()?;
    if last.ident != "Result" && last.ident != "Option" {
        return None;
    }
    let PathArguments::AngleBracketed(arguments) = &mut last.arguments else {
        return None;
    };
    arguments
        .args
        .iter_mut()
        .find_map(|argument| match argument {
            GenericArgument::Type(ty) => Some(ty),
            _ => None,
        })
}

/// The iterator over the items of a stream. It keeps the other bounds, and so captures the same.
fn iterator(ty: &Type, form: Form, site: Span) -> Option<Type> {
    if let Some(opaque) = Opaque::of(ty) {
        let stream = opaque
            .bound("Stream", "Item")
            .or_else(|| opaque.bound("FusedStream", "Item"))?;
        let item = stream.value.map(|item| quote!(<Item = #item>));
        let iterator = quote_spanned!(site=> ::core::iter::Iterator #item);
        let bounds = opaque.bounds.iter().enumerate().map(|(index, bound)| {
            if index == stream.index {
                iterator.clone()
            } else {
                bound.to_token_stream()
            }
        });
        if !opaque.boxed {
            // The user's own keyword, since its edition decides what is captured.
            let keyword = impl_token(ty).unwrap_or_else(|| quote_spanned!(site=> impl));
            return syn::parse2(quote!(#keyword #(#bounds)+*)).ok();
        }
        let outlives = opaque
            .bounds
            .iter()
            .any(|bound| matches!(bound, TypeParamBound::Lifetime(_)));
        let outlives = (!outlives).then(|| quote_spanned!(site=> 'static));
        return boxed(bounds.chain(outlives), form, site);
    }

    let last = last_of(ty)?;
    let send = match last.ident.to_string().as_str() {
        "BoxStream" => Some(quote_spanned!(site=> ::core::marker::Send)),
        "LocalBoxStream" => None,
        _ => return None,
    };
    let item = type_arguments(last).last()?;
    let lifetime =
        lifetime(&last.arguments).unwrap_or_else(|| Lifetime::new("'_", last.ident.span()));
    let bounds = [quote_spanned!(site=> ::core::iter::Iterator<Item = #item>)]
        .into_iter()
        .chain(send)
        .chain([lifetime.to_token_stream()]);
    boxed(bounds, form, site)
}

fn boxed(bounds: impl Iterator<Item = TokenStream>, form: Form, site: Span) -> Option<Type> {
    syn::parse2(match form {
        Form::Opaque => quote_spanned!(site=> impl #(#bounds)+*),
        Form::Boxed => quote_spanned!(site=> ::std::boxed::Box<dyn #(#bounds)+*>),
    })
    .ok()
}

/// The `impl` of a type that has one, perhaps inside a `Pin<Box<…>>`.
fn impl_token(ty: &Type) -> Option<TokenStream> {
    match bare(ty) {
        Type::ImplTrait(ty) => Some(ty.impl_token.to_token_stream()),
        ty => impl_token(type_arguments(last_of(ty)?).next()?),
    }
}

fn lifetime(arguments: &PathArguments) -> Option<Lifetime> {
    let PathArguments::AngleBracketed(arguments) = arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Lifetime(lifetime) => Some(lifetime.clone()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::{Form, Wrapping, replace};
    use proc_macro2::Span;
    use quote::ToTokens;
    use syn::{Type, parse_quote};

    #[track_caller]
    fn check(mut ty: Type, form: Form, wrapping: Wrapping, iterator: &Type) {
        let found = replace(&mut ty, form, Span::call_site());
        assert_eq!(found, Some(wrapping));
        let tokens = |ty: &Type| ty.to_token_stream().to_string();
        assert_eq!(tokens(&ty), tokens(iterator));
    }

    #[test]
    fn opaque_streams_keep_their_other_bounds() {
        check(
            parse_quote!(impl Send + futures::Stream<Item = u8> + 'a + use<'a, T>),
            Form::Boxed,
            Wrapping::Bare,
            &parse_quote!(impl Send + ::core::iter::Iterator<Item = u8> + 'a + use<'a, T>),
        );
    }

    #[test]
    fn boxed_streams_outlive_what_their_box_says() {
        check(
            parse_quote!(Pin<Box<dyn Stream<Item = u8> + Send>>),
            Form::Opaque,
            Wrapping::Bare,
            &parse_quote!(impl ::core::iter::Iterator<Item = u8> + Send + 'static),
        );
        check(
            parse_quote!(BoxStream<'a, u8>),
            Form::Opaque,
            Wrapping::Bare,
            &parse_quote!(impl ::core::iter::Iterator<Item = u8> + ::core::marker::Send + 'a),
        );
        check(
            parse_quote!(LocalBoxStream<'_, u8>),
            Form::Boxed,
            Wrapping::Bare,
            &parse_quote!(::std::boxed::Box<dyn ::core::iter::Iterator<Item = u8> + '_>),
        );
    }

    #[test]
    fn carried_streams() {
        check(
            parse_quote!(io::Result<impl Stream<Item = u8>>),
            Form::Opaque,
            Wrapping::Carried,
            &parse_quote!(io::Result<impl ::core::iter::Iterator<Item = u8>>),
        );
    }

    #[test]
    fn a_type_that_is_only_called_stream() {
        for ty in [
            parse_quote!(Stream),
            parse_quote!(Result<quinn::Stream<T>, E>),
            parse_quote!(BoxStream),
            parse_quote!(impl Iterator<Item = u8>),
        ] {
            let mut ty: Type = ty;
            assert_eq!(replace(&mut ty, Form::Opaque, Span::call_site()), None);
        }
    }
}
