//! What every answer that says no looks like, whichever door gives it.

use crate::site::Reply;
use almoner::http::page_of_codes;

/// Words that belong to the inside of the house.
const INSIDE: [&str; 17] = [
    "almoner_app",
    "almoner@",
    "diesel",
    "enum ",
    "FATAL",
    "host=",
    "panicked",
    "postgres",
    "relation \\\"",
    "rust",
    "SELECT",
    "serde",
    "src/",
    "struct ",
    "t_0",
    "tokio",
    "::",
];

impl Reply {
    /// Status and code of a problem that is well-formed, documented, and tells nothing of the inside of the house.
    #[track_caller]
    pub fn refused(&self) -> (u16, &str) {
        let told = self.told();
        assert!(told.0 >= 400, "it was not refused: {self:?}");
        for (header, value) in [
            ("content-type", "application/problem+json"),
            ("x-content-type-options", "nosniff"),
            ("cache-control", "no-store"),
            ("referrer-policy", "no-referrer"),
            ("x-frame-options", "DENY"),
            ("x-request-id", self.text("/request_id")),
        ] {
            assert_eq!(self.header(header), value, "{header}: {self:?}");
        }
        assert!(!self.header("content-security-policy").is_empty());
        let members = self.json.as_object().unwrap().keys().map(String::as_str);
        let known = ["code", "detail", "errors", "request_id", "status", "title", "type"];
        assert_eq!(members.filter(|member| !known.contains(member)).collect::<Vec<_>>(), Vec::<&str>::new());
        assert_eq!(
            (self.text("/type"), self.json["status"].as_u64()),
            (format!("/problems/{}", told.1).as_str(), Some(told.0.into()))
        );
        assert!(self.text("/title").len() > 5 && self.text("/detail").len() > 10, "{self:?}");
        assert!(page_of_codes().contains(&format!("| {} | `{}` |", told.0, told.1)), "{told:?} is not documented");
        if self.text("/detail").starts_with('/') {
            let [part, ..] = self.parts()[..] else { panic!("it points only in words: {}", self.json) };
            assert!(self.text("/detail").starts_with(&format!("{part}: ")), "{}", self.json);
        }
        let said = String::from_utf8_lossy(&self.bytes);
        assert_eq!(
            INSIDE.iter().filter(|word| said.contains(**word)).collect::<Vec<_>>(),
            Vec::<&&str>::new(),
            "{said}"
        );
        told
    }

    /// The pointers or names of parameters that a problem gives.
    #[track_caller]
    pub fn parts(&self) -> Vec<&str> {
        let errors = self.json["errors"].as_array().map_or(&[][..], Vec::as_slice);
        let part =
            |error: &'_ serde_json::Value| ["pointer", "parameter"].into_iter().find(|name| error.get(*name).is_some());
        errors.iter().map(|error| error[part(error).unwrap()].as_str().unwrap()).collect()
    }
}
