//! A report as the answer to a request: JSON, CSV or a workbook of the same rows, whichever report it is.

use super::problem::Problem;
use crate::export::csv::Csv;
use crate::export::json::Json;
use crate::export::xlsx::{MEDIA_TYPE, Xlsx};
use crate::export::{About, Fault, Format, Record, Summary, stream};
use crate::store::reports::Rows;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, ETAG};
use actix_web::web::{Bytes, block};
use actix_web::{HttpResponse, HttpResponseBuilder};
use futures_util::TryStreamExt;

/// A file to be kept under a name.
pub(super) fn file(content_type: &str, name: &str) -> HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response.insert_header((CONTENT_TYPE, content_type));
    response.insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")));
    response
}

fn named<T: Record>(extension: &str) -> String {
    format!("{}.{extension}", T::LAYOUT.name)
}

/// JSON of rows as they come.
pub(super) fn json_of<T>(rows: Rows<T>, about: &About) -> Result<HttpResponse, Problem>
where
    T: Record + Unpin + 'static,
{
    let json = Json::new(about)?;
    let mut response = HttpResponse::Ok();
    Ok(response
        .insert_header((CONTENT_TYPE, "application/json"))
        .streaming(stream(rows, json).map_ok(Bytes::from).map_err(std::io::Error::other)))
}

/// CSV of rows as they come, which a spreadsheet opens.
pub(super) fn csv_of<T>(rows: Rows<T>) -> Result<HttpResponse, Problem>
where
    T: Record + Unpin + 'static,
{
    let csv = Csv::new()?;
    Ok(file("text/csv; charset=utf-8", &named::<T>("csv"))
        .streaming(stream(rows, csv).map_ok(Bytes::from).map_err(std::io::Error::other)))
}

/// A workbook: typed cells, totals, frozen header, filters. Compressing takes its time, so it is made where nobody else waits.
pub(super) async fn workbook_of<T>(mut rows: Rows<T>, about: About) -> Result<HttpResponse, Problem>
where
    T: Record + Send + 'static,
{
    let made = block(move || {
        let mut workbook = Xlsx::new(about)?;
        while let Some(part) = rows.wait_for_next()? {
            workbook.rows(&part)?;
        }
        Ok::<_, Problem>(workbook.finish()?)
    });
    let (bytes, summary) = made.await.map_err(|error| Problem::failed(&error.to_string()))??;
    let mut response = file(MEDIA_TYPE, &named::<T>("xlsx"));
    Ok(summed(&mut response, &summary).body(bytes))
}

/// With what is in it: how many rows, what they come to, and the hash of its bytes.
fn summed<'r>(response: &'r mut HttpResponseBuilder, summary: &Summary) -> &'r mut HttpResponseBuilder {
    response
        .insert_header((ETAG, format!("\"{}\"", summary.sha256)))
        .insert_header(("almoner-rows", summary.totals.rows))
        .insert_header(("almoner-control-total", summary.totals.amount.to_string()))
}

/// In which format the few rows of a table are asked for.
#[derive(Clone, Copy)]
pub(super) enum TableFormat {
    Json,
    Csv,
    Xlsx,
}

/// A table that is there as a whole: one row for each scheme, say.
pub(super) fn table_of<T: Record>(rows: &[T], about: About, format: TableFormat) -> Result<HttpResponse, Problem> {
    table_named(T::LAYOUT.name, rows, about, format)
}

/// The same, where a file of it has a name of its own.
pub(super) fn table_named<T: Record>(
    name: &str,
    rows: &[T],
    about: About,
    format: TableFormat,
) -> Result<HttpResponse, Problem> {
    let (mut response, (bytes, summary)) = match format {
        TableFormat::Json => {
            let mut response = HttpResponse::Ok();
            response.insert_header((CONTENT_TYPE, "application/json"));
            (response, whole(Json::new(&about)?, rows)?)
        }
        TableFormat::Csv => (file("text/csv; charset=utf-8", &format!("{name}.csv")), whole(Csv::new()?, rows)?),
        TableFormat::Xlsx => {
            let mut workbook = Xlsx::new(about)?;
            workbook.rows(rows)?;
            (file(MEDIA_TYPE, &format!("{name}.xlsx")), workbook.finish()?)
        }
    };
    Ok(summed(&mut response, &summary).body(bytes))
}

fn whole<T: Record>(mut format: impl Format<T>, rows: &[T]) -> Result<(Vec<u8>, Summary), Fault> {
    format.rows(rows)?;
    format.finish()
}
