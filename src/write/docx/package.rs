//! The package: parts, their content types and relationships, packed into one zip archive.
//!
//! ECMA-376 part 2 (OPC).

use std::borrow::Cow;
use std::io;

use super::xml::Xml;
use crate::zipped;

/// The name of the part that is the document itself.
const MAIN: &str = "word/document.xml";
/// The name of the part that carries what is for a program.
const CARRIED: &str = "customXml/item1.xml";
const CARRIED_PROPERTIES: &str = "customXml/itemProps1.xml";
const CARRIED_RELATIONSHIPS: &str = "customXml/_rels/item1.xml.rels";

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
    /// What it carries beside its text, for a program.
    Carried,
    /// What that is called.
    CarriedProperties,
}

/// What a relationship starts from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Owner {
    Package,
    Document,
    Carried,
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
            Kind::Carried => "application/xml",
            Kind::CarriedProperties => "application/vnd.openxmlformats-officedocument.customXmlProperties+xml",
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
            Kind::Carried => "http://schemas.openxmlformats.org/officeDocument/2006/relationships/customXml",
            Kind::CarriedProperties => {
                "http://schemas.openxmlformats.org/officeDocument/2006/relationships/customXmlProps"
            }
        }
    }

    fn owner(self) -> Owner {
        match self {
            Kind::Main | Kind::CoreProperties | Kind::AppProperties => Owner::Package,
            Kind::Styles | Kind::Settings | Kind::FontTable | Kind::Header | Kind::Footer | Kind::Carried => {
                Owner::Document
            }
            Kind::CarriedProperties => Owner::Carried,
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

    /// Adds what the document carries for a program, and what that is called.
    pub fn add_carried(&mut self, content: String, properties: String) {
        self.add(Kind::Carried, CARRIED, content);
        self.add(Kind::CarriedProperties, CARRIED_PROPERTIES, properties);
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
        let own = [
            ("[Content_Types].xml", self.content_types()),
            ("_rels/.rels", self.relationships(Owner::Package)),
            ("word/_rels/document.xml.rels", self.relationships(Owner::Document)),
        ];
        let carried = self.parts.iter().any(|part| part.kind == Kind::Carried);
        let of_carried = carried.then(|| (CARRIED_RELATIONSHIPS, self.relationships(Owner::Carried)));
        let own = own.iter().chain(&of_carried).map(|(name, content)| (*name, content));
        let parts = self.parts.iter().map(|part| (&*part.name, &part.content));
        zipped::pack(own.chain(parts).map(|(name, content)| (name, Cow::Borrowed(content.as_bytes()))))
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

    /// The relationships that start from one owner; their targets are told from its folder.
    fn relationships(&self, owner: Owner) -> String {
        let namespace = "http://schemas.openxmlformats.org/package/2006/relationships";
        Xml::part("Relationships", &[("xmlns", &namespace)], |xml| {
            for part in self.parts.iter().filter(|part| part.kind.owner() == owner) {
                let name = part.name.as_str();
                let target = match owner {
                    Owner::Package => name.to_owned(),
                    Owner::Document => name.strip_prefix("word/").map_or_else(|| format!("../{name}"), str::to_owned),
                    Owner::Carried => name.strip_prefix("customXml/").unwrap_or(name).to_owned(),
                };
                let kind = part.kind.relationship();
                xml.empty("Relationship", &[("Id", &part.id), ("Type", &kind), ("Target", &target)]);
            }
        })
    }
}
