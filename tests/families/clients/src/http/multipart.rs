//! Forms of several parts.

use super::{Body, Result};
use http::HeaderMap;
use std::borrow::Cow;
use std::io::{self, Read};
use std::path::Path;
use sync_twin::sync_wrapper;

/// A form of several parts.
#[sync_wrapper(type = Form, foreign, derive(Debug, Default), map(reqwest::multipart::Part = Part))]
#[must_use]
impl reqwest::multipart::Form {
    /// Without parts.
    pub fn new() -> Self;
    /// What is between the parts.
    pub fn boundary(&self) -> &str;
    /// Adds text.
    pub fn text<T, U>(self, name: T, value: U) -> Self
    where
        T: Into<Cow<'static, str>>,
        U: Into<Cow<'static, str>>;
    /// Adds a file, under its name and with the type that this suggests.
    pub async fn file<T, U>(self, name: T, path: U) -> io::Result<Self>
    where
        T: Into<Cow<'static, str>>,
        U: AsRef<Path>;
    /// Adds any part.
    pub fn part<T>(self, name: T, part: reqwest::multipart::Part) -> Self
    where
        T: Into<Cow<'static, str>>;
    /// Encodes names as segments of a path are.
    pub fn percent_encode_path_segment(self) -> Self;
    /// Encodes names as the values of attributes are.
    pub fn percent_encode_attr_chars(self) -> Self;
    /// Leaves names as they are.
    pub fn percent_encode_noop(self) -> Self;
}

impl Form {
    /// The form as it is sent.
    pub fn into_reader(self) -> impl Read {
        sync_twin::io::reader(self.into_inner().into_stream())
    }
}

/// A part of a form.
#[sync_wrapper(type = Part, foreign, derive(Debug))]
#[must_use]
impl reqwest::multipart::Part {
    /// Text.
    pub fn text<T: Into<Cow<'static, str>>>(value: T) -> Self;
    /// Bytes.
    pub fn bytes<T: Into<Cow<'static, [u8]>>>(value: T) -> Self;
    /// The content of a file, under its name and with the type that this suggests.
    pub async fn file<T: AsRef<Path>>(path: T) -> io::Result<Self>;
    /// Sets the type of its content.
    pub fn mime_str(self, mime: &str) -> Result<Self>;
    /// Sets the name of the file.
    pub fn file_name<T: Into<Cow<'static, str>>>(self, name: T) -> Self;
    /// Sets headers of its own.
    pub fn headers(self, headers: HeaderMap) -> Self;
}

impl Part {
    /// What a reader reads while the form is sent.
    pub fn reader(reader: impl Read + Send + 'static) -> Self {
        reqwest::multipart::Part::stream(Body::new(reader)).into()
    }

    /// The same, of a known length.
    pub fn reader_with_length(reader: impl Read + Send + 'static, length: u64) -> Self {
        reqwest::multipart::Part::stream_with_length(Body::new(reader), length).into()
    }
}
