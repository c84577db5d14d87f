//! What each stage costs on the report of Sanmenxia, in time and in allocations.
//!
//! `cargo bench --bench stages` prints them; `cargo bench --bench stages -- pdf` only those whose names hold `pdf`.
//! How the program as a whole stands beside Typst is what `benches/compare.py` measures.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use divan::{AllocProfiler, Bencher, black_box};

use kanyin::check::{Checked, check};
use kanyin::compose::{self, compose};
use kanyin::document::Document;
use kanyin::font::{FontBytes, Fonts};
use kanyin::form::Forms;
use kanyin::report::Report;
use kanyin::sheet::Sheet;
use kanyin::typeset::{self, line_ends, typeset};
use kanyin::write;

#[global_allocator]
static ALLOCATIONS: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

/// What is read once and shared by all reports.
struct Shared {
    json: Vec<u8>,
    report: Report,
    forms: Forms,
    sheet: Sheet,
    fonts: Fonts,
}

fn shared() -> &'static Shared {
    static SHARED: OnceLock<Shared> = OnceLock::new();
    SHARED.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let json = std::fs::read(root.join("samples/sanmenxia-2020.json")).expect("the sample is there");
        let catalogue = std::fs::read_to_string(root.join("fonts/fonts.toml")).expect("fonts.toml is there");
        let load = |file: &str| Some(Arc::new(std::fs::read(root.join("fonts").join(file)).ok()?) as FontBytes);
        Shared {
            report: Report::parse(&json).expect("a report"),
            json,
            forms: Forms::bundled().expect("the forms"),
            sheet: Sheet::bundled("gbt9704").expect("the sheet"),
            fonts: Fonts::read(&catalogue, load).expect("the fonts"),
        }
    })
}

fn checked() -> Checked<'static> {
    let shared = shared();
    check(&shared.report, shared.forms.choose(&shared.report).expect("a form")).expect("a place for every row")
}

fn document() -> Document {
    let checked = checked();
    compose(&checked, &compose::Options { date: checked.report().day(), watermark: None })
}

#[divan::bench]
fn a_read(bencher: Bencher) {
    let shared = shared();
    bencher.bench(|| Report::parse(black_box(&shared.json)));
}

#[divan::bench]
fn b_check(bencher: Bencher) {
    let shared = shared();
    let form = shared.forms.choose(&shared.report).expect("a form");
    bencher.bench(|| check(black_box(&shared.report), form));
}

#[divan::bench]
fn c_compose(bencher: Bencher) {
    let checked = checked();
    let options = compose::Options { date: checked.report().day(), watermark: None };
    bencher.bench(|| compose(black_box(&checked), &options));
}

#[divan::bench]
fn d_typeset(bencher: Bencher) {
    let (shared, document) = (shared(), document());
    bencher.bench(|| typeset(black_box(&document), &shared.sheet, &shared.fonts, typeset::Options::default()));
}

#[divan::bench]
fn e_pdf(bencher: Bencher) {
    let shared = shared();
    let pages = typeset(&document(), &shared.sheet, &shared.fonts, typeset::Options::default()).expect("pages");
    bencher.bench(|| write::pdf::write(black_box(&pages), &shared.fonts));
}

#[divan::bench]
fn f_docx(bencher: Bencher) {
    let (shared, document) = (shared(), document());
    let options = write::docx::Options { tint: false, carried: None };
    bencher.bench(|| write::docx::write(black_box(&document), &shared.sheet, &options));
}

/// The lines of the PDF, which the DOCX of the program ends where the PDF does.
#[divan::bench]
fn g_line_ends(bencher: Bencher) {
    let (shared, document) = (shared(), document());
    bencher.bench(|| line_ends(black_box(&document), &shared.sheet, &shared.fonts));
}

/// All of it, as a batch does it for each report once forms, sheet and fonts are there.
#[divan::bench]
fn h_report_to_pdf(bencher: Bencher) {
    let shared = shared();
    bencher.bench(|| {
        let report = Report::parse(black_box(&shared.json)).expect("a report");
        let form = shared.forms.choose(&report).expect("a form");
        let checked = check(&report, form).expect("a place for every row");
        let document = compose(&checked, &compose::Options { date: checked.report().day(), watermark: None });
        let pages = typeset(&document, &shared.sheet, &shared.fonts, typeset::Options::default()).expect("pages");
        write::pdf::write(&pages, &shared.fonts).expect("a PDF").len()
    });
}

/// Reads the forms: once a process.
#[divan::bench]
fn i_forms(bencher: Bencher) {
    bencher.bench(Forms::bundled);
}
