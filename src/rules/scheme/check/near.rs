//! What may be written instead of a name that is not there, and what was probably meant.

/// Names longer than this are nobody's slip of the pen.
const CHARACTERS_MAX: usize = 60;

/// Says which names there are, and which of them is near to what was written.
pub(super) fn write_one_of<'n>(written: &str, names: impl Iterator<Item = &'n String> + Clone) -> String {
    let known = names.clone().map(String::as_str).collect::<Vec<_>>().join(", ");
    format!("write one of {known}{}", did_you_mean(written, names.map(String::as_str)))
}

/// Asks whether the name was meant that is near to what was written; nothing where none is.
pub(super) fn did_you_mean<'n>(written: &str, names: impl Iterator<Item = &'n str>) -> String {
    nearest(written, names).map(|name| format!("; did you mean \"{name}\"?")).unwrap_or_default()
}

/// The name that differs least from what was written: by a third of its letters at most, and by one in the shortest.
fn nearest<'n>(written: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let length = written.chars().count();
    let most = length.div_euclid(3).max(1);
    let near = names.filter(|name| length.abs_diff(name.chars().count()) <= most && length <= CHARACTERS_MAX);
    let near = near.map(|name| (distance(written, name), name)).filter(|(distance, _)| *distance <= most);
    near.filter(|(distance, _)| *distance < length).min_by_key(|(distance, _)| *distance).map(|(_, name)| name)
}

/// How many letters must be put in, left out or changed to make one word of the other.
fn distance(left: &str, right: &str) -> usize {
    let first = (0..=right.chars().count()).collect::<Vec<_>>();
    let last = left.chars().fold(first, |above, letter| {
        let mut row = vec![above.first().map_or(1, |before| before.saturating_add(1))];
        for (other, pair) in right.chars().zip(above.windows(2)) {
            let (&[diagonal, above], Some(&beside)) = (pair, row.last()) else { continue };
            let changed = diagonal.saturating_add(usize::from(letter != other));
            row.push(changed.min(above.saturating_add(1)).min(beside.saturating_add(1)));
        }
        row
    });
    last.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant_is_the_name_that_differs_least() {
        let names = ["itf", "spc", "tc", "life_and_health", "life_and_wealth"];
        for (written, meant) in [
            ("spx", Some("spc")),
            ("spcc", Some("spc")),
            ("sp", Some("spc")),
            ("life_and_heatlh", Some("life_and_health")),
            ("life_and_wealt", Some("life_and_wealth")),
            ("technology", None),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(nearest(written, names.into_iter()), meant, "{written}");
        }
    }

    #[test]
    fn letters_that_are_put_in_left_out_or_changed_are_counted() {
        for (left, right, count) in [("", "abc", 3), ("kitten", "sitting", 3), ("撥款", "撥款額", 1), ("abc", "abc", 0)]
        {
            assert_eq!((distance(left, right), distance(right, left)), (count, count), "{left} {right}");
        }
    }
}
