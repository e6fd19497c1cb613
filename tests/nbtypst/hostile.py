"""Notebooks that a stranger may send: small inputs that once ran, asked, read, hung, or took the rest along.

Each kind is a dictionary from what it is to its cells. ADDRESS stands for a server that must not be asked, SECRET for
a file outside the notebook's folder that must not be read, `STRUCK` for a script that must not run.
"""

import json

from kitchen import md, run_code, shown, stream
from nbformat import v4

ADDRESS, SECRET = "http://server.invalid", "/secret/place"
STRUCK = "window.struck=1"
SCRIPT = f"<script>{STRUCK}</script>"
IMAGE = f"<img src=x onerror={STRUCK}>"
WORDS = "The eggs are whole."  # of the cell behind, which must stand whatever came before it


MARKS = """math|math display|math\u00a0display|cite|footnote|footnote-ref|footnotes|box|numbered|front|code|output
|csl-entry|equation|scroll""".replace("\n", "").split("|")


def html(source):
    return run_code("x", shown(text_html=source, text_plain="x"))


def latex(source):
    return run_code("x", shown(text_latex=source, text_plain="x"))


def svg(inside, attributes=""):
    head = f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {attributes}'
    return run_code("x", shown(svg=f'{head} width="100" height="100">{inside}</svg>'))


def tables(depth):
    return "<table><tr><td>" * depth + "egg" + "</td></tr></table>" * depth


RUNS = {  # a script in the page, or in what a reader clicks on
    "tag": [md(rf"$$x\tag{{{SCRIPT}}}$$"), md(rf"$$x\tag{{{IMAGE}}}$$")],
    "tag starred": [md(rf"$$x\tag*{{{IMAGE}}}$$")],
    "label": [md(rf'$$x\label{{"><script>{STRUCK}</script>}}$$')],
    "data-number": [html(f'<span class="math display" data-number="{SCRIPT}">x</span>')],
    "data-number inline": [html(f'<span class="math" data-number="{IMAGE}">x</span>')],
    "classes parted by a no-break space": [
        html(f'<a class="reference\u00a0x" href="javascript:{STRUCK}">egg</a>'),
        html(f'<a class="reference&#x2003;x" href="javascript:{STRUCK}">egg</a>'),
        html(f'<a class="reference" href="javascript:{STRUCK}">egg</a>'),
    ],
    "addresses": [
        html(
            f'<a href="java&#10;script:{STRUCK}">a</a><a href=" &#1;javascript:{STRUCK}">b</a>'
            f'<a href="JaVaScRiPt:{STRUCK}">c</a><a href="data:text/html,{SCRIPT}">d</a><a href="vbscript:x">e</a>'
        ),
        md(f"[egg](<java\tscript:{STRUCK}>) [egg](javascript&#58;{STRUCK})"),
    ],
    "area": [html(f'<map name=m><area href="javascript:{STRUCK}" shape=default></map>')],
    "math": [html(f'<math href="javascript:{STRUCK}"><mi xlink:href="javascript:{STRUCK}">x</mi></math>')],
    "math and style": [html(f"<math><mtext><table><mglyph><style><!--</style>{IMAGE}-->")],
    "math annotated": [html(f'<math><annotation-xml encoding="text/html">{SCRIPT}{IMAGE}</annotation-xml></math>')],
    "noscript": [html(f'<noscript><p title="</noscript>{IMAGE}"></noscript>')],
    "comments": [html(f"<!--><img src=x onerror={STRUCK}>--><p>egg</p><!--!>{IMAGE}-->")],
    "raw text": [html(f"<xmp></xmp{IMAGE}><textarea>{IMAGE}</textarea><plaintext>{SCRIPT}")],
    "frames": [html(f'<iframe srcdoc="{SCRIPT}"></iframe><object data="javascript:{STRUCK}"></object>')],
    "forms": [html(f'<form action="javascript:{STRUCK}"><button formaction="javascript:{STRUCK}">x</button></form>')],
    "handlers": [html(f'<p onclick="{STRUCK}" onmouseover={STRUCK}>x</p><details open ontoggle={STRUCK}>x</details>')],
    "caption": [html(f'<p><img src="data:image/png,x" title="{SCRIPT}"></p>'), md(f'![a](x.png "{SCRIPT}")')],
    "caption of an output": [run_code("x", shown({"nbtypst": {"kind": "figure", "caption": SCRIPT}}, svg="<svg/>"))],
    "kind of code": [md(f'```"><script>{STRUCK}</script>\nx\n```')],
    "printed": [run_code("x", stream(f"\x1b[31m{SCRIPT}\x1b[0m\x1b]8;;javascript:{STRUCK}\x07egg\x1b]8;;\x07"))],
    "formula": [md(rf"$\href{{javascript:{STRUCK}}}{{x}} \text{{{IMAGE}}} \unicode{{x3c}}script\unicode{{62}}$")],
    "formula refused": [md(rf"$\begin{{nowhere}} {SCRIPT} \end{{nowhere}}$")],
    "drawing": [svg(f'<script>{STRUCK}</script><a href="javascript:{STRUCK}"><path d="M0 0L9 9"/></a>')],
    "drawing animated": [
        svg(f'<a xlink:href="#x"><set attributeName="href" to="javascript:{STRUCK}"/><path d="M0 0L9 9"/></a>'),
        svg(f'<animate attributeName="href" values="javascript:{STRUCK}"/><path d="M0 0L9 9"/>', f'onload="{STRUCK}"'),
        svg(f'<foreignObject><body xmlns="http://www.w3.org/1999/xhtml">{SCRIPT}</body></foreignObject>'),
    ],
}

ASKS = {  # the network
    "styles": [
        html(f"<p style=\"background:image-set('{ADDRESS}/a' 1x)\">a</p>"),
        html(f'<p style="background:u\\72l({ADDRESS}/b)">b</p>'),
        html(f"<p style=\"background-image:-webkit-image-set(u\\72 l('{ADDRESS}/c') 1x)\">c</p>"),
        html(f"<p style=\"list-style:src('{ADDRESS}/d');cursor:u/**/rl({ADDRESS}/d2)\">d</p>"),
        html(f"<style>p {{background: url({ADDRESS}/e)}} @import '{ADDRESS}/e2';</style><p>e</p>"),
        html(f'<ul style="content:url({ADDRESS}/f);border-image:url({ADDRESS}/f2)"><li>f</ul>'),
    ],
    "image": [html(f'<image data-file=x src="{ADDRESS}/a">'), html(f'<image src="{ADDRESS}/b">')],
    "unclosed drawing": [
        html(f'<svg><image href="{ADDRESS}/a">'),
        html(f'<svg><filter id=f><feImage href="{ADDRESS}/b"/></filter><rect filter="url(#f)" width=9 height=9 />'),
        html(f'<svg><style>rect {{fill: url({ADDRESS}/c)}}</style><use href="{ADDRESS}/d#x"/>'),
        html(f'<p>a</svg><svg/><svg><image xlink:href="{ADDRESS}/e"></image></svg>'),
    ],
    "elements": [
        html(
            f'<link rel=stylesheet href="{ADDRESS}/a"><body background="{ADDRESS}/b"><table background="{ADDRESS}/c">'
            f'<tr><td background="{ADDRESS}/d">x</table><input type=image src="{ADDRESS}/e">'
            f'<video poster="{ADDRESS}/f">'
            f'</video><picture><source srcset="{ADDRESS}/g"><img srcset="{ADDRESS}/h"></picture>'
            f'<meta http-equiv=refresh content="0;url={ADDRESS}/i"><base href="{ADDRESS}/j"><embed src="{ADDRESS}/k">'
        ),
        html(f'<a href="{ADDRESS}/never" ping="{ADDRESS}/l">x</a><bgsound src="{ADDRESS}/m"><frame src="{ADDRESS}/n">'),
        md(f"![egg]({ADDRESS}/o.png) ![egg](//{ADDRESS.removeprefix('http://')}/p.png)"),
        md(f"[egg]: {ADDRESS}/q\n\n![egg]"),
    ],
    "drawing": [
        svg(f'<image href="{ADDRESS}/a" width="9" height="9"/><use xlink:href="{ADDRESS}/b#x"/>'),
        svg(f'<style>@import "{ADDRESS}/c"; rect {{fill: u\\72l({ADDRESS}/d)}}</style><rect width="9" height="9"/>'),
        svg(f'<rect fill="url({ADDRESS}/e#x)" style="filter:url({ADDRESS}/f)" width="9" height="9"/>'),
        svg(f'<filter id="f"><feImage href="{ADDRESS}/g"/></filter><rect filter="url(#f)" width="9" height="9"/>'),
        svg(
            '<image href="data:image/svg+xml,&lt;svg xmlns=&quot;http://www.w3.org/2000/svg&quot;&gt;&lt;image '
            f'href=&quot;{ADDRESS}/h&quot; width=&quot;9&quot;/&gt;&lt;/svg&gt;" width="9" height="9"/>'
        ),
        run_code(
            "x",
            shown(
                svg=f'<?xml-stylesheet href="{ADDRESS}/i"?><!DOCTYPE svg SYSTEM "{ADDRESS}/j"><svg '
                'xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0L9 9"/></svg>'
            ),
        ),
    ],
    "latex": [latex(rf"\begin{{center}}\includegraphics{{{ADDRESS}/a.png}}\end{{center}}")],
}

CITES = {  # with a bibliography: what reaches the program that cites
    "metadata": [html(f"<div>[x\n\n---\ncsl: {ADDRESS}/a\n---\n\n@key]</div>"), md("[see @key, p. 3]")],
    "metadata of the first line": [html(f"<div>[\n---\ncsl: {ADDRESS}/b\n...\n@key]</div>")],
    "abbreviations": [html(f"<div>[x\n\n---\ncitation-abbreviations: {SECRET}\n---\n\n@key]</div>")],
    "another bibliography": [html(f"<div>[x\n\n---\nbibliography: {SECRET}\n---\n\n@key]</div>")],
    "raw": [html(f"<div>[`{IMAGE}`{{=html}} ![a]({ADDRESS}/c) &lt;style&gt;*{{}}&lt;/style&gt; @key]</div>")],
    "fence": [html(f"<div>[x\n:::\n\n# Egg\n\n::: {{#refs}}\n{SCRIPT}\n:::\n\n@key]</div>")],
}
LANGUAGES = ["en\ncsl: x", "../../secret", "-M csl=x"]

FORMULAS = {  # formulas that nothing can set, some of which took no end of time
    "nothing but a switch": [r"\displaystyle", r"\label{a}", r"\tag{1}", r"\nonumber", "%"],
    "roots": [r"\sqrt{" * 500, r"\sqrt{" * 500 + "x" + "}" * 500],
    "words in words": [r"\text{" * 1100, r"\text{" * 1100 + "}" * 1100],
    "hats": [r"\hat{" * 4000, r"\hat{" * 4000 + "x" + "}" * 4000],
    "hats without braces": [r"\hat" * 4000 + "x"],
    "letters": [r"\bf a " * 4000, r"{\bf " * 2000 + "a" + "}" * 2000],
    "colours": [
        r"\color{red}a" * 2000,
        r"{\color{red}" * 1000 + "a" + "}" * 1000,
        r"\textcolor{red}{" * 500 + "}" * 500,
    ],
    "exponents": ["x^{" * 22 + "x" + "}" * 22, "x^{" * 300 + "x" + "}" * 300, "x_{" * 24 + "x" + "}" * 24],
    "exponents in parts": ["x^{x_{" * 12 + "x" + "}}" * 12, r"x^{\frac{" * 12 + "x" + "}{x}}" * 12],
    "exponents without braces": [r"x^\sqrt" * 24 + "x", "x" + "'" * 3000],
    "fractions": [r"\frac{1}{1+" * 30 + "x" + "}" * 30, r"\frac1" * 400 + "2"],
    "brackets": [r"\left(" * 26 + r"\right)" * 26, r"\left(" * 400, "(" * 3000 + ")" * 3000, "[" * 2000],
    "braces": ["{" * 3000 + "}" * 3000, "{" * 3000, "}" * 3000],
    "environments": [r"\begin{matrix}" * 12 + "x" + r"\end{matrix}" * 12, r"\begin{matrix}" * 300, r"\begin{a}" * 700],
    "over": [r"a \over " * 800 + "b", r"{a \over " * 200 + "b" + "}" * 200],
    "pieces": [r"a \\ " * 1500, "a & " * 1500, r"\hline" * 1000],
    "marks of our own": [
        r"\text{nbarrowx}",
        r"\text{nbfillredfill}x\text{nbunfill}",
        r"\text{nbmatnlV1H}",
        r"\text{nbal}",
        r"\text{nbspace9}",
        r"\operatorname{nblimits x}",
        r"\text{nbcommandxnbend}",
        r"\begin{Bmatrix}\text{nbmatqcVH}",
        "\ue010\ue0110",
        "\ue0100\ue011",
        r"\begin{a}" + "\ue0100\ue011" + r"\end{a}",
        "\ue001\ue024\ufdd0",
        r"\unicode{xe010}0\unicode{xe011}",
        r"\unicode{57360}",
    ],
    "money": ["5 " + "a" * 3000 + "=", "5 " + " a" * 1500 + "=", "5" + " " * 3000 + "="],
    "numbers": ["1" * 3000, "1," * 1500, "1{,}" * 800, r"\hspace{" + "9" * 400 + "em}", r"\kern-9e9pt"],
    "macros": [
        r"\def\a{xx}"
        + "".join(
            rf"\def\{n}{{\{p}\{p}}}" for p, n in zip("abcdefghijklmnopqrstuv", "bcdefghijklmnopqrstuvw", strict=True)
        )
        + r"\w",
        r"\newcommand{\x}[1]{" + "#1" * 800 + r"}\x{\x{\x{a}}}",
        r"\def\x{\x\x}\x",
        r"\newcommand{\x}{\x}\x",
        r"\let\x\y\let\y\x\x",
    ],
    "units": [r"\\[9999999999cm]", r"\rule{9999cm}{9999cm}", r"\raise 99999em x", r"\Huge" * 500],
}

ENDLESS = {  # work without end
    "tables in tables": [html(tables(28))],
    "tables in tables, deeper": [html(tables(400))],
    "tables in tables, two in each": [html("<table><tr><td>a</td><td>" * 24 + "</td></tr></table>" * 24)],
    "long items": [md(mark + "a " * 3500) for mark in ("- " * 20, "1. " * 7, "> - " * 10)] + [md("- " * 2300 + "a")],
    "tables in lists": [html("<ul><li><table><tr><td>" * 20 + "egg")],
    "frames in frames": [html("<div style='background:red;padding:1em;border:1px solid'>" * 60 + "egg")],
    "macros in text": [latex(r"\begin{center}" + FORMULAS["macros"][0] + r"\end{center}")],
    "macros in text of many arguments": [
        latex(r"\begin{center}\newcommand{\x}[1]{" + "#1" * 300 + r"}\x{\x{\x{\x{a}}}}\end{center}")
    ],
    "noise": [
        svg(
            '<filter id="f"><feTurbulence numOctaves="10000" baseFrequency="0.1"/></filter>'
            '<rect filter="url(#f)" width="100" height="100"/>'
        )
    ],
    "noise written otherwise": [
        svg(
            '<filter id="f"><feTurbulence numOctaves=" 1e4 " baseFrequency="0.1"/></filter>'
            '<rect style="filter:url(#f)" width="100" height="100"/>'
        )
    ],
    "filters": [
        svg(
            '<filter id="f" x="-9" y="-9" width="99" height="99">'
            + '<feMorphology radius="90"/>' * 90
            + '<feGaussianBlur stdDeviation="90"/>' * 90
            + '</filter><rect filter="url(#f)" width="9" height="9"/>'
        )
    ],
    "copies of copies": [
        svg(
            '<g id="a0"><rect width="9" height="9"/></g>'
            + "".join(f'<g id="a{n}">' + f'<use href="#a{n - 1}"/>' * 10 + "</g>" for n in range(1, 12))
            + '<use href="#a11"/>'
        )
    ],
    "patterns": [
        svg(
            '<pattern id="p" width="0.001" height="0.001" patternUnits="userSpaceOnUse"><rect width="1" '
            'height="1"/></pattern><rect fill="url(#p)" width="100" height="100"/>'
        )
    ],
    "dashes": [svg('<path d="M0 0L1e9 1e9" stroke="red" stroke-dasharray="0.0001"/>')],
    "sizes": [svg('<rect width="9" height="9"/>', 'viewBox="0 0 1e-30 1e30"'), svg("<rect/>", 'viewBox="0 0 1e300 1"')],
    "deep drawing": [svg("<g>" * 5000 + '<rect width="9" height="9"/>' + "</g>" * 5000)],
    "masks": [
        svg(
            "".join(
                f'<mask id="m{n}"><rect mask="url(#m{(n + 1) % 40})" width="9" height="9"/></mask>' for n in range(40)
            )
            + '<rect mask="url(#m0)" width="9" height="9"/>'
        )
    ],
    "entities": [
        run_code(
            "x",
            shown(
                svg='<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa">'
                + "".join(f'<!ENTITY a{n} "' + f"&a{n - 1 if n else ''};" * 10 + '">' for n in range(9))
                + ']><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>&a8;</text></svg>'
            ),
        )
    ],
    "lists in one line": [md("- " * 1500), md("1. " * 1200), md("> - " * 800), md("- > " * 800), md("* + - " * 400)],
    "lists in lists": [md("\n".join("  " * n + "- egg" for n in range(90)))],
    "quotations": [md("> " * 4000 + "egg"), md("> > 1. " * 500)],
    "emphasis": [md("*a_ " * 2000), md("**a " * 2000), md("_" * 8000), md("*" * 8000 + "a"), md("~~a" * 2000)],
    "links": [
        md("[" * 5000),
        md("[a](" * 2000),
        md("![" * 3000),
        md("[a][" * 2000),
        md("<a" * 3000),
        md("[a]: " * 2000),
    ],
    "code": [md("`" * 8000 + "a"), md("".join("`" * n + " " for n in range(130))), md("```" * 2000)],
    "headings": [md("# " + " " * 8000 + "a"), md("# a" + " #" * 4000), md("# a " + "{#" * 4000), md("# " * 4000)],
    "tables of Markdown": [md("|" * 8000 + "\n" + "|-" * 4000), md("a|b\n-|-\n" + "|" * 8000)],
    "notes": [
        md("[^a]" * 1500 + "\n\n[^a]: " + "b " * 1000),
        md("[^a]" * 1500),
        md("[^a]: [^a]\n" * 400),
        md("".join(f"[^{n}]: [^{n}] " for n in range(600))),
    ],
    "macros of many formulas": [
        md(r"$\newcommand{\a}{" + "x+" * 1500 + "}$ " + " ".join(rf"$\a_{{{n}}}$" for n in range(500))),
        md(r"$\def\x{\x\x}$ " + " ".join(rf"$\x_{{{n}}}$" for n in range(500))),
    ],
    "drawings without end": [
        html(
            "<svg width='9000' height='9000'><filter id='f'><feGaussianBlur stdDeviation='200'/></filter>"
            + "<rect filter='url(#f)' width='9000' height='9000'/>" * 60
            + "</svg>"
        ),
    ],
    "money in words": [md("$5 " + "a" * 3000 + "=$"), md("$5 " + "a " * 2000 + "=$"), md("$1 " * 2500)],
    "marks of formulas": [md(r"\[" * 4000), md(r"\begin{a}" * 1000), md("$$" * 4000 + "a"), md(r"\(" * 4000)],
    "marks of formulas in HTML": [
        html(r"\[" * 4000),
        html(r"\begin{a}" * 1000),
        html("$$a" * 3000),
        html("$ a" * 3000),
    ],
    "marks of works": [md("[@a" * 2500), md("[@a@a" * 1500), md("[" + "-@" * 4000), md("[" + ";@fig:a" * 1000 + "]")],
    "declarations": [html("<!DOCTYPE " * 900), html("<?xml " * 1500), html("<![CDATA[" * 1000), html("<!--" * 2000)],
    "drawings": [html("<svg>" * 1800), html("<svg " * 1800), html("<svg>a</svg" * 900), html("<svg/>" * 300)],
    "drawing of an output": [
        run_code("x", shown(svg="<!DOCTYPE " * 900 + "<svg>")),
        run_code("x", shown(svg="<svg " * 1800)),
    ],
    "scripts": [html("<script>" * 1200), html("<style>" * 1200), html("<style>{" * 1000), html("<style>a{b:c}" * 700)],
    "style sheets": [
        html("<style>" + "a " * 3000 + "{color:red}</style><a>x</a>"),
        html("<style>@a{" * 1000),
        html("<style>" + "*>" * 2000 + "*{color:red}</style>" + "<b>" * 300 + "x"),
        html("<style>#x " + "b " * 25 + "{color:red}</style>" + "<b>" * 58 + "x"),
        html("<style>#x > b " + "b > b " * 14 + "{color:red}</style>" + "<b>" * 58 + "x"),
    ],
    "spans": [
        html("<table>" + "<tr><td colspan=1000 rowspan=1000>x" * 250 + "</table>"),
        html("<table><tr><td rowspan=60000>x</table>"),
        html("<table>" + "<td colspan=1000>x" * 400 + "</table>"),
    ],
    "attributes": [
        html("<p " + "a " * 4000 + ">x</p>"),
        html("<p class='" + "a " * 4000 + "'>x</p>"),
        html("<a href=" + "%25" * 3000 + ">x</a>"),
    ],
    "colours": [
        html("<p style='" + "color:red;" * 800 + "'>x</p>"),
        html("<p style='color:" + "(" * 8000 + "'>x</p>"),
        html("<p style='color:" + "rgb(" * 2000 + "'>x</p>"),
    ],
    "lengths": [
        html("<p style='font-size:9e999px;width:1e999%'>x</p><img width=1e400 height=-1 src=x><hr width='1e9'>"),
        html(f"<ol start={'9' * 9}><li>x</ol><font size=+99999>x</font>"),
    ],
    "terminal": [
        run_code("x", stream("\x1b[31m" * 1500 + "x")),
        run_code("x", stream("\x1b]" * 4000)),
        run_code("x", stream("\b\r" * 4000)),
        run_code("x", stream("a\r" * 4000)),
        run_code("x", stream("\x1b[31ma\x1b[0m" * 700)),
    ],
    "long words": [
        md("a" * 9000),
        md("a-" * 4500),
        md("\u0301" * 3000),
        html("<table><tr><td>" + "a/" * 4000 + "</table>"),
    ],
    "signs without a font": [md("".join(map(chr, range(0xE100, 0xEB00))))],
    "lines": [run_code("x\n" * 4000), run_code("\t" * 4000), md("\n" * 9000), md("a  \n" * 2000)],
    "captions": [
        md('![a](x.png "' + "[" * 3000 + '")'),
        md("![a](x.png){" + "a=b " * 2000 + "}"),
        md("![a](x.png)" + "{#" * 4000),
    ],
}

WHOLE = {  # one cell that took the rest along
    "a file of a picture": [html("<img data-file=x>"), html("<img data-drawing=9>"), html("<img data-drawing=x>")],
    "references": [
        html('<span class="reference">x</span>'),
        html('<a class="reference">x</a>'),
        html('<a class="reference" href="">x</a>'),
    ],
    "marks by class": [
        html(f'<{tag} class="{name}" data-formula="99" data-number="x" data-form="x">x</{tag}>')
        for name in MARKS
        for tag in ("span", "div", "a", "pre", "h2", "td", "li", "sup", "figure")
    ],
    "many formulas refused": [
        md(" ".join(rf"$\unicode{{xfffff}}\limits^{{{n}}} \mathop{{\stackrel}}_{n}$" for n in range(201)))
    ],
    "many divisions": [
        html("<div>" * 3000 + "egg" + "</div>" * 3000 + "<p>hen</p>"),
        html("<span>" * 3000 + "egg"),
        html("<b><i>" * 1500 + "egg"),
    ],
    "many open paragraphs": [html("<p><font>" * 1500 + "egg"), html("<a>" * 3000 + "egg"), html("<li>" * 3000)],
    "deep output": [
        run_code("x", v4.new_output("display_data", data={"application/json": json.loads("[" * 300 + "]" * 300)}))
    ],
    "half signs": [md("a \ud800 b"), run_code("x", stream("\udfff")), html("<p title='\ud800'>\udc00</p>")],
    "forbidden signs": [
        md("a \x00\x01\x0b\x1b\ufffe\uffff\ufdd0 b"),
        html("<p title='&#0;&#1;&#xfdd0;'>&#1;&#xffff;&#xd800;</p>"),
    ],
    "identifiers": [
        html("<p id='a\"b\\c'>x</p><p id='&#1;'>x</p><a href='#a\"b\\c'>x</a>"),
        md("# a {#b:c}\n\n# a {#b:c}"),
    ],
    "parts of tables": [
        html("<td>x"),
        html("<tr><tr><th>"),
        html("<table><caption><table><caption>x"),
        html("<thead><col span=9999999><tfoot>"),
        html("<table><tr><td colspan=0 rowspan=0>x<table>"),
        html("<table></table><table><tr></tr></table>"),
    ],
    "parts of lists": [
        html("<li><dd><dt>x"),
        html("<ul><ul></ul></ul><ol type=&quot; start=-1><li></ol><dl><p>x</dl>"),
    ],
}
