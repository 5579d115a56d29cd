//! A blocking HTTP client, and what one that is written by hand does.

mod server;

use crate::everywhere;
use crate::threads::running;
use bytes::Bytes;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, USER_AGENT};
use server::Server;
use std::error::Error as _;
use std::fs::{self, File};
use std::io::{self, BufRead, Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, LazyLock};
use std::thread;
use std::time::Duration;
use sync_twin::sync_wrapper;
use sync_twin_tests_clients::http::multipart::{Form, Part};
use sync_twin_tests_clients::http::redirect::Policy;
use sync_twin_tests_clients::http::{
    Body, Client, ClientBuilder, Method, Request, RequestBuilder, Response, StatusCode,
};

pub(crate) static SERVER: LazyLock<Server> = LazyLock::new(Server::start);

fn text(request: RequestBuilder) -> String {
    request.send().unwrap().text().unwrap()
}

#[test]
fn requests_and_responses() {
    everywhere(|| {
        let client = Client::new();
        let response: Response = client.get(SERVER.url("/echo")).send().unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.content_length(), Some(4));
        assert_eq!(response.url().path(), "/echo");
        assert!(response.remote_addr().is_some());
        assert_eq!(response.text().unwrap(), "GET ");
        assert_eq!(text(client.post(SERVER.url("/echo")).body("a")), "POST a");
        assert_eq!(
            text(client.patch(SERVER.url("/echo")).body(vec![98])),
            "PATCH b"
        );
        assert_eq!(
            text(client.request(Method::DELETE, SERVER.url("/echo"))),
            "DELETE "
        );
        assert_eq!(
            sync_twin_tests_clients::http::get(SERVER.url("/echo"))
                .unwrap()
                .bytes()
                .unwrap(),
            "GET "
        );
    });
}

#[test]
fn requests_that_are_built_first() {
    everywhere(|| {
        let client = Client::new();
        let (client, request) = client.put(SERVER.url("/echo")).body("a").build_split();
        let mut request: Request = request.unwrap();
        assert_eq!(request.body().unwrap().as_bytes(), Some(&b"a"[..]));
        *request.method_mut() = Method::POST;
        let again = request.try_clone().unwrap();
        *request.body_mut() = None;
        assert_eq!(client.execute(request).unwrap().text().unwrap(), "POST ");
        let request = RequestBuilder::from_parts(client, again);
        assert_eq!(text(request.try_clone().unwrap()), "POST a");
        assert_eq!(text(request), "POST a");
    });
}

#[test]
fn headers() {
    everywhere(|| {
        let mut headers = HeaderMap::new();
        headers.insert("x-always", "1".parse().unwrap());
        let builder: ClientBuilder = Client::builder().user_agent("me").default_headers(headers);
        let client = builder
            .http1_title_case_headers()
            .tcp_nodelay(true)
            .build()
            .unwrap();
        let request = client
            .get(SERVER.url("/headers"))
            .header("x-once", 2)
            .basic_auth("a", Some("b"));
        let request = request.build().unwrap();
        assert!(request.headers()[AUTHORIZATION].is_sensitive());
        let seen = client.execute(request).unwrap().text().unwrap();
        for header in [
            "X-Always: 1",
            "X-Once: 2",
            "User-Agent: me",
            "Authorization: Basic YTpi",
        ] {
            assert!(seen.contains(header), "{header}: {seen}");
        }
        let request = client.get(SERVER.url("/headers")).bearer_auth("token");
        assert!(text(request).contains("Authorization: Bearer token"));

        // A client of one's own, around an async one.
        let client = Client::from(reqwest::Client::new());
        let request = client.get(SERVER.url("/headers")).header(USER_AGENT, "you");
        assert!(text(request).contains("user-agent: you"));
    });
}

#[test]
fn errors() {
    everywhere(|| {
        let client = Client::new();
        let response = client.get(SERVER.url("/status/404")).send().unwrap();
        let error = response.error_for_status_ref().unwrap_err();
        assert_eq!(error.status(), Some(StatusCode::NOT_FOUND));
        assert!(response.error_for_status().unwrap_err().is_status());
        let response = client.get(SERVER.url("/status/200")).send().unwrap();
        let response = response
            .error_for_status_ref()
            .unwrap()
            .error_for_status_ref()
            .unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        let response = client.get(SERVER.url("/status/201")).send().unwrap();
        assert_eq!(
            response.error_for_status().unwrap().text().unwrap(),
            "sorry"
        );

        assert!(client.get("no url").send().unwrap_err().is_builder());
        assert!(
            client
                .get("http://127.0.0.1:1/")
                .send()
                .unwrap_err()
                .is_connect()
        );
        let response = client.get(SERVER.url("/broken")).send().unwrap();
        assert!(response.text().unwrap_err().is_decode());
        let error = client
            .get(SERVER.url("/echo"))
            .header("a\n", "b")
            .send()
            .unwrap_err();
        assert!(error.is_builder() && error.source().is_some());
    });
}

#[test]
fn bodies_in_pieces() {
    everywhere(|| {
        let client = Client::new();
        let mut response = client.get(SERVER.url("/pieces/abc")).send().unwrap();
        assert_eq!(response.content_length(), None);
        let mut body = response.chunk().unwrap().unwrap().to_vec();
        assert!(!body.is_empty());
        while let Some(chunk) = response.chunk().unwrap() {
            body.extend(chunk);
        }
        assert_eq!(body, b"abc");
        let response = client.get(SERVER.url("/large/1000000")).send().unwrap();
        assert_eq!(response.bytes().unwrap().len(), 1_000_000);
    });
}

#[test]
fn bodies_as_files() {
    everywhere(|| {
        let client = Client::new();
        let response = client.get(SERVER.url("/headers")).send().unwrap();
        let lines: Result<Vec<_>, _> = response.lines().collect();
        assert!(lines.unwrap().iter().any(|line| line.starts_with("host: ")));
        let mut copy = Vec::new();
        let mut response = client.get(SERVER.url("/large/300000")).send().unwrap();
        response.read_exact(&mut [0; 7]).unwrap();
        copy.extend(b"xxxxxxx");
        assert_eq!(response.copy_to(&mut copy).unwrap(), 299_993);
        assert_eq!(copy.len(), 300_000);
        assert!(copy.iter().all(|byte| *byte == b'x'));
        let mut response = client.get(SERVER.url("/broken")).send().unwrap();
        assert!(response.copy_to(&mut copy).is_err());

        // The same the other way, without knowing how long it is.
        let text = "some text ".repeat(20_000);
        let body = Body::new(Cursor::new(text.clone()));
        let seen = client.post(SERVER.url("/echo")).body(body).send();
        assert_eq!(seen.unwrap().text().unwrap(), format!("POST {text}"));
        // One that cannot be read ends the request.
        let failing = Cursor::new("begin").chain(Failing);
        let sent = client
            .post(SERVER.url("/echo"))
            .body(Body::new(failing))
            .send();
        let error = sent.unwrap_err();
        assert!(format!("{error:?}").contains("no luck"), "{error:?}");
    });
}

#[test]
fn bodies_of_other_things() {
    everywhere(|| {
        let client = Client::new();
        let post = |body: Body| text(client.post(SERVER.url("/echo")).body(body));
        assert_eq!(post(Body::sized(Cursor::new("abc"), 3)), "POST abc");
        let this = file!().replace("tests/", "");
        let content = fs::read_to_string(&this).unwrap();
        let file = File::open(&this).unwrap();
        assert_eq!(post(file.into()), format!("POST {content}"));
        assert_eq!(post(Bytes::from_static(b"abc").into()), "POST abc");

        let mut body = Body::new(Cursor::new("abc"));
        assert_eq!(body.as_bytes(), None);
        assert_eq!(body.buffer().unwrap(), b"abc");
        assert_eq!(body.as_bytes(), Some(&b"abc"[..]));
        assert_eq!(post(body), "POST abc");
        assert!(Body::new(Failing).buffer().is_err());

        let request = http::Request::put(SERVER.url("/echo")).body("abc").unwrap();
        let request = Request::try_from(request).unwrap();
        assert_eq!(client.execute(request).unwrap().text().unwrap(), "PUT abc");
        let response = Response::from(http::Response::new("abc"));
        assert_eq!(response.bytes().unwrap(), "abc");
    });
}

#[test]
fn forms_of_readers() {
    everywhere(|| {
        let form = || {
            let sized = Part::reader_with_length(Cursor::new("abc"), 3).file_name("a.txt");
            let part = Part::bytes(&b"xyz"[..]).headers(HeaderMap::new());
            Form::new().part("a", sized).part("b", part)
        };
        let mut read = String::new();
        form().into_reader().read_to_string(&mut read).unwrap();
        assert!(read.contains("abc") && read.contains("xyz"), "{read}");
        let form = form().part("c", Part::reader(Cursor::new("def")));
        let form = form.percent_encode_noop().percent_encode_attr_chars();
        let seen = text(Client::new().post(SERVER.url("/echo")).multipart(form));
        assert!(seen.contains("abc") && seen.contains("def"), "{seen}");
    });
}

struct Failing;

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::other("no luck"))
    }
}

#[test]
fn forms() {
    everywhere(|| {
        let part = Part::text("c")
            .mime_str("text/x-test")
            .unwrap()
            .file_name("d.txt");
        let form = Form::new().text("a", "b").part("file", part);
        let form = form.file("self", file!().replace("tests/", "")).unwrap();
        let boundary = form.boundary().to_owned();
        let request = Client::new()
            .post(SERVER.url("/echo"))
            .multipart(form)
            .build()
            .unwrap();
        let kind = request.headers()[CONTENT_TYPE].to_str().unwrap();
        assert_eq!(kind, format!("multipart/form-data; boundary={boundary}"));
        let seen = Client::new().execute(request).unwrap().text().unwrap();
        for line in [
            "name=\"a\"",
            "filename=\"d.txt\"",
            "text/x-test",
            "filename=\"mod.rs\"",
        ] {
            assert!(seen.contains(line), "{line}: {seen}");
        }
        assert!(Form::new().file("a", "/no such file").is_err());
    });
}

#[test]
fn redirects() {
    everywhere(|| {
        let client = Client::new();
        assert_eq!(text(client.get(SERVER.url("/moved/3"))), "here");
        assert!(
            client
                .get(SERVER.url("/moved/11"))
                .send()
                .unwrap_err()
                .is_redirect()
        );
        let client = Client::builder().redirect(Policy::none()).build().unwrap();
        let response = client.get(SERVER.url("/moved/3")).send().unwrap();
        assert_eq!(response.status(), StatusCode::FOUND);
    });
}

/// A policy is called while the request is under way.
#[test]
fn a_callback_may_block() {
    everywhere(|| {
        let inside = Client::new();
        let seen = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&seen);
        let policy = Policy::custom(move |attempt| {
            assert_eq!(text(inside.get(SERVER.url("/echo"))), "GET ");
            counted.fetch_add(1, SeqCst);
            attempt.follow()
        });
        let client = Client::builder().redirect(policy).build().unwrap();
        assert_eq!(text(client.get(SERVER.url("/moved/3"))), "here");
        assert_eq!(seen.load(SeqCst), 3);
    });
}

#[test]
fn a_callback_that_panics_reaches_the_caller() {
    everywhere(|| {
        let policy = Policy::custom(|attempt| match attempt.previous().len() {
            3.. => std::panic::resume_unwind(Box::new("enough")),
            _ => attempt.follow(),
        });
        let client = Client::builder().redirect(policy).build().unwrap();
        let request = client.get(SERVER.url("/moved/5"));
        let caught = catch_unwind(AssertUnwindSafe(|| request.send())).unwrap_err();
        assert_eq!(caught.downcast_ref(), Some(&"enough"));
        // The client goes on.
        assert_eq!(text(client.get(SERVER.url("/moved/1"))), "here");
    });
}

#[test]
fn time_limits() {
    everywhere(|| {
        let short = Duration::from_millis(50);
        let client = Client::new();
        let late = client.get(SERVER.url("/silent")).timeout(short).send();
        assert!(late.unwrap_err().is_timeout());
        // What comes at once comes within this.
        let limit = Duration::from_secs(1);
        let response = client
            .get(SERVER.url("/stalled"))
            .timeout(limit)
            .send()
            .unwrap();
        assert!(response.text().unwrap_err().is_timeout());

        // Of each read, and not of all.
        let client = Client::builder().timeout(limit).build().unwrap();
        let (client, request) = client.get(SERVER.url("/stalled")).build_split();
        let mut response = client.execute(request.unwrap().try_clone().unwrap());
        let error = response.as_mut().unwrap().copy_to(&mut io::sink());
        assert!(error.is_err());
        // And of none.
        let endless = Client::builder().timeout(None).build().unwrap();
        let request = endless.get(SERVER.url("/pieces/abc"));
        assert_eq!(text(request.try_clone().unwrap()), "abc");
        let mut response = client.get(SERVER.url("/stalled")).send().unwrap();
        assert_eq!(response.chunk().unwrap().unwrap(), "begin");
        assert!(response.chunk().unwrap_err().is_timeout());

        let mut request = client.get(SERVER.url("/echo")).build().unwrap();
        *request.timeout_mut() = Some(Duration::from_secs(600));
        assert_eq!(client.execute(request).unwrap().text().unwrap(), "GET ");
    });
}

/// A limit of each call, which the blocking type has beside the async value.
#[sync_wrapper(
    type = pub(crate) Patient,
    foreign,
    fields(patience: Option<Duration> = Some(Duration::from_millis(50))),
    timeout = self.patience,
    read = chunk
)]
impl reqwest::Response {
    pub async fn chunk(&mut self) -> reqwest::Result<Option<Bytes>>;
    pub async fn text(self) -> reqwest::Result<String>;
}

#[test]
fn time_limits_of_calls() {
    everywhere(|| {
        let get = |path| Client::new().get(SERVER.url(path)).send().unwrap();
        let mut response = Patient::from(get("/stalled").into_inner());
        let patience = response.patience.take();
        assert_eq!(response.chunk().unwrap().unwrap().unwrap(), "begin");
        response.patience = patience;
        assert!(response.chunk().is_err());
        let error = response.read(&mut [0; 9]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert!(response.text().is_err());
        let mut response = Patient::from(get("/echo").into_inner());
        response.patience = None;
        assert_eq!(response.text().unwrap().unwrap(), "GET ");
    });
}

/// Requests while a panic unwinds, and a client that is dropped then.
#[test]
fn during_a_panic() {
    struct Farewell(Client);
    impl Drop for Farewell {
        fn drop(&mut self) {
            assert!(thread::panicking());
            assert_eq!(
                text(self.0.post(SERVER.url("/echo")).body("bye")),
                "POST bye"
            );
        }
    }
    everywhere(|| {
        let farewell = Farewell(Client::new());
        let caught = catch_unwind(AssertUnwindSafe(|| {
            let _farewell = farewell;
            std::panic::resume_unwind(Box::new("on purpose"));
        }));
        assert_eq!(caught.unwrap_err().downcast_ref(), Some(&"on purpose"));
    });
}

/// The hand-written one has a thread for each.
#[test]
fn fifty_clients_need_no_threads_of_their_own() {
    let clients: Vec<_> = (0..50).map(|_| Client::new()).collect();
    thread::scope(|scope| {
        for client in &clients {
            scope.spawn(|| {
                for _ in 0..5 {
                    assert_eq!(text(client.get(SERVER.url("/echo"))), "GET ");
                }
            });
        }
    });
    assert!(running() < 40, "{} threads", running());
}
