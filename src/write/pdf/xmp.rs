//! What a PDF says of the report it was made from: an XMP schema of our own, described as PDF/A asks
//! (ISO 19005-2 and -3, 6.6.2.3), put into the finished file.
//!
//! The PDF library writes a fixed set of properties and takes no others. It writes the metadata plainly and
//! the cross-reference table as text, so that bytes can be put in and every offset behind them moved on.
//! `sign` and `extract` find these properties again (`pdf.rs` of the crate's root).

use std::fmt::Write as _;

use crate::length::Length;

/// The schema's namespace.
pub const NAMESPACE: &str = "urn:kanyin:report:1.0#";

/// What is said of a report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Properties {
    /// The form's id.
    pub form: String,
    /// The notice that prescribes it.
    pub edition: String,
    /// The year reported on.
    pub year: u16,
    /// The places kept for seals.
    pub seals: Vec<Seal>,
    /// The name of the attached source and the SHA-256 of its bytes, in hexadecimal digits.
    pub source: Option<(String, String)>,
}

/// A place kept for a seal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seal {
    /// The page, from 1.
    pub page: usize,
    /// Its centre, from the left of the page.
    pub x: Length,
    /// Its centre, from the top.
    pub y: Length,
    /// Its diameter.
    pub diameter: Length,
}

/// A property of the schema: its name, type and meaning.
const PROPERTIES: [(&str, &str, &str); 6] = [
    ("form", "Text", "Id of the statutory form the document fills in"),
    ("edition", "Text", "Number of the notice that prescribes the form"),
    ("year", "Integer", "Year the document reports on"),
    ("sealPlaces", "seq Text", "Places kept free for seals: page, then centre from left and top and diameter in mm"),
    ("sourceName", "Text", "Name of the attached file the document was made from"),
    ("sourceSHA256", "Text", "SHA-256 of that file in hexadecimal digits"),
];

/// Puts the properties into a PDF that has none of them; `None` when it is not laid out as the library does it.
pub fn add(pdf: Vec<u8>, properties: &Properties) -> Option<Vec<u8>> {
    let start = rfind(&pdf, b"<x:xmpmeta")?;
    let schemas = start + find(&pdf[start..], b"</rdf:Bag></pdfaExtension:schemas>")?;
    let pdf = insert_in_stream(pdf, schemas, description().as_bytes())?;
    let end = start + find(&pdf[start..], b"</rdf:RDF>")?;
    insert_in_stream(pdf, end, values(properties).as_bytes())
}

/// Gives the attached file of so many bytes, which bears the day it was changed, the day it was made as well.
pub fn add_creation_date(pdf: Vec<u8>, size: usize) -> Option<Vec<u8>> {
    let params = format!("/Params<</Size {size}/ModDate");
    let date = rfind(&pdf, params.as_bytes())? + params.len();
    let length = find(&pdf[date..], b")")? + 1;
    let entry = [b"/CreationDate", &pdf[date..date + length]].concat();
    insert(pdf, date + length, &entry)
}

/// Puts bytes into a file outside its streams, and moves what the cross-reference table says on.
pub fn insert(mut pdf: Vec<u8>, at: usize, bytes: &[u8]) -> Option<Vec<u8>> {
    pdf.splice(at..at, bytes.iter().copied());
    let word = rfind(&pdf, b"startxref\n")? + b"startxref\n".len();
    let digits = pdf.get(word..)?.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let table = number(pdf.get(word..word + digits)?)? + bytes.len();
    pdf.splice(word..word + digits, table.to_string().into_bytes());
    // `xref`, then `0 count`, then an entry of twenty bytes for each object.
    if !pdf.get(table..)?.starts_with(b"xref\n0 ") {
        return None;
    }
    let head = table + b"xref\n".len();
    let first = head + find(&pdf[head..], b"\n")? + 1;
    let count = number(pdf.get(head + 2..first - 1)?)?;
    for entry in 0..count {
        let offset = pdf.get_mut(first + 20 * entry..first + 20 * entry + 10)?;
        let old = number(offset)?;
        if old >= at {
            offset.copy_from_slice(format!("{:010}", old + bytes.len()).as_bytes());
        }
    }
    Some(pdf)
}

/// Puts bytes into a stream and corrects its length, which stands first in its dictionary.
fn insert_in_stream(mut pdf: Vec<u8>, at: usize, bytes: &[u8]) -> Option<Vec<u8>> {
    const LENGTH: &[u8] = b"<</Length ";
    let word = rfind(pdf.get(..at)?, LENGTH)? + LENGTH.len();
    let digits = pdf[word..at].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let old = pdf[word..word + digits].to_vec();
    let new = (number(&old)? + bytes.len()).to_string().into_bytes();
    // The bytes first, then the digits by which the length has grown.
    pdf = insert(pdf, at, bytes)?;
    let grown = new.len().checked_sub(old.len())?;
    pdf = insert(pdf, word + digits, &new[new.len() - grown..])?;
    pdf[word..word + new.len()].copy_from_slice(&new);
    Some(pdf)
}

/// The schema, described.
fn description() -> String {
    let mut out =
        String::from("<rdf:li rdf:parseType=\"Resource\"><pdfaSchema:schema>Kanyin report schema</pdfaSchema:schema>");
    // Writing to a string cannot fail.
    let _ = write!(out, "<pdfaSchema:namespaceURI>{NAMESPACE}</pdfaSchema:namespaceURI>");
    out.push_str("<pdfaSchema:prefix>kanyin</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>");
    for (name, kind, meaning) in PROPERTIES {
        let _ = write!(
            out,
            "<rdf:li rdf:parseType=\"Resource\"><pdfaProperty:category>external</pdfaProperty:category>\
             <pdfaProperty:description>{meaning}</pdfaProperty:description><pdfaProperty:name>{name}\
             </pdfaProperty:name><pdfaProperty:valueType>{kind}</pdfaProperty:valueType></rdf:li>"
        );
    }
    out.push_str("</rdf:Seq></pdfaSchema:property></rdf:li>");
    out
}

/// The properties with their values.
fn values(properties: &Properties) -> String {
    let mut out = format!("<rdf:Description rdf:about=\"\" xmlns:kanyin=\"{NAMESPACE}\">");
    let _ = write!(out, "<kanyin:form>{}</kanyin:form>", escaped(&properties.form));
    let _ = write!(out, "<kanyin:edition>{}</kanyin:edition>", escaped(&properties.edition));
    let _ = write!(out, "<kanyin:year>{}</kanyin:year>", properties.year);
    if !properties.seals.is_empty() {
        out.push_str("<kanyin:sealPlaces><rdf:Seq>");
        for seal in &properties.seals {
            let [x, y, diameter] = [seal.x, seal.y, seal.diameter].map(Length::to_mm);
            let _ = write!(out, "<rdf:li>{} {x:.3} {y:.3} {diameter:.3}</rdf:li>", seal.page);
        }
        out.push_str("</rdf:Seq></kanyin:sealPlaces>");
    }
    if let Some((name, hash)) = &properties.source {
        let _ = write!(out, "<kanyin:sourceName>{}</kanyin:sourceName>", escaped(name));
        let _ = write!(out, "<kanyin:sourceSHA256>{hash}</kanyin:sourceSHA256>");
    }
    out.push_str("</rdf:Description>");
    out
}

/// Text as it may stand in an element.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn number(digits: &[u8]) -> Option<usize> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}

fn rfind(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).rposition(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_behind_what_is_put_in_move_on() {
        let pdf =
            b"%PDF\n1 0 obj\n<</Length 9>>\nstream\n123456789\nendstream\nendobj\n2 0 obj\nnull\nendobj\nxref\n0 3\n\
            0000000000 65535 f\r\n0000000005 00000 n\r\n0000000061 00000 n\r\ntrailer\n<<>>\nstartxref\n81\n%%EOF";
        let at = find(pdf, b"123").expect("the stream");
        let grown = insert_in_stream(pdf.to_vec(), at, b"ab").expect("a table");
        let text = String::from_utf8(grown.clone()).expect("text");
        assert!(text.contains("<</Length 11>>\nstream\nab123456789\n"), "{text}");
        let second = find(&grown, b"2 0 obj").expect("the second object");
        let table = find(&grown, b"xref\n0").expect("the table");
        assert!(text.contains("0000000005 00000 n") && text.contains(&format!("{second:010} 00000 n")), "{text}");
        assert!(text.contains(&format!("startxref\n{table}\n")), "{text}");
    }

    #[test]
    fn a_file_of_another_shape_is_left_alone() {
        assert_eq!(add(b"%PDF-1.7\nno metadata".to_vec(), &Properties::default()), None);
        assert_eq!(insert(b"startxref\n99999\n%%EOF".to_vec(), 0, b"x"), None);
    }
}
