"""How hand-ins are marked, one or a class, and the tables of their points."""
