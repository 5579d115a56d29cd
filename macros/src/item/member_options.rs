//! The attribute on an item inside a block that has it, too: the item's own options.

use crate::error::Errors;
use crate::options::{Options, Target};
use crate::syntax::attribute::split_at_commas;
use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};

/// The attributes, some of which may be for one configuration only.
#[derive(Default)]
pub(crate) struct MemberOptions(Vec<Attribute>);

struct Attribute {
    /// The predicate of the `cfg_attr` around it.
    condition: Option<TokenStream>,
    options: TokenStream,
    /// Its last name, to report what is wrong with the attribute as a whole.
    word: Ident,
}

/// One way in which an item takes part, or is skipped.
pub(crate) struct Configured {
    /// The condition for that: a `#[cfg]`.
    pub(crate) cfg: Option<TokenStream>,
    /// Its own options, and those that the block passes on.
    pub(crate) options: Options,
    /// Set if the item itself has the attribute, and not only the block.
    pub(crate) asked: Option<Ident>,
}

impl Configured {
    pub(crate) fn is_skipped(&self) -> bool {
        self.options.is_skipped()
    }
}

impl MemberOptions {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How the item takes part in each possible configuration.
    pub(crate) fn configured(
        &self,
        block: &Options,
        target: Target,
        errors: &mut Errors,
    ) -> Vec<Configured> {
        let (sometimes, always): (Vec<_>, Vec<_>) = self
            .0
            .iter()
            .partition(|attribute| attribute.condition.is_some());
        let mut all = Vec::new();
        let mut others = Vec::new();
        for attribute in sometimes {
            let predicate = &attribute.condition;
            let together = always.iter().copied().chain([attribute]);
            let cfg = quote!(#[cfg(all(#predicate #(, not(#others))*))]);
            all.push(configure(together, Some(cfg), block, target, errors));
            others.push(predicate);
        }
        let cfg = (!others.is_empty()).then(|| quote!(#[cfg(not(any(#(#others),*)))]));
        all.push(configure(always.into_iter(), cfg, block, target, errors));
        all
    }
}

fn configure<'a>(
    attributes: impl Iterator<Item = &'a Attribute>,
    cfg: Option<TokenStream>,
    block: &Options,
    target: Target,
    errors: &mut Errors,
) -> Configured {
    let mut written = Vec::new();
    let mut asked = None;
    for attribute in attributes {
        if !attribute.options.is_empty() {
            written.push(&attribute.options);
        }
        asked = Some(attribute.word.clone());
    }
    let options = Options::parse(quote!(#(#written),*), errors);
    options.check_target(target, true, errors);
    options.check_unset_of(block, target, errors);
    let options = options.or(block, target);
    if target == Target::Member {
        options.check_flatten(errors);
    }
    Configured {
        cfg,
        options,
        asked,
    }
}

/// Removes our attributes from an item.
pub(crate) fn take(tokens: &mut Vec<TokenTree>) -> MemberOptions {
    let mut own = MemberOptions::default();
    let mut index = 0;
    while let [TokenTree::Punct(pound), TokenTree::Group(group), ..] = &tokens[index..] {
        if pound.as_char() != '#' || group.delimiter() != Delimiter::Bracket {
            break;
        }
        match read(group.stream(), &mut own) {
            Taken::Nothing => index += 2,
            Taken::All => drop(tokens.drain(index..index + 2)),
            Taken::Some(rest) => {
                let mut rest = Group::new(Delimiter::Bracket, rest);
                rest.set_span(group.span());
                tokens[index + 1] = rest.into();
                index += 2;
            }
        }
    }
    own
}

/// What is between the parentheses of the attributes on the items of a block, and of those in the blocks inside.
pub(crate) fn words(block: TokenStream) -> Vec<TokenStream> {
    let mut all = Vec::new();
    let mut tokens = block.into_iter().peekable();
    let mut is_fn = false;
    while let Some(token) = tokens.next() {
        match (&token, tokens.peek()) {
            (TokenTree::Punct(pound), Some(TokenTree::Group(group))) if pound.as_char() == '#' => {
                all.extend(parse(group.stream()).map(|(words, _)| words));
            }
            (TokenTree::Ident(word), _) if word == "fn" => is_fn = true,
            (TokenTree::Group(group), _) if group.delimiter() == Delimiter::Brace => {
                if !is_fn {
                    all.extend(words(group.stream()));
                }
                is_fn = false;
            }
            _ => {}
        }
    }
    all
}

enum Taken {
    Nothing,
    All,
    /// What is left of a `cfg_attr`.
    Some(TokenStream),
}

fn read(attribute: TokenStream, own: &mut MemberOptions) -> Taken {
    if let Some((options, word)) = parse(attribute.clone()) {
        own.0.push(Attribute {
            condition: None,
            options,
            word,
        });
        return Taken::All;
    }
    let mut tokens = attribute.into_iter();
    let (Some(TokenTree::Ident(name)), Some(TokenTree::Group(list))) =
        (tokens.next(), tokens.next())
    else {
        return Taken::Nothing;
    };
    if name != "cfg_attr" {
        return Taken::Nothing;
    }
    let mut attributes = split_at_commas(list.stream()).into_iter();
    let predicate = attributes.next();
    let found = own.0.len();
    let rest: Vec<_> = attributes
        .filter(|attribute| match parse(attribute.clone()) {
            Some((options, word)) => {
                own.0.push(Attribute {
                    condition: predicate.clone(),
                    options,
                    word,
                });
                false
            }
            None => !attribute.is_empty(),
        })
        .collect();
    if own.0.len() == found {
        Taken::Nothing
    } else if rest.is_empty() {
        Taken::All
    } else {
        let site = name.span();
        Taken::Some(quote_spanned!(site=> #name(#predicate, #(#rest),*)))
    }
}

/// `sync_wrapper`, `sync_twin::sync_wrapper(…)`: any path that ends so.
fn parse(attribute: TokenStream) -> Option<(TokenStream, Ident)> {
    let mut options = TokenStream::new();
    let mut word = None;
    let mut tokens = attribute.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(ident) => word = Some(ident),
            TokenTree::Punct(punct) if punct.as_char() == ':' => {}
            TokenTree::Group(group)
                if group.delimiter() == Delimiter::Parenthesis && tokens.peek().is_none() =>
            {
                options = group.stream().into_token_stream();
            }
            _ => return None,
        }
    }
    let word = word.filter(|word| word == "sync_wrapper")?;
    Some((options, word))
}

#[cfg(test)]
mod tests {
    use super::take;
    use proc_macro2::TokenStream;
    use quote::quote;

    #[track_caller]
    fn check(item: TokenStream, found: &[(Option<&str>, &str)], rest: TokenStream) {
        let mut tokens: Vec<_> = item.into_iter().collect();
        let own = take(&mut tokens);
        let read: Vec<_> = own
            .0
            .iter()
            .map(|one| {
                let condition = one.condition.as_ref().map(ToString::to_string);
                (condition, one.options.to_string())
            })
            .collect();
        let read: Vec<_> = read
            .iter()
            .map(|(a, b)| (a.as_deref(), b.as_str()))
            .collect();
        assert_eq!(read, found);
        assert_eq!(
            tokens.into_iter().collect::<TokenStream>().to_string(),
            rest.to_string()
        );
    }

    #[test]
    fn ours_are_taken_and_the_others_stay() {
        check(
            quote!(
                #[doc = "x"]
                #[sync_wrapper(skip)]
                #[inline]
                fn f() {}
            ),
            &[(None, "skip")],
            quote!(
                #[doc = "x"]
                #[inline]
                fn f() {}
            ),
        );
        check(
            quote!(
                #[::sync_twin::sync_wrapper]
                #[sync_twin::sync_wrapper(name = x)]
                fn f() {}
            ),
            &[(None, ""), (None, "name = x")],
            quote!(
                fn f() {}
            ),
        );
        check(
            quote!(
                #[cfg_attr(a, sync_wrapper(skip), inline)]
                #[cfg_attr(b, sync_wrapper)]
                fn f() {}
            ),
            &[(Some("a"), "skip"), (Some("b"), "")],
            quote!(
                #[cfg_attr(a, inline)]
                fn f() {}
            ),
        );
        check(
            quote!(
                #[sync_wrapper_of(x)]
                #[cfg_attr(a, inline)]
                fn f() {}
            ),
            &[],
            quote!(
                #[sync_wrapper_of(x)]
                #[cfg_attr(a, inline)]
                fn f() {}
            ),
        );
    }
}
