//! Pages: which line and which row stands on which page, and where.
//!
//! A document is a list of pieces, one under the other: lines, blank lines, table rows. Between two pieces a
//! page may end at a cost, in millimetres of white that one would rather leave: nothing between paragraphs,
//! much inside a short paragraph, a third of a page inside a table that would fit on one. A page ends where
//! cost and white left are least. Text stands on the sheet's pitch; after a table it returns to it.

use std::ops::Range;

use crate::document::{Placement, Role};
use crate::length::Length;
use crate::pages::{Bookmark, Item, Page, SealPlace, Shape, Turn};
use crate::sheet::Sheet;

use super::table::SetTable;

/// Where text stands on a page, seen the way it reads: a turned page has its long side below.
#[derive(Clone, Copy)]
pub(super) struct Frame {
    pub placement: Placement,
    pub left: Length,
    pub top: Length,
    pub width: Length,
    pub height: Length,
}

impl Frame {
    pub fn new(sheet: &Sheet, placement: Placement) -> Self {
        let area = &sheet.type_area;
        match placement {
            Placement::Upright => {
                Frame { placement, left: area.left, top: area.top, width: area.width, height: area.height }
            }
            Placement::Turned | Placement::Landscape => Frame {
                placement,
                left: sheet.paper.height - area.top - area.height,
                top: area.left,
                width: area.height,
                height: area.width,
            },
        }
    }
}

/// Something that stands under the piece before it.
pub(super) struct Piece<'a> {
    pub kind: PieceKind<'a>,
    /// What a page end after this piece costs.
    pub cost: Cost,
}

pub(super) enum PieceKind<'a> {
    /// A line on the pitch.
    Line(SetLine),
    /// Lines left free; none at the top of a page.
    Blank(u16),
    /// A row of a table.
    Row { table: &'a SetTable<'a>, row: usize },
}

/// A line, drawn with its upper left corner at the type area's left edge and at 0.
#[derive(Clone, Default)]
pub(super) struct SetLine {
    pub items: Vec<Item>,
    /// How high it is, from the top of its characters to their foot.
    pub height: Length,
    /// How far its characters rise over that: type larger than the body's does.
    pub rise: Length,
    pub bookmarks: Vec<(u8, String)>,
    /// Seals to be set here, from the left edge of the type area and the top of the line.
    pub seals: Vec<SealPlace>,
}

/// What it costs to end a page somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cost {
    /// As much as this many millimetres of white.
    White(i64),
    /// Only if the page has no other place to end.
    Never,
}

/// A page may end here any time.
pub(super) const FREE: Cost = Cost::White(0);
/// One line of a paragraph alone at the foot or the head of a page (孤行).
pub(super) const WIDOW: Cost = Cost::White(120);
/// Inside a table that would fit on one page: worth a third of the type area.
const TORN: i64 = 75;
/// For each label that spans the rows around a page end.
const CUT_LABEL: i64 = 15;
/// For a label that finds no room on one of the two pages.
const LOST_LABEL: i64 = 200;
/// For a single row of a table left alone.
const LONE_ROW: i64 = 30;

/// What a page end before row `row` of a table costs; `above` is the height of what must stand on the
/// page with the table's first row.
pub(super) fn cost_before_row(set: &SetTable, row: usize, above: Length, frame: Frame) -> Cost {
    let grid = &set.table.grid;
    if row <= set.table.heading_rows {
        return Cost::Never;
    }
    // A row of headings stays with the row below it.
    if grid.across(row - 1).all(|cell| cell.content.role.is_heading()) {
        return Cost::Never;
    }
    let height = set.height(0..set.heights.len());
    let mut cost = if above + height <= frame.height { TORN } else { 0 };
    cost += CUT_LABEL * grid.cut_by(row).count() as i64;
    match set.labels_fit(row) {
        0 => return Cost::Never,
        1 => cost += LOST_LABEL,
        _ => {}
    }
    if row == set.table.heading_rows + 1 || row + 1 == grid.rows() {
        cost += LONE_ROW;
    }
    Cost::White(cost)
}

/// Sets pieces on pages after those that are there.
pub(super) fn paginate(
    pieces: &[Piece],
    frame: Frame,
    sheet: &Sheet,
    tint: bool,
    pages: &mut Vec<Page>,
    bookmarks: &mut Vec<Bookmark>,
) {
    for range in cut(pieces, frame, sheet) {
        let mut filler = Filler::new(frame, sheet, pages.len());
        filler.draw(&pieces[range], tint, bookmarks);
        pages.push(filler.page);
    }
}

/// Which pieces stand on each page. Blank lines between two pages stand on neither.
pub(super) fn cut(pieces: &[Piece], frame: Frame, sheet: &Sheet) -> Vec<Range<usize>> {
    let mut pages = Vec::new();
    let mut start = 0;
    while start < pieces.len() {
        let mut filler = Filler::new(frame, sheet, pages.len());
        // Where each piece ends on this page.
        let mut bottoms = Vec::new();
        let mut end = start;
        while end < pieces.len() {
            let Some(bottom) = filler.place(&pieces[end], end > start) else { break };
            bottoms.push(bottom);
            end += 1;
        }
        if end < pieces.len() {
            end = best_end(&pieces[start..end], &bottoms, frame.height).map_or(end, |count| start + count);
        }
        // A piece higher than a page has been refused before; one must go on each page.
        let end = end.max(start + 1);
        pages.push(start..end);
        start = end;
        while matches!(pieces.get(start).map(|piece| &piece.kind), Some(PieceKind::Blank(_))) {
            start += 1;
        }
    }
    pages
}

/// After how many of the pieces the page best ends.
fn best_end(pieces: &[Piece], bottoms: &[Length], height: Length) -> Option<usize> {
    let mut best: Option<(i64, usize)> = None;
    for (at, (piece, &bottom)) in pieces.iter().zip(bottoms).enumerate().rev() {
        let Cost::White(cost) = piece.cost else { continue };
        let white = (height - bottom).to_mm().max(0.0) as i64;
        if best.is_none_or(|(least, _)| cost + white < least) {
            best = Some((cost + white, at + 1));
        }
    }
    best.map(|(_, end)| end)
}

/// Fills one page.
struct Filler<'a> {
    frame: Frame,
    sheet: &'a Sheet,
    page: Page,
    index: usize,
    /// Where the next line would start, from the top of the type area.
    pen: Length,
    /// The foot of what was placed last.
    foot: Length,
    after_row: bool,
}

impl<'a> Filler<'a> {
    fn new(frame: Frame, sheet: &'a Sheet, index: usize) -> Self {
        let (width, height) = match frame.placement {
            Placement::Upright => (sheet.paper.width, sheet.paper.height),
            Placement::Turned | Placement::Landscape => (sheet.paper.height, sheet.paper.width),
        };
        let page = Page { width, height, number: index as u32 + 1, items: Vec::new(), seals: Vec::new() };
        Filler { frame, sheet, page, index, pen: Length::ZERO, foot: Length::ZERO, after_row: false }
    }

    /// The top of the next line on the pitch, at or below `y`.
    fn on_pitch(&self, y: Length) -> Length {
        let pitch = self.sheet.pitch.line.to_units();
        Length::units((y.to_units() + pitch - 1).div_euclid(pitch) * pitch)
    }

    /// Places a piece: its top and foot; nothing is drawn.
    fn step(&mut self, piece: &Piece, continues: bool) -> (Length, Length) {
        let table = &self.sheet.table;
        let top = match &piece.kind {
            PieceKind::Line(line) => {
                if self.after_row {
                    self.pen = self.on_pitch(self.foot + table.space_after);
                }
                let top = if self.foot == Length::ZERO { self.pen.max(line.rise) } else { self.pen };
                self.pen += self.sheet.pitch.line;
                self.foot = top + line.height;
                self.after_row = false;
                top
            }
            PieceKind::Blank(lines) => {
                if self.foot > Length::ZERO {
                    if self.after_row {
                        self.pen = self.on_pitch(self.foot + table.space_after);
                        self.after_row = false;
                    }
                    self.pen += self.sheet.pitch.line * i64::from(*lines);
                }
                self.pen
            }
            PieceKind::Row { table: set, row } => {
                let top = if self.after_row && *row > 0 {
                    self.foot
                } else if self.foot == Length::ZERO {
                    Length::ZERO
                } else {
                    // Half the white between two lines belongs to the line above.
                    self.foot + (self.sheet.pitch.line - self.sheet.style(Role::Body).size) / 2 + table.space_before
                };
                let again = !continues && *row > 0 && *row >= set.table.heading_rows;
                self.foot = top + set.heights[*row] + if again { set.heading_height() } else { Length::ZERO };
                self.after_row = true;
                top
            }
        };
        (top, self.foot)
    }

    /// Places a piece if the page has room for it, and says where it ends.
    fn place(&mut self, piece: &Piece, continues: bool) -> Option<Length> {
        let (_, bottom) = self.step(piece, continues);
        (bottom <= self.frame.height).then_some(bottom)
    }

    fn draw(&mut self, pieces: &[Piece], tint: bool, bookmarks: &mut Vec<Bookmark>) {
        let (left, head) = (self.frame.left, self.frame.top);
        // The rows of a table that stand together are drawn together.
        let mut rows: Option<(&SetTable, Range<usize>, Length)> = None;
        for (at, piece) in pieces.iter().enumerate() {
            let (top, _) = self.step(piece, at > 0);
            match &piece.kind {
                PieceKind::Line(line) => {
                    for item in &line.items {
                        let mut item = item.clone();
                        shift(&mut item, left, head + top);
                        self.page.items.push(item);
                    }
                    bookmarks.extend(line.bookmarks.iter().map(|(level, text)| Bookmark {
                        level: *level,
                        text: text.clone(),
                        page: self.index,
                        y: head + top,
                    }));
                    self.page.seals.extend(line.seals.iter().map(|seal| SealPlace {
                        x: left + seal.x,
                        y: head + top + seal.y,
                        ..*seal
                    }));
                }
                PieceKind::Blank(_) => {}
                PieceKind::Row { table, row } => match &mut rows {
                    Some((_, range, _)) => range.end = row + 1,
                    None => rows = Some((table, *row..row + 1, top)),
                },
            }
            let goes_on =
                matches!(pieces.get(at + 1).map(|piece| &piece.kind), Some(PieceKind::Row { row, .. }) if *row > 0);
            if !goes_on && let Some((table, range, top)) = rows.take() {
                self.page.items.extend(table.draw(range, left, head + top, tint));
            }
        }
    }
}

/// Moves an item to the right and down.
pub(super) fn shift(item: &mut Item, x: Length, y: Length) {
    match &mut item.shape {
        Shape::Text(text) => {
            text.x += x;
            text.y += y;
        }
        Shape::Rule(rule) => {
            rule.from = (rule.from.0 + x, rule.from.1 + y);
            rule.to = (rule.to.0 + x, rule.to.1 + y);
        }
        Shape::Fill(fill) => {
            fill.x += x;
            fill.y += y;
        }
    }
}

/// Turns a page counter-clockwise, so that what was its head lies at the left edge.
pub(super) fn turn_up(page: &mut Page, bookmarks: &mut [Bookmark], index: usize) {
    let width = page.width;
    (page.width, page.height) = (page.height, page.width);
    for item in &mut page.items {
        turn_item(item, |(x, y)| (y, width - x), Turn::Up);
    }
    for seal in &mut page.seals {
        (seal.x, seal.y) = (seal.y, width - seal.x);
    }
    for bookmark in bookmarks.iter_mut().filter(|bookmark| bookmark.page == index) {
        bookmark.y = Length::ZERO;
    }
}

/// Turns an item of an upright page of this height clockwise with the page.
pub(super) fn turn_down(item: &mut Item, height: Length) {
    turn_item(item, |(x, y)| (height - y, x), Turn::Down);
}

fn turn_item(item: &mut Item, place: impl Fn((Length, Length)) -> (Length, Length), turn: Turn) {
    match &mut item.shape {
        Shape::Text(text) => {
            (text.x, text.y) = place((text.x, text.y));
            text.turn = turn;
        }
        Shape::Rule(rule) => {
            (rule.from, rule.to) = (place(rule.from), place(rule.to));
        }
        Shape::Fill(fill) => {
            let (a, b) = (place((fill.x, fill.y)), place((fill.x + fill.width, fill.y + fill.height)));
            (fill.x, fill.y) = (a.0.min(b.0), a.1.min(b.1));
            (fill.width, fill.height) = (fill.height, fill.width);
        }
    }
}
