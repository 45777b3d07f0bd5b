"""What is said and seen on the golden path, in each language it is walked in."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """The visitor's and the agent's sentences, and what widget and desk must show (placeholders: `{}`)."""

    question: str
    not_helpful: str
    beyond_us: str
    a_person: str
    waiting: str
    with_agent: str
    reconnecting: str
    very_good: str
    rate: str
    rated: str
    menu: str
    device: str
    take_next: str
    take: str
    conflict: str
    gateway_gone: str
    resolve_met: str
    hello: str
    in_a_tunnel: str
    meanwhile: str
    while_down: str
    the_photo: str
    goodbye: str


ENGLISH = Words(
    question="How long does delivery take?",
    not_helpful="No",
    beyond_us="Could you engrave my cat's name on a lantern?",
    a_person="Pass it to a person",
    waiting="A person will answer",
    with_agent="You're talking with",
    reconnecting="Reconnecting",
    very_good="Very good",
    rate="How did we do?",
    rated="Thank you for your rating.",
    menu="More",
    device="Continue on another device",
    take_next="Take next",
    take="Take",
    conflict="A colleague was faster",
    gateway_gone="No connection to the server",
    resolve_met="Resolve: the need was met",
    hello="Hello, Noor here. Which order is it?",
    in_a_tunnel="It is HP-204518 (sent from a tunnel)",
    meanwhile="Take your time, I am looking it up.",
    while_down="Did something go wrong just now?",
    the_photo="This is the lantern",
    goodbye="All done: HP-204518 leaves tomorrow, with nothing to pay.",
)
TRADITIONAL = Words(
    question="多久會送到？",
    not_helpful="沒有",
    beyond_us="可以在燈上刻我家貓的名字嗎？",
    a_person="轉給專人",
    waiting="回覆您",
    with_agent="正在為您服務",
    reconnecting="正在重新連線",
    very_good="很滿意",
    rate="您對這次的服務滿意嗎？",
    rated="謝謝您的評分。",
    menu="更多",
    device="在其他裝置上繼續",
    take_next="接下一則",
    take="接手",
    conflict="同事快了一步",
    gateway_gone="與伺服器的連線中斷",
    resolve_met="結案：需求已滿足",
    hello="您好，我是 Noor。請問是哪一筆訂單？",
    in_a_tunnel="訂單 HP-204518（在隧道裡傳的）",
    meanwhile="不急，我正在查。",
    while_down="剛才是不是斷線了？",
    the_photo="就是這盞燈",
    goodbye="處理好了：HP-204518 明天出貨，不需另外付費。",
)
ARABIC = Words(
    question="كم يستغرق التوصيل؟",
    not_helpful="لا",
    beyond_us="هل يمكنكم نقش اسم قطتي على المصباح؟",
    a_person="تحويل إلى شخص",
    waiting="سيصلكم رد من شخص",
    with_agent="تتحدثون مع",
    reconnecting="جارٍ إعادة الاتصال",
    very_good="ممتازة",
    rate="كيف كانت خدمتنا؟",
    rated="شكرًا لكم على التقييم.",
    menu="المزيد",
    device="المتابعة على جهاز آخر",
    take_next="استلام التالية",
    take="استلام",
    conflict="سبقك زميل",
    gateway_gone="انقطع الاتصال بالخادم",
    resolve_met="إنهاء: لُبّيت الحاجة",
    hello="أهلًا، معكم نور. ما رقم الطلب؟",
    in_a_tunnel="الطلب HP-204518 (كتبتها في نفق)",
    meanwhile="خذوا وقتكم، أبحث عنه الآن.",
    while_down="هل انقطع شيء قبل قليل؟",
    the_photo="هذا هو المصباح",
    goodbye="تم الأمر: يُشحن الطلب HP-204518 غدًا دون أي رسوم.",
)
