of-brand = d'Auvenir
