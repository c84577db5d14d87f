//! What was put into an archived PDF, taken out again: the report it was made from, byte for byte.

use crate::crypto;
use crate::pdf::text::lines;
use crate::pdf::{Attachment, File, Properties, ReadError};
use crate::verify::{Change, added};

/// Why there is nothing to take out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExtractError {
    /// The file cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// It carries no report.
    #[error("no report is attached to the file; only PDFs made with `kanyin build --archive` carry theirs")]
    NoSource,
    /// It carries several, and does not say which one it was made from.
    #[error("{count} files are attached as the document's source; one is expected")]
    SeveralSources {
        /// How many.
        count: usize,
    },
}

/// The report a PDF was made from.
#[derive(Clone, Debug, PartialEq)]
pub struct Extracted {
    /// The attached file.
    pub source: Attachment,
    /// Its SHA-256, in hexadecimal digits.
    pub hash: String,
    /// What the PDF says of it.
    pub properties: Properties,
}

impl Extracted {
    /// Whether the attached file is the one the metadata tell of; `None` when they tell of none.
    pub fn matches(&self) -> Option<bool> {
        self.properties.source_hash.as_ref().map(|told| *told == self.hash)
    }
}

/// Takes the report out of a PDF.
///
/// # Errors
/// When the file cannot be read, or does not carry one report.
pub fn extract(pdf: &[u8]) -> Result<Extracted, ExtractError> {
    let file = File::read(pdf)?;
    let mut sources: Vec<Attachment> =
        file.attachments().into_iter().filter(|attached| attached.relation == "Source").collect();
    match (sources.pop(), sources.len()) {
        (None, _) => Err(ExtractError::NoSource),
        (Some(source), 0) => {
            let hash = crypto::hex(&crypto::sha256(&source.bytes));
            Ok(Extracted { source, hash, properties: file.properties() })
        }
        (Some(_), more) => Err(ExtractError::SeveralSources { count: more + 1 }),
    }
}

/// How a PDF and one that was built again agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// Byte for byte, up to what was appended to the first: signatures that are intact, and what belongs to them.
    Bytes {
        /// How many bytes were appended.
        appended: usize,
    },
    /// They say the same and have the same tables, in other bytes: another version of the program or other
    /// fonts. How their pages look was not compared.
    TextAndTables,
    /// They say the same and have the same tables, but more was added to the first than signatures that are intact:
    /// it may hide what it says.
    AddedTo(Vec<Change>),
    /// They do not say the same.
    Different(Vec<Difference>),
}

/// A line in which two PDFs differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What the first says; `None` where it says nothing.
    pub first: Option<String>,
    /// What the one built again says.
    pub again: Option<String>,
}

/// Compares a PDF with one that was built again from the same report.
///
/// # Errors
/// When one of them cannot be read, or says more than is read.
pub fn compare(first: &[u8], again: &[u8]) -> Result<Agreement, ReadError> {
    let (first_file, again_file) = (File::read(first)?, File::read(again)?);
    let (told, told_again) = (lines(&first_file)?, lines(&again_file)?);
    if told == told_again {
        let added = added(again, first)?;
        return Ok(match first.starts_with(again) {
            _ if !added.is_empty() => Agreement::AddedTo(added),
            true => Agreement::Bytes { appended: first.len() - again.len() },
            false => Agreement::TextAndTables,
        });
    }
    let longest = told.len().max(told_again.len());
    let at = |lines: &[String], index: usize| lines.get(index).cloned();
    let differences = (0..longest).map(|index| Difference { first: at(&told, index), again: at(&told_again, index) });
    Ok(Agreement::Different(differences.filter(|pair| pair.first != pair.again).collect()))
}
