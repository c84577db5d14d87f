//! `metadata.xml`: what the record is, in the elements of DA/T 46—2009 that can be filled.
//!
//! XML, because the record's envelope in that family of standards is XML (DA/T 48—2009), and because a name such as
//! 立档单位名称 can be an element there. Elements bear the standard's names; the number of an element (`编号`) stands
//! where it was confirmed. What nobody told is left out, never invented; 密级 is there and empty, as the
//! record is public.

use std::fmt::Write as _;

use super::{Bond, DOCX, FINDINGS, File, ORIGINAL, PDF, PROGRAM, REPORT, Record, Signed};
use crate::crypto;
use crate::document::Text;

/// The namespace of the file.
const NAMESPACE: &str = "urn:kanyin:metadata:1.0";

/// The metadata of a record with these files.
pub fn write(record: &Record, files: &[File]) -> String {
    let mut xml = Xml { out: String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"), depth: 0 };
    xml.group("元数据", &[("xmlns", NAMESPACE), ("依据", "DA/T 46—2009")], |xml| {
        xml.element("聚合层次", &[], "文件");
        xml.group("来源", &[], |xml| xml.element("立档单位名称", &[("编号", "M6")], &record.about.author));
        if let Some(number) = &record.given.archive_number {
            xml.element("档号", &[], number);
        }
        year(xml, record);
        if let Some(retention) = &record.given.retention {
            xml.element("保管期限", &[], retention);
        }
        description(xml, record);
        xml.group("形式特征", &[], |xml| {
            xml.element("件数", &[("编号", "M42")], "1");
            xml.element("页数", &[("编号", "M43")], &record.master.pages().to_string());
            xml.element("语种", &[("编号", "M44")], language(&record.about.language));
            let version = if record.master.bond() == Bond::Built { "定稿" } else { "正本" };
            xml.element("稿本", &[("编号", "M45")], version);
        });
        for file in files {
            properties(xml, record, file);
        }
        for signature in record.master.signatures() {
            signed(xml, signature);
        }
        xml.element("附注", &[], &note(record.master.bond()));
    });
    xml.out
}

/// The year reported on, and that of the document, which is filed a year later.
fn year(xml: &mut Xml, record: &Record) {
    let year = record.about.edition.year.to_string();
    let signature = record.checked.report().signature.as_ref();
    match signature.map(|signature| signature.date.value.year().to_string()) {
        Some(made) => xml.element("年度", &[("含义", "报告所属年度"), ("成文年度", &made)], &year),
        None => xml.element("年度", &[("含义", "报告所属年度")], &year),
    }
}

fn description(xml: &mut Xml, record: &Record) {
    let form = record.checked.form();
    let signature = record.checked.report().signature.as_ref();
    xml.group("内容描述", &[], |xml| {
        xml.element("题名", &[("编号", "M22")], &record.about.title);
        for keyword in &record.about.keywords {
            xml.element("关键词", &[("编号", "M27")], keyword);
        }
        if let Some(number) = &record.given.document_number {
            xml.element("文件编号", &[("编号", "M31")], number);
        }
        let signed_by = signature.and_then(|signature| signature.agencies.as_ref());
        match signed_by {
            Some(agencies) => {
                for agency in &agencies.value {
                    let name = Text::marked(&agency.value, agency.at.origin()).content;
                    xml.element("责任者", &[("编号", "M32")], &name);
                }
            }
            None => xml.element("责任者", &[("编号", "M32")], &record.about.author),
        }
        if let Some(signature) = signature {
            xml.element("日期", &[("编号", "M33")], &signature.date.value.to_string());
        }
        if let Some(genre) = form.genre() {
            xml.element("文种", &[("编号", "M34")], genre);
        }
        xml.element("密级", &[("编号", "M38")], "");
    });
}

/// What a file is.
fn properties(xml: &mut Xml, record: &Record, file: &File) {
    let master = record.master;
    let built = matches!(master.bond(), Bond::Built | Bond::Appended { .. });
    let (format, ours) = match file.path {
        PDF => (master.level().unwrap_or("PDF"), built),
        ORIGINAL => ("PDF/A-3a", true),
        DOCX => ("Office Open XML（ISO/IEC 29500）", true),
        REPORT => ("JSON（RFC 8259）", false),
        FINDINGS => ("JSON（RFC 8259）", true),
        _ => return,
    };
    xml.group("电子属性", &[], |xml| {
        xml.element("格式信息", &[], format);
        xml.element("计算机文件名", &[], file.path);
        xml.element("计算机文件大小", &[("单位", "字节")], &file.bytes.len().to_string());
        if ours {
            xml.element("文档创建程序", &[], PROGRAM);
        }
        xml.element("数字摘要", &[("算法", "SHA-256")], &crypto::hex(&crypto::sha256(&file.bytes)));
    });
}

/// A signature of the PDF.
fn signed(xml: &mut Xml, signature: &Signed) {
    xml.group("电子签名", &[], |xml| {
        xml.element("签名规则", &[], &signature.kind);
        if let Some((time, stamped)) = signature.time {
            // Whose a time-stamp is nobody asks here.
            let source = match (stamped, signature.kind.as_str()) {
                (true, _) => "时间戳",
                (false, "ETSI.RFC3161") => "时间戳，未验证其证书链",
                (false, _) => "签名人自述",
            };
            xml.element("签名时间", &[("依据", source)], &time.to_string());
        }
        if let Some(signer) = &signature.signer {
            xml.element("签名人", &[], &signer.name);
            xml.element("证书", &[("颁发者", &signer.issuer), ("序列号", &signer.serial)], "");
        }
        let result =
            if signature.intact { "摘要和签名值相符；归档时未验证证书链" } else { "未能验证" };
        xml.element("签名结果", &[], result);
        if let Some(algorithm) = &signature.algorithm {
            xml.element("签名算法标识", &[], algorithm);
        }
    });
}

/// How the PDF and the report hang together.
fn note(bond: Bond) -> String {
    match bond {
        Bond::Built => format!("{PDF}由本程序据{REPORT}生成，未经签署。"),
        Bond::Appended { bytes } => {
            format!("{PDF}为签署后的文件：前部与本程序据{REPORT}生成的文件逐字节相同，其后追加{bytes}字节。")
        }
        Bond::Attached => {
            format!("{PDF}为另行提供的文件：所附数据源与{REPORT}逐字节相同；其生成所用字体、选项或程序版本不同。")
        }
        Bond::None => {
            format!("{PDF}为另行提供的文件（如签章后的扫描件），本身不能证明由{REPORT}生成；数字原件为{ORIGINAL}。")
        }
    }
}

/// A language in the words of an archive.
fn language(tag: &str) -> &str {
    if tag == "zh" || tag.starts_with("zh-") { "汉语" } else { tag }
}

/// XML as it is written: a line an element, indented.
struct Xml {
    out: String,
    depth: usize,
}

impl Xml {
    fn group(&mut self, name: &str, attributes: &[(&str, &str)], inside: impl FnOnce(&mut Xml)) {
        self.open(name, attributes);
        self.out.push('\n');
        self.depth += 1;
        inside(self);
        self.depth -= 1;
        self.indent();
        // Writing to a string cannot fail.
        let _ = writeln!(self.out, "</{name}>");
    }

    fn element(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        self.open(name, attributes);
        if text.is_empty() {
            self.out.truncate(self.out.len() - 1);
            self.out.push_str("/>\n");
        } else {
            let _ = writeln!(self.out, "{}</{name}>", escaped(text));
        }
    }

    fn open(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.indent();
        let _ = write!(self.out, "<{name}");
        for (attribute, value) in attributes {
            let _ = write!(self.out, " {attribute}=\"{}\"", escaped(value));
        }
        self.out.push('>');
    }

    fn indent(&mut self) {
        self.out.extend(std::iter::repeat_n("  ", self.depth));
    }
}

/// Text as it may stand in an element or between quotes; what XML cannot hold at all is replaced.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => out.push(char::REPLACEMENT_CHARACTER),
            control if control.is_control() => out.push(char::REPLACEMENT_CHARACTER),
            other => out.push(other),
        }
    }
    out
}
