//! The fonts in use: which glyphs of each, what they say, and how they are embedded (ISO 32000-1 9.7 to 9.10).
//!
//! A glyph's number in the file is its place in the order of first use. `ToUnicode` gives each the characters it
//! first stood for; where it stands for others, or several glyphs stand for characters together, the page says so.

use std::panic::{AssertUnwindSafe, catch_unwind};

use subsetter::GlyphRemapper;

use crate::deflate;
use crate::font::{Cut, Face, FaceId, Fonts, Measures};
use crate::pages::Text;

use super::PdfError;
use super::file::{Coding, File, Ref, hex, name, refer, thousandths, utf16, whole};

/// A font in use.
struct Used<'a> {
    face: &'a Face,
    measures: &'a Measures,
    /// Its glyphs in the order of their first use, the one for what is missing before all.
    glyphs: Vec<u16>,
    /// The place of each glyph of the face in that order; 0 for those not in use.
    cids: Vec<u16>,
    /// What each glyph in use first stood for.
    says: Vec<&'a str>,
    /// How wide each is, in thousandths of a thousandth of the size.
    widths: Vec<i64>,
}

/// The fonts of a document.
pub(super) struct Faces<'a> {
    fonts: &'a Fonts,
    /// Whether licences and characters are held against PDF/A.
    strict: bool,
    used: Vec<Used<'a>>,
    /// Which of them each face asked for so far is.
    known: Vec<(FaceId, usize)>,
}

impl<'a> Faces<'a> {
    /// No font in use yet.
    pub fn new(fonts: &'a Fonts, strict: bool) -> Self {
        Faces { fonts, strict, used: Vec::new(), known: Vec::new() }
    }

    /// Which font a face is.
    ///
    /// # Errors
    /// When it cannot be read, or its licence does not allow it to be embedded.
    pub fn get(&mut self, id: FaceId) -> Result<usize, PdfError> {
        if let Some(&(_, at)) = self.known.iter().find(|(known, _)| *known == id) {
            return Ok(at);
        }
        let face = self.fonts.face(id);
        let damaged = |reason: &str| PdfError::DamagedFont { face: face.name().into(), reason: reason.into() };
        let measures = face.measures().ok_or_else(|| damaged("it cannot be read"))?;
        if !measures.has_outlines {
            return Err(damaged("it has no outlines"));
        }
        if self.strict && !measures.may_be_embedded {
            return Err(PdfError::NotEmbeddable { face: face.name().into() });
        }
        // The same file may stand for two typefaces.
        let same =
            |used: &Used| used.face.index() == face.index() && used.measures == measures && same_bytes(used.face, face);
        let at = self.used.iter().position(same).unwrap_or_else(|| {
            let mut used =
                Used { face, measures, glyphs: Vec::new(), cids: Vec::new(), says: Vec::new(), widths: Vec::new() };
            used.add(0, "");
            self.used.push(used);
            self.used.len() - 1
        });
        self.known.push((id, at));
        Ok(at)
    }

    /// Notes that a glyph of a font stands for characters; whether it says so by itself.
    ///
    /// # Errors
    /// When a character has no meaning, or the glyph is the one for what is missing.
    pub fn say(&mut self, at: usize, glyph: u32, said: &'a str, text: &Text) -> Result<bool, PdfError> {
        let used = &mut self.used[at];
        let own = used.cids.get(glyph as usize).copied().unwrap_or(0);
        if own > 0 && used.says[usize::from(own)] == said {
            return Ok(true);
        }
        if self.strict {
            let meaningless = |&c: &char| {
                let private =
                    matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{ffffd}' | '\u{100000}'..='\u{10fffd}');
                private || matches!(c, '\0' | '\u{feff}' | '\u{fffe}')
            };
            if let Some(character) = said.chars().find(meaningless) {
                return Err(PdfError::Meaningless { code: character.into(), path: text.origin.path.to_string() });
            }
            if glyph == 0 || said.is_empty() {
                let reason = format!("a glyph at {} says nothing", text.origin.path);
                return Err(PdfError::Standard { reason });
            }
        }
        match u16::try_from(glyph) {
            Ok(glyph) if own == 0 && glyph > 0 => {
                used.add(glyph, said);
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// The number of a glyph in the file.
    pub fn cid(&self, at: usize, glyph: u32) -> u16 {
        self.used[at].cids.get(glyph as usize).copied().unwrap_or(0)
    }

    /// How wide a glyph is, in thousandths of a thousandth of the size, as the file says it.
    pub fn advance(&self, at: usize, glyph: u32) -> i64 {
        self.used[at].widths[usize::from(self.cid(at, glyph))]
    }

    /// Embeds the fonts and returns their numbers, with a checksum of what is in them.
    ///
    /// # Errors
    /// When a font is damaged.
    pub fn embed(&self, file: &mut File) -> Result<(Vec<Ref>, Vec<u8>), PdfError> {
        let mut sums = Vec::new();
        let fonts = self.used.iter().map(|used| used.embed(file, &mut sums)).collect::<Result<_, _>>()?;
        Ok((fonts, sums))
    }
}

fn same_bytes(one: &Face, other: &Face) -> bool {
    let (one, other) = (one.bytes(), other.bytes());
    let (one, other): (&[u8], &[u8]) = ((*one).as_ref(), (*other).as_ref());
    std::ptr::eq(one, other) || one == other
}

impl<'a> Used<'a> {
    fn add(&mut self, glyph: u16, said: &'a str) {
        let at = usize::from(glyph);
        if self.cids.len() <= at {
            self.cids.resize(at + 1, 0);
        }
        self.cids[at] = self.glyphs.len() as u16;
        self.glyphs.push(glyph);
        self.says.push(said);
        let units = self.measures.units_per_em;
        self.widths.push((self.measures.advance(glyph) * 1_000_000 + units / 2) / units);
    }

    /// The program: cut here, or by a library where it is not of a kind that can be.
    fn program(&self) -> Result<Cut, PdfError> {
        let damaged = |reason: String| PdfError::DamagedFont { face: self.face.name().into(), reason };
        if self.measures.can_be_cut {
            return self.face.cut(&self.glyphs).ok_or_else(|| damaged("a glyph cannot be read".into()));
        }
        let remapper = GlyphRemapper::new_from_glyphs(&self.glyphs);
        let bytes = self.face.bytes();
        // This is the one place where a panic is caught: a user's font may be damaged in ways that the library
        // takes for granted there are none of. Nothing that was half done is seen again.
        let subset =
            catch_unwind(AssertUnwindSafe(|| subsetter::subset((*bytes).as_ref(), self.face.index(), &remapper)));
        let subset = subset
            .map_err(|_| damaged("it cannot be cut down to the glyphs in use".into()))?
            .map_err(|error| damaged(error.to_string()))?;
        Cut::of_subset(&subset).ok_or_else(|| damaged("it cannot be cut down to the glyphs in use".into()))
    }

    fn embed(&self, file: &mut File, sums: &mut Vec<u8>) -> Result<Ref, PdfError> {
        let measures = self.measures;
        let cut = self.program()?;
        let Cut { deflated: program, is_cff, .. } = &cut;
        let is_cff = *is_cff;
        // The last four bytes are a checksum of the font.
        sums.extend(&program[program.len() - 4..]);
        sums.extend(self.glyphs.iter().flat_map(|glyph| glyph.to_be_bytes()));
        let [font, descendant, descriptor, set, to_unicode, data] = std::array::from_fn(|_| file.reserve());
        let base = format!("{}+{}", self.tag(), measures.name);

        file.object(font, |out| {
            out.extend(b"<</Type/Font/Subtype/Type0/BaseFont");
            name(out, &base);
            out.extend(if is_cff { b"-Identity-H".as_slice() } else { b"" });
            out.extend(b"/Encoding/Identity-H/DescendantFonts[");
            refer(out, descendant);
            out.extend(b"]/ToUnicode ");
            refer(out, to_unicode);
            out.extend(b">>");
        });
        file.object(descendant, |out| {
            out.extend(b"<</Type/Font/Subtype");
            out.extend(if is_cff { b"/CIDFontType0".as_slice() } else { b"/CIDFontType2/CIDToGIDMap/Identity" });
            out.extend(b"/BaseFont");
            name(out, &base);
            out.extend(b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor ");
            refer(out, descriptor);
            out.extend(b"/DW 0/W[");
            self.widths_into(out);
            out.extend(b"]>>");
        });
        file.object(descriptor, |out| {
            out.extend(b"<</Type/FontDescriptor/FontName");
            name(out, &base);
            self.measures_into(out);
            out.extend(b"/CIDSet ");
            refer(out, set);
            out.extend(if is_cff { b"/FontFile3 ".as_slice() } else { b"/FontFile2 " });
            refer(out, data);
            out.extend(b">>");
        });
        let mut bits = vec![0xFF; cut.glyphs / 8];
        if cut.glyphs % 8 > 0 {
            bits.push(!(0xFF >> (cut.glyphs % 8)));
        }
        // A few dozen bytes, which are not worth a code of their own.
        file.stream(set, b"", &bits, Coding::Plain);
        let map = deflate::text(&[&self.to_unicode()]);
        file.stream(to_unicode, b"/Type/CMap/CMapName/Adobe-Identity-UCS/WMode 0", &map, Coding::Deflated);
        let mut kind = if is_cff { b"/Subtype/CIDFontType0C".to_vec() } else { b"/Length1 ".to_vec() };
        if !is_cff {
            whole(&mut kind, cut.length as i64);
        }
        file.stream(data, &kind, program, Coding::Deflated);
        Ok(font)
    }

    /// Six letters that another choice of glyphs would not have (ISO 32000-1 9.6.4).
    fn tag(&self) -> String {
        let mut sum = 0xCBF2_9CE4_8422_2325_u64;
        for &glyph in &self.glyphs {
            sum = (sum ^ u64::from(glyph)).wrapping_mul(0x0100_0000_01B3);
        }
        sum ^= sum >> 32;
        let letter = |at: u32| char::from(b'A' + (sum / 26_u64.pow(at) % 26) as u8);
        (0..6).map(letter).collect()
    }

    /// First and last of glyphs of one width, and the width.
    fn widths_into(&self, out: &mut Vec<u8>) {
        let mut first = 0;
        for alike in self.widths.chunk_by(|one, next| one == next) {
            if alike[0] != 0 {
                for number in [first, first + alike.len() - 1] {
                    whole(out, number as i64);
                    out.push(b' ');
                }
                thousandths(out, alike[0]);
                out.push(b' ');
            }
            first += alike.len();
        }
    }

    fn measures_into(&self, out: &mut Vec<u8>) {
        let measures = self.measures;
        const FIXED_PITCH: i64 = 1;
        const SERIF: i64 = 1 << 1;
        const SYMBOLIC: i64 = 1 << 2;
        const ITALIC: i64 = 1 << 6;
        let flag = |is: bool, flag: i64| if is { flag } else { 0 };
        // A font whose glyphs are told by number is symbolic.
        let flags = SYMBOLIC
            | flag(measures.fixed_pitch, FIXED_PITCH)
            | flag(measures.name.contains("Serif"), SERIF)
            | flag(measures.italic_angle != 0, ITALIC);
        // In thousandths of the size.
        let scaled = |number: i16| i64::from(number) * 1_000_000 / measures.units_per_em;
        let angle = i64::from(measures.italic_angle) * 1000 / 65_536;
        // How thick stems are is not said; Adobe's products reckon it from the weight.
        let stem = 10_000 + 244 * (i64::from(measures.weight) - 50);
        out.extend(b"/Flags ");
        whole(out, flags);
        out.extend(b"/FontBBox[");
        for edge in measures.bounds {
            thousandths(out, scaled(edge));
            out.push(b' ');
        }
        out.push(b']');
        let cap_height = measures.cap_height.unwrap_or(measures.ascent);
        for (key, number) in [
            ("/ItalicAngle ", angle),
            ("/Ascent ", scaled(measures.ascent)),
            ("/Descent ", scaled(measures.descent)),
            ("/CapHeight ", scaled(cap_height)),
            ("/StemV ", stem),
        ] {
            out.extend(key.as_bytes());
            thousandths(out, number);
        }
    }

    /// The characters of each glyph (9.10.3). Written out as the standard's example is, blanks included: not all who
    /// read these maps read them as PostScript.
    fn to_unicode(&self) -> Vec<u8> {
        const HEAD: &[u8] = b"/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n\
            /CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n\
            /CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n\
            1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n";
        const FOOT: &[u8] = b"endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n";
        /// No more may stand in one list.
        const MOST: usize = 100;
        let mut out = Vec::with_capacity(HEAD.len() + FOOT.len() + 15 * self.says.len() + 100);
        out.extend(HEAD);
        let said: Vec<(usize, &str)> =
            self.says.iter().copied().enumerate().filter(|(_, said)| !said.is_empty()).collect();
        for some in said.chunks(MOST) {
            whole(&mut out, some.len() as i64);
            out.extend(b" beginbfchar\n");
            for &(cid, said) in some {
                out.push(b'<');
                hex(&mut out, &(cid as u16).to_be_bytes());
                out.extend(b"> <");
                utf16(&mut out, said);
                out.extend(b">\n");
            }
            out.extend(b"endbfchar\n");
        }
        out.extend(FOOT);
        out
    }
}
