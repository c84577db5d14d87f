//! Findings as JSON. Keys are only ever added; `version` counts what else changes.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::Told;
use super::pieces::{member, pretty};
use crate::check::{Outcome, RuleOutcome};
use crate::error::{Arithmetic, Finding, Lang, Level, Lines, Position, RuleWords, Side, quoted};
use crate::form::RuleLevel;

/// What is counted up when a key changes its meaning or goes.
const VERSION: u32 = 1;

/// All that is told of some reports, in one JSON text that ends in a line break.
pub fn to_json(told: &[Told]) -> String {
    let (mut reports, mut text) = JsonReports::begin();
    told.iter().for_each(|told| text.push_str(&reports.add(told)));
    text + &reports.end(None)
}

/// The same piece by piece, as reports are checked, so that what is told of one need not be kept until the last.
pub struct JsonReports {
    counts: BTreeMap<&'static str, u64>,
    /// The rules that findings name, by their ids.
    rules: BTreeMap<String, Value>,
    /// How many reports there have been.
    reports: usize,
}

impl JsonReports {
    /// What stands before the first report.
    pub fn begin() -> (Self, String) {
        let levels = [Level::Error, Level::Warning, Level::NotAssessable, Level::Note];
        let counts = levels.map(|one| (level(one), 0)).into();
        let program = json!({ "name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION") });
        let text = format!(
            "{{\n{},\n{},\n  \"reports\": [",
            member(2, "program", &program),
            member(2, "version", &json!(VERSION))
        );
        (JsonReports { counts, rules: BTreeMap::new(), reports: 0 }, text)
    }

    /// A report.
    pub fn add(&mut self, told: &Told) -> String {
        for finding in &told.findings {
            *self.counts.entry(level(finding.level)).or_default() += 1;
            if let Some(known) = finding.problem.rule().filter(|known| !self.rules.contains_key(&known.id)) {
                self.rules.insert(known.id.clone(), rule(known));
            }
        }
        self.reports += 1;
        let comma = if self.reports > 1 { "," } else { "" };
        format!("{comma}\n    {}", pretty(4, &report(told)))
    }

    /// What stands after the last report: with the bodies that should have reported and have not, where that is known.
    pub fn end(self, missing: Option<&[String]>) -> String {
        let rules: Vec<Value> = self.rules.into_values().collect();
        let missing = missing.map(|missing| ("missing", json!(missing)));
        let members = [("count", json!(self.counts))].into_iter().chain(missing).chain([("rules", json!(rules))]);
        let members: String = members.map(|(key, value)| format!(",\n{}", member(2, key, &value))).collect();
        let close = if self.reports > 0 { "\n  ]" } else { "]" };
        format!("{close}{members}\n}}\n")
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::Forms;

    #[test]
    fn pieces_make_one_text() {
        let file = |name: &str, source: &str| Told {
            file: name.into(),
            source: source.into(),
            about: None,
            findings: crate::check::findings_of(source.as_bytes(), &Forms::bundled().expect("the forms")),
            outcomes: Vec::new(),
        };
        let told = [file("一.json", "{\"year\": \"\\n\"}"), file("b.json", "no JSON"), file("c.json", "[]")];
        for count in 0..=told.len() {
            let (mut reports, mut text) = JsonReports::begin();
            told[..count].iter().for_each(|told| text.push_str(&reports.add(told)));
            text.push_str(&reports.end(Some(&["缺".into()])));
            let read: Value = serde_json::from_str(&text).expect("JSON");
            // It stands as it would had it been written at once.
            let lines = |text: &str| -> Vec<String> {
                let mut lines: Vec<String> = text.lines().map(|line| line.trim_end_matches(',').to_owned()).collect();
                lines.sort();
                lines
            };
            assert_eq!(lines(&text), lines(&pretty(0, &read)));
            assert_eq!(read["reports"].as_array().map(Vec::len), Some(count));
            let errors: usize = told[..count].iter().map(|told| told.findings.len()).sum();
            assert_eq!(read["count"]["error"], json!(errors));
            assert_eq!(read["missing"], json!(["缺"]));
        }
    }
}
