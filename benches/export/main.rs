//! Writes the disbursement report of a database to a file, and says how long it took and how much memory:
//! `cargo bench --bench export -- csv|json|xlsx FILE [SCHEME]`, with `DATABASE_URL`.

use almoner::actions::reports;
use almoner::export::csv::Csv;
use almoner::export::json::Json;
use almoner::export::xlsx::Xlsx;
use almoner::export::{About, stream};
use almoner::store::Db;
use futures_util::TryStreamExt;
use rules::actor::{Actor, Role};
use rules::report::{Disbursement, Filter};
use std::error::Error;
use std::fs::File;
use std::io::Write;
use std::time::Instant;
use std::{env, fs};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut arguments = env::args().skip(1).filter(|argument| argument != "--bench");
    let (Some(format), Some(path)) = (arguments.next(), arguments.next()) else {
        return Err("usage: csv|json|xlsx FILE [SCHEME]".into());
    };
    let filter = Filter { scheme: arguments.next(), ..Filter::default() };
    let about = About { case: None, filter: filter.clone(), made_at: "2026-11-22T00:00:00Z".parse()? };
    let db = Db::new(&env::var("DATABASE_URL")?, 1)?;
    drop(db.reader().await?);
    let mut auditor = Actor::console();
    auditor.roles.insert(Role::Auditor);
    let (before, begun) = (peak_memory()?, Instant::now());
    let rows = reports::disbursements(db.reader().await?, &auditor, filter).await?;
    let mut file = File::create(path)?;
    match format.as_str() {
        "csv" => copy(stream(rows, Csv::<Disbursement>::new()?), &mut file, begun).await?,
        "json" => copy(stream(rows, Json::<Disbursement>::new(&about)?), &mut file, begun).await?,
        "xlsx" => {
            let (mut rows, mut workbook) = (rows, Xlsx::new(about)?);
            while let Some(part) = rows.try_next().await? {
                workbook.rows(&part)?;
            }
            file.write_all(&workbook.finish()?.0)?;
        }
        _ => return Err("usage: csv|json|xlsx FILE [SCHEME]".into()),
    }
    println!("{format} {} in all; peak memory {before}, then {}", begun.elapsed().as_millis(), peak_memory()?);
    Ok(())
}

async fn copy<E: Into<Box<dyn Error + Send + Sync>>>(
    chunks: impl futures_util::Stream<Item = Result<Vec<u8>, E>>,
    file: &mut File,
    begun: Instant,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut chunks = Box::pin(chunks);
    let mut first = true;
    while let Some(chunk) = chunks.try_next().await.map_err(Into::into)? {
        if std::mem::take(&mut first) {
            println!("first {} bytes after {} ms", chunk.len(), begun.elapsed().as_millis());
        }
        file.write_all(&chunk)?;
    }
    Ok(())
}

/// The most memory that this process has had so far.
fn peak_memory() -> Result<String, Box<dyn Error + Send + Sync>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    Ok(line.unwrap_or_default().trim().to_owned())
}
