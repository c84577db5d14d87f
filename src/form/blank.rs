//! A report to be filled in: every key of a form in its order, the form's labels beside the figures.
//!
//! Labels and advice stand as remarks, members whose key begins with `//`, which a report may have anywhere.
//! Figures are `null` until they are filled in. Keys a report may do without are remarks with an example: without
//! the `//` they are in force.

use super::{DataRow, Form, Section, SectionContent, TableForm, Years, last_step, place_of, place_of_row};
use crate::json::Json;
use crate::report::json::REMARK;

impl Form {
    /// A report to be filled in, as the text of a JSON file; with the names given, in their places.
    ///
    /// It is no report yet: what is to be filled in is empty or `null`, and checking it says so of each place.
    pub fn blank(&self, agency: Option<&str>, year: Option<u16>) -> String {
        let year = match year.or(self.only_year()) {
            Some(year) => Json::number(year),
            None => Json::Null,
        };
        let prose = self.sections.iter().filter(|section| is_prose(section));
        let sections = prose.flat_map(|section| {
            [remark(&section.key, Json::text(&section.heading.content)), (section.key.clone(), Json::text(""))]
        });
        let tables = self.tables().map(|(section, table)| (table.key.clone(), blank_table(section, table)));
        let members = [
            ("$schema".to_owned(), Json::text(format!("{}.schema.json", self.id))),
            (REMARK.to_owned(), Json::texts(self.advice())),
            ("form".to_owned(), Json::text(&self.id)),
            ("agency".to_owned(), Json::text(agency.unwrap_or(""))),
            ("year".to_owned(), year),
            remark("title", Json::text("标题，不写则由机关名称和年份构成；“|”处宜换行")),
            remark("preamble", Json::texts(["标题与第一部分之间的段落"])),
            ("sections".to_owned(), Json::Object(sections.collect())),
            ("tables".to_owned(), Json::Object(tables.collect())),
            remark("headings", self.example_heading()),
            remark("labels", self.example_label()),
            remark("added_rows", self.example_row()),
            remark("layout", self.example_layout()),
            remark("blank_is_zero", Json::Bool(true)),
            remark("signature", example_signature(agency)),
        ];
        Json::Object(members.into_iter().collect()).to_file()
    }

    /// The year, where the form serves only one.
    fn only_year(&self) -> Option<u16> {
        (self.years.last == Some(self.years.first)).then_some(self.years.first)
    }

    fn advice(&self) -> [String; 4] {
        [
            format!("《{}》（{}），用于{}的报告", self.name, self.notice, years_in_chinese(self.years)),
            "null 为待填数据：没有发生填 0，不适用填 \"/\"，保留空白填 \"\"；总计可不填，由 kanyin fill 计算填入"
                .into(),
            "键以 // 开头的成员是说明，不影响报告，可以保留；可选项去掉键中的 // 即生效".into(),
            "一段文字写成字符串，多段写成列表：[\"第一段\", \"第二段\"]".into(),
        ]
    }

    fn example_heading(&self) -> Json {
        let section = self.sections.iter().rfind(|section| is_prose(section));
        Json::Object(section.map(|section| (section.key.clone(), Json::text("改用的标题"))).into_iter().collect())
    }

    fn example_label(&self) -> Json {
        let label = self.tables().filter(|(_, table)| table.may_relabel).find_map(|(_, table)| {
            let label = table.grid.cells().iter().find_map(|cell| cell.content.label())?;
            Some((table.key.clone(), Json::Object(vec![(label.to_owned(), Json::text("改用的名称"))])))
        });
        Json::Object(label.into_iter().collect())
    }

    fn example_row(&self) -> Json {
        let row = self.tables().filter(|(_, table)| table.may_add_rows).find_map(|(_, table)| {
            let after = table.rows.last()?;
            let row = Json::object([
                ("after", Json::text(&*after.key)),
                ("key", Json::text("other_items")),
                ("label", Json::text("增加的一行")),
                ("values", Json::List(vec![Json::number(0); after.columns.len()])),
            ]);
            Some((table.key.clone(), Json::List(vec![row])))
        });
        Json::Object(row.into_iter().collect())
    }

    fn example_layout(&self) -> Json {
        let table = self.tables().last();
        Json::Object(table.map(|(_, table)| (table.key.clone(), Json::text("landscape"))).into_iter().collect())
    }
}

fn example_signature(agency: Option<&str>) -> Json {
    Json::object([
        ("agency", Json::text(agency.unwrap_or("落款机关"))),
        ("date", Json::text("2026-01-20")),
        ("seal", Json::Bool(true)),
    ])
}

fn blank_table(section: &Section, table: &TableForm) -> Json {
    let heading = &section.heading.content;
    let mut members = vec![(REMARK.to_owned(), Json::text(heading))];
    let mut columns = String::new();
    for row in &table.rows {
        let place = place_of_row(heading, &table.grid, &row.key);
        let mut label = if place.row.is_empty() { place.column } else { place.row };
        // Rows of the same columns follow each other under those of the first.
        let names = column_names(heading, table, row);
        if names != columns {
            label = format!("{label}：{names}");
            columns = names;
        }
        members.push(remark(&row.key, Json::text(label)));
        members.push((row.key.to_string(), Json::List(vec![Json::Null; row.columns.len()])));
    }
    Json::Object(members)
}

/// What the columns of a row are called, one after another.
fn column_names(heading: &str, table: &TableForm, row: &DataRow) -> String {
    let names: Vec<String> =
        row.columns.iter().map(|column| column_name(heading, table, &row.key, &column.key)).collect();
    names.join("、")
}

/// What the form calls a column of a row of values: the innermost heading over it.
pub(super) fn column_name(heading: &str, table: &TableForm, row: &str, column: &str) -> String {
    let holds = |value: &super::ValueKey| &*value.row == row && &*value.column == column;
    let index = table.grid.cells().iter().position(|cell| cell.content.value().is_some_and(holds));
    let place = index.map(|index| place_of(heading, &table.grid, index));
    place.and_then(|place| last_step(&place.column).map(str::to_owned)).unwrap_or_else(|| column.to_owned())
}

pub(super) fn is_prose(section: &Section) -> bool {
    match section.content {
        SectionContent::Prose => true,
        SectionContent::Table(_) => false,
    }
}

/// `2019年至2020年`, `2021年起`.
pub(super) fn years_in_chinese(years: Years) -> String {
    match years.last {
        Some(last) if last == years.first => format!("{last}年"),
        Some(last) => format!("{}年至{last}年", years.first),
        None => format!("{}年起", years.first),
    }
}

/// A member that only a person reads.
fn remark(key: &str, value: Json) -> (String, Json) {
    (format!("{REMARK} {key}"), value)
}
