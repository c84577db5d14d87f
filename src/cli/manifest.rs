//! The manifest: what became of each input, one JSON object a line, in the order of the inputs.
//!
//! A line is written when its files are in their places, so what a killed run leaves is true as far as it goes.
//! The lines of an earlier run are kept beside the new ones (`FILE.previous`) until the new run has ended, and
//! are what unchanged inputs are told by. `docs/batch.md` describes the fields.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use kanyin::error::Level;

use super::inputs::read_line;
use super::source::Said;
use super::words::{Words, cannot_write, why};

/// What became of an input.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Record {
    /// The file as it was named or found; `-` is standard input.
    pub input: String,
    /// The line of a stream, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    pub status: Status,
    /// Why there are no outputs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agency: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<String>,
    pub outputs: Vec<Written>,
    /// Files of an earlier run that stand where its outputs would, which there are none of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stale: Vec<String>,
    pub findings: Vec<Found>,
    /// The SHA-256 of all that the outputs depend on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    pub milliseconds: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    /// Its files were written.
    Built,
    /// Its files were there, made from the same input in the same way.
    Unchanged,
    /// The report cannot be built.
    Refused,
    /// The input could not be read, or an output not written.
    Failed,
}

/// A file written.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    /// Its name in the folder of outputs.
    pub file: String,
    pub bytes: u64,
    pub sha256: String,
}

/// A finding.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Found {
    pub level: String,
    pub code: String,
    pub path: String,
    /// The line of the report, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// The character of the line, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
    pub message: String,
}

impl Found {
    pub fn of(said: &Said) -> Found {
        let level = match said.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::NotAssessable => "not_assessable",
            Level::Note => "note",
        };
        Found {
            level: level.into(),
            code: said.code.clone(),
            path: said.path.clone(),
            line: said.position.map(|position| position.line),
            column: said.position.map(|position| position.column),
            message: said.message.clone(),
        }
    }
}

/// Where records are written.
pub(super) struct Manifest {
    out: Box<dyn Write>,
    name: String,
    previous: PathBuf,
}

impl Manifest {
    /// Begins a manifest; `-` is standard output. What an earlier run wrote there is given back if it is to be
    /// kept, else replaced.
    ///
    /// # Errors
    /// When it cannot be written, or a file of its name is no manifest: that is left as it is.
    pub fn begin(path: &Path, keep: bool) -> Result<(Manifest, Option<Previous>), Words> {
        if path == Path::new("-") {
            let out = Box::new(std::io::stdout());
            return Ok((Manifest { out, name: "<stdout>".into(), previous: PathBuf::new() }, None));
        }
        let name = path.display().to_string();
        let cannot = |error: std::io::Error| cannot_write(&name, &why(&error));
        let previous = beside(path);
        if path.try_exists().map_err(cannot)? {
            if !is_manifest(path).map_err(cannot)? {
                return Err(Words::new(
                    format!("`{name}` is there and is no manifest; it was left as it is"),
                    format!("`{name}`已存在，且不是清单；未予改动，请另指定文件"),
                ));
            }
            if keep {
                set_aside(path, &previous).map_err(cannot)?;
            }
        }
        let known = if keep && previous.is_file() { Some(Previous::read(&previous).map_err(cannot)?) } else { None };
        let out = Box::new(File::create(path).map_err(cannot)?);
        Ok((Manifest { out, name, previous }, known))
    }

    /// Writes a line, whole or, when the program is killed meanwhile, as the last.
    pub fn add(&mut self, record: &Record) -> Result<(), Words> {
        let mut line = serde_json::to_vec(record).map_err(|error| Words::ours(&error))?;
        line.push(b'\n');
        let written = self.out.write_all(&line).and_then(|()| self.out.flush());
        written.map_err(|error| cannot_write(&self.name, &why(&error)))
    }

    /// Ends it: what was kept of earlier runs is in it now, or out of date.
    pub fn end(self) {
        if self.previous.is_file() && is_manifest(&self.previous).unwrap_or(false) {
            // Should it stay, the next run reads it again, and finds nothing in it that is not checked.
            let _ = std::fs::remove_file(&self.previous);
        }
    }
}

/// Where the lines of earlier runs are kept.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".previous");
    path.with_file_name(name)
}

/// Whether a file begins with a record, or with what a killed run has left of one.
fn is_manifest(path: &Path) -> std::io::Result<bool> {
    let mut reader = BufReader::new(File::open(path)?);
    let first = read_line(&mut reader)?.unwrap_or_default();
    let broken = reader.fill_buf()?.is_empty() && first.starts_with(br#"{"input":"#);
    let nothing = path.metadata()?.len() == 0;
    Ok(nothing || broken || serde_json::from_slice::<Record>(&first).is_ok())
}

/// Moves a manifest out of the way; what an earlier killed run has set aside stays before it.
fn set_aside(path: &Path, previous: &Path) -> std::io::Result<()> {
    if !previous.is_file() {
        return std::fs::rename(path, previous);
    }
    if !is_manifest(previous)? {
        let name = previous.display();
        let words =
            Words::new(format!("`{name}` is no manifest; it was left as it is"), format!("`{name}`不是清单，未予改动"));
        return Err(std::io::Error::new(std::io::ErrorKind::AlreadyExists, words));
    }
    let mut to = File::options().append(true).open(previous)?;
    // The last line may have been broken off.
    to.write_all(b"\n")?;
    std::io::copy(&mut File::open(path)?, &mut to)?;
    to.sync_all()?;
    std::fs::remove_file(path)
}

/// The records of earlier runs. Of each only its place is kept, so that there may be many.
pub(super) struct Previous {
    places: BTreeMap<String, u64>,
    file: Mutex<BufReader<File>>,
}

/// What is read of every line first.
#[derive(Deserialize)]
struct Key {
    key: Option<String>,
}

impl Previous {
    fn read(path: &Path) -> std::io::Result<Previous> {
        let mut reader = BufReader::new(File::open(path)?);
        let mut places = BTreeMap::new();
        let mut place = 0;
        while let Some(line) = read_line(&mut reader)? {
            // A line that is none was broken off by a kill, or somebody has been at it: nothing is known then.
            if let Ok(Key { key: Some(key) }) = serde_json::from_slice(&line) {
                places.insert(key, place);
            }
            place = reader.stream_position()?;
        }
        Ok(Previous { places, file: Mutex::new(reader) })
    }

    /// The record of an input that was built with this key, if its files are still in the folder, as they were.
    pub fn built(&self, key: &str, folder: &Path) -> Option<Record> {
        let place = *self.places.get(key)?;
        let line = {
            let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
            file.seek(SeekFrom::Start(place)).ok()?;
            read_line(&mut *file).ok()??
        };
        let record: Record = serde_json::from_slice(&line).ok()?;
        let was_built = match record.status {
            Status::Built | Status::Unchanged => !record.outputs.is_empty(),
            Status::Refused | Status::Failed => false,
        };
        let is_there = |written: &Written| {
            let mut parts = Path::new(&written.file).components();
            // A manifest may come from anywhere: it names files of the folder, and none elsewhere.
            let inside = matches!((parts.next(), parts.next()), (Some(Component::Normal(_)), None));
            inside && hash_of_file(&folder.join(&written.file)).is_ok_and(|hash| hash == written.sha256)
        };
        (was_built && record.outputs.iter().all(is_there)).then_some(record)
    }
}

/// The SHA-256 of some bytes, as 64 hexadecimal digits.
pub(super) fn hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// The SHA-256 of a file.
pub(super) fn hash_of_file(path: &Path) -> std::io::Result<String> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut part = vec![0; 64 * 1024];
    loop {
        match file.read(&mut part)? {
            0 => return Ok(hex(&hasher.finalize())),
            length => hasher.update(&part[..length]),
        }
    }
}

fn hex(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A hash of several things, each with its length, so that none runs on into the next.
#[derive(Clone, Default)]
pub(super) struct KeyMaker(Sha256);

impl KeyMaker {
    pub fn add(&mut self, bytes: &[u8]) {
        self.0.update((bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
    }

    pub fn finish(self) -> String {
        hex(&self.0.finalize())
    }
}
