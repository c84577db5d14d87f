//! `kanyin sign`: a PDF signed with a key at hand, prepared for one that is elsewhere, or completed.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueEnum};

use kanyin::cms::certificate::{Certificate, Purpose};
use kanyin::cms::{self, Message, Signer, timestamp};
use kanyin::error::Lang;
use kanyin::length::Length;
use kanyin::moment::Moment;
use kanyin::sign::{self, Certification, Options, Place, Seal, SignError};

use super::output::{self, Format, Output};
use super::{Language, Stop, in_words, language, print, read_file, say};

/// The variable a password may stand in.
const PASSWORD: &str = "KANYIN_P12_PASSWORD";
/// No key, picture, message or password is read that is longer.
const MOST_BYTES: usize = 32 << 20;
/// How long a server is waited for.
const PATIENCE: Duration = Duration::from_secs(30);
/// No answer of a server is read that is longer.
const LONGEST_ANSWER: u64 = 1 << 20;

#[derive(Args)]
#[command(after_help = "Examples:
  kanyin sign report.pdf --p12 agency.p12 -o signed.pdf --seal seal.png
  kanyin sign report.pdf --p12 agency.p12 -o signed.pdf --certify signatures --timestamp http://tsa.example/tsr
  kanyin sign report.pdf --prepare -o prepared.pdf --bytes to-sign.bin
  kanyin sign prepared.pdf --insert signature.der -o signed.pdf --timestamp http://tsa.example/tsr

The password of the key is asked for, or taken from --password-file or the variable KANYIN_P12_PASSWORD.
Exit status: 0 signed, 2 not.")]
pub(super) struct Sign {
    /// The PDF.
    input: PathBuf,
    /// Where to write the signed PDF.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    #[command(flatten)]
    how: How,
    /// A file whose first line is the key's password.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["prepare", "insert"])]
    password_file: Option<PathBuf>,
    /// With `--prepare`: where to write the bytes that are to be signed, for signers that take no digest.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["p12", "insert"])]
    bytes: Option<PathBuf>,
    /// The picture of the seal, PNG with transparency; without it the signature cannot be seen.
    #[arg(long, value_name = "PNG", conflicts_with = "insert")]
    seal: Option<PathBuf>,
    /// How wide the seal is; else as wide as the place the layout kept for it.
    #[arg(long, value_name = "LENGTH", value_parser = parse_length, requires = "seal", conflicts_with = "insert")]
    diameter: Option<Length>,
    /// Which of the places kept for seals, counted from 1; else the first that is free.
    #[arg(long, value_name = "NUMBER", requires = "seal", conflicts_with = "insert")]
    place: Option<usize>,
    /// The seal's centre where no place was kept: page, then millimetres from left and top, `3,130,210`.
    #[arg(long, value_name = "PAGE,X,Y", value_parser = parse_at, requires = "seal", conflicts_with_all = ["place", "insert"])]
    at: Option<Place>,
    /// Why it is signed.
    #[arg(long, value_name = "WORDS", conflicts_with = "insert")]
    reason: Option<String>,
    /// Where it is signed.
    #[arg(long, value_name = "WORDS", conflicts_with = "insert")]
    location: Option<String>,
    /// Certify the document: what may be changed afterwards.
    #[arg(long, value_enum, value_name = "CHANGES", conflicts_with = "insert")]
    certify: Option<Certify>,
    /// A time-stamp server (RFC 3161), `http://…`: the signature is stamped with its time. With a key that is elsewhere,
    /// it is said with `--insert`: there is no signature before.
    #[arg(long, value_name = "URL", conflicts_with = "prepare")]
    timestamp: Option<String>,
    /// When it is signed, `2026-01-20T09:30:00+08:00`; else SOURCE_DATE_EPOCH, or now.
    #[arg(long, value_name = "TIME", value_parser = parse_time, conflicts_with = "insert")]
    time: Option<Moment>,
    /// How many bytes are kept for the signature; else as many as it will need.
    #[arg(long, value_name = "BYTES", conflicts_with = "insert")]
    room: Option<usize>,
    /// The language of messages; else that of the locale.
    #[arg(long, value_enum)]
    pub lang: Option<Language>,
}

/// With a key, for a key that is elsewhere, or with its message.
#[derive(Args)]
#[group(required = true, multiple = false)]
struct How {
    /// The key with its certificates (PKCS #12).
    #[arg(long, value_name = "FILE")]
    p12: Option<PathBuf>,
    /// Leave a place for a signature that is made elsewhere, and print the SHA-256 that is to be signed.
    #[arg(long)]
    prepare: bool,
    /// Put a signature (CMS, in DER or PEM) into a file that was prepared.
    #[arg(long, value_name = "CMS")]
    insert: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Certify {
    /// Nothing may be changed.
    Nothing,
    /// Other signatures may follow.
    Signatures,
    /// Other signatures and notes may follow.
    Notes,
}

/// Signs, prepares or completes a PDF.
pub(super) fn run(args: &Sign) -> Result<(), Stop> {
    let lang = language(args.lang);
    let pdf = read(&args.input, kanyin::pdf::MOST_BYTES, lang)?;
    let cannot = |error: SignError| trouble(lang, &args.input, &error.words(lang));
    let ask = args.timestamp.as_ref().map(|url| move |request: &[u8]| ask_stamp(url, request, lang));
    let ask = ask.as_ref().map(|ask| ask as sign::AskStamp);
    if let Some(path) = &args.how.insert {
        let message = read(path, MOST_BYTES, lang)?;
        let read = cms::message_of(&message).and_then(|message| Message::read(&message).ok());
        if let (Some(read), Some(time)) = (read, sign::awaited_time(&pdf)) {
            check_certificate(read.signer(), time, lang).map_err(|words| trouble(lang, path, &words))?;
        }
        let signed = sign::insert(&pdf, &message, ask).map_err(cannot)?;
        return write(vec![(&args.output, signed)], lang);
    }
    let mut options = options(args, lang)?;
    if args.at.is_some() && sign::is_signed(&pdf) {
        return Err(Stop::Trouble(match lang {
            Lang::English => "the file is signed already: a seal set where its layout kept no place would change a page that was signed; use `--place`, or sign without a seal".into(),
            Lang::Chinese => "文件已有签名：在版面未留位置之处加盖印章会改动已签名的页面；请用`--place`，或不加印章签名".into(),
        }));
    }
    if let Some(key) = &args.how.p12 {
        let signer = signer(key, args.password_file.as_deref(), lang)?;
        if let Some(own) = signer.certificates.first() {
            check_certificate(own, options.time, lang).map_err(|words| trouble(lang, key, &words))?;
        }
        if args.room.is_none() {
            options.room = signer.room() + if args.timestamp.is_some() { sign::ROOM } else { 0 };
        }
        let signed = sign::sign(&pdf, &options, &signer, ask).map_err(cannot)?;
        write(vec![(&args.output, signed)], lang)?;
        if let Some(issuer) = signer.missing_issuer() {
            say(&match lang {
                Lang::English => format!(
                    "warning: `{}` has no certificate of the issuer `{issuer}`, and so the signature has none: who verifies it must have that certificate; make the file again with the whole chain",
                    key.display()
                ),
                Lang::Chinese => format!(
                    "警告：`{}`中没有上级“{issuer}”的证书，签名中也就没有：验证者须自备该证书；请用包含完整证书链的密钥文件",
                    key.display()
                ),
            });
        }
        return Ok(());
    }
    let prepared = sign::prepare(&pdf, &options).map_err(cannot)?;
    let digest = kanyin::crypto::hex(&prepared.digest());
    let mut files = Vec::new();
    if let Some(path) = &args.bytes {
        files.push((path, prepared.signed_bytes()));
    }
    files.push((&args.output, prepared.bytes));
    write(files, lang)?;
    print(&format!("{digest}\n"))
}

/// What is wrong with a file.
fn trouble(lang: Lang, file: &Path, words: &str) -> Stop {
    Stop::Trouble(format!("`{}`{}{words}", file.display(), in_words(lang, ": ", "：")))
}

/// Refuses a certificate whose signature would not hold: one that may not sign, or is not valid at the time.
fn check_certificate(own: &Certificate, time: Moment, lang: Lang) -> Result<(), String> {
    if !own.may(Purpose::Signing) {
        return Err(wrong_use(own, lang));
    }
    match own.validity() {
        Some((from, until)) if !(from..=until).contains(&time) => Err(match lang {
            Lang::English => format!(
                "the certificate of `{}` is valid from {from} to {until}, not on {time}: sign with one that is valid then",
                own.subject()
            ),
            Lang::Chinese => format!(
                "“{}”的证书有效期为{}至{}，签名时间{}不在其中：请使用届时有效的证书",
                own.subject(),
                from.words(lang),
                until.words(lang),
                time.words(lang)
            ),
        }),
        Some(_) | None => Ok(()),
    }
}

fn wrong_use(certificate: &Certificate, lang: Lang) -> String {
    let subject = certificate.subject();
    match lang {
        Lang::English => format!(
            "the certificate of `{subject}` may not sign documents: its key usage has neither digitalSignature nor nonRepudiation, or it is for time-stamps only, or it has critical extensions not known here; use one for signing"
        ),
        Lang::Chinese => format!(
            "“{subject}”的证书不得用于签署文件：其密钥用途不含digitalSignature（数字签名）或nonRepudiation（抗抵赖），或仅用于时间戳，或含有本程序未知的关键扩展；请使用签名证书"
        ),
    }
}

fn write(files: Vec<(&PathBuf, Vec<u8>)>, lang: Lang) -> Result<(), Stop> {
    let names: Vec<String> = files.iter().map(|(path, _)| format!("`{}`", path.display())).collect();
    let output = |path: &PathBuf| Output { path: path.clone(), format: Format::Pdf };
    let files = files.into_iter().map(|(path, bytes)| (output(path), bytes)).collect();
    output::write_all(files).map_err(|english| match lang {
        Lang::English => Stop::Trouble(english),
        Lang::Chinese => {
            Stop::Trouble(format!("无法写出{}：请查看文件夹是否存在、是否可写，磁盘是否已满", names.join("、")))
        }
    })
}

/// Reads a file of no more bytes than these.
fn read(path: &Path, most: usize, lang: Lang) -> Result<Vec<u8>, Stop> {
    read_file(path, most).map_err(|stop| match lang {
        Lang::English => stop,
        Lang::Chinese => {
            let words = match path.metadata() {
                Ok(found) if found.is_dir() => "是文件夹，不是文件",
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => "文件不存在",
                Ok(_) | Err(_) => "无法读取，请查看是否有读取权限",
            };
            trouble(lang, path, words)
        }
    })
}

fn options(args: &Sign, lang: Lang) -> Result<Options, Stop> {
    let seal = match &args.seal {
        None => None,
        Some(path) => {
            let place = args.at.or(args.place.map(Place::Kept)).unwrap_or(Place::NextKept);
            Some(Seal { picture: read(path, MOST_BYTES, lang)?, place, diameter: args.diameter })
        }
    };
    let certification = args.certify.map(|certify| match certify {
        Certify::Nothing => Certification::Nothing,
        Certify::Signatures => Certification::Signatures,
        Certify::Notes => Certification::Notes,
    });
    Ok(Options {
        time: args.time.map_or_else(now, Ok)?,
        reason: args.reason.clone(),
        location: args.location.clone(),
        certification,
        seal,
        room: args.room.unwrap_or(sign::ROOM),
    })
}

/// The time a signature claims, where none is given: SOURCE_DATE_EPOCH, else the clock's.
pub(super) fn now() -> Result<Moment, Stop> {
    let told = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|seconds| seconds.trim().parse().ok());
    let clock = || {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).ok()?;
        i64::try_from(since.as_secs()).ok()
    };
    let moment = told.or_else(clock).and_then(Moment::from_unix);
    moment.ok_or_else(|| Stop::Trouble("the clock is wrong; say the time with `--time`".into()))
}

/// The key, opened with its password.
fn signer(path: &Path, password_file: Option<&Path>, lang: Lang) -> Result<Signer, Stop> {
    let bytes = read(path, MOST_BYTES, lang)?;
    let password = password(password_file, lang)?;
    sign::read_key(&bytes, &password).map_err(|error| trouble(lang, path, &error.words(lang)))
}

/// The password: from a file, the environment, or a person.
fn password(file: Option<&Path>, lang: Lang) -> Result<String, Stop> {
    if let Some(path) = file {
        let bytes = read(path, MOST_BYTES, lang)?;
        let text = std::str::from_utf8(&bytes)
            .map_err(|_| trouble(lang, path, in_words(lang, "the password is not UTF-8 text", "口令不是UTF-8文本")))?;
        // Windows begins such files with a mark, and ends lines with two characters.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        return Ok(text.split(['\r', '\n']).next().unwrap_or_default().to_owned());
    }
    if let Ok(password) = std::env::var(PASSWORD) {
        return Ok(password);
    }
    rpassword::prompt_password(in_words(lang, "Password of the key: ", "密钥口令：")).map_err(|_| {
        let words = match lang {
            Lang::English => {
                format!("there is no terminal to ask for the password; use `--password-file` or {PASSWORD}")
            }
            Lang::Chinese => format!("没有终端可以询问口令；请用`--password-file`或环境变量{PASSWORD}"),
        };
        Stop::Trouble(words)
    })
}

/// Takes a request to a time-stamp server and brings its answer.
fn ask_stamp(url: &str, request: &[u8], lang: Lang) -> Result<Vec<u8>, String> {
    if !url.starts_with("http://") {
        return Err(match lang {
            Lang::English => format!(
                "`{url}` is not an http:// address; the stamp is signed itself, so that nothing is lost without https"
            ),
            Lang::Chinese => format!("`{url}`不是http://地址；时间戳自带签名，不用https也无所失"),
        });
    }
    let agent: ureq::Agent =
        ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).max_redirects(0).build().into();
    let cannot = |error: ureq::Error| match (lang, &error) {
        (Lang::English, _) => format!("`{url}`: {error}"),
        (Lang::Chinese, ureq::Error::StatusCode(status)) => format!("`{url}`：服务器应答状态为{status}"),
        (Lang::Chinese, ureq::Error::HostNotFound) => format!("`{url}`：找不到服务器"),
        (Lang::Chinese, ureq::Error::Timeout(_)) => format!("`{url}`：服务器未在{}秒内应答", PATIENCE.as_secs()),
        (Lang::Chinese, ureq::Error::BodyExceedsLimit(_)) => format!("`{url}`：应答过长"),
        (Lang::Chinese, ureq::Error::BadUri(_)) => format!("`{url}`：地址有误"),
        (Lang::Chinese, _) => format!("`{url}`：无法连接服务器，或连接中断"),
    };
    let mut answer = agent.post(url).content_type(timestamp::REQUEST_TYPE).send(request).map_err(cannot)?;
    answer.body_mut().with_config().limit(LONGEST_ANSWER).read_to_vec().map_err(cannot)
}

pub(super) fn parse_time(text: &str) -> Result<Moment, String> {
    Moment::parse(text).ok_or_else(|| "it is no moment; write it like 2026-01-20T09:30:00+08:00".into())
}

fn parse_length(text: &str) -> Result<Length, String> {
    Length::parse(text)
        .ok()
        .filter(|length| *length > Length::ZERO)
        .ok_or_else(|| "it is no length; write it like `42mm`".into())
}

fn parse_at(text: &str) -> Result<Place, String> {
    let wrong = || "write page, then millimetres from left and top, like `3,130,210.5`".to_owned();
    let mut parts = text.split(',').map(str::trim);
    let page = parts.next().and_then(|page| page.parse().ok()).ok_or_else(wrong)?;
    let mut next = || parts.next().and_then(|mm| parse_length(&format!("{mm} mm")).ok()).ok_or_else(wrong);
    let place = Place::At { page, x: next()?, y: next()? };
    if parts.next().is_some() { Err(wrong()) } else { Ok(place) }
}
