//! Pages written as PDF: PDF/A-2a and PDF/UA-1 in one file, tagged, with bookmarks and embedded subsets; or
//! PDF/A-3a, with what the pages were made from attached.
//!
//! This is the one file that names the PDF library. It checks what it writes against both standards and
//! refuses rather than write a file that only claims them. A draft is plain tagged PDF and claims nothing.

mod deflate;
mod pack;
mod xmp;

use std::collections::BTreeMap;
use std::num::{NonZeroU16, NonZeroU32, NonZeroU64};

use krilla::color::{luma, rgb};
use krilla::configure::{Accessibility, Archival, ConfigurationBuilder, ValidationError};
use krilla::destination::XyzDestination;
use krilla::embed::{AssociationKind, EmbeddedFile, MimeType};
use krilla::error::KrillaError;
use krilla::geom::{PathBuilder, Point, Rect, Transform};
use krilla::metadata::{DateTime, Metadata};
use krilla::num::NormalizedF32;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule, Paint, Stroke};
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, SpanTag, TableHeaderScope, Tag, TagGroup, TagId, TagTree,
};
use krilla::text::{Font, GlyphId, KrillaGlyph};
use krilla::{Document, SerializeSettings};

use crate::crypto;
use crate::font::{Cut, FaceId, Fonts};
use crate::length::Length;
use crate::pages::{Bookmark, Item, Kind, NodeId, Owner, Pages, Scope, Shape, Text, Turn};

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
        /// What the PDF library says.
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
        /// What the PDF library says.
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

/// Writes pages as PDF.
///
/// A document that bears a watermark is a draft and is written as plain tagged PDF; every other one as
/// PDF/A-2a (ISO 19005-2) and PDF/UA-1 (ISO 14289-1).
///
/// # Errors
/// When a font may not or cannot be embedded, or the pages break a rule of the standards.
pub fn write(pages: &Pages, fonts: &Fonts) -> Result<Vec<u8>, PdfError> {
    let level = if pages.about.watermark.is_some() { None } else { Some(Archival::A2_A) };
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
    write_at(Some(Archival::A3_A), pages, fonts, Some(source))
}

/// Writes pages at a level of PDF/A.
///
/// This is the one place where a panic is caught. The library unwraps what holds for every sound font and not for
/// every damaged one (the box around all glyphs, say), and a user's font may be damaged in ways that only show when
/// it is cut down. Nothing that was half done is seen again.
fn write_at(
    level: Option<Archival>,
    pages: &Pages,
    fonts: &Fonts,
    source: Option<&Source>,
) -> Result<Vec<u8>, PdfError> {
    let whole = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| draw(level, pages, fonts, source)));
    whole.unwrap_or_else(|_| {
        let names: std::collections::BTreeSet<&str> = faces_of(pages).map(|face| fonts.face(face).name()).collect();
        let face = names.into_iter().collect::<Vec<_>>().join("`, `");
        Err(PdfError::DamagedFont { face, reason: "one of them cannot be cut down to the glyphs in use".into() })
    })
}

/// The faces in use.
fn faces_of(pages: &Pages) -> impl Iterator<Item = FaceId> {
    let items = pages.pages.iter().flat_map(|page| &page.items);
    items.filter_map(|item| match &item.shape {
        Shape::Text(text) if !text.glyphs.is_empty() => Some(text.face),
        Shape::Text(_) | Shape::Rule(_) | Shape::Fill(_) => None,
    })
}

fn draw(level: Option<Archival>, pages: &Pages, fonts: &Fonts, source: Option<&Source>) -> Result<Vec<u8>, PdfError> {
    let mut configuration = ConfigurationBuilder::new();
    if let Some(level) = level {
        configuration = configuration.with_archival_validator(level).with_accessibility_validator(Accessibility::UA1);
    }
    let configuration = configuration.finish().map_err(|error| PdfError::Standard { reason: format!("{error:?}") })?;
    let settings = SerializeSettings {
        configuration,
        enable_tagging: true,
        xmp_metadata: true,
        no_device_cs: true,
        // `pack` does.
        compress_content_streams: false,
        ..SerializeSettings::default()
    };
    let mut writer = Writer {
        pages,
        fonts,
        faces: BTreeMap::new(),
        used: Vec::new(),
        leaves: vec![Vec::new(); pages.nodes.len()],
        origins: Vec::new(),
    };
    // All faces are there before the first page is begun: the library does not let a page be left half drawn.
    for face in faces_of(pages) {
        writer.font(face)?;
    }
    let mut document = Document::new_with(settings);
    for page in &pages.pages {
        writer.page(page, &mut document)?;
    }
    document.set_outline(outline(&pages.bookmarks));
    document.set_tag_tree(writer.tags());
    document.set_metadata(metadata(pages));
    let unexpected = || PdfError::Standard { reason: "the file is not laid out as expected".into() };
    if let Some(source) = source {
        document.embed_file(attachment(source, pages)).ok_or_else(unexpected)?;
    }
    let mut pdf = document.finish().map_err(|error| writer.explain(error))?;
    if let Some(source) = source {
        pdf = xmp::add_creation_date(pdf, source.bytes.len()).ok_or_else(unexpected)?;
    }
    if level.is_some() {
        pdf = xmp::add(pdf, &properties(pages, source)).ok_or_else(unexpected)?;
    }
    pack::pack(&pdf, &writer.cut()?).ok_or_else(unexpected)
}

/// The source as it is attached: the file the pages were made from (ISO 19005-3, 6.8).
fn attachment(source: &Source, pages: &Pages) -> EmbeddedFile {
    EmbeddedFile {
        path: source.name.into(),
        mime_type: MimeType::new(source.media_type),
        description: Some(format!("{}：数据源", pages.about.title)),
        association_kind: AssociationKind::Source,
        data: source.bytes.to_vec().into(),
        modification_date: Some(date(pages)),
        compress: Some(true),
        location: None,
    }
}

/// What the file says of the report it was made from.
fn properties(pages: &Pages, source: Option<&Source>) -> xmp::Properties {
    let edition = &pages.about.edition;
    let seals = pages.pages.iter().enumerate().flat_map(|(index, page)| {
        let place = move |seal: &crate::pages::SealPlace| xmp::Seal {
            page: index + 1,
            x: seal.x,
            y: seal.y,
            diameter: seal.diameter,
        };
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

struct Writer<'a> {
    pages: &'a Pages,
    fonts: &'a Fonts,
    /// Which of the fonts in use each face is.
    faces: BTreeMap<FaceId, usize>,
    /// The fonts in the order of their first use.
    used: Vec<UsedFont>,
    /// For each node the pieces of content that belong to it, in reading order.
    leaves: Vec<Vec<Identifier>>,
    /// Paths of the report by the numbers the library knows them by.
    origins: Vec<String>,
}

/// A font in use.
struct UsedFont {
    /// What the library was given: the face without its outlines where they are put in afterwards, else the face.
    font: Font,
    face: FaceId,
    blank: bool,
    /// Its glyphs in the order of their first use, which is the order the library numbers them in.
    glyphs: Vec<u16>,
    /// Which glyphs those are.
    seen: Vec<bool>,
}

impl UsedFont {
    fn note(&mut self, glyph: u32) {
        // A font has no more than 65,535 glyphs.
        let glyph = glyph as u16;
        if !std::mem::replace(&mut self.seen[usize::from(glyph)], true) {
            self.glyphs.push(glyph);
        }
    }
}

fn pt(length: Length) -> f32 {
    length.to_pt() as f32
}

/// The day the files bear, at midnight.
fn date(pages: &Pages) -> DateTime {
    let about = &pages.about;
    DateTime::new(about.date.year())
        .month(about.date.month())
        .day(about.date.day())
        .hour(0)
        .minute(0)
        .second(0)
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}

fn metadata(pages: &Pages) -> Metadata {
    let about = &pages.about;
    Metadata::new()
        .title(about.title.clone())
        .authors(vec![about.author.clone()])
        .description(about.subject.clone())
        .keywords(about.keywords.clone())
        .language(about.language.clone())
        .creator(concat!("kanyin ", env!("CARGO_PKG_VERSION")).into())
        .producer(concat!("kanyin ", env!("CARGO_PKG_VERSION")).into())
        .creation_date(date(pages))
}

fn outline(bookmarks: &[Bookmark]) -> Outline {
    let mut outline = Outline::new();
    let mut rest = bookmarks;
    while let Some((first, after)) = rest.split_first() {
        let inner = after.iter().take_while(|bookmark| bookmark.level > first.level).count();
        outline.push_child(bookmark(first, &after[..inner]));
        rest = &after[inner..];
    }
    outline
}

/// A bookmark with those below it. They are at most four levels deep.
fn bookmark(own: &Bookmark, below: &[Bookmark]) -> OutlineNode {
    let place = XyzDestination::new(own.page, Point::from_xy(0.0, pt(own.y)));
    let mut node = OutlineNode::new(own.text.clone(), place).with_open(true);
    let mut rest = below;
    while let Some((first, after)) = rest.split_first() {
        let inner = after.iter().take_while(|bookmark| bookmark.level > first.level).count();
        node.push_child(bookmark(first, &after[..inner]));
        rest = &after[inner..];
    }
    node
}

impl Writer<'_> {
    fn page(&mut self, page: &crate::pages::Page, document: &mut Document) -> Result<(), PdfError> {
        let impossible = || PdfError::Standard { reason: format!("page {} has no size", page.number) };
        let settings = PageSettings::from_wh(pt(page.width), pt(page.height)).ok_or_else(impossible)?;
        let mut out = document.start_page_with(settings);
        let mut surface = out.surface();
        let mut rest = page.items.as_slice();
        while let Some(first) = rest.first() {
            let count = rest.iter().take_while(|item| item.owner == first.owner).count();
            let identifier = surface.start_tagged(content_tag(first.owner));
            if let Owner::Node(NodeId(node)) = first.owner {
                self.leaves[node as usize].push(identifier);
            }
            for item in &rest[..count] {
                self.item(item, page, &mut surface)?;
            }
            surface.end_tagged();
            rest = &rest[count..];
        }
        surface.finish();
        out.finish();
        Ok(())
    }

    fn item(&mut self, item: &Item, page: &crate::pages::Page, surface: &mut Surface) -> Result<(), PdfError> {
        match &item.shape {
            Shape::Text(text) => self.text(text, page, surface)?,
            Shape::Rule(rule) => {
                let mut path = PathBuilder::new();
                path.move_to(pt(rule.from.0), pt(rule.from.1));
                path.line_to(pt(rule.to.0), pt(rule.to.1));
                surface.set_fill(None);
                surface.set_stroke(Some(Stroke {
                    paint: luma::Color::black().into(),
                    width: pt(rule.weight),
                    ..Stroke::default()
                }));
                if let Some(path) = path.finish() {
                    surface.draw_path(&path);
                }
                surface.set_stroke(None);
            }
            Shape::Fill(fill) => {
                let [red, green, blue] = fill.colour;
                surface.set_fill(Some(solid(rgb::Color::new(red, green, blue).into())));
                let mut path = PathBuilder::new();
                if let Some(rect) = Rect::from_xywh(pt(fill.x), pt(fill.y), pt(fill.width), pt(fill.height)) {
                    path.push_rect(rect);
                }
                if let Some(path) = path.finish() {
                    surface.draw_path(&path);
                }
            }
        }
        Ok(())
    }

    fn text(&mut self, text: &Text, page: &crate::pages::Page, surface: &mut Surface) -> Result<(), PdfError> {
        if text.glyphs.is_empty() {
            return Ok(());
        }
        let at = self.font(text.face)?;
        text.glyphs.iter().for_each(|glyph| self.used[at].note(glyph.id));
        let font = self.used[at].font.clone();
        let size = pt(text.size);
        let advances = text.glyphs.iter().skip(1).map(|next| next.x);
        let ends = text.glyphs.last().map(|last| last.x + last.advance);
        let glyphs: Vec<KrillaGlyph> = text
            .glyphs
            .iter()
            .zip(advances.chain(ends))
            .map(|(glyph, next)| KrillaGlyph {
                glyph_id: GlyphId::new(glyph.id),
                text_range: glyph.range.clone(),
                x_advance: pt(next - glyph.x) / size,
                x_offset: 0.0,
                y_offset: 0.0,
                y_advance: 0.0,
                location: None,
            })
            .collect();
        let grey = if text.faint { luma::Color::new(215) } else { luma::Color::black() };
        surface.set_fill(Some(solid(grey.into())));
        surface.set_stroke(None);
        self.origins.push(text.origin.path.to_string());
        if let Some(number) = NonZeroU64::new(self.origins.len() as u64) {
            surface.set_location(number);
        }
        let start = Point::from_xy(pt(text.x), pt(text.y));
        let turn = match text.turn {
            Turn::Level => None,
            Turn::Up => Some(Transform::from_rotate_at(-90.0, start.x, start.y)),
            Turn::Down => Some(Transform::from_rotate_at(90.0, start.x, start.y)),
            // About the middle of the page.
            Turn::Slanted => Some(Transform::from_rotate_at(-45.0, pt(page.width / 2), pt(page.height / 2))),
        };
        if let Some(turn) = &turn {
            surface.push_transform(turn);
        }
        surface.draw_glyphs(start, &glyphs, font, &text.content, size, false);
        if turn.is_some() {
            surface.pop();
        }
        surface.reset_location();
        Ok(())
    }

    /// The font of a face, and where it stands among those in use.
    fn font(&mut self, id: FaceId) -> Result<usize, PdfError> {
        if let Some(&at) = self.faces.get(&id) {
            return Ok(at);
        }
        let face = self.fonts.face(id);
        let blank = face.blank();
        let is_blank = blank.is_some();
        let font = match blank {
            Some(bytes) => Font::new(bytes.into(), 0),
            None => Font::new(face.bytes().into(), face.index()),
        };
        let font =
            font.ok_or_else(|| PdfError::DamagedFont { face: face.name().into(), reason: "it cannot be read".into() })?;
        // The same file may stand for two typefaces.
        let at = self.used.iter().position(|used| used.font == font).unwrap_or_else(|| {
            let mut used = UsedFont { font, face: id, blank: is_blank, glyphs: Vec::new(), seen: vec![false; 1 << 16] };
            // The glyph for what is missing belongs to every font.
            used.note(0);
            self.used.push(used);
            self.used.len() - 1
        });
        self.faces.insert(id, at);
        Ok(at)
    }

    /// The outlines in use of the fonts the library was given without them.
    fn cut(&self) -> Result<Vec<Option<Cut>>, PdfError> {
        let cut = |used: &UsedFont| {
            let face = self.fonts.face(used.face);
            let damaged =
                || PdfError::DamagedFont { face: face.name().into(), reason: "a glyph cannot be read".into() };
            if used.blank { face.cut(&used.glyphs).map(Some).ok_or_else(damaged) } else { Ok(None) }
        };
        self.used.iter().map(cut).collect()
    }

    /// The structure as the library wants it: the document's parts, each with its own or its content.
    fn tags(&mut self) -> TagTree {
        let mut below: Vec<Vec<NodeId>> = vec![Vec::new(); self.pages.nodes.len()];
        for (index, node) in self.pages.nodes.iter().enumerate() {
            if let Some(NodeId(parent)) = node.parent {
                below[parent as usize].push(NodeId(index as u32));
            }
        }
        let mut tree = TagTree::new().with_lang(Some(self.pages.about.language.clone()));
        for child in std::mem::take(&mut below[0]) {
            tree.push(self.group(child, &mut below));
        }
        tree
    }

    /// A node with what is below it; the structure is at most five deep.
    fn group(&mut self, id: NodeId, below: &mut [Vec<NodeId>]) -> TagGroup {
        let index = id.0 as usize;
        let mut group = tag_group(id, &self.pages.nodes[index].kind);
        for leaf in std::mem::take(&mut self.leaves[index]) {
            group.push(leaf);
        }
        for child in std::mem::take(&mut below[index]) {
            group.push(self.group(child, below));
        }
        group
    }

    fn explain(&self, error: KrillaError) -> PdfError {
        let face_of = |font: &Font| {
            let used = self.used.iter().find(|used| used.font == *font);
            used.map_or_else(String::new, |used| self.fonts.face(used.face).name().into())
        };
        let path_of = |location: &Option<NonZeroU64>| {
            let number = location.map_or(0, NonZeroU64::get) as usize;
            number.checked_sub(1).and_then(|at| self.origins.get(at)).cloned().unwrap_or_default()
        };
        match &error {
            KrillaError::Font(font, reason) => PdfError::DamagedFont { face: face_of(font), reason: reason.clone() },
            KrillaError::Validation(errors) => match errors.first() {
                Some((ValidationError::RestrictedLicense(font), _)) => PdfError::NotEmbeddable { face: face_of(font) },
                Some((
                    ValidationError::UnicodePrivateArea(_, _, character, location)
                    | ValidationError::InvalidCodepointMapping(_, _, character, location),
                    _,
                )) => PdfError::Meaningless { code: *character as u32, path: path_of(location) },
                Some((first, _)) => PdfError::Standard { reason: format!("{first:?}") },
                None => PdfError::Standard { reason: error.to_string() },
            },
            _ => PdfError::Standard { reason: error.to_string() },
        }
    }
}

fn solid(paint: Paint) -> Fill {
    Fill { paint, opacity: NormalizedF32::ONE, rule: FillRule::default() }
}

fn content_tag(owner: Owner) -> ContentTag<'static> {
    let artifact = |kind| ContentTag::Artifact(Artifact::with_kind(kind));
    match owner {
        Owner::Node(_) => ContentTag::Span(SpanTag::empty()),
        Owner::PageNumber => artifact(ArtifactType::Footer),
        Owner::Repeated => artifact(ArtifactType::PaginationOther),
        Owner::Decoration => artifact(ArtifactType::Layout),
        Owner::Watermark => artifact(ArtifactType::Watermark),
    }
}

fn tag_id(id: NodeId) -> TagId {
    TagId::from(format!("n{}", id.0).into_bytes())
}

fn tag_group(id: NodeId, kind: &Kind) -> TagGroup {
    let span = |count: u32| NonZeroU32::new(count).filter(|count| count.get() > 1);
    let ids =
        |headings: &[NodeId]| (!headings.is_empty()).then(|| headings.iter().copied().map(tag_id).collect::<Vec<_>>());
    match kind {
        Kind::Document => TagGroup::new(Tag::Part),
        Kind::Title => TagGroup::new(Tag::Title),
        Kind::Heading { level, text } => {
            let level = NonZeroU16::new(u16::from(*level)).unwrap_or(NonZeroU16::MIN);
            TagGroup::new(Tag::Hn(level, Some(text.clone())))
        }
        Kind::Paragraph => TagGroup::new(Tag::P),
        Kind::Table { title, description } => {
            TagGroup::new(Tag::Table.with_summary(Some(format!("{title}：{description}"))))
        }
        Kind::TableHead => TagGroup::new(Tag::THead),
        Kind::TableBody => TagGroup::new(Tag::TBody),
        Kind::Row => TagGroup::new(Tag::TR),
        Kind::HeadingCell { scope, span: (rows, columns), headings } => {
            let scope = match scope {
                Scope::Row => TableHeaderScope::Row,
                Scope::Column => TableHeaderScope::Column,
            };
            TagGroup::new(
                Tag::TH(scope)
                    .with_id(Some(tag_id(id)))
                    .with_row_span(span(*rows))
                    .with_col_span(span(*columns))
                    .with_headers(ids(headings)),
            )
        }
        Kind::ValueCell { span: (rows, columns), headings } => {
            TagGroup::new(Tag::TD.with_row_span(span(*rows)).with_col_span(span(*columns)).with_headers(ids(headings)))
        }
    }
}
