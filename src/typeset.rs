//! A document set on the pages of a sheet, with the faces of a font set.
//!
//! Text is cut into atoms (`atom`), broken into filled lines (`line`) or balanced ones (`cell`), tables are
//! measured and drawn (`table`), and all is cut into pages (`page`). The typesetter does not ask which
//! format will follow. Whatever cannot be set is an error that says where it stands in the report.

mod atom;
mod cell;
mod ends;
mod glyphs;
mod line;
mod page;
mod signature;
mod standing;
mod table;
#[cfg(test)]
mod tests;

use crate::document::{Block, Document, LineEnds, Origin, Paragraph, Placement, Role};
use crate::font::Fonts;
use crate::length::Length;
use crate::pages::{self, Glyph, Item, Kind, Node, NodeId, Owner, Page, Pages, Shape, Turn};
use crate::sheet::{Align, Sheet, Style};

use atom::{Prepared, Run, RunStyle};
use glyphs::Remarks;
use line::Placed;
use page::{Cost, FREE, Frame, Piece, PieceKind, SetLine, WIDOW};
use standing::StandingType;
use table::{SetTable, With};

/// What the caller may choose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Tint the band rows of tables. Off for black-and-white print.
    pub tint: bool,
}

/// Why a document cannot be set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// No face that stands for a typeface has a glyph for a character.
    #[error("no face that stands for `{typeface}` has the character `{character}` (U+{:04X}); `--font` names a font that has it", *.character as u32)]
    MissingGlyph {
        /// The character.
        character: char,
        /// The typeface it was to be set in.
        typeface: String,
        /// Where it stands.
        origin: Origin,
    },
    /// No face that stands for a typeface has a letter with its marks, or the variant a selector asks for.
    #[error("no face that stands for `{typeface}` has {} in one", pieces_of(text))]
    MissingForm {
        /// The characters that belong together.
        text: String,
        /// The typeface they were to be set in.
        typeface: String,
        /// Where they stand.
        origin: Origin,
    },
    /// A character is of a script that is not set here: it runs from right to left, or its letters change
    /// their shapes with their neighbours.
    #[error("the script of `{character}` (U+{:04X}) cannot be set: this program sets Chinese and other scripts that run from left to right, a character at a time", *.character as u32)]
    ScriptNotSet {
        /// The character.
        character: char,
        /// Where it stands.
        origin: Origin,
    },
    /// A text in a table is higher than a page, the heading rows left out.
    #[error("row {row} of the table `{table}` would be {height} high, more than a page holds ({room})")]
    CellTooHigh {
        /// The table's key.
        table: String,
        /// The row, counted from 1.
        row: usize,
        /// How high the cell would be.
        height: Length,
        /// How high a page is below the heading rows.
        room: Length,
        /// Where the text stands.
        origin: Origin,
    },
}

impl Fault {
    /// Where in the report the trouble stands.
    pub fn origin(&self) -> &Origin {
        match self {
            Fault::MissingGlyph { origin, .. }
            | Fault::MissingForm { origin, .. }
            | Fault::ScriptNotSet { origin, .. }
            | Fault::CellTooHigh { origin, .. } => origin,
        }
    }
}

/// Characters that belong together, by their code points: half of them cannot be seen alone.
pub fn pieces_of(text: &str) -> String {
    let codes: Vec<String> = text.chars().map(|c| format!("U+{:04X}", u32::from(c))).collect();
    format!("`{text}` ({})", codes.join(" "))
}

/// A sheet and its faces, ready to set one document after another: what most of them have in common is set once.
pub struct Typesetter {
    sheet: Sheet,
    fonts: Fonts,
    standing: StandingType,
}

impl Typesetter {
    /// One that has set nothing yet.
    pub fn new(sheet: Sheet, fonts: Fonts) -> Self {
        Typesetter { sheet, fonts, standing: StandingType::default() }
    }

    /// The sheet it sets by.
    pub fn sheet(&self) -> &Sheet {
        &self.sheet
    }

    /// The faces it sets with.
    pub fn fonts(&self) -> &Fonts {
        &self.fonts
    }

    /// Sets a document as [`typeset`] does.
    ///
    /// # Errors
    /// As [`typeset`] does.
    pub fn typeset(&self, document: &Document, options: Options) -> Result<Pages, Vec<Fault>> {
        typeset_with(document, self.with(), options)
    }

    /// Where lines and pages of a document end, as [`line_ends`] tells it.
    pub fn line_ends(&self, document: &Document) -> LineEnds {
        ends::line_ends_with(document, self.with())
    }

    fn with(&self) -> With<'_> {
        With { sheet: &self.sheet, fonts: &self.fonts, standing: &self.standing }
    }
}

/// Sets a document on pages.
///
/// # Errors
/// Everything that cannot be set, each with its place: characters no face has, texts in tables higher than a page.
pub fn typeset(document: &Document, sheet: &Sheet, fonts: &Fonts, options: Options) -> Result<Pages, Vec<Fault>> {
    typeset_with(document, With { sheet, fonts, standing: &StandingType::default() }, options)
}

fn typeset_with(document: &Document, with: With, options: Options) -> Result<Pages, Vec<Fault>> {
    let sheet = with.sheet;
    let mut setter = Setter::new(with, Placement::Upright);
    let mut stretches = Vec::new();
    for (placement, blocks) in stretches_of(&document.blocks) {
        setter.frame = Frame::new(sheet, placement);
        let set: Vec<SetBlock> = blocks.iter().map(|block| setter.block(block)).collect();
        setter.refuse_high_cells(&set);
        stretches.push((setter.frame, set));
    }
    setter.report()?;
    let mut pages = Vec::new();
    let mut bookmarks = Vec::new();
    for (frame, set) in &stretches {
        let first = pages.len();
        page::paginate(&pieces(set, sheet, *frame), *frame, sheet, options.tint, &mut pages, &mut bookmarks);
        if frame.placement == Placement::Turned {
            for (index, page) in pages.iter_mut().enumerate().skip(first) {
                page::turn_up(page, &mut bookmarks, index);
            }
        }
    }
    drop(stretches);
    for page in &mut pages {
        setter.number(page);
        if let Some(word) = &document.about.watermark {
            setter.watermark(word, page);
        }
    }
    setter.report()?;
    let fallbacks = setter.remarks.fallbacks;
    Ok(Pages { about: document.about.clone(), pages, nodes: setter.nodes, bookmarks, fallbacks })
}

/// Cuts a document where pages of another placement begin: a table that does not stand upright has, with the
/// heading over it, pages of its own.
fn stretches_of(blocks: &[Block]) -> Vec<(Placement, &[Block])> {
    let placement = |block: &Block| match block {
        Block::Table(table) => table.placement,
        Block::Paragraph(_) | Block::Signature(_) => Placement::Upright,
    };
    let is_heading = |block: &Block| match block {
        Block::Paragraph(paragraph) => paragraph.role.heading_level().is_some(),
        Block::Table(_) | Block::Signature(_) => false,
    };
    let mut stretches: Vec<(Placement, &[Block])> = Vec::new();
    let mut start = 0;
    for (at, block) in blocks.iter().enumerate() {
        if placement(block) == Placement::Upright {
            continue;
        }
        let headings = blocks[start..at].iter().rev().take_while(|block| is_heading(block)).count();
        if at - headings > start {
            stretches.push((Placement::Upright, &blocks[start..at - headings]));
        }
        stretches.push((placement(block), &blocks[at - headings..=at]));
        start = at + 1;
    }
    if start < blocks.len() {
        stretches.push((Placement::Upright, &blocks[start..]));
    }
    stretches
}

pub use ends::line_ends;

/// A block, set.
enum SetBlock<'a> {
    Paragraph { lines: Vec<SetLine>, style: &'a Style, keeps_next: bool },
    Table(SetTable<'a>),
    Signature { lines: Vec<SetLine>, lines_before: u16 },
}

impl<'a> SetBlock<'a> {
    fn table(&self) -> Option<&SetTable<'a>> {
        match self {
            SetBlock::Table(table) => Some(table),
            SetBlock::Paragraph { .. } | SetBlock::Signature { .. } => None,
        }
    }
}

/// What setting needs at hand, and what it gathers.
struct Setter<'a> {
    sheet: &'a Sheet,
    fonts: &'a Fonts,
    standing: &'a StandingType,
    /// Where the text stands that is being set.
    frame: Frame,
    nodes: Vec<Node>,
    remarks: Remarks,
}

/// Puts the blocks one under the other and says what page ends between them cost.
fn pieces<'a>(blocks: &'a [SetBlock<'a>], sheet: &Sheet, frame: Frame) -> Vec<Piece<'a>> {
    let mut pieces: Vec<Piece> = Vec::new();
    // How high the headings are that must stand over a table, so that it is known whether it fits a page.
    let mut headings = Length::ZERO;
    let blank = |lines: u16, cost| Piece { kind: PieceKind::Blank(lines), cost };
    for block in blocks {
        match block {
            SetBlock::Paragraph { lines, style, keeps_next } => {
                if style.lines_before > 0 {
                    pieces.push(blank(style.lines_before, FREE));
                }
                let count = lines.len();
                for (at, line) in lines.iter().enumerate() {
                    let cost = match (at + 1 == count, *keeps_next) {
                        (_, true) => Cost::Never,
                        (true, false) => FREE,
                        (false, false) if at == 0 || at + 2 == count => WIDOW,
                        (false, false) => FREE,
                    };
                    pieces.push(Piece { kind: PieceKind::Line(line.clone()), cost });
                }
                if style.lines_after > 0 {
                    pieces.push(blank(style.lines_after, if *keeps_next { Cost::Never } else { FREE }));
                }
                headings = if *keeps_next { headings + sheet.pitch.line * count as i64 } else { Length::ZERO };
            }
            SetBlock::Table(table) => {
                let above = if headings > Length::ZERO { headings + sheet.table.space_before } else { headings };
                let rows = table.heights.len();
                for row in 0..rows {
                    let cost = if row + 1 == rows { FREE } else { page::cost_before_row(table, row + 1, above, frame) };
                    pieces.push(Piece { kind: PieceKind::Row { table, row }, cost });
                }
                headings = Length::ZERO;
            }
            SetBlock::Signature { lines, lines_before } => {
                // GB/T 9704 7.3.5.6: the block never stands on a page without text.
                if let Some(last) = pieces.last_mut() {
                    last.cost = Cost::Never;
                }
                pieces.push(blank(*lines_before, Cost::Never));
                for (at, line) in lines.iter().enumerate() {
                    let cost = if at + 1 == lines.len() { FREE } else { Cost::Never };
                    pieces.push(Piece { kind: PieceKind::Line(line.clone()), cost });
                }
                headings = Length::ZERO;
            }
        }
    }
    pieces
}

impl<'a> Setter<'a> {
    fn new(with: With<'a>, placement: Placement) -> Self {
        let nodes = vec![Node { parent: None, kind: Kind::Document }];
        let With { sheet, fonts, standing } = with;
        Setter { sheet, fonts, standing, frame: Frame::new(sheet, placement), nodes, remarks: Remarks::default() }
    }

    fn block(&mut self, block: &'a Block) -> SetBlock<'a> {
        match block {
            Block::Paragraph(paragraph) => SetBlock::Paragraph {
                lines: self.paragraph(paragraph),
                style: self.sheet.style(paragraph.role),
                keeps_next: paragraph.role != Role::Body,
            },
            Block::Table(table) => {
                let width = self.frame.width;
                let with = With { sheet: self.sheet, fonts: self.fonts, standing: self.standing };
                SetBlock::Table(SetTable::new(table, with, width, &mut self.nodes, &mut self.remarks))
            }
            Block::Signature(block) => {
                let (lines, lines_before) = self.signature(block);
                SetBlock::Signature { lines, lines_before }
            }
        }
    }

    /// Adds a node under the document.
    fn node(&mut self, kind: Kind) -> Owner {
        let id = NodeId(self.nodes.len() as u32);
        self.nodes.push(Node { parent: Some(NodeId(0)), kind });
        Owner::Node(id)
    }

    fn run_style(&self, style: &'a Style, role: Role) -> RunStyle<'a> {
        let gap = if role == Role::Title { self.sheet.gap.title } else { self.sheet.gap.text };
        RunStyle {
            typeface: &style.typeface,
            han: self.fonts.chain(&style.typeface),
            latin: self.fonts.chain(&style.latin),
            size: style.size,
            cell: self.cell(style.size),
            gap: style.size.scale(i64::from(gap), 1000),
        }
    }

    /// How wide a full-width character of a style is set: the sheet's character where the size is the
    /// body's, the size itself elsewhere.
    fn cell(&self, size: Length) -> Length {
        if size == self.sheet.style(Role::Body).size { self.sheet.characters(1) } else { size }
    }

    /// The lead and the text of a paragraph, each with a node of its own; none for a text of nothing.
    fn runs(&mut self, paragraph: &'a Paragraph) -> Vec<Run<'a>> {
        let style = self.sheet.style(paragraph.role);
        let mut runs = Vec::new();
        if let Some(lead) = &paragraph.lead {
            let style = self.sheet.style(lead.role);
            let level = lead.role.heading_level().unwrap_or(1);
            let owner = self.node(Kind::Heading { level, text: lead.text.content.clone() });
            runs.push(Run { text: &lead.text, style: self.run_style(style, lead.role), owner });
        }
        let kind = match paragraph.role.heading_level() {
            Some(level) => Kind::Heading { level, text: paragraph.text.content.clone() },
            None if paragraph.role == Role::Title => Kind::Title,
            None => Kind::Paragraph,
        };
        if !paragraph.text.content.is_empty() {
            let owner = self.node(kind);
            runs.push(Run { text: &paragraph.text, style: self.run_style(style, paragraph.role), owner });
        }
        runs
    }

    fn paragraph(&mut self, paragraph: &'a Paragraph) -> Vec<SetLine> {
        let style = self.sheet.style(paragraph.role);
        let runs = self.runs(paragraph);
        let bookmark = match (&paragraph.lead, paragraph.role.heading_level()) {
            (Some(lead), _) => lead.role.heading_level().map(|level| (level, lead.text.content.clone())),
            (None, Some(level)) => Some((level, paragraph.text.content.clone())),
            (None, None) => None,
        };
        let mut lines = match style.align {
            Align::Justify => self.filled(&runs, style),
            Align::Centre | Align::Left => self.balanced(&runs, style),
        };
        if let (Some(first), Some(bookmark)) = (lines.first_mut(), bookmark) {
            first.bookmarks.push(bookmark);
        }
        lines
    }

    /// Lines that fill the type area.
    fn filled(&mut self, runs: &[Run], style: &Style) -> Vec<SetLine> {
        let prepared = atom::prepare(runs, self.fonts, &mut self.remarks);
        let indent = self.cell(style.size) * i64::from(style.first_line_characters);
        let lines = prepared.break_lines(self.frame.width, indent);
        lines.iter().map(|line| self.set_line(&prepared, &prepared.place(line), Length::ZERO, style.size)).collect()
    }

    /// Lines of like length, in the middle or flush left.
    fn balanced(&mut self, runs: &[Run], style: &Style) -> Vec<SetLine> {
        let width = self.frame.width;
        let texts: Vec<_> =
            runs.iter().flat_map(|run| cell::segments(run.text).into_iter().map(|text| (text, *run))).collect();
        let runs: Vec<Run> = texts.iter().map(|(text, run)| Run { text, ..*run }).collect();
        let centred = style.align == Align::Centre;
        let shape = cell::Shape { width, hang: false, title: centred, smallest: style.size };
        let block = cell::set(&runs, shape, self.fonts, &mut self.remarks);
        let mut set = Vec::with_capacity(block.lines());
        for segment in &block.segments {
            for line in &segment.lines {
                let free = width - segment.prepared.natural(&line.atoms);
                let x = if centred { free / 2 } else { Length::ZERO };
                set.push(self.set_line(&segment.prepared, &segment.prepared.place(line), x, style.size));
            }
        }
        set
    }

    /// A line of the given size, its characters in the middle of a body line's.
    fn set_line(&self, prepared: &Prepared, placed: &[Placed], x: Length, size: Length) -> SetLine {
        let body = self.sheet.style(Role::Body).size;
        let rise = (size - body) / 2;
        SetLine {
            items: emit(prepared, placed, x, baseline_in(body, size)),
            height: body + rise.max(Length::ZERO),
            rise: rise.max(Length::ZERO),
            ..SetLine::default()
        }
    }

    /// Stops if anything could not be set.
    fn report(&mut self) -> Result<(), Vec<Fault>> {
        let faults = &mut self.remarks.faults;
        faults.dedup();
        if faults.is_empty() { Ok(()) } else { Err(std::mem::take(faults)) }
    }

    fn refuse_high_cells(&mut self, blocks: &[SetBlock]) {
        let room = self.frame.height;
        for block in blocks {
            let SetBlock::Table(set) = block else { continue };
            let room = room - set.heading_height();
            if let Some((cell, height)) = set.too_high(room) {
                self.remarks.faults.push(Fault::CellTooHigh {
                    table: set.table.key.clone(),
                    row: cell.row + 1,
                    height,
                    room,
                    origin: cell.content.text.origin.clone(),
                });
            }
        }
    }

    /// Puts the page's number below the type area: odd pages right, even pages left (GB/T 9704 7.5).
    fn number(&mut self, page: &mut Page) {
        let style = &self.sheet.page_number;
        let text = crate::document::Text::plain(format!("— {} —", page.number), Origin::path("page number"));
        let run_style = RunStyle {
            typeface: &style.typeface,
            han: self.fonts.chain(&style.typeface),
            latin: self.fonts.chain(&style.latin),
            size: style.size,
            cell: style.size,
            gap: Length::ZERO,
        };
        let runs = [Run { text: &text, style: run_style, owner: Owner::PageNumber }];
        let prepared = atom::prepare(&runs, self.fonts, &mut self.remarks);
        let line = line::Line { atoms: 0..prepared.atoms.len(), indent: Length::ZERO, fill: None };
        let width = prepared.natural(&line.atoms);
        let area = &self.sheet.type_area;
        let inset = style.size * i64::from(style.inset_characters);
        let x = if page.number.is_multiple_of(2) { area.left + inset } else { area.left + area.width - inset - width };
        // The dash's own middle stands at the distance asked for.
        let middle = prepared.glyphs.first().and_then(|dash| self.fonts.middle(dash.glyph, style.size));
        let y = area.top + area.height + style.distance + middle.unwrap_or(style.size / 3);
        let mut items = emit(&prepared, &prepared.place(&line), x, y);
        // A landscape page bears its number where it will be when the page is bound.
        if page.width != self.sheet.paper.width {
            items.iter_mut().for_each(|item| page::turn_down(item, self.sheet.paper.height));
        }
        page.items.extend(items);
    }

    /// Writes a word across the page.
    fn watermark(&mut self, word: &str, page: &mut Page) {
        let text = crate::document::Text::plain(word, Origin::path("watermark"));
        let style = self.sheet.style(Role::Title);
        let size = page.width / 5;
        let run_style = cell::at_size(self.run_style(style, Role::Title), size);
        let runs = [Run { text: &text, style: run_style, owner: Owner::Watermark }];
        let prepared = atom::prepare(&runs, self.fonts, &mut self.remarks);
        let line = line::Line { atoms: 0..prepared.atoms.len(), indent: Length::ZERO, fill: None };
        let x = (page.width - prepared.natural(&line.atoms)) / 2;
        let mut items = emit(&prepared, &prepared.place(&line), x, page.height / 2 + size / 3);
        for item in &mut items {
            if let Shape::Text(text) = &mut item.shape {
                text.faint = true;
                text.turn = Turn::Slanted;
            }
        }
        // Under everything else, so that the text stays legible.
        page.items.splice(0..0, items);
    }
}

/// From the top of a box to the baseline of characters of a size in the middle of it. The em of every face
/// stands 0.88 over the baseline and 0.12 below it, whatever its tables say about lines.
fn baseline_in(height: Length, size: Length) -> Length {
    (height - size) / 2 + size.scale(88, 100)
}

/// Makes items of placed atoms: one for each stretch of one run and face.
fn emit(prepared: &Prepared, placed: &[Placed], x: Length, baseline: Length) -> Vec<Item> {
    let mut items: Vec<(usize, Item)> = Vec::new();
    for (index, &Placed { atom, x: at }) in placed.iter().enumerate() {
        let atom = &prepared.atoms[atom];
        let run = &prepared.runs[atom.run];
        let glyphs = &prepared.glyphs[atom.glyphs.clone()];
        let Some(first) = glyphs.first() else { continue };
        let start = x + at;
        let continues = items.last_mut().and_then(|(index, item)| match &mut item.shape {
            Shape::Text(text) if *index == atom.run && text.face == first.glyph.face => Some(text),
            Shape::Text(_) | Shape::Rule(_) | Shape::Fill(_) => None,
        });
        let text = match continues {
            Some(text) => text,
            None => {
                let text = pages::Text {
                    x: start + first.x,
                    y: baseline,
                    face: first.glyph.face,
                    size: run.style.size,
                    // Most of what is left of the line is of one face, and Chinese.
                    content: String::with_capacity('一'.len_utf8() * (placed.len() - index)),
                    glyphs: Vec::with_capacity(placed.len() - index),
                    origin: run.text.origin.clone(),
                    turn: Turn::Level,
                    faint: false,
                };
                items.push((atom.run, Item { owner: run.owner, shape: Shape::Text(text) }));
                match items.last_mut().map(|(_, item)| &mut item.shape) {
                    Some(Shape::Text(text)) => text,
                    _ => continue,
                }
            }
        };
        let base = text.content.len();
        text.content.push_str(&run.text.content[atom.range.clone()]);
        for glyph in glyphs {
            let range = base + glyph.range.start - atom.range.start..base + glyph.range.end - atom.range.start;
            text.glyphs.push(Glyph { id: glyph.glyph.id, x: start + glyph.x - text.x, advance: glyph.advance, range });
        }
    }
    items.into_iter().map(|(_, item)| item).collect()
}

/// An item without ink that keeps its owner's place in the structure.
fn nothing(owner: Owner, x: Length, y: Length, origin: &Origin) -> Item {
    let text = pages::Text {
        x,
        y,
        face: crate::font::FaceId::default(),
        size: Length::pt(1),
        content: String::new(),
        glyphs: Vec::new(),
        origin: origin.clone(),
        turn: Turn::Level,
        faint: false,
    };
    Item { owner, shape: Shape::Text(text) }
}
