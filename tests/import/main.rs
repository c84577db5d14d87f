//! Reports read from Word documents: those of ours come back as they went in, edits win, documents of other origin are
//! read as far as nobody has to guess, and files made to harm are refused.

mod any;
mod template;

use std::io::{Cursor, Read, Write};
use std::sync::Arc;

use kanyin::check::check;
use kanyin::compose::{self, compose};
use kanyin::error::Lang;
use kanyin::font::{FontBytes, Fonts};
use kanyin::form::Forms;
use kanyin::import::{
    Excess, ImportError, Imported, MOST_ALL_CELLS, MOST_ASIDES, MOST_PARAGRAPHS, What, carry, import,
};
use kanyin::report::Report;
use kanyin::sheet::Sheet;
use kanyin::typeset;
use kanyin::write::docx;
use proptest::prelude::*;
use template::{Template, repack};

fn forms() -> Forms {
    Forms::bundled().expect("the forms")
}

/// The DOCX of a report; `None` when it cannot be put into its form.
fn docx_of(json: &str, forms: &Forms) -> Option<Vec<u8>> {
    let report = Report::parse(json.as_bytes()).ok()?;
    let checked = check(&report, forms.choose(&report).ok()?).ok()?;
    let document = compose(&checked, &compose::Options { date: report.day(), watermark: None });
    let sheet = Sheet::bundled(checked.form().sheet()).expect("the sheet");
    let carried = carry(json.as_bytes());
    let options = docx::Options { tint: false, carried: carried.as_deref() };
    Some(docx::write(&document, &sheet, &options).expect("a DOCX"))
}

/// The faces of `fonts/`.
fn fonts() -> Fonts {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fonts");
    let catalogue = std::fs::read_to_string(folder.join("fonts.toml")).expect("fonts.toml");
    let load = |file: &str| -> Option<FontBytes> { Some(Arc::new(std::fs::read(folder.join(file)).ok()?)) };
    Fonts::read(&catalogue, load).expect("the fonts")
}

/// The DOCX of a report whose lines end where the PDF's do, as the program writes it.
fn docx_on_lines(json: &str, forms: &Forms, fonts: &Fonts) -> Vec<u8> {
    let report = Report::parse(json.as_bytes()).expect("a report");
    let checked = check(&report, forms.choose(&report).expect("a form")).expect("it has a place");
    let document = compose(&checked, &compose::Options { date: report.day(), watermark: None });
    let sheet = Sheet::bundled(checked.form().sheet()).expect("the sheet");
    let carried = carry(json.as_bytes());
    let options = docx::Options { tint: false, carried: carried.as_deref() };
    let ends = typeset::line_ends(&document, &sheet, fonts);
    docx::write_on_lines(&document, &sheet, &options, &ends).expect("a DOCX")
}

fn read(docx: &[u8]) -> Imported {
    import(docx, &forms()).expect("it can be read")
}

/// A report by what it says, wherever that stands in the file: places are the only numbers after `offset: `.
fn said(json: &str) -> String {
    let report = Report::parse(json.as_bytes()).unwrap_or_else(|findings| panic!("{findings:?}\n{json}"));
    let debug = format!("{report:?}");
    debug
        .split("offset: ")
        .enumerate()
        .map(|(at, piece)| match at {
            0 => piece,
            _ => piece.trim_start_matches(|c: char| c.is_ascii_digit()),
        })
        .collect()
}

fn samples() -> Vec<(String, String)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let mut samples: Vec<_> = std::fs::read_dir(folder)
        .expect("samples")
        .map(|entry| entry.expect("a sample").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
        .map(|path| (path.display().to_string(), std::fs::read_to_string(path).expect("a sample")))
        .collect();
    samples.sort();
    samples
}

#[test]
fn every_sample_comes_back_as_it_went_in() {
    for (name, json) in samples() {
        let imported = read(&docx_of(&json, &forms()).expect("a document"));
        assert_eq!(imported.notes, [], "{name}");
        assert_eq!(said(&imported.json), said(&json), "{name}");
        let values = |text: &str| -> serde_json::Value { serde_json::from_str(text).expect("JSON") };
        assert_eq!(values(&imported.json), values(&json), "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn any_report_comes_back_as_it_went_in(json in any::report()) {
        let docx = docx_of(&json, &forms());
        prop_assume!(docx.is_some());
        let imported = read(&docx.expect("a document"));
        prop_assert_eq!(&imported.notes, &[]);
        prop_assert_eq!(said(&imported.json), said(&json));
        // Numbers are numbers again, keys in their order, totals left out are left out.
        let values = |text: &str| -> serde_json::Value { serde_json::from_str(text).expect("JSON") };
        prop_assert_eq!(values(&imported.json), values(&json));
    }
}

#[test]
fn generated_reports_are_not_all_refused() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let forms = forms();
    let made = (0..20).filter(|_| {
        let json = any::report().new_tree(&mut runner).expect("a report").current();
        docx_of(&json, &forms).is_some()
    });
    assert!(made.count() >= 15);
}

/// The document of a sample, its main part changed.
fn edited(sample: &str, edit: impl Fn(String) -> String) -> Vec<u8> {
    let json = std::fs::read_to_string(format!("{}/samples/{sample}.json", env!("CARGO_MANIFEST_DIR"))).expect("it");
    let docx = docx_of(&json, &forms()).expect("a document");
    repack(&docx, |name, text| if name == "word/document.xml" { edit(text) } else { text })
}

fn replaced(text: String, old: &str, new: &str) -> String {
    assert!(text.contains(old), "{old}");
    text.replacen(old, new, 1)
}

fn value<'a>(json: &'a serde_json::Value, path: &str) -> &'a serde_json::Value {
    json.pointer(path).unwrap_or_else(|| panic!("no {path} in {json}"))
}

#[test]
fn what_was_edited_in_word_wins() {
    let docx = edited("city-2025", |text| {
        let text = replaced(text, "<w:t>11398889</w:t>", "<w:t>11398890</w:t>");
        let text = replaced(text, "五、存在的主要问题及改进情况", "五、存在的问题和改进情况");
        replaced(text, "2026年1月20日", "2026年2月3日")
    });
    let imported = read(&docx);
    let json: serde_json::Value = serde_json::from_str(&imported.json).expect("JSON");
    let licence = value(&json, "/tables/disclosure/licence").to_string();
    assert!(licence.contains("11398890"), "{licence}");
    assert_eq!(value(&json, "/headings/problems"), "五、存在的问题和改进情况");
    assert_eq!(value(&json, "/signature/date"), "2026-02-03");
    assert!(imported.is_whole(), "{:?}", imported.notes);
}

#[test]
fn names_that_are_broken_into_lines_come_back_whole() {
    let long = "临渚市医疗保障与公共卫生服务管理委员会办公室综合协调与信息公开工作处";
    let json = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/samples/smallest-2024.json")).expect("it");
    let mut given: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let (forms, fonts) = (forms(), fonts());
    for agencies in [vec![long], vec!["临渚市人民政府办公室", long], vec![long, "临渚市统计局", "临渚市财政局"]]
    {
        for seal in [true, false] {
            given["signature"] = serde_json::json!({ "agency": agencies, "date": "2025-01-20", "seal": seal });
            // The names are edited in Word: what was given is not what is read.
            let docx = repack(&docx_on_lines(&given.to_string(), &forms, &fonts), |name, text| match name {
                "word/document.xml" => text.replace("临渚市医疗", "临渚县医疗"),
                _ => text,
            });
            let imported = read(&docx);
            assert!(imported.is_whole(), "{:?}", imported.notes);
            let back: serde_json::Value = serde_json::from_str(&imported.json).expect("JSON");
            // One name may be written alone.
            let names = &back["signature"]["agency"];
            let names = if names.is_string() { serde_json::json!([names]) } else { names.clone() };
            let agencies: Vec<String> = agencies.iter().map(|name| name.replace("临渚市医疗", "临渚县医疗")).collect();
            assert_eq!(names, serde_json::json!(agencies));
        }
    }
}

#[test]
fn a_total_that_was_left_out_and_edited_is_kept_as_it_stands() {
    let json = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/samples/smallest-2024.json")).expect("it");
    let json = json.replace("\"new\": [3, 1, 0, 0, 0, 0, 4]", r#""new": {"natural_person": 3, "business": 41, "research": 0, "public_welfare": 0, "legal_service": 0, "other": 0}"#);
    assert!(json.contains("41"), "the sample has this row");
    let docx = docx_of(&json, &forms()).expect("a document");
    assert_eq!(said(&read(&docx).json), said(&json));
    let docx = repack(&docx, |name, text| match name {
        "word/document.xml" => replaced(text, "<w:t>44</w:t>", "<w:t>45</w:t>"),
        _ => text,
    });
    let imported: serde_json::Value = serde_json::from_str(&read(&docx).json).expect("JSON");
    assert_eq!(value(&imported, "/tables/requests/new/total"), 45);
}

#[test]
fn what_is_deleted_in_word_is_nowhere_in_the_file() {
    let (_, json) = &samples()[1];
    let carried = carry(json.as_bytes()).expect("it carries");
    let report: serde_json::Value = serde_json::from_str(json).expect("JSON");
    for paragraph in value(&report, "/sections/overview").as_array().expect("paragraphs") {
        assert!(!carried.contains(paragraph.as_str().expect("text")));
    }
    assert!(!carried.contains("11398889"));
}

#[test]
fn a_paragraph_more_and_one_less_are_read() {
    let docx = edited("sanmenxia-2020", |text| {
        // The last paragraph before the heading of section six, twice.
        let at = text.find("四是自觉接受").expect("a paragraph");
        let begin = text[..at].rfind("<w:p>").expect("its begin");
        let end = at + text[at..].find("</w:p>").expect("its end") + "</w:p>".len();
        let paragraph = text[begin..end].replace("四是自觉接受", "五是还要接受");
        format!("{}{paragraph}{}", &text[..end], &text[end..])
    });
    let imported = read(&docx);
    let json: serde_json::Value = serde_json::from_str(&imported.json).expect("JSON");
    let problems = value(&json, "/sections/problems").as_array().expect("paragraphs");
    assert!(problems.last().and_then(|text| text.as_str()).expect("text").starts_with("五是还要接受"));
    assert_eq!(imported.notes, []);
}

#[test]
fn a_file_whose_carried_part_was_taken_out_is_read_by_its_words() {
    for (name, json) in samples() {
        let docx = docx_of(&json, &forms()).expect("a document");
        let bare = template::without(&docx, "customXml/");
        let bare = repack(&bare, |_, text| text.replace(r#"Target="../customXml/item1.xml""#, r#"Target="no.xml""#));
        let imported = read(&bare);
        let (read, given) = (
            Report::parse(imported.json.as_bytes()).expect("a report"),
            Report::parse(json.as_bytes()).expect("a report"),
        );
        assert_eq!(read.year.value, given.year.value, "{name}");
        let printed = |report: &Report| {
            let forms = forms();
            let checked = check(report, forms.choose(report).expect("a form")).expect("it fits");
            let cells = checked.tables().iter().flat_map(|table| table.grid.cells());
            cells.map(|cell| cell.content.text.content.clone()).collect::<Vec<_>>()
        };
        if !name.contains("joint") {
            assert_eq!(printed(&read), printed(&given), "{name}");
        }
    }
}

// ---- the circulated template ----

#[test]
fn a_good_report_in_the_circulated_template_is_read_whole() {
    let imported = read(&Template::good().docx());
    assert_eq!(imported.notes, [], "{}", imported.json);
    let report = Report::parse(imported.json.as_bytes()).expect("a report");
    assert_eq!(report.agency.value, "临渚市水利局");
    assert_eq!(report.year.value, 2024);
    let forms = forms();
    let checked = check(&report, forms.choose(&report).expect("a form")).expect("it fits");
    assert!(!checked.has_errors(), "{:?}", checked.findings());
    let value = |table: &str, row: &str, column: &str| {
        checked.table(table).and_then(|table| table.value(row, column)).map(|value| value.reading)
    };
    assert_eq!(value("requests", "new", "total"), Some(kanyin::report::Reading::Number(3119.into())));
    assert_eq!(value("requests", "carried_out", "total"), Some(kanyin::report::Reading::Number(103.into())));
    assert_eq!(
        value("proceedings", "suit_after_reconsideration", "total"),
        Some(kanyin::report::Reading::Number(20.into()))
    );
    assert_eq!(value("disclosure", "licence", "decided"), Some(kanyin::report::Reading::Number(447_228.into())));
    let overview = report.sections.get("overview").expect("a section");
    assert_eq!(overview.value.len(), 2);
    assert_eq!(report.signature.expect("signed").date.value.to_string(), "2025-01-20");
}

#[test]
fn labels_written_a_little_otherwise_are_the_forms() {
    let template = Template::good()
        .label("（一）予以公开", "(一) 予以公开")
        .label("1.属于国家秘密", "1、属于国家秘密")
        .label("第二十条第（一）项", "第二十条 第（一）项");
    let imported = read(&template.docx());
    assert_eq!(imported.notes, []);
    assert!(!imported.json.contains("labels"));
}

#[test]
fn labels_in_other_words_are_taken_over_and_said() {
    let template = Template::good().label("4.无正当理由大量反复申请", "4.无正当理由由大量反复申请");
    let imported = read(&template.docx());
    assert!(imported.is_whole());
    let reworded = |what: &What| matches!(what, What::Reworded { printed, .. } if printed.contains("由由"));
    assert!(imported.notes.iter().any(|note| reworded(&note.what)), "{:?}", imported.notes);
    let json: serde_json::Value = serde_json::from_str(&imported.json).expect("JSON");
    assert_eq!(value(&json, "/labels/requests/4.无正当理由大量反复申请"), "4.无正当理由由大量反复申请");
}

#[test]
fn rows_whose_values_do_not_stand_under_their_headings_are_named_and_left_out() {
    let imported = read(&Template::broken().docx());
    assert!(!imported.is_whole());
    let words: Vec<String> = imported.notes.iter().map(|note| note.render(Lang::Chinese)).collect();
    let words = words.join("\n");
    for label in ["（一）予以公开", "1.属于国家秘密", "1.本机关不掌握相关政府信息"] {
        assert!(words.contains(label), "{label} is not named in\n{words}");
    }
    assert!(words.contains("第7行") || words.contains("第8行"), "{words}");
    let json: serde_json::Value = serde_json::from_str(&imported.json).expect("JSON");
    assert!(json.pointer("/tables/requests/granted").is_none(), "nobody guesses");
    assert!(json.pointer("/tables/requests/new").is_some(), "what is sound is read");
    assert!(json.pointer("/tables/proceedings/reconsideration").is_some());
    for note in &imported.notes {
        assert!(!note.render(Lang::English).is_empty());
    }
}

#[test]
fn rows_in_another_order_are_told_by_their_labels() {
    let imported = read(&Template::good().swapped("1.属于国家秘密", "2.其他法律行政法规禁止公开").docx());
    let usual = read(&Template::good().docx());
    assert_eq!(imported.notes, []);
    assert_eq!(said(&imported.json), said(&usual.json));
}

#[test]
fn headers_and_footers_are_not_the_report() {
    let imported = read(&Template::good().with_page_junk().docx());
    assert_eq!(imported.notes, []);
    assert!(!imported.json.contains("内部资料"));
}

#[test]
fn what_has_no_place_in_a_report_is_named() {
    let docx = Template::good().with_text_after_table("以上数据截至12月31日").docx();
    let imported = read(&docx);
    let words: Vec<String> = imported.notes.iter().map(|note| note.render(Lang::Chinese)).collect();
    assert!(words.iter().any(|words| words.contains("以上数据截至12月31日")), "{words:?}");
}

#[test]
fn deletions_that_are_tracked_are_not_read_and_insertions_are() {
    let docx = repack(&Template::good().docx(), |name, text| match name {
        "word/document.xml" => replaced(
            text,
            "<w:r><w:t>3119</w:t></w:r>",
            r#"<w:del w:id="1" w:author="x"><w:r><w:delText>3119</w:delText></w:r></w:del><w:ins w:id="2" w:author="x"><w:r><w:t>3118</w:t></w:r></w:ins>"#,
        ),
        _ => text,
    });
    let json: serde_json::Value = serde_json::from_str(&read(&docx).json).expect("JSON");
    assert_eq!(value(&json, "/tables/requests/new/6"), 3118);
}

#[test]
fn a_document_that_names_no_year_is_refused() {
    let docx = Template::good().title("临渚市水利局政府信息公开工作年度报告").docx();
    assert!(matches!(import(&docx, &forms()), Err(ImportError::NoYear { .. })));
    let docx = Template::good().title("2011年临渚市水利局政府信息公开工作年度报告").docx();
    assert!(matches!(import(&docx, &forms()), Err(ImportError::NoForm { year: 2011 })));
}

// ---- files made to harm ----

#[test]
fn what_is_no_docx_is_refused() {
    for (bytes, old) in [(&b""[..], false), (b"hello", false), (b"PK\x03\x04", false), (b"\xD0\xCF\x11\xE0 old", true)]
    {
        match import(bytes, &forms()) {
            Err(ImportError::NotDocx { encrypted_or_old }) => assert_eq!(encrypted_or_old, old),
            Err(ImportError::Package(_)) => assert!(!old),
            other => panic!("{other:?}"),
        }
    }
}

fn with_document(text: &str) -> Vec<u8> {
    repack(&Template::good().docx(), |name, old| if name == "word/document.xml" { text.to_owned() } else { old })
}

#[test]
fn entities_and_deep_nesting_are_refused() {
    let laughs =
        r#"<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><d>&b;</d>"#;
    let external = r#"<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&x;</d>"#;
    let deep = format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
    for text in [laughs, external, &deep, "<a", "", "<w:document/>", "<a><b></a>"] {
        let refused = import(&with_document(text), &forms());
        assert!(matches!(refused, Err(ImportError::Xml { .. } | ImportError::NotDocx { .. })), "{refused:?}");
    }
}

#[test]
fn what_looks_like_a_closing_tag_does_not_hide_deep_nesting() {
    // The XML library goes down an element at a time, and would exhaust the stack.
    for hidden in ["<!--</a>-->", "<![CDATA[</a>]]>", "<?p </a>?>", "<b c='</a>'/>"] {
        let deep = format!("{}{}", format!("<a>{hidden}").repeat(100_000), "</a>".repeat(100_000));
        let refused = import(&with_document(&deep), &forms());
        assert!(matches!(refused, Err(ImportError::Xml { .. })), "{hidden}: {refused:?}");
    }
}

#[test]
fn an_element_of_countless_attributes_is_refused() {
    // The XML library compares each attribute with every other: this would take minutes.
    let attributes: String = (0..200_000).map(|number| format!(" a{number}=''")).collect();
    let refused = import(&with_document(&format!("<a><b{attributes}/></a>")), &forms());
    assert!(matches!(refused, Err(ImportError::Xml { .. })), "{refused:?}");
}

/// What a document with this body has too much of.
fn too_much(body: &str) -> Excess {
    let text = format!(
        r#"<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{body}</w:body></w:document>"#
    );
    match import(&with_document(&text), &forms()) {
        Err(ImportError::TooMuch { part, what, .. }) if part == "word/document.xml" => what,
        other => panic!("{other:?}"),
    }
}

#[test]
fn documents_of_countless_tables_cells_paragraphs_and_notes_are_refused() {
    assert_eq!(too_much(&"<w:tbl/>".repeat(1_900_000)), Excess::Tables);
    assert_eq!(too_much(&"<w:p/>".repeat(MOST_PARAGRAPHS + 1)), Excess::Paragraphs);
    let table = format!("<w:tbl>{}</w:tbl>", "<w:tr/>".repeat(10_000));
    assert_eq!(too_much(&table.repeat(MOST_ALL_CELLS / 10_000 + 1)), Excess::Cells);
    let notes = "<w:footnoteReference/>".repeat(MOST_ASIDES + 1);
    assert_eq!(too_much(&format!("<w:p>{notes}</w:p>")), Excess::Asides);
}

#[test]
fn countless_namespaces_are_refused() {
    // The XML library looks through those in force at every element and attribute, and copies them at every declaration.
    let declared: String = (0..900).map(|number| format!(" xmlns:n{number}='u{number}'")).collect();
    let elements = "<n899:a xmlns:m='u'/>".repeat(10_000);
    assert_eq!(too_much(&format!("<b{declared}>{elements}</b>")), Excess::Namespaces);
    assert_eq!(too_much(&"<a xmlns:m='u'/>".repeat(100_000)), Excess::Declarations);
}

#[test]
fn a_part_many_relationships_lead_to_is_read_once() {
    let kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/customXml";
    let related: String = (0..20_000)
        .map(|number| format!(r#"<Relationship Id="x{number}" Type="{kind}" Target="document.xml"/>"#))
        .collect();
    let document = format!("<!--{}-->", " ".repeat(1024 * 1024));
    let docx = repack(&Template::good().docx(), |name, old| match name {
        "word/_rels/document.xml.rels" => old.replace("</Relationships>", &format!("{related}</Relationships>")),
        "word/document.xml" => format!("{old}{document}"),
        _ => old,
    });
    // Read 20,000 times, it would be 20 GB, more than is read of any package.
    let related = docx.len() < 1024 * 1024 && import(&docx, &forms()).is_ok();
    assert!(related);
}

#[test]
fn a_part_that_unpacks_to_more_than_any_document_is_refused() {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    archive.start_file("_rels/.rels", options).expect("a part");
    archive.write_all(template::PACKAGE_RELATIONSHIPS.as_bytes()).expect("written");
    archive.start_file("word/document.xml", options).expect("a part");
    let blanks = vec![b' '; 1024 * 1024];
    for _ in 0..=kanyin::import::MOST_BYTES / blanks.len() {
        archive.write_all(&blanks).expect("written");
    }
    let bomb = archive.finish().expect("an archive").into_inner();
    assert!(bomb.len() < 1024 * 1024);
    assert!(matches!(import(&bomb, &forms()), Err(ImportError::Package(_))));
}

#[test]
fn spans_beyond_reason_do_not_matter() {
    let mut document = String::new();
    let docx = Template::good().docx();
    zip::ZipArchive::new(Cursor::new(&docx))
        .expect("an archive")
        .by_name("word/document.xml")
        .expect("a part")
        .read_to_string(&mut document)
        .expect("text");
    for (old, new) in [
        ("w:gridSpan w:val=\"2\"", "w:gridSpan w:val=\"4000000000\""),
        ("w:gridSpan w:val=\"2\"", "w:gridSpan w:val=\"-1\""),
        ("<w:tblGrid>", "<w:tblGrid><w:gridCol w:w=\"999999999999999999999\"/>"),
    ] {
        let imported = import(&with_document(&document.replace(old, new)), &forms());
        assert!(imported.is_ok_and(|imported| imported.json.contains("agency")));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_it_panic(cut in 0usize..6000, at in 0usize..6000, byte: u8) {
        let mut docx = Template::good().docx();
        let length = docx.len();
        docx[at % length] = byte;
        docx.truncate(length - cut % length);
        let _ = import(&docx, &forms());
    }
}
