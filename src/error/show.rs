//! A finding as it is shown to a person: the words, the place, the line of the source and a caret.

use super::{Finding, Lang, words};
use crate::document::Place;

/// How much of a source line is shown, in columns of a terminal.
const WIDTH: usize = 96;
/// How much of it stands before what the caret points at, where the line is longer.
const BEFORE: usize = 40;

/// How far from the caret a line is looked at, in bytes.
const NEAR: usize = WIDTH * 8;

/// A line and a character of a text, both counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The character of the line.
    pub column: usize,
}

impl Finding {
    /// The finding as it is shown to a person, ending in a line break. `source` is the name and the
    /// text the report was read from, a byte order mark included.
    ///
    /// ```text
    /// error: `总计` is 12, but its parts add up to 11
    ///   --> report.json:5:40: $.tables.requests.granted.total
    ///       三、收到和处理政府信息公开申请情况, row 三、本年度办理结果 › （一）予以公开, column 总计
    ///     |
    ///   5 |     "granted": [7, 3, 1, 0, 0, 0, 12],
    ///     |                                   ^
    ///   hint: 自然人 7 + 商业企业 3 + 科研机构 1 = 11
    ///   rule: T3-ROW: …
    /// ```
    pub fn render(&self, lang: Lang, source: Option<(&str, &str)>) -> String {
        match source {
            Some((file, text)) => self.render_in(lang, Some((file, &Lines::of(text)))),
            None => self.render_in(lang, None),
        }
    }

    /// The same, of a source of which more than one finding is shown.
    pub fn render_in(&self, lang: Lang, source: Option<(&str, &Lines<'_>)>) -> String {
        let mut shown = match lang {
            Lang::Chinese => format!("{}：{}\n", words::level(self.level, lang), self.message(lang)),
            Lang::English => format!("{}: {}\n", words::level(self.level, lang), self.message(lang)),
        };
        let at = source.and_then(|(file, lines)| Some((file, lines, self.offset_in(lines.text)?)));
        match (at, source) {
            (Some((file, lines, offset)), _) => {
                let Position { line, column } = lines.position(offset);
                shown.push_str(&format!("  --> {file}:{line}:{column}: {}\n", self.path));
            }
            (None, Some((file, _))) => shown.push_str(&format!("  --> {file}: {}\n", self.path)),
            (None, None) => shown.push_str(&format!("  --> {}\n", self.path)),
        }
        if let Some(place) = &self.place {
            shown.push_str(&format!("      {}\n", place_words(place, lang)));
        }
        if let Some((_, lines, offset)) = at {
            shown.push_str(&excerpt(lines, offset));
        }
        let mut line = |name: &str, said: &str| match lang {
            Lang::Chinese => shown.push_str(&format!("  {name}：{said}\n")),
            Lang::English => shown.push_str(&format!("  {name}: {said}\n")),
        };
        if let Some(hint) = self.hint(lang) {
            line(words::hint_name(lang), &hint);
        }
        if let Some(rule) = self.problem.rule() {
            line(words::rule_name(lang), &words::rule(rule, lang));
        }
        clean(&shown)
    }
}

impl Finding {
    /// The byte of the source it is about: that of the character of the text, where it is about one.
    pub fn offset_in(&self, source: &str) -> Option<usize> {
        let start = self.offset?;
        let string = source.get(start..).filter(|rest| self.within > 0 && rest.starts_with('"'));
        Some(string.map_or(start, |string| start + character_of(string, self.within)))
    }
}

/// The byte at which a character of a JSON string stands, the string's quotation mark being byte 0.
fn character_of(string: &str, character: usize) -> usize {
    let mut at = 1;
    for _ in 0..character {
        let rest = &string[at..];
        at += match rest.chars().next() {
            None | Some('"') => break,
            Some('\\') if rest.starts_with("\\u") => {
                let high = rest.get(2..4).is_some_and(|digits| {
                    matches!(digits.to_ascii_lowercase().as_bytes(), [b'd', b'8' | b'9' | b'a' | b'b'])
                });
                // A character beyond the first 65536 is two escapes.
                if high { 12 } else { 6 }
            }
            Some('\\') => 2,
            Some(other) => other.len_utf8(),
        };
        if at >= string.len() || !string.is_char_boundary(at) {
            return 0;
        }
    }
    at
}

/// No quotation of the source is longer, in characters.
const LONGEST_SOURCE: usize = 200;

/// The JSON value or key that stands at a byte of a text, cut where it is long; `None` where none stands.
pub fn quoted(text: &str, offset: usize) -> Option<String> {
    let rest = text.get(offset..)?;
    let mut values = serde_json::Deserializer::from_str(rest).into_iter::<&serde_json::value::RawValue>();
    let source = values.next()?.ok()?.get();
    let cut: String = source.chars().take(LONGEST_SOURCE).collect();
    Some(if cut.len() < source.len() { cut + "…" } else { cut })
}

/// A text in which places are counted in lines and characters, at any place as quickly as at the first.
pub struct Lines<'a> {
    text: &'a str,
    /// Where the first character is that begins at or after each multiple of [`STRIDE`] bytes.
    marks: Vec<Position>,
}

/// No more bytes are counted through for a place.
const STRIDE: usize = 1024;

impl<'a> Lines<'a> {
    /// Counts through a text once.
    pub fn of(text: &'a str) -> Self {
        let mut marks = Vec::with_capacity(text.len() / STRIDE + 1);
        let mut position = Position { line: 1, column: 1 };
        for (at, c) in text.char_indices() {
            if at >= marks.len() * STRIDE {
                marks.push(position);
            }
            position.pass(at, c);
        }
        Lines { text, marks }
    }

    /// Where a byte of the text is. A byte past the end is at the end.
    pub fn position(&self, offset: usize) -> Position {
        let offset = floor(self.text, offset);
        let mark = (offset / STRIDE).min(self.marks.len().saturating_sub(1));
        let start = (mark * STRIDE..offset).find(|&start| self.text.is_char_boundary(start)).unwrap_or(offset);
        let mut position = self.marks.get(mark).copied().unwrap_or(Position { line: 1, column: 1 });
        for (at, c) in self.text[start..offset].char_indices() {
            position.pass(start + at, c);
        }
        position
    }
}

impl Position {
    /// Goes past the character at a byte. A byte order mark is none.
    fn pass(&mut self, at: usize, c: char) {
        match c {
            '\n' => *self = Position { line: self.line + 1, column: 1 },
            '\u{feff}' if at == 0 => {}
            _ => self.column += 1,
        }
    }
}

/// The start of the character a byte belongs to.
fn floor(text: &str, offset: usize) -> usize {
    let mut at = offset.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn place_words(place: &Place, lang: Lang) -> String {
    let (row, column, comma) = match lang {
        Lang::Chinese => ("行：", "列：", "；"),
        Lang::English => ("row ", "column ", ", "),
    };
    let mut said = place.table.clone();
    for (name, label) in [(row, &place.row), (column, &place.column)] {
        if !label.is_empty() {
            said.push_str(comma);
            said.push_str(name);
            said.push_str(label);
        }
    }
    said
}

/// The line of the source with a caret below the place, cut to [`WIDTH`] where it is longer.
fn excerpt(lines: &Lines<'_>, offset: usize) -> String {
    let text = lines.text;
    let at = floor(text, offset);
    // No more of a line is looked at than could be shown; a character has four bytes at most.
    let (start, end) = (floor(text, at.saturating_sub(NEAR)), floor(text, at + NEAR));
    let start = text[start..at].rfind('\n').map_or(start, |found| start + found + 1);
    let end = text[at..end].find('\n').map_or(end, |found| at + found);
    let line = |range: &str| range.trim_matches(['\u{feff}', '\r']).replace('\t', " ");
    let (before, after) = (line(&text[start..at]), line(&text[at..end]));

    let whole = columns(&before) + columns(&after) <= WIDTH;
    let kept_before = if whole { &*before } else { keep_end(&before, BEFORE) };
    let cut_before = if kept_before.len() < before.len() { "…" } else { "" };
    let room = WIDTH - columns(kept_before).min(BEFORE);
    let kept_after = if whole { &*after } else { keep_start(&after, room) };
    let cut_after = if kept_after.len() < after.len() { "…" } else { "" };

    let number = lines.position(offset).line.to_string();
    let margin = " ".repeat(number.len());
    let caret = " ".repeat(columns(cut_before) + columns(kept_before));
    format!("  {margin} |\n  {number} | {cut_before}{kept_before}{kept_after}{cut_after}\n  {margin} | {caret}^\n")
}

fn keep_start(text: &str, room: usize) -> &str {
    let mut used = 0;
    let end = text.char_indices().find(|&(_, c)| {
        used += width(c);
        used > room
    });
    &text[..end.map_or(text.len(), |(at, _)| at)]
}

fn keep_end(text: &str, room: usize) -> &str {
    let mut used = 0;
    let cut = text.char_indices().rev().find(|&(_, c)| {
        used += width(c);
        used > room
    });
    &text[cut.map_or(0, |(at, c)| at + c.len_utf8())..]
}

fn columns(text: &str) -> usize {
    text.chars().map(width).sum()
}

/// How many columns of a terminal a character takes: two for the scripts and marks of East Asia.
fn width(c: char) -> usize {
    match c {
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{303e}'
        | '\u{3041}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f300}'..='\u{1faff}'
        | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}

/// The report is quoted in what is shown; characters of it that would command a terminal are not.
fn clean(shown: &str) -> String {
    let unprintable = |c: char| (c.is_control() && c != '\n') || super::words::is_invisible(c);
    shown.chars().map(|c| if unprintable(c) { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_counted_in_lines_and_characters() {
        let text = "\u{feff}{\n  \"机关\": 1\n}";
        let position = |offset| Lines::of(text).position(offset);
        assert_eq!(position(3), Position { line: 1, column: 1 });
        assert_eq!(position(text.find('1').unwrap()), Position { line: 2, column: 9 });
        assert_eq!(position(1000), Position { line: 3, column: 2 });
        assert_eq!(position(text.find('关').unwrap() + 1), Position { line: 2, column: 5 });
    }

    #[test]
    fn places_of_a_long_text_are_those_of_counting_from_its_start() {
        for unit in ["机关\n", "a", "\n", "一二三", "😀x\n\n"] {
            let text = "\u{feff}".to_owned() + &unit.repeat(1500);
            let lines = Lines::of(&text);
            for offset in (0..text.len() + 5).step_by(7).chain(1000..1100).chain([text.len()]) {
                let before = text[..floor(&text, offset)].trim_start_matches('\u{feff}');
                let line = before.matches('\n').count() + 1;
                let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
                assert_eq!(lines.position(offset), Position { line, column }, "{unit:?} {offset}");
            }
        }
        assert_eq!(Lines::of("").position(9), Position { line: 1, column: 1 });
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let text = format!("{}X{}", "一".repeat(100), "y".repeat(200));
        let shown = excerpt(&Lines::of(&text), 300);
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(lines[1], format!("  1 | …{}X{}…", "一".repeat(20), "y".repeat(55)));
        assert_eq!(lines[2].find('^'), Some("  1 | ".len() + 1 + 40));
    }
}
