//! Long lists, page by page: the cursor names the last row seen, so that the deepest page is as quick as the first and no row
//! is lost or doubled while others come in.

use super::answer::Answer;
use super::problem::Problem;
use actix_web::HttpRequest;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// How many rows a page has when nobody says.
const LIMIT: u16 = 50;
/// How many rows a page has at most.
const LIMIT_MAX: u16 = 100;

/// What is asked of a list that has no filters.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PageQuery {
    /// Where the last page ended: its `next`.
    pub cursor: Option<String>,
    /// How many at most; 50 when left out.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u16>,
}

/// What is asked of any list: the key of the last row seen, and how many rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asked<K> {
    /// The key of the last row seen.
    pub after: Option<K>,
    limit: u16,
}

impl<K: DeserializeOwned> Asked<K> {
    /// Reads cursor and limit.
    ///
    /// # Errors
    /// When one of them was not made here or is out of bounds.
    pub(super) fn read(cursor: Option<&str>, limit: Option<u16>) -> Result<Self, Problem> {
        let limit = limit.unwrap_or(LIMIT);
        if !(1..=LIMIT_MAX).contains(&limit) {
            return Err(Problem::malformed_parameter("limit", format!("write a whole number from 1 to {LIMIT_MAX}")));
        }
        let key = |cursor: &str| {
            let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?;
            serde_json::from_slice(&bytes).ok()
        };
        let after = cursor.map(|cursor| key(cursor).ok_or_else(unreadable_cursor)).transpose()?;
        Ok(Self { after, limit })
    }

    /// How many rows to fetch: one more than is shown, to see whether there is a next page.
    #[must_use]
    pub(super) fn rows(&self) -> i64 {
        i64::from(self.limit).saturating_add(1)
    }
}

/// A cursor that was not made here.
#[must_use]
pub(super) fn unreadable_cursor() -> Problem {
    Problem::malformed_parameter("cursor", "write the next of the page before, or leave it out")
}

/// A list that is short by its nature: all of it.
#[derive(Serialize, ToSchema)]
pub(super) struct Short<T> {
    /// All of them.
    pub items: Vec<T>,
}

/// One page of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// The cursor of the next page; left out on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl<T: Serialize> Page<T> {
    /// Cuts the rows that were fetched to a page.
    ///
    /// # Errors
    /// When a key cannot be written.
    pub(super) fn of<R, K: Serialize>(
        asked: &Asked<K>,
        mut rows: Vec<R>,
        key: impl Fn(&R) -> K,
        view: impl Fn(R) -> T,
    ) -> Result<Self, Problem> {
        let more = rows.len() > usize::from(asked.limit);
        rows.truncate(usize::from(asked.limit));
        let last = rows.last().filter(|_| more).map(|row| serde_json::to_vec(&key(row)));
        let last = last.transpose().map_err(|error| Problem::failed(&error.to_string()))?;
        let next = last.map(|key| BASE64_URL_SAFE_NO_PAD.encode(key));
        Ok(Self { items: rows.into_iter().map(view).collect(), next })
    }

    /// The page as an answer, with a link to the next one (RFC 8288) that keeps the filters.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub(super) fn answer(&self, request: &HttpRequest) -> Result<Answer, Problem> {
        Ok(Answer::ok(self)?.link(self.link(request)))
    }
}

impl<T> Page<T> {
    /// The link to the next page, for an answer that says more than the page.
    pub(super) fn link(&self, request: &HttpRequest) -> Option<String> {
        self.next.as_deref().map(|next| next_link(request.path(), request.query_string(), next))
    }
}

fn next_link(path: &str, query: &str, next: &str) -> String {
    let kept = query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("cursor="));
    let cursor = format!("cursor={next}");
    let query = kept.chain([cursor.as_str()]).collect::<Vec<_>>().join("&");
    format!("<{path}?{query}>; rel=\"next\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cursor_of_one_page_begins_the_next_and_the_filters_stay() {
        let asked = Asked::<u32>::read(None, Some(2)).unwrap();
        assert_eq!(asked.rows(), 3);
        let page = Page::of(&asked, vec![10, 20, 30], |row| *row, |row| row).unwrap();
        assert_eq!(page.items, [10, 20]);
        let next = page.next.unwrap();
        assert_eq!(Asked::<u32>::read(Some(&next), None).unwrap().after, Some(20));
        assert_eq!(
            next_link("/api/v1/things", "state=draft&cursor=old&limit=2", &next),
            format!("</api/v1/things?state=draft&limit=2&cursor={next}>; rel=\"next\"")
        );
        assert!(Page::of(&asked, vec![10, 20], |row| *row, |row| row).unwrap().next.is_none());
    }

    #[test]
    fn a_cursor_from_elsewhere_and_a_limit_out_of_bounds_are_malformed() {
        assert!(Asked::<u32>::read(Some("not from here"), None).is_err());
        assert!(Asked::<u32>::read(Some("IjEi"), None).is_err());
        assert!(Asked::<u32>::read(None, Some(0)).is_err());
        assert!(Asked::<u32>::read(None, Some(101)).is_err());
    }
}
