//! What impl blocks, traits and modules have in common: a head, and members in braces, some of which have twins.

use crate::async_trait;
use crate::attribute;
use crate::error::{Code, Errors};
use crate::function::Function;
use crate::kind::{Kind, Words, ungroup};
use crate::member::Member;
use crate::options::{Options, Standing};
use crate::own::Part;
use crate::scope::Scope;
use crate::twin::Twin;
use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::Parse;

/// An item that ends in braces.
pub(crate) struct Block {
    pub(crate) head: Vec<TokenTree>,
    pub(crate) braces: Group,
    pub(crate) members: Vec<Member>,
}

impl Block {
    /// `None` if the item does not end in braces.
    pub(crate) fn split(item: TokenStream) -> Option<Self> {
        let mut head: Vec<_> = ungroup(item).into_iter().collect();
        let braces = match head.pop() {
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => group,
            _ => return None,
        };
        let members = Member::all(braces.stream());
        Some(Block {
            head,
            braces,
            members,
        })
    }

    /// The head, read as the item that it would be if there were nothing in its braces. A head that cannot be
    /// read is half-typed, and rustc says so.
    pub(crate) fn read_head<T: Parse>(&self) -> Option<T> {
        let head = &self.head;
        syn::parse2(quote!(#(#head)* {})).ok()
    }

    /// Whether a member has an attribute of ours, which must not be expanded once more.
    pub(crate) fn has_own(&self) -> bool {
        self.members.iter().any(|member| !member.own.is_empty())
    }

    /// The block, with other tokens in its braces.
    pub(crate) fn with(&self, members: TokenStream) -> TokenStream {
        let head = &self.head;
        let mut braces = Group::new(Delimiter::Brace, members);
        braces.set_span(self.braces.span());
        quote!(#(#head)* #braces)
    }

    /// The block with its members as they are, without our attributes.
    pub(crate) fn cleaned(&self) -> TokenStream {
        self.with(self.members.iter().map(Member::stream).collect())
    }
}

/// A twin, and when there is one.
pub(crate) struct MemberTwin {
    pub(crate) cfg: Option<TokenStream>,
    pub(crate) twin: Twin,
}

impl ToTokens for MemberTwin {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let MemberTwin { cfg, twin } = self;
        tokens.extend(quote!(#cfg #twin));
    }
}

/// The twins of a member, if it is a fn that has any.
pub(crate) fn twins(
    member: &Member,
    block: &Options,
    scope: &Scope,
    names: &mut Names,
    errors: &mut Errors,
) -> Vec<MemberTwin> {
    let parts = member.own.parts(block, Standing::Member, errors);
    let is_asked = parts.iter().any(|part| part.asked.is_some());
    // Most members of most blocks: not worth reading.
    if !is_asked && !may_take_part(member, scope) {
        return Vec::new();
    }
    let Some(function) = Function::parse(member.stream()) else {
        return Vec::new();
    };
    let cfgs = attribute::conditions(&function.attributes);
    let is_conditional = !cfgs.is_empty();
    errors.under(cfgs, |errors| {
        parts
            .into_iter()
            .filter(|part| part.asked.is_some() || takes_part(&function, scope))
            .filter_map(|Part { cfg, options, .. }| {
                let twin = Twin::check(&function, options, scope, errors)?;
                if scope.inner_type().is_none() && !is_conditional && cfg.is_none() {
                    let before = errors.len();
                    names.check(&twin.name, &function.signature.ident, errors);
                    if errors.len() > before {
                        return None;
                    }
                }
                Some(MemberTwin { cfg, twin })
            })
            .collect()
    })
}

/// Told by the words before the name.
fn may_take_part(member: &Member, scope: &Scope) -> bool {
    let has = |word: &str| {
        member
            .tokens
            .iter()
            .take_while(|token| !matches!(token, TokenTree::Ident(ident) if ident == "fn"))
            .any(|token| matches!(token, TokenTree::Ident(ident) if ident == word))
    };
    match scope {
        // It has every method that can be seen.
        Scope::BlockingType(_) => true,
        // Nothing tells what `#[async_trait]` has rewritten.
        Scope::Trait(_) => true,
        _ => has("async"),
    }
}

/// Whether a member has a twin without asking for one.
fn takes_part(function: &Function, scope: &Scope) -> bool {
    let signature = &function.signature;
    let blocks = attribute::find_blocking(&function.attributes).is_some();
    match scope {
        Scope::BlockingType(_) => {
            !matches!(function.visibility, syn::Visibility::Inherited) && !blocks
        }
        _ => (signature.asyncness.is_some() || async_trait::has_rewritten(signature)) && !blocks,
    }
}

/// The names that are taken in a block.
pub(crate) struct Names(Vec<Ident>);

impl Names {
    /// Those of fns. One under a `#[cfg]` may not be there, so it takes none.
    pub(crate) fn of(members: &[Member]) -> Self {
        Names(members.iter().filter_map(name).collect())
    }

    /// Of two fns with one name rustc would say only that there are two.
    fn check(&mut self, name: &Ident, original: &Ident, errors: &mut Errors) {
        if self.0.contains(name) {
            errors.push(
                Code::NameTaken,
                original,
                format_args!(
                    "the twin of `{original}` would be called `{name}`, and here is a `{name}` already"
                ),
                format_args!(
                    "write `#[sync_wrapper(name = …)]` on `{original}`, or `#[sync_wrapper(skip)]`"
                ),
            );
        } else {
            self.0.push(name.clone());
        }
    }
}

fn name(member: &Member) -> Option<Ident> {
    let words = member.words.as_ref()?;
    let is_conditional = member.tokens[..crate::kind::attributes(&member.tokens)]
        .iter()
        .any(|token| token.to_string().starts_with("[cfg"));
    words
        .name
        .clone()
        .filter(|_| words.kind == Kind::Fn && !is_conditional)
}

/// A block in which nothing has a twin has the attribute by mistake.
pub(crate) fn report_empty(words: &Words, errors: &mut Errors) {
    let Words {
        kind,
        keyword,
        name,
    } = words;
    let subject = match name {
        Some(name) => format!("`{name}` is {kind}"),
        None => format!("this is {kind}"),
    };
    errors.push(
        Code::EmptyBlock,
        quote!(#keyword #name),
        format_args!("{subject} in which nothing has a twin"),
        "remove the attribute, or put it on a fn inside that returns a future or a stream",
    );
}
