"""A notebook's file -> what Jupyter shows of each of its cells, as HTML."""
