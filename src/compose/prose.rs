//! A paragraph of prose: a heading on a line of its own, a heading that runs on into its text, or text.
//!
//! A heading is told by its numbering and by its length. `一是` and `二是` are no numbering, and `一、`
//! is none inside a section: the form has those.

use super::{body, run_in};
use crate::document::{Paragraph, Role, Text};
use crate::report::Located;

/// A heading that runs on into its text is no longer, in characters, numbering and closing mark included.
const LONGEST_LEAD: usize = 40;
/// A heading on a line of its own is no longer, in characters: two lines of 28.
const LONGEST_HEADING: usize = 56;
/// No numbering counts further than this many digits.
const MOST_DIGITS: usize = 2;
/// And in Chinese: `二十一`.
const MOST_CHINESE_DIGITS: usize = 3;

const FULL_STOP: char = '。';
/// What ends a sentence, so that a heading has none inside.
const SENTENCE_ENDS: [char; 4] = [FULL_STOP, '！', '？', '；'];
const CHINESE_DIGITS: &str = "一二三四五六七八九十";

/// Reads a paragraph of a section.
pub(super) fn read(given: &Located<String>) -> Paragraph {
    let text = given.value.trim();
    let Some((role, numbering)) = numbering(text) else { return body(given) };
    if let Some(end) = lead_end(text) {
        return run_in(role, &text[..end], &text[end..], given.at.origin());
    }
    if is_heading(role, text, numbering) {
        return Paragraph { role, lead: None, text: Text::plain(text, given.at.origin()), key: None };
    }
    body(given)
}

/// The level of the heading a paragraph is or begins with, and the bytes its numbering takes.
pub(super) fn heading_of(paragraph: &str) -> Option<(Role, usize)> {
    let text = paragraph.trim();
    let (role, length) = numbering(text)?;
    (lead_end(text).is_some() || is_heading(role, text, length)).then_some((role, length))
}

/// The level a text is numbered at, and the bytes its number takes.
fn numbering(text: &str) -> Option<(Role, usize)> {
    let in_brackets = ["（", "("].iter().find_map(|open| {
        let (number, _) = text.strip_prefix(open)?.split_once(['）', ')'])?;
        let close = text[open.len() + number.len()..].chars().next()?.len_utf8();
        Some((number, open.len() + number.len() + close))
    });
    if let Some((number, length)) = in_brackets {
        let role = if is_chinese_number(number) {
            Role::Heading2
        } else if is_number(number) {
            Role::Heading4
        } else {
            return None;
        };
        return Some((role, length));
    }
    let (number, rest) = text.split_once(['.', '．'])?;
    // `1.5万件` is a figure, not a number with a full stop.
    let goes_on = rest.starts_with(|next: char| next.is_ascii_digit());
    (is_number(number) && !goes_on).then(|| (Role::Heading3, text.len() - rest.len()))
}

fn is_chinese_number(number: &str) -> bool {
    (1..=MOST_CHINESE_DIGITS).contains(&number.chars().count()) && number.chars().all(|c| CHINESE_DIGITS.contains(c))
}

fn is_number(number: &str) -> bool {
    (1..=MOST_DIGITS).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// Where a heading that runs on ends: after the first full stop, if that comes soon and text follows.
fn lead_end(text: &str) -> Option<usize> {
    let end = text.find(FULL_STOP)? + FULL_STOP.len_utf8();
    (text[..end].chars().count() <= LONGEST_LEAD && !text[end..].trim().is_empty()).then_some(end)
}

/// Whether a numbered paragraph is a heading by itself: short, and no sentence. Only at the second
/// level may it close with a full stop.
fn is_heading(role: Role, text: &str, numbering: usize) -> bool {
    let words = match role {
        Role::Heading2 => text.strip_suffix(FULL_STOP).unwrap_or(text),
        Role::Title | Role::Heading1 | Role::Heading3 | Role::Heading4 | Role::Body => {
            if text.ends_with('：') {
                return false;
            }
            text
        }
    };
    text.chars().count() <= LONGEST_HEADING
        && words.len() > numbering
        && !words[numbering..].trim().is_empty()
        && !words.contains(SENTENCE_ENDS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::At;

    fn parts(text: &str) -> (Role, Option<(Role, String)>, String) {
        let at = At { path: "$.sections.overview[0]".into(), offset: 0 };
        let paragraph = read(&Located { value: text.to_owned(), at });
        (paragraph.role, paragraph.lead.map(|lead| (lead.role, lead.text.content)), paragraph.text.content)
    }

    #[test]
    fn a_heading_on_its_own_line_is_one_by_its_numbering_and_length() {
        for (text, role) in [
            ("（一）主动公开", Role::Heading2),
            ("（一）主动公开情况。", Role::Heading2),
            ("(十二) 监督保障", Role::Heading2),
            ("1.政策解读", Role::Heading3),
            ("12．政策解读", Role::Heading3),
            ("（3）平台建设", Role::Heading4),
        ] {
            assert_eq!(parts(text), (role, None, text.to_owned()));
        }
    }

    #[test]
    fn a_heading_runs_on_into_its_text() {
        assert_eq!(
            parts("（一）加强领导，精心组织。我局高度重视。"),
            (Role::Body, Some((Role::Heading2, "（一）加强领导，精心组织。".into())), "我局高度重视。".into())
        );
        assert_eq!(
            parts("1.政策解读。全年12件。"),
            (Role::Body, Some((Role::Heading3, "1.政策解读。".into())), "全年12件。".into())
        );
    }

    #[test]
    fn text_stays_text() {
        let long = format!("（一）{}。还有。", "长".repeat(40));
        let long_line = format!("（一）{}", "长".repeat(60));
        for text in [
            "一是加强检查监督力度。继续组织专门人员。",
            "一、总体情况",
            "1.5万件",
            "2024.1",
            "123.标题",
            "（一）",
            "（见附表）说明",
            "1.政策解读。",
            "1.政策解读；",
            "（1）包括：",
            "（一）收到12件；办结12件",
            "无",
            &long,
            &long_line,
        ] {
            assert_eq!(parts(text), (Role::Body, None, text.to_owned()), "{text}");
        }
    }

    #[test]
    fn outer_blanks_are_not_printed() {
        assert_eq!(parts("\u{3000}\u{3000}（一）主动公开 ").2, "（一）主动公开");
    }
}
