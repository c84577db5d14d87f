//! Everything that can be wrong with a package, each with the exact words (`tests/golden/archive-faults.*.txt`).
//!
//! The packages are made here by hand from small files, so that the words depend on nothing the program writes.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Cursor, Read, Write};

use kanyin::archive::verify::{Contents, Entry, Fault, Kind, MOST_FILES, MOST_TAG_BYTES, Problem, verify, verify_zip};
use kanyin::crypto::{hex, sha256};
use kanyin::error::Lang;
use proptest::prelude::*;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::common::golden;

/// A PDF of one empty page, as a scanner's program may write it.
pub fn scan() -> Vec<u8> {
    pdf(&[
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
    ])
}

/// A PDF with a signature that signs nothing.
pub fn forged() -> Vec<u8> {
    pdf(&[
        "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]/SigFlags 3>>>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
        "<</FT/Sig/T(Seal)/V 5 0 R>>",
        "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/ByteRange[0 10 20 30]/Contents<3000>>>",
    ])
}

fn pdf(objects: &[&str]) -> Vec<u8> {
    let mut pdf = b"%PDF-1.7\n".to_vec();
    let mut places = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        places.push(pdf.len());
        pdf.extend(format!("{} 0 obj\n{object}\nendobj\n", index + 1).bytes());
    }
    let table = pdf.len();
    let count = objects.len() + 1;
    pdf.extend(format!("xref\n0 {count}\n0000000000 65535 f \n").bytes());
    pdf.extend(places.iter().flat_map(|place| format!("{place:010} 00000 n \n").into_bytes()));
    pdf.extend(format!("trailer\n<</Size {count}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n").bytes());
    pdf
}

/// A package that can be spoiled.
#[derive(Clone)]
struct Bag(BTreeMap<String, Vec<u8>>);

impl Bag {
    /// One that is whole.
    fn whole() -> Self {
        let content: [(&str, &[u8]); 5] = [
            ("data/report.json", b"{}"),
            ("data/report.pdf", &scan()),
            ("data/report.docx", b"PK"),
            ("data/findings.json", b"{}\n"),
            ("data/metadata.xml", b"<x/>\n"),
        ];
        let mut bag = Bag(content.map(|(name, bytes)| (name.to_owned(), bytes.to_vec())).into());
        bag.set("bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
        bag.sums();
        bag
    }

    fn set(&mut self, name: &str, bytes: impl AsRef<[u8]>) {
        self.0.insert(name.to_owned(), bytes.as_ref().to_vec());
    }

    fn text(&self, name: &str) -> String {
        String::from_utf8(self.0[name].clone()).expect("text")
    }

    /// Writes the sums anew: of the content, and how much there is.
    fn sums(&mut self) {
        let content = || self.0.iter().filter(|(name, _)| name.starts_with("data/"));
        let oxum = format!("{}.{}", content().map(|(_, bytes)| bytes.len()).sum::<usize>(), content().count());
        let manifest: String = content().map(|(name, bytes)| format!("{}  {name}\n", hex(&sha256(bytes)))).collect();
        self.set("bag-info.txt", format!("Payload-Oxum: {oxum}\n"));
        self.set("manifest-sha256.txt", manifest);
        self.tag_sums();
    }

    /// Writes the sums of the tag files anew.
    fn tag_sums(&mut self) {
        let tags = ["bag-info.txt", "bagit.txt", "manifest-sha256.txt"];
        let sums = tags.iter().filter_map(|name| Some(format!("{}  {name}\n", hex(&sha256(self.0.get(*name)?)))));
        self.set("tagmanifest-sha256.txt", sums.collect::<String>());
    }

    /// The same with a tag file changed, and the sums of the tag files made to fit.
    fn with_tag(name: &str, change: impl FnOnce(String) -> String) -> Self {
        let mut bag = Bag::whole();
        bag.set(name, change(bag.text(name)));
        bag.tag_sums();
        bag
    }

    fn with(change: impl FnOnce(&mut Bag)) -> Self {
        let mut bag = Bag::whole();
        change(&mut bag);
        bag
    }

    fn faults(self) -> Vec<Fault> {
        verify(Memory::of(self)).faults
    }

    /// As a zip archive in one folder.
    fn zip(&self, folder: &str) -> Vec<u8> {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in &self.0 {
            archive.start_file(format!("{folder}{name}"), stored()).expect("an entry");
            archive.write_all(bytes).expect("its bytes");
        }
        archive.finish().expect("an archive").into_inner()
    }
}

fn stored() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(CompressionMethod::Stored)
}

/// Files as the program's folder tells of them.
struct Memory {
    entries: Vec<Entry>,
    bytes: Vec<Vec<u8>>,
}

impl Memory {
    fn of(bag: Bag) -> Self {
        let entry = |(path, bytes): (&String, &Vec<u8>)| Entry {
            path: path.clone(),
            is_utf8: true,
            kind: Kind::File,
            size: bytes.len() as u64,
        };
        Memory { entries: bag.0.iter().map(entry).collect(), bytes: bag.0.into_values().collect() }
    }

    /// The same with something among its files that cannot be one.
    fn with(path: &str, change: impl FnOnce(&mut Entry)) -> Vec<Fault> {
        let mut memory = Memory::of(Bag::whole());
        let place = memory.entries.iter().position(|entry| entry.path == path).expect("a file");
        change(&mut memory.entries[place]);
        verify(memory).faults
    }
}

impl Contents for Memory {
    fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn open(&mut self, index: usize) -> io::Result<Box<dyn Read + '_>> {
        Ok(Box::new(&self.bytes[index][..]))
    }
}

/// Overwrites bytes in each header of a zip archive's entry: `before` from the file's own, `directory` from the
/// directory's.
fn patch(zip: &mut [u8], name: &str, [before, directory]: [usize; 2], bytes: &[u8]) {
    let places: Vec<usize> = zip
        .windows(name.len())
        .enumerate()
        .filter(|(_, window)| *window == name.as_bytes())
        .map(|(at, _)| at)
        .collect();
    for at in places {
        let (start, field) = if at >= 30 && zip[at - 30..].starts_with(b"PK\x03\x04") {
            (at - 30, before)
        } else if at >= 46 && zip[at - 46..].starts_with(b"PK\x01\x02") {
            (at - 46, directory)
        } else {
            continue;
        };
        zip[start + field..start + field + bytes.len()].copy_from_slice(bytes);
    }
}

/// A zip archive with something amiss in its entry `p/data/report.docx`.
fn zip_with(fields: [usize; 2], bytes: &[u8]) -> Vec<Fault> {
    let mut zip = Bag::whole().zip("p/");
    patch(&mut zip, "p/data/report.docx", fields, bytes);
    verify_zip(&zip).faults
}

fn zip_of(names: &[&str]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for name in names {
        archive.start_file(*name, stored()).expect("an entry");
    }
    archive.finish().expect("an archive").into_inner()
}

/// Every attack and mistake, with what is said.
fn all() -> Vec<(&'static str, Vec<Fault>)> {
    let sum = "0".repeat(64);
    let line = |path: &str| format!("{sum}  {path}\n");
    let manifest = "manifest-sha256.txt";
    let info = "bag-info.txt";
    let name_it = |path: &str| Bag::with_tag(manifest, |text| text + &line(path)).faults();
    let mut cases = vec![
        ("a file changed", Bag::with(|bag| bag.set("data/report.docx", "pk")).faults()),
        ("a file missing", Bag::with(|bag| drop(bag.0.remove("data/report.docx"))).faults()),
        ("a file added", Bag::with(|bag| bag.set("data/more.txt", "more")).faults()),
        ("a tag file added", Bag::with(|bag| bag.set("more.txt", "more")).faults()),
        ("a file taken away, sums and all", {
            Bag::with(|bag| {
                bag.0.remove("data/findings.json");
                bag.sums();
            })
            .faults()
        }),
        ("the declaration missing", Bag::with(|bag| drop(bag.0.remove("bagit.txt"))).faults()),
        ("the manifest missing", Bag::with(|bag| drop(bag.0.remove(manifest))).faults()),
        ("the manifest of tag files missing", {
            Bag::with(|bag| drop(bag.0.remove("tagmanifest-sha256.txt"))).faults()
        }),
        ("no package at all", Bag([("notes.txt".to_owned(), b"x".to_vec())].into()).faults()),
        ("nothing at all", Bag(BTreeMap::new()).faults()),
        ("a manifest changed", Bag::with(|bag| bag.set(manifest, bag.text(manifest).replace("  ", " "))).faults()),
        ("another version", Bag::with_tag("bagit.txt", |text| text.replace("1.0", "0.97")).faults()),
        ("another encoding", Bag::with_tag("bagit.txt", |text| text.replace("UTF-8", "UTF-16")).faults()),
        ("more than a declaration says", Bag::with_tag("bagit.txt", |text| text + "More: 1\n").faults()),
        ("a byte order mark", Bag::with_tag("bagit.txt", |text| format!("\u{feff}{text}")).faults()),
        ("bytes that are not UTF-8", {
            Bag::with(|bag| {
                bag.set(info, b"A: \xb1\xa8\xb8\xe6\n");
                bag.tag_sums();
            })
            .faults()
        }),
        ("a tag file too large", Bag::with_tag(info, |text| text + &"A: b\n".repeat(MOST_TAG_BYTES / 5 + 1)).faults()),
        ("a line that is none", Bag::with_tag(manifest, |text| text + "0123  data/report.pdf\n").faults()),
        ("a label that is none", Bag::with_tag(info, |text| text + "no label\n").faults()),
        ("a path named upwards", name_it("data/../../etc/passwd")),
        ("a path named from the root", name_it("/etc/passwd")),
        ("a path named from a drive", name_it("C:/autoexec.bat")),
        ("a path named with a backslash", name_it("data\\report.pdf")),
        ("a path named the long way", name_it("data/./report.pdf")),
        ("a path named from the right", name_it("data/\u{202e}fdp.report")),
        ("a path in the wrong manifest", name_it("bagit.txt")),
        ("a path named twice", name_it("data/report.pdf")),
        ("a file named that never was", name_it("data/100%25.pdf")),
        ("no count", Bag::with_tag(info, |_| "Source-Organization: x\n".into()).faults()),
        ("two counts", Bag::with_tag(info, |text| text.repeat(2)).faults()),
        ("a count that is none", Bag::with_tag(info, |_| "Payload-Oxum: many\n".into()).faults()),
        ("a wrong count", Bag::with_tag(info, |_| "Payload-Oxum: 12.3\n".into()).faults()),
        ("files to be fetched", Bag::with(|bag| bag.set("fetch.txt", "http://x 1 data/y\n")).faults()),
        ("another kind of sums", Bag::with(|bag| bag.set("manifest-md5.txt", "")).faults()),
        ("no PDF in the PDF", {
            Bag::with(|bag| {
                bag.set("data/report.pdf", "PDF");
                bag.sums();
            })
            .faults()
        }),
        ("a PDF with a forged signature", {
            Bag::with(|bag| {
                bag.set("data/report.pdf", forged());
                bag.sums();
            })
            .faults()
        }),
        ("another report in the PDF", {
            let json = std::fs::read(crate::sample("smallest-2024.json")).expect("the sample");
            Bag::with(|bag| {
                bag.set("data/report.pdf", archived(&json));
                bag.sums();
            })
            .faults()
        }),
        ("a name in two cases", Bag::with(|bag| bag.set("data/Report.pdf", "")).faults()),
        ("a link", Memory::with("data/report.docx", |entry| entry.kind = Kind::Link)),
        ("a device", Memory::with("data/report.docx", |entry| entry.kind = Kind::Special)),
        ("a name in another encoding", Memory::with("data/report.docx", |entry| entry.is_utf8 = false)),
        ("a name twice", Memory::with("data/report.docx", |entry| entry.path = "data/report.pdf".into())),
        ("a file that grows", Memory::with("data/report.docx", |entry| entry.size = 1)),
        ("a file of many bytes", Memory::with("data/report.docx", |entry| entry.size = u64::MAX)),
    ];
    cases.extend(zips());
    cases
}

/// What can be wrong with a package that is one file.
fn zips() -> Vec<(&'static str, Vec<Fault>)> {
    let many: Vec<String> = (0..MOST_FILES + 1).map(|number| format!("p/{number}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let whole = Bag::whole();
    let with_link = {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        archive.add_symlink("p/data", "/etc", stored()).expect("a link");
        archive.finish().expect("an archive").into_inner()
    };
    let mut folders = Bag::whole();
    folders.set("../evil.txt", "x");
    let mut other = whole.clone();
    other.set("/etc/passwd", "x");
    let mut cut = whole.zip("p/");
    cut.truncate(cut.len() / 2);
    let mut hidden = whole.zip("p/");
    let place = hidden.windows(4).position(|window| window == b"PK\x01\x02").expect("the directory");
    hidden[place + 46] = b'q';
    // A file's bytes, so that they are no longer those that were packed.
    let mut rotten = whole.zip("p/");
    let at = rotten.windows(5).position(|window| window == b"<x/>\n").expect("a file");
    rotten[at] = b'>';
    vec![
        ("zip: upwards", verify_zip(&folders.zip("p/")).faults),
        ("zip: all upwards", verify_zip(&zip_of(&["../a/bagit.txt", "../a/manifest-sha256.txt"])).faults),
        ("zip: from the root", verify_zip(&zip_of(&["/etc/passwd"])).faults),
        ("zip: from the root inside", verify_zip(&other.zip("p/")).faults),
        ("zip: no folder", verify_zip(&whole.zip("")).faults),
        ("zip: a link", verify_zip(&with_link).faults),
        ("zip: locked", zip_with([6, 8], &[1])),
        ("zip: packed otherwise", zip_with([8, 10], &[14])),
        ("zip: twice", {
            let mut zip = zip_of(&["p/a", "p/b"]);
            patch(&mut zip, "p/b", [30, 46], b"p/a");
            verify_zip(&zip).faults
        }),
        ("zip: another name before the file", verify_zip(&hidden).faults),
        ("zip: a bomb by its own account", zip_with([22, 24], &0xFFFF_FFF0_u32.to_le_bytes())),
        ("zip: a bomb in disguise", {
            let bomb = bomb();
            verify_zip(&bomb).faults
        }),
        ("zip: rotten", verify_zip(&rotten).faults),
        ("zip: cut", verify_zip(&cut).faults),
        ("zip: no zip", verify_zip(b"report").faults),
        ("zip: too many", verify_zip(&zip_of(&many)).faults),
    ]
}

/// A file of a million zeros that says it has three.
fn bomb() -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let packed = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    archive.start_file("p/bagit.txt", packed).expect("an entry");
    archive.write_all(&vec![0; 1_000_000]).expect("its bytes");
    let mut zip = archive.finish().expect("an archive").into_inner();
    patch(&mut zip, "p/bagit.txt", [22, 24], &3_u32.to_le_bytes());
    zip
}

/// An archived PDF with this report.
fn archived(json: &[u8]) -> Vec<u8> {
    use kanyin::{check, compose, form::Forms, report::Report, typeset, write::pdf};
    let forms = Forms::bundled().expect("the forms");
    let report = Report::parse(json).expect("a report");
    let checked = check::check(&report, forms.choose(&report).expect("a form")).expect("a whole report");
    let options = compose::Options { date: report.day(), watermark: None };
    let document = compose::compose(&checked, &options);
    let (sheet, fonts) = (crate::common::sheet(), crate::common::fonts());
    let pages = typeset::typeset(&document, &sheet, fonts, typeset::Options::default()).expect("every glyph");
    let source = pdf::Source { name: "report.json", media_type: "application/json", bytes: json };
    pdf::write_archive(&pages, fonts, &source).expect("a PDF")
}

#[test]
fn a_whole_package_has_no_fault() {
    assert_eq!(Bag::whole().faults(), []);
    let zip = Bag::whole().zip("任意/");
    let verdict = verify_zip(&zip);
    assert_eq!(verdict.faults, []);
    assert_eq!(verdict.files, 9);
    // Line ends of another system, upper-case digits, a label in other case, folders told of in the archive.
    let mut loose = Bag::whole();
    loose.set("bagit.txt", loose.text("bagit.txt").replace('\n', "\r\n"));
    loose.set("bag-info.txt", loose.text("bag-info.txt").replace("Payload-Oxum", "payload-oxum"));
    let upper = loose.text("manifest-sha256.txt").lines().fold(String::new(), |text, line| {
        let (sum, path) = line.split_once("  ").expect("a line");
        text + &sum.to_uppercase() + "\t" + path + "\r"
    });
    loose.set("manifest-sha256.txt", upper);
    loose.tag_sums();
    assert_eq!(loose.faults(), []);
    // A PDF that carries the very report.
    let json = std::fs::read(crate::sample("smallest-2024.json")).expect("the sample");
    let mut real = Bag::whole();
    real.set("data/report.pdf", archived(&json));
    real.set("data/report.json", json);
    real.sums();
    assert_eq!(real.faults(), []);
}

#[test]
fn every_fault_is_told_in_these_words() {
    let cases = all();
    for (lang, ending) in [(Lang::English, "en"), (Lang::Chinese, "zh")] {
        let mut text = String::new();
        for (name, faults) in &cases {
            assert!(!faults.is_empty(), "{name}: nothing is said");
            let said: String = faults.iter().map(|fault| fault.render(lang, "package")).collect();
            text.push_str(&format!("## {name}\n{said}\n"));
        }
        golden(&format!("archive-faults.{ending}.txt"), &text);
    }
}

#[test]
fn there_is_a_case_for_every_fault() {
    let name = |problem: &Problem| {
        let shown = format!("{problem:?}");
        shown.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned()
    };
    let met: BTreeSet<String> = all().iter().flat_map(|(_, faults)| faults).map(|fault| name(&fault.problem)).collect();
    let known = "Added Ambiguous BadLine BadOxum BadPdf BadZip ByteOrderMark CannotRead Changed Declaration Doubled \
                 Encoding Fetch LargerThanTold Link Locked Missing NameNotUtf8 NamedPath NamedTwice NoOxum NoPart \
                 NotAPackage NotOneFolder NotUtf8 OtherManifest OtherReport Oxum OxumTwice Path SameButForCase Signature Special \
                 TagTooLarge TooLarge TooManyFiles Unreadable Version WrongManifest";
    assert_eq!(met, known.split_whitespace().map(str::to_owned).collect());
}

#[test]
fn everything_wrong_is_said_at_once_and_in_order() {
    let mut bag = Bag::whole();
    bag.set("data/report.docx", "other");
    bag.set("data/extra", "x");
    bag.0.remove("data/metadata.xml");
    bag.set("bagit.txt", "BagIt-Version: 2.0\n");
    let faults = bag.faults();
    let files: Vec<&str> = faults.iter().filter_map(|fault| fault.file.as_deref()).collect();
    assert!(files.is_sorted() && files.len() == faults.len(), "{faults:?}");
    for file in ["bag-info.txt", "bagit.txt", "data/extra", "data/metadata.xml", "data/report.docx"] {
        assert!(files.contains(&file), "{file}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_byte_changed_anywhere_is_found(place in any::<prop::sample::Index>(), flip in 1_u8..) {
        let whole = Bag::whole();
        let names: Vec<&String> = whole.0.keys().collect();
        let all: usize = whole.0.values().map(Vec::len).sum();
        let mut at = place.index(all);
        let name = names.into_iter().find(|name| {
            let length = whole.0[*name].len();
            let here = at < length;
            if !here { at -= length; }
            here
        }).expect("a file").clone();
        // The file with the sums of all others has no sum of its own: blanks in it and the case of its digits are free.
        prop_assume!(name != "tagmanifest-sha256.txt");
        let mut spoiled = whole.clone();
        spoiled.0.get_mut(&name).expect("the file")[at] ^= flip;
        prop_assert!(spoiled.faults().iter().any(|fault| fault.file.as_deref() == Some(name.as_str())));
    }

    #[test]
    fn any_bytes_give_a_verdict(bytes in prop::collection::vec(any::<u8>(), 0..400), place in any::<prop::sample::Index>()) {
        verify_zip(&bytes);
        let mut zip = Bag::whole().zip("p/");
        let at = place.index(zip.len());
        let end = (at + bytes.len()).min(zip.len());
        zip[at..end].copy_from_slice(&bytes[..end - at]);
        verify_zip(&zip);
        let mut bag = Bag::whole();
        for name in ["bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt", "data/report.pdf"] {
            bag.set(name, &bytes);
        }
        prop_assert!(!bag.faults().is_empty());
    }
}
