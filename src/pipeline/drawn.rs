//! What is drawn for a brand: icons from its logo, and for each locale the card that others show of its guides.
//!
//! Drawing takes some hundredths of a second, so it is kept where screens are kept. Not here: the drawing itself
//! (`screen::draw`).

use std::sync::Arc;

use super::files::small_svg;
use super::outcome::{self, Asset};
use super::pictures::hashed_name;
use super::published::Shelf;
use super::sources::Sources;
use crate::model::colors::{Palette, Role};
use crate::model::site::Brand;
use crate::path::{Address, SourcePath};
use crate::render::context::{self, BrandFiles, Outline};
use crate::screen::draw::{self, Card};
use crate::screen::is_svg;

/// What is drawn depends on its parts and on how it is drawn; a change of that needs another number.
const VERSION: &str = concat!("etape ", env!("CARGO_PKG_VERSION"), ", drawn 2");

/// A theme's own icon, in the place of its logo.
const ICON: &str = "icon.svg";

/// The sides of icons: what phones take for their start screens, and what apps need.
const TOUCH: u32 = 180;
const APP: [u32; 2] = [192, 512];

/// An icon that is no larger, in bytes, stands in the pages themselves.
const SMALL: usize = 512;

/// Adds the icons and cards of a brand to its files.
pub fn add(sources: &Sources, brand: &Brand, outlines: &[Outline], assets: &Shelf, files: &mut BrandFiles) {
    let named = |name: &str| {
        let address = files.theme.get(name)?;
        Some((name.to_owned(), address.clone(), assets.bytes(address)?))
    };
    let palette = &brand.colors.light;
    let logo = brand.logo.as_deref().and_then(named);
    let icon = named(ICON).or_else(|| logo.clone());
    let drawing = Drawing { sources, assets, palette };
    if let Some((name, address, bytes)) = &icon {
        files.icons.touch = drawing.icon(name, bytes, TOUCH);
        let apps = APP.map(|side| drawing.icon(name, bytes, side));
        files.icons.tab = if is_svg(name) { Some(address.clone()) } else { apps[0].clone() };
        files.icons.tab_inside = small_svg(name, bytes, SMALL);
        for outline in outlines {
            if let Some(app) = drawing.app(brand, outline, &apps) {
                files.icons.apps.insert(outline.locale.id.clone(), app);
            }
        }
    }
    if brand.base_url.is_none() {
        return;
    }
    for outline in outlines {
        let title = match outline.guides.as_slice() {
            [only] => &only.index().title,
            _ => &sources.site.title,
        };
        let logo = logo.as_ref().map(|(name, _, bytes)| (name.clone(), bytes.clone()));
        let address = drawing.card(logo, title, &brand.name, outline);
        files.cards.insert(outline.locale.id.clone(), address);
    }
}

struct Drawing<'d> {
    sources: &'d Sources,
    assets: &'d Shelf,
    palette: &'d Palette,
}

impl Drawing<'_> {
    fn icon(&self, name: &str, bytes: &[u8], side: u32) -> Option<Address> {
        let ground = self.palette.get(Role::Background);
        let key = self.key("icon", &[&side.to_le_bytes(), name.as_bytes(), bytes]);
        let icon = self.sources.pictures.drawn(&key, || draw::icon((name, bytes), side, ground))?;
        Some(self.publish(&format!("icon-{side}.png"), icon))
    }

    /// The card is drawn when somebody wants its bytes; its name says what it is drawn from.
    fn card(&self, logo: Option<(String, Arc<[u8]>)>, title: &str, brand: &str, outline: &Outline) -> Address {
        let is_rtl = outline.locale.direction() == "rtl";
        let (file, bytes) = logo.as_ref().map_or(("", &[][..]), |(name, bytes)| (name, bytes));
        let parts = [title.as_bytes(), brand.as_bytes(), &[u8::from(is_rtl)], file.as_bytes(), bytes];
        let key = self.key("card", &parts);
        let (palette, title, brand) = (*self.palette, title.to_owned(), brand.to_owned());
        let draw = move || {
            let logo = logo.as_ref().map(|(name, bytes)| (name.as_str(), &**bytes));
            draw::card(&Card { logo, palette: &palette, title: &title, brand: &brand, is_rtl })
        };
        let name = format!("card-{}.{}.png", outline.locale.id, &key.to_hex()[..12]);
        self.assets.add_asset(&name, Asset::Drawn(Arc::new(outcome::Drawing { key, draw: Box::new(draw) })))
    }

    /// The web app manifest, which gives the start screen of a phone a name, an icon and a first page.
    fn app(&self, brand: &Brand, outline: &Outline, icons: &[Option<Address>; 2]) -> Option<Address> {
        let at = Address::new("assets/app.webmanifest");
        let icons: Option<Vec<_>> = icons
            .iter()
            .zip(APP)
            .map(|(icon, side)| {
                let src = at.link_to(icon.as_ref()?);
                Some(serde_json::json!({ "src": src, "sizes": format!("{side}x{side}"), "type": "image/png" }))
            })
            .collect();
        let background = self.palette.get(Role::Background).to_string();
        let name = match outline.guides.as_slice() {
            [only] => format!("{} – {}", only.index().title, brand.name),
            _ => brand.name.clone(),
        };
        let app = serde_json::json!({
            "name": name,
            "short_name": brand.name,
            "lang": &*outline.locale.id,
            "dir": outline.locale.direction(),
            "start_url": at.link_to(&context::home(outline)),
            "scope": "../",
            "display": "browser",
            "background_color": background,
            "theme_color": background,
            "icons": icons?,
        });
        Some(self.publish(&format!("app-{}.webmanifest", outline.locale.id), format!("{app}\n").into_bytes()))
    }

    /// What a picture is known by: its parts, each with its length, and the colours.
    fn key(&self, kind: &str, parts: &[&[u8]]) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new();
        hasher.update(VERSION.as_bytes());
        hasher.update(kind.as_bytes());
        for part in parts {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        for role in Role::ALL {
            hasher.update(self.palette.get(role).to_string().as_bytes());
        }
        hasher.finalize()
    }

    fn publish(&self, name: &str, bytes: Vec<u8>) -> Address {
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
        self.assets.add(&hashed_name(&SourcePath::new(name), extension, &bytes), Arc::from(bytes))
    }
}
