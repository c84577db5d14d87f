//! Help in filling: the blank report, and totals computed and written back. The schema is compared with the samples
//! by an independent validator (`tests/conformance/schema.py`).

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use kanyin::check::check;
use kanyin::error::{Finding, Level, Problem};
use kanyin::fill::fill;
use kanyin::form::{Each, Form, Forms};
use kanyin::report::{Reading, Report, Row, Value};
use proptest::prelude::*;

fn samples() -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), std::fs::read_to_string(path).unwrap())).collect()
}

fn sample(name: &str) -> String {
    samples().into_iter().find(|(path, _)| path.file_stem().unwrap() == name).unwrap().1
}

/// Everything that is said of a report.
fn said(json: &str, forms: &Forms) -> Vec<Finding> {
    let report = Report::parse(json.as_bytes()).unwrap();
    let form = forms.choose(&report).unwrap();
    match check(&report, form) {
        Ok(checked) => checked.findings().to_vec(),
        Err(findings) => findings,
    }
}

/// A blank report with its texts filled in, but no figure.
fn with_texts(form: &Form) -> String {
    let year = form.years().last.unwrap_or(form.years().first);
    form.blank(Some("临渚市医疗保障局"), Some(year)).replace(": \"\"", ": \"无\"")
}

#[test]
fn a_blank_report_names_every_row_that_is_to_be_filled_in_and_nothing_else() {
    let forms = Forms::bundled().unwrap();
    for form in forms.iter() {
        let findings = said(&with_texts(form), &forms);
        let mut rows = BTreeSet::new();
        for finding in findings.iter().filter(|finding| finding.level == Level::Error) {
            assert!(matches!(finding.problem, Problem::Unfilled { .. }), "{}: {finding:?}", form.id());
            rows.insert(finding.path.rsplit_once('[').unwrap().0.to_owned());
        }
        let needed = form.tables().flat_map(|(_, table)| {
            let is_total = |row: &str| {
                let by_column = table.rules.iter().filter(|rule| rule.each == Each::Column);
                by_column.filter_map(|rule| rule.fill.as_deref()).any(|total| total == row)
            };
            let rows = table.rows.iter().filter(move |row| !is_total(&row.key));
            rows.map(|row| format!("$.tables.{}.{}", table.key, row.key))
        });
        assert_eq!(rows, needed.collect::<BTreeSet<String>>(), "{}", form.id());
    }
}

#[test]
fn a_blank_report_with_texts_and_noughts_filled_in_is_without_fault() {
    let forms = Forms::bundled().unwrap();
    for form in forms.iter() {
        let json = with_texts(form).replace("null", "0");
        let errors: Vec<Finding> =
            said(&json, &forms).into_iter().filter(|finding| finding.level == Level::Error).collect();
        assert!(errors.is_empty(), "{}: {errors:?}", form.id());
    }
}

#[test]
fn what_a_blank_report_has_as_remarks_is_in_force_without_the_slashes() {
    let forms = Forms::bundled().unwrap();
    for form in forms.iter() {
        let mut json = with_texts(form).replace("null", "0").replace("\"2026-01-20\"", "\"2099-01-20\"");
        for key in ["title", "preamble", "headings", "labels", "layout", "blank_is_zero", "signature"] {
            let remark = format!("\"// {key}\"");
            assert!(json.contains(&remark), "{}: {key}", form.id());
            json = json.replace(&remark, &format!("\"{key}\""));
        }
        // Of the rows, the remark of the same name is a label; the one at the margin is the key.
        json = json.replace("\n  \"// added_rows\"", "\n  \"added_rows\"");
        let errors: Vec<Finding> =
            said(&json, &forms).into_iter().filter(|finding| finding.level == Level::Error).collect();
        assert!(errors.is_empty(), "{}: {errors:?}", form.id());
    }
}

#[test]
fn a_report_that_leaves_nothing_out_comes_back_byte_for_byte() {
    let forms = Forms::bundled().unwrap();
    for (path, json) in samples() {
        let filled = fill(json.as_bytes(), &forms).unwrap();
        if filled.written.is_empty() {
            assert!(filled.text == json, "{}", path.display());
        }
        let again = fill(filled.text.as_bytes(), &forms).unwrap();
        assert_eq!(again.text, filled.text, "{}", path.display());
        assert!(again.written.is_empty(), "{}", path.display());
    }
}

#[test]
fn a_total_that_is_given_is_left_as_it_is_even_where_it_is_wrong() {
    let forms = Forms::bundled().unwrap();
    let json = sample("smallest-2024").replace("\"new\": [3, 1, 0, 0, 0, 0, 4]", "\"new\": [3, 1, 0, 0, 0, 0, 5]");
    assert_eq!(fill(json.as_bytes(), &forms).unwrap().text, json);
}

#[test]
fn a_row_that_is_all_totals_is_written_in_its_place_like_its_neighbours() {
    let forms = Forms::bundled().unwrap();
    let whole = sample("smallest-2024");
    let row = whole.lines().find(|line| line.contains("handled_total")).unwrap();
    let without = whole.replace(&format!("{row}\n"), "");
    let filled = fill(without.as_bytes(), &forms).unwrap();
    assert_eq!(filled.text, whole);
    assert_eq!(filled.written.len(), 7);
}

#[test]
fn a_total_of_whole_numbers_is_written_without_decimals() {
    let forms = Forms::bundled().unwrap();
    let without =
        sample("smallest-2024").replace("\"new\": [3, 1, 0, 0, 0, 0, 4]", "\"new\": [3.0, 1, 0, 0, 0, 0, null]");
    let filled = fill(without.as_bytes(), &forms).unwrap();
    assert!(filled.text.contains("\"new\": [3.0, 1, 0, 0, 0, 0, 4]"), "{}", filled.text);
}

#[test]
fn totals_left_out_of_objects_are_added_at_their_ends() {
    let forms = Forms::bundled().unwrap();
    let given = sample("joint-2020");
    let without = given.replace(", \"total\": 37}", "}").replace(", \"total\": 2}", "}");
    assert_ne!(without, given);
    assert_eq!(fill(without.as_bytes(), &forms).unwrap().text, given);
}

#[test]
fn an_added_row_has_its_total_too() {
    // No bundled form lets rows be added to a table with totals; this one does.
    let text = include_str!("../layouts/forms/annual-report-2021.toml");
    let (before, after) = text.split_once("key = \"requests\"\ndescription").unwrap();
    let text = format!("{before}key = \"requests\"\nmay_add_rows = true\ndescription{after}");
    let forms = match Form::parse("annual-report-2021.toml", &text) {
        Ok(form) => Forms::new(vec![form]).unwrap(),
        Err(errors) => panic!("{errors:?}"),
    };
    let row = "{\"after\": \"new\", \"key\": \"more\", \"label\": \"另\", \"values\": [1, 2, 0, 0, 0, 4, null]}";
    let json = sample("smallest-2024");
    let json = format!("{}, \"added_rows\": {{\"requests\": [{row}]}}}}", json.trim_end().strip_suffix('}').unwrap());
    assert_eq!(fill(json.as_bytes(), &forms).unwrap().text, json.replace("null", "7"));
}

#[test]
fn blanks_are_filled_only_where_something_stands_beside_them() {
    let forms = Forms::bundled().unwrap();
    let json = sample("smallest-2024");
    let blank = json
        .replace("\"granted\": [2, 1, 0, 0, 0, 0, 3]", "\"granted\": [2, 1, \"\", \"\", \"\", \"\", \"\"]")
        .replace("\"petition\": [0, 0, 0, 0, 0, 0, 0]", "\"petition\": [\"\", \"\", \"\", \"\", \"\", \"\", \"\"]");
    let zero = blank.replace("\"sections\"", "\"blank_is_zero\": true, \"sections\"");
    let filled = fill(zero.as_bytes(), &forms).unwrap();
    assert_eq!(filled.text, zero.replace("[2, 1, \"\", \"\", \"\", \"\", \"\"]", "[2, 1, \"\", \"\", \"\", \"\", 3]"));
    // Where a blank is no nought, the total cannot be known: it is said, and nothing is written.
    let filled = fill(blank.as_bytes(), &forms).unwrap();
    assert_eq!(filled.text, blank);
    let open = filled.findings.iter().filter(|finding| matches!(finding.problem, Problem::NotComputed { .. }));
    assert_eq!(open.map(|finding| &*finding.path).collect::<Vec<_>>(), ["$.tables.requests.granted[6]"]);
}

/// Where the totals of a report stand in its text, each with what is written there.
fn totals(json: &str, forms: &Forms) -> Vec<(std::ops::Range<usize>, String)> {
    let report = Report::parse(json.as_bytes()).unwrap();
    let form = forms.choose(&report).unwrap();
    let mut places = Vec::new();
    for (_, table) in form.tables() {
        let fills: Vec<_> = table.rules.iter().filter_map(|rule| Some((rule.each, rule.fill.as_deref()?))).collect();
        for member in &report.tables.get(&table.key).unwrap().members {
            let row = table.row(&member.key.value).unwrap();
            let values: Vec<(&str, &Value)> = match &member.value {
                Row::List(list) => row.columns.iter().map(|column| &*column.key).zip(&list.value).collect(),
                Row::Columns(object) => object.members.iter().map(|cell| (&*cell.key.value, &cell.value)).collect(),
            };
            for (column, value) in values {
                let is_total = fills.iter().any(|&(each, key)| match each {
                    Each::Row => key == column,
                    Each::Column => key == &*row.key,
                });
                let is_number = matches!(value.reading, Reading::Number(_));
                if is_total && is_number && json[value.at.offset..].starts_with(&value.written) {
                    places.push((value.at.offset..value.at.offset + value.written.len(), value.written.clone()));
                }
            }
        }
    }
    places.sort_by_key(|(range, _)| range.start);
    places
}

proptest! {
    /// Whatever totals of a report that adds up are taken out, they come back, and nothing else changes.
    #[test]
    fn totals_taken_out_come_back(which in proptest::collection::vec(any::<bool>(), 80), name in 0..3usize) {
        let forms = Forms::bundled().unwrap();
        let whole = sample(["city-2025", "prefecture-2024", "smallest-2024"][name]);
        let mut without = whole.clone();
        let mut taken = 0;
        for ((range, _), take) in totals(&whole, &forms).into_iter().zip(which).rev() {
            if take {
                without.replace_range(range, "null");
                taken += 1;
            }
        }
        let filled = fill(without.as_bytes(), &forms).unwrap();
        prop_assert_eq!(filled.written.len(), taken);
        prop_assert!(filled.text == whole);
    }

    /// No text makes filling panic, and what comes back of a report is one.
    #[test]
    fn no_text_is_too_odd_to_fill(at in 0..4000usize, with in "[\\[\\]{},:\"/0-9a-z ]{0,3}") {
        let forms = Forms::bundled().unwrap();
        let mut text = sample("smallest-2024");
        let at = (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap();
        text.insert_str(at, &with);
        if let Ok(filled) = fill(text.as_bytes(), &forms) {
            prop_assert!(serde_json::from_str::<serde_json::Value>(&filled.text).is_ok());
        }
    }
}
