//! `map(Transaction = BlockingTransaction)`: the blocking types that stand for async types.

use super::compact_type;
use super::raw_option::RawOption;
use crate::error::{Code, Errors};
use crate::types::family::Pair;
use crate::types::opaque::bare;
use proc_macro2::{Group, TokenStream};
use quote::ToTokens;
use syn::parse::{ParseStream, Parser as _};
use syn::{Token, Type};

/// `map` takes pairs of types in parentheses. Those before a mistake are good.
pub(super) fn check_map(option: &RawOption, errors: &mut Errors) -> Option<Vec<Pair>> {
    let list = option.list(errors)?;
    let mut pairs = Vec::new();
    let parse = |input: ParseStream| {
        while !input.is_empty() {
            let begin = input.fork();
            match parse_pair(input) {
                Ok(pair) => pairs.push(pair),
                Err(_) => {
                    let rest = begin.parse::<TokenStream>()?;
                    input.parse::<TokenStream>()?;
                    report(list, rest, errors);
                }
            }
        }
        Ok(())
    };
    // It reads to the end.
    let _ = parse.parse2(list.stream());
    if list.stream().is_empty() {
        errors.push(
            Code::MissingValue,
            list,
            "`map` names no types",
            "write `map(Transaction = BlockingTransaction)`, or remove it",
        );
    }
    check_once(&pairs, errors);
    Some(pairs)
}

fn parse_pair(input: ParseStream) -> syn::Result<Pair> {
    // A `$ty:ty` comes in an invisible group.
    let from = bare(&input.parse()?).clone();
    input.parse::<Token![=]>()?;
    let to = input.parse()?;
    if !input.is_empty() {
        input.parse::<Token![,]>()?;
    }
    // A `$from:ty` of a macro is in an invisible group.
    let from = bare(&from).clone();
    Ok(Pair { from, to })
}

/// The rest of the list, from the pair that cannot be read.
fn report(list: &Group, rest: TokenStream, errors: &mut Errors) {
    let place = match rest.is_empty() {
        true => list.to_token_stream(),
        false => rest,
    };
    let help = match syn::parse2::<Type>(place.clone()) {
        Ok(ty) => format!(
            "write `map({} = …)`, with the name of its blocking type",
            compact_type(&ty)
        ),
        Err(_) => String::from("write `map(Transaction = BlockingTransaction, Row = BlockingRow)`"),
    };
    errors.push(
        Code::WrongValue,
        place,
        "`map` takes pairs: an async type, and the blocking type in its place",
        help,
    );
}

/// Of two blocking types for one async type, the second would never be used.
fn check_once(pairs: &[Pair], errors: &mut Errors) {
    for (index, pair) in pairs.iter().enumerate() {
        let text = pair.from.to_token_stream().to_string();
        let mut before = pairs[..index].iter();
        if before.any(|other| other.from.to_token_stream().to_string() == text) {
            let from = compact_type(&pair.from);
            errors.push(
                Code::RepeatedOption,
                &pair.from,
                format_args!("`map` says twice what stands for `{from}`"),
                format_args!("remove one `{from} = …`"),
            );
        }
    }
}
