//! What can be said of a report beside last year's, and beside those of subordinate bodies.

use std::fmt::Write as _;

use rust_decimal::Decimal;

use super::words::{listed_plain, name};
use super::{Arithmetic, Lang, Level, RuleLevel, RuleWords, Side};

/// A figure with its label.
pub type Term = (String, Decimal);

/// What can be said of a report beside last year's.
#[derive(Clone, Debug, PartialEq)]
pub enum AcrossProblem {
    /// What was given as last year's report is for another year.
    Year {
        /// Its year.
        found: u16,
        /// The year before the report's.
        expected: u16,
    },
    /// Last year's report is by a body of another name.
    Agency {
        /// Its name.
        found: String,
        /// The name of the body that reports now.
        now: String,
    },
    /// A figure does not follow from last year's.
    Differs {
        /// The rule.
        rule: RuleWords,
        /// This year's figure.
        value: Term,
        /// Last year.
        last_year: u16,
        /// Last year's figures.
        last: Vec<Term>,
        /// This year's figures that are added.
        added: Vec<Term>,
        /// This year's figures that are taken away.
        subtracted: Vec<Term>,
        /// What they come to.
        total: Decimal,
    },
    /// Figures cannot be compared with last year's.
    NotAssessable {
        /// The rule.
        rule: RuleWords,
        /// Why, of the first of them.
        reason: Unclear,
        /// The labels of the lines it cannot be checked in.
        lines: Vec<String>,
    },
    /// An amount is so many times last year's that its unit is doubtful.
    Jumped {
        /// The rule.
        rule: RuleWords,
        /// As it is written.
        written: String,
        /// Its unit.
        unit: String,
        /// Last year's.
        last: Decimal,
        /// Last year.
        last_year: u16,
    },
    /// More of a section than may be is in the words of last year's report.
    Repeated {
        /// The rule.
        rule: RuleWords,
        /// The heading of the section.
        heading: String,
        /// The share, in hundredths of its characters.
        percent: u32,
        /// The paragraphs above the limit, counted from 1, each with its share.
        paragraphs: Vec<(usize, u32)>,
    },
}

/// Why a figure cannot be compared with last year's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unclear {
    /// Last year's form has no such figure.
    NotInForm,
    /// Last year's figure is no number: its label, and what stands there.
    Last(String, String),
    /// This year's is none.
    Now(String, String),
    /// Last year's report is that of another year.
    WrongYear,
}

impl AcrossProblem {
    pub(super) fn level(&self) -> Level {
        match self {
            AcrossProblem::NotAssessable { .. } => Level::NotAssessable,
            AcrossProblem::Year { .. } | AcrossProblem::Agency { .. } => Level::Warning,
            AcrossProblem::Differs { rule, .. }
            | AcrossProblem::Jumped { rule, .. }
            | AcrossProblem::Repeated { rule, .. } => match rule.level {
                RuleLevel::Error => Level::Error,
                RuleLevel::Warning => Level::Warning,
            },
        }
    }

    pub(super) fn arithmetic(&self) -> Option<Arithmetic> {
        match self {
            AcrossProblem::Differs { value, last, added, subtracted, total, .. } => {
                let taken = subtracted.iter().map(|(label, value)| (label.clone(), -value));
                let terms = last.iter().chain(added).cloned().chain(taken).collect();
                Some(Arithmetic {
                    found: Side { terms: vec![value.clone()], total: value.1 },
                    wanted: Side { terms, total: *total },
                })
            }
            _ => None,
        }
    }

    pub(super) fn code(&self) -> &str {
        match self {
            AcrossProblem::Year { .. } => "previous-year",
            AcrossProblem::Agency { .. } => "previous-agency",
            AcrossProblem::Differs { rule, .. }
            | AcrossProblem::NotAssessable { rule, .. }
            | AcrossProblem::Jumped { rule, .. }
            | AcrossProblem::Repeated { rule, .. } => &rule.id,
        }
    }

    pub(super) fn rule(&self) -> Option<&RuleWords> {
        match self {
            AcrossProblem::Year { .. } | AcrossProblem::Agency { .. } => None,
            AcrossProblem::Differs { rule, .. }
            | AcrossProblem::NotAssessable { rule, .. }
            | AcrossProblem::Jumped { rule, .. }
            | AcrossProblem::Repeated { rule, .. } => Some(rule),
        }
    }

    pub(super) fn english(&self) -> String {
        match self {
            AcrossProblem::Year { found, expected } => {
                format!("the report given as last year's is for {found}, not for {expected}; it is not compared")
            }
            AcrossProblem::Agency { found, now } => {
                format!("last year's report is by `{}`, this one by `{}`", name(found), name(now))
            }
            AcrossProblem::Differs { value, last_year, total, .. } => {
                format!("`{}` is {}, but by the report for {last_year} it would be {total}", value.0, value.1)
            }
            AcrossProblem::NotAssessable { reason, lines, .. } => {
                let why = match reason {
                    Unclear::NotInForm => "last year's form has no such figure".into(),
                    Unclear::WrongYear => "there is no report of the year before".into(),
                    Unclear::Last(label, written) => format!("last year's `{label}` is {}", english_blank(written)),
                    Unclear::Now(label, written) => format!("`{label}` is {}", english_blank(written)),
                };
                format!("cannot be compared with last year: {why}{}", others(lines, Lang::English))
            }
            AcrossProblem::Jumped { written, unit, last, last_year, .. } => {
                format!("{written} {unit}, where it was {last} in {last_year}")
            }
            AcrossProblem::Repeated { heading, percent, .. } => {
                format!("{percent} % of the section `{heading}` is in the words of last year's report")
            }
        }
    }

    pub(super) fn chinese(&self) -> String {
        match self {
            AcrossProblem::Year { found, expected } => {
                format!("作为上年报告的是{found}年度报告，应为{expected}年度；未作比较")
            }
            AcrossProblem::Agency { found, now } => {
                format!("上年报告的机关是“{}”，本报告是“{}”", name(found), name(now))
            }
            AcrossProblem::Differs { value, last_year, total, .. } => {
                format!("“{}”为{}，按{last_year}年度报告应为{total}", value.0, value.1)
            }
            AcrossProblem::NotAssessable { reason, lines, .. } => {
                let why = match reason {
                    Unclear::NotInForm => "上年的格式没有这项数".into(),
                    Unclear::WrongYear => "没有上一年度的报告".into(),
                    Unclear::Last(label, written) => format!("上年报告的“{label}”{}", chinese_blank(written)),
                    Unclear::Now(label, written) => format!("“{label}”{}", chinese_blank(written)),
                };
                format!("无法与上年比较：{why}{}", others(lines, Lang::Chinese))
            }
            AcrossProblem::Jumped { written, unit, last, last_year, .. } => {
                format!("{written}{unit}，而{last_year}年度为{last}{unit}")
            }
            AcrossProblem::Repeated { heading, percent, .. } => {
                format!("“{heading}”有{percent}%的文字与上年报告相同")
            }
        }
    }

    pub(super) fn hint(&self, lang: Lang) -> Option<String> {
        let (english, chinese) = match self {
            AcrossProblem::Year { .. } => {
                ("give the report of the year before".to_owned(), "请给出上一年度的报告".to_owned())
            }
            AcrossProblem::Agency { .. } => (
                "the two are compared all the same; is it the right file?".into(),
                "仍作比较；请确认文件无误，机关是否更名或合并".into(),
            ),
            AcrossProblem::Differs { last_year, last, added, subtracted, total, .. } => {
                let mut said = String::new();
                let terms = last.iter().map(|term| ("+", Some(last_year), term));
                let terms = terms.chain(added.iter().map(|term| ("+", None, term)));
                for (sign, year, (label, value)) in terms.chain(subtracted.iter().map(|term| ("−", None, term))) {
                    let sign = if said.is_empty() { String::new() } else { format!(" {sign} ") };
                    let year = match (year, lang) {
                        (Some(year), Lang::English) => format!("{year}: "),
                        (Some(year), Lang::Chinese) => format!("{year}年"),
                        (None, _) => String::new(),
                    };
                    let _ = write!(said, "{sign}{year}{label} {value}");
                }
                return Some(format!("{said} = {total}"));
            }
            AcrossProblem::NotAssessable { .. } => return None,
            AcrossProblem::Jumped { unit, .. } => {
                (format!("is it written in 元 and not in {unit}?"), format!("是否误以元填写？单位为{unit}"))
            }
            AcrossProblem::Repeated { rule: _, paragraphs, .. } => {
                let english: Vec<String> =
                    paragraphs.iter().map(|(number, percent)| format!("paragraph {number} ({percent} %)")).collect();
                let chinese: Vec<String> =
                    paragraphs.iter().map(|(number, percent)| format!("第{number}段（{percent}%）")).collect();
                (format!("write anew: {}", english.join(", ")), format!("请重写：{}", chinese.join("、")))
            }
        };
        Some(match lang {
            Lang::English => english,
            Lang::Chinese => chinese,
        })
    }
}

/// What can be said of a report beside those of the subordinate bodies.
#[derive(Clone, Debug, PartialEq)]
pub enum SubordinateProblem {
    /// There is no report to add up.
    None,
    /// A body that should have reported has not.
    Missing {
        /// Its name.
        agency: String,
    },
    /// A file is no report that could be added.
    Unreadable {
        /// The file.
        file: String,
        /// What is wrong with it first, in Chinese and in English.
        reason: (String, String),
        /// How many errors it has.
        errors: usize,
    },
    /// A report is for another year, and not added.
    Year {
        /// The file.
        file: String,
        /// The body.
        agency: String,
        /// Its year.
        found: u16,
        /// The year of the report.
        year: u16,
    },
    /// A second report of a body, not added.
    Twice {
        /// The file.
        file: String,
        /// The first file.
        first: String,
        /// The body.
        agency: String,
    },
    /// A report of a body that is not expected, not added.
    Unlisted {
        /// The file.
        file: String,
        /// The body.
        agency: String,
        /// A name of the list much like it.
        suggestion: Option<String>,
    },
    /// A report has errors, and is added all the same.
    HasErrors {
        /// The file.
        file: String,
        /// The body.
        agency: String,
        /// How many errors it has.
        errors: usize,
    },
    /// The report itself lies among those of its subordinates, and is not added.
    Itself {
        /// The file.
        file: String,
    },
    /// Figures of a row are not the sums.
    Differs {
        /// The rule.
        rule: RuleWords,
        /// How many reports were added.
        reports: usize,
        /// The values that differ: label, figure, sum.
        cells: Vec<(String, Decimal, Decimal)>,
    },
    /// Figures cannot be compared with the sums.
    NotAssessable {
        /// The rule.
        rule: RuleWords,
        /// How many values.
        values: usize,
        /// Why the first cannot.
        reason: NoSum,
    },
}

/// Why there is no sum to compare a figure with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoSum {
    /// So many reports are missing or cannot be added.
    Incomplete(usize),
    /// The report's own figure is no number: label, what stands there.
    Own(String, String),
    /// A subordinate's is none: the body, the label, what stands there.
    Theirs(String, String, String),
    /// A subordinate's report has no such value: the body, the label.
    Absent(String, String),
}

impl SubordinateProblem {
    pub(super) fn level(&self) -> Level {
        match self {
            SubordinateProblem::NotAssessable { .. } => Level::NotAssessable,
            SubordinateProblem::Itself { .. } => Level::Note,
            SubordinateProblem::Differs { rule, .. } => match rule.level {
                RuleLevel::Error => Level::Error,
                RuleLevel::Warning => Level::Warning,
            },
            SubordinateProblem::None
            | SubordinateProblem::Missing { .. }
            | SubordinateProblem::Unreadable { .. }
            | SubordinateProblem::Year { .. }
            | SubordinateProblem::Twice { .. }
            | SubordinateProblem::Unlisted { .. }
            | SubordinateProblem::HasErrors { .. } => Level::Warning,
        }
    }

    pub(super) fn code(&self) -> &str {
        match self {
            SubordinateProblem::None => "subordinates-none",
            SubordinateProblem::Missing { .. } => "subordinate-missing",
            SubordinateProblem::Unreadable { .. } => "subordinate-unreadable",
            SubordinateProblem::Year { .. } => "subordinate-year",
            SubordinateProblem::Twice { .. } => "subordinate-twice",
            SubordinateProblem::Unlisted { .. } => "subordinate-unlisted",
            SubordinateProblem::HasErrors { .. } => "subordinate-errors",
            SubordinateProblem::Itself { .. } => "subordinate-itself",
            SubordinateProblem::Differs { rule, .. } | SubordinateProblem::NotAssessable { rule, .. } => &rule.id,
        }
    }

    pub(super) fn rule(&self) -> Option<&RuleWords> {
        match self {
            SubordinateProblem::Differs { rule, .. } | SubordinateProblem::NotAssessable { rule, .. } => Some(rule),
            SubordinateProblem::None
            | SubordinateProblem::Missing { .. }
            | SubordinateProblem::Unreadable { .. }
            | SubordinateProblem::Year { .. }
            | SubordinateProblem::Twice { .. }
            | SubordinateProblem::Unlisted { .. }
            | SubordinateProblem::HasErrors { .. }
            | SubordinateProblem::Itself { .. } => None,
        }
    }

    pub(super) fn english(&self) -> String {
        use SubordinateProblem::*;
        match self {
            None => "there is no report of a subordinate body to add up".into(),
            Missing { agency } => format!("the report of `{}` is missing", name(agency)),
            Unreadable { file, reason, errors } => {
                let more = if *errors > 1 { format!(" ({errors} errors in all)") } else { String::new() };
                format!("`{}` cannot be added: {}{more}", name(file), reason.1)
            }
            Year { file, agency, found, year } => {
                format!("`{}` is `{}`'s report for {found}, not for {year}; it is not added", name(file), name(agency))
            }
            Twice { file, first, agency } => {
                let (file, first) = (name(file), name(first));
                format!("`{file}` is a second report of `{}`, after `{first}`; it is not added", name(agency))
            }
            Unlisted { file, agency, .. } => {
                format!("`{}` is by `{}`, which is not expected; it is not added", name(file), name(agency))
            }
            HasErrors { file, agency, errors } => {
                format!(
                    "`{}`, the report of `{}`, has {errors} errors; it is added with them",
                    name(file),
                    name(agency)
                )
            }
            Itself { file } => format!("`{}` is the report of the body itself; it is not added", name(file)),
            Differs { reports, cells, .. } => {
                let cells: Vec<String> =
                    cells.iter().map(|(label, figure, sum)| format!("`{label}` is {figure}, not {sum}")).collect();
                format!("the row is not the sum of {reports} subordinate reports: {}", cells.join(", "))
            }
            NotAssessable { values, reason, .. } => {
                let why = match reason {
                    NoSum::Incomplete(reports) => format!("{reports} subordinate reports are missing or not added"),
                    NoSum::Own(label, written) => format!("`{label}` is {}", english_blank(written)),
                    NoSum::Theirs(agency, label, written) => {
                        format!("`{label}` of `{}` is {}", name(agency), english_blank(written))
                    }
                    NoSum::Absent(agency, label) => format!("the report of `{}` has no `{label}`", name(agency)),
                };
                format!("{values} figures cannot be compared with the sums: {why}")
            }
        }
    }

    pub(super) fn chinese(&self) -> String {
        use SubordinateProblem::*;
        match self {
            None => "没有可供汇总的下级单位报告".into(),
            Missing { agency } => format!("缺少“{}”的报告", name(agency)),
            Unreadable { file, reason, errors } => {
                let more = if *errors > 1 { format!("（共{errors}处错误）") } else { String::new() };
                format!("`{}`无法汇总：{}{more}", name(file), reason.0)
            }
            Year { file, agency, found, year } => {
                format!("`{}`是“{}”的{found}年度报告，应为{year}年度；未计入", name(file), name(agency))
            }
            Twice { file, first, agency } => {
                format!("`{}`与`{}`都是“{}”的报告；只计入后者", name(file), name(first), name(agency))
            }
            Unlisted { file, agency, .. } => format!("`{}`的机关“{}”不在名单内；未计入", name(file), name(agency)),
            HasErrors { file, agency, errors } => {
                format!("`{}`（“{}”的报告）有{errors}处错误；仍计入合计", name(file), name(agency))
            }
            Itself { file } => format!("`{}`是本机关的报告；未计入", name(file)),
            Differs { reports, cells, .. } => {
                let cells: Vec<String> =
                    cells.iter().map(|(label, figure, sum)| format!("“{label}”为{figure}，合计为{sum}")).collect();
                format!("该行与{reports}份下级报告的合计不符：{}", cells.join("；"))
            }
            NotAssessable { values, reason, .. } => {
                let why = match reason {
                    NoSum::Incomplete(reports) => format!("有{reports}份下级报告缺少或未计入"),
                    NoSum::Own(label, written) => format!("“{label}”{}", chinese_blank(written)),
                    NoSum::Theirs(agency, label, written) => {
                        format!("“{}”的“{label}”{}", name(agency), chinese_blank(written))
                    }
                    NoSum::Absent(agency, label) => format!("“{}”的报告没有“{label}”", name(agency)),
                };
                format!("有{values}个数无法与合计核对：{why}")
            }
        }
    }

    pub(super) fn hint(&self, lang: Lang) -> Option<String> {
        use SubordinateProblem::*;
        let (english, chinese) = match self {
            None => (
                "give a folder with their reports, one JSON file each".to_owned(),
                "请给出存放下级报告（每份一个JSON文件）的文件夹".to_owned(),
            ),
            Missing { .. } => ("ask for it, or take the name off the list".into(), "请催报，或从名单中删去".into()),
            Unreadable { file, .. } => (
                format!("`kanyin check {}` says everything", name(file)),
                format!("`kanyin check {}`可列出全部问题", name(file)),
            ),
            HasErrors { file, .. } => (
                format!("have it corrected; `kanyin check {}` says everything", name(file)),
                format!("请先改正；`kanyin check {}`可列出全部问题", name(file)),
            ),
            Unlisted { suggestion: Some(suggestion), .. } => {
                (format!("is it `{suggestion}` of the list?"), format!("是否为名单中的“{suggestion}”？"))
            }
            Differs { cells, .. } => {
                let by: Vec<String> =
                    cells.iter().map(|(label, figure, sum)| format!("{label} {:+}", figure - sum)).collect();
                (
                    format!("more or less than the sum by: {}", listed_plain(&by)),
                    format!("与合计相差：{}", listed_plain(&by)),
                )
            }
            Year { .. }
            | Twice { .. }
            | Unlisted { suggestion: Option::None, .. }
            | Itself { .. }
            | NotAssessable { .. } => {
                return Option::None;
            }
        };
        Some(match lang {
            Lang::English => english,
            Lang::Chinese => chinese,
        })
    }
}

fn english_blank(written: &str) -> String {
    super::words::english_blank(written)
}

fn chinese_blank(written: &str) -> String {
    super::words::chinese_blank(written)
}

/// The most lines that are named.
const MOST_NAMED: usize = 8;

/// In which lines, where there is more than one.
fn others(lines: &[String], lang: Lang) -> String {
    if lines.len() < 2 {
        return String::new();
    }
    super::words::in_lines(lines, MOST_NAMED, lang)
}
