//! What a PDF says of a face: its name, its measures, how wide its glyphs are, whether it may be embedded
//! (OpenType 1.9: `name`, `head`, `hhea`, `hmtx`, `OS/2`, `post`).

use super::cut::can_be_cut;
use super::cut::sfnt::{Tables, u16_at};

/// The measures of a face, in its own units.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Measures {
    /// The PostScript name, in the characters a PDF name may have as they stand; `unknown` without one.
    pub name: String,
    /// How many units make the size.
    pub units_per_em: i64,
    /// Left, lower, right and upper edge of the box around all glyphs.
    pub bounds: [i16; 4],
    /// How far letters rise.
    pub ascent: i16,
    /// How far letters fall, as a negative number.
    pub descent: i16,
    /// How high capitals are; `None` where the face does not say.
    pub cap_height: Option<i16>,
    /// How heavy it is, 400 being regular.
    pub weight: u16,
    /// How it leans, in 1/65,536 of a degree.
    pub italic_angle: i32,
    /// Whether all glyphs have one width.
    pub fixed_pitch: bool,
    /// Whether its licence lets it be embedded (`OS/2` `fsType` is not 2).
    pub may_be_embedded: bool,
    /// Whether it has outlines at all.
    pub has_outlines: bool,
    /// Whether its glyphs can be copied as they stand.
    pub can_be_cut: bool,
    /// The file's own checksum, and how many bytes the file has.
    file: (u32, usize),
    advances: Vec<u16>,
}

impl Measures {
    /// Reads them; `None` when the face lacks what every font has.
    pub fn read(bytes: &[u8], index: u32) -> Option<Self> {
        let tables = Tables::read(bytes, index)?;
        let (head, hhea) = (tables.get(b"head")?, tables.get(b"hhea")?);
        let signed = |table: &[u8], at: usize| u16_at(table, at).map(|number| number as i16);
        let bounds = [signed(head, 36)?, signed(head, 38)?, signed(head, 40)?, signed(head, 42)?];
        let units_per_em = u16_at(head, 18).filter(|&units| units > 0)?;
        let whole = i16::try_from(units_per_em).unwrap_or(i16::MAX);
        let os2 = tables.get(b"OS/2").unwrap_or_default();
        let post = tables.get(b"post").unwrap_or_default();
        let cap_height = u16_at(os2, 0).filter(|&version| version >= 2).and_then(|_| signed(os2, 88));
        let full = usize::from(u16_at(hhea, 34)?);
        let hmtx = tables.get(b"hmtx").unwrap_or_default();
        Some(Measures {
            name: tables.get(b"name").and_then(postscript_name).unwrap_or_else(|| "unknown".into()),
            units_per_em: units_per_em.into(),
            // A box that is none: the glyphs are taken to stand in a square.
            bounds: if bounds[0] < bounds[2] && bounds[1] < bounds[3] { bounds } else { [0, 0, whole, whole] },
            ascent: signed(os2, 68).or_else(|| signed(hhea, 4))?,
            descent: signed(os2, 70).or_else(|| signed(hhea, 6))?,
            cap_height,
            weight: u16_at(os2, 4).unwrap_or(400),
            italic_angle: i32::from(u16_at(post, 4).unwrap_or(0) as i16) << 16
                | i32::from(u16_at(post, 6).unwrap_or(0)),
            fixed_pitch: u16_at(post, 12).unwrap_or(0) != 0 || u16_at(post, 14).unwrap_or(0) != 0,
            // The other bits are left out of account where they are set as well: the least strict one holds.
            may_be_embedded: u16_at(os2, 8).is_none_or(|kind| kind & 0xF != 2),
            has_outlines: [b"glyf", b"CFF ", b"CFF2"].iter().any(|tag| tables.get(tag).is_some()),
            can_be_cut: can_be_cut(bytes, index).is_some(),
            file: (u32::from(u16_at(head, 8)?) << 16 | u32::from(u16_at(head, 10)?), bytes.len()),
            advances: hmtx.chunks_exact(4).take(full).filter_map(|metric| u16_at(metric, 0)).collect(),
        })
    }

    /// How wide a glyph is; those past the last that has a width of its own are as wide as it.
    pub fn advance(&self, glyph: u16) -> i64 {
        self.advances.get(usize::from(glyph)).or(self.advances.last()).copied().unwrap_or(0).into()
    }
}

/// The first PostScript name (6) that can be read.
fn postscript_name(table: &[u8]) -> Option<String> {
    const POSTSCRIPT: u16 = 6;
    const MACINTOSH: u16 = 1;
    let count = usize::from(u16_at(table, 2)?);
    let texts = table.get(usize::from(u16_at(table, 4)?)..)?;
    table.get(6..)?.chunks_exact(12).take(count).find_map(|record| {
        if u16_at(record, 6)? != POSTSCRIPT {
            return None;
        }
        let start = usize::from(u16_at(record, 10)?);
        let text = texts.get(start..start + usize::from(u16_at(record, 8)?))?;
        // Of two bytes a character, but for the Macintosh's. All that may stand in the name is ASCII.
        let skip = if u16_at(record, 0)? == MACINTOSH { 1 } else { 2 };
        let characters = text.iter().skip(skip - 1).step_by(skip).copied();
        let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.+".contains(byte);
        let name: String = characters.filter(plain).map(char::from).take(100).collect();
        (!name.is_empty()).then_some(name)
    })
}
