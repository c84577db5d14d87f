//! Standing type: what has been set and is kept for the next page that needs it.
//!
//! In the reports that one office builds, nearly every text in a table stands in every other report too: the labels,
//! because the form prescribes them, and most figures. A text is set the same wherever it has the same part to play
//! and the same room, as long as sheet and faces are the same; where it stands is added when it is drawn.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::document::{CellContent, CellRole};
use crate::length::Length;

use super::cell::Shape;
use super::table::Fitted;

/// Texts of tables that have been set with one sheet and its faces, and of which there was nothing to say.
#[derive(Default)]
pub(super) struct StandingType {
    texts: Mutex<Texts>,
}

/// Texts by their characters, each as it is set under some conditions.
type Texts = HashMap<Box<str>, Vec<(Conditions, Fitted)>>;

/// Under which conditions a text is set as it was before.
#[derive(PartialEq)]
struct Conditions {
    role: CellRole,
    breaks: Box<[usize]>,
    width: Length,
    hang: bool,
}

impl StandingType {
    /// No more texts are kept: a few times as many as all forms have labels, and a few megabytes.
    const MOST: usize = 2_000;

    /// A text that was set before.
    pub fn get(&self, content: &CellContent, shape: Shape) -> Option<Fitted> {
        // Whoever held the lock when it was poisoned left the map whole: it changes by single insertions.
        let texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |conditions: &Conditions| {
            conditions.role == content.role
                && *conditions.breaks == *content.text.breaks
                && (conditions.width, conditions.hang) == (shape.width, shape.hang)
        };
        let known = texts.get(content.text.content.as_str())?;
        known.iter().find(|(conditions, _)| same(conditions)).map(|(_, fitted)| fitted.clone())
    }

    /// Keeps a text.
    pub fn keep(&self, content: &CellContent, shape: Shape, fitted: &Fitted) {
        let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        if texts.len() < StandingType::MOST {
            let breaks = content.text.breaks.as_slice().into();
            let conditions = Conditions { role: content.role, breaks, width: shape.width, hang: shape.hang };
            texts.entry(content.text.content.as_str().into()).or_default().push((conditions, fitted.clone()));
        }
    }
}
