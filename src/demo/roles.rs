//! The people of the story: each gets an account as people do, chooses a password through a link in a mail, and signs in.

use super::Trouble;
use super::client::{Api, Call};
use super::data::{Applicant, Book, Staff};
use super::post_box::PostBox;
use super::story::Story;
use rules::person::Language;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{PoisonError, RwLock};

/// Somebody with an account.
#[derive(Debug)]
pub(super) struct Person {
    /// As people write it.
    pub name: String,
    /// Address for signing in and for mail.
    pub email: String,
    /// Identity.
    pub id: String,
    /// What they act for, and what that is called.
    pub organisation: Option<(String, String)>,
    token: RwLock<String>,
}

impl Person {
    fn new(name: &str, email: &str) -> Self {
        let (name, email) = (name.to_owned(), email.to_owned());
        Self { name, email, id: String::new(), organisation: None, token: RwLock::default() }
    }

    /// What the session of this person gave last.
    pub(super) fn token(&self) -> String {
        self.token.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The person has signed in.
    pub(super) fn signed_in(&self, token: String) {
        *self.token.write().unwrap_or_else(PoisonError::into_inner) = token;
    }
}

/// Everybody who plays, by key.
pub(super) struct Cast {
    people: BTreeMap<String, Person>,
}

impl Cast {
    /// Somebody who plays.
    pub(super) fn get(&self, key: &str) -> Result<&Person, Trouble> {
        self.people.get(key).ok_or_else(|| Trouble::Story(format!("nobody is called \"{key}\"")))
    }

    /// Everybody, with the role under which the story knows them.
    pub(super) fn all(&self) -> impl Iterator<Item = (&str, &Person)> {
        self.people.iter().map(|(key, person)| (key.as_str(), person))
    }

    /// Assembles everybody. Whoever has an account already just signs in.
    ///
    /// `link` is what the console printed when it made the first administrator, unless there was one.
    pub(super) fn assemble(
        api: &Api,
        book: &Book,
        post_box: &PostBox,
        link: Option<&str>,
        story: &mut Story,
    ) -> Result<Self, Trouble> {
        let mut people = BTreeMap::new();
        let first =
            book.staff.first().ok_or_else(|| Trouble::Story("the first of the staff looks after all".to_owned()))?;
        let mut administrator = Person::new(&first.name, &first.email);
        if let Some(token) = link.and_then(token_of) {
            choose_password(api, book, &token)?;
        }
        enter(api, book, post_box, &mut administrator)?;
        story.note(&format!("{}, made from the command line, signs in and invites the staff.", administrator.name))?;
        let known = addresses(api, &administrator)?;
        for staff in book.staff.iter().skip(1).filter(|staff| !known.contains_key(&staff.email)) {
            api.call(&administrator, invitation(staff))?.done()?;
        }
        for applicant in book.applicant.iter().filter(|applicant| !known.contains_key(&applicant.email)) {
            api.visit(registration(applicant))?.done()?;
        }
        let newcomers = book.staff.iter().skip(1).map(|staff| &staff.email);
        let newcomers = newcomers.chain(book.applicant.iter().map(|applicant| &applicant.email));
        for email in newcomers.filter(|email| !known.contains_key(*email)) {
            choose_password(api, book, &post_box.wait_for_link(email)?)?;
        }
        for staff in book.staff.iter().skip(1) {
            let mut person = Person::new(&staff.name, &staff.email);
            enter(api, book, post_box, &mut person)?;
            grant(api, &administrator, staff, &person)?;
            people.insert(staff.key.clone(), person);
        }
        for applicant in &book.applicant {
            people.insert(applicant.key.clone(), settled(api, book, post_box, applicant)?);
        }
        people.insert(first.key.clone(), administrator);
        let (all, new) = (people.len(), people.len().saturating_sub(known.len().min(people.len())));
        story.note(&format!(
            "{all} people have signed in as themselves; {new} of them were new, and chose a password through a link in a mail."
        ))?;
        Ok(Self { people })
    }
}

fn language(language: Language) -> &'static str {
    language.code()
}

fn invitation(staff: &Staff) -> Call {
    let person = json!({ "email": staff.email, "name": staff.name, "language": language(staff.language) });
    Call::post("/people", json!({ "person": person, "roles": staff.roles })).once(&format!("people/{}", staff.key))
}

fn registration(applicant: &Applicant) -> Call {
    let person = json!({ "email": applicant.email, "name": applicant.name, "language": language(applicant.language) });
    let organisation = applicant.organisation.as_ref().map(|name| json!({ "name": name, "ubi": applicant.ubi }));
    Call::post("/registrations", json!({ "person": person, "organisation": organisation }))
}

/// Who has an account already.
fn addresses(api: &Api, administrator: &Person) -> Result<BTreeMap<String, String>, Trouble> {
    let mut known = BTreeMap::new();
    let mut path = "/people?limit=100".to_owned();
    loop {
        let page = api.call(administrator, Call::get(&path))?.done()?;
        for person in page.items("/items")? {
            let field = |name: &str| person.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
            known.insert(field("email"), field("id"));
        }
        match page.json.get("next").and_then(Value::as_str) {
            Some(next) => path = format!("/people?limit=100&cursor={next}"),
            None => return Ok(known),
        }
    }
}

/// Says under which authorities somebody may approve, unless that has been said.
fn grant(api: &Api, administrator: &Person, staff: &Staff, person: &Person) -> Result<(), Trouble> {
    if staff.authorities.is_empty() {
        return Ok(());
    }
    let path = format!("/people/{}/authorities", person.id);
    let read = api.call(administrator, Call::get(&path))?.done()?;
    let held = read.json.get("authorities").cloned().unwrap_or_default();
    let held = serde_json::from_value::<BTreeSet<String>>(held).unwrap_or_default();
    if held != staff.authorities {
        let body = json!({ "authorities": staff.authorities });
        api.call(administrator, Call::put(path, body).if_match(&read.etag))?.done()?;
    }
    Ok(())
}

/// Signs somebody in and learns who they are. Whoever lost the way to a password asks for another link.
fn enter(api: &Api, book: &Book, post_box: &PostBox, person: &mut Person) -> Result<(), Trouble> {
    let reply = api.sign_in(person)?;
    if !reply.is_unauthenticated() {
        reply.done()?;
    } else {
        api.visit(Call::post("/password-links", json!({ "email": person.email })))?.done()?;
        choose_password(api, book, &post_box.wait_for_link(&person.email)?)?;
        api.sign_in(person)?.done()?;
    }
    let me = api.call(person, Call::get("/me"))?.done()?;
    person.id = me.text("/person/id")?;
    person.organisation = me.text("/organisations/0").ok().map(|id| (id, String::new()));
    Ok(())
}

/// Somebody who applies, with the organisation that they have proved, if any. A power cut may have come between the password and the
/// organisation: then they register once more, and use links until one proves it.
fn settled(api: &Api, book: &Book, post_box: &PostBox, applicant: &Applicant) -> Result<Person, Trouble> {
    const LINKS_MAX: u32 = 5;
    let mut person = Person::new(&applicant.name, &applicant.email);
    enter(api, book, post_box, &mut person)?;
    let Some(organisation) = &applicant.organisation else { return Ok(person) };
    for _ in 0..LINKS_MAX {
        if let Some((_, name)) = &mut person.organisation {
            name.clone_from(organisation);
            return Ok(person);
        }
        api.visit(registration(applicant))?.done()?;
        let token = post_box.wait_for_link(&applicant.email)?;
        let body = json!({ "token": token, "password": book.password });
        let reply = api.visit(Call::post("/passwords", body))?;
        // A letter from before the cut may come late, when its link has been spent by another one.
        if reply.json.get("code").and_then(Value::as_str) != Some("password.link_spent") {
            reply.done()?;
        }
        enter(api, book, post_box, &mut person)?;
    }
    Err(Trouble::Story(format!("{} has no organisation, whatever link is used", applicant.name)))
}

fn choose_password(api: &Api, book: &Book, token: &str) -> Result<(), Trouble> {
    api.visit(Call::post("/passwords", json!({ "token": token, "password": book.password })))?.done()?;
    Ok(())
}

/// The token of a link to choose a password.
fn token_of(link: &str) -> Option<String> {
    link.split_once('#').map(|(_, token)| token.trim().to_owned())
}
