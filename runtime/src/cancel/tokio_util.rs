//! The token of tokio-util.

use super::Cancellation;
use tokio_util::sync::CancellationToken;

#[cfg_attr(docsrs, doc(cfg(feature = "tokio-util")))]
impl Cancellation for CancellationToken {
    fn is_cancelled(&self) -> bool {
        CancellationToken::is_cancelled(self)
    }

    async fn cancelled(&self) {
        CancellationToken::cancelled(self).await;
    }
}
