//! Zip archives: packed so that the same entries give the same bytes, and read without trusting them.
//!
//! The zip library is named here and nowhere else. Every entry that is packed bears the same time, the
//! first a zip archive can tell, and the same system, so that the bytes are the entries' alone. An archive
//! that is read comes from outside: [`Archive::open`] refuses one that two readers could read
//! differently, and [`Archive::read`] gives no more bytes than were announced.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};

use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipArchive, ZipWriter};

/// What a header in an archive's directory begins with (APPNOTE 4.3.12).
const DIRECTORY_HEADER: &[u8; 4] = b"PK\x01\x02";
/// The bytes of such a header before the name, and where in it the name's length stands.
const DIRECTORY_HEADER_LENGTH: u64 = 46;
const NAME_LENGTH_AT: usize = 28;
/// How many bytes are looked through at a time.
const CHUNK: usize = 64 * 1024;

/// Packs entries in the order given, each a name with `/` between folders and its bytes.
///
/// # Errors
/// When two entries have one name, or the archive would be larger than a zip archive can be.
pub fn pack<'a>(entries: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> io::Result<Vec<u8>> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9))
        .last_modified_time(DateTime::DEFAULT)
        .system(System::Dos);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        archive.start_file(name, options)?;
        archive.write_all(content)?;
    }
    Ok(archive.finish()?.into_inner())
}

/// An archive that is being read.
pub struct Archive<R> {
    archive: ZipArchive<R>,
}

/// What an archive says of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name; bytes that are not UTF-8 are replaced.
    pub name: String,
    /// Whether the name is UTF-8 as it stands.
    pub is_utf8: bool,
    /// What it is.
    pub kind: EntryKind,
    /// How many bytes it is said to have.
    pub size: u64,
}

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A file.
    File,
    /// A folder.
    Folder,
    /// A link to another place.
    Link,
    /// A file that needs a password.
    Encrypted,
    /// A file packed in a way that is not read here.
    Unreadable,
}

/// Why an archive is not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// It has more entries than asked for.
    #[error("it has more than {most} entries")]
    TooManyEntries {
        /// The most it may have.
        most: usize,
    },
    /// It is no zip archive, or a damaged one.
    #[error("it is no zip archive, or damaged: {reason}")]
    Damaged {
        /// What the zip library says.
        reason: String,
    },
    /// Several entries have one name.
    #[error("several entries have one name: {}", names.join(", "))]
    Repeated {
        /// The names.
        names: Vec<String>,
    },
    /// What it says of itself in two places is not the same: two programs could unpack two things.
    #[error("it says different things of itself in different places: {reason}")]
    Inconsistent {
        /// What the zip library says.
        reason: String,
    },
}

impl<R: Read + Seek> Archive<R> {
    /// Opens an archive of no more than `most` entries.
    ///
    /// # Errors
    /// When it is no zip archive, has more entries, or could be read in two ways.
    pub fn open(mut reader: R, most: usize) -> Result<Self, OpenError> {
        let damaged = |error: io::Error| OpenError::Damaged { reason: error.to_string() };
        // Counted before the library keeps a record of each, so that a small file cannot fill the memory.
        let headers = directory_headers(&mut reader, most).map_err(damaged)?;
        if headers.len() > most {
            return Err(OpenError::TooManyEntries { most });
        }
        let mut archive = ZipArchive::new(reader).map_err(|error| OpenError::Damaged { reason: error.to_string() })?;
        if archive.has_duplicate_names() {
            let start = archive.central_directory_start();
            let names = repeated_names(&mut archive.into_inner(), headers.into_iter().filter(|&at| at >= start));
            return Err(OpenError::Repeated { names: names.map_err(damaged)? });
        }
        match archive.validate_header_consistency() {
            Ok(()) => Ok(Archive { archive }),
            Err(ZipError::Io(error)) => Err(damaged(error)),
            Err(error) => Err(OpenError::Inconsistent { reason: error.to_string() }),
        }
    }

    /// What the archive says of its entries, in its order.
    pub fn entries(&self) -> Vec<Entry> {
        let entries = (0..self.archive.len()).filter_map(|index| self.archive.by_index_data(index).ok());
        let entry = |data: zip::read::ZipFileEntry<'_>| {
            let name = String::from_utf8_lossy(data.name_raw());
            let kind = if data.is_symlink() {
                EntryKind::Link
            } else if data.is_dir() {
                EntryKind::Folder
            } else if data.encrypted() {
                EntryKind::Encrypted
            } else if matches!(data.compression(), CompressionMethod::Stored | CompressionMethod::Deflated) {
                EntryKind::File
            } else {
                EntryKind::Unreadable
            };
            Entry { is_utf8: matches!(name, Cow::Borrowed(_)), name: name.into_owned(), kind, size: data.size() }
        };
        entries.map(entry).collect()
    }

    /// The bytes of the entry at this place, as they are unpacked: no more than one beyond what was
    /// announced, so that who reads notices. Reading fails at the end when the bytes are not those that were packed.
    ///
    /// # Errors
    /// When the entry cannot be unpacked.
    pub fn read(&mut self, index: usize) -> io::Result<impl Read + '_> {
        let entry = self.archive.by_index(index)?;
        let announced = entry.size();
        Ok(entry.take(announced.saturating_add(1)))
    }
}

/// Where headers of the directory stand, or what looks like them; one more than `most` at the most.
fn directory_headers<R: Read + Seek>(reader: &mut R, most: usize) -> io::Result<Vec<u64>> {
    reader.seek(SeekFrom::Start(0))?;
    let mut found = Vec::new();
    let mut window = Vec::new();
    let mut start = 0_u64;
    while found.len() <= most {
        let read = reader.by_ref().take(CHUNK as u64).read_to_end(&mut window)?;
        if read == 0 {
            break;
        }
        let here = window.windows(DIRECTORY_HEADER.len()).enumerate().filter(|(_, bytes)| *bytes == DIRECTORY_HEADER);
        found.extend(here.map(|(at, _)| start + at as u64).take(most + 1 - found.len()));
        // A header may stand across two chunks.
        let done = window.len().saturating_sub(DIRECTORY_HEADER.len() - 1);
        start += done as u64;
        window.drain(..done);
    }
    Ok(found)
}

/// The names that stand in more than one of the headers.
fn repeated_names<R: Read + Seek>(reader: &mut R, headers: impl Iterator<Item = u64>) -> io::Result<Vec<String>> {
    let (mut seen, mut repeated) = (BTreeSet::new(), BTreeSet::new());
    for at in headers {
        let mut header = [0; DIRECTORY_HEADER_LENGTH as usize];
        reader.seek(SeekFrom::Start(at))?;
        reader.read_exact(&mut header)?;
        let length = u16::from_le_bytes([header[NAME_LENGTH_AT], header[NAME_LENGTH_AT + 1]]);
        let mut name = Vec::new();
        reader.by_ref().take(length.into()).read_to_end(&mut name)?;
        let name = String::from_utf8_lossy(&name).into_owned();
        if !seen.insert(name.clone()) {
            repeated.insert(name);
        }
    }
    Ok(repeated.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(bytes: &[u8], most: usize) -> Result<Vec<(String, Vec<u8>)>, OpenError> {
        let mut archive = Archive::open(Cursor::new(bytes), most)?;
        let entries = archive.entries();
        let read = entries.into_iter().enumerate().map(|(index, entry)| {
            let mut content = Vec::new();
            archive.read(index).unwrap().read_to_end(&mut content).unwrap();
            assert_eq!((entry.kind, entry.size), (EntryKind::File, content.len() as u64));
            (entry.name, content)
        });
        Ok(read.collect())
    }

    #[test]
    fn what_is_packed_is_read_again() {
        let large = vec![7; 300_000];
        let entries = [("a/b.txt", b"text".as_slice()), ("c", &large), ("文", b"")];
        let packed = pack(entries).unwrap();
        assert_eq!(packed, pack(entries).unwrap());
        let read = read_all(&packed, 3).unwrap();
        assert_eq!(read, entries.map(|(name, content)| (name.to_owned(), content.to_vec())));
        assert_eq!(read_all(&packed, 2), Err(OpenError::TooManyEntries { most: 2 }));
    }

    #[test]
    fn headers_are_found_across_chunks() {
        for at in CHUNK - 4..CHUNK + 2 {
            let mut bytes = vec![0; at];
            bytes.extend(DIRECTORY_HEADER);
            bytes.extend([0; 100]);
            assert_eq!(directory_headers(&mut Cursor::new(bytes), 9).unwrap(), [at as u64]);
        }
    }

    #[test]
    fn a_name_given_twice_is_told() {
        let packed = pack([("data/a", b"1".as_slice()), ("data/b", b"2")]).unwrap();
        let twice = String::from_utf8_lossy(&packed).matches("data/b").count();
        assert_eq!(twice, 2);
        let twice: Vec<u8> = packed.windows(6).enumerate().fold(packed.clone(), |mut bytes, (at, name)| {
            if name == b"data/b" {
                bytes[at + 5] = b'a';
            }
            bytes
        });
        assert_eq!(read_all(&twice, 9), Err(OpenError::Repeated { names: vec!["data/a".into()] }));
        // Only in the directory: the file itself has another name.
        let last = packed.windows(6).rposition(|name| name == b"data/b").unwrap();
        let mut other = packed;
        other[last + 5] = b'c';
        assert!(matches!(read_all(&other, 9), Err(OpenError::Inconsistent { .. })));
        assert!(matches!(read_all(b"no zip archive", 9), Err(OpenError::Damaged { .. })));
    }
}
