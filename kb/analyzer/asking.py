"""Words and phrases that only put a question ("how many", "多少"): cut out before what it is about is searched for.

Where words are not parted by spaces they have to go before the text is cut into pieces, as a piece that reaches over
into "什么" is in no article. Closed classes only, written by hand: question words, what stands with them, auxiliaries.
"""

import re
from functools import lru_cache
from typing import Final

from kb.analyzer.arabic import fold_letters
from kb.analyzer.normalise import normalise

_PHRASES: Final = {
    "ar": "كم عدد|كم|ما هو|ما هي|ماهو|ماهي|ما هم|من هو|من هي|من هم|ماذا|بماذا|لماذا|لما|مما|مم|عما|فيم|فيما|الام|بم|اي|ايه|ايا"
    "|باي|لاي|ما نوع|ما انواع|ما اسم|ما هو اسم|ما هي اسم|ما عدد|اين|متى|كيف|هل|ما|من|منذ متى|الى اي|اذكر|عندما|حيث|بحسب|حسب"
    "|لدى|لديه|لديها|لديهم|تم|يتم|تمت|كانوا|يكون|تكون|كنت|ليس|ليست|كما|مثل|بها|به|بهم|فيها|فيه|منها|منه|منهم|عليها|عليه|عليهم"
    "|اليها|اليه|عنها|عنه|معها|معه|الذين|اللذين|اللذان|اللتان|اللواتي|اولئك|هولاء|وهو|وهي|وكان|وكانت|خلال|دون|اكثر من|اقل من"
    "|جميع|بعض|احد|احدى|كانا|سوف|ايضا|فقط|ضد|بما|اما|انه|انها|لان|لكن|يسمى|تسمى|سمي|سميت",
    "ja": "(?:は|が|を|に|で|と|の|って|とは){0,3}(?:(?<!幾)何(?:年|月|日|人|個|回|歳|時|番|語)?|なに|なん(?=と|で|の|年|人)|誰|だれ|どこ|いつ"
    "|どれ(?:くらい|ぐらい|ほど)?|どちら|(?<!ほ)どの(?:ような|ように|くらい|ぐらい|よう)?|どんな|どう(?:して|やって|すれば|したら|いった|いう)"
    "|なぜ|いくつ|いくら)(?:と(?:呼ば|言わ|いわ)れ(?:て(?:いる|いた|います)|る|た))?"
    "(?:でしょう|でした|です|ます|だった|である|から|まで|の|が|を|に|で|と|は|か){0,3}"
    "|(?:のでしょう|のです|のは|でしょう|ますか|ですか|でした|たのか|るのか|のか|とは|か|は)$|について|教えて|ください",
    "ko": "(?:무엇|누구|어디|언제)(?:인가요?|입니까|이라고|에게|에서|부터|까지|으로|로|이|을|의|를|와|에)?|누가|왜|어떻게|어떤|어느|몇"
    "|얼마나?|무슨",
    "th": "เรียกว่าอะไร|ชื่อว่าอะไร|ชื่ออะไร|คืออะไร|อย่างไร(?:บ้าง)?|อะไร(?:บ้าง)?|เมื่อไหร่|เมื่อไร|เมื่อใด|ที่ไหน|ที่ใด|แห่งใด|ไหนบ้าง|ไหน"
    "|ใคร(?!่)(?:บ้าง)?|ทำไม|เพราะเหตุใด|เหตุใด|เท่าไหร่|เท่าไร|เท่าใด|กี่|ใดบ้าง|ใด|หรือไม่|หรือเปล่า|คือ|(?:ไหม|มั้ย)?(?:ครับ|ค่ะ|คะ)?$",
    "zh": "(?:是|叫|叫做|称为|称作|在|于|由|为|被|有|了|的|和|用|从|对|因|指的是){0,3}(?:什么样的?|什么(?:时候|类型的?|名字|名称|地方)?"
    "|甚么(?:样的?|时候|名字|地方)?|为什么|为何|如何|怎么样?|怎样的?"
    "|哪一?(?:个|些|位|种|年|里|儿|类|项|名|国|座|部|所|条|支|家|只|天|月|场|次|届|方面)?|谁|何(?:时|地|处|人|种|年|物|事)"
    "|多少(?:个|人|次|年|种|名|天)?|有多(?:少|大|长|久|高|远)|多(?:久|大|长|远|高)|几(?:个|次|年|人|种|名|岁|天|月)|是否|能否|可否"
    "|请问|有没有|是不是|能不能|可不可以)(?:的|是|了|被|在)?|[吗呢吧嘛]$",
}  # fmt: skip
_UNSPACED: Final = frozenset({"ja", "th", "zh"})
_BEFORE: Final = r"(?<![^\s¿¡(\[\"'«“„,.;:!?/\-])"
_AFTER: Final = r"(?![^\s?!.,;:)\]»”\"'।؟،؛/\-])"
_ENDS: Final = " \t\n?!.。؟।"


@lru_cache(maxsize=64)
def _pattern(language: str) -> re.Pattern[str] | None:
    phrases = _PHRASES.get(language)
    if phrases is None:
        return None
    phrases = fold_letters(normalise(phrases))
    if language in _UNSPACED:
        return re.compile(phrases)
    return re.compile(f"{_BEFORE}(?:{phrases}){_AFTER}")


def without_asking(normalised: str, language: str) -> str:
    """A normalised question without what only puts it, spaces where that was; the same text in a language without a list.

    Lists exist where they measure better: in scripts without spaces and in Arabic. In languages of the Latin, Cyrillic and
    Greek alphabets dropping as much was measured to find less.
    """
    pattern = _pattern(language)
    if pattern is None:
        return normalised
    text = fold_letters(normalised) if language == "ar" else normalised
    return pattern.sub(" ", text.rstrip(_ENDS))
