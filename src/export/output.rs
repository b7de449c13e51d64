//! What the text formats share: bytes that leave in chunks, their hash, and the totals of what was written.

use super::{Fault, Record};
use futures_util::{Stream, TryStream, TryStreamExt, stream::try_unfold};
use rules::hexadecimal;
use rules::report::Totals;
use sha2::{Digest, Sha256};
use std::error::Error;
use std::mem;

/// Large enough that a million rows are a few thousand writes, small enough that they take no memory to speak of.
const CHUNK_BYTES: usize = 64 * 1024;

/// What was written: for headers, for the file beside the file, and to be compared with the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// How many rows, and what they come to.
    pub totals: Totals,
    /// SHA-256 of every byte, in hexadecimal digits.
    pub sha256: String,
}

/// A text format: rows go in, chunks come out.
pub trait Format<T: Record>: Sized {
    /// Writes rows.
    ///
    /// # Errors
    /// When they cannot be totalled or written.
    fn rows(&mut self, rows: &[T]) -> Result<(), Fault>;

    /// What was written and has not been taken.
    fn output(&mut self) -> &mut Output;

    /// Writes what comes after the last row.
    ///
    /// # Errors
    /// When it cannot be written.
    fn end(&mut self) -> Result<(), Fault>;

    /// A chunk, once one is full.
    fn chunk(&mut self) -> Option<Vec<u8>> {
        let output = self.output();
        (output.buffer.len() >= CHUNK_BYTES).then(|| output.take())
    }

    /// The last bytes, and the summary of all.
    ///
    /// # Errors
    /// When they cannot be written.
    fn finish(mut self) -> Result<(Vec<u8>, Summary), Fault> {
        self.end()?;
        let output = self.output();
        let bytes = output.take();
        let sha256 = hexadecimal(&mem::take(&mut output.digest).finalize());
        Ok((bytes, Summary { totals: output.totals, sha256 }))
    }
}

/// Bytes that wait to be taken, and what is known of all that were written.
#[derive(Default)]
pub struct Output {
    /// What waits.
    pub(super) buffer: Vec<u8>,
    /// The totals of the rows.
    pub(super) totals: Totals,
    digest: Sha256,
}

impl Output {
    fn take(&mut self) -> Vec<u8> {
        // A part of rows may end a little beyond the chunk.
        let room = CHUNK_BYTES.saturating_add(CHUNK_BYTES);
        let bytes = mem::replace(&mut self.buffer, Vec::with_capacity(room));
        self.digest.update(&bytes);
        bytes
    }
}

/// Rows as a stream of chunks: nothing is read before it is asked for. What the first part holds leaves at once, so that a client
/// sees something; after that, chunks are full.
pub fn stream<T, S, F>(rows: S, format: F) -> impl Stream<Item = Result<Vec<u8>, Box<dyn Error + Send + Sync>>>
where
    T: Record,
    S: TryStream<Ok = Vec<T>, Error: Into<Box<dyn Error + Send + Sync>>> + Unpin,
    F: Format<T>,
{
    try_unfold((rows, Some(format), true), async |(mut rows, format, mut first)| {
        let Some(mut format) = format else { return Ok(None) };
        while let Some(part) = rows.try_next().await.map_err(Into::into)? {
            format.rows(&part)?;
            let chunk = if mem::take(&mut first) { Some(format.output().take()) } else { format.chunk() };
            if let Some(chunk) = chunk {
                return Ok(Some((chunk, (rows, Some(format), false))));
            }
        }
        let (last, _) = format.finish()?;
        Ok(Some((last, (rows, None, false))))
    })
}
