# Ce que disent les repères posés sur les captures d'écran.
type-address = Saisissez votre adresse courriel
press-arrow = Appuyez sur le bouton qui porte une flèche
