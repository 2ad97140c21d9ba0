//! Whole outputs: what a picture looks like when it has been made safe.

use super::*;

const OPEN: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\">";

/// The picture with this inside, cleaned, and what is inside then. Cleaned twice is cleaned once.
fn inside(svg: &str) -> String {
    let picture = format!("{OPEN}{svg}</svg>");
    let cleaned = whole(&picture);
    let inner = cleaned.strip_prefix(OPEN).and_then(|rest| rest.strip_suffix("</svg>"));
    inner.map(str::to_owned).unwrap_or_else(|| panic!("{cleaned}"))
}

fn whole(svg: &str) -> String {
    let once = clean(svg).unwrap_or_else(|e| panic!("{svg}: {e}"));
    let text = once.svg.clone();
    assert_eq!(clean(&text).unwrap(), once, "{svg}");
    text
}

#[test]
fn what_is_harmless_stays() {
    for svg in [
        "",
        "<g id=\"a\"><path d=\"M0 0h1v1z\" fill=\"url(#b)\"/></g>",
        "<title>Plan &amp; code &lt;1></title>".replace("1>", "1&gt;").as_str(),
        "<text x=\"1\" xml:space=\"preserve\" xml:lang=\"fr\"> l'été \"1\" </text>",
        "<a><use href=\"#b\"/></a>",
        "<image href=\"data:image/png;base64,iVBORw0KGgo=\"/>",
        "<style>@media (prefers-color-scheme: dark) { path { fill: #fff } a:not(.b) &gt; c { d: e } }</style>",
        "<style>@font-face { src: url(data:image/png,x) } a { mask: url( '#b' ); content: \"url(http://x)\" }</style>",
        "<rect style=\"fill: rgb(1,2,3); clip-path: url(#c)\" transform=\"translate(1 2)\" class=\"a\"></rect>",
        "<animate attributeName=\"x\" from=\"0\" to=\"9\" dur=\"1s\"/>",
        "<path aria-label=\"f(x) /* y */\"/>",
    ] {
        assert_eq!(inside(svg), svg);
    }
}

#[test]
fn what_runs_or_loads_goes() {
    for (svg, expected) in [
        // Elements.
        ("<script>alert(1)</script><g/>", "<g/>"),
        ("<SCRIPT/><Script></Script>", ""),
        ("<g><foreignObject><p xmlns=\"http://www.w3.org/1999/xhtml\">x<b/></p></foreignObject></g>", "<g></g>"),
        ("<metadata><a/><!-- x -->&ns;</metadata>", ""),
        ("<x:script xmlns:x=\"http://www.w3.org/2000/svg\">y</x:script>", ""),
        ("<g xmlns:h=\"http://www.w3.org/1999/xhtml\"><h:img src=\"x\"/></g>", "<g></g>"),
        ("<iframe xmlns=\"http://www.w3.org/1999/xhtml\" src=\"javascript:x\"/>", ""),
        ("<g xmlns=\"http://www.w3.org/1999/xhtml\"><g xmlns=\"http://www.w3.org/2000/svg\"/></g>", ""),
        ("<g xmlns=\"\"/>", ""),
        ("<u:g/>", ""),
        ("<set attributeName=\"href\" to=\"javascript:x\"/>", ""),
        ("<animate attributeName=\"xlink:href\"><g/></animate>", ""),
        ("<animate attributeName=\" &#104;ref\"/><set attributeName=\"onclick\"/>", ""),
        ("<p:g xmlns:p=\"http://www.w3.org/2000/svg\"/>", "<p:g xmlns:p=\"http://www.w3.org/2000/svg\"/>"),
        // Attributes.
        ("<g onload=\"x\" ONCLICK='y' id=\"z\"/>", "<g id=\"z\"/>"),
        ("<a href=\"javascript:x\"/><a href=\"https://a.b\"/>", "<a/><a/>"),
        ("<use href=\"b.svg#c\"/><image href=\"a.png\"/>", "<use/><image/>"),
        ("<image href=\"data:image/svg+xml,x\"/><use href=\"&#x09;data:text/html,x\"/>", "<image/><use/>"),
        (
            "<use xmlns:l=\"http://www.w3.org/1999/xlink\" l:href=\"https://a.b\" l:title=\"t\"/>",
            "<use xmlns:l=\"http://www.w3.org/1999/xlink\" l:title=\"t\"/>",
        ),
        (
            "<use xmlns:l=\"http://www.w3.org/1999/xlink\" l:href=\"#b\"/>",
            "<use xmlns:l=\"http://www.w3.org/1999/xlink\" l:href=\"#b\"/>",
        ),
        ("<g xml:base=\"https://a.b\" xmlns:i=\"http://www.inkscape.org/\" i:label=\"x\" u:v=\"w\"/>", "<g/>"),
        ("<g é=\"1\" a:b:c=\"2\"/>", "<g/>"),
        ("<rect fill=\"url(https://a.b/#c)\"/>", "<rect fill=\"none\"/>"),
        ("<rect fill=\"u\\72l(&quot;x.svg#c&quot;) red\"/>", "<rect fill=\"none red\"/>"),
        (
            "<rect style=\"fill:url(&#34;#a&#34;);mask:url(b)\"/>",
            "<rect style=\"fill:url(&quot;#a&quot;);mask:none\"/>",
        ),
        // Values come out in one form.
        ("<g a='\"&apos;&#60;&#x3e;&#10;\t'/>", "<g a=\"&quot;'&lt;&gt;  \"/>"),
        // Everything else that isn't the picture.
        ("<!-- <b> --><?php x ?><![CDATA[<b> & ]]>", "&lt;b&gt; &amp; "),
        ("a\r\nb&#13;&quot;&#x41;", "a\nb&#13;\"A"),
    ] {
        assert_eq!(inside(svg), expected, "{svg}");
    }
}

#[test]
fn style_sheets() {
    for (css, expected) in [
        ("@import 'x.css'; a { b: c }", "  a { b: c }"),
        ("@import url(x;y) screen;a{}", " a{}"),
        ("@IMP\\4f RT \"a;b\" ; a {}", "  a {}"),
        ("a{}@import 'x'", "a{} "),
        ("@media x { @import 'y' } a {}", "@media x {  } a {}"),
        ("@import { a } b {}", "  b {}"),
        ("a/* url(x) */b/*", "a b "),
        ("url/**/(x)", "url (x)"),
        ("url(x) url( \"x\" ) URL('#y') url(#z", "none none URL('#y') none"),
        ("url('#y' x) url(\\23 y) url(http\\)://#)", "none url(\\23 y) none"),
        ("\\55rl(x) u\\rl(x)", "none none"),
        ("<!--url(x)-->url(x)", "<!--none-->none"),
        ("'url(x)' \"a\\\" url(x)\" 'b\nurl(x)", "'url(x)' \"a\\\" url(x)\" 'b\nnone"),
        ("'a\\\r\n url(x)' url(x)", "'a\\\n url(x)' none"),
        ("image-set('x' 1x, url(#y)) -webkit-image-set('x') cross-fade(url(x))", "none none cross-fade(none)"),
        ("expression(a(b)c) src('x') a(src: b)", "none none a(src: b)"),
        (
            "@font-face { src: url(x.woff) format('woff'), local(y) }",
            "@font-face { src: none format('woff'), local(y) }",
        ),
        ("10px 50%url(x) .a#b{c:var(--d,url(x))} é\\", "10px 50%none .a#b{c:var(--d,none)} é\\"),
    ] {
        let expected = expected.replace('<', "&lt;").replace('>', "&gt;");
        let css = css.replace('\r', "&#13;").replace('<', "&lt;");
        assert_eq!(inside(&format!("<style>{css}</style>")), format!("<style>{expected}</style>"), "{css}");
    }
    // A style sheet is one text, however it is cut.
    assert_eq!(
        inside("<style type=\"text/css\"><![CDATA[a{b:u]]>r<!-- x -->&#108;(c<b>d</b>)}<g/></style>"),
        "<style type=\"text/css\">a{b:none}</style>"
    );
}

#[test]
fn the_file_around_the_picture() {
    for (svg, expected) in [
        (
            "\u{feff}<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE svg [<!ENTITY a \"b\"> ]>\n\
             <svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\"\n \
             xmlns:i=\"x\" version='1.1'/>\n<!-- end -->",
            "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" version=\"1.1\"/>",
        ),
        ("<svg><g/></svg>", "<svg xmlns=\"http://www.w3.org/2000/svg\"><g/></svg>"),
        ("<svg xmlns=''><x xmlns='y'/></svg>", "<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>"),
        (
            "<s:svg xmlns:s=\"http://www.w3.org/2000/svg\"><s:g/><g/></s:svg>",
            "<s:svg xmlns:s=\"http://www.w3.org/2000/svg\"><s:g/></s:svg>",
        ),
    ] {
        assert_eq!(whole(svg), expected, "{svg}");
    }
}

#[test]
fn sizes() {
    for (attributes, expected) in [
        ("", None),
        ("width='390' height='844px'", Some((390.0, 844.0))),
        ("width=' 10.5 ' height='0.2'", Some((10.5, 0.2))),
        ("viewBox='0 0 24 48'", Some((24.0, 48.0))),
        ("viewBox=' -1,-1 , 24.4,48 '", Some((24.4, 48.0))),
        ("width='48' viewBox='0 0 24 12'", Some((48.0, 24.0))),
        ("height='6' viewBox='0 0 24 12'", Some((12.0, 6.0))),
        ("width='100%' height='100%' viewBox='0 0 24 12'", Some((24.0, 12.0))),
        ("width='10mm' height='10' viewBox='0 0 24 12'", Some((20.0, 10.0))),
        ("width='48' height='-1'", None),
        ("width='inf' height='nan'", None),
        ("viewBox='0 0 0 12'", None),
        ("viewBox='0 0 24'", None),
        ("viewBox='0 0 24 12 1'", None),
        ("width='1e300' viewBox='0 0 1e-300 1'", None),
        ("width='1e300' height='1'", Some((1e300, 1.0))),
    ] {
        let svg = format!("<svg xmlns='{SVG}' {attributes}><svg width='1' height='1'/></svg>");
        assert_eq!(clean(&svg).unwrap().size, expected, "{attributes}");
    }
}

#[test]
fn errors() {
    let many: String = (0..257).map(|n| format!(" a{n}=''")).collect();
    let deep = |levels: usize| format!("<svg>{}{}</svg>", "<g>".repeat(levels), "</g>".repeat(levels));
    assert!(clean(&deep(255)).is_ok());
    for (svg, byte, message) in [
        ("", 0, "there is no <svg> in the file"),
        ("  ", 2, "there is no <svg> in the file"),
        ("text", 0, "there is text outside the picture"),
        ("<html/>", 0, "the picture isn't SVG: its root is another element"),
        ("<!-- --><svg xmlns='x'/>", 8, "the picture isn't SVG: its root is another element"),
        ("<x:svg/>", 0, "the picture isn't SVG: its root is another element"),
        ("<svg/onload=x>", 0, "the picture isn't SVG: its root is another element"),
        ("<svg/><svg/>", 6, "there is a second picture after the first"),
        ("<svg/>&lt;", 6, "there is text outside the picture"),
        ("<svg><g>", 8, "the picture is cut off"),
        ("<svg><g></svg>", 8, "ill-formed document: expected `</g>`, but `</svg>` was found"),
        ("\u{feff}<svg>\u{1}</svg>", 8, "U+0001 isn't allowed in XML"),
        ("<svg>&ns;</svg>", 5, "the reference \"&ns;\" isn't known here"),
        ("<svg>&#0;</svg>", 5, "the reference \"&#0;\" isn't known here"),
        ("<svg>&#x+41;</svg>", 5, "the reference \"&#x+41;\" isn't known here"),
        ("<svg a='&x;'/>", 0, "the reference \"&x;\" isn't known here"),
        ("<svg a='&x'/>", 0, "there is a & without its ;"),
        ("<svg a='' a=''/>", 0, "the attribute \"a\" stands twice in one tag"),
        (&format!("<svg{many}/>"), 0, "a tag has more than 256 attributes"),
        (&deep(256), 5 + 255 * 3, "elements stand inside each other more than 256 deep"),
        (&" ".repeat(MAX_BYTES + 1), 0, "the picture is larger than 16 MiB"),
    ] {
        let shown = &svg[..svg.len().min(40)];
        let expected = SvgError { byte, message: message.to_owned() };
        assert_eq!(clean(svg), Err(expected), "{shown}");
    }
    for svg in
        ["<svg", "<svg a>", "<svg a=b/>", "<svg a='/>", "<svg><!-- </svg>", "<svg>&</svg>", "</svg>", "<svg></g></svg>"]
    {
        assert!(clean(svg).is_err(), "{svg}");
    }
}

/// Pictures and style sheets put together at random: no panic, and what comes out is clean already.
#[test]
fn any_input_is_cleaned() {
    const PIECES: &[&str] = &[
        "<g>",
        "</g>",
        "<style>",
        "</style>",
        "<script>",
        "</script>",
        "<g a='",
        "'/>",
        "<h:g xmlns:h='x'>",
        "</h:g>",
        "url(",
        "url",
        "(",
        ")",
        "#",
        "\"",
        "'",
        "@import ",
        ";",
        "{",
        "}",
        "/*",
        "*/",
        "\\",
        "\\75",
        "\n",
        "&#13;",
        "<![CDATA[",
        "]]>",
        "&lt;!--",
        "--&gt;",
        "-",
        "image-set(",
        "x",
        "é",
        " ",
        "data:image/png,",
        "&amp;",
        "&#92;",
        "<a href='",
        "<!--",
        "-->",
    ];
    let mut seed = 5_u64;
    let mut below = |limit: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % limit
    };
    for _ in 0..20_000 {
        let length = below(14);
        let body: String = (0..length).map(|_| PIECES[below(PIECES.len())]).collect();
        for svg in [format!("<svg>{body}</svg>"), format!("<svg><style>{body}</style></svg>")] {
            if let Ok(once) = clean(&svg) {
                let text = once.svg.clone();
                assert_eq!(clean(&text), Ok(once), "{svg}");
            }
        }
    }
}
