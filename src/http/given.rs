//! A file as it is given: whole or one range of it, to be kept and not shown, under the name that its reader is told.

use super::code::Code;
use super::problem::Problem;
use crate::files::{Files, GetRange, Outgoing};
use actix_web::HttpResponse;
use actix_web::body::SizedStream;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    ACCEPT_RANGES, CONTENT_DISPOSITION, CONTENT_RANGE, CONTENT_TYPE, Charset, ContentDisposition, DispositionParam,
    DispositionType, ETAG, ExtendedValue, HeaderMap, IF_RANGE, RANGE,
};
use rules::attachment::Attachment;
use rules::ids::AttachmentId;

/// What is given.
pub(super) struct Given<'a> {
    /// Under which id its bytes lie.
    pub id: AttachmentId,
    /// How long it is.
    pub bytes: u64,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: &'a str,
    /// The name that its reader is told.
    pub name: &'a str,
    /// What it is.
    pub mime: String,
}

impl<'a> From<&'a Attachment> for Given<'a> {
    fn from(attachment: &'a Attachment) -> Self {
        let charset = if attachment.media_type.is_text() { "; charset=utf-8" } else { "" };
        Self {
            id: attachment.id,
            bytes: attachment.bytes,
            sha256: &attachment.sha256,
            name: &attachment.name,
            mime: format!("{}{charset}", attachment.media_type.mime()),
        }
    }
}

/// Gives a file.
pub(super) async fn give(files: &Files, given: Given<'_>, asked: &HeaderMap) -> Result<HttpResponse, Problem> {
    let tag = format!("\"{}\"", given.sha256);
    let range = range(asked, &tag);
    if range.as_ref().is_some_and(|range| !has(given.bytes, range)) {
        let detail = format!("The file has {} bytes.", given.bytes);
        let there = format!("bytes */{}", given.bytes);
        return Err(Problem::new(Code::RangeNotThere, detail).header(CONTENT_RANGE, &there));
    }
    let whole = range.is_none();
    let Outgoing { bytes, range, stream } = files.read(given.id, range).await?;
    if bytes != given.bytes {
        return Err(Problem::failed(&format!("the file {} has {bytes} bytes", given.id)));
    }
    let mut response = HttpResponse::build(if whole { StatusCode::OK } else { StatusCode::PARTIAL_CONTENT });
    if !whole {
        let last = range.end.saturating_sub(1);
        response.insert_header((CONTENT_RANGE, format!("bytes {}-{last}/{bytes}", range.start)));
    }
    Ok(response
        .insert_header((CONTENT_TYPE, given.mime))
        .insert_header((CONTENT_DISPOSITION, disposition(given.name)))
        .insert_header((ETAG, tag))
        .insert_header((ACCEPT_RANGES, "bytes"))
        .body(SizedStream::new(range.end.saturating_sub(range.start), stream)))
}

/// The one range that is asked for; `None` for the whole, which is also what is given for several, for another unit, and where the
/// reader has another version.
fn range(asked: &HeaderMap, tag: &str) -> Option<GetRange> {
    if asked.get(IF_RANGE).is_some_and(|known| known.as_bytes() != tag.as_bytes()) {
        return None;
    }
    let (first, last) = asked.get(RANGE)?.to_str().ok()?.trim().strip_prefix("bytes=")?.split_once('-')?;
    let number = |text: &str| text.parse::<u64>().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()));
    match (first, last) {
        ("", last) => Some(GetRange::Suffix(number(last)?)),
        (first, "") => Some(GetRange::Offset(number(first)?)),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            (first <= last).then_some(GetRange::Bounded(first..last.saturating_add(1)))
        }
    }
}

/// Whether a file of so many bytes has some of a range.
const fn has(bytes: u64, range: &GetRange) -> bool {
    match range {
        GetRange::Bounded(range) => range.start < bytes,
        GetRange::Offset(first) => *first < bytes,
        GetRange::Suffix(last) => *last > 0,
    }
}

/// To be kept under its name (RFC 6266): in ASCII for old readers, and as it is (RFC 8187).
pub(super) fn disposition(name: &str) -> ContentDisposition {
    let plain = |character: char| {
        if matches!(character, ' '..='~') && !matches!(character, '"' | '%') { character } else { '_' }
    };
    let mut parameters = vec![DispositionParam::Filename(name.chars().map(plain).collect())];
    if !name.is_ascii() {
        let value = name.as_bytes().to_vec();
        let charset = Charset::Ext("UTF-8".to_owned());
        parameters.push(DispositionParam::FilenameExt(ExtendedValue { charset, language_tag: None, value }));
    }
    ContentDisposition { disposition: DispositionType::Attachment, parameters }
}
