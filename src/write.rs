//! Documents and pages made into bytes. Fixed formats take [`Pages`](crate::pages::Pages), flowing ones a
//! [`Document`](crate::document::Document).

pub mod pdf;
