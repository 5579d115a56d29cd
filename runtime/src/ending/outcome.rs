//! What is left to say when something has been closed.

use std::fmt::Debug;

/// What the async code of [`closing`](crate::closing()) returns: nothing, or a `Result`, whose error a `Drop` reports.
///
/// The error has to be [`Debug`], as that of `main`. Of anything else nobody could say whether it went well: end the code with
/// a `;` if it does not matter, or make a `Result` of it.
#[diagnostic::on_unimplemented(
    message = "closing something returns nothing, or a `Result` with an error that is `Debug`, and not `{Self}`",
    label = "a `Drop` cannot report this",
    note = "write `async |value| {{ value.quit().await; }}` if what is returned does not matter"
)]
pub trait Outcome {
    /// The error's text, if it is one.
    #[doc(hidden)]
    fn into_error(self) -> Result<(), String>;
}

impl Outcome for () {
    fn into_error(self) -> Result<(), String> {
        Ok(())
    }
}

impl<T, E: Debug> Outcome for Result<T, E> {
    fn into_error(self) -> Result<(), String> {
        self.map(drop).map_err(|error| format!("{error:?}"))
    }
}
