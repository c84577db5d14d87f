//! Codes of whole bits for symbols, shorter for those that occur more often (Huffman 1952; RFC 1951 3.2.2).

/// The code of a symbol, its first bit lowest, and its length.
pub(crate) type CodeWord = (u64, u32);

/// How long the code of each symbol is, `longest` at most and 0 for symbols that do not occur; there must be no more
/// symbols than codes of that length.
pub(crate) fn lengths<const N: usize>(mut counts: [u32; N], longest: u8) -> [u8; N] {
    loop {
        let lengths = tree(&counts);
        if lengths.iter().all(|&length| length <= longest) {
            return lengths;
        }
        // Closer to each other, so that the tree grows less deep.
        counts.iter_mut().filter(|count| **count > 0).for_each(|count| *count = count.div_ceil(2));
    }
}

/// The most symbols there can be.
const MOST: usize = 288;

/// How deep each symbol stands in a Huffman tree.
fn tree<const N: usize>(counts: &[u32; N]) -> [u8; N] {
    let mut lengths = [0; N];
    let mut leaves: Vec<(u64, usize)> =
        counts.iter().enumerate().filter(|(_, count)| **count > 0).map(|(at, &count)| (count.into(), at)).collect();
    if let [] | [_] = leaves[..] {
        leaves.iter().for_each(|&(_, only)| lengths[only] = 1);
        return lengths;
    }
    leaves.sort_unstable();
    // Leaves first, then the nodes over them in the order they are made, which is that of their weights.
    let nodes = 2 * leaves.len() - 1;
    let (mut weights, mut parents, mut depths) = ([0; 2 * MOST], [0u16; 2 * MOST], [0u8; 2 * MOST]);
    weights.iter_mut().zip(&leaves).for_each(|(weight, (count, _))| *weight = *count);
    let (mut leaf, mut node) = (0, leaves.len());
    for made in leaves.len()..nodes {
        for _ in 0..2 {
            let take_leaf = leaf < leaves.len() && (node >= made || weights[leaf] <= weights[node]);
            let next = if take_leaf { &mut leaf } else { &mut node };
            weights[made] += weights[*next];
            parents[*next] = made as u16;
            *next += 1;
        }
    }
    for at in (0..nodes - 1).rev() {
        depths[at] = depths[usize::from(parents[at])].saturating_add(1);
    }
    for ((_, symbol), depth) in leaves.iter().zip(depths) {
        lengths[*symbol] = depth;
    }
    lengths
}

/// The code of each symbol.
pub(crate) fn codes<const N: usize>(lengths: &[u8; N]) -> [CodeWord; N] {
    /// No code is longer.
    const LONGEST: usize = 15;
    // The first code of each length: after those that are shorter.
    let mut next = [0u32; LONGEST + 2];
    lengths.iter().filter(|length| **length > 0).for_each(|&length| next[usize::from(length) + 1] += 1);
    for length in 1..next.len() {
        next[length] = (next[length - 1] + next[length]) << 1;
    }
    lengths.map(|length| {
        if length == 0 {
            return (0, 0);
        }
        let code = &mut next[usize::from(length)];
        *code += 1;
        (reversed(*code - 1, length.into()), length.into())
    })
}

/// The lowest `count` bits of a number in the other order.
pub(crate) fn reversed(number: u32, count: u32) -> u64 {
    (number.reverse_bits() >> (32 - count)).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_standard_s_example() {
        // RFC 1951 3.2.2: lengths (3, 3, 3, 3, 3, 2, 4, 4).
        let codes = codes(&[3, 3, 3, 3, 3, 2, 4, 4]);
        let expected = [0b010, 0b011, 0b100, 0b101, 0b110, 0b00, 0b1110, 0b1111];
        let lengths = [3, 3, 3, 3, 3, 2, 4, 4];
        assert_eq!(codes, std::array::from_fn(|at| (reversed(expected[at], lengths[at]), lengths[at])));
    }

    #[test]
    fn counts_that_grow_like_rabbits_have_codes_as_short_as_asked_for() {
        // Fibonacci's numbers make the deepest tree there is.
        let mut counts = [1u32; 19];
        (2..19).for_each(|at| counts[at] = counts[at - 1] + counts[at - 2]);
        for longest in [7, 15] {
            let lengths = lengths(counts, longest);
            assert!(lengths.iter().all(|length| (1..=longest).contains(length)), "{lengths:?}");
            // Every row of bits is the beginning of a code, and of one only (Kraft's sum is one).
            assert_eq!(lengths.iter().map(|length| 1 << (15 - length)).sum::<u32>(), 1 << 15);
        }
    }
}
