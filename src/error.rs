//! How things fail, in the user's words.
//!
//! A [`Finding`] is one thing wrong with a report: what, with the values; where, as a JSON path and in
//! the form's own words; and what to do. Readers and checks collect findings and return them all.
