# Le nom de la marque dans une phrase : avec élision.
of-brand = d'Auvenir
to-brand = à Auvenir

# Le bouton de l'invitation, tel qu'il est écrit dessus.
invitation-button = Créer un compte
