//! The package that is kept: the report in every form it has, what was found in it, what it is, and sums over all of it.
//!
//! [`package`] takes finished bytes and what they were made from and gives named files; [`Package::zip`] makes
//! one file of them. It is a bag (RFC 8493): the content in `data/`, its SHA-256 sums beside it. The same report gives
//! the same package. What is archived as PDF, the file just built or a signed copy of it, is a
//! [`Master`] (`archive/master.rs`); what the package says of itself in the words of DA/T 46 is in `archive/metadata.rs`,
//! the tag files in `archive/bag.rs`. [`verify`](verify::verify) reads a package that comes back from anywhere.

mod bag;
mod fault;
mod findings;
mod master;
mod metadata;
pub mod verify;
mod words;
mod zip;

use std::borrow::Cow;
use std::io;

use crate::check::Checked;
use crate::crypto;
use crate::document::About;
use crate::zipped;

pub use bag::BadPath;
pub use master::{Bond, Broken, Master, MasterError, Signed, Signer};

/// What the program calls itself in what it writes.
const PROGRAM: &str = concat!("kanyin ", env!("CARGO_PKG_VERSION"));

/// The report, byte for byte.
pub const REPORT: &str = "data/report.json";
/// What is archived: the PDF, signed or not.
pub const PDF: &str = "data/report.pdf";
/// The PDF as it was built, where the archived one cannot be shown to come from it.
pub const ORIGINAL: &str = "data/original.pdf";
/// The copy to edit.
pub const DOCX: &str = "data/report.docx";
/// What was found in the report.
pub const FINDINGS: &str = "data/findings.json";
/// What the record is.
pub const METADATA: &str = "data/metadata.xml";
/// What every package has in `data/`.
pub const CONTENT: [&str; 5] = [DOCX, FINDINGS, METADATA, PDF, REPORT];

/// What only the keeper of the record knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// 保管期限: how long it is kept.
    pub retention: Option<String>,
    /// 档号: its number in the archive.
    pub archive_number: Option<String>,
    /// 文件编号: its number as a document (发文字号).
    pub document_number: Option<String>,
}

/// What is put into a package.
pub struct Record<'a> {
    /// The report in its form.
    pub checked: &'a Checked<'a>,
    /// What its documents say of themselves.
    pub about: &'a About,
    /// The report as it was read.
    pub json: &'a [u8],
    /// Its PDF.
    pub master: &'a Master,
    /// The PDF as it was built; kept beside a master of which it cannot be shown that it came from it.
    pub built: &'a [u8],
    /// The Word document.
    pub docx: &'a [u8],
    /// What only the keeper knows.
    pub given: &'a Given,
}

/// A file of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its path in the package, with `/` between folders.
    pub path: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A package, ready to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    name: String,
    files: Vec<File>,
}

impl Package {
    /// The folder it is in when it travels as one file: `report-2024`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its files: those about it first, then its content by name.
    pub fn files(&self) -> &[File] {
        &self.files
    }

    /// The SHA-256 of the file that has the sums of all the others, in hexadecimal digits: who keeps it elsewhere can
    /// tell whether any byte of the package was changed.
    pub fn digest(&self) -> String {
        let last = self.files.iter().find(|file| file.path == bag::TAG_MANIFEST);
        crypto::hex(&crypto::sha256(last.map_or(&[], |file| &file.bytes)))
    }

    /// The package as one file: a zip archive with a single folder (RFC 8493, 4).
    ///
    /// # Errors
    /// When it would be larger than a zip archive can be.
    pub fn zip(&self) -> io::Result<Vec<u8>> {
        let named: Vec<(String, &[u8])> =
            self.files.iter().map(|file| (format!("{}/{}", self.name, file.path), &*file.bytes)).collect();
        zipped::pack(named.iter().map(|(name, bytes)| (name.as_str(), Cow::Borrowed(*bytes))))
    }
}

/// Puts a record into a package.
pub fn package(record: &Record) -> Package {
    let mut content = vec![
        File { path: DOCX, bytes: record.docx.to_vec() },
        File { path: FINDINGS, bytes: findings::write(record).into_bytes() },
        File { path: PDF, bytes: record.master.pdf().to_vec() },
        File { path: REPORT, bytes: record.json.to_vec() },
    ];
    if record.master.bond() == Bond::None {
        content.push(File { path: ORIGINAL, bytes: record.built.to_vec() });
    }
    content.sort_by_key(|file| file.path);
    let metadata = metadata::write(record, &content);
    content.push(File { path: METADATA, bytes: metadata.into_bytes() });
    content.sort_by_key(|file| file.path);
    let mut files = tags(record, &content);
    files.extend(content);
    Package { name: format!("report-{}", record.about.edition.year), files }
}

/// The tag files of a bag with this content.
fn tags(record: &Record, content: &[File]) -> Vec<File> {
    let about = record.about;
    let mut labels = vec![
        ("Source-Organization", about.author.clone()),
        ("External-Description", about.title.clone()),
        ("Bagging-Date", about.date.to_string()),
        ("Bag-Software-Agent", PROGRAM.to_owned()),
        (bag::OXUM, bag::oxum(content.iter().map(|file| &*file.bytes))),
    ];
    if let Some(number) = &record.given.archive_number {
        labels.insert(2, ("External-Identifier", number.clone()));
    }
    let mut tags = vec![
        File { path: bag::DECLARATION, bytes: bag::DECLARED.into() },
        File { path: bag::INFO, bytes: bag::info(&labels).into_bytes() },
        File { path: bag::MANIFEST, bytes: manifest(content).into_bytes() },
    ];
    let sums = manifest(&tags).into_bytes();
    tags.push(File { path: bag::TAG_MANIFEST, bytes: sums });
    tags
}

fn manifest(files: &[File]) -> String {
    bag::manifest(files.iter().map(|file| (file.path, &*file.bytes)))
}
