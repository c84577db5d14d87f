//! `findings.json`: what the check said of the report, for machines.

use serde_json::{Value, json};

use super::{PROGRAM, Record};
use crate::check::Outcome;
use crate::crypto;
use crate::error::{Finding, Lang, Level, Lines};

/// The check of a report: what it was, what was found, and what came of every rule in every line.
pub fn write(record: &Record) -> String {
    let checked = record.checked;
    let text = String::from_utf8_lossy(record.json);
    let rules: Vec<Value> = checked
        .outcomes()
        .iter()
        .map(|outcome| {
            json!({
                "table": outcome.table,
                "rule": outcome.rule,
                "line": outcome.line,
                "outcome": name_of(outcome.outcome),
            })
        })
        .collect();
    let lines = Lines::of(&text);
    let findings: Vec<Value> = checked.findings().iter().map(|found| finding(found, &lines)).collect();
    let whole = json!({
        "program": PROGRAM,
        "form": record.about.edition.form,
        "notice": record.about.edition.notice,
        "year": record.about.edition.year,
        "agency": record.about.author,
        "report_sha256": crypto::hex(&crypto::sha256(record.json)),
        "findings": findings,
        "rules": rules,
    });
    format!("{whole:#}\n")
}

fn finding(finding: &Finding, lines: &Lines<'_>) -> Value {
    let both = |chinese: Option<String>, english: Option<String>| json!({ "zh": chinese, "en": english });
    let mut out = json!({
        "code": finding.code(),
        "level": level(finding.level),
        "path": finding.path,
        "message": both(Some(finding.message(Lang::Chinese)), Some(finding.message(Lang::English))),
    });
    if let Some(offset) = finding.offset {
        let at = lines.position(offset);
        out["at"] = json!({ "line": at.line, "column": at.column });
    }
    if let Some(place) = &finding.place {
        out["place"] = json!({ "table": place.table, "row": place.row, "column": place.column });
    }
    if let (chinese @ Some(_), english) = (finding.hint(Lang::Chinese), finding.hint(Lang::English)) {
        out["hint"] = both(chinese, english);
    }
    out
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::NotAssessable => "not-assessable",
        Level::Note => "note",
    }
}

fn name_of(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Holds => "holds",
        Outcome::Fails => "fails",
        Outcome::NotAssessable => "not-assessable",
    }
}
