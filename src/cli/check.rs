//! `kanyin check`: what is wrong with a report, by itself and beside other reports.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use kanyin::check::{Checked, Figures, Subordinate, Subordinates, check as check_report, findings_of};
use kanyin::error::{Finding, Lang};
use kanyin::findings::{AboutReport, Told, to_json, to_sarif};
use kanyin::form::Forms;
use kanyin::report::Report;

use super::source::Source;
use super::{Language, Stop, bundled_forms, language, print};

#[derive(Args)]
#[command(after_help = "Examples:
  kanyin check report.json
  kanyin check 2025.json --previous 2024.json
  kanyin check city.json --subordinates departments/ --expect names.txt
  kanyin check report.json --format json > findings.json")]
pub(super) struct Check {
    /// The report; `-` reads standard input.
    input: PathBuf,
    /// Last year's report: what was carried over is compared, and how much is said in the same words.
    #[arg(long, value_name = "FILE")]
    previous: Option<PathBuf>,
    /// A folder with the reports of subordinate bodies, a JSON file each: every figure is compared with their sum.
    #[arg(long, value_name = "DIR")]
    subordinates: Option<PathBuf>,
    /// A text file with the names of the bodies that should be there, a line each; who is missing is said.
    #[arg(long, value_name = "FILE", requires = "subordinates")]
    expect: Option<PathBuf>,
    /// How findings are told: to people on standard error, or to machines on standard output.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// The language of messages; else that of the locale.
    #[arg(long, value_enum)]
    lang: Option<Language>,
}

/// How findings are told.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Words with the line of the file.
    Text,
    /// JSON, as docs/findings.md says.
    Json,
    /// SARIF 2.1.0.
    Sarif,
}

/// Says what is wrong with a report.
pub(super) fn check(args: &Check) -> Result<(), Stop> {
    let lang = language(args.lang);
    let forms = bundled_forms()?;
    let against = Against {
        previous: args.previous.as_deref().map(|path| read_previous(path, &forms, lang)).transpose()?,
        subordinates: match &args.subordinates {
            Some(folder) => Some(read_subordinates(folder, args.expect.as_deref(), &forms)?),
            None => None,
        },
    };
    let source = Source::read(&args.input)?;
    let told = tell(&source, &forms, &against);
    match args.format {
        Format::Text => drop(source.say_findings(&told.findings, lang)),
        Format::Json => print(&to_json(std::slice::from_ref(&told)))?,
        Format::Sarif => print(&to_sarif(std::slice::from_ref(&told), lang))?,
    }
    if told.has_errors() { Err(Stop::Refused) } else { Ok(()) }
}

/// What a report is compared with.
#[derive(Default)]
pub(super) struct Against {
    /// Last year's report, which can be put into its form.
    pub previous: Option<Report>,
    /// The reports of subordinate bodies.
    pub subordinates: Option<Subordinates>,
}

/// Everything there is to tell of a report.
pub(super) fn tell(source: &Source, forms: &Forms, against: &Against) -> Told {
    let told = |about, findings, outcomes| Told {
        file: source.name().to_owned(),
        source: source.text(),
        about,
        findings,
        outcomes,
    };
    let report = match source.parse() {
        Ok(report) => report,
        Err(_) => return told(None, findings_of(source.bytes(), forms), Vec::new()),
    };
    match put_into_form(&report, forms) {
        Ok(mut checked) => {
            let last = against.previous.as_ref().map(|previous| put_into_form(previous, forms));
            if let Some(Ok(last)) = &last {
                checked.compare_with_last_year(last);
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
    }
}

fn put_into_form<'a>(report: &'a Report, forms: &'a Forms) -> Result<Checked<'a>, Vec<Finding>> {
    check_report(report, forms.choose(report)?)
}

/// Last year's report. One that cannot be read is told, and nothing is checked: what would be left unsaid is
/// what was asked for.
fn read_previous(path: &Path, forms: &Forms, lang: Lang) -> Result<Report, Stop> {
    let source = Source::read(path)?;
    let read = source.parse().and_then(|report| put_into_form(&report, forms).map(drop).map(|()| report));
    read.map_err(|findings| {
        source.say_findings(&findings, lang);
        Stop::Trouble(match lang {
            Lang::English => format!("`{}` cannot serve as last year's report", source.name()),
            Lang::Chinese => format!("`{}`不能用作上年报告", source.name()),
        })
    })
}

/// The JSON files of a folder, by name, and the list of those that should be there.
fn read_subordinates(folder: &Path, expect: Option<&Path>, forms: &Forms) -> Result<Subordinates, Stop> {
    let cannot = |error: std::io::Error| Stop::Trouble(format!("cannot read `{}`: {error}", folder.display()));
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(cannot)? {
        let path = entry.map_err(cannot)?.path();
        let is_json = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
        if is_json && path.is_file() {
            paths.push(path);
        }
    }
    paths.sort();
    let mut files = Vec::new();
    for path in paths {
        let source = Source::read(&path)?;
        let figures =
            source.parse().and_then(|report| put_into_form(&report, forms).map(|checked| Figures::of(&checked)));
        files.push(Subordinate { file: source.name().to_owned(), figures });
    }
    let expected = match expect {
        None => None,
        Some(path) => {
            let list = Source::read(path)?.text();
            let names = list.trim_start_matches('\u{feff}').lines().map(str::trim);
            Some(names.filter(|name| !name.is_empty() && !name.starts_with('#')).map(str::to_owned).collect())
        }
    };
    Ok(Subordinates { files, expected })
}
