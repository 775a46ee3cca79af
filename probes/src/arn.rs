//! Amazon Resource Names, as far as they tell where something is.

use crate::region;
use crate::surroundings::is_account_id;

/// `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`. Region and account may be empty.
/// Source: IAM User Guide, "Identify AWS resources with Amazon Resource Names (ARNs)".
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Arn<'t> {
    pub(crate) partition: &'t str,
    pub(crate) service: &'t str,
    region: &'t str,
    account: &'t str,
    pub(crate) resource: &'t str,
}

impl<'t> Arn<'t> {
    pub(crate) fn parse(text: &'t str) -> Option<Self> {
        let mut fields = text.splitn(6, ':');
        let (arn, partition, service) = (fields.next()?, fields.next()?, fields.next()?);
        let (region, account, resource) = (fields.next()?, fields.next()?, fields.next()?);
        (arn == "arn").then_some(Self { partition, service, region, account, resource })
    }

    /// The Region, where it has the form of one.
    pub(crate) fn region(&self) -> Option<&'t str> {
        region::is_well_formed(self.region).then_some(self.region)
    }

    /// The account, where it has the form of one.
    pub(crate) fn account(&self) -> Option<&'t str> {
        is_account_id(self.account).then_some(self.account)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_are_told_only_in_their_own_form() {
        let arn = Arn::parse("arn:aws:ssm:eu-west-1:123456789012:parameter/a:b").unwrap();
        assert_eq!((arn.partition, arn.service), ("aws", "ssm"));
        assert_eq!((arn.region(), arn.account()), (Some("eu-west-1"), Some("123456789012")));
        assert_eq!(arn.resource, "parameter/a:b");
        let bucket = Arn::parse("arn:aws:s3:::bucket/app.env").unwrap();
        assert_eq!((bucket.region(), bucket.account()), (None, None));
        assert!(Arn::parse("arn:aws:ssm:eu-west-1").is_none() && Arn::parse("/db/url").is_none());
        let open = Arn::parse("arn:aws:ssm:${AWS::Region}:123456789012:parameter/a").unwrap();
        assert_eq!(open.region(), None);
    }
}
