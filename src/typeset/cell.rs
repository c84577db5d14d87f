//! Short texts that are not filled but balanced: the labels and values of tables, and titles.
//!
//! A form's label is broken where its author marked it, else where a person would: into as few lines as
//! the width allows, of like length, never a single character or half a bracket by itself. What cannot
//! fit is set smaller, measured, never past its cell.

use crate::document::Text;
use crate::font::Fonts;
use crate::length::Length;

use super::atom::{Break, Class, Prepared, Run, RunStyle, prepare};
use super::glyphs::Remarks;
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
    /// The lines make a trapezoid or a rhombus.
    pub title: bool,
    /// Text is not set smaller than this to spare a character being alone on a line. A word wider than the width is.
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

/// A text set in the style's own size, and the size in which it should be: the same, unless a word of it is wider than
/// the width or a character would stand alone on a line.
pub(super) fn fit<'a>(runs: &'a [Run<'a>], shape: Shape, fonts: &Fonts, remarks: &mut Remarks) -> (Block<'a>, Length) {
    let block = set(runs, shape, fonts, remarks);
    let own = block.size;
    // Most texts are a figure.
    let on_one_line = |prepared: &Prepared| prepared.natural(&(0..prepared.atoms.len())) < shape.width;
    if block.segments.iter().all(|segment| on_one_line(&segment.prepared)) {
        return (block, own);
    }
    let mut size = own;
    for Segment { prepared, .. } in &block.segments {
        let widest = prepared.widest_word();
        if widest > shape.width {
            size = size.min(own.scale(shape.width.to_units(), widest.to_units()));
        }
    }
    let size = size.max(LEAST.min(own));
    // A little smaller is better than a character alone on a line.
    let lone_at = |size: Length| {
        runs.iter().any(|run| {
            let run = [Run { style: at_size(run.style, size), ..*run }];
            // What there is to say has been said.
            lone(&set(&run, shape, fonts, &mut Remarks::default()))
        })
    };
    let smaller = |percent: i64| size.scale(percent, 100);
    let is_lone = |size: Length| if size == own { lone(&block) } else { lone_at(size) };
    let sizes = [100, 95, 90, LEAST_PERCENT].map(smaller);
    let chosen = sizes.into_iter().find(|&size| size >= shape.smallest && !is_lone(size)).unwrap_or(size);
    (block, chosen)
}

/// Whether any line of several holds a single character.
fn lone(block: &Block) -> bool {
    block.segments.iter().any(|Segment { prepared, lines }| {
        lines.len() > 1 && lines.iter().any(|line| prepared.is_single(line.atoms.start, line.atoms.end))
    })
}

/// No word is set smaller than this: where there is no room for it, none that could be read would find any.
const LEAST: Length = Length::pt(1);
/// Text is not set smaller than this, in percent, to spare a character being alone on a line.
const LEAST_PERCENT: i64 = 85;

/// Sets the segments of a text.
pub(super) fn set<'a>(runs: &'a [Run<'a>], shape: Shape, fonts: &Fonts, remarks: &mut Remarks) -> Block<'a> {
    let size = runs.first().map_or(Length::ZERO, |run| run.style.size);
    let segments = runs
        .iter()
        .map(|run| {
            let prepared = prepare(std::slice::from_ref(run), fonts, remarks);
            let lines = prepared.balance(shape);
            Segment { prepared, lines }
        })
        .collect();
    Block { segments, size }
}

/// The byte offsets in the whole text at which the lines of a block begin, but for the first line of each
/// segment: those begin where the text itself forces a line.
pub(super) fn begins(block: &Block) -> Vec<usize> {
    let mut begins = Vec::new();
    let mut start = 0;
    for Segment { prepared, lines } in &block.segments {
        let later = lines.iter().skip(1).filter_map(|line| prepared.atoms.get(line.atoms.start));
        begins.extend(later.map(|atom| start + atom.range.start));
        start += prepared.runs.iter().map(|run| run.text.content.len()).sum::<usize>() + '\n'.len_utf8();
    }
    begins
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
/// The cost of two lines of a title being as long as each other.
const RECTANGLE: i64 = 150;
/// The cost of a line of a title being shorter than both its neighbours.
const HOURGLASS: i64 = 600;
/// How many lines more than needed are tried.
const MORE_LINES: i64 = 3;
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

    /// Breaks into lines, none filled, of the form the shape asks for.
    fn balance(&self, shape: Shape) -> Vec<Line> {
        if self.atoms.is_empty() {
            return Vec::new();
        }
        let hang = if shape.hang { self.number_width().min(shape.width / 2) } else { Length::ZERO };
        let total = self.natural(&(0..self.atoms.len()));
        // What fits one line stands on one, unless that is a character and its mark.
        if total <= shape.width && !self.is_single(0, self.atoms.len()) {
            return vec![Line { atoms: 0..self.atoms.len(), indent: Length::ZERO, fill: None }];
        }
        let costs = self.costs();
        let least = total.to_units().max(0) / shape.width.to_units().max(1) + 1;
        let ends = (least..=least + MORE_LINES)
            .filter_map(|count| self.break_about(total / count, hang, shape.width, &costs))
            .min_by_key(|(cost, _)| *cost)
            .map(|(_, ends)| ends);
        let ends = match (ends, shape.title) {
            (Some(ends), true) => self.break_title(ends.len(), shape.width, &costs).unwrap_or(ends),
            (Some(ends), false) => ends,
            // Even a single atom is wider than the width: it stands by itself.
            (None, _) => (1..=self.atoms.len()).collect(),
        };
        let starts = std::iter::once(0).chain(ends.iter().copied());
        let indents = std::iter::once(Length::ZERO).chain(std::iter::repeat(hang));
        starts
            .zip(&ends)
            .zip(indents)
            .map(|((start, &end), indent)| Line { atoms: start..end, indent, fill: None })
            .collect()
    }

    /// What a line end after each atom costs; the last ends the text and costs nothing.
    fn costs(&self) -> Vec<i64> {
        let depth = self.bracket_depth();
        let marked = self.joins.iter().any(|join| join.preferred);
        let mut costs: Vec<i64> = self
            .joins
            .iter()
            .zip(&depth)
            .map(|(join, &depth)| {
                let allowed = match join.break_ {
                    Break::Allowed => 0,
                    Break::Group => FORBIDDEN,
                    Break::Kinsoku => 2 * FORBIDDEN,
                };
                let unmarked = if marked && !join.preferred { UNMARKED } else { 0 };
                let inside = if depth > 0 && !join.preferred { IN_BRACKETS } else { 0 };
                allowed + unmarked + inside
            })
            .collect();
        if let Some(last) = costs.last_mut() {
            *last = 0;
        }
        costs
    }

    /// The cheapest way to break into lines of about `ideal`: its cost, and where each line ends.
    fn break_about(&self, ideal: Length, hang: Length, width: Length, costs: &[i64]) -> Option<(i64, Vec<usize>)> {
        let count = self.atoms.len();
        // The cheapest way to break before each atom, and where its last line starts.
        let mut best: Vec<Option<(i64, usize)>> = vec![None; count + 1];
        best[0] = Some((0, 0));
        for end in 1..=count {
            for start in (0..end).rev() {
                let room = if start == 0 { width } else { width - hang };
                let line = self.natural(&(start..end));
                // A single atom that does not fit stands by itself: the size was chosen so that none does.
                if line > room && end - start > 1 {
                    break;
                }
                let Some((before, _)) = best[start] else { continue };
                let lone = if count > 1 && self.is_single(start, end) { LONE } else { 0 };
                let cost = before + costs[end - 1] + LINE + self.unlike(line - ideal) + lone;
                if best[end].is_none_or(|(least, _)| cost < least) {
                    best[end] = Some((cost, start));
                }
            }
        }
        let (cost, _) = best[count]?;
        let mut ends = Vec::new();
        let mut end = count;
        while end > 0 {
            ends.push(end);
            end = best[end]?.1;
        }
        ends.reverse();
        Some((cost, ends))
    }

    /// Breaks a title into `count` lines in the shape of a trapezoid or a rhombus (GB/T 9704 7.3.1), trying
    /// every way there is; `None` when there are too many ways to try, or one line is enough.
    fn break_title(&self, count: usize, width: Length, costs: &[i64]) -> Option<Vec<usize>> {
        /// Titles are seldom of more lines.
        const MOST_LINES: usize = 4;
        /// Nor of more characters than make so many ways to break them.
        const MOST_ATOMS: usize = 100;
        let atoms = self.atoms.len();
        if !(2..=MOST_LINES).contains(&count) || atoms > MOST_ATOMS {
            return None;
        }
        let mut best: Option<(i64, Vec<usize>)> = None;
        let mut ends: Vec<usize> = Vec::with_capacity(count);
        self.try_ends(&mut ends, count, width, costs, &mut best);
        best.map(|(_, ends)| ends)
    }

    fn try_ends(
        &self,
        ends: &mut Vec<usize>,
        count: usize,
        width: Length,
        costs: &[i64],
        best: &mut Option<(i64, Vec<usize>)>,
    ) {
        let start = ends.last().copied().unwrap_or(0);
        let last = ends.len() + 1 == count;
        for end in start + 1..=self.atoms.len() {
            if self.natural(&(start..end)) > width {
                break;
            }
            if costs[end - 1] >= FORBIDDEN || last != (end == self.atoms.len()) {
                continue;
            }
            ends.push(end);
            if last {
                let cost = self.title_cost(ends, costs);
                if best.as_ref().is_none_or(|(least, _)| cost < *least) {
                    *best = Some((cost, ends.clone()));
                }
            } else {
                self.try_ends(ends, count, width, costs, best);
            }
            ends.pop();
        }
    }

    fn title_cost(&self, ends: &[usize], costs: &[i64]) -> i64 {
        let starts = std::iter::once(0).chain(ends.iter().copied());
        let lines: Vec<Length> = starts.zip(ends).map(|(start, &end)| self.natural(&(start..end))).collect();
        let total: Length = lines.iter().copied().sum();
        let ideal = total / lines.len() as i64;
        // Less than a character apart is a rectangle, not a trapezoid.
        let cell = self.runs.first().map_or(Length::ZERO, |run| run.style.cell);
        let equal = lines.windows(2).filter(|pair| (pair[0] - pair[1]).to_units().abs() < cell.to_units()).count();
        let waist = lines.windows(3).filter(|three| three[1] < three[0] && three[1] < three[2]).count();
        let breaks: i64 = ends.iter().map(|&end| costs[end - 1]).sum();
        let unlike: i64 = lines.iter().map(|&line| self.unlike(line - ideal)).sum();
        breaks + unlike + RECTANGLE * equal as i64 + HOURGLASS * waist as i64
    }

    /// How bad it is that a line is so much longer or shorter than the others: the square of it in characters,
    /// times ten.
    fn unlike(&self, difference: Length) -> i64 {
        let cell = self.runs.first().map_or(1, |run| run.style.cell.to_units().max(1));
        let tenths = difference.to_units().saturating_mul(10) / cell;
        (tenths.saturating_mul(tenths) / 10).min(FORBIDDEN / 10)
    }

    /// Whether a line would hold one character or less, marks not counted. What the author cut off as a
    /// line of its own (`三、`) is one.
    fn is_single(&self, start: usize, end: usize) -> bool {
        if self.joins[end - 1].preferred || (end == self.atoms.len() && start > 0 && self.joins[start - 1].preferred) {
            return false;
        }
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
