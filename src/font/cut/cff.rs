//! Glyphs copied out of a CFF font without subroutines (Adobe Technical Note 5176).
//!
//! What comes out is keyed by CID, and the CID of a glyph is its number: the form PDF wants (ISO 32000-1 9.7.4.2).

use std::ops::Range;

use super::Piece;
use super::sfnt::{u16_at, u32_at};

// Operators of DICTs; those of two bytes begin with 12.
const CHARSET: u16 = 15;
const CHAR_STRINGS: u16 = 17;
const PRIVATE: u16 = 18;
const SUBRS: u16 = 19;
const FONT_BBOX: u16 = 5;
const CHAR_STRING_TYPE: u16 = 0x0C06;
const FONT_MATRIX: u16 = 0x0C07;
const ROS: u16 = 0x0C1E;
const CID_COUNT: u16 = 0x0C22;
const FD_ARRAY: u16 = 0x0C24;
const FD_SELECT: u16 = 0x0C25;

/// The first string of a font's own; those before it are standard.
const FIRST_STRING: i32 = 391;

/// A list of pieces of bytes.
#[derive(Clone, Copy)]
struct Index<'a> {
    table: &'a [u8],
    start: usize,
    count: usize,
    size: usize,
}

impl<'a> Index<'a> {
    fn read(table: &'a [u8], start: usize) -> Option<Self> {
        let count = usize::from(u16_at(table, start)?);
        let size = if count == 0 { 1 } else { usize::from(*table.get(start.checked_add(2)?)?) };
        (1..=4).contains(&size).then_some(Index { table, start, count, size })
    }

    fn offset(&self, at: usize) -> Option<usize> {
        let from = self.start + 3 + self.size * at;
        let bytes = self.table.get(from..from + self.size)?;
        Some(bytes.iter().fold(0, |offset, &byte| offset << 8 | usize::from(byte)))
    }

    /// Where the byte before the first piece stands: offsets count from there.
    fn base(&self) -> usize {
        self.start + 3 + self.size * (self.count + 1) - 1
    }

    fn get(&self, at: usize) -> Option<&'a [u8]> {
        if at >= self.count {
            return None;
        }
        let end = |at: usize| self.base().checked_add(self.offset(at)?);
        let range: Range<usize> = end(at)?..end(at + 1)?;
        self.table.get(range)
    }

    /// Where the list ends.
    fn end(&self) -> Option<usize> {
        if self.count == 0 { Some(self.start + 2) } else { Some(self.base() + self.offset(self.count)?) }
    }
}

/// An operator of a DICT and its operands as they are written.
struct Entry<'a> {
    operator: u16,
    operands: &'a [u8],
}

/// The entries of a DICT in order; it ends at the first byte that has no meaning.
fn entries(dict: &[u8]) -> impl Iterator<Item = Entry<'_>> {
    let mut rest = dict;
    std::iter::from_fn(move || {
        let mut at = 0;
        loop {
            let first = *rest.get(at)?;
            let length = match first {
                0..=21 => {
                    let long = first == 12;
                    let operator = if long { 0x0C00 | u16::from(*rest.get(at + 1)?) } else { u16::from(first) };
                    let operands = &rest[..at];
                    rest = &rest[at + 1 + usize::from(long)..];
                    return Some(Entry { operator, operands });
                }
                28 => 3,
                29 => 5,
                // A decimal number: two digits a byte, until one of them is 15.
                30 => 2 + rest[at + 1..].iter().position(|byte| byte & 0x0F == 0x0F || byte >> 4 == 0x0F)?,
                32..=246 => 1,
                247..=254 => 2,
                22..=27 | 31 | 255 => return None,
            };
            at += length;
        }
    })
}

fn find(dict: &[u8], operator: u16) -> Option<&[u8]> {
    entries(dict).find(|entry| entry.operator == operator).map(|entry| entry.operands)
}

/// Operands that are whole numbers.
fn whole(operands: &[u8]) -> Option<Vec<i32>> {
    let mut numbers = Vec::new();
    let mut at = 0;
    while let Some(&first) = operands.get(at) {
        let byte = |next: usize| operands.get(at + next).map(|&byte| i32::from(byte));
        let head = i32::from(first);
        let (number, length) = match first {
            28 => (i32::from(u16_at(operands, at + 1)? as i16), 3),
            29 => (u32_at(operands, at + 1)? as i32, 5),
            32..=246 => (head - 139, 1),
            247..=250 => ((head - 247) * 256 + byte(1)? + 108, 2),
            251..=254 => (-(head - 251) * 256 - byte(1)? - 108, 2),
            0..=27 | 30 | 31 | 255 => return None,
        };
        numbers.push(number);
        at += length;
    }
    Some(numbers)
}

fn place(dict: &[u8], operator: u16) -> Option<usize> {
    usize::try_from(*whole(find(dict, operator)?)?.first()?).ok()
}

/// What of a font is copied.
struct Font<'a> {
    table: &'a [u8],
    name: &'a [u8],
    top: &'a [u8],
    char_strings: Index<'a>,
    fonts: Index<'a>,
    select: usize,
}

impl<'a> Font<'a> {
    /// Reads a font keyed by CID without subroutines; `None` for every other.
    fn read(table: &'a [u8]) -> Option<Self> {
        let names = Index::read(table, usize::from(*table.get(2)?))?;
        let tops = Index::read(table, names.end()?)?;
        let strings = Index::read(table, tops.end()?)?;
        let subroutines = Index::read(table, strings.end()?)?;
        let top = tops.get(0)?;
        let of_type_2 = find(top, CHAR_STRING_TYPE).is_none_or(|kind| whole(kind).as_deref() == Some(&[2]));
        if subroutines.count > 0 || find(top, ROS).is_none() || !of_type_2 {
            return None;
        }
        let font = Font {
            table,
            name: names.get(0)?,
            top,
            char_strings: Index::read(table, place(top, CHAR_STRINGS)?)?,
            fonts: Index::read(table, place(top, FD_ARRAY)?)?,
            select: place(top, FD_SELECT)?,
        };
        let has_subroutines = |at: usize| Some(find(font.private(at)?, SUBRS).is_some());
        for at in 0..font.fonts.count {
            if has_subroutines(at)? {
                return None;
            }
        }
        Some(font)
    }

    /// The Private DICT of one of the fonts the font is made of.
    fn private(&self, at: usize) -> Option<&'a [u8]> {
        let operands = whole(find(self.fonts.get(at)?, PRIVATE)?)?;
        let [size, offset] = operands.as_slice() else { return None };
        let (size, offset) = (usize::try_from(*size).ok()?, usize::try_from(*offset).ok()?);
        self.table.get(offset..offset.checked_add(size)?)
    }

    /// Which of the fonts a glyph belongs to.
    fn font_of(&self, glyph: u16) -> Option<u8> {
        match self.table.get(self.select)? {
            0 => self.table.get(self.select + 1 + usize::from(glyph)).copied(),
            3 => {
                let count = usize::from(u16_at(self.table, self.select + 1)?);
                let ranges = self.table.get(self.select + 3..self.select + 3 + 3 * count)?;
                let first = |at: usize| u16_at(ranges, 3 * at).unwrap_or(u16::MAX);
                // The last range that begins at or before the glyph.
                let (mut low, mut high) = (0, count);
                while low < high {
                    let middle = (low + high) / 2;
                    if first(middle) <= glyph { low = middle + 1 } else { high = middle }
                }
                ranges.get(3 * low.checked_sub(1)? + 2).copied()
            }
            _ => None,
        }
    }
}

/// Whether glyphs share bytes: together they are much longer than the table they stand in.
pub(super) fn overlaps(table: &[u8]) -> Option<bool> {
    let names = Index::read(table, usize::from(*table.get(2)?))?;
    let tops = Index::read(table, names.end()?)?;
    let char_strings = Index::read(table, place(tops.get(0)?, CHAR_STRINGS)?)?;
    let glyphs = (0..char_strings.count).filter_map(|at| char_strings.get(at));
    Some(glyphs.map(<[u8]>::len).sum::<usize>() > 2 * table.len())
}

/// Whether the font is of the kind that [`cut`] copies.
pub(super) fn can_be_cut(table: &[u8]) -> Option<()> {
    Font::read(table).map(|_| ())
}

/// Copies glyphs in the order asked for.
pub(super) fn cut<'a>(table: &'a [u8], glyphs: &[u16]) -> Option<Vec<Piece<'a>>> {
    let font = Font::read(table)?;
    let count = u16::try_from(glyphs.len()).ok()?;
    // The fonts in use, in the order of their first glyphs, and which of them each glyph belongs to.
    let mut used: Vec<u8> = Vec::new();
    let mut select: Vec<u8> = Vec::with_capacity(glyphs.len());
    let mut programs = Vec::with_capacity(glyphs.len());
    for &glyph in glyphs {
        let own = font.font_of(glyph)?;
        let at = used.iter().position(|&other| other == own).unwrap_or_else(|| {
            used.push(own);
            used.len() - 1
        });
        select.push(at as u8);
        programs.push(font.char_strings.get(usize::from(glyph))?);
    }

    let strings: &[&[u8]] = &[b"Adobe", b"Identity"];
    let privates: Vec<Vec<u8>> =
        used.iter().map(|&at| font.private(at.into()).map(without_subroutines)).collect::<Option<_>>()?;
    let select = write_select(&select);
    // Offsets are written in five bytes, so that the DICT is as long before they are known as after.
    let top = |charset: usize, select: usize, chars: usize, fonts: usize| {
        let mut dict = Vec::new();
        for number in [FIRST_STRING, FIRST_STRING + 1, 0] {
            number_into(number as usize, &mut dict);
        }
        dict.extend(ROS.to_be_bytes());
        for operator in [FONT_BBOX, FONT_MATRIX] {
            if let Some(operands) = find(font.top, operator) {
                dict.extend(operands);
                operator_into(operator, &mut dict);
            }
        }
        let places = [
            (usize::from(count), CID_COUNT),
            (charset, CHARSET),
            (select, FD_SELECT),
            (chars, CHAR_STRINGS),
            (fonts, FD_ARRAY),
        ];
        for (place, operator) in places {
            number_into(place, &mut dict);
            operator_into(operator, &mut dict);
        }
        dict
    };
    let head = |top: &[u8]| {
        let mut out = vec![1, 0, 4, 4];
        index_into(&[font.name], &mut out);
        index_into(&[top], &mut out);
        index_into(strings, &mut out);
        index_into(&[], &mut out);
        out
    };
    let charset_at = head(&top(0, 0, 0, 0)).len();
    // One range (format 2): glyph 1 and the following have the CIDs 1 and following.
    let charset = [&[2, 0, 1][..], &count.saturating_sub(2).to_be_bytes()].concat();
    let charset = if count > 1 { charset } else { vec![0] };
    let select_at = charset_at + charset.len();
    let mut private_at = select_at + select.len();
    let mut fonts = Vec::new();
    for (private, &at) in privates.iter().zip(&used) {
        let mut dict = Vec::new();
        if let Some(matrix) = find(font.fonts.get(at.into())?, FONT_MATRIX) {
            dict.extend(matrix);
            operator_into(FONT_MATRIX, &mut dict);
        }
        number_into(private.len(), &mut dict);
        number_into(private_at, &mut dict);
        operator_into(PRIVATE, &mut dict);
        fonts.push(dict);
        private_at += private.len();
    }
    let fonts_at = private_at;
    let mut tail = Vec::new();
    index_into(&fonts.iter().map(Vec::as_slice).collect::<Vec<_>>(), &mut tail);
    let mut out = head(&top(charset_at, select_at, fonts_at + tail.len(), fonts_at));
    out.extend(charset);
    out.extend(select);
    privates.iter().for_each(|private| out.extend(private));
    out.extend(tail);
    index_head_into(programs.iter().map(|program| program.len()), &mut out);
    let outlines = glyphs.iter().zip(programs).map(|(&glyph, program)| Piece::Outline(glyph, program));
    Some(std::iter::once(out.into()).chain(outlines).collect())
}

#[cfg(test)]
/// A font of `count` glyphs that draw nothing.
pub(super) fn blank(count: u16) -> Vec<u8> {
    let top = |chars: usize| {
        let mut dict = Vec::new();
        number_into(chars, &mut dict);
        operator_into(CHAR_STRINGS, &mut dict);
        // A Private DICT of no bytes.
        number_into(0, &mut dict);
        number_into(0, &mut dict);
        operator_into(PRIVATE, &mut dict);
        dict
    };
    let head = |top: &[u8]| {
        let mut out = vec![1, 0, 4, 4];
        index_into(&[b"blank"], &mut out);
        index_into(&[top], &mut out);
        index_into(&[], &mut out);
        index_into(&[], &mut out);
        out
    };
    let chars_at = head(&top(0)).len();
    let mut out = head(&top(chars_at));
    // An INDEX of as many programs of one byte.
    const END_CHAR: u8 = 14;
    out.extend(count.to_be_bytes());
    out.push(4);
    out.extend((1..=u32::from(count) + 1).flat_map(u32::to_be_bytes));
    out.resize(out.len() + usize::from(count), END_CHAR);
    out
}

/// The FDSelect table: a byte for each glyph, or ranges where that is shorter.
fn write_select(select: &[u8]) -> Vec<u8> {
    let starts: Vec<usize> = (0..select.len()).filter(|&at| at == 0 || select[at] != select[at - 1]).collect();
    if 5 + 3 * starts.len() > 1 + select.len() {
        return [&[0], select].concat();
    }
    let mut out = vec![3];
    out.extend((starts.len() as u16).to_be_bytes());
    for &at in &starts {
        out.extend((at as u16).to_be_bytes());
        out.push(select[at]);
    }
    out.extend((select.len() as u16).to_be_bytes());
    out
}

/// A Private DICT without the place of subroutines, which there are none of.
fn without_subroutines(private: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(private.len());
    for entry in entries(private).filter(|entry| entry.operator != SUBRS) {
        out.extend(entry.operands);
        operator_into(entry.operator, &mut out);
    }
    out
}

fn number_into(number: usize, out: &mut Vec<u8>) {
    out.push(29);
    out.extend((number as u32).to_be_bytes());
}

fn operator_into(operator: u16, out: &mut Vec<u8>) {
    if operator > 0xFF {
        out.push(12);
    }
    out.push(operator as u8);
}

fn index_into(pieces: &[&[u8]], out: &mut Vec<u8>) {
    index_head_into(pieces.iter().map(|piece| piece.len()), out);
    pieces.iter().for_each(|piece| out.extend_from_slice(piece));
}

/// What of an INDEX stands before its pieces, by their lengths.
fn index_head_into(lengths: impl ExactSizeIterator<Item = usize> + Clone, out: &mut Vec<u8>) {
    out.extend((lengths.len() as u16).to_be_bytes());
    if lengths.len() == 0 {
        return;
    }
    let end = 1 + lengths.clone().sum::<usize>();
    let size = if end > 0xFF_FFFF {
        4
    } else if end > 0xFFFF {
        3
    } else if end > 0xFF {
        2
    } else {
        1
    };
    out.push(size as u8);
    let mut offset = 1u32;
    let offset_into = |offset: u32, out: &mut Vec<u8>| out.extend(&offset.to_be_bytes()[4 - size..]);
    offset_into(offset, out);
    for length in lengths {
        offset += length as u32;
        offset_into(offset, out);
    }
}
