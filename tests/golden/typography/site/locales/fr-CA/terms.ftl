warning = Attention : l'adresse « { $address } » n'est-elle pas la vôtre ?
