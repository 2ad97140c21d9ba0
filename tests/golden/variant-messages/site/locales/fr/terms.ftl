-company = Entreprise
shared = fr
brand-over-shared = fr
brand-in-source = fr
source-under-translation = fr
term = { -company }
term-of-source = { -company }
