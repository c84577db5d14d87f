//! How things fail, in the user's words.
//!
//! A [`Finding`] is one thing to say about a report: what, with the values; where, as a JSON path and
//! in the form's own words; and what to do. Readers and checks collect findings and return them all.
//! What can be said is a [`Problem`], a variant with values; the words for it, in Chinese and in
//! English, are in `error/words.rs`, how they are shown with the source in `error/show.rs`.

mod across;
mod prose;
mod show;
mod suggest;
mod system;
mod words;

use std::fmt;

use rust_decimal::Decimal;

pub use across::{AcrossProblem, NoSum, SubordinateProblem, Term, Unclear};
pub use prose::{NamedIn, ProseProblem, ShownBy};
pub use show::{Lines, Position, quoted};
pub use suggest::nearest;
pub use system::system_words;
pub(crate) use words::{is_emoji, is_invisible, is_private, shown};

use crate::document::{Date, Place};
use crate::form::{RuleLevel, ValueKind, Years};
use crate::length::Length;
use crate::report::MOST_FINDINGS;

/// The language findings are told in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lang {
    /// Chinese as written on the mainland.
    Chinese,
    /// English.
    English,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The report must not be published so.
    Error,
    /// There may be a good reason.
    Warning,
    /// A rule that could not be checked.
    NotAssessable,
    /// Something done or left as it is that the author should know of.
    Note,
}

/// One thing to say about a report.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// How bad it is.
    pub level: Level,
    /// What it is.
    pub problem: Problem,
    /// Where, as a JSON path (`$.tables.requests.new[3]`).
    pub path: String,
    /// Where in the source, in bytes; `None` when it stands nowhere.
    pub offset: Option<usize>,
    /// Which character of the text that stands there it begins at, counted from 0.
    pub within: usize,
    /// Where in a table, in the form's own words.
    pub place: Option<Place>,
}

/// What can be said about a report.
#[derive(Clone, Debug, PartialEq)]
pub enum Problem {
    // Reading.
    /// The file is longer than any report.
    TooLarge {
        /// Its bytes.
        bytes: usize,
        /// The most it can have.
        limit: usize,
    },
    /// The file is not UTF-8.
    NotUtf8,
    /// There is nothing in the file.
    EmptyFile,
    /// The file ends in the middle.
    UnexpectedEnd,
    /// The file is not JSON from here on.
    NotJson {
        /// The character that cannot stand here.
        found: char,
    },
    /// A string holds half a surrogate pair (`"\ud800"`).
    BrokenEscape,
    /// A value is of another type.
    WrongType {
        /// What it should be.
        expected: Expected,
        /// What it is.
        found: JsonType,
    },
    /// An object has a key that is not known here.
    UnknownKey {
        /// The key.
        key: String,
        /// A known key spelled much like it.
        suggestion: Option<String>,
        /// All that are known here.
        known: Vec<String>,
    },
    /// An object has a key twice.
    DuplicateKey {
        /// The key.
        key: String,
    },
    /// An object lacks a key.
    MissingKey {
        /// The key.
        key: String,
    },
    /// A text has a character that cannot be printed.
    BadCharacter {
        /// The character.
        character: char,
        /// Which character of the text it is, counted from 1.
        position: usize,
    },
    /// A text or a list that must say something is empty.
    Empty,
    /// A text is longer than it can be.
    TooLong {
        /// Its characters.
        characters: usize,
        /// The most it can have.
        limit: usize,
    },
    /// A list is longer than it can be.
    TooMany {
        /// Its entries.
        count: usize,
        /// The most it can have.
        limit: usize,
    },
    /// There is more to say of the file than can be said at once.
    TooManyFindings {
        /// How many more there are.
        left_out: usize,
        /// The level of the worst of them.
        worst: Level,
        /// How many were said.
        limit: usize,
    },
    /// The year is not a whole number of four digits.
    BadYear {
        /// As it is written.
        written: String,
    },
    /// A date is not a day of the calendar written `2026-01-20`.
    BadDate {
        /// As it is written.
        written: String,
    },
    /// A table cannot stand on its pages that way.
    BadPlacement {
        /// As it is written.
        written: String,
    },
    /// The diameter of a seal is no length a seal can have.
    BadSeal {
        /// As it is written.
        written: String,
        /// The least it can be.
        least: Length,
        /// The most it can be.
        most: Length,
    },
    /// A number is written with an exponent.
    Exponent {
        /// As it is written.
        written: String,
    },
    /// A number has more digits than any figure of a report.
    TooManyDigits {
        /// As it is written.
        written: String,
        /// The most it can have before the point.
        before: usize,
        /// The most it can have after the point.
        after: usize,
    },

    // Choosing the form.
    /// There is no form of this id.
    UnknownForm {
        /// The id.
        id: String,
        /// An id spelled much like it.
        suggestion: Option<String>,
        /// All there are.
        known: Vec<String>,
    },
    /// No form serves the year.
    NoFormForYear {
        /// The year.
        year: u16,
        /// All forms there are and the years they serve.
        served: Vec<(String, Years)>,
    },
    /// The form named does not serve the year.
    YearOutsideForm {
        /// The year.
        year: u16,
        /// The form.
        form: String,
        /// The years it serves.
        years: Years,
    },

    // Putting values into their cells.
    /// The form has no section (or no table) of this key.
    UnknownSection {
        /// The key.
        key: String,
        /// The part of the report it stands in.
        part: Part,
        /// A key spelled much like it.
        suggestion: Option<String>,
        /// All that can stand here.
        known: Vec<String>,
    },
    /// A section of prose stands among the tables, or the other way round.
    WrongPart {
        /// Its key.
        key: String,
        /// Where it belongs.
        belongs: Part,
    },
    /// The form's table has no row of this key.
    UnknownRow {
        /// The key.
        key: String,
        /// A key spelled much like it.
        suggestion: Option<String>,
        /// All keys of rows.
        known: Vec<String>,
    },
    /// The form's row has no value of this key.
    UnknownColumn {
        /// The key.
        key: String,
        /// A key spelled much like it.
        suggestion: Option<String>,
        /// All keys of the row.
        known: Vec<String>,
    },
    /// The form's table has no such label.
    UnknownLabel {
        /// The label.
        label: String,
        /// A label worded much like it.
        suggestion: Option<String>,
    },
    /// A list of values has not one for every column.
    WrongCount {
        /// How many it has.
        found: usize,
        /// The columns, by their headings or keys.
        columns: Vec<String>,
    },
    /// A section of prose is missing.
    MissingSection {
        /// Its key.
        key: String,
        /// Its heading.
        heading: String,
        /// Whether it may not say that there is nothing to report.
        must_say: bool,
    },
    /// A table is missing.
    MissingTable {
        /// Its key.
        key: String,
        /// The heading over it.
        heading: String,
    },
    /// A row of values is missing.
    MissingRow {
        /// Its key.
        key: String,
    },
    /// Values of a row are still to be filled in.
    Unfilled {
        /// What their columns are called.
        columns: Vec<String>,
        /// How many values the row has.
        of: usize,
    },
    /// A value is missing.
    MissingValue {
        /// Its key.
        key: String,
    },
    /// A total left out cannot be computed.
    NotComputed {
        /// Its key.
        key: String,
        /// The rule that would give it.
        rule: RuleWords,
        /// The label of the first part that is no number.
        part: String,
        /// What stands there.
        written: String,
        /// Whether the report counts blanks as 0, though not this one.
        blank_is_zero: bool,
    },
    /// A total left out was computed.
    Computed {
        /// Its key.
        key: String,
        /// The value.
        value: Decimal,
        /// The rule that gives it.
        rule: RuleWords,
    },
    /// A heading or a label differs from the form's.
    Reworded {
        /// As the form has it.
        official: String,
        /// As it is printed.
        printed: String,
    },
    /// The form fixes the labels of this table.
    LabelsFixed,
    /// The form fixes the rows of this table.
    RowsFixed,
    /// An added row has a key that another row has.
    RowKeyTaken {
        /// The key.
        key: String,
    },
    /// An added row has a key that cannot be one.
    BadRowKey {
        /// The key.
        key: String,
    },
    /// The report has a row that the form has not.
    RowAdded {
        /// Its label.
        label: String,
    },
    /// A paragraph begins or ends with blanks, which are not printed.
    OuterBlanks,
    /// The report is signed before the year is over.
    SignedEarly {
        /// The date.
        date: Date,
        /// The report year.
        year: u16,
    },

    // Kinds of values.
    /// A count or a sum of money is negative.
    Negative {
        /// As it is written.
        written: String,
        /// What kind of value it should be.
        kind: ValueKind,
    },
    /// A count has decimals.
    NotWhole {
        /// As it is written.
        written: String,
    },
    /// A value is a text.
    NotANumber {
        /// As it is written.
        written: String,
    },
    /// A number is written as nobody writes it (`007`, `+5`).
    OddNumber {
        /// As it is written.
        written: String,
        /// As it is usually written.
        usual: String,
    },

    // Arithmetic.
    /// Two sides of a rule differ.
    RuleFails {
        /// The rule.
        rule: RuleWords,
        /// What is added up.
        sum: Side,
        /// What it should add up to.
        equals: Side,
    },
    /// A rule cannot be checked because a value it names is no number.
    RuleNotAssessable {
        /// The rule.
        rule: RuleWords,
        /// The label of the first value that is no number.
        part: String,
        /// What stands there.
        written: String,
        /// Whether the report counts blanks as 0, though not this one.
        blank_is_zero: bool,
        /// The labels of all the lines of the table it cannot be checked in.
        lines: Vec<String>,
    },

    // Prose, other years, other bodies.
    /// The prose, the years it names, or an amount.
    Prose(ProseProblem),
    /// The report beside last year's.
    Across(AcrossProblem),
    /// The report beside those of the subordinate bodies.
    Subordinates(SubordinateProblem),
}

/// A rule, as findings quote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleWords {
    /// Its name (`T3-SUM`).
    pub id: String,
    /// How bad it is when it fails.
    pub level: RuleLevel,
    /// What it says, in Chinese.
    pub chinese: String,
    /// What it says, in English.
    pub english: String,
    /// Where it stands written.
    pub source: String,
}

/// One side of a rule: what is added, and what it comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// Each value with its label, in the rule's order.
    pub terms: Vec<(String, Decimal)>,
    /// What they come to.
    pub total: Decimal,
}

/// What was found and what it should be equal to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arithmetic {
    /// What was found.
    pub found: Side,
    /// What should be found.
    pub wanted: Side,
}

/// A part of a report that has a key for each section.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// `headings`
    Headings,
    /// `sections`
    Sections,
    /// `tables`
    Tables,
    /// `labels`
    Labels,
    /// `added_rows`
    AddedRows,
    /// `layout`
    Layout,
}

impl Part {
    /// Its key in the report.
    pub fn key(self) -> &'static str {
        match self {
            Part::Headings => "headings",
            Part::Sections => "sections",
            Part::Tables => "tables",
            Part::Labels => "labels",
            Part::AddedRows => "added_rows",
            Part::Layout => "layout",
        }
    }
}

/// What a JSON value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum JsonType {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean,
    /// A number.
    Number,
    /// A string.
    String,
    /// `[…]`
    List,
    /// `{…}`
    Object,
}

/// What a JSON value should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Expected {
    /// An object.
    Object,
    /// A list.
    List,
    /// A string.
    String,
    /// A string or a list of strings.
    Strings,
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    Year,
    /// A number or a string.
    Value,
    /// A row of values: an object by column or a list in column order.
    Row,
    /// `true`, `false` or a diameter.
    Seal,
    /// How a table stands on its pages.
    Placement,
}

impl Finding {
    /// A finding; its level is its problem's.
    pub fn new(problem: Problem, path: impl Into<String>, offset: Option<usize>) -> Self {
        Finding { level: problem.level(), problem, path: path.into(), offset, within: 0, place: None }
    }

    /// The same finding with its place in a table.
    pub fn at_place(self, place: Place) -> Self {
        Finding { place: Some(place), ..self }
    }

    /// The same finding about what stands further on in the text.
    pub fn within(self, character: usize) -> Self {
        Finding { within: character, ..self }
    }

    /// What is wrong, with the values.
    pub fn message(&self, lang: Lang) -> String {
        words::message(&self.problem, lang)
    }

    /// What to do; `None` when the message says it.
    pub fn hint(&self, lang: Lang) -> Option<String> {
        words::hint(&self.problem, lang)
    }

    /// A name for what is wrong that stays the same from release to release: the rule's name for
    /// arithmetic, else the problem's (`unknown-row`).
    pub fn code(&self) -> &str {
        self.problem.code()
    }
}

/// Sorts findings as they are told: by their place in the source, those that stand nowhere last; at
/// one place the worst first, and else as they were found.
pub fn sort(findings: &mut [Finding]) {
    findings.sort_by_key(|finding| (finding.offset.is_none(), finding.offset, finding.within, finding.level));
}

/// Findings while they are gathered: the first [`MOST_FINDINGS`], and how many more there were.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gathered {
    kept: Vec<Finding>,
    left_out: usize,
    worst: Option<Level>,
}

impl Gathered {
    /// Keeps a finding, if there is room.
    pub(crate) fn push(&mut self, finding: Finding) {
        let level = finding.level;
        self.push_with(level, || finding);
    }

    /// Keeps a finding of a level, which is made only if there is room.
    pub(crate) fn push_with(&mut self, level: Level, finding: impl FnOnce() -> Finding) {
        if self.kept.len() < MOST_FINDINGS {
            self.kept.push(finding());
        } else {
            self.leave_out(1, level);
        }
    }

    /// Whether nothing was found.
    pub(crate) fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// How many there were, those left out included.
    pub(crate) fn count(&self) -> usize {
        self.kept.len() + self.left_out
    }

    fn leave_out(&mut self, count: usize, level: Level) {
        self.left_out += count;
        self.worst = Some(self.worst.map_or(level, |worst| worst.min(level)));
    }

    /// What was kept, sorted; the last says how many were left out, if any were.
    pub(crate) fn into_findings(mut self) -> Vec<Finding> {
        sort(&mut self.kept);
        if let Some(worst) = self.worst {
            let problem = Problem::TooManyFindings { left_out: self.left_out, worst, limit: MOST_FINDINGS };
            self.kept.push(Finding::new(problem, "$", None));
        }
        self.kept
    }
}

/// Sorts findings and keeps no more than [`MOST_FINDINGS`] of them, the worst; the last says how many were left
/// out, those that had been before included.
pub(crate) fn sort_and_cap(findings: Vec<Finding>) -> Vec<Finding> {
    let mut gathered = Gathered::default();
    let mut said = Vec::with_capacity(findings.len());
    for finding in findings {
        match finding.problem {
            Problem::TooManyFindings { left_out, worst, .. } => gathered.leave_out(left_out, worst),
            _ => said.push(finding),
        }
    }
    sort(&mut said);
    if said.len() > MOST_FINDINGS {
        said.sort_by_key(|finding| finding.level);
    }
    said.into_iter().for_each(|finding| gathered.push(finding));
    gathered.into_findings()
}

/// Whether any of them is an error.
pub fn has_errors(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.level == Level::Error)
}

impl Problem {
    /// How bad it is.
    pub fn level(&self) -> Level {
        use Problem::*;
        match self {
            RuleFails { rule, .. } => match rule.level {
                RuleLevel::Error => Level::Error,
                RuleLevel::Warning => Level::Warning,
            },
            RuleNotAssessable { .. } => Level::NotAssessable,
            TooManyFindings { worst, .. } => *worst,
            Prose(problem) => problem.level(),
            Across(problem) => problem.level(),
            Subordinates(problem) => problem.level(),
            OuterBlanks | SignedEarly { .. } | NotANumber { .. } | OddNumber { .. } => Level::Warning,
            Computed { .. } | Reworded { .. } | RowAdded { .. } => Level::Note,
            TooLarge { .. }
            | NotUtf8
            | EmptyFile
            | UnexpectedEnd
            | NotJson { .. }
            | BrokenEscape
            | WrongType { .. }
            | UnknownKey { .. }
            | DuplicateKey { .. }
            | MissingKey { .. }
            | BadCharacter { .. }
            | Empty
            | TooLong { .. }
            | TooMany { .. }
            | BadYear { .. }
            | BadDate { .. }
            | BadPlacement { .. }
            | BadSeal { .. }
            | Exponent { .. }
            | TooManyDigits { .. }
            | UnknownForm { .. }
            | NoFormForYear { .. }
            | YearOutsideForm { .. }
            | UnknownSection { .. }
            | WrongPart { .. }
            | UnknownRow { .. }
            | UnknownColumn { .. }
            | UnknownLabel { .. }
            | WrongCount { .. }
            | MissingSection { .. }
            | MissingTable { .. }
            | MissingRow { .. }
            | MissingValue { .. }
            | Unfilled { .. }
            | NotComputed { .. }
            | LabelsFixed
            | RowsFixed
            | RowKeyTaken { .. }
            | BadRowKey { .. }
            | Negative { .. }
            | NotWhole { .. } => Level::Error,
        }
    }

    /// See [`Finding::code`].
    pub fn code(&self) -> &str {
        use Problem::*;
        match self {
            TooLarge { .. } => "too-large",
            NotUtf8 => "not-utf8",
            EmptyFile => "empty-file",
            UnexpectedEnd => "unexpected-end",
            NotJson { .. } => "not-json",
            BrokenEscape => "broken-escape",
            WrongType { .. } => "wrong-type",
            UnknownKey { .. } => "unknown-key",
            DuplicateKey { .. } => "duplicate-key",
            MissingKey { .. } => "missing-key",
            BadCharacter { .. } => "bad-character",
            Empty => "empty",
            TooLong { .. } => "too-long",
            TooMany { .. } => "too-many",
            TooManyFindings { .. } => "too-many-findings",
            BadYear { .. } => "bad-year",
            BadDate { .. } => "bad-date",
            BadPlacement { .. } => "bad-placement",
            BadSeal { .. } => "bad-seal",
            Exponent { .. } => "exponent",
            TooManyDigits { .. } => "too-many-digits",
            UnknownForm { .. } => "unknown-form",
            NoFormForYear { .. } => "no-form-for-year",
            YearOutsideForm { .. } => "year-outside-form",
            UnknownSection { .. } => "unknown-section",
            WrongPart { .. } => "wrong-part",
            UnknownRow { .. } => "unknown-row",
            UnknownColumn { .. } => "unknown-column",
            UnknownLabel { .. } => "unknown-label",
            WrongCount { .. } => "wrong-count",
            MissingSection { .. } => "missing-section",
            MissingTable { .. } => "missing-table",
            MissingRow { .. } => "missing-row",
            MissingValue { .. } => "missing-value",
            Unfilled { .. } => "unfilled",
            NotComputed { .. } => "not-computed",
            Computed { .. } => "computed",
            Reworded { .. } => "reworded",
            LabelsFixed => "labels-fixed",
            RowsFixed => "rows-fixed",
            RowKeyTaken { .. } => "row-key-taken",
            BadRowKey { .. } => "bad-row-key",
            RowAdded { .. } => "row-added",
            OuterBlanks => "outer-blanks",
            SignedEarly { .. } => "signed-early",
            Negative { .. } => "negative",
            NotWhole { .. } => "not-whole",
            NotANumber { .. } => "not-a-number",
            OddNumber { .. } => "odd-number",
            RuleFails { rule, .. } | RuleNotAssessable { rule, .. } => &rule.id,
            Prose(problem) => &problem.rule().id,
            Across(problem) => problem.code(),
            Subordinates(problem) => problem.code(),
        }
    }

    /// The two sides that should be equal, where it is about figures.
    pub fn arithmetic(&self) -> Option<Arithmetic> {
        match self {
            Problem::RuleFails { sum, equals, .. } => Some(Arithmetic { found: equals.clone(), wanted: sum.clone() }),
            Problem::Prose(problem) => problem.arithmetic(),
            Problem::Across(problem) => problem.arithmetic(),
            _ => None,
        }
    }

    /// The rule it is about.
    pub fn rule(&self) -> Option<&RuleWords> {
        match self {
            Problem::RuleFails { rule, .. }
            | Problem::RuleNotAssessable { rule, .. }
            | Problem::NotComputed { rule, .. }
            | Problem::Computed { rule, .. } => Some(rule),
            Problem::Prose(problem) => Some(problem.rule()),
            Problem::Across(problem) => problem.rule(),
            Problem::Subordinates(problem) => problem.rule(),
            _ => None,
        }
    }
}

/// The words and the path, in English, on one line.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({})", words::level(self.level, Lang::English), self.message(Lang::English), self.path)
    }
}
