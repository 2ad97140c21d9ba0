//! The colours of a theme: a closed list of names, so that every pair a page uses can be checked.
//!
//! A theme names what it cares for, at the least `primary`; the rest is derived here, readable by construction.
//! Not here: warning about pairs that the theme chose itself (`config`).

use std::fmt;

/// An opaque colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rgb(pub u8, pub u8, pub u8);

/// What a colour is for. The order is the order in the style sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Buttons and the brand's own touch.
    Primary,
    /// Text on `primary`.
    OnPrimary,
    /// A second touch of the brand: markers, lines.
    Accent,
    /// Behind everything.
    Background,
    /// Behind cards and notes.
    Surface,
    /// Running text.
    Text,
    /// Less important text.
    Muted,
    /// Links.
    Link,
    /// Lines between things.
    Border,
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 9] = [
        Role::Primary,
        Role::OnPrimary,
        Role::Accent,
        Role::Background,
        Role::Surface,
        Role::Text,
        Role::Muted,
        Role::Link,
        Role::Border,
    ];

    /// The keys of all roles, in their order.
    pub const KEYS: [&str; 9] =
        ["primary", "on_primary", "accent", "background", "surface", "text", "muted", "link", "border"];

    /// The key in theme.toml.
    pub fn key(self) -> &'static str {
        Self::KEYS[self as usize]
    }
}

/// One colour for each role, in the order of `Role::ALL`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Palette([Rgb; Role::ALL.len()]);

impl Palette {
    /// The colour of a role.
    pub fn get(&self, role: Role) -> Rgb {
        self.0[role as usize]
    }

    /// Fills in what a theme leaves out; `brand` is the primary colour to start from.
    pub fn derive(brand: Rgb, given: &dyn Fn(Role) -> Option<Rgb>, scheme: Scheme) -> Self {
        let (background, surface, text, muted, border) = match scheme {
            Scheme::Light => {
                (Rgb(255, 255, 255), Rgb(243, 245, 247), Rgb(24, 28, 33), Rgb(79, 88, 99), Rgb(118, 128, 140))
            }
            Scheme::Dark => {
                (Rgb(18, 22, 27), Rgb(29, 35, 42), Rgb(236, 239, 242), Rgb(174, 183, 193), Rgb(122, 133, 145))
            }
        };
        let background = given(Role::Background).unwrap_or(background);
        let surface = given(Role::Surface).unwrap_or(surface);
        let readable = |color: Rgb| color.until_contrast(&[background, surface], 4.6);
        let primary = given(Role::Primary).unwrap_or(if scheme == Scheme::Dark { readable(brand) } else { brand });
        let on_primary = if contrast(primary, Rgb(255, 255, 255)) >= contrast(primary, Rgb(0, 0, 0)) {
            Rgb(255, 255, 255)
        } else {
            Rgb(0, 0, 0)
        };
        let mut palette = Self([Rgb(0, 0, 0); Role::ALL.len()]);
        for role in Role::ALL {
            let derived = match role {
                Role::Primary => primary,
                Role::OnPrimary => on_primary,
                Role::Accent | Role::Link => readable(primary),
                Role::Background => background,
                Role::Surface => surface,
                Role::Text => text,
                Role::Muted => muted,
                Role::Border => border,
            };
            palette.0[role as usize] = given(role).unwrap_or(derived);
        }
        palette
    }
}

/// The reader's choice of a light or a dark page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// A theme's colours in both schemes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colors {
    /// For `prefers-color-scheme: light`.
    pub light: Palette,
    /// For `prefers-color-scheme: dark`.
    pub dark: Palette,
}

impl Rgb {
    /// From `#123` or `#112233`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#')?;
        let digit = |index: usize| digits.get(index..=index).and_then(|d| u8::from_str_radix(d, 16).ok());
        match (digits.len(), digits.is_ascii()) {
            (3, true) => Some(Self(digit(0)? * 17, digit(1)? * 17, digit(2)? * 17)),
            (6, true) => Some(Self(digit(0)? * 16 + digit(1)?, digit(2)? * 16 + digit(3)?, digit(4)? * 16 + digit(5)?)),
            _ => None,
        }
    }

    /// Moves towards white or black until it is readable on every ground.
    fn until_contrast(self, grounds: &[Rgb], ratio: f64) -> Self {
        let lighter = grounds.first().is_some_and(|ground| luminance(*ground) < 0.18);
        let towards = if lighter { 255.0 } else { 0.0 };
        let mix = |channel: u8, part: f64| (f64::from(channel) + (towards - f64::from(channel)) * part).round() as u8;
        (0..=20)
            .map(|step| f64::from(step) / 20.0)
            .map(|part| Rgb(mix(self.0, part), mix(self.1, part), mix(self.2, part)))
            .find(|color| grounds.iter().all(|ground| contrast(*color, *ground) >= ratio))
            .unwrap_or(self)
    }
}

impl fmt::Display for Rgb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

/// The contrast ratio of WCAG 2: from 1 to 21.
pub fn contrast(a: Rgb, b: Rgb) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// The relative luminance of WCAG 2: from 0 to 1.
fn luminance(color: Rgb) -> f64 {
    let linear = |channel: u8| {
        let value = f64::from(channel) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(color.0) + 0.7152 * linear(color.1) + 0.0722 * linear(color.2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derived_palettes_are_readable() {
        for hex in ["#123456", "#ffcc00", "#ffffff", "#000000", "#7f7f7f", "#0b5fa5"] {
            let primary = Rgb::parse(hex).unwrap();
            for scheme in [Scheme::Light, Scheme::Dark] {
                let palette = Palette::derive(primary, &|_| None, scheme);
                for (front, ground) in [
                    (Role::OnPrimary, Role::Primary),
                    (Role::Text, Role::Background),
                    (Role::Text, Role::Surface),
                    (Role::Muted, Role::Background),
                    (Role::Muted, Role::Surface),
                    (Role::Link, Role::Background),
                    (Role::Link, Role::Surface),
                ] {
                    let ratio = contrast(palette.get(front), palette.get(ground));
                    assert!(ratio >= 4.5, "{hex} {scheme:?} {} on {}: {ratio:.2}", front.key(), ground.key());
                }
            }
        }
    }

    #[test]
    fn colours_are_read() {
        for (text, color) in [
            ("#123456", Some(Rgb(0x12, 0x34, 0x56))),
            ("#fff", Some(Rgb(255, 255, 255))),
            ("123456", None),
            ("#12345", None),
            ("#ééé", None),
            ("red", None),
        ] {
            assert_eq!(Rgb::parse(text), color, "{text}");
        }
    }
}
