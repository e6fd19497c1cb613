"""`python one_training.py OUT`: train the network of Task 3 for an epoch and save its losses. For `test_machines`."""

import sys
from dataclasses import replace

import numpy as np
from threadpoolctl import threadpool_info

from helpers import EXPERIMENTS, load_mnist, train

EPOCHS = 1


def main(out):
    experiment = EXPERIMENTS["3c"]
    dataset = load_mnist(split_seed=0)
    model = experiment.model(seed=0)
    history = train(model, dataset, replace(experiment.config, max_epochs=EPOCHS), seed=0, progress=False)
    [kernels] = {
        info["architecture"] for info in threadpool_info() if info["user_api"] == "blas" and "numpy" in info["filepath"]
    }
    np.savez(
        out,
        allow_pickle=False,
        train_loss=history.train_loss,
        validation_loss=history.validation_loss,
        validation_accuracy=history.validation_accuracy,
        parameters=model.parameters,
        kernels=np.array(kernels),
    )


if __name__ == "__main__":
    main(sys.argv[1])
