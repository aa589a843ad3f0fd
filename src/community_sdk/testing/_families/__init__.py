"""Random policies by family, as far as they have a room of their own."""
