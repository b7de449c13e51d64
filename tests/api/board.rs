//! A committee: the rules that make it one, its members, and what they send.

use crate::case::Case;
use crate::desk::{Caller, Desk};
use crate::world::World;
use rules::actor::{Actor, Role};
use serde_json::{Value, json};

/// The day on which it meets.
const TODAY: &str = "2026-02-04";

/// What makes the higher authority a committee.
pub fn board(circulation: bool) -> String {
    let circulation = circulation.to_string();
    let rules = [("quorum", "2"), ("majority", "\"1/2\""), ("casting_vote", "true"), ("circulation", &*circulation)];
    let is = |(rule, value): (&str, &str)| {
        format!("{rule}.is = [{{ from = \"2026-01-29\", is = {value}, source = \"house\" }}]\n")
    };
    let rules = rules.map(is).concat();
    format!("[approval.committee.commissioner]\n{rules}\n")
}

/// A text with a committee: which decides no review.
pub fn reviewed_alone(text: &str) -> String {
    text.replacen("by   = [\"commissioner\"]", "by   = [\"assistant_commissioner\"]", 1)
}

pub struct Board {
    pub members: Vec<Actor>,
}

impl Board {
    pub async fn of(world: &World, count: usize) -> Self {
        let mut members = Vec::new();
        for _ in 0..count {
            members.push(world.person(&[Role::Approver], &["commissioner"]).await);
        }
        Self { members }
    }

    /// What convenes a meeting today of all of them, the first in the chair.
    pub fn meeting(&self, motion: Value) -> Value {
        let members = self.members.iter().map(|member| member.person().unwrap()).collect::<Vec<_>>();
        json!({ "part": "approval", "committee": "commissioner", "way": "meeting", "held_on": TODAY,
            "chair": members[0], "members": members, "motion": motion })
    }

    pub async fn sign_in<'d>(&self, desk: &'d Desk<'d>) -> Vec<Caller<'d>> {
        let mut callers = Vec::new();
        for member in &self.members {
            callers.push(desk.sign_in(member).await);
        }
        callers
    }
}

pub fn to(case: &Case<'_>, part: &str) -> String {
    format!("/api/v1/applications/{}/{part}", case.id)
}

/// How many acts of a kind wait for somebody.
pub fn work(caller: &Caller<'_>, act: &str) -> usize {
    let work = caller.send(&caller.get("/api/v1/work")).json;
    work.as_array().unwrap().iter().filter(|line| line["act"] == act).count()
}

pub fn vote(how: &str) -> Value {
    json!({ "vote": how })
}
