//! The table directory of a font file (OpenType 1.9, "Organization of an OpenType Font"), read and written.

use super::{Table, length};
use crate::font::coded::Shelved;

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

/// The directory of tables in the order of their tags, which follow it (each filled up to a word of four bytes).
pub(super) fn directory(version: [u8; 4], tables: &[Table], shelf: Shelved) -> Vec<u8> {
    let count = tables.len();
    let mut out = Vec::with_capacity(12 + ENTRY * count);
    out.extend(version);
    out.extend((count as u16).to_be_bytes());
    // What a binary search over the entries needs: the largest power of two not above their number.
    let power = count.max(1).ilog2() as u16;
    let range = ENTRY as u16 * (1 << power);
    for number in [range, power, ENTRY as u16 * count as u16 - range] {
        out.extend(number.to_be_bytes());
    }
    let mut offset = 12 + ENTRY * count;
    for (tag, pieces) in tables {
        let sum = pieces.iter().fold(0u32, |sum, piece| sum.wrapping_add(shelf.sum(piece)));
        let length = length(pieces);
        out.extend(tag);
        out.extend(sum.to_be_bytes());
        out.extend((offset as u32).to_be_bytes());
        out.extend((length as u32).to_be_bytes());
        offset += length.next_multiple_of(4);
    }
    out
}
