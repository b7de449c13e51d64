//! The rows of a report as they are streamed: a reader that is slow holds the database back.

use crate::store::Fault;
use futures_util::Stream;
use rules::report::Totals;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::timeout;

/// Rows that are handed over together, and how many such parts may wait.
pub(super) const PART_ROWS: usize = 250;
const PARTS_WAITING: usize = 4;
/// A reader that takes nothing for so long has gone away without saying so.
const READER_PATIENCE: Duration = Duration::from_secs(60);

/// The rows of a report, in parts, as they come from the database. After the last part [`totals`](Self::totals) are
/// there, and they are those of the ledger; a report that breaks off or disagrees with it ends in a fault instead.
pub struct Rows<T> {
    pub(super) first: Option<Result<Part<T>, Fault>>,
    pub(super) rest: Receiver<Result<Part<T>, Fault>>,
    pub(super) totals: Option<Totals>,
    pub(super) ended: bool,
}

pub(super) enum Part<T> {
    Rows(Vec<T>),
    End(Totals),
}

impl<T> Rows<T> {
    /// The totals, once every row has been taken.
    #[must_use]
    pub const fn totals(&self) -> Option<Totals> {
        self.totals
    }

    /// The next part, for a thread that may wait: a workbook is made on one.
    ///
    /// # Errors
    /// As the stream.
    pub fn wait_for_next(&mut self) -> Result<Option<Vec<T>>, Fault> {
        if self.ended {
            return Ok(None);
        }
        let part = self.first.take().or_else(|| self.rest.blocking_recv());
        self.take(part)
    }

    fn take(&mut self, part: Option<Result<Part<T>, Fault>>) -> Result<Option<Vec<T>>, Fault> {
        match part {
            Some(Ok(Part::Rows(rows))) => Ok(Some(rows)),
            Some(Ok(Part::End(totals))) => {
                self.ended = true;
                self.totals = Some(totals);
                Ok(None)
            }
            Some(Err(fault)) => {
                self.ended = true;
                Err(fault)
            }
            None => {
                self.ended = true;
                Err(Fault::Unavailable("the report broke off".into()))
            }
        }
    }
}

impl<T: Unpin> Stream for Rows<T> {
    type Item = Result<Vec<T>, Fault>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.ended {
            return Poll::Ready(None);
        }
        let part = match self.first.take() {
            Some(part) => Some(part),
            None => ready!(self.rest.poll_recv(context)),
        };
        Poll::Ready(self.take(part).transpose())
    }
}

/// Where the parts of a report are handed over, and where they are taken.
pub(super) type Channel<T> = (Sender<Result<Part<T>, Fault>>, Receiver<Result<Part<T>, Fault>>);

/// A way for the parts of a report.
pub(super) fn way<T>() -> Channel<T> {
    channel(PARTS_WAITING)
}

/// The rows that come on a way: the first part has been read when this returns.
pub(super) async fn opened<T>(mut rest: Receiver<Result<Part<T>, Fault>>) -> Result<Rows<T>, Fault> {
    let first = rest.recv().await;
    if let Some(Err(fault)) = first {
        return Err(fault);
    }
    Ok(Rows { first, rest, totals: None, ended: false })
}

pub(super) async fn hand_over<T>(
    sender: &Sender<Result<Part<T>, Fault>>,
    part: Result<Part<T>, Fault>,
) -> Result<(), Fault> {
    let gone = || Fault::Unavailable("nobody takes the report".into());
    timeout(READER_PATIENCE, sender.send(part)).await.ok().and_then(Result::ok).ok_or_else(gone)
}
