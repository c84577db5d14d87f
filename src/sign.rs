//! A PDF signed: PAdES (EN 319 142-1) at the baseline level B-B, or B-T with a time-stamp.
//!
//! A signature is an incremental update: what was there stays as it is, byte for byte, and a field with the
//! signature is appended (`sign/field.rs`), visible or not (`sign/seal.rs`). [`sign`] does all of it with a key at
//! hand ([`read_key`]); for keys that live elsewhere, [`prepare`] leaves a place free and tells the digest, and
//! [`insert`] takes the message that was made of it. The time is handed in; nothing here reads a clock or the
//! network.

mod field;
mod key;
mod seal;
mod words;

use crate::cms::timestamp::{self, StampError};
use crate::cms::{self, CmsError, Message, Signed, Signer};
use crate::crypto::{self, SignatureError};
use crate::length::Length;
use crate::moment::Moment;
use crate::pdf::signature::{Signature, fields};
use crate::pdf::{File, ReadError};

pub use key::{KeyError, read_key};
pub use seal::SealError;

/// How many bytes are kept free for a message whose size is not known yet.
pub const ROOM: usize = 24 << 10;
/// The least and the most that may be kept free.
const ROOMS: std::ops::RangeInclusive<usize> = 1 << 10..=1 << 20;

/// What a signature says and how it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// When it is made.
    pub time: Moment,
    /// Why.
    pub reason: Option<String>,
    /// Where.
    pub location: Option<String>,
    /// What may be changed afterwards, when it certifies the document; `None` for one that only approves.
    pub certification: Option<Certification>,
    /// How it is shown; `None` for one that cannot be seen.
    pub seal: Option<Seal>,
    /// How many bytes are kept free for the message.
    pub room: usize,
}

/// What may be changed after a certifying signature (DocMDP).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certification {
    /// Nothing.
    Nothing = 1,
    /// Fields may be filled in and signatures added.
    Signatures = 2,
    /// Notes may be added as well.
    Notes = 3,
}

/// A seal that is shown on a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    /// The picture, PNG with transparency.
    pub picture: Vec<u8>,
    /// Where it stands.
    pub place: Place,
    /// Its diameter; `None` for that of the place that was kept for it.
    pub diameter: Option<Length>,
}

/// Where a seal stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// On the first place the layout kept for a seal that no signature covers yet.
    NextKept,
    /// On one of those places, counted from 1.
    Kept(usize),
    /// With its centre here.
    At {
        /// The page, from 1.
        page: usize,
        /// From the left of the page.
        x: Length,
        /// From the top.
        y: Length,
    },
}

/// Why a PDF cannot be signed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// The file cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The structure of the file does not allow a field to be added.
    #[error("a signature cannot be added: {reason}")]
    Structure {
        /// What is in the way.
        reason: Obstacle,
    },
    /// The document is certified, and nothing may be added to it.
    #[error("the document is certified with no changes allowed, which leaves no room for another signature")]
    Closed,
    /// A signature was prepared, and its message is not there yet.
    #[error(
        "a signature was prepared in this file and waits for its message: put that in with `sign --insert` first, or take the file as it was before `sign --prepare`"
    )]
    Awaited,
    /// A certifying signature is not the first.
    #[error("the document is signed already; only its first signature can certify it")]
    NotFirst,
    /// The layout kept no place for a seal, or none is left.
    #[error("the layout kept {kept} places for seals and none of them is free; {}", words::elsewhere_english(*.kept))]
    NoPlace {
        /// How many it kept.
        kept: usize,
    },
    /// The layout kept no place of this number.
    #[error("the layout kept {kept} places for seals, counted from 1, and no place {number}; {}", words::free_english(.free))]
    NoSuchPlace {
        /// The number asked for.
        number: usize,
        /// How many places it kept.
        kept: usize,
        /// The numbers of those that are free.
        free: Vec<usize>,
    },
    /// A signature covers the place already.
    #[error("a signature stands on place {number} already; {}", words::free_english(.free))]
    Taken {
        /// The number asked for.
        number: usize,
        /// The numbers of those that are free.
        free: Vec<usize>,
    },
    /// There is no such page.
    #[error("the document has {pages} pages, none with the number {page}")]
    NoPage {
        /// The page asked for.
        page: usize,
        /// How many there are.
        pages: usize,
    },
    /// A seal is larger than the place kept for it.
    #[error("the seal is {diameter} wide; the place kept for it is {kept}")]
    TooWide {
        /// The seal's diameter.
        diameter: Length,
        /// The place's.
        kept: Length,
    },
    /// A seal would stand over the edge of the page.
    #[error("the seal would not lie on the page")]
    OffPage,
    /// A seal has no diameter.
    #[error("say how wide the seal is with `--diameter`, for example `--diameter 42mm`")]
    NoDiameter,
    /// The picture of the seal cannot be used.
    #[error("the picture of the seal cannot be used: {0}")]
    Seal(#[from] SealError),
    /// Key and certificate do not fit each other.
    #[error("the certificate is not that of the key")]
    WrongCertificate,
    /// The message does not fit its place.
    #[error("the signature needs {needed} bytes, and {room} are kept free for it; keep more with `--room`")]
    NoRoom {
        /// How many are needed.
        needed: usize,
        /// How many there are.
        room: usize,
    },
    /// The room asked for is too small or too large.
    #[error("{room} bytes cannot be kept free: at least {least}, at most {most}", least = ROOMS.start(), most = ROOMS.end())]
    BadRoom {
        /// The room asked for.
        room: usize,
    },
    /// The time-stamp cannot be had.
    #[error("the time-stamp cannot be had: {reason}")]
    NoStamp {
        /// Why.
        reason: StampTrouble,
    },
    /// The message was stamped elsewhere.
    #[error("the message has a time-stamp already; leave out `--timestamp`")]
    Stamped,
    /// The file has no place that waits for a message.
    #[error("the file has no place that waits for a signature; make one with `sign --prepare`")]
    NotPrepared,
    /// The message cannot be read.
    #[error("the message cannot be used: {0}")]
    Message(#[from] CmsError),
    /// The message signs another digest.
    #[error("the message signs other bytes: the digest it signs is {found}, that of the file is {wanted}")]
    OtherDigest {
        /// The digest in the message.
        found: String,
        /// The file's.
        wanted: String,
    },
    /// The message is not signed by its certificate's key.
    #[error("the message is not sound: {0}")]
    BadMessage(SignatureError),
    /// The message does not name its certificate, or signs a time of its own, against PAdES.
    #[error("the message is not as PAdES wants it: {reason}")]
    NotPades {
        /// What is wrong.
        reason: NotPades,
    },
}

/// What in the structure of a file does not allow a field to be added.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Obstacle {
    /// The catalog cannot be read.
    #[error("the catalog cannot be read")]
    Catalog,
    /// The catalog is no object of its own.
    #[error("the catalog has no number")]
    CatalogWithoutNumber,
    /// A page cannot be read.
    #[error("a page cannot be read")]
    Page,
    /// A page is turned.
    #[error("the page is turned; seals are set on upright pages only")]
    TurnedPage,
    /// A page does not say how large it is.
    #[error("a page has no size")]
    PageWithoutSize,
    /// The structure that is read aloud cannot be read.
    #[error("the structure cannot be read")]
    Structure,
    /// The structure cannot find parts of pages.
    #[error("the structure has no tree of numbers")]
    NoNumbers,
    /// The empty field a seal goes into cannot be read.
    #[error("the field that waits cannot be read")]
    WaitingField,
    /// The place for the message is not found in what was written.
    #[error("the place for the signature was lost")]
    PlaceLost,
    /// The file cannot be written.
    #[error("{0}")]
    Unwritten(String),
}

/// What in a message is against PAdES.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotPades {
    /// It does not name its certificate.
    #[error("it lacks the signed attribute signing-certificate-v2")]
    NoCertificate,
    /// It signs a time of its own.
    #[error("it has the signed attribute signing-time")]
    SigningTime,
}

/// Why a time-stamp cannot be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StampTrouble {
    /// The server gives no answer; in the words of who asked it.
    #[error("{0}")]
    Asking(String),
    /// The answer proves nothing.
    #[error(transparent)]
    Answer(#[from] StampError),
}

/// A file with a place that waits for a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    /// The file.
    pub bytes: Vec<u8>,
    /// Where the message goes, in hexadecimal digits: the first and the one after the last.
    place: (usize, usize),
}

impl Prepared {
    /// The two parts that are signed: all but the message with its brackets.
    fn parts(&self) -> [&[u8]; 2] {
        [&self.bytes[..self.place.0 - 1], &self.bytes[self.place.1 + 1..]]
    }

    /// The SHA-256 that is to be signed.
    pub fn digest(&self) -> Vec<u8> {
        crypto::Hash::Sha256.of(&self.parts())
    }

    /// The bytes that are to be signed.
    pub fn signed_bytes(&self) -> Vec<u8> {
        self.parts().concat()
    }

    /// The file with a message in its place.
    fn finish(mut self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let room = (self.place.1 - self.place.0) / 2;
        if message.len() > room {
            return Err(SignError::NoRoom { needed: message.len(), room });
        }
        let digits = crypto::hex(message);
        self.bytes[self.place.0..self.place.0 + digits.len()].copy_from_slice(digits.as_bytes());
        Ok(self.bytes)
    }
}

/// Adds a signature field to a PDF, with a place free for the message.
///
/// # Errors
/// When the file, or what is asked for, does not allow it.
pub fn prepare(pdf: &[u8], options: &Options) -> Result<Prepared, SignError> {
    if !ROOMS.contains(&options.room) {
        return Err(SignError::BadRoom { room: options.room });
    }
    field::add(pdf, options)
}

/// Asks for a time-stamp: takes a request of RFC 3161 to a server, and brings its answer.
pub type AskStamp<'a> = &'a dyn Fn(&[u8]) -> Result<Vec<u8>, String>;

/// Signs a PDF with a key at hand, and has the signature stamped with the time where `stamp` is given.
///
/// # Errors
/// As [`prepare`]; when key and certificate do not fit; when the stamp cannot be had.
pub fn sign(pdf: &[u8], options: &Options, signer: &Signer, stamp: Option<AskStamp>) -> Result<Vec<u8>, SignError> {
    let prepared = prepare(pdf, options)?;
    let mut signed = signer.sign_digest(&prepared.digest()).ok_or(SignError::WrongCertificate)?;
    if let Some(ask) = stamp {
        add_stamp(&mut signed, ask)?;
    }
    let message = signed.to_der().ok_or(SignError::WrongCertificate)?;
    prepared.finish(&message)
}

/// Has a signature stamped with the time.
fn add_stamp(signed: &mut Signed, ask: AskStamp) -> Result<(), SignError> {
    let request = timestamp::request(signed.signature()).ok_or(SignError::WrongCertificate)?;
    let answer = ask(&request).map_err(|reason| SignError::NoStamp { reason: StampTrouble::Asking(reason) })?;
    let token = timestamp::token(&answer, signed.signature());
    let token = token.map_err(|error| SignError::NoStamp { reason: StampTrouble::Answer(error) })?;
    signed.add_time_stamp(&token).ok_or(SignError::WrongCertificate)
}

/// Puts a message (DER or PEM) into a file that waits for one, after making sure that it signs that file, and has
/// its signature stamped with the time where `stamp` is given.
///
/// # Errors
/// When no place waits; when the message is not sound, or signs something else; when the stamp cannot be had, or
/// there is one already.
pub fn insert(pdf: &[u8], message: &[u8], stamp: Option<AskStamp>) -> Result<Vec<u8>, SignError> {
    let prepared = waiting(pdf)?;
    let message = cms::message_of(message).ok_or(CmsError::NotCms)?;
    let read = Message::read(&message)?;
    let (found, wanted) = (read.digest()?, read.hash()?.of(&prepared.parts()));
    if found != wanted {
        return Err(SignError::OtherDigest { found: crypto::hex(&found), wanted: crypto::hex(&wanted) });
    }
    read.check_signature().map_err(SignError::BadMessage)?;
    if !read.names_its_certificate() {
        return Err(SignError::NotPades { reason: NotPades::NoCertificate });
    }
    if read.has_signing_time() {
        return Err(SignError::NotPades { reason: NotPades::SigningTime });
    }
    let Some(ask) = stamp else { return prepared.finish(&message) };
    if read.time_stamp().is_some() {
        return Err(SignError::Stamped);
    }
    let mut signed = Signed::from_der(&message).ok_or(CmsError::NotCms)?;
    add_stamp(&mut signed, ask)?;
    let message = signed.to_der().ok_or(CmsError::NotCms)?;
    prepared.finish(&message)
}

/// Whether a signature has a range, and only zeros where its message will stand.
fn awaits_message(signature: &Signature) -> bool {
    signature.byte_range.len() == 4 && signature.contents.iter().all(|&byte| byte == 0)
}

/// Whether a file has a signature, or waits for one. No seal is set on it but where its layout kept a place: anywhere
/// else it would change a page that was signed.
pub fn is_signed(pdf: &[u8]) -> bool {
    File::read(pdf).is_ok_and(|file| fields(&file).iter().any(|field| field.signature.is_some()))
}

/// The time that is claimed by the signature whose message a file waits for; `None` where none waits.
pub fn awaited_time(pdf: &[u8]) -> Option<Moment> {
    let file = File::read(pdf).ok()?;
    let mut signatures = fields(&file).into_iter().filter_map(|field| field.signature);
    signatures.rfind(awaits_message)?.time
}

/// The place of a file that waits for a message.
fn waiting(pdf: &[u8]) -> Result<Prepared, SignError> {
    let file = File::read(pdf)?;
    let found = fields(&file).into_iter().filter_map(|field| field.signature);
    let found = found.filter(awaits_message).reduce(|_, last| last);
    let signature = found.ok_or(SignError::NotPrepared)?;
    let number = |at: usize| usize::try_from(signature.byte_range[at]).map_err(|_| SignError::NotPrepared);
    let (first, second, rest) = (number(1)?, number(2)?, number(3)?);
    // All of the file is signed, and only zeros stand between the brackets.
    let whole = signature.byte_range[0] == 0 && second.checked_add(rest) == Some(pdf.len());
    let gap = pdf.get(first..second).filter(|_| whole).ok_or(SignError::NotPrepared)?;
    match gap {
        [b'<', zeros @ .., b'>'] if !zeros.is_empty() && zeros.iter().all(|&byte| byte == b'0') => {
            Ok(Prepared { bytes: pdf.to_vec(), place: (first + 1, second - 1) })
        }
        _ => Err(SignError::NotPrepared),
    }
}
