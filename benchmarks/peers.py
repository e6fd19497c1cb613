"""The same training in other libraries, each in the quickest form found for it.

Each is imported only where it runs, so that one that is missing stops no other.
As in `contenders`, a builder returns `run(epochs, seed)`, which returns the losses it read back.
"""

import os
from collections.abc import Callable, Sequence

import numpy as np

from . import setting
from .setting import AMPLITUDE, BATCH_SIZE, LEARNING_RATE, MOMENTUM, STEEPNESS, STEPS_PER_EPOCH

Run = Callable[[int, int], np.ndarray]


def build_jax(sizes: Sequence[int]) -> Run:
    """JAX: an epoch, its shuffling included, is one compiled program that returns the losses of all steps."""
    import jax
    import jax.numpy as jnp

    images, labels = setting.dataset().train
    images, targets = jnp.asarray(images), jax.nn.one_hot(labels, sizes[-1], dtype=jnp.float32)

    def loss(weights, batch_images, batch_targets):
        units = batch_images
        for layer in weights[:-1]:
            units = AMPLITUDE * jnp.tanh(STEEPNESS * (units @ layer))
        return -jnp.mean(jnp.sum(batch_targets * jax.nn.log_softmax(units @ weights[-1]), axis=1))

    @jax.jit
    def epoch(weights, velocity, key, images, targets):
        def step(state, batch):
            weights, velocity = state
            value, gradients = jax.value_and_grad(loss)(weights, images[batch], targets[batch])
            velocity = [MOMENTUM * v + g for v, g in zip(velocity, gradients, strict=True)]
            return ([w - LEARNING_RATE * v for w, v in zip(weights, velocity, strict=True)], velocity), value

        batches = jax.random.permutation(key, len(images)).reshape(STEPS_PER_EPOCH, BATCH_SIZE)
        return jax.lax.scan(step, (weights, velocity), batches)

    def run(epochs: int, seed: int) -> np.ndarray:
        weights = [jnp.asarray(layer) for layer in setting.initial_weights(sizes)]
        velocity, losses = [jnp.zeros_like(layer) for layer in weights], []
        for key in jax.random.split(jax.random.key(seed), epochs):
            (weights, velocity), epoch_losses = epoch(weights, velocity, key, images, targets)
            losses.append(np.asarray(epoch_losses))
        return np.concatenate(losses)

    return run


def build_torch_eager(sizes: Sequence[int]) -> Run:
    """PyTorch as it is usually written: loss, `backward`, `torch.optim.SGD`."""
    import torch

    def new_step(weights):
        for layer in weights:
            layer.requires_grad_()
        optimizer = torch.optim.SGD(weights, lr=LEARNING_RATE, momentum=MOMENTUM)

        def step(images, labels):
            optimizer.zero_grad()
            loss = _torch_loss(weights, images, labels)
            loss.backward()
            optimizer.step()
            return loss.detach()

        return step

    return _torch_run(sizes, new_step)


def build_torch_compiled(sizes: Sequence[int]) -> Run:
    """PyTorch with the whole step, gradients and update included, compiled to one program."""
    import torch

    @torch.compile
    def compiled_step(weights, velocity, images, labels):
        gradients, loss = torch.func.grad_and_value(_torch_loss)(weights, images, labels)
        for layer, v, gradient in zip(weights, velocity, gradients, strict=True):
            v.mul_(MOMENTUM).add_(gradient)
            layer.sub_(v, alpha=LEARNING_RATE)
        return loss

    def new_step(weights):
        velocity = [torch.zeros_like(layer) for layer in weights]
        return torch.no_grad()(lambda images, labels: compiled_step(weights, velocity, images, labels))

    return _torch_run(sizes, new_step)


def _torch_loss(weights, images, labels):
    """Return the mean cross entropy [nats] of a mini-batch as a PyTorch scalar."""
    import torch

    units = images
    for layer in weights[:-1]:
        units = AMPLITUDE * torch.tanh(STEEPNESS * (units @ layer))
    return torch.nn.functional.cross_entropy(units @ weights[-1], labels)


def _torch_run(sizes: Sequence[int], new_step: Callable) -> Run:
    """Return a run whose epochs shuffle and take the step that `new_step(weights)` makes."""
    import torch

    torch.set_num_threads(1)
    images, labels = map(torch.from_numpy, setting.dataset().train)

    def run(epochs: int, seed: int) -> np.ndarray:
        generator = torch.Generator().manual_seed(seed)
        step = new_step([torch.from_numpy(layer) for layer in setting.initial_weights(sizes)])
        losses = torch.empty(epochs, STEPS_PER_EPOCH)
        for epoch in losses:
            batches = torch.randperm(len(images), generator=generator).reshape(STEPS_PER_EPOCH, BATCH_SIZE)
            for number, batch in enumerate(batches):
                epoch[number] = step(images[batch], labels[batch])
        return losses.numpy().ravel()

    return run


def build_scikit_learn(sizes: Sequence[int]) -> Run:
    """scikit-learn's `MLPClassifier`: with biases, tanh and initial weights of its own; one loss an epoch."""
    from sklearn.neural_network import MLPClassifier

    images, labels = setting.dataset().train
    pixels = np.ascontiguousarray(images[:, :-1])

    def run(epochs: int, seed: int) -> np.ndarray:
        classifier = MLPClassifier(
            hidden_layer_sizes=sizes[1:-1],
            activation="tanh",
            solver="sgd",
            alpha=0,
            batch_size=BATCH_SIZE,
            learning_rate_init=LEARNING_RATE,
            momentum=MOMENTUM,
            nesterovs_momentum=False,
            max_iter=epochs,
            n_iter_no_change=epochs + 1,
            random_state=seed,
        )
        return np.array(classifier.fit(pixels, labels).loss_curve_)

    return run


def build_keras(sizes: Sequence[int]) -> Run:
    """Keras on JAX through `fit`, 125 steps a call: its running loss is read back once an epoch."""
    os.environ["KERAS_BACKEND"] = "jax"
    import keras

    images, labels = setting.dataset().train
    initial = setting.initial_weights(sizes)

    def improved_sigmoid(z):
        return AMPLITUDE * keras.ops.tanh(STEEPNESS * z)

    hidden = [keras.layers.Dense(units, improved_sigmoid, use_bias=False) for units in sizes[1:-1]]
    model = keras.Sequential([keras.Input(sizes[:1]), *hidden, keras.layers.Dense(sizes[-1], use_bias=False)])
    optimizer = keras.optimizers.SGD(LEARNING_RATE, MOMENTUM)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer, loss, steps_per_execution=STEPS_PER_EPOCH // 5)
    optimizer.build(model.trainable_variables)

    def run(epochs: int, seed: int) -> np.ndarray:
        keras.utils.set_random_seed(seed)
        model.set_weights(initial)
        for velocity in optimizer.momentums:
            velocity.assign(np.zeros(velocity.shape, np.float32))
        return np.array(model.fit(images, labels, BATCH_SIZE, epochs, verbose=0).history["loss"])

    return run
