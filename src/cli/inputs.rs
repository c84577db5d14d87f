//! Which reports are meant: files, folders, patterns of a shell that has none, and streams of one report a line.
//!
//! Folders are looked through with all they hold: `*.json`, in the order of their names, without hidden ones.
//! Only paths are kept; a stream is read a line at a time, so that memory does not grow with what comes in.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Take};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use kanyin::report::MOST_BYTES;

use super::source::{Source, read_limited};
use super::words::{Words, cannot_read, errors, why};

/// How deep folders may lie in one another.
const DEEPEST: usize = 64;

/// Reports to be read, one after another.
pub(super) struct Inputs {
    places: std::vec::IntoIter<Place>,
    stream: Option<Stream>,
    /// How many there are, where no stream has to be read to know.
    total: Option<usize>,
    jsonl: bool,
}

/// A report that may be read.
pub(super) struct Input {
    /// The file as it was named or found; `-` is standard input.
    pub path: Arc<Path>,
    /// The line of a stream, from 1.
    pub line: Option<usize>,
    /// The bytes of a line, or why there are none; a file is read when its turn comes.
    content: Option<Result<Vec<u8>, Words>>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    File(PathBuf),
    Standard,
}

/// A file of one report a line, being read.
struct Stream {
    path: Arc<Path>,
    reader: Box<dyn BufRead + Send>,
    line: usize,
    failed: bool,
}

impl Inputs {
    /// Finds what is meant. `jsonl` takes every file for a stream; otherwise those that end in `.jsonl` are.
    ///
    /// # Errors
    /// Whatever was named and is not there, or is there and holds no report: all at once.
    pub fn find(named: &[PathBuf], jsonl: bool) -> Result<Inputs, Words> {
        let mut places = Vec::new();
        let mut seen = BTreeSet::new();
        let mut wrong = Vec::new();
        for name in named {
            match expand(name) {
                Ok(found) => places.extend(found.into_iter().filter(|place| seen.insert(key(place)))),
                Err(words) => wrong.push(words),
            }
        }
        if !wrong.is_empty() {
            return Err(errors(&wrong));
        }
        let streams = jsonl || places.iter().any(is_stream);
        let total = (!streams).then_some(places.len());
        Ok(Inputs { places: places.into_iter(), stream: None, total, jsonl })
    }

    /// Whether a file is one of them: what is written there would be lost, or lose a report.
    pub fn holds(&self, path: &Path) -> bool {
        let Ok(real) = path.canonicalize() else { return false };
        self.places.as_slice().iter().any(|place| match place {
            Place::File(file) => file.canonicalize().is_ok_and(|file| file == real),
            Place::Standard => false,
        })
    }

    /// How many reports there are, where that is known.
    pub fn total(&self) -> Option<usize> {
        self.total
    }
}

impl Iterator for Inputs {
    type Item = Input;

    fn next(&mut self) -> Option<Input> {
        loop {
            if let Some(stream) = &mut self.stream {
                match stream.next() {
                    Some(input) => return Some(input),
                    None => self.stream = None,
                }
            }
            let place = self.places.next()?;
            let path: Arc<Path> = match &place {
                Place::File(path) => path.as_path().into(),
                Place::Standard => Path::new("-").into(),
            };
            if !(self.jsonl || is_stream(&place)) {
                return Some(Input { path, line: None, content: None });
            }
            match Stream::open(&place, path.clone()) {
                Ok(stream) => self.stream = Some(stream),
                Err(words) => return Some(Input { path, line: None, content: Some(Err(words)) }),
            }
        }
    }
}

impl Input {
    /// What it is called where people read: the file, and the line of a stream.
    pub fn name(&self) -> String {
        let file = if &*self.path == Path::new("-") { "<stdin>".into() } else { self.path.display().to_string() };
        self.line.map_or(file.clone(), |line| format!("{file}#{line}"))
    }

    /// Its name without folder and ending, for the names of its files.
    pub fn stem(&self) -> String {
        let file = match self.path.file_stem() {
            Some(stem) if &*self.path != Path::new("-") => stem.to_string_lossy().into_owned(),
            Some(_) | None => "stdin".into(),
        };
        self.line.map_or(file.clone(), |line| format!("{file}-{line}"))
    }

    /// Reads it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(self) -> Result<Source, Words> {
        let name = self.name();
        match self.content {
            Some(content) => content.map(|bytes| Source::quiet(name, bytes)),
            None => {
                let read = if &*self.path == Path::new("-") {
                    read_limited(&mut std::io::stdin().lock(), MOST_BYTES)
                } else {
                    File::open(&self.path).and_then(|mut file| read_limited(&mut file, MOST_BYTES))
                };
                read.map(|bytes| Source::quiet(name.clone(), bytes)).map_err(|error| cannot_read(name, &why(&error)))
            }
        }
    }
}

impl Stream {
    fn open(place: &Place, path: Arc<Path>) -> Result<Stream, Words> {
        let reader: Box<dyn BufRead + Send> = match place {
            Place::Standard => Box::new(BufReader::new(std::io::stdin())),
            Place::File(file) => {
                let file = File::open(file).map_err(|error| cannot_read(file.display(), &why(&error)))?;
                Box::new(BufReader::new(file))
            }
        };
        Ok(Stream { path, reader, line: 0, failed: false })
    }

    /// The next line that is not empty. After a failure to read there are no more.
    fn next(&mut self) -> Option<Input> {
        while !self.failed {
            self.line += 1;
            let content = match read_line(&mut *self.reader) {
                Ok(None) => return None,
                Ok(Some(bytes)) if bytes.trim_ascii().is_empty() => continue,
                Ok(Some(bytes)) => Ok(bytes),
                Err(error) => {
                    self.failed = true;
                    Err(cannot_read(self.path.display(), &why(&error)))
                }
            };
            return Some(Input { path: self.path.clone(), line: Some(self.line), content: Some(content) });
        }
        None
    }
}

/// No line is gone past that is longer, in bytes.
const MOST_SKIPPED: u64 = 64 << 20;

/// A line without its end. Of one that is longer than a report may be, no more than shows that it is.
pub(super) fn read_line<R: BufRead + ?Sized>(mut reader: &mut R) -> std::io::Result<Option<Vec<u8>>> {
    let most = kanyin::report::MOST_BYTES as u64 + 1;
    let mut line = Vec::new();
    if (&mut reader).take(most).read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    if line.last() == Some(&b'\n') {
        line.pop();
    } else if line.len() as u64 == most {
        skip_line(&mut reader.take(MOST_SKIPPED))?;
    }
    Ok(Some(line))
}

/// Goes to the end of a line that is too long for a report, but not on and on: a device may never end one.
fn skip_line<R: BufRead + ?Sized>(reader: &mut Take<&mut R>) -> std::io::Result<()> {
    loop {
        let bytes = reader.fill_buf()?;
        let end = bytes.iter().position(|&byte| byte == b'\n');
        let (length, whole) = (end.map_or(bytes.len(), |end| end + 1), end.is_some() || bytes.is_empty());
        reader.consume(length);
        if whole {
            break;
        }
    }
    if reader.limit() == 0 {
        return Err(std::io::Error::other(Words::new(
            format!("a line is longer than {MOST_SKIPPED} bytes"),
            format!("有一行超过{MOST_SKIPPED}字节"),
        )));
    }
    Ok(())
}

fn is_stream(place: &Place) -> bool {
    match place {
        Place::File(path) => ends_in(path, "jsonl"),
        Place::Standard => false,
    }
}

fn ends_in(path: &Path, ending: &str) -> bool {
    path.extension().is_some_and(|found| found.eq_ignore_ascii_case(ending))
}

/// One and the same file named in two ways is one input.
fn key(place: &Place) -> Place {
    match place {
        Place::File(path) => Place::File(path.components().filter(|part| *part != Component::CurDir).collect()),
        Place::Standard => Place::Standard,
    }
}

/// Whether an argument may stand for several reports, however many it comes to.
pub(super) fn is_many(name: &Path) -> bool {
    name.is_dir() || ends_in(name, "jsonl") || (!name.exists() && is_pattern(&name.to_string_lossy()))
}

fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?', '['])
}

/// What one argument stands for.
fn expand(name: &Path) -> Result<Vec<Place>, Words> {
    if name == Path::new("-") {
        return Ok(vec![Place::Standard]);
    }
    if name.is_dir() {
        return folder(name);
    }
    let text = name.to_string_lossy();
    // A file may have such a name; then it is meant.
    if !is_pattern(&text) || name.exists() {
        return match name.symlink_metadata() {
            Ok(_) => Ok(vec![Place::File(name.into())]),
            Err(error) => Err(cannot_read(text, &why(&error))),
        };
    }
    let like_a_shell =
        glob::MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: true };
    let matches = glob::glob_with(&text, like_a_shell).map_err(|error| {
        Words::new(
            format!("`{text}` is no pattern: {error}"),
            format!("`{text}`不是文件名，其中的通配符也不合写法（{error}）"),
        )
    })?;
    let mut places = Vec::new();
    for found in matches {
        let path = found.map_err(|error| cannot_read(error.path().display(), &why(error.error())))?;
        if path.is_dir() {
            places.extend(folder(&path)?);
        } else {
            places.push(Place::File(path));
        }
    }
    if places.is_empty() {
        return Err(Words::new(format!("nothing is named like `{text}`"), format!("没有名称符合`{text}`的文件")));
    }
    Ok(places)
}

/// The reports of a folder and of the folders in it.
fn folder(path: &Path) -> Result<Vec<Place>, Words> {
    let mut places = Vec::new();
    look_through(path, 0, &mut places)?;
    if places.is_empty() {
        let path = path.display();
        return Err(Words::new(
            format!("there is no report in `{path}`: no file ends in .json"),
            format!("文件夹`{path}`中没有报告：没有以.json结尾的文件"),
        ));
    }
    Ok(places)
}

fn look_through(path: &Path, depth: usize, places: &mut Vec<Place>) -> Result<(), Words> {
    let cannot = |error: std::io::Error| cannot_read(path.display(), &why(&error));
    if depth > DEEPEST {
        let words = format!("folders lie more than {DEEPEST} deep");
        return Err(Words::new(words, format!("文件夹嵌套超过{DEEPEST}层")).about(path.display()));
    }
    let entries = std::fs::read_dir(path).map_err(cannot)?;
    let mut entries = entries.collect::<Result<Vec<_>, _>>().map_err(cannot)?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let found = entry.path();
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        // A link to a file is that file; a link to a folder may lead in a circle.
        let kind = entry.file_type().map_err(cannot)?;
        if kind.is_dir() {
            look_through(&found, depth + 1, places)?;
        } else if ends_in(&found, "json") && found.is_file() {
            places.push(Place::File(found));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_never_ends_is_given_up() {
        let mut endless = BufReader::new(std::io::repeat(0));
        let error = read_line(&mut endless).expect_err("no line");
        assert_eq!(error.to_string(), format!("a line is longer than {MOST_SKIPPED} bytes"));
    }

    #[test]
    fn a_line_too_long_is_cut_and_the_next_one_is_whole() {
        let limit = kanyin::report::MOST_BYTES;
        let text = format!("first\n{}\n\nlast", "x".repeat(limit * 2));
        let mut reader = std::io::Cursor::new(text);
        let mut lines = Vec::new();
        while let Some(line) = read_line(&mut reader).expect("a string can be read") {
            lines.push(line);
        }
        assert_eq!(lines.iter().map(Vec::len).collect::<Vec<_>>(), [5, limit + 1, 0, 4]);
    }
}
