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
//!
//! ```no_run
//! use std::collections::BTreeMap;
//! use std::sync::Arc;
//! use std::time::{Duration, Instant, SystemTime};
//!
//! use vpce_probes::catalog::Catalog;
//! use vpce_probes::observation::Observations;
//! use vpce_probes::observe::{Budget, Conditions, DNS_PORT, HTTPS_PORT, Resolvers, Trust, observe};
//! use vpce_probes::plan::{Place, Selection, plan};
//! use vpce_probes::report::Report;
//! use vpce_probes::surroundings::{HostsFile, Outside, Overrides, detect};
//!
//! # async fn check() -> Result<(), Box<dyn std::error::Error>> {
//! let catalog = Catalog::builtin()?;
//! let (started, deadline) = (SystemTime::now(), Duration::from_secs(4));
//! let budget = Budget::divide(Instant::now(), deadline);
//! let outside = Outside::usual(std::env::vars().collect::<BTreeMap<_, _>>());
//! let mut surroundings = detect(&catalog, &outside, &Overrides::default()).await;
//! let plan = plan(&catalog, &Place::of(&surroundings), &Selection::default());
//! let (hosts_file, told) = HostsFile::read(&outside.hosts_file, plan.host_names(), budget.metadata).await;
//! surroundings.sources.push(told);
//! let resolvers = surroundings.resolvers.value();
//! let conditions = Conditions {
//!     hosts_file: Arc::new(hosts_file),
//!     resolvers: resolvers.map(|settings| Arc::new(Resolvers::new(settings, &budget, DNS_PORT))),
//!     trust: Trust::with_files(&[])?,
//!     budget,
//!     port: HTTPS_PORT,
//! };
//! let hosts = observe(&plan, &conditions).await;
//! let observations = Observations::new(started, deadline, hosts);
//! let report = Report::new(surroundings, plan, observations);
//! println!("{}", report.status.word());
//! # Ok(())
//! # }
//! ```

pub mod address_class;
mod again;
mod apart;
mod arn;
mod bounded_http;
mod bounded_json;
pub mod bounded_read;
pub mod built_in;
pub mod catalog;
pub mod ecs_agent;
pub mod error_text;
pub mod event;
pub mod explanation;
pub mod findings;
pub mod fix;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod image;
mod numbered_host;
pub mod observation;
pub mod observe;
pub mod plan;
pub mod printable;
pub mod region;
pub mod report;
pub mod restart;
pub mod status;
pub mod surroundings;
pub mod task_definition;
pub mod timestamp;
pub mod waiting;
