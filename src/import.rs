//! DOCX → report JSON: a report whose values were edited in Word, or one made from the circulated Word template.
//!
//! A DOCX of ours carries the report without its texts and figures ([`carry`]); these are read from what the document
//! shows, so that an edit in Word wins. A DOCX of any other origin is read against the form of its year, by headings
//! and labels. What cannot be told without guessing is left out and named ([`Note`]). `import/word.rs` reads the
//! file, `parts.rs` tells sections apart, `table.rs` reads a table, `fill.rs` puts all of it into the report.

mod carried;
mod fill;
mod json;
mod note;
mod parts;
mod table;
mod word;
mod words;

pub use carried::carry;
pub use note::{Aside, Excess, ImportError, Note, What, XmlFault};
pub use word::{MOST_ALL_CELLS, MOST_ASIDES, MOST_BYTES, MOST_NAMESPACES, MOST_PARAGRAPHS, MOST_TABLES};

use crate::check::check;
use crate::form::{Form, Forms};
use crate::report::Report;
use json::Json;
use word::Word;

/// A report read from a DOCX.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    /// The report as JSON. It may want a row, or the agency, where a note says so.
    pub json: String,
    /// What could not be placed, and what was placed though it differs from the form; in the document's order.
    pub notes: Vec<Note>,
}

impl Imported {
    /// Whether all that the document says is in the report.
    pub fn is_whole(&self) -> bool {
        !self.notes.iter().any(|note| note.what.is_loss())
    }
}

/// Reads a report from the bytes of a DOCX.
///
/// # Errors
/// When the bytes are no DOCX, one too large or broken, or one that does not say which year it reports on.
pub fn import(bytes: &[u8], forms: &Forms) -> Result<Imported, ImportError> {
    let word = word::read(bytes)?;
    let mut notes: Vec<Note> = word.asides.iter().map(|aside| Note::about(What::Aside(aside.clone()))).collect();
    if let Some(carried) = &word.carried {
        match fill_carried(carried, &word, forms) {
            Some((json, more)) => {
                notes.extend(more);
                return Ok(Imported { json: json.to_text(), notes });
            }
            None => notes.push(Note::about(What::CarriedUnusable)),
        }
    }
    let (form, title) = parts::title(&word, forms)?;
    let blank = carried::blank(form, title.agency.as_deref().unwrap_or("…"), title.year);
    let (mut json, more) = fill::fill(blank, form, &word, fill::Knowing::Nothing).ok_or(ImportError::Form)?;
    notes.extend(more);
    if title.agency.is_none() {
        json.remove("agency");
        notes.push(Note::about(What::NoAgency { title: title.text }));
    }
    Ok(Imported { json: json.to_text(), notes })
}

/// The report a DOCX of ours carries, filled; `None` when what it carries is no report of a form there is.
fn fill_carried(carried: &str, word: &Word, forms: &Forms) -> Option<(Json, Vec<Note>)> {
    let report = Report::parse(carried.as_bytes()).ok()?;
    let form = forms.choose(&report).ok()?;
    fill::fill(Json::parse(carried)?, form, word, fill::Knowing::Report)
}

/// The report as it stands, checked; `None` when it cannot be put into the form.
fn checked<T>(json: &Json, form: &Form, look: impl FnOnce(&Report, &crate::check::Checked) -> T) -> Option<T> {
    let report = Report::parse(json.to_text().as_bytes()).ok()?;
    let checked = check(&report, form).ok()?;
    Some(look(&report, &checked))
}
