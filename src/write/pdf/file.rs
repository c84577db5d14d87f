//! The file: objects under their numbers, streams, and the table of where each stands.
//!
//! Objects that are no streams share compressed streams (ISO 32000-1 7.5.7), and the table is one itself (7.5.8).

use crate::deflate;

/// A number for an object, given out before the object is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ref(u32);

/// How many objects share a stream, so that a reader need not unpack all of them to get at one.
const TOGETHER: usize = 200;

/// Where an object is found.
#[derive(Clone, Copy)]
enum Place {
    Free,
    At(usize),
    In { stream: u32, index: u16 },
}

/// How a stream's data stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    /// As they are.
    Plain,
    /// Deflated.
    Deflated,
}

/// A file being written.
pub(super) struct File {
    out: Vec<u8>,
    places: Vec<Place>,
    /// Objects that wait for a stream, and for each its number and where it begins.
    waiting: Vec<u8>,
    index: Vec<(Ref, usize)>,
}

impl File {
    /// Begins a file of PDF 1.7.
    pub fn new() -> Self {
        // Four bytes above 127 tell programs that move files that this is no text.
        let mut out = Vec::with_capacity(300_000);
        out.extend(b"%PDF-1.7\n%\x80\x80\x80\x80\n\n");
        File { out, places: vec![Place::Free], waiting: Vec::with_capacity(40_000), index: Vec::new() }
    }

    /// A number for an object.
    pub fn reserve(&mut self) -> Ref {
        self.places.push(Place::Free);
        Ref((self.places.len() - 1) as u32)
    }

    /// Numbers for so many objects.
    pub fn reserve_many(&mut self, count: usize) -> Vec<Ref> {
        (0..count).map(|_| self.reserve()).collect()
    }

    /// Writes an object that is no stream.
    pub fn object(&mut self, own: Ref, write: impl FnOnce(&mut Vec<u8>)) {
        self.index.push((own, self.waiting.len()));
        write(&mut self.waiting);
        self.waiting.push(b'\n');
        if self.index.len() == TOGETHER {
            self.flush();
        }
    }

    /// Writes a stream with the entries of its dictionary besides length and filter.
    pub fn stream(&mut self, own: Ref, entries: &[u8], data: &[u8], coding: Coding) {
        self.places[own.0 as usize] = Place::At(self.out.len());
        let out = &mut self.out;
        whole(out, own.0.into());
        out.extend(b" 0 obj\n<</Length ");
        whole(out, data.len() as i64);
        if coding == Coding::Deflated {
            out.extend(b"/Filter/FlateDecode");
        }
        out.extend(entries);
        out.extend(b">>\nstream\n");
        out.extend(data);
        out.extend(b"\nendstream\nendobj\n");
    }

    /// What has been written so far, without the objects that wait.
    pub fn written(&self) -> &[u8] {
        &self.out
    }

    /// Writes the waiting objects.
    pub fn flush(&mut self) {
        if !self.index.is_empty() {
            let own = self.reserve();
            let mut numbers = Vec::with_capacity(10 * self.index.len());
            for (at, &(object, start)) in self.index.iter().enumerate() {
                whole(&mut numbers, object.0.into());
                numbers.push(b' ');
                whole(&mut numbers, start as i64);
                numbers.push(b' ');
                self.places[object.0 as usize] = Place::In { stream: own.0, index: at as u16 };
            }
            let mut entries = b"/Type/ObjStm/N ".to_vec();
            whole(&mut entries, self.index.len() as i64);
            entries.extend(b"/First ");
            whole(&mut entries, numbers.len() as i64);
            let packed = deflate::text(&[&numbers, &self.waiting]);
            self.stream(own, &entries, &packed, Coding::Deflated);
            self.index.clear();
            self.waiting.clear();
        }
    }

    /// Writes the table, which says what a trailer would as well.
    pub fn finish(mut self, trailer: &[u8]) -> Vec<u8> {
        self.flush();
        let own = self.reserve();
        let start = self.out.len();
        self.places[own.0 as usize] = Place::At(start);
        // A byte for the kind, four for the place, two for the index; each row is written as its difference from
        // the one before (the predictor "Up" of PNG), for the rows are much alike.
        const ROW: usize = 7;
        let mut rows = Vec::with_capacity((ROW + 1) * self.places.len());
        let mut above = [0u8; ROW];
        for place in &self.places {
            let (kind, at, index) = match *place {
                Place::Free => (0, 0, u16::MAX),
                Place::At(at) => (1, at as u32, 0),
                Place::In { stream, index } => (2, stream, index),
            };
            let mut row = [kind; ROW];
            row[1..5].copy_from_slice(&at.to_be_bytes());
            row[5..].copy_from_slice(&index.to_be_bytes());
            rows.push(2);
            rows.extend(row.iter().zip(above).map(|(&byte, above)| byte.wrapping_sub(above)));
            above = row;
        }
        let packed = deflate::text(&[&rows]);
        let mut entries = b"/Type/XRef/Size ".to_vec();
        whole(&mut entries, self.places.len() as i64);
        entries.extend(b"/W[1 4 2]/DecodeParms<</Predictor 12/Columns ");
        whole(&mut entries, ROW as i64);
        entries.extend(b">>");
        entries.extend(trailer);
        self.stream(own, &entries, &packed, Coding::Deflated);
        self.out.extend(b"startxref\n");
        whole(&mut self.out, start as i64);
        self.out.extend(b"\n%%EOF");
        self.out
    }
}

/// A reference to an object.
pub(super) fn refer(out: &mut Vec<u8>, object: Ref) {
    whole(out, object.0.into());
    out.extend(b" 0 R");
}

/// References to objects, in brackets.
pub(super) fn refer_all(out: &mut Vec<u8>, objects: &[Ref]) {
    out.push(b'[');
    for (at, &object) in objects.iter().enumerate() {
        if at > 0 {
            out.push(b' ');
        }
        refer(out, object);
    }
    out.push(b']');
}

/// A whole number.
pub(super) fn whole(out: &mut Vec<u8>, number: i64) {
    if number < 0 {
        out.push(b'-');
    }
    let mut rest = number.unsigned_abs();
    let mut digits = [0u8; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

/// A number counted in thousandths, with as many decimals as it needs.
pub(super) fn thousandths(out: &mut Vec<u8>, number: i64) {
    if number < 0 {
        out.push(b'-');
    }
    let (before, mut after) = (number.unsigned_abs() / 1000, number.unsigned_abs() % 1000);
    if before > 0 || after == 0 {
        whole(out, before as i64);
    }
    if after > 0 {
        let mut digits = [b'0'; 3];
        for digit in digits.iter_mut().rev() {
            *digit += (after % 10) as u8;
            after /= 10;
        }
        let zeros = digits.iter().rev().take_while(|&&digit| digit == b'0').count();
        out.push(b'.');
        out.extend_from_slice(&digits[..digits.len() - zeros]);
    }
}

/// Bytes in hexadecimal digits.
pub(super) fn hex(out: &mut Vec<u8>, bytes: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for &byte in bytes {
        out.extend_from_slice(&[DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
    }
}

/// Text in UTF-16, in hexadecimal digits.
pub(super) fn utf16(out: &mut Vec<u8>, text: &str) {
    text.encode_utf16().for_each(|unit| hex(out, &unit.to_be_bytes()));
}

/// A text string: in ASCII where it can be, else in UTF-16 (ISO 32000-1 7.9.2.2).
pub(super) fn text(out: &mut Vec<u8>, text: &str) {
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        out.push(b'(');
        for byte in text.bytes() {
            if b"()\\".contains(&byte) {
                out.push(b'\\');
            }
            out.push(byte);
        }
        out.push(b')');
    } else {
        out.extend(b"<FEFF");
        utf16(out, text);
        out.push(b'>');
    }
}

/// A name; what may not stand in one is written by its number (7.3.5).
pub(super) fn name(out: &mut Vec<u8>, name: &str) {
    out.push(b'/');
    for byte in name.bytes() {
        if byte.is_ascii_graphic() && !b"#/%()<>[]{}".contains(&byte) {
            out.push(byte);
        } else {
            out.push(b'#');
            hex(out, &[byte]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).expect("ASCII")
    }

    #[test]
    fn numbers_are_written_as_short_as_they_can_be() {
        for (number, text) in [(0, "0"), (7, ".007"), (-7, "-.007"), (1000, "1"), (-12_340, "-12.34"), (100, ".1")] {
            assert_eq!(written(|out| thousandths(out, number)), text);
        }
        for number in [0, 9, 10, -1, i64::MAX, i64::MIN] {
            assert_eq!(written(|out| whole(out, number)), number.to_string());
        }
    }

    #[test]
    fn text_and_names_are_escaped() {
        assert_eq!(written(|out| text(out, "a(b)\\")), "(a\\(b\\)\\\\)");
        assert_eq!(written(|out| text(out, "一\u{20000}")), "<FEFF4E00D840DC00>");
        assert_eq!(written(|out| name(out, "application/json")), "/application#2Fjson");
    }

    #[test]
    fn every_object_is_found_again() {
        let mut file = File::new();
        let objects = file.reserve_many(TOGETHER + 3);
        for (at, &own) in objects.iter().enumerate().skip(1) {
            file.object(own, |out| whole(out, at as i64 * 11));
        }
        file.stream(objects[0], b"/Type/Catalog", b"data", Coding::Plain);
        let mut trailer = b"/Root ".to_vec();
        refer(&mut trailer, objects[0]);
        let read = lopdf::Document::load_mem(&file.finish(&trailer)).expect("a file");
        for (at, own) in objects.iter().enumerate().skip(1) {
            let object = read.get_object((own.0, 0)).expect("the object").as_i64().expect("a number");
            assert_eq!(object, at as i64 * 11);
        }
        assert_eq!(read.get_object((objects[0].0, 0)).expect("it").as_stream().expect("a stream").content, b"data");
    }
}
