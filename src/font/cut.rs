//! A face cut down to the glyphs a document uses, and a face without any outlines.
//!
//! A general subsetter takes programs of glyphs apart and puts them together again. Chinese faces hold tens of
//! thousands of outlines that do not refer to each other, so here each is copied as it stands: TrueType outlines
//! (`truetype`), and CFF outlines (`cff`) of fonts whose subroutines have been written out, as those of `fonts/`
//! have. Every other font (variable, CFF2, with subroutines, damaged) is not cut; [`Face::blank`] is `None` then,
//! and whoever wants it small uses something more general.
//!
//! [`Face::blank`]: super::Face::blank

mod cff;
mod sfnt;
mod truetype;

use std::borrow::Cow;

use sfnt::Tables;

/// The glyphs of a face that a document uses, as a font of their own.
pub(crate) struct Cut {
    /// The font program: TrueType tables, or a bare CFF font keyed by CID whose CIDs are its glyphs' numbers.
    pub bytes: Vec<u8>,
    /// How many glyphs it has: those asked for, and the parts they are put together from.
    pub glyphs: usize,
}

/// Copies the glyphs asked for, in this order; the first must be glyph 0. `None` when the font is not of a kind
/// that can be cut, or damaged.
pub(super) fn cut(bytes: &[u8], index: u32, glyphs: &[u16]) -> Option<Cut> {
    let tables = Tables::read(bytes, index)?;
    match tables.get(b"CFF ") {
        Some(table) => cff::cut(table, glyphs),
        None => truetype::cut(&tables, glyphs),
    }
}

/// Whether the glyphs of a font share bytes, so that copies of some may be any number of times as long as the font.
/// Fonts that cannot be told of are left to who sets with them.
pub(super) fn overlaps(bytes: &[u8], index: u32) -> bool {
    let Some(tables) = Tables::read(bytes, index) else { return false };
    let overlaps = match tables.get(b"CFF ") {
        Some(table) => cff::overlaps(table),
        None => truetype::overlaps(&tables),
    };
    overlaps.unwrap_or(false)
}

/// The font with all its measures and no outlines; `None` when its glyphs cannot be cut.
pub(super) fn blank(bytes: &[u8], index: u32) -> Option<Vec<u8>> {
    let tables = Tables::read(bytes, index)?;
    if tables.get(b"fvar").is_some() {
        return None;
    }
    let count = sfnt::u16_at(tables.get(b"maxp")?, 4)?;
    let outlines = match tables.get(b"CFF ") {
        Some(table) => {
            cff::can_be_cut(table)?;
            vec![(*b"CFF ", Cow::from(cff::blank(count)))]
        }
        None => {
            truetype::can_be_cut(&tables)?;
            vec![(*b"glyf", Cow::default()), (*b"loca", vec![0; 2 * (usize::from(count) + 1)].into())]
        }
    };
    let mut head = tables.get(b"head")?.to_vec();
    // Short offsets.
    head.get_mut(50..52)?.fill(0);
    let mut parts = outlines;
    parts.push((*b"head", head.into()));
    if let Some(post) = tables.get(b"post") {
        // Without the names of glyphs, which are version 3.0.
        let mut post = post.get(..32)?.to_vec();
        post.get_mut(..4)?.copy_from_slice(&[0, 3, 0, 0]);
        parts.push((*b"post", post.into()));
    }
    for tag in [b"OS/2", b"hhea", b"hmtx", b"maxp", b"name"] {
        if let Some(table) = tables.get(tag) {
            parts.push((*tag, table.into()));
        }
    }
    Some(sfnt::build(tables.version(), parts))
}
#[cfg(test)]
mod tests;
