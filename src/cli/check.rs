//! `kanyin check`: what is wrong with a report.

use std::path::PathBuf;

use clap::Args;

use super::source::Source;
use super::{Language, Stop, bundled_forms, language};

#[derive(Args)]
pub(super) struct Check {
    /// The report; `-` reads standard input.
    input: PathBuf,
    /// The language of messages; else that of the locale.
    #[arg(long, value_enum)]
    lang: Option<Language>,
}

/// Says what is wrong with a report.
pub(super) fn check(args: &Check) -> Result<(), Stop> {
    let lang = language(args.lang);
    let source = Source::read(&args.input)?;
    let forms = bundled_forms()?;
    let report = source.report(lang)?;
    let checked = source.check(&report, &forms, lang)?;
    if source.say_findings(checked.findings(), lang) { Err(Stop::Refused) } else { Ok(()) }
}
