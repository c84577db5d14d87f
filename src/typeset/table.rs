//! A table: its columns fitted to the type area, its cells set, its rows measured; and a part of it drawn.
//!
//! Which rows stand on which page is [`page`](super::page)'s affair. A part that starts inside the table
//! shows the heading rows again, and the labels of the groups it continues, both as furniture: a screen
//! reader has met them.

use std::collections::HashMap;
use std::sync::Arc;

use crate::document::{Cell, CellContent, CellRole, Table, Text, headings_of_all};
use crate::font::Fonts;
use crate::length::Length;
use crate::pages::{Fill, Item, Kind, Node, NodeId, Owner, Rule, Scope, Shape};
use crate::sheet::{Align, Sheet};

use super::atom::{Run, RunStyle};
use super::cell::{self, Block};
use super::emit;
use super::glyphs::Remarks;
use super::standing::StandingType;

/// A table ready to be drawn.
pub(super) struct SetTable<'a> {
    pub table: &'a Table,
    sheet: &'a Sheet,
    /// The left edge of each column and the right edge of the last, from the left of the type area.
    edges: Vec<Length>,
    /// How high each row is.
    pub heights: Vec<Length>,
    /// How high all rows above each are, and after the last how high the table is.
    tops: Vec<Length>,
    /// One for each cell of the grid.
    cells: Vec<SetCell>,
    /// The texts of the cells; the same in the same form is there once.
    texts: Vec<Arc<SetText>>,
}

/// Which text a cell has, and which node it is.
struct SetCell {
    text: usize,
    node: NodeId,
}

/// The text of cells, set.
pub(super) struct SetText {
    /// Its lines, each drawn from the left edge of the cell's inside with its baseline at 0, as if nobody's.
    lines: Vec<SetLine>,
    line: Length,
    size: Length,
    /// Where its lines begin in its text, but for the first and for those its author forced.
    begins: Vec<usize>,
}

impl SetText {
    fn new(block: &Block, role: CellRole, sheet: &Sheet) -> Self {
        let (line, begins) = (sheet.cell_style(role).line, cell::begins(block));
        SetText { lines: lines(block), line, size: block.size, begins }
    }
}

/// A text set in its style's own size, and the size in which it should be.
#[derive(Clone)]
pub(super) struct Fitted {
    text: Arc<SetText>,
    size: Length,
}

/// Sets the text of a cell.
fn fit(content: &CellContent, shape: cell::Shape, with: With, remarks: &mut Remarks) -> Fitted {
    let segments = cell::segments(&content.text);
    let runs = runs_of(&segments, run_style(content.role, with.sheet, with.fonts));
    let (block, size) = cell::fit(&runs, shape, with.fonts, remarks);
    Fitted { text: Arc::new(SetText::new(&block, content.role, with.sheet)), size }
}

struct SetLine {
    items: Vec<Item>,
    width: Length,
    indent: Length,
}

/// A figure may be set smaller for the sake of its column by this much (in 100) before it goes alone.
const UNIFORM: i64 = 85;

/// What a table is set with.
#[derive(Clone, Copy)]
pub(super) struct With<'a> {
    pub sheet: &'a Sheet,
    pub fonts: &'a Fonts,
    /// What was set with the same sheet and faces before.
    pub standing: &'a StandingType,
}

impl<'a> SetTable<'a> {
    /// Fits a table to a width and sets it. Its nodes are added to `nodes`.
    pub fn new(
        table: &'a Table,
        with: With<'a>,
        width: Length,
        nodes: &mut Vec<Node>,
        remarks: &mut Remarks,
    ) -> SetTable<'a> {
        let With { sheet, fonts, standing } = with;
        let edges = edges(&table.widths, width, sheet.table.rule);
        let cell_nodes = add_nodes(table, nodes);
        let grid = table.grid.cells();
        let shapes: Vec<cell::Shape> = grid.iter().map(|cell| shape(table, cell, sheet, &edges)).collect();
        let (firsts, like) = alike(table, &shapes);
        let mut fitted = Vec::with_capacity(firsts.len());
        // Whether there is something to say of a text, which then is to be said wherever it stands.
        let mut remarkable = Vec::with_capacity(firsts.len());
        for (index, &text) in like.iter().enumerate() {
            let (content, shape) = (&grid[index].content, shapes[index]);
            let is_first = index == firsts[text];
            let known = is_first.then(|| standing.get(content, shape)).flatten();
            if let Some(known) = known {
                fitted.push(known);
                remarkable.push(false);
            } else if is_first {
                let before = remarks.count();
                let own = fit(content, shape, with, remarks);
                let is_remarkable = remarks.count() > before;
                if !is_remarkable {
                    standing.keep(content, shape, &own);
                }
                remarkable.push(is_remarkable);
                fitted.push(own);
            } else if remarkable[text] {
                fit(content, shape, with, remarks);
            }
        }
        let mut sizes: Vec<Length> = fitted.iter().map(|fitted| fitted.size).collect();
        let roles: Vec<CellRole> = firsts.iter().map(|&first| grid[first].content.role).collect();
        set_values_alike(&roles, sheet, &mut sizes);
        let texts = fitted.into_iter().zip(&firsts).zip(sizes).map(|((fitted, &first), size)| {
            if size == fitted.text.size {
                return fitted.text;
            }
            let content = &grid[first].content;
            let style = cell::at_size(run_style(content.role, sheet, fonts), size);
            let segments = cell::segments(&content.text);
            // What there is to say of it was said when it was fitted.
            let runs = runs_of(&segments, style);
            let block = cell::set(&runs, shapes[first], fonts, &mut Remarks::default());
            Arc::new(SetText::new(&block, content.role, sheet))
        });
        let texts = texts.collect();
        let cells = like.into_iter().zip(cell_nodes).map(|(text, node)| SetCell { text, node }).collect();
        let mut set = SetTable { table, sheet, edges, heights: Vec::new(), tops: vec![Length::ZERO], cells, texts };
        set.heights = set.measure();
        let mut top = Length::ZERO;
        set.tops.extend(set.heights.iter().map(|&height| {
            top += height;
            top
        }));
        set
    }

    /// For each cell of the grid where the lines begin that the typesetter made in its text.
    pub fn begins(&self) -> Vec<Vec<usize>> {
        self.cells.iter().map(|cell| self.texts[cell.text].begins.clone()).collect()
    }

    /// The heading rows repeated on each page, and how high they are.
    pub fn heading_height(&self) -> Length {
        self.height(0..self.table.heading_rows)
    }

    /// How high a cell must be for its text.
    fn needs(&self, index: usize) -> Length {
        let text = &self.texts[self.cells[index].text];
        text.line * text.lines.len() as i64 + self.sheet.table.padding_y * 2
    }

    /// Every row as high as its cells need; what a cell over several rows needs more is shared by them.
    fn measure(&self) -> Vec<Length> {
        let grid = &self.table.grid;
        let mut heights = vec![self.sheet.table.least_row; grid.rows()];
        for (index, cell) in grid.cells().iter().enumerate().filter(|(_, cell)| cell.row_span == 1) {
            heights[cell.row] = heights[cell.row].max(self.needs(index));
        }
        for (index, cell) in grid.cells().iter().enumerate().filter(|(_, cell)| cell.row_span > 1) {
            let have: Length = heights[cell.rows()].iter().copied().sum();
            let lack = self.needs(index) - have;
            if lack > Length::ZERO {
                let share = lack / cell.row_span as i64 + Length::units(1);
                heights[cell.rows()].iter_mut().for_each(|height| *height += share);
            }
        }
        heights
    }

    /// How high rows are together.
    pub fn height(&self, rows: std::ops::Range<usize>) -> Length {
        self.tops[rows.end] - self.tops[rows.start]
    }

    /// On how many of the two pages around a page end before `row` the least lucky of the labels it cuts
    /// finds room: 0, 1 or 2.
    pub fn labels_fit(&self, row: usize) -> usize {
        let fits = |cell: &Cell<CellContent>| {
            let needs = self.needs(self.table.grid.index_at(cell.row, cell.column));
            let parts = [self.height(cell.row..row), self.height(row..cell.rows().end)];
            parts.into_iter().filter(|&part| needs <= part).count()
        };
        self.table.grid.cut_by(row).map(fits).min().unwrap_or(2)
    }

    /// The first cell whose text is higher than `room`.
    pub fn too_high(&self, room: Length) -> Option<(&Cell<CellContent>, Length)> {
        let cells = self.table.grid.cells().iter().enumerate();
        cells.map(|(index, cell)| (cell, self.needs(index))).find(|&(_, needs)| needs > room)
    }

    /// Draws rows `rows` with the upper edge at `top`; `x` is the left of the type area. A part that does
    /// not start the table begins with the heading rows.
    pub fn draw(&self, rows: std::ops::Range<usize>, x: Length, top: Length, tint: bool) -> Vec<Item> {
        let repeats = rows.start > 0 && rows.start >= self.table.heading_rows;
        let headings = if repeats { 0..self.table.heading_rows } else { 0..0 };
        let mut shown = Vec::new();
        let mut y = top;
        for row in headings.clone().chain(rows.clone()) {
            shown.push((row, y));
            y += self.heights[row];
        }
        let mut items = Vec::new();
        if tint {
            self.tint(&shown, x, &mut items);
        }
        self.text(headings, top, x, true, &mut items);
        let first = shown.iter().find(|(row, _)| *row == rows.start).map_or(top, |&(_, y)| y);
        self.text(rows, first, x, false, &mut items);
        self.rules(&shown, y, x, &mut items);
        items
    }

    /// Draws the text of the cells that rows `rows` show, the first of them at `top`.
    fn text(&self, rows: std::ops::Range<usize>, top: Length, x: Length, repeated: bool, items: &mut Vec<Item>) {
        let grid = &self.table.grid;
        let y_of = |row: usize| top + self.height(rows.start..row);
        for row in rows.clone() {
            // A cell is drawn with the first of its rows that is shown.
            for cell in grid.across(row).filter(|cell| row == cell.row.max(rows.start)) {
                let index = grid.index_at(cell.row, cell.column);
                let from = y_of(row);
                let to = y_of(cell.rows().end.min(rows.end));
                let fits = self.needs(index) <= to - from;
                // A label cut by the end of a page stands on the first page that has room for it, and is
                // shown again where there is room for it again.
                let cut = cell.row < rows.start || cell.rows().end > rows.end;
                if cut && !fits {
                    continue;
                }
                let met = cell.row < rows.start && self.needs(index) <= self.height(cell.row..rows.start);
                let again = repeated || met;
                self.cell(cell, index, (from, to), x, again, items);
            }
        }
    }

    fn cell(
        &self,
        cell: &Cell<CellContent>,
        index: usize,
        (from, to): (Length, Length),
        x: Length,
        again: bool,
        items: &mut Vec<Item>,
    ) {
        let SetCell { text, node } = self.cells[index];
        let set = &self.texts[text];
        let owner = if again { Owner::Repeated } else { Owner::Node(node) };
        let origin = &cell.content.text.origin;
        let inside = self.edges[cell.column] + self.sheet.table.padding_x;
        let width = self.edges[cell.columns().end] - self.sheet.table.padding_x - inside;
        let height = set.line * set.lines.len() as i64;
        let align = align(self.table, cell, self.sheet);
        let mut y = from + (to - from - height) / 2 + super::baseline_in(set.line, set.size);
        if set.lines.is_empty() {
            // A blank cell is a cell all the same: its place in the structure is kept.
            items.push(super::nothing(owner, x + inside, (from + to) / 2, origin));
        }
        for line in &set.lines {
            let indent = match align {
                Align::Centre => (width - line.width) / 2,
                Align::Left | Align::Justify => line.indent + self.sheet.cell_style(cell.content.role).inset,
            };
            items.extend(line.items.iter().map(|item| {
                let mut shape = item.shape.clone();
                if let Shape::Text(text) = &mut shape {
                    text.x += x + inside + indent;
                    text.y += y;
                    text.origin.clone_from(origin);
                }
                Item { owner, shape }
            }));
            y += set.line;
        }
    }

    fn tint(&self, shown: &[(usize, Length)], x: Length, items: &mut Vec<Item>) {
        for &(row, y) in shown {
            let cell = self.table.grid.at(row, 0);
            if cell.content.role == CellRole::Band && cell.row == row {
                let (left, right) = (self.edges[cell.column], self.edges[cell.columns().end]);
                let fill = Fill {
                    x: x + left,
                    y,
                    width: right - left,
                    height: self.heights[row],
                    colour: self.sheet.band_tint(),
                };
                items.push(Item { owner: Owner::Decoration, shape: Shape::Fill(fill) });
            }
        }
    }

    /// Draws every rule once: where two different cells meet, and around the part.
    fn rules(&self, shown: &[(usize, Length)], bottom: Length, x: Length, items: &mut Vec<Item>) {
        let grid = &self.table.grid;
        let weight = self.sheet.table.rule;
        let columns = grid.columns();
        let mut push = |from: (Length, Length), to: (Length, Length)| {
            let rule = Rule { from: (x + from.0, from.1), to: (x + to.0, to.1), weight };
            items.push(Item { owner: Owner::Decoration, shape: Shape::Rule(rule) });
        };
        let owner = |line: usize, column: usize| shown.get(line).map(|&(row, _)| grid.index_at(row, column));
        let y_of = |line: usize| shown.get(line).map_or(bottom, |&(_, y)| y);
        // Level rules reach over half the weight of the upright ones they meet.
        let half = weight / 2;
        for line in 0..=shown.len() {
            let parts = |column: usize| {
                let above = line.checked_sub(1).and_then(|above| owner(above, column));
                above.is_none() || owner(line, column) != above
            };
            for run in runs(columns, parts) {
                push((self.edges[run.start] - half, y_of(line)), (self.edges[run.end] + half, y_of(line)));
            }
        }
        for edge in 0..=columns {
            let parts = |line: usize| edge == 0 || edge == columns || owner(line, edge - 1) != owner(line, edge);
            for run in runs(shown.len(), parts) {
                push((self.edges[edge], y_of(run.start)), (self.edges[edge], y_of(run.end)));
            }
        }
    }
}

/// The longest runs of neighbours for which `is` holds.
fn runs(count: usize, is: impl Fn(usize) -> bool) -> Vec<std::ops::Range<usize>> {
    let mut runs: Vec<std::ops::Range<usize>> = Vec::new();
    for at in (0..count).filter(|&at| is(at)) {
        match runs.last_mut() {
            Some(run) if run.end == at => run.end += 1,
            _ => runs.push(at..at + 1),
        }
    }
    runs
}

/// The columns' edges: the widths in proportion, together the table's width less the weight of a rule.
fn edges(widths: &[Length], width: Length, rule: Length) -> Vec<Length> {
    let room = width - rule;
    let total: Length = widths.iter().copied().sum();
    let mut sum = Length::ZERO;
    let mut edges = vec![rule / 2];
    for &width in widths {
        sum += width;
        edges.push(rule / 2 + room.scale(sum.to_units(), total.to_units().max(1)));
    }
    edges
}

/// Runs of texts that are nobody's yet.
fn runs_of<'a>(texts: &'a [Text], style: RunStyle<'a>) -> Vec<Run<'a>> {
    texts.iter().map(|text| Run { text, style, owner: Owner::Decoration }).collect()
}

fn run_style<'a>(role: CellRole, sheet: &'a Sheet, fonts: &'a Fonts) -> RunStyle<'a> {
    let style = sheet.cell_style(role);
    RunStyle {
        typeface: &style.typeface,
        han: fonts.chain(&style.typeface),
        latin: fonts.chain(&style.latin),
        size: style.size,
        cell: style.size,
        gap: style.size.scale(i64::from(sheet.gap.cells), 1000),
    }
}

fn align(table: &Table, cell: &Cell<CellContent>, sheet: &Sheet) -> Align {
    match cell.content.role {
        CellRole::RowLabel if table.centre_labels => Align::Centre,
        role => sheet.cell_style(role).align,
    }
}

fn shape(table: &Table, cell: &Cell<CellContent>, sheet: &Sheet, edges: &[Length]) -> cell::Shape {
    let centred = align(table, cell, sheet) == Align::Centre;
    let inset = if centred { Length::ZERO } else { sheet.cell_style(cell.content.role).inset };
    cell::Shape {
        width: edges[cell.columns().end] - edges[cell.column] - sheet.table.padding_x * 2 - inset,
        hang: !centred,
        title: false,
        smallest: sheet.table.smallest_size,
    }
}

/// The texts of a table: the first cell each stands in, and for each cell which it has. A text is the same where it has
/// the same part to play and the same room.
fn alike(table: &Table, shapes: &[cell::Shape]) -> (Vec<usize>, Vec<usize>) {
    let mut known = HashMap::with_capacity(shapes.len());
    let mut firsts = Vec::new();
    let cells = table.grid.cells().iter().zip(shapes).enumerate();
    let like = cells.map(|(index, (cell, shape))| {
        let CellContent { role, text, .. } = &cell.content;
        *known.entry((&text.content, &text.breaks, role, shape.width, shape.hang)).or_insert_with(|| {
            firsts.push(index);
            firsts.len() - 1
        })
    });
    let like = like.collect();
    (firsts, like)
}

/// Values shrink together as long as that costs none of them much, so that a table's figures look alike.
fn set_values_alike(roles: &[CellRole], sheet: &Sheet, sizes: &mut [Length]) {
    let floor = sheet.cell_style(CellRole::Value).size.scale(UNIFORM, 100);
    let values = || roles.iter().enumerate().filter(|(_, role)| **role == CellRole::Value).map(|(text, _)| text);
    if let Some(common) = values().map(|text| sizes[text]).filter(|&size| size >= floor).min() {
        for text in values() {
            sizes[text] = common.min(sizes[text]);
        }
    }
}

fn lines(block: &Block) -> Vec<SetLine> {
    let mut lines = Vec::with_capacity(block.lines());
    for segment in &block.segments {
        for line in &segment.lines {
            let width = segment.prepared.natural(&line.atoms);
            let flush = super::line::Line { indent: Length::ZERO, ..line.clone() };
            let placed = segment.prepared.place(&flush);
            let items = emit(&segment.prepared, &placed, Length::ZERO, Length::ZERO);
            lines.push(SetLine { items, width, indent: line.indent });
        }
    }
    lines
}

/// Adds the table's nodes; says which is whose, a node for each cell.
fn add_nodes(table: &Table, nodes: &mut Vec<Node>) -> Vec<NodeId> {
    let mut add = |parent: NodeId, kind: Kind| {
        let id = NodeId(nodes.len() as u32);
        nodes.push(Node { parent: Some(parent), kind });
        id
    };
    let root = add(NodeId(0), Kind::Table { title: table.title.clone(), description: table.description.clone() });
    let grid = &table.grid;
    let mut of_cell = vec![NodeId(0); grid.cells().len()];
    let mut section = None;
    for row in 0..grid.rows() {
        let kind = if row < table.heading_rows { Kind::TableHead } else { Kind::TableBody };
        let parent = match &section {
            Some((known, id)) if *known == kind => *id,
            _ => add(root, kind.clone()),
        };
        section = Some((kind, parent));
        let parent = add(parent, Kind::Row);
        for cell in grid.across(row).filter(|cell| cell.row == row) {
            // Headings are named when every cell has its node.
            let kind = Kind::ValueCell { span: (0, 0), headings: Vec::new() };
            of_cell[grid.index_at(cell.row, cell.column)] = add(parent, kind);
        }
    }
    let headings = headings_of_all(grid, |content| content.role);
    for (index, cell) in grid.cells().iter().enumerate() {
        let span = (cell.row_span as u32, cell.column_span as u32);
        let headings = headings[index].iter().map(|&heading| of_cell[heading]).collect();
        nodes[of_cell[index].0 as usize].kind = match cell.content.role {
            CellRole::Band | CellRole::ColumnHeading => Kind::HeadingCell { scope: Scope::Column, span, headings },
            CellRole::GroupLabel | CellRole::RowLabel => Kind::HeadingCell { scope: Scope::Row, span, headings },
            CellRole::Value => Kind::ValueCell { span, headings },
        };
    }
    of_cell
}

#[cfg(test)]
impl SetTable<'_> {
    /// Draws a part and makes sure that its rows tile it and no text leaves the cell it belongs to.
    pub fn assert_inside(&self, rows: std::ops::Range<usize>) {
        let grid = &self.table.grid;
        let repeats = rows.start > 0 && rows.start >= self.table.heading_rows;
        let above = if repeats { self.heading_height() } else { Length::ZERO };
        let items = self.draw(rows.clone(), Length::ZERO, Length::ZERO, false);
        let y_of = |row: usize| above + self.heights[rows.start..row].iter().copied().sum::<Length>();
        for (index, cell) in grid.cells().iter().enumerate() {
            let (from, to) = (cell.row.max(rows.start), cell.rows().end.min(rows.end));
            if from >= to {
                continue;
            }
            let (top, bottom) = (y_of(from), y_of(to));
            let (left, right) = (self.edges[cell.column], self.edges[cell.columns().end]);
            let own = items.iter().filter(|item| item.owner == Owner::Node(self.cells[index].node));
            for item in own {
                let Shape::Text(text) = &item.shape else { continue };
                if text.content.is_empty() {
                    continue;
                }
                let size = text.size;
                assert!(text.y - size.scale(88, 100) >= top && text.y + size.scale(12, 100) <= bottom, "{text:?}");
                let end = text.glyphs.last().map_or(text.x, |glyph| text.x + glyph.x + glyph.advance);
                // A mark at the start or the end of a line has white that may lie outside.
                let blank = size / 2 + Length::units(1);
                assert!(text.x >= left - blank && end <= right + blank, "{left}–{right}: {text:?}");
            }
        }
        // No rule is drawn over another that runs the same way.
        let level = |rule: &Rule| rule.from.1 == rule.to.1;
        let rules: Vec<Rule> = items
            .iter()
            .filter_map(|item| match item.shape {
                Shape::Rule(rule) => Some(rule),
                Shape::Text(_) | Shape::Fill(_) => None,
            })
            .collect();
        for (at, a) in rules.iter().enumerate() {
            assert_eq!(a.weight, self.sheet.table.rule);
            for b in &rules[..at] {
                let over = if level(a) && level(b) {
                    a.from.1 == b.from.1 && a.from.0 + a.weight < b.to.0 && b.from.0 + a.weight < a.to.0
                } else {
                    !level(a) && !level(b) && a.from.0 == b.from.0 && a.from.1 < b.to.1 && b.from.1 < a.to.1
                };
                assert!(!over, "{a:?} over {b:?}");
            }
        }
        // The outer rules meet: the part is as high as its rows.
        let mut lowest = Length::ZERO;
        for item in &items {
            if let Shape::Rule(rule) = &item.shape {
                assert!(rule.from.1 >= Length::ZERO && rule.to.0 <= self.edges[grid.columns()] + rule.weight);
                lowest = lowest.max(rule.to.1);
            }
        }
        assert_eq!(lowest, y_of(rows.end));
    }
}
