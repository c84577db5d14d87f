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
    write("key.p12", &key_file(2, &keys::first().certificates));
    write("password", b"secret\n");
    folder
}

/// A key of a number with certificates, under the password `secret`.
fn key_file(number: u8, certificates: &[kanyin::cms::certificate::Certificate]) -> Vec<u8> {
    let key = PrivateKey::from_der(&keys::pkcs8(number)).expect("a key");
    let certificates = certificates.iter().map(|own| Certificate::from_der(own.der()).expect("a certificate"));
    let mut store = KeyStore::new();
    store.add_entry("first", KeyStoreEntry::PrivateKeyChain(PrivateKeyChain::new("1", key, certificates)));
    store.writer("secret").write().expect("a key file")
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

#[test]
fn a_prepared_file_is_completed_with_a_time_stamp() {
    let folder = folder();
    let run = |arguments: &[&str]| kanyin(arguments, folder.path(), None);
    // No stamp can be had before there is a signature, and no option is passed over in silence.
    let prepare = ["sign", "report.pdf", "--prepare", "-o", "prepared.pdf", "--time", WHEN];
    for more in [["--timestamp", "http://127.0.0.1:9/"], ["--password-file", "password"]] {
        let refused = run(&[&prepare[..], &more[..]].concat());
        assert_eq!(status(&refused), Some(2), "{more:?}");
        assert!(words(&refused).contains(more[0]) && words(&refused).contains("--prepare"), "{}", words(&refused));
        assert!(!folder.path().join("prepared.pdf").exists());
    }
    let prepared = run(&prepare);
    assert_eq!(status(&prepared), Some(0), "{}", words(&prepared));
    let bytes = std::fs::read(folder.path().join("prepared.pdf")).expect("a file");
    let digits = String::from_utf8(prepared.stdout).expect("digits");
    let digest: Vec<u8> =
        (0..32).map(|at| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).expect("a byte")).collect();
    let message = keys::first().sign_digest(&digest).and_then(|signed| signed.to_der()).expect("a message");
    std::fs::write(folder.path().join("message.der"), message).expect("a file");
    let insert = ["sign", "prepared.pdf", "--insert", "message.der", "-o", "signed.pdf"];
    let options = [
        ["--password-file", "password"],
        ["--bytes", "bytes"],
        ["--diameter", "40mm"],
        ["--place", "1"],
        ["--at", "1,50,50"],
    ];
    for more in options {
        let refused = run(&[&insert[..], &more[..]].concat());
        assert_eq!(status(&refused), Some(2), "{more:?}");
        assert!(words(&refused).contains(more[0]) && words(&refused).contains("--insert"), "{}", words(&refused));
    }
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    let server = std::thread::spawn(move || serve(&listener));
    let inserted = run(&[&insert[..], &["--timestamp", &url]].concat());
    assert_eq!(status(&inserted), Some(0), "{}", words(&inserted));
    server.join().expect("the server ends");
    let signed = std::fs::read(folder.path().join("signed.pdf")).expect("a file");
    assert_eq!(signed.len(), bytes.len());
    let verified = run(&["verify", "signed.pdf", "--trust", "root.der"]);
    assert_eq!(status(&verified), Some(0), "{}", words(&verified));
    assert!(words(&verified).contains("proven by a time-stamp"), "{}", words(&verified));
}

#[test]
fn a_certificate_whose_signature_would_not_hold_is_refused() {
    let folder = folder();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).expect("a file");
    write("stamper.p12", &key_file(4, &keys::server().certificates));
    write("alone.p12", &key_file(2, &keys::first().certificates[..1]));
    let sign = |key: &str, time: &str, lang: &str| {
        let _ = std::fs::remove_file(folder.path().join("out.pdf"));
        let arguments = ["sign", "report.pdf", "--p12", key, "-o", "out.pdf", "--time", time, "--lang", lang];
        kanyin(&arguments, folder.path(), Some("secret"))
    };
    for (key, time, english, chinese) in [
        ("stamper.p12", WHEN, "may not sign documents", "不得用于签署文件"),
        ("key.p12", "2050-01-01T00:00:00Z", "is valid from 2020", "签名时间2050-01-01 08:00:00（北京时间）不在其中"),
        ("key.p12", "2001-01-01T00:00:00Z", "is valid from 2020", "证书有效期为"),
    ] {
        for (lang, expected, prefix) in [("en", english, "error: "), ("zh", chinese, "错误：")] {
            let refused = sign(key, time, lang);
            assert_eq!(status(&refused), Some(2), "{}", words(&refused));
            assert!(words(&refused).starts_with(prefix) && words(&refused).contains(expected), "{}", words(&refused));
            assert!(!folder.path().join("out.pdf").exists());
        }
    }
    // Without its issuer's certificate it signs, and a word is said.
    let alone = sign("alone.p12", WHEN, "en");
    assert_eq!(status(&alone), Some(0), "{}", words(&alone));
    assert!(words(&alone).contains("no certificate of the issuer `CN=Root for tests`"), "{}", words(&alone));
    assert!(words(&sign("alone.p12", WHEN, "zh")).contains("没有上级“CN=Root for tests”的证书"));
    assert_eq!(words(&sign("key.p12", WHEN, "en")), "");
    // The same of a message that was made elsewhere.
    let prepared = kanyin(&["sign", "report.pdf", "--prepare", "-o", "prepared.pdf"], folder.path(), None);
    assert_eq!(status(&prepared), Some(0), "{}", words(&prepared));
    let message = keys::server().sign_digest(&[0; 32]).and_then(|signed| signed.to_der()).expect("a message");
    write("message.der", &message);
    let insert = ["sign", "prepared.pdf", "--insert", "message.der", "-o", "out.pdf"];
    let refused = kanyin(&insert, folder.path(), None);
    assert_eq!(status(&refused), Some(2));
    assert!(words(&refused).contains("may not sign documents"), "{}", words(&refused));
    let late = ["sign", "report.pdf", "--prepare", "-o", "prepared.pdf", "--time", "2050-01-01T00:00:00Z"];
    assert_eq!(status(&kanyin(&late, folder.path(), None)), Some(0));
    let message = keys::first().sign_digest(&[0; 32]).and_then(|signed| signed.to_der()).expect("a message");
    write("message.der", &message);
    let refused = kanyin(&insert, folder.path(), None);
    assert_eq!(status(&refused), Some(2));
    assert!(words(&refused).contains("is valid from 2020"), "{}", words(&refused));
}

#[test]
fn no_seal_is_set_beside_the_places_kept_once_a_file_is_signed() {
    let folder = folder();
    std::fs::write(folder.path().join("ring.png"), picture(false)).expect("a file");
    let sign = |input: &str, output: &str, more: &[&str]| {
        let base = ["sign", input, "--p12", "key.p12", "-o", output, "--time", WHEN, "--seal", "ring.png"];
        kanyin(&[&base[..], more].concat(), folder.path(), Some("secret"))
    };
    let beside = ["--at", "1,50,50", "--diameter", "30mm"];
    let first = sign("report.pdf", "once.pdf", &beside);
    assert_eq!(status(&first), Some(0), "{}", words(&first));
    let second = sign("once.pdf", "twice.pdf", &beside);
    assert_eq!(status(&second), Some(2));
    assert!(words(&second).contains("would change a page that was signed"), "{}", words(&second));
    assert!(!folder.path().join("twice.pdf").exists());
    let second = sign("once.pdf", "twice.pdf", &[]);
    assert_eq!(status(&second), Some(0), "{}", words(&second));
}

#[test]
fn errors_are_told_in_chinese() {
    let folder = folder();
    std::fs::write(folder.path().join("opaque.png"), picture(true)).expect("a file");
    let base = ["sign", "report.pdf", "--p12", "key.p12", "-o", "out.pdf", "--time", WHEN, "--lang", "zh"];
    for (more, password, expected) in [
        (&["--seal", "opaque.png"][..], Some("secret"), "错误：`report.pdf`：印章图片不能使用：其100%不透明"),
        (&["--seal", "seal.png", "--place", "4"], Some("secret"), "没有第4处；空位为第1处"),
        (&["--room", "1"], Some("secret"), "不能预留1字节"),
        (&[], Some("guess"), "错误：`key.p12`：口令不正确"),
        (&[], None, "错误：没有终端可以询问口令"),
        (
            &["--timestamp", "https://tsa.example/"],
            Some("secret"),
            "未能取得时间戳：`https://tsa.example/`不是http://地址",
        ),
    ] {
        let refused = kanyin(&[&base[..], more].concat(), folder.path(), password);
        assert_eq!(status(&refused), Some(2), "{}", words(&refused));
        assert!(words(&refused).contains(expected), "{}", words(&refused));
    }
    for (input, key, output, expected) in [
        ("absent.pdf", "key.p12", "out.pdf", "错误：不能读取`absent.pdf`：文件或文件夹不存在"),
        ("report.pdf", ".", "out.pdf", "错误：不能读取`.`：是文件夹，不是文件"),
        ("report.pdf", "seal.png", "out.pdf", "错误：`seal.png`：口令不正确，或文件已损坏，或不是PKCS #12文件"),
        ("seal.png", "key.p12", "out.pdf", "错误：`seal.png`：不是PDF文件"),
        ("report.pdf", "key.p12", "absent/out.pdf", "错误：不能写入`absent/out.pdf`：文件或文件夹不存在"),
    ] {
        let arguments = ["sign", input, "--p12", key, "-o", output, "--time", WHEN, "--lang", "zh"];
        let refused = kanyin(&arguments, folder.path(), Some("secret"));
        assert_eq!(status(&refused), Some(2), "{}", words(&refused));
        assert!(words(&refused).starts_with(expected), "{}", words(&refused));
    }
}

#[test]
fn a_password_file_may_come_from_windows() {
    let folder = folder();
    for (number, bytes) in [&b"\xef\xbb\xbfsecret\r\n"[..], b"secret\r\n", b"secret\r", b"secret"].iter().enumerate() {
        std::fs::write(folder.path().join("password"), bytes).expect("a file");
        let name = format!("{number}.pdf");
        let arguments =
            ["sign", "report.pdf", "--p12", "key.p12", "--password-file", "password", "-o", &name, "--time", WHEN];
        let signed = kanyin(&arguments, folder.path(), None);
        assert_eq!(status(&signed), Some(0), "{}", words(&signed));
    }
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
