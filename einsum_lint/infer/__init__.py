"""What is known of each expression, without running the program: constants, functions, arrays."""
