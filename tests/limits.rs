//! Inputs made to exhaust: each is refused in words, or set, in bounded memory. The tests assert words and memory, and
//! no time; an input that took for ever would never let them end.

mod common;

use std::path::Path;
use std::process::{Command, Output};

use common::root;
use kanyin::check::findings_of;
use kanyin::error::{Finding, Lang, Level, Problem};
use kanyin::form::Forms;
use kanyin::report::{
    LONGEST_NAME, LONGEST_PARAGRAPH, LONGEST_VALUE, MOST_ADDED_ROWS, MOST_BYTES, MOST_CHARACTERS, MOST_FINDINGS,
    MOST_MEMBERS, MOST_PARAGRAPHS, MOST_VALUES, Report,
};

/// What is said of a report, and that it can be said.
fn findings(json: &str) -> Vec<Finding> {
    let findings = Report::parse(json.as_bytes()).err().unwrap_or_default();
    assert!(findings.len() <= MOST_FINDINGS + 1, "{} findings", findings.len());
    for finding in &findings {
        let shown = finding.render(Lang::English, Some(("report.json", json)));
        assert!(shown.len() < 4_000, "{} bytes for one finding", shown.len());
    }
    findings
}

fn codes(json: &str) -> Vec<String> {
    findings(json).iter().map(|finding| finding.code().to_owned()).collect()
}

/// A report with a head and these members after it.
fn with(members: &str) -> String {
    format!(r#"{{"agency": "局", "year": 2025, {members}}}"#)
}

fn list(entry: &str, count: usize) -> String {
    format!("[{}]", vec![entry; count].join(","))
}

#[test]
fn a_file_is_no_larger_than_a_report_can_be() {
    let json = with(&format!(r#""preamble": "{}""#, "a".repeat(MOST_BYTES)));
    assert_eq!(codes(&json), ["too-large"]);
}

#[test]
fn nesting_of_any_depth_is_refused_in_words() {
    let depth = MOST_BYTES / 16;
    let lists = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(codes(&lists), ["wrong-type"]);
    assert_eq!(codes(&with(&format!(r#""sections": {lists}"#))), ["wrong-type"]);
    assert_eq!(codes(&with(&format!(r#""sections": {{"overview": {lists}}}"#))), ["wrong-type"]);
    assert_eq!(codes(&with(&format!(r#""nonsense": {lists}"#))), ["unknown-key"]);
    assert_eq!(codes(&"[".repeat(MOST_BYTES / 2)), ["unexpected-end"]);
    assert_eq!(codes(&r#"{"a":"#.repeat(100_000)), ["unexpected-end"]);
}

#[test]
fn every_list_and_text_has_a_most() {
    let long = |count| "字".repeat(count);
    for (members, code) in [
        (format!(r#""preamble": {}"#, list(r#""段""#, MOST_PARAGRAPHS + 1)), "too-many"),
        (format!(r#""preamble": "{}""#, long(LONGEST_PARAGRAPH + 1)), "too-long"),
        (format!(r#""title": "{}""#, long(LONGEST_NAME + 1)), "too-long"),
        (format!(r#""tables": {{"t": {{"r": {}}}}}"#, list("0", MOST_VALUES + 1)), "too-many"),
        (format!(r#""tables": {{"t": {{"r": ["{}"]}}}}"#, long(LONGEST_VALUE + 1)), "too-long"),
        (format!(r#""added_rows": {{"t": {}}}"#, list("0", MOST_ADDED_ROWS + 1)), "too-many"),
        (format!(r#""signature": {{"agency": {}, "date": "2026-01-20"}}"#, list(r#""局""#, 51)), "too-many"),
    ] {
        assert_eq!(codes(&with(&members)), [code], "{}", &members[..20]);
    }
}

#[test]
fn an_object_of_too_many_members_is_one_finding() {
    let members: Vec<String> = (0..600_000).map(|at| format!("\"{at:x}\":0")).collect();
    let json = with(&members.join(","));
    assert!(json.len() < MOST_BYTES);
    let findings = findings(&json);
    assert_eq!(findings.len(), 1);
    assert!(matches!(findings[0].problem, Problem::TooMany { count: 600_002, limit: MOST_MEMBERS }));
}

#[test]
fn a_file_wrong_throughout_says_so_once_it_has_said_enough() {
    let rows: Vec<String> = (0..MOST_MEMBERS).map(|row| format!("\"{row}\":null")).collect();
    let tables: Vec<String> = (0..MOST_MEMBERS).map(|table| format!("\"{table}\":{{{}}}", rows.join(","))).collect();
    let json = with(&format!(r#""tables": {{{}}}"#, tables.join(",")));
    let codes = codes(&json);
    assert_eq!(codes.len(), MOST_FINDINGS + 1);
    assert_eq!(codes[MOST_FINDINGS], "too-many-findings");
}

#[test]
fn a_report_has_a_most_of_text_in_all() {
    let paragraph = format!("\"{}\"", "a".repeat(LONGEST_PARAGRAPH));
    let json = with(&format!(r#""preamble": {}"#, list(&paragraph, MOST_CHARACTERS / LONGEST_PARAGRAPH + 1)));
    assert_eq!(codes(&json), ["too-long"]);
}

/// Runs the program with no more address space than this, in KiB: an allocation beyond it ends it with a signal. The
/// program itself, fonts and all, has about 100 MB of it.
#[cfg(target_os = "linux")]
fn limited(kilobytes: u32, arguments: &[&str], folder: &Path) -> Output {
    let script = format!("ulimit -v {kilobytes}; exec \"$0\" \"$@\"");
    let mut command = Command::new("sh");
    command.args(["-c", &script, env!("CARGO_BIN_EXE_kanyin")]).args(arguments).current_dir(folder).env("LC_ALL", "C");
    command.output().expect("the program runs")
}

/// The smallest sample with its overview replaced.
#[cfg(target_os = "linux")]
fn sample_with(overview: &str) -> String {
    let text = std::fs::read_to_string(root().join("samples/smallest-2024.json")).expect("the sample");
    let start = text.find("\"overview\":").expect("an overview") + "\"overview\":".len();
    let end = start + text[start..].find(']').expect("its end") + 1;
    format!("{}{overview}{}", &text[..start], &text[end..])
}

#[cfg(target_os = "linux")]
#[test]
fn no_report_takes_more_than_a_gigabyte() {
    let folder = tempfile::tempdir().expect("a folder");
    // Paragraphs that mark words, a word that never ends, marks alone, every paragraph a heading of its own.
    let most = |paragraph: &str, characters: usize| {
        list(&format!("\"{paragraph}\""), characters / paragraph.chars().count().max(1))
    };
    let hostile = [
        ("text", most(&"政府信息公开，2024年（一）“公开”。".repeat(900), 30_000)),
        ("word", most(&"a".repeat(LONGEST_PARAGRAPH), 20_000)),
        ("marks", most(&"（".repeat(LONGEST_PARAGRAPH), 20_000)),
        ("address", most(&"http://a.b/c?d=".repeat(1_300), 20_000)),
        ("headings", list("\"（一）标题\"", 1_000)),
    ];
    for (name, overview) in hostile {
        std::fs::write(folder.path().join("report.json"), sample_with(&overview)).expect("a file");
        let arguments = ["build", "report.json", "-o", "out.pdf", "-o", "out.docx"];
        let output = limited(1024 * 1024, &arguments, folder.path());
        assert_eq!(output.status.code(), Some(0), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn no_wrong_file_takes_more_than_half_a_gigabyte() {
    let folder = tempfile::tempdir().expect("a folder");
    let keys: Vec<String> = (0..600_000).map(|at| format!("\"{at:x}\":0")).collect();
    let rows =
        |word: &str| (0..MOST_MEMBERS).map(|row| format!("\"{word}{row}\":[{word}]")).collect::<Vec<_>>().join(",");
    let known: Vec<String> =
        ["disclosure", "requests", "proceedings"].map(|table| format!("\"{table}\":{{{}}}", rows("1"))).into();
    for json in [
        with(&keys.join(",")),
        with(&format!(r#""tables": {{{}}}"#, known.join(","))),
        "[".repeat(MOST_BYTES),
        "\u{0}".repeat(MOST_BYTES),
        "9".repeat(MOST_BYTES),
        format!("\"{}\"", "\\u0041".repeat(MOST_BYTES / 6 - 1)),
    ] {
        std::fs::write(folder.path().join("report.json"), &json).expect("a file");
        let output = limited(512 * 1024, &["check", "report.json"], folder.path());
        let words = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{}", words.chars().take(300).collect::<String>());
        assert!(words.len() < 8_000_000, "{} bytes are said", words.len());
    }
}

#[test]
fn what_stands_for_a_thing_that_is_no_text_is_refused() {
    for character in ['\u{fffc}', '\u{fffd}'] {
        assert_eq!(codes(&with(&format!(r#""preamble": "附{character}件""#))), ["bad-character"]);
    }
}

#[test]
fn a_text_that_is_wrong_throughout_is_told_of_a_thousand_times_and_the_rest_is_counted() {
    let forms = Forms::bundled().unwrap();
    // Each paragraph is one sentence; every word of it stands twice, and none of it may be left in.
    let paragraph = format!("\"{}\"", "资金资金，某某市，表格如下".repeat(1_500));
    let json = with(&format!(r#""sections": {{"overview": {}}}"#, list(&paragraph, 50)));
    let found = findings_of(json.as_bytes(), &forms);
    assert_eq!(found.len(), MOST_FINDINGS + 1);
    let Problem::TooManyFindings { left_out, worst: Level::Warning, .. } = found[MOST_FINDINGS].problem else {
        panic!("{:?}", found[MOST_FINDINGS]);
    };
    assert!(left_out > 200_000, "{left_out} are left out");
    assert!(found.iter().any(|finding| finding.code() == "missing-table"), "an error gives way to no warning");
    for finding in &found {
        for lang in [Lang::English, Lang::Chinese] {
            let said =
                finding.message(lang).chars().count() + finding.hint(lang).map_or(0, |hint| hint.chars().count());
            assert!(said < 400, "{said} characters for one finding");
        }
    }
    let short = with(&format!(r#""sections": {{"overview": {}}}"#, list("\"，，，，，，，，，，。\"", 5_000)));
    let found = findings_of(short.as_bytes(), &forms);
    let short = found.iter().find(|finding| finding.code() == "TXT-SHORT").unwrap();
    assert!(short.message(Lang::Chinese).chars().count() < 100);
}
