//! Findings for machines: JSON in a shape of our own that stays (`docs/findings.md`), and SARIF 2.1.0 for tools
//! that know it. For people, [`Finding::render`](crate::error::Finding::render).

mod json;
mod pieces;
mod sarif;

pub use json::{JsonReports, to_json};
pub use sarif::{SarifReports, to_sarif};

use crate::check::{Checked, RuleOutcome};
use crate::document::Text;
use crate::error::{Finding, has_errors};
use crate::form::Form;
use crate::report::Report;

/// Everything that is told of one report.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// What the file is called.
    pub file: String,
    /// What is in it.
    pub source: String,
    /// The report, where it can be read.
    pub about: Option<AboutReport>,
    /// Everything there is to say, in order.
    pub findings: Vec<Finding>,
    /// What came of every rule; nothing where the report could not be put into its form.
    pub outcomes: Vec<RuleOutcome>,
}

/// What a report is, in few words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AboutReport {
    /// The body that reports.
    pub agency: String,
    /// The report year.
    pub year: u16,
    /// The id of the form; `None` where none fits.
    pub form: Option<String>,
}

impl Told {
    /// Whether the report must not be published so.
    pub fn has_errors(&self) -> bool {
        has_errors(&self.findings)
    }
}

impl AboutReport {
    /// What a report is.
    pub fn of(report: &Report, form: Option<&Form>) -> Self {
        let agency = Text::marked(&report.agency.value, report.agency.at.origin()).content;
        AboutReport { agency, year: report.year.value, form: form.map(|form| form.id().to_owned()) }
    }

    /// What a checked report is.
    pub fn of_checked(checked: &Checked<'_>) -> Self {
        AboutReport::of(checked.report(), Some(checked.form()))
    }
}
