//! Schemes: publish a text, and find the one in force, read once and kept by its hash.

use super::Error;
use crate::store::{Connected, Fault, Tx, scheme_texts};
use rules::actor::Actor;
use rules::application::Application;
use rules::event::Subject;
use rules::ids::SchemeTextId;
use rules::permission::Verb;
use rules::refusal::Refusal;
use rules::scheme::{CODE_CHARACTERS_MAX, Scheme, is_code};
use rules::scheme_text;
use std::collections::HashMap;
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

/// Schemes that have been read, by the hash of their text. A text never changes, so nothing here grows stale.
#[derive(Clone, Default)]
pub struct Schemes {
    read: Arc<RwLock<HashMap<String, Arc<Scheme>>>>,
}

impl Schemes {
    /// The scheme in force with a code.
    ///
    /// # Errors
    /// When none is published, or the database fails.
    pub async fn in_force(&self, reader: &mut impl Connected, code: &str) -> Result<InForce, Error> {
        let (text, hash) = published(reader, code).await?;
        Ok(InForce { text, scheme: self.read(reader, text, &hash).await? })
    }

    /// Every scheme in force, in the order of their codes.
    ///
    /// # Errors
    /// When a text cannot be read any more, or the database fails.
    pub(crate) async fn all_in_force(&self, reader: &mut impl Connected) -> Result<Vec<Arc<Scheme>>, Error> {
        let mut schemes = Vec::new();
        for (text, hash) in scheme_texts::all_in_force(reader).await? {
            schemes.push(self.read(reader, text, &hash).await?);
        }
        Ok(schemes)
    }

    /// The same for an application that begins under it, with the number of its reference.
    ///
    /// # Errors
    /// When none is published, or the database fails.
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
        let stored = scheme_texts::load(reader, text).await?;
        self.keep(&stored.hash, &stored.text)
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
        let hash = scheme_texts::hash(reader, text).await?;
        self.read(reader, text, &hash).await
    }

    pub(super) async fn read(
        &self,
        reader: &mut impl Connected,
        text: SchemeTextId,
        hash: &str,
    ) -> Result<Arc<Scheme>, Error> {
        let kept = self.read.read().unwrap_or_else(PoisonError::into_inner).get(hash).cloned();
        match kept {
            Some(scheme) => Ok(scheme),
            None => self.pinned(reader, text).await,
        }
    }

    fn keep(&self, hash: &str, text: &str) -> Result<Arc<Scheme>, Error> {
        let unreadable = |_faults| Fault::Corrupt(format!("scheme text {hash}"));
        let scheme = Arc::new(Scheme::read(text).map_err(unreadable)?);
        let mut read = self.read.write().unwrap_or_else(PoisonError::into_inner);
        read.insert(hash.to_owned(), Arc::clone(&scheme));
        Ok(scheme)
    }
}

/// The identity and the hash of the text in force. What is no code is the code of no scheme, and the database is not asked: some of
/// it could not be.
///
/// # Errors
/// When none is published, or the database fails.
pub(super) async fn published(reader: &mut impl Connected, code: &str) -> Result<(SchemeTextId, String), Error> {
    let in_force = if is_code(code) { scheme_texts::in_force(reader, code).await? } else { None };
    Ok(in_force.ok_or_else(|| not_published(code))?)
}

fn not_published(code: &str) -> Refusal {
    Refusal::SchemeNotPublished { code: code.chars().take(CODE_CHARACTERS_MAX).collect() }
}

/// Publishes a text: from now on it is in force. Its examples are run first.
///
/// # Errors
/// When the actor may not, the text is faulty, or it is in force already.
pub async fn publish(tx: &mut Tx<'_>, actor: &Actor, text: String) -> Result<(SchemeTextId, String), Error> {
    let id = SchemeTextId(Uuid::now_v7());
    let permit = actor.may(Verb::SchemePublish, Subject::SchemeText(id))?;
    let scheme = Scheme::read(&text).map_err(|faults| Refusal::SchemeFaulty { faults })?;
    scheme_texts::lock(tx, scheme.file.code.get_ref()).await?;
    let in_force = match scheme_texts::in_force(tx, scheme.file.code.get_ref()).await? {
        Some((id, _)) => Some(scheme_texts::load(tx, id).await?),
        None => None,
    };
    let change = scheme_text::publish(&permit, id, text, in_force.as_ref())?;
    tx.record(&change).await?;
    Ok((id, scheme.file.code.into_inner()))
}
