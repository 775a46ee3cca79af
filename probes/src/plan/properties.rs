//! What holds of every plan.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::tests::{any_selection, catalog, place, titles};
use super::*;
use crate::catalog::Expectation;

fn any_place() -> impl Strategy<Value = Place> {
    let regions = ["us-east-1", "eu-west-9", "mx-central-1", "cn-north-1", "us-gov-east-1"];
    let versions = [None, Some("1.3.0"), Some("1.4.0"), Some("LATEST")];
    (select(regions.to_vec()), select(Profile::ALL.to_vec()), select(versions.to_vec())).prop_map(
        |(region, profile, version)| Place {
            platform_version: version.map(str::to_owned),
            ..place(region, profile)
        },
    )
}

fn reasons(endpoint: &Endpoint) -> BTreeSet<String> {
    endpoint.reasons.iter().map(|reason| format!("{reason:?}")).collect()
}

/// Every endpoint of the whole is in a part as it is there, with the strongest need and all reasons
/// of the parts, and nothing else is.
fn assert_union(whole: &Plan, parts: &[Plan]) {
    let of_parts: BTreeSet<String> = parts.iter().flat_map(titles).collect();
    assert_eq!(titles(whole).into_iter().collect::<BTreeSet<_>>(), of_parts);
    for endpoint in &whole.endpoints {
        let same: Vec<&Endpoint> = parts
            .iter()
            .flat_map(|part| &part.endpoints)
            .filter(|other| other.title() == endpoint.title() && other.region == endpoint.region)
            .collect();
        assert_eq!(Some(endpoint.need), same.iter().map(|other| other.need).max());
        let all: BTreeSet<String> = same.iter().flat_map(|other| reasons(other)).collect();
        assert_eq!(reasons(endpoint), all, "{}", endpoint.title());
        for other in same {
            assert_eq!(endpoint.hosts, other.hosts);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_plan_of_several_profiles_is_what_each_of_them_plans(
        here in any_place(),
        profiles in subsequence(Profile::ALL.to_vec(), 1..=4),
        selection in any_selection(),
    ) {
        let catalog = catalog();
        let of = |profiles: Vec<Profile>| {
            plan(&catalog, &here, &Selection { profiles, ..selection.clone() })
        };
        let parts: Vec<Plan> = profiles.iter().map(|profile| of(vec![*profile])).collect();
        assert_union(&of(profiles), &parts);
    }

    #[test]
    fn one_profile_that_expects_private_addresses_is_enough(
        here in any_place(), profiles in subsequence(Profile::ALL.to_vec(), 1..=4),
    ) {
        let catalog = catalog();
        let of = |profiles: Vec<Profile>| {
            plan(&catalog, &here, &Selection { profiles, ..Selection::default() })
        };
        let parts: Vec<Plan> = profiles.iter().map(|profile| of(vec![*profile])).collect();
        for endpoint in of(profiles).endpoints {
            let of_parts = parts.iter().flat_map(|part| &part.endpoints);
            let mut same = of_parts.filter(|other| other.title() == endpoint.title());
            // Outside of the VPC it is enough that a name can be reached.
            let strictest = same.find(|other| other.expectation != Expectation::Reachable);
            let expected = strictest.map_or(Expectation::Reachable, |other| other.expectation);
            prop_assert_eq!(endpoint.expectation, expected, "{}", endpoint.title());
        }
    }

    #[test]
    fn the_plan_of_several_features_is_what_each_of_them_adds(
        here in any_place(), selection in any_selection(),
    ) {
        let catalog = catalog();
        let of = |features: Vec<String>| {
            plan(&catalog, &here, &Selection { features, ..selection.clone() })
        };
        let mut parts: Vec<Plan> =
            selection.features.iter().map(|feature| of(vec![feature.clone()])).collect();
        parts.push(of(Vec::new()));
        assert_union(&of(selection.features.clone()), &parts);
    }

    #[test]
    fn the_order_in_which_things_are_asked_for_means_nothing(
        here in any_place(), selection in any_selection(), hosts in subsequence(vec!["a.b", "c.d"], 0..=2),
    ) {
        let catalog = catalog();
        let hosts = hosts.into_iter().map(str::to_owned).collect();
        let selection = Selection { hosts, ..selection };
        let mut turned = selection.clone();
        turned.features.reverse();
        turned.services.reverse();
        turned.skip.reverse();
        turned.profiles.reverse();
        turned.features.extend(selection.features.clone());
        turned.services.extend(selection.services.clone());
        let (first, second) =
            (plan(&catalog, &here, &selection), plan(&catalog, &here, &turned));
        prop_assert_eq!(&first.endpoints, &second.endpoints);
        prop_assert_eq!(&first.side_names, &second.side_names);
        prop_assert_eq!(first.notes, second.notes);
    }

    #[test]
    fn what_is_left_out_is_missing_and_nothing_else(
        here in any_place(), selection in any_selection(), check_egress in any::<bool>(),
    ) {
        let catalog = catalog();
        let whole = Selection { skip: Vec::new(), check_egress, ..selection.clone() };
        let whole = plan(&catalog, &here, &whole);
        let left = plan(&catalog, &here, &Selection { check_egress, ..selection.clone() });
        let expected: Vec<&Endpoint> = whole
            .endpoints
            .iter()
            .filter(|endpoint| !selection.skip.contains(&endpoint.service))
            .collect();
        prop_assert_eq!(left.endpoints.iter().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn only_what_is_named_is_planned_as_it_would_be_without(
        here in any_place(), selection in any_selection(),
    ) {
        let catalog = catalog();
        let whole = plan(&catalog, &here, &selection);
        let all: Vec<String> = catalog.services.iter().map(|one| one.name.clone()).collect();
        for only in all.chunks(3) {
            let narrowed =
                plan(&catalog, &here, &Selection { only: only.to_vec(), ..selection.clone() });
            let planned: BTreeSet<String> = titles(&narrowed).into_iter().collect();
            for endpoint in &whole.endpoints {
                let is_named = only.contains(&endpoint.service);
                prop_assert_eq!(planned.contains(&endpoint.title()), is_named);
            }
            for endpoint in &narrowed.endpoints {
                prop_assert!(only.contains(&endpoint.service));
                let same = whole.endpoints.iter().find(|other| other.title() == endpoint.title());
                prop_assert!(same.is_none_or(|other| other.hosts == endpoint.hosts));
            }
        }
    }
}
