//! A call that is stopped before it has completed: by its `timeout`, or its `cancel`.

use crate::error::{Code, Errors};
use crate::options::{Isolation, Key, Options, compact_type};
use crate::syntax::function::Function;
use crate::syntax::span_range::SpanRange;
use crate::twin::Twin;
use crate::twin::setting::{Cancel, Timeout};
use crate::types::opaque::{self, bare};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{ReturnType, Type};

/// Types that are not a `Result`, whatever a crate imports: no alias of one has such a name.
const NO_RESULTS: [&str; 25] = [
    "Option", "Box", "Vec", "String", "Arc", "Rc", "HashMap", "BTreeMap", "bool", "char", "str",
    "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize", "f32",
    "f64",
];

impl Twin {
    /// The type in the runtime crate that says what has stopped a call.
    fn stopped(&self) -> Option<Ident> {
        let settings = &self.settings;
        let name = match (&settings.timeout, &settings.cancel) {
            (None, None) => return None,
            (Some(_), None) => "Elapsed",
            (None, Some(_)) => "Cancelled",
            (Some(_), Some(_)) => "Stopped",
        };
        Some(Ident::new(name, self.site))
    }

    /// The path of that type.
    pub(crate) fn stopped_type(&self) -> Option<TokenStream> {
        let (krate, stopped) = (self.krate(self.site), self.stopped()?);
        Some(quote_spanned!(self.site=> #krate::#stopped))
    }

    /// What the twin returns if its call returns `ty`.
    pub(super) fn stoppable_type(&self, ty: &ReturnType) -> TokenStream {
        let stopped = self.stopped_type();
        let stopped = stopped.filter(|_| self.settings.flatten.is_none());
        let Some(stopped) = stopped else {
            return ty.to_token_stream();
        };
        let output = match ty {
            ReturnType::Default => quote_spanned!(self.site=> ()),
            ReturnType::Type(_, ty) => ty.to_token_stream(),
        };
        quote_spanned!(self.site=> -> ::core::result::Result<#output, #stopped>)
    }

    /// What builds a future that is stopped, made of what builds the one that is not. No closure becomes part of a future's type,
    /// which has to be known here.
    pub(super) fn stoppable(&self, future: &TokenStream) -> TokenStream {
        let private = self.private(self.site);
        let limit = self.settings.timeout.as_ref().map(|one| &one.variable);
        let cancel = self.settings.cancel.as_ref().map(|one| &one.variable);
        match (limit, cancel) {
            (None, None) => quote_spanned!(self.site=> move || #future),
            (Some(limit), None) => {
                quote_spanned!(self.site=> move || #private::within(#private::alarm(#limit), #future))
            }
            (None, Some(cancel)) => {
                quote_spanned!(self.site=> move || #private::until_cancelled(#private::watch(#cancel), move || #future))
            }
            (Some(limit), Some(cancel)) => quote_spanned! {self.site=>
                move || #private::until_stopped(#private::alarm(#limit), #private::watch(#cancel), move || #future)
            },
        }
    }

    /// The type of what cancels the call, which is part of what is sent to another thread.
    pub(super) fn cancel_type(&self) -> Option<TokenStream> {
        let Cancel {
            variable,
            expression,
        } = self.settings.cancel.as_ref()?;
        let place = place_of(expression);
        let private = self.private(place);
        let arg_type = match self.options.isolation {
            Some(Isolation::Always) => Ident::new("send_arg_type", place),
            _ => Ident::new("arg_type", place),
        };
        Some(quote_spanned!(place=> #private::#arg_type(&#variable),))
    }

    /// The time limit and what cancels the call, before the arguments are passed on.
    pub(super) fn stops(&self) -> TokenStream {
        let caller = quote_spanned!(self.site=> ::core::panic::Location::caller());
        let timeout = self.settings.timeout.iter().map(
            |Timeout {
                 variable,
                 expression,
             }| {
                let limit = self.stop("time_limit", expression, expression);
                quote_spanned!(self.site=> let #variable = #limit.at(#caller);)
            },
        );
        let cancel = self.settings.cancel.iter().map(
            |Cancel {
                 variable,
                 expression,
             }| {
                let place = place_of(expression);
                let lent = quote_spanned!(place=> &(#expression));
                let cancelling = self.stop("cancelling", expression, &lent);
                quote_spanned!(self.site=> let #variable = #cancelling.at(#caller);)
            },
        );
        quote!(#(#timeout)* #(#cancel)*)
    }

    /// What an editor completes in these expressions.
    pub(super) fn stop_values(&self) -> Option<TokenStream> {
        let timeout = self.settings.timeout.as_ref();
        let cancel = self.settings.cancel.as_ref();
        let timeout = timeout.map(|Timeout { expression, .. }| {
            let private = self.private(self.site);
            quote_spanned!(self.site=> let _ = #private::time_limit(#expression);)
        });
        let cancel = cancel.map(|Cancel { expression, .. }| {
            let private = self.private(self.site);
            quote_spanned!(self.site=> let _ = #private::cancelling(&(#expression));)
        });
        (timeout.is_some() || cancel.is_some()).then(|| quote!(#timeout #cancel))
    }

    /// `function(value)`, where rustc reports at `expression` what is of the wrong type.
    fn stop(&self, function: &str, expression: &TokenStream, value: &TokenStream) -> TokenStream {
        let place = place_of(expression);
        let private = self.private(place);
        let function = Ident::new(function, place);
        quote_spanned!(place=> #private::#function(#value))
    }

    /// What the twin returns, made of `outcome`: with `flatten`, that has one `Result` less.
    pub(super) fn flatten(&self, outcome: TokenStream) -> TokenStream {
        match &self.settings.flatten {
            Some(map) => self.flatten_by(map, &outcome),
            None => outcome,
        }
    }

    /// The same by what makes the error.
    pub(crate) fn flatten_by(&self, map: &TokenStream, outcome: &TokenStream) -> TokenStream {
        let place = place_of(map);
        let private = self.private(place);
        let flatten = Ident::new("flatten", place);
        quote_spanned!(place=> #private::#flatten(#outcome, #map))
    }
}

/// rustc reports at an option what is wrong with its type.
fn place_of(expression: &TokenStream) -> Span {
    SpanRange::of(expression)
        .first
        .resolved_at(Span::mixed_site())
}

/// `flatten` makes an error of what has stopped the call, so there has to be a `Result`. Of most types that are none, the name
/// tells; of the others rustc does.
pub(super) fn check_flatten(
    function: &Function,
    ty: &ReturnType,
    options: &Options,
    errors: &mut Errors,
) {
    if options.flatten.is_none() || !options.can_stop() {
        return;
    }
    if may_be_result(ty) {
        return;
    }
    let ident = &function.signature.ident;
    let what = match ty {
        ReturnType::Type(_, ty) => format!("a `{}`", compact_type(ty)),
        ReturnType::Default => String::from("nothing"),
    };
    match options.key(Key::Flatten) {
        Some(key) => errors.push(
            Code::FlattenWithoutResult,
            key,
            format_args!("`flatten` turns what stops the call into an error, but `{ident}` returns {what}"),
            "remove `flatten`, or return a `Result`",
        ),
        None => errors.push(
            Code::FlattenWithoutResult,
            ident,
            format_args!("the block has `flatten`, which turns what stops a call into an error, but `{ident}` returns {what}"),
            format_args!("write `#[sync_wrapper(unset(flatten))]` on `{ident}`, or return a `Result`"),
        ),
    }
}

/// Whether a fn with this output may return a `Result`.
pub(super) fn may_be_result(output: &ReturnType) -> bool {
    let ReturnType::Type(_, ty) = output else {
        return false;
    };
    match bare(ty) {
        Type::Path(_) | Type::Macro(_) | Type::Verbatim(_) => {
            opaque::last_of(ty).is_none_or(|last| NO_RESULTS.iter().all(|name| last.ident != name))
        }
        _ => false,
    }
}
