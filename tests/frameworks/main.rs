//! Handlers of web frameworks that call twins, under real requests.

mod actix;
mod axum;
mod client;
