//! Lines: where a paragraph is broken, and how each line fills its measure.
//!
//! Lines are filled one after another, as a compositor does. A line ends where its cells end if it may;
//! otherwise whatever moves its characters least is done: marks are squeezed to take in what must not
//! start the next line, or the line is broken earlier and stretched. Squeezing comes first where both
//! cost the same. White goes and comes in CLREQ's order (6.3), never inside a number or a word. The last
//! line stays as it is, but is not left with a single character. No mark ever hangs outside.

use std::ops::Range;

use crate::length::Length;

use super::atom::{Break, Class, Prepared};

/// A line of a paragraph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// Its atoms.
    pub atoms: Range<usize>,
    /// From the left edge of the measure to its first atom.
    pub indent: Length,
    /// How long it must be; `None` for a line left as it is.
    pub fill: Option<Length>,
}

/// An atom on a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Placed {
    pub atom: usize,
    /// From the left edge of the measure to the atom's left edge as if it had all its blanks.
    pub x: Length,
}

/// Less than a reader can see: 0.02 mm. Differences from dividing the measure into cells are smaller.
const NOTHING: Length = Length::units(720);

/// The steps in which a line is squeezed (CLREQ 6.3.1), after the mark at its end has lost its half cell.
const STEPS: usize = 5;
type Room = [Length; STEPS];

impl Prepared<'_> {
    /// Breaks into lines of `measure`, the first of them `indent` shorter.
    pub fn break_lines(&self, measure: Length, indent: Length) -> Vec<Line> {
        let mut lines: Vec<Line> = Vec::new();
        let mut start = 0;
        while start < self.atoms.len() {
            let indent = if lines.is_empty() { indent } else { Length::ZERO };
            let room = measure - indent;
            let end = self.line_end(start, room);
            lines.push(Line { atoms: start..end, indent, fill: Some(room) });
            start = end;
        }
        self.relieve_last(&mut lines);
        if let Some(last) = lines.last_mut() {
            // A last line that was squeezed to hold all stays squeezed.
            let room = last.fill.unwrap_or(measure);
            if self.natural(&last.atoms) <= room {
                last.fill = None;
            }
        }
        lines
    }

    /// Where the line that starts at `start` ends.
    fn line_end(&self, start: usize, measure: Length) -> usize {
        let count = self.atoms.len();
        let mut fits = start;
        let mut width = -self.atoms[start].left;
        while fits < count {
            let atom = &self.atoms[fits];
            let white = if atom.class == Class::Space { atom.width } else { atom.right };
            if width + atom.width - white > measure {
                break;
            }
            width += atom.width + self.joins[fits].gap;
            fits += 1;
        }
        if fits == count {
            return count;
        }
        let mut best = None;
        for end in (start + 1..=fits).rev() {
            let break_ = self.joins[end - 1].break_;
            if best.is_none_or(|(least, _)| break_ < least) {
                best = Some((break_, end));
            }
            if break_ == Break::Allowed {
                break;
            }
        }
        let early = best.map_or(start + 1, |(_, end)| end);
        let white = measure - self.natural(&(start..early));
        let allowed = self.joins[early - 1].break_ == Break::Allowed;
        if allowed && white <= NOTHING {
            return early;
        }
        match self.squeezed_end(start, fits, measure) {
            Some((late, excess)) if !allowed || excess <= white => late,
            _ => early,
        }
    }

    /// The first break after `fits` that a line from `start` reaches when it is squeezed, and by how much.
    fn squeezed_end(&self, start: usize, fits: usize, measure: Length) -> Option<(usize, Length)> {
        for end in fits + 1..=self.atoms.len() {
            let line = start..end;
            let excess = self.natural(&line) - measure;
            let room: Length = self.room(&line).into_iter().sum();
            // The mark or bracket after next may still give room, but not more than a cell.
            if excess > room + self.runs[self.atoms[start].run].style.cell {
                return None;
            }
            if excess <= room && self.joins[end - 1].break_ == Break::Allowed {
                return Some((end, excess));
            }
        }
        None
    }

    /// Does not leave a single character on the last line (GB/T 15834 5.1.11, CLREQ 3.1.7): squeezes it
    /// into the line above, or takes another down from there.
    fn relieve_last(&self, lines: &mut Vec<Line>) {
        let [.., above, last] = lines.as_slice() else { return };
        if !self.is_lone(&last.atoms) {
            return;
        }
        let (start, end) = (above.atoms.start, last.atoms.end);
        let measure = above.fill.unwrap_or_default();
        let excess = self.natural(&(start..end)) - measure;
        let room: Length = self.room(&(start..end)).into_iter().sum();
        let up = (excess <= room).then_some(excess);
        let down = (start + 1..last.atoms.start)
            .rev()
            .find(|&at| self.joins[at - 1].break_ == Break::Allowed && !self.is_lone(&(at..end)))
            .map(|at| (at, measure - self.natural(&(start..at))))
            // But no line is torn apart for the sake of the next: half a cell between two characters at most.
            .filter(|&(at, white)| {
                let places = self.joins[start..at - 1].iter().filter(|join| join.stretch).count() as i64;
                white <= self.runs[self.atoms[start].run].style.cell.scale(places, 2)
            });
        let count = lines.len();
        match (up, down) {
            (Some(excess), down) if down.is_none_or(|(_, white)| excess <= white) => {
                lines[count - 2].atoms = start..end;
                lines.pop();
            }
            (_, Some((at, _))) => {
                lines[count - 2].atoms = start..at;
                lines[count - 1].atoms = at..end;
            }
            _ => {}
        }
    }

    /// Whether a line holds one Han character and otherwise only marks.
    fn is_lone(&self, line: &Range<usize>) -> bool {
        let mut words =
            self.atoms[line.clone()].iter().filter(|atom| !atom.class.is_mark() && atom.class != Class::Space);
        match (words.next(), words.next()) {
            (None, _) => true,
            (Some(one), None) => one.class == Class::Han,
            _ => false,
        }
    }

    /// The atoms of a line that count: without white at its end.
    fn trimmed(&self, line: &Range<usize>) -> Range<usize> {
        let end = self.atoms[line.clone()].iter().rposition(|atom| atom.class != Class::Space);
        line.start..end.map_or(line.start, |last| line.start + last + 1)
    }

    /// How long a line is before it is squeezed or stretched: marks at its ends in half a cell
    /// (GB/T 15834 5.1.10), white at its end not counted.
    pub fn natural(&self, line: &Range<usize>) -> Length {
        let line = self.trimmed(line);
        let Some(last) = line.clone().next_back() else { return Length::ZERO };
        let inner = self.sums[line.end] - self.sums[line.start];
        inner - self.joins[last].gap - self.atoms[line.start].left - self.atoms[last].right
    }

    /// How much white a line can lose in each step.
    fn room(&self, line: &Range<usize>) -> Room {
        let mut room = Room::default();
        self.each_white(line, |_, step, white| room[step] += white);
        room
    }

    /// Tells every white of a line that can be squeezed: where, in which step, how much of it.
    fn each_white(&self, line: &Range<usize>, mut tell: impl FnMut(White, usize, Length)) {
        let line = self.trimmed(line);
        let Some(last) = line.clone().next_back() else { return };
        for at in line.clone() {
            let atom = &self.atoms[at];
            let step = match atom.class {
                Class::Space => {
                    let least = self.runs[atom.run].style.size.scale(1, 4);
                    if atom.width > least {
                        tell(White::After(at), 0, atom.width - least);
                    }
                    continue;
                }
                Class::Opening | Class::Closing => 1,
                Class::Comma => 2,
                Class::Stop => 4,
                Class::Han | Class::Dot | Class::Connector | Class::Dash | Class::Western | Class::Slash => {
                    // The gap between Han and Western characters, down to half of itself.
                    if at != last && self.joins[at].gap > Length::ZERO {
                        tell(White::After(at), 3, self.joins[at].gap.scale(1, 2));
                    }
                    continue;
                }
            };
            if at != line.start && !atom.held && atom.left > Length::ZERO {
                tell(White::Before(at), step, atom.left);
            }
            if at != last && atom.right > Length::ZERO {
                tell(White::After(at), step, atom.right);
            }
        }
    }

    /// Puts the atoms of a line in their places.
    pub fn place(&self, line: &Line) -> Vec<Placed> {
        let atoms = self.trimmed(&line.atoms);
        // Most lines of tables are not filled.
        let (mut before, mut after) = (Vec::new(), Vec::new());
        if let Some(measure) = line.fill {
            before.resize(atoms.len(), Length::ZERO);
            after.resize(atoms.len(), Length::ZERO);
            let white = measure - self.natural(&line.atoms);
            if white < Length::ZERO {
                self.squeeze(&atoms, -white, &mut before, &mut after);
            } else if white > Length::ZERO {
                self.stretch(&atoms, white, &mut after);
            }
        }
        let given = |lengths: &[Length], at: usize| lengths.get(at).copied().unwrap_or(Length::ZERO);
        let mut pen = line.indent;
        let mut placed = Vec::with_capacity(line.atoms.len());
        for at in line.atoms.clone() {
            let atom = &self.atoms[at];
            if at >= atoms.end {
                // White at the end of a line takes no room, but stays in the text.
                placed.push(Placed { atom: at, x: pen });
                continue;
            }
            let own = at - atoms.start;
            let left = given(&before, own) - if at == atoms.start { atom.left } else { Length::ZERO };
            placed.push(Placed { atom: at, x: pen + left });
            pen += left + atom.width + given(&after, own);
            if at + 1 == atoms.end {
                pen -= atom.right;
            } else {
                pen += self.joins[at].gap;
            }
        }
        placed
    }

    /// Takes `excess` out of a line, step by step, all whites of a step alike.
    fn squeeze(&self, atoms: &Range<usize>, excess: Length, before: &mut [Length], after: &mut [Length]) {
        let room = self.room(atoms);
        let mut left = excess;
        let takes = room.map(|room| {
            let take = left.min(room);
            left -= take;
            take
        });
        let mut seen = Room::default();
        self.each_white(atoms, |place, step, white| {
            let share = |so_far: Length| takes[step].scale(so_far.to_units(), room[step].to_units().max(1));
            let cut = share(seen[step] + white) - share(seen[step]);
            seen[step] += white;
            match place {
                White::Before(at) => before[at - atoms.start] -= cut,
                White::After(at) => after[at - atoms.start] -= cut,
            }
        });
    }

    /// Puts `white` into a line (CLREQ 6.3.2): word spaces up to half an em, gaps between Han and Western
    /// up to a third, then evenly between all characters that are not of one group.
    fn stretch(&self, atoms: &Range<usize>, white: Length, after: &mut [Length]) {
        let inner = atoms.start..atoms.end.saturating_sub(1);
        let size = |at: usize| self.runs[self.atoms[at].run].style.size;
        let is_space = |at: usize| self.atoms[at].class == Class::Space;
        let has_gap = |at: usize| self.joins[at].gap > Length::ZERO;
        let loose = |at: usize| self.joins[at].stretch;
        let western = |at: usize| matches!(self.atoms[at].class, Class::Western | Class::Slash | Class::Space);
        let between_han = |at: usize| loose(at) && !western(at) && !western(at + 1);
        let mut places = Vec::with_capacity(inner.len());
        let mut fill = |left: &mut Length, is: &dyn Fn(usize) -> bool, limit: &dyn Fn(usize) -> Length| {
            places.clear();
            places.extend(inner.clone().filter(|&at| is(at)));
            *left -= spread(&places, *left, limit, atoms.start, after);
        };
        let mut left = white;
        fill(&mut left, &is_space, &|at| size(at).scale(1, 2) - self.atoms[at].width);
        fill(&mut left, &has_gap, &|at| size(at).scale(1, 3) - self.joins[at].gap);
        // A line without Han text is filled at its spaces, one without either wherever it can.
        let steps: [&dyn Fn(usize) -> bool; 4] = [&between_han, &is_space, &loose, &|_| true];
        for is in steps {
            if left > Length::ZERO {
                let all = left;
                fill(&mut left, is, &|_| all);
            }
        }
    }
}

/// White of a line: before or after an atom.
#[derive(Clone, Copy)]
enum White {
    Before(usize),
    After(usize),
}

/// Spreads up to `white` evenly over `places`, each up to its `limit`; says how much it could place.
fn spread(
    places: &[usize],
    white: Length,
    limit: impl Fn(usize) -> Length,
    first: usize,
    after: &mut [Length],
) -> Length {
    let mut placed = Length::ZERO;
    for (done, &at) in places.iter().enumerate() {
        let share = (white - placed) / (places.len() - done) as i64;
        // The last place takes what division left over.
        let give = share.clamp(Length::ZERO, limit(at).clamp(Length::ZERO, white));
        after[at - first] += give;
        placed += give;
    }
    placed
}
