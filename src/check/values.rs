//! The values of filled tables, found by name.

use rust_decimal::Decimal;

use super::{FilledCell, FilledTable, FilledValue};
use crate::document::Place;
use crate::error::{Finding, Problem};
use crate::form::STEP;
use crate::form::rules::ValueRef;
use crate::report::{At, Reading};

/// The filled tables of a report.
#[derive(Clone, Copy)]
pub(super) struct Values<'a>(pub &'a [FilledTable]);

/// A value that was found.
#[derive(Clone, Copy)]
pub(super) struct Found<'a> {
    cell: &'a FilledCell,
    value: &'a FilledValue,
}

impl<'a> Values<'a> {
    pub fn get(self, name: &ValueRef) -> Option<Found<'a>> {
        self.find(&name.table, &name.row, &name.column)
    }

    pub fn find(self, table: &str, row: &str, column: &str) -> Option<Found<'a>> {
        let table = self.0.iter().find(|known| known.key == table)?;
        table.grid.cells().iter().find_map(|cell| {
            let value = cell.content.value.as_ref()?;
            let same = &*value.key.row == row && &*value.key.column == column;
            same.then_some(Found { cell: &cell.content, value })
        })
    }

    /// All values of a table, in the order of its grid.
    pub fn of_table(table: &FilledTable) -> impl Iterator<Item = Found<'_>> {
        table
            .grid
            .cells()
            .iter()
            .filter_map(|cell| Some(Found { cell: &cell.content, value: cell.content.value.as_ref()? }))
    }
}

impl<'a> Found<'a> {
    /// What it counts as in sums.
    pub fn amount(self) -> Option<Decimal> {
        self.value.amount
    }

    /// Its row and column.
    pub fn key(self) -> &'a crate::form::ValueKey {
        &self.value.key
    }

    /// What it means.
    pub fn reading(self) -> Reading {
        self.value.reading
    }

    /// As it is written.
    pub fn written(self) -> &'a str {
        &self.cell.text.content
    }

    pub fn at(self) -> &'a At {
        &self.value.at
    }

    fn place(self) -> Option<&'a Place> {
        self.cell.text.origin.place.as_deref()
    }

    /// The innermost label of its row; where it has none, the headings of its column.
    pub fn label(self) -> String {
        let Some(place) = self.place() else { return String::new() };
        let row = place.row.rsplit(STEP).next().unwrap_or_default();
        if row.is_empty() { self.column_label() } else { row.to_owned() }
    }

    /// The innermost heading of its column; all of them where its row has no label.
    pub fn column_label(self) -> String {
        let Some(place) = self.place() else { return String::new() };
        if place.row.is_empty() {
            return place.column.clone();
        }
        place.column.rsplit(STEP).next().unwrap_or_default().to_owned()
    }

    /// A finding about it.
    pub fn finding(self, problem: Problem) -> Finding {
        let finding = self.at().finding(problem);
        match self.place() {
            Some(place) => finding.at_place(place.clone()),
            None => finding,
        }
    }
}
