//! Report + Form → [`Checked`]: every value put into its cell, totals left out computed, every rule run.
//!
//! What comes in is a [`Report`] as it was written and the [`Form`] it is to be set in. What goes out
//! says everything that is amiss at once, sorted by place. A report that cannot be put into the form
//! (a row is missing, a key unknown) gives findings only; one that can, but whose figures are wrong,
//! gives a [`Checked`] with errors among its findings, from which a draft can be made. How a table is
//! filled is in `check/table.rs`, the arithmetic in `check/rules.rs`, what is said of prose in
//! `check/prose.rs`. A [`Checked`] report can then be compared with last year's (`check/across.rs`,
//! `check/repeated.rs`) and with those of subordinate bodies (`check/subordinates.rs`).

mod across;
mod prose;
mod repeated;
mod rules;
mod subordinates;
mod table;
mod values;

pub use across::without_blanks;
pub use prose::our_rules;
pub use subordinates::{Figures, Subordinate, Subordinates};

use std::sync::Arc;

use rust_decimal::Decimal;

use crate::document::{CellRole, Grid, Text};
use crate::error::{self, Finding, Level, Part, Problem, ProseProblem, nearest};
use crate::form::{Form, Forms, Section, SectionContent, ValueKey};
use crate::report::{At, Located, Object, Partial, Reading, Report};

use table::Filling;
use values::Values;

/// A report put into its form. It can only come from [`check`].
#[derive(Clone, Debug, PartialEq)]
pub struct Checked<'a> {
    report: &'a Report,
    form: &'a Form,
    tables: Vec<FilledTable>,
    findings: Vec<Finding>,
    outcomes: Vec<RuleOutcome>,
}

/// A table of the form with the report's values.
#[derive(Clone, Debug, PartialEq)]
pub struct FilledTable {
    /// Its key.
    pub key: String,
    /// The cells, added rows included.
    pub grid: Grid<FilledCell>,
}

/// A cell of a filled table.
#[derive(Clone, Debug, PartialEq)]
pub struct FilledCell {
    /// The part it plays.
    pub role: CellRole,
    /// What is printed in it, and where that came from: a path and a place in the form's own words.
    pub text: Text,
    /// The value, if it holds one.
    pub value: Option<FilledValue>,
}

/// A value in its cell.
#[derive(Clone, Debug, PartialEq)]
pub struct FilledValue {
    /// Its row and column.
    pub key: ValueKey,
    /// What it means.
    pub reading: Reading,
    /// What it counts as in sums; `None` where it is no number and does not count as 0.
    pub amount: Option<Decimal>,
    /// Where it stands.
    pub at: At,
    /// Whether the report left it out and it was computed.
    pub computed: bool,
}

/// What came of a rule in one line of a table, or in one place of the prose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleOutcome {
    /// The key of the table, of the section, or of another part of the report.
    pub table: String,
    /// The rule's name.
    pub rule: String,
    /// The key of the row or the column it was applied in; of a figure of prose, which of the rule's it is.
    pub line: String,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// It holds.
    Holds,
    /// It fails.
    Fails,
    /// A value it names is missing or no number.
    NotAssessable,
}

impl<'a> Checked<'a> {
    /// The report.
    pub fn report(&self) -> &'a Report {
        self.report
    }

    /// The form.
    pub fn form(&self) -> &'a Form {
        self.form
    }

    /// The filled tables in the form's order.
    pub fn tables(&self) -> &[FilledTable] {
        &self.tables
    }

    /// The filled table of this key.
    pub fn table(&self, key: &str) -> Option<&FilledTable> {
        self.tables.iter().find(|table| table.key == key)
    }

    /// Everything there is to say, sorted by place.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Whether any finding is an error: then only a draft may be made.
    pub fn has_errors(&self) -> bool {
        error::has_errors(&self.findings)
    }

    /// What came of every rule, by table, rule and line.
    pub fn outcomes(&self) -> &[RuleOutcome] {
        &self.outcomes
    }
}

impl FilledTable {
    /// The value at a row and a column.
    pub fn value(&self, row: &str, column: &str) -> Option<&FilledValue> {
        let values = self.grid.cells().iter().filter_map(|cell| cell.content.value.as_ref());
        values.into_iter().find(|value| &*value.key.row == row && &*value.key.column == column)
    }
}

/// Puts a report into its form and checks it.
///
/// # Errors
/// All findings when one of them keeps the report from being put into the form.
pub fn check<'a>(report: &'a Report, form: &'a Form) -> Result<Checked<'a>, Vec<Finding>> {
    let Examined { tables, printable, findings, outcomes } = examine(report, form);
    if printable { Ok(Checked { report, form, tables, findings, outcomes }) } else { Err(findings) }
}

/// Everything there is to say of a file by itself, sorted by place. What cannot be read of it is told and left
/// out, and the rules are run on all the rest.
pub fn findings_of(bytes: &[u8], forms: &Forms) -> Vec<Finding> {
    let Partial { report, has_year, findings: mut said } = match Report::read(bytes) {
        Ok(read) => read,
        Err(findings) => return findings,
    };
    let Some(mut report) = report else { return said };
    if !has_year {
        // A form that is named can be looked at for any of its years.
        let named = report.form.as_ref().and_then(|form| forms.get(&form.value));
        let Some(form) = named else { return said };
        report.year.value = form.years().first;
    }
    match forms.choose(&report) {
        Ok(form) => {
            let Examined { findings, .. } = examine(&report, form);
            let unread: Vec<String> = said.iter().filter_map(unread_path).collect();
            let new = findings.into_iter().filter(|finding| {
                let owed =
                    is_of_what_is_missing(finding) && unread.iter().any(|path| stand_together(path, &finding.path));
                !owed && (has_year || !is_of_the_year(finding))
            });
            said.extend(new);
        }
        Err(findings) => said.extend(findings),
    }
    error::sort_and_cap(said)
}

/// The path of what a finding keeps from being read: of a key misspelt, what it was meant to be.
fn unread_path(finding: &Finding) -> Option<String> {
    match &finding.problem {
        Problem::UnknownKey { suggestion: Some(meant), .. } => {
            let (parent, _) = finding.path.rsplit_once('.')?;
            Some(format!("{parent}.{meant}"))
        }
        _ if finding.path == "$" => None,
        _ => Some(finding.path.clone()),
    }
}

/// Whether two paths are the same, or one leads to the other.
fn stand_together(one: &str, other: &str) -> bool {
    let leads = |from: &str, to: &str| {
        to.strip_prefix(from).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    };
    leads(one, other) || leads(other, one)
}

/// Whether a finding says that something is not there.
fn is_of_what_is_missing(finding: &Finding) -> bool {
    matches!(
        finding.problem,
        Problem::MissingSection { .. }
            | Problem::MissingTable { .. }
            | Problem::MissingRow { .. }
            | Problem::MissingValue { .. }
    )
}

/// Whether a finding hangs on the report year.
fn is_of_the_year(finding: &Finding) -> bool {
    match &finding.problem {
        Problem::YearOutsideForm { .. } | Problem::SignedEarly { .. } => true,
        Problem::Prose(problem) => matches!(
            problem,
            ProseProblem::OtherYear { .. }
                | ProseProblem::TitleYear { .. }
                | ProseProblem::SignedLate { .. }
                | ProseProblem::FigureDiffers { .. }
                | ProseProblem::FigureNotAssessable { .. }
        ),
        _ => false,
    }
}

/// What came of every rule, also of a report that cannot be put into its form.
pub fn outcomes(report: &Report, form: &Form) -> Vec<RuleOutcome> {
    examine(report, form).outcomes
}

/// A report that was looked over.
struct Examined {
    /// The tables that are there, with the values that are.
    tables: Vec<FilledTable>,
    /// Whether a draft can be made: nothing is missing, nothing unknown.
    printable: bool,
    findings: Vec<Finding>,
    outcomes: Vec<RuleOutcome>,
}

fn examine(report: &Report, form: &Form) -> Examined {
    let mut findings = Vec::new();
    let mut outcomes = Vec::new();
    check_year(report, form, &mut findings);
    check_signature(report, &mut findings);
    check_headings(report, form, &mut findings);
    check_prose(report, form, &mut findings);
    check_table_keys(report, form, &mut findings);

    let mut fillings = Vec::new();
    for (section, table) in form.tables() {
        if report.tables.get(&table.key).is_none() {
            let problem = Problem::MissingTable { key: table.key.clone(), heading: section.heading.content.clone() };
            findings.push(report.tables.at.member(&table.key).finding(problem));
            continue;
        }
        let mut filling = Filling::new(report, &section.heading.content, table);
        filling.fill(&mut findings);
        outcomes.extend(rules::run(&filling, &mut findings));
        fillings.push(filling);
    }
    let mut printable = !findings.iter().any(keeps_from_printing);
    if printable {
        for filling in &fillings {
            filling.say_what_is_missing(&mut findings);
        }
    }
    let mut tables = Vec::with_capacity(fillings.len());
    for filling in fillings {
        let (table, whole) = filling.finish();
        printable &= whole;
        tables.push(table);
    }
    let (said, came) = prose::run(report, form, Values(&tables));
    findings.extend(said);
    outcomes.extend(came);
    printable &= !findings.iter().any(keeps_from_printing);
    Examined { tables, printable, findings: error::sort_and_cap(findings), outcomes }
}

/// A total that a report leaves out and that follows from what it says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Total {
    /// The key of its table.
    pub table: String,
    /// Its row and column.
    pub key: ValueKey,
    /// The keys of all columns of its row.
    pub columns: Vec<Arc<str>>,
    /// What it comes to.
    pub value: Decimal,
}

/// The totals a report leaves out, in the form's order; and what is to be said of the figures they come from.
/// A total that is blank counts as left out where any of its parts is not.
pub(crate) fn totals(report: &Report, form: &Form) -> (Vec<Total>, Vec<Finding>) {
    let mut findings = Vec::new();
    check_year(report, form, &mut findings);
    check_table_keys(report, form, &mut findings);
    let mut totals = Vec::new();
    for (section, table) in form.tables().filter(|(_, table)| report.tables.get(&table.key).is_some()) {
        let mut filling = Filling::new(report, &section.heading.content, table).without_blank_totals();
        filling.fill(&mut findings);
        totals.extend(filling.computed().map(|(key, value)| {
            let row = filling.row(&key.row).map_or(&[][..], |row| &row.columns);
            let columns = row.iter().map(|column| column.key.clone()).collect();
            Total { table: table.key.clone(), key, columns, value }
        }));
    }
    error::sort(&mut findings);
    (totals, findings)
}

/// Whether a report with this finding cannot even be printed as a draft. Wrong figures can.
fn keeps_from_printing(finding: &Finding) -> bool {
    let wrong_figure = matches!(
        finding.problem,
        Problem::RuleFails { .. }
            | Problem::Negative { .. }
            | Problem::NotWhole { .. }
            | Problem::Unfilled { .. }
            | Problem::YearOutsideForm { .. }
            | Problem::Prose(_)
    );
    finding.level == Level::Error && !wrong_figure
}

fn check_year(report: &Report, form: &Form, findings: &mut Vec<Finding>) {
    let year = report.year.value;
    if !form.years().contains(year) {
        let at = report.form.as_ref().map_or(&report.year.at, |form| &form.at);
        findings.push(at.finding(Problem::YearOutsideForm { year, form: form.id().to_owned(), years: form.years() }));
    }
}

fn check_signature(report: &Report, findings: &mut Vec<Finding>) {
    if let Some(signature) = &report.signature {
        let (date, year) = (signature.date.value, report.year.value);
        if date.year() <= year {
            findings.push(signature.date.at.finding(Problem::SignedEarly { date, year }));
        }
    }
}

fn check_headings(report: &Report, form: &Form, findings: &mut Vec<Finding>) {
    for member in &report.headings.members {
        match form.section(&member.key.value) {
            Some(section) => {
                let printed = Text::marked(&member.value.value, member.value.at.origin()).content;
                let official = &section.heading.content;
                if printed != *official {
                    let problem = Problem::Reworded { official: official.clone(), printed };
                    findings.push(member.value.at.finding(problem));
                }
            }
            None => findings.push(unknown_section(&member.key, Part::Headings, form.sections().iter())),
        }
    }
}

fn check_prose(report: &Report, form: &Form, findings: &mut Vec<Finding>) {
    let is_prose = |section: &&Section| match section.content {
        SectionContent::Prose => true,
        SectionContent::Table(_) => false,
    };
    for member in &report.sections.members {
        match form.section(&member.key.value) {
            Some(section) if is_prose(&section) => {}
            Some(_) => findings.push(wrong_part(&member.key, Part::Tables)),
            None => {
                let known = form.sections().iter().filter(is_prose);
                findings.push(unknown_section(&member.key, Part::Sections, known));
            }
        }
    }
    for section in form.sections().iter().filter(is_prose) {
        if report.sections.get(&section.key).is_none() {
            let heading = section.heading.content.clone();
            let must_say = form.checks().short.iter().any(|rule| rule.sections.contains(&section.key));
            let problem = Problem::MissingSection { key: section.key.clone(), heading, must_say };
            findings.push(report.sections.at.member(&section.key).finding(problem));
        }
    }
    let paragraphs = report.sections.members.iter().flat_map(|section| &section.value.value);
    for paragraph in report.preamble.iter().chain(paragraphs) {
        if paragraph.value.trim() != paragraph.value {
            findings.push(paragraph.at.finding(Problem::OuterBlanks));
        }
    }
}

/// That `tables`, `labels`, `added_rows` and `layout` have no key but those of tables.
fn check_table_keys(report: &Report, form: &Form, findings: &mut Vec<Finding>) {
    fn keys<T>(object: &Object<T>) -> impl Iterator<Item = &Located<String>> {
        object.members.iter().map(|member| &member.key)
    }
    let given = keys(&report.tables).map(|key| (Part::Tables, key));
    let labels = keys(&report.labels).map(|key| (Part::Labels, key));
    let added = keys(&report.added_rows).map(|key| (Part::AddedRows, key));
    let layout = keys(&report.layout).map(|key| (Part::Layout, key));
    for (part, key) in given.chain(labels).chain(added).chain(layout) {
        if form.table(&key.value).is_some() {
            continue;
        }
        findings.push(match form.section(&key.value) {
            Some(_) => wrong_part(key, Part::Sections),
            None => unknown_section(key, part, form.tables().map(|(section, _)| section)),
        });
    }
}

fn wrong_part(key: &Located<String>, belongs: Part) -> Finding {
    key.at.finding(Problem::WrongPart { key: key.value.clone(), belongs })
}

fn unknown_section<'f>(key: &Located<String>, part: Part, known: impl Iterator<Item = &'f Section>) -> Finding {
    let known: Vec<String> = known.map(|section| section.key.clone()).collect();
    let suggestion = suggest(&key.value, &known);
    key.at.finding(Problem::UnknownSection { key: key.value.clone(), part, suggestion, known })
}

/// The known name an unknown one was meant to be.
fn suggest(word: &str, known: &[String]) -> Option<String> {
    nearest(word, known.iter().map(String::as_str)).map(str::to_owned)
}
