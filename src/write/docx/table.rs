//! A table as Word has it: spans read off the grid, exact column widths, rows that stay together.
//!
//! Word knows a merged cell by `w:gridSpan` along its row and by a `w:vMerge` chain down its rows, so
//! that every row names a cell for all of its columns. Where a table may be torn is told by keeping
//! rows with the next one; how high rows are is estimated, since no font is at hand here.

use std::collections::BTreeMap;

use super::body::cut;
use super::characters::{is_east_asian, is_shared, width};
use super::format::{ParagraphFormat, RunFormat, half_points};
use super::page::Frame;
use super::styles;
use super::text::write_runs;
use super::xml::{Attribute, Xml};
use crate::document::{Cell, CellContent, CellRole, Table};
use crate::length::Length;
use crate::sheet::Sheet;

/// How many columns a table of Word's can have.
pub const MOST_COLUMNS: usize = 63;

/// What is known of a table from its pages.
#[derive(Clone, Copy, Default)]
pub struct Ends<'a> {
    /// For each cell where its lines begin, but for the first.
    pub lines: &'a [Vec<usize>],
    /// The rows that begin a page, but for the first; `None` when that is not known.
    pub rows: Option<&'a [usize]>,
}

/// Writes a table; `tint` fills its bands, `keep_with_next` keeps its end with what follows it.
pub fn write(xml: &mut Xml, table: &Table, sheet: &Sheet, tint: bool, keep_with_next: bool, ends: Ends) {
    let layout = Layout::of(table, sheet, ends.lines);
    let mut kept = match ends.rows {
        Some(begin) => kept_between(begin, table.grid.rows()),
        None => layout.kept_rows(),
    };
    if let Some(last) = kept.last_mut() {
        *last = keep_with_next;
    }
    xml.element("w:tbl", &[], |xml| {
        write_properties(xml, table, layout.frame.width);
        xml.element("w:tblGrid", &[], |xml| {
            for column in layout.edges.windows(2) {
                xml.empty("w:gridCol", &[("w:w", &(column[1] - column[0]).to_twips())]);
            }
        });
        for (row, kept) in kept.into_iter().enumerate() {
            xml.element("w:tr", &[], |xml| {
                xml.element("w:trPr", &[], |xml| {
                    xml.empty("w:cantSplit", &[]);
                    let least = sheet.table.least_row.to_twips();
                    xml.empty("w:trHeight", &[("w:val", &least), ("w:hRule", &"atLeast")]);
                    if row < table.heading_rows {
                        xml.empty("w:tblHeader", &[]);
                    }
                });
                for cell in table.grid.across(row) {
                    layout.write_cell(xml, cell, row, tint, kept);
                }
            });
        }
    });
}

/// About how high a table is from a row on, the heading rows included; exact where `ends` tells the lines of its
/// cells and nobody edits them.
pub fn height(table: &Table, sheet: &Sheet, ends: &[Vec<usize>], row: usize) -> Length {
    let heights = Layout::of(table, sheet, ends).row_heights();
    let headings = table.heading_rows.min(row).min(heights.len());
    heights[..headings].iter().chain(heights.iter().skip(row)).copied().sum()
}

fn write_properties(xml: &mut Xml, table: &Table, width: Length) {
    let is_label = |role| matches!(role, CellRole::RowLabel | CellRole::GroupLabel);
    let first_row = u8::from(table.heading_rows > 0);
    let first_column = u8::from(table.grid.cells().iter().any(|cell| is_label(cell.content.role)));
    xml.element("w:tblPr", &[], |xml| {
        xml.property("w:tblStyle", styles::TABLE);
        xml.empty("w:tblW", &[("w:w", &width.to_twips()), ("w:type", &"dxa")]);
        // As wide as the type area and in its middle: so its outer rules stand on the area's edges in
        // every version of Word, whichever side of a cell's padding the version measures from.
        xml.property("w:jc", "center");
        xml.empty("w:tblLayout", &[("w:type", &"fixed")]);
        let look: [Attribute; 6] = [
            ("w:firstRow", &first_row),
            ("w:lastRow", &0),
            ("w:firstColumn", &first_column),
            ("w:lastColumn", &0),
            ("w:noHBand", &1),
            ("w:noVBand", &1),
        ];
        xml.empty("w:tblLook", &look);
        if !table.title.is_empty() {
            xml.property("w:tblCaption", &table.title);
        }
        if !table.description.is_empty() {
            xml.property("w:tblDescription", &table.description);
        }
    });
}

/// A table and its measures on a sheet.
struct Layout<'a> {
    table: &'a Table,
    sheet: &'a Sheet,
    frame: Frame,
    /// Where each column starts, in whole twips, and last where the table ends.
    edges: Vec<Length>,
    /// For each cell where its lines begin, but for the first.
    ends: &'a [Vec<usize>],
    /// The size of the roles whose text is too wide for its cells at their own.
    sizes: BTreeMap<CellRole, Length>,
}

impl<'a> Layout<'a> {
    fn of(table: &'a Table, sheet: &'a Sheet, ends: &'a [Vec<usize>]) -> Self {
        let frame = Frame::new(sheet, table.placement);
        let edges = edges(&table.widths, frame.width);
        let mut layout = Layout { table, sheet, frame, edges, ends, sizes: BTreeMap::new() };
        layout.sizes = layout.smaller_sizes();
        layout
    }

    fn write_cell(&self, xml: &mut Xml, cell: &Cell<CellContent>, row: usize, tint: bool, kept: bool) {
        let content = &cell.content;
        xml.element("w:tc", &[], |xml| {
            xml.element("w:tcPr", &[], |xml| {
                let width = self.outer_width(cell).to_twips();
                xml.empty("w:tcW", &[("w:w", &width), ("w:type", &"dxa")]);
                if cell.column_span > 1 {
                    xml.property("w:gridSpan", cell.column_span);
                }
                if cell.row_span > 1 && cell.row == row {
                    xml.property("w:vMerge", "restart");
                } else if cell.row_span > 1 {
                    xml.empty("w:vMerge", &[]);
                }
                if tint && content.role == CellRole::Band {
                    let [red, green, blue] = self.sheet.band_tint();
                    let fill = format!("{red:02X}{green:02X}{blue:02X}");
                    xml.empty("w:shd", &[("w:val", &"clear"), ("w:color", &"auto"), ("w:fill", &fill)]);
                }
                xml.property("w:vAlign", "center");
            });
            // Word wants a paragraph as the last thing in every cell, even in one covered from above.
            xml.element("w:p", &[], |xml| {
                let style = styles::of_cell(content.role, self.table.centre_labels);
                ParagraphFormat { keep_next: kept, ..ParagraphFormat::style(style) }.write(xml);
                if cell.row == row {
                    let format = RunFormat { size: self.sizes.get(&content.role).copied(), ..RunFormat::default() };
                    write_runs(xml, &self.in_lines(cell), &format);
                }
            });
        });
    }

    /// A heading's text with line breaks where its lines are known to begin, if they fit the cell.
    fn in_lines(&self, cell: &Cell<CellContent>) -> String {
        let content = &cell.content.text.content;
        let begins = self.ends.get(self.table.grid.index_at(cell.row, cell.column)).map_or(&[][..], Vec::as_slice);
        if !cell.content.role.is_heading() {
            return content.clone();
        }
        let lines = cut(content, begins);
        let size = self.size(cell.content.role);
        let fits = |line: &str| width(line, size, Length::ZERO, self.sheet.gap.cells) <= self.inner_width(cell);
        if lines.split('\n').all(fits) { lines } else { content.clone() }
    }

    fn size(&self, role: CellRole) -> Length {
        self.sizes.get(&role).copied().unwrap_or(self.sheet.cell_style(role).size)
    }

    fn outer_width(&self, cell: &Cell<CellContent>) -> Length {
        self.edges[cell.columns().end] - self.edges[cell.column]
    }

    /// What a cell has for its text.
    fn inner_width(&self, cell: &Cell<CellContent>) -> Length {
        let inner = self.outer_width(cell) - self.sheet.table.padding_x * 2;
        inner.max(Length::twips(1))
    }

    /// Roles with a figure or a word too wide for its cell, and the size at which all of the role's
    /// text in the table is set instead, so that figures of one table do not differ in size.
    fn smaller_sizes(&self) -> BTreeMap<CellRole, Length> {
        let mut sizes = BTreeMap::new();
        for cell in self.table.grid.cells() {
            let role = cell.content.role;
            let size = self.sheet.cell_style(role).size;
            let widest = widest_piece(&cell.content.text.content, size);
            let room = self.inner_width(cell);
            if widest > room {
                let fitting = whole_half_points(size.scale(room.to_units(), widest.to_units()));
                let fitting = fitting.max(self.sheet.table.smallest_size).min(size);
                let smallest = sizes.entry(role).or_insert(fitting);
                *smallest = fitting.min(*smallest);
            }
        }
        sizes
    }

    /// About how high each row is.
    fn row_heights(&self) -> Vec<Length> {
        let rows = self.table.grid.rows();
        let mut heights = vec![self.sheet.table.least_row; rows];
        let mut cells: Vec<_> = self.table.grid.cells().iter().collect();
        // A cell over several rows needs only what its rows lack: those over fewer rows come first.
        cells.sort_by_key(|cell| cell.row_span);
        for cell in cells {
            let had: Length = heights[cell.rows()].iter().copied().sum();
            let missing = self.cell_height(cell) - had;
            if missing > Length::ZERO {
                heights[cell.rows().end - 1] += missing;
            }
        }
        heights
    }

    fn cell_height(&self, cell: &Cell<CellContent>) -> Length {
        let style = self.sheet.cell_style(cell.content.role);
        let size = self.size(cell.content.role);
        let room = self.inner_width(cell).to_units();
        let lines = |line: &str| {
            let width = width(line, size, Length::ZERO, self.sheet.gap.cells).to_units();
            (width + room - 1).div_euclid(room).max(1)
        };
        let lines: i64 = self.in_lines(cell).split('\n').map(lines).sum();
        style.line * lines + self.sheet.table.padding_y * 2
    }

    /// For every row whether it stays on the page of the row after it.
    ///
    /// A table that fits one page is not torn. Of a longer one the heading rows stay with the first row
    /// under them, the last two rows stay together, and so do the rows of a group label as long as they
    /// fill no more than a third of a page.
    fn kept_rows(&self) -> Vec<bool> {
        let heights = self.row_heights();
        let rows = heights.len();
        let page = self.frame.height;
        // The heading above has to find room too.
        let around = self.sheet.pitch.line + self.sheet.table.space_before;
        let total: Length = heights.iter().copied().sum();
        let mut kept = vec![total + around <= page; rows];
        for (row, kept) in kept.iter_mut().enumerate() {
            *kept |= row < self.table.heading_rows || row + 2 == rows;
        }
        for cell in self.table.grid.cells().iter().filter(|cell| cell.content.role == CellRole::GroupLabel) {
            let height: Length = heights[cell.rows()].iter().copied().sum();
            if height <= page / 3 {
                kept[cell.row..cell.rows().end - 1].fill(true);
            }
        }
        kept
    }
}

/// For every row whether it stays on the page of the row after it, where it is known which rows begin a page: all
/// rows of one page stay together. What does not fit below them goes to the next page whole, and what is edited
/// later still finds its place, as it would not after a page break.
fn kept_between(begin: &[usize], rows: usize) -> Vec<bool> {
    (0..rows).map(|row| !begin.contains(&(row + 1))).collect()
}

/// Where columns start and the last ends, in whole twips: every edge is rounded by itself, so that the
/// columns add up to `total` to the twip.
fn edges(widths: &[Length], total: Length) -> Vec<Length> {
    let sum: Length = widths.iter().copied().sum();
    let mut reached = Length::ZERO;
    let mut edges = vec![Length::ZERO];
    for &width in widths {
        reached += width;
        let edge = total.scale(reached.to_units(), sum.to_units().max(1));
        edges.push(Length::twips(edge.to_twips()));
    }
    edges
}

/// The widest stretch of text in which no line can be broken: a figure, a Western word.
fn widest_piece(text: &str, size: Length) -> Length {
    text.split(|c: char| c.is_whitespace() || is_east_asian(c) || is_shared(c))
        .map(|piece| width(piece, size, Length::ZERO, 0))
        .max()
        .unwrap_or_default()
}

/// A size rounded down to the half points Word can set.
fn whole_half_points(size: Length) -> Length {
    let nearest = Length::twips(half_points(size) * 10);
    if nearest > size { nearest - Length::twips(10) } else { nearest }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_add_up_to_the_twip() {
        let widths = [12, 15, 52, 11, 11, 11, 11, 11, 11, 11].map(Length::mm);
        let edges = edges(&widths, Length::twips(8844));
        assert_eq!(edges.last(), Some(&Length::twips(8844)));
        assert!(edges.windows(2).all(|column| column[0] < column[1]));
    }

    #[test]
    fn sizes_are_rounded_down_to_half_points() {
        assert_eq!(whole_half_points(Length::twips(209)), Length::twips(200));
        assert_eq!(whole_half_points(Length::twips(205)), Length::twips(200));
        assert_eq!(whole_half_points(Length::twips(200)), Length::twips(200));
    }
}
