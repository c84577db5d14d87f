//! Signed messages (CMS, RFC 5652) as PAdES wants them: made, read and checked.
//!
//! One signer, SHA-256, the attributes of the baseline profile (EN 319 142-1, 6.3): content type, message digest
//! and the signer's certificate by its digest (RFC 5035), and no signing time, which PDF keeps elsewhere.
//! [`certificate`] has chains of certificates, [`timestamp`] the stamps of RFC 3161.

mod algorithm;
pub mod certificate;
pub mod timestamp;

use cms::cert::x509::attr::Attribute;
use cms::cert::x509::spki::AlgorithmIdentifierOwned;
use cms::cert::{CertificateChoices, IssuerAndSerialNumber};
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{EncapsulatedContentInfo, SignedData, SignerIdentifier, SignerInfo};
use der::asn1::{ObjectIdentifier, OctetString, SetOfVec};
use der::{Any, Decode, Encode, Sequence};

use crate::crypto::{self, Hash, PrivateKey, Scheme, SignatureError};
use algorithm::{Unknown, digest_algorithm, signature_algorithm};
use certificate::Certificate;

const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const SIGNING_TIME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.5");
const SIGNING_CERTIFICATE_V2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");
const TIME_STAMP_TOKEN: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.14");
/// No message is read that is longer, in bytes.
const LONGEST: usize = 4 << 20;
/// No message is read that has more certificates.
const MOST_CERTIFICATES: usize = 64;

/// Why a message cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CmsError {
    /// It is no signed message in DER.
    #[error("it is no signed CMS message")]
    NotCms,
    /// It is not signed by one signer.
    #[error("it has {count} signers; there must be one")]
    NotOneSigner {
        /// How many there are.
        count: usize,
    },
    /// The signer's certificate is not in it.
    #[error("the signer's certificate is not in it")]
    NoCertificate,
    /// Attributes that must be signed are not there.
    #[error("it lacks the signed attribute `{name}`")]
    MissingAttribute {
        /// Which.
        name: &'static str,
    },
    /// It is signed with an algorithm that is not known, or not accepted.
    #[error("it is signed with {name}, which is not accepted here")]
    UnknownAlgorithm {
        /// Its name or number.
        name: String,
    },
}

impl CmsError {
    /// The same in Chinese.
    pub fn chinese(&self) -> String {
        match self {
            CmsError::NotCms => "不是CMS签名消息".into(),
            CmsError::NotOneSigner { count } => format!("有{count}个签名人，应为一个"),
            CmsError::NoCertificate => "其中没有签名人的证书".into(),
            CmsError::MissingAttribute { name } => format!("缺少签名属性`{name}`"),
            CmsError::UnknownAlgorithm { name } => format!("使用了{name}算法，本程序不接受"),
        }
    }
}

/// A signed message that was read.
#[derive(Clone, Debug)]
pub struct Message {
    info: SignerInfo,
    content_type: ObjectIdentifier,
    content: Option<Vec<u8>>,
    certificates: Vec<Certificate>,
    signer: Certificate,
    hash: Result<Hash, Unknown>,
    /// How it is signed, and over which digest of the signed attributes.
    scheme: Result<(Scheme, Hash), Unknown>,
}

/// RFC 5035: a certificate by its digest.
#[derive(Clone, Debug, Sequence)]
struct EssCertId {
    #[asn1(optional = "true")]
    algorithm: Option<AlgorithmIdentifierOwned>,
    hash: OctetString,
    #[asn1(optional = "true")]
    issuer_serial: Option<Any>,
}

impl Message {
    /// Reads a message; what follows it is left aside, as the zeros are that fill a PDF's place for it.
    ///
    /// # Errors
    /// When it is no message by one signer, or made in a way that is not accepted.
    pub fn read(bytes: &[u8]) -> Result<Self, CmsError> {
        let message = Message::read_any(bytes)?;
        message.known()?;
        Ok(message)
    }

    /// Reads a message in whatever way it is made; [`Message::known`] says whether that is accepted.
    ///
    /// # Errors
    /// When it is no message by one signer.
    pub fn read_any(bytes: &[u8]) -> Result<Self, CmsError> {
        let der = first_value(bytes).filter(|der| der.len() <= LONGEST).ok_or(CmsError::NotCms)?;
        let outer = ContentInfo::from_der(der).map_err(|_| CmsError::NotCms)?;
        if outer.content_type != SIGNED_DATA {
            return Err(CmsError::NotCms);
        }
        let data: SignedData = outer.content.decode_as().map_err(|_| CmsError::NotCms)?;
        let infos = data.signer_infos.0.as_slice();
        let [info] = infos else { return Err(CmsError::NotOneSigner { count: infos.len() }) };
        let choices = data.certificates.as_ref().map_or(&[][..], |set| set.0.as_slice());
        let certificates: Vec<Certificate> = choices
            .iter()
            .take(MOST_CERTIFICATES)
            .filter_map(|choice| match choice {
                CertificateChoices::Certificate(x509) => Certificate::from_x509(x509.clone()),
                CertificateChoices::Other(_) => None,
            })
            .collect();
        let signer = certificates.iter().find(|known| is_signer(known, &info.sid)).cloned();
        let hash = digest_algorithm(&info.digest_alg);
        let scheme = signature_algorithm(&info.signature_algorithm, hash.clone());
        let content = match &data.encap_content_info.econtent {
            Some(content) => {
                let bytes: OctetString = content.decode_as().map_err(|_| CmsError::NotCms)?;
                Some(bytes.as_bytes().to_vec())
            }
            None => None,
        };
        Ok(Message {
            info: info.clone(),
            content_type: data.encap_content_info.econtent_type,
            content,
            signer: signer.ok_or(CmsError::NoCertificate)?,
            certificates,
            hash,
            scheme,
        })
    }

    /// Whether digest and signature are made in ways that are accepted.
    ///
    /// # Errors
    /// When they are not: which.
    pub fn known(&self) -> Result<(), CmsError> {
        self.hash()?;
        self.scheme.as_ref().map(|_| ()).map_err(|name| CmsError::UnknownAlgorithm { name: name.clone() })
    }

    /// The signer's certificate.
    pub fn signer(&self) -> &Certificate {
        &self.signer
    }

    /// All certificates in it.
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// The digest its signer took.
    ///
    /// # Errors
    /// When it is not one that is accepted.
    pub fn hash(&self) -> Result<Hash, CmsError> {
        self.hash.clone().map_err(|name| CmsError::UnknownAlgorithm { name })
    }

    /// How it is signed, for people.
    pub fn algorithm(&self) -> String {
        match &self.scheme {
            Ok((Scheme::Rsa, hash)) => format!("RSA, {}", hash.name()),
            Ok((Scheme::Ecdsa, hash)) => format!("ECDSA, {}", hash.name()),
            Err(name) => name.clone(),
        }
    }

    /// Whether the digest it signs is that of some bytes, which follow each other.
    ///
    /// # Errors
    /// When it does not sign a digest, or one that is not accepted.
    pub fn signs(&self, parts: &[&[u8]]) -> Result<bool, CmsError> {
        Ok(self.digest()? == self.hash()?.of(parts))
    }

    /// The digest it signs.
    ///
    /// # Errors
    /// When it does not sign one.
    pub fn digest(&self) -> Result<Vec<u8>, CmsError> {
        let digest: OctetString = self.attribute(MESSAGE_DIGEST, "message-digest")?;
        let kind: ObjectIdentifier = self.attribute(CONTENT_TYPE, "content-type")?;
        if kind != self.content_type {
            return Err(CmsError::MissingAttribute { name: "content-type" });
        }
        Ok(digest.as_bytes().to_vec())
    }

    /// Whether its signature is that of the certificate's key over the signed attributes.
    ///
    /// # Errors
    /// When it is not.
    pub fn check_signature(&self) -> Result<(), SignatureError> {
        let signed = self.info.signed_attrs.as_ref().and_then(|attributes| attributes.to_der().ok());
        let signed = signed.ok_or(SignatureError::Wrong)?;
        let Ok((scheme, hash)) = self.scheme else { return Err(SignatureError::UnknownKey) };
        crypto::verify(&self.signer.public_key(), scheme, hash, &signed, self.signature())
    }

    /// Whether it names the certificate it is to be checked with, so that no other can take its place.
    pub fn names_its_certificate(&self) -> bool {
        let named: Result<Vec<Any>, CmsError> = self.attribute(SIGNING_CERTIFICATE_V2, "signing-certificate-v2");
        let first = named.ok().and_then(|named| named.first()?.decode_as::<Vec<EssCertId>>().ok()?.into_iter().next());
        let Some(first) = first else { return false };
        let hash = first.algorithm.as_ref().map_or(Ok(Hash::Sha256), digest_algorithm);
        hash.is_ok_and(|hash| hash.of(&[self.signer.der()]) == first.hash.as_bytes())
    }

    /// Whether it signs a time of its own, which PAdES does not want.
    pub fn has_signing_time(&self) -> bool {
        self.find(SIGNING_TIME).is_some()
    }

    /// The signature itself.
    pub fn signature(&self) -> &[u8] {
        self.info.signature.as_bytes()
    }

    /// The time-stamp over its signature, if it has one.
    pub fn time_stamp(&self) -> Option<Vec<u8>> {
        let attributes = self.info.unsigned_attrs.as_ref()?;
        let stamp = attributes.iter().find(|attribute| attribute.oid == TIME_STAMP_TOKEN)?;
        stamp.values.iter().next()?.to_der().ok()
    }

    fn find(&self, oid: ObjectIdentifier) -> Option<&Attribute> {
        self.info.signed_attrs.as_ref()?.iter().find(|attribute| attribute.oid == oid)
    }

    fn attribute<T>(&self, oid: ObjectIdentifier, name: &'static str) -> Result<T, CmsError>
    where
        T: for<'a> Decode<'a, Error = der::Error> + for<'a> der::DecodeValue<'a, Error = der::Error> + der::FixedTag,
    {
        let missing = CmsError::MissingAttribute { name };
        let attribute = self.find(oid).ok_or_else(|| missing.clone())?;
        match attribute.values.as_slice() {
            [value] => value.decode_as().map_err(|_| missing),
            _ => Err(missing),
        }
    }
}

fn is_signer(certificate: &Certificate, sid: &SignerIdentifier) -> bool {
    let tbs = certificate.x509.tbs_certificate();
    match sid {
        SignerIdentifier::IssuerAndSerialNumber(named) => {
            tbs.issuer() == &named.issuer && tbs.serial_number() == &named.serial_number
        }
        SignerIdentifier::SubjectKeyIdentifier(named) => {
            let own = tbs.get_extension::<cms::cert::x509::ext::pkix::SubjectKeyIdentifier>();
            own.is_ok_and(|own| own.is_some_and(|(_, own)| own == *named))
        }
    }
}

/// A message out of a file, in DER: as it stands there, or out of PEM (`CMS` or `PKCS7`); `None` when it is neither.
pub fn message_of(file: &[u8]) -> Option<Vec<u8>> {
    if let Some(der) = first_value(file) {
        return Some(der.to_vec());
    }
    let (label, der) = der::pem::decode_vec(file.trim_ascii()).ok()?;
    ["CMS", "PKCS7"].contains(&label).then(|| first_value(&der).map(<[u8]>::to_vec)).flatten()
}

/// The first DER value of some bytes; `None` when they do not begin with a sequence of definite length.
fn first_value(bytes: &[u8]) -> Option<&[u8]> {
    let length = match bytes {
        [0x30, short @ 0..=0x7f, ..] => 2 + usize::from(*short),
        [0x30, 0x81, a, ..] => 3 + usize::from(*a),
        [0x30, 0x82, a, b, ..] => 4 + usize::from(u16::from_be_bytes([*a, *b])),
        [0x30, 0x83, a, b, c, ..] => 5 + u32::from_be_bytes([0, *a, *b, *c]) as usize,
        _ => return None,
    };
    bytes.get(..length)
}

/// Whether only zeros follow a message, as they fill a PDF's place for it; also where there is no message.
pub fn ends_in_zeros(bytes: &[u8]) -> bool {
    let message = first_value(bytes).map_or(0, <[u8]>::len);
    message == 0 || bytes[message..].iter().all(|&byte| byte == 0)
}

/// A key with its certificate and those of its issuers.
pub struct Signer {
    /// The key.
    pub key: PrivateKey,
    /// The certificate of the key first, then its issuers'.
    pub certificates: Vec<Certificate>,
}

/// A message that is signed and may yet get a time-stamp.
pub struct Signed {
    data: SignedData,
    info: SignerInfo,
}

impl Signer {
    /// How many bytes its messages need at most, without a time-stamp.
    pub fn room(&self) -> usize {
        // The certificates, and beside them names, digests and the signature.
        let certificates: usize = self.certificates.iter().map(|own| own.der().len()).sum();
        2 * certificates + 2048
    }

    /// The name of the first issuer, from the key's certificate on, whose certificate is not there; `None` when the
    /// chain ends at a root.
    pub fn missing_issuer(&self) -> Option<String> {
        let mut last = self.certificates.first()?;
        // As many steps as there are certificates, for those that issue each other.
        for _ in &self.certificates {
            if last.is_self_issued() {
                return None;
            }
            match self.certificates.iter().find(|other| other.subject() == last.issuer()) {
                Some(issuer) => last = issuer,
                None => return Some(last.issuer()),
            }
        }
        None
    }

    /// Signs the digest (SHA-256) of data that stay outside the message; `None` when key and certificate do not
    /// fit each other.
    pub fn sign_digest(&self, digest: &[u8]) -> Option<Signed> {
        self.sign(DATA, None, digest)
    }

    /// Signs content that goes into the message, of the type an object identifier names.
    pub fn sign_content(&self, content_type: &str, content: &[u8]) -> Option<Signed> {
        self.sign(ObjectIdentifier::new(content_type).ok()?, Some(content), &crypto::sha256(content))
    }

    fn sign(&self, content_type: ObjectIdentifier, content: Option<&[u8]>, digest: &[u8]) -> Option<Signed> {
        let own = self.certificates.first()?;
        if self.key.public_key()? != own.public_key() {
            return None;
        }
        let id =
            EssCertId { algorithm: None, hash: OctetString::new(crypto::sha256(own.der())).ok()?, issuer_serial: None };
        let named = Any::encode_from(&vec![Any::encode_from(&vec![id]).ok()?]).ok()?;
        let signed_attributes = SetOfVec::try_from(vec![
            attribute(CONTENT_TYPE, Any::encode_from(&content_type).ok()?)?,
            attribute(MESSAGE_DIGEST, Any::encode_from(&OctetString::new(digest).ok()?).ok()?)?,
            attribute(SIGNING_CERTIFICATE_V2, named)?,
        ])
        .ok()?;
        let signature = self.key.sign(&signed_attributes.to_der().ok()?)?;
        let tbs = own.x509.tbs_certificate();
        let info = SignerInfo {
            version: CmsVersion::V1,
            sid: SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
                issuer: tbs.issuer().clone(),
                serial_number: tbs.serial_number().clone(),
            }),
            digest_alg: algorithm::sha256(),
            signed_attrs: Some(signed_attributes),
            signature_algorithm: algorithm::signing(self.key.scheme()),
            signature: OctetString::new(signature).ok()?,
            unsigned_attrs: None,
        };
        let econtent = match content {
            Some(content) => Some(Any::encode_from(&OctetString::new(content).ok()?).ok()?),
            None => None,
        };
        let choices = self.certificates.iter().map(|own| CertificateChoices::Certificate(own.x509.clone()));
        let data = SignedData {
            version: if content_type == DATA { CmsVersion::V1 } else { CmsVersion::V3 },
            digest_algorithms: SetOfVec::try_from(vec![algorithm::sha256()]).ok()?,
            encap_content_info: EncapsulatedContentInfo { econtent_type: content_type, econtent },
            certificates: Some(choices.collect::<Vec<_>>().try_into().ok()?),
            crls: None,
            signer_infos: Vec::new().try_into().ok()?,
        };
        Some(Signed { data, info })
    }
}

impl Signed {
    /// The signature, which a time-stamp is over.
    pub fn signature(&self) -> &[u8] {
        self.info.signature.as_bytes()
    }

    /// Takes up a message that was made elsewhere (DER), so that it may get a time-stamp; `None` when it is not by
    /// one signer.
    pub fn from_der(message: &[u8]) -> Option<Self> {
        let outer = ContentInfo::from_der(message).ok().filter(|outer| outer.content_type == SIGNED_DATA)?;
        let data: SignedData = outer.content.decode_as().ok()?;
        let [info] = data.signer_infos.0.as_slice() else { return None };
        let info = info.clone();
        Some(Signed { data, info })
    }

    /// Adds a time-stamp token beside what else is there unsigned; `None` when it is not DER.
    pub fn add_time_stamp(&mut self, token: &[u8]) -> Option<()> {
        let stamp = attribute(TIME_STAMP_TOKEN, Any::from_der(token).ok()?)?;
        let mut unsigned = self.info.unsigned_attrs.take().map(SetOfVec::into_vec).unwrap_or_default();
        unsigned.push(stamp);
        self.info.unsigned_attrs = Some(SetOfVec::try_from(unsigned).ok()?);
        Some(())
    }

    /// The message in DER.
    pub fn to_der(&self) -> Option<Vec<u8>> {
        let mut data = self.data.clone();
        data.signer_infos = vec![self.info.clone()].try_into().ok()?;
        let outer = ContentInfo { content_type: SIGNED_DATA, content: Any::encode_from(&data).ok()? };
        outer.to_der().ok()
    }
}

fn attribute(oid: ObjectIdentifier, value: Any) -> Option<Attribute> {
    Some(Attribute { oid, values: SetOfVec::try_from(vec![value]).ok()? })
}
