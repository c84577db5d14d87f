//! What the system says when a file cannot be read or written.

use std::io::ErrorKind;

use super::Lang;

/// Why the system does not do what it was asked for. `told` is what it says itself: the words in English, and quoted in
/// Chinese where there are none for what happened.
pub fn system_words(kind: ErrorKind, told: &str, lang: Lang) -> String {
    if lang == Lang::English {
        return told.to_owned();
    }
    let words = match kind {
        ErrorKind::NotFound => "文件或文件夹不存在",
        ErrorKind::PermissionDenied => "没有权限",
        ErrorKind::AlreadyExists => "已有同名的文件",
        ErrorKind::IsADirectory => "是文件夹，不是文件",
        ErrorKind::NotADirectory => "路径中有一段不是文件夹",
        ErrorKind::DirectoryNotEmpty => "文件夹不是空的",
        ErrorKind::StorageFull => "磁盘已满",
        ErrorKind::QuotaExceeded => "磁盘配额已用完",
        ErrorKind::FileTooLarge => "文件超过系统允许的大小",
        ErrorKind::ReadOnlyFilesystem => "磁盘只读",
        ErrorKind::InvalidFilename => "文件名过长，或含有不允许的字符",
        ErrorKind::ResourceBusy | ErrorKind::ExecutableFileBusy | ErrorKind::Deadlock => "正被其他程序占用",
        ErrorKind::BrokenPipe => "接收的程序已经结束",
        ErrorKind::UnexpectedEof => "文件不完整，被截短",
        ErrorKind::InvalidData => return format!("内容已损坏（{told}）"),
        ErrorKind::OutOfMemory => "内存不足",
        ErrorKind::TimedOut => "等候超时",
        ErrorKind::StaleNetworkFileHandle | ErrorKind::NetworkDown | ErrorKind::HostUnreachable => "网络盘已断开",
        _ => return format!("系统未能完成此操作（{told}）"),
    };
    words.to_owned()
}
