//! The help in Chinese: clap's, with the words of `help.zh.toml` in place of the English ones.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use clap::builder::Resettable;
use clap::{Arg, Command};

/// The words by their keys: of values, of arguments everywhere, of each command. Were they not to be read, the English
/// ones would stay; a test sees to it that they are.
static TEXTS: LazyLock<BTreeMap<String, BTreeMap<String, String>>> =
    LazyLock::new(|| toml::from_str(include_str!("help.zh.toml")).unwrap_or_default());
/// What the program is called, alone and as the first of its commands.
const PROGRAM: &str = "kanyin";
const TEMPLATE: &str = "{about-with-newline}\n用法：{usage}\n\n{all-args}{after-help}";

fn text(part: &str, key: &str) -> Option<&'static str> {
    TEXTS.get(part)?.get(key).map(String::as_str)
}

/// The program's arguments with their help in Chinese.
pub(super) fn in_chinese(mut command: Command) -> Command {
    // What clap adds itself is there only then.
    command.build();
    translated(command, PROGRAM)
}

/// A command and those in it; `path` are their names, but for the program's.
fn translated(command: Command, path: &str) -> Command {
    let is_leaf = !command.has_subcommands();
    let after = after(&command, path);
    let mut command = command
        .help_template(TEMPLATE)
        .next_line_help(is_leaf)
        .subcommand_help_heading("子命令")
        .after_help(after)
        .mut_args(|arg| argument(arg, path))
        .mut_subcommands(|inner| match (path, inner.get_name().to_owned()) {
            // It holds all the others once more, which are not told again.
            (_, name) if name == "help" => about(inner, "help").help_template("{about-with-newline}"),
            (PROGRAM, name) => translated(inner, &name),
            (_, name) => translated(inner, &format!("{path} {name}")),
        });
    let usage = command.render_usage().to_string();
    let usage = usage.trim_start_matches("Usage:").trim();
    let usage = usage.replace("[OPTIONS]", "[选项]").replace("<COMMAND>", "<子命令>");
    about(command.override_usage(usage), path)
}

fn about(command: Command, path: &str) -> Command {
    match text(path, "about") {
        Some(about) => command.about(about),
        None => command,
    }
}

/// The examples, which are the same in any language, and what follows them.
fn after(command: &Command, path: &str) -> String {
    let english = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let examples: Vec<&str> = english.lines().filter(|line| line.starts_with("  ")).collect();
    let examples = (!examples.is_empty()).then(|| format!("示例：\n{}", examples.join("\n")));
    let rest = text(path, "after").map(|text| text.trim_start().to_owned());
    examples.into_iter().chain(rest).collect::<Vec<_>>().join("\n\n")
}

fn argument(arg: Arg, path: &str) -> Arg {
    let key = arg.get_id().to_string();
    let names = arg.get_value_names().unwrap_or_default();
    let names: Vec<&'static str> = names.iter().filter_map(|name| text("values", name)).collect();
    let heading = match (arg.get_help_heading(), arg.is_positional()) {
        (Some(_), _) => "多份报告",
        (None, true) => "参数",
        (None, false) => "选项",
    };
    let arg = arg.help_heading(heading);
    let arg = if names.is_empty() { arg } else { arg.value_names(names) };
    match text(path, &key).or_else(|| text("everywhere", &key)) {
        // What the values are, and which stands for none, is in the text.
        Some(text) => {
            arg.help(text.trim_start()).long_help(Resettable::Reset).hide_possible_values(true).hide_default_value(true)
        }
        None => arg,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::CommandFactory;

    use super::*;

    /// Every key there should be, of a command and those in it.
    fn keys(command: &Command, path: &str, keys: &mut BTreeSet<(String, String)>) {
        let mut add = |part: &str, key: &str| keys.insert((part.to_owned(), key.to_owned()));
        add(path, "about");
        let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        if after.lines().any(|line| !line.is_empty() && !line.starts_with("  ") && !line.starts_with("Example")) {
            add(path, "after");
        }
        for arg in command.get_arguments() {
            let key = arg.get_id().as_str();
            add(if text(path, key).is_none() { "everywhere" } else { path }, key);
            if arg.get_action().takes_values() {
                for name in arg.get_value_names().unwrap_or_default() {
                    add("values", name);
                }
            }
        }
        for inner in command.get_subcommands() {
            match (path, inner.get_name()) {
                (_, "help") => {
                    keys.insert(("help".into(), "about".into()));
                }
                (PROGRAM, name) => self::keys(inner, name, keys),
                (_, name) => self::keys(inner, &format!("{path} {name}"), keys),
            }
        }
    }

    #[test]
    fn everything_in_the_help_has_chinese_words_and_no_words_are_left_over() {
        let mut command = crate::cli::Cli::command();
        command.build();
        let mut wanted = BTreeSet::new();
        keys(&command, PROGRAM, &mut wanted);
        let there = TEXTS.iter().flat_map(|(part, texts)| texts.keys().map(|key| (part.clone(), key.clone())));
        assert_eq!(there.collect::<BTreeSet<_>>(), wanted);
    }

    #[test]
    fn every_value_to_choose_from_stands_in_the_text() {
        fn look(command: &Command) {
            for arg in command.get_arguments() {
                let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
                let values = arg.get_value_parser().possible_values().into_iter().flatten();
                let names = arg.get_value_names().unwrap_or_default();
                for value in values.filter(|_| arg.get_action().takes_values()) {
                    let is_there =
                        help.contains(value.get_name()) || names.iter().any(|name| name.contains(value.get_name()));
                    assert!(is_there, "{}: {}", arg.get_id(), value.get_name());
                }
            }
            command.get_subcommands().for_each(look);
        }
        for command in
            in_chinese(crate::cli::Cli::command()).get_subcommands().filter(|inner| inner.get_name() != "help")
        {
            look(command);
        }
    }
}
