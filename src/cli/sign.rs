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
use super::words::Words;
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
    let pdf = read_file(&args.input, kanyin::pdf::MOST_BYTES)?;
    let cannot = |error: SignError| Words::each(|lang| error.words(lang)).about(args.input.display());
    let ask = args.timestamp.as_ref().map(|url| move |request: &[u8]| ask_stamp(url, request, lang));
    let ask = ask.as_ref().map(|ask| ask as sign::AskStamp);
    if let Some(path) = &args.how.insert {
        let message = read_file(path, MOST_BYTES)?;
        let read = cms::message_of(&message).and_then(|message| Message::read(&message).ok());
        if let (Some(read), Some(time)) = (read, sign::awaited_time(&pdf)) {
            check_certificate(read.signer(), time).map_err(|words| words.about(path.display()))?;
        }
        let signed = sign::insert(&pdf, &message, ask).map_err(cannot)?;
        return write(vec![(&args.output, signed)]);
    }
    let mut options = options(args)?;
    if args.at.is_some() && sign::is_signed(&pdf) {
        return Err(Stop::Trouble(Words::new(
            "the file is signed already: a seal set where its layout kept no place would change a page that was signed; use `--place`, or sign without a seal",
            "文件已有签名：在版面未留位置之处加盖印章会改动已签名的页面；请用`--place`，或不加印章签名",
        )));
    }
    if let Some(key) = &args.how.p12 {
        let signer = signer(key, args.password_file.as_deref(), lang)?;
        if let Some(own) = signer.certificates.first() {
            check_certificate(own, options.time).map_err(|words| words.about(key.display()))?;
        }
        if args.room.is_none() {
            options.room = signer.room() + if args.timestamp.is_some() { sign::ROOM } else { 0 };
        }
        let signed = sign::sign(&pdf, &options, &signer, ask).map_err(cannot)?;
        write(vec![(&args.output, signed)])?;
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
    write(files)?;
    print(&format!("{digest}\n"))
}

/// Refuses a certificate whose signature would not hold: one that may not sign, or is not valid at the time.
fn check_certificate(own: &Certificate, time: Moment) -> Result<(), Words> {
    if !own.may(Purpose::Signing) {
        return Err(wrong_use(own));
    }
    match own.validity() {
        Some((from, until)) if !(from..=until).contains(&time) => Err(Words::new(
            format!(
                "the certificate of `{}` is valid from {from} to {until}, not on {time}: sign with one that is valid then",
                own.subject()
            ),
            format!(
                "“{}”的证书有效期为{}至{}，签名时间{}不在其中：请使用届时有效的证书",
                own.subject(),
                from.words(Lang::Chinese),
                until.words(Lang::Chinese),
                time.words(Lang::Chinese)
            ),
        )),
        Some(_) | None => Ok(()),
    }
}

fn wrong_use(certificate: &Certificate) -> Words {
    let subject = certificate.subject();
    Words::new(
        format!(
            "the certificate of `{subject}` may not sign documents: its key usage has neither digitalSignature nor nonRepudiation, or it is for time-stamps only, or it has critical extensions not known here; use one for signing"
        ),
        format!(
            "“{subject}”的证书不得用于签署文件：其密钥用途不含digitalSignature（数字签名）或nonRepudiation（抗抵赖），或仅用于时间戳，或含有本程序未知的关键扩展；请使用签名证书"
        ),
    )
}

fn write(files: Vec<(&PathBuf, Vec<u8>)>) -> Result<(), Stop> {
    let output = |path: &PathBuf| Output { path: path.clone(), format: Format::Pdf };
    Ok(output::write_all(files.into_iter().map(|(path, bytes)| (output(path), bytes)).collect())?)
}

fn options(args: &Sign) -> Result<Options, Stop> {
    let seal = match &args.seal {
        None => None,
        Some(path) => {
            let place = args.at.or(args.place.map(Place::Kept)).unwrap_or(Place::NextKept);
            Some(Seal { picture: read_file(path, MOST_BYTES)?, place, diameter: args.diameter })
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
    let words = || Words::new("the clock is wrong; say the time with `--time`", "系统时钟有误；请用`--time`指定时间");
    moment.ok_or_else(|| words().into())
}

/// The key, opened with its password.
fn signer(path: &Path, password_file: Option<&Path>, lang: Lang) -> Result<Signer, Stop> {
    let bytes = read_file(path, MOST_BYTES)?;
    let password = password(password_file, lang)?;
    let key = sign::read_key(&bytes, &password);
    Ok(key.map_err(|error| Words::each(|lang| error.words(lang)).about(path.display()))?)
}

/// The password: from a file, the environment, or a person.
fn password(file: Option<&Path>, lang: Lang) -> Result<String, Stop> {
    if let Some(path) = file {
        let bytes = read_file(path, MOST_BYTES)?;
        let not_utf8 = |_| Words::new("the password is not UTF-8 text", "口令不是UTF-8文本").about(path.display());
        let text = std::str::from_utf8(&bytes).map_err(not_utf8)?;
        // Windows begins such files with a mark, and ends lines with two characters.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        return Ok(text.split(['\r', '\n']).next().unwrap_or_default().to_owned());
    }
    if let Ok(password) = std::env::var(PASSWORD) {
        return Ok(password);
    }
    rpassword::prompt_password(in_words(lang, "Password of the key: ", "密钥口令：")).map_err(|_| {
        Stop::Trouble(Words::new(
            format!("there is no terminal to ask for the password; use `--password-file` or {PASSWORD}"),
            format!("没有终端可以询问口令；请用`--password-file`或环境变量{PASSWORD}"),
        ))
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

pub(super) fn parse_time(text: &str) -> Result<Moment, Words> {
    let english = "it is no moment; write it like 2026-01-20T09:30:00+08:00";
    Moment::parse(text).ok_or_else(|| Words::new(english, "不是时间；请写成2026-01-20T09:30:00+08:00这样"))
}

fn parse_length(text: &str) -> Result<Length, Words> {
    Length::parse(text)
        .ok()
        .filter(|length| *length > Length::ZERO)
        .ok_or_else(|| Words::new("it is no length; write it like `42mm`", "不是长度；请写成`42mm`这样"))
}

fn parse_at(text: &str) -> Result<Place, Words> {
    let wrong = || {
        Words::new(
            "write page, then millimetres from left and top, like `3,130,210.5`",
            "请依次写页码、距左毫米数、距上毫米数，例如`3,130,210.5`",
        )
    };
    let mut parts = text.split(',').map(str::trim);
    let page = parts.next().and_then(|page| page.parse().ok()).ok_or_else(wrong)?;
    let mut next = || parts.next().and_then(|mm| parse_length(&format!("{mm} mm")).ok()).ok_or_else(wrong);
    let place = Place::At { page, x: next()?, y: next()? };
    if parts.next().is_some() { Err(wrong()) } else { Ok(place) }
}
