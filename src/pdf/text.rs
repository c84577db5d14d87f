//! What a tagged PDF says, read through its structure as a screen reader does.
//!
//! Each part is a line: its depth, its kind, what its cells span and are explained by, and its text. Two files
//! that give the same lines say the same and have the same tables, whatever they look like.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;

use super::{Content, Dictionary, Document, File, Object, ObjectId, as_dictionary, text_of};

/// Structure deeper than this is not read.
const DEEPEST: usize = 64;
/// No more parts than this are read.
const MOST_PARTS: usize = 200_000;
/// No more text than this is read from one file, in bytes.
const MOST_TEXT: usize = 16 << 20;
/// No more bytes are unpacked from one page.
const MOST_PAGE: usize = 32 << 20;

/// The lines of a file: first what its structure says, then what stands on its pages outside the structure
/// (page numbers, headings shown again).
pub fn lines(file: &File) -> Vec<String> {
    let mut reader = Reader { file, pages: BTreeMap::new(), out: Vec::new(), seen: HashSet::new(), size: 0 };
    let mut loose = Vec::new();
    for (index, id) in file.pages().into_iter().enumerate() {
        let marked = read_page(file, id);
        loose.push(format!("page {}: {}", index + 1, marked.get(&None).map_or("", String::as_str)));
        reader.size += marked.values().map(String::len).sum::<usize>();
        if reader.size > MOST_TEXT {
            break;
        }
        reader.pages.insert(id, marked);
    }
    if let Some(root) = file.dictionary(file.catalog(), b"StructTreeRoot") {
        reader.kids(root, None, 0);
    }
    reader.out.extend(loose);
    reader.out
}

/// Text of a page by the number of its marked content; what is outside the structure under `None`.
type Marked = BTreeMap<Option<i64>, String>;

struct Reader<'a, 'f> {
    file: &'a File<'f>,
    pages: BTreeMap<ObjectId, Marked>,
    out: Vec<String>,
    seen: HashSet<ObjectId>,
    size: usize,
}

impl Reader<'_, '_> {
    /// Reads what is below a part; returns the text that is its own.
    fn kids(&mut self, part: &Dictionary, page: Option<ObjectId>, depth: usize) -> String {
        let mut own = String::new();
        if depth > DEEPEST {
            return own;
        }
        let page = part.get(b"Pg").and_then(Object::as_reference).ok().or(page);
        let kids = match part.get(b"K") {
            Ok(kids) => kids,
            Err(_) => return own,
        };
        match self.file.resolve(kids) {
            Object::Array(kids) => {
                for kid in kids {
                    self.kid(kid, page, depth, &mut own);
                }
            }
            _ => self.kid(kids, page, depth, &mut own),
        }
        own
    }

    fn kid(&mut self, kid: &Object, page: Option<ObjectId>, depth: usize, own: &mut String) {
        if let Object::Reference(id) = kid
            && !self.seen.insert(*id)
        {
            return;
        }
        let file = self.file;
        match file.resolve(kid) {
            Object::Integer(number) => self.content(page, *number, own),
            object => {
                let Some(dictionary) = as_dictionary(object) else { return };
                match file.entry(dictionary, b"Type").as_name() {
                    Ok(b"MCR") => {
                        let page = dictionary.get(b"Pg").and_then(Object::as_reference).ok().or(page);
                        let number = file.entry(dictionary, b"MCID").as_i64().unwrap_or(-1);
                        self.content(page, number, own);
                    }
                    Ok(b"OBJR") => (),
                    _ => self.part(dictionary, page, depth),
                }
            }
        }
    }

    fn content(&self, page: Option<ObjectId>, number: i64, own: &mut String) {
        let text = page.and_then(|page| self.pages.get(&page)).and_then(|marked| marked.get(&Some(number)));
        own.push_str(text.map_or("", String::as_str));
    }

    fn part(&mut self, part: &Dictionary, page: Option<ObjectId>, depth: usize) {
        if self.out.len() >= MOST_PARTS {
            return;
        }
        let kind = self.file.entry(part, b"S").as_name().unwrap_or_default();
        // The field of a signature is no part of what a document says.
        if kind == b"Form" {
            return;
        }
        let mut line = format!("{}{}", "  ".repeat(depth), String::from_utf8_lossy(kind));
        self.attributes(part, &mut line);
        let place = self.out.len();
        self.out.push(line);
        let own = self.kids(part, page, depth + 1);
        if !own.is_empty() {
            let _ = write!(self.out[place], ": {own}");
        }
    }

    /// Whom a cell explains, what it spans and what explains it, and what a part is called.
    fn attributes(&self, part: &Dictionary, line: &mut String) {
        let file = self.file;
        for key in [b"ID".as_slice(), b"T", b"Alt"] {
            if let Some(text) = text_of(file.entry(part, key)) {
                let _ = write!(line, " {}={text}", String::from_utf8_lossy(key));
            }
        }
        let attributes = file.entry(part, b"A");
        let list = attributes.as_array().map_or(std::slice::from_ref(attributes), Vec::as_slice);
        for attribute in list.iter().take(16) {
            let Some(attribute) = as_dictionary(file.resolve(attribute)) else { continue };
            for key in [b"Scope".as_slice(), b"RowSpan", b"ColSpan", b"Headers", b"Summary"] {
                let shown = match file.entry(attribute, key) {
                    Object::Integer(count) => count.to_string(),
                    Object::Name(name) => String::from_utf8_lossy(name).into_owned(),
                    Object::Array(ids) => {
                        let ids = ids.iter().take(200).filter_map(|id| text_of(file.resolve(id)));
                        ids.collect::<Vec<_>>().join(",")
                    }
                    object => match text_of(object) {
                        Some(text) => text,
                        None => continue,
                    },
                };
                let _ = write!(line, " {}={shown}", String::from_utf8_lossy(key));
            }
        }
    }
}

/// The text of a page, by the marks it stands under.
fn read_page(file: &File, id: ObjectId) -> Marked {
    let document = file.document();
    let mut marked = Marked::new();
    let Ok(content) = document.get_page_content_with_limit(id, MOST_PAGE) else { return marked };
    let Ok(content) = Content::decode(&content) else { return marked };
    let fonts = document.get_page_fonts(id).unwrap_or_default();
    let encodings: BTreeMap<_, _> = fonts
        .iter()
        .filter_map(|(name, font)| {
            let encoding = font.get_font_encoding_with_limit(document, MOST_PAGE).ok()?;
            Some((name.clone(), encoding))
        })
        .collect();
    let mut font = None;
    // The numbers of the marks that are open, and whether what they hold is told otherwise (ActualText).
    let mut open: Vec<(Option<i64>, bool)> = Vec::new();
    for operation in &content.operations {
        match operation.operator.as_str() {
            "Tf" => font = operation.operands.first().and_then(|name| encodings.get(name.as_name().ok()?)),
            "BMC" | "BDC" => {
                let (number, told) = open.last().copied().unwrap_or((None, false));
                let properties = operation.operands.get(1).and_then(as_dictionary);
                let own = properties.and_then(|own| own.get(b"MCID").and_then(Object::as_i64).ok());
                let number = own.or(number);
                let actual = properties.and_then(|own| text_of(own.get(b"ActualText").ok()?));
                if let (Some(text), false) = (&actual, told) {
                    marked.entry(number).or_default().push_str(text);
                }
                open.push((number, told || actual.is_some()));
            }
            "EMC" => {
                open.pop();
            }
            "Tj" | "TJ" | "'" | "\"" => {
                let (number, told) = open.last().copied().unwrap_or((None, false));
                if let (Some(encoding), false) = (font, told) {
                    let text = marked.entry(number).or_default();
                    let shown = operation.operands.last().map_or(&[][..], |operand| match operand {
                        Object::Array(parts) => parts.as_slice(),
                        single => std::slice::from_ref(single),
                    });
                    for part in shown {
                        if let Ok(bytes) = part.as_str() {
                            text.push_str(&Document::decode_text(encoding, bytes).unwrap_or_default());
                        }
                    }
                }
            }
            _ => (),
        }
    }
    marked
}
