//! PDFs made to exhaust: each is refused in words before what it asks for is built, or read as far as it goes. What
//! the whole program takes for such files is measured in `conformance/hostile.py`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;

use kanyin::pdf::text::lines;
use kanyin::pdf::{
    Bound, Damage, File, MOST_ATTACHED, MOST_OBJECTS, MOST_PAGE, MOST_SECTIONS, MOST_UNPACKED, MOST_VALUES, ReadError,
};

/// A PDF that is written object by object.
struct Pdf {
    bytes: Vec<u8>,
    /// By number: the kind of entry (1 in the file, 2 in a stream) and its place.
    entries: BTreeMap<u32, (u8, u32)>,
}

impl Pdf {
    /// A file of a catalog, whose entries are given, and pages of these numbers.
    fn new(catalog: &str, pages: &[u32]) -> Pdf {
        let mut pdf = Pdf { bytes: b"%PDF-1.7\n".to_vec(), entries: BTreeMap::new() };
        pdf.object(1, format!("<</Type/Catalog/Pages 2 0 R{catalog}>>"));
        let kids: String = pages.iter().map(|page| format!("{page} 0 R ")).collect();
        pdf.object(2, format!("<</Type/Pages/Kids[{kids}]/Count {}>>", pages.len()));
        pdf
    }

    fn object(&mut self, number: u32, body: impl AsRef<[u8]>) {
        self.entries.insert(number, (1, self.bytes.len() as u32));
        self.bytes.extend(format!("{number} 0 obj\n").bytes());
        self.bytes.extend(body.as_ref());
        self.bytes.extend(b"\nendobj\n");
    }

    /// A stream, packed.
    fn stream(&mut self, number: u32, entries: &str, content: &[u8]) {
        let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(content).unwrap();
        let packed = packer.finish().unwrap();
        let mut body = format!("<</Length {}/Filter/FlateDecode{entries}>>stream\n", packed.len()).into_bytes();
        body.extend(packed);
        body.extend(b"\nendstream");
        self.object(number, body);
    }

    /// An object stream of one object.
    fn object_in(&mut self, container: u32, number: u32, body: &[u8]) {
        let index = format!("{number} 0 ");
        let content = [index.as_bytes(), body].concat();
        self.stream(container, &format!("/Type/ObjStm/N 1/First {}", index.len()), &content);
        self.entries.insert(number, (2, container));
    }

    /// A page with this content and structure.
    fn page(&mut self, number: u32, content: u32, font: u32) {
        let page = format!(
            "<</Type/Page/Parent 2 0 R/Contents {content} 0 R/Resources<</Font<</F {font} 0 R>>>>/MediaBox[0 0 9 9]>>"
        );
        self.object(number, page);
    }

    /// The file, with its cross-references in a stream.
    fn end(mut self) -> Vec<u8> {
        let (start, own) = (self.bytes.len(), self.entries.keys().max().unwrap() + 1);
        self.entries.insert(own, (1, start as u32));
        let (mut index, mut table) = (String::new(), Vec::new());
        for (number, (kind, place)) in &self.entries {
            let _ = write!(index, "{number} 1 ");
            table.push(*kind);
            table.extend(place.to_be_bytes());
            table.push(0);
        }
        let entries = format!("/Type/XRef/W[1 4 1]/Index[{index}]/Size {}/Root 1 0 R", own + 1);
        self.stream(own, &entries, &table);
        self.bytes.extend(format!("startxref\n{start}\n%%EOF\n").bytes());
        self.bytes
    }
}

fn refused(bytes: &[u8]) -> Bound {
    match File::read(bytes).map(|_| ()) {
        Err(ReadError::TooMuch(bound)) => bound,
        other => panic!("{other:?}"),
    }
}

fn too_long(bytes: &[u8]) -> bool {
    lines(&File::read(bytes).expect("a PDF")).err() == Some(ReadError::TooMuch(Bound::Text))
}

#[test]
fn a_small_pdf_of_this_kind_is_read() {
    let mut pdf = Pdf::new("/StructTreeRoot 6 0 R", &[3]);
    pdf.page(3, 4, 5);
    pdf.stream(4, "", b"/P <</MCID 0>> BDC /F 9 Tf <0102> Tj EMC");
    pdf.object(5, "<</Type/Font/Encoding/Identity-H/ToUnicode 7 0 R>>");
    pdf.stream(7, "", b"1 beginbfrange <01> <02> <7532> endbfrange");
    pdf.object_in(8, 6, b"<</K<</S/P/Pg 3 0 R/K 0>>>>");
    let pdf = pdf.end();
    assert_eq!(lines(&File::read(&pdf).expect("a PDF")), Ok(vec!["P: 甲申".into(), "page 1: ".into()]));
}

#[test]
fn packed_objects_are_measured_before_they_are_built() {
    let mut pdf = Pdf::new("", &[]);
    let list = [b"[".as_slice(), &b"0 ".repeat(MOST_VALUES + 1), b"]"].concat();
    pdf.object_in(4, 3, &list);
    assert_eq!(refused(&pdf.end()), Bound::Values);
    // The same, in the length of a stream: the library unpacks what holds it to get at it.
    let mut pdf = Pdf::new("", &[]);
    pdf.object(5, "<</Length 3 0 R>>stream\nx\nendstream");
    pdf.object_in(4, 3, &list);
    assert_eq!(refused(&pdf.end()), Bound::Values);
    // Not packed at all.
    let mut pdf = Pdf::new("", &[]);
    pdf.object(3, &list);
    assert_eq!(refused(&pdf.end()), Bound::Values);
    let mut pdf = Pdf::new("", &[]);
    let blanks = vec![b' '; MOST_UNPACKED / 3];
    for number in 0..4 {
        pdf.object_in(10 + number, 20 + number, &blanks);
    }
    assert_eq!(refused(&pdf.end()), Bound::Unpacked);
    // One list that the index names many times.
    let mut pdf = Pdf::new("", &[]);
    let index: String = (0..10_000).map(|number| format!("{} 0 ", 100 + number)).collect();
    let content = [index.as_bytes(), b"[".as_slice(), &b"0 ".repeat(1_000), b"]"].concat();
    pdf.stream(3, &format!("/Type/ObjStm/N 10000/First {}", index.len()), &content);
    assert!(matches!(refused(&pdf.end()), Bound::Values | Bound::Overlap));
}

#[test]
fn a_table_that_names_too_much_is_refused() {
    let mut pdf = Pdf::new("", &[]);
    let place = pdf.bytes.len() as u32;
    pdf.entries.extend((10..10 + MOST_OBJECTS as u32).map(|number| (number, (1, place))));
    assert_eq!(refused(&pdf.end()), Bound::Objects);
    // One place that is named many times.
    let mut pdf = Pdf::new("", &[]);
    pdf.object(3, [b"[".as_slice(), &b"0 ".repeat(1_000), b"]"].concat());
    let place = pdf.entries[&3];
    pdf.entries.extend((10..100_000).map(|number| (number, place)));
    assert!(matches!(refused(&pdf.end()), Bound::Values | Bound::Overlap));
    // Objects in comments of objects.
    let mut pdf = Pdf::new("", &[]);
    for number in 10..20_000 {
        pdf.entries.insert(number, (1, pdf.bytes.len() as u32));
        pdf.bytes.extend(format!("{number} 0 obj [\n0 %").bytes());
    }
    pdf.bytes.extend(b"\n]");
    assert!(matches!(refused(&pdf.end()), Bound::Values | Bound::Overlap));
    // Streams whose lengths, being no whole numbers, are only found out when all else is read.
    let mut pdf = Pdf::new("", &[]);
    for number in 10..1_000 {
        pdf.object(number, "<</Length 60000.0>>stream\n\nendstream");
    }
    pdf.bytes.extend(vec![b' '; 60_000]);
    assert_eq!(refused(&pdf.end()), Bound::Overlap);
}

#[test]
fn revisions_are_counted() {
    let mut bytes = Pdf::new("", &[]).end();
    for _ in 0..MOST_SECTIONS {
        let words = String::from_utf8_lossy(&bytes[bytes.len() - 30..]).into_owned();
        let before = words.split_whitespace().rev().nth(1).unwrap().to_owned();
        let start = bytes.len();
        let section = format!("xref\n0 0\ntrailer<</Size 4/Root 1 0 R/Prev {before}>>\nstartxref\n{start}\n%%EOF\n");
        bytes.extend(section.bytes());
    }
    assert_eq!(refused(&bytes), Bound::Sections);
}

#[test]
fn what_the_library_would_guess_is_refused_before_it_guesses() {
    let whole = Pdf::new("", &[]).end();
    assert!(File::read(&whole).is_ok());
    let damaged = |from: &[u8], to: &[u8]| {
        let at = whole.windows(from.len()).rposition(|window| window == from).expect("it is there");
        let mut bytes = whole.clone();
        bytes.splice(at..at + from.len(), to.iter().copied());
        File::read(&bytes).map(|_| ())
    };
    for (from, to) in [
        (&b"startxref\n"[..], &b"startxref\n9"[..]),
        (b"startxref", b"startxxxx"),
        (b"/Size", b"/Sixe"),
        (b"/W[1 4 1]", b"/W[9 9 9]"),
        (b"/XRef", b"/XRef/Length 1 0 R"),
    ] {
        assert_eq!(damaged(from, to), Err(ReadError::Damaged(Damage::Table)), "{from:?}");
    }
    assert_eq!(damaged(b"/Size", b"/Encrypt 1 0 R/Size"), Err(ReadError::Encrypted));
}

#[test]
fn pages_are_read_as_far_as_documents_go() {
    let with_content = |content: &[u8], pages: u32| {
        let numbers: Vec<u32> = (10..10 + pages).collect();
        let mut pdf = Pdf::new("", &numbers);
        for number in numbers {
            pdf.page(number, 4, 5);
        }
        pdf.stream(4, "", content);
        pdf.object(5, "<</Type/Font/Encoding/WinAnsiEncoding>>");
        pdf.end()
    };
    assert!(!too_long(&with_content(b"q ", 1)));
    assert!(too_long(&with_content(&b"q ".repeat(MOST_PAGE / 2 + 1), 1)));
    // Many pages that share one content.
    assert!(too_long(&with_content(&vec![b' '; MOST_PAGE - 10], 100)));
    // A content in many pieces.
    let mut pdf = Pdf::new("", &[3]);
    pdf.object(3, format!("<</Type/Page/Parent 2 0 R/Contents[{}]>>", "4 0 R ".repeat(100)));
    pdf.stream(4, "", &vec![b' '; MOST_PAGE / 50]);
    assert!(too_long(&pdf.end()));
}

#[test]
fn fonts_and_structure_are_read_as_far_as_documents_go() {
    let with_map = |map: &[u8], content: &[u8]| {
        let mut pdf = Pdf::new("", &[3]);
        pdf.page(3, 4, 5);
        pdf.stream(4, "", content);
        pdf.object(5, "<</Type/Font/ToUnicode 6 0 R>>");
        pdf.stream(6, "", map);
        pdf.end()
    };
    // Four thousand million codes are one range.
    let all = with_map(b"beginbfrange <00000000> <FFFFFFFF> <0041> endbfrange", b"/F 9 Tf <00000001> Tj");
    assert_eq!(lines(&File::read(&all).expect("a PDF")), Ok(vec!["page 1: B".into()]));
    // A letter that is a long text.
    let long = format!("beginbfchar <01> <{}> endbfchar", "0041".repeat(10_000));
    assert!(too_long(&with_map(long.as_bytes(), &[b"/F 9 Tf <", "01".repeat(10_000).as_bytes(), b"> Tj"].concat())));
    // One text that every part is explained by.
    let mut pdf = Pdf::new("/StructTreeRoot 6 0 R", &[]);
    pdf.object(6, format!("<</K[{}]>>", "<</S/P/T 7 0 R>>".repeat(1_000)));
    pdf.object(7, format!("({})", "a".repeat(100_000)));
    assert!(too_long(&pdf.end()));
    // One list of kids that every part has.
    let mut pdf = Pdf::new("/StructTreeRoot 6 0 R", &[]);
    pdf.object(6, format!("<</K[{}]>>", "<</S/P/K 7 0 R>>".repeat(1_000)));
    pdf.object(7, format!("[{}]", "0 ".repeat(10_000)));
    assert!(too_long(&pdf.end()));
}

#[test]
fn one_file_attached_many_times_is_unpacked_within_bounds() {
    let file = "3 0 R ".repeat(1_000);
    let mut pdf = Pdf::new(&format!("/AF[{file}]"), &[]);
    pdf.object(3, "<</F(a)/AFRelationship/Data/EF<</F 4 0 R>>>>");
    pdf.stream(4, "", &vec![0; MOST_ATTACHED / 8]);
    let pdf = pdf.end();
    assert_eq!(File::read(&pdf).expect("a PDF").attachments().len(), 8);
}
