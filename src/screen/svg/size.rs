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
    pub fn size(&self) -> Option<(f64, f64)> {
        match (self.width, self.height, self.view) {
            (Some(width), Some(height), _) => Some((width, height)),
            (Some(width), None, Some((across, down))) => above_zero(width, width / across * down),
            (None, Some(height), Some((across, down))) => above_zero(height / down * across, height),
            (None, None, view) => view,
            _ => None,
        }
    }
}

fn above_zero(width: f64, height: f64) -> Option<(f64, f64)> {
    let fits = |number: f64| number.is_finite() && number > 0.0;
    (fits(width) && fits(height)).then_some((width, height))
}

fn pixels(value: &str) -> Option<f64> {
    let value = value.trim();
    let number = value.strip_suffix("px").unwrap_or(value).parse::<f64>().ok()?;
    (number.is_finite() && number > 0.0).then_some(number)
}

fn view(value: &str) -> Option<(f64, f64)> {
    let mut numbers = value.split([' ', ',']).filter(|part| !part.is_empty());
    let (_left, _top) = (numbers.next()?, numbers.next()?);
    let (across, down) = (pixels(numbers.next()?)?, pixels(numbers.next()?)?);
    numbers.next().is_none().then_some((across, down))
}
