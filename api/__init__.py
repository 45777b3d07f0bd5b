"""The gateway: REST, socket, command line, and the composition root of every process."""
