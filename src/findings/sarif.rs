//! Findings as SARIF 2.1.0 (OASIS), which code scanners and editors show.
//!
//! What could not be checked is a result of kind `open`, a note one of kind `informational`: in SARIF neither
//! has a level.

use serde_json::{Value, json};

use super::{Told, rules_of};
use crate::error::{Finding, Lang, Level, Lines, Position, RuleWords};
use crate::form::RuleLevel;

/// All that is told of some reports as one SARIF log that ends in a line break, in words of one language.
pub fn to_sarif(told: &[Told], lang: Lang) -> String {
    let rules = rules_of(told);
    let mut results: Vec<Value> = Vec::new();
    for told in told {
        let lines = Lines::of(&told.source);
        results.extend(told.findings.iter().map(|finding| result(finding, told, &lines, &rules, lang)));
    }
    let log = json!({
        "version": "2.1.0",
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "runs": [{
            "tool": { "driver": {
                "name": env!("CARGO_PKG_NAME"),
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(|words| rule(words, lang)).collect::<Vec<_>>(),
            } },
            "language": match lang { Lang::Chinese => "zh-CN", Lang::English => "en" },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    // A value built of strings and numbers can always be written.
    serde_json::to_string_pretty(&log).unwrap_or_default() + "\n"
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

fn result(finding: &Finding, told: &Told, lines: &Lines<'_>, rules: &[&RuleWords], lang: Lang) -> Value {
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
    if let Some(index) = rules.iter().position(|rule| rule.id == finding.code()) {
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
