//! Forms of identifiers, checked before they are believed or put into an address.

/// Twelve digits.
pub(super) fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A short word of letters, digits, dots and hyphens.
pub(super) fn is_label(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte))
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
        assert!(is_label("vpc-0abc") && is_label("amazonaws.com.cn"));
        assert!(!is_label("") && !is_label("a b") && !is_label(&"x".repeat(65)));
    }
}
