//! Findings as SARIF 2.1.0 (OASIS), which code scanners and editors show.
//!
//! What could not be checked is a result of kind `open`, a note one of kind `informational`: in SARIF neither
//! has a level.

use serde_json::{Value, json};

use super::Told;
use super::pieces::{member, pretty};
use crate::error::{Finding, Lang, Level, Lines, Position, RuleWords};
use crate::form::RuleLevel;

/// All that is told of some reports as one SARIF log that ends in a line break, in words of one language.
pub fn to_sarif(told: &[Told], lang: Lang) -> String {
    let (mut reports, mut text) = SarifReports::begin(lang);
    told.iter().for_each(|told| text.push_str(&reports.add(told)));
    text + &reports.end()
}

/// The same piece by piece, as reports are checked, so that what is told of one need not be kept until the last.
pub struct SarifReports {
    lang: Lang,
    /// The rules that findings name, in the order they were first named in.
    rules: Vec<RuleWords>,
    /// Whether there has been a result.
    begun: bool,
}

impl SarifReports {
    /// What stands before the first result.
    pub fn begin(lang: Lang) -> (Self, String) {
        let schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
        let language = match lang {
            Lang::Chinese => "zh-CN",
            Lang::English => "en",
        };
        let log = [("version", json!("2.1.0")), ("$schema", json!(schema))].map(|(key, value)| member(2, key, &value));
        let run = [("language", language), ("columnKind", "unicodeCodePoints")];
        let run = run.map(|(key, value)| member(6, key, &json!(value)));
        let text =
            format!("{{\n{},\n  \"runs\": [\n    {{\n{},\n      \"results\": [", log.join(",\n"), run.join(",\n"));
        (SarifReports { lang, rules: Vec::new(), begun: false }, text)
    }

    /// The results of a report.
    pub fn add(&mut self, told: &Told) -> String {
        let lines = Lines::of(&told.source);
        let mut text = String::new();
        for finding in &told.findings {
            let index = finding.problem.rule().map(|rule| (self.index_of(rule), rule.id == finding.code()));
            let index = index.filter(|(_, is_told)| *is_told).map(|(index, _)| index);
            let comma = if std::mem::replace(&mut self.begun, true) { "," } else { "" };
            text.push_str(comma);
            text.push_str("\n        ");
            text.push_str(&pretty(8, &result(finding, told, &lines, index, self.lang)));
        }
        text
    }

    fn index_of(&mut self, rule: &RuleWords) -> usize {
        self.rules.iter().position(|known| known.id == rule.id).unwrap_or_else(|| {
            self.rules.push(rule.clone());
            self.rules.len() - 1
        })
    }

    /// What stands after the last result.
    pub fn end(self) -> String {
        let close = if self.begun { "\n      ]" } else { "]" };
        let driver = json!({
            "name": env!("CARGO_PKG_NAME"),
            "version": env!("CARGO_PKG_VERSION"),
            "rules": self.rules.iter().map(|words| rule(words, self.lang)).collect::<Vec<_>>(),
        });
        format!("{close},\n{}\n    }}\n  ]\n}}\n", member(6, "tool", &json!({ "driver": driver })))
    }
}

fn rule(words: &RuleWords, lang: Lang) -> Value {
    let said = match lang {
        Lang::Chinese => format!("{}（{}）", words.chinese, words.source),
        Lang::English => format!("{} ({})", words.english, words.source),
    };
    let level = match words.level {
        RuleLevel::Error => "error",
        RuleLevel::Warning => "warning",
    };
    json!({ "id": words.id, "shortDescription": { "text": said }, "defaultConfiguration": { "level": level } })
}

fn result(finding: &Finding, told: &Told, lines: &Lines<'_>, rule: Option<usize>, lang: Lang) -> Value {
    let (kind, level) = match finding.level {
        Level::Error => ("fail", "error"),
        Level::Warning => ("fail", "warning"),
        Level::NotAssessable => ("open", "none"),
        Level::Note => ("informational", "none"),
    };
    let mut text = finding.message(lang);
    if let Some(hint) = finding.hint(lang) {
        text.push('\n');
        text.push_str(&hint);
    }
    let mut physical = json!({ "artifactLocation": { "uri": uri(&told.file) } });
    if let Some(offset) = finding.offset_in(&told.source) {
        let Position { line, column } = lines.position(offset);
        physical["region"] = json!({ "startLine": line, "startColumn": column });
    }
    let mut result = json!({
        "ruleId": finding.code(),
        "kind": kind,
        "level": level,
        "message": { "text": text },
        "locations": [{
            "physicalLocation": physical,
            "logicalLocations": [{ "fullyQualifiedName": finding.path }],
        }],
    });
    if let Some(index) = rule {
        result["ruleIndex"] = json!(index);
    }
    result
}

/// A file name as a relative reference: what a URI cannot hold is written `%E5`.
fn uri(file: &str) -> String {
    let mut uri = String::new();
    for byte in file.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            b'\\' => uri.push('/'),
            other => uri.push_str(&format!("%{other:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn a_file_name_becomes_a_reference() {
        assert_eq!(uri("in/报 告.json"), "in/%E6%8A%A5%20%E5%91%8A.json");
        assert_eq!(uri("<stdin>"), "%3Cstdin%3E");
    }
}
