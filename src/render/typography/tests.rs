//! In the tables, `~` is U+00A0, `_` is U+202F and `^` is U+10FE21, which stands for a `!` of a value.

use super::*;

fn real(text: &str) -> String {
    text.replace('~', "\u{a0}")
        .replace('_', "\u{202f}")
        .replace('^', "\u{10fe21}")
}

fn set(locale: &str, text: &str, before: Option<char>, after: Option<char>) -> String {
    let mut out = String::from("kept");
    Typography::new(locale).apply(text, before, after, &mut out);
    out.split_off("kept".len())
}

/// Each case as a whole paragraph, and its result once more.
fn check(locale: &str, cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        let (text, expected) = (real(text), real(expected));
        let once = set(locale, &text, None, None);
        assert_eq!(once, expected, "{locale}: {text}");
        assert_eq!(
            set(locale, &once, None, None),
            once,
            "{locale}, again: {text}"
        );
    }
}

#[test]
fn french() {
    check(
        "fr",
        &[
            ("", ""),
            (" ", " "),
            ("Bonjour", "Bonjour"),
            ("Ça va, merci.", "Ça va, merci."),
            // Marks.
            ("Bonjour!", "Bonjour_!"),
            ("Bonjour !", "Bonjour_!"),
            ("Bonjour~!", "Bonjour_!"),
            ("Bonjour_!", "Bonjour_!"),
            ("Bonjour  \n!", "Bonjour_!"),
            ("Ici; là ; ailleurs", "Ici_; là_; ailleurs"),
            ("Quoi?!", "Quoi_?!"),
            ("Quoi ?!", "Quoi_?!"),
            ("Quoi!!! Non", "Quoi_!!! Non"),
            ("Quoi...?", "Quoi…?"),
            ("Quoi... ?", "Quoi…_?"),
            ("Quoi…?", "Quoi…?"),
            ("Quoi ! !", "Quoi_!_!"),
            ("(Attention!)", "(Attention_!)"),
            ("(?) (!)", "(?) (!)"),
            ("(mot)?", "(mot)_?"),
            ("100 %?", "100~%_?"),
            ("etc.; puis", "etc._; puis"),
            ("Bravo!👍", "Bravo_!👍"),
            ("👍!", "👍_!"),
            ("e\u{301}te\u{301}!", "e\u{301}te\u{301}_!"),
            ("C++? C#!", "C++_? C#_!"),
            ("a != b", "a != b"),
            (
                "!important et la règle !important",
                "!important et la règle !important",
            ),
            ("page?id=3;x", "page?id=3;x"),
            ("?", "?"),
            ("! Non", "! Non"),
            // Colons.
            ("C'est :", "C’est~:"),
            ("C'est:", "C’est~:"),
            ("Q: R", "Q~: R"),
            ("Q : R", "Q~: R"),
            ("Q_: R", "Q~: R"),
            ("Étape 3: choisir", "Étape 3~: choisir"),
            ("« Oui »: dit-il", "«_Oui_»~: dit-il"),
            ("Il dit:\"Oui\"", "Il dit~:«_Oui_»"),
            ("12:30", "12:30"),
            ("à 12:30:05", "à 12:30:05"),
            ("a::b", "a::b"),
            ("std:: ", "std:: "),
            ("C:\\Temp", "C:\\Temp"),
            (":", ":"),
            (": suite", ": suite"),
            ("Réponse : ?", "Réponse~: ?"),
            // Faces.
            (":-)", ":-)"),
            ("Merci :-)", "Merci :-)"),
            ("Merci :)", "Merci :)"),
            ("Merci;-)", "Merci;-)"),
            ("Merci ;)", "Merci ;)"),
            ("Zut :'(", "Zut :'("),
            ("Zut :/", "Zut :/"),
            ("Bravo ! :D", "Bravo_! :D"),
            ("Un :smile: ici", "Un :smile: ici"),
            ("à 12:30: départ", "à 12:30~: départ"),
            // Addresses.
            ("http://x.y:80/a?b;c!", "http://x.y:80/a?b;c_!"),
            ("Voir http://x.y:80/a?b;c'd", "Voir http://x.y:80/a?b;c'd"),
            ("d'https://x.y/l'a: ici", "d’https://x.y/l'a~: ici"),
            ("\"https://x.y/?\"", "«_https://x.y/_?_»"),
            ("(https://x.y/a...b)", "(https://x.y/a...b)"),
            ("www.x.y/a?b:c;", "www.x.y/a?b:c_;"),
            ("a@b.c", "a@b.c"),
            ("o'neil@b.c!", "o'neil@b.c_!"),
            (
                "https://x.y/ : ou https://x.y/ !",
                "https://x.y/~: ou https://x.y/_!",
            ),
            ("mailto:a@b.c?subject=x: y", "mailto:a@b.c?subject=x~: y"),
            ("«a@b.c»", "«_a@b.c_»"),
            ("@nom: oui", "@nom~: oui"),
            // Guillemets.
            ("«été»", "«_été_»"),
            ("« été »", "«_été_»"),
            ("«~été~»", "«_été_»"),
            ("«_été_»", "«_été_»"),
            ("l'« été »", "l’«_été_»"),
            ("« « »", "«_«_»"),
            ("«»", "«_»"),
            ("«", "«"),
            ("« ", "« "),
            ("»", "»"),
            (" »", " »"),
            ("« Oui ! »", "«_Oui_!_»"),
            ("«Oui?»!", "«_Oui_?_»_!"),
            ("« : »", "«_:_»"),
            ("«!»", "«_!_»"),
            // Straight quotes.
            ("\"été\"", "«_été_»"),
            ("\"l'un\"", "«_l’un_»"),
            ("l'\"été\"", "l’«_été_»"),
            ("(\"été\")", "(«_été_»)"),
            ("\"été\"!", "«_été_»_!"),
            ("\"été\", puis \"hiver\".", "«_été_», puis «_hiver_»."),
            ("\"Oui?\"", "«_Oui_?_»"),
            ("Tapez \"?\" ici", "Tapez «_?_» ici"),
            ("\"\"", "«_»"),
            ("\"a \"b\" c\"", "«_a «_b_» c_»"),
            ("« \"été\" »", "«_«_été_»_»"),
            ("— \"Oui\" —\"Non\"—", "— «_Oui_» —«_Non_»—"),
            ("\"", "\""),
            (" \" ", " \" "),
            ("\" été \"", "\" été \""),
            ("\" été \"!", "\" été \"!"),
            ("mot\"", "mot\""),
            ("\"mot", "«_mot"),
            ("un écran de 27\"", "un écran de 27\""),
            ("un écran \"de 27\"", "un écran «_de 27_»"),
            ("class=\"x\"", "class=\"x\""),
            ("“mot”", "“mot”"),
            // Apostrophes.
            ("l'été d'aujourd'hui", "l’été d’aujourd’hui"),
            ("l’été", "l’été"),
            ("L'", "L’"),
            ("'", "'"),
            (" ' ", " ' "),
            ("le 'tit gars", "le ’tit gars"),
            ("Cliquez sur 'Suivant'.", "Cliquez sur ‘Suivant’."),
            ("les années '90", "les années ’90"),
            ("45° 30' 10\"", "45° 30' 10\""),
            // Ellipses.
            ("Attendez...", "Attendez…"),
            ("[...]", "[…]"),
            ("Un.. deux.... trois", "Un.. deux.... trois"),
            ("../... /...", "../... /..."),
            ("etc..", "etc.."),
            ("..!", "..!"),
            // Figures.
            ("10 %", "10~%"),
            ("10%", "10%"),
            ("10_%", "10_%"),
            ("20 $, 5 € ou 3 $.", "20~$, 5~€ ou 3~$."),
            ("3 %s et 3 $HOME", "3 %s et 3 $HOME"),
            ("un % ou $", "un % ou $"),
            // Values of placeholders.
            ("^", "^"),
            ("a^b", "a^b"),
            ("a ^ b", "a ^ b"),
            ("^!", "^_!"),
            ("^ : ^", "^~: ^"),
            ("^:^", "^:^"),
            ("\"^\"", "«_^_»"),
            ("'^'", "‘^’"),
            ("l'^", "l’^"),
            ("a!^", "a!^"),
        ],
    );
}

#[test]
fn french_of_canada() {
    check(
        "fr-CA",
        &[
            ("Bonjour!", "Bonjour!"),
            ("Bonjour !", "Bonjour!"),
            ("Bonjour_!", "Bonjour!"),
            ("Quoi ? ! Non", "Quoi?! Non"),
            ("Quoi... ?", "Quoi…?"),
            ("Ici ; là", "Ici; là"),
            ("Merci ;)", "Merci ;)"),
            ("a != b", "a != b"),
            ("Réponse : ?", "Réponse~: ?"),
            ("C'est : « été »", "C’est~: «~été~»"),
            ("C'est: «été»", "C’est~: «~été~»"),
            ("\"Oui ?\" !", "«~Oui?~»!"),
            ("« ! »", "«~!~»"),
            ("' ! \" !", "' ! \" !"),
            ("10 % et 20 $ !", "10~% et 20~$!"),
            ("12:30", "12:30"),
            ("a@b.c !", "a@b.c!"),
            ("https://x.y/ ?", "https://x.y/?"),
        ],
    );
}

#[test]
fn english() {
    check(
        "en",
        &[
            ("", ""),
            ("Hello! Is it: so; yes?", "Hello! Is it: so; yes?"),
            ("Hello !", "Hello !"),
            ("« x »", "« x »"),
            ("\"Hello\"", "“Hello”"),
            ("Say \"hello\".", "Say “hello”."),
            ("(\"x\") [\"y\"]", "(“x”) [“y”]"),
            ("a—\"b\"—c", "a—“b”—c"),
            ("\"b\"—c", "“b”—c"),
            ("\"Oh,\" she said, \"I'm in.\"", "“Oh,” she said, “I’m in.”"),
            ("\"'Hello,' he said\"", "“‘Hello,’ he said”"),
            ("'He said \"x\"'", "‘He said “x”’"),
            ("\"He said 'x'\"", "“He said ‘x’”"),
            ("\"...and then\"", "“…and then”"),
            ("\"\"", "“”"),
            ("(\"\")", "(“”)"),
            ("\"?\"", "“?”"),
            ("'Next'", "‘Next’"),
            ("the 'Next' button", "the ‘Next’ button"),
            ("don't, dogs' and O'Brien's", "don’t, dogs’ and O’Brien’s"),
            ("the '90s", "the ’90s"),
            ("'90s music", "’90s music"),
            ("class of '24.", "class of ’24."),
            ("type '24' here", "type ‘24’ here"),
            ("the 1990's", "the 1990’s"),
            ("rock 'n' roll", "rock ’n’ roll"),
            ("'Tis 'em", "’Tis ’em"),
            ("press 'til'", "press ‘til’"),
            ("'step 3'", "‘step 3’"),
            ("6' 2\"", "6' 2\""),
            ("5'10\"", "5'10\""),
            ("a 27\" screen", "a 27\" screen"),
            ("\"step 3\"", "“step 3”"),
            ("\"", "\""),
            ("'", "'"),
            ("a \" b ' c", "a \" b ' c"),
            ("mot\"", "mot\""),
            ("\"open", "“open"),
            ("class=\"x\"", "class=\"x\""),
            ("x='y'", "x='y’"),
            ("\"http://x.y/a'b?c=\"", "“http://x.y/a'b?c=”"),
            ("o'brien@x.y's", "o'brien@x.y's"),
            ("'a@b.c'", "‘a@b.c’"),
            ("Wait...", "Wait…"),
            ("Wait....", "Wait...."),
            ("en – em — dash -- two", "en – em — dash -- two"),
            ("\"^\" ^'s '^'", "“^” ^’s ‘^’"),
            ("10 %", "10 %"),
        ],
    );
}

#[test]
fn other_languages_stay_as_typed() {
    check("de", &[("\"a\" 'b'... c !", "\"a\" 'b'... c !"), ("", "")]);
    check("", &[("\"a\" 'b'...", "\"a\" 'b'...")]);
}

#[test]
fn locales() {
    for (locale, expected) in [
        ("fr", "a_! «_b_»"),
        ("FR", "a_! «_b_»"),
        ("fr-FR", "a_! «_b_»"),
        ("fr-CA", "a! «~b~»"),
        ("fr_ca", "a! «~b~»"),
        ("fr-Latn-CA", "a! «~b~»"),
        ("en", "a! “b”"),
        ("en-CA", "a! “b”"),
        ("fra", "a! \"b\""),
    ] {
        assert_eq!(
            set(locale, "a! \"b\"", None, None),
            real(expected),
            "{locale}"
        );
    }
}

#[test]
fn neighbours_decide_across_runs() {
    for (locale, before, text, after, expected) in [
        ("fr", "", "\"", "b", "«_"),
        ("fr", "b", "\"", "", "_»"),
        ("fr", "b", "\" et \"", "c", "_» et «_"),
        ("fr", "b", "!", "", "_!"),
        ("fr", "b", " !", "", "_!"),
        ("fr", " ", "!", "", "!"),
        ("fr", "", " !", "", " !"),
        ("fr", "b", " : suite", "", "~: suite"),
        ("fr", "b", ": suite", "", "~: suite"),
        ("fr", "", "Note:", " ", "Note~:"),
        ("fr", "", "Note:", "b", "Note:"),
        ("fr", "", "Bonjour ", "!", "Bonjour_"),
        ("fr", "", "Bonjour ", "b", "Bonjour "),
        ("fr", "", "Note ", ":", "Note~"),
        ("fr", "", "«", "b", "«_"),
        ("fr", "", "« ", "b", "«_"),
        ("fr", "", "«", " ", "«"),
        ("fr", "«", " été", "", "_été"),
        ("fr", "«", "été", "»", "été"),
        ("fr", "«", " été ", "»", "_été_"),
        ("fr", "«", " ", "b", "_"),
        ("fr", "é", "»", "", "_»"),
        ("fr", "é", " »", "", "_»"),
        ("fr", "\"", "! Non", "", "_! Non"),
        ("fr", "", "l'", "b", "l’"),
        ("fr", "l", "'été", "", "’été"),
        ("fr", "", "'", "b", "‘"),
        ("fr", "0", " %", "", "~%"),
        ("fr", "", "a!", "b", "a!"),
        ("fr", "", "...", ".", "..."),
        ("fr-CA", "", "Bonjour ", "!", "Bonjour"),
        ("fr-CA", "b", " !", "", "!"),
        ("en", "", "\"", "b", "“"),
        ("en", "b", "\"", "", "”"),
        ("en", "b", "\"'", " ", "”’"),
        ("en", "", "'", "b", "‘"),
        ("en", "b", "'s", " ", "’s"),
        ("en", "(", "\"a\"", ")", "“a”"),
        ("en", "3", "\"", "", "”"),
        ("en", "\"", "'a'", "\"", "‘a’"),
    ] {
        let (before, after) = (before.chars().next(), after.chars().next());
        let text = real(text);
        let once = set(locale, &text, before, after);
        assert_eq!(
            once,
            real(expected),
            "{locale}: {before:?} {text:?} {after:?}"
        );
        assert_eq!(
            set(locale, &once, before, after),
            once,
            "{locale}, again: {text:?}"
        );
    }
}

/// Texts put together at random, always the same: twice is once, values come out as they went in, and nothing
/// but quotes, dots and white space is touched.
#[test]
fn twice_is_once() {
    const PIECES: &[&str] = &[
        " ",
        "  ",
        "\u{a0}",
        "\u{202f}",
        "\n",
        "\"",
        "'",
        "«",
        "»",
        "“",
        "”",
        "‘",
        "’",
        "!",
        "?",
        ";",
        ":",
        ".",
        "..",
        "...",
        "…",
        "a",
        "é",
        "mot",
        "l",
        "9",
        "24",
        "90s",
        "n",
        "%",
        "$",
        "€",
        "(",
        ")",
        "[",
        "]",
        "-",
        "—",
        "/",
        "\\",
        "=",
        "@",
        "://",
        "www.",
        "a@b.c",
        "#",
        ",",
        "👍",
        "\u{301}",
        "\u{10fe21}",
        "_",
    ];
    const EDGES: &[Option<char>] = &[
        None,
        None,
        Some(' '),
        Some('a'),
        Some('3'),
        Some('"'),
        Some('\''),
        Some('«'),
        Some('»'),
        Some('!'),
        Some(':'),
        Some('.'),
        Some('('),
        Some(')'),
        Some('\u{10fe21}'),
        Some('\u{202f}'),
        Some('…'),
        Some('@'),
    ];
    let mut seed = 7_u64;
    let mut below = |limit: usize| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % limit
    };
    let bare = |text: &str| -> String {
        let dots = text.replace('…', "...");
        dots.chars()
            .filter(|c| !c.is_whitespace() && !"\"'«»“”‘’".contains(*c))
            .collect()
    };
    for _ in 0..10_000 {
        let length = below(9);
        let text: String = (0..length).map(|_| PIECES[below(PIECES.len())]).collect();
        let (before, after) = (EDGES[below(EDGES.len())], EDGES[below(EDGES.len())]);
        for locale in ["fr", "fr-CA", "en"] {
            let once = set(locale, &text, before, after);
            let twice = set(locale, &once, before, after);
            assert_eq!(twice, once, "{locale}: {before:?} {text:?} {after:?}");
            assert_eq!(bare(&once), bare(&text), "{locale}: {text:?}");
        }
    }
}
