//! JSON as a tree whose members keep their order and whose numbers keep their digits, to be changed and written.

use std::fmt::Write as _;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number as it is written.
    Number(String),
    /// A string.
    String(String),
    /// A list.
    List(Vec<Json>),
    /// An object.
    Object(Vec<(String, Json)>),
}

/// No report nests deeper.
const DEEPEST: usize = 16;
/// Lists and objects shorter than this, in characters, stand on one line.
const LONGEST_LINE: usize = 100;

impl Json {
    /// An object without members.
    pub const EMPTY: Json = Json::Object(Vec::new());

    /// Reads a text; `None` when it is no JSON or nests deeper than a report does.
    pub fn parse(text: &str) -> Option<Json> {
        Self::read(serde_json::from_str(text).ok()?, 0)
    }

    fn read(raw: &RawValue, depth: usize) -> Option<Json> {
        let text = raw.get();
        if depth > DEEPEST {
            return None;
        }
        match text.as_bytes().first()? {
            b'{' => {
                let Pairs(pairs) = serde_json::from_str(text).ok()?;
                let read = |(key, raw)| Some((key, Self::read(raw, depth + 1)?));
                pairs.into_iter().map(read).collect::<Option<_>>().map(Json::Object)
            }
            b'[' => {
                let entries: Vec<&RawValue> = serde_json::from_str(text).ok()?;
                entries.into_iter().map(|raw| Self::read(raw, depth + 1)).collect::<Option<_>>().map(Json::List)
            }
            b'"' => serde_json::from_str(text).ok().map(Json::String),
            b't' => Some(Json::Bool(true)),
            b'f' => Some(Json::Bool(false)),
            b'n' => Some(Json::Null),
            _ => Some(Json::Number(text.to_owned())),
        }
    }

    /// A member of an object.
    pub fn get(&self, key: &str) -> Option<&Json> {
        match self {
            Json::Object(members) => members.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::List(_) => None,
        }
    }

    /// A member of an object, to be changed.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Json> {
        match self {
            Json::Object(members) => members.iter_mut().find(|(name, _)| name == key).map(|(_, value)| value),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::List(_) => None,
        }
    }

    /// A member of an object, an empty object where there is none yet; what is no object is left as it is.
    pub fn object(&mut self, key: &str) -> &mut Json {
        let Json::Object(members) = self else { return self };
        let at = members.iter().position(|(name, _)| name == key).unwrap_or_else(|| {
            members.push((key.to_owned(), Json::EMPTY));
            members.len() - 1
        });
        &mut members[at].1
    }

    /// Gives a member of an object a value; it is added at the end where there is none. What is no object is left.
    pub fn set(&mut self, key: &str, value: Json) {
        if let Json::Object(members) = self {
            match members.iter_mut().find(|(name, _)| name == key) {
                Some((_, old)) => *old = value,
                None => members.push((key.to_owned(), value)),
            }
        }
    }

    /// Takes a member out of an object.
    pub fn remove(&mut self, key: &str) {
        if let Json::Object(members) = self {
            members.retain(|(name, _)| name != key);
        }
    }

    /// The entries of a list; none of anything else.
    pub fn entries(&self) -> &[Json] {
        match self {
            Json::List(entries) => entries,
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Object(_) => &[],
        }
    }

    /// The entries of a list, to be changed.
    pub fn entries_mut(&mut self) -> &mut [Json] {
        match self {
            Json::List(entries) => entries,
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Object(_) => &mut [],
        }
    }

    /// The keys of an object; none of anything else.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        let members = match self {
            Json::Object(members) => &members[..],
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::List(_) => &[],
        };
        members.iter().map(|(key, _)| key.as_str())
    }

    /// The members of an object, to be changed; none of anything else.
    pub fn members_mut(&mut self) -> &mut [(String, Json)] {
        match self {
            Json::Object(members) => members,
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::List(_) => &mut [],
        }
    }

    /// The text of a string.
    pub fn text(&self) -> Option<&str> {
        match self {
            Json::String(text) => Some(text),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::List(_) | Json::Object(_) => None,
        }
    }

    /// The value as text, two blanks to a level, short lists on one line, with a line feed at the end.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, 0);
        out.push('\n');
        out
    }

    /// The value on one line.
    pub fn to_line(&self) -> String {
        let joined = |entries: Vec<String>| entries.join(", ");
        match self {
            Json::Null => "null".into(),
            Json::Bool(value) => value.to_string(),
            Json::Number(digits) => digits.clone(),
            Json::String(text) => quoted(text),
            Json::List(entries) => format!("[{}]", joined(entries.iter().map(Json::to_line).collect())),
            Json::Object(members) if members.is_empty() => "{}".into(),
            Json::Object(members) => {
                let member = |(key, value): &(String, Json)| format!("{}: {}", quoted(key), value.to_line());
                format!("{{ {} }}", joined(members.iter().map(member).collect()))
            }
        }
    }

    fn is_simple(&self) -> bool {
        match self {
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => true,
            Json::List(_) | Json::Object(_) => false,
        }
    }

    fn write(&self, out: &mut String, level: usize) {
        let (open, close, simple) = match self {
            Json::List(entries) => ("[", "]", entries.iter().all(Json::is_simple)),
            Json::Object(members) => ("{", "}", level > 2 && members.iter().all(|(_, value)| value.is_simple())),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => return out.push_str(&self.to_line()),
        };
        let line = self.to_line();
        let empty = matches!(self, Json::Object(members) if members.is_empty());
        if empty || (simple && line.chars().count() <= LONGEST_LINE) {
            return out.push_str(&line);
        }
        out.push_str(open);
        let mut first = true;
        let mut begin = |out: &mut String| {
            // Writing to a string cannot fail.
            let _ = write!(out, "{}\n{:indent$}", if first { "" } else { "," }, "", indent = 2 * (level + 1));
            first = false;
        };
        match self {
            Json::List(entries) => entries.iter().for_each(|entry| {
                begin(out);
                entry.write(out, level + 1);
            }),
            Json::Object(members) => members.iter().for_each(|(key, value)| {
                begin(out);
                let _ = write!(out, "{}: ", quoted(key));
                value.write(out, level + 1);
            }),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
        }
        let _ = write!(out, "\n{:indent$}{close}", "", indent = 2 * level);
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The members of an object in their order.
struct Pairs<'a>(Vec<(String, &'a RawValue)>);

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
    fn order_and_digits_are_kept() {
        let text = "{\n  \"b\": {\n    \"x\": [1.10, 007e1, \"甲\\n\"],\n    \"y\": []\n  },\n  \"a\": true\n}\n";
        assert_eq!(Json::parse(text), None, "007 is no JSON");
        let text = text.replace("007e1", "7e1");
        assert_eq!(Json::parse(&text).map(|json| json.to_text()), Some(text));
    }

    #[test]
    fn deep_nesting_is_refused() {
        assert_eq!(Json::parse(&format!("{}{}", "[".repeat(60), "]".repeat(60))), None);
    }
}
