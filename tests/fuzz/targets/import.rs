//! A Word document from outside: a report read from it. An input that is no package is taken for its main part, so
//! that changes reach the XML and not only what it is packed in.
#![no_main]

use std::borrow::Cow;

use kanyin::error::Lang;
use kanyin::import::import;
use kanyin::report::Report;
use kanyin::zipped::pack;
use kanyin_fuzz::{forms, say};
use libfuzzer_sys::fuzz_target;

const RELATIONSHIPS: &[u8] = br#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"#;

fuzz_target!(|data: &[u8]| {
    let bytes = if data.starts_with(b"PK") {
        Cow::Borrowed(data)
    } else {
        let parts = [("_rels/.rels", Cow::Borrowed(RELATIONSHIPS)), ("word/document.xml", Cow::Borrowed(data))];
        Cow::Owned(pack(parts).expect("a package"))
    };
    match import(&bytes, forms()) {
        Err(error) => assert!(!error.to_string().is_empty()),
        Ok(imported) => {
            for note in &imported.notes {
                for lang in [Lang::Chinese, Lang::English] {
                    assert!(!note.render(lang).is_empty());
                }
            }
            if let Err(findings) = Report::parse(imported.json.as_bytes()) {
                say(&findings, imported.json.as_bytes());
            }
        }
    }
});
