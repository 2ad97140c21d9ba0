//! The name that was probably meant.

/// The candidate nearest to `name` by edit distance, if it is near enough to be a slip of the fingers.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = name.chars().count();
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&name.to_lowercase(), &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= (length.max(candidate.chars().count()) * 2 / 5).max(1))
        .min_by_key(|(distance, candidate)| (*distance, candidate.len()))
        .map(|(_, candidate)| candidate)
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
        ] {
            assert_eq!(nearest(name, candidates.iter().copied()), found, "{name}");
        }
    }
}
