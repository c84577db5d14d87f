//! What is told of many reports while they are built, and in the end.

use std::fmt::Write as _;

use kanyin::error::{Lang, Level};

use super::manifest::{Record, Status};
use super::progress::Progress;
use super::source::Said;
use super::words::Words;
use super::{Stop, say};

/// How many of those not built are told of once more at the end.
const SHOWN: usize = 20;

/// Counts, and says of each report what became of it.
pub(super) struct Tally {
    lang: Lang,
    progress: Progress,
    built: usize,
    unchanged: usize,
    refused: usize,
    failed: usize,
    /// The first of those not built, and why.
    not_built: Vec<String>,
}

impl Tally {
    pub fn new(lang: Lang, total: Option<usize>) -> Tally {
        let progress = Progress::new(total, lang);
        Tally { lang, progress, built: 0, unchanged: 0, refused: 0, failed: 0, not_built: Vec::new() }
    }

    /// Tells of a report.
    pub fn add(&mut self, name: &str, record: &Record, said: &[Said]) {
        match record.status {
            Status::Built => {
                self.built += 1;
                let files: Vec<&str> = record.outputs.iter().map(|written| &*written.file).collect();
                let counts = counts(said, self.lang);
                self.progress.done(&match self.lang {
                    Lang::English => format!("built {name}: {}{counts}", files.join(", ")),
                    Lang::Chinese => format!("已生成 {name}：{}{counts}", files.join("、")),
                });
            }
            Status::Unchanged => {
                self.unchanged += 1;
                self.progress.done(&match self.lang {
                    Lang::English => format!("unchanged {name}"),
                    Lang::Chinese => format!("未变 {name}"),
                });
            }
            Status::Refused | Status::Failed => self.add_not_built(name, record, said),
        }
    }

    fn add_not_built(&mut self, name: &str, record: &Record, said: &[Said]) {
        let what = match (record.status, self.lang) {
            (Status::Refused, Lang::English) => "refused",
            (Status::Refused, Lang::Chinese) => "退回",
            (_, Lang::English) => "failed",
            (_, Lang::Chinese) => "失败",
        };
        match record.status {
            Status::Refused => self.refused += 1,
            Status::Failed | Status::Built | Status::Unchanged => self.failed += 1,
        }
        let reason = record.reason.as_deref().unwrap_or_default();
        let errors = said.iter().filter(|said| said.level == Level::Error).count();
        let line = match (self.lang, errors) {
            (Lang::English, 0 | 1) => format!("{what} {name}: {reason}"),
            (Lang::Chinese, 0 | 1) => format!("{what} {name}：{reason}"),
            (Lang::English, _) => format!("{what} {name}: {errors} errors, the first: {reason}"),
            (Lang::Chinese, _) => format!("{what} {name}：错误{errors}条，第一条：{reason}"),
        };
        let line = match (self.lang, &record.stale[..]) {
            (_, []) => line,
            (Lang::English, stale) => format!("{line} (left from an earlier run: {})", stale.join(", ")),
            (Lang::Chinese, stale) => format!("{line}（旧文件仍在：{}）", stale.join("、")),
        };
        let mut lines = String::new();
        for said in said.iter().filter(|said| said.level == Level::Error) {
            let _ = writeln!(lines, "{}", said.words.trim_end());
        }
        self.progress.done_but(&format!("{lines}{line}"));
        if self.not_built.len() < SHOWN {
            self.not_built.push(line);
        }
    }

    /// Tells what became of all; the exit status that goes with it.
    pub fn end(&self) -> Result<(), Stop> {
        self.progress.end();
        let Tally { built, unchanged, refused, failed, .. } = self;
        let all = built + unchanged + refused + failed;
        say(&match self.lang {
            Lang::English => {
                format!("{all} reports: {built} built, {unchanged} unchanged, {refused} refused, {failed} failed")
            }
            Lang::Chinese => {
                format!("共{all}份报告：生成{built}份，未变{unchanged}份，退回{refused}份，失败{failed}份")
            }
        });
        for line in &self.not_built {
            say(&format!("  {line}"));
        }
        let more = (refused + failed) - self.not_built.len();
        if more > 0 {
            say(&match self.lang {
                Lang::English => format!("  and {more} more"),
                Lang::Chinese => format!("  另有{more}份"),
            });
        }
        match (refused, failed) {
            (0, 0) => Ok(()),
            (_, 0) => Err(Stop::Refused),
            (_, _) => Err(Stop::Trouble(Words::new(
                format!("{failed} inputs could not be read, or their files not be written"),
                format!("有{failed}份输入读不了，或其文件写不了"),
            ))),
        }
    }
}

/// How much was said of a report that was built, in brackets; nothing when nothing was.
fn counts(said: &[Said], lang: Lang) -> String {
    let levels = [
        (Level::Error, "error", "错误"),
        (Level::Warning, "warning", "警告"),
        (Level::NotAssessable, "not assessable", "无法核对"),
        (Level::Note, "note", "说明"),
    ];
    let mut parts = Vec::new();
    for (level, english, chinese) in levels {
        let count = said.iter().filter(|said| said.level == level).count();
        let plural = if count > 1 && level != Level::NotAssessable { "s" } else { "" };
        match lang {
            _ if count == 0 => {}
            Lang::English => parts.push(format!("{count} {english}{plural}")),
            Lang::Chinese => parts.push(format!("{chinese}{count}条")),
        }
    }
    match lang {
        _ if parts.is_empty() => String::new(),
        Lang::English => format!(" ({})", parts.join(", ")),
        Lang::Chinese => format!("（{}）", parts.join("，")),
    }
}
