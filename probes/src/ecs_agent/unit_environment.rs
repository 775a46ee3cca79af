//! The environment of a unit, as unit files and `systemctl show` write it.
//!
//! Source: `systemd.exec(5)`, "Environment=", and `systemd.syntax(7)`.

/// The settings of one `Environment=`: words of `KEY=VALUE`, in quotes where they hold spaces.
pub(super) fn settings(text: &str) -> Vec<(String, String)> {
    let split =
        |word: &String| word.split_once('=').map(|(key, value)| (key.to_owned(), value.to_owned()));
    words(text).iter().filter_map(split).collect()
}

/// The settings of every `Environment=` in the section `[Service]` of a unit file. An empty one
/// forgets those before it, and the last of several for one key counts.
pub(super) fn environment_of_unit_file(text: &str) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = Vec::new();
    let mut in_service = false;
    for line in logical_lines(text) {
        let line = line.trim();
        if line.starts_with('[') {
            in_service = line == "[Service]";
        } else if in_service
            && let Some((key, value)) = line.split_once('=')
            && key.trim_end() == "Environment"
        {
            if value.trim().is_empty() {
                all.clear();
            }
            for (key, value) in settings(&value.replace("%%", "%")) {
                all.retain(|(known, _)| *known != key);
                all.push((key, value));
            }
        }
    }
    all
}

/// Lines joined where they end with a backslash, without comments. A comment does not end a line that
/// goes on.
fn logical_lines(text: &str) -> Vec<String> {
    let (mut lines, mut current) = (Vec::new(), String::new());
    for line in text.lines().filter(|line| !line.trim_start().starts_with(['#', ';'])) {
        match line.strip_suffix('\\') {
            Some(begun) => {
                current.push_str(begun);
                current.push(' ');
            }
            None => {
                current.push_str(line);
                lines.push(std::mem::take(&mut current));
            }
        }
    }
    lines.push(current);
    lines
}

/// Words apart by space. Quotes, single or double, keep spaces; a backslash takes the next character
/// as it is, except for the usual names of space.
fn words(text: &str) -> Vec<String> {
    let (mut words, mut word, mut begun) = (Vec::new(), String::new(), false);
    let mut quote = None;
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\\' => {
                begun = true;
                word.extend(characters.next().map(unescaped));
            }
            // `$'...'` is how newer versions of systemctl write what needs escapes.
            '$' if quote.is_none() && !begun && characters.peek() == Some(&'\'') => {}
            '"' | '\'' if quote.is_none() => {
                (quote, begun) = (Some(c), true);
            }
            _ if quote == Some(c) => quote = None,
            _ if c.is_whitespace() && quote.is_none() => {
                if begun {
                    words.push(std::mem::take(&mut word));
                }
                begun = false;
            }
            _ => {
                word.push(c);
                begun = true;
            }
        }
    }
    if begun {
        words.push(word);
    }
    words
}

fn unescaped(c: char) -> char {
    match c {
        'n' => '\n',
        't' => '\t',
        's' => ' ',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_are_unquoted() {
        assert_eq!(words("A=b  \"C=d e\"\tF='g h'"), ["A=b", "C=d e", "F=g h"]);
        assert_eq!(words(r#""A=b \"c\" \\d" E=\x"#), [r#"A=b "c" \d"#, "E=x"]);
        assert_eq!(words(r"$'A=b\tc' $D"), ["A=b\tc", "$D"]);
        assert_eq!(words("A=\"b c\"d \"\""), ["A=b cd", ""]);
        assert_eq!(words("\"never closed"), ["never closed"]);
        assert_eq!(words(" \t"), [""; 0]);
    }

    #[test]
    fn only_settings_are_kept() {
        let expected = [("A".to_owned(), "b=c".to_owned())];
        assert_eq!(settings("A=b=c word"), expected);
    }

    #[test]
    fn the_last_setting_of_the_right_section_counts() {
        let text = "[Unit]\nEnvironment=A=unit\n[Service]\n# Environment=A=comment\n\
                    Environment=A=first B=kept\nEnvironment = \"A=50%% off\"\nEnvironmentFile=/x\n\
                    [Install]\nEnvironment=A=install\n";
        let environment = environment_of_unit_file(text);
        let expected = [("B", "kept"), ("A", "50% off")];
        assert_eq!(environment, expected.map(|(k, v)| (k.to_owned(), v.to_owned())));
    }

    #[test]
    fn lines_go_on_after_a_backslash_and_empty_forgets() {
        let text = "[Service]\nEnvironment=A=1\nEnvironment=\nEnvironment=B=2 \\\n; note\n  C=3\n";
        let keys: Vec<_> = environment_of_unit_file(text).into_iter().map(|(key, _)| key).collect();
        assert_eq!(keys, ["B", "C"]);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(
            text in "(\\[Service\\]\n|Environment=|[\"'\\\\$= \n%]|\\PC)*"
        ) {
            let _ = environment_of_unit_file(&text);
            let _ = settings(&text);
        }
    }
}
