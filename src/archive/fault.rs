//! What can be wrong with a package: variants with values. The words for them are in `archive/words.rs`.

use super::bag::BadPath;
use super::master::Broken;
use crate::extract::ExtractError;
use crate::zipped::ZipFault;

/// What is wrong with a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Which file it is about, by its path in the package; `None` when it is about the whole.
    pub file: Option<String>,
    /// Which line of it, from 1.
    pub line: Option<usize>,
    /// What it is.
    pub problem: Problem,
}

/// What can be wrong with a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    // About the whole.
    /// Neither a declaration nor a manifest is there.
    NotAPackage,
    /// It has more files than any package.
    TooManyFiles,
    /// It has more bytes than any package.
    TooLarge {
        /// How many it has, or says it has.
        bytes: u64,
    },
    /// The one file it travels as cannot be read.
    BadZip(ZipFault),
    /// Two programs could unpack two things from it.
    Ambiguous {
        /// What the reader says.
        reason: String,
    },
    /// Its files are not in one folder.
    NotOneFolder,

    // About names and what bears them.
    /// Two files have this name.
    Doubled,
    /// It differs from another name only in upper and lower case.
    SameButForCase {
        /// The other.
        other: String,
    },
    /// The name is not UTF-8.
    NameNotUtf8,
    /// The name leads elsewhere, or may not stand in a package.
    Path(BadPath),
    /// It is a link.
    Link,
    /// It is neither a file nor a folder.
    Special,
    /// It is locked with a password.
    Locked,
    /// It is packed in a way that is not read.
    Unreadable,
    /// It cannot be read.
    CannotRead {
        /// What kind of trouble it is.
        kind: std::io::ErrorKind,
        /// What the system says.
        reason: String,
    },
    /// It has more bytes than it was announced with.
    LargerThanTold {
        /// How many were announced.
        told: u64,
    },

    // About what should be there.
    /// A manifest names it, but it is not there.
    Missing,
    /// Every package has it, but it is not there, and no manifest names it.
    NoPart,
    /// It is there, but no manifest names it.
    Added {
        /// The manifest that should.
        manifest: &'static str,
    },
    /// It is not what it was.
    Changed {
        /// The SHA-256 the manifest has.
        told: String,
        /// The SHA-256 it has.
        found: String,
    },

    // About tag files.
    /// It begins with a byte order mark.
    ByteOrderMark,
    /// It is not UTF-8.
    NotUtf8,
    /// It is longer than any tag file.
    TagTooLarge,
    /// It does not say what a declaration says.
    Declaration,
    /// It declares another version.
    Version {
        /// Which.
        found: String,
    },
    /// It declares another encoding.
    Encoding {
        /// Which.
        found: String,
    },
    /// A line is no line of such a file.
    BadLine,
    /// A path that may not be named.
    NamedPath {
        /// As it is written.
        path: String,
        /// Why.
        why: BadPath,
    },
    /// A path that belongs into the other manifest.
    WrongManifest {
        /// The path.
        path: String,
    },
    /// A path named before.
    NamedTwice {
        /// The path.
        path: String,
        /// In which line.
        before: usize,
    },
    /// It does not say how much is in `data/`.
    NoOxum,
    /// It says so more than once.
    OxumTwice,
    /// What it says is no such number.
    BadOxum {
        /// What it says.
        found: String,
    },
    /// There is more or less in `data/` than it says.
    Oxum {
        /// What it says.
        told: String,
        /// What there is.
        found: String,
    },
    /// It names files to be fetched from elsewhere.
    Fetch,
    /// Sums of a kind that is not checked.
    OtherManifest,

    // About content.
    /// The report attached to the PDF is not the report in the package.
    OtherReport {
        /// The SHA-256 of the attached one.
        attached: String,
    },
    /// The PDF, or what is attached to it, cannot be read.
    BadPdf(ExtractError),
    /// A signature of the PDF does not hold.
    Signature(Broken),
}
