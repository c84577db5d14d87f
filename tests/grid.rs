//! Grids by property: every slot owned once, every cell a rectangle, drawn and read back the same.

use kanyin::document::{Cell, Grid};
use kanyin::form::picture::{self, Drawn, PictureError};
use proptest::prelude::*;

/// A picture of any grid: cells are laid one after another into the first free slot, as large as the
/// dice say and the free slots allow.
fn any_grid() -> impl Strategy<Value = Grid<Drawn>> {
    let dice = prop::collection::vec((1..4usize, 1..4usize, any_content()), 64);
    (1..9usize, 1..9usize, dice).prop_map(|(rows, columns, dice)| {
        let mut free = vec![true; rows * columns];
        let mut cells = Vec::new();
        for (row_span, column_span, content) in dice.into_iter().cycle() {
            let Some(slot) = free.iter().position(|free| *free) else { break };
            let (row, column) = (slot / columns, slot % columns);
            let fits = |width: &usize| column + width <= columns && free[slot..slot + width].iter().all(|free| *free);
            let column_span = (1..=column_span).rev().find(fits).unwrap_or(1);
            // Rows below the first free slot may be taken in part; a cell may not reach into those.
            let fits = |height: &usize| {
                row + height <= rows
                    && (row..row + height)
                        .all(|row| (column..column + column_span).all(|column| free[row * columns + column]))
            };
            let row_span = (1..=row_span).rev().find(fits).unwrap_or(1);
            for row in row..row + row_span {
                free[row * columns + column..row * columns + column + column_span].fill(false);
            }
            cells.push(Cell { row, column, row_span, column_span, content });
        }
        Grid::new(rows, columns, cells).expect("the cells share out the slots")
    })
}

fn any_content() -> impl Strategy<Value = Drawn> {
    let text = prop_oneof!["[<^#\\\\]{0,2}", "[一二三a|]{0,3}"];
    prop_oneof![text.prop_map(Drawn::Text), "[a-z.]{0,5}".prop_map(Drawn::Value)]
}

/// Any picture at all, most of them wrong.
fn any_picture() -> impl Strategy<Value = Vec<Vec<&'static str>>> {
    let entry = prop_oneof![Just("a"), Just("#"), Just("<"), Just("^")];
    (1..6usize).prop_flat_map(move |columns| {
        prop::collection::vec(prop::collection::vec(entry.clone(), columns..=columns), 1..6)
    })
}

/// How many slots each cell owns, told by asking every slot.
fn owned<T>(grid: &Grid<T>) -> Vec<usize> {
    let mut owned = vec![0; grid.cells().len()];
    for row in 0..grid.rows() {
        for column in 0..grid.columns() {
            owned[grid.index_at(row, column)] += 1;
        }
    }
    owned
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_grid_drawn_and_read_back_is_the_same(grid in any_grid()) {
        let drawing = picture::draw(&grid);
        prop_assert_eq!(picture::read(&drawing, grid.columns()), Ok(grid));
    }

    #[test]
    fn every_slot_is_owned_once_and_every_cell_is_a_rectangle(grid in any_grid()) {
        for (cell, owned) in grid.cells().iter().zip(owned(&grid)) {
            prop_assert_eq!(owned, cell.row_span * cell.column_span);
            for row in cell.rows() {
                for column in cell.columns() {
                    prop_assert_eq!((grid.at(row, column).row, grid.at(row, column).column), (cell.row, cell.column));
                }
            }
        }
    }

    #[test]
    fn the_spans_met_along_a_row_add_up_to_its_columns(grid in any_grid()) {
        for row in 0..grid.rows() {
            let spans: usize = grid.across(row).map(|cell| cell.column_span).sum();
            prop_assert_eq!(spans, grid.columns());
        }
    }

    #[test]
    fn a_picture_is_a_grid_or_says_which_cell_is_not(picture in any_picture()) {
        match picture::read(&picture, picture[0].len()) {
            Ok(grid) => {
                let whole: usize = owned(&grid).iter().sum();
                prop_assert_eq!(whole, grid.rows() * grid.columns());
                let again = picture::draw(&grid);
                prop_assert_eq!(picture::read(&again, grid.columns()), Ok(grid));
            }
            Err(errors) => {
                prop_assert!(!errors.is_empty());
                for error in errors {
                    if let PictureError::NotRectangle { row, column, slots, rows, columns } = error {
                        prop_assert!(slots < rows * columns);
                        prop_assert!(!["<", "^"].contains(&picture[row][column]) || row == 0 || column == 0);
                    }
                }
            }
        }
    }
}
