//! What a document says, in order, and the role of each piece. No page, no position, no font.
//!
//! [`compose`](crate::compose) makes a [`Document`]; [`typeset`](crate::typeset) turns it into pages,
//! and the writers of flowing formats ([`write::docx`](crate::write::docx)) take it as it is. Nothing
//! here knows a reader or a writer.

pub mod grid;

use std::fmt;
use std::sync::Arc;

pub use grid::{Cell, Grid, GridError};

use crate::length::Length;

/// A whole document.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// What is said about the document, not in it.
    pub about: About,
    /// What the document says, in reading order.
    pub blocks: Vec<Block>,
}

/// What is said about a document: title for the window bar, author, language, date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// The title on one line, without break marks.
    pub title: String,
    /// The body that publishes the document.
    pub author: String,
    /// What kind of document it is, in a few words.
    pub subject: String,
    /// Words to find it by.
    pub keywords: Vec<String>,
    /// The language, as BCP 47 names it (`zh-CN`).
    pub language: String,
    /// Which form the document fills in, and for which year.
    pub edition: Edition,
    /// The day the files bear. Handed in, never read from a clock.
    pub date: Date,
    /// A word to be printed across every page of something that is not final (`草稿`).
    pub watermark: Option<String>,
}

/// The form a document fills in, as its files name it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edition {
    /// The form's id (`annual-report-2021`).
    pub form: String,
    /// The notice that prescribes it (`国办公开办函〔2021〕30号`).
    pub notice: String,
    /// The year reported on.
    pub year: u16,
}

/// A day of the Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// The first day of the year 1.
    pub const FIRST: Date = Date { year: 1, month: 1, day: 1 };

    /// The day, or `None` when the calendar has no such day between the years 1 and 9999.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let leap = (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400);
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => return None,
        };
        ((1..=9999).contains(&year) && (1..=days).contains(&day)).then_some(Date { year, month, day })
    }

    /// Reads `2021-01-20`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
        let digits = |part: &str, count| part.len() == count && part.bytes().all(|b| b.is_ascii_digit());
        if parts.next().is_some() || !digits(year, 4) || !digits(month, 2) || !digits(day, 2) {
            return None;
        }
        Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
    }

    /// The year, 1 to 9999.
    pub fn year(self) -> u16 {
        self.year
    }

    /// The month, 1 to 12.
    pub fn month(self) -> u8 {
        self.month
    }

    /// The day of the month, 1 to 31.
    pub fn day(self) -> u8 {
        self.day
    }

    /// As GB/T 9704 7.3.5.4 wants a date of issue: Arabic digits, the year in full, no leading
    /// zeros (`2021年1月20日`).
    pub fn to_chinese(self) -> String {
        format!("{}年{}月{}日", self.year, self.month, self.day)
    }
}

/// `2021-01-20`.
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// A piece of a document that stands by itself.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// Title, heading or text.
    Paragraph(Paragraph),
    /// A table.
    Table(Table),
    /// Who signs, and when.
    Signature(Signature),
}

/// The part a paragraph plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The title of the document.
    Title,
    /// `一、`
    Heading1,
    /// `（一）`
    Heading2,
    /// `1.`
    Heading3,
    /// `（1）`
    Heading4,
    /// Text.
    Body,
}

impl Role {
    /// The level of a heading, 1 to 4; `None` for title and text.
    pub fn heading_level(self) -> Option<u8> {
        match self {
            Role::Heading1 => Some(1),
            Role::Heading2 => Some(2),
            Role::Heading3 => Some(3),
            Role::Heading4 => Some(4),
            Role::Title | Role::Body => None,
        }
    }
}

/// A title, a heading or a paragraph of text. It holds no line break but those in its title.
#[derive(Clone, Debug, PartialEq)]
pub struct Paragraph {
    /// The part it plays.
    pub role: Role,
    /// A heading that opens the paragraph and runs on into its text: `（一）加强领导。我局……`.
    pub lead: Option<Lead>,
    /// What it says (after the lead, if there is one).
    pub text: Text,
    /// A name that stays the same from year to year, for bookmarks (`overview`); headings of sections
    /// have one.
    pub key: Option<String>,
}

/// A heading run into its paragraph.
#[derive(Clone, Debug, PartialEq)]
pub struct Lead {
    /// [`Role::Heading2`], [`Role::Heading3`] or [`Role::Heading4`].
    pub role: Role,
    /// The heading with its closing mark.
    pub text: Text,
}

/// A stretch of text of one role, and where it came from.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// The characters. `\n` forces a line; only titles and cells have it.
    pub content: String,
    /// Byte offsets in `content` at which a line is best broken, as the form's or the report's
    /// author marked them. Ascending, on character boundaries.
    pub breaks: Vec<usize>,
    /// Where it came from.
    pub origin: Origin,
}

/// The mark by which an author shows where a label or a title is best broken.
pub const BREAK_MARK: char = '|';

impl Text {
    /// Text in which nobody marked breaks.
    pub fn plain(content: impl Into<String>, origin: Origin) -> Self {
        Text { content: content.into(), breaks: Vec::new(), origin }
    }

    /// Text in which [`BREAK_MARK`] shows the best breaks; the marks themselves are not text.
    pub fn marked(marked: &str, origin: Origin) -> Self {
        let mut content = String::with_capacity(marked.len());
        let mut breaks = Vec::new();
        for piece in marked.split(BREAK_MARK) {
            if !content.is_empty() {
                breaks.push(content.len());
            }
            content.push_str(piece);
        }
        breaks.dedup();
        breaks.retain(|&at| at < content.len());
        Text { content, breaks, origin }
    }

    /// The characters with their break marks: [`Text::marked`] makes the same text of it again.
    pub fn to_marked(&self) -> String {
        let mut marked = self.content.clone();
        for &at in self.breaks.iter().rev() {
            marked.insert(at, BREAK_MARK);
        }
        marked
    }
}

/// Where the lines of a document end when it is set, and pages inside its tables: hints for a format in which a
/// program breaks lines and pages anew, so that it breaks them alike. Nothing is wrong with a document whose hints
/// do not fit it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineEnds {
    /// For each block, for each of its texts in reading order (of a paragraph its lead, if any, and its
    /// text; of a table its cells): the byte offsets at which lines begin, but for the first. A line that
    /// begins with the text after a lead begins at 0 there.
    pub blocks: Vec<Vec<Vec<usize>>>,
    /// For each block, the rows of its table that begin a page, but for the table's first.
    pub rows: Vec<Vec<usize>>,
}

impl LineEnds {
    /// The rows of a table that begin a page; `None` when that is not known.
    pub fn rows_of(&self, block: usize) -> Option<&[usize]> {
        self.rows.get(block).map(Vec::as_slice)
    }

    /// Where the lines of a text begin; nothing when it is not known.
    pub fn of(&self, block: usize, text: usize) -> &[usize] {
        self.blocks.get(block).and_then(|texts| texts.get(text)).map_or(&[], Vec::as_slice)
    }
}

/// Where a piece of text came from, so that a glyph missing on page 5 is reported at its place in
/// the report.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    /// A JSON path of the report (`$.sections.overview[0]`), or file and place of the form
    /// (`annual-report-2019.toml: requests, row 4`).
    pub path: Arc<str>,
    /// For text in a table: where, in the form's own words.
    pub place: Option<Arc<Place>>,
}

impl Origin {
    /// An origin outside tables.
    pub fn path(path: impl Into<Arc<str>>) -> Self {
        Origin { path: path.into(), place: None }
    }
}

/// A place in a table, in the form's own words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The heading over the table (`三、收到和处理政府信息公开申请情况`).
    pub table: String,
    /// The labels of the row from the outside in (`三、本年度办理结果 › （一）予以公开`); empty
    /// where the row has none.
    pub row: String,
    /// The headings of the column from the top down (`法人或其他组织 › 商业企业`); empty when the
    /// place is a whole row.
    pub column: String,
}

/// A table as the form draws it.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// The form's name for it, the same from year to year (`requests`).
    pub key: String,
    /// What the table is, for those who cannot see it: the heading over it.
    pub title: String,
    /// A sentence that says how it is built, for those who cannot see it.
    pub description: String,
    /// Width of each column of the grid, in proportion; together they fill the type area.
    pub widths: Vec<Length>,
    /// How many rows at the top are repeated on every page the table runs over; 0 when it has none.
    pub heading_rows: usize,
    /// Whether row labels stand in the middle of their cells instead of flush left.
    pub centre_labels: bool,
    /// How the table stands on its pages.
    pub placement: Placement,
    /// The cells.
    pub grid: Grid<CellContent>,
}

/// How a table stands on its pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Placement {
    /// In the text.
    #[default]
    Upright,
    /// With its heading on upright pages of its own, turned so that its head lies at the left edge
    /// (GB/T 9704 8): for paper that is bound.
    Turned,
    /// With its heading on landscape pages of its own: for the screen.
    Landscape,
}

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq)]
pub struct CellContent {
    /// The part it plays in the table.
    pub role: CellRole,
    /// What it says; empty for a blank.
    pub text: Text,
}

/// The part a cell plays in its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CellRole {
    /// A heading over a group of rows as wide as the table (`第二十条第（一）项`).
    Band,
    /// A heading over columns.
    ColumnHeading,
    /// A heading that gathers several rows (`三、本年度办理结果`), set in the middle of them.
    GroupLabel,
    /// A heading of one row.
    RowLabel,
    /// A value of the report.
    Value,
}

impl CellRole {
    /// Whether the cell says what others mean: a heading for a screen reader.
    pub fn is_heading(self) -> bool {
        match self {
            CellRole::Band | CellRole::ColumnHeading | CellRole::GroupLabel | CellRole::RowLabel => true,
            CellRole::Value => false,
        }
    }

    /// Whether the cell is a heading that stands on the left of what it explains.
    pub fn heads_rows(self) -> bool {
        match self {
            CellRole::GroupLabel | CellRole::RowLabel => true,
            CellRole::Band | CellRole::ColumnHeading | CellRole::Value => false,
        }
    }

    /// Whether the cell is a heading that stands above what it explains.
    pub fn heads_columns(self) -> bool {
        match self {
            CellRole::Band | CellRole::ColumnHeading => true,
            CellRole::GroupLabel | CellRole::RowLabel | CellRole::Value => false,
        }
    }
}

/// The heading cells that explain a cell, in reading order, as indices into the grid's cells: along its rows the labels
/// on its left, along its columns the nearest run of headings above.
///
/// This is what a screen reader says before the value, and what a finding calls the place.
pub fn headings_of<T>(grid: &Grid<T>, cell: &Cell<T>, role: impl Fn(&T) -> CellRole) -> Vec<usize> {
    headings_from(grid, cell, &role, |row, column| nearest_heading(grid, row, column, &role))
}

/// [`headings_of`] for every cell of a grid, in the order of its cells: each column is gone down once.
pub fn headings_of_all<T>(grid: &Grid<T>, role: impl Fn(&T) -> CellRole) -> Vec<Vec<usize>> {
    // For each slot the row below which the nearest headings above it end; 0 where there are none.
    let columns = grid.columns();
    let mut ends = vec![0; grid.rows() * columns];
    for row in 1..grid.rows() {
        for column in 0..columns {
            let heads = role(&grid.at(row - 1, column).content).heads_columns();
            ends[row * columns + column] = if heads { row } else { ends[(row - 1) * columns + column] };
        }
    }
    let end = |row: usize, column: usize| ends[row * columns + column];
    grid.cells().iter().map(|cell| headings_from(grid, cell, &role, end)).collect()
}

/// The row below which the nearest headings above a slot end; 0 where there are none.
fn nearest_heading<T>(grid: &Grid<T>, row: usize, column: usize, role: &impl Fn(&T) -> CellRole) -> usize {
    let mut row = row;
    while row > 0 {
        let above = grid.at(row - 1, column);
        if role(&above.content).heads_columns() {
            return row;
        }
        row = above.row;
    }
    0
}

/// The headings of a cell; `end` says below which row the nearest headings above a slot end.
fn headings_from<T>(
    grid: &Grid<T>,
    cell: &Cell<T>,
    role: &impl Fn(&T) -> CellRole,
    end: impl Fn(usize, usize) -> usize,
) -> Vec<usize> {
    let mut found = Vec::with_capacity(8);
    for row in cell.rows() {
        for column in 0..cell.column {
            let index = grid.index_at(row, column);
            if role(&grid.cells()[index].content).heads_rows() {
                found.push(index);
            }
        }
    }
    for column in cell.columns() {
        let mut row = end(cell.row, column);
        while row > 0 {
            let above = grid.at(row - 1, column);
            if !role(&above.content).heads_columns() {
                break;
            }
            found.push(grid.index_at(row - 1, column));
            row = above.row;
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Who signs and when: 署名, 成文日期 and the place of the seal (GB/T 9704 7.3.5).
#[derive(Clone, Debug, PartialEq)]
pub struct Signature {
    /// The signing bodies, in order; at least one.
    pub agencies: Vec<Text>,
    /// The date as it is printed.
    pub date: Text,
    /// The seals that will be set over the block; `None` when none will.
    pub seal: Option<Seal>,
}

/// A seal to be set by hand or by a signature: a place is kept for it, it is never drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seal {
    /// The diameter to keep free.
    pub diameter: Length,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn break_marks_are_offsets_not_text() {
        let text = Text::marked("社会|公益|组织", Origin::path("$"));
        assert_eq!(text.content, "社会公益组织");
        assert_eq!(text.breaks, [6, 12]);
        assert_eq!(text.to_marked(), "社会|公益|组织");
        assert_eq!(Text::marked("|a||b|", Origin::path("$")).breaks, [1]);
    }

    #[test]
    fn a_date_is_a_day_of_the_calendar() {
        assert_eq!(Date::parse("2024-02-29").map(Date::to_chinese), Some("2024年2月29日".into()));
        for wrong in ["2023-02-29", "2023-13-01", "2023-1-1", "20230101", "0000-01-01", "2023-01-01-01", "+023-01-01"] {
            assert_eq!(Date::parse(wrong), None, "{wrong}");
        }
    }
}
