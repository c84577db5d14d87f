//! Digests, and signatures of keys: RSA (PKCS #1 v1.5) and ECDSA over P-256 and P-384, with SHA-2.
//!
//! The libraries that compute them are named here alone. Nothing weaker is accepted: no SHA-1, no RSA key below
//! 2048 bits. Nothing here draws random numbers: RSA signatures of this kind have none, and those of ECDSA are
//! made as RFC 6979 says, so that the same key and the same bytes give the same signature.

use p256::ecdsa::signature::hazmat::{PrehashSigner, PrehashVerifier};
use p256::pkcs8::{DecodePrivateKey, EncodePublicKey};
use rsa::pkcs1v15::Pkcs1v15Sign;
use rsa::pkcs8::DecodePublicKey;
use rsa::traits::PublicKeyParts;
use sha2::{Digest, Sha256, Sha384, Sha512};

/// The shortest RSA key that is accepted, in bits.
pub const SHORTEST_RSA: usize = 2048;

/// The SHA-256 of some bytes.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// Bytes in lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A digest algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hash {
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl Hash {
    /// The digest of parts that follow each other.
    pub fn of(self, parts: &[&[u8]]) -> Vec<u8> {
        fn digest<D: Digest>(parts: &[&[u8]]) -> Vec<u8> {
            let mut digest = D::new();
            for part in parts {
                digest.update(part);
            }
            digest.finalize().to_vec()
        }
        match self {
            Hash::Sha256 => digest::<Sha256>(parts),
            Hash::Sha384 => digest::<Sha384>(parts),
            Hash::Sha512 => digest::<Sha512>(parts),
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Hash::Sha256 => "SHA-256",
            Hash::Sha384 => "SHA-384",
            Hash::Sha512 => "SHA-512",
        }
    }
}

/// How a signature is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// RSA with PKCS #1 v1.5 padding.
    Rsa,
    /// ECDSA.
    Ecdsa,
}

/// Why a signature does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// It is not the signature of these bytes by this key.
    #[error("the signature is not that of the key")]
    Wrong,
    /// The key is of a kind that is not known here, or does not fit the algorithm.
    #[error("the kind of key is not known or does not fit the algorithm")]
    UnknownKey,
    /// The key is too short to be trusted.
    #[error("the RSA key has {bits} bits, fewer than {SHORTEST_RSA}")]
    WeakKey {
        /// Its length.
        bits: usize,
    },
}

/// Whether a signature is that of some bytes by the key of a SubjectPublicKeyInfo in DER.
///
/// # Errors
/// When it is not, or the key cannot be used.
pub fn verify(key: &[u8], scheme: Scheme, hash: Hash, message: &[u8], signature: &[u8]) -> Result<(), SignatureError> {
    let digest = hash.of(&[message]);
    match scheme {
        Scheme::Rsa => {
            let key = rsa::PublicKey::from_public_key_der(key).map_err(|_| SignatureError::UnknownKey)?;
            let bits = key.size() * 8;
            if bits < SHORTEST_RSA {
                return Err(SignatureError::WeakKey { bits });
            }
            key.verify(padding(hash), &digest, signature).map_err(|_| SignatureError::Wrong)
        }
        Scheme::Ecdsa => {
            if let Ok(key) = p256::ecdsa::VerifyingKey::from_public_key_der(key) {
                let signature = p256::ecdsa::DerSignature::from_bytes(signature).map_err(|_| SignatureError::Wrong)?;
                return key.verify_prehash(&digest, &signature).map_err(|_| SignatureError::Wrong);
            }
            let key = p384::ecdsa::VerifyingKey::from_public_key_der(key).map_err(|_| SignatureError::UnknownKey)?;
            let signature = p384::ecdsa::DerSignature::from_bytes(signature).map_err(|_| SignatureError::Wrong)?;
            key.verify_prehash(&digest, &signature).map_err(|_| SignatureError::Wrong)
        }
    }
}

fn padding(hash: Hash) -> Pkcs1v15Sign {
    match hash {
        Hash::Sha256 => Pkcs1v15Sign::new::<Sha256>(),
        Hash::Sha384 => Pkcs1v15Sign::new::<Sha384>(),
        Hash::Sha512 => Pkcs1v15Sign::new::<Sha512>(),
    }
}

/// A private key that can sign.
pub enum PrivateKey {
    /// RSA.
    Rsa(Box<rsa::PrivateKey>),
    /// ECDSA over P-256.
    P256(p256::ecdsa::SigningKey),
}

impl PrivateKey {
    /// Reads a key in PKCS #8; `None` when it is of another kind.
    pub fn read(pkcs8: &[u8]) -> Option<Self> {
        if let Ok(key) = rsa::PrivateKey::from_pkcs8_der(pkcs8) {
            return Some(PrivateKey::Rsa(Box::new(key)));
        }
        p256::ecdsa::SigningKey::from_pkcs8_der(pkcs8).ok().map(PrivateKey::P256)
    }

    /// How it signs.
    pub fn scheme(&self) -> Scheme {
        match self {
            PrivateKey::Rsa(_) => Scheme::Rsa,
            PrivateKey::P256(_) => Scheme::Ecdsa,
        }
    }

    /// Whether it is long enough.
    ///
    /// # Errors
    /// When it is not.
    pub fn check_strength(&self) -> Result<(), SignatureError> {
        match self {
            PrivateKey::Rsa(key) if key.size() * 8 < SHORTEST_RSA => {
                Err(SignatureError::WeakKey { bits: key.size() * 8 })
            }
            PrivateKey::Rsa(_) | PrivateKey::P256(_) => Ok(()),
        }
    }

    /// Its public half as SubjectPublicKeyInfo in DER.
    pub fn public_key(&self) -> Option<Vec<u8>> {
        let document = match self {
            PrivateKey::Rsa(key) => key.to_public_key().to_public_key_der(),
            PrivateKey::P256(key) => key.verifying_key().to_public_key_der(),
        };
        Some(document.ok()?.into_vec())
    }

    /// Signs bytes with SHA-256; `None` when the key is damaged.
    pub fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let digest = sha256(message);
        match self {
            PrivateKey::Rsa(key) => key.sign(padding(Hash::Sha256), &digest).ok(),
            PrivateKey::P256(key) => {
                let signature: p256::ecdsa::DerSignature = key.sign_prehash(&digest).ok()?;
                Some(signature.as_bytes().to_vec())
            }
        }
    }
}
