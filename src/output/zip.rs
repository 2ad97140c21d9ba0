//! Archives of what is built, one for each folder at its top: `auvenir.zip` beside `auvenir/`.
//!
//! A sink around another one: every file goes through, and is kept compressed until all are there. Entries are sorted
//! and carry one date, so the same files make the same archive. Not here: reading archives.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Mutex, PoisonError};

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

use super::{OutputError, Sink};

/// What no format of an archive's small numbers can hold.
const SMALL: u64 = 0xFFFF_FFFF;
/// Names are UTF-8.
const UTF8: u16 = 1 << 11;
/// What can read an entry: 2.0 for folders and Deflate, 4.5 for large archives.
const READER: u16 = 20;
const READER_OF_LARGE: u16 = 45;
/// Made on Unix, so that permissions mean something: `rw-r--r--`.
const MAKER: u16 = 3 << 8 | READER_OF_LARGE;
const PERMISSIONS: u32 = 0o100_644 << 16;

/// A sink that also makes archives.
pub struct Zipped<'s> {
    inner: &'s dyn Sink,
    /// The date of every entry, as MS-DOS counts it.
    date: u16,
    /// By archive and name.
    entries: Mutex<BTreeMap<(String, String), Packed>>,
}

/// A file, compressed.
struct Packed {
    is_deflated: bool,
    crc: u32,
    size: u64,
    bytes: Vec<u8>,
}

impl<'s> Zipped<'s> {
    /// Around a sink; `day` (`2026-11-22`) is the date of all files, the first of 1980 if there is none.
    pub fn new(inner: &'s dyn Sink, day: Option<&str>) -> Self {
        Self { inner, date: dos_date(day), entries: Mutex::default() }
    }

    /// Puts the archives into the sink, when every file is there.
    pub fn finish(self) -> Result<(), OutputError> {
        let mut entries = self.entries.into_inner().unwrap_or_else(PoisonError::into_inner);
        while let Some((folder, _)) = entries.keys().next().cloned() {
            let rest = entries.split_off(&(format!("{folder}\0"), String::new()));
            let files = std::mem::replace(&mut entries, rest);
            let files: Vec<(String, Packed)> = files.into_iter().map(|((_, name), packed)| (name, packed)).collect();
            self.inner.put(&format!("{folder}.zip"), &archive(&files, self.date))?;
        }
        Ok(())
    }
}

impl Sink for Zipped<'_> {
    fn put(&self, path: &str, bytes: &[u8]) -> Result<(), OutputError> {
        self.inner.put(path, bytes)?;
        if let Some((folder, name)) = path.split_once('/') {
            let packed = pack(bytes);
            let key = (folder.to_owned(), name.to_owned());
            self.entries.lock().unwrap_or_else(PoisonError::into_inner).insert(key, packed);
        }
        Ok(())
    }
}

/// Compresses, where that helps: pictures are compressed already.
fn pack(bytes: &[u8]) -> Packed {
    let mut crc = Crc::new();
    crc.update(bytes);
    let mut encoder = DeflateEncoder::new(Vec::with_capacity(bytes.len() / 2), Compression::best());
    let deflated = encoder.write_all(bytes).and_then(|()| encoder.finish()).ok();
    let deflated = deflated.filter(|deflated| deflated.len() < bytes.len());
    Packed {
        is_deflated: deflated.is_some(),
        crc: crc.sum(),
        size: bytes.len() as u64,
        bytes: deflated.unwrap_or_else(|| bytes.to_vec()),
    }
}

/// The whole archive: each file behind its header, then the directory of all, then where that is.
fn archive(files: &[(String, Packed)], date: u16) -> Vec<u8> {
    let length: usize = files.iter().map(|(name, packed)| packed.bytes.len() + 2 * name.len() + 100).sum();
    let mut out = Vec::with_capacity(length + 100);
    let mut directory = Vec::with_capacity(files.len() * 100);
    for (name, packed) in files {
        let start = out.len() as u64;
        let large = Large::of(packed, start);
        push(&mut out, &[&0x0403_4b50_u32.to_le_bytes(), &large.reader().to_le_bytes()]);
        push_description(&mut out, name, packed, &large.of_header(), date);
        push(&mut out, &[&(large.of_header().len() as u16).to_le_bytes(), name.as_bytes(), &large.of_header()]);
        out.extend_from_slice(&packed.bytes);

        let extra = large.of_directory();
        push(&mut directory, &[&0x0201_4b50_u32.to_le_bytes(), &MAKER.to_le_bytes(), &large.reader().to_le_bytes()]);
        push_description(&mut directory, name, packed, &large.of_header(), date);
        push(&mut directory, &[&(extra.len() as u16).to_le_bytes(), &[0; 6], &PERMISSIONS.to_le_bytes()]);
        push(&mut directory, &[&small(start).to_le_bytes(), name.as_bytes(), &extra]);
    }
    let at = out.len() as u64;
    out.extend_from_slice(&directory);
    push_end(&mut out, files.len() as u64, directory.len() as u64, at);
    out
}

/// What both headers of a file say, up to the length of its name.
fn push_description(out: &mut Vec<u8>, name: &str, packed: &Packed, sizes: &[u8], date: u16) {
    let method: u16 = if packed.is_deflated { 8 } else { 0 };
    let [size, stored] = match sizes.is_empty() {
        true => [small(packed.size), small(packed.bytes.len() as u64)],
        false => [u32::MAX; 2],
    };
    push(out, &[&UTF8.to_le_bytes(), &method.to_le_bytes(), &[0; 2], &date.to_le_bytes(), &packed.crc.to_le_bytes()]);
    push(out, &[&stored.to_le_bytes(), &size.to_le_bytes(), &(name.len() as u16).to_le_bytes()]);
}

/// The numbers of an entry that are too large for its headers (Zip64).
struct Large {
    sizes: Option<[u64; 2]>,
    start: Option<u64>,
}

impl Large {
    fn of(packed: &Packed, start: u64) -> Self {
        let stored = packed.bytes.len() as u64;
        let is_large = packed.size >= SMALL || stored >= SMALL;
        Self { sizes: is_large.then_some([packed.size, stored]), start: (start >= SMALL).then_some(start) }
    }

    fn reader(&self) -> u16 {
        if self.sizes.is_some() || self.start.is_some() { READER_OF_LARGE } else { READER }
    }

    fn of_header(&self) -> Vec<u8> {
        Self::field(self.sizes.iter().flatten())
    }

    fn of_directory(&self) -> Vec<u8> {
        Self::field(self.sizes.iter().flatten().chain(&self.start))
    }

    fn field<'n>(numbers: impl Iterator<Item = &'n u64>) -> Vec<u8> {
        let data: Vec<u8> = numbers.flat_map(|number| number.to_le_bytes()).collect();
        if data.is_empty() {
            return data;
        }
        [&1_u16.to_le_bytes()[..], &(data.len() as u16).to_le_bytes(), &data].concat()
    }
}

/// Where the directory is; said twice where the numbers are large.
fn push_end(out: &mut Vec<u8>, count: u64, length: u64, at: u64) {
    if count >= 0xFFFF || at >= SMALL || length >= SMALL {
        let end = out.len() as u64;
        push(out, &[&0x0606_4b50_u32.to_le_bytes(), &44_u64.to_le_bytes(), &MAKER.to_le_bytes()]);
        push(out, &[&READER_OF_LARGE.to_le_bytes(), &[0; 8], &count.to_le_bytes(), &count.to_le_bytes()]);
        push(out, &[&length.to_le_bytes(), &at.to_le_bytes()]);
        push(out, &[&0x0706_4b50_u32.to_le_bytes(), &[0; 4], &end.to_le_bytes(), &1_u32.to_le_bytes()]);
    }
    let count = u16::try_from(count).unwrap_or(u16::MAX).to_le_bytes();
    push(out, &[&0x0605_4b50_u32.to_le_bytes(), &[0; 4], &count, &count]);
    push(out, &[&small(length).to_le_bytes(), &small(at).to_le_bytes(), &[0; 2]]);
}

fn push(out: &mut Vec<u8>, parts: &[&[u8]]) {
    parts.iter().for_each(|part| out.extend_from_slice(part));
}

fn small(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Seven bits of years from 1980, four of the month, five of the day.
fn dos_date(day: Option<&str>) -> u16 {
    const FIRST: u16 = 1 << 5 | 1;
    let mut numbers = day.unwrap_or_default().split('-').map(str::parse::<u16>);
    match (numbers.next(), numbers.next(), numbers.next()) {
        (Some(Ok(year @ 1980..=2107)), Some(Ok(month @ 1..=12)), Some(Ok(day @ 1..=31))) => {
            (year - 1980) << 9 | month << 5 | day
        }
        _ => FIRST,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Memory;
    use super::*;

    #[test]
    fn each_folder_has_its_archive_with_its_files_in_order() {
        let memory = Memory::default();
        let zipped = Zipped::new(&memory, Some("2026-11-22"));
        let text = "again ".repeat(100);
        for (path, bytes) in [("b/x.txt", "x"), ("a/é/two.html", &text), ("a/one.html", ""), ("a-b/y", "y")] {
            zipped.put(path, bytes.as_bytes()).unwrap();
        }
        zipped.finish().unwrap();
        let files = memory.into_files();
        let archives: Vec<&str> = files.keys().map(String::as_str).filter(|path| !path.contains('/')).collect();
        assert_eq!(archives, ["a-b.zip", "a.zip", "b.zip"]);
        let archive = &files["a.zip"];
        let names: Vec<usize> = ["one.html", "é/two.html"].map(|name| find(archive, name.as_bytes())).into();
        assert!(names[0] < names[1], "sorted");
        assert!(archive.len() < 400, "compressed: {}", archive.len());
        let end = &archive[archive.len() - 22..];
        assert_eq!(&end[..4], b"PK\x05\x06");
        assert_eq!(&end[8..12], [2, 0, 2, 0]);
    }

    #[test]
    fn days_are_written_as_dos_does() {
        for (day, date) in [
            (None, 33),
            (Some("2026-11-22"), (46 << 9) + (11 << 5) + 22),
            (Some("1970-01-01"), 33),
            (Some("2200-01-01"), 33),
        ] {
            assert_eq!(dos_date(day), date, "{day:?}");
        }
    }

    #[test]
    fn many_files_are_counted_in_large_numbers() {
        let files: Vec<(String, Packed)> = (0..70_000).map(|number| (number.to_string(), pack(b""))).collect();
        let archive = archive(&files, 33);
        let end = archive.len() - 22;
        assert_eq!(&archive[end + 8..end + 12], [255; 4], "the small count is given up");
        let large = end - 20 - 56;
        assert_eq!(&archive[large..large + 4], b"PK\x06\x06");
        assert_eq!(&archive[large + 32..large + 40], 70_000_u64.to_le_bytes());
    }

    fn find(bytes: &[u8], wanted: &[u8]) -> usize {
        bytes.windows(wanted.len()).position(|window| window == wanted).unwrap()
    }
}
