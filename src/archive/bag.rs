//! The tag files of a bag (RFC 8493): written, and read back without trusting them.
//!
//! A bag is a folder with its content in `data/` and files around it that say what is in there: `bagit.txt` (which
//! version, which encoding), `bag-info.txt` (labels and values), a manifest with the SHA-256 of every
//! file in `data/`, and one with the SHA-256 of the tag files. Here is what one line of them looks like and
//! which paths it may name; whether a bag is whole is [`super::verify`]'s affair.

use crate::crypto;

/// Says that a folder is a bag.
pub const DECLARATION: &str = "bagit.txt";
/// Labels and values about the bag.
pub const INFO: &str = "bag-info.txt";
/// The SHA-256 of every file in `data/`.
pub const MANIFEST: &str = "manifest-sha256.txt";
/// The SHA-256 of the tag files.
pub const TAG_MANIFEST: &str = "tagmanifest-sha256.txt";
/// Names files to be fetched from elsewhere.
pub const FETCH: &str = "fetch.txt";
/// Where the content is.
pub const PAYLOAD: &str = "data/";
/// What [`DECLARATION`] says, in full (RFC 8493, 2.1.1).
pub const DECLARED: &str = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
/// The label of how much is in `data/`: bytes, a full stop, files (RFC 8493, 2.2.2).
pub const OXUM: &str = "Payload-Oxum";

/// How many digits a SHA-256 has.
const DIGITS: usize = 64;

/// `bag-info.txt`: a label and a value a line. What a value has beyond one line is joined by spaces.
pub fn info(labels: &[(&str, String)]) -> String {
    let line = |(label, value): &(&str, String)| {
        let value: Vec<&str> = value.split_whitespace().collect();
        format!("{label}: {}\n", value.join(" "))
    };
    labels.iter().map(line).collect()
}

/// A manifest of these files, sorted by path.
pub fn manifest<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> String {
    let mut lines: Vec<(&str, String)> = files
        .into_iter()
        .map(|(path, bytes)| (path, format!("{}  {}\n", crypto::hex(&crypto::sha256(bytes)), encoded(path))))
        .collect();
    lines.sort();
    lines.into_iter().map(|(_, line)| line).collect()
}

/// `octets.files`.
pub fn oxum<'a>(files: impl IntoIterator<Item = &'a [u8]>) -> String {
    let (mut bytes, mut count) = (0, 0);
    for file in files {
        bytes += file.len();
        count += 1;
    }
    format!("{bytes}.{count}")
}

/// A path as a manifest writes it: line ends and `%` as `%XX` (RFC 8493, 2.1.3).
fn encoded(path: &str) -> String {
    path.replace('%', "%25").replace('\n', "%0A").replace('\r', "%0D")
}

/// A path as it was before it was written.
fn decoded(written: &str) -> String {
    let mut out = String::with_capacity(written.len());
    let mut rest = written;
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let known = [("%0A", '\n'), ("%0D", '\r'), ("%25", '%')];
        let found = known.iter().find(|(code, _)| rest.get(..3).is_some_and(|three| three.eq_ignore_ascii_case(code)));
        let (taken, character) = found.map_or((1, '%'), |&(_, character)| (3, character));
        out.push(character);
        rest = &rest[taken..];
    }
    out.push_str(rest);
    out
}

/// A line of a manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Which line of the file, from 1.
    pub number: usize,
    /// The SHA-256, in lower-case digits.
    pub sum: String,
    /// The path.
    pub path: String,
}

/// Reads a manifest: its lines, and the numbers of those that are none.
pub fn read_manifest(text: &str) -> (Vec<Line>, Vec<usize>) {
    let (mut lines, mut wrong) = (Vec::new(), Vec::new());
    for (index, line) in lines_of(text).enumerate() {
        let number = index + 1;
        if line.trim().is_empty() {
            continue;
        }
        match read_line(line) {
            Some((sum, path)) => lines.push(Line { number, sum, path }),
            None => wrong.push(number),
        }
    }
    (lines, wrong)
}

/// `0123…cdef  data/report.json`.
fn read_line(line: &str) -> Option<(String, String)> {
    let (sum, path) = line.split_once([' ', '\t'])?;
    let path = path.trim_start_matches([' ', '\t']);
    let is_sum = sum.len() == DIGITS && sum.bytes().all(|byte| byte.is_ascii_hexdigit());
    (is_sum && !path.is_empty()).then(|| (sum.to_ascii_lowercase(), decoded(path)))
}

/// Reads `bag-info.txt`: labels and values in order, and the numbers of lines that are none. A line that begins
/// with a blank goes on with the value above (RFC 8493, 2.2.2).
pub fn read_info(text: &str) -> (Vec<(String, String)>, Vec<usize>) {
    let (mut labels, mut wrong) = (Vec::<(String, String)>::new(), Vec::new());
    for (index, line) in lines_of(text).enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        if line.starts_with([' ', '\t'])
            && let Some((_, value)) = labels.last_mut()
        {
            value.push(' ');
            value.push_str(line.trim());
            continue;
        }
        match line.split_once(':') {
            Some((label, value)) if !label.trim().is_empty() => {
                labels.push((label.trim().to_owned(), value.trim().to_owned()));
            }
            _ => wrong.push(index + 1),
        }
    }
    (labels, wrong)
}

/// `bytes.files` as two numbers.
pub fn read_oxum(text: &str) -> Option<(u64, usize)> {
    let (bytes, files) = text.split_once('.')?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(bytes) || !digits(files) {
        return None;
    }
    Some((bytes.parse().ok()?, files.parse().ok()?))
}

/// Lines that end in LF, CR or both, the ends taken away; all three are allowed (RFC 8493, 2.1.3).
fn lines_of(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n').flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r'))
}

/// Why a path may not stand in a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadPath {
    /// It begins at the root of a disk, at a drive or at a home folder.
    Absolute,
    /// It has `..` in it and may lead out of the package.
    Upwards,
    /// It has an empty part or `.` in it: another way to write a path.
    NotPlain,
    /// It has `\` in it, which some systems take for a folder's end.
    Backslash,
    /// It has a character that cannot be printed.
    Unprintable,
}

/// Why a path may not stand in a package; `None` when it may.
pub fn bad_path(path: &str) -> Option<BadPath> {
    let drive = path.as_bytes().get(1) == Some(&b':') && path.as_bytes()[0].is_ascii_alphabetic();
    if path.starts_with(['/', '\\', '~']) || drive {
        return Some(BadPath::Absolute);
    }
    if path.split(['/', '\\']).any(|part| part == "..") {
        return Some(BadPath::Upwards);
    }
    if path.contains('\\') {
        return Some(BadPath::Backslash);
    }
    if path.split('/').any(|part| part.is_empty() || part == ".") {
        return Some(BadPath::NotPlain);
    }
    path.chars().any(|c| c.is_control() || crate::error::is_invisible(c)).then_some(BadPath::Unprintable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_is_read_as_it_was_written() {
        let files = [("data/b%0A", b"1".as_slice()), ("data/a\nb", b"2")];
        let text = manifest(files);
        assert!(
            text.lines().all(|line| line.len() > 66) && text.contains("data/b%250A") && text.contains("data/a%0Ab")
        );
        let (lines, wrong) = read_manifest(&text);
        assert!(wrong.is_empty());
        assert_eq!(lines.iter().map(|line| &*line.path).collect::<Vec<_>>(), ["data/a\nb", "data/b%0A"]);
        let upper = format!("{}\tdata/x y\r\n\r\nnonsense\r{}  \n", "AB".repeat(32), "0".repeat(64));
        let (lines, wrong) = read_manifest(&upper);
        assert_eq!(lines, [Line { number: 1, sum: "ab".repeat(32), path: "data/x y".into() }]);
        assert_eq!(wrong, [3, 4]);
        assert_eq!(decoded("100%,%2,%é%0a"), "100%,%2,%é\n");
    }

    #[test]
    fn values_go_on_over_lines() {
        let text = info(&[("A", "one\n two".into()), ("B", "三：四".into())]);
        assert_eq!(text, "A: one two\nB: 三：四\n");
        let (labels, wrong) = read_info("A: one\r\n  two\nno label\n: x\nB:3\n");
        assert_eq!(labels, [("A".into(), "one two".into()), ("B".into(), "3".into())]);
        assert_eq!(wrong, [3, 4]);
        assert_eq!(read_oxum("12.3"), Some((12, 3)));
        for wrong in ["12", "12.", "+1.2", "1.2.3", "1.-2", "99999999999999999999999.1"] {
            assert_eq!(read_oxum(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn paths_that_lead_elsewhere_are_bad() {
        for (path, why) in [
            ("/etc/passwd", BadPath::Absolute),
            ("~/x", BadPath::Absolute),
            ("C:\\x", BadPath::Absolute),
            ("\\\\host\\x", BadPath::Absolute),
            ("data/../../x", BadPath::Upwards),
            ("data\\..\\x", BadPath::Upwards),
            ("data\\x", BadPath::Backslash),
            ("data//x", BadPath::NotPlain),
            ("./data/x", BadPath::NotPlain),
            ("", BadPath::NotPlain),
            ("data/x\u{7}", BadPath::Unprintable),
            ("data/x\u{202e}fdp", BadPath::Unprintable),
        ] {
            assert_eq!(bad_path(path), Some(why), "{path}");
        }
        for path in ["data/report.json", "data/年报..pdf", "data/a b/c"] {
            assert_eq!(bad_path(path), None, "{path}");
        }
    }
}
