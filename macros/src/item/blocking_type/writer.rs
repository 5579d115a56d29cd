//! `write = send`: a blocking type as a writer, by its method for the next chunk.

use crate::item::block::Block;
use crate::item::blocking_type::BlockingType;
use crate::item::member::Member;
use crate::options::same;
use crate::syntax::function::Function;
use crate::syntax::item_kind::Kind;
use crate::types::opaque::bare;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::{FnArg, Type};

pub(super) struct Writer {
    method: Ident,
    chunk: Chunk,
    /// Whether the type has a `flush` of its own.
    flushes: bool,
}

/// How the method takes the bytes.
#[derive(Clone, Copy)]
enum Chunk {
    Lent,
    /// In a vector, since what it takes is anything that can be made of one.
    Vec,
    /// In what its signature says, or that of a block elsewhere.
    Made,
}

impl Writer {
    /// That of a type with this method, as far as its block shows it.
    pub(super) fn new(method: &Ident, block: &Block, names: &[String]) -> Self {
        let is_it = |member: &&Member| {
            member.kind() == Some(Kind::Fn) && member.name().is_some_and(|name| same(&name, method))
        };
        let member = block.members.iter().find(is_it);
        let function = member.and_then(|member| Function::parse(member.stream()));
        Writer {
            method: method.clone(),
            chunk: function.as_ref().map_or(Chunk::Made, Chunk::of),
            flushes: names.iter().any(|name| name == "flush"),
        }
    }

    /// The trait of a writer.
    pub(super) fn implement(&self, whole: &BlockingType) -> TokenStream {
        let BlockingType {
            attributes,
            generics,
            path,
            site,
            ..
        } = whole;
        let Writer {
            method, flushes, ..
        } = self;
        let clause = &generics.where_clause;
        let private = whole.private();
        // rustc reports at the option what is not such a method.
        let place = method.span().resolved_at(*site);
        let chunk = self.chunk.make(&private, place);
        let write =
            quote_spanned!(place=> #private::written(Self::#method(self, #chunk), __length));
        let flush = match flushes {
            true => quote_spanned!(*site=> #private::flushed(Self::flush(self))),
            false => quote_spanned!(*site=> ::core::result::Result::Ok(())),
        };
        quote_spanned! {*site=>
            #(#attributes)*
            impl #generics ::std::io::Write for #path #clause {
                #[track_caller]
                fn write(&mut self, __bytes: &[u8]) -> ::std::io::Result<usize> {
                    // To many methods an empty chunk means the end.
                    match __bytes.len() {
                        0 => ::core::result::Result::Ok(0),
                        __length => #write,
                    }
                }

                #[track_caller]
                fn flush(&mut self) -> ::std::io::Result<()> {
                    #flush
                }
            }
        }
    }
}

impl Chunk {
    fn of(function: &Function) -> Self {
        let signature = &function.signature;
        let chunk = signature.inputs.iter().find_map(|argument| match argument {
            FnArg::Typed(argument) => Some(bare(&argument.ty)),
            FnArg::Receiver(_) => None,
        });
        let is_parameter = |ty: &Type| {
            let mut params = signature.generics.type_params();
            params.any(|param| matches!(ty, Type::Path(path) if path.path.is_ident(&param.ident)))
        };
        match chunk {
            Some(Type::Reference(_)) => Chunk::Lent,
            Some(ty) if matches!(ty, Type::ImplTrait(_)) || is_parameter(ty) => Chunk::Vec,
            _ => Chunk::Made,
        }
    }

    fn make(self, private: &TokenStream, place: Span) -> TokenStream {
        match self {
            Chunk::Lent => quote_spanned!(place=> __bytes),
            Chunk::Vec => quote_spanned!(place=> ::std::vec::Vec::<u8>::from(__bytes)),
            Chunk::Made => quote_spanned!(place=> #private::WrittenChunk::copy_of(__bytes)),
        }
    }
}
