//! Values inside others: which types in a type are replaced, and how a value of the one becomes a value of the other.

use crate::name;
use crate::types::opaque::{self, bare, bare_mut};
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{Type, TypePath};

/// The way down a type, to the types that are replaced in it. What becomes of each is the `Leaf`'s business.
pub(crate) enum Conversion<Leaf> {
    One(Leaf),
    Option(Box<Self>),
    /// Of what is in the `Ok`, and of what is in the `Err`.
    Result(Option<Box<Self>>, Option<Box<Self>>),
    Box(Box<Self>),
    Vec(Box<Self>),
    Array(Box<Self>),
    /// Of those parts that have one.
    Tuple(Vec<Option<Self>>),
}

impl<Leaf> Conversion<Leaf> {
    /// Replaces what `replace` does in `ty`, at any depth. `None` if there is nothing to replace.
    pub(crate) fn of(
        ty: &mut Type,
        replace: &mut dyn FnMut(&mut Type) -> Option<Leaf>,
    ) -> Option<Self> {
        if let Some(leaf) = replace(ty) {
            return Some(Conversion::One(leaf));
        }
        match bare_mut(ty) {
            Type::Tuple(tuple) => {
                let parts = tuple.elems.iter_mut();
                let parts: Vec<_> = parts.map(|part| Conversion::of(part, replace)).collect();
                let is_any = parts.iter().any(Option::is_some);
                is_any.then_some(Conversion::Tuple(parts))
            }
            Type::Array(array) => Some(Conversion::Array(
                Conversion::of(&mut array.elem, replace)?.into(),
            )),
            Type::Path(path) => Conversion::of_path(path, replace),
            _ => None,
        }
    }

    /// Types are known by their last name only, since an attribute cannot see where they come from.
    fn of_path(
        path: &mut TypePath,
        replace: &mut dyn FnMut(&mut Type) -> Option<Leaf>,
    ) -> Option<Self> {
        let last = path.path.segments.last_mut()?;
        let mut types = opaque::type_arguments_mut(&mut last.arguments);
        let first = types.next()?;
        match last.ident.to_string().as_str() {
            "Option" => Some(Conversion::Option(Conversion::of(first, replace)?.into())),
            "Box" => Some(Conversion::Box(Conversion::of(first, replace)?.into())),
            "Vec" => Some(Conversion::Vec(Conversion::of(first, replace)?.into())),
            "Result" => {
                let ok = Conversion::of(first, replace).map(Box::new);
                let error = types.next().and_then(|ty| Conversion::of(ty, replace));
                let error = error.map(Box::new);
                (ok.is_some() || error.is_some()).then_some(Conversion::Result(ok, error))
            }
            _ => None,
        }
    }

    /// Whether `is` holds for what is replaced somewhere.
    pub(crate) fn any(&self, is: &dyn Fn(&Leaf) -> bool) -> bool {
        match self {
            Conversion::One(leaf) => is(leaf),
            Conversion::Option(inside)
            | Conversion::Box(inside)
            | Conversion::Vec(inside)
            | Conversion::Array(inside) => inside.any(is),
            Conversion::Result(ok, error) => {
                let mut both = ok.iter().chain(error);
                both.any(|inside| inside.any(is))
            }
            Conversion::Tuple(parts) => parts.iter().flatten().any(|part| part.any(is)),
        }
    }

    /// How many parts of which `is` holds may be there at a time. `None` if one of them may be there many times.
    pub(crate) fn count(&self, is: &dyn Fn(&Leaf) -> bool) -> Option<usize> {
        match self {
            Conversion::One(leaf) => Some(usize::from(is(leaf))),
            Conversion::Option(inside) | Conversion::Box(inside) => inside.count(is),
            Conversion::Vec(inside) | Conversion::Array(inside) => (!inside.any(is)).then_some(0),
            Conversion::Result(ok, error) => {
                let count =
                    |part: &Option<Box<Self>>| part.as_ref().map_or(Some(0), |it| it.count(is));
                Some(count(ok)?.max(count(error)?))
            }
            Conversion::Tuple(parts) => {
                let counts = parts.iter().flatten().map(|part| part.count(is));
                counts.sum::<Option<usize>>()
            }
        }
    }

    /// `value`, with each part replaced as `convert` says. `private` is the runtime crate's module for generated code.
    pub(crate) fn apply(
        &self,
        value: TokenStream,
        private: &TokenStream,
        convert: &dyn Fn(&Leaf, TokenStream) -> TokenStream,
    ) -> TokenStream {
        let site = Span::mixed_site();
        let variable = name::variable("inside", site);
        let inside =
            |conversion: &Self| conversion.apply(variable.to_token_stream(), private, convert);
        match self {
            Conversion::One(leaf) => convert(leaf, value),
            Conversion::Option(one) | Conversion::Array(one) => {
                let one = inside(one);
                quote_spanned!(site=> #value.map(move |#variable| #one))
            }
            // Not two closures: what is there only once goes to whichever it is.
            Conversion::Result(Some(ok), Some(error)) => {
                let (ok, error) = (inside(ok), inside(error));
                quote_spanned! {site=> {
                    let #variable = #value;
                    match #variable {
                        ::core::result::Result::Ok(#variable) => ::core::result::Result::Ok(#ok),
                        ::core::result::Result::Err(#variable) => ::core::result::Result::Err(#error),
                    }
                }}
            }
            Conversion::Result(ok, error) => {
                let mut converted = value;
                if let Some(ok) = ok {
                    let ok = inside(ok);
                    converted = quote_spanned!(site=> #converted.map(move |#variable| #ok));
                }
                if let Some(error) = error {
                    let error = inside(error);
                    converted = quote_spanned!(site=> #converted.map_err(move |#variable| #error));
                }
                converted
            }
            Conversion::Box(one) => {
                let one = inside(one);
                quote_spanned!(site=> #private::convert_box(#value, move |#variable| #one))
            }
            Conversion::Vec(one) => {
                let one = inside(one);
                quote_spanned!(site=> #private::convert_vec(#value, move |#variable| #one))
            }
            Conversion::Tuple(parts) => {
                let names: Vec<_> = (0..parts.len())
                    .map(|index| name::variable(&format!("part{index}"), site))
                    .collect();
                let parts = parts.iter().zip(&names).map(|(part, name)| match part {
                    Some(part) => part.apply(name.to_token_stream(), private, convert),
                    None => name.to_token_stream(),
                });
                quote_spanned!(site=> { let (#(#names,)*) = #value; (#(#parts,)*) })
            }
        }
    }
}

/// The types that values of `ty` are made of, as far as they can be taken apart, behind a reference, too. Of a `Result`, what is in
/// its `Ok`.
pub(crate) fn parts(ty: &Type) -> Vec<&Type> {
    match bare(ty) {
        Type::Tuple(tuple) => {
            let mut all = Vec::new();
            for ty in &tuple.elems {
                all.extend(parts(ty));
            }
            all
        }
        Type::Array(array) => parts(&array.elem),
        Type::Slice(slice) => parts(&slice.elem),
        Type::Reference(reference) => parts(&reference.elem),
        ty => match opaque::last_of(ty) {
            Some(last)
                if ["Option", "Box", "Vec", "Result"]
                    .iter()
                    .any(|one| last.ident == one) =>
            {
                let first = opaque::type_arguments(last).next();
                first.map(parts).unwrap_or_default()
            }
            Some(_) => vec![ty],
            None => Vec::new(),
        },
    }
}
