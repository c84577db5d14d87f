//! A signature field, appended to a PDF: the field and its place on a page, in the form's list of fields, and in
//! the structure a screen reader follows (ISO 14289-1, 7.18.4), with zeros where the message will stand.

use std::collections::HashSet;

use super::seal::{Picture, appearance, nothing};
use super::{Certification, Obstacle, Options, Place, Prepared, Seal, SignError, awaits_message};
use crate::pdf::signature::{Field, fields};
use crate::pdf::{
    Dictionary, File, IncrementalDocument, Object, ObjectId, SealPlace, StringFormat, as_dictionary, dictionary,
    text_object,
};

/// A field that is printed, and that its viewer keeps in place (ISO 32000-1, table 165).
const PRINTED_AND_LOCKED: i64 = 4 | 128;
/// Signatures are there, and the file may only be appended to (ISO 32000-1, table 219).
const SIGNED_AND_APPENDED: i64 = 1 | 2;
/// Stands where the range will be told, as wide as any.
const RANGE: &str = "[0 9999999999 9999999999 9999999999]";
/// No more nodes of a tree of numbers than this are looked at; a deep one is as good as broken.
const MOST_NODES: usize = 256;
/// A place with a signature's centre nearer than this is taken.
const NEAR: f64 = 3.0;

/// Where a field stands: its page, and its rectangle in points.
struct Spot {
    page: ObjectId,
    rectangle: [f64; 4],
}

/// Appends a field to a PDF, or signs the one that waits where the seal goes.
pub(super) fn add(pdf: &[u8], options: &Options) -> Result<Prepared, SignError> {
    let file = File::read(pdf)?;
    let before = fields(&file);
    check_allowed(&before, options)?;
    let spot = match &options.seal {
        Some(seal) => spot(&file, &before, seal)?,
        None => unseen(&file)?,
    };
    let waiting = before.iter().find(|field| field.signature.is_none() && covers(field, &spot));
    let waiting = waiting.and_then(|field| Some((field.id?, field.shown?.1)));
    let first = before.iter().all(|field| field.signature.is_none());
    // Seals that are to follow get their fields now: what is read aloud cannot be changed once it is signed.
    let closes = options.certification == Some(Certification::Nothing);
    let later = if first && waiting.is_none() && !closes { kept_spots(&file, &spot)? } else { Vec::new() };
    let catalog_id = file.document().trailer.get(b"Root").and_then(Object::as_reference);
    let catalog_id = catalog_id.map_err(|_| structure(Obstacle::CatalogWithoutNumber))?;
    let mut names = (before.len() + 1..)
        .map(|number| format!("Signature{number}"))
        .filter(|name| before.iter().all(|field| field.name != *name));
    let mut update = Update::new(pdf, file);
    let signature = update.add(signature(options).into());
    let shown = match &options.seal {
        // A field that waits keeps its rectangle, so the seal is drawn in the middle of it in its own size.
        Some(seal) => update.picture(seal, &spot, waiting.map_or(spot.rectangle, |(_, rectangle)| rectangle))?,
        // Some readers want an appearance even where there is nothing to see.
        None => update.add(nothing().into()),
    };
    match waiting {
        Some((id, _)) => {
            let mut field = update.get_dictionary(id, Obstacle::WaitingField)?;
            field.set("V", signature);
            field.set("AP", dictionary! { "N" => shown });
            update.set(id, field.into());
        }
        None => {
            let mut field = widget_of(&names.next().unwrap_or_default(), &spot, shown);
            field.set("V", signature);
            update.put(field, &spot, options.seal.is_some(), catalog_id)?;
        }
    }
    for spot in later {
        let shown = update.add(nothing().into());
        let field = widget_of(&names.next().unwrap_or_default(), &spot, shown);
        update.put(field, &spot, true, catalog_id)?;
    }
    update.sign_form(catalog_id, options.certification.is_some().then_some(signature))?;
    update.finish(pdf.len(), options.room)
}

/// Whether a field stands where a seal goes.
fn covers(field: &Field, spot: &Spot) -> bool {
    let centre = |[left, low, right, high]: [f64; 4]| ((left + right) / 2.0, (low + high) / 2.0);
    field.shown.is_some_and(|(page, rectangle)| {
        let ((x, y), (to_x, to_y)) = (centre(rectangle), centre(spot.rectangle));
        page == spot.page && (x - to_x).hypot(y - to_y) < NEAR
    })
}

/// Where a field stands that cannot be seen: beside the first page's paper, where nobody is to read it
/// (ISO 14289-1, 7.18.1).
fn unseen(file: &File) -> Result<Spot, SignError> {
    let page = *file.pages().first().ok_or(SignError::NoPage { page: 1, pages: 0 })?;
    let [left, low, ..] = paper(file, page).unwrap_or_default();
    let (x, y) = (left.floor() - 1.0, low.floor() - 1.0);
    Ok(Spot { page, rectangle: [x, y, x, y] })
}

/// The page of a number.
fn page_of(file: &File, page: usize) -> Result<ObjectId, SignError> {
    let pages = file.pages();
    let id = page.checked_sub(1).and_then(|index| pages.get(index)).copied();
    id.ok_or(SignError::NoPage { page, pages: pages.len() })
}

/// The places the layout kept for seals, in their order.
fn all_kept(file: &File) -> Result<Vec<Spot>, SignError> {
    let kept = file.properties().seals.into_iter();
    let spot = |place: SealPlace| {
        let page = page_of(file, place.page)?;
        let [left, _, _, top] = paper(file, page)?;
        let (x, y, radius) = (left + place.x.to_pt(), top - place.y.to_pt(), place.diameter.to_pt() / 2.0);
        Ok(Spot { page, rectangle: [x - radius, y - radius, x + radius, y + radius] })
    };
    kept.map(spot).collect()
}

/// The places the layout kept for seals, but for the one that is used now.
fn kept_spots(file: &File, used: &Spot) -> Result<Vec<Spot>, SignError> {
    let taken = Field { name: String::new(), id: None, shown: Some((used.page, used.rectangle)), signature: None };
    Ok(all_kept(file)?.into_iter().filter(|spot| !covers(&taken, spot)).collect())
}

/// The numbers, counted from 1, of the places kept for seals that no signature covers.
fn free_places(file: &File, before: &[Field]) -> Result<Vec<usize>, SignError> {
    let signed = |spot: &Spot| before.iter().any(|field| field.signature.is_some() && covers(field, spot));
    Ok(all_kept(file)?.iter().zip(1..).filter(|(spot, _)| !signed(spot)).map(|(_, number)| number).collect())
}

/// Whether what was signed before lets another signature follow.
fn check_allowed(before: &[Field], options: &Options) -> Result<(), SignError> {
    let mut signed = before.iter().filter_map(|field| field.signature.as_ref());
    // What is appended now would not be covered by the message when it comes, nor have been shown to its signer.
    if signed.clone().any(awaits_message) {
        return Err(SignError::Awaited);
    }
    if signed.clone().any(|signature| signature.certifies == Some(Certification::Nothing as i64)) {
        return Err(SignError::Closed);
    }
    if options.certification.is_some() && signed.next().is_some() {
        return Err(SignError::NotFirst);
    }
    Ok(())
}

fn structure(reason: Obstacle) -> SignError {
    SignError::Structure { reason }
}

/// Where a seal goes: on a place that was kept for it, or where it is told to.
fn spot(file: &File, before: &[Field], seal: &Seal) -> Result<Spot, SignError> {
    let kept = file.properties().seals;
    let free = match seal.place {
        Place::At { .. } => Vec::new(),
        Place::Kept(_) | Place::NextKept => free_places(file, before)?,
    };
    let none_free = SignError::NoPlace { kept: kept.len() };
    let (page, x, y, room) = match seal.place {
        Place::At { page, x, y } => (page, x, y, None),
        Place::Kept(_) if kept.is_empty() => return Err(none_free),
        Place::Kept(number) => {
            let place = number.checked_sub(1).and_then(|index| kept.get(index));
            let place = place.ok_or_else(|| SignError::NoSuchPlace { number, kept: kept.len(), free: free.clone() })?;
            if !free.contains(&number) {
                return Err(SignError::Taken { number, free });
            }
            (place.page, place.x, place.y, Some(place.diameter))
        }
        Place::NextKept => {
            let place = free.first().and_then(|number| kept.get(number - 1)).ok_or(none_free)?;
            (place.page, place.x, place.y, Some(place.diameter))
        }
    };
    let diameter = seal.diameter.or(room).ok_or(SignError::NoDiameter)?;
    match room {
        Some(kept) if diameter > kept => return Err(SignError::TooWide { diameter, kept }),
        Some(_) | None => (),
    }
    let page = page_of(file, page)?;
    let [left, low, right, top] = paper(file, page)?;
    let (x, y, radius) = (left + x.to_pt(), top - y.to_pt(), diameter.to_pt() / 2.0);
    if radius <= 0.0 || x - radius < left || x + radius > right || y - radius < low || y + radius > top {
        return Err(SignError::OffPage);
    }
    Ok(Spot { page, rectangle: [x - radius, y - radius, x + radius, y + radius] })
}

/// The sides of a page's paper: left, lower, right, upper.
fn paper(file: &File, page: ObjectId) -> Result<[f64; 4], SignError> {
    let mut node = file.document().get_dictionary(page).map_err(|_| structure(Obstacle::Page))?;
    let mut paper = None;
    // The paper may be told once for many pages.
    for _ in 0..32 {
        if !matches!(file.entry(node, b"Rotate").as_i64(), Ok(0) | Err(_)) {
            return Err(structure(Obstacle::TurnedPage));
        }
        if paper.is_none() {
            let sides = file.array(node, b"MediaBox").iter();
            let sides: Vec<f64> = sides.filter_map(|side| file.resolve(side).as_float().ok()).map(f64::from).collect();
            paper = <[f64; 4]>::try_from(sides).ok();
        }
        match file.dictionary(node, b"Parent") {
            Some(parent) => node = parent,
            None => break,
        }
    }
    paper.ok_or_else(|| structure(Obstacle::PageWithoutSize))
}

/// The signature, without its message.
fn signature(options: &Options) -> Dictionary {
    let mut signature = dictionary! {
        "Type" => "Sig",
        "Filter" => "Adobe.PPKLite",
        "SubFilter" => "ETSI.CAdES.detached",
        // Replaced when all other bytes stand.
        "ByteRange" => vec![0.into(), 9_999_999_999_i64.into(), 9_999_999_999_i64.into(), 9_999_999_999_i64.into()],
        "Contents" => Object::String(vec![0; options.room], StringFormat::Hexadecimal),
        "M" => text_object(&options.time.to_pdf()),
    };
    if let Some(reason) = &options.reason {
        signature.set("Reason", text_object(reason));
    }
    if let Some(location) = &options.location {
        signature.set("Location", text_object(location));
    }
    if let Some(certification) = options.certification {
        let parameters = dictionary! { "Type" => "TransformParams", "P" => certification as i64, "V" => "1.2" };
        let reference =
            dictionary! { "Type" => "SigRef", "TransformMethod" => "DocMDP", "TransformParams" => parameters };
        signature.set("Reference", vec![Object::Dictionary(reference)]);
    }
    signature
}

fn widget_of(name: &str, spot: &Spot, shown: ObjectId) -> Dictionary {
    let number = name.trim_start_matches("Signature");
    let words = text_object(&format!("电子签名{number}"));
    let sides = spot.rectangle.map(|side| Object::Real(side as f32));
    dictionary! {
        "Type" => "Annot",
        "Subtype" => "Widget",
        "FT" => "Sig",
        "T" => text_object(name),
        "TU" => words.clone(),
        "Contents" => words,
        "AP" => dictionary! { "N" => shown },
        "F" => PRINTED_AND_LOCKED,
        "Rect" => sides.to_vec(),
        "P" => spot.page,
    }
}

/// A file and what is appended to it.
struct Update {
    document: IncrementalDocument,
}

impl Update {
    fn new(pdf: &[u8], file: File) -> Self {
        Update { document: IncrementalDocument::create_from(pdf.to_vec(), file.into_document()) }
    }

    fn add(&mut self, object: Object) -> ObjectId {
        self.document.new_document.add_object(object)
    }

    fn new_id(&mut self) -> ObjectId {
        self.document.new_document.new_object_id()
    }

    fn set(&mut self, id: ObjectId, object: Object) {
        self.document.new_document.objects.insert(id, object);
    }

    /// An object as it stands now.
    fn get(&self, id: ObjectId) -> Option<&Object> {
        let new = self.document.new_document.objects.get(&id);
        new.or_else(|| self.document.get_prev_documents().objects.get(&id))
    }

    fn get_dictionary(&self, id: ObjectId, what: Obstacle) -> Result<Dictionary, SignError> {
        let found = self.get(id).and_then(|object| object.as_dict().ok());
        found.cloned().ok_or_else(|| structure(what))
    }

    /// What an entry is, its reference followed.
    fn value(&self, dictionary: &Dictionary, key: &[u8]) -> Option<Object> {
        match dictionary.get(key).ok()? {
            Object::Reference(id) => self.get(*id).cloned(),
            direct => Some(direct.clone()),
        }
    }

    /// Changes an entry where it stands: in an object of its own, or in the dictionary.
    fn change(&mut self, dictionary: &mut Dictionary, key: &str, value: Object) {
        match dictionary.get(key.as_bytes()) {
            Ok(Object::Reference(id)) if self.get(*id).is_some() => {
                let id = *id;
                self.set(id, value);
            }
            _ => dictionary.set(key, value),
        }
    }

    /// The appearance of a seal as wide as its spot, in the middle of a field.
    fn picture(&mut self, seal: &Seal, spot: &Spot, field: [f64; 4]) -> Result<ObjectId, SignError> {
        let picture = Picture::read(&seal.picture)?;
        let [left, _, right, _] = spot.rectangle;
        // The longer side is the diameter; the other is centred.
        let (across, down) = (picture.size.0 as f64, picture.size.1 as f64);
        let scale = (right - left) / across.max(down);
        let (mut colours, cover) = picture.images();
        let cover = self.add(cover.into());
        colours.dict.set("SMask", cover);
        let image = self.add(colours.into());
        let shown =
            appearance((field[2] - field[0], field[3] - field[1]), (across * scale, down * scale), image.into());
        Ok(self.add(shown.into()))
    }

    /// Makes the field a part of the structure; the key by which the structure finds it, where there is one.
    fn tag(&mut self, widget: ObjectId, page: ObjectId) -> Result<Option<i64>, SignError> {
        let catalog = self.document.get_prev_documents().catalog().cloned().unwrap_or_default();
        let Ok(root_id) = catalog.get(b"StructTreeRoot").and_then(Object::as_reference) else { return Ok(None) };
        let mut root = self.get_dictionary(root_id, Obstacle::Structure)?;
        let element = self.new_id();
        // Below the first element, which is the document; else below the root itself.
        let first = match self.value(&root, b"K") {
            Some(Object::Array(kids)) => kids.first().and_then(|kid| kid.as_reference().ok()),
            Some(_) => root.get(b"K").and_then(Object::as_reference).ok(),
            None => None,
        };
        let parent = first.unwrap_or(root_id);
        let object = dictionary! { "Type" => "OBJR", "Obj" => widget, "Pg" => page };
        let own = dictionary! { "Type" => "StructElem", "S" => "Form", "P" => parent, "Pg" => page, "K" => object };
        self.set(element, own.into());
        let mut above =
            if parent == root_id { root.clone() } else { self.get_dictionary(parent, Obstacle::Structure)? };
        let kids = match self.value(&above, b"K") {
            Some(Object::Array(mut kids)) => {
                kids.push(element.into());
                kids
            }
            Some(_) => vec![above.get(b"K").cloned().unwrap_or(Object::Null), element.into()],
            None => vec![element.into()],
        };
        self.change(&mut above, "K", kids.into());
        if parent == root_id {
            root = above;
        } else {
            self.set(parent, above.into());
        }
        let key = self.number(&mut root, element)?;
        self.set(root_id, root.into());
        Ok(Some(key))
    }

    /// Enters an element into the tree by which the structure finds parts of pages, under a key of its own.
    fn number(&mut self, root: &mut Dictionary, element: ObjectId) -> Result<i64, SignError> {
        let tree =
            self.value(root, b"ParentTree").unwrap_or_else(|| dictionary! { "Nums" => Vec::<Object>::new() }.into());
        let mut tree = tree.as_dict().cloned().map_err(|_| structure(Obstacle::NoNumbers))?;
        let told = root.get(b"ParentTreeNextKey").and_then(Object::as_i64).unwrap_or(0);
        let key = told.max(self.next_key(&tree, &mut HashSet::new()));
        let pair = [Object::Integer(key), element.into()];
        match (self.value(&tree, b"Nums"), self.value(&tree, b"Kids")) {
            (Some(Object::Array(mut numbers)), _) => {
                numbers.extend(pair);
                self.change(&mut tree, "Nums", numbers.into());
            }
            (_, Some(Object::Array(mut kids))) => {
                let limits: Vec<Object> = vec![key.into(), key.into()];
                let leaf = self.add(dictionary! { "Limits" => limits, "Nums" => pair.to_vec() }.into());
                kids.push(leaf.into());
                self.change(&mut tree, "Kids", kids.into());
            }
            _ => tree.set("Nums", pair.to_vec()),
        }
        self.change(root, "ParentTree", tree.into());
        root.set("ParentTreeNextKey", key + 1);
        Ok(key)
    }

    /// A key greater than all in a tree of numbers; `seen` are the nodes that were looked at.
    fn next_key(&self, tree: &Dictionary, seen: &mut HashSet<ObjectId>) -> i64 {
        let Some(Object::Array(kids)) = self.value(tree, b"Kids").filter(|_| seen.len() < MOST_NODES) else {
            let numbers = self.value(tree, b"Nums");
            let numbers = numbers.as_ref().and_then(|numbers| numbers.as_array().ok()).map_or(&[][..], Vec::as_slice);
            let keys = numbers.iter().step_by(2).filter_map(|key| key.as_i64().ok());
            return keys.max().map_or(0, |greatest| greatest.saturating_add(1));
        };
        let mut next = 0;
        for id in kids.iter().filter_map(|kid| kid.as_reference().ok()) {
            if let (true, Some(kid)) = (seen.insert(id), self.get(id).and_then(as_dictionary)) {
                next = next.max(self.next_key(kid, seen));
            }
        }
        next
    }

    fn put_on_page(&mut self, widget: ObjectId, page: ObjectId) -> Result<(), SignError> {
        let mut on = self.get_dictionary(page, Obstacle::Page)?;
        let mut notes = match self.value(&on, b"Annots") {
            Some(Object::Array(notes)) => notes,
            _ => Vec::new(),
        };
        notes.push(widget.into());
        self.change(&mut on, "Annots", notes.into());
        // Read in the order of the structure (ISO 14289-1, 7.18.3).
        on.set("Tabs", Object::Name(b"S".to_vec()));
        self.set(page, on.into());
        Ok(())
    }

    /// Puts a field where it belongs: on its page, into the form, and where it can be seen into the structure.
    fn put(&mut self, mut field: Dictionary, spot: &Spot, seen: bool, catalog_id: ObjectId) -> Result<(), SignError> {
        let widget = self.new_id();
        if seen && let Some(key) = self.tag(widget, spot.page)? {
            field.set("StructParent", key);
        }
        self.set(widget, field.into());
        self.put_on_page(widget, spot.page)?;
        self.in_form(catalog_id, |update, form| {
            let mut fields = match update.value(form, b"Fields") {
                Some(Object::Array(fields)) => fields,
                _ => Vec::new(),
            };
            fields.push(widget.into());
            update.change(form, "Fields", fields.into());
        })
    }

    /// Marks the form as signed, and names the signature that certifies the document where one does.
    fn sign_form(&mut self, catalog_id: ObjectId, certifying: Option<ObjectId>) -> Result<(), SignError> {
        self.in_form(catalog_id, |_, form| form.set("SigFlags", SIGNED_AND_APPENDED))?;
        if let Some(signature) = certifying {
            let mut catalog = self.get_dictionary(catalog_id, Obstacle::Catalog)?;
            catalog.set("Perms", dictionary! { "DocMDP" => signature });
            self.set(catalog_id, catalog.into());
        }
        Ok(())
    }

    fn in_form(
        &mut self,
        catalog_id: ObjectId,
        change: impl FnOnce(&mut Self, &mut Dictionary),
    ) -> Result<(), SignError> {
        let mut catalog = self.get_dictionary(catalog_id, Obstacle::Catalog)?;
        let mut form = match self.value(&catalog, b"AcroForm") {
            Some(Object::Dictionary(form)) => form,
            _ => Dictionary::new(),
        };
        change(self, &mut form);
        self.change(&mut catalog, "AcroForm", form.into());
        self.set(catalog_id, catalog.into());
        Ok(())
    }

    /// Writes the file, and into it which bytes are signed.
    fn finish(mut self, before: usize, room: usize) -> Result<Prepared, SignError> {
        let mut bytes = Vec::new();
        self.document.save_to(&mut bytes).map_err(|error| structure(Obstacle::Unwritten(error.to_string())))?;
        let lost = || structure(Obstacle::PlaceLost);
        let find = |part: &[u8]| {
            let at = bytes.get(before..)?.windows(part.len()).position(|window| window == part)?;
            Some(before + at)
        };
        let zeros = [b"<".as_slice(), "0".repeat(2 * room).as_bytes(), b">"].concat();
        let first = find(&zeros).ok_or_else(lost)?;
        let second = first + zeros.len();
        let range = find(RANGE.as_bytes()).ok_or_else(lost)?;
        let told = format!("[0 {first} {second} {}]", bytes.len() - second);
        // Filled up with blanks: nothing after it may move.
        bytes[range..range + RANGE.len()].copy_from_slice(format!("{told:<width$}", width = RANGE.len()).as_bytes());
        Ok(Prepared { bytes, place: (first + 1, second - 1) })
    }
}
