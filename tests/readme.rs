//! What the READMEs say is so: the report they show is the sample, and the samples they name are there.

mod common;

use common::root;

const READMES: [&str; 2] = ["README.md", "README.zh-CN.md"];

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The text between the first fence of this language and its end.
fn block<'a>(text: &'a str, language: &str) -> &'a str {
    let (_, after) = text.split_once(&format!("```{language}\n")).expect("a fenced block");
    after.split_once("```").expect("its end").0
}

#[test]
fn the_smallest_report_of_the_readmes_is_the_sample() {
    for readme in READMES {
        assert_eq!(block(&read(readme), "json"), read("samples/smallest-2024.json"), "{readme}");
    }
}

#[test]
fn the_finding_of_the_readmes_is_said_so() {
    let said = read("tests/mistakes/row-total-wrong.zh.txt");
    let first = said.split_once("\n\n").expect("two findings").0;
    for readme in READMES {
        assert_eq!(block(&read(readme), "text").trim_end(), first, "{readme}");
    }
}

/// What a heading is called in a link: `## Checking many` is `checking-many`.
fn slug(heading: &str) -> String {
    heading.trim_start_matches('#').trim().to_lowercase().replace(' ', "-")
}

#[test]
fn every_file_the_readmes_lead_to_is_there() {
    for readme in READMES {
        let text = read(readme);
        for target in text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target) {
            let (file, heading) = target.split_once('#').unwrap_or((target, ""));
            assert!(target.starts_with("http") || root().join(file).is_file(), "{readme} leads to {target}");
            let is_named = |line: &str| line.starts_with('#') && slug(line) == heading;
            assert!(heading.is_empty() || read(file).lines().any(is_named), "{readme} leads to {target}");
        }
        let words = text.split(|character: char| !character.is_ascii_alphanumeric() && !"-./".contains(character));
        // Reports and schemas that the commands write are no samples.
        let is_sample =
            |word: &&str| word.ends_with(".json") && *word != "report.json" && !word.ends_with(".schema.json");
        for name in words.filter(is_sample) {
            let name = name.trim_start_matches("samples/");
            assert!(root().join("samples").join(name).is_file(), "{readme} names the sample {name}");
        }
    }
}
