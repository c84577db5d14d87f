//! The command: arguments, files, printing, exit status. Nothing else touches the outside world.
//!
//! Documents go to files or standard output, words to standard error. A file appears whole or not at all.
//! Exit status 0: done; 1: the report has errors; 2: wrong use, or a file that cannot be read or written.

mod fonts;
mod output;

use std::ffi::OsString;
use std::io::{IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};

use kanyin::check::{Checked, check};
use kanyin::compose::{self, compose};
use kanyin::document::Date;
use kanyin::error::{Finding, Lang, Level};
use kanyin::form::{Form, Forms};
use kanyin::report::Report;
use kanyin::sheet::Sheet;
use kanyin::typeset::{self, Fault, line_ends, typeset};
use kanyin::write;

use output::{Format, Output};

/// Turn a report written as JSON into an official Chinese government document, as PDF and as DOCX.
#[derive(Parser)]
#[command(name = "kanyin", version, max_term_width = 100, arg_required_else_help = true)]
#[command(after_help = "Examples:
  kanyin build report.json -o report.pdf -o report.docx
  kanyin check report.json
  kanyin forms show annual-report-2021

Exit status: 0 done, 1 the report has errors, 2 wrong use or no access.")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Check a report and set it as PDF, DOCX or both.
    Build(Build),
    /// Check a report and say what is wrong with it.
    Check(Check),
    /// List the forms, or show one.
    #[command(subcommand)]
    Forms(FormsCommand),
}

#[derive(Args)]
#[command(after_help = "Examples:
  kanyin build report.json -o report.pdf -o report.docx
  kanyin build - --format pdf -o - < report.json > report.pdf
  kanyin build report.json -o report.pdf --fonts ~/fonts
  kanyin build unfinished.json -o draft.pdf --draft")]
struct Build {
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
    fonts: Option<PathBuf>,
    /// A font file to use for a typeface, as often as wanted: `--font fangsong=simfang.ttf`.
    #[arg(long, value_name = "TYPEFACE=FILE")]
    font: Vec<String>,
    /// Use faces installed on this machine where they have the names an office would use.
    #[arg(long)]
    installed_fonts: bool,
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

#[derive(Args)]
struct Check {
    /// The report; `-` reads standard input.
    input: PathBuf,
    /// The language of messages; else that of the locale.
    #[arg(long, value_enum)]
    lang: Option<Language>,
}

#[derive(Subcommand)]
enum FormsCommand {
    /// One line for each form: its id, the years it serves, its name.
    List,
    /// A form's sections, the keys of its rows and columns, and its tables as they are drawn.
    Show {
        /// The form's id.
        form: String,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum Language {
    /// Chinese.
    Zh,
    /// English.
    En,
}

/// Why nothing was done: said on standard error, with the exit status.
enum Stop {
    /// The report has errors; they have been said.
    Refused,
    /// Wrong use, or no access.
    Trouble(String),
}

/// Runs the program.
pub fn run(args: impl Iterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are not errors; clap knows where each is printed. That a reader has gone
            // away is no reason to complain.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    let done = match cli.command {
        Command::Build(args) => build(&args),
        Command::Check(args) => run_check(&args),
        Command::Forms(FormsCommand::List) => list_forms(),
        Command::Forms(FormsCommand::Show { form }) => show_form(&form),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Stop::Refused) => ExitCode::from(1),
        Err(Stop::Trouble(words)) => {
            say(&format!("error: {words}"));
            ExitCode::from(2)
        }
    }
}

fn build(args: &Build) -> Result<(), Stop> {
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
                    pages = Some(set.map_err(|faults| source.refuse_faults(&faults, lang))?);
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

fn run_check(args: &Check) -> Result<(), Stop> {
    let lang = language(args.lang);
    let source = Source::read(&args.input)?;
    let forms = bundled_forms()?;
    let report = source.report(lang)?;
    let checked = source.check(&report, &forms, lang)?;
    if source.say_findings(checked.findings(), lang) { Err(Stop::Refused) } else { Ok(()) }
}

/// A report as it was read, and what it is called.
struct Source {
    name: String,
    bytes: Vec<u8>,
}

impl Source {
    fn read(path: &Path) -> Result<Self, Stop> {
        let (name, read) = if path == Path::new("-") {
            ("<stdin>".to_string(), read_limited(&mut std::io::stdin().lock()))
        } else {
            let read = std::fs::File::open(path).and_then(|mut file| read_limited(&mut file));
            (path.display().to_string(), read)
        };
        match read {
            Ok(bytes) => Ok(Source { name, bytes }),
            Err(error) => Err(Stop::Trouble(format!("cannot read `{name}`: {error}"))),
        }
    }

    fn report(&self, lang: Lang) -> Result<Report, Stop> {
        Report::parse(&self.bytes).map_err(|findings| self.refuse(&findings, lang))
    }

    fn check<'a>(&self, report: &'a Report, forms: &'a Forms, lang: Lang) -> Result<Checked<'a>, Stop> {
        let form = forms.choose(report).map_err(|findings| self.refuse(&findings, lang))?;
        check(report, form).map_err(|findings| self.refuse(&findings, lang))
    }

    fn refuse(&self, findings: &[Finding], lang: Lang) -> Stop {
        self.say_findings(findings, lang);
        Stop::Refused
    }

    /// Says what cannot be set.
    fn refuse_faults(&self, faults: &[Fault], lang: Lang) -> Stop {
        for fault in faults {
            let (level, fault_words) = match lang {
                Lang::English => ("error: ", fault.to_string()),
                Lang::Chinese => ("错误：", in_chinese(fault)),
            };
            let origin = fault.origin();
            let mut words = format!("{level}{fault_words}\n  --> {}: {}", self.name, origin.path);
            if let Some(place) = &origin.place {
                let parts = [&place.table, &place.row, &place.column].into_iter().filter(|part| !part.is_empty());
                words.push_str(&format!("\n      {}", parts.cloned().collect::<Vec<_>>().join(" | ")));
            }
            say(&words);
        }
        Stop::Refused
    }

    /// Says all findings; whether there is an error among them.
    fn say_findings(&self, findings: &[Finding], lang: Lang) -> bool {
        let text = String::from_utf8_lossy(&self.bytes);
        for finding in findings {
            say(&finding.render(lang, Some((&self.name, &text))));
        }
        findings.iter().any(|finding| finding.level == Level::Error)
    }
}

/// What cannot be set, in Chinese; in English it says so itself.
fn in_chinese(fault: &Fault) -> String {
    match fault {
        Fault::MissingGlyph { character, typeface, .. } => {
            format!(
                "字体`{typeface}`及其后备字体均无“{character}”字（U+{:04X}）；可用`--font`指定含有该字的字体",
                *character as u32
            )
        }
        Fault::CellTooHigh { row, height, room, .. } => {
            format!("表格第{row}行高{height}，超过一页所能容纳的{room}；请缩短该单元格的文字")
        }
    }
}

/// Reads no more than a report may have, and a byte more so that the reader notices.
fn read_limited(from: &mut dyn Read) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(kanyin::report::MOST_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn list_forms() -> Result<(), Stop> {
    let forms = bundled_forms()?;
    let lines: Vec<String> = forms
        .iter()
        .map(|form| format!("{:<22} {:<10} {}\n", form.id(), form.years().to_string(), form.name()))
        .collect();
    print(&lines.concat())
}

fn show_form(id: &str) -> Result<(), Stop> {
    let forms = bundled_forms()?;
    match forms.get(id) {
        Some(form) => print(&output::form(form)),
        None => {
            let known: Vec<&str> = forms.iter().map(Form::id).collect();
            Err(Stop::Trouble(format!("there is no form `{id}`; there are: {}", known.join(", "))))
        }
    }
}

fn bundled_forms() -> Result<Forms, Stop> {
    Forms::bundled().map_err(|errors| {
        let words: Vec<String> = errors.iter().map(ToString::to_string).collect();
        Stop::Trouble(words.join("\n"))
    })
}

fn bundled_sheet(form: &Form) -> Result<Sheet, Stop> {
    Sheet::bundled(form.sheet()).map_err(|error| Stop::Trouble(error.to_string()))
}

/// Says something to a person. That nobody listens is no reason to stop.
fn say(words: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{words}");
}

/// Prints what was asked for.
fn print(text: &str) -> Result<(), Stop> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        // A reader that has seen enough closes the pipe.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Stop::Trouble(format!("cannot write to standard output: {error}"))),
        Ok(()) => Ok(()),
    }
}

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

/// The language asked for, or that of the locale.
fn language(asked: Option<Language>) -> Lang {
    match asked {
        Some(Language::Zh) => Lang::Chinese,
        Some(Language::En) => Lang::English,
        None => {
            let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
            let locale = set("LC_ALL").or_else(|| set("LC_MESSAGES")).or_else(|| set("LANG")).unwrap_or_default();
            if locale.starts_with("zh") { Lang::Chinese } else { Lang::English }
        }
    }
}

/// Whether standard output is a person's terminal, onto which no document is thrown.
fn stdout_is_terminal() -> bool {
    std::io::stdout().is_terminal()
}
