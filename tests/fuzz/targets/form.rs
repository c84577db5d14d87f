//! A form file: read, and where it is whole used for the reports of the samples.
#![no_main]

use std::sync::OnceLock;

use kanyin::form::{Form, Forms};
use kanyin::report::Report;
use kanyin_fuzz::{document, fonts, root, say, sheet, write_all};
use libfuzzer_sys::fuzz_target;

fn reports() -> &'static [(Vec<u8>, Report)] {
    static REPORTS: OnceLock<Vec<(Vec<u8>, Report)>> = OnceLock::new();
    REPORTS.get_or_init(|| {
        let read = |name: &str| {
            let bytes = std::fs::read(root().join("samples").join(name)).expect("a sample");
            let report = Report::parse(&bytes).expect("a report");
            (bytes, report)
        };
        ["smallest-2024.json", "joint-2020.json"].map(read).into()
    })
}

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let form = match Form::parse("form.toml", text) {
        Ok(form) => form,
        Err(errors) => return assert!(errors.iter().all(|error| !error.to_string().is_empty())),
    };
    for (_, table) in form.tables() {
        table.drawing();
    }
    let Ok(forms) = Forms::new(vec![form]) else { return };
    for (bytes, report) in reports() {
        match forms.choose(report) {
            Err(findings) => say(&findings, bytes),
            Ok(form) => {
                if let Some(document) = document(report, form, bytes) {
                    write_all(&document, sheet(), fonts(), false);
                }
            }
        }
    }
});
