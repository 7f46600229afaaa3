"""The book: its chapters, and in `book.tools` what makes, runs and compares them."""
