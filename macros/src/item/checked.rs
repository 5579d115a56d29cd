//! The checked model of an item: from here on nothing can fail.

use crate::item::block::{MemberTwin, Shell};
use crate::item::blocking_trait::BlockingTrait;
use crate::item::blocking_type::BlockingType;
use crate::item::impl_block::TwinBlock;
use proc_macro2::TokenStream;
use quote::quote;

/// An item, and what is added to it.
pub(crate) enum Checked {
    /// As it was written, or without our attributes inside.
    Unchanged(TokenStream),
    Fn(Fn),
    Beside(Beside),
    Trait(Trait),
    Module(Module),
}

/// A fn and its twins: one for each configuration in which it takes part.
pub(crate) struct Fn {
    pub(crate) item: TokenStream,
    pub(crate) twins: Vec<MemberTwin>,
}

/// An impl block or a trait, with what is beside it.
pub(crate) struct Beside {
    pub(crate) item: TokenStream,
    pub(crate) added: Added,
}

pub(crate) enum Added {
    Twins(Box<TwinBlock>),
    BlockingType(Box<BlockingType>),
    BlockingTrait(Box<BlockingTrait>),
}

/// A trait, with its twins inside.
pub(crate) struct Trait {
    pub(crate) shell: Shell,
    pub(crate) members: Vec<Fn>,
}

/// A module, with all that is inside.
pub(crate) struct Module {
    pub(crate) shell: Shell,
    pub(crate) members: Vec<Checked>,
    /// Uses of the imports that only attributes inside need.
    pub(crate) imports: TokenStream,
}

impl Checked {
    pub(crate) fn has_twins(&self) -> bool {
        match self {
            Checked::Unchanged(_) => false,
            Checked::Fn(one) => one.has_twins(),
            Checked::Beside(_) => true,
            Checked::Trait(one) => one.members.iter().any(Fn::has_twins),
            Checked::Module(one) => one.members.iter().any(Checked::has_twins),
        }
    }

    /// The item with its twins.
    pub(crate) fn expand(&self) -> TokenStream {
        match self {
            Checked::Unchanged(item) => item.clone(),
            Checked::Fn(one) => one.expand(),
            Checked::Beside(Beside { item, added }) => match added {
                Added::Twins(twins) => quote!(#item #twins),
                Added::BlockingType(ty) => quote!(#item #ty),
                Added::BlockingTrait(one) => quote!(#item #one),
            },
            Checked::Trait(Trait { shell, members }) => {
                let members = members.iter().map(Fn::expand);
                shell.around(quote!(#(#members)*))
            }
            Checked::Module(Module {
                shell,
                members,
                imports,
            }) => {
                let members = members.iter().map(Checked::expand);
                shell.around(quote!(#(#members)* #imports))
            }
        }
    }
}

impl Fn {
    fn has_twins(&self) -> bool {
        !self.twins.is_empty()
    }

    fn expand(&self) -> TokenStream {
        let Fn { item, twins } = self;
        quote!(#item #(#twins)*)
    }
}
