//! The impl block of a stream or a sink, from which a blocking type is made: an iterator, or one with `send` and `flush`.
//!
//! Such a block has `poll_…` methods, which are for executors. In their place the type gets methods that wait. These are written
//! down as signatures of async methods, and from there on are methods of a blocking type as any other.

mod iterator;
mod methods;

pub(crate) use iterator::Iterator;

use crate::error::{Code, Errors};
use crate::item::block::{self, Block};
use crate::item::blocking_type::{BlockingType, Head, pinned};
use crate::item::checked::{Added, Beside, Checked};
use crate::item::member::Member;
use crate::item::selected;
use crate::options::{Options, Selection, compact, compact_type};
use crate::syntax::item_kind::Kind;
use crate::twin::expand;
use crate::types::opaque;
use crate::types::polled::Polled;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{ImplItemType, ItemImpl, Path, Type, parse_quote_spanned};

/// A trait whose implementors are streams or sinks. An attribute knows it by its name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trait {
    Stream,
    TryStream,
    Sink,
}

impl Trait {
    pub(crate) fn of(head: &ItemImpl) -> Option<Self> {
        let (path, _) = head.trait_.as_ref()?;
        match path.segments.last()?.ident.to_string().as_str() {
            "Stream" => Some(Trait::Stream),
            "TryStream" => Some(Trait::TryStream),
            "Sink" => Some(Trait::Sink),
            _ => None,
        }
    }

    /// The first of the methods that an implementor has.
    fn method(self) -> &'static str {
        match self {
            Trait::Stream => "poll_next",
            Trait::TryStream => "try_poll_next",
            Trait::Sink => "poll_ready",
        }
    }

    /// A type that the block has to name, and an example of it.
    fn example(self) -> (&'static str, &'static str) {
        match self {
            Trait::Stream => ("Item", "type Item = Result<Row, Error>;"),
            Trait::TryStream => ("Ok", "type Ok = Row; type Error = Error;"),
            Trait::Sink => ("Error", "type Error = Error;"),
        }
    }
}

/// The block, with what is made from it.
pub(crate) fn check(
    of: Trait,
    block: &Block,
    head: ItemImpl,
    item: TokenStream,
    options: &Options,
    errors: &mut Errors,
) -> Checked {
    let corrected = add_foreign(of, block, &head, options, errors);
    let options = corrected.as_ref().unwrap_or(options);
    let item = match options.foreign {
        Some(_) if !has_bodies(block) => TokenStream::new(),
        // It is about the type that is made from the block.
        _ if options.declared.is_some() => block::without_attribute(item, "must_use"),
        _ => item,
    };
    check_bodies(block, &head, options, errors);
    match blocking_type(of, block, head, options, errors) {
        Some(ty) => Checked::Beside(Beside {
            item,
            added: Added::BlockingType(Box::new(ty)),
        }),
        None => Checked::Unchanged(item),
    }
}

fn blocking_type(
    of: Trait,
    block: &Block,
    head: ItemImpl,
    options: &Options,
    errors: &mut Errors,
) -> Option<BlockingType> {
    let site = Span::mixed_site();
    let (path, _) = head.trait_?;
    check_feature(of, &path, errors);
    let private = expand::private(options.krate.as_ref(), site);
    let mut generics = head.generics;
    let ty = *head.self_ty;
    let mut options = read_results(options);
    let types = Types::of(of, block, &path, &options, errors)?;
    let (polled, methods) = match types {
        Types::Items(item) => (
            Polled::Stream { private },
            methods::of_stream(&item, &options),
        ),
        Types::Sink(sent) => {
            let own = methods::take_generics(&mut generics, &ty);
            let as_sink = quote_spanned!(site=> <#ty as #path>);
            (
                Polled::Sink { private, as_sink },
                methods::of_sink(&sent.item, &sent.error, &own),
            )
        }
    };
    let mut members = Member::all(methods);
    let names: Vec<_> = members.iter().filter_map(Member::name).collect();
    let names: Vec<_> = names.iter().map(Ident::to_string).collect();
    let ours = names.iter().map(String::as_str).chain(pinned::METHODS);
    selected::check(block, &options, &ours.collect::<Vec<_>>(), errors);
    members.retain(|member| options.selection(member.name().as_ref()) != Selection::Skipped);
    options.only = None;
    let block = Block {
        shell: block.shell.clone(),
        members,
    };
    let head = Head {
        attributes: &head.attrs,
        generics,
        ty,
        of_trait: None,
        polled: Some(polled),
    };
    let mut blocking = BlockingType::of(&block, head, &options, errors)?;
    if let (Some(iterator), Some(_)) = (&mut blocking.iterator, &options.foreign) {
        iterator.name(path);
    }
    Some(blocking)
}

/// Whether options select methods that the block does not contain, since they are ours.
pub(crate) fn names_methods(block: &Block, options: &Options) -> bool {
    let is_of = |head: ItemImpl| Trait::of(&head).is_some();
    options.selects()
        && options.blocking_type().is_some()
        && block.read_head::<ItemImpl>().is_some_and(is_of)
}

/// `read = next` means the method that returns the same as a reader does: its error before the end.
fn read_results(options: &Options) -> Options {
    let mut options = options.clone();
    if let Some(read) = options.read.as_mut().filter(|read| **read == "next") {
        *read = Ident::new("try_next", read.span());
    }
    options
}

/// What comes out of a stream, or goes into a sink.
enum Types {
    Items(Box<Type>),
    Sink(Box<Sent>),
}

struct Sent {
    item: Type,
    error: Type,
}

impl Types {
    /// `None` if the block does not say.
    fn of(
        of: Trait,
        block: &Block,
        path: &Path,
        options: &Options,
        errors: &mut Errors,
    ) -> Option<Self> {
        let item = match of {
            Trait::Sink => path
                .segments
                .last()
                .and_then(|last| opaque::type_arguments(last).next())
                .cloned(),
            _ => None,
        };
        let types = match of {
            Trait::Stream => associated(block, "Item").map(|item| Types::Items(Box::new(item))),
            Trait::TryStream => {
                let both = associated(block, "Ok").zip(associated(block, "Error"));
                both.map(|(ok, error)| {
                    let place = opaque::first_span(&ok).resolved_at(Span::mixed_site());
                    Types::Items(Box::new(
                        parse_quote_spanned!(place=> ::core::result::Result<#ok, #error>),
                    ))
                })
            }
            Trait::Sink => item
                .zip(associated(block, "Error"))
                .map(|(item, error)| Types::Sink(Box::new(Sent { item, error }))),
        };
        // Of a type of one's own rustc asks for them.
        if types.is_none() && options.foreign.is_some() {
            report_missing_type(of, path, errors);
        }
        types
    }
}

/// `type Item = Row;`
fn associated(block: &Block, name: &str) -> Option<Type> {
    let mut members = block.members.iter();
    let found = members.find(|member| {
        let head = member.head.as_ref();
        head.is_some_and(|head| {
            head.kind == Kind::Type && head.name.as_ref().is_some_and(|one| one == name)
        })
    })?;
    let written = syn::parse2::<ImplItemType>(found.stream()).ok()?;
    Some(written.ty)
}

fn has_bodies(block: &Block) -> bool {
    let mut fns = block
        .members
        .iter()
        .filter(|member| member.kind() == Some(Kind::Fn));
    fns.any(|member| !member.ends_with_semicolon())
}

/// Whether a block is one of a stream or a sink that another crate has.
#[cfg(test)]
pub(crate) fn declares_only(block: &Block) -> bool {
    let head = block.read_head::<ItemImpl>();
    head.is_some_and(|head| Trait::of(&head).is_some()) && !has_bodies(block)
}

/// A block without a single body is not an implementation, and so of a type that has one elsewhere.
fn add_foreign(
    of: Trait,
    block: &Block,
    head: &ItemImpl,
    options: &Options,
    errors: &mut Errors,
) -> Option<Options> {
    let is_implementation = has_bodies(block) || block.has_macro() || !block.is_finished();
    if options.foreign.is_some() || is_implementation {
        return None;
    }
    let (path, _) = head.trait_.as_ref()?;
    let name = path.segments.last()?.ident.clone();
    let ty = compact_type(&head.self_ty);
    errors.push(
        Code::MissingForeign,
        path,
        format_args!(
            "this block has no `{}`, so it does not implement `{name}`",
            of.method()
        ),
        format_args!(
            "add the option `foreign`, if another crate implements `{name}` for its `{ty}`"
        ),
    );
    let mut meant = options.clone();
    meant.foreign = Some(name);
    Some(meant)
}

/// A block of a foreign type only says what comes out or goes in, and disappears.
fn check_bodies(block: &Block, head: &ItemImpl, options: &Options, errors: &mut Errors) {
    let Some((foreign, (path, _))) = options.foreign.as_ref().zip(head.trait_.as_ref()) else {
        return;
    };
    if has_bodies(block) {
        let name = compact(path);
        errors.push(
            Code::ForeignBody,
            foreign,
            format_args!("this block implements `{name}`, but a `foreign` one only says of which type the items are"),
            "remove `foreign`, or all that has a body",
        );
    }
}

/// Streams are a feature, so that libraries without them do not pay for them.
fn check_feature(of: Trait, path: &Path, errors: &mut Errors) {
    if !cfg!(feature = "stream") && of != Trait::Sink {
        errors.push(
            Code::StreamWithoutFeature,
            path,
            "the blocking type of a stream needs the feature `stream` of sync-twin",
            "add `features = [\"stream\"]` to the dependency `sync-twin` in Cargo.toml",
        );
    }
}

/// A foreign block is all that the attribute sees.
fn report_missing_type(of: Trait, path: &Path, errors: &mut Errors) {
    let (name, example) = of.example();
    let shown = compact(path);
    let has_item = path
        .segments
        .last()
        .is_some_and(|last| !last.arguments.is_empty());
    match of {
        Trait::Sink if !has_item => errors.push(
            Code::MissingType,
            path,
            format_args!("the block does not say what goes into the `{shown}`"),
            format_args!("write `{shown}<Item>`, with the type of its items"),
        ),
        _ => errors.push(
            Code::MissingType,
            path,
            format_args!("the block does not say what `{name}` of this `{shown}` is"),
            format_args!("write `{example}` in the block, with the types that it has"),
        ),
    }
}

/// Reports an attribute on an impl block of a trait.
///
/// A trait decides which methods its implementors have, so twins belong there.
pub(crate) fn report(head: &ItemImpl, options: &Options, errors: &mut Errors) {
    let Some((path, _)) = &head.trait_ else {
        return;
    };
    let name: Option<&Ident> = path.segments.last().map(|last| &last.ident);
    let name = name.map(ToString::to_string).unwrap_or_default();
    let impl_token = &head.impl_token;
    let place = quote!(#impl_token #path);
    let (what, help) = match Trait::of(head) {
        Some(of) => (
            format!("this block implements `{name}`, whose methods are for executors"),
            match of {
                Trait::Sink => String::from(
                    "write `#[sync_wrapper(type = BlockingSink)]` for a type with a `send` that blocks",
                ),
                _ => String::from(
                    "write `#[sync_wrapper(type = BlockingItems)]` for a type that is an iterator",
                ),
            },
        ),
        None if options.names_type() => (
            format!(
                "this block implements `{name}`, and a blocking type is made from the methods of a type's own"
            ),
            format!(
                "put the attribute on an `impl` without a trait, or on one of `Stream` or `Sink`; for the methods of `{name}`, write `impl {name} for` the blocking type"
            ),
        ),
        None => (
            format!("this block implements `{name}`, and only the trait can add methods"),
            format!(
                "put `#[sync_wrapper]` on the trait `{name}`, for all its implementors; if that is not yours, write `sync_twin::block_on(async {{ … }})` where you use it"
            ),
        ),
    };
    errors.push(Code::TraitImpl, place, what, help);
}
