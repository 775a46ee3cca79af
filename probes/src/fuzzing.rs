//! What comes from outside, one function a format: each takes bytes as they might come, reads them
//! as the program does, and asserts what holds whatever they are. `tests/fuzz` looks for bytes that
//! break it; the tests try the bytes that are kept there, and changed ones.
//!
//! For tests and fuzzing only: the program does not carry it.

mod formats;
mod invariants;
mod runtime;
mod section;

use std::sync::LazyLock;

pub use self::formats::{restart_record, task_definition};
pub(crate) use self::invariants::assert_surroundings;
pub use self::invariants::{assert_round_trip, assert_short_texts};
pub use self::runtime::block_on;
pub(crate) use self::section::Section;
pub use crate::bounded_http::fuzzing::http_answer;
use crate::catalog::Catalog;
pub use crate::ecs_agent::fuzzing::*;
pub use crate::observe::fuzzing::*;
pub use crate::surroundings::fuzzing::*;

/// A format: its name, which the target and the folder of kept bytes have too, and what reads it.
pub type Target = (&'static str, fn(&[u8]));

/// Names each function of this module that reads a format: the list of all, and a test for each that
/// holds it to its kept bytes.
#[macro_export]
macro_rules! formats {
    ($($name:ident),* $(,)?) => {
        /// Every format that is read here.
        pub const TARGETS: &[$crate::fuzzing::Target] = &[$((stringify!($name), $name)),*];

        #[cfg(test)]
        mod formats_hold {
            $(
                #[test]
                fn $name() {
                    super::kept_bytes::hold(stringify!($name), super::$name);
                }
            )*
        }
    };
}

formats!(
    agent_log,
    ca_file,
    certificate,
    dns_answer,
    docker_engine,
    docker_settings,
    ecs_config,
    hosts_file,
    http_answer,
    instance_metadata,
    introspection,
    proxy_value,
    resolv_conf,
    restart_record,
    routes,
    socket_table,
    systemctl,
    task_definition,
    task_metadata,
    tls_answer,
    unit_file,
);

/// The catalog, read once.
pub static CATALOG: LazyLock<Option<Catalog>> = LazyLock::new(|| Catalog::builtin().ok());

#[cfg(test)]
#[path = "../../tests/harness/kept_bytes.rs"]
mod kept_bytes;
