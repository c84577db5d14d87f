//! Glyphs copied out of a TrueType font (OpenType 1.9, `glyf` and `loca`).

use std::collections::BTreeMap;

use super::sfnt::{Tables, u16_at, u32_at};
use super::{Piece, Table};

/// Where the glyphs of a font stand.
struct Outlines<'a> {
    glyf: &'a [u8],
    loca: &'a [u8],
    long: bool,
}

impl<'a> Outlines<'a> {
    fn read(tables: &Tables<'a>) -> Option<Self> {
        let long = u16_at(tables.get(b"head")?, 50)? != 0;
        Some(Outlines { glyf: tables.get(b"glyf")?, loca: tables.get(b"loca")?, long })
    }

    /// The bytes of a glyph; none for one without ink.
    fn glyph(&self, id: u16) -> Option<&'a [u8]> {
        let at = |index: usize| {
            let offset =
                if self.long { u32_at(self.loca, 4 * index)? } else { 2 * u32::from(u16_at(self.loca, 2 * index)?) };
            Some(offset as usize)
        };
        let id = usize::from(id);
        self.glyf.get(at(id)?..at(id + 1)?)
    }
}

/// Whether glyphs share bytes: together they are much longer than the table they stand in.
pub(super) fn overlaps(tables: &Tables) -> Option<bool> {
    let outlines = Outlines::read(tables)?;
    let count = outlines.loca.len() / if outlines.long { 4 } else { 2 };
    let glyphs = (0..count).filter_map(|id| outlines.glyph(u16::try_from(id).ok()?));
    Some(glyphs.map(<[u8]>::len).sum::<usize>() > 2 * outlines.glyf.len())
}

/// Whether the font has all that [`cut`] needs.
pub(super) fn can_be_cut(tables: &Tables) -> Option<()> {
    let outlines = Outlines::read(tables)?;
    outlines.glyph(0)?;
    metrics(tables, 0)?;
    Some(())
}

/// Copies glyphs in the order asked for; the parts of glyphs put together from others come after them. Returns the
/// tables of the new font by their tags, and how many glyphs it has.
pub(super) fn cut<'a>(tables: &Tables<'a>, glyphs: &[u16]) -> Option<(Vec<Table<'a>>, usize)> {
    let outlines = Outlines::read(tables)?;
    let mut numbers = Numbers { glyphs: glyphs.to_vec(), known: None };
    let mut glyf = Vec::with_capacity(2 * glyphs.len());
    let mut ends = vec![0u32];
    let mut end = 0;
    let mut at = 0;
    while let Some(&id) = numbers.glyphs.get(at) {
        let glyph = outlines.glyph(id)?;
        // A negative number of contours: put together from other glyphs.
        if u16_at(glyph, 0).is_some_and(|contours| contours >= 0x8000) {
            let mut glyph = glyph.to_vec();
            renumber_parts(&mut glyph, &mut numbers)?;
            glyf.push(glyph.into());
        } else {
            glyf.push(Piece::Outline(id, glyph));
        }
        end += glyph.len();
        let whole = end.next_multiple_of(4);
        if end < whole {
            glyf.push(Piece::zeros(whole - end));
        }
        end = whole;
        ends.push(u32::try_from(end).ok()?);
        at += 1;
    }
    let count = u16::try_from(numbers.glyphs.len()).ok()?;
    let long = end > 2 * usize::from(u16::MAX);
    let loca: Vec<u8> = if long {
        ends.iter().flat_map(|end| end.to_be_bytes()).collect()
    } else {
        ends.iter().flat_map(|end| ((end / 2) as u16).to_be_bytes()).collect()
    };
    let mut hmtx = Vec::with_capacity(4 * numbers.glyphs.len());
    for &id in &numbers.glyphs {
        hmtx.extend(metrics(tables, id)?);
    }
    let mut head = tables.get(b"head")?.to_vec();
    head.get_mut(50..52)?.copy_from_slice(&u16::from(long).to_be_bytes());
    let mut hhea = tables.get(b"hhea")?.to_vec();
    hhea.get_mut(34..36)?.copy_from_slice(&count.to_be_bytes());
    let mut maxp = tables.get(b"maxp")?.to_vec();
    maxp.get_mut(4..6)?.copy_from_slice(&count.to_be_bytes());
    let mut parts = vec![(*b"glyf", glyf)];
    let own = [(b"loca", loca), (b"hmtx", hmtx), (b"head", head), (b"hhea", hhea), (b"maxp", maxp)];
    parts.extend(own.into_iter().map(|(tag, table)| (*tag, vec![table.into()])));
    // What the instructions of glyphs refer to.
    for tag in [b"cvt ", b"fpgm", b"prep"] {
        if let Some(table) = tables.get(tag) {
            parts.push((*tag, vec![Piece::Own(table.into())]));
        }
    }
    parts.sort_unstable_by_key(|(tag, _)| *tag);
    Some((parts, numbers.glyphs.len()))
}

/// A glyph's advance and left side bearing, as `hmtx` has them.
fn metrics(tables: &Tables, id: u16) -> Option<[u8; 4]> {
    let hmtx = tables.get(b"hmtx")?;
    let full = usize::from(u16_at(tables.get(b"hhea")?, 34)?).checked_sub(1)?;
    let id = usize::from(id);
    let advance = hmtx.get(4 * id.min(full)..4 * id.min(full) + 2)?;
    let bearing = if id <= full { 4 * id + 2 } else { 4 * (full + 1) + 2 * (id - full - 1) };
    let bearing = hmtx.get(bearing..bearing + 2)?;
    Some([advance[0], advance[1], bearing[0], bearing[1]])
}

/// The glyphs of the new font, and the numbers they have in it.
struct Numbers {
    glyphs: Vec<u16>,
    /// Made when first asked for: few fonts have glyphs that are put together from others.
    known: Option<BTreeMap<u16, u16>>,
}

impl Numbers {
    /// The new number of a glyph, which comes along if it did not already.
    fn of(&mut self, id: u16) -> Option<u16> {
        let glyphs = &mut self.glyphs;
        let known =
            self.known.get_or_insert_with(|| glyphs.iter().enumerate().map(|(at, &id)| (id, at as u16)).collect());
        if let Some(&number) = known.get(&id) {
            return Some(number);
        }
        let number = u16::try_from(glyphs.len()).ok()?;
        glyphs.push(id);
        known.insert(id, number);
        Some(number)
    }
}

/// Gives the parts of a glyph their new numbers.
fn renumber_parts(glyph: &mut [u8], numbers: &mut Numbers) -> Option<()> {
    const WORDS: u16 = 0x0001;
    const SCALE: u16 = 0x0008;
    const MORE: u16 = 0x0020;
    const TWO_SCALES: u16 = 0x0040;
    const FOUR_SCALES: u16 = 0x0080;
    // After the number of contours and the four edges.
    let mut at = 10;
    loop {
        let flags = u16_at(glyph, at)?;
        let number = numbers.of(u16_at(glyph, at + 2)?)?;
        glyph.get_mut(at + 2..at + 4)?.copy_from_slice(&number.to_be_bytes());
        at += 4 + if flags & WORDS != 0 { 4 } else { 2 };
        at += match (flags & SCALE != 0, flags & TWO_SCALES != 0, flags & FOUR_SCALES != 0) {
            (true, _, _) => 2,
            (_, true, _) => 4,
            (_, _, true) => 8,
            (false, false, false) => 0,
        };
        if flags & MORE == 0 {
            return Some(());
        }
    }
}
