//! The document's text: paragraphs, headings, tables and the signature block, in order.
//!
//! Where lines and pages are broken is Word's affair; the hints in [`Text::breaks`] are for typesetting
//! and are left out, but for a title too long for one line: that is broken where its author marked it,
//! since Word would leave a short last line under a full one (GB/T 9704 7.3.1 wants words whole and a
//! trapezoid or a rhombus).

use std::collections::BTreeSet;

use super::characters::width;
use super::format::{ParagraphFormat, RunFormat};
use super::page::{self, References, measure};
use super::text::write_runs;
use super::xml::Xml;
use super::{NAMESPACE, RELATIONSHIPS, signature, styles, table};
use crate::document::{Block, Document, Paragraph, Role, Text};
use crate::length::Length;
use crate::sheet::Sheet;

/// Word takes no longer name for a bookmark.
const LONGEST_BOOKMARK: usize = 40;

/// `word/document.xml`; `tint` fills the bands of tables.
pub fn part(document: &Document, sheet: &Sheet, tint: bool, references: &References) -> String {
    Xml::part("w:document", &[("xmlns:w", &NAMESPACE), ("xmlns:r", &RELATIONSHIPS)], |xml| {
        xml.element("w:body", &[], |xml| {
            let mut bookmarks = Bookmarks::default();
            for place in Place::all(&document.blocks) {
                match place.block {
                    Block::Paragraph(paragraph) => write_paragraph(xml, paragraph, &place, sheet, &mut bookmarks),
                    Block::Table(content) => {
                        // Word makes one table of two that nothing parts.
                        if place.follows_table() {
                            write_table_gap(xml);
                        }
                        table::write(xml, content, sheet, tint, place.precedes_signature());
                    }
                    Block::Signature(content) => signature::write(xml, content, sheet, place.gap_above(sheet)),
                }
            }
            // The last thing in a body is a paragraph.
            if !matches!(document.blocks.last(), Some(Block::Paragraph(_) | Block::Signature(_))) {
                write_table_gap(xml);
            }
            page::write_section(xml, sheet, references);
        });
    })
}

/// A block and its neighbours, on which the white about it and the page it stays on depend.
struct Place<'a> {
    before: Option<&'a Block>,
    block: &'a Block,
    after: Option<&'a Block>,
}

impl<'a> Place<'a> {
    fn all(blocks: &'a [Block]) -> impl Iterator<Item = Place<'a>> {
        blocks.iter().enumerate().map(|(index, block)| Place {
            before: index.checked_sub(1).and_then(|before| blocks.get(before)),
            block,
            after: blocks.get(index + 1),
        })
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

    /// What a table above wants below it: Word has no such measure for tables.
    fn gap_above(&self, sheet: &Sheet) -> Length {
        if self.follows_table() { sheet.table.space_after } else { Length::ZERO }
    }
}

fn write_paragraph(xml: &mut Xml, paragraph: &Paragraph, place: &Place, sheet: &Sheet, bookmarks: &mut Bookmarks) {
    let style = sheet.style(paragraph.role);
    let lines = |count: u16| sheet.pitch.line * i64::from(count);
    let format = ParagraphFormat {
        keep_next: place.precedes_signature(),
        before: place.follows_table().then(|| lines(style.lines_before) + place.gap_above(sheet)),
        after: place.precedes_table().then(|| lines(style.lines_after) + sheet.table.space_before),
        ..ParagraphFormat::style(styles::of_paragraph(paragraph.role))
    };
    xml.element("w:p", &[], |xml| {
        format.write(xml);
        let bookmark = paragraph.key.as_deref().map(|key| bookmarks.next(key));
        if let Some((id, name)) = &bookmark {
            xml.empty("w:bookmarkStart", &[("w:id", id), ("w:name", name)]);
        }
        if let Some(lead) = &paragraph.lead {
            let format = RunFormat { style: styles::of_lead(lead.role), ..RunFormat::default() };
            write_runs(xml, &lead.text.content, &format);
        }
        match paragraph.role {
            Role::Title => write_runs(xml, &title_in_lines(&paragraph.text, style.size, sheet), &RunFormat::default()),
            Role::Heading1 | Role::Heading2 | Role::Heading3 | Role::Heading4 | Role::Body => {
                write_runs(xml, &paragraph.text.content, &RunFormat::default());
            }
        }
        if let Some((id, _)) = &bookmark {
            xml.empty("w:bookmarkEnd", &[("w:id", id)]);
        }
    });
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
