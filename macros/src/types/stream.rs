//! Streams in a return type, and the iterators that replace them.

use crate::types::conversion::Conversion;
use crate::types::family::{Blocking, Family};
use crate::types::opaque::{Opaque, bare, last_of, only, type_arguments};
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{GenericArgument, Lifetime, PathArguments, Token, Type, TypeParamBound, parse_quote};

/// What was found in place of a stream's type.
pub(crate) struct Replaced {
    /// Whether it is only known as a `TryStream`, whose item has to be put together.
    pub(crate) is_try: bool,
    /// What becomes of each item.
    pub(crate) items: Option<Conversion<Blocking>>,
}

/// How an iterator over boxed things is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// `impl Iterator`
    Opaque,
    /// `Box<dyn Iterator>`: an `impl Trait` would rule out `dyn` for the whole trait that the twin belongs to.
    Boxed,
}

/// Replaces a type that is a stream by an iterator.
pub(crate) fn replace(
    ty: &mut Type,
    family: &Family<'_>,
    form: Form,
    site: Span,
) -> Option<Replaced> {
    let is_try = Opaque::of(ty).is_some_and(|opaque| is_try(&opaque));
    let mut items = None;
    *ty = iterator(ty, form, site, &mut |item| {
        items = Conversion::of(item, &mut |ty| family.replace(ty));
    })?;
    Some(Replaced { is_try, items })
}

/// Whether only the `TryStream` among the bounds says what the items are.
fn is_try(opaque: &Opaque) -> bool {
    let is_known = opaque
        .bound("Stream", "Item")
        .or(opaque.bound("FusedStream", "Item"));
    is_known.is_none_or(|bound| bound.value.is_none()) && opaque.bound("TryStream", "Ok").is_some()
}

/// The bound that makes it a stream, and the type of its items.
fn stream_bound(opaque: &Opaque) -> Option<(usize, Option<Type>)> {
    if is_try(opaque) {
        let bound = opaque.bound("TryStream", "Ok")?;
        let ok = bound.value?;
        let error = opaque.bound("TryStream", "Error")?.value?;
        return Some((
            bound.index,
            Some(parse_quote!(::core::result::Result<#ok, #error>)),
        ));
    }
    let bound = opaque
        .bound("Stream", "Item")
        .or_else(|| opaque.bound("FusedStream", "Item"))?;
    Some((bound.index, bound.value.cloned()))
}

/// The iterator over the items of a stream. It keeps the other bounds, and so captures the same.
/// `convert` changes the type of the items.
fn iterator(ty: &Type, form: Form, site: Span, convert: &mut dyn FnMut(&mut Type)) -> Option<Type> {
    if let Some(opaque) = Opaque::of(ty) {
        let (stream, mut item) = stream_bound(&opaque)?;
        item.iter_mut().for_each(convert);
        // The user's edition decides what an `impl` captures, and rustc reads it from the first and the last token.
        let keyword = impl_token(ty);
        let place = keyword.as_ref().map_or(site, |keyword| keyword.span);
        let item = item.map(|item| quote_spanned!(place=> <Item = #item>));
        let iterator = quote_spanned!(site=> ::core::iter::Iterator #item);
        let bounds = opaque.bounds.iter().enumerate().map(|(index, bound)| {
            if index == stream {
                iterator.clone()
            } else {
                bound.to_token_stream()
            }
        });
        if !opaque.boxed {
            let keyword = keyword.unwrap_or_else(|| Token![impl](site));
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
    let mut item = only(last)?.clone();
    convert(&mut item);
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
fn impl_token(ty: &Type) -> Option<Token![impl]> {
    match bare(ty) {
        Type::ImplTrait(ty) => Some(ty.impl_token),
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
    use super::{Form, replace};
    use crate::types::family::{Family, Pair};
    use proc_macro2::Span;
    use quote::ToTokens;
    use syn::{Type, parse_quote};

    #[track_caller]
    fn check(mut ty: Type, form: Form, iterator: &Type) {
        let is_try = ty.to_token_stream().to_string().contains("TryStream");
        let family = Family::new(None, None);
        let found = replace(&mut ty, &family, form, Span::call_site());
        assert!(found.is_some_and(|found| found.is_try == is_try && found.items.is_none()));
        let tokens = |ty: &Type| ty.to_token_stream().to_string();
        assert_eq!(tokens(&ty), tokens(iterator));
    }

    #[test]
    fn opaque_streams_keep_their_other_bounds() {
        check(
            parse_quote!(impl Send + futures::Stream<Item = u8> + 'a + use<'a, T>),
            Form::Boxed,
            &parse_quote!(impl Send + ::core::iter::Iterator<Item = u8> + 'a + use<'a, T>),
        );
    }

    #[test]
    fn boxed_streams_outlive_what_their_box_says() {
        check(
            parse_quote!(Pin<Box<dyn Stream<Item = u8> + Send>>),
            Form::Opaque,
            &parse_quote!(impl ::core::iter::Iterator<Item = u8> + Send + 'static),
        );
        check(
            parse_quote!(BoxStream<'a, u8>),
            Form::Opaque,
            &parse_quote!(impl ::core::iter::Iterator<Item = u8> + ::core::marker::Send + 'a),
        );
        check(
            parse_quote!(LocalBoxStream<'_, u8>),
            Form::Boxed,
            &parse_quote!(::std::boxed::Box<dyn ::core::iter::Iterator<Item = u8> + '_>),
        );
    }

    #[test]
    fn items_of_a_family() {
        let pairs = vec![Pair {
            from: parse_quote!(Row),
            to: parse_quote!(BlockingRow),
        }];
        let mut ty: Type = parse_quote!(impl Stream<Item = Result<Row<'a>, Error>> + 'a);
        let found = replace(
            &mut ty,
            &Family::new(None, Some(&pairs)),
            Form::Opaque,
            Span::call_site(),
        );
        let wanted: Type =
            parse_quote!(impl ::core::iter::Iterator<Item = Result<BlockingRow<'a>, Error>> + 'a);
        assert_eq!(
            ty.to_token_stream().to_string(),
            wanted.to_token_stream().to_string()
        );
        assert!(found.is_some_and(|found| found.items.is_some()));
    }

    #[test]
    fn streams_that_may_fail() {
        check(
            parse_quote!(impl TryStream<Ok = u8, Error = io::Error> + Send),
            Form::Opaque,
            &parse_quote!(
                impl ::core::iter::Iterator<Item = ::core::result::Result<u8, io::Error>> + Send
            ),
        );
        check(
            parse_quote!(impl Unpin + TryStream<Error = E, Ok = u8>),
            Form::Opaque,
            &parse_quote!(
                impl Unpin + ::core::iter::Iterator<Item = ::core::result::Result<u8, E>>
            ),
        );
    }

    #[test]
    fn a_type_that_is_only_called_stream() {
        for ty in [
            parse_quote!(Stream),
            parse_quote!(Result<quinn::Stream<T>, E>),
            parse_quote!(BoxStream),
            parse_quote!(BoxStream<Row, Error>),
            parse_quote!(impl Iterator<Item = u8>),
            parse_quote!(impl TryStream<Ok = u8>),
        ] {
            let mut ty: Type = ty;
            let family = Family::new(None, None);
            assert!(replace(&mut ty, &family, Form::Opaque, Span::call_site()).is_none());
        }
    }
}
