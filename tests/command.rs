//! The command run as a person runs it: arguments, files, standard streams, exit status, words.

mod common;

use std::path::Path;
use std::process::{Command, Output, Stdio};

use common::root;

fn kanyin(arguments: &[&str], folder: &Path) -> Output {
    with_input(arguments, folder, b"")
}

fn with_input(arguments: &[&str], folder: &Path, input: &[u8]) -> Output {
    use std::io::Write;
    let mut child = Command::new(env!("CARGO_BIN_EXE_kanyin"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("SOURCE_DATE_EPOCH")
        .env_remove("LC_MESSAGES")
        .env_remove("LANG")
        .env("LC_ALL", "C")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    // A program that stops before it has read all closes the pipe.
    let _ = child.stdin.take().expect("a pipe").write_all(input);
    child.wait_with_output().expect("the program ends")
}

fn sample() -> String {
    root().join("samples/sanmenxia-2020.json").display().to_string()
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

fn files(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn words(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_report_becomes_pdf_and_docx() {
    let folder = folder();
    let output = kanyin(&["build", &sample(), "-o", "report.pdf", "-o", "report.docx"], folder.path());
    assert_eq!(output.status.code(), Some(0), "{}", words(&output));
    assert_eq!(files(folder.path()), ["report.docx", "report.pdf"]);
    assert!(std::fs::read(folder.path().join("report.pdf")).expect("a PDF").starts_with(b"%PDF-1.7"));
    assert!(std::fs::read(folder.path().join("report.docx")).expect("a DOCX").starts_with(b"PK"));
    assert!(output.stdout.is_empty() && output.stderr.is_empty());
}

#[test]
fn standard_input_becomes_standard_output() {
    let folder = folder();
    let input = std::fs::read(sample()).expect("the sample");
    let output = with_input(&["build", "-", "--format", "pdf", "-o", "-"], folder.path(), &input);
    assert_eq!(output.status.code(), Some(0), "{}", words(&output));
    let file = kanyin(&["build", &sample(), "-o", "same.pdf"], folder.path());
    assert_eq!(file.status.code(), Some(0));
    assert_eq!(output.stdout, std::fs::read(folder.path().join("same.pdf")).expect("a PDF"));
}

#[test]
fn a_report_with_errors_is_refused_and_nothing_is_written() {
    let folder = folder();
    let text = std::fs::read_to_string(root().join("samples/city-2025.json")).expect("the sample");
    let wrong = text.replacen("32, 14069]", "32, 14070]", 1);
    assert_ne!(wrong, text);
    std::fs::write(folder.path().join("wrong.json"), wrong).expect("a file");
    let output = kanyin(&["build", "wrong.json", "-o", "out.pdf"], folder.path());
    assert_eq!(output.status.code(), Some(1));
    assert!(words(&output).contains("error: "), "{}", words(&output));
    assert!(words(&output).contains("wrong.json:"), "{}", words(&output));
    assert_eq!(files(folder.path()), ["wrong.json"]);
    let checked = kanyin(&["check", "wrong.json"], folder.path());
    assert_eq!(checked.status.code(), Some(1));
    // A draft is printed, and says that it is one.
    let draft = kanyin(&["build", "wrong.json", "-o", "draft.pdf", "--draft"], folder.path());
    assert_eq!(draft.status.code(), Some(0), "{}", words(&draft));
    let pdf = std::fs::read(folder.path().join("draft.pdf")).expect("a PDF");
    assert!(!contains(&pdf, b"pdfaid:part"), "a draft does not claim to be PDF/A");
    let pages = kanyin(&["build", "wrong.json", "--draft", "--format", "pages", "-o", "-"], folder.path());
    let pages = String::from_utf8_lossy(&pages.stdout).into_owned();
    let count = |what: &str| pages.lines().filter(|line| line.contains(what)).count();
    assert!(count("page ") > 3);
    assert_eq!(pages.lines().filter(|line| line.starts_with("page ")).count(), count("watermark slanted text"));
}

#[test]
fn a_report_that_cannot_even_be_a_draft_is_told_why_with_all_that_is_wrong() {
    let folder = folder();
    // A key nobody knows, values that cannot be read, and beside them sums that are wrong.
    let wrong = root().join("tests/mistakes/unreadable-and-wrong-at-once.json");
    std::fs::copy(wrong, folder.path().join("wrong.json")).expect("copied");
    let alone = kanyin(&["check", "wrong.json", "--lang", "en"], folder.path());
    let draft = kanyin(&["build", "wrong.json", "-o", "draft.pdf", "--draft", "--lang", "en"], folder.path());
    assert_eq!(draft.status.code(), Some(1));
    for said in ["did you mean `agency`?", "rule: T3-BAL"] {
        assert!(words(&draft).contains(said), "{}", words(&draft));
    }
    assert_eq!(words(&draft).trim_end(), format!("{}\n\n{NO_DRAFT}", words(&alone).trim_end()));
    assert_eq!(files(folder.path()), ["wrong.json"]);
}

const NO_DRAFT: &str = "no draft either: a draft may have wrong figures, but its places must be known and filled";

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[test]
fn what_is_asked_wrongly_is_said_with_status_two() {
    let folder = folder();
    let sample = sample();
    let build = |arguments: &[&str]| {
        let mut all = vec!["build", sample.as_str()];
        all.extend(arguments);
        kanyin(&all, folder.path())
    };
    for (output, said) in [
        (build(&["-o", "report.txt"]), "what format is `report.txt`?"),
        (build(&["-o", "report"]), "what format is `report`?"),
        (build(&["-o", "a.pdf", "-o", "a.pdf"]), "named twice"),
        (build(&["-o", "a.pdf", "--format", "docx"]), "another format"),
        (build(&["-o", "missing/a.pdf"]), "cannot write `missing/a.pdf`"),
        (build(&["-o", "a.pdf", "--font", "fangsong"]), "write it like `fangsong=simfang.ttf`"),
        (build(&["-o", "a.pdf", "--font", "comic=x.ttf"]), "there is no typeface `comic`"),
        (build(&["-o", "a.pdf", "--fonts", "nowhere"]), "`nowhere` is not a folder"),
        (build(&["-o", "a.pdf", "--fonts", "."]), "has none of the families"),
        (build(&["-o", "a.pdf", "--date", "2026-02-30"]), "no day of the calendar"),
        (build(&[]), "--output"),
        (kanyin(&["build", "nowhere.json", "-o", "a.pdf"], folder.path()), "cannot read `nowhere.json`"),
        (kanyin(&["forms", "show", "nothing"], folder.path()), "there is no form `nothing`"),
        (kanyin(&["frobnicate"], folder.path()), "frobnicate"),
    ] {
        assert_eq!(output.status.code(), Some(2), "{}", words(&output));
        assert!(words(&output).contains(said), "{said}: {}", words(&output));
        assert_eq!(files(folder.path()), [""; 0], "nothing is written");
    }
}

#[test]
fn an_output_that_is_a_folder_is_refused_and_the_other_file_is_not_written() {
    let folder = folder();
    std::fs::create_dir(folder.path().join("b.docx")).expect("a folder");
    let output = kanyin(&["build", &sample(), "-o", "a.pdf", "-o", "b.docx"], folder.path());
    assert_eq!(output.status.code(), Some(2));
    assert!(words(&output).contains("it is a folder"));
    assert_eq!(files(folder.path()), ["b.docx"]);
}

#[test]
fn a_character_no_face_has_is_named_with_its_place() {
    let folder = folder();
    let text = std::fs::read_to_string(sample()).expect("the sample");
    // Old Turkic has no face here, and no business in a report.
    let wrong = text.replacen("88篇", "88篇𐰀", 1);
    std::fs::write(folder.path().join("wrong.json"), wrong).expect("a file");
    let output = kanyin(&["build", "wrong.json", "-o", "out.pdf"], folder.path());
    assert_eq!(output.status.code(), Some(1));
    let words = words(&output);
    assert!(words.contains("`𐰀` (U+10C00)") && words.contains("$.sections.overview[2]"), "{words}");
    assert_eq!(files(folder.path()), ["wrong.json"]);
}

#[test]
fn a_character_lent_by_another_face_is_a_note_with_its_place() {
    let folder = folder();
    let text = std::fs::read_to_string(sample()).expect("the sample");
    let rare = text.replacen("88篇", "88篇𪛗", 1);
    std::fs::write(folder.path().join("rare.json"), rare).expect("a file");
    let output = kanyin(&["build", "rare.json", "-o", "out.pdf"], folder.path());
    assert_eq!(output.status.code(), Some(0), "{}", words(&output));
    let said = "note: `𪛗` (U+2A6D7) is set in 霞鹜文楷 GB 轻便版, because 朱雀仿宋 does not have it\n  \
                --> rare.json: $.sections.overview[2]\n";
    assert_eq!(words(&output), said);
    let chinese = kanyin(&["build", "rare.json", "-o", "out.pdf", "--lang", "zh"], folder.path());
    assert!(
        words(&chinese).starts_with("说明：“朱雀仿宋”无`𪛗` (U+2A6D7)，改用“霞鹜文楷 GB 轻便版”\n"),
        "{}",
        words(&chinese)
    );
}

#[test]
fn a_users_face_takes_the_place_of_a_typeface() {
    let folder = folder();
    let kai = root().join("fonts/LXGWWenKaiGBLite-Regular.ttf");
    let choice = format!("fangsong={}", kai.display());
    let with = kanyin(&["build", &sample(), "--format", "pages", "-o", "-", "--font", &choice], folder.path());
    let without = kanyin(&["build", &sample(), "--format", "pages", "-o", "-"], folder.path());
    assert_eq!((with.status.code(), without.status.code()), (Some(0), Some(0)));
    assert_ne!(with.stdout, without.stdout);
    // A folder with a catalogue of its own stands for all.
    let own = root().join("fonts").display().to_string();
    let folder_of_fonts = kanyin(&["build", &sample(), "--format", "pages", "-o", "-", "--fonts", &own], folder.path());
    assert_eq!(folder_of_fonts.stdout, without.stdout, "{}", words(&folder_of_fonts));
}

#[test]
fn files_bear_the_day_they_are_given() {
    let folder = folder();
    let build = |name: &str, date: &str| {
        let output = kanyin(&["build", &sample(), "-o", name, "--date", date], folder.path());
        assert_eq!(output.status.code(), Some(0), "{}", words(&output));
        std::fs::read(folder.path().join(name)).expect("a PDF")
    };
    assert_eq!(build("a.pdf", "2021-01-20"), build("b.pdf", "2021-01-20"));
    assert!(contains(&build("c.pdf", "2021-03-04"), b"2021-03-04T"));
}

#[test]
fn the_forms_are_listed_and_shown() {
    let folder = folder();
    let list = kanyin(&["forms", "list"], folder.path());
    let text = String::from_utf8_lossy(&list.stdout).into_owned();
    assert_eq!(list.status.code(), Some(0));
    assert!(text.contains("annual-report-2019") && text.contains("annual-report-2021"), "{text}");
    let show = kanyin(&["forms", "show", "annual-report-2019"], folder.path());
    let text = String::from_utf8_lossy(&show.stdout).into_owned();
    assert_eq!(show.status.code(), Some(0));
    for part in ["overview", "requests", "state_secret", "1.属于国家秘密", "natural_person", "T3-BAL"] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn messages_come_in_the_language_of_the_locale_or_the_one_asked_for() {
    let folder = folder();
    std::fs::write(folder.path().join("empty.json"), "{}").expect("a file");
    let english = kanyin(&["check", "empty.json"], folder.path());
    let chinese = kanyin(&["check", "empty.json", "--lang", "zh"], folder.path());
    assert!(words(&english).contains("error: "));
    assert!(words(&chinese).contains("错误"), "{}", words(&chinese));
}

#[test]
fn trouble_is_told_in_the_language_asked_for() {
    let folder = folder();
    let at = folder.path();
    let sample = sample();
    std::fs::copy(&sample, at.join("report.json")).expect("a copy");
    std::fs::create_dir(at.join("empty")).expect("a folder");
    std::fs::create_dir(at.join("fonts")).expect("a folder");
    std::fs::write(at.join("fonts/fonts.toml"), "faces = 1").expect("a catalogue");
    std::fs::write(at.join("none.pdf"), "no PDF").expect("a file");
    std::fs::write(at.join("cut.pdf"), "%PDF-1.7").expect("a file");
    std::fs::write(at.join("damaged.pdf"), "%PDF-1.7\n%%EOF").expect("a file");
    std::fs::write(at.join("damaged.docx"), "PK damaged").expect("a file");
    std::fs::write(at.join("gbk.txt"), b"\xc1\xd9").expect("a list");
    std::fs::write(at.join("no.ttf"), "no font").expect("a file");
    let build = |more: &'static [&'static str]| [&["build", "report.json"][..], more].concat();
    for (arguments, said) in [
        (vec!["check", "gone.json"], "不能读取`gone.json`：文件或文件夹不存在"),
        (vec!["build", "gone.json", "-o", "a.pdf"], "不能读取`gone.json`：文件或文件夹不存在"),
        (vec!["check", "empty"], "文件夹`empty`中没有报告：没有以.json结尾的文件"),
        (vec!["check", "gone-*.json"], "没有名称符合`gone-*.json`的文件"),
        (vec!["check", "[.json"], "`[.json`不是文件名，其中的通配符也不合写法（"),
        (
            vec!["check", "gone-*.json", "none-*.json"],
            "没有名称符合`gone-*.json`的文件\n错误：没有名称符合`none-*.json`的文件",
        ),
        (vec!["check", "report.json", "--expect", "gbk.txt"], "`gbk.txt`不是UTF-8编码（可能是GBK）；请另存为UTF-8"),
        (build(&["-o", "report"]), "不知`report`应为何种格式；请以.pdf或.docx结尾，或用`--format`指定"),
        (build(&["-o", "a.pdf", "--format", "docx"]), "`a.pdf`的扩展名与`--format`指定的格式不一致"),
        (build(&["-o", "a.pdf", "-o", "./a.pdf"]), "输出文件`./a.pdf`重复指定"),
        (build(&["-o", "report.json"]), "`report.json`就是输入的报告，写入后原报告将丢失；请另指定文件"),
        (build(&["-o", "gone/a.pdf"]), "不能写入`gone/a.pdf`：文件或文件夹不存在"),
        (build(&["-o", "empty", "--format", "pdf"]), "不能写入`empty`：它是文件夹"),
        (build(&["-o", "none.pdf/a.pdf"]), "不能写入`none.pdf/a.pdf`：路径中有一段不是文件夹"),
        (build(&["-o", "a.pdf", "--font", "fangsong"]), "`--font fangsong`：请写成`fangsong=simfang.ttf`这样"),
        (build(&["-o", "a.pdf", "--font", "comic=x.ttf"]), "没有字体`comic`；现有："),
        (build(&["-o", "a.pdf", "--font", "fangsong=gone.ttf"]), "不能读取`gone.ttf`：文件或文件夹不存在"),
        (build(&["-o", "a.pdf", "--font", "fangsong=no.ttf"]), "字体文件`no.ttf`已损坏，或不是字体文件"),
        (build(&["-o", "a.pdf", "--fonts", "gone"]), "`gone`不是文件夹"),
        (build(&["-o", "a.pdf", "--fonts", "empty"]), "`empty`中没有下列任何一种字体："),
        (build(&["-o", "a.pdf", "--fonts", "fonts"]), "`fonts.toml`写法有误，请改正（"),
        (build(&["--out-dir", "out", "--format", "grid"]), "用`--out-dir`时，格式只能是pdf和docx"),
        (
            build(&["--out-dir", "out", "--manifest", "none.pdf"]),
            "`none.pdf`已存在，且不是清单；未予改动，请另指定文件",
        ),
        (vec!["build", "gone-*.json", "--out-dir", "out"], "没有名称符合`gone-*.json`的文件"),
        (vec!["import", "none.pdf", "-o", "a.json"], "`none.pdf`：不是Word文档（.docx）"),
        (vec!["import", "damaged.docx", "-o", "a.json"], "`damaged.docx`：不是zip压缩包，或已损坏、不完整（"),
        (vec!["extract", "none.pdf"], "`none.pdf`：不是PDF文件"),
        (vec!["extract", "cut.pdf"], "`cut.pdf`：文件不完整，被截短"),
        (vec!["extract", "damaged.pdf"], "`damaged.pdf`：文件已损坏，"),
        (vec!["verify", "gone.pdf"], "不能读取`gone.pdf`：文件或文件夹不存在"),
        (vec!["verify", "none.pdf", "--trust", "no.ttf"], "`no.ttf`中没有PEM或DER格式的证书"),
        (vec!["sign", "none.pdf", "--prepare", "-o", "a.pdf"], "`none.pdf`：不是PDF文件"),
        (vec!["archive", "report.json", "-o", "fonts"], "不能写入`fonts`：文件夹不是空的"),
        (vec!["archive", "report.json", "-o", "no.ttf"], "不能写入`no.ttf`：已存在，且不是文件夹"),
        (vec!["archive", "report.json", "--zip", "no.ttf"], "不能写入`no.ttf`：已存在，而归档包不得覆盖"),
        (vec!["archive", "--verify", "gone"], "不能读取`gone`：文件或文件夹不存在"),
        (vec!["new", "1999"], "没有表式`1999`；现有："),
        (vec!["new", "2025", "-o", "no.ttf"], "`no.ttf`已存在；请另指定文件，或先将其删除"),
        (vec!["fill", "-", "--in-place"], "标准输入无处写回"),
    ] {
        let output = kanyin(&[&arguments[..], &["--lang", "zh"]].concat(), at);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", words(&output));
        assert!(words(&output).starts_with(&format!("错误：{said}")), "{arguments:?}: {}", words(&output));
        assert!(!speaks_english(&words(&output)), "{arguments:?}: {}", words(&output));
    }
    let english = kanyin(&["new", "1999", "--lang", "en"], at);
    assert!(words(&english).starts_with("error: there is no form `1999`; there are: "), "{}", words(&english));
}

#[test]
fn wrong_use_is_told_in_the_language_asked_for() {
    let folder = folder();
    for (arguments, said, usage, command) in [
        (&["bild", "--lang", "zh"][..], "没有子命令`bild`\n  提示：是否为`build`？", "kanyin <子命令>", "kanyin"),
        (&["--lang=zh", "build"], "没有参数`--lang`", "kanyin <子命令>", "kanyin"),
        (&["build", "--lang=zh"], "缺少必需的参数`--output <", "kanyin build ", "kanyin build"),
        (&["build", "--lang", "zh", "x", "-o"], "参数`--output <", "kanyin build [选项] <", "kanyin build"),
        (
            &["check", "x", "--lang=zh", "--fromat", "json"],
            "没有参数`--fromat`\n  提示：是否为`--format`？",
            "kanyin check ",
            "kanyin check",
        ),
        (&["check", "x", "--format", "xml", "--lang=zh"], "参数`--format <", "kanyin check [选项] <", "kanyin check"),
        (&["check", "x", "--jobs", "0", "--lang=zh"], "参数`--jobs <", "kanyin check [选项] <", "kanyin check"),
        (
            &["build", "x", "--lang=zh", "-o", "a", "--date", "2026"],
            "参数`--date <",
            "kanyin build [选项] <",
            "kanyin build",
        ),
        (
            &["build", "x", "--lang=zh", "-o", "a", "--archive", "--draft"],
            "参数`--archive`不能与`--draft`同用",
            "kanyin build ",
            "kanyin build",
        ),
        (
            &["fill", "x", "--lang=zh", "--in-place", "--in-place"],
            "参数`--in-place`只能用一次",
            "kanyin fill [选项] <",
            "kanyin fill",
        ),
        (
            &["build", "x", "-o", "a", "--tint=1", "--lang=zh"],
            "参数`--tint`不带值，或值过多：`1`",
            "kanyin build ",
            "kanyin build",
        ),
        (&["forms", "list", "x", "--lang=zh"], "多余的参数`x`", "kanyin forms list", "kanyin forms list"),
    ] {
        let output = kanyin(arguments, folder.path());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let words = words(&output);
        assert!(words.starts_with(&format!("错误：{said}")), "{arguments:?}: {words}");
        assert!(words.contains(&format!("\n\n用法：{usage}")), "{arguments:?}: {words}");
        assert!(words.ends_with(&format!("\n\n用`{command} --help`查看用法\n")), "{arguments:?}: {words}");
        let told: String = words.lines().filter(|line| !line.starts_with("用法：")).collect();
        assert!(!speaks_english(&told), "{arguments:?}: {words}");
    }
    for (arguments, said) in [
        (&["check", "x", "--jobs", "0", "--lang=zh"][..], "`0`不正确：应大于0\n"),
        (&["check", "x", "--jobs", "x", "--lang=zh"], "`x`不正确：应为整数\n"),
        (&["check", "x", "--jobs", "99999", "--lang=zh"], "`99999`不正确：数过大\n"),
        (
            &["build", "x", "--lang=zh", "-o", "a", "--date", "2026"],
            "`2026`不正确：不是日历上的日期；请写成2026-01-20这样\n",
        ),
        (&["check", "x", "--format", "xml", "--lang=zh"], "`xml`不在可选之列：`text`、`json`、`sarif`\n"),
        (&["build", "--lang", "zh", "x", "-o"], "`缺少值\n"),
        // An argument that only looks like the language, and one that is not read.
        (&["build", "--", "--lang", "zh"], "error: the following required arguments"),
        (&["bild", "--lang", "zh", "--lang", "en"], "error: unrecognized subcommand 'bild'"),
    ] {
        let output = kanyin(arguments, folder.path());
        assert!(words(&output).contains(said), "{arguments:?}: {}", words(&output));
    }
}

#[test]
fn help_is_in_the_language_asked_for() {
    let folder = folder();
    let commands = ["archive", "build", "check", "import", "extract", "sign", "verify", "new", "fill", "schema"];
    let commands = commands.iter().map(|command| vec![*command]);
    for command in commands.chain([vec![], vec!["forms"], vec!["forms", "list"], vec!["forms", "show"]]) {
        let help = kanyin(&[&command[..], &["--help", "--lang", "zh"]].concat(), folder.path());
        let text = String::from_utf8_lossy(&help.stdout).into_owned();
        assert_eq!((help.status.code(), &help.stderr[..]), (Some(0), &b""[..]), "{command:?}");
        // Examples and usage are commands, and so is what options are called.
        let told = text.lines().filter(|line| !line.starts_with("  ") && !line.starts_with("用法：kanyin"));
        let told = told.chain(text.lines().filter(|line| line.starts_with("          ")));
        assert!(!speaks_english(&told.collect::<String>()), "{command:?}: {text}");
        assert!(!["Usage", "Options", "Print"].iter().any(|word| text.contains(word)), "{command:?}: {text}");
    }
    let english = kanyin(&["build", "--help"], folder.path());
    let english = String::from_utf8_lossy(&english.stdout).into_owned();
    assert!(english.contains("Usage: kanyin build [OPTIONS] <INPUT>...") && !english.contains("用法"), "{english}");
}

/// Whether words of English stand in a text, what is quoted aside: names in backticks, libraries in brackets.
fn speaks_english(text: &str) -> bool {
    let unnamed: String = text.split('`').step_by(2).collect();
    let unquoted = unnamed.split('（').map(|part| part.rsplit('）').next().unwrap_or_default());
    let words: String = unquoted.collect();
    words.as_bytes().windows(3).any(|three| three[1] == b' ' && three.iter().step_by(2).all(u8::is_ascii_lowercase))
}
