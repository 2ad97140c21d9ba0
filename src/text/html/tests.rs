//! Findings are written down as the bytes they cover and what they are, so that a case reads at a glance.

use super::*;

/// One line per finding: `what: the bytes`, for values also the decoded text.
fn told(html: &str) -> Vec<String> {
    let value = |v: &Value| format!("{}={} {}", v.attribute, v.text, &html[v.span.clone()]);
    let kind = |kind: &Kind| match kind {
        Kind::Tag { name, form } => format!("{form:?} {name}"),
        Kind::Unsafe(what) => format!("unsafe, {what}"),
        Kind::Style => "style".to_owned(),
        Kind::Link(v) => format!("link {}", value(v)),
        Kind::Image { source, alt } => format!("image {} {alt:?}", value(source)),
        Kind::Load(v) => format!("load {}", value(v)),
        Kind::Anchor(v) => format!("anchor {}", value(v)),
        Kind::Comment => "comment".to_owned(),
        Kind::Unterminated => "unterminated".to_owned(),
    };
    scan(html).iter().map(|f| format!("{}: {}", kind(&f.kind), &html[f.span.clone()])).collect()
}

#[test]
fn tags_and_comments() {
    for (html, expected) in [
        ("", &[][..]),
        ("a < b, 1 <2, <, </>", &[]),
        ("<b>x</b>", &["Open b: <b>", "Close b: </b>"]),
        ("<BR/><hr>", &["Void br: <BR/>", "Void hr: <hr>"]),
        ("<path/><div / >", &["SelfClosing path: <path/>", "Open div: <div / >"]),
        ("</DIV class='a>b'>", &["Close div: </DIV class='a>b'>"]),
        ("<p\ntitle=\"a > b\"\n>", &["Open p: <p\ntitle=\"a > b\"\n>"]),
        ("<my-é x=é>", &["Open my-é: <my-é x=é>"]),
        ("<p é='1' =x>", &["Open p: <p é='1' =x>"]),
        ("<!-- <b> -->x", &["comment: <!-- <b> -->"]),
        ("<!--><b>", &["comment: <!-->", "Open b: <b>"]),
        ("<!---><b>", &["comment: <!--->", "Open b: <b>"]),
        ("<!-- a --!><b>", &["comment: <!-- a --!>", "Open b: <b>"]),
        ("<!----->", &["comment: <!----->"]),
        ("<!doctype html><?php x ?>", &["comment: <!doctype html>", "comment: <?php x ?>"]),
        // What a browser makes of CDATA in HTML: a comment up to the first `>`.
        ("<![CDATA[ > <b> ]]>", &["comment: <![CDATA[ >", "Open b: <b>"]),
        ("</ x>", &["comment: </ x>"]),
        ("<!-- a", &["unterminated: <!-- a"]),
        ("<? a", &["unterminated: <? a"]),
        ("x<a href=\"y", &["unterminated: <a href=\"y"]),
        ("<a", &["unterminated: <a"]),
        ("<a href=", &["unterminated: <a href="]),
        ("<a href", &["unterminated: <a href"]),
        ("</a", &["unterminated: </a"]),
    ] {
        assert_eq!(told(html), expected, "{html}");
    }
}

#[test]
fn unsafe_elements() {
    let element = |name: &str| {
        let tag = format!("<{name}>");
        let rest = told(&tag).split_off(1);
        assert_eq!(rest, [format!("unsafe, the element <{name}>: {tag}")]);
    };
    UNSAFE.iter().for_each(|name| element(name));
    for (html, expected) in [
        (
            "<SCRIPT>if (a<b) x='<img onerror=1>'</script ><b>",
            &[
                "Open script: <SCRIPT>",
                "unsafe, the element <script>: <SCRIPT>",
                "Close script: </script >",
                "Open b: <b>",
            ][..],
        ),
        (
            "<style>a{}</styles></style>",
            &["Open style: <style>", "unsafe, the element <style>: <style>", "Close style: </style>"],
        ),
        ("<script>a", &["Open script: <script>", "unsafe, the element <script>: <script>"]),
        (
            "<svg><title>Plan</title></svg>",
            &["Open svg: <svg>", "Open title: <title>", "Close title: </title>", "Close svg: </svg>"],
        ),
        (
            "<title><a title='</Title><img src=x>'>",
            &[
                "Open title: <title>",
                "Open a: <a title='</Title><img src=x>'>",
                "unsafe, a closing tag in \"title\": title='</Title><img src=x>'",
            ],
        ),
    ] {
        assert_eq!(told(html), expected, "{html}");
    }
}

#[test]
fn unsafe_attributes() {
    for (html, expected) in [
        ("<p onclick=x>", "unsafe, the event handler \"onclick\": onclick=x"),
        ("<p/ONClick='x'>", "unsafe, the event handler \"onclick\": ONClick='x'"),
        ("<p onx>", "unsafe, the event handler \"onx\": onx"),
        ("<a href=javascript:x>", "unsafe, an address that runs in \"href\": href=javascript:x"),
        (
            "<a href='&#106ava&Tab;scr&#x69;pt&colon;x'>",
            "unsafe, an address that runs in \"href\": href='&#106ava&Tab;scr&#x69;pt&colon;x'",
        ),
        (
            "<a href=\" \u{1}java\nscript:x\">",
            "unsafe, an address that runs in \"href\": href=\" \u{1}java\nscript:x\"",
        ),
        ("<a xlink:href='vbscript:x'>", "unsafe, an address that runs in \"xlink:href\": xlink:href='vbscript:x'"),
        ("<a href='data:text/html,x'>", "unsafe, an address that runs in \"href\": href='data:text/html,x'"),
        (
            "<img srcset='a.png 1x, javascript:x 2x'>",
            "unsafe, an address that runs in \"srcset\": srcset='a.png 1x, javascript:x 2x'",
        ),
        ("<a ping='/a javascript:x'>", "unsafe, an address that runs in \"ping\": ping='/a javascript:x'"),
        (
            "<button formaction='JAVASCRIPT:x'>",
            "unsafe, an address that runs in \"formaction\": formaction='JAVASCRIPT:x'",
        ),
        ("<td background='javascript:x'>", "unsafe, an address that runs in \"background\": background='javascript:x'"),
        ("<video poster='javascript:x'>", "unsafe, an address that runs in \"poster\": poster='javascript:x'"),
        (
            "<set attributeName='xlink:href' to='javascript:x'>",
            "unsafe, an address that runs in \"to\": to='javascript:x'",
        ),
        (
            "<animate attributeName=href values='#a;javascript:x'>",
            "unsafe, an address that runs in \"values\": values='#a;javascript:x'",
        ),
    ] {
        assert_eq!(told(html).split_off(1), [expected], "{html}");
    }
    for harmless in ["<p on=x>", "<set attributeName='fill' to='javascript:x'>", "<p title='javascript:x'>"] {
        assert_eq!(told(harmless).len(), 1, "{harmless}");
    }
}

#[test]
fn links_pictures_and_the_rest() {
    for (html, expected) in [
        ("<a href=\"03-code.md#x\">", &["link href=03-code.md#x 03-code.md#x: href=\"03-code.md#x\""][..]),
        ("<a href=x.md>", &["link href=x.md x.md: href=x.md"]),
        (
            "<a href = ' ?a=1&amp;b=2&lt=3 ' >",
            &["link href=?a=1&b=2&lt=3  ?a=1&amp;b=2&lt=3 : href = ' ?a=1&amp;b=2&lt=3 '"],
        ),
        ("<a href>", &["link href= : href"]),
        ("<a href=a href=b>", &["link href=a a: href=a"]),
        ("<area href='a'>", &["link href=a a: href='a'"]),
        ("<a id=x name='y&#33;'>", &["anchor id=x x: id=x", "anchor name=y! y&#33;: name='y&#33;'"]),
        ("<p style='color:red'>", &["style: style='color:red'"]),
        ("<img src=a.png>", &["image src=a.png a.png None: <img src=a.png>"]),
        ("<img alt src=a.png>", &["image src=a.png a.png Some(\"\"): <img alt src=a.png>"]),
        (
            "<img src='a.png' alt='l&apos;&eacute;t&eacute; &x;'/>",
            &["image src=a.png a.png Some(\"l'été &x;\"): <img src='a.png' alt='l&apos;&eacute;t&eacute; &x;'/>"],
        ),
        (
            "<img src='data:image/svg+xml,x'>",
            &["image src=data:image/svg+xml,x data:image/svg+xml,x None: <img src='data:image/svg+xml,x'>"],
        ),
        ("<img alt=x>", &[]),
        (
            "<source srcset=' a.png 1x,b.png,c.png 2x'>",
            &[
                "load srcset=a.png a.png: srcset=' a.png 1x,b.png,c.png 2x'",
                "load srcset=b.png,c.png b.png,c.png: srcset=' a.png 1x,b.png,c.png 2x'",
            ],
        ),
        (
            "<source srcset='a.png, b.png 2x'>",
            &["load srcset=a.png a.png: srcset='a.png, b.png 2x'", "load srcset=b.png b.png: srcset='a.png, b.png 2x'"],
        ),
        (
            "<video src=a.mp4 poster=b.png>",
            &["load src=a.mp4 a.mp4: src=a.mp4", "load poster=b.png b.png: poster=b.png"],
        ),
        (
            "<use href='#a'><use href='b.svg#a'>",
            &["Open use: <use href='b.svg#a'>", "load href=b.svg#a b.svg#a: href='b.svg#a'"],
        ),
        ("<input type=image src=a.png>", &["load src=a.png a.png: src=a.png"]),
    ] {
        assert_eq!(told(html).split_off(1), expected, "{html}");
    }
}

#[test]
fn spans_are_for_replacing_and_for_pointing() {
    for (html, whole, span, is_quoted) in [
        ("é<a  HREF = \"x\">", 6..16, 14..15, true),
        ("é<a  HREF='x' >", 6..14, 12..13, true),
        ("é<a  HREF =x>", 6..13, 12..13, false),
        ("é<a  HREF = x\">", 6..15, 13..15, false),
    ] {
        let text = html[span.clone()].to_owned();
        let value = Value { attribute: "href".to_owned(), whole: whole.clone(), span, text, is_quoted };
        let tag = Finding { span: 2..html.len(), kind: Kind::Tag { name: "a".to_owned(), form: Form::Open } };
        assert_eq!(scan(html), [tag, Finding { span: whole, kind: Kind::Link(value) }], "{html}");
    }
}

#[test]
fn urls() {
    for url in [
        "javascript:alert(1)",
        "JavaScript:x",
        "  java\tscript:x",
        "\u{0}javascript:x",
        "java\u{a0}script:x",
        "javascript\u{10fe3a}x",
        "vbscript:x",
        "data:text/html,x",
        "data:,x",
        "DATA:image/svg+xml,x",
        "data:application/xhtml+xml,x",
    ] {
        assert!(unsafe_url(url), "{url:?}");
    }
    for url in [
        "",
        "#a",
        "03-code.md",
        "https://a.b/javascript:x",
        "mailto:a@b.c",
        "tel:+1",
        "x/javascript:y",
        "javascript",
        "javascript%3ax",
        "data:image/png;base64,AA",
        "data:image/webp,x",
        "database:x",
    ] {
        assert!(!unsafe_url(url), "{url:?}");
    }
}

#[test]
fn escaping() {
    for (text, as_text, as_attribute) in [
        ("", "", ""),
        ("été", "été", "été"),
        ("a<b>&amp;", "a&lt;b&gt;&amp;amp;", "a&lt;b&gt;&amp;amp;"),
        ("\"l'été\"", "\"l'été\"", "&quot;l&#39;été&quot;"),
    ] {
        let (mut text_out, mut attribute_out) = (String::from("-"), String::from("-"));
        escape_text(text, &mut text_out);
        escape_attribute(text, &mut attribute_out);
        assert_eq!((&text_out[1..], &attribute_out[1..]), (as_text, as_attribute), "{text}");
    }
}

/// Fragments put together at random: no panic, findings in order, spans inside the text.
#[test]
fn any_input_is_read() {
    const PIECES: &[&str] = &[
        "<",
        ">",
        "/",
        "=",
        "\"",
        "'",
        " ",
        "\n",
        "!",
        "--",
        "?",
        "a",
        "é",
        "img",
        "srcset",
        "src",
        "href",
        "&",
        "#",
        "x41",
        ";",
        "&#",
        "amp",
        "script",
        "title",
        "</",
        "<!--",
        "-->",
        ",",
        ":",
        "\u{10fe3a}",
        "svg",
        "on",
        "\u{0}",
    ];
    let mut seed = 11_u64;
    let mut below = |limit: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % limit
    };
    for _ in 0..20_000 {
        let length = below(14);
        let html: String = (0..length).map(|_| PIECES[below(PIECES.len())]).collect();
        let mut tags = 0;
        for finding in scan(&html) {
            assert!(html.get(finding.span.clone()).is_some(), "{html:?}");
            if matches!(finding.kind, Kind::Tag { .. } | Kind::Comment | Kind::Unterminated) {
                assert!(finding.span.start >= tags, "{html:?}");
                tags = finding.span.end;
            }
        }
    }
}
