//! The items between the braces of a block, split without parsing more than necessary.

use crate::item::block::Block;
use crate::item::member_options::{self, MemberOptions};
use crate::syntax::function::Function;
use crate::syntax::item_kind::{self, ItemHead, Kind};
use crate::types::opaque;
use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use syn::ItemImpl;

/// One item, without our attributes on it.
pub(crate) struct Member {
    pub(crate) tokens: Vec<TokenTree>,
    pub(crate) own: MemberOptions,
    /// `None` if the item is not recognized. It is passed through token for token, like all items without twins.
    pub(crate) head: Option<ItemHead>,
}

impl Member {
    /// The items of a block.
    pub(crate) fn all(block: TokenStream) -> Vec<Self> {
        let mut splitter = Splitter::default();
        splitter.read(block);
        splitter.end();
        splitter.members
    }

    fn new(mut tokens: Vec<TokenTree>) -> Self {
        let own = member_options::take(&mut tokens);
        let head = ItemHead::of(&tokens);
        Member { tokens, own, head }
    }

    pub(crate) fn stream(&self) -> TokenStream {
        self.tokens.iter().cloned().collect()
    }

    /// Whether it ends as an item does, and can be read if it is a fn.
    pub(crate) fn is_finished(&self) -> bool {
        let ends = self.tokens.last().is_some_and(|last| match last {
            TokenTree::Punct(punct) => punct.as_char() == ';',
            last => is_braces(last),
        });
        let is_attribute = Splitter::is_inner_attribute(&self.tokens);
        let is_fn = self.kind() == Some(Kind::Fn);
        is_attribute || ends && (!is_fn || Function::parse(self.stream()).is_some())
    }

    pub(crate) fn ends_with_semicolon(&self) -> bool {
        matches!(self.tokens.last(), Some(TokenTree::Punct(punct)) if punct.as_char() == ';')
    }

    /// What a block may call it: the name of a fn, a trait or a module, or of the type that an impl block is for.
    pub(crate) fn name(&self) -> Option<Ident> {
        let head = self.head.as_ref()?;
        match head.kind {
            Kind::Fn | Kind::Trait | Kind::Module => head.name.clone(),
            Kind::Impl => {
                let head = Block::split(self.stream())?.read_head::<ItemImpl>()?;
                let ty = opaque::last_of(&head.self_ty)?;
                head.trait_.is_none().then(|| ty.ident.clone())
            }
            _ => None,
        }
    }

    pub(crate) fn kind(&self) -> Option<Kind> {
        self.head.as_ref().map(|head| head.kind)
    }
}

#[derive(Default)]
struct Splitter {
    members: Vec<Member>,
    current: Vec<TokenTree>,
    angles: usize,
    after_dash: bool,
}

impl Splitter {
    fn read(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                // An item or a visibility that comes from a macro.
                TokenTree::Group(group)
                    if group.delimiter() == Delimiter::None && self.is_at_start() =>
                {
                    self.read(group.stream());
                }
                token => self.push(token),
            }
        }
    }

    fn push(&mut self, token: TokenTree) {
        // In `-> Result<` an angle bracket is still open, and must not hold the items that follow: these words are never inside.
        // (`fn`, `impl`, `use` and `'static` may be.)
        let begins_item = |word: &Ident| FIRST_WORDS.iter().any(|first| word == first);
        if self.angles > 0 && matches!(&token, TokenTree::Ident(word) if begins_item(word)) {
            self.end();
        }
        let after_dash = std::mem::take(&mut self.after_dash);
        let mut ends = false;
        match &token {
            TokenTree::Punct(punct) => match punct.as_char() {
                ';' => ends = true,
                '<' => self.angles += 1,
                '>' if !after_dash => self.angles = self.angles.saturating_sub(1),
                '-' | '=' => self.after_dash = true,
                _ => {}
            },
            // `fn f() -> Wrap<{ N }> { … }` has two pairs of braces, of which the last is the body.
            token if self.angles == 0 && is_braces(token) => ends = !self.ends_with_semicolon(),
            _ => {}
        }
        self.current.push(token);
        if ends || Self::is_inner_attribute(&self.current) {
            self.end();
        }
    }

    fn end(&mut self) {
        self.angles = 0;
        if !self.current.is_empty() {
            self.members
                .push(Member::new(std::mem::take(&mut self.current)));
        }
    }

    /// Whether the current item has only attributes and a visibility so far.
    fn is_at_start(&self) -> bool {
        let rest = &self.current[item_kind::attributes(&self.current)..];
        match rest {
            [] => true,
            [TokenTree::Ident(word), ..] if word == "pub" => rest[1..]
                .iter()
                .all(|token| matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis)),
            _ => false,
        }
    }

    /// Braces in the value of a constant do not end it.
    fn ends_with_semicolon(&self) -> bool {
        let kind = ItemHead::of(&self.current).map(|head| head.kind);
        matches!(
            kind,
            Some(Kind::Const | Kind::Static | Kind::Type | Kind::Use | Kind::ExternCrate)
        )
    }

    /// `#![…]` at the start of a block belongs to the block.
    fn is_inner_attribute(tokens: &[TokenTree]) -> bool {
        matches!(
            tokens,
            [TokenTree::Punct(pound), TokenTree::Punct(bang), TokenTree::Group(_)]
                if pound.as_char() == '#' && bang.as_char() == '!'
        )
    }
}

const FIRST_WORDS: [&str; 6] = ["pub", "async", "mod", "struct", "enum", "trait"];

fn is_braces(token: &TokenTree) -> bool {
    let TokenTree::Group(group) = token else {
        return false;
    };
    match group.delimiter() {
        Delimiter::Brace => true,
        // A body that comes from a macro as a `$body:block`.
        Delimiter::None => group
            .stream()
            .into_iter()
            .last()
            .as_ref()
            .is_some_and(is_braces),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::Member;
    use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
    use quote::quote;

    #[track_caller]
    fn check(items: &[TokenStream]) {
        let block = quote!(#(#items)*);
        let members: Vec<_> = Member::all(block)
            .iter()
            .map(|member| member.stream().to_string())
            .collect();
        let items: Vec<_> = items.iter().map(ToString::to_string).collect();
        assert_eq!(members, items);
    }

    #[test]
    fn items_end_where_they_end() {
        check(&[
            quote!(#![allow(unused)]),
            quote!(
                use a::{b, c};
            ),
            quote!(
                const A: Wrap = Wrap {
                    n: if 1 < 2 { 3 } else { 4 },
                };
            ),
            quote!(#[a] pub(in b::c) async fn f<const N: usize>(x: [u8; 2]) -> Wrap<{ N }> where T: Fn() -> u8 { x. }),
            quote!(
                struct Unit;
            ),
            quote!(
                struct Tuple(u8)
                where
                    u8: Sized;
            ),
            quote!(
                struct Fields {
                    a: u8,
                }
            ),
            quote!(
                impl<const N: usize> A for B<{ N }> {}
            ),
            quote!(
                macro_rules! m {
                    () => {};
                }
            ),
            quote!(call!(1);),
            quote!(call! { 1 }),
            quote!(
                type T = Wrap<{ 1 }>;
            ),
            quote!(
                extern "C" {}
            ),
            quote!(async fn half()),
        ]);
    }

    #[test]
    fn an_open_angle_bracket_holds_no_items() {
        for half in [
            quote!(pub async fn half() -> Result<),
            quote!(async fn half<T(x: u8) {}),
            quote!(async fn half(x: Vec<) -> u8 { 1 }),
        ] {
            for next in [
                quote!(
                    pub async fn a() {}
                ),
                quote!(
                    async fn a() {}
                ),
                quote!(
                    pub fn a() {}
                ),
                quote!(
                    mod a {}
                ),
            ] {
                check(&[half.clone(), next]);
            }
        }
        check(&[
            quote!(
                fn a(x: Vec<Box<dyn Fn(fn(u8)) + 'static>>) -> impl Sized + use<'a> {}
            ),
            quote!(
                async fn b() {}
            ),
        ]);
    }

    #[test]
    fn what_comes_through_macros() {
        let group = |tokens| TokenTree::from(Group::new(Delimiter::None, tokens));
        let visibility = group(quote!());
        let body = group(quote!({ 1 }));
        let item = group(quote!(
            async fn b() {}
        ));
        let members = Member::all(quote!(#visibility async fn a() #body #[x] #item));
        let members: Vec<_> = members.iter().map(|one| one.stream().to_string()).collect();
        assert_eq!(members.len(), 2, "{members:?}");
        assert_eq!(
            members[1],
            quote!(
                #[x]
                async fn b() {}
            )
            .to_string()
        );
    }
}
