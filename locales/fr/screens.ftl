# Ce que disent les repères posés sur les captures d'écran.
# Les boutons de Microsoft sont en anglais à l'écran : le sens suit entre parenthèses.

open-invitation = Ouvrez ce message
open-code-message = Ouvrez le message qui contient le code
press-invitation-button = Appuyez sur « { invitation-button } »
press-send-code = Appuyez sur « Send code » (« Envoyer le code »)
type-code = Saisissez les 8 chiffres du code
press-sign-in = Appuyez sur « Sign in » (« Se connecter »)
press-accept = Appuyez sur « Accept » (« Accepter »)
choose-account = Choisissez votre adresse courriel
press-next = Appuyez sur « Next » (« Suivant »)
press-done = Appuyez sur « Done » (« Terminé »)
press-scan = Appuyez sur l'icône de numérisation, en bas à droite
choose-phone = Choisissez « Authentication phone » (« Téléphone d'authentification »)
