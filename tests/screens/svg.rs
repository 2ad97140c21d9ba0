//! Pictures made of shapes: published, but safe, wherever they stand.

use crate::site::{build, said};

#[test]
fn an_svg_loses_its_script_and_cant_be_redacted() {
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"400\" height=\"90\" onload=\"x()\"><script>x()</script><rect width=\"9\" height=\"9\"/></svg>";
    let page = "---\ntitle: T\n---\n![Un dessin](code.svg)\n";
    let content = ("content/mfa/index.fr.md", page.as_bytes());
    let (files, _) = build(&[content, ("assets/mfa/code.svg", svg)]);
    let (_, published) = files.iter().find(|(path, _)| path.ends_with(".svg")).unwrap();
    assert_eq!(
        String::from_utf8_lossy(published),
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"400\" height=\"90\"><rect width=\"9\" height=\"9\"/></svg>"
    );
    let sidecar = ("assets/mfa/code.yaml", &b"redact:\n  - box: [1, 1, 2, 2]\n"[..]);
    let (files, report) = build(&[content, ("assets/mfa/code.svg", svg), sidecar]);
    assert_eq!(
        said(&report),
        ["image-unreadable: the picture \"code.svg\" can't be redacted: an SVG keeps what a box covers"]
    );
    assert!(!files.keys().any(|path| path.ends_with(".svg")));
}

#[test]
fn every_svg_of_a_theme_is_made_safe() {
    let svg = b"<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\" width=\"90\" height=\"30\" onload=\"x()\"><script>x()</script><style>@import url(https://evil.example/a.css);</style><image href=\"https://evil.example/a.png\"/><foreignObject><p>x</p></foreignObject></svg>";
    let theme = b"name = \"Auvenir\"\nlogo = \"logo.svg\"\n";
    let style = b"body { background: url(ground.SVG); }\n";
    let page = "---\ntitle: T\n---\nUn texte.\n";
    let site: [(&str, &[u8]); 5] = [
        ("content/mfa/index.fr.md", page.as_bytes()),
        ("themes/auvenir/theme.toml", theme),
        ("themes/auvenir/style.css", style),
        ("themes/auvenir/logo.svg", svg),
        ("themes/auvenir/ground.SVG", svg),
    ];
    let (files, report) = build(&site);
    assert!(said(&report).iter().all(|said| said.starts_with("message-unused")), "{:?}", said(&report));
    let published: Vec<_> = files.iter().filter(|(path, _)| path.to_ascii_lowercase().ends_with(".svg")).collect();
    assert_eq!(published.len(), 2, "{:?}", files.keys());
    for (path, bytes) in published {
        assert_eq!(
            String::from_utf8_lossy(bytes),
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"90\" height=\"30\"><style> </style><image/></svg>",
            "{path}"
        );
    }

    let mut damaged = site;
    damaged[3].1 = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><g>";
    let (files, report) = build(&damaged);
    let told: Vec<String> = said(&report).into_iter().filter(|said| !said.starts_with("message-unused")).collect();
    assert_eq!(told, ["image-unreadable: the picture \"logo.svg\" can't be read: the picture is cut off"]);
    assert!(files.values().all(|bytes| !bytes.windows(3).any(|part| part == b"<g>")));
}
