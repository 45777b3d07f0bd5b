"""The Cloud API's message templates: how they are listed, and the call that sends one."""

from typing import Any, Final
from urllib.parse import quote, urlsplit

from funnel.channels.outbound import OutboundMedia
from funnel.channels.port import Account, Call, TemplateSource
from funnel.channels.reading import MalformedError, Node, read_json
from funnel.channels.templates import (
    Cannot,
    State,
    Takes,
    Template,
    TemplatePage,
    TemplateValues,
    TemplateVariable,
    places,
)

API: Final = "https://graph.facebook.com/v26.0"
A_PAGE: Final = 100
FIELDS: Final = "name,language,status,category,components"
NOTICE: Final = "message_template_status_update"
# IN_APPEAL and PENDING_DELETION cannot be sent, and will be decided without us.
_STATES: Final[dict[str, State]] = {
    "APPROVED": "approved", "PENDING": "pending", "IN_APPEAL": "pending", "REJECTED": "rejected", "PAUSED": "paused",
    "DISABLED": "disabled", "LIMIT_EXCEEDED": "disabled", "ARCHIVED": "disabled", "DELETED": "disabled",
    "PENDING_DELETION": "disabled",
}  # fmt: skip
_SENT: Final = frozenset({"QUICK_REPLY", "PHONE_NUMBER", "URL", "VOICE_CALL", "COPY_CODE"})
_FILES: Final[dict[str, Takes]] = {"IMAGE": "image", "VIDEO": "video", "DOCUMENT": "document"}


def call(account: Account, after: str | None) -> Call | None:
    """The templates of the business account, a hundred at a time."""
    business = account.secret.one("business_account_id")
    if not business:
        return None
    base = account.secret.one("api_base") or API
    url = f"{base}/{quote(business, safe='')}/message_templates?fields={FIELDS}&limit={A_PAGE}"
    if after:
        url += f"&after={quote(after, safe='')}"
    return Call("GET", url, {"authorization": f"Bearer {account.secret.one('access_token')}"}, b"")


def read(status: int, body: bytes) -> TemplatePage | None:
    """The templates of an answer; entries without a name or language are none."""
    try:
        answer = read_json(body)
    except MalformedError:
        return None
    if not 200 <= status < 300 or "data" not in answer:
        return None
    paging = answer["paging"]
    after = paging["cursors"]["after"].text() if paging["next"].text() else None
    return TemplatePage(
        tuple(found for one in answer["data"] if (found := _template(one)) is not None), after
    )


def _template(node: Node) -> Template | None:
    name, language = node["name"].text(), node["language"].text()
    if not name or not language:
        return None
    pieces = {(one["type"].text() or "").upper(): one for one in node["components"]}
    header, body = pieces.pop("HEADER", Node(None)), pieces.pop("BODY", Node(None))
    footer, buttons = pieces.pop("FOOTER", Node(None)), pieces.pop("BUTTONS", Node(None))
    form = (header["format"].text() or "TEXT").upper()
    shown = list(buttons["buttons"])
    return Template(
        name=name,
        language=language,
        state=_STATES.get((node["status"].text() or "").upper(), "unknown"),
        category=(node["category"].text() or "").lower(),
        header=(header["text"].text() or "") if form == "TEXT" else "",
        body=body["text"].text() or "",
        footer=footer["text"].text() or "",
        buttons=tuple(one["text"].text() or "" for one in shown),
        variables=(*_file(form), *_header(header), *_body(body), *_links(shown), *_codes(shown)),
        cannot=_cannot(form, bool(pieces), {(one["type"].text() or "").upper() for one in shown}),
    )


def _cannot(form: str, more: bool, buttons: set[str]) -> Cannot:
    """What of it is not sent from here: a place on the map, cards, a form to fill in, a shop's catalogue."""
    if form != "TEXT" and form not in _FILES:
        return "header"
    if more:
        return "piece"
    if "FLOW" in buttons:
        return "flow"
    return "button" if buttons - _SENT else ""


def _file(form: str) -> list[TemplateVariable]:
    """A picture, film or document above the text. Its example is a link that has ended."""
    takes = _FILES.get(form)
    return [TemplateVariable(f"media.{takes}", "header", takes, takes=takes)] if takes else []


def _header(node: Node) -> list[TemplateVariable]:
    examples = [one.text() or "" for one in node["example"]["header_text"]]
    named = _named(node["example"]["header_text_named_params"])
    return _variables("header", places(node["text"].text() or ""), examples, named)


def _body(node: Node) -> list[TemplateVariable]:
    examples = [one.text() or "" for one in node["example"]["body_text"].first()]
    named = _named(node["example"]["body_text_named_params"])
    return _variables("body", places(node["text"].text() or ""), examples, named)


def _named(node: Node) -> dict[str, str]:
    return {one["param_name"].text() or "": one["example"].text() or "" for one in node}


def _variables(
    piece: Any, names: tuple[str, ...], examples: list[str], named: dict[str, str]
) -> list[TemplateVariable]:
    shown = dict(zip(names, examples, strict=False)) | named
    return [TemplateVariable(f"{piece}.{name}", piece, name, shown.get(name, "")) for name in names]


def _links(buttons: list[Node]) -> list[TemplateVariable]:
    """Links that end in what is filled in."""
    return [
        TemplateVariable(f"button.{place}", "button", str(place), one["example"].first().text() or "")
        for place, one in enumerate(buttons)
        if places(one["url"].text() or "")
    ]


def _codes(buttons: list[Node]) -> list[TemplateVariable]:
    """What a tap copies."""
    return [
        TemplateVariable(f"code.{place}", "button", str(place), _example(one["example"]), takes="code")
        for place, one in enumerate(buttons)
        if (one["type"].text() or "").upper() == "COPY_CODE"
    ]


def _example(node: Node) -> str:
    return node.text() or node.first().text() or ""


def content(used: TemplateValues, files: tuple[OutboundMedia, ...] = ()) -> dict[str, Any]:
    """The message that shows a template. Numbered gaps are filled in their order, named ones by name, a file's by its link or by the
    message's file."""
    components: list[dict[str, Any]] = [
        {"type": "header", "parameters": [{"type": kind, kind: _linked(kind, link, files)}]}
        for kind, link in _given(used, "media")
    ]
    for piece in ("header", "body"):
        filled = _given(used, piece)
        if filled:
            components.append({"type": piece, "parameters": [_parameter(*one) for one in filled]})
    for place, value in _given(used, "button"):
        parameters = [{"type": "text", "text": value}]
        components.append({"type": "button", "sub_type": "url", "index": place, "parameters": parameters})
    for place, value in _given(used, "code"):
        parameters = [{"type": "coupon_code", "coupon_code": value}]
        components.append(
            {"type": "button", "sub_type": "copy_code", "index": place, "parameters": parameters}
        )
    template: dict[str, Any] = {"name": used.name, "language": {"code": used.language}}
    if components:
        template["components"] = components
    return {"type": "template", "template": template}


def _linked(kind: str, link: str, files: tuple[OutboundMedia, ...]) -> dict[str, str]:
    """A document is shown by its name."""
    url = link or (files[0].url if files else "")
    name = urlsplit(link).path.rpartition("/")[2] if link else files[0].filename if files else ""
    return {"link": url, "filename": name} if kind == "document" and name else {"link": url}


def _given(used: TemplateValues, piece: str) -> list[tuple[str, str]]:
    found = [
        (key.partition(".")[2], value) for key, value in used.values.items() if key.startswith(f"{piece}.")
    ]
    return sorted(found, key=lambda one: (int(one[0]) if one[0].isdigit() else 0, one[0]))


def _parameter(name: str, value: str) -> dict[str, str]:
    return {"type": "text", "text": value, **({} if name.isdigit() else {"parameter_name": name})}


SOURCE: Final = TemplateSource(call=call, read=read, notice=NOTICE)
