"""Pictures of every kind become files that Typst reads; what cannot be is told in words."""

import base64
import gzip
import io
import zlib

import pypdfium2
import pytest
import typst
from kitchen import md, png, printed, run_code, shown
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from nbtypst.pictures import PictureError, from_bytes, from_mime, from_source, pictures, svg

FORMATS = ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "ICO"]
MODES = ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "I", "F", "YCbCr"]


def saved(mode, file_format, **options):
    """A small picture in a file's bytes; None where the format has no such mode."""
    with io.BytesIO() as file:
        try:
            Image.new(mode, (20, 10)).save(file, format=file_format, **options)
        except (OSError, KeyError, ValueError):
            return None
        return file.getvalue()


def drawn(picture, folder):
    """The PDF in which Typst draws a picture."""
    (folder / picture.name).write_bytes(picture.content)
    (folder / "main.typ").write_text(f'#image("{picture.name}")', encoding="utf-8")
    return typst.compile(str(folder / "main.typ"), root=str(folder))


@pytest.mark.parametrize("file_format", FORMATS)
def test_typst_draws_pictures_of_every_format_and_mode(file_format, tmp_path):
    made = [content for mode in MODES if (content := saved(mode, file_format))]
    assert made
    for content in made:
        picture = from_bytes(content)
        assert drawn(picture, tmp_path).startswith(b"%PDF")
        assert (picture.width, picture.height) == (15, 7.5)


def test_what_typst_reads_is_kept_as_it_is_and_named_by_its_content():
    content = saved("RGB", "PNG")
    assert from_bytes(content).content == content
    assert from_bytes(content).name == from_mime("image/png", base64.b64encode(content).decode()).name
    assert from_bytes(content).name != from_bytes(saved("L", "PNG")).name


def test_photographs_stand_upright_as_browsers_turn_them():
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = from_bytes(saved("RGB", "JPEG", exif=exif))
    assert (picture.width, picture.height) == (7.5, 15)


SVGS = {
    "without a namespace": b'<svg width="40" height="20"><rect width="9" height="9"/></svg>',
    "with a view box alone": b'<svg viewBox="0 0 40 20"><rect width="9" height="9"/></svg>',
    "with an undeclared prefix": b'<svg viewBox="0 0 40 20"><use xlink:href="#a"/><g id="a"/></svg>',
    "with entities": b'<!DOCTYPE svg [<!ENTITY a "b">]><svg width="40px" height="20px"><text>&a;&nbsp;</text></svg>',
    "behind other text": b'<?xml version="1.0"?>\n<!-- x -->\n<svg width="30pt" height="15pt"><g/></svg>',
    "compressed": gzip.compress(b'<svg width="40" height="20"><g/></svg>'),
    "in UTF-16": '<svg width="40" height="20"><g/></svg>'.encode("utf-16"),
    "not well-formed": b'<svg width="40" height="20"><g><rect width="1" height="2"></svg>',
    "with percentages": b'<svg width="100%" height="100%" viewBox="0 0 40 20"><g/></svg>',
}


@pytest.mark.parametrize("kind", SVGS)
def test_typst_draws_svg_as_people_write_it_at_its_size(kind, tmp_path):
    picture = from_bytes(SVGS[kind])
    assert drawn(picture, tmp_path).startswith(b"%PDF")
    assert (picture.width, picture.height) == (30, 15)


def test_svg_neither_runs_nor_fetches():
    content = from_bytes(
        b"<svg width='9' height='9'><script>x</script><image href='https://x.org/a.png'/><image href='/etc/passwd'/>"
        b"<g onclick='x'/><style>@import url(https://x.org/a.css); g {fill: red}</style></svg>"
    ).content
    for word in (b"script", b"http", b"passwd", b"onclick", b"@import"):
        assert word not in content.replace(b"http://www.w3.org", b"")


def test_a_picture_of_pixels_that_speaks_of_svg_is_none(monkeypatch):
    about = PngInfo()
    about.add_text("source", "<svg width='9'/>")
    assert from_bytes(saved("RGB", "PNG", pnginfo=about)).name.endswith(".png")
    monkeypatch.setattr(svg, "LARGEST", 100)
    with pytest.raises(PictureError, match="too large"):
        from_bytes(gzip.compress(b"<svg>" + b"<g/>" * 100 + b"</svg>"))


def test_words_in_html_within_svg_are_told():
    inside = "<foreignObject><p xmlns='http://www.w3.org/1999/xhtml'>words</p></foreignObject>"
    assert "holds words in HTML" in from_bytes(f"<svg width='9' height='9'>{inside}</svg>".encode()).note
    assert from_bytes(b"<svg width='9' height='9'><foreignObject/></svg>").note is None


def test_svg_keeps_its_letters_whatever_font_it_names(tmp_path):
    text = b'<svg width="200" height="40"><text y="20" font-family="Nonesuch,serif">letters</text></svg>'
    with pypdfium2.PdfDocument(drawn(from_bytes(text), tmp_path)) as document:
        assert "letters" in document[0].get_textpage().get_text_bounded()


def test_sources_are_found_by_any_spelling_of_their_name(tmp_path):
    (tmp_path / "a b").mkdir()
    (tmp_path / "a b" / "pän.png").write_bytes(png())
    names = ["a b/pän.png", "a%20b/p%C3%A4n.png", "./a b/pän.png?raw=true", "a b\\pän.png"]
    for name in [*names, str(tmp_path / "a b/pän.png")]:
        assert from_source(name, tmp_path).content == png()
    data = base64.b64encode(png()).decode()
    assert from_source(f"data:image/png;base64,{data[:9]}\n {data[9:]}", tmp_path).content == png()
    assert from_source("data:image/svg+xml,%3Csvg%20width='4'%20height='4'%3E%3Cg/%3E%3C/svg%3E", tmp_path).width == 3
    assert from_source("attachment:p%20q.png", tmp_path, {"p q.png": {"image/png": data}}).content == png()


@pytest.mark.parametrize(
    ("source", "message", "link"),
    [
        ("none.png", "the picture none.png is not there", None),
        ("https://x.org/a.png", "the picture https://x.org/a.png is elsewhere", "https://x.org/a.png"),
        ("//x.org/a.png", "the picture https://x.org/a.png is elsewhere", "https://x.org/a.png"),
        ("file:///etc/hostname", "is elsewhere", None),
        ("javascript:alert(1)", "is elsewhere", None),
        ("attachment:none.png", "the attachment none.png is not there", None),
        ("data:image/png;base64,####", "broken|no picture", None),
        ("data:", "data are broken", None),
        ("", "without an address", None),
        ("text.png", "the picture text.png is no picture", None),
        ("cut.png", "the picture cut.png is broken", None),
        ("x\0y.png", "is not there", None),
        ("a" * 5000, "is not there", None),
    ],
)
def test_what_is_no_picture_is_told_in_words(source, message, link, tmp_path):
    (tmp_path / "text.png").write_text("words", encoding="utf-8")
    (tmp_path / "cut.png").write_bytes(png()[: len(png()) // 2])
    with pytest.raises(PictureError, match=message) as problem:
        from_source(source, tmp_path)
    assert problem.value.link == link


def test_a_picture_of_absurd_size_is_refused_before_it_is_unpacked(monkeypatch):
    monkeypatch.setattr(pictures, "LARGEST", 100)
    with pytest.raises(PictureError, match="too large"):
        from_bytes(saved("RGB", "PNG"))


def png_of(*chunks):
    """A file with these parts, each with its right sum."""
    written = b"\x89PNG\r\n\x1a\n"
    for kind, content in chunks:
        written += len(content).to_bytes(4, "big") + kind + content + zlib.crc32(kind + content).to_bytes(4, "big")
    return written


def test_a_png_whose_sums_are_right_and_whose_content_is_none_is_a_box(tmp_path):
    header = (b"IHDR", bytes([0, 0, 0, 9, 0, 0, 0, 9, 8, 2, 0, 0, 0]))
    broken = base64.b64encode(png_of(header, (b"IDAT", b"no pixels"), (b"IEND", b""))).decode()
    pdf, remarks = printed(tmp_path, run_code("show()", shown(image_png=broken)), md("And it went on."))
    assert [one for one in remarks if "picture cannot be shown" in one]
    assert "it went on" in pdf.pages[0].extract_text()
