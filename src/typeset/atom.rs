//! Text cut into atoms: the pieces a line is made of, how wide they are, and what may happen between them.
//!
//! An [`Atom`] is a character with its glyph, or a pair that is set as one (`——`, `……`). A [`Join`] is what
//! lies between two atoms: whether a line may end there, whether it may be stretched, which gap it has.
//! All rules about single characters live here (GB/T 15834—2011 5.1, CLREQ); which breaks are taken is
//! [`line`](super::line)'s affair.

use std::ops::Range;

use crate::document;
use crate::font::{FaceId, Fonts, Glyph, belongs_to_previous};
use crate::length::Length;
use crate::pages::Owner;

use super::glyphs::{Few, Remarks, glyphs_of};

/// A stretch of text of one style.
#[derive(Clone, Copy)]
pub(super) struct Run<'a> {
    pub text: &'a document::Text,
    pub style: RunStyle<'a>,
    pub owner: Owner,
}

/// How a run looks.
#[derive(Clone, Copy)]
pub(super) struct RunStyle<'a> {
    /// Name of the typeface of Han characters, for errors.
    pub typeface: &'a str,
    /// Its faces.
    pub han: &'a [FaceId],
    /// The faces of Western letters and digits.
    pub latin: &'a [FaceId],
    pub size: Length,
    /// How wide a full-width character is set.
    pub cell: Length,
    /// Between Han and Western characters.
    pub gap: Length,
}

/// What a character is to a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// A full-width character that is no mark.
    Han,
    /// An opening mark: its ink stands on the right of its cell.
    Opening,
    /// A closing mark: its ink stands on the left of its cell.
    Closing,
    /// ，、；： on the left of their cells.
    Comma,
    /// 。？！ on the left of their cells.
    Stop,
    /// · in half a cell.
    Dot,
    /// ～ and the like between two things.
    Connector,
    /// `——`, `……` and a single `—` or `…`.
    Dash,
    /// A Western letter, digit or mark.
    Western,
    /// A Western slash: half a cell, holds on to both its neighbours.
    Slash,
    /// White between words.
    Space,
}

impl Class {
    /// A mark that carries no word of its own.
    pub fn is_mark(self) -> bool {
        match self {
            Class::Opening
            | Class::Closing
            | Class::Comma
            | Class::Stop
            | Class::Dot
            | Class::Dash
            | Class::Connector => true,
            Class::Han | Class::Western | Class::Slash | Class::Space => false,
        }
    }
}

/// A piece of a line.
#[derive(Clone, Debug)]
pub(super) struct Atom {
    /// Index of its run.
    pub run: usize,
    /// Its bytes in the run's text.
    pub range: Range<usize>,
    pub class: Class,
    /// How wide it is, blanks included.
    pub width: Length,
    /// White that may go from its left.
    pub left: Length,
    /// White that may go from its right.
    pub right: Length,
    /// The white on its left goes only at the start of a line.
    pub held: bool,
    /// Its glyphs in [`Prepared::glyphs`].
    pub glyphs: Range<usize>,
}

/// A glyph of an atom.
#[derive(Clone, Debug)]
pub(super) struct AtomGlyph {
    pub glyph: Glyph,
    /// From the atom's left edge, its left blank included.
    pub x: Length,
    pub advance: Length,
    /// Its bytes in the run's text.
    pub range: Range<usize>,
}

/// How willingly a line ends at a join, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Break {
    /// Any time.
    Allowed,
    /// Inside a number or word: only where a line has nothing better.
    Group,
    /// Against 避头尾: only where a line has nothing else at all.
    Kinsoku,
}

/// What lies between an atom and the next.
#[derive(Clone, Copy, Debug)]
pub(super) struct Join {
    pub break_: Break,
    /// The author marked this as a good place to end a line.
    pub preferred: bool,
    /// May white be put here to fill a line?
    pub stretch: bool,
    /// White between Han and Western characters.
    pub gap: Length,
}

/// Text ready to be broken into lines.
pub(super) struct Prepared<'a> {
    pub runs: &'a [Run<'a>],
    pub atoms: Vec<Atom>,
    /// One for each atom: what follows it. The last one ends the text.
    pub joins: Vec<Join>,
    pub glyphs: Vec<AtomGlyph>,
    /// How wide all before each atom is, gaps included, and after the last how wide all is: the length of a
    /// stretch is the difference of two of them.
    pub sums: Vec<Length>,
}

/// A character met on the way, with the marks and selectors that belong to it.
#[derive(Clone, Copy)]
struct Met {
    character: char,
    run: usize,
    start: usize,
    end: usize,
    class: Class,
}

impl Met {
    fn is_plain(&self) -> bool {
        self.end - self.start == self.character.len_utf8()
    }
}

/// Cuts runs into atoms. What cannot be set, and what another face had to lend, is added to `remarks`.
pub(super) fn prepare<'a>(runs: &'a [Run<'a>], fonts: &Fonts, remarks: &mut Remarks) -> Prepared<'a> {
    let met = classify(runs);
    let mut prepared = Prepared {
        runs,
        atoms: Vec::with_capacity(met.len()),
        joins: Vec::new(),
        glyphs: Vec::with_capacity(met.len()),
        sums: Vec::new(),
    };
    let mut next = 0;
    while let Some(&first) = met.get(next) {
        let pair = met.get(next + 1).filter(|second| is_pair(first, **second));
        prepared.add(first, pair.copied(), fonts, remarks);
        next += if pair.is_some() { 2 } else { 1 };
    }
    prepared.close_up_marks();
    prepared.join();
    prepared.sum();
    prepared
}

/// `——` and `……` are one mark of two cells (GB/T 15834 5.1.4, 5.1.5).
fn is_pair(first: Met, second: Met) -> bool {
    first.class == Class::Dash
        && first.character == second.character
        && first.run == second.run
        && matches!(first.character, '—' | '…' | '⋯')
        && first.is_plain()
        && second.is_plain()
}

/// Marks that belong to the Chinese face and take a full cell unless both their neighbours are Western.
pub(super) fn is_ambiguous(c: char) -> bool {
    matches!(c, '“' | '”' | '‘' | '’' | '—' | '…' | '⋯' | '·' | '×' | '÷' | '±')
}

fn classify(runs: &[Run]) -> Vec<Met> {
    // Most characters take three bytes; figures take one.
    let bytes: usize = runs.iter().map(|run| run.text.content.len()).sum();
    let mut met: Vec<Met> = Vec::with_capacity(bytes / 3 + bytes.min(8));
    for (run, Run { text, .. }) in runs.iter().enumerate() {
        let first = met.len();
        for (start, character) in text.content.char_indices() {
            let end = start + character.len_utf8();
            match met[first..].last_mut().filter(|_| belongs_to_previous(character)) {
                Some(base) => base.end = end,
                None => met.push(Met { character, run, start, end, class: class_of(character) }),
            }
        }
    }
    if met.iter().any(|one| is_ambiguous(one.character)) {
        decide(&mut met);
    }
    met
}

/// Says which ambiguous marks are Western.
fn decide(met: &mut [Met]) {
    // An ambiguous mark between Western characters is Western; the nearest character on each side that
    // is neither ambiguous nor white decides.
    let mut before = Vec::with_capacity(met.len());
    let mut nearest = None;
    for one in met.iter() {
        before.push(nearest);
        if one.class != Class::Space && !is_ambiguous(one.character) {
            nearest = Some(is_western(one.class));
        }
    }
    nearest = None;
    for (one, before) in met.iter_mut().zip(before).rev() {
        if is_ambiguous(one.character) {
            if before == Some(true) && nearest == Some(true) {
                one.class = Class::Western;
            }
        } else if one.class != Class::Space {
            nearest = Some(is_western(one.class));
        }
    }
    // But two dashes or ellipses in a row are Chinese whatever stands around them.
    for at in 1..met.len() {
        let (first, second) = (met[at - 1], met[at]);
        if matches!(first.character, '—' | '…' | '⋯') && first.character == second.character {
            met[at - 1].class = Class::Dash;
            met[at].class = Class::Dash;
        }
    }
}

fn is_western(class: Class) -> bool {
    matches!(class, Class::Western | Class::Slash)
}

fn class_of(c: char) -> Class {
    match c {
        ' ' | '\u{A0}' | '\u{2002}'..='\u{200A}' | '\u{3000}' => Class::Space,
        '/' => Class::Slash,
        '（' | '〔' | '［' | '｛' | '《' | '〈' | '「' | '『' | '【' | '〖' | '“' | '‘' => Class::Opening,
        '）' | '〕' | '］' | '｝' | '》' | '〉' | '」' | '』' | '】' | '〗' | '”' | '’' => Class::Closing,
        '，' | '、' | '；' | '：' | '．' => Class::Comma,
        '。' | '？' | '！' | '‼' | '⁇' | '⁈' | '⁉' => Class::Stop,
        '·' | '・' | '‧' => Class::Dot,
        '～' | '－' | '／' | '〜' => Class::Connector,
        '—' | '…' | '⋯' | '⸺' => Class::Dash,
        '×' | '÷' | '±' => Class::Han,
        // ASCII, the Latin, Greek and Cyrillic blocks, general punctuation and currency signs.
        '\u{21}'..='\u{24F}'
        | '\u{2B0}'..='\u{52F}'
        | '\u{1E00}'..='\u{1FFF}'
        | '\u{2010}'..='\u{206F}'
        | '\u{20A0}'..='\u{20BF}' => Class::Western,
        _ => Class::Han,
    }
}

/// Never at the start of a line (避头): GB/T 15834 5.1.1–5.1.7, 5.1.9 and what belongs to a number before it.
#[rustfmt::skip]
fn never_starts(c: char) -> bool {
    matches!(
        c,
        '。' | '．' | '，' | '、' | '：' | '；' | '！' | '？' | '‼' | '⁇' | '⁈' | '⁉' | '”' | '’' | '」' | '』'
        | '）' | '〕' | '］' | '｝' | '》' | '〉' | '】' | '〗' | '–' | '～' | '-' | '·' | '・' | '‧' | '／' | '/'
        | '%' | '％' | '‰' | '℃' | '°' | '′' | '″' | '!' | ')' | ',' | '.' | ':' | ';' | '?' | ']' | '}'
        | '－' | '〜' | '¢'
    )
}

/// Never at the end of a line (避尾): GB/T 15834 5.1.3, 5.1.9 and what belongs to the number after it.
#[rustfmt::skip]
fn never_ends(c: char) -> bool {
    matches!(
        c,
        '“' | '‘' | '「' | '『' | '（' | '〔' | '［' | '｛' | '《' | '〈' | '【' | '〖' | '(' | '[' | '{' | '￥'
        | '¥' | '＄' | '$' | '£' | '／' | '/'
    )
}

/// Words that follow a number so closely that a line does not come between: `2024年`, `30号`, `88篇`.
#[rustfmt::skip]
fn is_unit(c: char) -> bool {
    matches!(
        c,
        '年' | '月' | '日' | '号' | '时' | '分' | '秒' | '个' | '件' | '条' | '项' | '次' | '篇' | '人' | '名' | '家'
        | '户' | '元' | '万' | '亿' | '期' | '页' | '款' | '章' | '节' | '版' | '份' | '起' | '宗' | '场' | '部' | '位'
        | '处' | '类' | '级' | '米' | '倍' | '％' | '‰' | '℃'
    )
}

impl Prepared<'_> {
    fn add(&mut self, first: Met, second: Option<Met>, fonts: &Fonts, remarks: &mut Remarks) {
        let run = &self.runs[first.run];
        let range = first.start..second.unwrap_or(first).end;
        let content = &run.text.content[range.clone()];
        let style = &run.style;
        let mut glyphs = glyphs_of(first.class, content, run, fonts, remarks);
        // A Western full stop and the like in the Han face keep the width their face gives them.
        let natural: Length = glyphs.iter().map(|&glyph| fonts.advance(glyph, style.size)).sum();
        let cells = |count: i64, of: i64| style.cell.scale(count, of);
        let (width, start) = match first.class {
            Class::Western | Class::Slash => (natural, Length::ZERO),
            Class::Space if first.character == '\u{3000}' => (style.cell, Length::ZERO),
            Class::Space => (natural, Length::ZERO),
            Class::Dot => (cells(1, 2), (cells(1, 2) - natural) / 2),
            Class::Dash if second.is_some() => (cells(2, 1), (cells(2, 1) - natural) / 2),
            Class::Han | Class::Connector | Class::Dash => (style.cell, (style.cell - natural) / 2),
            // A mark narrower than its cell stands on the side its blank is not on.
            Class::Opening => (style.cell, style.cell - natural),
            Class::Closing | Class::Comma | Class::Stop => (style.cell, Length::ZERO),
        };
        let (left, right) = self.blanks(first.class, &glyphs, start, width, style, fonts);
        let at = self.glyphs.len();
        let mut pen = start;
        let ranges = split_range(&range, glyphs.len(), content);
        for (glyph, range) in glyphs.drain(..).zip(ranges) {
            let advance = fonts.advance(glyph, style.size);
            let x = pen + fonts.offset(glyph, style.size);
            self.glyphs.push(AtomGlyph { glyph, x, advance, range });
            pen += advance;
        }
        let glyphs = at..self.glyphs.len();
        self.atoms.push(Atom { run: first.run, range, class: first.class, width, left, right, held: false, glyphs });
    }

    /// The white a mark can lose on either side: half a cell on the side its ink is not on, but never
    /// more than its face leaves white (some faces centre their commas).
    fn blanks(
        &self,
        class: Class,
        glyphs: &[Glyph],
        start: Length,
        width: Length,
        style: &RunStyle,
        fonts: &Fonts,
    ) -> (Length, Length) {
        let half = style.cell.scale(1, 2);
        let spare = |white: Length| white.clamp(Length::ZERO, half);
        let ink = || glyphs.first().and_then(|&glyph| fonts.ink(glyph, style.size));
        match class {
            Class::Opening => (ink().map_or(Length::ZERO, |(from, _)| spare(start + from)), Length::ZERO),
            Class::Closing | Class::Comma | Class::Stop => {
                (Length::ZERO, ink().map_or(Length::ZERO, |(_, to)| spare(width - start - to)))
            }
            Class::Han | Class::Dot | Class::Connector | Class::Dash | Class::Western | Class::Slash | Class::Space => {
                (Length::ZERO, Length::ZERO)
            }
        }
    }

    /// Two marks together take one and a half cells, not two (标点挤压, CLREQ 3.1.6).
    fn close_up_marks(&mut self) {
        for at in 1..self.atoms.len() {
            let (before, after) = self.atoms.split_at_mut(at);
            let (first, second) = (&mut before[at - 1], &mut after[0]);
            match (first.class, second.class) {
                (
                    Class::Closing | Class::Comma | Class::Stop,
                    Class::Opening | Class::Closing | Class::Comma | Class::Stop,
                ) => {
                    first.width -= first.right;
                    first.right = Length::ZERO;
                    // The half cell the pair keeps goes only when the second mark starts a line.
                    second.held = second.class == Class::Opening;
                }
                (Class::Opening, Class::Opening) => {
                    second.width -= second.left;
                    for glyph in &mut self.glyphs[second.glyphs.clone()] {
                        glyph.x -= second.left;
                    }
                    second.left = Length::ZERO;
                }
                _ => {}
            }
        }
    }

    fn sum(&mut self) {
        let mut sum = Length::ZERO;
        self.sums.reserve(self.atoms.len() + 1);
        self.sums.push(sum);
        for (atom, join) in self.atoms.iter().zip(&self.joins) {
            sum += atom.width + join.gap;
            self.sums.push(sum);
        }
    }

    fn character(&self, at: usize) -> char {
        let atom = &self.atoms[at];
        self.runs[atom.run].text.content[atom.range.clone()].chars().next().unwrap_or_default()
    }

    fn join(&mut self) {
        let characters: Vec<char> = (0..self.atoms.len()).map(|at| self.character(at)).collect();
        let document_number = document_numbers(&characters);
        let address = addresses(&characters, &self.atoms);
        let mut joins = Vec::with_capacity(self.atoms.len());
        for at in 0..self.atoms.len() {
            let atom = &self.atoms[at];
            let Some(next) = self.atoms.get(at + 1) else {
                joins.push(Join { break_: Break::Allowed, preferred: false, stretch: false, gap: Length::ZERO });
                break;
            };
            let (a, b) = (characters[at], characters[at + 1]);
            let group = document_number.get(at) == Some(&true) || is_group(&characters, &self.atoms, at);
            let kinsoku = next.class == Class::Space
                || (never_starts(b) && !(b == '-' && atom.class == Class::Space))
                || (b == '—' && next.class != Class::Dash && next.range.len() == '—'.len_utf8())
                || never_ends(a);
            let break_ = match (address.get(at) == Some(&true), group, kinsoku) {
                (true, _, _) => Break::Allowed,
                (_, _, true) => Break::Kinsoku,
                (_, true, _) => Break::Group,
                _ => Break::Allowed,
            };
            let holds = |class| matches!(class, Class::Connector | Class::Slash);
            let western =
                |class, c: char| class == Class::Western && (c.is_alphanumeric() || matches!(c, '%' | '‰' | '°'));
            let meets_western = (atom.class == Class::Han && western(next.class, b) && !matches!(b, '%' | '‰' | '°'))
                || (western(atom.class, a) && next.class == Class::Han);
            joins.push(Join {
                break_,
                preferred: atom.run == next.run
                    && self.runs[next.run].text.breaks.binary_search(&next.range.start).is_ok(),
                stretch: !group && !holds(atom.class) && !holds(next.class),
                gap: if meets_western { self.runs[next.run].style.gap } else { Length::ZERO },
            });
        }
        self.joins = joins;
    }
}

/// Gives each glyph of an atom its bytes: one glyph stands for all, as many glyphs as characters for one each.
fn split_range(range: &Range<usize>, glyphs: usize, content: &str) -> Few<Range<usize>> {
    if glyphs == content.chars().count() {
        content.char_indices().map(|(at, c)| range.start + at..range.start + at + c.len_utf8()).collect()
    } else {
        // The first glyph carries the text, the others none.
        (0..glyphs).map(|at| if at == 0 { range.clone() } else { range.end..range.end }).collect()
    }
}

/// Whether the two atoms around a join belong to one number, word or quantity.
fn is_group(characters: &[char], atoms: &[Atom], at: usize) -> bool {
    let (a, b) = (characters[at], characters[at + 1]);
    let (first, second) = (atoms[at].class, atoms[at + 1].class);
    let wide_digit = |c: char| matches!(c, '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ');
    match (first, second) {
        (Class::Western | Class::Slash, Class::Western | Class::Slash) => true,
        (Class::Western, Class::Han) => (a.is_ascii_digit() || a == '%') && is_unit(b),
        (Class::Han, Class::Western) => a == '第' && b.is_ascii_digit(),
        (Class::Han, Class::Han) => wide_digit(a) && (wide_digit(b) || is_unit(b)),
        (Class::Han, Class::Comma) | (Class::Comma, Class::Han) => {
            wide_digit(a) && b == '．' || a == '．' && wide_digit(b)
        }
        // `GB/T 9704`, `ISO 9001`: capitals, a space, a number.
        (Class::Western, Class::Space) => {
            a.is_ascii_uppercase() && atoms.get(at + 2).is_some() && characters[at + 2].is_ascii_digit()
        }
        (Class::Space, Class::Western) => {
            b.is_ascii_digit() && at > 0 && characters[at - 1].is_ascii_uppercase() || a == '\u{A0}'
        }
        _ => a == '\u{A0}' || b == '\u{A0}',
    }
}

/// Marks the joins inside document numbers such as `〔2021〕30号`; as far as there are any.
fn document_numbers(characters: &[char]) -> Vec<bool> {
    let mut inside = Vec::new();
    for open in 0..characters.len() {
        if !matches!(characters[open], '〔' | '[' | '［') {
            continue;
        }
        let digits = |from: usize| characters[from..].iter().take_while(|c| c.is_ascii_digit()).count();
        let close = open + 1 + digits(open + 1);
        if close - open != 5 || !matches!(characters.get(close), Some('〕' | ']' | '］')) {
            continue;
        }
        let number = close + 1 + usize::from(characters.get(close + 1) == Some(&'第'));
        let count = if number < characters.len() { digits(number) } else { 0 };
        let end = if count > 0 { number + count - 1 } else { close };
        inside.resize(characters.len(), false);
        inside[open..end].fill(true);
    }
    inside
}

/// Marks the joins at which a web or mail address may be broken, as far as there are any: after a slash, dot or the like
/// of a long one.
fn addresses(characters: &[char], atoms: &[Atom]) -> Vec<bool> {
    /// Shorter ones go to the next line whole.
    const LONG: usize = 16;
    let mut breaks = Vec::new();
    let mut start = 0;
    while start < characters.len() {
        let length = atoms[start..].iter().take_while(|atom| is_western(atom.class)).count();
        let token = start..start + length;
        let has = |part: &str| {
            let part: Vec<char> = part.chars().collect();
            characters[token.clone()].windows(part.len()).any(|window| window == part)
        };
        if length >= LONG && (has("@") || has("://") || has("www.")) {
            breaks.resize(characters.len(), false);
            for at in token.start..token.end.saturating_sub(1) {
                let (a, b) = (characters[at], characters[at + 1]);
                breaks[at] = matches!(a, '/' | '.' | '-' | '_' | '?' | '&' | '=' | '@') && b.is_alphanumeric();
            }
        }
        start = token.end.max(start + 1);
    }
    breaks
}
