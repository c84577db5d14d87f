//! Pages written as PDF: PDF/A-2a and PDF/UA-1 in one file, tagged, with bookmarks and embedded subsets; or
//! PDF/A-3a, with what the pages were made from attached.
//!
//! Nothing of the file is left to a library: `content` draws the pages, `fonts` embeds the faces, `structure` tags,
//! `xmp` says what the file is, `file` puts the objects together and `deflate` makes them small. What the standards
//! ask of pages is checked on the way, and a file that would only claim them is refused. A draft is plain tagged PDF
//! and claims nothing.

mod content;
mod file;
mod fonts;
mod structure;
mod xmp;

use std::sync::OnceLock;

use crate::crypto;
use crate::deflate;
use crate::font::Fonts;
use crate::length::Length;
use crate::pages::{Kind, Pages, SealPlace};

use file::{Coding, File, Ref, name, refer, refer_all, text, whole};

/// Who writes, as the file names it.
const PRODUCER: &str = concat!("kanyin ", env!("CARGO_PKG_VERSION"));

/// What device colours mean: sRGB, from Compact ICC Profiles (`fonts/SOURCES.md`).
const SRGB: &[u8] = include_bytes!("pdf/sRGB-v4.icc");

/// Why pages cannot be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PdfError {
    /// A face may be used on the screen but not embedded.
    #[error("the licence of the font `{face}` does not allow it to be embedded in a PDF")]
    NotEmbeddable {
        /// The face's name.
        face: String,
    },
    /// A font that could be read cannot be cut down to the glyphs in use.
    #[error("the font `{face}` is damaged: {reason}")]
    DamagedFont {
        /// The face's name.
        face: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A character that PDF/A does not allow: of the private use area, or none at all.
    #[error("the character U+{code:04X} at {path} has no meaning of its own, which PDF/A does not allow")]
    Meaningless {
        /// Its code point.
        code: u32,
        /// Where it stands in the report.
        path: String,
    },
    /// A draft is not for the archive.
    #[error("a draft cannot be archived; correct the report and build it without `--draft`")]
    Draft,
    /// The pages break a rule of PDF/A or PDF/UA that the typesetter should have kept: a fault of ours.
    #[error("the pages cannot be written as PDF/A and PDF/UA: {reason}; please report this as a bug of kanyin")]
    Standard {
        /// Which rule.
        reason: String,
    },
}

/// What pages were made from, to be attached to them.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// Its name, in ASCII (`report.json`).
    pub name: &'a str,
    /// Its media type (`application/json`).
    pub media_type: &'a str,
    /// Its bytes, which are attached as they are.
    pub bytes: &'a [u8],
}

/// A level of PDF/A.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    A2,
    A3,
}

impl Level {
    /// The part of ISO 19005.
    fn part(self) -> &'static str {
        match self {
            Level::A2 => "2",
            Level::A3 => "3",
        }
    }
}

/// Writes pages as PDF.
///
/// A document that bears a watermark is a draft and is written as plain tagged PDF; every other one as
/// PDF/A-2a (ISO 19005-2) and PDF/UA-1 (ISO 14289-1).
///
/// # Errors
/// When a font may not or cannot be embedded, or the pages break a rule of the standards.
pub fn write(pages: &Pages, fonts: &Fonts) -> Result<Vec<u8>, PdfError> {
    let level = if pages.about.watermark.is_some() { None } else { Some(Level::A2) };
    write_at(level, pages, fonts, None)
}

/// Writes pages for the archive: PDF/A-3a (ISO 19005-3) and PDF/UA-1, with what they were made from attached
/// as their source and its SHA-256 in the metadata.
///
/// # Errors
/// As [`write()`] does, and [`PdfError::Draft`] for pages that bear a watermark.
pub fn write_archive(pages: &Pages, fonts: &Fonts, source: &Source) -> Result<Vec<u8>, PdfError> {
    if pages.about.watermark.is_some() {
        return Err(PdfError::Draft);
    }
    write_at(Some(Level::A3), pages, fonts, Some(source))
}

fn write_at(level: Option<Level>, pages: &Pages, fonts: &Fonts, source: Option<&Source>) -> Result<Vec<u8>, PdfError> {
    if level.is_some() {
        check(pages)?;
    }
    let mut file = File::new();
    let mut faces = fonts::Faces::new(fonts, level.is_some());
    let sheets = file.reserve_many(pages.pages.len());
    let contents = file.reserve_many(pages.pages.len());
    let mut marked = Vec::with_capacity(pages.pages.len());
    let mut drawn = Vec::new();
    for (page, &own) in pages.pages.iter().zip(&contents) {
        drawn.clear();
        marked.push(content::draw(page, &mut faces, &mut drawn)?);
        file.stream(own, b"", &deflate::text(&[&drawn]), Coding::Deflated);
    }
    let before_fonts = file.written().len();
    let (embedded, sums) = faces.embed(&mut file)?;
    let after_fonts = file.written().len();
    let tree = sheet_tree(pages, &sheets, &contents, &embedded, level.is_some(), &mut file);
    let structure = structure::write(pages, &marked, &sheets, level.is_some(), &mut file)?;
    let outline = structure::outline(pages, &sheets, &mut file);
    let attached = source.map(|source| attach(source, pages, &mut file));
    let info = file.reserve();
    file.object(info, |out| info_into(out, pages));

    let properties = properties(pages, source);
    // What the file is known by follows from what is in it, so that the same report is always the same file. For the
    // fonts, which are most of it, their checksums stand.
    let mut described = String::new();
    xmp::values(&mut described, &properties);
    let digest = |parts: &[&[u8]]| {
        let whole = crypto::Hash::Sha256.of(parts);
        crypto::hex(&whole[..16])
    };
    let about = &pages.about;
    let document = digest(&[about.title.as_bytes(), b"\0", about.author.as_bytes(), b"\0", about.language.as_bytes()]);
    file.flush();
    let (before, after) = (&file.written()[..before_fonts], &file.written()[after_fonts..]);
    let instance = digest(&[before, &sums, after, described.as_bytes()]);
    let identity = xmp::Identity { document: &document, instance: &instance };
    let packet = xmp::packet(about, pages.pages.len(), &identity, level, &properties);
    let metadata = file.reserve();
    // Readers of metadata look for it in the open file.
    file.stream(metadata, b"/Type/Metadata/Subtype/XML", packet.as_bytes(), Coding::Plain);
    let intent = level.map(|_| intent(&mut file));
    let root = file.reserve();
    file.object(root, |out| {
        out.extend(b"<</Type/Catalog/Pages ");
        refer(out, tree);
        out.extend(b"/Lang");
        text(out, &about.language);
        out.extend(b"/MarkInfo<</Marked true/Suspects false>>/StructTreeRoot ");
        refer(out, structure);
        out.extend(b"/Metadata ");
        refer(out, metadata);
        if level.is_some() {
            out.extend(b"/ViewerPreferences<</DisplayDocTitle true>>");
        }
        for (key, object) in [(b"/Outlines ".as_slice(), outline), (b"/OutputIntents ", intent)] {
            if let Some(object) = object {
                out.extend(key);
                refer(out, object);
            }
        }
        if let (Some(attached), Some(source)) = (attached, source) {
            out.extend(b"/AF[");
            refer(out, attached);
            out.extend(b"]/Names<</EmbeddedFiles<</Names[");
            text(out, source.name);
            refer(out, attached);
            out.extend(b"]>>>>");
        }
        out.extend(b">>");
    });
    let mut trailer = b"/Root ".to_vec();
    refer(&mut trailer, root);
    trailer.extend(b"/Info ");
    refer(&mut trailer, info);
    for (before, id) in [(b"/ID[<".as_slice(), &document), (b"><", &instance)] {
        trailer.extend(before);
        trailer.extend(id.as_bytes());
    }
    trailer.extend(b">]");
    Ok(file.finish(&trailer))
}

/// What PDF/A and PDF/UA ask of a document as a whole.
fn check(pages: &Pages) -> Result<(), PdfError> {
    let about = &pages.about;
    let missing =
        [(&about.title, "title"), (&about.language, "language")].into_iter().find(|(text, _)| text.is_empty());
    if let Some((_, what)) = missing {
        return Err(PdfError::Standard { reason: format!("the document has no {what}") });
    }
    /// No string may have more bytes (ISO 19005-2, 6.1.13); text is written in UTF-16, with two more before it.
    const LONGEST: usize = 32_767;
    let about_all = [&about.title, &about.author, &about.subject];
    let said = pages.nodes.iter().flat_map(|node| match &node.kind {
        Kind::Heading { text, .. } => [text.as_str(), ""],
        Kind::Table { title, description } => [title.as_str(), description.as_str()],
        Kind::Document | Kind::Title | Kind::Paragraph | Kind::TableHead | Kind::TableBody | Kind::Row => ["", ""],
        Kind::HeadingCell { .. } | Kind::ValueCell { .. } => ["", ""],
    });
    let said = said.chain(about_all.into_iter().chain(&about.keywords).map(String::as_str));
    if let Some(long) = said.into_iter().find(|text| 2 * text.encode_utf16().count() + 200 > LONGEST) {
        let begins: String = long.chars().take(20).collect();
        let reason = format!("the text that begins `{begins}` is longer than PDF/A allows");
        return Err(PdfError::Standard { reason });
    }
    for page in &pages.pages {
        if page.width <= Length::ZERO || page.height <= Length::ZERO {
            return Err(PdfError::Standard { reason: format!("page {} has no size", page.number) });
        }
    }
    Ok(())
}

/// The pages, and what holds for all of them; returns the number of the tree's root.
fn sheet_tree(
    pages: &Pages,
    sheets: &[Ref],
    contents: &[Ref],
    fonts: &[Ref],
    by_structure: bool,
    file: &mut File,
) -> Ref {
    let tree = file.reserve();
    let resources = file.reserve();
    file.object(tree, |out| {
        out.extend(b"<</Type/Pages/Count ");
        whole(out, sheets.len() as i64);
        out.extend(b"/Kids");
        refer_all(out, sheets);
        out.extend(b">>");
    });
    file.object(resources, |out| {
        out.extend(b"<</Font<<");
        for (at, &font) in fonts.iter().enumerate() {
            out.extend(b"/f");
            whole(out, at as i64);
            out.push(b' ');
            refer(out, font);
        }
        out.extend(b">>>>");
    });
    for (at, page) in pages.pages.iter().enumerate() {
        file.object(sheets[at], |out| {
            out.extend(b"<</Type/Page/Parent ");
            refer(out, tree);
            out.extend(b"/MediaBox[0 0 ");
            content::points(out, page.width);
            out.push(b' ');
            content::points(out, page.height);
            out.extend(b"]/Resources ");
            refer(out, resources);
            out.extend(b"/Contents ");
            refer(out, contents[at]);
            out.extend(b"/StructParents ");
            whole(out, at as i64);
            out.extend(if by_structure { b"/Tabs/S>>".as_slice() } else { b">>" });
        });
    }
    tree
}

/// The source as it is attached: the file the pages were made from (ISO 19005-3, 6.8).
fn attach(source: &Source, pages: &Pages, file: &mut File) -> Ref {
    let [own, data] = std::array::from_fn(|_| file.reserve());
    let mut entries = b"/Type/EmbeddedFile/Subtype".to_vec();
    name(&mut entries, source.media_type);
    entries.extend(b"/Params<</Size ");
    whole(&mut entries, source.bytes.len() as i64);
    for key in [b"/ModDate".as_slice(), b"/CreationDate"] {
        entries.extend(key);
        date_into(&mut entries, pages);
    }
    entries.extend(b">>");
    file.stream(data, &entries, &deflate::text(&[source.bytes]), Coding::Deflated);
    file.object(own, |out| {
        out.extend(b"<</Type/Filespec/AFRelationship/Source");
        for key in [b"/F".as_slice(), b"/UF"] {
            out.extend(key);
            text(out, source.name);
        }
        out.extend(b"/EF<</F ");
        refer(out, data);
        out.extend(b"/UF ");
        refer(out, data);
        out.extend(b">>/Desc");
        text(out, &format!("{}：数据源", pages.about.title));
        out.extend(b">>");
    });
    own
}

/// What the colours of the pages mean (ISO 19005-2, 6.2.3).
fn intent(file: &mut File) -> Ref {
    static PACKED: OnceLock<Vec<u8>> = OnceLock::new();
    let [intents, profile] = std::array::from_fn(|_| file.reserve());
    file.stream(profile, b"/N 3/Range[0 1 0 1 0 1]", PACKED.get_or_init(|| deflate::text(&[SRGB])), Coding::Deflated);
    file.object(intents, |out| {
        out.extend(b"[<</Type/OutputIntent/S/GTS_PDFA1/OutputCondition(sRGB)/OutputConditionIdentifier(Custom)");
        out.extend(b"/RegistryName()/Info(sRGB v4.2)/DestOutputProfile ");
        refer(out, profile);
        out.extend(b">>]");
    });
    intents
}

/// The document's information, for readers that do not know XMP.
fn info_into(out: &mut Vec<u8>, pages: &Pages) {
    let about = &pages.about;
    let keywords = about.keywords.join(", ");
    out.extend(b"<<");
    let texts = [
        (b"/Title".as_slice(), about.title.as_str()),
        (b"/Subject", &about.subject),
        (b"/Keywords", &keywords),
        (b"/Author", &about.author),
        (b"/Creator", PRODUCER),
        (b"/Producer", PRODUCER),
    ];
    for (key, said) in texts.into_iter().filter(|(_, said)| !said.is_empty()) {
        out.extend(key);
        text(out, said);
    }
    for key in [b"/ModDate".as_slice(), b"/CreationDate"] {
        out.extend(key);
        date_into(out, pages);
    }
    out.extend(b">>");
}

/// The day the files bear, at midnight.
fn date_into(out: &mut Vec<u8>, pages: &Pages) {
    let date = pages.about.date;
    out.extend(format!("(D:{:04}{:02}{:02}000000Z)", date.year(), date.month(), date.day()).as_bytes());
}

/// What the file says of the report it was made from.
fn properties(pages: &Pages, source: Option<&Source>) -> xmp::Properties {
    let edition = &pages.about.edition;
    let seals = pages.pages.iter().enumerate().flat_map(|(index, page)| {
        let place =
            move |seal: &SealPlace| xmp::Seal { page: index + 1, x: seal.x, y: seal.y, diameter: seal.diameter };
        page.seals.iter().map(place)
    });
    xmp::Properties {
        form: edition.form.clone(),
        edition: edition.notice.clone(),
        year: edition.year,
        seals: seals.collect(),
        source: source.map(|source| (source.name.into(), crypto::hex(&crypto::sha256(source.bytes)))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{About, Date};
    use crate::pages::{Node, NodeId};

    fn pages() -> Pages {
        let about = About {
            title: "一".into(),
            author: String::new(),
            subject: String::new(),
            keywords: Vec::new(),
            language: "zh-CN".into(),
            edition: crate::document::Edition::default(),
            date: Date::FIRST,
            watermark: None,
        };
        let nodes = vec![Node { parent: None, kind: Kind::Document }];
        Pages { about, pages: Vec::new(), nodes, bookmarks: Vec::new(), fallbacks: Vec::new() }
    }

    #[test]
    fn a_document_without_title_is_refused() {
        let mut pages = pages();
        assert_eq!(check(&pages), Ok(()));
        pages.about.title.clear();
        assert!(matches!(check(&pages), Err(PdfError::Standard { reason }) if reason.contains("title")));
    }

    #[test]
    fn a_heading_longer_than_a_string_may_be_is_refused() {
        let mut pages = pages();
        let heading = |count| Kind::Heading { level: 1, text: "一".repeat(count) };
        for (count, is_refused) in [(16_000, false), (17_000, true)] {
            pages.nodes.truncate(1);
            pages.nodes.push(Node { parent: Some(NodeId(0)), kind: heading(count) });
            assert_eq!(check(&pages).is_err(), is_refused, "{count}");
        }
    }
}
