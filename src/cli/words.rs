//! What is said to a person when something cannot be done: in both languages, whoever will read it.
//!
//! What the system and the library say of files gets its words here. Libraries below ours speak English: they are
//! quoted in brackets behind a sentence that says what is wrong.

use std::fmt::{self, Display};
use std::io;

use kanyin::archive::MasterError;
use kanyin::error::{Lang, system_words};
use kanyin::extract::ExtractError;
use kanyin::font::FontError;
use kanyin::pdf::ReadError;
use kanyin::verify::read_chinese;
use kanyin::write::docx::{DocxError, Unwritable};
use kanyin::write::pdf::PdfError;

use super::Stop;

/// What is said, in either language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Words {
    english: String,
    chinese: String,
}

impl Words {
    pub fn new(english: impl Into<String>, chinese: impl Into<String>) -> Self {
        Words { english: english.into(), chinese: chinese.into() }
    }

    /// What tells itself in the language it is asked for.
    pub fn each(words: impl Fn(Lang) -> String) -> Self {
        Words { english: words(Lang::English), chinese: words(Lang::Chinese) }
    }

    /// That something of ours is wrong, which no user can mend.
    pub fn ours(told: &dyn Display) -> Self {
        Words::new(told.to_string(), format!("本程序出错，请反馈（{told}）"))
    }

    pub fn in_lang(&self, lang: Lang) -> &str {
        match lang {
            Lang::English => &self.english,
            Lang::Chinese => &self.chinese,
        }
    }

    /// The words behind what they are about: a file, an address.
    pub fn about(self, what: impl Display) -> Self {
        Words::new(format!("`{what}`: {}", self.english), format!("`{what}`：{}", self.chinese))
    }
}

/// In English, as errors speak.
impl Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.english)
    }
}

impl std::error::Error for Words {}

impl From<Words> for Stop {
    fn from(words: Words) -> Stop {
        Stop::Trouble(words)
    }
}

/// Why the system does not do what it was asked for; what we say ourselves through it is said as it is.
pub(super) fn why(error: &io::Error) -> Words {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Words>()) {
        Some(words) => words.clone(),
        None => Words::each(|lang| system_words(error.kind(), &error.to_string(), lang)),
    }
}

/// That a file or folder cannot be read, and why.
pub(super) fn cannot_read(what: impl Display, why: &Words) -> Words {
    Words::new(format!("cannot read `{what}`: {}", why.english), format!("不能读取`{what}`：{}", why.chinese))
}

/// That a file or folder cannot be written, and why.
pub(super) fn cannot_write(what: impl Display, why: &Words) -> Words {
    Words::new(format!("cannot write `{what}`: {}", why.english), format!("不能写入`{what}`：{}", why.chinese))
}

/// That standard output takes nothing, and why.
pub(super) fn cannot_print(error: &io::Error) -> Words {
    let why = why(error);
    Words::new(
        format!("cannot write to standard output: {}", why.english),
        format!("不能写到标准输出：{}", why.chinese),
    )
}

/// Several troubles, each on a line of its own and called an error.
pub(super) fn errors(all: &[Words]) -> Words {
    let joined = |lang, between: &str| all.iter().map(|words| words.in_lang(lang)).collect::<Vec<_>>().join(between);
    Words::new(joined(Lang::English, "\nerror: "), joined(Lang::Chinese, "\n错误："))
}

impl From<ReadError> for Words {
    fn from(error: ReadError) -> Words {
        Words::new(error.to_string(), read_chinese(&error))
    }
}

impl From<ExtractError> for Words {
    fn from(error: ExtractError) -> Words {
        let chinese = match &error {
            ExtractError::Read(error) => read_chinese(error),
            ExtractError::NoSource => "未附报告；只有用`kanyin build --archive`生成的PDF才附有报告".into(),
            ExtractError::SeveralSources { count } => format!("所附数据源有{count}个，应为1个"),
        };
        Words::new(error.to_string(), chinese)
    }
}

impl From<MasterError> for Words {
    fn from(error: MasterError) -> Words {
        Words::each(|lang| error.message(lang))
    }
}

impl From<FontError> for Words {
    fn from(error: FontError) -> Words {
        let chinese = match &error {
            FontError::Catalogue { reason } => format!("`fonts.toml`写法有误，请改正（{reason}）"),
            FontError::UnknownFace { typeface, face } if face.is_empty() => {
                format!("`fonts.toml`中字体`{typeface}`未指定字体文件")
            }
            FontError::UnknownFace { typeface, face } => {
                format!("`fonts.toml`中字体`{typeface}`所用的`{face}`没有说明")
            }
            FontError::Missing { face, file } => format!("缺少`{face}`的字体文件`{file}`"),
            FontError::Damaged { file } => format!("字体文件`{file}`已损坏，或不是字体文件"),
        };
        Words::new(error.to_string(), chinese)
    }
}

impl From<PdfError> for Words {
    fn from(error: PdfError) -> Words {
        let chinese = match &error {
            PdfError::NotEmbeddable { face } => format!("字体“{face}”的许可不允许嵌入PDF；请换用其他字体"),
            PdfError::DamagedFont { face, reason } => format!("字体“{face}”已损坏；请换用其他字体（{reason}）"),
            PdfError::Meaningless { code, path } => {
                format!("{path}处的字符U+{code:04X}没有确定的含义，PDF/A不允许使用；请改用其他字")
            }
            PdfError::Draft => "草稿不能归档；请改正报告后去掉`--draft`重新生成".into(),
            PdfError::Standard { reason } => {
                format!("页面不符合PDF/A和PDF/UA的要求，是本程序的错误，请反馈（{reason}）")
            }
        };
        Words::new(error.to_string(), chinese)
    }
}

impl From<DocxError> for Words {
    fn from(error: DocxError) -> Words {
        let unwritable = |Unwritable { character, origin }: &Unwritable| {
            format!("{}处的字符U+{:04X}不能写入DOCX文件；请删去或改用其他字", origin.path, u32::from(*character))
        };
        let chinese = match &error {
            DocxError::Characters(all) => all.iter().map(unwritable).collect::<Vec<_>>().join("\n"),
            DocxError::Widths { table, columns, widths } => {
                format!("表格`{table}`有{columns}列，却只有{widths}个可用的列宽")
            }
            DocxError::Columns { table, columns } => format!("表格`{table}`有{columns}列，超过Word所能打开的列数"),
            DocxError::NoRows { table } => format!("表格`{table}`没有行"),
            DocxError::Package(error) => format!("文件过大，不能打包为DOCX：{}", why(error).chinese),
        };
        Words::new(error.to_string(), chinese)
    }
}
