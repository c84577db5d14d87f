//! What the prose says: figures that stand in the tables as well (`prose/figures.rs`), whose report it is
//! (`prose/body.rs`), and how it is written (`prose/writing.rs`). The patterns and words of a form are data of its
//! file; what is true of any Chinese text, that numbering counts on and words do not stand twice, is here.

mod body;
mod figures;
mod writing;

use super::values::Values;
use super::{Outcome, RuleOutcome};
use crate::error::{Finding, Gathered, Level, Problem, ProseProblem, RuleWords};
use crate::form::{Form, RuleLevel, SectionContent};
use crate::report::{Located, Report};

/// A rule that is the same for all forms: id, level, Chinese, English, source.
type OurRule = (&'static str, RuleLevel, &'static str, &'static str, &'static str);

const NUMBERING: OurRule = (
    "TXT-NUM",
    RuleLevel::Warning,
    "标题和分条的序号连续",
    "headings and items are numbered in order",
    "GB/T 9704—2012 7.3.3",
);
const DOUBLED: OurRule = ("TXT-DOUBLED", RuleLevel::Warning, "词语不重复", "no word stands twice", "文字校对");
const TITLE_YEAR: OurRule = (
    "TITLE-YEAR",
    RuleLevel::Error,
    "标题中的年份是报告年度",
    "the year in the title is the report year",
    "表式：标题",
);
const OTHER_BODY: OurRule = (
    "AGENCY-NAME",
    RuleLevel::Warning,
    "标题和落款所写的是报告机关",
    "title and signature name the body that reports",
    "表式：标题、落款",
);
const SIGNED_LATE: OurRule = (
    "DATE-DUE",
    RuleLevel::Warning,
    "落款日期不晚于公布期限",
    "the report is dated no later than it must be published",
    "《政府信息公开条例》第四十九条",
);

/// The rules that no form file holds, in the order of their ids in the documentation.
pub fn our_rules() -> Vec<RuleWords> {
    [TITLE_YEAR, OTHER_BODY, SIGNED_LATE, NUMBERING, DOUBLED].iter().map(words).collect()
}

fn words(rule: &OurRule) -> RuleWords {
    let (id, level, chinese, english, source) = *rule;
    RuleWords { id: id.into(), level, chinese: chinese.into(), english: english.into(), source: source.into() }
}

/// A paragraph, and where it belongs.
#[derive(Clone, Copy)]
struct Passage<'a> {
    /// The key of its section; empty for the text before the first.
    section: &'a str,
    text: &'a Located<String>,
}

impl Passage<'_> {
    /// A finding about what stands at a byte of the text.
    fn finding(&self, byte: usize, problem: ProseProblem) -> Finding {
        let character = self.text.value[..byte].chars().count();
        self.text.at.finding(Problem::Prose(problem)).within(character)
    }

    /// The sentence a byte stands in; of one without end what stands around the place.
    fn sentence(&self, byte: usize) -> String {
        let text = &self.text.value;
        let start = text[..byte].rfind(SENTENCE_ENDS).map_or(0, |at| at + '。'.len_utf8());
        let end = text[byte..].find(SENTENCE_ENDS).map_or(text.len(), |at| byte + at + '。'.len_utf8());
        let mut before = text[start..byte].char_indices().rev().skip(MOST_AROUND - 1);
        let mut after = text[byte..end].char_indices().skip(MOST_AROUND);
        let (from, cut_before) = before.next().map_or((start, ""), |(at, _)| (start + at, "…"));
        let (to, cut_after) = after.next().map_or((end, ""), |(at, _)| (byte + at, "…"));
        let cut_before = if from > start { cut_before } else { "" };
        format!("{cut_before}{}{cut_after}", text[from..to].trim())
    }
}

/// No more characters of a sentence are quoted on either side of a place.
const MOST_AROUND: usize = 30;

/// What ends a sentence; each takes as many bytes as 。
const SENTENCE_ENDS: [char; 4] = ['。', '；', '！', '？'];

/// Looks over the prose of a report.
pub(super) struct Reader<'a> {
    report: &'a Report,
    form: &'a Form,
    values: Values<'a>,
    findings: Gathered,
    outcomes: Vec<RuleOutcome>,
}

/// Runs every rule about prose, years and amounts.
pub(super) fn run<'a>(report: &'a Report, form: &'a Form, values: Values<'a>) -> (Vec<Finding>, Vec<RuleOutcome>) {
    let mut reader = Reader { report, form, values, findings: Gathered::default(), outcomes: Vec::new() };
    reader.title();
    reader.bodies();
    reader.due();
    reader.amounts();
    reader.figures();
    reader.mentions();
    reader.short();
    reader.templates();
    reader.years();
    reader.numbering();
    reader.doubled();
    (reader.findings.into_findings(), reader.outcomes)
}

impl<'a> Reader<'a> {
    /// The paragraphs of a section, in order.
    fn section(&self, key: &str) -> Vec<Passage<'a>> {
        let Some(member) = self.report.sections.member(key) else { return Vec::new() };
        let section = member.key.value.as_str();
        member.value.value.iter().map(|text| Passage { section, text }).collect()
    }

    /// The keys of the form's sections of prose.
    fn prose_sections(&self) -> Vec<&'a str> {
        let prose = self.form.sections().iter().filter(|section| section.content == SectionContent::Prose);
        prose.map(|section| section.key.as_str()).collect()
    }

    /// All paragraphs: those before the first section, then section by section.
    fn passages(&self) -> Vec<Passage<'a>> {
        let preamble = self.report.preamble.iter().map(|text| Passage { section: "", text });
        preamble.chain(self.prose_sections().into_iter().flat_map(|key| self.section(key))).collect()
    }

    fn heading(&self, section: &str) -> String {
        self.form.section(section).map_or(section, |section| &section.heading.content).to_owned()
    }

    /// Says what is amiss in a paragraph at a byte of it, as long as there is room.
    fn say(&mut self, rule: &RuleWords, passage: &Passage<'_>, byte: usize, problem: impl FnOnce() -> ProseProblem) {
        let level = match rule.level {
            RuleLevel::Error => Level::Error,
            RuleLevel::Warning => Level::Warning,
        };
        self.findings.push_with(level, || passage.finding(byte, problem()));
    }

    /// Notes what came of a rule in a place.
    fn note(&mut self, rule: &RuleWords, place: &str, line: &str, outcome: Outcome) {
        let (table, line) = (place.to_owned(), line.to_owned());
        self.outcomes.push(RuleOutcome { table, rule: rule.id.clone(), line, outcome });
    }

    /// A rule about all the prose: holds when nothing was found, cannot be assessed where there is no prose.
    fn note_prose(&mut self, rule: &RuleWords, found: bool) {
        let outcome = match (!found, self.passages().is_empty()) {
            (false, _) => Outcome::Fails,
            (true, true) => Outcome::NotAssessable,
            (true, false) => Outcome::Holds,
        };
        self.note(rule, "sections", "", outcome);
    }
}
