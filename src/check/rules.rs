//! What must add up (勾稽关系): totals left out are computed, rules are run.

use std::collections::BTreeMap;
use std::sync::Arc;

use rust_decimal::Decimal;

use super::table::{Amount, Filling};
use super::{Outcome, RuleOutcome};
use crate::error::{Finding, Problem, RuleWords, Side};
use crate::form::{Each, Rule, ValueKey};

/// A rule in one line of a table: the values it names there.
pub(super) struct Applied<'a> {
    rule: &'a Rule,
    /// The key of the row or the column.
    line: Arc<str>,
    sum: Vec<ValueKey>,
    equals: Vec<ValueKey>,
}

/// What values come to.
enum Added {
    /// All are numbers.
    Up(Decimal),
    /// This one is none; what is written in it.
    Stopped(ValueKey, String),
    /// One is missing.
    Missing,
}

/// Every rule of a table in every line that has all it names.
pub(super) fn applied<'a>(filling: &Filling<'a>) -> Vec<Applied<'a>> {
    filling.table.rules.iter().flat_map(|rule| apply(rule, filling)).collect()
}

/// Those that give a total.
fn filled<'b, 'a>(applied: &'b [Applied<'a>]) -> impl Iterator<Item = &'b Applied<'a>> {
    applied.iter().filter(|applied| applied.rule.fill.is_some())
}

/// Computes the totals left out, and says which it computed and which it could not.
pub(super) fn fill(filling: &mut Filling<'_>, applied: &[Applied<'_>], findings: &mut Vec<Finding>) {
    let total = |applied: &Applied| applied.equals[0].clone();

    // A total may be a part of another: go round until nothing more comes of it.
    let mut computed = true;
    while computed {
        computed = false;
        for applied in filled(applied) {
            let key = total(applied);
            if !filling.lacks(&key) {
                continue;
            }
            let Added::Up(sum) = add(filling, &applied.sum) else { continue };
            // `2.0` and `1` come to 3.
            let sum = if sum.fract().is_zero() { sum.trunc() } else { sum };
            let problem = Problem::Computed { key: key.column.to_string(), value: sum, rule: words(applied.rule) };
            findings.push(filling.about_value(&key, problem));
            filling.enter_computed(key, sum);
            computed = true;
        }
    }

    let mut said: Vec<ValueKey> = Vec::new();
    for applied in filled(applied) {
        let key = total(applied);
        if !filling.lacks(&key) || said.contains(&key) {
            continue;
        }
        if let Added::Stopped(part, written) = add(filling, &applied.sum) {
            let (rule, part) = (words(applied.rule), label(filling, applied.rule, &part));
            let blank_is_zero = filling.blank_is_zero();
            let problem = Problem::NotComputed { key: key.column.to_string(), rule, part, written, blank_is_zero };
            findings.push(filling.about_value(&key, problem));
            said.push(key);
        }
    }
}

/// The values some rule gives when the report leaves them out, each with its parts by every such rule.
pub(super) fn totals(applied: &[Applied<'_>]) -> BTreeMap<ValueKey, Vec<Vec<ValueKey>>> {
    let mut totals: BTreeMap<ValueKey, Vec<Vec<ValueKey>>> = BTreeMap::new();
    for applied in filled(applied) {
        for total in &applied.equals {
            totals.entry(total.clone()).or_default().push(applied.sum.clone());
        }
    }
    totals
}

/// Runs every rule of a table.
pub(super) fn run(filling: &Filling<'_>, findings: &mut Vec<Finding>) -> Vec<RuleOutcome> {
    let mut outcomes = Vec::new();
    // Where many values are blank, each rule says so once.
    let mut open: Vec<Finding> = Vec::new();
    for applied in &filling.applied {
        let (outcome, finding) = judge(filling, applied);
        match (outcome, finding) {
            (Outcome::NotAssessable, Some(finding)) => fold(&mut open, finding),
            (_, finding) => findings.extend(finding),
        }
        outcomes.push(RuleOutcome {
            table: filling.table.key.clone(),
            rule: applied.rule.id.clone(),
            line: applied.line.to_string(),
            outcome,
        });
    }
    findings.extend(open);
    outcomes
}

/// Adds a rule that cannot be checked in a line to what was said of it in other lines.
fn fold(open: &mut Vec<Finding>, finding: Finding) {
    if let Problem::RuleNotAssessable { rule, lines, .. } = &finding.problem {
        for known in open.iter_mut() {
            if let Problem::RuleNotAssessable { rule: same, lines: all, .. } = &mut known.problem
                && same.id == rule.id
            {
                all.extend(lines.iter().cloned());
                return;
            }
        }
    }
    open.push(finding);
}

fn judge(filling: &Filling<'_>, applied: &Applied<'_>) -> (Outcome, Option<Finding>) {
    let rule = applied.rule;
    match (add(filling, &applied.sum), add(filling, &applied.equals)) {
        (Added::Up(sum), Added::Up(equals)) if sum == equals => (Outcome::Holds, None),
        (Added::Up(sum), Added::Up(equals)) => {
            let sum = side(filling, rule, &applied.sum, sum);
            let equals = side(filling, rule, &applied.equals, equals);
            let problem = Problem::RuleFails { rule: words(rule), sum, equals };
            (Outcome::Fails, Some(filling.about_value(&applied.equals[0], problem)))
        }
        (Added::Missing, _) | (_, Added::Missing) => (Outcome::NotAssessable, None),
        (Added::Stopped(key, written), _) | (_, Added::Stopped(key, written)) => {
            let (part, blank_is_zero) = (label(filling, rule, &key), filling.blank_is_zero());
            let lines = vec![match rule.each {
                Each::Row => filling.row_label(&applied.equals[0]),
                Each::Column => filling.column_label(&applied.equals[0]),
            }];
            let problem = Problem::RuleNotAssessable { rule: words(rule), part, written, blank_is_zero, lines };
            (Outcome::NotAssessable, Some(filling.about_value(&key, problem)))
        }
    }
}

/// A rule in every line that has all it names. Both sides have at least one value.
fn apply<'a>(rule: &'a Rule, filling: &Filling<'_>) -> Vec<Applied<'a>> {
    let in_line = |line: &Arc<str>| {
        let key = |named: &Arc<str>| {
            let (row, column) = match rule.each {
                Each::Row => (line, named),
                Each::Column => (named, line),
            };
            filling.row(row)?.column(column)?;
            Some(ValueKey { row: row.clone(), column: column.clone() })
        };
        let keys = |named: &[Arc<str>]| named.iter().map(key).collect::<Option<Vec<_>>>();
        Some(Applied { rule, line: line.clone(), sum: keys(&rule.sum)?, equals: keys(&rule.equals)? })
    };
    match rule.each {
        Each::Row => filling.rows.iter().filter_map(|row| in_line(&row.key)).collect(),
        Each::Column => {
            let columns = rule.sum.first().and_then(|key| filling.row(key)).map_or(&[][..], |row| &row.columns);
            columns.iter().filter_map(|column| in_line(&column.key)).collect()
        }
    }
}

fn add(filling: &Filling<'_>, keys: &[ValueKey]) -> Added {
    let mut total = Decimal::ZERO;
    let mut stopped = None;
    for key in keys {
        match filling.amount(key) {
            Some(Amount::Number(number)) => total += number,
            Some(Amount::NoNumber(written)) => {
                stopped.get_or_insert_with(|| (key.clone(), written.to_owned()));
            }
            None => return Added::Missing,
        }
    }
    match stopped {
        Some((key, written)) => Added::Stopped(key, written),
        None => Added::Up(total),
    }
}

/// One side of a rule, as it is shown.
fn side(filling: &Filling<'_>, rule: &Rule, keys: &[ValueKey], total: Decimal) -> Side {
    let term = |key| match filling.amount(key) {
        Some(Amount::Number(number)) => (label(filling, rule, key), number),
        Some(Amount::NoNumber(_)) | None => (label(filling, rule, key), Decimal::ZERO),
    };
    Side { terms: keys.iter().map(term).collect(), total }
}

/// What a sum calls a value: by its column where it adds along a row, by its row along a column.
fn label(filling: &Filling<'_>, rule: &Rule, key: &ValueKey) -> String {
    match rule.each {
        Each::Row => filling.column_label(key),
        Each::Column => filling.row_label(key),
    }
}

fn words(rule: &Rule) -> RuleWords {
    RuleWords {
        id: rule.id.clone(),
        level: rule.level,
        chinese: rule.chinese.clone(),
        english: rule.english.clone(),
        source: rule.source.clone(),
    }
}
