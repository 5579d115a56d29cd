//! What impl blocks, traits and modules have in common: a head, and members in braces, some of which have twins.

use crate::compat::async_trait;
use crate::compat::trait_variant;
use crate::error::{Code, Errors};
use crate::item::member::Member;
use crate::item::member_options::Configured;
use crate::name;
use crate::options::{Options, Selection, Target};
use crate::syntax::attribute;
use crate::syntax::function::Function;
use crate::syntax::item_kind::{self, ItemHead, Kind, ungroup};
use crate::twin::Twin;
use crate::twin::scope::Scope;
use crate::types::future;
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use std::collections::HashSet;
use syn::parse::Parse;
use syn::{ReturnType, Signature};

/// An item that ends in braces.
pub(crate) struct Block {
    pub(crate) shell: Shell,
    pub(crate) members: Vec<Member>,
}

/// What is around the members.
#[derive(Clone)]
pub(crate) struct Shell {
    head: Vec<TokenTree>,
    braces: Span,
}

impl Block {
    /// `None` if the item does not end in braces.
    pub(crate) fn split(item: TokenStream) -> Option<Self> {
        let mut head: Vec<_> = ungroup(item).into_iter().collect();
        let braces = match head.pop() {
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => group,
            _ => return None,
        };
        Some(Block {
            shell: Shell {
                head,
                braces: braces.span(),
            },
            members: Member::all(braces.stream()),
        })
    }

    /// The head, parsed as an item with empty braces. A head that cannot be parsed is half-typed, and rustc reports it.
    pub(crate) fn read_head<T: Parse>(&self) -> Option<T> {
        let head = &self.shell.head;
        syn::parse2(quote!(#(#head)* {})).ok()
    }

    /// Whether a member has an attribute of ours, which must not be expanded again.
    pub(crate) fn has_own(&self) -> bool {
        self.members.iter().any(|member| !member.own.is_empty())
    }

    /// Whether a macro is called between its items, which may write some.
    pub(crate) fn has_macro(&self) -> bool {
        let mut kinds = self.members.iter().map(Member::kind);
        kinds.any(|kind| kind == Some(Kind::Macro))
    }

    /// Whether there is something in it, and nothing is half-typed.
    pub(crate) fn is_finished(&self) -> bool {
        !self.members.is_empty() && self.members.iter().all(Member::is_finished)
    }

    /// The block without our attributes on its members.
    pub(crate) fn cleaned(&self) -> TokenStream {
        let members = self.members.iter().map(Member::stream);
        self.shell.around(quote!(#(#members)*))
    }
}

impl Shell {
    /// The item with these members.
    pub(crate) fn around(&self, members: TokenStream) -> TokenStream {
        let head = &self.head;
        let mut braces = Group::new(Delimiter::Brace, members);
        braces.set_span(self.braces);
        quote!(#(#head)* #braces)
    }
}

/// An item without those of its attributes that have this name.
pub(crate) fn without_attribute(item: TokenStream, name: &str) -> TokenStream {
    let tokens: Vec<_> = item.into_iter().collect();
    let (attributes, rest) = tokens.split_at(item_kind::attributes(&tokens));
    let is_it = |attribute: &[TokenTree]| {
        let Some(TokenTree::Group(group)) = attribute.get(1) else {
            return false;
        };
        let first = group.stream().into_iter().next();
        matches!(first, Some(TokenTree::Ident(first)) if first == name)
    };
    let kept = attributes.chunks(2).filter(|attribute| !is_it(attribute));
    kept.flatten().chain(rest).cloned().collect()
}

/// A twin, and the condition for it to exist.
pub(crate) struct MemberTwin {
    pub(crate) cfg: Option<TokenStream>,
    pub(crate) twin: Twin,
}

impl MemberTwin {
    /// Whether it is in the impl block that has `impl_attrs`, and has not taken them back.
    pub(crate) fn is_for_others(&self) -> bool {
        self.twin.options.impl_attrs.is_some()
    }

    /// What only an editor sees.
    pub(crate) fn values(&self) -> Option<TokenStream> {
        let (cfg, values) = (&self.cfg, self.twin.values()?);
        Some(quote!(#cfg #values))
    }
}

impl ToTokens for MemberTwin {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let MemberTwin { cfg, twin } = self;
        // A macro for impl blocks may take fns only. Then the values are in the block beside.
        let values = self.values().filter(|_| !self.is_for_others());
        tokens.extend(quote!(#values #cfg #twin));
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
    // Most members of most blocks need not be parsed.
    let name = member.head.as_ref().and_then(|head| head.name.as_ref());
    let selection = block.selection(name);
    let may_take_part = match selection {
        Selection::Usual => may_take_part(member, scope),
        Selection::Skipped => false,
        Selection::Asked => true,
    };
    if member.own.is_empty() && !may_take_part {
        return Vec::new();
    }
    let cfgs = attribute::conditions_of(&member.tokens);
    let is_conditional = !cfgs.is_empty();
    errors.under(cfgs, |errors| {
        let configured = member.own.configured(block, Target::Member, errors);
        let Some(function) = Function::parse(member.stream()) else {
            return Vec::new();
        };
        configured
            .into_iter()
            .filter(|one| !one.is_skipped())
            .filter_map(
                |Configured {
                     cfg,
                     options,
                     asked,
                 }| {
                    let is_asked = asked.is_some() || selection == Selection::Asked;
                    if !is_asked && !takes_part(&function, scope) {
                        return None;
                    }
                    let original = &function.signature.ident;
                    let mut options = names.resolve(original, options);
                    if function.signature.receiver().is_none() {
                        options.left_out = options.leave_self_to_methods();
                    }
                    let twin = Twin::check(&function, options, scope, errors)?;
                    let stands_beside = scope.inner_type().is_none();
                    // Nobody has asked for it by name or by `async`, and somebody may have written it.
                    let is_wanted = is_asked || twin.is_async || !stands_beside;
                    let is_there = is_conditional || cfg.is_some() || names.take(&twin.name);
                    if is_wanted && !is_there {
                        report_taken(&twin.name, original, errors);
                    }
                    is_there.then_some(MemberTwin { cfg, twin })
                },
            )
            .collect()
    })
}

/// Whether a member is a fn with a receiver. One that is half-typed may get it.
pub(crate) fn has_receiver(member: &Member) -> bool {
    let function = Function::parse(member.stream());
    function.is_none_or(|function| function.signature.receiver().is_some())
}

/// Whether a member is left out of the block.
pub(crate) fn is_skipped(member: &Member, block: &Options) -> bool {
    let configured = member
        .own
        .configured(block, Target::Member, &mut Errors::default());
    configured.iter().all(Configured::is_skipped)
}

/// Whether a member needs to be parsed, as far as the words before its name tell.
fn may_take_part(member: &Member, scope: &Scope) -> bool {
    match scope {
        // It has every method that is not private.
        Scope::BlockingType(_) => true,
        // What `#[async_trait]` has rewritten has no `async`.
        Scope::Trait(_) => true,
        _ => has_word(member, "async") || names_future(&member.tokens),
    }
}

/// Whether the head of a fn names a future in any way.
fn names_future(tokens: &[TokenTree]) -> bool {
    tokens.iter().any(|token| match token {
        TokenTree::Ident(word) => word.to_string().ends_with("Future"),
        TokenTree::Group(group) if group.delimiter() != Delimiter::Brace => {
            let inside: Vec<_> = group.stream().into_iter().collect();
            names_future(&inside)
        }
        _ => false,
    })
}

/// Whether a word is before the name of a fn.
fn has_word(member: &Member, word: &str) -> bool {
    let is =
        |token: &&TokenTree, word: &str| matches!(token, TokenTree::Ident(ident) if ident == word);
    let mut words = member.tokens.iter().take_while(|token| !is(token, "fn"));
    words.any(|token| is(&token, word))
}

/// Whether a member has a twin without asking for one.
fn takes_part(function: &Function, scope: &Scope) -> bool {
    let signature = &function.signature;
    let blocks = attribute::find_blocking(&function.attributes, signature).is_some();
    match scope {
        // What is declared for nothing else is wanted.
        Scope::BlockingType(inner) if inner.is_foreign || inner.as_trait.is_some() => true,
        Scope::BlockingType(_) => {
            !matches!(function.visibility, syn::Visibility::Inherited) && !blocks
        }
        _ => {
            let is_async = signature.asyncness.is_some()
                || async_trait::has_rewritten(signature)
                || trait_variant::has_rewritten(signature)
                || returns_future(signature);
            is_async && !blocks
        }
    }
}

/// Whether a fn that is not `async` returns a future whose output can be read, and can have a twin.
fn returns_future(signature: &Signature) -> bool {
    let is_plain =
        signature.constness.is_none() && signature.abi.is_none() && signature.variadic.is_none();
    match &signature.output {
        ReturnType::Type(_, ty) => is_plain && future::output(ty).is_some(),
        ReturnType::Default => false,
    }
}

/// The names that are taken in a block.
pub(crate) struct Names {
    taken: HashSet<String>,
    /// Those of fns that are `async` or return a future, which usually have twins.
    asyncs: HashSet<String>,
}

impl Names {
    /// Those of fns. A fn under a `#[cfg]` may not exist, so its name is not taken.
    pub(crate) fn of(members: &[Member]) -> Self {
        let is_async = |member: &&Member| has_word(member, "async") || names_future(&member.tokens);
        Names {
            taken: members.iter().filter_map(name).collect(),
            asyncs: members.iter().filter(is_async).filter_map(name).collect(),
        }
    }

    /// If there are both `load` and `load_async`, `load_sync` is the twin of the first. The other one keeps its whole name.
    fn resolve(&self, original: &Ident, mut options: Options) -> Options {
        let named = options.name.is_some();
        let Some(stem) = name::without_async(original).filter(|_| !named) else {
            return options;
        };
        let short = name::derive(original, &options.affixes());
        if self.asyncs.contains(&stem.to_string()) || self.taken.contains(&short.to_string()) {
            options.name = Some(name::derive_from_whole(original, &options.affixes()));
        }
        options
    }

    /// Whether a name was free.
    fn take(&mut self, name: &Ident) -> bool {
        self.taken.insert(name.to_string())
    }
}

/// rustc would report two fns of one name, but not where the second one comes from.
fn report_taken(name: &Ident, original: &Ident, errors: &mut Errors) {
    errors.push(
        Code::NameTaken,
        original,
        format_args!(
            "the twin of `{original}` would be named `{name}`, but the block already has a `{name}`"
        ),
        format_args!(
            "write `#[sync_wrapper(name = …)]` on `{original}`, or `#[sync_wrapper(skip)]`"
        ),
    );
}

fn name(member: &Member) -> Option<String> {
    let head = member.head.as_ref()?;
    let is_fn = head.kind == Kind::Fn;
    let name = head.name.as_ref().filter(|_| is_fn)?;
    let is_conditional = !attribute::conditions_of(&member.tokens).is_empty();
    (!is_conditional).then(|| name.to_string())
}

/// If nothing in a block has a twin, the attribute is there by mistake.
pub(crate) fn report_empty(head: &ItemHead, has_macro: bool, errors: &mut Errors) {
    let ItemHead {
        kind,
        keyword,
        name,
    } = head;
    let subject = match name {
        Some(name) => format!("`{name}` is {kind}"),
        None => format!("this is {kind}"),
    };
    errors.push(
        Code::EmptyBlock,
        quote!(#keyword #name),
        format_args!("{subject}, but nothing in it has a twin"),
        match has_macro {
            true => "put the attribute into the macro inside, which is expanded after it",
            false => {
                "remove the attribute, or put it on a fn inside that returns a future or a stream"
            }
        },
    );
}
