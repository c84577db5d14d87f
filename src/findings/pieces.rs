//! Pieces of a JSON text that is written as it comes.

use serde_json::Value;

/// A member of an object, so many blanks in.
pub(super) fn member(indent: usize, key: &str, value: &Value) -> String {
    format!("{}\"{key}\": {}", " ".repeat(indent), pretty(indent, value))
}

/// A value over several lines, all but the first so many blanks in. Texts in it have no line breaks.
pub(super) fn pretty(indent: usize, value: &Value) -> String {
    // A value built of strings and numbers can always be written.
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.replace('\n', &format!("\n{}", " ".repeat(indent)))
}
