//! How the cost of a document grows with its paragraphs and with the rows of its table.
//!
//! `cargo bench --bench growth` prints milliseconds for each size, the least of several runs, and microseconds a
//! paragraph or row: where cost is linear, those stay the same. Reports read from JSON end at limits far below the
//! largest of these (docs/reliability.md); the library has none.

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use kanyin::check::check;
use kanyin::compose::{self, compose};
use kanyin::document::{Block, Cell, CellContent, CellRole, Document, Grid, Origin, Placement, Role, Table, Text};
use kanyin::font::{FontBytes, Fonts};
use kanyin::form::Forms;
use kanyin::length::Length;
use kanyin::report::Report;
use kanyin::sheet::Sheet;
use kanyin::typeset::{self, line_ends, typeset};
use kanyin::write;

const PARAGRAPHS: [usize; 5] = [1, 10, 100, 1_000, 10_000];
const ROWS: [usize; 5] = [28, 100, 500, 1_000, 5_000];
const ROUNDS: usize = 3;

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let json = std::fs::read(root.join("samples/sanmenxia-2020.json")).expect("the sample is there");
    let report = Report::parse(&json).expect("a report");
    let forms = Forms::bundled().expect("the forms");
    let checked = check(&report, forms.choose(&report).expect("a form")).expect("a place for every row");
    let whole = compose(&checked, &compose::Options { date: report.day(), watermark: None });
    let catalogue = std::fs::read_to_string(root.join("fonts/fonts.toml")).expect("fonts.toml is there");
    let load = |file: &str| Some(Arc::new(std::fs::read(root.join("fonts").join(file)).ok()?) as FontBytes);
    let fonts = Fonts::read(&catalogue, load).expect("the fonts");
    let sheet = Sheet::bundled("gbt9704").expect("the sheet");
    // Faces are made ready by the first document that uses them.
    measure(&whole, &sheet, &fonts);
    let of = |blocks: Vec<Block>| Document { about: whole.about.clone(), blocks };
    table("paragraphs", &PARAGRAPHS, |count| of(paragraphs(&whole, count)), &sheet, &fonts);
    table("table rows", &ROWS, |count| of(vec![Block::Table(rows(count))]), &sheet, &fonts);
}

/// As many body paragraphs as asked for: those of the report, again and again.
fn paragraphs(whole: &Document, count: usize) -> Vec<Block> {
    let body = |block: &&Block| matches!(block, Block::Paragraph(paragraph) if paragraph.role == Role::Body);
    let own: Vec<&Block> = whole.blocks.iter().filter(body).collect();
    own.into_iter().cycle().take(count).cloned().collect()
}

/// A table of a row of headings and rows of a label and three figures.
fn rows(count: usize) -> Table {
    const COLUMNS: usize = 4;
    let cells = (0..=count).flat_map(|row| {
        (0..COLUMNS).map(move |column| {
            let (role, text) = match (row, column) {
                (0, _) => (CellRole::ColumnHeading, format!("第{}列", column + 1)),
                (_, 0) => (CellRole::RowLabel, format!("第{row}项信息公开事项")),
                (_, _) => (CellRole::Value, (row * column % 1_000).to_string()),
            };
            let text = Text::plain(text, Origin::path(format!("row {row}")));
            Cell { row, column, row_span: 1, column_span: 1, content: CellContent { role, text } }
        })
    });
    Table {
        key: "rows".into(),
        title: "表".into(),
        description: "每行一项。".into(),
        widths: vec![Length::mm(60), Length::mm(30), Length::mm(30), Length::mm(36)],
        heading_rows: 1,
        centre_labels: false,
        placement: Placement::Upright,
        grid: Grid::new(count + 1, COLUMNS, cells.collect()).expect("a full grid"),
    }
}

/// Milliseconds for setting, for the PDF, for the line ends of a DOCX and for the DOCX, and how many pages.
fn measure(document: &Document, sheet: &Sheet, fonts: &Fonts) -> ([f64; 4], usize) {
    let mut least = [f64::INFINITY; 4];
    let mut count = 0;
    for _ in 0..ROUNDS {
        let mut stage = 0;
        let mut end = |start: Instant| {
            least[stage] = f64::min(least[stage], start.elapsed().as_secs_f64() * 1_000.0);
            stage += 1;
        };
        let start = Instant::now();
        let pages = typeset(document, sheet, fonts, typeset::Options::default()).expect("pages");
        end(start);
        count = pages.pages.len();
        let start = Instant::now();
        black_box(write::pdf::write(&pages, fonts).expect("a PDF"));
        end(start);
        let start = Instant::now();
        black_box(line_ends(document, sheet, fonts));
        end(start);
        let options = write::docx::Options { tint: false, carried: None };
        let start = Instant::now();
        black_box(write::docx::write(document, sheet, &options).expect("a DOCX"));
        end(start);
    }
    (least, count)
}

fn table(of: &str, sizes: &[usize], document: impl Fn(usize) -> Document, sheet: &Sheet, fonts: &Fonts) {
    println!("| {of} | pages | typeset | PDF | line ends | DOCX | µs each |");
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    for &size in sizes {
        let ([set, pdf, ends, docx], pages) = measure(&document(size), sheet, fonts);
        let each = (set + pdf + ends + docx) * 1_000.0 / size as f64;
        println!("| {size} | {pages} | {set:.2} | {pdf:.2} | {ends:.2} | {docx:.2} | {each:.0} |");
    }
    println!();
}
