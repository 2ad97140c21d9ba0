warning = Attention: isn't "{ $address }" yours?
