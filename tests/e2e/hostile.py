"""Texts that try to become markup, script, style or an address, for every place where strangers' words are shown."""

_PAYLOAD = "window.hacked=1;alert(1)"
_TEMPLATES = (
    "<script>{}</script>", "<img src=x onerror=\"{}\">", "<svg onload=\"{}\">", "<svg><script>{}</script></svg>",
    "\"><script>{}</script>", "'><img src=x onerror={}>", "<iframe srcdoc='<script>{}</script>'></iframe>",
    "<body onload={}>", "<details open ontoggle=\"{}\">", "<video><source onerror=\"{}\"></video>",
    "<input autofocus onfocus=\"{}\">", "<marquee onstart=\"{}\">x</marquee>", "<a href=\"javascript:{}\">x</a>",
    "[click](javascript:{})", "![x](javascript:{})", "[x](data:text/html,<script>{}</script>)", "javascript:{}",
    "<math><mtext><script>{}</script></mtext></math>", "<template><script>{}</script></template>",
    "<noscript><p title=\"</noscript><img src=x onerror={}>\">", "<style>@import 'javascript:{}'</style>",
    "<div style=\"background:url(javascript:{})\">x</div>", "<object data=\"javascript:{}\"></object>",
    "<embed src=\"javascript:{}\">", "<base href=\"javascript:{}//\">", "<form action=\"javascript:{}\"><button>x</button></form>",
    "<button formaction=\"javascript:{}\">x</button>", "<link rel=stylesheet href=\"javascript:{}\">",
    "<meta http-equiv=refresh content=\"0;url=javascript:{}\">", "<table background=\"javascript:{}\">",
)  # fmt: skip
_OTHERS = (
    "{{constructor.constructor('window.hacked=1')()}}", "${window.hacked=1}", "#{7*7}", "<%= 7*7 %>",
    "{{7*7}}", "v-html='x'", "<div v-html=\"'<img src=x onerror=alert(1)>'\"></div>", "\u202egpj.exe", "\u2066<b>\u2069",
    "&lt;script&gt;window.hacked=1&lt;/script&gt;", "&#60;img src=x onerror=alert(1)&#62;", "\\u003cscript\\u003e",
    "%3Cscript%3Ewindow.hacked=1%3C/script%3E", "<scr<script>ipt>window.hacked=1</scr</script>ipt>",
    "<!--><script>window.hacked=1</script>-->", "<![CDATA[<script>window.hacked=1</script>]]>",
    "]]></script><script>window.hacked=1</script>", "<img src=\"https://evil.example/p.png\">",
    "![x](https://evil.example/p.png)", "<link rel=preload href=https://evil.example/x>",
    "**<img src=x onerror=alert(1)>**", "`<script>window.hacked=1</script>`", "# <script>window.hacked=1</script>",
    "- <img src=x onerror=alert(1)>", "[<img src=x onerror=alert(1)>](https://a.example)", "a\u0300" * 60,
    "x" * 300, "👩‍👩‍👧‍👦" * 20, "﷽" * 20, "'; drop table events; --",
)  # fmt: skip
_BEYOND = (
    "[x](JaVaScRiPt:alert(1))", "[x](vbscript:msgbox(1))", "[x](https://funnel.invalid/\" onmouseover=\"alert(1))",
    "jav\tascript:alert(1)", "\x01javascript:alert(1)", "<audio src=x onerror=alert(1)>", "<!--<img src=x onerror=alert(1)>-->",
    "</textarea><script>alert(1)</script>", "</title><script>alert(1)</script>", "</style><script>alert(1)</script>",
    "1. <svg/onload=alert(1)>", "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><use href='data:image/svg+xml,<svg id=x onload=alert(1)>#x'/></svg>", "<x onclick=alert(1)>click</x>",
    "<select onfocus=alert(1) autofocus>", "<isindex type=image src=1 onerror=alert(1)>", "<div style=\"width:expression(alert(1))\">x</div>",
    "<div style=\"background:url(https://funnel.invalid/x)\">x</div>", "<scr\u0131pt>alert(1)</scr\u0131pt>",
    "\uff1cscript\uff1ealert(1)\uff1c/script\uff1e",
)  # fmt: skip
# Sixty, for places that take some time each; and all there are.
HOSTILE: tuple[str, ...] = tuple(one.replace("{}", _PAYLOAD) for one in _TEMPLATES) + _OTHERS
ATTACKS: tuple[str, ...] = HOSTILE + _BEYOND
