//! A report beside last year's: what was carried over, what is in force, what is said in the same words.

use super::values::{Found, Values};
use super::{Checked, Outcome, RuleOutcome, repeated};
use crate::document::Text;
use crate::error::{self, AcrossProblem, Finding, Problem, RuleWords, Term, Unclear};
use crate::form::Each;
use crate::form::rules::{AcrossRule, UnitRule};
use crate::report::{At, Report};

impl Checked<'_> {
    /// Compares the report with last year's, which may be on an older form: its findings and outcomes are
    /// added to those there are. One of another year is named and not compared.
    pub fn compare_with_last_year(&mut self, last: &Checked<'_>) {
        let mut findings = Vec::new();
        let mut outcomes = Vec::new();
        let (found, expected) = (last.report.year.value, self.report.year.value.saturating_sub(1));
        let is_last = found == expected;
        if !is_last {
            findings.push(self.report.year.at.finding(across(AcrossProblem::Year { found, expected })));
        } else {
            let (theirs, ours) = (agency(last.report), agency(self.report));
            if theirs != ours {
                let problem = AcrossProblem::Agency { found: theirs, now: ours };
                findings.push(self.report.agency.at.finding(across(problem)));
            }
        }
        for rule in &self.form.checks().across {
            let mut lines = Lines { rule, last, this: self, is_last, open: None };
            lines.judge(&mut findings, &mut outcomes);
        }
        for rule in &self.form.checks().units {
            let (outcome, finding) = self.jumped(rule, last, is_last);
            findings.extend(finding);
            outcomes.push(outcome_of(&rule.value.table, &rule.words, &rule.value.row, outcome));
        }
        for rule in &self.form.checks().repeated {
            for section in &rule.sections {
                let (outcome, finding) =
                    if is_last { repeated::judge(self, last, rule, section) } else { (Outcome::NotAssessable, None) };
                findings.extend(finding);
                outcomes.push(outcome_of(section, &rule.words, section, outcome));
            }
        }
        self.findings.extend(findings);
        self.outcomes.extend(outcomes);
        error::sort(&mut self.findings);
    }

    fn jumped(&self, rule: &UnitRule, last: &Checked<'_>, is_last: bool) -> (Outcome, Option<Finding>) {
        let values = (Values(&self.tables).get(&rule.value), Values(&last.tables).get(&rule.value));
        let (Some(now), Some(before), true) = (values.0, values.1, is_last) else {
            return (Outcome::NotAssessable, None);
        };
        let (Some(amount), Some(earlier)) = (now.amount(), before.amount()) else {
            return (Outcome::NotAssessable, None);
        };
        if earlier.is_zero() || amount < earlier * rust_decimal::Decimal::from(rule.times) {
            return (Outcome::Holds, None);
        }
        let problem = AcrossProblem::Jumped {
            rule: rule.words.clone(),
            written: now.written().to_owned(),
            unit: rule.unit.clone(),
            last: earlier,
            last_year: last.report.year.value,
        };
        (Outcome::Fails, Some(now.finding(across(problem))))
    }
}

/// A rule in the lines of a table.
struct Lines<'a, 'b> {
    rule: &'a AcrossRule,
    last: &'a Checked<'b>,
    this: &'a Checked<'b>,
    /// Whether the other report is that of the year before.
    is_last: bool,
    /// What was said of lines in which it cannot be checked.
    open: Option<Finding>,
}

impl Lines<'_, '_> {
    fn judge(&mut self, findings: &mut Vec<Finding>, outcomes: &mut Vec<RuleOutcome>) {
        let Some(table) = self.this.table(&self.rule.table) else { return };
        let ours: Vec<Found<'_>> = Values::of_table(table).filter(|found| self.is_total(*found)).collect();
        for value in ours {
            let line = self.line_of(value).to_owned();
            let outcome = match self.compare(value, &line) {
                Ok(None) => Outcome::Holds,
                Ok(Some(finding)) => {
                    findings.push(finding);
                    Outcome::Fails
                }
                Err(reason) => {
                    self.fold(value, reason);
                    Outcome::NotAssessable
                }
            };
            outcomes.push(outcome_of(&self.rule.table, &self.rule.words, &line, outcome));
        }
        findings.extend(self.open.take());
    }

    /// Whether a value is what the rule gives, in a line that has all it names of this year.
    fn is_total(&self, found: Found<'_>) -> bool {
        let line = self.line_of(found);
        let named = match self.rule.each {
            Each::Row => &found.key().column,
            Each::Column => &found.key().row,
        };
        let rest = self.rule.add.iter().chain(&self.rule.subtract);
        *named == self.rule.equals && rest.into_iter().all(|key| self.find(self.this, line, key).is_some())
    }

    fn line_of<'v>(&self, found: Found<'v>) -> &'v str {
        match self.rule.each {
            Each::Row => &found.key().row,
            Each::Column => &found.key().column,
        }
    }

    fn find<'v>(&self, checked: &'v Checked<'_>, line: &str, key: &str) -> Option<Found<'v>> {
        let values = Values(&checked.tables);
        match self.rule.each {
            Each::Row => values.find(&self.rule.table, line, key),
            Each::Column => values.find(&self.rule.table, key, line),
        }
    }

    /// # Errors
    /// Why it cannot be compared.
    fn compare(&self, value: Found<'_>, line: &str) -> Result<Option<Finding>, Unclear> {
        if !self.is_last {
            return Err(Unclear::WrongYear);
        }
        let mut last = Vec::new();
        for key in &self.rule.last {
            let found = self.find(self.last, line, key).ok_or(Unclear::NotInForm)?;
            let amount = found.amount().ok_or_else(|| Unclear::Last(self.label(found), found.written().into()))?;
            last.push((self.label(found), amount));
        }
        let now = |key: &std::sync::Arc<str>| -> Result<Term, Unclear> {
            let found = self.find(self.this, line, key).ok_or(Unclear::NotInForm)?;
            let amount = found.amount().ok_or_else(|| Unclear::Now(self.label(found), found.written().into()))?;
            Ok((self.label(found), amount))
        };
        let value_term = now(&self.rule.equals)?;
        let added = self.rule.add.iter().map(now).collect::<Result<Vec<_>, _>>()?;
        let subtracted = self.rule.subtract.iter().map(now).collect::<Result<Vec<_>, _>>()?;
        let sum = |terms: &[Term]| terms.iter().map(|(_, amount)| *amount).sum::<rust_decimal::Decimal>();
        let total = sum(&last) + sum(&added) - sum(&subtracted);
        if total == value_term.1 {
            return Ok(None);
        }
        let problem = AcrossProblem::Differs {
            rule: self.rule.words.clone(),
            value: value_term,
            last_year: self.last.report.year.value,
            last,
            added,
            subtracted,
            total,
        };
        Ok(Some(value.finding(across(problem))))
    }

    /// What a sum calls a value.
    fn label(&self, found: Found<'_>) -> String {
        match self.rule.each {
            Each::Row => found.column_label(),
            Each::Column => found.label(),
        }
    }

    fn fold(&mut self, value: Found<'_>, reason: Unclear) {
        let line = match self.rule.each {
            Each::Row => value.label(),
            Each::Column => value.column_label(),
        };
        match &mut self.open {
            Some(Finding { problem: Problem::Across(AcrossProblem::NotAssessable { lines, .. }), .. }) => {
                lines.push(line);
            }
            Some(_) => {}
            None => {
                let words = self.rule.words.clone();
                let problem = AcrossProblem::NotAssessable { rule: words, reason, lines: vec![line] };
                self.open = Some(value.finding(across(problem)));
            }
        }
    }
}

fn across(problem: AcrossProblem) -> Problem {
    Problem::Across(problem)
}

pub(super) fn outcome_of(table: &str, rule: &RuleWords, line: &str, outcome: Outcome) -> RuleOutcome {
    RuleOutcome { table: table.to_owned(), rule: rule.id.clone(), line: line.to_owned(), outcome }
}

/// The name of the body that reports, without break marks and blanks.
pub(super) fn agency(report: &Report) -> String {
    plain(&report.agency.value, &report.agency.at)
}

/// A name as the report writes it, without break marks and blanks.
pub(super) fn plain(written: &str, at: &At) -> String {
    without_blanks(&Text::marked(written, at.origin()).content)
}

/// A name as names are compared: without blanks.
pub fn without_blanks(name: &str) -> String {
    name.chars().filter(|c| !c.is_whitespace()).collect()
}
