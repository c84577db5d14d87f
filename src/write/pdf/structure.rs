//! The structure a screen reader follows, and the bookmarks (ISO 32000-1 14.7, 14.8, 12.3.3).

use crate::pages::{Bookmark, Kind, NodeId, Pages, Scope};

use super::PdfError;
use super::content::points;
use super::file::{File, Ref, refer, refer_all, text, whole};

/// A piece of marked content: the page it is on, from 0, and its number there.
type Leaf = (u32, u32);

/// Writes the structure and returns the number of its root; `marked` says for each page which node each piece of
/// marked content belongs to.
///
/// # Errors
/// When a heading says nothing, which PDF/UA does not allow, and the standards are to be kept.
pub(super) fn write(
    pages: &Pages,
    marked: &[Vec<NodeId>],
    sheets: &[Ref],
    strict: bool,
    file: &mut File,
) -> Result<Ref, PdfError> {
    let nodes = &pages.nodes;
    let root = file.reserve();
    let elements = file.reserve_many(nodes.len());
    // What is below each node: nodes in reading order, and its pieces of content.
    let (below, leaves) = (below(pages), leaves(nodes.len(), marked));
    for (at, node) in nodes.iter().enumerate() {
        if strict && matches!(&node.kind, Kind::Heading { text, .. } if text.is_empty()) {
            return Err(PdfError::Standard { reason: "a heading says nothing".into() });
        }
        file.object(elements[at], |out| {
            out.extend(b"<</S");
            kind(out, &node.kind, NodeId(at as u32));
            if at == 0 {
                out.extend(b"/Lang");
                text(out, &pages.about.language);
            }
            out.extend(b"/P ");
            refer(out, node.parent.map_or(root, |parent| elements[parent.0 as usize]));
            let own = leaves.of(at);
            if let Some(&(page, _)) = own.first() {
                out.extend(b"/Pg ");
                refer(out, sheets[page as usize]);
            }
            let children = below.of(at);
            out.extend(b"/K");
            if let ([(_, number)], []) = (own, children) {
                out.push(b' ');
                whole(out, (*number).into());
                out.extend(b">>");
                return;
            }
            out.push(b'[');
            for &(page, number) in own {
                if page == own[0].0 {
                    whole(out, number.into());
                    out.push(b' ');
                } else {
                    out.extend(b"<</Type/MCR/MCID ");
                    whole(out, number.into());
                    out.extend(b"/Pg ");
                    refer(out, sheets[page as usize]);
                    out.extend(b">>");
                }
            }
            for &child in children {
                refer(out, elements[child as usize]);
                out.push(b' ');
            }
            out.extend(b"]>>");
        });
    }
    let parents = file.reserve_many(marked.len());
    for (&own, marked) in parents.iter().zip(marked) {
        let owners: Vec<Ref> = marked.iter().map(|node| elements[node.0 as usize]).collect();
        file.object(own, |out| refer_all(out, &owners));
    }
    file.object(root, |out| {
        out.extend(b"<</Type/StructTreeRoot/RoleMap<</Title/P>>/K[");
        refer(out, elements[0]);
        out.extend(b"]/ParentTree<</Nums[");
        for (at, &own) in parents.iter().enumerate() {
            whole(out, at as i64);
            out.push(b' ');
            refer(out, own);
            out.push(b' ');
        }
        out.extend(b"]>>/ParentTreeNextKey ");
        whole(out, parents.len() as i64);
        out.extend(b"/IDTree<</Names[");
        for (own, at) in identified(pages) {
            out.push(b'(');
            out.extend(own.as_bytes());
            out.push(b')');
            refer(out, elements[at]);
            out.push(b' ');
        }
        out.extend(b"]>>>>");
    });
    Ok(root)
}

/// Lists, one for each node, end to end.
struct Lists<T> {
    all: Vec<T>,
    starts: Vec<u32>,
}

impl<T: Copy + Default> Lists<T> {
    /// Puts each entry into the list of its node, in the order they come.
    fn new(count: usize, entries: impl Iterator<Item = (usize, T)> + Clone) -> Self {
        let mut starts = vec![0u32; count + 1];
        entries.clone().for_each(|(node, _)| starts[node + 1] += 1);
        for at in 0..count {
            starts[at + 1] += starts[at];
        }
        let mut next = starts.clone();
        let mut all = vec![T::default(); starts[count] as usize];
        for (node, entry) in entries {
            all[next[node] as usize] = entry;
            next[node] += 1;
        }
        Lists { all, starts }
    }

    fn of(&self, node: usize) -> &[T] {
        &self.all[self.starts[node] as usize..self.starts[node + 1] as usize]
    }
}

fn below(pages: &Pages) -> Lists<u32> {
    let children = pages.nodes.iter().enumerate();
    let children = children.filter_map(|(at, node)| node.parent.map(|parent| (parent.0 as usize, at as u32)));
    Lists::new(pages.nodes.len(), children)
}

fn leaves(count: usize, marked: &[Vec<NodeId>]) -> Lists<Leaf> {
    let pieces = marked.iter().enumerate().flat_map(|(page, marked)| {
        marked.iter().enumerate().map(move |(number, node)| (node.0 as usize, (page as u32, number as u32)))
    });
    Lists::new(count, pieces)
}

/// The identifiers of heading cells, in the order of their bytes, and the nodes they are of.
fn identified(pages: &Pages) -> Vec<(String, usize)> {
    let cells = pages.nodes.iter().enumerate().filter(|(_, node)| matches!(node.kind, Kind::HeadingCell { .. }));
    let mut names: Vec<(String, usize)> = cells.map(|(at, _)| (at.to_string(), at)).collect();
    names.sort_unstable();
    names
}

fn identifier(out: &mut Vec<u8>, NodeId(id): NodeId) {
    out.push(b'(');
    whole(out, id.into());
    out.push(b')');
}

/// The name of a node's kind, and its attributes.
fn kind(out: &mut Vec<u8>, kind: &Kind, id: NodeId) {
    match kind {
        Kind::Document => out.extend(b"/Document"),
        Kind::Title => out.extend(b"/Title"),
        Kind::Heading { level, text: said } => {
            out.extend(b"/H");
            whole(out, i64::from(*level).max(1));
            out.extend(b"/T");
            text(out, said);
        }
        Kind::Paragraph => out.extend(b"/P"),
        Kind::Table { title, description } => {
            out.extend(b"/Table/A<</O/Table/Summary");
            text(out, &format!("{title}：{description}"));
            out.extend(b">>");
        }
        Kind::TableHead => out.extend(b"/THead"),
        Kind::TableBody => out.extend(b"/TBody"),
        Kind::Row => out.extend(b"/TR"),
        Kind::HeadingCell { scope, span, headings } => {
            out.extend(b"/TH/ID");
            identifier(out, id);
            let scope = match scope {
                Scope::Row => b"/Scope/Row".as_slice(),
                Scope::Column => b"/Scope/Column",
            };
            cell(out, scope, *span, headings);
        }
        Kind::ValueCell { span, headings } => {
            out.extend(b"/TD");
            cell(out, b"", *span, headings);
        }
    }
}

fn cell(out: &mut Vec<u8>, scope: &[u8], (rows, columns): (u32, u32), headings: &[NodeId]) {
    if scope.is_empty() && rows <= 1 && columns <= 1 && headings.is_empty() {
        return;
    }
    out.extend(b"/A<</O/Table");
    out.extend(scope);
    if !headings.is_empty() {
        out.extend(b"/Headers[");
        headings.iter().for_each(|&heading| identifier(out, heading));
        out.push(b']');
    }
    for (key, count) in [(b"/RowSpan ", rows), (b"/ColSpan ", columns)] {
        if count > 1 {
            out.extend(key);
            whole(out, count.into());
        }
    }
    out.extend(b">>");
}

/// Writes the bookmarks and returns the number of their root; `None` when there are none.
pub(super) fn outline(pages: &Pages, sheets: &[Ref], file: &mut File) -> Option<Ref> {
    let bookmarks = &pages.bookmarks;
    if bookmarks.is_empty() {
        return None;
    }
    let root = file.reserve();
    let own = file.reserve_many(bookmarks.len());
    // A bookmark belongs to the last less deep one before it.
    let mut parents: Vec<Option<usize>> = Vec::with_capacity(bookmarks.len());
    let mut open: Vec<usize> = Vec::new();
    for (at, bookmark) in bookmarks.iter().enumerate() {
        while open.last().is_some_and(|&last| bookmarks[last].level >= bookmark.level) {
            open.pop();
        }
        parents.push(open.last().copied());
        open.push(at);
    }
    let parents = parents.as_slice();
    let children = |parent: Option<usize>| (0..bookmarks.len()).filter(move |&at| parents[at] == parent);
    for (at, bookmark) in bookmarks.iter().enumerate() {
        let Bookmark { text: said, page, y, level: _ } = bookmark;
        let parent = parents[at];
        let before = children(parent).take_while(|&other| other < at).last();
        let after = children(parent).find(|&other| other > at);
        file.object(own[at], |out| {
            out.extend(b"<</Title");
            text(out, said);
            out.extend(b"/Parent ");
            refer(out, parent.map_or(root, |parent| own[parent]));
            for (key, other) in [(b"/Prev ", before), (b"/Next ", after)] {
                if let Some(other) = other {
                    out.extend(key);
                    refer(out, own[other]);
                }
            }
            ends(out, children(Some(at)), &own, count_below(bookmarks, at));
            out.extend(b"/Dest[");
            refer(out, sheets[*page]);
            out.extend(b"/XYZ 0 ");
            points(out, pages.pages[*page].height - *y);
            out.extend(b" 0]>>");
        });
    }
    file.object(root, |out| {
        out.extend(b"<</Type/Outlines");
        ends(out, children(None), &own, bookmarks.len());
        out.extend(b">>");
    });
    Some(root)
}

/// How many bookmarks are below one, at any depth: all are shown.
fn count_below(bookmarks: &[Bookmark], at: usize) -> usize {
    bookmarks[at + 1..].iter().take_while(|other| other.level > bookmarks[at].level).count()
}

/// The first and the last of the children, and how many are shown.
fn ends(out: &mut Vec<u8>, mut children: impl Iterator<Item = usize>, own: &[Ref], count: usize) {
    let Some(first) = children.next() else { return };
    let last = children.last().unwrap_or(first);
    out.extend(b"/First ");
    refer(out, own[first]);
    out.extend(b"/Last ");
    refer(out, own[last]);
    out.extend(b"/Count ");
    whole(out, count as i64);
}
