//! What both blocking twins of the library have to do, wherever they are called.

/// The tests of one of them.
macro_rules! tests {
    ($($module:tt)*) => {
        use $($module)*::{Client, Config, GenericClient, Request, Response, Row, Transaction};
        use std::time::Duration;
        use sync_twin_tests_library::{self as library, Error, Status};
        use $crate::everywhere;

        fn connect() -> Client {
            Config::new().host("here").retries(3).connect().unwrap()
        }

        #[test]
        fn builders_chain() {
            everywhere(|| {
                let mut config = Config::new();
                assert_eq!(config.host("here").retries(100).get_retries(), Config::MOST_RETRIES);
                assert_eq!(config.connect().unwrap().host(), "here");
                assert_eq!(Config::default().checked().unwrap_err(), Error::NoHost);
                assert_eq!(config.checked().unwrap().get_retries(), 9);
                assert_eq!(config, config.clone());
            });
        }

        #[test]
        fn requests_and_responses() {
            everywhere(|| {
                let client = connect();
                let response: Response = client.request("a").value(7).send().unwrap();
                assert_eq!(response.status(), Status::Found);
                assert_eq!(response.error_for_status_ref().unwrap().status(), Status::Found);
                assert_eq!(response.clone().error_for_status().unwrap(), response);
                assert_eq!(response.text().unwrap(), "7");

                let missing = client.request("b").timeout(Duration::from_secs(60)).send().unwrap();
                assert_eq!(missing.error_for_status_ref().unwrap_err(), Error::Status(Status::Missing));
                assert!(missing.text().is_err());
            });
        }

        #[test]
        fn blocking_types_as_arguments() {
            everywhere(|| {
                let client = connect();
                let request: Request = client.request("a").value("x");
                assert_eq!(client.execute(request).unwrap().text().unwrap(), "x");
                let requests = vec![client.request("a"), client.request("b")];
                let statuses: Vec<_> = client
                    .execute_all(requests)
                    .into_iter()
                    .map(|response: Result<Response, Error>| response.unwrap().status())
                    .collect();
                assert_eq!(statuses, [Status::Found, Status::Missing]);

                let (same, key): (Client, _) = client.request("k").split();
                assert!(client.is_same(&same) && !client.is_same(&connect()));
                assert_eq!(key.unwrap(), "k");
                assert!(client.is_same(&connect().or(Some(client.clone()))));
            });
        }

        #[test]
        fn transactions_borrow() {
            everywhere(|| {
                let mut client = connect();
                client.set("a1", "1").unwrap();
                let mut outer: Transaction<'_> = client.transaction().unwrap();
                outer.set("a2", "2").unwrap();
                {
                    let inner = outer.transaction().unwrap();
                    inner.set("a3", "3").unwrap();
                    let rows: Result<Vec<Row>, _> = inner.rows("a").unwrap().collect();
                    let keys: Vec<_> = rows.unwrap().iter().map(|row| row.key().to_owned()).collect();
                    assert_eq!(keys, ["a1", "a2", "a3"]);
                    let (count, first) = inner.first("a").unwrap();
                    assert_eq!((count, first.unwrap().value().as_str()), (3, "1"));
                    inner.rollback().unwrap();
                }
                assert_eq!(outer.get("a3").unwrap(), None);
                outer.commit().unwrap();
                assert_eq!(client.get("a2").unwrap().as_deref(), Some("2"));
                // One that is dropped rolls back, by a task that it spawns.
                client.transaction().unwrap().set("a4", "4").unwrap();
                while client.get("a4").unwrap().is_some() {
                    std::thread::yield_now();
                }
                client.close().unwrap();
            });
        }

        /// Sets a key, in a transaction of anything that has them.
        fn set_in<C: GenericClient>(client: &mut C, key: &str) -> u32 {
            let transaction = client.transaction().unwrap();
            GenericClient::set(&transaction, key, "x").unwrap();
            let depth = transaction.depth();
            transaction.commit().unwrap();
            depth
        }

        #[test]
        fn generic_over_what_blocks() {
            everywhere(|| {
                let mut client = connect();
                assert_eq!(set_in(&mut client, "a"), 1);
                let mut outer = client.transaction().unwrap();
                assert_eq!(set_in(&mut outer, "b"), 2);
                let any: &dyn GenericClient = &outer;
                assert_eq!(any.get("b").unwrap().as_deref(), Some("x"));
                outer.rollback().unwrap();
                assert_eq!(client.get("b").unwrap(), None);
                assert_eq!(client.get("a").unwrap().as_deref(), Some("x"));
            });
        }

        #[test]
        fn pieces() {
            everywhere(|| {
                let mut response = connect().request("a").value("äb").send().unwrap();
                assert_eq!(response.chunk().unwrap().unwrap(), "ä".as_bytes());
                assert_eq!(response.chunk().unwrap().unwrap(), b"b");
                assert_eq!(response.chunk().unwrap(), None);
            });
        }

        #[test]
        fn to_the_async_type_and_back() {
            let mut client = connect();
            let address: *const library::Client = client.as_async();
            assert!(std::ptr::eq(address, client.as_async_mut()));
            let inside: library::Client = client.into();
            let client = Client::from(inside);
            let inside: library::Client = client.into_inner();
            assert_eq!(inside.host(), "here");
        }
    };
}

pub(crate) use tests;
