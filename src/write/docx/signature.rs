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
use crate::sheet::Sheet;

/// Seals of several bodies stand in rows of no more than three.
const SEALS_IN_A_ROW: usize = 3;

/// Writes the block; `gap` is white to leave above it on top of the block's own, after a table.
pub fn write(xml: &mut Xml, signature: &Signature, sheet: &Sheet, gap: Length) {
    match &signature.seal {
        None => write_unsealed(xml, signature, sheet, gap),
        Some(seal) if signature.agencies.len() > 1 => write_sealed_rows(xml, signature, seal, sheet, gap),
        Some(seal) => write_sealed(xml, signature, seal, sheet, gap),
    }
}

/// 7.3.5.1, one body: the date ends four characters from the right, the body is centred on it, and both
/// lie below the middle of a seal whose upper edge touches the text above.
///
/// Both lines are centred in one and the same room at the right, so that they are centred on each other
/// whatever their length.
fn write_sealed(xml: &mut Xml, signature: &Signature, seal: &Seal, sheet: &Sheet, gap: Length) {
    let inset = sheet.characters(sheet.signature.sealed_characters);
    let date = line_width(&signature.date.content, sheet);
    let names = signature.agencies.iter().map(|name| line_width(&name.content, sheet)).max().unwrap_or_default();
    let room = (date + inset * 2).max(names).min(measure(sheet));
    let place = ParagraphFormat {
        left: Some(measure(sheet) - room),
        right: Some(Length::ZERO),
        align: Some(Stand::Centre),
        ..ParagraphFormat::default()
    };
    let mut before = Some(gap + room_for_seal(seal, sheet));
    for agency in &signature.agencies {
        let format = ParagraphFormat { style: Some(styles::SIGNATURE), keep_next: true, before, ..place.clone() };
        write_line(xml, &agency.content, &format);
        before = None;
    }
    write_line(xml, &signature.date.content, &ParagraphFormat { style: Some(styles::DATE), before, ..place });
}

/// 7.3.5.1, several bodies: their names in rows, each under a seal of its own that touches no other, and
/// the date under the last name, so that the last seal presses it too.
fn write_sealed_rows(xml: &mut Xml, signature: &Signature, seal: &Seal, sheet: &Sheet, gap: Length) {
    let measure = measure(sheet);
    // Names of one row are a character apart at least, and so wide are the rows' places that no seal
    // reaches into the next.
    let names = signature.agencies.iter().map(|name| line_width(&name.content, sheet)).max().unwrap_or_default();
    let place = seal.diameter.max(names + sheet.characters(1));
    let per_row = (2..=SEALS_IN_A_ROW).rev().find(|&count| place * count as i64 <= measure).unwrap_or(1);
    let mut before = gap + room_for_seal(seal, sheet);
    let mut last_centre = measure / 2;
    for row in signature.agencies.chunks(per_row) {
        let centres: Vec<Length> =
            (0..row.len()).map(|place| measure.scale(2 * place as i64 + 1, 2 * row.len() as i64)).collect();
        last_centre = centres.last().copied().unwrap_or(last_centre);
        let names: String = row.iter().flat_map(|name| ["\t", &name.content]).collect();
        let format = ParagraphFormat {
            style: Some(styles::SIGNATURE),
            keep_next: true,
            centre_tabs: centres,
            before: Some(before),
            left: Some(Length::ZERO),
            align: Some(Stand::Left),
            ..ParagraphFormat::default()
        };
        write_line(xml, &names, &format);
        // With the height of the names' own line on top, the next row's seals do not touch this row's.
        before = seal.diameter;
    }
    let format = ParagraphFormat {
        style: Some(styles::DATE),
        centre_tabs: vec![last_centre],
        left: Some(Length::ZERO),
        align: Some(Stand::Left),
        ..ParagraphFormat::default()
    };
    write_line(xml, &format!("\t{}", signature.date.content), &format);
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

/// White above the first name: whole lines, as few as put the name below the middle of a seal whose
/// upper edge touches the line above.
fn room_for_seal(seal: &Seal, sheet: &Sheet) -> Length {
    let pitch = sheet.pitch.line.to_units().max(1);
    let half_leading = (sheet.pitch.line - sheet.style(Role::Body).size) / 2;
    let needed = (seal.diameter / 2 - half_leading).to_units().max(0);
    sheet.pitch.line * ((needed + pitch - 1) / pitch)
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
