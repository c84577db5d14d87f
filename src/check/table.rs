//! One table: rows added, labels reworded, every value put into its cell.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use rust_decimal::Decimal;

use super::rules::Applied;
use super::{FilledCell, FilledTable, FilledValue, rules, suggest};
use crate::document::{Cell, Grid, Origin, Place, Text};
use crate::error::{Finding, Problem};
use crate::form::{
    DataColumn, DataRow, FormCell, FormContent, TableForm, ValueKey, ValueKind, is_key, last_step, place_of,
    place_of_row,
};
use crate::report::{AddedRow, At, Located, Member, Object, Reading, Report, Row, Value};

/// A table while it is being filled.
pub(super) struct Filling<'a> {
    report: &'a Report,
    heading: &'a str,
    pub(super) table: &'a TableForm,
    /// The form's cells and those of added rows.
    grid: Cow<'a, Grid<FormCell>>,
    /// The form's rows of values and the added ones.
    pub(super) rows: Cow<'a, [DataRow]>,
    /// The values so far.
    values: HashMap<ValueKey, Cow<'a, Value>>,
    /// Those of them that were computed.
    computed: BTreeSet<ValueKey>,
    /// The values that are still to be filled in, and where.
    unfilled: BTreeMap<ValueKey, At>,
    /// The values that are there and cannot be read.
    unread: BTreeSet<ValueKey>,
    /// Rows that were given, but not in a way that says which value is which.
    refused: Vec<Arc<str>>,
    /// Whether a blank total is to be computed.
    fills_blanks: bool,
    /// The words printed in place of a label.
    labels: BTreeMap<String, Text>,
    /// The values that are the total of others, each with these others for every rule that says so.
    totals: BTreeMap<ValueKey, Vec<Vec<ValueKey>>>,
    /// The rules in the lines that have all they name.
    pub(super) applied: Vec<Applied<'a>>,
}

/// What a value counts as.
pub(super) enum Amount<'a> {
    /// A number.
    Number(Decimal),
    /// Nothing that can be added; what is written.
    NoNumber(&'a str),
}

impl<'a> Filling<'a> {
    /// An empty table under the form's heading.
    pub(super) fn new(report: &'a Report, heading: &'a str, table: &'a TableForm) -> Self {
        Filling {
            report,
            heading,
            table,
            grid: Cow::Borrowed(&table.grid),
            rows: Cow::Borrowed(&table.rows),
            values: HashMap::new(),
            computed: BTreeSet::new(),
            unfilled: BTreeMap::new(),
            unread: BTreeSet::new(),
            refused: Vec::new(),
            fills_blanks: false,
            labels: BTreeMap::new(),
            totals: BTreeMap::new(),
            applied: Vec::new(),
        }
    }

    /// The same, in which a blank total is as good as left out, unless all its parts are blank.
    pub(super) fn without_blank_totals(mut self) -> Self {
        self.fills_blanks = true;
        self
    }

    /// The totals that were computed, in the form's order.
    pub(super) fn computed(&self) -> impl Iterator<Item = (ValueKey, Decimal)> {
        let keys = self.rows.iter().flat_map(keys_of).filter(|key| self.computed.contains(key));
        keys.filter_map(|key| match self.values.get(&key)?.reading {
            Reading::Number(number) => Some((key, number)),
            Reading::Blank | Reading::NotApplicable | Reading::Unfilled | Reading::Text => None,
        })
    }

    /// Takes what the report has for the table, says what is amiss with it, and computes what may be
    /// computed.
    pub(super) fn fill(&mut self, findings: &mut Vec<Finding>) {
        let report = self.report;
        self.reword(findings);
        let added = self.add_rows(findings);
        let applied = rules::applied(self);
        self.totals = rules::totals(&applied);
        if let Some(rows) = report.tables.get(&self.table.key) {
            self.take_rows(rows, findings);
        }
        for row in added {
            self.take_row(&row.key.value, &row.values, findings);
        }
        if self.fills_blanks {
            self.open_blank_totals();
        }
        self.say_missing_rows(findings);
        self.check_kinds(findings);
        rules::fill(self, &applied, findings);
        self.applied = applied;
    }

    /// Notes the words the report prints in place of the form's.
    fn reword(&mut self, findings: &mut Vec<Finding>) {
        let Some(member) = self.report.labels.member(&self.table.key) else { return };
        if !self.table.may_relabel {
            findings.push(self.about_table(&member.key.at, Problem::LabelsFixed));
            return;
        }
        for Member { key: label, value: words } in &member.value.members {
            let Some(place) = self.place_of_label(&label.value) else {
                let known: Vec<String> =
                    self.grid.cells().iter().filter_map(|cell| cell.content.label()).map(str::to_owned).collect();
                let suggestion = suggest(&label.value, &known);
                let problem = Problem::UnknownLabel { label: label.value.clone(), suggestion };
                findings.push(self.about_table(&label.at, problem));
                continue;
            };
            let text = Text::marked(&words.value, words.at.origin());
            if text.content != label.value {
                let problem = Problem::Reworded { official: label.value.clone(), printed: text.content.clone() };
                findings.push(words.at.finding(problem).at_place(place));
            }
            self.labels.insert(label.value.clone(), text);
        }
    }

    /// Adds the rows the report has beyond the form's; gives those that could be added.
    fn add_rows(&mut self, findings: &mut Vec<Finding>) -> Vec<&'a AddedRow> {
        let report = self.report;
        let Some(member) = report.added_rows.member(&self.table.key) else { return Vec::new() };
        if !self.table.may_add_rows {
            findings.push(self.about_table(&member.key.at, Problem::RowsFixed));
            return Vec::new();
        }
        let mut added = Vec::new();
        for row in &member.value.value {
            match self.add_row(row) {
                Ok(()) => {
                    let label = Text::marked(&row.label.value, row.label.at.origin()).content;
                    findings.push(self.about_table(&row.at, Problem::RowAdded { label }));
                    added.push(row);
                }
                Err(finding) => findings.push(*finding),
            }
        }
        added
    }

    fn add_row(&mut self, row: &AddedRow) -> Result<(), Box<Finding>> {
        let key = &row.key.value;
        if !is_key(key) {
            return Err(self.about_table(&row.key.at, Problem::BadRowKey { key: key.clone() }).into());
        }
        if self.row(key).is_some() {
            return Err(self.about_table(&row.key.at, Problem::RowKeyTaken { key: key.clone() }).into());
        }
        let Some(index) = self.rows.iter().position(|known| *known.key == *row.after.value) else {
            return Err(self.unknown_row(&row.after).into());
        };
        let key: Arc<str> = key.as_str().into();
        let after = self.rows[index].clone();
        let line = self.cells_of(&after.key).map(|cell| cell.row).max().unwrap_or(self.grid.rows() - 1);
        let grid = insert_row(&self.grid, line, |cell| FormCell {
            role: cell.role,
            content: match &cell.content {
                FormContent::Label(_) => FormContent::Label(Text::marked(&row.label.value, row.label.at.origin())),
                FormContent::Value(value) => {
                    FormContent::Value(ValueKey { row: key.clone(), column: value.column.clone() })
                }
            },
        });
        self.grid = Cow::Owned(grid);
        self.rows.to_mut().insert(index + 1, DataRow { key, columns: after.columns });
        Ok(())
    }

    fn take_rows(&mut self, rows: &'a Object<Row>, findings: &mut Vec<Finding>) {
        for member in &rows.members {
            if self.table.row(&member.key.value).is_some() {
                self.take_row(&member.key.value, &member.value, findings);
            } else {
                findings.push(self.unknown_row(&member.key));
            }
        }
    }

    /// Puts the values of a row into their cells.
    fn take_row(&mut self, key: &str, given: &'a Row, findings: &mut Vec<Finding>) {
        let Some(row) = self.row(key).cloned() else { return };
        let key_of = |column: &DataColumn| ValueKey { row: row.key.clone(), column: column.key.clone() };
        match given {
            Row::List(list) if list.value.len() != row.columns.len() => {
                let columns = row.columns.iter().map(|column| self.column_label(&key_of(column))).collect();
                let problem = Problem::WrongCount { found: list.value.len(), columns };
                findings.push(list.at.finding(problem).at_place(self.place_of_row(&row)));
                self.refused.push(row.key.clone());
            }
            Row::List(list) => {
                for (column, value) in row.columns.iter().zip(&list.value) {
                    self.enter(key_of(column), value);
                }
            }
            Row::Columns(object) => {
                for Member { key: name, value } in &object.members {
                    match row.column(&name.value) {
                        Some(column) => self.enter(key_of(column), value),
                        None => findings.push(self.unknown_column(&row, name)),
                    }
                }
            }
        }
    }

    /// Puts a value of the report into its cell. One still to be filled in is as good as left out.
    fn enter(&mut self, key: ValueKey, value: &'a Value) {
        match value.reading {
            Reading::Unfilled if value.is_unread() => {
                self.unread.insert(key);
            }
            Reading::Unfilled => {
                self.unfilled.insert(key, value.at.clone());
            }
            Reading::Number(_) | Reading::Blank | Reading::NotApplicable | Reading::Text => {
                self.values.insert(key, Cow::Borrowed(value));
            }
        }
    }

    /// Takes out the totals that are blank though something stands in one of their parts.
    fn open_blank_totals(&mut self) {
        let stands = |part: &ValueKey| self.values.get(part).is_some_and(|value| value.reading != Reading::Blank);
        let is_open = |key: &&ValueKey| {
            let blank = self.values.get(key).is_some_and(|value| value.reading == Reading::Blank);
            blank && self.totals.get(key).is_some_and(|rules| rules.iter().flatten().any(stands))
        };
        let open: Vec<ValueKey> = self.totals.keys().filter(is_open).cloned().collect();
        for key in open {
            if let Some(value) = self.values.remove(&key) {
                self.unfilled.insert(key, value.at.clone());
            }
        }
    }

    /// Puts a total into its cell that the report left out.
    pub(super) fn enter_computed(&mut self, key: ValueKey, total: Decimal) {
        let value = Value { written: total.to_string(), reading: Reading::Number(total), at: self.at_value(&key) };
        self.computed.insert(key.clone());
        self.values.insert(key, Cow::Owned(value));
    }

    /// Says which values are missing that no rule can give; of a row without any, that it is.
    fn say_missing_rows(&self, findings: &mut Vec<Finding>) {
        for row in self.rows.iter() {
            self.say_unfilled(row, findings);
            let missing: Vec<ValueKey> = keys_of(row).filter(|key| self.is_missing(key)).collect();
            let needed: Vec<&ValueKey> = missing.iter().filter(|key| !self.totals.contains_key(key)).collect();
            if missing.len() == row.columns.len() && !needed.is_empty() {
                let problem = Problem::MissingRow { key: row.key.to_string() };
                findings.push(self.at_row(&row.key).finding(problem).at_place(self.place_of_row(row)));
            } else {
                findings.extend(needed.into_iter().map(|key| self.missing_value(key)));
            }
        }
    }

    /// Says which values of a row are still to be filled in, but for totals that a rule gives.
    fn say_unfilled(&self, row: &DataRow, findings: &mut Vec<Finding>) {
        let open: Vec<ValueKey> =
            keys_of(row).filter(|key| self.unfilled.contains_key(key) && !self.totals.contains_key(key)).collect();
        let Some(first) = open.first() else { return };
        let columns = open.iter().map(|key| self.column_label(key)).collect();
        let problem = Problem::Unfilled { columns, of: row.columns.len() };
        findings.push(self.at_value(first).finding(problem).at_place(self.place_of_row(row)));
    }

    /// Says of every value still missing that it is; needed only where nothing else was said.
    pub(super) fn say_what_is_missing(&self, findings: &mut Vec<Finding>) {
        let missing = self.rows.iter().flat_map(keys_of).filter(|key| self.is_missing(key));
        findings.extend(missing.map(|key| self.missing_value(&key)));
    }

    fn missing_value(&self, key: &ValueKey) -> Finding {
        self.about_value(key, Problem::MissingValue { key: key.column.to_string() })
    }

    /// That counts are whole numbers, and so on.
    fn check_kinds(&self, findings: &mut Vec<Finding>) {
        for row in self.rows.iter() {
            for (key, column) in keys_of(row).zip(&row.columns) {
                let problem = self.values.get(&key).and_then(|value| kind_problem(value, column.kind));
                findings.extend(problem.map(|problem| self.about_value(&key, problem)));
            }
        }
    }

    /// The filled table, and whether no value is missing from it.
    pub(super) fn finish(self) -> (FilledTable, bool) {
        let mut whole = true;
        let grid = self.grid.map(|cell| {
            let (text, value) = match &cell.content.content {
                FormContent::Label(text) => (self.labels.get(&text.content).unwrap_or(text).clone(), None),
                FormContent::Value(key) => match self.values.get(key) {
                    Some(value) => {
                        let computed = self.computed.contains(key);
                        let amount = match self.amount(key) {
                            Some(Amount::Number(number)) => Some(number),
                            Some(Amount::NoNumber(_)) | None => None,
                        };
                        let (reading, at) = (value.reading, value.at.clone());
                        let filled = FilledValue { key: key.clone(), reading, amount, at, computed };
                        (Text::plain(value.written.clone(), value.at.origin()), Some(filled))
                    }
                    None if self.unfilled.contains_key(key) => {
                        let at = self.at_value(key);
                        let text = Text::plain("", at.origin());
                        let reading = Reading::Unfilled;
                        (text, Some(FilledValue { key: key.clone(), reading, amount: None, at, computed: false }))
                    }
                    None => {
                        whole = false;
                        (Text::plain("", self.at_row(&key.row).origin()), None)
                    }
                },
            };
            let origin = Origin { place: Some(self.place(cell)), ..text.origin };
            FilledCell { role: cell.content.role, text: Text { origin, ..text }, value }
        });
        (FilledTable { key: self.table.key.clone(), grid }, whole)
    }

    /// Whether a value is still missing, from a row that was not refused.
    pub(super) fn lacks(&self, key: &ValueKey) -> bool {
        !self.values.contains_key(key) && !self.unread.contains(key) && !self.refused.contains(&key.row)
    }

    /// Whether the report says nothing of a value, not even that it is to be filled in.
    fn is_missing(&self, key: &ValueKey) -> bool {
        self.lacks(key) && !self.unfilled.contains_key(key)
    }

    /// What a value counts as; `None` when it is missing. A blank counts as 0 where the report says so,
    /// but a blank total only if nothing stands in its parts: else it was not given.
    pub(super) fn amount(&self, key: &ValueKey) -> Option<Amount<'_>> {
        let value = self.values.get(key)?;
        Some(match value.reading {
            Reading::Number(number) => Amount::Number(number),
            Reading::Blank if self.blank_is_zero() && !self.is_total_of_something(key) => Amount::Number(Decimal::ZERO),
            Reading::Blank | Reading::NotApplicable | Reading::Unfilled | Reading::Text => {
                Amount::NoNumber(&value.written)
            }
        })
    }

    /// Whether blanks count as 0.
    pub(super) fn blank_is_zero(&self) -> bool {
        self.report.blank_is_zero
    }

    fn is_total_of_something(&self, key: &ValueKey) -> bool {
        let is_something = |part: &ValueKey| match self.values.get(part).map(|value| value.reading) {
            Some(Reading::Number(number)) => !number.is_zero(),
            Some(Reading::Blank | Reading::NotApplicable | Reading::Unfilled | Reading::Text) | None => false,
        };
        self.totals.get(key).is_some_and(|rules| rules.iter().flatten().any(is_something))
    }

    /// The row of values of this key.
    pub(super) fn row(&self, key: &str) -> Option<&DataRow> {
        self.rows.iter().find(|row| &*row.key == key)
    }

    /// Where a value stands; where it would, when it is missing.
    pub(super) fn at_value(&self, key: &ValueKey) -> At {
        match self.values.get(key) {
            Some(value) => value.at.clone(),
            None => match self.unfilled.get(key) {
                Some(at) => at.clone(),
                None => self.at_row(&key.row).member(&key.column),
            },
        }
    }

    /// Where a row stands in the report; where it would, when it is missing.
    fn at_row(&self, key: &str) -> At {
        let added = self.report.added_rows.get(&self.table.key).map_or(&[][..], |rows| &rows.value);
        if let Some(added) = added.iter().find(|added| added.key.value == key) {
            return added.values.at().clone();
        }
        match self.report.tables.get(&self.table.key) {
            Some(rows) => rows.get(key).map_or_else(|| rows.at.member(key), |row| row.at().clone()),
            None => self.report.tables.at.member(&self.table.key).member(key),
        }
    }

    /// The cells of a row of values.
    fn cells_of<'b>(&'b self, key: &'b str) -> impl Iterator<Item = &'b Cell<FormCell>> {
        self.grid.cells().iter().filter(move |cell| cell.content.value().is_some_and(|value| &*value.row == key))
    }

    fn place(&self, cell: &Cell<FormCell>) -> Arc<Place> {
        let index = self.grid.index_at(cell.row, cell.column);
        if self.rows.len() == self.table.rows.len() {
            self.table.place(self.heading, index)
        } else {
            // With rows added the grid is no longer the form's.
            place_of(self.heading, &self.grid, index).into()
        }
    }

    /// Where a value is, in the form's own words.
    fn place_of_value(&self, key: &ValueKey) -> Place {
        let cell = self.grid.cells().iter().find(|cell| cell.content.value() == Some(key));
        cell.map_or_else(|| self.place_of_table(), |cell| Place::clone(&self.place(cell)))
    }

    /// Where a row is, in the form's own words.
    fn place_of_row(&self, row: &DataRow) -> Place {
        place_of_row(self.heading, &self.grid, &row.key)
    }

    fn place_of_table(&self) -> Place {
        Place { table: self.heading.to_owned(), row: String::new(), column: String::new() }
    }

    fn place_of_label(&self, label: &str) -> Option<Place> {
        let cell = self.grid.cells().iter().find(|cell| cell.content.label() == Some(label))?;
        Some(Place::clone(&self.place(cell)))
    }

    /// The innermost label of a value's row.
    pub(super) fn row_label(&self, key: &ValueKey) -> String {
        last_step(&self.place_of_value(key).row).unwrap_or(&key.row).to_owned()
    }

    /// The innermost heading of a value's column.
    pub(super) fn column_label(&self, key: &ValueKey) -> String {
        last_step(&self.place_of_value(key).column).unwrap_or(&key.column).to_owned()
    }

    /// A finding about a value.
    pub(super) fn about_value(&self, key: &ValueKey, problem: Problem) -> Finding {
        self.at_value(key).finding(problem).at_place(self.place_of_value(key))
    }

    fn about_table(&self, at: &At, problem: Problem) -> Finding {
        at.finding(problem).at_place(self.place_of_table())
    }

    fn unknown_row(&self, key: &Located<String>) -> Finding {
        let known: Vec<String> = self.rows.iter().map(|row| row.key.to_string()).collect();
        let suggestion = suggest(&key.value, &known);
        self.about_table(&key.at, Problem::UnknownRow { key: key.value.clone(), suggestion, known })
    }

    fn unknown_column(&self, row: &DataRow, key: &Located<String>) -> Finding {
        let known: Vec<String> = row.columns.iter().map(|column| column.key.to_string()).collect();
        let suggestion = suggest(&key.value, &known);
        let problem = Problem::UnknownColumn { key: key.value.clone(), suggestion, known };
        key.at.finding(problem).at_place(self.place_of_row(row))
    }
}

/// The values of a row.
fn keys_of(row: &DataRow) -> impl Iterator<Item = ValueKey> {
    row.columns.iter().map(|column| ValueKey { row: row.key.clone(), column: column.key.clone() })
}

/// The grid with one row more, after `line`: cells that reach down to it from above or past it grow,
/// the others are made anew for the new row.
fn insert_row(grid: &Grid<FormCell>, line: usize, content: impl Fn(&FormCell) -> FormCell) -> Grid<FormCell> {
    let mut cells = Vec::new();
    for cell in grid.cells() {
        let mut cell = cell.clone();
        if cell.row > line {
            cell.row += 1;
        } else if cell.rows().contains(&line) {
            if cell.row_span > 1 {
                cell.row_span += 1;
            } else {
                cells.push(Cell { row: line + 1, content: content(&cell.content), ..cell.clone() });
            }
        }
        cells.push(cell);
    }
    #[expect(clippy::expect_used, reason = "every slot of the new row was given a cell above")]
    Grid::new(grid.rows() + 1, grid.columns(), cells).expect("a row copied into a grid leaves it a grid")
}

/// What is amiss with a value of a kind.
fn kind_problem(value: &Value, kind: ValueKind) -> Option<Problem> {
    let written = &value.written;
    let number = match value.reading {
        Reading::Number(number) => number,
        Reading::Text => return Some(Problem::NotANumber { written: written.clone() }),
        Reading::Blank | Reading::NotApplicable | Reading::Unfilled => return None,
    };
    let (whole, signed) = match kind {
        ValueKind::Count => (true, false),
        ValueKind::Signed => (true, true),
        ValueKind::Money => (false, false),
    };
    if written.starts_with('-') && !signed {
        return Some(Problem::Negative { written: written.clone(), kind });
    }
    if number.scale() > 0 && whole {
        return Some(Problem::NotWhole { written: written.clone() });
    }
    // Most figures are digits as they are usually written.
    if written == "0" || !written.starts_with('0') && written.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let usual = number.to_string();
    let unsigned = written.strip_prefix('+').filter(|_| signed).unwrap_or(written);
    (unsigned != usual).then(|| Problem::OddNumber { written: written.clone(), usual })
}
