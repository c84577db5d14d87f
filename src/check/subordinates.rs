//! A report beside those of the subordinate bodies it adds up.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::across::{agency, outcome_of, without_blanks};
use super::values::{Found, Values};
use super::{Checked, FilledTable, Outcome};
use crate::error::{self, Finding, Lang, Level, NoSum, Problem, RuleWords, SubordinateProblem, nearest};
use crate::form::rules::ValueRef;
use crate::report::Reading;

/// The reports of subordinate bodies.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Subordinates {
    /// Each file, in the order in which they are told.
    pub files: Vec<Subordinate>,
    /// The bodies that should have reported, where that is known.
    pub expected: Option<Vec<String>>,
}

/// A file that should be a subordinate's report.
#[derive(Clone, Debug, PartialEq)]
pub struct Subordinate {
    /// What the file is called.
    pub file: String,
    /// What is in it, or what keeps it from being added.
    pub figures: Result<Figures, Vec<Finding>>,
}

/// What is added of a report.
#[derive(Clone, Debug, PartialEq)]
pub struct Figures {
    agency: String,
    year: u16,
    /// How many errors the report itself has.
    errors: usize,
    values: BTreeMap<ValueRef, Figure>,
}

#[derive(Clone, Debug, PartialEq)]
enum Figure {
    Number(Decimal),
    /// A mark that it does not apply: there is nothing to add.
    NotApplicable,
    /// What stands there.
    NoNumber(String),
}

impl Figures {
    /// The figures of a report that was put into its form.
    pub fn of(checked: &Checked<'_>) -> Self {
        let mut values = BTreeMap::new();
        for table in checked.tables() {
            for found in Values::of_table(table) {
                let figure = match (found.amount(), found.reading()) {
                    (Some(number), _) => Figure::Number(number),
                    (None, Reading::NotApplicable) => Figure::NotApplicable,
                    (None, Reading::Number(_) | Reading::Blank | Reading::Unfilled | Reading::Text) => {
                        Figure::NoNumber(found.written().to_owned())
                    }
                };
                values.insert(name(table, found), figure);
            }
        }
        let errors = checked.findings().iter().filter(|finding| finding.level == Level::Error).count();
        Figures { agency: agency(checked.report()), year: checked.report().year.value, errors, values }
    }
}

fn name(table: &FilledTable, found: Found<'_>) -> ValueRef {
    ValueRef { table: table.key.as_str().into(), row: found.key().row.clone(), column: found.key().column.clone() }
}

impl Checked<'_> {
    /// Compares every figure with the sum of the subordinate bodies'; findings and outcomes are added to those
    /// there are. Only reports of the year are added, one of each body, and where it is known who should
    /// report, only theirs. While one is missing, a figure is only said to be wrong when it is less than the sum
    /// of those there are.
    pub fn compare_with_subordinates(&mut self, subordinates: &Subordinates) {
        let mut findings = Vec::new();
        let mut outcomes = Vec::new();
        let (added, missing) = self.sort_out(subordinates, &mut findings);
        if let Some(rule) = &self.form.checks().subordinates {
            let sums = Sums { rule, added: &added, missing };
            let mut open: Option<(Finding, usize)> = None;
            for table in &self.tables {
                let mut row: Option<Differing<'_>> = None;
                for found in Values::of_table(table) {
                    let outcome = match sums.judge(&name(table, found), found) {
                        Ok(None) => Outcome::Holds,
                        Ok(Some(sum)) => {
                            if row.as_ref().is_none_or(|row| row.first.key().row != found.key().row) {
                                findings.extend(row.take().map(|row| row.finding(&sums)));
                            }
                            let own = found.amount().unwrap_or_default();
                            let cell = (found.column_label(), own, sum);
                            let first = || Differing { first: found, name: name(table, found), cells: Vec::new() };
                            row.get_or_insert_with(first).cells.push(cell);
                            Outcome::Fails
                        }
                        Err(reason) => {
                            open = Some(match open.take() {
                                Some((finding, values)) => (finding, values + 1),
                                None => (found.finding(sums.not_assessable(reason, 1)), 1),
                            });
                            Outcome::NotAssessable
                        }
                    };
                    let line = format!("{}.{}", found.key().row, found.key().column);
                    outcomes.push(outcome_of(&table.key, rule, &line, outcome));
                }
                findings.extend(row.take().map(|row| row.finding(&sums)));
            }
            findings.extend(open.map(|(mut finding, count)| {
                if let Problem::Subordinates(SubordinateProblem::NotAssessable { values, .. }) = &mut finding.problem {
                    *values = count;
                }
                finding
            }));
        }
        self.findings.extend(findings);
        self.outcomes.extend(outcomes);
        error::sort(&mut self.findings);
    }

    /// The reports to be added, and how many are missing or cannot be.
    fn sort_out<'s>(&self, given: &'s Subordinates, findings: &mut Vec<Finding>) -> (Vec<&'s Figures>, usize) {
        let mut say = |problem: SubordinateProblem| {
            findings.push(Finding::new(Problem::Subordinates(problem), "$", None));
        };
        let expected: Option<Vec<String>> =
            given.expected.as_ref().map(|names| names.iter().map(|name| without_blanks(name)).collect());
        let (own, year) = (agency(self.report), self.report.year.value);
        let mut added: Vec<(&str, &Figures)> = Vec::new();
        let mut missing = 0;
        for Subordinate { file, figures } in &given.files {
            let file = file.clone();
            let figures = match figures {
                Ok(figures) => figures,
                Err(wrong) => {
                    missing += 1;
                    let first = wrong.iter().find(|finding| finding.level == Level::Error).or(wrong.first());
                    let reason = |lang| first.map_or_else(String::new, |finding| finding.message(lang));
                    let errors = wrong.iter().filter(|finding| finding.level == Level::Error).count();
                    let reason = (reason(Lang::Chinese), reason(Lang::English));
                    say(SubordinateProblem::Unreadable { file, reason, errors });
                    continue;
                }
            };
            let agency = figures.agency.clone();
            let unlisted = expected.as_ref().filter(|names| !names.contains(&agency));
            if agency == own && figures.year == year {
                say(SubordinateProblem::Itself { file });
            } else if let Some(names) = unlisted {
                let suggestion = nearest(&agency, names.iter().map(String::as_str)).map(str::to_owned);
                say(SubordinateProblem::Unlisted { file, agency, suggestion });
            } else if figures.year != year {
                // Where it is known who should report, the body is missing and counted below.
                missing += usize::from(expected.is_none());
                say(SubordinateProblem::Year { file, agency, found: figures.year, year });
            } else if let Some((first, _)) = added.iter().find(|(_, known)| known.agency == agency) {
                say(SubordinateProblem::Twice { file, first: (*first).to_owned(), agency });
            } else {
                if figures.errors > 0 {
                    say(SubordinateProblem::Wrong { file: file.clone(), agency, errors: figures.errors });
                }
                let known = given.files.iter().find(|known| known.file == file).map_or("", |known| &known.file);
                added.push((known, figures));
            }
        }
        if let Some(names) = &expected {
            missing = 0;
            for agency in names.iter().filter(|name| !added.iter().any(|(_, figures)| figures.agency == **name)) {
                missing += 1;
                say(SubordinateProblem::Missing { agency: agency.clone() });
            }
        }
        if added.is_empty() {
            say(SubordinateProblem::None);
        }
        (added.into_iter().map(|(_, figures)| figures).collect(), missing)
    }
}

/// The values of a row that are not the sums.
struct Differing<'a> {
    first: Found<'a>,
    name: ValueRef,
    cells: Vec<(String, Decimal, Decimal)>,
}

impl Differing<'_> {
    fn finding(self, sums: &Sums<'_>) -> Finding {
        let (rule, reports) = (sums.rule.clone(), sums.added.len());
        let terms = sums.terms(&self.name);
        let problem = SubordinateProblem::Differs { rule, reports, cells: self.cells, terms };
        self.first.finding(Problem::Subordinates(problem))
    }
}

struct Sums<'a> {
    rule: &'a RuleWords,
    added: &'a [&'a Figures],
    missing: usize,
}

impl Sums<'_> {
    /// The sum, if the figure is not it.
    ///
    /// # Errors
    /// Why it cannot be said.
    fn judge(&self, name: &ValueRef, found: Found<'_>) -> Result<Option<Decimal>, NoSum> {
        if self.added.is_empty() {
            return Err(NoSum::Incomplete(self.missing));
        }
        let mut sum = Decimal::ZERO;
        let mut applies = false;
        for figures in self.added {
            match figures.values.get(name) {
                Some(Figure::Number(number)) => {
                    sum += number;
                    applies = true;
                }
                Some(Figure::NotApplicable) => {}
                Some(Figure::NoNumber(written)) => {
                    return Err(NoSum::Theirs(figures.agency.clone(), found.label(), written.clone()));
                }
                None => return Err(NoSum::Absent(figures.agency.clone(), found.label())),
            }
        }
        let own = match (found.amount(), found.reading()) {
            (Some(own), _) => own,
            // What applies to none of them need not apply to their superior.
            (None, Reading::NotApplicable) if !applies => return Ok(None),
            (None, _) => return Err(NoSum::Own(found.label(), found.written().to_owned())),
        };
        if self.missing > 0 && sum <= own {
            return Err(NoSum::Incomplete(self.missing));
        }
        Ok((sum != own).then_some(sum))
    }

    /// What each body that is not 0 has of a value.
    fn terms(&self, name: &ValueRef) -> Vec<(String, Decimal)> {
        let term = |figures: &&Figures| match figures.values.get(name) {
            Some(Figure::Number(number)) if !number.is_zero() => Some((figures.agency.clone(), *number)),
            Some(_) | None => None,
        };
        self.added.iter().filter_map(term).collect()
    }

    fn not_assessable(&self, reason: NoSum, values: usize) -> Problem {
        Problem::Subordinates(SubordinateProblem::NotAssessable { rule: self.rule.clone(), values, reason })
    }
}
