//! The options that are expressions, and the variables that hold their values during a call.

use crate::options::{Options, RuntimeChoice};
use crate::twin::argument::{Argument, free_name};
use crate::twin::option_expr;
use crate::twin::output::{IntoKind, Output, Returns};
use crate::twin::scope::Scope;
use crate::twin::stopping;
use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens as _;

pub(crate) struct Settings {
    pub(crate) timeout: Option<Timeout>,
    pub(crate) cancel: Option<Cancel>,
    /// What makes the fn's own error of what has stopped its call.
    pub(crate) flatten: Option<TokenStream>,
    /// The runtime, if one was chosen.
    pub(crate) runtime: Option<Runtime>,
    /// What the waiting happens in.
    pub(crate) around: Option<Around>,
    /// The variable for where the async value is, if the call returns a reference to it.
    pub(crate) receiver: Option<Ident>,
}

pub(crate) struct Timeout {
    pub(crate) variable: Ident,
    pub(crate) expression: TokenStream,
}

/// What ends a call from another thread.
pub(crate) struct Cancel {
    pub(crate) variable: Ident,
    pub(crate) expression: TokenStream,
}

pub(crate) struct Runtime {
    pub(crate) variable: Ident,
    /// The variable for what replaces it while the items of a stream are read.
    pub(crate) items: Option<Ident>,
    pub(crate) source: Source,
}

/// A fn of the user's, which runs the waiting as a closure.
pub(crate) struct Around {
    pub(crate) path: TokenStream,
    /// The variable for where the twin is called, which the closure cannot learn.
    pub(crate) site: Ident,
}

/// Where a call's runtime comes from.
pub(crate) enum Source {
    /// The fn of this name in the runtime crate.
    Flavor(&'static str),
    /// An expression, which lends it.
    Lent(TokenStream),
    /// An expression, which lends its handle, since the call moves what the expression names.
    LentByHandle(TokenStream),
}

impl Settings {
    /// Whether a call may be stopped before it has completed.
    pub(crate) fn can_stop(&self) -> bool {
        self.timeout.is_some() || self.cancel.is_some()
    }

    /// A timeout limits a future, and a runtime runs a future or a stream. Other fns need neither.
    pub(crate) fn of(
        options: &Options,
        arguments: &[Argument],
        output: &Output,
        scope: &Scope,
        site: Span,
    ) -> Self {
        let mut taken: Vec<_> = arguments.iter().map(|one| one.value.clone()).collect();
        let mut variable = |name| {
            let variable = free_name(name, &taken, site);
            taken.push(variable.clone());
            variable
        };
        let resolve = |tokens| option_expr::resolve(tokens, arguments, scope.inner_type());

        let timeout = options
            .timeout
            .clone()
            .filter(|_| output.returns == Returns::Future)
            .map(|timeout| Timeout {
                variable: variable("timeout"),
                expression: resolve(timeout),
            });
        let cancel = options
            .cancel
            .clone()
            .filter(|_| output.returns == Returns::Future)
            .map(|cancel| Cancel {
                variable: variable("cancel"),
                expression: resolve(cancel),
            });
        let can_stop = timeout.is_some() || cancel.is_some();
        // It is evaluated after the call, which may have moved the arguments.
        let flattens = can_stop && stopping::may_be_result(&output.ty);
        let flatten = options.flatten.clone().filter(|_| flattens);
        let flatten = flatten.map(|map| match scope.inner_type() {
            Some(inner) => inner.substitute(map),
            None => map,
        });
        let source = match options.runtime_choice() {
            _ if output.returns == Returns::Value => None,
            RuntimeChoice::Auto => None,
            RuntimeChoice::CurrentThread => Some(Source::Flavor("current_thread")),
            RuntimeChoice::MultiThread => Some(Source::Flavor("multi_thread")),
            RuntimeChoice::PerThread => Some(Source::Flavor("per_thread")),
            RuntimeChoice::Lent(runtime)
                if option_expr::names_moved_argument(&runtime, arguments) =>
            {
                Some(Source::LentByHandle(resolve(runtime)))
            }
            RuntimeChoice::Lent(runtime) => Some(Source::Lent(resolve(runtime))),
        };
        let converts = |is: &dyn Fn(&IntoKind) -> bool| {
            let conversion = output.conversion.as_ref();
            conversion.is_some_and(|conversion| conversion.any(is))
        };
        let has_items = converts(&|into| matches!(into, IntoKind::Iterator { .. }));
        let around = options.around.as_ref();
        let around = around
            .filter(|_| output.returns != Returns::Value)
            .map(|path| {
                let path = path.to_token_stream();
                Around {
                    path: match scope.inner_type() {
                        Some(inner) => inner.substitute(path),
                        None => path,
                    },
                    site: variable("site"),
                }
            });
        let lends_receiver = converts(&|into| matches!(into, IntoKind::Receiver));
        let runtime = source.map(|source| Runtime {
            variable: variable("runtime"),
            items: has_items.then(|| variable("items")),
            source,
        });
        Settings {
            timeout,
            cancel,
            flatten,
            runtime,
            around,
            receiver: lends_receiver.then(|| variable("receiver")),
        }
    }
}
