of-brand = Auvenir's
days = { $count ->
    [one] { $count } day
   *[other] { $count } days
} for { $who }
