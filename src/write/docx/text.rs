//! Text as runs: forced lines become `w:br`, and marks that Chinese and Western type share get the
//! hint that tells Word whose they are.

use super::characters::shared_faces;
use super::format::RunFormat;
use super::lines::Stretch;
use super::xml::Xml;

/// Writes a text of one format, in as few runs as its marks allow.
pub fn write_runs(xml: &mut Xml, content: &str, format: &RunFormat) {
    write_stretches(xml, content, &[Stretch { range: 0..content.len(), tracking: None }], |_| format.clone());
}

/// Writes a text whose stretches may have a tracking of their own; `format` tells the format of what begins at
/// a place. A run has one of each.
pub fn write_stretches<'a>(
    xml: &mut Xml,
    content: &str,
    stretches: &[Stretch],
    format: impl Fn(usize) -> RunFormat<'a>,
) {
    let mut at = 0;
    for (run, chinese_marks) in split(content) {
        let end = at + run.len();
        for stretch in stretches {
            let (from, to) = (stretch.range.start.max(at), stretch.range.end.min(end));
            if from >= to {
                continue;
            }
            xml.element("w:r", &[], |xml| {
                let format = format(from);
                RunFormat { chinese_marks, tracking: stretch.tracking.or(format.tracking), ..format }.write(xml);
                write_characters(xml, &content[from..to]);
            });
        }
        at = end;
    }
}

/// The parts of a text in which all shared marks belong to one face, and whether that is the Chinese.
/// A part without such marks joins the one before it.
fn split(content: &str) -> Vec<(&str, bool)> {
    let characters: Vec<char> = content.chars().collect();
    let mut runs = Vec::new();
    let mut start = 0;
    let mut current: Option<bool> = None;
    for ((at, _), face) in content.char_indices().zip(shared_faces(&characters)) {
        if let (Some(old), Some(new)) = (current, face)
            && old != new
        {
            runs.push((&content[start..at], old));
            start = at;
        }
        current = face.or(current);
    }
    if start < content.len() {
        runs.push((&content[start..], current.unwrap_or(false)));
    }
    runs
}

/// Writes the characters of a run.
pub fn write_characters(xml: &mut Xml, text: &str) {
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(['\n', '\t']).unwrap_or(rest.len());
        let (piece, tail) = rest.split_at(end);
        if piece.starts_with(char::is_whitespace) || piece.ends_with(char::is_whitespace) {
            xml.text_element("w:t", &[("xml:space", &"preserve")], piece);
        } else if !piece.is_empty() {
            xml.text_element("w:t", &[], piece);
        }
        let mut tail = tail.chars();
        match tail.next() {
            Some('\n') => xml.empty("w:br", &[]),
            Some(_) => xml.empty("w:tab", &[]),
            None => (),
        }
        rest = tail.as_str();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_change_only_where_the_face_of_shared_marks_does() {
        assert_eq!(split("只有汉字和 ABC"), [("只有汉字和 ABC", false)]);
        assert_eq!(split("“三公”经费……"), [("“三公”经费……", true)]);
        assert_eq!(split("“it’s”的意思"), [("“it", true), ("’s", false), ("”的意思", true)]);
        assert_eq!(split(""), []);
    }

    #[test]
    fn forced_lines_and_outer_spaces_survive() {
        let xml = Xml::part("w:r", &[], |xml| write_characters(xml, "商业\n企业 \t"));
        let body = "<w:r><w:t>商业</w:t><w:br/><w:t xml:space=\"preserve\">企业 </w:t><w:tab/></w:r>";
        assert_eq!(xml.lines().last(), Some(body));
    }
}
