//! `kanyin verify`: the signatures of a PDF checked, in words or as JSON.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use kanyin::cms::certificate::Certificate;
use kanyin::error::Lang;
use kanyin::moment::Moment;
use kanyin::verify::{Checked, Outcome, Problem, Trust, Verdict, plain, read_chinese, time_words, verify};

use super::words::Words;
use super::{Language, Stop, language, print, read_file};

/// No file of certificates is read that is longer.
const MOST_BYTES: usize = 16 << 20;

#[derive(Args)]
#[command(after_help = "Examples:
  kanyin verify signed.pdf --trust ca.pem
  kanyin verify signed.pdf --trust ca.pem --trust tsa-ca.pem --format json

Exit status: 0 all signatures hold, 1 one does not, cannot be checked, or there is none, 2 wrong use or no access,
3 they are intact, but who signed is not proven.")]
pub(super) struct Verify {
    /// The PDF.
    input: PathBuf,
    /// A file with certificates that are trusted (PEM or DER), as often as wanted.
    #[arg(long, value_name = "FILE")]
    trust: Vec<PathBuf>,
    /// The time for which certificates are checked where no time-stamp tells it; else SOURCE_DATE_EPOCH, or now.
    #[arg(long, value_name = "TIME", value_parser = super::sign::parse_time)]
    at: Option<Moment>,
    /// Words for people, or JSON for programs.
    #[arg(long, value_enum, default_value = "text")]
    format: Form,
    /// The language of the words; else that of the locale.
    #[arg(long, value_enum)]
    pub lang: Option<Language>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Form {
    /// Words.
    Text,
    /// JSON.
    Json,
}

/// Checks the signatures of a PDF.
pub(super) fn run(args: &Verify) -> Result<(), Stop> {
    let lang = language(args.lang);
    let pdf = read_file(&args.input, kanyin::pdf::MOST_BYTES)?;
    let mut certificates = Vec::new();
    for path in &args.trust {
        let read = Certificate::read_all(&read_file(path, MOST_BYTES)?);
        certificates.extend(read.ok_or_else(|| {
            let path = path.display();
            Words::new(
                format!("`{path}` has no certificate in PEM or DER"),
                format!("`{path}`中没有PEM或DER格式的证书"),
            )
        })?);
    }
    let trust = Trust { certificates, now: args.at.map_or_else(super::sign::now, Ok)? };
    let name = args.input.display().to_string();
    let (text, outcome) = match verify(&pdf, &trust) {
        Ok(verdict) => {
            let text = match args.format {
                Form::Text => words(&name, &verdict, lang),
                Form::Json => format!("{:#}\n", as_json(&name, &verdict)),
            };
            (text, verdict.outcome)
        }
        // A file that cannot be read proves nothing.
        Err(error) => {
            let text = match (args.format, lang) {
                (Form::Text, Lang::English) => {
                    format!("{name}: {}: {}\n", Outcome::Invalid.words(lang), plain(&error.to_string()))
                }
                (Form::Text, Lang::Chinese) => {
                    format!("{name}：{}：{}\n", Outcome::Invalid.words(lang), plain(&read_chinese(&error)))
                }
                (Form::Json, _) => {
                    let found = json!({ "file": name, "outcome": Outcome::Invalid.name(), "error": error.to_string(), "signatures": [] });
                    format!("{found:#}\n")
                }
            };
            (text, Outcome::Invalid)
        }
    };
    print(&text)?;
    match outcome {
        Outcome::Valid => Ok(()),
        Outcome::Unproven => Err(Stop::Unproven),
        Outcome::Unchecked | Outcome::Invalid => Err(Stop::Refused),
    }
}

/// What was found, for a person.
fn words(name: &str, verdict: &Verdict, lang: Lang) -> String {
    let count = verdict.signatures.len();
    let outcome = verdict.words(lang);
    let mut lines = vec![match (lang, count) {
        (Lang::English, 0) => format!("{name}: no signature"),
        (Lang::Chinese, 0) => format!("{name}：没有签名"),
        (Lang::English, 1) => format!("{name}: 1 signature: {outcome}"),
        (Lang::English, _) => format!("{name}: {count} signatures: {outcome}"),
        (Lang::Chinese, _) => format!("{name}：{count}个签名：{outcome}"),
    }];
    for checked in &verdict.signatures {
        lines.push(String::new());
        let (field, outcome) = (plain(&checked.field), checked.words(lang));
        lines.push(match lang {
            Lang::English => format!("{field}: {outcome}"),
            Lang::Chinese => format!("{field}：{outcome}"),
        });
        // Names, reasons and places were written by others.
        let mut say = |chinese: &str, english: &str, value: String| match lang {
            Lang::English => lines.push(format!("  {english:<12} {}", plain(&value))),
            Lang::Chinese => lines.push(format!("  {chinese}：{}", plain(&value))),
        };
        if let Some(signer) = &checked.signer {
            say("签名人", "signer", signer.subject());
            say("颁发者", "issuer", signer.issuer());
        }
        if let Some((time, stamped)) = checked.time() {
            let proof = match (stamped, lang) {
                (true, Lang::English) => "proven by a time-stamp",
                (true, Lang::Chinese) => "有时间戳证明",
                (false, Lang::English) => "as the signer claims",
                (false, Lang::Chinese) => "签名人自称",
            };
            let time = time_words(time, lang);
            say(
                "时间",
                "time",
                match lang {
                    Lang::English => format!("{time} ({proof})"),
                    Lang::Chinese => format!("{time}（{proof}）"),
                },
            );
        }
        if let Some(algorithm) = &checked.algorithm {
            say("算法", "algorithm", algorithm.clone());
        }
        if let Some(reason) = &checked.reason {
            say("事由", "reason", reason.clone());
        }
        if let Some(location) = &checked.location {
            say("地点", "place", location.clone());
        }
        say("字节范围", "byte range", ranges(checked));
        if let Some(level) = checked.certifies {
            say("认证级别", "certifies", certifies(level, lang).into());
        }
        let held = |held: Option<bool>| match (held, lang) {
            (Some(true), Lang::English) => "right",
            (Some(true), Lang::Chinese) => "相符",
            (Some(false), Lang::English) => "WRONG",
            (Some(false), Lang::Chinese) => "不符",
            (None, Lang::English) => "not checked",
            (None, Lang::Chinese) => "未验证",
        };
        say("摘要", "digest", held(checked.digest).into());
        say("签名值", "signature", held(checked.signature).into());
        if let Some(chain) = &checked.chain {
            let names: Vec<String> = chain.iter().map(Certificate::name).collect();
            say("证书链", "chain", names.join(" ← "));
        }
        for change in &checked.changes {
            say("其后", "afterwards", change.words(lang));
        }
        for problem in &checked.problems {
            match problem.outcome() {
                _ if *problem == Problem::NotSigned => say("说明", "note", problem.words(lang)),
                Outcome::Invalid => say("错误", "ERROR", problem.words(lang)),
                Outcome::Valid | Outcome::Unproven | Outcome::Unchecked => say("存疑", "unproven", problem.words(lang)),
            }
        }
    }
    lines.push(String::new());
    lines.join("\n")
}

fn ranges(checked: &Checked) -> String {
    let pairs = checked.byte_range.chunks(2).map(|pair| match pair {
        [from, count] => format!("{from}–{}", from.saturating_add(*count)),
        _ => "?".into(),
    });
    pairs.collect::<Vec<_>>().join(", ")
}

fn certifies(level: i64, lang: Lang) -> &'static str {
    match (level, lang) {
        (1, Lang::English) => "no changes allowed",
        (1, Lang::Chinese) => "不得改动",
        (3, Lang::English) => "signatures, form entries and notes may follow",
        (3, Lang::Chinese) => "可再签名、填写表单、批注",
        (_, Lang::English) => "signatures and form entries may follow",
        (_, Lang::Chinese) => "可再签名、填写表单",
    }
}

/// What was found, for a program.
fn as_json(name: &str, verdict: &Verdict) -> Value {
    let signatures: Vec<Value> = verdict.signatures.iter().map(signature_json).collect();
    json!({ "file": name, "outcome": verdict.outcome.name(), "signatures": signatures })
}

fn signature_json(checked: &Checked) -> Value {
    let changes = checked.changes.iter().map(|change| {
        json!({
            "kind": change.kind.name(),
            "place": change.place,
            "allowed": change.kind.may_follow(checked.certifies),
            "words": { "zh": change.words(Lang::Chinese), "en": change.words(Lang::English) },
        })
    });
    let problems = checked.problems.iter().map(|problem| {
        json!({
            "problem": problem.name(),
            "outcome": problem.outcome().name(),
            "words": { "zh": problem.words(Lang::Chinese), "en": problem.words(Lang::English) },
        })
    });
    let stamp = checked.stamp.as_ref();
    json!({
        "field": checked.field,
        "outcome": checked.outcome().name(),
        "kind": if checked.is_time_stamp { "time-stamp" } else { "signature" },
        "sub_filter": checked.sub_filter,
        "signer": checked.signer.as_ref().map(certificate_json),
        "algorithm": checked.algorithm,
        "claimed_time": checked.claimed_time.map(|time| time.to_string()),
        "reason": checked.reason,
        "location": checked.location,
        "byte_range": checked.byte_range,
        "covers_whole_file": checked.appended == 0 && !checked.byte_range.is_empty(),
        "appended_bytes": checked.appended,
        "certifies": checked.certifies,
        "digest": checked.digest,
        "signature": checked.signature,
        "chain": checked.chain.as_ref().map(|chain| chain.iter().map(certificate_json).collect::<Vec<_>>()),
        "time_stamp": stamp.map(|stamp| json!({
            "time": stamp.time.to_string(),
            "signer": certificate_json(&stamp.signer),
            "trusted": checked.stamp_is_trusted,
        })),
        "changes": changes.collect::<Vec<_>>(),
        "problems": problems.collect::<Vec<_>>(),
    })
}

fn certificate_json(certificate: &Certificate) -> Value {
    let (from, until) = certificate.validity().unzip();
    json!({
        "subject": certificate.subject(),
        "issuer": certificate.issuer(),
        "serial": certificate.serial(),
        "not_before": from.map(|moment| moment.to_string()),
        "not_after": until.map(|moment| moment.to_string()),
        "sha256": kanyin::crypto::hex(&kanyin::crypto::sha256(certificate.der())),
    })
}
