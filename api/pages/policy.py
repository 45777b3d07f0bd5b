"""What each page may do: content security policies without inline code, and who may frame it. Pure."""

import re
from collections.abc import Iterable

_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]+)?|https?://\[[0-9a-f:]+\](:[0-9]+)?", re.ASCII)

_OWN = {
    "default-src": "'none'",
    "script-src": "'self'",
    "img-src": "'self' blob: data:",
    "font-src": "'self'",
    "media-src": "'self' blob:",
    "connect-src": "'self'",
    "frame-src": "'self'",
    "manifest-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "require-trusted-types-for": "'script'",
}


def desk_policy(nonce: str) -> bytes:
    """The desk: nobody frames it. The nonce is for the style sheet that the component library makes at run time; its
    framework names the one policy under which constant markup may become nodes, and `preview` is that of the frame in which an
    article is looked at: sandboxed whole, so that nothing in it runs."""
    return _policy(
        {
            "style-src": f"'self' 'nonce-{nonce}'",
            "trusted-types": "vue preview",
            "frame-ancestors": "'none'",
        }
    )


def shop_policy(ancestors: Iterable[str]) -> bytes:
    """Pages that carry the widget: no markup is ever made from text, and only the sites' own pages may frame them."""
    framing = sorted({origin for origin in ancestors if _ORIGIN.fullmatch(origin)})
    return _policy(
        {
            "style-src": "'self'",
            "trusted-types": "'none'",
            "frame-ancestors": " ".join(("'self'", *framing)),
        }
    )


def _policy(own: dict[str, str]) -> bytes:
    return "; ".join(f"{name} {value}" for name, value in (_OWN | own).items()).encode("ascii")
