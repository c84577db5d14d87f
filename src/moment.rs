//! A moment in time, as signatures and certificates tell it: a second of UTC, and how far the clock it was read
//! from is ahead of that.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use crate::document::Date;
use crate::error::Lang;

const DAY: i64 = 86_400;
/// How many seconds the clocks of China are ahead of UTC.
const BEIJING: i64 = 8 * 3600;

/// A second, counted from 1970-01-01T00:00:00Z, between the years 1 and 9999. It remembers the clock it was told by
/// (`+08:00`), which makes it no other moment.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// Since 1970 began.
    seconds: i64,
    /// How many seconds the clock is ahead of UTC: whole minutes, less than a day.
    ahead: i64,
}

impl PartialEq for Moment {
    fn eq(&self, other: &Self) -> bool {
        self.seconds == other.seconds
    }
}

impl Eq for Moment {}

impl PartialOrd for Moment {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Moment {
    fn cmp(&self, other: &Self) -> Ordering {
        self.seconds.cmp(&other.seconds)
    }
}

impl Hash for Moment {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.seconds.hash(state);
    }
}

impl Moment {
    /// 1970-01-01T00:00:00Z.
    pub const EPOCH: Moment = Moment { seconds: 0, ahead: 0 };

    /// The moment so many seconds after 1970 began, told by UTC; `None` outside the years 1 to 9999.
    pub fn from_unix(seconds: i64) -> Option<Self> {
        date(seconds.div_euclid(DAY)).map(|_| Moment { seconds, ahead: 0 })
    }

    /// Seconds since 1970 began.
    pub fn to_unix(self) -> i64 {
        self.seconds
    }

    /// Reads `2026-01-20T09:30:00Z` or `2026-01-20T09:30:00+08:00`.
    pub fn parse(text: &str) -> Option<Self> {
        let (day, time) = text.split_once('T')?;
        let day = Date::parse(day)?;
        let (clock, zone) = time.split_at_checked(8)?;
        let offset = match zone {
            "Z" => 0,
            _ => {
                let (sign, rest) = zone.split_at_checked(1)?;
                let (hours, minutes) = rest.split_once(':')?;
                let seconds = (two(hours, 23)? * 60 + two(minutes, 59)?) * 60;
                match sign {
                    "+" => seconds,
                    "-" => -seconds,
                    _ => return None,
                }
            }
        };
        let mut parts = clock.split(':');
        let (hour, minute, second) = (two(parts.next()?, 23)?, two(parts.next()?, 59)?, two(parts.next()?, 59)?);
        let moment = Moment::from_unix(days(day) * DAY + (hour * 60 + minute) * 60 + second - offset)?;
        Some(Moment { ahead: offset, ..moment })
    }

    /// Reads a PDF date, `D:20260120093000+08'00'` or `D:20260120093000Z`; what is left out is its least.
    pub fn parse_pdf(text: &str) -> Option<Self> {
        let text = text.strip_prefix("D:").unwrap_or(text);
        let digits = text.bytes().take_while(u8::is_ascii_digit).count().min(14);
        let (stamp, zone) = text.split_at_checked(digits)?;
        if digits < 4 || digits % 2 == 1 {
            return None;
        }
        let stamp = format!("{stamp}{}", &"00000101000000"[digits..]);
        let zone = match zone.bytes().next() {
            None | Some(b'Z') => "Z".to_owned(),
            Some(_) => {
                let digits: String = zone.chars().filter(char::is_ascii_digit).chain("0000".chars()).take(4).collect();
                format!("{}{}:{}", zone.get(..1)?, digits.get(..2)?, digits.get(2..)?)
            }
        };
        let part = |from: usize, to: usize| stamp.get(from..to);
        let (date, time) = (part(0, 4)?.to_owned() + "-" + part(4, 6)? + "-" + part(6, 8)?, part(8, 14)?);
        Moment::parse(&format!("{date}T{}:{}:{}{zone}", &time[..2], &time[2..4], &time[4..]))
    }

    /// As PDF writes it, by the clock it was told by.
    pub fn to_pdf(self) -> String {
        let (date, [hour, minute, second]) = self.by_clock(self.ahead).unwrap_or((Date::FIRST, [0; 3]));
        let (sign, minutes) = (if self.ahead < 0 { '-' } else { '+' }, self.ahead.abs() / 60);
        format!(
            "D:{:04}{:02}{:02}{hour:02}{minute:02}{second:02}{sign}{:02}'{:02}'",
            date.year(),
            date.month(),
            date.day(),
            minutes / 60,
            minutes % 60
        )
    }

    /// For people: in Chinese by the clocks of China, in English by UTC.
    pub fn words(self, lang: Lang) -> String {
        match (lang, self.by_clock(BEIJING)) {
            (Lang::English, _) => self.to_string(),
            (Lang::Chinese, Some((date, [hour, minute, second]))) => {
                format!("{date} {hour:02}:{minute:02}:{second:02}（北京时间）")
            }
            // The last hours of 9999, with which certificates say that they never run out.
            (Lang::Chinese, None) => format!("{self}（世界时）"),
        }
    }

    /// Day, hour, minute and second by a clock so many seconds ahead of UTC; `None` outside the years 1 to 9999.
    fn by_clock(self, ahead: i64) -> Option<(Date, [i64; 3])> {
        let seconds = self.seconds + ahead;
        let second = seconds.rem_euclid(DAY);
        Some((date(seconds.div_euclid(DAY))?, [second / 3600, second / 60 % 60, second % 60]))
    }
}

impl fmt::Display for Moment {
    /// By UTC.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (date, [hour, minute, second]) = self.by_clock(0).unwrap_or((Date::FIRST, [0; 3]));
        write!(f, "{date}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

fn two(digits: &str, most: i64) -> Option<i64> {
    let whole = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|&number| whole && number <= most)
}

/// The days from 1970-01-01 to a day.
fn days(date: Date) -> i64 {
    // Years begin in March here, so that a leap day ends its year.
    let (month, day) = (i64::from(date.month()), i64::from(date.day()));
    let year = i64::from(date.year()) - i64::from(month <= 2);
    let from_march = (month + 9) % 12;
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * from_march + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The day so many days after 1970-01-01.
fn date(days: i64) -> Option<Date> {
    let shifted = days.checked_add(719_468)?;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    Date::new(u16::try_from(year).ok()?, u8::try_from(month).ok()?, u8::try_from(day).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_and_written() {
        let moment = Moment::parse("2026-01-20T09:30:05+08:00").expect("a moment");
        assert_eq!(moment.to_unix(), 1_768_872_605);
        assert_eq!(moment.to_string(), "2026-01-20T01:30:05Z");
        assert_eq!(moment.to_pdf(), "D:20260120093005+08'00'");
        for same in
            ["D:20260120013005+00'00'", "D:20260120013005Z", "D:20260120093005+08'00'", "D:20260119203005-05'00"]
        {
            assert_eq!(Moment::parse_pdf(same), Some(moment), "{same}");
        }
        assert_eq!(Moment::parse_pdf("D:2026").map(|m| m.to_string()), Some("2026-01-01T00:00:00Z".into()));
        for wrong in ["", "2026-01-20", "2026-02-30T00:00:00Z", "2026-01-20T24:00:00Z", "2026-01-20T00:00:00+8:00", "é"]
        {
            assert_eq!(Moment::parse(wrong), None, "{wrong}");
            assert_eq!(Moment::parse_pdf("D:x"), None);
        }
    }

    #[test]
    fn a_moment_remembers_the_clock_it_was_told_by() {
        for (told, pdf) in [
            ("2026-01-20T01:30:05Z", "D:20260120013005+00'00'"),
            ("2026-01-19T20:00:05-05:30", "D:20260119200005-05'30'"),
            ("9999-12-31T23:59:59+08:00", "D:99991231235959+08'00'"),
        ] {
            let moment = Moment::parse(told).expect("a moment");
            assert_eq!(moment.to_pdf(), pdf);
            assert_eq!(Moment::parse_pdf(pdf).map(Moment::to_pdf).as_deref(), Some(pdf));
        }
        let (there, here) = (Moment::parse("2026-01-20T01:30:05Z"), Moment::parse("2026-01-20T09:30:05+08:00"));
        assert_eq!(there, here);
        assert_eq!(there.map(|m| m.words(Lang::Chinese)).as_deref(), Some("2026-01-20 09:30:05（北京时间）"));
        assert_eq!(here.map(|m| m.words(Lang::English)).as_deref(), Some("2026-01-20T01:30:05Z"));
        let never = Moment::parse("9999-12-31T23:59:59Z").expect("a moment");
        assert_eq!(never.words(Lang::Chinese), "9999-12-31T23:59:59Z（世界时）");
    }

    #[test]
    fn every_day_is_found_again() {
        for day in (-719_162..2_932_896).step_by(97) {
            let found = date(day).expect("a day");
            assert_eq!(days(found), day, "{found}");
        }
    }
}
