//! The command: arguments, files, printing, exit status. Nothing else touches the outside world.
//!
//! Documents go to files or standard output, words to standard error. A file appears whole or not at all.
//! Exit status 0: done; 1: the report has errors; 2: wrong use, or a file that cannot be read or written.

mod archive;
mod batch;
mod build;
mod check;
mod extract;
mod filling;
mod fonts;
mod forms;
mod help;
mod import;
mod inputs;
mod manifest;
mod names;
mod output;
mod pool;
mod progress;
mod sign;
mod source;
mod survey;
mod tally;
mod usage;
mod verify;
mod words;

use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};

use kanyin::error::Lang;
use kanyin::form::{Form, Forms};
use kanyin::sheet::Sheet;

use usage::Refusal;
use words::{Words, cannot_print, cannot_read, why};

/// Turn a report written as JSON into an official Chinese government document, as PDF and as DOCX.
#[derive(Parser)]
#[command(name = "kanyin", version, max_term_width = 100, arg_required_else_help = true)]
#[command(after_help = "Examples:
  kanyin build report.json -o report.pdf -o report.docx
  kanyin build reports/ --out-dir out
  kanyin check report.json
  kanyin check reports/ --expect names.txt
  kanyin import report.docx -o report.json
  kanyin forms show annual-report-2021

Exit status: 0 done, 1 the report has errors, 2 wrong use or no access, 3 signatures unproven.")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Put a report and its documents into a package for the archive, or check one.
    Archive(archive::Archive),
    /// Check a report and set it as PDF, DOCX or both.
    Build(build::Build),
    /// Check a report and say what is wrong with it; or many, and say who has errors and who is missing.
    Check(check::Check),
    /// Read a report from a Word document.
    Import(import::Import),
    /// Take the report out of an archived PDF, and say whether the two agree.
    Extract(extract::Extract),
    /// Sign a PDF, with a seal or without.
    Sign(Box<sign::Sign>),
    /// Check the signatures of a PDF.
    Verify(verify::Verify),
    /// Write a report to be filled in: every key of a form, with its labels.
    New(filling::New),
    /// Compute the totals of a report and write them into it.
    Fill(filling::Fill),
    /// Write the JSON Schema of a form, by which an editor helps while a report is written.
    Schema(filling::Schema),
    /// List the forms, or show one.
    #[command(subcommand)]
    Forms(forms::FormsCommand),
}

impl Command {
    /// The language of messages.
    fn language(&self) -> Lang {
        language(match self {
            Command::Archive(args) => args.lang,
            Command::Build(args) => args.lang,
            Command::Check(args) => args.lang,
            Command::Import(args) => args.lang,
            Command::Extract(args) => args.lang,
            Command::Sign(args) => args.lang,
            Command::Verify(args) => args.lang,
            Command::New(args) => args.lang,
            Command::Fill(args) => args.lang,
            Command::Schema(args) => args.lang,
            Command::Forms(_) => None,
        })
    }
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
    /// Signatures are intact, but who signed is not proven; that has been said.
    Unproven,
    /// Wrong use, or no access.
    Trouble(Words),
}

/// Runs the program.
pub fn run(args: impl Iterator<Item = OsString>) -> ExitCode {
    let cli = match usage::parse(&args.collect::<Vec<_>>()) {
        Ok(cli) => cli,
        Err(Refusal::Clap(error)) => {
            // Help and version are not errors; clap knows where each is printed. That a reader has gone
            // away is no reason to complain.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
        Err(Refusal::Said(words)) => {
            say(&words);
            return ExitCode::from(2);
        }
    };
    let lang = cli.command.language();
    let done = match cli.command {
        Command::Archive(args) => archive::run(&args),
        Command::Build(args) => build::build(&args),
        Command::Check(args) => check::check(&args),
        Command::Import(args) => import::run(&args),
        Command::Extract(args) => extract::run(&args),
        Command::Sign(args) => sign::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::New(args) => filling::new(&args),
        Command::Fill(args) => filling::fill(&args),
        Command::Schema(args) => filling::schema(&args),
        Command::Forms(command) => forms::forms(&command),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Stop::Refused) => ExitCode::from(1),
        Err(Stop::Unproven) => ExitCode::from(3),
        Err(Stop::Trouble(words)) => {
            say(&format!("{}{}", in_words(lang, "error: ", "错误："), words.in_lang(lang)));
            ExitCode::from(2)
        }
    }
}

fn bundled_forms() -> Result<Forms, Stop> {
    Forms::bundled().map_err(|errors| {
        let told: Vec<String> = errors.iter().map(ToString::to_string).collect();
        Words::ours(&told.join("\n")).into()
    })
}

fn bundled_sheet(form: &Form) -> Result<Sheet, Stop> {
    Sheet::bundled(form.sheet()).map_err(|error| Words::ours(&error).into())
}

/// The words in the language asked for.
fn in_words<'w>(lang: Lang, english: &'w str, chinese: &'w str) -> &'w str {
    match lang {
        Lang::English => english,
        Lang::Chinese => chinese,
    }
}

/// Reads a file, and no more bytes than what reads it takes.
fn read_file(path: &std::path::Path, most: usize) -> Result<Vec<u8>, Stop> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(most as u64 + 1).read_to_end(&mut bytes));
    match read {
        Ok(_) => Ok(bytes),
        Err(error) => Err(cannot_read(path.display(), &why(&error)).into()),
    }
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
        Err(error) => Err(cannot_print(&error).into()),
        Ok(()) => Ok(()),
    }
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
