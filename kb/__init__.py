"""The knowledge base: articles and their revisions, passages, the index and the search over it. Imports the core only."""
