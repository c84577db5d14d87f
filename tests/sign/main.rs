//! PDFs signed and checked: what holds, and every attack that must not.

mod after;
mod command;
#[path = "../common/mod.rs"]
mod common;
mod keys;
mod proof;

use common::{fonts, root, sheet};
use kanyin::cms::certificate::ChainError;
use kanyin::cms::{CmsError, Signed, timestamp};
use kanyin::compose::{self, compose};
use kanyin::form::Forms;
use kanyin::moment::Moment;
use kanyin::pdf::{Ambiguity, ReadError};
use kanyin::report::Report;
use kanyin::sign::{self, Certification, Options, Place, Seal, SealError, SignError};
use kanyin::typeset::{self, typeset};
use kanyin::verify::{ChangeKind, Checked, Outcome, Problem, Trust, Verdict, verify};
use kanyin::write::pdf::{Source, write_archive};
use lopdf::{Dictionary, IncrementalDocument, Object};

fn archived(name: &str) -> Vec<u8> {
    let json = std::fs::read(root().join("samples").join(name)).expect("the sample");
    let forms = Forms::bundled().expect("the forms");
    let report = Report::parse(&json).expect("a report");
    let checked = kanyin::check::check(&report, forms.choose(&report).expect("a form")).expect("a whole report");
    let document = compose(&checked, &compose::Options { date: report.day(), watermark: None });
    let pages = typeset(&document, &sheet(), fonts(), typeset::Options::default()).expect("every glyph");
    let source = Source { name: "report.json", media_type: "application/json", bytes: &json };
    write_archive(&pages, fonts(), &source).expect("a PDF")
}

fn moment(text: &str) -> Moment {
    Moment::parse(text).expect("a moment")
}

fn options() -> Options {
    Options {
        time: moment("2026-01-20T09:30:00+08:00"),
        reason: Some("发布".into()),
        location: None,
        certification: None,
        seal: None,
        room: sign::ROOM,
    }
}

/// A ring on nothing, 200 dots across, with white around it.
fn picture(opaque: bool) -> Vec<u8> {
    painted(|away| [200, 20, 30, if opaque || (90.0..100.0).contains(&away) { 255 } else { 0 }])
}

/// A picture of 240 dots across, painted by how far a dot is from its middle.
fn painted(dot: impl Fn(f64) -> [u8; 4]) -> Vec<u8> {
    let mut dots = Vec::new();
    for y in 0..240_i32 {
        for x in 0..240_i32 {
            dots.extend(dot(f64::from((x - 120).pow(2) + (y - 120).pow(2)).sqrt()));
        }
    }
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, 240, 240);
    encoder.set_color(png::ColorType::Rgba);
    encoder.write_header().and_then(|mut writer| writer.write_image_data(&dots)).expect("a picture");
    out
}

fn seal() -> Seal {
    Seal { picture: picture(false), place: Place::NextKept, diameter: None }
}

fn trust() -> Trust {
    Trust { certificates: vec![keys::root()], now: moment("2026-06-01T00:00:00Z") }
}

fn check(pdf: &[u8]) -> Verdict {
    verify(pdf, &trust()).expect("a PDF that can be read")
}

fn only(verdict: &Verdict) -> &Checked {
    let [checked] = verdict.signatures.as_slice() else { panic!("{verdict:?}") };
    checked
}

fn signed() -> Vec<u8> {
    sign::sign(&archived("smallest-2024.json"), &options(), &keys::first(), None).expect("a signed PDF")
}

/// Appends a revision in which something is changed, as an attacker would.
fn changed(pdf: &[u8], change: impl FnOnce(&mut IncrementalDocument)) -> Vec<u8> {
    let before = lopdf::Document::load_mem(pdf).expect("a PDF");
    let mut update = IncrementalDocument::create_from(pdf.to_vec(), before);
    change(&mut update);
    let mut out = Vec::new();
    update.save_to(&mut out).expect("a PDF");
    out
}

fn first_page(update: &IncrementalDocument) -> (lopdf::ObjectId, Dictionary) {
    let before = update.get_prev_documents();
    let id = before.page_iter().next().expect("a page");
    (id, before.get_dictionary(id).expect("a page").clone())
}

#[test]
fn a_signed_pdf_is_what_it_was_with_a_signature_appended() {
    let pdf = archived("smallest-2024.json");
    let signed = sign::sign(&pdf, &options(), &keys::first(), None).expect("a signed PDF");
    assert!(signed.starts_with(&pdf));
    assert_eq!(signed, sign::sign(&pdf, &options(), &keys::first(), None).expect("again"), "same input, same bytes");
    let verdict = check(&signed);
    assert_eq!(verdict.outcome, Outcome::Valid, "{verdict:?}");
    let checked = only(&verdict);
    assert_eq!((checked.digest, checked.signature, checked.appended), (Some(true), Some(true), 0));
    assert_eq!(checked.signer.as_ref().map(|signer| signer.name()), Some("First signer".into()));
    assert_eq!(checked.chain.as_ref().map(Vec::len), Some(2));
    assert_eq!(checked.time(), Some((moment("2026-01-20T01:30:00Z"), false)));
    assert_eq!(checked.reason.as_deref(), Some("发布"));
    // The time is told by the clock of whoever signed.
    let told = b"/M(D:20260120093000+08'00')";
    assert!(signed.windows(told.len()).any(|window| window == told));
    // What it was made from still comes out of it.
    assert_eq!(kanyin::extract::extract(&signed).expect("a report").matches(), Some(true));
    let agreement = kanyin::extract::compare(&signed, &pdf).expect("two PDFs");
    assert_eq!(agreement, kanyin::extract::Agreement::Bytes { appended: signed.len() - pdf.len() });
}

#[test]
fn two_bodies_set_their_seals_one_after_the_other() {
    let pdf = archived("joint-2020.json");
    let certify = Options { seal: Some(seal()), certification: Some(Certification::Signatures), ..options() };
    let once = sign::sign(&pdf, &certify, &keys::first(), None).expect("a signed PDF");
    let both = Options { seal: Some(seal()), ..options() };
    let twice = sign::sign(&once, &both, &keys::second(), None).expect("a signed PDF");
    assert!(twice.starts_with(&once));
    let verdict = check(&twice);
    assert_eq!(verdict.outcome, Outcome::Valid, "{verdict:?}");
    let [first, second] = verdict.signatures.as_slice() else { panic!("{verdict:?}") };
    assert_eq!(first.certifies, Some(2));
    assert_eq!(first.changes.iter().map(|change| change.kind).collect::<Vec<_>>(), [ChangeKind::VisibleSignature]);
    assert!(second.changes.is_empty() && second.appended == 0);
    // Both places are taken now.
    let third = sign::sign(&twice, &both, &keys::second(), None);
    assert_eq!(third, Err(SignError::NoPlace { kept: 2 }));
    // A third may still sign unseen, and one that stamps nothing out.
    let thrice = sign::sign(&twice, &options(), &keys::first(), None).expect("a signed PDF");
    assert_eq!(check(&thrice).outcome, Outcome::Valid);
    assert_eq!(sign::prepare(&twice, &certify), Err(SignError::NotFirst));
}

#[test]
fn a_seal_lies_on_its_place_in_its_size() {
    let pdf = archived("city-2025.json");
    let place = kanyin::pdf::File::read(&pdf).expect("a PDF").properties().seals[0];
    let smaller = kanyin::length::Length::mm(42);
    let options = Options { seal: Some(Seal { diameter: Some(smaller), ..seal() }), ..options() };
    let signed = sign::sign(&pdf, &options, &keys::first(), None).expect("a signed PDF");
    let file = kanyin::pdf::File::read(&signed).expect("a PDF");
    let field = &kanyin::pdf::signature::fields(&file)[0];
    let (page, [left, low, right, high]) = field.shown.expect("it can be seen");
    assert_eq!(Some(&page), file.pages().get(place.page - 1));
    let paper = 297.0 * 72.0 / 25.4;
    let near = |a: f64, b: f64| (a - b).abs() < 0.1;
    assert!(near((left + right) / 2.0, place.x.to_pt()) && near((low + high) / 2.0, paper - place.y.to_pt()));
    assert!(near(right - left, smaller.to_pt()) && near(high - low, smaller.to_pt()));
    // One that is wider than its place is refused, as is a picture that hides what it lies on, or none.
    let with = |seal: Seal| sign::prepare(&pdf, &Options { seal: Some(seal), ..self::options() }).map(|_| ());
    let wide = Seal { diameter: Some(kanyin::length::Length::mm(60)), ..seal() };
    assert!(matches!(with(wide), Err(SignError::TooWide { .. })));
    assert_eq!(
        with(Seal { picture: picture(true), ..seal() }),
        Err(SignError::Seal(SealError::Opaque { percent: 100 }))
    );
    assert!(matches!(
        with(Seal { picture: b"GIF89a".to_vec(), ..seal() }),
        Err(SignError::Seal(SealError::NotPng { .. }))
    ));
    let beside = Place::At { page: 1, x: kanyin::length::Length::mm(5), y: kanyin::length::Length::mm(5) };
    assert_eq!(with(Seal { place: beside, diameter: Some(smaller), ..seal() }), Err(SignError::OffPage));
}

/// How wide and high in points the seals of a file's signatures are drawn, and whether each is in the middle.
fn drawn(pdf: &[u8]) -> Vec<(f64, f64)> {
    let file = kanyin::pdf::File::read(pdf).expect("a PDF");
    let document = file.document();
    let signed = kanyin::pdf::signature::fields(&file).into_iter().filter(|field| field.signature.is_some());
    let size = |field: kanyin::pdf::signature::Field| {
        let widget = document.get_dictionary(field.id.expect("a number")).expect("a widget");
        let shown = widget.get(b"AP").and_then(Object::as_dict).and_then(|shown| shown.get(b"N")?.as_reference());
        let shown = document.get_object(shown.expect("shown")).and_then(Object::as_stream).expect("an appearance");
        let sides = |object: &Dictionary, key: &[u8]| -> [f64; 4] {
            let sides = object.get(key).and_then(Object::as_array).expect("sides");
            std::array::from_fn(|at| f64::from(sides[at].as_float().expect("a number")))
        };
        let ([left, low, right, high], [from_x, from_y, to_x, to_y]) =
            (sides(widget, b"Rect"), sides(&shown.dict, b"BBox"));
        // The box is laid on the rectangle (ISO 32000-1, 12.5.5).
        let scale = ((right - left) / (to_x - from_x), (high - low) / (to_y - from_y));
        let words = String::from_utf8(shown.content.clone()).expect("text");
        let words: Vec<&str> = words.split(' ').collect();
        assert_eq!((words[0], words[7]), ("q", "cm"), "{words:?}");
        let number = |at: usize| words[at].parse::<f64>().expect("a number");
        let (across, down) = (number(1), number(4));
        let middle = (number(5) + across / 2.0 - to_x / 2.0, number(6) + down / 2.0 - to_y / 2.0);
        assert!(middle.0.abs() < 0.01 && middle.1.abs() < 0.01, "{middle:?}");
        (across * scale.0, down * scale.1)
    };
    signed.map(size).collect()
}

#[test]
fn every_seal_is_drawn_in_the_diameter_asked_for() {
    let pdf = archived("joint-2020.json");
    let kept = kanyin::pdf::File::read(&pdf).expect("a PDF").properties().seals;
    let smaller = kanyin::length::Length::mm(38);
    let first = Options { seal: Some(seal()), ..options() };
    let once = sign::sign(&pdf, &first, &keys::first(), None).expect("a signed PDF");
    let second = Options { seal: Some(Seal { diameter: Some(smaller), ..seal() }), ..options() };
    let twice = sign::sign(&once, &second, &keys::second(), None).expect("a signed PDF");
    assert_eq!(check(&twice).outcome, Outcome::Valid);
    for ((across, down), wanted) in drawn(&twice).into_iter().zip([kept[0].diameter, smaller]) {
        assert!((across - wanted.to_pt()).abs() < 0.1 && (down - wanted.to_pt()).abs() < 0.1, "{across} × {down}");
    }
    assert_eq!(drawn(&twice).len(), 2);
}

#[test]
fn a_seal_hides_little_and_can_be_seen() {
    let pdf = archived("city-2025.json");
    let with = |dot: &dyn Fn(f64) -> [u8; 4]| {
        let seal = Seal { picture: painted(dot), ..seal() };
        match sign::prepare(&pdf, &Options { seal: Some(seal), ..options() }) {
            Ok(_) => None,
            Err(SignError::Seal(error)) => Some(error),
            Err(other) => panic!("{other}"),
        }
    };
    let red = |cover: u8| [200, 20, 30, cover];
    // Nearly opaque everywhere; a full disc; a red ring on a white disc.
    assert_eq!(with(&|_| red(254)), Some(SealError::Opaque { percent: 100 }));
    assert_eq!(with(&|away| red(if away < 100.0 { 255 } else { 0 })), Some(SealError::Opaque { percent: 79 }));
    let on_white = |away: f64| match away {
        0.0..90.0 => [255; 4],
        90.0..100.0 => red(255),
        _ => [0; 4],
    };
    assert_eq!(with(&on_white), Some(SealError::Opaque { percent: 79 }));
    // White ink.
    assert_eq!(
        with(&|away| [250, 250, 250, if (90.0..100.0).contains(&away) { 255 } else { 0 }]),
        Some(SealError::White)
    );
    // A broad ring, and one of thin ink, are seals.
    assert_eq!(with(&|away| red(if (60.0..100.0).contains(&away) { 255 } else { 0 })), None);
    assert_eq!(with(&|away| red(if away < 100.0 { 90 } else { 0 })), None);
}

#[test]
fn no_seal_is_set_on_a_place_that_is_taken_or_was_not_kept() {
    let pdf = archived("joint-2020.json");
    let on = |place: usize| Options { seal: Some(Seal { place: Place::Kept(place), ..seal() }), ..options() };
    for number in [0, 3] {
        let missing = SignError::NoSuchPlace { number, kept: 2, free: vec![1, 2] };
        assert_eq!(
            missing.to_string(),
            format!("the layout kept 2 places for seals, counted from 1, and no place {number}; places 1, 2 are free")
        );
        assert_eq!(sign::prepare(&pdf, &on(number)), Err(missing));
    }
    let second = sign::sign(&pdf, &on(2), &keys::first(), None).expect("a signed PDF");
    assert_eq!(sign::prepare(&second, &on(2)), Err(SignError::Taken { number: 2, free: vec![1] }));
    let both = sign::sign(&second, &on(1), &keys::second(), None).expect("a signed PDF");
    assert_eq!(check(&both).outcome, Outcome::Valid);
    let taken = SignError::Taken { number: 1, free: Vec::new() };
    assert_eq!(taken.to_string(), "a signature stands on place 1 already; none is free; sign without a seal");
    assert_eq!(sign::prepare(&both, &on(1)), Err(taken));
}

#[test]
fn a_file_that_waits_for_its_message_is_not_signed_over() {
    let prepared = sign::prepare(&archived("smallest-2024.json"), &options()).expect("a prepared PDF");
    let over = sign::sign(&prepared.bytes, &options(), &keys::second(), None);
    assert_eq!(over, Err(SignError::Awaited));
    assert_eq!(sign::prepare(&prepared.bytes, &options()), Err(SignError::Awaited));
}

#[test]
fn a_key_that_lives_elsewhere_signs_the_digest() {
    let pdf = archived("smallest-2024.json");
    let prepared = sign::prepare(&pdf, &options()).expect("a prepared PDF");
    assert_eq!(kanyin::crypto::sha256(&prepared.signed_bytes()).to_vec(), prepared.digest());
    let message =
        |digest: &[u8]| keys::first().sign_digest(digest).and_then(|signed| signed.to_der()).expect("a message");
    let signed = sign::insert(&prepared.bytes, &message(&prepared.digest()), None).expect("a signed PDF");
    assert_eq!(check(&signed).outcome, Outcome::Valid);
    assert_eq!(signed.len(), prepared.bytes.len());
    let other = sign::insert(&prepared.bytes, &message(&[0; 32]), None);
    assert!(matches!(other, Err(SignError::OtherDigest { .. })), "{other:?}");
    assert_eq!(sign::insert(&signed, &message(&[0; 32]), None), Err(SignError::NotPrepared));
    assert!(matches!(sign::insert(&prepared.bytes, b"nonsense", None), Err(SignError::Message(_))));
    // Until then it is not signed.
    assert_eq!(check(&prepared.bytes).outcome, Outcome::Invalid);
}

#[test]
fn a_message_made_elsewhere_is_stamped_when_it_is_put_in() {
    let stamped_at = moment("2026-01-20T02:00:00Z");
    let ask = |request: &[u8]| answer(request, stamped_at);
    let prepared = sign::prepare(&archived("smallest-2024.json"), &options()).expect("a prepared PDF");
    let made = keys::first().sign_digest(&prepared.digest()).and_then(|signed| signed.to_der()).expect("a message");
    let signed = sign::insert(&prepared.bytes, &made, Some(&ask)).expect("a signed PDF");
    let verdict = check(&signed);
    assert_eq!(verdict.outcome, Outcome::Valid, "{verdict:?}");
    assert_eq!(only(&verdict).time(), Some((stamped_at, true)));
    // A message that brings a stamp takes no second; without another it goes in as it is.
    let mut both = Signed::from_der(&made).expect("a message");
    let request = timestamp::request(both.signature()).expect("a request");
    let token = timestamp::token(&ask(&request).expect("an answer"), both.signature()).expect("a token");
    both.add_time_stamp(&token).expect("a stamp");
    let both = both.to_der().expect("a message");
    assert_eq!(sign::insert(&prepared.bytes, &both, Some(&ask)), Err(SignError::Stamped));
    assert!(sign::insert(&prepared.bytes, &both, None).expect("a signed PDF") == signed);
    // A place too small for the stamp is told of.
    let narrow = Options { room: 1 << 10, ..options() };
    let narrow = sign::prepare(&archived("smallest-2024.json"), &narrow).expect("a prepared PDF");
    let made = keys::first().sign_digest(&narrow.digest()).and_then(|signed| signed.to_der()).expect("a message");
    assert!(matches!(sign::insert(&narrow.bytes, &made, Some(&ask)), Err(SignError::NoRoom { .. })));
}

#[test]
fn a_stamp_leaves_what_else_is_unsigned_in_a_message() {
    let mut message = keys::first().sign_digest(&[7; 32]).expect("a message");
    let stamp = |message: &Signed, time: &str| {
        let request = timestamp::request(message.signature()).expect("a request");
        timestamp::token(&answer(&request, moment(time)).expect("an answer"), message.signature()).expect("a token")
    };
    let (one, two) = (stamp(&message, "2026-01-20T02:00:00Z"), stamp(&message, "2026-01-21T02:00:00Z"));
    message.add_time_stamp(&one).and_then(|()| message.add_time_stamp(&two)).expect("two stamps");
    let der = message.to_der().expect("a message");
    for token in [&one, &two] {
        assert!(der.windows(token.len()).any(|window| window == token), "both are there");
    }
}

#[test]
fn a_message_may_be_in_pem() {
    let prepared = sign::prepare(&archived("smallest-2024.json"), &options()).expect("a prepared PDF");
    let der = keys::first().sign_digest(&prepared.digest()).and_then(|signed| signed.to_der()).expect("a message");
    let plain = sign::insert(&prepared.bytes, &der, None).expect("a signed PDF");
    for label in ["CMS", "PKCS7"] {
        for ending in [der::pem::LineEnding::LF, der::pem::LineEnding::CRLF] {
            let pem = der::pem::encode_string(label, ending, &der).expect("PEM");
            assert!(sign::insert(&prepared.bytes, pem.as_bytes(), None).expect("a signed PDF") == plain);
        }
    }
    let other = der::pem::encode_string("CERTIFICATE", der::pem::LineEnding::LF, &der).expect("PEM");
    let refused = sign::insert(&prepared.bytes, other.as_bytes(), None);
    assert_eq!(refused, Err(SignError::Message(CmsError::NotCms)));
}

#[test]
fn a_time_stamp_proves_the_time_and_outlives_the_certificate() {
    let stamped_at = moment("2026-01-20T02:00:00Z");
    let ask = |request: &[u8]| answer(request, stamped_at);
    let pdf = archived("smallest-2024.json");
    let signed = sign::sign(&pdf, &options(), &keys::first(), Some(&ask)).expect("a signed PDF");
    let verdict = check(&signed);
    assert_eq!(verdict.outcome, Outcome::Valid, "{verdict:?}");
    assert_eq!(only(&verdict).time(), Some((stamped_at, true)));
    // In 2050 the certificate has run out: with the stamp it was signed in time, without it nobody knows.
    let later = Trust { now: moment("2050-01-01T00:00:00Z"), ..trust() };
    assert_eq!(verify(&signed, &later).expect("a PDF").outcome, Outcome::Valid);
    let plain = verify(&self::signed(), &later).expect("a PDF");
    assert_eq!(plain.outcome, Outcome::Unproven);
    assert!(matches!(only(&plain).problems[..], [Problem::RanOut { .. }]), "{plain:?}");
    // A server that refuses, or stamps something else, is not believed.
    let refused = sign::sign(&pdf, &options(), &keys::first(), Some(&|_| Ok(vec![0x30, 5, 0x30, 3, 2, 1, 2])));
    assert!(matches!(refused, Err(SignError::NoStamp { .. })), "{refused:?}");
    let other = timestamp::request(b"something else").expect("a request");
    let wrong = sign::sign(&pdf, &options(), &keys::first(), Some(&|_| answer(&other, stamped_at)));
    assert!(matches!(wrong, Err(SignError::NoStamp { .. })), "{wrong:?}");
}

/// A time-stamp server.
fn answer(request: &[u8], time: Moment) -> Result<Vec<u8>, String> {
    answer_of(&keys::server(), request, time)
}

fn answer_of(server: &kanyin::cms::Signer, request: &[u8], time: Moment) -> Result<Vec<u8>, String> {
    let info = timestamp::stamp_info(request, 7, time).ok_or("no request")?;
    let token = server.sign_content(timestamp::STAMP_INFO, &info).and_then(|signed| signed.to_der());
    let token = token.ok_or("no token")?;
    // PKIStatusInfo with status 0, then the token.
    let body = [&[0x30, 3, 2, 1, 0], token.as_slice()].concat();
    let length = u16::try_from(body.len()).map_err(|_| "too long")?.to_be_bytes();
    Ok([&[0x30, 0x82, length[0], length[1]], body.as_slice()].concat())
}

#[test]
fn who_signed_is_proven_only_by_a_certificate_that_is_trusted() {
    let signed = signed();
    let nobody = Trust { certificates: Vec::new(), ..trust() };
    let verdict = verify(&signed, &nobody).expect("a PDF");
    assert_eq!((verdict.outcome, &only(&verdict).problems[..]), (Outcome::Unproven, &[Problem::NobodyTrusted][..]));
    // A root of the same name with another key signed this one.
    let forged =
        sign::sign(&archived("smallest-2024.json"), &options(), &keys::impostor(), None).expect("a signed PDF");
    let verdict = check(&forged);
    assert_eq!(verdict.outcome, Outcome::Invalid);
    assert!(matches!(only(&verdict).problems[..], [Problem::Chain(ChainError::BadSignature { .. })]), "{verdict:?}");
    // A server's key signs no documents.
    let stamper = sign::sign(&archived("smallest-2024.json"), &options(), &keys::server(), None).expect("a signed PDF");
    assert!(matches!(only(&check(&stamper)).problems[..], [Problem::Chain(ChainError::WrongUse { .. })]));
}

#[test]
fn a_file_without_signatures_is_not_valid() {
    let verdict = check(&archived("smallest-2024.json"));
    assert!(verdict.signatures.is_empty());
    assert_eq!(verdict.outcome, Outcome::Invalid);
}

// ---- attacks ----

#[test]
fn a_changed_byte_is_noticed_wherever_it_stands() {
    let signed = signed();
    let range = only(&check(&signed)).byte_range.clone();
    let (gap, after) = (range[1] as usize, range[2] as usize);
    // In the metadata, in a stream, behind the signature.
    let metadata = signed.windows(15).position(|window| window == b"kanyin:edition>").expect("metadata") + 20;
    for at in [metadata, gap / 3, after + 40] {
        let mut forged = signed.clone();
        forged[at] ^= 1;
        match verify(&forged, &trust()) {
            Ok(verdict) => assert_eq!(verdict.outcome, Outcome::Invalid, "{at}"),
            Err(error) => assert!(matches!(error, ReadError::Damaged(_)), "{at}: {error}"),
        }
    }
    let mut forged = signed.clone();
    forged[metadata] ^= 1;
    let verdict = check(&forged);
    assert_eq!(only(&verdict).digest, Some(false));
    assert!(only(&verdict).problems.contains(&Problem::OtherBytes));
}

#[test]
fn a_signature_by_a_wrong_key_is_noticed() {
    // The certificate of the first signer with the key of the second: the library itself refuses to make it.
    let swapped = kanyin::cms::Signer { key: keys::second().key, certificates: keys::first().certificates };
    let pdf = archived("smallest-2024.json");
    assert_eq!(sign::sign(&pdf, &options(), &swapped, None), Err(SignError::WrongCertificate));
    // So the signature of another is put in its place.
    let prepared = sign::prepare(&pdf, &options()).expect("a prepared PDF");
    let signed = keys::first().sign_digest(&prepared.digest()).expect("a message");
    let mut message = signed.to_der().expect("a message");
    let at = message.windows(signed.signature().len()).position(|window| window == signed.signature()).expect("it");
    *message[at..].last_mut().expect("a byte") ^= 1;
    assert!(matches!(sign::insert(&prepared.bytes, &message, None), Err(SignError::BadMessage(_))));
    let gap = prepared.bytes.windows(9).rposition(|window| window == b"<00000000").expect("the place") + 1;
    let digits = kanyin::crypto::hex(&message);
    let mut forged = prepared.bytes.clone();
    forged[gap..gap + digits.len()].copy_from_slice(digits.as_bytes());
    let verdict = check(&forged);
    assert_eq!((only(&verdict).digest, only(&verdict).signature), (Some(true), Some(false)));
    assert_eq!(verdict.outcome, Outcome::Invalid);
}

#[test]
fn appended_bytes_are_noticed() {
    let signed = signed();
    // A trailer of its own that points back into what was signed.
    let table = lopdf::Document::load_mem(&signed).expect("a PDF").xref_start;
    let comment = [&signed[..], format!("% a comment\nstartxref\n{table}\n%%EOF\n").as_bytes()].concat();
    let verdict = check(&comment);
    assert!(matches!(only(&verdict).problems[..], [Problem::Appended { .. }]), "{verdict:?}");
    let garbage = [&signed[..], b"garbage"].concat();
    assert!(matches!(verify(&garbage, &trust()), Err(ReadError::CutShort)));
    // A whole revision with an object nobody uses.
    let unused = changed(&signed, |update| {
        update.new_document.add_object(Object::Integer(1));
    });
    let verdict = check(&unused);
    assert_eq!(verdict.outcome, Outcome::Invalid);
    assert_eq!(only(&verdict).changes[0].kind, ChangeKind::Unused);
}

#[test]
fn a_page_added_after_signing_is_noticed() {
    let forged = changed(&signed(), |update| {
        let (_, page) = first_page(update);
        let tree = page.get(b"Parent").and_then(Object::as_reference).expect("a tree");
        let mut pages = update.get_prev_documents().get_dictionary(tree).expect("a tree").clone();
        let added = update.new_document.add_object(page);
        let mut kids = pages.get(b"Kids").and_then(Object::as_array).expect("pages").clone();
        kids.push(added.into());
        pages.set("Count", kids.len() as i64);
        pages.set("Kids", kids);
        update.new_document.set_object(tree, pages);
    });
    let verdict = check(&forged);
    assert_eq!(verdict.outcome, Outcome::Invalid);
    let checked = only(&verdict);
    // The signature itself is right: what it covers was not touched.
    assert_eq!((checked.digest, checked.signature), (Some(true), Some(true)));
    assert!(checked.changes.iter().any(|change| change.kind == ChangeKind::PageAdded), "{checked:?}");
}

#[test]
fn a_page_tree_cannot_be_changed_beside_what_may_be_added() {
    // Data for later checking may follow a signature; what else comes with it may not.
    let tampered = |change: fn(&mut Dictionary, lopdf::ObjectId)| {
        changed(&signed(), |update| {
            let (page, first) = first_page(update);
            let before = update.get_prev_documents();
            let root = before.trailer.get(b"Root").and_then(Object::as_reference).expect("a root");
            let mut catalog = before.get_dictionary(root).expect("a catalog").clone();
            let tree = first.get(b"Parent").and_then(Object::as_reference).expect("a tree");
            let mut pages = before.get_dictionary(tree).expect("a tree").clone();
            change(&mut pages, page);
            catalog.set("DSS", Dictionary::new());
            update.new_document.set_object(root, catalog);
            update.new_document.set_object(tree, pages);
        })
    };
    assert_eq!(check(&tampered(|_, _| ())).outcome, Outcome::Valid);
    assert_eq!(check(&tampered(|pages, _| pages.set("Rotate", 90))).outcome, Outcome::Invalid);
    let unsound: [fn(&mut Dictionary, lopdf::ObjectId); 3] = [
        |pages, _| pages.set("Count", 2),
        |pages, page| pages.set("Kids", vec![page.into(), page.into(), page.into()]),
        |pages, page| pages.set("Kids", vec![page.into(), page.into(), Dictionary::new().into()]),
    ];
    for change in unsound {
        assert!(matches!(verify(&tampered(change), &trust()), Err(ReadError::Damaged(_))));
    }
}

#[test]
fn a_key_that_is_there_twice_is_noticed_however_it_is_written() {
    // Of two equal keys some readers take the first and some the last.
    let signed = signed();
    let renamed = |from: &str, to: &str| {
        let added = changed(&signed, |update| {
            let before = update.get_prev_documents();
            let root = before.trailer.get(b"Root").and_then(Object::as_reference).expect("a root");
            let mut catalog = before.get_dictionary(root).expect("a catalog").clone();
            catalog
                .set("DSS", lopdf::dictionary! { "Certs" => Object::Array(Vec::new()), "Certzzz" => 1, "Certz" => 1 });
            update.new_document.set_object(root, catalog);
            update.new_document.trailer.set("Roos", Object::Reference(root));
        });
        assert_eq!(check(&added).outcome, Outcome::Valid);
        let at = added.windows(from.len()).rposition(|window| window == from.as_bytes()).expect("the key");
        let mut forged = added;
        forged[at..at + to.len()].copy_from_slice(to.as_bytes());
        verify(&forged, &trust()).map(|verdict| verdict.outcome)
    };
    for (from, to) in [("/Certz ", "/Certs "), ("/Certzzz", "/Cer#74s"), ("/Roos", "/Root")] {
        let found = renamed(from, to);
        assert!(matches!(found, Err(ReadError::Ambiguous(Ambiguity { key: Some(_), .. }))), "{to}: {found:?}");
    }
}

#[test]
fn what_a_page_shows_cannot_be_replaced_by_shadow_objects() {
    // New content under the old number.
    let forged = changed(&signed(), |update| {
        let (_, page) = first_page(update);
        let contents = page.get(b"Contents").and_then(Object::as_reference).expect("content");
        let stream = lopdf::Stream::new(Dictionary::new(), b"0 0 100 100 re f".to_vec());
        update.new_document.set_object(contents, stream);
    });
    let changes = &only(&check(&forged)).changes.clone();
    assert!(changes.iter().any(|change| change.kind == ChangeKind::PageChanged && change.place == "1"), "{changes:?}");
    assert_eq!(check(&forged).outcome, Outcome::Invalid);
    // No new object at all: a page is made to show what an object that was signed with it says.
    let forged = changed(&signed(), |update| {
        let ids: Vec<_> = update.get_prev_documents().page_iter().collect();
        let content = |id| {
            update.get_prev_documents().get_dictionary(id).expect("a page").get(b"Contents").expect("content").clone()
        };
        let other = content(ids[1]);
        let (id, mut page) = first_page(update);
        page.set("Contents", other);
        update.new_document.set_object(id, page);
    });
    assert!(only(&check(&forged)).changes.iter().any(|change| change.kind == ChangeKind::PageChanged));
    // A face that draws other glyphs, deep below the page.
    let forged = changed(&signed(), |update| {
        let before = update.get_prev_documents();
        let fonts =
            before.objects.iter().find(|(_, object)| object.as_dict().is_ok_and(|own| own.has(b"DescendantFonts")));
        let (id, mut font) = fonts.map(|(id, font)| (*id, font.as_dict().expect("a font").clone())).expect("a font");
        font.remove(b"ToUnicode");
        update.new_document.set_object(id, font);
    });
    assert!(only(&check(&forged)).changes.iter().any(|change| change.kind == ChangeKind::PageChanged));
}

#[test]
fn notes_metadata_attachments_and_structure_cannot_be_changed_unnoticed() {
    let signed = signed();
    let catalog = |update: &IncrementalDocument| {
        let id = update.get_prev_documents().trailer.get(b"Root").and_then(Object::as_reference).expect("a catalog");
        (id, update.get_prev_documents().catalog().expect("a catalog").clone())
    };
    let without = |key: &'static str, kind: ChangeKind| {
        let forged = changed(&signed, |update| {
            let (id, mut own) = catalog(update);
            own.remove(key.as_bytes());
            update.new_document.set_object(id, own);
        });
        let verdict = check(&forged);
        assert_eq!(verdict.outcome, Outcome::Invalid, "{key}");
        assert!(only(&verdict).changes.iter().any(|change| change.kind == kind), "{key}: {verdict:?}");
    };
    without("Metadata", ChangeKind::Metadata);
    without("AF", ChangeKind::Attachments);
    without("StructTreeRoot", ChangeKind::Structure);
    without("Lang", ChangeKind::Other);
    let note = changed(&signed, |update| {
        let own = lopdf::dictionary! { "Type" => "Annot", "Subtype" => "Square", "Rect" => vec![0.into(), 0.into(), 500.into(), 800.into()] };
        let note = update.new_document.add_object(own);
        let (id, mut page) = first_page(update);
        page.set("Annots", vec![note.into()]);
        update.new_document.set_object(id, page);
    });
    assert!(only(&check(&note)).changes.iter().any(|change| change.kind == ChangeKind::Note));
    assert_eq!(check(&note).outcome, Outcome::Invalid);
}

#[test]
fn a_range_that_leaves_out_more_than_the_signature_is_noticed() {
    let signed = signed();
    let range = only(&check(&signed)).byte_range.clone();
    let told = format!("[0 {} {} {}]", range[1], range[2], range[3]);
    let at = signed.windows(told.len()).rposition(|window| window == told.as_bytes()).expect("the range");
    let with = |numbers: [i64; 4]| {
        let mut forged = signed.clone();
        let text = format!("[{} {} {} {}]", numbers[0], numbers[1], numbers[2], numbers[3]);
        forged[at..at + 36].fill(b' ');
        forged[at..at + text.len()].copy_from_slice(text.as_bytes());
        only(&check(&forged)).problems.clone()
    };
    assert_eq!(with([0, range[1] - 10, range[2], range[3]]), [Problem::Gap]);
    assert_eq!(with([0, range[1], range[2] + 10, range[3] - 10]), [Problem::Gap]);
    // Something beside the message, in the place that is left out.
    let mut beside = signed.clone();
    beside[range[2] as usize - 2] = b'1';
    assert_eq!(only(&check(&beside)).problems, [Problem::Gap]);
    assert_eq!(with([9, range[1] - 9, range[2], range[3]]), [Problem::BadRange]);
    assert!(matches!(with([0, range[1], range[2], range[3] + 9])[..], [Problem::BeyondEnd { .. }]));
    assert!(matches!(with([0, range[1], range[2], range[3] - 9])[..], [Problem::NotARevision { .. }, ..]));
}

#[test]
fn a_truncated_file_is_noticed() {
    let signed = signed();
    for end in [signed.len() - 1, signed.len() - 7, signed.len() / 2, 9, 0] {
        let cut = &signed[..end];
        let refused = match verify(cut, &trust()) {
            Ok(verdict) => verdict.outcome == Outcome::Invalid,
            Err(_) => true,
        };
        assert!(refused, "{end}");
    }
    // Cut back to what was before the signature, it is simply not signed.
    let pdf = archived("smallest-2024.json");
    assert_eq!(check(&signed[..pdf.len()]).outcome, Outcome::Invalid);
}

#[test]
fn a_certified_document_with_no_changes_allowed_takes_no_other_signature() {
    let closed = Options { certification: Some(Certification::Nothing), ..options() };
    let signed = sign::sign(&archived("smallest-2024.json"), &closed, &keys::first(), None).expect("a signed PDF");
    assert_eq!(check(&signed).outcome, Outcome::Valid);
    assert_eq!(sign::sign(&signed, &options(), &keys::second(), None), Err(SignError::Closed));
}
