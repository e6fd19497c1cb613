"""The lesson: data, activations, the network, its training, the gradient check, and Task 1's formulas as loops."""
