"""Facts in plain words of four languages, for *why you*: what an agent or an ops person reads beside a condition."""

from collections.abc import Mapping
from typing import Final

from funnel.escalation.rules.attributes import PREFIX

LOCALES: Final = ("en", "zh-Hans", "zh-Hant", "ar")
_TABLE: Final = """
anger|anger|愤怒|憤怒|الغضب
distress|distress|痛苦情绪|痛苦情緒|الضيق
dissatisfied|dissatisfaction|不满意|不滿意|عدم الرضا
wants_person|wish for a person|要求人工|要求真人|طلب موظف
thanks|thanks|致谢|致謝|الشكر
greeting|greeting|问候|問候|التحية
churn|cancellation or leaving|取消或离开|取消或離開|الإلغاء أو المغادرة
complaint|complaint|投诉|客訴|شكوى
complexity|complexity|复杂度|複雜度|التعقيد
payment|payment|付款|付款|الدفع
fraud|fraud or money taken|欺诈或被扣款|詐騙或被扣款|احتيال أو خصم أموال
security|account security|账户安全|帳戶安全|أمان الحساب
legal|legal or press threat|法律或媒体威胁|法律或媒體威脅|تهديد قانوني أو إعلامي
privacy|privacy request|隐私请求|隱私請求|طلب خصوصية
safety|health and safety|健康与安全|健康與安全|الصحة والسلامة
self_harm|self-harm|自我伤害|自我傷害|إيذاء النفس
minors|a minor|未成年人|未成年人|قاصر
abuse_to_staff|abuse towards staff|辱骂客服|辱罵客服|إساءة للموظفين
language.code|language|语言|語言|اللغة
language.script|script|文字|文字|نوع الكتابة
language.score|certainty of the language|语言把握度|語言把握度|التأكد من اللغة
language.unsure|language unsure|语言不确定|語言不確定|اللغة غير مؤكدة
entities.orders|order numbers named|提到的订单号|提到的訂單編號|أرقام الطلبات المذكورة
entities.amounts|amounts named|提到的金额|提到的金額|المبالغ المذكورة
entities.dates|dates named|提到的日期|提到的日期|التواريخ المذكورة
entities.emails|e-mail addresses named|提到的邮箱|提到的電子郵件|عناوين البريد المذكورة
entities.phones|telephone numbers named|提到的电话|提到的電話|أرقام الهاتف المذكورة
entities.urls|links named|提到的链接|提到的連結|الروابط المذكورة
progress.miss|kind of miss|未命中类型|未命中類型|نوع الإخفاق
progress.missed|the turn missed|本轮未答到|本輪未答到|أخفق هذا الرد
progress.positive|positive sign|积极信号|正向訊號|إشارة إيجابية
progress.new_need|a new need|新的需求|新的需求|حاجة جديدة
progress.misses|misses in the episode|本次对话未命中次数|本次對話未命中次數|الإخفاقات في الجلسة
progress.misses_in_row|misses in a row|连续未命中次数|連續未命中次數|الإخفاقات المتتالية
progress.rejected|rejected answers|被否定的回答|被否定的回答|الإجابات المرفوضة
progress.bot_turns|bot turns|机器人回合|機器人回合|ردود المساعد
progress.turns_on_need|bot turns on this need|同一需求的回合|同一需求的回合|ردود المساعد على الحاجة نفسها
progress.turns_without_sign|bot turns without a positive sign|无积极信号的回合|沒有正向訊號的回合|ردود دون إشارة إيجابية
progress.unreadable|unreadable messages|无法读取的消息|無法讀取的訊息|رسائل غير مقروءة
progress.unsure_language|messages in an unsure language|语言不确定的消息|語言不確定的訊息|رسائل بلغة غير مؤكدة
progress.account_misses|unanswered account questions|未能回答的账户问题|未能回答的帳戶問題|أسئلة حساب بلا جواب
progress.offers|offers made|已提议转人工次数|已提議轉真人次數|العروض المقدمة
progress.needs|needs in the episode|需求数|需求數|عدد الحاجات
progress.anger_peak|highest anger|最高愤怒值|最高憤怒值|ذروة الغضب
progress.anger_trend|trend of anger|愤怒走势|憤怒走勢|اتجاه الغضب
progress.anger_in_row|angry messages in a row|连续愤怒消息|連續憤怒訊息|رسائل غاضبة متتالية
progress.distress_peak|highest distress|最高痛苦值|最高痛苦值|ذروة الضيق
progress.distress_trend|trend of distress|痛苦走势|痛苦走勢|اتجاه الضيق
progress.distress_in_row|distressed messages in a row|连续痛苦消息|連續痛苦訊息|رسائل ضيق متتالية
answer.outcome|what the knowledge base found|知识库结果|知識庫結果|نتيجة قاعدة المعرفة
answer.confidence|confidence of the answer|回答把握度|回答把握度|الثقة في الجواب
answer.protective|a protective article|防护文章|防護文章|مقال وقائي
answer.held|topic on hold|主题已暂停|主題已暫停|موضوع موقوف
turn.about|what the turn is about|本轮内容|本輪內容|موضوع الرسالة
turn.proposal|the bot's own plan|机器人的打算|機器人的打算|خطة المساعد
turn.counts|counts as a turn|计为一轮|計為一輪|يُحتسب ردًا
turn.asks_person|asks for a person|要求转人工|要求轉真人|يطلب موظفًا
turn.danger|a life in danger|生命危险|生命危險|خطر على الحياة
turn.useful_question|a useful question is left|还有可问的问题|還有可問的問題|بقي سؤال مفيد
turn.account|about an own account|涉及本人账户|涉及本人帳戶|بخصوص حساب شخصي
message.text|words of the message|消息文字|訊息文字|نص الرسالة
message.length|length of the message|消息长度|訊息長度|طول الرسالة
message.questions|questions in the message|消息中的问题数|訊息中的問題數|عدد الأسئلة
conversation.boundary_told|calm line already said|已提醒过|已提醒過|سبق التنبيه
conversation.reopened|came back|再次联系|再次聯絡|عاد للتواصل
conversation.priority|priority|优先级|優先順序|الأولوية
conversation.tags|tags|标签|標籤|الوسوم
conversation.age|time since it began|已持续时间|已持續時間|المدة منذ البداية
contact.verified|verified contact|已验证身份|已驗證身分|جهة اتصال موثقة
matter.repeated|same unresolved matter|同一未解决事项|同一未解決事項|الموضوع نفسه دون حل
matter.age|time since that matter|距上次的时间|距上次的時間|المدة منذ ذلك الموضوع
brake|a switch|开关|開關|مفتاح إيقاف
site|site|网站|網站|الموقع
channel|channel|渠道|管道|القناة
locale|locale|地区语言|地區語言|اللغة والمنطقة
hours.open|within hours|营业时间内|服務時間內|ضمن أوقات العمل
hours.weekday|weekday|星期|星期|يوم الأسبوع
hours.minute|time of day|时刻|時刻|الوقت
hours.month_day|day of the year|日期|日期|التاريخ
queue.waiting|waiting in the queue|排队人数|等候人數|المنتظرون
queue.agents_online|agents online|在线客服|線上客服|الموظفون المتصلون
queue.expected_wait_seconds|expected wait|预计等待|預計等待|الانتظار المتوقع
"""
_OPERATORS: Final = """
gte|{fact} at least {wanted}|{fact} ≥ {wanted}|{fact} ≥ {wanted}|{fact} ‏{wanted} على الأقل
lte|{fact} at most {wanted}|{fact} ≤ {wanted}|{fact} ≤ {wanted}|{fact} ‏{wanted} على الأكثر
equals|{fact} is {wanted}|{fact}为 {wanted}|{fact}為 {wanted}|{fact}: {wanted}
in|{fact} is one of {wanted}|{fact}属于 {wanted}|{fact}屬於 {wanted}|{fact} ضمن {wanted}
matches|{fact} match a pattern|{fact}符合模式|{fact}符合模式|{fact} يطابق نمطًا
within|{fact} at most {wanted}|{fact}不超过 {wanted}|{fact}不超過 {wanted}|{fact} لا يتجاوز {wanted}
count_over|{fact} at least {wanted} in {at_least} of {last} messages|最近 {last} 条中 {at_least} 条{fact} ≥ {wanted}|最近 {last} 則中 {at_least} 則{fact} ≥ {wanted}|{fact} ‏{wanted} على الأقل في {at_least} من آخر {last} رسائل
not|not: {text}|非：{text}|非：{text}|ليس: {text}
attribute|the contact's {name}|联系人的 {name}|聯絡人的 {name}|{name} لجهة الاتصال
yes|yes|是|是|نعم
no|no|否|否|لا
day|{n} d|{n} 天|{n} 天|{n} يوم
"""


def _read(table: str) -> dict[str, dict[str, str]]:
    rows = [line.split("|") for line in table.strip().splitlines()]
    return {row[0]: dict(zip(LOCALES, row[1:], strict=True)) for row in rows}


FACT_WORDS: Final[Mapping[str, Mapping[str, str]]] = _read(_TABLE)
OPERATOR_WORDS: Final[Mapping[str, Mapping[str, str]]] = _read(_OPERATORS)


def fact_words(name: str, tag: str) -> str:
    """A fact in the catalogue's language `tag`; its own name where there are no words for it."""
    words = FACT_WORDS.get(name)
    if words is not None:
        return words[tag]
    if name.startswith(PREFIX):
        return OPERATOR_WORDS["attribute"][tag].format(name=name[len(PREFIX) :])
    return name
