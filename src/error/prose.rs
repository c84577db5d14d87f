//! What can be said of a report's prose, its years and its amounts.

use rust_decimal::Decimal;

use super::words::{name, sum_words};
use super::{Arithmetic, Lang, Level, RuleLevel, RuleWords, Side};
use crate::document::Date;

/// What can be said of prose, of the years it names, and of amounts that look odd.
#[derive(Clone, Debug, PartialEq)]
pub enum ProseProblem {
    /// A figure of the text is none that the tables could mean.
    FigureDiffers {
        /// The rule.
        rule: RuleWords,
        /// The sentence.
        sentence: String,
        /// The figure.
        figure: Decimal,
        /// What the tables may count, each a sum.
        readings: Vec<Side>,
        /// How many units of the text make one of the tables.
        divide: u32,
    },
    /// A figure of the text stands in the tables where no number is.
    FigureNotAssessable {
        /// The rule.
        rule: RuleWords,
        /// The sentence.
        sentence: String,
        /// The label of the value that is no number.
        part: String,
        /// What stands there.
        written: String,
    },
    /// A section does not speak of what another place shows it should.
    NotMentioned {
        /// The rule.
        rule: RuleWords,
        /// The heading of the section.
        heading: String,
        /// The label and the figure that show it, or the sentence.
        shown_by: ShownBy,
    },
    /// A section says a word or two.
    TooShort {
        /// The rule.
        rule: RuleWords,
        /// The heading of the section.
        heading: String,
        /// What it says.
        text: String,
        /// The least it should have, in characters.
        least: usize,
    },
    /// Words of the template are left in.
    LeftIn {
        /// The rule.
        rule: RuleWords,
        /// The words.
        words: String,
        /// The sentence.
        sentence: String,
    },
    /// A word stands twice.
    Doubled {
        /// The rule.
        rule: RuleWords,
        /// The word, once.
        word: String,
        /// The sentence.
        sentence: String,
    },
    /// A number is not the one that follows.
    Misnumbered {
        /// The rule.
        rule: RuleWords,
        /// The numbering as it is written.
        found: String,
        /// The numbering that should stand there.
        expected: String,
        /// What stands before it in the same order, if anything does.
        after: Option<String>,
    },
    /// The text names another year where it should name the report's.
    OtherYear {
        /// The rule.
        rule: RuleWords,
        /// The year named.
        found: u16,
        /// The report year.
        year: u16,
        /// The sentence.
        sentence: String,
    },
    /// The title names years, and the report's is not among them.
    TitleYear {
        /// The rule.
        rule: RuleWords,
        /// The years named.
        found: Vec<u16>,
        /// The report year.
        year: u16,
    },
    /// The title or the signature names another body than the one that reports.
    OtherBody {
        /// The rule.
        rule: RuleWords,
        /// The body named.
        found: String,
        /// The body that reports.
        agency: String,
        /// Where it is named.
        place: NamedIn,
    },
    /// The report is signed after the day it had to be published.
    SignedLate {
        /// The rule.
        rule: RuleWords,
        /// The date.
        date: Date,
        /// The last day.
        due: Date,
    },
    /// An amount is greater than any that is known.
    AmountTooLarge {
        /// The rule.
        rule: RuleWords,
        /// As it is written.
        written: String,
        /// Its unit.
        unit: String,
        /// The most that is known.
        most: u64,
    },
}

/// Where a body is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedIn {
    /// In the title.
    Title,
    /// In the signature.
    Signature,
}

/// What shows that a section should speak of something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShownBy {
    /// A figure of a table, with its label.
    Figure(String, Decimal),
    /// A sentence of another section.
    Sentence(String),
}

impl ProseProblem {
    pub(super) fn level(&self) -> Level {
        match self {
            ProseProblem::FigureNotAssessable { .. } => Level::NotAssessable,
            other => match other.rule().level {
                RuleLevel::Error => Level::Error,
                RuleLevel::Warning => Level::Warning,
            },
        }
    }

    pub(super) fn arithmetic(&self) -> Option<Arithmetic> {
        match self {
            ProseProblem::FigureDiffers { sentence, figure, readings, .. } => Some(Arithmetic {
                found: Side { terms: vec![(sentence.clone(), *figure)], total: *figure },
                wanted: readings.first()?.clone(),
            }),
            _ => None,
        }
    }

    pub(super) fn rule(&self) -> &RuleWords {
        use ProseProblem::*;
        match self {
            FigureDiffers { rule, .. }
            | FigureNotAssessable { rule, .. }
            | NotMentioned { rule, .. }
            | TooShort { rule, .. }
            | LeftIn { rule, .. }
            | Doubled { rule, .. }
            | Misnumbered { rule, .. }
            | OtherYear { rule, .. }
            | TitleYear { rule, .. }
            | OtherBody { rule, .. }
            | SignedLate { rule, .. }
            | AmountTooLarge { rule, .. } => rule,
        }
    }

    pub(super) fn english(&self) -> String {
        use ProseProblem::*;
        match self {
            FigureDiffers { sentence, figure, readings, divide, .. } => {
                let tables = totals(readings, " or ");
                let divided = if *divide > 1 { format!(" (divided by {divide})") } else { String::new() };
                format!("the text says {figure}{divided}, the tables say {tables}: “{}”", name(sentence))
            }
            FigureNotAssessable { sentence, part, written, .. } => {
                let blank = if written.trim().is_empty() { "blank".into() } else { format!("`{}`", name(written)) };
                format!("`{part}` is {blank}, so the figure of the text cannot be checked: “{}”", name(sentence))
            }
            NotMentioned { heading, shown_by: ShownBy::Figure(label, figure), .. } => {
                format!("`{label}` is {figure}, but the section `{heading}` does not speak of it")
            }
            NotMentioned { heading, shown_by: ShownBy::Sentence(sentence), .. } => {
                format!("the section `{heading}` does not speak of what is said elsewhere: “{}”", name(sentence))
            }
            TooShort { heading, text, .. } => format!("all the section `{heading}` says is “{}”", name(text)),
            LeftIn { words, .. } => format!("“{}” belongs to the template, not to a report", name(words)),
            Doubled { word, sentence, .. } => format!("“{}” stands twice: “{}”", name(word), name(sentence)),
            Misnumbered { found, expected, after: Some(after), .. } => {
                format!("`{found}` follows `{after}`; `{expected}` would")
            }
            Misnumbered { found, expected, after: None, .. } => {
                format!("the first number is `{found}`, not `{expected}`")
            }
            OtherYear { found, year, sentence, .. } => {
                format!("the text names {found}, but the report is for {year}: “{}”", name(sentence))
            }
            TitleYear { found, year, .. } => format!("the title names {}, but the report is for {year}", years(found)),
            OtherBody { found, agency, place, .. } => {
                let place = match place {
                    NamedIn::Title => "title",
                    NamedIn::Signature => "signature",
                };
                format!("the {place} names `{}`, but `{}` reports", name(found), name(agency))
            }
            SignedLate { date, due, .. } => format!("the report is dated {date}, after {due}, its last day"),
            AmountTooLarge { written, unit, .. } => format!("{written} {unit} is much for such a body"),
        }
    }

    pub(super) fn chinese(&self) -> String {
        use ProseProblem::*;
        match self {
            FigureDiffers { sentence, figure, readings, divide, .. } => {
                let tables = totals(readings, "或");
                let divided = if *divide > 1 { format!("（已除以{divide}）") } else { String::new() };
                format!("文中的数为{figure}{divided}，表中为{tables}：“{}”", name(sentence))
            }
            FigureNotAssessable { sentence, part, written, .. } => {
                let blank = if written.trim().is_empty() {
                    "为空白".into()
                } else {
                    format!("填的是“{}”", name(written))
                };
                format!("“{part}”{blank}，无法与文中的数核对：“{}”", name(sentence))
            }
            NotMentioned { heading, shown_by: ShownBy::Figure(label, figure), .. } => {
                format!("“{label}”为{figure}，但“{heading}”未作说明")
            }
            NotMentioned { heading, shown_by: ShownBy::Sentence(sentence), .. } => {
                format!("文中另有说明，但“{heading}”未提及：“{}”", name(sentence))
            }
            TooShort { heading, text, .. } => format!("“{heading}”只写了“{}”", name(text)),
            LeftIn { words, .. } => format!("“{}”是模板中的文字，不应留在报告里", name(words)),
            Doubled { word, sentence, .. } => format!("“{}”重复：“{}”", name(word), name(sentence)),
            Misnumbered { found, expected, after: Some(after), .. } => {
                format!("“{after}”之后应为“{expected}”，现为“{found}”")
            }
            Misnumbered { found, expected, after: None, .. } => format!("第一个序号应为“{expected}”，现为“{found}”"),
            OtherYear { found, year, sentence, .. } => {
                format!("文中写的是{found}年，报告年度为{year}年：“{}”", name(sentence))
            }
            TitleYear { found, year, .. } => format!("标题中的年份为{}，报告年度为{year}年", years(found)),
            OtherBody { found, agency, place, .. } => {
                let place = match place {
                    NamedIn::Title => "标题",
                    NamedIn::Signature => "落款",
                };
                format!("{place}中的机关为“{}”，报告机关为“{}”", name(found), name(agency))
            }
            SignedLate { date, due, .. } => {
                format!("落款日期为{}，晚于最后期限{}", date.to_chinese(), due.to_chinese())
            }
            AmountTooLarge { written, unit, .. } => format!("{written}{unit}，对此类机关来说过大"),
        }
    }

    pub(super) fn hint(&self, lang: Lang) -> Option<String> {
        use ProseProblem::*;
        let (english, chinese) = match self {
            FigureDiffers { readings, .. } => {
                let sums: Vec<String> = readings.iter().map(|side| sum_words(side, lang)).collect();
                return Some(match lang {
                    Lang::English => format!("{}; correct whichever is wrong", sums.join("; or ")),
                    Lang::Chinese => format!("{}；请核对，改正有误的一处", sums.join("；或")),
                });
            }
            FigureNotAssessable { .. } => return None,
            NotMentioned { .. } => (
                "say what was charged, or that nothing was; administrative fees (行政事业性收费) are something else"
                    .to_owned(),
                "请写明收取情况，未收取也请说明；行政事业性收费与此无关".to_owned(),
            ),
            TooShort { least, .. } => {
                (format!("write at least {least} characters"), format!("请写明具体情况，不少于{least}个字"))
            }
            LeftIn { sentence, .. } => {
                (format!("remove or fill in: “{}”", name(sentence)), format!("请删去或填写：“{}”", name(sentence)))
            }
            Doubled { .. } => ("remove one, unless it is meant".into(), "如非有意重复，请删去一处".into()),
            Misnumbered { .. } => ("number them in order".into(), "请按顺序编号".into()),
            OtherYear { .. } | TitleYear { .. } => {
                ("is it left from another year's report?".into(), "是否沿用了其他年度的文字？".into())
            }
            OtherBody { .. } => (
                "is it left from another body's report? if it is the same body, name it alike".into(),
                "是否沿用了其他机关的文字？如为同一机关，请统一名称".into(),
            ),
            SignedLate { .. } => {
                ("look at the report year and the date of the signature".into(), "请核对报告年度和落款日期".into())
            }
            AmountTooLarge { written, unit, most, .. } => {
                // The table has no smaller unit than ten thousand of what would be written by mistake.
                let less = written.parse().ok().map(|amount: Decimal| (amount / Decimal::from(10_000)).normalize());
                let less = less.map_or_else(String::new, |amount| amount.to_string());
                (
                    format!("such a body seldom has more than {most} {unit}; if {written} is in 元, write {less}"),
                    format!("此类机关一般不超过{most}{unit}；如{written}以元为单位，请改为{less}"),
                )
            }
        };
        Some(match lang {
            Lang::English => english,
            Lang::Chinese => chinese,
        })
    }
}

/// What the readings come to, each once.
fn totals(readings: &[Side], or: &str) -> String {
    let mut totals: Vec<String> = Vec::new();
    for reading in readings {
        let total = reading.total.to_string();
        if !totals.contains(&total) {
            totals.push(total);
        }
    }
    totals.join(or)
}

fn years(found: &[u16]) -> String {
    found.iter().map(u16::to_string).collect::<Vec<_>>().join(", ")
}
