//! The signatures of a PDF: their fields, and what each says of itself.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::{Dictionary, File, Object, ObjectId, as_dictionary, short_text_of};
use crate::moment::Moment;

/// Fields deeper than this are not looked at.
const DEEPEST: usize = 16;
/// No more fields than this are looked at.
const MOST_FIELDS: usize = 2000;
/// No message is read that is longer, in bytes.
const LONGEST: usize = 4 << 20;
/// No more bytes than this are read of a name.
const LONGEST_NAME: usize = 400;
/// No more bytes than this are read of any other text.
const LONGEST_TEXT: usize = 4000;

/// A signature field, signed or not.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its full name.
    pub name: String,
    /// Its object; `None` for one that has no number of its own.
    pub id: Option<ObjectId>,
    /// The page it stands on and its rectangle in points (left, low, right, high), where it can be seen.
    pub shown: Option<(ObjectId, [f64; 4])>,
    /// The signature in it.
    pub signature: Option<Signature>,
}

/// What a signature says of itself.
#[derive(Clone, Debug)]
pub struct Signature {
    /// Its object; `None` when it has no number of its own.
    pub id: Option<ObjectId>,
    /// Whether it only stamps a time (`DocTimeStamp`).
    pub is_time_stamp: bool,
    /// The kind of its contents (`ETSI.CAdES.detached`).
    pub sub_filter: String,
    /// From where and how many bytes it signs, in pairs; empty when it does not say.
    pub byte_range: Vec<i64>,
    /// The message, and the zeros that fill its place; empty where it does not stand in the signature itself, or is
    /// longer than any.
    pub contents: Arc<[u8]>,
    /// The time it claims.
    pub time: Option<Moment>,
    /// Why it was signed.
    pub reason: Option<String>,
    /// Where it was signed.
    pub location: Option<String>,
    /// What may be changed afterwards, where it certifies the document: 1 nothing, 2 forms and signatures, 3 notes
    /// as well.
    pub certifies: Option<i64>,
}

/// What has been met among the fields.
struct Walk<'a, 'f> {
    file: &'a File<'f>,
    /// The page on which each note stands that is listed on one.
    pages: HashMap<ObjectId, ObjectId>,
    seen: HashSet<ObjectId>,
    /// Signatures several fields may share.
    signatures: HashMap<ObjectId, Signature>,
    found: Vec<Field>,
}

/// The signature fields of a file, in their order.
pub fn fields(file: &File) -> Vec<Field> {
    let Some(form) = file.dictionary(file.catalog(), b"AcroForm") else { return Vec::new() };
    let mut pages = HashMap::new();
    for page in file.pages() {
        let Ok(own) = file.document().get_dictionary(page) else { continue };
        for note in file.array(own, b"Annots").iter().filter_map(|note| note.as_reference().ok()) {
            pages.entry(note).or_insert(page);
        }
    }
    let mut walk = Walk { file, pages, seen: HashSet::new(), signatures: HashMap::new(), found: Vec::new() };
    for field in file.array(form, b"Fields").iter().take(MOST_FIELDS) {
        walk.field(field, ("", false), 0);
    }
    walk.found
}

impl Walk<'_, '_> {
    /// Looks at a field and those below it; `above` is the name so far and whether the fields are signatures.
    fn field(&mut self, object: &Object, above: (&str, bool), depth: usize) {
        let file = self.file;
        let id = object.as_reference().ok();
        if depth > DEEPEST || self.found.len() >= MOST_FIELDS || id.is_some_and(|id| !self.seen.insert(id)) {
            return;
        }
        let Some(field) = as_dictionary(file.resolve(object)) else { return };
        let name = match short_text_of(file.entry(field, b"T"), LONGEST_NAME) {
            Some(own) if above.0.is_empty() => own,
            Some(own) => format!("{}.{own}", above.0),
            None => above.0.to_owned(),
        };
        let signs = file.entry(field, b"FT").as_name().map_or(above.1, |kind| kind == b"Sig");
        let kids = file.array(field, b"Kids");
        let value = file.entry(field, b"V");
        if signs && (kids.is_empty() || !value.is_null()) {
            let signature =
                as_dictionary(value).map(|signature| match field.get(b"V").and_then(Object::as_reference) {
                    Ok(id) => self.signatures.entry(id).or_insert_with(|| read(file, signature, Some(id))).clone(),
                    Err(_) => read(file, signature, None),
                });
            let shown = self.shown(field, id);
            self.found.push(Field { name, id, shown, signature });
            return;
        }
        for kid in kids.iter().take(MOST_FIELDS) {
            self.field(kid, (&name, signs), depth + 1);
        }
    }

    fn shown(&self, field: &Dictionary, id: Option<ObjectId>) -> Option<(ObjectId, [f64; 4])> {
        // Readers show what a page lists, whatever the field says of its page.
        let listed = id.and_then(|id| self.pages.get(&id)).copied();
        let page = listed.or_else(|| field.get(b"P").and_then(Object::as_reference).ok())?;
        let rectangle = rectangle(self.file, self.file.array(field, b"Rect"))?;
        (rectangle[0] != rectangle[2] && rectangle[1] != rectangle[3]).then_some((page, rectangle))
    }
}

/// A rectangle in points: left, low, right, high, whichever corners it is told by.
pub(crate) fn rectangle(file: &File, sides: &[Object]) -> Option<[f64; 4]> {
    let side = |side: &Object| file.resolve(side).as_float().ok().map(f64::from);
    let sides: Vec<f64> = sides.iter().take(4).map(side).collect::<Option<_>>()?;
    let [x, y, to_x, to_y] = sides[..] else { return None };
    Some([x.min(to_x), y.min(to_y), x.max(to_x), y.max(to_y)])
}

fn read(file: &File, signature: &Dictionary, id: Option<ObjectId>) -> Signature {
    let name = |key: &[u8]| file.entry(signature, key).as_name().map(|name| String::from_utf8_lossy(name).into_owned());
    let text = |key: &[u8]| short_text_of(file.entry(signature, key), LONGEST_TEXT);
    let sub_filter: String = name(b"SubFilter").unwrap_or_default().chars().take(LONGEST_NAME).collect();
    let contents = signature.get(b"Contents").and_then(Object::as_str).ok();
    let range = file.array(signature, b"ByteRange").iter().take(64);
    Signature {
        id,
        // What it calls itself does not matter: this kind of contents is a time-stamp.
        is_time_stamp: sub_filter == "ETSI.RFC3161",
        sub_filter,
        byte_range: range.map(|number| file.resolve(number).as_i64().unwrap_or(-1)).collect(),
        contents: contents.filter(|contents| contents.len() <= LONGEST).unwrap_or_default().into(),
        time: text(b"M").and_then(|time| Moment::parse_pdf(&time)),
        reason: text(b"Reason"),
        location: text(b"Location"),
        certifies: certifies(file, signature),
    }
}

/// What a signature lets be changed, when the catalog names it as the one that certifies the document.
fn certifies(file: &File, signature: &Dictionary) -> Option<i64> {
    for reference in file.array(signature, b"Reference").iter().take(16) {
        let Some(reference) = as_dictionary(file.resolve(reference)) else { continue };
        if file.entry(reference, b"TransformMethod").as_name().is_ok_and(|method| method == b"DocMDP") {
            let parameters = file.dictionary(reference, b"TransformParams");
            // ISO 32000-1, table 254: 2 where nothing is said.
            return Some(parameters.map_or(2, |parameters| file.entry(parameters, b"P").as_i64().unwrap_or(2)));
        }
    }
    None
}
