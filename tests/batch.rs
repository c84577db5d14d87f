//! Many reports at once: what is meant by the inputs, what the files are called, what is told, what a run leaves.

mod common;

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use common::root;
use serde_json::Value;
use sha2::{Digest, Sha256};

fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kanyin"));
    command.current_dir(folder).env("LC_ALL", "C").env_remove("SOURCE_DATE_EPOCH").stdin(Stdio::null());
    command
}

fn kanyin(arguments: &[&str], folder: &Path) -> Output {
    command(folder).args(arguments).output().expect("the program runs")
}

fn words(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The sample as the report of another body.
fn report(agency: &str) -> String {
    let text = fs::read_to_string(root().join("samples/smallest-2024.json")).expect("the sample");
    text.replacen("临渚市医疗保障局", agency, 1)
}

/// The sample with a sum that does not hold.
fn wrong() -> String {
    report("乙局").replacen("\"granted\": [2, 1, 0, 0, 0, 0, 3]", "\"granted\": [2, 1, 0, 0, 0, 0, 4]", 1)
}

/// A report on one line.
fn line(text: &str) -> String {
    serde_json::to_string(&serde_json::from_str::<Value>(text).expect("JSON")).expect("JSON") + "\n"
}

fn write(folder: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
}

fn files(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn records(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).expect("the manifest");
    text.lines().map(|line| serde_json::from_str(line).expect("a JSON object a line")).collect()
}

fn statuses(path: &Path) -> Vec<String> {
    records(path).iter().map(|record| record["status"].as_str().expect("a status").to_owned()).collect()
}

#[test]
fn files_folders_and_patterns_are_built_in_order_and_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    let text = report("甲局");
    write(
        at,
        &[
            ("one.json", &text),
            ("in/b.json", &text),
            ("in/a.JSON", &text),
            ("in/deep/c.json", &text),
            ("in/.hidden.json", "{"),
            ("in/notes.txt", "no report"),
            ("p-1.json", &text),
            ("p-2.json", &text),
        ],
    );
    let arguments = ["build", "one.json", "in", "p-*.json", "./one.json", "--out-dir", "out", "--manifest", "m.jsonl"];
    let output = kanyin(&arguments, at);
    assert_eq!(output.status.code(), Some(0), "{}", words(&output));
    assert_eq!(files(&at.join("out")), ["a.pdf", "b.pdf", "c.pdf", "one.pdf", "p-1.pdf", "p-2.pdf"]);
    let inputs: Vec<Value> = records(&at.join("m.jsonl")).iter().map(|record| record["input"].clone()).collect();
    assert_eq!(inputs, ["one.json", "in/a.JSON", "in/b.json", "in/deep/c.json", "p-1.json", "p-2.json"]);
    assert!(words(&output).contains("6 reports: 6 built, 0 unchanged, 0 refused, 0 failed"), "{}", words(&output));
    let single = kanyin(&["build", "one.json", "--format", "pdf", "-o", "-"], at).stdout;
    assert_eq!(fs::read(at.join("out/one.pdf")).expect("it"), single, "the same bytes as alone");
}

#[test]
fn what_is_not_there_is_said_before_anything_is_built() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    write(at, &[("one.json", &report("甲局")), ("empty/readme.txt", "")]);
    let output = kanyin(&["build", "one.json", "gone.json", "empty", "x-*.json", "--out-dir", "out"], at);
    assert_eq!(output.status.code(), Some(2));
    for said in ["gone.json", "`empty`", "`x-*.json`"] {
        assert!(words(&output).contains(said), "{said}: {}", words(&output));
    }
    assert!(!at.join("out").exists());
}

#[test]
fn one_bad_report_stops_no_other_and_the_manifest_says_why() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    write(at, &[("1.json", &report("甲局")), ("2.json", &wrong()), ("3.json", "{"), ("4.json", &report("丁局"))]);
    let arguments = ["build", "1.json", "2.json", "3.json", "4.json", "--out-dir", "out", "--manifest", "m.jsonl"];
    let output = kanyin(&[&arguments[..], &["--format", "pdf", "--format", "docx"]].concat(), at);
    assert_eq!(output.status.code(), Some(1), "{}", words(&output));
    assert_eq!(files(&at.join("out")), ["1.docx", "1.pdf", "4.docx", "4.pdf"]);
    assert_eq!(statuses(&at.join("m.jsonl")), ["built", "refused", "refused", "built"]);
    let records = records(&at.join("m.jsonl"));
    for written in records[0]["outputs"].as_array().expect("outputs") {
        let bytes = fs::read(at.join("out").join(written["file"].as_str().expect("a name"))).expect("it is there");
        let sha256: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(written["sha256"], sha256);
        assert_eq!(written["bytes"], bytes.len());
    }
    let found = &records[1]["findings"][0];
    assert_eq!((&found["level"], &found["path"]), (&"error".into(), &"$.tables.requests.granted[6]".into()));
    assert!(records[1]["reason"].as_str().is_some_and(|reason| !reason.is_empty()));
    assert!(words(&output).contains("4 reports: 2 built, 0 unchanged, 2 refused, 0 failed"), "{}", words(&output));
}

#[test]
fn files_of_an_earlier_run_of_what_is_refused_now_are_said_to_be_old() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    write(at, &[("a.json", &report("甲局")), ("b.json", &report("乙局"))]);
    let run = ["build", "a.json", "b.json", "--out-dir", "out", "--name", "{agency}", "--manifest", "m.jsonl"];
    assert_eq!(kanyin(&run, at).status.code(), Some(0));
    write(at, &[("b.json", &wrong())]);
    let output = kanyin(&run, at);
    assert_eq!(output.status.code(), Some(1));
    assert!(words(&output).contains("(left from an earlier run: 乙局.pdf)"), "{}", words(&output));
    let records = records(&at.join("m.jsonl"));
    assert_eq!(records[0].get("stale"), None);
    assert_eq!(records[1]["stale"], serde_json::json!(["乙局.pdf"]));
    assert_eq!(files(&at.join("out")), ["乙局.pdf", "甲局.pdf"]);
}

#[test]
fn a_stream_has_a_report_on_each_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    let stream = format!("{}\nnonsense\n{}", line(&report("甲局")), line(&report("丙局")));
    write(at, &[("all.jsonl", &stream)]);
    let arguments =
        ["build", "all.jsonl", "--out-dir", "out", "--name", "{number:3}-{agency}", "--manifest", "m.jsonl"];
    let output = kanyin(&arguments, at);
    assert_eq!(output.status.code(), Some(1), "{}", words(&output));
    assert_eq!(files(&at.join("out")), ["001-甲局.pdf", "003-丙局.pdf"]);
    let lines: Vec<Value> = records(&at.join("m.jsonl")).iter().map(|record| record["line"].clone()).collect();
    assert_eq!(lines, [1, 3, 4], "an empty line is none");
    let mut child = command(at);
    let stdin = fs::File::open(at.join("all.jsonl")).expect("the stream");
    let output = child.args(["build", "-", "--jsonl", "--out-dir", "two"]).stdin(stdin).output().expect("it runs");
    assert_eq!(output.status.code(), Some(1), "{}", words(&output));
    assert_eq!(files(&at.join("two")), ["stdin-1.pdf", "stdin-4.pdf"]);
}

#[test]
fn no_name_leads_out_of_the_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    write(at, &[("1.json", &report("../../etc/passwd")), ("2.json", &report("/甲局"))]);
    let output = kanyin(&["build", "1.json", "2.json", "--out-dir", "in/out", "--name", "{agency}"], at);
    assert_eq!(output.status.code(), Some(0), "{}", words(&output));
    assert_eq!(files(&at.join("in/out")), ["_._.._etc_passwd.pdf", "_甲局.pdf"]);
    assert_eq!(files(&at.join("in")), ["out"]);
    let output = kanyin(&["build", "1.json", "--out-dir", "out", "--name", "../{stem}"], at);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(files(at), ["1.json", "2.json", "in"]);
}

#[test]
fn two_reports_never_take_one_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    write(at, &[("1.json", &report("甲局")), ("2.json", &report("甲局"))]);
    let output = kanyin(&["build", "1.json", "2.json", "--out-dir", "out", "--name", "{agency}"], at);
    assert_eq!(output.status.code(), Some(1), "{}", words(&output));
    assert_eq!(files(&at.join("out")), ["甲局.pdf"]);
    assert!(words(&output).contains("is already the file of `1.json`"), "{}", words(&output));
}

#[test]
fn the_number_of_jobs_shows_nowhere() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    let stream: String = (0..30).map(|number| line(&report(&format!("第{number}局")))).collect();
    write(at, &[("all.jsonl", &stream)]);
    let timeless = |path: &Path| {
        let mut records = records(path);
        for record in &mut records {
            record["milliseconds"] = Value::Null;
        }
        records
    };
    for jobs in ["1", "5"] {
        let (out, manifest) = (format!("out{jobs}"), format!("m{jobs}.jsonl"));
        let output = kanyin(&["build", "all.jsonl", "--out-dir", &out, "--jobs", jobs, "--manifest", &manifest], at);
        assert_eq!(output.status.code(), Some(0), "{}", words(&output));
    }
    assert_eq!(timeless(&at.join("m1.jsonl")), timeless(&at.join("m5.jsonl")));
}

#[test]
fn what_has_not_changed_is_left_out_and_what_has_is_built() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    write(at, &[("1.json", &report("甲局")), ("2.json", &report("乙局")), ("3.json", &report("丙局"))]);
    let build =
        ["build", "1.json", "2.json", "3.json", "--out-dir", "out", "--manifest", "m.jsonl", "--skip-unchanged"];
    let run = |more: &[&str]| {
        let output = kanyin(&[&build[..], more].concat(), at);
        assert_eq!(output.status.code(), Some(0), "{}", words(&output));
        statuses(&at.join("m.jsonl"))
    };
    assert_eq!(run(&[]), ["built", "built", "built"]);
    assert_eq!(run(&[]), ["unchanged", "unchanged", "unchanged"]);
    write(at, &[("2.json", &report("新局")), ("out/3.pdf", "spoilt")]);
    assert_eq!(run(&[]), ["unchanged", "built", "built"]);
    fs::remove_file(at.join("out/1.pdf")).expect("it goes");
    assert_eq!(run(&[]), ["built", "unchanged", "unchanged"]);
    assert_eq!(run(&["--tint"]), ["built", "built", "built"], "another option gives other files");
}

#[test]
fn a_manifest_that_is_one_of_the_reports_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    let stream = line(&report("甲局"));
    write(at, &[("in.jsonl", &stream)]);
    let output = kanyin(&["build", "in.jsonl", "--out-dir", "out", "--manifest", "./in.jsonl"], at);
    assert_eq!(output.status.code(), Some(2));
    assert!(words(&output).contains("`./in.jsonl` is one of the reports"), "{}", words(&output));
    assert_eq!(fs::read_to_string(at.join("in.jsonl")).expect("the stream"), stream);
    assert!(!at.join("out").exists(), "nothing is built");
}

#[test]
fn a_file_that_is_no_manifest_is_left_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    let text = report("甲局");
    write(at, &[("1.json", &text)]);
    let output = kanyin(&["build", "1.json", "--out-dir", "out", "--manifest", "1.json"], at);
    assert_eq!(output.status.code(), Some(2), "{}", words(&output));
    assert_eq!(fs::read_to_string(at.join("1.json")).expect("it"), text);
}

#[cfg(unix)]
#[test]
fn a_killed_run_leaves_whole_files_and_is_taken_up_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    let stream: String = (0..60).map(|number| line(&report(&format!("第{number}局")))).collect();
    write(at, &[("all.jsonl", &stream)]);
    let build = ["build", "all.jsonl", "--out-dir", "out", "--manifest", "m.jsonl", "--skip-unchanged"];
    let mut child = command(at).args(build).stderr(Stdio::null()).spawn().expect("it runs");
    let done = || fs::read_to_string(at.join("m.jsonl")).map_or(0, |text| text.lines().count());
    while done() < 5 && child.try_wait().expect("it").is_none() {
        std::thread::yield_now();
    }
    child.kill().expect("a kill");
    child.wait().expect("it ends");
    // A killed run may have staged a file; the next one clears it away.
    write(at, &[("out/.kanyin-left", "half a fi")]);
    for name in files(&at.join("out")).iter().filter(|name| name.ends_with(".pdf")) {
        let bytes = fs::read(at.join("out").join(name)).expect("it");
        assert!(bytes.starts_with(b"%PDF") && bytes.trim_ascii_end().ends_with(b"%%EOF"), "{name} is whole");
    }
    let output = kanyin(&build, at);
    assert_eq!(output.status.code(), Some(0), "{}", words(&output));
    let statuses = statuses(&at.join("m.jsonl"));
    assert_eq!(statuses.len(), 60);
    assert!(statuses.iter().filter(|status| *status == "unchanged").count() >= 5, "what was built is not built again");
    assert_eq!(files(&at.join("out")).len(), 60, "nothing is lost, nothing is left over");
    assert_eq!(files(at), ["all.jsonl", "m.jsonl", "out"]);
}

#[test]
fn several_reports_without_a_folder_are_wrong_use() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    write(at, &[("1.json", &report("甲局")), ("2.json", &report("乙局"))]);
    let output = kanyin(&["build", "1.json", "2.json", "-o", "x.pdf"], at);
    assert_eq!(output.status.code(), Some(2));
    assert!(words(&output).contains("--out-dir"), "{}", words(&output));
    assert_eq!(files(at), ["1.json", "2.json"]);
}

#[test]
fn many_are_checked_and_a_table_says_who_has_errors_and_who_is_missing() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    let warned = report("丙局").replacen("公开信息152条", "公开资金资金信息152条", 1);
    let stream = line(&report("甲局")) + "\n{\n" + &line(&report("丁局"));
    write(
        at,
        &[
            ("in/a.json", &report("甲局")),
            ("in/b.json", &wrong()),
            ("in/c.json", &report("丙局分局")),
            ("more.jsonl", &stream),
            ("list.txt", "# who reports\n甲局\n 乙局\n\n丙局 分局\n丁 局\n戊局\n丁局1\n"),
            ("in/d.json", &warned),
        ],
    );
    let arguments = ["check", "in", "more.jsonl", "--expect", "list.txt", "--lang", "zh", "--jobs", "2"];
    let output = kanyin(&arguments, at);
    assert_eq!(output.status.code(), Some(1), "{}", words(&output));
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "\
机关      年度  结果    错误  警告  无法核对  文件          备注
甲局      2024  无误       0     0         0  in/a.json
乙局      2024  有错误     2     0         0  in/b.json
丙局分局  2024  无误       0     0         0  in/c.json
丙局      2024  有警告     0     1         0  in/d.json     不在名单内
甲局      2024  无误       0     0         0  more.jsonl#1  与in/a.json同一机关、同一年度
—         —     有错误     1     0         0  more.jsonl#3
丁局      2024  无误       0     0         0  more.jsonl#4
戊局      —     未报送     —     —         —  —
丁局1     —     未报送     —     —         —  —

in/b.json：错误2条，第一条：“总计”为4，但各项相加为3
more.jsonl#3：文件不完整，到这里就中断了
某一份的全部说明：kanyin check in/b.json

共7份报告：有错误2份，仅有警告1份，均无4份；名单所列6家，未报送2家。
"
    );
}

#[test]
fn many_are_told_to_machines_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    write(at, &[("a.json", &report("甲局")), ("b.json", &wrong()), ("list.txt", "甲局\n乙局\n丙局\n")]);
    let output = kanyin(&["check", "a.json", "b.json", "--expect", "list.txt", "--format", "json"], at);
    assert_eq!(output.status.code(), Some(1), "{}", words(&output));
    let told: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let agencies: Vec<&str> =
        told["reports"].as_array().expect("a list").iter().filter_map(|told| told["agency"].as_str()).collect();
    assert_eq!(agencies, ["甲局", "乙局"]);
    assert_eq!(told["missing"], serde_json::json!(["丙局"]));
    assert_eq!(told["count"]["error"], 2);
}

#[test]
fn each_is_compared_with_its_own_report_of_last_year() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    let last =
        |agency: &str| report(agency).replace("2025-", "2024-").replace("2024年", "2023年").replacen("2024", "2023", 1);
    write(
        at,
        &[
            ("now/a.json", &report("甲局")),
            ("now/b.json", &report("乙局")),
            ("last/x.json", &last("甲局")),
            ("last/y.json", &last("丙局")),
        ],
    );
    let output = kanyin(&["check", "now", "--previous", "last", "--lang", "en"], at);
    let table = String::from_utf8_lossy(&output.stdout);
    let remarks: Vec<bool> = table.lines().skip(1).take(2).map(|row| row.contains("no report of last year")).collect();
    assert_eq!(remarks, [false, true], "{table}");
    let alone = kanyin(&["check", "now/b.json", "--previous", "last"], at);
    assert_eq!(alone.status.code(), Some(2));
    assert!(words(&alone).contains("乙局"), "{}", words(&alone));
    let one = kanyin(&["check", "now", "--previous", "last/x.json"], at);
    assert_eq!(one.status.code(), Some(2), "one report of last year is not that of many");
}
