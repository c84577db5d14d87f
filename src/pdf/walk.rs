//! A walk through the bytes of a PDF, which tells how many values there are without building any.
//!
//! It goes at least as far as the PDF library does: where both agree what a value is, both end at its end; where
//! the bytes are wrong, the library ends first.

/// A place in bytes, and the way on.
#[derive(Clone, Copy)]
pub struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// White space (ISO 32000-1, 7.2.2).
pub fn is_space(byte: u8) -> bool {
    b" \t\n\r\0\x0C".contains(&byte)
}

/// Whether a byte is part of a word or name: neither white space nor a delimiter (ISO 32000-1, 7.2.2).
pub fn is_regular(byte: u8) -> bool {
    !is_space(byte) && !b"()<>[]{}/%".contains(&byte)
}

impl<'a> Walk<'a> {
    /// A walk that begins at a place; `None` beyond the end.
    pub fn new(bytes: &'a [u8], at: usize) -> Option<Self> {
        (at <= bytes.len()).then_some(Walk { bytes, at })
    }

    /// Where it has come to.
    pub fn at(&self) -> usize {
        self.at
    }

    fn rest(&self) -> &'a [u8] {
        &self.bytes[self.at..]
    }

    fn peek(&self) -> Option<u8> {
        self.rest().first().copied()
    }

    fn skip(&mut self, count: usize) {
        self.at = self.bytes.len().min(self.at + count);
    }

    fn skip_while(&mut self, is: impl Fn(u8) -> bool) -> usize {
        let count = self.rest().iter().take_while(|&&byte| is(byte)).count();
        self.at += count;
        count
    }

    /// Goes past these bytes, if they come next.
    pub fn eat(&mut self, words: &[u8]) -> bool {
        let next = self.rest().starts_with(words);
        if next {
            self.at += words.len();
        }
        next
    }

    /// Goes past the end of a line.
    pub fn eol(&mut self) -> Option<()> {
        (self.eat(b"\r\n") || self.eat(b"\n") || self.eat(b"\r")).then_some(())
    }

    /// Goes past white space and comments; a comment that no line ends is none.
    pub fn space(&mut self) {
        loop {
            self.skip_while(is_space);
            if self.peek() != Some(b'%') {
                return;
            }
            let Some(length) = self.rest().iter().position(|byte| b"\r\n".contains(byte)) else { return };
            self.skip(length);
        }
    }

    /// A number of digits alone.
    pub fn digits(&mut self) -> Option<u64> {
        let from = self.at;
        self.skip_while(|byte| byte.is_ascii_digit());
        std::str::from_utf8(&self.bytes[from..self.at]).ok()?.parse().ok()
    }

    /// Goes past `12 0 obj`; the numbers.
    pub fn header(&mut self) -> Option<(u64, u64)> {
        self.space();
        let number = self.digits()?;
        self.space();
        let generation = self.digits()?;
        self.space();
        self.eat(b"obj").then_some(())?;
        self.space();
        Some((number, generation))
    }

    /// Goes past `stream` and the end of its line.
    pub fn stream(&mut self) -> Option<()> {
        self.space();
        self.eat(b"stream").then_some(())?;
        self.skip_while(|byte| b" \t".contains(&byte));
        self.eol()
    }

    /// Goes past what makes a reference of the number that stood before.
    fn reference(&mut self) {
        let mut ahead = *self;
        ahead.space();
        if ahead.digits().is_some() {
            ahead.space();
            if ahead.eat(b"R") {
                *self = ahead;
            }
        }
    }

    /// Goes past a text in brackets.
    fn text(&mut self) {
        let mut open = 0usize;
        while let Some(byte) = self.peek() {
            self.skip(if byte == b'\\' { 2 } else { 1 });
            match byte {
                b'(' => open += 1,
                b')' => open -= 1,
                _ => {}
            }
            if open == 0 {
                return;
            }
        }
    }
}

/// Goes past the value that comes next; how many values it has, it and the names of its entries counted. Goes no
/// further where there are more than `most`.
pub fn measure(walk: &mut Walk, most: usize) -> usize {
    let (mut values, mut depth, mut row) = (0usize, 0usize, 0usize);
    while let Some(byte) = walk.peek() {
        values += 1;
        // Numbers in a row: two of them and an `R` are a reference.
        row = if byte.is_ascii_digit() {
            row + 1
        } else if byte == b'R' {
            row
        } else {
            0
        };
        match byte {
            b'(' => walk.text(),
            b'/' => {
                walk.skip(1);
                walk.skip_while(is_regular);
            }
            b'[' => {
                walk.skip(1);
                depth += 1;
            }
            b'<' if walk.eat(b"<<") => depth += 1,
            b'<' => {
                walk.skip(1);
                walk.skip_while(|byte| is_space(byte) || byte.is_ascii_hexdigit());
                if !walk.eat(b">") {
                    return values;
                }
            }
            b']' | b'>' => {
                values -= 1;
                if depth == 0 || !(walk.eat(b"]") || walk.eat(b">>")) {
                    return values;
                }
                depth -= 1;
            }
            b'0'..=b'9' | b'+' | b'-' | b'.' => {
                // `1-2+3` is read as three numbers.
                let from = walk.at;
                walk.skip_while(|byte| byte.is_ascii_digit() || b"+-.".contains(&byte));
                values += walk.bytes[from + 1..walk.at].iter().filter(|byte| !byte.is_ascii_digit()).count();
                if depth == 0 {
                    walk.reference();
                }
            }
            b'R' if row >= 2 => {
                walk.skip(1);
                (values, row) = (values - 2, 0);
            }
            _ if walk.eat(b"true") || walk.eat(b"null") || walk.eat(b"false") => {}
            _ => return values,
        }
        if values > most {
            return values;
        }
        if depth == 0 {
            return values;
        }
        walk.space();
    }
    values
}
