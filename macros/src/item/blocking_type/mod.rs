//! A type that blocks: it contains the async one, and has its methods under their own names.

mod constant;
mod declaration;

use crate::error::Errors;
use crate::item::block::{self, Block, MemberTwin, Names};
use crate::options::{Options, TypeName};
use crate::syntax::attribute;
use crate::syntax::item_kind::Kind;
use crate::twin::expand;
use crate::twin::scope::Scope;
use crate::types::family::Pair;
use crate::types::inner_type::InnerType;
use crate::types::lifetime::Namer;
use constant::Constant;
use declaration::Declaration;
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Generics, ItemImpl, Path, PathArguments, Type, parse_quote_spanned};

pub(crate) struct BlockingType {
    /// Those of the impl block that everything made from it shares.
    attributes: Vec<TokenStream>,
    generics: Generics,
    /// `BlockingClient<T>`
    path: Path,
    inner: Box<InnerType>,
    declaration: Option<Declaration>,
    constants: Vec<Constant>,
    methods: Vec<MemberTwin>,
    /// Where the user has the runtime crate.
    krate: Option<Path>,
    site: Span,
}

impl BlockingType {
    /// `None` if there is nothing to add.
    pub(crate) fn check(
        block: &Block,
        head: ItemImpl,
        options: &Options,
        errors: &mut Errors,
    ) -> Option<Self> {
        let attributes = attribute::keep_for_block(&head.attrs);
        let mut generics = head.generics;
        let mut ty = *head.self_ty;
        // `impl Client<'_>`: the declaration of a type has to name all its lifetimes.
        let mut namer = Namer::new(&quote!(#generics #ty));
        namer.visit_all(&mut ty);
        namer.declare(&mut generics);

        let site = Span::mixed_site();
        let type_name = options.blocking_type()?;
        let path = path(type_name, &generics, &ty, site);
        let mut inner = InnerType::new(ty);
        inner.is_foreign = options.foreign.is_some();
        let fields = options.fields.iter().flatten();
        inner.fields = fields.map(|field| field.name.clone()).collect();
        inner.pair = pair(type_name, &generics, &inner.ty);
        let scope = Scope::BlockingType(Box::new(inner));
        let mut names = Names::of(&[]);
        let methods: Vec<_> = block
            .members
            .iter()
            .filter(|member| member.kind() == Some(Kind::Fn))
            .flat_map(|member| block::twins(member, options, &scope, &mut names, errors))
            .collect();
        let Scope::BlockingType(inner) = scope else {
            return None;
        };
        let constants = block
            .members
            .iter()
            .filter(|member| member.kind() == Some(Kind::Const));
        let constants: Vec<_> = constants
            .filter_map(|member| Constant::of(member, &inner))
            .collect();
        let declaration = match type_name {
            TypeName::Declared { visibility, name } => {
                let taken = methods.iter().map(|method| method.twin.name.to_string());
                Some(Declaration::new(
                    visibility,
                    name,
                    &head.attrs,
                    options,
                    taken.collect(),
                ))
            }
            TypeName::Extended(_) if methods.is_empty() && constants.is_empty() => return None,
            TypeName::Extended(_) => None,
        };
        Some(BlockingType {
            attributes,
            generics,
            path,
            inner,
            declaration,
            constants,
            methods,
            krate: options.krate.clone(),
            site,
        })
    }
}

/// The blocking type with its generic arguments: those that the block declares, or those of the async type in it.
fn path(name: &TypeName, generics: &Generics, ty: &Type, site: Span) -> Path {
    match name {
        TypeName::Declared { name, .. } => {
            let (_, arguments, _) = generics.split_for_impl();
            parse_quote_spanned!(site=> #name #arguments)
        }
        TypeName::Extended(path) => {
            let mut path = path.clone();
            let arguments = match ty {
                Type::Path(ty) => ty.path.segments.last().map(|last| last.arguments.clone()),
                _ => None,
            };
            if let (Some(last), Some(arguments)) = (path.segments.last_mut(), arguments) {
                if matches!(last.arguments, PathArguments::None) {
                    last.arguments = arguments;
                }
            }
            path
        }
    }
}

/// `Transaction<'_>` has a blocking type too, in a block of `Transaction<'a>`.
fn pair(name: &TypeName, generics: &Generics, ty: &Type) -> Option<Pair> {
    let to = match name {
        TypeName::Declared { name, .. } => Path::from(name.clone()),
        TypeName::Extended(path) => path.clone(),
    };
    Pair::of_block(ty, generics, to)
}

impl ToTokens for BlockingType {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let BlockingType {
            attributes,
            generics,
            path,
            constants,
            methods,
            ..
        } = self;
        let clause = &generics.where_clause;
        let declared = self.declaration.as_ref().map(|one| one.declare(self));
        let conversions = self.declaration.as_ref().map(|one| one.conversions(self));
        tokens.extend(quote_spanned! {self.site=>
            #declared
            #(#attributes)*
            impl #generics #path #clause {
                #conversions
                #(#constants)*
                #(#methods)*
            }
        });
    }
}

impl BlockingType {
    fn private(&self) -> TokenStream {
        expand::private(self.krate.as_ref(), self.site)
    }
}
