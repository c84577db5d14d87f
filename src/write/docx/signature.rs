//! The signature block of GB/T 9704 7.3.5: 署名, 成文日期 and the place of the seal.
//!
//! Everything stands by indents, so that the lines stay plain paragraphs a clerk can edit. Where a
//! line's place depends on another line's length, that length is the one every Chinese office font
//! gives; a Western letter in a name may put it off by a part of a character. A name too long for a line is
//! broken by force where the typesetter breaks it.

use super::characters::width;
use super::format::{ParagraphFormat, RunFormat, Stand};
use super::page::{measure, tracking};
use super::styles;
use super::text::write_runs;
use super::xml::Xml;
use crate::document::{Role, Seal, Signature, Text};
use crate::length::Length;
use crate::sheet::{self, Sheet};

/// Writes the block; `gap` is white to leave above it on top of the block's own, after a table, and `begins` says
/// for each name and the date where its lines begin, but for the first.
pub fn write(xml: &mut Xml, signature: &Signature, begins: &[Vec<usize>], sheet: &Sheet, gap: Length) {
    let begins = |at: usize| begins.get(at).map_or(&[][..], Vec::as_slice);
    let names = signature.agencies.iter().enumerate().map(|(at, name)| Name::of(name, begins(at), sheet)).collect();
    let date = Name::of(&signature.date, begins(signature.agencies.len()), sheet);
    let block = Signed { names, date };
    match &signature.seal {
        None => write_unsealed(xml, &block, sheet, gap),
        Some(seal) => {
            let places = Places::of(&block, seal, sheet);
            match &block.names[..] {
                [name] => write_sealed(xml, name, &block.date, &places, sheet, gap),
                _ => write_sealed_rows(xml, &block, &places, sheet, gap),
            }
        }
    }
}

/// The names and the date of a block.
struct Signed<'a> {
    names: Vec<Name<'a>>,
    date: Name<'a>,
}

impl Signed<'_> {
    fn widest(&self) -> Length {
        self.names.iter().map(|name| name.width).max().unwrap_or_default()
    }
}

/// A name or a date in lines.
struct Name<'a> {
    lines: Vec<&'a str>,
    /// Of its widest line.
    width: Length,
}

impl<'a> Name<'a> {
    fn of(text: &'a Text, begins: &[usize], sheet: &Sheet) -> Self {
        let content = &text.content;
        let starts = std::iter::once(0).chain(begins.iter().copied());
        let ends = begins.iter().copied().chain([content.len()]);
        let lines: Vec<&str> = starts.zip(ends).filter_map(|(start, end)| content.get(start..end)).collect();
        let width = lines.iter().map(|line| line_width(line, sheet)).max().unwrap_or_default();
        Name { lines, width }
    }

    /// Its lines with `before` each of them.
    fn text(&self, before: &str) -> String {
        let lines: Vec<String> = self.lines.iter().map(|line| format!("{before}{line}")).collect();
        lines.join("\n")
    }
}

/// Where names and seals stand. Of one row, all are as far apart as the widest name or the seal wants; the last
/// stands over the date, which ends four characters from the right unless the name would come too near the edge.
struct Places {
    /// The middle of the last name, of its seal and of the date.
    centre: Length,
    /// From one middle to the next.
    apart: Length,
    per_row: usize,
    /// White above the last line of the first name.
    above: Length,
    /// White between the last lines of two rows of names.
    between: Length,
}

impl Places {
    fn of(block: &Signed, seal: &Seal, sheet: &Sheet) -> Self {
        let (measure, pitch) = (measure(sheet), sheet.pitch.line);
        let style = &sheet.signature;
        let lines = |length: Length| (length.to_units() + pitch.to_units() - 1).div_euclid(pitch.to_units().max(1));
        let by_date = measure - sheet.characters(style.sealed_characters) - block.date.width / 2;
        let centre = by_date.min(measure - sheet.characters(style.unsealed_characters) - block.widest() / 2);
        let apart = block.widest().max(seal.diameter) + sheet::BETWEEN_SEALS;
        let per_row = ((centre + apart / 2).to_units() / apart.to_units().max(1)).max(1);
        // The middle of name and date lies below the seal's, and the seal's top below the line above.
        let body = sheet.style(Role::Body).size;
        let over_name = sheet::BELOW_SEAL_CENTRE + seal.diameter / 2 - (pitch + body) / 2;
        let above = lines(over_name + sheet::ABOVE_SEAL - (pitch - body));
        let rows_apart = lines(seal.diameter + sheet::BETWEEN_SEALS);
        Places {
            centre,
            apart,
            per_row: usize::try_from(per_row).unwrap_or(1),
            above: pitch * above,
            between: pitch * (rows_apart - 1),
        }
    }
}

/// 7.3.5.1, one body: the body is centred on the date, and both lie below the middle of a seal whose upper edge
/// is within a line of the text above.
///
/// Both lines are centred in one and the same room at the right, so that they are centred on each other
/// whatever their length.
fn write_sealed(xml: &mut Xml, name: &Name, date: &Name, places: &Places, sheet: &Sheet, gap: Length) {
    let place = ParagraphFormat {
        left: Some((places.centre * 2 - measure(sheet)).max(Length::ZERO)),
        right: Some(Length::ZERO),
        align: Some(Stand::Centre),
        ..ParagraphFormat::default()
    };
    let before = Some(gap + less_lines(places.above, name, sheet));
    let format = ParagraphFormat { style: Some(styles::SIGNATURE), keep_next: true, before, ..place.clone() };
    write_line(xml, &name.text(""), &format);
    write_line(xml, &date.text(""), &ParagraphFormat { style: Some(styles::DATE), ..place });
}

/// 7.3.5.1, several bodies: their names in rows, each under a seal of its own that touches no other, and
/// the date under the last name, so that the last seal presses it too.
///
/// A name of several lines has a row of its own: two such do not go side by side.
fn write_sealed_rows(xml: &mut Xml, block: &Signed, places: &Places, sheet: &Sheet, gap: Length) {
    let format = |style, centre_tabs, before| ParagraphFormat {
        style: Some(style),
        centre_tabs,
        before,
        left: Some(Length::ZERO),
        align: Some(Stand::Left),
        ..ParagraphFormat::default()
    };
    let mut above = (gap, places.above);
    for row in block.names.chunks(places.per_row) {
        let centre = |at: usize| places.centre - places.apart * (row.len() - 1 - at) as i64;
        let names: String = row.iter().map(|name| name.text("\t")).collect();
        let tabs = (0..row.len()).map(|at| centre(at).max(row[at].width / 2)).collect();
        let before = row.iter().map(|name| less_lines(above.1, name, sheet)).min().unwrap_or_default();
        let format = format(styles::SIGNATURE, tabs, Some(above.0 + before));
        write_line(xml, &names, &ParagraphFormat { keep_next: true, ..format });
        above = (Length::ZERO, places.between);
    }
    write_line(xml, &block.date.text("\t"), &format(styles::DATE, vec![places.centre], None));
}

/// White above the first line of a name, of which `above` is left above its last.
fn less_lines(above: Length, name: &Name, sheet: &Sheet) -> Length {
    (above - sheet.pitch.line * (name.lines.len() as i64 - 1)).max(Length::ZERO)
}

/// 7.3.5.2: a line is left free; the longest name ends two characters from the right and all names start
/// below one another; the date starts two characters to the right of them. A date longer than the names
/// ends two characters from the right itself, and the names move left.
fn write_unsealed(xml: &mut Xml, block: &Signed, sheet: &Sheet, gap: Length) {
    let style = &sheet.signature;
    let inset = sheet.characters(style.unsealed_characters);
    let offset = sheet.characters(style.date_offset_characters);
    let (names, date) = (block.widest(), block.date.width);
    let end = measure(sheet) - inset;
    let names_start = if date > names { end - date - offset } else { end - names }.max(Length::ZERO);
    let mut before = Some(gap + sheet.pitch.line * i64::from(style.lines_before));
    let at =
        |left: Length| ParagraphFormat { left: Some(left), align: Some(Stand::Left), ..ParagraphFormat::default() };
    for name in &block.names {
        let place = at(names_start);
        let format = ParagraphFormat { style: Some(styles::SIGNATURE), keep_next: true, before, ..place };
        write_line(xml, &name.text(""), &format);
        before = None;
    }
    let format = ParagraphFormat { style: Some(styles::DATE), before, ..at(names_start + offset) };
    write_line(xml, &block.date.text(""), &format);
}

fn line_width(text: &str, sheet: &Sheet) -> Length {
    width(text, sheet.signature.size, tracking(sheet), sheet.gap.text)
}

fn write_line(xml: &mut Xml, text: &str, format: &ParagraphFormat) {
    xml.element("w:p", &[], |xml| {
        format.write(xml);
        write_runs(xml, text, &RunFormat::default());
    });
}
