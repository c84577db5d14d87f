//! A package that is one file: a zip archive with a single folder (RFC 8493, 4), its files told without that folder.

use std::io::{self, Read};

use super::bag;
use super::fault::{Fault, Problem};
use super::verify::{Contents, Entry, Kind, MOST_BYTES, MOST_FILES, Verdict, verify};
use crate::zipped::{self, EntryKind, ZipFault};

/// Checks a package that is one file.
pub fn verify_zip(bytes: &[u8]) -> Verdict {
    let refused = |problems: Vec<(Option<String>, Problem)>| {
        let faults = problems.into_iter().map(|(file, problem)| Fault { file, line: None, problem });
        Verdict { faults: faults.collect(), files: 0, bytes: 0, digest: None }
    };
    if bytes.len() as u64 > MOST_BYTES {
        return refused(vec![(None, Problem::TooLarge { bytes: bytes.len() as u64 })]);
    }
    let mut archive = match zipped::Archive::open(bytes, MOST_FILES + MOST_FOLDERS) {
        Ok(archive) => archive,
        Err(ZipFault::TooMany { .. }) => return refused(vec![(None, Problem::TooManyFiles)]),
        Err(ZipFault::Doubled) => {
            let names = zipped::doubled_names(bytes);
            let mut problems: Vec<_> = names.into_iter().map(|name| (Some(name), Problem::Doubled)).collect();
            if problems.is_empty() {
                problems.push((None, Problem::Doubled));
            }
            return refused(problems);
        }
        Err(fault) => return refused(vec![(None, Problem::BadZip(fault))]),
    };
    if let Err(ZipFault::Ambiguous(reason)) = archive.is_plain() {
        return refused(vec![(None, Problem::Ambiguous { reason })]);
    }
    let zipped = Zipped::of(archive);
    let mut verdict = verify(zipped.contents);
    verdict.faults.splice(0..0, zipped.faults);
    verdict
}

/// Folders an archive may tell of beside its files.
const MOST_FOLDERS: usize = 100;

struct ZipContents<'a> {
    archive: zipped::Archive<'a>,
    entries: Vec<Entry>,
    places: Vec<usize>,
}

struct Zipped<'a> {
    contents: ZipContents<'a>,
    faults: Vec<Fault>,
}

impl<'a> Zipped<'a> {
    /// The files of an archive without the one folder they are in.
    fn of(archive: zipped::Archive<'a>) -> Self {
        let all = archive.entries();
        let whole = |problem| Fault { file: None, line: None, problem };
        let mut faults = Vec::new();
        let folder = all.first().and_then(|entry| entry.name.split_once('/')).map(|(folder, _)| format!("{folder}/"));
        let folder = folder.filter(|folder| all.iter().all(|entry| entry.name.starts_with(folder.as_str())));
        // `/…` and `../…` are in no folder of the archive's.
        let folder = folder.filter(|folder| bag::bad_path(folder.trim_end_matches('/')).is_none());
        if folder.is_none() {
            faults.push(whole(Problem::NotOneFolder));
        }
        let folder = folder.unwrap_or_default();
        let (mut entries, mut places) = (Vec::new(), Vec::new());
        for (place, entry) in all.into_iter().enumerate() {
            let path = entry.name[folder.len()..].to_owned();
            let kind = match entry.kind {
                EntryKind::File => Kind::File,
                EntryKind::Link => Kind::Link,
                EntryKind::Locked => Kind::Locked,
                EntryKind::Unreadable => Kind::Unreadable,
                EntryKind::Folder => {
                    let path = path.trim_end_matches('/');
                    if let (false, Some(why)) = (path.is_empty(), bag::bad_path(path)) {
                        faults.push(Fault { file: Some(path.into()), line: None, problem: Problem::Path(why) });
                    }
                    continue;
                }
            };
            entries.push(Entry { path, is_utf8: entry.is_utf8, kind, size: entry.size });
            places.push(place);
        }
        Zipped { contents: ZipContents { archive, entries, places }, faults }
    }
}

impl Contents for ZipContents<'_> {
    fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn open(&mut self, index: usize) -> io::Result<Box<dyn Read + '_>> {
        let place = self.places.get(index).ok_or(io::ErrorKind::NotFound)?;
        Ok(Box::new(self.archive.unpack(*place)?))
    }
}
