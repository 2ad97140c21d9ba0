//! The name that was probably meant.

use std::collections::BTreeSet;

/// The candidate nearest to `name` by edit distance, if it is near enough to be a slip of the fingers.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = name.chars().count();
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&name.to_lowercase(), &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| {
            let longer = length.max(candidate.chars().count());
            // of two letters none may be wrong: `fi` is meant as `if`, `tt` as `t`, but `pt` not as `it`
            *distance <= (longer * 2 / 5).max(1) && (*distance * 2 < longer || have_same_letters(name, candidate))
        })
        .min_by_key(|(distance, candidate)| (*distance, candidate.len()))
        .map(|(_, candidate)| candidate)
}

/// In any order, and however often each stands.
fn have_same_letters(one: &str, other: &str) -> bool {
    let letters = |word: &str| -> BTreeSet<char> { word.to_lowercase().chars().collect() };
    letters(one) == letters(other)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn near_names_are_found_and_far_ones_are_not() {
        for (name, candidates, found) in [
            ("titel", &["title", "slug"][..], Some("title")),
            ("3-code.md", &["03-code.md", "04-accept.md"], Some("03-code.md")),
            ("Auvenir", &["auvenir", "streamworks"], Some("auvenir")),
            ("wolf", &["title", "slug"], None),
            ("fone", &["email", "hours", "phone"], Some("phone")),
            ("", &["title"], None),
            ("pt", &["it", "fr"], None),
            ("x", &["u"], None),
            ("fi", &["for", "if"], Some("if")),
            ("tt", &["asset", "t"], Some("t")),
            ("FR", &["en", "fr"], Some("fr")),
            ("nam", &["name"], Some("name")),
        ] {
            assert_eq!(nearest(name, candidates.iter().copied()), found, "{name}");
        }
    }
}
