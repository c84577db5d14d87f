//! `kanyin build`: reports checked and set as PDF, DOCX or both: one here, many in `batch`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use clap::Args;

use kanyin::compose::{self, compose};
use kanyin::document::{Date, Text};
use kanyin::error::Lang;
use kanyin::form::{Form, Forms};
use kanyin::import::carry;
use kanyin::typeset::{self, Typesetter};
use kanyin::write;

use super::output::{self, Format, Output};
use super::source::Source;
use super::words::Words;
use super::{Language, Stop, batch, bundled_forms, bundled_sheet, fonts, language};

/// What a report is called where it is attached to its PDF.
pub(super) const SOURCE_NAME: &str = "report.json";

#[derive(Args)]
#[command(after_help = "Examples:
  kanyin build report.json -o report.pdf -o report.docx
  kanyin build report.json -o report.pdf --archive
  kanyin build - --format pdf -o - < report.json > report.pdf
  kanyin build report.json -o report.pdf --fonts ~/fonts
  kanyin build unfinished.json -o draft.pdf --draft
  kanyin build reports/ --out-dir out --format pdf --format docx --name '{agency}{year}'
  kanyin build reports/ --out-dir out --manifest out.jsonl --skip-unchanged

Exit status: 0 all was built, 1 a report was refused, 2 wrong use, or a file that cannot be read or written.")]
pub(super) struct Build {
    /// The report; `-` reads standard input. With `--out-dir` as many as wanted: files, folders (all that ends
    /// in .json in them and in theirs, hidden ones left out), patterns such as 'reports/2024-*.json', and .jsonl
    /// files with a report on each line.
    #[arg(required = true, value_name = "INPUT")]
    input: Vec<PathBuf>,
    /// Where to write, as often as wanted; the ending says the format. `-` writes standard output.
    #[arg(short, long, required_unless_present = "out_dir", conflicts_with = "out_dir", value_name = "FILE")]
    output: Vec<PathBuf>,
    /// The format, where no ending says it; with `--out-dir` as often as wanted, and PDF when not said.
    #[arg(long, value_enum)]
    format: Vec<Format>,
    #[command(flatten)]
    many: batch::Many,
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
    /// Write the PDF for the archive: PDF/A-3a instead of PDF/A-2a, with the report itself attached.
    #[arg(long, conflicts_with = "draft")]
    archive: bool,
    /// Print a report that has errors all the same: marked 草稿 on every page, and never PDF/A.
    #[arg(long)]
    draft: bool,
    /// The language of messages; else that of the locale.
    #[arg(long, value_enum)]
    pub lang: Option<Language>,
}

impl Build {
    /// What was chosen that shows in the files, day and faces aside: files built with other choices are others.
    pub fn choices(&self) -> String {
        // Every option is named, so that none is forgotten that comes later.
        let Build {
            tint,
            draft,
            archive,
            date: _,
            fonts: _,
            font: _,
            installed_fonts: _,
            input: _,
            output: _,
            format: _,
            many: _,
            lang: _,
        } = self;
        format!("tint {tint} draft {draft} archive {archive}")
    }

    /// Whether other faces are asked for than the program's own.
    pub fn has_own_fonts(&self) -> bool {
        self.fonts.is_some() || !self.font.is_empty() || self.installed_fonts
    }
}

/// Checks reports and writes them where asked.
pub(super) fn build(args: &Build) -> Result<(), Stop> {
    if let Some(folder) = &args.many.out_dir {
        let inputs = batch::Inputs::find(&args.input, args.many.jsonl)?;
        return batch::build(&Press::new(args)?, &args.many, folder, inputs, &args.format);
    }
    let [input] = &args.input[..] else {
        let english = "several reports need a folder to go to: name it with `--out-dir`";
        return Err(Words::new(english, "生成多份报告时，请用`--out-dir`指定文件夹").into());
    };
    let format = match args.format[..] {
        [] => None,
        [format] => Some(format),
        [..] => {
            let english = "several formats need a folder to go to: name it with `--out-dir`";
            return Err(Words::new(english, "生成多种格式时，请用`--out-dir`指定文件夹").into());
        }
    };
    let outputs = Output::all(&args.output, format, input)?;
    let source = Source::read(input)?;
    let formats: Vec<Format> = outputs.iter().map(|output| output.format).collect();
    let documents = Press::new(args)?.set(&source, &formats)?;
    Ok(output::write_all(outputs.into_iter().zip(documents.bytes).collect())?)
}

/// What every report needs and none changes: read once, and shared between threads.
pub(super) struct Press<'a> {
    pub args: &'a Build,
    pub lang: Lang,
    pub forms: Forms,
    typesetters: Mutex<BTreeMap<String, Arc<Typesetter>>>,
}

/// A report set.
pub(super) struct Documents {
    /// The body that reports, without break marks.
    pub agency: String,
    pub year: u16,
    /// The form's id.
    pub form: String,
    /// The bytes of each format asked for.
    pub bytes: Vec<Vec<u8>>,
}

impl<'a> Press<'a> {
    pub fn new(args: &'a Build) -> Result<Self, Stop> {
        Ok(Press { args, lang: language(args.lang), forms: bundled_forms()?, typesetters: Mutex::default() })
    }

    /// Who sets by the sheet of a form, with its faces, which are read when first asked for.
    pub fn typesetter(&self, form: &Form) -> Result<Arc<Typesetter>, Stop> {
        let mut known = self.typesetters.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(typesetter) = known.get(form.sheet()) {
            return Ok(typesetter.clone());
        }
        let sheet = bundled_sheet(form)?;
        let fonts = fonts::gather(self.args, &sheet)?;
        let typesetter = Arc::new(Typesetter::new(sheet, fonts));
        known.insert(form.sheet().to_owned(), typesetter.clone());
        Ok(typesetter)
    }

    /// The day asked for, whatever the report says.
    pub fn date(&self) -> Option<Date> {
        self.args.date.or_else(source_date_epoch)
    }

    /// Checks a report and sets it in each of the formats.
    pub fn set(&self, source: &Source, formats: &[Format]) -> Result<Documents, Stop> {
        let (args, lang) = (self.args, self.lang);
        let no_draft = |_: &Stop| {
            if args.draft {
                source.advise(match lang {
                    Lang::English => {
                        "no draft either: a draft may have wrong figures, but its places must be known and filled"
                    }
                    Lang::Chinese => "草稿也无法生成：草稿中的数字可以有误，但名称须能识别，各项须已填写",
                });
            }
        };
        let report = source.report(&self.forms, lang).inspect_err(no_draft)?;
        let checked = source.check(&report, &self.forms, lang).inspect_err(no_draft)?;
        let has_errors = source.say_findings(checked.findings(), lang);
        if has_errors && !args.draft {
            source.advise(match lang {
                Lang::English => "nothing was written; `--draft` prints a marked draft",
                Lang::Chinese => "未生成任何文件；如需打印草稿，请加 `--draft`",
            });
            return Err(Stop::Refused);
        }
        let date = self.date().unwrap_or_else(|| checked.report().day());
        let watermark = args.draft.then(|| checked.form().draft_mark().to_owned());
        let document = compose(&checked, &compose::Options { date, watermark });
        let typesetter = self.typesetter(checked.form())?;
        let fonts = typesetter.fonts();
        let mut written = Vec::new();
        let mut pages = None;
        for format in formats {
            let bytes = match format {
                Format::Pdf | Format::Pages => {
                    if pages.is_none() {
                        let options = typeset::Options { tint: args.tint };
                        let set = typesetter.typeset(&document, options);
                        let set = set.map_err(|faults| source.refuse_faults(&faults, lang))?;
                        source.say_fallbacks(&set.fallbacks, lang);
                        pages = Some(set);
                    }
                    let Some(pages) = &pages else { continue };
                    match format {
                        Format::Pages => pages.dump().into_bytes(),
                        Format::Pdf | Format::Docx | Format::Grid if args.archive => {
                            let source = write::pdf::Source {
                                name: SOURCE_NAME,
                                media_type: "application/json",
                                bytes: source.bytes(),
                            };
                            write::pdf::write_archive(pages, fonts, &source).map_err(Words::from)?
                        }
                        Format::Pdf | Format::Docx | Format::Grid => {
                            write::pdf::write(pages, fonts).map_err(Words::from)?
                        }
                    }
                }
                Format::Docx => {
                    let carried = carry(source.bytes());
                    let options = write::docx::Options { tint: args.tint, carried: carried.as_deref() };
                    let ends = typesetter.line_ends(&document);
                    write::docx::write_on_lines(&document, typesetter.sheet(), &options, &ends).map_err(Words::from)?
                }
                Format::Grid => output::grid(&document).into_bytes(),
            };
            written.push(bytes);
        }
        let agency = Text::marked(&report.agency.value, report.agency.at.origin()).content;
        Ok(Documents { agency, year: report.year.value, form: checked.form().id().to_owned(), bytes: written })
    }
}

/// A day as it is written on the command line.
pub(super) fn parse_date(text: &str) -> Result<Date, Words> {
    let words = || {
        Words::new("it is no day of the calendar; write it like 2026-01-20", "不是日历上的日期；请写成2026-01-20这样")
    };
    Date::parse(text).ok_or_else(words)
}

/// The day SOURCE_DATE_EPOCH names, if it is set to seconds since 1970 (reproducible-builds.org).
pub(super) fn source_date_epoch() -> Option<Date> {
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
