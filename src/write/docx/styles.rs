//! The styles, which carry the formatting.
//!
//! Built-in styles go by the names Word knows them by (`heading 1`, `Body Text`), so that the navigation
//! pane, tables of contents and other programs find them. The looks are all the sheet's.

use super::NAMESPACE;
use super::fonts::family;
use super::format::{Fonts, ParagraphFormat, RunFormat, Stand};
use super::page::tracking;
use super::xml::{Attribute, Xml};
use crate::document::{CellRole, Role};
use crate::length::Length;
use crate::sheet::{CellStyle, Sheet, Style};

/// Type and pitch of everything.
const NORMAL: &str = "Normal";
/// Text of cells; the styles of cells stand on it.
const TABLE_TEXT: &str = "TableText";
/// What the styles of characters stand on.
const DEFAULT_CHARACTERS: &str = "DefaultParagraphFont";
/// What the styles of tables stand on.
const NORMAL_TABLE: &str = "TableNormal";

/// Rules and paddings of every table.
pub const TABLE: &str = "TableGrid";
/// The little room between a table and a table, or the end.
pub const TABLE_GAP: &str = "TableGap";
/// Headers.
pub const HEADER: &str = "Header";
/// Footers of odd pages.
pub const FOOTER: &str = "Footer";
/// Footers of even pages.
pub const FOOTER_EVEN: &str = "FooterEven";
/// Names in a signature block.
pub const SIGNATURE: &str = "Signature";
/// The date in a signature block.
pub const DATE: &str = "Date";

/// Every part a paragraph can play.
pub const ROLES: [Role; 6] = [Role::Title, Role::Heading1, Role::Heading2, Role::Heading3, Role::Heading4, Role::Body];

/// Every part a cell can play.
pub const CELL_ROLES: [CellRole; 5] =
    [CellRole::Band, CellRole::ColumnHeading, CellRole::GroupLabel, CellRole::RowLabel, CellRole::Value];

/// The id of the style of a paragraph.
pub fn of_paragraph(role: Role) -> &'static str {
    match role {
        Role::Title => "Title",
        Role::Heading1 => "Heading1",
        Role::Heading2 => "Heading2",
        Role::Heading3 => "Heading3",
        Role::Heading4 => "Heading4",
        Role::Body => "BodyText",
    }
}

/// The id of the style of a heading's characters where it runs into a paragraph; `None` for what is no
/// heading.
pub fn of_lead(role: Role) -> Option<&'static str> {
    match role {
        Role::Heading1 => Some("Heading1Char"),
        Role::Heading2 => Some("Heading2Char"),
        Role::Heading3 => Some("Heading3Char"),
        Role::Heading4 => Some("Heading4Char"),
        Role::Title | Role::Body => None,
    }
}

/// The id of the style of a cell's text.
pub fn of_cell(role: CellRole, centre_labels: bool) -> &'static str {
    match role {
        CellRole::Band => "TableBand",
        CellRole::ColumnHeading => "TableColumnHeading",
        CellRole::GroupLabel => "TableGroupLabel",
        CellRole::RowLabel if centre_labels => "TableRowLabelCentred",
        CellRole::RowLabel => "TableRowLabel",
        CellRole::Value => "TableValue",
    }
}

/// The name Word shows for a style of cells.
fn cell_style_name(role: CellRole) -> &'static str {
    match role {
        CellRole::Band => "表内通栏标题",
        CellRole::ColumnHeading => "表内栏标题",
        CellRole::GroupLabel => "表内分组",
        CellRole::RowLabel => "表内项目",
        CellRole::Value => "表内数值",
    }
}

/// The height of the line a page number stands in: its size and as much again as body lines have.
pub fn page_number_line(sheet: &Sheet) -> Length {
    sheet.page_number.size + (sheet.pitch.line - sheet.style(Role::Body).size) / 2
}

/// `word/styles.xml`.
pub fn part(sheet: &Sheet, language: &str) -> String {
    Xml::part("w:styles", &[("xmlns:w", &NAMESPACE)], |xml| {
        write_defaults(xml, sheet, language);
        write_paragraph_styles(xml, sheet);
        write_character_styles(xml, sheet);
        write_page_styles(xml, sheet);
        write_signature_styles(xml, sheet);
        write_table_styles(xml, sheet);
    })
}

/// What is so before any style speaks.
fn write_defaults(xml: &mut Xml, sheet: &Sheet, language: &str) {
    let body = sheet.style(Role::Body);
    xml.element("w:docDefaults", &[], |xml| {
        xml.element("w:rPrDefault", &[], |xml| {
            let format = RunFormat { language: Some(language), ..run_format(sheet, body) };
            format.write(xml);
        });
        xml.empty("w:pPrDefault", &[]);
    });
}

fn write_paragraph_styles(xml: &mut Xml, sheet: &Sheet) {
    let body = sheet.style(Role::Body);
    Definition { default: true, in_gallery: true, ..Definition::paragraph(NORMAL, NORMAL) }.write(xml, |xml| {
        let format = ParagraphFormat {
            exact: true,
            gap: Some(sheet.gap.text > 0),
            before: Some(Length::ZERO),
            after: Some(Length::ZERO),
            line: Some(sheet.pitch.line),
            align: Some(body.align.into()),
            ..ParagraphFormat::default()
        };
        format.write(xml);
        RunFormat { tracking: Some(tracking(sheet)), ..run_format(sheet, body) }.write(xml);
    });
    for role in ROLES {
        let style = sheet.style(role);
        let (name, next) = match role {
            Role::Title => ("Title", Some(of_paragraph(Role::Body))),
            Role::Heading1 => ("heading 1", Some(of_paragraph(Role::Body))),
            Role::Heading2 => ("heading 2", Some(of_paragraph(Role::Body))),
            Role::Heading3 => ("heading 3", Some(of_paragraph(Role::Body))),
            Role::Heading4 => ("heading 4", Some(of_paragraph(Role::Body))),
            Role::Body => ("Body Text", None),
        };
        let definition = Definition {
            based_on: Some(NORMAL),
            next,
            link: of_lead(role),
            in_gallery: true,
            ..Definition::paragraph(of_paragraph(role), name)
        };
        definition.write(xml, |xml| {
            let is_text = role == Role::Body;
            let lines = |count: u16| (count > 0).then_some(sheet.pitch.line * i64::from(count));
            let format = ParagraphFormat {
                keep_next: !is_text,
                keep_lines: !is_text,
                before: lines(style.lines_before),
                after: lines(style.lines_after),
                first_line: first_line(sheet, style),
                align: Some(style.align.into()),
                outline: role.heading_level(),
                ..ParagraphFormat::default()
            };
            format.write(xml);
            if !is_text {
                RunFormat { tracking: tracking_of(sheet, style), ..run_format(sheet, style) }.write(xml);
            }
        });
    }
}

/// Headings that run into their paragraph look like those on lines of their own.
fn write_character_styles(xml: &mut Xml, sheet: &Sheet) {
    let definition =
        Definition { default: true, ..Definition::new("character", DEFAULT_CHARACTERS, "Default Paragraph Font") };
    definition.write(xml, |_| ());
    for role in ROLES {
        if let (Some(id), Some(level)) = (of_lead(role), role.heading_level()) {
            let name = format!("Heading {level} Char");
            let definition = Definition {
                custom: true,
                based_on: Some(DEFAULT_CHARACTERS),
                link: Some(of_paragraph(role)),
                ..Definition::new("character", id, &name)
            };
            definition.write(xml, |xml| {
                let style = sheet.style(role);
                RunFormat { tracking: tracking_of(sheet, style), ..run_format(sheet, style) }.write(xml);
            });
        }
    }
}

/// Headers, and page numbers at the outer edges.
fn write_page_styles(xml: &mut Xml, sheet: &Sheet) {
    Definition { based_on: Some(NORMAL), ..Definition::paragraph(HEADER, "header") }.write(xml, |_| ());
    let number = &sheet.page_number;
    let inset = number.size * i64::from(number.inset_characters);
    let odd = ParagraphFormat {
        gap: Some(false),
        line: Some(page_number_line(sheet)),
        right: Some(inset),
        align: Some(Stand::Right),
        ..ParagraphFormat::default()
    };
    let even = ParagraphFormat {
        left: Some(inset),
        right: Some(Length::ZERO),
        align: Some(Stand::Left),
        ..ParagraphFormat::default()
    };
    Definition { based_on: Some(NORMAL), ..Definition::paragraph(FOOTER, "footer") }.write(xml, |xml| {
        odd.write(xml);
        let fonts = Fonts { east_asian: family(sheet, &number.typeface), latin: family(sheet, &number.latin) };
        let format = RunFormat {
            fonts: Some(fonts),
            tracking: Some(Length::ZERO),
            size: Some(number.size),
            ..RunFormat::default()
        };
        format.write(xml);
    });
    let definition =
        Definition { custom: true, based_on: Some(FOOTER), ..Definition::paragraph(FOOTER_EVEN, "偶数页页脚") };
    definition.write(xml, |xml| even.write(xml));
}

/// Names and date; how far in they stand depends on their length and is told where they stand.
fn write_signature_styles(xml: &mut Xml, sheet: &Sheet) {
    let style = &sheet.signature;
    for (id, name) in [(SIGNATURE, "Signature"), (DATE, "Date")] {
        Definition { based_on: Some(NORMAL), ..Definition::paragraph(id, name) }.write(xml, |xml| {
            let format = ParagraphFormat { keep_lines: true, ..ParagraphFormat::default() };
            format.write(xml);
            let fonts = Fonts { east_asian: family(sheet, &style.typeface), latin: family(sheet, &style.latin) };
            RunFormat { fonts: Some(fonts), size: Some(style.size), ..RunFormat::default() }.write(xml);
        });
    }
}

fn write_table_styles(xml: &mut Xml, sheet: &Sheet) {
    let normal = Definition { default: true, ..Definition::new("table", NORMAL_TABLE, "Normal Table") };
    normal.write(xml, |xml| {
        xml.element("w:tblPr", &[], |xml| {
            xml.empty("w:tblInd", &[("w:w", &0), ("w:type", &"dxa")]);
            write_cell_margins(xml, Length::ZERO, Length::ZERO);
        });
    });
    Definition { based_on: Some(NORMAL_TABLE), ..Definition::new("table", TABLE, "Table Grid") }.write(xml, |xml| {
        xml.element("w:tblPr", &[], |xml| {
            xml.element("w:tblBorders", &[], |xml| {
                for edge in ["w:top", "w:left", "w:bottom", "w:right", "w:insideH", "w:insideV"] {
                    let weight = border_weight(sheet.table.rule);
                    let attributes: [Attribute; 4] =
                        [("w:val", &"single"), ("w:sz", &weight), ("w:space", &0), ("w:color", &"auto")];
                    xml.empty(edge, &attributes);
                }
            });
            // Rules take room of their own above the padding; on the page they lie in it.
            let padding_y = (sheet.table.padding_y - sheet.table.rule / 2).max(Length::ZERO);
            write_cell_margins(xml, sheet.table.padding_x, padding_y);
        });
    });
    write_cell_text_styles(xml, sheet);
}

fn write_cell_text_styles(xml: &mut Xml, sheet: &Sheet) {
    let text = Definition { custom: true, based_on: Some(NORMAL), ..Definition::paragraph(TABLE_TEXT, "表内文字") };
    text.write(xml, |xml| {
        ParagraphFormat { gap: Some(sheet.gap.cells > 0), ..ParagraphFormat::default() }.write(xml);
        RunFormat { tracking: Some(Length::ZERO), ..RunFormat::default() }.write(xml);
    });
    let definition =
        |id, name| Definition { custom: true, based_on: Some(TABLE_TEXT), ..Definition::paragraph(id, name) };
    for role in CELL_ROLES {
        let style = sheet.cell_style(role);
        definition(of_cell(role, false), cell_style_name(role)).write(xml, |xml| {
            let format = ParagraphFormat {
                line: Some(style.line),
                left: (style.inset > Length::ZERO).then_some(style.inset),
                align: Some(style.align.into()),
                ..ParagraphFormat::default()
            };
            format.write(xml);
            cell_run_format(sheet, style).write(xml);
        });
    }
    let centred = Definition {
        based_on: Some(of_cell(CellRole::RowLabel, false)),
        ..definition(of_cell(CellRole::RowLabel, true), "表内项目（居中）")
    };
    centred.write(xml, |xml| {
        let left = Some(Length::ZERO);
        ParagraphFormat { left, align: Some(Stand::Centre), ..ParagraphFormat::default() }.write(xml);
    });
    let gap = Definition { custom: true, based_on: Some(NORMAL), ..Definition::paragraph(TABLE_GAP, "表间距") };
    gap.write(xml, |xml| {
        let line = (sheet.table.space_before + sheet.table.space_after).max(Length::pt(1));
        ParagraphFormat { line: Some(line), ..ParagraphFormat::default() }.write(xml);
        RunFormat { size: Some(Length::pt(1)), ..RunFormat::default() }.write(xml);
    });
}

fn write_cell_margins(xml: &mut Xml, x: Length, y: Length) {
    xml.element("w:tblCellMar", &[], |xml| {
        for (edge, width) in [("w:top", y), ("w:left", x), ("w:bottom", y), ("w:right", x)] {
            xml.empty(edge, &[("w:w", &width.to_twips()), ("w:type", &"dxa")]);
        }
    });
}

/// A rule's weight in eighths of a point; Word draws none thinner than two nor thicker than 96.
fn border_weight(rule: Length) -> i64 {
    rule.scale(8, Length::pt(1).to_units()).to_units().clamp(2, 96)
}

fn run_format<'a>(sheet: &'a Sheet, style: &'a Style) -> RunFormat<'a> {
    let fonts = Fonts { east_asian: family(sheet, &style.typeface), latin: family(sheet, &style.latin) };
    RunFormat { fonts: Some(fonts), size: Some(style.size), ..RunFormat::default() }
}

fn cell_run_format<'a>(sheet: &'a Sheet, style: &'a CellStyle) -> RunFormat<'a> {
    let fonts = Fonts { east_asian: family(sheet, &style.typeface), latin: family(sheet, &style.latin) };
    RunFormat { fonts: Some(fonts), size: Some(style.size), ..RunFormat::default() }
}

/// Type of the body's size stands on the body's pitch, larger and smaller type on its own.
fn tracking_of(sheet: &Sheet, style: &Style) -> Option<Length> {
    (style.size != sheet.style(Role::Body).size).then_some(Length::ZERO)
}

fn first_line(sheet: &Sheet, style: &Style) -> Option<(u16, Length)> {
    let count = style.first_line_characters;
    let character = if style.size == sheet.style(Role::Body).size { sheet.characters(1) } else { style.size };
    (count > 0).then(|| (count, character * i64::from(count)))
}

/// What stands about a style before its formatting.
struct Definition<'a> {
    kind: &'static str,
    id: &'static str,
    name: &'a str,
    default: bool,
    custom: bool,
    based_on: Option<&'static str>,
    next: Option<&'static str>,
    link: Option<&'static str>,
    in_gallery: bool,
}

impl<'a> Definition<'a> {
    fn new(kind: &'static str, id: &'static str, name: &'a str) -> Self {
        Definition {
            kind,
            id,
            name,
            default: false,
            custom: false,
            based_on: None,
            next: None,
            link: None,
            in_gallery: false,
        }
    }

    fn paragraph(id: &'static str, name: &'a str) -> Self {
        Definition::new("paragraph", id, name)
    }

    /// Writes the style; `format` writes its formatting.
    fn write(&self, xml: &mut Xml, format: impl FnOnce(&mut Xml)) {
        let mut attributes: Vec<Attribute> = vec![("w:type", &self.kind)];
        if self.default {
            attributes.push(("w:default", &1));
        }
        if self.custom {
            attributes.push(("w:customStyle", &1));
        }
        attributes.push(("w:styleId", &self.id));
        xml.element("w:style", &attributes, |xml| {
            xml.property("w:name", self.name);
            for (element, id) in [("w:basedOn", self.based_on), ("w:next", self.next), ("w:link", self.link)] {
                if let Some(id) = id {
                    xml.property(element, id);
                }
            }
            if self.in_gallery {
                xml.empty("w:qFormat", &[]);
            }
            format(xml);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_told_in_eighths_of_a_point() {
        assert_eq!(border_weight(Length::twips(10)), 4);
        assert_eq!(border_weight(Length::ZERO), 2);
        assert_eq!(border_weight(Length::mm(40)), 96);
    }
}
