//! `kanyin new`, `kanyin schema`, `kanyin fill`: help in filling a report in.

use std::path::{Path, PathBuf};

use clap::Args;

use kanyin::error::{Level, Problem};
use kanyin::fill;
use kanyin::form::{Form, Forms};

use super::output::{Present, write_file};
use super::source::Source;
use super::words::Words;
use super::{Language, Stop, bundled_forms, language, print, say};

#[derive(Args)]
#[command(after_help = "Examples:
  kanyin new 2025 --agency 临渚市医疗保障局 -o report.json
  kanyin new annual-report-2021")]
pub(super) struct New {
    /// The form's id, or the year of the report.
    form: String,
    /// The body that reports.
    #[arg(long)]
    agency: Option<String>,
    /// The year reported on.
    #[arg(long)]
    year: Option<u16>,
    /// Where to write; a file that is there is never written over. Else standard output.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The language of messages; else that of the locale.
    #[arg(long, value_enum)]
    pub lang: Option<Language>,
}

#[derive(Args)]
#[command(after_help = "Example:
  kanyin schema annual-report-2021 -o annual-report-2021.schema.json")]
pub(super) struct Schema {
    /// The form's id, or the year of the report.
    form: String,
    /// Where to write; else standard output.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The language of messages; else that of the locale.
    #[arg(long, value_enum)]
    pub lang: Option<Language>,
}

#[derive(Args)]
#[command(after_help = "Examples:
  kanyin fill report.json --in-place
  kanyin fill report.json -o filled.json")]
pub(super) struct Fill {
    /// The report, finished or not; `-` reads standard input.
    input: PathBuf,
    /// Where to write; else standard output.
    #[arg(short, long, value_name = "FILE", conflicts_with = "in_place")]
    output: Option<PathBuf>,
    /// Write the totals into the report itself.
    #[arg(long)]
    in_place: bool,
    /// The language of messages; else that of the locale.
    #[arg(long, value_enum)]
    pub lang: Option<Language>,
}

/// Writes a report to be filled in.
pub(super) fn new(args: &New) -> Result<(), Stop> {
    let forms = bundled_forms()?;
    let asked = args.form.parse().ok();
    let year = args.year.or(asked);
    let form = choose(&forms, &args.form)?;
    if let Some(year) = year.filter(|&year| !form.years().contains(year)) {
        let (id, years) = (form.id(), form.years());
        return Err(Stop::Trouble(Words::new(
            format!("the form `{id}` serves {years}, not {year}"),
            format!("表式`{id}`适用于{years}年度，不适用于{year}年度"),
        )));
    }
    put(&form.blank(args.agency.as_deref(), year), args.output.as_deref(), Present::Refuse)
}

/// Writes the JSON Schema of a form.
pub(super) fn schema(args: &Schema) -> Result<(), Stop> {
    let forms = bundled_forms()?;
    put(&choose(&forms, &args.form)?.schema(), args.output.as_deref(), Present::Refuse)
}

/// Computes the totals of a report and writes them into it.
pub(super) fn fill(args: &Fill) -> Result<(), Stop> {
    let lang = language(args.lang);
    if args.in_place && args.input == Path::new("-") {
        let english = "standard input has no place to write back to; leave out `--in-place`";
        return Err(Words::new(english, "标准输入无处写回；请去掉`--in-place`").into());
    }
    let source = Source::read(&args.input)?;
    let forms = bundled_forms()?;
    let filled = fill::fill(source.bytes(), &forms).map_err(|findings| source.refuse(&findings, lang))?;
    source.say_findings(&filled.written, lang);
    source.say_findings(&filled.findings, lang);
    let to = if args.in_place { Some(&*args.input) } else { args.output.as_deref() };
    put(&filled.text, to, Present::Replace)?;
    let is_open = |problem: &Problem| matches!(problem, Problem::NotComputed { .. });
    if filled.findings.iter().any(|finding| finding.level == Level::Error && is_open(&finding.problem)) {
        return Err(Stop::Refused);
    }
    if args.in_place && filled.written.is_empty() {
        say(super::in_words(lang, "no total was left out", "没有待计算的总计"));
    }
    Ok(())
}

/// The form asked for, by its id or by a year it serves.
fn choose<'f>(forms: &'f Forms, asked: &str) -> Result<&'f Form, Stop> {
    let by_year = asked.parse().ok().and_then(|year| forms.for_year(year));
    forms.get(asked).or(by_year).ok_or_else(|| {
        let known: Vec<String> = forms.iter().map(|form| format!("{} ({})", form.id(), form.years())).collect();
        no_form(asked, &known)
    })
}

/// That there is no form of this name or year.
pub(super) fn no_form(asked: &str, known: &[String]) -> Stop {
    Stop::Trouble(Words::new(
        format!("there is no form `{asked}`; there are: {}", known.join(", ")),
        format!("没有表式`{asked}`；现有：{}", known.join("、")),
    ))
}

/// Writes a text to a file or to standard output.
fn put(text: &str, to: Option<&Path>, present: Present) -> Result<(), Stop> {
    match to {
        Some(path) if path != Path::new("-") => Ok(write_file(path, text.as_bytes(), present)?),
        Some(_) | None => print(text),
    }
}
