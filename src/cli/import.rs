//! `kanyin import`: a report read from a Word document.

use std::path::{Path, PathBuf};

use clap::Args;

use kanyin::import::import;

use super::source::Source;
use super::words::Words;
use super::{Language, Stop, bundled_forms, language, output, print, say};

#[derive(Args)]
#[command(after_help = "Examples:
  kanyin import report.docx -o report.json
  kanyin import report.docx -o - | kanyin check -

A document made by kanyin comes back as the report it was made of, with what was edited in Word. Any other is read by
the headings and labels of the form of its year. What cannot be told without guessing is left out and named.

Exit status: 0 all was read, 1 something was not placed, 2 wrong use or no access.")]
pub(super) struct Import {
    /// The Word document; `-` reads standard input.
    input: PathBuf,
    /// Where to write the report; `-` writes standard output.
    #[arg(short, long, required = true, value_name = "FILE")]
    output: PathBuf,
    /// The language of messages; else that of the locale.
    #[arg(long, value_enum)]
    pub lang: Option<Language>,
}

/// Reads a document and writes the report it makes.
pub(super) fn run(args: &Import) -> Result<(), Stop> {
    let lang = language(args.lang);
    let source = Source::read_up_to(&args.input, kanyin::import::MOST_BYTES)?;
    let forms = bundled_forms()?;
    let imported =
        import(source.bytes(), &forms).map_err(|error| Words::each(|lang| error.render(lang)).about(source.name()))?;
    if args.output == Path::new("-") {
        print(&imported.json)?;
    } else {
        output::write_text(&args.output, &imported.json)?;
    }
    for note in &imported.notes {
        say(&note.render(lang));
    }
    if imported.is_whole() { Ok(()) } else { Err(Stop::Refused) }
}
