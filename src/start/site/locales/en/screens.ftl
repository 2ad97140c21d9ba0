# What the marks drawn over the screens say.
type-address = Type your e-mail address
press-arrow = Press the button with the arrow
