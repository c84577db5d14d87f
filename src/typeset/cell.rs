//! Short texts that are not filled but balanced: the labels and values of tables, and titles.
//!
//! A form's label is broken where its author marked it, else where a person would: into as few lines as
//! the width allows, of like length, never a single character or half a bracket by itself. What cannot
//! fit is set smaller, measured, never past its cell.

use crate::document::Text;
use crate::font::Fonts;
use crate::length::Length;

use super::Fault;
use super::atom::{Break, Class, Prepared, Run, RunStyle, prepare};
use super::line::Line;

/// A text set in a box.
pub(super) struct Block<'a> {
    /// One for each stretch between forced line ends.
    pub segments: Vec<Segment<'a>>,
    /// The size it was set in.
    pub size: Length,
}

/// A stretch of a text between two forced line ends, and its lines.
pub(super) struct Segment<'a> {
    pub prepared: Prepared<'a>,
    pub lines: Vec<Line>,
}

/// What a block is broken for.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    pub width: Length,
    /// Lines after the first stand in under the text that follows the number `1.`.
    pub hang: bool,
    /// The last line counts when lines are made alike.
    pub centred: bool,
    /// Text is set smaller, but not below this, when a word of it is wider than the width.
    pub smallest: Length,
}

impl Block<'_> {
    /// How many lines.
    pub fn lines(&self) -> usize {
        self.segments.iter().map(|segment| segment.lines.len()).sum()
    }
}

/// A text cut at its forced line ends.
pub(super) fn segments(text: &Text) -> Vec<Text> {
    let mut start = 0;
    text.content
        .split('\n')
        .map(|piece| {
            let (from, to) = (start, start + piece.len());
            start = to + 1;
            let breaks = text.breaks.iter().filter(|&&at| at > from && at < to).map(|at| at - from).collect();
            Text { content: piece.into(), breaks, origin: text.origin.clone() }
        })
        .collect()
}

/// The size at which every word of the text fits the width, at most the style's own.
pub(super) fn fitting_size(runs: &[Run], shape: Shape, fonts: &Fonts) -> Length {
    let mut size = runs.first().map_or(Length::ZERO, |run| run.style.size);
    for run in runs {
        // Missing glyphs are reported when the text is set.
        let prepared = prepare(std::slice::from_ref(run), fonts, &mut Vec::new());
        let widest = prepared.widest_word();
        if widest > shape.width {
            size = size.min(run.style.size.scale(shape.width.to_units(), widest.to_units()));
        }
    }
    size.max(shape.smallest.min(size))
}

/// Sets the segments of a text.
pub(super) fn set<'a>(runs: &'a [Run<'a>], shape: Shape, fonts: &Fonts, faults: &mut Vec<Fault>) -> Block<'a> {
    let size = runs.first().map_or(Length::ZERO, |run| run.style.size);
    let segments = runs
        .iter()
        .map(|run| {
            let prepared = prepare(std::slice::from_ref(run), fonts, faults);
            let lines = prepared.balance(shape);
            Segment { prepared, lines }
        })
        .collect();
    Block { segments, size }
}

/// The style of a cell's text at a size.
pub(super) fn at_size<'a>(style: RunStyle<'a>, size: Length) -> RunStyle<'a> {
    RunStyle { size, cell: size, gap: style.gap.scale(size.to_units(), style.size.to_units().max(1)), ..style }
}

/// The cost of a line more.
const LINE: i64 = 300;
/// The cost of a break at no mark in a text that has marks.
const UNMARKED: i64 = 1_000;
/// The cost of a break inside brackets.
const IN_BRACKETS: i64 = 600;
/// The cost of a line with a single character.
const LONE: i64 = 2_000;
/// The cost of a break where none is allowed: more than any text can gain otherwise.
const FORBIDDEN: i64 = 1_000_000;

impl Prepared<'_> {
    /// The widest stretch in which no line may end.
    pub fn widest_word(&self) -> Length {
        let mut widest = Length::ZERO;
        let mut start = 0;
        for at in 0..self.atoms.len() {
            if self.joins[at].break_ == Break::Allowed || at + 1 == self.atoms.len() {
                widest = widest.max(self.natural(&(start..at + 1)));
                start = at + 1;
            }
        }
        widest
    }

    /// Breaks into lines of like length, none filled.
    fn balance(&self, shape: Shape) -> Vec<Line> {
        let count = self.atoms.len();
        let hang = if shape.hang { self.number_width().min(shape.width / 2) } else { Length::ZERO };
        let depth = self.bracket_depth();
        let marked = self.joins.iter().any(|join| join.preferred);
        // The cheapest way to break before each atom, and where its last line starts.
        let mut best: Vec<(i64, usize)> = vec![(i64::MAX, 0); count + 1];
        best[0] = (0, 0);
        for end in 1..=count {
            let join = self.joins[end - 1];
            let mut here = 0;
            if end < count {
                here += match join.break_ {
                    Break::Allowed => 0,
                    Break::Group => FORBIDDEN,
                    Break::Kinsoku => 2 * FORBIDDEN,
                };
                if !join.preferred {
                    here += if marked { UNMARKED } else { 0 } + if depth[end - 1] > 0 { IN_BRACKETS } else { 0 };
                }
            }
            for start in (0..end).rev() {
                let width = if start == 0 { shape.width } else { shape.width - hang };
                let line = self.natural(&(start..end));
                // A single atom that does not fit stands by itself: the size was chosen so that none does.
                if line > width && end - start > 1 {
                    break;
                }
                let Some(before) = Some(best[start].0).filter(|&cost| cost < i64::MAX) else { continue };
                let counts = end < count || shape.centred;
                let slack = if counts { self.slack(width - line, start) } else { 0 };
                let lone = if count > 1 && self.is_single(start, end) { LONE } else { 0 };
                let cost = before + here + LINE + slack + lone;
                if cost < best[end].0 {
                    best[end] = (cost, start);
                }
            }
        }
        let mut lines = Vec::new();
        let mut end = count;
        while end > 0 {
            let start = best[end].1;
            let indent = if start == 0 { Length::ZERO } else { hang };
            lines.push(Line { atoms: start..end, indent, fill: None });
            end = start;
        }
        lines.reverse();
        lines
    }

    /// The square of the white a line leaves, in tenths of a character.
    fn slack(&self, white: Length, start: usize) -> i64 {
        let cell = self.runs[self.atoms[start].run].style.cell.to_units().max(1);
        let tenths = white.to_units().max(0).saturating_mul(10) / cell;
        (tenths * tenths / 10).min(FORBIDDEN / 10)
    }

    /// Whether a line would hold one character or less, marks not counted.
    fn is_single(&self, start: usize, end: usize) -> bool {
        let words = self.atoms[start..end].iter().filter(|atom| !atom.class.is_mark() && atom.class != Class::Space);
        words.count() <= 1 && self.atoms[start].class != Class::Western
    }

    /// How many brackets are open after each atom.
    fn bracket_depth(&self) -> Vec<i32> {
        let mut depth = 0;
        self.atoms
            .iter()
            .map(|atom| {
                match atom.class {
                    Class::Opening => depth += 1,
                    Class::Closing => depth -= 1,
                    Class::Han | Class::Comma | Class::Stop | Class::Dot | Class::Connector => {}
                    Class::Dash | Class::Western | Class::Slash | Class::Space => {}
                }
                depth
            })
            .collect()
    }

    /// How wide the number is that the text starts with (`1.`, `12、`); nothing when it starts with none.
    fn number_width(&self) -> Length {
        let text = |at: usize| &self.runs[self.atoms[at].run].text.content[self.atoms[at].range.clone()];
        let digits = (0..self.atoms.len()).take_while(|&at| text(at).bytes().all(|b| b.is_ascii_digit())).count();
        let closes = digits > 0 && digits < self.atoms.len() && matches!(text(digits), "." | "．" | "、");
        if closes { self.atoms[..=digits].iter().map(|atom| atom.width).sum() } else { Length::ZERO }
    }
}
