//! Properties of lines: over any paragraph no rule of 避头尾 is broken that could be kept, every full line
//! fills its measure, nothing is lost or moved. The rules are written out here again, from the standards.

use std::sync::{Arc, OnceLock};

use proptest::prelude::*;

use super::atom::{Class, Prepared, Run, RunStyle, prepare};
use super::glyphs::Remarks;
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
    let mut remarks = Remarks::default();
    let prepared = prepare(&runs, fonts, &mut remarks);
    assert!(remarks.faults.is_empty(), "{:?}", remarks.faults);
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

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn runs_of_marks_and_any_characters_whatever_come_to_an_end(content in r"[。，、；：？！“”‘’（）《》—…·/ ]{1,200}|\PC{1,80}") {
        let fonts = fonts();
        let text = Text::plain(content.clone(), Origin::path("$"));
        let runs = [Run { text: &text, style: style(fonts), owner: Owner::Decoration }];
        let mut remarks = Remarks::default();
        let prepared = prepare(&runs, fonts, &mut remarks);
        let lines = prepared.break_lines(MEASURE, MEASURE.scale(2, 28));
        prop_assert_eq!(lines.iter().map(|line| line.atoms.len()).sum::<usize>(), prepared.atoms.len());
        for line in &lines {
            prop_assert_eq!(prepared.place(line).len(), line.atoms.len());
        }
        if remarks.faults.is_empty() {
            let set: String = (0..prepared.atoms.len()).map(|at| text_of(&prepared, at..at + 1)).collect();
            prop_assert_eq!(set, content);
        }
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
    for group in ["2024年", "〔2021〕30号", "GB/T 9704—2012", "99.85%", "1234567件", "２０２５年", "第12条"]
    {
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

mod tables {
    //! Properties of tables over pages, for any grid with any text.

    use super::*;
    use crate::document::{
        About, Block, Cell, CellContent, CellRole, Date, Document, Grid, Paragraph, Placement, Role, Seal, Signature,
        Table,
    };
    use crate::pages::{Kind, NodeId, Pages, Shape, Turn};
    use crate::sheet::Sheet;
    use crate::typeset::standing::StandingType;
    use crate::typeset::table::{SetTable, With};
    use crate::typeset::{Fault, Options, Typesetter, line_ends, typeset};

    fn sheet() -> Sheet {
        Sheet::bundled("gbt9704").expect("the sheet can be read")
    }

    fn document(blocks: Vec<Block>) -> Document {
        let about = About {
            title: "标题".into(),
            author: "机关".into(),
            subject: "报告".into(),
            keywords: Vec::new(),
            language: "zh-CN".into(),
            edition: crate::document::Edition::default(),
            date: Date::new(2021, 1, 20).expect("a day"),
            watermark: None,
        };
        Document { about, blocks }
    }

    pub(super) fn paragraph(role: Role, content: &str) -> Block {
        let text = Text::plain(content, Origin::path("$"));
        Block::Paragraph(Paragraph { role, lead: None, text, key: None })
    }

    fn cell_text() -> impl Strategy<Value = String> {
        prop_oneof![
            3 => Just("0".to_string()),
            1 => Just(String::new()),
            1 => "[0-9]{1,9}",
            1 => prop::sample::select(vec!["结果维持", "（三）不予公开", "1.属于国家秘密", "/", "251000元", "社会公益组织"]).prop_map(String::from),
            1 => prop::collection::vec(character(), 1..30).prop_map(|text| text.into_iter().collect()),
        ]
    }

    /// A table of random merges: rectangles laid greedily over the free slots.
    fn table() -> impl Strategy<Value = Table> {
        (1usize..40, 1usize..8, 0usize..3)
            .prop_flat_map(|(rows, columns, heading_rows)| {
                let cells = prop::collection::vec((1usize..5, 1usize..4, cell_text()), rows * columns);
                (Just((rows, columns, heading_rows.min(rows - 1))), cells)
            })
            .prop_map(|((rows, columns, heading_rows), wishes)| {
                let mut free = vec![true; rows * columns];
                let mut cells = Vec::new();
                for (slot, (height, width, text)) in wishes.into_iter().enumerate() {
                    let (row, column) = (slot / columns, slot % columns);
                    if !free[slot] {
                        continue;
                    }
                    let last = if row < heading_rows { heading_rows } else { rows };
                    let fits = |height: usize, width: usize| {
                        (row..row + height).all(|r| (column..column + width).all(|c| free[r * columns + c]))
                    };
                    let (mut tall, mut wide) = (height.min(last - row), width.min(columns - column));
                    while !fits(tall, wide) {
                        if wide > 1 { wide -= 1 } else { tall -= 1 }
                    }
                    for r in row..row + tall {
                        for c in column..column + wide {
                            free[r * columns + c] = false;
                        }
                    }
                    let role = match (row < heading_rows, column == 0, tall > 1) {
                        (true, _, _) => CellRole::ColumnHeading,
                        (false, true, true) => CellRole::GroupLabel,
                        (false, true, false) => CellRole::RowLabel,
                        (false, false, _) => CellRole::Value,
                    };
                    let text = Text::plain(text, Origin::path(format!("$.{row}.{column}")));
                    cells.push(Cell {
                        row,
                        column,
                        row_span: tall,
                        column_span: wide,
                        content: CellContent { role, text },
                    });
                }
                let grid = Grid::new(rows, columns, cells).expect("the slots are filled");
                let widths = vec![Length::mm(10); columns];
                let (key, title, description) = ("table".into(), "表".into(), "表".into());
                Table {
                    key,
                    title,
                    description,
                    widths,
                    heading_rows,
                    centre_labels: false,
                    placement: Default::default(),
                    grid,
                }
            })
    }

    fn set(table: &Table, lines_before: usize) -> Pages {
        let mut blocks: Vec<Block> = (0..lines_before).map(|_| paragraph(Role::Body, "一行。")).collect();
        blocks.push(paragraph(Role::Heading1, "一、标题"));
        blocks.push(Block::Table(table.clone()));
        blocks.push(paragraph(Role::Body, "后文。"));
        typeset(&document(blocks), &sheet(), fonts(), Options::default()).expect("it can be set")
    }

    #[test]
    fn what_there_is_to_say_of_a_text_is_said_wherever_it_stands() {
        let cell = |column: usize, text: &str| {
            let text = Text::plain(text, Origin::path(format!("$.{column}")));
            let content = CellContent { role: CellRole::Value, text };
            Cell { row: 0, column, row_span: 1, column_span: 1, content }
        };
        let table = |text: &str| {
            let grid = Grid::new(1, 3, (0..3).map(|column| cell(column, text)).collect()).expect("a row");
            Table {
                key: "table".into(),
                title: "表".into(),
                description: "表".into(),
                widths: vec![Length::mm(10); 3],
                heading_rows: 0,
                centre_labels: false,
                placement: Placement::default(),
                grid,
            }
        };
        let typesetter = Typesetter::new(sheet(), fonts().clone());
        let places = |origins: Vec<&Origin>| -> Vec<String> {
            origins.into_iter().map(|origin| origin.path.to_string()).collect()
        };
        for _ in 0..2 {
            // A character that 宋体 lacks, and one that no face has.
            let lent = document(vec![Block::Table(table("\u{2a6d7}"))]);
            let pages = typesetter.typeset(&lent, Options::default()).expect("another face has it");
            assert_eq!(places(pages.fallbacks.iter().map(|lent| &lent.origin).collect()), ["$.0", "$.1", "$.2"]);
            let missing = document(vec![Block::Table(table("\u{12000}"))]);
            let faults = typesetter.typeset(&missing, Options::default()).expect_err("no face has it");
            assert_eq!(places(faults.iter().map(Fault::origin).collect()), ["$.0", "$.1", "$.2"]);
        }
    }

    #[test]
    fn columns_without_room_for_text_do_no_harm() {
        let cell = |column: usize| {
            let text = Text::plain("13,869 件（一）不予公开", Origin::path("$"));
            Cell { row: 0, column, row_span: 1, column_span: 1, content: CellContent { role: CellRole::Value, text } }
        };
        let table = Table {
            key: "table".into(),
            title: "表".into(),
            description: "表".into(),
            widths: vec![Length::mm(10); 14],
            heading_rows: 0,
            centre_labels: false,
            placement: Placement::default(),
            grid: Grid::new(1, 14, (0..14).map(cell).collect()).expect("a row"),
        };
        for padding in [5, 6, 60] {
            let mut sheet = sheet();
            sheet.table.padding_x = Length::mm(padding);
            // Each of these has to end, with pages or without.
            let document = document(vec![Block::Table(table.clone())]);
            let _ = typeset(&document, &sheet, fonts(), Options::default());
            line_ends(&document, &sheet, fonts());
        }
    }

    fn signed(agencies: &[&str], seal: Option<i64>) -> Pages {
        let text = |content: &str| Text::plain(content, Origin::path("$.signature"));
        let block = Block::Signature(Signature {
            agencies: agencies.iter().map(|name| text(name)).collect(),
            date: text("2026年1月20日"),
            seal: seal.map(|mm| Seal { diameter: Length::mm(mm) }),
        });
        let blocks = vec![paragraph(Role::Body, "正文。"), block];
        typeset(&document(blocks), &sheet(), fonts(), Options::default()).expect("it can be set")
    }

    /// Left edge, right edge and baseline of the lines of a page, in millimetres, page number left out.
    fn lines_on(page: &crate::pages::Page) -> Vec<(f64, f64, f64)> {
        let mut lines: Vec<(f64, f64, f64)> = Vec::new();
        for item in page.items.iter().filter(|item| item.owner != Owner::PageNumber) {
            let Shape::Text(text) = &item.shape else { continue };
            let end = text.glyphs.last().map_or(text.x, |glyph| text.x + glyph.x + glyph.advance).to_mm();
            match lines.last_mut() {
                Some(line) if line.2 == text.y.to_mm() => line.1 = end,
                _ => lines.push((text.x.to_mm(), end, text.y.to_mm())),
            }
        }
        lines
    }

    const CELL: f64 = 156.0 / 28.0;
    const RIGHT: f64 = 28.0 + 156.0;

    #[test]
    fn a_seal_has_its_place_over_name_and_date() {
        for diameter in [42, 45, 50] {
            let pages = signed(&["某市人民政府"], Some(diameter));
            let page = &pages.pages[0];
            let [text, name, date] = lines_on(page)[..] else { panic!("three lines") };
            let [seal] = page.seals[..] else { panic!("a seal") };
            // GB/T 9704 7.3.5.1: the date ends four characters in, the name stands in the middle over it.
            assert!((date.1 - (RIGHT - 4.0 * CELL)).abs() < 0.3, "{date:?}");
            let middle = |line: (f64, f64, f64)| (line.0 + line.1) / 2.0;
            assert!((middle(name) - middle(date)).abs() < 0.3);
            assert!((seal.x.to_mm() - middle(date)).abs() < 0.3);
            // Name and date lie under the seal, below its middle; its top is within a line of the text.
            let (top, bottom) = (seal.y.to_mm() - diameter as f64 / 2.0, seal.y.to_mm() + diameter as f64 / 2.0);
            let foot = text.2 + 0.12 * 16.0 * 25.4 / 72.0;
            assert!(top > foot && top - foot <= 10.39, "{diameter}: {}", top - foot);
            assert!((name.2 + date.2) / 2.0 > seal.y.to_mm() && date.2 < bottom);
        }
    }

    #[test]
    fn without_a_seal_the_date_stands_two_characters_to_the_right_of_the_name() {
        let pages = signed(&["临渚市云渡区统计局办公室"], None);
        let [text, name, date] = lines_on(&pages.pages[0])[..] else { panic!("three lines") };
        let pitch = 29.6 * 25.4 / 72.0;
        assert!((name.2 - text.2 - 2.0 * pitch).abs() < 0.01, "a line is left free");
        assert!((name.1 - (RIGHT - 2.0 * CELL)).abs() < 0.3);
        assert!((date.0 - name.0 - 2.0 * CELL).abs() < 0.4, "{date:?} under {name:?}");
        // A date longer than the name ends two characters in itself, and the name moves.
        let pages = signed(&["某局"], None);
        let [_, name, date] = lines_on(&pages.pages[0])[..] else { panic!("three lines") };
        assert!((date.1 - (RIGHT - 2.0 * CELL)).abs() < 0.3);
        assert!((date.0 - name.0 - 2.0 * CELL).abs() < 0.4);
    }

    #[test]
    fn a_name_longer_than_a_line_is_broken_and_loses_nothing() {
        let long = "临渚市医疗保障与公共卫生服务管理委员会办公室综合协调与信息公开工作处";
        for (agencies, seal) in [
            (vec![long], None),
            (vec![long], Some(45)),
            (vec!["临渚市人民政府办公室", long], Some(45)),
            (vec![long, "临渚市人民政府办公室"], Some(45)),
        ] {
            let pages = signed(&agencies, seal);
            let page = &pages.pages[0];
            let lines = lines_on(page);
            // The text above, the names, one of them in two lines, and the date.
            assert_eq!(lines.len(), 1 + agencies.len() + 1 + 1, "{agencies:?}");
            for (left, right, _) in &lines {
                assert!(*left >= 27.9 && *right <= RIGHT + 0.1, "{left}–{right}: {agencies:?}");
            }
            let said: String = page
                .items
                .iter()
                .map(|item| match (&item.shape, item.owner) {
                    (Shape::Text(text), Owner::Node(_)) => &*text.content,
                    _ => "",
                })
                .collect();
            assert!(agencies.iter().all(|name| said.contains(name)), "{said}");
            for seal in &page.seals {
                let top = seal.y.to_mm() - 22.5;
                assert!(top >= lines[0].2 && top > 37.0, "the seal covers no text above the names: {agencies:?}");
            }
            // The date stands under the middle of the last seal, the last name with it.
            if let Some(seal) = page.seals.last() {
                for line in &lines[lines.len() - 2..] {
                    assert!(((line.0 + line.1) / 2.0 - seal.x.to_mm()).abs() < 0.3);
                }
            }
        }
    }

    #[test]
    fn the_seals_of_several_bodies_do_not_touch_and_stay_in_the_type_area() {
        let names = ["甲市人民政府", "乙市人民政府", "丙市人民政府", "丁市人民政府", "戊市人民政府"];
        for count in 1..=names.len() {
            let pages = signed(&names[..count], Some(45));
            let seals = &pages.pages[0].seals;
            assert_eq!(seals.len(), count);
            for (at, a) in seals.iter().enumerate() {
                let (x, y) = (a.x.to_mm(), a.y.to_mm());
                assert!(x - 22.5 >= 28.0 && x + 22.5 <= RIGHT && y + 22.5 <= 37.0 + 225.0, "{a:?} of {count}");
                for b in &seals[..at] {
                    assert!((x - b.x.to_mm()).hypot(y - b.y.to_mm()) > 45.0, "seals {count} touch");
                }
            }
        }
    }

    #[test]
    fn a_signature_never_stands_on_a_page_without_text() {
        for lines in 1..50 {
            let mut blocks: Vec<Block> = (0..lines).map(|_| paragraph(Role::Body, "一行。")).collect();
            let text = |content: &str| Text::plain(content, Origin::path("$"));
            let (agencies, date) = (vec![text("某局")], text("2026年1月20日"));
            let seal = (lines % 2 == 0).then_some(Seal { diameter: Length::mm(45) });
            blocks.push(Block::Signature(Signature { agencies, date, seal }));
            let pages = typeset(&document(blocks), &sheet(), fonts(), Options::default()).expect("it can be set");
            let last = pages.pages.last().expect("a page");
            assert!(lines_on(last).len() >= 3, "{lines} lines before");
        }
    }

    fn title_lines(title: &str) -> Vec<usize> {
        let text = Text::marked(title, Origin::path("$"));
        let block = Block::Paragraph(Paragraph { role: Role::Title, lead: None, text, key: None });
        let pages = typeset(&document(vec![block]), &sheet(), fonts(), Options::default()).expect("it can be set");
        let mut lines: Vec<(Length, usize)> = Vec::new();
        for item in &pages.pages[0].items {
            let (Shape::Text(text), Owner::Node(_)) = (&item.shape, item.owner) else { continue };
            let count = text.content.chars().count();
            match lines.last_mut() {
                Some(line) if line.0 == text.y => line.1 += count,
                _ => lines.push((text.y, count)),
            }
        }
        lines.into_iter().map(|(_, count)| count).collect()
    }

    #[test]
    fn a_title_is_a_trapezoid_or_a_rhombus_and_broken_at_its_marks() {
        assert_eq!(title_lines("某局工作年度报告"), [8]);
        // Marked: the body, then the rest.
        assert_eq!(title_lines("三门峡市机关事务管理局|2020年政府信息公开工作年度报告"), [11, 17]);
        assert_eq!(title_lines("甲局\n乙局\n2020年报告"), [2, 2, 7], "lines that were given are kept");
        // Unmarked: lines differ (where they can: 40 are two full lines), none is shorter than both its neighbours.
        for length in (21..=58).filter(|&length| length != 40) {
            let lines = title_lines(&"政".repeat(length));
            assert_eq!(lines.iter().sum::<usize>(), length);
            assert!(lines.iter().all(|&line| line <= 20));
            assert!(lines.windows(2).all(|pair| pair[0] != pair[1]), "{lines:?}");
            assert!(lines.windows(3).all(|three| three[1] > three[0] || three[1] > three[2]), "{lines:?}");
        }
    }

    #[test]
    fn a_turned_table_has_its_head_at_the_left_and_its_number_where_others_have_it() {
        let cell = |row, column, role, content: &str| Cell {
            row,
            column,
            row_span: 1,
            column_span: 1,
            content: CellContent { role, text: Text::plain(content, Origin::path("$")) },
        };
        let mut cells = vec![cell(0, 0, CellRole::ColumnHeading, "项目"), cell(0, 1, CellRole::ColumnHeading, "数量")];
        for row in 1..60 {
            cells.push(cell(row, 0, CellRole::RowLabel, "一项"));
            cells.push(cell(row, 1, CellRole::Value, "1"));
        }
        for placement in [Placement::Turned, Placement::Landscape] {
            let grid = Grid::new(60, 2, cells.clone()).expect("a grid");
            let (key, title, description) = ("t".into(), "表".into(), "表".into());
            let widths = vec![Length::mm(78); 2];
            let table =
                Table { key, title, description, widths, heading_rows: 1, centre_labels: false, placement, grid };
            let before = paragraph(Role::Body, "前文。");
            let blocks =
                vec![before, paragraph(Role::Heading1, "一、表"), Block::Table(table), paragraph(Role::Body, "后文。")];
            let pages = typeset(&document(blocks), &sheet(), fonts(), Options::default()).expect("it can be set");
            let first = &pages.pages[0];
            assert_eq!(lines_on(first).len(), 1, "the heading goes with its table");
            let inner = &pages.pages[1..pages.pages.len() - 1];
            assert!(inner.len() > 1, "the table is too long for one page");
            for page in inner {
                let upright = placement == Placement::Turned;
                let size = (page.width.to_mm(), page.height.to_mm());
                assert_eq!(size, if upright { (210.0, 297.0) } else { (297.0, 210.0) });
                for item in &page.items {
                    let Shape::Text(text) = &item.shape else { continue };
                    let (x, y) = (text.x.to_mm(), text.y.to_mm());
                    let number = item.owner == Owner::PageNumber;
                    let turn = match (upright, number) {
                        (true, false) => Turn::Up,
                        (true, true) | (false, false) => Turn::Level,
                        (false, true) => Turn::Down,
                    };
                    assert_eq!(text.turn, turn);
                    // On the bound sheet the number stands below the type area, whichever way the page is shown.
                    let (across, down) = if upright { (x, y) } else { (y, 297.0 - x) };
                    if number {
                        assert!(down > 37.0 + 225.0 && (28.0..RIGHT).contains(&across), "{x} {y}");
                    } else {
                        assert!((28.0..=RIGHT).contains(&across) && (37.0..=37.0 + 225.0).contains(&down), "{x} {y}");
                    }
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn every_cell_is_shown_once_and_headings_on_every_page(table in table(), before in 0usize..30) {
            let pages = set(&table, before);
            let sheet = sheet();
            // Each cell's text is content once, in full.
            let mut shown: std::collections::BTreeMap<NodeId, String> = Default::default();
            for page in &pages.pages {
                let area = &sheet.type_area;
                for item in &page.items {
                    let Shape::Text(text) = &item.shape else { continue };
                    if let Owner::Node(node) = item.owner {
                        shown.entry(node).or_default().push_str(&text.content);
                    }
                    // Nothing leaves the type area but the page's number.
                    if item.owner != Owner::PageNumber {
                        prop_assert!(text.y <= area.top + area.height, "text at {} on page {}", text.y, page.number);
                        prop_assert!(text.x >= area.left - Length::mm(3));
                    }
                }
            }
            let cells: Vec<&String> = pages
                .nodes
                .iter()
                .enumerate()
                .filter(|(_, node)| matches!(node.kind, Kind::HeadingCell { .. } | Kind::ValueCell { .. }))
                .map(|(at, _)| &shown[&NodeId(at as u32)])
                .collect();
            let texts: Vec<&String> = table.grid.cells().iter().map(|cell| &cell.content.text.content).collect();
            prop_assert_eq!(cells, texts);
        }

        #[test]
        fn what_was_set_before_makes_no_difference(one in table(), other in table()) {
            let typesetter = Typesetter::new(sheet(), fonts().clone());
            for table in [&one, &other, &one] {
                let document = document(vec![Block::Table(table.clone()), Block::Table(one.clone())]);
                let alone = typeset(&document, &sheet(), fonts(), Options::default());
                prop_assert_eq!(typesetter.typeset(&document, Options::default()), alone);
                prop_assert_eq!(typesetter.line_ends(&document), line_ends(&document, &sheet(), fonts()));
            }
        }

        #[test]
        fn text_stays_inside_its_cell_and_rows_tile_the_table(table in table(), cut in 0usize..40) {
            let sheet = sheet();
            let mut nodes = vec![];
            let mut remarks = Remarks::default();
            let standing = StandingType::default();
            let with = With { sheet: &sheet, fonts: fonts(), standing: &standing };
            let set = SetTable::new(&table, with, MEASURE, &mut nodes, &mut remarks);
            let cut = cut.min(table.grid.rows()).max(table.heading_rows);
            for rows in [0..cut, cut..table.grid.rows()] {
                if rows.is_empty() {
                    continue;
                }
                set.assert_inside(rows);
            }
        }
    }

    #[test]
    fn a_heading_is_never_alone_at_the_foot_of_a_page() {
        for lines in 0..60 {
            let mut blocks: Vec<Block> = (0..lines).map(|_| paragraph(Role::Body, "一行。")).collect();
            blocks.push(paragraph(Role::Heading1, "一、标题"));
            blocks.push(paragraph(Role::Body, &"正文".repeat(40)));
            let pages = typeset(&document(blocks), &sheet(), fonts(), Options::default()).expect("it can be set");
            for page in &pages.pages {
                let last = page.items.iter().rfind(|item| item.owner != Owner::PageNumber).expect("a page has text");
                let Owner::Node(node) = last.owner else { panic!("text belongs to a node") };
                let kind = &pages.nodes[node.0 as usize].kind;
                assert!(!matches!(kind, Kind::Heading { .. }), "{lines} lines before");
            }
        }
    }

    #[test]
    fn no_line_of_a_paragraph_is_alone_on_a_page() {
        let pitch = sheet().pitch.line;
        for lines in 0..30 {
            let mut blocks: Vec<Block> = (0..lines).map(|_| paragraph(Role::Body, "一行。")).collect();
            blocks.push(paragraph(Role::Body, &"正文".repeat(60)));
            let pages = typeset(&document(blocks), &sheet(), fonts(), Options::default()).expect("it can be set");
            let long = NodeId(lines as u32 + 1);
            let counts: Vec<usize> = pages
                .pages
                .iter()
                .map(|page| {
                    let lines = page.items.iter().filter(|item| item.owner == Owner::Node(long));
                    let mut heights: Vec<i64> = lines
                        .filter_map(|item| match &item.shape {
                            Shape::Text(text) => Some(text.y.to_units() / pitch.to_units()),
                            Shape::Rule(_) | Shape::Fill(_) => None,
                        })
                        .collect();
                    heights.dedup();
                    heights.len()
                })
                .collect();
            assert!(!counts.contains(&1), "{lines} lines before: {counts:?}");
        }
    }

    #[test]
    fn pages_have_the_measures_of_the_standard() {
        // 46 lines, the first two cells of them left free.
        let line = "政".repeat(28 * 46 - 2);
        let pages = typeset(&document(vec![paragraph(Role::Body, &line)]), &sheet(), fonts(), Options::default())
            .expect("it can be set");
        assert_eq!(pages.pages.len(), 3);
        let near = |a: Length, mm: f64| assert!((a.to_mm() - mm).abs() <= 0.1, "{a} is not {mm} mm");
        let texts = |page: usize| -> Vec<&crate::pages::Text> {
            let own = pages.pages[page].items.iter().filter(|item| item.owner != Owner::PageNumber);
            own.filter_map(|item| match &item.shape {
                Shape::Text(text) => Some(text),
                Shape::Rule(_) | Shape::Fill(_) => None,
            })
            .collect()
        };
        for (page, number_left) in [(0, false), (1, true)] {
            let texts = texts(page);
            assert_eq!(texts.len(), 22, "22 lines a page");
            let size = 16.0 * 25.4 / 72.0;
            // The first line's characters touch the upper edge of the type area, the last line's the lower.
            near(texts[0].y, 37.0 + 0.88 * size);
            near(texts[21].y, 37.0 + 225.0 - 0.12 * size);
            for text in &texts[1..] {
                assert_eq!(text.content.chars().count(), 28, "28 characters a line");
                let cell = 156.0 / 28.0;
                near(text.x, 28.0 + (cell - size) / 2.0);
                let last = text.glyphs.last().expect("a line has glyphs");
                near(text.x + last.x + last.advance, 28.0 + 156.0 - (cell - size) / 2.0);
            }
            let mut number = pages.pages[page].items.iter().filter(|item| item.owner == Owner::PageNumber);
            let Some(Shape::Text(number)) = number.next().map(|item| &item.shape) else { panic!("a number") };
            assert_eq!(number.content, format!("— {} —", page + 1));
            let four = 14.0 * 25.4 / 72.0;
            let dash = &number.glyphs[0];
            if number_left {
                near(number.x + dash.x, 28.0 + four);
            } else {
                let last = number.glyphs.last().expect("a number has glyphs");
                near(number.x + last.x + last.advance, 28.0 + 156.0 - four);
            }
            // The middle of the dash stands 7 mm below the type area.
            let chain = fonts().chain("songti");
            let glyph = fonts().mark(chain, "—", false).expect("a dash")[0];
            let middle = fonts().middle(glyph, Length::pt(14)).expect("ink");
            near(number.y - middle, 37.0 + 225.0 + 7.0);
        }
    }
}
