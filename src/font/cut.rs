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

use std::borrow::Cow;

use super::coded::{Code, Shelf, Stream};
use sfnt::Tables;

/// The glyphs of a face that a document uses, as a font of their own.
pub(crate) struct Cut {
    /// The font program, deflated: TrueType tables, or a bare CFF font keyed by CID whose CIDs are its glyphs' numbers.
    pub deflated: Vec<u8>,
    /// How many bytes it inflates to.
    pub length: usize,
    /// How many glyphs it has: those asked for, and the parts they are put together from.
    pub glyphs: usize,
    /// Whether it is a bare CFF font.
    pub is_cff: bool,
}

impl Cut {
    /// What a subset made by a library holds: of one with CFF outlines the CFF program, else all of it.
    pub fn of_subset(bytes: &[u8]) -> Option<Self> {
        let tables = Tables::read(bytes, 0)?;
        let glyphs = usize::from(sfnt::u16_at(tables.get(b"maxp")?, 4)?);
        let cff = tables.get(b"CFF ");
        let program = cff.unwrap_or(bytes);
        let code = Code::of(program);
        let mut stream = Stream::new(&code, program.len());
        stream.bytes(program);
        Some(Cut { deflated: stream.finish(), length: program.len(), glyphs, is_cff: cff.is_some() })
    }
}

/// A stretch of a font program that is put together.
pub(super) enum Piece<'a> {
    /// What was written for this program.
    Own(Cow<'a, [u8]>),
    /// The outline of a glyph as the face has it.
    Outline(u16, &'a [u8]),
}

impl<'a> Piece<'a> {
    pub fn bytes(&self) -> &[u8] {
        match self {
            Piece::Own(bytes) => bytes,
            Piece::Outline(_, bytes) => bytes,
        }
    }

    /// So many zeros, three at most.
    fn zeros(count: usize) -> Self {
        Piece::Own(Cow::Borrowed(&[0; 3][..count]))
    }
}

impl From<Vec<u8>> for Piece<'_> {
    fn from(bytes: Vec<u8>) -> Self {
        Piece::Own(Cow::Owned(bytes))
    }
}

/// A table of a font program, by its tag. In OpenType, each piece of one begins where a word of four bytes does,
/// but for pieces of zeros.
type Table<'a> = ([u8; 4], Vec<Piece<'a>>);

/// Copies the glyphs asked for, in this order; the first must be glyph 0. `None` when the font is not of a kind
/// that can be cut, or damaged. What is coded on the way stays on the face's shelf.
pub(super) fn cut(bytes: &[u8], index: u32, glyphs: &[u16], shelf: &Shelf) -> Option<Cut> {
    let tables = Tables::read(bytes, index)?;
    let cff = tables.get(b"CFF ");
    let (program, glyphs) = match cff {
        Some(table) => (vec![(*b"CFF ", cff::cut(table, glyphs)?)], glyphs.len()),
        None => truetype::cut(&tables, glyphs)?,
    };
    let outlines = cff.or(tables.get(b"glyf"))?;
    let is_cff = cff.is_some();
    let all = || program.iter().flat_map(|(_, pieces)| pieces);
    Some(shelf.with(outlines, all(), |shelf| {
        let head = if is_cff { Vec::new() } else { sfnt::directory(tables.version(), &program, shelf) };
        // Tables of OpenType begin where words do.
        let fill = |pieces: &[Piece]| if is_cff { 0 } else { length(pieces).next_multiple_of(4) - length(pieces) };
        let length = head.len() + program.iter().map(|(_, pieces)| length(pieces) + fill(pieces)).sum::<usize>();
        let mut stream = Stream::new(shelf.code, length);
        stream.bytes(&head);
        for (_, pieces) in &program {
            for piece in pieces {
                match shelf.get(piece) {
                    Some(coded) => stream.coded(coded),
                    None => stream.bytes(piece.bytes()),
                }
            }
            stream.bytes(Piece::zeros(fill(pieces)).bytes());
        }
        Cut { deflated: stream.finish(), length, glyphs, is_cff }
    }))
}

/// How many bytes pieces have together.
fn length(pieces: &[Piece]) -> usize {
    pieces.iter().map(|piece| piece.bytes().len()).sum()
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
