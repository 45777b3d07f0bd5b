"""Boilerplate: what a page's frame left in the text, such as names of icons, navigation, reading times and cookie notes."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from kb.hygiene.findings import Finding, Kind, mark_of
from kb.hygiene.reasons import Why, because
from kb.hygiene.units import Unit

_LONGEST: Final = 400
_FRAME_WORDS: Final = (
    "icon icons logo artboard svg menu hamburger home login logout signin signup sign log in up out register account search"
    " facebook twitter x instagram linkedin youtube tiktok pinterest whatsapp telegram wechat weibo reddit rss email print"
    " share tweet pin like follow us subscribe newsletter previous next prev back top skip to content main navigation footer"
    " header sidebar close open toggle breadcrumb copyright blog cookie cookies privacy terms policy sitemap contact about"
)
_FRAME: Final = frozenset(_FRAME_WORDS.split())
_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[a-z])(?=icon)|(?<=icon)(?=[A-Z])")
_WORDS: Final = re.compile(r"\w+")
_ICONS: Final = re.compile(r"(?:\b|(?<=[a-z]))icons?(?=[A-Z]|\b)|\bsvg\b|\bArtboard", re.IGNORECASE)
_DIGITS: Final = re.compile(r"\d")
_SENTENCE: Final = re.compile(r"[.!?。！？؟]\W*$")
_WHOLE: Final = re.compile(
    r"\W*(?:"
    r"(?:about )?\d{1,3}[ -]?min(?:ute)?s?(?: read)(?:ing time)?|(?:文章\s*[|｜]\s*)?(?:约|約)?\s*\d{1,3}\s*分[钟鐘](?:读取|阅读|閱讀|讀取|读完)|"
    r"(?:وقت القراءة:?\s*)?\d{1,3}\s*(?:دقائق|دقيقة)(?: قراءة| للقراءة)?|"
    r"skip to (?:main )?content|back to top|return to top|回到(?:页首|頁首|顶部|頂部)|跳(?:至|到)(?:正文|内容|內容)|العودة إلى الأعلى|انتقل إلى المحتوى|"
    r"(?:阅读|閱讀)(?:博客|部落格|更多|全文)|read (?:more|the blog|full article)|اقرأ المزيد|"
    r"share (?:this|on)(?: article| post| page)?(?: (?:on|via) [\w ,]{1,60})?|分享(?:到|至)[\w、, ]{0,40}|شارك (?:هذا|على)[\w ،]{0,40}|"
    r"was this (?:article|page) helpful\??[\s\W]*(?:yes[\s\W]*no)?(?:[\s\W]*\d+ out of \d+ found this helpful)?|"
    r"(?:©|\(c\)|copyright)\s*(?:©\s*)?(?:\d{4}[-–, ]*)*[^\n.。]{0,60}[.。]?\s*(?:all rights reserved|版权所有|版權所有|保留所有权利|保留所有權利|جميع الحقوق محفوظة)|"
    r"all rights reserved|版权所有|版權所有|جميع الحقوق محفوظة|powered by \w+|"
    r"(?:home|首页|首頁|الرئيسية)\s*(?:[>›»/|]\s*[^\n>›»|]{1,60}){1,6}|"
    r"advertisement|广告|廣告|إعلان|loading(?:\.\.\.|…)?|toggle navigation|menu|菜单|菜單"
    r")\W*",
    re.IGNORECASE,
)
_CTA: Final = re.compile(r"[^\n]{1,30}\sCTA\W*")
_COOKIES: Final = re.compile(
    r"(?:we|this (?:web)?site|our (?:web)?site) uses? cookies|使用\s*cookies?|نستخدم ملفات (?:تعريف الارتباط|الكوكيز)",
    re.IGNORECASE,
)
_CONSENT: Final = re.compile(
    r"accept (?:all|cookies)|reject all|by continuing|manage (?:preferences|cookies)|cookie settings|全部接受|接受所有|接受全部|继续(?:使用|浏览)|繼續(?:使用|瀏覽)|قبول الكل|بمتابعة",
    re.IGNORECASE,
)
_DATED: Final = re.compile(
    r"\W*(?:(?:last )?(?:updated|published|posted)(?: on)?|最后更新(?:于|於)?|最後更新(?:於)?|发布(?:于|日期)?|發[布佈表](?:於|日期)?|已發表|نُ?شرت?|آخر تحديث)\s*[:：]?\s*[\d/.\-年月日 ]{6,20}\W*"
    r"|\W*\d{4}年\d{1,2}月\d{1,2}日发布\W*",
    re.IGNORECASE,
)


def boilerplate(found: Sequence[Unit]) -> Iterator[Finding]:
    """Units that are nothing but frame are kept back; a line with a date of the page is only pointed at."""
    for unit in found:
        if unit.code or len(unit.text) > _LONGEST:
            continue
        text = unit.plain
        if (why := frame(text)) is not None:
            yield Finding(
                kind=Kind.BOILERPLATE, start=unit.start, end=unit.end, why=why, mark=mark_of(unit.text)
            )
        elif _DATED.fullmatch(text):
            yield Finding(
                kind=Kind.BOILERPLATE_PART, start=unit.start, end=unit.end,
                why=because("frame_date"),
            )  # fmt: skip


def frame(text: str) -> Why | None:
    """Why a line is nothing but the frame of a page; None where it is not."""
    if _WHOLE.fullmatch(text):
        return because("frame")
    if _CTA.fullmatch(text):
        return because("frame_button")
    if _COOKIES.search(text) and _CONSENT.search(text):
        return because("frame_cookies")
    icons = len(_ICONS.findall(text))
    # "Sign in and open Account > Privacy." is made of such words too, and is a sentence.
    if icons < 2 and (_DIGITS.search(text) or _SENTENCE.search(text)):
        return None
    words = [word.casefold() for word in _WORDS.findall(_CAMEL.sub(" ", text))]
    framed = sum(word in _FRAME for word in words)
    if words and framed >= 0.7 * len(words) and (icons >= 2 or framed >= 5):
        return because("frame_icons")
    return None
