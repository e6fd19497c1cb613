"""How fast the network trains: against bare matrix products, against other libraries, and from size to size."""
