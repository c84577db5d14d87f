//! How far a long run has come: a bar on a terminal, plain lines elsewhere. All of it goes to standard error.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use kanyin::error::Lang;

use super::{in_words, say};

/// Tells people how far it is.
pub(super) struct Progress {
    /// None where nobody sees a bar.
    bar: Option<ProgressBar>,
}

impl Progress {
    /// `total` is `None` while nobody knows how many there will be.
    pub fn new(total: Option<usize>, lang: Lang) -> Progress {
        if !std::io::stderr().is_terminal() {
            return Progress { bar: None };
        }
        let (bar, template) = match total {
            Some(total) => {
                let english = "{bar:40} {pos}/{len}  {elapsed}, {eta} to go";
                let template = in_words(lang, english, "{bar:40} {pos}/{len}  已用{elapsed}，尚需{eta}");
                (ProgressBar::new(total as u64), template)
            }
            None => (ProgressBar::no_length(), "{spinner} {pos}  {elapsed}"),
        };
        bar.set_draw_target(ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Progress { bar: Some(bar) }
    }

    /// One more is done, of which there is nothing to say but that: the bar shows it, a log gets the line.
    pub fn done(&self, line: &str) {
        match &self.bar {
            Some(_) => self.passed(),
            None => say(line),
        }
    }

    /// One more is done, and there is something to say to people and in logs alike.
    pub fn done_but(&self, lines: &str) {
        match &self.bar {
            Some(bar) => {
                bar.suspend(|| say(lines));
                bar.inc(1);
            }
            None => say(lines),
        }
    }

    /// One more is done, of which something is said later.
    pub fn passed(&self) {
        if let Some(bar) = &self.bar {
            bar.inc(1);
        }
    }

    /// All is done: the bar goes.
    pub fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
