//! Pages: text, rules and fills at fixed places, and the structure a screen reader follows.
//!
//! [`typeset`](crate::typeset) makes [`Pages`]; the writers of fixed formats take them. All positions
//! are measured from the upper left corner of the paper, to the right and down. [`Pages::dump`] writes
//! them as text that a reviewer can read and a test can compare.

use std::fmt::Write as _;
use std::ops::Range;

use crate::document::{About, Origin};
use crate::font::FaceId;
use crate::length::Length;

/// A document set on pages.
#[derive(Clone, Debug, PartialEq)]
pub struct Pages {
    /// What is said about the document.
    pub about: About,
    /// The pages in order.
    pub pages: Vec<Page>,
    /// The structure, as a tree in one list: parents before children, siblings in reading order.
    /// The first node is the whole document.
    pub nodes: Vec<Node>,
    /// Where to jump, in order.
    pub bookmarks: Vec<Bookmark>,
    /// What was set in another face than the first of its typeface, because that has no glyph for it; each
    /// once for every text it stands in.
    pub fallbacks: Vec<Fallback>,
}

/// A character that another face had to lend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fallback {
    /// The character, with the marks that belong to it.
    pub text: String,
    /// The name of the face it was set in.
    pub face: String,
    /// The name of the face that lacks it.
    pub instead_of: String,
    /// The text it stands in.
    pub origin: Origin,
}

/// One side of a sheet.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// Width of the paper as it is shown.
    pub width: Length,
    /// Height of the paper as it is shown.
    pub height: Length,
    /// Its number, from 1.
    pub number: u32,
    /// What stands on it, in the order it is painted and read.
    pub items: Vec<Item>,
    /// Places kept free for seals.
    pub seals: Vec<SealPlace>,
}

/// A circle on which a seal will be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealPlace {
    /// Its centre, from the left.
    pub x: Length,
    /// Its centre, from the top.
    pub y: Length,
    /// Its diameter.
    pub diameter: Length,
}

/// Something on a page.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Which node of the structure it belongs to.
    pub owner: Owner,
    /// What it is.
    pub shape: Shape,
}

/// Whether an item is content or furniture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// Content of a node.
    Node(NodeId),
    /// The page's number.
    PageNumber,
    /// Something shown again because a page broke.
    Repeated,
    /// Rules and tints.
    Decoration,
    /// The mark of a draft.
    Watermark,
}

/// What can be painted.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// Characters of one face and size on one line.
    Text(Text),
    /// A straight line.
    Rule(Rule),
    /// A filled rectangle.
    Fill(Fill),
}

/// Characters of one face and size on one line.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// Where the first glyph's origin stands, from the left.
    pub x: Length,
    /// The baseline, from the top.
    pub y: Length,
    /// The face.
    pub face: FaceId,
    /// The size.
    pub size: Length,
    /// The characters.
    pub content: String,
    /// Their glyphs from left to right.
    pub glyphs: Vec<Glyph>,
    /// Where the text came from.
    pub origin: Origin,
    /// Which way it reads; `x` and `y` are where its baseline starts, whichever way that runs.
    pub turn: Turn,
    /// Painted in grey: only a watermark is.
    pub faint: bool,
}

/// Which way text reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Turn {
    /// From left to right.
    #[default]
    Level,
    /// From the foot of the page to its head.
    Up,
    /// From the head of the page to its foot.
    Down,
    /// From the lower left to the upper right.
    Slanted,
}

/// A glyph and the characters it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glyph {
    /// Its number in the face.
    pub id: u32,
    /// Its origin, to the right of the text's.
    pub x: Length,
    /// How wide it is.
    pub advance: Length,
    /// The bytes of the text's content it stands for.
    pub range: Range<usize>,
}

/// A straight line, level or upright.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// From here (from the left, from the top),
    pub from: (Length, Length),
    /// to here.
    pub to: (Length, Length),
    /// How thick; half of it lies on either side.
    pub weight: Length,
}

/// A filled rectangle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fill {
    /// Left edge.
    pub x: Length,
    /// Upper edge.
    pub y: Length,
    /// Width.
    pub width: Length,
    /// Height.
    pub height: Length,
    /// Red, green, blue.
    pub colour: [u8; 3],
}

/// A node of the structure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub u32);

/// A part of the document as a screen reader knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// The part it belongs to; `None` for the document.
    pub parent: Option<NodeId>,
    /// What it is.
    pub kind: Kind,
}

/// What a part of the document is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// All of it.
    Document,
    /// Its title.
    Title,
    /// A heading.
    Heading {
        /// 1 to 4.
        level: u8,
        /// What it says.
        text: String,
    },
    /// A paragraph.
    Paragraph,
    /// A table.
    Table {
        /// What it is.
        title: String,
        /// How it is built.
        description: String,
    },
    /// The rows of a table that are repeated on each page.
    TableHead,
    /// The other rows.
    TableBody,
    /// A row.
    Row,
    /// A cell that explains others.
    HeadingCell {
        /// Whom it explains.
        scope: Scope,
        /// How many rows and columns it covers.
        span: (u32, u32),
        /// The cells that explain it in turn.
        headings: Vec<NodeId>,
    },
    /// A cell with a value.
    ValueCell {
        /// How many rows and columns it covers.
        span: (u32, u32),
        /// The cells that explain it.
        headings: Vec<NodeId>,
    },
}

/// Whom a heading cell explains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The cells on its right.
    Row,
    /// The cells below it.
    Column,
}

/// A place to jump to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bookmark {
    /// 1 to 4; a deeper one belongs to the last less deep one before it.
    pub level: u8,
    /// What it is called.
    pub text: String,
    /// The page, from 0.
    pub page: usize,
    /// How far down on it.
    pub y: Length,
}

impl Pages {
    /// The pages as text, an item a line, in millimetres: what a change to the typesetter changes.
    pub fn dump(&self) -> String {
        let mut out = String::new();
        for page in &self.pages {
            page.dump_into(&mut out);
        }
        out
    }
}

impl Page {
    fn dump_into(&self, out: &mut String) {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "page {} {:.2} × {:.2}", self.number, self.width.to_mm(), self.height.to_mm());
        for item in &self.items {
            let owner = match item.owner {
                Owner::Node(NodeId(id)) => format!("{id}"),
                Owner::PageNumber => "number".into(),
                Owner::Repeated => "again".into(),
                Owner::Decoration => "·".into(),
                Owner::Watermark => "watermark".into(),
            };
            let _ = match &item.shape {
                Shape::Text(text) => {
                    let (x, y, size) = (text.x.to_mm(), text.y.to_mm(), text.size.to_pt());
                    let end = text.glyphs.last().map_or(text.x, |glyph| text.x + glyph.x + glyph.advance);
                    let face = text.face;
                    let content = &text.content;
                    let turn = match text.turn {
                        Turn::Level => "text",
                        Turn::Up => "upward text",
                        Turn::Down => "downward text",
                        Turn::Slanted => "slanted text",
                    };
                    writeln!(out, "  {owner} {turn} {x:.2}–{:.2} {y:.2} face {face} {size:.2}pt {content}", end.to_mm())
                }
                Shape::Rule(Rule { from, to, weight }) => {
                    let [a, b, c, d] = [from.0, from.1, to.0, to.1].map(Length::to_mm);
                    writeln!(out, "  {owner} rule {a:.2} {b:.2} to {c:.2} {d:.2} {:.2}pt", weight.to_pt())
                }
                Shape::Fill(fill) => {
                    let [x, y, w, h] = [fill.x, fill.y, fill.width, fill.height].map(Length::to_mm);
                    writeln!(out, "  {owner} fill {x:.2} {y:.2} {w:.2} × {h:.2} {:02X?}", fill.colour)
                }
            };
        }
        for seal in &self.seals {
            let [x, y, d] = [seal.x, seal.y, seal.diameter].map(Length::to_mm);
            let _ = writeln!(out, "  seal at {x:.2} {y:.2} of {d:.2}");
        }
    }
}
