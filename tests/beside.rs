//! Reports beside others: each folder of `tests/beside/` holds a `report.json` and what it is compared with,
//! `previous.json` or `subordinates/` with `expect.txt`, and the exact words said of it. `BLESS=1` accepts what
//! is said now.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use kanyin::check::{Checked, Figures, Outcome, RuleOutcome, Subordinate, Subordinates, check, our_rules, outcomes};
use kanyin::error::{Finding, Lang, Level};
use kanyin::findings::{AboutReport, Told, to_json, to_sarif};
use kanyin::form::Forms;
use kanyin::report::Report;
use proptest::prelude::*;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn put<'a>(report: &'a Report, forms: &'a Forms) -> Result<Checked<'a>, Vec<Finding>> {
    check(report, forms.choose(report)?)
}

/// A report compared with what lies beside it.
fn compared<T>(case: &Path, forms: &Forms, then: impl FnOnce(&Checked<'_>, &str) -> T) -> T {
    let text = std::fs::read_to_string(case.join("report.json")).unwrap();
    let report = Report::parse(text.as_bytes()).unwrap();
    let previous = std::fs::read(case.join("previous.json")).ok().map(|bytes| Report::parse(&bytes).unwrap());
    let mut checked = put(&report, forms).unwrap_or_else(|findings| panic!("{}: {findings:?}", case.display()));
    match &previous {
        Some(previous) => checked.compare_with_last_year(&put(previous, forms).unwrap()),
        None => {
            let files = case.join("subordinates");
            let files = if files.is_dir() { entries(&files) } else { Vec::new() };
            let file = |path: &PathBuf| Subordinate {
                file: path.file_name().unwrap().to_str().unwrap().to_owned(),
                figures: Report::parse(&std::fs::read(path).unwrap())
                    .and_then(|report| put(&report, forms).map(|checked| Figures::of(&checked))),
            };
            let expected = std::fs::read_to_string(case.join("expect.txt")).ok();
            let names = |list: String| list.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect();
            let files = files.iter().map(file).collect();
            checked.compare_with_subordinates(&Subordinates { files, expected: expected.map(names) });
        }
    }
    then(&checked, &text)
}

#[test]
fn every_comparison_is_told_in_these_words() {
    let forms = Forms::bundled().unwrap();
    let bless = std::env::var_os("BLESS").is_some();
    let mut wrong = Vec::new();
    for case in entries(&folder("tests/beside")) {
        for (lang, ending) in [(Lang::English, "en"), (Lang::Chinese, "zh")] {
            let said = compared(&case, &forms, |checked, text| {
                let said = checked.findings().iter().map(|finding| finding.render(lang, Some(("report.json", text))));
                said.collect::<Vec<_>>().join("\n")
            });
            let golden = case.join(format!("said.{ending}.txt"));
            if bless {
                std::fs::write(&golden, &said).unwrap();
            } else if std::fs::read_to_string(&golden).unwrap_or_default() != said {
                wrong.push(format!("{} should say:\n{said}", golden.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}\nBLESS=1 accepts what is said now", wrong.join("\n"));
}

/// Everything that came of rules in the samples, the mistakes and the comparisons.
fn all_outcomes(forms: &Forms) -> Vec<RuleOutcome> {
    let mut all = Vec::new();
    for path in entries(&folder("samples")).into_iter().chain(entries(&folder("tests/mistakes"))) {
        let Ok(report) = Report::parse(&std::fs::read(&path).unwrap()) else { continue };
        if let Ok(form) = forms.choose(&report) {
            all.extend(outcomes(&report, form));
        }
    }
    for case in entries(&folder("tests/beside")) {
        all.extend(compared(&case, forms, |checked, _| checked.outcomes().to_vec()));
    }
    all
}

fn rules(forms: &Forms) -> BTreeSet<String> {
    let of_forms = forms.iter().flat_map(|form| form.rule_ids().into_iter().map(str::to_owned).collect::<Vec<_>>());
    of_forms.chain(our_rules().into_iter().map(|rule| rule.id)).collect()
}

#[test]
fn every_rule_holds_fails_and_cannot_be_assessed_somewhere() {
    let forms = Forms::bundled().unwrap();
    let mut met: BTreeMap<String, BTreeSet<Outcome>> = BTreeMap::new();
    for outcome in all_outcomes(&forms) {
        met.entry(outcome.rule).or_default().insert(outcome.outcome);
    }
    let all = BTreeSet::from([Outcome::Holds, Outcome::Fails, Outcome::NotAssessable]);
    let rules = rules(&forms);
    let lacking: Vec<_> = rules.iter().filter(|rule| met.get(*rule) != Some(&all)).collect();
    assert!(lacking.is_empty(), "{lacking:?}: {met:?}");
    assert_eq!(met.keys().cloned().collect::<BTreeSet<_>>(), rules);
}

#[test]
fn the_page_on_checking_names_every_rule_and_everything_that_is_said() {
    let forms = Forms::bundled().unwrap();
    let page = std::fs::read_to_string(folder("docs/checking.md")).unwrap();
    let mut names = rules(&forms);
    let mistakes = entries(&folder("tests/mistakes"));
    for path in mistakes.iter().filter(|path| path.extension().is_some_and(|ending| ending == "json")) {
        let found = Report::parse(&std::fs::read(path).unwrap())
            .and_then(|report| put(&report, &forms).map(|checked| checked.findings().to_vec()));
        let (Ok(found) | Err(found)) = found;
        names.extend(found.iter().map(|finding| finding.code().to_owned()));
    }
    for case in entries(&folder("tests/beside")) {
        names.extend(compared(&case, &forms, |checked, _| {
            checked.findings().iter().map(|finding| finding.code().to_owned()).collect::<Vec<_>>()
        }));
    }
    let lacking: Vec<_> = names.iter().filter(|name| !page.contains(&format!("`{name}`"))).collect();
    assert!(lacking.is_empty(), "docs/checking.md does not name {lacking:?}");
}

#[test]
fn nothing_unfounded_is_said_of_the_samples() {
    let forms = Forms::bundled().unwrap();
    for path in entries(&folder("samples")) {
        let report = Report::parse(&std::fs::read(&path).unwrap()).unwrap();
        let checked = put(&report, &forms).unwrap();
        let bad: Vec<_> = checked.findings().iter().filter(|finding| finding.level < Level::Note).collect();
        assert!(bad.is_empty(), "{}: {bad:?}", path.display());
    }
}

#[test]
fn findings_for_machines_say_what_is_said_to_people() {
    let forms = Forms::bundled().unwrap();
    for case in entries(&folder("tests/beside")) {
        let told = compared(&case, &forms, |checked, text| Told {
            file: "报告.json".into(),
            source: text.to_owned(),
            about: Some(AboutReport::of_checked(checked)),
            findings: checked.findings().to_vec(),
            outcomes: checked.outcomes().to_vec(),
        });
        let json: serde_json::Value = serde_json::from_str(&to_json(std::slice::from_ref(&told))).unwrap();
        let findings = json["reports"][0]["findings"].as_array().unwrap();
        assert_eq!(findings.len(), told.findings.len());
        for (machine, person) in findings.iter().zip(&told.findings) {
            assert_eq!(machine["message"]["zh"], person.message(Lang::Chinese));
            assert_eq!(machine["code"], person.code());
            let offset = machine["position"]["offset"].as_u64();
            assert_eq!(offset.map(|at| at as usize), person.offset_in(&told.source));
        }
        let sarif: serde_json::Value = serde_json::from_str(&to_sarif(&[told], Lang::Chinese)).unwrap();
        assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), findings.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_lies_beside_a_report_there_is_no_panic(
        cut in 0..2000usize, from in 0..16usize, by in "[0-9\"/ ,\\]{}年。一是]{0,3}",
    ) {
        let forms = Forms::bundled().unwrap();
        let cases = entries(&folder("tests/beside"));
        let text = std::fs::read_to_string(cases[from % cases.len()].join("report.json")).unwrap();
        let mut at = cut.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        let spoiled = format!("{}{by}{}", &text[..at], text[at..].chars().skip(1).collect::<String>());
        let Ok(last) = Report::parse(spoiled.as_bytes()) else { return Ok(()) };
        let report = Report::parse(text.as_bytes()).unwrap();
        let (Ok(last), Ok(mut checked)) = (put(&last, &forms), put(&report, &forms)) else { return Ok(()) };
        checked.compare_with_last_year(&last);
        let files = vec![Subordinate { file: "one".into(), figures: Ok(Figures::of(&last)) }];
        checked.compare_with_subordinates(&Subordinates { files, expected: None });
        let said = |finding: &Finding| !finding.render(Lang::English, Some(("f", &text))).is_empty();
        prop_assert!(checked.findings().iter().all(said));
    }
}
