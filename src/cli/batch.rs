//! Many reports at once: built on all cores, each in its own files, in one folder.
//!
//! A report is read, set and written under a passing name by whichever thread is free. One thread then takes
//! the reports in the order of the inputs: gives each its name, moves its files there, writes its line of the
//! manifest. So the order of the threads shows nowhere, and what a killed run leaves are whole files.

use std::collections::BTreeMap;
use std::fs::File;
use std::num::NonZero;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use tempfile::NamedTempFile;

use kanyin::error::{Lang, Level};
use kanyin::findings::AboutReport;
use kanyin::report::Report;

use super::build::{Documents, Press};
use super::inputs::Input;
use super::manifest::{Found, KeyMaker, Manifest, Previous, Record, Status, Written, hash, hash_of_file};
use super::names::{Fields, Pattern, likeness};
use super::output::{Format, STAGED, is_a_folder, stage};
use super::source::Said;
use super::words::{Words, cannot_read, cannot_write, why};
use super::{Stop, in_words, pool, tally};

pub(super) use super::inputs::Inputs;

#[derive(Args)]
pub(super) struct Many {
    /// Build many reports into this folder, which is made if it is not there. Files of an earlier run are
    /// replaced; two reports of one run never take the same name.
    #[arg(long, value_name = "DIR", help_heading = "Many reports")]
    pub out_dir: Option<PathBuf>,
    /// What the files are called, without ending: text with {agency} {year} {form} {stem} (the input's own name)
    /// {number} or, with zeros before it, {number:4}.
    #[arg(long, value_name = "PATTERN", default_value = Pattern::DEFAULT, requires = "out_dir")]
    #[arg(value_parser = Pattern::parse, help_heading = "Many reports")]
    pub name: Pattern,
    /// How many reports are worked on at once; else as many as there are processors.
    #[arg(long, value_name = "N", requires = "out_dir", help_heading = "Many reports")]
    pub jobs: Option<NonZero<u16>>,
    /// Write what became of each input, a JSON object a line, in the order of the inputs; `-` writes standard
    /// output.
    #[arg(long, value_name = "FILE", requires = "out_dir", help_heading = "Many reports")]
    pub manifest: Option<PathBuf>,
    /// Leave out what the manifest of an earlier run says was built from the same input with the same program,
    /// fonts and options, if its files are still there as they were.
    #[arg(long, requires = "manifest", help_heading = "Many reports")]
    pub skip_unchanged: bool,
    /// Take every input for a stream with a report on each line, whatever its ending.
    #[arg(long, requires = "out_dir", help_heading = "Many reports")]
    pub jsonl: bool,
}

/// What all reports of a run have in common.
struct Run<'a> {
    press: &'a Press<'a>,
    formats: Vec<Format>,
    folder: &'a Path,
    pattern: &'a Pattern,
    /// What the files depend on besides the report and its name; `None` where nobody will ask.
    key: Option<KeyMaker>,
    previous: Option<Previous>,
}

/// A report as it leaves its thread.
struct Done {
    /// What it is called where people read.
    name: String,
    record: Record,
    said: Vec<Said>,
    /// Its files, which wait for their names.
    staged: Vec<(String, NamedTempFile)>,
}

/// Builds all reports into a folder. One that cannot be built stops no other.
pub(super) fn build(press: &Press, many: &Many, folder: &Path, inputs: Inputs, formats: &[Format]) -> Result<(), Stop> {
    let formats = formats_of(formats)?;
    // A face that cannot be read is said once, before anything is built.
    for form in press.forms.iter() {
        press.typesetter(form)?;
    }
    if let Some(path) = many.manifest.as_deref().filter(|path| inputs.holds(path)) {
        let path = path.display();
        return Err(Stop::Trouble(Words::new(
            format!("`{path}` is one of the reports; name another file with `--manifest`"),
            format!("`{path}`是输入的报告之一；请用`--manifest`另指定文件"),
        )));
    }
    let _lock = prepare(folder)?;
    let (manifest, previous) = match &many.manifest {
        Some(path) => Manifest::begin(path, many.skip_unchanged).map(|(manifest, previous)| (Some(manifest), previous)),
        None => Ok((None, None)),
    }?;
    let key = many.manifest.is_some().then(|| press.key(&formats)).transpose()?;
    let run = Run { press, formats, folder, pattern: &many.name, key, previous };
    let mut desk = Desk {
        run: &run,
        names: BTreeMap::new(),
        manifest,
        tally: tally::Tally::new(press.lang, inputs.total()),
        trouble: None,
    };
    if let Some(path) = &many.manifest {
        desk.keep_free(path);
    }
    keep_memory();
    pool::in_order(jobs(many.jobs), inputs, |index, input| run.set(index, input), |_, done| desk.take(done))
        .map_err(|error| no_thread(&error))?;
    desk.end()
}

/// Has the allocator keep what a report needed for the next one. glibc gives memory back to the system as soon as more
/// lies idle than the largest piece that was ever freed calls for, and each report would have it cleared anew.
fn keep_memory() {
    const LARGEST: usize = 8 << 20;
    drop(std::hint::black_box(Vec::<u8>::with_capacity(LARGEST)));
}

/// That there are no threads to work with.
pub(super) fn no_thread(error: &std::io::Error) -> Words {
    let chinese = format!("无法启动线程：{}", why(error).in_lang(Lang::Chinese));
    Words::new(format!("cannot start a thread: {error}"), chinese)
}

/// That something went wrong which is no fault of the report's.
pub(super) fn own_failure(lang: Lang) -> &'static str {
    in_words(lang, "kanyin itself has failed; please report this", "本程序出错，请反馈")
}

/// How many threads: as many as asked for, else as there are processors.
pub(super) fn jobs(asked: Option<NonZero<u16>>) -> usize {
    match asked {
        Some(jobs) => usize::from(jobs.get()),
        None => std::thread::available_parallelism().map_or(1, NonZero::get),
    }
}

fn formats_of(asked: &[Format]) -> Result<Vec<Format>, Words> {
    let mut formats = Vec::new();
    for &format in asked {
        match format {
            Format::Pages | Format::Grid => {
                let english = "with `--out-dir` the formats are pdf and docx";
                return Err(Words::new(english, "用`--out-dir`时，格式只能是pdf和docx"));
            }
            Format::Pdf | Format::Docx if formats.contains(&format) => {}
            Format::Pdf | Format::Docx => formats.push(format),
        }
    }
    Ok(if formats.is_empty() { vec![Format::Pdf] } else { formats })
}

/// Makes the folder and clears it of what a killed run has left half written. The lock, which goes with the
/// process, keeps a second run out of the folder meanwhile.
fn prepare(folder: &Path) -> Result<Option<File>, Words> {
    let cannot = |error: std::io::Error| cannot_write(folder.display(), &why(&error));
    std::fs::create_dir_all(folder).map_err(cannot)?;
    // Where folders cannot be opened or locked, nobody knows whose the passing files are: they stay.
    let Ok(lock) = File::open(folder) else { return Ok(None) };
    match lock.try_lock() {
        Ok(()) => {}
        Err(std::fs::TryLockError::WouldBlock) => {
            let folder = folder.display();
            return Err(Words::new(
                format!("another run is writing into `{folder}`; wait for it, or name another folder"),
                format!("另一次运行正在写入`{folder}`；请等其结束，或另指定文件夹"),
            ));
        }
        Err(std::fs::TryLockError::Error(_)) => return Ok(None),
    }
    for entry in std::fs::read_dir(folder).map_err(cannot)? {
        let entry = entry.map_err(cannot)?;
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if is_file && entry.file_name().to_string_lossy().starts_with(STAGED) {
            std::fs::remove_file(entry.path()).map_err(cannot)?;
        }
    }
    Ok(Some(lock))
}

impl Run<'_> {
    /// Does a report up to its names.
    fn set(&self, index: usize, input: Input) -> Done {
        let start = Instant::now();
        let record = Record {
            input: input.path.display().to_string(),
            line: input.line,
            status: Status::Failed,
            reason: None,
            agency: None,
            year: None,
            form: None,
            outputs: Vec::new(),
            stale: Vec::new(),
            findings: Vec::new(),
            key: None,
            milliseconds: 0.0,
        };
        let mut done = Done { name: input.name(), record, said: Vec::new(), staged: Vec::new() };
        // A mistake of ours in one report is no reason to lose the others.
        let ended = catch_unwind(AssertUnwindSafe(|| self.set_into(&mut done, index, input)));
        done.record.reason = ended.unwrap_or_else(|_| Some(own_failure(self.press.lang).into()));
        done.record.milliseconds = (start.elapsed().as_secs_f64() * 10_000.0).round() / 10.0;
        done
    }

    /// Fills in what becomes of a report; why nothing does.
    fn set_into(&self, done: &mut Done, index: usize, input: Input) -> Option<String> {
        let stem = input.stem();
        let source = match input.read() {
            Ok(source) => source,
            Err(words) => {
                done.record.stale = self.files_of(None, &stem, index + 1);
                return Some(self.say(&words));
            }
        };
        if let Some(key) = &self.key {
            let mut key = key.clone();
            key.add(self.pattern.with_input(&stem, index + 1).as_bytes());
            key.add(source.bytes());
            let key = key.finish();
            if let Some(record) = self.previous.as_ref().and_then(|previous| previous.built(&key, self.folder)) {
                let (input, line) = (std::mem::take(&mut done.record.input), done.record.line);
                done.record = Record { input, line, status: Status::Unchanged, ..record };
                return None;
            }
            done.record.key = Some(key);
        }
        let set = self.press.set(&source, &self.formats);
        if set.is_err() {
            done.record.stale = self.files_of(source.parse().ok().as_ref(), &stem, index + 1);
        }
        done.said = source.said();
        done.record.findings = done.said.iter().map(Found::of).collect();
        match set {
            Ok(documents) => self.stage(done, &documents, &stem, index + 1),
            Err(Stop::Refused | Stop::Unproven) => {
                done.record.status = Status::Refused;
                let first = done.said.iter().find(|said| said.level == Level::Error);
                Some(first.map_or_else(String::new, |said| said.message.clone()))
            }
            Err(Stop::Trouble(words)) => Some(self.say(&words)),
        }
    }

    /// The words in the language asked for.
    fn say(&self, words: &Words) -> String {
        words.in_lang(self.press.lang).to_owned()
    }

    /// What the files of a report that was not built would be called, as far as that is known.
    fn files_of(&self, report: Option<&Report>, stem: &str, number: usize) -> Vec<String> {
        if report.is_none() && self.pattern.needs_report() {
            return Vec::new();
        }
        let about = report.map(|report| AboutReport::of(report, self.press.forms.choose(report).ok()));
        let (agency, year) = about.as_ref().map_or(("", 0), |about| (&about.agency, about.year));
        let form = about.as_ref().and_then(|about| about.form.as_deref()).unwrap_or_default();
        self.files(&Fields { agency, year, form, stem, number }).unwrap_or_default()
    }

    /// What the files of a report are called, one of each format.
    fn files(&self, fields: &Fields) -> Result<Vec<String>, Words> {
        let name = self.pattern.name(fields)?;
        Ok(self.formats.iter().map(|format| format!("{name}.{}", format.ending())).collect())
    }

    /// Writes a report's files under passing names.
    fn stage(&self, done: &mut Done, documents: &Documents, stem: &str, number: usize) -> Option<String> {
        let Documents { agency, year, form, bytes } = documents;
        done.record.agency = Some(agency.clone());
        done.record.year = Some(*year);
        done.record.form = Some(form.clone());
        let files = match self.files(&Fields { agency, year: *year, form, stem, number }) {
            Ok(files) => files,
            Err(words) => {
                done.record.status = Status::Refused;
                return Some(self.say(&words));
            }
        };
        for (file, bytes) in files.into_iter().zip(bytes) {
            match stage(self.folder, bytes) {
                Ok(staged) => done.staged.push((file.clone(), staged)),
                Err(error) => return Some(self.say(&cannot_write(&file, &why(&error)))),
            }
            // Without a manifest nobody reads it.
            let sha256 = if self.key.is_some() { hash(bytes) } else { String::new() };
            done.record.outputs.push(Written { file, bytes: bytes.len() as u64, sha256 });
        }
        done.record.status = Status::Built;
        None
    }
}

/// Where reports arrive in the order of the inputs.
struct Desk<'a> {
    run: &'a Run<'a>,
    /// Who has which name, by what file systems can tell apart.
    names: BTreeMap<String, String>,
    manifest: Option<Manifest>,
    tally: tally::Tally,
    /// Why the run was broken off.
    trouble: Option<Words>,
}

impl Desk<'_> {
    /// Gives a report its names, and tells of it.
    fn take(&mut self, mut done: Done) -> ControlFlow<()> {
        if let Err((status, reason)) = self.file(&mut done) {
            done.record.status = status;
            done.record.reason = Some(self.run.say(&reason));
        }
        if done.record.status != Status::Built && done.record.status != Status::Unchanged {
            done.record.outputs.clear();
            done.record.key = None;
            // What this run has written under such a name is another report's.
            let is_old =
                |file: &String| !self.names.contains_key(&likeness(file)) && self.run.folder.join(file).is_file();
            done.record.stale.retain(is_old);
        }
        let written = self.manifest.as_mut().map_or(Ok(()), |manifest| manifest.add(&done.record));
        self.tally.add(&done.name, &done.record, &done.said);
        match written {
            Ok(()) => ControlFlow::Continue(()),
            Err(words) => {
                self.trouble = Some(words);
                ControlFlow::Break(())
            }
        }
    }

    /// Moves a report's files to their places, if no other report of this run has them.
    fn file(&mut self, done: &mut Done) -> Result<(), (Status, Words)> {
        for written in &done.record.outputs {
            if let Some(other) = self.names.get(&likeness(&written.file)) {
                let file = &written.file;
                let words = Words::new(
                    format!(
                        "`{file}` is already the file of `{other}`; tell them apart with `--name`, such as `{{stem}}` or `{{number}}`"
                    ),
                    format!("`{file}`已是`{other}`的文件名；请用`--name`区分，例如加上`{{stem}}`或`{{number}}`"),
                );
                return Err((Status::Refused, words));
            }
        }
        for written in &done.record.outputs {
            self.names.insert(likeness(&written.file), done.name.clone());
        }
        if let Some((file, _)) = done.staged.iter().find(|(file, _)| self.run.folder.join(file).is_dir()) {
            return Err((Status::Failed, cannot_write(file, &is_a_folder())));
        }
        for (file, staged) in done.staged.drain(..) {
            let moved = staged.persist(self.run.folder.join(&file));
            moved.map_err(|error| (Status::Failed, cannot_write(&file, &why(&error.error))))?;
        }
        Ok(())
    }

    /// Sees to it that no report takes the place of the manifest.
    fn keep_free(&mut self, manifest: &Path) {
        let folder = manifest.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let same = folder.canonicalize().ok() == self.run.folder.canonicalize().ok();
        if let (true, Some(name)) = (same, manifest.file_name()) {
            let name = name.to_string_lossy();
            self.names.insert(likeness(&name), name.into_owned());
        }
    }

    fn end(self) -> Result<(), Stop> {
        let ended = self.tally.end();
        if let Some(words) = self.trouble {
            return Err(Stop::Trouble(words));
        }
        if let Some(manifest) = self.manifest {
            manifest.end();
        }
        ended
    }
}

impl Press<'_> {
    /// What the files of a report depend on besides the report and its name: the program with all it carries,
    /// the faces where others are asked for, the options.
    fn key(&self, formats: &[Format]) -> Result<KeyMaker, Stop> {
        let mut key = KeyMaker::default();
        let program = std::env::current_exe().and_then(|program| hash_of_file(&program));
        let program = program.map_err(|error| cannot_read("kanyin", &why(&error)))?;
        key.add(env!("CARGO_PKG_VERSION").as_bytes());
        key.add(program.as_bytes());
        key.add(format!("{formats:?} {:?} {:?} {}", self.date(), self.lang, self.args.choices()).as_bytes());
        if self.args.has_own_fonts() {
            for form in self.forms.iter() {
                let typesetter = self.typesetter(form)?;
                let fonts = typesetter.fonts();
                for (typeface, _) in fonts.typefaces() {
                    key.add(typeface.as_bytes());
                    for &id in fonts.chain(typeface) {
                        let face = fonts.face(id);
                        key.add(format!("{} {}", face.name(), face.index()).as_bytes());
                        key.add((*face.bytes()).as_ref());
                    }
                }
            }
        }
        Ok(key)
    }
}
