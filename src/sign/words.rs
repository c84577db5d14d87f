//! Why a PDF cannot be signed, in Chinese; in English the errors say so themselves.

use super::seal::{FEWEST_ACROSS, MOST_HIDDEN};
use super::{KeyError, NotPades, Obstacle, ROOMS, SealError, SignError, StampTrouble};
use crate::cms::timestamp::StampError;
use crate::crypto::{SHORTEST_RSA, SignatureError};
use crate::error::Lang;
use crate::verify::read_chinese;

impl SignError {
    /// The error in words.
    pub fn words(&self, lang: Lang) -> String {
        match lang {
            Lang::English => self.to_string(),
            Lang::Chinese => self.chinese(),
        }
    }

    fn chinese(&self) -> String {
        use SignError::*;
        match self {
            Read(error) => read_chinese(error),
            Structure { reason } => format!("不能添加签名：{}", obstacle(reason)),
            Closed => "文档已作认证签名，且不允许任何改动，不能再加签名".into(),
            Awaited => {
                "文件中已有预留的签名，尚待填入签名值：请先用`sign --insert`填入，或改用`sign --prepare`之前的文件"
                    .into()
            }
            NotFirst => "文档已有签名；只有第一个签名可以作为认证签名".into(),
            NoPlace { kept: 0 } => "版面没有为印章留位置；请用`--at 页,横,纵`指定位置".into(),
            NoPlace { kept } => format!("版面为印章留有{kept}处位置，均无空位；请不加印章签名"),
            NoSuchPlace { number, kept, free } => {
                format!("版面为印章留有{kept}处位置，自1起编号，没有第{number}处；{}", free_chinese(free))
            }
            Taken { number, free } => format!("第{number}处位置已有签名；{}", free_chinese(free)),
            NoPage { page, pages } => format!("文档共{pages}页，没有第{page}页"),
            TooWide { diameter, kept } => format!("印章直径{diameter}，大于所留位置的{kept}"),
            OffPage => "印章超出页面".into(),
            NoDiameter => "请用`--diameter`指定印章直径，例如`--diameter 42mm`".into(),
            Seal(error) => format!("印章图片不能使用：{}", seal(error)),
            WrongCertificate => "证书与密钥不匹配".into(),
            NoRoom { needed, room } => {
                format!("签名需{needed}字节，仅预留{room}字节；请用`--room`多留")
            }
            BadRoom { room } => {
                format!("不能预留{room}字节：最少{}，最多{}", ROOMS.start(), ROOMS.end())
            }
            NoStamp { reason: StampTrouble::Asking(reason) } => format!("未能取得时间戳：{reason}"),
            NoStamp { reason: StampTrouble::Answer(error) } => format!("未能取得时间戳：{}", stamp(error)),
            Stamped => "该签名已带有时间戳；请去掉`--timestamp`".into(),
            NotPrepared => "文件中没有待填入的签名位置；请先用`sign --prepare`预留".into(),
            Message(error) => format!("签名消息不能使用：{}", error.chinese()),
            OtherDigest { found, wanted } => format!("签名消息所签的不是此文件：其摘要为{found}，文件的摘要为{wanted}"),
            BadMessage(error) => format!("签名消息不成立：{}", signature(error)),
            NotPades { reason } => format!("签名消息不符合PAdES：{}", not_pades(*reason)),
        }
    }
}

impl KeyError {
    /// The error in words.
    pub fn words(&self, lang: Lang) -> String {
        match (lang, self) {
            (Lang::English, _) => self.to_string(),
            // The library's own words are English; what they tell is said.
            (_, KeyError::Closed { .. }) => "口令不正确，或文件已损坏，或不是PKCS #12文件".into(),
            (_, KeyError::NoKey) => "文件中没有带证书的私钥".into(),
            (_, KeyError::UnknownKey) => "密钥既非RSA，也非P-256上的ECDSA".into(),
            (_, KeyError::Weak(error)) => format!("密钥不被接受：{}", signature(error)),
            (_, KeyError::WrongCertificate) => "证书与密钥不匹配".into(),
        }
    }
}

fn obstacle(obstacle: &Obstacle) -> String {
    match obstacle {
        Obstacle::Catalog => "文档目录无法读取".into(),
        Obstacle::CatalogWithoutNumber => "文档目录没有编号".into(),
        Obstacle::Page => "有页面无法读取".into(),
        Obstacle::TurnedPage => "页面被旋转；印章只能盖在未旋转的页面上".into(),
        Obstacle::PageWithoutSize => "有页面未载明大小".into(),
        Obstacle::Structure => "供朗读的结构无法读取".into(),
        Obstacle::NoNumbers => "供朗读的结构缺少编号表".into(),
        Obstacle::WaitingField => "预留的签名域无法读取".into(),
        Obstacle::PlaceLost => "写出后找不到签名的位置".into(),
        Obstacle::Unwritten(reason) => format!("文件无法写出（{reason}）"),
    }
}

fn seal(error: &SealError) -> String {
    match error {
        SealError::NotPng { .. } => "不是可以读取的PNG图片".into(),
        SealError::TooLarge { width, height } => format!("图片为{width}×{height}点，远超印章所需"),
        SealError::TooSmall { width, height } => {
            format!("可见部分仅{width}×{height}点；至少须宽{FEWEST_ACROSS}点")
        }
        SealError::Opaque { percent } => {
            format!("其{percent}%不透明，超过印章的上限{MOST_HIDDEN}%，会遮住其下的署名和日期；请将背景改为透明")
        }
        SealError::White => "印迹为白色或近于白色：看不见，却会遮住其下的署名和日期".into(),
    }
}

fn stamp(error: &StampError) -> String {
    match error {
        StampError::NotAnAnswer => "应答不是时间戳应答".into(),
        StampError::Refused { status, words } if words.is_empty() => format!("服务器拒绝请求（状态{status}）"),
        StampError::Refused { status, words } => format!("服务器拒绝请求（状态{status}：{words}）"),
        StampError::Unreadable(error) => format!("时间戳无法读取：{}", error.chinese()),
        StampError::OtherContent => "时间戳所对应的是其他内容".into(),
        StampError::BadSignature => "时间戳不是由时间戳专用证书签署的".into(),
    }
}

fn signature(error: &SignatureError) -> String {
    match error {
        SignatureError::Wrong => "签名值与密钥不符".into(),
        SignatureError::UnknownKey => "密钥种类未知，或与算法不符".into(),
        SignatureError::WeakKey { bits } => format!("RSA密钥仅{bits}位，不足{SHORTEST_RSA}位"),
    }
}

fn not_pades(reason: NotPades) -> &'static str {
    match reason {
        NotPades::NoCertificate => "缺少签名属性`signing-certificate-v2`",
        NotPades::SigningTime => "含有签名属性`signing-time`",
    }
}

/// What to do where no place is free: only what nobody has signed yet may bear a seal anywhere.
pub(super) fn elsewhere_english(kept: usize) -> &'static str {
    if kept == 0 { "say where with `--at PAGE,X,Y`" } else { "sign without a seal" }
}

/// Which places are free, and what to do with that.
pub(super) fn free_english(free: &[usize]) -> String {
    match free {
        [] => "none is free; sign without a seal".into(),
        [one] => format!("place {one} is free"),
        more => format!("places {} are free", numbers(more, ", ")),
    }
}

fn free_chinese(free: &[usize]) -> String {
    match free {
        [] => "均无空位；请不加印章签名".into(),
        some => format!("空位为第{}处", numbers(some, "、")),
    }
}

fn numbers(list: &[usize], between: &str) -> String {
    list.iter().map(ToString::to_string).collect::<Vec<_>>().join(between)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cms::CmsError;
    use crate::length::Length;
    use crate::pdf::ReadError;

    /// Words in a Latin alphabet that are names, options or commands.
    const NAMES: [&str; 21] = [
        "PDF",
        "PNG",
        "PKCS",
        "CMS",
        "RSA",
        "ECDSA",
        "P",
        "PAdES",
        "SM",
        "sign",
        "insert",
        "prepare",
        "at",
        "diameter",
        "mm",
        "room",
        "timestamp",
        "signing",
        "certificate",
        "v",
        "time",
    ];

    #[test]
    fn chinese_words_are_chinese() {
        let stamp = |error| SignError::NoStamp { reason: StampTrouble::Answer(error) };
        let length = Length::mm(45);
        let mut words: Vec<String> = [
            SignError::Read(ReadError::NotPdf),
            SignError::Closed,
            SignError::Awaited,
            SignError::NotFirst,
            SignError::NoPlace { kept: 2 },
            SignError::NoSuchPlace { number: 0, kept: 2, free: vec![1, 2] },
            SignError::Taken { number: 1, free: Vec::new() },
            SignError::NoPage { page: 9, pages: 2 },
            SignError::TooWide { diameter: length, kept: length },
            SignError::OffPage,
            SignError::NoDiameter,
            SignError::WrongCertificate,
            SignError::NoRoom { needed: 2, room: 1 },
            SignError::BadRoom { room: 1 },
            SignError::Stamped,
            SignError::NotPrepared,
            SignError::Message(CmsError::NotCms),
            SignError::Message(CmsError::NoCertificate),
            SignError::Message(CmsError::NotOneSigner { count: 2 }),
            SignError::OtherDigest { found: "00".into(), wanted: "11".into() },
            SignError::BadMessage(SignatureError::Wrong),
            SignError::BadMessage(SignatureError::WeakKey { bits: 1024 }),
            SignError::NotPades { reason: NotPades::NoCertificate },
            SignError::NotPades { reason: NotPades::SigningTime },
            SignError::Structure { reason: Obstacle::TurnedPage },
            SignError::Seal(SealError::NotPng { reason: "words of a library".into() }),
            SignError::Seal(SealError::TooLarge { width: 1, height: 1 }),
            SignError::Seal(SealError::TooSmall { width: 1, height: 1 }),
            SignError::Seal(SealError::Opaque { percent: 100 }),
            SignError::Seal(SealError::White),
            stamp(StampError::NotAnAnswer),
            stamp(StampError::Refused { status: 2, words: String::new() }),
            stamp(StampError::OtherContent),
            stamp(StampError::BadSignature),
            stamp(StampError::Unreadable(CmsError::NotCms)),
        ]
        .iter()
        .map(|error| error.words(Lang::Chinese))
        .collect();
        words.extend(
            [
                KeyError::Closed { reason: "words of a library".into() },
                KeyError::NoKey,
                KeyError::UnknownKey,
                KeyError::Weak(SignatureError::UnknownKey),
                KeyError::WrongCertificate,
            ]
            .map(|error| error.words(Lang::Chinese)),
        );
        for said in words {
            let latin = said.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty());
            for word in latin {
                assert!(NAMES.contains(&word), "`{word}` in {said}");
            }
        }
    }
}
