"""A look that a stranger's notebook names: what is wrong in it is told, and the words are on the page all the same."""

import os
import socket
import threading

import hostile
import pytest
from nbformat import v4
from test_hostile_notebooks import printed

from nbtypst.printing import typesetter

WORDS = [v4.new_markdown_cell(hostile.WORDS)]
ENDLESS = "for a in range(1000000) { for b in range(1000000) { let c = a + b } };"
VALUES = ["a\ud800b", "x" * 300, "a\x00\x1b[31m", "../" * 99, {"a": 1}, [[1]], 7, os.devnull, "."]
LEFT_OUT = {
    "no end": f"#let look(doc) = {{ {ENDLESS} doc }}",
    "no end on the page": f"#let footer(about) = context {{ {ENDLESS} }}",
    "a loop": "#let look(doc) = { while 1 < 2 { } }",
    "attached": '#let look(doc) = { pdf.attach("egg.exe", bytes("MZ")); doc }',
    "a package": '#let name = "@preview/cetz:0.1.0"\n#import name: *',
    "a package, evaluated": '#eval("import \\"@preview/cetz:0.1.0\\"")',
    "a package of the user's own": '#import "@local/egg:0.1.0": *',
    "a file outside": '#let text = read("../secret.txt")',
    "a file of the system": '#let text = read("/etc/passwd")',
    "itself": '#import "mine.typ": *',
    "no Typst": "#let (\x00\x1b[31m",
}


@pytest.fixture
def server(monkeypatch):
    """What is asked of a server that stands where the environment says a proxy is."""
    asked = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def listen():
            while True:
                try:
                    asked.append(listening.accept())
                except OSError:
                    return

        threading.Thread(target=listen, daemon=True).start()
        address = "http://{}:{}".format(*listening.getsockname())
        for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, address)
        typesetter.close()
        yield asked
    typesetter.close()


@pytest.mark.parametrize("name", LEFT_OUT)
def test_a_strangers_look_that_fails_is_left_out_and_the_words_stand(name, tmp_path, server):
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    folder = tmp_path / "lab"
    folder.mkdir()
    (folder / "mine.typ").write_text(LEFT_OUT[name], encoding="utf-8")
    words, remarks = printed(folder, WORDS, ".pdf", metadata={"look": "mine.typ"}, time_limit=1)
    assert hostile.WORDS in words
    assert "secret" not in words
    assert remarks[0].startswith("lab.ipynb: the look mine.typ is left out (")
    assert "\x1b" not in remarks[0]
    assert server == []


def test_a_strangers_look_leads_only_where_its_notebook_may_lead(tmp_path):
    links = '#link("javascript:x")[one] #link("file:///etc/passwd")[two] #link("https://egg.example")[three]'
    text = f"#let footer(about) = [{links}]\n#let look(doc) = [{links} #doc]"
    (tmp_path / "mine.typ").write_text(text, encoding="utf-8")
    words, remarks = printed(tmp_path, WORDS, ".pdf", metadata={"look": "mine.typ"})
    pdf = (tmp_path / "lab.pdf").read_bytes()
    assert words.count("two") == 2
    assert remarks == ["lab: the PDF is tagged but not PDF/UA: PDF/UA-1 error: PDF artifacts may not contain links"]
    assert b"https://egg.example" in pdf
    assert b"javascript:" not in pdf
    assert b"file:" not in pdf


@pytest.mark.parametrize("value", VALUES)
def test_whatever_the_metadata_name_as_a_look_stops_nothing(value, tmp_path):
    words, remarks = printed(tmp_path, WORDS, ".pdf", metadata={"look": value})
    assert hostile.WORDS in words
    assert len(remarks) == 1
