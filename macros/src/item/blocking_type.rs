//! A type that blocks: it contains the async one, and has its methods under their own names.

use crate::error::Errors;
use crate::item::block::{self, Block, MemberTwin, Names};
use crate::options::{Options, TypeName};
use crate::syntax::attribute;
use crate::syntax::item_kind::Kind;
use crate::twin::expand;
use crate::twin::scope::Scope;
use crate::types::inner_type::InnerType;
use crate::types::lifetime::Namer;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{
    GenericParam, Generics, ItemImpl, Path, PathArguments, Type, Visibility, parse_quote_spanned,
};

pub(crate) struct BlockingType {
    /// Those of the impl block that everything made from it shares.
    attributes: Vec<TokenStream>,
    generics: Generics,
    /// `BlockingClient<T>`
    path: Path,
    inner: Box<InnerType>,
    declaration: Option<Declaration>,
    methods: Vec<MemberTwin>,
    /// Where the user has the runtime crate.
    krate: Option<Path>,
    site: Span,
}

/// What exists once, however many impl blocks the type has.
struct Declaration {
    visibility: Visibility,
    name: Ident,
    derive: Option<TokenStream>,
    /// The names of the async type's methods, which `into_inner` and `as_async` must not take.
    taken: Vec<String>,
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
        let scope = Scope::BlockingType(Box::new(InnerType::new(ty)));
        let mut names = Names::of(&[]);
        let methods: Vec<_> = block
            .members
            .iter()
            .filter(|member| member.kind() == Some(Kind::Fn))
            .flat_map(|member| block::twins(member, options, &scope, &mut names, errors))
            .collect();
        let declaration = match type_name {
            TypeName::Declared { visibility, name } => Some(Declaration {
                visibility: visibility.clone(),
                name: name.clone(),
                derive: options.derive.clone(),
                taken: methods
                    .iter()
                    .map(|method| method.twin.name.to_string())
                    .collect(),
            }),
            TypeName::Extended(_) if methods.is_empty() => return None,
            TypeName::Extended(_) => None,
        };
        let Scope::BlockingType(inner) = scope else {
            return None;
        };
        Some(BlockingType {
            attributes,
            generics,
            path,
            inner,
            declaration,
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

impl ToTokens for BlockingType {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let BlockingType {
            attributes,
            generics,
            path,
            methods,
            ..
        } = self;
        let clause = &generics.where_clause;
        let declared = self.declaration.as_ref().map(|one| self.declare(one));
        let conversions = self.declaration.as_ref().map(|one| self.conversions(one));
        tokens.extend(quote_spanned! {self.site=>
            #declared
            #(#attributes)*
            impl #generics #path #clause {
                #conversions
                #(#methods)*
            }
        });
    }
}

impl BlockingType {
    fn declare(&self, declaration: &Declaration) -> TokenStream {
        let BlockingType {
            attributes,
            generics,
            path,
            ..
        } = self;
        let InnerType {
            ty, name: inner, ..
        } = &*self.inner;
        let Declaration {
            visibility,
            name,
            derive,
            ..
        } = declaration;
        let private = self.private();
        let bounds = without_attributes(generics);
        let clause = &generics.where_clause;
        let first = format!(" The blocking twin of [`{inner}`]: the same methods, which block.");
        let last = format!(
            " In async code, use [`{inner}`] instead: these methods block the thread that calls them."
        );
        quote_spanned! {self.site=>
            #[doc = #first]
            #[doc = ""]
            #[doc = #last]
            #(#attributes)*
            #derive
            #visibility struct #name #bounds #clause {
                // The impl blocks of a type may be in many modules of its crate, and `extend` in all of them.
                pub(crate) inner: #private::Inner<#ty>,
            }

            #(#attributes)*
            impl #generics ::core::convert::From<#ty> for #path #clause {
                fn from(inner: #ty) -> Self {
                    Self { inner: #private::Inner::new(inner) }
                }
            }
        }
    }

    fn private(&self) -> TokenStream {
        expand::private(self.krate.as_ref(), self.site)
    }

    /// `into_inner` and `as_async`, unless the async type has methods of these names.
    fn conversions(&self, declaration: &Declaration) -> TokenStream {
        let InnerType { ty, name, .. } = &*self.inner;
        let visibility = &declaration.visibility;
        let private = self.private();
        let is_free = |name: &str| !declaration.taken.iter().any(|taken| taken == name);
        let into_inner = is_free("into_inner").then(|| {
            let doc = format!(" The [`{name}`] inside.");
            quote_spanned! {self.site=>
                #[doc = #doc]
                #[must_use]
                #visibility fn into_inner(self) -> #ty {
                    #private::Inner::into_inner(self.inner)
                }
            }
        });
        let as_async = is_free("as_async").then(|| {
            let doc = format!(" The [`{name}`] inside, for async code.");
            quote_spanned! {self.site=>
                #[doc = #doc]
                #[must_use]
                #visibility fn as_async(&self) -> &#ty {
                    #private::Inner::get(&self.inner)
                }
            }
        });
        quote!(#into_inner #as_async)
    }
}

/// The parameters with their bounds, without which the async type may not be well-formed.
fn without_attributes(generics: &Generics) -> Generics {
    let mut generics = generics.clone();
    for param in &mut generics.params {
        match param {
            GenericParam::Type(param) => param.attrs.clear(),
            GenericParam::Lifetime(param) => param.attrs.clear(),
            GenericParam::Const(param) => param.attrs.clear(),
        }
    }
    generics
}
