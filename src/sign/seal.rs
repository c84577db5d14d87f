//! The picture of a seal, as PDF shows it: PNG with transparency, cut to what can be seen of it.
//!
//! Name and date lie under the seal and must stay legible (GB/T 9704 7.3.5.1), so a picture without
//! transparency is refused. The library that reads PNG is named here alone.

use crate::pdf::{Dictionary, Object, Stream, dictionary};

/// No picture is read that has more dots.
const MOST_DOTS: usize = 16 << 20;
/// A seal has at least so many dots across, or its characters cannot be read.
pub(super) const FEWEST_ACROSS: usize = 100;
/// A dot that covers this much hides what lies under it.
const HIDES: u8 = 128;
/// A seal hides no more than so many hundredths of the rectangle around it: it is mostly paper.
pub(super) const MOST_HIDDEN: usize = 60;
/// Ink of which red, green and blue are all at least this cannot be told from paper.
const PAPER: u8 = 224;

/// Why a picture cannot be a seal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// It is no PNG.
    #[error("it is no PNG that can be read ({reason})")]
    NotPng {
        /// What the library says.
        reason: String,
    },
    /// It has too many dots.
    #[error("it has {width} × {height} dots, more than any seal needs")]
    TooLarge {
        /// Dots across.
        width: u32,
        /// Dots down.
        height: u32,
    },
    /// What can be seen of it has too few dots.
    #[error("what can be seen of it has {width} × {height} dots; at least {FEWEST_ACROSS} across are needed")]
    TooSmall {
        /// Dots across.
        width: usize,
        /// Dots down.
        height: usize,
    },
    /// It hides what lies under it.
    #[error(
        "{percent} hundredths of it are not transparent, more than the {MOST_HIDDEN} a seal has: it would hide the name and the date under it; make its background transparent"
    )]
    Opaque {
        /// How many hundredths of the rectangle around what can be seen hide what lies under them.
        percent: usize,
    },
    /// It is white, or nearly.
    #[error("its ink is white or nearly so: nobody would see it, and it would hide the name and the date under it")]
    White,
}

/// A picture as it is put into a PDF.
pub(super) struct Picture {
    /// Dots across and down.
    pub size: (usize, usize),
    /// Red, green and blue of each dot.
    colours: Vec<u8>,
    /// How much each dot covers.
    cover: Vec<u8>,
}

impl Picture {
    /// Reads a PNG and cuts it to what can be seen.
    pub(super) fn read(png: &[u8]) -> Result<Self, SealError> {
        let not_png = |error: png::DecodingError| SealError::NotPng { reason: error.to_string() };
        let limits = png::Limits { bytes: 8 * MOST_DOTS };
        let mut decoder = png::Decoder::new_with_limits(std::io::Cursor::new(png), limits);
        decoder.set_transformations(png::Transformations::normalize_to_color8() | png::Transformations::ALPHA);
        let mut reader = decoder.read_info().map_err(not_png)?;
        let (width, height) = (reader.info().width, reader.info().height);
        if (width as usize).saturating_mul(height as usize) > MOST_DOTS {
            return Err(SealError::TooLarge { width, height });
        }
        let too_large = SealError::TooLarge { width, height };
        let mut dots = vec![0; reader.output_buffer_size().ok_or(too_large)?];
        let frame = reader.next_frame(&mut dots).map_err(not_png)?;
        let channels = frame.color_type.samples();
        let (width, height) = (frame.width as usize, frame.height as usize);
        let dot = |x: usize, y: usize| {
            let at = y * frame.line_size + x * channels;
            match *dots.get(at..at + channels).unwrap_or_default() {
                [grey, cover] => ([grey; 3], cover),
                [red, green, blue, cover] => ([red, green, blue], cover),
                [grey] => ([grey; 3], u8::MAX),
                [red, green, blue] => ([red, green, blue], u8::MAX),
                _ => ([0; 3], 0),
            }
        };
        let seen = |x: usize, y: usize| dot(x, y).1 > 0;
        let rows: Vec<usize> = (0..height).filter(|&y| (0..width).any(|x| seen(x, y))).collect();
        let columns: Vec<usize> = (0..width).filter(|&x| rows.iter().any(|&y| seen(x, y))).collect();
        let span = |list: &[usize]| match (list.first(), list.last()) {
            (Some(&first), Some(&last)) => first..last + 1,
            _ => 0..0,
        };
        let (rows, columns) = (span(&rows), span(&columns));
        let size = (columns.len(), rows.len());
        if size.0.max(size.1) < FEWEST_ACROSS {
            return Err(SealError::TooSmall { width: size.0, height: size.1 });
        }
        let mut picture = Picture { size, colours: Vec::new(), cover: Vec::new() };
        for y in rows {
            for x in columns.clone() {
                let (colour, cover) = dot(x, y);
                picture.colours.extend(colour);
                picture.cover.push(cover);
            }
        }
        picture.check_ink()?;
        Ok(picture)
    }

    /// Refuses what is no imprint: it is mostly paper, and its ink is darker than paper.
    fn check_ink(&self) -> Result<(), SealError> {
        let hidden = self.cover.iter().filter(|&&cover| cover >= HIDES).count();
        let percent = hidden * 100 / self.cover.len().max(1);
        if percent > MOST_HIDDEN {
            return Err(SealError::Opaque { percent });
        }
        let ink = || self.colours.chunks_exact(3).zip(self.cover.iter().map(|&cover| usize::from(cover)));
        let pale = |colour: &[u8]| colour.iter().all(|&part| part >= PAPER);
        let all: usize = ink().map(|(_, cover)| cover).sum();
        let white: usize = ink().filter(|(colour, _)| pale(colour)).map(|(_, cover)| cover).sum();
        if white * 2 > all { Err(SealError::White) } else { Ok(()) }
    }

    /// The picture's colours and its cover, as image objects; the first still lacks its `SMask`.
    pub(super) fn images(self) -> (Stream, Stream) {
        let image = |space: &str, bytes: Vec<u8>| {
            let mut stream = Stream::new(
                dictionary! {
                    "Type" => "XObject",
                    "Subtype" => "Image",
                    "Width" => self.size.0 as i64,
                    "Height" => self.size.1 as i64,
                    "ColorSpace" => Object::Name(space.into()),
                    "BitsPerComponent" => 8,
                },
                bytes,
            );
            // What cannot be made smaller stays as it is.
            let _ = stream.compress();
            stream
        };
        (image("DeviceRGB", self.colours), image("DeviceGray", self.cover))
    }
}

/// The appearance of a field of so many points, in the middle of which a picture stands.
pub(super) fn appearance((width, height): (f64, f64), (across, down): (f64, f64), image: Object) -> Stream {
    let real = |number: f64| Object::Real(number as f32);
    let resources: Dictionary = dictionary! { "XObject" => dictionary! { "Seal" => image } };
    Stream::new(
        dictionary! {
            "Type" => "XObject",
            "Subtype" => "Form",
            "BBox" => vec![0.into(), 0.into(), real(width), real(height)],
            "Resources" => resources,
            "Group" => dictionary! { "S" => "Transparency", "CS" => "DeviceRGB" },
        },
        format!("q {across:.3} 0 0 {down:.3} {:.3} {:.3} cm /Seal Do Q", (width - across) / 2.0, (height - down) / 2.0)
            .into_bytes(),
    )
}

/// The appearance of a field that cannot be seen.
pub(super) fn nothing() -> Stream {
    let nowhere = vec![Object::Integer(0); 4];
    Stream::new(dictionary! { "Type" => "XObject", "Subtype" => "Form", "BBox" => nowhere }, Vec::new())
}
