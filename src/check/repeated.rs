//! How much of a section is said in the words of last year's report.
//!
//! Both texts are stripped of everything but letters and Han characters, so that new figures in old sentences
//! count as old. A character counts as repeated when it stands in a run of [`RUN`] that last year's report
//! has as well.

use std::collections::HashSet;

use super::{Checked, Outcome};
use crate::error::{AcrossProblem, Finding, Problem};
use crate::form::rules::RepeatRule;
use crate::report::{Located, Report};

/// How many characters in a row are no accident. Names of offices and of laws are often longer; of a whole
/// section they are little.
const RUN: usize = 10;

/// Shorter sections say too little to be compared by their share, in characters.
const LEAST: usize = 60;

/// The share of a section that stands in last year's report.
pub(super) fn judge(
    this: &Checked<'_>,
    last: &Checked<'_>,
    rule: &RepeatRule,
    section: &str,
) -> (Outcome, Option<Finding>) {
    let Some(ours) = this.report.sections.get(section) else { return (Outcome::NotAssessable, None) };
    let known: Vec<Vec<char>> = paragraphs_of(last.report).map(|paragraph| letters(&paragraph.value)).collect();
    let runs: HashSet<&[char]> = known.iter().flat_map(|text| text.windows(RUN)).collect();
    let counts: Vec<(usize, usize)> =
        ours.value.iter().map(|paragraph| repeated(&letters(&paragraph.value), &runs)).collect();
    let (same, all) = counts.iter().fold((0, 0), |(same, all), count| (same + count.0, all + count.1));
    // A short section says little that could be new; one that is the same to the letter is told all the same.
    if known.is_empty() || (all < LEAST && (same < all || all == 0)) {
        return (Outcome::NotAssessable, None);
    }
    let over = |(same, all): (usize, usize)| same * 100 > all * rule.most as usize;
    if !over((same, all)) {
        return (Outcome::Holds, None);
    }
    let percent = |(same, all): (usize, usize)| u32::try_from(same * 100 / all.max(1)).unwrap_or(100);
    let paragraphs: Vec<(usize, u32)> = counts
        .iter()
        .enumerate()
        .filter(|(_, count)| over(**count))
        .map(|(index, count)| (index + 1, percent(*count)))
        .collect();
    let first = paragraphs.first().and_then(|(number, _)| ours.value.get(number - 1)).map_or(&ours.at, |text| &text.at);
    let heading = this.form.section(section).map_or(section, |section| &section.heading.content).to_owned();
    let problem =
        AcrossProblem::Repeated { rule: rule.words.clone(), heading, percent: percent((same, all)), paragraphs };
    (Outcome::Fails, Some(first.finding(Problem::Across(problem))))
}

fn paragraphs_of(report: &Report) -> impl Iterator<Item = &Located<String>> {
    report.sections.members.iter().flat_map(|section| &section.value.value)
}

fn letters(text: &str) -> Vec<char> {
    text.chars().filter(|c| c.is_alphabetic()).collect()
}

/// How many characters of a text are repeated, of how many.
fn repeated(text: &[char], runs: &HashSet<&[char]>) -> (usize, usize) {
    let mut covered = 0;
    let mut end = 0;
    for (start, run) in text.windows(RUN).enumerate() {
        if runs.contains(run) {
            covered += start + RUN - end.max(start);
            end = start + RUN;
        }
    }
    (covered, text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_in_long_runs_count_as_repeated_and_others_do_not() {
        let last = letters("全年通过政府门户网站公开各类信息152条。");
        let runs: HashSet<&[char]> = last.windows(RUN).collect();
        let share = |text: &str| repeated(&letters(text), &runs);
        assert_eq!(share("全年通过政府门户网站公开各类信息86条。"), (17, 17));
        assert_eq!(share("今年全年通过政府门户网站公开了各类信息。"), (12, 19));
        assert_eq!(share("公开各类信息"), (0, 6));
        assert_eq!(share(""), (0, 0));
    }
}
