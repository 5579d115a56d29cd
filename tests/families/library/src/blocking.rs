//! The same for blocking code.

pub use crate::request::{BlockingRequest as Request, BlockingResponse as Response};
pub use crate::rows::BlockingRow as Row;
pub use crate::transaction::BlockingTransaction as Transaction;
pub use crate::{
    BlockingClient as Client, BlockingConfig as Config, BlockingGenericClient as GenericClient,
};
