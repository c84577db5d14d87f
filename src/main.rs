//! The program: arguments in, exit status out. What it does stands in [`cli`]; what it sets, in the library.

// What comes from outside must not end in a panic; tests may.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::unreachable, clippy::todo)
)]

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    #[cfg(unix)]
    outlive_size_limits();
    cli::run(std::env::args_os())
}

/// Where files may only become so large (`ulimit -f`), who writes more is ended by a signal. Once that is caught, writing
/// fails instead, and what cannot be written is said. Where it cannot be caught, all else works.
#[cfg(unix)]
fn outlive_size_limits() {
    let caught = std::sync::Arc::<std::sync::atomic::AtomicBool>::default();
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, caught);
}
