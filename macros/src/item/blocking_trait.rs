//! A trait that blocks: it has the methods of an async trait under their own names, and blocking types implement it.
//!
//! It is implemented for types that are named, and not for all whose async type has the async trait: of a type that is known,
//! rustc knows whether it is `Send`, and so whether its calls can be isolated.

use crate::error::{Code, Errors};
use crate::item::block::{self, Block, MemberTwin, Names};
use crate::item::member::Member;
use crate::item::page;
use crate::options::{Attributes, Options, TraitName, compact_type};
use crate::syntax::attribute;
use crate::syntax::item_kind::Kind;
use crate::twin::scope::Scope;
use crate::types::family::Family;
use crate::types::inner_type::InnerType;
use crate::types::lifetime::Namer;
use crate::types::opaque;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{
    Generics, ItemTrait, Path, TraitItem, Type, Visibility, parse_quote, parse_quote_spanned,
};

pub(crate) struct BlockingTrait {
    attributes: Vec<TokenStream>,
    /// Those of others, for the trait.
    of_others: Option<Attributes>,
    docs: Vec<TokenStream>,
    visibility: Visibility,
    name: Ident,
    /// Of the async trait.
    original: Ident,
    generics: Generics,
    members: Vec<TokenStream>,
    implementations: Vec<Implementation>,
    site: Span,
}

/// For one blocking type.
struct Implementation {
    generics: Generics,
    ty: Type,
    members: Vec<TokenStream>,
}

/// What implements the async trait.
struct Implementor {
    generics: Generics,
    /// `BlockingTransaction<'a>`
    ty: Type,
    /// `Transaction<'a>`, or `_` if nobody has said that.
    async_type: Type,
    /// Where it is named in `for(…)`, for what rustc says of it.
    place: Span,
}

impl BlockingTrait {
    /// `path` is that of the async trait.
    pub(crate) fn check(
        block: &Block,
        head: &ItemTrait,
        path: &TokenStream,
        options: &Options,
        errors: &mut Errors,
    ) -> Option<Self> {
        let TraitName { visibility, name } = options.blocking_trait.as_ref()?;
        let family = Family::new(None, options.map.as_ref());
        let paths = options.implementors.as_deref().unwrap_or_default();
        let is_fn = |member: &Member| member.kind() == Some(Kind::Fn);
        let lifetimes = match block.members.iter().all(is_fn) {
            true => Lifetimes::AsWritten,
            false => Lifetimes::Named,
        };
        let implementors: Vec<_> = paths
            .iter()
            .map(|path| Implementor::new(path, &head.generics, &family, lifetimes))
            .collect();
        let members = block.members.iter();
        let members: Vec<_> = members
            .filter(|member| is_known(member, &implementors, options, errors))
            .collect();

        let scope = |ty: Type, place: Option<Span>| {
            let name = head.ident.to_string();
            let mut inner = InnerType::of_implementor(ty, path.clone(), name);
            inner.is_foreign = options.foreign.is_some();
            inner.place = place;
            Scope::BlockingType(Box::new(inner))
        };
        let any = scope(parse_quote!(_), None);
        let mut declared = Vec::new();
        for member in &members {
            declared.extend(declare(member, options, &any, errors));
        }
        let implementations = implementors.into_iter().map(|implementor| {
            let scope = scope(implementor.async_type.clone(), Some(implementor.place));
            // All mistakes have been reported once.
            let mut errors = Errors::default();
            let mut implemented = Vec::new();
            for member in &members {
                implemented.extend(implement(
                    member,
                    path,
                    &implementor,
                    options,
                    &scope,
                    &mut errors,
                ));
            }
            Implementation {
                members: implemented,
                generics: implementor.generics.clone(),
                ty: implementor.ty.clone(),
            }
        });
        Some(BlockingTrait {
            attributes: attribute::keep_for_block(&head.attrs),
            of_others: options.attrs.clone(),
            docs: attribute::about_the_type(&head.attrs, true),
            visibility: visibility.clone().unwrap_or_else(|| head.vis.clone()),
            name: name.clone(),
            original: head.ident.clone(),
            generics: head.generics.clone(),
            implementations: implementations.collect(),
            members: declared,
            site: Span::mixed_site(),
        })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.members.is_empty()
    }
}

/// What becomes of the lifetime in `impl BlockingStore for BlockingTransaction<'_>`.
#[derive(Clone, Copy)]
enum Lifetimes {
    AsWritten,
    /// An associated type or constant needs its name.
    Named,
}

impl Implementor {
    fn new(path: &Path, generics: &Generics, family: &Family<'_>, lifetimes: Lifetimes) -> Self {
        let mut generics = generics.clone();
        let mut ty: Type = parse_quote!(#path);
        if let Lifetimes::Named = lifetimes {
            let mut namer = Namer::new(&quote!(#generics #ty));
            namer.visit_all(&mut ty);
            namer.declare(&mut generics);
        }
        let async_type = match &ty {
            Type::Path(path) => family.async_type(&path.path),
            _ => None,
        };
        let place = place_of(&ty);
        Implementor {
            generics,
            ty,
            async_type: async_type.unwrap_or_else(|| parse_quote_spanned!(place=> _)),
            place,
        }
    }

    fn is_known(&self) -> bool {
        !matches!(self.async_type, Type::Infer(_))
    }
}

fn place_of(ty: &Type) -> Span {
    let name = opaque::last_of(ty).map(|name| name.ident.span());
    let site = Span::mixed_site();
    name.map_or(site, |place| place.resolved_at(site))
}

/// Whether a member can be called: without a receiver, it is only known by the async type.
fn is_known(
    member: &Member,
    implementors: &[Implementor],
    options: &Options,
    errors: &mut Errors,
) -> bool {
    let has_receiver = match member.kind() {
        Some(Kind::Fn) => block::has_receiver(member),
        _ => false,
    };
    let unknown = implementors.iter().find(|one| !one.is_known());
    let is_skipped = block::is_skipped(member, options);
    let (Some(unknown), false, false) = (unknown, has_receiver, is_skipped) else {
        return true;
    };
    let Some(name) = member.head.as_ref().and_then(|head| head.name.as_ref()) else {
        return true;
    };
    let ty = compact_type(&unknown.ty);
    errors.push(
        Code::UnknownImplementor,
        name,
        format_args!("`{name}` has no receiver, so it depends on the async type of `{ty}`, which nobody names"),
        format_args!("add it to the map, as in `map(… = {ty})`, or write `#[sync_wrapper(skip)]` on `{name}`"),
    );
    false
}

/// A member as the trait declares it: a fn, or a type or constant as it is.
fn declare(
    member: &Member,
    options: &Options,
    scope: &Scope,
    errors: &mut Errors,
) -> Vec<TokenStream> {
    match member.kind() {
        Some(Kind::Fn) => {
            let twins = block::twins(member, options, scope, &mut Names::of(&[]), errors);
            let twins = twins.iter().map(|MemberTwin { cfg, twin }| {
                let declared = twin.declare();
                quote!(#cfg #declared)
            });
            twins.collect()
        }
        _ => match syn::parse2(member.stream()) {
            Ok(TraitItem::Type(mut item)) => {
                item.default = None;
                vec![item.to_token_stream()]
            }
            Ok(TraitItem::Const(mut item)) => {
                item.default = None;
                vec![item.to_token_stream()]
            }
            _ => Vec::new(),
        },
    }
}

/// The same for one blocking type.
fn implement(
    member: &Member,
    path: &TokenStream,
    implementor: &Implementor,
    options: &Options,
    scope: &Scope,
    errors: &mut Errors,
) -> Vec<TokenStream> {
    let site = implementor.place;
    let conditions = attribute::conditions_of(&member.tokens);
    let ty = &implementor.async_type;
    match member.kind() {
        Some(Kind::Fn) => {
            let twins = block::twins(member, options, scope, &mut Names::of(&[]), errors);
            let twins = twins.iter().map(|MemberTwin { cfg, twin }| {
                let implemented = twin.implement();
                quote!(#cfg #(#conditions)* #implemented)
            });
            twins.collect()
        }
        _ => match syn::parse2(member.stream()) {
            Ok(TraitItem::Type(item)) => {
                let name = &item.ident;
                let (_, arguments, _) = item.generics.split_for_impl();
                let (generics, clause) = (&item.generics, &item.generics.where_clause);
                vec![quote_spanned! {site=>
                    #(#conditions)*
                    type #name #generics = <#ty as #path>::#name #arguments #clause;
                }]
            }
            Ok(TraitItem::Const(item)) => {
                let (name, of) = (&item.ident, &item.ty);
                vec![quote_spanned! {site=>
                    #(#conditions)*
                    const #name: #of = <#ty as #path>::#name;
                }]
            }
            _ => Vec::new(),
        },
    }
}

impl ToTokens for BlockingTrait {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let BlockingTrait {
            attributes,
            of_others,
            docs,
            visibility,
            name,
            original,
            generics,
            members,
            implementations,
            site,
        } = self;
        let docs = page::docs(&original.to_string(), docs, true, of_others.is_some());
        let clause = &generics.where_clause;
        tokens.extend(quote_spanned! {*site=>
            #docs
            #(#attributes)*
            #of_others
            #visibility trait #name #generics #clause {
                #(#members)*
            }
        });
        let (_, arguments, _) = generics.split_for_impl();
        for Implementation {
            generics,
            ty,
            members,
        } in implementations
        {
            let (parameters, _, clause) = generics.split_for_impl();
            tokens.extend(quote_spanned! {*site=>
                #(#attributes)*
                impl #parameters #name #arguments for #ty #clause {
                    #(#members)*
                }
            });
        }
    }
}
