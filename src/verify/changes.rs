//! What was changed in a PDF between one revision and a later one.
//!
//! The two are compared from their catalogs on, object by object. Only additions that are understood are told by
//! their kind: signature fields with their places on pages, in the form and in the structure; data for later
//! checking; form entries; notes. Everything else, above all whatever touches what a page shows, is a change of
//! the document. So it does not matter how a change was brought about: by new objects, by old ones under other
//! numbers, or by a table that points elsewhere.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::pdf::signature::{Field, fields, rectangle};
use crate::pdf::xmp::Name;
use crate::pdf::{Dictionary, File, Object, ObjectId, as_dictionary};

/// No more objects than this are compared for all revisions of a file.
pub(super) const MOST_PAIRS: usize = 20_000_000;
/// So many bytes of text or streams cost as much to compare as an object.
const PAIR_OF_BYTES: usize = 64;
/// No more changes than this are told of one revision; no honest one makes as many.
const MOST_CHANGES: usize = 500;
/// No more nodes of a tree of numbers than this are looked at.
const MOST_NODES: usize = 100_000;
/// What a page may take from the tree above it (ISO 32000-1, table 30).
const INHERITED: [&[u8]; 4] = [b"Resources", b"MediaBox", b"CropBox", b"Rotate"];
/// What programs that append write of themselves and of when they did (ISO 32000-1, table 317).
const WRITER_INFO: [&[u8]; 2] = [b"ModDate", b"Producer"];
/// The same in the metadata (ISO 16684-1, 8.4; ISO 16684-2, 6.1).
const WRITER_METADATA: [(&str, &str); 5] = [
    ("http://ns.adobe.com/xap/1.0/", "ModifyDate"),
    ("http://ns.adobe.com/xap/1.0/", "MetadataDate"),
    ("http://ns.adobe.com/pdf/1.3/", "Producer"),
    ("http://ns.adobe.com/xap/1.0/mm/", "InstanceID"),
    ("http://ns.adobe.com/xap/1.0/mm/", "History"),
];
/// A seal may stand out of its place by so much, in points.
const NEAR: f64 = 1.5;

/// A change, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Of what kind it is.
    pub kind: ChangeKind,
    /// Where: a field's name, a page's number, a key of the catalog; empty where there is nothing to say.
    pub place: String,
}

/// Kinds of changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeKind {
    /// A signature was added that cannot be seen.
    Signature,
    /// A signature was added that is shown on a page.
    VisibleSignature,
    /// A time-stamp of the document was added.
    TimeStamp,
    /// Certificates and answers for later checking were added (DSS).
    ValidationData,
    /// The program that appended something noted its name, the time, or its version of PDF.
    WriterNotes,
    /// An empty field for a signature was added, which shows nothing.
    EmptyField,
    /// What may be changed after a signature was told, or told otherwise (`Perms`).
    Permissions,
    /// A form field was filled in.
    FormEntry,
    /// A note was added, changed or removed.
    Note,
    /// A page was added.
    PageAdded,
    /// A page was removed.
    PageRemoved,
    /// What a page shows was changed.
    PageChanged,
    /// A signature was set on a page where no place was kept for one.
    Mark {
        /// How wide it is, in millimetres,
        width: u32,
        /// and how high.
        height: u32,
    },
    /// What a screen reader reads was changed.
    Structure,
    /// Title, author or other metadata were changed.
    Metadata,
    /// Attached files were changed.
    Attachments,
    /// A signature that was there was changed or removed.
    OtherSignature,
    /// Something was appended that no part of the document uses.
    Unused,
    /// Something else was changed.
    Other,
}

impl ChangeKind {
    /// Whether a signature or time-stamp was added.
    pub fn is_signature(self) -> bool {
        matches!(self, ChangeKind::Signature | ChangeKind::VisibleSignature | ChangeKind::TimeStamp)
    }

    /// Whether it comes with signatures in a file that had none, and changes nothing that is shown.
    pub(super) fn comes_with_signatures(self) -> bool {
        use ChangeKind::*;
        match self {
            ValidationData | WriterNotes | EmptyField | Permissions | Unused => true,
            // Told beside the signature that is set there.
            Mark { .. } => true,
            Signature | VisibleSignature | TimeStamp | FormEntry | Note | PageAdded | PageRemoved | PageChanged
            | Structure | Metadata | Attachments | OtherSignature | Other => false,
        }
    }

    /// Whether it may follow a signature; `certifies` is what that one lets be changed (DocMDP).
    pub fn may_follow(self, certifies: Option<i64>) -> bool {
        use ChangeKind::*;
        match self {
            // ISO 32000-2, 12.8.2.2: these are no changes of the document.
            ValidationData | TimeStamp => true,
            // What it says of itself, every program that appends writes beside them.
            WriterNotes => true,
            Signature | VisibleSignature => certifies != Some(1),
            FormEntry => matches!(certifies, Some(2 | 3)),
            Note => certifies == Some(3),
            EmptyField
            | Permissions
            | PageAdded
            | PageRemoved
            | PageChanged
            | Mark { .. }
            | Structure
            | Metadata
            | Attachments
            | OtherSignature
            | Unused
            | Other => false,
        }
    }
}

/// What was changed from one revision to a later one; never empty. `pairs` is how many objects may still be compared:
/// what they are not enough for counts as changed.
pub(super) fn between(old: &File, new: &File, pairs: &mut usize) -> Vec<Change> {
    let old_fields: BTreeMap<String, Field> =
        fields(old).into_iter().map(|field| (field.name.clone(), field)).collect();
    let mut comparer =
        Comparer { old, new, pairs, same: HashSet::new(), fields: BTreeSet::new(), found: BTreeSet::new() };
    comparer.assume_pages();
    comparer.signatures(&old_fields);
    comparer.pages();
    comparer.catalog();
    comparer.trailer();
    let mut found = comparer.found;
    if found.is_empty() {
        found.insert((ChangeKind::Unused, String::new()));
    }
    found.into_iter().map(|(kind, place)| Change { kind, place }).collect()
}

/// What is set on the pages of a file above their content, and was not on those of another: fields of signatures, by
/// name, and notes.
pub(super) fn notes(old: &File, new: &File) -> Vec<Change> {
    let fields: BTreeMap<ObjectId, String> =
        fields(new).into_iter().filter_map(|field| Some((field.id?, field.name))).collect();
    let count = |file: &File, page: Option<&ObjectId>| {
        let page = page.and_then(|page| file.document().get_dictionary(*page).ok());
        page.map_or(0, |page| file.array(page, b"Annots").len())
    };
    let before = old.pages();
    let mut found = BTreeSet::new();
    for (index, page) in new.pages().iter().enumerate() {
        let Ok(own) = new.document().get_dictionary(*page) else { continue };
        for note in new.array(own, b"Annots").iter().skip(count(old, before.get(index))) {
            let field = note.as_reference().ok().and_then(|id| fields.get(&id));
            found.insert(match field {
                Some(name) if note.as_reference().is_ok_and(|id| shows_nothing(new, id)) => {
                    (ChangeKind::EmptyField, name.clone())
                }
                Some(name) => (ChangeKind::VisibleSignature, name.clone()),
                None => (ChangeKind::Note, format!("{}", index + 1)),
            });
        }
    }
    found.into_iter().take(MOST_CHANGES).map(|(kind, place)| Change { kind, place }).collect()
}

struct Comparer<'a, 'f> {
    old: &'a File<'f>,
    new: &'a File<'f>,
    pairs: &'a mut usize,
    /// Objects that are compared elsewhere, or were found to be the same.
    same: HashSet<(ObjectId, ObjectId)>,
    /// The fields of signatures that were added or signed.
    fields: BTreeSet<ObjectId>,
    found: BTreeSet<(ChangeKind, String)>,
}

impl Comparer<'_, '_> {
    fn note(&mut self, kind: ChangeKind, place: impl Into<String>) {
        match self.found.len() < MOST_CHANGES {
            true => self.found.insert((kind, place.into())),
            // What is not told must not pass for what may follow.
            false => self.found.insert((ChangeKind::Other, String::new())),
        };
    }

    /// Pages, the catalog and the head of the structure are referred to from everywhere, and compared once.
    fn assume_pages(&mut self) {
        self.same.extend(self.old.pages().into_iter().zip(self.new.pages()));
        let root = |file: &File| file.document().trailer.get(b"Root").and_then(Object::as_reference).ok();
        let structure = |file: &File| file.catalog().get(b"StructTreeRoot").and_then(Object::as_reference).ok();
        let heads = [(root(self.old), root(self.new)), (structure(self.old), structure(self.new))];
        let heads = heads.into_iter().filter_map(|(old, new)| Some((old?, new?)));
        self.same.extend(heads);
        let trees = parents(self.old).into_iter().zip(parents(self.new));
        self.same.extend(trees);
        if let (Some(old), Some(new)) = (head(self.old), head(self.new)) {
            self.same.insert((old, new));
        }
    }

    fn signatures(&mut self, before: &BTreeMap<String, Field>) {
        let kept = kept(self.old);
        let pages = self.new.pages();
        let mut left: BTreeSet<&String> = before.keys().collect();
        for field in fields(self.new) {
            left.remove(&field.name);
            let old = before.get(&field.name);
            let old_signature = old.and_then(|field| field.signature.as_ref());
            match (&field.signature, old_signature) {
                (Some(signature), None) => {
                    let kind = match (signature.is_time_stamp, field.shown) {
                        (true, None) => ChangeKind::TimeStamp,
                        // A time-stamp shows nothing: whoever has one may not write on a page.
                        (true, Some(_)) => ChangeKind::Other,
                        (false, Some(_)) => ChangeKind::VisibleSignature,
                        (false, None) => ChangeKind::Signature,
                    };
                    // A field that was there keeps its place; only its value is new.
                    let moved = old.is_some_and(|old| old.id != field.id || old.shown != field.shown);
                    self.note(if moved { ChangeKind::Other } else { kind }, &field.name);
                    // Where no place was kept it covers what was signed.
                    if let (None, false, Some((page, sides))) = (old, signature.is_time_stamp, field.shown)
                        && let Some(index) = pages.iter().position(|own| *own == page)
                        && !kept.iter().any(|(own, place)| *own == index && lies_in(sides, *place))
                    {
                        let mm = |from: f64, to: f64| ((to - from) / 72.0 * 25.4).round() as u32;
                        let kind = ChangeKind::Mark { width: mm(sides[0], sides[2]), height: mm(sides[1], sides[3]) };
                        self.note(kind, format!("{}", index + 1));
                    }
                    self.fields.extend(field.id);
                    self.same.extend(old.and_then(|old| old.id).zip(field.id));
                }
                (None, None) if old.is_none() => {
                    let empty = field.id.is_some_and(|id| shows_nothing(self.new, id));
                    self.note(if empty { ChangeKind::EmptyField } else { ChangeKind::Other }, &field.name);
                    self.fields.extend(field.id.filter(|_| empty));
                }
                (None, None) => (),
                (new, Some(_)) => {
                    let ids = old.and_then(|old| old.id).zip(field.id);
                    let same = new.is_some()
                        && ids.is_some_and(|(old, new)| self.equal(&Object::Reference(old), &Object::Reference(new)));
                    if !same {
                        self.note(ChangeKind::OtherSignature, &field.name);
                    }
                }
            }
        }
        for name in left {
            self.note(ChangeKind::OtherSignature, name);
        }
    }

    fn pages(&mut self) {
        let (old, new) = (self.old.pages(), self.new.pages());
        let mut placed = HashSet::new();
        for (index, (old, new)) in old.iter().zip(&new).enumerate() {
            let place = format!("{}", index + 1);
            let dictionary =
                |file: &File, id: &ObjectId| file.document().get_dictionary(*id).cloned().unwrap_or_default();
            let (was, is) = (dictionary(self.old, old), dictionary(self.new, new));
            for key in keys(&was, &is) {
                match key {
                    b"Annots" => self.notes(&was, &is, &place, &mut placed),
                    b"Parent" | b"Tabs" => (),
                    _ if !self.equal_entries(&was, &is, key) => self.note(ChangeKind::PageChanged, &place),
                    _ => (),
                }
            }
            for key in INHERITED {
                let (was, is) = (inherited(self.old, &was, key), inherited(self.new, &is, key));
                if !self.equal(&was, &is) {
                    self.note(ChangeKind::PageChanged, &place);
                }
            }
        }
        for number in old.len()..new.len() {
            self.note(ChangeKind::PageAdded, format!("{}", number + 1));
        }
        for number in new.len()..old.len() {
            self.note(ChangeKind::PageRemoved, format!("{}", number + 1));
        }
    }

    /// The notes of a page: those there were, and fields of signatures, each `placed` once.
    fn notes(&mut self, was: &Dictionary, is: &Dictionary, place: &str, placed: &mut HashSet<ObjectId>) {
        let (old, new) = (self.old.array(was, b"Annots").to_vec(), self.new.array(is, b"Annots").to_vec());
        for (index, note) in new.iter().enumerate() {
            let known = match old.get(index) {
                Some(old) => self.equal(old, note),
                None => note.as_reference().is_ok_and(|id| self.fields.contains(&id) && placed.insert(id)),
            };
            if !known {
                self.note(ChangeKind::Note, place);
            }
        }
        if new.len() < old.len() {
            self.note(ChangeKind::Note, place);
        }
    }

    fn catalog(&mut self) {
        let (was, is) = (self.old.catalog().clone(), self.new.catalog().clone());
        for key in keys(&was, &is) {
            match key {
                b"Pages" => self.page_tree(),
                b"AcroForm" => self.form(&was, &is),
                b"StructTreeRoot" => self.structure(&was, &is),
                _ if self.equal_entries(&was, &is, key) => (),
                _ => {
                    let kind = match key {
                        b"DSS" => ChangeKind::ValidationData,
                        b"Extensions" => ChangeKind::WriterNotes,
                        b"Metadata" if self.is_same_metadata() => ChangeKind::WriterNotes,
                        b"Metadata" => ChangeKind::Metadata,
                        b"Version" if self.is_raised(&was, &is) => ChangeKind::WriterNotes,
                        b"Perms" => ChangeKind::Permissions,
                        b"AF" | b"Names" => ChangeKind::Attachments,
                        _ => ChangeKind::Other,
                    };
                    self.note(kind, String::from_utf8_lossy(key));
                }
            }
        }
    }

    /// Whether the metadata say what they said, but for what a program writes of itself.
    fn is_same_metadata(&self) -> bool {
        let told = |file: &File| {
            let mut told = file.metadata()?;
            let own = |(namespace, name): &Name| WRITER_METADATA.contains(&(namespace.as_str(), name.as_str()));
            told.retain(|name, _| !own(name));
            Some(told)
        };
        told(self.old).is_some_and(|was| told(self.new) == Some(was))
    }

    /// Whether a version of PDF is told that is one, and not below that before.
    fn is_raised(&self, was: &Dictionary, is: &Dictionary) -> bool {
        let versions = ["1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7", "2.0"];
        let at = |name: &[u8]| versions.iter().position(|version| version.as_bytes() == name);
        let told = |file: &File, catalog: &Dictionary| at(file.entry(catalog, b"Version").as_name().ok()?);
        let head = self.old.bytes().get(5..8).and_then(at);
        told(self.new, is).is_some_and(|new| Some(new) >= told(self.old, was).max(head))
    }

    /// The nodes above the pages: no change that may follow a signature touches one. The pages were compared.
    fn page_tree(&mut self) {
        let nodes = |file: &File| {
            let ids = file.page_tree().unwrap_or_default().nodes;
            let node = |id: ObjectId| (id, file.document().get_dictionary(id).cloned().unwrap_or_default());
            ids.into_iter().map(node).collect::<Vec<_>>()
        };
        let told = |(kind, _): &(ChangeKind, String)| matches!(kind, ChangeKind::PageAdded | ChangeKind::PageRemoved);
        if nodes(self.old) != nodes(self.new) && !self.found.iter().any(told) {
            self.note(ChangeKind::Other, "Pages");
        }
    }

    fn form(&mut self, was: &Dictionary, is: &Dictionary) {
        let empty = Dictionary::new();
        let was = self.old.dictionary(was, b"AcroForm").unwrap_or(&empty).clone();
        let is = self.new.dictionary(is, b"AcroForm").unwrap_or(&empty).clone();
        for key in keys(&was, &is) {
            if key != b"Fields" && key != b"SigFlags" && !self.equal_entries(&was, &is, key) {
                self.note(ChangeKind::Other, format!("AcroForm {}", String::from_utf8_lossy(key)));
            }
        }
        let (old, new) = (self.old.array(&was, b"Fields").to_vec(), self.new.array(&is, b"Fields").to_vec());
        for (index, field) in new.iter().enumerate() {
            let id = field.as_reference().ok();
            match old.get(index) {
                Some(before) if self.equal(before, field) => (),
                // Signatures were compared by name.
                _ if id.is_some_and(|id| self.fields.contains(&id)) => (),
                Some(_) => self.note(ChangeKind::FormEntry, format!("{}", index + 1)),
                None => self.note(ChangeKind::Other, format!("AcroForm {}", index + 1)),
            }
        }
        if new.len() < old.len() {
            self.note(ChangeKind::Other, "AcroForm");
        }
    }

    /// The structure: as it was, with elements for the fields of signatures at its end.
    fn structure(&mut self, was: &Dictionary, is: &Dictionary) {
        let root = |file: &File, catalog: &Dictionary| file.dictionary(catalog, b"StructTreeRoot").cloned();
        let (Some(was), Some(is)) = (root(self.old, was), root(self.new, is)) else {
            self.note(ChangeKind::Structure, "");
            return;
        };
        let mut elements = BTreeSet::new();
        let mut same = self.children(&was, &is, &mut elements);
        for key in keys(&was, &is) {
            same &= match key {
                b"K" | b"ParentTree" | b"ParentTreeNextKey" => true,
                _ => self.equal_entries(&was, &is, key),
            };
        }
        if let (Some(old), Some(new)) = (head(self.old), head(self.new)) {
            let part = |file: &File, id| file.document().get_dictionary(id).cloned().unwrap_or_default();
            let (old, new) = (part(self.old, old), part(self.new, new));
            same &= self.children(&old, &new, &mut elements);
            for key in keys(&old, &new) {
                same &= key == b"K" || self.equal_entries(&old, &new, key);
            }
        }
        let (old, new) = (numbers(self.old, &was), numbers(self.new, &is));
        for (number, object) in &new {
            same &= match old.get(number) {
                Some(before) => self.equal(before, object),
                None => object.as_reference().is_ok_and(|id| elements.contains(&id)),
            };
        }
        same &= old.keys().all(|number| new.contains_key(number));
        if !same {
            self.note(ChangeKind::Structure, "");
        }
    }

    /// Whether an element's children are those it had, and elements for fields of signatures after them.
    fn children(&mut self, was: &Dictionary, is: &Dictionary, elements: &mut BTreeSet<ObjectId>) -> bool {
        let (old, new) = (kids(self.old, was), kids(self.new, is));
        let mut same = new.len() >= old.len();
        for (index, kid) in new.iter().enumerate() {
            same &= match old.get(index) {
                Some(before) => self.equal(before, kid),
                None => {
                    let own = self.is_field_element(kid);
                    elements.extend(kid.as_reference().ok().filter(|_| own));
                    own
                }
            };
        }
        same
    }

    /// Whether an element holds the field of a signature that was added, and nothing else.
    fn is_field_element(&self, element: &Object) -> bool {
        let Some(element) = as_dictionary(self.new.resolve(element)) else { return false };
        let form = self.new.entry(element, b"S").as_name().is_ok_and(|kind| kind == b"Form");
        let known: [&[u8]; 8] = [b"Type", b"S", b"P", b"Pg", b"K", b"Lang", b"T", b"ID"];
        let kids = kids(self.new, element);
        let [kid] = kids.as_slice() else { return false };
        let field = as_dictionary(self.new.resolve(kid)).and_then(|kid| kid.get(b"Obj").ok()?.as_reference().ok());
        form && element.iter().all(|(key, _)| known.contains(&key.as_slice()))
            && field.is_some_and(|id| self.fields.contains(&id))
    }

    fn trailer(&mut self) {
        let (was, is) = (self.old.document().trailer.clone(), self.new.document().trailer.clone());
        let empty = Dictionary::new();
        let info = |file: &File, trailer: &Dictionary| file.dictionary(trailer, b"Info").unwrap_or(&empty).clone();
        let (old, new) = (info(self.old, &was), info(self.new, &is));
        for key in keys(&old, &new) {
            if !self.equal_entries(&old, &new, key) {
                let own = WRITER_INFO.contains(&key);
                self.note(if own { ChangeKind::WriterNotes } else { ChangeKind::Metadata }, "Info");
            }
        }
        // The same bytes may be written in two ways.
        let id = |file: &File, trailer: &Dictionary| {
            file.array(trailer, b"ID").first().and_then(|id| Some(id.as_str().ok()?.to_vec()))
        };
        if id(self.old, &was) != id(self.new, &is) {
            self.note(ChangeKind::Other, "ID");
        }
    }

    fn equal_entries(&mut self, was: &Dictionary, is: &Dictionary, key: &[u8]) -> bool {
        let null = Object::Null;
        self.equal(was.get(key).unwrap_or(&null), is.get(key).unwrap_or(&null))
    }

    /// Whether two objects say the same, with all they refer to.
    fn equal(&mut self, old: &Object, new: &Object) -> bool {
        let mut met = Vec::new();
        let mut waiting = vec![(old, new)];
        let equal = loop {
            let Some((old, new)) = waiting.pop() else { break true };
            if let (Object::Reference(a), Object::Reference(b)) = (old, new) {
                if !self.same.insert((*a, *b)) {
                    continue;
                }
                met.push((*a, *b));
            }
            let (old, new) = (self.old.resolve(old), self.new.resolve(new));
            // Paid before it is done: many may refer to one long array.
            match self.pairs.checked_sub(cost(old)) {
                Some(left) => *self.pairs = left,
                None => break false,
            }
            let alike = match (old, new) {
                (Object::Array(old), Object::Array(new)) => {
                    waiting.extend(old.iter().zip(new));
                    old.len() == new.len()
                }
                (Object::Dictionary(old), Object::Dictionary(new)) => pair(old, new, &mut waiting),
                (Object::Stream(old), Object::Stream(new)) => {
                    old.content == new.content && pair(&old.dict, &new.dict, &mut waiting)
                }
                (Object::String(old, _), Object::String(new, _)) => old == new,
                (Object::Integer(whole), Object::Real(real)) | (Object::Real(real), Object::Integer(whole)) => {
                    *whole as f64 == f64::from(*real)
                }
                (old, new) => old == new,
            };
            if !alike {
                break false;
            }
        };
        if !equal {
            // What was assumed on the way is not known after all.
            for pair in met {
                self.same.remove(&pair);
            }
        }
        equal
    }
}

/// What it costs to compare an object, without what it refers to.
fn cost(object: &Object) -> usize {
    1 + match object {
        Object::Array(items) => items.len(),
        Object::Dictionary(own) => own.len(),
        Object::Stream(stream) => stream.dict.len() + stream.content.len() / PAIR_OF_BYTES,
        Object::String(text, _) => text.len() / PAIR_OF_BYTES,
        Object::Name(name) => name.len() / PAIR_OF_BYTES,
        Object::Null | Object::Boolean(_) | Object::Integer(_) | Object::Real(_) | Object::Reference(_) => 0,
    }
}

/// Whether a field has an appearance in which nothing is drawn. Without one, readers draw their own.
fn shows_nothing(file: &File, field: ObjectId) -> bool {
    let appearance = file.document().get_dictionary(field).ok().and_then(|field| file.dictionary(field, b"AP"));
    appearance.is_some_and(|appearance| {
        let blank = |state: &Object| file.resolve(state).as_stream().is_ok_and(|stream| stream.content.is_empty());
        appearance.iter().all(|(_, state)| blank(state))
    })
}

/// The places kept for seals: the page's index, and the rectangle around each in points.
fn kept(file: &File) -> Vec<(usize, [f64; 4])> {
    let pages = file.pages();
    let place = |place: crate::pdf::SealPlace| {
        let index = place.page.checked_sub(1)?;
        let page = file.document().get_dictionary(*pages.get(index)?).ok()?;
        let paper = inherited(file, page, b"MediaBox");
        let [left, _, _, top] = rectangle(file, file.resolve(&paper).as_array().ok()?)?;
        let (x, y, radius) = (left + place.x.to_pt(), top - place.y.to_pt(), place.diameter.to_pt() / 2.0);
        Some((index, [x - radius, y - radius, x + radius, y + radius]))
    };
    file.properties().seals.into_iter().filter_map(place).collect()
}

/// Whether a rectangle lies in a place, or stands out of it by next to nothing.
fn lies_in([left, low, right, high]: [f64; 4], place: [f64; 4]) -> bool {
    left >= place[0] - NEAR && low >= place[1] - NEAR && right <= place[2] + NEAR && high <= place[3] + NEAR
}

/// The entries of two dictionaries, to be compared; whether they have the same keys.
fn pair<'o>(old: &'o Dictionary, new: &'o Dictionary, waiting: &mut Vec<(&'o Object, &'o Object)>) -> bool {
    if old.len() != new.len() {
        return false;
    }
    for (key, object) in old.iter() {
        match new.get(key) {
            Ok(other) => waiting.push((object, other)),
            Err(_) => return false,
        }
    }
    true
}

/// The keys of either dictionary.
fn keys<'d>(was: &'d Dictionary, is: &'d Dictionary) -> BTreeSet<&'d [u8]> {
    was.iter().chain(is.iter()).map(|(key, _)| key.as_slice()).collect()
}

/// The element that is the document: the first below the structure's root.
fn head(file: &File) -> Option<ObjectId> {
    let root = file.dictionary(file.catalog(), b"StructTreeRoot")?;
    kids(file, root).first()?.as_reference().ok()
}

fn kids(file: &File, element: &Dictionary) -> Vec<Object> {
    match file.entry(element, b"K") {
        Object::Array(kids) => kids.clone(),
        Object::Null => Vec::new(),
        _ => element.get(b"K").cloned().into_iter().collect(),
    }
}

/// The nodes of the page tree above the pages, page by page.
fn parents(file: &File) -> Vec<ObjectId> {
    let parent = |id: &ObjectId| file.document().get_dictionary(*id).ok()?.get(b"Parent").ok()?.as_reference().ok();
    file.pages().iter().filter_map(parent).collect()
}

/// What a page takes from the tree above it.
fn inherited(file: &File, page: &Dictionary, key: &[u8]) -> Object {
    let mut node = page;
    for _ in 0..32 {
        if let Ok(object) = node.get(key) {
            return object.clone();
        }
        match file.dictionary(node, b"Parent") {
            Some(parent) => node = parent,
            None => break,
        }
    }
    Object::Null
}

/// The entries of the tree by which the structure finds parts of pages.
fn numbers(file: &File, root: &Dictionary) -> BTreeMap<i64, Object> {
    let mut found = BTreeMap::new();
    let mut waiting: Vec<(&Dictionary, usize)> =
        file.dictionary(root, b"ParentTree").map(|tree| (tree, 0)).into_iter().collect();
    let mut met = 0;
    while let Some((node, depth)) = waiting.pop() {
        met += 1;
        if met > MOST_NODES {
            break;
        }
        for pair in file.array(node, b"Nums").chunks_exact(2) {
            if let Ok(number) = pair[0].as_i64() {
                found.insert(number, pair[1].clone());
            }
        }
        if depth < 16 && waiting.len() < MOST_NODES {
            let kids = file.array(node, b"Kids").iter().take(MOST_NODES);
            waiting.extend(kids.filter_map(|kid| Some((as_dictionary(file.resolve(kid))?, depth + 1))));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A PDF whose catalog has `Dests`, two arrays that hold each other and end in a number; none is in a table of
    /// its own.
    fn pdf(number: i64) -> Vec<u8> {
        let mut document = lopdf_document();
        let ends = document.add_object(Object::Array(vec![number.into(); 50]));
        let lists: Vec<Object> = (0..50).map(|_| Object::Array(vec![ends.into(); 50])).collect();
        let lists: Vec<Object> = lists.into_iter().map(|list| document.add_object(list).into()).collect();
        let root = document.trailer.get(b"Root").and_then(Object::as_reference).expect("a root");
        document.get_dictionary_mut(root).expect("a catalog").set("Dests", lists);
        let mut bytes = Vec::new();
        document.save_to(&mut bytes).expect("a PDF");
        bytes
    }

    fn lopdf_document() -> crate::pdf::Document {
        use crate::pdf::dictionary;
        let mut document = crate::pdf::Document::with_version("1.7");
        let tree = document.new_object_id();
        let paper: Vec<Object> = [0, 0, 100, 100].map(Object::Integer).to_vec();
        let page = document.add_object(dictionary! { "Type" => "Page", "Parent" => tree, "MediaBox" => paper });
        document.set_object(tree, dictionary! { "Type" => "Pages", "Kids" => vec![page.into()], "Count" => 1 });
        let root = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
        document.trailer.set("Root", root);
        document
    }

    #[test]
    fn what_there_is_no_time_to_compare_counts_as_changed() {
        let (one, other) = (pdf(1), pdf(2));
        let (old, same, new) =
            (File::read(&one).expect("a PDF"), File::read(&one).expect("a PDF"), File::read(&other).expect("a PDF"));
        let told = |new: &File, pairs: usize| {
            let mut left = pairs;
            let changes = between(&old, new, &mut left);
            (changes.iter().any(|change| change.kind == ChangeKind::Other), pairs - left)
        };
        assert!(told(&new, 1_000_000).0);
        let (changed, used) = told(&same, 1_000_000);
        assert!(!changed && used < 10_000, "{used}");
        // Every list is long, and paid for before it is gone through.
        let (changed, used) = told(&same, 1_000);
        assert!(changed && used <= 1_000, "{used}");
    }
}
