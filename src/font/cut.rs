//! A face cut down to the glyphs a document uses.
//!
//! A general subsetter takes programs of glyphs apart and puts them together again. Chinese faces hold tens of
//! thousands of outlines that do not refer to each other, so here each is copied as it stands: TrueType outlines
//! (`truetype`), and CFF outlines (`cff`) of fonts whose subroutines have been written out, as those of `fonts/`
//! have. Every other font (variable, CFF2, with subroutines, damaged) is not cut, and whoever wants it small uses
//! something more general.

mod cff;
pub(super) mod sfnt;
mod truetype;

use sfnt::Tables;

/// The glyphs of a face that a document uses, as a font of their own.
pub(crate) struct Cut {
    /// The font program: TrueType tables, or a bare CFF font keyed by CID whose CIDs are its glyphs' numbers.
    pub bytes: Vec<u8>,
    /// How many glyphs it has: those asked for, and the parts they are put together from.
    pub glyphs: usize,
}

impl Cut {
    /// What a subset made by a library holds: of one with CFF outlines the CFF program, else all of it.
    pub fn of_subset(bytes: Vec<u8>) -> Option<Self> {
        let tables = Tables::read(&bytes, 0)?;
        let glyphs = usize::from(sfnt::u16_at(tables.get(b"maxp")?, 4)?);
        let program = tables.get(b"CFF ").map(<[u8]>::to_vec);
        Some(Cut { bytes: program.unwrap_or(bytes), glyphs })
    }

    /// Whether it is a bare CFF font: one begins with its version, which a file of tables does not.
    pub fn is_cff(&self) -> bool {
        self.bytes.starts_with(&[1, 0])
    }
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

/// Whether the glyphs of a font can be cut: `None` when it is of another kind, or damaged.
pub(super) fn can_be_cut(bytes: &[u8], index: u32) -> Option<()> {
    let tables = Tables::read(bytes, index)?;
    if tables.get(b"fvar").is_some() {
        return None;
    }
    match tables.get(b"CFF ") {
        Some(table) => cff::can_be_cut(table),
        None => truetype::can_be_cut(&tables),
    }
}

#[cfg(test)]
mod tests;
