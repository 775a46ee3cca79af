//! Finds, checks and explains the AWS service endpoints that an Amazon ECS host or task needs.
//!
//! There is one way through this library, and each step is a plain data type:
//!
//! ```text
//! surroundings  ->  plan  ->  observations  ->  findings  ->  report
//! ```
//!
//! - [`surroundings`] asks the instance metadata, the task metadata, a few files and the
//!   environment where this program runs.
//! - [`plan`] says which endpoints that place needs, and why. It is pure.
//! - [`observe`] resolves every name and connects to every address, inside one deadline.
//! - [`findings`] judges what was seen. It is pure: the same data give the same findings.
//! - [`report`] is what all renderers read, and what a saved JSON file holds.

pub mod address_class;
pub mod catalog;
pub mod explanation;
pub mod findings;
pub mod observation;
pub mod observe;
pub mod plan;
pub mod region;
pub mod report;
pub mod status;
pub mod surroundings;
pub mod timestamp;
