//! Rules about what the task asks for that no endpoint can give, or that could not be read.

use super::advice::is_outside;
use super::finding::Words;
use super::{Code, Finding};
use crate::image::is_on_the_internet;
use crate::plan::{ForeignImage, Plan};
use crate::status::Severity;
use crate::surroundings::Surroundings;

/// Lines that a finding names.
const SHOWN: usize = 5;

pub(super) fn judge(surroundings: &Surroundings, plan: &Plan) -> Vec<Finding> {
    // Outside AWS everything goes over public addresses, and images too.
    let foreign = if is_outside(surroundings) { None } else { foreign_images(plan) };
    foreign.into_iter().chain(unread(plan)).collect()
}

fn foreign_images(plan: &Plan) -> Option<Finding> {
    let images = &plan.foreign_images;
    if images.is_empty() {
        return None;
    }
    let (public, own): (Vec<&ForeignImage>, Vec<_>) =
        images.iter().partition(|image| is_on_the_internet(&image.registry));
    let mut meaning =
        "The registry was not probed: whether it can be reached is not known.".to_owned();
    if !public.is_empty() {
        meaning = format!(
            "{meaning} No VPC endpoint leads to {}: pulling from there needs a way to the internet.",
            registries(&public)
        );
    }
    if !own.is_empty() {
        meaning = format!(
            "{meaning} {}: no registry of AWS, so no endpoint of AWS leads there; a private way of your own may.",
            registries(&own)
        );
    }
    let seen = images.iter().map(|image| format!("{} {}", image.who, image.image));
    Some(Finding::general(
        Code::ForeignImage,
        Severity::Info,
        Words::new(
            shortened(seen.collect()),
            meaning,
            "Copy the image to Amazon ECR in this Region and name that one, or keep a NAT gateway for the subnets of the task. A pull-through cache of Amazon ECR needs a way out too when an image is pulled for the first time. The host of a registry of your own can be checked with --host.",
        ),
    ))
}

/// The registries, each once.
fn registries(images: &[&ForeignImage]) -> String {
    let mut names: Vec<String> = Vec::new();
    for image in images {
        if !names.contains(&image.registry) {
            names.push(image.registry.clone());
        }
    }
    shortened(names).replace("; ", ", ")
}

fn unread(plan: &Plan) -> Option<Finding> {
    if plan.unread.is_empty() {
        return None;
    }
    let seen = plan.unread.iter().map(|line| format!("{} ({})", line.who, line.why));
    Some(Finding::general(
        Code::TaskLineUnread,
        Severity::Warn,
        Words::new(
            shortened(seen.collect()),
            "What these lines need is not known, and was not guessed: it is missing in what was checked.",
            "Give the definition as Amazon ECS holds it, with everything filled in: aws ecs describe-task-definition --task-definition NAME. Or name what is missing with --feature or --service.",
        ),
    ))
}

/// The first few, and how many more there are.
fn shortened(all: Vec<String>) -> String {
    let more = all.len().saturating_sub(SHOWN);
    let shown = all.into_iter().take(SHOWN).collect::<Vec<_>>().join("; ");
    if more == 0 { shown } else { format!("{shown}; and {more} more") }
}
