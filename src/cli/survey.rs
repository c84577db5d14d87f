//! `kanyin check` of many reports: a table that says of each what was found, and which bodies have not reported.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use unicode_width::UnicodeWidthStr;

use kanyin::check::without_blanks;
use kanyin::error::{Lang, Level, nearest};
use kanyin::findings::{JsonReports, SarifReports, Told};
use kanyin::form::Forms;

use super::check::{Against, Format, Previous, tell};
use super::inputs::{Input, Inputs};
use super::progress::Progress;
use super::source::Source;
use super::words::Words;
use super::{Stop, batch, in_words, pool, print};

/// Of how many reports with errors the first error is told below the table.
const SHOWN: usize = 20;
/// Among no more missing bodies is one looked for that a name may have meant.
const MOST_MEANT: usize = 500;
/// Between two columns of the table.
const GAP: usize = 2;

/// What is asked of many reports.
pub(super) struct Survey<'a> {
    pub forms: &'a Forms,
    pub previous: Option<&'a Previous>,
    /// The bodies that should report.
    pub expected: Option<&'a [String]>,
    pub jobs: usize,
    pub format: Format,
    pub lang: Lang,
}

/// What came of a report, or of a body without one.
struct Row {
    /// The file as it was named or found; nothing for a body that has not reported.
    file: String,
    /// Whether it is one line of the file.
    line: bool,
    agency: Option<String>,
    year: Option<u16>,
    came: Came,
    /// How many errors, warnings, figures not to be assessed.
    counts: [usize; 3],
    /// The first error, or why the file could not be read.
    first: Option<String>,
    remarks: Vec<String>,
}

/// In the order of how bad it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Came {
    Clean,
    Warned,
    Wrong,
    Missing,
    Unread,
}

impl Survey<'_> {
    /// Checks them all, on all threads, and prints what was found in the order of the inputs.
    ///
    /// # Errors
    /// [`Stop::Refused`] when a report has errors or is missing; [`Stop::Trouble`] when one cannot be read.
    pub fn run(&self, inputs: Inputs) -> Result<(), Stop> {
        let progress = Progress::new(inputs.total(), self.lang);
        let mut rows = Vec::new();
        let ((mut json, json_begins), (mut sarif, sarif_begins)) =
            (JsonReports::begin(), SarifReports::begin(self.lang));
        match self.format {
            Format::Text => {}
            Format::Json => print(&json_begins)?,
            Format::Sarif => print(&sarif_begins)?,
        }
        let mut printed = Ok(());
        let take = |_, (row, told): (Row, Option<Told>)| {
            rows.push(row);
            printed = told.map_or(Ok(()), |told| match self.format {
                Format::Text => Ok(()),
                Format::Json => print(&json.add(&told)),
                Format::Sarif => print(&sarif.add(&told)),
            });
            progress.passed();
            if printed.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        };
        pool::in_order(self.jobs, inputs, |_, input| self.look_at(input), take)
            .map_err(|error| batch::no_thread(&error))?;
        progress.end();
        printed?;
        self.compare(&mut rows);
        let missing: Vec<String> =
            rows.iter().filter(|row| row.came == Came::Missing).filter_map(|row| row.agency.clone()).collect();
        match self.format {
            Format::Text => print(&self.text(&rows))?,
            Format::Json => print(&json.end(self.expected.map(|_| &*missing)))?,
            Format::Sarif => print(&sarif.end())?,
        }
        let unread: Vec<&str> =
            rows.iter().filter(|row| row.came == Came::Unread).filter_map(|row| row.first.as_deref()).collect();
        if !unread.is_empty() {
            return Err(Words::each(|_| unread.join("\n")).into());
        }
        if rows.iter().any(|row| row.came >= Came::Wrong) { Err(Stop::Refused) } else { Ok(()) }
    }

    /// What came of one; all there is to tell of it where a machine asks.
    fn look_at(&self, input: Input) -> (Row, Option<Told>) {
        let (file, line) = (input.name(), input.line.is_some());
        let failed = |first| {
            let row = Row {
                file: file.clone(),
                line,
                agency: None,
                year: None,
                came: Came::Unread,
                counts: [0; 3],
                first: Some(first),
                remarks: Vec::new(),
            };
            (row, None)
        };
        // A mistake of ours in one report is no reason to lose the others.
        let told = catch_unwind(AssertUnwindSafe(|| input.read().map(|source| self.told(&source))));
        let (told, remarks) = match told {
            Ok(Ok(told)) => told,
            Ok(Err(words)) => return failed(words.in_lang(self.lang).to_owned()),
            Err(_) => {
                return failed(format!("{file}: {}", batch::own_failure(self.lang)));
            }
        };
        let count = |level| told.findings.iter().filter(|finding| finding.level == level).count();
        let counts = [Level::Error, Level::Warning, Level::NotAssessable].map(count);
        let came = match counts {
            [0, 0, _] => Came::Clean,
            [0, ..] => Came::Warned,
            [..] => Came::Wrong,
        };
        let first = told.findings.iter().find(|finding| finding.level == Level::Error);
        let first = first.map(|finding| finding.message(self.lang));
        let (agency, year) = told.about.as_ref().map(|about| (about.agency.clone(), about.year)).unzip();
        let row = Row { file, line, agency, year, came, counts, first, remarks };
        (row, (self.format != Format::Text).then_some(told))
    }

    fn told(&self, source: &Source) -> (Told, Vec<String>) {
        let (told, lacks_last) = tell(source, self.forms, &Against { previous: self.previous, subordinates: None });
        let remark = || in_words(self.lang, "no report of last year", "无上年报告").to_owned();
        (told, lacks_last.then(remark).into_iter().collect())
    }

    /// Finds bodies that have reported twice, that should not have, and that have not.
    fn compare(&self, rows: &mut Vec<Row>) {
        let mut first: BTreeMap<(String, u16), String> = BTreeMap::new();
        let mut there = BTreeSet::new();
        for row in &mut *rows {
            let (Some(agency), Some(year)) = (&row.agency, row.year) else { continue };
            let agency = without_blanks(agency);
            if let Some(other) = first.get(&(agency.clone(), year)) {
                row.remarks.push(match self.lang {
                    Lang::English => format!("the same body and year as {other}"),
                    Lang::Chinese => format!("与{other}同一机关、同一年度"),
                });
            } else {
                first.insert((agency.clone(), year), row.file.clone());
            }
            there.insert(agency);
        }
        let Some(expected) = self.expected else { return };
        let missing: Vec<&String> = expected.iter().filter(|name| !there.contains(&without_blanks(name))).collect();
        let listed: BTreeSet<String> = expected.iter().map(|name| without_blanks(name)).collect();
        // Where nearly everybody is missing, the list is another.
        let likely = if missing.len() <= MOST_MEANT { &missing[..] } else { &[] };
        for row in &mut *rows {
            let Some(agency) = row.agency.as_ref().filter(|agency| !listed.contains(&without_blanks(agency))) else {
                continue;
            };
            let meant = nearest(agency, likely.iter().map(|name| name.as_str()));
            row.remarks.push(match (self.lang, meant) {
                (Lang::English, None) => "not in the list".to_owned(),
                (Lang::English, Some(meant)) => format!("not in the list; is it `{meant}`?"),
                (Lang::Chinese, None) => "不在名单内".to_owned(),
                (Lang::Chinese, Some(meant)) => format!("不在名单内，是否“{meant}”？"),
            });
        }
        rows.extend(missing.into_iter().map(|name| Row {
            file: String::new(),
            line: false,
            agency: Some(name.clone()),
            year: None,
            came: Came::Missing,
            counts: [0; 3],
            first: None,
            remarks: Vec::new(),
        }));
    }

    /// The table, the first errors, and how many came out how.
    fn text(&self, rows: &[Row]) -> String {
        let mut text = draw(&self.cells(rows));
        let wrong: Vec<&Row> = rows.iter().filter(|row| row.came == Came::Wrong).collect();
        if !wrong.is_empty() {
            text.push('\n');
        }
        for row in wrong.iter().take(SHOWN) {
            let first = row.first.as_deref().unwrap_or_default();
            text.push_str(&match (self.lang, row.counts[0]) {
                (Lang::English, 1) => format!("{}: {first}\n", row.file),
                (Lang::English, errors) => format!("{}: {errors} errors, the first: {first}\n", row.file),
                (Lang::Chinese, 1) => format!("{}：{first}\n", row.file),
                (Lang::Chinese, errors) => format!("{}：错误{errors}条，第一条：{first}\n", row.file),
            });
        }
        if wrong.len() > SHOWN {
            let more = wrong.len() - SHOWN;
            text.push_str(&match self.lang {
                Lang::English => format!("and {more} more\n"),
                Lang::Chinese => format!("另有{more}份\n"),
            });
        }
        if let Some(row) = wrong.iter().find(|row| !row.line) {
            text.push_str(&match self.lang {
                Lang::English => format!("`kanyin check {}` says everything about one\n", row.file),
                Lang::Chinese => format!("某一份的全部说明：kanyin check {}\n", row.file),
            });
        }
        text.push('\n');
        text + &self.summary(rows)
    }

    fn summary(&self, rows: &[Row]) -> String {
        let count = |came| rows.iter().filter(|row| row.came == came).count();
        let (clean, warned, wrong) = (count(Came::Clean), count(Came::Warned), count(Came::Wrong));
        let (unread, missing) = (count(Came::Unread), count(Came::Missing));
        let all = rows.len() - missing;
        let mut summary = match self.lang {
            Lang::English => {
                format!("{all} reports: {wrong} with errors, {warned} with warnings, {clean} without either")
            }
            Lang::Chinese => format!("共{all}份报告：有错误{wrong}份，仅有警告{warned}份，均无{clean}份"),
        };
        if unread > 0 {
            summary.push_str(&match self.lang {
                Lang::English => format!(", {unread} not read"),
                Lang::Chinese => format!("，读不了{unread}份"),
            });
        }
        if let Some(expected) = self.expected {
            summary.push_str(&match self.lang {
                Lang::English => format!("; of {} bodies in the list {missing} have not reported", expected.len()),
                Lang::Chinese => format!("；名单所列{}家，未报送{missing}家", expected.len()),
            });
        }
        summary + in_words(self.lang, "\n", "。\n")
    }

    fn cells(&self, rows: &[Row]) -> Vec<Vec<String>> {
        let remarked = rows.iter().any(|row| !row.remarks.is_empty());
        let heads = match self.lang {
            Lang::English => ["agency", "year", "result", "errors", "warnings", "not assessable", "file", "remarks"],
            Lang::Chinese => ["机关", "年度", "结果", "错误", "警告", "无法核对", "文件", "备注"],
        };
        let mut lines = vec![heads.map(str::to_owned).to_vec()];
        for row in rows {
            let result = match row.came {
                Came::Clean => in_words(self.lang, "clean", "无误"),
                Came::Warned => in_words(self.lang, "warnings", "有警告"),
                Came::Wrong => in_words(self.lang, "ERRORS", "有错误"),
                Came::Missing => in_words(self.lang, "MISSING", "未报送"),
                Came::Unread => in_words(self.lang, "NOT READ", "读不了"),
            };
            let year = row.year.map(|year| year.to_string());
            let counts = row.counts.map(|count| if row.came >= Came::Missing { "—".into() } else { count.to_string() });
            let mut line = vec![
                row.agency.clone().unwrap_or_else(|| "—".into()),
                year.unwrap_or_else(|| "—".into()),
                result.to_owned(),
            ];
            line.extend(counts);
            line.push(if row.file.is_empty() { "—".into() } else { row.file.clone() });
            line.push(row.remarks.join(in_words(self.lang, "; ", "；")));
            lines.push(line);
        }
        if !remarked {
            lines.iter_mut().for_each(|line| drop(line.pop()));
        }
        lines
    }
}

/// Columns of a terminal, each as wide as the widest of its cells; figures stand to the right.
fn draw(lines: &[Vec<String>]) -> String {
    let columns = lines.first().map_or(0, Vec::len);
    let widths: Vec<usize> =
        (0..columns).map(|at| lines.iter().map(|line| line[at].width()).max().unwrap_or(0)).collect();
    let is_figure = |column: usize| (3..6).contains(&column);
    let mut drawn = String::new();
    for line in lines {
        let mut row = String::new();
        for (column, cell) in line.iter().enumerate() {
            let blank = " ".repeat(widths[column] - cell.width());
            let parts = if is_figure(column) { [&*blank, cell] } else { [cell, &*blank] };
            row.push_str(&parts.concat());
            row.push_str(&" ".repeat(GAP));
        }
        drawn.push_str(row.trim_end());
        drawn.push('\n');
    }
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_under_each_other_whatever_the_script() {
        let line = |cells: [&str; 7]| cells.map(str::to_owned).to_vec();
        let drawn = draw(&[
            line(["机关", "年度", "结果", "错误", "警告", "无法核对", "文件"]),
            line(["临渚市卫健委", "2024", "无误", "0", "12", "0", "a.json"]),
        ]);
        let [head, row] = drawn.lines().collect::<Vec<_>>()[..] else { panic!("{drawn}") };
        let column = |line: &str, cell: &str| line[..line.find(cell).expect("it is there")].width();
        assert_eq!(column(head, "年度"), column(row, "2024"));
        assert_eq!(column(head, "文件"), column(row, "a.json"));
        assert_eq!(column(head, "警告") + 2, column(row, "12"));
    }
}
