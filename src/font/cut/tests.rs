//! Glyphs that are cut out look as they did, and damaged fonts are refused.

use proptest::prelude::*;
use skrifa::instance::{LocationRef, Size};
use skrifa::outline::DrawSettings;
use skrifa::outline::pen::{PathElement, PathStyle};
use skrifa::{FontRef, GlyphId, MetadataProvider};

use super::*;
use crate::deflate::inflated;
use crate::font::Measures;

fn file(name: &str) -> Vec<u8> {
    std::fs::read(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fonts").join(name)).expect("the font is there")
}

fn outline(font: &FontRef, glyph: u16) -> Vec<PathElement> {
    let mut path = Vec::new();
    let settings =
        DrawSettings::unhinted(Size::unscaled(), LocationRef::default()).with_path_style(PathStyle::FreeType);
    let glyph = font.outline_glyphs().get(GlyphId::new(glyph.into())).expect("the glyph is there");
    glyph.draw(settings, &mut path).expect("the glyph can be drawn");
    path
}

/// A cut font as a font file: a bare CFF program gets the tables a reader wants beside it.
fn as_file(cut: &Cut, source: &[u8]) -> Vec<u8> {
    let program = inflated(&cut.deflated);
    assert_eq!((program.len(), program.starts_with(&[1, 0, 4, 4])), (cut.length, cut.is_cff));
    if !cut.is_cff {
        return program;
    }
    let tables = Tables::read(source, 0).expect("tables");
    let mut maxp = tables.get(b"maxp").expect("maxp").to_vec();
    maxp[4..6].copy_from_slice(&(cut.glyphs as u16).to_be_bytes());
    let copy = |tag: &[u8; 4]| tables.get(tag).expect("the table is there").to_vec();
    let copied = [b"head", b"hhea", b"hmtx"].map(|tag| (*tag, copy(tag)));
    let parts = [(*b"CFF ", program), (*b"maxp", maxp)].into_iter().chain(copied);
    let parts: Vec<Table> = parts.map(|(tag, table)| (tag, vec![table.into()])).collect();
    Shelf::default().with(&[], std::iter::empty(), |shelf| {
        let mut file = sfnt::directory(tables.version(), &parts, shelf);
        for (_, pieces) in &parts {
            pieces.iter().for_each(|piece| file.extend(piece.bytes()));
            file.resize(file.len().next_multiple_of(4), 0);
        }
        file
    })
}

/// Whether every table stands where a word does, none on another, and has the checksum that the directory says.
fn is_sound(file: &[u8]) -> bool {
    let entries = file[12..].chunks_exact(16).take(usize::from(sfnt::u16_at(file, 4).expect("a count")));
    let mut end = 12 + 16 * entries.len();
    entries.into_iter().all(|entry| {
        let number = |at| sfnt::u32_at(entry, at).expect("a number") as usize;
        let (sum, offset, length) = (number(4), number(8), number(12));
        let words = file[offset..offset + length].chunks(4);
        let words = words.map(|word| word.iter().enumerate().map(|(at, &byte)| u32::from(byte) << (24 - 8 * at)).sum());
        let follows = offset == end;
        end = (offset + length).next_multiple_of(4);
        follows && words.fold(0u32, |sum, word: u32| sum.wrapping_add(word)) as usize == sum
    })
}

const FILES: [&str; 8] = [
    "BabelStoneHan-Rare.trimmed.ttf",
    "LXGWWenKaiGBLite-Regular.ttf",
    "LiberationSerif-Bold.ttf",
    "LiberationSerif-Regular.ttf",
    "NotoSansCJKsc-Medium.trimmed.otf",
    "NotoSerifCJKsc-SemiBold.trimmed.otf",
    "NotoSerifSC-Regular.otf",
    "ZhuqueFangsong-Regular.ttf",
];

#[test]
fn every_face_that_travels_with_the_program_can_be_cut_and_looks_the_same() {
    for name in FILES {
        let bytes = file(name);
        let font = FontRef::new(&bytes).expect("a font");
        let count = font.glyph_names().num_glyphs() as u16;
        // Backwards, so that no glyph keeps its number; among them ones put together from others.
        let glyphs: Vec<u16> =
            std::iter::once(0).chain((1..count).rev().step_by(usize::from(count) / 300 + 1)).collect();
        let shelf = Shelf::default();
        let made = cut(&bytes, 0, &glyphs, &shelf).expect("it can be cut");
        assert!(made.glyphs >= glyphs.len());
        // What was coded for another document is the same as what is coded for this one.
        assert_eq!(cut(&bytes, 0, &glyphs, &shelf).expect("it can be cut").deflated, made.deflated);
        let file = as_file(&made, &bytes);
        assert!(is_sound(&file), "{name}");
        let cut = FontRef::new(&file).expect("a font");
        for (at, &glyph) in glyphs.iter().enumerate() {
            assert_eq!(outline(&cut, at as u16), outline(&font, glyph), "{name}, glyph {glyph}");
        }
    }
}

#[test]
fn a_face_measures_what_another_reader_measures() {
    for name in FILES {
        let bytes = file(name);
        can_be_cut(&bytes, 0).expect("it can be cut");
        let (font, own) = (FontRef::new(&bytes).expect("a font"), Measures::read(&bytes, 0).expect("measures"));
        let all = font.metrics(Size::unscaled(), LocationRef::default());
        assert_eq!(own.units_per_em, i64::from(all.units_per_em), "{name}");
        let bounds = all.bounds.expect("a box");
        assert_eq!(own.bounds.map(f32::from), [bounds.x_min, bounds.y_min, bounds.x_max, bounds.y_max], "{name}");
        assert_eq!(own.cap_height.map(f32::from), all.cap_height, "{name}");
        assert_eq!(
            (own.italic_angle as f32 / 65_536.0, own.fixed_pitch),
            (all.italic_angle, all.is_monospace),
            "{name}"
        );
        let metrics = font.glyph_metrics(Size::unscaled(), LocationRef::default());
        for glyph in [0, 1, 7, 600] {
            let advance = metrics.advance_width(GlyphId::new(glyph)).expect("an advance");
            assert_eq!(own.advance(glyph as u16) as f32, advance, "{name}");
        }
        assert!(own.may_be_embedded && own.has_outlines && own.can_be_cut, "{name}");
        let name_of = font.localized_strings(skrifa::string::StringId::POSTSCRIPT_NAME).next().expect("a name");
        assert_eq!(own.name, name_of.chars().collect::<String>());
    }
}

#[test]
fn a_font_that_is_not_keyed_by_cid_is_not_cut() {
    assert!(cff::can_be_cut(&cff::blank(3)).is_none());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn damaged_fonts_are_cut_or_refused_but_never_make_a_panic(
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
        keep in any::<prop::sample::Index>(),
        file_at in 0usize..2,
    ) {
        // Outlines of both kinds; of the CFF font only its beginning is damaged, where its structure stands.
        static FONTS: std::sync::LazyLock<[Vec<u8>; 2]> =
            std::sync::LazyLock::new(|| [file("LiberationSerif-Regular.ttf"), file("NotoSansCJKsc-Medium.trimmed.otf")]);
        let mut bytes = FONTS[file_at].clone();
        let structure = bytes.len().min(400_000);
        for (at, byte) in flips {
            bytes[at.index(structure)] = byte;
        }
        if keep.index(4) == 0 {
            bytes.truncate(keep.index(bytes.len()));
        }
        let _ = can_be_cut(&bytes, 0);
        let _ = Measures::read(&bytes, 0);
        let _ = cut(&bytes, 0, &[0, 5, 36, 2000], &Shelf::default());
    }
}

#[test]
fn cff_glyphs_that_share_bytes_are_noticed() {
    // A name, a DICT that says where the glyphs are, and glyphs whose ends are given.
    let cff = |ends: &[u8]| {
        let mut table = vec![1, 0, 4, 1, 0, 1, 1, 1, 2, b'A', 0, 1, 1, 1, 7];
        table.extend([29, 0, 0, 0, 21, 17]);
        table.extend([0, ends.len() as u8 - 1, 1]);
        table.extend(ends);
        table.extend([14; 100]);
        table
    };
    assert_eq!(super::cff::overlaps(&cff(&[1, 30, 60, 90, 100])), Some(false));
    assert_eq!(super::cff::overlaps(&cff(&[1, 100].repeat(20))), Some(true));
}
