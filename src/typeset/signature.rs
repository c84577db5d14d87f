//! 署名, 成文日期 and the place of the seal (GB/T 9704 7.3.5).
//!
//! With a seal, the date stands four characters in from the right, the body's name centred on it, and the
//! seal's centre a little above the two, its top within a line of the text. Without one, the name stands two
//! characters in and the date starts two characters to the right of it. Places for seals are kept, never drawn.

use crate::document::{Role, Seal, Signature, Text};
use crate::length::Length;
use crate::pages::{Kind, SealPlace};

use super::atom::{Run, RunStyle, prepare};
use super::line::Line;
use super::page::SetLine;
use super::{Setter, baseline_in, emit};

/// How far the middle of name and date lies below the centre of the seal (偏下).
const BELOW_CENTRE: Length = Length::mm(4);
/// Least white between the text and the top of a seal.
const CLEAR: Length = Length::mm(1);
/// Least white between two seals.
const BETWEEN: Length = Length::mm(4);

/// A text set on one line: its width, and its items at the left edge.
struct OneLine {
    width: Length,
    line: SetLine,
}

impl<'a> Setter<'a> {
    /// The lines of a signature block and how many lines are left free above it.
    pub(super) fn signature(&mut self, signature: &'a Signature) -> (Vec<SetLine>, u16) {
        match signature.seal {
            Some(seal) => self.sealed(signature, seal),
            None => (self.unsealed(signature), self.sheet.signature.lines_before),
        }
    }

    /// Name over date at the right; the longer one ends the given number of characters in.
    fn unsealed(&mut self, signature: &'a Signature) -> Vec<SetLine> {
        let sheet = self.sheet;
        let right = sheet.type_area.width - sheet.characters(sheet.signature.unsealed_characters);
        let offset = sheet.characters(sheet.signature.date_offset_characters);
        let names: Vec<OneLine> = signature.agencies.iter().map(|name| self.one_line(name)).collect();
        let date = self.one_line(&signature.date);
        let widest = names.iter().map(|name| name.width).max().unwrap_or_default();
        let (name_left, date_left) = if date.width > widest {
            let date_left = right - date.width;
            (date_left - offset, date_left)
        } else {
            (right - widest, right - widest + offset)
        };
        let mut lines: Vec<SetLine> = names.into_iter().map(|name| name.at(name_left)).collect();
        lines.push(date.at(date_left));
        lines
    }

    /// Names with their seals, as many side by side as seals do not touch; the last one over the date.
    fn sealed(&mut self, signature: &'a Signature, seal: Seal) -> (Vec<SetLine>, u16) {
        let sheet = self.sheet;
        let width = sheet.type_area.width;
        let pitch = sheet.pitch.line;
        let body = sheet.style(Role::Body).size;
        let mut names: Vec<OneLine> = signature.agencies.iter().map(|name| self.one_line(name)).collect();
        let date = self.one_line(&signature.date);
        let inset = sheet.characters(sheet.signature.sealed_characters);
        // The last body's centre: on the date, but no name past two characters from the edge.
        let last_width = names.last().map_or(Length::ZERO, |name| name.width);
        let edge = width - sheet.characters(sheet.signature.unsealed_characters) - last_width / 2;
        let centre = (width - inset - date.width / 2).min(edge);
        let need = names.iter().map(|name| name.width).max().unwrap_or_default().max(seal.diameter) + BETWEEN;
        let columns = ((centre + need / 2).to_units() / need.to_units().max(1)).max(1) as usize;
        // From the foot of the text above to the top of the first line below it.
        let leading = pitch - body;
        // Name and date are the last two lines of each seal: the seal's top is this far below the top of
        // the name's line.
        let seal_top = (pitch + body) / 2 - BELOW_CENTRE - seal.diameter / 2;
        let mut before = 0u16;
        while leading + pitch * i64::from(before) + seal_top < CLEAR {
            before += 1;
        }
        let mut lines = Vec::new();
        let rows = names.len().div_ceil(columns);
        // From row to row so many lines that the seals do not touch.
        let apart = ((seal.diameter + BETWEEN).to_units() + pitch.to_units() - 1) / pitch.to_units().max(1);
        for row in 0..rows {
            let in_row: Vec<OneLine> = names.drain(..columns.min(names.len())).collect();
            let mut line = SetLine { height: body, ..SetLine::default() };
            let count = in_row.len() as i64;
            for (at, name) in in_row.into_iter().enumerate() {
                let middle = centre - need * (count - 1 - at as i64);
                let left = (middle - name.width / 2).max(Length::ZERO);
                line.items.extend(name.at(left).items);
                line.seals.push(SealPlace { x: middle, y: seal_top + seal.diameter / 2, diameter: seal.diameter });
            }
            lines.push(line);
            if row + 1 < rows {
                let free = SetLine { height: body, ..SetLine::default() };
                lines.extend((1..apart).map(|_| free.clone()));
            }
        }
        let left = centre - date.width / 2;
        let mut line = date.at(left);
        // The seal must lie on the page as well.
        line.height = line.height.max(seal_top + seal.diameter - pitch);
        lines.push(line);
        (lines, before)
    }

    fn one_line(&mut self, text: &'a Text) -> OneLine {
        let style = &self.sheet.signature;
        let cell = self.cell(style.size);
        let owner = self.node(Kind::Paragraph);
        let run_style = RunStyle {
            typeface: &style.typeface,
            han: self.fonts.chain(&style.typeface),
            latin: self.fonts.chain(&style.latin),
            size: style.size,
            cell,
            gap: style.size.scale(i64::from(self.sheet.gap.text), 1000),
        };
        let runs = [Run { text, style: run_style, owner }];
        let prepared = prepare(&runs, self.fonts, &mut self.remarks);
        let line = Line { atoms: 0..prepared.atoms.len(), indent: Length::ZERO, fill: None };
        let width = prepared.natural(&line.atoms);
        let body = self.sheet.style(Role::Body).size;
        let items = emit(&prepared, &prepared.place(&line), Length::ZERO, baseline_in(body, style.size));
        OneLine { width, line: SetLine { items, height: body, ..SetLine::default() } }
    }
}

impl OneLine {
    /// The line, its text starting at `left`.
    fn at(mut self, left: Length) -> SetLine {
        for item in &mut self.line.items {
            super::page::shift(item, left, Length::ZERO);
        }
        self.line
    }
}
