//! Which known name an unknown one was meant to be.

/// Longer names are not compared.
const LONGEST: usize = 64;

/// The candidate spelled most like `word`, if one is near enough: the same but for case, blanks, width
/// and the kind of dash, or no more than a third of its characters away. The first of several equally
/// near.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = folded(word);
    if word.len() > LONGEST {
        return None;
    }
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let distance = distance(&word, &folded(candidate));
        if distance <= word.len().max(2) / 3 && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// The characters without what is easily mistaken.
fn folded(word: &str) -> Vec<char> {
    let fold = |c: char| match c {
        '（' => '(',
        '）' => ')',
        '-' | '－' | '—' | '–' => '_',
        '．' | '、' => '.',
        c => c,
    };
    let characters = word.chars().filter(|c| !c.is_whitespace()).take(LONGEST + 1);
    characters.map(fold).flat_map(char::to_lowercase).collect()
}

/// How many characters must be inserted, removed, replaced or swapped with their neighbour.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = above[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = replaced.min(above[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(before[j - 2] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut above, row);
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_spelled_alike_is_suggested_and_nothing_else() {
        let known = ["overview", "disclosure", "requests", "（一）予以公开", "new"];
        let suggested = |word| nearest(word, known);
        assert_eq!(suggested("overveiw"), Some("overview"));
        assert_eq!(suggested("Requests"), Some("requests"));
        assert_eq!(suggested("request"), Some("requests"));
        assert_eq!(suggested("(一) 予以公开"), Some("（一）予以公开"));
        assert_eq!(suggested("nwe"), Some("new"));
        assert_eq!(suggested("title"), None);
        assert_eq!(suggested(""), None);
        assert_eq!(suggested(&"requests".repeat(20)), None);
    }
}
