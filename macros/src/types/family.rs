//! Which blocking types stand for which async types.

use crate::types::inner_type::InnerType;
use crate::types::opaque::{bare, text, type_arguments};
use syn::{GenericParam, Generics, Path, PathArguments, Type, TypePath, parse_quote};

/// One line of a `map(…)`: where `from` would be, there is `to`.
#[derive(Clone)]
pub(crate) struct Pair {
    /// As it is written. A path without generic arguments stands for the type with any.
    pub(crate) from: Type,
    /// Takes over the generic arguments, unless it has some.
    pub(crate) to: Path,
}

impl Pair {
    /// The async type of a blocking one, the other way around.
    pub(crate) fn async_type(&self, blocking: &Path) -> Option<Type> {
        if text(&self.to) == text(blocking) {
            return Some(self.from.clone());
        }
        let mut bare = blocking.clone();
        let end = bare.segments.last_mut()?;
        let arguments = std::mem::take(&mut end.arguments);
        let mut from = self.from.clone();
        if text(&self.to) != text(&bare) {
            return None;
        }
        if let Type::Path(path) = &mut from {
            let end = path.path.segments.last_mut()?;
            if end.arguments.is_none() {
                end.arguments = arguments;
            }
        }
        Some(from)
    }
}

/// The types that a twin exchanges: those that its options name, and that of the blocking type that it is a method of.
#[derive(Clone, Copy)]
pub(crate) struct Family<'a> {
    pub(crate) inner: Option<&'a InnerType>,
    pairs: &'a [Pair],
}

/// A blocking type, in the place of an async one.
#[derive(Clone)]
pub(crate) struct Blocking {
    pub(crate) from: Type,
    pub(crate) to: Type,
    /// Whether it is the type whose method this is.
    pub(crate) is_own: bool,
}

/// An async type that a value contains where nothing can be exchanged.
pub(crate) enum OutOfReach {
    /// Behind a reference.
    Borrowed,
    /// In something that cannot be opened.
    Held,
}

impl<'a> Family<'a> {
    pub(crate) fn new(inner: Option<&'a InnerType>, pairs: Option<&'a Vec<Pair>>) -> Self {
        Family {
            inner,
            pairs: pairs.map_or(&[], Vec::as_slice),
        }
    }

    /// The blocking type of an async one.
    pub(crate) fn blocking(&self, ty: &Type) -> Option<Blocking> {
        let ty = bare(ty);
        if let Some(inner) = self.inner.filter(|inner| inner.is(ty)) {
            let from = match inner.is_implementor {
                true => inner.ty.clone(),
                false => ty.clone(),
            };
            return Some(Blocking {
                from,
                to: inner.outer(),
                is_own: true,
            });
        }
        let own = self.inner.and_then(|inner| inner.pair.as_ref());
        self.pairs
            .iter()
            .chain(own)
            .find_map(|pair| pair.blocking(ty))
    }

    /// The async type of a blocking one, if a pair names both.
    pub(crate) fn async_type(&self, blocking: &Path) -> Option<Type> {
        self.pairs.iter().find_map(|pair| pair.async_type(blocking))
    }

    /// Puts the blocking type of an async one in its place.
    pub(crate) fn replace(&self, ty: &mut Type) -> Option<Blocking> {
        let found = self.blocking(ty)?;
        *ty = found.to.clone();
        Some(found)
    }

    /// What is left of the family in a type in which all has been replaced that can be. Behind a trait there is no value yet, and so
    /// nothing to replace.
    pub(crate) fn out_of_reach(&self, ty: &Type) -> Option<(OutOfReach, Blocking)> {
        self.find(ty, false)
    }

    fn is_in_trait(&self) -> bool {
        self.inner.is_some_and(|inner| inner.is_implementor)
    }

    fn find(&self, ty: &Type, is_borrowed: bool) -> Option<(OutOfReach, Blocking)> {
        if let Some(found) = self.blocking(ty) {
            return match is_borrowed {
                true => Some((OutOfReach::Borrowed, found)),
                // What holds the type itself, as an `Arc<Self>` does, is passed on as it is. In a trait, it has no other name.
                false if found.is_own && !self.is_in_trait() => None,
                false => Some((OutOfReach::Held, found)),
            };
        }
        match bare(ty) {
            Type::Reference(reference) => self.find(&reference.elem, true),
            Type::Ptr(pointer) => self.find(&pointer.elem, is_borrowed),
            Type::Slice(slice) => self.find(&slice.elem, is_borrowed),
            Type::Array(array) => self.find(&array.elem, is_borrowed),
            Type::Tuple(tuple) => {
                let mut types = tuple.elems.iter();
                types.find_map(|ty| self.find(ty, is_borrowed))
            }
            Type::Path(path) => {
                let mut arguments = path.path.segments.iter().flat_map(type_arguments);
                arguments.find_map(|ty| self.find(ty, is_borrowed))
            }
            _ => None,
        }
    }
}

impl Pair {
    fn blocking(&self, ty: &Type) -> Option<Blocking> {
        let mut to = self.to.clone();
        let is_the_type = text(&self.from) == text(ty);
        if !is_the_type {
            let (Type::Path(from), Type::Path(path)) = (&self.from, ty) else {
                return None;
            };
            if text(from) != text(&without_arguments(path)?) {
                return None;
            }
            let end = to.segments.last_mut()?;
            if end.arguments.is_none() {
                end.arguments = path.path.segments.last()?.arguments.clone();
            }
        }
        Some(Blocking {
            from: ty.clone(),
            to: parse_quote!(#to),
            is_own: false,
        })
    }
}

/// A path without the generic arguments at its end.
fn without_arguments(path: &TypePath) -> Option<TypePath> {
    let mut path = path.clone();
    path.path.segments.last_mut()?.arguments = PathArguments::None;
    Some(path)
}

impl Pair {
    /// That of a type whose generic arguments are just the parameters of its impl block. Others can take their place.
    pub(crate) fn of_block(ty: &Type, generics: &Generics, to: Path) -> Option<Self> {
        let Type::Path(path) = bare(ty) else {
            return None;
        };
        let names = generics.params.iter().map(|param| match param {
            GenericParam::Lifetime(param) => text(&param.lifetime),
            GenericParam::Type(param) => text(&param.ident),
            GenericParam::Const(param) => text(&param.ident),
        });
        let written: Vec<_> = match &path.path.segments.last()?.arguments {
            PathArguments::AngleBracketed(arguments) => arguments.args.iter().map(text).collect(),
            _ => Vec::new(),
        };
        let from = Type::Path(without_arguments(path)?);
        names.eq(written).then_some(Pair { from, to })
    }
}

#[cfg(test)]
mod tests {
    use super::{Family, OutOfReach, Pair};
    use crate::types::conversion::Conversion;
    use crate::types::inner_type::InnerType;
    use quote::ToTokens;
    use syn::{Type, parse_quote};

    fn pairs() -> Vec<Pair> {
        vec![
            Pair {
                from: parse_quote!(Transaction),
                to: parse_quote!(BlockingTransaction),
            },
            Pair {
                from: parse_quote!(reqwest::Client),
                to: parse_quote!(blocking::Client),
            },
            Pair {
                from: parse_quote!(Pool<Postgres>),
                to: parse_quote!(PgPool),
            },
        ]
    }

    #[track_caller]
    fn check(mut ty: Type, replaced: &Type) {
        let (pairs, inner) = (pairs(), InnerType::new(parse_quote!(Client<T>)));
        let family = Family::new(Some(&inner), Some(&pairs));
        let text = |ty: &Type| ty.to_token_stream().to_string();
        let unchanged = text(&ty) == text(replaced);
        let found = Conversion::of(&mut ty, &mut |ty| family.replace(ty));
        assert_eq!(text(&ty), text(replaced));
        assert_eq!(found.is_none(), unchanged);
    }

    #[test]
    fn the_path_is_the_one_that_is_written() {
        check(
            parse_quote!(Result<Transaction<'_>, Error>),
            &parse_quote!(Result<BlockingTransaction<'_>, Error>),
        );
        check(
            parse_quote!(reqwest::Client),
            &parse_quote!(blocking::Client),
        );
        check(parse_quote!(Client), &parse_quote!(Client));
        check(parse_quote!(a::Transaction), &parse_quote!(a::Transaction));
        check(parse_quote!(Pool<Postgres>), &parse_quote!(PgPool));
        check(parse_quote!(Pool<MySql>), &parse_quote!(Pool<MySql>));
        check(parse_quote!(Client<T>), &parse_quote!(Self));
        check(parse_quote!(Client<U>), &parse_quote!(Client<U>));
    }

    #[test]
    fn at_any_depth() {
        check(
            parse_quote!(Result<Option<(u8, Vec<Box<Transaction>>)>, (Client<T>, Error)>),
            &parse_quote!(Result<Option<(u8, Vec<Box<BlockingTransaction>>)>, (Self, Error)>),
        );
        check(
            parse_quote!(io::Result<[Transaction; 2]>),
            &parse_quote!(io::Result<[BlockingTransaction; 2]>),
        );
    }

    #[test]
    fn what_cannot_be_exchanged() {
        let (pairs, inner) = (pairs(), InnerType::new(parse_quote!(Client<T>)));
        let family = Family::new(Some(&inner), Some(&pairs));
        let look = |ty: Type| match family.out_of_reach(&ty) {
            None => "nothing",
            Some((OutOfReach::Borrowed, _)) => "borrowed",
            Some((OutOfReach::Held, _)) => "held",
        };
        assert_eq!(look(parse_quote!(Option<&Transaction<'_>>)), "borrowed");
        assert_eq!(look(parse_quote!(&[Client<T>])), "borrowed");
        assert_eq!(look(parse_quote!(HashMap<u8, Transaction>)), "held");
        assert_eq!(look(parse_quote!(Arc<Client<T>>)), "nothing");
        assert_eq!(look(parse_quote!(impl Fn(&Transaction))), "nothing");
        assert_eq!(look(parse_quote!(Result<&str, Error>)), "nothing");
    }
}
