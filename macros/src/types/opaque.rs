//! Types that hide another behind a trait: `impl Trait`, and `dyn Trait` in a box.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt};
use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{
    AssocType, GenericArgument, Path, PathArguments, PathSegment, Token, TraitBound, Type,
    TypeParamBound,
};

/// The bounds of an `impl A + B` or a `Pin<Box<dyn A + B>>`.
pub(crate) struct Opaque<'a> {
    pub(crate) bounds: &'a Punctuated<TypeParamBound, Token![+]>,
    /// Whether it is a `dyn`, which is always behind a pointer.
    pub(crate) boxed: bool,
}

impl<'a> Opaque<'a> {
    /// Types are known by their last name only, since an attribute cannot see where they come from.
    pub(crate) fn of(ty: &'a Type) -> Option<Self> {
        match bare(ty) {
            Type::ImplTrait(ty) => Some(Opaque {
                bounds: &ty.bounds,
                boxed: false,
            }),
            Type::TraitObject(ty) => Some(Opaque {
                bounds: &ty.bounds,
                boxed: true,
            }),
            Type::Path(ty) if ty.qself.is_none() => {
                let last = ty.path.segments.last()?;
                match last.ident.to_string().as_str() {
                    "Pin" | "Box" => Opaque::of(only(last)?),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The bound by the trait of this name, with the value of one of its associated types.
    pub(crate) fn bound(&self, name: &str, associated: &str) -> Option<Bound<'a>> {
        self.bounds.iter().enumerate().find_map(|(index, bound)| {
            let TypeParamBound::Trait(bound) = bound else {
                return None;
            };
            let last = last_segment(bound)?;
            (last.ident == name).then(|| Bound {
                index,
                value: associated_type(last, associated),
            })
        })
    }
}

pub(crate) struct Bound<'a> {
    pub(crate) index: usize,
    pub(crate) value: Option<&'a Type>,
}

/// The traits in an `impl Stream` or `impl Future`, at any depth, without their generic arguments.
pub(crate) fn streams_and_futures(ty: &Type) -> Vec<Path> {
    const NAMES: [&str; 6] = [
        "Future",
        "IntoFuture",
        "TryFuture",
        "Stream",
        "FusedStream",
        "TryStream",
    ];
    let inside: Vec<&Type> = match bare(ty) {
        Type::ImplTrait(ty) => {
            let traits = ty.bounds.iter().filter_map(|bound| match bound {
                TypeParamBound::Trait(bound) => Some(&bound.path),
                _ => None,
            });
            let is_known = |path: &Path| {
                let last = path.segments.last();
                last.is_some_and(|last| NAMES.iter().any(|name| last.ident == name))
            };
            let known = traits.filter(|path| is_known(path)).cloned();
            return known.map(without_arguments).collect();
        }
        Type::Tuple(tuple) => tuple.elems.iter().collect(),
        ty => match last_of(ty) {
            Some(last) => type_arguments(last).collect(),
            None => Vec::new(),
        },
    };
    let mut all = Vec::new();
    for ty in inside {
        all.extend(streams_and_futures(ty));
    }
    all
}

fn without_arguments(mut path: Path) -> Path {
    if let Some(last) = path.segments.last_mut() {
        last.arguments = PathArguments::None;
    }
    path
}

/// Without the parentheses or the invisible group around a type.
pub(crate) fn first_span(ty: &Type) -> Span {
    let mut tokens = ty.to_token_stream().into_iter();
    tokens
        .next()
        .map_or_else(Span::call_site, |token| token.span())
}

pub(crate) fn bare(ty: &Type) -> &Type {
    match ty {
        Type::Paren(ty) => bare(&ty.elem),
        Type::Group(ty) => bare(&ty.elem),
        ty => ty,
    }
}

/// The same, to be changed.
pub(crate) fn bare_mut(ty: &mut Type) -> &mut Type {
    match ty {
        Type::Paren(ty) => bare_mut(&mut ty.elem),
        Type::Group(ty) => bare_mut(&mut ty.elem),
        ty => ty,
    }
}

/// Lets every `impl Trait` in a type capture what it would in a trait, where the edition does not matter: all that there is. rustc
/// reads the edition from the first and the last token.
pub(crate) fn capture_all(ty: &mut Type, site: Span) {
    struct Capture(Span);
    impl VisitMut for Capture {
        fn visit_type_mut(&mut self, ty: &mut Type) {
            visit_mut::visit_type_mut(self, ty);
            if let Type::ImplTrait(_) = ty {
                let mut tokens: Vec<_> = ty.to_token_stream().into_iter().collect();
                let last = tokens.len() - 1;
                for index in [0, last] {
                    let place = tokens[index].span().resolved_at(self.0);
                    tokens[index].set_span(place);
                }
                if let Ok(captured) = syn::parse2(tokens.into_iter().collect()) {
                    *ty = captured;
                }
            }
        }
    }
    Capture(site).visit_type_mut(ty);
}

/// Without the invisible groups that `macro_rules!` puts around a `$ty:ty`. Only for reading: they may hold an operator together.
fn without_groups(tokens: TokenStream) -> TokenStream {
    let mut flat = TokenStream::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                let inside = without_groups(group.stream());
                match group.delimiter() {
                    Delimiter::None => flat.extend([inside]),
                    delimiter => flat.append(Group::new(delimiter, inside)),
                }
            }
            token => flat.append(token),
        }
    }
    flat
}

/// A type as it is written, however it came through `macro_rules!`.
pub(crate) fn text(tokens: &impl ToTokens) -> String {
    without_groups(tokens.to_token_stream()).to_string()
}

/// Whether an expression can name a type, as in `f::<Type>()`: not `impl Trait`, and not `!`.
pub(crate) fn is_nameable(ty: &Type) -> bool {
    fn is_in(tokens: TokenStream) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Ident(word) => word == "impl",
            TokenTree::Punct(punct) => punct.as_char() == '!',
            TokenTree::Group(group) => is_in(group.stream()),
            TokenTree::Literal(_) => false,
        })
    }
    !is_in(ty.to_token_stream())
}

/// The types between the angle brackets of a path's last segment.
pub(crate) fn type_arguments(segment: &PathSegment) -> impl Iterator<Item = &Type> {
    let mut types = Vec::new();
    if let PathArguments::AngleBracketed(arguments) = &segment.arguments {
        for argument in &arguments.args {
            if let GenericArgument::Type(ty) = argument {
                types.push(ty);
            }
        }
    }
    types.into_iter()
}

/// The same, to be changed.
pub(crate) fn type_arguments_mut(arguments: &mut PathArguments) -> impl Iterator<Item = &mut Type> {
    let arguments = match arguments {
        PathArguments::AngleBracketed(arguments) => Some(&mut arguments.args),
        _ => None,
    };
    arguments
        .into_iter()
        .flatten()
        .filter_map(|argument| match argument {
            GenericArgument::Type(ty) => Some(ty),
            _ => None,
        })
}

/// The last segment of a type that is a path.
pub(crate) fn last_of(ty: &Type) -> Option<&PathSegment> {
    match bare(ty) {
        Type::Path(ty) => ty.path.segments.last(),
        _ => None,
    }
}

/// The type between those brackets, if it is the only one.
pub(crate) fn only(segment: &PathSegment) -> Option<&Type> {
    let mut types = type_arguments(segment);
    types.next().filter(|_| types.next().is_none())
}

fn last_segment(bound: &TraitBound) -> Option<&PathSegment> {
    let path: &Path = &bound.path;
    path.segments.last()
}

fn associated_type<'a>(segment: &'a PathSegment, name: &str) -> Option<&'a Type> {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::AssocType(AssocType { ident, ty, .. }) if ident == name => Some(ty),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::streams_and_futures;
    use quote::ToTokens;
    use syn::{Type, parse_quote};

    #[test]
    fn traits_that_are_replaced() {
        let look = |ty: Type| {
            let found = streams_and_futures(&ty);
            let found = found.iter().map(|path| path.to_token_stream().to_string());
            found.collect::<Vec<_>>().join(", ")
        };
        assert_eq!(look(parse_quote!(impl Stream<Item = u8> + Send)), "Stream");
        assert_eq!(
            look(parse_quote!(Result<(u8, impl s::TryStream<Ok = u8>), E>)),
            "s :: TryStream"
        );
        assert_eq!(look(parse_quote!(impl Future<Output = u8> + 'a)), "Future");
        assert_eq!(look(parse_quote!(impl Iterator<Item = u8>)), "");
        // These are named once more.
        assert_eq!(look(parse_quote!(BoxStream<'static, u8>)), "");
    }
}
