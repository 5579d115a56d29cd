//! What the programs in `tests/` share: a bound for what waits, and the generated gRPC service.

#![allow(missing_docs, reason = "the generated code has none")]

#[path = "../../../runtime/tests/deadline/mod.rs"]
pub mod deadline;

/// A service that keeps texts, for those with a token.
pub mod keeper {
    include!(concat!(env!("OUT_DIR"), "/sync_twin.Keeper.rs"));
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct Name {
    #[prost(string, tag = "1")]
    pub name: String,
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct Token {
    #[prost(uint64, tag = "1")]
    pub token: u64,
    /// For how many requests.
    #[prost(uint64, tag = "2")]
    pub requests: u64,
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct Key {
    #[prost(string, tag = "1")]
    pub key: String,
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct Text {
    #[prost(string, tag = "1")]
    pub text: String,
}
