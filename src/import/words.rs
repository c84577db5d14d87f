//! Labels and headings compared as a person would: without regard to blanks, width, the marks after a number.

/// A text as it is compared: half-width, without blanks, `、` and `．` taken for `.`, every quote for one.
pub fn normal(text: &str) -> String {
    let fold = |c: char| match c {
        '！'..='～' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '、' | '。' => '.',
        '“' | '”' | '„' | '‟' | '″' | '「' | '」' => '"',
        '‘' | '’' | '′' => '\'',
        '—' | '–' | '―' | '‐' | '‑' | '−' | '─' => '-',
        '〔' | '【' => '[',
        '〕' | '】' => ']',
        c => c,
    };
    text.chars().filter(|c| !c.is_whitespace() && !crate::error::is_invisible(*c)).map(fold).collect()
}

/// A heading without its number: Word may have numbered it by itself.
pub fn without_number(normal: &str) -> &str {
    let rest = normal.trim_start_matches(|c: char| "一二三四五六七八九十".contains(c));
    match rest.strip_prefix('.') {
        Some(words) if rest.len() < normal.len() => words,
        _ => normal,
    }
}

/// How alike two texts are, from 0 to 1: the share of the longer that need not be changed to make it the other.
pub fn likeness(one: &str, other: &str) -> f64 {
    /// Nothing longer is a label.
    const LONGEST: usize = 400;
    let one: Vec<char> = one.chars().take(LONGEST).collect();
    let other: Vec<char> = other.chars().take(LONGEST).collect();
    let longest = one.len().max(other.len());
    if longest == 0 {
        return 1.0;
    }
    let mut above: Vec<usize> = (0..=other.len()).collect();
    for (at, a) in one.iter().enumerate() {
        let mut left_above = above[0];
        above[0] = at + 1;
        for (index, b) in other.iter().enumerate() {
            let replaced = left_above + usize::from(a != b);
            left_above = above[index + 1];
            above[index + 1] = replaced.min(left_above + 1).min(above[index] + 1);
        }
    }
    1.0 - above[other.len()] as f64 / longest as f64
}

/// A date of issue as it is printed (`2021年1月20日`), blanks in it or not: year, month and day.
pub fn read_date(text: &str) -> Option<crate::document::Date> {
    let text = normal(text);
    let (year, rest) = text.split_once('年')?;
    let (month, rest) = rest.split_once('月')?;
    let day = rest.strip_suffix('日')?;
    let number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?;
    crate::document::Date::new(number(year)?, u8::try_from(number(month)?).ok()?, u8::try_from(number(day)?).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_compared_as_a_person_would() {
        assert_eq!(normal("(一) 予以公开"), normal("（一）予以公开"));
        assert_eq!(normal("1、申请人"), normal("1.申请人"));
        assert_eq!(normal("3.危及\"三安全一稳定\""), normal("3．危及“三安全一稳定”"));
        assert_eq!(without_number(&normal("二、主动公开情况")), "主动公开情况");
        assert_eq!(without_number("主动"), "主动");
        assert!(likeness("对外公开总数", "对外公开总数量") > 0.8);
        assert!(likeness("行政处罚", "行政强制") <= 0.5);
    }

    #[test]
    fn a_printed_date_is_read() {
        assert_eq!(read_date(" 2021年 1月20日").map(|date| date.to_string()), Some("2021-01-20".into()));
        assert_eq!(read_date("2021年13月1日"), None);
        assert_eq!(read_date("我于2021年1月1日"), None);
    }
}
