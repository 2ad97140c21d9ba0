# What the marks drawn over the screens say.

open-invitation = Open this message
open-code-message = Open the message with the code
press-invitation-button = Press "{ invitation-button }"
press-send-code = Press "Send code"
type-code = Type the 8 digits of the code
press-sign-in = Press "Sign in"
press-accept = Press "Accept"
choose-account = Choose your email address
press-next = Press "Next"
press-done = Press "Done"
press-scan = Press the scan icon, at the bottom right
choose-phone = Choose "Authentication phone"
