"""How the weights of the model of moderation are made, and what it gets right among texts it has not seen."""
