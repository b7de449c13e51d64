//! Whether two names, or two addresses, mean the same: no guesses, only what is written alike.

/// Domains at which anybody has an address.
const PUBLIC_MAIL: [&str; 33] = [
    "126.com",
    "163.com",
    "aol.com",
    "biznetvigator.com",
    "ctimail.com",
    "fastmail.com",
    "foxmail.com",
    "gmail.com",
    "gmx.com",
    "gmx.net",
    "googlemail.com",
    "hkstar.com",
    "hotmail.com",
    "hotmail.com.hk",
    "icloud.com",
    "live.com",
    "live.hk",
    "mac.com",
    "mail.com",
    "me.com",
    "msn.com",
    "netvigator.com",
    "outlook.com",
    "outlook.hk",
    "pm.me",
    "proton.me",
    "protonmail.com",
    "qq.com",
    "sina.com",
    "yahoo.com",
    "yahoo.com.hk",
    "yeah.net",
    "ymail.com",
];

/// What kind of company it is says nothing of which one.
const KINDS: [&str; 8] = ["limited", "ltd", "company", "co", "incorporated", "inc", "corporation", "corp"];

/// Whether anybody can have an address at a domain.
pub(crate) fn is_public(domain: &str) -> bool {
    PUBLIC_MAIL.contains(&domain)
}

/// The domain of an address that says for whom somebody works; none of a public one.
pub(crate) fn domain(email: &str) -> Option<String> {
    let (_, domain) = email.trim().rsplit_once('@')?;
    let domain = domain.to_lowercase();
    (!is_public(&domain)).then_some(domain)
}

/// Whether two domains are one, or one is a part of the other.
pub(crate) fn same_domain(one: &str, other: &str) -> bool {
    let within = |part: &str, whole: &str| part.strip_suffix(whole).is_some_and(|before| before.ends_with('.'));
    one == other || within(one, other) || within(other, one)
}

/// What is left of the name of a person by which it is found, in whatever order and case its words stand; none where nothing is.
pub(crate) fn of_person(name: &str) -> Option<String> {
    let mut words = words(name);
    words.sort_unstable();
    Some(words.join(" ")).filter(|name| !name.is_empty())
}

/// Whether two names of people are one.
pub(crate) fn same_person(one: &str, other: &str) -> bool {
    of_person(one).is_some_and(|one| of_person(other) == Some(one))
}

/// What is left of the name of an organisation by which it is found, without the words for what kind of company it is.
pub(crate) fn of_organisation(name: &str) -> Option<String> {
    let mut words = words(name);
    while words.len() > 1 && words.last().is_some_and(|last| KINDS.contains(&last.as_str())) {
        words.pop();
    }
    let name = words.concat();
    let name = name.strip_suffix("有限公司").filter(|rest| !rest.is_empty()).map(str::to_owned).unwrap_or(name);
    Some(name).filter(|name| !name.is_empty())
}

/// Whether two names of organisations are one.
pub(crate) fn same_organisation(one: &str, other: &str) -> bool {
    of_organisation(one).is_some_and(|one| of_organisation(other) == Some(one))
}

/// The words of a name, in lower case.
pub(crate) fn words(text: &str) -> Vec<String> {
    let words = text.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_written_alike_are_one_and_others_are_not() {
        for (one, other, same) in [
            ("Chan Tai Man", "CHAN, Tai-man", true),
            ("Tai Man Chan", "Chan Tai Man", true),
            ("陳大文", "陳大文", true),
            ("Chan Tai Man", "Chan Tai", false),
            ("", "", false),
        ] {
            assert_eq!(same_person(one, other), same, "{one} {other}");
        }
        for (one, other, same) in [
            ("Harbour Optics Limited", "Harbour Optics Co., Ltd.", true),
            ("harbour optics", "HARBOUR OPTICS LTD", true),
            ("海港光學有限公司", "海港光學", true),
            ("Harbour Optics Limited", "Harbour Textiles Limited", false),
            ("Limited", "Company", false),
            ("", "", false),
        ] {
            assert_eq!(same_organisation(one, other), same, "{one} {other}");
        }
    }

    #[test]
    fn a_domain_tells_for_whom_somebody_works_unless_anybody_can_have_it() {
        assert_eq!(domain("a@Optics.example.hk"), Some("optics.example.hk".to_owned()));
        for public in PUBLIC_MAIL {
            assert_eq!(domain(&format!("a@{public}")), None);
        }
        for (one, other, same) in [
            ("hku.example", "hku.example", true),
            ("cs.hku.example", "hku.example", true),
            ("hku.example", "cs.hku.example", true),
            ("nothku.example", "hku.example", false),
            ("cs.hku.example", "ee.hku.example", false),
        ] {
            assert_eq!(same_domain(one, other), same, "{one} {other}");
        }
    }
}
