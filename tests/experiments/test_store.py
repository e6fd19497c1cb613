"""The store: what is saved comes back, or is known to be damaged; a file is whole or absent."""

import functools
import hashlib
import io
import os
import time
from unittest.mock import Mock

import numpy as np
import pytest

from helpers.common.files import write_whole
from helpers.experiments.store import DIGEST_SIZE, Store
from helpers.experiments.table import EXPERIMENTS
from helpers.settings import ROOT

pytestmark = pytest.mark.usefixtures("clean_environment")

ARRAYS = {
    "losses": np.array([0.1, np.nan, np.inf, -0.0]),
    "parameters": np.arange(6, dtype=np.float32).reshape(2, 3),
    "steps": np.array([], np.int64),
    "accuracy": np.array(0.975),
    "stopped": np.array(True),
    "experiment": np.array("momentum"),
}
METADATA = {"seed": 3, "machine": "x86_64", "title": "zwölf Einheiten"}


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "kept")


@pytest.fixture
def path(store):
    """The path of a result that is stored."""
    path = store.directory / "momentum-seed3-abc.npz"
    store.write(path, ARRAYS, METADATA)
    return path


def same(arrays):
    assert arrays.keys() == ARRAYS.keys()
    for name, array in arrays.items():
        assert (array.dtype, array.shape) == (ARRAYS[name].dtype, ARRAYS[name].shape)
        assert array.tobytes() == ARRAYS[name].tobytes()


def found_damaged(store, path, what="damaged "):
    """Loading warns in the file's name, deletes the file and returns nothing."""
    with pytest.warns(UserWarning, match=rf"^{what}.*; deleted, its training runs again") as caught:
        assert store.read(path) is None
    assert (caught[0].filename, caught[0].lineno) == (str(path), 0)
    assert not path.exists()


def test_what_is_saved_comes_back_bit_for_bit_with_its_metadata(store, path):
    arrays, metadata = store.read(path)
    same(arrays)
    assert metadata == METADATA | {"file": path.name}
    assert [file.name for file in store.directory.iterdir()] == ["momentum-seed3-abc.npz"]


def test_what_is_not_there_is_none_without_a_warning(store):
    assert store.read(store.directory / "momentum-seed3-abc.npz") is None
    assert not store.directory.exists()


def test_the_folder_is_the_one_given_else_that_of_the_variable_else_the_projects(tmp_path, monkeypatch):
    assert Store(tmp_path / "given").directory == tmp_path / "given"
    assert Store().directory == tmp_path / "results"
    monkeypatch.delenv("RESULTS_DIR")
    assert Store().directory == ROOT / "results"


# Damage -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("keep", [0, 1, 100, 500, -1])
def test_a_truncated_file_is_reported_deleted_and_counts_as_absent(store, path, keep):
    path.write_bytes(path.read_bytes()[:keep])
    found_damaged(store, path)
    assert store.read(path) is None


def test_whatever_bit_is_flipped_the_file_is_reported_and_deleted(store, path):
    content = path.read_bytes()
    for position in range(len(content)):
        flipped = bytearray(content)
        flipped[position] ^= 1 << position % 8
        path.write_bytes(flipped)
        found_damaged(store, path)


def archive_of(path, **changes):
    """Return the bytes of a result's archive with some of its arrays changed."""
    with np.load(path) as archive:
        arrays = dict(archive)
    changed = io.BytesIO()
    np.savez(changed, **arrays | changes)
    return changed.getvalue()


@pytest.mark.parametrize("ending", ["the old digest", "no digest", "something appended"])
def test_a_whole_archive_without_the_digest_of_its_content_is_damaged(store, path, ending):
    content = path.read_bytes()
    changed = archive_of(path, losses=ARRAYS["losses"] + 1e-12)
    endings = {"the old digest": changed + content[-DIGEST_SIZE:], "no digest": changed}
    path.write_bytes(endings.get(ending, content + b"\n"))
    found_damaged(store, path)


class Trap:
    """Does harm when it is unpickled."""

    def __reduce__(self):
        return os.mkdir, (os.environ["RESULTS_DIR"],)


np.save(single_array := io.BytesIO(), np.arange(3))


NO_RESULTS = {  # content, and what is said of it
    "a pickled object": (
        lambda path: archive_of(path, losses=np.array([Trap()], object)),
        ".*losses.npy holds Python objects",
    ),
    "nothing": (lambda path: b"", ""),
    "text": (lambda path: b"text", "ValueError"),
    "an archive's first bytes": (lambda path: b"PK\x03\x04 and no more of it", ".*BadZipFile"),
    "a pickled None": (lambda path: b"\x80\x04N.", "ValueError"),
    "a single array": (lambda path: single_array.getvalue(), ""),
} | {
    f"metadata {text}": (lambda path, text=text: archive_of(path, metadata=np.frombuffer(text, np.uint8)), "")
    for text in (b"{", b"{}", b"[]", b'"text"', b"1", b"\xff")
}


@pytest.mark.parametrize("what", NO_RESULTS)
def test_what_is_no_result_is_refused_whatever_its_digest_and_nothing_is_unpickled(store, path, what, tmp_path):
    content, said = NO_RESULTS[what]
    archive = content(path)
    path.write_bytes(archive + hashlib.sha256(archive).digest())
    found_damaged(store, path, rf"no result \({said}")
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize("metadata", [{}, {"values": {}}, {"values": 5}])
def test_a_whole_file_without_the_numbers_of_a_result_is_reported_and_deleted(store, metadata):
    wanted = EXPERIMENTS["momentum"], 3, {}
    path = store.path(*wanted)
    store.write(path, ARRAYS, metadata)
    with pytest.warns(UserWarning, match=r"^no result \(.*; deleted, its training runs again"):
        assert store.load(*wanted, store.directory) is None
    assert not path.exists()


def test_objects_cannot_be_saved(store):
    path = store.directory / "momentum-seed3-abc.npz"
    with pytest.raises(ValueError, match="Object arrays"):
        store.write(path, {"losses": np.array([Trap()], object)}, {})
    assert not path.exists()


# Writing ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("broken", "error", "told"),
    [
        ("os.replace", OSError(28, "No space left on device"), r"No space left on device; make room.*{path}"),
        ("os.fsync", OSError(28, "No space left on device"), r"No space left on device; make room.*{path}"),
        ("os.fsync", KeyboardInterrupt(), "^$"),
    ],
)
def test_a_write_that_fails_or_is_interrupted_leaves_the_old_file_and_nothing_else(
    store, path, broken, error, told, monkeypatch
):
    with monkeypatch.context() as patch:
        patch.setattr(broken, Mock(side_effect=error))
        with pytest.raises(type(error), match=told.format(path=path)) as raised:
            store.write(path, {"losses": np.zeros(3)}, {})
    assert getattr(raised.value, "errno", 28) == 28
    assert list(store.directory.iterdir()) == [path]
    same(store.read(path)[0])


def test_who_may_read_a_result_is_what_the_process_allows_for_its_files(store):
    path = store.directory / "momentum-seed3-abc.npz"
    before = os.umask(0o027)
    try:
        store.write(path, ARRAYS, METADATA)
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == (0o666 if os.name == "nt" else 0o640)


def test_what_a_killed_process_left_is_deleted_after_an_hour_but_not_what_one_writes(store, path):
    left, writing = (store.directory / f".{path.name}.{ending}" for ending in ("0123abcd", "4567cdef"))
    for file, minutes in ((left, 61), (writing, 59)):
        file.write_bytes(b"half")
        os.utime(file, times=(time.time() - 60 * minutes,) * 2)
    store.write(store.directory / "momentum-seed4-abc.npz", ARRAYS, METADATA)
    assert not left.exists()
    assert writing.exists()


def test_the_new_content_is_on_disk_before_it_takes_the_place_of_the_old(tmp_path, monkeypatch):
    path, calls = tmp_path / "file", []
    path.write_bytes(b"old")

    def watched(name, original, *arguments):
        calls.append((name, path.read_bytes()))
        return original(*arguments)

    for name in ("fsync", "replace"):
        monkeypatch.setattr(os, name, functools.partial(watched, name, getattr(os, name)))
    write_whole(path, b"new")
    assert calls == [("fsync", b"old"), ("replace", b"old")]
    assert path.read_bytes() == b"new"


def test_a_file_that_cannot_be_read_for_now_is_not_deleted(store, path, monkeypatch):
    content = path.read_bytes()
    with monkeypatch.context() as patch:
        for name in ("builtins.open", "io.open"):
            patch.setattr(name, Mock(side_effect=OSError(24, "Too many open files")))
        with pytest.raises(OSError, match="Too many open files"):
            store.read(path)
    assert path.read_bytes() == content


def test_a_damaged_file_that_cannot_be_deleted_is_an_error_that_says_both(store, path, monkeypatch):
    path.write_bytes(b"damaged")
    monkeypatch.setattr("pathlib.Path.unlink", Mock(side_effect=PermissionError(13, "Permission denied")))
    with pytest.raises(PermissionError, match=r"it is damaged .* and cannot be deleted: allow writing there"):
        store.read(path)


@pytest.mark.parametrize("kind", ["link", "dangling link", "pipe"])
def test_a_result_that_is_no_regular_file_is_deleted_and_neither_followed_nor_read(kind, store, path, tmp_path):
    elsewhere = tmp_path / "elsewhere.npz"
    if kind == "pipe":
        path.unlink()
        os.mkfifo(path)
    else:
        path.rename(elsewhere)
        path.symlink_to(elsewhere if kind == "link" else tmp_path / "nowhere")
    found_damaged(store, path, "a pipe" if kind == "pipe" else "a link")
    assert not os.path.lexists(path)
    assert kind == "pipe" or elsewhere.exists()


def test_a_folder_that_is_a_link_is_where_it_leads_to(tmp_path):
    (tmp_path / "disk").mkdir()
    (tmp_path / "results").symlink_to(tmp_path / "disk")
    store = Store(tmp_path / "results")
    store.prepare()
    store.write(store.directory / "momentum-seed3-abc.npz", ARRAYS, METADATA)
    same(store.read(tmp_path / "disk" / "momentum-seed3-abc.npz")[0])
    assert (tmp_path / "results").is_symlink()


def test_a_folder_that_cannot_be_written_is_known_beforehand(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OSError, match="allow writing there, or set RESULTS_DIR"):
        Store(tmp_path / "file" / "results").prepare()
    Store(tmp_path / "new").prepare()
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["file", "new"]


def test_a_file_under_anothers_name_is_reported_and_deleted(store, path):
    other = path.rename(store.directory / "momentum-seed4-abc.npz")
    found_damaged(store, other, "the content of momentum-seed3-abc.npz")
