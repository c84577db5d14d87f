//! The words without which a pattern is nowhere: looked for before the pattern is made ready, which costs more than
//! setting a page does.

use regex_syntax::hir::literal::{ExtractKind, Extractor};
use regex_syntax::hir::{Hir, HirKind};

/// More words than this are not worth looking for.
const MOST_WORDS: usize = 40;

/// Words of which a text has at least one wherever the pattern matches; none when nothing is known.
///
/// Whatever follows a place in a sequence begins with one of finitely many words, or it does not: of all places the
/// one is taken whose shortest word is longest.
pub(super) fn needed(pattern: &Hir) -> Vec<String> {
    let parts = match pattern.kind() {
        HirKind::Concat(parts) => parts.as_slice(),
        _ => std::slice::from_ref(pattern),
    };
    (0..parts.len())
        .filter_map(|at| beginnings(&Hir::concat(parts[at..].to_vec())))
        .max_by_key(|words| (words.iter().map(String::len).min(), std::cmp::Reverse(words.len())))
        .unwrap_or_default()
}

/// What every match begins with, if that is one of a few words.
fn beginnings(pattern: &Hir) -> Option<Vec<String>> {
    let found = Extractor::new().kind(ExtractKind::Prefix).limit_total(MOST_WORDS).extract(pattern);
    let words = found.literals()?.iter().map(|word| {
        // A word may end inside a character.
        let bytes = word.as_bytes();
        let whole = bytes.utf8_chunks().next().map_or("", |chunk| chunk.valid());
        (!whole.is_empty()).then(|| whole.to_owned())
    });
    words.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(pattern: &str) -> Vec<String> {
        needed(&regex_syntax::parse(pattern).expect("a pattern"))
    }

    #[test]
    fn the_longest_words_that_must_be_there_are_told() {
        assert_eq!(words("新收政府信息"), ["新收政府信息"]);
        assert_eq!(words("[0-9]+件(?:新收|收到)[^。]*申请"), ["件新收", "件收到"]);
        assert_eq!(words("(?:本年|今年)?新收[^。]{0,9}?([0-9]+)件"), ["新收"]);
        assert!(words("[0-9]+").len() <= 10);
        assert!(words("[^。]*").is_empty());
        assert!(words("(?:申请)?").is_empty());
    }

    #[test]
    fn a_pattern_is_found_only_where_one_of_its_words_is() {
        let texts = ["全年新收申请5件", "收到申请，办结3件", "无", "", "件收到3件申请", "本年新收件7件。"];
        for pattern in ["新收[^。]{0,9}?([0-9]+)件", "(?i)[a-z]*[0-9]件", "申请|办结", "^无$", "[0-9]件(?:新收|收到)?"]
        {
            let words = words(pattern);
            let ready = regex::Regex::new(pattern).expect("a pattern");
            for text in texts {
                let there = words.is_empty() || words.iter().any(|word| text.contains(word));
                assert!(there || !ready.is_match(text), "{pattern} in {text}: {words:?}");
            }
        }
    }
}
