"""Phrase lists: a wish for a person in disguise, as a question about the bot, a doubt that it can help, or a wish to get past it.
Written over folded words. That somebody asks whether this is a bot is not enough: `ASKS_BOT` has that."""

from typing import Final

_BOT = r"(?:(?:chat ?)?bots?|robots?|machines?|ai|software|automated (?:assistant|system|messages?|replies|reply|answers?|responses?|thing)|automation|auto ?repl(?:y|ies)|virtual assistant|program)"
_THIS = r"(?:(?:an?|the|this|your|that|some|just|only) )*"
_MAN = r"(?:(?:an? |the |any |some |one of (?:your |the )?|your )?(?:(?:real|actual|live|living|human|proper) )*(?:persons?|people|humans?|human being|employees?|agents?|staff|colleagues?|representatives?|operators?|someone|somebody|anyone|anybody))"
_CHAT = r"(?:(?:chat ?)?bots?|robots?|automated (?:assistant|system|messages?|replies|reply|answers?|responses?|thing)|auto ?repl(?:y|ies)|virtual assistant)"
_NONBOT = r"(?:non|other than an?|anything but an?|anyone but an?|someone other than an?|somebody who is not an?|who isnt an?|thats not an?) ?(?:chat ?)?(?:bot|robot|machine)"
_SEE = r"(?:read|reads|see|sees|look|looks|looked|check|checks|checked|review|reviews|reviewed|handle|handles|handled|answer|answers|answered|decide|decides|reply|replies|respond|responds)"

_EN: Final = (
    rf"(?:get|go|getting|way|move|work) (?:\w+ )?(?:past|around|round|beyond|out of|away from|off|rid of) {_THIS}{_CHAT}|(?:skip|bypass|avoid|escape|leave|exit|quit) {_THIS}(?:chat ?bot|bot|automated \w+)",
    rf"(?:keep|stuck|forced|have|end up|ended up|only|spend \w+|waste \w+) (?:to )?(?:keep )?(?:on )?(?:typing|writing|talking|chatting|arguing|type|write|talk|chat) (?:to|with|at) {_THIS}{_BOT}",
    r"(?:somebody|someone|anybody|anyone) (?:here |there )?with a (?:pulse|heartbeat|brain)|human (?:eyes|touch|brain|judge?ment|being to)|a pair of (?:human )?eyes|flesh and blood",
    rf"(?:answered|handled|looked at|reviewed|checked|read|seen|dealt with|decided) by (?:an? )?(?:(?:real|actual|live|living|human) )+(?:person|being|agent|employee|someone|somebody)?|(?:answered|handled|looked at|dealt with) by {_MAN}",
    rf"(?:better|happier|safer|easier|nicer|good|great|nice|glad|relieved|prefer it|grateful|appreciate it) if {_MAN} (?:actually |could |would |can |just )*{_SEE}",
    r"(?:bot|robot|machine|ai) or (?:an? )?(?:real )?(?:human|person)(?: \|)?(?: \w+){0,6} (?:second|latter|human|person)(?: one)?(?: please)?",
    r"(?:is|are) (?:your|the) (?:boss|supervisor|manager|superior|team lead|colleagues?|humans?|creator|owner|people) (?:around|there|available|in|about|here|free|online|awake)",
    rf"(?:will|would|does|do|did|when (?:will|does|do|can)|is|are) {_MAN} (?:ever |actually |even |really |also |finally |going to |get to |gets to |ever get to )*(?:read|see|look at|seen|looked at|reading|seeing|looking at) (?:this|these|it|what|my|our|any of)(?: \w+)?",
    rf"{_MAN} (?:ever |actually |even |really |still )*(?:reading|monitoring|watching|answering|behind) (?:this|these|here|the (?:screen|chat|messages))",
    r"(?:will|does|do|would|is|has) (?:anyone|anybody|someone|somebody|a human|a person|any human) (?:ever |actually |even |really |else )+(?:answer|reply|respond|step in|come|turn up|read)|(?:someone|somebody|anyone) (?:answer|answers|reply|replies) (?:at some point|at any point|eventually)",
    r"(?:hop(?:ing|ed)|expect(?:ing|ed)|wish(?:ed|ing)?|count(?:ing|ed)) (?:for|to (?:get|reach|find|meet|have|be talking to)|on|i had|i could (?:get|have))? ?(?:an? |some )?(?:(?:real|actual|live|human) )*(?:person|human|human being|agent|employee)",
    r"(?:somebody|someone|anybody|anyone|a person|a human|people) (?:at|on) (?:the|your) other (?:end|side)",
    rf"(?:dont|do not|doubt|not sure|hardly|never)(?: that)?(?: think| believe| suppose| expect| feel| imagine| guess)?(?: that)? {_THIS}{_BOT} (?:can|could|will|would|is able to|is going to) (?:ever |really |actually )?(?:solve|handle|help|answer|fix|deal|understand|sort|do)",
    rf"(?:too|so|far too|way too) (?:complicated|complex|hard|difficult|specific|personal|special|delicate|much|important|sensitive) for {_THIS}{_BOT}|(?:above|beyond|over|outside) (?:what )?{_THIS}{_BOT}(?:s)? (?:can|head|abilities|level|capabilities|handle)",
    rf"if (?:this is|thats|that is|you are|youre|its|it is|im (?:talking|speaking|writing) (?:to|with)|i am (?:talking|speaking|writing) (?:to|with)) {_THIS}{_BOT}(?: \|)?(?: \w+){{0,3}} (?:pass|transfer|hand|connect|get|find|put|send|fetch|call|let|escalate|give|bring|forward)(?: \w+){{0,3}}",
    r"if (?:you are not|youre not|youre no|you arent|not)(?: an?)?(?: real)?(?: person| human)?(?: \|)?(?: then)? (?:who is|get me|find me|fetch|bring)",
    rf"{_NONBOT} (?:look|help|answer|check|see|read|take|to|who|please|pls)(?: \w+)?|{_NONBOT}$",
    r"(?:nobody|no one|no person) (?:human|real|alive|living)|no (?:real |actual |living )?(?:humans?|people|staff|person) (?:here|there|left|working|work|works|employed|anywhere|at all|at your|in your|involved|who)",
    r"(?:any|are there|have you (?:got )?|got any) (?:real |actual |living |any )*(?:humans?|people|staff) (?:left|employed|working there|working here|at your company|behind|in there|in your company)",
    r"(?:until|till|before) (?:someone|somebody|anyone|a human|a person|people|an? (?:agent|employee))(?: real| human| else)? (?:actually |finally )?(?:turns? up|comes?|shows? up|appears?|arrives?|takes over|steps? in|joins?|is there|is free|gets? here)",
    rf"(?:just|only|all|nothing but|getting) {_THIS}{_BOT}(?: here)?(?: \|)? or (?:is there |are there |does |do |will |can |also )*{_MAN}",
    r"(?:get|find|fetch|bring|call|send|wake|ask)(?: me)? one of (?:your|the) (?:humans?|people|colleagues?|coworkers?|bosses|staff)|(?:robot|bot|machine|ai)(?: \|)?(?: \w+){0,3} (?:id like|i want|give me|get me|let me have|i prefer|id prefer|i need) (?:somebody|someone) (?:else|real|human)",
    r"(?:isnt|arent|is|are) there (?:any|some)(?:one|body) (?:at all |there |else |real |actually )?(?:who|that|to) (?:can |could |will |would )?(?:look|decide|talk|help|understand|sort|take)",
)
_AR_BOT = r"(?:ال|لل|بال|ب|ل|عال|هال)?(?:بوت|روبوت|روبوتات|شات بوت|شاتبوت|ماكينه|مكنه|اله|الات|برنامج|ذكاء (?:ال)?اصطناعي|رد (?:ال)?الي|ردود (?:ال)?اليه|رد (?:ال)?اوتوماتيك\S*|مجيب (?:ال)?الي|روبو|كمبيوتر|سيستم الي)"
_AR_AUTO = r"(?:اوتوماتيك\S*|الي|اليه|تلقائي\S*|مبرمج|روبوت\S*|روبو|بوت\S*|ماكينات|الات|اله|مكن|برنامج)"
_AR_MAN = r"(?:ال|ل|ب|اي )?(?:انسان|انسانه|بشر|بشري|بشريه|بني ادم|بني ادمين|بنادم|بنادمين|شخص|موظف|موظفين|حد|احد|حدا|ناس|شي حدا|شي حد|شي بنادم|شي واحد|واحد|زميل)(?: حقيقي\S*| فعلي\S*| طبيعي\S*| بجد)?"
_AR_READ = r"(?:بيقرا|يقرا|عم يقرا|عم بيقرا|كيقرا|بيشوف|يشوف|عم يشوف|كيشوف|شايف|شاف|يشوفه|يشوفها|بيتابع|يتابع|يطلع|اطلع|بيطلع|يراجع|يراجعه|بيراجع|راجع)"
_AR_MINE = r"(?:علي )?(?:ال)?(?:كلام|كلامي|رسالتي|رسالته|رسائلي|رسايلي|رسايل|رسائل|طلبي|مشكلتي|حالتي|فاتورتي|موضوعي|محادثه|شات|هذا|هذه|هالموضوع|هالكلام|ده|دي|ما (?:ا|ن)كتب\S*|اللي (?:ب)?اكتب\S*|يلي (?:ب|عم )?اكتب\S*)"
_AR_NOT = r"(?:ما|مش|مو|لا|ماظن|مب|ماشي|مستحيل|لن|مايقدر|مابيقدر|مبيعرفش|مابيعرفش|مش هيعرف|مش هيقدر)"

_AR: Final = (
    rf"(?:اتخطي|تخطي|نتخطي|اعدي|اعدي من|اطلع من|نخرج من|اخرج من|اهرب من|اتجاوز|تجاوز|نتجاوز|اتفادي|اخلص من|الخروج من|التخلص من|بعيد عن|اطلع بره) {_AR_BOT}(?: (?:ده|دا|هذا|هاد|هيدا))?",
    rf"(?:لازم|مضطر|مضطره|مجبور|مجبوره|حافضل|هفضل|بضل|رح ضل|الي متي|لحد امتي|لين متي|ليش|ليه|مجبر)(?: \S+)? (?:اكتب|اتكلم|احكي|اكلم|ارد|اتحدث|نهضر|نكتب|ناقش|اناقش)(?: (?:مع|الي|علي|ويا|معاه))? {_AR_BOT}",
    rf"{_AR_MAN}(?: \S+){{0,3}} (?:ولا|او|ام|لو|يا)(?: (?:كله|كلها|كلو|بس|فقط|غير|مجرد|كلكم|كل شي|كل حاجه|كلشي))* {_AR_AUTO}",
    rf"(?:بكلم|اكلم|بحكي|احكي|اتكلم|كنهضر|بتكلم|اتحدث|اخاطب)(?: (?:مع|ويا))? {_AR_BOT}(?: بس| فقط| وبس)?(?: \S)?(?: \S+){{0,2}} (?:ولا|او|ام)(?: (?:في|فيه|يوجد|كاين|هناك))* {_AR_MAN}",
    rf"{_AR_MAN} (?:\S+ )?{_AR_READ} {_AR_MINE}|{_AR_READ} {_AR_MINE}(?: \S+)? {_AR_MAN}|(?:س|ح|ه)يقرا (?:اي )?{_AR_MAN} {_AR_MINE}|(?:هل|امتي|متي|ايمتي) (?:س|ح|ه)?(?:يقرا|يشوف|يرد علي|يطلع علي)(?: \S+)? (?:اي )?{_AR_MAN}",
    r"(?:يحتاج|محتاج|محتاجه|احتاج|نحتاج|بحاجه|بدها|بده|بدو|يبيله|يبغاله|عايزه|خاصها|خاصو)(?: الي)? ?ل?(?:انسان|بشر|بشري|تدخل بشري|عقل بشري|عقل انسان|بني ادم|بنادم|حد فاهم|حدا فاهم|شخص فاهم)(?: \S+)?",
    rf"(?:ارتاح|افضل|احسن|اطمن|اطمين|يريحني|برتاح|بكون مرتاح)(?: اكثر| اكتر)? (?:لو|اذا|ان) {_AR_MAN} (?:\S+ )?(?:{_AR_READ}|رد|يرد|جاوب)",
    r"(?:فين|وين|اين|فاين|وينه|وينهم) (?:ال)?(?:مديرك|رييسك|رئيسك|مسؤولك|مشرفك|ناس|بشر|بني ادمين|بنادمين|موظفين|موظف|مدير|مسؤول)(?: (?:عندكم|تبعك|بتاعك|ديالكم))?",
    rf"(?:اذا|لو|ان|ايلا|الا) (?:كنت|انت|كان|كنتي|كنتو|انتي|طلعت|هذا|ده)(?: (?:مجرد|بس|فعلا|انت))? {_AR_BOT}(?: \S)?(?: \S+){{0,2}} (?:حولني|حولوني|وصلني|وصلوني|هات|انقلني|خلي|اعطيني|عطيني|جيب|جيبلي|حولنا|عديني|سلمني|دوزني|شوفلي|ناديلي)(?: \S+)?",
    r"(?:هات|هاتلي|هاتولي|خلي|جيب|جيبلي|جيبولي|نادي|نادولي|ناديلي|ابعت|ابعتلي|ابعث|عيط ل|شوفلي)(?: لي)? (?:حد|احد|واحد|شخص|حدا|زميل|شي واحد|شي حد) (?:من )?(?:زمايلك|زملايك|زملائك|الموظفين|البشر|عندكم|عندك|المسؤولين|الناس|الفريق|يفهم|فاهم|غيرك|تاني غيرك)",
    r"(?:حد|احد|شخص|حدا|اي حد)? ?غير (?:ال|هال)?(?:روبوت|بوت|اله|روبو)(?: \S+)? (?:يشوف|يرد|يجاوب|يساعدني|يراجع|يحل|يحكي|يكلمني|يفهم)\S*",
    rf"{_AR_NOT} (?:بظن|اظن|اعتقد|اتوقع|بعتقد|احس|حاسس|متوقع|كنظن)(?: (?:ان|انو|انه|باللي))? {_AR_BOT} (?:\S+ )?(?:يحل|بيحل|هيحل|يفهم|هيفهم|يقدر|هيقدر|يساعد|يعرف|ينفع|يفيد)\S*",
    rf"{_AR_BOT} (?:ده |هذا |هاد )?{_AR_NOT}(?: (?:رح|راح|بقا|قادر|عم))? ?(?:يفهم|بيفهم|يفهمني|بيفهمني|فاهم|فاهمني|هيفهم|يحل|بيحل|هيحل|يقدر يحل|هيقدر|كيفهم|يقدر يساعد)\S*",
    rf"(?:معقد|صعب|كبير|معقده|صعبه|خاص|حساس|حساسه|فوق قدرات|اكبر من|اصعب من)(?: جدا| شوي| شويه)?(?: علي)? {_AR_BOT}",
    r"(?:كنت|كنا)(?: \S+)? ?(?:اتمني|اتمنا|متوقع|متوقعه|فاكر|متمني|احسب|بتوقع|نتوقع|كنتمني|عايز|ابي|ابغي|اريد)(?: (?:ان|اكلم|القي|يرد|الاقي|احكي مع|اتكلم مع))* (?:شخص|انسان|حد|حدا|احد|موظف|بشر|بني ادم)(?: حقيقي)?(?: (?:مش|مو|وليس|لا|ماشي|مب) \S+)?",
    r"(?:استني|انتظر|اصبر|بستني|نستني|انتظار|نتسني)(?: \S+){0,2} ?(?:ليطلع|لحتي يطلع|حتي|لحد ما|لين|ليرد|ليجي|عشان|يرد|يجي|باش يجي|يطلع)(?: (?:يرد|يجي|يطلع|يظهر|يوصل|علي|يرد علي))* (?:شي )?(?:حدا|حد|احد|شخص|موظف|بشر|واحد|انسان)",
    r"(?:شخص|انسان|حد|بشر|ناس|حدا|احد)(?: حقيقي\S*)? (?:ورا|خلف|وراء|من ورا) (?:ال)?(?:شاشه|شات|رسايل|رسائل|محادثه|كلام|موضوع)",
    r"(?:مين|من|منو|شكون) (?:هو )?(?:ال)?(?:مسؤول|مدير|رييس|صاحب القرار)(?: \S+)? (?:خليه|خلوه|يخليه|خلي) (?:يرد|يكلمني|يتواصل|يحكي|يجي)\S*(?: \S+)?",
    r"(?:حد|احد|شخص|واحد|حدا|شي واحد|شي حد)(?: \S+)? (?:مش|مو|ماشي|وليس|لا|مب) (?:بوت|روبوت|اله|روبو|ماكينه|ذكاء اصطناعي)",
    r"(?:ما|مفيش|مافي|مافيش|ماكاين|مكاينش|ما عندكم|ما عندكمش|معندكوش|معندكمش)(?: (?:في|فيه|كاين|عندكم|عندكو))? (?:اي |حتي |شي )?(?:بشر|بني ادم|بني ادمين|بنادمين|بنادم|ناس حقيقيين|موظفين حقيقيين|انسان|شخص حقيقي)(?: \S+)?",
    r"(?:fein|fen|wen|ween|feen|fin) (?:el |l |al )?(?:nas|bashar|mowazafeen|mowazafin|bani admeen|insan|modir|mudir|mas2ol)(?: beto3ko| 3andkom)?",
    r"(?:enta|enti|inta|inti|da|hada|hayda|bakallem|bakalem|ba7ki ma3)(?: \w+)? (?:bot|robot|machine|ala)(?: \|)? (?:walla|wala|wella|aw)(?: \w+)? (?:momken|mumkin|a2dar|aqdar|fini|fiyi|yenfa3)(?: \w+){1,3}",
)
_ROBOT = r"(?:聊天)?(?:机器人|机械人|智能客服|自动回复|智能助手|人工智能|机器客服|机器|程序|ai)"
_OF = r"(?:这个|这种|你们的|你们这个|呢个|你们|你这个|这|个|那个|的)*"

_HAN: Final = (
    rf"(?:跳过|绕过|绕开|绕|摆脱|避开|略过|退出|离开|转出|越过|甩开|躲开|跳出) ?{_OF} ?(?:聊天)?(?:机器人|机械人|智能客服|自动回复|ai)",
    rf"{_ROBOT} ?(?:\| )?(?:应该|肯定|估计|恐怕|怕是|也|都|是|根本|又|大概|可能|好似|睇|看)*(?:搞|处理|解决|回答|帮|看|说|听|讲|做|理解|睇|答)(?:不|唔)(?:定|了|清|懂|明白|到|好|掂)|{_ROBOT}(?:说了|讲了|话)?(?:不|唔)(?:算|能做主|能决定)|{_ROBOT}做(?:不了|唔到)主",
    rf"(?:跟|和|对着|同|与|对住) ?{_OF} ?{_ROBOT} ?(?:说|讲|聊|沟通)?(?:不|唔)(?:清|通|明|明白)|(?:只能|一直|一直在|不想|不太想|唔想|难道|还要|总是|老是|要我|净系|只可以|唯有|懒得)(?:在|要)?(?:跟|和|对着|同|与|对住) ?{_OF} ?{_ROBOT} ?(?:打字|说话|讲话|说|聊|对话|沟通|讲|倾|讲嘢)",
    r"真人(?:怎么说|怎么看|点讲|的(?:意见|说法|建议|看法|回答|声音)|(?:能|会|可以|来|可)?(?:看到|看得到|看得见|睇到|见到|读|过目|看一下|看看|看我|理我|回我|回答我|判断))|(?:轮到|轮得到|等到|等真人|碰到|遇到)真人|(?:后面|背后|对面|那边|后台|屏幕后)(?:有|系|是|到底有)*(?:没有|没|无|冇)?(?:真人|人)(?:看|在|吗|能|可以|睇|听|回)",
    rf"是?{_ROBOT} ?(?:嘅话|的话) ?(?:\| )?(?:就|请|麻烦|你)*(?:帮我|给我|替我)?(?:换|转|接|叫|找|让)|(?:如果|要是|若|假如|既然)(?:你|您|这|对面|你们)?(?:只)?(?:是|系) ?{_ROBOT} ?(?:\| )?(?:嘅话|的话)?(?:那)?(?:就|请|麻烦|你)*(?:帮我|给我|替我|把我)?(?:换|转|接|叫|找|让)",
    r"(?:让|请|叫|喊|换|唤|派)(?:你们的|你们|贵司的|你们公司的|你哋|你的)(?:公司的)?(?:人|同事|负责人|主管|真人|老板|员工)(?:来|回|处理|跟|接|出来|出面|看|讲|说|过来)|(?:让|请|叫|喊|换)(?:个|一个|位|一位)?(?:能|可以|会|懂|识)(?:.{0,4})的人|谁(?:说了)?(?:算|能决定|负责|能做主)(?:就)?(?:让|请|叫|找)谁(?:来|出来)?",
    r"(?:来|换|找|叫|请|派|要)(?:一个|个|位|一位)?(?:能|会|懂|可以|听得懂|听懂|识)(?:听得懂|听懂|懂|做|说|讲|听)?(?:人话|做主|主|决定|负责|拍板|处理|事)(?:的|嘅)(?:人|来|吗|$| )",
    rf"(?:能不能|可不可以|可以|能|可唔可以|可否|麻烦|请)(?:别|不要|唔好)(?:再)?(?:是|用|让|派|由)? ?{_OF} ?{_ROBOT} ?(?:来)?(?:回|答|跟|和|同|应付|敷衍|覆)",
    rf"{_ROBOT} ?(?:吗|嘛|啊|呀|在回|回的|在回复)? ?(?:\| )?(?:就|都|难道|也|真的|真系)*(?:没有?|无|冇)(?:个|一个)?(?:真)?人(?:管|理|看|回|接|在|吗|了|喔|啊|睇|覆)|{_ROBOT} ?(?:在)?(?:回|回复|回答|答|覆)?(?:的)? ?(?:\| )?(?:真人|人|客服|职员)(?:呢|在哪|去哪|喺边)",
    r"(?:多久|几时|什么时候|何时|要等|几耐|多长时间|等到什么时候)(?:才|先|会|能|可以|到底|可|至)*(?:有|轮到|轮得到|见到|来)(?:一个|个)?(?:人|真人|客服|专人|职员|活人|同事)(?:来|看|回|理|接|处理|在|嚟|覆|出现|帮)",
    r"(?:还是|或者|或|定系|定)(?:说|我)?(?:可不可以|能不能|可唔可以|可以|能)(?:找|跟|和|同|让|叫|请|转|搵|换)(?:个|一个|你们的|位|一位)?(?:人|真人|人工|客服|职员)(?:聊|说|讲|谈|来|回|倾|工)?",
    r"(?:就|难道|都|还|怎么|公司|到底|连)*(?:有|没|没有|冇|还有|连|有没有|有冇)(?:一个|个)?(?:活的|会喘气的|喘气的|活着的|活人|人类)(?:客服|人|员工)?|(?:打|输入|说|按|讲|回复)(?:什么|咩|哪个|几|乜)(?:字|数字|键)?(?:才|先)(?:能|可以|会|可)*(?:转|退出|离开|找到|有|接)(?:出)?(?:真人|人工|人|机器人|机械人|客服)?",
    r"(?:得|要|应该|需要|最好|必须|还是|希望)(?:有)(?:个|一个|位)?(?:真)?人(?:来|过|帮忙|帮我|亲自|可以|能)*(?:看看|看过|看一下|过目|看|判断|决定|处理|睇下|睇)(?:才|比较)?(?:行|放心|好|得|可以)?",
    rf"(?:你这|你个|你|这)?{_ROBOT} ?(?:先)?(?:歇|休息|一边|让开|走开|退下|闭嘴|下班)(?:会|一下|去|吧|会儿|下)*|(?:以为|还以为|本来以为)(?:会)?(?:有|是|系)(?:个)?(?:真)?(?:人|客服)(?:.{{0,4}}) ?(?:\| )?(?:结果|原来|没想到|点知|谁知)(?:.{{0,3}}){_ROBOT}|(?:你)?是 ?ai ?(?:吗|嘛|吧|啊)? ?(?:\| )?(?:请|麻烦|帮我)?(?:让|叫|请|换|找|转)(?:.{{0,5}})(?:人|来)",
)
DISGUISED: Final = (*_EN, *_AR)
DISGUISED_SIGNS: Final = _HAN
