//! The names algorithms have in certificates and messages.

use cms::cert::x509::spki::AlgorithmIdentifierOwned;
use der::Any;
use der::asn1::ObjectIdentifier;

use crate::crypto::{Hash, Scheme};

const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2");
const SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3");
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const SHA256_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");
const SHA384_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.12");
const SHA512_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.13");
const ECDSA_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");
const ECDSA_SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.3");
const ECDSA_SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.4");

/// An algorithm that is not known here, by the name people give it or its number.
pub(super) type Unknown = String;

/// Which digest an identifier names.
pub(super) fn digest_algorithm(algorithm: &AlgorithmIdentifierOwned) -> Result<Hash, Unknown> {
    match algorithm.oid {
        SHA256 => Ok(Hash::Sha256),
        SHA384 => Ok(Hash::Sha384),
        SHA512 => Ok(Hash::Sha512),
        other => Err(name(other)),
    }
}

/// Which signature an identifier names; plain RSA takes the digest that is named beside it.
pub(super) fn signature_algorithm(
    algorithm: &AlgorithmIdentifierOwned,
    beside: Result<Hash, Unknown>,
) -> Result<(Scheme, Hash), Unknown> {
    match algorithm.oid {
        RSA => Ok((Scheme::Rsa, beside?)),
        SHA256_RSA => Ok((Scheme::Rsa, Hash::Sha256)),
        SHA384_RSA => Ok((Scheme::Rsa, Hash::Sha384)),
        SHA512_RSA => Ok((Scheme::Rsa, Hash::Sha512)),
        ECDSA_SHA256 => Ok((Scheme::Ecdsa, Hash::Sha256)),
        ECDSA_SHA384 => Ok((Scheme::Ecdsa, Hash::Sha384)),
        ECDSA_SHA512 => Ok((Scheme::Ecdsa, Hash::Sha512)),
        other => Err(name(other)),
    }
}

/// What people call an algorithm that is not accepted.
fn name(oid: ObjectIdentifier) -> Unknown {
    match oid.to_string().as_str() {
        "1.3.14.3.2.26" => "SHA-1".into(),
        "1.2.840.113549.2.5" => "MD5".into(),
        "1.2.840.113549.1.1.5" => "SHA-1 with RSA".into(),
        "1.2.840.113549.1.1.10" => "RSASSA-PSS".into(),
        "1.2.840.10045.4.1" => "ECDSA with SHA-1".into(),
        "1.2.156.10197.1.401" | "1.2.156.10197.1.401.1" => "SM3".into(),
        "1.2.156.10197.1.501" => "SM2 with SM3".into(),
        "1.2.156.10197.1.301" | "1.2.156.10197.1.301.1" => "SM2".into(),
        "1.3.101.112" => "Ed25519".into(),
        other => other.to_owned(),
    }
}

/// SHA-256, as an identifier.
pub(super) fn sha256() -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned { oid: SHA256, parameters: None }
}

/// How a key signs with SHA-256, as an identifier.
pub(super) fn signing(scheme: Scheme) -> AlgorithmIdentifierOwned {
    match scheme {
        // RFC 4055, 5: the parameters are NULL; RFC 5758, 3.2: there are none.
        Scheme::Rsa => AlgorithmIdentifierOwned { oid: SHA256_RSA, parameters: Some(Any::null()) },
        Scheme::Ecdsa => AlgorithmIdentifierOwned { oid: ECDSA_SHA256, parameters: None },
    }
}
