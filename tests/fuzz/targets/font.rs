//! A font of the user's: read, set with, and put into a PDF.
#![no_main]

use std::sync::{Arc, OnceLock};

use kanyin::document::{About, Block, Date, Document, Origin, Paragraph, Role, Text};
use kanyin::{typeset, write};
use kanyin_fuzz::{fonts, sheet};
use libfuzzer_sys::fuzz_target;

/// A document of the characters the fonts of the corpus have: Han, marks, pairs, a variant, an accent.
fn document() -> &'static Document {
    static DOCUMENT: OnceLock<Document> = OnceLock::new();
    DOCUMENT.get_or_init(|| {
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
        let text = Text::plain("一、“政府”（信息）公开——郎\u{fe00}……·2024年é。", Origin::path("$"));
        let paragraph = Paragraph { role: Role::Body, lead: None, text, key: None };
        Document { about, blocks: vec![Block::Paragraph(paragraph)] }
    })
}

// The writer of PDFs catches what the PDF library panics at; the fuzzer's own hook would end the run there.
fuzz_target!(init: std::panic::set_hook(Box::new(|_| ())), |data: &[u8]| {
    let mut fonts = fonts().clone();
    if fonts.prefer("fangsong", "user.ttf", Arc::new(data.to_vec()), 0).is_err() {
        return;
    }
    if let Ok(pages) = typeset::typeset(document(), sheet(), &fonts, typeset::Options::default()) {
        // A damaged font may be refused here too, in words.
        if let Err(error) = write::pdf::write(&pages, &fonts) {
            assert!(!error.to_string().is_empty());
        }
    }
});
