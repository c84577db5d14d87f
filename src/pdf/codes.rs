//! What the codes of a font mean, from its ToUnicode map (ISO 32000-1, 9.10.3).
//!
//! The PDF library lists every code of a range one by one, and four bytes name four thousand million: ranges stay
//! ranges here.

use std::collections::BTreeMap;

/// No more ranges of lengths are read: each is looked through for every code.
const MOST_SPACES: usize = 100;
/// No code has more bytes.
const LONGEST: usize = 4;

/// What codes mean.
#[derive(Debug, Default)]
pub struct Codes {
    /// Lengths in bytes with the first and the last code of that length, byte by byte.
    spaces: Vec<(usize, u32, u32)>,
    /// By length and first code: the last code, and what the first means in UTF-16.
    meanings: BTreeMap<(usize, u32), (u32, Vec<u16>)>,
}

enum Token<'a> {
    Hex(Vec<u8>),
    Open,
    Close,
    Word(&'a [u8]),
}

impl Codes {
    /// Reads a map; what is wrong in it is passed over.
    pub fn read(map: &[u8]) -> Codes {
        let mut codes = Codes::default();
        let mut given: Vec<Token> = Vec::new();
        let mut rest = map;
        while let Some((token, after)) = token(rest) {
            rest = after;
            match token {
                Token::Word(b"endcodespacerange") => codes.add_spaces(&given),
                Token::Word(b"endbfchar") => codes.add_single(&given),
                Token::Word(b"endbfrange") => codes.add_ranges(&given),
                Token::Word(_) => {}
                token => {
                    given.push(token);
                    continue;
                }
            }
            given.clear();
        }
        codes
    }

    fn add_spaces(&mut self, given: &[Token]) {
        for pair in given.chunks_exact(2) {
            if let [Token::Hex(first), Token::Hex(last)] = pair
                && let (Some((length, first)), Some((_, last))) = (code(first), code(last))
                && self.spaces.len() < MOST_SPACES
            {
                self.spaces.push((length, first, last));
            }
        }
    }

    fn add_single(&mut self, given: &[Token]) {
        for pair in given.chunks_exact(2) {
            if let [Token::Hex(from), Token::Hex(meaning)] = pair
                && let Some((length, from)) = code(from)
            {
                self.meanings.insert((length, from), (from, units(meaning)));
            }
        }
    }

    fn add_ranges(&mut self, given: &[Token]) {
        let mut given = given.iter();
        while let (Some(first), Some(last), Some(meaning)) = (given.next(), given.next(), given.next()) {
            let (Token::Hex(first), Token::Hex(last)) = (first, last) else { return };
            let (Some((length, first)), Some((_, last))) = (code(first), code(last)) else { return };
            match meaning {
                Token::Hex(meaning) => drop(self.meanings.insert((length, first), (last, units(meaning)))),
                Token::Open => {
                    let mut from = first;
                    while let Some(Token::Hex(meaning)) = given.next() {
                        if from <= last {
                            self.meanings.insert((length, from), (from, units(meaning)));
                        }
                        from = from.saturating_add(1);
                    }
                }
                Token::Close | Token::Word(_) => return,
            }
        }
    }

    /// What a code means, in UTF-16, if anything.
    fn meaning(&self, length: usize, code: u32) -> Option<Vec<u16>> {
        let (&(own, first), (last, meaning)) = self.meanings.range(..=(length, code)).next_back()?;
        if own != length || code > *last {
            return None;
        }
        let mut meaning = meaning.clone();
        // In a range the last unit counts on.
        if let Some(unit) = meaning.last_mut() {
            *unit = unit.wrapping_add((code - first) as u16);
        }
        Some(meaning)
    }

    /// Whether codes of this length may be this one; each byte has bounds of its own.
    fn is_code(&self, length: usize, code: u32) -> bool {
        let byte = |code: u32, index: usize| (code >> (8 * index)) as u8;
        let holds = |(own, first, last): &(usize, u32, u32)| {
            *own == length && (0..length).all(|at| (byte(*first, at)..=byte(*last, at)).contains(&byte(code, at)))
        };
        self.spaces.iter().any(holds)
    }

    /// The text that bytes shown with the font are; no more than `most` units of UTF-16, and what is cut off is told
    /// by `None`.
    pub fn text(&self, bytes: &[u8], most: usize) -> Option<String> {
        const UNKNOWN: u16 = 0xFFFD;
        let mut text: Vec<u16> = Vec::new();
        let (mut length, mut code) = (0, 0u32);
        for byte in bytes {
            (length, code) = (length + 1, (code << 8) | u32::from(*byte));
            let meaning = self.meaning(length, code);
            let is_whole = if self.spaces.is_empty() { meaning.is_some() } else { self.is_code(length, code) };
            if is_whole || length == LONGEST {
                text.extend(meaning.unwrap_or_else(|| vec![UNKNOWN]));
                (length, code) = (0, 0);
            }
            if text.len() > most {
                return None;
            }
        }
        if length > 0 {
            text.push(UNKNOWN);
        }
        Some(String::from_utf16_lossy(&text))
    }
}

/// A code's length and number.
fn code(bytes: &[u8]) -> Option<(usize, u32)> {
    let number = bytes.iter().fold(0u32, |number, byte| (number << 8) | u32::from(*byte));
    (1..=LONGEST).contains(&bytes.len()).then_some((bytes.len(), number))
}

/// Units of UTF-16.
fn units(bytes: &[u8]) -> Vec<u16> {
    bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect()
}

/// The next token, and what follows it. Names and dictionaries are words of no meaning here.
fn token(bytes: &[u8]) -> Option<(Token<'_>, &[u8])> {
    let from = bytes.iter().position(|byte| !byte.is_ascii_whitespace() && *byte != 0)?;
    let bytes = &bytes[from..];
    let is_word = |byte: &u8| !byte.is_ascii_whitespace() && !b"<>[]%\0".contains(byte);
    match bytes[0] {
        b'%' => {
            let end = bytes.iter().position(|byte| b"\r\n".contains(byte)).unwrap_or(bytes.len());
            Some((Token::Word(&bytes[..end]), &bytes[end..]))
        }
        b'[' => Some((Token::Open, &bytes[1..])),
        b']' => Some((Token::Close, &bytes[1..])),
        b'<' if bytes.get(1) != Some(&b'<') => {
            let end = bytes.iter().position(|byte| *byte == b'>')?;
            let digits: Vec<u8> =
                bytes[1..end].iter().filter_map(|byte| (*byte as char).to_digit(16)).map(|d| d as u8).collect();
            let pairs = digits.chunks(2).map(|pair| (pair[0] << 4) | pair.get(1).copied().unwrap_or(0));
            Some((Token::Hex(pairs.collect()), &bytes[end + 1..]))
        }
        _ => {
            let length = bytes.iter().take_while(|byte| is_word(byte)).count().max(1);
            Some((Token::Word(&bytes[..length]), &bytes[length..]))
        }
    }
}
