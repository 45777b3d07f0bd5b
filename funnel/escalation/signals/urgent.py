"""Phrase lists of the urgent path: suicide, self-harm, violence, medical emergency; and the figures of speech that are not.

Three strengths: `self_harm` and `safety` are plain words and only a figure of speech that covers them takes them away;
`faint` ones count unless the text laughs or blames a thing; `figure` ones never count.
"""

from typing import Final, Literal

from funnel.escalation.signals.lexicon import Phrases

_SELF = r"(?:my ?self|myslef|himself|herself|themselves|themself|ourselves)"
_WISH = r"(?:(?:(?:i|he|she|they|we|and|to|just|really|honestly|am|im|going|gonna|wanna|want|wants|wanted|need|will|ill|might|may|plan|planning|thinking|about|of|ready|trying|tried|about to|should|could|feel like|keep|kept) )*)"

SELF_HARM: Final = Phrases(
    name="self_harm",
    words=(
        rf"{_WISH}(?:kill|killing|kll|hang|hanging|hurt|hurting|harm|harming|cut|cutting|shoot|shooting|drown|drowning|poison|poisoning|starve|burning|off|unalive) {_SELF}",
        r"(?:suicide|suicidal|kms|self ?harm(?:ing|ed)?|unalive|sewerslide)",
        r"(?:end|ending|take|taking|took|end it all|ended) (?:my|his|her|their) (?:own )?li(?:fe|ves)|end it all|ending it all|end (?:it|everything) tonight|not? (?:reason|point) (?:to|in|for) (?:liv(?:e|ing)|going on)|dont want to (?:live|be alive|be here|exist|wake up)(?: any ?more| anymore| any longer)?|do not want to (?:live|be alive|exist|wake up)(?: any ?more| anymore)?|better off (?:dead|without me)|(?:cant|cannot) (?:go on|live) (?:like this|any ?more|anymore|any longer)|(?:no longer|not) want to (?:live|be alive|exist)|wish i (?:was|were) (?:dead|never born)|wish i (?:had never|was never|were never) been born|jump(?:ing)? (?:off|from) (?:a|the|my|this) (?:bridge|roof|building|balcony|window)|slit (?:my|her|his) wrists?|(?:took|taken|swallowed|taking) (?:all |too many |a whole bottle of |a bottle of |\w+ )?(?:my |the )?(?:pills|sleeping pills|tablets)|(?:goodbye|good bye|farewell) (?:cruel )?world|everyone (?:would|will) be better (?:off )?without me|(?:i have|ive|got) (?:a )?(?:plan|a rope|the rope|pills ready) to (?:die|kill)",
        r"(?:انتحر|الانتحار|انتحار|هنتحر|بنتحر|حانتحر|انتحاري|ينتحر|تنتحر|سانتحر|منتحر)",
        r"(?:اقتل|هقتل|بقتل|ساقتل|اموت|هموت|بموت|نقتل|حقتل|رح اقتل|قتل|اشنق|اذي|اجرح|ااذي|اءذي|ايذاء|اذيه|غنقتل|باش نقتل|نذبح|اذبح) (?:نفسي|روحي|حالي|راسي|نفسه|نفسها|حاله|حالها|عمري)",
        r"(?:انهي|هنهي|انهاء|بنهي|سانهي|رح انهي|نهي|اخلص|هخلص|نخلص|انهي كل شي) (?:حياتي|علي حياتي|من حياتي|حياتي بيدي|علي نفسي)|(?:لا|ما|مش|ما عاد|ماعاد|مابقيتش|معدتش|مو|لم اعد|ما بقيت|مابي|ما ابي|ما بدي|مابدي) ?(?:اريد|ابي|بدي|عايز|عاوز|ابغي|حاب|باغي|قادر|ارغب في|طايق|نبغي|بغيت)? ?(?:ان )?(?:اعيش|العيش|عيش|الحياه|نعيش|اكمل حياتي|حياتي)(?: بعد الان| خلاص| بعد اليوم)?|الحياه (?:ما عاد|لم يعد) لها معني|قطعت (?:شراييني|وريدي)|اقطع (?:شراييني|وريدي)|شربت (?:كل )?(?:الحبوب|حبوب كثيره|حبوب كتير)|بلعت (?:كل )?(?:الحبوب|علبه حبوب|حبوب كتيره)|اتمني (?:الموت|ان اموت|لو اموت)|ليتني (?:مت|اموت)|الدنيا احسن (?:من غيري|بدوني)",
        r"(?:3ayez|3awez|badi|abi|nefsi|bghit) (?:amoot|amout|amot|anta7er|antaher|mout|nmout|nmoot)|(?:hantaher|hanta7er|anta7er|antaher|ha2tel nafsi|a2tel nafsi|amawet nafsi|a2tol nafsi|mosh 3ayez a3eesh|mesh 3ayez a3eesh)",
    ),
    han=(
        r"自杀|自尽|自残|自残|自伤|轻生|寻短见|寻死|了断自己|了结自己|结束(?:自己的|我的|自己|我)?生命|结束这一切|结束一切|割腕|上吊|跳楼|跳河|烧炭|吞(?:了)?(?:安眠)?药|吃(?:了)?(?:一整瓶|一瓶|好多|很多|大量)(?:安眠)?药|不想活|唔想活|活不下去|活唔落去|不想再活|活着没(?:意思|意义|什么意思)|活着(?:还)?有什么(?:意思|意义)|生无可恋到想死|想(?:要)?(?:去)?(?:死了算了|一死了之|死掉算了)|伤害(?:我)?自己|杀(?:了|死)(?:我)?自己|杀(?:了)?自己|没有我(?:会)?更好|死了(?:会|可能)?更好|不如死了|(?:不如|还是)死了算了|离开这个世界|想离开世界|遗书|唔想做人|人生冇意义|了此残生|活得好辛苦(?:不想|唔想)|撑不下去了|不想存在|想消失(?:在这个世界|算了)|划(?:伤)?(?:自己的|我的|自己)?手腕",
    ),
    unless=(
        r"suicide (?:squad|doors?|girls|silence|bunny|jockey|prevention (?:book|poster|shirt|badge))|(?:commercial|career|financial|business|political|digital) suicide|(?:cut|hurt|burn|burnt|burned|cutting|burning|shoot|poison|hurting) (?:my ?self|himself|herself|themselves|ourselves|themself) (?:on|with|while|when|opening|using|trying|unpacking|because of|by accident|accidentally|at|assembling|in the foot|off|out|short|some slack)(?: \w+){0,4}|(?:by accident|accidentally) (?:cut|hurt|burned|burnt|shot) (?:myself|himself|herself)|(?:laugh(?:ing|ed)?|laughing so hard)(?: \w+){0,4} kill(?:ed|ing)? myself|anti suicide|dont hurt yourself|off (?:himself|herself|themselves|myself)|self harm (?:book|poster)",
        r"مكافحه الانتحار|فرقه الانتحار|الفرقه الانتحاريه|(?:جرحت|جرح|اجرح) (?:نفسي|حالي) (?:من|ب|في|وانا|وقت|لما|بال)\S*|هموت (?:نفسي|روحي) (?:ضحك|من الضحك|شغل|في الشغل)|ما (?:بموت|موت) نفسي",
    ),
    unless_han=(
        r"(?:笑|热|累|困|饿|烦|气|急|冻|忙|美|甜|帅|可爱|好吃|激动|开心|尴尬|丢脸|闷|无聊)(?:.{0,2})(?:到|得|的)(?:.{0,2})(?:想死|不想活|活不下去|自杀|去死)|自杀小队|自杀突击队|自杀式(?:袭击|攻击)?|寻死觅活|跳楼(?:价|大甩卖|机|甩卖|大减价|减价)|跳楼大拍卖|跳河(?:边)?(?:游戏)|上吊(?:带|灯|扣|牌)|烧炭(?:炉|烤)|吃(?:了)?很多药都|不小心(?:划|割)(?:伤|到)?(?:了)?(?:自己的|我的)?手腕|想死(?:你|妳|您|我了|了你|大家|它|他|她|这个味道)|想死你(?:们)?",
    ),
)
SAFETY: Final = Phrases(
    name="safety",
    words=(
        r"(?:(?:having|has|had|have|think im having|is having) (?:a |an )?(?:heart attack|stroke|seizure|cardiac arrest|panic attack and cant breathe|severe allergic reaction|anaphylactic shock)|heart attack|cant breathe|cannot breathe|can not breathe|struggling to breathe|hard to breathe|not breathing|isnt breathing|stopped breathing|trouble breathing|difficulty breathing|chest pains?|unconscious|passed out and|collapsed|overdos(?:e|ed|ing)|bleeding (?:badly|heavily|out|to death|a lot|everywhere|wont stop)|wont stop bleeding|choking|swallowed (?:a |the |some )?(?:battery|batteries|magnet|magnets|bleach|poison|detergent)|been poisoned|call (?:an ambulance|911|999|112|the ambulance|the police|the fire brigade)|need (?:an ambulance|a doctor now|an ambulance now|medical help|police|the police)|medical emergency|life or death emergency|dying please help|(?:im|i am|hes|shes|is) dying(?: please)? (?:help|right now|call)|having a stroke|severe burns?|electrocuted|house is on fire|home is on fire|fire in my (?:house|flat|kitchen|apartment))",
        r"(?:(?:my|the) (?:husband|wife|boyfriend|girlfriend|partner|ex|dad|father|mom|mum|mother|brother|son|neighbou?r|stepdad|boss|man|roommate)|he|she|they|someone|somebody|a man|people) (?:is |are |was |keeps |just |has |s |will |is going to |is gonna |wants to |is trying to |are trying to |threatened to |threatens to |tried to |trying to |going to |about to |planning to )*(?:hitting|hit|beating|beats|beat|attacking|attacked|abusing|abuses|raped|raping|assaulted|assaulting|stabbed|stabbing|shot|strangling|strangled|choking|threatening to kill|kill|hurt|rape|stab|shoot|choke) (?:me|us|my (?:kids?|child|children|son|daughter|mother|mom|mum|baby|wife|husband|sister|brother)|her|him|the (?:kids|children))(?: up)?|(?:has|have|got|with|pulled|holding) (?:a |the )?(?:gun|knife|weapon)(?: to my| at my| and| on me| in his| in her)?|going to (?:kill|shoot|stab|bomb|attack|hurt|murder) (?:you|him|her|them|someone|somebody|people|everyone|my (?:wife|husband|boss|mother|father|neighbou?r|ex|kids|family))|gonna (?:kill|shoot|stab|bomb|murder) (?:you|him|her|them|someone|everyone|people)|will (?:kill|shoot|stab|bomb|murder) (?:you|him|her|them|everyone|people|someone)|i(?:ll| will) kill (?:you|him|her|them|someone|everyone)|(?:want|planning|plan|about|ready) to (?:kill|murder|hurt|shoot|stab) (?:him|her|them|someone|somebody|people|my (?:wife|husband|boss|mother|father|ex|family|kids))|domestic (?:violence|abuse)|(?:im|i am) (?:being|getting) (?:attacked|abused|beaten|raped|threatened|stalked|held)|broke into my (?:house|home|flat)|breaking into my (?:house|home|flat)|held (?:hostage|against my will)|kidnapped|there is a bomb|theres a bomb|plant a bomb|blow up (?:your|the) (?:office|shop|store|building|warehouse)",
        r"(?:ازمه قلبيه|نوبه قلبيه|جلطه|سكته|سكته قلبيه|ذبحه صدريه|لا استطيع التنفس|مش قادر اتنفس|مش قادره اتنفس|مو قادر اتنفس|ما اقدر اتنفس|مش عارف اتنفس|ما عم اقدر اتنفس|ما نقدرش نتنفس|ما قادر اتنفس|ضيق تنفس|ضيق في التنفس|لا يتنفس|مش بيتنفس|ما يتنفس|ما بيتنفس|ما عم يتنفس|فاقد الوعي|فاقده الوعي|فقد الوعي|فقدت الوعي|مغمي عليه|مغمي عليها|اغمي عليه|اغمي عليها|اغمي علي|وقع من طوله|نزيف|بينزف|ينزف|تنزف|عم ينزف|الم في الصدر|الم شديد في الصدر|وجع في صدري|الم بصدري|تسمم|جرعه زايده|جرعه زائده|جرعه زايده من|اطلبوا الاسعاف|اتصلوا بالاسعاف|اطلب الاسعاف|محتاج اسعاف|محتاجه اسعاف|عايز اسعاف|اريد اسعاف|اسعاف بسرعه|بدي اسعاف|ابي اسعاف|الاسعاف|حاله طارئه|حاله طوارئ|حاله اسعافيه|الحقوني|الحقني بموت|انقذوني|النجده|نجدوني|عتقوني|بيختنق|يختنق|بلع بطاريه|بلعت بطاريه|ابتلع بطاريه|شرب كلور|شربت كلور|ازمه ربو|تشنجات|حريق في البيت|البيت بيتحرق)",
        r"(?:زوجي|جوزي|زوجتي|ابوي|ابويا|بابا|اخوي|اخويا|خويا|راجلي|رجلي|بويا|والدي|حبيبي السابق|طليقي|واحد|هو|حد|ابن عمي|جاري|عمي|خالي|مراتي|جوزها)(?: عم| كل يوم| دايما| كان)? ?(?:بيضربني|يضربني|يضرب|ضربني|بيهددني|يهددني|هددني|هيقتلني|يقتلني|حيقتلني|رح يقتلني|بده يقتلني|عايز يقتلني|يبي يقتلني|يريد قتلي|يحاول قتلي|بيحاول يقتلني|بيعتدي علي|اعتدي علي|تحرش بي|اغتصبني|كيضربني|كيهددني|يضرب فيا|باغي يقتلني|يعنفني|بيعنفني|بالسكين|معه سلاح|معاه سلاح|معاه سكينه|معه سكين)(?: بالقتل| بسكين| بالسكين| انا واولادي| بالسلاح| انا وعيالي)?|(?:هقتلك|هقتلكم|ساقتلك|ساقتلكم|بقتلك|بقتلكم|رح اقتلك|رح اقتلكم|حقتلك|راح اقتلك|راح اقتلكم|غنقتلك|هقتله|ساقتله|ساقتلها|هقتلها|هفجر|سافجر|رح افجر|اريد ان اقتل|عايز اقتل|بدي اقتل|ابي اقتل)(?: \S+)?|عنف (?:اسري|منزلي)|(?:بيضربني|يضربني|هيقتلني|يقتلني|اغتصبني|كيضربني|يهددني بالقتل|بيهددني بالقتل|هددني بالقتل|تعرضت للاغتصاب|تعرضت للاعتداء|خطفوني|مخطوف|مخطوفه|قنبله)",
        r"(?:mesh 2ader atnafes|msh 2ader atnafas|mish adir atnaffas|el 7a2ooni|el7a2ooni|el7a2oni|is3af|es3af|isaaf|byedrabni|beyedrabni|bydrabni|ha2tlak|ha2telak|hay2telni|haye2telni)",
    ),
    han=(
        r"心脏病(?:发|发作|犯)|心梗|心肌梗|中风了|脑溢血|喘不过气|喘不上气|无法呼吸|不能呼吸|呼吸困难|呼吸唔到|抖唔到气|没有呼吸|没呼吸|停止呼吸|不呼吸|昏迷|晕倒了|晕过去|昏倒|昏过去|不省人事|失去意识|失去知觉|大出血|流了好多血|流血不止|血流不止|一直流血|流好多血|止不住血|胸口(?:剧痛|很痛|好痛|痛得|疼得|很疼)|胸痛|心口痛|食物中毒|煤气中毒|中毒了|喝了(?:农药|漂白水|洗洁精|消毒液)|误(?:食|吞|服)(?:了)?(?:电池|药|磁铁|清洁剂|洗衣球|漂白水)|吞(?:了|下)(?:一颗|一个|了)?(?:电池|纽扣电池|磁铁)|叫救护车|叫白车|打 ?(?:120|110|119|999|112)|救护车|急救|救命|有生命危险|要报警|报警救|抽搐|休克|严重过敏|噎住|窒息|触电了|药物过量|服药过量|吃药过量|着火了|家里着火|火灾",
        r"(?:家暴|家庭暴力|被(?:老公|丈夫|男友|男朋友|前男友|老婆|爸爸|父亲|人|他|家人|继父|老板)(?:打|家暴|强奸|性侵|绑架|威胁|砍|捅|追杀|虐待|殴打)|(?:老公|丈夫|男友|男朋友|前男友|爸爸|父亲|他|有人|前夫|继父|邻居)(?:一直|又|正在|在|总是|要|想|想要|说要|威胁要|威胁说要)*(?:打我|殴打我|杀我|杀了我|砍我|掐我|强奸我|性侵我|伤害我|害我|捅我|虐待我|打死我|打孩子|杀死我|跟踪我)|我(?:要|想|会|真想|一定要|准备)(?:去)?(?:杀了|杀死|砍死|捅死|弄死|砍了|杀掉|炸|炸掉)(?:你|他|她|他们|你们|人|老板|我老公|公司|所有人|全家|店|办公室|我老婆|我老板)|(?:他|她|有人|对方)(?:手里)?(?:拿着|有|持)(?:刀|枪|武器)|持刀|持枪|被绑架|被强奸|被性侵|被侵犯|放(?:了)?炸弹|有炸弹|性侵|强奸|要杀人|想杀人|杀你全家|被跟踪了|威胁我的生命|有人闯进|俾人打|佢打我|佢要杀我|被打了)",
    ),
    unless=(
        r"(?:almost|nearly|practically|gave me|giving me|give me|about to have|i almost had|like having|just had a mini|had a mini|mini|near)(?: a| had a| have a| an)? (?:heart attack|stroke|seizure)(?: \w+){0,5}|heart attack (?:when i saw|at the price|grill|burger|looking at)(?: \w+){0,4}|(?:cant|cannot) breathe (?:lol|haha|laughing|im laughing|from laughing|in (?:this|these|it|the)|because (?:its|this is) so funny|through (?:this|the) \w+)|(?:laughing|lol|lmao|haha) (?:so hard )?(?:i )?(?:cant|cannot) breathe|stroke (?:order|width|of luck|color|colour)|(?:the )?(?:app|site|website|page|server|system|tent|chair|shelf|box|table|bed|pole|rack) (?:has |just |had )?collapsed|collapsed (?:menu|section|panel|view|box|tent)|(?:choking|choke) (?:hazard|collar|chain)|overdosed on (?:cuteness|sugar|coffee|shopping)|(?:first aid|medical) (?:kit|bag)|heart attack on a plate|domestic (?:delivery|shipping|orders?)|(?:going to|gonna|will|ill) (?:kill|murder) (?:you|him|her|them) (?:at|in) (?:the )?(?:game|chess|fifa|match)|(?:my |the )?(?:mom|mum|wife|husband|boss|dad|girlfriend|boyfriend|partner) (?:will|is going to|is gonna|would|ll) (?:kill|murder) me(?: if| when| for| lol| haha| over)(?: \w+){0,4}|(?:hit|beat|attack) (?:me|her|him|us) (?:up|to it|with (?:a|an|the|another) (?:fee|charge|bill|message|email|question))|they (?:just )?(?:hit|shot) (?:me|us) (?:with|an? (?:email|message)|a)|(?:breathable|breathing) (?:fabric|material|shoes)|fire (?:tv|stick|hd|tablet|sale|pit)|(?:is|are|does|can)(?: \w+){0,3} choking hazard|(?:knife|gun) (?:set|block|sharpener|holder)|(?:has|have|got|with) (?:a |the )knife (?:set|block|and fork|sharpener|holder|in the)(?: \w+){0,3}",
        r"(?:كادت|كدت|كنت ه|هتجيبلي|حتجيبلي|جابلي|رح تجيبلي|بتجيبلي|بيجيبلي|جابتلي|بيجيب|ستصيبني|تجيب|جبتولي|هتجيلي|هيجيلي|حتجيني|جاتني|بتجلطني)(?: ب| لي| تصيبني)? ?(?:جلطه|سكته|ازمه قلبيه|نوبه قلبيه|سكته قلبيه|الجلطه)(?: \S+){0,3}|(?:امي|ماما|مراتي|زوجتي|ابوي|بابا|جوزي|مديري|المدير|زوجي|حماتي) (?:ه|رح |راح |ح|ب|غ)?(?:تقتلني|يقتلني|هتقتلني|هيقتلني|حتقتلني|بتقتلني|تذبحني|يذبحني|رح تقتلني|راح تقتلني|هتدبحني)(?: لو| اذا| ان)(?: \S+){0,4}|شنطه (?:الاسعاف|اسعافات)|(?:حقيبه|صندوق) (?:ال)?(?:اسعاف|اسعافات)|اسعافات اوليه|طفايه حريق|كلور (?:الغسيل|للملابس)|قنبله (?:سعر|عرض|الموسم)|ضحك(?:ت)?(?: \S+){0,3} (?:مش قادر|مو قادر|ما قدرت) اتنفس|مش قادر اتنفس من (?:كتر )?الضحك",
    ),
    unless_han=(
        r"(?:差点|快|吓得我|吓到|险些|几乎|都要|气得我|气到|快要|吓出)(?:.{0,4})(?:心脏病|心梗|中风|脑溢血|窒息|休克|昏倒|晕倒|昏过去|晕过去)(?:了|发作|犯)?|(?:笑|美|甜|可爱|热|闷|闷热|帅|臭)(?:.{0,3})(?:窒息|喘不过气|喘不上气|无法呼吸|不能呼吸|晕倒|昏倒|休克|晕过去|昏过去)|(?:窒息|美到窒息)(?:的)?(?:美|操作|设计)|(?:老婆|老妈|我妈|妈妈|女朋友|老公|我爸|老板|女友)(?:.{0,3})(?:会|要|得|肯定)(?:.{0,2})(?:杀了我|打死我|砍我|杀我|打我)(?:的|了|啦|如果|要是)?|急救(?:包|箱|毯|用品|手册)|救命(?:稻草|恩人|神器|啊哈|好好看|太好看|笑死|哈哈|好可爱|好美)|灭火|家用灭火|防火灾|(?:价格|运费|价钱|费用)(?:.{0,6})(?:昏迷|窒息|晕倒|昏倒|休克)|防窒息|窒息风险|持刀(?:架|座)|被打(?:折|回|了折|八折|九折|包)|中毒(?:太深|了似的)|被人打开|被打了(?:折|补丁)|救护车(?:玩具|模型)|玩具救护车|火灾(?:报警器|警报器)|急救课程",
    ),
)
FAINT: Final = Phrases(
    name="faint",
    words=(
        r"(?:i )?(?:just |really |wanna |want to |wanted to |id rather |would rather |feel like |going to |might as well |rather |wish i could |could just )+(?:die|be dead|dying)|(?:make|makes|making|made) me (?:want to |wanna )(?:die|cry and die)|feel(?:ing)? like dying|(?:im|i am) (?:so )?done with (?:life|living)|dying please",
        r"(?:بدي موت|بدي اموت|ابي اموت|ابغي اموت|عايز اموت|عايزه اموت|عاوز اموت|عاوزه اموت|نفسي اموت|اريد ان اموت|اريد الموت|بغيت نموت|نحب نموت|ودي اموت)(?: خلاص| وارتاح)?|(?:تخليني|بيخليني|يخليني|خلاني|بتخليني|خلاوني|مخليني|يجعلني|تجعلني)(?: عايز| ابي| بدي| اريد ان| اتمني)? (?:اموت|موت|نموت)",
    ),
    han=(r"想死|想去死|想一死|想死掉|让我死|不如死|死了算",),
    unless=(
        r"(?:\w+ )?to die for(?: \w+)?|(?:dont|do not) (?:want|wanna)(?: to)? die(?: \w+){0,3}|want (?:it|this|the plant|the battery) to die",
        r"(?:ما|مش|لا|مو) (?:بدي|عايز|ابي|اريد|اريد ان) (?:موت|اموت)",
    ),
    unless_han=(
        r"(?:笑|热|累|困|饿|烦|气|急|冻|忙|美|甜|可爱|激动|开心|尴尬|丢脸|闷|无聊|嗨|馋)(?:.{0,2})(?:到|得|的)(?:.{0,3})(?:想死|想去死|不如死)|想死(?:你|妳|您|大家|它|他|她|这个味道)(?:了|们)?|不想死|想死机",
    ),
)
FIGURE: Final = Phrases(
    name="figure",
    words=(
        r"(?:im|i am|literally|were) (?:so |literally |actually )?(?:dead|dying|deceased)|dying (?:here|inside|of|from|over|to|for|laughing)|(?:kill|shoot|end) me(?: now| already| please| lol)?|(?:i )?(?:would |will |could |d )?kill for (?:a|an|some|this|that|these)|to die for|(?:was|were|is|it|that) killing me|(?:youre|you are|this is|its|you guys are) killing me|die of|bored to death|scared to death|sick to death|over my dead body|drop dead gorgeous|dead tired",
        r"(?:هموت|بموت|حموت|نموت|راح اموت|رح اموت|غنموت|موتوني|اقتلوني|اقتلني|موتني|موتتني|هتموتني|قتلني|قتلتني|قتلتوني|ذبحتني|ذبحتوني|ميت|ميته|ميتين|متت|متنا|مت) (?:من|فيك|فيه|فيها|عليك|عليه|عليها|و|عشان|علشان|ضحك|جوع|ب|علي|في)?(?: ?\S+)?|(?:هموت|بموت|موتوني|موتتوني|قتلتوني|ذبحتوني|موتني)|الموت اهون(?: من)?",
        r"(?:hamoot|hamout|7amoot|bamoot|bmoot|hamot|mayet|mayta|bmout|amoot)(?: men| mn| fe| fi)?(?: el)?(?: \S+)?",
    ),
    han=(
        r"笑死|累死|热死|饿死|气死|烦死|急死|困死|冻死|吓死|闷死|无聊死|美死|丢死|羞死|馋死|忙死|疼死|痛死|死我了|死定了|死了这条心|要命|要疯|崩溃|社死|攰死|攞命|笑到死|想狗带|狗带|原地去世|当场去世|生无可恋|杀了我吧|要死要活|爱死|想死你|可爱死|人都没了|死机|卡死|该死|笑尿|笑到|死了都要|急到|激死|嬲死",
    ),
)
LAUGH: Final = Phrases(
    name="laugh",
    words=(
        r"(?:l+o+l+z?|lmf?ao+|rofl|(?:ha){2,}h?|(?:he){2,}|jk|joking|just kidding|kidding|laughing|laughter|laughed|so funny|hilarious)|of (?:thirst|hunger|boredom|curiosity|heat|embarrassment|cuteness|laughter|excitement|shame|happiness|cringe)|(?:from|over) (?:laughing|boredom|cuteness|the heat|excitement|embarrassment)",
        r"(?:ه{2,}|الضحك|ضحك|ضحكت|بهزر|امزح|نكته|مضحك|الجوع|جوع|الحر|البرد|الملل|الكسوف|الاحراج|العطش|الحلاوه|جماله|الفرحه|حلاوته|حلاوتها|جمالها)",
        r"(?:hh+|haha+|el de7k|de7k|deh2k|hehe+|5555+|bhazar)",
    ),
    han=(r"哈|嘻嘻|嘿嘿|hhh|233|搞笑|好笑|玩笑|逗你|笑死|笑到",),
    symbols="😂🤣😆😹😅😄😁😀💀😜😛😝",
)
BLAMES: Final = Phrases(
    name="blames",
    words=(
        r"(?:this|the|your|that|these|those|ur) (?:\w+ ){0,2}(?:app|apps|site|website|web ?site|page|bot|chatbot|queue|line|form|checkout|password|process|system|update|login|captcha|wait|delivery|courier|service|music|price|prices|shipping|fees?|policy|packaging|code|menu|song|traffic|weather|shoes|heels|cake|manual|instructions|font|loading|spinner)|on hold|waiting for (?:this|my|the|you) (?:parcel|package|order|refund|reply|delivery|app|page|site|bot)|if (?:it|this|the|my) (?:doesnt|dont|order|parcel|package)",
        r"(?:الموقع|موقعكم|التطبيق|تطبيقكم|البرنامج|البوت|الابليكيشن|هالتطبيق|هالموقع|الخدمه|خدمتكم|الطابور|الشحن|التوصيل|الاسعار|السعر|اسعاركم|الانتظار|الباسورد|كلمه السر|النت|المندوب|الطلب|هالطلب|الكود|الصفحه|الفستان|الشنطه|المنتج|العرض|العروض|لبيكاسيون|السيستم|التحديث|الشاحن|البطاريه)",
    ),
    han=(
        r"(?:这|你们|你哋|呢个|贵司|那个)(?:.{0,4})(?:app|应用|软件|网站|系统|机器人|客服|页面|验证码|密码|流程|快递|物流|价格|运费|活动|程序|功能|更新|界面|服务|平台|规则|优惠|网页|表格|支付|登录|登入|裙子|鞋|游戏)|快递慢|等(?:快递|退款|包裹|发货|客服)",
    ),
)
URGENT_LISTS: Final = (SELF_HARM, SAFETY, FAINT, FIGURE, LAUGH, BLAMES)
_LIGHT: Final = frozenset({"laugh", "blames", "figure"})


def urgency(spoken: frozenset[str]) -> Literal["explicit", "figurative"] | None:
    """What the lists that spoke amount to. Plain words win over laughter; faint words alone are taken seriously."""
    if "self_harm" in spoken or "safety" in spoken:
        return "explicit"
    if "faint" in spoken:
        return "figurative" if spoken & _LIGHT else "explicit"
    return "figurative" if "figure" in spoken else None
