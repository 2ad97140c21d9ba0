of-brand = de la marque
press = Appuyez sur { $button }
see-screen = Voyez cet écran
