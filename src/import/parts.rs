//! A document's paragraphs and tables by the sections of its form, its title and signature told apart.

use super::note::ImportError;
use super::word::{Block, Paragraph, Table, Word};
use super::words::{likeness, normal, read_date, without_number};
use crate::document::{BREAK_MARK, Date};
use crate::form::{Form, Forms};

/// A title has no more paragraphs.
const MOST_TITLE_PARAGRAPHS: usize = 4;
/// No heading of a section is longer, in characters.
const LONGEST_HEADING: usize = 60;
/// A heading with the number of one of the form's is that one, reworded, if it is so much like it.
const LIKE_ENOUGH: f64 = 0.5;

/// What the title of a document of unknown origin says.
pub struct Title {
    pub text: String,
    pub agency: Option<String>,
    pub year: u16,
}

/// The form of a document, told by the year in its title.
pub fn title<'a>(word: &Word, forms: &'a Forms) -> Result<(&'a Form, Title), ImportError> {
    let first: Vec<String> = word.blocks.iter().map_while(first_text).take(MOST_TITLE_PARAGRAPHS).collect();
    let first: Vec<&String> = first.iter().filter(|text| !text.is_empty()).collect();
    let year = (1..=first.len()).find_map(|count| {
        let text: String = first[..count].iter().map(|text| text.as_str()).collect();
        Some((year_in(&text)?, count))
    });
    let Some((year, count)) = year else {
        return Err(ImportError::NoYear { title: first.first().map(|text| text.to_string()).unwrap_or_default() });
    };
    let form = forms.for_year(year).ok_or(ImportError::NoForm { year })?;
    let mut text = String::new();
    for (at, piece) in first.iter().enumerate() {
        text.push_str(piece);
        if at + 1 >= count
            && let Some(agency) = agency_in(&text, form, year)
        {
            return Ok((form, Title { text, agency: Some(agency), year }));
        }
    }
    let text = first[..count].iter().map(|text| text.as_str()).collect();
    Ok((form, Title { text, agency: None, year }))
}

fn first_text(block: &Block) -> Option<String> {
    match block {
        Block::Paragraph(paragraph) => Some(paragraph.text().trim().to_owned()),
        Block::Table(_) => None,
    }
}

/// The year a title names: four digits before 年.
fn year_in(title: &str) -> Option<u16> {
    let title = normal(title);
    title.match_indices('年').find_map(|(at, _)| {
        let digits = title.get(at.checked_sub(4)?..at)?;
        (digits.starts_with("20") && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| digits.parse().ok())?
    })
}

/// The body a title names where the form's pattern has it, or after the year.
fn agency_in(title: &str, form: &Form, year: u16) -> Option<String> {
    let title = normal(title);
    let pattern = normal(&form.title_for("\u{1}", year)).replace(BREAK_MARK, "");
    let (before, after) = pattern.split_once('\u{1}')?;
    let usual = title.strip_prefix(before).and_then(|rest| rest.strip_suffix(after)).map(str::to_owned);
    let subject = normal(form.subject());
    let turned = || {
        let rest = title.strip_prefix(&format!("{year}年"))?.strip_suffix(&*subject)?;
        Some(rest.strip_prefix('度').unwrap_or(rest).to_owned())
    };
    usual.or_else(turned).filter(|agency| !agency.is_empty())
}

/// What a document says, by the sections of its form.
#[derive(Default)]
pub struct Parts<'a> {
    pub title: Vec<&'a Paragraph>,
    pub preamble: Vec<&'a Paragraph>,
    pub sections: Vec<Part<'a>>,
}

/// A section.
pub struct Part<'a> {
    pub key: String,
    pub heading: String,
    pub paragraphs: Vec<&'a Paragraph>,
    pub tables: Vec<&'a Table>,
}

/// Tells the sections of a document apart; `is_ours` trusts bookmarks and styles.
pub fn split<'a>(word: &'a Word, form: &Form, is_ours: bool) -> Parts<'a> {
    let by_bookmark = is_ours && form.sections().iter().all(|section| bookmark_is_there(word, &section.key));
    let mut parts = Parts::default();
    let mut next = 0;
    let mut titled = String::new();
    for block in &word.blocks {
        let paragraph = match block {
            Block::Paragraph(paragraph) if paragraph.is_blank() => continue,
            Block::Paragraph(paragraph) => paragraph,
            Block::Table(table) => {
                if let Some(part) = parts.sections.last_mut() {
                    part.tables.push(table);
                }
                continue;
            }
        };
        let heads = form.sections().iter().enumerate().skip(next).find(|(_, section)| match by_bookmark {
            true => has_bookmark(paragraph, &section.key),
            false => is_heading(paragraph, &section.heading.content),
        });
        if let Some((at, section)) = heads {
            next = at + 1;
            let heading = paragraph.text().trim().to_owned();
            parts.sections.push(Part { key: section.key.clone(), heading, paragraphs: vec![], tables: vec![] });
        } else if let Some(part) = parts.sections.last_mut() {
            part.paragraphs.push(paragraph);
        } else if goes_on_with_title(&parts, paragraph, &titled, form, is_ours) {
            titled.push_str(&paragraph.text());
            parts.title.push(paragraph);
        } else {
            parts.preamble.push(paragraph);
        }
    }
    parts
}

fn bookmark_is_there(word: &Word, key: &str) -> bool {
    word.blocks.iter().any(|block| match block {
        Block::Paragraph(paragraph) => !paragraph.is_blank() && has_bookmark(paragraph, key),
        Block::Table(_) => false,
    })
}

/// Whether a paragraph bears the bookmark of a key, whose name has no dashes.
fn has_bookmark(paragraph: &Paragraph, key: &str) -> bool {
    paragraph.bookmarks.iter().any(|name| *name == key.replace('-', "_"))
}

/// Whether a paragraph before the first section is part of the title.
fn goes_on_with_title(parts: &Parts, paragraph: &Paragraph, titled: &str, form: &Form, is_ours: bool) -> bool {
    if is_ours {
        return paragraph.style == "title" && parts.preamble.is_empty();
    }
    // A title ends with what the report is.
    let is_whole = normal(titled).ends_with(&normal(form.subject()));
    parts.preamble.is_empty() && (parts.title.is_empty() || (!is_whole && parts.title.len() < MOST_TITLE_PARAGRAPHS))
}

/// Whether a paragraph is a heading of the form, its number left to Word or its words a little different.
fn is_heading(paragraph: &Paragraph, official: &str) -> bool {
    let text = paragraph.text();
    if text.chars().count() > LONGEST_HEADING {
        return false;
    }
    let (text, official) = (normal(&text), normal(official));
    if text == official || text == without_number(&official) {
        return true;
    }
    let (words, official_words) = (without_number(&text), without_number(&official));
    let same_number = text.len() > words.len()
        && text[..text.len() - words.len()] == official[..official.len() - official_words.len()];
    same_number && !text.ends_with('.') && likeness(words, official_words) >= LIKE_ENOUGH
}

/// A signature as it is printed.
pub struct Signed {
    pub agencies: Vec<String>,
    pub date: Result<Date, String>,
}

/// Takes the signature off the end of the last section.
pub fn take_signature(paragraphs: &mut Vec<&Paragraph>, agency: &str, is_ours: bool) -> Option<Signed> {
    let last = paragraphs.last()?;
    let date = read_date(&last.text());
    if !(date.is_some() || is_ours && last.style == "date") {
        return None;
    }
    let is_name = |paragraph: &&&Paragraph| match is_ours {
        true => paragraph.style == "signature",
        false => normal(&paragraph.text()) == normal(agency) || paragraph.set_off,
    };
    let before = &paragraphs[..paragraphs.len() - 1];
    let names = before.iter().rev().take_while(is_name).count();
    if names == 0 {
        return None;
    }
    let date = date.ok_or_else(|| last.text());
    let names = &before[before.len() - names..];
    let agencies: Vec<String> = names.iter().flat_map(|paragraph| names_in(paragraph)).collect();
    let rest = before.len() - names.len();
    paragraphs.truncate(rest);
    Some(Signed { agencies, date })
}

/// The names in a paragraph: side by side, or one that is broken into lines.
fn names_in(paragraph: &Paragraph) -> Vec<String> {
    let names = match &paragraph.lines[..] {
        [line] => line.split('\t').map(|name| name.trim().to_owned()).collect(),
        lines => vec![lines.iter().map(|line| line.trim_start_matches('\t')).collect::<String>().trim().to_owned()],
    };
    names.into_iter().filter(|name: &String| !name.is_empty()).collect()
}
