//! The doors as the API publishes them: a test that asks here covers a new door by itself.

use crate::site::{Call, Site};
use std::collections::BTreeSet;
use ureq::http::Method;

/// A door.
pub struct Door {
    pub method: Method,
    /// With its names in braces.
    pub path: String,
    /// Whether somebody must have signed in.
    pub guarded: bool,
    /// Whether it takes JSON.
    pub takes_body: bool,
    pub takes_query: bool,
    headers: BTreeSet<String>,
}

impl Door {
    pub fn takes(&self, header: &str) -> bool {
        self.headers.contains(header)
    }

    /// A call with a path filled in, and with the headers that the door wants.
    pub fn call(&self, id: &str) -> Call {
        let mut call = self.bare(id);
        if self.takes("If-Match") {
            call = call.if_match(1);
        }
        if self.takes("Idempotency-Key") { call.key("one of these") } else { call }
    }

    /// A call with a path filled in, and without any header.
    pub fn bare(&self, id: &str) -> Call {
        Call::new(
            self.method.clone(),
            self.path
                .replace("{id}", id)
                .replace("{code}", "NIAS")
                .replace("{entry}", id)
                .replace("{write_off}", id)
                .replace("{number}", "1")
                .replace("{hash}", &"0".repeat(64)),
        )
    }
}

impl Site {
    /// Every door.
    pub fn doors(&self) -> Vec<Door> {
        let document = self.send(&Call::get("/api/v1/openapi.json")).json;
        let mut doors = Vec::new();
        for (path, methods) in document["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                let parameters = operation["parameters"].as_array().map_or(&[][..], Vec::as_slice).iter();
                let within = |place: &str| {
                    let here = parameters.clone().filter(move |parameter| parameter["in"] == place);
                    here.map(|parameter| parameter["name"].as_str().unwrap().to_owned()).collect::<BTreeSet<_>>()
                };
                doors.push(Door {
                    method: method.to_uppercase().parse().unwrap(),
                    path: path.clone(),
                    guarded: operation["security"].is_null(),
                    takes_body: operation["requestBody"]["content"].get("application/json").is_some(),
                    takes_query: !within("query").is_empty(),
                    headers: within("header"),
                });
            }
        }
        assert!(doors.len() > 40);
        doors
    }
}
