//! `kanyin archive`: a report and its documents put into a package for the archive, or such a package checked.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, Read, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;

use kanyin::archive::verify::{self, Contents, Entry, Kind, MOST_BYTES, MOST_FILES, Verdict};
use kanyin::archive::{Bond, Given, Master, Package, Record, package};
use kanyin::compose::{self, compose};
use kanyin::document::Date;
use kanyin::error::Lang;
use kanyin::typeset::{self, line_ends, typeset};
use kanyin::write;

use super::build::{SOURCE_NAME, parse_date, source_date_epoch};
use super::fonts::{self, Choice};
use super::source::Source;
use super::words::{Words, cannot_read, cannot_write, why};
use super::{Language, Stop, bundled_forms, bundled_sheet, language, print, say};

/// Folders in a package are not followed deeper.
const DEEPEST: usize = 16;

#[derive(Args)]
#[command(after_help = "Examples:
  kanyin archive report.json -o package
  kanyin archive report.json --pdf signed.pdf --retention 永久 -o package --zip package.zip
  kanyin archive --verify package
  kanyin archive --verify package.zip

Exit status: 0 done, or the package is whole; 1 the report has errors, the PDF is not its, or the
package is not whole; 2 wrong use, or a file that cannot be read or written.")]
pub(super) struct Archive {
    /// The report; `-` reads standard input.
    #[arg(required_unless_present = "verify")]
    input: Option<PathBuf>,
    /// The folder to make the package in; it must not be there, or be empty.
    #[arg(short, long, value_name = "DIR", required_unless_present_any = ["zip", "verify"])]
    output: Option<PathBuf>,
    /// The file to make of the package; it must not be there.
    #[arg(long, value_name = "FILE")]
    zip: Option<PathBuf>,
    /// The signed, sealed or scanned PDF, to be archived as it is in place of the one built.
    #[arg(long, value_name = "SIGNED.PDF")]
    pdf: Option<PathBuf>,
    /// How long the record is kept (保管期限).
    #[arg(long, value_parser = ["永久", "30年", "10年"], value_name = "永久|30年|10年", hide_possible_values = true)]
    retention: Option<String>,
    /// The record's number in the archive (档号).
    #[arg(long, value_parser = parse_name, value_name = "NUMBER")]
    archive_number: Option<String>,
    /// The document's number (文件编号, 发文字号).
    #[arg(long, value_parser = parse_name, value_name = "NUMBER")]
    document_number: Option<String>,
    /// A folder with faces to use instead of those in the program, as for `build`.
    #[arg(long, value_name = "DIR")]
    fonts: Option<PathBuf>,
    /// A font file to use for a typeface, as often as wanted: `--font fangsong=simfang.ttf`.
    #[arg(long, value_name = "TYPEFACE=FILE")]
    font: Vec<String>,
    /// Use faces installed on this machine where they have the names an office would use.
    #[arg(long)]
    installed_fonts: bool,
    /// Tint the band rows of the tables.
    #[arg(long)]
    tint: bool,
    /// The day the files bear, `2026-01-20`; else as for `build`.
    #[arg(long, value_parser = parse_date, value_name = "DATE")]
    date: Option<Date>,
    /// Check a package, a folder or a zip file, and write nothing.
    #[arg(long, value_name = "DIR|ZIP", conflicts_with_all = ["input", "output", "zip", "pdf"])]
    verify: Option<PathBuf>,
    /// The language of messages; else that of the locale.
    #[arg(long, value_enum)]
    pub lang: Option<Language>,
}

/// Makes a package, or checks one.
pub(super) fn run(args: &Archive) -> Result<(), Stop> {
    let lang = language(args.lang);
    match (&args.verify, &args.input) {
        (Some(path), _) => check(path, lang),
        (None, Some(input)) => make(args, input, lang),
        (None, None) => {
            let english = "name a report, or a package with `--verify`";
            Err(Words::new(english, "请指定报告，或用`--verify`指定归档包").into())
        }
    }
}

fn make(args: &Archive, input: &Path, lang: Lang) -> Result<(), Stop> {
    // Before the work is done that would be in vain.
    let places = Places::of(args)?;
    let source = Source::read(input)?;
    let forms = bundled_forms()?;
    let report = source.report(&forms, lang)?;
    let checked = source.check(&report, &forms, lang)?;
    if source.say_findings(checked.findings(), lang) {
        say(match lang {
            Lang::English => "nothing was written; a report with errors is not archived",
            Lang::Chinese => "未生成任何文件；有错误的报告不予归档",
        });
        return Err(Stop::Refused);
    }
    let date = args.date.or_else(source_date_epoch).unwrap_or_else(|| checked.report().day());
    let document = compose(&checked, &compose::Options { date, watermark: None });
    let sheet = bundled_sheet(checked.form())?;
    let choice = Choice { folder: args.fonts.as_deref(), single: &args.font, installed: args.installed_fonts };
    let faces = fonts::choose(&choice, &sheet)?;
    let options = typeset::Options { tint: args.tint };
    let pages = typeset(&document, &sheet, &faces, options).map_err(|faults| source.refuse_faults(&faults, lang))?;
    let attached = write::pdf::Source { name: SOURCE_NAME, media_type: "application/json", bytes: source.bytes() };
    let built = write::pdf::write_archive(&pages, &faces, &attached).map_err(Words::from)?;
    let master = match &args.pdf {
        None => Master::built(built.clone()).map_err(Words::from)?,
        Some(path) => {
            let plain = write::pdf::write(&pages, &faces).map_err(Words::from)?;
            signed(path, source.bytes(), &[&built, &plain], lang)?
        }
    };
    let ends = line_ends(&document, &sheet, &faces);
    let carried = kanyin::import::carry(source.bytes());
    let options = write::docx::Options { tint: args.tint, carried: carried.as_deref() };
    let docx = write::docx::write_on_lines(&document, &sheet, &options, &ends).map_err(Words::from)?;
    let given = Given {
        retention: args.retention.clone(),
        archive_number: args.archive_number.clone(),
        document_number: args.document_number.clone(),
    };
    let record = Record {
        checked: &checked,
        about: &document.about,
        json: source.bytes(),
        master: &master,
        built: &built,
        docx: &docx,
        given: &given,
    };
    let package = package(&record);
    places.write(&package)?;
    print(&match lang {
        Lang::English => format!("SHA-256 of tagmanifest-sha256.txt: {}\n", package.digest()),
        Lang::Chinese => format!("tagmanifest-sha256.txt的SHA-256为{}\n", package.digest()),
    })
}

/// The copy that was signed, with what is to be said of it.
fn signed(path: &Path, report: &[u8], built: &[&[u8]], lang: Lang) -> Result<Master, Stop> {
    let pdf = super::read_file(path, kanyin::pdf::MOST_BYTES)?;
    let name = path.display();
    let master = Master::signed(pdf, report, built).map_err(|error| {
        say(&match lang {
            Lang::English => format!("error: {}\n  --> {name}", error.message(lang)),
            Lang::Chinese => format!("错误：{}\n  --> {name}", error.message(lang)),
        });
        Stop::Refused
    })?;
    let (level, words) = match (master.bond(), lang) {
        (Bond::Built, Lang::English) => {
            ("warning: ", "nothing was added to this PDF since it was built: it is not signed")
        }
        (Bond::Built, Lang::Chinese) => ("警告：", "此PDF自生成后未作任何添加：尚未签署"),
        (Bond::Appended { .. }, Lang::English) => {
            ("note: ", "this PDF begins with what is built from the report, byte for byte")
        }
        (Bond::Appended { .. }, Lang::Chinese) => ("说明：", "此PDF的前部与据报告生成的文件逐字节相同"),
        (Bond::Attached, Lang::English) => (
            "note: ",
            "the report is attached to this PDF, but it was built with other fonts, options or another version",
        ),
        (Bond::Attached, Lang::Chinese) => ("说明：", "此PDF所附即该报告，但其生成所用字体、选项或程序版本不同"),
        (Bond::None, Lang::English) => {
            ("warning: ", "nothing in this PDF shows that it came from the report; the PDF as built is kept beside it")
        }
        (Bond::None, Lang::Chinese) => ("警告：", "此PDF本身不能证明由该报告生成；生成的PDF一并归档"),
    };
    say(&format!("{level}{words}\n  --> {name}"));
    if master.signatures().is_empty() && matches!(master.bond(), Bond::Appended { .. } | Bond::Attached) {
        say(&match lang {
            Lang::English => format!("warning: this PDF has no signature\n  --> {name}"),
            Lang::Chinese => format!("警告：此PDF没有签名\n  --> {name}"),
        });
    }
    if master.level().is_none() {
        say(&match lang {
            Lang::English => {
                format!("warning: this PDF does not claim to be PDF/A, which archives ask for\n  --> {name}")
            }
            Lang::Chinese => format!("警告：此PDF未标明为PDF/A，而归档要求PDF/A\n  --> {name}"),
        });
    }
    Ok(master)
}

/// A number or name as it is given on the command line.
fn parse_name(text: &str) -> Result<String, Words> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Words::new("it is empty", "内容为空"));
    }
    if text.chars().any(char::is_control) {
        return Err(Words::new("it has a character that cannot be printed", "含不可显示的字符"));
    }
    Ok(text.to_owned())
}

/// Where a package goes.
struct Places<'a> {
    folder: Option<&'a Path>,
    zip: Option<&'a Path>,
}

impl<'a> Places<'a> {
    /// Makes sure that nothing stands there.
    fn of(args: &'a Archive) -> Result<Self, Words> {
        let (folder, zip) = (args.output.as_deref(), args.zip.as_deref());
        if let Some(folder) = folder {
            match fs::symlink_metadata(folder) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => (),
                Err(error) => return Err(cannot(folder, &error)),
                Ok(found) if !found.is_dir() => {
                    let words = Words::new("it is there, and no folder", "已存在，且不是文件夹");
                    return Err(cannot_write(folder.display(), &words));
                }
                Ok(_) => {
                    let mut inside = fs::read_dir(folder).map_err(|error| cannot(folder, &error))?;
                    if inside.next().is_some() {
                        let words = Words::new("the folder is not empty", "文件夹不是空的");
                        return Err(cannot_write(folder.display(), &words));
                    }
                }
            }
        }
        if let Some(zip) = zip
            && fs::symlink_metadata(zip).is_ok()
        {
            let english = "it is there, and a package is never written over";
            return Err(cannot_write(zip.display(), &Words::new(english, "已存在，而归档包不得覆盖")));
        }
        Ok(Places { folder, zip })
    }

    /// Writes a package beside its places first and moves it there when all of it is whole.
    fn write(&self, package: &Package) -> Result<(), Words> {
        let zip = self.zip.map(|place| -> Result<_, Words> {
            let bytes = package.zip().map_err(|error| cannot(place, &error))?;
            let mut file = beside(0o666).tempfile_in(parent(place)).map_err(|error| cannot(place, &error))?;
            file.write_all(&bytes).and_then(|()| file.as_file().sync_all()).map_err(|error| cannot(place, &error))?;
            Ok((file, place))
        });
        let zip = zip.transpose()?;
        let folder = self.folder.map(|place| -> Result<_, Words> {
            let made = write_folder(place, package).map_err(|error| cannot(place, &error))?;
            Ok((made, place))
        });
        if let Some((made, place)) = folder.transpose()? {
            // Renamed onto an empty folder or onto nothing; one that has been filled since stays as it is.
            if cfg!(windows) {
                let _ = fs::remove_dir(place);
            }
            fs::rename(made.path(), place).map_err(|error| cannot(place, &error))?;
            // It is no longer where it would be removed.
            let _ = made.keep();
        }
        if let Some((file, place)) = zip {
            file.persist_noclobber(place).map_err(|error| {
                if let Some(folder) = self.folder {
                    let _ = fs::remove_dir_all(folder);
                }
                cannot(place, &error.error)
            })?;
        }
        Ok(())
    }
}

/// A package in a folder beside its place, every file on the disk.
fn write_folder(place: &Path, package: &Package) -> io::Result<tempfile::TempDir> {
    let made = beside(0o777).tempdir_in(parent(place))?;
    for file in package.files() {
        let path = made.path().join(file.path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut out = fs::File::create_new(&path)?;
        out.write_all(&file.bytes)?;
        out.sync_all()?;
    }
    Ok(made)
}

/// What is written beside its place: for all who may read the folder, unlike what temporary files are by default.
#[cfg_attr(not(unix), expect(unused_variables))]
fn beside(mode: u32) -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".kanyin-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(mode));
    builder
}

/// The folder a place is in.
fn parent(place: &Path) -> &Path {
    place.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn cannot(place: &Path, error: &io::Error) -> Words {
    cannot_write(place.display(), &why(error))
}

/// Says everything that is wrong with a package, or that it is whole.
fn check(path: &Path, lang: Lang) -> Result<(), Stop> {
    let cannot = |error: io::Error| cannot_read(path.display(), &why(&error));
    let verdict: Verdict = if fs::metadata(path).map_err(cannot)?.is_dir() {
        verify::verify(Folder::read(path).map_err(cannot)?)
    } else {
        let most = usize::try_from(MOST_BYTES).unwrap_or(usize::MAX);
        verify::verify_zip(&super::read_file(path, most)?)
    };
    let name = path.display().to_string();
    for fault in &verdict.faults {
        say(fault.render(lang, name.trim_end_matches('/')).trim_end());
    }
    if verdict.faults.is_empty() { print(&verdict.praise(lang)) } else { Err(Stop::Refused) }
}

/// A package in a folder.
struct Folder {
    entries: Vec<Entry>,
    paths: Vec<PathBuf>,
}

impl Folder {
    /// What stands in a folder and in those in it. Links are told, not followed.
    fn read(root: &Path) -> io::Result<Self> {
        let mut folder = Folder { entries: Vec::new(), paths: Vec::new() };
        folder.add(root, "", DEEPEST)?;
        Ok(folder)
    }

    fn add(&mut self, from: &Path, prefix: &str, depth: usize) -> io::Result<()> {
        let mut inside = Vec::new();
        for entry in fs::read_dir(from)? {
            let entry = entry?;
            inside.push((entry.file_name(), entry.path()));
            // One more than a package may have is enough to say so.
            if inside.len() + self.entries.len() > MOST_FILES {
                break;
            }
        }
        inside.sort();
        for (name, path) in inside {
            let told = fs::symlink_metadata(&path)?;
            let inner = format!("{prefix}{}", name.to_string_lossy());
            let kind = match told.file_type() {
                kind if kind.is_symlink() => Kind::Link,
                kind if kind.is_dir() && depth > 0 => {
                    self.add(&path, &format!("{inner}/"), depth - 1)?;
                    continue;
                }
                kind if kind.is_file() => Kind::File,
                _ => Kind::Special,
            };
            let size = if kind == Kind::File { told.len() } else { 0 };
            self.entries.push(Entry { path: inner, is_utf8: OsStr::to_str(&name).is_some(), kind, size });
            self.paths.push(path);
        }
        Ok(())
    }
}

impl Contents for Folder {
    fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn open(&mut self, index: usize) -> io::Result<Box<dyn Read + '_>> {
        let path = self.paths.get(index).ok_or(io::ErrorKind::NotFound)?;
        Ok(Box::new(fs::File::open(path)?))
    }
}
