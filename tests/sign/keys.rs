//! Keys and certificates for the tests, made in them: a root, signers, a time-stamp server. The keys are small
//! numbers, so that every run has the same; nobody may use them for anything else.

use std::str::FromStr;
use std::time::Duration;

use der::Encode;
use der::asn1::{ObjectIdentifier, OctetString};
use kanyin::cms::Signer;
use kanyin::cms::certificate::Certificate;
use kanyin::crypto::PrivateKey;
use p256::ecdsa::{DerSignature, SigningKey};
use p256::pkcs8::{EncodePrivateKey, EncodePublicKey};
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::{Builder, CertificateBuilder};
use x509_cert::certificate::TbsCertificate;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{SubjectPublicKeyInfoOwned, SubjectPublicKeyInfoRef};
use x509_cert::time::{Time, Validity};

/// What a certificate is for.
#[derive(Clone, Copy, PartialEq)]
pub enum Use {
    Root,
    Signing,
    Stamping,
    Web,
}

struct Profile {
    subject: &'static str,
    issuer: &'static str,
    purpose: Use,
}

impl BuilderProfile for Profile {
    fn get_issuer(&self, _: &Name) -> Name {
        Name::from_str(self.issuer).expect("a name")
    }

    fn get_subject(&self) -> Name {
        Name::from_str(self.subject).expect("a name")
    }

    fn build_extensions(
        &self,
        _: SubjectPublicKeyInfoRef<'_>,
        _: SubjectPublicKeyInfoRef<'_>,
        _: &TbsCertificate,
    ) -> x509_cert::builder::Result<Vec<Extension>> {
        let extension = |oid: &str, value: Vec<u8>| Extension {
            extn_id: ObjectIdentifier::new(oid).expect("an identifier"),
            critical: true,
            extn_value: OctetString::new(value).expect("a value"),
        };
        let root = self.purpose == Use::Root;
        let usage = if root { KeyUsages::KeyCertSign } else { KeyUsages::DigitalSignature };
        let constraints = BasicConstraints { ca: root, path_len_constraint: None };
        let mut extensions = vec![
            extension("2.5.29.15", KeyUsage(usage.into()).to_der()?),
            extension("2.5.29.19", constraints.to_der()?),
        ];
        let extended = match self.purpose {
            Use::Stamping => Some("1.3.6.1.5.5.7.3.8"),
            Use::Web => Some("1.3.6.1.5.5.7.3.1"),
            Use::Root | Use::Signing => None,
        };
        if let Some(purpose) = extended {
            let purpose = ObjectIdentifier::new_unwrap(purpose);
            extensions.push(extension("2.5.29.37", ExtendedKeyUsage(vec![purpose]).to_der()?));
        }
        Ok(extensions)
    }
}

fn key(number: u8) -> SigningKey {
    SigningKey::from_slice(&[number; 32]).expect("a key")
}

const ROOT: &str = "CN=Root for tests";

fn certificate(number: u8, issuer: u8, subject: &'static str, purpose: Use) -> Certificate {
    certificate_of(number, issuer, subject, purpose, (2020, 2040))
}

fn certificate_of(
    number: u8,
    issuer: u8,
    subject: &'static str,
    purpose: Use,
    (from, until): (u64, u64),
) -> Certificate {
    let spki = key(number).verifying_key().to_public_key_der().expect("a key");
    let spki: SubjectPublicKeyInfoOwned = der::Decode::from_der(spki.as_bytes()).expect("a key");
    let year = |year: u64| {
        let since = Duration::from_secs((year - 1970) * 31_557_600);
        Time::try_from(std::time::UNIX_EPOCH + since).expect("a time")
    };
    let validity = Validity::new(year(from), year(until));
    let profile = Profile { subject, issuer: ROOT, purpose };
    let serial = SerialNumber::from(u32::from(number));
    let builder = CertificateBuilder::new(profile, serial, validity, spki).expect("a certificate");
    let x509 = builder.build::<_, DerSignature>(&key(issuer)).expect("a certificate");
    Certificate::from_der(&x509.to_der().expect("DER")).expect("a certificate")
}

fn signer(number: u8, issuer: u8, subject: &'static str, purpose: Use) -> Signer {
    let pkcs8 = pkcs8(number);
    let certificates =
        vec![certificate(number, issuer, subject, purpose), certificate(issuer, issuer, ROOT, Use::Root)];
    Signer { key: PrivateKey::read(&pkcs8).expect("a key"), certificates }
}

/// The key of a number, in PKCS #8.
pub fn pkcs8(number: u8) -> Vec<u8> {
    key(number).to_pkcs8_der().expect("a key").as_bytes().to_vec()
}

/// The root all trust.
pub fn root() -> Certificate {
    certificate(1, 1, ROOT, Use::Root)
}

/// The first signer, with key number 2.
pub fn first() -> Signer {
    signer(2, 1, "CN=First signer", Use::Signing)
}

/// The second signer.
pub fn second() -> Signer {
    signer(3, 1, "CN=Second signer", Use::Signing)
}

/// A signer whose root only bears the name of the one that is trusted.
pub fn impostor() -> Signer {
    signer(5, 6, "CN=First signer", Use::Signing)
}

/// A time-stamp server.
pub fn server() -> Signer {
    signer(4, 1, "CN=Time-stamp server", Use::Stamping)
}

/// A root of the name of the one that is trusted, by the number of its key, valid between years.
pub fn root_of(number: u8, from: u64, until: u64) -> Certificate {
    certificate_of(number, number, ROOT, Use::Root, (from, until))
}

/// A time-stamp server whose root only bears the name of the one that is trusted.
pub fn other_server() -> Signer {
    signer(7, 8, "CN=Other time-stamp server", Use::Stamping)
}

/// A web server.
pub fn web_server() -> Signer {
    signer(10, 1, "CN=www.example", Use::Web)
}
