//! Kanyin (刊印, "set in type and publish") turns a report written as JSON into an official-format
//! Chinese government document.

pub mod document;
pub mod length;
pub mod sheet;
pub mod write;
