//! A mail server that keeps what it is sent and sends nothing on: for the tests and the demonstration.
//!
//! It speaks as much SMTP (RFC 5321) as a client needs, and can be told to behave badly in the ways in which real servers do.
//! Written here because the servers that could be embedded block a thread for each connection and cannot drop a line.

use std::collections::VecDeque;
use std::future::pending;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufStream};
use tokio::net::TcpListener;
use tokio::task::AbortHandle;

/// A longer line than this is not read.
const LINE_BYTES_MAX: u64 = 64 * 1024;
/// A longer mail than this is not taken.
const MAIL_BYTES_MAX: usize = 10 * 1024 * 1024;

/// What the sink was sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Received {
    /// The sender on the envelope.
    pub from: String,
    /// The readers on the envelope.
    pub to: Vec<String>,
    /// The mail as it came, headers and all.
    pub mail: Vec<u8>,
}

/// How the sink behaves in one connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Manner {
    /// Takes everything.
    #[default]
    Take,
    /// Greets with a code instead of a welcome.
    Greet(u16),
    /// Answers the account with a code.
    Account(u16),
    /// Answers the sender with a code.
    Sender(u16),
    /// Answers the reader with a code.
    Reader(u16),
    /// Answers the mail with a code.
    Mail(u16),
    /// Never answers the mail.
    Hang,
    /// Drops the line instead of answering the mail.
    Drop,
    /// Keeps the mail and never says so.
    TakeAndHang,
    /// Keeps the mail and drops the line instead of saying so.
    TakeAndDrop,
}

#[derive(Default)]
struct Kept {
    received: Vec<Received>,
    manners: VecDeque<Manner>,
    connections: usize,
}

/// What all connections of a sink share: what came in, and how to behave.
#[derive(Clone, Default)]
pub struct Mailbox(Arc<Mutex<Kept>>);

/// How a conversation begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// With a welcome.
    Plain,
    /// With a welcome, and the offer to protect the connection.
    OfferingTls,
    /// Without a welcome: the connection has been protected in the midst of it.
    Protected,
}

/// A mail server on the loopback.
pub struct Sink {
    /// Where it listens.
    pub address: SocketAddr,
    /// What it keeps.
    pub mailbox: Mailbox,
    listening: AbortHandle,
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

impl Sink {
    /// A sink on a port of the loopback; 0 for any that is free.
    ///
    /// # Errors
    /// When the port cannot be had.
    pub async fn start(port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        let (address, mailbox) = (listener.local_addr()?, Mailbox::default());
        let shared = mailbox.clone();
        let listening = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let mailbox = shared.clone();
                // A client that goes away is the client's business.
                tokio::spawn(async move { mailbox.converse(stream, Opening::Plain).await.ok() });
            }
        });
        Ok(Self { address, mailbox, listening: listening.abort_handle() })
    }
}

impl Mailbox {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Everything that came in, oldest first.
    #[must_use]
    pub fn received(&self) -> Vec<Received> {
        self.kept().received.clone()
    }

    /// How many connections there have been.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.kept().connections
    }

    /// Says how to behave in the connections to come, one after the other; after them, everything is taken.
    pub fn behave(&self, manners: impl IntoIterator<Item = Manner>) {
        self.kept().manners.extend(manners);
    }

    /// Speaks SMTP with one client. Comes back with the stream when the client wants it protected.
    ///
    /// # Errors
    /// When the line fails.
    pub async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: S,
        opening: Opening,
    ) -> io::Result<Option<S>> {
        let manner = self.arrival(opening);
        let mut line = Line(BufStream::new(stream));
        if opening != Opening::Protected {
            let greeting = if let Manner::Greet(code) = manner { code } else { 220 };
            line.say(greeting, "sink").await?;
        }
        let mut envelope = Received::default();
        while let Some(command) = line.hear().await? {
            let (verb, argument) = command.split_once([' ', ':']).unwrap_or((&command, ""));
            match verb.to_ascii_uppercase().as_str() {
                "EHLO" | "HELO" => line.introduce(opening == Opening::OfferingTls).await?,
                "STARTTLS" if opening == Opening::OfferingTls => {
                    line.say(220, "go ahead").await?;
                    return Ok(Some(line.0.into_inner()));
                }
                "AUTH" => line.say(if let Manner::Account(code) = manner { code } else { 235 }, "account").await?,
                "MAIL" => {
                    envelope = Received { from: address(argument), ..Received::default() };
                    line.say(if let Manner::Sender(code) = manner { code } else { 250 }, "sender").await?;
                }
                "RCPT" => {
                    envelope.to.push(address(argument));
                    line.say(if let Manner::Reader(code) = manner { code } else { 250 }, "reader").await?;
                }
                "DATA" => {
                    line.say(354, "end with a dot on a line of its own").await?;
                    let mail = line.mail().await?;
                    let Some(code) = self.answer(manner, Received { mail, ..std::mem::take(&mut envelope) }).await
                    else {
                        return Ok(None);
                    };
                    line.say(code, "mail").await?;
                }
                "RSET" | "NOOP" => line.say(250, "done").await?,
                "QUIT" => {
                    line.say(221, "good-bye").await?;
                    return Ok(None);
                }
                _ => line.say(502, "not known here").await?,
            }
        }
        Ok(None)
    }

    fn arrival(&self, opening: Opening) -> Manner {
        let mut kept = self.kept();
        // The first half of a conversation, before it is protected, is not the one that is told how to behave.
        if opening == Opening::OfferingTls {
            return Manner::Take;
        }
        kept.connections = kept.connections.saturating_add(1);
        kept.manners.pop_front().unwrap_or_default()
    }

    /// The code for a mail; `None` to drop the line.
    async fn answer(&self, manner: Manner, received: Received) -> Option<u16> {
        if matches!(manner, Manner::Take | Manner::TakeAndHang | Manner::TakeAndDrop) {
            self.kept().received.push(received);
        }
        match manner {
            Manner::Mail(code) => Some(code),
            Manner::Drop | Manner::TakeAndDrop => None,
            Manner::Hang | Manner::TakeAndHang => pending().await,
            _ => Some(250),
        }
    }
}

/// The address in `FROM:<a@example.hk> BODY=8BITMIME`.
fn address(argument: &str) -> String {
    let inside = argument.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inside.map_or(argument, |(address, _)| address).to_owned()
}

/// The line to one client.
struct Line<S>(BufStream<S>);

impl<S: AsyncRead + AsyncWrite + Unpin> Line<S> {
    async fn say(&mut self, code: u16, text: &str) -> io::Result<()> {
        self.0.write_all(format!("{code} {text}\r\n").as_bytes()).await?;
        self.0.flush().await
    }

    async fn introduce(&mut self, offers_tls: bool) -> io::Result<()> {
        let tls = if offers_tls { "250-STARTTLS\r\n" } else { "" };
        let text = format!("250-sink\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n{tls}250 AUTH PLAIN\r\n");
        self.0.write_all(text.as_bytes()).await?;
        self.0.flush().await
    }

    /// A line without its end; `None` when the client has gone.
    async fn hear(&mut self) -> io::Result<Option<String>> {
        let bytes = self.bytes().await?;
        let text = String::from_utf8_lossy(&bytes).trim_end().to_owned();
        Ok(if bytes.is_empty() { None } else { Some(text) })
    }

    async fn bytes(&mut self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        (&mut self.0).take(LINE_BYTES_MAX).read_until(b'\n', &mut bytes).await?;
        Ok(bytes)
    }

    /// A mail up to the lonely dot, the dots that were doubled for the journey undone.
    async fn mail(&mut self) -> io::Result<Vec<u8>> {
        let mut mail = Vec::new();
        loop {
            let line = self.bytes().await?;
            match line.as_slice() {
                [] => return Err(io::ErrorKind::UnexpectedEof.into()),
                b".\r\n" => return Ok(mail),
                [b'.', rest @ ..] => mail.extend_from_slice(rest),
                line => mail.extend_from_slice(line),
            }
            if mail.len() > MAIL_BYTES_MAX {
                return Err(io::ErrorKind::FileTooLarge.into());
            }
        }
    }
}
