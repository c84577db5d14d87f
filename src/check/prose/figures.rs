//! Figures of the prose beside those of the tables, and amounts beside their unit.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::super::Outcome;
use super::{Passage, Reader};
use crate::document::BREAK_MARK;
use crate::error::{Level, Problem, ProseProblem, RuleWords, ShownBy, Side};
use crate::form::rules::{Figure, FigureRule, MentionRule, ValueRef};
use crate::report::Reading;

/// What ends a clause.
const CLAUSE_ENDS: [char; 8] = ['。', '；', '！', '？', '，', '：', '（', '、'];

/// A figure that was found in the text.
struct Said {
    /// The byte at which it stands.
    at: usize,
    figure: Decimal,
}

/// What the tables say to a figure.
enum Answer {
    Holds,
    Differs(Vec<Side>),
    /// This value is no number: its label, what stands there.
    NoNumber(String, String),
    /// A value is missing, of which enough is said elsewhere.
    Missing,
}

/// Why values cannot be added.
enum NoSum {
    /// One is no number: its label, what stands there.
    NoNumber(String, String),
    /// One is missing or still to be filled in.
    Missing,
}

impl Reader<'_> {
    /// Figures that stand in the tables as well.
    pub(super) fn figures(&mut self) {
        let form = self.form;
        for rule in &form.checks().figures {
            for (index, figure) in rule.said.iter().enumerate() {
                let mut worst = None;
                let passages: Vec<_> = rule.sections.iter().flat_map(|section| self.section(section)).collect();
                for passage in passages {
                    for said in self.said(figure, passage) {
                        let outcome = self.judge(rule, figure, passage, &said);
                        worst = worst.max(Some(rank(outcome)));
                    }
                }
                let outcome = match worst {
                    Some(2) => Outcome::Fails,
                    Some(0) => Outcome::Holds,
                    // Nothing is said of it, or the table has no number for it.
                    Some(_) | None => Outcome::NotAssessable,
                };
                let place = rule.sections.join(",");
                self.note(&rule.words, &place, &format!("{index}"), outcome);
            }
        }
    }

    fn judge(&mut self, rule: &FigureRule, figure: &Figure, passage: Passage<'_>, said: &Said) -> Outcome {
        let divided = said.figure / Decimal::from(figure.divide);
        let words = rule.words.clone();
        match self.answer(&figure.is, divided) {
            Answer::Holds => Outcome::Holds,
            Answer::Missing => Outcome::NotAssessable,
            Answer::Differs(readings) => {
                let divide = figure.divide;
                self.say(&rule.words, &passage, said.at, || {
                    let sentence = passage.sentence(said.at);
                    ProseProblem::FigureDiffers { rule: words, sentence, figure: divided, readings, divide }
                });
                Outcome::Fails
            }
            Answer::NoNumber(part, written) => {
                self.findings.push_with(Level::NotAssessable, || {
                    let sentence = passage.sentence(said.at);
                    passage.finding(said.at, ProseProblem::FigureNotAssessable { rule: words, sentence, part, written })
                });
                Outcome::NotAssessable
            }
        }
    }

    /// The figures of a paragraph that mean this, each once.
    fn said(&self, figure: &Figure, passage: Passage<'_>) -> Vec<Said> {
        let text = passage.text.value.as_str();
        if !figure.patterns.iter().chain(&figure.none).any(|pattern| pattern.may_be_in(text)) {
            return Vec::new();
        }
        let stretches: Vec<std::ops::Range<usize>> = match &figure.within {
            Some(within) => within.matches(text).into_iter().map(|found| found.whole).collect(),
            None => std::iter::once(0..text.len()).collect(),
        };
        let mut said: Vec<Said> = Vec::new();
        let mut seen = BTreeSet::new();
        for stretch in stretches {
            let part = &text[stretch.clone()];
            for pattern in &figure.patterns {
                for found in pattern.matches(part) {
                    let Some(group) = found.group else { continue };
                    let Some(value) = read_figure(&part[group.clone()]) else { continue };
                    let start = stretch.start + found.whole.start;
                    let at = stretch.start + group.start;
                    if self.means_this(figure, text, start) && seen.insert(at) {
                        said.push(Said { at, figure: value });
                    }
                }
            }
            for pattern in &figure.none {
                for found in pattern.matches(part) {
                    let at = stretch.start + found.whole.start;
                    if self.means_this(figure, text, at) && seen.insert(at) {
                        said.push(Said { at, figure: Decimal::ZERO });
                    }
                }
            }
        }
        said
    }

    /// Whether nothing before a figure makes it another: a word in its clause, or another year in its
    /// sentence.
    fn means_this(&self, figure: &Figure, text: &str, at: usize) -> bool {
        let before = &text[back(text, at)..at];
        let clause = before.rfind(CLAUSE_ENDS).map_or(before, |end| &before[end..]);
        let sentence = before.rfind('。').map_or(before, |end| &before[end..]);
        let other_year = last_year_named(sentence).is_some_and(|year| year != self.report.year.value);
        !other_year && !figure.not_after.iter().any(|word| clause.contains(word.as_str()))
    }

    /// What the tables say to a figure: the first reading that agrees will do.
    fn answer(&self, readings: &[Vec<ValueRef>], figure: Decimal) -> Answer {
        let mut differing = Vec::new();
        let mut no_sum = None;
        for reading in readings {
            match self.add(reading) {
                Ok(side) if side.total == figure => return Answer::Holds,
                Ok(side) => differing.push(side),
                Err(why) => {
                    no_sum.get_or_insert(why);
                }
            }
        }
        match no_sum {
            Some(NoSum::NoNumber(label, written)) => Answer::NoNumber(label, written),
            Some(NoSum::Missing) => Answer::Missing,
            None => Answer::Differs(differing),
        }
    }

    /// # Errors
    /// The first value that cannot be added.
    fn add(&self, values: &[ValueRef]) -> Result<Side, NoSum> {
        let mut terms = Vec::new();
        for name in values {
            let found = self.values.get(name).filter(|found| found.reading() != Reading::Unfilled);
            let found = found.ok_or(NoSum::Missing)?;
            let amount = found.amount().ok_or_else(|| NoSum::NoNumber(found.label(), found.written().to_owned()))?;
            terms.push((found.label(), amount));
        }
        let total = terms.iter().map(|(_, amount)| *amount).sum();
        Ok(Side { terms, total })
    }

    /// What a section must speak of when something shows that there is something to say.
    pub(super) fn mentions(&mut self) {
        let form = self.form;
        for rule in &form.checks().mentions {
            let outcome = self.mention(rule);
            self.note(&rule.words, &rule.section, "", outcome);
        }
    }

    fn mention(&mut self, rule: &MentionRule) -> Outcome {
        let section = self.section(&rule.section);
        let Some(first) = section.first() else { return Outcome::NotAssessable };
        let mut unclear = false;
        let mut shown_by = None;
        for name in &rule.when {
            match self.values.get(name) {
                Some(found) => match (found.amount(), found.reading()) {
                    (Some(amount), _) if !amount.is_zero() => shown_by = Some(ShownBy::Figure(found.label(), amount)),
                    (Some(_), _) | (None, Reading::NotApplicable) => {}
                    (None, _) => unclear = true,
                },
                None => unclear = true,
            }
        }
        let elsewhere = self.passages().into_iter().filter(|passage| passage.section != rule.section);
        for passage in elsewhere {
            let found = rule.when_said.iter().flat_map(|pattern| pattern.matches(&passage.text.value)).next();
            if let (Some(found), None) = (found, &shown_by) {
                shown_by = Some(ShownBy::Sentence(passage.sentence(found.whole.start)));
            }
        }
        match shown_by {
            Some(shown_by) => {
                let speaks = |passage: &Passage<'_>| rule.said.iter().any(|said| said.is_in(&passage.text.value));
                if section.iter().any(speaks) {
                    return Outcome::Holds;
                }
                let heading = self.heading(&rule.section);
                let problem = ProseProblem::NotMentioned { rule: rule.words.clone(), heading, shown_by };
                self.findings.push(first.finding(0, problem));
                Outcome::Fails
            }
            None if unclear => Outcome::NotAssessable,
            None => Outcome::Holds,
        }
    }

    /// Amounts that are greater than any.
    pub(super) fn amounts(&mut self) {
        let form = self.form;
        let agency: String = self.report.agency.value.chars().filter(|c| *c != BREAK_MARK).collect();
        for rule in &form.checks().units {
            let most = rule.most_of(&agency);
            let found = self.values.get(&rule.value);
            let outcome = match found.and_then(|found| Some((found, found.amount()?))) {
                None => Outcome::NotAssessable,
                Some((_, amount)) if amount <= Decimal::from(most) => Outcome::Holds,
                Some((found, _)) => {
                    let (written, unit) = (found.written().to_owned(), rule.unit.clone());
                    let words: RuleWords = rule.words.clone();
                    let problem = ProseProblem::AmountTooLarge { rule: words, written, unit, most };
                    self.findings.push(found.finding(Problem::Prose(problem)));
                    Outcome::Fails
                }
            };
            self.note(&rule.words, &rule.value.table, &rule.value.row, outcome);
        }
    }
}

/// The worse, the higher.
fn rank(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Holds => 0,
        Outcome::NotAssessable => 1,
        Outcome::Fails => 2,
    }
}

/// Reads digits, full-width or in groups.
fn read_figure(written: &str) -> Option<Decimal> {
    let plain = written.chars().filter(|c| !matches!(c, ',' | '，')).map(|c| match c {
        '０'..='９' => char::from_u32(u32::from(c) - u32::from('０') + u32::from('0')).unwrap_or(c),
        '．' => '.',
        c => c,
    });
    match Reading::of(&plain.collect::<String>()) {
        Reading::Number(number) => Some(number),
        Reading::Blank | Reading::NotApplicable | Reading::Unfilled | Reading::Text => None,
    }
}

/// No clause or sentence is looked at further back than this many bytes from a figure.
const FURTHEST_BACK: usize = 3_000;

/// Where to begin to look back from a place.
fn back(text: &str, at: usize) -> usize {
    let start = at.saturating_sub(FURTHEST_BACK);
    (start..=at).find(|&start| text.is_char_boundary(start)).unwrap_or(at)
}

/// The last year a text names: `2024年`.
fn last_year_named(text: &str) -> Option<u16> {
    text.rmatch_indices('年').find_map(|(end, _)| {
        let before = &text[..end];
        let year = &before[before.trim_end_matches(|c: char| c.is_ascii_digit()).len()..];
        if year.len() == 4 { year.parse().ok() } else { None }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_read_whatever_its_digits() {
        assert_eq!(read_figure("3,119"), Some(Decimal::from(3119)));
        assert_eq!(read_figure("１２．５"), Some(Decimal::new(125, 1)));
    }

    #[test]
    fn the_last_year_named_counts() {
        assert_eq!(last_year_named("与2023年相比，2024年，近几年"), Some(2024));
        assert_eq!(last_year_named("全年"), None);
        assert_eq!(last_year_named("近10年"), None);
    }
}
