//! A form file (TOML) read into a [`Form`], or everything that is wrong with it.
//!
//! The shape of the file is serde's affair; what serde cannot see is examined here: that a table's
//! picture makes a grid, that its widths add up, that keys are given once, that every rule names rows
//! and columns that exist.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::Deserialize;

use super::picture::{self, Drawn, PictureError};
use super::rules::{self, ChecksFile, Patterns};
use super::{
    AGENCY, DataColumn, DataRow, DueFile, Each, Form, FormCell, FormContent, FormsError, Places, Rule, RuleLevel,
    Section, SectionContent, TableForm, ValueKey, ValueKind, YEAR, Years,
};
use crate::document::{BREAK_MARK, Cell, CellRole, Grid, Origin, Text};
use crate::length::Length;

/// Something wrong with a form file, and where.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub struct FormError {
    /// The file.
    pub file: String,
    /// The key of the table it is about.
    pub table: Option<String>,
    /// The row of the table's picture, counted from 0.
    pub row: Option<usize>,
    /// The column of the table's picture, counted from 0.
    pub column: Option<usize>,
    /// What is wrong.
    pub fault: FormFault,
}

/// What can be wrong with a form file.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FormFault {
    /// The file is not UTF-8.
    #[error("the file is not UTF-8 text")]
    NotUtf8,
    /// The file is not TOML, lacks something or has something unknown.
    #[error("line {line}, column {column}: {reason}")]
    Syntax {
        /// The line, counted from 1.
        line: usize,
        /// The character of the line, counted from 1.
        column: usize,
        /// What the reader says.
        reason: String,
    },
    /// A text that must say something is empty.
    #[error("`{what}` is empty")]
    Empty {
        /// The key of the text.
        what: &'static str,
    },
    /// A key is not made of lower case letters, digits and `_` (an id also of `-`).
    #[error("`{key}` is no key; use lower case letters, digits and `_`")]
    Key {
        /// The key.
        key: String,
    },
    /// Something is named twice.
    #[error("there are two {what} `{key}`")]
    Twice {
        /// What is named.
        what: &'static str,
        /// Its key.
        key: String,
    },
    /// The last year comes before the first.
    #[error("the last year {last} comes before the first, {first}")]
    Years {
        /// The first year.
        first: u16,
        /// The last year.
        last: u16,
    },
    /// The title pattern does not have `{agency}` and `{year}`, each once, and nothing else in braces.
    #[error("the title `{title}` must have `{{agency}}` and `{{year}}`, each once, and nothing else in braces")]
    Title {
        /// The pattern.
        title: String,
    },
    /// A length that cannot be.
    #[error("`{what}` is {value}; it must be more than nothing and no more than {most}")]
    Length {
        /// The key of the length.
        what: &'static str,
        /// Its value.
        value: Length,
        /// The most it can be.
        most: Length,
    },
    /// A section is said to hold a table, but no table has its key.
    #[error("the section `{section}` is a table, but `[[tables]]` has none of that key")]
    NoTable {
        /// The section.
        section: String,
    },
    /// No section holds this table.
    #[error("no section of kind `table` has the key of this table")]
    NoSection,
    /// The picture is not a grid.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// The number of widths is not that of the columns.
    #[error("there are {found} widths for {columns} columns")]
    Widths {
        /// How many widths.
        found: usize,
        /// How many columns.
        columns: usize,
    },
    /// The widths do not add up to the width of tables.
    #[error("the widths add up to {sum}, but a table is {width} wide")]
    WidthSum {
        /// What they add up to.
        sum: Length,
        /// What they should.
        width: Length,
    },
    /// More heading rows than rows.
    #[error("{heading_rows} heading rows leave no row for values in {rows} rows")]
    HeadingRows {
        /// How many heading rows.
        heading_rows: usize,
        /// How many rows.
        rows: usize,
    },
    /// A heading row holds a value, or a cell reaches from a heading row into the rows below.
    #[error("{what} in a heading row")]
    InHeading {
        /// What is in it.
        what: &'static str,
    },
    /// A value that does not say its row or its column.
    #[error("the value `#{value}` has no {what}; give the {what} a key or name it here")]
    Nameless {
        /// What stands after `#`.
        value: String,
        /// `row` or `column`.
        what: &'static str,
    },
    /// A row has a key, but no value.
    #[error("the row has the key `{key}`, but no value")]
    NoValue {
        /// Its key.
        key: String,
    },
    /// A table has no value at all.
    #[error("the table has no value")]
    NoValues,
    /// A table may get more rows, but a row could not be copied for them.
    #[error("rows may be added, but the row `{row}` could not be copied: it needs a line of its own with one label")]
    CannotAddRows {
        /// The key of the row.
        row: String,
    },
    /// `kinds` names a column that the row or table does not have.
    #[error("`kinds` names the column `{column}`, which is not there")]
    KindOfNothing {
        /// The column.
        column: String,
    },
    /// A rule has no parts or nothing they add up to.
    #[error("rule {rule}: `{what}` names nothing")]
    EmptyRule {
        /// The rule.
        rule: String,
        /// `sum` or `equals`.
        what: &'static str,
    },
    /// A rule names a row or column that does not exist.
    #[error("rule {rule}: there is no {each} `{key}`")]
    RuleNames {
        /// The rule.
        rule: String,
        /// `row` or `column`.
        each: &'static str,
        /// The key it names.
        key: String,
    },
    /// No line of the table has all that a rule names.
    #[error("rule {rule}: no {each} has all the values it names")]
    RuleIdle {
        /// The rule.
        rule: String,
        /// `row` or `column`.
        each: &'static str,
    },
    /// A rule names a row or column twice.
    #[error("rule {rule}: `{key}` is named twice")]
    RuleTwice {
        /// The rule.
        rule: String,
        /// The key.
        key: String,
    },
    /// What a rule may fill in is not the one total it has.
    #[error("rule {rule}: only the one key of `equals` can be filled in, not `{key}`")]
    Fill {
        /// The rule.
        rule: String,
        /// The key.
        key: String,
    },
    /// A rule names a table, a section of prose or a value that does not exist.
    #[error("rule {rule}: there is no `{name}` it could speak of")]
    CheckNames {
        /// The rule.
        rule: String,
        /// What it names.
        name: String,
    },
    /// A pattern of a rule is no regular expression.
    #[error("rule {rule}: the pattern `{pattern}` cannot be: {reason}")]
    Pattern {
        /// The rule.
        rule: String,
        /// The pattern.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The forms do not make a set.
    #[error(transparent)]
    Set(FormsError),
}

impl FormError {
    pub(super) fn of_file(file: &str, fault: FormFault) -> Self {
        FormError { file: file.into(), table: None, row: None, column: None, fault }
    }
}

/// `annual-report-2021.toml: table requests, row 4, column 2: …`, counted from 1.
impl fmt::Display for FormError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some(table) = &self.table {
            write!(f, ": table `{table}`")?;
        }
        if let Some(row) = self.row {
            write!(f, ", row {}", row + 1)?;
        }
        if let Some(column) = self.column {
            write!(f, ", column {}", column + 1)?;
        }
        write!(f, ": {}", self.fault)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FormFile {
    id: String,
    name: String,
    notice: String,
    years: Years,
    title: String,
    subject: String,
    genre: Option<String>,
    keywords: Vec<String>,
    language: String,
    sheet: String,
    draft_mark: String,
    seal_diameter: Length,
    table_width: Length,
    sections: Vec<SectionFile>,
    #[serde(default)]
    tables: Vec<TableFile>,
    #[serde(default)]
    across: Vec<rules::AcrossFile>,
    #[serde(default)]
    figures: Vec<rules::FigureRuleFile>,
    #[serde(default)]
    mentions: Vec<rules::MentionFile>,
    #[serde(default)]
    templates: Vec<rules::TemplateFile>,
    #[serde(default)]
    years_named: Vec<rules::YearFile>,
    #[serde(default)]
    short: Vec<rules::ShortFile>,
    #[serde(default)]
    repeated: Vec<rules::RepeatFile>,
    #[serde(default)]
    units: Vec<rules::UnitFile>,
    subordinates: Option<rules::SubordinatesFile>,
    due: Option<DueFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SectionFile {
    key: String,
    heading: String,
    kind: SectionKind,
}

#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum SectionKind {
    Prose,
    Table,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TableFile {
    key: String,
    description: String,
    widths: Vec<Millimetres>,
    columns: Vec<String>,
    heading_rows: usize,
    #[serde(default)]
    centre_labels: bool,
    #[serde(default)]
    may_relabel: bool,
    #[serde(default)]
    may_add_rows: bool,
    #[serde(default)]
    kinds: BTreeMap<String, ValueKind>,
    rows: Vec<RowFile>,
    #[serde(default)]
    rules: Vec<RuleFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RowFile {
    key: Option<String>,
    #[serde(default)]
    heading: bool,
    #[serde(default)]
    kinds: BTreeMap<String, ValueKind>,
    cells: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleFile {
    id: String,
    level: RuleLevel,
    zh: String,
    en: String,
    source: String,
    each: Each,
    sum: Vec<String>,
    equals: Vec<String>,
    fill: Option<String>,
}

/// A length written as a number of millimetres, so that a table's widths read as a line of numbers.
#[derive(Clone, Copy, Deserialize)]
struct Millimetres(f64);

/// No seal is wider: the largest of 国发〔1999〕25号 is 5 cm, and a page holds little more.
const WIDEST_SEAL: Length = Length::mm(100);

/// No table is wider than the widest of common sheets is high.
const WIDEST_TABLE: Length = Length::mm(1000);

/// Reads a form file.
pub(super) fn read(file: &str, text: &str, patterns: Patterns) -> Result<Form, Vec<FormError>> {
    let read: FormFile = toml::from_str(text).map_err(|error| {
        let at = text.get(..error.span().map_or(0, |span| span.start)).unwrap_or("");
        let line_start = at.rfind('\n').map_or(0, |at| at + 1);
        let (line, column) = (at.matches('\n').count() + 1, at[line_start..].chars().count() + 1);
        vec![FormError::of_file(file, FormFault::Syntax { line, column, reason: error.message().to_owned() })]
    })?;
    Examiner { file, patterns, errors: Vec::new() }.form(read)
}

/// Reads on past what is wrong, and keeps it.
struct Examiner<'a> {
    file: &'a str,
    patterns: Patterns,
    errors: Vec<FormError>,
}

impl Examiner<'_> {
    fn refuse(&mut self, fault: FormFault) {
        self.errors.push(FormError::of_file(self.file, fault));
    }

    fn refuse_in(&mut self, table: &str, row: Option<usize>, column: Option<usize>, fault: FormFault) {
        self.errors.push(FormError { file: self.file.into(), table: Some(table.into()), row, column, fault });
    }

    fn form(mut self, read: FormFile) -> Result<Form, Vec<FormError>> {
        self.head(&read);
        let keys = |sections: &[SectionFile]| sections.iter().map(|section| section.key.clone()).collect::<Vec<_>>();
        self.once("sections", keys(&read.sections));
        self.once("tables", read.tables.iter().map(|table| table.key.clone()).collect());
        let width = read.table_width;
        let mut tables: BTreeMap<String, TableForm> = BTreeMap::new();
        for table in read.tables {
            if !read.sections.iter().any(|section| section.kind == SectionKind::Table && section.key == table.key) {
                self.refuse_in(&table.key, None, None, FormFault::NoSection);
            }
            let key = table.key.clone();
            let errors = self.errors.len();
            match self.table(table, width) {
                Some(table) => drop(tables.insert(key, table)),
                None => debug_assert!(self.errors.len() > errors, "a table is only refused with a reason"),
            }
        }
        let broken: Vec<String> = self.errors.iter().filter_map(|error| error.table.clone()).collect();
        let mut sections = Vec::new();
        for section in read.sections {
            if section.heading.is_empty() {
                self.refuse(FormFault::Empty { what: "heading" });
            }
            let origin = Origin::path(format!("{}: {}", self.file, section.key));
            let content = match section.kind {
                SectionKind::Prose => SectionContent::Prose,
                SectionKind::Table => match tables.remove(&section.key) {
                    Some(table) => SectionContent::Table(Box::new(table)),
                    None => {
                        if !broken.contains(&section.key) {
                            self.refuse(FormFault::NoTable { section: section.key });
                        }
                        continue;
                    }
                },
            };
            sections.push(Section { heading: Text::marked(&section.heading, origin), key: section.key, content });
        }
        if !self.errors.is_empty() {
            return Err(self.errors);
        }
        let checks = ChecksFile {
            across: read.across,
            figures: read.figures,
            mentions: read.mentions,
            templates: read.templates,
            years: read.years_named,
            short: read.short,
            repeated: read.repeated,
            units: read.units,
            subordinates: read.subordinates,
        };
        let checks = rules::read(checks, &sections, self.patterns).map_err(|faults| {
            faults.into_iter().map(|fault| FormError::of_file(self.file, fault)).collect::<Vec<_>>()
        })?;
        Ok(Form {
            id: read.id,
            name: read.name,
            notice: read.notice,
            years: read.years,
            title: read.title,
            subject: read.subject,
            genre: read.genre,
            keywords: read.keywords,
            language: read.language,
            sheet: read.sheet,
            draft_mark: read.draft_mark,
            seal_diameter: read.seal_diameter,
            due: read.due,
            sections,
            checks,
        })
    }

    /// What the file says of the form as a whole.
    fn head(&mut self, read: &FormFile) {
        if !is_key(&read.id.replace('-', "_")) {
            self.refuse(FormFault::Key { key: read.id.clone() });
        }
        for (what, text) in [
            ("name", &read.name),
            ("notice", &read.notice),
            ("subject", &read.subject),
            ("language", &read.language),
            ("sheet", &read.sheet),
            ("draft_mark", &read.draft_mark),
        ] {
            if text.is_empty() {
                self.refuse(FormFault::Empty { what });
            }
        }
        if read.genre.as_deref() == Some("") {
            self.refuse(FormFault::Empty { what: "genre" });
        }
        if let Some(last) = read.years.last.filter(|&last| last < read.years.first) {
            self.refuse(FormFault::Years { first: read.years.first, last });
        }
        if !is_title_pattern(&read.title) {
            self.refuse(FormFault::Title { title: read.title.clone() });
        }
        for (what, value, most) in
            [("seal_diameter", read.seal_diameter, WIDEST_SEAL), ("table_width", read.table_width, WIDEST_TABLE)]
        {
            if value <= Length::ZERO || value > most {
                self.refuse(FormFault::Length { what, value, most });
            }
        }
        if read.sections.is_empty() {
            self.refuse(FormFault::Empty { what: "sections" });
        }
    }

    /// Keys of the whole file that must be keys and differ.
    fn once(&mut self, what: &'static str, mut keys: Vec<String>) {
        for key in keys.iter().filter(|key| !is_key(key)) {
            self.refuse(FormFault::Key { key: key.clone() });
        }
        keys.sort_unstable();
        for key in keys.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| &pair[0]) {
            self.refuse(FormFault::Twice { what, key: key.clone() });
        }
    }

    fn table(&mut self, read: TableFile, width: Length) -> Option<TableForm> {
        let errors = self.errors.len();
        let widths = self.widths(&read, width);
        if read.description.is_empty() {
            self.refuse_in(&read.key, None, None, FormFault::Empty { what: "description" });
        }
        let lines: Vec<&Vec<String>> = read.rows.iter().map(|row| &row.cells).collect();
        let lines: Vec<Vec<&str>> = lines.iter().map(|line| line.iter().map(|entry| &**entry).collect()).collect();
        let drawn = match picture::read(&lines, read.columns.len()) {
            Ok(drawn) => drawn,
            Err(wrong) => {
                for error in wrong {
                    let (row, column) = error.place();
                    self.refuse_in(&read.key, row, column, error.into());
                }
                return None;
            }
        };
        if read.heading_rows >= read.rows.len() {
            let fault = FormFault::HeadingRows { heading_rows: read.heading_rows, rows: read.rows.len() };
            self.refuse_in(&read.key, None, None, fault);
        }
        let grid = self.cells(&read, &drawn);
        let rows = self.data_rows(&read, &grid);
        if read.may_add_rows && self.errors.len() == errors {
            self.copiable(&read.key, &rows, &grid);
        }
        let rules = self.rules(&read, &rows);
        (self.errors.len() == errors).then_some(TableForm {
            key: read.key,
            description: read.description,
            widths,
            heading_rows: read.heading_rows,
            centre_labels: read.centre_labels,
            may_relabel: read.may_relabel,
            may_add_rows: read.may_add_rows,
            grid,
            rows,
            rules,
            places: Places::default(),
        })
    }

    fn widths(&mut self, read: &TableFile, width: Length) -> Vec<Length> {
        if read.widths.len() != read.columns.len() {
            let fault = FormFault::Widths { found: read.widths.len(), columns: read.columns.len() };
            self.refuse_in(&read.key, None, None, fault);
        }
        let widths: Vec<Length> = read.widths.iter().map(|width| width.to_length()).collect();
        for (column, &value) in widths.iter().enumerate() {
            if value <= Length::ZERO || value > WIDEST_TABLE {
                let fault = FormFault::Length { what: "widths", value, most: WIDEST_TABLE };
                self.refuse_in(&read.key, None, Some(column), fault);
            }
        }
        let sum = widths.iter().take(picture::MOST_COLUMNS).copied().sum();
        if sum != width {
            self.refuse_in(&read.key, None, None, FormFault::WidthSum { sum, width });
        }
        widths
    }

    /// The role and the content of each drawn cell.
    fn cells(&mut self, read: &TableFile, drawn: &Grid<Drawn>) -> Grid<FormCell> {
        let is_heading = |row: usize| row < read.heading_rows || read.rows[row].heading;
        drawn.map(|cell| {
            let (row, column) = (cell.row, cell.column);
            let refuse = |this: &mut Self, fault| this.refuse_in(&read.key, Some(row), Some(column), fault);
            if is_heading(row) && cell.rows().any(|row| !is_heading(row)) {
                refuse(self, FormFault::InHeading { what: "a cell that reaches into the rows below" });
            }
            match &cell.content {
                Drawn::Text(marked) => {
                    let origin = Origin::path(format!("{}: {}, row {}", self.file, read.key, row + 1));
                    let text = Text::marked(marked, origin);
                    if text.content.is_empty() {
                        refuse(self, FormFault::Empty { what: "label" });
                    }
                    let role = label_role(is_heading(row), cell, drawn.columns());
                    FormCell { role, content: FormContent::Label(text) }
                }
                Drawn::Value(value) => {
                    if is_heading(row) {
                        refuse(self, FormFault::InHeading { what: "a value" });
                    }
                    let (row_key, column_key) = value.split_once('.').unwrap_or(("", value));
                    let row_key = non_empty(row_key).or(read.rows[row].key.as_deref());
                    let column_key = non_empty(column_key).or(non_empty(&read.columns[column]));
                    for (what, key) in [("row", row_key), ("column", column_key)] {
                        match key {
                            None => refuse(self, FormFault::Nameless { value: value.clone(), what }),
                            Some(key) if !is_key(key) => refuse(self, FormFault::Key { key: key.into() }),
                            Some(_) => {}
                        }
                    }
                    let key = ValueKey {
                        row: row_key.unwrap_or_default().into(),
                        column: column_key.unwrap_or_default().into(),
                    };
                    FormCell { role: CellRole::Value, content: FormContent::Value(key) }
                }
            }
        })
    }

    /// The rows of values in the order they are met.
    fn data_rows(&mut self, read: &TableFile, grid: &Grid<FormCell>) -> Vec<DataRow> {
        let mut rows: Vec<DataRow> = Vec::new();
        for cell in grid.cells() {
            let Some(key) = cell.content.value().filter(|key| !key.row.is_empty() && !key.column.is_empty()) else {
                continue;
            };
            let at = match rows.iter().position(|row| row.key == key.row) {
                Some(at) => at,
                None => {
                    rows.push(DataRow { key: key.row.clone(), columns: Vec::new() });
                    rows.len() - 1
                }
            };
            let kinds = [&read.rows[cell.row].kinds, &read.kinds];
            let kind = kinds.iter().find_map(|kinds| kinds.get(&*key.column)).copied().unwrap_or(ValueKind::Count);
            if rows[at].column(&key.column).is_some() {
                let fault = FormFault::Twice { what: "values", key: format!("{}.{}", key.row, key.column) };
                self.refuse_in(&read.key, Some(cell.row), Some(cell.column), fault);
            }
            rows[at].columns.push(DataColumn { key: key.column.clone(), kind });
        }
        if rows.is_empty() {
            self.refuse_in(&read.key, None, None, FormFault::NoValues);
        }
        self.keys_of_rows(read, &rows);
        rows
    }

    /// That every key and every kind the picture gives is the key or kind of something.
    fn keys_of_rows(&mut self, read: &TableFile, rows: &[DataRow]) {
        let mut keys: Vec<&str> = Vec::new();
        for (index, row) in read.rows.iter().enumerate() {
            if let Some(key) = row.key.as_deref() {
                if keys.contains(&key) {
                    let fault = FormFault::Twice { what: "rows", key: key.into() };
                    self.refuse_in(&read.key, Some(index), None, fault);
                }
                keys.push(key);
                if !rows.iter().any(|row| &*row.key == key) {
                    self.refuse_in(&read.key, Some(index), None, FormFault::NoValue { key: key.into() });
                }
            }
            for column in row.kinds.keys() {
                let of_row = |data: &&DataRow| Some(&*data.key) == row.key.as_deref();
                if !rows.iter().filter(of_row).any(|row| row.column(column).is_some()) {
                    let fault = FormFault::KindOfNothing { column: column.clone() };
                    self.refuse_in(&read.key, Some(index), None, fault);
                }
            }
        }
        for column in read.kinds.keys() {
            if !rows.iter().any(|row| row.column(column).is_some()) {
                self.refuse_in(&read.key, None, None, FormFault::KindOfNothing { column: column.clone() });
            }
        }
    }

    /// That each row of values has a line of the grid to itself with one label, so that a row can be
    /// added after it.
    fn copiable(&mut self, table: &str, rows: &[DataRow], grid: &Grid<FormCell>) {
        for row in rows {
            let of_row = |cell: &&Cell<FormCell>| cell.content.value().is_some_and(|value| value.row == row.key);
            let Some(line) = grid.cells().iter().find(of_row).map(|cell| cell.row) else { continue };
            let own = |cell: &&Cell<FormCell>| cell.row == line && cell.row_span == 1;
            let values = grid.across(line).filter(of_row).filter(own).count();
            let labels = grid.across(line).filter(|cell| cell.content.role == CellRole::RowLabel).filter(own).count();
            let others = grid.across(line).filter(own).count() - values - labels;
            if values != row.columns.len() || labels != 1 || others > 0 {
                self.refuse_in(table, Some(line), None, FormFault::CannotAddRows { row: row.key.to_string() });
            }
        }
    }

    fn rules(&mut self, read: &TableFile, rows: &[DataRow]) -> Vec<Rule> {
        for (index, rule) in read.rules.iter().enumerate() {
            self.rule(&read.key, rule, rows);
            if read.rules[..index].iter().any(|earlier| earlier.id == rule.id) {
                self.refuse_in(&read.key, None, None, FormFault::Twice { what: "rules", key: rule.id.clone() });
            }
        }
        let keys = |keys: &[String]| keys.iter().map(|key| Arc::from(&**key)).collect::<Vec<Arc<str>>>();
        let rule = |rule: &RuleFile| Rule {
            id: rule.id.clone(),
            level: rule.level,
            chinese: rule.zh.clone(),
            english: rule.en.clone(),
            source: rule.source.clone(),
            each: rule.each,
            sum: keys(&rule.sum),
            equals: keys(&rule.equals),
            fill: rule.fill.as_deref().map(Arc::from),
        };
        read.rules.iter().map(rule).collect()
    }

    fn rule(&mut self, table: &str, rule: &RuleFile, rows: &[DataRow]) {
        let id = || rule.id.clone();
        for (what, text) in [("id", &rule.id), ("zh", &rule.zh), ("en", &rule.en), ("source", &rule.source)] {
            if text.is_empty() {
                self.refuse_in(table, None, None, FormFault::Empty { what });
            }
        }
        for (what, keys) in [("sum", &rule.sum), ("equals", &rule.equals)] {
            if keys.is_empty() {
                self.refuse_in(table, None, None, FormFault::EmptyRule { rule: id(), what });
            }
        }
        // A rule in each column names rows, and the other way round.
        let (named, line) = match rule.each {
            Each::Column => ("row", "column"),
            Each::Row => ("column", "row"),
        };
        let has = |row: &DataRow, column: &str| row.column(column).is_some();
        let exists = |key: &str| match rule.each {
            Each::Column => rows.iter().any(|row| &*row.key == key),
            Each::Row => rows.iter().any(|row| has(row, key)),
        };
        let names: Vec<&String> = rule.sum.iter().chain(&rule.equals).collect();
        let mut all_exist = true;
        for (index, key) in names.iter().enumerate() {
            if !exists(key) {
                all_exist = false;
                let fault = FormFault::RuleNames { rule: id(), each: named, key: (*key).clone() };
                self.refuse_in(table, None, None, fault);
            }
            if names[..index].contains(key) {
                self.refuse_in(table, None, None, FormFault::RuleTwice { rule: id(), key: (*key).clone() });
            }
        }
        let row_of = |key: &str| rows.iter().find(|row| &*row.key == key);
        let applies = match rule.each {
            Each::Row => rows.iter().any(|row| names.iter().all(|column| has(row, column))),
            Each::Column => rows
                .iter()
                .flat_map(|row| &row.columns)
                .any(|column| names.iter().all(|row| row_of(row).is_some_and(|row| has(row, &column.key)))),
        };
        if all_exist && !applies {
            self.refuse_in(table, None, None, FormFault::RuleIdle { rule: id(), each: line });
        }
        if let Some(fill) = rule.fill.as_ref().filter(|fill| rule.equals != std::slice::from_ref(*fill)) {
            self.refuse_in(table, None, None, FormFault::Fill { rule: id(), key: fill.clone() });
        }
    }
}

impl Millimetres {
    /// To the nearest unit; not a number becomes nothing, which no width may be.
    fn to_length(self) -> Length {
        let units = self.0 * Length::mm(1).to_units() as f64;
        Length::units(units.clamp(-1e12, 1e12).round() as i64)
    }
}

/// The part a text plays, told by where it stands.
fn label_role(in_heading: bool, cell: &Cell<Drawn>, columns: usize) -> CellRole {
    if in_heading {
        CellRole::ColumnHeading
    } else if cell.column_span == columns {
        CellRole::Band
    } else if cell.row_span > 1 {
        CellRole::GroupLabel
    } else {
        CellRole::RowLabel
    }
}

fn non_empty(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

/// Whether a text can be the key of a table, row or column.
pub(crate) fn is_key(key: &str) -> bool {
    key.starts_with(|first: char| first.is_ascii_lowercase())
        && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Whether a title pattern has both names once, and braces nowhere else.
fn is_title_pattern(title: &str) -> bool {
    let (agency, year) = (format!("{{{AGENCY}}}"), format!("{{{YEAR}}}"));
    title.matches(&agency).count() == 1
        && title.matches(&year).count() == 1
        && title.matches(['{', '}']).count() == 4
        && !title.replace(BREAK_MARK, "").is_empty()
}
