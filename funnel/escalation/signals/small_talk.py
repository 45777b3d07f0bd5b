"""Phrase lists: greetings, thanks and closing words, plain yes and no. Written over folded words."""

from typing import Final

from funnel.escalation.signals.lexicon import Phrases, Whole

GREETING: Final = Phrases(
    name="greeting",
    words=(
        r"(?:hi+|hello+|helo|hey+|heya|hiya|howdy|yo|hallo|hullo|greetings|good (?:morning|afternoon|evening|day)|morning|gm|sup|whats up|wassup|how are you(?: doing)?(?: today)?|hows it going|how do you do|nice to meet you|g ?day)",
        r"(?:مرحبا|مرحبتين|اهلا|اهلين|اهلا وسهلا|اهلا بك|اهلا بكم|يا اهلا|هلا|هلا والله|هلو|هاي|هالو|السلام عليكم|سلام عليكم|السلام|سلام|سلامو عليكم|السلام عليكم ورحمه الله|السلام عليكم ورحمه الله وبركاته|ورحمه الله|ورحمه الله وبركاته|صباح الخير|صباح النور|صباحو|مساء الخير|مساء النور|مساكم الله بالخير|صبحكم الله بالخير|حياك الله|حياكم الله|ازيك|ازيكم|ازيكو|كيفك|كيفكم|كيف الحال|كيف حالك|كيف حالكم|شلونك|شلونكم|شخباركم|اخباركم|اخبارك|لاباس|لاباس عليكم|الو|تحيه طيبه|طاب يومكم|يسعد صباحكم|يسعد مساكم|يعطيك العافيه|يعطيكم العافيه|السلام عليكن)",
        r"(?:salam|salaam|salam 3alaykom|salam alaykom|salamu alaykum|assalamu alaikum|as ?salam ?(?:u )?alaykum|ahlan|ahlan wa sahlan|ahlein|ahlen|mar7aba|marhaba|sabah el ?(?:5eir|kheir|khair)|saba7 el ?(?:5eir|5er|kheir)|masa2 el ?(?:5eir|kheir)|ezayak|ezayko|kifak|keefak|shlonak|labas)",
    ),
    han=(
        r"你好|您好|妳好|你们好|大家好|哈喽|哈啰|哈罗|哈囉|嗨|嘿|在吗|在么|在嘛|在不在|在不|早上好|早安|早晨|下午好|晚上好|晚安|午安|早|喂|安安|你好啊|好啊你|您好呀|在的吗|亲|你哋好|食咗饭未|喺度吗|喺唔喺度|有在吗|请问在吗|打扰了|打扰一下",
    ),
    symbols="👋🙋",
)
THANKS: Final = Phrases(
    name="thanks",
    words=(
        r"(?:thanks?(?: you)?|thankyou|thank u|thank ya|thx+|thnx|thnks|tks|tnx|ty|tysm|tyvm|thanks (?:a lot|a bunch|a million|so much|very much|again|for (?:your|the|all your) (?:help|time|assistance|info|information|quick reply|reply|support)|for (?:helping|everything|that|explaining|letting me know))|many thanks|much appreciated|appreciate it|i appreciate (?:it|that|your help)|appreciated|cheers|ta|thank you (?:so|very) much|thank you for (?:your|the) (?:help|time|assistance|support|info|information|reply|answer)|youre (?:the best|great|awesome|a star|a lifesaver|a legend)|you are (?:the best|great|awesome)|lifesaver|bless you|god bless)",
        r"(?:bye+|goodbye|good ?bye|bye bye|see (?:you|ya)(?: later)?|take care|have a (?:nice|good|great|lovely) (?:day|one|evening|night|weekend)|good night|thats (?:all|it|everything)(?: i (?:need|needed|wanted))?(?: for (?:now|today))?|that is all|that will be all|nothing else|no more questions|all good|were good|im good now|cya|you too|same to you|great help|very helpful|that helped|that was helpful|that helps|this helped|this helps|helpful|perfect|brilliant|awesome|wonderful|excellent|lovely|fantastic|amazing)",
        r"(?:شكرا|شكراا|شكرا لك|شكرا لكم|شكرا جزيلا|الف شكر|شكرا كتير|شكرا كثيرا|شكرا جدا|شكرا ليك|شكرا ليكم|شكرا على المساعده|شكرا علي المساعده|شكرا علي الرد|شكرا لمساعدتك|شكرا لمساعدتكم|مشكور|مشكوره|مشكورين|مشكور جدا|يسلمو|يسلموا|تسلم|تسلمي|تسلموا|تسلم ايدك|الله يسلمك|ممنون|ممنونك|ممتن|متشكر|متشكره|متشكرين|متشكر جدا|مرسي|ميرسي|ثانكس|ثانك يو|يعطيك الف عافيه|الله يعطيك العافيه|ربي يعطيك الصحه|يعطيك الصحه|بارك الله فيك|بارك الله فيكم|بارك الله فيكوم|جزاك الله خير|جزاك الله خيرا|جزاكم الله خيرا|كثر خيرك|كتر خيرك|كتر خيركم|الله يبارك فيك|ربنا يخليك|الله يخليك|ما قصرت|ماقصرت|ما قصرتوا|كفيت ووفيت|الله يجزاك خير|صحيت|صحه|عيشك|يعيشك|يرحم والديك|الله يرحم والديك|تشكر|تشكرات|حبيبي|حبيبتي|شاكر لك|شاكره|شاكر لكم|خالص الشكر|كل الشكر)",
        r"(?:مع السلامه|الي اللقاء|وداعا|باي|باي باي|سلامات|في امان الله|تصبح علي خير|تصبحون علي خير|يومك سعيد|نهارك سعيد|هذا كل شي|هذا كل شيء|بس كده|بس هيك|كده تمام|كده خلاص|هيك تمام|ممتاز|رائع|حلو|عظيم|جميل جدا|مفيد|افدتني|افادني|هذا مفيد|ساعدتني)",
        r"(?:shokran|shukran|chokran|choukran|shokrn|mashkoor|mashkor|yeslamo|yslamo|yeslamou|teslam|tslm|merci|mersi|mrc|barak allah fik|barakallahu feek|y3tik el 3afye|ya3tik el 3afye|ye3tik el saha|ma3 el salama|ma3 elsalama|bislama)",
    ),
    han=(
        r"谢谢|谢啦|谢了|谢谢你|谢谢您|谢谢你们|多谢|感谢|非常感谢|十分感谢|感恩|蟹蟹|3q|辛苦了|麻烦你了|麻烦您了|太感谢了|万分感谢|谢谢帮忙|谢谢帮助|谢谢解答|唔该|唔该晒|多谢晒|感谢您|感谢你|谢|劳驾了|爱你|比心|你真好|真贴心|帮大忙了|帮了大忙|有帮助|很有用|有用的|太好了|太棒了|好棒|真棒|赞|厉害|完美",
        r"再见|拜拜|拜|掰掰|掰|88|晚安|没事了|没有了|没别的了|没有其他问题了|没其他问题了|没问题了|就这样|就这些|就酱|先这样|先这样吧|祝你|祝您生活愉快|祝好|回头见|下次见|886|没有其他了|没有别的问题|没有问题了|辛苦啦|冇其他嘢|冇嘢喇",
    ),
    symbols="🙏❤💕🥰😍💖🌹💐🤗😘",
)
YES: Final = Phrases(
    name="yes",
    words=(
        r"(?:yes+|yep|yup|yeah+|yea|ya|yah|ye|y|yess|yes please|yes i do|yes it (?:did|does|is)|it did|it does|yes that|sure+|sure thing|of course|ok+|okay+|okey|okie|k|kk|okk|alright|all right|right|fine|fine by me|go ahead|go on|do it|do that|please do|sounds good|good|great|cool|absolutely|definitely|certainly|correct|exactly|indeed|agreed|deal|why not|that works|works for me|that would be (?:great|good|nice)|id like that|i would|i do|yes thanks|ok thanks|got it|understood|i see|affirmative|roger|nice|perfect|please|si|oui)",
        r"(?:نعم|ايوه|ايوا|ايو|ايوة|اي|ايه|اه|اها|اوه|اكيد|طبعا|تمام|تمام كده|ماشي|ماشي الحال|اوكي|اوك|اوكيه|اوكى|طيب|حاضر|موافق|موافقه|صح|صحيح|بالضبط|بالتاكيد|بكل تاكيد|حسنا|حسن|جيد|كويس|منيح|زين|خوش|تم|يب|ييب|واخا|وخا|اواه|ايييه|ابشر|يلا|من فضلك|لو سمحت|يا ريت|ياريت|اجل|بلي|مزيان|باهي|به|ميه ميه|100 100|عال|فهمت|مفهوم|وصلت|اتفقنا|مافي مشكله|لا مانع|ما عندي مانع|اكيد نعم|ايه والله|اي والله|هيه|امبلي)",
        r"(?:aywa|aiwa|aywaa|ah|aah|ahh|eh|akid|akeed|tab3an|tamam|tmam|mashi|7ader|naam|na3am|wakha|ok|6ayeb|tayeb|tayyeb|yalla|mwafe2|sa7)",
    ),
    han=(
        r"是|是的|是啊|是呀|对|对的|对啊|对呀|没错|好|好的|好滴|好哒|好呀|好啊|好吧|好嘞|好喔|好哦|好der|行|行吧|行的|可以|可以的|可以啊|可以呀|嗯|嗯嗯|恩|恩恩|哦|噢|喔|ok|okay|okk|ok的|ok啦|当然|当然可以|要|要的|需要|需要的|同意|没问题|成|中|得|得啦|好嘅|系|系呀|系啊|冇问题|冇错|明白|明白了|了解|收到|知道了|懂了|晓得了|可|没毛病|必须的|好耶|麻烦了|麻烦你|就这么办|有|有的|嗯呐|嗯哼|欧克|欧了|妥|是嘅|好呢|了解了|我知了",
    ),
    symbols="👍👌✅🆗💯😊🙂😄😀👏✔",
)
NO: Final = Phrases(
    name="no",
    words=(
        r"(?:no+|nope|nah+|naw|n|no thanks?|no thank you|no thx|no ty|no need|not needed|not necessary|not now|not yet|not really|not at all|no im good|no im fine|im good|im good thanks|im fine|im okay|im ok|no it (?:didnt|did not|doesnt|does not)|it didnt|it did not|i dont think so|dont think so|never|negative|no way|no please|no ok|none|dont|no i dont|nothing|no nothing|later|maybe later|skip|rather not|not interested|id rather not|i dont|i do not|no its ok|no its okay|no its fine|no dont|no not yet)",
        r"(?:لا|لالا|لا لا|لا شكرا|لا شكرا لك|لأ|لاء|لا مشكور|لا يسلمو|لا تسلم|كلا|ابدا|مش لازم|مو لازم|مش ضروري|مو ضروري|ليس ضروريا|ليس الان|مش دلوقتي|مو الحين|مو هلا|مش هلا|بعدين|لاحقا|لا داعي|لا مو|لا مش|لا ما ابي|ما ابي|مابي|ما بدي|مش عايز|مش عاوز|مش عايزه|مش عاوزه|لا اريد|لا ارغب|ما احتاج|لا احتاج|مب لازم|ماشي مشكل|لا بس شكرا|مش محتاج|مش محتاجه|مو محتاج|مالوش لزوم|ملوش لازمه|ما في داعي|مافي داعي|ما له داعي|ماله داعي|لا والله|لا عادي|لا خلاص|بلاش|لا بلاش|ماكاين لاش|لا ماشي|مازال|لسه|لسا|ليس بعد|مو بعد|لا لسه|لا لسا|لا ليس بعد)",
        r"(?:la2|laa|la|la shokran|la shukran|la2 shokran|mesh lazem|mish lazem|msh lazem|mo lazem|la merci|ba3den|balash|mesh 3ayez|ma badi)",
    ),
    han=(
        r"不|不是|不是的|不用|不用了|不用啦|不用谢谢|不必|不必了|不要|不要了|不需要|不需要了|不了|不了谢谢|不行|不可以|不对|否|没有|没|没有啊|还没|还没有|还没呢|暂时不用|暂时不需要|先不用|先不要|算了不用|唔使|唔使喇|唔使啦|唔要|唔系|唔好|唔需要|未|未呀|未有|冇|免了|没必要|算了|不想|以后再说|下次吧|再说吧|不太需要|不劳烦|并没有|不好|才不|不ok|毋须|不用麻烦",
    ),
    symbols="👎❌🚫🙅✖",
)
SOFTENER: Final = Phrases(
    name="softener",
    words=(
        r"(?:there|all|everyone|everybody|team|folks|guys|friend|mate|buddy|dear|sir|madam|maam|miss|bot|funnel|again|so|very|much|then|well|oh|ah|um|uh|hmm+|and|lol|haha+|man|dude|pal|bro|sis|love|honey|please|pls|plz|for|your|you|u|help|the|info|just|that|is|it|now|today|really|truly|kindly|a|lot|ok|im|thats|wow|yay|support|too|kind|everything|i|hi|x|xx|xxx|to)",
        r"(?:جدا|كتير|كثير|كثيرا|يا|اخي|اختي|استاذ|استاذه|باشا|فندم|صديقي|غالي|الغالي|عزيزي|جماعه|شباب|اخوي|معلم|برشا|بزاف|اوي|قوي|والله|خلاص|بس|كده|هيك|لكم|لك|ليك|ليكم|عليكم|جميعا|علي|المساعده|مساعدتك|مساعدتكم|ربنا|يا فندم|حضرتك|حضرتكم|عليك|اليوم|بك|بكم|مره|حيل|خويا|لك مني|من القلب|يعني|طيب)",
        r"(?:ya|fandem|awy|awi|kteer|ktir|bzaf|barsha|3alaykom|3alaikom|bas|5alas|khalas|habibi|7abibi|walla|wallah|gedan|jiddan|3ala|el|mosa3da)",
    ),
    han=(
        r"好的|好|ok|啊|呀|吧|呢|了|啦|哦|哈|哈哈|嘿嘿|呵呵|嘻嘻|的|你|您|你们|大家|亲|亲爱的|客服|小姐姐|小哥哥|机器人|先生|小姐|帅哥|美女|老板|喔|噢|嗯|恩|那|就|先|都|很|非常|真的|太|也|我|这边|咯|喽|嘛|哒|帮忙|晒|你哋|先啦|㗎|嘅|喇|囉|耶|诶|欸|哎|啰|请问|一下|吗|有人|哟|您的|你的|耐心|帮助|解答|回复|朋友",
    ),
    symbols="😁😃😆😂🤣😅😉😌😎🎉✨💪",
)


def _whole(name: str, *of: str) -> Whole:
    return Whole(name=name, of=of, filler="softener")


SMALL_TALK_LISTS: Final = (GREETING, THANKS, YES, NO, SOFTENER)
SMALL_TALK_WHOLES: Final = (
    _whole("only_greeting", "greeting"),
    _whole("only_thanks", "thanks", "greeting"),
    _whole("only_yes", "yes"),
    _whole("only_no", "no", "thanks", "greeting"),
    _whole("only_talk", "greeting", "thanks", "yes", "no"),
)
"""Texts made of nothing but small talk; `measure` decides between them by which lists spoke."""
