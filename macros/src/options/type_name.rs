//! `type = Name` and `extend = Name`: the blocking type of an impl block.

use super::compact;
use super::raw_option::RawOption;
use crate::error::{Code, Errors};
use crate::syntax::attribute::split_at_commas;
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::{ParseStream, Parser as _};
use syn::punctuated::Punctuated;
use syn::{Expr, Lit, Path, Token, Visibility, parse_quote};

#[derive(Clone)]
pub(crate) enum TypeName {
    /// The block declares the type.
    Declared { visibility: Visibility, name: Ident },
    /// Another block has declared it.
    Extended(Path),
}

/// `type` takes the name that it declares, and a visibility if that is not `pub`.
pub(super) fn check_type(option: &RawOption, errors: &mut Errors) -> Option<TypeName> {
    let value = option.value(errors)?;
    let parse = |input: ParseStream| {
        let visibility = match input.parse()? {
            Visibility::Inherited => parse_quote!(pub),
            visibility => visibility,
        };
        let name = input.parse()?;
        Ok(TypeName::Declared { visibility, name })
    };
    let declared = parse.parse2(value.clone()).ok();
    declared.or_else(|| {
        let name = report(option, value, "a type", "BlockingClient", errors)?;
        let visibility = parse_quote!(pub);
        Some(TypeName::Declared { visibility, name })
    })
}

/// The trait that `trait = …` declares.
#[derive(Clone)]
pub(crate) struct TraitName {
    /// `None` for that of the async trait.
    pub(crate) visibility: Option<Visibility>,
    pub(crate) name: Ident,
}

/// `trait` takes the name that it declares, perhaps with a visibility.
pub(super) fn check_trait(option: &RawOption, errors: &mut Errors) -> Option<TraitName> {
    let value = option.value(errors)?;
    let parse = |input: ParseStream| {
        let visibility = match input.parse()? {
            Visibility::Inherited => None,
            visibility => Some(visibility),
        };
        let name = input.parse()?;
        Ok(TraitName { visibility, name })
    };
    parse.parse2(value.clone()).ok().or_else(|| {
        let name = report(option, value, "a trait", "BlockingStore", errors)?;
        Some(TraitName {
            visibility: None,
            name,
        })
    })
}

/// `for` takes the blocking types that implement the trait.
pub(super) fn check_for(option: &RawOption, errors: &mut Errors) -> Option<Vec<Path>> {
    let list = option.list(errors)?;
    let parse = Punctuated::<Path, Token![,]>::parse_terminated;
    match parse.parse2(list.stream()) {
        Ok(paths) => Some(paths.into_iter().collect()),
        Err(_) => {
            errors.push(
                Code::WrongValue,
                list,
                "`for` takes the blocking types that implement the trait",
                "write `for(BlockingClient, BlockingTransaction<'_>)`",
            );
            None
        }
    }
}

/// `extend` takes the path of a type.
pub(super) fn check_extend(option: &RawOption, errors: &mut Errors) -> Option<TypeName> {
    let value = option.value(errors)?;
    let path = syn::parse2::<Path>(value.clone()).ok();
    let path =
        path.or_else(|| Some(report(option, value, "a type", "BlockingClient", errors)?.into()));
    path.map(TypeName::Extended)
}

/// Reports a value that is not a name, and returns the name that is suggested instead: what is in the quotes, the end of a path,
/// the name in front of fields.
fn report(
    option: &RawOption,
    value: &TokenStream,
    what: &str,
    example: &str,
    errors: &mut Errors,
) -> Option<Ident> {
    let key = &option.key;
    let text = compact(value);
    let path = syn::parse2::<Path>(value.clone()).ok();
    // Not a keyword, as `self` is.
    let is_name = |name: &Ident| syn::parse2::<Ident>(name.to_token_stream()).is_ok();
    let in_path = path.and_then(|path| Some(path.segments.last()?.ident.clone()));
    let in_path = in_path.filter(is_name);
    let first = value.clone().into_iter().next();
    let right = super::identifier(text.trim_matches('"'))
        .or(in_path.clone())
        .or(match first {
            Some(TokenTree::Ident(first)) => Some(first).filter(is_name),
            _ => None,
        });
    let written = right
        .as_ref()
        .map_or(String::from(example), Ident::to_string);
    let help = match (in_path, text.rsplit_once("::")) {
        (Some(name), Some((module, _))) => format!(
            "write `{key} = {name}`, and put the block into the module `{module}`, or `pub use` the name there"
        ),
        _ => format!("write `{key} = {written}`"),
    };
    errors.push(
        Code::WrongValue,
        value,
        format_args!("`{key}` takes the name of {what}"),
        help,
    );
    right
}

/// `read` takes the name of the method that returns the next chunk.
pub(super) fn check_read(option: &RawOption, errors: &mut Errors) -> Option<Ident> {
    let value = option.value(errors)?;
    syn::parse2(value.clone()).ok().or_else(|| {
        errors.push(
            Code::WrongValue,
            value,
            "`read` takes the name of a method",
            "write `read = chunk`, if `async fn chunk(&mut self)` returns what is read next",
        );
        None
    })
}

/// `write` takes the name of the method that takes the next chunk.
pub(super) fn check_write(option: &RawOption, errors: &mut Errors) -> Option<Ident> {
    let value = option.value(errors)?;
    syn::parse2(value.clone()).ok().or_else(|| {
        errors.push(
            Code::WrongValue,
            value,
            "`write` takes the name of a method",
            "write `write = send`, if `async fn send(&mut self, chunk: Vec<u8>)` takes what is written next",
        );
        None
    })
}

/// `derive` takes traits in parentheses, as the attribute `#[derive]` does.
pub(super) fn check_derive(option: &RawOption, errors: &mut Errors) -> Option<TokenStream> {
    let list = option.list(errors)?;
    let mut traits = Vec::new();
    for one in split_at_commas(list.stream()) {
        match one.clone().into_iter().last() {
            Some(TokenTree::Ident(name)) if name == "Copy" => errors.push(
                Code::WrongValue,
                &name,
                "a blocking type has a `Drop`, so it is never `Copy`",
                "remove `Copy`",
            ),
            _ => traits.push(one),
        }
    }
    Some(quote!(#(#traits),*))
}

/// `docs` takes what `#[doc = …]` takes: a text, or a macro that makes one.
pub(super) fn check_docs(option: &RawOption, errors: &mut Errors) -> Option<TokenStream> {
    let value = option.value(errors)?;
    let is_text = match syn::parse2::<Expr>(value.clone()) {
        Ok(Expr::Lit(literal)) => matches!(literal.lit, Lit::Str(_)),
        Ok(Expr::Macro(_)) => true,
        _ => false,
    };
    if !is_text {
        errors.push(
            Code::WrongValue,
            value,
            "`docs` takes a string",
            "write `docs = \"A client that blocks.\"`, or `docs = include_str!(\"client.md\")`",
        );
    }
    is_text.then(|| value.clone())
}
