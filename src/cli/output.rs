//! Where documents go: files by their endings, standard output; whole or not at all.

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use tempfile::NamedTempFile;

use kanyin::document::{Block, Document};

use super::words::{Words, cannot_print, cannot_write, why};

/// How the names of files begin that are not whole yet.
pub(super) const STAGED: &str = ".kanyin-";

/// What can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// PDF/A-2a and PDF/UA-1.
    Pdf,
    /// Word.
    Docx,
    /// The pages as text, an item a line, in millimetres.
    Pages,
    /// The tables as JSON: cells with their spans and texts.
    Grid,
}

impl Format {
    /// How the names of its files end.
    pub fn ending(self) -> &'static str {
        match self {
            Format::Pdf => "pdf",
            Format::Docx => "docx",
            Format::Pages => "txt",
            Format::Grid => "json",
        }
    }
}

/// A document to be written.
pub(super) struct Output {
    pub path: PathBuf,
    pub format: Format,
}

impl Output {
    /// Makes sure that every place has a format, none is named twice, and none is the input.
    pub fn all(paths: &[PathBuf], format: Option<Format>, input: &Path) -> Result<Vec<Output>, Words> {
        let mut outputs: Vec<Output> = Vec::new();
        for path in paths {
            let name = path.display();
            if outputs.iter().any(|other| same_place(&other.path, path)) {
                return Err(Words::new(
                    format!("`{name}` is named twice as output"),
                    format!("输出文件`{name}`重复指定"),
                ));
            }
            if path != Path::new("-") && input.is_file() && same_place(path, input) {
                return Err(Words::new(
                    format!("`{name}` is the report itself, which would be lost"),
                    format!("`{name}`就是输入的报告，写入后原报告将丢失；请另指定文件"),
                ));
            }
            let by_ending =
                path.extension().and_then(OsStr::to_str).and_then(|ending| match ending.to_lowercase().as_str() {
                    "pdf" => Some(Format::Pdf),
                    "docx" => Some(Format::Docx),
                    _ => None,
                });
            let format = match (format, by_ending) {
                (Some(asked), Some(ending)) if asked != ending => {
                    return Err(Words::new(
                        format!("`{name}` is to be written in another format than its ending says"),
                        format!("`{name}`的扩展名与`--format`指定的格式不一致"),
                    ));
                }
                (Some(format), _) | (None, Some(format)) => format,
                (None, None) => {
                    return Err(Words::new(
                        format!("what format is `{name}`? end it in .pdf or .docx, or say `--format`"),
                        format!("不知`{name}`应为何种格式；请以.pdf或.docx结尾，或用`--format`指定"),
                    ));
                }
            };
            if path == Path::new("-")
                && format != Format::Pages
                && format != Format::Grid
                && super::stdout_is_terminal()
            {
                return Err(Words::new(
                    "a document is not for a terminal; name a file, or send the output on",
                    "文档不能显示在终端上；请指定文件，或将输出重定向",
                ));
            }
            outputs.push(Output { path: path.clone(), format });
        }
        Ok(outputs)
    }
}

/// Whether two paths lead to one place, as far as that can be known before it exists.
fn same_place(one: &Path, other: &Path) -> bool {
    one == other || matches!((place(one), place(other)), (Ok(one), Ok(other)) if one == other)
}

/// Where a path leads: what it links to, if that exists, else its name in its folder.
fn place(path: &Path) -> std::io::Result<PathBuf> {
    path.canonicalize().or_else(|error| {
        let name = path.file_name().ok_or(error)?;
        Ok(folder_of(path).canonicalize()?.join(name))
    })
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Writes all documents. Files are written beside their places first and moved there when all are whole, so
/// that a full disk leaves what was there before. What is no file but takes bytes (a pipe, a device) is written to.
pub(super) fn write_all(documents: Vec<(Output, Vec<u8>)>) -> Result<(), Words> {
    let mut ready = Vec::new();
    let mut streams = Vec::new();
    for (output, bytes) in &documents {
        let cannot = |error: std::io::Error| cannot_write(output.path.display(), &why(&error));
        if output.path == Path::new("-") {
            streams.push((output, bytes));
            continue;
        }
        let path = place(&output.path).map_err(cannot)?;
        match path.metadata() {
            Ok(found) if found.is_dir() => {
                return Err(cannot_write(output.path.display(), &is_a_folder()));
            }
            Ok(found) if !found.is_file() => streams.push((output, bytes)),
            Ok(_) | Err(_) => ready.push((stage(folder_of(&path), bytes).map_err(cannot)?, path, output)),
        }
    }
    for (file, path, output) in ready {
        file.persist(path).map_err(|error| cannot_write(output.path.display(), &why(&error.error)))?;
    }
    for (output, bytes) in streams {
        if output.path == Path::new("-") {
            let mut out = std::io::stdout().lock();
            out.write_all(bytes).and_then(|()| out.flush()).map_err(|error| cannot_print(&error))?;
        } else {
            let written = std::fs::OpenOptions::new().write(true).open(&output.path);
            written
                .and_then(|mut file| file.write_all(bytes))
                .map_err(|error| cannot_write(output.path.display(), &why(&error)))?;
        }
    }
    Ok(())
}

/// Why no file can take a folder's place.
pub(super) fn is_a_folder() -> Words {
    Words::new("it is a folder", "它是文件夹")
}

/// Writes a text as a document is written.
pub(super) fn write_text(path: &Path, text: &str) -> Result<(), Words> {
    let output = Output { path: path.to_owned(), format: Format::Pages };
    write_all(vec![(output, text.as_bytes().to_vec())])
}

/// What becomes of a file that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Present {
    /// It is replaced, and keeps who may read and write it.
    Replace,
    /// It stays, and nothing is written.
    Refuse,
}

/// Writes one file, whole or not at all.
pub(super) fn write_file(path: &Path, bytes: &[u8], present: Present) -> Result<(), Words> {
    let cannot = |error: std::io::Error| cannot_write(path.display(), &why(&error));
    let real = place(path).map_err(cannot)?;
    if real.is_dir() {
        return Err(cannot_write(path.display(), &is_a_folder()));
    }
    let file = stage(folder_of(&real), bytes).map_err(cannot)?;
    match present {
        Present::Replace => {
            if let Ok(known) = std::fs::metadata(&real) {
                file.as_file().set_permissions(known.permissions()).map_err(cannot)?;
            }
            file.persist(&real).map_err(|error| cannot(error.error))?;
        }
        Present::Refuse => {
            file.persist_noclobber(&real).map_err(|error| match error.error.kind() {
                std::io::ErrorKind::AlreadyExists => {
                    let name = path.display();
                    Words::new(
                        format!("`{name}` is there already; name another file, or remove it first"),
                        format!("`{name}`已存在；请另指定文件，或先将其删除"),
                    )
                }
                _ => cannot(error.error),
            })?;
        }
    }
    Ok(())
}

/// Writes a file beside its place, under a name that begins with [`STAGED`]: whole on the disk before it is moved.
pub(super) fn stage(folder: &Path, bytes: &[u8]) -> std::io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(STAGED);
    // A document is for all who may read the folder, unlike what temporary files are by default.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// The tables of a document as JSON.
pub(super) fn grid(document: &Document) -> String {
    let mut tables = Vec::new();
    for block in &document.blocks {
        let table = match block {
            Block::Table(table) => table,
            Block::Paragraph(_) | Block::Signature(_) => continue,
        };
        let cells: Vec<_> = table
            .grid
            .cells()
            .iter()
            .map(|cell| {
                serde_json::json!({
                    "row": cell.row,
                    "column": cell.column,
                    "row_span": cell.row_span,
                    "column_span": cell.column_span,
                    "text": cell.content.text.content,
                })
            })
            .collect();
        tables.push(serde_json::json!({
            "key": table.key,
            "rows": table.grid.rows(),
            "columns": table.grid.columns(),
            "heading_rows": table.heading_rows,
            "cells": cells,
        }));
    }
    let mut text = serde_json::json!({ "tables": tables }).to_string();
    text.push('\n');
    text
}
