//! The methods of a stream's and of a sink's blocking type, as signatures of async ones.

use crate::options::Options;
use crate::twin::expand;
use crate::types::opaque;
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::{GenericParam, Generics, Type, parse_quote};

/// Where rustc reports that the items have another type: where the user says which.
fn at(ty: &Type) -> Span {
    opaque::first_span(ty).resolved_at(Span::mixed_site())
}

/// The `self` that options name.
fn this() -> Ident {
    Ident::new("self", Span::call_site())
}

/// `next`, `next_timeout`, and `try_next` for results.
pub(super) fn of_stream(item: &Type, options: &Options) -> TokenStream {
    let site = Span::mixed_site();
    let next = quote_spanned!(at(item)=> ::core::option::Option<#item>);
    let (this, krate) = (this(), expand::krate(options.krate.as_ref(), site));
    let elapsed = format!(
        " [`Elapsed`]({}::Elapsed) if the time passes first.",
        name(&krate)
    );
    let results = try_next(item);
    // An error that has stopped a call becomes an item, if they are results.
    let unset = (options.flatten.is_some() && results.is_some())
        .then(|| quote_spanned!(site=> unset(flatten)));
    let of_next = unset
        .as_ref()
        .map(|unset| quote_spanned!(site=> #[sync_wrapper(#unset)]));
    let try_next = results.map(|output| {
        quote_spanned! {site=>
            /// The next item, in the form that `?` takes.
            ///
            /// # Errors
            ///
            /// Those of the stream.
            pub async fn try_next(#this: ::core::pin::Pin<&mut Self>) -> #output;
        }
    });
    quote_spanned! {site=>
        #of_next
        pub async fn next(#this: ::core::pin::Pin<&mut Self>) -> #next;

        /// The next item, if it comes within `limit`. If it does not, nothing is lost: the next call goes on where this one has
        /// stopped.
        ///
        /// # Errors
        ///
        #[doc = #elapsed]
        #[sync_wrapper(timeout = limit, #unset)]
        pub async fn next_timeout(
            #this: ::core::pin::Pin<&mut Self>,
            limit: ::core::time::Duration,
        ) -> #next;

        #try_next
    }
}

/// As documentation writes a path.
fn name(krate: &TokenStream) -> String {
    krate
        .to_string()
        .replace(' ', "")
        .trim_start_matches("::")
        .to_owned()
}

/// The `Result<Option<Row>, Error>` of a `Result<Row, Error>`, or of an alias of that name.
fn try_next(item: &Type) -> Option<Type> {
    let mut output = item.clone();
    let Type::Path(path) = opaque::bare_mut(&mut output) else {
        return None;
    };
    let last = path
        .path
        .segments
        .last_mut()
        .filter(|last| last.ident == "Result")?;
    let ok = opaque::type_arguments_mut(&mut last.arguments).next()?;
    *ok = parse_quote!(::core::option::Option<#ok>);
    Some(output)
}

/// `send`, `feed`, `flush` and `close`, with the generic parameters that each needs.
pub(super) fn of_sink(item: &Type, error: &Type, own: &Generics) -> TokenStream {
    let site = Span::mixed_site();
    let output = quote_spanned!(at(error)=> ::core::result::Result<(), #error>);
    let (this, clause) = (this(), &own.where_clause);
    quote_spanned! {site=>
        /// Sends an item, and waits until it has left the sink's buffer.
        ///
        /// # Errors
        ///
        /// Those of the sink.
        pub async fn send #own(#this: ::core::pin::Pin<&mut Self>, item: #item) -> #output #clause;

        /// Puts an item into the sink's buffer, and waits only for room. [`flush`](Self::flush) waits until all has left it.
        ///
        /// # Errors
        ///
        /// Those of the sink.
        pub async fn feed #own(#this: ::core::pin::Pin<&mut Self>, item: #item) -> #output #clause;

        /// Waits until all items have left the sink's buffer.
        ///
        /// # Errors
        ///
        /// Those of the sink.
        pub async fn flush #own(#this: ::core::pin::Pin<&mut Self>) -> #output #clause;

        /// Waits until all items have left the sink's buffer, and ends it: nothing can be sent any more.
        ///
        /// # Errors
        ///
        /// Those of the sink.
        pub async fn close #own(#this: ::core::pin::Pin<&mut Self>) -> #output #clause;
    }
}

/// Takes the parameters out that the type does not have: of a sink for items of any type, they belong to the methods.
pub(super) fn take_generics(generics: &mut Generics, ty: &Type) -> Generics {
    let all = std::mem::take(generics);
    let mut own = Generics::default();
    for param in all.params {
        let name = match &param {
            GenericParam::Type(param) => &param.ident,
            GenericParam::Const(param) => &param.ident,
            GenericParam::Lifetime(param) => &param.lifetime.ident,
        };
        let of = match names(ty.to_token_stream(), name) {
            true => &mut *generics,
            false => &mut own,
        };
        of.params.push(param);
    }
    for predicate in all
        .where_clause
        .into_iter()
        .flat_map(|clause| clause.predicates)
    {
        let is_own = own.params.iter().any(|param| match param {
            GenericParam::Type(param) => names(predicate.to_token_stream(), &param.ident),
            GenericParam::Const(param) => names(predicate.to_token_stream(), &param.ident),
            GenericParam::Lifetime(param) => {
                names(predicate.to_token_stream(), &param.lifetime.ident)
            }
        });
        let of = if is_own { &mut own } else { &mut *generics };
        of.make_where_clause().predicates.push(predicate);
    }
    own
}

fn names(tokens: TokenStream, name: &Ident) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == *name,
        TokenTree::Group(group) => names(group.stream(), name),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::{take_generics, try_next};
    use quote::{ToTokens, quote};
    use syn::{Generics, ItemImpl, Type, parse_quote};

    #[test]
    fn results_are_known_by_their_name() {
        let check = |item: Type, output: Option<Type>| {
            let found = try_next(&item).map(|ty| ty.to_token_stream().to_string());
            assert_eq!(found, output.map(|ty| ty.to_token_stream().to_string()));
        };
        check(
            parse_quote!(Result<Row, Error>),
            Some(parse_quote!(Result<::core::option::Option<Row>, Error>)),
        );
        check(
            parse_quote!(io::Result<Bytes>),
            Some(parse_quote!(io::Result<::core::option::Option<Bytes>>)),
        );
        check(parse_quote!(Row), None);
        check(parse_quote!(Option<Result<Row, Error>>), None);
        check(parse_quote!(fmt::Result), None);
    }

    #[test]
    fn parameters_of_the_items_belong_to_the_methods() {
        let block: ItemImpl = parse_quote! {
            impl<'a, T, I: Clone, const N: usize> Sink<I> for Buffer<'a, T> where T: Send, I: Into<T> {}
        };
        let mut generics = block.generics;
        let own = take_generics(&mut generics, &block.self_ty);
        let text = |generics: &Generics| {
            let clause = &generics.where_clause;
            quote!(#generics #clause).to_string()
        };
        assert_eq!(text(&generics), quote!(<'a, T> where T: Send).to_string());
        let expected = quote!(<I: Clone, const N: usize> where I: Into<T>);
        assert_eq!(text(&own), expected.to_string());
    }
}
