"""`python one_training.py OUT`: train the network of Task 3 for an epoch and save its losses. For `test_machines`."""

import sys

import numpy as np
from threadpoolctl import threadpool_info

from helpers import EXPERIMENTS, load_mnist, train


def main(out):
    experiment = EXPERIMENTS["momentum"].limited(1)
    model = experiment.model(seed=0)
    history = train(model, load_mnist(split_seed=0), experiment.config, seed=0, progress=False)
    blas = [info for info in threadpool_info() if info["user_api"] == "blas" and "numpy" in info["filepath"]]
    [kernels] = {info["architecture"] for info in blas}
    arrays = {name: getattr(history, name) for name in ("train_loss", "validation_loss", "validation_accuracy")}
    np.savez(out, allow_pickle=False, **arrays, parameters=model.parameters, kernels=np.array(kernels))


if __name__ == "__main__":
    main(sys.argv[1])
