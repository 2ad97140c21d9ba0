of-brand = of the brand
press = Press { $button }
see-screen = See this screen
