"""The Cloud API's message templates: how they are listed, and the call that sends one."""

from typing import Any, Final
from urllib.parse import quote

from funnel.channels.port import Account, Call, TemplateSource
from funnel.channels.reading import MalformedError, Node, read_json
from funnel.channels.templates import (
    State,
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
_TOLD_BY_TEXT: Final = frozenset({"QUICK_REPLY", "PHONE_NUMBER", "URL", "VOICE_CALL"})


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
    titled = (header["format"].text() or "TEXT").upper() == "TEXT"
    shown = list(buttons["buttons"])
    cannot = "" if titled else "header"
    if pieces:
        cannot = cannot or "piece"
    if any((one["type"].text() or "").upper() not in _TOLD_BY_TEXT for one in shown):
        cannot = cannot or "button"
    return Template(
        name=name,
        language=language,
        state=_STATES.get((node["status"].text() or "").upper(), "unknown"),
        category=(node["category"].text() or "").lower(),
        header=(header["text"].text() or "") if titled else "",
        body=body["text"].text() or "",
        footer=footer["text"].text() or "",
        buttons=tuple(one["text"].text() or "" for one in shown),
        variables=(*_header(header), *_body(body), *_links(shown)),
        cannot=cannot,
    )


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


def content(used: TemplateValues) -> dict[str, Any]:
    """The message that shows a template. Numbered gaps are filled in their order, named ones by name."""
    components: list[dict[str, Any]] = []
    for piece in ("header", "body"):
        filled = _given(used, piece)
        if filled:
            components.append({"type": piece, "parameters": [_parameter(*one) for one in filled]})
    for place, value in _given(used, "button"):
        parameters = [{"type": "text", "text": value}]
        components.append({"type": "button", "sub_type": "url", "index": place, "parameters": parameters})
    template: dict[str, Any] = {"name": used.name, "language": {"code": used.language}}
    if components:
        template["components"] = components
    return {"type": "template", "template": template}


def _given(used: TemplateValues, piece: str) -> list[tuple[str, str]]:
    found = [
        (key.partition(".")[2], value) for key, value in used.values.items() if key.startswith(f"{piece}.")
    ]
    return sorted(found, key=lambda one: (int(one[0]) if one[0].isdigit() else 0, one[0]))


def _parameter(name: str, value: str) -> dict[str, str]:
    return {"type": "text", "text": value, **({} if name.isdigit() else {"parameter_name": name})}


SOURCE: Final = TemplateSource(call=call, read=read, notice=NOTICE)
