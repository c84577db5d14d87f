//! A report as its sender wrote it, typed. Nothing is judged here: whether a row exists or a sum holds
//! is [`check`](crate::check)'s affair.
//!
//! [`Report::parse`] takes the bytes of a JSON file and gives a [`Report`], or everything that keeps it
//! from being one. Each value remembers its JSON path and its place in the file, and figures keep their
//! written form: `0`, blank, `/` and `96171.6` print as they were written, and are decimals, never
//! binary floats, where they are numbers. How the bytes are walked is in `report/json.rs`.

pub(crate) mod json;

use std::sync::Arc;

use rust_decimal::Decimal;

use crate::document::{Date, Origin, Placement};
use crate::error::{Expected, Finding, JsonType, Problem};
use crate::length::Length;

use json::{Fields, Node, Reader};

/// No report is longer, in bytes.
pub const MOST_BYTES: usize = 8 * 1024 * 1024;
/// No report has more text in all, in characters: it would fill more than 1,600 pages.
pub const MOST_CHARACTERS: usize = 1_000_000;
/// No object has more members.
pub const MOST_MEMBERS: usize = 500;
/// No more than this is said of one file; nobody mends more at a time.
pub const MOST_FINDINGS: usize = 1_000;
/// No paragraph is longer, in characters.
pub const LONGEST_PARAGRAPH: usize = 20_000;
/// No name, title line, heading or label is longer, in characters.
pub const LONGEST_NAME: usize = 300;
/// No text in a cell is longer, in characters.
pub const LONGEST_VALUE: usize = 200;
/// No section has more paragraphs.
pub const MOST_PARAGRAPHS: usize = 5_000;
/// No title has more lines.
pub const MOST_TITLE_LINES: usize = 10;
/// No report is signed by more bodies.
pub const MOST_AGENCIES: usize = 50;
/// No table is given more rows than its form has.
pub const MOST_ADDED_ROWS: usize = 200;
/// No row has more values.
pub const MOST_VALUES: usize = 200;
/// A figure has no more digits before the point; with [`MOST_DECIMALS`] this keeps every sum exact.
pub const MOST_DIGITS: usize = 15;
/// A figure has no more digits after the point.
pub const MOST_DECIMALS: usize = 8;
/// No seal is smaller (国发〔1999〕25号 has none below 3 cm).
pub const LEAST_SEAL: Length = Length::mm(10);
/// No seal is larger.
pub const MOST_SEAL: Length = Length::mm(80);

/// A report as its sender wrote it.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// Where the report itself stands.
    pub at: At,
    /// The form asked for; `None` leaves the choice to the year.
    pub form: Option<Located<String>>,
    /// The body that reports. Break marks show where a long name is best broken.
    pub agency: Located<String>,
    /// The year reported on.
    pub year: Located<u16>,
    /// The lines of the title, with break marks; `None` leaves it to the form.
    pub title: Option<Located<Vec<String>>>,
    /// The paragraphs between the title and the first section.
    pub preamble: Vec<Located<String>>,
    /// Headings worded otherwise than in the form, by section.
    pub headings: Object<Located<String>>,
    /// The paragraphs of the sections of text, by section.
    pub sections: Object<Located<Vec<Located<String>>>>,
    /// The rows of values, by table and row.
    pub tables: Object<Object<Row>>,
    /// Labels worded otherwise than in the form, by table and the form's label; with break marks.
    pub labels: Object<Object<Located<String>>>,
    /// Rows the form does not have, by table.
    pub added_rows: Object<Located<Vec<AddedRow>>>,
    /// How tables stand on their pages, by key, where not upright in the text.
    pub layout: Object<Located<Placement>>,
    /// Whether blanks count as 0 in the arithmetic.
    pub blank_is_zero: bool,
    /// Who signs and when; `None` when nobody does.
    pub signature: Option<Signature>,
}

/// Where a value stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct At {
    /// Its JSON path (`$.sections.overview[0]`).
    pub path: Arc<str>,
    /// Its first byte in the file.
    pub offset: usize,
}

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub at: At,
}

/// An object whose keys the reader does not know: the form does.
#[derive(Clone, Debug, PartialEq)]
pub struct Object<T> {
    /// Where it stands; where it would stand, when the report has none.
    pub at: At,
    /// Its members in the order of the file. No key comes twice.
    pub members: Vec<Member<T>>,
}

/// A member of an [`Object`].
#[derive(Clone, Debug, PartialEq)]
pub struct Member<T> {
    /// Its key. Where it stands is the path of the value and the place of the key.
    pub key: Located<String>,
    /// Its value.
    pub value: T,
}

/// A row of values.
#[derive(Clone, Debug, PartialEq)]
pub enum Row {
    /// In column order, one for every column.
    List(Located<Vec<Value>>),
    /// By column; totals may be left out.
    Columns(Object<Value>),
}

/// A row that the form does not have.
#[derive(Clone, Debug, PartialEq)]
pub struct AddedRow {
    /// Where it stands.
    pub at: At,
    /// The key of the row it follows, whose columns it has.
    pub after: Located<String>,
    /// Its own key.
    pub key: Located<String>,
    /// Its label, with break marks.
    pub label: Located<String>,
    /// Its values.
    pub values: Row,
}

/// A value of a table as it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// What is printed.
    pub written: String,
    /// What it means.
    pub reading: Reading,
    /// Where it stands.
    pub at: At,
}

/// What a value means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// A number.
    Number(Decimal),
    /// Nothing is written.
    Blank,
    /// A mark for what does not apply: `/`, `—` or `-`.
    NotApplicable,
    /// Nothing has been filled in yet: `null`.
    Unfilled,
    /// Anything else.
    Text,
}

/// Who signs and when.
#[derive(Clone, Debug, PartialEq)]
pub struct Signature {
    /// Where it stands.
    pub at: At,
    /// The signing bodies, with break marks; `None` when the reporting body signs.
    pub agencies: Option<Located<Vec<Located<String>>>>,
    /// The date of issue.
    pub date: Located<Date>,
    /// The seal that will be set.
    pub seal: Seal,
}

/// Whether a seal will be set, and how large.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seal {
    /// None will be.
    None,
    /// One of the size the form says.
    Standard,
    /// One of this diameter.
    Diameter(Length),
}

/// What is written, of a [`Partial`] report only, for a value that cannot be read.
const UNREAD: &str = "?";

impl Value {
    /// Whether it is there and cannot be read, of which enough has been said.
    pub(crate) fn is_unread(&self) -> bool {
        self.reading == Reading::Unfilled && !self.written.is_empty()
    }
}

/// The marks for what does not apply.
const NOT_APPLICABLE: [&str; 3] = ["/", "—", "-"];

/// The keys of a report. `$schema` is for editors.
const KEYS: [&str; 14] = [
    "$schema",
    "form",
    "agency",
    "year",
    "title",
    "preamble",
    "headings",
    "sections",
    "tables",
    "labels",
    "added_rows",
    "layout",
    "blank_is_zero",
    "signature",
];

impl Report {
    /// Reads the bytes of a JSON file; a byte order mark before them is passed over.
    ///
    /// # Errors
    /// Everything wrong with it, sorted by place: not UTF-8, not JSON, unknown, doubled or missing
    /// keys, values of the wrong type, dates that are none, characters that cannot be printed, sizes
    /// no report has. A file that is not JSON gives that one finding.
    pub fn parse(bytes: &[u8]) -> Result<Report, Vec<Finding>> {
        let read = Report::read(bytes)?;
        match read.report {
            Some(report) if read.findings.is_empty() => Ok(report),
            _ => Err(read.findings),
        }
    }

    /// Reads what can be read of a file: what is wrong is told and left out.
    ///
    /// # Errors
    /// What is wrong with a file that is no JSON.
    pub(crate) fn read(bytes: &[u8]) -> Result<Partial, Vec<Finding>> {
        let text = json::text(bytes)?;
        let root = json::root(text)?;
        let mut reader = Reader::new(text);
        let mut report = reader.report(&root);
        if reader.characters > MOST_CHARACTERS {
            let problem = Problem::TooLong { characters: reader.characters, limit: MOST_CHARACTERS };
            reader.say(root.at().finding(problem));
            // Nothing more is to be looked for in so much.
            report = None;
        }
        let (report, has_year) = report.map_or((None, false), |(report, has_year)| (Some(report), has_year));
        Ok(Partial { report, has_year, findings: reader.findings.into_findings() })
    }
}

/// What can be read of a report, and what is wrong with it.
pub(crate) struct Partial {
    /// All that can be read; `None` when it is no object.
    pub report: Option<Report>,
    /// Whether it says its year.
    pub has_year: bool,
    /// What is wrong, sorted. Where nothing is, the report is whole.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Reads the figures of a report that need not be finished: its texts may be missing, and of the keys only
    /// those that have to do with tables are read.
    ///
    /// # Errors
    /// Everything that keeps the figures from being read, sorted by place.
    pub(crate) fn figures(bytes: &[u8]) -> Result<Report, Vec<Finding>> {
        let text = json::text(bytes)?;
        let root = json::root(text)?;
        let mut reader = Reader::new(text);
        match reader.figures(&root) {
            Some(report) if reader.findings.is_empty() => Ok(report),
            _ => Err(reader.findings.into_findings()),
        }
    }

    /// The day its files bear unless another is given: that of the signature, or the first of the year
    /// after the report's, when it falls due.
    pub fn day(&self) -> Date {
        let signed = self.signature.as_ref().map(|signature| signature.date.value);
        signed.or_else(|| Date::new(self.year.value + 1, 1, 1)).unwrap_or(Date::FIRST)
    }
}

impl At {
    /// The origin of a text that stands here.
    pub fn origin(&self) -> Origin {
        Origin::path(self.path.clone())
    }

    /// A finding about what stands here.
    pub fn finding(&self, problem: Problem) -> Finding {
        Finding::new(problem, &*self.path, Some(self.offset))
    }

    /// The path of a member of the object that stands here, for one that is missing.
    pub fn member(&self, key: &str) -> At {
        At { path: json::member_path(&self.path, key).into(), offset: self.offset }
    }
}

impl<T> Object<T> {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&T> {
        self.member(key).map(|member| &member.value)
    }

    /// The member of a key.
    pub fn member(&self, key: &str) -> Option<&Member<T>> {
        self.members.iter().find(|member| member.key.value == key)
    }
}

impl Row {
    /// Where it stands.
    pub fn at(&self) -> &At {
        match self {
            Row::List(list) => &list.at,
            Row::Columns(object) => &object.at,
        }
    }
}

impl Reading {
    /// What a text means.
    pub fn of(written: &str) -> Reading {
        if written.trim().is_empty() {
            Reading::Blank
        } else if NOT_APPLICABLE.contains(&written) {
            Reading::NotApplicable
        } else if let Some(number) = read_number(written) {
            Reading::Number(number)
        } else {
            Reading::Text
        }
    }
}

/// Reads digits with an optional sign and decimals, no more of them than a figure may have.
fn read_number(written: &str) -> Option<Decimal> {
    let (before, after) = digits_of(written)?;
    (before <= MOST_DIGITS && after <= MOST_DECIMALS).then(|| written.parse().ok())?
}

/// How many digits a plain number has before and after the point; `None` when it is no plain number.
fn digits_of(written: &str) -> Option<(usize, usize)> {
    let digits = written.strip_prefix(['-', '+']).unwrap_or(written);
    let (before, after) = match digits.split_once('.') {
        Some((_, "")) => return None,
        Some(parts) => parts,
        None => (digits, ""),
    };
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    (!before.is_empty() && all_digits(before) && all_digits(after)).then_some((before.len(), after.len()))
}

impl<'a> Reader<'a> {
    /// What can be read of a report, and whether it says its year.
    fn report(&mut self, root: &Node<'a>) -> Option<(Report, bool)> {
        let mut fields = self.fields(root, &KEYS)?;
        if let Some(schema) = fields.take("$schema") {
            self.string(&schema);
        }
        let form = self.optional(&mut fields, "form", Self::name);
        let agency = self.required(&mut fields, "agency", Self::name);
        let year = self.required(&mut fields, "year", Self::year);
        let title = self.optional(&mut fields, "title", Self::title);
        let preamble = self.optional(&mut fields, "preamble", Self::paragraphs);
        let headings = self.object(&mut fields, "headings", Self::name);
        let sections = self.object(&mut fields, "sections", Self::paragraphs);
        let tables = self.object(&mut fields, "tables", |this, node| this.members(node, Self::row));
        let labels = self.object(&mut fields, "labels", |this, node| this.members(node, Self::name));
        let added_rows =
            self.object(&mut fields, "added_rows", |this, node| this.list(node, MOST_ADDED_ROWS, Self::added_row));
        let layout = self.object(&mut fields, "layout", Self::placement);
        let blank_is_zero = self.optional(&mut fields, "blank_is_zero", Self::boolean);
        let signature = self.optional(&mut fields, "signature", Self::signature);
        fn or_none<T>(object: Option<Object<T>>, fields: &Fields<'_>, key: &str) -> Object<T> {
            object.unwrap_or_else(|| Object { at: fields.at.member(key), members: Vec::new() })
        }
        let has_year = year.is_some();
        let report = Report {
            at: root.at(),
            form: form.flatten(),
            agency: agency.unwrap_or_else(|| Located { value: String::new(), at: fields.at.member("agency") }),
            year: year.unwrap_or_else(|| Located { value: 0, at: fields.at.member("year") }),
            title: title.flatten(),
            preamble: preamble.flatten().map_or_else(Vec::new, |paragraphs| paragraphs.value),
            headings: or_none(headings, &fields, "headings"),
            sections: or_none(sections, &fields, "sections"),
            tables: or_none(tables, &fields, "tables"),
            labels: or_none(labels, &fields, "labels"),
            added_rows: or_none(added_rows, &fields, "added_rows"),
            layout: or_none(layout, &fields, "layout"),
            blank_is_zero: blank_is_zero.flatten().unwrap_or(false),
            signature: signature.flatten(),
        };
        Some((report, has_year))
    }

    /// What a report says in figures; everything else is left empty.
    fn figures(&mut self, root: &Node<'a>) -> Option<Report> {
        let mut fields = self.fields(root, &KEYS)?;
        let nothing = |fields: &Fields<'a>, key: &str| fields.at.member(key);
        let form = self.optional(&mut fields, "form", Self::name);
        let year = self.required(&mut fields, "year", Self::year);
        let tables = self.object(&mut fields, "tables", |this, node| this.members(node, Self::row));
        let added_rows =
            self.object(&mut fields, "added_rows", |this, node| this.list(node, MOST_ADDED_ROWS, Self::added_row));
        let blank_is_zero = self.optional(&mut fields, "blank_is_zero", Self::boolean);
        Some(Report {
            at: root.at(),
            form: form?,
            agency: Located { value: String::new(), at: nothing(&fields, "agency") },
            year: year?,
            title: None,
            preamble: Vec::new(),
            headings: Object { at: nothing(&fields, "headings"), members: Vec::new() },
            sections: Object { at: nothing(&fields, "sections"), members: Vec::new() },
            tables: tables?,
            labels: Object { at: nothing(&fields, "labels"), members: Vec::new() },
            added_rows: added_rows?,
            layout: Object { at: nothing(&fields, "layout"), members: Vec::new() },
            blank_is_zero: blank_is_zero?.unwrap_or(false),
            signature: None,
        })
    }

    /// A member that may be absent: `None` when it is there and wrong.
    fn optional<T>(
        &mut self,
        fields: &mut Fields<'a>,
        key: &str,
        read: impl FnOnce(&mut Self, &Node<'a>) -> Option<T>,
    ) -> Option<Option<T>> {
        match fields.take(key) {
            Some(node) => read(self, &node).map(Some),
            None => Some(None),
        }
    }

    /// A member that must be there.
    fn required<T>(
        &mut self,
        fields: &mut Fields<'a>,
        key: &str,
        read: impl FnOnce(&mut Self, &Node<'a>) -> Option<T>,
    ) -> Option<T> {
        match fields.take(key) {
            Some(node) => read(self, &node),
            None => {
                self.say(fields.at.member(key).finding(Problem::MissingKey { key: key.to_owned() }));
                None
            }
        }
    }

    /// A member that is an object whose keys the form knows; an empty one when it is absent.
    fn object<T>(
        &mut self,
        fields: &mut Fields<'a>,
        key: &str,
        read: impl FnMut(&mut Self, &Node<'a>) -> Option<T>,
    ) -> Option<Object<T>> {
        match fields.take(key) {
            Some(node) => self.members(&node, read),
            None => Some(Object { at: fields.at.member(key), members: Vec::new() }),
        }
    }

    /// The members of an object whose keys the form knows; what cannot be read is left out.
    fn members<T>(
        &mut self,
        node: &Node<'a>,
        mut read: impl FnMut(&mut Self, &Node<'a>) -> Option<T>,
    ) -> Option<Object<T>> {
        let pairs = self.pairs(node)?;
        let mut members = Vec::with_capacity(pairs.len());
        for (key, node) in pairs {
            if let Some(value) = read(self, &node) {
                members.push(Member { key, value });
            }
        }
        Some(Object { at: node.at(), members })
    }

    /// A list, each entry read; what cannot be is left out.
    fn list<T>(
        &mut self,
        node: &Node<'a>,
        most: usize,
        mut read: impl FnMut(&mut Self, &Node<'a>) -> Option<T>,
    ) -> Option<Located<Vec<T>>> {
        let nodes = self.entries(node, Expected::List, most)?;
        let value = nodes.iter().filter_map(|node| read(self, node)).collect();
        Some(Located { value, at: node.at() })
    }

    /// A string, or a list of strings of which there is at least one.
    fn strings(&mut self, node: &Node<'a>, most: usize, longest: usize) -> Option<Located<Vec<Located<String>>>> {
        match node.kind() {
            JsonType::String => {
                let line = self.text(node, longest)?;
                Some(Located { value: vec![line], at: node.at() })
            }
            JsonType::List => {
                let lines = self.list(node, most, |this, node| this.text(node, longest))?;
                if node.source()[1..].trim_start().starts_with(']') {
                    self.say(node.at().finding(Problem::Empty));
                    return None;
                }
                Some(lines)
            }
            JsonType::Null | JsonType::Boolean | JsonType::Number | JsonType::Object => {
                self.wrong_type(node, Expected::Strings)
            }
        }
    }

    fn paragraphs(&mut self, node: &Node<'a>) -> Option<Located<Vec<Located<String>>>> {
        self.strings(node, MOST_PARAGRAPHS, LONGEST_PARAGRAPH)
    }

    fn title(&mut self, node: &Node<'a>) -> Option<Located<Vec<String>>> {
        let lines = self.strings(node, MOST_TITLE_LINES, LONGEST_NAME)?;
        Some(Located { value: lines.value.into_iter().map(|line| line.value).collect(), at: lines.at })
    }

    fn name(&mut self, node: &Node<'a>) -> Option<Located<String>> {
        self.text(node, LONGEST_NAME)
    }

    /// A text that says something and can be printed.
    fn text(&mut self, node: &Node<'a>, longest: usize) -> Option<Located<String>> {
        let value = self.printable(node, longest)?;
        if value.chars().all(|c| c.is_whitespace() || c == crate::document::BREAK_MARK) {
            self.say(node.at().finding(Problem::Empty));
            return None;
        }
        Some(Located { value, at: node.at() })
    }

    fn year(&mut self, node: &Node<'a>) -> Option<Located<u16>> {
        if node.kind() != JsonType::Number {
            return self.wrong_type(node, Expected::Year);
        }
        let written = node.source();
        let year = if written.len() == 4 { written.parse().ok() } else { None };
        match year {
            Some(value) => Some(Located { value, at: node.at() }),
            None => self.refuse(node, Problem::BadYear { written: written.to_owned() }),
        }
    }

    fn row(&mut self, node: &Node<'a>) -> Option<Row> {
        match node.kind() {
            JsonType::List => self.list(node, MOST_VALUES, Self::value_or_unread).map(Row::List),
            JsonType::Object => self.members(node, Self::value_or_unread).map(Row::Columns),
            JsonType::Null | JsonType::Boolean | JsonType::Number | JsonType::String => {
                self.wrong_type(node, Expected::Row)
            }
        }
    }

    /// A value; one that cannot be read keeps its place.
    fn value_or_unread(&mut self, node: &Node<'a>) -> Option<Value> {
        let unread = || Value { written: UNREAD.to_owned(), reading: Reading::Unfilled, at: node.at() };
        Some(self.value(node).unwrap_or_else(unread))
    }

    fn value(&mut self, node: &Node<'a>) -> Option<Value> {
        let written = match node.kind() {
            JsonType::Number => node.source().to_owned(),
            JsonType::String => self.printable(node, LONGEST_VALUE)?,
            JsonType::Null => {
                return Some(Value { written: String::new(), reading: Reading::Unfilled, at: node.at() });
            }
            JsonType::Boolean | JsonType::List | JsonType::Object => {
                return self.wrong_type(node, Expected::Value);
            }
        };
        match digits_of(&written) {
            Some((before, after)) if before > MOST_DIGITS || after > MOST_DECIMALS => {
                self.refuse(node, Problem::TooManyDigits { written, before: MOST_DIGITS, after: MOST_DECIMALS })
            }
            None if node.kind() == JsonType::Number => self.refuse(node, Problem::Exponent { written }),
            Some(_) | None => Some(Value { reading: Reading::of(&written), written, at: node.at() }),
        }
    }

    fn added_row(&mut self, node: &Node<'a>) -> Option<AddedRow> {
        let mut fields = self.fields(node, &["after", "key", "label", "values"])?;
        let after = self.required(&mut fields, "after", Self::name);
        let key = self.required(&mut fields, "key", Self::name);
        let label = self.required(&mut fields, "label", Self::name);
        let values = self.required(&mut fields, "values", Self::row);
        Some(AddedRow { at: node.at(), after: after?, key: key?, label: label?, values: values? })
    }

    fn signature(&mut self, node: &Node<'a>) -> Option<Signature> {
        let mut fields = self.fields(node, &["agency", "date", "seal"])?;
        let agencies =
            self.optional(&mut fields, "agency", |this, node| this.strings(node, MOST_AGENCIES, LONGEST_NAME));
        let date = self.required(&mut fields, "date", Self::date);
        let seal = self.optional(&mut fields, "seal", Self::seal);
        Some(Signature { at: node.at(), agencies: agencies?, date: date?, seal: seal?.unwrap_or(Seal::None) })
    }

    fn date(&mut self, node: &Node<'a>) -> Option<Located<Date>> {
        let written = self.string(node)?;
        match Date::parse(&written) {
            Some(value) => Some(Located { value, at: node.at() }),
            None => self.refuse(node, Problem::BadDate { written }),
        }
    }

    fn placement(&mut self, node: &Node<'a>) -> Option<Located<Placement>> {
        if node.kind() != JsonType::String {
            return self.wrong_type(node, Expected::Placement);
        }
        let written = self.string(node)?;
        let value = match &*written {
            "upright" => Placement::Upright,
            "turned" => Placement::Turned,
            "landscape" => Placement::Landscape,
            _ => return self.refuse(node, Problem::BadPlacement { written }),
        };
        Some(Located { value, at: node.at() })
    }

    fn seal(&mut self, node: &Node<'a>) -> Option<Seal> {
        match node.kind() {
            JsonType::Boolean => self.boolean(node).map(|seal| if seal { Seal::Standard } else { Seal::None }),
            JsonType::String => {
                let written = self.string(node)?;
                match Length::parse(&written) {
                    Ok(diameter) if (LEAST_SEAL..=MOST_SEAL).contains(&diameter) => Some(Seal::Diameter(diameter)),
                    Ok(_) | Err(_) => {
                        self.refuse(node, Problem::BadSeal { written, least: LEAST_SEAL, most: MOST_SEAL })
                    }
                }
            }
            JsonType::Null | JsonType::Number | JsonType::List | JsonType::Object => {
                self.wrong_type(node, Expected::Seal)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_keeps_its_digits_and_is_a_decimal() {
        assert_eq!(Reading::of("96171.60"), Reading::Number(Decimal::new(9_617_160, 2)));
        assert_eq!(Reading::of("-8"), Reading::Number(Decimal::from(-8)));
        assert_eq!(Reading::of("+1036"), Reading::Number(Decimal::from(1036)));
        for text in ["1.", ".5", "1e3", "１２", "1,234", "12件", "--1", "+", "1 2"] {
            assert_eq!(Reading::of(text), Reading::Text, "{text}");
        }
        for blank in ["", " ", "\u{3000}"] {
            assert_eq!(Reading::of(blank), Reading::Blank);
        }
        for mark in ["/", "—", "-"] {
            assert_eq!(Reading::of(mark), Reading::NotApplicable);
        }
    }
}
