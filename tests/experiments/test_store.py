"""The store: what is saved comes back, or is known to be damaged; a file is whole or absent."""

import hashlib
import io
import os
import re
import time

import numpy as np
import pytest

from helpers.experiments.store import DEFAULT_DIRECTORY, DIGEST_SIZE, Store
from nbtypst.files import write_atomically

pytestmark = pytest.mark.usefixtures("clean_environment")

ARRAYS = {
    "losses": np.array([0.1, np.nan, np.inf, -0.0]),
    "parameters": np.arange(6, dtype=np.float32).reshape(2, 3),
    "steps": np.array([], np.int64),
    "accuracy": np.array(0.975),
    "stopped": np.array(True),
    "experiment": np.array("3c"),
}
METADATA = {"seed": 3, "machine": "x86_64", "title": "zwölf Einheiten"}


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "kept")


@pytest.fixture
def path(store):
    """The path of a result that is stored."""
    path = store.path("3c", 3, "abc")
    store.save(path, ARRAYS, METADATA)
    return path


def same(arrays):
    assert arrays.keys() == ARRAYS.keys()
    for name, array in arrays.items():
        assert (array.dtype, array.shape) == (ARRAYS[name].dtype, ARRAYS[name].shape)
        assert array.tobytes() == ARRAYS[name].tobytes()


def found_damaged(store, path):
    """Loading warns in the file's name, deletes the file and returns nothing."""
    with pytest.warns(UserWarning, match=r"^damaged .*; deleted, its training runs again") as caught:
        assert store.load(path) is None
    assert (caught[0].filename, caught[0].lineno) == (str(path), 0)
    assert not path.exists()


def test_what_is_saved_comes_back_bit_for_bit_with_its_metadata(store, path):
    arrays, metadata = store.load(path)
    same(arrays)
    assert metadata == METADATA | {"file": path.name}
    assert [file.name for file in store.directory.iterdir()] == ["3c-seed3-abc.npz"]


def test_what_is_not_there_is_none_without_a_warning(store):
    assert store.load(store.path("3c", 3, "abc")) is None
    assert not store.directory.exists()


def test_the_folder_is_the_one_given_else_that_of_the_variable_else_the_projects(tmp_path, monkeypatch):
    assert Store(tmp_path / "given").directory == tmp_path / "given"
    assert Store().directory == tmp_path / "results"
    monkeypatch.delenv("RESULTS_DIR")
    assert Store().directory == DEFAULT_DIRECTORY


# Damage -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("keep", [0, 1, 100, 0.5, -1])
def test_a_truncated_file_is_reported_deleted_and_counts_as_absent(store, path, keep):
    content = path.read_bytes()
    path.write_bytes(content[: int(keep * len(content)) if isinstance(keep, float) else keep])
    found_damaged(store, path)
    assert store.load(path) is None


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
    path.write_bytes(
        {
            "the old digest": changed + content[-DIGEST_SIZE:],
            "no digest": changed,
            "something appended": content + b"\n",
        }[ending]
    )
    found_damaged(store, path)


class Trap:
    """Does harm when it is unpickled."""

    def __reduce__(self):
        return os.mkdir, (os.environ["RESULTS_DIR"],)


def found_to_be_no_result(store, path, archive, what):
    """Loading a file of this content, with the right digest, warns, deletes the file and returns nothing."""
    path.write_bytes(archive + hashlib.sha256(archive).digest())
    with pytest.warns(UserWarning, match=rf"^no result \({what}.*; deleted, its training runs"):
        assert store.load(path) is None
    assert not path.exists()


def test_a_pickled_object_in_a_file_is_refused_and_never_run_whatever_its_digest(store, path, tmp_path):
    found_to_be_no_result(store, path, archive_of(path, losses=np.array([Trap()], object)), ".*allow_pickle")
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize(
    ("archive", "what"),
    [
        (b"", "EOFError"),
        (b"text", "ValueError"),
        (b"PK\x03\x04 and no more of it", "BadZipFile"),
        (b"\x80\x04N.", "ValueError"),  # a pickled None
    ],
)
def test_what_is_no_archive_is_no_result_whatever_its_digest(store, path, archive, what):
    found_to_be_no_result(store, path, archive, what)


@pytest.mark.parametrize("text", [b"{", b"{}", b"[]", b'"text"', b"1", b"\xff"])
def test_an_archive_without_its_metadata_is_no_result(store, path, text):
    found_to_be_no_result(store, path, archive_of(path, metadata=np.frombuffer(text, np.uint8)), "")


def test_a_single_array_is_no_result(store, path):
    array = io.BytesIO()
    np.save(array, np.arange(3))
    found_to_be_no_result(store, path, array.getvalue(), "")


def test_objects_cannot_be_saved(store):
    path = store.path("3c", 3, "abc")
    with pytest.raises(ValueError, match="Object arrays"):
        store.save(path, {"losses": np.array([Trap()], object)}, {})
    assert not path.exists()


# Writing ------------------------------------------------------------------------------------------------


def failing(*arguments):
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("broken", ["os.replace", "os.fsync"])
def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(store, path, broken, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(broken, failing)
        with pytest.raises(OSError, match=rf"No space left on device; make room.*{re.escape(str(path))}") as error:
            store.save(path, {"losses": np.zeros(3)}, {})
    assert error.value.errno == 28
    assert list(store.directory.iterdir()) == [path]
    same(store.load(path)[0])


def test_an_interrupt_while_writing_leaves_the_old_file_and_nothing_else(store, path, monkeypatch):
    def interrupted(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(path, b"new")
    assert list(store.directory.iterdir()) == [path]
    same(store.load(path)[0])


def test_who_may_read_a_result_is_what_the_process_allows_for_its_files(store):
    path = store.path("3c", 3, "abc")
    before = os.umask(0o027)
    try:
        store.save(path, ARRAYS, METADATA)
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == (0o666 if os.name == "nt" else 0o640)


def test_what_a_killed_process_left_is_deleted_after_an_hour_and_what_one_writes_now_is_not(store, path):
    left, writing = (store.directory / f".{path.name}.{ending}" for ending in ("0123abcd", "4567cdef"))
    for file, minutes in ((left, 61), (writing, 59)):
        file.write_bytes(b"half")
        os.utime(file, times=(time.time() - 60 * minutes,) * 2)
    store.save(store.path("3c", 4, "abc"), ARRAYS, METADATA)
    assert not left.exists()
    assert writing.exists()


def test_the_new_content_is_on_disk_before_it_takes_the_place_of_the_old(tmp_path, monkeypatch):
    path, calls = tmp_path / "file", []
    path.write_bytes(b"old")

    def watch(name):
        original = getattr(os, name)

        def watched(*arguments):
            calls.append((name, path.read_bytes()))
            return original(*arguments)

        monkeypatch.setattr(os, name, watched)

    watch("fsync")
    watch("replace")
    write_atomically(path, b"new")
    assert calls == [("fsync", b"old"), ("replace", b"old")]
    assert path.read_bytes() == b"new"


def test_a_file_that_cannot_be_read_for_now_is_not_deleted(store, path, monkeypatch):
    content = path.read_bytes()

    def too_many(*arguments, **options):
        raise OSError(24, "Too many open files")

    with monkeypatch.context() as patch:
        for name in ("builtins.open", "io.open"):
            patch.setattr(name, too_many)
        with pytest.raises(OSError, match="Too many open files"):
            store.load(path)
    assert path.read_bytes() == content


def test_a_damaged_file_that_cannot_be_deleted_is_an_error_that_says_both(store, path, monkeypatch):
    path.write_bytes(b"damaged")

    def denied(*arguments, **options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.unlink", denied)
    with pytest.raises(PermissionError, match=r"it is damaged .* and cannot be deleted: allow writing there"):
        store.load(path)


def test_a_folder_that_cannot_be_written_is_known_beforehand(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OSError, match="allow writing there, or set RESULTS_DIR"):
        Store(tmp_path / "file" / "results").prepare()
    Store(tmp_path / "new").prepare()
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["file", "new"]


def test_a_file_under_anothers_name_is_reported_and_deleted(store, path):
    other = store.path("3c", 4, "abc")
    path.rename(other)
    with pytest.warns(UserWarning, match="^the content of 3c-seed3-abc.npz; deleted"):
        assert store.load(other) is None
    assert not other.exists()
