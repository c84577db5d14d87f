//! Lengths: exact integers, one unit for everything.
//!
//! A [`Length`] counts 1/36,000 of a millimetre, which is also 1/12,700 of a point and 1/635 of a
//! twip, so millimetres (the standard's unit), points (the type's) and twips (Word's) all convert
//! without rounding on the way in. Text for people says `28.00 mm`; arithmetic never meets a tolerance.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub, SubAssign};

use serde::{Deserialize, Deserializer};

/// A length or a position, in 1/36,000 mm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Length(i64);

const PER_MM: i64 = 36_000;
const PER_PT: i64 = 12_700;
const PER_TWIP: i64 = 635;

/// No sheet is larger than this; longer lengths are refused when read, so that sums cannot overflow.
const LONGEST: Length = Length::mm(10_000);

impl Length {
    /// No length.
    pub const ZERO: Length = Length(0);

    /// Whole millimetres.
    pub const fn mm(mm: i64) -> Self {
        Length(mm * PER_MM)
    }

    /// Whole points (1/72 inch).
    pub const fn pt(pt: i64) -> Self {
        Length(pt * PER_PT)
    }

    /// Whole twips (1/20 pt), Word's unit.
    pub const fn twips(twips: i64) -> Self {
        Length(twips * PER_TWIP)
    }

    /// A length in its own unit of 1/36,000 mm.
    pub const fn units(units: i64) -> Self {
        Length(units)
    }

    /// In its own unit of 1/36,000 mm.
    pub const fn to_units(self) -> i64 {
        self.0
    }

    /// In millimetres.
    pub fn to_mm(self) -> f64 {
        self.0 as f64 / PER_MM as f64
    }

    /// In points.
    pub fn to_pt(self) -> f64 {
        self.0 as f64 / PER_PT as f64
    }

    /// In twips, rounded to the nearest.
    pub fn to_twips(self) -> i64 {
        (self.0 + PER_TWIP / 2).div_euclid(PER_TWIP)
    }

    /// This times `numerator / denominator`, rounded down.
    pub fn scale(self, numerator: i64, denominator: i64) -> Self {
        match self.0.checked_mul(numerator) {
            // Division of 64 bits is much quicker.
            Some(product) if denominator != -1 => Length(product.div_euclid(denominator)),
            _ => Length((i128::from(self.0) * i128::from(numerator)).div_euclid(i128::from(denominator)) as i64),
        }
    }

    /// Never below `floor`, never above `ceiling`.
    pub fn clamp(self, floor: Length, ceiling: Length) -> Self {
        Length(self.0.clamp(floor.0, ceiling.0))
    }

    /// Reads `37 mm`, `29.6 pt` or `592 twip`.
    ///
    /// # Errors
    /// A sentence saying what was expected when the text is no number with one of these units, or a
    /// length no sheet can have.
    pub fn parse(text: &str) -> Result<Self, String> {
        let expected = || format!("`{text}` is not a length; write it like `37 mm` or `29.6 pt`");
        let at = text.trim_end_matches(|c: char| c.is_ascii_alphabetic()).len();
        let per = match &text[at..] {
            "mm" => PER_MM,
            "pt" => PER_PT,
            "twip" => PER_TWIP,
            _ => return Err(expected()),
        };
        let number: f64 = text[..at].trim().parse().map_err(|_| expected())?;
        let units = (number * per as f64).round();
        if !units.is_finite() || units.abs() > LONGEST.0 as f64 {
            return Err(format!("`{text}` is longer than any sheet"));
        }
        Ok(Length(units as i64))
    }
}

/// Two decimals of a millimetre: `28.00 mm`.
impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2} mm", self.to_mm())
    }
}

impl<'de> Deserialize<'de> for Length {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Length::parse(&text).map_err(serde::de::Error::custom)
    }
}

impl Add for Length {
    type Output = Length;
    fn add(self, other: Length) -> Length {
        Length(self.0 + other.0)
    }
}

impl Sub for Length {
    type Output = Length;
    fn sub(self, other: Length) -> Length {
        Length(self.0 - other.0)
    }
}

impl Neg for Length {
    type Output = Length;
    fn neg(self) -> Length {
        Length(-self.0)
    }
}

impl Mul<i64> for Length {
    type Output = Length;
    fn mul(self, times: i64) -> Length {
        Length(self.0 * times)
    }
}

impl Div<i64> for Length {
    type Output = Length;
    fn div(self, parts: i64) -> Length {
        Length(self.0 / parts)
    }
}

impl AddAssign for Length {
    fn add_assign(&mut self, other: Length) {
        self.0 += other.0;
    }
}

impl SubAssign for Length {
    fn sub_assign(&mut self, other: Length) {
        self.0 -= other.0;
    }
}

impl Sum for Length {
    fn sum<I: Iterator<Item = Length>>(lengths: I) -> Length {
        lengths.fold(Length::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn millimetres_points_and_twips_meet_exactly() {
        assert_eq!(Length::parse("25.4 mm"), Ok(Length::pt(72)));
        assert_eq!(Length::twips(20), Length::pt(1));
        assert_eq!(Length::parse("29.6 pt"), Ok(Length::twips(592)));
    }

    #[test]
    fn what_is_no_length_is_said() {
        assert!(Length::parse("37").unwrap_err().contains("write it like `37 mm`"));
        assert!(Length::parse("3e30 mm").unwrap_err().contains("longer than any sheet"));
        assert!(Length::parse("inf mm").is_err());
        assert!(Length::parse("NaN pt").is_err());
    }
}
