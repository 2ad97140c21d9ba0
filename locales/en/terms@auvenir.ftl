# The brand's name in a sentence: "of-brand" comes before its noun.
of-brand = Auvenir's
to-brand = to Auvenir

# The invitation's button, as it is written on it.
invitation-button = Create account
