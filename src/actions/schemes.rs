//! Schemes: publish a text, and find the one in force, read once and kept by its hash.

use super::Error;
use crate::store::scheme_texts::Published;
use crate::store::{Connected, Fault, Reader, Tx, people, rounds, scheme_texts};
use rules::actor::Actor;
use rules::application::Application;
use rules::calendar::Day;
use rules::event::Subject;
use rules::ids::{PersonId, SchemeTextId};
use rules::permission::Verb;
use rules::prose::{Difference, between_texts};
use rules::refusal::Refusal;
use rules::round::must_be_named;
use rules::scheme::{CODE_CHARACTERS_MAX, Scheme, code_of, is_code, is_hash, is_intake};
use rules::scheme_text::{self, Place, SchemeText};
use rules::text::Text;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock};
use uuid::Uuid;

/// A scheme in force, read, with the identity of its text.
#[derive(Clone)]
pub struct InForce {
    /// Identity of the published text.
    pub text: SchemeTextId,
    /// What it says.
    pub scheme: Arc<Scheme>,
}

/// Schemes that have been read, by the hash of their text and by its identity, with the agency that administers them. A text never
/// changes, so nothing here grows stale.
#[derive(Clone)]
pub struct Schemes {
    agency: Arc<Text>,
    read: Arc<RwLock<HashMap<String, Arc<Scheme>>>>,
    pinned: Arc<RwLock<HashMap<SchemeTextId, Arc<Scheme>>>>,
}

impl Schemes {
    /// The schemes of an agency, of which none has been read yet.
    #[must_use]
    pub fn of_agency(name: Text) -> Self {
        Self { agency: Arc::new(name), read: Arc::default(), pinned: Arc::default() }
    }

    /// What the agency is called that administers them, and sends their letters.
    #[must_use]
    pub fn agency(&self) -> &Text {
        &self.agency
    }

    /// The scheme with a code, as it is in force on a day.
    ///
    /// # Errors
    /// When none is, or the database fails.
    pub async fn in_force(&self, reader: &mut impl Connected, code: &str, on: Day) -> Result<InForce, Error> {
        let (text, hash) = must_be_in_force(reader, code, on).await?;
        Ok(InForce { text, scheme: self.read(reader, text, &hash).await? })
    }

    /// Every scheme that is in force on a day, in the order of their codes, with what is known of its text.
    ///
    /// # Errors
    /// When a text cannot be read any more, or the database fails.
    pub(crate) async fn all_in_force(
        &self,
        reader: &mut impl Connected,
        on: Day,
    ) -> Result<Vec<(Published, Arc<Scheme>)>, Error> {
        let mut schemes = Vec::new();
        for text in scheme_texts::all_in_force(reader, on).await? {
            let scheme = self.read(reader, text.id, &text.hash).await?;
            schemes.push((text, scheme));
        }
        Ok(schemes)
    }

    /// The scheme in force today, for an application that begins under it, with the number of its reference.
    ///
    /// # Errors
    /// When none is, or the database fails.
    pub async fn in_force_with_serial(&self, tx: &mut Tx<'_>, code: &str) -> Result<(InForce, i64), Error> {
        let in_force = if is_code(code) { scheme_texts::in_force_with_serial(tx, code).await? } else { None };
        let (text, hash, serial) = in_force.ok_or_else(|| not_published(code))?;
        Ok((InForce { text, scheme: self.read(tx, text, &hash).await? }, serial))
    }

    /// The scheme of a text that an application has pinned.
    ///
    /// # Errors
    /// When the text is not there or cannot be read any more, or the database fails.
    pub async fn pinned(&self, reader: &mut impl Connected, text: SchemeTextId) -> Result<Arc<Scheme>, Error> {
        if let Some(scheme) = self.pinned.read().unwrap_or_else(PoisonError::into_inner).get(&text) {
            return Ok(Arc::clone(scheme));
        }
        let scheme = self.of(&scheme_texts::load(reader, text).await?)?;
        self.pinned.write().unwrap_or_else(PoisonError::into_inner).insert(text, Arc::clone(&scheme));
        Ok(scheme)
    }

    /// The scheme that an application has pinned; one that has pinned none is not as far as the verb asks for.
    ///
    /// # Errors
    /// When it has pinned none, its text cannot be read any more, or the database fails.
    pub(crate) async fn pinned_by(
        &self,
        reader: &mut impl Connected,
        application: &Application,
    ) -> Result<Arc<Scheme>, Error> {
        let wrong_state = || Refusal::ApplicationWrongState { state: application.state.code() };
        let text = application.submission.as_ref().map(|submission| submission.scheme_text).ok_or_else(wrong_state)?;
        self.pinned(reader, text).await
    }

    pub(super) async fn read(
        &self,
        reader: &mut impl Connected,
        text: SchemeTextId,
        hash: &str,
    ) -> Result<Arc<Scheme>, Error> {
        match self.kept(hash) {
            Some(scheme) => Ok(scheme),
            None => self.pinned(reader, text).await,
        }
    }

    /// The scheme of a text that has been loaded.
    fn of(&self, stored: &SchemeText) -> Result<Arc<Scheme>, Error> {
        if let Some(scheme) = self.kept(&stored.hash) {
            return Ok(scheme);
        }
        let unreadable = |_faults| Fault::Corrupt(format!("scheme text {}", stored.hash));
        let scheme = Arc::new(Scheme::read(&stored.text).map_err(unreadable)?);
        let mut read = self.read.write().unwrap_or_else(PoisonError::into_inner);
        read.insert(stored.hash.clone(), Arc::clone(&scheme));
        Ok(scheme)
    }

    fn kept(&self, hash: &str) -> Option<Arc<Scheme>> {
        self.read.read().unwrap_or_else(PoisonError::into_inner).get(hash).cloned()
    }
}

/// The identity and the hash of the text that is in force on a day. What is no code is the code of no scheme, and the database is
/// not asked: some of it could not be.
///
/// # Errors
/// When none is, or the database fails.
pub(super) async fn must_be_in_force(
    reader: &mut impl Connected,
    code: &str,
    on: Day,
) -> Result<(SchemeTextId, String), Error> {
    let in_force = if is_code(code) { scheme_texts::in_force(reader, code, on).await? } else { None };
    Ok(in_force.ok_or_else(|| not_published(code))?)
}

fn not_published(code: &str) -> Refusal {
    Refusal::SchemeNotPublished { code: code.chars().take(CODE_CHARACTERS_MAX).collect() }
}

/// That some text of a scheme was ever published: what has been paid under it stays, whatever is in force.
///
/// # Errors
/// When none was, or the database fails.
pub(super) async fn must_be_known(reader: &mut impl Connected, code: &str) -> Result<(), Error> {
    let known = is_code(code) && scheme_texts::is_known(reader, code).await?;
    if known { Ok(()) } else { Err(not_published(code).into()) }
}

/// That a scheme has a round: the text in force names it, or cases were submitted to it while another one did.
///
/// # Errors
/// When neither is so, or the database fails.
pub(super) async fn must_have_round(
    reader: &mut impl Connected,
    schemes: &Schemes,
    (code, round): (&str, &str),
    today: Day,
) -> Result<(), Error> {
    // What is no path is that of no round, and the database need not be asked; some of it could not be.
    if is_code(code) && is_intake(round) && rounds::has_cases(reader, code, round).await? {
        return Ok(());
    }
    Ok(must_be_named(&schemes.in_force(reader, code, today).await?.scheme.file, round)?)
}

/// What people are called, by who they are.
pub type Names = BTreeMap<PersonId, String>;

/// Every published text of a scheme, the one whose day comes last first, and who has published it.
///
/// # Errors
/// When the actor may not, no text was ever published, or the database fails.
pub async fn history(reader: &mut Reader, actor: &Actor, code: &str) -> Result<(Vec<Published>, Names), Error> {
    actor.may(Verb::SchemeRead, Subject::House)?;
    let texts = if is_code(code) { scheme_texts::history(reader, code).await? } else { Vec::new() };
    if texts.is_empty() {
        return Err(Refusal::NotFound.into());
    }
    let by = texts.iter().filter_map(|text| text.by);
    let names = people::names(reader, &by.flat_map(|by| [by.proposed_by, by.published_by]).collect()).await?;
    Ok((texts, names))
}

/// A published text, as it is. Anybody may read it, before its day and after.
///
/// # Errors
/// When there is none with this code and hash, or the database fails.
pub async fn text(reader: &mut Reader, code: &str, hash: &str) -> Result<SchemeText, Error> {
    let known = is_code(code) && is_hash(hash);
    let text = if known { scheme_texts::by_hash(reader, code, hash).await? } else { None };
    Ok(text.ok_or(Refusal::NotFound)?)
}

/// What differs between two texts, and which they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diff {
    /// The hash of the one.
    pub before: String,
    /// The hash of the other.
    pub after: String,
    /// Where they differ, rule by rule.
    pub differences: Vec<Difference>,
}

impl Diff {
    pub(super) fn of(before: &Scheme, after: &Scheme) -> Self {
        let differences = between_texts(before, after);
        Self { before: before.hash.clone(), after: after.hash.clone(), differences }
    }
}

/// What differs between two published texts of a scheme. Anybody may read both.
///
/// # Errors
/// When there is none with one of the hashes, or the database fails.
pub async fn diff(reader: &mut Reader, schemes: &Schemes, code: &str, (from, to): (&str, &str)) -> Result<Diff, Error> {
    let (before, after) = (text(reader, code, from).await?, text(reader, code, to).await?);
    Ok(Diff::of(&*schemes.of(&before)?, &*schemes.of(&after)?))
}

/// The hash of the text that a text of a scheme meets on a day, when nobody else is publishing one.
pub(super) async fn met_on(tx: &mut Tx<'_>, code: &str, from: Day) -> Result<Option<String>, Error> {
    scheme_texts::lock(tx, code).await?;
    Ok(scheme_texts::in_force(tx, code, from).await?.map(|(_, hash)| hash))
}

/// The console publishes a text from a day. Its examples are run first.
///
/// # Errors
/// When the actor may not, the text is faulty, its day is over, or it is in force on it already.
pub async fn publish(tx: &mut Tx<'_>, actor: &Actor, text: String, from: Day) -> Result<(SchemeTextId, String), Error> {
    let id = SchemeTextId(Uuid::now_v7());
    let permit = actor.may(Verb::SchemePublish, Subject::SchemeText(id))?;
    // A text without a code is refused below, with everything else that is wrong with it.
    let code = code_of(&text).unwrap_or_default();
    let met = met_on(tx, &code, from).await?;
    let is_first = !scheme_texts::is_known(tx, &code).await?;
    let place = Place { from, today: tx.moment.today(), in_force: met.as_deref() };
    let change = scheme_text::publish(&permit, id, text, place, is_first)?;
    tx.record(&change).await?;
    Ok((id, code))
}
