"""A real JupyterLab on the loopback interface, and a notebook in it, driven as a person would drive it."""

import json
import os
import re
import secrets
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook
from selenium.common.exceptions import TimeoutException
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.ui import WebDriverWait

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / "build" / "browser"
SECONDS_TO_START = 60
SECONDS_TO_RUN = 180  # a notebook whose results are stored, on a busy machine

# All cells in the page at once, also those out of sight; no question and no request about news.
LAB_SETTINGS = {
    "@jupyterlab/notebook-extension/tracker.jupyterlab-settings": {"windowingMode": "none"},
    "@jupyterlab/apputils-extension/notification.jupyterlab-settings": {"checkForUpdates": False, "fetchNews": "false"},
}
FAILED = '[data-mime-type="application/vnd.jupyter.error"], [data-mime-type="application/vnd.jupyter.stderr"]'
PYTHON = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
PICTURES = ".jp-RenderedSVG img, .jp-RenderedImage img"


class Lab:
    """A running server. url: where it is, without the token; folder: what it shows."""

    def __init__(self, url: str, token: str, folder: Path):
        self.url, self.token, self.folder = url, token, folder

    def get(self, path: str, method: str = "GET") -> tuple[str | None, bytes]:
        """Return the type and the content of the server's answer to a request."""
        request = urllib.request.Request(  # noqa: S310, on the loopback interface
            f"{self.url}/{path}", method=method, headers={"Authorization": f"token {self.token}"}
        )
        with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310
            return answer.headers["Content-Type"], answer.read()

    def ask(self, path: str, method: str = "GET"):
        """Return what the server's interface answers, `None` for an empty answer."""
        _, content = self.get(f"api/{path}", method)
        return json.loads(content) if content else None

    def write(self, name: str, sources: Sequence[str]) -> None:
        """Write a notebook of code cells."""
        notebook = new_notebook(cells=[new_code_cell(source) for source in sources], metadata=PYTHON)
        nbformat.write(notebook, self.folder / name)

    def end_kernels(self) -> None:
        for session in self.ask("sessions"):
            self.ask(f"sessions/{session['id']}", "DELETE")


@contextmanager
def running_lab(folder: Path, home: Path, environment: dict[str, str]):
    """Start JupyterLab on a folder, with no settings but the test's own; end it, with its kernels, at the end."""
    for name, settings in LAB_SETTINGS.items():
        path = home / "lab-settings" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(settings))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_urlsafe()
    own = {
        "JUPYTER_TOKEN": token,
        "JUPYTERLAB_SETTINGS_DIR": str(home / "lab-settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
    } | {f"JUPYTER_{kind}_DIR": str(home / kind.lower()) for kind in ("CONFIG", "DATA", "RUNTIME")}
    settings = {"ip": "127.0.0.1", "port": port, "port_retries": 0, "open_browser": False, "root_dir": folder}
    options = [f"--ServerApp.{name}={value}" for name, value in settings.items()]
    with open(home / "server.log", "wb") as log:
        server = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "jupyterlab", "--allow-root", *options],
            env=os.environ | environment | own,
            stdout=log,
            stderr=log,
        )
    lab = Lab(f"http://127.0.0.1:{port}", token, folder)
    try:
        WebDriverWait(lab, SECONDS_TO_START, ignored_exceptions=(urllib.error.URLError,)).until(
            lambda lab: server.poll() is not None or lab.ask("status")
        )
        assert server.poll() is None, (home / "server.log").read_text()
        yield lab
        lab.end_kernels()
    finally:
        server.terminate()
        server.wait(30)


class NotebookPage:
    """A notebook opened in JupyterLab, with its kernel at rest."""

    def __init__(self, driver: WebDriver, lab: Lab, name: str):
        self.driver, self.lab, self.name = driver, lab, name
        driver.get(f"{lab.url}/lab/tree/{name}?reset&token={lab.token}")
        self.wait(lambda: self.find(".jp-Notebook .jp-Cell") and self.at_rest, "the notebook and its kernel")

    def find(self, css: str):
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def one(self, css: str):
        """Return the only element that there is, waiting for it."""
        self.wait(lambda: len(self.find(css)) == 1, f"exactly one {css}")
        return self.find(css)[0]

    def wait(self, condition, what: str, seconds: float = SECONDS_TO_START):
        """Wait until a function returns something true, and return that."""
        try:
            return WebDriverWait(self.driver, seconds, poll_frequency=0.1).until(lambda _: condition())
        except TimeoutException:
            SCREENSHOTS.mkdir(parents=True, exist_ok=True)
            self.driver.save_screenshot(str(SCREENSHOTS / "failed.png"))
            log = [entry["message"] for entry in self.driver.get_log("browser")]
            raise AssertionError(
                f"waited {seconds} s for {what}; see build/browser/failed.png; {self.prompts}; {log}"
            ) from None

    @property
    def at_rest(self) -> bool:
        """Whether the kernel is there, connected to the page, and has nothing to do."""
        kernels = [session["kernel"] for session in self.lab.ask("sessions") if session["path"] == self.name]
        ready = [kernel for kernel in kernels if kernel["connections"] and kernel["execution_state"] == "idle"]
        return bool(ready) and "| Idle" in "".join(self.texts("#jp-main-statusbar"))

    @property
    def prompts(self) -> list[str]:
        """What stands before the code cells; nothing stands before those that are folded."""
        return list(filter(None, self.texts(".jp-Notebook .jp-CodeCell .jp-InputPrompt")))

    def texts(self, css: str) -> list[str]:
        """Return what the elements say, also those that are scrolled out of sight."""
        return self.driver.execute_script(
            "return Array.from(document.querySelectorAll(arguments[0]), found => found.textContent)", css
        )

    def choose(self, menu: str, command: str) -> None:
        """Click an entry of the menu bar."""
        (item,) = [item for item in self.find(".lm-MenuBar-item") if item.text == menu]
        item.click()
        self.one(f'.lm-Menu-item[data-command="{command}"]').click()

    def run_all(self) -> None:
        """Run all cells from the menu, and wait until the last has run or one has failed."""
        self.choose("Run", "runmenu:run-all")
        self.wait(
            lambda: self.failures() or all(re.fullmatch(r"\[\d+\]:", prompt) for prompt in self.prompts),
            "all cells to be run",
            SECONDS_TO_RUN,
        )
        assert self.failures() == [], self.failures()

    def failures(self) -> list[str]:
        """Return what cells say on errors and on stderr."""
        return self.texts(FAILED)

    def check_figures(self) -> None:
        """Wait until as many figures are loaded, and of some size on the page, as the notebook calls for."""
        cells = nbformat.read(self.lab.folder / self.name, as_version=4).cells
        called_for = sum(cell.source.count("_figure(") for cell in cells if cell.cell_type == "code")
        count = (
            f"return Array.from(document.querySelectorAll('{PICTURES}'))"
            ".filter(picture => picture.complete && picture.naturalWidth && picture.width && picture.height).length"
        )
        self.wait(lambda: self.driver.execute_script(count) >= called_for, f"{called_for} figures")

    def scroll_to(self, element, block: str = "start") -> None:
        self.driver.execute_script("arguments[0].scrollIntoView({block: arguments[1]})", element, block)
