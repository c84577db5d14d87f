//! What a tagged PDF says, read through its structure as a screen reader does.
//!
//! Each part is a line: its depth, its kind, what its cells span and are explained by, and its text. Two files
//! that give the same lines say the same and have the same tables, whatever they look like.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write as _;

use super::codes::Codes;
use super::{
    Bound, Content, Dictionary, Document, File, MOST_CONTENT, MOST_PAGE, MOST_TEXT, Object, ObjectId, ReadError,
    Stream, as_dictionary, text_of,
};

/// Structure deeper than this is not read.
const DEEPEST: usize = 64;
/// No more is met in the structure and in the lists of fonts than this.
const MOST_MET: usize = 2_000_000;
/// No map of codes is read that is longer, in bytes.
const MOST_MAP: usize = 1 << 20;

/// The lines of a file: first what its structure says, then what stands on its pages outside the structure
/// (page numbers, headings shown again).
///
/// # Errors
/// [`ReadError::TooMuch`] when it says more than is read, so that two files are never the same for what was left out.
pub fn lines(file: &File) -> Result<Vec<String>, ReadError> {
    let mut left = Left { content: MOST_CONTENT, text: MOST_TEXT, met: MOST_MET };
    let mut fonts = Fonts::new();
    let mut pages = BTreeMap::new();
    let mut loose = Vec::new();
    for (index, id) in file.pages().into_iter().enumerate() {
        let marked = read_page(file, id, &mut fonts, &mut left)?;
        let line = format!("page {}: {}", index + 1, marked.get(&None).map_or("", String::as_str));
        left.text(line.len())?;
        loose.push(line);
        pages.insert(id, marked);
    }
    let mut reader = Reader { file, pages, out: Vec::new(), seen: HashSet::new(), left };
    if let Some(root) = file.dictionary(file.catalog(), b"StructTreeRoot") {
        reader.kids(root, None, 0)?;
    }
    reader.out.extend(loose);
    Ok(reader.out)
}

/// What may still be read of a file.
struct Left {
    content: usize,
    text: usize,
    met: usize,
}

impl Left {
    fn take(left: &mut usize, count: usize) -> Result<(), ReadError> {
        *left = left.checked_sub(count).ok_or(ReadError::TooMuch(Bound::Text))?;
        Ok(())
    }

    fn content(&mut self, bytes: usize) -> Result<(), ReadError> {
        Left::take(&mut self.content, bytes)
    }

    fn text(&mut self, bytes: usize) -> Result<(), ReadError> {
        Left::take(&mut self.text, bytes)
    }

    fn met(&mut self, count: usize) -> Result<(), ReadError> {
        Left::take(&mut self.met, count)
    }
}

/// Text of a page by the number of its marked content; what is outside the structure under `None`.
type Marked = BTreeMap<Option<i64>, String>;

struct Reader<'a, 'f> {
    file: &'a File<'f>,
    pages: BTreeMap<ObjectId, Marked>,
    out: Vec<String>,
    seen: HashSet<ObjectId>,
    left: Left,
}

impl Reader<'_, '_> {
    /// Reads what is below a part; returns the text that is its own.
    fn kids(&mut self, part: &Dictionary, page: Option<ObjectId>, depth: usize) -> Result<String, ReadError> {
        let mut own = String::new();
        if depth > DEEPEST {
            return Ok(own);
        }
        let page = part.get(b"Pg").and_then(Object::as_reference).ok().or(page);
        let kids = match part.get(b"K") {
            Ok(kids) => kids,
            Err(_) => return Ok(own),
        };
        match self.file.resolve(kids) {
            Object::Array(kids) => {
                for kid in kids {
                    self.kid(kid, page, depth, &mut own)?;
                }
            }
            _ => self.kid(kids, page, depth, &mut own)?,
        }
        Ok(own)
    }

    fn kid(&mut self, kid: &Object, page: Option<ObjectId>, depth: usize, own: &mut String) -> Result<(), ReadError> {
        self.left.met(1)?;
        if let Object::Reference(id) = kid
            && !self.seen.insert(*id)
        {
            return Ok(());
        }
        let file = self.file;
        match file.resolve(kid) {
            Object::Integer(number) => self.content(page, *number, own),
            object => {
                let Some(dictionary) = as_dictionary(object) else { return Ok(()) };
                match file.entry(dictionary, b"Type").as_name() {
                    Ok(b"MCR") => {
                        let page = dictionary.get(b"Pg").and_then(Object::as_reference).ok().or(page);
                        let number = file.entry(dictionary, b"MCID").as_i64().unwrap_or(-1);
                        self.content(page, number, own)
                    }
                    Ok(b"OBJR") => Ok(()),
                    _ => self.part(dictionary, page, depth),
                }
            }
        }
    }

    fn content(&mut self, page: Option<ObjectId>, number: i64, own: &mut String) -> Result<(), ReadError> {
        let text = page.and_then(|page| self.pages.get(&page)).and_then(|marked| marked.get(&Some(number)));
        let text = text.map_or("", String::as_str);
        self.left.text(text.len())?;
        own.push_str(text);
        Ok(())
    }

    fn part(&mut self, part: &Dictionary, page: Option<ObjectId>, depth: usize) -> Result<(), ReadError> {
        let kind = self.file.entry(part, b"S").as_name().unwrap_or_default();
        // The field of a signature is no part of what a document says.
        if kind == b"Form" {
            return Ok(());
        }
        // Kinds and attributes may be shared by any number of parts.
        self.left.text(kind.len() + 2 * depth)?;
        let mut line = format!("{}{}", "  ".repeat(depth), String::from_utf8_lossy(kind));
        self.attributes(part, &mut line)?;
        let place = self.out.len();
        self.out.push(line);
        let own = self.kids(part, page, depth + 1)?;
        if !own.is_empty() {
            let _ = write!(self.out[place], ": {own}");
        }
        Ok(())
    }

    /// Whom a cell explains, what it spans and what explains it, and what a part is called.
    fn attributes(&mut self, part: &Dictionary, line: &mut String) -> Result<(), ReadError> {
        let file = self.file;
        for key in [b"ID".as_slice(), b"T", b"Alt"] {
            self.attribute(key, file.entry(part, key), line)?;
        }
        let attributes = file.entry(part, b"A");
        let list = attributes.as_array().map_or(std::slice::from_ref(attributes), Vec::as_slice);
        for attribute in list.iter().take(16) {
            let Some(attribute) = as_dictionary(file.resolve(attribute)) else { continue };
            for key in [b"Scope".as_slice(), b"RowSpan", b"ColSpan", b"Headers", b"Summary"] {
                self.attribute(key, file.entry(attribute, key), line)?;
            }
        }
        Ok(())
    }

    fn attribute(&mut self, key: &[u8], value: &Object, line: &mut String) -> Result<(), ReadError> {
        let shown = match value {
            Object::Integer(count) => count.to_string(),
            Object::Name(name) => {
                self.left.text(name.len())?;
                String::from_utf8_lossy(name).into_owned()
            }
            Object::Array(ids) => {
                let mut shown = Vec::new();
                for id in ids.iter().take(200) {
                    shown.extend(self.shown(self.file.resolve(id))?);
                }
                shown.join(",")
            }
            text => match self.shown(text)? {
                Some(text) => text,
                None => return Ok(()),
            },
        };
        let _ = write!(line, " {}={shown}", String::from_utf8_lossy(key));
        Ok(())
    }

    /// A text string.
    fn shown(&mut self, object: &Object) -> Result<Option<String>, ReadError> {
        self.left.text(object.as_str().map_or(0, <[u8]>::len))?;
        Ok(text_of(object))
    }
}

/// What tells the letters of a font.
enum Letters<'a> {
    Codes(Codes),
    Encoding(lopdf::Encoding<'a>),
}

/// The letters of the fonts that were met, by where the font's dictionary is held.
type Fonts<'a> = HashMap<*const Dictionary, Option<Letters<'a>>>;

/// The font of this name on a page.
fn font<'a>(file: &'a File, page: ObjectId, name: &[u8]) -> Option<&'a Dictionary> {
    let mut node = file.document().get_dictionary(page).ok()?;
    for _ in 0..DEEPEST {
        let fonts = file.dictionary(node, b"Resources").and_then(|resources| file.dictionary(resources, b"Font"));
        if let Some(font) = fonts.and_then(|fonts| file.dictionary(fonts, name)) {
            return Some(font);
        }
        node = file.dictionary(node, b"Parent")?;
    }
    None
}

/// What tells the letters of a font.
fn letters<'a>(file: &'a File, font: &'a Dictionary, left: &mut Left) -> Result<Option<Letters<'a>>, ReadError> {
    if let Object::Stream(map) = file.entry(font, b"ToUnicode") {
        let Ok(map) = map.get_plain_content_with_limit(MOST_MAP) else { return Ok(None) };
        left.content(map.len())?;
        return Ok(Some(Letters::Codes(Codes::read(&map))));
    }
    let differences =
        file.dictionary(font, b"Encoding").map_or(0, |encoding| file.array(encoding, b"Differences").len());
    left.met(1 + differences)?;
    Ok(font.get_font_encoding_with_limit(file.document(), MOST_MAP).ok().map(Letters::Encoding))
}

impl Letters<'_> {
    fn text(&self, bytes: &[u8], left: &mut Left) -> Result<String, ReadError> {
        let text = match self {
            Letters::Codes(codes) => codes.text(bytes, left.text).ok_or(ReadError::TooMuch(Bound::Text))?,
            Letters::Encoding(encoding) => Document::decode_text(encoding, bytes).unwrap_or_default(),
        };
        left.text(text.len())?;
        Ok(text)
    }
}

/// The content of a page, its streams one after the other.
fn content_of(file: &File, id: ObjectId, left: &mut Left) -> Result<Vec<u8>, ReadError> {
    let Ok(page) = file.document().get_dictionary(id) else { return Ok(Vec::new()) };
    let contents = file.entry(page, b"Contents");
    let streams = contents.as_array().map_or(std::slice::from_ref(contents), Vec::as_slice);
    left.met(streams.len())?;
    let mut content = Vec::new();
    for stream in streams.iter().filter_map(|stream| file.resolve(stream).as_stream().ok()) {
        content.extend_from_slice(&unpacked(stream, MOST_PAGE - content.len())?);
        content.push(b'\n');
        if content.len() > MOST_PAGE {
            return Err(ReadError::TooMuch(Bound::Text));
        }
    }
    left.content(content.len())?;
    Ok(content)
}

/// The bytes of a stream, or as they are where they cannot be unpacked.
fn unpacked(stream: &Stream, most: usize) -> Result<Cow<'_, [u8]>, ReadError> {
    match stream.get_plain_content_with_limit(most) {
        Ok(content) => Ok(Cow::Owned(content)),
        Err(lopdf::Error::Decompress(lopdf::DecompressError::MemoryLimitExceeded { .. })) => {
            Err(ReadError::TooMuch(Bound::Text))
        }
        Err(_) if stream.content.len() <= most => Ok(Cow::Borrowed(&stream.content)),
        Err(_) => Err(ReadError::TooMuch(Bound::Text)),
    }
}

/// The text of a page, by the marks it stands under.
fn read_page<'a>(file: &'a File, id: ObjectId, fonts: &mut Fonts<'a>, left: &mut Left) -> Result<Marked, ReadError> {
    let mut marked = Marked::new();
    let content = content_of(file, id, left)?;
    let Ok(content) = Content::decode(&content) else { return Ok(marked) };
    let mut named = None;
    // The numbers of the marks that are open, and whether what they hold is told otherwise (ActualText).
    let mut open: Vec<(Option<i64>, bool)> = Vec::new();
    for operation in &content.operations {
        match operation.operator.as_str() {
            "Tf" => {
                let name = operation.operands.first().and_then(|name| name.as_name().ok());
                let font = name.and_then(|name| font(file, id, name));
                named = font.map(std::ptr::from_ref);
                if let (Some(font), Some(key)) = (font, named)
                    && !fonts.contains_key(&key)
                {
                    fonts.insert(key, letters(file, font, left)?);
                }
            }
            "BMC" | "BDC" => {
                let (number, told) = open.last().copied().unwrap_or((None, false));
                let properties = operation.operands.get(1).and_then(as_dictionary);
                let own = properties.and_then(|own| own.get(b"MCID").and_then(Object::as_i64).ok());
                let number = own.or(number);
                let actual = properties.and_then(|own| text_of(own.get(b"ActualText").ok()?));
                if let (Some(text), false) = (&actual, told) {
                    left.text(text.len())?;
                    marked.entry(number).or_default().push_str(text);
                }
                open.push((number, told || actual.is_some()));
            }
            "EMC" => {
                open.pop();
            }
            "Tj" | "TJ" | "'" | "\"" => {
                let (number, told) = open.last().copied().unwrap_or((None, false));
                if let (Some(Some(letters)), false) = (named.and_then(|font| fonts.get(&font)), told) {
                    let text = marked.entry(number).or_default();
                    let shown = operation.operands.last().map_or(&[][..], |operand| match operand {
                        Object::Array(parts) => parts.as_slice(),
                        single => std::slice::from_ref(single),
                    });
                    for part in shown {
                        if let Ok(bytes) = part.as_str() {
                            text.push_str(&letters.text(bytes, left)?);
                        }
                    }
                }
            }
            _ => (),
        }
    }
    Ok(marked)
}
