//! Fonts from the program, from folders and from the machine.

use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use kanyin::font::{FontBytes, Fonts};
use kanyin::sheet::Sheet;

use super::build::Build;

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
pub(super) fn gather(args: &Build, sheet: &Sheet) -> Result<Fonts, String> {
    let choice = Choice { folder: args.fonts.as_deref(), single: &args.font, installed: args.installed_fonts };
    choose(&choice, sheet)
}

/// The fonts to set with: the program's own, with those asked for in their place.
pub(super) fn choose(choice: &Choice, sheet: &Sheet) -> Result<Fonts, String> {
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
            return Err(format!("`{}` is not a folder", folder.display()));
        }
        let mut known = fontdb::Database::new();
        known.load_fonts_dir(folder);
        if prefer_named(&mut fonts, &known, sheet)? == 0 {
            let names: Vec<&str> =
                sheet.typefaces.values().flat_map(|face| [&*face.word, &*face.alternative]).collect();
            return Err(format!("`{}` has none of the families {}", folder.display(), names.join("、")));
        }
    }
    for single in choice.single {
        let (typeface, file) =
            single.split_once('=').ok_or_else(|| format!("`--font {single}`: write it like `fangsong=simfang.ttf`"))?;
        if !sheet.typefaces.contains_key(typeface) {
            let known: Vec<&str> = sheet.typefaces.keys().map(String::as_str).collect();
            return Err(format!("there is no typeface `{typeface}`; there are: {}", known.join(", ")));
        }
        let bytes = read(Path::new(file)).map_err(|error| format!("cannot read `{file}`: {error}"))?;
        fonts.prefer(typeface, file, Arc::new(bytes), 0).map_err(|error| error.to_string())?;
    }
    Ok(fonts)
}

/// Reads a file that no font is larger than.
fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(std::io::Error::other(format!("it has more than {MOST_BYTES} bytes, as no font does")));
    }
    Ok(bytes)
}

/// Puts faces with the names an office would use before the others; how many were found.
fn prefer_named(fonts: &mut Fonts, known: &fontdb::Database, sheet: &Sheet) -> Result<usize, String> {
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
        let bytes = bytes.ok_or_else(|| format!("the font `{name}` cannot be read"))?;
        fonts.prefer(key, name, Arc::new(bytes), face.index).map_err(|error| error.to_string())?;
        found += 1;
    }
    Ok(found)
}

fn from_folder(folder: &Path) -> Result<Fonts, String> {
    let path = folder.join(CATALOGUE);
    let catalogue = read(&path).and_then(|bytes| String::from_utf8(bytes).map_err(std::io::Error::other));
    let catalogue = catalogue.map_err(|error| format!("cannot read `{}`: {error}", path.display()))?;
    let load = |file: &str| -> Option<FontBytes> {
        // A catalogue reaches only into its own folder.
        let inside = Path::new(file).components().all(|part| matches!(part, std::path::Component::Normal(_)));
        if inside { Some(Arc::new(read(&folder.join(file)).ok()?)) } else { None }
    };
    Fonts::read(&catalogue, load).map_err(|error| error.to_string())
}

/// The faces of `fonts/`, which the program carries: mapped with it, never unpacked or copied.
#[cfg(feature = "bundled-fonts")]
pub(super) fn bundled() -> Result<Fonts, String> {
    static FOLDER: include_dir::Dir<'_> = include_dir::include_dir!("$CARGO_MANIFEST_DIR/fonts");
    let catalogue = FOLDER.get_file(CATALOGUE).and_then(|file| file.contents_utf8());
    let catalogue = catalogue.ok_or("this program was built without its fonts")?;
    let load = |file: &str| -> Option<FontBytes> {
        let bytes: &'static [u8] = FOLDER.get_file(file)?.contents();
        Some(Arc::new(bytes))
    };
    Fonts::read(catalogue, load).map_err(|error| error.to_string())
}

#[cfg(not(feature = "bundled-fonts"))]
pub(super) fn bundled() -> Result<Fonts, String> {
    Err("this program was built without fonts; name a folder with `--fonts` that has a fonts.toml".into())
}
