"""The whole report on another data set in MNIST's layout, with its own name on the title page."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pypdf

ROOT = Path(__file__).resolve().parents[2]


def test_the_report_is_made_of_another_data_set_and_speaks_of_it(tmp_path, draw_images, write_data):
    data = write_data(
        tmp_path / "#fashion-mnist $5 [x*]", draw_images(30_000), draw_images(10_000, seed=1), zipped=True
    )
    project = tmp_path / "project"
    shutil.copytree(ROOT / "helpers", project / "helpers", ignore=shutil.ignore_patterns("__pycache__"))
    for file in [*ROOT.glob("*.ipynb"), ROOT / "references.bib"]:
        shutil.copy(file, project)
    done = subprocess.run(
        [sys.executable, "-m", "helpers"],
        cwd=project,
        env=os.environ | {"MNIST_DIR": str(data), "SEEDS": "1", "EPOCHS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    document = pypdf.PdfReader(project / "assignment1_report.pdf")
    text = "\n".join(page.extract_text() for page in document.pages)
    assert "fashion-mnist 5 x" in document.pages[0].extract_text()
    words = " ".join(text.split())
    assert "digit" not in words.replace("The MNIST Database of Handwritten Digits", "").lower()
