//! A page standard read from `layouts/sheets/`: paper, type area, pitch, a style per role.
//!
//! What GB/T 9704 prescribes stands in the file; this says what a sheet has and refuses one that
//! cannot be set. Typefaces go by a key (`fangsong`); which file stands for it is `fonts/fonts.toml`'s
//! affair, what Word calls it the sheet's.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::document::{CellRole, Role};
use crate::length::Length;

/// How far the middle of name and date lies below the centre of a seal (GB/T 9704 7.3.5.1, 偏下).
pub const BELOW_SEAL_CENTRE: Length = Length::mm(4);
/// Least white between the text and the top of a seal; GB/T 9704 7.3.5.1 allows no more than a line.
pub const ABOVE_SEAL: Length = Length::mm(1);
/// Least white between two seals.
pub const BETWEEN_SEALS: Length = Length::mm(4);

/// A page standard.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sheet {
    /// Its key, the file's name without ending (`gbt9704`).
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// The sheet of paper.
    pub paper: Paper,
    /// Where text stands (版心), page numbers apart.
    pub type_area: TypeArea,
    /// The raster of lines and characters (行、字).
    pub pitch: Pitch,
    /// How pages are numbered.
    pub page_number: PageNumber,
    /// Every typeface the sheet uses, by key.
    pub typefaces: BTreeMap<String, Typeface>,
    /// How paragraphs look.
    pub styles: Styles,
    /// The gap between Han and Western characters.
    pub gap: Gap,
    /// What all tables share.
    pub table: TableStyle,
    /// How the text of cells looks.
    pub cells: CellStyles,
    /// How a signature block is set.
    pub signature: SignatureStyle,
}

/// The paper, upright.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paper {
    /// Width.
    pub width: Length,
    /// Height.
    pub height: Length,
}

/// The type area, measured from the paper's upper left corner.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TypeArea {
    /// White on the left (订口).
    pub left: Length,
    /// White at the top (天头).
    pub top: Length,
    /// Width.
    pub width: Length,
    /// Height.
    pub height: Length,
}

/// The raster of lines and characters.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pitch {
    /// Lines to a page.
    pub lines: u16,
    /// Characters to a line.
    pub characters: u16,
    /// From one baseline to the next.
    pub line: Length,
}

/// How pages are numbered.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageNumber {
    /// Typeface of the digits.
    pub typeface: String,
    /// Typeface of Western characters.
    pub latin: String,
    /// Size of the digits.
    pub size: Length,
    /// From the type area's lower edge to the dashes.
    pub distance: Length,
    /// How many of its own characters it stands in from the outer edge.
    pub inset_characters: u16,
}

/// A typeface, as people and Word name it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Typeface {
    /// Its name for people (`仿宋`).
    pub name: String,
    /// The family Word is told to use.
    pub word: String,
    /// The family Word may take instead.
    pub alternative: String,
    /// Whether it has serifs, for Word's font table.
    pub serif: bool,
}

/// How lines stand in their measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Align {
    /// Flush left, ragged right.
    Left,
    /// In the middle.
    Centre,
    /// Flush on both sides, the last line on the left.
    Justify,
}

/// How a paragraph looks. Its lines stand on the sheet's pitch.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Style {
    /// Typeface of Han characters and their marks.
    pub typeface: String,
    /// Typeface of Western letters and digits.
    pub latin: String,
    /// Size.
    pub size: Length,
    /// How its lines stand.
    pub align: Align,
    /// First-line indent, in characters.
    #[serde(default)]
    pub first_line_characters: u16,
    /// Lines left free above it, except at the top of a page.
    #[serde(default)]
    pub lines_before: u16,
    /// Lines left free below it.
    #[serde(default)]
    pub lines_after: u16,
}

/// A style for every role of a paragraph.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Styles {
    title: Style,
    heading1: Style,
    heading2: Style,
    heading3: Style,
    heading4: Style,
    body: Style,
}

/// The gap between Han and Western characters, in 1/1000 em.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gap {
    /// In titles.
    pub title: u16,
    /// In paragraphs.
    pub text: u16,
    /// In table cells.
    pub cells: u16,
}

/// What all tables share.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableStyle {
    /// Weight of every rule.
    pub rule: Length,
    /// White between a rule and the text beside it.
    pub padding_x: Length,
    /// White between a rule and the text above or below it.
    pub padding_y: Length,
    /// No row is lower than this.
    pub least_row: Length,
    /// White between the line above and the table.
    pub space_before: Length,
    /// White between the table and the line below, at least.
    pub space_after: Length,
    /// Fill of band rows where tinting is asked for, as `RRGGBB`.
    pub band_tint: String,
    /// Text that is too wide for its cell is set smaller, but never below this.
    pub smallest_size: Length,
}

/// How the text of a cell looks.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CellStyle {
    /// Typeface of Han characters and their marks.
    pub typeface: String,
    /// Typeface of Western letters and digits.
    pub latin: String,
    /// Size.
    pub size: Length,
    /// From one baseline to the next.
    pub line: Length,
    /// How its lines stand; [`Align::Justify`] is not for cells.
    pub align: Align,
    /// White on the left of its text, besides the padding.
    #[serde(default)]
    pub inset: Length,
}

/// A style for every role of a cell.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CellStyles {
    band: CellStyle,
    column_heading: CellStyle,
    group_label: CellStyle,
    row_label: CellStyle,
    value: CellStyle,
}

/// How a signature block is set; counts are in characters of the body.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignatureStyle {
    /// Typeface of Han characters and their marks.
    pub typeface: String,
    /// Typeface of Western letters and digits.
    pub latin: String,
    /// Size.
    pub size: Length,
    /// With a seal: how far the date ends from the right edge.
    pub sealed_characters: u16,
    /// Without a seal: how far the longer line ends from the right edge.
    pub unsealed_characters: u16,
    /// Without a seal: how far the date starts to the right of the body's name.
    pub date_offset_characters: u16,
    /// Lines left free above the block.
    pub lines_before: u16,
}

/// Why a sheet file is refused; `file` is the name it was read under.
#[derive(Debug, thiserror::Error)]
pub enum SheetError {
    /// The file is not TOML, or lacks something, or has something unknown.
    #[error("{file}: {reason}")]
    Syntax {
        /// The file.
        file: String,
        /// What the reader says, with line and column.
        reason: String,
    },
    /// No sheet of this name travels in the library.
    #[error("there is no sheet `{file}`")]
    Missing {
        /// The file.
        file: String,
    },
    /// The file has measures no page can have, or names what it does not describe: all of them.
    #[error("{}", lines_of(file, unfit))]
    Unfit {
        /// The file.
        file: String,
        /// What cannot be.
        unfit: Vec<Unfit>,
    },
}

/// Something in a sheet file that keeps pages from being set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{place}` is {value}, but {must}")]
pub struct Unfit {
    /// The key (`styles.title.size`).
    pub place: String,
    /// What it says.
    pub value: String,
    /// What must be true.
    pub must: String,
}

fn lines_of(file: &str, unfit: &[Unfit]) -> String {
    let lines: Vec<String> = unfit.iter().map(|unfit| format!("{file}: {unfit}")).collect();
    lines.join("\n")
}

/// No type is smaller, and no character narrower.
const SMALLEST: Length = Length::pt(1);
const HALF_A_LINE: &str = "half a line is the most";

/// Gathers what is unfit.
#[derive(Default)]
struct Examined {
    unfit: Vec<Unfit>,
}

impl Examined {
    fn must(&mut self, holds: bool, place: &str, value: impl FnOnce() -> String, must: &str) {
        if !holds {
            self.unfit.push(Unfit { place: place.into(), value: value(), must: must.into() });
        }
    }

    fn size(&mut self, place: &str, size: Length, most: Length) {
        let must = format!("type is between {SMALLEST} and {most} here");
        self.must(size >= SMALLEST && size <= most, place, || size.to_string(), &must);
    }

    fn length(&mut self, place: &str, length: Length, most: Length) {
        let must = format!("it must be between {} and {most}", Length::ZERO);
        self.must(length >= Length::ZERO && length <= most, place, || length.to_string(), &must);
    }

    fn lines(&mut self, place: &str, lines: u16, most: u16) {
        self.must(lines <= most, place, || format!("{lines} lines"), "a page is the most");
    }
}

impl Sheet {
    /// Reads a sheet file; `file` names it in errors.
    ///
    /// # Errors
    /// When it is not TOML of this shape, names a typeface it does not describe, or has measures no
    /// page can have; all of the latter at once.
    pub fn parse(file: &str, text: &str) -> Result<Self, SheetError> {
        let sheet: Sheet = toml::from_str(text)
            .map_err(|error| SheetError::Syntax { file: file.into(), reason: error.to_string() })?;
        let unfit = sheet.unfit();
        if unfit.is_empty() { Ok(sheet) } else { Err(SheetError::Unfit { file: file.into(), unfit }) }
    }

    /// A sheet of those in `layouts/sheets/`, which travel in the library.
    ///
    /// # Errors
    /// When there is none of that name, or it is refused.
    pub fn bundled(id: &str) -> Result<Self, SheetError> {
        static FOLDER: include_dir::Dir<'_> = include_dir::include_dir!("$CARGO_MANIFEST_DIR/layouts/sheets");
        let file = format!("{id}.toml");
        let text = FOLDER.get_file(&file).and_then(|file| file.contents_utf8());
        match text {
            Some(text) => Sheet::parse(&file, text),
            None => Err(SheetError::Missing { file }),
        }
    }

    /// The style of a paragraph.
    pub fn style(&self, role: Role) -> &Style {
        match role {
            Role::Title => &self.styles.title,
            Role::Heading1 => &self.styles.heading1,
            Role::Heading2 => &self.styles.heading2,
            Role::Heading3 => &self.styles.heading3,
            Role::Heading4 => &self.styles.heading4,
            Role::Body => &self.styles.body,
        }
    }

    /// The style of a cell.
    pub fn cell_style(&self, role: CellRole) -> &CellStyle {
        match role {
            CellRole::Band => &self.cells.band,
            CellRole::ColumnHeading => &self.cells.column_heading,
            CellRole::GroupLabel => &self.cells.group_label,
            CellRole::RowLabel => &self.cells.row_label,
            CellRole::Value => &self.cells.value,
        }
    }

    /// The width of `count` body characters; all of a line's fill the type area exactly.
    pub fn characters(&self, count: u16) -> Length {
        self.type_area.width.scale(i64::from(count), i64::from(self.pitch.characters.max(1)))
    }

    /// The style of every role of a paragraph, with its place in the file.
    fn paragraph_styles(&self) -> [(&'static str, &Style); 6] {
        let styles = &self.styles;
        [
            ("styles.title", &styles.title),
            ("styles.heading1", &styles.heading1),
            ("styles.heading2", &styles.heading2),
            ("styles.heading3", &styles.heading3),
            ("styles.heading4", &styles.heading4),
            ("styles.body", &styles.body),
        ]
    }

    /// The style of every role of a cell, with its place in the file.
    fn all_cell_styles(&self) -> [(&'static str, &CellStyle); 5] {
        let cells = &self.cells;
        [
            ("cells.band", &cells.band),
            ("cells.column_heading", &cells.column_heading),
            ("cells.group_label", &cells.group_label),
            ("cells.row_label", &cells.row_label),
            ("cells.value", &cells.value),
        ]
    }

    /// Every typeface a style names, with the place that names it.
    fn typefaces_in_use(&self) -> Vec<(&'static str, &str)> {
        let mut uses = vec![
            ("page_number", &*self.page_number.typeface),
            ("page_number", &*self.page_number.latin),
            ("signature", &*self.signature.typeface),
            ("signature", &*self.signature.latin),
        ];
        for (place, style) in self.paragraph_styles() {
            uses.extend([(place, &*style.typeface), (place, &*style.latin)]);
        }
        for (place, style) in self.all_cell_styles() {
            uses.extend([(place, &*style.typeface), (place, &*style.latin)]);
        }
        uses
    }

    /// Everything that keeps a page from being set on this sheet. Every measure has its bounds here, so that the
    /// typesetter needs none.
    fn unfit(&self) -> Vec<Unfit> {
        let mut examined = Examined::default();
        for (place, typeface) in self.typefaces_in_use() {
            let known = self.typefaces.contains_key(typeface);
            examined.must(known, place, || format!("in `{typeface}`"), "`[typefaces]` must have the typeface");
        }
        self.examine_page(&mut examined);
        self.examine_text(&mut examined);
        self.examine_tables(&mut examined);
        self.examine_signature(&mut examined);
        examined.unfit
    }

    fn examine_page(&self, examined: &mut Examined) {
        let (paper, area, pitch, number) = (&self.paper, &self.type_area, &self.pitch, &self.page_number);
        let on_paper = "the type area must lie on the paper";
        let wide = area.left >= Length::ZERO && area.width > Length::ZERO && area.left + area.width <= paper.width;
        examined.must(wide, "type_area.width", || area.width.to_string(), on_paper);
        let high = area.top >= Length::ZERO && area.height > Length::ZERO && area.top + area.height <= paper.height;
        examined.must(high, "type_area.height", || area.height.to_string(), on_paper);

        let least = pitch.lines >= 1 && pitch.characters >= 4 && self.characters(1) >= SMALLEST;
        let raster = || format!("{} lines of {} characters", pitch.lines, pitch.characters);
        examined.must(least, "pitch", raster, "a page needs a line of four characters, each 1 pt wide at least");
        let lines = pitch.line * (i64::from(pitch.lines) - 1) + self.styles.body.size;
        let all = "all lines must fit in the type area";
        examined.must(pitch.line >= SMALLEST && lines <= area.height, "pitch.line", || pitch.line.to_string(), all);

        examined.size("page_number.size", number.size, pitch.line);
        let inset = number.size * i64::from(number.inset_characters);
        let characters = || format!("{} characters", number.inset_characters);
        examined.must(inset <= area.width / 2, "page_number.inset_characters", characters, HALF_A_LINE);
        let below = area.top + area.height + number.distance;
        let fits = number.distance >= Length::ZERO && below <= paper.height;
        let distance = || number.distance.to_string();
        examined.must(fits, "page_number.distance", distance, "the number must lie on the paper");
    }

    fn examine_text(&self, examined: &mut Examined) {
        for (place, style) in self.paragraph_styles() {
            // Four characters go on a line of whatever size.
            examined.size(&format!("{place}.size"), style.size, self.pitch.line.min(self.characters(4)));
            let indent = style.size * i64::from(style.first_line_characters);
            let place_of = format!("{place}.first_line_characters");
            let characters = || format!("{} characters", style.first_line_characters);
            examined.must(indent <= self.type_area.width / 2, &place_of, characters, HALF_A_LINE);
            examined.lines(&format!("{place}.lines_before"), style.lines_before, self.pitch.lines);
            examined.lines(&format!("{place}.lines_after"), style.lines_after, self.pitch.lines);
        }
        for (place, gap) in [("gap.title", self.gap.title), ("gap.text", self.gap.text), ("gap.cells", self.gap.cells)]
        {
            examined.must(gap <= 1000, place, || gap.to_string(), "it must be 1000 (thousandths of an em) at most");
        }
    }

    fn examine_tables(&self, examined: &mut Examined) {
        let (area, table) = (&self.type_area, &self.table);
        let short = area.width.min(area.height);
        for (place, style) in self.all_cell_styles() {
            examined.size(&format!("{place}.size"), style.size, style.line);
            // Four lines of a table go on a page, upright or turned.
            examined.length(&format!("{place}.line"), style.line, short / 4);
            examined.length(&format!("{place}.inset"), style.inset, short / 4);
            let place = format!("{place}.align");
            let justified = style.align == Align::Justify;
            examined.must(!justified, &place, || "`justify`".into(), "cells must be `left` or `centre`");
        }
        for (place, length) in [
            ("table.rule", table.rule),
            ("table.padding_x", table.padding_x),
            ("table.padding_y", table.padding_y),
            ("table.least_row", table.least_row),
            ("table.space_before", table.space_before),
            ("table.space_after", table.space_after),
        ] {
            examined.length(place, length, short / 10);
        }
        examined.size("table.smallest_size", table.smallest_size, self.pitch.line);
        let colour = parse_colour(&table.band_tint).is_some();
        let digits = "it must be six hexadecimal digits, `RRGGBB`";
        examined.must(colour, "table.band_tint", || format!("`{}`", table.band_tint), digits);
    }

    fn examine_signature(&self, examined: &mut Examined) {
        let signature = &self.signature;
        examined.size("signature.size", signature.size, self.pitch.line);
        for (place, characters) in [
            ("signature.sealed_characters", signature.sealed_characters),
            ("signature.unsealed_characters", signature.unsealed_characters),
            ("signature.date_offset_characters", signature.date_offset_characters),
        ] {
            let few = characters <= self.pitch.characters / 4;
            examined.must(few, place, || format!("{characters} characters"), "a quarter of a line is the most");
        }
        examined.lines("signature.lines_before", signature.lines_before, self.pitch.lines);
    }

    /// The tint of band rows, as red, green, blue.
    pub fn band_tint(&self) -> [u8; 3] {
        parse_colour(&self.table.band_tint).unwrap_or([255; 3])
    }
}

fn parse_colour(text: &str) -> Option<[u8; 3]> {
    let part = |range| u8::from_str_radix(text.get(range)?, 16).ok();
    (text.len() == 6 && text.bytes().all(|b| b.is_ascii_hexdigit())).then_some(())?;
    Some([part(0..2)?, part(2..4)?, part(4..6)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    const GBT9704: &str = include_str!("../layouts/sheets/gbt9704.toml");

    /// The places a sheet is refused for when its first line that begins with `key` after `table` says `value`.
    fn refused(changes: &[(&str, &str, &str)]) -> Vec<String> {
        let mut text = GBT9704.to_owned();
        for (table, key, value) in changes {
            let at = text.find(&format!("[{table}]\n")).expect("the table");
            let from = at + text[at..].find(&format!("\n{key} = ")).expect("the key") + 1;
            let to = from + text[from..].find('\n').expect("a line");
            text.replace_range(from..to, &format!("{key} = {value}"));
        }
        match Sheet::parse("sheet.toml", &text) {
            Ok(_) => Vec::new(),
            Err(SheetError::Unfit { unfit, .. }) => unfit.into_iter().map(|unfit| unfit.place).collect(),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn no_measure_is_without_bounds() {
        assert!(refused(&[]).is_empty());
        for (table, key, value) in [
            ("type_area", "width", "\"183 mm\""),
            ("type_area", "height", "\"-1 mm\""),
            ("pitch", "lines", "0"),
            ("pitch", "lines", "23"),
            ("pitch", "characters", "0"),
            ("pitch", "characters", "3"),
            ("pitch", "characters", "60000"),
            ("pitch", "line", "\"60 pt\""),
            ("page_number", "size", "\"-14 pt\""),
            ("page_number", "distance", "\"100 mm\""),
            ("page_number", "inset_characters", "65535"),
            ("styles.title", "size", "\"0 pt\""),
            ("styles.title", "lines_after", "65535"),
            ("styles.heading1", "size", "\"-16 pt\""),
            ("styles.heading3", "size", "\"9000 mm\""),
            ("styles.body", "size", "\"30 pt\""),
            ("styles.body", "first_line_characters", "65535"),
            ("gap", "text", "65535"),
            ("table", "rule", "\"-1 pt\""),
            ("table", "padding_x", "\"90 mm\""),
            ("table", "least_row", "\"9000 mm\""),
            ("table", "band_tint", "\"blue\""),
            ("table", "smallest_size", "\"0.2 pt\""),
            ("cells.band", "size", "\"14 pt\""),
            ("cells.value", "line", "\"9000 mm\""),
            ("cells.value", "line", "\"-13 pt\""),
            ("cells.value", "align", "\"justify\""),
            ("cells.row_label", "inset", "\"-1 mm\""),
            ("signature", "size", "\"9000 mm\""),
            ("signature", "sealed_characters", "28"),
            ("signature", "lines_before", "65535"),
        ] {
            assert!(!refused(&[(table, key, value)]).is_empty(), "{table}.{key} = {value}");
        }
    }

    #[test]
    fn everything_unfit_is_told_at_once() {
        let places = refused(&[
            ("styles.title", "typeface", "\"lishu\""),
            ("styles.heading2", "size", "\"99 pt\""),
            ("cells.value", "align", "\"justify\""),
        ]);
        assert_eq!(places, ["styles.title", "styles.heading2.size", "cells.value.align"]);
    }
}
