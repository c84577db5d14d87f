//! A key with its certificates, out of a PKCS #12 file (`.p12`, `.pfx`). The library for them is named here alone.

use p12_keystore::{KeyStore, Pkcs12ImportPolicy};

use crate::cms::Signer;
use crate::cms::certificate::Certificate;
use crate::crypto::PrivateKey;

/// Why a key cannot be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The password is wrong, or the file is no PKCS #12.
    #[error("the password is wrong, or the file is damaged or no PKCS #12 ({reason})")]
    Closed {
        /// What the library says.
        reason: String,
    },
    /// There is no key with a certificate in it.
    #[error("it has no private key with a certificate")]
    NoKey,
    /// The key is of a kind that is not known here.
    #[error("its key is neither RSA nor ECDSA over P-256")]
    UnknownKey,
    /// The RSA key is too short.
    #[error("its key is not accepted: {0}")]
    Weak(crate::crypto::SignatureError),
    /// The certificate is that of another key.
    #[error("its certificate is not that of its key")]
    WrongCertificate,
}

/// Reads the key of a PKCS #12 file, with its certificate and those above it.
///
/// # Errors
/// When the password is wrong, or no key that can sign is in the file.
pub fn read_key(bytes: &[u8], password: &str) -> Result<Signer, KeyError> {
    let closed = |error: p12_keystore::error::Error| KeyError::Closed { reason: error.to_string() };
    let store = KeyStore::from_pkcs12(bytes, password, Pkcs12ImportPolicy::Relaxed).map_err(closed)?;
    let (_, chain) = store.private_key_chain().ok_or(KeyError::NoKey)?;
    let key = PrivateKey::read(chain.key().as_der()).ok_or(KeyError::UnknownKey)?;
    let mut certificates: Vec<Certificate> = Vec::new();
    for certificate in chain.certs() {
        certificates.extend(Certificate::from_der(certificate.as_der()));
    }
    let own = certificates.first().ok_or(KeyError::NoKey)?;
    if key.public_key() != Some(own.public_key()) {
        return Err(KeyError::WrongCertificate);
    }
    key.check_strength().map_err(KeyError::Weak)?;
    Ok(Signer { key, certificates })
}
