//! # SW504, fixed: the attribute is in the trait
//! Before: `../rustc/sw504_trait_impl.rs`.

use sync_twin::sync_wrapper;

trait Store {
    #[sync_wrapper]
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
