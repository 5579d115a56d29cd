//! The async type that a blocking type holds.
//!
//! In a method of the async type, `Self` is that type. In the blocking type's method of the same name, `Self` is the blocking
//! type. So `Self` is written out first, and put back where a value is converted.

use crate::types::family::Pair;
use crate::types::opaque::{bare, text};
use crate::types::polled::Polled;
use proc_macro2::{Group, Ident, Spacing, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt as _;
use syn::{FnArg, Signature, Type, parse_quote};

pub(crate) struct InnerType {
    /// `Client<T>`
    pub(crate) ty: Type,
    /// `Client`
    pub(crate) name: String,
    /// Whether another crate has its methods, of which we only have the signatures.
    pub(crate) is_foreign: bool,
    /// The trait whose methods they are, and by whose path they are called: `Store<T>`.
    pub(crate) as_trait: Option<TokenStream>,
    /// Whether the blocking type is one that others have declared, known by its methods only.
    pub(crate) is_implementor: bool,
    /// Where the user says that this type implements the trait, for what rustc says of that.
    pub(crate) place: Option<Span>,
    /// If the methods are those that a stream or a sink has in the place of `poll_…`.
    pub(crate) polled: Option<Polled>,
    /// The blocking type's fields beside it.
    pub(crate) fields: Vec<Ident>,
    /// The method that its blocking type's `Drop` calls.
    pub(crate) close: Option<Ident>,
    /// The blocking type that stands for it with other generic arguments, if any does.
    pub(crate) pair: Option<Pair>,
    text: String,
}

impl InnerType {
    pub(crate) fn new(ty: Type) -> Self {
        // A `$ty:ty` comes in an invisible group.
        let ty = bare(&ty).clone();
        let name = match &ty {
            Type::Path(path) => {
                let segments = path.path.segments.iter();
                let names: Vec<_> = segments.map(|segment| segment.ident.to_string()).collect();
                names.join("::")
            }
            other => other.to_token_stream().to_string(),
        };
        let text = text(&ty);
        InnerType {
            ty,
            name,
            is_foreign: false,
            as_trait: None,
            is_implementor: false,
            place: None,
            polled: None,
            fields: Vec::new(),
            close: None,
            pair: None,
            text,
        }
    }

    /// That of a blocking type which implements a blocking trait: `Self` in the async trait, and in the other one.
    pub(crate) fn of_implementor(ty: Type, as_trait: TokenStream, name: String) -> Self {
        InnerType {
            name,
            as_trait: Some(as_trait),
            is_implementor: true,
            text: String::from("Self"),
            ..InnerType::new(ty)
        }
    }

    /// Whether `ty` is the async type.
    pub(crate) fn is(&self, ty: &Type) -> bool {
        text(ty) == self.text
    }

    /// Whether a method of this name closes the value.
    pub(crate) fn is_closed_by(&self, method: &Ident) -> bool {
        self.close
            .as_ref()
            .is_some_and(|close| close.unraw() == method.unraw())
    }

    /// The blocking type, in its own impl block.
    pub(crate) fn outer(&self) -> Type {
        parse_quote!(Self)
    }

    /// The signature with `Self` written out, except in its receiver.
    pub(crate) fn write_out(&self, signature: &Signature) -> Signature {
        if self.is_implementor {
            return signature.clone();
        }
        let tokens = self.substitute(signature.to_token_stream());
        let Ok(mut written) = syn::parse2::<Signature>(tokens) else {
            return signature.clone();
        };
        for (written, original) in written.inputs.iter_mut().zip(&signature.inputs) {
            if let FnArg::Receiver(_) = original {
                *written = original.clone();
            }
        }
        written
    }

    /// A type that the async fn has, for an expression in the blocking one: there, `Self` is the blocking type.
    pub(crate) fn of_async(&self, ty: &Type) -> Type {
        if !self.is_implementor {
            return ty.clone();
        }
        let written = replace_self(ty.to_token_stream(), &self.ty, true);
        syn::parse2(written).unwrap_or_else(|_| ty.clone())
    }

    /// Tokens with `Self` written out.
    pub(crate) fn substitute(&self, tokens: TokenStream) -> TokenStream {
        if self.is_implementor {
            return tokens;
        }
        replace_self(tokens, &self.ty, false)
    }
}

/// Writes `ty` in the place of `Self`. If `keeps_paths`, then not in `Self::Item`.
fn replace_self(tokens: TokenStream, ty: &Type, keeps_paths: bool) -> TokenStream {
    let mut tokens = tokens.into_iter().peekable();
    let mut replaced = TokenStream::new();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(ident) if ident == "Self" => match tokens.peek() {
                // Not the colon of a bound.
                Some(TokenTree::Punct(punct))
                    if punct.as_char() == ':' && punct.spacing() == Spacing::Joint =>
                {
                    match keeps_paths {
                        true => ident.to_tokens(&mut replaced),
                        false => replaced.extend(quote!(<#ty>)),
                    }
                }
                _ => ty.to_tokens(&mut replaced),
            },
            TokenTree::Group(group) => {
                let inside = replace_self(group.stream(), ty, keeps_paths);
                let mut inside = Group::new(group.delimiter(), inside);
                inside.set_span(group.span());
                replaced.extend([TokenTree::Group(inside)]);
            }
            token => replaced.extend([token]),
        }
    }
    replaced
}
