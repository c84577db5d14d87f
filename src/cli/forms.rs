//! `kanyin forms`: what forms there are, and what is in them.

use std::fmt::Write as _;

use clap::Subcommand;

use kanyin::form::{Form, SectionContent, TableForm, place_of};

use super::filling::no_form;
use super::{Stop, bundled_forms, print};

#[derive(Subcommand)]
pub(super) enum FormsCommand {
    /// One line for each form: its id, the years it serves, its name.
    List,
    /// A form's sections, the keys of its rows and columns, and its tables as they are drawn.
    Show {
        /// The form's id.
        form: String,
    },
}

/// Does what was asked of the forms.
pub(super) fn forms(command: &FormsCommand) -> Result<(), Stop> {
    match command {
        FormsCommand::List => list(),
        FormsCommand::Show { form } => show(form),
    }
}

fn list() -> Result<(), Stop> {
    let forms = bundled_forms()?;
    let lines: Vec<String> = forms
        .iter()
        .map(|form| format!("{:<22} {:<10} {}\n", form.id(), form.years().to_string(), form.name()))
        .collect();
    print(&lines.concat())
}

fn show(id: &str) -> Result<(), Stop> {
    let forms = bundled_forms()?;
    match forms.get(id) {
        Some(form) => print(&text(form)),
        None => {
            let known: Vec<String> = forms.iter().map(|form| form.id().to_owned()).collect();
            Err(no_form(id, &known))
        }
    }
}

/// A form as text: what it is, its sections, the keys of its tables' rows and columns, its tables as they are
/// drawn, and what must add up.
fn text(form: &Form) -> String {
    let mut out = format!("{}  {}\n{}\n{}\n", form.id(), form.years(), form.name(), form.notice());
    // Writing to a string cannot fail.
    for section in form.sections() {
        let _ = writeln!(out, "\n{:<12} {}", section.key, section.heading.content);
        let table = match &section.content {
            SectionContent::Prose => continue,
            SectionContent::Table(table) => table,
        };
        let mut columns = String::new();
        for row in &table.rows {
            let keys: Vec<&str> = row.columns.iter().map(|column| &*column.key).collect();
            // Rows of the same columns stand together under them.
            if keys.join(", ") != columns {
                columns = keys.join(", ");
                let _ = writeln!(out, "\n    columns: {columns}");
            }
            let _ = writeln!(out, "    {:<28} {}", row.key, label_of(table, &section.heading.content, &row.key));
        }
        let _ = writeln!(out);
        for row in table.drawing() {
            let _ = writeln!(out, "    {}", row.join(" | "));
        }
        let _ = writeln!(out);
        for rule in &table.rules {
            let sum = |keys: &[std::sync::Arc<str>]| keys.join(" + ");
            let _ = writeln!(out, "    {:<8} {} = {}  {}", rule.id, sum(&rule.sum), sum(&rule.equals), rule.chinese);
        }
    }
    out
}

/// What the form calls a row of values: its labels, or where it has none of its own the headings over it.
fn label_of(table: &TableForm, heading: &str, row: &str) -> String {
    let cells = table.grid.cells();
    let first = cells.iter().position(|cell| cell.content.value().is_some_and(|value| &*value.row == row));
    let place = first.map(|index| place_of(heading, &table.grid, index));
    place.map_or_else(String::new, |place| if place.row.is_empty() { place.column } else { place.row })
}
