//! The signatures of a PDF, checked: who, when, over which bytes, what came afterwards, and whether all of it holds.
//!
//! A signature holds when it covers all of the file but itself up to the end of a revision, when digest and
//! signature are right, when what was appended later is of a kind that may follow it (`verify/changes.rs`), and
//! when its certificate leads to one that is trusted. Whether certificates were revoked is not asked. Words for
//! people are in `verify/words.rs`.

mod changes;
mod words;

use std::collections::BTreeMap;

use crate::cms::certificate::{Certificate, ChainError, Purpose, chain};
use crate::cms::timestamp::{self, Stamp, StampError};
use crate::cms::{self, CmsError, Message};
use crate::crypto::SignatureError;
use crate::moment::Moment;
use crate::pdf::signature::{Field, Signature, fields};
use crate::pdf::{File, ReadError, XrefEntry};

pub use changes::{Change, ChangeKind};
pub use words::{plain, read_chinese, time_words};

/// No more signatures than this are checked in one file.
const MOST_SIGNATURES: usize = 64;
/// No more bytes than this are read as revisions for all signatures of a file,
const MOST_READ: usize = 2 * crate::pdf::MOST_BYTES;
/// and no more than this are digested.
const MOST_DIGESTED: usize = 8 * crate::pdf::MOST_BYTES;

/// Whom to trust, and when to ask.
#[derive(Clone, Debug)]
pub struct Trust {
    /// The certificates at which chains may end; empty when nobody was named.
    pub certificates: Vec<Certificate>,
    /// The time for which certificates are checked where no time-stamp tells it.
    pub now: Moment,
}

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// It holds.
    Valid,
    /// It is intact, but who signed, or when, is not proven.
    Unproven,
    /// Nothing speaks against it, but it cannot be checked whether it is intact.
    Unchecked,
    /// It does not hold.
    Invalid,
}

/// What was found about a file.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The signatures, in the order in which they were made.
    pub signatures: Vec<Checked>,
    /// All of them together; [`Outcome::Invalid`] where there is none.
    pub outcome: Outcome,
}

/// What was found about a signature.
#[derive(Clone, Debug)]
pub struct Checked {
    /// Its field.
    pub field: String,
    /// Whether it only stamps a time.
    pub is_time_stamp: bool,
    /// The kind of its contents.
    pub sub_filter: String,
    /// From where and how many bytes it signs, in pairs.
    pub byte_range: Vec<i64>,
    /// How many bytes follow those it covers.
    pub appended: usize,
    /// What was changed afterwards.
    pub changes: Vec<Change>,
    /// What it says why it was made.
    pub reason: Option<String>,
    /// What it says where it was made.
    pub location: Option<String>,
    /// What may be changed after it, where it certifies the document (1 to 3).
    pub certifies: Option<i64>,
    /// The time it claims.
    pub claimed_time: Option<Moment>,
    /// The signer's certificate.
    pub signer: Option<Certificate>,
    /// How it is signed.
    pub algorithm: Option<String>,
    /// Whether its digest is that of the bytes; `None` when that could not be found out.
    pub digest: Option<bool>,
    /// Whether its signature is that of its certificate's key.
    pub signature: Option<bool>,
    /// The chain to a trusted certificate, from the signer's on; `None` when there is none.
    pub chain: Option<Vec<Certificate>>,
    /// The time-stamp it carries, or is.
    pub stamp: Option<Stamp>,
    /// Whether the time-stamp's certificate leads to a trusted one.
    pub stamp_is_trusted: bool,
    /// What speaks against it, or leaves it unproven.
    pub problems: Vec<Problem>,
}

/// What speaks against a signature, or leaves it unproven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Its place is kept, but no message stands there yet.
    NotSigned,
    /// It does not say which bytes it signs, or not as two parts from the beginning on.
    BadRange,
    /// It signs bytes beyond the end of the file.
    BeyondEnd {
        /// Where what it signs ends,
        end: i64,
        /// and where the file does.
        bytes: usize,
    },
    /// More than the signature itself is left out.
    Gap,
    /// What it covers is no whole document.
    NotARevision {
        /// What is wrong with it.
        reason: ReadError,
    },
    /// Bytes follow that are no revision of the document.
    Appended {
        /// How many.
        bytes: usize,
    },
    /// Something was changed afterwards that may not be.
    Forbidden(Change),
    /// There are more signatures than are checked.
    TooMany,
    /// Its message cannot be read.
    Unreadable(CmsError),
    /// It is of a kind that is not known.
    UnknownKind {
        /// Which.
        sub_filter: String,
    },
    /// Signed bytes were changed.
    OtherBytes,
    /// Its signature is not that of the key.
    WrongSignature(SignatureError),
    /// It does not name its certificate, as PAdES asks.
    UnnamedCertificate,
    /// Its certificate leads to none that is trusted.
    Chain(ChainError),
    /// Its certificate has run out, and no time-stamp proves that it was signed before.
    RanOut {
        /// When.
        until: Moment,
    },
    /// It claims a time at which its certificate was not valid, and no time-stamp proves another.
    ClaimedOutside {
        /// The time it claims.
        time: Moment,
        /// From when its certificate is valid,
        from: Moment,
        /// until when.
        until: Moment,
    },
    /// Nobody was named who is trusted.
    NobodyTrusted,
    /// Its time-stamp proves nothing.
    Stamp(StampError),
    /// The certificate of its time-stamp leads to none that is trusted.
    StampChain(ChainError),
}

impl Problem {
    /// How bad it is.
    pub fn outcome(&self) -> Outcome {
        use Problem::*;
        match self {
            NobodyTrusted | RanOut { .. } | ClaimedOutside { .. } | StampChain(_) => Outcome::Unproven,
            Stamp(StampError::Unreadable(CmsError::UnknownAlgorithm { .. })) => Outcome::Unproven,
            UnknownKind { .. } | Unreadable(CmsError::UnknownAlgorithm { .. }) => Outcome::Unchecked,
            NotSigned
            | BadRange
            | BeyondEnd { .. }
            | Gap
            | NotARevision { .. }
            | Appended { .. }
            | Forbidden(_)
            | TooMany => Outcome::Invalid,
            Unreadable(_) | OtherBytes | WrongSignature(_) | UnnamedCertificate | Chain(_) | Stamp(_) => {
                Outcome::Invalid
            }
        }
    }
}

impl Checked {
    /// How it came out.
    pub fn outcome(&self) -> Outcome {
        let checked = if self.is_intact() { Outcome::Valid } else { Outcome::Unchecked };
        self.problems.iter().map(Problem::outcome).fold(checked, Outcome::max)
    }

    /// Whether digest and signature were checked, and are right.
    pub fn is_intact(&self) -> bool {
        self.digest == Some(true) && self.signature == Some(true)
    }

    /// The time it was signed at the latest, and whether a time-stamp of somebody trusted proves it; else it is what
    /// the signer claims, or what a time-stamp says of which nobody knows whose it is.
    pub fn time(&self) -> Option<(Moment, bool)> {
        let stamped = self.stamp.as_ref().map(|stamp| stamp.time);
        match stamped.filter(|_| self.stamp_is_trusted) {
            Some(proven) => Some((proven, true)),
            None => self.claimed_time.or(stamped).map(|time| (time, false)),
        }
    }
}

/// Checks the signatures of a PDF.
///
/// # Errors
/// When the file cannot be read.
pub fn verify(pdf: &[u8], trust: &Trust) -> Result<Verdict, ReadError> {
    let file = File::read(pdf)?;
    let mut revisions = Revisions {
        file: &file,
        after: BTreeMap::new(),
        read: MOST_READ,
        digested: MOST_DIGESTED,
        pairs: changes::MOST_PAIRS,
    };
    let mut signatures = Vec::new();
    for field in fields(&file) {
        let Some(signature) = &field.signature else { continue };
        let mut checked = blank(&field, signature);
        if signatures.len() < MOST_SIGNATURES {
            check(&mut revisions, signature, trust, &mut checked);
            signatures.push(checked);
        } else {
            checked.problems.push(Problem::TooMany);
            signatures.push(checked);
            break;
        }
    }
    refuse_hollow(&mut signatures);
    signatures.sort_by_key(|checked| checked.byte_range.get(2).copied().unwrap_or(i64::MAX));
    let outcome = signatures.iter().map(Checked::outcome).max().unwrap_or(Outcome::Invalid);
    Ok(Verdict { signatures, outcome })
}

/// What was added to a file that was built, beside signatures that are intact and what belongs to them. `built` is
/// what it was; where it does not begin with those bytes, only what is set on pages above their content can be told.
///
/// # Errors
/// When one of them cannot be read.
pub fn added(built: &[u8], pdf: &[u8]) -> Result<Vec<Change>, ReadError> {
    let (old, new) = (File::read(built)?, File::read(pdf)?);
    let nobody = Trust { certificates: Vec::new(), now: Moment::EPOCH };
    let signatures = verify(pdf, &nobody)?.signatures;
    let intact = |name: &str| signatures.iter().any(|checked| checked.field == name && checked.is_intact());
    let mut added = match pdf.starts_with(built) {
        true if pdf.len() == built.len() => Vec::new(),
        true => changes::between(&old, &new, &mut { changes::MOST_PAIRS }),
        false => changes::notes(&old, &new),
    };
    added.retain(|change| match change.kind {
        ChangeKind::Signature | ChangeKind::VisibleSignature | ChangeKind::TimeStamp => !intact(&change.place),
        kind => !kind.comes_with_signatures(),
    });
    Ok(added)
}

/// A signature may be added after another only if it is one: whoever has no key may not write on a page by calling
/// it a signature.
fn refuse_hollow(signatures: &mut [Checked]) {
    let hollow: Vec<String> =
        signatures.iter().filter(|checked| !checked.is_intact()).map(|checked| checked.field.clone()).collect();
    for checked in signatures {
        let forbidden: Vec<Change> =
            checked.changes.iter().filter(|change| change.kind.is_signature()).cloned().collect();
        let forbidden = forbidden.into_iter().filter(|change| hollow.contains(&change.place)).map(Problem::Forbidden);
        let new: Vec<Problem> = forbidden.filter(|problem| !checked.problems.contains(problem)).collect();
        checked.problems.extend(new);
    }
}

fn blank(field: &Field, signature: &Signature) -> Checked {
    Checked {
        field: field.name.clone(),
        is_time_stamp: signature.is_time_stamp,
        sub_filter: signature.sub_filter.clone(),
        byte_range: signature.byte_range.clone(),
        appended: 0,
        changes: Vec::new(),
        reason: signature.reason.clone(),
        location: signature.location.clone(),
        certifies: signature.certifies,
        claimed_time: signature.time,
        signer: None,
        algorithm: None,
        digest: None,
        signature: None,
        chain: None,
        stamp: None,
        stamp_is_trusted: false,
        problems: Vec::new(),
    }
}

fn check(revisions: &mut Revisions, signature: &Signature, trust: &Trust, checked: &mut Checked) {
    let file = revisions.file;
    if !signature.contents.is_empty() && signature.contents.iter().all(|&byte| byte == 0) {
        checked.problems.push(Problem::NotSigned);
        return;
    }
    let (first, second, end) = match range(file, signature) {
        Ok(range) => range,
        Err(problem) => {
            checked.problems.push(problem);
            return;
        }
    };
    checked.appended = file.bytes().len() - end;
    match revisions.after(end) {
        Ok(changes) => {
            let forbidden = changes.iter().filter(|change| !change.kind.may_follow(signature.certifies));
            checked.problems.extend(forbidden.cloned().map(Problem::Forbidden));
            checked.changes = changes;
        }
        Err(problem) => checked.problems.push(problem),
    }
    if !spend(&mut revisions.digested, end) {
        checked.problems.push(Problem::TooMany);
        return;
    }
    let parts = [&file.bytes()[..first], &file.bytes()[second..end]];
    match signature.sub_filter.as_str() {
        "ETSI.RFC3161" => check_stamp(&signature.contents, &parts, trust, checked),
        "ETSI.CAdES.detached" | "adbe.pkcs7.detached" => check_message(signature, &parts, trust, checked),
        other => checked.problems.push(Problem::UnknownKind { sub_filter: other.to_owned() }),
    }
}

/// The bytes a signature leaves out, and where what it covers ends: it leaves out nothing but its own message.
fn range(file: &File, signature: &Signature) -> Result<(usize, usize, usize), Problem> {
    let bytes = file.bytes();
    let [0, first, second, rest] = signature.byte_range[..] else { return Err(Problem::BadRange) };
    let number = |number: i64| usize::try_from(number).map_err(|_| Problem::BadRange);
    let (first, second, rest) = (number(first)?, number(second)?, number(rest)?);
    let end = second.checked_add(rest).ok_or(Problem::BadRange)?;
    if end > bytes.len() {
        return Err(Problem::BeyondEnd { end: end as i64, bytes: bytes.len() });
    }
    let gap = bytes.get(first..second).ok_or(Problem::BadRange)?;
    let [b'<', digits @ .., b'>'] = gap else { return Err(Problem::Gap) };
    // What nobody signed must not stand beside the message either.
    if from_hex(digits).as_deref() != Some(&*signature.contents) || !cms::ends_in_zeros(&signature.contents) {
        return Err(Problem::Gap);
    }
    // The message stands in the signature's own object, not in one that only looks like it.
    if let Some(id) = signature.id {
        match file.document().reference_table.get(id.0) {
            Some(XrefEntry::Normal { offset, .. }) => {
                let head = bytes.get(*offset as usize..first).ok_or(Problem::Gap)?;
                if head.windows(6).any(|window| window == b"endobj") {
                    return Err(Problem::Gap);
                }
            }
            Some(_) | None => return Err(Problem::Gap),
        }
    }
    Ok((first, second, end))
}

fn from_hex(digits: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
    digits.chunks(2).map(|pair| Some(digit(pair[0])? << 4 | digit(*pair.get(1)?)?)).collect()
}

/// What followed the revisions that signatures cover, found out once for each, and for all within bounds.
struct Revisions<'a, 'f> {
    file: &'a File<'f>,
    /// What followed, by where each ends.
    after: BTreeMap<usize, Result<Vec<Change>, Problem>>,
    /// How many bytes may still be read,
    read: usize,
    /// how many digested,
    digested: usize,
    /// and how many objects compared.
    pairs: usize,
}

impl Revisions<'_, '_> {
    /// What was changed after the revision that ends here.
    fn after(&mut self, end: usize) -> Result<Vec<Change>, Problem> {
        if let Some(known) = self.after.get(&end) {
            return known.clone();
        }
        let found = self.find(end);
        self.after.insert(end, found.clone());
        found
    }

    fn find(&mut self, end: usize) -> Result<Vec<Change>, Problem> {
        let bytes = self.file.bytes();
        if end == bytes.len() {
            return Ok(Vec::new());
        }
        if !spend(&mut self.read, end) {
            return Err(Problem::TooMany);
        }
        let covered = File::read(&bytes[..end]).map_err(|reason| Problem::NotARevision { reason })?;
        // What follows has a table of its own, or it is no part of the document.
        if self.file.document().xref_start < end {
            return Err(Problem::Appended { bytes: bytes.len() - end });
        }
        Ok(changes::between(&covered, self.file, &mut self.pairs))
    }
}

/// Takes so many bytes from those that are left; whether there were as many.
fn spend(left: &mut usize, bytes: usize) -> bool {
    let rest = left.checked_sub(bytes);
    *left = rest.unwrap_or(0);
    rest.is_some()
}

fn check_message(signature: &Signature, parts: &[&[u8]], trust: &Trust, checked: &mut Checked) {
    let message = match Message::read_any(&signature.contents) {
        Ok(message) => message,
        Err(error) => {
            checked.problems.push(Problem::Unreadable(error));
            return;
        }
    };
    checked.signer = Some(message.signer().clone());
    checked.algorithm = Some(message.algorithm());
    match message.signs(parts) {
        Ok(right) => {
            checked.digest = Some(right);
            checked.problems.extend((!right).then_some(Problem::OtherBytes));
        }
        // Said once, below.
        Err(CmsError::UnknownAlgorithm { .. }) => (),
        Err(error) => checked.problems.push(Problem::Unreadable(error)),
    }
    match message.known() {
        Ok(()) => {
            let right = message.check_signature();
            checked.signature = Some(right.is_ok());
            checked.problems.extend(right.err().map(Problem::WrongSignature));
        }
        Err(error) => checked.problems.push(Problem::Unreadable(error)),
    }
    if signature.sub_filter.starts_with("ETSI") && !message.names_its_certificate() {
        checked.problems.push(Problem::UnnamedCertificate);
    }
    let mut proven = None;
    if let Some(token) = message.time_stamp() {
        match timestamp::check(&token, message.signature()) {
            Ok(stamp) => {
                let trusted = chain_of(&stamp.signer, &stamp.certificates, Purpose::TimeStamping, stamp.time, trust);
                match trusted {
                    Ok(_) => proven = Some(stamp.time),
                    Err(Problem::Chain(error)) => checked.problems.push(Problem::StampChain(error)),
                    // Said once for signature and stamp.
                    Err(_) => (),
                }
                checked.stamp_is_trusted = proven.is_some();
                checked.stamp = Some(stamp);
            }
            Err(error) => checked.problems.push(Problem::Stamp(error)),
        }
    }
    let at = proven.unwrap_or(trust.now);
    match chain_of(message.signer(), message.certificates(), Purpose::Signing, at, trust) {
        Ok(chain) => checked.chain = Some(chain),
        Err(Problem::Chain(ChainError::NotValidThen { until, .. }))
            if proven.is_none() && ran_out(&message, trust, checked) =>
        {
            checked.problems.push(Problem::RanOut { until });
        }
        Err(problem) => checked.problems.push(problem),
    }
    if let (None, Some(time), Some((from, until))) = (proven, checked.claimed_time, message.signer().validity())
        && !(from..=until).contains(&time)
    {
        checked.problems.push(Problem::ClaimedOutside { time, from, until });
    }
}

/// Whether a chain that does not hold now held at the time the signature claims.
fn ran_out(message: &Message, trust: &Trust, checked: &Checked) -> bool {
    let Some(claimed) = checked.claimed_time.filter(|time| *time < trust.now) else { return false };
    chain_of(message.signer(), message.certificates(), Purpose::Signing, claimed, trust).is_ok()
}

fn check_stamp(token: &[u8], parts: &[&[u8]], trust: &Trust, checked: &mut Checked) {
    match timestamp::check_parts(token, parts) {
        Ok(stamp) => {
            checked.digest = Some(true);
            checked.signature = Some(true);
            checked.signer = Some(stamp.signer.clone());
            match chain_of(&stamp.signer, &stamp.certificates, Purpose::TimeStamping, stamp.time, trust) {
                Ok(chain) => checked.chain = Some(chain),
                Err(problem) => checked.problems.push(problem),
            }
            checked.stamp_is_trusted = checked.chain.is_some();
            checked.stamp = Some(stamp);
        }
        Err(StampError::OtherContent) => {
            checked.digest = Some(false);
            checked.problems.push(Problem::OtherBytes);
        }
        Err(error) => checked.problems.push(Problem::Stamp(error)),
    }
}

fn chain_of(
    leaf: &Certificate,
    others: &[Certificate],
    purpose: Purpose,
    at: Moment,
    trust: &Trust,
) -> Result<Vec<Certificate>, Problem> {
    if trust.certificates.is_empty() {
        return Err(Problem::NobodyTrusted);
    }
    chain(leaf, others, &trust.certificates, purpose, at).map_err(Problem::Chain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_for_all_signatures_has_bounds_together() {
        let mut document = crate::pdf::Document::with_version("1.7");
        let tree = document.new_object_id();
        document.set_object(tree, crate::pdf::dictionary! { "Type" => "Pages", "Kids" => Vec::new(), "Count" => 0 });
        let root = document.add_object(crate::pdf::dictionary! { "Type" => "Catalog", "Pages" => tree });
        document.trailer.set("Root", root);
        let mut bytes = Vec::new();
        document.save_to(&mut bytes).expect("a PDF");
        let (first, bytes) = (bytes.len(), [&bytes[..], &bytes[5..]].concat());
        let file = File::read(&bytes).expect("a PDF");
        let mut revisions =
            Revisions { file: &file, after: BTreeMap::new(), read: first, digested: 0, pairs: changes::MOST_PAIRS };
        // The same revision is read once, and the end of the file not at all.
        let appended = Err(Problem::Appended { bytes: bytes.len() - first });
        for _ in 0..3 {
            assert_eq!(revisions.after(first), appended);
            assert_eq!(revisions.after(bytes.len()), Ok(Vec::new()));
        }
        assert_eq!(revisions.after(first - 1), Err(Problem::TooMany));
    }
}
