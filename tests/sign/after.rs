//! What may follow a signature, and what may not.

use kanyin::archive::{Bond, Master, MasterError};
use kanyin::extract::{Agreement, compare};
use kanyin::sign;
use kanyin::verify::{Change, ChangeKind, Outcome, Problem};
use lopdf::{Dictionary, IncrementalDocument, Object, ObjectId, Stream, dictionary};

use super::{archived, changed, check, first_page, keys, only, options, signed};

/// An object of the file before, by its number; the catalog's for the trailer's `Root`.
fn from_trailer(update: &IncrementalDocument, key: &[u8]) -> (ObjectId, Dictionary) {
    let before = update.get_prev_documents();
    let id = before.trailer.get(key).and_then(Object::as_reference).expect("an object");
    (id, before.get_dictionary(id).expect("a dictionary").clone())
}

/// A signed PDF to which entries of the catalog and of the information were added, and whose metadata were rewritten.
fn noted(catalog: &[(&str, Object)], info: &[(&str, &str)], metadata: impl Fn(String) -> String) -> Vec<u8> {
    changed(&signed(), |update| {
        let (root, mut own) = from_trailer(update, b"Root");
        let packet = own.get(b"Metadata").and_then(Object::as_reference).expect("metadata");
        let stream = update.get_prev_documents().get_object(packet).and_then(Object::as_stream).expect("metadata");
        let text = String::from_utf8(stream.get_plain_content().expect("metadata")).expect("UTF-8");
        let stream = Stream::new(stream.dict.clone(), metadata(text).into_bytes());
        update.new_document.set_object(packet, stream);
        for (key, value) in catalog {
            own.set(*key, value.clone());
        }
        update.new_document.set_object(root, own);
        let (id, mut own) = from_trailer(update, b"Info");
        for (key, value) in info {
            own.set(*key, Object::string_literal(*value));
        }
        update.new_document.set_object(id, own);
    })
}

#[test]
fn what_a_program_notes_of_itself_may_follow_a_signature_and_nothing_else() {
    let name = |name: &str| Object::Name(name.as_bytes().to_vec());
    let same = |text: String| text;
    // As pyHanko and Acrobat do: other prefixes, other dates, another producer.
    let rewritten = |text: String| {
        let text = text.replace("<kanyin:", "<n5:").replace("</kanyin:", "</n5:").replace("xmlns:kanyin=", "xmlns:n5=");
        let text = text.replace("<pdf:Producer>", "<pdf:Producer>another; ");
        text.replace("<xmp:ModifyDate>2", "<xmp:MetadataDate>2026</xmp:MetadataDate><xmp:ModifyDate>3")
    };
    let extensions = dictionary! { "ESIC" => dictionary! { "BaseVersion" => name("1.7"), "ExtensionLevel" => 5 } };
    let catalog = [("Version", name("2.0")), ("Extensions", extensions.into()), ("DSS", Dictionary::new().into())];
    let info = [("ModDate", "D:20270101000000Z"), ("Producer", "another")];
    let honest = noted(&catalog, &info, rewritten);
    let verdict = check(&honest);
    assert_eq!(verdict.outcome, Outcome::Valid, "{verdict:?}");
    let kinds: Vec<ChangeKind> = only(&verdict).changes.iter().map(|change| change.kind).collect();
    assert!(kinds.iter().all(|kind| matches!(kind, ChangeKind::ValidationData | ChangeKind::WriterNotes)), "{kinds:?}");
    let twice = sign::sign(&honest, &options(), &keys::second(), None).expect("a signed PDF");
    assert_eq!(check(&twice).outcome, Outcome::Valid);
    // The report is still the one the metadata tell of.
    assert_eq!(kanyin::extract::extract(&twice).expect("a report").matches(), Some(true));
    // Numbers are what they are worth.
    let worth = changed(&signed(), |update| {
        let (id, mut page) = first_page(update);
        let paper = page.get_mut(b"MediaBox").and_then(Object::as_array_mut).expect("paper");
        assert_eq!(paper[0], Object::Integer(0));
        paper[0] = Object::Real(0.0);
        update.new_document.set_object(id, page);
        let (root, mut own) = from_trailer(update, b"Root");
        own.set("DSS", Dictionary::new());
        update.new_document.set_object(root, own);
    });
    assert_eq!(check(&worth).outcome, Outcome::Valid);
    for (forged, kind) in [
        (noted(&[], &[("Title", "another")], same), ChangeKind::Metadata),
        (noted(&[], &[], |text| text.replace("<kanyin:year>2", "<kanyin:year>1")), ChangeKind::Metadata),
        (noted(&[], &[], |text| text.replace("</dc:title>", "</dc:title><dc:x>1</dc:x>")), ChangeKind::Metadata),
        (noted(&[], &[], |_| "nonsense".into()), ChangeKind::Metadata),
        (noted(&[("Version", name("1.3"))], &[], same), ChangeKind::Other),
        (noted(&[("Version", name("9.9"))], &[], same), ChangeKind::Other),
        (noted(&[("OpenAction", Object::Integer(1))], &[], same), ChangeKind::Other),
    ] {
        let verdict = check(&forged);
        assert_eq!(verdict.outcome, Outcome::Invalid, "{kind:?}");
        assert!(only(&verdict).changes.iter().any(|change| change.kind == kind), "{verdict:?}");
    }
}

/// A PDF with a field that calls itself a signature and is not one, listed on the first page.
fn with_field(pdf: &[u8], field: Dictionary) -> Vec<u8> {
    changed(pdf, |update| {
        let (page_id, mut page) = first_page(update);
        let field = update.new_document.add_object(field);
        let annots = page.get(b"Annots").ok().cloned();
        let annots = annots.map(|own| update.get_prev_documents().dereference(&own).expect("notes").1.clone());
        let mut annots = annots.map_or_else(Vec::new, |own| own.as_array().expect("notes").clone());
        annots.push(field.into());
        page.set("Annots", annots);
        update.new_document.set_object(page_id, page);
        let (root, mut own) = from_trailer(update, b"Root");
        let form = own.get(b"AcroForm").ok().cloned();
        let form = form.map(|form| update.get_prev_documents().dereference(&form).expect("a form").1.clone());
        let mut form = form.map_or_else(Dictionary::new, |form| form.as_dict().expect("a form").clone());
        let mut fields = form.get(b"Fields").and_then(Object::as_array).cloned().unwrap_or_default();
        fields.push(field.into());
        form.set("Fields", fields);
        own.set("AcroForm", form);
        update.new_document.set_object(root, own);
    })
}

fn field(rectangle: [i64; 4]) -> Dictionary {
    let signature = dictionary! { "Type" => "Sig", "SubFilter" => "ETSI.CAdES.detached", "Contents" => Object::string_literal("x") };
    dictionary! {
        "Type" => "Annot", "Subtype" => "Widget", "FT" => "Sig", "T" => Object::string_literal("Overlay"), "F" => 132,
        "Rect" => rectangle.map(Object::Integer).to_vec(), "V" => signature
    }
}

#[test]
fn a_signature_set_where_no_place_was_kept_is_a_change_of_its_page() {
    // It is seen by being listed on the page, whatever it says of its page, and whichever corners it names.
    for rectangle in [[0, 0, 200, 100], [200, 100, 0, 0]] {
        let verdict = check(&with_field(&signed(), field(rectangle)));
        let first = verdict.signatures.iter().find(|checked| checked.field != "Overlay").expect("the signature");
        let mark = Change { kind: ChangeKind::Mark { width: 71, height: 35 }, place: "1".into() };
        assert!(first.problems.contains(&Problem::Forbidden(mark)), "{first:?}");
        assert!(first.changes.iter().any(|change| change.kind == ChangeKind::VisibleSignature));
    }
    let verdict = check(&with_field(&signed(), field([5, 5, 5, 5])));
    assert!(
        !verdict
            .signatures
            .iter()
            .flat_map(|one| &one.changes)
            .any(|change| matches!(change.kind, ChangeKind::Mark { .. }))
    );
}

#[test]
fn what_lies_over_a_page_is_no_agreement() {
    let pdf = archived("city-2025.json");
    let agree = |other: &[u8]| compare(other, &pdf).expect("two PDFs");
    let sealed =
        sign::Options { seal: Some(super::seal()), certification: Some(sign::Certification::Signatures), ..options() };
    let honest = sign::sign(&pdf, &sealed, &keys::first(), None).expect("a signed PDF");
    assert_eq!(agree(&honest), Agreement::Bytes { appended: honest.len() - pdf.len() });
    let note = |pdf: &[u8]| {
        changed(pdf, |update| {
            let own = dictionary! { "Type" => "Annot", "Subtype" => "Square", "Rect" => vec![0.into(), 0.into(), 500.into(), 800.into()] };
            let note = update.new_document.add_object(own);
            let (id, mut page) = first_page(update);
            page.set("Annots", vec![note.into()]);
            update.new_document.set_object(id, page);
        })
    };
    // Drawn over what was there, without a word that could be read.
    let drawn = changed(&pdf, |update| {
        let over = update.new_document.add_object(Stream::new(Dictionary::new(), b"1 g 0 0 500 800 re f".to_vec()));
        let (id, mut page) = first_page(update);
        let content = page.get(b"Contents").expect("content").clone();
        page.set("Contents", vec![content, over.into()]);
        update.new_document.set_object(id, page);
    });
    let added = |other: &[u8]| match agree(other) {
        Agreement::AddedTo(changes) => changes.iter().map(|change| change.kind).collect::<Vec<_>>(),
        agreement => panic!("{agreement:?}"),
    };
    assert_eq!(added(&note(&pdf)), [ChangeKind::Note]);
    assert_eq!(added(&drawn), [ChangeKind::PageChanged]);
    assert_eq!(added(&with_field(&pdf, field([0, 0, 500, 800]))), [ChangeKind::VisibleSignature]);
    // Nor is it archived as what was built, be it signed or not.
    let report = std::fs::read(super::root().join("samples/city-2025.json")).expect("the sample");
    let archive = |other: &[u8]| Master::signed(other.to_vec(), &report, &[&pdf]);
    assert_eq!(archive(&honest).expect("a signed PDF").bond(), Bond::Appended { bytes: honest.len() - pdf.len() });
    for other in [note(&pdf), drawn.clone()] {
        let signed = sign::sign(&other, &options(), &keys::first(), None).expect("a signed PDF");
        assert_eq!(check(&signed).outcome, Outcome::Valid);
        assert!(matches!(archive(&other), Err(MasterError::AddedTo(_))));
        assert!(matches!(archive(&signed), Err(MasterError::AddedTo(_))));
    }
    // In other bytes only what is set over the pages can be told.
    let mut other = Vec::new();
    lopdf::Document::load_mem(&pdf).and_then(|mut own| Ok(own.save_to(&mut other)?)).expect("a PDF");
    assert_eq!(agree(&other), Agreement::TextAndTables);
    assert_eq!(added(&note(&other)), [ChangeKind::Note]);
    assert_eq!(added(&with_field(&other, field([0, 0, 500, 800]))), [ChangeKind::VisibleSignature]);
}

#[test]
fn fields_that_share_a_signature_or_have_endless_names_cost_no_more_than_others() {
    let many = changed(&signed(), |update| {
        let before = update.get_prev_documents();
        let shared = before.objects.iter().find(|(_, own)| own.as_dict().is_ok_and(|own| own.has(b"ByteRange")));
        let shared = *shared.expect("a signature").0;
        let (root, mut own) = from_trailer(update, b"Root");
        let name = update.new_document.add_object(Object::string_literal("x".repeat(100_000)));
        let fields = (0..300).map(|_| {
            let field = dictionary! { "FT" => "Sig", "T" => name, "V" => shared };
            Object::Reference(update.new_document.add_object(field))
        });
        let fields: Vec<Object> = fields.collect();
        own.set("AcroForm", dictionary! { "Fields" => fields });
        update.new_document.set_object(root, own);
    });
    let file = kanyin::pdf::File::read(&many).expect("a PDF");
    let fields = kanyin::pdf::signature::fields(&file);
    assert_eq!(fields.len(), 300);
    let contents = |index: usize| &fields[index].signature.as_ref().expect("a signature").contents;
    assert!(!contents(0).is_empty());
    assert!((1..300).all(|index| std::sync::Arc::ptr_eq(contents(0), contents(index))));
    assert!(fields.iter().all(|field| field.name.len() < 1000));
    let verdict = check(&many);
    assert_eq!((verdict.outcome, verdict.signatures.len()), (Outcome::Invalid, 65));
    assert!(verdict.signatures.iter().any(|checked| checked.problems.contains(&Problem::TooMany)));
}
