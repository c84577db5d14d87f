//! The faces that stand for a sheet's typefaces, and what is asked of them: which glyph, how wide.
//!
//! A [`Fonts`] is made from a catalogue (`fonts/fonts.toml`) and bytes somebody else has read. Each
//! typeface is a chain of faces, asked in order. Chinese official text is not contextual, so a glyph is
//! looked up a character at a time; only the marks whose form depends on language or width (“ ” — … ·)
//! go through the shaper, once each. Where glyphs stand in a line is [`typeset`](crate::typeset)'s affair.

mod coded;
mod cut;
mod measures;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use harfrust::font::Font;
use harfrust::{Buffer, Direction, Feature, Language, Script, ShapeOptions, ShaperFont, Tag, shape};
use serde::Deserialize;

use crate::length::Length;

use coded::Shelf;
pub(crate) use cut::Cut;
pub(crate) use measures::Measures;

/// The bytes of a font file, from wherever they came: a file, a mapping, the program itself.
pub type FontBytes = Arc<dyn AsRef<[u8]> + Send + Sync>;

/// A set of faces and the typefaces they stand for.
#[derive(Clone)]
pub struct Fonts {
    faces: Vec<Face>,
    /// For each typeface the faces to ask, in order.
    chains: BTreeMap<String, Vec<FaceId>>,
    /// What the shaper said of marks. Asking it costs more than setting a line.
    marks: Arc<Mutex<Marks>>,
    /// Where the ink of marks begins and ends, in units of the face: drawing an outline to know it costs as much.
    ink: Arc<Mutex<Ink>>,
}

/// The left and right edge of the ink of glyphs; `None` where there is none.
type Ink = BTreeMap<(FaceId, u32), Option<(i64, i64)>>;

/// The glyphs of a mark in a face, by its characters and whether full-width forms were asked for.
type Marks = BTreeMap<(FaceId, bool), BTreeMap<String, Option<Vec<Glyph>>>>;

/// A face of a [`Fonts`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FaceId(u16);

/// Its number in the set.
impl std::fmt::Display for FaceId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// One font of one file.
#[derive(Clone)]
pub struct Face {
    name: String,
    bytes: FontBytes,
    index: u32,
    font: Font,
    units_per_em: i64,
    /// Read when first asked for.
    measures: Arc<OnceLock<Option<Measures>>>,
    /// Its outlines as PDFs take them, coded when first asked for.
    shelf: Arc<Shelf>,
}

/// What `fonts.toml` says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Catalogue {
    faces: BTreeMap<String, Entry>,
    typefaces: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    file: String,
    name: String,
    /// For people and packagers; [`Fonts::read`] makes sure it travels along.
    licence: String,
}

/// Why fonts cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FontError {
    /// The catalogue is not TOML of its shape.
    #[error("fonts.toml: {reason}")]
    Catalogue {
        /// What the reader says, with line and column.
        reason: String,
    },
    /// A typeface names a face that the catalogue does not describe, or no face at all.
    #[error("fonts.toml: the typeface `{typeface}` needs the face `{face}`, which is not described")]
    UnknownFace {
        /// The typeface.
        typeface: String,
        /// The face it names; empty when it names none.
        face: String,
    },
    /// A file of the catalogue is not there.
    #[error("the font file `{file}`, which stands for `{face}`, is missing")]
    Missing {
        /// The face.
        face: String,
        /// The file, relative to the catalogue.
        file: String,
    },
    /// A file holds no font that can be read.
    #[error("the font file `{file}` is damaged or no font")]
    Damaged {
        /// The file.
        file: String,
    },
}

/// A glyph of a face.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Glyph {
    pub face: FaceId,
    pub id: u32,
    /// In units of the face.
    pub advance: i64,
    /// How far the shaper moved it to the right, in units of the face.
    pub offset: i64,
}

impl Fonts {
    /// Reads the catalogue and asks `load` for each file it names (fonts and licences).
    ///
    /// # Errors
    /// When the catalogue is malformed, a file is missing or holds no font.
    pub fn read(catalogue: &str, mut load: impl FnMut(&str) -> Option<FontBytes>) -> Result<Self, FontError> {
        let catalogue: Catalogue =
            toml::from_str(catalogue).map_err(|error| FontError::Catalogue { reason: error.to_string() })?;
        let mut fonts =
            Fonts { faces: Vec::new(), chains: BTreeMap::new(), marks: Arc::default(), ink: Arc::default() };
        let mut ids = BTreeMap::new();
        for (key, entry) in &catalogue.faces {
            let missing = |file: &str| FontError::Missing { face: key.clone(), file: file.into() };
            load(&entry.licence).ok_or_else(|| missing(&entry.licence))?;
            let bytes = load(&entry.file).ok_or_else(|| missing(&entry.file))?;
            let id = fonts.add(&entry.name, bytes, 0).ok_or(FontError::Damaged { file: entry.file.clone() })?;
            ids.insert(key.as_str(), id);
        }
        for (typeface, faces) in &catalogue.typefaces {
            let unknown = |face: &str| FontError::UnknownFace { typeface: typeface.clone(), face: face.into() };
            let chain = faces
                .iter()
                .map(|face| ids.get(face.as_str()).copied().ok_or_else(|| unknown(face)))
                .collect::<Result<Vec<_>, _>>()?;
            if chain.is_empty() {
                return Err(unknown(""));
            }
            fonts.chains.insert(typeface.clone(), chain);
        }
        Ok(fonts)
    }

    /// Puts a face before all others that stand for a typeface: the user's own 仿宋_GB2312, say.
    ///
    /// # Errors
    /// When font `index` of the bytes cannot be read, or its glyphs share bytes; `name` names it in the error.
    pub fn prefer(&mut self, typeface: &str, name: &str, bytes: FontBytes, index: u32) -> Result<(), FontError> {
        if cut::overlaps((*bytes).as_ref(), index) {
            return Err(FontError::Damaged { file: name.into() });
        }
        let id = self.add(name, bytes, index).ok_or(FontError::Damaged { file: name.into() })?;
        self.chains.entry(typeface.into()).or_default().insert(0, id);
        Ok(())
    }

    fn add(&mut self, name: &str, bytes: FontBytes, index: u32) -> Option<FaceId> {
        let id = FaceId(u16::try_from(self.faces.len()).ok()?);
        let font = Font::new(bytes.clone(), index)?;
        let units_per_em = i64::from(font.units_per_em());
        if units_per_em == 0 || font.num_glyphs() == 0 {
            return None;
        }
        // A clone of this set may give the same number to another face: it keeps its own marks.
        self.marks = Arc::default();
        self.ink = Arc::default();
        self.faces.push(Face {
            name: name.into(),
            bytes,
            index,
            font,
            units_per_em,
            measures: Arc::default(),
            shelf: Arc::default(),
        });
        Some(id)
    }

    /// A face by its id.
    ///
    /// # Panics
    /// When the id belongs to another set.
    pub fn face(&self, id: FaceId) -> &Face {
        &self.faces[usize::from(id.0)]
    }

    /// The faces that stand for a typeface, first choice first; empty when the set does not know it.
    pub fn chain(&self, typeface: &str) -> &[FaceId] {
        self.chains.get(typeface).map_or(&[], Vec::as_slice)
    }

    /// Every typeface with the names of its faces, in order.
    pub fn typefaces(&self) -> impl Iterator<Item = (&str, impl Iterator<Item = &str>)> {
        self.chains.iter().map(|(key, chain)| (key.as_str(), chain.iter().map(|&id| self.face(id).name())))
    }

    /// The glyph of a character in the first face of the chain that has one.
    pub(crate) fn glyph(&self, chain: &[FaceId], character: char) -> Option<Glyph> {
        self.first(chain, |font| font.charmap().map_unicode(character))
    }

    /// The glyph of a character and what belongs to it, in the first face of the chain that has one for
    /// both together: the variant a selector asks for, the letter with its accent.
    pub(crate) fn cluster(&self, chain: &[FaceId], text: &str) -> Option<Glyph> {
        let mut characters = text.chars();
        match (characters.next()?, characters.next(), characters.next()) {
            (character, None, _) => self.glyph(chain, character),
            // All that is set here is text: no face has pictures in colour.
            (character, Some(AS_TEXT), None) => self.glyph(chain, character),
            (character, Some(selector), None) if is_variation_selector(selector) => {
                self.first(chain, |font| font.charmap().map_unicode_variant(character, selector))
            }
            _ => self.glyph(chain, composed(text)?),
        }
    }

    fn first(&self, chain: &[FaceId], glyph: impl Fn(&Font) -> Option<harfrust::GlyphId>) -> Option<Glyph> {
        chain.iter().find_map(|&face| {
            let font = &self.face(face).font;
            // A damaged font may name glyphs that it does not have.
            let id = glyph(font).filter(|id| (1..font.num_glyphs()).contains(&id.to_u32()))?;
            let advance = font.glyph_metrics().h_advance(id).round() as i64;
            Some(Glyph { face, id: id.to_u32(), advance, offset: 0 })
        })
    }

    /// The glyphs of a mark (or a pair such as `——`) in the Chinese form of the first face of the chain
    /// that has its characters; `full_width` asks for the face's own full-width form.
    pub(crate) fn mark(&self, chain: &[FaceId], text: &str, full_width: bool) -> Option<Vec<Glyph>> {
        let has_all = |face: FaceId| {
            let charmap = self.face(face).font.charmap();
            text.chars().all(|c| charmap.map_unicode(c).is_some_and(|id| id.to_u32() != 0))
        };
        // A face that has the characters and no glyphs for them is damaged; the next one is asked.
        chain.iter().filter(|&&face| has_all(face)).find_map(|&face| self.mark_of(face, text, full_width))
    }

    fn mark_of(&self, face: FaceId, text: &str, full_width: bool) -> Option<Vec<Glyph>> {
        // Whoever held the lock when it was poisoned left the map whole: it changes by single insertions.
        let mut marks = self.marks.lock().unwrap_or_else(PoisonError::into_inner);
        let known = marks.entry((face, full_width)).or_default();
        if let Some(glyphs) = known.get(text) {
            return glyphs.clone();
        }
        let glyphs = self.shape_mark(face, text, full_width);
        known.insert(text.into(), glyphs.clone());
        glyphs
    }

    fn shape_mark(&self, face: FaceId, text: &str, full_width: bool) -> Option<Vec<Glyph>> {
        let mut buffer = Buffer::new();
        buffer.push_str(text);
        buffer.set_direction(Direction::LeftToRight);
        buffer.set_script(Some(Script::HAN));
        buffer.set_language(Language::new("zh-Hans"));
        // On whole runs `fwid` would also widen digits and hyphens; on these marks alone it is right.
        let full_width = [Feature::new(Tag::new(b"fwid"), u32::from(full_width), ..)];
        let font = ShaperFont::new(&self.face(face).font);
        shape(&font, &mut buffer, ShapeOptions::new().features(&full_width)).ok()?;
        let mut pen = 0;
        let mut glyphs = Vec::new();
        for (info, position) in buffer.glyph_infos().iter().zip(buffer.glyph_positions()) {
            let (advance, offset) = (i64::from(position.x_advance), i64::from(position.x_offset));
            glyphs.push(Glyph { face, id: info.glyph_id, advance, offset });
            pen += advance;
        }
        let there = 1..self.face(face).font.num_glyphs();
        (pen > 0 && glyphs.iter().all(|glyph| there.contains(&glyph.id))).then_some(glyphs)
    }

    /// How wide a glyph is at a size.
    pub(crate) fn advance(&self, glyph: Glyph, size: Length) -> Length {
        size.scale(glyph.advance, self.face(glyph.face).units_per_em)
    }

    /// How far the shaper moved a glyph to the right, at a size.
    pub(crate) fn offset(&self, glyph: Glyph, size: Length) -> Length {
        size.scale(glyph.offset, self.face(glyph.face).units_per_em)
    }

    /// From the baseline up to the middle of a glyph's ink, at a size; `None` for a glyph without ink.
    pub(crate) fn middle(&self, glyph: Glyph, size: Length) -> Option<Length> {
        let face = self.face(glyph.face);
        let extents = face.font.glyph_metrics().extents(harfrust::GlyphId::new(glyph.id))?;
        let middle = extents.y_bearing - extents.height / 2.0;
        (extents.height > 0.0).then(|| size.scale(middle.round() as i64, face.units_per_em))
    }

    /// From a glyph's origin to the left and to the right edge of its ink, at a size; `None` for a
    /// glyph without ink.
    pub(crate) fn ink(&self, glyph: Glyph, size: Length) -> Option<(Length, Length)> {
        let face = self.face(glyph.face);
        let mut known = self.ink.lock().unwrap_or_else(PoisonError::into_inner);
        let edges = *known.entry((glyph.face, glyph.id)).or_insert_with(|| {
            let extents = face.font.glyph_metrics().extents(harfrust::GlyphId::new(glyph.id))?;
            let edges = (extents.x_bearing, extents.x_bearing + extents.width);
            (extents.width > 0.0).then(|| (edges.0.round() as i64, edges.1.round() as i64))
        });
        edges.map(|(from, to)| (size.scale(from, face.units_per_em), size.scale(to, face.units_per_em)))
    }
}

/// The selector that asks for a character as text and not as a picture (U+FE0E).
const AS_TEXT: char = '\u{fe0e}';

fn is_variation_selector(c: char) -> bool {
    matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

/// Whether a character belongs to the one before it: a combining mark or a variation selector.
pub(crate) fn belongs_to_previous(c: char) -> bool {
    // Marks that surround what is before them, and the one that only joins, are of class 0.
    let surrounds = matches!(c, '\u{34f}' | '\u{488}' | '\u{489}' | '\u{20dd}'..='\u{20e0}' | '\u{20e2}'..='\u{20e4}');
    surrounds || is_variation_selector(c) || harfrust::unicode::combining_class(c.into()) != 0
}

/// Whether characters stand one after the other from left to right and each keeps its shape, so that setting
/// them one at a time sets them right.
pub(crate) fn is_set_by_character(c: char) -> bool {
    [
        Script::COMMON,
        Script::INHERITED,
        Script::HAN,
        Script::LATIN,
        Script::GREEK,
        Script::CYRILLIC,
        Script::HIRAGANA,
        Script::KATAKANA,
        Script::BOPOMOFO,
        Script::HANGUL,
        Script::YI,
        Script::LISU,
        Script::UNKNOWN,
    ]
    .contains(&harfrust::unicode::script(c.into()))
}

/// The one character that a letter and its marks come to (Unicode's canonical composition).
fn composed(text: &str) -> Option<char> {
    let mut characters = text.chars();
    let base = characters.next()?;
    let mut marks: Vec<u32> = characters.map(u32::from).collect();
    marks.sort_by_key(|&mark| harfrust::unicode::combining_class(mark));
    let whole = marks.into_iter().try_fold(u32::from(base), harfrust::unicode::compose)?;
    char::from_u32(whole)
}

impl Face {
    /// Its name for people.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The file it is in.
    pub fn bytes(&self) -> FontBytes {
        self.bytes.clone()
    }

    /// Which font of the file it is.
    pub fn index(&self) -> u32 {
        self.index
    }

    /// What a PDF says of it; `None` when the face is damaged.
    pub(crate) fn measures(&self) -> Option<&Measures> {
        self.measures.get_or_init(|| Measures::read((*self.bytes).as_ref(), self.index)).as_ref()
    }

    /// The glyphs a document uses, in this order, as a font of their own; the first must be glyph 0. `None` when
    /// they cannot be cut out.
    pub(crate) fn cut(&self, glyphs: &[u16]) -> Option<Cut> {
        cut::cut((*self.bytes).as_ref(), self.index, glyphs, &self.shelf)
    }
}

impl std::fmt::Debug for Fonts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<_> = self.faces.iter().map(Face::name).collect();
        f.debug_struct("Fonts").field("faces", &names).field("chains", &self.chains).finish()
    }
}
