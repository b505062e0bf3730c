"""Where users are: places and how people and cars move between them."""
