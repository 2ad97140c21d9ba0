//! How large a picture is by its own words.
//!
//! Here: the attributes of the root element. Not here: units other than pixels, which leave it to the view box.

/// The size as the root element tells it.
#[derive(Default)]
pub(super) struct Measures {
    width: Option<f64>,
    height: Option<f64>,
    view: Option<(f64, f64)>,
}

impl Measures {
    /// Takes an attribute of the root into account.
    pub fn note(&mut self, name: &str, value: &str) {
        match name {
            "width" => self.width = pixels(value),
            "height" => self.height = pixels(value),
            "viewBox" => self.view = view(value),
            _ => {}
        }
    }

    /// Width and height in pixels.
    pub fn size(&self) -> Option<(u32, u32)> {
        let (width, height) = match (self.width, self.height, self.view) {
            (Some(width), Some(height), _) => (width, height),
            (Some(width), None, Some((across, down))) => (width, width / across * down),
            (None, Some(height), Some((across, down))) => (height / down * across, height),
            (None, None, Some(view)) => view,
            _ => return None,
        };
        // Beyond the largest number, a cast stays at the largest number.
        Some((
            width.round().max(1.0) as u32,
            height.round().max(1.0) as u32,
        ))
    }
}

fn pixels(value: &str) -> Option<f64> {
    let value = value.trim();
    let number = value
        .strip_suffix("px")
        .unwrap_or(value)
        .parse::<f64>()
        .ok()?;
    (number.is_finite() && number > 0.0).then_some(number)
}

fn view(value: &str) -> Option<(f64, f64)> {
    let mut numbers = value.split([' ', ',']).filter(|part| !part.is_empty());
    let (_left, _top) = (numbers.next()?, numbers.next()?);
    let (across, down) = (pixels(numbers.next()?)?, pixels(numbers.next()?)?);
    numbers.next().is_none().then_some((across, down))
}
