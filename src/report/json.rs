//! JSON walked without losing where anything stands.
//!
//! serde_json finds the borders of each value ([`RawValue`]); a value's place in the file is where its
//! slice starts. The reader goes down only where the report's schema knows a key, so the nesting of a
//! file cannot exhaust the stack, and it keeps every finding instead of stopping at the first.

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{At, LONGEST_NAME, Located, MOST_BYTES, MOST_MEMBERS};
use crate::error::{Expected, Finding, Gathered, JsonType, Problem, is_emoji, is_invisible, is_private, nearest};

/// The text of a file, a byte order mark before it included; or the one finding that it has none.
pub(crate) fn text(bytes: &[u8]) -> Result<&str, Vec<Finding>> {
    if bytes.len() > MOST_BYTES {
        return at_file(Problem::TooLarge { bytes: bytes.len(), limit: MOST_BYTES }, 0);
    }
    std::str::from_utf8(bytes).or_else(|error| at_file(Problem::NotUtf8, error.valid_up_to()))
}

/// The one value a file holds; or the one finding that it is not JSON.
pub(crate) fn root(text: &str) -> Result<Node<'_>, Vec<Finding>> {
    let mark = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len_utf8() } else { 0 };
    let json = &text[mark..];
    if json.trim().is_empty() {
        return at_file(Problem::EmptyFile, mark);
    }
    match serde_json::from_str::<&RawValue>(json) {
        Ok(raw) => Ok(Node { raw, path: "$".into(), offset: offset_of(text, raw) }),
        Err(error) => {
            let offset = mark + error_offset(json, &error);
            match text[offset..].chars().next() {
                Some(found) if !error.is_eof() => at_file(Problem::NotJson { found }, offset),
                _ => at_file(Problem::UnexpectedEnd, offset),
            }
        }
    }
}

/// A finding about the file as a whole.
fn at_file<T>(problem: Problem, offset: usize) -> Result<T, Vec<Finding>> {
    Err(vec![Finding::new(problem, "$", Some(offset))])
}

const BYTE_ORDER_MARK: char = '\u{feff}';

/// What the key of a remark begins with. A remark is a member of any value that is for the reader of the file;
/// no part of the report.
pub(crate) const REMARK: &str = "//";

/// The byte serde_json complains of. It counts lines from 1, and bytes of the line up to and with the
/// one it looked at last; of a control character in a string, only those before it.
fn error_offset(json: &str, error: &serde_json::Error) -> usize {
    let start: usize = json.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let in_string = error.to_string().starts_with("control character");
    let mut offset = (start + error.column() + usize::from(in_string)).saturating_sub(1).min(json.len());
    while !json.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// Where a slice of the text starts in it.
fn offset_of(text: &str, raw: &RawValue) -> usize {
    raw.get().as_ptr() as usize - text.as_ptr() as usize
}

/// A JSON value that has not been read yet.
#[derive(Clone, Debug)]
pub(crate) struct Node<'a> {
    raw: &'a RawValue,
    path: String,
    offset: usize,
}

impl<'a> Node<'a> {
    /// Where it stands.
    pub(crate) fn at(&self) -> At {
        At { path: self.path.as_str().into(), offset: self.offset }
    }

    /// The bytes of the file it takes up.
    pub(crate) fn range(&self) -> std::ops::Range<usize> {
        self.offset..self.offset + self.raw.get().len()
    }

    /// It, as it is written.
    pub(crate) fn source(&self) -> &'a str {
        self.raw.get()
    }

    /// What it is, told by its first character.
    pub(crate) fn kind(&self) -> JsonType {
        match self.source().as_bytes().first() {
            Some(b'{') => JsonType::Object,
            Some(b'[') => JsonType::List,
            Some(b'"') => JsonType::String,
            Some(b't' | b'f') => JsonType::Boolean,
            Some(b'-' | b'0'..=b'9') => JsonType::Number,
            _ => JsonType::Null,
        }
    }
}

/// The members of an object whose keys are known, each to be taken once.
pub(crate) struct Fields<'a> {
    pub(crate) at: At,
    members: Vec<(Located<String>, Node<'a>)>,
}

impl<'a> Fields<'a> {
    pub(crate) fn take(&mut self, key: &str) -> Option<Node<'a>> {
        let at = self.members.iter().position(|(known, _)| known.value == key)?;
        Some(self.members.swap_remove(at).1)
    }
}

/// Reads nodes and keeps what is wrong with them.
pub(crate) struct Reader<'a> {
    text: &'a str,
    pub(crate) findings: Gathered,
    /// How many characters of text have been read.
    pub(crate) characters: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Reader { text, findings: Gathered::default(), characters: 0 }
    }

    /// Keeps a finding; of a file that is wrong throughout, the first.
    pub(crate) fn say(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Says what is wrong with a node that therefore has no value.
    pub(crate) fn refuse<T>(&mut self, node: &Node<'a>, problem: Problem) -> Option<T> {
        self.say(node.at().finding(problem));
        None
    }

    pub(crate) fn wrong_type<T>(&mut self, node: &Node<'a>, expected: Expected) -> Option<T> {
        self.refuse(node, Problem::WrongType { expected, found: node.kind() })
    }

    /// The members of an object that may have these keys and no other, but for remarks.
    pub(crate) fn fields(&mut self, node: &Node<'a>, known: &[&str]) -> Option<Fields<'a>> {
        let mut members = self.pairs(node)?;
        members.retain(|(key, _)| {
            let is_known = known.contains(&key.value.as_str());
            if !is_known {
                // `$schema` is for editors, not for authors.
                let names = known.iter().copied().filter(|name| !name.starts_with('$'));
                self.say(key.at.finding(Problem::UnknownKey {
                    key: key.value.clone(),
                    suggestion: nearest(&key.value, names.clone()).map(str::to_owned),
                    known: names.map(str::to_owned).collect(),
                }));
            }
            is_known
        });
        Some(Fields { at: node.at(), members })
    }

    /// The members of an object but for remarks; of several with one key, the first.
    pub(crate) fn pairs(&mut self, node: &Node<'a>) -> Option<Vec<(Located<String>, Node<'a>)>> {
        if node.kind() != JsonType::Object {
            return self.wrong_type(node, Expected::Object);
        }
        let Ok(Pairs(raw)) = serde_json::from_str::<Pairs<'a>>(node.source()) else {
            return self.wrong_type(node, Expected::Object);
        };
        if raw.len() > MOST_MEMBERS {
            return self.refuse(node, Problem::TooMany { count: raw.len(), limit: MOST_MEMBERS });
        }
        let mut seen = std::collections::BTreeSet::new();
        let mut pairs = Vec::with_capacity(raw.len());
        for (raw_key, raw) in raw {
            let key_node = Node { raw: raw_key, path: node.path.clone(), offset: offset_of(self.text, raw_key) };
            let Some(key) = self.string(&key_node) else { continue };
            let path = member_path(&node.path, &key);
            let at = At { path: path.as_str().into(), offset: key_node.offset };
            if key.starts_with(REMARK) {
                continue;
            }
            if !seen.insert(key.clone()) {
                self.say(at.finding(Problem::DuplicateKey { key }));
                continue;
            }
            let offset = offset_of(self.text, raw);
            pairs.push((Located { value: key, at }, Node { raw, path, offset }));
        }
        Some(pairs)
    }

    /// The entries of a list, no more than `most`.
    pub(crate) fn entries(&mut self, node: &Node<'a>, expected: Expected, most: usize) -> Option<Vec<Node<'a>>> {
        if node.kind() != JsonType::List {
            return self.wrong_type(node, expected);
        }
        let Ok(raw) = serde_json::from_str::<Vec<&'a RawValue>>(node.source()) else {
            return self.wrong_type(node, expected);
        };
        if raw.len() > most {
            return self.refuse(node, Problem::TooMany { count: raw.len(), limit: most });
        }
        let entry = |(index, raw): (usize, &'a RawValue)| Node {
            raw,
            path: format!("{}[{index}]", node.path),
            offset: offset_of(self.text, raw),
        };
        Some(raw.into_iter().enumerate().map(entry).collect())
    }

    /// A string.
    pub(crate) fn string(&mut self, node: &Node<'a>) -> Option<String> {
        if node.kind() != JsonType::String {
            return self.wrong_type(node, Expected::String);
        }
        match serde_json::from_str(node.source()) {
            Ok(string) => Some(string),
            // The borders of the string were found before: all that can be wrong is an escape.
            Err(_) => self.refuse(node, Problem::BrokenEscape),
        }
    }

    /// A string no longer than `longest` characters, all of which can be printed.
    pub(crate) fn printable(&mut self, node: &Node<'a>, longest: usize) -> Option<String> {
        let string = self.string(node)?;
        let characters = string.chars().count();
        self.characters += characters;
        if characters > longest {
            return self.refuse(node, Problem::TooLong { characters, limit: longest });
        }
        // What stands for a thing that is no text, or for a character nobody could read, is none.
        const STANDS_FOR_ANOTHER: [char; 2] = ['\u{FFFC}', char::REPLACEMENT_CHARACTER];
        let unprintable = |c: char| {
            c.is_control() || is_invisible(c) || is_private(c) || is_emoji(c) || STANDS_FOR_ANOTHER.contains(&c)
        };
        match string.chars().enumerate().find(|&(_, c)| unprintable(c)) {
            Some((index, character)) => self.refuse(node, Problem::BadCharacter { character, position: index + 1 }),
            None => Some(string),
        }
    }

    pub(crate) fn boolean(&mut self, node: &Node<'a>) -> Option<bool> {
        match node.kind() {
            JsonType::Boolean => Some(node.source() == "true"),
            JsonType::Null | JsonType::Number | JsonType::String | JsonType::List | JsonType::Object => {
                self.wrong_type(node, Expected::Boolean)
            }
        }
    }
}

/// The path of a member: `.key`, or `["key"]` where the key is not a plain name. Long keys are cut.
pub(crate) fn member_path(path: &str, key: &str) -> String {
    let plain = key.chars().all(|c| c.is_alphanumeric() || c == '_') && !key.starts_with(|c: char| c.is_numeric());
    if plain && !key.is_empty() && key.len() <= LONGEST_NAME {
        return format!("{path}.{key}");
    }
    let mut quoted = String::new();
    for c in key.chars().take(LONGEST_NAME) {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => quoted.extend(c.escape_unicode()),
            c => quoted.push(c),
        }
    }
    let rest = if key.chars().nth(LONGEST_NAME).is_some() { "…" } else { "" };
    format!("{path}[\"{quoted}{rest}\"]")
}

/// The members of an object in order, doubled keys and all, each a slice of the text.
struct Pairs<'a>(Vec<(&'a RawValue, &'a RawValue)>);

impl<'de> Deserialize<'de> for Pairs<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct PairsVisitor;
        impl<'de> Visitor<'de> for PairsVisitor {
            type Value = Pairs<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs<'de>, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        from.deserialize_map(PairsVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stays_on_its_line() {
        assert_eq!(member_path("$", "agency"), "$.agency");
        assert_eq!(member_path("$.labels", "规章"), "$.labels.规章");
        assert_eq!(member_path("$", ""), "$[\"\"]");
        assert_eq!(member_path("$", "1.\"\\\n"), "$[\"1.\\\"\\\\\\u{a}\"]");
        assert!(member_path("$", &"键".repeat(1000)).chars().count() < LONGEST_NAME + 10);
    }
}
