//! The program: arguments in, exit status out. What it does stands in [`cli`]; what it sets, in the library.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run(std::env::args_os())
}
