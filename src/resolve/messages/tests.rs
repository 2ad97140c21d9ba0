//! Messages held against Fluent itself, with all files of an edition in one bundle.

use std::collections::HashSet;

use super::layer::Bundle;
use super::*;
use crate::parse::fluent;
use crate::path::SourcePath;

fn file(path: &str, brand: Option<&str>, text: &str) -> FluentFile {
    let locale = path.rsplit('/').nth(1).unwrap();
    fluent::parse(&SourcePath::new(path), locale, brand.map(Arc::from), path.starts_with("themes/"), text).0
}

/// An edition's files in one bundle, and the ids that its locale itself has. `files` are in their order.
fn bundle(files: &[&FluentFile], locale: &Locale) -> (Bundle, HashSet<String>) {
    let mut bundle = Bundle::new_concurrent(vec![locale.language.clone()]);
    bundle.set_use_isolating(false);
    bundle.add_builtins().unwrap();
    let mut ids = HashSet::new();
    for file in files {
        bundle.add_resource_overriding(file.resource.clone());
        if *file.locale == *locale.id {
            ids.extend(file.entries.iter().map(|entry| entry.id.clone()));
        }
    }
    (bundle, ids)
}

/// A message as Fluent formats it.
fn by_fluent(
    bundle: &Bundle,
    locale: &Locale,
    id: &str,
    arguments: &[(&str, Argument<'_>)],
) -> Result<String, MessageError> {
    let message = bundle.get_message(id).ok_or(MessageError::Missing)?;
    let without_text = || MessageError::Invalid(format!("the message \"{id}\" has no text of its own"));
    let pattern = message.value().ok_or_else(without_text)?;
    let mut given = FluentArgs::new();
    for (name, argument) in arguments {
        match argument {
            Argument::Text(text) => given.set(*name, armour::armour(text)),
            Argument::Number(number) => given.set(*name, *number),
        }
    }
    let mut errors = Vec::new();
    let text = bundle.format_pattern(pattern, Some(&given), &mut errors);
    match errors.iter().find_map(|error| describe(id, error)) {
        Some(why) => Err(MessageError::Invalid(why)),
        None => {
            let mut set = String::new();
            Typography::new(&locale.id).apply(&text, None, None, &mut set);
            Ok(armour::strip(&set).into_owned())
        }
    }
}

const INTERFACE: [(&str, &str); 2] = [
    ("themes/base/locales/en/interface.ftl", include_str!("../../../themes/base/locales/en/interface.ftl")),
    ("themes/base/locales/fr/interface.ftl", include_str!("../../../themes/base/locales/fr/interface.ftl")),
];

const NAMES: [&str; 7] = ["number", "total", "minutes", "page", "guide", "brand", "language"];

fn arguments() -> Vec<Vec<(&'static str, Argument<'static>)>> {
    let numbers = [0.0, 1.0, 2.0, 11.0, 6.1, -3.0, 1e21, 0.1 + 0.2].map(Argument::Number);
    let texts = ["", "L'été : « a_b » 10 %...", "x\ny", "1. \"Été\"", "{ $page }", "🔑 l'\u{10fe41}"];
    let values: Vec<Argument<'_>> =
        numbers.into_iter().chain(texts.map(|text| Argument::Text(Cow::Borrowed(text)))).collect();
    let all = |shift: usize| -> Vec<_> {
        let value = |at: usize| values[(at * 5 + shift) % values.len()].clone();
        NAMES.iter().enumerate().map(|(at, name)| (*name, value(at))).collect()
    };
    let mut given: Vec<Vec<_>> = (0..14).map(&all).collect();
    given.extend([all(3).split_off(4), Vec::new()]);
    // the last of two with one name counts
    given.push(all(1).into_iter().chain(all(8)).collect());
    given
}

#[test]
fn built_in_messages_say_what_fluent_says() {
    let files = INTERFACE.map(|(path, text)| file(path, None, text));
    let [en, fr] = ["en", "fr"].map(|id| Locale::new(id).unwrap());
    let common = Common::new(&files.each_ref(), &[fr.clone(), en.clone()], &fr);
    let mut count = 0;
    for (locale, order) in [(&fr, [&files[0], &files[1]]), (&en, [&files[1], &files[0]])] {
        let messages = Messages::new(&common, &[], false, locale, &fr);
        let (bundle, ids) = bundle(&order, locale);
        assert_eq!(messages.ids().into_iter().map(str::to_owned).collect::<HashSet<_>>(), ids);
        for (id, given) in ids.iter().flat_map(|id| arguments().into_iter().map(move |given| (id, given))) {
            let wanted = by_fluent(&bundle, locale, id, &given);
            // what one locale can't say is said by the other
            if locale.id == fr.id || wanted.is_ok() {
                assert_eq!(messages.format(id, &given), wanted, "{id}, {given:?}");
            }
            count += usize::from(wanted.is_ok());
        }
    }
    assert!(count > 1000, "{count}");
}

/// Files of all ranks put together at random, always the same.
#[test]
fn piles_of_files_say_what_fluent_says() {
    const IDS: [&str; 6] = ["a", "b", "-a", "-c", "c", "d"];
    const PIECES: [&str; 16] = [
        "l'été",
        " ",
        "10 %... « x »",
        "{ $number }",
        "{ $page }",
        "{\"\\u00A0\"}",
        "{\"\\u20\"}",
        "{ a }",
        "{ -a }",
        "{ -c(page: \"x\") }",
        "{ c }",
        "{ d.x }",
        "{ NUMBER($number, minimumFractionDigits: 2) }",
        "{ $number ->\n    [one] one\n   *[other] { $page }\n }",
        "{ 3.10 }",
        "\n    .x = { $total }",
    ];
    let mut seed = 3_u64;
    let mut random = |limit: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % limit
    };
    let [en, fr] = ["en", "fr"].map(|id| Locale::new(id).unwrap());
    let (mut said, mut plain) = (0, 0);
    for _ in 0..300 {
        // from the bottom to the top, as the French see it
        let mut files = Vec::new();
        for (path, brand) in [
            ("themes/base/locales/en/x.ftl", None),
            ("themes/base/locales/fr/x.ftl", None),
            ("themes/base/locales/fr/x@b.ftl", Some("b")),
            ("locales/fr/x.ftl", None),
            ("locales/fr/y.ftl", None),
            ("locales/fr/x@b.ftl", Some("b")),
            ("locales/en/x.ftl", None),
            ("locales/en/x@b.ftl", Some("b")),
        ] {
            let mut text = String::new();
            for _ in 0..random(4) {
                let pieces: String = (0..=random(4)).map(|_| PIECES[random(PIECES.len())]).collect();
                text.push_str(&format!("{} = {pieces}\n", IDS[random(IDS.len())]));
            }
            files.push(file(path, brand, &text));
        }
        let of_brand = |wanted: bool| files.iter().filter(|file| file.brand.is_some() == wanted).collect::<Vec<_>>();
        let common = Common::new(&of_brand(false), &[fr.clone(), en.clone()], &fr);
        let french: Vec<&FluentFile> = files[..6].iter().collect();
        let english: Vec<&FluentFile> = [1, 2, 3, 4, 5, 0, 6, 7].map(|at| &files[at]).into_iter().collect();
        for (locale, order) in [(&fr, &french), (&en, &english)] {
            let messages = Messages::new(&common, &of_brand(true), false, locale, &fr);
            let (own, ids) = bundle(order, locale);
            let (source, of_source) = bundle(&french, &fr);
            let given = arguments().swap_remove(random(17));
            for id in IDS.into_iter().chain(["x"]) {
                assert!(id.starts_with('-') || messages.has_own(id) == ids.contains(id), "{id}");
                let is_under = locale.id != fr.id && !ids.contains(id) && source.has_message(id);
                let (bundle, language) = if is_under { (&source, &fr) } else { (&own, locale) };
                let mut wanted = by_fluent(bundle, language, id, &given);
                let has_text = |bundle: &Bundle| bundle.get_message(id).map(|message| message.value().is_some());
                match (&wanted, has_text(bundle), has_text(&source)) {
                    (_, None, _) if messages.may_be_lost(id) => wanted = Ok(String::new()),
                    (Err(MessageError::Invalid(_)), Some(true), Some(true)) if locale.id != fr.id => {
                        wanted = by_fluent(&source, &fr, id, &given);
                    }
                    (Err(MessageError::Invalid(_)), Some(true), Some(false)) if locale.id != fr.id => {
                        wanted = Err(MessageError::Missing);
                    }
                    _ => {}
                }
                assert_eq!(messages.format(id, &given), wanted, "{id}, {given:?}");
                said += usize::from(wanted.is_ok());
                let pattern = messages.find(id).and_then(|found| found.pattern);
                plain += usize::from(pattern.is_some_and(|pattern| plain::write(pattern, &given).is_some()));
                assert!(of_source.contains(id) || messages.other_language(id) != Some("fr"));
            }
        }
    }
    assert!(said > 500 && plain > 200 && plain < said, "{said}, {plain}");
}
