//! Certificates: whose key it is, for how long, and whether a chain of them ends at one that is trusted.
//!
//! The path is checked as RFC 5280, 6.1 asks, without policies and names constrained: a certificate that has
//! a critical extension not known here is refused. Whether a certificate was revoked is not asked.

use cms::cert::x509::Certificate as X509;
use cms::cert::x509::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage};
use der::asn1::ObjectIdentifier;
use der::{Decode, DecodePem, Encode};

use super::algorithm::signature_algorithm;
use crate::crypto::{self, Hash};
use crate::moment::Moment;

/// `id-kp-timeStamping`.
const TIME_STAMPING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.8");
/// Purposes that are not to sign documents: `id-kp-serverAuth`, `-codeSigning`, `-timeStamping`, `-OCSPSigning`
/// (RFC 5280, 4.2.1.12). Many bodies sign documents under a purpose of their own, so others are let through.
const OTHER_PURPOSES: [ObjectIdentifier; 4] = [
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1"),
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.3"),
    TIME_STAMPING,
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.9"),
];
/// No more signatures of issuers are checked for one chain: certificates may be given to each other in circles.
const MOST_ISSUERS: usize = 200;
/// Extensions that are understood: key usage, basic constraints, extended key usage; policies, subject's other
/// names, and identifiers of keys say nothing that is asked here.
const KNOWN_EXTENSIONS: [&str; 6] = ["2.5.29.15", "2.5.29.19", "2.5.29.37", "2.5.29.32", "2.5.29.17", "2.5.29.14"];
/// A chain is no longer than this.
const LONGEST_CHAIN: usize = 16;

/// A certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    pub(super) x509: X509,
    der: Vec<u8>,
}

/// What a key is to be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To sign documents.
    Signing,
    /// To stamp times (RFC 3161, 2.3).
    TimeStamping,
}

/// Why a chain of certificates does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChainError {
    /// It ends at a certificate whose issuer is not there and that is not trusted.
    Untrusted {
        /// The last certificate's issuer.
        issuer: String,
    },
    /// A certificate was not valid at the time.
    NotValidThen {
        /// Whose.
        subject: String,
        /// From when it is valid,
        from: Moment,
        /// until when.
        until: Moment,
        /// The time asked for.
        at: Moment,
    },
    /// A certificate may not be used for what it was used for.
    WrongUse {
        /// Whose.
        subject: String,
    },
    /// A certificate's signature is not that of its issuer, or is made in a way that is not accepted.
    BadSignature {
        /// Whose.
        subject: String,
    },
}

impl Certificate {
    /// Reads a certificate in DER.
    pub fn from_der(der: &[u8]) -> Option<Self> {
        Certificate::from_x509(X509::from_der(der).ok()?)
    }

    pub(super) fn from_x509(x509: X509) -> Option<Self> {
        let der = x509.to_der().ok()?;
        Some(Certificate { x509, der })
    }

    /// Reads all certificates of a file: one in DER, or any number in PEM. `None` when there is none.
    pub fn read_all(bytes: &[u8]) -> Option<Vec<Self>> {
        if let Some(one) = Certificate::from_der(bytes) {
            return Some(vec![one]);
        }
        const END: &str = "-----END CERTIFICATE-----";
        let text = std::str::from_utf8(bytes).ok()?;
        let mut found = Vec::new();
        let mut rest = text;
        while let Some(start) = rest.find("-----BEGIN CERTIFICATE-----") {
            let length = rest[start..].find(END)? + END.len();
            found.push(Certificate::from_x509(X509::from_pem(&rest[start..start + length]).ok()?)?);
            rest = &rest[start + length..];
        }
        (!found.is_empty()).then_some(found)
    }

    /// Its bytes.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Whose it is, as RFC 4514 writes names.
    pub fn subject(&self) -> String {
        self.x509.tbs_certificate().subject().to_string()
    }

    /// The common name of whose it is, or else the whole name.
    pub fn name(&self) -> String {
        let name = self.x509.tbs_certificate().subject().common_name();
        name.ok().flatten().map_or_else(|| self.subject(), |name| name.value().into_owned())
    }

    /// Who gave it.
    pub fn issuer(&self) -> String {
        self.x509.tbs_certificate().issuer().to_string()
    }

    /// Its number, in hexadecimal digits.
    pub fn serial(&self) -> String {
        crypto::hex(self.x509.tbs_certificate().serial_number().as_bytes())
    }

    /// From when and until when it is valid.
    pub fn validity(&self) -> Option<(Moment, Moment)> {
        let validity = self.x509.tbs_certificate().validity();
        let moment = |time: &cms::cert::x509::time::Time| {
            Moment::from_unix(i64::try_from(time.to_unix_duration().as_secs()).ok()?)
        };
        Some((moment(&validity.not_before)?, moment(&validity.not_after)?))
    }

    /// Its key, as SubjectPublicKeyInfo in DER.
    pub fn public_key(&self) -> Vec<u8> {
        self.x509.tbs_certificate().subject_public_key_info().to_der().unwrap_or_default()
    }

    /// Whether whose it is gave it too.
    pub fn is_self_issued(&self) -> bool {
        self.x509.tbs_certificate().subject() == self.x509.tbs_certificate().issuer()
    }

    /// Whether its key may be used so. An extension that is damaged allows nothing.
    pub fn may(&self, purpose: Purpose) -> bool {
        let tbs = self.x509.tbs_certificate();
        let usage = match tbs.get_extension::<KeyUsage>() {
            Ok(usage) => usage.is_none_or(|(_, usage)| usage.digital_signature() || usage.non_repudiation()),
            Err(_) => false,
        };
        let extended = match (tbs.get_extension::<ExtendedKeyUsage>(), purpose) {
            (Ok(None), Purpose::Signing) => true,
            // RFC 3161, 2.3: only this purpose, and critical.
            (Ok(Some((critical, uses))), Purpose::TimeStamping) => critical && uses.0 == [TIME_STAMPING],
            (Ok(Some((_, uses))), Purpose::Signing) => uses.0.iter().any(|own| !OTHER_PURPOSES.contains(own)),
            (Ok(None), Purpose::TimeStamping) | (Err(_), _) => false,
        };
        usage && extended && self.knows_its_extensions()
    }

    /// Whether it may give certificates, with so many others of its kind below it.
    fn may_issue(&self, below: usize) -> bool {
        let tbs = self.x509.tbs_certificate();
        let constraints = match tbs.get_extension::<BasicConstraints>() {
            Ok(Some((_, constraints))) => constraints,
            Ok(None) | Err(_) => return false,
        };
        let usage = match tbs.get_extension::<KeyUsage>() {
            Ok(usage) => usage.is_none_or(|(_, usage)| usage.key_cert_sign()),
            Err(_) => false,
        };
        let short_enough = constraints.path_len_constraint.is_none_or(|most| below <= usize::from(most));
        constraints.ca && usage && short_enough && self.knows_its_extensions()
    }

    fn knows_its_extensions(&self) -> bool {
        let extensions = self.x509.tbs_certificate().extensions();
        extensions.is_none_or(|list| {
            list.iter().all(|extension| {
                !extension.critical || KNOWN_EXTENSIONS.contains(&extension.extn_id.to_string().as_str())
            })
        })
    }

    /// Whether another certificate's key signed this one.
    fn is_signed_by(&self, issuer: &Certificate) -> bool {
        let Ok(signed) = self.x509.tbs_certificate().to_der() else { return false };
        let Ok((scheme, hash)) = signature_algorithm(self.x509.signature_algorithm(), Ok(Hash::Sha256)) else {
            return false;
        };
        let Some(signature) = self.x509.signature().as_bytes() else { return false };
        crypto::verify(&issuer.public_key(), scheme, hash, &signed, signature).is_ok()
    }

    fn was_valid(&self, at: Moment) -> Result<(), ChainError> {
        let (from, until) = self.validity().ok_or_else(|| ChainError::BadSignature { subject: self.subject() })?;
        if (from..=until).contains(&at) {
            return Ok(());
        }
        Err(ChainError::NotValidThen { subject: self.subject(), from, until, at })
    }
}

/// The chain from a certificate to a trusted one, that one included, as it was at a time.
///
/// # Errors
/// Why there is none.
pub fn chain<'c>(
    leaf: &'c Certificate,
    others: &'c [Certificate],
    trusted: &'c [Certificate],
    purpose: Purpose,
    at: Moment,
) -> Result<Vec<Certificate>, ChainError> {
    if !leaf.may(purpose) {
        return Err(ChainError::WrongUse { subject: leaf.subject() });
    }
    leaf.was_valid(at)?;
    let mut search = Search { others, trusted, at, issuers: MOST_ISSUERS, path: vec![leaf] };
    if !trusted.contains(leaf) {
        search.go_on()?;
    }
    Ok(search.path.into_iter().cloned().collect())
}

/// A chain on its way to a trusted certificate.
struct Search<'c> {
    others: &'c [Certificate],
    trusted: &'c [Certificate],
    at: Moment,
    /// How many more issuers are tried.
    issuers: usize,
    path: Vec<&'c Certificate>,
}

impl<'c> Search<'c> {
    /// Goes on from the last certificate, by each that may be its issuer's: one that was renewed has the same name,
    /// and may have the same key. A trusted one is tried before others. The first that fails says why.
    fn go_on(&mut self) -> Result<(), ChainError> {
        let Some(&last) = self.path.last() else { return Ok(()) };
        let untrusted = ChainError::Untrusted { issuer: last.issuer() };
        if self.path.len() >= LONGEST_CHAIN {
            return Err(untrusted);
        }
        let (mut named, mut failed) = (false, None);
        for issuer in self.trusted.iter().chain(self.others) {
            let subject = issuer.x509.tbs_certificate().subject();
            if subject != last.x509.tbs_certificate().issuer() || self.path.contains(&issuer) {
                continue;
            }
            named = true;
            let Some(left) = self.issuers.checked_sub(1) else { break };
            self.issuers = left;
            if !last.is_signed_by(issuer) {
                continue;
            }
            let mut tried = match issuer.may_issue(self.path.len() - 1) {
                true => issuer.was_valid(self.at),
                false => Err(ChainError::WrongUse { subject: issuer.subject() }),
            };
            if tried.is_ok() {
                self.path.push(issuer);
                if !self.trusted.contains(issuer) {
                    tried = self.go_on();
                }
            }
            match tried {
                Ok(()) => return Ok(()),
                Err(error) => {
                    failed.get_or_insert(error);
                }
            }
            let depth = self.path.iter().position(|own| *own == issuer);
            self.path.truncate(depth.unwrap_or(self.path.len()));
        }
        Err(failed.unwrap_or(match named {
            true => ChainError::BadSignature { subject: last.subject() },
            false => untrusted,
        }))
    }
}
