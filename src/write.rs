//! Writers: what has been composed or typeset becomes the bytes of a file.
//!
//! A fixed format takes [`Pages`](crate::pages), a flowing one the [`Document`](crate::document::Document)
//! with the [`Sheet`](crate::sheet::Sheet) it is to be set on. No writer knows reports, forms or checks,
//! none asks which form it is writing, and none reads the clock: the same input gives the same bytes.

pub mod docx;
pub mod pdf;
