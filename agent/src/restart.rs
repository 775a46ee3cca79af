//! Restarting the ECS agent: everything around the decision, which is `vpce_probes::restart`.

mod act;
mod events;
mod folder;
mod lock;
mod record;
mod verify;

pub(crate) use self::act::{Acted, act};
pub(crate) use self::events::{log_decision, log_outcome};
pub(crate) use self::lock::{Lock, NoLock};
pub(crate) use self::record::{Record, boot};
pub(crate) use self::verify::verify;
