"""A stranger's notebook in Chromium: no script of its runs, and no server is asked, by the page or by its drawings."""

import json
import threading
import warnings
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import hostile  # the collection that the printer's own tests have
import pytest
from nbformat import v4, write
from selenium.webdriver.common.by import By

from nbtypst import NotebookWarning, build


@pytest.fixture(scope="module")
def server():
    """(address, paths asked for) of a server on this machine."""
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


def written(folder, cells, suffix, address):
    node = v4.new_notebook(cells=[cell for one in cells for cell in (one, v4.new_markdown_cell(hostile.WORDS))])
    for number, cell in enumerate(node.cells):
        cell["id"] = f"cell-{number}"
    write(node, folder / "lab.ipynb")
    text = (folder / "lab.ipynb").read_text(encoding="utf-8").replace(hostile.ADDRESS, address)
    (folder / "lab.ipynb").write_text(text, encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotebookWarning)
        return build([folder / "lab.ipynb"], folder / f"lab{suffix}").path


def looked_at(driver, path):
    """Open a file, click on every link that leads to no page; (whether a script ran, the addresses asked for)."""
    driver.get_log("performance")
    driver.get(path.as_uri())
    driver.execute_script(
        "for (const link of document.querySelectorAll('a, area, [href], summary, button'))"
        " if (!/^https?:/.test(link.href || '') && link.click) link.click();"
    )
    events = (json.loads(entry["message"])["message"] for entry in driver.get_log("performance"))
    asked = [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]
    return driver.execute_script("return window.struck"), [
        url for url in asked if not url.startswith(("file:", "data:"))
    ]


@pytest.mark.parametrize("name", [*hostile.RUNS, *hostile.ASKS])
def test_no_script_runs_and_no_server_is_asked(name, driver, server, tmp_path):
    address, asked = server
    cells = [cell for kind in (hostile.RUNS, hostile.ASKS) for cell in kind.get(name, [])]
    assert looked_at(driver, written(tmp_path, cells, ".html", address)) == (None, [])
    assert driver.find_element(By.TAG_NAME, "body").text.count(hostile.WORDS) == len(cells)
    written(tmp_path, cells, ".typ", address)
    for drawing in (tmp_path / "lab_files").glob("*.svg"):
        assert looked_at(driver, drawing) == (None, [])
    assert asked == []


def test_such_scripts_and_requests_are_seen_where_nothing_is_taken_out(driver, server, tmp_path):
    address, asked = server
    page = tmp_path / "open.html"
    page.write_text(
        f"<script>{hostile.STRUCK}</script><p style='background:url({address}/seen)'>x</p>", encoding="utf-8"
    )
    struck, requests = looked_at(driver, page)
    assert struck == 1
    assert requests == [f"{address}/seen"]
    assert asked == ["/seen"]
