//! What is read to find out where this program runs, one function a format.

mod files;
mod services;

pub use self::files::{ecs_config, hosts_file, proxy_value, resolv_conf};
pub use self::services::{instance_metadata, task_metadata};
