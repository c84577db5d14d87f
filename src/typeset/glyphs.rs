//! Which glyphs a piece of text gets, what has none, and what another face had to lend.
//!
//! A piece is one character with what belongs to it, or a pair that is set as one. It is set right or it is a
//! [`Fault`]: a script that is not set a character at a time, a letter and its accent that no face has together,
//! a variant no face has.

use std::collections::BTreeSet;
use std::sync::Arc;

use smallvec::{SmallVec, smallvec};

use crate::document::Origin;
use crate::font::{FaceId, Fonts, Glyph, belongs_to_previous, is_set_by_character};
use crate::pages::Fallback;

use super::Fault;
use super::atom::{Class, Run, is_ambiguous};

/// Few things, most often one: kept where they stand, for there are as many of them as characters.
pub(super) type Few<T> = SmallVec<[T; 2]>;

/// What there is to say about a text that was set.
#[derive(Default)]
pub(super) struct Remarks {
    pub faults: Vec<Fault>,
    pub fallbacks: Vec<Fallback>,
    /// The fallbacks that have been said: a text is measured more than once.
    said: BTreeSet<(Arc<str>, String, FaceId)>,
}

impl Remarks {
    /// How many there are.
    pub fn count(&self) -> usize {
        self.faults.len() + self.fallbacks.len()
    }

    /// Notes that a face other than the first of its chain was used.
    fn fallback(&mut self, text: &str, face: FaceId, instead_of: FaceId, origin: &Origin, fonts: &Fonts) {
        if self.said.insert((origin.path.clone(), text.into(), face)) {
            let name = |id| fonts.face(id).name().to_owned();
            let (text, face, instead_of) = (text.to_owned(), name(face), name(instead_of));
            self.fallbacks.push(Fallback { text, face, instead_of, origin: origin.clone() });
        }
    }
}

/// The glyphs of a piece of a run; none where it cannot be set, which is then a fault.
pub(super) fn glyphs_of(class: Class, text: &str, run: &Run, fonts: &Fonts, remarks: &mut Remarks) -> Few<Glyph> {
    let style = &run.style;
    let origin = &run.text.origin;
    let character = text.chars().next().unwrap_or_default();
    let western = matches!(class, Class::Western | Class::Slash | Class::Space) && character != '\u{3000}';
    let chain = if western { style.latin } else { style.han };
    if !is_set_by_character(character) {
        remarks.faults.push(Fault::ScriptNotSet { character, origin: origin.clone() });
        return Few::new();
    }
    let found = if belongs_to_previous(character) {
        None
    } else if !western && is_ambiguous(character) {
        fonts.mark(chain, text, matches!(class, Class::Opening | Class::Closing)).map(Few::from_vec)
    } else {
        let glyph = fonts.cluster(chain, text);
        // A face without the rarer spaces still has the common one.
        let alone = text.len() == character.len_utf8();
        let space = || if western && alone && class == Class::Space { fonts.glyph(chain, ' ') } else { None };
        glyph.or_else(space).map(|glyph| smallvec![glyph])
    };
    let Some(glyphs) = found else {
        remarks.faults.push(missing(text, style.typeface, origin));
        return Few::new();
    };
    if let (Some(used), Some(&first)) = (glyphs.first(), chain.first())
        && used.face != first
        && class != Class::Space
    {
        remarks.fallback(text, used.face, first, origin, fonts);
    }
    glyphs
}

/// What to say of a piece that no face has.
fn missing(text: &str, typeface: &str, origin: &Origin) -> Fault {
    let (typeface, origin) = (typeface.to_owned(), origin.clone());
    if text.chars().any(belongs_to_previous) {
        return Fault::MissingForm { text: text.to_owned(), typeface, origin };
    }
    Fault::MissingGlyph { character: text.chars().next().unwrap_or_default(), typeface, origin }
}
