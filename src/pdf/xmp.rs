//! Metadata packets (XMP, ISO 16684-1), read whatever way they are written: as elements or as attributes, with any
//! prefixes.

use std::collections::BTreeMap;

use roxmltree::{Document, Node, ParsingOptions};

const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
const XML: &str = "http://www.w3.org/XML/1998/namespace";
/// No packet is read that is longer, in bytes,
pub(super) const MOST_BYTES: usize = 4 << 20;
/// has more parts,
const MOST_NODES: u32 = 50_000;
/// or more attributes: the XML reader compares each with every other of its element,
const MOST_ATTRIBUTES: usize = 10_000;
/// or names more namespaces: it keeps a list of them for every element that names one,
const MOST_NAMESPACES: usize = 2_000;
/// or has elements that lie in each other deeper: it calls itself for each.
const DEEPEST_ELEMENT: usize = 200;
/// Values lie in each other no deeper.
const DEEPEST: usize = 16;

/// A name: its namespace, and itself in that.
pub type Name = (String, String);

/// The properties of a packet.
pub type Xmp = BTreeMap<Name, Value>;

/// The value of a property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A text.
    Text(String),
    /// Several values in order, each with its language where it says one.
    Items(Vec<(Option<String>, Value)>),
    /// Properties of its own.
    Parts(Xmp),
}

/// The properties in a packet; `None` when it is none, or one that is understood in more than one way.
pub fn read(packet: &[u8]) -> Option<Xmp> {
    let options = ParsingOptions { nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    let text = std::str::from_utf8(packet).ok()?.trim_start_matches('\u{feff}').trim_end_matches('\0');
    let document = Document::parse_with_options(Some(text).filter(|text| is_modest(text))?, options).ok()?;
    let mut packets = document.descendants().filter(|node| is_rdf(node, "RDF"));
    let (rdf, None) = (packets.next()?, packets.next()) else { return None };
    let mut found = Xmp::new();
    for description in rdf.children().filter(Node::is_element) {
        add_properties(&description, 0, &mut found)?;
    }
    Some(found)
}

/// Whether a packet costs the XML reader no more than it is worth.
fn is_modest(text: &str) -> bool {
    text.len() <= MOST_BYTES
        && text.bytes().filter(|&byte| byte == b'=').count() <= MOST_ATTRIBUTES
        && text.matches("xmlns").count() <= MOST_NAMESPACES
        && deepest(text).is_some_and(|depth| depth <= DEEPEST_ELEMENT)
}

/// How deep elements lie in each other, told before they are read; `None` for what no packet has: comments, parts that
/// are not to be read, document types.
fn deepest(text: &str) -> Option<usize> {
    let (mut depth, mut deepest) = (0_usize, 0);
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        match rest.as_bytes().first() {
            Some(b'!') => return None,
            Some(b'?') => rest = &rest[rest.find("?>")?..],
            Some(b'/') => depth = depth.saturating_sub(1),
            _ => {
                // The end of the tag, not one in a value.
                let mut quote = None;
                let end = rest.bytes().position(|byte| match (quote, byte) {
                    (None, b'>') => true,
                    (None, b'"' | b'\'') => {
                        quote = Some(byte);
                        false
                    }
                    (Some(open), byte) => {
                        quote = quote.filter(|_| byte != open);
                        false
                    }
                    (None, _) => false,
                })?;
                if !rest[..end].ends_with('/') {
                    depth += 1;
                    deepest = deepest.max(depth);
                }
                rest = &rest[end..];
            }
        }
    }
    Some(deepest)
}

impl Value {
    /// The text, where it is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            Value::Items(_) | Value::Parts(_) => None,
        }
    }
}

fn is_rdf(node: &Node, name: &str) -> bool {
    node.has_tag_name((RDF, name))
}

/// Adds the properties an element has, as attributes and as elements; `None` when one is there twice.
fn add_properties(element: &Node, depth: usize, found: &mut Xmp) -> Option<()> {
    let name = |namespace: Option<&str>, name: &str| (namespace.unwrap_or_default().to_owned(), name.to_owned());
    for own in element.attributes().filter(|own| !matches!(own.namespace(), Some(RDF | XML))) {
        let value = Value::Text(own.value().trim().to_owned());
        if found.insert(name(own.namespace(), own.name()), value).is_some() {
            return None;
        }
    }
    for own in element.children().filter(Node::is_element) {
        let tag = own.tag_name();
        if found.insert(name(tag.namespace(), tag.name()), value(&own, depth + 1)?).is_some() {
            return None;
        }
    }
    Some(())
}

fn value(element: &Node, depth: usize) -> Option<Value> {
    if depth > DEEPEST {
        return None;
    }
    let parts = |element: &Node| {
        let mut found = Xmp::new();
        add_properties(element, depth, &mut found)?;
        Some(Value::Parts(found))
    };
    if let Some(resource) = element.attribute((RDF, "resource")) {
        return Some(Value::Text(resource.trim().to_owned()));
    }
    if element.attribute((RDF, "parseType")) == Some("Resource") {
        return parts(element);
    }
    let mut inside = element.children().filter(Node::is_element);
    match (inside.next(), inside.next()) {
        (None, _) => {
            let text = element.text().unwrap_or_default().trim();
            match element.attributes().any(|own| !matches!(own.namespace(), Some(RDF | XML))) {
                false => Some(Value::Text(text.to_owned())),
                true if text.is_empty() => parts(element),
                true => None,
            }
        }
        (Some(description), None) if is_rdf(&description, "Description") => parts(&description),
        (Some(list), None) if ["Seq", "Bag", "Alt"].iter().any(|kind| is_rdf(&list, kind)) => {
            let items = list.children().filter(Node::is_element);
            let item = |item: Node| Some((item.attribute((XML, "lang")).map(str::to_owned), value(&item, depth + 1)?));
            items.map(item).collect::<Option<_>>().map(Value::Items)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packet_says_the_same_however_it_is_written() {
        let around = |inside: &str| {
            format!(
                "\u{feff}<?xpacket begin=''?><x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='{RDF}'>{inside}</rdf:RDF></x:xmpmeta>\n<?xpacket end='r'?>"
            )
        };
        let elements = around(
            "<rdf:Description rdf:about='' xmlns:a='urn:a'><a:year>2025</a:year><a:who><rdf:Seq><rdf:li>甲 &amp; 乙</rdf:li></rdf:Seq></a:who>\
             <a:part rdf:parseType='Resource'><a:name>N</a:name></a:part></rdf:Description>",
        );
        let attributes = around(
            "<rdf:Description rdf:about='' xmlns:z='urn:a' z:year='2025'/><rdf:Description xmlns:b='urn:a'><b:who><rdf:Seq>\n<rdf:li>甲 &amp; 乙</rdf:li></rdf:Seq></b:who>\
             <b:part><rdf:Description b:name='N'/></b:part></rdf:Description>",
        );
        let read = |packet: &str| super::read(packet.as_bytes());
        let found = read(&elements).expect("a packet");
        assert_eq!(found.len(), 3);
        assert_eq!(found.get(&("urn:a".into(), "year".into())).and_then(Value::text), Some("2025"));
        assert_eq!(read(&attributes), Some(found.clone()));
        assert_ne!(read(&elements.replace("2025", "2024")), Some(found));
        let twice = around("<rdf:Description xmlns:z='urn:a' z:year='2025'><z:year>2024</z:year></rdf:Description>");
        let deep = around(&format!(
            "<rdf:Description xmlns:a='urn:a'>{}{}</rdf:Description>",
            "<a:p rdf:parseType='Resource'>".repeat(100),
            "</a:p>".repeat(100)
        ));
        let both = around("<rdf:Description xmlns:a='urn:a'><a:p a:q='1'>2</a:p></rdf:Description>");
        for unsound in [twice.as_str(), deep.as_str(), both.as_str(), "", "no XML", "<a/>"] {
            assert_eq!(read(unsound), None, "{unsound:.200}");
        }
    }

    #[test]
    fn a_packet_made_to_cost_much_is_not_read() {
        for harmful in [
            format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000)),
            format!("<a b='/>' c=\"/>\">{}", "<a b='/>'>".repeat(300)),
            format!("<a {}/>", (0..20_000).map(|n| format!("a{n}='' ")).collect::<String>()),
            format!("<a>{}</a>", "<a xmlns:b='c'/>".repeat(3_000)),
            "<!-- </a> --><a/>".to_owned(),
            format!("<a>{}</a>", " ".repeat(MOST_BYTES)),
        ] {
            assert!(!is_modest(&harmful), "{harmful:.100}");
        }
        assert_eq!(deepest("<?x <a> ?><a b='<'><c/><d e=\">\"></d></a>"), Some(2));
    }
}
