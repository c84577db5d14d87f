//! A DOCX as a test reads it: its parts, and its tables put back together from Word's spans.

use std::io::{Cursor, Read};

use roxmltree::{Document as Xml, Node};

pub const W: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

/// Every part of a package by name, in the order of the archive.
pub fn parts(docx: &[u8]) -> Vec<(String, String)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(docx)).expect("a zip archive");
    (0..archive.len())
        .map(|index| {
            let mut entry = archive.by_index(index).expect("an entry");
            let mut text = String::new();
            entry.read_to_string(&mut text).expect("UTF-8");
            (entry.name().expect("a name").into_owned(), text)
        })
        .collect()
}

/// One part of a package.
pub fn part(docx: &[u8], name: &str) -> String {
    let found = parts(docx).into_iter().find(|(part, _)| part == name);
    found.unwrap_or_else(|| panic!("no part {name}")).1
}

/// The elements of a name anywhere below a node, in document order.
pub fn all<'a, 'input>(node: Node<'a, 'input>, name: &'static str) -> impl Iterator<Item = Node<'a, 'input>> {
    node.descendants().filter(move |node| node.has_tag_name((W, name)))
}

/// The first child of a name.
pub fn child<'a, 'input>(node: Node<'a, 'input>, name: &'static str) -> Option<Node<'a, 'input>> {
    node.children().find(|node| node.has_tag_name((W, name)))
}

/// The value of an attribute of Word's.
pub fn attribute<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.attribute((W, name))
}

/// The `w:val` of the element at the end of a path of children.
pub fn value<'a>(node: Node<'a, '_>, path: &[&'static str]) -> Option<&'a str> {
    let mut node = node;
    for name in path {
        node = child(node, name)?;
    }
    attribute(node, "val")
}

/// What a paragraph or a cell says; a forced line is `\n`.
pub fn text(node: Node) -> String {
    let pieces = node.descendants().filter_map(|node| match node.tag_name().name() {
        "t" => Some(node.text().unwrap_or_default()),
        "br" => Some("\n"),
        "tab" if node.parent()?.has_tag_name((W, "r")) => Some("\t"),
        _ => None,
    });
    pieces.collect()
}

/// A cell put back together from Word's spans.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    pub row: usize,
    pub column: usize,
    pub row_span: usize,
    pub column_span: usize,
    pub text: String,
}

/// Reads a `w:tbl` as Word does, refusing what Word would: rows that do not add up, merges that go on
/// from nowhere or with another width.
pub fn merged_cells(table: Node) -> Vec<Merged> {
    let columns = child(table, "tblGrid").expect("a grid").children().count();
    let mut cells: Vec<Merged> = Vec::new();
    for (row, line) in table.children().filter(|node| node.has_tag_name((W, "tr"))).enumerate() {
        let mut column = 0;
        for cell in line.children().filter(|node| node.has_tag_name((W, "tc"))) {
            let properties = child(cell, "tcPr").expect("properties");
            let span = value(properties, &["gridSpan"]).map_or(1, |span| span.parse().expect("a number"));
            let goes_on = child(properties, "vMerge").is_some_and(|merge| attribute(merge, "val") != Some("restart"));
            if goes_on {
                let above = cells
                    .iter_mut()
                    .find(|above| above.column == column && above.row + above.row_span == row)
                    .expect("a merge goes on from the row above");
                assert_eq!(above.column_span, span, "a merge keeps its width");
                assert_eq!(text(cell), "", "a covered cell says nothing");
                above.row_span += 1;
            } else {
                cells.push(Merged { row, column, row_span: 1, column_span: span, text: text(cell) });
            }
            column += span;
        }
        assert_eq!(column, columns, "row {row} has a cell for every column");
    }
    cells.sort_by_key(|cell| (cell.row, cell.column));
    cells
}

/// Runs `look` over the first table of a DOCX.
pub fn with_first_table<T>(docx: &[u8], look: impl FnOnce(Node) -> T) -> T {
    let part = part(docx, "word/document.xml");
    let xml = Xml::parse(&part).expect("well-formed");
    let table = all(xml.root(), "tbl").next().expect("a table");
    look(table)
}
