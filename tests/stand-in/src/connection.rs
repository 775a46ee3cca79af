//! A connection that is kept.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::sleep;

use crate::introspection::hold;
use crate::log;
use crate::settings::StandIn;
use crate::target::{Target, connect};
use crate::tell::tell;

/// What failed is tried again after so long.
const PAUSE: Duration = Duration::from_millis(200);

/// Waits until a connection to the target is accepted. Its name is resolved anew for each attempt.
pub(crate) async fn register(target: &Target) {
    let attempt = || async { connect(target.resolve().await?, false).await };
    let mut told = false;
    while let Err(why) = attempt().await {
        if !std::mem::replace(&mut told, true) {
            tell(&format!("not registered with {target}: {why}"));
        }
        sleep(PAUSE).await;
    }
    tell("registered");
}

/// A target whose address is settled: as the real agent, it keeps to what it learnt first.
pub(crate) struct Kept {
    stand_in: Arc<StandIn>,
    target: Target,
    address: SocketAddr,
}

impl Kept {
    /// Resolves the target, however long that takes.
    pub(crate) async fn resolve(stand_in: &Arc<StandIn>, target: &Target) -> Self {
        let mut told = false;
        loop {
            match target.resolve().await {
                Ok(address) => {
                    return Self { stand_in: stand_in.clone(), target: target.clone(), address };
                }
                Err(why) if !std::mem::replace(&mut told, true) => {
                    tell(&format!("cannot resolve {target}: {why}"));
                }
                Err(_) => {}
            }
            sleep(PAUSE).await;
        }
    }

    /// Connects for the first time, and tells how that went.
    pub(crate) async fn connect(&self) -> io::Result<TcpStream> {
        let connected = connect(self.address, self.stand_in.mapped).await;
        match &connected {
            Ok(_) => {
                if let Some(file) = &self.stand_in.log {
                    log::connected(file, &self.target, &self.stand_in.cluster);
                }
                tell(&format!("connected to {} ({})", self.address, self.target));
            }
            Err(why) => {
                tell(&format!("not connected to {} ({}): {why}", self.address, self.target));
            }
        }
        connected
    }

    /// Holds the connection, and connects to the same address whenever it is gone.
    pub(crate) async fn keep(self, mut connected: io::Result<TcpStream>) {
        loop {
            if let Ok(stream) = &mut connected {
                let _ = hold(stream).await;
            }
            sleep(PAUSE).await;
            connected = self.connect().await;
        }
    }
}
