//! What a form says beyond the sums of its tables: how its figures follow from last year's and from those
//! of subordinate bodies, what its prose says of the tables, and what should not be left standing in it.
//!
//! The words and patterns of a notice, and of those who fill it in, are data of the form file; how they are
//! looked for is in `check/`. A pattern is a regular expression in which `{n}` stands for a figure and
//! `{year}` for a year of four digits. [`Pattern`] is the one place that knows the library for them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::OnceLock;

use serde::Deserialize;

use super::file::FormFault;
use super::literals::needed;
use super::{Each, RuleLevel, Section, SectionContent, TableForm};
use crate::error::RuleWords;

/// The rules of a form beyond the sums of its tables.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Checks {
    /// Figures that follow from last year's.
    pub across: Vec<AcrossRule>,
    /// Figures that the prose repeats.
    pub figures: Vec<FigureRule>,
    /// What the prose must speak of when there is something to say.
    pub mentions: Vec<MentionRule>,
    /// Words that belong to the template and not to a report.
    pub templates: Vec<TemplateRule>,
    /// Years the prose names that must be the report's.
    pub years: Vec<YearRule>,
    /// Sections that say too little.
    pub short: Vec<ShortRule>,
    /// How much may be said in last year's words.
    pub repeated: Vec<RepeatRule>,
    /// Amounts that may have been written in another unit.
    pub units: Vec<UnitRule>,
    /// That figures add up those of the subordinate bodies.
    pub subordinates: Option<RuleWords>,
}

/// In each column (or row): `equals` of this year is the sum of `last` of last year and of `add` of this
/// year, less `subtract` of this year.
#[derive(Clone, Debug, PartialEq)]
pub struct AcrossRule {
    /// What it says.
    pub words: RuleWords,
    /// The table of both years.
    pub table: String,
    /// Whether it names rows, in each column, or columns, in each row.
    pub each: Each,
    /// The key of this year's figure.
    pub equals: Arc<str>,
    /// The keys of last year's figures; last year's form may lack them.
    pub last: Vec<Arc<str>>,
    /// The keys of this year's figures that are added.
    pub add: Vec<Arc<str>>,
    /// The keys of this year's figures that are taken away.
    pub subtract: Vec<Arc<str>>,
}

/// Figures in the prose that stand in the tables as well.
#[derive(Clone, Debug, PartialEq)]
pub struct FigureRule {
    /// What it says.
    pub words: RuleWords,
    /// The sections it reads.
    pub sections: Vec<String>,
    /// The figures.
    pub said: Vec<Figure>,
}

/// A figure as the prose words it, and what it may be in the tables.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// Where in a paragraph to look; `None` for all of it.
    pub within: Option<Pattern>,
    /// How it is said; the figure is the group.
    pub patterns: Vec<Pattern>,
    /// How it is said that there is none.
    pub none: Vec<Pattern>,
    /// Words before the figure, in the same clause, that make it another figure.
    pub not_after: Vec<String>,
    /// What the tables may count: each a sum of values. Any of them will do.
    pub is: Vec<Vec<ValueRef>>,
    /// How many units of the prose make one of the tables: 10000 where the one says 元, the other 万元.
    pub divide: u32,
}

/// A value by table, row and column.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ValueRef {
    /// The key of the table.
    pub table: Arc<str>,
    /// The key of the row.
    pub row: Arc<str>,
    /// The key of the column.
    pub column: Arc<str>,
}

/// Something a section must speak of when a figure of the tables is not 0, or other prose speaks of it.
#[derive(Clone, Debug, PartialEq)]
pub struct MentionRule {
    /// What it says.
    pub words: RuleWords,
    /// The section that must speak of it.
    pub section: String,
    /// The figures that show that there is something to say.
    pub when: Vec<ValueRef>,
    /// What other sections say that shows it.
    pub when_said: Vec<Pattern>,
    /// How the section speaks of it.
    pub said: Vec<Pattern>,
}

/// Words of the template or of its instructions.
#[derive(Clone, Debug, PartialEq)]
pub struct TemplateRule {
    /// What it says.
    pub words: RuleWords,
    /// How they look.
    pub patterns: Vec<Pattern>,
}

/// Years that must be the report's.
#[derive(Clone, Debug, PartialEq)]
pub struct YearRule {
    /// What it says.
    pub words: RuleWords,
    /// The sections it reads, beside the text before the first.
    pub sections: Vec<String>,
    /// Where such a year stands; it is the group.
    pub patterns: Vec<Pattern>,
}

/// Sections that must say more than a word or two.
#[derive(Clone, Debug, PartialEq)]
pub struct ShortRule {
    /// What it says.
    pub words: RuleWords,
    /// The sections.
    pub sections: Vec<String>,
    /// The least they have, in characters.
    pub least: usize,
}

/// How much of a section may stand word for word in last year's report.
#[derive(Clone, Debug, PartialEq)]
pub struct RepeatRule {
    /// What it says.
    pub words: RuleWords,
    /// The sections.
    pub sections: Vec<String>,
    /// The most that may be, in hundredths of the characters.
    pub most: u32,
}

/// An amount that looks as if written in a smaller unit.
#[derive(Clone, Debug, PartialEq)]
pub struct UnitRule {
    /// What it says.
    pub words: RuleWords,
    /// The value.
    pub value: ValueRef,
    /// Its unit.
    pub unit: String,
    /// No body has had more, in its unit.
    pub most: u64,
    /// A lower bound, for bodies whose names have none of these words.
    pub lesser: Option<LesserUnitRule>,
    /// It does not grow to so many times what it was within a year.
    pub times: u32,
}

/// A bound for lesser bodies.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LesserUnitRule {
    /// Words one of which is in the name of every greater body.
    pub unless_named: Vec<String>,
    /// No other body has had more.
    pub most: u64,
}

impl UnitRule {
    /// The most that a body of this name may have.
    pub fn most_of(&self, agency: &str) -> u64 {
        let lesser = self.lesser.as_ref();
        let lesser = lesser.filter(|lesser| !lesser.unless_named.iter().any(|word| agency.contains(word.as_str())));
        lesser.map_or(self.most, |lesser| lesser.most)
    }
}

/// A regular expression. It is made ready to search with when it is first used and may be found: of all forms there
/// are a report needs one, and of all patterns a few.
#[derive(Clone)]
pub struct Pattern {
    written: String,
    /// Words of which one is there wherever it is found; none when nothing is known.
    needs: Vec<String>,
    ready: Arc<OnceLock<Option<regex::Regex>>>,
}

/// Where a pattern was found, in bytes of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// All of it.
    pub whole: std::ops::Range<usize>,
    /// The figure or the year in it.
    pub group: Option<std::ops::Range<usize>>,
}

/// A figure of prose: digits, whole or with decimals, also full-width and in groups of three; a blank may stand on
/// either side of it.
const FIGURE: &str = "[ \u{a0}\u{3000}]?([0-9０-９]+(?:[,，][0-9０-９]{3})*(?:[.．][0-9０-９]+)?)[ \u{a0}\u{3000}]?";
/// A year of four digits.
const YEAR: &str = "([12][0-9]{3})";

impl Pattern {
    /// # Errors
    /// What is wrong with it, in the words of the library.
    pub fn new(written: &str) -> Result<Self, String> {
        let pattern = Pattern::unread(written);
        let ready = regex::Regex::new(&pattern.written).map_err(|error| error.to_string())?;
        Ok(Pattern { ready: OnceLock::from(Some(ready)).into(), ..pattern })
    }

    /// A pattern that is known to be one.
    fn unread(written: &str) -> Self {
        let written = written.replace("{n}", FIGURE).replace("{year}", YEAR);
        Pattern { needs: needed(&written), written, ready: Arc::default() }
    }

    /// Whether it may be found in a text: most patterns are not, and need not be made ready.
    pub(crate) fn may_be_in(&self, text: &str) -> bool {
        self.needs.is_empty() || self.needs.iter().any(|word| text.contains(word))
    }

    /// `None` for one that is none, which then is found nowhere; the tests see to it that the bundled forms have no
    /// such pattern.
    fn ready(&self) -> Option<&regex::Regex> {
        self.ready.get_or_init(|| regex::Regex::new(&self.written).ok()).as_ref()
    }

    /// Everywhere it is found, from left to right.
    pub fn matches(&self, text: &str) -> Vec<Match> {
        if !self.may_be_in(text) {
            return Vec::new();
        }
        let found = |found: regex::Captures<'_>| Match {
            whole: found.get_match().range(),
            group: found.iter().skip(1).flatten().next().map(|group| group.range()),
        };
        self.ready().map_or_else(Vec::new, |ready| ready.captures_iter(text).map(found).collect())
    }

    /// Whether it is found at all.
    pub fn is_in(&self, text: &str) -> bool {
        self.may_be_in(text) && self.ready().is_some_and(|ready| ready.is_match(text))
    }

    fn has_group(&self) -> bool {
        self.ready().is_some_and(|ready| ready.captures_len() > 1)
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.written == other.written
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.written, f)
    }
}

/// `requests.new.total`
impl fmt::Display for ValueRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.table, self.row, self.column)
    }
}

impl Checks {
    /// The words of all of them, in their order.
    pub fn words(&self) -> impl Iterator<Item = &RuleWords> {
        let across = self.across.iter().map(|rule| &rule.words);
        let units = self.units.iter().map(|rule| &rule.words);
        let figures = self.figures.iter().map(|rule| &rule.words);
        let mentions = self.mentions.iter().map(|rule| &rule.words);
        let short = self.short.iter().map(|rule| &rule.words);
        let templates = self.templates.iter().map(|rule| &rule.words);
        let years = self.years.iter().map(|rule| &rule.words);
        let repeated = self.repeated.iter().map(|rule| &rule.words);
        let tables = units.chain(across).chain(&self.subordinates);
        tables.chain(figures).chain(mentions).chain(short).chain(templates).chain(years).chain(repeated)
    }
}

/// A structure of a form file that begins with what every rule says of itself.
macro_rules! rule_file {
    ($(#[$doc:meta])* $name:ident { $($field:ident: $kind:ty $(= $default:literal)?),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(super) struct $name {
            id: String,
            level: RuleLevel,
            zh: String,
            en: String,
            source: String,
            $($(#[serde(default = $default)])? $field: $kind,)*
        }

        impl $name {
            fn words(&self) -> RuleWords {
                RuleWords {
                    id: self.id.clone(),
                    level: self.level,
                    chinese: self.zh.clone(),
                    english: self.en.clone(),
                    source: self.source.clone(),
                }
            }
        }
    };
}

rule_file!(AcrossFile {
    table: String,
    each: Each,
    equals: String,
    last: Vec<String>,
    add: Vec<String> = "Vec::new",
    subtract: Vec<String> = "Vec::new",
});
rule_file!(FigureRuleFile { sections: Vec<String>, said: Vec<FigureFile>, });
rule_file!(MentionFile {
    section: String,
    when: Vec<String>,
    when_said: Vec<String>,
    said: Vec<String>,
});
rule_file!(TemplateFile { patterns: Vec<String>, });
rule_file!(YearFile { sections: Vec<String>, patterns: Vec<String>, });
rule_file!(ShortFile { sections: Vec<String>, least: usize, });
rule_file!(RepeatFile { sections: Vec<String>, most: u32, });
rule_file!(UnitFile { value: String, unit: String, most: u64, lesser: Option<LesserUnitRule>, times: u32 });
rule_file!(SubordinatesFile {});

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FigureFile {
    within: Option<String>,
    #[serde(default)]
    patterns: Vec<String>,
    #[serde(default)]
    none: Vec<String>,
    #[serde(default)]
    not_after: Vec<String>,
    is: Vec<String>,
    #[serde(default = "one")]
    divide: u32,
}

fn one() -> u32 {
    1
}

/// The rules as the form file has them.
#[derive(Default)]
pub(super) struct ChecksFile {
    pub across: Vec<AcrossFile>,
    pub figures: Vec<FigureRuleFile>,
    pub mentions: Vec<MentionFile>,
    pub templates: Vec<TemplateFile>,
    pub years: Vec<YearFile>,
    pub short: Vec<ShortFile>,
    pub repeated: Vec<RepeatFile>,
    pub units: Vec<UnitFile>,
    pub subordinates: Option<SubordinatesFile>,
}

/// Whether the patterns of a form file are tried when it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Patterns {
    /// A file that comes from outside.
    Tried,
    /// A file that travels with the library: its patterns were tried by the tests.
    Known,
}

/// Reads the rules of a form whose sections are these.
///
/// # Errors
/// Everything wrong with them: names of nothing, patterns that are none, ids given twice.
pub(super) fn read(file: ChecksFile, sections: &[Section], patterns: Patterns) -> Result<Checks, Vec<FormFault>> {
    let mut examiner = Examiner { sections, patterns, met: BTreeMap::new(), faults: Vec::new() };
    let checks = examiner.checks(file);
    examiner.words(&checks);
    if examiner.faults.is_empty() { Ok(checks) } else { Err(examiner.faults) }
}

struct Examiner<'a> {
    sections: &'a [Section],
    patterns: Patterns,
    /// Those met so far: one that is written twice is made ready once.
    met: BTreeMap<String, Pattern>,
    faults: Vec<FormFault>,
}

impl Examiner<'_> {
    fn checks(&mut self, file: ChecksFile) -> Checks {
        Checks {
            across: file.across.iter().map(|rule| self.across(rule)).collect(),
            figures: file.figures.iter().map(|rule| self.figures(rule)).collect(),
            mentions: file.mentions.iter().map(|rule| self.mention(rule)).collect(),
            templates: (file.templates.iter())
                .map(|rule| TemplateRule { words: rule.words(), patterns: self.patterns(&rule.id, &rule.patterns) })
                .collect(),
            years: file.years.iter().map(|rule| self.years(rule)).collect(),
            short: (file.short.iter())
                .map(|rule| ShortRule {
                    words: rule.words(),
                    sections: self.prose(&rule.id, &rule.sections),
                    least: rule.least,
                })
                .collect(),
            repeated: (file.repeated.iter())
                .map(|rule| RepeatRule {
                    words: rule.words(),
                    sections: self.prose(&rule.id, &rule.sections),
                    most: rule.most,
                })
                .collect(),
            units: file.units.iter().map(|rule| self.unit(rule)).collect(),
            subordinates: file.subordinates.as_ref().map(SubordinatesFile::words),
        }
    }

    /// That every rule has an id of its own and says something.
    fn words(&mut self, checks: &Checks) {
        let in_tables = self.tables().flat_map(|table| table.rules.iter().map(|rule| rule.id.clone()));
        let mut ids: Vec<String> = in_tables.collect();
        for words in checks.words() {
            for (what, text) in
                [("id", &words.id), ("zh", &words.chinese), ("en", &words.english), ("source", &words.source)]
            {
                if text.is_empty() {
                    self.faults.push(FormFault::Empty { what });
                }
            }
            if ids.contains(&words.id) {
                self.faults.push(FormFault::Twice { what: "rules", key: words.id.clone() });
            }
            ids.push(words.id.clone());
        }
    }

    fn tables(&self) -> impl Iterator<Item = &TableForm> {
        self.sections.iter().filter_map(|section| match &section.content {
            SectionContent::Table(table) => Some(&**table),
            SectionContent::Prose => None,
        })
    }

    fn across(&mut self, rule: &AcrossFile) -> AcrossRule {
        let keys = |keys: &[String]| keys.iter().map(|key| Arc::from(&**key)).collect::<Vec<Arc<str>>>();
        let this_year: Vec<&String> = [&rule.equals].into_iter().chain(&rule.add).chain(&rule.subtract).collect();
        let unknown = |key: &str| FormFault::RuleNames {
            rule: rule.id.clone(),
            each: match rule.each {
                Each::Row => "column",
                Each::Column => "row",
            },
            key: key.to_owned(),
        };
        let table = self.tables().find(|table| table.key == rule.table);
        let faults: Vec<FormFault> = match table {
            Some(table) => {
                let has = |key: &str| match rule.each {
                    Each::Row => table.rows.iter().any(|row| row.column(key).is_some()),
                    Each::Column => table.row(key).is_some(),
                };
                this_year.into_iter().filter(|key| !has(key)).map(|key| unknown(key)).collect()
            }
            None => vec![FormFault::CheckNames { rule: rule.id.clone(), name: rule.table.clone() }],
        };
        self.faults.extend(faults);
        if rule.last.is_empty() {
            self.faults.push(FormFault::EmptyRule { rule: rule.id.clone(), what: "last" });
        }
        AcrossRule {
            words: rule.words(),
            table: rule.table.clone(),
            each: rule.each,
            equals: rule.equals.as_str().into(),
            last: keys(&rule.last),
            add: keys(&rule.add),
            subtract: keys(&rule.subtract),
        }
    }

    fn figures(&mut self, rule: &FigureRuleFile) -> FigureRule {
        let said = rule.said.iter().map(|figure| {
            if figure.is.is_empty() || figure.divide == 0 {
                self.faults.push(FormFault::EmptyRule { rule: rule.id.clone(), what: "is" });
            }
            let patterns = self.patterns(&rule.id, &figure.patterns);
            for (pattern, written) in patterns.iter().zip(&figure.patterns) {
                self.needs_group(&rule.id, pattern, written, "{n}");
            }
            Figure {
                within: figure.within.as_ref().and_then(|within| self.pattern(&rule.id, within)),
                patterns,
                none: self.patterns(&rule.id, &figure.none),
                not_after: figure.not_after.clone(),
                is: figure.is.iter().map(|sum| self.values(&rule.id, sum)).collect(),
                divide: figure.divide,
            }
        });
        let said = said.collect();
        FigureRule { words: rule.words(), sections: self.prose(&rule.id, &rule.sections), said }
    }

    fn mention(&mut self, rule: &MentionFile) -> MentionRule {
        self.prose(&rule.id, std::slice::from_ref(&rule.section));
        MentionRule {
            words: rule.words(),
            section: rule.section.clone(),
            when: rule.when.iter().flat_map(|value| self.values(&rule.id, value)).collect(),
            when_said: self.patterns(&rule.id, &rule.when_said),
            said: self.patterns(&rule.id, &rule.said),
        }
    }

    fn years(&mut self, rule: &YearFile) -> YearRule {
        let patterns = self.patterns(&rule.id, &rule.patterns);
        for (pattern, written) in patterns.iter().zip(&rule.patterns) {
            self.needs_group(&rule.id, pattern, written, "{year}");
        }
        YearRule { words: rule.words(), sections: self.prose(&rule.id, &rule.sections), patterns }
    }

    fn unit(&mut self, rule: &UnitFile) -> UnitRule {
        let value = self.values(&rule.id, &rule.value).into_iter().next();
        let nothing = || ValueRef { table: "".into(), row: "".into(), column: "".into() };
        UnitRule {
            words: rule.words(),
            value: value.unwrap_or_else(nothing),
            unit: rule.unit.clone(),
            most: rule.most,
            lesser: rule.lesser.clone(),
            times: rule.times,
        }
    }

    fn pattern(&mut self, rule: &str, written: &str) -> Option<Pattern> {
        if self.patterns == Patterns::Known {
            let pattern = self.met.entry(written.to_owned()).or_insert_with(|| Pattern::unread(written));
            return Some(pattern.clone());
        }
        match Pattern::new(written) {
            Ok(pattern) => Some(pattern),
            Err(reason) => {
                let pattern = written.to_owned();
                self.faults.push(FormFault::Pattern { rule: rule.to_owned(), pattern, reason });
                None
            }
        }
    }

    fn patterns(&mut self, rule: &str, written: &[String]) -> Vec<Pattern> {
        written.iter().filter_map(|pattern| self.pattern(rule, pattern)).collect()
    }

    fn needs_group(&mut self, rule: &str, pattern: &Pattern, written: &str, group: &str) {
        if self.patterns == Patterns::Tried && !pattern.has_group() {
            let (rule, pattern) = (rule.to_owned(), written.to_owned());
            self.faults.push(FormFault::Pattern { rule, pattern, reason: format!("it lacks `{group}`") });
        }
    }

    /// Sections that are prose.
    fn prose(&mut self, rule: &str, sections: &[String]) -> Vec<String> {
        for name in sections {
            let known = self.sections.iter().find(|section| section.key == *name);
            if !known.is_some_and(|section| section.content == SectionContent::Prose) {
                self.faults.push(FormFault::CheckNames { rule: rule.to_owned(), name: name.clone() });
            }
        }
        sections.to_vec()
    }

    /// Reads `table.row.column + table.row.column`.
    fn values(&mut self, rule: &str, sum: &str) -> Vec<ValueRef> {
        let read = |name: &str| {
            let mut keys = name.trim().split('.').map(Arc::from);
            let value = ValueRef { table: keys.next()?, row: keys.next()?, column: keys.next()? };
            let table = self.tables().find(|table| *table.key == *value.table)?;
            table.row(&value.row)?.column(&value.column)?;
            Some(value)
        };
        let (mut values, mut unknown) = (Vec::new(), Vec::new());
        for name in sum.split('+') {
            match read(name) {
                Some(value) => values.push(value),
                None => unknown.push(FormFault::CheckNames { rule: rule.to_owned(), name: name.trim().to_owned() }),
            }
        }
        self.faults.extend(unknown);
        values
    }
}
