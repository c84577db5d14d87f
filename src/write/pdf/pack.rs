//! The file the PDF library made, written smaller: outlines put in, streams compressed, objects in streams.
//!
//! The library was given faces without outlines and told to compress nothing. What it made is read back object
//! by object, in the one form in which it writes them, and written again (ISO 32000-1 7.5.7 object streams,
//! 7.5.8 cross-reference streams), each object under its own number.

use std::ops::Range;

use crate::font::Cut;

use super::deflate;

/// An object of the file: its number, what stands between `obj` and `endobj`, and the data if it is a stream.
struct Object<'a> {
    number: usize,
    /// The object, or a stream's dictionary.
    body: &'a [u8],
    data: Option<&'a [u8]>,
}

/// How many objects share a stream, so that a reader need not unpack all of them to get at one.
const TOGETHER: usize = 200;

/// Where an object is found.
#[derive(Clone, Copy)]
enum Place {
    Free,
    At(usize),
    In { stream: usize, index: usize },
}

/// Writes the file again with the outlines of its fonts; `fonts` are those in the order in which they were first
/// used, `None` for one the library has embedded itself. `None` when the file is not of the expected form.
pub(super) fn pack(pdf: &[u8], fonts: &[Option<Cut>]) -> Option<Vec<u8>> {
    let file = File::read(pdf)?;
    let replaced = replacements(&file.objects, fonts)?;
    let mut out = Packer { out: Vec::with_capacity(pdf.len()), places: vec![Place::Free] };
    out.places.resize(file.size, Place::Free);
    out.out.extend(&pdf[..file.head]);
    let (streams, plain): (Vec<&Object>, Vec<&Object>) = file.objects.iter().partition(|object| object.data.is_some());
    for together in plain.chunks(TOGETHER) {
        out.objects(together)?;
    }
    for object in streams {
        let Some(data) = object.data else { continue };
        match replaced.iter().find(|(number, _)| *number == object.number) {
            Some((_, data)) => out.stream(object.number, &without_length(object.body)?, data, true),
            None if is_packed(object.body) => out.stream(object.number, &without_length(object.body)?, data, false),
            None => {
                let packed = deflate::text(data)?;
                out.stream(object.number, &without_length(object.body)?, &packed, true);
            }
        }
    }
    out.finish(file.trailer)
}

/// Whether a stream is compressed already, or must not be: readers of metadata look for it in the open file.
fn is_packed(dictionary: &[u8]) -> bool {
    position(dictionary, b"/Filter").is_some() || position(dictionary, b"/Type/Metadata").is_some()
}

struct File<'a> {
    /// Where the first object begins.
    head: usize,
    /// One more than the highest object number.
    size: usize,
    objects: Vec<Object<'a>>,
    /// What the trailer's dictionary holds besides the size.
    trailer: &'a [u8],
}

impl<'a> File<'a> {
    fn read(pdf: &'a [u8]) -> Option<Self> {
        let end = pdf.len().checked_sub(64)?;
        let start = end + position(&pdf[end..], b"startxref\n")? + b"startxref\n".len();
        let table = number(pdf.get(start..)?)?.0;
        let (lines, trailer) = pdf.get(table..)?.split_at_checked(position(pdf.get(table..)?, b"trailer\n")?)?;
        let lines = lines.strip_prefix(b"xref\n0 ")?;
        let (size, skip) = number(lines)?;
        let entries = lines.get(skip + 1..)?;
        let mut objects = Vec::with_capacity(size);
        for at in 1..size {
            let entry = entries.get(20 * at..20 * at + 20)?;
            if entry[17] == b'n' {
                objects.push(Object::read(pdf, number(entry)?.0)?);
            }
        }
        let head = objects.first().map(|first| number_start(pdf, first))?;
        let trailer = trailer.strip_prefix(b"trailer\n<</Size ")?;
        let trailer = &trailer[number(trailer)?.1..];
        let trailer = &trailer[..position(trailer, b">>\nstartxref")?];
        Some(File { head, size, objects, trailer })
    }
}

/// Where an object begins.
fn number_start(pdf: &[u8], object: &Object) -> usize {
    let body = object.body.as_ptr() as usize - pdf.as_ptr() as usize;
    body - format!("{} 0 obj\n", object.number).len()
}

impl<'a> Object<'a> {
    fn read(pdf: &'a [u8], start: usize) -> Option<Self> {
        let text = pdf.get(start..)?;
        let (own, skip) = number(text)?;
        let text = text[skip..].strip_prefix(b" 0 obj\n")?;
        match text.strip_prefix(b"<</Length ") {
            Some(rest) => {
                let (length, _) = number(rest)?;
                let open = position(text, b"\nstream\n")?;
                let from = open + b"\nstream\n".len();
                Some(Object {
                    number: own,
                    body: &text[..open],
                    data: Some(text.get(from..from.checked_add(length)?)?),
                })
            }
            None => Some(Object { number: own, body: &text[..position(text, b"\nendobj\n")?], data: None }),
        }
    }
}

/// The streams of fonts that are written in place of the library's: programs, and the sets of their CIDs.
fn replacements(objects: &[Object], fonts: &[Option<Cut>]) -> Option<Vec<(usize, Vec<u8>)>> {
    let descriptors = objects.iter().filter(|object| object.body.starts_with(b"<</Type/FontDescriptor"));
    let descriptors: Vec<&Object> = descriptors.collect();
    if descriptors.len() != fonts.len() {
        return None;
    }
    let mut replaced = Vec::new();
    for (descriptor, font) in descriptors.iter().zip(fonts) {
        let Some(font) = font else { continue };
        let reference = |key: &[u8]| Some(number(&descriptor.body[position(descriptor.body, key)? + key.len()..])?.0);
        let program = reference(b"/FontFile2 ").or_else(|| reference(b"/FontFile3 "))?;
        replaced.push((program, deflate::outlines(&font.bytes)));
        if let Some(set) = reference(b"/CIDSet ") {
            let mut bits = vec![0xFF; font.glyphs / 8];
            if font.glyphs % 8 > 0 {
                bits.push(!(0xFF >> (font.glyphs % 8)));
            }
            replaced.push((set, deflate::outlines(&bits)));
        }
    }
    Some(replaced)
}

/// The entries of a stream's dictionary without its length and brackets; and without the filter, when it is to be
/// given another.
fn without_length(dictionary: &[u8]) -> Option<Vec<u8>> {
    let rest = dictionary.strip_prefix(b"<</Length ")?;
    Some(rest[number(rest)?.1..].strip_suffix(b">>")?.to_vec())
}

struct Packer {
    out: Vec<u8>,
    places: Vec<Place>,
}

impl Packer {
    fn stream(&mut self, number: usize, entries: &[u8], data: &[u8], deflated: bool) {
        self.places[number] = Place::At(self.out.len());
        let filter = if deflated && position(entries, b"/Filter").is_none() { "/Filter/FlateDecode" } else { "" };
        self.out.extend(format!("{number} 0 obj\n<</Length {}{filter}", data.len()).as_bytes());
        self.out.extend(entries);
        self.out.extend(b">>\nstream\n");
        self.out.extend(data);
        self.out.extend(b"\nendstream\nendobj\n");
    }

    /// Objects that are no streams, in one stream.
    fn objects(&mut self, objects: &[&Object]) -> Option<()> {
        let own = self.places.len();
        self.places.push(Place::Free);
        let mut index = Vec::with_capacity(12 * objects.len());
        let mut bodies = Vec::with_capacity(objects.iter().map(|object| object.body.len() + 1).sum());
        for (at, object) in objects.iter().enumerate() {
            index.extend(format!("{} {} ", object.number, bodies.len()).as_bytes());
            bodies.extend(object.body);
            bodies.push(b'\n');
            self.places[object.number] = Place::In { stream: own, index: at };
        }
        let entries = format!("/Type/ObjStm/N {}/First {}", objects.len(), index.len());
        index.extend(bodies);
        let packed = deflate::text(&index)?;
        self.stream(own, entries.as_bytes(), &packed, true);
        Some(())
    }

    /// The cross-reference stream, which also says what a trailer would.
    fn finish(mut self, trailer: &[u8]) -> Option<Vec<u8>> {
        let own = self.places.len();
        let start = self.out.len();
        self.places.push(Place::At(start));
        // A byte for the kind, four for the place, two for the index; each row is written as its difference from
        // the one before (the predictor "Up" of PNG), for the rows are much alike.
        const ROW: usize = 7;
        let mut rows = Vec::with_capacity((ROW + 1) * self.places.len());
        let mut above = [0u8; ROW];
        for place in &self.places {
            let (kind, at, index) = match *place {
                Place::Free => (0, 0, u16::MAX),
                Place::At(at) => (1, u32::try_from(at).ok()?, 0),
                Place::In { stream, index } => (2, stream as u32, index as u16),
            };
            let mut row = [kind; ROW];
            row[1..5].copy_from_slice(&at.to_be_bytes());
            row[5..].copy_from_slice(&index.to_be_bytes());
            rows.push(2);
            rows.extend(row.iter().zip(above).map(|(&byte, above)| byte.wrapping_sub(above)));
            above = row;
        }
        let packed = deflate::text(&rows)?;
        let mut entries =
            format!("/Type/XRef/Size {}/W[1 4 2]/DecodeParms<</Predictor 12/Columns {ROW}>>", self.places.len())
                .into_bytes();
        entries.extend(trailer);
        self.stream(own, &entries, &packed, true);
        self.out.extend(format!("startxref\n{start}\n%%EOF").as_bytes());
        Some(self.out)
    }
}

/// The number at the beginning of a text, leading zeros allowed, and how many digits it has.
fn number(text: &[u8]) -> Option<(usize, usize)> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let number = text[..digits]
        .iter()
        .try_fold(0usize, |number, digit| number.checked_mul(10)?.checked_add(usize::from(digit - b'0')));
    (digits > 0).then_some((number?, digits))
}

/// Where a word first stands in a text.
fn position(text: &[u8], word: &[u8]) -> Option<usize> {
    let first = word.first()?;
    let range: Range<usize> = 0..(text.len() + 1).checked_sub(word.len())?;
    let mut from = range.start;
    while from < range.end {
        from += text[from..range.end].iter().position(|byte| byte == first)?;
        if text[from..].starts_with(word) {
            return Some(from);
        }
        from += 1;
    }
    None
}
