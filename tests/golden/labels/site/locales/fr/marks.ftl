press = Appuyez
enlarge = Agrandir
close = Fermer
