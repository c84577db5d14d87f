//! What was found about signatures, in words: Chinese and English.

use super::{Change, ChangeKind, Checked, Outcome, Problem, Verdict};
use crate::cms::certificate::ChainError;
use crate::cms::timestamp::StampError;
use crate::crypto::SignatureError;
use crate::error::{Lang, shown};
use crate::moment::Moment;
use crate::pdf::{Ambiguity, ReadError};

impl Outcome {
    /// The outcome in one word or two.
    pub fn words(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Outcome::Valid, Lang::English) => "valid",
            (Outcome::Valid, Lang::Chinese) => "有效",
            (Outcome::Unproven, Lang::English) => "intact, but not proven",
            (Outcome::Unproven, Lang::Chinese) => "完好，但未能证明",
            (Outcome::Unchecked, Lang::English) => "CANNOT BE CHECKED",
            (Outcome::Unchecked, Lang::Chinese) => "无法验证",
            (Outcome::Invalid, Lang::English) => "NOT VALID",
            (Outcome::Invalid, Lang::Chinese) => "无效",
        }
    }

    /// The outcome as a name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Valid => "valid",
            Outcome::Unproven => "unproven",
            Outcome::Unchecked => "unchecked",
            Outcome::Invalid => "invalid",
        }
    }
}

impl Checked {
    /// How it came out, in words.
    pub fn words(&self, lang: Lang) -> &'static str {
        match (self.problems.contains(&Problem::NotSigned), lang) {
            (true, Lang::English) => "reserved, not yet signed",
            (true, Lang::Chinese) => "预留位置，尚未签名",
            (false, _) => self.outcome().words(lang),
        }
    }
}

impl Verdict {
    /// How the signatures came out together, in words.
    pub fn words(&self, lang: Lang) -> &'static str {
        // Places alone are no signatures that do not hold.
        let only_places = |checked: &Checked| checked.problems.contains(&Problem::NotSigned);
        match self.signatures.first().filter(|_| self.signatures.iter().all(only_places)) {
            Some(place) => place.words(lang),
            None => self.outcome.words(lang),
        }
    }
}

/// The longest text of a file that is shown, in characters.
const LONGEST_SHOWN: usize = 2000;

/// A text of a file or certificate as it may be shown.
pub fn plain(text: &str) -> String {
    shown(text, LONGEST_SHOWN)
}

/// A time as it is told to people: in Chinese that of Beijing.
pub fn time_words(moment: Moment, lang: Lang) -> String {
    const BEIJING: i64 = 8 * 3600;
    let beijing = Moment::from_unix(moment.to_unix() + BEIJING).filter(|_| lang == Lang::Chinese);
    match beijing {
        Some(there) => there.to_string().replace('Z', "+08:00"),
        None => moment.to_string(),
    }
}

impl Change {
    /// The change in words.
    pub fn words(&self, lang: Lang) -> String {
        use ChangeKind::*;
        let place = &self.place;
        match lang {
            Lang::English => match self.kind {
                Signature => format!("a signature was added that cannot be seen (`{place}`)"),
                VisibleSignature => format!("a signature was added that is shown on a page (`{place}`)"),
                TimeStamp => format!("a time-stamp was added (`{place}`)"),
                ValidationData => "data for later checking were added".into(),
                WriterNotes => format!("the program that appended this noted itself and the time ({place})"),
                EmptyField => format!("an empty field for a signature was added (`{place}`)"),
                Permissions => "what may be changed after a signature was told otherwise".into(),
                FormEntry => format!("form field {place} was filled in"),
                Note => format!("notes on page {place} were changed"),
                PageAdded => format!("page {place} was added"),
                PageRemoved => format!("page {place} was removed"),
                PageChanged => format!("page {place} was changed"),
                Mark { width, height } => format!(
                    "page {place} was changed: a signature of {width} × {height} mm was set where no place was kept"
                ),
                Structure => "the structure that is read aloud was changed".into(),
                Metadata => format!("metadata were changed ({place})"),
                Attachments => "attached files were changed".into(),
                OtherSignature => format!("the signature `{place}` was changed or removed"),
                Unused => "something was appended that no part of the document uses".into(),
                Other => format!("the document was changed ({place})"),
            },
            Lang::Chinese => match self.kind {
                Signature => format!("增加了不可见的签名“{place}”"),
                VisibleSignature => format!("增加了在页面上显示的签名“{place}”"),
                TimeStamp => format!("增加了时间戳“{place}”"),
                ValidationData => "增加了供日后验证的数据".into(),
                WriterNotes => format!("写入程序注明了自身名称、版本或时间（{place}）"),
                EmptyField => format!("增加了空的签名域“{place}”"),
                Permissions => "签名后可作何改动的规定有变动".into(),
                FormEntry => format!("填写了第{place}个表单域"),
                Note => format!("第{place}页的批注有变动"),
                PageAdded => format!("增加了第{place}页"),
                PageRemoved => format!("删去了第{place}页"),
                PageChanged => format!("第{place}页被改动"),
                Mark { width, height } => {
                    format!("第{place}页被改动：在预留位置之外加上了{width}×{height}毫米的签名")
                }
                Structure => "供朗读的结构被改动".into(),
                Metadata => format!("元数据被改动（{place}）"),
                Attachments => "附件被改动".into(),
                OtherSignature => format!("签名“{place}”被改动或删去"),
                Unused => "追加了文档各部分均未使用的内容".into(),
                Other => format!("文档被改动（{place}）"),
            },
        }
    }
}

impl ChangeKind {
    /// The kind as a name in JSON.
    pub fn name(self) -> &'static str {
        use ChangeKind::*;
        match self {
            Signature => "signature",
            VisibleSignature => "visible-signature",
            TimeStamp => "time-stamp",
            ValidationData => "validation-data",
            WriterNotes => "writer-notes",
            EmptyField => "empty-field",
            Permissions => "permissions",
            FormEntry => "form-entry",
            Note => "note",
            PageAdded => "page-added",
            PageRemoved => "page-removed",
            PageChanged => "page-changed",
            Mark { .. } => "mark",
            Structure => "structure",
            Metadata => "metadata",
            Attachments => "attachments",
            OtherSignature => "other-signature",
            Unused => "unused",
            Other => "other",
        }
    }
}

impl Problem {
    /// The problem as a name in JSON.
    pub fn name(&self) -> &'static str {
        use Problem::*;
        match self {
            NotSigned => "not-signed",
            BadRange => "bad-range",
            BeyondEnd { .. } => "beyond-end",
            Gap => "gap",
            NotARevision { .. } => "not-a-revision",
            Appended { .. } => "appended",
            Forbidden(_) => "forbidden-change",
            TooMany => "too-many-signatures",
            Unreadable(_) => "unreadable",
            UnknownKind { .. } => "unknown-kind",
            OtherBytes => "other-bytes",
            WrongSignature(_) => "wrong-signature",
            UnnamedCertificate => "unnamed-certificate",
            Chain(_) => "chain",
            RanOut { .. } => "ran-out",
            ClaimedOutside { .. } => "claimed-outside",
            NobodyTrusted => "nobody-trusted",
            Stamp(_) => "time-stamp",
            StampChain(_) => "time-stamp-chain",
        }
    }

    /// The problem in words.
    pub fn words(&self, lang: Lang) -> String {
        match lang {
            Lang::English => self.english(),
            Lang::Chinese => self.chinese(),
        }
    }

    fn english(&self) -> String {
        use Problem::*;
        match self {
            NotSigned => "a place is reserved for a signature, but it is not signed yet".into(),
            BadRange => "it does not say which bytes it signs, as two parts of the file".into(),
            BeyondEnd { end, bytes } => {
                format!("it signs bytes up to {end}, but the file has {bytes}: the file was cut short")
            }
            Gap => "it leaves out more of the file than the signature itself".into(),
            NotARevision { reason } => format!("what it covers is no whole document: {reason}"),
            Appended { bytes } => format!("{bytes} bytes follow that are no part of the document"),
            Forbidden(change) => format!("after it was signed, {}", change.words(Lang::English)),
            TooMany => "there are more signatures than are checked".into(),
            Unreadable(error) => format!("the signature cannot be checked: {error}"),
            UnknownKind { sub_filter } => format!("signatures of the kind `{sub_filter}` cannot be checked here"),
            OtherBytes => "the signed bytes were changed: their digest is another".into(),
            WrongSignature(error) => error.to_string(),
            UnnamedCertificate => "it does not sign its certificate (signing-certificate-v2), as PAdES asks".into(),
            Chain(error) => chain_english("the signer's certificate", error),
            RanOut { until } => format!(
                "the certificate ran out on {until}, and no trusted time-stamp proves that it was signed before"
            ),
            ClaimedOutside { time, from, until } => {
                format!("it claims to be signed on {time}, but its certificate is valid from {from} to {until}")
            }
            NobodyTrusted => "who signed is not proven: name a certificate that is trusted with `--trust`".into(),
            Stamp(error) => error.to_string(),
            StampChain(error) => chain_english("the time-stamp's certificate", error),
        }
    }

    fn chinese(&self) -> String {
        use Problem::*;
        match self {
            NotSigned => "已预留签名位置，尚未签名".into(),
            BadRange => "签名未以文件的两个部分说明所签字节范围".into(),
            BeyondEnd { end, bytes } => format!("签名覆盖至第{end}字节，而文件只有{bytes}字节：文件被截短"),
            Gap => "除签名本身外，还有内容未被签名覆盖".into(),
            NotARevision { reason } => format!("签名覆盖的部分不是完整的文档：{}", read_chinese(reason)),
            Appended { bytes } => format!("其后有{bytes}字节不属于文档"),
            Forbidden(change) => format!("签名之后，{}", change.words(Lang::Chinese)),
            TooMany => "签名过多，未逐一验证".into(),
            Unreadable(error) => format!("签名无法验证：{}", error.chinese()),
            UnknownKind { sub_filter } => format!("本程序不能验证`{sub_filter}`类签名"),
            OtherBytes => "所签内容已被改动：摘要不符".into(),
            WrongSignature(error) => signature_chinese(error),
            UnnamedCertificate => "签名未按PAdES要求包含签名证书属性（signing-certificate-v2）".into(),
            Chain(error) => chain_chinese("签名证书", error),
            RanOut { until } => format!("证书已于{}到期，且无可信时间戳证明签名在此之前", beijing(until)),
            ClaimedOutside { time, from, until } => {
                format!("自称于{}签名，而证书有效期为{}至{}", beijing(time), beijing(from), beijing(until))
            }
            NobodyTrusted => "签名人身份未经证明：请用`--trust`指定可信的证书".into(),
            Stamp(error) => stamp_chinese(error),
            StampChain(error) => chain_chinese("时间戳证书", error),
        }
    }
}

fn chain_english(whose: &str, error: &ChainError) -> String {
    match error {
        ChainError::Untrusted { issuer } => {
            format!("{whose} leads to `{issuer}`, which is not among those trusted")
        }
        ChainError::NotValidThen { subject, from, until, at } => {
            format!("the certificate of `{subject}` is valid from {from} to {until}, not on {at}")
        }
        ChainError::WrongUse { subject } => {
            format!("the certificate of `{subject}` may not be used for what it was used for")
        }
        ChainError::BadSignature { subject } => {
            format!("the certificate of `{subject}` is not signed by its issuer, or in a way not accepted here")
        }
    }
}

fn beijing(moment: &Moment) -> String {
    time_words(*moment, Lang::Chinese)
}

fn chain_chinese(whose: &str, error: &ChainError) -> String {
    match error {
        ChainError::Untrusted { issuer } => format!("{whose}的上级“{issuer}”不在可信证书之列"),
        ChainError::NotValidThen { subject, from, until, at } => {
            format!("“{subject}”的证书有效期为{}至{}，{}不在其中", beijing(from), beijing(until), beijing(at))
        }
        ChainError::WrongUse { subject } => format!("“{subject}”的证书不得用于此用途"),
        ChainError::BadSignature { subject } => format!("“{subject}”的证书不是由其上级签发，或签发方式不被接受"),
    }
}

fn signature_chinese(error: &SignatureError) -> String {
    match error {
        SignatureError::Wrong => "签名值与证书的密钥不符".into(),
        SignatureError::UnknownKey => "证书的密钥类型未知，或与签名算法不符".into(),
        SignatureError::WeakKey { bits } => format!("证书的RSA密钥只有{bits}位，过短"),
    }
}

fn stamp_chinese(error: &StampError) -> String {
    match error {
        StampError::NotAnAnswer => "时间戳无效：不是RFC 3161的时间戳".into(),
        StampError::Refused { status, .. } => format!("时间戳服务器拒绝了请求（状态{status}）"),
        StampError::Unreadable(error) => format!("时间戳无法验证：{}", error.chinese()),
        StampError::OtherContent => "时间戳所证明的是其他内容".into(),
        StampError::BadSignature => "时间戳不是由可用于时间戳的证书签发".into(),
    }
}

/// Why a file cannot be read, in Chinese; in English it says so itself.
pub fn read_chinese(error: &ReadError) -> String {
    match error {
        ReadError::TooLarge { bytes } => format!("文件有{bytes}字节，过大"),
        ReadError::NotPdf => "不是PDF文件".into(),
        ReadError::CutShort => "文件不完整，被截短".into(),
        ReadError::Encrypted => "文件已加密".into(),
        ReadError::TooMuch(bound) => format!("文件的{}", bound.chinese()),
        ReadError::Damaged(damage) => format!("文件已损坏，{}", damage.chinese()),
        ReadError::Ambiguous(Ambiguity { object, key }) => {
            let place = object.map_or_else(|| "文件尾".into(), |number| format!("第{number}号对象"));
            match key {
                Some(key) => format!("文件有歧义：{place}的键`{key}`重复，不同阅读器取值会不同"),
                None => format!("文件有歧义：{place}不合语法，不同阅读器解读会不同"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cms::CmsError;

    #[test]
    fn what_would_command_a_terminal_is_written_out() {
        assert_eq!(plain("临渚 CN=a, O=b"), "临渚 CN=a, O=b");
        assert_eq!(
            plain("a\u{1b}[2J\r\n\u{202e}\u{2066}\u{feff}\u{9b}"),
            "a\\u{1b}[2J\\u{d}\\u{a}\\u{202e}\\u{2066}\\u{feff}\\u{9b}"
        );
        assert_eq!(plain(&"长".repeat(5000)).chars().count(), LONGEST_SHOWN + 1);
    }

    #[test]
    fn chinese_words_say_nothing_in_english() {
        let unknown = CmsError::UnknownAlgorithm { name: "SM2".into() };
        let problems = [
            Problem::Stamp(StampError::NotAnAnswer),
            Problem::Stamp(StampError::Refused { status: 2, words: "no".into() }),
            Problem::Stamp(StampError::Unreadable(unknown)),
            Problem::Stamp(StampError::OtherContent),
            Problem::Stamp(StampError::BadSignature),
            Problem::WrongSignature(SignatureError::Wrong),
            Problem::WrongSignature(SignatureError::UnknownKey),
            Problem::WrongSignature(SignatureError::WeakKey { bits: 512 }),
            Problem::NotSigned,
        ];
        for problem in problems {
            let words = problem.words(Lang::Chinese);
            assert!(!words.contains(|c: char| c.is_ascii_lowercase()), "{words}");
        }
    }
}
