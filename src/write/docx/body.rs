//! The document's text: paragraphs, headings, tables and the signature block, in order.
//!
//! Where lines and pages are broken is Word's affair, but for a title too long for one line: that is broken where
//! its lines are known to end or its author marked it, since Word would leave a short last line under a full one
//! (GB/T 9704 7.3.1 wants words whole and a trapezoid or a rhombus). How lines of text are helped to end where
//! they do on the document's pages is in [`lines`].

use std::collections::BTreeSet;

use super::characters::width;
use super::format::{ParagraphFormat, RunFormat};
use super::lines::{self, Measure, Stretch};
use super::page::{self, References, measure};
use super::text::{write_runs, write_stretches};
use super::xml::Xml;
use super::{NAMESPACE, RELATIONSHIPS, signature, styles, table};
use crate::document::{Block, Document, LineEnds, Paragraph, Placement, Role, Text};
use crate::length::Length;
use crate::sheet::Sheet;

/// Word takes no longer name for a bookmark.
const LONGEST_BOOKMARK: usize = 40;

/// `word/document.xml`; `tint` fills the bands of tables.
pub fn part(document: &Document, sheet: &Sheet, tint: bool, ends: &LineEnds, references: &References) -> String {
    let body = Body { blocks: &document.blocks, sheet, tint, ends, references };
    Xml::part("w:document", &[("xmlns:w", &NAMESPACE), ("xmlns:r", &RELATIONSHIPS)], |xml| {
        xml.element("w:body", &[], |xml| body.write(xml));
    })
}

/// The blocks of a document, and what they are written with.
struct Body<'a> {
    blocks: &'a [Block],
    sheet: &'a Sheet,
    tint: bool,
    ends: &'a LineEnds,
    references: &'a References,
}

impl Body<'_> {
    fn write(&self, xml: &mut Xml) {
        let mut bookmarks = Bookmarks::default();
        let placements = placements(self.blocks);
        for (index, place) in Place::all(self.blocks).enumerate() {
            let placement = placements[index];
            // A section ends here if the next block stands on pages of another one.
            let next = placements.get(index + 1).copied();
            let section = next.filter(|&next| next != placement || next != Placement::Upright && !place.is_heading());
            let section = section.map(|_| placement);
            match place.block {
                Block::Paragraph(paragraph) => self.write_paragraph(xml, paragraph, &place, section, &mut bookmarks),
                Block::Table(content) => {
                    // Word makes one table of two that nothing parts.
                    if place.follows_table() && !self.begins_section(&placements, index) {
                        write_table_gap(xml);
                    }
                    table::write(
                        xml,
                        content,
                        self.sheet,
                        self.tint,
                        place.precedes_signature(),
                        table::Ends { lines: self.text_ends(index), rows: self.ends.rows_of(index) },
                    );
                }
                Block::Signature(content) => {
                    signature::write(xml, content, self.text_ends(index), self.sheet, self.gap_above(&place));
                }
            }
            match (section, place.block) {
                (Some(placement), Block::Table(_) | Block::Signature(_)) => self.write_section_end(xml, placement),
                (Some(_), Block::Paragraph(_)) | (None, _) => {}
            }
        }
        // The last thing in a body is a paragraph.
        if !matches!(self.blocks.last(), Some(Block::Paragraph(_) | Block::Signature(_))) {
            write_table_gap(xml);
        }
        let last = placements.last().copied().unwrap_or_default();
        page::write_section(xml, self.sheet, last, self.references);
    }

    /// A paragraph that is there only to end a section.
    fn write_section_end(&self, xml: &mut Xml, placement: Placement) {
        xml.element("w:p", &[], |xml| {
            ParagraphFormat::style(styles::TABLE_GAP)
                .write_with_section(xml, |xml| page::write_section(xml, self.sheet, placement, self.references));
        });
    }

    /// Where the lines of each text of a block begin.
    fn text_ends(&self, index: usize) -> &[Vec<usize>] {
        self.ends.blocks.get(index).map_or(&[], Vec::as_slice)
    }

    /// White between a table and the line below it, for which Word has no measure: as much as the sheet asks for
    /// at least, and so much that the line stands on the pitch of the lines above the table again. A table that
    /// has pages of its own wants none, and neither does what begins such pages.
    fn gap_above(&self, place: &Place) -> Length {
        let (Some(Block::Table(table)), Some(above)) = (place.before, place.index.checked_sub(1)) else {
            return Length::ZERO;
        };
        let begins_section = placements(self.blocks)[place.index] != Placement::Upright;
        if begins_section || table.placement != Placement::Upright {
            return Length::ZERO;
        }
        let pitch = self.sheet.pitch.line;
        let measures = &self.sheet.table;
        let (foot, least) = match self.ends.rows_of(above).and_then(<[usize]>::last) {
            // The part of the table that stands on this page begins at its top.
            Some(&row) => {
                let foot = table::height(table, self.sheet, self.text_ends(above), row);
                (foot, foot + measures.space_after)
            }
            // Half the white between two lines belongs to the line below.
            None => {
                let foot = measures.space_before + table::height(table, self.sheet, self.text_ends(above), 0);
                (foot, foot + measures.space_after - page::half_leading(self.sheet))
            }
        };
        let lines = (least.to_units() + pitch.to_units() - 1).div_euclid(pitch.to_units().max(1));
        // The rule at the table's foot takes room of its own.
        (pitch * lines - foot - measures.rule).max(Length::ZERO)
    }

    fn begins_section(&self, placements: &[Placement], index: usize) -> bool {
        placements[index] != Placement::Upright || (index > 0 && placements[index - 1] != Placement::Upright)
    }
}

/// On which pages each block stands: a table that is not upright has, with the headings over it, pages of its own.
fn placements(blocks: &[Block]) -> Vec<Placement> {
    let mut placements: Vec<Placement> = Vec::with_capacity(blocks.len());
    for block in blocks {
        let placement = match block {
            Block::Table(table) => table.placement,
            Block::Paragraph(_) | Block::Signature(_) => Placement::Upright,
        };
        if placement != Placement::Upright {
            let headings = blocks[..placements.len()].iter().rev().take_while(|block| is_heading(block)).count();
            let first = placements.len() - headings;
            placements[first..].fill(placement);
        }
        placements.push(placement);
    }
    placements
}

fn is_heading(block: &Block) -> bool {
    match block {
        Block::Paragraph(paragraph) => paragraph.role.heading_level().is_some(),
        Block::Table(_) | Block::Signature(_) => false,
    }
}

/// A block and its neighbours, on which the white about it and the page it stays on depend.
struct Place<'a> {
    index: usize,
    before: Option<&'a Block>,
    block: &'a Block,
    after: Option<&'a Block>,
}

impl<'a> Place<'a> {
    fn all(blocks: &'a [Block]) -> impl Iterator<Item = Place<'a>> {
        blocks.iter().enumerate().map(|(index, block)| Place {
            index,
            before: index.checked_sub(1).and_then(|before| blocks.get(before)),
            block,
            after: blocks.get(index + 1),
        })
    }

    fn is_heading(&self) -> bool {
        is_heading(self.block)
    }

    fn follows_table(&self) -> bool {
        matches!(self.before, Some(Block::Table(_)))
    }

    fn precedes_table(&self) -> bool {
        matches!(self.after, Some(Block::Table(_)))
    }

    /// A signature block never stands alone on a page (GB/T 9704 7.3.5.5).
    fn precedes_signature(&self) -> bool {
        matches!(self.after, Some(Block::Signature(_)))
    }
}

impl Body<'_> {
    fn write_paragraph(
        &self,
        xml: &mut Xml,
        paragraph: &Paragraph,
        place: &Place,
        section: Option<Placement>,
        bookmarks: &mut Bookmarks,
    ) {
        let sheet = self.sheet;
        let style = sheet.style(paragraph.role);
        let lines = |count: u16| sheet.pitch.line * i64::from(count);
        let format = ParagraphFormat {
            keep_next: place.precedes_signature(),
            before: place.follows_table().then(|| lines(style.lines_before) + self.gap_above(place)),
            after: place.precedes_table().then(|| lines(style.lines_after) + sheet.table.space_before),
            ..ParagraphFormat::style(styles::of_paragraph(paragraph.role))
        };
        xml.element("w:p", &[], |xml| {
            match section {
                Some(placement) => format.write_with_section(xml, |xml| {
                    page::write_section(xml, sheet, placement, self.references);
                }),
                None => format.write(xml),
            }
            let bookmark = paragraph.key.as_deref().map(|key| bookmarks.next(key));
            if let Some((id, name)) = &bookmark {
                xml.empty("w:bookmarkStart", &[("w:id", id), ("w:name", name)]);
            }
            match paragraph.role {
                Role::Title => {
                    let lines = match self.ends.of(place.index, 0) {
                        [] => title_in_lines(&paragraph.text, style.size, sheet),
                        begins => cut(&paragraph.text.content, begins),
                    };
                    write_runs(xml, &lines, &RunFormat::default());
                }
                Role::Heading1 | Role::Heading2 | Role::Heading3 | Role::Heading4 | Role::Body => {
                    self.write_text(xml, paragraph, place.index);
                }
            }
            if let Some((id, _)) = &bookmark {
                xml.empty("w:bookmarkEnd", &[("w:id", id)]);
            }
        });
    }

    /// Lead and text of a paragraph, its lines helped to end where they are known to.
    fn write_text(&self, xml: &mut Xml, paragraph: &Paragraph, index: usize) {
        let sheet = self.sheet;
        let style = sheet.style(paragraph.role);
        let lead = paragraph.lead.as_ref();
        let content = format!("{}{}", lead.map_or("", |lead| &lead.text.content), paragraph.text.content);
        let text_starts = lead.map_or(0, |lead| lead.text.content.len());
        let mut begins: Vec<usize> = lead.map_or(&[][..], |_| self.ends.of(index, 0)).to_vec();
        let own = self.ends.of(index, usize::from(lead.is_some()));
        begins.extend(own.iter().map(|at| text_starts + at));
        let measure = Measure {
            width: page::measure(sheet),
            indent: sheet.characters(style.first_line_characters),
            size: style.size,
            tracking: page::tracking(sheet),
            gap: sheet.gap.text > 0,
        };
        let stretches = if self.ends.blocks.is_empty() {
            vec![Stretch { range: 0..content.len(), tracking: None }]
        } else {
            lines::stretches(&content, &begins, measure)
        };
        let format = |at: usize| RunFormat {
            style: lead.filter(|_| at < text_starts).and_then(|lead| styles::of_lead(lead.role)),
            ..RunFormat::default()
        };
        write_stretches(xml, &content, &split_at(stretches, text_starts), format);
    }
}

/// The stretches, none of which goes on over a place.
fn split_at(stretches: Vec<Stretch>, place: usize) -> Vec<Stretch> {
    let mut split = Vec::with_capacity(stretches.len() + 1);
    for stretch in stretches {
        let Stretch { range, tracking } = stretch;
        if range.start < place && place < range.end {
            split.push(Stretch { range: range.start..place, tracking });
            split.push(Stretch { range: place..range.end, tracking });
        } else {
            split.push(Stretch { range, tracking });
        }
    }
    split
}

/// A text with line breaks at places; places it does not have are passed over.
pub fn cut(content: &str, begins: &[usize]) -> String {
    let mut lines = content.to_owned();
    for &at in begins.iter().rev() {
        if at > 0 && at < lines.len() && lines.is_char_boundary(at) {
            lines.insert(at, '\n');
        }
    }
    lines
}

fn write_table_gap(xml: &mut Xml) {
    xml.element("w:p", &[], |xml| ParagraphFormat::style(styles::TABLE_GAP).write(xml));
}

/// A title with line breaks at its marks, as few as it needs and its lines as equal as the marks allow.
/// One that fits a line, or whose marks do not help, is left as it is.
fn title_in_lines(title: &Text, size: Length, sheet: &Sheet) -> String {
    let content = &title.content;
    let starts = std::iter::once(0).chain(title.breaks.iter().copied());
    let ends = title.breaks.iter().copied().chain(std::iter::once(content.len()));
    let pieces: Vec<&str> = starts.zip(ends).filter_map(|(start, end)| content.get(start..end)).collect();
    let in_lines = |room: Length| -> Option<Vec<String>> {
        let mut lines = vec![String::new()];
        for piece in &pieces {
            let line = lines.last_mut()?;
            let longer = format!("{line}{piece}");
            if line_width(&longer, size, sheet) <= room {
                *line = longer;
            } else if !line.is_empty() && line_width(piece, size, sheet) <= room {
                lines.push((*piece).to_owned());
            } else {
                return None;
            }
        }
        Some(lines)
    };
    let Some(mut best) = in_lines(measure(sheet)).filter(|_| pieces.concat() == *content) else {
        return content.clone();
    };
    // A narrower room makes the widest line shorter, until it would need one line more.
    while let Some(widest) = best.iter().map(|line| line_width(line, size, sheet)).max()
        && let Some(lines) = in_lines(widest - Length::units(1))
        && lines.len() == best.len()
    {
        best = lines;
    }
    best.join("\n")
}

/// The width of the widest of a text's forced lines.
fn line_width(text: &str, size: Length, sheet: &Sheet) -> Length {
    text.split('\n').map(|line| width(line, size, Length::ZERO, sheet.gap.text)).max().unwrap_or_default()
}

/// The bookmarks given so far; Word wants their names and numbers to differ.
#[derive(Default)]
struct Bookmarks {
    names: BTreeSet<String>,
}

impl Bookmarks {
    /// The number and the name of the bookmark for a key.
    fn next(&mut self, key: &str) -> (usize, String) {
        let mut name: String = key.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
        if !name.starts_with(char::is_alphabetic) {
            name.insert(0, 'k');
        }
        // Room is left for the number that tells two alike apart.
        let mut name: String = name.chars().take(LONGEST_BOOKMARK - 8).collect();
        if self.names.contains(&name) {
            name.push_str(&format!("_{}", self.names.len()));
        }
        self.names.insert(name.clone());
        (self.names.len(), name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Origin;

    fn sheet() -> Sheet {
        Sheet::parse("gbt9704.toml", include_str!("../../../layouts/sheets/gbt9704.toml")).unwrap()
    }

    fn title(marked: &str) -> String {
        title_in_lines(&Text::marked(marked, Origin::path("$.title")), Length::pt(22), &sheet())
    }

    #[test]
    fn a_long_title_is_broken_at_its_marks_and_a_short_one_is_not() {
        assert_eq!(title("某市|2025年年度报告"), "某市2025年年度报告");
        assert_eq!(
            title("三门峡市机关事务管理局|2020年|政府信息公开工作年度报告"),
            "三门峡市机关事务管理局2020年\n政府信息公开工作年度报告"
        );
    }

    #[test]
    fn a_title_whose_marks_do_not_help_is_left_to_the_reader() {
        let long = "某".repeat(30);
        assert_eq!(title(&long), long);
        assert_eq!(title(&format!("甲|{long}")), format!("甲{long}"));
    }

    #[test]
    fn bookmarks_have_names_word_takes_and_no_two_alike() {
        let mut bookmarks = Bookmarks::default();
        assert_eq!(bookmarks.next("overview"), (1, "overview".into()));
        assert_eq!(bookmarks.next("overview"), (2, "overview_1".into()));
        assert_eq!(bookmarks.next("2-a").1, "k2_a");
        assert!(bookmarks.next(&"x".repeat(99)).1.len() <= LONGEST_BOOKMARK);
    }
}
