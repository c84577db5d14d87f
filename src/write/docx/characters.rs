//! Which characters go where: what XML cannot hold at all, what belongs to the East Asian font, and
//! about how wide text is.
//!
//! No font is at hand here, so widths are those every office font for Chinese has: a Han character and
//! its marks are one em wide, a Western letter or digit half an em.

use crate::length::Length;

/// Whether a character can only be East Asian: Han characters, kana, full-width forms and the marks
/// that go with them.
pub fn is_east_asian(character: char) -> bool {
    matches!(character,
        '\u{1100}'..='\u{11FF}'
        | '\u{2E80}'..='\u{D7FF}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{FE30}'..='\u{FE4F}'
        | '\u{FF00}'..='\u{FFEF}'
        | '\u{20000}'..='\u{3FFFF}')
}

/// Whether Chinese and Western type share a character, so that Word has to be told whose it is
/// (ECMA-376 part 1, 17.3.2.26: `“ ” ‘ ’ — … · ×` and other signs).
pub fn is_shared(character: char) -> bool {
    matches!(character,
        '\u{A7}' | '\u{A8}' | '\u{B0}' | '\u{B1}' | '\u{B7}' | '\u{D7}' | '\u{F7}'
        | '\u{2010}'..='\u{2027}'
        | '\u{2030}'..='\u{205E}'
        | '\u{2100}'..='\u{2BFF}')
}

/// For every character of a text whether it is a shared one that stands with Chinese (`Some(true)`),
/// a shared one inside Western text (`Some(false)`), or no shared one.
///
/// A shared character is Western only when letters or digits of Western type are its neighbours on
/// both sides; `“API”接口` has two Chinese quotes, `it’s` has a Western one.
pub fn shared_faces(characters: &[char]) -> Vec<Option<bool>> {
    let mut after = vec![true; characters.len()];
    let mut neighbour = true;
    for (index, &character) in characters.iter().enumerate().rev() {
        after[index] = neighbour;
        neighbour = neighbour_face(character).unwrap_or(neighbour);
    }
    neighbour = true;
    characters
        .iter()
        .zip(after)
        .map(|(&character, after)| {
            let before = neighbour;
            neighbour = neighbour_face(character).unwrap_or(neighbour);
            is_shared(character).then_some(before || after)
        })
        .collect()
}

/// Whether a neighbour is Chinese; `None` for what says nothing, as other shared marks and spaces.
fn neighbour_face(character: char) -> Option<bool> {
    if character == '\n' || is_east_asian(character) {
        Some(true)
    } else if character.is_alphanumeric() && !is_shared(character) {
        Some(false)
    } else {
        None
    }
}

/// About how wide a line of text is at a size, when `tracking` is added to every character and `gap`
/// thousandths of an em stand between Han and Western characters.
pub fn width(text: &str, size: Length, tracking: Length, gap: u16) -> Length {
    let mut width = Length::ZERO;
    let mut previous: Option<char> = None;
    for character in text.chars() {
        let wide = is_east_asian(character) || is_shared(character);
        width += tracking + if wide { size } else { size / 2 };
        if previous.is_some_and(|previous| is_gap(previous, character)) {
            width += size.scale(i64::from(gap), 1000);
        }
        previous = Some(character);
    }
    width
}

/// Whether programs leave a gap between two characters: Han beside a Western letter or digit.
pub fn is_gap(left: char, right: char) -> bool {
    let han = |c: char| is_east_asian(c) && c.is_alphanumeric();
    let western = |c: char| c.is_alphanumeric() && !is_east_asian(c);
    (han(left) && western(right)) || (western(left) && han(right))
}

/// How wide a Western character is, in 1/1000 em: as in Times New Roman, whose widths the Western faces that offices
/// set beside 仿宋 share; half an em where that is not known.
pub fn western_width(character: char) -> i64 {
    /// From the space to the tilde, in the order of ASCII.
    const WIDTHS: [u16; 95] = [
        250, 333, 408, 500, 500, 833, 778, 180, 333, 333, 500, 564, 250, 333, 250, 278, 500, 500, 500, 500, 500, 500,
        500, 500, 500, 500, 278, 278, 564, 564, 564, 444, 921, 722, 667, 667, 722, 611, 556, 722, 722, 333, 389, 722,
        611, 889, 722, 722, 556, 722, 667, 556, 611, 722, 722, 944, 722, 722, 611, 333, 278, 333, 469, 500, 333, 444,
        500, 444, 500, 444, 333, 500, 500, 278, 278, 500, 278, 778, 500, 500, 500, 500, 333, 389, 278, 500, 500, 722,
        500, 500, 444, 480, 200, 480, 541,
    ];
    match character {
        '·' => return 250,
        '’' | '‘' => return 333,
        '“' | '”' => return 444,
        '×' | '÷' | '±' => return 564,
        '—' | '…' | '‰' => return 1000,
        _ => (),
    }
    let index = u32::from(character).checked_sub(u32::from(' '));
    let width = index.and_then(|index| WIDTHS.get(usize::try_from(index).ok()?));
    width.map_or(500, |&width| i64::from(width))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faces(text: &str) -> Vec<Option<bool>> {
        shared_faces(&text.chars().collect::<Vec<_>>()).into_iter().filter(Option::is_some).collect()
    }

    #[test]
    fn quotes_beside_han_text_are_chinese_and_those_inside_western_text_are_not() {
        assert_eq!(faces("“三公”经费"), [Some(true), Some(true)]);
        assert_eq!(faces("用“API”接口"), [Some(true), Some(true)]);
        assert_eq!(faces("Windows 的“it’s”"), [Some(true), Some(false), Some(true)]);
        assert_eq!(faces("公开……"), [Some(true), Some(true)]);
        assert_eq!(faces("—"), [Some(true)]);
        assert_eq!(faces("7×24小时"), [Some(false)]);
    }

    #[test]
    fn a_line_is_as_wide_as_its_characters_and_the_gaps_between_scripts() {
        let size = Length::pt(16);
        assert_eq!(width("2021年1月20日", size, Length::ZERO, 0), Length::pt(7 * 8 + 3 * 16));
        assert_eq!(width("2021年1月", size, Length::ZERO, 250), Length::pt(5 * 8 + 2 * 16 + 3 * 4));
        assert_eq!(width("中文", size, Length::twips(-5), 0), Length::twips(630));
    }
}
