"""One JupyterLab and one Chromium for all tests in the browser."""

import json
import os
import shutil

import pytest
from lab import ROOT, SCREENSHOTS, running_lab
from selenium import webdriver

from helpers import run_experiments
from helpers.report import notebooks_of

MISSING = "the tests in the browser need Chromium and its driver: apt-get install chromium chromium-driver"


@pytest.fixture(scope="session")
def driver():
    """Chromium without a window, from the system; it notes every request that it makes."""
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    chromedriver = shutil.which("chromedriver")
    if not browser or not chromedriver:
        pytest.exit(MISSING, returncode=1)
    options = webdriver.ChromeOptions()
    options.binary_location = browser
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    for argument in ("headless=new", "disable-gpu", "disable-background-networking", "no-first-run"):
        options.add_argument(f"--{argument}")
    options.add_argument("--window-size=1280,1400")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.add_argument("--no-sandbox")  # which root cannot have
    chromium = webdriver.Chrome(options, webdriver.ChromeService(chromedriver))
    yield chromium
    chromium.quit()


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """JupyterLab on copies of the notebooks, whose results are of one seed and one epoch, and stored."""
    folder, home = tmp_path_factory.mktemp("notebooks"), tmp_path_factory.mktemp("home")
    for notebook in notebooks_of(ROOT):
        shutil.copy(notebook, folder)
    (folder / "helpers").symlink_to(ROOT / "helpers")
    settings = {"SEEDS": "1", "EPOCHS": "1", "RESULTS_DIR": str(home / "results")}
    with pytest.MonkeyPatch.context() as environment:
        for name, value in settings.items():
            environment.setenv(name, value)
        environment.delenv("MNIST_DIR", raising=False)
        run_experiments(progress=False)
        with running_lab(folder, home, settings) as server:
            yield server


@pytest.fixture
def foreign_requests(driver, lab):
    """Function: the addresses outside this server that the browser has asked for since the last call."""

    def addresses():
        events = (json.loads(entry["message"])["message"] for entry in driver.get_log("performance"))
        asked = (event["params"] for event in events if event["method"] == "Network.requestWillBeSent")
        return [
            request["request"]["url"]
            for request in asked
            if not request["request"]["url"].startswith((lab.url, "data:", "blob:"))
        ]

    return addresses


@pytest.fixture(scope="session")
def save_screenshot(driver):
    """Function: keep what the browser shows under a name."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    return lambda name: driver.save_screenshot(str(SCREENSHOTS / f"{name}.png"))
