"""One function an operation, shared by the FastAPI routes, the front table and the socket; the edges only parse and answer."""
