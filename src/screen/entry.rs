//! A published picture as a cache keeps it: one piece of bytes for all its widths.
//!
//! Not here: whether the bytes are still what was written (`output::cache` sees to that), and where they lie.

use std::sync::Arc;

use super::{Published, Rendition, Turn};

/// Writes a picture of pixels.
pub fn write(picture: &Published) -> Vec<u8> {
    let (width, height) = picture.size.unwrap_or_default();
    let length: usize = picture.files.iter().map(|file| file.bytes.len() + 8).sum();
    let mut out = Vec::with_capacity(length + 10);
    out.extend_from_slice(&width.to_le_bytes());
    out.extend_from_slice(&height.to_le_bytes());
    out.push(picture.turn.to_exif());
    // there is one file for each width
    out.push(picture.files.len() as u8);
    for file in &picture.files {
        out.extend_from_slice(&file.width.to_le_bytes());
        out.extend_from_slice(&(file.bytes.len() as u32).to_le_bytes());
    }
    for file in &picture.files {
        out.extend_from_slice(&file.bytes);
    }
    out
}

/// Reads one; none if it isn't whole.
pub fn read(entry: &[u8]) -> Option<Published> {
    let mut rest = entry;
    let size = (number(&mut rest)?, number(&mut rest)?);
    let turn = Turn::from_exif(take(&mut rest, 1)?[0]);
    let count = take(&mut rest, 1)?[0];
    let mut lengths = Vec::with_capacity(usize::from(count));
    for _ in 0..count {
        lengths.push((number(&mut rest)?, number(&mut rest)?));
    }
    let mut files = Vec::with_capacity(lengths.len());
    for (width, length) in lengths {
        files.push(Rendition { width, bytes: Arc::from(take(&mut rest, length as usize)?) });
    }
    let whole = rest.is_empty() && !files.is_empty() && size.0 > 0 && size.1 > 0;
    whole.then_some(Published { size: Some(size), turn, files })
}

fn number(rest: &mut &[u8]) -> Option<u32> {
    take(rest, 4)?.try_into().ok().map(u32::from_le_bytes)
}

fn take<'b>(rest: &mut &'b [u8], length: usize) -> Option<&'b [u8]> {
    let (taken, left) = rest.split_at_checked(length)?;
    *rest = left;
    Some(taken)
}
