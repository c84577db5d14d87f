//! The page as Word counts it: margins, raster, page numbers at the foot, a draft's mark behind the text.
//!
//! Word's line box carries half of the leading above its characters, so its margins are GB/T 9704's
//! less half the leading (GB/T 33476.2 annex A: 34.58 mm where the standard's 天头 is 37 mm). Lines are
//! exact, and the raster (`w:docGrid`) is one of lines only: LibreOffice sets a character that is the
//! least bit wider than a cell of a character raster into two cells, so the characters' pitch is told
//! as tracking, which every reader understands alike.

use super::format::{ParagraphFormat, RunFormat};
use super::package::{Kind, Package};
use super::text::write_runs;
use super::xml::{Attribute, Xml};
use super::{NAMESPACE, RELATIONSHIPS};
use super::{fonts, styles};
use crate::document::{Placement, Role};
use crate::length::Length;
use crate::sheet::Sheet;

/// The width of the type area, in the whole twips that tables and lines of text share.
pub fn measure(sheet: &Sheet) -> Length {
    Frame::new(sheet, Placement::Upright).width
}

/// A page and its type area, seen the way it reads.
pub struct Frame {
    paper: [Length; 2],
    left: Length,
    top: Length,
    landscape: bool,
    /// The width of the type area, in whole twips.
    pub width: Length,
    /// The height of the type area.
    pub height: Length,
}

impl Frame {
    /// The page of a placement. Word cannot turn what stands on an upright page: what is to be turned gets a
    /// landscape page, which a printer turns.
    pub fn new(sheet: &Sheet, placement: Placement) -> Self {
        let (paper, area) = (&sheet.paper, &sheet.type_area);
        let whole = |length: Length| Length::twips(length.to_twips());
        match placement {
            Placement::Upright => Frame {
                paper: [paper.width, paper.height],
                left: area.left,
                top: area.top,
                landscape: false,
                width: whole(area.width),
                height: area.height,
            },
            Placement::Turned | Placement::Landscape => Frame {
                paper: [paper.height, paper.width],
                left: paper.height - area.top - area.height,
                top: area.left,
                landscape: true,
                width: whole(area.height),
                height: area.width,
            },
        }
    }
}

/// What is added to every body character so that a line holds as many as the sheet says: the cell less
/// the character, rounded down, because Word breaks a line that is a twip too wide and stretches one
/// that is a little short.
pub fn tracking(sheet: &Sheet) -> Length {
    let cell = sheet.characters(1).to_units();
    let character = sheet.style(Role::Body).size.to_units();
    Length::twips((cell - character).div_euclid(Length::twips(1).to_units()))
}

/// Half of what lies between the characters of two lines.
pub fn half_leading(sheet: &Sheet) -> Length {
    (sheet.pitch.line - sheet.style(Role::Body).size) / 2
}

/// The headers and footers a section refers to, each by its element, its pages and its id.
pub struct References(Vec<(&'static str, &'static str, String)>);

/// Adds the parts that stand on every page.
pub fn add_headers_and_footers(package: &mut Package, sheet: &Sheet, watermark: Option<&str>) -> References {
    let mut references = Vec::new();
    let pages = [("default", 1, Side::Odd), ("even", 2, Side::Even)];
    if let Some(word) = watermark {
        for (pages, number, _) in pages {
            let id = package.add(Kind::Header, &format!("word/header{number}.xml"), header(sheet, word, number));
            references.push(("w:headerReference", pages, id));
        }
    }
    for (pages, number, side) in pages {
        let id = package.add(Kind::Footer, &format!("word/footer{number}.xml"), footer(side));
        references.push(("w:footerReference", pages, id));
    }
    References(references)
}

/// Writes the properties of a section whose pages have a placement.
pub fn write_section(xml: &mut Xml, sheet: &Sheet, placement: Placement, references: &References) {
    let frame = Frame::new(sheet, placement);
    xml.element("w:sectPr", &[], |xml| {
        for (element, pages, id) in &references.0 {
            xml.empty(element, &[("w:type", pages), ("r:id", id)]);
        }
        let [width, height] = frame.paper.map(Length::to_twips);
        let mut size: Vec<Attribute> = vec![("w:w", &width), ("w:h", &height)];
        if frame.landscape {
            size.push(("w:orient", &"landscape"));
        }
        xml.empty("w:pgSz", &size);
        let leading = half_leading(sheet);
        let left = frame.left.to_twips();
        xml.empty(
            "w:pgMar",
            &[
                ("w:top", &(frame.top - leading).to_twips()),
                ("w:right", &(width - left - frame.width.to_twips())),
                ("w:bottom", &(frame.paper[1] - frame.top - frame.height - leading).to_twips()),
                ("w:left", &left),
                ("w:header", &(frame.top / 2).to_twips()),
                ("w:footer", &footer_margin(sheet, &frame).to_twips()),
                ("w:gutter", &0),
            ],
        );
        xml.empty("w:docGrid", &[("w:type", &"lines"), ("w:linePitch", &sheet.pitch.line.to_twips())]);
    });
}

/// From the paper's lower edge to the footer's: the dashes, in the middle of their line, stand as far
/// below the type area as the sheet says.
fn footer_margin(sheet: &Sheet, frame: &Frame) -> Length {
    let dashes = frame.top + frame.height + sheet.page_number.distance;
    frame.paper[1] - dashes - styles::page_number_line(sheet) / 2
}

#[derive(Clone, Copy)]
enum Side {
    Odd,
    Even,
}

/// 7.5: the number between two 一字线, at the outer edge of the page.
fn footer(side: Side) -> String {
    let style = match side {
        Side::Odd => styles::FOOTER,
        Side::Even => styles::FOOTER_EVEN,
    };
    Xml::part("w:ftr", &[("xmlns:w", &NAMESPACE)], |xml| {
        xml.element("w:p", &[], |xml| {
            ParagraphFormat::style(style).write(xml);
            let plain = RunFormat::default();
            write_runs(xml, "— ", &plain);
            let field = |xml: &mut Xml, kind: &str| {
                xml.element("w:r", &[], |xml| xml.empty("w:fldChar", &[("w:fldCharType", &kind)]));
            };
            field(xml, "begin");
            xml.element("w:r", &[], |xml| {
                xml.text_element("w:instrText", &[("xml:space", &"preserve")], " PAGE ");
            });
            field(xml, "separate");
            write_runs(xml, "1", &plain);
            field(xml, "end");
            write_runs(xml, " —", &plain);
        });
    })
}

/// A word in grey across the page, behind the text: the shape Word itself makes and finds again under
/// 设计 › 水印, where it can be taken away.
fn header(sheet: &Sheet, word: &str, number: usize) -> String {
    let width = sheet.type_area.width.scale(9, 10);
    let height = width / i64::try_from(word.chars().count().max(2)).unwrap_or(i64::MAX);
    let family = fonts::family(sheet, &sheet.style(Role::Heading1).typeface);
    let vml = "urn:schemas-microsoft-com:vml";
    let office = "urn:schemas-microsoft-com:office:office";
    let namespaces: [Attribute; 4] =
        [("xmlns:w", &NAMESPACE), ("xmlns:r", &RELATIONSHIPS), ("xmlns:v", &vml), ("xmlns:o", &office)];
    Xml::part("w:hdr", &namespaces, |xml| {
        xml.element("w:p", &[], |xml| {
            ParagraphFormat::style(styles::HEADER).write(xml);
            xml.element("w:r", &[], |xml| {
                xml.element("w:pict", &[], |xml| {
                    write_text_shape_type(xml);
                    let style = format!(
                        "position:absolute;margin-left:0;margin-top:0;width:{:.0}pt;height:{:.0}pt;rotation:315;\
                         z-index:-251658752;mso-position-horizontal:center;\
                         mso-position-horizontal-relative:margin;mso-position-vertical:center;\
                         mso-position-vertical-relative:margin",
                        width.to_pt(),
                        height.to_pt()
                    );
                    let attributes: [Attribute; 8] = [
                        ("id", &format!("PowerPlusWaterMarkObject{number}")),
                        ("o:spid", &format!("_x0000_s{}", 2048 + number)),
                        ("type", &"#_x0000_t136"),
                        ("alt", &word),
                        ("style", &style),
                        ("o:allowincell", &"f"),
                        ("fillcolor", &"silver"),
                        ("stroked", &"f"),
                    ];
                    xml.element("v:shape", &attributes, |xml| {
                        xml.empty("v:fill", &[("opacity", &".5")]);
                        let style = format!("font-family:\"{family}\";font-size:1pt");
                        xml.empty("v:textpath", &[("style", &style), ("string", &word)]);
                    });
                });
            });
        });
    })
}

/// Office's own definition of a shape that is a line of text; a reader that has it built in (as all
/// offices do) looks at its number only.
fn write_text_shape_type(xml: &mut Xml) {
    let attributes: [Attribute; 5] = [
        ("id", &"_x0000_t136"),
        ("coordsize", &"21600,21600"),
        ("o:spt", &136),
        ("adj", &"10800"),
        ("path", &"m@7,l@8,m@5,21600l@6,21600e"),
    ];
    xml.element("v:shapetype", &attributes, |xml| {
        xml.element("v:formulas", &[], |xml| {
            for formula in [
                "sum #0 0 10800",
                "prod #0 2 1",
                "sum 21600 0 @1",
                "sum 0 0 @2",
                "sum 21600 0 @3",
                "if @0 @3 0",
                "if @0 21600 @1",
                "if @0 0 @2",
                "if @0 @4 21600",
                "mid @5 @6",
                "mid @8 @5",
                "mid @7 @8",
                "mid @6 @7",
                "sum @6 0 @5",
            ] {
                xml.empty("v:f", &[("eqn", &formula)]);
            }
        });
        xml.empty("v:path", &[("textpathok", &"t"), ("o:connecttype", &"custom")]);
        xml.empty("v:textpath", &[("on", &"t"), ("fitshape", &"t")]);
        xml.empty("o:lock", &[("v:ext", &"edit"), ("text", &"t"), ("shapetype", &"t")]);
    });
}
