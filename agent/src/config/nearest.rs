//! What somebody may have meant.

/// The known word that is most like this one, where one is like it at all.
pub(super) fn nearest<'w>(word: &str, known: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    // Words of other programs: fail_after, failAfter, FAIL-AFTER.
    let plain = |word: &str| -> Vec<char> {
        let letters = word.chars().filter(|c| c.is_ascii_alphanumeric());
        letters.take(64).map(|c| c.to_ascii_lowercase()).collect()
    };
    let wanted = plain(word);
    let limit = wanted.len().div_ceil(4).min(3);
    known
        .map(|known| (distance(&wanted, &plain(known)), known))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, known)| known)
}

/// How many letters must be added, left out or changed (Levenshtein).
fn distance(one: &[char], other: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut left = i + 1;
        let mut next = vec![left];
        for (pair, b) in row.windows(2).zip(other) {
            let &[diagonal, above] = pair else { continue };
            left = (diagonal + usize::from(a != b)).min(above + 1).min(left + 1);
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn likely_words_are_found_and_unlikely_ones_are_not() {
        let known = ["fail-after", "fail-on", "interval", "listen", "skip"];
        for (word, meant) in [
            ("fail_after", Some("fail-after")),
            ("failAfter", Some("fail-after")),
            ("intervall", Some("interval")),
            ("lsiten", Some("listen")),
            ("skpi", None),
            ("skp", Some("skip")),
            ("port", None),
            ("", None),
            ("\u{1f512}", None),
        ] {
            assert_eq!(nearest(word, known.into_iter()), meant, "{word}");
        }
    }

    #[test]
    fn distances_count_letters() {
        let between = |one: &str, other: &str| {
            distance(&one.chars().collect::<Vec<_>>(), &other.chars().collect::<Vec<_>>())
        };
        assert_eq!(between("kitten", "sitting"), 3);
        assert_eq!(between("", "abc"), 3);
        assert_eq!(between("abc", "abc"), 0);
    }
}
