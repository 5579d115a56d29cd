//! Working with `#[trait_variant::make]`, whichever of the two attributes comes first.
//!
//! If it is below ours, it expands our output: it adds a second trait, and an impl of the first for all sized types that
//! implement the second. There a twin calls the first trait's method, so its `Self` has to be sized. If it is above ours, the
//! second trait exists already, and its methods return futures where those of the first are async.

use crate::types::opaque::Opaque;
use syn::{Attribute, ReturnType, Signature, TypeParamBound};

/// Whether the attribute is among those of a trait.
pub(crate) fn is_among(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let segments = &attribute.path().segments;
        segments
            .iter()
            .any(|segment| segment.ident == "trait_variant")
    })
}

/// Whether it has rewritten this fn. It writes `::core::future::Future`, which people do not.
pub(crate) fn has_rewritten(signature: &Signature) -> bool {
    let ReturnType::Type(_, ty) = &signature.output else {
        return false;
    };
    let Some(opaque) = Opaque::of(ty).filter(|opaque| !opaque.boxed) else {
        return false;
    };
    let is_its_own = |bound: &TypeParamBound| match bound {
        TypeParamBound::Trait(bound) => {
            let path = &bound.path;
            let names: Vec<_> = path
                .segments
                .iter()
                .map(|one| one.ident.to_string())
                .collect();
            path.leading_colon.is_some() && names == ["core", "future", "Future"]
        }
        _ => false,
    };
    signature.asyncness.is_none() && opaque.bounds.first().is_some_and(is_its_own)
}

#[cfg(test)]
mod tests {
    use super::{has_rewritten, is_among};
    use syn::parse_quote;

    #[test]
    fn what_it_writes() {
        assert!(has_rewritten(&parse_quote!(
            fn f(&self) -> impl ::core::future::Future<Output = u8> + Send
        )));
        assert!(!has_rewritten(&parse_quote!(
            fn f(&self) -> impl Future<Output = u8> + Send
        )));
        assert!(!has_rewritten(&parse_quote!(async fn f(&self))));
    }

    #[test]
    fn its_own_attribute() {
        assert!(is_among(&[
            parse_quote!(#[trait_variant::make(Store: Send)])
        ]));
        assert!(!is_among(&[parse_quote!(#[make(Store: Send)])]));
    }
}
