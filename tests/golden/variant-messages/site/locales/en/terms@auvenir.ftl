brand-over-shared = en auvenir
