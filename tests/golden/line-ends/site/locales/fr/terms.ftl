hello = Bonjour
    { $name } !
# commentaire
other = Autre
