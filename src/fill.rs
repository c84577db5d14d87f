//! Totals computed and written back: [`fill`] takes the text of a report and gives it back with the totals it left
//! out, and not another byte changed.
//!
//! A total is left out when its key or its row is missing, when it is `null`, or when it is blank though something
//! stands in its parts. One that is given stays as it is, right or wrong: [`check`](crate::check::check) says which.
//! The report need not be finished; only its figures are read.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::check::{Total, totals};
use crate::error::{Finding, Problem};
use crate::form::{Forms, TableForm};
use crate::json::Json;
use crate::report::Report;
use crate::report::json::{self, Node, Reader};

/// A report with its totals.
#[derive(Clone, Debug, PartialEq)]
pub struct Filled {
    /// The text of the file.
    pub text: String,
    /// The totals written, by what was said of each: path and value are in the finding.
    pub written: Vec<Finding>,
    /// What else is to be said of the figures: totals that could not be computed, rows that are not there.
    pub findings: Vec<Finding>,
}

/// Writes the totals into a report that leaves them out.
///
/// # Errors
/// All findings that keep the figures from being read, or the one that there is no form for the year.
pub fn fill(bytes: &[u8], forms: &Forms) -> Result<Filled, Vec<Finding>> {
    let report = Report::figures(bytes)?;
    let form = forms.choose(&report)?;
    let (totals, said) = totals(&report, form);
    let (written, findings) = said.into_iter().partition(|finding| matches!(finding.problem, Problem::Computed { .. }));
    let text = json::text(bytes)?;
    let mut edits = Edits::default();
    let source = Source::read(text)?;
    for (row, totals) in by_row(&totals) {
        let Some(table) = form.table(row.0) else { continue };
        match source.rows.get(&(row.0.to_owned(), row.1.to_owned())) {
            Some(node) => edits.complete(&source, node, &totals),
            None => edits.add_row(&source, table, row.1, &totals),
        }
    }
    Ok(Filled { text: edits.apply(text), written, findings })
}

/// The key of a table and of a row of it.
type RowName<'a> = (&'a str, &'a str);

/// Totals by their rows, in the form's order.
fn by_row(totals: &[Total]) -> Vec<(RowName<'_>, Vec<&Total>)> {
    let mut rows: Vec<(RowName<'_>, Vec<&Total>)> = Vec::new();
    for total in totals {
        let name = (&*total.table, &*total.key.row);
        match rows.iter_mut().find(|(known, _)| *known == name) {
            Some((_, row)) => row.push(total),
            None => rows.push((name, vec![total])),
        }
    }
    rows
}

/// A member of an object: its key, where that is written, and its value.
struct Entry<'a> {
    key: String,
    at: usize,
    node: Node<'a>,
}

/// The places of tables and rows in the text of a report.
struct Source<'a> {
    text: &'a str,
    tables: Vec<Entry<'a>>,
    rows: BTreeMap<(String, String), Node<'a>>,
}

impl<'a> Source<'a> {
    fn read(text: &'a str) -> Result<Self, Vec<Finding>> {
        let root = json::root(text)?;
        let mut source = Source { text, tables: Vec::new(), rows: BTreeMap::new() };
        for part in source.entries(&root) {
            match &*part.key {
                "tables" => {
                    for table in source.entries(&part.node) {
                        for row in source.entries(&table.node) {
                            source.rows.insert((table.key.clone(), row.key), row.node);
                        }
                        source.tables.push(table);
                    }
                }
                "added_rows" => source.read_added_rows(&part.node),
                _ => {}
            }
        }
        Ok(source)
    }

    fn read_added_rows(&mut self, node: &Node<'a>) {
        for table in self.entries(node) {
            for row in self.items(&table.node) {
                let mut members = self.entries(&row);
                let key = members
                    .iter()
                    .find(|member| member.key == "key")
                    .and_then(|key| serde_json::from_str::<String>(key.node.source()).ok());
                let values = members.iter().position(|member| member.key == "values");
                if let (Some(key), Some(values)) = (key, values) {
                    self.rows.insert((table.key.clone(), key), members.swap_remove(values).node);
                }
            }
        }
    }

    /// The members of an object.
    fn entries(&self, node: &Node<'a>) -> Vec<Entry<'a>> {
        let pairs = Reader::new(self.text).pairs(node).unwrap_or_default();
        pairs.into_iter().map(|(key, node)| Entry { key: key.value, at: key.at.offset, node }).collect()
    }

    /// The entries of a list.
    fn items(&self, node: &Node<'a>) -> Vec<Node<'a>> {
        let expected = crate::error::Expected::List;
        Reader::new(self.text).entries(node, expected, usize::MAX).unwrap_or_default()
    }
}

/// Changes to a text, each a place and what comes there.
#[derive(Default)]
struct Edits(Vec<(Range<usize>, String)>);

impl Edits {
    /// Writes totals into a row that is there.
    fn complete(&mut self, source: &Source<'_>, node: &Node<'_>, totals: &[&Total]) {
        let columns = columns(totals);
        if node.source().starts_with('[') {
            let items = source.items(node);
            for total in totals {
                let index = columns.iter().position(|column| *column == &*total.key.column);
                if let Some(item) = index.and_then(|index| items.get(index)) {
                    self.0.push((item.range(), total.value.to_string()));
                }
            }
            return;
        }
        let members = source.entries(node);
        for total in totals {
            let column = &*total.key.column;
            match members.iter().find(|member| member.key == column) {
                Some(member) => self.0.push((member.node.range(), total.value.to_string())),
                None => {
                    let value = Json::number(total.value);
                    self.insert(source, node, &members, &columns, column, &value);
                }
            }
        }
    }

    /// Writes a row that is not there: in the way the other rows are written, if all of it is known.
    fn add_row(&mut self, source: &Source<'_>, table: &TableForm, row: &str, totals: &[&Total]) {
        let Some(place) = source.tables.iter().find(|known| known.key == table.key) else { return };
        let members = source.entries(&place.node);
        let columns = columns(totals);
        let value_of = |column: &&str| totals.iter().find(|total| *total.key.column == **column);
        let whole: Option<Vec<Json>> =
            columns.iter().map(|column| value_of(column).map(|total| Json::number(total.value))).collect();
        let lists = members.iter().all(|member| member.node.source().starts_with('['));
        let value = match whole {
            Some(values) if lists => Json::List(values),
            Some(_) | None => Json::object(totals.iter().map(|total| (&*total.key.column, Json::number(total.value)))),
        };
        let order: Vec<&str> = table.rows.iter().map(|row| &*row.key).collect();
        self.insert(source, &place.node, &members, &order, row, &value);
    }

    /// Puts a member into an object, after the last of those that come before it in the form's order, with the
    /// same blanks around it as its neighbours have.
    fn insert(
        &mut self,
        source: &Source<'_>,
        object: &Node<'_>,
        members: &[Entry<'_>],
        order: &[&str],
        key: &str,
        value: &Json,
    ) {
        let rank = |key: &str| order.iter().position(|known| *known == key);
        let before = members.iter().rposition(|member| rank(&member.key) < rank(key));
        let written = format!("{}: {}", Json::text(key).to_line(), value.to_line());
        let text = source.text;
        let start = object.range().start + 1;
        match before {
            Some(index) => {
                let end = members[index].node.range().end;
                // Between this member and a neighbour stand a comma and blanks; before the first, blanks.
                let between = match (members.get(index + 1), index.checked_sub(1)) {
                    (Some(next), _) => &text[end..next.at],
                    (None, Some(previous)) => &text[members[previous].node.range().end..members[index].at],
                    (None, None) => &text[start..members[index].at],
                };
                let blanks = blanks_of(between);
                let blanks = if blanks.is_empty() { " " } else { blanks };
                self.0.push((end..end, format!(",{blanks}{written}")));
            }
            None => match members.first() {
                Some(first) => {
                    let blanks = blanks_of(&text[start..first.at]);
                    self.0.push((
                        first.at..first.at,
                        format!("{written},{}", if blanks.is_empty() { " " } else { blanks }),
                    ));
                }
                None => {
                    let rest = text[start..object.range().end - 1].trim();
                    self.0.push((start..start, if rest.is_empty() { written } else { format!("{written}, ") }));
                }
            },
        }
    }

    /// The text with all changes made.
    fn apply(mut self, text: &str) -> String {
        // Several at one place keep the order in which they were made.
        self.0.sort_by_key(|(range, _)| range.start);
        let mut out = String::with_capacity(text.len() + self.0.len() * 8);
        let mut done = 0;
        for (range, new) in &self.0 {
            out.push_str(&text[done..range.start]);
            out.push_str(new);
            done = range.end;
        }
        out + &text[done..]
    }
}

/// The blanks at the end of what stands between two members, remarks between them left out.
fn blanks_of(between: &str) -> &str {
    &between[between.trim_end().len()..]
}

/// The keys of the columns of the row that totals stand in.
fn columns<'a>(totals: &[&'a Total]) -> Vec<&'a str> {
    totals.first().map_or_else(Vec::new, |total| total.columns.iter().map(|column| &**column).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(json: &str) -> Filled {
        fill(json.as_bytes(), &Forms::bundled().unwrap()).unwrap()
    }

    #[test]
    fn a_total_left_out_is_put_in_with_its_neighbours_blanks() {
        let given = "{\"year\": 2024, \"tables\": {\"proceedings\": {\n  \"reconsideration\": {\"upheld\":1,  \"corrected\":2,  \
                     \"other\":0,  \"pending\":0},\n  \"direct_suit\": [1, 0, 0, 0, null]\n}}}";
        let filled = filled(given);
        let expected = given.replace("\"pending\":0}", "\"pending\":0,  \"total\": 3}").replace("null", "1");
        assert_eq!(filled.text, expected);
        assert_eq!(filled.written.len(), 2);
    }
}
