alert-tip = Tipp
