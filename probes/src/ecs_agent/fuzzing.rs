//! What is read of the ECS agent, one function a format.

mod kernel;
mod services;
mod texts;

pub use self::kernel::{routes, socket_table};
pub use self::services::{docker_engine, introspection};
pub use self::texts::{agent_log, docker_settings, systemctl, unit_file};
