//! What the caller asked for, beyond what the place needs.

use super::{FromText, Profile, TaskNeeds};

/// The caller's choices.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Profiles to use instead of the detected one.
    pub profiles: Vec<Profile>,
    /// Features in use: `logs`, `secrets`, ...
    pub features: Vec<String>,
    /// What the task asks for, line by line.
    pub task: TaskNeeds,
    /// Services to add, whether or not anything needs them.
    pub services: Vec<String>,
    /// When not empty: check only these services.
    pub only: Vec<String>,
    /// Services to leave out.
    pub skip: Vec<String>,
    /// Any other host names to check, expected to be private.
    pub hosts: Vec<String>,
    /// Connect to Amazon S3 of other Regions too, to learn whether there is another way out.
    pub check_egress: bool,
    /// What the caller wants of the ECS agent.
    pub ecs_agent: AgentWish,
    /// Use the names of the FIPS 140 endpoints.
    pub fips: bool,
    /// Use the names that also have IPv6 addresses.
    pub dual_stack: bool,
    /// Check only what an error text implies.
    pub from_text: Option<FromText>,
}

/// What the caller wants of the ECS agent.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum AgentWish {
    /// To look at it where this place has one.
    #[default]
    Usual,
    /// It is what the caller asks for: what is not known of it does not pass.
    AskedFor,
    /// Not to look at it, although its endpoints are checked.
    LeftOut,
}

impl Selection {
    pub(super) fn profiles_or(&self, detected: Option<Profile>) -> Vec<Profile> {
        if self.profiles.is_empty() {
            detected.into_iter().collect()
        } else {
            self.profiles.clone()
        }
    }

    pub(super) fn admits(&self, service: &str) -> bool {
        let named = |list: &[String]| list.iter().any(|name| name == service);
        let is_meant = self.only.is_empty() && self.from_text.is_none();
        !named(&self.skip) && (is_meant || named(&self.only))
    }
}
