//! What a PDF says of itself and of the report it was made from, as XMP (ISO 16684-1): Dublin Core, the levels of
//! PDF/A and PDF/UA it keeps to, and a schema of our own, described as PDF/A asks (ISO 19005-2 and -3, 6.6.2.3).
//!
//! `sign` and `extract` find our own properties again (`pdf.rs` of the crate's root).

use std::fmt::Write as _;

use crate::document::About;
use crate::length::Length;

use super::{Level, PRODUCER};

/// The namespace of our own schema.
const NAMESPACE: &str = "urn:kanyin:report:1.0#";

/// What is said of a report in our own schema.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Properties {
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
pub(super) struct Seal {
    /// The page, from 1.
    pub page: usize,
    /// Its centre, from the left of the page.
    pub x: Length,
    /// Its centre, from the top.
    pub y: Length,
    /// Its diameter.
    pub diameter: Length,
}

/// A schema that PDF/A does not know: its title, namespace, prefix and properties.
struct Schema {
    title: &'static str,
    namespace: &'static str,
    prefix: &'static str,
    properties: &'static [Property],
}

/// Its name, type, whether the document's author may set it, and its meaning.
type Property = (&'static str, &'static str, &'static str, &'static str);

const SCHEMAS: [Schema; 4] = [
    Schema {
        title: "XMP Media Management schema",
        namespace: "http://ns.adobe.com/xap/1.0/mm/",
        prefix: "xmpMM",
        properties: &[(
            "InstanceID",
            "Text",
            "internal",
            "UUID based identifier for specific incarnation of a document",
        )],
    },
    Schema {
        title: "Adobe PDF schema",
        namespace: "http://ns.adobe.com/pdf/1.3/",
        prefix: "pdf",
        properties: &[
            ("Keywords", "Text", "external", "Keywords associated with the document"),
            ("PDFVersion", "Text", "internal", "Version of the PDF specification to which the document conforms"),
            ("Producer", "Text", "internal", "Name of the application that created the PDF document"),
        ],
    },
    Schema {
        title: "PDF/UA Identification schema",
        namespace: "http://www.aiim.org/pdfua/ns/id/",
        prefix: "pdfuaid",
        properties: &[("part", "Integer", "internal", "Part Number of ISO 14289 (PDF/UA)")],
    },
    Schema {
        title: "Kanyin report schema",
        namespace: NAMESPACE,
        prefix: "kanyin",
        properties: &[
            ("form", "Text", "external", "Id of the statutory form the document fills in"),
            ("edition", "Text", "external", "Number of the notice that prescribes the form"),
            ("year", "Integer", "external", "Year the document reports on"),
            (
                "sealPlaces",
                "seq Text",
                "external",
                "Places kept free for seals: page, then centre from left and top and diameter in mm",
            ),
            ("sourceName", "Text", "external", "Name of the attached file the document was made from"),
            ("sourceSHA256", "Text", "external", "SHA-256 of that file in hexadecimal digits"),
        ],
    },
];

/// The namespaces of the packet; those after the fifth serve the levels of PDF/A and PDF/UA.
const NAMESPACES: [(&str, &str); 11] = [
    ("dc", "http://purl.org/dc/elements/1.1/"),
    ("xmp", "http://ns.adobe.com/xap/1.0/"),
    ("xmpMM", "http://ns.adobe.com/xap/1.0/mm/"),
    ("xmpTPg", "http://ns.adobe.com/xap/1.0/t/pg/"),
    ("pdf", "http://ns.adobe.com/pdf/1.3/"),
    ("stEvt", "http://ns.adobe.com/xap/1.0/sType/ResourceEvent#"),
    ("pdfaid", "http://www.aiim.org/pdfa/ns/id/"),
    ("pdfuaid", "http://www.aiim.org/pdfua/ns/id/"),
    ("pdfaExtension", "http://www.aiim.org/pdfa/ns/extension/"),
    ("pdfaSchema", "http://www.aiim.org/pdfa/ns/schema#"),
    ("pdfaProperty", "http://www.aiim.org/pdfa/ns/property#"),
];

/// What the file is known by: the document, and this making of it.
pub(super) struct Identity<'a> {
    pub document: &'a str,
    pub instance: &'a str,
}

/// The packet; a draft, which has no level, says nothing of levels nor of the report.
pub(super) fn packet(
    about: &About,
    count: usize,
    identity: &Identity,
    level: Option<Level>,
    properties: &Properties,
) -> String {
    let mut out = String::with_capacity(8192);
    out.push_str(
        "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?><x:xmpmeta xmlns:x=\"adobe:ns:meta/\">",
    );
    out.push_str("<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description rdf:about=\"\"");
    let namespaces = if level.is_some() { &NAMESPACES[..] } else { &NAMESPACES[..5] };
    for (prefix, namespace) in namespaces {
        put(&mut out, &[" xmlns:", prefix, "=\"", namespace, "\""]);
    }
    out.push('>');
    let date = format!("{:04}-{:02}-{:02}T00:00:00+00:00", about.date.year(), about.date.month(), about.date.day());
    let [title, subject, author] = [&about.title, &about.subject, &about.author].map(|text| escaped(text));
    let keywords = escaped(&about.keywords.join(", "));
    let language = escaped(&about.language);
    if !title.is_empty() {
        put(
            &mut out,
            &["<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">", &title, "</rdf:li></rdf:Alt></dc:title>"],
        );
    }
    if !subject.is_empty() {
        let (before, after) = ("<dc:description><rdf:Alt><rdf:li xml:lang=\"x-default\">", "</rdf:li></rdf:Alt>");
        put(&mut out, &[before, &subject, after, "</dc:description>"]);
    }
    if !keywords.is_empty() {
        put(&mut out, &["<pdf:Keywords>", &keywords, "</pdf:Keywords>"]);
    }
    if !author.is_empty() {
        put(&mut out, &["<dc:creator><rdf:Seq><rdf:li>", &author, "</rdf:li></rdf:Seq></dc:creator>"]);
    }
    put(&mut out, &["<xmp:CreatorTool>", PRODUCER, "</xmp:CreatorTool><pdf:Producer>", PRODUCER, "</pdf:Producer>"]);
    put(&mut out, &["<dc:language><rdf:Bag><rdf:li>", &language, "</rdf:li></rdf:Bag></dc:language>"]);
    put(&mut out, &["<xmp:ModifyDate>", &date, "</xmp:ModifyDate><xmp:CreateDate>", &date, "</xmp:CreateDate>"]);
    if let Some(level) = level {
        history(&mut out, &date, identity.instance);
        schemas(&mut out);
        put(&mut out, &["<pdfaid:part>", level.part(), "</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>"]);
        out.push_str("<pdfuaid:part>1</pdfuaid:part>");
    }
    // Writing to a string cannot fail.
    let _ = write!(out, "<xmpTPg:NPages>{count}</xmpTPg:NPages><dc:format>application/pdf</dc:format>");
    put(&mut out, &["<xmpMM:InstanceID>", identity.instance, "</xmpMM:InstanceID>"]);
    put(&mut out, &["<xmpMM:DocumentID>", identity.document, "</xmpMM:DocumentID>"]);
    out.push_str("<xmpMM:RenditionClass>proof</xmpMM:RenditionClass><pdf:PDFVersion>1.7</pdf:PDFVersion>");
    out.push_str("</rdf:Description>");
    if level.is_some() {
        values(&mut out, properties);
    }
    out.push_str("</rdf:RDF></x:xmpmeta><?xpacket end=\"r\"?>");
    out
}

/// That the file was saved, and made to keep to the levels (ISO 19005-2, 6.6.6).
fn history(out: &mut String, date: &str, instance: &str) {
    out.push_str("<xmpMM:History><rdf:Seq>");
    for (action, agent) in [("saved", false), ("converted", true)] {
        put(out, &["<rdf:li rdf:parseType=\"Resource\"><stEvt:action>", action, "</stEvt:action>"]);
        put(out, &["<stEvt:when>", date, "</stEvt:when>"]);
        if agent {
            put(out, &["<stEvt:softwareAgent>", PRODUCER, "</stEvt:softwareAgent>"]);
        }
        put(out, &["<stEvt:instanceID>", instance, "_source</stEvt:instanceID></rdf:li>"]);
    }
    out.push_str("</rdf:Seq></xmpMM:History>");
}

/// The schemas, described.
fn schemas(out: &mut String) {
    out.push_str("<pdfaExtension:schemas><rdf:Bag>");
    for Schema { title, namespace, prefix, properties } in &SCHEMAS {
        put(out, &["<rdf:li rdf:parseType=\"Resource\"><pdfaSchema:schema>", title, "</pdfaSchema:schema>"]);
        put(out, &["<pdfaSchema:namespaceURI>", namespace, "</pdfaSchema:namespaceURI>"]);
        put(out, &["<pdfaSchema:prefix>", prefix, "</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>"]);
        for (name, kind, category, meaning) in *properties {
            out.push_str("<rdf:li rdf:parseType=\"Resource\">");
            for (key, value) in [("category", category), ("description", meaning), ("name", name), ("valueType", kind)]
            {
                put(out, &["<pdfaProperty:", key, ">", value, "</pdfaProperty:", key, ">"]);
            }
            out.push_str("</rdf:li>");
        }
        out.push_str("</rdf:Seq></pdfaSchema:property></rdf:li>");
    }
    out.push_str("</rdf:Bag></pdfaExtension:schemas>");
}

/// The properties with their values.
pub(super) fn values(out: &mut String, properties: &Properties) {
    put(out, &["<rdf:Description rdf:about=\"\" xmlns:kanyin=\"", NAMESPACE, "\">"]);
    put(out, &["<kanyin:form>", &escaped(&properties.form), "</kanyin:form>"]);
    put(out, &["<kanyin:edition>", &escaped(&properties.edition), "</kanyin:edition>"]);
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
        put(out, &["<kanyin:sourceName>", &escaped(name), "</kanyin:sourceName>"]);
        put(out, &["<kanyin:sourceSHA256>", hash, "</kanyin:sourceSHA256>"]);
    }
    out.push_str("</rdf:Description>");
}

fn put(out: &mut String, parts: &[&str]) {
    parts.iter().for_each(|part| out.push_str(part));
}

/// Text as it may stand in an element. Characters that XML has no way to write are left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\t' | '\n' | '\r' => out.push(' '),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => (),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped() {
        assert_eq!(escaped("<a & b>\u{1}\n"), "&lt;a &amp; b&gt; ");
    }
}
