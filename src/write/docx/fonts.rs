//! The fonts Word is told to use, and the table that says what may stand for them.

use super::NAMESPACE;
use super::styles::{CELL_ROLES, ROLES};
use super::xml::Xml;
use crate::sheet::Sheet;

/// The character sets of Word's font table: simplified Chinese, and Western Europe's.
const GB2312: &str = "86";
const ANSI: &str = "00";

/// The family Word is told to use for a typeface of the sheet.
pub fn family<'a>(sheet: &'a Sheet, typeface: &'a str) -> &'a str {
    sheet.typefaces.get(typeface).map_or(typeface, |typeface| &typeface.word)
}

/// `word/fontTable.xml`: every family of the sheet, each once, and the one that may stand for it.
pub fn part(sheet: &Sheet) -> String {
    let east_asian = east_asian_families(sheet);
    let mut written: Vec<&str> = Vec::new();
    Xml::part("w:fonts", &[("xmlns:w", &NAMESPACE)], |xml| {
        for typeface in sheet.typefaces.values() {
            let family = typeface.word.as_str();
            if written.contains(&family) {
                continue;
            }
            written.push(family);
            xml.element("w:font", &[("w:name", &family)], |xml| {
                xml.property("w:altName", &typeface.alternative);
                xml.property("w:charset", if east_asian.contains(&family) { GB2312 } else { ANSI });
                xml.property("w:family", if typeface.serif { "roman" } else { "swiss" });
                xml.property("w:pitch", "variable");
            });
        }
    })
}

/// The families that Han characters are set in.
fn east_asian_families(sheet: &Sheet) -> Vec<&str> {
    let paragraphs = ROLES.into_iter().map(|role| sheet.style(role).typeface.as_str());
    let cells = CELL_ROLES.into_iter().map(|role| sheet.cell_style(role).typeface.as_str());
    let others = [sheet.page_number.typeface.as_str(), sheet.signature.typeface.as_str()];
    paragraphs.chain(cells).chain(others).map(|typeface| family(sheet, typeface)).collect()
}
