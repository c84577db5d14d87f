//! Kanyin (刊印, "set in type and publish") turns a report written as JSON into an official-format
//! Chinese government document, as PDF and as DOCX.
//!
//! Data flows one way, and every stage is a function of what it is given: no clock, no disk, no environment,
//! so that the same report gives the same bytes.
//!
//! ```text
//! Report ─┐
//!         ├─ check ──► Checked ── compose ──► Document ─┬─ typeset ──► Pages ── write::pdf ──► PDF
//! Form  ──┘                                    Sheet ──┤    Fonts ──┘
//!                                                       └─ write::docx ──────────────────────► DOCX
//! ```
//!
//! What a standard prescribes is data: a [`form::Form`] has the headings, tables and sums of a notice, a
//! [`sheet::Sheet`] the page of GB/T 9704. Which file stands for which typeface is told by a [`font::Fonts`].
//!
//! ```
//! use kanyin::{check::check, compose, form::Forms, report::Report};
//!
//! # let json = std::fs::read("samples/smallest-2024.json")?;
//! let report = Report::parse(&json).expect("a report");
//! let forms = Forms::bundled().expect("the forms");
//! let form = forms.choose(&report).expect("a form for the year");
//! let checked = check(&report, form).expect("every row has its place");
//! assert!(!checked.has_errors());
//! let options = compose::Options { date: report.day(), watermark: None };
//! let document = compose::compose(&checked, &options);
//! assert_eq!(document.about.title, "临渚市医疗保障局2024年政府信息公开工作年度报告");
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! From here [`typeset::typeset`] and [`write::pdf::write`] make a PDF, [`write::docx::write`] a Word document.

// What comes from outside must not end in a panic; tests may.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::unreachable, clippy::todo)
)]

pub mod archive;
pub mod check;
pub mod cms;
pub mod compose;
pub mod crypto;
mod deflate;
pub mod document;
pub mod error;
pub mod extract;
pub mod fill;
pub mod findings;
pub mod font;
pub mod form;
pub mod import;
mod json;
pub mod length;
pub mod moment;
pub mod pages;
pub mod pdf;
pub mod report;
pub mod sheet;
pub mod sign;
pub mod typeset;
pub mod verify;
pub mod write;
pub mod zipped;

/// The example of the README, run as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
