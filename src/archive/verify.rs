//! A package read back: everything that is wrong with it, at once.
//!
//! A package comes from anywhere and may be made to harm. What is in it is only read, never unpacked to a place its
//! names tell; links are not followed; names, numbers and sizes are bounded before anything is read. [`verify_zip`]
//! takes a package that is one file, [`verify`] one whose files are told by a [`Contents`] (the program's folder).
//! What can be wrong is in `archive/fault.rs`, the words for it in
//! `archive/words.rs`, how one file is opened in `archive/zip.rs`.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};

use super::bag;
pub use super::fault::{Fault, Problem};
pub use super::zip::verify_zip;
use super::{CONTENT, PDF, REPORT, master};
use crate::crypto;
use crate::extract::{ExtractError, extract};

/// No package has more files.
pub const MOST_FILES: usize = 1_000;
/// No package has more bytes, and none is larger as one file.
pub const MOST_BYTES: u64 = 256 << 20;
/// No tag file has more bytes.
pub const MOST_TAG_BYTES: usize = 1 << 20;

/// What a package holds.
pub trait Contents {
    /// Its files and what else stands among them; folders are not told.
    fn entries(&self) -> &[Entry];

    /// The bytes of the entry at this place of [`Contents::entries`].
    ///
    /// # Errors
    /// When it cannot be read.
    fn open(&mut self, index: usize) -> io::Result<Box<dyn Read + '_>>;
}

/// Something that stands in a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its path, with `/` between folders.
    pub path: String,
    /// Whether that is its name as it stands; else what was not UTF-8 in it is replaced.
    pub is_utf8: bool,
    /// What it is.
    pub kind: Kind,
    /// How many bytes it is said to have.
    pub size: u64,
}

/// What stands in a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A file.
    File,
    /// A link to another place.
    Link,
    /// Neither: a pipe, a device.
    Special,
    /// A file locked with a password.
    Locked,
    /// A file packed in a way that is not read.
    Unreadable,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Everything that is wrong, by file and line; nothing when the package is whole.
    pub faults: Vec<Fault>,
    /// How many files were read.
    pub files: usize,
    /// How many bytes they have.
    pub bytes: u64,
    /// The SHA-256 of the file with the sums of all others; `None` when it is missing.
    pub digest: Option<String>,
}

/// Checks a package.
pub fn verify(mut contents: impl Contents) -> Verdict {
    let mut verifier = Verifier::default();
    let entries = contents.entries().to_vec();
    let told = entries.iter().fold(0_u64, |sum, entry| sum.saturating_add(entry.size));
    if entries.len() > MOST_FILES {
        verifier.whole(Problem::TooManyFiles);
    } else if told > MOST_BYTES {
        verifier.whole(Problem::TooLarge { bytes: told });
    } else {
        verifier.names(&entries);
        verifier.read(&mut contents, &entries);
        verifier.judge();
    }
    verifier.verdict()
}

/// A file that was read.
struct Known {
    size: u64,
    sum: String,
    /// Its bytes, where they are looked into.
    bytes: Option<Vec<u8>>,
}

#[derive(Default)]
struct Verifier {
    faults: Vec<Fault>,
    /// What bears a name, readable or not.
    there: BTreeSet<String>,
    files: BTreeMap<String, Known>,
    /// Named by a manifest.
    named: BTreeSet<String>,
}

impl Verifier {
    fn whole(&mut self, problem: Problem) {
        self.faults.push(Fault { file: None, line: None, problem });
    }

    fn say(&mut self, file: &str, problem: Problem) {
        self.faults.push(Fault { file: Some(file.to_owned()), line: None, problem });
    }

    fn say_line(&mut self, file: &str, line: usize, problem: Problem) {
        self.faults.push(Fault { file: Some(file.to_owned()), line: Some(line), problem });
    }

    fn names(&mut self, entries: &[Entry]) {
        let mut lower: BTreeMap<String, &str> = BTreeMap::new();
        for entry in entries {
            if !self.there.insert(entry.path.clone()) {
                self.say(&entry.path, Problem::Doubled);
                continue;
            }
            if let Some(other) = lower.insert(entry.path.to_lowercase(), &entry.path) {
                self.say(&entry.path, Problem::SameButForCase { other: other.to_owned() });
            }
            if !entry.is_utf8 {
                self.say(&entry.path, Problem::NameNotUtf8);
            }
            if let Some(why) = bag::bad_path(&entry.path) {
                self.say(&entry.path, Problem::Path(why));
            }
        }
    }

    /// Reads every file once, one at a time.
    fn read(&mut self, contents: &mut impl Contents, entries: &[Entry]) {
        for (index, entry) in entries.iter().enumerate() {
            let problem = match entry.kind {
                Kind::File => match read_whole(contents, index, entry.size) {
                    Ok(bytes) => {
                        self.know(&entry.path, bytes);
                        continue;
                    }
                    Err(problem) => problem,
                },
                Kind::Link => Problem::Link,
                Kind::Special => Problem::Special,
                Kind::Locked => Problem::Locked,
                Kind::Unreadable => Problem::Unreadable,
            };
            self.say(&entry.path, problem);
        }
    }

    fn know(&mut self, path: &str, bytes: Vec<u8>) {
        let (size, sum) = (bytes.len() as u64, crypto::hex(&crypto::sha256(&bytes)));
        let kept = !path.starts_with(bag::PAYLOAD) || path == PDF || path == REPORT;
        self.files.insert(path.to_owned(), Known { size, sum, bytes: kept.then_some(bytes) });
    }

    fn judge(&mut self) {
        let marks = [bag::DECLARATION, bag::MANIFEST, bag::TAG_MANIFEST];
        if marks.iter().all(|name| !self.there.contains(*name)) {
            return self.whole(Problem::NotAPackage);
        }
        self.declaration();
        self.manifest(bag::MANIFEST, true);
        self.manifest(bag::TAG_MANIFEST, false);
        self.info();
        self.strangers();
        self.added();
        for part in [bag::DECLARATION, bag::INFO, bag::MANIFEST, bag::TAG_MANIFEST].into_iter().chain(CONTENT) {
            if !self.there.contains(part) && !self.named.contains(part) {
                self.say(part, Problem::NoPart);
            }
        }
        self.report_of_the_pdf();
        self.signatures();
    }

    /// The text of a tag file; what keeps it from being text is said.
    fn text(&mut self, name: &str) -> Option<String> {
        let bytes = self.files.get(name)?.bytes.as_deref()?;
        if bytes.len() > MOST_TAG_BYTES {
            self.say(name, Problem::TagTooLarge);
            return None;
        }
        let text = std::str::from_utf8(bytes).map(|text| text.trim_start_matches('\u{feff}').to_owned());
        let has_mark = bytes.starts_with("\u{feff}".as_bytes());
        let Ok(text) = text else {
            self.say(name, Problem::NotUtf8);
            return None;
        };
        if has_mark {
            self.say(name, Problem::ByteOrderMark);
        }
        Some(text)
    }

    fn declaration(&mut self) {
        let Some(text) = self.text(bag::DECLARATION) else { return };
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        if lines == bag::DECLARED.lines().collect::<Vec<_>>() {
            return;
        }
        let value =
            |label: &str| lines.iter().find_map(|line| line.strip_prefix(label)?.trim_start().strip_prefix(':'));
        let wanted = |label: &str| bag::DECLARED.lines().find_map(|line| line.strip_prefix(label)?.strip_prefix(": "));
        let other = |label: &str| {
            let found = value(label)?.trim();
            (!found.eq_ignore_ascii_case(wanted(label)?)).then(|| found.to_owned())
        };
        let (version, encoding) = (other("BagIt-Version"), other("Tag-File-Character-Encoding"));
        if version.is_none() && encoding.is_none() {
            self.say(bag::DECLARATION, Problem::Declaration);
        }
        if let Some(found) = version {
            self.say(bag::DECLARATION, Problem::Version { found });
        }
        if let Some(found) = encoding {
            self.say(bag::DECLARATION, Problem::Encoding { found });
        }
    }

    /// Holds the files against a manifest, that of the content or that of the tag files.
    fn manifest(&mut self, name: &'static str, of_content: bool) {
        let Some(text) = self.text(name) else { return };
        let (lines, wrong) = bag::read_manifest(&text);
        for number in wrong {
            self.say_line(name, number, Problem::BadLine);
        }
        let mut before: BTreeMap<String, usize> = BTreeMap::new();
        for bag::Line { number, sum, path } in lines {
            if let Some(why) = bag::bad_path(&path) {
                self.say_line(name, number, Problem::NamedPath { path, why });
                continue;
            }
            if path.starts_with(bag::PAYLOAD) != of_content {
                self.say_line(name, number, Problem::WrongManifest { path });
                continue;
            }
            if let Some(&before) = before.get(&path) {
                self.say_line(name, number, Problem::NamedTwice { path, before });
                continue;
            }
            match self.files.get(&path) {
                Some(known) if known.sum != sum => {
                    let found = known.sum.clone();
                    self.say(&path, Problem::Changed { told: sum, found });
                }
                // What is there and cannot be read has been said.
                None if !self.there.contains(&path) => self.say(&path, Problem::Missing),
                Some(_) | None => (),
            }
            before.insert(path.clone(), number);
            self.named.insert(path);
        }
    }

    fn info(&mut self) {
        let Some(text) = self.text(bag::INFO) else { return };
        let (labels, wrong) = bag::read_info(&text);
        for number in wrong {
            self.say_line(bag::INFO, number, Problem::BadLine);
        }
        let mut told = labels.iter().filter(|(label, _)| label.eq_ignore_ascii_case(bag::OXUM));
        let (first, second) = (told.next(), told.next());
        if second.is_some() {
            return self.say(bag::INFO, Problem::OxumTwice);
        }
        let Some((_, told)) = first else { return self.say(bag::INFO, Problem::NoOxum) };
        let content = self.files.iter().filter(|(path, _)| path.starts_with(bag::PAYLOAD));
        let found = content.fold((0, 0), |(bytes, count), (_, known)| (bytes + known.size, count + 1));
        let problem = match bag::read_oxum(told) {
            None => Problem::BadOxum { found: told.clone() },
            Some(read) if read != found => {
                Problem::Oxum { told: told.clone(), found: format!("{}.{}", found.0, found.1) }
            }
            Some(_) => return,
        };
        self.say(bag::INFO, problem);
    }

    /// Files that a bag may have and a package of ours does not.
    fn strangers(&mut self) {
        if self.there.contains(bag::FETCH) {
            self.say(bag::FETCH, Problem::Fetch);
        }
        let is_manifest = |path: &&String| {
            let name = path.strip_prefix("tag").unwrap_or(path);
            name.starts_with("manifest-") && name.ends_with(".txt") && !path.contains('/')
        };
        let ours = [bag::MANIFEST, bag::TAG_MANIFEST];
        let others: Vec<String> =
            self.there.iter().filter(is_manifest).filter(|path| !ours.contains(&path.as_str())).cloned().collect();
        for other in others {
            self.say(&other, Problem::OtherManifest);
        }
    }

    /// Files that no manifest names, where there is a manifest that could be read.
    fn added(&mut self) {
        let added: Vec<String> = self.there.difference(&self.named).cloned().collect();
        for path in added {
            let manifest = if path.starts_with(bag::PAYLOAD) { bag::MANIFEST } else { bag::TAG_MANIFEST };
            if path != bag::TAG_MANIFEST && self.files.contains_key(manifest) {
                self.say(&path, Problem::Added { manifest });
            }
        }
    }

    /// The report attached to the PDF is the report.
    fn report_of_the_pdf(&mut self) {
        let bytes = |path: &str| self.files.get(path)?.bytes.as_deref();
        let (Some(pdf), Some(report)) = (bytes(PDF), bytes(REPORT)) else { return };
        let problem = match extract(pdf) {
            Ok(extracted) if extracted.source.bytes == report => return,
            Ok(extracted) => Problem::OtherReport { attached: extracted.hash },
            Err(ExtractError::NoSource) => return,
            Err(error) => Problem::BadPdf(error),
        };
        self.say(PDF, problem);
    }

    /// The signatures of the PDF hold, whoever made them.
    fn signatures(&mut self) {
        let broken = self.files.get(PDF).and_then(|pdf| pdf.bytes.as_deref()).map(master::broken);
        for broken in broken.into_iter().flatten() {
            self.say(PDF, Problem::Signature(broken));
        }
    }

    fn verdict(mut self) -> Verdict {
        self.faults.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
        Verdict {
            digest: self.files.get(bag::TAG_MANIFEST).map(|known| known.sum.clone()),
            files: self.files.len(),
            bytes: self.files.values().map(|known| known.size).sum(),
            faults: self.faults,
        }
    }
}

/// The bytes of a file, no more than it was announced with.
fn read_whole(contents: &mut impl Contents, index: usize, told: u64) -> Result<Vec<u8>, Problem> {
    let cannot = |error: io::Error| Problem::CannotRead { kind: error.kind(), reason: error.to_string() };
    let mut bytes = Vec::new();
    let from = contents.open(index).map_err(cannot)?;
    from.take(told.saturating_add(1)).read_to_end(&mut bytes).map_err(cannot)?;
    if bytes.len() as u64 > told { Err(Problem::LargerThanTold { told }) } else { Ok(bytes) }
}
