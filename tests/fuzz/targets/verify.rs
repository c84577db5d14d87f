//! A PDF from outside with signatures: who signed it, and what was changed afterwards.
#![no_main]

use kanyin::moment::Moment;
use kanyin::verify::{Trust, verify};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    // Any time will do, as long as it is the same for the same input.
    let Some(now) = Moment::from_unix(1_780_000_000) else { return };
    match verify(data, &Trust { certificates: Vec::new(), now }) {
        Ok(verdict) => assert!(!format!("{verdict:?}").is_empty()),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});
