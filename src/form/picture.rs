//! A drawn table: read into a [`Grid`], and drawn again from one.
//!
//! A picture has one line per row and one entry per column of the grid. `<` continues the cell on its
//! left, `^` the cell above; an entry that starts with `#` is a value, everything else is text. A text
//! that would be taken for something else is written with `\` before it. Every line has an entry for
//! every column, so a gap or an overlap cannot be written; what is left to find out is whether each
//! cell comes out a rectangle.

use crate::document::{Cell, Grid};

/// Continues the cell on its left.
const LEFT: &str = "<";
/// Continues the cell above.
const ABOVE: &str = "^";
/// Starts a value.
const VALUE: char = '#';
/// What follows is text, whatever it looks like.
const ESCAPE: char = '\\';

/// More rows or columns than any table on paper has are refused, so that sizes cannot overflow.
pub const MOST_ROWS: usize = 1000;
/// See [`MOST_ROWS`].
pub const MOST_COLUMNS: usize = 64;

/// What one cell of a picture says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Drawn {
    /// Text as its author wrote it, break marks and all.
    Text(String),
    /// A value; the string is what stands after `#`, empty for the value at this row and column.
    Value(String),
}

/// What is wrong with a picture. Rows and columns count from 0.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// The picture has no row or no column, or more than a table can have.
    #[error("a table has 1 to {MOST_ROWS} rows and 1 to {MOST_COLUMNS} columns, this one {rows} × {columns}")]
    Size {
        /// How many rows.
        rows: usize,
        /// How many columns.
        columns: usize,
    },
    /// A line has fewer or more entries than the table has columns.
    #[error("the row has {found} entries, but the table has {columns} columns")]
    Entries {
        /// The row.
        row: usize,
        /// Its entries.
        found: usize,
        /// The table's columns.
        columns: usize,
    },
    /// `<` in the first column.
    #[error("`<` in the first column has no cell on its left")]
    NothingLeft {
        /// The row.
        row: usize,
    },
    /// `^` in the first row.
    #[error("`^` in the first row has no cell above")]
    NothingAbove {
        /// The column.
        column: usize,
    },
    /// The slots that continue a cell do not make a rectangle with it.
    #[error("the cell drawn here is not a rectangle: it covers {slots} slots within {rows} × {columns}")]
    NotRectangle {
        /// The cell's row.
        row: usize,
        /// The cell's column.
        column: usize,
        /// How many slots it covers.
        slots: usize,
        /// The rows between the first and the last of them.
        rows: usize,
        /// The columns between the first and the last of them.
        columns: usize,
    },
}

impl PictureError {
    /// The row and the column it is about, counted from 0, as far as it is about one.
    pub fn place(&self) -> (Option<usize>, Option<usize>) {
        match *self {
            PictureError::Size { .. } => (None, None),
            PictureError::Entries { row, .. } => (Some(row), None),
            PictureError::NothingLeft { row } => (Some(row), Some(0)),
            PictureError::NothingAbove { column } => (Some(0), Some(column)),
            PictureError::NotRectangle { row, column, .. } => (Some(row), Some(column)),
        }
    }
}

/// Reads a picture of `columns` columns.
///
/// # Errors
/// Everything wrong with it: lines of the wrong length alone, or else every pointer that leads out of
/// the table and every cell that is not a rectangle.
pub fn read<S: AsRef<str>>(rows: &[Vec<S>], columns: usize) -> Result<Grid<Drawn>, Vec<PictureError>> {
    if rows.is_empty() || rows.len() > MOST_ROWS || columns == 0 || columns > MOST_COLUMNS {
        return Err(vec![PictureError::Size { rows: rows.len(), columns }]);
    }
    let wrong_lengths: Vec<_> = rows
        .iter()
        .enumerate()
        .filter(|(_, line)| line.len() != columns)
        .map(|(row, line)| PictureError::Entries { row, found: line.len(), columns })
        .collect();
    if !wrong_lengths.is_empty() {
        return Err(wrong_lengths);
    }

    let (cells, slots, mut errors) = follow_pointers(rows, columns);
    errors.extend(cells.iter().zip(slots).filter(|(cell, slots)| cell.row_span * cell.column_span != *slots).map(
        |(cell, slots)| PictureError::NotRectangle {
            row: cell.row,
            column: cell.column,
            slots,
            rows: cell.row_span,
            columns: cell.column_span,
        },
    ));
    if !errors.is_empty() {
        return Err(errors);
    }
    #[expect(clippy::expect_used, reason = "checked above")]
    Ok(Grid::new(rows.len(), columns, cells).expect("rectangles that share out all slots make a grid"))
}

/// Each cell with the smallest rectangle around its slots, and how many slots it has. A pointer that
/// leads out of the table is an error and, so that reading can go on, an empty cell of its own.
fn follow_pointers<S: AsRef<str>>(
    rows: &[Vec<S>],
    columns: usize,
) -> (Vec<Cell<Drawn>>, Vec<usize>, Vec<PictureError>) {
    let mut errors = Vec::new();
    let mut cells: Vec<Cell<Drawn>> = Vec::new();
    let mut slots_of: Vec<usize> = Vec::new();
    let mut owners: Vec<usize> = Vec::with_capacity(rows.len() * columns);
    for (row, line) in rows.iter().enumerate() {
        for (column, entry) in line.iter().enumerate() {
            let here = owners.len();
            let owner = match entry.as_ref() {
                LEFT if column > 0 => Some(owners[here - 1]),
                ABOVE if row > 0 => Some(owners[here - columns]),
                LEFT => {
                    errors.push(PictureError::NothingLeft { row });
                    None
                }
                ABOVE => {
                    errors.push(PictureError::NothingAbove { column });
                    None
                }
                _ => None,
            };
            match owner {
                Some(owner) => {
                    let cell = &mut cells[owner];
                    cell.row_span = cell.row_span.max(row + 1 - cell.row);
                    cell.column_span = cell.column_span.max(column + 1 - cell.column);
                    slots_of[owner] += 1;
                    owners.push(owner);
                }
                None => {
                    owners.push(cells.len());
                    cells.push(Cell { row, column, row_span: 1, column_span: 1, content: read_entry(entry.as_ref()) });
                    slots_of.push(1);
                }
            }
        }
    }
    (cells, slots_of, errors)
}

fn read_entry(entry: &str) -> Drawn {
    if let Some(value) = entry.strip_prefix(VALUE) {
        Drawn::Value(value.to_owned())
    } else {
        Drawn::Text(entry.strip_prefix(ESCAPE).unwrap_or(entry).to_owned())
    }
}

/// Draws a grid: [`read`] makes the same grid of it again.
pub fn draw(grid: &Grid<Drawn>) -> Vec<Vec<String>> {
    let entry = |row, column| {
        let cell = grid.at(row, column);
        if column > cell.column {
            LEFT.to_owned()
        } else if row > cell.row {
            ABOVE.to_owned()
        } else {
            draw_entry(&cell.content)
        }
    };
    (0..grid.rows()).map(|row| (0..grid.columns()).map(|column| entry(row, column)).collect()).collect()
}

fn draw_entry(content: &Drawn) -> String {
    match content {
        Drawn::Value(value) => format!("{VALUE}{value}"),
        Drawn::Text(text) if text == LEFT || text == ABOVE || text.starts_with([VALUE, ESCAPE]) => {
            format!("{ESCAPE}{text}")
        }
        Drawn::Text(text) => text.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_out_of_the_table_and_crooked_cells_are_all_found() {
        let picture = [vec!["<", "^"], vec!["a", "<"], vec!["^", "b"]];
        assert_eq!(
            read(&picture, 2),
            Err(vec![
                PictureError::NothingLeft { row: 0 },
                PictureError::NothingAbove { column: 1 },
                PictureError::NotRectangle { row: 1, column: 0, slots: 3, rows: 2, columns: 2 },
            ])
        );
        assert_eq!(
            read(&[vec!["a", "b"], vec!["c"]], 2),
            Err(vec![PictureError::Entries { row: 1, found: 1, columns: 2 }])
        );
        assert_eq!(read::<&str>(&[], 2), Err(vec![PictureError::Size { rows: 0, columns: 2 }]));
    }

    #[test]
    fn text_that_looks_like_a_pointer_is_escaped() {
        let picture = [vec![r"\<".to_owned(), r"\^".to_owned(), r"\#1".to_owned(), r"\\".to_owned(), "<<".to_owned()]];
        let grid = read(&picture, 5).unwrap();
        let texts: Vec<_> = grid.cells().iter().map(|cell| cell.content.clone()).collect();
        assert_eq!(texts, ["<", "^", "#1", "\\", "<<"].map(|text| Drawn::Text(text.into())));
        assert_eq!(draw(&grid), picture);
    }
}
