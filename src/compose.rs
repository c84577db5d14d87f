//! [`Checked`] → [`Document`]: what is said, in order, and the role of each piece.
//!
//! The order and the headings are the form's, the words the report's. Headings inside a section are
//! recognised from their numbering, as the standard has it (GB/T 9704 7.3.3: `一、` `（一）` `1.`
//! `（1）`), in `compose/prose.rs`. No page, no position and no font is decided here.

mod prose;

use crate::check::{Checked, FilledTable};
use crate::document::{
    About, Block, CellContent, Date, Document, Edition, Lead, Origin, Paragraph, Placement, Role, Seal, Signature,
    Table, Text,
};
use crate::form::{Form, Section, SectionContent, TableForm};
use crate::report::{self, Located, Report};

/// What is said about a document beyond what its report says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The day the files bear.
    pub date: Date,
    /// A word printed across every page of something that is not final (`草稿`).
    pub watermark: Option<String>,
}

/// Makes the document of a checked report.
pub fn compose(checked: &Checked<'_>, options: &Options) -> Document {
    let (report, form) = (checked.report(), checked.form());
    let title = title(report, form);
    let about = About {
        title: title.content.replace('\n', ""),
        author: unmarked(&report.agency),
        subject: form.subject().to_owned(),
        keywords: form.keywords().to_vec(),
        language: form.language().to_owned(),
        edition: Edition { form: form.id().to_owned(), notice: form.notice().to_owned(), year: report.year.value },
        date: options.date,
        watermark: options.watermark.clone(),
    };
    let mut blocks = vec![paragraph(Role::Title, title)];
    blocks.extend(report.preamble.iter().map(|text| Block::Paragraph(body(text))));
    for section in form.sections() {
        let heading = heading(report, section);
        let title = heading.content.clone();
        blocks.push(Block::Paragraph(Paragraph {
            role: Role::Heading1,
            lead: None,
            text: heading,
            key: Some(section.key.clone()),
        }));
        match &section.content {
            SectionContent::Prose => {
                let paragraphs = report.sections.get(&section.key).map_or(&[][..], |section| &section.value);
                blocks.extend(paragraphs.iter().map(|text| Block::Paragraph(prose::read(text))));
            }
            SectionContent::Table(form) => {
                let placement = report.layout.get(&section.key).map_or(Placement::Upright, |given| given.value);
                let filled = checked.table(&section.key);
                blocks.extend(filled.map(|filled| Block::Table(table(form, filled, title, placement))));
            }
        }
    }
    blocks.extend(report.signature.as_ref().map(|given| Block::Signature(signature(report, form, given))));
    Document { about, blocks }
}

/// The title the report gives, its lines kept, or the one the form makes.
fn title(report: &Report, form: &Form) -> Text {
    match &report.title {
        Some(lines) => Text::marked(&lines.value.join("\n"), lines.at.origin()),
        None => Text::marked(&form.title_for(&report.agency.value, report.year.value), report.agency.at.origin()),
    }
}

/// The heading of a section, in the report's words where it has its own.
fn heading(report: &Report, section: &Section) -> Text {
    match report.headings.get(&section.key) {
        Some(words) => marked(words),
        None => section.heading.clone(),
    }
}

fn table(form: &TableForm, filled: &FilledTable, title: String, placement: Placement) -> Table {
    Table {
        key: filled.key.clone(),
        title,
        description: form.description.clone(),
        widths: form.widths.clone(),
        heading_rows: form.heading_rows,
        centre_labels: form.centre_labels,
        placement,
        grid: filled.grid.map(|cell| CellContent { role: cell.content.role, text: cell.content.text.clone() }),
    }
}

fn signature(report: &Report, form: &Form, given: &report::Signature) -> Signature {
    let agencies = match &given.agencies {
        Some(agencies) => agencies.value.iter().map(marked).collect(),
        None => vec![marked(&report.agency)],
    };
    let seal = match given.seal {
        report::Seal::None => None,
        report::Seal::Standard => Some(Seal { diameter: form.seal_diameter() }),
        report::Seal::Diameter(diameter) => Some(Seal { diameter }),
    };
    let date = Text::plain(given.date.value.to_chinese(), given.date.at.origin());
    Signature { agencies, date, seal }
}

fn paragraph(role: Role, text: Text) -> Block {
    Block::Paragraph(Paragraph { role, lead: None, text, key: None })
}

/// A paragraph of text in which no heading is looked for.
fn body(text: &Located<String>) -> Paragraph {
    let text = Text::plain(text.value.trim(), text.at.origin());
    Paragraph { role: Role::Body, lead: None, text, key: None }
}

/// A name in which its author may have marked breaks.
fn marked(text: &Located<String>) -> Text {
    Text::marked(&text.value, text.at.origin())
}

fn unmarked(text: &Located<String>) -> String {
    marked(text).content
}

/// A heading that opens a paragraph, and the text that follows it.
fn run_in(role: Role, lead: &str, text: &str, origin: Origin) -> Paragraph {
    let lead = Lead { role, text: Text::plain(lead, origin.clone()) };
    Paragraph { role: Role::Body, lead: Some(lead), text: Text::plain(text, origin), key: None }
}

/// The level of the heading a paragraph is or begins with, and the bytes its numbering takes.
pub(crate) fn heading_of(paragraph: &str) -> Option<(Role, usize)> {
    prose::heading_of(paragraph)
}
