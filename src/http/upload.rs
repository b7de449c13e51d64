//! A file that is sent: its name and type in the headers, its bytes as the body. Nothing of the body is read before that.

use super::code::Code;
use super::idempotency::route_and_key;
use super::problem::Problem;
use crate::files;
use actix_web::dev::Payload;
use actix_web::http::header::{
    CONTENT_DISPOSITION, CONTENT_LENGTH, ContentDisposition, ExtendedValue, HeaderMap, RETRY_AFTER,
};
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use rules::attachment::{MediaType, file_name};
use rules::refusal::{AttachmentRefusal, Refusal};
use std::future::{Ready, ready};

/// What was said of a file, and its bytes, which are still to come.
pub(super) struct Upload {
    /// Route and idempotency key.
    pub key: (String, String),
    /// The path of the request.
    pub path: String,
    /// Which document of the scheme it is.
    pub document: Option<String>,
    /// What it is called.
    pub name: String,
    /// What it is said to be.
    pub declared: MediaType,
    /// How many bytes were announced.
    pub announced: Option<u64>,
    /// Them.
    pub payload: Payload,
}

impl FromRequest for Upload {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        ready(read(request, payload.take()))
    }
}

fn read(request: &HttpRequest, payload: Payload) -> Result<Upload, Problem> {
    let key = route_and_key(request)?;
    let (document, name) = named(request.headers())?;
    let taken = || AttachmentRefusal::TypeNotTaken { known: MediaType::listed(&MediaType::ALL) };
    let declared = MediaType::from_mime(request.content_type()).ok_or_else(taken).map_err(Refusal::from)?;
    let announced = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    Ok(Upload { key, path: request.path().to_owned(), document, name, declared, announced, payload })
}

/// The name of the document, where there is one, and that of the file (RFC 6266; RFC 8187 for what is not ASCII).
fn named(headers: &HeaderMap) -> Result<(Option<String>, String), Problem> {
    const WRITE: &str = "write attachment; filename=\"plan.pdf\", or filename*=UTF-8\'\'… for other characters, and name=\"CODE\" where it is a document of the scheme";
    let malformed = || Problem::malformed_parameter("Content-Disposition", WRITE);
    let mut given = headers.get_all(CONTENT_DISPOSITION);
    let value = given.next().filter(|_| given.next().is_none()).ok_or_else(malformed)?;
    let said = ContentDisposition::from_raw(value).map_err(|_error| malformed())?;
    let name = match said.get_filename_ext() {
        Some(ExtendedValue { value, .. }) => String::from_utf8(value.clone()).map_err(|_error| malformed())?,
        None => said.get_filename().ok_or_else(malformed)?.to_owned(),
    };
    Ok((said.get_name().map(str::to_owned), file_name(&name).map_err(Refusal::from)?))
}

impl Problem {
    /// As many files arrive as may at once.
    pub(super) fn uploads_taken() -> Self {
        let detail = "Others send as many files at this moment as are taken at once: try again shortly.";
        Self::new(Code::UploadsTaken, detail).header(RETRY_AFTER, "10")
    }
}

impl From<files::Fault> for Problem {
    fn from(fault: files::Fault) -> Self {
        match fault {
            files::Fault::TooLong { bytes_max } => {
                Self::new(Code::TooLarge, format!("The file is longer than {bytes_max} bytes."))
            }
            files::Fault::Refused(refusal) => Refusal::from(refusal).into(),
            files::Fault::Scanner(reason) => {
                tracing::error!(reason, "files cannot be looked at for malicious code");
                let detail = "Files cannot be looked at for malicious code at this moment: try again shortly.";
                Self::new(Code::ScannerUnavailable, detail).header(RETRY_AFTER, "30")
            }
            fault => {
                tracing::error!(%fault, "files cannot be reached");
                Self::unavailable("Files cannot be reached at this moment: try again shortly.")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    #[test]
    fn a_file_is_named_in_one_header_in_any_script() {
        let read = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_DISPOSITION, HeaderValue::from_bytes(value.as_bytes()).unwrap());
            named(&headers).ok()
        };
        let is = |document: Option<&str>, name: &str| Some((document.map(str::to_owned), name.to_owned()));
        assert_eq!(read("attachment; filename=\"a plan.pdf\""), is(None, "a plan.pdf"));
        assert_eq!(read("attachment; name=\"plan\"; filename=a.pdf"), is(Some("plan"), "a.pdf"));
        assert_eq!(
            read("attachment; filename=\"plan.pdf\"; filename*=UTF-8\'\'%E8%A8%88%E5%8A%83.pdf"),
            is(None, "計劃.pdf")
        );
        for refused in [
            "",
            "attachment",
            "attachment; filename=\"\"",
            "attachment; filename=\"../a.pdf\"",
            "attachment; filename=\".htaccess\"",
            "attachment; filename*=UTF-8\'\'a%00.pdf",
            "attachment; filename*=UTF-8\'\'a%E2%80%AEfdp.exe",
            "attachment; filename*=UTF-8\'\'%FF.pdf",
        ] {
            assert_eq!(read(refused), None, "{refused}");
        }
        assert_eq!(read(&format!("attachment; filename=\"{}\"", "x".repeat(201))), None);
        assert_eq!(named(&HeaderMap::new()).ok(), None);
    }
}
