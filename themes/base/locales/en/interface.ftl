# Interface strings of the base theme, in English: what templates and the generator say around a guide's own text.
# A site overrides any of them in locales/en/*.ftl, a brand in locales/en/<name>@<brand>.ftl.

# The language's own name, as its speakers write it: shown in the language switch.
language-name = English

## The frame of a page

# First link of every page, seen when it gets the keyboard's focus.
skip-to-content = Skip to content
# Names the language switch for screen readers; title of the brand's front page.
languages-title = Choose your language
# Title of the list of guides.
guides-title = Guides
# Link at the top, to the page before.
back = Back
# Names the links to the next and previous page for screen readers.
way-title = Through the guide
# Label above the next page's title; the page may be a step, an option or support.
next-step = Next
# Label above the previous page's title.
previous-step = Previous
# Label of the first page's button, above the first step's title.
start = Start
# The text of this page exists only in another language.
fallback-notice = This page isn’t available in English yet. Here is the original text.

## Steps and options

# Title of the list of steps.
steps-list = The steps
# The guide's first page, in the list of steps.
introduction = Before you start
# $number and $total: whole numbers.
step-of-total = Step { $number } of { $total }
# $number: whole number.
option-number = Option { $number }
# Above the options of a step.
options-title = Choose one option
# Marks the option that most readers should take.
recommended = Recommended
# Between two options.
or = or
all-on-one-page = The whole guide on one page

# $minutes: whole number.
duration = { $minutes ->
    [one] About { $minutes }{"\u00A0"}minute
   *[other] About { $minutes }{"\u00A0"}minutes
}
# Where the reader does this page.
device-computer = On your computer
device-phone = On your phone
device-both = On your computer and phone

# The same where the reader has just been on another device.
device-change-computer = Now on your computer
device-change-phone = Now on your phone
device-change-both = Now on your computer and phone

# After a step's title in the list of steps, for screen readers: the reader has done it.
step-done = Done
# Marks the option that the reader has taken before.
option-chosen = You chose this
# Where there is no next step.
last-step = This is the last step of the guide.

## Going on later, or elsewhere

# On the guide's first page, when the reader comes back. $number: the step's number, such as 4 or 6.1.
resume-title = You were at step { $number }
# Button: the device no longer remembers it.
resume-forget = Forget where I was
# Above a QR code that opens the same page on a phone.
handoff-title = Go on with this step on another device
# Beside the code: which app reads it, and what it does.
handoff-text = On your phone, open the Camera app and point it at this code. It only opens this page of the guide: it is not a code to scan in any other app.
# On a phone: a button, and what it says once it is pressed.
handoff-copy = Copy the link to this step
handoff-copied = Link copied

## Support

support-title = Need help?
# Labels before the address, the number and the hours.
support-email = Email
support-phone = Phone
support-hours = Hours
# At the end of a step: opens the e-mail below.
stuck = This step doesn’t work for me
# Subject of the email to support. $page: the page's title; $guide: the guide's; $brand: the brand's name; $language: the reader's language.
email-subject = Help: { $page } ({ $guide }, { $brand }, { $language })
# The same, from a step. $number: the step's number.
email-subject-step = Help with step { $number }: { $page } ({ $guide }, { $brand }, { $language })

## Screens

# Link on a picture that leads to it in its whole size, and what closes that again.
enlarge = Enlarge the picture
close = Close

## What Markdown brings with it

# Titles of the five kinds of notes.
alert-note = Note
alert-tip = Tip
alert-important = Important
alert-warning = Warning
alert-caution = Danger
# The box of an item in a list of tasks, for screen readers.
task-done = Done
task-open = To do
# Title of the notes at the end of the text.
footnotes-title = Notes
# Link from the text to a note, and back. $number: the note's number.
footnote-reference = Note { $number }
footnote-back = Back to note { $number } in the text
# Names a table that can be scrolled sideways.
table-label = Table

## Pages that lead elsewhere

redirect-text = Go on to the page
not-found-title = This page doesn’t exist
not-found-text = The address may be incomplete, or the page may have moved.
not-found-link = Go to the start of the guide
