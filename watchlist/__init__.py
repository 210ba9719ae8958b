"""The sealed list: exact document numbers in, "listed" or "not listed" out, and nobody can browse it."""
