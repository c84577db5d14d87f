//! Why a PDF cannot be signed, in Chinese; in English the errors say so themselves.

/// Which places are free, and what to do with that.
pub(super) fn free_english(free: &[usize]) -> String {
    match free {
        [] => "none is free; say where with `--at PAGE,X,Y`".into(),
        [one] => format!("place {one} is free"),
        more => format!("places {} are free", numbers(more, ", ")),
    }
}

fn numbers(list: &[usize], between: &str) -> String {
    list.iter().map(ToString::to_string).collect::<Vec<_>>().join(between)
}
