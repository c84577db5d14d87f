//! The DOCX writer: what it writes is read back part by part and held against what went in.
//!
//! Whether office programs open the files, and what the Open XML SDK says of them, is asked by the
//! conformance script; `cargo test --test docx -- --ignored` leaves the files of these tests in
//! `$KANYIN_DOCX_DIR` for whoever wants to look at them.

mod package;
mod sample;

use std::collections::BTreeSet;
use std::path::PathBuf;

use kanyin::document::{Block, Cell, CellContent, CellRole, Document, Grid, Origin, Role, Table, Text};
use kanyin::length::Length;
use kanyin::write::docx::{DocxError, Options, write};
use package::{Merged, W, all, attribute, child, merged_cells, part, parts, text, value, with_first_table};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use roxmltree::{Document as Xml, Node};
use sample::{document, paragraph, report, sheet, signature};

/// The type area of 156 mm in twips.
const MEASURE: i64 = 8844;

fn docx(document: &Document) -> Vec<u8> {
    write(document, &sheet(), &Options::default()).expect("it can be written")
}

fn one_table(table: Table) -> Vec<u8> {
    docx(&document(vec![Block::Table(table)]))
}

#[test]
fn two_runs_give_the_same_bytes() {
    assert_eq!(docx(&report(None)), docx(&report(None)));
}

#[test]
fn every_part_is_compressed_bears_no_time_and_is_well_formed_xml() {
    let docx = docx(&report(Some(Length::mm(42))));
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&docx)).unwrap();
    for index in 0..archive.len() {
        let entry = archive.by_index(index).unwrap();
        assert_eq!(entry.compression(), zip::CompressionMethod::Deflated, "{:?}", entry.name());
        assert_eq!(entry.last_modified(), Some(zip::DateTime::DEFAULT), "{:?}", entry.name());
    }
    for (name, text) in parts(&docx) {
        assert!(Xml::parse(&text).is_ok(), "{name}");
    }
    assert!(docx.len() < 60_000, "{} bytes", docx.len());
}

#[test]
fn every_part_has_a_type_and_every_relationship_a_target() {
    let mut sealed = report(None);
    sealed.about.watermark = Some("草稿".into());
    let docx = docx(&sealed);
    let names: BTreeSet<String> = parts(&docx).into_iter().map(|(name, _)| name).collect();
    let types = part(&docx, "[Content_Types].xml");
    for name in names.iter().filter(|name| !name.ends_with(".rels") && !name.starts_with('[')) {
        assert!(types.contains(&format!("PartName=\"/{name}\"")), "{name}");
    }
    for (relationships, folder) in [("_rels/.rels", ""), ("word/_rels/document.xml.rels", "word/")] {
        let relationships = part(&docx, relationships);
        for node in Xml::parse(&relationships).unwrap().descendants().filter_map(|node| node.attribute("Target")) {
            assert!(names.contains(&format!("{folder}{node}")), "{node}");
        }
    }
}

/// The cells of a grid as [`merged_cells`] would read them.
fn cells_of(grid: &Grid<CellContent>) -> Vec<Merged> {
    let merged = |cell: &Cell<CellContent>| Merged {
        row: cell.row,
        column: cell.column,
        row_span: cell.row_span,
        column_span: cell.column_span,
        text: cell.content.text.content.clone(),
    };
    grid.cells().iter().map(merged).collect()
}

#[test]
fn every_table_reads_back_as_its_grid() {
    for table in [sample::disclosure(), sample::requests(), sample::proceedings()] {
        let expected = cells_of(&table.grid);
        with_first_table(&one_table(table), |table| assert_eq!(merged_cells(table), expected));
    }
}

#[test]
fn columns_fill_the_type_area_to_the_twip_and_cells_are_as_wide_as_their_columns() {
    for table in [sample::disclosure(), sample::requests(), sample::proceedings()] {
        with_first_table(&one_table(table), |table| {
            let width = |node: Node| attribute(node, "w").unwrap().parse::<i64>().unwrap();
            let columns: Vec<i64> = all(table, "gridCol").map(width).collect();
            assert_eq!(columns.iter().sum::<i64>(), MEASURE);
            assert_eq!(all(table, "tblW").map(width).collect::<Vec<_>>(), [MEASURE]);
            for row in all(table, "tr") {
                let mut column = 0;
                for properties in all(row, "tcPr") {
                    let span = value(properties, &["gridSpan"]).map_or(1, |span| span.parse().unwrap());
                    let covered: i64 = columns[column..column + span].iter().sum();
                    assert_eq!(width(child(properties, "tcW").unwrap()), covered);
                    column += span;
                }
            }
        });
    }
}

#[test]
fn heading_rows_are_repeated_and_no_row_is_torn() {
    for (table, heading_rows) in [(sample::disclosure(), 0), (sample::requests(), 3)] {
        let rows = table.grid.rows();
        with_first_table(&one_table(table), |table| {
            let headings: Vec<bool> = all(table, "trPr").map(|row| child(row, "tblHeader").is_some()).collect();
            assert_eq!(headings.len(), rows);
            assert!(headings[..heading_rows].iter().all(|&heading| heading));
            assert!(!headings[heading_rows..].iter().any(|&heading| heading));
            assert_eq!(all(table, "cantSplit").count(), rows);
        });
    }
}

/// For every row of a table whether it stays with the next one.
fn kept_rows(table: Node) -> Vec<bool> {
    all(table, "tr").map(|row| all(row, "p").all(|paragraph| all(paragraph, "keepNext").next().is_some())).collect()
}

#[test]
fn a_table_that_fits_a_page_is_kept_whole_and_a_longer_one_with_its_headings_and_its_end() {
    with_first_table(&one_table(sample::requests()), |table| {
        let kept = kept_rows(table);
        assert!(kept[..kept.len() - 1].iter().all(|&kept| kept));
        assert!(!kept[kept.len() - 1]);
    });
    let rows: Vec<String> = std::iter::once("!甲 !乙".to_owned()).chain((0..60).map(|n| format!("-{n} #1"))).collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let long = sample::table("long", "长表", &[78, 78], 1, &rows);
    with_first_table(&one_table(long), |table| {
        let kept = kept_rows(table);
        let expected: Vec<bool> = (0..61).map(|row| row == 0 || row == 59).collect();
        assert_eq!(kept, expected);
    });
}

#[test]
fn figures_too_wide_for_their_column_make_all_figures_of_the_table_smaller() {
    with_first_table(&one_table(sample::requests()), |table| {
        let sizes: BTreeSet<&str> = all(table, "sz").filter_map(|size| attribute(size, "val")).collect();
        // Six digits of half an em in 11 mm less 1.4 mm of padding: 9 pt instead of 10.5.
        assert_eq!(sizes, BTreeSet::from(["18"]));
    });
    with_first_table(&one_table(sample::proceedings()), |table| assert_eq!(all(table, "sz").count(), 0));
}

#[test]
fn bands_are_tinted_only_where_asked_for() {
    let document = document(vec![Block::Table(sample::disclosure())]);
    let tinted = write(&document, &sheet(), &Options { tint: true, carried: None }).unwrap();
    with_first_table(&tinted, |table| {
        let fills: Vec<_> = all(table, "shd").filter_map(|shading| attribute(shading, "fill")).collect();
        assert_eq!(fills, ["D9E2F3"; 5]);
    });
    with_first_table(&docx(&document), |table| assert_eq!(all(table, "shd").count(), 0));
}

#[test]
fn a_table_says_what_it_is_to_those_who_cannot_see_it() {
    with_first_table(&one_table(sample::requests()), |table| {
        let properties = ["tblPr", "tblCaption"];
        assert_eq!(value(table, &properties), Some("三、收到和处理政府信息公开申请情况"));
        assert_eq!(value(table, &["tblPr", "tblDescription"]), Some("一张为测试而画的表。"));
    });
}

#[test]
fn the_text_is_all_there_in_order() {
    let report = report(None);
    let docx = docx(&report);
    let document = part(&docx, "word/document.xml");
    let xml = Xml::parse(&document).unwrap();
    let body = child(xml.root_element(), "body").unwrap();
    let found: Vec<String> = body.children().filter(|node| node.has_tag_name((W, "p"))).map(text).collect();
    let expected: Vec<String> = report
        .blocks
        .iter()
        .flat_map(|block| match block {
            Block::Paragraph(paragraph) => {
                let lead = paragraph.lead.as_ref().map_or("", |lead| &lead.text.content);
                vec![format!("{lead}{}", paragraph.text.content)]
            }
            Block::Table(_) => vec![],
            Block::Signature(signature) => {
                signature.agencies.iter().chain([&signature.date]).map(|text| text.content.clone()).collect()
            }
        })
        .collect();
    assert_eq!(found.iter().map(|text| text.replace('\n', "")).collect::<Vec<_>>(), expected);
    assert_eq!(found[0], "三门峡市机关事务管理局2020年\n政府信息公开工作年度报告", "the title is broken at its marks");
}

/// The element of a style in `word/styles.xml` by the name Word knows it by.
fn style<'a, 'input>(styles: &'a Xml<'input>, name: &str) -> Node<'a, 'input> {
    all(styles.root(), "style")
        .find(|style| value(*style, &["name"]) == Some(name))
        .unwrap_or_else(|| panic!("no style {name}"))
}

#[test]
fn headings_are_built_in_styles_with_their_outline_level_and_a_bookmark() {
    let docx = docx(&report(None));
    let styles = part(&docx, "word/styles.xml");
    let styles = Xml::parse(&styles).unwrap();
    for (name, level, family) in [
        ("heading 1", "0", "黑体"),
        ("heading 2", "1", "楷体_GB2312"),
        ("heading 3", "2", "仿宋_GB2312"),
        ("heading 4", "3", "仿宋_GB2312"),
    ] {
        let style = style(&styles, name);
        assert_eq!(value(style, &["pPr", "outlineLvl"]), Some(level), "{name}");
        assert!(child(child(style, "pPr").unwrap(), "keepNext").is_some(), "{name}");
        let fonts = all(style, "rFonts").next().unwrap();
        assert_eq!(attribute(fonts, "eastAsia"), Some(family), "{name}");
    }
    let title = all(style(&styles, "Title"), "rPr").next().unwrap();
    assert_eq!(value(title, &["sz"]), Some("44"));
    let document = part(&docx, "word/document.xml");
    let xml = Xml::parse(&document).unwrap();
    let names: Vec<_> = all(xml.root(), "bookmarkStart").filter_map(|mark| attribute(mark, "name")).collect();
    assert_eq!(names, ["overview", "disclosure", "requests", "proceedings", "problems", "other"]);
}

#[test]
fn the_body_is_16_points_on_an_exact_pitch_with_28_characters_to_a_line() {
    let styles = part(&docx(&report(None)), "word/styles.xml");
    let styles = Xml::parse(&styles).unwrap();
    let normal = style(&styles, "Normal");
    assert_eq!(value(normal, &["rPr", "sz"]), Some("32"));
    let spacing = all(child(normal, "pPr").unwrap(), "spacing").next().unwrap();
    assert_eq!((attribute(spacing, "line"), attribute(spacing, "lineRule")), (Some("592"), Some("exact")));
    assert_eq!(value(normal, &["pPr", "overflowPunct"]), Some("0"));
    assert_eq!(value(normal, &["pPr", "autoSpaceDE"]), Some("1"));
    let tracking: i64 = value(normal, &["rPr", "spacing"]).unwrap().parse().unwrap();
    let cell = 320 + tracking;
    assert!(28 * cell <= MEASURE && MEASURE < 29 * cell, "{cell} twips a character");
    let body = style(&styles, "Body Text");
    let indent = all(body, "ind").next().unwrap();
    assert_eq!((attribute(indent, "firstLineChars"), attribute(indent, "firstLine")), (Some("200"), Some("632")));
}

#[test]
fn a_run_in_heading_is_a_run_of_its_heading_style_in_a_body_paragraph() {
    let docx = docx(&document(vec![sample::run_in("（一）加强领导。", "我局重视。")]));
    let document = part(&docx, "word/document.xml");
    let xml = Xml::parse(&document).unwrap();
    let paragraph = all(xml.root(), "p").next().unwrap();
    assert_eq!(value(paragraph, &["pPr", "pStyle"]), Some("BodyText"));
    let runs: Vec<_> = all(paragraph, "r").map(|run| (value(run, &["rPr", "rStyle"]), text(run))).collect();
    assert_eq!(runs, [(Some("Heading2Char"), "（一）加强领导。".into()), (None, "我局重视。".into())]);
    let styles = part(&docx, "word/styles.xml");
    let styles = Xml::parse(&styles).unwrap();
    assert_eq!(value(style(&styles, "Heading 2 Char"), &["link"]), Some("Heading2"));
    assert_eq!(value(style(&styles, "heading 2"), &["link"]), Some("Heading2Char"));
}

#[test]
fn marks_beside_han_text_are_told_to_be_chinese() {
    let docx = docx(&document(vec![paragraph(Role::Body, "“三公”经费……it’s 不同")]));
    let document = part(&docx, "word/document.xml");
    let xml = Xml::parse(&document).unwrap();
    let hint = |run: Node| all(run, "rFonts").any(|fonts| attribute(fonts, "hint") == Some("eastAsia"));
    let runs: Vec<_> = all(xml.root(), "r").map(|run| (hint(run), text(run))).collect();
    assert_eq!(runs, [(true, "“三公”经费……it".into()), (false, "’s 不同".into())]);
}

#[test]
fn the_page_is_that_of_gbt_33476() {
    let docx = docx(&report(None));
    let document = part(&docx, "word/document.xml");
    let xml = Xml::parse(&document).unwrap();
    let section = all(xml.root(), "sectPr").next().unwrap();
    let number = |element, name| attribute(child(section, element).unwrap(), name).unwrap().parse::<i64>().unwrap();
    assert_eq!((number("pgSz", "w"), number("pgSz", "h")), (11906, 16838));
    assert_eq!(number("pgSz", "w") - number("pgMar", "left") - number("pgMar", "right"), MEASURE);
    // 34.58 mm and 32.58 mm, which stand on 5.54 mm for a character; 16 pt is a little more.
    assert!((number("pgMar", "top") - 1960).abs() <= 2 && (number("pgMar", "bottom") - 1847).abs() <= 2);
    let height = number("pgSz", "h") - number("pgMar", "top") - number("pgMar", "bottom");
    assert_eq!(height / 592, 22);
    assert_eq!(number("docGrid", "linePitch"), 592);
    assert_eq!(attribute(child(section, "docGrid").unwrap(), "type"), Some("lines"));
}

#[test]
fn odd_pages_are_numbered_on_the_right_and_even_pages_on_the_left() {
    let docx = docx(&report(None));
    let styles = part(&docx, "word/styles.xml");
    let styles = Xml::parse(&styles).unwrap();
    for (footer, style_name, align, side) in
        [("word/footer1.xml", "footer", "right", "right"), ("word/footer2.xml", "偶数页页脚", "left", "left")]
    {
        let footer = part(&docx, footer);
        let xml = Xml::parse(&footer).unwrap();
        assert_eq!(text(xml.root_element()), "— 1 —");
        assert_eq!(all(xml.root(), "instrText").next().and_then(|field| field.text()), Some(" PAGE "));
        let style = style(&styles, style_name);
        assert_eq!(value(xml.root_element(), &["p", "pPr", "pStyle"]), attribute(style, "styleId"));
        assert_eq!(value(style, &["pPr", "jc"]), Some(align));
        assert_eq!(attribute(all(style, "ind").next().unwrap(), side), Some("280"), "one 14 pt character in");
    }
    let document = part(&docx, "word/document.xml");
    let xml = Xml::parse(&document).unwrap();
    let kinds: Vec<_> = all(xml.root(), "footerReference").filter_map(|footer| attribute(footer, "type")).collect();
    assert_eq!(kinds, ["default", "even"]);
    let settings = part(&docx, "word/settings.xml");
    let settings = Xml::parse(&settings).unwrap();
    assert!(child(settings.root_element(), "evenAndOddHeaders").is_some());
}

#[test]
fn settings_are_those_of_chinese_text_in_a_present_day_word() {
    let settings = part(&docx(&report(None)), "word/settings.xml");
    let xml = Xml::parse(&settings).unwrap();
    let root = xml.root_element();
    assert_eq!(value(root, &["characterSpacingControl"]), Some("compressPunctuation"));
    let mode = all(root, "compatSetting").find(|setting| attribute(*setting, "name") == Some("compatibilityMode"));
    assert_eq!(attribute(mode.unwrap(), "val"), Some("15"));
    for (element, mark) in [("noLineBreaksAfter", '《'), ("noLineBreaksBefore", '。')] {
        let list = child(root, element).unwrap();
        assert_eq!(attribute(list, "lang"), Some("zh-CN"));
        assert!(attribute(list, "val").unwrap().contains(mark));
    }
    assert_eq!(attribute(child(root, "themeFontLang").unwrap(), "eastAsia"), Some("zh-CN"));
}

#[test]
fn the_file_says_what_it_is() {
    let docx = docx(&report(None));
    let core = part(&docx, "docProps/core.xml");
    let xml = Xml::parse(&core).unwrap();
    let says = |name| xml.descendants().find(|node| node.tag_name().name() == name).and_then(|node| node.text());
    assert_eq!(says("title"), Some("三门峡市机关事务管理局2020年政府信息公开工作年度报告"));
    assert_eq!(says("creator"), Some("三门峡市机关事务管理局"));
    assert_eq!(says("language"), Some("zh-CN"));
    assert_eq!(says("created"), Some("2021-01-20T00:00:00Z"));
    assert_eq!(says("modified"), Some("2021-01-20T00:00:00Z"));
}

#[test]
fn every_typeface_has_an_alternative() {
    let fonts = part(&docx(&report(None)), "word/fontTable.xml");
    let xml = Xml::parse(&fonts).unwrap();
    let named: Vec<_> = all(xml.root(), "font")
        .map(|font| (attribute(font, "name").unwrap(), value(font, &["altName"]).unwrap()))
        .collect();
    for pair in [("方正小标宋简体", "方正小标宋_GBK"), ("仿宋_GB2312", "仿宋"), ("楷体_GB2312", "楷体")]
    {
        assert!(named.contains(&pair), "{pair:?}");
    }
}

/// Every paragraph of a signature block: style, left indent, alignment and text.
fn signature_lines(block: Block) -> Vec<(String, i64, String, String)> {
    let docx = docx(&document(vec![paragraph(Role::Body, "无"), block]));
    let document = part(&docx, "word/document.xml");
    let xml = Xml::parse(&document).unwrap();
    let lines: Vec<_> = all(xml.root(), "p").collect();
    assert!(all(lines[0], "keepNext").next().is_some(), "the block does not stand alone on a page");
    lines[1..]
        .iter()
        .map(|line| {
            let properties = child(*line, "pPr").unwrap();
            let left = all(properties, "ind").next().and_then(|indent| attribute(indent, "left")).unwrap();
            (
                value(properties, &["pStyle"]).unwrap().to_owned(),
                left.parse().unwrap(),
                value(properties, &["jc"]).unwrap().to_owned(),
                text(*line),
            )
        })
        .collect()
}

#[test]
fn under_a_seal_the_body_is_centred_on_a_date_four_characters_in() {
    let lines = signature_lines(signature(&["某局"], Some(Length::mm(42))));
    let [agency, date] = lines.as_slice() else { panic!("{lines:?}") };
    assert_eq!((agency.0.as_str(), date.0.as_str()), ("Signature", "Date"));
    assert_eq!((agency.2.as_str(), date.2.as_str()), ("center", "center"));
    assert_eq!(agency.1, date.1, "both are centred in one room");
    // Seven digits and three Han characters with five gaps of a quarter between them, and four cells at
    // either side of it.
    let date_width = 7 * (160 - 5) + 3 * (320 - 5) + 5 * 80;
    assert!((MEASURE - date.1 - date_width - 8 * 316).abs() <= 8, "{date:?}");
}

#[test]
fn without_a_seal_the_date_starts_two_characters_into_the_name() {
    let lines = signature_lines(signature(&["三门峡市机关事务管理局"], None));
    let [agency, date] = lines.as_slice() else { panic!("{lines:?}") };
    assert_eq!(agency.1, MEASURE - 632 - 11 * 315, "the name ends two characters in");
    assert_eq!(date.1 - agency.1, 632);
}

#[test]
fn a_date_longer_than_the_name_ends_two_characters_in_itself() {
    let lines = signature_lines(signature(&["某局"], None));
    let [agency, date] = lines.as_slice() else { panic!("{lines:?}") };
    assert!((date.1 - agency.1 - 632).abs() <= 1, "{lines:?}");
    let date_width = 7 * (160 - 5) + 3 * (320 - 5) + 5 * 80;
    assert!((MEASURE - 632 - date_width - date.1).abs() <= 2, "{date:?}");
}

#[test]
fn several_bodies_under_seals_stand_in_rows() {
    let agencies = ["甲市教育局", "甲市财政局", "甲市民政局", "甲市水利局"];
    let lines = signature_lines(signature(&agencies, Some(Length::mm(42))));
    let texts: Vec<&str> = lines.iter().map(|line| line.3.as_str()).collect();
    // As on the PDF: the last name stands over the date, and a third would reach over the left edge.
    assert_eq!(texts, ["\t甲市教育局\t甲市财政局", "\t甲市民政局\t甲市水利局", "\t2021年1月20日"]);
    // A long name leaves room for two in a row, and larger seals too.
    let long = ["甲市教育局", "甲市人力资源和社会保障局", "甲市水利局"];
    assert_eq!(signature_lines(signature(&long, Some(Length::mm(42)))).len(), 3);
    assert_eq!(signature_lines(signature(&agencies, Some(Length::mm(60)))).len(), 3);
}

#[test]
fn a_watermark_stands_on_odd_and_even_pages() {
    let mut draft = report(None);
    draft.about.watermark = Some("草稿".into());
    let draft = docx(&draft);
    for header in ["word/header1.xml", "word/header2.xml"] {
        assert!(part(&draft, header).contains("string=\"草稿\""));
    }
    let document = part(&draft, "word/document.xml");
    let xml = Xml::parse(&document).unwrap();
    assert_eq!(all(xml.root(), "headerReference").count(), 2);
    assert!(!parts(&docx(&report(None))).iter().any(|(name, _)| name.contains("header")));
}

#[test]
fn two_tables_in_a_row_stay_two_and_the_last_thing_is_a_paragraph() {
    let docx = docx(&document(vec![Block::Table(sample::disclosure()), Block::Table(sample::proceedings())]));
    let document = part(&docx, "word/document.xml");
    let xml = Xml::parse(&document).unwrap();
    let body = child(xml.root_element(), "body").unwrap();
    let names: Vec<_> = body.children().map(|node| node.tag_name().name()).collect();
    assert_eq!(names, ["tbl", "p", "tbl", "p", "sectPr"]);
}

#[test]
fn characters_no_docx_can_hold_are_all_named_with_their_place() {
    let bad = |content: &str, path: &str| {
        let mut block = sample::document(vec![paragraph(Role::Body, "")]).blocks.remove(0);
        if let Block::Paragraph(paragraph) = &mut block {
            paragraph.text = Text::plain(content, Origin::path(path));
        }
        block
    };
    let document = document(vec![bad("甲\u{B}乙", "$.sections.overview[0]"), bad("\u{FFFE}", "$.sections.other")]);
    let error = write(&document, &sheet(), &Options::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "U+000B at $.sections.overview[0] cannot stand in a DOCX file\n\
         U+FFFE at $.sections.other cannot stand in a DOCX file"
    );
}

#[test]
fn a_table_word_cannot_open_is_refused() {
    let wide: Vec<String> = (0..64).map(|n| format!("#{n}")).collect();
    let wide = sample::table("wide", "", &[1; 64], 0, &[&wide.join(" ")]);
    let refused = |table: Table| write(&document(vec![Block::Table(table)]), &sheet(), &Options::default());
    assert!(matches!(refused(wide), Err(DocxError::Columns { columns: 64, .. })));
    let mut narrow = sample::disclosure();
    narrow.widths.pop();
    assert!(matches!(refused(narrow), Err(DocxError::Widths { columns: 4, widths: 3, .. })));
    let mut empty = sample::disclosure();
    empty.grid = Grid::new(0, 4, vec![]).unwrap();
    assert!(matches!(refused(empty), Err(DocxError::NoRows { .. })));
}

prop_compose! {
    /// A grid of up to 12 × 12 slots, cut at random into rectangles, every cell with a text of its own.
    fn grids()(rows in 1usize..12, columns in 1usize..12)
              (cuts in proptest::collection::vec((0usize..12, 0usize..12, 1usize..6, 1usize..6), 0..40),
               rows in Just(rows), columns in Just(columns))
              -> Grid<CellContent> {
        let mut taken = vec![vec![false; columns]; rows];
        let mut cells = Vec::new();
        let singles = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column, 1, 1)));
        for (row, column, row_span, column_span) in cuts.into_iter().chain(singles) {
            let (bottom, right) = (row + row_span, column + column_span);
            if bottom > rows || right > columns || taken[row..bottom].iter().any(|line| line[column..right].contains(&true)) {
                continue;
            }
            for line in &mut taken[row..bottom] {
                line[column..right].fill(true);
            }
            let role = if column == 0 { CellRole::GroupLabel } else { CellRole::Value };
            let text = sample::text(&format!("“{row},{column}”\n<&>"));
            cells.push(Cell { row, column, row_span, column_span, content: CellContent { role, text } });
        }
        Grid::new(rows, columns, cells).expect("every slot is covered once")
    }
}

fn of_grid(grid: Grid<CellContent>) -> Table {
    let widths = (0..grid.columns()).map(|column| Length::mm(7 + column as i64 * 3)).collect();
    Table { widths, grid, heading_rows: 1, ..sample::disclosure() }
}

fn words() -> impl Strategy<Value = String> {
    "[一二三四五六七八九十，。、“”（）…—A-Za-z0-9 &<>·]{0,80}"
}

fn blocks() -> impl Strategy<Value = Block> {
    let roles = prop::sample::select(vec![Role::Title, Role::Heading1, Role::Heading3, Role::Heading4, Role::Body]);
    let seals = prop::option::of((42i64..=50).prop_map(Length::mm));
    let agencies = prop::collection::vec(words(), 1..5);
    prop_oneof![
        (roles, words()).prop_map(|(role, words)| paragraph(role, &words)),
        words().prop_map(|words| sample::heading(&words, &words)),
        (words(), words()).prop_map(|(lead, words)| sample::run_in(&lead, &words)),
        grids().prop_map(|grid| Block::Table(of_grid(grid))),
        (agencies, seals)
            .prop_map(|(agencies, seal)| { signature(&agencies.iter().map(String::as_str).collect::<Vec<_>>(), seal) }),
    ]
}

/// What a document says, without the breaks and tabs that layout adds.
fn words_of(document: &Document) -> String {
    let texts = document.blocks.iter().flat_map(|block| match block {
        Block::Paragraph(paragraph) => paragraph.lead.iter().map(|lead| &lead.text).chain([&paragraph.text]).collect(),
        Block::Table(table) => table.grid.cells().iter().map(|cell| &cell.content.text).collect::<Vec<_>>(),
        Block::Signature(signature) => signature.agencies.iter().chain([&signature.date]).collect(),
    });
    texts.map(|text| text.content.replace('\n', "")).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Blocks in any order: nothing is lost, moved or doubled, no two bookmarks are alike, and every style
    /// that is named is there.
    #[test]
    fn any_document_says_in_word_what_it_says(blocks in prop::collection::vec(blocks(), 0..8)) {
        let document = document(blocks);
        let docx = docx(&document);
        let styles = part(&docx, "word/styles.xml");
        let styles = Xml::parse(&styles).unwrap();
        let styles: BTreeSet<_> = all(styles.root(), "style").filter_map(|style| attribute(style, "styleId")).collect();
        let part = part(&docx, "word/document.xml");
        let xml = Xml::parse(&part).unwrap();
        for kind in ["pStyle", "rStyle", "tblStyle"] {
            for named in all(xml.root(), kind).filter_map(|named| attribute(named, "val")) {
                prop_assert!(styles.contains(named), "{named}");
            }
        }
        let said = text(xml.root_element()).replace(['\n', '\t'], "");
        prop_assert_eq!(said, words_of(&document));
        let names: Vec<_> = all(xml.root(), "bookmarkStart").filter_map(|mark| attribute(mark, "name")).collect();
        prop_assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    }

    /// [`merged_cells`] refuses rows that do not add up; what it puts together is the grid again.
    #[test]
    fn any_grid_reads_back_from_the_spans_word_is_given(grid in grids()) {
        let expected = cells_of(&grid);
        with_first_table(&one_table(of_grid(grid)), |table| {
            let sum: i64 = all(table, "gridCol").map(|column| attribute(column, "w").unwrap().parse::<i64>().unwrap()).sum();
            assert_eq!(sum, MEASURE);
            assert_eq!(merged_cells(table), expected);
        });
    }

    /// Whatever text is given, what Word reads is that text, or it is refused by name.
    #[test]
    fn any_text_reads_back_or_is_refused(content in "\\PC*|[\\x00-\\x20“”’—…·×中A1]{0,20}") {
        let body = document(vec![paragraph(Role::Body, "")]);
        let mut body = body;
        if let Some(Block::Paragraph(paragraph)) = body.blocks.first_mut() {
            paragraph.text = Text::plain(content.clone(), Origin::path("$"));
        }
        match write(&body, &sheet(), &Options::default()) {
            Ok(docx) => {
                let document = part(&docx, "word/document.xml");
                let xml = Xml::parse(&document).unwrap();
                prop_assert_eq!(text(all(xml.root(), "p").next().unwrap()), content);
            }
            Err(error) => prop_assert!(matches!(error, DocxError::Characters(_)) && content.contains(char::is_control), "{error}"),
        }
    }
}

/// Leaves files to be opened, validated and looked at.
#[test]
#[ignore = "leaves files in $KANYIN_DOCX_DIR"]
fn files_to_look_at() {
    let folder = PathBuf::from(std::env::var_os("KANYIN_DOCX_DIR").expect("KANYIN_DOCX_DIR names a folder"));
    let leave = |name: &str, document: &Document, options: Options| {
        let bytes = write(document, &sheet(), &options).expect("it can be written");
        std::fs::write(folder.join(name), bytes).expect("it can be left");
    };
    leave("sealed.docx", &report(Some(Length::mm(42))), Options { tint: true, carried: None });
    leave("unsealed.docx", &report(None), Options::default());
    leave("solid.docx", &sample::solid_text(), Options::default());
    let mut draft = report(None);
    draft.about.watermark = Some("草稿".into());
    let agencies = ["甲市教育局", "甲市财政局", "甲市人力资源和社会保障局", "甲市水利局"];
    draft.blocks.pop();
    draft.blocks.push(signature(&agencies, Some(Length::mm(42))));
    leave("draft.docx", &draft, Options::default());
    let rows = (0..70).map(|row| match row % 7 {
        0 => format!("@（{row}）分组 -1.项目 #1"),
        _ => "^ -又一个名称比较长需要折成两行才放得下的项目 #1".to_owned(),
    });
    let rows: Vec<String> = std::iter::once("!分组 !项目 !数量".to_owned()).chain(rows).collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let long =
        vec![sample::heading("long", "一、长表"), Block::Table(sample::table("long", "", &[20, 50, 86], 1, &rows))];
    leave("long.docx", &document(long), Options::default());
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    for number in 0..200 {
        let blocks = prop::collection::vec(blocks(), 1..8).new_tree(&mut runner).expect("blocks").current();
        leave(&format!("any-{number:03}.docx"), &document(blocks), Options { tint: number % 2 == 0, carried: None });
    }
}
