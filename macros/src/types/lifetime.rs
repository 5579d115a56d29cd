//! Lifetimes that an async fn may elide, but its twin must name.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use std::collections::HashSet;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Expr, GenericParam, Generics, Lifetime, LifetimeParam, ParenthesizedGenericArguments, Type,
    TypeFnPtr, TypeImplTrait, TypeReference,
};

/// Names the elided lifetimes inside `impl Trait` arguments, where only an async fn may elide them:
/// `impl Iterator<Item = &str>` becomes `impl Iterator<Item = &'twin0 str>`.
///
/// Each is a separate lifetime, as in the async fn. Those of `Fn(&T) -> &U`, of `fn(&T)` and
/// of `for<'a>` belong to the callee and stay as they are.
pub(crate) struct Namer {
    taken: HashSet<String>,
    named: Vec<Lifetime>,
    next: usize,
    inside_impl: bool,
}

impl Namer {
    /// `signature` is searched for names that are taken.
    pub(crate) fn new(signature: &impl ToTokens) -> Self {
        let mut taken = HashSet::new();
        collect(signature.to_token_stream(), &mut taken);
        Namer {
            taken,
            named: Vec::new(),
            next: 0,
            inside_impl: false,
        }
    }

    /// Names what has to be named in the type of an argument.
    pub(crate) fn visit(&mut self, ty: &mut Type) {
        self.visit_type_mut(ty);
    }

    /// Names every elided lifetime in a type that is not the type of an argument.
    pub(crate) fn visit_all(&mut self, ty: &mut Type) {
        self.inside_impl = true;
        self.visit_type_mut(ty);
        self.inside_impl = false;
    }

    /// Declares the names that were given.
    pub(crate) fn declare(self, generics: &mut Generics) {
        let is_lifetime = |param: &&GenericParam| matches!(param, GenericParam::Lifetime(_));
        let declared = generics.params.iter().filter(is_lifetime).count();
        for (index, lifetime) in self.named.into_iter().enumerate() {
            let param = GenericParam::Lifetime(LifetimeParam::new(lifetime));
            generics.params.insert(declared + index, param);
        }
    }

    /// Not `'a`, since items around the fn may declare lifetimes, too, and the attribute cannot see them.
    fn fresh(&mut self, place: Span) -> Lifetime {
        loop {
            let name = format!("'twin{}", self.next);
            self.next += 1;
            if !self.taken.contains(&name) {
                let span = place.resolved_at(Span::mixed_site());
                let lifetime = Lifetime::new(&name, span);
                self.named.push(lifetime.clone());
                return lifetime;
            }
        }
    }
}

impl VisitMut for Namer {
    fn visit_type_impl_trait_mut(&mut self, ty: &mut TypeImplTrait) {
        let outside = std::mem::replace(&mut self.inside_impl, true);
        visit_mut::visit_type_impl_trait_mut(self, ty);
        self.inside_impl = outside;
    }

    fn visit_type_reference_mut(&mut self, ty: &mut TypeReference) {
        if self.inside_impl && ty.lifetime.is_none() {
            ty.lifetime = Some(self.fresh(ty.and_token.span));
        }
        visit_mut::visit_type_reference_mut(self, ty);
    }

    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if self.inside_impl && lifetime.ident == "_" {
            *lifetime = self.fresh(lifetime.apostrophe);
        }
    }

    fn visit_parenthesized_generic_arguments_mut(&mut self, _: &mut ParenthesizedGenericArguments) {
    }

    fn visit_type_fn_ptr_mut(&mut self, _: &mut TypeFnPtr) {}

    /// The length of an array is code: what it borrows is not part of the signature.
    fn visit_expr_mut(&mut self, _: &mut Expr) {}
}

/// Collects every lifetime that is written, with its apostrophe.
fn collect(tokens: TokenStream, names: &mut HashSet<String>) {
    let mut apostrophe = false;
    for token in tokens {
        match &token {
            TokenTree::Ident(ident) if apostrophe => {
                names.insert(format!("'{ident}"));
            }
            TokenTree::Group(group) => collect(group.stream(), names),
            _ => {}
        }
        apostrophe = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '\'');
    }
}

#[cfg(test)]
mod tests {
    use super::Namer;
    use quote::{ToTokens, quote};
    use syn::{Generics, Type, parse_quote};

    #[track_caller]
    fn check(mut ty: Type, named: &Type, generics: &Generics) {
        let mut declared = parse_quote!(<'a, T, const N: usize>);
        let mut namer = Namer::new(&quote!(#ty #declared));
        namer.visit(&mut ty);
        namer.declare(&mut declared);
        assert_eq!(
            ty.to_token_stream().to_string(),
            named.to_token_stream().to_string()
        );
        assert_eq!(
            declared.to_token_stream().to_string(),
            generics.to_token_stream().to_string()
        );
    }

    #[test]
    fn references_paths_and_bounds() {
        check(
            parse_quote!(impl Iterator<Item = &Cow<'_, str>> + '_),
            &parse_quote!(impl Iterator<Item = &'twin0 Cow<'twin1, str>> + 'twin2),
            &parse_quote!(<'a, 'twin0, 'twin1, 'twin2, T, const N: usize>),
        );
    }

    #[test]
    fn inside_other_types() {
        check(
            parse_quote!((
                &mut impl Iterator<Item = &u8>,
                Option<impl Into<Box<dyn Debug + '_>>>
            )),
            &parse_quote!((
                &mut impl Iterator<Item = &'twin0 u8>,
                Option<impl Into<Box<dyn Debug + 'twin1>>>
            )),
            &parse_quote!(<'a, 'twin0, 'twin1, T, const N: usize>),
        );
    }

    #[test]
    fn what_may_be_elided_on_any_fn_stays() {
        let ty: Type = parse_quote!((&str, Cow<'_, str>, Box<dyn Debug + '_>));
        check(ty.clone(), &ty, &parse_quote!(<'a, T, const N: usize>));
    }

    #[test]
    fn lifetimes_of_the_callee_stay() {
        let ty: Type =
            parse_quote!(impl Fn(&str, &mut T) -> &str + for<'b> Visit<'b> + Into<fn(&u8)> + 'a);
        check(ty.clone(), &ty, &parse_quote!(<'a, T, const N: usize>));
    }

    #[test]
    fn names_that_are_taken_are_left_out() {
        check(
            parse_quote!(impl Iterator<Item = (&'twin0 u8, &u8)>),
            &parse_quote!(impl Iterator<Item = (&'twin0 u8, &'twin1 u8)>),
            &parse_quote!(<'a, 'twin1, T, const N: usize>),
        );
    }
}
