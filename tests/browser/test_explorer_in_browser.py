"""In a real browser: the explorer does what a person asks of it."""

import io
import re

import numpy as np
import pytest
from lab import NotebookPage
from matplotlib.image import imread
from selenium.webdriver.common.actions.action_builder import ActionBuilder
from selenium.webdriver.common.actions.interaction import POINTER_MOUSE, POINTER_TOUCH
from selenium.webdriver.common.actions.pointer_input import PointerInput
from selenium.webdriver.common.keys import Keys

FIRST_COLOUR = np.array([0x00, 0x72, 0xB2]) / 255  # of the first run's curves
SEVEN = [(0.28, 0.22), (0.75, 0.22), (0.6, 0.5), (0.48, 0.82)]
ONE = [(0.5, 0.15), (0.5, 0.5), (0.5, 0.85)]


class ExplorerPage(NotebookPage):
    """A notebook that opens the explorer, run, with it in sight."""

    def __init__(self, driver, lab):
        lab.write("explorer.ipynb", ["from helpers import explorer\n\nexplorer.explore()"])
        super().__init__(driver, lab, "explorer.ipynb")
        self.run_all()
        self.scroll_to(self.one(".explorer-hidden-layers"), "center")
        self.curves = self.one(".explorer-curves")
        self.canvas = self.one(".digit-pad-canvas")

    def says(self, name: str, words: str) -> None:
        """Wait until a part of the explorer says some words."""
        self.wait(lambda: words in self.one(f".explorer-{name}").text, words)

    @property
    def bars(self) -> list[str]:
        """The ten probabilities as written; empty texts without a drawing."""
        return self.texts(".digit-pad-number")

    @property
    def lengths(self) -> list[str]:
        """The lengths of the ten bars, to more digits than are written."""
        return self.driver.execute_script(
            "return Array.from(document.querySelectorAll('.digit-pad-bar'), bar => bar.style.width)"
        )

    def set(self, name: str, text: str) -> None:
        """Write into a field."""
        field = self.one(f".explorer-{name} input")
        field.send_keys(Keys.CONTROL, "a")
        field.send_keys(text, Keys.TAB)

    def click(self, name: str) -> None:
        button = self.one(f"button.explorer-{name}")
        self.wait(button.is_enabled, f"the button {name} to be of use")
        button.click()

    def choose_theme(self, name: str) -> None:
        (settings,) = [item for item in self.find(".lm-MenuBar-item") if item.text == "Settings"]
        settings.click()
        for words in ("Theme", name):
            self.wait(lambda words=words: self.menu_items(words), f"the menu entry {words}")[0].click()
        dark = "false" if "Dark" in name else "true"
        self.wait(lambda: self.driver.execute_script("return document.body.dataset.jpThemeLight") == dark, name)

    def menu_items(self, words: str):
        return [item for item in self.find(".lm-Menu-item") if item.text.strip() == words and item.is_displayed()]

    def drawn(self) -> int:
        """Number of points on the page in the first run's colour, in the picture of the curves."""
        picture = imread(io.BytesIO(self.curves.screenshot_as_png))[..., :3]
        return int((np.abs(picture - FIRST_COLOUR).max(axis=-1) < 0.1).sum())

    def draw(self, points, pointer: str = POINTER_MOUSE) -> None:
        """Draw a line with the mouse, or by finger on a touch screen."""
        self.scroll_to(self.canvas, "center")
        side = self.canvas.size["width"]
        (first, *others) = [(round((x - 0.5) * side), round((y - 0.5) * side)) for x, y in points]  # from the middle
        actions = ActionBuilder(self.driver, mouse=PointerInput(pointer, pointer), duration=80)
        actions.pointer_action.move_to(self.canvas, *first).pointer_down()
        for place in others:
            actions.pointer_action.move_to(self.canvas, *place)
        actions.pointer_action.pointer_up()
        actions.perform()

    def answer(self) -> str:
        """Return the digit whose bar is the longest."""
        self.wait(lambda: len(self.find(".digit-pad-best")) == 1, "an answer")
        return self.one(".digit-pad-best .digit-pad-digit").text


@pytest.fixture(scope="module")
def page(driver, lab):
    yield ExplorerPage(driver, lab)
    lab.end_kernels()


def test_the_parameter_count_follows_the_units(page):
    page.says("parameters", "50,880 parameters")
    for units, said in [("60, 60", "51,300 parameters"), ("sixty", "allowed"), ("48", "38,160 parameters")]:
        page.set("hidden-layers", units)
        page.says("parameters", said)


def test_a_digit_moves_the_bars_by_mouse_and_by_finger(page, save_screenshot):
    assert set(page.bars) == {""}
    page.draw(ONE)
    page.wait(lambda: "" not in page.bars, "ten numbers")
    assert page.answer() == "1"
    of_the_one = page.bars
    page.one(".digit-pad-clear").click()
    page.wait(lambda: set(page.bars) == {""}, "the bars to be empty again")
    page.draw(SEVEN, POINTER_TOUCH)
    page.wait(lambda: "" not in page.bars and page.bars != of_the_one, "other numbers")
    assert page.answer() == "7"
    save_screenshot("explorer-digit")


def test_a_run_grows_pauses_goes_on_and_stops(page, save_screenshot):
    page.scroll_to(page.one(".explorer-hidden-layers"), "center")
    assert page.drawn() == 0
    page.set("learning-rate", "0.001")  # so small that it does not end by itself meanwhile
    page.click("start")
    page.wait(lambda: page.drawn() > 200, "the curve to begin")
    before = page.lengths
    begun = page.drawn()
    page.wait(lambda: page.drawn() > begun + 100, "the curve to grow")
    page.wait(lambda: page.lengths != before, "the network to change its mind on the digit")
    save_screenshot("explorer-training")
    for button, said in [("pause", "paused"), ("pause", "training"), ("stop", "stopped")]:
        page.click(button)
        page.says("run-list", said)
    save_screenshot("explorer-stopped")


def test_in_a_dark_theme_words_are_light_and_figures_stay_on_white(page, save_screenshot):
    page.choose_theme("JupyterLab Dark")
    page.scroll_to(page.one(".explorer-hidden-layers"), "center")
    save_screenshot("explorer-dark")
    for css in (".explorer-parameters span", ".digit-pad-number"):
        colour = page.driver.execute_script("return getComputedStyle(document.querySelector(arguments[0])).color", css)
        assert min(int(part) for part in re.findall(r"\d+", colour)[:3]) > 150, css
    assert (imread(io.BytesIO(page.curves.screenshot_as_png))[3, 3, :3] == 1).all()
    page.choose_theme("JupyterLab Light")


def test_nothing_failed_and_nothing_was_asked_outside_on_the_way(page, foreign_requests):
    assert page.failures() == []
    assert foreign_requests() == []
