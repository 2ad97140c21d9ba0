language-name = Français (Canada)
