//! Time-stamps (RFC 3161): a request for one, and what a server's answer proves.

use der::asn1::{ObjectIdentifier, OctetString};
use der::{Any, Decode, Encode, Sequence, Tag, Tagged};

use super::algorithm::{self, digest_algorithm};
use super::certificate::{Certificate, Purpose};
use super::{CmsError, Message};
use crate::crypto;
use crate::moment::Moment;

/// `id-ct-TSTInfo`.
pub const STAMP_INFO: &str = "1.2.840.113549.1.9.16.1.4";
/// The media type of a request.
pub const REQUEST_TYPE: &str = "application/timestamp-query";
/// The media type of an answer.
pub const ANSWER_TYPE: &str = "application/timestamp-reply";

/// Why a time-stamp proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StampError {
    /// The answer is none of RFC 3161.
    #[error("the answer is no time-stamp response")]
    NotAnAnswer,
    /// The server refuses.
    #[error("the server refuses the request (status {status}{words})", words = if .words.is_empty() { String::new() } else { format!(": {}", .words) })]
    Refused {
        /// The status it gives.
        status: i64,
        /// What it says.
        words: String,
    },
    /// The token cannot be read.
    #[error("the time-stamp cannot be read: {0}")]
    Unreadable(#[from] CmsError),
    /// The token stamps something else.
    #[error("the time-stamp is of something else")]
    OtherContent,
    /// The token is not signed by its certificate, or by one that may not stamp times.
    #[error("the time-stamp is not signed by a certificate for time-stamping")]
    BadSignature,
}

/// A time-stamp that is whole; whether its signer is trusted is another question.
#[derive(Clone, Debug)]
pub struct Stamp {
    /// The time it tells.
    pub time: Moment,
    /// The signer's certificate.
    pub signer: Certificate,
    /// The certificates it carries.
    pub certificates: Vec<Certificate>,
}

#[derive(Clone, Debug, Sequence)]
struct Imprint {
    algorithm: super::AlgorithmIdentifierOwned,
    digest: OctetString,
}

#[derive(Clone, Debug, Sequence)]
struct Request {
    version: u8,
    imprint: Imprint,
    nonce: u64,
    wants_certificate: bool,
}

/// A request to stamp some bytes. Its nonce is of their digest: they are the only ones the answer can be about.
pub fn request(bytes: &[u8]) -> Option<Vec<u8>> {
    let digest = crypto::sha256(bytes);
    let imprint = Imprint { algorithm: algorithm::sha256(), digest: OctetString::new(digest).ok()? };
    Request { version: 1, imprint, nonce: nonce(bytes), wants_certificate: true }.to_der().ok()
}

fn nonce(bytes: &[u8]) -> u64 {
    // Positive, and not the beginning of the digest that is in the request already.
    let digest = crypto::sha256(&crypto::sha256(bytes));
    u64::from_be_bytes(std::array::from_fn(|at| digest[at])) >> 1 | 1 << 62
}

/// The token in a server's answer to the request for these bytes.
///
/// # Errors
/// When the server refuses, or its token is not about these bytes.
pub fn token(answer: &[u8], bytes: &[u8]) -> Result<Vec<u8>, StampError> {
    let answer = super::first_value(answer).ok_or(StampError::NotAnAnswer)?;
    let parts = Vec::<Any>::from_der(answer).map_err(|_| StampError::NotAnAnswer)?;
    let status = parts.first().and_then(|status| status.decode_as::<Vec<Any>>().ok()).ok_or(StampError::NotAnAnswer)?;
    let number = status.first().and_then(|number| number.decode_as::<i64>().ok()).ok_or(StampError::NotAnAnswer)?;
    // Granted, and granted with changes.
    if !(0..=1).contains(&number) {
        let words = status.get(1).and_then(|words| words.decode_as::<Vec<String>>().ok()).unwrap_or_default();
        return Err(StampError::Refused { status: number, words: words.join(" ") });
    }
    let token = parts.get(1).and_then(|token| token.to_der().ok()).ok_or(StampError::NotAnAnswer)?;
    let (_, told) = read(&token, bytes)?;
    // RFC 3161, 2.4.2: a nonce that was asked for comes back.
    if told != Some(nonce(bytes)) {
        return Err(StampError::OtherContent);
    }
    Ok(token)
}

/// What a token proves of some bytes.
///
/// # Errors
/// When it proves nothing.
pub fn check(token: &[u8], bytes: &[u8]) -> Result<Stamp, StampError> {
    read(token, bytes).map(|(stamp, _)| stamp)
}

/// What a token proves of bytes that follow each other.
///
/// # Errors
/// When it proves nothing.
pub fn check_parts(token: &[u8], parts: &[&[u8]]) -> Result<Stamp, StampError> {
    read_parts(token, parts).map(|(stamp, _)| stamp)
}

fn read(token: &[u8], bytes: &[u8]) -> Result<(Stamp, Option<u64>), StampError> {
    read_parts(token, &[bytes])
}

fn read_parts(token: &[u8], parts: &[&[u8]]) -> Result<(Stamp, Option<u64>), StampError> {
    let message = Message::read(token)?;
    let content = match &message.content {
        Some(content) if message.content_type.to_string() == STAMP_INFO => content,
        _ => return Err(StampError::NotAnAnswer),
    };
    // TSTInfo: version, policy, imprint, serial number, time, then what may be left out.
    let info = Vec::<Any>::from_der(content).map_err(|_| StampError::NotAnAnswer)?;
    let imprint: Imprint = info.get(2).and_then(|imprint| imprint.decode_as().ok()).ok_or(StampError::NotAnAnswer)?;
    let time = info.get(4).and_then(generalized_time).ok_or(StampError::NotAnAnswer)?;
    let nonce = info.iter().skip(5).find(|part| part.tag() == Tag::Integer);
    let nonce = nonce.and_then(|nonce| nonce.decode_as::<u64>().ok());
    let hash = digest_algorithm(&imprint.algorithm)
        .map_err(|name| StampError::Unreadable(CmsError::UnknownAlgorithm { name }))?;
    if hash.of(parts) != imprint.digest.as_bytes() {
        return Err(StampError::OtherContent);
    }
    if !message.signs(&[content])? {
        return Err(StampError::BadSignature);
    }
    if message.check_signature().is_err() || !message.signer.may(Purpose::TimeStamping) {
        return Err(StampError::BadSignature);
    }
    Ok((Stamp { time, signer: message.signer.clone(), certificates: message.certificates.clone() }, nonce))
}

/// Reads `20260120093000Z` or `20260120093000.25Z`; parts of a second are left aside.
fn generalized_time(time: &Any) -> Option<Moment> {
    if time.tag() != Tag::GeneralizedTime {
        return None;
    }
    let text = std::str::from_utf8(time.value()).ok()?.strip_suffix('Z')?;
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    (whole.len() == 14).then(|| Moment::parse_pdf(&format!("D:{whole}Z"))).flatten()
}

/// What a server signs: that a digest (SHA-256) was shown to it at a time. For tests, and for servers.
pub fn stamp_info(request: &[u8], serial: u32, time: Moment) -> Option<Vec<u8>> {
    let request = Request::from_der(request).ok()?;
    let digits: String = time.to_string().chars().filter(|c| c.is_ascii_digit()).collect();
    let time = Any::new(Tag::GeneralizedTime, format!("{digits}Z").into_bytes()).ok()?;
    let parts = vec![
        Any::encode_from(&1u8).ok()?,
        Any::encode_from(&ObjectIdentifier::new_unwrap("1.2.3.4.1")).ok()?,
        Any::encode_from(&request.imprint).ok()?,
        Any::encode_from(&serial).ok()?,
        time,
        Any::encode_from(&request.nonce).ok()?,
    ];
    parts.to_der().ok()
}
