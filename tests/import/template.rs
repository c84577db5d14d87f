//! Documents as offices make them in the circulated Word template (geometry and labels as research has them, the
//! figures those of a published report): 172 mm wide tables, typed headings, 宋体; and the ways in which they go wrong.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};

pub const PACKAGE_RELATIONSHIPS: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"#;
const TYPES: &str = r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"#;
const RELATIONSHIPS: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/header" Target="header1.xml"/></Relationships>"#;
const W: &str = r#"xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main""#;

/// Widths of columns in twips, and rows in which `<` goes on from the left and `^` from above.
#[derive(Clone)]
struct Picture {
    widths: Vec<usize>,
    rows: Vec<Vec<String>>,
}

#[derive(Clone)]
pub struct Template {
    title: Vec<String>,
    tables: [Picture; 3],
    after_table: Option<String>,
    page_junk: bool,
}

fn rows(lines: &[&str]) -> Vec<Vec<String>> {
    lines.iter().map(|line| line.split('|').map(|cell| cell.trim().to_owned()).collect()).collect()
}

/// Published figures (annual-report.md, vector B): rows 一 to 四, columns 自然人 to 总计.
const FIGURES: [&str; 25] = [
    "3001 53 0 0 61 4 3119",
    "34 0 0 0 0 0 34",
    "1288 21 0 0 50 3 1362",
    "447 7 0 0 0 0 454",
    "2 0 0 0 0 0 2",
    "30 1 0 0 0 0 31",
    "5 0 0 0 0 0 5",
    "6 0 0 0 0 0 6",
    "7 1 0 0 0 0 8",
    "12 0 0 0 0 0 12",
    "9 0 0 0 0 0 9",
    "105 0 0 0 0 0 105",
    "746 12 0 0 10 1 769",
    "11 0 0 0 0 0 11",
    "1 0 0 0 0 0 1",
    "56 6 0 0 0 0 62",
    "25 0 0 0 0 0 25",
    "0 0 0 0 0 0 0",
    "0 0 0 0 0 0 0",
    "1 0 0 0 0 0 1",
    "67 3 0 0 1 0 71",
    "6 0 0 0 0 0 6",
    "108 2 0 0 0 0 110",
    "2932 53 0 0 61 4 3050",
    "103 0 0 0 0 0 103",
];

const REQUESTS: [&str; 25] = [
    "一、本年新收政府信息公开申请数量|<|<",
    "二、上年结转政府信息公开申请数量|<|<",
    "三、本年度办理结果|（一）予以公开|<",
    "^|（二）部分公开（区分处理的，只计这一情形，不计其他情形）|<",
    "^|（三）不予公开|1.属于国家秘密",
    "^|^|2.其他法律行政法规禁止公开",
    "^|^|3.危及“三安全一稳定”",
    "^|^|4.保护第三方合法权益",
    "^|^|5.属于三类内部事务信息",
    "^|^|6.属于四类过程性信息",
    "^|^|7.属于行政执法案卷",
    "^|^|8.属于行政查询事项",
    "^|（四）无法提供|1.本机关不掌握相关政府信息",
    "^|^|2.没有现成信息需要另行制作",
    "^|^|3.补正后申请内容仍不明确",
    "^|（五）不予处理|1.信访举报投诉类申请",
    "^|^|2.重复申请",
    "^|^|3.要求提供公开出版物",
    "^|^|4.无正当理由大量反复申请",
    "^|^|5.要求行政机关确认或重新出具已获取信息",
    "^|（六）其他处理|1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请",
    "^|^|2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请",
    "^|^|3.其他",
    "^|（七）总计|<",
    "四、结转下年度继续办理|<|<",
];

impl Template {
    /// A report as a careful clerk types it.
    pub fn good() -> Self {
        let disclosure = rows(&[
            "第二十条第（一）项|<|<|<",
            "信息内容|本年制发件数|本年废止件数|现行有效件数",
            "规章|1|0|11",
            "行政规范性文件|8|26|66",
            "第二十条第（五）项|<|<|<",
            "信息内容|本年处理决定数量|<|<",
            "行政许可|447228|<|<",
            "第二十条第（六）项|<|<|<",
            "信息内容|本年处理决定数量|<|<",
            "行政处罚|3985758|<|<",
            "行政强制|88283|<|<",
            "第二十条第（八）项|<|<|<",
            "信息内容|本年收费金额（单位：万元）|<|<",
            "行政事业性收费|96171.6|<|<",
        ]);
        let mut requests = rows(&[
            "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）|<|<|申请人情况|<|<|<|<|<|<",
            "^|<|<|自然人|法人或其他组织|<|<|<|<|总计",
            // Headings are broken by hand into paragraphs.
            "^|<|<|^|商业/企业|科研/机构|社会公益组织|法律服务机构|其他|^",
        ]);
        for (labels, figures) in REQUESTS.iter().zip(FIGURES) {
            requests.extend(rows(&[&format!("{labels}|{}", figures.replace(' ', "|"))]));
        }
        let proceedings = rows(&[
            "行政复议|<|<|<|<|行政诉讼|<|<|<|<|<|<|<|<|<",
            "结果维持|结果纠正|其他结果|尚未审结|总计|未经复议直接起诉|<|<|<|<|复议后起诉|<|<|<|<",
            "^|^|^|^|^|结果维持|结果纠正|其他结果|尚未审结|总计|结果维持|结果纠正|其他结果|尚未审结|总计",
            "72|64|178|37|351|13|4|8|1|26|12|1|1|6|20",
        ]);
        Template {
            title: vec!["临渚市水利局".into(), "2024年政府信息公开工作年度报告".into()],
            tables: [
                Picture { widths: vec![2435; 4], rows: disclosure },
                Picture { widths: [vec![754, 921, 3271], vec![685; 7]].concat(), rows: requests },
                Picture { widths: vec![650; 15], rows: proceedings },
            ],
            after_table: None,
            page_junk: false,
        }
    }

    /// The table of requests in nine columns, its rows broken as in the report of a city's 2020: label columns fall
    /// together, rows have six values, or five, or an empty cell among them.
    pub fn broken() -> Self {
        let mut template = Template::good();
        let requests = &mut template.tables[1];
        requests.widths = vec![1000; 9];
        let mut broken = rows(&[
            "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）|<|申请人情况|<|<|<|<|<|<",
            "^|<|自然人|法人或其他组织|<|<|<|<|总计",
            "^|<|^|商业企业|科研机构|社会公益组织|法律服务机构|其他|^",
            "一、本年新收政府信息公开申请数量|<|3001|53|0|0|61|4|3119",
            "二、上年结转政府信息公开申请数量|<|34|0|0|0|0|0|34",
        ]);
        broken.extend(rows(&["三、本年度办理结果|（一）予以公开|<|0|0|0|0|0|0"]));
        broken.extend(rows(&["^|（二）部分公开（区分处理的，只计这一情形，不计其他情形）|<|0|0|0|0|0|0"]));
        for label in REQUESTS[4..12].iter().filter_map(|labels| labels.rsplit('|').next()) {
            broken.push(["^", "（三）不予公开", label, "", "0", "0", "0", "0", "0"].map(str::to_owned).to_vec());
        }
        broken.extend(rows(&["（七）总计||0|0|0|0|0|0|", "四、结转下年度继续办理|||0|0|0|0|0|0"]));
        requests.rows = broken;
        template
    }

    pub fn title(mut self, title: &str) -> Self {
        self.title = vec![title.to_owned()];
        self
    }

    /// The report with another label in the place of one.
    pub fn label(mut self, old: &str, new: &str) -> Self {
        let mut cells = self.tables.iter_mut().flat_map(|table| table.rows.iter_mut().flatten());
        let cell = cells.find(|cell| *cell == old).unwrap_or_else(|| panic!("no label {old}"));
        *cell = new.to_owned();
        self
    }

    /// The report with two rows of one group in each other's place.
    pub fn swapped(mut self, one: &str, other: &str) -> Self {
        let rows = &mut self.tables[1].rows;
        let place = |label: &str| rows.iter().position(|row| row[2] == label).expect("the row");
        let (one, other) = (place(one), place(other));
        for column in 2..rows[one].len() {
            let (first, second) = (rows[one][column].clone(), rows[other][column].clone());
            (rows[one][column], rows[other][column]) = (second, first);
        }
        self
    }

    pub fn with_text_after_table(mut self, text: &str) -> Self {
        self.after_table = Some(text.to_owned());
        self
    }

    pub fn with_page_junk(mut self) -> Self {
        self.page_junk = true;
        self
    }

    pub fn docx(&self) -> Vec<u8> {
        let mut body = String::new();
        for title in &self.title {
            body.push_str(&paragraph(title, r#"<w:jc w:val="center"/>"#));
        }
        body.push_str(&paragraph("", ""));
        body.push_str(&paragraph("　　根据《中华人民共和国政府信息公开条例》编制本报告。", ""));
        body.push_str(&paragraph("一、总体情况", ""));
        body.push_str(&paragraph("　　（一）主动公开。全年公开信息152条。", ""));
        body.push_str(&paragraph("　　（二）依申请公开。新收申请3119件。", ""));
        for (heading, table) in
            ["二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况", "四、政府信息公开行政复议、行政诉讼情况"]
                .iter()
                .zip(&self.tables)
        {
            body.push_str(&paragraph(heading, ""));
            body.push_str(&table.xml());
            body.push_str(&paragraph("", ""));
        }
        body.push_str(&self.after_table.as_deref().map(|text| paragraph(text, "")).unwrap_or_default());
        body.push_str(&paragraph("五、存在的主要问题及改进情况", ""));
        body.push_str(&paragraph("　　解读形式还不够多。", ""));
        body.push_str(&paragraph("六、其他需要报告的事项", ""));
        body.push_str(&paragraph("　　无", ""));
        body.push_str(&paragraph("临渚市水利局", r#"<w:jc w:val="right"/>"#));
        body.push_str(&paragraph("2025年1月20日", r#"<w:jc w:val="right"/>"#));
        let reference = if self.page_junk { r#"<w:headerReference w:type="default" r:id="rId2"/>"# } else { "" };
        let office = r#"xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships""#;
        let document =
            format!("<w:document {W} {office}><w:body>{body}<w:sectPr>{reference}</w:sectPr></w:body></w:document>");
        let header = format!(
            "<w:hdr {W}>{}{}</w:hdr>",
            paragraph("内部资料 2019年政府信息公开工作年度报告", ""),
            self.tables[0].xml()
        );
        let styles = format!(r#"<w:styles {W}><w:style w:styleId="a"><w:name w:val="Normal"/></w:style></w:styles>"#);
        pack(&[
            ("[Content_Types].xml", TYPES),
            ("_rels/.rels", PACKAGE_RELATIONSHIPS),
            ("word/document.xml", &document),
            ("word/_rels/document.xml.rels", RELATIONSHIPS),
            ("word/styles.xml", &styles),
            ("word/header1.xml", &header),
        ])
    }
}

fn paragraph(text: &str, properties: &str) -> String {
    let run = if text.is_empty() { String::new() } else { format!("<w:r><w:t>{text}</w:t></w:r>") };
    format!("<w:p><w:pPr>{properties}</w:pPr>{run}</w:p>")
}

impl Picture {
    fn xml(&self) -> String {
        let columns: String = self.widths.iter().map(|width| format!(r#"<w:gridCol w:w="{width}"/>"#)).collect();
        let mut out = format!("<w:tbl><w:tblPr/><w:tblGrid>{columns}</w:tblGrid>");
        for (at, row) in self.rows.iter().enumerate() {
            out.push_str("<w:tr>");
            let mut column = 0;
            while column < row.len() {
                let span = 1 + row[column + 1..].iter().take_while(|cell| *cell == "<").count();
                let below = self.rows.get(at + 1).is_some_and(|next| next[column] == "^");
                let merge = match (&*row[column], below) {
                    ("^", _) => "<w:vMerge/>",
                    (_, true) => r#"<w:vMerge w:val="restart"/>"#,
                    (_, false) => "",
                };
                let text = if row[column] == "^" { "" } else { &row[column] };
                // Of figures, `/` means what does not apply.
                let text: String = text.split('/').map(|line| paragraph(line, "")).collect();
                out.push_str(&format!(r#"<w:tc><w:tcPr><w:gridSpan w:val="{span}"/>{merge}</w:tcPr>{text}</w:tc>"#));
                column += span;
            }
            out.push_str("</w:tr>");
        }
        out + "</w:tbl>"
    }
}

fn pack(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).expect("a part");
        archive.write_all(text.as_bytes()).expect("written");
    }
    archive.finish().expect("an archive").into_inner()
}

/// The parts of a package by name.
fn unpack(docx: &[u8]) -> BTreeMap<String, String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(docx)).expect("an archive");
    (0..archive.len())
        .map(|index| {
            let mut part = archive.by_index(index).expect("a part");
            let mut text = String::new();
            part.read_to_string(&mut text).expect("text");
            (part.name().expect("a name").into_owned(), text)
        })
        .collect()
}

/// A package with its parts changed.
pub fn repack(docx: &[u8], change: impl Fn(&str, String) -> String) -> Vec<u8> {
    let parts: Vec<(String, String)> =
        unpack(docx).into_iter().map(|(name, text)| (name.clone(), change(&name, text))).collect();
    let parts: Vec<(&str, &str)> = parts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    pack(&parts)
}

/// A package without the parts of a folder.
pub fn without(docx: &[u8], folder: &str) -> Vec<u8> {
    let parts = unpack(docx);
    let parts: Vec<(&str, &str)> = parts
        .iter()
        .filter(|(name, _)| !name.starts_with(folder))
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    pack(&parts)
}
