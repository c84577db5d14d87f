//! The grid of a table: the one place that knows what a merged cell is.
//!
//! A [`Grid`] has every slot filled: a slot either is the top left corner of a cell (its *origin*) or
//! is covered by the cell it points to. Spans, borders, Word's `gridSpan` and `vMerge`, the scope of
//! headings and the places where a page may break are all read off the grid; nobody keeps a second
//! account of who covers whom. Rows and columns count from 0.

use std::ops::Range;

/// A table's cells, laid without gap or overlap over `rows × columns` slots.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid<T> {
    rows: usize,
    columns: usize,
    /// The index in `cells` of the cell that covers each slot, row after row.
    slots: Vec<u32>,
    /// In reading order of their origins.
    cells: Vec<Cell<T>>,
}

/// A rectangle of slots with one content.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell<T> {
    /// The first row it covers.
    pub row: usize,
    /// The first column it covers.
    pub column: usize,
    /// How many rows it covers, at least 1.
    pub row_span: usize,
    /// How many columns it covers, at least 1.
    pub column_span: usize,
    /// What stands in it.
    pub content: T,
}

/// Why cells do not make a grid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GridError {
    /// No cell covers this slot.
    #[error("no cell covers row {row}, column {column}")]
    Gap {
        /// Row of the slot.
        row: usize,
        /// Column of the slot.
        column: usize,
    },
    /// Two cells cover this slot.
    #[error("two cells cover row {row}, column {column}")]
    Overlap {
        /// Row of the slot.
        row: usize,
        /// Column of the slot.
        column: usize,
    },
    /// A cell reaches past the last row or column, or covers nothing.
    #[error("the cell at row {row}, column {column} is empty or reaches outside the table")]
    Outside {
        /// First row of the cell.
        row: usize,
        /// First column of the cell.
        column: usize,
    },
}

impl<T> Cell<T> {
    /// The rows it covers.
    pub fn rows(&self) -> Range<usize> {
        self.row..self.row + self.row_span
    }

    /// The columns it covers.
    pub fn columns(&self) -> Range<usize> {
        self.column..self.column + self.column_span
    }
}

impl<T> Grid<T> {
    /// Lays `cells` over `rows × columns` slots.
    ///
    /// # Errors
    /// The first slot in reading order that no cell or more than one cell covers, or the first cell
    /// that reaches outside.
    pub fn new(rows: usize, columns: usize, mut cells: Vec<Cell<T>>) -> Result<Self, GridError> {
        const FREE: u32 = u32::MAX;
        cells.sort_by_key(|cell| (cell.row, cell.column));
        let mut slots = vec![FREE; rows * columns];
        for (index, cell) in cells.iter().enumerate() {
            let (row, column) = (cell.row, cell.column);
            if cell.row_span == 0
                || cell.column_span == 0
                || row >= rows
                || column >= columns
                || cell.row_span > rows - row
                || cell.column_span > columns - column
            {
                return Err(GridError::Outside { row, column });
            }
            for row in cell.rows() {
                for column in cell.columns() {
                    let slot = &mut slots[row * columns + column];
                    if *slot != FREE {
                        return Err(GridError::Overlap { row, column });
                    }
                    *slot = index as u32;
                }
            }
        }
        if let Some(free) = slots.iter().position(|&slot| slot == FREE) {
            return Err(GridError::Gap { row: free / columns, column: free % columns });
        }
        Ok(Grid { rows, columns, slots, cells })
    }

    /// How many rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many columns.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Every cell once, in reading order.
    pub fn cells(&self) -> &[Cell<T>] {
        &self.cells
    }

    /// The cell that covers a slot.
    ///
    /// # Panics
    /// When the slot lies outside the grid.
    pub fn at(&self, row: usize, column: usize) -> &Cell<T> {
        &self.cells[self.index_at(row, column)]
    }

    /// Where the cell that covers a slot stands in [`Grid::cells`].
    ///
    /// # Panics
    /// When the slot lies outside the grid.
    pub fn index_at(&self, row: usize, column: usize) -> usize {
        assert!(row < self.rows && column < self.columns, "slot outside the grid");
        self.slots[row * self.columns + column] as usize
    }

    /// The cells met along a row from left to right, each once: those that start in it and those
    /// that continue from above.
    pub fn across(&self, row: usize) -> impl Iterator<Item = &Cell<T>> {
        let mut column = 0;
        std::iter::from_fn(move || {
            (column < self.columns).then(|| {
                let cell = self.at(row, column);
                column = cell.columns().end;
                cell
            })
        })
    }

    /// The cells that a line drawn between `row - 1` and `row` would cut.
    pub fn cut_by(&self, row: usize) -> impl Iterator<Item = &Cell<T>> {
        self.across(row).filter(move |cell| cell.row < row)
    }

    /// The same grid with other contents.
    pub fn map<U>(&self, mut content: impl FnMut(&Cell<T>) -> U) -> Grid<U> {
        Grid {
            rows: self.rows,
            columns: self.columns,
            slots: self.slots.clone(),
            cells: self
                .cells
                .iter()
                .map(|cell| Cell {
                    row: cell.row,
                    column: cell.column,
                    row_span: cell.row_span,
                    column_span: cell.column_span,
                    content: content(cell),
                })
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(row: usize, column: usize, row_span: usize, column_span: usize) -> Cell<char> {
        Cell { row, column, row_span, column_span, content: 'x' }
    }

    #[test]
    fn a_gap_an_overlap_and_a_cell_outside_are_found() {
        let gap = Grid::new(2, 2, vec![cell(0, 0, 1, 2), cell(1, 0, 1, 1)]);
        assert_eq!(gap, Err(GridError::Gap { row: 1, column: 1 }));
        let overlap = Grid::new(2, 2, vec![cell(0, 0, 2, 1), cell(1, 0, 1, 2), cell(0, 1, 1, 1)]);
        assert_eq!(overlap, Err(GridError::Overlap { row: 1, column: 0 }));
        let outside = Grid::new(1, 1, vec![cell(0, 0, usize::MAX, 1)]);
        assert_eq!(outside, Err(GridError::Outside { row: 0, column: 0 }));
    }

    #[test]
    fn a_line_between_rows_cuts_the_cells_that_span_it() {
        let grid = Grid::new(2, 2, vec![cell(0, 0, 2, 1), cell(0, 1, 1, 1), cell(1, 1, 1, 1)]).unwrap();
        assert_eq!(grid.cut_by(1).map(|cell| cell.column).collect::<Vec<_>>(), [0]);
        assert_eq!(grid.across(1).map(|cell| (cell.row, cell.column)).collect::<Vec<_>>(), [(0, 0), (1, 1)]);
    }
}
