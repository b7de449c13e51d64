//! Places in a list of which a reader sees only a part: sealed, so that a cursor carries one and tells nothing of what is left out.

use super::AccountKey;
use hmac::Mac;
use rules::ids::{ApplicationId, PersonId};
use serde::{Deserialize, Serialize};

/// Where a page of the history of a case ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The number of the last line that was told.
    pub number: i32,
    /// The number of its entry in the audit, which counts what is not told as well.
    pub sequence: i32,
}

/// A place as its reader carries it: the number of the line in the open, that of the entry hidden, and a tag over both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedPlace(i32, u32, u64);

/// Of which case, and for whom: another one's seal opens nothing.
pub type Reads = (ApplicationId, PersonId);

impl AccountKey {
    /// Seals a place. The tag is made of the place, and hides it in turn, so that equal places have equal seals and no two hide alike.
    #[must_use]
    pub fn seal(&self, reads: Reads, place: Place) -> SealedPlace {
        let tag = self.tag(reads, place);
        SealedPlace(place.number, place.sequence.cast_unsigned() ^ self.mask(reads, tag), tag)
    }

    /// The place in a seal; none where the seal was not made here for this reader.
    #[must_use]
    pub fn open(&self, reads: Reads, SealedPlace(number, hidden, tag): SealedPlace) -> Option<Place> {
        let place = Place { number, sequence: (hidden ^ self.mask(reads, tag)).cast_signed() };
        (self.tag(reads, place) == tag).then_some(place)
    }

    fn tag(&self, reads: Reads, Place { number, sequence }: Place) -> u64 {
        self.digest("place", reads, &[number.to_be_bytes(), sequence.to_be_bytes()].concat())
    }

    fn mask(&self, reads: Reads, tag: u64) -> u32 {
        let [first, second, third, fourth, ..] = self.digest("mask", reads, &tag.to_be_bytes()).to_be_bytes();
        u32::from_be_bytes([first, second, third, fourth])
    }

    /// The first 64 bits of the HMAC of a purpose: no account is written as these are.
    fn digest(&self, purpose: &str, (case, person): Reads, bytes: &[u8]) -> u64 {
        let mut mac = self.mac();
        mac.update(b"history ");
        mac.update(purpose.as_bytes());
        mac.update(case.0.as_bytes());
        mac.update(person.0.as_bytes());
        mac.update(bytes);
        let all = mac.finalize().into_bytes();
        all.iter().take(8).fold(0, |whole, byte| whole << 8 | u64::from(*byte))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn reads(case: u128, person: u128) -> Reads {
        (ApplicationId(Uuid::from_u128(case)), PersonId(Uuid::from_u128(person)))
    }

    #[test]
    fn a_place_comes_back_to_whom_it_was_given_and_is_neither_read_nor_changed_by_them() {
        let key = AccountKey::of_development();
        for sequence in [1, 2, 3, 77, i32::MAX] {
            let place = Place { number: 1, sequence };
            let sealed = key.seal(reads(1, 2), place);
            assert_eq!(key.open(reads(1, 2), sealed), Some(place));
            assert_ne!(sealed.1, sequence.cast_unsigned());
            for other in [reads(1, 3), reads(2, 2)] {
                assert_eq!(key.open(other, sealed), None);
            }
            let SealedPlace(number, hidden, tag) = sealed;
            for changed in [
                SealedPlace(number + 1, hidden, tag),
                SealedPlace(number, hidden ^ 1, tag),
                SealedPlace(number, hidden, tag ^ 1),
            ] {
                assert_eq!(key.open(reads(1, 2), changed), None);
            }
        }
        let another: AccountKey = "0b".repeat(32).parse().unwrap();
        let place = Place { number: 1, sequence: 1 };
        assert_eq!(another.open(reads(1, 2), key.seal(reads(1, 2), place)), None);
    }
}
