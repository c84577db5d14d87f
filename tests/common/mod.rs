//! What the integration tests share: the faces of the repository, and goldens accepted by `BLESS=1`.

// Each test binary uses a part of this.
#![allow(dead_code)]

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use kanyin::font::{FontBytes, Fonts};
use kanyin::sheet::Sheet;

/// The top of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The faces of `fonts/`, read once.
pub fn fonts() -> &'static Fonts {
    static FONTS: OnceLock<Fonts> = OnceLock::new();
    FONTS.get_or_init(|| {
        let folder = root().join("fonts");
        let catalogue = std::fs::read_to_string(folder.join("fonts.toml")).expect("fonts.toml is there");
        let load = |file: &str| -> Option<FontBytes> { Some(Arc::new(std::fs::read(folder.join(file)).ok()?)) };
        Fonts::read(&catalogue, load).expect("the fonts can be read")
    })
}

/// The sheet of the annual reports.
pub fn sheet() -> Sheet {
    Sheet::bundled("gbt9704").expect("the sheet can be read")
}

/// The samples, in order.
pub fn samples() -> Vec<PathBuf> {
    let folder = std::fs::read_dir(root().join("samples")).expect("samples are there");
    let mut samples: Vec<PathBuf> = folder.map(|entry| entry.expect("an entry").path()).collect();
    samples.retain(|path| path.extension().is_some_and(|ending| ending == "json"));
    samples.sort();
    assert!(samples.len() >= 4, "the samples are there");
    samples
}

/// Compares text with a golden file; `BLESS=1` writes the file instead.
pub fn golden(name: &str, text: &str) {
    let path = root().join("tests/golden").join(name);
    if std::env::var_os("BLESS").is_some() {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder can be made");
        std::fs::write(&path, text).expect("the golden can be written");
        return;
    }
    let wanted = std::fs::read_to_string(&path).unwrap_or_default();
    if wanted == text {
        return;
    }
    let line = wanted.lines().zip(text.lines()).position(|(a, b)| a != b);
    let at = line.unwrap_or(wanted.lines().count().min(text.lines().count()));
    let show = |text: &str| text.lines().nth(at).unwrap_or("(nothing)").to_string();
    panic!(
        "{name} differs from line {}:\n  golden {}\n  now    {}\nBLESS=1 accepts it",
        at + 1,
        show(&wanted),
        show(text)
    );
}
