//! Properties of lines: over any paragraph no rule of 避头尾 is broken that could be kept, every full line
//! fills its measure, nothing is lost or moved. The rules are written out here again, from the standards.

use std::sync::{Arc, OnceLock};

use proptest::prelude::*;

use super::atom::{Class, Prepared, Run, RunStyle, prepare};
use super::line::Line;
use crate::document::{Origin, Text};
use crate::font::{FontBytes, Fonts};
use crate::length::Length;
use crate::pages::Owner;

/// The faces of the repository, read once.
pub(super) fn fonts() -> &'static Fonts {
    static FONTS: OnceLock<Fonts> = OnceLock::new();
    FONTS.get_or_init(|| {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fonts/");
        let catalogue = std::fs::read_to_string(format!("{folder}fonts.toml")).expect("fonts.toml is there");
        let load = |file: &str| -> Option<FontBytes> { Some(Arc::new(std::fs::read(format!("{folder}{file}")).ok()?)) };
        Fonts::read(&catalogue, load).expect("the fonts can be read")
    })
}

const MEASURE: Length = Length::mm(156);

fn style(fonts: &Fonts) -> RunStyle<'_> {
    RunStyle {
        typeface: "fangsong",
        han: fonts.chain("fangsong"),
        latin: fonts.chain("roman"),
        size: Length::pt(16),
        cell: MEASURE.scale(1, 28),
        gap: Length::pt(4),
    }
}

/// Sets a paragraph with an indent of two cells and hands it to a test.
fn with_lines(content: &str, test: impl FnOnce(&Prepared, &[Line])) {
    let fonts = fonts();
    let text = Text::plain(content, Origin::path("$"));
    let runs = [Run { text: &text, style: style(fonts), owner: Owner::Decoration }];
    let mut faults = Vec::new();
    let prepared = prepare(&runs, fonts, &mut faults);
    assert!(faults.is_empty(), "{faults:?}");
    let lines = prepared.break_lines(MEASURE, MEASURE.scale(2, 28));
    test(&prepared, &lines);
}

fn lines_of(content: &str) -> Vec<String> {
    let mut lines = Vec::new();
    with_lines(content, |prepared, found| {
        lines = found.iter().map(|line| text_of(prepared, line.atoms.clone()).to_string()).collect();
    });
    lines
}

fn text_of<'a>(prepared: &'a Prepared, atoms: std::ops::Range<usize>) -> &'a str {
    let content = &prepared.runs[0].text.content;
    match (prepared.atoms.get(atoms.start), atoms.end.checked_sub(1).and_then(|last| prepared.atoms.get(last))) {
        (Some(first), Some(last)) if !atoms.is_empty() => &content[first.range.start..last.range.end],
        _ => "",
    }
}

// GB/T 15834—2011 5.1, with what CLREQ adds for numbers.
const NEVER_FIRST: &str = "。，、；：？！”’）》〉」』】〕～·％℃%";
const NEVER_LAST: &str = "“‘（《〈「『【〔￥";

/// Whether the standard lets a line end between two characters, pairs and groups of one number included.
fn may_break(text: &[char], at: usize) -> bool {
    let (a, b) = (text[at - 1], text[at]);
    let western = |c: char| c.is_ascii_alphanumeric() || "/.-%".contains(c);
    let pair = a == b && matches!(a, '—' | '…') && {
        // In a run of dashes the first two are a pair, the next two another.
        let run = text[..at].iter().rev().take_while(|&&c| c == a).count();
        run % 2 == 1
    };
    !(NEVER_FIRST.contains(b)
        || NEVER_LAST.contains(a)
        || pair
        || b == ' '
        || (western(a) && western(b))
        || (a.is_ascii_digit() && "年月日号件".contains(b)))
}

fn character() -> impl Strategy<Value = char> {
    prop_oneof![
        6 => prop::sample::select("政府信息公开工作年度报告的一是二了在和有这中大为上个国我以要他时来用们生到作地于出就分对成会可主发动同经十三之进着等部家电力里如水化高自理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天".chars().collect::<Vec<_>>()),
        2 => prop::sample::select("。，、；：？！".chars().collect::<Vec<_>>()),
        1 => prop::sample::select("“”‘’（）《》〈〉「」『』【】〔〕".chars().collect::<Vec<_>>()),
        1 => prop::sample::select("—…·～％℃￥".chars().collect::<Vec<_>>()),
        1 => prop::sample::select("0123456789%".chars().collect::<Vec<_>>()),
        1 => prop::sample::select("abcXYZ ".chars().collect::<Vec<_>>()),
    ]
}

fn paragraph() -> impl Strategy<Value = String> {
    let snippet = prop_oneof![
        20 => character().prop_map(String::from),
        1 => Just("2024年".to_string()),
        1 => Just("〔2021〕30号".to_string()),
        1 => Just("GB/T 9704—2012".to_string()),
        1 => Just("……".to_string()),
        1 => Just("——".to_string()),
        1 => Just("12345678".to_string()),
        1 => Just("99.85%".to_string()),
    ];
    prop::collection::vec(snippet, 1..160).prop_map(|snippets| snippets.concat())
}

fn check(content: &str) {
    with_lines(content, |prepared, lines| {
        // Nothing is lost or moved: the lines are the atoms in order.
        let mut next = 0;
        for line in lines {
            assert_eq!(line.atoms.start, next);
            assert!(!line.atoms.is_empty());
            next = line.atoms.end;
        }
        assert_eq!(next, prepared.atoms.len());
        let set: String = (0..prepared.atoms.len()).map(|at| text_of(prepared, at..at + 1)).collect();
        assert_eq!(set, content);

        let characters: Vec<char> = content.chars().collect();
        let count = |atoms: std::ops::Range<usize>| text_of(prepared, atoms).chars().count();
        for line in lines {
            let end = count(0..line.atoms.end);
            let start = count(0..line.atoms.start);
            if end < characters.len() && !may_break(&characters, end) {
                // Only where this line has no lawful end at all.
                let lawful = (line.atoms.start + 1..line.atoms.end).find(|&at| {
                    may_break(&characters, count(0..at)) && prepared.joins[at - 1].break_ == super::atom::Break::Allowed
                });
                assert_eq!(lawful, None, "{:?} ends unlawfully", &characters[start..end]);
            }
            check_place(prepared, line);
        }
    });
}

fn check_place(prepared: &Prepared, line: &Line) {
    let placed = prepared.place(line);
    assert_eq!(placed.len(), line.atoms.len());
    let solid = |at: usize| prepared.atoms[at].class != Class::Space;
    let Some(last) = placed.iter().rev().find(|one| solid(one.atom)) else { return };
    let atom = &prepared.atoms[last.atom];
    let end = last.x + atom.width - atom.right;
    let first = &placed[0];
    assert!(first.x + prepared.atoms[first.atom].left >= Length::ZERO, "a line starts left of its measure");
    // One unbreakable thing may be longer than the measure; nothing else may.
    if line.atoms.len() > 1 || end <= MEASURE {
        assert!(end <= MEASURE + Length::units(360), "a line ends at {end}");
    }
    if let Some(room) = line.fill
        && placed.iter().filter(|one| solid(one.atom)).count() > 1
    {
        let full = room + line.indent;
        assert!((end - full).to_units().abs() <= 360, "a full line ends at {end}, not {full}");
    }
    for pair in placed.windows(2) {
        // Glyphs keep their order, and no ink runs into the next cell.
        let (a, b) = (&prepared.atoms[pair[0].atom], &prepared.atoms[pair[1].atom]);
        if a.class == Class::Space || b.class == Class::Space {
            continue;
        }
        let ink_end = pair[0].x + a.width - a.right;
        let ink_start = pair[1].x + b.left;
        assert!(ink_start >= ink_end - Length::pt(1), "{:?} over {:?}", a.class, b.class);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn lines_keep_the_rules(content in paragraph()) {
        check(&content);
    }
}

#[test]
fn a_line_of_han_characters_has_twenty_eight_cells() {
    let lines = lines_of(&"政".repeat(26 + 28 * 2 + 5));
    let counts: Vec<_> = lines.iter().map(|line| line.chars().count()).collect();
    assert_eq!(counts, [26, 28, 28, 5]);
    with_lines(&"政".repeat(26 + 28), |prepared, lines| {
        for (at, one) in prepared.place(&lines[1]).iter().enumerate() {
            let cell = MEASURE.scale(at as i64, 28);
            assert!((one.x - cell).to_units().abs() <= 36, "cell {at} stands at {}", one.x);
        }
    });
}

#[test]
fn a_stop_that_would_start_a_line_is_squeezed_into_the_line_above() {
    // The comma gives half a cell, the stop at the end takes the other half.
    let lines = lines_of(&format!("{}，{}。后面的话", "政".repeat(10), "府".repeat(15)));
    assert_eq!(lines[0].chars().count(), 27);
    assert!(lines[0].ends_with('。'));
}

#[test]
fn without_marks_to_squeeze_the_line_is_broken_earlier_and_stretched() {
    let lines = lines_of(&format!("{}。后面的话", "政".repeat(26)));
    assert_eq!(lines[0].chars().count(), 25);
    assert!(lines[1].starts_with("政。"));
}

#[test]
fn a_single_last_character_is_not_left_alone() {
    for tail in ["府", "府。", "府。”"] {
        let lines = lines_of(&format!("{}{tail}", "政".repeat(26 + 28)));
        let last = lines.last().map(String::as_str).unwrap_or_default();
        assert_eq!(lines.len(), 3);
        assert_eq!(last, format!("政{tail}"), "another character comes down");
    }
    // Where marks give room, it goes up instead.
    let lines = lines_of(&format!("{}，{}，{}府", "政".repeat(36), "政".repeat(10), "政".repeat(6)));
    assert_eq!(lines.len(), 2, "{lines:?}");
}

#[test]
fn numbers_and_their_units_stay_together() {
    for group in ["2024年", "〔2021〕30号", "GB/T 9704—2012", "99.85%", "1234567件", "２０２５年", "第12条"] {
        for before in 20..30 {
            let lines = lines_of(&format!("{}{group}{}", "政".repeat(before), "府".repeat(20)));
            assert!(lines.iter().any(|line| line.contains(group)), "{group} after {before}: {lines:?}");
        }
    }
}

#[test]
fn marks_beside_han_text_are_set_in_the_chinese_face_at_full_width() {
    let fonts = fonts();
    let latin = fonts.chain("roman")[0];
    with_lines("他说“好”——真的……1—2", |prepared, _| {
        for atom in &prepared.atoms {
            let content = &prepared.runs[0].text.content[atom.range.clone()];
            let face = prepared.glyphs[atom.glyphs.start].glyph.face;
            match content {
                "“" | "”" => assert!(face != latin),
                "——" | "……" => {
                    assert!(face != latin);
                    assert_eq!(atom.width, prepared.runs[0].style.cell * 2);
                }
                "—" | "1" | "2" => assert_eq!(face, latin, "{content}"),
                _ => assert!(face != latin, "{content}"),
            }
        }
    });
    // An apostrophe in an English word is not a Chinese quotation mark.
    with_lines("don’t", |prepared, _| {
        assert!(prepared.atoms.iter().all(|atom| atom.class == Class::Western));
    });
}
