"""Injected spam: brands of gambling, pills and the like put into sentences they have nothing to do with, and their links."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

import re2

from kb.hygiene.findings import Finding, Kind, mark_of
from kb.hygiene.links import links
from kb.hygiene.reasons import Why, because
from kb.hygiene.units import Unit

# Names and phrases of the sellers whose texts are found injected into copied pages; each is rare in honest help texts.
_NAMES: Final = (
    "亚博|亞博|开云体育|開雲體育|华体会|華體會|乐鱼体育|樂魚體育|爱游戏体育|米兰体育|必威体育|万博体育|新葡京|葡京娱乐|威尼斯人娱乐|金沙娱乐|皇冠体育|"
    "百家乐|百家樂|老虎机|老虎機|时时彩|六合彩|博彩|体育投注|體育投注|真人娱乐|棋牌游戏|网上赌场|線上賭場|线上赌场|成人用品|代开发票|刷单|"
    r"كازينو|مراهنات|رهان رياضي|онлайн[- ]казино|казино вулкан|букмекер|"
    r"\byabo\w*|\bmanbetx?\b|\bbet365\b|\b1xbet\b|\bmelbet\b|\bmostbet\b|\b22bet\b|\b188bet\b|\bfun88\b|\bw88\b|\bm88\b|\bbk8\b|\bsbobet\b|\bdafabet\b|"
    r"\bparimatch\b|\bbetway\b|\bpin-?up casino\b|\bonline casinos?\b|\bcasino online\b|\bslots? gacor\b|\bsitus judi\b|\bjudi online\b|\btogel\b|"
    r"\b(?:lucky|king|royal|mega|vip|gold|sky|fortune|spin|vegas)[ -]?(?:bet|casino|slots?|poker|spins)\b|"
    r"(?:体育|娱乐|娛樂|棋牌|电竞)(?:官网|官網|app|登录|登錄|平台|注册|註冊|网址|網址|下载|下載|入口)|"
    r"\bviagra\b|\bcialis\b|\blevitra\b|\bpayday loans?\b|\bescort service\b|\breplica watches\b|\bbuy backlinks\b|"
    r"\b[a-z]*(?:casino|poker|slots?|jackpot|bet)[a-z]*\d{2,4}\b|\b\d{1,3}bet\b"
)
_BRAND: Final = re.compile(_NAMES, re.IGNORECASE)
_ANY: Final = re2.compile(f"(?i){_NAMES}")
_HOST: Final = re.compile(
    r"casino|poker|slot|jackpot|gacor|togel|judi|viagra|cialis|porn|escort|xxx|(?:^|[-.\d])bet(?:$|[-.\d])|bet\d|\dbet|yabo|payday-?loan",
    re.IGNORECASE,
)
_LEAST_REPEATS: Final = 2


def spam(title: str, found: Sequence[Unit], headings: str = "") -> Iterator[Finding]:
    """Units with a seller's name that comes back through the article though neither title nor headings are about it,
    and units with a link to such a seller. An article about gambling names it in its title and is left alone.
    """
    if not any(_ANY.search(unit.text) or "://" in unit.text for unit in found):
        return
    about = f"{title}\n{headings}".casefold()
    named = [(unit, _names(unit, about)) for unit in found if not unit.code]
    counts: dict[str, int] = {}
    for _, names in named:
        for name in names:
            counts[name] = counts.get(name, 0) + 1
    for unit, names in named:
        repeated = {name for name in names if counts[name] >= _LEAST_REPEATS}
        linked = any(_HOST.search(link.host) for link in links(unit.text) if link.host)
        if repeated:
            most = max(counts[name] for name in repeated)
            yield _finding(unit, because("spam_repeated", count=most))
        elif linked:
            yield _finding(unit, because("spam_link"))
        elif len(set(names)) >= _LEAST_REPEATS:
            yield _finding(unit, because("spam_names"))


def _names(unit: Unit, about: str) -> list[str]:
    names = (match[0].casefold() for match in _BRAND.finditer(unit.text))
    return [name for name in names if name not in about]


def _finding(unit: Unit, why: Why) -> Finding:
    return Finding(kind=Kind.INJECTED_SPAM, start=unit.start, end=unit.end, why=why, mark=mark_of(unit.text))
