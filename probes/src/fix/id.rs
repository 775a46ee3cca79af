//! Ids and names that may be put into a script or a template.

use std::fmt;

use crate::region;
use crate::surroundings::forms::is_resource_id;

/// An id or a name of the form that AWS documents. It holds only letters, digits, dots and hyphens, so
/// it means nothing but itself to a shell, to Terraform and to CloudFormation, wherever it came from.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Id(String);

impl Id {
    /// `vpc-0abc1234def567890`.
    pub fn vpc(text: &str) -> Option<Self> {
        Self::checked(text, is_resource_id(text, "vpc"))
    }

    /// `subnet-0a9b8c7d6e5f40312`.
    pub fn subnet(text: &str) -> Option<Self> {
        Self::checked(text, is_resource_id(text, "subnet"))
    }

    /// `sg-0c1d2e3f4a5b60718`.
    pub fn security_group(text: &str) -> Option<Self> {
        Self::checked(text, is_resource_id(text, "sg"))
    }

    /// `i-0f3a1b2c4d5e6f708`.
    pub fn instance(text: &str) -> Option<Self> {
        Self::checked(text, is_resource_id(text, "i"))
    }

    /// `us-east-1`.
    pub fn region(text: &str) -> Option<Self> {
        Self::checked(text, region::is_well_formed(text))
    }

    /// `us-east-1a`, `us-west-2-lax-1a`.
    pub fn zone(text: &str) -> Option<Self> {
        Self::checked(text, !text.contains('.') && is_name(text))
    }

    /// `ecr.api`.
    pub fn service(text: &str) -> Option<Self> {
        Self::checked(text, is_name(text))
    }

    /// `com.amazonaws.us-east-1.ecr.api`: a service of this Region.
    pub fn service_name(text: &str, region: &Self) -> Option<Self> {
        Self::checked(text, is_name(text) && text.contains(&format!(".{region}.")))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn checked(text: &str, is_well_formed: bool) -> Option<Self> {
        is_well_formed.then(|| Self(text.to_owned()))
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Words of lower-case letters and digits, joined by single dots and hyphens; the first begins with a
/// letter.
fn is_name(text: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    text.len() <= 128
        && text.bytes().next().is_some_and(|first| first.is_ascii_lowercase())
        && text.split(['.', '-']).all(is_word)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_what_aws_documents_is_an_id() {
        let region = Id::region("us-east-1").unwrap();
        assert!(Id::vpc("vpc-0abc1234def567890").is_some() && Id::vpc("subnet-0abc1234").is_none());
        assert!(Id::subnet("subnet-0a9b8c7d").is_some() && Id::instance("i-0f3a1b2c").is_some());
        assert!(Id::zone("us-west-2-lax-1a").is_some() && Id::zone("a.b").is_none());
        assert!(Id::service_name("com.amazonaws.us-east-1.ecr.api", &region).is_some());
        assert!(Id::service_name("com.amazonaws.eu-west-1.ecs", &region).is_none());
        for bad in ["", "-a", "a--b", "a b", "a\n", "a;b", "$(id)", "${x}", "a\"", "A", "1a", "a."]
        {
            assert!(Id::service(bad).is_none(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn no_id_holds_anything_that_a_shell_obeys(
            text in r#"(vpc-|subnet-|sg-|i-|us-|com\.)?[ -~\n\u{e9}]{0,24}"#
        ) {
            let region = Id::region("us-east-1").unwrap();
            let ids = [
                Id::vpc(&text), Id::subnet(&text), Id::security_group(&text), Id::instance(&text),
                Id::region(&text), Id::zone(&text), Id::service(&text),
                Id::service_name(&text, &region),
            ];
            for id in ids.into_iter().flatten() {
                prop_assert!(id.as_str().bytes().all(|b| {
                    b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.'
                }), "{id}");
                prop_assert!(!id.as_str().starts_with('-'));
            }
        }
    }
}
