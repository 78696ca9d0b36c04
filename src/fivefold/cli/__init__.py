"""The command line: read, call the library, print, exit code; nothing a library user could not do."""
