//! The attribute of [sync-twin](https://docs.rs/sync-twin): [`macro@sync_wrapper`].
//!
//! Use it through that crate. What it generates calls code there, and the two versions belong together.
//!
//! An annotated item passes through three stages: it is parsed (`options`, `item`), checked into a model from
//! which nothing can fail any more (`twin`), and expanded (`expand`).

#![forbid(unsafe_code)]

mod argument;
mod async_trait;
mod attribute;
mod block;
mod block_on;
mod blocking_type;
mod body;
mod condition;
mod docs;
mod error;
mod expand;
mod expression;
mod function;
mod future;
mod implementation;
mod inner_type;
mod item;
mod kind;
mod lifetime;
mod margin;
mod member;
mod module;
mod name;
mod opaque;
mod options;
mod outcome;
mod own;
mod place;
mod scope;
mod self_type;
mod signature;
mod spelling;
mod stream;
mod trait_block;
mod twin;

use error::Errors;
use item::Item;
use options::Options;
use proc_macro2::TokenStream;
use quote::quote;

/// Adds a blocking twin beside an async fn.
///
/// ```
/// use sync_twin::sync_wrapper;
///
/// #[sync_wrapper]
/// pub async fn shout(text: &str) -> String {
///     text.to_uppercase()
/// }
///
/// assert_eq!(shout_sync("hello"), "HELLO");
/// ```
///
/// The async fn stays as it is, token for token. The twin is a fn with the same arguments, generics and result
/// that waits for it, wherever it is called.
///
/// # What it becomes
///
/// ```
/// # use sync_twin::sync_wrapper;
/// pub async fn shout(text: &str) -> String {
///     text.to_uppercase()
/// }
///
/// /// The blocking twin of [`shout`](fn@shout).
/// ///
/// /// In async code, `.await` [`shout`](fn@shout) instead: a twin blocks the thread that calls it.
/// #[track_caller]
/// pub fn shout_sync(text: &str) -> String {
///     let call = ::sync_twin::__private::call(
///         (::sync_twin::__private::slot(&text),),
///         move || shout(text),
///     );
///     call.__sync_twin_isolation().block_on(call)
/// }
/// ```
///
/// - **Name.** `_async` at the end becomes `_sync`; to any other name `_sync` is added.
/// - **Arguments** keep their names and types. One that is a pattern without a name of its own, such as `_` or
///   `(a, b)`, is called by its position: `arg0`. Elided lifetimes in `impl Trait` arguments, which only an
///   async fn may have, get names.
/// - **Bounds.** None is added: arguments, result and future may be `Send` or not, and may borrow.
/// - **Methods** work with every receiver. In a trait the twin is a provided method, so that every implementor
///   has it; on a method inside `impl Trait for T` the attribute cannot stand.
/// - **Docs** begin with a link to the async fn and go on with those of the async fn.
///
/// # Blocks
///
/// On an `impl` block, a trait or an inline module, one attribute reaches every async fn inside. The attribute on a
/// single fn inside changes what holds for the block, or leaves the fn out with `skip`.
///
/// ```
/// use sync_twin::sync_wrapper;
///
/// pub struct Store(Vec<u8>);
///
/// #[sync_wrapper(prefix = "blocking_")]
/// impl Store {
///     pub async fn open() -> Self {
///         Store(vec![1, 2])
///     }
///
///     #[sync_wrapper(name = size)]
///     pub async fn len(&self) -> usize {
///         self.0.len()
///     }
///
///     #[sync_wrapper(skip)]
///     pub async fn close(self) {}
/// }
///
/// assert_eq!(Store::blocking_open().size(), 2);
/// ```
///
/// In a trait the twins are provided methods. It may have `#[async_trait]`, above or below, and its twins can then be
/// called through `dyn Trait`. Under `#[trait_variant::make(Send)]` ours has to stand above; with a new name for the
/// variant it does not work yet. `impl Trait for T` has no twins of its own: annotate the trait.
///
/// # Futures and streams
///
/// A fn that returns a future has a twin too: `-> impl Future<Output = T>`, `-> Pin<Box<dyn Future<Output = T>>>`,
/// `-> BoxFuture<'_, T>`, and with `output = T` any other type. Inside a block it takes part when it has the attribute.
///
/// The twin of a fn that returns a stream (`impl Stream`, `Pin<Box<dyn Stream>>`, `BoxStream`, also from an async fn, and in
/// a `Result` or an `Option`) returns an iterator whose `next` blocks. Nothing is read ahead, and dropping it drops the
/// stream. This takes the feature `stream`.
///
/// ```
/// use futures_util::stream::{self, Stream};
/// use sync_twin::sync_wrapper;
///
/// #[sync_wrapper]
/// fn upward(from: u32) -> impl Stream<Item = u32> {
///     stream::iter(from..)
/// }
///
/// assert_eq!(upward_sync(3).take(2).collect::<Vec<_>>(), [3, 4]);
/// ```
///
/// # A blocking type
///
/// `type = BlockingClient` on an `impl` block declares a type that holds the async one and has its `pub` methods under
/// their own names: async ones block, others are passed through, streams are iterators, and a result `Self`,
/// `Result<Self, E>` or `Option<Self>` is wrapped. `From`, `into_inner` and `as_async` lead from one to the other.
/// `extend = BlockingClient` on a further block, in the same module or inside it, adds that block's methods.
///
/// ```
/// use sync_twin::sync_wrapper;
///
/// pub struct Client(u8);
///
/// #[sync_wrapper(type = BlockingClient)]
/// impl Client {
///     pub async fn connect(host: u8) -> Result<Self, String> {
///         Ok(Client(host))
///     }
///
///     pub async fn ping(&self) -> u8 {
///         self.0
///     }
/// }
///
/// let client = BlockingClient::connect(7)?;
/// assert_eq!(client.ping(), 7);
/// # Ok::<(), String>(())
/// ```
///
/// # Attributes of the twin
///
/// The twin has `#[track_caller]`: a panic that sync-twin raises names the line that called it. It shares these
/// attributes of the async fn, also inside `#[cfg_attr(…)]`, above it or at the start of its body:
///
/// - `doc`, `cfg`, `deprecated`, `must_use`, `inline`, `cold`, `target_feature`;
/// - lint levels: `allow`, `warn`, `deny`, `forbid`. An `expect` becomes `allow`, since what the async fn
///   fulfils the twin may not.
///
/// Any other attribute, say `#[tracing::instrument]`, stays on the async fn alone, and so takes effect once in
/// a call of the twin. `#[cfg]` on a single argument counts for the twin's too.
///
/// # Options
///
/// | option | meaning |
/// |---|---|
/// | `name = ident` | the twin's name |
/// | `isolation = "auto"` | where a call may run; see below |
/// | `timeout = expr` | a `Duration`; the twin returns `Result<T, sync_twin::Elapsed>`, and the future is dropped first |
/// | `runtime = expr` | what lends a tokio `Handle`: the future runs in that runtime's context |
/// | `flavor = "multi_thread"` | the future runs in sync-twin's shared multi-thread runtime |
/// | `output = T` | what the future is ready with, where the type that the fn returns does not tell |
/// | `crate = path` | where sync-twin is, if not at `::sync_twin` |
/// | `associated` | this is an associated fn, although nothing in it says so; see below |
/// | `prefix = "…"`, `suffix = "…"` | on a block: how its twins are called |
/// | `skip` | on a fn in a block: no twin |
/// | `type = Ident`, `extend = path` | on an `impl` block: a blocking type in place of twins |
/// | `derive(…)` | with `type`: what the blocking type derives |
///
/// ```
/// use sync_twin::sync_wrapper;
///
/// #[sync_wrapper(name = shout_blocking, isolation = "never")]
/// async fn shout(text: &str) -> String {
///     text.to_uppercase()
/// }
///
/// assert_eq!(shout_blocking("hello"), "HELLO");
/// ```
///
/// ## `isolation`
///
/// On a thread that drives a current-thread runtime, polling the future could wait for ever for something that
/// only this thread would do. There the call *isolates*: another thread runs it, while this one waits.
///
/// | isolation | a call |
/// |---|---|
/// | `"auto"` | isolates where it should, if all arguments and the result are `Send` |
/// | `"always"` | isolates everywhere; an argument or result that is not `Send` is an error |
/// | `"never"` | stays on the calling thread |
///
/// The future need not be `Send` for it: it is built on the thread that runs it.
///
/// ## `timeout`, `runtime` and `flavor`
///
/// The expressions may name the arguments and `self`, and are evaluated before the call.
///
/// ```
/// use std::time::Duration;
/// use sync_twin::{Elapsed, sync_wrapper};
///
/// #[sync_wrapper(timeout = patience)]
/// async fn wait(patience: Duration) {
///     std::future::pending().await
/// }
///
/// let late: Result<(), Elapsed> = wait_sync(Duration::from_millis(5));
/// assert!(late.is_err());
/// ```
///
/// A twin with `runtime` panics when its thread is driving that very current-thread runtime, since nobody would be left
/// to drive it. Sync-twin's own runtime runs all tasks that calls spawn on the one thread that drives it: choose
/// `flavor = "multi_thread"` for async fns whose *spawned* tasks compute, or make blocking calls themselves.
///
/// ## `crate`
///
/// For crates that know sync-twin by another name, and for macros that use it on behalf of their callers. The
/// path starts at a crate: `::name`, `crate::…`, or `$crate::…` in a `macro_rules!`.
///
/// ```
/// pub mod reexport {
///     pub use sync_twin;
/// }
///
/// #[sync_twin::sync_wrapper(crate = crate::reexport::sync_twin)]
/// async fn shout(text: &str) -> String {
///     text.to_uppercase()
/// }
/// # fn main() {}
/// ```
///
/// ## `associated`
///
/// An attribute on a single fn sees nothing of what stands around it. A fn with a receiver is a method, and one that
/// names `Self`, in its signature or its body, is an associated fn. One that does neither may be either, and then its
/// twin does what is right in both places:
///
/// - at the left margin it is a free fn, which the twin calls by its name;
/// - indented, the twin runs a copy of the body. Where a copy would not be the same (the body has a `static`, the fn an
///   attribute of its own such as `#[instrument]`, or its result is an `impl Trait`) it calls a free fn.
///
/// With this word it calls the associated fn, and needs no copy. In a block with the attribute nothing has to be guessed.
///
/// ```
/// use sync_twin::sync_wrapper;
///
/// struct Server;
///
/// impl Server {
///     #[sync_wrapper(associated)]
///     async fn version() -> &'static str {
///         "1.0"
///     }
/// }
///
/// assert_eq!(Server::version_sync(), "1.0");
/// ```
///
/// # Limits
///
/// - `const` and `extern` fns, and fns with C-variadic arguments, cannot have a twin.
/// - At most four different `#[cfg]`s on single arguments: the call is written once for every combination.
/// - With a `#[cfg]` on a generic parameter, all of them have to be inferable from the arguments.
/// - An attribute that makes a blocking fn of an async one, such as `#[tokio::main]`, leaves nothing to wrap.
/// - A lint about the signature itself (too many arguments, a complex type) counts for both fns. Allowed on the
///   async fn, it is allowed on the twin.
///
/// Mistakes are reported all at once, with a code each, and the async fn survives them.
#[proc_macro_attribute]
pub fn sync_wrapper(
    options: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    expand(options.into(), item.into()).into()
}

/// Parse, check, expand. The item survives every mistake, so that editors and the rest of the crate go on working.
fn expand(options: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let item = Item::parse(item);
    let checked = errors.under(item.conditions(), |errors| {
        let options = Options::parse(options, errors);
        item.check(options, errors)
    });
    quote!(#checked #errors)
}

#[cfg(test)]
mod tests;
