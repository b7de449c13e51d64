//! Who is asking: a bearer token becomes an actor with the roles of this moment, or the request ends here.

use super::problem::Problem;
use super::services::{Door, Services};
use crate::actions::sessions;
use actix_web::dev::Payload;
use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderName, WWW_AUTHENTICATE};
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::LocalBoxFuture;
use rules::actor::Actor;
use rules::ids::PersonId;
use std::future::{Ready, ready};
use std::net::IpAddr;
use uuid::Uuid;

/// Somebody who has signed in.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    /// Who, with what they may be at this moment.
    pub actor: Actor,
    /// The person.
    pub person: PersonId,
    /// The session.
    pub session: Uuid,
}

/// A caller, and then the rest of the request: nothing of it is read for somebody who has not signed in.
pub(super) struct Signed<E = ()>(pub Caller, pub E);

impl<E> FromRequest for Signed<E>
where
    E: FromRequest + 'static,
{
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Self, actix_web::Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let caller = caller(&request).await?;
            let rest = E::from_request(&request, &mut payload).await.map_err(Into::into)?;
            Ok(Self(caller, rest))
        })
    }
}

async fn caller(request: &HttpRequest) -> Result<Caller, Problem> {
    let Some(token) = bearer(request.headers()) else {
        return Err(Problem::unauthenticated("Sign in, and send the access token as Authorization: Bearer …"));
    };
    let refused = || {
        tracing::warn!("an access token was refused");
        Problem::unauthenticated(
            "The access token is not valid, or its session has ended: refresh it or sign in again.",
        )
        .header(WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"")
    };
    let door = Door::of(request)?;
    let now = door.moment.recorded_at;
    let claims = door.access.tokens.verify(token, now).ok_or_else(refused)?;
    let (person, session) = (claims.sub, claims.sid);
    let actor = sessions::actor(&mut door.reader().await?, session, person, now).await?.ok_or_else(refused)?;
    Ok(Caller { actor, person, session })
}

/// The token of the one `Authorization` header. Never one from the address: addresses are logged and shared.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut given = headers.get_all(AUTHORIZATION);
    let only = given.next().filter(|_| given.next().is_none())?;
    let (scheme, token) = only.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Somebody who has not signed in and tries one of the doors where guessing would pay. Each address has so many tries.
#[derive(Clone, Copy, Debug)]
pub(super) struct Visitor;

impl FromRequest for Visitor {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Door::of(request).and_then(|door| {
            let address = client_address(request, &door)
                .ok_or_else(|| Problem::unavailable("Where the request comes from is not known."))?;
            door.visits.take(address, door.moment.recorded_at).map_err(Problem::too_many)?;
            Ok(Self)
        }))
    }
}

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The address that a request comes from: the nearest one that is not a trusted proxy. What a stranger writes into the header
/// stands further away than what a trusted proxy adds, and is not believed.
pub(super) fn client_address(request: &HttpRequest, services: &Services) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip().to_canonical();
    let chain: Vec<&str> = request
        .headers()
        .get_all(X_FORWARDED_FOR)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    Some(nearest_stranger(peer, &chain, &services.trusted_proxies))
}

fn nearest_stranger(peer: IpAddr, chain: &[&str], trusted: &[IpAddr]) -> IpAddr {
    let mut nearest = peer;
    for hop in chain.iter().rev() {
        if !trusted.contains(&nearest) {
            break;
        }
        match hop.trim().parse::<IpAddr>() {
            Ok(address) => nearest = address.to_canonical(),
            Err(_) => break,
        }
    }
    nearest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forged_forwarding_header_is_not_believed() {
        let at = |text: &str| text.parse::<IpAddr>().unwrap();
        let proxies = [at("10.0.0.1"), at("10.0.0.2")];
        let nearest = |peer: &str, chain: &[&str]| nearest_stranger(at(peer), chain, &proxies);
        assert_eq!(nearest("198.51.100.7", &["203.0.113.9"]), at("198.51.100.7"));
        assert_eq!(nearest("10.0.0.1", &["203.0.113.9"]), at("203.0.113.9"));
        assert_eq!(nearest("10.0.0.1", &["1.1.1.1", " 203.0.113.9", "10.0.0.2"]), at("203.0.113.9"));
        assert_eq!(nearest("10.0.0.1", &["1.1.1.1", "nonsense"]), at("10.0.0.1"));
        assert_eq!(nearest("10.0.0.1", &[]), at("10.0.0.1"));
    }
}
