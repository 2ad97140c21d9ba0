//! The codes of messages: the list that the contract, `--format json` and docs/messages.md share.

use super::Severity;

macro_rules! codes {
    ($($severity:ident { $($variant:ident = $name:literal, $what:literal;)* })*) => {
        /// Which kind of problem; its name is a promise to people who read messages by program.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $($(#[doc = $what] $variant,)*)* }

        impl Code {
            /// Every code, errors first.
            pub const ALL: &'static [Code] = &[$($(Code::$variant,)*)*];

            /// `link-broken`.
            pub fn name(self) -> &'static str {
                match self { $($(Code::$variant => $name,)*)* }
            }

            /// What is wrong, in a few words.
            pub fn summary(self) -> &'static str {
                match self { $($(Code::$variant => $what,)*)* }
            }

            /// Error or warning.
            pub fn severity(self) -> Severity {
                match self { $($(Code::$variant => Severity::$severity,)*)* }
            }
        }
    };
}

codes! {
    Error {
        ConfigInvalid = "config-invalid", "site.toml can't be read or understood";
        ThemeInvalid = "theme-invalid", "a brand's theme.toml can't be read or understood";
        FrontMatterInvalid = "front-matter-invalid", "the front matter of a page can't be read or understood";
        KeyUnknown = "key-unknown", "a key that Étape doesn't know";
        TemplateInvalid = "template-invalid", "a placeholder or a template that can't be read or rendered";
        NameUnknown = "name-unknown", "a placeholder names something that doesn't exist";
        MessageInvalid = "message-invalid", "a Fluent message that can't be read or formatted";
        MessageMissing = "message-missing", "a Fluent message that the source locale doesn't have";
        BrandUnknown = "brand-unknown", "a brand that site.toml doesn't list";
        LocaleUnknown = "locale-unknown", "a locale that site.toml doesn't list";
        LinkBroken = "link-broken", "a link to a page or file that doesn't exist";
        AnchorBroken = "anchor-broken", "a link to a heading that doesn't exist";
        ImageMissing = "image-missing", "a picture that doesn't exist";
        ImageUnreadable = "image-unreadable", "a picture that can't be decoded";
        ImageTooLarge = "image-too-large", "a picture beyond 64 megapixels";
        ImageRemote = "image-remote", "a picture from another site";
        AltMissing = "alt-missing", "a picture without a text for those who can't see it";
        HtmlUnsafe = "html-unsafe", "a script, an event handler or a javascript: link in a text";
        AddressTaken = "address-taken", "two pages with one address";
        OptionWithoutStep = "option-without-step", "an option whose step doesn't exist";
        EncodingInvalid = "encoding-invalid", "a text file that isn't UTF-8";
        TextTooLarge = "text-too-large", "a text file beyond 4 MiB, or one that expands beyond its limits";
        PathOutside = "path-outside", "a link or symbolic link that leaves the site";
    }
    Warning {
        TranslationMissing = "translation-missing", "a text or message that a locale doesn't have yet";
        TranslationOutdated = "translation-outdated", "a translation of a text that has changed since";
        MessageUnused = "message-unused", "a Fluent message that nothing uses";
        MessageDiffers = "message-differs", "a Fluent message with other arguments than in the source locale";
        AssetUnused = "asset-unused", "a file in assets/ that nothing uses";
        HeadingSkipped = "heading-skipped", "a heading more than one level below the one before";
        ContrastLow = "contrast-low", "two colours of a theme that are hard to read together";
        PageHeavy = "page-heavy", "a page above its budget";
        RedactOutside = "redact-outside", "a box outside its picture";
    }
}
