of-brand = d'Auvenir
days = { $count ->
    [one] { $count } jour
   *[other] { $count } jours
} pour { $who }
