//! The words without which a pattern is nowhere: looked for before the pattern is made ready, which costs more than
//! setting a page does.
//!
//! They are read off the pattern as it is written, without the library that searches with it: reading a form must not
//! cost what most of its patterns never need. What is not plainly a word is passed over, so that too few are told and
//! never one too many.

/// More words than this are not worth looking for.
const MOST_WORDS: usize = 12;

/// Words of which a text has at least one wherever the pattern matches; none when nothing is known. Of the words that
/// are known the longest are taken.
pub(super) fn needed(pattern: &str) -> Vec<String> {
    let mut reader = Reader { rest: pattern, plain: true };
    reader.alternatives(false).filter(|_| reader.plain).unwrap_or_default()
}

/// A pattern being read.
struct Reader<'a> {
    /// What is left of it.
    rest: &'a str,
    /// Whether letters have meant themselves so far.
    plain: bool,
}

/// Words one of which must be there, or nothing known.
type Words = Option<Vec<String>>;

impl Reader<'_> {
    /// Ways to match, up to the end of the group or of the pattern.
    fn alternatives(&mut self, in_group: bool) -> Words {
        let mut all = self.sequence();
        while let Some(first) = self.next() {
            match first {
                '|' => all = all.zip(self.sequence()).map(|(all, more)| [all, more].concat()),
                ')' if in_group => break,
                // Not a pattern; whoever makes it ready will say so.
                _ => return None,
            }
        }
        all.filter(|words| words.len() <= MOST_WORDS)
    }

    /// Things that follow each other, up to `|`, `)` or the end: the best of what each of them needs.
    fn sequence(&mut self) -> Words {
        let mut best: Words = None;
        let mut word = String::new();
        let better = |words: Vec<String>, best: &mut Words| {
            let worth = |words: &[String]| words.iter().map(String::len).min().unwrap_or(0);
            if worth(&words) > best.as_deref().map_or(0, worth) {
                *best = Some(words);
            }
        };
        while let Some(next) = self.rest.chars().next().filter(|next| !matches!(next, '|' | ')')) {
            self.next();
            let needs = match next {
                '(' => self.group(),
                '[' => self.class(),
                '\\' => {
                    // The name of a character or of a kind of them may follow.
                    self.plain &= !matches!(self.next(), Some('x' | 'u' | 'U' | 'p' | 'P'));
                    None
                }
                '.' | '^' | '$' | '?' | '*' | '+' | '{' | '}' => None,
                letter => Some(vec![letter.to_string()]),
            };
            let times = self.repetition();
            match needs {
                Some(letter) if next != '(' && times == Times::Once => word.push_str(&letter[0]),
                needs => {
                    better(vec![std::mem::take(&mut word)], &mut best);
                    if let (Some(needs), Times::Once | Times::Often) = (needs, times) {
                        better(needs, &mut best);
                    }
                }
            }
        }
        better(vec![word], &mut best);
        best
    }

    /// The rest of a group. One that is named or sets flags, which change what letters mean, is not read.
    fn group(&mut self) -> Words {
        if let Some(rest) = self.rest.strip_prefix('?') {
            self.plain &= rest.starts_with(':');
            self.rest = &rest[usize::from(self.plain)..];
        }
        self.alternatives(true)
    }

    /// Passes over the rest of a class, which may hold others.
    fn class(&mut self) -> Words {
        self.rest = self.rest.strip_prefix('^').unwrap_or(self.rest);
        self.rest = self.rest.strip_prefix(']').unwrap_or(self.rest);
        let mut depth = 1;
        while depth > 0 {
            match self.next()? {
                '[' => depth += 1,
                ']' => depth -= 1,
                '\\' => drop(self.next()),
                _ => {}
            }
        }
        None
    }

    /// How often what stands before may stand there.
    fn repetition(&mut self) -> Times {
        let mut times = Times::Once;
        while let Some(sign) = self.rest.chars().next() {
            let this = match sign {
                '?' | '*' => Times::Perhaps,
                '+' => Times::Often,
                '{' => {
                    self.rest = self.rest.split_once('}').map_or("", |(_, rest)| rest);
                    times = Times::Perhaps;
                    continue;
                }
                _ => break,
            };
            self.next();
            times = times.max(this);
        }
        times
    }

    fn next(&mut self) -> Option<char> {
        let next = self.rest.chars().next()?;
        self.rest = &self.rest[next.len_utf8()..];
        Some(next)
    }
}

/// How often something stands in a text that matches.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Times {
    Once,
    /// Once or more.
    Often,
    /// It may be missing.
    Perhaps,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_words_that_must_be_there_are_told() {
        for (pattern, words) in [
            ("新收政府信息", &["新收政府信息"][..]),
            ("[0-9]+件(?:新收|收到)[^。]*信息", &["新收", "收到"]),
            ("(?:本年|今年)?新收[^。]{0,9}?([0-9]+)件", &["新收"]),
            ("(?:未|没有)收(?:到申请)+", &["到申请"]),
            ("收到的?申请{2}", &["收到"]),
            ("收费|(?:发出|收到)通知", &["收费", "发出", "收到"]),
            ("收费|(?:发出)?", &[]),
            ("[0-9]+", &[]),
            ("[]申请]", &[]),
            (r"\d件", &["件"]),
            (r"\x41申请", &[]),
            ("申请(?i)A|b", &[]),
            ("(?i)Abc", &[]),
            ("(?:申请)?", &[]),
            ("(?:申请", &["申请"]),
            ("申请)", &[]),
        ] {
            assert_eq!(needed(pattern), words, "{pattern}");
        }
    }

    #[test]
    fn a_pattern_is_found_only_where_one_of_its_words_is() {
        let texts =
            ["全年新收申请5件", "收到申请，办结3件", "无", "", "件收到3件申请", "本年新收件7件。", "A3件", "[]"];
        for pattern in [
            "新收[^。]{0,9}?([0-9]+)件",
            "(?i)[a-z]*[0-9]件",
            "申请|办结",
            "^无$",
            "[0-9]件(?:新收|收到)?",
            "件?收到*[0-9]+?件+",
            "(?:新(?:收|办)|收到){1,2}(?:申请|件)??",
            r"\[\]",
            "[[:digit:]]件申请|[^0-9]+[]]",
            "(?P<a>新收)申请",
            "(?x) 新 收",
            r"\x41|\p{Han}收",
            "无(?i)x|a[0-9]件",
        ] {
            let words = needed(pattern);
            let ready = regex::Regex::new(pattern).expect("a pattern");
            for text in texts {
                let there = words.is_empty() || words.iter().any(|word| text.contains(word));
                assert!(there || !ready.is_match(text), "{pattern} in {text}: {words:?}");
            }
        }
    }
}
