//! Why a name that should be private is not, where more is known than that.

use std::net::IpAddr;

use super::answers::{self, Says};
use super::host_view::HostView;
use super::{Code, resolver_rules, zone_rules};
use crate::surroundings::Surroundings;

/// What is known of the cause.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Cause {
    /// Another finding tells it.
    ToldBy(Code, &'static str),
    /// The Amazon-provided resolver, which was asked for comparison, has no private addresses for
    /// the name either: it is not for want of forwarding.
    AmazonAgrees {
        /// Its address.
        server: IpAddr,
        /// Whether it knows the name at all.
        knows_the_name: bool,
    },
    /// No more than the answer itself tells.
    NotKnown,
}

/// The cause for one name whose lookup gives no private addresses.
pub(super) fn of(surroundings: &Surroundings, view: &HostView<'_>) -> Cause {
    let answers = answers::of_host(surroundings, view);
    match resolver_rules::difference(view, &answers) {
        Some(Code::NotForwarded) => {
            return Cause::ToldBy(
                Code::NotForwarded,
                "the Amazon-provided resolver has private addresses for it, and what this machine asks has not",
            );
        }
        Some(code) => {
            return Cause::ToldBy(
                code,
                "another resolver of this machine has private addresses for it",
            );
        }
        None => {}
    }
    if let Some(code) = zone_rules::explaining(surroundings, view) {
        return Cause::ToldBy(code, "a zone made by hand holds another name instead");
    }
    match answers::of_amazon(&answers) {
        Some(amazon) if matches!(amazon.says, Says::Public | Says::Nothing) => {
            let knows_the_name = amazon.says == Says::Public;
            Cause::AmazonAgrees { server: amazon.server, knows_the_name }
        }
        _ => Cause::NotKnown,
    }
}
