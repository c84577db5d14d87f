//! What the PDF writer refuses and what it must say besides: fonts that may not be embedded, characters without a
//! meaning, and glyphs that stand for more than one text.

mod common;

use std::sync::Arc;

use common::{fonts, root, sheet};
use kanyin::document::{About, Block, Date, Document, Origin, Paragraph, Role, Text};
use kanyin::font::Fonts;
use kanyin::write::pdf::{PdfError, write};
use kanyin::{pdf, typeset};
use skrifa::{FontRef, MetadataProvider};

const FACE: &str = "LXGWWenKaiGBLite-Regular.ttf";

fn face() -> Vec<u8> {
    std::fs::read(root().join("fonts").join(FACE)).expect("the face is there")
}

/// The bundled faces, with this one before them in the body.
fn with(bytes: Vec<u8>) -> Fonts {
    let mut set = fonts().clone();
    set.prefer("fangsong", FACE, Arc::new(bytes), 0).expect("a font");
    set
}

fn pages(text: &str, fonts: &Fonts) -> kanyin::pages::Pages {
    let about = About {
        title: "报告".into(),
        author: "机关".into(),
        subject: "报告".into(),
        keywords: Vec::new(),
        language: "zh-CN".into(),
        date: Date::FIRST,
        watermark: None,
        edition: kanyin::document::Edition::default(),
    };
    let text = Text::plain(text, Origin::path("$.sections.overview[0]"));
    let paragraph = Paragraph { role: Role::Body, lead: None, text, key: None };
    let document = Document { about, blocks: vec![Block::Paragraph(paragraph)] };
    typeset::typeset(&document, &sheet(), fonts, typeset::Options::default()).expect("pages")
}

#[test]
fn a_font_whose_licence_forbids_it_is_not_embedded() {
    let mut bytes = face();
    let offset = {
        let font = FontRef::new(&bytes).expect("a font");
        let table = font.table_directory().table_records().iter().find(|record| record.tag() == *b"OS/2");
        table.expect("OS/2").offset() as usize
    };
    // Restricted licence embedding (OpenType 1.9, OS/2, fsType).
    bytes[offset + 8..offset + 10].copy_from_slice(&2u16.to_be_bytes());
    let set = with(bytes);
    let pages = pages("公开", &set);
    assert!(
        matches!(write(&pages, &set), Err(PdfError::NotEmbeddable { face }) if face.contains("WenKai") || face == FACE)
    );
    assert!(write(&self::pages("公开", fonts()), fonts()).is_ok());
}

#[test]
fn a_character_without_meaning_is_refused_with_its_place() {
    let bytes = face();
    let font = FontRef::new(&bytes).expect("a font");
    let private = font.charmap().mappings().map(|(code, _)| code).find(|code| (0xE000..0xF900).contains(code));
    let private = char::from_u32(private.expect("the face has a character for private use")).expect("a character");
    let set = with(bytes.clone());
    let pages = pages(&format!("公{private}开"), &set);
    let refused = PdfError::Meaningless { code: private.into(), path: "$.sections.overview[0]".into() };
    assert_eq!(write(&pages, &set).map(|_| ()), Err(refused));
}

#[test]
fn a_glyph_that_stands_for_two_texts_says_each() {
    let bytes = face();
    let font = FontRef::new(&bytes).expect("a font");
    let mut known = std::collections::BTreeMap::new();
    let twice = font.charmap().mappings().filter_map(|(code, glyph)| Some((char::from_u32(code)?, glyph))).find_map(
        |(c, glyph)| {
            let han = matches!(c, '\u{2e80}'..='\u{2fd5}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}');
            if !han {
                return None;
            }
            known.insert(glyph, c).map(|first| (first, c))
        },
    );
    let (first, second) = twice.expect("the face draws two characters with one glyph");
    let set = with(bytes.clone());
    let text = format!("{first}一{second}二{first}{second}");
    let made = write(&pages(&text, &set), &set).expect("a PDF");
    let file = pdf::File::read(&made).expect("our own PDF");
    let lines = pdf::text::lines(&file).expect("its text");
    assert!(format!("{lines:?}").contains(&text), "{first:?} {second:?}: {lines:?}");
}
