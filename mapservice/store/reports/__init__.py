"""Reports about members, and what came of them."""
