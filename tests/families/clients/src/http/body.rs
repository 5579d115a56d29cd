//! The body of a request.

use super::{Response, Result};
use bytes::Bytes;
use http::HeaderMap;
use http::header::CONTENT_LENGTH;
use std::fs::File;
use std::io::Read;
use std::mem;
use sync_twin::sync_wrapper;

/// The body of a request: bytes, text, or what a reader reads while it is sent.
#[sync_wrapper(type = Body, foreign, derive(Debug, Default), fields(length: Option<u64>))]
impl reqwest::Body {
    /// The bytes, unless they are still to be read.
    pub fn as_bytes(&self) -> Option<&[u8]>;
}

impl Body {
    /// What `reader` reads while the body is sent, on another thread. The request fails if it does.
    pub fn new(reader: impl Read + Send + 'static) -> Self {
        reqwest::Body::wrap_stream(sync_twin::io::chunks(reader)).into()
    }

    /// The same, of a known length, which is sent ahead.
    pub fn sized(reader: impl Read + Send + 'static, length: u64) -> Self {
        let mut body = Body::new(reader);
        body.length = Some(length);
        body
    }

    /// The bytes. Reads them first, if they are still to be read.
    ///
    /// # Errors
    ///
    /// If they cannot be read.
    pub fn buffer(&mut self) -> Result<&[u8]> {
        if self.as_bytes().is_none() {
            let unread = http::Response::new(mem::take(self.as_async_mut()));
            *self = Response::from(unread).bytes()?.into();
        }
        Ok(self.as_bytes().unwrap_or_default())
    }

    /// What a request has of it.
    pub(super) fn into_parts(self) -> (HeaderMap, reqwest::Body) {
        let length = self.length.map(|length| (CONTENT_LENGTH, length.into()));
        (length.into_iter().collect(), self.into())
    }
}

impl From<File> for Body {
    fn from(file: File) -> Self {
        let length = file.metadata().ok().map(|metadata| metadata.len());
        let mut body = Body::new(file);
        body.length = length;
        body
    }
}

macro_rules! bodies_from {
    ($($ty:ty),*) => {$(
        impl From<$ty> for Body {
            fn from(bytes: $ty) -> Self {
                reqwest::Body::from(bytes).into()
            }
        }
    )*};
}

bodies_from!(Bytes, Vec<u8>, String, &'static [u8], &'static str);
