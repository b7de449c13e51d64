//! A mail server for the story alone, on loopback: it takes every letter that the worker sends, keeps it as a file that a mail
//! program opens, and lets the people of the story read theirs.

use super::{Trouble, files};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How long a letter may be on its way.
const PATIENCE: Duration = Duration::from_secs(60);

/// A letter as its reader sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Letter {
    /// To which addresses.
    pub to: Vec<String>,
    /// What it is about.
    pub subject: String,
    /// What it says.
    pub text: String,
    told: bool,
}

#[derive(Debug, Default)]
struct Letters {
    all: Mutex<Vec<Letter>>,
    more: Condvar,
}

/// Where the letters arrive.
#[derive(Clone, Debug)]
pub(super) struct PostBox {
    letters: Arc<Letters>,
    address: SocketAddr,
}

impl PostBox {
    /// Begins to take letters and keeps them in a folder.
    ///
    /// # Errors
    /// When loopback cannot be listened on, or the folder cannot be made.
    pub(super) fn open(folder: &Path) -> Result<Self, Trouble> {
        let wrong = |error| Trouble::File { path: folder.display().to_string(), error };
        std::fs::create_dir_all(folder).map_err(wrong)?;
        files::delete_halves(folder).map_err(wrong)?;
        let before = highest(folder).map_err(wrong)?;
        let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(wrong)?;
        let address = listener.local_addr().map_err(wrong)?;
        let letters = Arc::new(Letters::default());
        let (kept, folder) = (Arc::clone(&letters), folder.to_owned());
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (kept, folder) = (Arc::clone(&kept), folder.clone());
                // A connection that breaks off is the worker's to try again.
                thread::spawn(move || serve(&stream, &kept, &folder, before));
            }
        });
        Ok(Self { letters, address })
    }

    /// Where it listens.
    pub(super) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The token of the link to choose a password in the newest letter to somebody; each letter is used once.
    pub(super) fn wait_for_link(&self, address: &str) -> Result<String, Trouble> {
        let until = Instant::now() + PATIENCE;
        let mut all = held(&self.letters.all);
        loop {
            let mut theirs = all.iter_mut().rev().filter(|letter| letter.to.iter().any(|to| to == address));
            if let Some((token, letter)) = theirs.find_map(|letter| Some((link_token(&letter.text)?, letter))) {
                letter.text.clear();
                return Ok(token);
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Trouble::Story(format!(
                    "no letter with a link has come to {address}; does the worker run?"
                )));
            }
            all = self.letters.more.wait_timeout(all, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Waits for a letter with these words in its subject that nobody has been told of.
    pub(super) fn wait_for_letter(&self, words: &str) -> Result<(), Trouble> {
        let until = Instant::now() + PATIENCE;
        let mut all = held(&self.letters.all);
        while !all.iter().any(|letter| !letter.told && letter.subject.contains(words)) {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Trouble::Story(format!("no letter about \"{words}\" has come; does the worker run?")));
            }
            all = self.letters.more.wait_timeout(all, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        Ok(())
    }

    /// The letters that nobody has asked for yet.
    pub(super) fn news(&self) -> Vec<Letter> {
        let mut all = held(&self.letters.all);
        let news = all.iter_mut().filter(|letter| !letter.told);
        news.map(|letter| {
            letter.told = true;
            letter.clone()
        })
        .collect()
    }
}

/// The number of the last letter of earlier runs.
fn highest(folder: &Path) -> std::io::Result<usize> {
    let mut highest = 0;
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name();
        let number = name.to_str().and_then(|name| name.split_once('-')?.0.parse().ok());
        highest = highest.max(number.unwrap_or_default());
    }
    Ok(highest)
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The token after `#` in the address of a link.
fn link_token(text: &str) -> Option<String> {
    let links = text.split_whitespace().filter(|word| word.starts_with("http"));
    let token =
        links.filter_map(|link| link.split_once('#')).map(|(_, token)| token).find(|token| !token.is_empty())?;
    Some(token.trim_end_matches(['.', ',', '>', ')']).to_owned())
}

/// Speaks SMTP (RFC 5321) with one client, as far as a server must.
fn serve(stream: &TcpStream, letters: &Letters, folder: &Path, before: usize) -> std::io::Result<()> {
    let mut say = stream;
    let mut lines = BufReader::new(stream);
    say.write_all(b"220 loopback ready\r\n")?;
    let mut to = Vec::new();
    let mut line = String::new();
    loop {
        line.clear();
        if lines.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let verb = line.trim().split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        match verb.as_str() {
            "EHLO" => say.write_all(b"250-loopback\r\n250 8BITMIME\r\n")?,
            "RCPT" => {
                let address = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
                to.extend(address.map(|(address, _)| address.to_owned()));
                say.write_all(b"250 ok\r\n")?;
            }
            "DATA" => {
                say.write_all(b"354 go on\r\n")?;
                let text = data(&mut lines)?;
                keep(letters, folder, before, std::mem::take(&mut to), &text)?;
                say.write_all(b"250 taken\r\n")?;
            }
            "HELO" | "MAIL" | "NOOP" => say.write_all(b"250 ok\r\n")?,
            "RSET" => {
                to.clear();
                say.write_all(b"250 ok\r\n")?;
            }
            "QUIT" => return say.write_all(b"221 bye\r\n"),
            _ => say.write_all(b"502 not here\r\n")?,
        }
    }
}

/// The lines of a message up to the dot, without the dots that protect other dots.
fn data(lines: &mut impl BufRead) -> std::io::Result<String> {
    let mut text = Vec::new();
    loop {
        let mut line = Vec::new();
        if lines.read_until(b'\n', &mut line)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if line == b".\r\n" {
            return Ok(String::from_utf8_lossy(&text).into_owned());
        }
        text.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
}

fn keep(letters: &Letters, folder: &Path, before: usize, to: Vec<String>, text: &str) -> std::io::Result<()> {
    let mut all = held(&letters.all);
    let number = before.saturating_add(all.len()).saturating_add(1);
    let name = to.first().map_or("nobody", String::as_str).replace(['/', '\\'], "_");
    let path: PathBuf = folder.join(format!("{number:04}-{name}.eml"));
    files::put(&path, text.as_bytes())?;
    let (subject, text) = read(text);
    all.push(Letter { to, subject, text, told: false });
    letters.more.notify_all();
    Ok(())
}

/// Subject and text of a message (RFC 5322, 2045, 2047), as far as the worker writes them.
fn read(message: &str) -> (String, String) {
    let message = message.replace("\r\n", "\n");
    let (head, body) = message.split_once("\n\n").unwrap_or((&message, ""));
    let head = head.replace("\n ", " ").replace("\n\t", " ");
    let header = |wanted: &str| {
        head.lines()
            .filter_map(|line| line.split_once(':'))
            .find_map(|(name, value)| name.eq_ignore_ascii_case(wanted).then(|| value.trim().to_owned()))
    };
    let text = match header("Content-Transfer-Encoding").unwrap_or_default().to_ascii_lowercase().as_str() {
        "base64" => from_base64(&body.replace('\n', "")),
        "quoted-printable" => from_quoted_printable(&body.replace("=\n", "")),
        _ => body.to_owned(),
    };
    (header("Subject").map(|subject| words(&subject)).unwrap_or_default(), text)
}

/// Encoded words, as a person reads them. Spaces between two of them are not part of the text.
fn words(subject: &str) -> String {
    let mut read = String::new();
    let mut encoded_before = false;
    for word in subject.split(' ') {
        let parts = word.strip_prefix("=?").and_then(|word| word.strip_suffix("?=")).map(|word| word.split('?'));
        let decoded = parts.and_then(|mut parts| match (parts.next(), parts.next(), parts.next()) {
            (Some(_), Some("b" | "B"), Some(text)) => Some(from_base64(text)),
            (Some(_), Some("q" | "Q"), Some(text)) => Some(from_quoted_printable(&text.replace('_', " "))),
            _ => None,
        });
        if !(read.is_empty() || encoded_before && decoded.is_some()) {
            read.push(' ');
        }
        encoded_before = decoded.is_some();
        read.push_str(decoded.as_deref().unwrap_or(word));
    }
    read
}

fn from_base64(text: &str) -> String {
    BASE64_STANDARD.decode(text).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

fn from_quoted_printable(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let mut ahead = rest.clone();
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        match (byte, digit(ahead.next()), digit(ahead.next())) {
            (b'=', Some(high), Some(low)) => {
                bytes.extend(u8::try_from(high.saturating_mul(16).saturating_add(low)));
                rest = ahead;
            }
            _ => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_read_as_a_person_reads_it() {
        let message = "To: a@b.example\r\nSubject: =?utf-8?b?5L2g5aW9?=\r\n =?utf-8?b?77yM5LiW55WM?= 2025\r\n\
                       Content-Transfer-Encoding: quoted-printable\r\n\r\nhttp://127.0.0.1/docs/#ab=\r\nc-_d\r\n=E4=BD=A0 a=b\r\n";
        let (subject, text) = read(message);
        assert_eq!(subject, "你好，世界 2025");
        assert_eq!(link_token(&text).unwrap(), "abc-_d");
        assert!(text.contains("你 a=b"), "{text}");
    }

    #[test]
    fn a_letter_goes_over_the_wire_and_its_dots_survive() {
        let folder = std::env::temp_dir().join(format!("almoner-post-box-{}", std::process::id()));
        let post_box = PostBox::open(&folder).unwrap();
        let mut stream = TcpStream::connect(post_box.address()).unwrap();
        let talk = "EHLO me\r\nMAIL FROM:<x@y.example>\r\nRCPT TO:<a@b.example>\r\nDATA\r\nSubject: s\r\n\r\n..dot\r\nhttp://h/#tok\r\n.\r\nQUIT\r\n";
        stream.write_all(talk.as_bytes()).unwrap();
        assert_eq!(post_box.wait_for_link("a@b.example").unwrap(), "tok");
        let news = post_box.news();
        assert_eq!((news.len(), news[0].subject.as_str()), (1, "s"));
        assert!(post_box.news().is_empty());
        std::fs::remove_dir_all(folder).unwrap();
    }
}
