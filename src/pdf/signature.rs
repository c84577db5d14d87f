//! The signatures of a PDF: their fields, and what each says of itself.

use std::collections::HashSet;

use super::{Dictionary, File, Object, ObjectId, as_dictionary, text_of};
use crate::moment::Moment;

/// Fields deeper than this are not looked at.
const DEEPEST: usize = 16;
/// No more fields than this are looked at.
const MOST_FIELDS: usize = 2000;

/// A signature field, signed or not.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its full name.
    pub name: String,
    /// Its object; `None` for one that has no number of its own.
    pub id: Option<ObjectId>,
    /// The page it stands on and its rectangle in points, where it can be seen.
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
    /// The message, and the zeros that fill its place.
    pub contents: Vec<u8>,
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

/// The signature fields of a file, in their order.
pub fn fields(file: &File) -> Vec<Field> {
    let mut found = Vec::new();
    let Some(form) = file.dictionary(file.catalog(), b"AcroForm") else { return found };
    let mut seen = HashSet::new();
    for field in file.array(form, b"Fields").iter().take(MOST_FIELDS) {
        walk(file, field, ("", false), 0, &mut seen, &mut found);
    }
    found
}

/// Looks at a field and those below it; `above` is the name so far and whether the fields are signatures.
fn walk(
    file: &File,
    object: &Object,
    above: (&str, bool),
    depth: usize,
    seen: &mut HashSet<ObjectId>,
    found: &mut Vec<Field>,
) {
    let id = object.as_reference().ok();
    if depth > DEEPEST || found.len() >= MOST_FIELDS || id.is_some_and(|id| !seen.insert(id)) {
        return;
    }
    let Some(field) = as_dictionary(file.resolve(object)) else { return };
    let name = match text_of(file.entry(field, b"T")) {
        Some(own) if above.0.is_empty() => own,
        Some(own) => format!("{}.{own}", above.0),
        None => above.0.to_owned(),
    };
    let signs = file.entry(field, b"FT").as_name().map_or(above.1, |kind| kind == b"Sig");
    let kids = file.array(field, b"Kids");
    let value = file.entry(field, b"V");
    if signs && (kids.is_empty() || !value.is_null()) {
        let signature = as_dictionary(value).map(|signature| {
            let id = field.get(b"V").and_then(Object::as_reference).ok();
            read(file, signature, id)
        });
        found.push(Field { name, id, shown: shown(file, field), signature });
        return;
    }
    for kid in kids.iter().take(MOST_FIELDS) {
        walk(file, kid, (&name, signs), depth + 1, seen, found);
    }
}

fn shown(file: &File, field: &Dictionary) -> Option<(ObjectId, [f64; 4])> {
    let page = field.get(b"P").and_then(Object::as_reference).ok()?;
    let numbers: Vec<f64> =
        file.array(field, b"Rect").iter().filter_map(|side| side.as_float().ok()).map(f64::from).collect();
    let rectangle: [f64; 4] = numbers.try_into().ok()?;
    (rectangle[0] != rectangle[2] && rectangle[1] != rectangle[3]).then_some((page, rectangle))
}

fn read(file: &File, signature: &Dictionary, id: Option<ObjectId>) -> Signature {
    let name = |key: &[u8]| file.entry(signature, key).as_name().map(|name| String::from_utf8_lossy(name).into_owned());
    let text = |key: &[u8]| text_of(file.entry(signature, key));
    let sub_filter = name(b"SubFilter").unwrap_or_default();
    let range = file.array(signature, b"ByteRange").iter().take(64);
    Signature {
        id,
        // What it calls itself does not matter: this kind of contents is a time-stamp.
        is_time_stamp: sub_filter == "ETSI.RFC3161",
        sub_filter,
        byte_range: range.map(|number| file.resolve(number).as_i64().unwrap_or(-1)).collect(),
        contents: file.entry(signature, b"Contents").as_str().unwrap_or_default().to_vec(),
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
