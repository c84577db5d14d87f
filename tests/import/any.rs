//! Reports of every shape: both editions, rows as lists and as objects, totals left out, figures as numbers and as
//! strings, marks for what does not apply, labels and headings in other words, added rows, break marks, blanks.

use kanyin::form::{Form, Forms, SectionContent, TableForm};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

const AGENCIES: [&str; 5] =
    ["临渚市水利局", "三门峡市|机关事务管理局", "临渚市文化广电和旅游局|临渚市文物局", "A市 “数据” 局", "甲"];

/// A report as JSON text that can be put into its form.
pub fn report() -> impl Strategy<Value = String> {
    (2019u16..2030, 0usize..AGENCIES.len(), any::<u64>())
        .prop_flat_map(|(year, agency, seed)| {
            let sections = prop::collection::vec(paragraphs(), 4);
            let flags = prop::collection::vec(any::<bool>(), 12);
            let values = prop::collection::vec(value(), 40);
            (Just(year), Just(AGENCIES[agency]), Just(seed), sections, flags, values)
        })
        .prop_map(|(year, agency, seed, sections, flags, values)| {
            let forms = Forms::bundled().expect("the forms");
            let form = forms.for_year(year).expect("a form");
            let maker = Maker { seed, values: &values };
            build(form, year, agency, &sections, &flags, maker).to_string()
        })
}

/// Paragraphs as they may be given: one as a string, or a list; with blanks about them, numbered or not.
fn paragraphs() -> impl Strategy<Value = Value> {
    let paragraph = prop_oneof![
        "[\u{4e00}-\u{4eff}“”（）A-Za-z0-9，。%—…· ]{0,60}[\u{4e00}-\u{4eff}。]",
        Just("（一）主动公开。全年公开信息152条。".to_owned()),
        Just("1.政策解读".to_owned()),
        Just("　　五、存在的主要问题及改进情况 ".to_owned()),
        Just("2021年1月20日".to_owned()),
        Just("a & b < c > \"d\" | e".to_owned()),
    ];
    prop_oneof![paragraph.clone().prop_map(Value::from), prop::collection::vec(paragraph, 1..5).prop_map(Value::from),]
}

/// A value as it may be written in JSON.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => (0u32..100_000).prop_map(|number| number.to_string()),
        1 => (0u32..10_000).prop_map(|number| format!("\"{number}\"")),
        1 => Just("\"\"".to_owned()),
        1 => Just("\" \"".to_owned()),
        1 => Just("\"/\"".to_owned()),
        1 => Just("\"—\"".to_owned()),
        1 => (0u32..1000, 0u32..100).prop_map(|(whole, part)| format!("{whole}.{part:02}")),
        1 => (0u32..1000).prop_map(|whole| format!("\"+{whole}\"")),
        1 => (1u32..1000).prop_map(|whole| format!("-{whole}")),
        1 => Just("\"约 12 件\"".to_owned()),
    ]
}

struct Maker<'a> {
    seed: u64,
    values: &'a [String],
}

impl Maker<'_> {
    /// The next of many choices.
    fn next(&mut self, choices: usize) -> usize {
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.seed >> 33) as usize % choices
    }

    fn value(&mut self) -> Value {
        let at = self.next(self.values.len());
        serde_json::from_str(&self.values[at]).expect("a value")
    }

    fn row(&mut self, columns: &[&str], total: Option<&str>) -> Value {
        match (self.next(3), total) {
            // Figures only, so that the total can be computed.
            (0, Some(total)) => {
                let members = columns.iter().filter(|column| **column != total);
                members.map(|column| ((*column).to_owned(), json!(self.next(1000)))).collect::<Map<_, _>>().into()
            }
            (1, _) => columns.iter().map(|column| ((*column).to_owned(), self.value())).collect::<Map<_, _>>().into(),
            _ => columns.iter().map(|_| self.value()).collect(),
        }
    }
}

fn build(form: &Form, year: u16, agency: &str, sections: &[Value], flags: &[bool], mut maker: Maker) -> Value {
    let mut report = Map::new();
    if flags[0] {
        report.insert("form".into(), form.id().into());
    }
    report.insert("agency".into(), agency.into());
    report.insert("year".into(), year.into());
    if flags[1] {
        report.insert("title".into(), json!(["临渚市|水利局", format!("{year}年|政府信息公开工作年度报告")]));
    } else if flags[2] {
        report.insert("title".into(), format!("临渚市{year}年度报告").into());
    }
    if flags[3] {
        report.insert("preamble".into(), sections[3].clone());
    }
    let prose = form.sections().iter().filter(|section| matches!(section.content, SectionContent::Prose));
    let given = prose.zip(sections).map(|(section, text)| (section.key.clone(), text.clone()));
    report.insert("sections".into(), Value::Object(given.collect()));
    if flags[4] {
        report.insert("headings".into(), json!({ "overview": "一、总体|概况", "requests": "三、依申请公开情况" }));
    }
    let tables = form.tables().map(|(_, table)| (table.key.clone(), rows(table, &mut maker)));
    report.insert("tables".into(), Value::Object(tables.collect()));
    let may = form.tables().map(|(_, table)| table).find(|table| table.may_relabel && table.may_add_rows);
    if let (true, Some(table)) = (flags[5], may) {
        report.insert("labels".into(), json!({ &*table.key: { "规章": "规章（含|废止）", "信息内容": "内容" } }));
    }
    if let (true, Some(table)) = (flags[6], may) {
        let columns: Vec<&str> = table.rows[0].columns.iter().map(|column| &*column.key).collect();
        let mut added = |key: &str, after: &str| json!({ "after": after, "key": key, "label": format!("其他|文件{key}"), "values": maker.row(&columns, None) });
        let after = table.rows[0].key.to_string();
        let rows = [added("extra", &after), added("more", "extra")];
        report.insert("added_rows".into(), json!({ &*table.key: rows }));
    }
    if flags[7] {
        report.insert("layout".into(), json!({ "requests": if flags[8] { "turned" } else { "landscape" } }));
    }
    if flags[9] {
        report.insert("blank_is_zero".into(), flags[10].into());
    }
    if flags[11] {
        let seal = [json!(true), json!(false), json!("42 mm")][usize::from(flags[0]) + usize::from(flags[8])].clone();
        let mut signature = json!({ "date": format!("{}-01-20", year + 1), "seal": seal });
        if flags[10] {
            signature["agency"] = json!(["临渚市|水利局", "临渚市文物局"]);
        }
        report.insert("signature".into(), signature);
    }
    Value::Object(report)
}

fn rows(table: &TableForm, maker: &mut Maker) -> Value {
    let total = table.rules.iter().find(|rule| &*rule.id == "T3-ROW").map(|_| "total");
    let rows = table.rows.iter().map(|row| {
        let columns: Vec<&str> = row.columns.iter().map(|column| &*column.key).collect();
        (row.key.to_string(), maker.row(&columns, total))
    });
    Value::Object(rows.collect())
}
