//! A PDF read back: its objects, what it says of its report, and what is attached to it.
//!
//! [`extract`](crate::extract) stands on this, and all that signs and verifies. Files come
//! from outside and may be made to harm: what is read is bounded in bytes, objects and depth, and nothing in
//! a file makes this panic. This is the one room that names the library that reads and appends to PDFs.

mod ambiguity;
mod codes;
pub mod signature;
mod survey;
pub mod text;
mod walk;
pub mod xmp;

pub use ambiguity::Ambiguity;
pub use lopdf::content::Content;
pub use lopdf::xref::XrefEntry;
pub use lopdf::{Dictionary, Document, IncrementalDocument, Object, ObjectId, Stream, StringFormat, dictionary};

use std::collections::HashSet;

use crate::length::Length;
use xmp::Xmp;

/// No file is read that is longer, in bytes.
pub const MOST_BYTES: usize = 256 << 20;
/// No stream is unpacked to more bytes, nor all that are unpacked to find the objects.
pub const MOST_UNPACKED: usize = 64 << 20;
/// No file is read that has more objects.
pub const MOST_OBJECTS: usize = 500_000;
/// No file is read whose objects have more numbers, names, texts, lists and dictionaries.
pub const MOST_VALUES: usize = 3_000_000;
/// No file is read whose cross-reference table has more sections; each revision adds one.
pub const MOST_SECTIONS: usize = 1_000;
/// No page has more content that is read, in bytes.
pub const MOST_PAGE: usize = 2 << 20;
/// No file has more content of pages that is read, in bytes.
pub const MOST_CONTENT: usize = 128 << 20;
/// No file has more text that is read, in bytes.
pub const MOST_TEXT: usize = 16 << 20;
/// No file is read that has more attached, in bytes.
pub const MOST_ATTACHED: usize = 64 << 20;
/// No more places for seals are read.
const MOST_SEALS: usize = 200;
/// References are followed no further than this.
const DEEPEST: usize = 32;

/// Why a file cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// It is longer than any document.
    #[error("the file has {bytes} bytes, more than the {MOST_BYTES} that are read")]
    TooLarge {
        /// Its bytes.
        bytes: usize,
    },
    /// It is no PDF.
    #[error("the file is no PDF: it does not begin with %PDF")]
    NotPdf,
    /// It ends before its end.
    #[error("the file is cut short: it does not end in %%EOF")]
    CutShort,
    /// It can only be read with a password.
    #[error("the file is encrypted")]
    Encrypted,
    /// It asks for more than any document does.
    #[error("the file {}", .0.english())]
    TooMuch(Bound),
    /// Its objects cannot be found or read.
    #[error("the file is damaged: {}", .0.english())]
    Damaged(Damage),
    /// Readers would not agree on what it says.
    #[error("the file is ambiguous: {}", ambiguous(.0))]
    Ambiguous(Ambiguity),
}

fn ambiguous(ambiguity: &Ambiguity) -> String {
    let place = ambiguity.object.map_or_else(|| "a trailer".into(), |number| format!("object {number}"));
    match &ambiguity.key {
        Some(key) => format!("{place} has the key `{key}` twice, and readers would not agree which one counts"),
        None => format!("{place} is not written as an object is, and readers would not agree what it is"),
    }
}

/// What of a file is damaged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Damage {
    /// The table that says where its objects are.
    Table,
    /// The object all others hang from.
    Catalog,
    /// The tree of its pages.
    PageTree,
    /// Something else: what the PDF library says.
    Told(String),
}

impl Damage {
    fn english(&self) -> &str {
        match self {
            Damage::Table => "its cross-reference table is wrong",
            Damage::Catalog => "it has no catalog",
            Damage::PageTree => "its page tree is not one: readers would not agree which pages it has",
            Damage::Told(told) => told,
        }
    }

    /// What is said of the file in Chinese.
    pub fn chinese(&self) -> String {
        match self {
            Damage::Table => "交叉引用表有误".into(),
            Damage::Catalog => "缺少文档目录".into(),
            Damage::PageTree => "页面树有误，不同阅读器显示的页面会不同".into(),
            Damage::Told(told) => format!("内容无法解析（{told}）"),
        }
    }
}

/// What a file has too much of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// Objects.
    Objects,
    /// Values in its objects.
    Values,
    /// Sections of its cross-reference table.
    Sections,
    /// Bytes of streams that hold objects, unpacked.
    Unpacked,
    /// Bytes of objects: they overlap.
    Overlap,
    /// Text and content of pages.
    Text,
}

impl Bound {
    fn english(self) -> String {
        match self {
            Bound::Objects => format!("has more than {MOST_OBJECTS} objects"),
            Bound::Values => format!("has more than {MOST_VALUES} values in its objects"),
            Bound::Sections => format!("has more than {MOST_SECTIONS} cross-reference sections"),
            Bound::Unpacked => format!("has objects that unpack to more than {MOST_UNPACKED} bytes"),
            Bound::Overlap => "has objects that overlap".into(),
            Bound::Text => "has more text and content on its pages than is read".into(),
        }
    }

    /// What is said of the file in Chinese.
    pub fn chinese(self) -> String {
        match self {
            Bound::Objects => format!("对象超过{MOST_OBJECTS}个"),
            Bound::Values => format!("对象中的值超过{MOST_VALUES}个"),
            Bound::Sections => format!("交叉引用表超过{MOST_SECTIONS}节"),
            Bound::Unpacked => format!("对象流解压后超过{MOST_UNPACKED}字节"),
            Bound::Overlap => "对象相互重叠".into(),
            Bound::Text => "页面的文字和内容超过读取上限".into(),
        }
    }
}

/// A PDF that was read.
pub struct File<'a> {
    bytes: &'a [u8],
    document: Document,
}

/// What a PDF of ours says of its report.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Properties {
    /// The form's id.
    pub form: Option<String>,
    /// The notice that prescribes it.
    pub edition: Option<String>,
    /// The year reported on.
    pub year: Option<u16>,
    /// The places kept for seals.
    pub seals: Vec<SealPlace>,
    /// The SHA-256 of the attached source, in hexadecimal digits.
    pub source_hash: Option<String>,
    /// The day the file was made, `2026-01-20`.
    pub created: Option<String>,
}

/// A place kept for a seal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealPlace {
    /// The page, from 1.
    pub page: usize,
    /// Its centre, from the left of the page.
    pub x: Length,
    /// Its centre, from the top.
    pub y: Length,
    /// Its diameter.
    pub diameter: Length,
}

/// The pages of a file and the nodes above them, each in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageTree {
    /// The pages.
    pub pages: Vec<ObjectId>,
    /// The nodes, the root first.
    pub nodes: Vec<ObjectId>,
}

/// A file attached to a PDF.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Its name.
    pub name: String,
    /// What it is to the document (`Source`).
    pub relation: String,
    /// Its media type.
    pub media_type: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl<'a> File<'a> {
    /// Reads a file as its last revision has it.
    ///
    /// # Errors
    /// When it is no PDF, damaged, encrypted, or larger than what is read.
    pub fn read(bytes: &'a [u8]) -> Result<Self, ReadError> {
        if bytes.len() > MOST_BYTES {
            return Err(ReadError::TooLarge { bytes: bytes.len() });
        }
        if !bytes.starts_with(b"%PDF-") {
            return Err(ReadError::NotPdf);
        }
        let end = bytes.trim_ascii_end();
        if !end.ends_with(b"%%EOF") {
            return Err(ReadError::CutShort);
        }
        survey::survey(bytes)?;
        let options = lopdf::LoadOptions {
            // With a filter the library does not look for objects that a table does not name.
            filter: Some(keep),
            ..lopdf::LoadOptions::with_max_decompressed_size(MOST_UNPACKED)
        };
        let damaged = ReadError::Damaged;
        let document = Document::load_mem_with_options(bytes, options)
            .map_err(|error| damaged(Damage::Told(error.to_string())))?;
        if document.is_encrypted() || document.was_encrypted() {
            return Err(ReadError::Encrypted);
        }
        // A reader that guesses may show another document than the one that was signed.
        if document.xref_recovery.is_some() {
            return Err(damaged(Damage::Table));
        }
        if document.objects.len() > MOST_OBJECTS {
            return Err(ReadError::TooMuch(Bound::Objects));
        }
        if document.catalog().is_err() {
            return Err(damaged(Damage::Catalog));
        }
        let file = File { bytes, document };
        if file.page_tree().is_none() {
            return Err(damaged(Damage::PageTree));
        }
        if let Some(ambiguity) = ambiguity::ambiguity(&file) {
            return Err(ReadError::Ambiguous(ambiguity));
        }
        Ok(file)
    }

    /// The bytes it was read from.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The objects.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// The objects, given away.
    pub fn into_document(self) -> Document {
        self.document
    }

    /// The catalog; empty where there is none.
    pub fn catalog(&self) -> &Dictionary {
        static NONE: std::sync::LazyLock<Dictionary> = std::sync::LazyLock::new(Dictionary::new);
        self.document.catalog().unwrap_or(&NONE)
    }

    /// What an object is when references are followed; null where they lead nowhere.
    pub fn resolve<'o>(&'o self, object: &'o Object) -> &'o Object {
        let mut object = object;
        for _ in 0..DEEPEST {
            match object {
                Object::Reference(id) => match self.document.objects.get(id) {
                    Some(next) => object = next,
                    None => return &Object::Null,
                },
                _ => return object,
            }
        }
        &Object::Null
    }

    /// A dictionary's entry, references followed; null where there is none.
    pub fn entry<'o>(&'o self, dictionary: &'o Dictionary, key: &[u8]) -> &'o Object {
        dictionary.get(key).map_or(&Object::Null, |object| self.resolve(object))
    }

    /// A dictionary's entry that is a dictionary itself, or the dictionary of a stream.
    pub fn dictionary<'o>(&'o self, dictionary: &'o Dictionary, key: &[u8]) -> Option<&'o Dictionary> {
        as_dictionary(self.entry(dictionary, key))
    }

    /// A dictionary's entry that is an array; empty where there is none.
    pub fn array<'o>(&'o self, dictionary: &'o Dictionary, key: &[u8]) -> &'o [Object] {
        self.entry(dictionary, key).as_array().map_or(&[], Vec::as_slice)
    }

    /// The pages' ids, in order.
    pub fn pages(&self) -> Vec<ObjectId> {
        self.page_tree().unwrap_or_default().pages
    }

    /// The page tree (ISO 32000-1, 7.7.3); `None` where it is not sound: every kid is referred to, says that it is a
    /// page or a node, names the node above it and is met once, and every node counts its pages right. What readers
    /// make of anything else differs.
    pub fn page_tree(&self) -> Option<PageTree> {
        let root = self.catalog().get(b"Pages").ok()?.as_reference().ok()?;
        let mut tree = PageTree::default();
        let mut met = HashSet::new();
        // Nodes on the way from the root, and how far each has been gone through.
        let mut above: Vec<(ObjectId, usize, usize)> = vec![(root, 0, 0)];
        self.page_tree_node(root, None, &mut met)?;
        tree.nodes.push(root);
        while let Some((id, at, before)) = above.pop() {
            let node = self.document.get_dictionary(id).ok()?;
            let Some(kid) = self.array(node, b"Kids").get(at) else {
                let count = self.entry(node, b"Count").as_i64().ok()?;
                if usize::try_from(count).ok()? != tree.pages.len() - before {
                    return None;
                }
                continue;
            };
            above.push((id, at + 1, before));
            let kid = kid.as_reference().ok()?;
            if self.page_tree_node(kid, Some(id), &mut met)? {
                tree.nodes.push(kid);
                above.push((kid, 0, tree.pages.len()));
            } else {
                tree.pages.push(kid);
            }
            if above.len() > DEEPEST {
                return None;
            }
        }
        Some(tree)
    }

    /// Whether a part of the page tree is a node and no page; `None` when it is neither, stands elsewhere or was met.
    fn page_tree_node(&self, id: ObjectId, above: Option<ObjectId>, met: &mut HashSet<ObjectId>) -> Option<bool> {
        let part = self.document.get_dictionary(id).ok()?;
        let parent = part.get(b"Parent").ok().and_then(|parent| parent.as_reference().ok());
        if parent != above || !met.insert(id) {
            return None;
        }
        match self.entry(part, b"Type").as_name().ok()? {
            b"Pages" => Some(true),
            b"Page" if above.is_some() => Some(false),
            _ => None,
        }
    }

    /// A stream's bytes, unpacked.
    pub fn unpacked(&self, stream: &Stream) -> Option<Vec<u8>> {
        stream.get_plain_content_with_limit(MOST_UNPACKED).ok()
    }

    /// What the file says of its report.
    pub fn properties(&self) -> Properties {
        self.metadata().map(|packet| properties(&packet)).unwrap_or_default()
    }

    /// The document's metadata; `None` when it has none, or such as cannot be read.
    pub fn metadata(&self) -> Option<Xmp> {
        let metadata = self.entry(self.catalog(), b"Metadata").as_stream().ok()?;
        xmp::read(&metadata.get_plain_content_with_limit(xmp::MOST_BYTES).ok()?)
    }

    /// The files attached to the document as its associated files (ISO 19005-3, 6.8).
    pub fn attachments(&self) -> Vec<Attachment> {
        let associated = self.array(self.catalog(), b"AF");
        let mut left = MOST_ATTACHED;
        let read = |file: &Object| {
            let attached = self.attachment(self.resolve(file).as_dict().ok()?, left)?;
            left -= attached.bytes.len().min(left);
            Some(attached)
        };
        associated.iter().take(1000).filter_map(read).collect()
    }

    /// A file that is attached, of no more than `most` bytes.
    fn attachment(&self, file: &Dictionary, most: usize) -> Option<Attachment> {
        let name = [b"UF".as_slice(), b"F"].into_iter().find_map(|key| text_of(self.entry(file, key)))?;
        let relation = self.entry(file, b"AFRelationship").as_name().ok()?;
        let stream = self.entry(self.dictionary(file, b"EF")?, b"F").as_stream().ok()?;
        let media_type = self.entry(&stream.dict, b"Subtype").as_name().unwrap_or_default();
        Some(Attachment {
            name,
            relation: String::from_utf8_lossy(relation).into_owned(),
            media_type: String::from_utf8_lossy(media_type).into_owned(),
            bytes: stream.get_plain_content_with_limit(most).ok()?,
        })
    }
}

/// Keeps every object. Streams are kept as they are whatever this gives back.
fn keep(id: ObjectId, object: &mut Object) -> Option<(ObjectId, Object)> {
    Some((id, if let Object::Stream(_) = object { Object::Null } else { object.clone() }))
}

/// An object that is a dictionary, or a stream's dictionary.
pub fn as_dictionary(object: &Object) -> Option<&Dictionary> {
    match object {
        Object::Dictionary(dictionary) => Some(dictionary),
        Object::Stream(stream) => Some(&stream.dict),
        _ => None,
    }
}

/// A text string: UTF-16 with its mark, UTF-8 with its mark, or else Latin letters.
pub fn text_of(object: &Object) -> Option<String> {
    Some(text_of_bytes(object.as_str().ok()?))
}

/// A text string of which no more is wanted than what some bytes hold: the rest is cut off, and `…` says so.
pub fn short_text_of(object: &Object, most: usize) -> Option<String> {
    let bytes = object.as_str().ok()?;
    match bytes.get(..most) {
        Some(short) if bytes.len() > most => Some(text_of_bytes(short) + "…"),
        _ => Some(text_of_bytes(bytes)),
    }
}

fn text_of_bytes(bytes: &[u8]) -> String {
    match bytes {
        [0xFE, 0xFF, rest @ ..] => {
            let units = rest.chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair.get(1).copied().unwrap_or(0)]));
            char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        }
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => bytes.iter().map(|&byte| char::from(byte)).collect(),
    }
}

/// A text string as it is written: plain where it is ASCII, else UTF-16 with its mark.
pub fn text_object(text: &str) -> Object {
    if text.is_ascii() {
        return Object::String(text.as_bytes().to_vec(), StringFormat::Literal);
    }
    let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
    Object::String(units.flat_map(u16::to_be_bytes).collect(), StringFormat::Hexadecimal)
}

/// The namespace of what a PDF of ours says of its report.
const KANYIN: &str = "urn:kanyin:report:1.0#";
const XMP_BASIC: &str = "http://ns.adobe.com/xap/1.0/";

/// The properties in a packet of metadata.
fn properties(packet: &Xmp) -> Properties {
    let value = |namespace: &str, name: &str| packet.get(&(namespace.to_owned(), name.to_owned()));
    let kanyin = |name: &str| Some(value(KANYIN, name)?.text()?.to_owned());
    let places = match value(KANYIN, "sealPlaces") {
        Some(xmp::Value::Items(places)) => places.as_slice(),
        Some(xmp::Value::Text(_) | xmp::Value::Parts(_)) | None => &[],
    };
    Properties {
        form: kanyin("form"),
        edition: kanyin("edition"),
        year: kanyin("year").and_then(|year| year.parse().ok()),
        seals: places.iter().take(MOST_SEALS).filter_map(|(_, place)| seal_place(place.text()?)).collect(),
        source_hash: kanyin("sourceSHA256"),
        created: value(XMP_BASIC, "CreateDate").and_then(|date| Some(date.text()?.get(..10)?.to_owned())),
    }
}

/// Reads `3 129.500 201.250 45.000`: the page, then millimetres.
fn seal_place(text: &str) -> Option<SealPlace> {
    let mut parts = text.split(' ');
    let page = parts.next()?.parse().ok()?;
    let mut next = || {
        let mm: f64 = parts.next()?.parse().ok()?;
        (0.0..=2000.0).contains(&mm).then(|| Length::units((mm * Length::mm(1).to_units() as f64).round() as i64))
    };
    let place = SealPlace { page, x: next()?, y: next()?, diameter: next()? };
    parts.next().is_none().then_some(place)
}
