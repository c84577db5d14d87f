//! The signature block of GB/T 9704 7.3.5: 署名, 成文日期 and the place of the seal.
//!
//! Everything stands by indents, so that the lines stay plain paragraphs a clerk can edit. Where a
//! line's place depends on another line's length, that length is the one every Chinese office font
//! gives; a Western letter in a name may put it off by a part of a character.

use super::characters::width;
use super::format::{ParagraphFormat, RunFormat, Stand};
use super::page::{measure, tracking};
use super::styles;
use super::text::write_runs;
use super::xml::Xml;
use crate::document::{Role, Seal, Signature};
use crate::length::Length;
use crate::sheet::{self, Sheet};

/// Writes the block; `gap` is white to leave above it on top of the block's own, after a table.
pub fn write(xml: &mut Xml, signature: &Signature, sheet: &Sheet, gap: Length) {
    match &signature.seal {
        None => write_unsealed(xml, signature, sheet, gap),
        Some(seal) => {
            let places = Places::of(signature, seal, sheet);
            match &signature.agencies[..] {
                [agency] => write_sealed(xml, &agency.content, signature, &places, sheet, gap),
                _ => write_sealed_rows(xml, signature, &places, sheet, gap),
            }
        }
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
    /// White above the first name.
    above: Length,
    /// White between two rows of names.
    between: Length,
}

impl Places {
    fn of(signature: &Signature, seal: &Seal, sheet: &Sheet) -> Self {
        let (measure, pitch) = (measure(sheet), sheet.pitch.line);
        let style = &sheet.signature;
        let lines = |length: Length| (length.to_units() + pitch.to_units() - 1).div_euclid(pitch.to_units().max(1));
        let names: Vec<Length> = signature.agencies.iter().map(|name| line_width(&name.content, sheet)).collect();
        let last = names.last().copied().unwrap_or_default();
        let by_date =
            measure - sheet.characters(style.sealed_characters) - line_width(&signature.date.content, sheet) / 2;
        let centre = by_date.min(measure - sheet.characters(style.unsealed_characters) - last / 2);
        let apart = names.into_iter().max().unwrap_or_default().max(seal.diameter) + sheet::BETWEEN_SEALS;
        let per_row = ((centre + apart / 2).to_units() / apart.to_units().max(1)).max(1);
        // The middle of name and date lies below the seal's, and the seal's top below the line above.
        let body = sheet.style(Role::Body).size;
        let over_name = sheet::BELOW_SEAL_CENTRE + seal.diameter / 2 - (pitch + body) / 2;
        let above = lines(over_name + sheet::ABOVE_SEAL - (pitch - body)).max(0);
        let rows_apart = lines(seal.diameter + sheet::BETWEEN_SEALS);
        Places {
            centre,
            apart,
            per_row: usize::try_from(per_row).unwrap_or(1),
            above: pitch * above,
            between: pitch * (rows_apart - 1).max(0),
        }
    }
}

/// 7.3.5.1, one body: the body is centred on the date, and both lie below the middle of a seal whose upper edge
/// is within a line of the text above.
///
/// Both lines are centred in one and the same room at the right, so that they are centred on each other
/// whatever their length.
fn write_sealed(xml: &mut Xml, agency: &str, signature: &Signature, places: &Places, sheet: &Sheet, gap: Length) {
    let place = ParagraphFormat {
        left: Some((places.centre * 2 - measure(sheet)).max(Length::ZERO)),
        right: Some(Length::ZERO),
        align: Some(Stand::Centre),
        ..ParagraphFormat::default()
    };
    let before = Some(gap + places.above);
    let format = ParagraphFormat { style: Some(styles::SIGNATURE), keep_next: true, before, ..place.clone() };
    write_line(xml, agency, &format);
    write_line(xml, &signature.date.content, &ParagraphFormat { style: Some(styles::DATE), ..place });
}

/// 7.3.5.1, several bodies: their names in rows, each under a seal of its own that touches no other, and
/// the date under the last name, so that the last seal presses it too.
fn write_sealed_rows(xml: &mut Xml, signature: &Signature, places: &Places, sheet: &Sheet, gap: Length) {
    let format = |style, centre_tabs, before| ParagraphFormat {
        style: Some(style),
        centre_tabs,
        before,
        left: Some(Length::ZERO),
        align: Some(Stand::Left),
        ..ParagraphFormat::default()
    };
    let mut before = gap + places.above;
    for row in signature.agencies.chunks(places.per_row) {
        let centre = |at: usize| places.centre - places.apart * (row.len() - 1 - at) as i64;
        let names: String = row.iter().flat_map(|name| ["\t", &name.content]).collect();
        let tabs = (0..row.len()).map(|at| centre(at).max(line_width(&row[at].content, sheet) / 2)).collect();
        let format = format(styles::SIGNATURE, tabs, Some(before));
        write_line(xml, &names, &ParagraphFormat { keep_next: true, ..format });
        before = places.between;
    }
    write_line(xml, &format!("\t{}", signature.date.content), &format(styles::DATE, vec![places.centre], None));
}

/// 7.3.5.2: a line is left free; the longest name ends two characters from the right and all names start
/// below one another; the date starts two characters to the right of them. A date longer than the names
/// ends two characters from the right itself, and the names move left.
fn write_unsealed(xml: &mut Xml, signature: &Signature, sheet: &Sheet, gap: Length) {
    let style = &sheet.signature;
    let inset = sheet.characters(style.unsealed_characters);
    let offset = sheet.characters(style.date_offset_characters);
    let date = line_width(&signature.date.content, sheet);
    let names = signature.agencies.iter().map(|name| line_width(&name.content, sheet)).max().unwrap_or_default();
    let end = measure(sheet) - inset;
    let names_start = if date > names { end - date - offset } else { end - names }.max(Length::ZERO);
    let mut before = Some(gap + sheet.pitch.line * i64::from(style.lines_before));
    let at =
        |left: Length| ParagraphFormat { left: Some(left), align: Some(Stand::Left), ..ParagraphFormat::default() };
    for agency in &signature.agencies {
        let place = at(names_start);
        let format = ParagraphFormat { style: Some(styles::SIGNATURE), keep_next: true, before, ..place };
        write_line(xml, &agency.content, &format);
        before = None;
    }
    let format = ParagraphFormat { style: Some(styles::DATE), before, ..at(names_start + offset) };
    write_line(xml, &signature.date.content, &format);
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
