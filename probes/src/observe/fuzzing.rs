//! What resolvers and endpoints send, one function a format.

mod dns;
mod tls;

pub use self::dns::dns_answer;
pub use self::tls::{ca_file, certificate, tls_answer};
