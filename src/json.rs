//! JSON to be written for people: members in the order they are given, a list of figures on one line.
//!
//! serde_json writes what machines read; this writes what an author opens in an editor.

use std::fmt;

/// A JSON value to be written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as it is written.
    Number(String),
    /// A string.
    Text(String),
    /// A list.
    List(Vec<Json>),
    /// An object; its members in order.
    Object(Vec<(String, Json)>),
}

/// Spaces for each level of nesting.
const INDENT: usize = 2;
/// A list of plain values that is no longer, in characters, stands on one line.
const LINE: usize = 100;

impl Json {
    /// A string.
    pub(crate) fn text(text: impl Into<String>) -> Json {
        Json::Text(text.into())
    }

    /// A whole number.
    pub(crate) fn number(number: impl fmt::Display) -> Json {
        Json::Number(number.to_string())
    }

    /// An object.
    pub(crate) fn object<'k>(members: impl IntoIterator<Item = (&'k str, Json)>) -> Json {
        Json::Object(members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    }

    /// A list of strings.
    pub(crate) fn texts<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> Json {
        Json::List(texts.into_iter().map(Json::text).collect())
    }

    /// The text of a file that holds the value, its end of line included.
    pub(crate) fn to_file(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, 0);
        out.push('\n');
        out
    }

    /// The value on one line.
    pub(crate) fn to_line(&self) -> String {
        match self {
            Json::Null => "null".into(),
            Json::Bool(value) => value.to_string(),
            Json::Number(written) => written.clone(),
            Json::Text(text) => quoted(text),
            Json::List(entries) => {
                let entries: Vec<String> = entries.iter().map(Json::to_line).collect();
                format!("[{}]", entries.join(", "))
            }
            Json::Object(members) => {
                let members: Vec<String> =
                    members.iter().map(|(key, value)| format!("{}: {}", quoted(key), value.to_line())).collect();
                format!("{{{}}}", members.join(", "))
            }
        }
    }

    fn write(&self, out: &mut String, level: usize) {
        let new_line = |out: &mut String, level: usize| {
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', level * INDENT));
        };
        match self {
            Json::List(entries) if !entries.is_empty() && !self.fits_a_line() => {
                out.push('[');
                for (index, entry) in entries.iter().enumerate() {
                    out.push_str(if index > 0 { "," } else { "" });
                    new_line(out, level + 1);
                    entry.write(out, level + 1);
                }
                new_line(out, level);
                out.push(']');
            }
            Json::Object(members) if !members.is_empty() => {
                out.push('{');
                for (index, (key, value)) in members.iter().enumerate() {
                    out.push_str(if index > 0 { "," } else { "" });
                    new_line(out, level + 1);
                    out.push_str(&quoted(key));
                    out.push_str(": ");
                    value.write(out, level + 1);
                }
                new_line(out, level);
                out.push('}');
            }
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::Text(_) | Json::List(_) | Json::Object(_) => {
                out.push_str(&self.to_line());
            }
        }
    }

    /// Whether a list holds only plain values and is short.
    fn fits_a_line(&self) -> bool {
        let Json::List(entries) = self else { return true };
        let plain = entries.iter().all(|entry| match entry {
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::Text(_) => true,
            Json::List(_) | Json::Object(_) => false,
        });
        plain && self.to_line().chars().count() <= LINE
    }
}

/// A string as JSON writes it (RFC 8259 section 7).
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if (c as u32) < 0x20 => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_lists_stand_on_one_line_and_members_keep_their_order() {
        let json = Json::object([
            ("b", Json::List(vec![Json::number(1), Json::Null])),
            ("a", Json::object([("quote \" and \u{1}", Json::Bool(true)), ("empty", Json::Object(Vec::new()))])),
            ("long", Json::texts(["字".repeat(60), "字".repeat(60)])),
        ]);
        let file = json.to_file();
        assert!(
            file.starts_with("{\n  \"b\": [1, null],\n  \"a\": {\n    \"quote \\\" and \\u0001\": true,"),
            "{file}"
        );
        assert!(file.contains("\"long\": [\n    \"字"), "{file}");
        let read: serde_json::Value = serde_json::from_str(&file).unwrap();
        assert_eq!(read, serde_json::from_str::<serde_json::Value>(&json.to_line()).unwrap());
        assert_eq!(read["a"]["quote \" and \u{1}"], true);
    }
}
