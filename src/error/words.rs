//! The words for every problem, in Chinese and in English.
//!
//! English: lower case, no full stop, names in backticks. Chinese: as one clerk would write to
//! another; keys of the file in backticks, words of the form in “ ”.

use std::fmt::Write;

use rust_decimal::Decimal;

use super::{Expected, JsonType, Lang, Level, Part, Problem, RuleWords, Side};
use crate::form::{ValueKind, Years};

pub(super) fn level(level: Level, lang: Lang) -> &'static str {
    match (level, lang) {
        (Level::Error, Lang::English) => "error",
        (Level::Error, Lang::Chinese) => "错误",
        (Level::Warning, Lang::English) => "warning",
        (Level::Warning, Lang::Chinese) => "警告",
        (Level::NotAssessable, Lang::English) => "not assessable",
        (Level::NotAssessable, Lang::Chinese) => "无法核对",
        (Level::Note, Lang::English) => "note",
        (Level::Note, Lang::Chinese) => "说明",
    }
}

pub(super) fn hint_name(lang: Lang) -> &'static str {
    match lang {
        Lang::English => "hint",
        Lang::Chinese => "提示",
    }
}

pub(super) fn rule_name(lang: Lang) -> &'static str {
    match lang {
        Lang::English => "rule",
        Lang::Chinese => "规则",
    }
}

/// A rule with its name, its words and where it stands.
pub(super) fn rule(rule: &RuleWords, lang: Lang) -> String {
    match lang {
        Lang::English => format!("{}: {} ({})", rule.id, rule.english, rule.source),
        Lang::Chinese => format!("{}：{}（{}）", rule.id, rule.chinese, rule.source),
    }
}

/// What is wrong, with the values.
pub(super) fn message(problem: &Problem, lang: Lang) -> String {
    match lang {
        Lang::English => english(problem),
        Lang::Chinese => chinese(problem),
    }
}

/// What to do.
pub(super) fn hint(problem: &Problem, lang: Lang) -> Option<String> {
    match lang {
        Lang::English => english_hint(problem),
        Lang::Chinese => chinese_hint(problem),
    }
}

fn english(problem: &Problem) -> String {
    use Problem::*;
    match problem {
        TooLarge { bytes, limit } => format!("the file has {bytes} bytes, more than the {limit} a report can have"),
        NotUtf8 => "the file is not UTF-8 text from here on".into(),
        EmptyFile => "the file is empty".into(),
        UnexpectedEnd => "the file ends in the middle of a value".into(),
        NotJson { found } => format!("{} cannot stand here in JSON", character(*found, Lang::English)),
        BrokenEscape => "the string holds half of a `\\u` pair, which is no character".into(),
        WrongType { expected, found } => {
            format!("this is {}, but it should be {}", english_type(*found), english_expected(*expected))
        }
        UnknownKey { key, .. } => format!("`{}` is not a key that is known here", name(key)),
        DuplicateKey { key } => format!("`{}` is given twice", name(key)),
        MissingKey { key } => format!("`{key}` is missing"),
        BadCharacter { character: c, position } => {
            format!("character {position} of the text is {}, which cannot be printed", character(*c, Lang::English))
        }
        Empty => "this is empty".into(),
        TooLong { characters, limit } => {
            format!("the text has {characters} characters, more than the {limit} it can have")
        }
        TooMany { count, limit } => format!("there are {count} entries, more than the {limit} there can be"),
        TooManyFindings { left_out, limit, .. } => {
            format!("more is wrong with this file than the {limit} things that are said: {left_out} are left out")
        }
        BadYear { written } => format!("`{}` is not a report year", name(written)),
        BadDate { written } => format!("`{}` is not a day of the calendar", name(written)),
        BadPlacement { written } => format!("a table cannot stand `{}`", name(written)),
        BadSeal { written, .. } => format!("`{}` is not the diameter of a seal", name(written)),
        Exponent { written } => format!("`{}` is written with an exponent", name(written)),
        TooManyDigits { written, .. } => format!("`{}` has more digits than a figure can have", name(written)),
        UnknownForm { id, .. } => format!("there is no form `{}`", name(id)),
        NoFormForYear { year, .. } => format!("no form serves the report year {year}"),
        YearOutsideForm { year, form, .. } => format!("the form `{form}` does not serve the report year {year}"),
        UnknownSection { key, part: Part::Sections, .. } => format!("the form has no section of text `{}`", name(key)),
        UnknownSection { key, part: Part::Headings, .. } => format!("the form has no section `{}`", name(key)),
        UnknownSection { key, part: Part::Tables | Part::Labels | Part::AddedRows | Part::Layout, .. } => {
            format!("the form has no table `{}`", name(key))
        }
        WrongPart { key, belongs: Part::Tables } => format!("the section `{key}` is a table, not text"),
        WrongPart { key, .. } => format!("the section `{key}` is text, not a table"),
        UnknownRow { key, .. } => format!("the table has no row `{}`", name(key)),
        UnknownColumn { key, .. } => format!("the row has no value `{}`", name(key)),
        UnknownLabel { label, .. } => format!("the table has no label `{}`", name(label)),
        WrongCount { found, columns } => {
            format!("the row has {found} {}, but the form has {} for it", plural(*found, "value"), columns.len())
        }
        MissingSection { key, heading, .. } => format!("the section `{key}`, `{heading}`, is missing"),
        MissingTable { key, heading } => format!("the table `{key}`, `{heading}`, is missing"),
        MissingRow { key } => format!("the row `{key}` is missing"),
        MissingValue { key } => format!("the value `{key}` is missing"),
        Unfilled { columns, of } if columns.len() == *of => "the row is still to be filled in".into(),
        Unfilled { columns, .. } => format!("still to be filled in: {}", columns.join(", ")),
        NotComputed { key, part, written, .. } => {
            format!("`{key}` is left out and cannot be computed, for `{part}` is {}", english_blank(written))
        }
        Computed { key, value, .. } => format!("`{key}` was left out and is computed: {value}"),
        Reworded { official, printed } => format!("the form says `{official}`, the report prints `{}`", name(printed)),
        LabelsFixed => "the form fixes the labels of this table".into(),
        RowsFixed => "the form fixes the rows of this table".into(),
        RowKeyTaken { key } => format!("the table already has a row `{}`", name(key)),
        BadRowKey { key } => format!("`{}` cannot be the key of a row", name(key)),
        RowAdded { label } => format!("the row `{}` is not in the form; the report adds it", name(label)),
        OuterBlanks => "the text begins or ends with blanks; they are not printed".into(),
        SignedEarly { date, year } => format!("the report is dated {date}, before the year {year} is over"),
        Negative { written, kind: ValueKind::Money } => {
            format!("`{}` is negative, but an amount of money cannot be", name(written))
        }
        Negative { written, kind: ValueKind::Count | ValueKind::Signed } => {
            format!("`{}` is negative, but a count cannot be", name(written))
        }
        NotWhole { written } => format!("`{}` has decimals, but a count is a whole number", name(written)),
        NotANumber { written } => format!("`{}` is not a number", name(written)),
        OddNumber { written, usual } => format!("the number {usual} is written `{}`", name(written)),
        RuleFails { sum, equals, .. } => match &*equals.terms {
            [(label, value)] => format!("`{label}` is {value}, but its parts add up to {}", sum.total),
            _ => format!("one side comes to {}, the other to {}", sum.total, equals.total),
        },
        RuleNotAssessable { part, written, lines, .. } => {
            let lines = other_lines(lines, Lang::English);
            format!("`{part}` is {}, so the sum cannot be checked{lines}", english_blank(written))
        }
        Prose(problem) => problem.english(),
        Across(problem) => problem.english(),
        Subordinates(problem) => problem.english(),
    }
}

fn english_hint(problem: &Problem) -> Option<String> {
    use Problem::*;
    let did_you_mean = |suggestion: &Option<String>, known: &[String]| match suggestion {
        Some(suggestion) => Some(format!("did you mean `{suggestion}`?")),
        None if known.is_empty() => None,
        None => Some(format!("known here: {}", listed(known, Lang::English))),
    };
    Some(match problem {
        NotUtf8 => "save the file as UTF-8 (editors offer it under `encoding`)".into(),
        UnexpectedEnd => "a closing `\"`, `]` or `}` is missing; is the file complete?".into(),
        NotJson { found } => match found {
            '，' | '：' | '“' | '”' | '‘' | '’' | '｛' | '｝' | '［' | '］' | '；' | '、' | '＂' => {
                "JSON wants the half-width marks `,` `:` `\"` `{` `}` `[` `]`".into()
            }
            '}' | ']' => "is there a comma before it that nothing follows, or a value missing?".into(),
            '"' | '{' | '[' | '0'..='9' => "is a comma missing before it?".into(),
            '\n' | '\r' => "a string must end on its line; is a closing `\"` missing?".into(),
            '\'' => "strings stand between `\"`".into(),
            '/' | '#' => "JSON has no comments".into(),
            _ => "text stands between `\"`; keys too".into(),
        },
        BrokenEscape => "write the character itself".into(),
        WrongType { expected, found } => match (expected, found) {
            (Expected::Value | Expected::Row, JsonType::Null) => {
                "write `\"\"` for a blank, `\"/\"` for what does not apply".into()
            }
            (Expected::Year, JsonType::Null) => "give the report year: a whole number of four digits, `2025`".into(),
            (_, JsonType::Null) => "leave the key out, or give it a value".into(),
            (Expected::Year, JsonType::String) => "write the year without quotation marks".into(),
            (Expected::Placement, _) => "write `\"upright\"`, `\"turned\"` or `\"landscape\"`".into(),
            (Expected::Seal, _) => "write `true`, `false` or a diameter like `\"42 mm\"`".into(),
            (Expected::Row, JsonType::Number | JsonType::String) => {
                "write `[…]` in column order or `{…}` by column, even for a single value".into()
            }
            _ => return None,
        },
        UnknownKey { suggestion, known, .. } => return did_you_mean(suggestion, known),
        DuplicateKey { .. } => "only one of them can stand; remove the other".into(),
        MissingKey { key } => format!("`{key}` is {}", key_meaning(key, Lang::English)?),
        BadCharacter { character, .. } => match character {
            '\n' | '\r' | '\u{2028}' | '\u{2029}' => {
                "give each paragraph or line as an entry of its own in a list".into()
            }
            '\u{fffd}' => "the text was damaged when it was copied or converted; write the character anew".into(),
            c if is_private(*c) => {
                "a private-use code point means a character in the fonts of one maker alone; write the code point Unicode has for it".into()
            }
            c if is_emoji(*c) => "an official document has no emoji; say it in words".into(),
            _ => "remove it; such characters often come along when text is copied from a page or a table".into(),
        },
        Empty => {
            "write something, or leave the key out where it may be; a section the form wants told may not say only `无`"
                .into()
        }
        TooLong { .. } | TooMany { .. } | TooLarge { .. } | EmptyFile => return None,
        TooManyFindings { .. } => "mend these and check again".into(),
        BadYear { .. } => "a year is a whole number of four digits: `2025`".into(),
        BadDate { .. } => "write year, month and day with two digits each: `2026-01-20`".into(),
        BadPlacement { .. } => "write `\"upright\"`, `\"turned\"` or `\"landscape\"`".into(),
        BadSeal { least, most, .. } => format!("write it like `\"42 mm\"`; it is between {least} and {most}"),
        Exponent { .. } => "it would be printed so; write the number out in full".into(),
        TooManyDigits { before, after, .. } => {
            format!("a figure has at most {before} digits before the point and {after} after it")
        }
        UnknownForm { suggestion, known, .. } => return did_you_mean(suggestion, known),
        NoFormForYear { served, .. } => {
            let forms: Vec<String> = served.iter().map(|(id, years)| format!("`{id}` ({years})")).collect();
            format!("there are forms for: {}", forms.join(", "))
        }
        YearOutsideForm { years, .. } => format!("it serves {years}; leave `form` out and the year chooses the form"),
        UnknownSection { suggestion, known, .. } => return did_you_mean(suggestion, known),
        WrongPart { belongs, .. } => format!("it belongs under `{}`", belongs.key()),
        UnknownRow { suggestion, known, .. } | UnknownColumn { suggestion, known, .. } => {
            return did_you_mean(suggestion, known);
        }
        UnknownLabel { suggestion, .. } => match suggestion {
            Some(suggestion) => format!("did you mean `{suggestion}`?"),
            None => "give the label as the form has it".into(),
        },
        WrongCount { found, columns } => {
            let order = format!("in order: {}", listed(columns, Lang::English));
            let total = "; to leave out a total, give the row as an object by column";
            if (1..columns.len()).contains(found) { order + total } else { order }
        }
        MissingSection { key, must_say: true, .. } => {
            format!("add `{key}` under `sections` and tell what was done; this section may not say only `无`")
        }
        MissingSection { key, must_say: false, .. } => {
            format!("add `{key}` under `sections`; where there is nothing to report, write `无`")
        }
        MissingTable { key, .. } => format!("add `{key}` under `tables`"),
        MissingRow { .. } | MissingValue { .. } | Unfilled { .. } => {
            "write `0` for none, `\"\"` for a blank, `\"/\"` for what does not apply".into()
        }
        NotComputed { written, blank_is_zero: false, .. } if is_blank(written) => {
            "write the total, or set `blank_is_zero` to `true` if blanks mean 0".into()
        }
        NotComputed { .. } => "write the total".into(),
        Computed { .. } => return None,
        Reworded { .. } | RowAdded { .. } => return None,
        LabelsFixed => "remove the table from `labels`".into(),
        RowsFixed => "remove the table from `added_rows`".into(),
        RowKeyTaken { .. } => "give the added row a key of its own".into(),
        BadRowKey { .. } => "use lower case letters, digits and `_`, a letter first".into(),
        OuterBlanks => "remove them; the first line is indented by itself".into(),
        SignedEarly { .. } => "is the year of the report or of the date a slip?".into(),
        Negative { .. } => "write 0 or a positive number".into(),
        NotWhole { .. } => "write a whole number".into(),
        NotANumber { written, .. } => number_hint_english(written)?,
        OddNumber { .. } => "it is printed as it is written".into(),
        RuleFails { sum, equals, .. } => match &*equals.terms {
            [_] => format!("{}; correct the total or its parts", added_up(sum, Lang::English)),
            _ => format!(
                "{}; {}; correct the part that is wrong",
                added_up(sum, Lang::English),
                added_up(equals, Lang::English)
            ),
        },
        RuleNotAssessable { written, blank_is_zero: true, .. } if is_blank(written) => {
            "write the total; its parts are not 0".into()
        }
        RuleNotAssessable { written, .. } if is_blank(written) => {
            "write the number, or set `blank_is_zero` to `true` if blanks mean 0".into()
        }
        RuleNotAssessable { .. } => return None,
        Prose(problem) => return problem.hint(Lang::English),
        Across(problem) => return problem.hint(Lang::English),
        Subordinates(problem) => return problem.hint(Lang::English),
    })
}

fn chinese(problem: &Problem) -> String {
    use Problem::*;
    match problem {
        TooLarge { bytes, limit } => format!("文件有{bytes}字节，超过一份报告的上限{limit}字节"),
        NotUtf8 => "文件从此处起不是UTF-8编码".into(),
        EmptyFile => "文件是空的".into(),
        UnexpectedEnd => "文件不完整，到这里就中断了".into(),
        NotJson { found } => format!("JSON格式有误：此处不能出现{}", character(*found, Lang::Chinese)),
        BrokenEscape => "字符串中的`\\u`转义不完整，不成字符".into(),
        WrongType { expected, found } => {
            format!("此处应为{}，现为{}", chinese_expected(*expected), chinese_type(*found))
        }
        UnknownKey { key, .. } => format!("此处没有名为`{}`的项", name(key)),
        DuplicateKey { key } => format!("`{}`重复出现", name(key)),
        MissingKey { key } => format!("缺少`{key}`"),
        BadCharacter { character: c, position } => {
            format!("第{position}个字符是{}，无法印出", character(*c, Lang::Chinese))
        }
        Empty => "内容为空".into(),
        TooLong { characters, limit } => format!("文字有{characters}字，超过上限{limit}字"),
        TooMany { count, limit } => format!("共有{count}项，超过上限{limit}项"),
        TooManyFindings { left_out, limit, .. } => {
            format!("此文件的问题不止已列出的{limit}处，另有{left_out}处未列出")
        }
        BadYear { written } => format!("`{}`不是报告年度", name(written)),
        BadDate { written } => format!("`{}`不是有效日期", name(written)),
        BadPlacement { written } => format!("表格不能按`{}`方式放置", name(written)),
        BadSeal { written, .. } => format!("`{}`不是印章直径", name(written)),
        Exponent { written } => format!("数字`{}`用了科学记数法", name(written)),
        TooManyDigits { written, .. } => format!("数字`{}`位数过多", name(written)),
        UnknownForm { id, .. } => format!("没有名为`{}`的格式", name(id)),
        NoFormForYear { year, .. } => format!("没有适用于{year}年度的格式"),
        YearOutsideForm { year, form, .. } => format!("格式`{form}`不适用于{year}年度"),
        UnknownSection { key, part: Part::Sections, .. } => format!("格式中没有名为`{}`的文字部分", name(key)),
        UnknownSection { key, part: Part::Headings, .. } => format!("格式中没有名为`{}`的部分", name(key)),
        UnknownSection { key, part: Part::Tables | Part::Labels | Part::AddedRows | Part::Layout, .. } => {
            format!("格式中没有名为`{}`的表", name(key))
        }
        WrongPart { key, belongs: Part::Tables } => format!("`{key}`部分应填表，不是文字"),
        WrongPart { key, .. } => format!("`{key}`部分应写文字，不是表"),
        UnknownRow { key, .. } => format!("表中没有名为`{}`的行", name(key)),
        UnknownColumn { key, .. } => format!("该行没有名为`{}`的数据", name(key)),
        UnknownLabel { label, .. } => format!("表中没有“{}”这一栏目", name(label)),
        WrongCount { found, columns } => format!("该行填了{found}个数据，应为{}个", columns.len()),
        MissingSection { key, heading, .. } => format!("缺少“{heading}”（`{key}`）"),
        MissingTable { key, heading } => format!("缺少“{heading}”的表（`{key}`）"),
        MissingRow { key } => format!("缺少`{key}`行"),
        MissingValue { key } => format!("缺少数据`{key}`"),
        Unfilled { columns, of } if columns.len() == *of => "整行尚未填写".into(),
        Unfilled { columns, .. } => format!("尚未填写：{}", columns.join("、")),
        NotComputed { key, part, written, .. } => {
            format!("`{key}`未填，也无法计算：“{part}”{}", chinese_blank(written))
        }
        Computed { key, value, .. } => format!("`{key}`未填，已自动计算为{value}"),
        Reworded { official, printed } => format!("格式原文为“{official}”，报告印作“{}”", name(printed)),
        LabelsFixed => "此表的栏目名称不得改动".into(),
        RowsFixed => "此表不得增加行".into(),
        RowKeyTaken { key } => format!("表中已有名为`{}`的行", name(key)),
        BadRowKey { key } => format!("`{}`不能用作行名", name(key)),
        RowAdded { label } => format!("“{}”一行是格式以外增加的", name(label)),
        OuterBlanks => "文字首尾有空格，不会印出".into(),
        SignedEarly { date, year } => format!("落款日期为{}，{year}年尚未结束", date.to_chinese()),
        Negative { written, kind: ValueKind::Money } => format!("金额不能为负数，现为`{}`", name(written)),
        Negative { written, kind: ValueKind::Count | ValueKind::Signed } => {
            format!("数量不能为负数，现为`{}`", name(written))
        }
        NotWhole { written } => format!("数量应为整数，现为`{}`", name(written)),
        NotANumber { written } => format!("“{}”不是数字", name(written)),
        OddNumber { written, usual } => format!("数字{usual}写成了`{}`", name(written)),
        RuleFails { sum, equals, .. } => match &*equals.terms {
            [(label, value)] => format!("“{label}”为{value}，但各项相加为{}", sum.total),
            _ => format!("两边不相等：一边为{}，另一边为{}", sum.total, equals.total),
        },
        RuleNotAssessable { part, written, lines, .. } => {
            format!("“{part}”{}{}", chinese_blank(written), other_lines(lines, Lang::Chinese))
        }
        Prose(problem) => problem.chinese(),
        Across(problem) => problem.chinese(),
        Subordinates(problem) => problem.chinese(),
    }
}

fn chinese_hint(problem: &Problem) -> Option<String> {
    use Problem::*;
    let did_you_mean = |suggestion: &Option<String>, known: &[String]| match suggestion {
        Some(suggestion) => Some(format!("是否应为`{suggestion}`？")),
        None if known.is_empty() => None,
        None => Some(format!("可用的有：{}", listed(known, Lang::Chinese))),
    };
    Some(match problem {
        NotUtf8 => "请将文件另存为UTF-8编码（编辑器的“编码”选项）".into(),
        UnexpectedEnd => "可能缺少收尾的`\"`、`]`或`}`，请检查文件是否完整".into(),
        NotJson { found } => match found {
            '，' | '：' | '“' | '”' | '‘' | '’' | '｛' | '｝' | '［' | '］' | '；' | '、' | '＂' => {
                "请改用半角标点：`,` `:` `\"` `{` `}` `[` `]`".into()
            }
            '}' | ']' => "前面可能多了一个逗号，或漏了一个值".into(),
            '"' | '{' | '[' | '0'..='9' => "前面可能漏了逗号".into(),
            '\n' | '\r' => "字符串不能跨行，可能漏了收尾的`\"`".into(),
            '\'' => "字符串应放在半角双引号`\"`之间".into(),
            '/' | '#' => "JSON文件中不能写注释".into(),
            _ => "文字和名称都应放在半角双引号`\"`之间".into(),
        },
        BrokenEscape => "请直接写出该字符".into(),
        WrongType { expected, found } => match (expected, found) {
            (Expected::Value | Expected::Row, JsonType::Null) => "空白写作`\"\"`，不适用写作`\"/\"`".into(),
            (Expected::Year, JsonType::Null) => "请填写报告年度，四位整数，如`2025`".into(),
            (_, JsonType::Null) => "请删去该项，或填写内容".into(),
            (Expected::Year, JsonType::String) => "年度不要加引号".into(),
            (Expected::Placement, _) => "请写`\"upright\"`、`\"turned\"`或`\"landscape\"`".into(),
            (Expected::Seal, _) => "请写`true`、`false`或直径，如`\"42 mm\"`".into(),
            (Expected::Row, JsonType::Number | JsonType::String) => {
                "即使只有一个数据，也要按列顺序写作`[…]`，或按列名写作`{…}`".into()
            }
            _ => return None,
        },
        UnknownKey { suggestion, known, .. } => return did_you_mean(suggestion, known),
        DuplicateKey { .. } => "只能保留一个，请删去另一个".into(),
        MissingKey { key } => format!("`{key}`是{}", key_meaning(key, Lang::Chinese)?),
        BadCharacter { character, .. } => match character {
            '\n' | '\r' | '\u{2028}' | '\u{2029}' => "请将每一段（行）写成列表中单独的一项".into(),
            '\u{fffd}' => "文字在复制或转换时已损坏，请重新输入该字".into(),
            c if is_private(*c) => "私用区码位只在个别厂商的字库中有意义，请改用该字的正式编码".into(),
            c if is_emoji(*c) => "公文中不用表情符号，请改用文字".into(),
            _ => "请删去该字符；从网页或表格复制文字时常会带入".into(),
        },
        Empty => "请填写内容；可以省略的项请整项删去；格式要求写明情况的部分不能只写“无”".into(),
        TooLong { .. } | TooMany { .. } | TooLarge { .. } | EmptyFile => return None,
        TooManyFindings { .. } => "请先改正已列出的问题，再行检查".into(),
        BadYear { .. } => "年度为四位整数，如`2025`".into(),
        BadDate { .. } => "请写作`2026-01-20`，月、日均为两位".into(),
        BadPlacement { .. } => "请写`\"upright\"`（竖排）、`\"turned\"`（竖页横表）或`\"landscape\"`（横页）".into(),
        BadSeal { least, most, .. } => format!("请写作`\"42 mm\"`的形式，直径在{least}至{most}之间"),
        Exponent { .. } => "数字将照原样印出，请完整写出".into(),
        TooManyDigits { before, after, .. } => format!("整数部分不超过{before}位，小数部分不超过{after}位"),
        UnknownForm { suggestion, known, .. } => return did_you_mean(suggestion, known),
        NoFormForYear { served, .. } => {
            let forms: Vec<String> =
                served.iter().map(|(id, years)| format!("`{id}`（{}）", chinese_years(*years))).collect();
            format!("现有格式：{}", forms.join("、"))
        }
        YearOutsideForm { years, .. } => format!("该格式适用于{}；删去`form`即可按年度自动选择", chinese_years(*years)),
        UnknownSection { suggestion, known, .. } => return did_you_mean(suggestion, known),
        WrongPart { belongs, .. } => format!("应放在`{}`之下", belongs.key()),
        UnknownRow { suggestion, known, .. } | UnknownColumn { suggestion, known, .. } => {
            return did_you_mean(suggestion, known);
        }
        UnknownLabel { suggestion, .. } => match suggestion {
            Some(suggestion) => format!("是否应为“{suggestion}”？"),
            None => "请照格式原文写出栏目名称".into(),
        },
        WrongCount { found, columns } => {
            let order = format!("依次为：{}", listed(columns, Lang::Chinese));
            let total = "；如要省略总计，请按列名逐项填写";
            if (1..columns.len()).contains(found) { order + total } else { order }
        }
        MissingSection { key, must_say: true, .. } => {
            format!("请在`sections`中补上`{key}`并写明具体情况；这一部分不能写“无”")
        }
        MissingSection { key, must_say: false, .. } => {
            format!("请在`sections`中补上`{key}`；没有需要报告的事项时写“无”")
        }
        MissingTable { key, .. } => format!("请在`tables`中补上`{key}`"),
        MissingRow { .. } | MissingValue { .. } | Unfilled { .. } => "没有写`0`，空白写`\"\"`，不适用写`\"/\"`".into(),
        NotComputed { written, blank_is_zero: false, .. } if is_blank(written) => {
            "请填写总计；如空白即为0，请将`blank_is_zero`设为`true`".into()
        }
        NotComputed { .. } => "请填写总计".into(),
        Computed { .. } => return None,
        Reworded { .. } | RowAdded { .. } => return None,
        LabelsFixed => "请从`labels`中删去此表".into(),
        RowsFixed => "请从`added_rows`中删去此表".into(),
        RowKeyTaken { .. } => "请为增加的行另取一个名称".into(),
        BadRowKey { .. } => "行名由小写字母、数字和`_`组成，以字母开头".into(),
        OuterBlanks => "请删去空格；段首会自动缩进".into(),
        SignedEarly { .. } => "请核对报告年度和落款日期".into(),
        Negative { .. } => "请核对后填写0或正数".into(),
        NotWhole { .. } => "请填写整数".into(),
        NotANumber { written, .. } => number_hint_chinese(written)?,
        OddNumber { .. } => "数字将照原样印出".into(),
        RuleFails { sum, equals, .. } => match &*equals.terms {
            [_] => format!("{}；请更正总计或各项", added_up(sum, Lang::Chinese)),
            _ => format!("{}；{}；请更正其中有误的一项", added_up(sum, Lang::Chinese), added_up(equals, Lang::Chinese)),
        },
        RuleNotAssessable { written, blank_is_zero: true, .. } if is_blank(written) => "请填写总计；其各项不为0".into(),
        RuleNotAssessable { written, .. } if is_blank(written) => {
            "请填写数字；如空白即为0，请将`blank_is_zero`设为`true`".into()
        }
        RuleNotAssessable { .. } => return None,
        Prose(problem) => return problem.hint(Lang::Chinese),
        Across(problem) => return problem.hint(Lang::Chinese),
        Subordinates(problem) => return problem.hint(Lang::Chinese),
    })
}

/// Longer sums are shown without the terms that are 0.
const SHORT_SUM: usize = 2;

/// The terms with their labels, and their sum: `自然人 7 + 商业企业 4 = 11`.
fn added_up(side: &Side, lang: Lang) -> String {
    let short = side.terms.len() <= SHORT_SUM;
    let mut said = String::new();
    for (label, value) in side.terms.iter().filter(|(_, value)| short || !value.is_zero()) {
        let plus = if said.is_empty() { "" } else { " + " };
        let _ = write!(said, "{plus}{label} {value}");
    }
    match (said.is_empty(), lang) {
        (true, Lang::English) => "all its parts are 0".into(),
        (true, Lang::Chinese) => "各项均为0".into(),
        (false, _) => format!("{said} = {}", side.total),
    }
}

/// A sum of one or more values: with one, the value.
pub(super) fn sum_words(side: &Side, lang: Lang) -> String {
    match &*side.terms {
        [(label, value)] => format!("{label} {value}"),
        _ => added_up(side, lang),
    }
}

/// The most lines that are named.
const MOST_LINES: usize = 8;

fn other_lines(lines: &[String], lang: Lang) -> String {
    if lines.len() < 2 { String::new() } else { in_lines(lines, MOST_LINES, lang) }
}

/// In how many lines, and which.
pub(super) fn in_lines(lines: &[String], most: usize, lang: Lang) -> String {
    let named = &lines[..lines.len().min(most)];
    let more = named.len() < lines.len();
    match lang {
        Lang::English => {
            format!(" ({} such lines: {}{})", lines.len(), named.join(", "), if more { ", …" } else { "" })
        }
        Lang::Chinese => format!("（共{}处：{}{}）", lines.len(), named.join("、"), if more { "……" } else { "" }),
    }
}

/// Words with commas that serve in both languages.
pub(super) fn listed_plain(words: &[String]) -> String {
    words.join("，")
}

/// What is amiss with a text that has digits in it.
fn number_hint_english(written: &str) -> Option<String> {
    Some(match number_slip(written)? {
        NumberSlip::Wide => "write the digits and marks half-width".into(),
        NumberSlip::Grouped => "write the number without separators between its digits".into(),
        NumberSlip::Unit => match in_ten_thousands(written) {
            Some(amount) => format!("write the number alone; a unit belongs in the label, which in 万元 is {amount}"),
            None => "write the number alone; a unit belongs in the label".into(),
        },
    })
}

fn number_hint_chinese(written: &str) -> Option<String> {
    Some(match number_slip(written)? {
        NumberSlip::Wide => "数字和符号请用半角".into(),
        NumberSlip::Grouped => "数字中间不要加分隔符".into(),
        NumberSlip::Unit => match in_ten_thousands(written) {
            Some(amount) => format!("只写数字；单位写在栏目名称中，以万元计为{amount}"),
            None => "只写数字；单位写在栏目名称中".into(),
        },
    })
}

/// An amount written in 元, in 万元.
fn in_ten_thousands(written: &str) -> Option<Decimal> {
    let plain: String = written.chars().filter(|c| !matches!(c, ',' | '，' | ' ')).collect();
    let amount: Decimal = plain.strip_suffix('元')?.parse().ok()?;
    Some((amount / Decimal::from(10_000)).normalize())
}

enum NumberSlip {
    Wide,
    Grouped,
    Unit,
}

fn number_slip(written: &str) -> Option<NumberSlip> {
    let wide = |c: char| matches!(c, '０'..='９' | '．' | '－' | '＋' | '−');
    if written.contains(wide) {
        return Some(NumberSlip::Wide);
    }
    if !written.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let digits_and_marks = |c: char| c.is_ascii_digit() || c.is_whitespace() || matches!(c, ',' | '，' | '.' | '\'');
    Some(if written.chars().all(digits_and_marks) { NumberSlip::Grouped } else { NumberSlip::Unit })
}

fn is_blank(written: &str) -> bool {
    written.trim().is_empty()
}

pub(super) fn english_blank(written: &str) -> String {
    if is_blank(written) { "blank".into() } else { format!("`{}`", name(written)) }
}

pub(super) fn chinese_blank(written: &str) -> String {
    if is_blank(written) { "为空白".into() } else { format!("填的是“{}”", name(written)) }
}

/// What a key that must be there stands for.
fn key_meaning(key: &str, lang: Lang) -> Option<&'static str> {
    let (english, chinese) = match key {
        "agency" => ("the name of the body that reports", "报告机关的名称"),
        "year" => ("the year reported on: `2025`", "报告年度，如`2025`"),
        "date" => ("the date of issue: `\"2026-01-20\"`", "成文日期，如`\"2026-01-20\"`"),
        "after" => ("the key of the row it follows", "增加的行排在哪一行之后"),
        "key" => ("a name of its own", "增加的行的代号"),
        "label" => ("what is printed before its values", "增加的行的栏目名称"),
        "values" => ("its values", "该行的数据"),
        _ => return None,
    };
    Some(match lang {
        Lang::English => english,
        Lang::Chinese => chinese,
    })
}

fn chinese_years(years: Years) -> String {
    match years.last {
        Some(last) if last == years.first => format!("{last}年度"),
        Some(last) => format!("{}至{last}年度", years.first),
        None => format!("{}年度及以后", years.first),
    }
}

fn plural(count: usize, one: &str) -> String {
    if count == 1 { one.to_owned() } else { format!("{one}s") }
}

fn listed(names: &[String], lang: Lang) -> String {
    let comma = match lang {
        Lang::English => ", ",
        Lang::Chinese => "、",
    };
    names.iter().map(|known| format!("`{known}`")).collect::<Vec<_>>().join(comma)
}

/// No quotation from a report is longer than this, in characters.
const LONGEST_QUOTE: usize = 60;

/// A text of the report as it is quoted: cut where it is long, and without what cannot be seen.
pub(super) fn name(text: &str) -> String {
    shown(text, LONGEST_QUOTE)
}

/// A text from elsewhere as it may be shown: characters that would command a terminal, break a line or turn its
/// direction are written out, and beyond `most` characters it is cut.
pub(crate) fn shown(text: &str, most: usize) -> String {
    let mut shown = String::new();
    for (index, c) in text.chars().enumerate() {
        if index == most {
            shown.push('…');
            break;
        }
        if c.is_control() || is_invisible(c) {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// A character with its code point; by its name or its code point alone where it cannot be seen.
fn character(c: char, lang: Lang) -> String {
    let shown = match (c, lang) {
        ('\n' | '\r', Lang::English) => "a line break".to_owned(),
        ('\n' | '\r', Lang::Chinese) => "换行符".to_owned(),
        ('\t', Lang::English) => "a tab".to_owned(),
        ('\t', Lang::Chinese) => "制表符".to_owned(),
        _ if c.is_control() || c.is_whitespace() || is_invisible(c) || is_private(c) => {
            return format!("U+{:04X}", u32::from(c));
        }
        _ => format!("`{c}`"),
    };
    match lang {
        Lang::English => format!("{shown} (U+{:04X})", u32::from(c)),
        Lang::Chinese => format!("{shown}（U+{:04X}）", u32::from(c)),
    }
}

/// Whether a character leaves no mark but changes what stands around it: formatting characters of
/// Unicode, the byte order mark, and what is no character at all.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{fdd0}'..='\u{fdef}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
        || u32::from(c) & 0xfffe == 0xfffe
}

/// Whether a character has no meaning but the one some maker gave it.
pub(crate) fn is_private(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
}

/// Whether a character is a picture rather than text: emoji, and the selector that asks for one.
pub(crate) fn is_emoji(c: char) -> bool {
    matches!(c,
        '\u{fe0f}' | '\u{1f1e6}'..='\u{1f1ff}' | '\u{1f300}'..='\u{1f64f}' | '\u{1f680}'..='\u{1f6ff}'
        | '\u{1f900}'..='\u{1f9ff}' | '\u{1fa70}'..='\u{1faff}')
}

fn english_type(found: JsonType) -> &'static str {
    match found {
        JsonType::Null => "`null`",
        JsonType::Boolean => "`true` or `false`",
        JsonType::Number => "a number",
        JsonType::String => "a string",
        JsonType::List => "a list",
        JsonType::Object => "an object",
    }
}

fn english_expected(expected: Expected) -> &'static str {
    match expected {
        Expected::Object => "an object `{…}`",
        Expected::List => "a list `[…]`",
        Expected::String => "a string",
        Expected::Strings => "a string or a list of strings",
        Expected::Boolean => "`true` or `false`",
        Expected::Year => "a year",
        Expected::Value => "a number or a string",
        Expected::Row => "a row of values",
        Expected::Seal => "`true`, `false` or a diameter",
        Expected::Placement => "`upright`, `turned` or `landscape`",
    }
}

fn chinese_type(found: JsonType) -> &'static str {
    match found {
        JsonType::Null => "`null`",
        JsonType::Boolean => "`true`或`false`",
        JsonType::Number => "数字",
        JsonType::String => "字符串",
        JsonType::List => "列表",
        JsonType::Object => "对象",
    }
}

fn chinese_expected(expected: Expected) -> &'static str {
    match expected {
        Expected::Object => "对象`{…}`",
        Expected::List => "列表`[…]`",
        Expected::String => "字符串",
        Expected::Strings => "字符串或字符串列表",
        Expected::Boolean => "`true`或`false`",
        Expected::Year => "年度",
        Expected::Value => "数字或字符串",
        Expected::Row => "一行数据",
        Expected::Seal => "`true`、`false`或直径",
        Expected::Placement => "`upright`、`turned`或`landscape`",
    }
}
