//! What the files of many reports are called: a pattern such as `{agency}{year}` and what it gives for a report.
//!
//! A name is one name in one folder, whatever the report says: what a file system could take for a path, a
//! device or a hidden file is replaced, what cannot be a name is refused. Nothing here touches the disk.

use unicode_normalization::UnicodeNormalization;

use super::words::Words;

/// No name is longer, in bytes with its ending: what ext4, XFS and most others hold.
const LONGEST: usize = 255;
/// The longest ending of a document, in bytes.
const ENDING: usize = ".docx".len();
/// What stands for a character a name cannot have.
const REPLACEMENT: char = '_';
/// Names that Windows keeps for devices, whatever follows their first point.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];

/// A pattern for names: text with fields in it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pattern(Vec<Part>);

#[derive(Clone, Debug, PartialEq)]
enum Part {
    Text(String),
    Agency,
    Year,
    Form,
    Stem,
    /// The input's number, with zeros before it up to so many digits.
    Number(usize),
}

/// What the fields stand for.
pub(super) struct Fields<'a> {
    /// The body that reports, without break marks.
    pub agency: &'a str,
    pub year: u16,
    /// The form's id.
    pub form: &'a str,
    /// The input's name without its ending.
    pub stem: &'a str,
    /// Which input it is, from 1.
    pub number: usize,
}

impl Pattern {
    /// The pattern that stands for the input's own name.
    pub const DEFAULT: &str = "{stem}";

    /// Reads a pattern; `{{` and `}}` are braces.
    pub fn parse(text: &str) -> Result<Self, Words> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            literal(&mut parts, &rest[..at])?;
            let from = &rest[at..];
            if from.starts_with("{{") || from.starts_with("}}") {
                literal(&mut parts, &from[..1])?;
                rest = &from[2..];
                continue;
            }
            let end = from.find('}').filter(|_| from.starts_with('{'));
            let end = end.ok_or_else(|| {
                Words::new("a brace without its other half; `{{` is a brace", "花括号不成对；花括号本身写作`{{`")
                    .about(text)
            })?;
            parts.push(field(&from[1..end])?);
            rest = &from[end + 1..];
        }
        literal(&mut parts, rest)?;
        if parts.is_empty() {
            return Err(Words::new("a name cannot be empty", "文件名不能为空"));
        }
        Ok(Pattern(parts))
    }

    /// The pattern with all that is known before a report is read: what its name depends on besides its words.
    pub fn with_input(&self, stem: &str, number: usize) -> String {
        let fill = |part: &Part| match part {
            Part::Text(text) => text.replace(['{', '}'], "{{"),
            Part::Agency => "{agency}".into(),
            Part::Year => "{year}".into(),
            Part::Form => "{form}".into(),
            Part::Stem => format!("{{stem {stem}}}"),
            Part::Number(digits) => format!("{{number {number:0digits$}}}"),
        };
        self.0.iter().map(fill).collect()
    }

    /// Whether it takes a report to know the name.
    pub fn needs_report(&self) -> bool {
        self.0.iter().any(|part| matches!(part, Part::Agency | Part::Year | Part::Form))
    }

    /// The name of a report's files, without their endings: always a name in the folder, never a way out of it.
    ///
    /// # Errors
    /// When what comes out is empty or too long.
    pub fn name(&self, fields: &Fields) -> Result<String, Words> {
        let mut name = String::new();
        for part in &self.0 {
            match part {
                Part::Text(text) => name.push_str(text),
                Part::Agency => name.push_str(fields.agency),
                Part::Year => name.push_str(&fields.year.to_string()),
                Part::Form => name.push_str(fields.form),
                Part::Stem => name.push_str(fields.stem),
                Part::Number(digits) => name.push_str(&format!("{:0digits$}", fields.number)),
            }
        }
        let name = tame(&name);
        if name.is_empty() {
            return Err(Words::new("the name of its files is empty", "文件名为空"));
        }
        if name.len() + ENDING > LONGEST {
            let most = LONGEST - ENDING;
            let length = name.len();
            return Err(Words::new(
                format!("the name of its files has {length} bytes, and can have {most}: `{name}`"),
                format!("文件名长{length}字节，最多{most}字节：`{name}`"),
            ));
        }
        Ok(name)
    }
}

fn literal(parts: &mut Vec<Part>, text: &str) -> Result<(), Words> {
    if let Some(bad) = text.chars().find(|&c| !fits(c)) {
        let bad = bad.escape_debug();
        return Err(Words::new(
            format!("`{bad}` cannot stand in a file's name; a name is no path"),
            format!("文件名中不能有`{bad}`；这里应为文件名，不是路径"),
        ));
    }
    match parts.last_mut() {
        Some(Part::Text(before)) => before.push_str(text),
        _ if text.is_empty() => {}
        _ => parts.push(Part::Text(text.into())),
    }
    Ok(())
}

fn field(text: &str) -> Result<Part, Words> {
    match text {
        "agency" => Ok(Part::Agency),
        "year" => Ok(Part::Year),
        "form" => Ok(Part::Form),
        "stem" => Ok(Part::Stem),
        "number" => Ok(Part::Number(1)),
        _ => {
            let digits = text.strip_prefix("number:").and_then(|digits| digits.parse().ok());
            digits.filter(|digits| (1..=20).contains(digits)).map(Part::Number).ok_or_else(|| {
                const FIELDS: &str = "{agency} {year} {form} {stem} {number} {number:5}";
                Words::new(
                    format!("there is no field `{{{text}}}`; there are: {FIELDS}"),
                    format!("没有`{{{text}}}`这一项；可用的有：{FIELDS}"),
                )
            })
        }
    }
}

/// Whether a character can stand in a name on every file system and in every listing.
fn fits(c: char) -> bool {
    let reorders = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let unseen = matches!(c, '\u{200b}'..='\u{200d}' | '\u{2028}' | '\u{2029}' | '\u{2060}' | '\u{feff}');
    !(c.is_control() || reorders || unseen || r#"/\:*?"<>|"#.contains(c))
}

/// Makes a name of any text: one form of every character, none that cannot stand in a name, no blank or point
/// at its ends, none of the names that mean something else.
fn tame(text: &str) -> String {
    let name: String = text.nfc().map(|c| if fits(c) { c } else { REPLACEMENT }).collect();
    let mut name = name.trim_matches(|c: char| c.is_whitespace()).trim_end_matches(['.', ' ']).to_owned();
    // `..`, `.` and hidden files; and `-x`, which a program would take for an option.
    if name.starts_with(['.', '-', '~']) {
        name.replace_range(..1, &REPLACEMENT.to_string());
    }
    if is_device(&name) {
        name.insert(0, REPLACEMENT);
    }
    name
}

fn is_device(name: &str) -> bool {
    let first = name.split('.').next().unwrap_or(name).trim_end().to_lowercase();
    let numbered = |port: &str| {
        let number = first.strip_prefix(port).map(|rest| rest.chars().collect::<Vec<_>>());
        matches!(number.as_deref(), Some(['1'..='9' | '¹' | '²' | '³']))
    };
    DEVICES.contains(&&*first) || numbered("com") || numbered("lpt")
}

/// What two names have in common when a file system cannot tell them apart: case, and how accents are written.
pub(super) fn likeness(name: &str) -> String {
    name.nfkc().flat_map(char::to_lowercase).nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(pattern: &str, agency: &str) -> Result<String, Words> {
        let pattern = Pattern::parse(pattern).expect("a pattern");
        pattern.name(&Fields { agency, year: 2024, form: "annual-report-2021", stem: "a", number: 7 })
    }

    #[test]
    fn fields_are_filled_in() {
        assert_eq!(name("{agency}{year}", "临渚市医疗保障局"), Ok("临渚市医疗保障局2024".into()));
        assert_eq!(name("{number:4}-{stem}-{form}", ""), Ok("0007-a-annual-report-2021".into()));
        assert_eq!(name("{{{number}}}", ""), Ok("{7}".into()));
    }

    #[test]
    fn a_name_never_leads_anywhere_else() {
        for (agency, wanted) in [
            ("../../etc/passwd", "_._.._etc_passwd"),
            ("..", ""),
            ("/etc", "_etc"),
            (r"C:\Windows", "C__Windows"),
            ("a/../b", "a_.._b"),
            ("con", "_con"),
            ("NUL.txt", "_NUL.txt"),
            ("com¹", "_com¹"),
            (".hidden", "_hidden"),
            ("-rf", "_rf"),
            ("a\u{0}b\nc\u{202e}d", "a_b_c_d"),
            ("局. . ", "局"),
            ("e\u{301}", "é"),
        ] {
            assert_eq!(name("{agency}", agency).unwrap_or_default(), wanted, "{agency:?}");
        }
        assert!(name("{agency}", &"局".repeat(100)).is_err(), "300 bytes are no name");
    }

    #[test]
    fn a_pattern_that_is_a_path_or_has_no_such_field_is_refused() {
        for bad in ["", "out/{stem}", r"..\{stem}", "{stem", "stem}", "{title}", "{number:0}", "{number:99}", "{}"] {
            assert!(Pattern::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn names_that_a_file_system_may_confuse_are_alike() {
        assert_eq!(likeness("Report"), likeness("report"));
        assert_eq!(likeness("é"), likeness("e\u{301}"));
        assert_ne!(likeness("甲"), likeness("乙"));
    }
}
