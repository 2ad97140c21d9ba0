//! Tera's words for a mistake, turned into a writer's: what is wrong, and what to write instead.
//!
//! Not here: where it is wrong, and mistakes that are told apart by the text itself (`resolve::expand`).

/// What Tera says, and how it is told: words of Tera's that begin the message, the message, the cure.
const WORDS: &[(&str, &str, &str)] = &[
    ("Found $ but expected one of: integer", "a value is missing before $", NAME_A_VALUE),
    ("Found end of input but expected", "the text ends inside a placeholder", CLOSE),
    (
        "Found $ but expected %}",
        "the placeholder should end before $",
        "write %} there, or join two conditions with `and` or `or`",
    ),
    ("Found $ but expected }}", "the placeholder should end before $", "write }} there; texts are joined with ~"),
    (
        "Found $ but expected ,",
        "a comma or a bracket is missing before $",
        "write a comma between two arguments, and ) behind the last one",
    ),
    ("Found $ but expected )", "a closing bracket is missing before $", "write ) behind the last argument"),
    ("Found $ but expected ]", "a closing bracket is missing before $", "write ] behind it"),
    ("Found $ but expected identifier", "a name is missing before $", NAME_A_VALUE),
    ("Found $ but expected in", "`in` is missing before $", "write {% for x in brand.facts.… %}"),
    (
        "Found $ but was expecting `elif`",
        "$ stands where the \"if\" should end",
        "write {% endif %} behind what it is about",
    ),
    ("Found $ but expected string", "a name in quotes is missing before $", "put it into quotes"),
    ("String opened with $ is missing", "the quote that opens here isn't closed", "write a $ at the end of the text"),
    ("unexpected end of string", "the quote that opens here isn't closed", "write a quote at the end of the text"),
    ("Unexpected character", "a character that means nothing in a placeholder", "put text into quotes"),
    ("Unknown tag", "no such tag", "there is if, elif, else, for, set, filter and raw, each with its end"),
    ("Tried to render a variable that is undefined", "there is no such value", ASK_FIRST),
    ("Cannot index into an undefined value", "there is no such value", ASK_FIRST),
    ("Index expression is undefined", "there is no such value", ASK_FIRST),
    ("Math operations can only be done on numbers", "only numbers can be counted with", JOIN),
    ("`+` requires both operands to be numbers", "only numbers can be counted with", JOIN),
    (
        "Cannot compare",
        "these two can't be compared: they are of different kinds",
        "compare a number with a number, a text with a text",
    ),
    (
        "Iteration not possible on type",
        "a loop needs a list",
        "give it one, such as [\"a\", \"b\"] under [facts] in theme.toml",
    ),
    (
        "Key/value iteration is not possible",
        "a loop over keys and values needs a table",
        "write {% for x in … %} for a list",
    ),
    (
        "unknown template $",
        "no template $ to include",
        "a text can't take in another one: write what it says here, or as a message in locales/",
    ),
    (
        "super() called outside of a block",
        "super() stands in no block",
        "take it out: only the templates of a theme have blocks",
    ),
    ("Found invalid field of `loop`: $. Only", "\"loop\" has no $", "there is index, index0, first, last and length"),
    (
        "Invalid type for the value",
        "this filter can't take a value of this kind",
        "join, first, last and sort take a list",
    ),
    ("The expression is too complex", "this placeholder is too long or nested too deep", "write it simpler"),
];

const NAME_A_VALUE: &str = "name a value, such as brand.name, or put text into quotes";
const CLOSE: &str = "look for a placeholder that isn't closed";
const ASK_FIRST: &str = "ask first whether it is there: {% if … %}";
const JOIN: &str = "texts are joined with ~";
const OTHERWISE: &str =
    "numbers are counted with + - * /, texts are joined with ~, and a filter takes the arguments it names";

/// A message of Tera's in our words, with a cure.
pub fn told(message: &str) -> (String, String) {
    for (tera, ours, help) in WORDS {
        if let Some(found) = matches(message, tera) {
            let found = quoted(found);
            return (ours.replace('$', &found), help.replace('$', &found));
        }
    }
    let argument = message.strip_prefix("Argument `").or_else(|| message.strip_prefix("Missing keyword argument `"));
    if let Some((name, _)) = argument.and_then(|rest| rest.split_once('`')) {
        return (format!("the argument \"{name}\" is missing"), format!("give it: {name}=…"));
    }
    (plain(message), OTHERWISE.to_owned())
}

/// What stands for the `$` of a pattern, if a message begins with the pattern; nothing for a pattern without.
fn matches<'m>(message: &'m str, pattern: &str) -> Option<&'m str> {
    let same = |text: &str, start: &str| text.get(..start.len()).is_some_and(|text| text.eq_ignore_ascii_case(start));
    match pattern.split_once('$') {
        None => same(message, pattern).then_some(""),
        Some((before, after)) => {
            let rest = same(message, before).then(|| &message[before.len()..])?;
            Some(if after.is_empty() { rest } else { &rest[..rest.find(after)?] })
        }
    }
}

/// `"}}"` for a sign in Tera's quotes; a kind of word as it is.
fn quoted(found: &str) -> String {
    match found.trim() {
        "identifier" => "the next word".to_owned(),
        kind @ ("string" | "integer" | "float" | "bool") => format!("the next {kind}"),
        sign => format!("\"{}\"", sign.trim_matches(['`', '"'])),
    }
}

/// A message in the form of ours: it begins small, ends without a full stop, and has our quotes.
fn plain(message: &str) -> String {
    let mut chars = message.chars();
    let message =
        chars.next().map_or_else(String::new, |first| first.to_lowercase().collect::<String>() + chars.as_str());
    message.trim_end_matches('.').replace('`', "\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_told_in_a_writers_words() {
        for (tera, message) in [
            ("Found `}}` but expected ,.", "a comma or a bracket is missing before \"}}\""),
            ("Found identifier but expected %}.", "the placeholder should end before the next word"),
            ("Argument `pat` (type: `string`) missing.", "the argument \"pat\" is missing"),
            ("Tried to render a variable that is undefined", "there is no such value"),
            ("Something `new`.", "something \"new\""),
        ] {
            assert_eq!(told(tera).0, message);
        }
    }
}
