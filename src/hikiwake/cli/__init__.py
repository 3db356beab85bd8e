"""The command line: arguments in, exit code out; nothing heavy is imported before a command runs."""
