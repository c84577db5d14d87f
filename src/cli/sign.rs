//! `kanyin sign`: a PDF signed with a key at hand, prepared for one that is elsewhere, or completed.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueEnum};

use kanyin::cms::{Signer, timestamp};
use kanyin::length::Length;
use kanyin::moment::Moment;
use kanyin::sign::{self, Certification, Options, Place, Seal, SignError};

use super::output::{self, Format, Output};
use super::{Stop, print, read_file};

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
  kanyin sign prepared.pdf --insert signature.der -o signed.pdf

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
    #[arg(long, value_name = "FILE", requires = "p12")]
    password_file: Option<PathBuf>,
    /// With `--prepare`: where to write the bytes that are to be signed, for signers that take no digest.
    #[arg(long, value_name = "FILE", requires = "prepare")]
    bytes: Option<PathBuf>,
    /// The picture of the seal, PNG with transparency; without it the signature cannot be seen.
    #[arg(long, value_name = "PNG", conflicts_with = "insert")]
    seal: Option<PathBuf>,
    /// How wide the seal is; else as wide as the place the layout kept for it.
    #[arg(long, value_name = "LENGTH", value_parser = parse_length, requires = "seal")]
    diameter: Option<Length>,
    /// Which of the places kept for seals, counted from 1; else the first that is free.
    #[arg(long, value_name = "NUMBER", requires = "seal")]
    place: Option<usize>,
    /// The seal's centre where no place was kept: page, then millimetres from left and top, `3,130,210`.
    #[arg(long, value_name = "PAGE,X,Y", value_parser = parse_at, requires = "seal", conflicts_with = "place")]
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
    /// A time-stamp server (RFC 3161), `http://…`: the signature is stamped with its time.
    #[arg(long, value_name = "URL", requires = "p12")]
    timestamp: Option<String>,
    /// When it is signed, `2026-01-20T09:30:00+08:00`; else SOURCE_DATE_EPOCH, or now.
    #[arg(long, value_name = "TIME", value_parser = parse_time, conflicts_with = "insert")]
    time: Option<Moment>,
    /// How many bytes are kept for the signature; else as many as it will need.
    #[arg(long, value_name = "BYTES", conflicts_with = "insert")]
    room: Option<usize>,
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
    /// Put a signature (CMS, DER) into a file that was prepared.
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
    let pdf = read_file(&args.input, kanyin::pdf::MOST_BYTES)?;
    let cannot = |error: SignError| Stop::Trouble(format!("`{}`: {error}", args.input.display()));
    if let Some(message) = &args.how.insert {
        let signed = sign::insert(&pdf, &read_file(message, MOST_BYTES)?, None).map_err(cannot)?;
        return write(vec![(&args.output, signed)]);
    }
    let mut options = options(args)?;
    if let Some(key) = &args.how.p12 {
        let signer = signer(key, args.password_file.as_deref())?;
        if args.room.is_none() {
            options.room = signer.room() + if args.timestamp.is_some() { sign::ROOM } else { 0 };
        }
        let ask = args.timestamp.as_ref().map(|url| move |request: &[u8]| ask_stamp(url, request));
        let ask = ask.as_ref().map(|ask| ask as sign::AskStamp);
        let signed = sign::sign(&pdf, &options, &signer, ask).map_err(cannot)?;
        return write(vec![(&args.output, signed)]);
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

fn write(files: Vec<(&PathBuf, Vec<u8>)>) -> Result<(), Stop> {
    let output = |path: &PathBuf| Output { path: path.clone(), format: Format::Pdf };
    let files = files.into_iter().map(|(path, bytes)| (output(path), bytes)).collect();
    output::write_all(files).map_err(Stop::Trouble)
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
    moment.ok_or_else(|| Stop::Trouble("the clock is wrong; say the time with `--time`".into()))
}

/// The key, opened with its password.
fn signer(path: &Path, password_file: Option<&Path>) -> Result<Signer, Stop> {
    let bytes = read_file(path, MOST_BYTES)?;
    let password = password(password_file)?;
    sign::read_key(&bytes, &password).map_err(|error| Stop::Trouble(format!("`{}`: {error}", path.display())))
}

/// The password: from a file, the environment, or a person.
fn password(file: Option<&Path>) -> Result<String, Stop> {
    if let Some(path) = file {
        let bytes = read_file(path, MOST_BYTES)?;
        let text = String::from_utf8(bytes)
            .map_err(|_| Stop::Trouble(format!("`{}`: the password is not UTF-8 text", path.display())))?;
        return Ok(text.lines().next().unwrap_or_default().to_owned());
    }
    if let Ok(password) = std::env::var(PASSWORD) {
        return Ok(password);
    }
    rpassword::prompt_password("Password of the key: ").map_err(|_| {
        Stop::Trouble(format!("there is no terminal to ask for the password; use `--password-file` or {PASSWORD}"))
    })
}

/// Takes a request to a time-stamp server and brings its answer.
fn ask_stamp(url: &str, request: &[u8]) -> Result<Vec<u8>, String> {
    if !url.starts_with("http://") {
        return Err(format!(
            "`{url}` is not an http:// address; the stamp is signed itself, so that nothing is lost without https"
        ));
    }
    let agent: ureq::Agent =
        ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).max_redirects(0).build().into();
    let cannot = |error: ureq::Error| format!("`{url}`: {error}");
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
