//! Every report in `samples/` is a test by being there: it is set as it was set before, says what it said
//! before, and comes out the same twice.

mod common;

use std::io::Read;

use common::{fonts, golden, samples, sheet};
use kanyin::check::check;
use kanyin::compose::{Options, compose};
use kanyin::document::{Block, Document};
use kanyin::error::Lang;
use kanyin::form::Forms;
use kanyin::pages::{Kind, NodeId, Owner, Pages, Shape};
use kanyin::report::Report;
use kanyin::typeset::{self, typeset};
use kanyin::write;

fn name(path: &std::path::Path) -> String {
    path.file_stem().expect("a name").to_string_lossy().into_owned()
}

/// Reads, checks and composes a sample; returns what was said about it, too.
fn document(path: &std::path::Path) -> (Document, String) {
    let bytes = std::fs::read(path).expect("the sample can be read");
    let report = Report::parse(&bytes).unwrap_or_else(|findings| panic!("{}: {findings:?}", path.display()));
    let forms = Forms::bundled().expect("the forms can be read");
    let form = forms.choose(&report).expect("there is a form");
    let checked = check(&report, form).unwrap_or_else(|findings| panic!("{}: {findings:?}", path.display()));
    assert!(!checked.has_errors(), "{}: {:?}", path.display(), checked.findings());
    let text = String::from_utf8_lossy(&bytes);
    let findings = checked.findings().iter();
    let said: Vec<String> =
        findings.map(|finding| finding.render(Lang::English, Some(("report.json", &text)))).collect();
    let document = compose(&checked, &Options { date: report.day(), watermark: None });
    (document, said.concat())
}

fn pages(document: &Document) -> Pages {
    typeset(document, &sheet(), fonts(), typeset::Options::default()).unwrap_or_else(|faults| panic!("{faults:?}"))
}

/// The body of a DOCX as XML, an element a line.
fn docx_body(bytes: &[u8]) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("a package");
    let mut xml = String::new();
    archive.by_name("word/document.xml").expect("a body").read_to_string(&mut xml).expect("text");
    let mut out = String::new();
    let mut depth = 0usize;
    for piece in xml.split_inclusive('>') {
        let (text, tag) = piece.split_at(piece.rfind('<').unwrap_or(0));
        let closes = tag.starts_with("</");
        if closes {
            depth = depth.saturating_sub(1);
        }
        if !text.is_empty() {
            out.push_str(&format!("{}{text}\n", "  ".repeat(depth + usize::from(closes))));
        }
        out.push_str(&format!("{}{tag}\n", "  ".repeat(depth)));
        if !closes && !tag.ends_with("/>") && !tag.starts_with("<?") {
            depth += 1;
        }
    }
    out
}

#[test]
fn samples_are_set_as_before() {
    for path in samples() {
        let (document, said) = document(&path);
        let name = name(&path);
        golden(&format!("{name}.findings.txt"), &said);
        golden(&format!("{name}.pages.txt"), &pages(&document).dump());
        let docx = write::docx::write(&document, &sheet(), &write::docx::Options { tint: false, carried: None })
            .expect("a DOCX");
        golden(&format!("{name}.docx.xml"), &docx_body(&docx));
    }
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    for path in samples() {
        let once = || {
            let (document, _) = document(&path);
            let pdf = write::pdf::write(&pages(&document), fonts()).expect("a PDF");
            let docx = write::docx::write(&document, &sheet(), &write::docx::Options { tint: true, carried: None })
                .expect("a DOCX");
            (pdf, docx)
        };
        assert!(once() == once(), "{}", path.display());
    }
}

/// What a node of the structure says, pieced together from all pages.
fn texts(pages: &Pages) -> Vec<String> {
    let mut texts = vec![String::new(); pages.nodes.len()];
    for item in pages.pages.iter().flat_map(|page| &page.items) {
        if let (Owner::Node(NodeId(node)), Shape::Text(text)) = (item.owner, &item.shape) {
            texts[node as usize].push_str(&text.content);
        }
    }
    texts
}

#[test]
fn the_structure_says_what_the_document_says_in_its_order() {
    for path in samples() {
        let (document, _) = document(&path);
        let pages = pages(&document);
        let set: String = texts(&pages).concat();
        let mut said = String::new();
        for block in &document.blocks {
            match block {
                Block::Paragraph(paragraph) => {
                    said.extend(paragraph.lead.iter().map(|lead| lead.text.content.as_str()));
                    said.push_str(&paragraph.text.content.replace('\n', ""));
                }
                Block::Table(table) => {
                    said.extend(table.grid.cells().iter().map(|cell| cell.content.text.content.replace('\n', "")));
                }
                Block::Signature(signature) => {
                    said.extend(signature.agencies.iter().map(|agency| agency.content.as_str()));
                    said.push_str(&signature.date.content);
                }
            }
        }
        assert_eq!(set, said, "{}", path.display());
    }
}

#[test]
fn every_value_has_the_headings_that_explain_it() {
    for path in samples() {
        let (document, _) = document(&path);
        let pages = pages(&document);
        let texts = texts(&pages);
        for node in &pages.nodes {
            let Kind::ValueCell { headings, .. } = &node.kind else { continue };
            assert!(!headings.is_empty(), "a value without headings in {}", path.display());
            assert!(headings.iter().all(|heading| !texts[heading.0 as usize].is_empty()));
        }
    }
    let (document, _) = document(&common::root().join("samples/sanmenxia-2020.json"));
    let pages = pages(&document);
    let texts = texts(&pages);
    let said = |headings: &[NodeId]| headings.iter().map(|id| texts[id.0 as usize].as_str()).collect::<Vec<_>>();
    let explained: Vec<Vec<&str>> = pages
        .nodes
        .iter()
        .filter_map(|node| match &node.kind {
            Kind::ValueCell { headings, .. } => Some(said(headings)),
            _ => None,
        })
        .collect();
    let wanted = ["申请人情况", "法人或其他组织", "商业企业", "三、本年度办理结果", "（三）不予公开", "1.属于国家秘密"];
    assert!(explained.iter().any(|one| *one == wanted), "the screen reader hears the way down to a value");
}

#[test]
fn the_seed_is_printed_word_for_word() {
    let (document, _) = document(&common::root().join("samples/sanmenxia-2020.json"));
    let set: String = texts(&pages(&document)).concat();
    // Sentences from every paragraph of the published report.
    for sentence in [
        "我局高度重视政府信息公开工作，成立了信息公开工作领导小组，主管领导负责全局政务信息公开工作，",
        "认真抓好信息公开程序，进一步规范完善工作，全面梳理局机关及各部门的各类信息，",
        "在政府网站上全面公开了我局预决算信息、报表和“三公”经费预决算的同时，",
        "通过政务新媒体发布信息88篇。",
        "下一阶段我局将主要从以下方面作进一步改进和加强。",
        "一是加强检查监督力度。",
        "发挥政府对人民群众生产、生活和社会经济活动的服务作用。",
        "为群众就近及时获取政府信息提供便利。",
        "增强政府信息发布主动性、权威性和时效性。",
        "实现行政机关工作透明、公开、廉洁、高效。",
    ] {
        assert!(set.contains(sentence), "{sentence}");
    }
}
