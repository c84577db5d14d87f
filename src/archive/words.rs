//! The words for what is wrong with a package, in Chinese and in English.

use super::REPORT;
use super::bag::{BadPath, DECLARATION, OXUM, TAG_MANIFEST};
use super::fault::{Fault, Problem};
use super::master::{Broken, MasterError};
use super::verify::{MOST_BYTES, MOST_FILES, MOST_TAG_BYTES, Verdict};
use crate::error::{Lang, is_invisible, system_words};
use crate::extract::ExtractError;
use crate::verify::{plain, read_chinese};

impl Fault {
    /// What is wrong, with the values.
    pub fn message(&self, lang: Lang) -> String {
        match lang {
            Lang::Chinese => chinese(&self.problem),
            Lang::English => english(&self.problem),
        }
    }

    /// What to do; `None` when the message says it.
    pub fn hint(&self, lang: Lang) -> Option<&'static str> {
        hint(&self.problem, lang)
    }

    /// The fault as it is shown to a person, ending in a line break. `package` is what the package is called.
    ///
    /// ```text
    /// error: the file was changed: its SHA-256 is `e3b0…`, but the manifest has `9f86…`
    ///   --> package/data/report.pdf
    /// ```
    pub fn render(&self, lang: Lang, package: &str) -> String {
        let mut place = package.to_owned();
        if let Some(file) = &self.file {
            place.push('/');
            place.push_str(&shown(file));
        }
        if let Some(line) = self.line {
            place.push_str(&format!(":{line}"));
        }
        let (error, hint) = match lang {
            Lang::Chinese => ("错误：", "提示："),
            Lang::English => ("error: ", "hint: "),
        };
        let told = self.hint(lang).map_or_else(String::new, |words| format!("  {hint}{words}\n"));
        format!("{error}{}\n  --> {place}\n{told}", self.message(lang))
    }
}

impl Verdict {
    /// That the package is whole, and the sum by which it can be known again.
    pub fn praise(&self, lang: Lang) -> String {
        let (files, bytes) = (self.files, self.bytes);
        let digest = self.digest.as_deref().unwrap_or_default();
        match lang {
            Lang::Chinese => format!("归档包完整：{files}个文件，{bytes}字节\n{TAG_MANIFEST}的SHA-256为{digest}\n"),
            Lang::English => {
                format!("the package is whole: {files} files, {bytes} bytes\nSHA-256 of {TAG_MANIFEST}: {digest}\n")
            }
        }
    }
}

impl MasterError {
    /// Why a PDF is not archived with a report.
    pub fn message(&self, lang: Lang) -> String {
        match (lang, self) {
            (Lang::English, error) => error.to_string(),
            (Lang::Chinese, MasterError::Read(error)) => read_chinese(error),
            (Lang::Chinese, MasterError::OtherReport { attached, given }) => {
                format!("所附报告（SHA-256为{attached}）与待归档的报告（SHA-256为{given}）不是同一份")
            }
            (Lang::Chinese, MasterError::SeveralReports { count }) => format!("所附数据源有{count}个，应为1个"),
            (Lang::Chinese, MasterError::AddedTo(changes)) => {
                let words: Vec<String> = changes.iter().map(|change| plain(&change.words(lang))).collect();
                format!("除完好的签名外另有增改：{}", words.join("；"))
            }
            (Lang::Chinese, MasterError::Broken(broken)) => {
                broken.iter().map(|broken| broken.words(lang)).collect::<Vec<_>>().join("；")
            }
        }
    }
}

impl Broken {
    /// Why a signature does not hold.
    pub fn words(&self, lang: Lang) -> String {
        let (field, why) = (shown(&self.field), shown(&self.problem.words(lang)));
        match lang {
            Lang::Chinese => format!("签名“{field}”无效：{why}"),
            Lang::English => format!("the signature `{field}` does not hold: {why}"),
        }
    }
}

/// A name as it is shown: characters that would command a terminal or mislead the eye are not.
fn shown(name: &str) -> String {
    name.chars().map(|c| if c.is_control() || is_invisible(c) { '\u{fffd}' } else { c }).collect()
}

fn english(problem: &Problem) -> String {
    use Problem::*;
    match problem {
        NotAPackage => format!("this is no package: neither `{DECLARATION}` nor a manifest is in it"),
        TooManyFiles => format!("there are more than the {MOST_FILES} files a package can have"),
        TooLarge { bytes } => format!("it has {bytes} bytes, more than the {MOST_BYTES} a package can have"),
        BadZip(fault) => format!("it cannot be opened: {}", shown(&fault.to_string())),
        Ambiguous { reason } => format!("two programs could unpack two things from it: {}", shown(reason)),
        NotOneFolder => "its files are not all in one folder".into(),
        Doubled => "two files have this name".into(),
        SameButForCase { other } => format!("the name differs from `{}` only in upper and lower case", shown(other)),
        NameNotUtf8 => "the name is not UTF-8".into(),
        Path(why) => format!("the name {}", english_path(*why)),
        Link => "this is a link, which was not followed".into(),
        Special => "this is neither a file nor a folder, and was not opened".into(),
        Locked => "the file is locked with a password".into(),
        Unreadable => "the file is packed in a way that is not read".into(),
        CannotRead { reason, .. } => format!("the file cannot be read: {}", shown(reason)),
        LargerThanTold { told } => format!("the file has more than the {told} bytes it was announced with"),
        Missing => "the file is missing: a manifest names it".into(),
        NoPart => "the file is missing: every package has it".into(),
        Added { manifest } => format!("the file was added: `{manifest}` does not name it"),
        Changed { told, found } => {
            format!("the file was changed: its SHA-256 is `{found}`, but the manifest has `{told}`")
        }
        ByteOrderMark => "the file begins with a byte order mark".into(),
        NotUtf8 => "the file is not UTF-8 text".into(),
        TagTooLarge => format!("the file has more than the {MOST_TAG_BYTES} bytes such a file can have"),
        Declaration => "the file does not say the two things it should".into(),
        Version { found } => format!("it declares BagIt version `{}`", shown(found)),
        Encoding { found } => format!("it declares the encoding `{}`", shown(found)),
        BadLine => "this is no line of such a file".into(),
        NamedPath { path, why } => format!("the path `{}` {}", shown(path), english_path(*why)),
        WrongManifest { path } => format!("`{}` does not belong into this manifest", shown(path)),
        NamedTwice { path, before } => format!("`{}` is named again, after line {before}", shown(path)),
        NoOxum => format!("`{OXUM}` is missing"),
        OxumTwice => format!("`{OXUM}` is given more than once"),
        BadOxum { found } => format!("`{OXUM}` is `{}`, which is not bytes and files", shown(found)),
        Oxum { told, found } => format!("`{OXUM}` is {told}, but there is {found} in `data/`"),
        Fetch => "the package is not whole in itself: this file names others to be fetched".into(),
        OtherManifest => "sums of this kind are not checked".into(),
        OtherReport { attached } => {
            format!("the report attached to the PDF (SHA-256 `{attached}`) is not `{REPORT}`")
        }
        BadPdf(error) => format!("the PDF cannot be read: {}", shown(&error.to_string())),
        Signature(broken) => broken.words(Lang::English),
    }
}

fn english_path(why: BadPath) -> &'static str {
    match why {
        BadPath::Absolute => "begins at a disk's root, a drive or a home folder",
        BadPath::Upwards => "has `..` in it and may lead out of the package",
        BadPath::NotPlain => "has an empty part or `.` in it",
        BadPath::Backslash => "has `\\` in it, which some systems take for a folder's end",
        BadPath::Unprintable => "has a character that cannot be printed",
    }
}

fn chinese(problem: &Problem) -> String {
    use Problem::*;
    match problem {
        NotAPackage => format!("这不是归档包：既无`{DECLARATION}`，也无清单"),
        TooManyFiles => format!("文件数超过归档包的上限{MOST_FILES}个"),
        TooLarge { bytes } => format!("共{bytes}字节，超过归档包的上限{MOST_BYTES}字节"),
        BadZip(fault) => format!("无法打开：{}", shown(&fault.chinese())),
        Ambiguous { reason } => format!("目录与内容不一致，不同软件可能解出不同内容（{}）", shown(reason)),
        NotOneFolder => "文件不在同一个文件夹内".into(),
        Doubled => "有两个文件同名".into(),
        SameButForCase { other } => format!("文件名与`{}`仅大小写不同", shown(other)),
        NameNotUtf8 => "文件名不是UTF-8编码".into(),
        Path(why) => format!("文件名{}", chinese_path(*why)),
        Link => "这是链接，未予跟随".into(),
        Special => "这既不是文件也不是文件夹，未予打开".into(),
        Locked => "文件已用密码加密".into(),
        Unreadable => "文件的压缩方式不受支持".into(),
        CannotRead { kind, reason } => format!("无法读取：{}", shown(&system_words(*kind, reason, Lang::Chinese))),
        LargerThanTold { told } => format!("文件实际长度超过所标的{told}字节"),
        Missing => "文件缺失：清单中有此文件".into(),
        NoPart => "文件缺失：归档包均应有此文件".into(),
        Added { manifest } => format!("文件系后加：`{manifest}`中无此文件"),
        Changed { told, found } => format!("文件已被改动：其SHA-256为`{found}`，清单所记为`{told}`"),
        ByteOrderMark => "文件以字节顺序标记（BOM）开头".into(),
        NotUtf8 => "文件不是UTF-8文本".into(),
        TagTooLarge => format!("文件超过此类文件的上限{MOST_TAG_BYTES}字节"),
        Declaration => "文件未写明应写明的两项内容".into(),
        Version { found } => format!("所声明的BagIt版本为`{}`", shown(found)),
        Encoding { found } => format!("所声明的编码为`{}`", shown(found)),
        BadLine => "此行不合此类文件的写法".into(),
        NamedPath { path, why } => format!("路径`{}`{}", shown(path), chinese_path(*why)),
        WrongManifest { path } => format!("`{}`不应列入此清单", shown(path)),
        NamedTwice { path, before } => format!("`{}`重复列出，前见第{before}行", shown(path)),
        NoOxum => format!("缺少`{OXUM}`"),
        OxumTwice => format!("`{OXUM}`不止一项"),
        BadOxum { found } => format!("`{OXUM}`为`{}`，不是“字节数.文件数”", shown(found)),
        Oxum { told, found } => format!("`{OXUM}`为{told}，而`data/`内实有{found}"),
        Fetch => "归档包不完整：此文件列有须另行下载的文件".into(),
        OtherManifest => "此类摘要未予核对".into(),
        OtherReport { attached } => format!("PDF所附报告（SHA-256为`{attached}`）不是`{REPORT}`"),
        BadPdf(ExtractError::Read(error)) => format!("PDF无法读取：{}", shown(&read_chinese(error))),
        BadPdf(ExtractError::NoSource) => "PDF未附报告".into(),
        BadPdf(ExtractError::SeveralSources { count }) => format!("PDF所附数据源有{count}个，应为1个"),
        Signature(broken) => broken.words(Lang::Chinese),
    }
}

fn chinese_path(why: BadPath) -> &'static str {
    match why {
        BadPath::Absolute => "以磁盘根目录、盘符或用户目录开头",
        BadPath::Upwards => "含`..`，可能指向归档包之外",
        BadPath::NotPlain => "含空的部分或`.`",
        BadPath::Backslash => "含`\\`，某些系统视其为文件夹分隔",
        BadPath::Unprintable => "含不可显示的字符",
    }
}

fn hint(problem: &Problem, lang: Lang) -> Option<&'static str> {
    use Problem::*;
    let (chinese, english) = match problem {
        NotAPackage => ("请指明归档包的文件夹或其zip文件", "name the package's folder, or its zip file"),
        Missing | NoPart | Changed { .. } => {
            ("请以另存的副本恢复，不要改写清单", "restore it from another copy; do not rewrite the manifest")
        }
        Added { .. } => {
            ("归档包不得增改；如确需补充，请另行归档", "nothing is added to a package; archive anew instead")
        }
        Link | Special => ("请以文件本身代替", "put the file itself in its place"),
        Version { .. } | Encoding { .. } | Declaration => (
            "应为`BagIt-Version: 1.0`和`Tag-File-Character-Encoding: UTF-8`",
            "it should be `BagIt-Version: 1.0` and `Tag-File-Character-Encoding: UTF-8`",
        ),
        BadLine => return bad_line(lang),
        NotOneFolder => ("请将归档包的文件夹整体压缩", "pack the package's folder as a whole"),
        OtherReport { .. } => ("请核对PDF与报告是否为同一份", "find out which of the two is the right one"),
        OtherManifest => ("归档包只用SHA-256", "a package has SHA-256 sums only"),
        TooManyFiles
        | TooLarge { .. }
        | BadZip(_)
        | Ambiguous { .. }
        | Doubled
        | SameButForCase { .. }
        | NameNotUtf8
        | Path(_)
        | Locked
        | Unreadable
        | CannotRead { .. }
        | LargerThanTold { .. }
        | ByteOrderMark
        | NotUtf8
        | TagTooLarge
        | NamedPath { .. }
        | WrongManifest { .. }
        | NamedTwice { .. }
        | NoOxum
        | OxumTwice
        | BadOxum { .. }
        | Oxum { .. }
        | Fetch
        | BadPdf(_)
        | Signature(_) => return None,
    };
    Some(match lang {
        Lang::Chinese => chinese,
        Lang::English => english,
    })
}

fn bad_line(lang: Lang) -> Option<&'static str> {
    Some(match lang {
        Lang::Chinese => "清单每行为64位十六进制SHA-256、空格和路径；`bag-info.txt`每行为“名称: 值”",
        Lang::English => "a manifest has 64 hexadecimal digits, blanks and a path; `bag-info.txt` has `label: value`",
    })
}
