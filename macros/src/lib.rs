//! The attribute of [sync-twin](https://docs.rs/sync-twin): [`macro@sync_wrapper`].
//!
//! Use it through that crate. The generated code calls functions there, and the two versions belong together.
//!
//! An annotated item passes through three stages: it is parsed (`item::Item`), checked into a model (`item::checked`), and
//! expanded, which cannot fail. The documentation of the attribute is in `docs/`.
//!
//! The folders are layers. Each uses only those below it:
//!
//! | layer | what it knows |
//! |---|---|
//! | `item` | which items take part, and the types and traits that are made of them |
//! | `twin` | one twin, checked and written |
//! | `options`, `compat` | what the attribute says, and what other attributes do |
//! | `syntax`, `types` | how to read tokens and types |
//!
//! Beside them, for all: `error`, `name`, `spelling`.

#![forbid(unsafe_code)]

mod compat;
mod error;
mod item;
mod name;
mod options;
mod spelling;
mod syntax;
mod twin;
mod types;

use error::Errors;
use item::Item;
use proc_macro2::TokenStream;
use quote::quote;

#[doc = include_str!("../docs/fns.md")]
#[doc = include_str!("../docs/blocks.md")]
#[doc = include_str!("../docs/futures.md")]
#[doc = include_str!("../docs/options.md")]
#[doc = include_str!("../docs/blocking_type.md")]
#[doc = include_str!("../docs/endings.md")]
#[doc = include_str!("../docs/stream_types.md")]
#[doc = include_str!("../docs/families.md")]
#[doc = include_str!("../docs/other_attributes.md")]
#[doc = include_str!("../docs/library.md")]
#[proc_macro_attribute]
pub fn sync_wrapper(
    options: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    expand(options.into(), item.into()).into()
}

/// Parse, check, expand. The item survives every mistake, so that editors and the rest of the crate still work.
fn expand(options: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let mut item = Item::parse(options, item, &mut errors);
    let completion = item.completion.take();
    let checked = item.check(&mut errors);
    let expanded = checked.expand();
    // First: a server that tries a word in the attribute looks for it at the place where it is now.
    quote!(#completion #expanded #errors)
}

/// What `sync-twin` contains for an editor that completes options. Not for other crates.
#[doc(hidden)]
#[proc_macro]
pub fn __options(_: proc_macro::TokenStream) -> proc_macro::TokenStream {
    options::ide::module().into()
}

/// Where the user's edition decides, and not that of this crate: in 2021 an iterator captures what its stream captures.
///
/// ```edition2021
/// # #[cfg(feature = "stream")] {
/// use futures_util::stream::{self, Stream};
/// use sync_twin::sync_wrapper;
///
/// struct Client;
///
/// impl Client {
///     #[sync_wrapper]
///     fn users(&self) -> impl Stream<Item = u8> {
///         stream::iter(0..3)
///     }
///
///     #[sync_wrapper]
///     fn groups(&self) -> Result<impl Stream<Item = u8> + Send, ()> {
///         Ok(stream::iter(0..3))
///     }
/// }
///
/// let client = Client;
/// let (users, groups) = (client.users_sync(), client.groups_sync());
/// drop(client);
/// assert_eq!(users.count() + groups.unwrap().count(), 6);
/// # }
/// ```
///
/// But in a trait an iterator always captures what there is, and so does that of a type that contains any implementor.
///
/// ```edition2021
/// # #[cfg(feature = "stream")] {
/// use futures_util::stream::{self, Stream};
/// use sync_twin::sync_wrapper;
///
/// #[sync_wrapper(type = AnyList)]
/// trait List {
///     fn items(&self) -> impl Stream<Item = u8> + Send;
///     fn names(&self) -> impl Iterator<Item = &str>;
/// }
///
/// struct Text(String);
///
/// impl List for Text {
///     fn items(&self) -> impl Stream<Item = u8> + Send {
///         stream::iter(self.0.bytes())
///     }
///
///     fn names(&self) -> impl Iterator<Item = &str> {
///         self.0.split(' ')
///     }
/// }
///
/// let list = AnyList::from(Text(String::from("a b")));
/// assert_eq!((list.items().count(), list.names().count()), (3, 2));
/// # }
/// ```
///
/// There, and in 2018, `gen` is a name like any other.
///
/// ```edition2021
/// use sync_twin::sync_wrapper;
///
/// #[sync_wrapper]
/// async fn gen() -> u8 {
///     1
/// }
///
/// struct Number;
///
/// impl Number {
///     #[sync_wrapper]
///     async fn gen(&self) -> u8 {
///         2
///     }
/// }
///
/// #[sync_wrapper]
/// trait Gen {
///     async fn gen(&self) -> u8 {
///         3
///     }
/// }
///
/// impl Gen for u8 {}
///
/// struct Client;
///
/// #[sync_wrapper(type = Blocking)]
/// impl Client {
///     pub async fn gen(&self, gen: u8) -> u8 {
///         gen
///     }
/// }
///
/// assert_eq!((gen_sync(), Number.gen_sync(), 0.gen_sync(), Blocking::from(Client).gen(4)), (1, 2, 3, 4));
/// ```
#[cfg(doctest)]
struct Edition2021;

#[cfg(test)]
mod fire;
#[cfg(test)]
mod layers;
#[cfg(test)]
mod places;
#[cfg(test)]
mod tests;
