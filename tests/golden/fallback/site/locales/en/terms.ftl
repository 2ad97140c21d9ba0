of-brand = Auvenir's
