"""How answers that are not programs are judged."""
