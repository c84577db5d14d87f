//! A Word table read against a table of the form.
//!
//! A table of the form's very shape is read by places. One of another shape (a row too many, merges drawn by hand) is
//! read by labels: a row is the one whose label it bears, a value stands under its heading, and a row whose values do
//! not each stand under one heading is not placed at all: nobody may guess which column lost its value.

use std::collections::{BTreeMap, BTreeSet};

use super::note::{Note, What};
use super::word::{Cell, Table};
use super::words::{likeness, normal};
use crate::check::{FilledCell, FilledTable};
use crate::document::{self, Place, headings_of};
use crate::form::ValueKey;

/// A label that stands at its place is the form's, reworded, if it is so much like it.
const LIKE_IN_PLACE: f64 = 0.5;
/// A label whose place is not known is one of the form's, reworded, if it is so much like it.
const LIKE_ANYWHERE: f64 = 0.75;
/// A table is one of the form's if it has so many of its labels.
const LABELS_OF_A_TABLE: f64 = 0.5;

type FormCell = document::Cell<FilledCell>;

/// What was read of a table.
#[derive(Default)]
pub struct Read {
    pub values: BTreeMap<ValueKey, String>,
    /// Labels worded otherwise: which cell of the grid, and how.
    pub labels: Vec<(usize, String)>,
    pub notes: Vec<Note>,
}

/// How many of a table's labels a Word table has, as a share.
pub fn share_of_labels(filled: &FilledTable, table: &Table) -> f64 {
    let there: BTreeSet<String> = table.rows.iter().flatten().map(|cell| normal(&cell.text())).collect();
    let labels: BTreeSet<String> = labels(filled).map(|(_, cell)| normal(&cell.content.text.content)).collect();
    labels.iter().filter(|label| there.contains(*label)).count() as f64 / labels.len().max(1) as f64
}

/// Whether a Word table is one of the form's.
pub fn is_like(filled: &FilledTable, table: &Table) -> bool {
    share_of_labels(filled, table) >= LABELS_OF_A_TABLE
}

/// Reads a table. One of ours shows labels and values letter for letter (`is_ours`).
pub fn read(filled: &FilledTable, table: &Table, is_ours: bool) -> Read {
    let reader = Reader { filled, table, is_ours };
    if reader.has_shape() && reader.labels_are_in_place() { reader.by_places() } else { reader.by_labels() }
}

fn labels(filled: &FilledTable) -> impl Iterator<Item = (usize, &FormCell)> {
    filled.grid.cells().iter().enumerate().filter(|(_, cell)| cell.content.value.is_none())
}

struct Reader<'a> {
    filled: &'a FilledTable,
    table: &'a Table,
    is_ours: bool,
}

impl Reader<'_> {
    /// Whether the same cells stand at the same places.
    fn has_shape(&self) -> bool {
        let cells = self.filled.grid.cells();
        self.table.rows.len() == self.filled.grid.rows()
            && self.table.rows.iter().map(Vec::len).sum::<usize>() == cells.len()
            && cells.iter().all(|cell| {
                self.cell(cell)
                    .is_some_and(|found| (found.row_span, found.column_span) == (cell.row_span, cell.column_span))
            })
    }

    /// The Word cell at the place of one of the form's.
    fn cell(&self, cell: &FormCell) -> Option<&Cell> {
        self.table.at(cell.row, cell.column)
    }

    /// Whether each label is the form's at its place, perhaps reworded, and none has changed its place.
    fn labels_are_in_place(&self) -> bool {
        let known: BTreeSet<String> = labels(self.filled).map(|(_, cell)| normal(&cell.content.text.content)).collect();
        labels(self.filled).all(|(_, cell)| {
            let official = normal(&cell.content.text.content);
            let found = self.cell(cell).map(|found| normal(&found.text())).unwrap_or_default();
            let like = if self.is_ours { 0.0 } else { LIKE_IN_PLACE };
            found == official || (!found.is_empty() && !known.contains(&found) && likeness(&found, &official) >= like)
        })
    }

    fn by_places(&self) -> Read {
        let mut read = Read::default();
        for (index, cell) in self.filled.grid.cells().iter().enumerate() {
            let Some(found) = self.cell(cell) else { continue };
            match &cell.content.value {
                Some(value) => self.take(&value.key, cell, found, &mut read),
                None => self.take_label(index, cell, found, &mut read),
            }
        }
        read
    }

    fn take_label(&self, index: usize, cell: &FormCell, found: &Cell, read: &mut Read) {
        let (official, printed) = (&cell.content.text.content, found.text());
        let same = if self.is_ours { *official == printed } else { normal(official) == normal(&printed) };
        if !same {
            read.labels.push((index, printed.trim().to_owned()));
        }
    }

    fn take(&self, key: &ValueKey, cell: &FormCell, found: &Cell, read: &mut Read) {
        match &found.lines[..] {
            [] => drop(read.values.insert(key.clone(), String::new())),
            [line] => {
                let line = line.replace('\t', " ");
                let line = if self.is_ours { line } else { line.trim().to_owned() };
                read.values.insert(key.clone(), line);
            }
            lines => read.notes.push(Note::at(place_of(cell), What::Lines(lines.to_vec()))),
        }
    }

    fn by_labels(&self) -> Read {
        let mut read = Read::default();
        let mut used = BTreeSet::new();
        for line in 0..self.filled.grid.rows() {
            let values: Vec<&FormCell> =
                self.filled.grid.across(line).filter(|cell| cell.row == line && cell.content.value.is_some()).collect();
            let Some(first) = values.first() else { continue };
            match self.row_of(line, first) {
                Some((row, label)) => {
                    used.insert(row);
                    read.labels.extend(label);
                    self.take_row(row, &values, &mut read);
                }
                None => read.notes.push(Note::at(place_of_row(first), What::MissingRow)),
            }
        }
        for (row, cells) in self.table.rows.iter().enumerate().filter(|(row, _)| !used.contains(row)) {
            if !cells.iter().all(|cell| cell.text().trim().is_empty() || self.is_label(cell)) {
                let cells = numbered(cells.iter().filter(|cell| !cell.text().trim().is_empty()), cells);
                let place = Place { table: self.heading(), row: String::new(), column: String::new() };
                read.notes.push(Note::at(place, What::ExtraRow { line: row + 1, cells }));
            }
        }
        read
    }

    /// The Word row that bears the label of a line of the form, and the label if it is reworded.
    fn row_of(&self, line: usize, first: &FormCell) -> Option<(usize, Option<(usize, String)>)> {
        let (index, label) = self.label_of(line, first.column)?;
        let official = normal(&label.content.text.content);
        let bears =
            |row: &Vec<Cell>, wanted: &dyn Fn(&str) -> bool| row.iter().any(|cell| wanted(&normal(&cell.text())));
        let rows = |wanted: &dyn Fn(&str) -> bool| -> Vec<usize> {
            (0..self.table.rows.len()).filter(|&row| bears(&self.table.rows[row], wanted)).collect()
        };
        match rows(&|text| text == official)[..] {
            [row] => return Some((row, None)),
            [] => {}
            _ => return None,
        }
        let known: Vec<String> = labels(self.filled).map(|(_, cell)| normal(&cell.content.text.content)).collect();
        let like = |text: &str| {
            !known.iter().any(|known| known == text)
                && likeness(text, &official) >= LIKE_ANYWHERE
                && known.iter().all(|other| *other == official || likeness(text, other) < likeness(text, &official))
        };
        match rows(&like)[..] {
            [row] => {
                let cell = self.table.rows[row].iter().find(|cell| like(&normal(&cell.text())))?;
                Some((row, Some((index, cell.text().trim().to_owned()))))
            }
            _ => None,
        }
    }

    /// The label of a line of the form: the heading nearest on the left of its values.
    fn label_of(&self, line: usize, before: usize) -> Option<(usize, &FormCell)> {
        let column = before.checked_sub(1)?;
        let index = self.filled.grid.index_at(line, column);
        let cell = &self.filled.grid.cells()[index];
        (cell.content.role.heads_rows() && cell.row_span == 1).then_some((index, cell))
    }

    /// Places the values of a row if each stands under its own heading.
    fn take_row(&self, row: usize, values: &[&FormCell], read: &mut Read) {
        let mut found = Vec::new();
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        let headings: Vec<String> = values.iter().map(|value| self.heading_of(value)).collect();
        for heading in &headings {
            let again = seen.entry(normal(heading)).or_insert(0);
            found.push(self.under(row, &normal(heading), *again));
            *again += 1;
        }
        let cells = &self.table.rows[row];
        let columns: BTreeSet<usize> = found.iter().flatten().map(|cell| cell.column).collect();
        if columns.len() == values.len() {
            for (value, found) in values.iter().zip(found.into_iter().flatten()) {
                if let Some(filled) = &value.content.value {
                    self.take(&filled.key, value, found, read);
                }
            }
            return;
        }
        let unplaced = numbered(cells.iter().filter(|cell| !self.is_label(cell)), cells);
        let place = values.first().map(|value| place_of_row(value));
        read.notes.push(Note { place, what: What::Row { line: row + 1, cells: unplaced, wanted: headings } });
    }

    /// Whether a cell says what one of the form's labels says.
    fn is_label(&self, cell: &Cell) -> bool {
        let text = normal(&cell.text());
        !text.is_empty() && labels(self.filled).any(|(_, known)| normal(&known.content.text.content) == text)
    }

    /// The innermost heading over a value.
    fn heading_of(&self, value: &FormCell) -> String {
        let grid = &self.filled.grid;
        let over = headings_of(grid, value, |content| content.role);
        let over = over.into_iter().map(|index| &grid.cells()[index]);
        let last = over.filter(|cell| cell.content.role.heads_columns()).max_by_key(|cell| cell.row);
        last.map(|cell| cell.content.text.content.clone()).unwrap_or_default()
    }

    /// The cell of a Word row under a heading: the nearest such heading above it, the one so many to the right.
    fn under(&self, row: usize, heading: &str, again: usize) -> Option<&Cell> {
        let (above, at) = (0..row).rev().find_map(|above| {
            let is_it = |cell: &&Cell| normal(&cell.text()) == heading;
            self.table.rows[above].iter().filter(is_it).nth(again).map(|cell| (above, cell))
        })?;
        debug_assert!(above < row);
        let cells = self.table.rows[row].iter();
        let mut under = cells.filter(|cell| cell.column == at.column && cell.column_span == at.column_span);
        // Where columns have moved, a label may stand under a heading: it is no value.
        under.next().filter(|cell| cell.row_span == 1 && !self.is_label(cell))
    }

    fn heading(&self) -> String {
        let place = self.filled.grid.cells().iter().find_map(|cell| cell.content.text.origin.place.as_ref());
        place.map(|place| place.table.clone()).unwrap_or_default()
    }
}

/// Cells with their numbers in their row.
fn numbered<'a>(cells: impl Iterator<Item = &'a Cell>, row: &[Cell]) -> Vec<(usize, String)> {
    let number = |cell: &Cell| row.iter().position(|other| std::ptr::eq(other, cell)).unwrap_or(0) + 1;
    cells.map(|cell| (number(cell), cell.text())).collect()
}

fn place_of(cell: &FormCell) -> Place {
    let place = cell.content.text.origin.place.as_ref();
    place.map_or_else(
        || Place { table: String::new(), row: String::new(), column: String::new() },
        |place| (**place).clone(),
    )
}

fn place_of_row(cell: &FormCell) -> Place {
    let mut place = place_of(cell);
    if !place.row.is_empty() {
        place.column.clear();
    }
    place
}
