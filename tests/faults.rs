//! What goes wrong around the program: a full disk, no permission, folders, pipes, an input that is gone, a kill.
//! Files are whole or not there, the exit status says what it is, and there is a sentence.

#![cfg(unix)]

mod common;

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use common::root;

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

fn sample() -> String {
    root().join("samples/smallest-2024.json").display().to_string()
}

fn files(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Asserts that the program stopped with status 2 and a sentence that has these words.
fn stopped(output: &Output, said: &str) {
    assert_eq!(output.status.code(), Some(2), "{said}: {}", words(output));
    let words = words(output);
    assert!(words.starts_with("error: ") && words.contains(said) && words.lines().count() == 1, "{said}: {words}");
}

/// A folder that anybody may go through, unlike what temporary folders are by default.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).expect("permissions");
    folder
}

#[test]
fn a_full_disk_leaves_what_was_there_before() {
    let folder = folder();
    let disk = folder.path();
    fs::write(disk.join("report.pdf"), "what was there before").expect("a file");
    // A limit on the size of files stands for a disk without room: the system refuses to write more in both. To write
    // more is answered by a signal as well, which ends a program that does nothing about it.
    let program = env!("CARGO_BIN_EXE_kanyin");
    let limited = format!("ulimit -f 16; exec {program} build {} -o report.pdf -o report.docx \"$@\"", sample());
    let limited = |more: &[&str]| {
        let mut shell = Command::new("sh");
        shell.args(["-c", &limited, "sh"]).args(more).current_dir(disk).env("LC_ALL", "C").output().expect("sh")
    };
    stopped(&limited(&[]), "cannot write `report.pdf`: File too large");
    let chinese = limited(&["--lang", "zh"]);
    assert_eq!(words(&chinese), "错误：不能写入`report.pdf`：文件超过系统允许的大小\n");
    assert_eq!(files(disk), ["report.pdf"]);
    assert_eq!(fs::read(disk.join("report.pdf")).expect("a file"), b"what was there before");
}

#[test]
fn a_device_without_room_is_said_to_have_none() {
    let folder = folder();
    let full = || Stdio::from(fs::OpenOptions::new().write(true).open("/dev/full").expect("/dev/full"));
    let build = ["build", &sample(), "--format", "pdf", "-o", "-"];
    let output = command(folder.path()).args(build).stdout(full()).stderr(Stdio::piped()).output().expect("it runs");
    stopped(&output, "cannot write to standard output: No space left on device");
    let list = command(folder.path()).args(["forms", "list"]).stdout(full()).stderr(Stdio::piped()).output();
    stopped(&list.expect("it runs"), "cannot write to standard output: No space left on device");
    // Named as a file, a device is written to, and not replaced by a file.
    let named = kanyin(&["build", &sample(), "--format", "pdf", "-o", "/dev/full"], folder.path());
    stopped(&named, "cannot write `/dev/full`: No space left on device");
    let nothing = kanyin(&["build", &sample(), "--format", "pdf", "-o", "/dev/null"], folder.path());
    assert_eq!(nothing.status.code(), Some(0), "{}", words(&nothing));
    assert!(!fs::metadata("/dev/null").expect("/dev/null").is_file());
}

#[test]
fn a_reader_that_goes_away_ends_the_program_in_order() {
    let folder = folder();
    // A pipe holds 64 KiB and a PDF has more: the program is still writing when nobody reads any more.
    let build = ["build", &sample(), "--format", "pdf", "-o", "-"];
    let mut child =
        command(folder.path()).args(build).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
    let mut first = [0; 8];
    child.stdout.take().expect("a pipe").read_exact(&mut first).expect("the start of a PDF");
    let output = child.wait_with_output().expect("it ends");
    stopped(&output, "cannot write to standard output: Broken pipe");
    // What is only shown may be cut off by whoever has seen enough.
    let show = ["forms", "show", "annual-report-2021"];
    let child = command(folder.path()).args(show).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = child.expect("it runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!((output.status.code(), words(&output)), (Some(0), String::new()));
}

#[test]
fn without_permission_nothing_is_read_or_written() {
    let folder = folder();
    let path = folder.path();
    let report = path.join("report.json");
    fs::copy(sample(), &report).expect("a copy");
    fs::create_dir(path.join("closed")).expect("a folder");
    fs::set_permissions(path.join("closed"), fs::Permissions::from_mode(0o555)).expect("permissions");
    let is_root = report.metadata().expect("a file").uid() == 0;
    // Permissions are nothing to root: then somebody else runs the program.
    let anybody = |arguments: &[&str]| {
        let program = path.join("kanyin");
        if is_root {
            fs::copy(env!("CARGO_BIN_EXE_kanyin"), &program).expect("a copy others can reach");
        }
        let mut command = if is_root { Command::new(&program) } else { Command::new(env!("CARGO_BIN_EXE_kanyin")) };
        command.current_dir(path).env("LC_ALL", "C").args(arguments);
        if is_root {
            command.uid(65_534).gid(65_534);
        }
        command.output().expect("the program runs")
    };
    let output = anybody(&["build", "report.json", "-o", "closed/report.pdf"]);
    stopped(&output, "cannot write `closed/report.pdf`: Permission denied");
    assert_eq!(files(&path.join("closed")), [""; 0]);
    fs::set_permissions(&report, fs::Permissions::from_mode(0o000)).expect("permissions");
    stopped(&anybody(&["build", "report.json", "-o", "report.pdf"]), "cannot read `report.json`: Permission denied");
    stopped(&anybody(&["check", "report.json"]), "cannot read `report.json`: Permission denied");
    assert!(!path.join("report.pdf").exists());
}

#[test]
fn an_input_that_is_gone_or_no_file_is_named() {
    let folder = folder();
    symlink("gone.json", folder.path().join("link.json")).expect("a link");
    symlink("round.json", folder.path().join("round.json")).expect("a link");
    fs::create_dir(folder.path().join("folder.json")).expect("a folder");
    for (input, said) in [
        ("nowhere.json", "No such file or directory"),
        ("link.json", "No such file or directory"),
        ("round.json", "Too many levels of symbolic links"),
        ("folder.json", "Is a directory"),
        ("link.json/report.json", "No such file or directory"),
    ] {
        stopped(&kanyin(&["build", input, "-o", "report.pdf"], folder.path()), said);
        // `check` looks through a folder for reports.
        let said = if input == "folder.json" { "there is no report in `folder.json`" } else { said };
        stopped(&kanyin(&["check", input], folder.path()), said);
    }
    for (font, said) in [("nowhere.ttf", "No such file"), (".", "Is a directory"), ("/dev/zero", "as no font does")] {
        let choice = format!("fangsong={font}");
        let output = kanyin(&["build", &sample(), "-o", "report.pdf", "--font", &choice], folder.path());
        stopped(&output, said);
    }
    assert_eq!(files(folder.path()), ["folder.json", "link.json", "round.json"]);
}

#[test]
fn an_output_that_somebody_reads_is_replaced_whole() {
    let folder = folder();
    let path = folder.path().join("report.pdf");
    fs::write(&path, "an older report").expect("a file");
    let mut open = fs::File::open(&path).expect("the older report");
    let output = kanyin(&["build", &sample(), "-o", "report.pdf"], folder.path());
    assert_eq!(output.status.code(), Some(0), "{}", words(&output));
    let mut read = String::new();
    open.read_to_string(&mut read).expect("the older report");
    assert_eq!(read, "an older report", "whoever has it open goes on reading it");
    assert!(fs::read(&path).expect("the new report").starts_with(b"%PDF"));
}

#[test]
fn a_link_stays_and_what_it_leads_to_is_written() {
    let folder = folder();
    fs::create_dir(folder.path().join("archive")).expect("a folder");
    fs::write(folder.path().join("archive/2024.pdf"), "an older report").expect("a file");
    symlink("archive/2024.pdf", folder.path().join("report.pdf")).expect("a link");
    let output = kanyin(&["build", &sample(), "-o", "report.pdf"], folder.path());
    assert_eq!(output.status.code(), Some(0), "{}", words(&output));
    assert!(folder.path().join("report.pdf").is_symlink());
    assert!(fs::read(folder.path().join("archive/2024.pdf")).expect("a PDF").starts_with(b"%PDF"));
    assert_eq!(files(folder.path()), ["archive", "report.pdf"]);
    assert_eq!(files(&folder.path().join("archive")), ["2024.pdf"]);
}

#[test]
fn the_report_itself_is_never_written_over_and_no_place_twice() {
    let folder = folder();
    let path = folder.path();
    fs::copy(sample(), path.join("report.json")).expect("a copy");
    symlink("report.json", path.join("link.pdf")).expect("a link");
    for output in ["report.json", "./report.json", "link.pdf"] {
        let output = kanyin(&["build", "report.json", "--format", "pdf", "-o", output], path);
        stopped(&output, "is the report itself, which would be lost");
    }
    stopped(&kanyin(&["build", "report.json", "-o", "a.pdf", "-o", "./a.pdf"], path), "named twice");
    assert_eq!(fs::read(path.join("report.json")).expect("it"), fs::read(sample()).expect("the sample"));
    assert_eq!(files(path), ["link.pdf", "report.json"]);
}

#[test]
fn a_kill_while_files_are_written_leaves_them_whole() {
    let folder = folder();
    let path = folder.path();
    let whole = kanyin(&["build", &sample(), "--format", "pdf", "-o", "-"], path).stdout;
    let old = b"an older report";
    let mut killed = 0;
    for _ in 0..8 {
        fs::write(path.join("report.pdf"), old).expect("a file");
        let build = ["build", &sample(), "-o", "report.pdf", "-o", "report.docx"];
        let mut child = command(path).args(build).spawn().expect("it runs");
        // As soon as the first file is begun beside its place (or all is over).
        while !files(path).iter().any(|name| name.starts_with(".kanyin-")) && child.try_wait().expect("it").is_none() {
            std::thread::yield_now();
        }
        child.kill().expect("a kill");
        killed += usize::from(child.wait().expect("it ends").signal() == Some(9));
        let now = fs::read(path.join("report.pdf")).expect("a file");
        assert!(now == old || now == whole, "{} bytes are neither the old report nor the new", now.len());
        for name in files(path) {
            if name != "report.pdf" {
                fs::remove_file(path.join(name)).expect("it goes");
            }
        }
    }
    assert!(killed > 0, "some were killed in time");
}

#[test]
fn a_report_cannot_name_files() {
    // No key of a report is a path: what looks like one is text, printed or refused, and nothing is opened.
    let folder = folder();
    let secret = folder.path().join("secret.txt");
    fs::write(&secret, "secret").expect("a file");
    let text = fs::read_to_string(sample()).expect("the sample");
    let escaping = text.replacen("临渚市医疗保障局", "../../etc/passwd", 1);
    assert_ne!(escaping, text);
    let inside = folder.path().join("inside");
    fs::create_dir(&inside).expect("a folder");
    fs::File::create(inside.join("report.json")).and_then(|mut file| file.write_all(escaping.as_bytes())).expect("it");
    let output = kanyin(&["build", "report.json", "-o", "report.pdf", "-o", "report.docx"], &inside);
    assert_eq!(output.status.code(), Some(0), "{}", words(&output));
    assert_eq!(files(&inside), ["report.docx", "report.json", "report.pdf"]);
    assert_eq!(files(folder.path()), ["inside", "secret.txt"]);
    for key in ["include", "seal_picture", "font", "$ref"] {
        let naming = text.replacen('{', &format!("{{\"{key}\": \"{}\",", secret.display()), 1);
        fs::write(inside.join("report.json"), naming).expect("a file");
        let output = kanyin(&["check", "report.json"], &inside);
        assert_eq!(output.status.code(), Some(1), "{key}: {}", words(&output));
        assert!(words(&output).contains("is not a key that is known here"), "{}", words(&output));
    }
    // `$schema` is for editors, and not followed.
    let schema = text.replacen('{', "{\"$schema\": \"file:///nowhere\",", 1);
    fs::write(inside.join("report.json"), schema).expect("a file");
    assert_eq!(kanyin(&["check", "report.json"], &inside).status.code(), Some(0));
}

#[test]
fn a_catalogue_of_fonts_reaches_only_into_its_own_folder() {
    let folder = folder();
    let fonts = folder.path().join("fonts");
    fs::create_dir(&fonts).expect("a folder");
    let catalogue = fs::read_to_string(root().join("fonts/fonts.toml")).expect("fonts.toml");
    let face = root().join("fonts/ZhuqueFangsong-Regular.ttf");
    fs::copy(&face, folder.path().join("outside.ttf")).expect("a copy");
    for name in ["../outside.ttf", "./../outside.ttf", &face.display().to_string()] {
        let escaping = catalogue.replace("ZhuqueFangsong-Regular.ttf", name);
        fs::write(fonts.join("fonts.toml"), escaping).expect("a catalogue");
        for entry in fs::read_dir(root().join("fonts")).expect("fonts").flatten() {
            let link = fonts.join(entry.file_name());
            if !link.exists() {
                symlink(entry.path(), link).expect("a link");
            }
        }
        let output = kanyin(&["build", &sample(), "-o", "a.pdf", "--fonts", "fonts"], folder.path());
        stopped(&output, &format!("the font file `{name}`"));
    }
}
