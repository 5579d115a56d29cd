//! The current span, and the dispatcher that it belongs to.

use super::Carry;
use tracing::Span;
use tracing::dispatcher::{self, Dispatch};
use tracing::subscriber::NoSubscriber;

pub(super) struct Tracing;

pub(super) struct Current {
    /// `None` if there is none: a global one that is set later is to be in force then.
    dispatcher: Option<Dispatch>,
    span: Span,
}

impl Carry for Tracing {
    type Value = Current;

    fn get(&'static self) -> Current {
        let dispatcher = dispatcher::get_default(Dispatch::clone);
        Current {
            dispatcher: (!dispatcher.is::<NoSubscriber>()).then_some(dispatcher),
            span: Span::current(),
        }
    }

    fn scope(&'static self, current: &mut Current, code: &mut dyn FnMut()) {
        let Current { dispatcher, span } = current;
        match dispatcher {
            Some(dispatcher) => dispatcher::with_default(dispatcher, || span.in_scope(code)),
            None => code(),
        }
    }
}
