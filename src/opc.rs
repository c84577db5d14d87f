//! Open packages (ECMA-376 part 2): named parts in one zip archive, packed and unpacked.
//!
//! The zip library is named here and nowhere else. What is packed bears the same time, the first a zip archive can
//! tell, and the same system, so that the bytes are the parts' alone. What is unpacked may come from anyone: no part
//! is read further than the limits below, whatever its headers say.

use std::io::{self, Cursor, Read, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipArchive, ZipWriter};

/// No package that is read is longer, in bytes.
pub const MOST_BYTES: usize = 64 * 1024 * 1024;
/// No package that is read has more parts.
pub const MOST_PARTS: usize = 5_000;
/// No part is read that is longer unpacked, in bytes.
pub const MOST_PART_BYTES: usize = 64 * 1024 * 1024;

/// Packs parts, each a name and its content, in their order.
///
/// # Errors
/// When the archive would be larger than a zip archive can be.
pub fn pack<'a>(parts: impl Iterator<Item = (&'a str, &'a str)>) -> io::Result<Vec<u8>> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9))
        .last_modified_time(DateTime::DEFAULT)
        .system(System::Dos);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        archive.start_file(name, options)?;
        archive.write_all(content.as_bytes())?;
    }
    Ok(archive.finish()?.into_inner())
}

/// Why a package or a part of it cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OpcError {
    /// It is no zip archive, or a broken one; what the library says of it.
    NotZip(String),
    /// It is longer than [`MOST_BYTES`], or a part than [`MOST_PART_BYTES`].
    TooLarge {
        /// The part; empty for the package.
        part: String,
        /// How long it may be, in bytes.
        limit: usize,
    },
    /// It has more parts than [`MOST_PARTS`].
    TooMany(usize),
    /// A part is no UTF-8 text.
    NotText(String),
}

/// A package that is being read.
pub struct Unpacked<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
}

impl<'a> Unpacked<'a> {
    /// Reads what parts there are.
    ///
    /// # Errors
    /// When it is no zip archive, or too large a one.
    pub fn new(bytes: &'a [u8]) -> Result<Self, OpcError> {
        if bytes.len() > MOST_BYTES {
            return Err(OpcError::TooLarge { part: String::new(), limit: MOST_BYTES });
        }
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| OpcError::NotZip(error.to_string()))?;
        if archive.len() > MOST_PARTS {
            return Err(OpcError::TooMany(archive.len()));
        }
        Ok(Unpacked { archive })
    }

    /// The text of a part, without a byte order mark; `None` when there is no such part. Names are told apart as
    /// OPC has it, without regard to case.
    ///
    /// # Errors
    /// When the part is broken, too long, or no UTF-8 text.
    pub fn text(&mut self, name: &str) -> Result<Option<String>, OpcError> {
        let wanted = name.trim_start_matches('/');
        let names = self.archive.file_names().map(|name| name.ok().map(|name| name.into_owned()));
        let names: Vec<Option<String>> = names.collect();
        let same = |other: &Option<String>| other.as_ref().is_some_and(|other| other.eq_ignore_ascii_case(wanted));
        let Some(index) = names.iter().position(same) else { return Ok(None) };
        let broken = |error: String| OpcError::NotZip(format!("{wanted}: {error}"));
        let file = self.archive.by_index(index).map_err(|error| broken(error.to_string()))?;
        let mut bytes = Vec::new();
        file.take(MOST_PART_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(|error| broken(error.to_string()))?;
        if bytes.len() > MOST_PART_BYTES {
            return Err(OpcError::TooLarge { part: wanted.to_owned(), limit: MOST_PART_BYTES });
        }
        let text = String::from_utf8(bytes).map_err(|_| OpcError::NotText(wanted.to_owned()))?;
        Ok(Some(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)))
    }
}
