"""The only rooms that touch the world: tables of foreign rows, stores, platforms."""
