"""The tree of a document -> Typst -> PDF."""
