//! Working with `#[async_trait]`, whichever of the two attributes comes first.
//!
//! If it is below ours, it rewrites the trait after us, and adds bounds that the twin needs, too. If it is above ours, the trait
//! is rewritten already: its async fns return boxed futures that outlive `'async_trait`.

use crate::syntax::attribute::Conditional;
use crate::syntax::function::{Body, Function};
use crate::types::opaque;
use crate::types::self_type;
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Attribute, Constraint, GenericParam, Generics, Lifetime, LifetimeParam, Meta,
    PredicateLifetime, PredicateType, Receiver, ReceiverKind, Signature, Token, Type,
    TypeImplTrait, TypeParam, TypeParamBound, TypeTraitObject, WherePredicate, parse_quote_spanned,
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
///
/// The attribute adds that lifetime to bounds, and they can stand wherever a type can. If it is more than a bound somewhere, as
/// in `&'async_trait str`, somebody else has written that, so the signature stays as it is: the lifetime is declared in it.
pub(crate) fn restore(signature: &mut Signature) {
    let mut restored = signature.clone();
    Remover.visit_signature_mut(&mut restored);
    if !is_named_in(restored.to_token_stream()) {
        *signature = restored;
    }
}

/// Removes the lifetime where it is declared, and from every bound.
struct Remover;

impl VisitMut for Remover {
    fn visit_generics_mut(&mut self, generics: &mut Generics) {
        visit_mut::visit_generics_mut(self, generics);
        let is_another = |param: &GenericParam| !matches!(param, GenericParam::Lifetime(param) if is_its_own(&param.lifetime));
        retain(&mut generics.params, is_another);
        let Some(clause) = &mut generics.where_clause else {
            return;
        };
        retain(&mut clause.predicates, |predicate| match predicate {
            WherePredicate::Lifetime(PredicateLifetime { bounds, .. }) => !bounds.is_empty(),
            WherePredicate::Type(PredicateType { bounds, .. }) => !bounds.is_empty(),
            _ => true,
        });
        if clause.predicates.is_empty() {
            generics.where_clause = None;
        }
    }

    fn visit_lifetime_param_mut(&mut self, param: &mut LifetimeParam) {
        retain(&mut param.bounds, |bound| !is_its_own(bound));
    }

    fn visit_type_param_mut(&mut self, param: &mut TypeParam) {
        visit_mut::visit_type_param_mut(self, param);
        retain(&mut param.bounds, is_another_bound);
    }

    fn visit_predicate_lifetime_mut(&mut self, predicate: &mut PredicateLifetime) {
        retain(&mut predicate.bounds, |bound| !is_its_own(bound));
    }

    fn visit_predicate_type_mut(&mut self, predicate: &mut PredicateType) {
        visit_mut::visit_predicate_type_mut(self, predicate);
        retain(&mut predicate.bounds, is_another_bound);
    }

    fn visit_type_impl_trait_mut(&mut self, ty: &mut TypeImplTrait) {
        visit_mut::visit_type_impl_trait_mut(self, ty);
        retain(&mut ty.bounds, is_another_bound);
    }

    /// `Iterator<Item: Trait>`
    fn visit_constraint_mut(&mut self, constraint: &mut Constraint) {
        visit_mut::visit_constraint_mut(self, constraint);
        retain(&mut constraint.bounds, is_another_bound);
    }

    /// Only that of the future: without its bound, another `dyn` would be a different type.
    fn visit_type_trait_object_mut(&mut self, ty: &mut TypeTraitObject) {
        visit_mut::visit_type_trait_object_mut(self, ty);
        let is_future = |bound: &TypeParamBound| marker(bound).is_some_and(|name| name == "Future");
        if ty.bounds.iter().any(is_future) {
            retain(&mut ty.bounds, is_another_bound);
        }
    }
}

fn retain<T, P: Default>(list: &mut Punctuated<T, P>, is_kept: impl Fn(&T) -> bool) {
    let all = std::mem::take(list);
    *list = all.into_iter().filter(is_kept).collect();
}

fn is_its_own(lifetime: &Lifetime) -> bool {
    lifetime.ident == "async_trait"
}

fn is_another_bound(bound: &TypeParamBound) -> bool {
    !matches!(bound, TypeParamBound::Lifetime(lifetime) if is_its_own(lifetime))
}

/// Whether the lifetime is still there.
fn is_named_in(tokens: TokenStream) -> bool {
    let mut after_apostrophe = false;
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => std::mem::take(&mut after_apostrophe) && ident == "async_trait",
        TokenTree::Group(group) => is_named_in(group.stream()),
        TokenTree::Punct(punct) => {
            after_apostrophe = punct.as_char() == '\'';
            false
        }
        TokenTree::Literal(_) => false,
    })
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

    #[test]
    fn it_is_taken_back_wherever_a_bound_can_be() {
        let mut signature: Signature = parse_quote! {
            fn put<'life0, 'async_trait>(
                &'life0 self,
                key: impl Into<String> + Send + 'async_trait,
                all: Vec<(impl Iterator<Item: Send + 'async_trait, Item = (impl Sized + 'async_trait)> + 'async_trait, u8)>
            ) -> Pin<Box<dyn Future<Output = u8> + Send + 'async_trait>>
            where
                'life0: 'async_trait,
                for<'a> &'a Self: Wrap<dyn Future<Output = ()> + 'async_trait> + 'async_trait
        };
        restore(&mut signature);
        let restored = quote! {
            fn put<'life0>(
                &'life0 self,
                key: impl Into<String> + Send,
                all: Vec<(impl Iterator<Item: Send, Item = (impl Sized)>, u8)>
            ) -> Pin<Box<dyn Future<Output = u8> + Send> >
            where
                for<'a> &'a Self: Wrap<dyn Future<Output = ()> >
        };
        assert_eq!(
            signature.to_token_stream().to_string(),
            restored.to_string()
        );
    }

    #[test]
    fn a_lifetime_that_is_more_than_a_bound_stays() {
        for argument in [
            quote!(&'async_trait str),
            quote!(Box<dyn Fn() + 'async_trait>),
        ] {
            let signature: Signature = parse_quote! {
                fn get<'life0, 'async_trait>(&'life0 self, key: #argument) -> Boxed
                where
                    'life0: 'async_trait
            };
            let mut restored = signature.clone();
            restore(&mut restored);
            assert_eq!(
                restored.to_token_stream().to_string(),
                signature.to_token_stream().to_string()
            );
        }
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
