//! What one task asks for, line by line.

use serde::{Deserialize, Serialize};

use super::{Profile, Selection};
use crate::catalog::{Catalog, Need};
use crate::image::Registry;

/// What the lines of a task definition begin with that say who asks.
pub(crate) const TASK_DEFINITION: &str = "task definition";

/// The same for what the task metadata tell.
pub(crate) const TASK_METADATA: &str = "task metadata";

/// More than all lines of a real task definition together; what comes after is left out.
const MAX_LINES: usize = 1000;

/// Longer than any name in a task definition.
const MAX_NAME: usize = 255;

/// The services that an image is pulled from.
pub(crate) const OF_IMAGES: &[&str] = &["ecr.api", "ecr.dkr", "s3"];

/// Everything that a task asks for, as far as it could be read.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct TaskNeeds {
    /// What is asked for, in the order of the lines.
    pub demands: Vec<Demand>,
    /// Images of registries that have no VPC endpoint.
    pub foreign_images: Vec<ForeignImage>,
    /// Lines that could not be read.
    pub unread: Vec<Unread>,
    /// What a person should know.
    pub notes: Vec<String>,
    /// The kind of place that the task is for, where only one is possible.
    pub profile: Option<Profile>,
    /// The Fargate platform version (Linux) that a service or task runs on.
    pub platform_version: Option<String>,
}

/// What one line asks for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Demand {
    /// The line: `task definition, container app: secrets DB_PASSWORD`.
    pub who: String,
    /// The Region that it names, where it names one.
    pub region: Option<String>,
    /// What it asks for.
    pub ask: Ask,
}

/// What a line can ask for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Ask {
    /// Whatever a feature of the catalog needs.
    Feature(&'static str),
    /// One service, for a reason of its own.
    Service(ServiceAsk),
    /// An image of this host of Amazon ECR.
    Image {
        /// The registry's host.
        host: String,
        /// Whether it is the name that also has IPv6 addresses.
        dual_stack: bool,
    },
}

impl Ask {
    /// The services that it is about.
    fn services<'a>(&'a self, catalog: &'a Catalog) -> impl Iterator<Item = &'a str> {
        let (named, feature): (&[&str], _) = match self {
            Self::Feature(feature) => (&[], Some(*feature)),
            Self::Service(ask) => (std::slice::from_ref(&ask.service), None),
            Self::Image { .. } => (OF_IMAGES, None),
        };
        let rules = catalog.needs.iter();
        let of_feature =
            rules.filter(move |it| feature.is_some() && it.feature.as_deref() == feature);
        named.iter().copied().chain(of_feature.map(|rule| rule.service.as_str()))
    }
}

/// One service, for a reason of its own.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ServiceAsk {
    /// The service.
    pub service: &'static str,
    /// How much.
    pub need: Need,
    /// Why, in one sentence.
    pub text: &'static str,
    /// Id of the document in the catalog.
    pub document: &'static str,
}

/// An image of a registry that has no VPC endpoint.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ForeignImage {
    /// The line that names it.
    pub who: String,
    /// The image.
    pub image: String,
    /// The registry's host: `docker.io`.
    pub registry: String,
}

/// A line that could not be read, so that its needs are not known.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UnreadLine {
    /// The line.
    pub who: String,
    /// What is wrong with it, in a few words.
    pub why: String,
}

/// A line that could not be read, with what it can be about.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Unread {
    /// The line.
    pub line: UnreadLine,
    /// The services that it can ask for; empty: any.
    pub services: &'static [&'static str],
}

impl TaskNeeds {
    /// The needs of both.
    pub fn and(mut self, other: Self) -> Self {
        self.demands.extend(other.demands);
        self.foreign_images.extend(other.foreign_images);
        self.unread.extend(other.unread);
        self.notes.extend(other.notes);
        self.profile = self.profile.or(other.profile);
        self.platform_version = self.platform_version.or(other.platform_version);
        self
    }

    /// The features of the catalog that are in use, each once.
    pub(crate) fn features(&self) -> Vec<String> {
        let mut features: Vec<String> = Vec::new();
        for demand in &self.demands {
            if let Ask::Feature(feature) = demand.ask
                && !features.iter().any(|known| known == feature)
            {
                features.push(feature.to_owned());
            }
        }
        features
    }

    /// The lines that could not be read, with those that name a Region of no known partition, as far
    /// as they can be about services that the selection admits.
    pub(super) fn unread_in(&self, catalog: &Catalog, selection: &Selection) -> Vec<UnreadLine> {
        let is_lost = |demand: &&Demand| {
            demand.region.as_deref().is_some_and(|region| catalog.partition_of(region).is_none())
                && demand.ask.services(catalog).any(|service| selection.admits(service))
        };
        let is_meant = |unread: &&Unread| {
            let services = unread.services;
            services.is_empty() || services.iter().any(|service| selection.admits(service))
        };
        let lost = self.demands.iter().filter(is_lost).map(|demand| UnreadLine {
            who: demand.who.clone(),
            why: "a Region of no known partition".to_owned(),
        });
        let unread = self.unread.iter().filter(is_meant).map(|unread| unread.line.clone());
        unread.chain(lost).collect()
    }

    pub(crate) fn ask(&mut self, who: &str, region: Option<String>, ask: Ask) {
        let demand = Demand { who: who.to_owned(), region, ask };
        if self.demands.len() < MAX_LINES && !self.demands.contains(&demand) {
            self.demands.push(demand);
        }
    }

    pub(crate) fn feature(&mut self, who: &str, region: Option<String>, feature: &'static str) {
        self.ask(who, region, Ask::Feature(feature));
    }

    pub(crate) fn service(&mut self, who: &str, region: Option<String>, service: ServiceAsk) {
        self.ask(who, region, Ask::Service(service));
    }

    /// `services` are those that the line can ask for; empty: any.
    pub(crate) fn unread(&mut self, who: &str, why: &str, services: &'static [&'static str]) {
        let line = UnreadLine { who: who.to_owned(), why: why.to_owned() };
        let unread = Unread { line, services };
        if self.unread.len() < MAX_LINES && !self.unread.contains(&unread) {
            self.unread.push(unread);
        }
    }

    pub(crate) fn note(&mut self, note: String) {
        if self.notes.len() < MAX_LINES && !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// What pulling an image needs, and what its name shows to run in the container.
    pub(crate) fn image(&mut self, catalog: &Catalog, who: &str, image: &str) {
        match Registry::of(catalog, image) {
            None => self.unread(who, "not the plain name of an image", OF_IMAGES),
            Some(Registry::Ecr { host, region, dual_stack }) => {
                self.ask(who, Some(region), Ask::Image { host, dual_stack });
            }
            Some(Registry::Other(registry)) => {
                let foreign =
                    ForeignImage { who: who.to_owned(), image: image.to_owned(), registry };
                if self.foreign_images.len() < MAX_LINES && !self.foreign_images.contains(&foreign)
                {
                    self.foreign_images.push(foreign);
                }
            }
        }
        self.what_runs_in(who, image);
    }

    /// What software of AWS an image holds shows only in its name.
    fn what_runs_in(&mut self, who: &str, image: &str) {
        if image.contains("xray-daemon") {
            self.feature(who, None, "xray");
        }
        if image.contains("aws-otel-collector") || image.contains("adot-collector") {
            self.service(who, None, TRACES_OF_A_COLLECTOR);
        }
        if image.contains("cloudwatch-agent") {
            self.service(who, None, METRICS_OF_CLOUDWATCH_AGENT);
            self.service(who, None, LOGS_OF_CLOUDWATCH_AGENT);
        }
    }
}

/// `task definition, container app`; a name from outside in no more than its usual length.
pub(crate) fn line_of(document: &str, what: &str, name: &str) -> String {
    format!("{document}, {what} {}", name.chars().take(MAX_NAME).collect::<String>())
}

const TRACES_OF_A_COLLECTOR: ServiceAsk = ServiceAsk {
    service: "xray",
    need: Need::Recommended,
    text: "The AWS Distro for OpenTelemetry sends traces here, unless its configuration, which is not read, sends them elsewhere.",
    document: "xray-vpc-endpoints",
};

const METRICS_OF_CLOUDWATCH_AGENT: ServiceAsk = ServiceAsk {
    service: "monitoring",
    need: Need::Recommended,
    text: "The CloudWatch agent sends metrics here, if its configuration, which is not read, collects any.",
    document: "cloudwatch-vpc-endpoints",
};

const LOGS_OF_CLOUDWATCH_AGENT: ServiceAsk = ServiceAsk {
    service: "logs",
    need: Need::Recommended,
    text: "The CloudWatch agent sends logs and embedded metrics here, if its configuration, which is not read, collects any.",
    document: "logs-vpc-endpoints",
};
