//! Tests of a blocking client. They read as those of `reqwest::blocking` do: there is no runtime and no `await`, and
//! nothing shows that all of it was written for [`client`]'s async type.

pub mod client;
pub mod server;

use self::client::{BlockingClient, Client};
use self::server::serve;
use crate::places::in_every_place;
use std::io;
use std::net::TcpListener;

#[test]
fn get_and_set() -> io::Result<()> {
    let mut client = BlockingClient::connect(serve())?;
    assert_eq!(client.get("name")?, None);
    client.set("name", "sync-twin")?;
    assert_eq!(client.get("name")?.as_deref(), Some("sync-twin"));
    Ok(())
}

#[test]
fn numbers() -> io::Result<()> {
    let mut client = BlockingClient::connect(serve())?;
    assert_eq!(client.incr("visits")?, 1);
    assert_eq!(client.incr("visits")?, 2);
    client.set("visits", String::from("many"))?;
    let error = client.incr("visits").unwrap_err();
    assert_eq!(error.to_string(), "ERR value is not an integer");
    Ok(())
}

#[test]
fn messages() -> io::Result<()> {
    let mut client = BlockingClient::connect(serve())?;
    let mut seen = Vec::new();
    for message in client.subscribe("news", 3)? {
        seen.push(message?);
    }
    assert_eq!(seen, ["news 0", "news 1", "news 2"]);
    client.set("still", "connected")
}

#[test]
fn connections() -> io::Result<()> {
    let address = serve();
    let mut client = BlockingClient::connect(address)?;
    assert_eq!(client.address(), address);
    let mut other: BlockingClient = client.another().unwrap();
    client.set("name", "value")?;
    assert_eq!(client.quit()?, "BYE");
    assert_eq!(other.get("name")?.as_deref(), Some("value"));
    Ok(())
}

#[test]
fn nobody_there() {
    let unused = TcpListener::bind(("127.0.0.1", 0))
        .unwrap()
        .local_addr()
        .unwrap();
    let error = BlockingClient::connect(unused).err().unwrap();
    assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
}

#[test]
fn to_async_and_back() -> io::Result<()> {
    let mut client = BlockingClient::connect(serve())?;
    client.set("name", "value")?;
    assert_eq!(client.as_async().address(), client.address());
    let inner: Client = client.into_inner();
    let mut client = BlockingClient::from(inner);
    assert_eq!(client.get("name")?.as_deref(), Some("value"));
    Ok(())
}

/// It is of as much use in async code that has called into sync code.
#[test]
fn in_all_places() {
    in_every_place(|| {
        let mut client = BlockingClient::connect(serve()).unwrap();
        client.set("name", "value").unwrap();
        assert_eq!(client.get("name").unwrap().as_deref(), Some("value"));
        let messages: io::Result<Vec<_>> = client.subscribe("news", 2).unwrap().collect();
        assert_eq!(messages.unwrap(), ["news 0", "news 1"]);
    });
}
