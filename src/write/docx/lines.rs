//! Lines that end where they are wanted to end: a little tracking where a program would end them elsewhere.
//!
//! Programs differ in how they squeeze and stretch a line. Word takes white from marks, LibreOffice does not;
//! neither keeps a figure with its unit. Where the pages of a document are known to end a line
//! ([`LineEnds`](crate::document::LineEnds)), the line's width is reckoned as every program sees it, from the
//! widest reading to the narrowest. If it fits its measure and the next word does not, nothing is done. Otherwise
//! its characters are set a little closer or wider, as a typist would (字符间距), until both is so. The last line
//! of a paragraph is only kept from being too long. What is edited later flows as ever.

use std::ops::Range;

use super::characters::{is_east_asian, is_gap, is_shared, shared_faces, western_width};
use crate::length::Length;

/// A stretch of text and what is added to the width of its characters where that is not the style's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Its bytes.
    pub range: Range<usize>,
    /// What is added to each character; `None` is as the style has it.
    pub tracking: Option<Length>,
}

/// What lines are set in.
#[derive(Clone, Copy, Debug)]
pub struct Measure {
    /// How long a line is.
    pub width: Length,
    /// How much shorter the first is.
    pub indent: Length,
    /// The size of the characters.
    pub size: Length,
    /// What the style adds to the width of each.
    pub tracking: Length,
    /// Whether there is a gap between Han and Western characters.
    pub gap: bool,
}

/// The gap Word makes between Han and Western characters, in 1/1000 em.
const WORDS_GAP: i64 = 250;

/// The gap LibreOffice makes there.
const LIBREOFFICES_GAP: i64 = 200;

/// What programs differ by when they add up a line: a line is this much shorter than its measure.
const SLACK: Length = Length::twips(15);

/// No character is set closer or wider than this many twips, so that no line looks odd.
const MOST_TWIPS: i64 = 40;

/// Cuts a paragraph into stretches, of which those that differ from the style in tracking are whole lines. `begins`
/// tells where its lines begin, but for the first.
pub fn stretches(content: &str, begins: &[usize], measure: Measure) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = Vec::new();
    let sound = begins.windows(2).all(|pair| pair[0] < pair[1])
        && begins.iter().all(|&at| at > 0 && at < content.len() && content.is_char_boundary(at));
    if !sound {
        return vec![Stretch { range: 0..content.len(), tracking: None }];
    }
    let starts = std::iter::once(0).chain(begins.iter().copied());
    let ends = begins.iter().copied().chain(std::iter::once(content.len()));
    for (start, end) in starts.zip(ends) {
        let indent = if start == 0 { measure.indent } else { Length::ZERO };
        let tracking = line_tracking(&content[start..end], &content[end..], measure.width - indent, &measure);
        match stretches.last_mut() {
            Some(last) if last.tracking == tracking => last.range.end = end,
            _ => stretches.push(Stretch { range: start..end, tracking }),
        }
    }
    stretches
}

/// The tracking a line needs to hold its own and no more of the rest; `None` when it needs none.
fn line_tracking(line: &str, rest: &str, room: Length, measure: &Measure) -> Option<Length> {
    let line = line.trim_end();
    let reckoning = Reckoning::of(line, measure);
    let next = next_word(line, rest, measure);
    let tracked = |twips: i64| measure.tracking + Length::twips(twips);
    let fits = |twips: i64| reckoning.width(tracked(twips), measure).0 + SLACK <= room;
    let holds = |twips: i64| {
        let narrowest = reckoning.width(tracked(twips), measure).1;
        next.is_none_or(|next| narrowest + next > room + SLACK)
    };
    // The least that does; else the widest that fits.
    let by_size = (0..=MOST_TWIPS).flat_map(|twips| [-twips, twips]);
    let does = by_size.into_iter().find(|&twips| fits(twips) && holds(twips));
    let twips = does.or_else(|| (-MOST_TWIPS..=MOST_TWIPS).rev().find(|&twips| fits(twips)))?;
    (twips != 0).then(|| tracked(twips))
}

/// What the width of a text is made of.
#[derive(Clone, Copy, Default)]
struct Reckoning {
    /// The characters' own widths together.
    own: Length,
    characters: i64,
    /// Stretches of one script.
    portions: i64,
    /// Where Han meets Western.
    gaps: i64,
    /// Where two marks meet that Word sets closer.
    close: i64,
}

impl Reckoning {
    fn of(text: &str, measure: &Measure) -> Self {
        let mut reckoning = Reckoning::default();
        let characters: Vec<char> = text.chars().collect();
        let mut previous: Option<(char, bool)> = None;
        for (&character, face) in characters.iter().zip(shared_faces(&characters)) {
            let western = face.map_or(is_western(character), |chinese| !chinese);
            reckoning.characters += 1;
            reckoning.own += if western { measure.size.scale(western_width(character), 1000) } else { measure.size };
            let meets =
                |how: fn(char, char) -> bool| i64::from(previous.is_some_and(|(before, _)| how(before, character)));
            reckoning.portions += i64::from(previous.is_none_or(|(_, before)| before != western));
            reckoning.gaps += if measure.gap { meets(is_gap) } else { 0 };
            reckoning.close += meets(close_up);
            previous = Some((character, western));
        }
        reckoning
    }

    /// How wide the text is to the program that makes it widest, and to the one that makes it narrowest.
    ///
    /// LibreOffice adds no tracking to the last character of a portion; Word takes half a cell where marks meet.
    fn width(&self, tracking: Length, measure: &Measure) -> (Length, Length) {
        let gaps = |thousandths: i64| measure.size.scale(thousandths * self.gaps, 1000);
        let word = self.own + tracking * self.characters + gaps(WORDS_GAP);
        let libreoffice = self.own + tracking * (self.characters - self.portions) + gaps(LIBREOFFICES_GAP);
        (word.max(libreoffice), libreoffice.min(word - (measure.size / 2) * self.close))
    }
}

fn is_western(character: char) -> bool {
    !is_east_asian(character) && !is_shared(character)
}

/// The width of what a program would take onto the line next, at its narrowest: a character, or a Western word or
/// figure. `None` at the end of the text.
fn next_word(line: &str, rest: &str, measure: &Measure) -> Option<Length> {
    let first = rest.chars().next()?;
    let in_word = |c: char| is_western(c) && !c.is_whitespace();
    let word = if in_word(first) {
        rest.split(|c: char| !in_word(c)).next().unwrap_or_default()
    } else {
        &rest[..first.len_utf8()]
    };
    let before: String = line.chars().next_back().into_iter().collect();
    let width = |text: &str| Reckoning::of(text, measure).width(measure.tracking, measure).1;
    Some(width(&format!("{before}{word}")) - width(&before))
}

/// Whether a program takes half of the first mark's cell, or the second's, when two meet.
fn close_up(first: char, second: char) -> bool {
    const OPENING: &str = "（〔［｛《〈「『【〖“‘";
    const CLOSING: &str = "）〕］｝》〉」』】〗”’，、；：．。？！";
    (CLOSING.contains(first) && (CLOSING.contains(second) || OPENING.contains(second)))
        || (OPENING.contains(first) && OPENING.contains(second))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEASURE: Measure = Measure {
        width: Length::twips(8844),
        indent: Length::twips(632),
        size: Length::pt(16),
        tracking: Length::twips(-5),
        gap: true,
    };

    fn tracked(lines: &[&str]) -> Vec<Option<i64>> {
        let content = lines.concat();
        let begins: Vec<usize> = (1..lines.len()).map(|count| lines[..count].concat().len()).collect();
        let found = stretches(&content, &begins, MEASURE);
        assert_eq!(found.iter().map(|stretch| &content[stretch.range.clone()]).collect::<String>(), content);
        found.into_iter().map(|stretch| stretch.tracking.map(|tracking| tracking.to_twips())).collect()
    }

    #[test]
    fn lines_that_any_program_would_break_so_are_left_alone() {
        let full = "汉".repeat(28);
        assert_eq!(tracked(&[&"汉".repeat(26), &full, "汉字。"]), [None]);
        assert_eq!(tracked(&["短。"]), [None]);
    }

    #[test]
    fn a_line_with_a_mark_too_many_is_set_closer() {
        let line = format!("{}，", "汉".repeat(28));
        assert_eq!(tracked(&[&"汉".repeat(26), &line, "汉字。"]), [None, Some(-17), None]);
    }

    #[test]
    fn a_line_that_leaves_a_figure_to_the_next_is_set_wider() {
        let line = "汉".repeat(26);
        assert_eq!(tracked(&[&line, &line, "31日止。"]), [None, Some(7), None]);
    }

    #[test]
    fn a_paragraph_of_one_line_is_kept_on_it() {
        assert_eq!(tracked(&[&"汉".repeat(27)]), [Some(-18)]);
    }

    #[test]
    fn hints_that_do_not_fit_the_text_are_passed_over() {
        for begins in [&[1][..], &[3, 3], &[6, 3], &[0, 3], &[99]] {
            assert_eq!(stretches("汉字一行", begins, MEASURE), [Stretch { range: 0..12, tracking: None }]);
        }
    }
}
