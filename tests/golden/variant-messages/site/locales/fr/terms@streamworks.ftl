brand-over-translation = fr streamworks
