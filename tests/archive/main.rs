//! The package for the archive: what is in it, that it comes out the same, that nothing is written over, and the words
//! for everything that can be wrong with one that comes back (`faults.rs`).

#[path = "../common/mod.rs"]
mod common;
mod faults;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use common::root;
use kanyin::pdf::{Document, IncrementalDocument};

fn kanyin(arguments: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kanyin"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("SOURCE_DATE_EPOCH")
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .output()
        .expect("the program runs")
}

fn words(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn done(output: &Output) {
    assert_eq!(output.status.code(), Some(0), "{}", words(output));
}

fn sample(name: &str) -> String {
    root().join("samples").join(name).display().to_string()
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

/// Every file below a folder with its bytes.
fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if path.is_dir() {
            files.extend(tree(&path).into_iter().map(|(inner, bytes)| (format!("{name}/{inner}"), bytes)));
        } else {
            files.insert(name, fs::read(&path).expect("a file"));
        }
    }
    files
}

fn names(folder: &Path) -> Vec<String> {
    tree(folder).into_keys().collect()
}

const FILES: [&str; 9] = [
    "bag-info.txt",
    "bagit.txt",
    "data/findings.json",
    "data/metadata.xml",
    "data/report.docx",
    "data/report.json",
    "data/report.pdf",
    "manifest-sha256.txt",
    "tagmanifest-sha256.txt",
];

/// The first text in `metadata.xml` of an element.
fn element(metadata: &str, name: &str) -> Option<String> {
    let document = roxmltree::Document::parse(metadata).expect("XML");
    let found = document.descendants().find(|node| node.tag_name().name() == name)?;
    Some(found.text().unwrap_or_default().to_owned())
}

#[test]
fn a_package_has_every_form_of_the_report_and_sums_over_all() {
    let folder = folder();
    let at = folder.path();
    let joint = sample("joint-2020.json");
    let numbers = ["--retention", "永久", "--archive-number", "X001-Y-0001", "--document-number", "临政办〔2021〕3号"];
    done(&kanyin(&[&["archive", &joint, "-o", "package"], &numbers[..]].concat(), at));
    assert_eq!(names(&at.join("package")), FILES);
    let files = tree(&at.join("package"));
    assert_eq!(files["data/report.json"], fs::read(&joint).expect("the sample"));
    // Document by document what `build` makes.
    done(&kanyin(&["build", &joint, "--archive", "-o", "a.pdf", "-o", "a.docx"], at));
    assert_eq!(files["data/report.pdf"], fs::read(at.join("a.pdf")).expect("a PDF"));
    assert_eq!(files["data/report.docx"], fs::read(at.join("a.docx")).expect("a DOCX"));
    let findings: serde_json::Value = serde_json::from_slice(&files["data/findings.json"]).expect("JSON");
    assert_eq!(findings["year"], 2020);
    assert!(findings["rules"].as_array().is_some_and(|rules| rules.iter().all(|rule| rule["outcome"] != "fails")));
    let metadata = String::from_utf8(files["data/metadata.xml"].clone()).expect("text");
    let told = |name: &str| element(&metadata, name).unwrap_or_else(|| panic!("{name} is missing"));
    assert_eq!(told("聚合层次"), "文件");
    assert_eq!((told("年度"), told("保管期限"), told("档号")), ("2020".into(), "永久".into(), "X001-Y-0001".into()));
    assert_eq!((told("文件编号"), told("文种")), ("临政办〔2021〕3号".into(), "报告".into()));
    assert_eq!((told("语种"), told("稿本"), told("密级")), ("汉语".into(), "定稿".into(), String::new()));
    let pages = Document::load_mem(&files["data/report.pdf"]).expect("a PDF").get_pages().len();
    assert_eq!(told("页数"), pages.to_string());
    // Several bodies sign it; each is responsible.
    assert!(metadata.matches("<责任者 编号=\"M32\">").count() > 1, "{metadata}");
    for (path, bytes) in &files {
        let described = metadata.contains(&format!("<计算机文件名>{path}</计算机文件名>"));
        assert_eq!(described, path.starts_with("data/") && path != "data/metadata.xml", "{path}");
        assert!(!described || metadata.contains(&format!(">{}<", bytes.len())), "{path}");
    }
    let info = String::from_utf8_lossy(&files["bag-info.txt"]).into_owned();
    assert!(info.contains("External-Identifier: X001-Y-0001\n"), "{info}");
}

#[test]
fn what_nobody_told_is_left_out() {
    let folder = folder();
    done(&kanyin(&["archive", &sample("smallest-2024.json"), "-o", "package"], folder.path()));
    let metadata = fs::read_to_string(folder.path().join("package/data/metadata.xml")).expect("text");
    for name in ["保管期限", "档号", "文件编号", "日期"] {
        assert_eq!(element(&metadata, name), None, "{name}: the sample is not signed and nothing was given");
    }
    assert_eq!(element(&metadata, "责任者").as_deref(), Some("临渚市医疗保障局"));
}

#[test]
fn the_same_report_gives_the_same_package_whatever_it_is_called() {
    let folder = folder();
    let at = folder.path();
    let report = sample("smallest-2024.json");
    done(&kanyin(&["archive", &report, "-o", "one", "--zip", "one.zip"], at));
    done(&kanyin(&["archive", &report, "-o", "two/", "--zip", "二.zip"], at));
    assert_eq!(tree(&at.join("one")), tree(&at.join("two")));
    assert_eq!(fs::read(at.join("one.zip")).expect("a file"), fs::read(at.join("二.zip")).expect("a file"));
    // The zip has the folder in it, and nothing else.
    let mut archive = zip::ZipArchive::new(fs::File::open(at.join("one.zip")).expect("a file")).expect("a zip");
    archive.extract(at.join("out")).expect("files");
    assert_eq!(tree(&at.join("out/report-2024")), tree(&at.join("one")));
    assert_eq!(fs::read_dir(at.join("out")).expect("a folder").count(), 1);
    // The day can be given, and is then on everything.
    done(&kanyin(&["archive", &report, "-o", "later", "--date", "2026-02-03"], at));
    let info = fs::read_to_string(at.join("later/bag-info.txt")).expect("text");
    assert!(info.contains("Bagging-Date: 2026-02-03\n"), "{info}");
}

#[test]
fn a_package_is_whole_as_a_folder_and_as_a_file() {
    let folder = folder();
    let at = folder.path();
    let made = kanyin(&["archive", &sample("blanks-2023.json"), "-o", "package", "--zip", "package.zip"], at);
    done(&made);
    let digest = String::from_utf8_lossy(&made.stdout).trim().to_owned();
    assert!(digest.starts_with("SHA-256 of tagmanifest-sha256.txt: "), "{digest}");
    for place in ["package", "package/", "package.zip"] {
        let output = kanyin(&["archive", "--verify", place], at);
        done(&output);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(said.starts_with("the package is whole: 9 files, ") && said.contains(&digest), "{said}");
        assert!(output.stderr.is_empty());
    }
    let chinese = kanyin(&["archive", "--verify", "package", "--lang", "zh"], at);
    assert!(String::from_utf8_lossy(&chinese.stdout).starts_with("归档包完整：9个文件，"));
}

#[test]
fn nothing_is_written_over_and_nothing_is_left_beside() {
    let folder = folder();
    let at = folder.path();
    let report = sample("smallest-2024.json");
    fs::create_dir(at.join("full")).expect("a folder");
    fs::write(at.join("full/x"), "x").expect("a file");
    fs::create_dir(at.join("empty")).expect("a folder");
    fs::write(at.join("file"), "x").expect("a file");
    let before = names(at);
    for (arguments, said) in [
        (&["-o", "full"][..], "error: cannot write `full`: the folder is not empty"),
        (&["-o", "file"], "error: cannot write `file`: it is there, and no folder"),
        (&["--zip", "file"], "error: cannot write `file`: it is there, and a package is never written over"),
        (
            &["-o", "new", "--zip", "file"],
            "error: cannot write `file`: it is there, and a package is never written over",
        ),
        (&["-o", "missing/new"], "error: cannot write `missing/new`: "),
        (&["-o", "new", "--zip", "missing/a.zip"], "error: cannot write `missing/a.zip`: "),
        (&["-o", "new", "--pdf", "missing.pdf"], "error: cannot read `missing.pdf`: "),
        (
            &["-o", "new", "--document-number", " "],
            "error: invalid value ' ' for '--document-number <NUMBER>': it is empty",
        ),
        (&["-o", "new", "--retention", "五年"], "error: invalid value '五年' for '--retention"),
        (&[], "error: the following required arguments were not provided:"),
    ] {
        let output = kanyin(&[&["archive", &report], arguments].concat(), at);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", words(&output));
        assert!(words(&output).starts_with(said), "{arguments:?}: {}", words(&output));
        assert_eq!(names(at), before, "{arguments:?}");
    }
    done(&kanyin(&["archive", &report, "-o", "empty"], at));
    assert_eq!(names(&at.join("empty")), FILES);
}

#[test]
fn a_report_with_errors_is_not_archived() {
    let folder = folder();
    let at = folder.path();
    fs::copy(root().join("tests/mistakes/row-total-wrong.json"), at.join("wrong.json")).expect("a file");
    let output = kanyin(&["archive", "wrong.json", "-o", "package", "--zip", "package.zip"], at);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        words(&output).ends_with("nothing was written; a report with errors is not archived\n"),
        "{}",
        words(&output)
    );
    assert_eq!(names(at), ["wrong.json"]);
}

/// A PDF with something appended to it, as a signature is.
fn appended(pdf: &[u8]) -> Vec<u8> {
    let document = Document::load_mem(pdf).expect("a PDF");
    let mut update = IncrementalDocument::create_from(pdf.to_vec(), document);
    update.new_document.add_object(kanyin::pdf::dictionary! { "Added" => true });
    let mut out = Vec::new();
    update.save_to(&mut out).expect("a PDF");
    assert!(out.starts_with(pdf) && out.len() > pdf.len());
    out
}

#[test]
fn a_signed_pdf_is_kept_as_it_is() {
    let folder = folder();
    let at = folder.path();
    let report = sample("smallest-2024.json");
    for (name, arguments) in
        [("archive.pdf", &["--archive"][..]), ("plain.pdf", &[]), ("dated.pdf", &["--archive", "--date", "2025-06-07"])]
    {
        done(&kanyin(&[&["build", &report, "-o", name], arguments].concat(), at));
        let pdf = fs::read(at.join(name)).expect("a PDF");
        fs::write(at.join(format!("signed-{name}")), appended(&pdf)).expect("a file");
    }
    fs::write(at.join("scan.pdf"), faults::scan()).expect("a file");
    let begins = "note: this PDF begins with what is built from the report, byte for byte\n";
    let unsigned = "warning: nothing was added to this PDF since it was built: it is not signed\n";
    let other =
        "note: the report is attached to this PDF, but it was built with other fonts, options or another version\n";
    let scanned =
        "warning: nothing in this PDF shows that it came from the report; the PDF as built is kept beside it\n";
    for (name, said, version, level, beside) in [
        ("signed-archive.pdf", begins, "正本", "PDF/A-3a", false),
        ("signed-plain.pdf", begins, "正本", "PDF/A-2a", false),
        ("archive.pdf", unsigned, "定稿", "PDF/A-3a", false),
        ("signed-dated.pdf", other, "正本", "PDF/A-3a", false),
        ("scan.pdf", scanned, "正本", "PDF", true),
    ] {
        let package = format!("package-{name}");
        let output = kanyin(&["archive", &report, "--pdf", name, "-o", &package], at);
        done(&output);
        assert!(words(&output).starts_with(said), "{name}: {}", words(&output));
        assert!(words(&output).contains(&format!("  --> {name}\n")));
        let appended = name.starts_with("signed");
        assert_eq!(words(&output).contains("warning: this PDF has no signature\n"), appended, "{name}");
        let not_pdf_a = words(&output).contains("warning: this PDF does not claim to be PDF/A");
        assert_eq!(not_pdf_a, level == "PDF", "{name}");
        let files = tree(&at.join(&package));
        assert_eq!(files["data/report.pdf"], fs::read(at.join(name)).expect("a PDF"), "{name}");
        // Where the PDF does not have its origin in it, the origin is kept too.
        let original = beside.then(|| fs::read(at.join("archive.pdf")).expect("a PDF"));
        assert_eq!(files.get("data/original.pdf"), original.as_ref(), "{name}");
        let metadata = String::from_utf8_lossy(&files["data/metadata.xml"]).into_owned();
        assert_eq!(element(&metadata, "稿本").as_deref(), Some(version), "{name}");
        assert!(
            metadata.contains(&format!("<格式信息>{level}</格式信息>\n    <计算机文件名>data/report.pdf<")),
            "{metadata}"
        );
        done(&kanyin(&["archive", "--verify", &package], at));
    }
}

#[test]
fn a_pdf_of_another_report_or_with_a_broken_signature_is_refused() {
    let folder = folder();
    let at = folder.path();
    done(&kanyin(&["build", &sample("blanks-2023.json"), "-o", "other.pdf", "--archive"], at));
    fs::write(at.join("text.pdf"), "no PDF").expect("a file");
    fs::write(at.join("forged.pdf"), faults::forged()).expect("a file");
    let report = sample("smallest-2024.json");
    let before = names(at);
    for (pdf, said) in [
        ("other.pdf", "error: the report attached to it is another one (SHA-256 "),
        ("forged.pdf", "error: the signature `Seal` does not hold: "),
        ("text.pdf", "error: the file is no PDF: it does not begin with %PDF\n  --> text.pdf\n"),
    ] {
        let output = kanyin(&["archive", &report, "--pdf", pdf, "-o", "package"], at);
        assert_eq!(output.status.code(), Some(1), "{}", words(&output));
        assert!(words(&output).starts_with(said), "{}", words(&output));
        assert_eq!(names(at), before);
    }
    let chinese = kanyin(&["archive", &report, "--pdf", "other.pdf", "-o", "package", "--lang", "zh"], at);
    assert!(words(&chinese).starts_with("错误：所附报告（SHA-256为"), "{}", words(&chinese));
}

#[test]
fn a_package_that_is_not_whole_is_said_with_status_one() {
    let folder = folder();
    let at = folder.path();
    done(&kanyin(&["archive", &sample("smallest-2024.json"), "-o", "package"], at));
    let package = at.join("package");
    fs::write(package.join("data/findings.json"), "{}\n").expect("a file");
    fs::remove_file(package.join("data/report.docx")).expect("a file");
    fs::write(package.join("data/more.txt"), "more").expect("a file");
    let output = kanyin(&["archive", "--verify", "package"], at);
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    let said = words(&output);
    for part in [
        "  --> package/data/findings.json\n",
        "error: the file is missing: a manifest names it\n  --> package/data/report.docx\n",
        "error: the file was added: `manifest-sha256.txt` does not name it\n  --> package/data/more.txt\n",
        "error: `Payload-Oxum` is ",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    fs::write(at.join("text.zip"), "no zip").expect("a file");
    assert_eq!(kanyin(&["archive", "--verify", "text.zip"], at).status.code(), Some(1));
    let missing = kanyin(&["archive", "--verify", "missing"], at);
    assert_eq!(missing.status.code(), Some(2));
    assert!(words(&missing).starts_with("error: cannot read `missing`: "), "{}", words(&missing));
    let both = kanyin(&["archive", "report.json", "--verify", "package"], at);
    assert_eq!(both.status.code(), Some(2), "{}", words(&both));
}

#[cfg(unix)]
#[test]
fn links_and_pipes_in_a_folder_are_told_and_not_followed() {
    use std::os::unix::ffi::OsStrExt;
    let folder = folder();
    let at = folder.path();
    done(&kanyin(&["archive", &sample("smallest-2024.json"), "-o", "package"], at));
    let data = at.join("package/data");
    fs::rename(data.join("report.pdf"), at.join("elsewhere.pdf")).expect("a file");
    std::os::unix::fs::symlink(at.join("elsewhere.pdf"), data.join("report.pdf")).expect("a link");
    std::os::unix::fs::symlink(".", data.join("round")).expect("a link");
    fs::write(data.join(std::ffi::OsStr::from_bytes(b"\xff.txt")), "").expect("a file");
    let pipe = Command::new("mkfifo").arg(data.join("pipe")).status().expect("mkfifo");
    assert!(pipe.success());
    let output = kanyin(&["archive", "--verify", "package"], at);
    assert_eq!(output.status.code(), Some(1));
    let said = words(&output);
    for part in [
        "error: this is a link, which was not followed\n  --> package/data/report.pdf\n",
        "error: this is a link, which was not followed\n  --> package/data/round\n",
        "error: this is neither a file nor a folder, and was not opened\n  --> package/data/pipe\n",
        "error: the name is not UTF-8\n  --> package/data/\u{fffd}.txt\n",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
}
