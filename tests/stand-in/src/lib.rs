//! Behaves outwardly as the Amazon ECS agent does: it registers before it listens, resolves the
//! hosts it connects to once, keeps to those addresses, serves the introspection API, and ends with
//! 0 when it is asked to.
//!
//! What it is to do stands in its environment; `README.md` lists the variables. Every step is one
//! line on standard output, the last of them `ready`:
//!
//! ```text
//! registered
//! listening on [::]:51678
//! connected to 10.0.1.102:443 (ecs-a.us-east-1.amazonaws.com)
//! ready
//! ```

mod answer;
mod connection;
mod introspection;
mod log;
mod settings;
mod stand_in;
mod target;
mod tell;

pub use answer::AnswerKind;
pub use settings::{SettingError, StandIn};
pub use target::Target;
