//! Regions and the partitions they belong to.

use serde::Deserialize;

/// A partition: a group of Regions with its own DNS suffix.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Partition {
    /// `aws`, `aws-cn`, `aws-us-gov`, ...
    pub name: String,
    /// What host names end in: `amazonaws.com`, `amazonaws.com.cn`, ...
    pub suffix: String,
    /// What dual-stack host names end in: `api.aws`, ...
    pub dual_stack_suffix: String,
    /// What Region names begin with; a Region is `<geography>-<word>-<number>`.
    pub geographies: Vec<String>,
    /// The Regions known when this program was built.
    pub regions: Vec<String>,
    /// The closed list of Regions launched before 2023-12-23. A Region that is not on it is newer.
    pub launched_before_2023_12_23: Vec<String>,
    /// Document that tells so.
    pub source: String,
}

impl Partition {
    /// Whether the Region's name follows this partition's pattern. Known and future Regions alike:
    /// a new Region works on the day it opens.
    pub fn covers(&self, region: &str) -> bool {
        self.geographies.iter().any(|geography| {
            region
                .strip_prefix(geography.as_str())
                .and_then(|rest| rest.strip_prefix('-'))
                .and_then(|rest| rest.split_once('-'))
                .is_some_and(|(word, number)| {
                    !word.is_empty()
                        && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
                        && !number.is_empty()
                        && number.bytes().all(|byte| byte.is_ascii_digit())
                })
        })
    }

    /// Whether this program was built knowing the Region.
    pub fn lists(&self, region: &str) -> bool {
        self.regions.iter().any(|known| known == region)
    }

    /// Whether the Region was launched before 2023-12-23, and so before 2024.
    pub fn launched_before_2023_12_23(&self, region: &str) -> bool {
        self.launched_before_2023_12_23.iter().any(|older| older == region)
    }
}

/// Whether a text could be a Region's name at all: lower-case words and a number, joined by `-`.
pub fn is_well_formed(region: &str) -> bool {
    region.len() <= 32
        && region.split('-').count() >= 3
        && region.split('-').all(|part| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        })
        && region.bytes().last().is_some_and(|last| last.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    fn partition_of(region: &str) -> Option<String> {
        Catalog::builtin().unwrap().partition_of(region).map(|partition| partition.name.clone())
    }

    #[test]
    fn known_and_future_regions_find_their_partition() {
        for (region, partition) in [
            ("us-east-1", "aws"),
            ("mx-central-1", "aws"),
            ("eu-north-7", "aws"),
            ("us-gov-west-1", "aws-us-gov"),
            ("cn-north-1", "aws-cn"),
            ("us-iso-east-1", "aws-iso"),
            ("us-isob-west-3", "aws-iso-b"),
            ("eu-isoe-west-1", "aws-iso-e"),
            ("us-isof-south-1", "aws-iso-f"),
            ("eusc-de-east-1", "aws-eusc"),
        ] {
            assert_eq!(partition_of(region).as_deref(), Some(partition), "{region}");
        }
    }

    #[test]
    fn every_listed_region_is_covered_by_its_own_partition_only() {
        let catalog = Catalog::builtin().unwrap();
        for partition in &catalog.partitions {
            for region in &partition.regions {
                let covering: Vec<_> =
                    catalog.partitions.iter().filter(|other| other.covers(region)).collect();
                assert_eq!(covering.len(), 1, "{region}");
                assert_eq!(covering[0].name, partition.name, "{region}");
            }
            for older in &partition.launched_before_2023_12_23 {
                assert!(partition.lists(older), "{older}");
            }
        }
    }

    #[test]
    fn texts_that_are_no_regions_find_none() {
        for text in
            ["", "us", "us-east", "us-east-", "us--1", "us-east-1a", "mars-north-1", "us-east-1-x"]
        {
            assert_eq!(partition_of(text), None, "{text}");
        }
    }

    #[test]
    fn well_formed_names() {
        assert!(is_well_formed("us-gov-west-1") && is_well_formed("xx-new-1"));
        for text in ["", "us-east", "US-EAST-1", "us-east-1/../x", "us east 1", "us-east-one"] {
            assert!(!is_well_formed(text), "{text}");
        }
    }
}
