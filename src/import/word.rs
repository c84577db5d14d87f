//! A DOCX as it reads: its paragraphs and tables in order, and what it carries for us.
//!
//! What comes in may come from anyone: entities and document types are refused, and parts, nodes, nesting and cells
//! are counted. Insertions that are tracked are read, deletions are not. What is no text of a paragraph or a cell
//! (a picture, a text box, a note) is told, never passed over.

use std::collections::{BTreeMap, BTreeSet};

use roxmltree::{Document, Node, ParsingOptions};

use super::note::XmlFault;
use super::{Aside, Excess, ImportError};
use crate::zipped::{Archive, ZipFault};

/// No document that is read is longer, in bytes.
pub const MOST_BYTES: usize = 64 * 1024 * 1024;
/// No document that is read has more parts.
const MOST_PARTS: usize = 5_000;
/// No part is read that is longer unpacked, in bytes.
const MOST_PART_BYTES: usize = 64 * 1024 * 1024;
/// No part that is read has more elements and texts.
const MOST_NODES: u32 = 2_000_000;
/// No element that is read stands deeper.
const DEEPEST: usize = 200;
/// No tag that is read has more attributes: the XML reader compares each with every other.
const MOST_ATTRIBUTES: usize = 1_000;
/// No part that is read names more namespaces: the XML reader looks through all that are in force at every name.
pub const MOST_NAMESPACES: usize = 200;
/// No part that is read declares namespaces more often: the XML reader copies those in force each time.
const MOST_DECLARATIONS: usize = 50_000;
/// No document that is read has more paragraphs outside tables.
pub const MOST_PARAGRAPHS: usize = 40_000;
/// No document that is read has more tables.
pub const MOST_TABLES: usize = 1_000;
/// No document that is read has more cells and rows in all its tables.
pub const MOST_ALL_CELLS: usize = 200_000;
/// No document that is read has more pictures, notes and the like.
pub const MOST_ASIDES: usize = 1_000;
/// No more parts of a user's own are looked at for what a document carries.
const MOST_CUSTOM: usize = 1_000;
/// No table that is read has more cells, those in covered places included.
const MOST_CELLS: usize = 20_000;
/// Word opens no table of more columns.
const MOST_COLUMNS: usize = 63;
/// Edges of columns nearer than this are one, in twentieths of a point: rows drawn by hand differ by a little.
const SAME_EDGE: i64 = 60;

/// The namespaces of a document's text, transitional and strict.
const TEXT: [&str; 2] = [
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
];
const OFFICE_DOCUMENT: &str = "/relationships/officeDocument";
const STYLES: &str = "/relationships/styles";
const CUSTOM_XML: &str = "/relationships/customXml";

/// What a DOCX says.
#[derive(Debug, Default)]
pub struct Word {
    pub blocks: Vec<Block>,
    /// What it carries for us.
    pub carried: Option<String>,
    /// What stands in it beside paragraphs and tables.
    pub asides: Vec<Aside>,
}

#[derive(Debug)]
pub enum Block {
    Paragraph(Paragraph),
    Table(Table),
}

#[derive(Clone, Debug, Default)]
pub struct Paragraph {
    /// Its text, cut where a line is forced.
    pub lines: Vec<String>,
    /// What Word calls its style, in lower case (`heading 1`).
    pub style: String,
    pub bookmarks: Vec<String>,
    /// Whether it stands at the right or in the middle.
    pub set_off: bool,
}

/// A table, every row with the cells that begin in it.
#[derive(Debug, Default)]
pub struct Table {
    pub rows: Vec<Vec<Cell>>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    pub column: usize,
    pub column_span: usize,
    pub row_span: usize,
    /// Its lines that are not blank, forced or of paragraphs.
    pub lines: Vec<String>,
}

impl Paragraph {
    pub fn text(&self) -> String {
        self.lines.concat()
    }

    pub fn is_blank(&self) -> bool {
        self.lines.iter().all(|line| line.trim().is_empty())
    }
}

impl Cell {
    /// Its text, its lines put together again.
    pub fn text(&self) -> String {
        self.lines.concat()
    }
}

impl Table {
    /// The cell that begins at a row and a column.
    pub fn at(&self, row: usize, column: usize) -> Option<&Cell> {
        self.rows.get(row)?.iter().find(|cell| cell.column == column)
    }
}

/// Reads the bytes of a DOCX.
pub fn read(bytes: &[u8]) -> Result<Word, ImportError> {
    if bytes.starts_with(b"\xD0\xCF\x11\xE0") {
        return Err(ImportError::NotDocx { encrypted_or_old: true });
    }
    if !bytes.starts_with(b"PK") {
        return Err(ImportError::NotDocx { encrypted_or_old: false });
    }
    if bytes.len() > MOST_BYTES {
        return Err(ImportError::TooLarge { limit: MOST_BYTES });
    }
    let mut package = Package(Archive::open(bytes, MOST_PARTS)?);
    let main = targets(&mut package, "_rels/.rels", "", OFFICE_DOCUMENT)?;
    let main = main.into_iter().next().ok_or(ImportError::NotDocx { encrypted_or_old: false })?;
    let text = package.text(&main)?.ok_or(ImportError::NotDocx { encrypted_or_old: false })?;
    let (folder, name) = main.rsplit_once('/').unwrap_or(("", &main));
    let relationships = format!("{folder}/_rels/{name}.rels");
    let mut word = Word::default();
    // Any number of relationships may lead to one part.
    let custom: BTreeSet<String> = targets(&mut package, &relationships, folder, CUSTOM_XML)?.into_iter().collect();
    for carried in custom.into_iter().take(MOST_CUSTOM) {
        let part = package.text(&carried)?.unwrap_or_default();
        if part.contains(crate::write::docx::CARRIED) {
            let xml = parse(&part, &carried)?;
            let json = xml.descendants().find(|node| node.has_tag_name((crate::write::docx::CARRIED, "json")));
            word.carried = json.and_then(|node| node.text()).map(str::to_owned);
        }
    }
    let styles = match targets(&mut package, &relationships, folder, STYLES)?.first() {
        Some(name) => package.text(name)?.map(|text| style_names(&text, name)).transpose()?.unwrap_or_default(),
        None => BTreeMap::new(),
    };
    let xml = parse(&text, &main)?;
    let body = xml.root_element().children().find(|node| is(*node, "body"));
    let body = body.ok_or(ImportError::NotDocx { encrypted_or_old: false })?;
    let mut reader = Reader { styles: &styles, part: &main, word, tables: 0, cells: 0 };
    reader.blocks(body, 0)?;
    Ok(reader.word)
}

impl From<ZipFault> for ImportError {
    fn from(fault: ZipFault) -> Self {
        ImportError::Package(fault)
    }
}

/// The package of a DOCX (ECMA-376 part 2).
struct Package<'a>(Archive<'a>);

impl Package<'_> {
    /// The text of a part, without a byte order mark; `None` when there is no such part.
    fn text(&mut self, name: &str) -> Result<Option<String>, ImportError> {
        let Some(bytes) = self.0.read(name, MOST_PART_BYTES)? else { return Ok(None) };
        let text = String::from_utf8(bytes)
            .map_err(|_| ImportError::Xml { part: name.to_owned(), fault: XmlFault::NotUtf8 })?;
        Ok(Some(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)))
    }
}

/// The parts a part refers to by a kind of relationship.
fn targets(package: &mut Package, part: &str, folder: &str, kind: &str) -> Result<Vec<String>, ImportError> {
    let Some(text) = package.text(part)? else { return Ok(Vec::new()) };
    let xml = parse(&text, part)?;
    let leads = |node: &Node| {
        let external = node.attribute("TargetMode") == Some("External");
        !external && node.attribute("Type").is_some_and(|given| given.ends_with(kind))
    };
    let found = xml.root_element().children().filter(leads).filter_map(|node| node.attribute("Target"));
    Ok(found.map(|target| resolve(folder, target)).collect())
}

/// The name of a part told from a folder (`../customXml/item1.xml`).
fn resolve(folder: &str, target: &str) -> String {
    let mut steps: Vec<&str> = if target.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => drop(steps.pop()),
            step => steps.push(step),
        }
    }
    steps.retain(|step| !step.is_empty());
    steps.join("/")
}

fn parse<'a>(text: &'a str, part: &str) -> Result<Document<'a>, ImportError> {
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MOST_NODES };
    let refuse = |fault| ImportError::Xml { part: part.to_owned(), fault };
    if deepest(text) > DEEPEST {
        return Err(refuse(XmlFault::TooDeep { limit: DEEPEST }));
    }
    if most_attributes(text) > MOST_ATTRIBUTES {
        return Err(refuse(XmlFault::TooManyAttributes { limit: MOST_ATTRIBUTES }));
    }
    let too_much = |what, limit| ImportError::TooMuch { part: part.to_owned(), what, limit };
    // Words in the text that look like declarations count too: nobody writes so many.
    let mut names = BTreeSet::new();
    for (count, (at, _)) in text.match_indices("xmlns").enumerate() {
        if count >= MOST_DECLARATIONS {
            return Err(too_much(Excess::Declarations, MOST_DECLARATIONS));
        }
        let rest = &text[at..];
        names.insert(rest.split('=').next().unwrap_or_default().trim_end());
        if names.len() > MOST_NAMESPACES {
            return Err(too_much(Excess::Namespaces, MOST_NAMESPACES));
        }
    }
    Document::parse_with_options(text, options).map_err(|error| refuse(XmlFault::NotXml(error.to_string())))
}

/// How deep elements nest at most, told before they are read: tags that open less those that close. What looks like a
/// tag in a comment, an instruction or marked text is none, and could hide how deep they nest.
fn deepest(text: &str) -> usize {
    let bytes = text.as_bytes();
    let after = |at: usize, end: &str| bytes[at..].windows(end.len()).position(|part| part == end.as_bytes());
    let (mut depth, mut most, mut at) = (0usize, 0usize, 0);
    while let Some(found) = bytes[at..].iter().position(|&byte| byte == b'<') {
        at += found + 1;
        let rest = &bytes[at..];
        let skipped = [("!--", "-->"), ("![CDATA[", "]]>"), ("?", "?>")];
        let skipped = skipped.into_iter().find(|(begin, _)| rest.starts_with(begin.as_bytes()));
        match (skipped, rest.first()) {
            (Some((begin, end)), _) => match after(at + begin.len(), end) {
                Some(length) => at += begin.len() + length + end.len(),
                None => break,
            },
            (None, Some(b'/')) => depth = depth.saturating_sub(1),
            (None, Some(b'!') | None) => {}
            (None, Some(_)) => {
                at = end_of_tag(bytes, at);
                if bytes[at - 1] != b'/' {
                    depth += 1;
                    most = most.max(depth);
                }
            }
        }
    }
    most
}

/// Where a tag ends that goes on here; a `>` in quotes does not end it.
fn end_of_tag(bytes: &[u8], mut at: usize) -> usize {
    let mut quote = None;
    while let Some(&byte) = bytes.get(at) {
        match quote {
            None if byte == b'>' => break,
            None if byte == b'"' || byte == b'\'' => quote = Some(byte),
            Some(open) if byte == open => quote = None,
            None | Some(_) => {}
        }
        at += 1;
    }
    at
}

/// How many attributes a tag has at most, told before they are read: no more than it has signs of equality.
fn most_attributes(text: &str) -> usize {
    let tags = text.split('<').skip(1).filter(|tag| !tag.starts_with(['!', '?']));
    let equals = tags.map(|tag| {
        let tag = tag.as_bytes();
        tag[..end_of_tag(tag, 0)].iter().filter(|&&byte| byte == b'=').count()
    });
    equals.max().unwrap_or(0)
}

/// What Word calls each style, in lower case, by its id.
fn style_names(text: &str, part: &str) -> Result<BTreeMap<String, String>, ImportError> {
    let xml = parse(text, part)?;
    let styles = xml.root_element().children().filter(|node| is(*node, "style"));
    let named = styles.filter_map(|style| Some((value_of(style, "styleId")?.to_owned(), property(style, "name")?)));
    Ok(named.map(|(id, name)| (id, name.to_lowercase())).collect())
}

fn is(node: Node, name: &str) -> bool {
    node.is_element()
        && node.tag_name().name() == name
        && node.tag_name().namespace().is_some_and(|n| TEXT.contains(&n))
}

/// An attribute of Word's.
fn value_of<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    TEXT.iter().find_map(|namespace| node.attribute((*namespace, name)))
}

fn child<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    node.children().find(|node| is(*node, name))
}

/// The `w:val` of a child.
fn property(node: Node, name: &str) -> Option<String> {
    value_of(child(node, name)?, "val").map(str::to_owned)
}

struct Reader<'a> {
    styles: &'a BTreeMap<String, String>,
    part: &'a str,
    word: Word,
    tables: usize,
    cells: usize,
}

impl Reader<'_> {
    /// Refuses a document that has more of something than it may.
    fn no_more(&self, count: usize, limit: usize, what: Excess) -> Result<(), ImportError> {
        if count <= limit {
            return Ok(());
        }
        Err(ImportError::TooMuch { part: self.part.to_owned(), what, limit })
    }

    /// Reads the blocks of a body, those in content controls and the like included.
    fn blocks(&mut self, node: Node, depth: usize) -> Result<(), ImportError> {
        for child in node.children().filter(Node::is_element) {
            match child.tag_name().name() {
                "p" if is(child, "p") => {
                    let paragraph = self.paragraph(child);
                    self.word.blocks.push(Block::Paragraph(paragraph));
                    self.no_more(self.word.blocks.len() - self.tables, MOST_PARAGRAPHS, Excess::Paragraphs)?;
                    self.no_more(self.word.asides.len(), MOST_ASIDES, Excess::Asides)?;
                }
                "tbl" if is(child, "tbl") => {
                    self.tables += 1;
                    self.no_more(self.tables, MOST_TABLES, Excess::Tables)?;
                    let table = self.table(child)?;
                    self.word.blocks.push(Block::Table(table));
                }
                // Properties hold no text, deleted paragraphs are none.
                "sectPr" | "sdtPr" | "sdtEndPr" | "del" | "moveFrom" => {}
                _ if depth < DEEPEST => self.blocks(child, depth + 1)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn paragraph(&mut self, node: Node) -> Paragraph {
        let properties = child(node, "pPr");
        let id = properties.and_then(|properties| property(properties, "pStyle")).unwrap_or_default();
        let align = properties.and_then(|properties| property(properties, "jc")).unwrap_or_default();
        let mut paragraph = Paragraph {
            lines: vec![String::new()],
            style: self.styles.get(&id).cloned().unwrap_or_default(),
            bookmarks: Vec::new(),
            set_off: matches!(&*align, "right" | "end" | "center"),
        };
        self.inline(node, &mut paragraph);
        paragraph
    }

    /// Reads what stands in a paragraph or a part of one.
    fn inline(&mut self, node: Node, paragraph: &mut Paragraph) {
        for child in node.children().filter(Node::is_element) {
            let name = child.tag_name().name();
            let mut add = |text: &str| {
                if let Some(line) = paragraph.lines.last_mut() {
                    line.push_str(text);
                }
            };
            match name {
                "t" if is(child, "t") => add(child.text().unwrap_or_default()),
                "tab" | "ptab" if is(node, "r") => add("\t"),
                "noBreakHyphen" => add("-"),
                "br" if !matches!(value_of(child, "type"), Some("page" | "column")) => {
                    paragraph.lines.push(String::new());
                }
                "cr" => paragraph.lines.push(String::new()),
                "bookmarkStart" => paragraph.bookmarks.extend(value_of(child, "name").map(str::to_owned)),
                "pPr" | "rPr" | "sdtPr" | "del" | "moveFrom" | "instrText" | "delText" => {}
                "drawing" | "pict" | "object" => self.aside(child),
                "footnoteReference" | "endnoteReference" => self.word.asides.push(Aside::Note),
                "sym" => self.word.asides.push(Aside::Symbol),
                // Of two ways to say one thing, the newer is read.
                "Fallback" => {}
                _ => self.inline(child, paragraph),
            }
        }
    }

    /// Something drawn: its text, if it has any, has no place in a report.
    fn aside(&mut self, node: Node) {
        let text: String = node.descendants().filter(|node| is(*node, "t")).filter_map(|node| node.text()).collect();
        self.word.asides.push(if text.trim().is_empty() { Aside::Picture } else { Aside::TextBox(text) });
    }

    fn table(&mut self, node: Node) -> Result<Table, ImportError> {
        let widths: Vec<i64> = child(node, "tblGrid")
            .map(|grid| grid.children().filter(|node| is(*node, "gridCol")).map(width_of).collect())
            .unwrap_or_default();
        let mut rows: Vec<Vec<(Cell, Merge)>> = Vec::new();
        let mut count = 0;
        for row in elements(node, "tr") {
            self.cells += 1;
            self.no_more(self.cells, MOST_ALL_CELLS, Excess::Cells)?;
            self.no_more(self.word.asides.len(), MOST_ASIDES, Excess::Asides)?;
            let number = |holder: Option<Node>, name: &str| {
                holder.and_then(|node| property(node, name)).and_then(|text| text.parse::<usize>().ok())
            };
            let mut column = number(child(row, "trPr"), "gridBefore").unwrap_or(0).min(MOST_COLUMNS);
            let mut cells = Vec::new();
            for cell in elements(row, "tc") {
                let properties = child(cell, "tcPr");
                let span = number(properties, "gridSpan").unwrap_or(1).clamp(1, MOST_COLUMNS);
                let merge = match properties.and_then(|properties| child(properties, "vMerge")) {
                    None => Merge::None,
                    Some(merge) if value_of(merge, "val") == Some("restart") => Merge::Begins,
                    Some(_) => Merge::GoesOn,
                };
                let lines = self.lines_of_cell(cell);
                cells.push((Cell { column, column_span: span, row_span: 1, lines }, merge));
                column += span;
                count += 1;
                self.cells += 1;
                if count > MOST_CELLS || column > 4 * MOST_COLUMNS {
                    return Err(ImportError::Xml { part: self.part.to_owned(), fault: XmlFault::TableTooLarge });
                }
            }
            rows.push(cells);
        }
        Ok(join(rows, &widths))
    }

    fn lines_of_cell(&mut self, cell: Node) -> Vec<String> {
        let mut lines = Vec::new();
        for paragraph in elements(cell, "p") {
            lines.extend(self.paragraph(paragraph).lines);
        }
        if cell.descendants().any(|node| is(node, "tbl")) {
            self.word.asides.push(Aside::TableInCell);
        }
        // A single line keeps its blanks: a value may be nothing else.
        if lines.len() > 1 {
            lines.retain(|line| !line.trim().is_empty());
        }
        lines
    }
}

/// The children of a name, those in content controls and the like included, those in tables of a cell not.
fn elements<'a, 'input>(node: Node<'a, 'input>, name: &'static str) -> Vec<Node<'a, 'input>> {
    let mut found = Vec::new();
    for child in node.children().filter(Node::is_element) {
        if is(child, name) {
            found.push(child);
        } else if matches!(child.tag_name().name(), "sdt" | "sdtContent" | "customXml" | "smartTag" | "ins") {
            found.extend(elements(child, name));
        }
    }
    found
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Merge {
    None,
    Begins,
    GoesOn,
}

fn width_of(column: Node) -> i64 {
    value_of(column, "w").and_then(|width| width.parse().ok()).unwrap_or(0).clamp(0, 100_000)
}

/// Puts cells over several rows together, and counts columns anew so that none is there that no cell begins or ends
/// at: rows drawn by hand share few edges.
fn join(rows: Vec<Vec<(Cell, Merge)>>, widths: &[i64]) -> Table {
    // Where each column begins; a width nobody tells is as good as any.
    let mut begins = vec![0];
    for column in 0..5 * MOST_COLUMNS {
        let width = widths.get(column).copied().filter(|&width| width > 0).unwrap_or(10 * SAME_EDGE);
        begins.push(begins[column] + width);
    }
    let edge = |column: usize| begins[column.min(5 * MOST_COLUMNS)];
    let mut edges: Vec<i64> = Vec::new();
    for (cell, _) in rows.iter().flatten() {
        edges.extend([edge(cell.column), edge(cell.column + cell.column_span)]);
    }
    edges.sort_unstable();
    edges.dedup();
    edges.dedup_by(|next, kept| *next - *kept < SAME_EDGE);
    let place = |column: usize| edges.partition_point(|&known| known <= edge(column)).saturating_sub(1);
    let mut table = Table::default();
    for (at, row) in rows.into_iter().enumerate() {
        let mut cells = Vec::new();
        for (mut cell, merge) in row {
            let end = place(cell.column + cell.column_span);
            cell.column = place(cell.column);
            cell.column_span = end.saturating_sub(cell.column).max(1);
            let above = (merge == Merge::GoesOn).then(|| open_above(&mut table, at, &cell)).flatten();
            match above {
                Some(above) => {
                    above.row_span += 1;
                    above.lines.extend(cell.lines.into_iter().filter(|line| !line.trim().is_empty()));
                }
                None => cells.push(cell),
            }
        }
        table.rows.push(cells);
    }
    table
}

/// The cell that goes on into a row at the place of another.
fn open_above<'a>(table: &'a mut Table, row: usize, cell: &Cell) -> Option<&'a mut Cell> {
    table.rows.iter_mut().enumerate().rev().find_map(|(at, cells)| {
        cells.iter_mut().find(|above| {
            above.column == cell.column && above.column_span == cell.column_span && at + above.row_span == row
        })
    })
}
