"""Phrase lists: the wish for a person, said outright or by turning away from the bot. Written over folded words."""

from typing import Final

from funnel.escalation.signals.lexicon import Phrases, Whole
from funnel.escalation.signals.wants_person_disguised import DISGUISED, DISGUISED_SIGNS
from funnel.escalation.signals.wants_person_world import WORLD, WORLD_SIGNS

_ADJ = r"(?:(?:real|actual|live|living|human|proper|physical|customer|service|services|support|helpdesk|other|different|another|competent|breathing|fucking|fuckin|damn|goddamn|bloody|freaking) )*"
_DET = r"(?:(?:an?|the|some|any|your|ur|one of your|one of ur|one of the) )?"
_SURE = (
    r"(?:person|persons|human|humans|human beings?|agents?|reps?|representatives?|operators?|advis[eo]rs?|consultant"
    r"|staff members?|member of staff|members of staff|team members?|employees?|colleagues?|supervisor|manager"
    r"|specialist|attendant|assistant|clerk|csr|persn|preson|perosn|humna|humen|hooman|agnet|manger|representitive)"
)
_LOOSE = r"(?:someone|somebody|somone|sombody|somebdy|some1|sum1|any1|smone|anyone|anybody|people|staff|team|customer service|customer services|customer support|customer care|costumer service|costumer support|support|suport|service desk|help ?desk|call cent(?:er|re)|live chat|(?:bank |hotel |shop |store |sales |billing |tech(?:nical)? |care )?(?:workers?|tellers?|concierge|receptionists?|reception|front desk|executives?|exec|experts?|technicians?|professionals?|bankers?|officers?|ppl|guys)|(?:the )?(?:person|people|one|someone|somebody) in charge|(?:sales|billing|technical|tech|complaints?|returns?|refunds?|finance|accounts?) (?:team|department|dept|desk|people)|cs|csr)"
_WHO = rf"{_DET}{_ADJ}(?:{_SURE}|{_LOOSE})"
_STRICT = rf"{_DET}{_ADJ}{_SURE}"
_REAL = r"(?:real|actual|live|living|human|flesh and blood|proper) (?:live |human )?(?:person|people|human|humans|human being|agents?|reps?|representatives?|operators?|support|help|assistance|service|assistant|advis[eo]r|contact|being)"
_BOT = r"(?:(?:chat ?)?bots?|robots?|machines?|ai|computers?|automated (?:assistant|system|message|messages|reply|replies|thing)|automation|virtual assistant|chatgpt)"
_BAD = r"(?:useless|stupid|dumb|rubbish|garbage|trash|terrible|awful|hopeless|pathetic|ridiculous|horrible|worthless|pointless|idiotic|crap|shit|shitty|bloody|damn|fucking|goddamn|annoying|a joke|no help|no use|not helpful|not helping|unhelpful|so bad|the worst|broken|clueless)"
_SO = r"(?:(?:so|really|just|totally|completely|absolutely|utterly|such an?|very|fucking|a|an) )*"

_EN: Final = (
    rf"(?:talk|talking|speak|speaking|chat|chatting|converse|communicate|connect|connected|deal|dealing|in (?:touch|contact)|reach|transferred|interact)(?: directly| now| please)? (?:to|with|through to|w) {_WHO}",
    rf"(?:reach|reaching|contact|contacting|calling|ask|asking|get hold of|get a hold of|get through to|hear from|ask for|call|phone|direct to|direct me to|directed to) {_DET}{_ADJ}(?:{_SURE}|someone|somebody|anyone|anybody)",
    rf"(?:want|wants|need|needs|prefer|require|request|requesting|demand|wanna have|wanted|like|love|would rather have|looking for|after|asking for|asked for) {_STRICT}",
    rf"(?:give|get|gimme|bring|find|send|fetch|assign|put|show)(?: me| us)?(?: on| over)? {_STRICT}",
    rf"(?:can|could|may|might) (?:i|we) (?:please )?(?:have|get|see|ask for) {_STRICT}",
    r"(?:want|need|looking for|get me|find me|give me|id like|would like|prefer) (?:someone|somebody|anyone) (?:real|human|else|to (?:talk|speak|chat|call|phone|contact|reply|answer|look|deal|take|handle|sort)|who (?:can|is|actually|understands|knows)|from (?:your|the) (?:team|company|staff|support)|on the phone|in charge)",
    rf"(?:transfer|connect|forward|escalate|pass|hand|put|switch|redirect|route|send|refer|move|shift|link)(?: me| this| it| us| him| her| my (?:case|issue|question|request|chat|ticket|problem|complaint))?(?: please| now| directly)?(?: over| through| on| across| up| back)?(?: to| with| onto| w) {_WHO}",
    r"put me through",
    r"escalate (?:this|it|my (?:case|issue|ticket|complaint|problem|request)|the (?:issue|case|matter))",
    rf"(?:is|are) there (?:really |even |actually )?{_WHO}(?: i| we| to| available| here| there| around| online| who| that| on)(?: can| could| help| talk| speak| chat| shift| duty| line| answer| assist| reply| now| today| you| me|$)",
    r"(?:is )?(?:anyone|anybody|somebody|someone) (?:real )?(?:there|here|around|online|home|alive|human)",
    r"any (?:real )?(?:humans?|agents?|real people|real person|live agents?|operators?) (?:here|there|available|around|online|please|i can)",
    rf"(?:can|could|would|will|have|let|please have|may) {_DET}{_ADJ}(?:{_SURE}|someone|somebody|anyone) (?:please )?(?:from (?:your|the) \w+ )?(?:call|phone|ring|contact|reach out|get back|get in touch|take over|step in|talk to me|speak to me|speak with me|talk with me|handle|deal)",
    rf"(?:can|could|would|will|have|let|please have|may) {_DET}{_ADJ}{_SURE} (?:please )?(?:help|assist|look|check|answer|reply|respond|explain|jump in|join|do|sort|fix)",
    r"(?:someone|somebody|anyone) from (?:your|the) (?:team|support|company|staff|customer service)",
    r"(?:call|phone|ring) me (?:back|please|pls|now|asap|on|at|today|tomorrow|later|when|as soon|directly|instead|\||so (?:we|i)|about|regarding|to discuss|and|immediately|urgently)|(?:please|someone|somebody|must|should|kindly|just) (?:phone|ring) me",
    r"(?:call ?back|callback) (?:please|request)|request a (?:call ?back|callback)|want a (?:call ?back|callback)",
    _REAL,
    r"(?:human|agent|representative|operator|rep|person) (?:please|pls|plz|now|asap|immediately|only|here|instead|needed|required|support|help|assistance|agent|being please)",
    rf"(?:dont|do not|wont|will not|refuse|not going|stop making me|not|rather not|tired|sick|fed up|hate|no longer want|no patience)(?: want| wanna| like| need| wish| care| of| with| for)*(?: to)?(?: be)?(?: talk(?:ing)?| speak(?:ing)?| chat(?:ting)?| deal(?:ing)?| discuss(?: this)?| arguing| argue| use| using)?(?: to| with)?(?: an?| the| this| your| some| any| these| those| stupid| dumb| useless| damn)* {_BOT}",
    rf"(?:this|the|your|you|ur) (?:{_SO}{_BAD} )?{_BOT} (?:is|are|was|ur|r|being|keeps|cant|cannot|can not|doesnt|does not|isnt|sucks?|never|makes no)(?: being)? ?(?:{_SO}{_BAD}|sucks?|(?:even )?(?:understand|help|answer|get (?:it|me)|work|working|listen|helping|understanding)|sense|going in circles|repeating)",
    rf"(?:this|the|your) {_BOT} sucks?",
    rf"{_BAD} (?:\w+ )?{_BOT}",
    rf"(?:no|no more|enough|enough of|enough with|stop|stop with|without|not another|instead of|rather than)(?: the| this| your| these| a| an)? {_BOT}",
    r"youre (?:just )?(?:an? )?(?:useless|stupid|dumb)|you are (?:just )?(?:an? )?(?:useless|stupid|dumb)",
    r"(?:i want|need|get me|give me|let me have) (?:the|your|a) (?:boss|duty manager|team lead|team leader)",
    r"(?:let me|wanna|want to|need to|like to|can i|could i|may i|how (?:do|can) i) (?:talk|speak|chat) (?:to|with) (?:a |the |your )?(?:\w+ )?(?:department|manager|boss|guy|lady|man|woman|dude|owner)",
    r"(?:talk|speak) to (?:a )?(?:hooman|humna|humam|huamn|persn|agnet)",
)
_AR_NOUN = (
    r"(?:موظف|موظفه|موظفين|موظفكم|شخص|انسان|بشر|بشري|بني ادم|بنادم|حد|احد|احدكم|حدا|شي حدا|واحد|واحد منكم|شي واحد|ممثل|مندوب|مسؤول|المسؤول|مدير"
    r"|المدير|مديركم|مشرف|خدمه العملاء|خدمه الزباين|خدمه الزبائن|خدمه الزبناء|خدمه المستهلك|الدعم|الدعم الفني|فريق الدعم|فريقكم|الاداره|ايجنت|وكيل|مستشار|الكول سنتر|عون"
    r"|ممثل خدمه|موظف خدمه|السبورت|اي حد|اي احد|اي شخص|اي موظف|حد تاني|حد عندكم|مختص|اخصائي)"
)
_AR_WHO = rf"(?:ال|ب|ل|لل|بال|ع|عال)?{_AR_NOUN}"
_AR_WANT = (
    r"(?:عايز|عاوز|عايزه|عاوزه|عايزين|عاوزين|محتاج|محتاجه|اريد|نريد|ابي|ابا|ابغي|ابغا|نبي|نبغي|ودي|بدي|بدنا|بغيت|بغينا|نحب|نحتاج|احتاج|حاب|حابه|حابب|ارغب|ارغب في|اطلب|طالب"
    r"|اود|اتمني|ممكن|هاتولي|هات|هاتلي|جيبولي|جيبلي|عطني|اعطني|عطوني|اعطوني|خليني|خلوني|دعني|دعوني|نقدر|اقدر|اقدر اني|يمكنني|هل يمكنني|هل استطيع|استطيع|كيف|شلون|ازاي|لازم|خصني|حتاج|بحاجه ل|بحاجه الي)"
)
_AR_TALK = r"(?:اتكلم|اكلم|نكلم|احكي|نحكي|اتحدث|التحدث|نتحدث|اتواصل|نتواصل|التواصل|اتكلم|التكلم|الكلام|احاكي|احجي|نهضر|نهدر|اهدر|نتكلم|نتكلمو|اسولف|اخاطب|اتناقش|اشوف|نشوف|نتفاهم|اتفاهم|ان اتحدث|ان اكلم|ان اتكلم|ان اتواصل|اني اتكلم)"
_AR: Final = (
    rf"(?:{_AR_WANT} )?{_AR_TALK}(?: هنا| مباشره| الان| دلوقتي)?(?: مع| ويا| معا| الي)? {_AR_WHO}",
    rf"{_AR_WANT} {_AR_TALK}(?: هنا| مباشره)?(?: مع| ويا| الي)? (?:اي )?{_AR_WHO}",
    r"(?:عايز|عاوز|عايزه|عاوزه|محتاج|محتاجه|اريد|نريد|ابي|ابغي|ابغا|بدي|بغيت|اطلب|ارغب في|هاتولي|هات|هاتلي|جيبولي|جيبلي|عطني|اعطني|عطوني|اعطوني|نحتاج|احتاج|خصني|لازم|ممكن|ارجو|من فضلك|وين|فين|اين|نبي|ودي ب|اريد من)"
    r" (?:ال)?(?:موظف|موظفه|موظفين|شخص حقيقي|انسان|انسان حقيقي|بشر|بشري|بني ادم|بنادم|حد حقيقي|حد يكلمني|حد يرد|حد يساعدني بجد|حد يفهم|حد بيفهم|حد تاني|حدا يحكي|حدا حقيقي|حدا يرد|احد يكلمني|احد يرد|احد حقيقي|احد يفهم|ممثل|مندوب|مسؤول|مدير|مشرف|خدمه العملاء|خدمه الزباين|خدمه الزبائن|شي حدا|واحد يهضر|شي واحد|دعم بشري|مساعده بشريه|رد بشري|ايجنت|شخصا حقيقيا|موظفا|انسانا|حد من خدمه العملاء)",
    rf"(?:حولني|حولوني|حوليني|حولنا|حوليه|تحولني|تحولوني|تحولني|تحويلي|التحويل|تحويل|حولو|حول|توصيلي|اوصلني|دلني|تحيلني|احالتي|دوزني|دوزوني|عديني|رجعني) (?:لو سمحت )?(?:المحادثه |الشات |الموضوع |طلبي |مشكلتي )?(?:الي |علي |مع |ب )?{_AR_WHO}",
    rf"(?:وصلني|وصلوني|توصلني|توصلوني|وصليني) (?:لو سمحت )?(?:(?:مع|الي|علي|ب) (?:ال)?{_AR_NOUN}|(?:ب|بال|ل|لل){_AR_NOUN}|خدمه العملاء|الدعم|الاداره)",
    r"(?:حولني|حولوني|تحويل المحادثه|صعدوا|ارفع|ارفعوا) (?:الي |ل)?(?:شخص|انسان|البشر|مشكلتي|الشكوي|الموضوع للاداره)",
    r"(?:في|فيه|فيش|مفيش|هل يوجد|يوجد|هل هناك|هناك|ماكو|اكو|كاين|كاينش|واش كاين|كاش|ماكانش|ما في|مافي|فيكم|وين|شي|محد|مافيه) (?:اي )?(?:ال)?(?:موظف|موظفين|حد|احد|حدا|شي حدا|واحد|شخص|انسان|بشر|بني ادم|شي واحد)(?: بشري| حقيقي| هنا| معاي| معايا| معي| يرد| بيرد| يرد عليا| يرد علي| يكلمني| يحكي معي| اكلمه| يهضر معايا| يجاوب| يجاوبني| موجود| فاضي| متاح| اون لاين| يتكلم معي| يساعدني بجد| يفهم)",
    r"(?:حد|احد|حدا|واحد|موظف|شخص|انسان|شي حدا) (?:يكلمني|يرد عليا|يرد علي|يحاكيني|يحكي معي|يتواصل معي|يتواصل معايا|يتصل بي|يتصل بيا|يتصل فيني|يتصل علي|يكلمنا|يهضر معايا|من خدمه العملاء|من فريقكم|حقيقي|من عندكم يكلمني|يجاوبني)",
    r"(?:خلي|خلوا|خلو|ياريت|يا ريت|ليت|ممكن|ارجو ان|لو) (?:حد|احد|حدا|موظف|شخص)(?: منكم| عندكم| من عندكم)? (?:يكلمني|يرد|يتواصل|يتصل|يحاكيني|يحكي|يتدخل|يستلم)",
    r"(?:ال)?(?:موظف|موظفه|شخص|انسان|حد|احد|حدا|دعم|رد|مساعده|عون|وكيل) (?:بشري|حقيقي|بشريه|حقيقيه|بجد مش بوت|مش بوت|مو بوت|مو روبوت|وليس روبوت|مش روبوت|لا روبوت|وليس بوت|مب بوت)",
    r"(?:اتصلوا بي|اتصلو بي|اتصل بي|اتصلوا علي|اتصلو علي|اتصلوا فيني|كلموني|كلمني حد|كلمني احد|كلمني انسان|كلمني شخص|كلمني موظف|دقوا علي|دقو علي|رنوا عليا|عيطولي|عيطوا ليا|تواصلوا معي|تواصلو معي|كلموني فون|كلموني تليفون|اتصال هاتفي معي|اتصلوا بيا|اتصلي بي)",
    r"(?:مش|مو|ما|لا|مب|موش|مابي|لست|ماشي|مانيش|كفايه|بطلوا|خلاص من|تعبت من|زهقت من|مليت من|طفشت من|قرفت من|سيمت من)(?: عايز| عاوز| عايزه| عاوزه| اريد| ابي| ابغي| بدي| حاب| حابب| نحب| باغي| بغيت| احب| ينفع)?(?: اتكلم| اكلم| احكي| اتحدث| التحدث| الكلام| التعامل| ان اتحدث| ان اتكلم| نهضر| نحكي| احاكي| اتعامل)?(?: مع)?(?: ال| هال| هذا ال| هذا| ده| هاد| هيدا)? ?(?:ال|هال)?(?:بوت|بوتات|روبوت|روبوتات|اله|رد الي|ردود اليه|ردود الاليه|رد الالي|الرد الالي|مجيب الي|ذكاء اصطناعي|ذكاء الاصطناعي|شات بوت|ماكينه|كمبيوتر)",
    r"(?:ال|هال)?(?:بوت|روبوت|شات بوت|شاتبوت|رد الالي|مساعد الالي|مساعد الذكي)(?: بتاعكم| تبعكم| حقكم| ديالكم| متاعكم| ده| دا| هذا| هاد| هيدا)?(?: والله| فعلا| جدا| ما| مش| لا| مو| كتير| مره| بجد)* ?(?:غبي|فاشل|زباله|مابيفهم|بيفهم|يفهم|فاهم|مش فاهم|فاهمش|نافع|مفيد|ينفع|تعبان|زفت|خايس|سيئ|سيئ جدا|سخيف|مستفز|بيفيد|يفيد|فايده|منه فايده|له فايده|ماله فايده|عديم الفايده|عديم الفائده|خربان|ما يفهم|مايفهم|مبيفهمش|مابيفهمش|كيفهم والو|حمار|اهبل|يعرف شي)",
    r"(?:ال)?(?:بوت|روبوت|رد الي) (?:غبي|فاشل|زباله|حمار|سخيف|تافه|اهبل|مستفز)",
    r"(?:انت|انتي) (?:بوت|روبوت|اله) (?:غبي|غبيه|فاشل|مش بتفهم|ما بتفهم|ما تفهم)",
)
_IZI_WANT = r"(?:3ayez|3ayz|3aiz|3ayiz|3awez|3awz|3ayza|3ayzah|3ayzeh|3awza|3awzah|ayez|awez|abi|abe|abghy|abgha|abga|abghi|aba|badi|baddi|bedi|bde|bdi|biddi|beddi|bghit|bghyt|n7eb|nheb|nhab|areed|ureed|urid|orid|mumken|momken|mmkn|momkin|7abeb|7ab|me7tag|me7taga|mehtag|khallini|khalini|5alini|5allini)"
_IZI_TALK = r"(?:akallem|akalem|akalim|akallim|akalm|aklm|a7ki|ahki|e7ke|e7ki|e7ky|ehki|a7ke|atkalem|atkallem|atkalim|atkallim|atklm|etkalem|at7adath|nahdar|nhdar|nehder|nhder|nehki|ne7ki|n7ki|nahki|ntkellem|netkellem|a7ky|kallem|kalem|itkallim|atwasal|asolef)"
_IZI_WHO = r"(?:(?:el|al|l|le|la|b|bel|bl|3ala) )?(?:7ad|7ada|7adan|hada|had|chi had|chi wa7ed|shi wahed|shi 7ada|mowazaf|mwazaf|mowazzaf|mwazzaf|mwathaf|muwathaf|mowathaf|muwazzaf|lmowazaf|lmwazaf|shakhs|sha5s|insan|ensan|bashar|bashari|wa7ed|wahed|wa7d|bani adam|bany adam|bni adam|customer service|agent|support|5edmet|khedmet|khidmat|modeer|mudeer|modir|mas2ool|mas2oul)"
_ARABIZI: Final = (
    rf"{_IZI_TALK} (?:ma3 |ma3a |m3a |m3 |mea |maa |wayya )?{_IZI_WHO}",
    rf"{_IZI_WANT} (?:el |l )?(?:mowazaf|mwazaf|mowazzaf|mwazzaf|mwathaf|muwathaf|muwazzaf|shakhs|sha5s|insan|ensan|agent|customer service|bashar|bani adam|bny adam|7ad yerod|7ad yred|7ad yrod|7ad ykalemni|7ada yrod|7ad 7a2i2i|shakhs 7a2i2i)",
    rf"(?:7awelny|7awelni|7awwelni|7awlni|7awalni|7awwilni|hawelny|hawelni|hawwelni|wasalni|wasselni|wasalny|waselni|weselni|dewezni) (?:ma3 |le |l |3ala |b |la |ila )?(?:el |l |al )?{_IZI_WHO}",
    r"(?:fi|fe|feh|fih|fee|mafish|mafeesh|ma fi|wen|fen|fein|kayn) (?:ay )?(?:7ad|7ada|had|hada|chi had|mowazaf|mwazaf|insan) (?:hena|hna|hon|hone|hina|yerod|yred|yrod|ykalemni|mawgood|mawjood|yjawbni|7a2i2i|yerod 3alaya)",
    r"(?:mesh|mish|msh|mush|mu|mo|ma|mabi|mch|machi) (?:3ayez |3awez |3ayz |abi |badi |bde |baddi |bghit |n7eb )?(?:akallem |akalem |a7ki |atkalem |a7ke )?(?:ma3 |m3a )?(?:el |l |al )?(?:bot|robot|chatbot|machine)",
    r"(?:el |l |al )?(?:bot|robot|chatbot) (?:da |dah |hayda |hatha |had )?(?:ghaby|8aby|gabi|ghabi|fashel|zebala|mesh fahem|mish fahem|mesh nafe3|ma byefham|mabyefhamsh|ma yefham|7mar)",
)
_HAN: Final = (
    r"(?:转|转接|接|接通|找|要|叫|换|换成|切换|切换到|切|呼叫|请求|申请|想要|来个|给我|改|上|喊|连|联系|驳|转驳|转去|转到|转给|搵|揾|问|请|有没有|有无|有冇|冇|没有|没|哪里有|怎么找|怎么没有) ?(?:下|一下|个|一个|位|一位|到|给|去|去找|你们|你们的|你哋|贵司|真正的|真的|在线|线上|纯)* ?(?:人工|真人|活人|客服|专员|专人|服务人员|工作人员|员工|职员|接线员|主管|经理|老板|负责人|领导|店长|店家|店员|小编|专业人士|同事|人员|human|agent)",
    r"人工(?:客服|服务|坐席|座席|热线|专席|帮忙|帮助|处理|回复|解答|介入|协助|接听|在吗|在不在|呢|咨询|支援|客户服务|小姐姐)",
    r"真人(?:客服|服务|回复|对话|解答|帮忙|帮我|聊|说话|讲话|处理|协助|专员|在吗|回答|同我|跟我|服务员|接待|沟通|支援)",
    r"(?:要|想|能|可以|让我|需要|请|可否|可唔可以|我|只想|只要|直接)(?:要|想)?(?:直接|马上|立刻)?(?:跟|和|与|同|搵|揾)(?:你们|你哋|你们的|一个|一位|位|个|真正的|真的)*(?:人|真人|活人|人类|客服|专员|职员|店员|主管|经理|工作人员|服务人员|负责人)(?:员)?(?:说|聊|讲|谈|对话|沟通|联系|通话|通电话|交流|倾|反映|投诉|直接|讲话|说话)",
    r"(?:跟|和|与|同)(?:你们|你哋|一个|一位|位|个)*(?:真人|活人|人工|客服|专员|职员)(?:员|客服|专员)?(?:说|聊|讲|谈|对话|沟通|联系|通话|交流|倾)",
    r"(?:要|想|能不能|可以|可不可以|能|可唔可以|想要)(?:跟|和|与|同)人(?:说|聊|讲|谈|对话|沟通|倾)",
    r"(?:我|就|只)(?:要|想要|需要)(?:的是)?(?:一个|个)?(?:活|真)?人(?:工|来|帮我|处理|解决|回)",
    r"(?:有|冇|没|没有|有没有|有无|有冇)(?:真)?人(?:能|可以|来|在|肯|会|可唔可以)?(?:帮我|处理|管|理我|回复|回我|回答|应|在吗|在线|值班|接待|负责|解决|同我|覆|理)",
    r"(?:叫|喊|让|派|请|换|找|搵|揾)(?:你们|个|一个|真|其他|别|你哋)*人(?:来|过来|跟我|和我|帮我|帮手|处理|联系我|打|回|同我|接|覆|跟进)",
    r"(?:客服|店家|店主|老板|小编|管理员)(?:人员|小姐|小姐姐|妹妹|大哥|专员)?(?:在吗|在么|在不在|在嘛|呢|人呢|有人吗|出来|去哪了|去哪里了|死哪去了|为什么不回|怎么不回|怎么不理|喺唔喺度)",
    r"有真人(?:吗|嘛|客服|在)|有人(?:吗|嘛|么|在吗|在嘛|在么|在不在|没有)|有没有人(?:啊|呀|吗|在|$)|人呢|有冇人|人喺边|有活人吗",
    r"(?:不要|别|不想|不用|拒绝|讨厌|受够了|烦死|不需要|唔要|唔想|不是要|懒得|没耐心|不跟|不和|厌倦)(?:再|给我|跟|和|同|与|用|找|要|一个|这个|这种|你这个|什么|这些|你们的|对着)*(?:ai|机器人|机器|自动回复|智能客服|智能助手|人工智能|聊天机器人|电脑|chatbot|bot)",
    r"(?:什么|这个|你个|你这|这|呢个|你们的|你们这|破|烂|垃圾|傻|蠢|笨|智障|弱智|废物|死|傻逼|没用的)(?:破|烂|垃圾|傻|蠢|笨|智障|弱智|废物|智能|死|的)*(?:ai|机器人|智能客服|人工智障|自动回复|智能助手)(?:真|太|好|也太|完全|根本|一点都|就是|简直|真的|好似)*(?:没用|垃圾|傻|蠢|笨|智障|废|听不懂|不懂|不会|烂|差|答非所问|没有用|不行|帮不了|冇用|帮唔到|白痴|无用|废物|解决不了|什么都不)",
    r"(?:垃圾|傻逼|智障|弱智|废物|没用的|破|烂|白痴|蠢|废柴)(?:机器人|ai|智能客服|客服机器人|机械人)",
    r"(?:ai|机器人|智能客服|人工智障|自动回复|机械人)(?:真|太|好|很|也太|完全|根本|一点都|就是|简直|真的|都)*(?:烂|差劲|没用|垃圾|傻|蠢|笨|智障|听不懂|没有用|帮不了|冇用|帮唔到|白痴|解决不了)",
    r"人工智障",
    r"(?:不要|唔要|别用)机械人|唔想同机械人",
    r"(?:给我|帮我|请|叫人|麻烦|能不能|可以|可不可以)(?:回|打)(?:个|一个|通)?(?:电话|电)(?:给我|我)?|(?:打|回)(?:个|通)?电话给我|打给我|(?:请|让|叫)(?:人|客服|专员)(?:尽快)?(?:联系|联络|致电|打给|回电)我?|请回电|电联我|致电给我|联络我|尽快联系我",
    r"(?:找|叫|见|要|call)(?:你们|你哋|个|一下)*(?:经理|主管|老板|领导|负责人|店长)",
    r"能不能(?:换|来)(?:个|一个)?(?:真|活)?人|换个(?:会说话的|懂的|明白)?人|换人(?:来|跟|和|吧|$)",
    r"升级(?:处理|投诉|给主管|到人工)",
)
_ASKS_EN = r"(?:are you|is this|is it|r u|are u|am i (?:talking|speaking|chatting) (?:to|with)|was that|were you|you are|youre|is that)(?: really| actually| just| even)? (?:an? |the |some )?(?:real |actual |live |human |living )*(?:person|human|human being|agent|people|someone|somebody|operator|representative|robot|bot)(?: or (?:(?:is (?:this|it)|are you|am i (?:talking|speaking|chatting) (?:to|with)|an?|the|some|just|only|real|actual|live|human|living|not) )*(?:person|human|being|agent|robot|(?:chat ?)?bot|machine|computer|ai|program|recording|software|automated|what|not|human being))?"
_ASKS_AR = r"هل (?:انت|انا)(?: اتحدث| اتكلم| اكلم)?(?: مع)? ?(?:شخص|انسان|بوت|روبوت|موظف|بشر)?(?: حقيقي| بشري)?(?: ام .{1,12}| ولا .{1,12})?|(?:هل )?(?:اتحدث|اتكلم|بكلم|بتكلم|عم بحكي|احكي)(?: مع)? (?:شخص|انسان|روبوت|بوت|موظف|بشر|حد|حدا)(?: حقيقي| بشري)? (?:ام|ولا|او|لو) (?:بوت|روبوت|اله|انسان|شخص)|(?:انت|انتي) (?:انسان|شخص|موظف|بوت|بشر)(?: حقيقي)?"
_ASKS_HAN = r"(?:你|您|你们|这|这里|请问|对面)?(?:是|系)(?:不是|唔系)?(?:真人|人工|活人|人类|真人客服|人工客服|机器人)(?:吗|还是|嘛|么|啊|呢|回复|吧|来的|定系)?(?:真人|机器人|人工|人)?"
_UNLESS: Final = (
    r"(?:out of|from|at|into|atm|cash|ticket|vending|washing|coffee|slot|withdraw\w*) (?:the |an? |this |that |your )?(?:cash |atm )?machines?(?: \w+){0,6}|(?:wont|does|did|doesnt|didnt|why did|when) (?:the|that|this|an?) machine(?: \w+){0,5}|(?:the|atm|cash) machine (?:was|is|were|had|did|didnt|wont|kept|ate|swallowed|took|never)(?: \w+){0,6}",
    r"(?:he|she|they|who|it|him|her|that) (?:is|are|was|were) (?:just )?(?:an? )?(?:\w+ ){0,2}human(?: being)?s?|(?:like|as|of) (?:an? )?(?:\w+ ){0,2}human beings?",
    r"(?:are|r) (?:you|u) (?:just )?(?:an? )?(?:\w+ ){1,2}or (?:an? )?(?:real |live |actual |human )?(?:robot|bot|computer|machine|ai|human|person|being|program|recording)(?: please)?|could you be (?:an? )?(?:\w+ ){0,2}(?:person|human)|are (?:you|u) (?:an? )?live being",
    r"(?:ممكن |ينفع |يمكن |هل |اقدر )?(?:حد|احد|شخص|واحد|حدا) (?:\S+ )?(?:يستلم|ياخذه|ياخده|يجرب|جرب|استلم|يقيسه)(?: \S+){0,3}|(?:حد|احد|شخص|واحد|حدا) (?:تاني|ثاني|غيري|اخر|من عيلتي|من اهلي|من البيت) (?:يستلم|ياخذ|ياخد|يقدر|بدالي|مكاني|عني)(?: \S+){0,3}|(?:ممكن|ينفع|اقدر) (?:حد|احد|شخص|واحد) (?:تاني|ثاني|غيري|اخر)(?: \S+){0,3}|لا داعي (?:ل|الي)?(?:تحويلي|تحويل|موظف|لتحويلي|للتحويل)(?: \S+){0,2}",
    r"(?:the |your |a |my )?(?:courier|driver|delivery (?:man|guy|person|driver)|postman|dhl|ups|carrier|technician|installer)(?: \w+)? (?:to )?(?:call|phone|ring|text|contact) me(?: \w+){0,4}|(?:can|could|will|does|should) (?:the |your )?(?:courier|driver|delivery \w+|carrier|technician)(?: \w+){0,5}",
    rf"(?:i|we) (?:really |actually |honestly )?(?:dont|do not|didnt|did not|no longer)(?: really| actually| necessarily| even)? (?:need|want|wish|have|care|wanna)(?: for)?(?: you)?(?: to)?(?: be)?(?: talk| speak| chat| connect(?:ed)?| transfer(?:red)?| bother| deal| call| contact| reach| be)?(?: me)?(?: to| with| through to)? {_WHO}(?: please| yet| now| for this)?",
    rf"(?:dont|do not|never|please dont|no need to|not necessary to|you dont have to|rather not|stop trying to|without|without having to|instead of|rather than|than)(?: being)? (?:transferr?(?:ed|ing)?|connect(?:ed|ing)?|pass|passing|hand|put|forward|forwarding|escalate|redirect|send|talk(?:ing)?|speak(?:ing)?|chat(?:ting)?|call|phone|ring|contact|get|bring)(?: me| this| it| us)?(?: over| through| on| back)?(?: to| with)?(?: {_WHO})?",
    rf"(?:no|not|without|no need for|need no|no more)(?: an?| any)? {_ADJ}{_SURE}(?: needed| required| necessary| please| yet)?",
    r"(?:what time|what hours|which hours|when|hours|number|phone|e ?mail|days?)(?: \w+){0,8} (?:customer|support|service) ?(?:service|services|support|care|assistance|team|desk)?",
    r"(?:do|did|would|what) you call (?:someone|somebody|an? \w+)",
    r"(?:find|get) (?:me )?(?:someone|somebody) (?:who can|that can|to) (?:look|take a look|deal|help|fix|cut|clean|paint|repair|babysit)(?: \w+){0,3}",
    r"human (?:resources|rights|hair|anatomy|body|size|sized|error|nature|beings? (?:are|can))",
    _ASKS_EN,
    r"(?:cleaning|estate|travel|shipping|delivery|insurance|foaming|customs|user|bleaching|sales) agents?",
    r"(?:no|not?) (?:useless|stupid|dumb|broken)",
    r"like (?:a |any )?(?:real|normal) (?:person|people|human|humans)",
    r"(?:is|are) there (?:a |any )?(?:person|people|man|woman|human) (?:in|on) (?:the|this|that) (?:picture|photo|image|box|video)",
    rf"(?:already|just|have|had|ve) (?:talk(?:ed)?|spoken|chatted|been in touch) (?:to|with) {_WHO}",
    r"(?:gift|present|size|sizes|shoes|clothes|jacket|something) .{0,20}(?:person|people|human)",
    r"(?:looking for|want|need|like|after|get) (?:a |an |the )?(?:persons?|human|assistant|operator|consultant|agent|manager|specialist|clerk) (?:name|size|hair|costume|doll|figure|figurine|manual|guide|bag|chair|app|account|job|vacancy|position|role|shaped|mug|outfit|course)",
    r"(?:مش|مو|ما|لا|مب|موش|لست|ماني|مانيش|مالي|ليس)(?: انا)?(?: عايز| عاوز| عايزه| عاوزه| محتاج| محتاجه| اريد| ابي| ابغي| بدي| حاب| بحاجه| لازم| نحب| باغي| بغيت| ارغب| احتاج| داعي| ضروري| في داعي)(?: ان)?(?: اتكلم| اكلم| احكي| اتحدث| التحدث| التواصل| التحويل| الي| ل| نهضر| نحكي| احاكي| اتواصل)?(?: مع| الي)? (?:اي )?(?:ال|ل|ب|لل)?(?:موظف|حد|احد|حدا|شخص|انسان|موظفين|خدمه العملاء|بشر|تحويل|للتحويل)(?: بشري| حقيقي)?",
    r"(?:لا|ما|م) (?:تحولني|تحولوني|تحولنيش|داعي للتحويل|توصلني)(?: الي| ل| علي)?(?: ل?موظف| ل?حد| ل?احد| ل?شخص)?|متحولنيش(?: ل| الي| علي)? ?(?:موظف|حد|لموظف|لحد)?|ماتحولنيش(?: لموظف| لحد)?|لا داعي ل(?:موظف|تحويلي|لتحويل)(?: الي موظف)?|بدون (?:ما )?(?:موظف|اكلم حد|اكلم احد|التحدث مع موظف|تدخل بشري|اتكلم مع احد|التحدث الي موظف)|من غير ما (?:اكلم|اتكلم مع) (?:حد|موظف)|بلا ما (?:احكي مع حدا|نهضر مع حد)",
    _ASKS_AR,
    r"(?:تكلمت|كلمت|حكيت|اتكلمت|تواصلت)(?: مع)? (?:موظف|حد|احد|حدا)",
    r"(?:mesh|mish|msh|mush|mo|mu|ma|mch) (?:3ayez|3awez|3ayz|abi|abgha|badi|baddi|bde|bdi|me7tag|bghit|n7eb|lazem) (?:akallem|akalem|a7ki|atkalem|a7ke|nhdar)? ?(?:ma3 |m3a )?(?:7ad|7ada|mowazaf|mwazaf|insan|shakhs)",
)
_UNLESS_HAN: Final = (
    r"没(?:有)?人(?:给|来)?(?:我)?(?:回复|回应|回答|回过|回我|理|搭理|理睬|联系|跟进|答复|管)(?:过)?(?:我|我们|他)?|(?:走|买|卖|别|家|个|有钱|年轻|老|坏|骗)人呢",
    r"(?:跟|和|与|同)(?:你们的|你们|人工)?(?:客服|人工|专员|真人)(?:.{0,2})(?:聊|说|讲|谈|沟通|联系|反映)(?:过|了|好)|真人(?:实拍|照|图|试|版|大小|出镜)(?:.{0,3})(?:有|吗|图)?|人工(?:智能|智慧|费|成本|皮|草)(?:.{0,4})|(?:有|冇)(?:真人)(?:实拍|试穿|照)",
    r"(?:不要|不用|不需要|不想|别|无需|不必|先不|先别|唔使|唔要|唔需要|唔想|不用再|毋须|没必要|还不用|暂时不|不打算|没有要|不是要|并不想)(?:再|要|给我|帮我|跟|和|同|与|找|转|转接|联系|叫|请|麻烦|到|去|换|换成|搵|驳|你们|你|一个|个|着急|急着|直接)*(?:人工|真人|客服|专员|职员|人员)(?:客服|服务|专员|人员|说|聊|讲|谈|联系|对话|沟通|倾|处理|帮忙|介入)*",
    r"(?:不要|不用|不必|别|无需|唔使)(?:再)?(?:打|回)?(?:个)?(?:电话)?(?:给我|打给我|致电给我|联络我|打电话给我|联系我|叫人来|叫人|换人)",
    _ASKS_HAN,
    r"真人还是机器人|机器人还是真人|人工还是机器人|人工还是智能|真人定机械人|真人(?:秀|版|大小|同款|实拍|出镜|试穿|模特|比例|发|示范|图)",
    r"人工(?:智能|费|成本|皮|合成|制作|草|湖|养殖|培育|增|受|降|呼吸|耳蜗|牙|泪|关节|宝石|钻|香|色素|甜味|染|编|打磨|缝)",
    r"(?:人工|人工客服|人工服务|真人客服|客服)(?:的)?(?:是)?(?:几点|工作时间|服务时间|上班时间|在线时间|什么时候|几时|营业|上班|下班|热线是多少|电话是|电话多少|时间是|时间系|礼拜|周末|星期)",
    r"(?:联系|问|找|转|请|叫|要)(?:过|了)(?:你们|你们的)?(?:人工|客服|真人|专员)",
)

CALL_ME: Final = Phrases(
    name="call_me",
    words=(
        r"(?:please|pls|plz|can you|could you|would you|will you|someone|somebody|just|must|should|kindly) call me",
    ),
    unless=(
        r"(?:what|how) (?:can|could|should|will|do|would|may) (?:you|u|i|they|people|we) call me(?: \w+){0,3}",
        r"(?:please|pls|plz|can you|could you|would you|will you|just|should|must|kindly) call me [a-z]+",
    ),
)
"""“Please call me” is one where it ends there; what follows is a name more often than not, and the other list has the rest."""
WANTS_PERSON: Final = Phrases(
    name="wants_person",
    words=(
        r"(?:non|not a|no) ?(?:robot|bot)(?:s)? (?:please|pls|agent|human|person|but|i want|answer|reply)|i(?:d| would)? (?:rather|prefer|much prefer|like|love) (?:to )?(?:talk|speak|chat|deal|communicate|be helped|be assisted|be served|hear) (?:\w+ )?(?:to|with|from|by) (?:an? |the |your |some ?)?(?:\w+ )?(?:human|person|people|agent|someone|somebody|anyone|rep|representative|staff|employee|man|woman|worker)|(?:someone|somebody|anyone) (?:at|in|from) (?:the |your )?(?:bank|hotel|shop|store|office|reception|front desk|desk|company|team|headquarters|head office|support|billing|sales|returns|branch) (?:to|who|please|can|could|should|needs?|call|now)|(?:is it possible|possible|how do i|how can i|where can i|way) (?:to )?(?:\w+ )?(?:talk|speak|chat|get|reach|contact|get through|get in touch|get hold) (?:\w+ ){0,2}(?:to |with |of |a |an |the |your |some )*(?:human|person|people|agent|someone|somebody|rep|representative|staff|employee|operator|team|advisor|support)",
        r"(?:talk|speak|chat|connect|put me|get me)(?: me)? (?:2|w|thru to|through 2|wit|wiv) (?:an? |the |some ?)?(?:real |live |actual )?(?:agent|rep|human|person|someone|some1|sum1|somebody|manager|operator|support|cs|people)|(?:rep|reps|representative|advisor|adviser|operator|supervisor|csr|live agent|live person|live human|real human|real person|customer rep)s?(?: \|)? (?:pls|please|plz|now|asap|thx|thanks|needed)|(?:can|could|may|shall) i (?:\w+ )?(?:ring|call|phone|message|email) (?:somebody|someone|a person|an agent|a human|your (?:team|office|staff|support))|(?:off|out of|away from|rid of|past|beyond) (?:this|the|your) (?:chat ?bot|bot|robot|machine|ai)|(?:have|ask|get|tell) (?:someone|somebody|a person|an agent|a human|a colleague|your (?:team|manager|boss|supervisor)) (?:to )?(?:call|ring|phone|contact|reply|write|email|message|get back|reach out|look|respond)(?: \w+){0,3}|(?:anyone|anybody|someone|somebody) (?:\w+ )?(?:real|human|alive|competent)(?: \w+){0,2}|(?:owner|boss|manager|supervisor|person in charge)(?: of (?:the|this) (?:shop|store|company|place))? (?:please|pls|now|immediately)|(?:program|software|algorithm|script|machine) (?:\w+ )?(?:cant|cannot|doesnt|isnt) (?:help|understand)|instead of (?:a |this |the )?(?:program|bot|robot|machine|software|ai|script)",
        r"(?:a |one of your |your |any |some )?(?:colleagues?|teammates?|supervisors?|specialists?|team members?|someone|somebody|a human|a person|human|person|agent) (?:could|can|should|to|must|please|has to|needs to|will) (?:please )?(?:step in|take over|jump in|look (?:at|into) (?:this|it|my)|handle (?:this|it)|answer this|intervene|join)",
        r"(?:transfer|escalate|connect)(?: me)? (?:pls|please|plz|now|\|)(?: \|)? (?:agent|human|person|rep)|(?:agent|human|person|rep|representative|operator)s? (?:transfer|needed|wanted|only|now|this time)",
        r"(?:let|get|put|pass) me (?:through|over|on) (?:to|with) (?:the |your |a )?(?:\w+ )?(?:team|desk|department|support|staff|colleagues?|line|people|office)|(?:phone|telephone|voice) ?(?:call|conversation) with (?:a |an |any |some|your )?(?:person|human|someone|agent|rep|staff|member|representative|advisor)|(?:talk|speak|chat|word|conversation) (?:to|with) (?:whoever|who ?ever|whomever|the one|anyone who|one of (?:your|the))(?: \w+){0,4}|(?:get|find|give) me (?:someone|somebody|anyone) (?:\w+ )?(?:competent|qualified|with a brain|sensible|intelligent|smart|useful|capable|responsible|human|real)|(?:any|are there|no) (?:\w+ )?(?:humans?|people|agents?|staff) (?:working|on duty|around|available|online|left|here)(?: \w+){0,2}|(?:speaking|talking|chatting) (?:with|to) (?:someone|somebody|a person|a human|an agent|your (?:team|staff))|have a (?:word|chat|talk|conversation) with (?:one|someone|somebody|a|an|your|the)(?: \w+){0,4}|(?:skip|bypass|leave|exit|off|past|drop|ditch|forget|turn off) (?:the|this) (?:bot|chat ?bot|robot|ai|machine)|(?:real|actual|live|human) (?:agent|person|people|human|rep|representative|support|help|assistance|chat)",
        r"(?:wheres|where is|where are|fetch|bring in|call in|summon|hook me up with) (?:the |a |an |your )?(?:human|humans|agent|agents|person|people|supervisor|manager|staff|representative)|(?:automated|canned|automatic|scripted|bot|robot) (?:replies|answers|responses|messages|reply|answer|response)(?: \w+){0,3} (?:person|human|agent|someone|help|helping|useless|enough)|(?:your|the|this) (?:automated|virtual|digital) (?:assistant|agent|system|helper) (?:is|does|doesnt|isnt|cant)(?: \w+){0,3}|(?:wish|want|like|need|hoping|prefer) to (?:\w+ )?(?:converse|communicate|interact|discuss this) with (?:a |an |your |some|the )?(?:\w+ ){0,3}(?:person|human|agent|executive|representative|staff|team|member|someone|care)",
        r"(?:نهضر|نهدر|نحكي|نتكلم|اتكلم|احكي|اكلم|اتحدث|اتواصل|تواصل|يتواصل) (?:مع|الي|معاه|مع شي|معايا|معي) ?(?:شي |احد |بعض |اي )?(?:مسؤول|موظفيكم|موظفينكم|الموظفين|موظف|مدير|مشرف|مختص|فريقكم|المسؤول)|(?:اريد|ابي|ابغي|عايز|بدي|محتاج|لازم|بغيت|اطلب|هات|هاتلي|جيبلي|جيبولي|نريد) (?:ال)?(?:مسؤول|مسؤولا|مشرف|مشرفا|مختص|مختصا|مديرا|حد من|احد من|حدا من|حد مسؤول|حد فاهم|احد يساعدني|حد يساعدني|حدا يساعدني)(?: \S+){0,3}|(?:احد|حد|حدا|شخص) (?:من |منكم |من ال)?(?:ال)?(?:موظفين|موظفيكم|موظفينكم|فريقكم|الدعم|دعم|خدمه|فريق)(?: \S+)?|(?:يتصل|يتواصل|يرد|يكلم|يساعد)(?: ?(?:بي|معي|علي|ني|معايا|عليا))? (?:احد|حد|حدا|موظف|احدهم|شخص)(?: \S+)?|(?:واش )?كاين (?:شي |اي )?(?:موظف|عون|واحد|مسؤول)|(?:توصلني|وصلني|حولني|تحولني|توصلوني|حولوني) (?:ب|بي|ل|لل|الي|مع|بيه|ليه)",
        *_EN,
        *_AR,
        *_ARABIZI,
        *DISGUISED,
        *WORLD,
    ),
    han=(
        r"(?:搵|揾|叫|嗌|请)(?:个|一个|你哋)?(?:真人|人|职员|经理|主管|客服|同事|负责人)(?:嚟|来|出嚟|出来|倾|讲|帮|睇|跟|覆|处理|打|听)|(?:想|要|可唔可以|可以|可否)(?:直接)?(?:同|跟|和|与)(?:真人|人|职员|客服|专员|你哋|经理|工程师|技术)(?:.{0,3})(?:倾|讲|聊|谈|说|沟通|联络|联系|对话|通话|通电话)|(?:有|有冇|有没有|有无)(?:真人|人手|职员|人)(?:.{0,3})(?:帮手|帮忙|处理|睇|跟进|回复|回应|听|接)|(?:请|麻烦|唔该|拜托)(?:专人|真人|客服|职员|人员|工程师|技师|同事)(?:.{0,3})(?:回|打|联络|联系|处理|跟进|覆|来)|(?:唔好|不要|别)(?:再)?(?:用|叫)?(?:机械人|机器人|罐头|自动|制式)(?:.{0,3})(?:答|回|覆|讯息|回复|回应)|(?:转|驳|接)(?:去|到|返|给)?(?:人手|真人|客服|专人|专员|客户服务|热线|值班|线上)",
        r"(?:安排|派|指派|请|让|叫|喊|要求|需要|申请|呼叫|转|转接|转给|换|找|搵|升级到|升级给|转到|联系)(?:一下|一位|位|个|你们的|你们|我|到|给|有|贵司的)*(?:专员|专人|客服|人工|真人|主管|技术人员|工作人员|工程师|负责人|人员|经理|店长|专业人士|懂的人|人手|客诉专员|上级|领导|同事)(?:来|处理|联系|跟|和|与|回|解答|帮|对接|沟通|介入|说|协助|给|直接|为我|服务|联络|人员|客服|一下)*|(?:我|只|就)(?:是|只|就)?(?:想|要|得|需要|得要)(?:是)?(?:直接)?(?:找|搵)(?:一个|个|你们的)?人(?:问|聊|说|谈|讲|帮|处理|来|工|解决)|(?:来|派)(?:一|个|一个|位)*(?:活人|真人|人)(?:啊|吧|呀|来|帮|处理|管|回|跟)|转人(?:转人|工)|转 ?rg|zrg|人工(?:来|快|在|啊|吧|一下|支持)|(?:你是|都是|全是|又是)(?:个)?机器人(?:吧|啊)?(?:.{0,3})(?:我要|我想|找|换|转)(?:.{0,2})(?:人|工)|换(?:成|个)?人(?:工|回答|来|类|跟|和|吧)",
        *_HAN,
        *DISGUISED_SIGNS,
        *WORLD_SIGNS,
    ),
    unless=_UNLESS,
    unless_han=_UNLESS_HAN,
)
ASKS_BOT: Final = Phrases(
    name="asks_bot",
    words=(
        _ASKS_EN,
        _ASKS_AR,
        r"(?:enta|enti|inta|inti) (?:bot|robot|insan|bashar|shakhs)(?: 7a2i2i)?(?: walla .{1,12})?",
    ),
    han=(_ASKS_HAN, r"真人还是机器人|机器人还是真人|人工还是机器人|人工还是智能|真人定机械人"),
)
"""The question whether it is a person who writes."""
PERSON_WORD: Final = Phrases(
    name="person_word",
    words=(
        r"(?:an? |the )?(?:(?:real|live|human|actual|customer|service|support) )*(?:human|humans|human being|agent|agents|person|people|rep|representative|operator|assistant|advisor|adviser|staff|manager|supervisor|someone|somebody|sombody|somone|agnet|humna|hooman|costumer service|costumer support|support|customer service|customer services|customer support|customer care|live chat|help ?desk|service desk)|call me(?: back)?|(?:transfer|connect|forward|escalate) me|escalate",
        r"(?:ال)?(?:موظف|موظفه|موظفين|انسان|بشري|مسؤول|مندوب|ممثل خدمه العملاء|خدمه العملاء|خدمه الزباين|خدمه الزبائن|خدمه عملاء|الدعم الفني|دعم فني|الدعم|دعم|بني ادم|شخص|مدير|بشر|موظف خدمه|موظف بشري)",
        r"(?:mowazaf|mwazaf|mwathaf|muwathaf|muwazzaf|insan|5edmet el 3omala|khedmet el 3omala|khedmet 3omala)",
    ),
    han=(
        r"人工|真人|客服|客服人员|活人|专员|专人|在线客服|线上客服|客户服务|人工客服|人|主管|经理|店员|职员|店家|小编|服务人员|客服小姐",
    ),
)
ONLY_PERSON: Final = Whole(
    name="only_person",
    of=("person_word",),
    fillers=(
        r"please|pls|plz|now|asap|hi|hello|hey|ok|okay|no|just|i said|i need|i want|need|want|want to|talk|speak|to|with|get|get me|give me|yes|uh|um|immediately|thanks|thank you|again|for|help|i|me|can i|right now|nope",
        r"لو سمحت|لو سمحتي|لوسمحت|لو سمحتوا|من فضلك|رجاء|ارجوك|الان|دلوقتي|هسه|هلا|الحين|بسرعه|ضروري|مرحبا|السلام عليكم|يا|بس|فقط|حالا|قلت|بقولك|عايز|اريد|ابي|بدي|يا جماعه|طيب|لا",
        r"law sama7t|min fadlak|please|bsor3a|dlw2ty",
    ),
    han_fillers=(
        r"请|麻烦|谢谢|你好|您好|快|快点|马上|立刻|啊|呀|吧|呢|了|我|要|我要|我想要|找|叫|给我|一下|好吗|可以吗|嗨|吗|啦|赶紧|唔该|急|的",
    ),
)
"""Nothing but a word for a person (“agent!”, “人工”, “موظف لو سمحت”) is a wish for one."""
