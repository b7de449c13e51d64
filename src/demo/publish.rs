//! The schemes of the story are published as anybody's are: one officer writes and proposes each text, and another one publishes it.

use super::client::{Api, Call};
use super::roles::{Cast, Person};
use super::story::Story;
use super::{Script, Trouble};
use rules::calendar::Day;
use serde_json::{Value, json};

impl Script {
    /// Publishes every scheme that is not in force as its file says.
    pub(super) fn publish(&self, api: &Api, cast: &Cast, first_day: Day, story: &mut Story) -> Result<(), Trouble> {
        let officers = (cast.get("officer")?, cast.get("second_officer")?);
        let mut codes = self.book.case.iter().map(|case| case.scheme.as_str()).collect::<Vec<_>>();
        codes.sort_unstable();
        codes.dedup();
        for code in codes {
            let name = format!("{}.toml", code.to_lowercase());
            // What exists in the story alone lies beside it.
            let own = self.own_schemes.join(&name);
            let path = if own.exists() { own } else { self.schemes.join(name) };
            let wrong = |error| Trouble::File { path: path.display().to_string(), error };
            let text = std::fs::read_to_string(&path).map_err(wrong)?;
            let hash = rules::scheme::hash_of(&text);
            let in_force = api.visit(Call::get(format!("/schemes/{code}")))?;
            if !in_force.is_absent() && in_force.done()?.text("/rules")? == hash {
                story.note(&format!("{code} is in force already."))?;
            } else {
                by_two(api, officers, (code, &text, &hash), first_day, story)?;
            }
        }
        Ok(())
    }
}

/// One officer writes and proposes a text, and may not publish it; it waits for the other, who does.
fn by_two(
    api: &Api,
    (first, second): (&Person, &Person),
    (code, text, hash): (&str, &str, &str),
    from: Day,
    story: &mut Story,
) -> Result<(), Trouble> {
    // Another text is another thing to be done, even where an earlier edition of the story has published one.
    let key = |act: &str| format!("schemes/{code}/{hash}/{act}");
    let begin = Call::post("/scheme-drafts", json!({ "text": text })).once(&key("draft"));
    let draft = api.call(first, begin)?.done()?;
    let path = format!("/scheme-drafts/{}", draft.text("/id")?);
    let propose = Call::post(format!("{path}/proposal"), json!({ "from": from })).once(&key("proposal"));
    let proposed = api.call(first, propose.if_match(&draft.etag))?.done()?;
    let publish =
        |act: &str| Call::post(format!("{path}/publication"), json!({})).once(&key(act)).if_match(&proposed.etag);
    let told = api.call(first, publish("own publication"))?.refused("scheme_draft.own")?;
    must_wait_for(api, second, &path)?;
    api.call(second, publish("publication"))?.done()?;
    story.note(&format!(
        "{} drafts {code}, whose worked examples hold, and proposes it from {from}; to publish it as well is refused: \"{told}\" {} \
         publishes it.",
        first.name, second.name
    ))
}

fn must_wait_for(api: &Api, who: &Person, path: &str) -> Result<(), Trouble> {
    let work = api.call(who, Call::get("/work"))?.done()?;
    let place = format!("/api/v1{path}");
    let waits = |item: &Value| item.get("url").and_then(Value::as_str) == Some(&place);
    if work.items("")?.iter().any(waits) {
        return Ok(());
    }
    Err(Trouble::Differs(format!("{path} does not wait for {}", who.name)))
}
