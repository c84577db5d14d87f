//! What is said about the document: Word's settings for Chinese text, and the properties a file
//! manager shows.

use super::format::WESTERN;
use super::xml::{Attribute, Xml};
use super::{CARRIED, NAMESPACE};
use crate::document::About;

/// What may not stand at the end of a line, as Word has it for Chinese (GB/T 15834 5.1.3).
const NOT_AT_LINE_END: &str = "$([{£¥·‘“〈《「『【〔〖〝﹙﹛﹝＄（．［｛￡￥";

/// What may not stand at the start of a line, as Word has it for Chinese (GB/T 15834 5.1.1–5.1.7).
const NOT_AT_LINE_START: &str =
    "!%),.:;>?]}¢¨°·ˇˉ―‖’”…‰′″›℃∶、。〃〉》」』】〕〗〞︶︺︾﹀﹄﹚﹜﹞！＂％＇），．：；？］｀｜｝～￠";

/// Word 2013 and later: what Word itself writes into a new document.
const COMPATIBILITY: [(&str, u8); 5] = [
    ("compatibilityMode", 15),
    ("overrideTableStyleFontSizeAndJustification", 1),
    ("enableOpenTypeFeatures", 1),
    ("doNotFlipMirrorIndents", 1),
    ("differentiateMultirowTableHeaders", 1),
];

/// `word/settings.xml`.
pub fn part(language: &str) -> String {
    Xml::part("w:settings", &[("xmlns:w", &NAMESPACE)], |xml| {
        xml.empty("w:zoom", &[("w:percent", &100)]);
        // Two 五号 characters, as Word has it for Chinese.
        xml.property("w:defaultTabStop", 420);
        xml.empty("w:evenAndOddHeaders", &[]);
        xml.property("w:characterSpacingControl", "compressPunctuation");
        xml.empty("w:noLineBreaksAfter", &[("w:lang", &language), ("w:val", &NOT_AT_LINE_END)]);
        xml.empty("w:noLineBreaksBefore", &[("w:lang", &language), ("w:val", &NOT_AT_LINE_START)]);
        xml.element("w:compat", &[], |xml| {
            // A line that ends with a forced break is not stretched to the full measure.
            xml.empty("w:doNotExpandShiftReturn", &[]);
            xml.empty("w:useFELayout", &[]);
            for (name, value) in COMPATIBILITY {
                let uri = "http://schemas.microsoft.com/office/word";
                xml.empty("w:compatSetting", &[("w:name", &name), ("w:uri", &uri), ("w:val", &value)]);
            }
        });
        xml.empty("w:themeFontLang", &[("w:val", &WESTERN), ("w:eastAsia", &language)]);
        xml.property("w:decimalSymbol", ".");
        xml.property("w:listSeparator", ",");
    })
}

/// `docProps/core.xml`. A document bears a day only; its time is the day's first second.
pub fn core_properties(about: &About) -> String {
    let namespaces: [Attribute; 4] = [
        ("xmlns:cp", &"http://schemas.openxmlformats.org/package/2006/metadata/core-properties"),
        ("xmlns:dc", &"http://purl.org/dc/elements/1.1/"),
        ("xmlns:dcterms", &"http://purl.org/dc/terms/"),
        ("xmlns:xsi", &"http://www.w3.org/2001/XMLSchema-instance"),
    ];
    Xml::part("cp:coreProperties", &namespaces, |xml| {
        xml.text_element("dc:title", &[], &about.title);
        xml.text_element("dc:subject", &[], &about.subject);
        xml.text_element("dc:creator", &[], &about.author);
        xml.text_element("cp:keywords", &[], about.keywords.join("；"));
        xml.text_element("dc:language", &[], &about.language);
        xml.text_element("cp:lastModifiedBy", &[], &about.author);
        let moment = format!("{}T00:00:00Z", about.date);
        for element in ["dcterms:created", "dcterms:modified"] {
            xml.text_element(element, &[("xsi:type", &"dcterms:W3CDTF")], &moment);
        }
    })
}

/// `docProps/app.xml`.
pub fn app_properties(about: &About) -> String {
    let namespace = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties";
    Xml::part("Properties", &[("xmlns", &namespace)], |xml| {
        xml.text_element("Company", &[], &about.author);
        xml.text_element("Application", &[], env!("CARGO_PKG_NAME"));
    })
}

/// `customXml/item1.xml`: what the file carries for a program. Word, WPS and LibreOffice keep it and show nothing.
pub fn carried(content: &str) -> String {
    Xml::part("report", &[("xmlns", &CARRIED)], |xml| xml.text_element("json", &[], content))
}

/// `customXml/itemProps1.xml`: under which name Word keeps the part.
pub fn carried_properties() -> String {
    let namespace = "http://schemas.openxmlformats.org/officeDocument/2006/customXml";
    // Word wants an identifier that differs from those of other parts of the file, of which there are none.
    let id = "{6B616E79-696E-4000-8000-000000000001}";
    Xml::part("ds:datastoreItem", &[("ds:itemID", &id), ("xmlns:ds", &namespace)], |xml| {
        xml.element("ds:schemaRefs", &[], |xml| xml.empty("ds:schemaRef", &[("ds:uri", &CARRIED)]));
    })
}
