//! Fonts from the program, from folders and from the machine.

use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use kanyin::font::{FontBytes, Fonts};
use kanyin::sheet::Sheet;

use super::build::Build;
use super::words::{Words, cannot_read, why};

/// What a folder's catalogue is called.
const CATALOGUE: &str = "fonts.toml";
/// No font file is larger: collections of all weights of a CJK family have about 120 MB.
const MOST_BYTES: u64 = 256 * 1024 * 1024;

/// Which fonts were asked for.
pub(super) struct Choice<'a> {
    /// A folder of faces.
    pub folder: Option<&'a Path>,
    /// Faces for single typefaces, each as `typeface=file`.
    pub single: &'a [String],
    /// Those of this machine.
    pub installed: bool,
}

/// The fonts to set with: the program's own, with those asked for in their place.
pub(super) fn gather(args: &Build, sheet: &Sheet) -> Result<Fonts, Words> {
    let choice = Choice { folder: args.fonts.as_deref(), single: &args.font, installed: args.installed_fonts };
    choose(&choice, sheet)
}

/// The fonts to set with: the program's own, with those asked for in their place.
pub(super) fn choose(choice: &Choice, sheet: &Sheet) -> Result<Fonts, Words> {
    let catalogue = choice.folder.filter(|folder| folder.join(CATALOGUE).is_file());
    let mut fonts = match catalogue {
        Some(folder) => from_folder(folder)?,
        None => bundled()?,
    };
    if choice.installed {
        let mut known = fontdb::Database::new();
        known.load_system_fonts();
        prefer_named(&mut fonts, &known, sheet)?;
    }
    if let (Some(folder), None) = (choice.folder, catalogue) {
        if !folder.is_dir() {
            let folder = folder.display();
            return Err(Words::new(format!("`{folder}` is not a folder"), format!("`{folder}`不是文件夹")));
        }
        let mut known = fontdb::Database::new();
        known.load_fonts_dir(folder);
        if prefer_named(&mut fonts, &known, sheet)? == 0 {
            let names: Vec<&str> =
                sheet.typefaces.values().flat_map(|face| [&*face.word, &*face.alternative]).collect();
            let (folder, names) = (folder.display(), names.join("、"));
            return Err(Words::new(
                format!("`{folder}` has none of the families {names}"),
                format!("`{folder}`中没有下列任何一种字体：{names}"),
            ));
        }
    }
    for single in choice.single {
        let (typeface, file) = single.split_once('=').ok_or_else(|| {
            Words::new("write it like `fangsong=simfang.ttf`", "请写成`fangsong=simfang.ttf`这样")
                .about(format_args!("--font {single}"))
        })?;
        if !sheet.typefaces.contains_key(typeface) {
            let known: Vec<&str> = sheet.typefaces.keys().map(String::as_str).collect();
            return Err(Words::new(
                format!("there is no typeface `{typeface}`; there are: {}", known.join(", ")),
                format!("没有字体`{typeface}`；现有：{}", known.join("、")),
            ));
        }
        let bytes = read(Path::new(file)).map_err(|error| cannot_read(file, &why(&error)))?;
        fonts.prefer(typeface, file, Arc::new(bytes), 0)?;
    }
    Ok(fonts)
}

/// Reads a file that no font is larger than.
fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(std::io::Error::other(Words::new(
            format!("it has more than {MOST_BYTES} bytes, as no font does"),
            format!("超过{MOST_BYTES}字节，不会是字体文件"),
        )));
    }
    Ok(bytes)
}

/// Puts faces with the names an office would use before the others; how many were found.
fn prefer_named(fonts: &mut Fonts, known: &fontdb::Database, sheet: &Sheet) -> Result<usize, Words> {
    let mut found = 0;
    for (key, typeface) in &sheet.typefaces {
        let named = [&typeface.word, &typeface.alternative].into_iter().find_map(|name| {
            known.faces().find(|face| {
                face.style == fontdb::Style::Normal
                    && face.families.iter().any(|(family, _)| family.to_lowercase() == name.to_lowercase())
            })
        });
        let Some(face) = named else { continue };
        let name = face.families.first().map_or("", |(family, _)| family);
        let bytes = known.with_face_data(face.id, |bytes, _| bytes.to_vec());
        let bytes = bytes
            .ok_or_else(|| Words::new(format!("the font `{name}` cannot be read"), format!("字体“{name}”无法读取")))?;
        fonts.prefer(key, name, Arc::new(bytes), face.index)?;
        found += 1;
    }
    Ok(found)
}

fn from_folder(folder: &Path) -> Result<Fonts, Words> {
    let path = folder.join(CATALOGUE);
    let not_utf8 = |_| std::io::Error::other(Words::new("it is not UTF-8 text", "不是UTF-8文本"));
    let catalogue = read(&path).and_then(|bytes| String::from_utf8(bytes).map_err(not_utf8));
    let catalogue = catalogue.map_err(|error| cannot_read(path.display(), &why(&error)))?;
    let load = |file: &str| -> Option<FontBytes> {
        // A catalogue reaches only into its own folder.
        let inside = Path::new(file).components().all(|part| matches!(part, std::path::Component::Normal(_)));
        if inside { Some(Arc::new(read(&folder.join(file)).ok()?)) } else { None }
    };
    Ok(Fonts::read(&catalogue, load)?)
}

/// The faces of `fonts/`, which the program carries: mapped with it, never unpacked or copied.
#[cfg(feature = "bundled-fonts")]
pub(super) fn bundled() -> Result<Fonts, Words> {
    static FOLDER: include_dir::Dir<'_> = include_dir::include_dir!("$CARGO_MANIFEST_DIR/fonts");
    let catalogue = FOLDER.get_file(CATALOGUE).and_then(|file| file.contents_utf8());
    let catalogue = catalogue.ok_or_else(|| Words::ours(&"this program was built without its fonts"))?;
    let load = |file: &str| -> Option<FontBytes> {
        let bytes: &'static [u8] = FOLDER.get_file(file)?.contents();
        Some(Arc::new(bytes))
    };
    Ok(Fonts::read(catalogue, load)?)
}

#[cfg(not(feature = "bundled-fonts"))]
pub(super) fn bundled() -> Result<Fonts, Words> {
    Err(Words::new(
        "this program was built without fonts; name a folder with `--fonts` that has a fonts.toml",
        "本程序未自带字体；请用`--fonts`指定含有fonts.toml的文件夹",
    ))
}
