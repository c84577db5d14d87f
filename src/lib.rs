//! Kanyin (刊印, "set in type and publish") turns a report written as JSON into an official-format
//! Chinese government document.

pub mod check;
pub mod compose;
pub mod document;
pub mod error;
pub mod font;
pub mod form;
pub mod length;
pub mod pages;
pub mod report;
pub mod sheet;
pub mod typeset;
pub mod write;

/// The example of the README, run as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
