//! What is drawn on a page: marked content, text, rules and fills (ISO 32000-1 8, 9 and 14.6).

use crate::length::Length;
use crate::pages::{Fill, NodeId, Owner, Page, Rule, Shape, Text, Turn};

use super::PdfError;
use super::file::{hex, thousandths, utf16, whole};
use super::fonts::Faces;

/// The units of [`Length`] in a point.
const PER_PT: i64 = 12_700;

/// A length in points, to the thousandth: a tenth of what the finest printers tell apart. Whoever signs writes a page
/// again, perhaps with numbers of single precision: no more decimals are written than come back from those.
pub(super) fn points(out: &mut Vec<u8>, length: Length) {
    thousandths(out, (length.to_units() * 1_000 + PER_PT / 2).div_euclid(PER_PT));
}

/// Lengths in points, each followed by a space.
fn points_all<const N: usize>(out: &mut Vec<u8>, lengths: [Length; N]) {
    for length in lengths {
        points(out, length);
        out.push(b' ');
    }
}

/// A page being drawn.
struct Canvas<'a> {
    page: &'a Page,
    out: &'a mut Vec<u8>,
    /// How text and fills are coloured; black to begin with.
    colour: Colour,
    /// How thick lines are; a point to begin with.
    weight: Length,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Colour {
    Black,
    Faint,
    Other([u8; 3]),
}

/// Draws a page into `out`, and returns the node that each piece of marked content belongs to, by its number.
///
/// # Errors
/// As [`Faces`] gives them.
pub(super) fn draw<'a>(page: &'a Page, faces: &mut Faces<'a>, out: &mut Vec<u8>) -> Result<Vec<NodeId>, PdfError> {
    let mut marked = Vec::new();
    let mut canvas = Canvas { page, out, colour: Colour::Black, weight: Length::pt(1) };
    for together in page.items.chunk_by(|one, next| one.owner == next.owner) {
        let Some(first) = together.first() else { continue };
        match first.owner {
            Owner::Node(node) => {
                canvas.out.extend(b"/Span<</MCID ");
                whole(canvas.out, marked.len() as i64);
                canvas.out.extend(b">>BDC\n");
                marked.push(node);
            }
            Owner::PageNumber => {
                canvas.out.extend(b"/Artifact<</Attached[/Bottom]/Subtype/Footer/Type/Pagination>>BDC\n");
            }
            Owner::Repeated => canvas.out.extend(b"/Artifact<</Type/Pagination>>BDC\n"),
            Owner::Decoration => canvas.out.extend(b"/Artifact<</Type/Layout>>BDC\n"),
            Owner::Watermark => canvas.out.extend(b"/Artifact<</Subtype/Watermark/Type/Pagination>>BDC\n"),
        }
        for item in together {
            match &item.shape {
                Shape::Text(text) => canvas.text(text, faces)?,
                Shape::Rule(rule) => canvas.rule(rule),
                Shape::Fill(fill) => canvas.fill(fill),
            }
        }
        canvas.out.extend(b"EMC\n");
    }
    Ok(marked)
}

impl Canvas<'_> {
    /// A height from the foot of the page.
    fn up(&self, y: Length) -> Length {
        self.page.height - y
    }

    fn colour(&mut self, colour: Colour) {
        if self.colour == colour {
            return;
        }
        self.colour = colour;
        // The output intent says which grey and which red these are.
        match colour {
            Colour::Black => self.out.extend(b"0 g\n"),
            Colour::Faint => self.out.extend(b".843 g\n"),
            Colour::Other(parts) => {
                for part in parts {
                    thousandths(self.out, (i64::from(part) * 1000 + 127) / 255);
                    self.out.push(b' ');
                }
                self.out.extend(b"rg\n");
            }
        }
    }

    fn rule(&mut self, rule: &Rule) {
        if self.weight != rule.weight {
            self.weight = rule.weight;
            points(self.out, rule.weight);
            self.out.extend(b" w\n");
        }
        points_all(self.out, [rule.from.0, self.up(rule.from.1)]);
        self.out.extend(b"m ");
        points_all(self.out, [rule.to.0, self.up(rule.to.1)]);
        self.out.extend(b"l S\n");
    }

    fn fill(&mut self, fill: &Fill) {
        self.colour(Colour::Other(fill.colour));
        points_all(self.out, [fill.x, self.up(fill.y + fill.height), fill.width, fill.height]);
        self.out.extend(b"re f\n");
    }

    /// Text is one line: glyphs as they follow each other, and in thousandths of the size how far each stands from
    /// where the one before it ends. What does not say by itself which characters it is gets them written beside it.
    fn text<'a>(&mut self, text: &'a Text, faces: &mut Faces<'a>) -> Result<(), PdfError> {
        if text.glyphs.is_empty() {
            return Ok(());
        }
        self.colour(if text.faint { Colour::Faint } else { Colour::Black });
        let at = faces.get(text.face)?;
        self.out.extend(b"BT/f");
        whole(self.out, at as i64);
        self.out.push(b' ');
        points(self.out, text.size);
        self.out.extend(b" Tf ");
        self.place(text);
        // In thousandths of a thousandth of the size.
        let size = text.size.to_units().max(1);
        let mut pen = 0;
        let mut open = false;
        for cluster in text.glyphs.chunk_by(|one, next| one.range == next.range) {
            let said = text.content.get(cluster[0].range.clone()).unwrap_or_default();
            let mut spanned = cluster.len() > 1;
            for glyph in cluster {
                spanned |= !faces.say(at, glyph.id, said, text)?;
            }
            for (index, glyph) in cluster.iter().enumerate() {
                let gap = (glyph.x.to_units() * 1_000_000 + size / 2).div_euclid(size) - pen;
                // Tenths of a thousandth are less than a printer can do.
                let tenths = (gap + 50).div_euclid(100);
                if tenths != 0 {
                    self.out.push(if open { b'>' } else { b'[' });
                    thousandths(self.out, -tenths * 100);
                    self.out.push(b'<');
                    pen += tenths * 100;
                    open = true;
                }
                if spanned && index == 0 {
                    self.out.extend(if open { b">]TJ".as_slice() } else { b"" });
                    self.out.extend(b"/Span<</ActualText<FEFF");
                    utf16(self.out, said);
                    self.out.extend(b">>>BDC");
                    open = false;
                }
                if !open {
                    self.out.extend(b"[<");
                    open = true;
                }
                hex(self.out, &faces.cid(at, glyph.id).to_be_bytes());
                pen += faces.advance(at, glyph.id);
            }
            if spanned {
                self.out.extend(b">]TJ EMC ");
                open = false;
            }
        }
        self.out.extend(if open { b">]TJ ET\n".as_slice() } else { b"ET\n" });
        Ok(())
    }

    /// Where a line begins and which way it runs.
    fn place(&mut self, text: &Text) {
        let start = (text.x, self.up(text.y));
        match text.turn {
            Turn::Level => {
                points_all(self.out, [start.0, start.1]);
                self.out.extend(b"Td");
                return;
            }
            Turn::Up => self.out.extend(b"0 1 -1 0 "),
            Turn::Down => self.out.extend(b"0 -1 1 0 "),
            Turn::Slanted => self.out.extend(b".70711 .70711 -.70711 .70711 "),
        }
        // A slanted line is turned about the middle of the page, the others about where they begin.
        let (x, y) = if text.turn == Turn::Slanted {
            let middle = (self.page.width / 2, self.page.height / 2);
            let (across, up) = (start.0 - middle.0, start.1 - middle.1);
            // The sine of 45 degrees.
            let part = |length: Length| length.scale(7_071_068, 10_000_000);
            (middle.0 + part(across - up), middle.1 + part(across + up))
        } else {
            start
        };
        points_all(self.out, [x, y]);
        self.out.extend(b"Tm");
    }
}
