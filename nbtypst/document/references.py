"""Captions, numbers and references: `[@fig:name]`, `[@tbl:name]`, `[@eq:name]`, `\\eqref{...}`, and works cited.

Figures, tables and formulas are counted through the whole document, for all writers alike.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import lxml.html
from lxml.html import HtmlElement
from lxml.html.builder import FIGCAPTION, FIGURE, A, B

from ..formulas import Row, ask, rows_to_number, set_numbers, words_of_tag
from ..pictures import OUTSIDE, Collected, OutsideError, content
from .parsing import fragment
from .reading import insert_markup, replace_words
from .structure import Part

KINDS = {"fig": "Figure", "tbl": "Table", "eq": "Equation"}
CITATION = re.compile(r"\[[^\[\]]*+\]|\\(?:eq)?ref\{([^{}]++)\}")  # and an @ in brackets
CITED = re.compile(r"@[\w:.#$%&+?<>~/-]")
LABELS = re.compile(r"-?@((?:fig|tbl|eq):[\w:.-]+)")
CAPTION = re.compile(r"\s*:\s+(\S.*)", re.DOTALL)
CITING = ["--sandbox", "-f", "markdown_strict-raw_html+smart+citations+fenced_divs+all_symbols_escapable", "-t", "html"]
CITING += ["--wrap=none"]
KEY = re.compile(r"((?<![^\s\[;(,])-?@\w[\w:.#$%&+?<>~/-]*)")
MARKUP = re.compile(r"[\\`*_{}\[\]()<>#!|~^$&@]")
SUFFIXES = {".bib", ".bibtex", ".json", ".ris", ".yaml", ".yml"}  # of bibliographies
NAME_AS_TAG = re.compile(r"\([a-z][a-z0-9-]+\)")


def mark_captions(part: Part) -> None:
    """Make figures of pictures and tables that Markdown gives a caption.

    `![alternative text](file "caption")`, `![caption](file){#fig:name alt="alternative text"}`, and after a table a
    paragraph `: caption {#tbl:name}`.
    """
    for image in list(part.tree.iter("img")):
        paragraph = image.getparent()
        alone = paragraph.tag == "p" and len(paragraph) == 1 and not paragraph.text_content().strip()
        if alone and image.get("title"):
            caption = fragment(image.get("title"), "figcaption")
            _wrap(paragraph, image, caption, image.get("data-label"))
    for table in list(part.tree.iter("table")):
        paragraph = table.getnext()
        if paragraph is None or paragraph.tag != "p" or not (found := CAPTION.fullmatch(paragraph.text or "")):
            continue
        caption = FIGCAPTION(found[1], *paragraph)
        last = caption[-1].tail if len(caption) else caption.text
        label = re.search(r"(?<!\s)\s*+\{#([\w:.-]+)\}\s*$", last or "")
        if label:
            insert_markup(*((caption[-1], "tail") if len(caption) else (caption, "text")), [last[: label.start()]])
        paragraph.drop_tree()
        _wrap(table, table, caption, label[1] if label else None)


def _wrap(replaced: HtmlElement, content: HtmlElement, caption: HtmlElement, label: str | None) -> None:
    figure = FIGURE({"class": "numbered"} | ({"id": label} if label else {}))
    figure.tail, replaced.tail = replaced.tail, None
    replaced.getparent().replace(replaced, figure)
    figure.extend([content, caption])
    content.tail = None


def mark_references(part: Part, *, works: bool) -> None:
    """Make elements of references in the text; those of works only where there is a bibliography."""
    for formula in list(part.tree.find_class("math")):  # $\eqref{eq:x}$
        found = re.fullmatch(r"\s*\\(?:eq)?ref\{([^{}]+)\}\s*", formula.text or "")
        if found:
            link = _equation(found[0], found[1])
            link.tail = formula.tail
            formula.getparent().replace(formula, link)
    replace_words(part.tree, CITATION.finditer, lambda found: _reference(found, works))


def _equation(command: str, label: str) -> HtmlElement:
    r"""A reference by \eqref, of which the text is "(1)", or by \ref, "1"."""
    form = "eqref" if "eqref" in command else "ref"
    return A({"class": "reference", "href": f"#{label}", "data-form": form})


def _reference(found: re.Match[str], works: bool) -> list[str | HtmlElement]:
    if found[1]:
        return [_equation(found[0], found[1])]
    if not CITED.search(found[0]):
        return []
    labels = LABELS.findall(found[0])
    if labels:
        between = LABELS.split(found[0][1:-1])[::2]
        marks = [number for number, words in enumerate(between) if words.strip() in (";", ",")]
        for number in marks:
            between[number] = " and " if number == marks[-1] else ", "
        links = [A({"class": "reference", "href": f"#{label}"}) for label in labels]
        return [piece for pair in zip(between, [*links, ""], strict=True) for piece in pair if piece != ""]
    return [lxml.html.builder.SPAN({"class": "cite"}, found[0])] if works else []


def _plain_citation(source: str) -> str:
    """A citation in which all but keys is words, none of them Markdown."""
    pieces = KEY.split(" ".join(source[1:-1].split()))
    words = [MARKUP.sub(r"\\\g<0>", piece) for piece in pieces[::2]]
    return "[" + "".join(word + key for word, key in zip(words, [*pieces[1::2], ""], strict=True)) + "]"


class Numbers:
    """Numbers of figures, tables and equations, by label; `names`: label -> "Figure 3"."""

    def __init__(self, parts: Sequence[Part], collected: Collected):
        self.count = dict.fromkeys(KINDS.values(), 0)
        self.names: dict[str, str] = {}
        self.targets: dict[str, str] = {}  # of labels that share a formula with the one that is its identifier
        self.collected = collected
        referred = {link.get("href")[1:] for part in parts for link in part.tree.find_class("reference")}
        self.tags_are_names = any(label.startswith("eq:") for label in referred)
        for part in parts:
            collected.place = part.place
            for element in part.tree.iter("figure", "span"):
                if element.tag == "figure":
                    self._number_figure(element)
                elif "math" in element.classes and "display" in element.classes:
                    self._number_formula(element)

    def _define(self, label: str, name: str) -> bool:
        if label in self.names:
            self.collected.remark(f"the label {label} is given twice")
            return False
        self.names[label] = name
        return True

    def _number_figure(self, figure: HtmlElement) -> None:
        caption = figure.find("figcaption")
        if caption is None or "numbered" not in figure.classes:
            return
        kind = "Table" if figure.find(".//table") is not None else "Figure"
        self.count[kind] += 1
        name = f"{kind}\u00a0{self.count[kind]}"
        if figure.get("id") and not self._define(figure.get("id"), name):
            del figure.attrib["id"]
        number = B(f"{name}.")
        number.tail, caption.text = f" {caption.text or ''}", None
        caption.insert(0, number)

    def _number_formula(self, formula: HtmlElement) -> None:
        set_numbers(formula, [self._number_row(formula, row) for row in rows_to_number(formula.text or "")])

    def _number_row(self, formula: HtmlElement, row: Row) -> str:
        """The number of a row, or "" if it has none."""
        labels, tag = row.labels, row.tag
        if tag is not None and self.tags_are_names and NAME_AS_TAG.fullmatch(tag):
            labels, tag = [*labels, f"eq:{tag[1:-1]}"], None  # a name, which Jupyter shows beside the formula
        elif tag is None and not labels and not row.has_number:
            return ""
        if tag is None:
            self.count["Equation"] += 1
            tag = f"({self.count['Equation']})"
        tag = words_of_tag(tag, self.collected.seconds)
        for label in labels:
            if self._define(label, f"Equation\u00a0{tag}") and not formula.get("id"):
                formula.set("id", label)
            self.targets[label] = formula.get("id", label)
        return tag

    def resolve(self, parts: Sequence[Part]) -> None:
        """Give references their words; one without a target stays as words, with a remark."""
        for part in parts:
            self.collected.place = part.place
            for link in part.tree.find_class("reference"):
                label = link.get("href")[1:]
                form = link.attrib.pop("data-form", None)
                link.text = self.names.get(label)
                if link.text:
                    number = link.text.partition("\u00a0")[2]
                    link.text = {"eqref": number, "ref": number.strip("()")}.get(form, link.text)
                    link.set("href", f"#{self.targets.get(label, label)}")
                    continue
                kind, _, name = label.partition(":")
                link.text = f"({label}?)" if form else f"{KINDS.get(kind, 'Equation')}\u00a0{name or label}"
                del link.attrib["href"]
                self.collected.remark(f"a reference to {label}, which is not there")


def read_works(named: object, folder: Path, root: Path | None, collected: Collected) -> list[tuple[str, bytes]]:
    """(suffix, content) of each bibliography that is `named`, as far as it lies in `folder` or `root`."""
    works = []
    for name in map(str, named if isinstance(named, list | tuple) else [named]):
        suffix = Path(name).suffix.lower()
        try:
            works.append((suffix if suffix in SUFFIXES else ".bib", content(name, folder, root)))
        except OutsideError:
            collected.remark(f"the bibliography {name[:100]} {OUTSIDE}")
        except (OSError, ValueError):
            collected.remark(f"the bibliography {Path(name).name[:100]} is not there")
    return works


def cite(parts: list[Part], bibliography: Sequence[tuple[str, bytes]], lang: str, collected: Collected) -> None:
    """Put citations in the place of `span.cite`, by pandoc's citeproc, and add a part with the works cited.

    `bibliography` is suffix and content of each file. Of the text, pandoc gets keys, locators and words, no more.
    """
    spans = [(part, span) for part in parts for span in part.tree.find_class("cite")]
    if not spans:
        return
    cited = [_plain_citation(span.text_content()) for _, span in spans]
    text = "\n\n".join(f"::: {{#cite-{number}}}\n{one}\n:::" for number, one in enumerate(cited))
    with TemporaryDirectory(prefix="nbtypst-") as folder:
        files = [Path(folder, f"works-{number}{suffix}") for number, (suffix, _) in enumerate(bibliography)]
        for file, (_, written) in zip(files, bibliography, strict=True):
            file.write_bytes(written)
        options = ["--citeproc", "-M", "link-citations=true", "-M", f"lang={lang}"]
        answer = ask([*CITING, *options, *(f"--bibliography={file}" for file in files)], text, collected.seconds)
    for line in answer.warnings.splitlines():
        unknown = re.search(r"citation (\S+) not found", line)
        place = next(
            (part.place for part, span in spans if unknown and unknown[1] in span.text_content()), parts[0].place
        )
        if unknown:
            collected.remark(f"the work {unknown[1]} is not in the bibliography", place)
    if answer.problem:
        told = answer.warnings.replace(f"{folder}/", "").strip()[:300] or answer.problem
        collected.remark(f"the bibliography cannot be used: {told}", parts[0].place)
        return
    cited = fragment(answer.text, "body")
    for number, (_, span) in enumerate(spans):
        found = cited.find(f".//div[@id='cite-{number}']/p")
        if found is not None:
            words, children = found.text, list(found)
            span.text = words
            span.extend(children)
    works = cited.get_element_by_id("refs", None)
    if works is not None and len(works):
        body = lxml.html.fragment_fromstring("<body><h1>References</h1></body>", create_parent=False)
        body = body if body.tag == "body" else body.getroottree().find(".//body")
        body.append(works)
        parts.append(Part("the list of references", parts[-1].notebook, body))
