//! Arguments, and what is wrong with them: in English clap says it, in Chinese it is said here.

use std::error::Error as _;
use std::ffi::OsString;
use std::num::{IntErrorKind, ParseIntError};

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, CommandFactory, Error, FromArgMatches};

use kanyin::error::Lang;

use super::words::Words;
use super::{Cli, Language, help, language};

/// Reads the arguments; what is wrong with them, or the help they ask for, is to be printed.
pub(super) fn parse(args: &[OsString]) -> Result<Cli, Refusal> {
    let read = |command: &mut Command| {
        command.try_get_matches_from_mut(args).and_then(|matches| Cli::from_arg_matches(&matches))
    };
    match (read(&mut Cli::command()), asked(args)) {
        (Ok(cli), _) => Ok(cli),
        (Err(error), Lang::English) => Err(Refusal::Clap(error)),
        (Err(_), Lang::Chinese) => {
            // Once more, with Chinese words to show and to quote: most runs do without them.
            let mut command = help::in_chinese(Cli::command());
            read(&mut command).map_err(|error| match is_trouble(&error) {
                true => Refusal::Said(in_chinese(&error, named(&command, args))),
                false => Refusal::Clap(error),
            })
        }
    }
}

/// Why there is nothing to do.
pub(super) enum Refusal {
    /// What clap prints itself: help, the version, or an error in English.
    Clap(Error),
    /// Wrong use, in words.
    Said(String),
}

/// The language asked for among arguments that may be wrong, or that of the locale.
fn asked(args: &[OsString]) -> Lang {
    let mut words = args.iter().filter_map(|arg| arg.to_str()).take_while(|word| *word != "--");
    let mut asked = None;
    while let Some(word) = words.next() {
        let value = if word == "--lang" { words.next() } else { word.strip_prefix("--lang=") };
        asked = match value {
            Some("zh") => Some(Language::Zh),
            Some("en") => Some(Language::En),
            _ => asked,
        };
    }
    language(asked)
}

fn is_trouble(error: &Error) -> bool {
    !matches!(
        error.kind(),
        ErrorKind::DisplayHelp
            | ErrorKind::DisplayVersion
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
            | ErrorKind::Io
            | ErrorKind::Format
    )
}

/// The command the arguments are for.
fn named(command: &Command, args: &[OsString]) -> Command {
    args.iter().fold(command, |command, arg| command.find_subcommand(arg).unwrap_or(command)).clone()
}

/// What is wrong, the usage, and where there is more to read.
fn in_chinese(error: &Error, mut command: Command) -> String {
    let usage = match error.get(ContextKind::Usage) {
        Some(usage) => usage.to_string(),
        None => command.render_usage().to_string(),
    };
    let usage = usage.trim_start_matches("Usage:").trim();
    // The words before the first option or value.
    let name: Vec<&str> = usage.split(' ').take_while(|word| !word.starts_with(['<', '[', '-'])).collect();
    let name = name.join(" ");
    let meant = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue];
    let meant: Vec<String> = meant.into_iter().flat_map(|kind| all(error, kind)).collect();
    let hint =
        if meant.is_empty() { String::new() } else { format!("  提示：是否为{}？\n", quoted(&meant, "或")) };
    format!("错误：{}\n{hint}\n用法：{usage}\n\n用`{name} --help`查看用法", what(error))
}

/// What is wrong, with the values.
fn what(error: &Error) -> String {
    let arg = quoted(&all(error, ContextKind::InvalidArg), "、");
    let value = quoted(&all(error, ContextKind::InvalidValue), "、");
    match error.kind() {
        ErrorKind::UnknownArgument if arg.starts_with("`-") => format!("没有参数{arg}"),
        ErrorKind::UnknownArgument => format!("多余的参数{arg}"),
        ErrorKind::InvalidSubcommand => {
            format!("没有子命令{}", quoted(&all(error, ContextKind::InvalidSubcommand), "、"))
        }
        ErrorKind::MissingSubcommand => "缺少子命令".into(),
        ErrorKind::MissingRequiredArgument => format!("缺少必需的参数{arg}"),
        ErrorKind::InvalidValue if value == "``" => format!("参数{arg}缺少值"),
        ErrorKind::InvalidValue => {
            format!("参数{arg}的值{value}不在可选之列：{}", quoted(&all(error, ContextKind::ValidValue), "、"))
        }
        ErrorKind::ValueValidation => format!("参数{arg}的值{value}不正确：{}", why_not(error)),
        ErrorKind::ArgumentConflict => match &all(error, ContextKind::PriorArg)[..] {
            [] => format!("参数{arg}不能与其他参数同用"),
            prior if quoted(prior, "、") == arg => format!("参数{arg}只能用一次"),
            prior => format!("参数{arg}不能与{}同用", quoted(prior, "、")),
        },
        ErrorKind::TooManyValues => format!("参数{arg}不带值，或值过多：{value}"),
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => format!("参数{arg}的值的个数不对"),
        ErrorKind::NoEquals => format!("参数{arg}与值之间须用等号连接"),
        ErrorKind::InvalidUtf8 => "参数不是UTF-8文本".into(),
        // Kinds that are no wrong use, and any that clap may add.
        kind => kind.as_str().unwrap_or("wrong use").to_owned(),
    }
}

/// Why a value is none, as its reader says.
fn why_not(error: &Error) -> String {
    let Some(source) = error.source() else { return "写法有误".into() };
    if let Some(words) = source.downcast_ref::<Words>() {
        return words.in_lang(Lang::Chinese).to_owned();
    }
    let Some(number) = source.downcast_ref::<ParseIntError>() else { return format!("超出范围（{source}）") };
    match number.kind() {
        IntErrorKind::PosOverflow => "数过大".into(),
        IntErrorKind::Zero | IntErrorKind::NegOverflow => "应大于0".into(),
        _ => "应为整数".into(),
    }
}

/// The values of a kind that an error names.
fn all(error: &Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(value)) => vec![value.clone()],
        Some(ContextValue::Strings(values)) => values.clone(),
        _ => Vec::new(),
    }
}

fn quoted(names: &[String], between: &str) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(between)
}
