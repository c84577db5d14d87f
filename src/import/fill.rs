//! A report filled with what a document says. What is filled is a report of which the texts and figures are not
//! known: the one a DOCX of ours carries, or one with every section and row of the form.

use std::collections::BTreeMap;

use super::carried::{show_paragraphs, show_value};
use super::json::Json;
use super::note::{Note, What};
use super::parts::{self, Part, Parts, Signed};
use super::word::{Paragraph, Table, Word};
use super::words::normal;
use super::{checked, table};
use crate::check::FilledTable;
use crate::document::{BREAK_MARK, Place, Text};
use crate::form::{Form, SectionContent, TableForm, ValueKey};

/// What is known of a document beside what it says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Knowing {
    /// The report it was made of: what differs from that was edited.
    Report,
    /// Nothing.
    Nothing,
}

/// The keys of a report in the order in which they are written.
const ORDER: [&str; 14] = [
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

/// A value that was computed: its table and its place in it.
type Computed = BTreeMap<(String, ValueKey), String>;

/// Fills a report; `None` when it cannot be put into the form.
pub fn fill(json: Json, form: &Form, word: &Word, knowing: Knowing) -> Option<(Json, Vec<Note>)> {
    let tables = checked(&json, form, |_, checked| checked.tables().to_vec())?;
    let had: Vec<String> = json.keys().map(str::to_owned).collect();
    let mut filler = Filler { json, form, is_ours: knowing == Knowing::Report, notes: Vec::new() };
    let mut parts = parts::split(word, form, filler.is_ours);
    filler.fill_title(&parts);
    filler.fill_signature(&mut parts);
    filler.fill_preamble(&parts);
    filler.fill_sections(&parts);
    let computed = filler.fill_tables(&parts, word, &tables);
    filler.keep_computed(&computed);
    Some((in_order(filler.json, &had), filler.notes))
}

/// Puts members that the report did not have where they usually stand.
fn in_order(json: Json, had: &[String]) -> Json {
    let place = |key: &str| ORDER.iter().position(|known| *known == key).unwrap_or(ORDER.len());
    let Json::Object(members) = json else { return json };
    let (mut members, added): (Vec<_>, Vec<_>) = members.into_iter().partition(|(key, _)| had.contains(key));
    for (key, value) in added {
        let at = members.iter().rposition(|(other, _)| place(other) < place(&key)).map_or(0, |before| before + 1);
        members.insert(at, (key, value));
    }
    Json::Object(members)
}

struct Filler<'a> {
    json: Json,
    form: &'a Form,
    is_ours: bool,
    notes: Vec<Note>,
}

fn unmarked(text: &str) -> String {
    text.replace(BREAK_MARK, "")
}

fn string(text: &str) -> Json {
    Json::String(text.to_owned())
}

impl Filler<'_> {
    fn agency(&self) -> String {
        unmarked(self.json.get("agency").and_then(Json::text).unwrap_or_default())
    }

    /// The title, where it is not the one the report has or the form makes.
    fn fill_title(&mut self, parts: &Parts) {
        let year = match self.json.get("year") {
            Some(Json::Number(digits)) => digits.parse().unwrap_or(0),
            _ => 0,
        };
        let usual = unmarked(&self.form.title_for(&self.agency(), year));
        let given = match self.json.get("title") {
            Some(Json::String(line)) => unmarked(line),
            Some(lines) => lines.entries().iter().filter_map(Json::text).map(unmarked).collect(),
            None => usual,
        };
        let printed: String = parts.title.iter().map(|paragraph| paragraph.text()).collect();
        let same = if self.is_ours { given == printed } else { normal(&given) == normal(&printed) };
        if same || printed.trim().is_empty() {
            return;
        }
        let lines = parts.title.iter().flat_map(|paragraph| &paragraph.lines).map(|line| line.trim());
        let lines: Vec<Json> = lines.filter(|line| !line.is_empty()).map(string).collect();
        self.json.set("title", if lines.len() == 1 { lines[0].clone() } else { Json::List(lines) });
    }

    fn fill_signature(&mut self, parts: &mut Parts) {
        let wanted = self.json.get("signature").is_some();
        if self.is_ours && !wanted {
            return;
        }
        let agency = self.agency();
        let last = parts.sections.last_mut().map(|part| &mut part.paragraphs);
        let last = last.unwrap_or(&mut parts.preamble);
        match parts::take_signature(last, &agency, self.is_ours) {
            Some(signed) => self.sign(signed, &agency),
            None if wanted => {
                self.json.remove("signature");
                self.notes.push(Note::about(What::NoSignature));
            }
            None => {}
        }
    }

    fn sign(&mut self, signed: Signed, agency: &str) {
        let signature = self.json.object("signature");
        let given: Vec<String> = match signature.get("agency") {
            Some(Json::String(name)) => vec![unmarked(name)],
            Some(names) => names.entries().iter().filter_map(Json::text).map(unmarked).collect(),
            None => vec![agency.to_owned()],
        };
        let same = |one: &String, other: &String| {
            if self.is_ours { one.trim() == other } else { normal(one) == normal(other) }
        };
        if given.len() != signed.agencies.len() || !given.iter().zip(&signed.agencies).all(|(a, b)| same(a, b)) {
            let names: Vec<Json> = signed.agencies.iter().map(|name| string(name)).collect();
            signature.set("agency", if names.len() == 1 { names[0].clone() } else { Json::List(names) });
        }
        match signed.date {
            Ok(date) => signature.set("date", Json::String(date.to_string())),
            Err(text) => self.notes.push(Note::about(What::BadDate(text))),
        }
    }

    fn fill_preamble(&mut self, parts: &Parts) {
        let shown = texts(&parts.preamble);
        if shown.is_empty() {
            // An empty list says the same as none.
            if self.json.get("preamble").is_some_and(|given| !given.entries().is_empty() || given.text().is_some()) {
                self.json.remove("preamble");
            }
            return;
        }
        let filled = show_paragraphs(self.json.get("preamble"), shown);
        self.json.set("preamble", filled);
    }

    fn fill_sections(&mut self, parts: &Parts) {
        for section in self.form.sections() {
            let official = &section.heading.content;
            let Some(part) = parts.sections.iter().find(|part| part.key == section.key) else {
                if matches!(section.content, SectionContent::Prose) {
                    self.notes.push(Note::about(What::MissingSection { heading: official.clone() }));
                    self.json.object("sections").remove(&section.key);
                }
                continue;
            };
            self.fill_heading(part, official);
            match &section.content {
                SectionContent::Prose => {
                    let shown = texts(&part.paragraphs);
                    let sections = self.json.object("sections");
                    if shown.is_empty() {
                        sections.remove(&section.key);
                        self.notes.push(Note::about(What::MissingSection { heading: official.clone() }));
                    } else {
                        let filled = show_paragraphs(sections.get(&section.key), shown);
                        sections.set(&section.key, filled);
                    }
                }
                SectionContent::Table(_) => {
                    for paragraph in &part.paragraphs {
                        let what = What::Paragraph { section: official.clone(), text: paragraph.text() };
                        self.notes.push(Note::about(what));
                    }
                }
            }
        }
    }

    fn fill_heading(&mut self, part: &Part, official: &str) {
        let given = self.json.get("headings").and_then(|headings| headings.get(&part.key)).and_then(Json::text);
        let given = given.map(unmarked).unwrap_or_else(|| official.to_owned());
        let printed = &part.heading;
        let same = match self.is_ours {
            true => given.trim() == printed,
            false => {
                let (given, printed) = (normal(&given), normal(printed));
                given == printed || super::words::without_number(&given) == printed
            }
        };
        if !same {
            self.json.object("headings").set(&part.key, string(printed));
            let what = What::Reworded { official: official.to_owned(), printed: printed.clone() };
            self.notes.push(Note::about(what));
        }
    }

    /// Fills the tables; gives what stands where a value was computed.
    fn fill_tables(&mut self, parts: &Parts, word: &Word, tables: &[FilledTable]) -> Computed {
        let mut computed = Computed::new();
        let mut used: Vec<&Table> = Vec::new();
        let everywhere: Vec<&Table> = word
            .blocks
            .iter()
            .filter_map(|block| match block {
                super::word::Block::Table(table) => Some(table),
                super::word::Block::Paragraph(_) => None,
            })
            .collect();
        for (section, form) in self.form.tables() {
            let Some(filled) = tables.iter().find(|table| table.key == form.key) else { continue };
            let is_free = |table: &&&Table| !used.iter().any(|other| std::ptr::eq(*other, **table));
            let own = parts.sections.iter().find(|part| part.key == section.key).map(|part| &part.tables[..]);
            let own = own
                .unwrap_or_default()
                .iter()
                .filter(is_free)
                .find(|found| self.is_ours || table::is_like(filled, found));
            let found = own.or_else(|| everywhere.iter().filter(is_free).find(|found| table::is_like(filled, found)));
            match found.copied() {
                Some(found) => {
                    used.push(found);
                    self.fill_table(form, filled, found, &mut computed);
                }
                None => {
                    let place =
                        Place { table: section.heading.content.clone(), row: String::new(), column: String::new() };
                    self.notes.push(Note::at(place, What::MissingTable));
                    self.json.object("tables").remove(&form.key);
                }
            }
        }
        for left in everywhere.iter().filter(|table| !used.iter().any(|other| std::ptr::eq(*other, **table))) {
            let text: Vec<String> = left.rows.iter().flatten().map(|cell| cell.text()).collect();
            self.notes.push(Note::about(What::ExtraTable { text: text.join(" ") }));
        }
        computed
    }

    fn fill_table(&mut self, form: &TableForm, filled: &FilledTable, found: &Table, computed: &mut Computed) {
        let read = table::read(filled, found, self.is_ours);
        self.notes.extend(read.notes);
        for (index, printed) in read.labels {
            self.relabel(form, filled, index, printed);
        }
        let mut rows: Vec<(&str, Vec<&ValueKey>)> = Vec::new();
        for value in filled.grid.cells().iter().filter_map(|cell| cell.content.value.as_ref()) {
            if value.computed {
                if let Some(shown) = read.values.get(&value.key) {
                    computed.insert((form.key.clone(), value.key.clone()), shown.clone());
                }
                continue;
            }
            match rows.iter_mut().find(|(row, _)| *row == &*value.key.row) {
                Some((_, keys)) => keys.push(&value.key),
                None => rows.push((&value.key.row, vec![&value.key])),
            }
        }
        for (row, keys) in rows {
            self.fill_row(&form.key, row, &keys, &read.values);
        }
    }

    /// Where the values of a row stand in the report: among the table's rows, or among those added to it.
    fn row_mut(&mut self, table: &str, row: &str) -> Option<&mut Json> {
        let in_table = self.json.get("tables").and_then(|tables| tables.get(table)).and_then(|rows| rows.get(row));
        if in_table.is_some() {
            return self.json.get_mut("tables")?.get_mut(table)?.get_mut(row);
        }
        let added = self.json.get_mut("added_rows")?.get_mut(table)?.entries_mut();
        added.iter_mut().find(|added| added.get("key").and_then(Json::text) == Some(row))?.get_mut("values")
    }

    fn fill_row(&mut self, table: &str, row: &str, keys: &[&ValueKey], values: &BTreeMap<ValueKey, String>) {
        let Some(given) = self.row_mut(table, row) else { return };
        let found: Vec<(&ValueKey, &String)> =
            keys.iter().filter_map(|key| values.get(*key).map(|value| (*key, value))).collect();
        if found.len() < keys.len() {
            let members = found.iter().map(|(key, value)| (key.column.to_string(), show_value(None, value)));
            *given = Json::Object(members.collect());
            if found.is_empty()
                && let Some(rows) = self.json.get_mut("tables").and_then(|t| t.get_mut(table))
            {
                rows.remove(row);
            }
            return;
        }
        match given {
            Json::List(entries) => {
                for (entry, (_, value)) in entries.iter_mut().zip(&found) {
                    *entry = show_value(Some(entry), value);
                }
            }
            given => {
                for (key, value) in found {
                    let filled = show_value(given.get(&key.column), value);
                    given.set(&key.column, filled);
                }
            }
        }
    }

    /// Takes over a label that is worded otherwise than the report or the form has it.
    fn relabel(&mut self, form: &TableForm, filled: &FilledTable, index: usize, printed: String) {
        let cell = &filled.grid.cells()[index];
        let text = &cell.content.text;
        let place = text.origin.place.as_deref().cloned();
        if text.origin.path.starts_with("$.added_rows") {
            let added = self.json.get_mut("added_rows").and_then(|rows| rows.get_mut(&form.key));
            let same = |row: &&mut Json| {
                row.get("label").and_then(Json::text).is_some_and(|label| unmarked(label) == text.content)
            };
            if let Some(row) = added.and_then(|rows| rows.entries_mut().iter_mut().find(same)) {
                row.set("label", Json::String(printed));
            }
            return;
        }
        let given = self.json.get("labels").and_then(|labels| labels.get(&form.key));
        let members = match given {
            Some(Json::Object(members)) => &members[..],
            _ => &[],
        };
        let reworded = members.iter().find(|(_, words)| words.text().map(unmarked).as_ref() == Some(&text.content));
        let official = match reworded {
            Some((official, _)) if text.origin.path.starts_with("$.labels") => official.clone(),
            _ => text.content.clone(),
        };
        let what = if form.may_relabel {
            self.json.object("labels").object(&form.key).set(&official, string(&printed));
            What::Reworded { official, printed }
        } else {
            What::LabelFixed { official, printed }
        };
        self.notes.push(Note { place, what });
    }

    /// Keeps what stands where a value was left out, if it is not what would be computed.
    fn keep_computed(&mut self, computed: &Computed) {
        if computed.is_empty() {
            return;
        }
        let now: Vec<FilledTable> =
            checked(&self.json, self.form, |_, checked| checked.tables().to_vec()).unwrap_or_default();
        for ((table, key), shown) in computed {
            let cells =
                now.iter().find(|known| known.key == *table).map(|known| known.grid.cells()).unwrap_or_default();
            let is_it = |cell: &&crate::document::Cell<crate::check::FilledCell>| {
                cell.content.value.as_ref().is_some_and(|value| value.key == *key)
            };
            let would: Option<&Text> = cells.iter().find(is_it).map(|cell| &cell.content.text);
            if would.is_some_and(|would| would.content == *shown) {
                continue;
            }
            let value = show_value(None, shown);
            match self.row_mut(table, &key.row) {
                Some(row) => row.set(&key.column, value),
                None => self.json.object("tables").object(table).object(&key.row).set(&key.column, value),
            }
        }
    }
}

/// The texts of paragraphs, forced lines apart.
fn texts(paragraphs: &[&Paragraph]) -> Vec<String> {
    let lines = paragraphs.iter().flat_map(|paragraph| &paragraph.lines);
    lines.map(|line| line.replace('\t', " ").trim().to_owned()).filter(|line| !line.is_empty()).collect()
}
