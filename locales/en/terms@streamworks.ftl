# The brand's name in a sentence: "of-brand" comes before its noun.
of-brand = Streamworks Tech's
to-brand = to Streamworks Tech

# The invitation's button, as it is written on it.
invitation-button = Sign in
