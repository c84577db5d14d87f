//! A package from outside, as one zip file: unpacked and checked.
#![no_main]

use kanyin::archive::verify::verify_zip;
use kanyin::error::Lang;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    for fault in &verify_zip(data).faults {
        for lang in [Lang::Chinese, Lang::English] {
            assert!(!fault.render(lang, "package.zip").is_empty());
        }
    }
});
