//! DOCX: a [`Document`] as a file for Word, WPS and LibreOffice that a clerk can go on editing.
//!
//! This module's rooms write a part each: `body`, `table` and `signature` say what the document says,
//! `styles` and `fonts` carry the looks, `page` and `settings` the page and the rules of Chinese text, and `package`
//! packs them; `format`, `text` and `xml` are what they write with. Same document and sheet, same bytes:
//! nothing here reads a clock or draws a number.

mod body;
mod characters;
mod fonts;
mod format;
mod lines;
mod package;
mod page;
mod settings;
mod signature;
mod styles;
mod table;
mod text;
mod xml;

use std::fmt;

use crate::document::{Block, Document, LineEnds, Origin, Table, Text};
use crate::length::Length;
use crate::sheet::Sheet;
use package::{Kind, Package};

/// The namespace of a document's text.
const NAMESPACE: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
/// The namespace of what a file carries for the program that reads it again.
pub const CARRIED: &str = "urn:kanyin:report:1";
/// The namespace of references from one part to another.
const RELATIONSHIPS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// What may be chosen about a DOCX.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options<'a> {
    /// Bands of tables are filled with the sheet's tint.
    pub tint: bool,
    /// What the file carries unseen, to be read from it again: what [`import::carry`](crate::import::carry) makes of
    /// a report.
    pub carried: Option<&'a str>,
}

/// Why a document cannot be written as DOCX.
#[derive(Debug, thiserror::Error)]
pub enum DocxError {
    /// Characters that XML 1.0, and so Word, cannot hold; all of them, in reading order.
    #[error("{}", one_a_line(.0))]
    Characters(Vec<Unwritable>),
    /// A table's widths do not describe its columns.
    #[error("the table `{table}` has {columns} columns, but {widths} widths that are longer than nothing")]
    Widths {
        /// The form's name for the table.
        table: String,
        /// How many columns its grid has.
        columns: usize,
        /// How many usable widths it has.
        widths: usize,
    },
    /// A table has more columns than Word can open.
    #[error("the table `{table}` has {columns} columns, but Word opens no table of more than {}", table::MOST_COLUMNS)]
    Columns {
        /// The form's name for the table.
        table: String,
        /// How many columns its grid has.
        columns: usize,
    },
    /// A table has no rows, which Word takes for a broken file.
    #[error("the table `{table}` has no rows")]
    NoRows {
        /// The form's name for the table.
        table: String,
    },
    /// The file would be larger than a zip archive can be.
    #[error("the parts do not fit in one archive")]
    Package(#[source] std::io::Error),
}

/// A character that no DOCX can hold, and where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unwritable {
    /// The character.
    pub character: char,
    /// Where it came from.
    pub origin: Origin,
}

/// `U+000B at $.sections.overview[0] cannot stand in a DOCX file`, with the place in the form's words.
impl fmt::Display for Unwritable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "U+{:04X} at {} cannot stand in a DOCX file", u32::from(self.character), self.origin.path)?;
        if let Some(place) = &self.origin.place {
            let parts = [&place.table, &place.row, &place.column];
            let parts: Vec<&str> = parts.into_iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
            write!(f, " ({})", parts.join(" › "))?;
        }
        Ok(())
    }
}

fn one_a_line(characters: &[Unwritable]) -> String {
    characters.iter().map(Unwritable::to_string).collect::<Vec<_>>().join("\n")
}

/// Writes a document on a sheet as the bytes of a DOCX file.
///
/// # Errors
/// When the document holds characters that XML cannot, or a table that Word cannot open.
pub fn write(document: &Document, sheet: &Sheet, options: &Options) -> Result<Vec<u8>, DocxError> {
    write_on_lines(document, sheet, options, &LineEnds::default())
}

/// [`write()`], with lines and pages that end where they do on the document's pages: titles and headings of tables are
/// broken there, lines of text are helped to end there by a little tracking, and rows of a table that stand on one
/// page are kept together.
///
/// # Errors
/// Those of [`write()`].
pub fn write_on_lines(
    document: &Document,
    sheet: &Sheet,
    options: &Options,
    ends: &LineEnds,
) -> Result<Vec<u8>, DocxError> {
    examine(document, sheet, options)?;
    let about = &document.about;
    let mut package = Package::default();
    package.add(Kind::CoreProperties, "docProps/core.xml", settings::core_properties(about));
    package.add(Kind::AppProperties, "docProps/app.xml", settings::app_properties(about));
    package.add(Kind::Styles, "word/styles.xml", styles::part(sheet, &about.language));
    package.add(Kind::Settings, "word/settings.xml", settings::part(&about.language));
    package.add(Kind::FontTable, "word/fontTable.xml", fonts::part(sheet));
    let references = page::add_headers_and_footers(&mut package, sheet, about.watermark.as_deref());
    if let Some(carried) = options.carried {
        package.add_carried(settings::carried(carried), settings::carried_properties());
    }
    package.add_main(body::part(document, sheet, options.tint, ends, &references));
    package.pack().map_err(DocxError::Package)
}

/// Everything that could not be written is found before anything is.
fn examine(document: &Document, sheet: &Sheet, options: &Options) -> Result<(), DocxError> {
    let mut characters = Vec::new();
    let mut look = |text: &str, origin: &Origin| {
        let unwritable = text.chars().filter(|&character| !xml::holds(character));
        characters.extend(unwritable.map(|character| Unwritable { character, origin: origin.clone() }));
    };
    let about = &document.about;
    for (text, name) in [
        (&about.title, "title"),
        (&about.author, "author"),
        (&about.subject, "subject"),
        (&about.language, "language"),
        (&about.keywords.concat(), "keywords"),
        (about.watermark.as_ref().unwrap_or(&String::new()), "watermark"),
        (&options.carried.unwrap_or_default().to_owned(), "carried part"),
    ] {
        look(text, &Origin::path(format!("the document's {name}")));
    }
    for (key, typeface) in &sheet.typefaces {
        let origin = Origin::path(format!("{}: typefaces.{key}", sheet.id));
        look(&typeface.word, &origin);
        look(&typeface.alternative, &origin);
    }
    for block in &document.blocks {
        if let Block::Table(table) = block {
            examine_shape(table)?;
            let origin = Origin::path(format!("table {}", table.key));
            look(&table.title, &origin);
            look(&table.description, &origin);
        }
        for text in texts(block) {
            look(&text.content, &text.origin);
        }
    }
    if characters.is_empty() { Ok(()) } else { Err(DocxError::Characters(characters)) }
}

fn examine_shape(table: &Table) -> Result<(), DocxError> {
    let (rows, columns) = (table.grid.rows(), table.grid.columns());
    let widths = table.widths.iter().filter(|&&width| width > Length::ZERO).count();
    let key = || table.key.clone();
    if rows == 0 || columns == 0 {
        Err(DocxError::NoRows { table: key() })
    } else if columns > table::MOST_COLUMNS {
        Err(DocxError::Columns { table: key(), columns })
    } else if widths != columns || table.widths.len() != columns {
        Err(DocxError::Widths { table: key(), columns, widths })
    } else {
        Ok(())
    }
}

/// Every text of a block, in reading order.
fn texts(block: &Block) -> Vec<&Text> {
    match block {
        Block::Paragraph(paragraph) => paragraph.lead.iter().map(|lead| &lead.text).chain([&paragraph.text]).collect(),
        Block::Table(table) => table.grid.cells().iter().map(|cell| &cell.content.text).collect(),
        Block::Signature(signature) => signature.agencies.iter().chain([&signature.date]).collect(),
    }
}
