//! Waiting for what needs no waiting.

use tokio::runtime::{Builder, Runtime};

thread_local! {
    static RUNTIME: Option<Runtime> = Builder::new_current_thread().enable_all().build().ok();
}

/// The result of work that asks nobody. None where the system has no resources for it.
pub fn block_on<T>(work: impl Future<Output = T>) -> Option<T> {
    RUNTIME.with(|runtime| runtime.as_ref().map(|runtime| runtime.block_on(work)))
}
