//! Durations differ from run to run; kept reports are compared without them.

/// The report without durations, which differ from run to run.
pub(crate) fn without_times(human: &str) -> String {
    let mut kept = String::new();
    for line in human.lines() {
        let mut words: Vec<&str> = line.split(' ').collect();
        for index in 1..words.len() {
            let unit = words[index].trim_end_matches(['.', ',', ';']);
            if matches!(unit, "ms" | "s") && words[index - 1].parse::<f64>().is_ok() {
                words[index - 1] = "N";
            }
        }
        kept.push_str(&words.join(" "));
        kept.push('\n');
    }
    kept
}
