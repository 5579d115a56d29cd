//! A build script that calls a twin, and writes a gRPC service.

use std::io;
use std::path::Path;
use std::{env, fs};
use sync_twin::sync_wrapper;
use tonic_build::manual::{Builder, Method, Service};

/// What a build script may do: ask somebody, here the file system.
#[sync_wrapper]
async fn lines_of(path: &Path) -> io::Result<usize> {
    Ok(tokio::fs::read_to_string(path).await?.lines().count())
}

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    let method = |name, route, input, output| {
        Method::builder()
            .name(name)
            .route_name(route)
            .input_type(input)
            .output_type(output)
            .codec_path("tonic_prost::ProstCodec")
            .build()
    };
    let service = Service::builder()
        .name("Keeper")
        .package("sync_twin")
        .method(method("login", "Login", "crate::Name", "crate::Token"))
        .method(method("get", "Get", "crate::Key", "crate::Text"))
        .build();
    Builder::new().compile(&[service]);

    let lines = lines_of_sync(Path::new("build.rs"))?;
    let folder = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    fs::write(Path::new(&folder).join("lines.txt"), lines.to_string())
}
