//! The life of the stand-in.

use std::fs;
use std::io;
use std::sync::Arc;

use tokio::signal::unix::{SignalKind, signal};

use crate::connection::{Kept, register};
use crate::introspection;
use crate::settings::StandIn;
use crate::tell::tell;

impl StandIn {
    /// Runs until it is asked to end by SIGTERM or SIGINT.
    ///
    /// # Errors
    /// Signals cannot be taken, or an address to listen on cannot be had.
    pub async fn run(self) -> io::Result<()> {
        // First of all: process 1 of a container takes no signal that it does not ask for.
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        // A name that cannot be had is seen soon enough by whoever looks for it.
        let _ = fs::write("/proc/self/comm", &self.name);
        tokio::select! {
            _ = terminate.recv() => Ok(()),
            _ = interrupt.recv() => Ok(()),
            failed = self.live() => failed,
        }
    }

    /// Registers, listens, connects and stays. It ends only when it cannot listen.
    async fn live(self) -> io::Result<()> {
        let stand_in = Arc::new(self);
        if let Some(target) = &stand_in.register {
            register(target).await;
        }
        introspection::listen(&stand_in).await?;
        for target in &stand_in.connect {
            let kept = Kept::resolve(&stand_in, target).await;
            let connected = kept.connect().await;
            tokio::spawn(kept.keep(connected));
        }
        tell("ready");
        std::future::pending().await
    }
}
