//! 署名, 成文日期 and the place of the seal (GB/T 9704 7.3.5).
//!
//! With a seal, the date stands four characters in from the right, the body's name centred on it, and the
//! seal's centre a little above the two, its top within a line of the text. Without one, the name stands two
//! characters in and the date starts two characters to the right of it. Places for seals are kept, never drawn.

use crate::document::{Role, Seal, Signature, Text};
use crate::length::Length;
use crate::pages::{Item, Kind, SealPlace};
use crate::sheet::{ABOVE_SEAL, BELOW_SEAL_CENTRE, BETWEEN_SEALS};

use super::atom::{Run, RunStyle};
use super::page::{SetLine, shift};
use super::{Setter, baseline_in, cell, emit};

/// A name or a date, set: in one line, or in balanced ones where it is too long for the type area.
pub(super) struct Name {
    /// Its widest line.
    width: Length,
    lines: Vec<NameLine>,
    /// Where its lines begin in its text, but for the first.
    pub begins: Vec<usize>,
}

/// A line of a name, its items at the left edge.
struct NameLine {
    width: Length,
    items: Vec<Item>,
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
        let names: Vec<Name> = signature.agencies.iter().map(|name| self.name(name)).collect();
        let date = self.name(&signature.date);
        let widest = widest(&names);
        let (name_left, date_left) = if date.width > widest {
            let date_left = right - date.width;
            (date_left - offset, date_left)
        } else {
            (right - widest, right - widest + offset)
        };
        let mut lines = Vec::new();
        for (name, left) in names.into_iter().map(|name| (name, name_left)).chain([(date, date_left)]) {
            for line in name.lines {
                lines.push(self.signature_line(line.at(left)));
            }
        }
        lines
    }

    /// Names with their seals, as many side by side as seals do not touch; the last one over the date.
    fn sealed(&mut self, signature: &'a Signature, seal: Seal) -> (Vec<SetLine>, u16) {
        let sheet = self.sheet;
        let width = sheet.type_area.width;
        let pitch = sheet.pitch.line;
        let body = sheet.style(Role::Body).size;
        let names: Vec<Name> = signature.agencies.iter().map(|name| self.name(name)).collect();
        let date = self.name(&signature.date);
        let inset = sheet.characters(sheet.signature.sealed_characters);
        // The last body's centre: on the date, but no name past two characters from the edge.
        let widest = widest(&names);
        let edge = width - sheet.characters(sheet.signature.unsealed_characters) - widest / 2;
        let centre = (width - inset - date.width / 2).min(edge);
        let need = widest.max(seal.diameter) + BETWEEN_SEALS;
        let columns = ((centre + need / 2).to_units() / need.to_units().max(1)).max(1) as usize;
        // From the foot of the text above to the top of the first line below it.
        let leading = pitch - body;
        // Name and date are the last two lines of each seal: the seal's top is this far below the top of
        // the name's last line.
        let seal_top = (pitch + body) / 2 - BELOW_SEAL_CENTRE - seal.diameter / 2;
        // From row to row so many lines that the seals do not touch.
        let apart = ((seal.diameter + BETWEEN_SEALS).to_units() + pitch.to_units() - 1) / pitch.to_units().max(1);
        let mut lines = Vec::new();
        for row in names.chunks(columns) {
            let high = row.iter().map(|name| name.lines.len()).max().unwrap_or(1);
            if !lines.is_empty() {
                lines.extend((high as i64..apart).map(|_| self.signature_line(Vec::new())));
            }
            let middle = |at: usize| centre - need * (row.len() - 1 - at) as i64;
            for at_line in 0..high {
                // A name of fewer lines stands at the foot of its row.
                let parts = row.iter().enumerate().filter_map(|(at, name)| {
                    let line = name.lines.get((at_line + name.lines.len()).checked_sub(high)?)?;
                    Some(line.at((middle(at) - line.width / 2).max(Length::ZERO)))
                });
                lines.push(self.signature_line(parts.flatten().collect()));
            }
            let seals = (0..row.len()).map(|at| SealPlace {
                x: middle(at),
                y: seal_top + seal.diameter / 2,
                diameter: seal.diameter,
            });
            if let Some(last) = lines.last_mut() {
                last.seals.extend(seals);
            }
        }
        // The lines of the first name, but for its last, keep the text away from the seal as free ones do.
        let first = lines.iter().position(|line| !line.seals.is_empty()).unwrap_or(0) as i64;
        let mut before = 0u16;
        while leading + pitch * (i64::from(before) + first) + seal_top < ABOVE_SEAL {
            before += 1;
        }
        for line in &date.lines {
            let mut line = self.signature_line(line.at(centre - line.width / 2));
            // The seal must lie on the page as well.
            line.height = line.height.max(seal_top + seal.diameter - pitch);
            lines.push(line);
        }
        (lines, before)
    }

    fn signature_line(&self, items: Vec<Item>) -> SetLine {
        SetLine { items, height: self.sheet.style(Role::Body).size, ..SetLine::default() }
    }

    /// Sets a name or a date in the room up to the inset of the block.
    pub(super) fn name(&mut self, text: &'a Text) -> Name {
        let sheet = self.sheet;
        let style = &sheet.signature;
        let cell = self.cell(style.size);
        let owner = self.node(Kind::Paragraph);
        let run_style = RunStyle {
            typeface: &style.typeface,
            han: self.fonts.chain(&style.typeface),
            latin: self.fonts.chain(&style.latin),
            size: style.size,
            cell,
            gap: style.size.scale(i64::from(sheet.gap.text), 1000),
        };
        let runs = [Run { text, style: run_style, owner }];
        let room = sheet.type_area.width - sheet.characters(style.unsealed_characters);
        let shape = cell::Shape { width: room, hang: false, title: true, smallest: style.size };
        let block = cell::set(&runs, shape, self.fonts, &mut self.remarks);
        let baseline = baseline_in(sheet.style(Role::Body).size, style.size);
        let mut lines = Vec::with_capacity(block.lines());
        for segment in &block.segments {
            for line in &segment.lines {
                let items = emit(&segment.prepared, &segment.prepared.place(line), Length::ZERO, baseline);
                lines.push(NameLine { width: segment.prepared.natural(&line.atoms), items });
            }
        }
        let width = lines.iter().map(|line| line.width).max().unwrap_or_default();
        Name { width, lines, begins: cell::begins(&block) }
    }
}

fn widest(names: &[Name]) -> Length {
    names.iter().map(|name| name.width).max().unwrap_or_default()
}

impl NameLine {
    /// Its items, the line starting at `left`.
    fn at(&self, left: Length) -> Vec<Item> {
        let mut items = self.items.clone();
        for item in &mut items {
            shift(item, left, Length::ZERO);
        }
        items
    }
}
