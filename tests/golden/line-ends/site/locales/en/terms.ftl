hello = Hello
    { $name }!
other = Other
