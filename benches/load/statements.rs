//! What one request said to PostgreSQL, read from its log, as a script that pgbench runs for any case.

use crate::Outcome;
use std::fmt::Write as _;
use uuid::Uuid;

/// One statement with the values of its parameters; `None` is NULL.
#[derive(Debug, Default)]
struct Statement {
    sql: String,
    values: Vec<Option<String>>,
}

/// What tells the case of the request from all others.
pub(crate) struct Case {
    /// The application.
    pub(crate) application: Uuid,
    /// Its applicant.
    pub(crate) organisation: Uuid,
    /// The key that the request came with.
    pub(crate) key: String,
    /// What else is not the same for every case, and how pgbench writes it for the one that it has in hand.
    pub(crate) others: Vec<(String, String)>,
    /// What was committed of its scheme afterwards, in cents.
    pub(crate) committed: i64,
    /// Its amount, in cents.
    pub(crate) amount: i64,
    /// When the request was sent, in seconds since 1970.
    pub(crate) since_s: u64,
}

/// The statements in a piece of the log, as a script of pgbench in which `:n` is the number of the case.
///
/// # Errors
/// When a line cannot be read.
pub(crate) fn script(log: &str, case: &Case) -> Outcome<String> {
    let mut script = "\\set n :first + :client_id + 32 * :done\n\\set done :done + 1\n".to_owned();
    for statement in read(log) {
        let mut generated = Vec::new();
        let mut pieces = statement.sql.split('$');
        let mut sql = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            let digits = piece.bytes().take_while(u8::is_ascii_digit).count();
            let (place, rest) = piece.split_at(digits);
            let value = place.parse::<usize>()?.checked_sub(1).and_then(|place| statement.values.get(place));
            match value.ok_or_else(|| format!("${place} has no value: {}", statement.sql))? {
                None => sql.push_str("NULL"),
                Some(value) => sql.push_str(&case.written(value, &mut generated)?),
            }
            sql.push_str(rest);
        }
        writeln!(script, "{sql};")?;
    }
    Ok(script)
}

/// What a script writes, as a procedure that locks the case and then the envelope, and a script that calls it for cases that so many
/// connections share. It writes what the server has decided, and decides nothing.
pub(crate) fn procedure(script: &str, connections: u64) -> (String, String) {
    let writes =
        script.lines().filter(|line| ["WITH ", "INSERT ", "UPDATE "].iter().any(|verb| line.starts_with(verb)));
    let body = writes.map(|line| line.replace(":n::bigint", "the_n::text").replace(":n", "the_n"));
    let make = format!(
        "CREATE FUNCTION bench_approve(the_n bigint) RETURNS void LANGUAGE plpgsql AS $bench$
         BEGIN
           PERFORM 1 FROM applications WHERE id = bench_id(3, the_n) FOR UPDATE;
           PERFORM 1 FROM envelopes WHERE scheme_code = 'BENCH-00' FOR UPDATE;
           {}
         END $bench$",
        body.collect::<Vec<_>>().join("\n")
    );
    let call = format!(
        "\\set n :first + :client_id + {connections} * :done\n\\set done :done + 1\nSELECT bench_approve(:n);\n"
    );
    (make, call)
}

/// The statements in a piece of the log. A line that begins with a tab belongs to the one before.
fn read(log: &str) -> Vec<Statement> {
    let joined = log.replace("\n\t", " ");
    let mut statements: Vec<Statement> = Vec::new();
    for line in joined.lines() {
        if let Some((_, rest)) = line.split_once("LOG:  ") {
            let said = rest.strip_prefix("statement: ");
            let sql = said.or_else(|| rest.strip_prefix("execute ").and_then(|named| Some(named.split_once(": ")?.1)));
            statements.extend(sql.map(|sql| Statement { sql: sql.to_owned(), values: Vec::new() }));
        } else if let Some((_, rest)) = line.split_once("DETAIL:  parameters: ")
            && let Some(last) = statements.last_mut()
        {
            last.values = values(rest);
        }
    }
    statements
}

/// `$1 = 'x', $2 = NULL`, with quotes doubled.
fn values(mut rest: &str) -> Vec<Option<String>> {
    let mut values = Vec::new();
    while let Some((_, value)) = rest.split_once(" = ") {
        let Some(quoted) = value.strip_prefix('\'') else {
            values.push(None);
            rest = value;
            continue;
        };
        let (mut text, mut end) = (String::new(), quoted.len());
        let mut characters = quoted.char_indices().peekable();
        while let Some((place, character)) = characters.next() {
            if character != '\'' {
                text.push(character);
            } else if characters.next_if(|(_, next)| *next == '\'').is_some() {
                text.push('\'');
            } else {
                end = place;
                break;
            }
        }
        values.push(Some(text));
        rest = quoted.get(end..).unwrap_or_default();
    }
    values
}

impl Case {
    /// A value as pgbench writes it for the case that it has in hand.
    fn written(&self, value: &str, generated: &mut Vec<Uuid>) -> Outcome<String> {
        if value == self.committed.to_string() {
            return Ok(format!("committed_cents + {}", self.amount));
        }
        if value == self.key {
            return Ok("concat('approve-', :n::bigint)".to_owned());
        }
        if let Some((_, written)) = self.others.iter().find(|(other, _)| other == value) {
            return Ok(written.clone());
        }
        if let (36, Ok(id)) = (value.len(), value.parse::<Uuid>()) {
            return Ok(self.id(id, generated).unwrap_or_else(|| literal(value)));
        }
        // An array of ids, or ids within a text.
        let inner = value.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or_default();
        if let Some(ids) = inner.split(',').map(|id| id.parse::<Uuid>().ok()).collect::<Option<Vec<_>>>() {
            let mut written = |id| self.id(id, generated).unwrap_or_else(|| format!("'{id}'::uuid"));
            return Ok(format!("ARRAY[{}]", ids.into_iter().map(&mut written).collect::<Vec<_>>().join(", ")));
        }
        let mut text = literal(value);
        let words = value.split(|character: char| !character.is_ascii_hexdigit() && character != '-');
        for id in words.filter(|word| word.len() == 36).filter_map(|word| word.parse::<Uuid>().ok()) {
            if let Some(written) = self.id(id, generated) {
                text = format!("replace({text}, '{id}', {written}::text)");
            }
        }
        Ok(text)
    }

    /// An id that is another one for each case: of the case, or made for it.
    fn id(&self, id: Uuid, generated: &mut Vec<Uuid>) -> Option<String> {
        if id == self.application {
            return Some("bench_id(3, :n)".to_owned());
        }
        if id == self.organisation {
            return Some("bench_id(2, :n)".to_owned());
        }
        // What the server makes is dated; sessions are not.
        if id.get_timestamp()?.to_unix().0 < self.since_s {
            return None;
        }
        let place = generated.iter().position(|known| *known == id).unwrap_or_else(|| {
            generated.push(id);
            generated.len().saturating_sub(1)
        });
        Some(format!("bench_id({}, :n)", place.saturating_add(100)))
    }
}

/// A text without a colon, which would begin a variable.
fn literal(value: &str) -> String {
    format!("E'{}'", value.replace('\\', "\\\\").replace('\'', "''").replace(':', "\\x3a"))
}
