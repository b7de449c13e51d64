//! The scanner, by the protocol of clamd: `INSTREAM` over a socket. Spoken by hand, as it is four lines long and the bytes go to the
//! scanner while they go to their place; a client that reads a whole stream by itself would want them twice.

use super::Fault;
use crate::settings::Scanner;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};
use tokio::time::timeout;

/// How long the scanner may take to take a part.
const PATIENCE: Duration = Duration::from_secs(30);
/// The longest answer: the name of what was found is in it.
const ANSWER_BYTES_MAX: u64 = 4096;

trait Socket: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Socket for S {}

/// A file that is being looked at.
pub(super) struct Scanning {
    socket: Box<dyn Socket>,
    time_max: Duration,
}

impl Scanning {
    /// Begins; `None` where nobody looks.
    pub(super) async fn begin(scanner: &Scanner, time_max: Duration) -> Result<Option<Self>, Fault> {
        let opened = async {
            let mut socket: Box<dyn Socket> = match scanner {
                Scanner::Off => return Ok(None),
                Scanner::Tcp(address) => Box::new(TcpStream::connect(address.as_str()).await?),
                Scanner::Unix(path) => Box::new(UnixStream::connect(path).await?),
            };
            socket.write_all(b"zINSTREAM\0").await?;
            Ok(Some(Self { socket, time_max }))
        };
        in_time(PATIENCE, opened).await
    }

    /// The next bytes.
    pub(super) async fn take(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        // A part of no length would end the file.
        if bytes.is_empty() {
            return Ok(());
        }
        let length = u32::try_from(bytes.len()).map_err(|error| Fault::Scanner(error.to_string()))?;
        let sent = async {
            self.socket.write_all(&length.to_be_bytes()).await?;
            self.socket.write_all(bytes).await
        };
        in_time(PATIENCE, sent).await
    }

    /// All has come: whether nothing was found.
    pub(super) async fn finish(mut self) -> Result<bool, Fault> {
        let asked = async {
            self.socket.write_all(&0_u32.to_be_bytes()).await?;
            self.socket.flush().await?;
            let mut answer = Vec::new();
            (&mut self.socket).take(ANSWER_BYTES_MAX).read_to_end(&mut answer).await?;
            Ok(answer)
        };
        let answer = in_time(self.time_max, asked).await?;
        let answer = String::from_utf8_lossy(&answer);
        match answer.trim_end_matches(['\0', '\n']) {
            "stream: OK" => Ok(true),
            found if found.starts_with("stream: ") && found.ends_with(" FOUND") => {
                tracing::warn!(found, "malicious code in a file");
                Ok(false)
            }
            other => Err(Fault::Scanner(format!("it said {other:?}"))),
        }
    }
}

async fn in_time<T>(time_max: Duration, work: impl Future<Output = io::Result<T>>) -> Result<T, Fault> {
    match timeout(time_max, work).await {
        Ok(result) => result.map_err(|error| Fault::Scanner(error.to_string())),
        Err(_elapsed) => Err(Fault::Scanner("it took too long".to_owned())),
    }
}
