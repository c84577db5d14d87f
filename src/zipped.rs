//! Zip archives, written and read: the zip library is named here and nowhere else.
//!
//! What is written bears one time, the first a zip archive can tell, and one system, so that the bytes are those
//! of the contents alone. What is read may come from anybody: entries are counted before anything is kept, each is
//! unpacked only as far as its reader allows, and names are only ever compared, never used as paths.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::{self, Cursor, Read, Write};

use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipArchive, ZipWriter};

/// How hard repetitions are looked for: harder makes the Word document of a report a fifth smaller (13 for 17 KB) and
/// takes half the time again that all else of it takes.
const LEVEL: i64 = 1;

/// Packs entries, each a name and its content, in their order.
///
/// # Errors
/// When the archive would be larger than a zip archive can be.
pub fn pack<'a>(entries: impl IntoIterator<Item = (&'a str, Cow<'a, [u8]>)>) -> io::Result<Vec<u8>> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(LEVEL))
        .last_modified_time(DateTime::DEFAULT)
        .system(System::Dos);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        archive.start_file(name, options)?;
        archive.write_all(&content)?;
    }
    Ok(archive.finish()?.into_inner())
}

/// An archive that is read.
pub struct Archive<'a> {
    inner: ZipArchive<Cursor<&'a [u8]>>,
    /// How many bytes [`Archive::read`] may still unpack.
    left: usize,
}

/// No archive has more unpacked of it by [`Archive::read`], in bytes, one entry after the other.
pub const MOST_READ: usize = 256 << 20;

/// Why an archive, or an entry of it, cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ZipFault {
    /// The bytes are no zip archive, or a damaged one.
    #[error("it is no zip archive, or a damaged one: {0}")]
    NotZip(String),
    /// It has more entries than it may.
    #[error("it has {count} entries, more than the {limit} it can have")]
    TooMany {
        /// How many it has.
        count: usize,
        /// The most it can have.
        limit: usize,
    },
    /// Two entries have one name, so that nobody knows which is meant.
    #[error("two of its entries have one name")]
    Doubled,
    /// An entry is locked with a password.
    #[error("`{0}` in it is locked with a password")]
    Locked(String),
    /// An entry unpacks to more than it may.
    #[error("`{name}` in it unpacks to more than the {limit} bytes it can have")]
    TooLarge {
        /// The entry.
        name: String,
        /// The most it can have, in bytes.
        limit: usize,
    },
    /// Its entries together unpack to more than they may.
    #[error("what is read of it unpacks to more than {limit} bytes in all")]
    TooMuch {
        /// The most it can have, in bytes.
        limit: usize,
    },
    /// What it says of itself in two places is not the same: two programs could unpack two things.
    #[error("it says different things of itself in different places: {0}")]
    Ambiguous(String),
    /// An entry is damaged.
    #[error("`{name}` in it is damaged: {reason}")]
    Broken {
        /// The entry.
        name: String,
        /// What the library says.
        reason: String,
    },
}

impl ZipFault {
    /// The fault in Chinese; in English it says so itself.
    pub fn chinese(&self) -> String {
        match self {
            ZipFault::NotZip(told) => format!("不是zip压缩包，或已损坏、不完整（{told}）"),
            ZipFault::TooMany { count, limit } => format!("含{count}个部件，多于允许的{limit}个"),
            ZipFault::Doubled => "有两个部件同名".into(),
            ZipFault::Locked(name) => format!("其中的`{name}`设有密码"),
            ZipFault::TooLarge { name, limit } => format!("其中的`{name}`解压后超过{limit}字节"),
            ZipFault::TooMuch { limit } => format!("读取的内容解压后合计超过{limit}字节"),
            ZipFault::Ambiguous(told) => format!("压缩包的目录与内容不一致（{told}）"),
            ZipFault::Broken { name, reason } => format!("其中的`{name}`已损坏（{reason}）"),
        }
    }
}

/// What opens the description of every entry in an archive's directory (APPNOTE 4.3.12).
const DIRECTORY_ENTRY: &[u8] = b"PK\x01\x02";
/// The bytes of such a description before the name.
const BEFORE_NAME: usize = 46;
/// Where in it the name's length stands, in two bytes.
const NAME_LENGTH: usize = 28;

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
    /// A file locked with a password.
    Locked,
    /// A file packed in a way that is not read here.
    Unreadable,
}

impl<'a> Archive<'a> {
    /// Opens an archive of no more than `most` entries.
    ///
    /// # Errors
    /// That it is no archive, has too many entries, or two of one name.
    pub fn open(bytes: &'a [u8], most: usize) -> Result<Self, ZipFault> {
        // Counted before the library keeps a record of each.
        let count = bytes.windows(DIRECTORY_ENTRY.len()).filter(|window| *window == DIRECTORY_ENTRY).count();
        if count > most {
            return Err(ZipFault::TooMany { count, limit: most });
        }
        let inner = ZipArchive::new(Cursor::new(bytes)).map_err(|error| ZipFault::NotZip(error.to_string()))?;
        if inner.len() > most {
            return Err(ZipFault::TooMany { count: inner.len(), limit: most });
        }
        if inner.has_duplicate_names() {
            return Err(ZipFault::Doubled);
        }
        Ok(Archive { inner, left: MOST_READ })
    }

    /// The names of its entries, in their order; those that are no text are passed over.
    pub fn names(&self) -> Vec<String> {
        let names = self.inner.file_names_raw();
        names.filter_map(|name| std::str::from_utf8(name).ok()).map(str::to_owned).collect()
    }

    /// What the archive says of its entries, in their order.
    pub fn entries(&self) -> Vec<Entry> {
        let entries = (0..self.inner.len()).filter_map(|index| self.inner.by_index_data(index).ok());
        let entry = |data: zip::read::ZipFileEntry<'_>| {
            let name = String::from_utf8_lossy(data.name_raw());
            let kind = if data.is_symlink() {
                EntryKind::Link
            } else if data.is_dir() {
                EntryKind::Folder
            } else if data.encrypted() {
                EntryKind::Locked
            } else if matches!(data.compression(), CompressionMethod::Stored | CompressionMethod::Deflated) {
                EntryKind::File
            } else {
                EntryKind::Unreadable
            };
            Entry { is_utf8: matches!(name, Cow::Borrowed(_)), name: name.into_owned(), kind, size: data.size() }
        };
        entries.map(entry).collect()
    }

    /// Makes sure that what the archive says in its directory is what stands before each entry, that no two entries
    /// share bytes and that none is hidden.
    ///
    /// # Errors
    /// [`ZipFault::Ambiguous`] when it is not so.
    pub fn is_plain(&mut self) -> Result<(), ZipFault> {
        self.inner.validate_header_consistency().map_err(|error| ZipFault::Ambiguous(error.to_string()))
    }

    /// The entry at this place of [`Archive::entries`], as it is unpacked: no more than one byte beyond what was
    /// announced, so that who reads notices. Reading fails at the end when the bytes are not those that
    /// were packed.
    ///
    /// # Errors
    /// When it cannot be unpacked.
    pub fn unpack(&mut self, index: usize) -> io::Result<impl Read + '_> {
        let entry = self.inner.by_index(index)?;
        let announced = entry.size();
        Ok(entry.take(announced.saturating_add(1)))
    }

    /// The content of an entry of no more than `limit` bytes; `None` when there is none of that name, upper and
    /// lower case being the same.
    ///
    /// # Errors
    /// That it is locked, damaged or too large.
    pub fn read(&mut self, name: &str, limit: usize) -> Result<Option<Vec<u8>>, ZipFault> {
        let same = |other: &[u8]| other.eq_ignore_ascii_case(name.as_bytes());
        let Some(index) = self.inner.file_names_raw().position(same) else { return Ok(None) };
        let broken = |reason: String| ZipFault::Broken { name: name.to_owned(), reason };
        let entry = self.inner.by_index(index).map_err(|error| match error {
            ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => ZipFault::Locked(name.to_owned()),
            error => broken(error.to_string()),
        })?;
        let mut content = Vec::new();
        let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
        entry.take(most).read_to_end(&mut content).map_err(|error| broken(error.to_string()))?;
        if content.len() > limit {
            return Err(ZipFault::TooLarge { name: name.to_owned(), limit });
        }
        self.left = self.left.checked_sub(content.len()).ok_or(ZipFault::TooMuch { limit: MOST_READ })?;
        Ok(Some(content))
    }
}

/// The names that several entries of an archive have.
pub fn doubled_names(bytes: &[u8]) -> Vec<String> {
    let (mut seen, mut doubled) = (BTreeSet::new(), BTreeSet::new());
    let starts = bytes.windows(DIRECTORY_ENTRY.len()).enumerate().filter(|(_, window)| *window == DIRECTORY_ENTRY);
    for (start, _) in starts {
        let name = bytes.get(start + NAME_LENGTH..start + NAME_LENGTH + 2).and_then(|length| {
            let length = usize::from(u16::from_le_bytes([length[0], length[1]]));
            bytes.get(start + BEFORE_NAME..start + BEFORE_NAME + length)
        });
        if let Some(name) = name
            && !seen.insert(name)
        {
            doubled.insert(String::from_utf8_lossy(name).into_owned());
        }
    }
    doubled.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(entries: &[(&str, &[u8])]) -> Vec<u8> {
        pack(entries.iter().map(|&(name, content)| (name, Cow::Borrowed(content)))).unwrap()
    }

    #[test]
    fn what_is_packed_can_be_read_by_any_case_of_its_name() {
        let bytes = packed(&[("Word/Document.xml", b"text"), ("empty", b"")]);
        let mut archive = Archive::open(&bytes, 2).unwrap();
        assert_eq!(archive.names(), ["Word/Document.xml", "empty"]);
        assert_eq!(archive.read("word/document.xml", 4), Ok(Some(b"text".to_vec())));
        assert_eq!(archive.read("empty", 0), Ok(Some(Vec::new())));
        assert_eq!(archive.read("nothing", 9), Ok(None));
    }

    #[test]
    fn an_entry_is_unpacked_only_as_far_as_allowed() {
        let bytes = packed(&[("bomb", &vec![0; 1 << 20])]);
        let too_large = ZipFault::TooLarge { name: "bomb".into(), limit: 1000 };
        assert_eq!(Archive::open(&bytes, 1).unwrap().read("bomb", 1000), Err(too_large));
    }

    #[test]
    fn an_archive_is_unpacked_only_as_far_as_allowed() {
        let bytes = packed(&[("bomb", &vec![0; MOST_READ / 8])]);
        let mut archive = Archive::open(&bytes, 1).unwrap();
        for _ in 0..8 {
            assert!(archive.read("bomb", MOST_READ).is_ok());
        }
        assert_eq!(archive.read("bomb", MOST_READ), Err(ZipFault::TooMuch { limit: MOST_READ }));
    }

    #[test]
    fn entries_are_counted_first() {
        let names: Vec<String> = (0..50).map(|number| number.to_string()).collect();
        let bytes = packed(&names.iter().map(|name| (name.as_str(), &b"x"[..])).collect::<Vec<_>>());
        assert_eq!(Archive::open(&bytes, 49).err(), Some(ZipFault::TooMany { count: 50, limit: 49 }));
        assert!(matches!(Archive::open(b"PK and nothing else", 1), Err(ZipFault::NotZip(_))));
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_refused() {
        let bytes = packed(&[("data/a", b"1"), ("data/b", b"2")]);
        let places: Vec<usize> =
            bytes.windows(6).enumerate().filter(|(_, name)| *name == b"data/b").map(|(at, _)| at).collect();
        let [before, directory] = places[..] else { panic!("the name stands in two places") };
        assert_eq!(Archive::open(&bytes, 9).unwrap().is_plain(), Ok(()));
        let mut other = bytes.clone();
        other[directory + 5] = b'c';
        assert!(matches!(Archive::open(&other, 9).unwrap().is_plain(), Err(ZipFault::Ambiguous(_))));
        let mut doubled = bytes.clone();
        (doubled[before + 5], doubled[directory + 5]) = (b'a', b'a');
        assert_eq!(Archive::open(&doubled, 9).err(), Some(ZipFault::Doubled));
        assert_eq!(doubled_names(&doubled), ["data/a"]);
    }
}
