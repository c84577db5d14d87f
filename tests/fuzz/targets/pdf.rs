//! A PDF from outside: the report taken out of it, and its text compared.
#![no_main]

use kanyin::extract::{compare, extract};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    match extract(data) {
        Ok(extracted) => assert!(extracted.hash.len() == 64 && extracted.matches().is_none_or(|same| same || !same)),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    if let Ok(agreement) = compare(data, data) {
        assert!(!format!("{agreement:?}").starts_with("Different"));
    }
});
