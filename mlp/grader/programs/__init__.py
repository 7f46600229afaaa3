"""What is asked of programs, and how the numbers that they answer are judged."""
