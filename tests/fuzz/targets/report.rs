//! A report: read, checked, composed, set and written.
#![no_main]

use kanyin::report::Report;
use kanyin_fuzz::{document, fonts, forms, say, sheet, write_all};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let report = match Report::parse(data) {
        Ok(report) => report,
        Err(findings) => return say(&findings, data),
    };
    let form = match forms().choose(&report) {
        Ok(form) => form,
        Err(findings) => return say(&findings, data),
    };
    if let Some(document) = document(&report, form, data) {
        // A PDF takes most of the time: one in eight.
        write_all(&document, sheet(), fonts(), data.len() % 8 == 0);
    }
});
