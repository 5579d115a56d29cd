//! Working with `#[async_trait]`, whichever of the two attributes comes first.
//!
//! If it is below ours, it rewrites the trait after us, and adds bounds that the twin needs, too. If it is above ours, the trait
//! is rewritten already: its async fns return boxed futures that outlive `'async_trait`.

use crate::syntax::attribute::Conditional;
use crate::syntax::function::{Body, Function};
use crate::types::opaque;
use crate::types::self_type;
use proc_macro2::Span;
use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::{
    Attribute, GenericParam, Lifetime, Meta, PredicateLifetime, PredicateType, Receiver,
    ReceiverKind, Signature, Token, Type, TypeParamBound, WherePredicate, parse_quote_spanned,
};

/// What the attribute will ask for.
pub(crate) struct AsyncTrait {
    /// Whether futures are to be `Send`.
    is_send: bool,
    /// Markers that every implementor has anyway.
    supertraits: Vec<String>,
}

impl AsyncTrait {
    /// The attribute, if it is among those of a trait.
    pub(crate) fn find(
        attributes: &[Attribute],
        supertraits: &Punctuated<TypeParamBound, Token![+]>,
    ) -> Option<Self> {
        let found: Vec<_> = attributes
            .iter()
            .filter_map(|attribute| is_send(&attribute.meta))
            .collect();
        (!found.is_empty()).then(|| AsyncTrait {
            is_send: found.contains(&true),
            supertraits: supertraits.iter().filter_map(marker).collect(),
        })
    }

    /// The bound on `Self` that the twin needs to call a fn which the attribute will rewrite. The attribute adds one only to
    /// fns with a default body.
    pub(crate) fn bound(&self, function: &Function, site: Span) -> Option<WherePredicate> {
        let signature = &function.signature;
        let names_self = signature.receiver().is_some()
            || self_type::in_signature(signature.to_token_stream())
            || self_type::in_body(function.body.stream());
        let is_rewritten = signature.asyncness.is_some() && self.is_send;
        if !is_rewritten || !names_self || !matches!(function.body, Body::Written(_)) {
            return None;
        }
        let mut bounds = markers(signature.receiver()).to_vec();
        bounds.retain(|bound| {
            !self
                .supertraits
                .iter()
                .any(|supertrait| supertrait == bound)
        });
        let bounds = bounds
            .into_iter()
            .map(|bound| proc_macro2::Ident::new(bound, site));
        let bounds: Vec<_> = bounds.collect();
        (!bounds.is_empty())
            .then(|| parse_quote_spanned!(site=> Self: #(::core::marker::#bounds)+*))
    }
}

/// The markers that make a future `Send` which holds the receiver.
fn markers(receiver: Option<&Receiver>) -> &'static [&'static str] {
    let is_shared = |ty: &Type| matches!(ty, Type::Reference(ty) if ty.mutability.is_none());
    match receiver.map(|receiver| &receiver.kind) {
        Some(ReceiverKind::Reference(.., None)) => &["Sync"],
        Some(ReceiverKind::Typed(_, ty)) if is_shared(ty) => &["Sync"],
        Some(ReceiverKind::Typed(_, ty))
            if opaque::last_of(ty).is_some_and(|last| last.ident == "Arc") =>
        {
            &["Sync", "Send"]
        }
        _ => &["Send"],
    }
}

/// `Some` if this is the attribute.
fn is_send(meta: &Meta) -> Option<bool> {
    if let Some(conditional) = Conditional::parse(meta) {
        let found: Vec<_> = conditional.metas.iter().filter_map(is_send).collect();
        return (!found.is_empty()).then(|| found.contains(&true));
    }
    let last = meta.path().segments.last()?;
    (last.ident == "async_trait").then(|| match meta {
        Meta::List(list) => !list.tokens.to_string().contains("Send"),
        _ => true,
    })
}

fn marker(bound: &TypeParamBound) -> Option<String> {
    match bound {
        TypeParamBound::Trait(bound) => Some(bound.path.segments.last()?.ident.to_string()),
        _ => None,
    }
}

/// Whether `#[async_trait]` has rewritten this fn.
pub(crate) fn has_rewritten(signature: &Signature) -> bool {
    signature.asyncness.is_none()
        && signature.generics.params.iter().any(
            |param| matches!(param, GenericParam::Lifetime(param) if is_its_own(&param.lifetime)),
        )
}

/// Removes what it has added for the future: the twin has no `'async_trait`.
pub(crate) fn restore(signature: &mut Signature) {
    let generics = &mut signature.generics;
    generics.params = std::mem::take(&mut generics.params)
        .into_iter()
        .filter_map(|mut param| match &mut param {
            GenericParam::Lifetime(lifetime) => {
                lifetime.bounds = without_lifetime(&lifetime.bounds);
                (!is_its_own(&lifetime.lifetime)).then_some(param)
            }
            GenericParam::Type(ty) => {
                ty.bounds = without_bound(&ty.bounds);
                Some(param)
            }
            GenericParam::Const(_) => Some(param),
        })
        .collect();
    let Some(clause) = &mut generics.where_clause else {
        return;
    };
    clause.predicates = std::mem::take(&mut clause.predicates)
        .into_iter()
        .filter_map(|mut predicate| match &mut predicate {
            WherePredicate::Lifetime(PredicateLifetime { bounds, .. }) => {
                *bounds = without_lifetime(bounds);
                (!bounds.is_empty()).then_some(predicate)
            }
            WherePredicate::Type(PredicateType { bounds, .. }) => {
                *bounds = without_bound(bounds);
                (!bounds.is_empty()).then_some(predicate)
            }
            _ => Some(predicate),
        })
        .collect();
    if clause.predicates.is_empty() {
        generics.where_clause = None;
    }
}

fn is_its_own(lifetime: &Lifetime) -> bool {
    lifetime.ident == "async_trait"
}

fn without_lifetime(bounds: &Punctuated<Lifetime, Token![+]>) -> Punctuated<Lifetime, Token![+]> {
    let rest = bounds.iter().filter(|bound| !is_its_own(bound));
    rest.cloned().collect()
}

fn without_bound(
    bounds: &Punctuated<TypeParamBound, Token![+]>,
) -> Punctuated<TypeParamBound, Token![+]> {
    let rest = bounds.iter().filter(
        |bound| !matches!(bound, TypeParamBound::Lifetime(lifetime) if is_its_own(lifetime)),
    );
    rest.cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::{AsyncTrait, has_rewritten, restore};
    use crate::syntax::function::Function;
    use proc_macro2::{Span, TokenStream};
    use quote::{ToTokens, quote};
    use syn::{ItemTrait, Signature, parse_quote};

    #[test]
    fn what_it_has_added_is_taken_back() {
        let mut signature: Signature = parse_quote! {
            fn get<'life0, 'life1, 'async_trait, T>(&'life0 self, key: &'life1 T) -> Boxed
            where
                'life0: 'async_trait,
                'life1: 'async_trait,
                T: 'async_trait + Debug,
                Self: Sync + 'async_trait
        };
        assert!(has_rewritten(&signature));
        restore(&mut signature);
        let generics = quote!(<'life0, 'life1, T>);
        let clause = quote!(where T: Debug, Self: Sync);
        assert_eq!(
            signature.generics.to_token_stream().to_string(),
            generics.to_string()
        );
        assert_eq!(
            signature
                .generics
                .where_clause
                .to_token_stream()
                .to_string(),
            clause.to_string()
        );
    }

    #[track_caller]
    fn check(declaration: &ItemTrait, item: TokenStream, bound: TokenStream) {
        let found = AsyncTrait::find(&declaration.attrs, &declaration.supertraits).unwrap();
        let function = Function::parse(item).unwrap();
        let needed = found.bound(&function, Span::call_site());
        assert_eq!(
            needed
                .to_token_stream()
                .to_string()
                .replace(":: core :: marker :: ", ""),
            bound.to_string()
        );
    }

    #[test]
    fn what_it_will_add() {
        let plain = parse_quote!(
            #[async_trait::async_trait]
            trait T {}
        );
        check(
            &plain,
            quote!(
                async fn f(&self) {}
            ),
            quote!(Self: Sync),
        );
        check(
            &plain,
            quote!(
                async fn f(&mut self) {}
            ),
            quote!(Self: Send),
        );
        check(
            &plain,
            quote!(
                async fn f(self: Arc<Self>) {}
            ),
            quote!(Self: Sync + Send),
        );
        check(
            &plain,
            quote!(
                async fn f() {
                    Self::g()
                }
            ),
            quote!(Self: Send),
        );
        check(
            &plain,
            quote!(
                async fn f() {}
            ),
            quote!(),
        );
        check(
            &plain,
            quote!(
                async fn f(&self);
            ),
            quote!(),
        );
        check(
            &plain,
            quote!(
                fn f(&self) {}
            ),
            quote!(),
        );
        let local = parse_quote!(
            #[async_trait(?Send)]
            trait T {}
        );
        check(
            &local,
            quote!(
                async fn f(&self) {}
            ),
            quote!(),
        );
        let sync = parse_quote!(
            #[cfg_attr(a, async_trait)]
            trait T: Sync {}
        );
        check(
            &sync,
            quote!(
                async fn f(&self) {}
            ),
            quote!(),
        );
    }
}
