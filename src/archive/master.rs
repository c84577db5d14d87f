//! What is archived as PDF: the file just built, or a copy that was signed or sealed since.
//!
//! A signed copy is kept byte for byte: rewriting it would break its signature. What can be said of it is
//! how it hangs together with the report ([`Bond`]), who signed it ([`Signed`]), how many pages it has and which level of
//! PDF/A it claims. Whom to trust is not asked here: a signature that is broken is refused, one whose signer is not
//! proven is not.

use crate::error::Lang;
use crate::extract::{ExtractError, extract};
use crate::moment::Moment;
use crate::pdf::{File, ReadError};
use crate::verify::{self, Outcome, Trust};

/// How a PDF hangs together with the report it is kept with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bond {
    /// It is what was built from the report.
    Built,
    /// It begins with what was built from the report, byte for byte; the rest was appended, as signatures are.
    Appended {
        /// How many bytes were appended.
        bytes: usize,
    },
    /// The report is attached to it, byte for byte, but it was built with other fonts, options or another version.
    Attached,
    /// Nothing in it shows that it came from the report: a scan, or a PDF from elsewhere.
    None,
}

/// A signature of a PDF, intact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// Its kind, as the PDF names it (`ETSI.CAdES.detached`).
    pub kind: String,
    /// Whose certificate it names.
    pub signer: Option<Signer>,
    /// When it was made, and whether a time-stamp says so or only the signer.
    pub time: Option<(Moment, bool)>,
    /// How it is signed.
    pub algorithm: Option<String>,
    /// Whether digest and signature could be checked, and are right.
    pub intact: bool,
}

/// Whose certificate a signature names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signer {
    /// The whole name.
    pub name: String,
    /// Who gave the certificate.
    pub issuer: String,
    /// The certificate's number, in hexadecimal digits.
    pub serial: String,
}

/// A signature that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Its field.
    pub field: String,
    /// Why.
    pub problem: verify::Problem,
}

/// Why a PDF is not archived with a report.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MasterError {
    /// It cannot be read.
    #[error(transparent)]
    Read(ReadError),
    /// Another report is attached to it.
    #[error("the report attached to it is another one (SHA-256 {attached}) than the one to be archived ({given})")]
    OtherReport {
        /// The SHA-256 of the attached one.
        attached: String,
        /// The SHA-256 of the one given.
        given: String,
    },
    /// Several reports are attached to it.
    #[error("{count} files are attached to it as its source; one is expected")]
    SeveralReports {
        /// How many.
        count: usize,
    },
    /// More was added to it, since it was built, than signatures that are intact: it may hide what it says.
    #[error("more was added to it than signatures that are intact: {}", listed(.0))]
    AddedTo(Vec<verify::Change>),
    /// Signatures of it do not hold.
    #[error("{}", .0.iter().map(|broken| broken.words(Lang::English)).collect::<Vec<_>>().join("; "))]
    Broken(Vec<Broken>),
}

fn listed(changes: &[verify::Change]) -> String {
    changes.iter().map(|change| verify::plain(&change.words(Lang::English))).collect::<Vec<_>>().join("; ")
}

/// A PDF to be archived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Master {
    pdf: Vec<u8>,
    bond: Bond,
    pages: usize,
    level: Option<String>,
    signatures: Vec<Signed>,
}

impl Master {
    /// The file that was just built.
    ///
    /// # Errors
    /// When it cannot be read again.
    pub fn built(pdf: Vec<u8>) -> Result<Self, MasterError> {
        Self::with_bond(pdf, Bond::Built)
    }

    /// A copy that came back signed. `built` are the files that may be made of the report, plainly and for the archive.
    ///
    /// # Errors
    /// When it cannot be read, another report is attached to it, a signature of it does not hold, or more was added to
    /// it than signatures.
    pub fn signed(pdf: Vec<u8>, report: &[u8], built: &[&[u8]]) -> Result<Self, MasterError> {
        let bond = match extract(&pdf) {
            Err(ExtractError::Read(error)) => return Err(MasterError::Read(error)),
            Err(ExtractError::SeveralSources { count }) => return Err(MasterError::SeveralReports { count }),
            Err(ExtractError::NoSource) => Bond::None,
            Ok(extracted) if extracted.source.bytes == report => Bond::Attached,
            Ok(extracted) => {
                let given = crate::crypto::hex(&crate::crypto::sha256(report));
                return Err(MasterError::OtherReport { attached: extracted.hash, given });
            }
        };
        let grown = built.iter().find(|built| !built.is_empty() && pdf.starts_with(built));
        let bond = grown.map_or(bond, |built| match pdf.len() - built.len() {
            0 => Bond::Built,
            bytes => Bond::Appended { bytes },
        });
        let master = Self::with_bond(pdf, bond)?;
        let added = match grown {
            Some(built) => verify::added(built, &master.pdf).map_err(MasterError::Read)?,
            None => Vec::new(),
        };
        if added.is_empty() { Ok(master) } else { Err(MasterError::AddedTo(added)) }
    }

    fn with_bond(pdf: Vec<u8>, bond: Bond) -> Result<Self, MasterError> {
        let file = File::read(&pdf).map_err(MasterError::Read)?;
        let (pages, level) = (file.pages().len(), level(&file));
        let signatures = signatures(&pdf)?;
        Ok(Master { bond, pages, level, signatures, pdf })
    }

    /// Its bytes.
    pub fn pdf(&self) -> &[u8] {
        &self.pdf
    }

    /// How it hangs together with the report.
    pub fn bond(&self) -> Bond {
        self.bond
    }

    /// How many pages it has.
    pub fn pages(&self) -> usize {
        self.pages
    }

    /// Its signatures, in the order in which they were made.
    pub fn signatures(&self) -> &[Signed] {
        &self.signatures
    }

    /// The level of PDF/A it claims, such as `PDF/A-3a`; `None` when it claims none.
    pub fn level(&self) -> Option<&str> {
        self.level.as_deref()
    }
}

/// What does not hold of the signatures of a PDF.
pub fn broken(pdf: &[u8]) -> Vec<Broken> {
    match signatures(pdf) {
        Err(MasterError::Broken(broken)) => broken,
        Err(
            MasterError::Read(_)
            | MasterError::OtherReport { .. }
            | MasterError::SeveralReports { .. }
            | MasterError::AddedTo(_),
        )
        | Ok(_) => Vec::new(),
    }
}

/// The signatures of a PDF, where all of them hold.
fn signatures(pdf: &[u8]) -> Result<Vec<Signed>, MasterError> {
    // Nobody is trusted, so that the time asked for does not matter.
    let Some(now) = Moment::from_unix(0) else { return Ok(Vec::new()) };
    let verdict = verify::verify(pdf, &Trust { certificates: Vec::new(), now }).map_err(MasterError::Read)?;
    let mut broken = Vec::new();
    let mut signatures = Vec::new();
    for checked in verdict.signatures {
        let (time, intact) = (checked.time(), checked.is_intact());
        let wrong = checked.problems.into_iter().filter(|problem| problem.outcome() == Outcome::Invalid);
        broken.extend(wrong.map(|problem| Broken { field: checked.field.clone(), problem }));
        signatures.push(Signed {
            kind: checked.sub_filter,
            signer: checked.signer.map(|certificate| Signer {
                name: certificate.subject(),
                issuer: certificate.issuer(),
                serial: certificate.serial(),
            }),
            time,
            algorithm: checked.algorithm,
            intact,
        });
    }
    if broken.is_empty() { Ok(signatures) } else { Err(MasterError::Broken(broken)) }
}

/// The level of PDF/A in a file's metadata, written as elements or as attributes.
fn level(file: &File) -> Option<String> {
    let metadata = file.entry(file.catalog(), b"Metadata").as_stream().ok()?;
    let xmp = file.unpacked(metadata)?;
    let xmp = String::from_utf8_lossy(&xmp);
    let value = |name: &str| {
        let rest = xmp.split(&format!("pdfaid:{name}")).nth(1)?;
        let rest = rest.strip_prefix('>').or_else(|| rest.trim_start().strip_prefix('=')?.trim_start().get(1..))?;
        let value: String = rest.chars().take_while(char::is_ascii_alphanumeric).take(2).collect();
        (!value.is_empty()).then_some(value)
    };
    let part = value("part")?;
    // PDF/A-4 has no letter.
    Some(format!("PDF/A-{part}{}", value("conformance").unwrap_or_default().to_lowercase()))
}
