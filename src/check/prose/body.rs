//! Whether title and signature name the body that reports, or another.
//!
//! A body is named in many ways: with and without the places it is in, short (卫健委), by its office (人民政府办公室).
//! So another body is only found where neither name can be read as a shorter form of the other.

use super::super::Outcome;
use super::super::across::{agency, plain};
use super::{OTHER_BODY, Reader, words};
use crate::error::{NamedIn, Problem, ProseProblem};
use crate::report::At;

/// What the names of bodies end in.
const BODIES: [&str; 9] = ["局", "委员会", "委", "厅", "办公室", "政府", "办事处", "镇", "乡"];
/// What the names of bodies end in whose business is another's.
const OFFICES: [&str; 3] = ["办公室", "办公厅", "办"];
/// What the names of places end in.
const PLACES: [char; 8] = ['省', '市', '州', '盟', '县', '区', '旗', '师'];
/// What stands in a title before and after names. A year ends in the first, and may be written in Chinese.
const AROUND: [&str; 7] = ["年度", "年", "政府信息公开", "关于", "（", "）", "、"];
/// Places lie no deeper in one another: province, city, county, town, and one more.
const MOST_PLACES: usize = 5;
const DIGITS: &str = "〇○零一二三四五六七八九";

impl Reader<'_> {
    /// The bodies in the title and in the signature.
    pub(super) fn bodies(&mut self) {
        let report = self.report;
        let titled = report.title.as_ref().map(|title| {
            let lines: Vec<String> = title.value.iter().map(|line| plain(line, &title.at)).collect();
            (in_title(&lines), &title.at)
        });
        self.body("title", NamedIn::Title, titled);
        let signed = report.signature.as_ref().and_then(|signature| signature.agencies.as_ref());
        let signed =
            signed.map(|bodies| (bodies.value.iter().map(|body| plain(&body.value, &body.at)).collect(), &bodies.at));
        self.body("signature", NamedIn::Signature, signed);
    }

    /// The names in a place; where nothing is written the form puts the reporting body.
    fn body(&mut self, key: &str, place: NamedIn, named: Option<(Vec<String>, &At)>) {
        let rule = words(&OTHER_BODY);
        let agency = agency(self.report);
        let is_ours = |name: &String| name.contains(&agency) || is_body(name) && may_be_one(name, &agency);
        let outcome = match named {
            None => Outcome::Holds,
            Some((names, _)) if names.iter().any(is_ours) => Outcome::Holds,
            Some((names, at)) => match names.into_iter().find(|name| is_body(name)) {
                None => Outcome::NotAssessable,
                Some(found) => {
                    let problem = ProseProblem::OtherBody { rule: rule.clone(), found, agency, place };
                    self.findings.push(at.finding(Problem::Prose(problem)));
                    Outcome::Fails
                }
            },
        };
        self.note(&rule, key, "", outcome);
    }
}

/// What may be a name in a title: a name may go over several lines, and each line may be one.
fn in_title(lines: &[String]) -> Vec<String> {
    let mut names = Vec::new();
    for text in std::iter::once(&lines.concat()).chain(lines) {
        let cut = AROUND.iter().fold(text.clone(), |text, word| text.replace(word, "\n"));
        let parts = cut.split(|c: char| c == '\n' || c.is_ascii_digit());
        let parts = parts.map(|part| part.trim_end_matches(|c| DIGITS.contains(c)));
        names.extend(parts.filter(|part| !part.is_empty()).map(str::to_owned));
    }
    names
}

/// Whether a text names a body, and not only the one that speaks (我局).
fn is_body(name: &str) -> bool {
    BODIES.iter().any(|end| name.ends_with(end)) && !name.starts_with(['本', '我', '该'])
}

/// Whether two names may be one body's: whether one of them, or what it is within the places that hold it, is a shorter
/// form of the other.
fn may_be_one(one: &str, other: &str) -> bool {
    forms(one).iter().any(|one| forms(other).iter().any(|other| shortens(one, other) || shortens(other, one)))
}

/// A name, and what is left of it without the places that hold the last one, each with its office and without.
fn forms<'n>(name: &'n str) -> Vec<&'n str> {
    let mut forms = vec![name];
    let inner = |name: &&'n str| split_place(name).map(|(_, inner)| inner);
    let places = std::iter::successors(Some(name), inner).skip(1).take(MOST_PLACES);
    forms.extend(places.filter(|inner| split_place(inner).is_some()));
    let offices = forms.iter().flat_map(|form| OFFICES.iter().filter_map(|office| form.strip_suffix(office)));
    let without: Vec<&str> = offices.filter(|form| is_body(form)).collect();
    forms.extend(without);
    forms
}

/// The place a name begins with, which is called by two characters at least, and what follows.
fn split_place(name: &str) -> Option<(&str, &str)> {
    let (at, end) = name.char_indices().skip(2).find(|(_, c)| PLACES.contains(c))?;
    Some(name.split_at(at + end.len_utf8())).filter(|(_, rest)| !rest.is_empty())
}

/// Whether a name is short for another: its characters stand in the other, in their order.
fn shortens(short: &str, long: &str) -> bool {
    let mut rest = long.chars();
    !short.is_empty() && short.chars().all(|c| rest.any(|other| other == c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_one_body_may_differ() {
        for (one, other) in [
            ("三门峡市人民政府办公室", "三门峡市人民政府"),
            ("三门峡市政府办", "三门峡市人民政府"),
            ("云渡区统计局", "临渚市云渡区统计局"),
            ("渚江省云渡区统计局", "临渚市云渡区统计局"),
            ("临渚市卫健委", "临渚市卫生健康委员会"),
            ("临渚市住建局", "临渚市住房和城市建设局"),
            ("临渚市市监局", "临渚市市场监督管理局"),
            ("内蒙古教育厅", "内蒙古自治区教育厅"),
            ("杨柳镇", "临渚市云渡区杨柳镇人民政府"),
            ("统计局", "临渚市统计局"),
        ] {
            assert!(may_be_one(one, other) && may_be_one(other, one), "{one} {other}");
        }
    }

    #[test]
    fn names_of_two_bodies_are_told_apart() {
        for (one, other) in [
            ("澜江市人民政府", "临渚市人民政府"),
            ("澜江市人民政府办公室", "临渚市人民政府"),
            ("临渚市教育局", "临渚市统计局"),
            ("临渚市教育局", "临渚市人民政府"),
            ("渚江省教育厅", "临渚市教育局"),
            ("柳林镇人民政府", "杨柳镇人民政府"),
            ("临渚市澜河区统计局", "临渚市云渡区统计局"),
        ] {
            assert!(!may_be_one(one, other) && !may_be_one(other, one), "{one} {other}");
        }
    }

    #[test]
    fn names_are_found_in_titles() {
        for (title, name) in [
            (&["临渚市教育局", "2020年政府信息公开工作年度报告"][..], "临渚市教育局"),
            (&["2020年度临渚市教育局政府信息公开工作年度报告"], "临渚市教育局"),
            (&["临渚市人民政府二〇二三年政府信息公开工作年度报告"], "临渚市人民政府"),
            (&["临渚市人民政府政府信息公开工作年度报告（2020年）"], "临渚市人民政府"),
            (&["临渚市文化广电", "和旅游局", "2020年政府信息公开工作年度报告"], "临渚市文化广电和旅游局"),
            (&["临渚市教育局关于2020年政府信息公开工作的报告"], "临渚市教育局"),
            (&["2020年临渚市教育局年度报告"], "临渚市教育局"),
        ] {
            let lines: Vec<String> = title.iter().map(|&line| line.to_owned()).collect();
            let found = in_title(&lines).into_iter().find(|name| is_body(name.as_str()));
            assert_eq!(found.as_deref(), Some(name), "{title:?}");
        }
        for title in ["2020年政府信息公开工作年度报告", "我局2020年政府信息公开工作年度报告", "本机关年度报告"]
        {
            assert!(!in_title(&[title.to_owned()]).iter().any(|name| is_body(name)), "{title}");
        }
    }
}
