//! Formatting of paragraphs and runs, for styles and, where no style can say it, for text.
//!
//! A schema fixes the order of every property (ECMA-376 part 1, 17.3.1.26 and 17.3.2.28), and Word
//! calls a file corrupt that has them otherwise: it is kept in the two functions here and nowhere else.

use super::xml::{Attribute, Xml};
use crate::length::Length;
use crate::sheet::Align;

/// How a paragraph is set; what is `None` or `false` is left to its style.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ParagraphFormat {
    /// The id of its style.
    pub style: Option<&'static str>,
    /// It stays on the page of the paragraph after it.
    pub keep_next: bool,
    /// Its lines stay on one page.
    pub keep_lines: bool,
    /// Positions on which text is centred, from the left edge of the type area.
    pub centre_tabs: Vec<Length>,
    /// Lines are exact: no mark hangs in the margin and no raster of Word's moves anything.
    pub exact: bool,
    /// Whether a gap is left between Han and Western characters.
    pub gap: Option<bool>,
    /// White above.
    pub before: Option<Length>,
    /// White below.
    pub after: Option<Length>,
    /// From one baseline to the next.
    pub line: Option<Length>,
    /// White on the left.
    pub left: Option<Length>,
    /// White on the right.
    pub right: Option<Length>,
    /// First-line indent: so many characters, and how wide that is.
    pub first_line: Option<(u16, Length)>,
    /// How its lines stand.
    pub align: Option<Stand>,
    /// The level in the document's outline, 1 to 9.
    pub outline: Option<u8>,
}

/// How lines stand in their measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stand {
    /// Flush left.
    Left,
    /// In the middle.
    Centre,
    /// Flush right.
    Right,
    /// Flush on both sides.
    Both,
}

impl From<Align> for Stand {
    fn from(align: Align) -> Self {
        match align {
            Align::Left => Stand::Left,
            Align::Centre => Stand::Centre,
            Align::Justify => Stand::Both,
        }
    }
}

impl Stand {
    fn name(self) -> &'static str {
        match self {
            Stand::Left => "left",
            Stand::Centre => "center",
            Stand::Right => "right",
            Stand::Both => "both",
        }
    }
}

impl ParagraphFormat {
    /// Text of a style and no more.
    pub fn style(style: &'static str) -> Self {
        ParagraphFormat { style: Some(style), ..ParagraphFormat::default() }
    }

    /// Writes `w:pPr`, unless it would say nothing.
    pub fn write(&self, xml: &mut Xml) {
        if *self != ParagraphFormat::default() {
            xml.element("w:pPr", &[], |xml| self.properties(xml));
        }
    }

    /// Writes `w:pPr` of a paragraph that ends a section, whose properties `section` writes.
    pub fn write_with_section(&self, xml: &mut Xml, section: impl FnOnce(&mut Xml)) {
        xml.element("w:pPr", &[], |xml| {
            self.properties(xml);
            section(xml);
        });
    }

    fn properties(&self, xml: &mut Xml) {
        if let Some(style) = self.style {
            xml.property("w:pStyle", style);
        }
        if self.keep_next {
            xml.empty("w:keepNext", &[]);
        }
        if self.keep_lines {
            xml.empty("w:keepLines", &[]);
        }
        if !self.centre_tabs.is_empty() {
            xml.element("w:tabs", &[], |xml| {
                for tab in &self.centre_tabs {
                    xml.empty("w:tab", &[("w:val", &"center"), ("w:pos", &tab.to_twips())]);
                }
            });
        }
        if self.exact {
            // LibreOffice (7.4 at least) takes this property for its contrary and hangs marks none the
            // less; Word and WPS read it as the standard has it (17.3.1.21).
            xml.property("w:overflowPunct", 0);
        }
        if let Some(gap) = self.gap {
            xml.property("w:autoSpaceDE", u8::from(gap));
            xml.property("w:autoSpaceDN", u8::from(gap));
        }
        if self.exact {
            xml.property("w:adjustRightInd", 0);
            xml.property("w:snapToGrid", 0);
        }
        self.spacing(xml);
        self.indents(xml);
        if let Some(align) = self.align {
            xml.property("w:jc", align.name());
        }
        if let Some(level) = self.outline {
            xml.property("w:outlineLvl", level - 1);
        }
    }

    fn spacing(&self, xml: &mut Xml) {
        let [before, after, line] = [self.before, self.after, self.line].map(|length| length.map(Length::to_twips));
        let mut attributes: Vec<Attribute> = Vec::new();
        if let Some(before) = &before {
            attributes.push(("w:before", before));
        }
        if let Some(after) = &after {
            attributes.push(("w:after", after));
        }
        if let Some(line) = &line {
            attributes.extend([("w:line", line as _), ("w:lineRule", &"exact" as _)]);
        }
        if !attributes.is_empty() {
            xml.empty("w:spacing", &attributes);
        }
    }

    fn indents(&self, xml: &mut Xml) {
        let [left, right] = [self.left, self.right].map(|length| length.map(Length::to_twips));
        let first = self.first_line.map(|(characters, width)| (u32::from(characters) * 100, width.to_twips()));
        let mut attributes: Vec<Attribute> = Vec::new();
        if let Some(left) = &left {
            attributes.push(("w:left", left));
        }
        if let Some(right) = &right {
            attributes.push(("w:right", right));
        }
        if let Some((hundredths, width)) = &first {
            attributes.extend([("w:firstLineChars", hundredths as _), ("w:firstLine", width as _)]);
        }
        if !attributes.is_empty() {
            xml.empty("w:ind", &attributes);
        }
    }
}

/// The language of Western words in Chinese text. Word writes the same into a Chinese document; LibreOffice
/// would break words and figures anywhere if they were said to be Chinese.
pub const WESTERN: &str = "en-US";

/// How characters look; what is `None` or `false` is left to their style.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunFormat<'a> {
    /// The id of their style.
    pub style: Option<&'static str>,
    /// Their fonts.
    pub fonts: Option<Fonts<'a>>,
    /// Characters that Chinese and Western type share are set as Chinese.
    pub chinese_marks: bool,
    /// What is added to the width of every character.
    pub tracking: Option<Length>,
    /// Their size.
    pub size: Option<Length>,
    /// Their language, as BCP 47 names it.
    pub language: Option<&'a str>,
}

/// The families Word is told to use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fonts<'a> {
    /// For Han characters and their marks.
    pub east_asian: &'a str,
    /// For Western letters and digits.
    pub latin: &'a str,
}

impl RunFormat<'_> {
    /// Writes `w:rPr`, unless it would say nothing.
    pub fn write(&self, xml: &mut Xml) {
        if *self != RunFormat::default() {
            xml.element("w:rPr", &[], |xml| self.properties(xml));
        }
    }

    fn properties(&self, xml: &mut Xml) {
        if let Some(style) = self.style {
            xml.property("w:rStyle", style);
        }
        let mut attributes: Vec<Attribute> = Vec::new();
        if self.chinese_marks {
            attributes.push(("w:hint", &"eastAsia"));
        }
        if let Some(fonts) = &self.fonts {
            attributes.extend([
                ("w:ascii", &fonts.latin as _),
                ("w:eastAsia", &fonts.east_asian as _),
                ("w:hAnsi", &fonts.latin as _),
                ("w:cs", &fonts.latin as _),
            ]);
        }
        if !attributes.is_empty() {
            xml.empty("w:rFonts", &attributes);
        }
        if let Some(tracking) = self.tracking {
            xml.property("w:spacing", tracking.to_twips());
        }
        if let Some(size) = self.size {
            xml.property("w:sz", half_points(size));
            xml.property("w:szCs", half_points(size));
        }
        if let Some(language) = self.language {
            xml.empty("w:lang", &[("w:val", &WESTERN), ("w:eastAsia", &language)]);
        }
    }
}

/// A size in half points, Word's unit for type, rounded to the nearest.
pub fn half_points(size: Length) -> i64 {
    let half_point = Length::twips(10).to_units();
    (size.to_units() + half_point / 2).div_euclid(half_point)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_told_in_half_points() {
        assert_eq!(half_points(Length::pt(16)), 32);
        assert_eq!(half_points(Length::twips(210)), 21);
    }

    #[test]
    fn what_says_nothing_is_not_written() {
        let xml = Xml::part("w:p", &[], |xml| {
            ParagraphFormat::default().write(xml);
            RunFormat::default().write(xml);
        });
        assert!(xml.ends_with("<w:p/>"), "{xml}");
    }
}
