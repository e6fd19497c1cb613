"""A stranger's notebook as a web page: nothing in it runs, asks a server, or reads what lies outside its folder."""

import json
import re
import threading
import warnings
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.etree import ElementTree

import hostile
import pytest
from kitchen import md, notebook, png, printed, shown, text_of
from nbformat import v4
from PIL import Image

from nbtypst import NotebookWarning, build, pictures
from nbtypst.web.sanitising import LINK, sanitise, style

NETWORK = {"a", "href"}
BOOK = "@book{key, title={On Eggs}, author={Hen, Ada}, year={1999}}"


@pytest.fixture(scope="module")
def server():
    """(address, paths asked for) of a server on this machine that must not be asked."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{listening.server_port}", asked
        listening.shutdown()


def named(*kinds):
    """Each name of these kinds with its cells."""
    return [pytest.param(cells, id=name) for kind in kinds for name, cells in getattr(hostile, kind).items()]


def written(folder, cells, suffix, address=hostile.ADDRESS, **metadata):
    """What is made of these cells, each with harmless words behind it, and where a server is named, `address`."""
    path = notebook(folder / "lab.ipynb", *[cell for one in cells for cell in (one, md(hostile.WORDS))], **metadata)
    path.write_text(path.read_text(encoding="utf-8").replace(hostile.ADDRESS, address), encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotebookWarning)
        return build([path], folder / f"lab{suffix}")


def page_of(folder, cells, **metadata):
    result = written(folder, cells, ".html", **metadata)
    return ElementTree.fromstring(result.path.read_text(encoding="utf-8"))  # noqa: S314 - the page is our own


@pytest.mark.parametrize("cells", named("RUNS", "ASKS"))
def test_page_holds_no_script_and_no_address_that_is_no_link_and_is_whole(cells, tmp_path):
    page = page_of(tmp_path, cells)
    assert "".join(page.itertext()).count(hostile.WORDS) == len(cells)
    for element in page.iter():
        assert element.tag not in (
            "script",
            "svg",
            "image",
            "iframe",
            "object",
            "embed",
            "link",
            "area",
            "form",
            "base",
        )
        for name, value in element.attrib.items():
            assert not name.startswith("on"), name
            if name == "href":
                assert element.tag == "a"
                assert re.match(r"#|https?:", value), value
            elif name == "src":
                assert value.startswith("data:image/"), value
            elif name == "style":
                assert "http" not in value
                assert not re.search(r"(?i)(url|image-set|src)\s*\(|\\", value), value


@pytest.mark.parametrize("cells", named("RUNS", "ASKS"))
def test_the_pdf_leads_to_pages_alone_and_runs_nothing(cells, tmp_path):
    pdf, _ = printed(tmp_path, *cells, md(hostile.WORDS))
    assert hostile.WORDS in text_of(pdf)
    for page in pdf.pages:
        for annotation in page.get("/Annots", []):
            action = annotation.get_object().get("/A", {})
            assert action.get("/S", "/URI") in ("/URI", "/GoTo")
            assert re.match("https?:", action.get("/URI", "https:"))
    assert not {"/OpenAction", "/AA"} & set(pdf.trailer["/Root"])


def test_the_policy_of_the_page_allows_no_script_and_no_fetching(tmp_path):
    page = page_of(tmp_path, [md("egg")])
    [policy] = [one.get("content") for one in page.iter("meta") if one.get("http-equiv") == "Content-Security-Policy"]
    assert policy.startswith("default-src 'none';")
    assert set(policy.split("; ")) == {
        "default-src 'none'",
        "img-src data:",
        "font-src data:",
        "style-src 'unsafe-inline'",
        "base-uri 'none'",
        "form-action 'none'",
    }


@pytest.mark.parametrize("suffix", [".pdf", ".html"])
@pytest.mark.parametrize("cells", named("ASKS", "CITES"))
def test_making_the_document_asks_no_server_and_reads_no_file_that_a_text_names(suffix, cells, server, tmp_path):
    address, asked = server
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "works.bib").write_text(BOOK, encoding="utf-8")
    (tmp_path / "secret").write_text("swordfish", encoding="utf-8")
    result = written(inside, cells, suffix, address, bibliography="works.bib")
    assert asked == []
    assert not any("swordfish" in remark or "secret" in remark for remark in result.remarks)


def test_a_citation_keeps_key_locator_and_words(tmp_path):
    (tmp_path / "works.bib").write_text(BOOK, encoding="utf-8")
    cell = md("[see @key, pp. 3-5 & {more} #1; -@key, chap. 2], **bold** and [@key].")
    pdf, remarks = printed(tmp_path, cell, metadata={"bibliography": "works.bib"})
    assert "(see Hen 1999, 3–5 & {more} #1; 1999, chap. 2), bold and (Hen 1999)." in text_of(pdf)
    assert remarks == []


@pytest.mark.parametrize("lang", hostile.LANGUAGES)
def test_a_language_that_is_none_is_not_passed_on(lang, tmp_path):
    (tmp_path / "works.bib").write_text(BOOK, encoding="utf-8")
    pdf, _ = printed(tmp_path, md("As [@key] says."), metadata={"bibliography": "works.bib", "lang": lang})
    assert "As (Hen 1999) says." in text_of(pdf)


def test_what_a_bibliography_says_is_no_markup_of_the_page(tmp_path, server):
    address, asked = server
    title = f"'<script>x</script> `<img src={address}/a>`{{=html}} [egg](javascript:x)'"
    works = f"csl: {address}/style\nreferences:\n- id: key\n  type: book\n  title: {title}\n"
    (tmp_path / "works.yaml").write_text(works, encoding="utf-8")
    page = page_of(tmp_path, [md("[@key]")], bibliography="works.yaml")
    assert not {element.tag for element in page.iter()} & {"script", "img"}
    assert all(re.match("#|https?:", link.get("href", "#")) for link in page.iter("a"))
    assert asked == []


def test_pictures_and_bibliographies_come_from_the_notebook_s_folder_alone(tmp_path):
    outside, inside = tmp_path / "outside", tmp_path / "outside" / "inside"
    (inside / "deeper").mkdir(parents=True)
    (outside / "egg.png").write_bytes(png())
    (inside / "deeper" / "own.png").write_bytes(png("red"))
    (outside / "works.bib").write_text(BOOK, encoding="utf-8")
    (inside / "link.png").symlink_to(outside / "egg.png")
    (inside / "round.png").symlink_to(inside / "round.png")
    ways = [str(outside / "egg.png"), "../egg.png", "..%2Fegg.png", "..\\egg.png", "link.png", "deeper/../../egg.png"]
    cells = [md(f"![egg]({way.replace(' ', '%20')}) [@key]") for way in [*ways, "round.png", "deeper", "/proc/kmsg"]]
    pdf, remarks = printed(inside, *cells, md("![own](deeper/own.png)"), metadata={"bibliography": "../works.bib"})
    assert [len(page.images) for page in pdf.pages] == [1]
    refused = [remark for remark in remarks if "outside the notebook's folder" in remark]
    assert len(refused) == len(ways) + 2  # the bibliography, and /proc
    allowed, remarks = printed(inside, *cells[:6], metadata={"bibliography": "../works.bib"}, root=outside)
    assert any(len(page.images) for page in allowed.pages)
    assert "(Hen 1999)" in text_of(allowed).replace("\u200b", "")
    assert remarks == []


def test_a_pipe_in_the_folder_keeps_nobody_waiting(tmp_path):
    import os

    os.mkfifo(tmp_path / "egg.png")
    _, [remark] = printed(tmp_path, md("![egg](egg.png)"))
    assert remark == "cell 1: the picture egg.png is not there"


@pytest.mark.parametrize("kind", ["EPS", "PSD", "DDS", "PCX", "XBM"])
def test_only_pictures_of_the_web_are_opened_so_that_no_program_starts(kind, tmp_path, monkeypatch):
    monkeypatch.setattr("subprocess.Popen", lambda *_, **__: pytest.fail("a program was started"))
    eps = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n{} loop\n"
    if kind == "EPS":
        content = eps
    else:
        Image.new("1" if kind == "XBM" else "RGB", (9, 9)).save(tmp_path / "x", format=kind) if kind != "PSD" else None
        content = (tmp_path / "x").read_bytes() if kind != "PSD" else b"8BPS\0\1" + b"\0" * 40
    with pytest.raises(pictures.PictureError, match="is no picture"):
        pictures.from_bytes(content, "egg")


@pytest.mark.parametrize(
    "address",
    ["file:///etc", "smb://a/b", "ms-word:ofe|u|x", "JAVASCRIPT:x", "vscode://x", "intent:x", "blob:x", " data:x"],
)
def test_links_lead_to_pages_letters_and_calls_alone(address, tmp_path):
    assert not LINK.fullmatch(address)
    page = page_of(tmp_path, [hostile.html(f'<a href="{address}">egg</a>'), md(f"[hen](<{address}>)")])
    assert [link.get("href") for link in page.iter("a")] in ([None, None], [None], [])
    assert all(map(LINK.fullmatch, ("https://a.b", "HTTP://a", "mailto:a@b", "tel:1", "ftp://a", "#egg")))


def test_looks_stay_as_they_are_written_and_addresses_go():
    looks = "color: red; background-color:#fff ;width:80%;min-width:24.8rem; border: 1px solid rgb(1, 2, 3)"
    assert style(looks) == looks
    assert style("color:red;position:fixed;background:url(x) blue;top:0") == "color:red"
    assert style("background:linear-gradient(90deg, red 50%, transparent 50%)").startswith("background:linear")
    assert style("font-family:'A B', serif") == "font-family:'A B', serif" or "A B" in style("font-family:'A B', serif")
    for hidden in (
        r"color:u\72l(x)",
        "color:image-set('x' 1x)",
        "color:src('x')",
        "color:attr(x url)",
        "behavior:url(x)",
    ):
        assert style(hidden) == ""


@pytest.mark.parametrize("field", ["title", "subtitle", "byline", "date", "abstract"])
def test_control_signs_of_metadata_do_not_reach_the_page(field, tmp_path):
    page = page_of(tmp_path, [md("egg")], **{field: "a\x00\x1b[31m\ufdd0b"})  # which XML would not allow
    assert "a[31m\ufffdb" in "".join(page.itertext())


@pytest.mark.parametrize("suffix", [".pdf", ".html", ".typ"])
def test_a_name_that_is_no_text_is_exported_and_remarks_end_whatever_they_quote(suffix, tmp_path):
    (tmp_path / "works.bib").write_text(BOOK, encoding="utf-8")
    path = notebook(tmp_path / "\udcff.ipynb", md(f"[@{'a' * 3000}]"), bibliography="works.bib")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotebookWarning)
        result = build([path], tmp_path / f"\udcff{suffix}")
    assert result.path.exists()
    assert result.remarks
    assert all(len(remark) <= 600 for remark in result.remarks)


def test_sanitising_a_page_twice_changes_nothing_more(tmp_path):
    import lxml.html

    for cells in [*hostile.RUNS.values(), *hostile.ASKS.values()]:
        text = written(tmp_path, cells, ".html").path.read_text(encoding="utf-8")
        body = lxml.html.document_fromstring(text.encode()).find("body")
        before = lxml.html.tostring(body)
        sanitise(body)
        assert lxml.html.tostring(body) == before


def test_remarks_hold_no_control_signs_whatever_names_say(tmp_path):
    cells = [
        md("![egg](<\x1b]0;owned\x07.png>) ![egg](%1B%5B2J%0Ahen.png)"),
        v4.new_raw_cell("x", metadata={"raw_mimetype": "a\x1b[31m\nb"}),
        v4.new_code_cell("x", outputs=[shown(text_plain="x")], execution_count=1),
    ]
    cells[2].outputs[0].data = {"application/\x1b[2J\u202egge": "x"}
    path = notebook(tmp_path / "lab.ipynb", *cells, bibliography="\x1b[31m.bib")
    raw = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(raw), encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotebookWarning)
        remarks = build([path], tmp_path / "lab.pdf").remarks
    assert len(remarks) == 5
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", "".join(remarks))
