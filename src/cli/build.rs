//! `kanyin build`: a report checked and set as PDF, DOCX or both.

use std::path::PathBuf;

use clap::Args;

use kanyin::compose::{self, compose};
use kanyin::document::Date;
use kanyin::error::Lang;
use kanyin::typeset::{self, line_ends, typeset};
use kanyin::write;

use super::output::{self, Format, Output};
use super::source::Source;
use super::{Language, Stop, bundled_forms, bundled_sheet, fonts, language, say};

#[derive(Args)]
#[command(after_help = "Examples:
  kanyin build report.json -o report.pdf -o report.docx
  kanyin build - --format pdf -o - < report.json > report.pdf
  kanyin build report.json -o report.pdf --fonts ~/fonts
  kanyin build unfinished.json -o draft.pdf --draft")]
pub(super) struct Build {
    /// The report; `-` reads standard input.
    input: PathBuf,
    /// Where to write, as often as wanted; the ending says the format. `-` writes standard output.
    #[arg(short, long, required = true, value_name = "FILE")]
    output: Vec<PathBuf>,
    /// The format, where no ending says it.
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// A folder with faces to use instead of those in the program: those whose family is the one an office
    /// would use (仿宋_GB2312, 方正小标宋简体 …), or all that a fonts.toml in it names.
    #[arg(long, value_name = "DIR")]
    pub fonts: Option<PathBuf>,
    /// A font file to use for a typeface, as often as wanted: `--font fangsong=simfang.ttf`.
    #[arg(long, value_name = "TYPEFACE=FILE")]
    pub font: Vec<String>,
    /// Use faces installed on this machine where they have the names an office would use.
    #[arg(long)]
    pub installed_fonts: bool,
    /// Tint the band rows of the tables.
    #[arg(long)]
    tint: bool,
    /// The day the files bear, `2026-01-20`; else SOURCE_DATE_EPOCH, the date of the signature, or the first
    /// day of the year after the report's.
    #[arg(long, value_parser = parse_date, value_name = "DATE")]
    date: Option<Date>,
    /// Print a report that has errors all the same: marked 草稿 on every page, and never PDF/A.
    #[arg(long)]
    draft: bool,
    /// The language of messages; else that of the locale.
    #[arg(long, value_enum)]
    lang: Option<Language>,
}

/// Checks a report and writes it where asked.
pub(super) fn build(args: &Build) -> Result<(), Stop> {
    let outputs = Output::all(&args.output, args.format).map_err(Stop::Trouble)?;
    let lang = language(args.lang);
    let source = Source::read(&args.input)?;
    let forms = bundled_forms()?;
    let report = source.report(lang)?;
    let checked = source.check(&report, &forms, lang)?;
    let has_errors = source.say_findings(checked.findings(), lang);
    if has_errors && !args.draft {
        say(match lang {
            Lang::English => "nothing was written; `--draft` prints a marked draft",
            Lang::Chinese => "未生成任何文件；如需打印草稿，请加 `--draft`",
        });
        return Err(Stop::Refused);
    }
    let date = args.date.or_else(source_date_epoch).unwrap_or_else(|| checked.report().day());
    let watermark = args.draft.then(|| checked.form().draft_mark().to_owned());
    let document = compose(&checked, &compose::Options { date, watermark });
    let sheet = bundled_sheet(checked.form())?;
    let fonts = fonts::gather(args, &sheet).map_err(Stop::Trouble)?;
    let mut written = Vec::new();
    let mut pages = None;
    for output in outputs {
        let bytes = match output.format {
            Format::Pdf | Format::Pages => {
                if pages.is_none() {
                    let options = typeset::Options { tint: args.tint };
                    let set = typeset(&document, &sheet, &fonts, options);
                    let set = set.map_err(|faults| source.refuse_faults(&faults, lang))?;
                    source.say_fallbacks(&set.fallbacks, lang);
                    pages = Some(set);
                }
                let Some(pages) = &pages else { continue };
                match output.format {
                    Format::Pages => pages.dump().into_bytes(),
                    Format::Pdf | Format::Docx | Format::Grid => {
                        write::pdf::write(pages, &fonts).map_err(|error| Stop::Trouble(error.to_string()))?
                    }
                }
            }
            Format::Docx => {
                let options = write::docx::Options { tint: args.tint };
                let ends = line_ends(&document, &sheet, &fonts);
                write::docx::write_on_lines(&document, &sheet, &options, &ends)
                    .map_err(|error| Stop::Trouble(error.to_string()))?
            }
            Format::Grid => output::grid(&document).into_bytes(),
        };
        written.push((output, bytes));
    }
    output::write_all(written).map_err(Stop::Trouble)
}

/// A day as it is written on the command line.
fn parse_date(text: &str) -> Result<Date, String> {
    Date::parse(text).ok_or_else(|| "it is no day of the calendar; write it like 2026-01-20".into())
}

/// The day SOURCE_DATE_EPOCH names, if it is set to seconds since 1970 (reproducible-builds.org).
fn source_date_epoch() -> Option<Date> {
    let seconds: i64 = std::env::var("SOURCE_DATE_EPOCH").ok()?.trim().parse().ok()?;
    let days = seconds.div_euclid(86_400);
    // Counting from 1 March of the year 0, so that a leap day ends its year.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    Date::new(u16::try_from(year).ok()?, u8::try_from(month).ok()?, u8::try_from(day).ok()?)
}
