//! A form as a JSON Schema (2020-12): an editor that has it offers keys, shows labels and marks what is wrong while
//! a report is being written.
//!
//! It says what can be said of each value alone. What must add up, and what years and dates fit each other, is said
//! by [`check`](crate::check::check).

use super::blank::{column_name, is_prose, years_in_chinese};
use super::{DataColumn, DataRow, Each, Form, Section, TableForm, ValueKind, place_of_row};
use crate::json::Json;
use crate::report::json::REMARK;
use crate::report::{
    LONGEST_NAME, LONGEST_PARAGRAPH, LONGEST_VALUE, MOST_ADDED_ROWS, MOST_AGENCIES, MOST_PARAGRAPHS, MOST_TITLE_LINES,
};

impl Form {
    /// The JSON Schema of reports on this form, as the text of a file. Titles and descriptions are the form's words.
    pub fn schema(&self) -> String {
        let properties = [
            ("$schema", described(Json::object([("type", Json::text("string"))]), "本文件的模式，供编辑器使用")),
            ("form", described(Json::object([("const", Json::text(&self.id))]), "表式；不写则按年份选用")),
            ("agency", described(name(), "机关全称；“|”处宜换行")),
            ("year", self.year()),
            ("title", described(one_or_more(name(), MOST_TITLE_LINES), "标题；不写则由机关名称和年份构成")),
            ("preamble", described(paragraphs(), "标题与第一部分之间的段落")),
            ("headings", self.headings()),
            ("sections", self.prose()),
            ("tables", self.data()),
            ("labels", self.labels()),
            ("added_rows", self.added_rows()),
            ("layout", self.layout()),
            ("blank_is_zero", described(Json::object([("type", Json::text("boolean"))]), "空白是否按 0 计算")),
            ("signature", signature()),
        ];
        let head = Json::object([
            ("$schema", Json::text("https://json-schema.org/draft/2020-12/schema")),
            ("$id", Json::text(format!("urn:kanyin:{}", self.id))),
            ("title", Json::text(&self.name)),
            ("description", Json::text(format!("{}，用于{}的报告", self.notice, years_in_chinese(self.years)))),
        ]);
        let required = ["agency", "year", "sections", "tables"];
        let body = object(properties.map(|(key, schema)| (key.to_owned(), schema)), required.map(str::to_owned));
        merged(merged(head, body), Json::object([("$defs", definitions())])).to_file()
    }

    fn year(&self) -> Json {
        let mut members = vec![("type", Json::text("integer")), ("minimum", Json::number(self.years.first))];
        members.extend(self.years.last.map(|last| ("maximum", Json::number(last))));
        described(Json::object(members), "报告年度")
    }

    fn headings(&self) -> Json {
        let keys = self
            .sections
            .iter()
            .map(|section| (section.key.clone(), described(name(), &format!("代替“{}”", section.heading.content))));
        described(object(keys, []), "改用的标题")
    }

    fn prose(&self) -> Json {
        let prose: Vec<&Section> = self.sections.iter().filter(|section| is_prose(section)).collect();
        let texts = prose.iter().map(|section| (section.key.clone(), titled(paragraphs(), &section.heading.content)));
        object(texts, prose.iter().map(|section| section.key.clone()))
    }

    fn data(&self) -> Json {
        let tables = self.tables().map(|(section, table)| (table.key.clone(), data_table(section, table)));
        object(tables, self.tables().map(|(_, table)| table.key.clone()))
    }

    fn labels(&self) -> Json {
        let tables = self.tables().filter(|(_, table)| table.may_relabel).map(|(section, table)| {
            let mut seen = std::collections::BTreeSet::new();
            let labels = table.grid.cells().iter().filter_map(|cell| cell.content.label());
            let labels = labels.filter(|label| seen.insert(*label)).map(|label| (label.to_owned(), name()));
            (table.key.clone(), titled(object(labels, []), &section.heading.content))
        });
        described(object(tables, []), "表内改用的名称：键为表式原文")
    }

    fn added_rows(&self) -> Json {
        let tables = self.tables().filter(|(_, table)| table.may_add_rows).map(|(section, table)| {
            let keys = Json::texts(table.rows.iter().map(|row| &*row.key));
            let row = object(
                [
                    ("after".to_owned(), described(Json::object([("enum", keys)]), "加在哪一行之后")),
                    ("key".to_owned(), described(name(), "这一行的键：小写字母、数字、下划线")),
                    ("label".to_owned(), described(name(), "这一行的名称")),
                    (
                        "values".to_owned(),
                        Json::object([(
                            "oneOf",
                            Json::List(vec![
                                Json::object([("type", Json::text("array")), ("items", reference("added"))]),
                                Json::object([
                                    ("type", Json::text("object")),
                                    ("additionalProperties", reference("added")),
                                ]),
                            ]),
                        )]),
                    ),
                ],
                ["after", "key", "label", "values"].map(str::to_owned),
            );
            let rows = Json::object([
                ("type", Json::text("array")),
                ("items", row),
                ("maxItems", Json::number(MOST_ADDED_ROWS)),
            ]);
            (table.key.clone(), titled(rows, &section.heading.content))
        });
        described(object(tables, []), "表式以外增加的行")
    }

    fn layout(&self) -> Json {
        let placement = || Json::object([("enum", Json::texts(["upright", "turned", "landscape"]))]);
        let tables =
            self.tables().map(|(section, table)| (table.key.clone(), titled(placement(), &section.heading.content)));
        described(object(tables, []), "表的方向：直排、在直页上转放、横页")
    }
}

/// A table: its rows, all of them needed but those a rule gives.
fn data_table(section: &Section, table: &TableForm) -> Json {
    let heading = &section.heading.content;
    let rows = table.rows.iter().map(|row| {
        let place = place_of_row(heading, &table.grid, &row.key);
        let label = if place.row.is_empty() { place.column } else { place.row };
        (row.key.to_string(), titled(data_row(heading, table, row), &label))
    });
    let needed = table.rows.iter().filter(|row| row.columns.iter().any(|column| !is_given(table, row, column)));
    let schema = object(rows, needed.map(|row| row.key.to_string()));
    described(titled(schema, heading), &table.description)
}

/// A row: a list in the order of the columns, or an object by column.
fn data_row(heading: &str, table: &TableForm, row: &DataRow) -> Json {
    let value = |column: &DataColumn| {
        let kind = match column.kind {
            ValueKind::Count => "count",
            ValueKind::Signed => "signed",
            ValueKind::Money => "money",
        };
        titled(reference(kind), &column_name(heading, table, &row.key, &column.key))
    };
    let list = Json::object([
        ("type", Json::text("array")),
        ("prefixItems", Json::List(row.columns.iter().map(value).collect())),
        ("items", Json::Bool(false)),
        ("minItems", Json::number(row.columns.len())),
    ]);
    let needed = row.columns.iter().filter(|column| !is_given(table, row, column)).map(|column| column.key.to_string());
    let by_column = object(row.columns.iter().map(|column| (column.key.to_string(), value(column))), needed);
    Json::object([("oneOf", Json::List(vec![list, by_column]))])
}

/// Whether a rule gives a value that is left out.
fn is_given(table: &TableForm, row: &DataRow, column: &DataColumn) -> bool {
    let key = |each: Each| match each {
        Each::Row => &column.key,
        Each::Column => &row.key,
    };
    table.rules.iter().any(|rule| rule.fill.as_ref() == Some(key(rule.each)))
}

fn signature() -> Json {
    let seal = Json::object([(
        "oneOf",
        Json::List(vec![
            Json::object([("type", Json::text("boolean"))]),
            Json::object([("type", Json::text("string")), ("pattern", Json::text("^[0-9.]+ ?(mm|pt|twip)$"))]),
        ]),
    )]);
    let date = Json::object([("type", Json::text("string")), ("pattern", Json::text("^[0-9]{4}-[0-9]{2}-[0-9]{2}$"))]);
    let properties = [
        ("agency", described(one_or_more(name(), MOST_AGENCIES), "落款机关；不写则为报告机关")),
        ("date", described(date, "成文日期，如 2026-01-20")),
        ("seal", described(seal, "是否留出印章位置；或印章直径，如 \"42 mm\"")),
    ];
    described(object(properties.map(|(key, schema)| (key.to_owned(), schema)), ["date".to_owned()]), "落款")
}

/// What is said of values and texts in many places.
fn definitions() -> Json {
    let text = |longest: usize| {
        Json::object([
            ("type", Json::text("string")),
            ("minLength", Json::number(1)),
            ("maxLength", Json::number(longest)),
            ("pattern", Json::text("[^\\s|]")),
        ])
    };
    let figure = |number: &str, least: Option<u8>| {
        let mut members = vec![("type", Json::texts([number, "string"])), ("maxLength", Json::number(LONGEST_VALUE))];
        members.extend(least.map(|least| ("minimum", Json::number(least))));
        Json::object(members)
    };
    Json::object([
        ("name", text(LONGEST_NAME)),
        ("paragraph", text(LONGEST_PARAGRAPH)),
        ("paragraphs", one_or_more(reference("paragraph"), MOST_PARAGRAPHS)),
        ("count", described(figure("integer", Some(0)), "非负整数；没有发生填 0，不适用填 \"/\"，保留空白填 \"\"")),
        ("signed", described(figure("integer", None), "整数，减少为负；没有发生填 0，不适用填 \"/\"，保留空白填 \"\"")),
        ("added", figure("number", None)),
        (
            "money",
            described(figure("number", Some(0)), "金额，小数照写；没有发生填 0，不适用填 \"/\"，保留空白填 \"\""),
        ),
    ])
}

fn name() -> Json {
    reference("name")
}

fn paragraphs() -> Json {
    reference("paragraphs")
}

fn reference(definition: &str) -> Json {
    Json::object([("$ref", Json::text(format!("#/$defs/{definition}")))])
}

/// A value, or a list of up to `most` of them.
fn one_or_more(schema: Json, most: usize) -> Json {
    let list = Json::object([
        ("type", Json::text("array")),
        ("items", schema.clone()),
        ("minItems", Json::number(1)),
        ("maxItems", Json::number(most)),
    ]);
    Json::object([("oneOf", Json::List(vec![schema, list]))])
}

/// An object that has these keys, remarks, and no other.
fn object(properties: impl IntoIterator<Item = (String, Json)>, required: impl IntoIterator<Item = String>) -> Json {
    let required: Vec<String> = required.into_iter().collect();
    let mut members = vec![
        ("type", Json::text("object")),
        ("properties", Json::Object(properties.into_iter().collect())),
        ("patternProperties", Json::Object(vec![(format!("^{REMARK}"), Json::Bool(true))])),
        ("additionalProperties", Json::Bool(false)),
    ];
    if !required.is_empty() {
        members.push(("required", Json::texts(required)));
    }
    Json::object(members)
}

fn titled(schema: Json, title: &str) -> Json {
    merged(Json::object([("title", Json::text(title))]), schema)
}

fn described(schema: Json, description: &str) -> Json {
    merged(schema, Json::object([("description", Json::text(description))]))
}

/// The members of both objects.
fn merged(first: Json, second: Json) -> Json {
    match (first, second) {
        (Json::Object(mut members), Json::Object(more)) => {
            members.extend(more);
            Json::Object(members)
        }
        (first, _) => first,
    }
}
