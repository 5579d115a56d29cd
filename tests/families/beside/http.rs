//! `reqwest::blocking` and the client around `reqwest`.

use super::Sides;
use crate::http::SERVER;
use std::time::Duration;

const SHORT: Duration = Duration::from_millis(200);

/// Longer than a drop takes, and shorter than all of a drip.
const A_WHILE: Duration = Duration::from_secs(2);

#[test]
fn beside_the_hand_written_one() {
    let server = SERVER.url("");
    Sides {
        test: "beside::http::beside_the_hand_written_one",
        by_hand: by_hand::all(),
        twin: twin::all(),
    }
    .compare("http", ["`reqwest::blocking`", "twin"], Some(&server));
}

/// What an error says of itself, and of what has caused it.
fn of_error(error: &reqwest::Error, server: &str) -> String {
    let kinds = [
        (error.is_builder(), "builder"),
        (error.is_connect(), "connect"),
        (error.is_timeout(), "timeout"),
        (error.is_redirect(), "redirect"),
        (error.is_status(), "status"),
        (error.is_request(), "request"),
        (error.is_body(), "body"),
        (error.is_decode(), "decode"),
    ];
    let kinds = kinds.into_iter().filter(|(is, _)| *is);
    let kinds: Vec<_> = kinds.map(|(_, kind)| kind).collect();
    format!(
        "{}: {}",
        kinds.join(", "),
        masked(&error.to_string(), server)
    )
}

/// Without the port.
fn masked(text: &str, server: &str) -> String {
    let host = server.trim_start_matches("http://");
    text.replace(host, "server")
}

/// Of an error of I/O, which contains one of `reqwest`'s.
fn of_io_error(error: &std::io::Error, server: &str) -> String {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
    let inner = inner.map(|inner| of_error(inner, server));
    format!("{:?}, {}", error.kind(), inner.unwrap_or(error.to_string()))
}

macro_rules! situations {
    ($($client:tt)*) => {
        use super::super::{Situation, ending, for_each_of, resources};
        use super::{A_WHILE, SHORT, masked, of_error, of_io_error};
        use $($client)*::multipart::{Form, Part};
        use $($client)*::{Body, Client, Response};
        use reqwest::Method;
        use reqwest::redirect::Policy;
        use std::io::{self, Cursor, Read};
        use std::sync::Arc;
        use tokio::runtime::{Builder, Runtime};

        fn get(server: &str, path: &str) -> Response {
            Client::new().get(format!("{server}{path}")).send().unwrap()
        }

        /// The request as it has arrived.
        fn seen(server: &str, body: Body) -> String {
            let url = format!("{server}/whole");
            let seen = Client::new().post(url).body(body).send();
            masked(&seen.unwrap().text().unwrap(), server)
        }

        fn driver() -> Runtime {
            Builder::new_current_thread().enable_all().build().unwrap()
        }

        struct Broken;

        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("no luck"))
            }
        }

        struct Panics;

        impl Read for Panics {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                panic!("on purpose")
            }
        }

        pub(super) fn all() -> Vec<Situation> {
            vec![
                ("a page", |server| {
                    let mut response = get(server, "/pieces/abc");
                    let (status, length) = (response.status(), response.content_length());
                    let mut begin = [0; 1];
                    response.read_exact(&mut begin).unwrap();
                    let mut rest = Vec::new();
                    let copied = response.copy_to(&mut rest).unwrap();
                    format!("{status}, {length:?}, {begin:?}, {copied}")
                }),
                ("an error of the status, after some of the body", |server| {
                    let mut response = get(server, "/large/10");
                    response.read_exact(&mut [0]).unwrap();
                    let mut rest = response.error_for_status().unwrap();
                    format!("{} bytes are left", rest.copy_to(&mut io::sink()).unwrap())
                }),
                ("a body of bytes, as it arrives", |server| {
                    seen(server, "abc".into())
                }),
                ("a body from a reader", |server| {
                    seen(server, Body::new(Cursor::new("abc")))
                }),
                ("a body from a reader, with its length", |server| {
                    seen(server, Body::sized(Cursor::new("abc"), 3))
                }),
                ("a form with a reader", |server| {
                    let part = Part::reader_with_length(Cursor::new("abc"), 3).file_name("a.txt");
                    let form = Form::new().text("b", "c").part("a", part);
                    let boundary = form.boundary().to_owned();
                    let request = Client::new().post(format!("{server}/whole")).multipart(form);
                    let seen = masked(&request.send().unwrap().text().unwrap(), server);
                    seen.replace(&boundary, "…")
                }),
                ("a URL that is none", |server| {
                    of_error(&Client::new().get("none").send().unwrap_err(), server)
                }),
                ("a header that is none", |server| {
                    let request = Client::new().get(server).header("a\n", "b");
                    of_error(&request.send().unwrap_err(), server)
                }),
                ("nobody listens", |server| {
                    let request = Client::new().get("http://127.0.0.1:1/");
                    of_error(&request.send().unwrap_err(), server)
                }),
                ("a status that is an error", |server| {
                    let response = get(server, "/status/404").error_for_status();
                    of_error(&response.unwrap_err(), server)
                }),
                ("too many redirects", |server| {
                    let request = Client::new().get(format!("{server}/moved/11"));
                    of_error(&request.send().unwrap_err(), server)
                }),
                ("a body that breaks off, by `text`", |server| {
                    of_error(&get(server, "/broken").text().unwrap_err(), server)
                }),
                ("the same, by `read_to_end`", |server| {
                    let read = get(server, "/broken").read_to_end(&mut Vec::new());
                    of_io_error(&read.unwrap_err(), server)
                }),
                ("a reader that fails, for a body", |server| {
                    let body = Body::new(Cursor::new("begin").chain(Broken));
                    let request = Client::new().post(format!("{server}/echo")).body(body);
                    of_error(&request.send().unwrap_err(), server)
                }),
                ("a reader that panics", |server| {
                    let body = Body::new(Panics);
                    let request = Client::new().post(format!("{server}/echo")).body(body);
                    of_error(&request.send().unwrap_err(), server)
                }),
                ("a file that is none, for a form", |_| {
                    let form = Form::new().file("a", "/none");
                    format!("{:?}", form.unwrap_err().kind())
                }),
                ("no head in the client's time", |server| {
                    let client = Client::builder().timeout(SHORT).build().unwrap();
                    let request = client.get(format!("{server}/silent"));
                    of_error(&request.send().unwrap_err(), server)
                }),
                ("no head in the request's time", |server| {
                    let request = Client::new().get(format!("{server}/silent")).timeout(SHORT);
                    of_error(&request.send().unwrap_err(), server)
                }),
                ("a body that stops, by `read`", |server| {
                    let client = Client::builder().timeout(SHORT).build().unwrap();
                    let response = client.get(format!("{server}/stalled")).send();
                    let read = response.unwrap().read_to_end(&mut Vec::new());
                    of_io_error(&read.unwrap_err(), server)
                }),
                ("the same, by `text`", |server| {
                    let client = Client::builder().timeout(SHORT).build().unwrap();
                    let response = client.get(format!("{server}/stalled")).send();
                    of_error(&response.unwrap().text().unwrap_err(), server)
                }),
                ("a slow body, longer than the client's time, by `copy_to`", |server| {
                    let client = Client::builder().timeout(A_WHILE).build().unwrap();
                    let response = client.get(format!("{server}/drip/10")).send();
                    match response.unwrap().copy_to(&mut io::sink()) {
                        Ok(length) => format!("{length} bytes"),
                        Err(_) => "a timeout".to_owned(),
                    }
                }),
                ("the same, by `bytes`", |server| {
                    let client = Client::builder().timeout(A_WHILE).build().unwrap();
                    let response = client.get(format!("{server}/drip/10")).send();
                    match response.unwrap().bytes() {
                        Ok(body) => format!("{} bytes", body.len()),
                        Err(error) => of_error(&error, server),
                    }
                }),
                ("a slow body, longer than the request's time, by `copy_to`", |server| {
                    let request = Client::new().get(format!("{server}/drip/10"));
                    let response = request.timeout(A_WHILE).send();
                    match response.unwrap().copy_to(&mut io::sink()) {
                        Ok(length) => format!("{length} bytes"),
                        Err(_) => "a timeout".to_owned(),
                    }
                }),
                ("a request's time that is longer than the client's", |server| {
                    let client = Client::builder().timeout(SHORT).build().unwrap();
                    let request = client.get(format!("{server}/late")).timeout(A_WHILE);
                    match request.send() {
                        Ok(response) => response.status().to_string(),
                        Err(error) => of_error(&error, server),
                    }
                }),
                ("a policy for redirects that calls", |server| {
                    let inside = Client::new();
                    let page = format!("{server}/echo");
                    let policy = Policy::custom(move |attempt| {
                        inside.get(&page).send().unwrap().text().unwrap();
                        attempt.follow()
                    });
                    let client = Client::builder().redirect(policy).build().unwrap();
                    let request = client.get(format!("{server}/moved/2"));
                    ending(|| request.send().unwrap().text().unwrap())
                }),
                ("one that panics, and then the next request", |server| {
                    let policy = Policy::custom(|_| panic!("on purpose"));
                    let client = Client::builder().redirect(policy).build().unwrap();
                    let get = |path| {
                        let request = client.get(format!("{server}{path}"));
                        ending(|| request.send().unwrap().text().unwrap())
                    };
                    format!("{}; {}", get("/moved/2"), get("/echo"))
                }),
                ("a request in async code, on a driver", |server| {
                    driver().block_on(async { get(server, "/echo").text().unwrap() })
                }),
                ("the same, in a task of a worker", |server| {
                    let server = server.to_owned();
                    let text = async move { ending(|| get(&server, "/echo").text().unwrap()) };
                    let runtime = Runtime::new().unwrap();
                    runtime.block_on(async { tokio::spawn(text).await.unwrap() })
                }),
                ("a client that is dropped there", |server| {
                    let client = Client::new();
                    client.get(format!("{server}/echo")).send().unwrap();
                    driver().block_on(async { drop(client) });
                    "nothing".to_owned()
                }),
                ("one that is made there, and used elsewhere", |server| {
                    let client = driver().block_on(async { Client::new() });
                    let request = client.request(Method::PUT, format!("{server}/echo"));
                    request.send().unwrap().text().unwrap()
                }),
                ("a response that is read there", |server| {
                    let mut response = get(server, "/large/3");
                    let mut body = String::new();
                    driver().block_on(async { response.read_to_string(&mut body).unwrap() });
                    body
                }),
                ("a request in a `Drop`, while a panic unwinds", |server| {
                    struct Farewell(Client, String, Arc<std::sync::Mutex<String>>);
                    impl Drop for Farewell {
                        fn drop(&mut self) {
                            let response = self.0.get(&self.1).send();
                            *self.2.lock().unwrap() = response.unwrap().text().unwrap();
                        }
                    }
                    let said = Arc::default();
                    let farewell =
                        Farewell(Client::new(), format!("{server}/echo"), Arc::clone(&said));
                    ending(|| {
                        let _farewell = farewell;
                        panic!("on purpose")
                    });
                    said.lock().unwrap().clone()
                }),
                ("threads and descriptors for each of 50 clients with a connection", |server| {
                    // Stays, as what it has started does.
                    let first = Client::new();
                    first.get(format!("{server}/echo")).send().unwrap().text().unwrap();
                    let before = resources();
                    let clients: Vec<_> = (0..50)
                        .map(|_| {
                            let client = Client::new();
                            let response = client.get(format!("{server}/echo")).send();
                            response.unwrap().text().unwrap();
                            client
                        })
                        .collect();
                    let now = resources();
                    drop((first, clients));
                    for_each_of(50, before, now)
                }),
                ("the process ends, with such clients and a thread that waits", |server| {
                    let client = Client::new();
                    client.get(format!("{server}/echo")).send().unwrap().text().unwrap();
                    let url = format!("{server}/silent");
                    let waiting = client.clone();
                    std::thread::spawn(move || waiting.get(url).timeout(A_WHILE * 100).send().map(drop));
                    std::thread::sleep(SHORT);
                    std::mem::forget(client);
                    "at once".to_owned()
                }),
            ]
        }
    };
}

mod by_hand {
    situations!(reqwest::blocking);
}

mod twin {
    situations!(sync_twin_tests_clients::http);
}
