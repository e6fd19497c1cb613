"""The tree of a document -> one web page."""
