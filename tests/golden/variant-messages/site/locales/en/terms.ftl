shared = en
brand-over-shared = en
brand-in-source = en
brand-over-translation = en
term = the { -company }
