//! Handlers of web frameworks that call twins, under real requests.

mod actix;
mod actix_server;
mod axum;
mod client;
