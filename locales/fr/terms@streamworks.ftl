# Le nom de la marque dans une phrase : sans élision.
of-brand = de Streamworks Tech
to-brand = à Streamworks Tech

# Le bouton de l'invitation, tel qu'il est écrit dessus.
invitation-button = Connexion
