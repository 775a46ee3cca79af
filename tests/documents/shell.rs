//! What of a shell's text calls the program, with which words.

/// The calls of `vpce-probe` in a text: its words, without what the shell keeps to itself. A word
/// whose value only a shell knows is taken as it stands.
pub(crate) fn calls(text: &str) -> Vec<Vec<String>> {
    let mut calls = Vec::new();
    for command in commands(text) {
        // After sudo, variables and the like.
        let program = command.iter().position(|word| is_program(word));
        if let Some(at) = program.filter(|at| command.iter().take(*at).all(|word| is_before(word)))
        {
            calls.push(command[at + 1..].to_vec());
        }
    }
    calls
}

fn is_program(word: &str) -> bool {
    word == "vpce-probe" || word.ends_with("/vpce-probe")
}

/// What may stand before the program's name.
fn is_before(word: &str) -> bool {
    matches!(word, "sudo" | "exec" | "if" | "!" | "then" | "while" | "until" | "time")
        || word.split_once('=').is_some_and(|(name, _)| {
            name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
        })
}

/// The words of each command.
fn commands(text: &str) -> Vec<Vec<String>> {
    let mut commands = vec![Vec::new()];
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let is_end = quote.is_none() && (c.is_whitespace() || "|&;()<>".contains(c));
        if is_end {
            let last = commands.last_mut().unwrap();
            // The number of a stream is part of what follows it.
            let is_stream =
                "<>".contains(c) && word.as_deref().is_some_and(|w| w == "1" || w == "2");
            last.extend(word.take().filter(|_| !is_stream));
        }
        match (c, quote) {
            ('\'' | '"', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (c, Some(open)) if c == open => quote = None,
            ('\\', None | Some('"')) => match chars.next() {
                Some('\n') | None => {}
                Some(next) => word.get_or_insert_default().push(next),
            },
            ('#', None) if word.is_none() => while chars.next_if(|c| *c != '\n').is_some() {},
            ('\n' | '|' | '&' | ';' | '(' | ')', None) => commands.push(Vec::new()),
            ('<' | '>', None) => {
                // Where a stream goes to is no word of the program.
                while chars.next_if(|c| "<>& ".contains(*c)).is_some() {}
                while chars.next_if(|c| !c.is_whitespace() && !"|;)".contains(*c)).is_some() {}
            }
            (c, None) if c.is_whitespace() => {}
            (c, _) => word.get_or_insert_default().push(c),
        }
    }
    commands.last_mut().unwrap().extend(word);
    commands
}

#[test]
fn calls_are_found_with_their_words() {
    for (text, expected) in [
        ("vpce-probe --json", "--json"),
        ("# vpce-probe comment\nsudo vpce-probe agent status  # is it there", "agent status"),
        ("A=b vpce-probe fix > file.tf", "fix"),
        ("tail -n 5 log 2>&1 | vpce-probe explain --check -", "explain --check -"),
        ("vpce-probe explain 'a \"b\" | c'", "explain a \"b\" | c"),
        ("vpce-probe wait \\\n  --timeout 5m", "wait --timeout 5m"),
        ("aws s3 cp s3://b/vpce-probe /usr/bin/vpce-probe", ""),
        ("if ! /usr/bin/vpce-probe wait; then echo; fi", "wait"),
    ] {
        let found: Vec<String> = calls(text).iter().map(|words| words.join(" ")).collect();
        let expected: Vec<&str> =
            Some(expected).filter(|text| !text.is_empty()).into_iter().collect();
        assert_eq!(found, expected, "{text}");
    }
}
