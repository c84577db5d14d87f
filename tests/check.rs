//! Published reports through the whole check: what balances passes clean, any one figure changed is
//! found and located, blanks are neither numbers nor errors.

use std::collections::BTreeMap;

use kanyin::check::{Checked, Outcome, check};
use kanyin::compose::{Options, compose};
use kanyin::document::{Block, CellRole, Date, Role};
use kanyin::error::{Finding, Level, Problem};
use kanyin::form::Forms;
use kanyin::length::Length;
use kanyin::report::Report;
use proptest::prelude::*;

/// The figures of a report, as they are written.
#[derive(Clone, Debug)]
struct Figures {
    year: u16,
    disclosure: &'static str,
    /// A row a line, in the form's order.
    requests: Vec<Vec<String>>,
    proceedings: [[&'static str; 5]; 3],
    blank_is_zero: bool,
}

const ROWS_BEFORE: &str = "new carried_in granted partly_granted state_secret forbidden_by_law safety_and_stability \
                           third_party internal_affairs process enforcement_file administrative_query not_held \
                           must_be_made unclear petition repeated publication excessive reconfirmation";
const COLUMNS: [&str; 7] =
    ["natural_person", "business", "research", "public_welfare", "legal_service", "other", "total"];

impl Figures {
    fn row_keys(&self) -> Vec<&'static str> {
        let others: &[&str] = match self.year {
            ..=2020 => &["other_handling"],
            _ => &["not_corrected", "fee_unpaid", "other_handling"],
        };
        ROWS_BEFORE.split_whitespace().chain(others.iter().copied()).chain(["handled_total", "carried_out"]).collect()
    }

    fn json(&self) -> String {
        let list = |values: &[String]| values.iter().map(|value| format!("{value:?}")).collect::<Vec<_>>().join(", ");
        let requests: Vec<String> = self
            .row_keys()
            .iter()
            .zip(&self.requests)
            .map(|(key, values)| format!("\"{key}\": [{}]", list(values)))
            .collect();
        let proceedings: Vec<String> = ["reconsideration", "direct_suit", "suit_after_reconsideration"]
            .iter()
            .zip(&self.proceedings)
            .map(|(key, values)| format!("\"{key}\": [{}]", values.join(", ")))
            .collect();
        format!(
            r#"{{ "agency": "某市人民政府", "year": {}, "blank_is_zero": {},
                "sections": {{ "overview": "全年依法公开政府信息，办理公开申请。", "problems": "公开的针对性不强，将逐项改进。",
                               "other": "信息处理费收取情况：已按规定收取。" }},
                "tables": {{
                  "disclosure": {{ {} }},
                  "requests": {{ {} }},
                  "proceedings": {{ {} }}
                }} }}"#,
            self.year,
            self.blank_is_zero,
            self.disclosure,
            requests.join(",\n"),
            proceedings.join(",\n"),
        )
    }
}

fn rows(table: &str) -> Vec<Vec<String>> {
    table.lines().map(|line| line.split_whitespace().map(str::to_owned).collect()).collect()
}

/// A city's report for 2025, published.
fn vector_a() -> Figures {
    Figures {
        year: 2025,
        disclosure: r#""rules": [3, 5, 74], "normative": [564, 984, 4185], "licence": [11398889],
                       "penalty": [6937489], "coercion": [166105], "fees": [316441]"#,
        requests: rows(
            "13612 252 0 45 128 32 14069
535 6 0 1 18 0 560
5345 129 0 41 19 14 5548
2120 39 0 1 6 2 2168
13 0 0 0 0 0 13
30 0 0 0 0 0 30
11 0 0 0 0 0 11
49 2 0 0 0 0 51
103 1 0 0 0 0 104
84 1 0 0 0 0 85
282 4 0 0 0 0 286
147 0 0 0 1 2 150
3075 50 0 0 89 8 3222
177 3 0 0 0 0 180
19 0 0 0 0 0 19
199 1 0 0 3 0 203
147 1 0 0 0 0 148
0 0 0 0 0 0 0
100 1 0 0 0 0 101
5 0 0 0 0 0 5
315 3 0 0 0 0 318
202 0 0 1 0 0 203
941 17 0 1 3 3 965
13364 252 0 44 121 29 13810
783 6 0 2 25 3 819",
        ),
        proceedings: [
            ["376", "97", "196", "121", "790"],
            ["16", "1", "12", "27", "56"],
            ["74", "1", "30", "51", "156"],
        ],
        blank_is_zero: false,
    }
}

/// 淮安市人民政府's report for 2024, published.
fn vector_b() -> Figures {
    Figures {
        year: 2024,
        disclosure: r#""rules": [1, 0, 11], "normative": [8, 26, 66], "licence": [447228],
                       "penalty": [3985758], "coercion": [88283], "fees": ["96171.6"]"#,
        requests: rows(
            "3001 53 0 0 61 4 3119
34 0 0 0 0 0 34
1288 21 0 0 50 3 1362
447 7 0 0 0 0 454
2 0 0 0 0 0 2
30 1 0 0 0 0 31
5 0 0 0 0 0 5
6 0 0 0 0 0 6
7 1 0 0 0 0 8
12 0 0 0 0 0 12
9 0 0 0 0 0 9
105 0 0 0 0 0 105
746 12 0 0 10 1 769
11 0 0 0 0 0 11
1 0 0 0 0 0 1
56 6 0 0 0 0 62
25 0 0 0 0 0 25
0 0 0 0 0 0 0
0 0 0 0 0 0 0
1 0 0 0 0 0 1
67 3 0 0 1 0 71
6 0 0 0 0 0 6
108 2 0 0 0 0 110
2932 53 0 0 61 4 3050
103 0 0 0 0 0 103",
        ),
        proceedings: [["72", "64", "178", "37", "351"], ["13", "4", "8", "1", "26"], ["12", "1", "1", "6", "20"]],
        blank_is_zero: false,
    }
}

/// 上海市人民政府办公厅's report for 2019, published with blanks for zeros and for the totals of rows
/// （一） to （六）.
fn vector_c(blank_is_zero: bool) -> Figures {
    let natural_person = "821 18 258 3 14 - - - 5 3 - 10 252 44 25 148 5 - - - - 767 72";
    let business = "35 - 12 - - - - - - 1 - 2 12 3 - 1 4 - - - - 35 -";
    let total = "859 18 - - - - - - - - - - - - - - - - - - - 805 72";
    let figures = |column: &'static str| column.split_whitespace().map(|figure| figure.replace('-', ""));
    let requests = figures(natural_person)
        .zip(figures(business))
        .zip(figures(total))
        .map(|((natural_person, business), total)| {
            let blank = String::new;
            vec![natural_person, business, blank(), blank(), blank(), blank(), total]
        })
        .collect();
    Figures {
        year: 2019,
        disclosure: r#""rules": ["", "", ""], "normative": [5, 5, 100], "licence": [3, "-1", ""],
                       "service": ["/", "/", "/"], "penalty": ["", "", ""], "coercion": ["", "", ""],
                       "fees": ["", "+1036"], "procurement": [12, "251000元"]"#,
        requests,
        proceedings: [["0", "0", "0", "0", "0"]; 3],
        blank_is_zero,
    }
}

fn report(figures: &Figures) -> Report {
    let json = figures.json();
    Report::parse(json.as_bytes()).unwrap_or_else(|findings| panic!("{findings:?}\n{json}"))
}

/// What comes of a report with these figures.
fn checked<T>(figures: &Figures, then: impl FnOnce(&Checked<'_>) -> T) -> T {
    let forms = Forms::bundled().unwrap();
    let report = report(figures);
    let checked = check(&report, forms.choose(&report).unwrap()).unwrap_or_else(|findings| panic!("{findings:?}"));
    then(&checked)
}

/// The lines of each rule that had an outcome, in the form's order.
fn lines(checked: &Checked<'_>, outcome: Outcome) -> BTreeMap<String, Vec<String>> {
    let mut lines: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for found in checked.outcomes().iter().filter(|found| found.outcome == outcome) {
        lines.entry(found.rule.clone()).or_default().push(found.line.clone());
    }
    lines
}

fn errors<'a>(checked: &'a Checked<'_>) -> Vec<&'a Finding> {
    checked.findings().iter().filter(|finding| finding.level == Level::Error).collect()
}

#[test]
fn published_reports_that_balance_pass_clean() {
    for figures in [vector_a(), vector_b()] {
        checked(&figures, |checked| {
            assert_eq!(checked.findings(), []);
            let holds = lines(checked, Outcome::Holds);
            let counts: Vec<(&str, usize)> = holds.iter().map(|(rule, lines)| (rule.as_str(), lines.len())).collect();
            let of_words = |rule: &str| ["TXT", "TITLE", "AGENCY"].iter().any(|start| rule.starts_with(start));
            let sums = counts.iter().filter(|(rule, _)| !of_words(rule));
            let sums: Vec<_> = sums.copied().collect();
            assert_eq!(sums, [("T2-UNIT", 1), ("T3-BAL", 7), ("T3-ROW", 25), ("T3-SUM", 7), ("T4-SUM", 3)]);
            assert_eq!(lines(checked, Outcome::Fails), BTreeMap::new());
        });
    }
}

#[test]
fn any_one_figure_changed_is_found_in_its_row_and_its_column() {
    let figures = vector_b();
    let keys = figures.row_keys();
    for (row, key) in keys.iter().enumerate() {
        for (column, column_key) in COLUMNS.iter().enumerate() {
            let mut figures = figures.clone();
            let figure: u32 = figures.requests[row][column].parse().unwrap();
            figures.requests[row][column] = (figure + 1).to_string();
            checked(&figures, |checked| {
                let mut expected = BTreeMap::from([("T3-ROW".to_owned(), vec![(*key).to_owned()])]);
                let in_balance = ["new", "carried_in", "handled_total", "carried_out"].contains(key);
                let in_sum = !["new", "carried_in", "carried_out"].contains(key);
                for rule in [(in_balance, "T3-BAL"), (in_sum, "T3-SUM")].iter().filter(|rule| rule.0) {
                    expected.insert(rule.1.to_owned(), vec![(*column_key).to_owned()]);
                }
                assert_eq!(lines(checked, Outcome::Fails), expected, "{key} {column_key}");
                let errors = errors(checked);
                assert_eq!(errors.len(), checked.findings().len());
                assert!(errors.iter().any(|error| error.path.contains(&format!(".{key}["))), "{key} {column_key}");
                assert!(errors.iter().any(|error| error.path.ends_with(&format!("[{column}]"))), "{key} {column_key}");
            });
        }
    }
    for group in 0..3 {
        for column in 0..5 {
            let mut figures = figures.clone();
            figures.proceedings[group][column] = "9999";
            checked(&figures, |checked| {
                let failed = lines(checked, Outcome::Fails);
                let rows = ["reconsideration", "direct_suit", "suit_after_reconsideration"];
                assert_eq!(failed, BTreeMap::from([("T4-SUM".to_owned(), vec![rows[group].to_owned()])]));
            });
        }
    }
}

#[test]
fn a_sum_that_fails_shows_its_arithmetic_and_its_place() {
    let mut figures = vector_b();
    figures.requests[0][6] = "3118".into();
    checked(&figures, |checked| {
        let row = errors(checked)[0];
        let Problem::RuleFails { rule, sum, equals } = &row.problem else { panic!("{row:?}") };
        assert_eq!(rule.id, "T3-ROW");
        assert_eq!((sum.total.to_string(), equals.total.to_string()), ("3119".into(), "3118".into()));
        assert_eq!(row.path, "$.tables.requests.new[6]");
        let place = row.place.as_ref().unwrap();
        assert_eq!(place.table, "三、收到和处理政府信息公开申请情况");
        assert_eq!(place.row, "一、本年新收政府信息公开申请数量");
        assert_eq!(place.column, "申请人情况 › 总计");
        let json = figures.json();
        assert!(json[row.offset.unwrap()..].starts_with("\"3118\""));
    });
}

#[test]
fn blanks_are_not_assessable_unless_they_count_as_zero() {
    checked(&vector_c(false), |checked| {
        assert_eq!(errors(checked), Vec::<&Finding>::new());
        let open = lines(checked, Outcome::NotAssessable);
        assert_eq!(open["T3-ROW"].len(), 23);
        assert_eq!(open["T3-SUM"], COLUMNS);
        // Only in the columns of natural persons and of totals is every figure of the balance given.
        assert_eq!(open["T3-BAL"], ["business", "research", "public_welfare", "legal_service", "other"]);
    });
    checked(&vector_c(true), |checked| {
        let holds = lines(checked, Outcome::Holds);
        assert_eq!(holds["T3-BAL"], COLUMNS);
        assert_eq!(holds["T3-SUM"], COLUMNS[..6]);
        // A blank total of something was not given: that is no zero.
        let open = lines(checked, Outcome::NotAssessable);
        assert_eq!(open["T3-SUM"], ["total"]);
        let given = ["granted", "partly_granted", "state_secret", "internal_affairs", "process"];
        assert_eq!(open["T3-ROW"][..5], given);
        assert!(holds["T3-ROW"].contains(&"publication".to_owned()));
        // As published, the totals of these rows exceed the two columns given by 3.
        assert_eq!(lines(checked, Outcome::Fails)["T3-ROW"], ["new", "handled_total"]);
    });
}

#[test]
fn a_text_for_a_number_is_a_warning_and_marks_for_nothing_are_not() {
    checked(&vector_c(false), |checked| {
        let warnings = checked.findings().iter().filter(|finding| finding.level == Level::Warning);
        let paths: Vec<&str> = warnings.map(|finding| &*finding.path).collect();
        assert_eq!(paths, ["$.tables.disclosure.procurement[1]"]);
    });
}

#[test]
fn totals_left_out_are_computed_and_printed() {
    let forms = Forms::bundled().unwrap();
    let json = vector_b().json().replace(
        r#""handled_total": ["2932", "53", "0", "0", "61", "4", "3050"],"#,
        r#""handled_total": { "natural_person": 2932 },"#,
    );
    let report = Report::parse(json.as_bytes()).unwrap();
    let checked = check(&report, forms.choose(&report).unwrap()).unwrap();
    assert!(checked.findings().iter().all(|finding| finding.level == Level::Note));
    assert_eq!(checked.findings().len(), 6);
    let table = checked.table("requests").unwrap();
    let printed = |column| {
        let value = table.value("handled_total", column).unwrap();
        let cell = table.grid.cells().iter().find(|cell| cell.content.value.as_ref() == Some(value)).unwrap();
        (cell.content.text.content.clone(), value.computed)
    };
    assert_eq!(printed("natural_person"), ("2932".into(), false));
    assert_eq!(printed("business"), ("53".into(), true));
    assert_eq!(printed("total"), ("3050".into(), true));
}

#[test]
fn a_composed_report_has_the_forms_order_and_the_reports_words() {
    let forms = Forms::bundled().unwrap();
    let json = r#"{
      "agency": "某市|档案局", "year": 2025,
      "preamble": ["根据《条例》编制。"],
      "headings": { "other": "六、其他事项" },
      "sections": { "overview": ["（一）主动公开。发布信息120条。", "（二）平台建设", "一是更新。"], "problems": "无", "other": "无" },
      "labels": { "disclosure": { "规章": "规章|（含废止）" } },
      "added_rows": { "disclosure": [ { "after": "normative", "key": "more", "label": "其他文件", "values": ["1", "/", ""] } ] },
      "signature": { "date": "2026-01-20", "seal": true },
      "tables": "#
        .to_owned()
        + vector_b().json().split_once("\"tables\": ").unwrap().1;
    let report = Report::parse(json.as_bytes()).unwrap();
    let checked = check(&report, forms.choose(&report).unwrap()).unwrap();
    assert!(!checked.has_errors());
    let date = Date::new(2026, 1, 21).unwrap();
    let document = compose(&checked, &Options { date, watermark: None });

    assert_eq!(document.about.title, "某市档案局2025年政府信息公开工作年度报告");
    assert_eq!(document.about.author, "某市档案局");
    let outline: Vec<String> = document
        .blocks
        .iter()
        .map(|block| match block {
            Block::Paragraph(paragraph) => {
                let lead = paragraph.lead.as_ref().map_or(String::new(), |lead| format!("[{}]", lead.text.content));
                format!("{:?} {lead}{} @{}", paragraph.role, paragraph.text.content, paragraph.text.origin.path)
            }
            Block::Table(table) => format!("Table {} {}", table.key, table.title),
            Block::Signature(signature) => {
                format!("Signature {} {}", signature.agencies[0].content, signature.date.content)
            }
        })
        .collect();
    assert_eq!(
        outline,
        [
            "Title 某市档案局2025年政府信息公开工作年度报告 @$.agency",
            "Body 根据《条例》编制。 @$.preamble[0]",
            "Heading1 一、总体情况 @annual-report-2021.toml: overview",
            "Body [（一）主动公开。]发布信息120条。 @$.sections.overview[0]",
            "Heading2 （二）平台建设 @$.sections.overview[1]",
            "Body 一是更新。 @$.sections.overview[2]",
            "Heading1 二、主动公开政府信息情况 @annual-report-2021.toml: disclosure",
            "Table disclosure 二、主动公开政府信息情况",
            "Heading1 三、收到和处理政府信息公开申请情况 @annual-report-2021.toml: requests",
            "Table requests 三、收到和处理政府信息公开申请情况",
            "Heading1 四、政府信息公开行政复议、行政诉讼情况 @annual-report-2021.toml: proceedings",
            "Table proceedings 四、政府信息公开行政复议、行政诉讼情况",
            "Heading1 五、存在的主要问题及改进情况 @annual-report-2021.toml: problems",
            "Body 无 @$.sections.problems",
            "Heading1 六、其他事项 @$.headings.other",
            "Body 无 @$.sections.other",
            "Signature 某市档案局 2026年1月20日",
        ]
    );
    let Block::Signature(signature) = document.blocks.last().unwrap() else { panic!() };
    assert_eq!(signature.seal.map(|seal| seal.diameter), Some(Length::mm(45)));
    let Block::Paragraph(title) = &document.blocks[0] else { panic!() };
    assert_eq!(
        (title.role, title.text.to_marked()),
        (Role::Title, "某市|档案局|2025年政府信息公开工作年度报告".into())
    );

    let Block::Table(table) = &document.blocks[7] else { panic!() };
    assert_eq!(table.grid.rows(), 15);
    assert!(table.centre_labels);
    let said = |row, column| {
        let cell = table.grid.at(row, column);
        let place = cell.content.text.origin.place.clone().unwrap();
        (cell.content.role, cell.content.text.content.clone(), cell.content.text.origin.path.to_string(), place)
    };
    let (role, text, path, place) = said(2, 0);
    assert_eq!((role, &*text, &*path), (CellRole::RowLabel, "规章（含废止）", "$.labels.disclosure.规章"));
    assert_eq!((&*place.row, &*place.column), ("规章", ""));
    let (role, text, path, place) = said(4, 0);
    assert_eq!((role, &*text, &*path), (CellRole::RowLabel, "其他文件", "$.added_rows.disclosure[0].label"));
    assert_eq!(&*place.row, "其他文件");
    let (role, text, path, place) = said(4, 2);
    assert_eq!((role, &*text, &*path), (CellRole::Value, "/", "$.added_rows.disclosure[0].values[1]"));
    assert_eq!((&*place.row, &*place.column), ("其他文件", "第二十条第（一）项 › 本年废止件数"));
    let (role, _, path, _) = said(5, 0);
    assert_eq!((role, &*path), (CellRole::Band, "annual-report-2021.toml: disclosure, row 5"));
}

#[test]
fn a_title_of_several_lines_keeps_them() {
    let forms = Forms::bundled().unwrap();
    let json = vector_b().json().replacen('{', r#"{ "title": ["某市|人民政府", "2024年年度报告"],"#, 1);
    let report = Report::parse(json.as_bytes()).unwrap();
    let checked = check(&report, forms.choose(&report).unwrap()).unwrap();
    let options = Options { date: Date::new(2025, 1, 1).unwrap(), watermark: Some("草稿".into()) };
    let document = compose(&checked, &options);
    let Block::Paragraph(title) = &document.blocks[0] else { panic!() };
    assert_eq!(title.text.to_marked(), "某市|人民政府\n2024年年度报告");
    assert_eq!(document.about.title, "某市人民政府2024年年度报告");
    assert_eq!(document.about.watermark.as_deref(), Some("草稿"));
}

/// Figures made to balance: requests by result and applicant, and how many were carried in and out.
fn balanced() -> impl Strategy<Value = Figures> {
    let results = prop::collection::vec(prop::array::uniform6(0..5000u64), 21);
    let carried = prop::collection::vec(prop::array::uniform2(0..300u64), 6);
    (results, carried).prop_map(|(results, carried)| {
        let handled = |column: usize| results.iter().map(|row| row[column]).sum::<u64>();
        let all: Vec<[u64; 6]> = vec![
            // What is new is what was handled and is carried out, less what was carried in.
            std::array::from_fn(|column| handled(column) + carried[column][1]),
            std::array::from_fn(|column| carried[column][0]),
        ];
        let mut all = all;
        all.extend(&results);
        all.push(std::array::from_fn(handled));
        all.push(std::array::from_fn(|column| carried[column][0] + carried[column][1]));
        let requests = all
            .iter()
            .map(|row| row.iter().copied().chain([row.iter().sum()]).map(|figure| figure.to_string()).collect())
            .collect();
        Figures { requests, ..vector_a() }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_report_made_to_balance_has_no_finding_and_one_figure_changed_is_found(
        figures in balanced(), row in 0..25usize, column in 0..7usize, more in 1..1000u64,
    ) {
        let clean = checked(&figures, |checked| checked.findings().is_empty());
        prop_assert!(clean);
        let mut changed = figures;
        let figure: u64 = changed.requests[row][column].parse().unwrap();
        changed.requests[row][column] = (figure + more).to_string();
        let key = changed.row_keys()[row];
        let in_row = format!(".{key}[");
        let located = checked(&changed, |checked| errors(checked).iter().any(|error| error.path.contains(&in_row)));
        prop_assert!(located);
    }
}

/// The rules about figures of the text that fail for a text of a published report.
fn figures_that_differ(text: &str) -> Vec<String> {
    let json = vector_b().json().replace("全年依法公开政府信息，办理公开申请。", text);
    let forms = Forms::bundled().unwrap();
    let report = Report::parse(json.as_bytes()).unwrap();
    let checked = check(&report, forms.choose(&report).unwrap()).unwrap();
    let findings = checked.findings().iter().filter(|finding| finding.level == Level::Warning);
    findings.map(|finding| finding.code().to_owned()).filter(|code| code.starts_with("TXT-T")).collect()
}

#[test]
fn figures_are_read_however_they_are_worded() {
    // Each with a figure of the report, which is then made another.
    for (text, figure) in [
        ("全年收到公民、法人和其他组织政府信息公开申请3119件。", "3119"),
        ("全年收到公民、法人和其他组织提出的政府信息公开申请 3119 件。", "3119"),
        ("本年度共收到政府信息公开申请共3119件。", "3119"),
        ("全年累计收到政府信息公开申请3,119件。", "3,119"),
        ("2024年新增申请3119件。", "3119"),
        ("政府信息公开申请方面，新收3119件。", "3119"),
        ("全年收到3119件政府信息公开申请。", "3119"),
        ("全年收到政府信息公开的申请3119件，按期办结3050件。", "3050"),
        ("收到公民、法人和其他组织申请3119件，办结3050件。", "3050"),
        ("结转2025年103件。", "103"),
        ("另有103件结转下年度继续办理。", "103"),
        ("上年结转申请34件。", "34"),
        ("因政府信息公开被申请复议351件。", "351"),
        ("因政府信息公开被提起诉讼46件。", "46"),
        ("被提起行政诉讼46件，其中维持25件；行政复议351件，其中维持72件。", "25"),
        ("被提起行政诉讼46件，其中维持25件；行政复议351件，其中维持72件。", "72"),
    ] {
        assert_eq!(figures_that_differ(text), Vec::<String>::new(), "{text}");
        let other = text.replacen(figure, "999", 1);
        assert_eq!(figures_that_differ(&other).len(), 1, "{other}");
    }
    for none in [
        "没有因政府信息公开工作被申请行政复议或者提起行政诉讼的情况。",
        "行政复议、行政诉讼均为零。",
        "行政复议和行政诉讼案件数量均为0。",
    ] {
        assert_eq!(figures_that_differ(none), ["TXT-T4", "TXT-T4"], "{none}");
    }
}

#[test]
fn figures_of_something_else_are_passed_over() {
    for text in [
        "全年受理行政复议案件1200件，办理行政诉讼应诉案件80件。",
        "负责人出庭应诉行政诉讼12件。",
        "第四季度收到政府信息公开申请300件。",
        "自2008年以来累计收到政府信息公开申请30000件。",
        "线上渠道收到政府信息公开申请900件，窗口收到政府信息公开申请80件。",
        "各县（区）收到政府信息公开申请1500件。",
        "收到政府信息公开申请3119件，上年结转申请办结34件。",
        "直接提起行政诉讼26件，经复议提起行政诉讼20件。",
    ] {
        assert_eq!(figures_that_differ(text), Vec::<String>::new(), "{text}");
    }
}
