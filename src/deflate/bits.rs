//! Bits and checksums on their way into bytes.

/// Bits on their way into bytes, lowest first.
#[derive(Default)]
pub(crate) struct Bits {
    /// Those that are full, the one that is being filled, and room.
    bytes: Vec<u8>,
    /// How many are full.
    end: usize,
    held: u64,
    count: u32,
}

impl Bits {
    /// How many bits there are.
    pub fn len(&self) -> usize {
        8 * self.end + self.count as usize
    }

    /// Makes room for so many bytes of bits, so that it need not be made one by one.
    pub fn reserve(&mut self, bytes: usize) {
        // All eight bytes of what is held are written at once.
        let needed = self.end + bytes + 16;
        if self.bytes.len() < needed {
            self.bytes.resize(needed.max(2 * self.bytes.len()), 0);
        }
    }

    /// What is held, where no room was made for it.
    #[cold]
    fn make_room(&mut self) {
        self.reserve(8);
        self.bytes[self.end..self.end + 8].copy_from_slice(&self.held.to_le_bytes());
    }

    /// No more than 56 bits at once; fewer than 8 are held before and after.
    #[inline]
    pub fn put(&mut self, bits: u64, count: u32) {
        self.held |= bits << self.count;
        self.count += count;
        // All eight bytes are written, for that is quicker than some of them.
        match self.bytes.get_mut(self.end..).and_then(<[u8]>::first_chunk_mut) {
            Some(place) => *place = self.held.to_le_bytes(),
            None => self.make_room(),
        }
        let whole = self.count / 8;
        self.end += whole as usize;
        self.held >>= whole * 8;
        self.count %= 8;
    }

    /// Bits that were kept.
    #[inline]
    pub fn append(&mut self, kept: &KeptBits) {
        /// As many bits as can be added to those that are held.
        const EACH: usize = 56;
        let word = |at: usize| kept.bytes[at..].first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes));
        let whole = kept.count / EACH;
        for at in 0..whole {
            self.put(word(at * EACH / 8) & ((1 << EACH) - 1), EACH as u32);
        }
        let rest = kept.count % EACH;
        self.put(word(whole * EACH / 8) & ((1 << rest) - 1), rest as u32);
    }

    /// The bits, to be put into other streams.
    pub fn keep(mut self) -> KeptBits {
        let count = self.len();
        // Eight bytes more, so that eight can be read at once wherever one of them counts.
        self.put(0, 56);
        self.put(0, 8);
        KeptBits { bytes: self.finish().into(), count }
    }

    /// The bytes they make, the last filled up with zeros.
    pub fn finish(mut self) -> Vec<u8> {
        self.bytes.truncate(self.len().div_ceil(8));
        self.bytes
    }
}

/// Bits that are put into one stream after another.
pub(crate) struct KeptBits {
    /// And eight bytes more.
    bytes: Box<[u8]>,
    /// How many of the bits count.
    count: usize,
}

impl KeptBits {
    /// How many bytes they take.
    pub fn bytes(&self) -> usize {
        self.count.div_ceil(8)
    }
}

/// A checksum on its way (Adler-32, RFC 1950 8).
pub(crate) struct Adler {
    low: u32,
    high: u32,
}

impl Default for Adler {
    /// That of no bytes.
    fn default() -> Self {
        Adler { low: 1, high: 0 }
    }
}

impl Adler {
    const BASE: u32 = 65_521;

    /// Takes in the bytes that follow.
    pub fn take(&mut self, bytes: &[u8]) {
        /// So many bytes can be summed before a sum outgrows 32 bits.
        const MOST: usize = 5_552;
        for chunk in bytes.chunks(MOST) {
            for &byte in chunk {
                self.low += u32::from(byte);
                self.high += self.low;
            }
            self.low %= Adler::BASE;
            self.high %= Adler::BASE;
        }
    }

    /// Takes in the sum of so many bytes that follow: each of them raises the higher sum by what the lower one was.
    pub fn join(&mut self, next: &Adler, length: usize) {
        let length = (length % Adler::BASE as usize) as u64;
        let before = u64::from(self.low + Adler::BASE - 1);
        let high = u64::from(self.high) + u64::from(next.high) + length * before;
        self.high = (high % u64::from(Adler::BASE)) as u32;
        self.low = (self.low + next.low + Adler::BASE - 1) % Adler::BASE;
    }

    pub fn value(&self) -> u32 {
        self.high << 16 | self.low
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_adler_32() {
        let mut adler = Adler::default();
        adler.take(b"Wikipedia");
        assert_eq!(adler.value(), 0x11E6_0398);
    }

    #[test]
    fn checksums_of_parts_are_that_of_the_whole() {
        let bytes: Vec<u8> = (0..200_000u32).map(|at| (at.wrapping_mul(at) >> 3) as u8).collect();
        let of = |bytes: &[u8]| {
            let mut adler = Adler::default();
            adler.take(bytes);
            adler
        };
        for at in [0, 1, 65_520, 65_521, 65_522, 140_000, 200_000] {
            let (one, other) = bytes.split_at(at);
            let mut whole = of(one);
            whole.join(&of(other), other.len());
            assert_eq!(whole.value(), of(&bytes).value(), "{at}");
        }
    }
}
