//! How the prose is written: years, numbering, words left in or doubled, sections that say nothing.

use super::super::Outcome;
use super::super::across::agency;
use super::{DOUBLED, NUMBERING, Passage, Reader, SENTENCE_ENDS, SIGNED_LATE, TITLE_YEAR, words};
use crate::compose::heading_of;
use crate::document::{Date, Role, Text};
use crate::error::{Gathered, Problem, ProseProblem, RuleWords};

/// Chinese digits in order.
const DIGITS: [char; 10] = ['一', '二', '三', '四', '五', '六', '七', '八', '九', '十'];

impl Reader<'_> {
    /// The year in the title.
    pub(super) fn title(&mut self) {
        let rule = words(&TITLE_YEAR);
        let year = self.report.year.value;
        let Some(title) = &self.report.title else {
            // The form makes the title, with the year.
            return self.note(&rule, "title", "", Outcome::Holds);
        };
        let found: Vec<u16> = title.value.iter().flat_map(|line| years_in(line)).collect();
        let outcome = if found.is_empty() {
            Outcome::NotAssessable
        } else if found.contains(&year) {
            Outcome::Holds
        } else {
            let problem = ProseProblem::TitleYear { rule: rule.clone(), found, year };
            self.findings.push(title.at.finding(Problem::Prose(problem)));
            Outcome::Fails
        };
        self.note(&rule, "title", "", outcome);
    }

    /// The day it must be published.
    pub(super) fn due(&mut self) {
        let rule = words(&SIGNED_LATE);
        let due = self
            .form
            .due(&agency(self.report))
            .and_then(|due| Date::new(self.report.year.value + 1, due.month, due.day));
        let outcome = match (&self.report.signature, due) {
            (Some(signature), Some(due)) if signature.date.value > due => {
                let date = signature.date.value;
                let problem = ProseProblem::SignedLate { rule: rule.clone(), date, due };
                self.findings.push(signature.date.at.finding(Problem::Prose(problem)));
                Outcome::Fails
            }
            (Some(_), Some(_)) => Outcome::Holds,
            (None, _) | (_, None) => Outcome::NotAssessable,
        };
        self.note(&rule, "signature", "", outcome);
    }

    /// Sections that say a word or two.
    pub(super) fn short(&mut self) {
        let form = self.form;
        for rule in &form.checks().short {
            for section in &rule.sections {
                let passages = self.section(section);
                let text: String = passages.iter().map(|passage| passage.text.value.as_str()).collect();
                let said = text.chars().filter(|c| c.is_alphanumeric()).count();
                let outcome = match passages.first() {
                    None => Outcome::NotAssessable,
                    Some(_) if said >= rule.least => Outcome::Holds,
                    Some(first) => {
                        let (heading, least) = (self.heading(section), rule.least);
                        let text = text.chars().take(LONGEST_QUOTED).collect();
                        let problem = ProseProblem::TooShort { rule: rule.words.clone(), heading, text, least };
                        self.findings.push(first.finding(0, problem));
                        Outcome::Fails
                    }
                };
                self.note(&rule.words, section, "", outcome);
            }
        }
    }

    /// Words of the template.
    pub(super) fn templates(&mut self) {
        let form = self.form;
        for rule in &form.checks().templates {
            let mut found = false;
            for passage in self.passages() {
                let text = &passage.text.value;
                let mut end = 0;
                let mut matches: Vec<_> = rule.patterns.iter().flat_map(|pattern| pattern.matches(text)).collect();
                matches.sort_by_key(|found| (found.whole.start, std::cmp::Reverse(found.whole.end)));
                for one in matches {
                    if one.whole.start < end {
                        continue;
                    }
                    end = one.whole.end;
                    found = true;
                    let at = one.whole.start;
                    self.say(&rule.words, &passage, at, || ProseProblem::LeftIn {
                        rule: rule.words.clone(),
                        words: text[one.whole].chars().take(LONGEST_QUOTED).collect(),
                        sentence: passage.sentence(at),
                    });
                }
            }
            self.note_prose(&rule.words, found);
        }
    }

    /// Years that must be the report's.
    pub(super) fn years(&mut self) {
        let form = self.form;
        let year = self.report.year.value;
        for rule in &form.checks().years {
            let named = |passage: &Passage<'_>| {
                passage.section.is_empty() || rule.sections.iter().any(|section| section == passage.section)
            };
            let (mut any, mut fails) = (false, false);
            for passage in self.passages().into_iter().filter(named) {
                let text = &passage.text.value;
                let groups = rule.patterns.iter().flat_map(|pattern| pattern.matches(text));
                let mut groups: Vec<_> = groups.filter_map(|found| found.group).collect();
                groups.sort_by_key(|group| group.start);
                groups.dedup();
                for group in groups {
                    let Ok(found) = text[group.clone()].parse::<u16>() else { continue };
                    any = true;
                    if found != year {
                        fails = true;
                        self.say(&rule.words, &passage, group.start, || {
                            let sentence = passage.sentence(group.start);
                            ProseProblem::OtherYear { rule: rule.words.clone(), found, year, sentence }
                        });
                    }
                }
            }
            let outcome = match (any, fails) {
                (_, true) => Outcome::Fails,
                (true, false) => Outcome::Holds,
                (false, false) => Outcome::NotAssessable,
            };
            self.note(&rule.words, "sections", "", outcome);
        }
    }

    /// Headings, `一是` `二是`, and the numbers of headings worded otherwise.
    pub(super) fn numbering(&mut self) {
        let rule = words(&NUMBERING);
        let before = self.findings.count();
        for member in &self.report.headings.members {
            let Some(section) = self.form.section(&member.key.value) else { continue };
            let printed = Text::marked(&member.value.value, member.value.at.origin()).content;
            let numbers = (ordinal(&printed), ordinal(&section.heading.content));
            if let (Some(now), Some(official)) = numbers
                && now != official
            {
                let problem = ProseProblem::Misnumbered {
                    rule: rule.clone(),
                    found: format!("{now}、"),
                    expected: format!("{official}、"),
                    after: None,
                };
                self.findings.push(member.value.at.finding(Problem::Prose(problem)));
            }
        }
        for section in self.prose_sections() {
            let passages = self.section(section);
            number_headings(&passages, &rule, &mut self.findings);
            number_items(&passages, &rule, &mut self.findings);
        }
        self.note_prose(&rule, self.findings.count() > before);
    }

    /// Words that stand twice.
    pub(super) fn doubled(&mut self) {
        let rule = words(&DOUBLED);
        let mut found = false;
        for passage in self.passages() {
            for (at, word) in doubled_words(&passage.text.value) {
                found = true;
                self.say(&rule, &passage, at, || {
                    let sentence = passage.sentence(at);
                    ProseProblem::Doubled { rule: rule.clone(), word, sentence }
                });
            }
        }
        self.note_prose(&rule, found);
    }
}

/// No more characters of what is left in, or of a section too short, are quoted.
const LONGEST_QUOTED: usize = 40;

/// The years a line of a title names, `2023` or `二〇二三年`.
fn years_in(line: &str) -> Vec<u16> {
    let numbers = line.split(|c: char| !c.is_ascii_digit()).filter(|digits| digits.len() == 4);
    let chinese = line.split('年').filter_map(|before| {
        let digits: Vec<u16> = before.chars().rev().map_while(chinese_digit).collect();
        (digits.len() == 4).then(|| digits.iter().rev().fold(0, |year, digit| year * 10 + digit))
    });
    let years = numbers.filter_map(|digits| digits.parse().ok()).chain(chinese);
    years.filter(|year| (1900..2200).contains(year)).collect()
}

/// What a character counts in a year written digit by digit.
fn chinese_digit(c: char) -> Option<u16> {
    if matches!(c, '〇' | '○' | '零') {
        return Some(0);
    }
    let at = DIGITS[..9].iter().position(|known| *known == c)?;
    u16::try_from(at + 1).ok()
}

/// The number before 、 of a heading.
fn ordinal(heading: &str) -> Option<&str> {
    let (number, _) = heading.split_once('、')?;
    from_chinese(number).map(|_| number)
}

/// Headings count on within the one above them; the third level may count on through the section.
fn number_headings(passages: &[Passage<'_>], rule: &RuleWords, found: &mut Gathered) {
    // The last number of each level, and as it was written.
    let mut last: [(u32, Option<String>); 3] = [(0, None), (0, None), (0, None)];
    let mut restarted = [true; 3];
    for passage in passages {
        let text = passage.text.value.trim_start();
        let start = passage.text.value.len() - text.len();
        let Some((role, length)) = heading_of(text) else { continue };
        let level = match role {
            Role::Heading2 => 0,
            Role::Heading3 => 1,
            Role::Heading4 => 2,
            Role::Title | Role::Heading1 | Role::Body => continue,
        };
        let written = &text[..length];
        let Some(number) = number_of(written) else { continue };
        let next = last[level].0 + 1;
        let first_anew = restarted[level] && number == 1;
        if number != next && !first_anew {
            let expected = if restarted[level] { 1 } else { next };
            let after = last[level].1.clone().filter(|_| !restarted[level]);
            let expected = written_like(written, level, expected);
            let problem = ProseProblem::Misnumbered { rule: rule.clone(), found: written.to_owned(), expected, after };
            found.push(passage.finding(start, problem));
        }
        last[level] = (number, Some(written.to_owned()));
        restarted[level] = false;
        restarted[level + 1..].fill(true);
    }
}

/// How items within a paragraph are numbered: what stands before the number, and what after it.
const ITEMS: [(&str, &str); 2] = [("", "是"), ("第", "，")];
/// ① to ⑳, in order.
const CIRCLED: std::ops::RangeInclusive<char> = '①'..='⑳';

/// `一是`, `第一，` and `①` begin anew wherever they like; what follows counts on.
fn number_items(passages: &[Passage<'_>], rule: &RuleWords, found: &mut Gathered) {
    let mut last = [0; ITEMS.len() + 1];
    for passage in passages {
        let text = passage.text.value.as_str();
        let mut items: Vec<(usize, usize, u32)> = Vec::new();
        for (style, (first, end)) in ITEMS.into_iter().enumerate() {
            items.extend(text.match_indices(end).filter_map(|(at, _)| {
                let number = chinese_number_before(&text[..at]);
                let start = at.checked_sub(number.len() + first.len())?;
                let opens = text[..at - number.len()].ends_with(first) && opens_item(&text[..start]);
                Some((start, style, from_chinese(number).filter(|_| opens)?))
            }));
        }
        items.extend(
            text.char_indices()
                .filter(|(at, c)| CIRCLED.contains(c) && opens_item(&text[..*at]))
                .map(|(at, c)| (at, ITEMS.len(), u32::from(c) - u32::from(*CIRCLED.start()) + 1)),
        );
        items.sort_unstable();
        for (start, style, number) in items {
            if number != 1 && number != last[style] + 1 {
                let after = (last[style] > 0).then(|| item(style, last[style]));
                let (written, expected) = (item(style, number), item(style, last[style] + 1));
                let problem = ProseProblem::Misnumbered { rule: rule.clone(), found: written, expected, after };
                found.push(passage.finding(start, problem));
            }
            last[style] = number;
        }
    }
}

/// The Chinese number a text ends in, in digits; empty when it ends in none.
fn chinese_number_before(text: &str) -> &str {
    &text[text.trim_end_matches(DIGITS).len()..]
}

/// Whether an item may begin after a text: at its start, or after a mark.
fn opens_item(before: &str) -> bool {
    before.chars().next_back().is_none_or(|c| "。；，：、！？（ \u{3000}".contains(c))
}

/// An item's number as it is written.
fn item(style: usize, number: u32) -> String {
    match ITEMS.get(style) {
        Some((first, end)) => format!("{first}{}{end}", to_chinese(number)),
        None => char::from_u32(u32::from(*CIRCLED.start()) + number - 1).map_or(String::new(), String::from),
    }
}

/// The number a numbering holds.
fn number_of(written: &str) -> Option<u32> {
    let inner = written.trim_matches(['（', '）', '(', ')', '.', '．']);
    inner.parse().ok().or_else(|| from_chinese(inner))
}

/// A number in the marks another is written in.
fn written_like(written: &str, level: usize, number: u32) -> String {
    let number = if level == 0 { to_chinese(number) } else { number.to_string() };
    let inside = |c: char| !matches!(c, '（' | '）' | '(' | ')' | '.' | '．');
    let start = written.find(inside).unwrap_or(0);
    let end = written.rfind(inside).map_or(0, |at| at + written[at..].chars().next().map_or(0, char::len_utf8));
    format!("{}{number}{}", &written[..start], &written[end..])
}

/// A number from 1 to 99 in Chinese.
fn from_chinese(number: &str) -> Option<u32> {
    let digit = |text: &str| -> Option<u32> {
        let mut digits = text.chars();
        let (digit, None) = (digits.next()?, digits.next()) else { return None };
        let at = DIGITS[..9].iter().position(|known| *known == digit)?;
        u32::try_from(at + 1).ok()
    };
    match number.split_once('十') {
        None => digit(number),
        Some((tens, ones)) => {
            let tens = if tens.is_empty() { 1 } else { digit(tens)? };
            let ones = if ones.is_empty() { 0 } else { digit(ones)? };
            Some(tens * 10 + ones)
        }
    }
}

fn to_chinese(number: u32) -> String {
    let digit =
        |digit: u32| digit.checked_sub(1).and_then(|at| DIGITS.get(at as usize)).map_or(String::new(), char::to_string);
    match (number / 10, number % 10) {
        (0, ones) => digit(ones),
        (1, ones) => format!("十{}", digit(ones)),
        (tens, ones) => format!("{}十{}", digit(tens), digit(ones)),
    }
}

/// The longest word looked for twice in a row, in characters.
const LONGEST_WORD: usize = 12;

/// Words that are doubled on purpose: for a short while, or one by one.
const MEANT: [&str; 24] = [
    "研究", "讨论", "考虑", "商量", "沟通", "了解", "学习", "休息", "锻炼", "琢磨", "打听", "介绍", "检查", "整理",
    "准备", "试验", "比较", "分析", "总结", "交流", "宣传", "联系", "观察", "体验",
];

/// Words of two or more characters that stand twice in a row, at their first byte. What is doubled on purpose
/// (`一件一件`, `研究研究`) is passed over, as are figures.
fn doubled_words(text: &str) -> Vec<(usize, String)> {
    let characters: Vec<(usize, char)> = text.char_indices().collect();
    let is_word_twice = |start: usize, length: usize| {
        let (one, other) = characters[start..start + 2 * length].split_at(length);
        if length == 1 {
            is_single_slip(&characters[start..])
        } else {
            is_word(one) && !names_then_term(text, one, other)
        }
    };
    let mut found = Vec::new();
    let mut end = 0;
    for (start, length) in repetitions(&characters) {
        if start < end || !is_word_twice(start, length) {
            continue;
        }
        let word: String = characters[start..start + length].iter().map(|(_, c)| c).collect();
        if !MEANT.contains(&word.as_str()) {
            found.push((characters[start].0, word));
        }
        end = start + 2 * length;
    }
    found
}

/// Where so many characters are those that follow them: by their start, the longest first.
fn repetitions(characters: &[(usize, char)]) -> Vec<(usize, usize)> {
    let mut repetitions = Vec::new();
    for length in 1..=LONGEST_WORD {
        let later = characters.get(length..).unwrap_or_default();
        let mut alike = 0;
        for (at, ((_, one), (_, other))) in characters.iter().zip(later).enumerate() {
            alike = if one == other { alike + 1 } else { 0 };
            if alike >= length {
                repetitions.push((at + 1 - length, length));
            }
        }
    }
    repetitions.sort_unstable_by_key(|&(start, length)| (start, std::cmp::Reverse(length)));
    repetitions
}

/// Characters and marks of which two in a row are a slip.
const NEVER_TWICE: [char; 7] = ['的', '，', '。', '；', '：', '、', '》'];

/// Whether a character stands twice that never should; `的的确确` is a word.
fn is_single_slip(characters: &[(usize, char)]) -> bool {
    let [(_, one), (_, other), rest @ ..] = characters else { return false };
    one == other && NEVER_TWICE.contains(one) && rest.first().is_none_or(|(_, next)| *next != '确')
}

/// Terms that often follow a name which ends as they begin: `某市人民政府政府信息公开`.
const TERMS: [&str; 3] = ["政府信息", "政府网站", "政府采购"];

/// Whether the second of two words is the beginning of a term, and the first the end of a name.
fn names_then_term(text: &str, one: &[(usize, char)], other: &[(usize, char)]) -> bool {
    let (Some((from, _)), Some((at, _))) = (one.first(), other.first()) else { return false };
    let word = &text[*from..*at];
    TERMS.iter().any(|term| text[*at..].starts_with(term) && term.starts_with(word))
}

/// Whether characters can be one word or phrase, doubled by mistake: Han characters, with figures perhaps, not
/// all the same, not `一件` or `逐条`.
fn is_word(characters: &[(usize, char)]) -> bool {
    let all_letters = characters.iter().all(|(_, c)| c.is_alphanumeric());
    let any_han = characters.iter().any(|(_, c)| !c.is_ascii() && c.is_alphabetic());
    let first = characters[0].1;
    let same = characters.iter().all(|(_, c)| *c == first);
    let one_by_one = characters.len() == 2 && matches!(first, '一' | '逐' | '层' | '步' | '又' | '再' | '很' | '越');
    // `1号` counts; `2024年` is a slip.
    let by_figures = characters.iter().filter(|(_, c)| !c.is_ascii_digit()).count() < 2 && characters.len() < 5;
    all_letters && any_han && !same && !one_by_one && !by_figures
}

/// That [`Passage::sentence`] may count on.
const _: () = assert!(SENTENCE_ENDS[0].len_utf8() == SENTENCE_ENDS[2].len_utf8());

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_and_written_in_chinese() {
        for (number, written) in [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (35, "三十五")] {
            assert_eq!(to_chinese(number), written);
            assert_eq!(from_chinese(written), Some(number));
        }
        for text in ["", "百", "十十", "二三"] {
            assert_eq!(from_chinese(text), None, "{text}");
        }
        assert_eq!(written_like("（五）", 0, 3), "（三）");
        assert_eq!(written_like("5.", 1, 3), "3.");
    }

    #[test]
    fn a_title_names_its_year_in_either_digits() {
        assert_eq!(years_in("某市2023年政府信息公开工作年度报告"), [2023]);
        assert_eq!(years_in("某市二〇二三年政府信息公开工作年度报告"), [2023]);
        assert_eq!(years_in("二○一九年度"), [2019]);
        assert_eq!(years_in("三年行动、二十年"), Vec::<u16>::new());
    }

    #[test]
    fn words_doubled_by_mistake_are_found_and_others_are_not() {
        let words = |text: &str| doubled_words(text).into_iter().map(|(_, word)| word).collect::<Vec<_>>();
        assert_eq!(words("落实专项资金资金的管理"), ["资金"]);
        assert_eq!(words("在2024年2024年全年"), ["2024年"]);
        assert_eq!(words("政府信息公开工作政府信息公开工作"), ["政府信息公开工作"]);
        assert_eq!(words("依法公开的的信息，，逐步增加。。"), ["的", "，", "。"]);
        for text in ["某市人民政府政府信息公开工作", "县政府政府网站", "的的确确"] {
            assert_eq!(words(text), Vec::<String>::new(), "{text}");
        }
        for text in
            ["一件一件办", "逐条逐条看", "研究研究", "20202020件", "方方面面", "某某某某", "1号1号", "公开、公开"]
        {
            assert_eq!(words(text), Vec::<String>::new(), "{text}");
        }
    }
}
