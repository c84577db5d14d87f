//! Streams made smaller (RFC 1950, RFC 1951).
//!
//! A PDF is dozens of streams of some kilobytes, full of repetitions close to each other. A library for streams of any
//! kind and size took a fifth of the time of a report for them, much of it to make itself ready for each. Here what a
//! text repeats is looked for in one place of the past or two, and all of it stands in a block or few.
//! [`font`](crate::font) uses the codes without the repetitions.

mod bits;
mod huffman;

use std::borrow::Cow;
use std::cell::RefCell;

pub(crate) use bits::{Adler, Bits, KeptBits};
pub(crate) use huffman::{CodeWord, codes, lengths, reversed};

/// What a stream begins with: deflate, a window of 32 KiB, and what makes the two bytes a multiple of 31.
pub(crate) const HEAD: u64 = 0x9C78;

/// The end of a block, after the 256 bytes and before the lengths.
const END: usize = 256;
/// Bytes, the end, 29 lengths of repetitions, and two that mean nothing but have codes in [`FIXED`].
const LITERALS: usize = 288;
const LENGTHS: usize = 29;
const DISTANCES: usize = 30;
/// What the lengths of codes are told by: 0 to 15, and three ways to say that one comes again.
const CODE_LENGTHS: usize = 19;

/// The longest repetition.
const LONGEST: usize = 258;
/// Shorter repetitions are not looked for.
const SHORTEST: usize = 4;
/// How far back one may stand.
const WINDOW: usize = 32_768;
/// A repetition of so many bytes is not worth looking for a longer one.
const ENOUGH: usize = 24;
/// How many places of a repetition are noted at either end of it.
const NOTED: usize = 4;
/// How many symbols share their codes.
const BLOCK: usize = 16_384;

thread_local! {
    static PLACES: RefCell<Places> = RefCell::new(Places::new());
}

/// Text, full of repetitions; the parts are taken as they follow each other.
pub(crate) fn text(parts: &[&[u8]]) -> Vec<u8> {
    let text = match parts {
        [whole] => Cow::Borrowed(*whole),
        parts => Cow::Owned(parts.concat()),
    };
    let mut out = Bits::default();
    out.reserve(text.len() / 3 + 100);
    out.put(HEAD, 16);
    PLACES.with_borrow_mut(|places| {
        let mut search = Search::new(&text, places);
        loop {
            let block = search.block();
            let is_last = search.at == text.len();
            block.write(is_last, &mut out);
            if is_last {
                break;
            }
        }
    });
    let mut adler = Adler::default();
    adler.take(&text);
    let mut out = out.finish();
    out.extend(adler.value().to_be_bytes());
    out
}

/// Where beginnings of four bytes have been seen last and before, by a number made of them.
struct Places {
    /// In positions counted on from text to text, so that those of another text are known by being less.
    seen: Box<[[u32; 2]; 1 << Places::BITS]>,
    next: u32,
}

impl Places {
    /// How many numbers there are, as a power of two.
    const BITS: u32 = 12;

    fn new() -> Self {
        Places { seen: Box::new([[0; 2]; 1 << Places::BITS]), next: 1 }
    }

    /// Where the positions of a text of so many bytes begin.
    fn begin(&mut self, length: usize) -> u32 {
        let length = u32::try_from(length).unwrap_or(u32::MAX);
        if self.next.checked_add(length).is_none() {
            *self = Places::new();
        }
        let first = self.next;
        self.next = first.saturating_add(length);
        first
    }

    /// The places kept for a beginning.
    fn of(&mut self, beginning: [u8; 4]) -> &mut [u32; 2] {
        // A multiplier whose bits are well mixed: the golden section.
        let number = u32::from_le_bytes(beginning).wrapping_mul(0x9E37_79B1) >> (32 - Places::BITS);
        &mut self.seen[number as usize]
    }
}

/// A symbol: a byte, or how long a repetition is and how far back it stands.
#[derive(Clone, Copy)]
enum Symbol {
    Byte(u8),
    Again { length: u16, distance: u16 },
}

/// A text being searched.
struct Search<'a> {
    text: &'a [u8],
    places: &'a mut Places,
    /// The position of its first byte.
    first: u32,
    at: usize,
}

impl<'a> Search<'a> {
    fn new(text: &'a [u8], places: &'a mut Places) -> Self {
        let first = places.begin(text.len());
        Search { text, places, first, at: 0 }
    }

    /// The symbols that follow.
    fn block(&mut self) -> Block {
        let mut block = Block::new((self.text.len() - self.at).min(BLOCK));
        while self.at < self.text.len() && block.symbols.len() < BLOCK {
            let (length, distance) = self.longest();
            if length < SHORTEST {
                block.byte(self.text[self.at]);
                self.at += 1;
                continue;
            }
            block.again(length, distance);
            // The beginnings near both ends are enough to find it again by.
            let (start, end) = (self.at + 1, self.at + length);
            for at in (start..end.min(start + NOTED)).chain(end.saturating_sub(NOTED).max(start + NOTED)..end) {
                self.note(at);
            }
            self.at += length;
        }
        block
    }

    /// Notes where a beginning stands, and returns where the same number stood before.
    fn note(&mut self, at: usize) -> [u32; 2] {
        let Some(&beginning) = self.text[at..].first_chunk() else { return [0; 2] };
        let seen = self.places.of(beginning);
        let before = *seen;
        *seen = [self.first + at as u32, before[0]];
        before
    }

    /// The longest repetition found here, and how far back it stands.
    fn longest(&mut self) -> (usize, usize) {
        let here = &self.text[self.at..];
        let here = &here[..here.len().min(LONGEST)];
        let mut best = (0, 0);
        for place in self.note(self.at) {
            let Some(before) = place.checked_sub(self.first).map(|before| before as usize) else { break };
            let distance = self.at - before;
            if distance > WINDOW {
                break;
            }
            let length = shared(here, &self.text[before..]);
            if length > best.0 {
                best = (length, distance);
            }
            if length >= ENOUGH {
                break;
            }
        }
        best
    }
}

/// How many bytes two texts begin with together; the second is no shorter.
fn shared(one: &[u8], other: &[u8]) -> usize {
    let mut at = 0;
    while let (Some(word), Some(other)) = (one[at..].first_chunk(), other[at..].first_chunk()) {
        let unlike = u64::from_le_bytes(*word) ^ u64::from_le_bytes(*other);
        if unlike != 0 {
            return at + unlike.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    at + one[at..].iter().zip(&other[at..]).take_while(|(one, other)| one == other).count()
}

/// Symbols that share their codes.
struct Block {
    symbols: Vec<Symbol>,
    literals: [u32; LITERALS],
    distances: [u32; DISTANCES],
}

impl Block {
    fn new(most: usize) -> Self {
        let mut block =
            Block { symbols: Vec::with_capacity(most / 2), literals: [0; LITERALS], distances: [0; DISTANCES] };
        block.literals[END] = 1;
        // Readers want a code for two distances at least, and for a byte.
        block.literals[0] = 1;
        block.distances[..2].fill(1);
        block
    }

    fn byte(&mut self, byte: u8) {
        self.literals[usize::from(byte)] += 1;
        self.symbols.push(Symbol::Byte(byte));
    }

    fn again(&mut self, length: usize, distance: usize) {
        let symbol = Symbol::Again { length: length as u16, distance: distance as u16 };
        self.literals[END + 1 + Step::of_length(length as u16).number] += 1;
        self.distances[Step::of_distance(distance as u16).number] += 1;
        self.symbols.push(symbol);
    }

    fn write(&self, is_last: bool, out: &mut Bits) {
        let own = Codes { literals: lengths(self.literals, 15), distances: lengths(self.distances, 15) };
        let told = own.told();
        let kinds = told.kinds();
        // What belongs to a length or distance besides its code takes the same in either.
        let takes_own = 5 + 5 + 4 + 3 * CODE_LENGTHS + told.bits(&kinds) + self.bits(&own);
        let codes = if takes_own < self.bits(&FIXED) { &own } else { &FIXED };
        out.reserve(6 * self.symbols.len() + 2 * told.0.len() + 100);
        out.put(is_last.into(), 1);
        if std::ptr::eq(codes, &FIXED) {
            out.put(1, 2);
        } else {
            out.put(2, 2);
            told.write(&kinds, out);
        }
        codes.write(&self.symbols, out);
    }

    /// How many bits the codes of its symbols take.
    fn bits(&self, codes: &Codes) -> usize {
        let literals = self.literals.iter().zip(&codes.literals);
        let all = literals.chain(self.distances.iter().zip(&codes.distances));
        all.map(|(&count, &length)| count as usize * usize::from(length)).sum()
    }
}

/// A step of the scale on which lengths and distances are told, and how far above the step one is.
struct Step {
    number: usize,
    above: u64,
    /// How many bits tell that.
    bits: u32,
}

impl Step {
    /// Steps that are even up to `2 << fine`, and then each power of two in `1 << fine` of them.
    fn of(value: u32, fine: u32) -> Self {
        let bits = (value | 1).ilog2().saturating_sub(fine);
        let number = (bits << fine) + (value >> bits);
        Step { number: number as usize, above: u64::from(value & ((1 << bits) - 1)), bits }
    }

    fn of_length(length: u16) -> Self {
        // The longest has a step of its own.
        match usize::from(length) {
            LONGEST => Step { number: LENGTHS - 1, above: 0, bits: 0 },
            _ => Step::of(u32::from(length) - 3, 2),
        }
    }

    fn of_distance(distance: u16) -> Self {
        Step::of(u32::from(distance) - 1, 1)
    }
}

/// How long the codes of a block are.
struct Codes {
    literals: [u8; LITERALS],
    distances: [u8; DISTANCES],
}

/// The codes that need not be told (RFC 1951 3.2.6).
static FIXED: Codes = {
    let mut literals = [8; LITERALS];
    let mut at = 144;
    while at < 280 {
        literals[at] = if at < 256 { 9 } else { 7 };
        at += 1;
    }
    Codes { literals, distances: [5; DISTANCES] }
};

impl Codes {
    fn write(&self, symbols: &[Symbol], out: &mut Bits) {
        let (literals, distances) = (codes(&self.literals), codes(&self.distances));
        for &symbol in symbols {
            match symbol {
                Symbol::Byte(byte) => {
                    let (code, count) = literals[usize::from(byte)];
                    out.put(code, count);
                }
                Symbol::Again { length, distance } => {
                    let (length, distance) = (Step::of_length(length), Step::of_distance(distance));
                    let (code, count) = literals[END + 1 + length.number];
                    // 20 bits at most, and 28.
                    let (bits, taken) = (code | length.above << count, count + length.bits);
                    let (code, count) = distances[distance.number];
                    let (more, count) = (code | distance.above << count, count + distance.bits);
                    out.put(bits | more << taken, taken + count);
                }
            }
        }
        let (code, count) = literals[END];
        out.put(code, count);
    }

    /// How the codes are told: how long each is, and how often one comes again (RFC 1951 3.2.7).
    fn told(&self) -> Told {
        let end = |lengths: &[u8], least: usize| {
            lengths.iter().rposition(|&length| length > 0).map_or(least, |last| (last + 1).max(least))
        };
        let (literals, distances) = (end(&self.literals, END + 1), end(&self.distances, 1));
        let mut told = Vec::with_capacity(100);
        for alike in [&self.literals[..literals], &self.distances[..distances]].concat().chunk_by(|a, b| a == b) {
            let (length, mut left) = (alike[0], alike.len());
            if length > 0 {
                told.push((length, 0));
                left -= 1;
            }
            while left >= 3 {
                let (symbol, least, most) = match (length, left) {
                    (1.., _) => (AGAIN, 3, 6),
                    (0, ..=10) => (ZEROS, 3, 10),
                    (0, _) => (MANY_ZEROS, 11, 138),
                };
                let now = left.min(most);
                told.push((symbol, (now - least) as u8));
                left -= now;
            }
            told.extend(std::iter::repeat_n((length, 0), left));
        }
        Told(told, literals, distances)
    }
}

/// The length before again, 3 to 6 times.
const AGAIN: u8 = 16;
/// 3 to 10 times no code.
const ZEROS: u8 = 17;
/// 11 to 138 times no code.
const MANY_ZEROS: u8 = 18;

/// How codes are told: symbols and how often they hold beyond the least; how many literals and distances there are.
struct Told(Vec<(u8, u8)>, usize, usize);

impl Told {
    /// How many bits tell how often a symbol holds.
    fn more(symbol: u8) -> u32 {
        match symbol {
            AGAIN => 2,
            ZEROS => 3,
            MANY_ZEROS => 7,
            _ => 0,
        }
    }

    /// How long the codes of the symbols are.
    fn kinds(&self) -> [u8; CODE_LENGTHS] {
        let mut counts = [0; CODE_LENGTHS];
        self.0.iter().for_each(|&(symbol, _)| counts[usize::from(symbol)] += 1);
        lengths(counts, 7)
    }

    fn bits(&self, kinds: &[u8; CODE_LENGTHS]) -> usize {
        self.0.iter().map(|&(symbol, _)| usize::from(kinds[usize::from(symbol)]) + Told::more(symbol) as usize).sum()
    }

    fn write(&self, kinds: &[u8; CODE_LENGTHS], out: &mut Bits) {
        /// The order in which they stand: those that are seldom in use come last, and are left out.
        const ORDER: [usize; CODE_LENGTHS] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
        let Told(told, literals, distances) = self;
        let last = ORDER.iter().rposition(|&symbol| kinds[symbol] > 0).unwrap_or(0).max(3);
        out.put((literals - END - 1) as u64, 5);
        out.put(*distances as u64 - 1, 5);
        out.put(last as u64 - 3, 4);
        for symbol in &ORDER[..=last] {
            out.put(kinds[*symbol].into(), 3);
        }
        let codes = codes(kinds);
        for &(symbol, more) in told {
            let (code, count) = codes[usize::from(symbol)];
            out.put(code | u64::from(more) << count, count + Told::more(symbol));
        }
    }
}

/// What a stream holds, as another reader reads it.
#[cfg(test)]
pub(crate) fn inflated(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::ZlibDecoder::new(bytes), &mut out).expect("a whole stream");
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_deflated_comes_back(
            words in prop::collection::vec((0usize..9, prop::collection::vec(any::<u8>(), 0..400)), 0..60),
            cut in any::<prop::sample::Index>(),
        ) {
            // Words that come again, some of them long, and bytes between them.
            let mut text = Vec::new();
            for (again, word) in &words {
                for _ in 0..*again {
                    text.extend(&words[0].1);
                    text.extend(&word[..word.len() / 2]);
                }
                text.extend(word);
            }
            let whole = super::text(&[&text]);
            prop_assert_eq!(&inflated(&whole), &text);
            let (one, other) = text.split_at(cut.index(text.len() + 1));
            prop_assert_eq!(super::text(&[one, other]), whole);
        }
    }

    #[test]
    fn every_length_and_distance_comes_back() {
        for length in 0..=2 * LONGEST + 10 {
            for distance in [1, 2, 3, 4, 5, 7, 8, 9, 255, 256, 257, 4096, WINDOW - 1, WINDOW, WINDOW + 1] {
                // What comes again stands on bytes that are nowhere else.
                let mut text: Vec<u8> =
                    (0..distance as u32).flat_map(|at| ((at * 0x9E37) ^ 0xABCD).to_be_bytes()).collect();
                text.truncate(distance);
                text.extend((0..length).map(|at| text[at % distance]).collect::<Vec<u8>>());
                assert_eq!(inflated(&super::text(&[&text])), text, "{length} bytes from {distance} back");
            }
        }
    }

    #[test]
    fn texts_of_all_sizes_and_kinds_come_back() {
        let noise: Vec<u8> = (0..3 * BLOCK as u32).map(|at| (at.wrapping_mul(0x9E37_79B1) >> 13) as u8).collect();
        for text in [&[][..], b"a", b"aa", &[0; 100_000], &noise] {
            assert_eq!(inflated(&super::text(&[text])), text);
        }
    }

    #[test]
    fn what_was_deflated_before_makes_no_difference() {
        let (one, other) =
            (b"one and the same text, one and the same text".as_slice(), b"another text, one and the same");
        let first = super::text(&[one]);
        let mut places = Places { next: u32::MAX - 10, ..Places::new() };
        assert_eq!(places.begin(100), 1, "positions begin anew when there are no more");
        super::text(&[other]);
        assert_eq!(super::text(&[one]), first);
        assert!(first.len() < one.len());
    }

    #[test]
    fn the_scales_are_those_of_the_standard() {
        // RFC 1951 3.2.5.
        for (length, number, bits, above) in
            [(3, 0, 0, 0), (10, 7, 0, 0), (11, 8, 1, 0), (18, 11, 1, 1), (257, 27, 5, 30), (258, 28, 0, 0)]
        {
            let step = Step::of_length(length);
            assert_eq!((step.number, step.bits, step.above), (number, bits, above), "length {length}");
        }
        for (distance, number, bits, above) in
            [(1, 0, 0, 0), (4, 3, 0, 0), (5, 4, 1, 0), (24_577, 29, 13, 0), (32_768, 29, 13, 8191)]
        {
            let step = Step::of_distance(distance);
            assert_eq!((step.number, step.bits, step.above), (number, bits, above), "distance {distance}");
        }
    }
}
