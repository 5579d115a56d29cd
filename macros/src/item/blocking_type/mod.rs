//! A type that blocks: it contains the async one, and has its methods under their own names.

mod constant;
mod declaration;
mod ending;
pub(crate) mod pinned;
mod writer;

use crate::error::Errors;
use crate::item::block::{self, Block, MemberTwin, Names};
use crate::item::blocking_stream;
use crate::options::{Attributes, Options, TypeName};
use crate::syntax::attribute;
use crate::syntax::item_kind::Kind;
use crate::twin::expand;
use crate::twin::output::Returns;
use crate::twin::scope::Scope;
use crate::types::family::Pair;
use crate::types::inner_type::InnerType;
use crate::types::lifetime::Namer;
use crate::types::opaque::bare;
use crate::types::polled::Polled;
use constant::Constant;
use declaration::{Declaration, Methods};
use ending::Ending;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{
    Attribute, GenericParam, Generics, ItemImpl, ItemTrait, Path, PathArguments, Type,
    parse_quote_spanned,
};
use writer::Writer;

pub(crate) struct BlockingType {
    /// Those of the impl block that everything made from it shares.
    attributes: Vec<TokenStream>,
    /// Those of others, for the impl block of the methods.
    of_others: Option<Attributes>,
    generics: Generics,
    /// `BlockingClient<T>`
    path: Path,
    inner: Box<InnerType>,
    declaration: Option<Declaration>,
    constants: Vec<Constant>,
    methods: Vec<MemberTwin>,
    /// If it is made from a stream.
    pub(crate) iterator: Option<blocking_stream::Iterator>,
    /// Where the user has the runtime crate.
    krate: Option<Path>,
    site: Span,
}

/// Of an impl block, or of the one that a trait amounts to.
pub(crate) struct Head<'a> {
    pub(crate) attributes: &'a [Attribute],
    pub(crate) generics: Generics,
    pub(crate) ty: Type,
    /// The name and the path of a trait whose methods they are.
    pub(crate) of_trait: Option<(String, TokenStream)>,
    /// If it is a stream or a sink.
    pub(crate) polled: Option<Polled>,
}

impl BlockingType {
    /// `None` if there is nothing to add.
    pub(crate) fn check(
        block: &Block,
        head: ItemImpl,
        options: &Options,
        errors: &mut Errors,
    ) -> Option<Self> {
        let ItemImpl {
            attrs,
            generics,
            self_ty,
            ..
        } = head;
        let head = Head {
            attributes: &attrs,
            generics,
            ty: *self_ty,
            of_trait: None,
            polled: None,
        };
        BlockingType::of(block, head, options, errors)
    }

    /// The type that contains any implementor of a trait.
    pub(crate) fn of_trait(
        block: &Block,
        head: &ItemTrait,
        path: TokenStream,
        options: &Options,
        errors: &mut Errors,
    ) -> Option<Self> {
        let site = Span::mixed_site();
        let taken: Vec<_> = head
            .generics
            .type_params()
            .map(|param| param.ident.clone())
            .collect();
        let implementor = parameter(&taken);
        let mut generics = without_defaults(&head.generics);
        generics
            .params
            .push(parse_quote_spanned!(site=> #implementor: #path));
        let head = Head {
            attributes: &head.attrs,
            generics,
            ty: parse_quote_spanned!(site=> #implementor),
            of_trait: Some((head.ident.to_string(), path)),
            polled: None,
        };
        BlockingType::of(block, head, options, errors)
    }

    pub(crate) fn of(
        block: &Block,
        head: Head<'_>,
        options: &Options,
        errors: &mut Errors,
    ) -> Option<Self> {
        let attributes = attribute::keep_for_block(head.attributes);
        let mut generics = head.generics;
        let mut ty = head.ty;
        // `impl Client<'_>`: the declaration of a type has to name all its lifetimes.
        let mut namer = Namer::new(&quote!(#generics #ty));
        namer.visit_all(&mut ty);
        namer.declare(&mut generics);

        let site = Span::mixed_site();
        let type_name = options.blocking_type()?;
        let path = path(type_name, &generics, &ty, site);
        let mut inner = InnerType::new(ty);
        if let Some((name, path)) = head.of_trait {
            inner.name = name;
            inner.as_trait = Some(path);
        }
        // The signatures of a stream's or a sink's methods are ours, and not in the block.
        inner.is_foreign = options.foreign.is_some() || head.polled.is_some();
        inner.polled = head.polled;
        let fields = options.fields.as_deref().unwrap_or_default();
        inner.fields = fields.iter().map(|field| field.name.clone()).collect();
        inner.pair = pair(type_name, &generics, &inner.ty);
        let mut scope = Scope::BlockingType(Box::new(inner));
        let ending = Ending::check(block, options, &mut scope, errors);
        if let (Scope::BlockingType(inner), Some(_)) = (&mut scope, &ending) {
            inner.close.clone_from(&options.close);
        }
        let mut names = Names::of(&[]);
        let mut methods = Vec::new();
        for member in &block.members {
            if member.kind() == Some(Kind::Fn) {
                methods.extend(block::twins(member, options, &scope, &mut names, errors));
            }
        }
        let Scope::BlockingType(mut inner) = scope else {
            return None;
        };
        inner.is_foreign = options.foreign.is_some();
        let iterator = blocking_stream::Iterator::take(&mut methods);
        // The fns of a trait are as visible as the trait.
        if let (Some(_), TypeName::Declared { visibility, .. }) = (&inner.as_trait, type_name) {
            for method in &mut methods {
                method.twin.visibility = visibility.clone();
            }
        }
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
                // A block elsewhere may have a method of that name.
                let skipped = options.skipped().iter().map(Ident::to_string);
                let taken: Vec<_> = taken.chain(skipped).collect();
                let write = options.write.as_ref();
                Some(Declaration::new(
                    visibility,
                    name,
                    head.attributes,
                    options,
                    Methods {
                        writer: write.map(|method| Writer::new(method, block, &taken)),
                        taken,
                        ending,
                        pin: inner.polled.is_some()
                            || methods.iter().any(|method| method.twin.pins()),
                    },
                ))
            }
            TypeName::Extended(_) if iterator.is_some() => None,
            TypeName::Extended(_) if methods.is_empty() && constants.is_empty() => return None,
            TypeName::Extended(_) => None,
        };
        Some(BlockingType {
            attributes,
            of_others: options.impl_attrs.clone(),
            generics,
            path,
            inner,
            declaration,
            constants,
            methods,
            iterator,
            krate: options.krate.clone(),
            site,
        })
    }
}

/// Only declarations may have defaults, and only at the end, where the implementor is.
fn without_defaults(generics: &Generics) -> Generics {
    let mut generics = generics.clone();
    for param in &mut generics.params {
        match param {
            GenericParam::Type(param) => param.default = None,
            GenericParam::Const(param) => param.default = None,
            GenericParam::Lifetime(_) => {}
        }
    }
    generics
}

/// A generic parameter beside those of a trait.
fn parameter(taken: &[Ident]) -> Ident {
    let mut names = ["T", "U", "V"].map(String::from).into_iter();
    let site = Span::mixed_site();
    let is_free = |name: &String| taken.iter().all(|taken| taken != name);
    let name = names.find(is_free).unwrap_or_else(|| {
        let longest = taken.iter().map(|taken| taken.to_string().len()).max();
        "T".repeat(longest.unwrap_or_default() + 1)
    });
    Ident::new(&name, site)
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
            let arguments = match bare(ty) {
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
            constants, methods, ..
        } = self;
        let declared = self.declaration.as_ref().map(|one| one.declare(self));
        let conversions = self.declaration.as_ref().map(|one| one.conversions(self));
        let iterator = self.iterator.as_ref().map(|one| {
            let BlockingType {
                attributes,
                generics,
                path,
                ..
            } = self;
            one.implement(attributes, generics, path, self.site)
        });
        let of_others = self.of_others.as_ref();
        let is_theirs = |method: &&MemberTwin| of_others.is_some() && method.is_for_others();
        let (theirs, ours): (Vec<_>, Vec<_>) = methods.iter().partition(is_theirs);
        let values = theirs.iter().filter_map(|method| method.values());
        let theirs = (!theirs.is_empty()).then(|| self.block(of_others, &quote!(#(#theirs)*)));
        let ours = quote!(#(#constants)* #(#values)* #(#ours)* #conversions);
        let ours = (!ours.is_empty()).then(|| self.block(None, &ours));
        tokens.extend(quote!(#declared #theirs #ours #iterator));
    }
}

impl BlockingType {
    /// An impl block of it.
    fn block(&self, of_others: Option<&Attributes>, members: &TokenStream) -> TokenStream {
        let BlockingType {
            attributes,
            generics,
            path,
            ..
        } = self;
        let clause = &generics.where_clause;
        // What is said of the methods together is said of the async type. What others take may take nothing else.
        let lints = of_others.is_none().then(|| {
            quote_spanned!(self.site=> #[allow(clippy::len_without_is_empty, clippy::new_without_default)])
        });
        quote_spanned! {self.site=>
            #(#attributes)*
            #lints
            #of_others
            impl #generics #path #clause {
                #members
            }
        }
    }

    /// Whether it has anything else than what is passed through.
    fn blocks(&self) -> bool {
        let mut methods = self.methods.iter();
        methods.any(|method| method.twin.output.returns != Returns::Value)
    }

    fn private(&self) -> TokenStream {
        expand::private(self.krate.as_ref(), self.site)
    }
}
