//! What a DOCX carries of its report beside what it shows: the report without its texts and figures.
//!
//! A DOCX shows every paragraph and every value, but not under which key, nor whether a row was a list or an object,
//! a figure a number or a string, nor which total was left out and where a name may be broken. All that is carried;
//! the texts and figures are not, so that what is changed or deleted in Word is nowhere else in the file.

use super::json::Json;
use crate::form::{Form, SectionContent};
use crate::report::Reading;

/// Stands for a paragraph. The blanks about it are those of the paragraph, which are not printed.
const PARAGRAPH: &str = "…";

/// What a DOCX is to carry of a report; `None` when the bytes are no JSON object.
pub fn carry(report: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(report).ok()?;
    let mut json = Json::parse(text.strip_prefix('\u{feff}').unwrap_or(text))?;
    if let Some(preamble) = json.get_mut("preamble") {
        hide_paragraphs(preamble);
    }
    for (_, section) in json.get_mut("sections").map(Json::members_mut).unwrap_or_default() {
        hide_paragraphs(section);
    }
    for (_, table) in json.get_mut("tables").map(Json::members_mut).unwrap_or_default() {
        for (_, row) in table.members_mut() {
            hide_values(row);
        }
    }
    for (_, rows) in json.get_mut("added_rows").map(Json::members_mut).unwrap_or_default() {
        for row in rows.entries_mut() {
            if let Some(values) = row.get_mut("values") {
                hide_values(values);
            }
        }
    }
    matches!(json, Json::Object(_)).then(|| json.to_line())
}

fn hide_paragraphs(paragraphs: &mut Json) {
    let hide = |paragraph: &mut Json| {
        if let Json::String(text) = paragraph {
            let inner = text.trim();
            let start = text.len() - text.trim_start().len();
            *text = format!("{}{PARAGRAPH}{}", &text[..start], &text[start + inner.len()..]);
        }
    };
    hide(paragraphs);
    paragraphs.entries_mut().iter_mut().for_each(hide);
}

/// Leaves of a value whether it is a number, and of a string whether it can be added up.
fn hide_values(row: &mut Json) {
    let hide = |value: &mut Json| match value {
        Json::Number(digits) => *digits = "0".into(),
        Json::String(text) => {
            *text = match Reading::of(text) {
                Reading::Number(_) => "0".into(),
                Reading::Blank | Reading::NotApplicable | Reading::Unfilled | Reading::Text => String::new(),
            }
        }
        Json::Null | Json::Bool(_) | Json::List(_) | Json::Object(_) => {}
    };
    row.entries_mut().iter_mut().for_each(hide);
    row.members_mut().iter_mut().map(|(_, value)| value).for_each(hide);
}

/// Puts paragraphs in the place of those that were hidden: as they were given where they are as many.
pub fn show_paragraphs(hidden: Option<&Json>, shown: Vec<String>) -> Json {
    let about = |hidden: &Json, text: &str| match hidden.text().and_then(|mark| mark.split_once(PARAGRAPH)) {
        Some((before, after)) => Json::String(format!("{before}{text}{after}")),
        None => Json::String(text.to_owned()),
    };
    match (hidden, &shown[..]) {
        (Some(hidden @ Json::String(_)), [text]) => about(hidden, text),
        (None, [text]) => Json::String(text.clone()),
        (Some(hidden), texts) if hidden.entries().len() == texts.len() => {
            Json::List(hidden.entries().iter().zip(texts).map(|(hidden, text)| about(hidden, text)).collect())
        }
        (_, texts) => Json::List(texts.iter().map(|text| Json::String(text.clone())).collect()),
    }
}

/// A value as it is to be written: a number where it was one, or where nothing is known of it, and can be one.
pub fn show_value(hidden: Option<&Json>, text: &str) -> Json {
    let was_string = hidden.is_some_and(|hidden| hidden.text().is_some());
    let is_number = matches!(Reading::of(text), Reading::Number(_))
        && matches!(Json::parse(text), Some(Json::Number(digits)) if digits == text);
    if is_number && !was_string { Json::Number(text.to_owned()) } else { Json::String(text.to_owned()) }
}

/// What a report of which nothing is known would carry: every section and every row of a form.
pub fn blank(form: &Form, agency: &str, year: u16) -> Json {
    let mut sections = Json::EMPTY;
    let mut tables = Json::EMPTY;
    for section in form.sections() {
        match &section.content {
            SectionContent::Prose => sections.set(&section.key, Json::String(PARAGRAPH.into())),
            SectionContent::Table(table) => {
                let rows = table.rows.iter().map(|row| {
                    let zeros = row.columns.iter().map(|_| Json::Number("0".into())).collect();
                    (row.key.to_string(), Json::List(zeros))
                });
                tables.set(&section.key, Json::Object(rows.collect()));
            }
        }
    }
    Json::Object(vec![
        ("agency".into(), Json::String(agency.to_owned())),
        ("year".into(), Json::Number(year.to_string())),
        ("sections".into(), sections),
        ("tables".into(), tables),
    ])
}
