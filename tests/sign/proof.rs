//! What proves who signed and when: chains, time-stamps, algorithms, and the words for all of it.

use kanyin::cms::certificate::ChainError;
use kanyin::cms::{CmsError, Signer};
use kanyin::error::Lang;
use kanyin::sign::{self, Options};
use kanyin::verify::{Outcome, Problem, Trust, verify};

use super::command::{folder, kanyin, status, words};
use super::{answer_of, archived, check, keys, moment, only, options, trust};

#[test]
fn a_time_stamp_of_nobody_trusted_proves_no_time() {
    let pdf = archived("smallest-2024.json");
    let (stamped, claimed) = (moment("2026-01-20T02:00:00Z"), options().time);
    let with = |server: Signer| {
        let ask = move |request: &[u8]| answer_of(&server, request, stamped);
        sign::sign(&pdf, &options(), &keys::first(), Some(&ask)).expect("a signed PDF")
    };
    let verdict = check(&with(keys::other_server()));
    assert_eq!(verdict.outcome, Outcome::Unproven, "{verdict:?}");
    assert!(matches!(only(&verdict).problems[..], [Problem::StampChain(_)]), "{verdict:?}");
    assert_eq!(only(&verdict).time(), Some((claimed, false)));
    let good = with(keys::server());
    assert_eq!(only(&check(&good)).time(), Some((stamped, true)));
    // Where nobody is trusted, nothing is proven.
    let nobody = Trust { certificates: Vec::new(), ..trust() };
    assert_eq!(only(&verify(&good, &nobody).expect("a PDF")).time(), Some((claimed, false)));
}

#[test]
fn a_claimed_time_at_which_the_certificate_was_not_valid_is_doubted() {
    let early = Options { time: moment("2019-06-01T00:00:00Z"), ..options() };
    let signed = signed_by(&keys::first(), &early, |_| ());
    let verdict = check(&signed);
    assert_eq!(verdict.outcome, Outcome::Unproven);
    assert!(matches!(only(&verdict).problems[..], [Problem::ClaimedOutside { .. }]), "{verdict:?}");
}

#[test]
fn a_renewed_root_is_found_among_those_of_its_name() {
    let signed = sign::sign(&archived("smallest-2024.json"), &options(), &keys::first(), None).expect("a signed PDF");
    // One with the same key that has run out, one with another key, and the one that holds.
    let roots = [keys::root_of(1, 2000, 2010), keys::root_of(9, 2020, 2040), keys::root()];
    for order in [[0, 1, 2], [1, 0, 2], [2, 1, 0]] {
        let trust = Trust { certificates: order.map(|at| roots[at].clone()).to_vec(), ..trust() };
        let verdict = verify(&signed, &trust).expect("a PDF");
        assert_eq!(verdict.outcome, Outcome::Valid, "{order:?} {:?}", only(&verdict).problems);
        assert_eq!(only(&verdict).chain.as_ref().and_then(|chain| chain.last()), Some(&keys::root()));
    }
    let old = Trust { certificates: roots[..2].to_vec(), ..trust() };
    assert_eq!(verify(&signed, &old).expect("a PDF").outcome, Outcome::Invalid);
}

#[test]
fn a_certificate_for_servers_signs_no_documents() {
    let signed = signed_by(&keys::web_server(), &options(), |_| ());
    assert!(matches!(only(&check(&signed)).problems[..], [Problem::Chain(ChainError::WrongUse { .. })]));
    assert!(!keys::web_server().certificates[0].may(kanyin::cms::certificate::Purpose::Signing));
    assert!(keys::first().certificates[0].may(kanyin::cms::certificate::Purpose::Signing));
}

/// A PDF signed as one would who asks nobody whether the message is sound.
fn signed_by(signer: &Signer, options: &Options, change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let prepared = sign::prepare(&archived("smallest-2024.json"), options).expect("a prepared PDF");
    let mut message = signer.sign_digest(&prepared.digest()).and_then(|signed| signed.to_der()).expect("a message");
    change(&mut message);
    let gap = prepared.bytes.windows(9).rposition(|window| window == b"<00000000").expect("the place") + 1;
    let digits = kanyin::crypto::hex(&message);
    let mut bytes = prepared.bytes.clone();
    bytes[gap..gap + digits.len()].copy_from_slice(digits.as_bytes());
    bytes
}

/// A PDF with a message in which the last of some bytes are others.
fn with_other(from: &[u8], to: &[u8]) -> Vec<u8> {
    signed_by(&keys::first(), &options(), |message| {
        let at = message.windows(from.len()).rposition(|window| window == from).expect("the bytes");
        message[at..at + to.len()].copy_from_slice(to);
    })
}

#[test]
fn an_unknown_algorithm_is_named_after_the_digest_is_compared() {
    // ECDSA with SHA-256 becomes SM2 with SM3.
    let ecdsa = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
    let sm2 = with_other(&ecdsa, &[0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x83, 0x75]);
    let verdict = check(&sm2);
    let checked = only(&verdict);
    let unknown = |name: &str| Problem::Unreadable(CmsError::UnknownAlgorithm { name: name.into() });
    assert_eq!(checked.problems, [unknown("SM2 with SM3")]);
    assert_eq!((verdict.outcome, checked.digest, checked.signature), (Outcome::Unchecked, Some(true), None));
    assert_eq!(checked.signer.as_ref().map(|signer| signer.name()), Some("First signer".into()));
    let mut forged = sm2;
    let at = forged.windows(12).position(|window| window == b"kanyin:year>").expect("metadata") + 13;
    forged[at] ^= 1;
    let verdict = check(&forged);
    assert_eq!((verdict.outcome, only(&verdict).digest), (Outcome::Invalid, Some(false)));
    assert!(only(&verdict).problems.contains(&Problem::OtherBytes));
    // SHA-256 becomes SHA3-256: nobody can tell whether the bytes are those that were signed.
    let sha256 = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];
    let sha3 = check(&with_other(&sha256, &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x08]));
    assert_eq!((sha3.outcome, only(&sha3).digest), (Outcome::Unchecked, None));
    assert_eq!(only(&sha3).problems, [unknown("2.16.840.1.101.3.4.2.8")]);
    for lang in [Lang::English, Lang::Chinese] {
        assert!(!sha3.words(lang).contains("intact") && !sha3.words(lang).contains("完好"), "{}", sha3.words(lang));
    }
}

#[test]
fn a_place_without_a_message_is_said_to_be_reserved() {
    let folder = folder();
    let prepared = sign::prepare(&archived("smallest-2024.json"), &options()).expect("a prepared PDF");
    let verdict = check(&prepared.bytes);
    assert_eq!((verdict.outcome, &only(&verdict).problems[..]), (Outcome::Invalid, &[Problem::NotSigned][..]));
    std::fs::write(folder.path().join("prepared.pdf"), &prepared.bytes).expect("a file");
    for (lang, told) in [("zh", "预留位置，尚未签名"), ("en", "reserved, not yet signed")] {
        let output = kanyin(&["verify", "prepared.pdf", "--lang", lang], folder.path(), None);
        assert_eq!(status(&output), Some(1));
        assert!(words(&output).lines().next().is_some_and(|line| line.ends_with(told)), "{}", words(&output));
    }
}

#[test]
fn text_from_elsewhere_cannot_command_a_terminal_and_times_are_those_of_beijing() {
    let folder = folder();
    let reason = "a\u{1b}[31m\u{202e}b\n签名：有效".to_owned();
    let options = Options { reason: Some(reason), ..options() };
    let signed = sign::sign(&archived("smallest-2024.json"), &options, &keys::first(), None).expect("a signed PDF");
    std::fs::write(folder.path().join("signed.pdf"), signed).expect("a file");
    let output = kanyin(&["verify", "signed.pdf", "--trust", "root.der", "--lang", "zh"], folder.path(), None);
    let words = words(&output);
    assert!(words.contains("事由：a\\u{1b}[31m\\u{202e}b\\u{a}签名：有效\n"), "{words}");
    assert!(words.contains("时间：2026-01-20T09:30:00+08:00（签名人自称）"), "{words}");
    let output = kanyin(&["verify", "signed.pdf", "--trust", "root.der", "--lang", "en"], folder.path(), None);
    assert!(super::command::words(&output).contains("2026-01-20T01:30:00Z (as the signer claims)"));
}
