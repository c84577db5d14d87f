//! Streams made smaller (RFC 1950, RFC 1951): text by a library, outlines by Huffman codes alone.
//!
//! Outlines hold hardly anything twice: to look for repetitions in them takes most of the time a document takes,
//! and makes the file some hundredths smaller. So they are only coded, each stream with the best code for it.

use std::cell::RefCell;

use flate2::{Compress, Compression, FlushCompress};

/// How hard text is looked through. More gains little: content repeats itself closely.
const LEVEL: u32 = 3;

thread_local! {
    /// One compressor for each thread: to make one takes longer than it takes to compress a page.
    static COMPRESSOR: RefCell<Compress> = RefCell::new(Compress::new(Compression::new(LEVEL), true));
}

/// Text and structure, full of repetitions; the parts are taken as they follow each other.
pub(super) fn text(parts: &[&[u8]]) -> Vec<u8> {
    COMPRESSOR.with_borrow_mut(|compressor| {
        compressor.reset();
        let size: usize = parts.iter().map(|part| part.len()).sum();
        // The most that bytes which cannot be made smaller grow by, and some room (zlib's own bound).
        let mut out = Vec::with_capacity(size + size / 1000 + 64 * parts.len());
        for (at, part) in parts.iter().enumerate() {
            let flush = if at + 1 == parts.len() { FlushCompress::Finish } else { FlushCompress::None };
            let end = compressor.total_in() + part.len() as u64;
            loop {
                let taken = part.len() - (end - compressor.total_in()) as usize;
                // The library fails where it is used out of order, which it is not.
                let status = compressor.compress_vec(&part[taken..], &mut out, flush);
                let is_done = match flush {
                    FlushCompress::Finish => !matches!(status, Ok(flate2::Status::Ok | flate2::Status::BufError)),
                    _ => compressor.total_in() == end || status.is_err(),
                };
                if is_done {
                    break;
                }
                out.reserve(1024);
            }
        }
        out
    })
}

/// The end of a block, after the 256 bytes.
const END: usize = 256;
/// No code is longer.
const LONGEST: usize = 15;

/// Codes bytes by how often each occurs.
pub(super) fn outlines(bytes: &[u8]) -> Vec<u8> {
    let mut counts = counts(bytes);
    counts[END] = 1;
    let lengths = lengths(counts);
    let codes = codes(&lengths);
    let mut out = Bits { bytes: Vec::with_capacity(bytes.len() + 200), held: 0, count: 0 };
    // Deflate, a window of 32 KiB, a checksum that makes the two bytes a multiple of 31.
    out.bytes.extend([0x78, 0x9C]);
    // The last block, with codes of its own: 257 for bytes and end, 2 for distances, 19 for lengths of codes.
    out.put(1, 1);
    out.put(2, 2);
    out.put(0, 5);
    out.put(1, 5);
    out.put(15, 4);
    // The lengths 0 to 15 have codes of four bits, the repetitions 16 to 18 none. The first three stand first.
    for _ in 16..=18 {
        out.put(0, 3);
    }
    for _ in 0..=LONGEST {
        out.put(4, 3);
    }
    // Nothing stands at a distance, but two codes there must be.
    for length in lengths.iter().map(|&length| length.into()).chain([1, 1]) {
        out.put(reversed(length, 4), 4);
    }
    // Four codes are no longer than 60 bits: they are put together first and go in as one.
    let mut fours = bytes.chunks_exact(4);
    for four in &mut fours {
        let (mut held, mut count) = (0u64, 0);
        for &byte in four {
            let (code, length) = codes[usize::from(byte)];
            held |= u64::from(code) << count;
            count += length;
        }
        out.put_long(held, count);
    }
    for &byte in fours.remainder() {
        let (code, length) = codes[usize::from(byte)];
        out.put(code, length);
    }
    let (code, length) = codes[END];
    out.put(code, length);
    let mut out = out.finish();
    out.extend(checksum(bytes).to_be_bytes());
    out
}

/// How often each byte occurs. Counted in four tables: bytes that follow each other are often the same, and a count
/// that has just been changed is slow to change again.
fn counts(bytes: &[u8]) -> [u32; END + 1] {
    let mut tables = [[0u32; END]; 4];
    let mut fours = bytes.chunks_exact(4);
    for four in &mut fours {
        tables[0][usize::from(four[0])] += 1;
        tables[1][usize::from(four[1])] += 1;
        tables[2][usize::from(four[2])] += 1;
        tables[3][usize::from(four[3])] += 1;
    }
    fours.remainder().iter().for_each(|&byte| tables[0][usize::from(byte)] += 1);
    let mut counts = [0; END + 1];
    for (at, count) in counts[..END].iter_mut().enumerate() {
        *count = tables[0][at] + tables[1][at] + tables[2][at] + tables[3][at];
    }
    counts
}

/// How long the code of each symbol is: shorter for those that occur more often (Huffman 1952), 0 for the others.
fn lengths(mut counts: [u32; END + 1]) -> [u8; END + 1] {
    loop {
        let lengths = tree(&counts);
        if lengths.iter().all(|&length| usize::from(length) <= LONGEST) {
            return lengths;
        }
        // Closer to each other, so that the tree grows less deep.
        counts.iter_mut().filter(|count| **count > 0).for_each(|count| *count = count.div_ceil(2));
    }
}

/// How deep each symbol stands in a Huffman tree.
fn tree(counts: &[u32; END + 1]) -> [u8; END + 1] {
    let mut lengths = [0; END + 1];
    let mut leaves: Vec<(u64, usize)> =
        counts.iter().enumerate().filter(|(_, count)| **count > 0).map(|(at, &count)| (count.into(), at)).collect();
    if let [(_, only)] = leaves[..] {
        lengths[only] = 1;
        return lengths;
    }
    leaves.sort_unstable();
    // Leaves first, then the nodes over them in the order they are made, which is that of their weights.
    let mut weights: Vec<u64> = leaves.iter().map(|(count, _)| *count).collect();
    let mut parents = vec![0; 2 * leaves.len() - 1];
    let (mut leaf, mut node) = (0, leaves.len());
    while weights.len() < parents.len() {
        let made = weights.len();
        let mut lightest = || {
            let take_leaf = leaf < leaves.len() && (node >= made || weights[leaf] <= weights[node]);
            let next = if take_leaf { &mut leaf } else { &mut node };
            *next += 1;
            *next - 1
        };
        let (first, second) = (lightest(), lightest());
        parents[first] = made;
        parents[second] = made;
        weights.push(weights[first] + weights[second]);
    }
    let mut depths = vec![0u8; parents.len()];
    for at in (0..parents.len() - 1).rev() {
        depths[at] = depths[parents[at]].saturating_add(1);
    }
    for ((_, symbol), depth) in leaves.iter().zip(depths) {
        lengths[*symbol] = depth;
    }
    lengths
}

/// The code of each symbol, its first bit lowest, and its length (RFC 1951 3.2.2).
fn codes(lengths: &[u8; END + 1]) -> [(u32, u32); END + 1] {
    let mut code = 0;
    let mut codes = [(0, 0); END + 1];
    for length in 1..=LONGEST as u8 {
        code <<= 1;
        for (symbol, _) in lengths.iter().enumerate().filter(|(_, own)| **own == length) {
            codes[symbol] = (reversed(code, length.into()), length.into());
            code += 1;
        }
    }
    codes
}

/// The lowest `count` bits of a number in the other order.
fn reversed(number: u32, count: u32) -> u32 {
    number.reverse_bits() >> (32 - count)
}

/// Bits on their way into bytes, lowest first.
struct Bits {
    bytes: Vec<u8>,
    held: u64,
    count: u32,
}

impl Bits {
    fn put(&mut self, bits: u32, count: u32) {
        self.held |= u64::from(bits) << self.count;
        self.count += count;
        if self.count >= 32 {
            self.bytes.extend_from_slice(&(self.held as u32).to_le_bytes());
            self.held >>= 32;
            self.count -= 32;
        }
    }

    /// As many as 60 bits.
    fn put_long(&mut self, bits: u64, count: u32) {
        // Fewer than 32 are held: what does not fit beside them waits its turn.
        self.held |= bits << self.count;
        let whole = self.count + count;
        if whole >= 64 {
            self.bytes.extend_from_slice(&self.held.to_le_bytes());
            self.held = bits >> (64 - self.count);
            self.count = whole - 64;
        } else {
            self.count = whole;
        }
        if self.count >= 32 {
            self.bytes.extend_from_slice(&(self.held as u32).to_le_bytes());
            self.held >>= 32;
            self.count -= 32;
        }
    }

    fn finish(mut self) -> Vec<u8> {
        let rest = self.count.div_ceil(8) as usize;
        self.bytes.extend_from_slice(&self.held.to_le_bytes()[..rest]);
        self.bytes
    }
}

/// Adler-32 (RFC 1950 8).
fn checksum(bytes: &[u8]) -> u32 {
    const BASE: u32 = 65_521;
    /// So many bytes can be summed before a sum outgrows 32 bits.
    const MOST: usize = 5_552;
    let (mut low, mut high) = (1u32, 0u32);
    for chunk in bytes.chunks(MOST) {
        for &byte in chunk {
            low += u32::from(byte);
            high += low;
        }
        low %= BASE;
        high %= BASE;
    }
    high << 16 | low
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use proptest::prelude::*;

    use super::*;

    fn inflated(bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        flate2::read::ZlibDecoder::new(bytes).read_to_end(&mut out).expect("a whole stream");
        out
    }

    proptest! {
        #[test]
        fn what_is_coded_comes_back(bytes in prop::collection::vec(any::<u8>(), 0..3000)) {
            prop_assert_eq!(inflated(&outlines(&bytes)), bytes);
        }

        #[test]
        fn text_comes_back(bytes in prop::collection::vec(0u8..4, 0..3000)) {
            // A compressor that has been used before gives the same bytes, and parts are taken together.
            let first = text(&[&bytes]);
            prop_assert_eq!(&first, &text(&[&bytes]));
            prop_assert_eq!(inflated(&first), bytes.clone());
            let (one, other) = bytes.split_at(bytes.len() / 3);
            prop_assert_eq!(inflated(&text(&[one, other])), bytes);
        }
    }

    #[test]
    fn counts_that_grow_like_rabbits_have_codes_of_fifteen_bits_at_most() {
        // Fibonacci's numbers make the deepest tree there is.
        let mut bytes = Vec::new();
        let (mut count, mut next) = (1usize, 1usize);
        for byte in 0..24u8 {
            bytes.extend(std::iter::repeat_n(byte, count));
            (count, next) = (next, count + next);
        }
        assert_eq!(inflated(&outlines(&bytes)), bytes);
    }

    #[test]
    fn the_checksum_is_adler_32() {
        assert_eq!(checksum(b"Wikipedia"), 0x11E6_0398);
    }
}
