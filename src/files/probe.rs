//! What a file is by its content: its first bytes, its last ones, and for text each one between.
//!
//! A workbook and a text of Word are archives: what is in them is told by the directory at their end, so that one that was cut off
//! is none, and one with macros is not taken.

use rules::attachment::MediaType;

/// So much of the beginning tells every type.
const HEAD_BYTES: usize = 8192;
/// So much of the end holds the directory of an archive of some thousand parts.
const TAIL_BYTES: usize = 512 * 1024;

/// Looks at a file as its bytes pass by.
pub(super) struct Probe {
    declared: MediaType,
    head: Vec<u8>,
    tail: Vec<u8>,
    /// The beginning of a character that goes on in the next bytes.
    rest: Vec<u8>,
}

/// What it is instead; none where it is nothing that is taken.
pub(super) type Other = Option<MediaType>;

impl Probe {
    pub(super) const fn new(declared: MediaType) -> Self {
        Self { declared, head: Vec::new(), tail: Vec::new(), rest: Vec::new() }
    }

    /// Looks at the next bytes. Text is refused at its first byte that is none.
    pub(super) fn take(&mut self, bytes: &[u8]) -> Result<(), Other> {
        let missing = HEAD_BYTES.saturating_sub(self.head.len());
        self.head.extend(bytes.iter().take(missing));
        if self.declared.is_text() {
            return self.characters(bytes).ok_or_else(|| beginning(&self.head));
        }
        if matches!(self.declared, MediaType::Docx | MediaType::Xlsx) {
            self.tail.extend_from_slice(bytes);
            // Cut now and then only: each cut moves all of it.
            if self.tail.len() > TAIL_BYTES.saturating_mul(2) {
                self.tail.drain(..self.tail.len().saturating_sub(TAIL_BYTES));
            }
        }
        Ok(())
    }

    /// All has come.
    pub(super) fn finish(&self) -> Result<MediaType, Other> {
        let found = match self.declared {
            MediaType::Csv | MediaType::Text if !self.rest.is_empty() => None,
            // Of plain characters may be what is no text to a program: a page with scripts, for one.
            MediaType::Csv | MediaType::Text => match infer::get(&self.head) {
                Some(other) if other.matcher_type() == infer::MatcherType::Text => None,
                _ => beginning(&self.head).or(Some(self.declared)),
            },
            MediaType::Docx | MediaType::Xlsx if self.head.starts_with(b"PK\x03\x04") => archive(&self.tail),
            _ => beginning(&self.head),
        };
        if found == Some(self.declared) { Ok(self.declared) } else { Err(found) }
    }

    /// UTF-8, and nothing that steers a terminal or ends a text.
    fn characters(&mut self, bytes: &[u8]) -> Option<()> {
        self.rest.extend_from_slice(bytes);
        let (text, rest) = match std::str::from_utf8(&self.rest) {
            Ok(text) => (text, Vec::new()),
            Err(error) if error.error_len().is_none() => {
                let (whole, rest) = self.rest.split_at_checked(error.valid_up_to())?;
                (std::str::from_utf8(whole).ok()?, rest.to_vec())
            }
            Err(_) => return None,
        };
        let is_text = |character: char| !character.is_control() || matches!(character, '\t' | '\n' | '\r' | '\u{c}');
        if !text.chars().all(is_text) {
            return None;
        }
        self.rest = rest;
        Some(())
    }
}

/// What the first bytes tell, of what does not need the last ones.
fn beginning(head: &[u8]) -> Other {
    let mime = infer::get(head)?.mime_type();
    MediaType::from_mime(mime).filter(|found| matches!(found, MediaType::Pdf | MediaType::Png | MediaType::Jpeg))
}

/// What an archive is by the names in its directory.
fn archive(tail: &[u8]) -> Other {
    let names = directory(tail)?;
    let has = |wanted: &str| names.contains(&wanted.as_bytes());
    if !has("[Content_Types].xml") || names.iter().any(|name| name.ends_with(b"vbaProject.bin")) {
        return None;
    }
    match (has("word/document.xml"), has("xl/workbook.xml")) {
        (true, false) => Some(MediaType::Docx),
        (false, true) => Some(MediaType::Xlsx),
        _ => None,
    }
}

/// The names in the directory of an archive, which is the last thing in it (APPNOTE 4.3.12 and 4.3.16).
fn directory(tail: &[u8]) -> Option<Vec<&[u8]>> {
    const END_BYTES: usize = 22;
    let number = |at: &[u8], from: usize| -> Option<usize> {
        let bytes = at.get(from..from.checked_add(2)?)?;
        Some(usize::from(u16::from_le_bytes(bytes.try_into().ok()?)))
    };
    // A comment of at most 65535 bytes may follow.
    let end = tail.windows(4).rposition(|window| window == b"PK\x05\x06")?;
    let last = tail.get(end..)?;
    if last.len() != END_BYTES.checked_add(number(last, 20)?)? {
        return None;
    }
    let length = u32::from_le_bytes(last.get(12..16)?.try_into().ok()?);
    let mut rest = tail.get(end.checked_sub(usize::try_from(length).ok()?)?..end)?;
    let mut names = Vec::new();
    while !rest.is_empty() {
        if !rest.starts_with(b"PK\x01\x02") {
            return None;
        }
        let (name, extra, comment) = (number(rest, 28)?, number(rest, 30)?, number(rest, 32)?);
        let entry = 46_usize.checked_add(name)?;
        names.push(rest.get(46..entry)?);
        rest = rest.get(entry.checked_add(extra)?.checked_add(comment)?..)?;
    }
    (names.len() == number(last, 10)?).then_some(names)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_xlsxwriter::Workbook;

    fn probed(declared: MediaType, bytes: &[u8], at_once: usize) -> Result<MediaType, Other> {
        let mut probe = Probe::new(declared);
        for part in bytes.chunks(at_once) {
            probe.take(part)?;
        }
        probe.finish()
    }

    fn workbook() -> Vec<u8> {
        let mut workbook = Workbook::new();
        workbook.add_worksheet().write_string(0, 0, "1").unwrap();
        workbook.save_to_buffer().unwrap()
    }

    const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n";
    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
    const JPEG: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF\0";

    #[test]
    fn a_file_is_what_its_content_says_however_its_bytes_come() {
        let workbook = workbook();
        for (declared, bytes) in [
            (MediaType::Pdf, PDF),
            (MediaType::Png, PNG),
            (MediaType::Jpeg, JPEG),
            (MediaType::Xlsx, workbook.as_slice()),
            (MediaType::Csv, "\u{feff}項目,金額\r\n設備,1.00\r\n".as_bytes()),
            (MediaType::Text, "計劃書".as_bytes()),
            (MediaType::Csv, b"BM,MZ\n1,2\n"),
        ] {
            for at_once in [1, 7, 100_000] {
                assert_eq!(probed(declared, bytes, at_once), Ok(declared), "{declared:?} {at_once}");
            }
        }
    }

    #[test]
    fn what_is_something_else_or_nothing_that_is_taken_is_refused() {
        let workbook = workbook();
        let cut_off = workbook.get(..workbook.len() - 30).unwrap();
        let followed = [workbook.as_slice(), b"<script>"].concat();
        for (declared, bytes, found) in [
            (MediaType::Png, PDF, Some(MediaType::Pdf)),
            (MediaType::Pdf, JPEG, Some(MediaType::Jpeg)),
            (MediaType::Text, PDF, Some(MediaType::Pdf)),
            (MediaType::Docx, workbook.as_slice(), Some(MediaType::Xlsx)),
            (MediaType::Pdf, workbook.as_slice(), None),
            (MediaType::Xlsx, cut_off, None),
            (MediaType::Xlsx, followed.as_slice(), None),
            (MediaType::Xlsx, PDF, Some(MediaType::Pdf)),
            (MediaType::Pdf, b"hello", None),
            (MediaType::Text, b"<!DOCTYPE html><script>", None),
            (MediaType::Text, b"#!/bin/sh\n", None),
            (MediaType::Text, b"a\0b", None),
            (MediaType::Text, b"a\x1b[2J", None),
            (MediaType::Text, b"\xa4\xa4\xa4\xe5", None),
            (MediaType::Csv, b"a,\xe4\xb8", None),
            (MediaType::Pdf, b"MZ\x90\0", None),
        ] {
            assert_eq!(probed(declared, bytes, 4096), Err(found), "{declared:?} {:?}", bytes.get(..8));
        }
        // A workbook with macros has one part more.
        let mut macros = workbook;
        while let Some(at) = macros.windows(16).position(|window| window == b"docProps/app.xml") {
            macros.splice(at..at + 16, *b"d/vbaProject.bin");
        }
        assert_eq!(probed(MediaType::Xlsx, &macros, 4096), Err(None));
    }
}
