//! How reports word their figures: every sentence of the first list says a figure that the tables do not have, and is
//! found to; no sentence of the second says one, however much it looks like it.

mod common;

use kanyin::check::check;
use kanyin::error::Finding;
use kanyin::form::Forms;
use kanyin::report::Report;

use common::root;

/// New 4, handled 4, nothing carried in or out, no proceedings.
fn base() -> serde_json::Value {
    let text = std::fs::read_to_string(root().join("samples/smallest-2024.json")).expect("the sample");
    serde_json::from_str(&text).expect("JSON")
}

/// What is said of the base with this as its only paragraph of prose, but for how it is written.
fn said(sentence: &str, change: impl FnOnce(&mut serde_json::Value)) -> Vec<Finding> {
    let mut value = base();
    value["sections"]["overview"] = serde_json::json!([format!("全年工作平稳有序。{sentence}")]);
    change(&mut value);
    let json = value.to_string();
    let report = Report::parse(json.as_bytes()).unwrap_or_else(|found| panic!("{sentence}: {found:?}"));
    let forms = Forms::bundled().expect("the forms");
    let checked = check(&report, forms.choose(&report).expect("a form")).expect("a place for every row");
    checked.findings().iter().filter(|found| found.code().starts_with("TXT-")).cloned().collect()
}

#[test]
fn figures_are_read_however_they_are_worded() {
    for (rule, sentence) in [
        ("TXT-T3", "全年共收到政府信息公开申请9件。"),
        ("TXT-T3", "全年收到政府信息公开申请 9 件。"),
        ("TXT-T3", "全年收到公民、法人和其他组织政府信息公开申请9件。"),
        ("TXT-T3", "收到公民、法人或者其他组织提出的政府信息公开申请９件。"),
        ("TXT-T3", "2024年新增政府信息公开申请9件。"),
        ("TXT-T3", "新收到9件政府信息公开申请。"),
        ("TXT-T3", "依申请公开方面，全年新收9件，办结4件。"),
        ("TXT-T3", "全年政府信息公开申请共9件。"),
        ("TXT-T3", "受理的依申请公开件9件。"),
        ("TXT-T3", "新收政府信息公开申请4件，全部办结9件。"),
        ("TXT-T3", "新收政府信息公开申请4件，结转2025年9件。"),
        ("TXT-T3", "新收政府信息公开申请4件，9件结转下年度。"),
        ("TXT-T3", "上年结转政府信息公开申请9件。"),
        ("TXT-T4", "因政府信息公开引起的行政复议9件。"),
        ("TXT-T4", "因政府信息公开被申请复议9件。"),
        ("TXT-T4", "因政府信息公开被提起行政诉讼9件。"),
    ] {
        let found = said(sentence, |_| ());
        let codes: Vec<&str> = found.iter().map(Finding::code).collect();
        assert_eq!(codes, [rule], "{sentence}: {found:?}");
    }
}

#[test]
fn that_there_was_nothing_is_read_however_it_is_worded() {
    for sentence in [
        "全年没有被申请行政复议或者提起行政诉讼的情况。",
        "全年因政府信息公开被申请行政复议、提起行政诉讼均为零。",
        "政府信息公开行政复议、行政诉讼均为零。",
        "全年未发生因政府信息公开引起的行政复议、行政诉讼案件。",
        "全年未发生政府信息公开行政复议。",
    ] {
        let found = said(sentence, |value| {
            value["tables"]["proceedings"]["reconsideration"] = serde_json::json!([1, 0, 0, 0, 1]);
        });
        let codes: Vec<&str> = found.iter().map(Finding::code).collect();
        assert_eq!(codes, ["TXT-T4"], "{sentence}: {found:?}");
        assert_eq!(said(sentence, |_| ()), [] as [Finding; 0], "{sentence}");
    }
}

#[test]
fn figures_of_other_things_are_passed_over() {
    for sentence in [
        "全年办理行政复议案件352件，审结300件。",
        "主动公开行政复议决定书信息352件。",
        "在政务公开栏公布信息公开指南，全年审理行政复议案件352件。",
        "一季度收到政府信息公开申请1件。",
        "2008年以来累计收到政府信息公开申请352件。",
        "其中市本级收到政府信息公开申请1件。",
        "通过线上渠道收到政府信息公开申请3件，窗口收到1件。",
        "各县（区）收到政府信息公开申请352件。",
        "全年收到重复申请3件，补正后收到申请1件。",
        "办理上年结转申请，办结0件。",
        "行政诉讼出庭应诉12件。",
        "全年政府信息公开申请办结共4件。",
        "全年政府网站答复留言352件。",
        "新收政府信息公开申请4件，较2023年收到政府信息公开申请9件减少5件。",
        "机构名称待完善之处已改正，有待完善的制度3项。",
        "未收取信息处理费。",
        "收取信息处理费0元。",
        "信息公开咨询电话（0371）12345。",
    ] {
        assert_eq!(said(sentence, |_| ()), [] as [Finding; 0], "{sentence}");
    }
}

#[test]
fn what_the_template_left_to_be_filled_in_is_found() {
    for sentence in [
        "公开信息（　）条。",
        "公开信息（）条。",
        "[单位名称]认真落实条例。",
        "【填写单位】认真落实条例。",
        "主动公开情况：待补充。",
        "填报说明：本表由各单位填写。",
    ] {
        let found = said(sentence, |_| ());
        let codes: Vec<&str> = found.iter().map(Finding::code).collect();
        assert_eq!(codes, ["TXT-TEMPLATE"], "{sentence}: {found:?}");
    }
    for sentence in ["公开目录〔2024〕3号文件12条。", "制度有待补充完善。", "组织1场（次）培训。"]
    {
        assert_eq!(said(sentence, |_| ()), [] as [Finding; 0], "{sentence}");
    }
}

#[test]
fn items_count_on_however_they_are_numbered() {
    for sentence in [
        "一是加强领导；二是完善制度；四是强化监督。",
        "第一，加强领导；第二，完善制度；第四，强化监督。",
        "①加强领导；②完善制度；④强化监督。",
        "第二，完善制度。",
    ] {
        let found = said(sentence, |_| ());
        let codes: Vec<&str> = found.iter().map(Finding::code).collect();
        assert_eq!(codes, ["TXT-NUM"], "{sentence}: {found:?}");
    }
    for sentence in [
        "一是加强领导；二是完善制度。一是重视不够；二是人手不足。",
        "第一，加强领导；第二，完善制度。工作质量位列全市第三，群众满意。",
        "①加强领导；②完善制度。见附图④。",
        "第三方评估，位列前茅。",
    ] {
        assert_eq!(said(sentence, |_| ()), [] as [Finding; 0], "{sentence}");
    }
}

#[test]
fn a_fee_is_spoken_of_when_there_was_one() {
    let found = said("收取信息处理费1200元。", |_| ());
    let codes: Vec<&str> = found.iter().map(Finding::code).collect();
    assert_eq!(codes, ["TXT-FEE"], "{found:?}");
}
