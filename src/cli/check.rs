//! `kanyin check`: what is wrong with a report, by itself and beside other reports. Of many, a table (`survey.rs`).

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::num::NonZero;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use kanyin::check::{Checked, Figures, Subordinate, Subordinates, check as check_report, findings_of};
use kanyin::error::{Finding, Lang};
use kanyin::findings::{AboutReport, Told, to_json, to_sarif};
use kanyin::form::Forms;
use kanyin::report::Report;

use super::inputs::{self, Inputs};
use super::source::Source;
use super::survey::Survey;
use super::words::Words;
use super::{Language, Stop, batch, bundled_forms, language, print};

#[derive(Args)]
#[command(after_help = "Examples:
  kanyin check report.json
  kanyin check 2025.json --previous 2024.json
  kanyin check reports/ --expect names.txt
  kanyin check city.json --subordinates departments/ --expect names.txt
  kanyin check report.json --format json > findings.json")]
pub(super) struct Check {
    /// The report; `-` reads standard input. Of several, of a folder, of a pattern and of a `.jsonl` file with a
    /// report on each line a table is printed: who has errors.
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// Last year's report, or a folder where that of each body is: what was carried over is compared, and how much is
    /// said in the same words.
    #[arg(long, value_name = "FILE")]
    previous: Option<PathBuf>,
    /// A folder with the reports of subordinate bodies, a JSON file each, in folders of it too: every figure is compared
    /// with their sum.
    #[arg(long, value_name = "DIR")]
    subordinates: Option<PathBuf>,
    /// A text file with the names of the bodies that should be there, a line each; who is missing is said: among the
    /// subordinate bodies, or else among the reports that are checked.
    #[arg(long, value_name = "FILE")]
    expect: Option<PathBuf>,
    /// Take every input for a stream with a report on each line, whatever its ending.
    #[arg(long)]
    jsonl: bool,
    /// How many reports are checked at once; else as many as there are processors.
    #[arg(long, value_name = "N")]
    jobs: Option<NonZero<u16>>,
    /// How findings are told: to people on standard error, or to machines on standard output.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// The language of messages; else that of the locale.
    #[arg(long, value_enum)]
    pub lang: Option<Language>,
}

/// How findings are told.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Words with the line of the file.
    Text,
    /// JSON, as docs/findings.md says.
    Json,
    /// SARIF 2.1.0.
    Sarif,
}

/// Says what is wrong with a report, or with many.
pub(super) fn check(args: &Check) -> Result<(), Stop> {
    let lang = language(args.lang);
    let forms = bundled_forms()?;
    let expected = args.expect.as_deref().map(read_names).transpose()?;
    let previous = args.previous.as_deref().map(|path| Previous::read(path, &forms, lang)).transpose()?;
    let input = match &args.inputs[..] {
        [input] if !args.is_many(input) => input,
        inputs => {
            if args.subordinates.is_some() {
                return Err(Stop::Trouble(Words::new(
                    "`--subordinates` goes with one report: the one that adds them up",
                    "`--subordinates`只用于核对一份报告（汇总下级数据的那一份）",
                )));
            }
            if matches!(previous, Some(Previous::Of(_))) {
                return Err(Stop::Trouble(Words::new(
                    "of several reports `--previous` names a folder: where last year's of each body is",
                    "核对多份报告时，`--previous`应为各机关上年报告所在的文件夹",
                )));
            }
            let inputs = Inputs::find(inputs, args.jsonl)?;
            let (previous, expected) = (previous.as_ref(), expected.as_deref());
            let survey =
                Survey { forms: &forms, previous, expected, jobs: batch::jobs(args.jobs), format: args.format, lang };
            return survey.run(inputs);
        }
    };
    let subordinates = match &args.subordinates {
        Some(folder) => Some(read_subordinates(folder, expected, &forms)?),
        None => None,
    };
    let source = Source::read(input)?;
    let (told, lacks_last) = tell(&source, &forms, &Against { previous: previous.as_ref(), subordinates });
    // What was asked for cannot be done without it.
    if let (true, Some(AboutReport { agency, year, .. })) = (lacks_last, &told.about) {
        return Err(Stop::Trouble(Words::new(
            format!("there is no report of `{agency}` on the year before {year}"),
            format!("未找到“{agency}”{year}年度之前一年的报告"),
        )));
    }
    match args.format {
        Format::Text => drop(source.say_findings(&told.findings, lang)),
        Format::Json => print(&to_json(std::slice::from_ref(&told)))?,
        Format::Sarif => print(&to_sarif(std::slice::from_ref(&told), lang))?,
    }
    if told.has_errors() { Err(Stop::Refused) } else { Ok(()) }
}

impl Check {
    /// Whether one argument is answered with a table all the same.
    fn is_many(&self, input: &Path) -> bool {
        self.jsonl || (self.expect.is_some() && self.subordinates.is_none()) || inputs::is_many(input)
    }
}

/// Reports of last year.
pub(super) enum Previous {
    /// That of the body whose report is checked.
    Of(Box<Report>),
    /// Where that of each body and year is.
    Among(BTreeMap<(String, u16), PathBuf>),
}

impl Previous {
    /// One that cannot be read is told, and nothing is checked: what would be left unsaid is what was asked for.
    fn read(path: &Path, forms: &Forms, lang: Lang) -> Result<Self, Stop> {
        if !path.is_dir() {
            return Ok(Previous::Of(Box::new(read_previous(path, forms, lang)?)));
        }
        let mut among = BTreeMap::new();
        for input in Inputs::find(&[path.to_owned()], false)? {
            let report = read_previous(&input.path, forms, lang)?;
            let about = AboutReport::of(&report, None);
            among.insert((about.agency, about.year), input.path.to_path_buf());
        }
        Ok(Previous::Among(among))
    }

    /// That of the year before this report's.
    fn of(&self, report: &Report) -> Option<Cow<'_, Report>> {
        match self {
            Previous::Of(last) => Some(Cow::Borrowed(last)),
            Previous::Among(among) => {
                let about = AboutReport::of(report, None);
                let path = among.get(&(about.agency, about.year.checked_sub(1)?))?;
                Source::read(path).ok()?.parse().ok().map(Cow::Owned)
            }
        }
    }
}

/// The names of a list: a line each, without blank lines and those that begin with `#`.
fn read_names(path: &Path) -> Result<Vec<String>, Stop> {
    let source = Source::read(path)?;
    let list = std::str::from_utf8(source.bytes()).map_err(|_| {
        let name = source.name();
        Words::new(
            format!("`{name}` is not UTF-8 (GBK perhaps); save it as UTF-8"),
            format!("`{name}`不是UTF-8编码（可能是GBK）；请另存为UTF-8"),
        )
    })?;
    let names = list.trim_start_matches('\u{feff}').lines().map(str::trim);
    Ok(names.filter(|name| !name.is_empty() && !name.starts_with('#')).map(str::to_owned).collect())
}

/// What a report is compared with.
pub(super) struct Against<'a> {
    /// Reports of last year, which can be put into their forms.
    pub previous: Option<&'a Previous>,
    /// The reports of subordinate bodies.
    pub subordinates: Option<Subordinates>,
}

/// Everything there is to tell of a report, and whether last year's was asked for and is not there.
pub(super) fn tell(source: &Source, forms: &Forms, against: &Against<'_>) -> (Told, bool) {
    let told = |about, findings, outcomes| Told {
        file: source.name().to_owned(),
        source: source.text(),
        about,
        findings,
        outcomes,
    };
    let report = match source.parse() {
        Ok(report) => report,
        Err(_) => return (told(None, findings_of(source.bytes(), forms), Vec::new()), false),
    };
    let last = against.previous.and_then(|previous| previous.of(&report));
    let told = match put_into_form(&report, forms) {
        Ok(mut checked) => {
            if let Some(Ok(last)) = last.as_ref().map(|last| put_into_form(last, forms)) {
                checked.compare_with_last_year(&last);
            }
            if let Some(subordinates) = &against.subordinates {
                checked.compare_with_subordinates(subordinates);
            }
            let about = AboutReport::of_checked(&checked);
            told(Some(about), checked.findings().to_vec(), checked.outcomes().to_vec())
        }
        Err(findings) => {
            let form = forms.choose(&report).ok();
            told(Some(AboutReport::of(&report, form)), findings, Vec::new())
        }
    };
    (told, against.previous.is_some() && last.is_none())
}

fn put_into_form<'a>(report: &'a Report, forms: &'a Forms) -> Result<Checked<'a>, Vec<Finding>> {
    check_report(report, forms.choose(report)?)
}

/// Last year's report.
fn read_previous(path: &Path, forms: &Forms, lang: Lang) -> Result<Report, Stop> {
    let source = Source::read(path)?;
    let read = source.parse().and_then(|report| put_into_form(&report, forms).map(drop).map(|()| report));
    read.map_err(|findings| {
        source.say_findings(&findings, lang);
        let name = source.name();
        Words::new(format!("`{name}` cannot serve as last year's report"), format!("`{name}`不能用作上年报告")).into()
    })
}

/// The reports of a folder and of the folders in it, by name, beside those that should be there.
fn read_subordinates(folder: &Path, expected: Option<Vec<String>>, forms: &Forms) -> Result<Subordinates, Stop> {
    let mut files = Vec::new();
    for input in Inputs::find(&[folder.to_owned()], false)? {
        let source = Source::read(&input.path)?;
        let figures =
            source.parse().and_then(|report| put_into_form(&report, forms).map(|checked| Figures::of(&checked)));
        files.push(Subordinate { file: source.name().to_owned(), figures });
    }
    Ok(Subordinates { files, expected })
}
