//! What a file asks for, told from its bytes before the PDF library reads it.
//!
//! The library builds every object that a cross-reference table names, all at once: two bytes can become a hundred,
//! one place can be named a hundred thousand times, a few packed bytes can be millions of numbers. So the table is
//! gone through here first, as the library goes through it, and objects are measured without being built. What
//! the library could only read by guessing is refused: a guess is never measured, and never trusted either.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;

use lopdf::xref::{XrefEntry, decode_xref_stream_with_limit};

use super::walk::{Walk, is_space, measure};
use super::{
    Bound, Content, Damage, Dictionary, MOST_OBJECTS, MOST_SECTIONS, MOST_UNPACKED, MOST_VALUES, Object, ReadError,
};
use lopdf::Stream;

/// Makes sure that the objects of a file can be read within bounds.
///
/// # Errors
/// Which bound is passed; that it is encrypted, or that its cross-reference table is wrong.
pub fn survey(bytes: &[u8]) -> Result<(), ReadError> {
    let mut survey = Survey {
        bytes,
        places: BTreeMap::new(),
        offsets: Vec::new(),
        integers: HashMap::new(),
        entries: 2 * MOST_OBJECTS,
        values: MOST_VALUES,
        steps: bytes.len().saturating_mul(2).saturating_add(SLACK),
        unpacked: MOST_UNPACKED,
    };
    survey.table_of_places()?;
    survey.objects()
}

/// Bytes that may be looked at beyond twice those of the file: short files have objects looked at more than once.
const SLACK: usize = 1 << 20;

/// Where an object stands.
#[derive(Clone, Copy)]
enum Place {
    Free,
    At { offset: usize, generation: u16 },
    In { container: u32 },
}

struct Survey<'a> {
    bytes: &'a [u8],
    places: BTreeMap<u32, Place>,
    /// The places in the file, sorted.
    offsets: Vec<usize>,
    /// Whole numbers in object streams: lengths of streams may be kept there.
    integers: HashMap<u32, i64>,
    /// What may still be met: entries of tables, values, bytes looked at, bytes unpacked.
    entries: usize,
    values: usize,
    steps: usize,
    unpacked: usize,
}

fn wrong_table() -> ReadError {
    ReadError::Damaged(Damage::Table)
}

/// Takes from what is left.
fn take(left: &mut usize, count: usize, bound: Bound) -> Result<(), ReadError> {
    *left = left.checked_sub(count).ok_or(ReadError::TooMuch(bound))?;
    Ok(())
}

impl<'a> Survey<'a> {
    /// Reads the sections of the cross-reference table, the newest first; what an older one says again is passed over.
    fn table_of_places(&mut self) -> Result<(), ReadError> {
        let mut next = Some(start(self.bytes).ok_or_else(wrong_table)?);
        let mut met = HashSet::new();
        while let Some(at) = next.filter(|at| met.insert(*at)) {
            if met.len() > MOST_SECTIONS {
                return Err(ReadError::TooMuch(Bound::Sections));
            }
            let (mut places, trailer) = self.section(at)?;
            if met.len() == 1 && trailer.has(b"Encrypt") {
                return Err(ReadError::Encrypted);
            }
            if let Some(at) = offset_in(&trailer, b"XRefStm")? {
                // The stream of a file for old readers and new: it tells of what the table hides.
                for (number, place) in self.section(at)?.0 {
                    if !matches!(places.get(&number), Some(Place::At { .. } | Place::In { .. })) {
                        places.insert(number, place);
                    }
                }
            }
            for (number, place) in places {
                self.places.entry(number).or_insert(place);
            }
            next = offset_in(&trailer, b"Prev")?;
        }
        if self.places.len() > MOST_OBJECTS || self.places.contains_key(&u32::MAX) {
            return Err(ReadError::TooMuch(Bound::Objects));
        }
        let offset = |place: &Place| match place {
            Place::At { offset, .. } => Some(*offset),
            Place::Free | Place::In { .. } => None,
        };
        self.offsets = self.places.values().filter_map(offset).collect();
        self.offsets.sort_unstable();
        Ok(())
    }

    /// A section of the table and its trailer: a table as such, or a stream.
    fn section(&mut self, at: usize) -> Result<(BTreeMap<u32, Place>, Dictionary), ReadError> {
        let mut walk = Walk::new(self.bytes, at).ok_or_else(wrong_table)?;
        if walk.eat(b"xref") { self.table(walk) } else { self.stream_section(walk) }
    }

    fn table(&mut self, mut walk: Walk<'a>) -> Result<(BTreeMap<u32, Place>, Dictionary), ReadError> {
        let mut places = BTreeMap::new();
        walk.eat(b" ");
        walk.eol().ok_or_else(wrong_table)?;
        while let Some(first) = subsection(&mut walk) {
            let mut number = first;
            while let Some((offset, generation, used)) = entry(&mut walk) {
                take(&mut self.entries, 1, Bound::Objects)?;
                let place = match u16::try_from(generation) {
                    Ok(generation) if used => Some(Place::At { offset, generation }),
                    _ if used => None,
                    _ => Some(Place::Free),
                };
                if let (Ok(number), Some(place)) = (u32::try_from(number), place) {
                    places.insert(number, place);
                }
                number = number.saturating_add(1);
            }
        }
        walk.space();
        if !walk.eat(b"trailer") {
            return Err(wrong_table());
        }
        walk.space();
        let trailer = self.dictionary(&mut walk)?;
        if trailer.get(b"Size").and_then(Object::as_i64).is_err() {
            return Err(wrong_table());
        }
        Ok((places, trailer))
    }

    fn stream_section(&mut self, mut walk: Walk<'a>) -> Result<(BTreeMap<u32, Place>, Dictionary), ReadError> {
        // Where no header stands exactly there, the library would look for one nearby.
        if !begins_with_header(&self.bytes[walk.at()..]) || walk.header().is_none() {
            return Err(wrong_table());
        }
        let dictionary = self.dictionary(&mut walk)?;
        let length = dictionary.get(b"Length").and_then(Object::as_i64).map_err(|_| wrong_table())?;
        let data = walk.stream().and_then(|()| self.data(walk.at(), length)).ok_or_else(wrong_table)?;
        let stream = Stream::new(dictionary, self.bytes[data].to_vec());
        self.unpack(&stream).map_err(|error| error.unwrap_or_else(wrong_table))?;
        take(&mut self.entries, announced(&stream.dict).ok_or_else(wrong_table)?, Bound::Objects)?;
        let (table, trailer) = decode_xref_stream_with_limit(stream, Some(MOST_UNPACKED)).map_err(|_| wrong_table())?;
        let place = |entry| match entry {
            XrefEntry::Free | XrefEntry::UnusableFree => Place::Free,
            XrefEntry::Normal { offset, generation } => Place::At { offset: offset as usize, generation },
            XrefEntry::Compressed { container, .. } => Place::In { container },
        };
        Ok((table.entries.into_iter().map(|(number, entry)| (number, place(entry))).collect(), trailer))
    }

    /// A dictionary, which is no longer than what may still be met.
    fn dictionary(&mut self, walk: &mut Walk<'a>) -> Result<Dictionary, ReadError> {
        let from = walk.at();
        self.value(walk)?;
        read_dictionary(&self.bytes[from..walk.at()]).ok_or_else(wrong_table)
    }

    /// Goes past one value.
    fn value(&mut self, walk: &mut Walk) -> Result<(), ReadError> {
        let from = walk.at();
        let values = measure(walk, self.values);
        take(&mut self.steps, walk.at() - from, Bound::Overlap)?;
        take(&mut self.values, values, Bound::Values)
    }

    /// Measures every object: first those that hold others, for lengths may stand in them.
    fn objects(&mut self) -> Result<(), ReadError> {
        let container = |place: &Place| match place {
            Place::In { container } => Some(*container),
            Place::Free | Place::At { .. } => None,
        };
        let containers: HashSet<u32> = self.places.values().filter_map(container).collect();
        let places: Vec<(bool, usize)> = self
            .places
            .iter()
            .filter_map(|(number, place)| match place {
                Place::At { offset, .. } => Some((containers.contains(number), *offset)),
                Place::Free | Place::In { .. } => None,
            })
            .collect();
        for holds in [true, false] {
            for (_, offset) in places.iter().filter(|(is_container, _)| *is_container == holds) {
                self.object(*offset, holds)?;
            }
        }
        // The library looks at the first object for its own sake, whether or not a table names it.
        let first = (1..self.bytes.len().min(1024)).find(|&at| {
            is_space(self.bytes[at - 1]) && Walk::new(self.bytes, at).is_some_and(|mut walk| walk.header().is_some())
        });
        first.map_or(Ok(()), |offset| self.integer_at(offset).map(drop))
    }

    /// Measures the object at a place, and what is packed in it.
    fn object(&mut self, offset: usize, is_container: bool) -> Result<(), ReadError> {
        let Some(mut walk) = Walk::new(self.bytes, offset) else { return Ok(()) };
        let header = walk.header();
        take(&mut self.steps, walk.at() - offset, Bound::Overlap)?;
        if header.is_none() {
            return Ok(());
        }
        let from = walk.at();
        self.value(&mut walk)?;
        let body = from..walk.at();
        if !self.bytes[body.clone()].starts_with(b"<<") || walk.stream().is_none() {
            return Ok(());
        }
        let Some(dictionary) = read_dictionary(&self.bytes[body]) else { return Ok(()) };
        let data = self.stream_data(&dictionary, offset, walk.at())?;
        take(&mut self.steps, data.len(), Bound::Overlap)?;
        if is_container || dictionary.has_type(b"ObjStm") {
            self.object_stream(&Stream::new(dictionary, self.bytes[data].to_vec()))?;
        }
        Ok(())
    }

    /// The data of a stream, or more than it can be.
    fn stream_data(&mut self, dictionary: &Dictionary, offset: usize, from: usize) -> Result<Range<usize>, ReadError> {
        let end = self.bytes.len();
        let length = match dictionary.get(b"Length") {
            Ok(Object::Integer(length)) => Some(*length),
            Ok(Object::Reference((number, generation))) => match self.places.get(number) {
                Some(Place::At { offset, generation: own }) if own == generation => {
                    let at = *offset;
                    self.integer_at(at)?
                }
                Some(Place::In { .. }) => self.integers.get(number).copied(),
                _ => None,
            },
            Ok(_) => None,
            Err(_) => return Ok(from..from),
        };
        let Some(length) = length else { return Ok(from..end) };
        // A stream whose length is wrong is looked through as far as the next object.
        let next = self.offsets.partition_point(|&next| next <= offset);
        let next = self.offsets.get(next).copied().unwrap_or(end).clamp(from, end);
        Ok(self.data(from, length).unwrap_or(from..next))
    }

    /// The whole number that is an object.
    fn integer_at(&mut self, offset: usize) -> Result<Option<i64>, ReadError> {
        let Some(mut walk) = Walk::new(self.bytes, offset) else { return Ok(None) };
        let header = walk.header();
        let from = walk.at();
        take(&mut self.steps, from - offset, Bound::Overlap)?;
        self.value(&mut walk)?;
        Ok(header.and_then(|_| integer(&self.bytes[from..walk.at()])))
    }

    /// The data of a stream that begins here and has this length; `None` when it does not end there.
    fn data(&self, from: usize, length: i64) -> Option<Range<usize>> {
        let end = from.checked_add(usize::try_from(length).ok()?)?;
        let mut walk = Walk::new(self.bytes, end)?;
        walk.eol();
        walk.eat(b"endstream").then_some(from..end)
    }

    /// The bytes of a stream, unpacked; the error is `None` when they cannot be.
    fn unpack(&mut self, stream: &Stream) -> Result<Vec<u8>, Option<ReadError>> {
        let content = stream.get_plain_content_with_limit(self.unpacked).map_err(|error| {
            let too_much =
                matches!(error, lopdf::Error::Decompress(lopdf::DecompressError::MemoryLimitExceeded { .. }));
            too_much.then_some(ReadError::TooMuch(Bound::Unpacked))
        })?;
        self.unpacked -= content.len().min(self.unpacked);
        self.steps = self.steps.saturating_add(content.len().saturating_mul(2));
        Ok(content)
    }

    /// Measures the objects packed in a stream (ISO 32000-1, 7.5.7).
    fn object_stream(&mut self, stream: &Stream) -> Result<(), ReadError> {
        let content = match self.unpack(stream) {
            Ok(content) => content,
            Err(error) => return error.map_or(Ok(()), Err),
        };
        let first =
            stream.dict.get(b"First").and_then(Object::as_i64).ok().and_then(|first| usize::try_from(first).ok());
        let Some((first, index)) = first.and_then(|first| Some((first, content.get(..first)?))) else { return Ok(()) };
        let Ok(index) = std::str::from_utf8(index) else { return Ok(()) };
        let lines = index.split(['\r', '\n']);
        let mut numbers = lines.flat_map(|line| line.split('%').next().unwrap_or_default().split_whitespace());
        while let (Some(number), Some(offset)) = (numbers.next(), numbers.next()) {
            take(&mut self.values, 1, Bound::Values)?;
            let (Ok(number), Ok(offset)) = (number.parse(), offset.parse::<u32>()) else { continue };
            let Some(mut walk) = Walk::new(&content, first + offset as usize) else { continue };
            let start = walk.at();
            walk.space();
            take(&mut self.steps, walk.at() - start, Bound::Overlap)?;
            let from = walk.at();
            self.value(&mut walk)?;
            if let Some(integer) = integer(&content[from..walk.at()]) {
                self.integers.insert(number, integer);
            }
        }
        Ok(())
    }
}

/// Where the newest section of the table is said to begin.
fn start(bytes: &[u8]) -> Option<usize> {
    let end = bytes.iter().rposition(|&byte| !is_space(byte))? + 1;
    let last = |part: Range<usize>, words: &[u8]| {
        let found = bytes[part.clone()].windows(words.len()).rposition(|window| window == words);
        found.map(|at| part.start + at)
    };
    let eof = last(end.saturating_sub(1024)..end, b"%%EOF").filter(|&at| at > 25)?;
    let mut walk = Walk::new(bytes, last(eof - 25..eof, b"startxref")?)?;
    walk.eat(b"startxref");
    walk.eat(b" ");
    walk.eol()?;
    while walk.eat(b" ") {}
    let start = usize::try_from(walk.digits()?).ok()?;
    while walk.eat(b" ") {}
    walk.eol()?;
    walk.eat(b"%%EOF").then_some(start)
}

/// Whether `12 0 obj` stands here, and no comment in it.
fn begins_with_header(bytes: &[u8]) -> bool {
    let digits = |bytes: &[u8]| bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let blanks = |bytes: &[u8]| bytes.iter().take_while(|byte| b" \t\r\n".contains(byte)).count();
    let (mut rest, mut whole) = (bytes, true);
    for most in [10, 5] {
        let number = digits(rest);
        let between = blanks(&rest[number..]);
        whole = whole && (1..=most).contains(&number) && between > 0;
        rest = &rest[number + between..];
    }
    whole && rest.starts_with(b"obj")
}

/// The first number of a subsection of a table.
fn subsection(walk: &mut Walk) -> Option<u64> {
    let mut ahead = *walk;
    let first = ahead.digits()?;
    ahead.eat(b" ").then_some(())?;
    ahead.digits()?;
    ahead.eat(b" ");
    ahead.eol()?;
    *walk = ahead;
    Some(first)
}

/// An entry of a table: its place, its generation, and whether it is in use.
fn entry(walk: &mut Walk) -> Option<(usize, u64, bool)> {
    let mut ahead = *walk;
    let offset = u32::try_from(ahead.digits()?).ok()?;
    ahead.eat(b" ").then_some(())?;
    let generation = ahead.digits().filter(|generation| u32::try_from(*generation).is_ok())?;
    ahead.eat(b" ").then_some(())?;
    let used = ahead.eat(b"n");
    if !used && !ahead.eat(b"f") {
        return None;
    }
    let ends: [&[u8]; 5] = [b" \r", b" \n", b"\r\n", b"\n", b"\r"];
    ends.into_iter().any(|end| ahead.eat(end)).then_some(())?;
    *walk = ahead;
    Some((offset as usize, generation, used))
}

/// How many entries the dictionary of a stream of cross-references announces.
fn announced(dictionary: &Dictionary) -> Option<usize> {
    let size = dictionary.get(b"Size").and_then(Object::as_i64).ok()?;
    let sections = match dictionary.get(b"Index").and_then(Object::as_array) {
        Ok(sections) => sections.iter().map(|number| number.as_i64().ok()).collect::<Option<Vec<_>>>(),
        Err(_) => None,
    };
    let sections = sections.unwrap_or_else(|| vec![0, size]);
    sections.chunks_exact(2).try_fold(0usize, |sum, pair| sum.checked_add(usize::try_from(pair[1]).ok()?))
}

/// A trailer's entry that leads to another section.
fn offset_in(trailer: &Dictionary, key: &[u8]) -> Result<Option<usize>, ReadError> {
    match trailer.get(key).and_then(Object::as_i64) {
        Ok(offset) => usize::try_from(offset).map(Some).map_err(|_| wrong_table()),
        Err(_) => Ok(None),
    }
}

/// The library's reading of a dictionary, which may stand as an operand and is read alike there.
fn read_dictionary(bytes: &[u8]) -> Option<Dictionary> {
    let mut content = Content::decode(&[bytes, b" q"].concat()).ok()?;
    let [operation] = content.operations.as_mut_slice() else { return None };
    match operation.operands.as_mut_slice() {
        [Object::Dictionary(dictionary)] => Some(std::mem::take(dictionary)),
        _ => None,
    }
}

/// The whole number that these bytes are.
fn integer(bytes: &[u8]) -> Option<i64> {
    std::str::from_utf8(bytes).ok()?.parse().ok()
}
