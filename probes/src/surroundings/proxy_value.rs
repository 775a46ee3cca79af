//! Values of proxy settings as they may be kept and shown: without credentials, whatever is wrong with
//! them.

/// Stands for what is not shown.
const HIDDEN: &str = "***";

/// The schemes of proxies. Anything else before `://` may be part of a password.
const SCHEMES: [&str; 6] = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"];

/// The value of one of the variables for proxies. What has not the form of a host, with a port
/// perhaps, is hidden: a password that is written wrongly is a password all the same.
pub(crate) fn without_credentials(variable: &str, value: &str) -> String {
    match variable.eq_ignore_ascii_case("NO_PROXY") {
        true => exceptions(value),
        false => proxy(value.trim()),
    }
}

/// `http://user:secret@proxy:3128/` becomes `http://***@proxy:3128`.
fn proxy(value: &str) -> String {
    let (scheme, rest) = match value.split_once("://") {
        Some((scheme, rest)) if is_scheme(scheme) => (format!("{scheme}://"), rest),
        _ => (String::new(), value),
    };
    let (user, place) = match rest.rsplit_once('@') {
        Some((_, place)) => ("***@", place),
        None => ("", rest),
    };
    let place = place.split(['/', '?', '#']).next().unwrap_or_default();
    match is_place(place) {
        _ if value.is_empty() => String::new(),
        true => format!("{scheme}{user}{place}"),
        false => format!("{scheme}{HIDDEN}"),
    }
}

fn is_scheme(text: &str) -> bool {
    SCHEMES.iter().any(|known| known.eq_ignore_ascii_case(text))
}

/// Entries apart by comma or space, each kept where it has the form of one. A URL has no place among
/// them; its password may hold a comma, so that everything up to its last `@` is hidden.
fn exceptions(value: &str) -> String {
    let entries: Vec<&str> = value.split_inclusive([',', ' ', '\t']).collect();
    let mut shown: Vec<String> = Vec::new();
    let mut url = None;
    for (at, entry) in entries.iter().enumerate() {
        let text = entry.trim_end_matches([',', ' ', '\t']);
        let (_, end) = entry.split_at(text.len());
        if text.contains("://") {
            url = Some(at);
        }
        if text.contains('@')
            && let Some(first) = url.take()
        {
            shown.truncate(first);
        }
        let kept = text.is_empty() || is_exception(text);
        shown.push(format!("{}{end}", if kept { text } else { HIDDEN }));
    }
    shown.concat()
}

/// A host, a domain, an address, a range of addresses, or the path of a socket.
fn is_exception(text: &str) -> bool {
    let is_prefix = |length: &str| length.len() <= 3 && length.bytes().all(|b| b.is_ascii_digit());
    if text.starts_with('/') {
        return text.bytes().all(|byte| is_of_name(byte) || byte == b'/');
    }
    match text.split_once('/') {
        Some((address, length)) => is_address(address) && is_prefix(length),
        None => is_address(text) || is_place(text.strip_prefix('*').unwrap_or(text)) || text == "*",
    }
}

/// A host, or an address in brackets where it is of IPv6, with or without a port.
fn is_place(text: &str) -> bool {
    let is_port = |port: &str| {
        (1..=5).contains(&port.len()) && port.bytes().all(|byte| byte.is_ascii_digit())
    };
    let is_host = |host: &str| {
        let bracketed = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        bracketed.map_or_else(|| !host.is_empty() && host.bytes().all(is_of_name), is_address)
    };
    is_host(text)
        || text.rsplit_once(':').is_some_and(|(host, port)| is_host(host) && is_port(port))
}

fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)
}

fn is_address(text: &str) -> bool {
    text.parse::<std::net::IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_secret_stays() {
        for value in [
            "http://proxy.corp:3128",
            "10.0.9.9:3128",
            "proxy",
            "HTTPS://proxy_1.corp",
            "socks5h://[fd00::1]:1080",
        ] {
            assert_eq!(without_credentials("HTTPS_PROXY", value), value);
        }
        let all = "169.254.169.254,/var/run/docker.sock, .amazonaws.com ,*.x,*,a:443,10.0.0.0/8,fd00::/8,fd00:ec2::254,[::1]:80,,";
        assert_eq!(without_credentials("no_proxy", all), all);
    }

    #[test]
    fn credentials_are_left_out_of_any_value() {
        for (value, shown) in [
            ("http://user:p@ss@proxy.corp:3128", "http://***@proxy.corp:3128"),
            ("user:secret@10.0.0.9:3128", "***@10.0.0.9:3128"),
            ("http://user:secret@proxy:3128/?token=x#y", "http://***@proxy:3128"),
            ("http:/user:secret@proxy", "***@proxy"),
            ("user:p://ss@proxy", "***@proxy"),
            ("user:p://ss", "***"),
            ("http://user:secret", "http://***"),
            ("http://user:secret%40proxy:3128", "http://***"),
            ("http://user:secret@", "http://***"),
            ("CORP\\user:secret@proxy", "***@proxy"),
            ("proxy:3128 user:secret", "***"),
        ] {
            assert_eq!(without_credentials("https_proxy", value), shown, "{value}");
        }
        for (value, shown) in [
            ("a.com,http://user:secret@b.com,c.com", "a.com,***,c.com"),
            ("a.com,http://user:se,cr,et@b.com,c.com", "a.com,***,c.com"),
            ("user:secret@b.com c.com", "*** c.com"),
            ("user:secret,.c.com", "***,.c.com"),
        ] {
            assert_eq!(without_credentials("NO_PROXY", value), shown, "{value}");
        }
    }

    proptest! {
        #[test]
        fn any_password_in_its_place_is_left_out(user in "\\PC*", password in "\\PC*") {
            let value = format!("http://{user}:{password}@proxy.corp:3128");
            let shown = without_credentials("HTTP_PROXY", &value);
            prop_assert_eq!(shown, "http://***@proxy.corp:3128");
        }

        #[test]
        fn a_password_never_survives(
            password in "[A-Z]{2}[a-z0-9%,:/@ ]{0,12}[A-Z]{2}",
            form in proptest::sample::select(vec![
                "http://u:{}@p:1", "u:{}@p", "http:/u:{}@p", "//u:{}@p", "u:{}@", "u:{}", "://u:{}",
                "http://u:{}", "http://u:{}%40p:1", "http://u@c:{}@p", "u:{}://@p", "{}:{}@p/x",
                "http://u:{}@p@q", "x://u:{}@p",
            ]),
        ) {
            let value = form.replace("{}", &password);
            for variable in ["HTTP_PROXY", "https_proxy", "ALL_PROXY"] {
                let shown = without_credentials(variable, &value);
                prop_assert!(!shown.contains(&password), "{}", shown);
            }
            let listed = without_credentials("NO_PROXY", &format!("a.com,{value},b.com"));
            prop_assert!(!listed.contains(&password), "{}", listed);
            prop_assert!(listed.starts_with("a.com,"), "{}", listed);
        }

        #[test]
        fn any_text_is_read_without_panic(text in "\\PC*") {
            let _ = without_credentials("NO_PROXY", &text);
            let _ = without_credentials("ALL_PROXY", &text);
        }
    }
}
