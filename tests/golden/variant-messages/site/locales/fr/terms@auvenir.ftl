-company = Auvenir
brand-over-shared = fr auvenir
brand-in-source = fr auvenir
brand-over-translation = fr auvenir
