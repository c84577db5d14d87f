//! Objects that readers would not agree on: dictionaries that have a key twice, however it is written, and objects
//! that stand twice in a cross-reference section, or not where it says.
//!
//! Which of two equal keys counts is left open (ISO 32000-1, 7.3.7), and so is which of two places: some readers take
//! the first, some the last, and where nothing stands some look for the object elsewhere. So one file shows two
//! documents. The library that reads PDFs keeps one and says nothing, so objects, trailers and cross-reference
//! sections are gone through once more, as they are written.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::walk::{is_regular, is_space};
use super::{File, Object, XrefEntry};

/// A chain of cross-reference sections is no longer than this.
const MOST_SECTIONS: usize = 4096;

/// Where readers would not agree, and on what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ambiguity {
    /// The object's number; `None` for a trailer.
    pub object: Option<u32>,
    /// The key that is there twice; `None` where an object is not one.
    pub key: Option<String>,
}

/// What makes a value no value, or an ambiguous one.
#[derive(Debug, PartialEq, Eq)]
enum Fault {
    Repeated(Vec<u8>),
    Malformed,
}

/// The first object on which readers would not agree.
pub(super) fn ambiguity(file: &File) -> Option<Ambiguity> {
    let told = |object, fault| {
        let key = match fault {
            Fault::Repeated(key) => Some(String::from_utf8_lossy(&key).chars().take(100).collect()),
            Fault::Malformed => None,
        };
        Ambiguity { object, key }
    };
    if let Err((object, fault)) = trailers(file) {
        return Some(told(object, fault));
    }
    let mut plain = BTreeSet::new();
    let mut streams = BTreeSet::new();
    for (&number, entry) in &file.document.reference_table.entries {
        match entry {
            XrefEntry::Normal { offset, .. } => plain.extend([(*offset as usize, number)]),
            XrefEntry::Compressed { container, .. } => streams.extend([*container]),
            XrefEntry::Free | XrefEntry::UnusableFree => (),
        }
    }
    // Objects do not lie in each other, so no byte is read twice.
    let mut end = 0;
    for (offset, number) in plain {
        // Some programs write this where they mean that there is none.
        if offset == 0 {
            continue;
        }
        match object(file.bytes, offset, number) {
            Ok(after) if offset >= end => end = after,
            Ok(_) => return Some(told(Some(number), Fault::Malformed)),
            Err(fault) => return Some(told(Some(number), fault)),
        }
    }
    streams.into_iter().find_map(|number| Some(told(Some(number), object_stream(file, number).err()?)))
}

/// Goes through the cross-reference sections with their trailers, from the last on. What is wrong, and of which object
/// if it is one.
fn trailers(file: &File) -> Result<(), (Option<u32>, Fault)> {
    let of_none = |fault| (None, fault);
    let mut waiting = vec![file.document.xref_start];
    let mut met = HashSet::new();
    while let Some(offset) = waiting.pop() {
        if !met.insert(offset) {
            continue;
        }
        if met.len() > MOST_SECTIONS {
            return Err((None, Fault::Malformed));
        }
        let mut scanner = Scanner::at(file.bytes, offset);
        scanner.skip_space();
        if scanner.rest().starts_with(b"xref") {
            table(&mut scanner)?;
            scanner.value().map_err(of_none)?;
        } else {
            scanner.header().ok_or((None, Fault::Malformed))?;
            scanner.value().map_err(of_none)?;
            parts_apart(&scanner.index)?;
        }
        let numbers = [b"Prev".as_slice(), b"XRefStm"].into_iter().filter_map(|key| scanner.numbers.get(key));
        waiting.extend(numbers.filter_map(|&number| usize::try_from(number).ok()));
    }
    Ok(())
}

/// Goes through a cross-reference table up to its trailer: no object has two places.
fn table(scanner: &mut Scanner) -> Result<(), (Option<u32>, Fault)> {
    let malformed = (None, Fault::Malformed);
    let mut places: HashMap<u32, (&[u8], &[u8])> = HashMap::new();
    scanner.token();
    loop {
        let word = scanner.token();
        if word == b"trailer" {
            return Ok(());
        }
        let first: Option<u32> = std::str::from_utf8(word).ok().and_then(|word| word.parse().ok());
        let (Some(first), Some(count)) = (first, scanner.number()) else { return Err(malformed) };
        for index in 0..count {
            let (place, _, kind) = (scanner.token(), scanner.token(), scanner.token());
            if !matches!(kind, b"n" | b"f") {
                return Err(malformed);
            }
            let number = first.saturating_add(index);
            if places.insert(number, (place, kind)).is_some_and(|other| other != (place, kind)) {
                return Err((Some(number), Fault::Malformed));
            }
        }
    }
}

/// Whether the parts of a cross-reference stream (`Index`, in pairs) have no object in common.
fn parts_apart(index: &[i64]) -> Result<(), (Option<u32>, Fault)> {
    let mut parts: Vec<(i64, i64)> = index.chunks_exact(2).map(|part| (part[0], part[1])).collect();
    parts.sort_unstable();
    match parts.windows(2).find(|pair| pair[0].0.saturating_add(pair[0].1) > pair[1].0) {
        Some(pair) => Err((u32::try_from(pair[1].0).ok(), Fault::Malformed)),
        None => Ok(()),
    }
}

/// Goes through the object at a place, up to what may be a stream's bytes; where it ends.
fn object(bytes: &[u8], offset: usize, number: u32) -> Result<usize, Fault> {
    let mut scanner = Scanner::at(bytes, offset);
    scanner.header().filter(|&own| own == number).ok_or(Fault::Malformed)?;
    scanner.value()?;
    Ok(scanner.at)
}

/// Goes through the objects in an object stream (ISO 32000-1, 7.5.7).
fn object_stream(file: &File, number: u32) -> Result<(), Fault> {
    let Some(Object::Stream(stream)) = file.document.objects.get(&(number, 0)) else { return Ok(()) };
    let bytes = file.unpacked(stream).ok_or(Fault::Malformed)?;
    let told = |key: &[u8]| file.entry(&stream.dict, key).as_i64().ok().and_then(|told| usize::try_from(told).ok());
    let (count, first) = told(b"N").zip(told(b"First")).ok_or(Fault::Malformed)?;
    let mut head = Scanner::at(&bytes, 0);
    let mut places = BTreeSet::new();
    for _ in 0..count {
        let (_, Some(place)) = (head.number(), head.number()) else { return Err(Fault::Malformed) };
        places.extend([first.saturating_add(place as usize)]);
    }
    let mut end = 0;
    for place in places {
        let mut scanner = Scanner::at(&bytes, place);
        scanner.value()?;
        if place < end {
            return Err(Fault::Malformed);
        }
        end = scanner.at;
    }
    Ok(())
}

/// Goes through values as they are written.
struct Scanner<'b> {
    bytes: &'b [u8],
    at: usize,
    /// The whole numbers of the outermost dictionary.
    numbers: BTreeMap<Vec<u8>, i64>,
    /// Those in its array `Index`.
    index: Vec<i64>,
}

/// What is open around a value.
enum Open {
    Array,
    Dictionary {
        keys: HashSet<Vec<u8>>,
        /// The key whose value comes next.
        key: Option<Vec<u8>>,
    },
}

impl<'b> Scanner<'b> {
    fn at(bytes: &'b [u8], at: usize) -> Self {
        Scanner { bytes, at: at.min(bytes.len()), numbers: BTreeMap::new(), index: Vec::new() }
    }

    fn rest(&self) -> &'b [u8] {
        &self.bytes[self.at..]
    }

    /// Skips white space and comments.
    fn skip_space(&mut self) {
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b'%' => self.at += self.rest().iter().take_while(|&&byte| byte != b'\n' && byte != b'\r').count(),
                byte if is_space(byte) => self.at += 1,
                _ => return,
            }
        }
    }

    /// A word or number; empty where there is none. What belongs to no word is skipped.
    fn token(&mut self) -> &'b [u8] {
        self.skip_space();
        let rest = self.rest();
        let length = rest.iter().take_while(|&&byte| is_regular(byte)).count();
        self.at += length.max(usize::from(!rest.is_empty()));
        &rest[..length]
    }

    fn number(&mut self) -> Option<u32> {
        std::str::from_utf8(self.token()).ok()?.parse().ok()
    }

    /// `5 0 obj`: the object's number.
    fn header(&mut self) -> Option<u32> {
        let (number, _) = (self.number()?, self.number()?);
        (self.token() == b"obj").then_some(number)
    }

    /// One value, with all that is in it.
    fn value(&mut self) -> Result<(), Fault> {
        let mut open: Vec<Open> = Vec::new();
        loop {
            self.skip_space();
            match (self.rest(), open.last_mut()) {
                ([], _) => return Err(Fault::Malformed),
                ([b'>', b'>', ..], Some(Open::Dictionary { key: None, .. })) => {
                    self.at += 2;
                    open.pop();
                }
                ([b']', ..], Some(Open::Array)) => {
                    self.at += 1;
                    open.pop();
                }
                ([b'/', ..], Some(Open::Dictionary { keys, key: key @ None })) => {
                    let name = self.name();
                    if !keys.insert(name.clone()) {
                        return Err(Fault::Repeated(name));
                    }
                    *key = Some(name);
                    continue;
                }
                (_, Some(Open::Dictionary { key: None, .. })) => return Err(Fault::Malformed),
                ([b'<', b'<', ..], _) => {
                    self.at += 2;
                    open.push(Open::Dictionary { keys: HashSet::new(), key: None });
                    continue;
                }
                ([b'[', ..], _) => {
                    self.at += 1;
                    open.push(Open::Array);
                    continue;
                }
                ([b'<', rest @ ..], _) => {
                    self.at += rest.iter().position(|&byte| byte == b'>').ok_or(Fault::Malformed)? + 2;
                }
                ([b'(', ..], _) => self.literal()?,
                ([b'/', ..], _) => drop(self.name()),
                (_, _) => {
                    let number = self.word()?;
                    match (open.as_slice(), number) {
                        ([Open::Dictionary { key: Some(key), .. }], Some(number)) => {
                            self.numbers.insert(key.clone(), number);
                        }
                        ([Open::Dictionary { key: Some(key), .. }, Open::Array], Some(number)) if key == b"Index" => {
                            self.index.push(number);
                        }
                        _ => (),
                    }
                }
            }
            match open.last_mut() {
                None => return Ok(()),
                Some(Open::Dictionary { key, .. }) => *key = None,
                Some(Open::Array) => (),
            }
        }
    }

    /// A word, or a number, or a reference; the number, where it is a whole one and no reference.
    fn word(&mut self) -> Result<Option<i64>, Fault> {
        let word = self.token();
        if word.is_empty() {
            return Err(Fault::Malformed);
        }
        let whole = |word: &[u8]| std::str::from_utf8(word).ok()?.parse::<i64>().ok();
        let number = whole(word);
        let after = self.at;
        if number.is_some() && whole(self.token()).is_some() && self.token() == b"R" {
            return Ok(None);
        }
        self.at = after;
        Ok(number)
    }

    /// A string in brackets, which may hold brackets that are paired.
    fn literal(&mut self) -> Result<(), Fault> {
        let mut depth = 0;
        while let Some(&byte) = self.bytes.get(self.at) {
            self.at += 1;
            match byte {
                b'\\' => self.at += 1,
                b'(' => depth += 1,
                b')' if depth == 1 => return Ok(()),
                b')' => depth -= 1,
                _ => (),
            }
        }
        self.at = self.at.min(self.bytes.len());
        Err(Fault::Malformed)
    }

    /// A name as readers understand it: `#41` is `A`, and some end a name at a zero.
    fn name(&mut self) -> Vec<u8> {
        let rest = &self.rest()[1..];
        let length = rest.iter().take_while(|&&byte| is_regular(byte)).count();
        self.at += 1 + length;
        let mut name = Vec::with_capacity(length);
        let mut at = 0;
        let digit = |at: usize| char::from(*rest[..length].get(at)?).to_digit(16);
        while at < length {
            match (rest[at], digit(at + 1), digit(at + 2)) {
                (b'#', Some(high), Some(low)) => {
                    name.push((high << 4 | low) as u8);
                    at += 3;
                }
                (byte, ..) => {
                    name.push(byte);
                    at += 1;
                }
            }
        }
        name.truncate(name.iter().position(|&byte| byte == 0).unwrap_or(name.len()));
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(text: &str) -> Result<(), Fault> {
        Scanner::at(text.as_bytes(), 0).value()
    }

    #[test]
    fn a_key_that_is_there_twice_is_found_however_it_is_written() {
        for text in [
            "<< /A 1 /A 2 >>",
            "<</A 1/#41 2>>",
            "<</B[<</A<</C 5 0 R/D(a\\)b(/C)) /C 1>>>>]>>",
            "<</A 5 0 R % /B\n/B 1/C<3e>/B null>>",
            "<</A#00b 1 /A 2>>",
        ] {
            assert!(matches!(scan(text), Err(Fault::Repeated(_))), "{text}");
        }
        for text in ["<</A 1/B/A/C[/A/A]/D<</A 1>>>>", "[1 2 R 3 0 R]", "(a(b)c)", "<</A<0a>/B 1.5/C true>>", "-3"] {
            assert_eq!(scan(text), Ok(()), "{text}");
        }
        for text in ["", "<</A 1", "<< 1 2 >>", "(a(b)", "<</A >>", "]", "<</A 1]", "<00", &"[".repeat(100_000)] {
            assert_eq!(scan(text), Err(Fault::Malformed), "{text:.20}");
        }
    }

    /// A PDF whose catalog is packed in an object stream, and whose cross-reference stream says what `told` adds.
    fn packed(catalog: &str, told: &str) -> Vec<u8> {
        let pages = "<</Type/Pages/Kids[3 0 R]/Count 1>>";
        let head = format!("1 0 2 {} ", catalog.len() + 1);
        let content = format!("{head}{catalog} {pages}");
        let objects = [
            "3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>\nendobj\n".to_owned(),
            format!(
                "4 0 obj\n<</Type/ObjStm/N 2/First {}/Length {}>>\nstream\n{content}\nendstream\nendobj\n",
                head.len(),
                content.len()
            ),
        ];
        let mut bytes = b"%PDF-1.7\n".to_vec();
        let mut table = vec![0, 0, 0, 0, 2, 0, 4, 0, 2, 0, 4, 1];
        for object in &objects {
            table.extend([1, (bytes.len() >> 8) as u8, bytes.len() as u8, 0]);
            bytes.extend(object.as_bytes());
        }
        let start = bytes.len();
        table.extend([1, (start >> 8) as u8, start as u8, 0]);
        let length = table.len();
        bytes.extend(
            format!("5 0 obj\n<</Type/XRef/Size 6/W[1 2 1]/Root 1 0 R{told}/Length {length}>>\nstream\n").as_bytes(),
        );
        bytes.extend(table);
        bytes.extend(format!("\nendstream\nendobj\nstartxref\n{start}\n%%EOF\n").as_bytes());
        bytes
    }

    #[test]
    fn packed_objects_and_cross_reference_streams_are_gone_through_too() {
        use crate::pdf::ReadError;
        let read = |catalog: &str, told: &str| File::read(&packed(catalog, told)).map(|file| file.pages().len());
        let catalog = "<</Type/Catalog/Pages 2 0 R>>";
        assert_eq!(read(catalog, ""), Ok(1));
        let twice = |object, key: &str| Err(ReadError::Ambiguous(Ambiguity { object, key: Some(key.into()) }));
        assert_eq!(read("<</Type/Catalog/Pages 2 0 R/AA 1/A#41 2>>", ""), twice(Some(4), "AA"));
        assert_eq!(read(catalog, "/Index[0 4 4 2]"), Ok(1));
        let read_index = |text: &str| {
            let mut scanner = Scanner::at(text.as_bytes(), 0);
            scanner.value().map(|()| parts_apart(&scanner.index))
        };
        assert_eq!(read_index("<</Index[0 4 9 2 4 1]/Other[0 4 3 2]>>"), Ok(Ok(())));
        assert_eq!(read_index("<</Index[0 4 3 2]>>"), Ok(Err((Some(3), Fault::Malformed))));
        assert_eq!(read(catalog, "/Root 1 0 R"), twice(None, "Root"));
        assert_eq!(read(catalog, "/X<</A 1/A 1>>"), twice(None, "A"));
    }

    #[test]
    fn an_object_has_one_place_and_stands_there() {
        use crate::pdf::ReadError;
        // The page stands at two places, of another size; `{}` is the table from the page's entry on.
        let head = "%PDF-1.7\n";
        let objects = [
            "1 0 obj\n<</Type/Catalog/Pages 2 0 R/X 4 0 R>>\nendobj\n",
            "2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n",
            "3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>\nendobj\n",
            "3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 5 5]>>\nendobj\n",
        ];
        let mut places = vec![head.len()];
        for object in objects {
            places.push(places[places.len() - 1] + object.len());
        }
        let entry = |at: usize| format!("{:010} 00000 n \n", places[at]);
        let read = |rest: &str| {
            let table = format!("xref\n0 3\n0000000000 65535 f \n{}{}{rest}", entry(0), entry(1));
            let text = format!(
                "{head}{}{table}trailer\n<</Size 5/Root 1 0 R>>\nstartxref\n{}\n%%EOF\n",
                objects.concat(),
                places[4]
            );
            File::read(text.as_bytes()).map(|file| file.pages().len())
        };
        let ambiguous = |object| Err(ReadError::Ambiguous(Ambiguity { object, key: None }));
        assert_eq!(read(&format!("3 1\n{}", entry(2))), Ok(1));
        assert_eq!(read(&format!("3 1\n{}3 1\n{}", entry(2), entry(2))), Ok(1));
        for (first, second) in [(2, 3), (3, 2)] {
            assert_eq!(read(&format!("3 1\n{}3 1\n{}", entry(first), entry(second))), ambiguous(Some(3)));
        }
        // The fourth is said to stand where the third does: some readers would look for it elsewhere.
        assert_eq!(read(&format!("3 2\n{}{}", entry(2), entry(3))), ambiguous(Some(4)));
    }
}
