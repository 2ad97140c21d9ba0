# Interface strings of the base theme, in French: what templates and the generator say around a guide's own text.
# A site overrides any of them in locales/fr/*.ftl, a brand in locales/fr/<name>@<brand>.ftl.
# Spaces that must not break are written as escapes: {"\u202F"} (narrow) and {"\u00A0"}.

# The language's own name, as its speakers write it: shown in the language switch.
language-name = Français

## The frame of a page

# First link of every page, seen when it gets the keyboard's focus.
skip-to-content = Aller au contenu
# Names the language switch for screen readers; title of the brand's front page.
languages-title = Choisir la langue
# Title of the list of guides.
guides-title = Les guides
# Link at the top, to the page before.
back = Retour
# Names the links to the next and previous page for screen readers.
way-title = Suite du guide
# Label above the next page's title; the page may be a step, an option or support.
next-step = Suivant
# Label above the previous page's title.
previous-step = Précédent
# Label of the first page's button, above the first step's title.
start = Commencer
# The text of this page exists only in another language.
fallback-notice = Cette page n’est pas encore traduite en français. Voici le texte d’origine.

## Steps and options

# Title of the list of steps.
steps-list = Les étapes
# The guide's first page, in the list of steps.
introduction = Avant de commencer
# $number and $total: whole numbers.
step-of-total = Étape { $number } sur { $total }
# $number: whole number.
option-number = Option { $number }
# Above the options of a step.
options-title = Choisissez une option
# Marks the option that most readers should take.
recommended = Recommandé
# Between two options.
or = ou
all-on-one-page = Tout le guide sur une page

# $minutes: whole number.
duration = { $minutes ->
    [one] Environ { $minutes }{"\u00A0"}minute
   *[other] Environ { $minutes }{"\u00A0"}minutes
}
# Where the reader does this page.
device-computer = Sur l’ordinateur
device-phone = Sur le téléphone
device-both = Sur l’ordinateur et le téléphone

# The same where the reader has just been on another device.
device-change-computer = Maintenant sur l’ordinateur
device-change-phone = Maintenant sur le téléphone
device-change-both = Maintenant sur l’ordinateur et le téléphone

# After a step's title in the list of steps, for screen readers: the reader has done it.
step-done = Faite
# Marks the option that the reader has taken before.
option-chosen = Vous avez choisi cette option
# Where there is no next step.
last-step = C’est la dernière étape du guide.

## Going on later, or elsewhere

# On the guide's first page, when the reader comes back. $number: the step's number, such as 4 or 6.1.
resume-title = Vous étiez à l’étape { $number }
# Button: the device no longer remembers it.
resume-forget = Oublier où j’en étais
# Above a QR code that opens the same page on a phone.
handoff-title = Continuer cette étape sur un autre appareil
# Beside the code: which app reads it, and what it does.
handoff-text = Sur le téléphone, ouvrez l’appareil photo et visez ce code. Il ouvre seulement cette page du guide{"\u00A0"}: ce n’est pas un code à lire dans une autre application.
# On a phone: a button, and what it says once it is pressed.
handoff-copy = Copier le lien de cette étape
handoff-copied = Lien copié

## Support

support-title = Besoin d’aide{"\u202F"}?
# Labels before the address, the number and the hours.
support-email = Courriel
support-phone = Téléphone
support-hours = Heures
# At the end of a step: opens the e-mail below.
stuck = Cette étape ne fonctionne pas pour moi
# Subject of the e-mail to support. $page: the page's title; $guide: the guide's; $brand: the brand's name; $language: the reader's language.
email-subject = Aide{"\u00A0"}: { $page } ({ $guide }, { $brand }, { $language })
# The same, from a step. $number: the step's number.
email-subject-step = Aide, étape { $number }{"\u00A0"}: { $page } ({ $guide }, { $brand }, { $language })

## Screens

# Link on a picture that leads to it in its whole size, and what closes that again.
enlarge = Agrandir l’image
close = Fermer

## What Markdown brings with it

# Titles of the five kinds of notes.
alert-note = À noter
alert-tip = Conseil
alert-important = Important
alert-warning = Attention
alert-caution = Danger
# The box of an item in a list of tasks, for screen readers.
task-done = Fait
task-open = À faire
# Title of the notes at the end of the text.
footnotes-title = Notes
# Link from a note to its place in the text. $number: the note's number.
footnote-reference = Note { $number }
footnote-back = Retour au texte de la note { $number }
# Names a table that can be scrolled sideways.
table-label = Tableau

## Pages that lead elsewhere

redirect-text = Continuer vers la page
not-found-title = Cette page n’existe pas
not-found-text = L’adresse est peut-être incomplète, ou la page a changé de place.
not-found-link = Aller au début du guide
