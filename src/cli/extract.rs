//! `kanyin extract`: the report an archived PDF was made from, and whether the PDF says what it says.

use std::path::{Path, PathBuf};

use clap::Args;

use kanyin::compose::{self, compose};
use kanyin::document::Date;
use kanyin::error::Lang;
use kanyin::extract::{Agreement, Extracted, compare, extract};
use kanyin::report::Report;
use kanyin::typeset::{self, typeset};
use kanyin::verify::plain;
use kanyin::write;

use super::build::SOURCE_NAME;
use super::output::{self, Format, Output};
use super::source::Source;
use super::words::Words;
use super::{Language, Stop, bundled_forms, bundled_sheet, fonts, language, say};

#[derive(Args)]
#[command(after_help = "Examples:
  kanyin extract report.pdf -o report.json
  kanyin extract report.pdf --rebuild

Exit status: 0 the report is the one the PDF tells of (and, with `--rebuild`, says what the PDF says), 1 it is not,
2 wrong use, no access, or a PDF without its report.")]
pub(super) struct Extract {
    /// The PDF.
    input: PathBuf,
    /// Where to write the report; standard output when nothing else is asked for.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Build the report again with the program's own fonts, and say whether text and tables agree.
    #[arg(long)]
    rebuild: bool,
    /// The language of messages; else that of the locale.
    #[arg(long, value_enum)]
    pub lang: Option<Language>,
}

/// How many differing lines are shown.
const SHOWN: usize = 10;

/// Takes the report out of a PDF, and compares it where asked.
pub(super) fn run(args: &Extract) -> Result<(), Stop> {
    let lang = language(args.lang);
    let pdf = super::read_file(&args.input, kanyin::pdf::MOST_BYTES)?;
    let extracted = extract(&pdf).map_err(|error| Words::from(error).about(args.input.display()))?;
    let place = match (&args.output, args.rebuild) {
        (Some(path), _) => Some(path.clone()),
        (None, true) => None,
        (None, false) => Some(PathBuf::from("-")),
    };
    if let Some(path) = place {
        let output = Output { path, format: Format::Pdf };
        output::write_all(vec![(output, extracted.source.bytes.clone())])?;
    }
    let matches = say_hash(&extracted, lang);
    let agrees = if args.rebuild { rebuild(&pdf, &extracted, &args.input, lang)? } else { true };
    if matches && agrees { Ok(()) } else { Err(Stop::Refused) }
}

/// Says what was found and whether it is what the PDF tells of.
fn say_hash(extracted: &Extracted, lang: Lang) -> bool {
    let (name, bytes, hash) = (plain(&extracted.source.name), extracted.source.bytes.len(), &extracted.hash);
    let (matches, words) = match (extracted.matches(), lang) {
        (Some(true), Lang::English) => {
            (true, format!("{name}: {bytes} bytes, SHA-256 {hash}, as the PDF's metadata say"))
        }
        (Some(true), Lang::Chinese) => (true, format!("{name}：{bytes}字节，SHA-256为{hash}，与PDF元数据所载一致")),
        (Some(false), Lang::English) => (
            false,
            format!("error: {name}: {bytes} bytes, SHA-256 {hash}, but the PDF's metadata tell of another file"),
        ),
        (Some(false), Lang::Chinese) => {
            (false, format!("错误：{name}：{bytes}字节，SHA-256为{hash}，与PDF元数据所载不一致"))
        }
        (None, Lang::English) => {
            (false, format!("error: {name}: {bytes} bytes, SHA-256 {hash}; the PDF's metadata tell of none"))
        }
        (None, Lang::Chinese) => (false, format!("错误：{name}：{bytes}字节，SHA-256为{hash}；PDF元数据未载其摘要")),
    };
    say(&words);
    matches
}

/// Builds the report again and says how the PDFs agree.
fn rebuild(pdf: &[u8], extracted: &Extracted, input: &Path, lang: Lang) -> Result<bool, Stop> {
    let source = Source::given(&extracted.source.name, extracted.source.bytes.clone());
    let again = build_again(&source, extracted, lang)?;
    let agreement = compare(pdf, &again).map_err(|error| Words::from(error).about(input.display()))?;
    let differences = match agreement {
        Agreement::Bytes { appended: 0 } => {
            say(match lang {
                Lang::English => "built again: the same file, byte for byte",
                Lang::Chinese => "重新生成：与原文件逐字节相同",
            });
            return Ok(true);
        }
        Agreement::Bytes { appended } => {
            say(&match lang {
                Lang::English => {
                    format!("built again: the same file, byte for byte, to which {appended} bytes were appended")
                }
                Lang::Chinese => format!("重新生成：与原文件逐字节相同，其后追加了{appended}字节"),
            });
            return Ok(true);
        }
        Agreement::TextAndTables => {
            say(match lang {
                Lang::English => {
                    "built again: the same text and tables, in other bytes (other fonts, options or version); how the pages look was not compared"
                }
                Lang::Chinese => "重新生成：文字与表格相同，字节不同（字体、选项或程序版本不同）；未比较页面外观",
            });
            return Ok(true);
        }
        Agreement::AddedTo(changes) => {
            say(match lang {
                Lang::English => {
                    "error: built again: the same text and tables, but more was added than signatures that are intact:"
                }
                Lang::Chinese => "错误：重新生成：文字与表格相同，但除完好的签名外另有增改：",
            });
            for change in changes.iter().take(SHOWN) {
                say(&format!("  {}", plain(&change.words(lang))));
            }
            return Ok(false);
        }
        Agreement::Different(differences) => differences,
    };
    say(&match lang {
        Lang::English => format!("error: built again: text and tables differ in {} places", differences.len()),
        Lang::Chinese => format!("错误：重新生成：文字与表格有{}处不同", differences.len()),
    });
    let (in_pdf, in_report, nothing) = match lang {
        Lang::English => ("in the PDF:  ", "by the report:", "(nothing)"),
        Lang::Chinese => ("PDF中：", "据报告：", "（无）"),
    };
    for difference in differences.iter().take(SHOWN) {
        let show = |line: &Option<String>| plain(line.as_deref().map_or(nothing, str::trim));
        say(&format!("  {in_pdf} {}\n  {in_report} {}", show(&difference.first), show(&difference.again)));
    }
    Ok(false)
}

fn build_again(source: &Source, extracted: &Extracted, lang: Lang) -> Result<Vec<u8>, Stop> {
    let forms = bundled_forms()?;
    let report: Report = source.report(&forms, lang)?;
    let checked = source.check(&report, &forms, lang)?;
    if checked.has_errors() {
        return Err(source.refuse(checked.findings(), lang));
    }
    let created = extracted.properties.created.as_deref().and_then(Date::parse);
    let date = created.unwrap_or_else(|| checked.report().day());
    let document = compose(&checked, &compose::Options { date, watermark: None });
    let sheet = bundled_sheet(checked.form())?;
    let faces = fonts::bundled()?;
    let pages = typeset(&document, &sheet, &faces, typeset::Options::default())
        .map_err(|faults| source.refuse_faults(&faults, lang))?;
    let attached =
        write::pdf::Source { name: SOURCE_NAME, media_type: "application/json", bytes: &extracted.source.bytes };
    Ok(write::pdf::write_archive(&pages, &faces, &attached).map_err(Words::from)?)
}
