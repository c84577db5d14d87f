//! What the fuzz targets share: the faces of the repository, its forms and sheet, and the way from a report to
//! bytes. A target may do with an input whatever the program would; it fails when something panics, takes too long
//! or too much memory.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use kanyin::document::{Date, Document};
use kanyin::error::{Finding, Lang};
use kanyin::font::{FontBytes, Fonts};
use kanyin::form::{Form, Forms};
use kanyin::report::Report;
use kanyin::sheet::Sheet;
use kanyin::{check, compose, typeset, write};

/// The top of the repository.
pub fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// The faces of `fonts/`, read once.
pub fn fonts() -> &'static Fonts {
    static FONTS: OnceLock<Fonts> = OnceLock::new();
    FONTS.get_or_init(|| {
        let folder = root().join("fonts");
        let catalogue = std::fs::read_to_string(folder.join("fonts.toml")).expect("fonts.toml");
        let load = |file: &str| -> Option<FontBytes> { Some(Arc::new(std::fs::read(folder.join(file)).ok()?)) };
        Fonts::read(&catalogue, load).expect("the fonts")
    })
}

/// The forms in the program, read once.
pub fn forms() -> &'static Forms {
    static FORMS: OnceLock<Forms> = OnceLock::new();
    FORMS.get_or_init(|| Forms::bundled().expect("the forms"))
}

/// The sheet of the annual reports, read once.
pub fn sheet() -> &'static Sheet {
    static SHEET: OnceLock<Sheet> = OnceLock::new();
    SHEET.get_or_init(|| Sheet::bundled("gbt9704").expect("the sheet"))
}

/// Words for findings can fail as well as what finds them.
pub fn say(findings: &[Finding], source: &[u8]) {
    let text = String::from_utf8_lossy(source);
    for finding in findings {
        for lang in [Lang::Chinese, Lang::English] {
            assert!(!finding.render(lang, Some(("report.json", &text))).is_empty());
        }
    }
}

/// Checks a report against a form and composes it, errors or not, as `--draft` would.
pub fn document(report: &Report, form: &Form, source: &[u8]) -> Option<Document> {
    let checked = check::check(report, form).map_err(|findings| say(&findings, source)).ok()?;
    say(checked.findings(), source);
    let watermark = checked.has_errors().then(|| form.draft_mark().to_owned());
    Some(compose::compose(&checked, &compose::Options { date: Date::FIRST, watermark }))
}

/// Sets a document and writes it in every format. What cannot be written is an error in words.
pub fn write_all(document: &Document, sheet: &Sheet, fonts: &Fonts, pdf: bool) {
    let ends = typeset::line_ends(document, sheet, fonts);
    let options = write::docx::Options { tint: true, carried: None };
    if let Err(error) = write::docx::write_on_lines(document, sheet, &options, &ends) {
        assert!(!error.to_string().is_empty());
    }
    if let Ok(pages) = typeset::typeset(document, sheet, fonts, typeset::Options { tint: true }) {
        assert!(!pages.pages.is_empty());
        if pdf && let Err(error) = write::pdf::write(&pages, fonts) {
            assert!(!error.to_string().is_empty());
        }
    }
}
