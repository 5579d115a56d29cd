//! The output of a future, if the return type names it.

use crate::types::opaque::{Opaque, bare, last_of, only};
use syn::Type;

/// `T` in `impl Future<Output = T>`, `Pin<Box<dyn Future<Output = T>>>` and `BoxFuture<'_, T>`.
pub(crate) fn output(ty: &Type) -> Option<&Type> {
    if let Some(opaque) = Opaque::of(ty) {
        return ["Future", "IntoFuture"]
            .iter()
            .find_map(|name| opaque.bound(name, "Output")?.value);
    }
    let last = last_of(ty)?;
    BOXES
        .iter()
        .any(|name| last.ident == name)
        .then(|| only(last))?
}

/// The aliases of the crate `futures`. One of another crate may have two types, as in `BoxFuture<T, E>`, and outputs neither.
const BOXES: [&str; 2] = ["BoxFuture", "LocalBoxFuture"];

/// Whether the output depends on which crate an alias comes from, and its path does not say that it is `futures`: another
/// `BoxFuture<T>` may output a `Result<T, Error>`.
pub(crate) fn is_any_alias(ty: &Type) -> bool {
    let Type::Path(path) = bare(ty) else {
        return false;
    };
    let names: Vec<_> = path
        .path
        .segments
        .iter()
        .map(|segment| segment.ident.to_string())
        .collect();
    match &names[..] {
        [module @ .., alias] => {
            BOXES.contains(&alias.as_str())
                && module
                    .first()
                    .is_none_or(|name| !name.starts_with("future"))
        }
        [] => false,
    }
}

/// `T` and `E` in `impl TryFuture<Ok = T, Error = E>`, from which rustc does not see that the output is a `Result`.
pub(crate) fn try_output(ty: &Type) -> Option<(&Type, &Type)> {
    let opaque = Opaque::of(ty)?;
    let of = |name| opaque.bound("TryFuture", name)?.value;
    Some((of("Ok")?, of("Error")?))
}

/// Whether a type looks like a future, but does not name its output.
pub(crate) fn looks_like_one(ty: &Type) -> bool {
    Opaque::of(ty).is_some()
        || last_of(ty).is_some_and(|last| {
            let name = last.ident.to_string();
            name.contains("Future") || name.contains("Stream")
        })
}

#[cfg(test)]
mod tests {
    use super::{is_any_alias, looks_like_one, output};
    use quote::{ToTokens, quote};
    use syn::{Type, parse_quote};

    #[track_caller]
    fn check(ty: &Type) {
        let output = output(ty).to_token_stream().to_string();
        assert_eq!(output, quote!(Option<&'a u8>).to_string());
    }

    #[test]
    fn every_way_to_return_a_future() {
        check(&parse_quote!(impl Future<Output = Option<&'a u8>>));
        check(&parse_quote!(
            impl Send + ::core::future::Future<Output = Option<&'a u8>> + 'a + use<'a>
        ));
        check(&parse_quote!(
            impl IntoFuture<Output = Option<&'a u8>, IntoFuture: Send>
        ));
        check(&parse_quote!((impl Future<Output = Option<&'a u8>> + Send)));
        check(&parse_quote!(
            Pin<Box<dyn Future<Output = Option<&'a u8>> + Send + 'a>>
        ));
        check(&parse_quote!(
            std::pin::Pin<Box<dyn std::future::Future<Output = Option<&'a u8>>>>
        ));
        check(&parse_quote!(
            Box<dyn Future<Output = Option<&'a u8>> + Unpin>
        ));
        check(&parse_quote!(BoxFuture<'a, Option<&'a u8>>));
        check(&parse_quote!(
            futures::future::LocalBoxFuture<'_, Option<&'a u8>>
        ));
    }

    #[test]
    fn other_types() {
        for ty in [
            parse_quote!(u8),
            parse_quote!(impl Iterator<Item = u8>),
            parse_quote!(ResponseFuture),
            parse_quote!(BoxFuture),
            parse_quote!(BoxFuture<Response, Status>),
            parse_quote!(Result<impl Future<Output = u8>>),
        ] {
            let ty: Type = ty;
            assert!(output(&ty).is_none());
        }
        assert!(looks_like_one(&parse_quote!(hyper::ResponseFuture)));
        assert!(!looks_like_one(&parse_quote!(u8)));
    }

    #[test]
    fn aliases_of_whatever_crate() {
        for ty in [
            parse_quote!(BoxFuture<'_, u8>),
            parse_quote!((LocalBoxFuture<'a, u8>)),
            parse_quote!(crate::BoxFuture<u8>),
        ] {
            assert!(is_any_alias(&ty));
        }
        for ty in [
            parse_quote!(futures::future::BoxFuture<'_, u8>),
            parse_quote!(::futures_core::future::LocalBoxFuture<'_, u8>),
            parse_quote!(future::BoxFuture<'_, u8>),
            parse_quote!(Pin<Box<dyn Future<Output = u8>>>),
            parse_quote!(impl Future<Output = BoxFuture<'_, u8>>),
            parse_quote!(Ready<u8>),
        ] {
            assert!(!is_any_alias(&ty));
        }
    }
}
