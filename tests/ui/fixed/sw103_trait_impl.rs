//! # SW103, fixed: the attribute is on the trait
//! Before: `../fail/sw103_trait_impl.rs`.

use sync_twin::sync_wrapper;

#[sync_wrapper]
trait Store {
    async fn load(&self) -> String;
}

impl Store for String {
    async fn load(&self) -> String {
        self.clone()
    }
}

fn main() {
    assert_eq!("ada".to_string().load_sync(), "ada");
}
