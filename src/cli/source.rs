//! A report as it comes in, and what is said of it.

use std::io::Read;
use std::path::Path;

use kanyin::check::{Checked, check};
use kanyin::document::Origin;
use kanyin::error::{Finding, Lang, Level};
use kanyin::form::Forms;
use kanyin::pages::Fallback;
use kanyin::report::Report;
use kanyin::typeset::{Fault, pieces_of};

use super::{Stop, say};

/// A report as it was read, and what it is called.
pub(super) struct Source {
    name: String,
    bytes: Vec<u8>,
}

impl Source {
    pub fn read(path: &Path) -> Result<Self, Stop> {
        let (name, read) = if path == Path::new("-") {
            ("<stdin>".to_string(), read_limited(&mut std::io::stdin().lock()))
        } else {
            let read = std::fs::File::open(path).and_then(|mut file| read_limited(&mut file));
            (path.display().to_string(), read)
        };
        match read {
            Ok(bytes) => Ok(Source { name, bytes }),
            Err(error) => Err(Stop::Trouble(format!("cannot read `{name}`: {error}"))),
        }
    }

    pub fn report(&self, lang: Lang) -> Result<Report, Stop> {
        Report::parse(&self.bytes).map_err(|findings| self.refuse(&findings, lang))
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
            let (level, fault_words) = match lang {
                Lang::English => ("error: ", fault.to_string()),
                Lang::Chinese => ("错误：", in_chinese(fault)),
            };
            let origin = fault.origin();
            say(&format!("{level}{fault_words}\n  --> {}: {}{}", self.name, origin.path, place_words(origin)));
        }
        Stop::Refused
    }

    /// Says which characters were set in another face than the first of their typeface.
    pub fn say_fallbacks(&self, fallbacks: &[Fallback], lang: Lang) {
        for Fallback { text, face, instead_of, origin } in fallbacks {
            let text = pieces_of(text);
            let words = match lang {
                Lang::English => format!("note: {text} is set in {face}, because {instead_of} does not have it"),
                Lang::Chinese => format!("说明：“{instead_of}”无{text}，改用“{face}”"),
            };
            say(&format!("{words}\n  --> {}: {}{}", self.name, origin.path, place_words(origin)));
        }
    }

    /// Says all findings; whether there is an error among them.
    pub fn say_findings(&self, findings: &[Finding], lang: Lang) -> bool {
        let text = String::from_utf8_lossy(&self.bytes);
        for finding in findings {
            say(&finding.render(lang, Some((&self.name, &text))));
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

/// Reads no more than a report may have, and a byte more so that the reader notices.
fn read_limited(from: &mut dyn Read) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(kanyin::report::MOST_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
