//! The package: parts, their content types and relationships, packed into one zip archive.
//!
//! ECMA-376 part 2 (OPC).

use std::borrow::Cow;
use std::io;

use super::xml::Xml;
use crate::zipped;

/// The name of the part that is the document itself.
const MAIN: &str = "word/document.xml";

/// What a part is to the package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The document's text.
    Main,
    /// Its styles.
    Styles,
    /// Its settings.
    Settings,
    /// Its fonts and what may stand for them.
    FontTable,
    /// What stands at the head of pages.
    Header,
    /// What stands at the foot of pages.
    Footer,
    /// Title, author, dates.
    CoreProperties,
    /// The program that made it.
    AppProperties,
}

impl Kind {
    fn content_type(self) -> &'static str {
        match self {
            Kind::Main => "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
            Kind::Styles => "application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml",
            Kind::Settings => "application/vnd.openxmlformats-officedocument.wordprocessingml.settings+xml",
            Kind::FontTable => "application/vnd.openxmlformats-officedocument.wordprocessingml.fontTable+xml",
            Kind::Header => "application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml",
            Kind::Footer => "application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml",
            Kind::CoreProperties => "application/vnd.openxmlformats-package.core-properties+xml",
            Kind::AppProperties => "application/vnd.openxmlformats-officedocument.extended-properties+xml",
        }
    }

    fn relationship(self) -> &'static str {
        match self {
            Kind::Main => "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument",
            Kind::Styles => "http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles",
            Kind::Settings => "http://schemas.openxmlformats.org/officeDocument/2006/relationships/settings",
            Kind::FontTable => "http://schemas.openxmlformats.org/officeDocument/2006/relationships/fontTable",
            Kind::Header => "http://schemas.openxmlformats.org/officeDocument/2006/relationships/header",
            Kind::Footer => "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer",
            Kind::CoreProperties => {
                "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
            }
            Kind::AppProperties => {
                "http://schemas.openxmlformats.org/officeDocument/2006/relationships/extended-properties"
            }
        }
    }

    /// Whether the part belongs to the package as a whole, not to the document in it.
    fn of_the_package(self) -> bool {
        match self {
            Kind::Main | Kind::CoreProperties | Kind::AppProperties => true,
            Kind::Styles | Kind::Settings | Kind::FontTable | Kind::Header | Kind::Footer => false,
        }
    }
}

/// A part before it is packed.
struct Part {
    kind: Kind,
    name: String,
    content: String,
    /// The id by which its owner refers to it.
    id: String,
}

/// The parts of a package, in the order in which they were added.
#[derive(Default)]
pub struct Package {
    parts: Vec<Part>,
}

impl Package {
    /// Adds the document's text.
    pub fn add_main(&mut self, content: String) {
        self.add(Kind::Main, MAIN, content);
    }

    /// Adds a part under a name of its own, and tells the id by which the document refers to it.
    pub fn add(&mut self, kind: Kind, name: &str, content: String) -> String {
        let id = format!("rId{}", self.parts.len() + 1);
        self.parts.push(Part { kind, name: name.into(), content, id: id.clone() });
        id
    }

    /// The archive.
    ///
    /// # Errors
    /// When the archive would be larger than a zip archive can be.
    pub fn pack(self) -> io::Result<Vec<u8>> {
        let about = [
            ("[Content_Types].xml", self.content_types()),
            ("_rels/.rels", self.relationships(true)),
            ("word/_rels/document.xml.rels", self.relationships(false)),
        ];
        let about = about.iter().map(|(name, content)| (*name, content));
        let parts = self.parts.iter().map(|part| (&*part.name, &part.content));
        zipped::pack(about.chain(parts).map(|(name, content)| (name, Cow::Borrowed(content.as_bytes()))))
    }

    fn content_types(&self) -> String {
        let namespace = "http://schemas.openxmlformats.org/package/2006/content-types";
        Xml::part("Types", &[("xmlns", &namespace)], |xml| {
            let relationships = "application/vnd.openxmlformats-package.relationships+xml";
            xml.empty("Default", &[("Extension", &"rels"), ("ContentType", &relationships)]);
            xml.empty("Default", &[("Extension", &"xml"), ("ContentType", &"application/xml")]);
            for part in &self.parts {
                let name = format!("/{}", part.name);
                xml.empty("Override", &[("PartName", &name), ("ContentType", &part.kind.content_type())]);
            }
        })
    }

    /// The relationships of the package itself, or those of the document.
    fn relationships(&self, of_the_package: bool) -> String {
        let namespace = "http://schemas.openxmlformats.org/package/2006/relationships";
        Xml::part("Relationships", &[("xmlns", &namespace)], |xml| {
            for part in self.parts.iter().filter(|part| part.kind.of_the_package() == of_the_package) {
                let target = if of_the_package {
                    part.name.as_str()
                } else {
                    part.name.strip_prefix("word/").unwrap_or(&part.name)
                };
                let kind = part.kind.relationship();
                xml.empty("Relationship", &[("Id", &part.id), ("Type", &kind), ("Target", &target)]);
            }
        })
    }
}
