"""How a hand-in is read, and gets into a process of its own."""
