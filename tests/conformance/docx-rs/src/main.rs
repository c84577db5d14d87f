//! Reads DOCX files with docx-rs and prints what it found, by path, as JSON.

use std::collections::BTreeMap;

fn main() {
    let mut read: BTreeMap<String, serde_json::Value> = BTreeMap::new();
    for path in std::env::args().skip(1) {
        let bytes = std::fs::read(&path).expect("the file can be read");
        let docx = docx_rs::read_docx(&bytes).unwrap_or_else(|error| panic!("{path}: {error}"));
        read.insert(path, serde_json::from_str(&docx.json()).expect("JSON"));
    }
    println!("{}", serde_json::Value::from_iter(read));
}
