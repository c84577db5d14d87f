//! Outlines ready to stand in a deflated stream (RFC 1950, RFC 1951).
//!
//! Outlines hold hardly anything twice: to look for repetitions in them takes most of the time a document takes, and
//! makes the file some hundredths smaller. So they are only coded, by Huffman codes made once for a face from a sample
//! of its bytes. As every stream of a face has the same codes, the bits of a glyph are the same in all of them: each is
//! coded when it is first asked for, kept on the face's [`Shelf`], and later only moved into its place.

use std::collections::HashMap;
use std::sync::{OnceLock, PoisonError, RwLock};

use crate::deflate::{Adler, Bits, CodeWord, HEAD, KeptBits, codes, lengths, reversed};

use super::cut::Piece;

/// The end of a block, after the 256 bytes.
const END: usize = 256;
/// No code is longer.
const LONGEST: u8 = 15;

/// The codes of bytes.
pub(in crate::font) struct Code {
    codes: [CodeWord; END + 1],
    /// What a stream begins with: the heads of stream and block, and how long the codes are.
    head: KeptBits,
}

impl Code {
    /// The best code for some bytes; every byte has one, whether it occurs among them or not.
    pub fn of(bytes: &[u8]) -> Self {
        Code::by(counts(bytes))
    }

    /// A good code for a table of outlines: the best one for a stretch of its middle. More of the table would tell little
    /// more, and have more of a file that is mapped read into memory.
    fn sampled(table: &[u8]) -> Self {
        const SAMPLE: usize = 65_536;
        let start = table.len().saturating_sub(SAMPLE) / 2;
        Code::of(&table[start..table.len().min(start + SAMPLE)])
    }

    fn by(counts: [u32; END + 1]) -> Self {
        let lengths = lengths(counts.map(|count| count + 1), LONGEST);
        let mut head = Bits::default();
        head.reserve(200);
        head.put(HEAD, 16);
        // The last block, with codes of its own: 257 for bytes and end, 2 for distances, 19 for lengths of codes.
        head.put(1, 1);
        head.put(2, 2);
        head.put(0, 5);
        head.put(1, 5);
        head.put(15, 4);
        // The lengths 0 to 15 have codes of four bits, the repetitions 16 to 18 none. The first three stand first.
        for _ in 16..=18 {
            head.put(0, 3);
        }
        for _ in 0..=LONGEST {
            head.put(4, 3);
        }
        // Nothing stands at a distance, but two codes there must be.
        for length in lengths.iter().map(|&length| length.into()).chain([1, 1]) {
            head.put(reversed(length, 4), 4);
        }
        Code { codes: codes(&lengths), head: head.keep() }
    }

    /// Codes bytes.
    fn write(&self, bytes: &[u8], out: &mut Bits) {
        let of = |byte: u8| self.codes[usize::from(byte)];
        // Three codes are 45 bits at most.
        let (threes, rest) = bytes.as_chunks();
        for &[first, second, third] in threes {
            let ((a, m), (b, n), (c, o)) = (of(first), of(second), of(third));
            out.put(a | b << m | c << (m + n), m + n + o);
        }
        for &byte in rest {
            let (code, length) = of(byte);
            out.put(code, length);
        }
    }
}

/// Bytes that are coded, and what is to be known of them.
pub(in crate::font) struct Coded {
    bits: KeptBits,
    /// How many bytes were coded.
    length: usize,
    adler: Adler,
    /// The sum of their words of four bytes (`sum_of_words`).
    words: u32,
}

impl Coded {
    fn new(bytes: &[u8], code: &Code) -> Self {
        let mut out = Bits::default();
        out.reserve(2 * bytes.len());
        code.write(bytes, &mut out);
        let mut adler = Adler::default();
        adler.take(bytes);
        Coded { bits: out.keep(), length: bytes.len(), adler, words: sum_of_words(bytes) }
    }
}

/// The outlines of a face that have been coded so far, by the numbers of their glyphs.
#[derive(Default)]
pub(in crate::font) struct Shelf {
    code: OnceLock<Code>,
    glyphs: RwLock<HashMap<u16, Coded>>,
}

impl Shelf {
    /// No more glyphs are kept, so that what is kept stays within a few megabytes a face.
    const MOST: usize = 10_000;

    /// Does something with what is on the shelf, after the outlines of a program have been put there; `table` is what
    /// outlines are made of.
    pub fn with<'p, T>(
        &self,
        table: &[u8],
        program: impl Iterator<Item = &'p Piece<'p>>,
        read: impl FnOnce(Shelved) -> T,
    ) -> T {
        let code = self.code.get_or_init(|| Code::sampled(table));
        // Whoever held the lock when it was poisoned left the map whole: it changes by single insertions.
        let known = self.glyphs.read().unwrap_or_else(PoisonError::into_inner);
        let missing: Vec<(u16, Coded)> = program
            .filter_map(|piece| match piece {
                Piece::Outline(glyph, bytes) if !known.contains_key(glyph) => Some((*glyph, *bytes)),
                Piece::Outline(..) | Piece::Own(_) => None,
            })
            .take(Shelf::MOST.saturating_sub(known.len()))
            .map(|(glyph, bytes)| (glyph, Coded::new(bytes, code)))
            .collect();
        if missing.is_empty() {
            return read(Shelved { code, glyphs: &known });
        }
        drop(known);
        self.glyphs.write().unwrap_or_else(PoisonError::into_inner).extend(missing);
        let glyphs = &self.glyphs.read().unwrap_or_else(PoisonError::into_inner);
        read(Shelved { code, glyphs })
    }
}

/// What is on a shelf.
#[derive(Clone, Copy)]
pub(in crate::font) struct Shelved<'a> {
    /// What all of it is coded by.
    pub code: &'a Code,
    glyphs: &'a HashMap<u16, Coded>,
}

impl<'a> Shelved<'a> {
    /// An outline that is there.
    pub fn get(&self, piece: &Piece) -> Option<&'a Coded> {
        match piece {
            Piece::Outline(glyph, _) => self.glyphs.get(glyph),
            Piece::Own(_) => None,
        }
    }

    /// The sum of the words of a piece.
    pub fn sum(&self, piece: &Piece) -> u32 {
        self.get(piece).map_or_else(|| sum_of_words(piece.bytes()), |coded| coded.words)
    }
}

/// A deflated stream being written.
pub(in crate::font) struct Stream<'a> {
    code: &'a Code,
    out: Bits,
    adler: Adler,
}

impl<'a> Stream<'a> {
    /// Begins one for about so many bytes.
    pub fn new(code: &'a Code, length: usize) -> Self {
        let mut out = Bits::default();
        out.reserve(length + length / 8 + 300);
        out.append(&code.head);
        Stream { code, out, adler: Adler::default() }
    }

    /// Codes bytes.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.out.reserve(2 * bytes.len());
        self.code.write(bytes, &mut self.out);
        self.adler.take(bytes);
    }

    /// Takes bytes that were coded before, by the same code.
    pub fn coded(&mut self, coded: &Coded) {
        self.out.reserve(coded.bits.bytes());
        self.out.append(&coded.bits);
        self.adler.join(&coded.adler, coded.length);
    }

    /// The whole stream.
    pub fn finish(mut self) -> Vec<u8> {
        let (code, length) = self.code.codes[END];
        self.out.reserve(8);
        self.out.put(code, length);
        let mut bytes = self.out.finish();
        bytes.extend(self.adler.value().to_be_bytes());
        bytes
    }
}

/// How often each byte occurs. Counted in turns in several tables, so that no count waits for the one before.
fn counts(bytes: &[u8]) -> [u32; END + 1] {
    let [mut a, mut b, mut c, mut d] = [[0u32; END + 1]; 4];
    let (fours, rest) = bytes.as_chunks();
    for &[first, second, third, fourth] in fours {
        a[usize::from(first)] += 1;
        b[usize::from(second)] += 1;
        c[usize::from(third)] += 1;
        d[usize::from(fourth)] += 1;
    }
    rest.iter().for_each(|&byte| a[usize::from(byte)] += 1);
    std::array::from_fn(|symbol| a[symbol] + b[symbol] + c[symbol] + d[symbol])
}

/// The sum of the words of four bytes, the last one filled up with zeros: the checksum of an OpenType table.
fn sum_of_words(bytes: &[u8]) -> u32 {
    let (words, rest) = bytes.as_chunks();
    let sum = words.iter().fold(0u32, |sum, &word| sum.wrapping_add(u32::from_be_bytes(word)));
    let mut last = [0; 4];
    last[..rest.len()].copy_from_slice(rest);
    sum.wrapping_add(u32::from_be_bytes(last))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::deflate::inflated;

    fn coded(bytes: &[u8]) -> Vec<u8> {
        let code = Code::of(bytes);
        let mut stream = Stream::new(&code, bytes.len());
        stream.bytes(bytes);
        stream.finish()
    }

    proptest! {
        #[test]
        fn what_is_coded_comes_back(bytes in prop::collection::vec(any::<u8>(), 0..3000)) {
            prop_assert_eq!(inflated(&coded(&bytes)), bytes);
        }

        #[test]
        fn what_was_coded_before_is_the_same_as_what_is_coded_in_its_place(
            bytes in prop::collection::vec(any::<u8>(), 0..30_000),
            sample in prop::collection::vec(any::<u8>(), 0..500),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 1..20),
        ) {
            // The code is that of other bytes, as that of a face is.
            let code = Code::of(&sample);
            let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
            cuts.sort_unstable();
            let (mut kept, mut fresh) = (Stream::new(&code, 0), Stream::new(&code, bytes.len()));
            let mut start = 0;
            for (at, end) in cuts.into_iter().chain([bytes.len()]).enumerate() {
                let piece = &bytes[start..end];
                if at % 3 == 0 { kept.bytes(piece) } else { kept.coded(&Coded::new(piece, &code)) }
                fresh.bytes(piece);
                start = end;
            }
            let kept = kept.finish();
            prop_assert_eq!(&kept, &fresh.finish());
            prop_assert_eq!(inflated(&kept), bytes);
        }
    }

    #[test]
    fn a_shelf_that_is_full_codes_without_keeping() {
        let table: Vec<u8> = (0..3 * u32::from(u16::MAX)).map(|at| at.wrapping_mul(at) as u8).collect();
        let outlines = || (0..u16::MAX).map(|glyph| Piece::Outline(glyph, &table[3 * usize::from(glyph)..][..3]));
        let (shelf, pieces): (Shelf, Vec<Piece>) = (Shelf::default(), outlines().collect());
        shelf.with(&table, pieces.iter(), |shelf| {
            assert_eq!(shelf.glyphs.len(), Shelf::MOST);
            assert!(shelf.get(&pieces[Shelf::MOST]).is_none());
            assert_eq!(shelf.sum(&pieces[Shelf::MOST]), sum_of_words(pieces[Shelf::MOST].bytes()));
        });
    }

    #[test]
    fn the_sum_of_a_table_is_that_of_its_words() {
        assert_eq!(sum_of_words(&[0xFF, 0, 0, 1, 1, 0, 0, 2, 3]), 0x0300_0003);
    }
}
