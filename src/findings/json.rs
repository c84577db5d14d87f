//! Findings as JSON. Keys are only ever added; `version` counts what else changes.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Told, rules_of};
use crate::check::{Outcome, RuleOutcome};
use crate::error::{Arithmetic, Finding, Lang, Level, Lines, Position, RuleWords, Side, quoted};
use crate::form::RuleLevel;

/// What is counted up when a key changes its meaning or goes.
const VERSION: u32 = 1;

/// All that is told of some reports, in one JSON text that ends in a line break.
pub fn to_json(told: &[Told]) -> String {
    to_json_of_many(told, None)
}

/// The same of reports that were checked together, with the bodies that should have reported and have not, where
/// that is known.
pub fn to_json_of_many(told: &[Told], missing: Option<&[String]>) -> String {
    let count = |level: Level| told.iter().flat_map(|told| &told.findings).filter(|found| found.level == level).count();
    let mut whole = json!({
        "version": VERSION,
        "program": { "name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION") },
        "reports": told.iter().map(report).collect::<Vec<_>>(),
        "rules": rules_of(told).into_iter().map(rule).collect::<Vec<_>>(),
        "count": {
            "error": count(Level::Error),
            "warning": count(Level::Warning),
            "not_assessable": count(Level::NotAssessable),
            "note": count(Level::Note),
        },
    });
    if let Some(missing) = missing {
        whole["missing"] = json!(missing);
    }
    // A value built of strings and numbers can always be written.
    serde_json::to_string_pretty(&whole).unwrap_or_default() + "\n"
}

fn report(told: &Told) -> Value {
    let about = told.about.as_ref();
    let lines = Lines::of(&told.source);
    json!({
        "file": told.file,
        "agency": about.map(|about| &about.agency),
        "year": about.map(|about| about.year),
        "form": about.and_then(|about| about.form.as_ref()),
        "findings": told.findings.iter().map(|one| finding(one, &told.source, &lines)).collect::<Vec<_>>(),
        "outcomes": outcomes(&told.outcomes),
    })
}

/// In how many lines each rule holds, fails or cannot be assessed.
fn outcomes(outcomes: &[RuleOutcome]) -> Value {
    let mut counts: BTreeMap<&str, [u32; 3]> = BTreeMap::new();
    for outcome in outcomes {
        let at = match outcome.outcome {
            Outcome::Holds => 0,
            Outcome::Fails => 1,
            Outcome::NotAssessable => 2,
        };
        counts.entry(&outcome.rule).or_default()[at] += 1;
    }
    let counted = counts.into_iter().map(|(rule, [holds, fails, open])| {
        (rule.to_owned(), json!({ "holds": holds, "fails": fails, "not_assessable": open }))
    });
    Value::Object(counted.collect::<Map<_, _>>())
}

fn finding(finding: &Finding, source: &str, lines: &Lines<'_>) -> Value {
    let offset = finding.offset_in(source);
    json!({
        "level": level(finding.level),
        "code": finding.code(),
        "rule": finding.problem.rule().map(|rule| &rule.id),
        "message": { "zh": finding.message(Lang::Chinese), "en": finding.message(Lang::English) },
        "hint": { "zh": finding.hint(Lang::Chinese), "en": finding.hint(Lang::English) },
        "path": finding.path,
        "position": offset.map(|offset| {
            let Position { line, column } = lines.position(offset);
            json!({ "line": line, "column": column, "offset": offset })
        }),
        "source": finding.offset.and_then(|offset| quoted(source, offset)),
        "place": finding.place.as_ref().map(|place| {
            json!({ "table": place.table, "row": place.row, "column": place.column })
        }),
        "arithmetic": finding.problem.arithmetic().map(arithmetic),
    })
}

fn arithmetic(arithmetic: Arithmetic) -> Value {
    json!({ "found": side(&arithmetic.found), "wanted": side(&arithmetic.wanted) })
}

/// Figures are strings, so that no reader makes binary floats of them.
fn side(side: &Side) -> Value {
    let terms = side.terms.iter().map(|(label, value)| json!({ "label": label, "value": value.to_string() }));
    json!({ "terms": terms.collect::<Vec<_>>(), "total": side.total.to_string() })
}

fn rule(rule: &RuleWords) -> Value {
    json!({
        "id": rule.id,
        "level": match rule.level {
            RuleLevel::Error => "error",
            RuleLevel::Warning => "warning",
        },
        "zh": rule.chinese,
        "en": rule.english,
        "source": rule.source,
    })
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::NotAssessable => "not_assessable",
        Level::Note => "note",
    }
}
