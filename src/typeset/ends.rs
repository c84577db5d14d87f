//! Where the typesetter ends its lines, told as places in the text, and which rows of tables begin its pages: hints
//! for formats whose lines and pages are broken by another program. Nothing is drawn.

use crate::document::{Block, Document, LineEnds, Paragraph};
use crate::font::Fonts;
use crate::length::Length;
use crate::sheet::{Align, Sheet};

use super::page::{self, PieceKind};
use super::standing::StandingType;
use super::table::{SetTable, With};
use super::{Frame, Run, SetBlock, Setter, atom, cell, stretches_of};

/// Where the lines of a document end when it is set, and pages inside its tables. What cannot be set is passed over:
/// the writer of a format that needs no faces has nothing to complain of.
pub fn line_ends(document: &Document, sheet: &Sheet, fonts: &Fonts) -> LineEnds {
    line_ends_with(document, With { sheet, fonts, standing: &StandingType::default() })
}

pub(super) fn line_ends_with(document: &Document, with: With) -> LineEnds {
    let mut ends = LineEnds::default();
    for (placement, stretch) in stretches_of(&document.blocks) {
        let mut setter = Setter::new(with, placement);
        let set: Vec<SetBlock> = stretch.iter().map(|block| setter.block(block)).collect();
        ends.blocks.extend(stretch.iter().zip(&set).map(|(block, set)| setter.begins(block, set)));
        ends.rows.extend(rows_that_begin_pages(&set, with.sheet, setter.frame));
    }
    ends
}

/// For each block the rows of its table that begin a page, but for the table's first.
fn rows_that_begin_pages(blocks: &[SetBlock], sheet: &Sheet, frame: Frame) -> Vec<Vec<usize>> {
    let mut rows = vec![Vec::new(); blocks.len()];
    let pieces = super::pieces(blocks, sheet, frame);
    for page in page::cut(&pieces, frame, sheet).iter().skip(1) {
        if let PieceKind::Row { table, row: row @ 1.. } = pieces[page.start].kind {
            let is_this = |block: &SetBlock| block.table().is_some_and(|other| std::ptr::eq(other, table));
            if let Some(at) = blocks.iter().position(is_this) {
                rows[at].push(row);
            }
        }
    }
    rows
}

impl<'a> Setter<'a> {
    /// For each text of a block where its lines begin, but for the first.
    fn begins(&mut self, block: &'a Block, set: &SetBlock) -> Vec<Vec<usize>> {
        match block {
            Block::Paragraph(paragraph) => self.begins_of_paragraph(paragraph),
            Block::Table(_) => set.table().map_or_else(Vec::new, SetTable::begins),
            Block::Signature(signature) => {
                let texts = signature.agencies.iter().chain([&signature.date]);
                texts.map(|text| self.name(text).begins).collect()
            }
        }
    }

    fn begins_of_paragraph(&mut self, paragraph: &'a Paragraph) -> Vec<Vec<usize>> {
        let style = self.sheet.style(paragraph.role);
        let runs = self.runs(paragraph);
        match style.align {
            Align::Justify => {
                self.begins_of_filled(&runs, self.cell(style.size) * i64::from(style.first_line_characters))
            }
            Align::Centre | Align::Left => runs.iter().map(|run| self.begins_of_balanced(run, style.align)).collect(),
        }
    }

    fn begins_of_filled(&mut self, runs: &[Run], indent: Length) -> Vec<Vec<usize>> {
        let prepared = atom::prepare(runs, self.fonts, &mut self.remarks);
        let mut begins = vec![Vec::new(); runs.len()];
        for line in prepared.break_lines(self.frame.width, indent).iter().skip(1) {
            if let Some(atom) = prepared.atoms.get(line.atoms.start) {
                begins[atom.run].push(atom.range.start);
            }
        }
        begins
    }

    fn begins_of_balanced(&mut self, run: &Run, align: Align) -> Vec<usize> {
        let texts = cell::segments(run.text);
        let runs: Vec<Run> = texts.iter().map(|text| Run { text, ..*run }).collect();
        let title = align == Align::Centre;
        let shape = cell::Shape { width: self.frame.width, hang: false, title, smallest: run.style.size };
        cell::begins(&cell::set(&runs, shape, self.fonts, &mut self.remarks))
    }
}
