"""Photos of digits: read upright and small, whatever their size; what is no photo is refused, and starts nothing."""

import os
import struct
import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import pytest
from handwritten import WAYS, photographed
from PIL import EpsImagePlugin, Image

from helpers import read_photo, read_photos
from helpers.interactive.photo import MAX_PIXELS

PHOTOS = Path(__file__).parent / "photos"  # which handwritten.py made
EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\n%%EndComments\n{} loop\n%%EOF\n"


@pytest.fixture
def photo(tmp_path, mnist):
    """Function: write a photo of the first test image with white paper around it, of this size and kind."""

    def write(name, size, **options):
        digit = 255 - mnist.pixels_of(mnist.test.images[:1])[0]
        paper = np.pad(digit, 40, constant_values=255).clip(0, 255).astype(np.uint8)
        path = tmp_path / name
        Image.fromarray(paper).resize(size).convert(options.pop("mode", "RGB")).save(path, **options)
        return path

    return write


def apart(one, other):
    """The mean difference of two images, one of them moved by at most a pixel: centring rounds to whole ones."""
    moved = [np.roll(one, (row, column), (0, 1)) for row in (-1, 0, 1) for column in (-1, 0, 1)]
    return min(np.abs(image - other).mean() for image in moved)


def png_of(width, height):
    """The first bytes of a picture that says it has this size."""
    head = b"IHDR" + struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0)
    pixels = b"IDAT" + zlib.compress(bytes(100))
    chunks = [struct.pack(">I", len(part) - 4) + part + struct.pack(">I", zlib.crc32(part)) for part in (head, pixels)]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.gif", "a.bmp", "a.tif"])
def test_every_usual_format_is_read_and_shows_the_digit(photo, mnist, name):
    seven, two = mnist.pixels_of(mnist.test.images[:2])
    found = read_photo(photo(name, (400, 400)))
    assert found.shape == (28, 28)
    assert apart(found, seven) < 12 < apart(found, two)


@pytest.mark.parametrize(("name", "mode"), [("large.jpg", "RGB"), ("large.png", "L"), ("large.png", "P")])
def test_a_large_photo_gives_what_a_small_one_gives_in_little_memory(photo, name, mode):
    small, path = read_photo(photo("small.png", (400, 400))), photo(name, (4000, 4000), mode=mode)
    tracemalloc.start()
    try:
        large = read_photo(path)
        assert tracemalloc.get_traced_memory()[1] < 60e6  # of arrays; sixteen million numbers would take 128
    finally:
        tracemalloc.stop()
    assert apart(large, small) < 3


def test_a_photo_lying_on_its_side_is_read_upright(photo):
    upright, exif = photo("upright.png", (400, 400)), Image.Exif()
    exif[0x0112] = 8  # to be turned by 90 degrees against the clock
    lying = upright.with_name("lying.jpg")
    Image.open(upright).transpose(Image.Transpose.ROTATE_270).save(lying, exif=exif, quality=95)
    assert apart(read_photo(lying), read_photo(upright)) < 3


@pytest.mark.parametrize("size", [(13_000, 13_000), (8_945, 8_945), (2**31 - 1, 1), (60_000, 60_000)])
def test_a_photo_of_too_many_pixels_is_refused_before_it_is_unpacked(tmp_path, size):
    path = tmp_path / "large.png"
    path.write_bytes(png_of(*size))
    with pytest.raises(ValueError, match=f"large.png: too many pixels, expected at most {MAX_PIXELS:,} .*make"):
        read_photo(path)


def test_postscript_under_any_name_is_refused_without_starting_a_program(tmp_path, monkeypatch):
    started = []
    monkeypatch.setattr(EpsImagePlugin, "Ghostscript", lambda *arguments, **_: started.append(arguments))
    for name in ("photo.eps", "photo.jpg"):
        (tmp_path / name).write_bytes(EPS)
        with pytest.raises(ValueError, match=f"{name}: not a picture, expected JPEG, PNG"):
            read_photo(tmp_path / name)
    assert started == []


@pytest.mark.parametrize(
    "content", [b"", b"no picture", png_of(40, 40), b"GIF89a\x28\0\x28\0", b"II*\0\xff\xff\xff\x7f"]
)
def test_what_is_no_picture_or_a_damaged_one_is_one_clear_error(tmp_path, content):
    (tmp_path / "photo.jpg").write_bytes(content)
    with pytest.raises(ValueError, match=r"photo\.jpg: not a picture, expected JPEG"):
        read_photo(tmp_path / "photo.jpg")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")
def test_a_pipe_under_the_name_of_a_photo_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "photo.jpg")
    with pytest.raises(ValueError, match=r"photo\.jpg: not a picture, expected JPEG.*\(a folder, a pipe or a device\)"):
        read_photo(tmp_path / "photo.jpg")


def test_a_photo_that_is_not_there_is_said_to_be_missing(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_photo(tmp_path / "photo.jpg")


def test_white_paper_shows_no_digit(tmp_path):
    Image.new("L", (50, 50), 255).save(tmp_path / "white.png")
    with pytest.raises(ValueError, match="no digit is seen on it"):
        read_photo(tmp_path / "white.png")


def test_a_folder_of_photos_is_read_with_the_digit_that_each_name_begins_with():
    pixels, labels = read_photos(PHOTOS)
    assert pixels.shape == (30, 28, 28)
    assert labels.tolist() == [digit for digit in range(10) for _ in range(3)]
    np.testing.assert_array_equal(pixels[7], read_photo(PHOTOS / "2-1.jpg"))
    assert read_photos(PHOTOS, (14, 20))[0].shape == (30, 14, 20)


def test_the_darkest_ink_is_black_as_in_mnist_however_thin_the_pen_was():
    pixels, _ = read_photos(PHOTOS)
    np.testing.assert_allclose(pixels.max(axis=(1, 2)), 255, atol=1)


def test_a_folder_without_photos_says_how_they_are_named(tmp_path):
    (tmp_path / "seven.jpg").touch()
    with pytest.raises(ValueError, match="no photos; expected files whose names begin with the digit they show"):
        read_photos(tmp_path)


def test_the_photos_are_what_their_program_makes():
    made = photographed(WAYS[7][1], np.random.default_rng([7, 1]))
    with Image.open(PHOTOS / "7-1.jpg") as kept:
        assert np.abs(np.asarray(made, float) - np.asarray(kept, float)).mean() < 4  # JPEG's loss
