use super::super::{Applying, Named, Related, Supplier};
use super::*;
use crate::assessor::{Interest, Tie};
use crate::sample::person;
use proptest::prelude::{any, prop_assert_eq, proptest};
use std::collections::BTreeMap;
use uuid::Uuid;

const NAMES: [&str; 5] = ["Peak Optics", "PEAK OPTICS LTD", "Valley Institute", "海港光學有限公司", "Limited"];
const PEOPLE: [&str; 4] = ["Wong Siu Ming", "wong siu-ming", "Lee Ka Yan", ""];
const ADDRESSES: [&str; 6] =
    ["a@peak.example", "b@lab.peak.example", "c@gmail.com", "A@peak.example ", "d@example", "e@peak.example."];

/// One of several things after the other, by numbers that are spent.
struct Picks<'n>(std::slice::Iter<'n, u8>);

impl Picks<'_> {
    fn number(&mut self, below: u8) -> u8 {
        self.0.next().and_then(|number| number.checked_rem(below)).unwrap_or(0)
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[usize::from(self.number(u8::try_from(of.len()).unwrap()))]
    }

    fn some<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        (self.number(2) == 0).then(|| make(self))
    }

    fn name(&mut self) -> String {
        self.one(&NAMES).to_owned()
    }

    fn who(&mut self) -> String {
        self.one(&PEOPLE).to_owned()
    }

    fn address(&mut self) -> String {
        self.one(&ADDRESSES).to_owned()
    }

    fn ubi(&mut self) -> String {
        format!("{:08}", self.number(6))
    }

    fn organisation(&mut self) -> OrganisationId {
        OrganisationId(Uuid::from_u128(self.number(8).into()))
    }

    fn party(&mut self) -> Party {
        Party { id: self.organisation(), name: self.name(), ubi: self.ubi() }
    }

    fn assessor(&mut self) -> Assessor {
        let interest = |picks: &mut Self| Interest {
            tie: Tie::Other,
            organisation: picks.some(Self::name),
            ubi: picks.some(Self::ubi),
            person: picks.some(Self::who),
        };
        Assessor {
            name: self.who(),
            email: self.address(),
            acts_for: self.some(Self::party).into_iter().collect(),
            wrote_for: self.some(Self::organisation).into_iter().collect(),
            wrote_with: self.some(|picks| person(picks.number(9).into())).into_iter().collect(),
            declared: self.some(|picks| picks.some(interest).into_iter().collect()),
        }
    }

    fn case(&mut self) -> Case {
        let people =
            self.some(|picks| (person(picks.number(9).into()), Applying { name: picks.who(), email: picks.address() }));
        let named = |picks: &mut Self| Named {
            name: picks.who(),
            organisation: picks.some(Self::name),
            email: picks.some(Self::address),
        };
        let related = |picks: &mut Self| Related { party: picks.party(), group: String::new(), to: String::new() };
        let people = people.into_iter().collect::<BTreeMap<_, _>>();
        Case {
            applicant: self.party(),
            co_applicants: self.some(Self::party).into_iter().collect(),
            related: self.some(related).into_iter().collect(),
            authors: people.keys().copied().collect(),
            members: self.some(|picks| person(picks.number(9).into())).into_iter().collect(),
            people,
            named: self.some(named).into_iter().collect(),
            suppliers: self
                .some(|picks| Supplier { name: picks.name(), ubi: picks.some(Self::ubi) })
                .into_iter()
                .collect(),
        }
    }
}

proptest! {
    #[test]
    fn of_every_pair_the_sifted_file_says_what_the_file_says(numbers in proptest::collection::vec(any::<u8>(), 400)) {
        let mut picks = Picks(numbers.iter());
        let case = |number: u128| ApplicationId(Uuid::from_u128(number));
        let mut file = OnFile::default();
        for number in 0..4 {
            file.cases.insert(case(number), picks.case());
            file.assessors.insert(person(number), picks.assessor());
        }
        file.declared_on.extend(picks.some(|picks| (case(picks.number(4).into()), person(picks.number(4).into()))));
        let sifted = file.sifted();
        for (of, by) in (0..5).flat_map(|of| (0..5).map(move |by| (case(of), person(by)))) {
            prop_assert_eq!(sifted.free(of, by), file.free(of, by));
        }
    }
}
