//! The archived PDF: the report in it comes out as it went in, and a PDF that says something else is found out.

mod common;

use common::{fonts, root, samples, sheet};
use kanyin::compose::{self, compose};
use kanyin::document::Block;
use kanyin::extract::{Agreement, ExtractError, compare, extract};
use kanyin::form::Forms;
use kanyin::pages::Pages;
use kanyin::pdf::text::lines;
use kanyin::pdf::{File, ReadError};
use kanyin::report::Report;
use kanyin::typeset::{self, typeset};
use kanyin::write::pdf::{Source, write, write_archive};

fn pages(json: &[u8]) -> Pages {
    let forms = Forms::bundled().expect("the forms");
    let report = Report::parse(json).expect("a report");
    let checked = kanyin::check::check(&report, forms.choose(&report).expect("a form")).expect("a whole report");
    let document = compose(&checked, &compose::Options { date: report.day(), watermark: None });
    typeset(&document, &sheet(), fonts(), typeset::Options::default()).expect("every glyph")
}

fn archived(pages: &Pages, json: &[u8]) -> Vec<u8> {
    let source = Source { name: "report.json", media_type: "application/json", bytes: json };
    write_archive(pages, fonts(), &source).expect("a PDF")
}

fn sample(name: &str) -> Vec<u8> {
    std::fs::read(root().join("samples").join(name)).expect("the sample")
}

#[test]
fn every_sample_comes_out_as_it_went_in_and_says_the_same_again() {
    for path in samples() {
        let json = std::fs::read(&path).expect("the sample");
        let pages = pages(&json);
        let pdf = archived(&pages, &json);
        let extracted = extract(&pdf).expect("a report");
        assert_eq!(extracted.source.bytes, json, "{}", path.display());
        assert_eq!(
            (extracted.source.name.as_str(), extracted.source.media_type.as_str()),
            ("report.json", "application/json")
        );
        assert_eq!(extracted.matches(), Some(true));
        let edition = &pages.about.edition;
        let told = &extracted.properties;
        assert_eq!((told.form.as_deref(), told.edition.as_deref()), (Some(&*edition.form), Some(&*edition.notice)));
        assert_eq!(told.year, Some(edition.year));
        assert_eq!(told.created, Some(pages.about.date.to_string()));
        assert_eq!(compare(&pdf, &archived(&pages, &json)), Ok(Agreement::Bytes { appended: 0 }));
        // The plain PDF of the same report has other bytes and the same words.
        let plain = write(&pages, fonts()).expect("a PDF");
        assert_eq!(compare(&pdf, &plain), Ok(Agreement::TextAndTables));
        assert_eq!(extract(&plain), Err(ExtractError::NoSource));
    }
}

#[test]
fn places_for_seals_are_told_of_in_every_pdf() {
    for (name, count) in [("city-2025.json", 1), ("joint-2020.json", 2), ("blanks-2023.json", 0)] {
        let pages = pages(&sample(name));
        let pdf = write(&pages, fonts()).expect("a PDF");
        let told = File::read(&pdf).expect("a PDF").properties().seals;
        let kept: Vec<_> = pages
            .pages
            .iter()
            .enumerate()
            .flat_map(|(index, page)| page.seals.iter().map(move |seal| (index + 1, seal)))
            .collect();
        assert_eq!((told.len(), kept.len()), (count, count), "{name}");
        for (told, (page, kept)) in told.iter().zip(kept) {
            assert_eq!((told.page, told.diameter), (page, kept.diameter));
            let near = |a: kanyin::length::Length, b: kanyin::length::Length| (a.to_mm() - b.to_mm()).abs() < 0.001;
            assert!(near(told.x, kept.x) && near(told.y, kept.y), "{told:?} {kept:?}");
        }
    }
}

#[test]
fn the_structure_read_back_has_every_text_of_the_tables() {
    let json = sample("city-2025.json");
    let forms = Forms::bundled().expect("the forms");
    let report = Report::parse(&json).expect("a report");
    let checked = kanyin::check::check(&report, forms.choose(&report).expect("a form")).expect("a whole report");
    let document = compose(&checked, &compose::Options { date: report.day(), watermark: None });
    let pdf = archived(&pages(&json), &json);
    let told = lines(&File::read(&pdf).expect("a PDF")).expect("its lines");
    let mut rest = told.iter();
    for block in &document.blocks {
        let Block::Table(table) = block else { continue };
        for cell in table.grid.cells() {
            let text: String = cell.content.text.content.split_whitespace().collect();
            let says = |line: &&String| {
                (line.trim_start().starts_with("TH") || line.trim_start().starts_with("TD"))
                    && line.split_whitespace().collect::<String>().ends_with(&text)
            };
            assert!(rest.any(|line| says(&line)), "{text} in its order");
        }
    }
}

#[test]
fn a_pdf_that_says_something_else_than_its_report_is_found_out() {
    let json = sample("smallest-2024.json");
    let text = String::from_utf8(json.clone()).expect("UTF-8");
    let other = text.replacen("[2, 0, 11]", "[3, 0, 11]", 1);
    assert_ne!(other, text);
    // The pages of the changed report, with the first report attached to them.
    let forged = archived(&pages(other.as_bytes()), &json);
    let honest = archived(&pages(&json), &json);
    match compare(&forged, &honest).expect("two PDFs") {
        Agreement::Different(differences) => {
            let [difference] = differences.as_slice() else { panic!("{differences:?}") };
            let (first, again) = (difference.first.as_deref(), difference.again.as_deref());
            assert!(first.is_some_and(|line| line.ends_with(": 3")) && again.is_some_and(|line| line.ends_with(": 2")));
        }
        agreement => panic!("{agreement:?}"),
    }
}

#[test]
fn a_hash_that_is_not_that_of_the_report_is_noticed() {
    let json = sample("smallest-2024.json");
    let pdf = archived(&pages(&json), &json);
    let hash = extract(&pdf).expect("a report").hash.into_bytes();
    let at = pdf.windows(64).position(|window| window == hash).expect("the hash stands in the metadata");
    let mut forged = pdf;
    forged[at] = if forged[at] == b'0' { b'1' } else { b'0' };
    assert_eq!(extract(&forged).expect("a report").matches(), Some(false));
}

#[test]
fn files_that_are_no_whole_pdf_are_refused_with_a_reason() {
    let json = sample("smallest-2024.json");
    let pdf = archived(&pages(&json), &json);
    let read = |bytes: &[u8]| extract(bytes).map(|_| ()).expect_err("no report");
    assert_eq!(read(b""), ExtractError::Read(ReadError::NotPdf));
    assert_eq!(read(b"PK\x03\x04"), ExtractError::Read(ReadError::NotPdf));
    assert_eq!(read(&pdf[..pdf.len() / 2]), ExtractError::Read(ReadError::CutShort));
    assert!(matches!(read(b"%PDF-1.7\n%%EOF"), ExtractError::Read(ReadError::Damaged(_))));
    // The table of offsets is wrong by some bytes: some readers guess, this one does not.
    let mut shifted = pdf.clone();
    shifted.splice(20..20, *b"    ");
    assert!(matches!(read(&shifted), ExtractError::Read(ReadError::Damaged(_))));
}
