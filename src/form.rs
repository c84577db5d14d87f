//! A statutory form: its headings, its tables, the sums it prescribes, the years it serves.
//!
//! What a notice prescribes stands in `layouts/forms/`; [`Form::parse`] reads such a file and refuses
//! one that is not whole, saying everything wrong with it at once. A [`Form`] can only come from there,
//! so every later stage may rely on it: grids are full, keys are unique, rules name rows and columns
//! that exist. [`Forms`] is a set of forms from which the year of a report chooses one.

mod blank;
mod file;
mod literals;
pub mod picture;
pub mod rules;
mod schema;

use std::fmt;
use std::sync::{Arc, OnceLock};

use include_dir::{Dir, include_dir};
use serde::Deserialize;

pub(crate) use file::is_key;
pub use file::{FormError, FormFault};
pub use rules::Checks;
use rules::Patterns;

use crate::document::{CellRole, Grid, Place, Text, headings_of};
use crate::error::{Finding, Problem, nearest};
use crate::length::Length;
use crate::report::Report;

/// A statutory form.
#[derive(Clone, Debug, PartialEq)]
pub struct Form {
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
    due: Option<DueFile>,
    sections: Vec<Section>,
    checks: Checks,
}

/// The last day of the year after the report's on which it may be published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// The month, 1 to 12.
    pub month: u8,
    /// The day of the month.
    pub day: u8,
}

/// The days as a form file names them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct DueFile {
    month: u8,
    day: u8,
    sooner: Option<Sooner>,
}

/// Bodies whose day is another.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sooner {
    /// What their names end in.
    ending: Vec<String>,
    month: u8,
    day: u8,
}

/// The report years a form serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Years {
    /// The first of them.
    pub first: u16,
    /// The last of them; `None` while the form is in force.
    pub last: Option<u16>,
}

/// A section of a form.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// Its key, the same from form to form (`overview`).
    pub key: String,
    /// Its heading as the form words it, with its number.
    pub heading: Text,
    /// What it holds.
    pub content: SectionContent,
}

/// What a section holds.
#[derive(Clone, Debug, PartialEq)]
pub enum SectionContent {
    /// Paragraphs.
    Prose,
    /// One table.
    Table(Box<TableForm>),
}

/// A table as a form prescribes it.
#[derive(Clone, Debug, PartialEq)]
pub struct TableForm {
    /// The key of its section.
    pub key: String,
    /// A sentence that says how it is built, for those who cannot see it.
    pub description: String,
    /// The width of each column of the grid.
    pub widths: Vec<Length>,
    /// How many rows at the top are repeated on every page.
    pub heading_rows: usize,
    /// Whether row labels are centred.
    pub centre_labels: bool,
    /// Whether a report may print a label in other words.
    pub may_relabel: bool,
    /// Whether a report may add rows.
    pub may_add_rows: bool,
    /// The cells.
    pub grid: Grid<FormCell>,
    /// The rows of values, in the order they are met in the grid.
    pub rows: Vec<DataRow>,
    /// What must add up.
    pub rules: Vec<Rule>,
    places: Places,
}

/// Where each cell of a table's grid is, found when it is first asked for. It follows from the rest of the table.
#[derive(Clone, Debug, Default)]
struct Places(OnceLock<Box<[Arc<Place>]>>);

impl PartialEq for Places {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// A cell of a form.
#[derive(Clone, Debug, PartialEq)]
pub struct FormCell {
    /// The part it plays.
    pub role: CellRole,
    /// What the form says of it.
    pub content: FormContent,
}

/// What a form says of a cell.
#[derive(Clone, Debug, PartialEq)]
pub enum FormContent {
    /// The words that stand in it.
    Label(Text),
    /// The value to be filled in.
    Value(ValueKey),
}

/// Which value stands in a cell.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ValueKey {
    /// The key of its row.
    pub row: Arc<str>,
    /// The key of its column.
    pub column: Arc<str>,
}

/// A row of values. It need not be a row of the grid: a row of the grid may hold several.
#[derive(Clone, Debug, PartialEq)]
pub struct DataRow {
    /// Its key.
    pub key: Arc<str>,
    /// Its values from left to right; at least one.
    pub columns: Vec<DataColumn>,
}

/// A value of a row.
#[derive(Clone, Debug, PartialEq)]
pub struct DataColumn {
    /// Its key.
    pub key: Arc<str>,
    /// What kind of number it is.
    pub kind: ValueKind,
}

/// What kind of number a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ValueKind {
    /// How many: a whole number, not negative.
    Count,
    /// By how many more or fewer: a whole number of either sign.
    Signed,
    /// How much money: not negative, decimals as given.
    Money,
}

/// How bad it is when a rule fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RuleLevel {
    /// The report must not be published so.
    Error,
    /// There may be a good reason.
    Warning,
}

/// Something that must add up: in each column (or row) it applies to, the values named by `sum` add up
/// to those named by `equals`.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
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
    /// Whether it speaks of rows that add up in each column or of columns that add up in each row.
    pub each: Each,
    /// The keys of the parts.
    pub sum: Vec<Arc<str>>,
    /// The keys of what they add up to.
    pub equals: Vec<Arc<str>>,
    /// The key of the total that is computed when the report leaves it out; the only one in `equals`.
    pub fill: Option<Arc<str>>,
}

/// Along which lines of a table a rule is applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Each {
    /// It names columns; they add up in each row that has them all.
    Row,
    /// It names rows; they add up in each column that they all have.
    Column,
}

impl Form {
    /// Reads a form file; `file` names it in errors and in the origin of its texts.
    ///
    /// # Errors
    /// Everything wrong with it, with file, table, row and column.
    pub fn parse(file: &str, text: &str) -> Result<Self, Vec<FormError>> {
        file::read(file, text, Patterns::Tried)
    }

    /// Its key, the file's name without ending (`annual-report-2021`).
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its official name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The notice that prescribes it.
    pub fn notice(&self) -> &str {
        &self.notice
    }

    /// The report years it serves.
    pub fn years(&self) -> Years {
        self.years
    }

    /// What kind of document it makes, in a few words.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The kind of official document it is, as the rules for official documents name it (文种); `None` when the
    /// form does not say.
    pub fn genre(&self) -> Option<&str> {
        self.genre.as_deref()
    }

    /// Words to find the document by.
    pub fn keywords(&self) -> &[String] {
        &self.keywords
    }

    /// The id of the sheet it is set on ([`Sheet::bundled`](crate::sheet::Sheet::bundled)).
    pub fn sheet(&self) -> &str {
        &self.sheet
    }

    /// The word that marks a draft on every page.
    pub fn draft_mark(&self) -> &str {
        &self.draft_mark
    }

    /// The language, as BCP 47 names it.
    pub fn language(&self) -> &str {
        &self.language
    }

    /// The diameter kept free for a seal when the report gives none.
    pub fn seal_diameter(&self) -> Length {
        self.seal_diameter
    }

    /// The day by which the report of a body must be published, if there is one.
    pub fn due(&self, agency: &str) -> Option<Due> {
        let due = self.due.as_ref()?;
        let sooner = due.sooner.as_ref();
        let sooner = sooner.filter(|sooner| sooner.ending.iter().any(|ending| agency.ends_with(ending.as_str())));
        Some(sooner.map_or(Due { month: due.month, day: due.day }, |own| Due { month: own.month, day: own.day }))
    }

    /// Its rules beyond the sums of its tables.
    pub fn checks(&self) -> &Checks {
        &self.checks
    }

    /// The ids of all its rules: those of the tables, then the others, each once.
    pub fn rule_ids(&self) -> Vec<&str> {
        let mut ids: Vec<&str> = Vec::new();
        let in_tables = self.tables().flat_map(|(_, table)| table.rules.iter().map(|rule| rule.id.as_str()));
        for id in in_tables.chain(self.checks.words().map(|words| words.id.as_str())) {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids
    }

    /// Its sections in order.
    pub fn sections(&self) -> &[Section] {
        &self.sections
    }

    /// The section of this key.
    pub fn section(&self, key: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.key == key)
    }

    /// Its tables in order, each with the section it stands in.
    pub fn tables(&self) -> impl Iterator<Item = (&Section, &TableForm)> {
        self.sections.iter().filter_map(|section| match &section.content {
            SectionContent::Prose => None,
            SectionContent::Table(table) => Some((section, &**table)),
        })
    }

    /// The table of this key.
    pub fn table(&self, key: &str) -> Option<&TableForm> {
        self.tables().find(|(_, table)| table.key == key).map(|(_, table)| table)
    }

    /// The title of a report, with break marks.
    pub fn title_for(&self, agency: &str, year: u16) -> String {
        let year = year.to_string();
        let mut title = String::new();
        let mut rest = &*self.title;
        while let Some((before, after)) = rest.split_once('{') {
            title.push_str(before);
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            title.push_str(if name == AGENCY { agency } else { &year });
            rest = after;
        }
        title + rest
    }
}

/// The name in a title pattern that stands for the body that reports.
const AGENCY: &str = "agency";
/// The name in a title pattern that stands for the report year.
const YEAR: &str = "year";

impl Years {
    /// Whether a report of this year is written on the form.
    pub fn contains(self, year: u16) -> bool {
        self.first <= year && self.last.is_none_or(|last| year <= last)
    }

    fn overlaps(self, other: Years) -> bool {
        self.last.is_none_or(|last| other.first <= last) && other.last.is_none_or(|last| self.first <= last)
    }
}

/// `2019–2020`, `2021–`.
impl fmt::Display for Years {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.last {
            Some(last) if last == self.first => write!(f, "{last}"),
            Some(last) => write!(f, "{}–{last}", self.first),
            None => write!(f, "{}–", self.first),
        }
    }
}

impl TableForm {
    /// Where a cell of the grid is, in the form's own words; `heading` is that over the table.
    pub(crate) fn place(&self, heading: &str, index: usize) -> Arc<Place> {
        let places = self.places.0.get_or_init(|| {
            (0..self.grid.cells().len()).map(|index| place_of(heading, &self.grid, index).into()).collect()
        });
        places[index].clone()
    }

    /// The row of values of this key.
    pub fn row(&self, key: &str) -> Option<&DataRow> {
        self.rows.iter().find(|row| &*row.key == key)
    }

    /// The table as a picture: every value by its full name, break marks in the labels.
    pub fn drawing(&self) -> Vec<Vec<String>> {
        picture::draw(&self.grid.map(|cell| match &cell.content.content {
            FormContent::Label(text) => picture::Drawn::Text(text.to_marked()),
            FormContent::Value(key) => picture::Drawn::Value(format!("{}.{}", key.row, key.column)),
        }))
    }
}

impl DataRow {
    /// The value of this key.
    pub fn column(&self, key: &str) -> Option<&DataColumn> {
        self.columns.iter().find(|column| &*column.key == key)
    }
}

impl FormCell {
    /// Its words, if it is a label.
    pub fn label(&self) -> Option<&str> {
        match &self.content {
            FormContent::Label(text) => Some(&text.content),
            FormContent::Value(_) => None,
        }
    }

    /// The value that stands in it, if it is no label.
    pub fn value(&self) -> Option<&ValueKey> {
        match &self.content {
            FormContent::Label(_) => None,
            FormContent::Value(key) => Some(key),
        }
    }
}

/// Between the labels of a [`Place`] from the outside in.
pub(crate) const STEP: &str = " › ";

/// Where a cell of a form's grid is, in the form's own words. A label counts as the last step to
/// itself, and has either a row or a column. `table` is the heading over the table.
pub fn place_of(table: &str, grid: &Grid<FormCell>, index: usize) -> Place {
    let cell = &grid.cells()[index];
    let role = cell.content.role;
    let mut steps = headings_of(grid, cell, |cell| cell.role);
    if role.is_heading() {
        steps.push(index);
    }
    let words = |kind: fn(CellRole) -> bool| {
        if role.is_heading() && !kind(role) {
            return String::new();
        }
        let labels = steps.iter().map(|&step| &grid.cells()[step].content).filter(|cell| kind(cell.role));
        labels.filter_map(FormCell::label).collect::<Vec<_>>().join(STEP)
    };
    Place { table: table.to_owned(), row: words(CellRole::heads_rows), column: words(CellRole::heads_columns) }
}

/// Where a row of values is, in the form's own words: by its labels, or where it has none by the headings all its
/// values have in common. `table` is the heading over the table.
pub fn place_of_row(table: &str, grid: &Grid<FormCell>, row: &str) -> Place {
    let cells = grid.cells().iter().filter(|cell| cell.content.value().is_some_and(|value| &*value.row == row));
    let mut places = cells.map(|cell| place_of(table, grid, grid.index_at(cell.row, cell.column)));
    let Some(mut place) = places.next() else {
        return Place { table: table.to_owned(), row: String::new(), column: String::new() };
    };
    if !place.row.is_empty() {
        place.column.clear();
        return place;
    }
    for other in places {
        place.column.truncate(common_start(&place.column, &other.column));
    }
    place
}

/// The last label of a chain of them.
pub(crate) fn last_step(chain: &str) -> Option<&str> {
    chain.rsplit(STEP).next().filter(|step| !step.is_empty())
}

/// How much of a chain of labels another begins with, in bytes.
fn common_start(chain: &str, other: &str) -> usize {
    let mut end = 0;
    for (ours, theirs) in chain.split(STEP).zip(other.split(STEP)) {
        if ours != theirs {
            break;
        }
        end += ours.len() + if end > 0 { STEP.len() } else { 0 };
    }
    end
}

/// The form files that travel with the library.
static BUNDLED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/layouts/forms");

/// A set of forms, in the order of the years they serve. No two serve the same year.
#[derive(Clone, Debug, PartialEq)]
pub struct Forms(Vec<Form>);

/// Why forms do not make a set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormsError {
    /// Two forms have the same id.
    #[error("there are two forms `{id}`")]
    SameId {
        /// The id.
        id: String,
    },
    /// Two forms serve the same year.
    #[error("the forms `{first}` ({first_years}) and `{second}` ({second_years}) serve the same years")]
    SameYears {
        /// One of them.
        first: String,
        /// Its years.
        first_years: Years,
        /// The other.
        second: String,
        /// Its years.
        second_years: Years,
    },
}

impl Forms {
    /// The forms that travel with the library.
    ///
    /// # Errors
    /// What is wrong with the bundled files; the tests see to it that nothing is.
    pub fn bundled() -> Result<Self, Vec<FormError>> {
        let mut forms = Vec::new();
        let mut errors = Vec::new();
        for file in BUNDLED.files() {
            let name = file.path().to_string_lossy();
            match file.contents_utf8().map(|text| file::read(&name, text, Patterns::Known)) {
                Some(Ok(form)) => forms.push(form),
                Some(Err(wrong)) => errors.extend(wrong),
                None => errors.push(FormError::of_file(&name, FormFault::NotUtf8)),
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        Forms::new(forms).map_err(|error| vec![FormError::of_file("layouts/forms", FormFault::Set(error))])
    }

    /// A set of forms.
    ///
    /// # Errors
    /// When two of them have one id or serve one year.
    pub fn new(mut forms: Vec<Form>) -> Result<Self, FormsError> {
        forms.sort_by(|a, b| (a.years.first, &a.id).cmp(&(b.years.first, &b.id)));
        for (index, first) in forms.iter().enumerate() {
            for second in &forms[index + 1..] {
                if first.id == second.id {
                    return Err(FormsError::SameId { id: first.id.clone() });
                }
                if first.years.overlaps(second.years) {
                    return Err(FormsError::SameYears {
                        first: first.id.clone(),
                        first_years: first.years,
                        second: second.id.clone(),
                        second_years: second.years,
                    });
                }
            }
        }
        Ok(Forms(forms))
    }

    /// The form of this id.
    pub fn get(&self, id: &str) -> Option<&Form> {
        self.0.iter().find(|form| form.id == id)
    }

    /// The form that serves a report year.
    pub fn for_year(&self, year: u16) -> Option<&Form> {
        self.0.iter().find(|form| form.years.contains(year))
    }

    /// The form of a report: the one it names, or else the one that serves its year.
    ///
    /// # Errors
    /// The one finding that there is none. Whether a form named serves the year is for
    /// [`check`](crate::check::check) to say.
    pub fn choose(&self, report: &Report) -> Result<&Form, Vec<Finding>> {
        match &report.form {
            Some(id) => self.get(&id.value).ok_or_else(|| {
                let known: Vec<String> = self.iter().map(|form| form.id.clone()).collect();
                let suggestion = nearest(&id.value, known.iter().map(String::as_str)).map(str::to_owned);
                vec![id.at.finding(Problem::UnknownForm { id: id.value.clone(), suggestion, known })]
            }),
            None => self.for_year(report.year.value).ok_or_else(|| {
                let served = self.iter().map(|form| (form.id.clone(), form.years)).collect();
                vec![report.year.at.finding(Problem::NoFormForYear { year: report.year.value, served })]
            }),
        }
    }

    /// All of them, by the years they serve.
    pub fn iter(&self) -> impl Iterator<Item = &Form> {
        self.0.iter()
    }
}
