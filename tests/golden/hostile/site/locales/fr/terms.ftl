says = L'un dit : « { $what } » !
