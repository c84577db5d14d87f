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
    /// A style names a typeface that `[typefaces]` does not have.
    #[error("{file}: `{place}` uses the typeface `{typeface}`, which `[typefaces]` does not have")]
    UnknownTypeface {
        /// The file.
        file: String,
        /// The style.
        place: String,
        /// The typeface it names.
        typeface: String,
    },
    /// A measure that cannot be set.
    #[error("{file}: `{place}` is {value}, but {must}")]
    Measure {
        /// The file.
        file: String,
        /// The measure's key.
        place: &'static str,
        /// Its value.
        value: String,
        /// What it must be.
        must: &'static str,
    },
}

impl Sheet {
    /// Reads a sheet file; `file` names it in errors.
    ///
    /// # Errors
    /// When it is not TOML of this shape, names a typeface it does not describe, or has measures no
    /// page can have.
    pub fn parse(file: &str, text: &str) -> Result<Self, SheetError> {
        let sheet: Sheet = toml::from_str(text)
            .map_err(|error| SheetError::Syntax { file: file.into(), reason: error.to_string() })?;
        sheet.examine(file)?;
        Ok(sheet)
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
        self.type_area.width.scale(i64::from(count), i64::from(self.pitch.characters))
    }

    /// Every typeface a style names, with the place that names it.
    fn typefaces_in_use(&self) -> Vec<(&'static str, &str)> {
        let styles = &self.styles;
        let cells = &self.cells;
        let mut uses = vec![
            ("page_number", &*self.page_number.typeface),
            ("page_number", &*self.page_number.latin),
            ("signature", &*self.signature.typeface),
            ("signature", &*self.signature.latin),
        ];
        for (place, style) in [
            ("styles.title", &styles.title),
            ("styles.heading1", &styles.heading1),
            ("styles.heading2", &styles.heading2),
            ("styles.heading3", &styles.heading3),
            ("styles.heading4", &styles.heading4),
            ("styles.body", &styles.body),
        ] {
            uses.extend([(place, &*style.typeface), (place, &*style.latin)]);
        }
        for (place, style) in [
            ("cells.band", &cells.band),
            ("cells.column_heading", &cells.column_heading),
            ("cells.group_label", &cells.group_label),
            ("cells.row_label", &cells.row_label),
            ("cells.value", &cells.value),
        ] {
            uses.extend([(place, &*style.typeface), (place, &*style.latin)]);
        }
        uses
    }

    fn examine(&self, file: &str) -> Result<(), SheetError> {
        for (place, typeface) in self.typefaces_in_use() {
            if !self.typefaces.contains_key(typeface) {
                return Err(SheetError::UnknownTypeface {
                    file: file.into(),
                    place: place.into(),
                    typeface: typeface.into(),
                });
            }
        }
        let refuse = |place, value: String, must| Err(SheetError::Measure { file: file.into(), place, value, must });
        let area = &self.type_area;
        if self.pitch.lines == 0 || self.pitch.characters < 4 {
            let value = format!("{} lines of {} characters", self.pitch.lines, self.pitch.characters);
            return refuse("pitch", value, "a page needs at least one line of four characters");
        }
        if area.left < Length::ZERO || area.width <= Length::ZERO || area.left + area.width > self.paper.width {
            return refuse("type_area.width", area.width.to_string(), "the type area must lie on the paper");
        }
        if area.top < Length::ZERO || area.height <= Length::ZERO || area.top + area.height > self.paper.height {
            return refuse("type_area.height", area.height.to_string(), "the type area must lie on the paper");
        }
        let lines = self.pitch.line * i64::from(self.pitch.lines - 1) + self.styles.body.size;
        if self.pitch.line < self.styles.body.size || lines > area.height {
            return refuse(
                "pitch.line",
                self.pitch.line.to_string(),
                "all lines must fit in the type area without touching",
            );
        }
        let smallest = Length::pt(1);
        for (place, size) in [
            ("styles.title.size", self.styles.title.size),
            ("styles.body.size", self.styles.body.size),
            ("page_number.size", self.page_number.size),
            ("signature.size", self.signature.size),
            ("table.smallest_size", self.table.smallest_size),
        ] {
            if size < smallest || size > self.type_area.width {
                return refuse(place, size.to_string(), "type is between 1 pt and as wide as the type area");
            }
        }
        for (place, length) in [
            ("table.rule", self.table.rule),
            ("table.padding_x", self.table.padding_x),
            ("table.padding_y", self.table.padding_y),
            ("table.least_row", self.table.least_row),
            ("table.space_before", self.table.space_before),
            ("table.space_after", self.table.space_after),
            ("page_number.distance", self.page_number.distance),
        ] {
            if length < Length::ZERO || length > self.paper.height {
                return refuse(place, length.to_string(), "it must be a length on the paper");
            }
        }
        if parse_colour(&self.table.band_tint).is_none() {
            return refuse(
                "table.band_tint",
                self.table.band_tint.clone(),
                "it must be six hexadecimal digits, `RRGGBB`",
            );
        }
        Ok(())
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
