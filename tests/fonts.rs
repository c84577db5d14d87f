//! Fonts of the user's, damaged: cut short, with bytes and tables changed, or no fonts at all. Each is refused in
//! words or set with, and none ends in a panic. The fonts are the seeds of the fuzz target of the same name.

mod common;

use std::sync::Arc;

use common::{fonts, root, sheet};
use kanyin::document::{About, Block, Date, Document, Origin, Paragraph, Role, Text};
use kanyin::{typeset, write};

/// A text of the characters the fonts have.
const TEXT: &str = "一、“政府”（信息）公开——郎\u{fe00}……·2024年é。";

fn document() -> Document {
    let about = About {
        title: "一".into(),
        author: "一".into(),
        subject: "一".into(),
        keywords: Vec::new(),
        language: "zh-CN".into(),
        date: Date::FIRST,
        watermark: None,
        edition: kanyin::document::Edition::default(),
    };
    let text = Text::plain(TEXT, Origin::path("$"));
    Document { about, blocks: vec![Block::Paragraph(Paragraph { role: Role::Body, lead: None, text, key: None })] }
}

/// How a font ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// It was refused when it was read.
    Refused,
    /// It was refused when it was put into the PDF.
    NotWritten,
    /// A PDF was made, from it or from the faces that follow it.
    Written,
}

fn end(bytes: Vec<u8>) -> End {
    let mut set = fonts().clone();
    if let Err(error) = set.prefer("fangsong", "user.ttf", Arc::new(bytes), 0) {
        assert!(!error.to_string().is_empty());
        return End::Refused;
    }
    let pages = typeset::typeset(&document(), &sheet(), &set, typeset::Options::default()).expect("other faces follow");
    match write::pdf::write(&pages, &set) {
        Ok(pdf) => {
            assert!(pdf.starts_with(b"%PDF"));
            End::Written
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            End::NotWritten
        }
    }
}

fn seeds() -> Vec<(String, Vec<u8>)> {
    let folder = std::fs::read_dir(root().join("tests/fuzz/corpus/font")).expect("the seeds");
    let mut seeds: Vec<_> = folder
        .map(|entry| entry.expect("an entry").path())
        .map(|path| (path.display().to_string(), std::fs::read(path).expect("a font")))
        .collect();
    seeds.sort();
    seeds
}

/// Numbers that look random and are the same every time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most
    }
}

#[test]
fn whole_fonts_are_set_with() {
    for (name, bytes) in seeds() {
        if !name.contains("damaged") {
            assert_eq!(end(bytes), End::Written, "{name}");
        }
    }
}

#[test]
fn a_font_that_cannot_be_cut_down_is_refused_when_the_pdf_is_written() {
    // Found by fuzzing: the box around its glyphs has no height, which the PDF library takes for granted.
    for (name, bytes) in seeds() {
        if name.contains("damaged") {
            assert_eq!(end(bytes), End::NotWritten, "{name}");
        }
    }
}

#[test]
fn a_font_cut_anywhere_does_no_harm() {
    for (_, bytes) in seeds() {
        for part in 0..20 {
            end(bytes[..bytes.len() * part / 20].to_vec());
        }
    }
}

#[test]
fn a_font_with_any_bytes_changed_does_no_harm() {
    let mut numbers = Numbers(1);
    let mut ends = Vec::new();
    for (_, bytes) in seeds() {
        for _ in 0..60 {
            let mut damaged = bytes.clone();
            for _ in 0..1 + numbers.below(20) {
                let at = numbers.below(damaged.len());
                damaged[at] = [0, 1, 0x7f, 0x80, 0xff, numbers.below(256) as u8][numbers.below(6)];
            }
            ends.push(end(damaged));
        }
    }
    assert!(ends.contains(&End::Refused) && ends.contains(&End::Written), "both happen: {ends:?}");
}

#[test]
fn a_font_with_its_tables_exchanged_does_no_harm() {
    // The directory of tables: a tag, a sum, an offset and a length for each, from the twelfth byte.
    let mut numbers = Numbers(2);
    for (name, bytes) in seeds() {
        if name.ends_with(".ttc") {
            continue;
        }
        let tables = usize::from(u16::from_be_bytes([bytes[4], bytes[5]]));
        for _ in 0..20 {
            let mut damaged = bytes.clone();
            let (one, other) = (12 + 16 * numbers.below(tables), 12 + 16 * numbers.below(tables));
            for byte in 8..16 {
                damaged.swap(one + byte, other + byte);
            }
            end(damaged);
        }
    }
}

#[test]
fn what_is_no_font_is_refused() {
    for bytes in [b"".to_vec(), b"%PDF-1.7".to_vec(), vec![0; 100_000], b"wOF2".repeat(100), b"OTTO".to_vec()] {
        assert_eq!(end(bytes), End::Refused);
    }
}

#[test]
fn a_font_whose_glyphs_all_are_the_whole_font_is_refused() {
    // Copied one by one, 30,000 glyphs of a megabyte would be 30 GB.
    for name in ["wenkai.ttf", "zhuque.ttf"] {
        let mut font = std::fs::read(root().join("tests/fuzz/corpus/font").join(name)).expect("a font");
        let number = |font: &[u8], at: usize| u32::from_be_bytes(font[at..at + 4].try_into().expect("four bytes"));
        let table = |font: &[u8], tag: &[u8]| {
            let entry = font[12..].chunks_exact(16).position(|entry| &entry[..4] == tag).expect("the table") * 16 + 12;
            (number(font, entry + 8) as usize, number(font, entry + 12) as usize)
        };
        let ((head, _), (loca, length), (_, glyf)) =
            (table(&font, b"head"), table(&font, b"loca"), table(&font, b"glyf"));
        let long = font[head + 51] != 0;
        let end = if long { (glyf as u32).to_be_bytes().to_vec() } else { (glyf as u16 / 2).to_be_bytes().to_vec() };
        let ends = length / end.len();
        for at in (1..ends).step_by(2) {
            font[loca + at * end.len()..][..end.len()].copy_from_slice(&end);
            font[loca + (at - 1) * end.len()..][..end.len()].fill(0);
        }
        assert!(ends > 10, "{name}: {ends} glyphs");
        assert_eq!(self::end(font), End::Refused, "{name}");
    }
}
