# ruff: noqa: E501  (lists of texts)
"""A hundred and twenty texts that would do harm where somebody forgot to escape them, one for each way in."""

from __future__ import annotations

_HTML = [
    "<script>pwned()</script>", "</script><script>pwned()</script>", "<img src=x onerror=pwned()>",
    "<svg onload=pwned()>", "<svg><script>pwned()</script></svg>", "<iframe src=javascript:pwned()></iframe>",
    '"><script>pwned()</script>', "'><img src=x onerror=pwned()>", "<a href='javascript:pwned()'>x</a>",
    "<body onload=pwned()>", "<style>*{display:none}</style>", "<link rel=stylesheet href=//evil.example>",
    "<meta http-equiv=refresh content=0;url=//evil.example>", "<base href=//evil.example/>",
    "<object data=x></object>", "<embed src=x>", "<form action=//evil.example><input></form>",
    "<math><mtext><script>pwned()</script></mtext></math>", "<!-- comment", "--> <b>", "<![CDATA[<b>x</b>]]>",
    "<?php pwned(); ?>", "&lt;script&gt;", "&#60;script&#62;", "&amp;amp;", "<b>bold</b>", "<table><tr><td>x",
    "</td></tr></table>", "</title><script>pwned()</script>", "<textarea>", "<noscript><p title='</noscript>'>",
    "<details open ontoggle=pwned()>", '" onmouseover="pwned()" x="', "' autofocus onfocus='pwned()",
    "<template><script>pwned()</script></template>", "<video><source onerror=pwned()>", "<marquee>", "<h1>head</h1>",
    "<dialog open>", "<foreignObject><p>x</p></foreignObject>",
]  # fmt: skip
_MARKDOWN = [
    "[x](javascript:pwned())", "![x](https://evil.example/x.png)", "[x]: https://evil.example", "<https://evil.example>",
    "**bold**", "__bold__", "`code`", "```", "# heading", "> quote", "- item", "1. item", "| a | b |", "|---|---|",
    "~~gone~~", "\\*not\\*", "***", "---x", "[^1]: note", "$$x^2$$",
]  # fmt: skip
_TYPST = [
    "#eval(\"1+1\")", "#read(\"/etc/passwd\")", "#import \"@preview/x:1.0.0\": *", "#while true {}", "$x^2$", "@baci",
    "*strong*", "_emph_", "<label>", "#sys.inputs", "#set page(width: 1pt)", "#image(\"x.png\")", "= heading",
    "/ term: x", "#{1 + 1}", "#link(\"x\")", "\\u{41}", "#panic(\"x\")", "#h(100pt)x", "~x~",
]  # fmt: skip
_TEX = [
    "\\input{/etc/passwd}", "\\write18{rm -rf x}", "}{", "{{{", "}}}", "@book{x,", "%comment", "x_1^2", "\\", "\\\\",
    "$$", "\\end{document}", "\"quoted\"", "#x", "~tilde~",
]  # fmt: skip
_TABLE = [
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "=cmd|'/c calc'!A1", "=HYPERLINK(\"http://evil.example\")", "x,y", "x;y",
    "x\"y", "\"\"\"", "'=1", "=IMPORTXML(A1)", "-x", "+x", "@x",
]  # fmt: skip
_OTHER = [
    "{{ 7*7 }}", "{% raw %}", "${7*7}", "#{7*7}", "%s%s%n", "{0.__class__}", "../../etc/passwd", "file:///etc/passwd",
    "javascript:pwned()", "data:text/html,x",
]  # fmt: skip
INJECTIONS: tuple[str, ...] = tuple(dict.fromkeys((*_HTML, *_MARKDOWN, *_TYPST, *_TEX, *_TABLE, *_OTHER)))
