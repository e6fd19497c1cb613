"""Photos of digits, made by this program: a pen's path on paper, seen at an angle, with light, blur and noise.

    python tests/interactive/handwritten.py tests/interactive/photos

None of them is of MNIST: the paths were written down here, point by point, several ways to write each digit.
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter
from scipy.interpolate import make_interp_spline

WAYS = {  # strokes as points (across, down) in a box of 10 by 14, joined by a smooth line
    0: [
        "5,0 2,3 1,7 2,12 5,14 8,11 9,6 7,1 5,0",
        "6,1 3,1 1,6 1,10 4,13 7,12 9,8 8,3 6,0 4,2",
        "5,1 0,4 0,10 5,13 10,10 10,4 5,1",
    ],
    1: [
        "5,0 5,5 5,14",
        "2,4 4,2 6,0|6,0 6,7 6,14",
        "7,0 5,7 3,14",
    ],
    2: [
        "1,4 2,1 5,0 8,2 8,5 5,9 1,14|1,14 5,14 9,14",
        "1,3 3,0 7,0 9,4 6,8 2,12 1,13 3,12 6,13 10,13",
        "2,2 5,0 8,3 7,7 3,12 1,14 2,12 4,12 6,14 9,13",
    ],
    3: [
        "1,2 4,0 8,2 7,5 4,7|4,7 8,8 9,11 6,14 1,12",
        "1,1 5,0 8,1|8,1 6,4 4,6|4,6 8,7 9,10 7,13 3,14 1,12",
        "2,1 6,0 8,3 6,6 4,6 7,7 8,10 6,13 2,13",
    ],
    4: [
        "2,0 1,5 1,8|1,8 5,8 10,7|8,0 7,7 7,14",
        "6,0 3,4 0,9|0,9 5,9 10,9|7,4 7,9 7,14",
        "1,1 1,4 2,7 5,7 8,6|9,0 8,6 7,14",
    ],
    5: [
        "8,0 5,0 2,0|2,0 2,3 1,6|1,6 5,5 9,8 7,13 1,13",
        "2,1 2,4 2,6|2,6 6,5 9,9 6,13 1,13|2,1 6,0 9,1",
        "8,1 5,1 3,2|3,2 2,5 3,6 7,7 8,10 6,13 1,14",
    ],
    6: [
        "7,0 3,4 1,10 4,14 8,12 8,9 4,8 1,11",
        "5,0 2,5 1,10 3,13 7,14 9,11 7,8 3,9 1,11",
        "8,1 4,2 1,7 2,13 6,14 8,11 6,8 2,10",
    ],
    7: [
        "1,1 5,1 9,0|9,0 6,6 4,14",
        "1,0 5,0 9,0|9,0 6,7 5,14|3,7 6,7 9,7",
        "1,2 1,0 5,1 9,1|9,1 7,5 3,13",
    ],
    8: [
        "5,6 2,4 3,1 6,0 8,2 6,5 3,8 2,11 5,14 8,12 8,9 5,6",
        "8,2 5,0 2,2 3,5 6,7 8,10 6,13 3,13 2,10 5,7 8,2",
        "5,6 3,3 5,0 7,3 5,6|5,6 2,9 3,13 7,13 8,9 5,6",
    ],
    9: [
        "8,3 5,0 2,2 2,5 5,6 8,3|8,3 8,8 7,14",
        "8,2 4,0 1,3 3,6 7,5 8,2|8,2 8,8 6,12 2,13",
        "7,1 3,1 2,5 5,6 8,3 8,1|8,1 8,7 9,13",
    ],
}
SIDE = 240  # pixels of a photo


def photographed(strokes: str, stream: np.random.Generator) -> Image.Image:
    """Return one photo of a digit that is written along these strokes."""
    turn, slant, size = stream.uniform(-0.12, 0.12), stream.uniform(-0.15, 0.25), stream.uniform(8, 11)
    frame = size * np.array([[np.cos(turn), slant - np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    middle = SIDE / 2 + stream.uniform(-15, 15, 2)
    large = Image.new("L", (3 * SIDE, 3 * SIDE), 0)  # three times too large, for smooth edges
    drawing, pen = ImageDraw.Draw(large), stream.uniform(0.35, 0.75) * size
    for stroke in strokes.split("|"):
        points = np.array([[float(one) for one in point.split(",")] for point in stroke.split()])
        points += stream.normal(0, 0.25, points.shape)
        along = np.cumsum([0, *np.hypot(*np.diff(points, axis=0).T)])
        smooth = make_interp_spline(along, points, k=min(3, len(points) - 1))(np.linspace(0, along[-1], 400))
        smooth = (smooth - [5, 7]) @ frame.T + middle
        width = pen * (1 + 0.25 * np.sin(np.linspace(0, stream.uniform(4, 9), 400)))
        for (x, y), wide in zip(3 * smooth, 1.5 * width, strict=True):
            drawing.ellipse((x - wide, y - wide, x + wide, y + wide), fill=255)
    corners = np.array([[0, 0], [0, SIDE], [SIDE, SIDE], [SIDE, 0]]) + stream.uniform(-12, 12, (4, 2))
    ink = large.resize((SIDE, SIDE), Image.Resampling.BOX)
    ink = ink.transform(ink.size, Image.Transform.QUAD, tuple(corners.ravel()), Image.Resampling.BILINEAR)
    ink = np.asarray(ink.filter(ImageFilter.GaussianBlur(stream.uniform(0.5, 1.5))), float) / 255
    down, across = np.mgrid[-1 : 1 : SIDE * 1j, -1 : 1 : SIDE * 1j]
    lean = stream.uniform(-18, 18, 2)
    paper = stream.uniform(185, 235) + lean[0] * down + lean[1] * across  # light from one side
    grain = Image.fromarray(np.uint8(stream.normal(128, 40, (SIDE, SIDE)).clip(0, 255))).filter(
        ImageFilter.GaussianBlur(1)
    )
    grey = paper + 0.25 * (np.asarray(grain, float) - 128) + ink * (stream.uniform(30, 80) - paper)
    return Image.fromarray(np.uint8((grey + stream.normal(0, 3, grey.shape)).clip(0, 255)))


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(exist_ok=True)
    for digit, ways in WAYS.items():
        for number, strokes in enumerate(ways):
            photographed(strokes, np.random.default_rng([digit, number])).save(
                folder / f"{digit}-{number}.jpg", quality=80
            )
