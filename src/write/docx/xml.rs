//! XML as it is written: elements that close themselves and text that is always escaped.
//!
//! An element's children are written by a closure, so that no tag is left open and none is closed
//! twice. What XML cannot hold at all is found before anything is written ([`super::characters`]).

use std::fmt::{self, Display, Write};

/// An attribute: its name and its value.
pub type Attribute<'a> = (&'a str, &'a dyn Display);

/// A part of a package while it is being written.
pub struct Xml {
    out: String,
}

impl Xml {
    /// A part of one root element.
    pub fn part(root: &str, attributes: &[Attribute], inside: impl FnOnce(&mut Xml)) -> String {
        let mut xml = Xml { out: String::from("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n") };
        xml.element(root, attributes, inside);
        xml.out
    }

    /// An element with what `inside` writes; nothing written makes an empty element.
    pub fn element(&mut self, name: &str, attributes: &[Attribute], inside: impl FnOnce(&mut Xml)) {
        self.out.push('<');
        self.out.push_str(name);
        for (attribute, value) in attributes {
            self.out.push(' ');
            self.out.push_str(attribute);
            self.out.push_str("=\"");
            self.escaped(value);
            self.out.push('"');
        }
        let end_of_tag = self.out.len();
        self.out.push('>');
        inside(self);
        if self.out.len() == end_of_tag + 1 {
            self.out.truncate(end_of_tag);
            self.out.push_str("/>");
        } else {
            self.out.push_str("</");
            self.out.push_str(name);
            self.out.push('>');
        }
    }

    /// An element without children.
    pub fn empty(&mut self, name: &str, attributes: &[Attribute]) {
        self.element(name, attributes, |_| ());
    }

    /// An element without children whose meaning is its `w:val`, the shape of most properties.
    pub fn property(&mut self, name: &str, value: impl Display) {
        self.empty(name, &[("w:val", &value)]);
    }

    /// An element that holds text only.
    pub fn text_element(&mut self, name: &str, attributes: &[Attribute], text: impl Display) {
        self.element(name, attributes, |xml| xml.escaped(&text));
    }

    fn escaped(&mut self, value: &dyn Display) {
        // A `String` takes whatever it is given: this cannot fail.
        let _ = write!(Escaped(&mut self.out), "{value}");
    }
}

/// Escapes what is written through it, for text and for attributes in double quotes.
struct Escaped<'a>(&'a mut String);

impl fmt::Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text;
        while let Some(at) = rest.bytes().position(|byte| reference(byte).is_some()) {
            self.0.push_str(&rest[..at]);
            self.0.push_str(reference(rest.as_bytes()[at]).unwrap_or_default());
            rest = &rest[at + 1..];
        }
        self.0.push_str(rest);
        Ok(())
    }
}

/// What stands for a character that has a meaning of its own; all of them are of one byte.
fn reference(byte: u8) -> Option<&'static str> {
    match byte {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'>' => Some("&gt;"),
        b'"' => Some("&quot;"),
        // A reader would take these for a space or a line feed if they stood as they are.
        b'\t' => Some("&#9;"),
        b'\n' => Some("&#10;"),
        b'\r' => Some("&#13;"),
        _ => None,
    }
}

/// Whether XML 1.0 can hold a character (production 2, `Char`).
pub fn holds(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_close_and_text_is_escaped() {
        let part = Xml::part("a", &[("b", &"\"1\n<2\"")], |xml| {
            xml.property("w:c", 3);
            xml.text_element("d", &[], "x & y > z");
        });
        let (_, body) = part.split_once('\n').unwrap();
        assert_eq!(body, r#"<a b="&quot;1&#10;&lt;2&quot;"><w:c w:val="3"/><d>x &amp; y &gt; z</d></a>"#);
    }

    #[test]
    fn controls_and_non_characters_are_not_xml() {
        assert!("\t\n\r 中\u{FFFD}\u{20000}".chars().all(holds));
        assert!(!"\0\u{1}\u{8}\u{B}\u{1F}\u{FFFE}\u{FFFF}".chars().any(holds));
    }
}
