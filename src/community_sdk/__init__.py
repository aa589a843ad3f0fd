"""Run communities by rules that can be read, tested, replayed and explained."""
