//! A sheet file: read, and where it is whole a sample is set on it.
#![no_main]

use std::sync::OnceLock;

use kanyin::document::Document;
use kanyin::report::Report;
use kanyin::sheet::Sheet;
use kanyin_fuzz::{document, fonts, forms, root, write_all};
use libfuzzer_sys::fuzz_target;

fn sample() -> &'static Document {
    static SAMPLE: OnceLock<Document> = OnceLock::new();
    SAMPLE.get_or_init(|| {
        let bytes = std::fs::read(root().join("samples/joint-2020.json")).expect("a sample");
        let report = Report::parse(&bytes).expect("a report");
        let form = forms().choose(&report).expect("a form");
        document(&report, form, &bytes).expect("a document")
    })
}

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match Sheet::parse("sheet.toml", text) {
        Ok(sheet) => write_all(sample(), &sheet, fonts(), data.len() % 8 == 0),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});
