"""Cutting the quoted text off a reply, in the words of many mail programs and languages. Pure; the full text is kept elsewhere."""

import re
from typing import Final

_DATEY: Final = r"[^\n]{0,300}"
# The line above a quotation: "On … wrote:", "Am … schrieb …:", "于…写道：", "في … كتب …:". It may be broken over three lines.
_ATTRIBUTIONS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"^\s*(?:On|at)\s{_DATEY}\bwrote\s*:?\s*$",
        rf"^\s*(?:On)\s[^\n]{{0,200}}\d{{4}}{_DATEY}<[^>\n]+@[^>\n]+>\s*:?\s*$",
        rf"^\s*Am\s{_DATEY}\bschrieb\b{_DATEY}:\s*$",
        rf"^\s*Le\s{_DATEY}\ba\s+écrit\s*:\s*$",
        rf"^\s*El\s{_DATEY}\bescribió\s*:\s*$",
        rf"^\s*(?:Il|Il giorno)\s{_DATEY}\bha\s+scritto\s*:\s*$",
        rf"^\s*(?:Em|No)\s{_DATEY}\bescreveu\s*:\s*$",
        rf"^\s*Op\s{_DATEY}\bschreef\b{_DATEY}:\s*$",
        rf"^\s*{_DATEY}(?:写道|寫道|写到|寫到)\s*[:：]\s*$",
        rf"^\s*{_DATEY}(?:のメール|は書きました|wrote)\s*[:：]\s*$",
        rf"^\s*{_DATEY}님이 작성\s*[:：]\s*$",
        rf"^\s*(?:في|بتاريخ|يوم)\s{_DATEY}(?:كتب|كتبت|كَتَب|جاء من){_DATEY}[:：]?\s*$",
        rf"^\s*{_DATEY}(?:كتب|كتبت)\s*[:：]\s*$",
        rf"^\s*{_DATEY}<[^>\n]+@[^>\n]+>\s*(?:wrote|schrieb|a écrit|escribió|于|在){_DATEY}[:：]\s*$",
        r"^\s*-{2,}\s*(?:Original Message|Original-Nachricht|Ursprüngliche Nachricht|Message d'origine|Mensaje original|原始邮件|原始郵件|邮件原件|回复的原邮件|轉寄郵件|الرسالة الأصلية|Forwarded message|转发的邮件)\s*-{2,}\s*$",
        r"^\s*(?:Begin forwarded message|Anfang der weitergeleiteten Nachricht|开始转发的邮件|開始轉寄郵件|بدء رسالة محوّلة)\s*[:：]\s*$",
    )
)
# The block of headers that Outlook and others put above: at least two of these on neighbouring lines.
_HEADER: Final = re.compile(
    r"^\s*[>*]*\s*(?:From|Sent|To|Cc|Date|Subject|Von|Gesendet|An|Datum|Betreff|De|Envoyé|À|Objet|Para|Enviado|Asunto|Fecha|"
    r"发件人|发送时间|发送日期|收件人|抄送|主题|日期|寄件者|寄件人|傳送時間|寄件日期|收件者|副本|主旨|主題|"
    r"差出人|送信日時|宛先|件名|من|إلى|تاريخ الإرسال|أرسلت|التاريخ|الموضوع|نسخة)\s*\*?\s*[:：]\s*\*?\s*\S",
    re.IGNORECASE,
)
_FROM: Final = re.compile(
    r"^\s*[>*]*\s*(?:From|Von|De|发件人|寄件者|寄件人|差出人|من)\s*\*?\s*[:：]", re.IGNORECASE
)
_RULE: Final = re.compile(r"^\s*[_-]{20,}\s*$")
_SIGNATURE: Final = re.compile(r"^(?:--|—|__)\s*$")
_LIST_FOOTER: Final = re.compile(r"^_{30,}\s*$")
_DEVICE: Final = re.compile(
    r"^\s*(?:Sent from my (?:iPhone|iPad|Android|BlackBerry|Galaxy|Samsung|mobile|phone|Windows Phone|HTC|Huawei|Xiaomi)\b.{0,40}|Get Outlook for (?:iOS|Android).{0,60}|"
    r"发自我的.{1,30}|從我的.{1,30}傳送|寄自我的.{1,30}|أُ?رسلت? من .{0,20}(?:iPhone|iPad|هاتف|جهاز).{0,30}|Von meinem .{1,30} gesendet)\s*$",
    re.IGNORECASE,
)
_JOINED: Final = 3


def cut_reply(text: str) -> str:
    """What the sender wrote themselves: everything before the quotation, or between its `>` lines where they answered inline.

    Signatures after `-- ` and the lines of devices go too. Where nothing would be left, the whole text stays.
    """
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    end = _quotation(lines)
    if not "".join(lines[:end]).strip():
        kept = _between_quotes(lines)
    else:
        kept = [line for line in lines[:end] if not line.lstrip().startswith(">")]
    found = _without_signature(kept)
    return found or "\n".join(lines).strip()


def _quotation(lines: list[str]) -> int:
    """The line at which the quotation starts; the number of lines where there is none."""
    for place, line in enumerate(lines):
        if not line.strip():
            continue
        if _attributes(lines, place) or _starts_headers(lines, place):
            return place
        if _LIST_FOOTER.match(line) and any(lines[:place]):
            return place
    return len(lines)


def _attributes(lines: list[str], place: int) -> bool:
    joined = ""
    for line in lines[place : place + _JOINED]:
        if not line.strip():
            return False
        joined = f"{joined} {line.strip()}".strip()
        if len(joined) > 500:
            return False
        if any(pattern.match(joined) for pattern in _ATTRIBUTIONS):
            return True
    return False


def _starts_headers(lines: list[str], place: int) -> bool:
    start = place + 1 if _RULE.match(lines[place]) else place
    following = [line for line in lines[start : start + 6] if line.strip()]
    if not following or not _FROM.match(following[0]):
        return False
    return sum(1 for line in following[:4] if _HEADER.match(line)) >= 2


def _between_quotes(lines: list[str]) -> list[str]:
    """The answers below or between quoted lines, for who writes under the quotation."""
    return [
        line
        for place, line in enumerate(lines)
        if not line.lstrip().startswith(">") and not _attributes(lines, place) and not _HEADER.match(line)
    ]


def _without_signature(lines: list[str]) -> str:
    for place, line in enumerate(lines):
        if _SIGNATURE.match(line.strip()) and "".join(lines[:place]).strip():
            lines = lines[:place]
            break
    while lines and (not lines[-1].strip() or _DEVICE.match(lines[-1])):
        lines = lines[:-1]
    return "\n".join(lines).strip()
