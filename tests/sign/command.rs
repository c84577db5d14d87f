//! `kanyin sign` and `kanyin verify` run as a person runs them: passwords, a time-stamp server, exit status, JSON.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use kanyin::crypto;
use p12_keystore::{Certificate, KeyStore, KeyStoreEntry, PrivateKey, PrivateKeyChain};

use super::{answer, archived, keys, moment, picture};

const WHEN: &str = "2026-01-20T09:30:00+08:00";

pub fn kanyin(arguments: &[&str], folder: &Path, password: Option<&str>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kanyin"));
    command.args(arguments).current_dir(folder).env_remove("SOURCE_DATE_EPOCH").env("LC_ALL", "C");
    for proxy in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] {
        command.env_remove(proxy);
    }
    match password {
        Some(password) => command.env("KANYIN_P12_PASSWORD", password),
        None => command.env_remove("KANYIN_P12_PASSWORD"),
    };
    command.stdin(Stdio::null()).output().expect("the program runs")
}

/// A folder with a PDF, the first signer's key under the password `secret`, the root, a seal.
pub fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).expect("a file");
    write("report.pdf", &archived("city-2025.json"));
    write("root.der", keys::root().der());
    write("seal.png", &picture(false));
    let key = PrivateKey::from_der(&keys::pkcs8(2)).expect("a key");
    let certificates = keys::first().certificates;
    let certificates = certificates.iter().map(|own| Certificate::from_der(own.der()).expect("a certificate"));
    let mut store = KeyStore::new();
    store.add_entry("first", KeyStoreEntry::PrivateKeyChain(PrivateKeyChain::new("1", key, certificates)));
    write("key.p12", &store.writer("secret").write().expect("a key file"));
    write("password", b"secret\n");
    folder
}

pub fn status(output: &Output) -> Option<i32> {
    output.status.code()
}

pub fn words(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn a_pdf_is_signed_with_a_password_from_a_file_or_the_environment_and_verified() {
    let folder = folder();
    let sign = |name: &str, more: &[&str], password: Option<&str>| {
        let mut arguments =
            vec!["sign", "report.pdf", "--p12", "key.p12", "-o", name, "--time", WHEN, "--seal", "seal.png"];
        arguments.extend(more);
        kanyin(&arguments, folder.path(), password)
    };
    let by_file = sign("a.pdf", &["--password-file", "password"], None);
    assert_eq!(status(&by_file), Some(0), "{}", words(&by_file));
    assert_eq!(status(&sign("b.pdf", &[], Some("secret"))), Some(0));
    let read = |name: &str| std::fs::read(folder.path().join(name)).expect("a file");
    assert!(read("a.pdf") == read("b.pdf"), "the same file");
    // A wrong password, or none and nobody to ask.
    let wrong = sign("c.pdf", &[], Some("guess"));
    assert_eq!(status(&wrong), Some(2));
    assert!(words(&wrong).contains("the password is wrong"), "{}", words(&wrong));
    assert!(!folder.path().join("c.pdf").exists());
    let verify = |more: &[&str]| {
        let mut arguments = vec!["verify", "a.pdf", "--at", "2026-06-01T00:00:00Z"];
        arguments.extend(more);
        kanyin(&arguments, folder.path(), None)
    };
    let proven = verify(&["--trust", "root.der"]);
    assert_eq!(status(&proven), Some(0), "{}", words(&proven));
    assert!(words(&proven).contains("a.pdf: 1 signature: valid"), "{}", words(&proven));
    assert_eq!(status(&verify(&[])), Some(3));
    assert!(words(&verify(&["--lang", "zh"])).contains("签名人身份未经证明"));
    let json = verify(&["--trust", "root.der", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!(
        (&json["outcome"], &json["signatures"][0]["signer"]["subject"]),
        (&"valid".into(), &"CN=First signer".into())
    );
    let mut forged = read("a.pdf");
    let at = forged.windows(12).position(|window| window == b"kanyin:year>").expect("metadata") + 13;
    forged[at] ^= 1;
    std::fs::write(folder.path().join("a.pdf"), forged).expect("a file");
    assert_eq!(status(&verify(&["--trust", "root.der"])), Some(1));
}

#[test]
fn a_file_is_prepared_and_completed() {
    let folder = folder();
    let prepared =
        kanyin(&["sign", "report.pdf", "--prepare", "-o", "prepared.pdf", "--time", WHEN], folder.path(), None);
    assert_eq!(status(&prepared), Some(0), "{}", words(&prepared));
    let digits = String::from_utf8(prepared.stdout).expect("digits");
    let digest: Vec<u8> =
        (0..32).map(|at| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).expect("a byte")).collect();
    assert_eq!(digits.trim(), crypto::hex(&digest));
    let message = keys::first().sign_digest(&digest).and_then(|signed| signed.to_der()).expect("a message");
    std::fs::write(folder.path().join("message.der"), message).expect("a file");
    let inserted =
        kanyin(&["sign", "prepared.pdf", "--insert", "message.der", "-o", "signed.pdf"], folder.path(), None);
    assert_eq!(status(&inserted), Some(0), "{}", words(&inserted));
    let verified =
        kanyin(&["verify", "signed.pdf", "--trust", "root.der", "--at", "2026-06-01T00:00:00Z"], folder.path(), None);
    assert_eq!(status(&verified), Some(0), "{}", words(&verified));
}

#[test]
fn a_time_stamp_comes_from_a_server() {
    let folder = folder();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    let server = std::thread::spawn(move || serve(&listener));
    let arguments =
        ["sign", "report.pdf", "--p12", "key.p12", "-o", "stamped.pdf", "--time", WHEN, "--timestamp", &url];
    let signed = kanyin(&arguments, folder.path(), Some("secret"));
    assert_eq!(status(&signed), Some(0), "{}", words(&signed));
    server.join().expect("the server ends");
    let verified = kanyin(&["verify", "stamped.pdf", "--trust", "root.der"], folder.path(), None);
    assert!(words(&verified).contains("2026-01-20T01:30:07Z (proven by a time-stamp)"), "{}", words(&verified));
    // What is no plain HTTP is not asked.
    let mut secure = arguments;
    secure[9] = "https://tsa.example/";
    let refused = kanyin(&secure, folder.path(), Some("secret"));
    assert_eq!(status(&refused), Some(2));
    assert!(words(&refused).contains("is not an http:// address"), "{}", words(&refused));
}

/// Answers one request for a time-stamp.
fn serve(listener: &TcpListener) {
    let (mut stream, _) = listener.accept().expect("a request");
    let mut request = Vec::new();
    let mut part = [0; 4096];
    let body = loop {
        let count = stream.read(&mut part).expect("a request");
        request.extend_from_slice(&part[..count]);
        let head = request.windows(4).position(|window| window == b"\r\n\r\n");
        let text = String::from_utf8_lossy(&request).to_lowercase();
        let length = text.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
        if let (Some(head), Some(length)) = (head, length)
            && request.len() >= head + 4 + length
        {
            break request[head + 4..].to_vec();
        }
        assert!(count > 0, "the request ends before its end");
    };
    let answer = answer(&body, moment("2026-01-20T01:30:07Z")).expect("a stamp");
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/timestamp-reply\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        answer.len()
    );
    stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&answer)).expect("an answer");
}
