"""The data: MNIST or another set in its layout, read, checked, split and normalised; random streams by purpose."""
