//! What is said of a DOCX that was read, and why one cannot be; in Chinese and in English.

use std::fmt::Write as _;

use crate::document::Place;
use crate::error::{Lang, is_invisible};
use crate::zipped::ZipFault;

/// Why a DOCX cannot be read at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportError {
    /// It is no DOCX.
    NotDocx {
        /// Whether it is an old Word document, or one with a password: those are not packages.
        encrypted_or_old: bool,
    },
    /// It is longer than any report.
    TooLarge {
        /// The most it can have, in bytes.
        limit: usize,
    },
    /// Its package cannot be read.
    Package(ZipFault),
    /// A part cannot be read.
    Xml {
        /// Its name.
        part: String,
        /// What is wrong with it.
        fault: XmlFault,
    },
    /// A part has more of something than any report.
    TooMuch {
        /// Its name.
        part: String,
        /// What it has too much of.
        what: Excess,
        /// The most it can have.
        limit: usize,
    },
    /// Its title names no year, so that nobody knows which form it has.
    NoYear {
        /// The title.
        title: String,
    },
    /// No form serves its year.
    NoForm {
        /// The year.
        year: u16,
    },
    /// The form cannot be filled: a fault of ours.
    Form,
}

/// Why a part of a document cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum XmlFault {
    /// It is not UTF-8.
    #[error("it is no UTF-8 text")]
    NotUtf8,
    /// Its elements lie deeper in one another than those of any report.
    #[error("it nests deeper than {limit} elements")]
    TooDeep {
        /// The deepest they may lie.
        limit: usize,
    },
    /// An element has more attributes than any of a report.
    #[error("an element has more than {limit} attributes")]
    TooManyAttributes {
        /// The most it can have.
        limit: usize,
    },
    /// A table has more cells or columns than any report's.
    #[error("a table is too large")]
    TableTooLarge,
    /// It is no XML: what the reader says.
    #[error("{0}")]
    NotXml(String),
}

impl XmlFault {
    /// The fault in Chinese; in English it says so itself.
    fn chinese(&self) -> String {
        match self {
            XmlFault::NotUtf8 => "不是UTF-8文本；请用Word打开后另存".into(),
            XmlFault::TooDeep { limit } => format!("元素嵌套超过{limit}层"),
            XmlFault::TooManyAttributes { limit } => format!("有元素的属性超过{limit}个"),
            XmlFault::TableTooLarge => "有表格过大".into(),
            XmlFault::NotXml(told) => format!("XML有误，文件可能已损坏；请用Word打开后另存（{told}）"),
        }
    }
}

/// What a part of a document has too much of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Excess {
    /// Names of namespaces.
    Namespaces,
    /// Declarations of namespaces.
    Declarations,
    /// Paragraphs outside tables.
    Paragraphs,
    /// Tables.
    Tables,
    /// Cells and rows of tables.
    Cells,
    /// Pictures, notes and the like.
    Asides,
}

impl Excess {
    fn english(self) -> &'static str {
        match self {
            Excess::Namespaces => "namespaces",
            Excess::Declarations => "declarations of namespaces",
            Excess::Paragraphs => "paragraphs",
            Excess::Tables => "tables",
            Excess::Cells => "cells and rows of tables",
            Excess::Asides => "pictures, notes and symbols",
        }
    }

    fn chinese(self) -> &'static str {
        match self {
            Excess::Namespaces => "命名空间",
            Excess::Declarations => "命名空间声明",
            Excess::Paragraphs => "段落",
            Excess::Tables => "表格",
            Excess::Cells => "表格的行和单元格",
            Excess::Asides => "图片、注释和符号",
        }
    }
}

/// Something that is said of what was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Where it stands in a table, in the form's own words.
    pub place: Option<Place>,
    /// What is said.
    pub what: What,
}

/// What is said of what was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A label or a heading is worded otherwise than in the form, and was taken over so.
    Reworded {
        /// The form's words.
        official: String,
        /// The document's.
        printed: String,
    },
    /// A label is worded otherwise, but the form's labels are fixed: its own was kept.
    LabelFixed {
        /// The form's words.
        official: String,
        /// The document's.
        printed: String,
    },
    /// The values of a row could not be told apart.
    Row {
        /// The row of the document's table, counted from 1.
        line: usize,
        /// Its cells that were not placed, each with its number in the row, counted from 1.
        cells: Vec<(usize, String)>,
        /// The headings of the values that the form wants there.
        wanted: Vec<String>,
    },
    /// A row of the document's table that the form does not have.
    ExtraRow {
        /// The row, counted from 1.
        line: usize,
        /// Its cells.
        cells: Vec<(usize, String)>,
    },
    /// A row of the form that the document's table does not have, or has more than once.
    MissingRow,
    /// A value of more than one line.
    Lines(Vec<String>),
    /// A table of the form that the document does not have.
    MissingTable,
    /// A table the form does not have.
    ExtraTable {
        /// What it begins with.
        text: String,
    },
    /// A section of the form that the document does not have.
    MissingSection {
        /// Its heading.
        heading: String,
    },
    /// A paragraph where the form has none.
    Paragraph {
        /// The heading of its section.
        section: String,
        /// It.
        text: String,
    },
    /// The title does not say who reports.
    NoAgency {
        /// The title.
        title: String,
    },
    /// The signature is gone.
    NoSignature,
    /// The date of the signature cannot be read.
    BadDate(String),
    /// Something in the document that is neither a paragraph nor a table.
    Aside(Aside),
    /// What the document carries of its report cannot be used.
    CarriedUnusable,
}

/// What stands in a document beside its paragraphs and tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Aside {
    /// A text box with this text.
    TextBox(String),
    /// A picture.
    Picture,
    /// A footnote or an endnote.
    Note,
    /// A character of a symbol font.
    Symbol,
    /// A table in a cell of another.
    TableInCell,
}

impl What {
    /// Whether something the document says is not in the report.
    pub fn is_loss(&self) -> bool {
        match self {
            What::Reworded { .. } | What::CarriedUnusable => false,
            What::LabelFixed { .. }
            | What::Row { .. }
            | What::ExtraRow { .. }
            | What::MissingRow
            | What::Lines(_)
            | What::MissingTable
            | What::ExtraTable { .. }
            | What::MissingSection { .. }
            | What::Paragraph { .. }
            | What::NoAgency { .. }
            | What::NoSignature
            | What::BadDate(_)
            | What::Aside(_) => true,
        }
    }
}

impl Note {
    pub(super) fn about(what: What) -> Self {
        Note { place: None, what }
    }

    pub(super) fn at(place: Place, what: What) -> Self {
        Note { place: Some(place), what }
    }

    /// The note for a person: level, words, and where in the form's words.
    pub fn render(&self, lang: Lang) -> String {
        let level = match (lang, self.what.is_loss()) {
            (Lang::English, true) => "error: ",
            (Lang::English, false) => "note: ",
            (Lang::Chinese, true) => "错误：",
            (Lang::Chinese, false) => "说明：",
        };
        let words = match lang {
            Lang::English => english(&self.what),
            Lang::Chinese => chinese(&self.what),
        };
        let mut out = format!("{level}{}", clean(words));
        if let Some(place) = &self.place {
            // Writing to a string cannot fail.
            let _ = match lang {
                Lang::English => write!(out, "\n  --> {}", place.table),
                Lang::Chinese => write!(out, "\n  --> {}", place.table),
            };
            for (name_en, name_zh, words) in [("row", "行", &place.row), ("column", "列", &place.column)] {
                if words.is_empty() {
                    continue;
                }
                let _ = match lang {
                    Lang::English => write!(out, "; {name_en}: {words}"),
                    Lang::Chinese => write!(out, "；{name_zh}：{words}"),
                };
            }
        }
        out
    }
}

/// The document is quoted in what is said, and may have come from anyone: characters that command a terminal, turn
/// its lines round or begin new ones are not.
fn clean(words: String) -> String {
    let commands = |c: char| c.is_control() || is_invisible(c);
    words.chars().map(|c| if commands(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// As much of a text as tells it from others.
fn start(text: &str) -> String {
    const LONGEST: usize = 40;
    let start: String = text.chars().take(LONGEST).collect();
    if start.len() < text.len() { start + "…" } else { start }
}

fn english(what: &What) -> String {
    let cells = |cells: &[(usize, String)]| -> String {
        let cells: Vec<String> = cells.iter().map(|(at, text)| format!("cell {at} `{}`", start(text))).collect();
        cells.join(", ")
    };
    match what {
        What::Reworded { official, printed } => format!("`{printed}` was taken for `{official}` and keeps its words"),
        What::LabelFixed { official, printed } => {
            format!("`{printed}` stands where the form has `{official}`, which may not be worded otherwise")
        }
        What::Row { line, cells: given, wanted } => format!(
            "row {line} of the table has other cells than the form, and its values were not placed: {}; the form wants {} ({})",
            cells(given),
            wanted.len(),
            wanted.join(", ")
        ),
        What::ExtraRow { line, cells: given } => {
            format!("row {line} of the table is none of the form's, and was not placed: {}", cells(given))
        }
        What::MissingRow => "the document has no row with this label, or more than one".into(),
        What::Lines(lines) => {
            format!("the value stands in {} lines and was not placed: {}", lines.len(), lines.join(" / "))
        }
        What::MissingTable => "the document has no such table".into(),
        What::ExtraTable { text } => format!("a table is none of the form's, and was not placed: {}", start(text)),
        What::MissingSection { heading } => format!("the document has no section `{heading}`"),
        What::Paragraph { section, text } => {
            format!("the form has no text under `{section}`, and a paragraph was not placed: {}", start(text))
        }
        What::NoAgency { title } => format!("the title `{}` does not say who reports; add `agency`", start(title)),
        What::NoSignature => "the signature is no longer in the document, and was left out".into(),
        What::BadDate(text) => format!("`{}` is no date like 2021年1月20日; the date was left as it was", start(text)),
        What::Aside(Aside::TextBox(text)) => format!("a text box has no place in a report: {}", start(text)),
        What::Aside(Aside::Picture) => "a picture has no place in a report".into(),
        What::Aside(Aside::Note) => "a footnote or endnote has no place in a report".into(),
        What::Aside(Aside::Symbol) => "a character of a symbol font cannot be read".into(),
        What::Aside(Aside::TableInCell) => "a table in a cell has no place in a report".into(),
        What::CarriedUnusable => {
            "what the document carries of its report cannot be used; it was read as one of unknown origin".into()
        }
    }
}

fn chinese(what: &What) -> String {
    let cells = |cells: &[(usize, String)]| -> String {
        let cells: Vec<String> = cells.iter().map(|(at, text)| format!("第{at}格“{}”", start(text))).collect();
        cells.join("、")
    };
    match what {
        What::Reworded { official, printed } => format!("“{printed}”按表式的“{official}”读入，并保留其文字"),
        What::LabelFixed { official, printed } => format!("“{printed}”与表式的“{official}”不同，而此处文字不得改动"),
        What::Row { line, cells: given, wanted } => format!(
            "表格第{line}行的单元格与表式不符，其数值未读入：{}；表式应有{}个数值（{}）",
            cells(given),
            wanted.len(),
            wanted.join("、")
        ),
        What::ExtraRow { line, cells: given } => format!("表格第{line}行不是表式中的行，未读入：{}", cells(given)),
        What::MissingRow => "文档中没有此行，或不止一行".into(),
        What::Lines(lines) => format!("数值分成{}行，未读入：{}", lines.len(), lines.join(" / ")),
        What::MissingTable => "文档中没有此表".into(),
        What::ExtraTable { text } => format!("有一张表不是表式中的表，未读入：{}", start(text)),
        What::MissingSection { heading } => format!("文档中没有“{heading}”一节"),
        What::Paragraph { section, text } => format!("“{section}”之下表式没有正文，有一段未读入：{}", start(text)),
        What::NoAgency { title } => format!("标题“{}”未写明由谁报告；请补上`agency`", start(title)),
        What::NoSignature => "文档中已无署名，未读入".into(),
        What::BadDate(text) => format!("“{}”不是2021年1月20日这样的日期；日期未改动", start(text)),
        What::Aside(Aside::TextBox(text)) => format!("文本框在报告中没有位置：{}", start(text)),
        What::Aside(Aside::Picture) => "图片在报告中没有位置".into(),
        What::Aside(Aside::Note) => "脚注、尾注在报告中没有位置".into(),
        What::Aside(Aside::Symbol) => "有一个符号字体的字符无法读出".into(),
        What::Aside(Aside::TableInCell) => "单元格中的表格在报告中没有位置".into(),
        What::CarriedUnusable => "文档所带的报告信息无法使用，按来源不明的文档读入".into(),
    }
}

impl ImportError {
    /// The error for a person.
    pub fn render(&self, lang: Lang) -> String {
        clean(match lang {
            Lang::English => match self {
                ImportError::NotDocx { encrypted_or_old: true } => {
                    "it is an old Word document or has a password; save it as .docx without one".into()
                }
                ImportError::NotDocx { encrypted_or_old: false } => "it is no Word document (.docx)".into(),
                ImportError::TooLarge { limit } => format!("it is longer than {limit} bytes"),
                ImportError::Package(fault) => fault.to_string(),
                ImportError::Xml { part, fault } => format!("its part {part} cannot be read: {fault}"),
                ImportError::TooMuch { part, what, limit } => {
                    format!("its part {part} has more than {limit} {}", what.english())
                }
                ImportError::NoYear { title } => {
                    format!("its title `{}` names no year, so its form is unknown", start(title))
                }
                ImportError::NoForm { year } => format!("no form serves the year {year}"),
                ImportError::Form => "the form cannot be filled; please report this".into(),
            },
            Lang::Chinese => match self {
                ImportError::NotDocx { encrypted_or_old: true } => {
                    "是旧版Word文档，或设有密码；请另存为不带密码的.docx".into()
                }
                ImportError::NotDocx { encrypted_or_old: false } => "不是Word文档（.docx）".into(),
                ImportError::TooLarge { limit } => format!("文件超过{limit}字节"),
                ImportError::Package(fault) => fault.chinese(),
                ImportError::Xml { part, fault } => format!("其中的`{part}`无法读出：{}", fault.chinese()),
                ImportError::TooMuch { part, what, limit } => {
                    format!("其中的`{part}`含有的{}超过{limit}个", what.chinese())
                }
                ImportError::NoYear { title } => format!("标题“{}”未写明年份，无从判断用哪一年的表式", start(title)),
                ImportError::NoForm { year } => format!("没有适用于{year}年的表式"),
                ImportError::Form => "表式无法填写，请报告此问题".into(),
            },
        })
    }
}

/// The error in English.
impl std::fmt::Display for ImportError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.render(Lang::English))
    }
}

impl std::error::Error for ImportError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_command_a_terminal_is_not_said() {
        let note = Note::about(What::Lines(vec!["a\u{1b}[2Jb".into(), "c\nerror: d\u{202e}".into()]));
        for lang in [Lang::Chinese, Lang::English] {
            let shown = note.render(lang);
            assert!(shown.ends_with("a\u{fffd}[2Jb / c\u{fffd}error: d\u{fffd}"), "{shown:?}");
            let refused = ImportError::NoYear { title: "\u{1b}c".into() }.render(lang);
            assert!(refused.contains("\u{fffd}c") && !refused.contains('\u{1b}'), "{refused:?}");
        }
    }
}
