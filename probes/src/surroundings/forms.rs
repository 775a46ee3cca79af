//! Forms of identifiers, checked before they are believed or put into an address.

/// Twelve digits.
pub(crate) fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A short word of letters, digits, dots and hyphens.
pub(super) fn is_label(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte))
}

/// `vpc-0abc1234def567890`: the kind, and eight or more hexadecimal digits.
/// Source: Amazon EC2 User Guide, "Resource IDs".
pub(crate) fn is_resource_id(text: &str, kind: &str) -> bool {
    let digits = text.strip_prefix(kind).and_then(|rest| rest.strip_prefix('-'));
    digits.is_some_and(|digits| {
        (8..=32).contains(&digits.len())
            && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    })
}

pub(super) fn is_mac(text: &str) -> bool {
    text.len() == 17 && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_checked_before_use() {
        assert!(is_account_id("123456789012"));
        assert!(!is_account_id("12345678901") && !is_account_id("12345678901x"));
        assert!(is_mac("0a:1b:2c:3d:4e:5f"));
        assert!(!is_mac("../../../secret/x") && !is_mac(""));
        assert!(
            is_resource_id("sg-0123abcd", "sg") && is_resource_id("vpc-0abc1234def567890", "vpc")
        );
        for bad in ["sg-", "sg-0123abcX", "subnet-0123abcd", "sg-0123abcd\n", "sg-0123ABCD", ""] {
            assert!(!is_resource_id(bad, "sg"), "{bad}");
        }
        assert!(is_label("vpc-0abc") && is_label("amazonaws.com.cn"));
        assert!(!is_label("") && !is_label("a b") && !is_label(&"x".repeat(65)));
    }
}
