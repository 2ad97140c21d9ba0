//! Marks over a picture, and their list under it.

use crate::made::{png, screen};
use crate::site::{build, said};

#[test]
fn marks_are_drawn_over_the_picture_and_listed_under_it() {
    let sidecar = "marks:\n  - box: [100, 50, 100, 30]\n    text: press\n  - box: [0, 0, 400, 200]\n    text: look\n";
    let (files, report) =
        build(&[("assets/mfa/code.png", &png(screen(400, 200))), ("assets/mfa/code.yaml", sidecar.as_bytes())]);
    assert_eq!(said(&report), [""; 0]);
    let page = String::from_utf8(files["auvenir/fr/mfa/index.html"].clone()).unwrap();
    let figure = page.split("<figure").nth(1).unwrap().split("</figure>").next().unwrap();
    let name = figure.split("href=\"").nth(1).unwrap().split('"').next().unwrap();
    let expected = format!(
        " class=\"screen\"><a class=\"zoom\" href=\"{name}\" data-close=\"Fermer\"><span class=\"canvas\">\
         <img src=\"{name}\" alt=\"Un écran\" width=\"400\" height=\"200\" decoding=\"async\">\
         <svg class=\"layer\" width=\"100%\" height=\"100%\" aria-hidden=\"true\">\
         <g><rect class=\"edge\" x=\"24.38%\" y=\"23.75%\" width=\"26.25%\" height=\"17.50%\" rx=\"4\"/>\
         <rect class=\"line\" x=\"24.38%\" y=\"23.75%\" width=\"26.25%\" height=\"17.50%\" rx=\"4\"/>\
         <g transform=\"translate(-11 -11)\"><circle cx=\"50.62%\" cy=\"23.75%\" r=\"11\"/>\
         <text x=\"50.62%\" y=\"23.75%\" dy=\".36em\" text-anchor=\"middle\">1</text></g></g>\
         <g><rect class=\"edge\" x=\"-0.62%\" y=\"-1.25%\" width=\"101.25%\" height=\"102.50%\" rx=\"4\"/>\
         <rect class=\"line\" x=\"-0.62%\" y=\"-1.25%\" width=\"101.25%\" height=\"102.50%\" rx=\"4\"/>\
         <g transform=\"translate(-11 -11)\"><circle cx=\"100.63%\" cy=\"-1.25%\" r=\"11\"/>\
         <text x=\"100.63%\" y=\"-1.25%\" dy=\".36em\" text-anchor=\"middle\">2</text></g></g></svg></span>\
         <span class=\"zoom-label\">Agrandir l’image</span></a>\
         <ol class=\"marks\" role=\"list\"><li><span class=\"number\">1</span> Appuyez ici</li>\
         <li><span class=\"number\">2</span> Regardez là</li></ol>"
    );
    assert_eq!(figure, expected);
    let twin = String::from_utf8(files["auvenir/fr/mfa/index.md"].clone()).unwrap();
    assert_eq!(twin, format!("# T\n\n![Un écran]({name}) (① Appuyez ici · ② Regardez là)\n"));
}

#[test]
fn marks_are_there_wherever_a_picture_stands() {
    let sidecar = b"marks:\n  - box: [100, 50, 100, 30]\n    text: press\n";
    let picture = png(screen(400, 200));
    for (text, list, link) in [
        ("1. ![Un écran](code.png)\n", "<span class=\"marks\" role=\"list\">", true),
        ("Voici ![Un écran](code.png) ici.\n", "<span class=\"marks\" role=\"list\">", true),
        ("[![Un écran](code.png)](https://example.com)\n", "<span class=\"marks\" role=\"list\">", false),
        ("![Un écran](code.png)\n", "<ol class=\"marks\" role=\"list\">", true),
        ("![](code.png \"decorative\")\n", "<ol class=\"marks\" role=\"list\">", false),
    ] {
        let page = format!("---\ntitle: T\n---\n{text}");
        let (files, _) = build(&[
            ("content/mfa/index.fr.md", page.as_bytes()),
            ("assets/mfa/code.png", &picture),
            ("assets/mfa/code.yaml", sidecar),
        ]);
        let html = String::from_utf8(files["auvenir/fr/mfa/index.html"].clone()).unwrap();
        assert!(html.contains(list) && html.contains("Appuyez ici"), "{text}{html}");
        assert_eq!(html.contains("class=\"zoom\""), link, "{text}{html}");
        assert!(html.contains("class=\"layer\""), "{text}");
    }
}

#[test]
fn boxes_outside_the_picture_are_told_where_they_stand() {
    let sidecar = "marks:\n  - box: [390, 0, 20, 10]\n    text: press\nredact:\n  - box: [0, 200, 5, 5]\n  - box: [0, 0, 400, 200]\n";
    let (_, report) =
        build(&[("assets/mfa/code.png", &png(screen(400, 200))), ("assets/mfa/code.yaml", sidecar.as_bytes())]);
    let told: Vec<(String, &str)> = report
        .problems
        .iter()
        .filter(|problem| problem.code.name() == "redact-outside")
        .map(|problem| (problem.message.clone(), &sidecar[problem.place.span.clone()]))
        .collect();
    assert_eq!(
        told,
        [
            (
                "the box reaches out of the picture \"code.png\", which has 400 × 200 pixels".to_owned(),
                "[390, 0, 20, 10]"
            ),
            ("the box lies outside the picture \"code.png\", which has 400 × 200 pixels".to_owned(), "[0, 200, 5, 5]"),
        ]
    );
}

#[test]
fn a_mark_needs_its_text_for_every_brand() {
    let config = "locales = [\"fr\"]\n[brands.auvenir]\n[brands.streamworks]\n";
    let files: [(&str, &[u8]); 6] = [
        ("site.toml", config.as_bytes()),
        ("themes/streamworks/theme.toml", b"name = \"Streamworks Tech\"\n"),
        ("locales/fr/terms.ftl", b"press = Appuyez ici\ncount = { $number } fois\n"),
        ("locales/fr/terms@auvenir.ftl", b"only = Ici\n"),
        ("assets/mfa/code.png", &png(screen(40, 20))),
        (
            "assets/mfa/code.yaml",
            b"marks:\n  - box: [1, 1, 2, 2]\n    text: only\n  - box: [1, 1, 2, 2]\n    text: count\n  - box: [1, 1, 2, 2]\n    text: pres\n",
        ),
    ];
    let (_, report) = build(&files);
    assert_eq!(
        said(&report),
        [
            "message-missing: no message \"only\"",
            "message-invalid: the message \"count\" needs the argument \"number\"",
            "message-missing: no message \"pres\""
        ]
    );
}
