//! The bundled forms against the notices' tables, label by label and span by span.
//!
//! The tables are written out here a second time, as the notices have them and not from the form
//! files: a cell a line, `row column text` with ` cs` and ` rs` where it spans columns or rows, rows from
//! 1 and columns from A. What is not written here must be a value.

use std::collections::BTreeMap;

use kanyin::document::{CellRole, Grid};
use kanyin::form::{Each, Form, FormCell, Forms, FormsError, RuleLevel, SectionContent, ValueKind};
use kanyin::length::Length;

/// Row, column, row span, column span, text.
type Label = (usize, usize, usize, usize, String);

fn forms() -> Forms {
    Forms::bundled().expect("the bundled forms are whole")
}

/// What the library takes for granted of the files that travel with it.
#[test]
fn the_bundled_files_are_forms_whose_every_pattern_can_be_searched_with() {
    for form in forms().iter() {
        let file = format!("{}.toml", form.id());
        let text = std::fs::read_to_string(format!("layouts/forms/{file}")).unwrap();
        assert_eq!(Form::parse(&file, &text).as_ref(), Ok(form));
    }
}

/// Reads `3 D rs2 自然人`.
fn label(line: &str) -> Label {
    let mut parts = line.split_whitespace();
    let row: usize = parts.next().unwrap().parse().unwrap();
    let column = usize::from(parts.next().unwrap().as_bytes()[0] - b'A');
    let (mut row_span, mut column_span, mut text) = (1, 1, "");
    for part in parts {
        match (part.strip_prefix("rs"), part.strip_prefix("cs")) {
            (Some(rows), _) => row_span = rows.parse().unwrap(),
            (_, Some(columns)) => column_span = columns.parse().unwrap(),
            (None, None) => text = part,
        }
    }
    (row - 1, column, row_span, column_span, text.to_owned())
}

fn written(tables: &[&str]) -> Vec<Label> {
    let mut labels: Vec<Label> =
        tables.iter().flat_map(|table| table.lines()).filter(|line| !line.trim().is_empty()).map(label).collect();
    labels.sort();
    labels
}

fn drawn(grid: &Grid<FormCell>) -> Vec<Label> {
    let mut labels: Vec<Label> = grid
        .cells()
        .iter()
        .filter_map(|cell| {
            let text = cell.content.label()?.to_owned();
            Some((cell.row, cell.column, cell.row_span, cell.column_span, text))
        })
        .collect();
    labels.sort();
    labels
}

/// Row, column, row span, column span of every value.
fn values(grid: &Grid<FormCell>) -> Vec<(usize, usize, usize, usize)> {
    let values = grid.cells().iter().filter(|cell| cell.content.value().is_some());
    values.map(|cell| (cell.row, cell.column, cell.row_span, cell.column_span)).collect()
}

const DISCLOSURE_2019: &str = "
1 A cs4 第二十条第（一）项
2 A 信息内容
2 B 本年新制作数量
2 C 本年新公开数量
2 D 对外公开总数量
3 A 规章
4 A 规范性文件
5 A cs4 第二十条第（五）项
6 A 信息内容
6 B 上一年项目数量
6 C 本年增/减
6 D 处理决定数量
7 A 行政许可
8 A 其他对外管理服务事项
9 A cs4 第二十条第（六）项
10 A 信息内容
10 B 上一年项目数量
10 C 本年增/减
10 D 处理决定数量
11 A 行政处罚
12 A 行政强制
13 A cs4 第二十条第（八）项
14 A 信息内容
14 B 上一年项目数量
14 C cs2 本年增/减
15 A 行政事业性收费
16 A cs4 第二十条第（九）项
17 A 信息内容
17 B 采购项目数量
17 C cs2 采购总金额
18 A 政府集中采购
";

const DISCLOSURE_2021: &str = "
1 A cs4 第二十条第（一）项
2 A 信息内容
2 B 本年制发件数
2 C 本年废止件数
2 D 现行有效件数
3 A 规章
4 A 行政规范性文件
5 A cs4 第二十条第（五）项
6 A 信息内容
6 B cs3 本年处理决定数量
7 A 行政许可
8 A cs4 第二十条第（六）项
9 A 信息内容
9 B cs3 本年处理决定数量
10 A 行政处罚
11 A 行政强制
12 A cs4 第二十条第（八）项
13 A 信息内容
13 B cs3 本年收费金额（单位：万元）
14 A 行政事业性收费
";

/// Rows 1 to 23 of table 3, but for the label of rows 6 and below, whose length differs.
const REQUESTS: &str = "
1 A rs3 cs3 （本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）
1 D cs7 申请人情况
2 D rs2 自然人
2 E cs5 法人或其他组织
2 J rs2 总计
3 E 商业企业
3 F 科研机构
3 G 社会公益组织
3 H 法律服务机构
3 I 其他
4 A cs3 一、本年新收政府信息公开申请数量
5 A cs3 二、上年结转政府信息公开申请数量
6 B cs2 （一）予以公开
7 B cs2 （二）部分公开（区分处理的，只计这一情形，不计其他情形）
8 B rs8 （三）不予公开
8 C 1.属于国家秘密
9 C 2.其他法律行政法规禁止公开
10 C 3.危及“三安全一稳定”
11 C 4.保护第三方合法权益
12 C 5.属于三类内部事务信息
13 C 6.属于四类过程性信息
14 C 7.属于行政执法案卷
15 C 8.属于行政查询事项
16 B rs3 （四）无法提供
16 C 1.本机关不掌握相关政府信息
17 C 2.没有现成信息需要另行制作
18 C 3.补正后申请内容仍不明确
19 B rs5 （五）不予处理
19 C 1.信访举报投诉类申请
20 C 2.重复申请
21 C 3.要求提供公开出版物
22 C 4.无正当理由大量反复申请
23 C 5.要求行政机关确认或重新出具已获取信息
";

const REQUESTS_2019: &str = "
6 A rs20 三、本年度办理结果
24 B cs2 （六）其他处理
25 B cs2 （七）总计
26 A cs3 四、结转下年度继续办理
";

const REQUESTS_2021: &str = "
6 A rs22 三、本年度办理结果
24 B rs3 （六）其他处理
24 C 1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请
25 C 2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请
26 C 3.其他
27 B cs2 （七）总计
28 A cs3 四、结转下年度继续办理
";

const PROCEEDINGS: &str = "
1 A cs5 行政复议
1 F cs10 行政诉讼
2 A rs2 结果维持
2 B rs2 结果纠正
2 C rs2 其他结果
2 D rs2 尚未审结
2 E rs2 总计
2 F cs5 未经复议直接起诉
2 K cs5 复议后起诉
3 F 结果维持
3 G 结果纠正
3 H 其他结果
3 I 尚未审结
3 J 总计
3 K 结果维持
3 L 结果纠正
3 M 其他结果
3 N 尚未审结
3 O 总计
";

#[test]
fn every_label_and_every_merge_is_the_notices() {
    let forms = forms();
    for (id, key, size, tables) in [
        ("annual-report-2019", "disclosure", (18, 4), &[DISCLOSURE_2019][..]),
        ("annual-report-2019", "requests", (26, 10), &[REQUESTS, REQUESTS_2019]),
        ("annual-report-2019", "proceedings", (4, 15), &[PROCEEDINGS]),
        ("annual-report-2021", "disclosure", (14, 4), &[DISCLOSURE_2021]),
        ("annual-report-2021", "requests", (28, 10), &[REQUESTS, REQUESTS_2021]),
        ("annual-report-2021", "proceedings", (4, 15), &[PROCEEDINGS]),
    ] {
        let table = forms.get(id).unwrap().table(key).unwrap();
        assert_eq!((table.grid.rows(), table.grid.columns()), size, "{id} {key}");
        assert_eq!(drawn(&table.grid), written(tables), "{id} {key}");
    }
}

#[test]
fn every_value_stands_where_the_notices_want_a_figure() {
    let forms = forms();
    let table = |id, key| values(&forms.get(id).unwrap().table(key).unwrap().grid);
    let single = |rows: std::ops::RangeInclusive<usize>, columns: std::ops::RangeInclusive<usize>| {
        rows.flat_map(|row| columns.clone().map(move |column| (row - 1, column, 1, 1))).collect::<Vec<_>>()
    };
    let wide = |row: usize, column: usize, span: usize| (row - 1, column, 1, span);

    let mut disclosure = single(3..=4, 1..=3);
    disclosure.extend(single(7..=8, 1..=3));
    disclosure.extend(single(11..=12, 1..=3));
    disclosure.extend([wide(15, 1, 1), wide(15, 2, 2), wide(18, 1, 1), wide(18, 2, 2)]);
    assert_eq!(table("annual-report-2019", "disclosure"), disclosure);

    let mut disclosure = single(3..=4, 1..=3);
    disclosure.extend([7, 10, 11, 14].map(|row| wide(row, 1, 3)));
    assert_eq!(table("annual-report-2021", "disclosure"), disclosure);

    assert_eq!(table("annual-report-2019", "requests"), single(4..=26, 3..=9));
    assert_eq!(table("annual-report-2021", "requests"), single(4..=28, 3..=9));
    for id in ["annual-report-2019", "annual-report-2021"] {
        assert_eq!(table(id, "proceedings"), single(4..=4, 0..=14));
    }
}

#[test]
fn the_sections_are_the_notices_in_their_order() {
    for form in forms().iter() {
        let sections: Vec<(&str, &str, bool)> = form
            .sections()
            .iter()
            .map(|section| {
                let is_table = matches!(section.content, SectionContent::Table(_));
                (&*section.key, &*section.heading.content, is_table)
            })
            .collect();
        assert_eq!(
            sections,
            [
                ("overview", "一、总体情况", false),
                ("disclosure", "二、主动公开政府信息情况", true),
                ("requests", "三、收到和处理政府信息公开申请情况", true),
                ("proceedings", "四、政府信息公开行政复议、行政诉讼情况", true),
                ("problems", "五、存在的主要问题及改进情况", false),
                ("other", "六、其他需要报告的事项", false),
            ],
            "{}",
            form.id()
        );
    }
}

#[test]
fn a_year_chooses_its_form() {
    let forms = forms();
    let id = |year| forms.for_year(year).map(Form::id);
    assert_eq!(id(2018), None);
    assert_eq!(id(2019), Some("annual-report-2019"));
    assert_eq!(id(2020), Some("annual-report-2019"));
    assert_eq!(id(2021), Some("annual-report-2021"));
    assert_eq!(id(9999), Some("annual-report-2021"));
    assert_eq!(forms.get("annual-report-2019").unwrap().years().to_string(), "2019–2020");
    assert_eq!(forms.get("annual-report-2021").unwrap().years().to_string(), "2021–");
}

#[test]
fn the_rows_and_columns_go_by_their_keys() {
    let forms = forms();
    let keys = |id, table| {
        let rows = &forms.get(id).unwrap().table(table).unwrap().rows;
        let columns = |row: &kanyin::form::DataRow| {
            row.columns.iter().map(|column| column.key.to_string()).collect::<Vec<_>>().join(" ")
        };
        rows.iter().map(|row| format!("{}: {}", row.key, columns(row))).collect::<Vec<_>>()
    };
    assert_eq!(
        keys("annual-report-2019", "disclosure"),
        [
            "rules: made opened total",
            "normative: made opened total",
            "licence: previous change decided",
            "service: previous change decided",
            "penalty: previous change decided",
            "coercion: previous change decided",
            "fees: previous change",
            "procurement: projects amount",
        ]
    );
    assert_eq!(
        keys("annual-report-2021", "disclosure"),
        [
            "rules: made repealed valid",
            "normative: made repealed valid",
            "licence: decided",
            "penalty: decided",
            "coercion: decided",
            "fees: amount",
        ]
    );
    let applicants = "natural_person business research public_welfare legal_service other total";
    let before = "new carried_in granted partly_granted state_secret forbidden_by_law safety_and_stability \
                  third_party internal_affairs process enforcement_file administrative_query not_held must_be_made \
                  unclear petition repeated publication excessive reconfirmation";
    let requests = |others: &str| {
        let rows = format!("{before} {others} handled_total carried_out");
        rows.split_whitespace().map(|row| format!("{row}: {applicants}")).collect::<Vec<_>>()
    };
    assert_eq!(keys("annual-report-2019", "requests"), requests("other_handling"));
    assert_eq!(keys("annual-report-2021", "requests"), requests("not_corrected fee_unpaid other_handling"));
    for id in ["annual-report-2019", "annual-report-2021"] {
        let rows = ["reconsideration", "direct_suit", "suit_after_reconsideration"];
        assert_eq!(keys(id, "proceedings"), rows.map(|row| format!("{row}: upheld corrected other pending total")));
    }
}

#[test]
fn only_changes_are_signed_and_only_money_has_decimals() {
    for form in forms().iter() {
        for (_, table) in form.tables() {
            for row in &table.rows {
                for column in &row.columns {
                    let kind = match &*column.key {
                        "change" => ValueKind::Signed,
                        "amount" => ValueKind::Money,
                        _ => ValueKind::Count,
                    };
                    assert_eq!(column.kind, kind, "{} {} {}", form.id(), row.key, column.key);
                }
            }
        }
    }
}

#[test]
fn the_sums_are_the_notices() {
    for form in forms().iter() {
        let mut rules = BTreeMap::new();
        for (_, table) in form.tables() {
            for rule in &table.rules {
                assert_eq!(rule.level, RuleLevel::Error);
                rules.insert(rule.id.as_str(), (table, rule));
            }
        }
        assert_eq!(rules.keys().copied().collect::<Vec<_>>(), ["T3-BAL", "T3-ROW", "T3-SUM", "T4-SUM"]);
        let (_, balance) = rules["T3-BAL"];
        assert_eq!(balance.each, Each::Column);
        assert_eq!(balance.sum.iter().map(|key| &**key).collect::<Vec<_>>(), ["new", "carried_in"]);
        assert_eq!(balance.equals.iter().map(|key| &**key).collect::<Vec<_>>(), ["handled_total", "carried_out"]);
        assert_eq!(balance.fill, None);
        // （七） is the sum of every row of 三 above it: all but the first two and the last two.
        let (table, sum) = rules["T3-SUM"];
        let results: Vec<_> = table.rows[2..table.rows.len() - 2].iter().map(|row| row.key.clone()).collect();
        assert_eq!((sum.each, &sum.sum), (Each::Column, &results));
        assert_eq!(sum.fill.as_deref(), Some("handled_total"));
        for (id, row) in [("T3-ROW", "new"), ("T4-SUM", "direct_suit")] {
            let (table, rule) = rules[id];
            let columns: Vec<_> = table.row(row).unwrap().columns.iter().map(|column| column.key.clone()).collect();
            let (total, parts) = columns.split_last().unwrap();
            assert_eq!((rule.each, &*rule.sum, rule.fill.as_ref()), (Each::Row, parts, Some(total)));
            assert_eq!(rule.equals, std::slice::from_ref(total));
        }
    }
}

#[test]
fn roles_are_read_off_the_picture() {
    let forms = forms();
    let role = |id, table, row, column| forms.get(id).unwrap().table(table).unwrap().grid.at(row, column).content.role;
    assert_eq!(role("annual-report-2019", "disclosure", 0, 0), CellRole::Band);
    assert_eq!(role("annual-report-2019", "disclosure", 13, 0), CellRole::ColumnHeading);
    assert_eq!(role("annual-report-2019", "disclosure", 14, 0), CellRole::RowLabel);
    assert_eq!(role("annual-report-2021", "requests", 0, 0), CellRole::ColumnHeading);
    assert_eq!(role("annual-report-2021", "requests", 5, 0), CellRole::GroupLabel);
    assert_eq!(role("annual-report-2021", "requests", 5, 1), CellRole::RowLabel);
    assert_eq!(role("annual-report-2021", "requests", 23, 1), CellRole::GroupLabel);
    assert_eq!(role("annual-report-2019", "requests", 23, 1), CellRole::RowLabel);
    assert_eq!(role("annual-report-2021", "requests", 27, 0), CellRole::RowLabel);
    assert_eq!(role("annual-report-2021", "requests", 27, 3), CellRole::Value);
    assert_eq!(role("annual-report-2021", "proceedings", 2, 0), CellRole::ColumnHeading);
}

#[test]
fn tables_fill_the_type_area() {
    for form in forms().iter() {
        for (_, table) in form.tables() {
            assert_eq!(table.widths.iter().copied().sum::<Length>(), Length::mm(156), "{} {}", form.id(), table.key);
        }
    }
}

#[test]
fn a_title_is_made_of_the_body_and_the_year() {
    let forms = forms();
    let form = forms.for_year(2025).unwrap();
    assert_eq!(form.title_for("某市{year}局", 2025), "某市{year}局|2025年政府信息公开工作年度报告");
}

#[test]
fn two_forms_cannot_serve_one_year() {
    let text = include_str!("../layouts/forms/annual-report-2019.toml");
    let older = Form::parse("older.toml", text).unwrap();
    let same = Forms::new(vec![older.clone(), older.clone()]);
    assert_eq!(same, Err(FormsError::SameId { id: "annual-report-2019".into() }));
    let renamed = text.replace("id = \"annual-report-2019\"", "id = \"another\"");
    let other = Form::parse("another.toml", &renamed).unwrap();
    assert!(matches!(Forms::new(vec![older, other]), Err(FormsError::SameYears { .. })));
}

/// The 2021 form with some text replaced, and what is said of it.
fn broken(changes: &[(&str, &str)]) -> String {
    let mut text = include_str!("../layouts/forms/annual-report-2021.toml").to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    let errors = Form::parse("f.toml", &text).expect_err("the form is broken");
    errors.iter().map(|error| format!("{error}\n")).collect()
}

#[test]
fn what_is_wrong_with_a_form_is_said_with_its_place_and_all_at_once() {
    assert_eq!(
        broken(&[
            ("\"{agency}|{year}年", "\"{agency}年"),
            ("widths = [39, 39, 39, 39]", "widths = [39, 39, 39, 40]"),
            ("\"#made\", \"#repealed\", \"#valid\"", "\"#made\", \"#made\", \"#\""),
            ("\"本年处理决定数量\", \"<\", \"<\"", "\"本年处理决定数量\", \"<\""),
            ("\"^\", \"（七）总计\", \"<\"", "\"<\", \"（七）总计\", \"<\""),
            ("equals = [\"handled_total\", \"carried_out\"]", "equals = [\"handled_sum\", \"new\"]"),
        ]),
        "\
f.toml: the title `{agency}年政府信息公开工作年度报告` must have `{agency}` and `{year}`, each once, and nothing else in braces
f.toml: table `disclosure`: the widths add up to 157.00 mm, but a table is 156.00 mm wide
f.toml: table `disclosure`, row 6: the row has 3 entries, but the table has 4 columns
f.toml: table `requests`, row 27, column 1: `<` in the first column has no cell on its left
"
    );
    assert_eq!(
        broken(&[
            ("\"#made\", \"#repealed\", \"#valid\"", "\"#made\", \"#made\", \"#\""),
            ("\"信息内容\", \"本年收费金额（单位：万元）\"", "\"#amount\", \"\""),
            ("kinds = { amount = \"money\" }", "kinds = { amount = \"money\", sum = \"signed\" }"),
            ("equals = [\"handled_total\", \"carried_out\"]", "equals = [\"handled_sum\", \"new\"]"),
            ("fill = \"total\"", "fill = \"other\""),
            ("heading = \"六、其他需要报告的事项\"", "heading = \"\""),
        ]),
        "\
f.toml: table `disclosure`, row 3, column 4: the value `#` has no column; give the column a key or name it here
f.toml: table `disclosure`, row 13, column 1: a value in a heading row
f.toml: table `disclosure`, row 13, column 1: the value `#amount` has no row; give the row a key or name it here
f.toml: table `disclosure`, row 13, column 2: `label` is empty
f.toml: table `disclosure`, row 3, column 3: there are two values `rules.made`
f.toml: table `disclosure`: `kinds` names the column `sum`, which is not there
f.toml: table `requests`: rule T3-BAL: there is no row `handled_sum`
f.toml: table `requests`: rule T3-BAL: `new` is named twice
f.toml: table `requests`: rule T3-ROW: only the one key of `equals` can be filled in, not `other`
f.toml: `heading` is empty
"
    );
}

#[test]
fn a_row_that_could_not_be_copied_fixes_the_rows_of_its_table() {
    assert_eq!(
        broken(&[(
            "may_relabel = true\nrows = [\n  { cells = [\"行政复议",
            "may_add_rows = true\nrows = [\n  { cells = [\"行政复议"
        )]),
        ["reconsideration", "direct_suit", "suit_after_reconsideration"]
            .map(|row| format!(
                "f.toml: table `proceedings`, row 4: rows may be added, but the row `{row}` could not be copied: \
                 it needs a line of its own with one label\n"
            ))
            .concat()
    );
}

#[test]
fn a_file_that_is_no_form_is_said_with_line_and_column() {
    let text = include_str!("../layouts/forms/annual-report-2021.toml");
    let line = text.lines().position(|line| line.starts_with("centre_labels")).unwrap() + 1;
    let said = broken(&[("centre_labels = true", "center_labels = true")]);
    assert!(said.starts_with(&format!("f.toml: line {line}, column 1: unknown field `center_labels`")), "{said}");

    let line = text.lines().position(|line| line.starts_with("years")).unwrap() + 1;
    let said = broken(&[("first = 2021", "first = [")]);
    assert!(said.starts_with(&format!("f.toml: line {line}, column ")), "{said}");
}

#[test]
fn a_form_drawn_and_read_again_is_the_same_form() {
    use kanyin::form::picture::{self, Drawn};
    for form in forms().iter() {
        for (_, table) in form.tables() {
            let drawing = table.drawing();
            let read = picture::read(&drawing, table.widths.len()).unwrap();
            assert_eq!(picture::draw(&read), drawing);
            let same = read.cells().iter().zip(table.grid.cells()).all(|(read, cell)| match &read.content {
                Drawn::Text(text) => Some(text.replace('|', "")).as_deref() == cell.content.label(),
                Drawn::Value(name) => {
                    cell.content.value().is_some_and(|key| *name == format!("{}.{}", key.row, key.column))
                }
            });
            assert!(same && read.cells().len() == table.grid.cells().len());
        }
    }
}
