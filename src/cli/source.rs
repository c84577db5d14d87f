//! A report as it comes in, and what is said of it.

use std::cell::RefCell;
use std::io::Read;
use std::path::Path;

use kanyin::check::{Checked, check, findings_of};
use kanyin::document::Origin;
use kanyin::error::{Finding, Lang, Level, Lines, Position};
use kanyin::form::Forms;
use kanyin::pages::Fallback;
use kanyin::report::Report;
use kanyin::typeset::{Fault, pieces_of};

use super::words::{cannot_read, why};
use super::{Stop, say};

/// A report as it was read, and what it is called.
pub(super) struct Source {
    name: String,
    bytes: Vec<u8>,
    /// What was said of it, where that is kept instead of printed.
    kept: Option<RefCell<Vec<Said>>>,
}

/// One thing said of a report.
#[derive(Clone, Debug)]
pub(super) struct Said {
    pub level: Level,
    /// A name for it that stays the same ([`Finding::code`]); `cannot-be-set` and `other-face` for what is
    /// found in setting.
    pub code: String,
    /// Where, as a JSON path.
    pub path: String,
    /// Where in the source, if it stands there.
    pub position: Option<Position>,
    /// What, in a sentence.
    pub message: String,
    /// As it is shown to a person: with place, source line and hint.
    pub words: String,
}

impl Source {
    /// Reads a report, no more of it than a report may have.
    pub fn read(path: &Path) -> Result<Self, Stop> {
        Self::read_up_to(path, kanyin::report::MOST_BYTES)
    }

    /// Reads a file, and a byte more than it may have so that its reader notices.
    pub fn read_up_to(path: &Path, most: usize) -> Result<Self, Stop> {
        let (name, read) = if path == Path::new("-") {
            ("<stdin>".to_string(), read_limited(&mut std::io::stdin().lock(), most))
        } else {
            let read = std::fs::File::open(path).and_then(|mut file| read_limited(&mut file, most));
            (path.display().to_string(), read)
        };
        match read {
            Ok(bytes) => Ok(Source { name, bytes, kept: None }),
            Err(error) => Err(cannot_read(name, &why(&error)).into()),
        }
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its text; what is no UTF-8 is replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The report it holds.
    ///
    /// # Errors
    /// Everything that keeps it from being one.
    pub fn parse(&self) -> Result<Report, Vec<Finding>> {
        Report::parse(&self.bytes)
    }

    /// A report of which nothing is printed: what is said of it is [kept](Self::said).
    pub fn quiet(name: String, bytes: Vec<u8>) -> Self {
        Source { name, bytes, kept: Some(RefCell::default()) }
    }

    /// A report that was not read from a file of its own.
    pub fn given(name: &str, bytes: Vec<u8>) -> Self {
        Source { name: name.to_owned(), bytes, kept: None }
    }

    /// The bytes as they were read.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What was said of it and kept.
    pub fn said(self) -> Vec<Said> {
        self.kept.map(RefCell::into_inner).unwrap_or_default()
    }

    fn tell(&self, said: Said) {
        match &self.kept {
            Some(kept) => kept.borrow_mut().push(said),
            None => say(&said.words),
        }
    }

    /// Says what may be done now; where many reports are told of, it is not said of each.
    pub fn advise(&self, words: &str) {
        if self.kept.is_none() {
            say(words);
        }
    }

    /// The report; one that cannot be read is refused with everything that is wrong with it.
    pub fn report(&self, forms: &Forms, lang: Lang) -> Result<Report, Stop> {
        self.parse().map_err(|_| self.refuse(&findings_of(&self.bytes, forms), lang))
    }

    pub fn check<'a>(&self, report: &'a Report, forms: &'a Forms, lang: Lang) -> Result<Checked<'a>, Stop> {
        let form = forms.choose(report).map_err(|findings| self.refuse(&findings, lang))?;
        check(report, form).map_err(|findings| self.refuse(&findings, lang))
    }

    pub fn refuse(&self, findings: &[Finding], lang: Lang) -> Stop {
        self.say_findings(findings, lang);
        Stop::Refused
    }

    /// Says what cannot be set.
    pub fn refuse_faults(&self, faults: &[Fault], lang: Lang) -> Stop {
        for fault in faults {
            let (level, message) = match lang {
                Lang::English => ("error: ", fault.to_string()),
                Lang::Chinese => ("错误：", in_chinese(fault)),
            };
            self.tell_of_setting(Level::Error, "cannot-be-set", level, message, fault.origin());
        }
        Stop::Refused
    }

    /// Says which characters were set in another face than the first of their typeface.
    pub fn say_fallbacks(&self, fallbacks: &[Fallback], lang: Lang) {
        for Fallback { text, face, instead_of, origin } in fallbacks {
            let text = pieces_of(text);
            let (level, message) = match lang {
                Lang::English => ("note: ", format!("{text} is set in {face}, because {instead_of} does not have it")),
                Lang::Chinese => ("说明：", format!("“{instead_of}”无{text}，改用“{face}”")),
            };
            self.tell_of_setting(Level::Note, "other-face", level, message, origin);
        }
    }

    fn tell_of_setting(&self, level: Level, code: &str, level_words: &str, message: String, origin: &Origin) {
        let words = format!("{level_words}{message}\n  --> {}: {}{}", self.name, origin.path, place_words(origin));
        let path = origin.path.to_string();
        self.tell(Said { level, code: code.into(), path, position: None, message, words });
    }

    /// Says all findings; whether there is an error among them.
    pub fn say_findings(&self, findings: &[Finding], lang: Lang) -> bool {
        let text = String::from_utf8_lossy(&self.bytes);
        let lines = Lines::of(&text);
        for finding in findings {
            self.tell(Said {
                level: finding.level,
                code: finding.code().to_owned(),
                path: finding.path.clone(),
                position: finding.offset.map(|offset| lines.position(offset)),
                message: finding.message(lang),
                words: finding.render_in(lang, Some((&self.name, &lines))),
            });
        }
        findings.iter().any(|finding| finding.level == Level::Error)
    }
}

/// A place in a table on a line of its own; nothing for what stands in no table.
fn place_words(origin: &Origin) -> String {
    let Some(place) = &origin.place else { return String::new() };
    let parts = [&place.table, &place.row, &place.column].into_iter().filter(|part| !part.is_empty());
    format!("\n      {}", parts.cloned().collect::<Vec<_>>().join(" | "))
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
        Fault::MissingForm { text, typeface, .. } => {
            format!("字体`{typeface}`及其后备字体均没有把{}合为一字的字形", pieces_of(text))
        }
        Fault::ScriptNotSet { character, .. } => format!(
            "不能排印“{character}”（U+{:04X}）所属的文字：本程序只排印汉字以及自左向右、逐字排列的文字",
            *character as u32
        ),
        Fault::CellTooHigh { row, height, room, .. } => {
            format!("表格第{row}行高{height}，超过一页所能容纳的{room}；请缩短该单元格的文字")
        }
    }
}

/// Reads no more bytes than these, and one more so that the reader notices.
pub(super) fn read_limited(from: &mut dyn Read, most: usize) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(most as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
