//! A text as the messages that it holds: one error often takes several lines, and a log holds many.

/// One message, in one form: lower case, one space between words, plain quotes.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Record {
    pub(super) text: String,
    /// The line at which it begins, counted from 1.
    pub(super) line: usize,
}

/// The messages of a text, in its order.
pub(super) fn records(text: &str) -> Vec<Record> {
    let mut records: Vec<Record> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line_text = plain(line);
        if line_text.is_empty() {
            continue;
        }
        match records.last_mut() {
            Some(last) if !begins_a_record(&line_text) => {
                last.text.push(' ');
                last.text.push_str(&line_text);
            }
            _ => records.push(Record { text: line_text, line: number + 1 }),
        }
    }
    records
}

/// What lines of logs, of lists of stopped reasons and of JSON begin with. Any other line goes on
/// with the message above it, such as `caused by: ...`.
fn begins_a_record(line: &str) -> bool {
    const WORDS: [&str; 14] = [
        "level=",
        "time=",
        "time:",
        "{",
        "[",
        "\"",
        "resourceinitializationerror",
        "cannotpull",
        "cannotstart",
        "taskfailedtostart",
        "an error occurred",
        "error: ",
        "warn",
        "info",
    ];
    const MONTHS: [&str; 12] = [
        "jan ", "feb ", "mar ", "apr ", "may ", "jun ", "jul ", "aug ", "sep ", "oct ", "nov ",
        "dec ",
    ];
    let is_dated = line.bytes().take(4).filter(u8::is_ascii_digit).count() == 4
        && line.as_bytes().get(4).is_some_and(|byte| matches!(byte, b'-' | b'/'));
    is_dated || WORDS.iter().chain(&MONTHS).any(|word| line.starts_with(word))
}

fn plain(line: &str) -> String {
    // What JSON and shells put into a text.
    let unescaped =
        line.replace("\\n", " ").replace("\\t", " ").replace("\\\"", "\"").replace("\\/", "/");
    let mut plain = String::with_capacity(unescaped.len());
    for word in unescaped.split_whitespace() {
        if !plain.is_empty() {
            plain.push(' ');
        }
        for c in word.chars() {
            plain.push(match c {
                '\u{2018}' | '\u{2019}' => '\'',
                '\u{201c}' | '\u{201d}' => '"',
                _ => c.to_ascii_lowercase(),
            });
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        records(text).into_iter().map(|record| record.text).collect()
    }

    #[test]
    fn a_message_goes_on_where_no_other_begins() {
        let log = "2020-01-07T14:13:53Z [ERROR] RequestError: send request failed\n  caused by: Post\n\n2020-01-07T14:13:54Z [INFO] next\nJan  7 14:13 third\nlevel=info fourth";
        assert_eq!(
            texts(log),
            [
                "2020-01-07t14:13:53z [error] requesterror: send request failed caused by: post",
                "2020-01-07t14:13:54z [info] next",
                "jan 7 14:13 third",
                "level=info fourth",
            ]
        );
        let lines: Vec<usize> = records(log).iter().map(|record| record.line).collect();
        assert_eq!(lines, [1, 4, 5, 6]);
    }

    #[test]
    fn quotes_spaces_and_letters_are_made_the_same() {
        assert_eq!(
            texts(r#"{"reason": "https:\/\/x: i\/o timeout"}"#),
            [r#"{"reason": "https://x: i/o timeout"}"#]
        );
        assert_eq!(
            texts("agent isn\u{2019}t\t running \u{201c}X\u{201d} \\\"y\\\"\\nz"),
            ["agent isn't running \"x\" \"y\" z"]
        );
        assert!(texts(" \n\t\n").is_empty());
    }
}
