"""The output layer: softmax, cross entropy, and which images are recognised."""

import numpy as np


def softmax(logits: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Return `exp(z_k) / sum_k' exp(z_k')` along the last axis; the largest logit is subtracted first."""
    probabilities = np.subtract(logits, np.maximum.reduce(logits, axis=-1, keepdims=True), out=out)
    np.exp(probabilities, out=probabilities)
    probabilities /= np.add.reduce(probabilities, axis=-1, keepdims=True)
    return probabilities


def cross_entropies(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return `-ln y_label` of each image [nats], `(N,)`, as `ln sum_k exp(z_k) - z_label`: finite for any logits."""
    rows = logits.T.copy()  # one of each class: NumPy reduces along a long axis three times as fast
    largest = rows.max(axis=0)
    beyond = largest - rows[labels, np.arange(len(labels))]
    rows -= largest
    np.exp(rows, out=rows)
    return np.log(rows.sum(axis=0)) + beyond


def hits(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return for each image whether its largest logit is that of its label, `(N,)` booleans."""
    return logits.argmax(axis=-1) == labels
