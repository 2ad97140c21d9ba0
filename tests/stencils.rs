//! What brands share while their pages are made shows nowhere: every brand gets what it would get alone, and what it
//! would get if nothing were shared.

#![expect(clippy::unwrap_used, reason = "a helper of tests fails like a test")]

#[expect(dead_code, reason = "other tests need more of it")]
mod common;

use std::fs;
use std::path::Path;

use tempfile::TempDir;

/// theme.toml of each brand, what stands under it in site.toml, and its own Fluent file.
const BRANDS: [(&str, &str, &str, &str); 8] = [
    ("plain", "name = \"Plain & <Co>\"\n", "", ""),
    ("mail", "name = \"Mail\"\n[support]\nemail = \"o'neil&co@mail.example\"\n", "", ""),
    ("other", "name = \"Other\"\n[support]\nemail = \"help@other.example\"\n", "", ""),
    (
        "phone",
        "name = \"Phone\"\n[support]\nemail = \"a@phone.example\"\nphone = \"+1 555 0100\"\nhours = \"9–5\"\n",
        "base_url = \"https://phone.example/\"\n",
        "",
    ),
    (
        "call",
        "name = \"Call\"\n[support]\nemail = \"b@call.example\"\nphone = \"ext. 5\"\nhours = \"« 9–5 »\"\n",
        "base_url = \"https://call.example/a/rather/long/way/to/the/help/desk/of/this/brand/\"\n",
        "",
    ),
    ("words", "name = \"Words\"\n", "", "next-step = Onwards\nstep-of-total = { $number } of { $total }\n"),
    ("term", "name = \"Term\"\n", "", "of-brand = Term's\n"),
    ("fact", "name = \"Fact\"\n[facts]\nwhere = \"over there\"\n", "", ""),
];

/// A text with everything that its brands' values may stand in, or beside.
const TEXT: &str = "
{{ brand.name }}: write to **{{ brand.name }}**, [{{ brand.support.email | default(value=\"us\") }}](#more) \"soon\".

- [{{ brand.name }}](mailto:help@example.com?subject={{ brand.name }}) ; [next](02-two.md), [file](form.pdf)
- `{{ brand.name }}`, {{ t(id=\"of-brand\") }} !

![The screen of {{ brand.name }}](screen.svg)

> [!TIP]
> {{ t(id=\"of-brand\") }} « {{ brand.id }} » : [there](https://x.example/{{ brand.id }}/a)

| {{ brand.name }} | b |
|---|---|
| x | {{ brand.id }} |

## More {#more}

{{ brand.name }}
: as l'{{ brand.name }} says...
";

/// Values that nothing but links are made of.
const LINKS: &str = "
{{ brand.name }}: [plan]({{ brand.facts.plan }}), [help](https://x.example/{{ brand.facts.end }}{{ brand.id }})
";

/// A site of these brands, in two languages; with `looks`, its templates look at everything, and share nothing, and so do
/// its texts.
fn write_site(root: &Path, looks: bool) {
    let put = |path: &str, text: &str| {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let more = if looks && path.extension().is_some_and(|end| end == "md") { LOOK } else { "" };
        fs::write(path, format!("{text}{more}")).unwrap();
    };
    // as it is, with other headings, and without what only a template can do
    let simple = TEXT.replace(" | default(value=\"us\")", "").replace("brand.support.email", "brand.name");
    put("content/c/index.en.md", &format!("---\ntitle: Third\n---\n{TEXT}"));
    put("content/c/01-one.en.md", &format!("---\ntitle: One\n---\n{simple}"));
    put(
        "content/c/02-two.en.md",
        &format!(
            "---\ntitle: Two\n---\n{}",
            simple.replace(" {#more}", " of {{ brand.name }}").replace("(#more)", "(01-one.md#more)")
        ),
    );
    put("content/c/01-one.fr.md", &format!("---\ntitle: Un\n---\n{simple}"));
    put("content/c/02-two.fr.md", "---\ntitle: Deux\n---\n\nTexte, sans rien d'autre.\n");
    put("content/c/index.fr.md", &format!("---\ntitle: Troisième\n---\n{LINKS}"));
    let svg = |side: u32| format!("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{side}\" height=\"9\"/>");
    put("assets/c/screen.svg", &svg(9));
    put("assets/c/screen@phone.svg", &svg(99));
    put("assets/c/form.pdf", "%PDF-1.4");
    let mut site = "title = \"Help\"\nlocales = [\"en\", \"fr\"]\n".to_owned();
    for (id, theme, lines, fluent) in BRANDS {
        site.push_str(&format!("[brands.{id}]\n{lines}"));
        let facts = if theme.contains("[facts]") { "" } else { "[facts]\n" };
        let plan = format!("plan = \"https://{id}.example/Shared%20Documents/%C3%A9t%C3%A9%{id}.pdf\"\nend = \"%\"\n");
        put(&format!("themes/{id}/theme.toml"), &format!("{theme}{facts}{plan}"));
        if !fluent.is_empty() {
            put(&format!("locales/en/own@{id}.ftl"), fluent);
        }
    }
    put("site.toml", &site);
    put("locales/en/terms.ftl", "of-brand = The brand's\n");
    put("locales/fr/terms.ftl", "of-brand = De la marque\n");
    put("content/a/index.en.md", "---\ntitle: Guide\ndescription: All of it.\n---\n\n{{ brand.name }}\n");
    put("content/a/01-one.en.md", "---\ntitle: One\ndevice: phone\n---\n\n{{ t(id=\"of-brand\") }} text\n");
    put(
        "content/a/02-two.en.md",
        "---\ntitle: \"Two for {{ brand.facts.where | default(value='all') }}\"\n---\n\nText\n",
    );
    put("content/a/02-option1-x.en.md", "---\ntitle: X\ndevice: both\nextra:\n  recommended: true\n---\n\nText\n");
    put("content/a/02-option2-y.en.md", "---\ntitle: Y\nduration: 3\n---\n\nText\n");
    put("content/a/about.en.md", "---\ntitle: About\n---\n");
    put("content/a/index.fr.md", "---\ntitle: Guide\n---\n\n{{ brand.name }}\n");
    put("content/a/01-one.fr.md", "---\ntitle: Un\n---\n\nTexte\n");
    put("content/a/01-one@words.fr.md", "---\ntitle: Un, mais autre\n---\n\nTexte\n");
    put("content/b/index.en.md", "---\ntitle: Another\n---\n\nText\n");
    // templates that take in what others print, and change it
    put(
        "themes/fact/step.html",
        "{% extends \"base/step.html\" %}{% block footer %}{% filter upper %}{{ super() }}{% endfilter %}{% endblock footer %}",
    );
    put("content/b/01-one.en.md", "---\ntitle: One\n---\n\nText\n");
    if looks {
        let layout = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("themes/base/layout.html")).unwrap();
        put("themes/base/layout.html", &format!("{layout}{LOOK}"));
    }
}

/// What only prints is read once for many brands; what has this in it isn't.
const LOOK: &str = "{% if brand == 1 %}{% endif %}";

fn build(site: &Path, output: &Path, more: &[&str]) -> common::Tree {
    let run = common::etape(site, &[&["build", "--output", output.to_str().unwrap()], more].concat());
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let mut tree = common::read(output);
    tree.remove("manifest.json").unwrap();
    tree
}

#[test]
fn what_brands_share_shows_nowhere() {
    let scratch = TempDir::new().unwrap();
    let (site, seeing) = (scratch.path().join("site"), scratch.path().join("seeing"));
    write_site(&site, false);
    write_site(&seeing, true);
    let together = build(&site, &scratch.path().join("together"), &[]);
    assert!(together.len() > 8 * 60, "{}", together.len());
    let unshared = build(&seeing, &scratch.path().join("unshared"), &[]);
    for (path, bytes) in &unshared {
        let shared = together.get(path).map(|bytes| String::from_utf8_lossy(bytes));
        assert_eq!(shared, Some(String::from_utf8_lossy(bytes)), "{path}");
    }
    assert_eq!(unshared.len(), together.len());
    for (id, ..) in BRANDS {
        let alone = build(&site, &scratch.path().join(id), &["--brand", id]);
        let own: common::Tree = together
            .iter()
            .filter(|(path, _)| path.starts_with(&format!("{id}/")))
            .map(|(path, bytes)| (path.clone(), bytes.clone()))
            .collect();
        assert!(alone == own, "{id} is another brand alone than among others");
    }
}

/// What a template may look at a brand with: `Acme` is one of three.
const LOOKS: [&str; 34] = [
    "{% if (brand.name) == \"Acme\" %}Y{% endif %}",
    "{% if \"Acme\" == (brand.name) %}Y{% endif %}",
    "{% if (brand.name) in [\"Acme\"] %}Y{% endif %}",
    "{% if (brand.id or brand.name) == \"acme\" %}Y{% endif %}",
    "{% if not (brand.name) == \"Acme\" %}Y{% endif %}",
    "{% if not brand.name == \"Acme\" %}Y{% endif %}",
    "{% if (brand.name) ~ \"x\" == \"Acmex\" %}Y{% endif %}",
    "{% if locale and (locale and brand.name and brand.name) == \"Acme\" %}Y{% endif %}",
    "{% if [locale and brand.name and brand.name] == [\"Acme\"] %}Y{% endif %}",
    "{% if brand.name is starting_with(pat=\"A\") %}Y{% endif %}",
    "{% if (brand.name) | length == 4 %}Y{% endif %}",
    "{% if brand?.name == \"Acme\" %}Y{% endif %}",
    "{{ (brand.name) | length }}",
    "{{ brand.name[0:1] }}",
    "{{ brand[\"name\"] | length }}",
    "{% set key = \"name\" %}{{ brand[key] | length }}",
    "{{ \"Y\" if (brand.name) == \"Acme\" else \"N\" }}",
    "{% for x in [brand.name] %}{{ x | length }}{% endfor %}",
    "{% for x in brand.name %}-{% endfor %}",
    "{{ [x | length for x in [brand.name]] | first }}",
    "{% set map = {\"a\": brand.name} %}{{ map.a | length }}",
    "{{ \"Acme\" | replace(from=brand.name, to=\"Y\") }}",
    "{% set x | replace(from=\"A\", to=\"B\") %}{{ brand.name }}{% endset %}{{ x }}",
    "{% set x %}{{ brand.name }}{% endset %}{{ x | length }}",
    "{% filter length %}{{ brand.name }}{% endfilter %}",
    "{% raw %}{{ it's {% endraw %}{% if brand.name == \"Acme\" %}Y{% endif %}",
    "{# {% raw %} it's #}{% if brand.name == \"Acme\" %}Y{% endif %}{# {{ #}",
    "{{ brand.facts.at }}",
    "{{ brand[\"facts\"].at }}",
    "{% set own = brand %}{{ own.facts.at }}",
    "{% for key, value in brand %}{{ value }}{% endfor %}",
    "{{ assets['cover.svg'] }}",
    "{% if assets['only.svg'] %}Y{% endif %}",
    "{% for name, url in assets %}{{ name }}{{ url }}{% endfor %}",
];

#[test]
fn templates_look_at_each_brand_itself() {
    let scratch = TempDir::new().unwrap();
    let site = scratch.path();
    let put = |path: &str, text: &str| {
        let path = site.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    put("site.toml", "title = \"Help\"\nlocales = [\"en\"]\n[brands.other]\n[brands.acme]\n[brands.third]\n");
    put("content/a/index.en.md", "---\ntitle: Guide\n---\n\nText\n");
    for (id, name) in [("other", "Other"), ("acme", "Acme"), ("third", "A third")] {
        let theme = format!("name = \"{name}\"\n[facts]\nat = \"{id}\"\n");
        put(&format!("themes/{id}/theme.toml"), &theme);
        let svg = format!("<svg xmlns=\"http://www.w3.org/2000/svg\" id=\"{id}\"/>");
        put(&format!("themes/{id}/cover.svg"), &svg);
    }
    put("themes/acme/only.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
    let layout = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("themes/base/layout.html")).unwrap();
    // what each brand's page says, look by look
    let footers = |templates: &str| {
        put("themes/base/layout.html", templates);
        let pages = build(site, &site.join("out"), &["--jobs", "1"]);
        ["acme", "other", "third"].map(|id| {
            let page = String::from_utf8_lossy(&pages[&format!("{id}/en/a/index.html")]).into_owned();
            page.split("<footer>").skip(1).map(str::to_owned).collect::<Vec<_>>()
        })
    };
    let footer = |look: &str| format!("<footer>{look}</footer>\n");
    let unshared = footers(&format!("{LOOK}{layout}{}", LOOKS.map(footer).concat()));
    let mut wrong = Vec::new();
    for (at, look) in LOOKS.into_iter().enumerate() {
        let shared = footers(&format!("{layout}{}", footer(look)));
        if (0..3).any(|brand| shared[brand][0] != unshared[brand][at]) {
            wrong.push(look);
        }
        assert_ne!(unshared[0][at], unshared[1][at], "{look} looks at nothing");
    }
    assert!(wrong.is_empty(), "another brand's answer to {wrong:#?}");
}
