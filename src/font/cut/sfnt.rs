//! The table directory of a font file (OpenType 1.9, "Organization of an OpenType Font"), read and written.

/// The tables of one font of a file.
pub(in crate::font) struct Tables<'a> {
    bytes: &'a [u8],
    version: [u8; 4],
    directory: &'a [u8],
}

/// Sixteen bytes an entry: tag, checksum, offset, length.
const ENTRY: usize = 16;

impl<'a> Tables<'a> {
    /// Finds the directory of font `index` of a file or collection.
    pub fn read(bytes: &'a [u8], index: u32) -> Option<Self> {
        let start = match bytes.get(..4)? {
            b"ttcf" => u32_at(bytes, 12 + 4 * usize::try_from(index).ok()?)? as usize,
            _ if index == 0 => 0,
            _ => return None,
        };
        let version = bytes.get(start..start.checked_add(4)?)?.try_into().ok()?;
        let count = usize::from(u16_at(bytes, start + 4)?);
        let directory = bytes.get(start + 12..start + 12 + ENTRY * count)?;
        Some(Tables { bytes, version, directory })
    }

    /// What the file says it is: TrueType or CFF.
    pub fn version(&self) -> [u8; 4] {
        self.version
    }

    /// The table of a tag.
    pub fn get(&self, tag: &[u8; 4]) -> Option<&'a [u8]> {
        let entry = self.directory.chunks_exact(ENTRY).find(|entry| &entry[..4] == tag)?;
        let (offset, length) = (u32_at(entry, 8)? as usize, u32_at(entry, 12)? as usize);
        self.bytes.get(offset..offset.checked_add(length)?)
    }
}

/// A big-endian number of two bytes.
pub(in crate::font) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

/// A big-endian number of four bytes.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

/// Puts tables together to a font file.
pub(super) fn build(version: [u8; 4], mut tables: Vec<([u8; 4], impl AsRef<[u8]>)>) -> Vec<u8> {
    tables.sort_by_key(|(tag, _)| *tag);
    let count = tables.len();
    let size: usize = tables.iter().map(|(_, table)| table.as_ref().len() + ENTRY + 3).sum();
    let mut out = Vec::with_capacity(12 + size);
    out.extend(version);
    out.extend((count as u16).to_be_bytes());
    // What a binary search over the entries needs: the largest power of two not above their number.
    let power = count.max(1).ilog2() as u16;
    let range = ENTRY as u16 * (1 << power);
    for number in [range, power, ENTRY as u16 * count as u16 - range] {
        out.extend(number.to_be_bytes());
    }
    let mut offset = out.len() + ENTRY * count;
    for (tag, table) in &tables {
        let table = table.as_ref();
        out.extend(tag);
        out.extend(checksum(table).to_be_bytes());
        out.extend((offset as u32).to_be_bytes());
        out.extend((table.len() as u32).to_be_bytes());
        offset += table.len().next_multiple_of(4);
    }
    for (_, table) in &tables {
        out.extend_from_slice(table.as_ref());
        out.resize(out.len().next_multiple_of(4), 0);
    }
    out
}

/// The sum of a table's 32-bit words.
fn checksum(table: &[u8]) -> u32 {
    let mut words = table.chunks_exact(4);
    let sum = words.by_ref().fold(0u32, |sum, word| {
        let word = word.try_into().map_or(0, u32::from_be_bytes);
        sum.wrapping_add(word)
    });
    let mut last = [0; 4];
    last[..words.remainder().len()].copy_from_slice(words.remainder());
    sum.wrapping_add(u32::from_be_bytes(last))
}
