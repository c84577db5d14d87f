//! What was found about signatures, in words: Chinese and English.

use super::{Change, ChangeKind, Outcome, Problem};
use crate::cms::CmsError;
use crate::cms::certificate::ChainError;
use crate::error::Lang;
use crate::pdf::ReadError;

impl Outcome {
    /// The outcome in one word or two.
    pub fn words(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Outcome::Valid, Lang::English) => "valid",
            (Outcome::Valid, Lang::Chinese) => "有效",
            (Outcome::Unproven, Lang::English) => "intact, but not proven",
            (Outcome::Unproven, Lang::Chinese) => "完好，但未能证明",
            (Outcome::Invalid, Lang::English) => "NOT VALID",
            (Outcome::Invalid, Lang::Chinese) => "无效",
        }
    }

    /// The outcome as a name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Valid => "valid",
            Outcome::Unproven => "unproven",
            Outcome::Invalid => "invalid",
        }
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
                FormEntry => format!("form field {place} was filled in"),
                Note => format!("notes on page {place} were changed"),
                PageAdded => format!("page {place} was added"),
                PageRemoved => format!("page {place} was removed"),
                PageChanged => format!("page {place} was changed"),
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
                FormEntry => format!("填写了第{place}个表单域"),
                Note => format!("第{place}页的批注有变动"),
                PageAdded => format!("增加了第{place}页"),
                PageRemoved => format!("删去了第{place}页"),
                PageChanged => format!("第{place}页被改动"),
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
            FormEntry => "form-entry",
            Note => "note",
            PageAdded => "page-added",
            PageRemoved => "page-removed",
            PageChanged => "page-changed",
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
            NobodyTrusted => "who signed is not proven: name a certificate that is trusted with `--trust`".into(),
            Stamp(error) => error.to_string(),
            StampChain(error) => chain_english("the time-stamp's certificate", error),
        }
    }

    fn chinese(&self) -> String {
        use Problem::*;
        match self {
            BadRange => "签名未以文件的两个部分说明所签字节范围".into(),
            BeyondEnd { end, bytes } => format!("签名覆盖至第{end}字节，而文件只有{bytes}字节：文件被截短"),
            Gap => "除签名本身外，还有内容未被签名覆盖".into(),
            NotARevision { reason } => format!("签名覆盖的部分不是完整的文档：{}", read_chinese(reason)),
            Appended { bytes } => format!("其后有{bytes}字节不属于文档"),
            Forbidden(change) => format!("签名之后，{}", change.words(Lang::Chinese)),
            TooMany => "签名过多，未逐一验证".into(),
            Unreadable(error) => format!("签名无法验证：{}", cms_chinese(error)),
            UnknownKind { sub_filter } => format!("本程序不能验证`{sub_filter}`类签名"),
            OtherBytes => "所签内容已被改动：摘要不符".into(),
            WrongSignature(error) => format!("签名值与证书的密钥不符（{error}）"),
            UnnamedCertificate => "签名未按PAdES要求包含签名证书属性（signing-certificate-v2）".into(),
            Chain(error) => chain_chinese("签名证书", error),
            RanOut { until } => format!("证书已于{until}到期，且无可信时间戳证明签名在此之前"),
            NobodyTrusted => "签名人身份未经证明：请用`--trust`指定可信的证书".into(),
            Stamp(error) => format!("时间戳无效（{error}）"),
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

fn chain_chinese(whose: &str, error: &ChainError) -> String {
    match error {
        ChainError::Untrusted { issuer } => format!("{whose}的上级“{issuer}”不在可信证书之列"),
        ChainError::NotValidThen { subject, from, until, at } => {
            format!("“{subject}”的证书有效期为{from}至{until}，{at}不在其中")
        }
        ChainError::WrongUse { subject } => format!("“{subject}”的证书不得用于此用途"),
        ChainError::BadSignature { subject } => format!("“{subject}”的证书不是由其上级签发，或签发方式不被接受"),
    }
}

fn cms_chinese(error: &CmsError) -> String {
    match error {
        CmsError::NotCms => "不是DER编码的CMS签名".into(),
        CmsError::NotOneSigner { count } => format!("有{count}个签名人，应为一个"),
        CmsError::NoCertificate => "其中没有签名人的证书".into(),
        CmsError::MissingAttribute { name } => format!("缺少签名属性`{name}`"),
        CmsError::UnknownAlgorithm { name } => format!("使用了{name}算法，本程序不接受"),
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
        ReadError::Damaged { reason } => format!("文件已损坏（{reason}）"),
    }
}
