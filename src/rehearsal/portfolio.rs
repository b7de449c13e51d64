//! A portfolio, cut into pieces of whole lines.

use rules::rehearsal::Format;
use std::io::{self, Read};

/// How much of a portfolio is worked out at once.
const PIECE_BYTES: usize = 128 * 1024;
/// A longer line is no case: the largest request over the API is shorter.
pub(super) const LINE_BYTES_MAX: usize = 1024 * 1024;
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// A part of a portfolio.
#[derive(Debug)]
pub(super) enum Piece {
    /// Whole lines.
    Lines {
        /// The number of the first one.
        first: u64,
        bytes: Vec<u8>,
    },
    /// A line that is longer than any case, and is not held.
    TooLong {
        /// Its number.
        line: u64,
    },
    /// A line with a quote that nothing closes.
    Unclosed {
        /// Its number.
        line: u64,
    },
}

/// A portfolio while it is read.
#[derive(Debug)]
pub(super) struct Portfolio<R> {
    input: R,
    format: Format,
    /// Read, and not yet given.
    held: Vec<u8>,
    /// The number of the first line that is held.
    line: u64,
    /// Whether there is nothing more to read.
    ended: bool,
}

impl<R: Read> Portfolio<R> {
    /// Begins to read. Without a format, an opening brace makes it JSON Lines.
    pub(super) fn new(input: R, format: Option<Format>) -> io::Result<Self> {
        let mut portfolio = Self { input, format: Format::Csv, held: Vec::new(), line: 1, ended: false };
        portfolio.fill(PIECE_BYTES)?;
        if portfolio.held.starts_with(BYTE_ORDER_MARK) {
            portfolio.held.drain(..BYTE_ORDER_MARK.len());
        }
        let first = portfolio.held.iter().find(|byte| !byte.is_ascii_whitespace());
        portfolio.format = format.unwrap_or(if first == Some(&b'{') { Format::Jsonl } else { Format::Csv });
        Ok(portfolio)
    }

    pub(super) const fn format(&self) -> Format {
        self.format
    }

    /// The next piece; `None` at the end.
    pub(super) fn piece(&mut self) -> io::Result<Option<Piece>> {
        self.fill(PIECE_BYTES)?;
        self.next(last_end)
    }

    /// The line of names, which may have line breaks between quotes.
    pub(super) fn first_line(&mut self) -> io::Result<Option<Piece>> {
        self.fill(PIECE_BYTES)?;
        self.next(first_end)
    }

    fn next(&mut self, end: impl Fn(&[u8], Format) -> Option<usize>) -> io::Result<Option<Piece>> {
        loop {
            if let Some(end) = end(&self.held, self.format) {
                return Ok(Some(self.give(end)));
            }
            if self.ended && self.format == Format::Csv && is_unclosed(&self.held) {
                let line = self.line;
                self.skip_line()?;
                return Ok(Some(Piece::Unclosed { line }));
            }
            if self.ended {
                let all = self.held.len();
                return Ok((all > 0).then(|| self.give(all)));
            }
            if self.held.len() > LINE_BYTES_MAX {
                let line = self.line;
                self.skip_line()?;
                return Ok(Some(Piece::TooLong { line }));
            }
            self.fill(self.held.len().saturating_add(PIECE_BYTES))?;
        }
    }

    /// Reads until so much is held, or the end.
    fn fill(&mut self, wanted: usize) -> io::Result<()> {
        let missing = u64::try_from(wanted.saturating_sub(self.held.len())).unwrap_or(u64::MAX);
        if missing > 0 && !self.ended {
            let read = self.input.by_ref().take(missing).read_to_end(&mut self.held)?;
            self.ended = u64::try_from(read).is_ok_and(|read| read < missing);
        }
        Ok(())
    }

    fn give(&mut self, end: usize) -> Piece {
        let rest = self.held.split_off(end);
        let bytes = std::mem::replace(&mut self.held, rest);
        let first = self.line;
        self.line = first.saturating_add(lines(&bytes));
        Piece::Lines { first, bytes }
    }

    /// Leaves out what belongs to the first line. In a table that is where a quote was not closed.
    fn skip_line(&mut self) -> io::Result<()> {
        loop {
            if let Some(end) = self.held.iter().position(|byte| *byte == b'\n') {
                self.held.drain(..=end);
                self.line = self.line.saturating_add(1);
                return Ok(());
            }
            self.held.clear();
            if self.ended {
                return Ok(());
            }
            self.fill(PIECE_BYTES)?;
        }
    }
}

fn lines(bytes: &[u8]) -> u64 {
    let lines = bytes.iter().filter(|byte| **byte == b'\n').count();
    u64::try_from(lines).unwrap_or(u64::MAX)
}

/// Where the last whole line ends.
fn last_end(bytes: &[u8], format: Format) -> Option<usize> {
    match format {
        Format::Jsonl => bytes.iter().rposition(|byte| *byte == b'\n').map(|at| at.saturating_add(1)),
        Format::Csv => ends(bytes).last(),
    }
}

/// Where the first whole line ends.
fn first_end(bytes: &[u8], _: Format) -> Option<usize> {
    ends(bytes).next()
}

/// Whether a record goes on at the end of a table.
fn is_unclosed(bytes: &[u8]) -> bool {
    bytes.iter().filter(|byte| **byte == b'"').count() % 2 == 1
}

/// Where the records of a table end: a line break between quotes belongs to a cell, and before it the number of quotes is odd.
fn ends(bytes: &[u8]) -> impl Iterator<Item = usize> {
    let mut quoted = false;
    bytes.iter().zip(1..).filter_map(move |(byte, after)| {
        quoted ^= *byte == b'"';
        (*byte == b'\n' && !quoted).then_some(after)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &[u8], format: Format) -> Vec<String> {
        let mut portfolio = Portfolio::new(text, Some(format)).unwrap();
        let mut told = Vec::new();
        while let Some(piece) = portfolio.piece().unwrap() {
            told.push(match piece {
                Piece::Lines { first, bytes } => format!("{first}: {} bytes", bytes.len()),
                Piece::TooLong { line } => format!("{line}: too long"),
                Piece::Unclosed { line } => format!("{line}: not closed"),
            });
        }
        told
    }

    #[test]
    fn a_piece_ends_where_a_line_does() {
        let line = [vec![b'x'; PIECE_BYTES - 10], b"\n".to_vec()].concat();
        let text = [&*line, b"\n\n", &line, b"end"].concat();
        let first = line.len() + 2;
        let told = [format!("1: {first} bytes"), format!("4: {} bytes", line.len()), "5: 3 bytes".to_owned()];
        assert_eq!(pieces(&text, Format::Jsonl), told);
        assert_eq!(pieces(&text, Format::Csv), told);
    }

    #[test]
    fn a_line_break_between_quotes_belongs_to_its_record() {
        let record = format!("a,\"{}\n\",b\n", "x".repeat(PIECE_BYTES - 5));
        let text = format!("{record}{record}");
        let told = [format!("1: {} bytes", record.len()), format!("3: {} bytes", record.len())];
        assert_eq!(pieces(text.as_bytes(), Format::Csv), told);
    }

    #[test]
    fn a_line_that_is_too_long_is_left_out_and_the_next_one_is_read() {
        let text = format!("a\n{}\nb\n", "x".repeat(10 * LINE_BYTES_MAX));
        for format in [Format::Csv, Format::Jsonl] {
            assert_eq!(pieces(text.as_bytes(), format), ["1: 2 bytes", "2: too long", "3: 2 bytes"]);
        }
    }

    #[test]
    fn a_quote_that_is_not_closed_costs_one_line() {
        let text = format!("a\n\"b\n{}", "c\n".repeat(LINE_BYTES_MAX));
        let told = pieces(text.as_bytes(), Format::Csv);
        assert_eq!((&*told[0], &*told[1]), ("1: 2 bytes", "2: too long"));
        assert!(told[2].starts_with("3: "), "{told:?}");
        let short = "a\n\"b\nc\nd,\"e\",f\ng";
        assert_eq!(pieces(short.as_bytes(), Format::Csv), ["1: 2 bytes", "2: not closed", "3: 10 bytes", "5: 1 bytes"]);
        assert_eq!(pieces(b"a\nb\n\"c", Format::Csv), ["1: 4 bytes", "3: not closed"]);
    }

    #[test]
    fn the_first_character_says_what_a_portfolio_is() {
        for (text, format) in
            [("\u{feff} \n{}", Format::Jsonl), ("{", Format::Jsonl), ("id,on", Format::Csv), ("", Format::Csv)]
        {
            assert_eq!(Portfolio::new(text.as_bytes(), None).unwrap().format(), format, "{text:?}");
        }
    }
}
