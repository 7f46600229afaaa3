"""What runs in the child process: nothing here judges a program."""
