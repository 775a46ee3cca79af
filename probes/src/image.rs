//! Names of container images: which registry they come from.

use crate::catalog::Catalog;
use crate::region;
use crate::surroundings::is_account_id;

/// Where an image comes from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Registry {
    /// A private registry of Amazon ECR.
    Ecr {
        /// The host that a client asks.
        host: String,
        /// The Region.
        region: String,
        /// Whether the name also has IPv6 addresses.
        dual_stack: bool,
    },
    /// Any other, by its host: `docker.io`, `public.ecr.aws`, ...
    Other(String),
}

impl Registry {
    /// The registry of an image; `None` when the name is not a plain one, or when it seems to be one
    /// of Amazon ECR, in a Region that no partition has.
    pub(crate) fn of(catalog: &Catalog, image: &str) -> Option<Self> {
        if !is_plain(image) {
            return None;
        }
        let host = host_of(image);
        match Ecr::parse(&host) {
            None => Some(Self::Other(host)),
            Some(ecr) => {
                let partition = catalog.partition_of(&ecr.region)?;
                let sound = ecr.dual_stack || ecr.suffix == partition.suffix;
                sound.then_some(Self::Ecr { host, region: ecr.region, dual_stack: ecr.dual_stack })
            }
        }
    }
}

/// Registries on the internet that many images come from, by the end of their names. Amazon ECR Public
/// cannot be reached through AWS PrivateLink either: Amazon ECR User Guide, "Amazon ECR interface VPC
/// endpoints".
const ON_THE_INTERNET: [&str; 10] = [
    "docker.io",
    "public.ecr.aws",
    "gcr.io",
    "ghcr.io",
    "mcr.microsoft.com",
    "nvcr.io",
    "pkg.dev",
    "quay.io",
    "registry.gitlab.com",
    "registry.k8s.io",
];

/// Whether a registry is known to be on the internet, where no VPC endpoint leads.
pub(crate) fn is_on_the_internet(host: &str) -> bool {
    ON_THE_INTERNET.iter().any(|known| {
        host.strip_suffix(known).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}

/// Whether a text has only the characters of an image's name: nothing that is still to be filled in.
fn is_plain(image: &str) -> bool {
    (1..=1024).contains(&image.len())
        && image.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-/:@+".contains(&byte))
}

/// The first part of a name is a host when it looks like one, and Docker Hub is meant when it does
/// not. Source: the reference grammar of the Docker and OCI distribution projects.
fn host_of(image: &str) -> String {
    match image.split_once('/') {
        Some((host, _)) if host.contains(['.', ':']) || host == "localhost" => {
            host.to_ascii_lowercase()
        }
        _ => "docker.io".to_owned(),
    }
}

struct Ecr {
    region: String,
    suffix: String,
    dual_stack: bool,
}

impl Ecr {
    /// `<account>.dkr.ecr[-fips].<region>.<suffix>`, `<account>.dkr-ecr[-fips].<region>.on.aws`.
    /// Source: AWS General Reference, "Amazon ECR endpoints and quotas".
    fn parse(host: &str) -> Option<Self> {
        let (account, rest) = host.split_once('.')?;
        if !is_account_id(account) {
            return None;
        }
        let after = |prefixes: [&str; 2]| {
            let rest = prefixes.iter().find_map(|prefix| rest.strip_prefix(prefix))?;
            let (region, suffix) = rest.split_once('.')?;
            region::is_well_formed(region).then(|| (region.to_owned(), suffix.to_owned()))
        };
        if let Some((region, suffix)) = after(["dkr.ecr.", "dkr.ecr-fips."]) {
            return Some(Self { region, suffix, dual_stack: false });
        }
        let (region, suffix) = after(["dkr-ecr.", "dkr-ecr-fips."])?;
        (suffix == "on.aws").then_some(Self { region, suffix, dual_stack: true })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(image: &str) -> Option<Registry> {
        Registry::of(&Catalog::builtin().unwrap(), image)
    }

    #[test]
    fn registries_of_amazon_ecr_are_known_by_their_names() {
        for (image, of_region, is_dual_stack) in [
            ("123456789012.dkr.ecr.us-east-1.amazonaws.com/app:1", "us-east-1", false),
            ("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/a/b@sha256:0", "cn-north-1", false),
            ("123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com/app", "us-gov-west-1", false),
            ("123456789012.dkr.ecr.eusc-de-east-1.amazonaws.eu/app", "eusc-de-east-1", false),
            ("123456789012.dkr.ecr.eu-north-7.amazonaws.com/app", "eu-north-7", false),
            ("123456789012.dkr-ecr.eu-west-1.on.aws/app", "eu-west-1", true),
            ("123456789012.dkr-ecr-fips.us-east-1.on.aws/app", "us-east-1", true),
        ] {
            let Some(Registry::Ecr { host, region, dual_stack }) = of(image) else {
                panic!("{image}: {:?}", of(image));
            };
            assert_eq!((region.as_str(), dual_stack), (of_region, is_dual_stack), "{image}");
            assert!(image.starts_with(&host), "{host}");
        }
    }

    #[test]
    fn all_others_are_told_by_their_host() {
        for (image, host) in [
            ("nginx", "docker.io"),
            ("nginx:latest", "docker.io"),
            ("library/nginx", "docker.io"),
            ("public.ecr.aws/docker/library/nginx:1", "public.ecr.aws"),
            ("ghcr.io/a/b", "ghcr.io"),
            ("localhost/app", "localhost"),
            ("registry.corp.example:5000/app", "registry.corp.example:5000"),
            ("12345.dkr.ecr.us-east-1.amazonaws.com/app", "12345.dkr.ecr.us-east-1.amazonaws.com"),
        ] {
            assert_eq!(of(image), Some(Registry::Other(host.to_owned())), "{image}");
        }
    }

    #[test]
    fn public_registries_are_known_by_the_end_of_their_names() {
        for host in ["docker.io", "registry-1.docker.io", "us-docker.pkg.dev", "public.ecr.aws"] {
            assert!(is_on_the_internet(host), "{host}");
        }
        for host in ["registry.corp.example", "notdocker.io", "docker.io.corp.example", ""] {
            assert!(!is_on_the_internet(host), "{host}");
        }
    }

    #[test]
    fn what_is_still_to_be_filled_in_is_not_guessed() {
        for image in [
            "",
            "${AWS_ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/app",
            "123456789012.dkr.ecr.${AWS::Region}.amazonaws.com/app",
            "{{image}}",
            "<account>.dkr.ecr.us-east-1.amazonaws.com/app",
            "123456789012.dkr.ecr.mars-north-1.amazonaws.com/app",
            "123456789012.dkr.ecr.us-east-1.amazonaws.example/app",
        ] {
            assert_eq!(of(image), None, "{image}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(image in "\\PC*", rest in "[a-z0-9./:-]*") {
            let _ = of(&image);
            let _ = of(&format!("123456789012.dkr.ecr.{rest}"));
        }
    }
}
