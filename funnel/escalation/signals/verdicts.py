"""Phrase lists: what the contact makes of an answer: rejected, dissatisfied, settled, no longer needed."""

from typing import Final

from funnel.escalation.signals.lexicon import Phrases

REJECTS: Final = Phrases(
    name="rejects",
    words=(
        r"(?:(?:thats|that is|this is|its|it is|that was|thats really|no thats)(?: really| just| still| definitely| so| clearly)? not|(?:this|that|it) (?:isnt|wasnt|aint|is not|was not))(?: really| actually| at all| even)? (?:my (?:question|problem|issue|point)|the (?:question|answer|problem|issue|point|right (?:answer|thing|one|article))(?: i asked| im looking for| i need)?|relevant|it|right|helpful|useful|correct|related|about my|an answer|answering|helping)(?: my question| for me| to me| at all)?",
        r"(?:not|isnt|wasnt|aint) (?:what (?:i|im) ?(?:asked|meant|wanted|need|needed|was asking|am asking|said|want|am looking for|was looking for|looking for|asking|after)|my (?:question|problem|issue)|helpful|useful|relevant|related|the (?:answer|right answer|right one)|answering|it)(?: for| at all| about)?",
        r"(?:didnt|did not|doesnt|does not|dosent|dont|isnt|wont|hasnt|havent|not|never)(?: really| actually| even)? (?:help|helped|helping|answer|answered|answering|solve|solved|fix|fixed|work|worked|working|address|apply)(?: me| my| this| that| it| the| at all| for me| question| problem| issue| either| to me| much| here| anything)*",
        r"(?:no|zero) (?:help|use)(?: at all| to me| whatsoever)?|(?:wrong|bad|useless|irrelevant|unhelpful|incorrect|pointless|another useless) (?:answer|article|reply|response|info|information|link|advice|one)|(?:thats|this is|its|that was|that is|this was|how is that|so|totally|completely|really) (?:wrong|useless|unhelpful|irrelevant|nonsense|rubbish|garbage|bullshit|no good|no help|pointless|incorrect)",
        r"(?:none of (?:these|those|this|that|them|it)|neither(?: of (?:these|those|them))?)(?: help(?:s|ed)?| apply| applies| is it| are (?:it|relevant|right)| work(?:s|ed)?| answers?.*)?",
        r"(?:i )?(?:already|ive already|have already|i have) (?:tried|did|done|read|checked|seen|know|knew)(?: all)? (?:that|this|it|those|them|everything|these)(?: already)?|already tried|tried (?:that|this|it|everything)(?: already)?|i know that(?: already)?",
        r"(?:still )?(?:doesnt|does not|didnt|did not|dont|not|isnt) (?:work|working|answer|solve|fix)(?: \w+){0,3}|still (?:not working|broken|the same|no|have the (?:same )?(?:problem|issue)|nothing|confused|dont (?:know|understand|get it)|doesnt work|stuck|unclear|not (?:clear|solved|fixed|resolved|helpful|right))",
        r"you (?:didnt|did not|dont|are not|arent|do not|still havent|havent|never) (?:even )?(?:answer(?:ed|ing)?|understand|understood|listen(?:ing|ed)?|get it|getting it|read(?:ing)?|help(?:ing|ed)?|address(?:ed)?)(?: \w+){0,3}|you misunderstood(?: me)?|you got it wrong|you dont get it|read (?:my|the) (?:question|message)(?: again)?|answer my question|i (?:said|asked|meant) something else|i (?:didnt|did not) ask (?:that|about|for)(?: \w+){0,2}|that doesnt (?:make sense|answer|help)(?: \w+){0,3}|makes no sense|not that(?: one)?|something else|thats old|outdated|i need (?:another|a different|a better) (?:answer|solution)|try again|nothing (?:works|worked|helped|helps|new)|same (?:answer|thing|reply|article) (?:again|as before|over and over)|you (?:just|already) (?:said|told me|sent|gave me) (?:that|this|the same)(?: \w+){0,2}|unhelpful|useless|not good enough|not enough|not satisfied|unsatisfied|disappointed|disappointing",
        r"(?:مش|مو|ليس|ليست|هذا ليس|ده مش|دا مش|هاد مو|هيدا مش|هيدا مو|ماشي|مشي|موش|مب|لا مش|لا مو|لا ليس)(?: هو)? ?(?:ده|دا|هذا|هاد|هيدا|كده|هيك|كذا|هكذا|ما|هو|اللي|الي|سؤالي|جواب سؤالي|جوابا|قصدي|المقصود|مقصدي|المطلوب|الجواب|الاجابه|موضوعي|مشكلتي|مفيد|مفيده|نافع|صحيح|صح|دقيق|واضح|مقنع|هادشي|هذي|هذه|ما طلبته|ما سالت عنه|ما اريد|ما قصدته|ما ابحث عنه|هدا)(?: اللي| الي| قصدي| سؤالي| ما| اقصده| طلبته| سالت عنه| عايزه| اسال عنه| ابيه| بدي اياه| طلبت| سالت| هو| قصدته| مقصدي| عنه| اريده| ابحث عنه| اقصد| سالت عليه| بسال عنه| اللي بغيت| لي بغيت| المطلوب| جواب| حل)*",
        r"(?:ما|لم|مش|مو|لا|م)(?: ?)(?:ساعدني|ساعدتني|ساعدنيش|يساعدني|يساعد|تساعدني|يساعدنيش|ساعدش|فادني|افادني|يفيد|يفيدني|تفيد|تفدني|يفدني|افدتني|فادتني|نفع|نفعني|ينفع|ينفعني|نفعش|نفعتش|ينفعش|يجيب|يجيب علي سؤالي|تجب|تجب علي سؤالي|جاوبت|جاوبتني|جاوبتنيش|جاوبتش|جاوبش|تجاوب|تجاوبني|رديت|حل|حلت|تحل|يحل|يحل مشكلتي|حلش|حلتش|تحل مشكلتي|اتحلت|اتحلتش|اشتغل|اشتغلش|يشتغل|اشتغلت|اشتغلتش|يعمل|تعمل|زبط|زبطت|ظبط|ظبطت|ضبط|ضبطت|صلح|فهمت|فهمتني|فهمتنيش|فهمت سؤالي|بيساعد|بيفيد|بيحل|خدمش|خدمتش|خدمات|عاونتنيش|عاونتينيش|عاوني|نفعنيش|فهمتش|فهمتيني|يجاوب|يجاوب علي سؤالي)(?: سؤالي| مشكلتي| علي سؤالي| هذا| معايا| معي| ولا| شي| كده| هيك)*",
        r"(?:مفيش فايده|ما في فايده|مافي فايده|بلا فايده|بدون فايده|بلا فايده|لا فايده|بلا فائده|لا فائده|من غير فايده|ولا فايده|عديم الفايده|عديم الفائده|اجابه خاطيه|اجابه خطا|اجابه خاطئه|جواب خاطي|جواب غلط|اجابه غلط|رد غلط|غلط|خطا|كلام فاضي|كلام فارغ|غير مفيد|غير مفيده|غير صحيح|غير واضح|لا علاقه له|لا علاقه|ماله علاقه|ما له علاقه|ملوش علاقه|مالوش علاقه|ما الو علاقه|ما خصو|ما دخله|ولا واحد منهم|ولا وحده|ولا شي منهم|ولا شي من هذا|ولا حاجه من دول|لا شيء من هذا|لا شيء مما سبق|جربت هذا|جربت هالشي|جربته|جربتها|جربت كده|جربت ده|جربت كل ده|جربت كل هذا|جربت قبل|عملت كده|عملت كل ده|سويت كل هذا|سويت هالشي|سبق وجربت|سويته|سويت كذا|درت هادشي|عملت هيك|لسه نفس المشكله|نفس المشكله|لسا نفس المشكله|ما زالت المشكله|مازالت المشكله|لا تزال المشكله|باقي نفس المشكل|المشكله موجوده|لسه مش شغال|لسه مش فاهم|لسه ما اشتغل|لم افهم|مش فاهم|مفهمتش|ما فهمت|مافهمت|ما فهمتش|انت مش فاهم|انت مش فاهمني|انت مو فاهم|ما فهمت علي|ما فهمت عليا|مش فاهمني|مو فاهمني|غير كافي|مش كفايه|لست راضي|غير راضي|مو راضي|مش راضي|سالت عن شي تاني|سالت عن شي ثاني|بسال عن حاجه تانيه|اقصد شي ثاني|اقصد حاجه تانيه|قصدي حاجه تانيه|قصدي شي ثاني|قصدي شي تاني|نفس الجواب|نفس الرد|نفس الاجابه|نفس الكلام|جاوب علي سؤالي|رد علي سؤالي|اقرا سؤالي|سيئ|مخيب)",
        r"(?:mesh|mish|msh|mush|mo|mu|mch|machi|mashi)(?: howa| hoa)? (?:da|dah|dih|hada|hayda|hatha|keda|kda|kida|so2ali|2asdi|mofeed|mofid|nafe3|elly|elli|hadchi|hak)(?: \w+){0,3}|(?:ma|m) ?(?:sa3edni|sa3adni|sa3edneesh|nafa3|nafa3ni|nafa3sh|yenfa3|yenfa3sh|faadni|fhemtni|fehemtni|fhmt|7aletsh|7al|eshtaghal|zabat|fhemtich)(?:sh)?(?: \w+){0,2}|nafs el moshkela|lessa nafs|garabt|garabt keda|jarrabt",
    ),
    han=(
        r"(?:不|并不|这不|那不|都不|也不|根本不|完全不|又不|才不)是(?:这个|这些|这样|那个|我(?:要|问|想|说|需要)的?(?:问|知道|说)?(?:的)?(?:问题|意思|答案)?|我的问题|我的意思|问这个|说这个|这回事|这意思|我想要的|呢个|咁|这么回事|答案)|我(?:唔系|不是)(?:问|讲|说)(?:呢个|紧呢个|这个|那个)",
        r"(?:唔系|唔是)(?:呢个|咁样|我问嘅|我要嘅|呢样|我个问题|我意思)",
        r"(?:没|没有|冇|毫无|没什么|没啥|没半点|完全没|都没|根本没)(?:什么|任何|啥|半毛钱|太大|多大)?(?:用|用处|帮助|帮到我|帮上忙|解决|回答|帮到|帮忙|作用|效|效果|解答|回应|解决问题|解决我的问题|听懂|看懂|明白|帮我|答到|意义|关系)(?:了|啊|呀|我的问题|问题|的|我|吗|到|嘅)?",
        r"(?:帮|解决|解答|回答|答|帮助)(?:不了|不上|不到|唔到|错了|得不对|非所问|的不是|的不对)(?:我|问题|忙|什么)?|帮唔到|答非所问|文不对题|牛头不对马嘴|驴唇不对马嘴|鸡同鸭讲|答错|回答错|搞错|弄错了|理解错|误会了|听不懂人话|看不懂人话|你没懂|你不懂|你没听懂|没听懂|没明白我|不明白我|没理解|你理解错|不理解|看不明白|看不懂|还是不懂|还是不明白|还是不会|没看懂|听不懂",
        r"(?:还是|依然|仍然|仍|都|也)(?:不行|不可以|不能|没用|一样|不对|没解决|没有解决|没好|登不上|进不去|用不了|打不开|失败|唔得|唔掂|不清楚|没法|无法|老样子|没反应|不成功|没收到|冇用|搞不定|同样)",
        r"(?:都|已经|早就|全部|全都|我)(?:试过|试了|做过|看过|知道|弄过|操作过|按这个做过|按照这个做)(?:了|啦)?(?:都|还是|也|但|没|不)?|试过(?:都|了|还是|没用|不行|嚟)|试了(?:没用|不行|都|好几次|很多次)",
        r"(?:都不是|都不对|不对|不对的|错了|错的|不相关|无关|没关系到|跟我(?:的)?(?:问题)?(?:无关|没关系|不相关)|和我(?:的)?(?:问题)?(?:无关|没关系|不相关)|不搭边|扯远了|以上都不|都唔系|唔关事|唔啱|唔对)",
        r"(?:不满意|不满|不够|不够清楚|不清楚|不太清楚|太笼统|太差|没帮|换一个答案|换个答案|换个回答|换一个|别的答案|有没有别的|其他答案|其他方法|别的办法|再说一遍|重新回答|敷衍|废话|说了等于没说|等于没说|说了跟没说一样|讲咗等于冇讲|复读机|又是这个|又系呢|一样的答案|同样的答案|同一个答案|重复|我问的是|我是问|我问的不是|我说的是|我要问的是|我想问的是|我系问|我讲紧|不是问你这个|不适用|不适合我|行不通|不管用|不起作用|不好使|不好用|搞不定|冇帮助|无用|无帮助)",
    ),
    symbols="👎😒🙄😤😡🤬",
    unless=(
        r"(?:my|the|a|an|your) (?:\w+ ){0,4}(?:doesnt|does not|didnt|did not|isnt|wont|not|hasnt|stopped)(?: really| actually| even)? (?:work|working|help|apply|worked|fix|solve|charge|answer|address)(?: \w+){0,3}",
        r"(?:discount|promo|gift|code|voucher|coupon|card|app|site|website|page|link|button|login|password|checkout|payment|item|product|charger|lamp|phone|it arrived|headphones|screen|machine|device|key|remote)(?: \w+){0,3} (?:doesnt|does not|didnt|isnt|is not|wont|not) (?:work|working|worked|apply|help|charge)(?: \w+){0,3}",
        r"(?:what|how|why|if|when)(?: \w+){0,5} (?:doesnt|does not|didnt|isnt|not|wont|did not)(?: \w+){0,2} (?:work|help|fit|working|fix|apply|answer|solve|address)(?: \w+){0,3}",
        r"(?:did|sent|got|received|delivered|ordered|order|shipped|send|is the|what if|if the|why is the|charged|paid|deliver)(?: \w+){0,4} (?:wrong|something else|incorrect|outdated)(?: \w+){0,2}|wrong (?:item|size|colour|color|address|product|order|one|article number|amount)",
        r"(?:sorry )?(?:not|isnt) (?:it|right)(?: possible| too| a | the | that ).*|(?:thanks|thank you) that helped|not (?:only|just|sure).*|no help needed",
        r"(?:الكود|كود|القسيمه|الرابط|التطبيق|الموقع|المنتج|الجهاز|الشاحن|كلمه السر|الزر|الكوبون|كوبون|البطاقه|الدفع)(?: \S+){0,3} (?:ما|مش|لا|مو) ?(?:اشتغل|بيشتغل|شغال|يشتغل|يعمل|ينفع|بيعمل|تعمل|تشتغل)(?: \S+){0,2}",
        r"(?:وصلني|استلمت|وصلي|بعتولي|جاني|المقاس|العنوان|المبلغ|الطلب|مقاس|عنوان|منتج|المنتج)(?: \S+){0,3} (?:غلط|خطا|مو صحيح|مش صحيح|غير صحيح|سيئ|مش ده|مو هذا)",
        r"كيف (?:\S+ ){0,3}(?:غلط|خطا)",
    ),
    unless_han=(
        r"(?:优惠码|折扣码|优惠券|密码|验证码|链接|网站|app|应用|程序|按钮|页面|充电器|商品|东西|产品|屏幕|机器|耳机|灯|礼品卡|卡|付款|支付|登录|登入|折扣碼|商品)(?:.{0,4})(?:还是|依然|也|都|总是)?(?:没用|不能用|用不了|打不开|无效|没有用|不起作用|不好用|不好使|没反应|没收到|失败|登不上|进不去|不管用|冇用|无法)",
        r"(?:收到|寄|发|送|买|下单|拍|发来|给我发|货|尺码|颜色|地址|型号|金额|选|填|付)(?:.{0,5})(?:错了|错的|不对|弄错了|搞错|错|不适合我|不满意|不够|重复)",
        r"(?:如果|要是|万一|假如|若)(?:.{0,8})(?:不满意|不合适|不对|不好用|不适合|不够|错了|不适用|弄错了|没收到)",
        r"没用过|没用完|没有用过|没关系了|没关系|没有关系|没什么关系|没问题|没解决的|库存不够|余额不够|时间不够|不够(?:付|支付|买|用|长|大)|重复(?:扣款|付款|下单|支付|收费|扣|购买)|为什么(?:.{0,6})(?:没有用|没用了|没用|失败|不能|无法)",
    ),
)
SOLVED: Final = Phrases(
    name="solved",
    words=(
        r"(?:its |it is |thats |that is |everything is |problem |issue |this is |now |all |ive |we |i )?(?:solved|resolved|sorted|sorted out|sorted it|fixed|fixed it|all set|all sorted|all done|solved it|figured it out|worked it out|figured out myself|works now|working now|working again|found it|got it working|it works|it worked|that worked|that fixed it|that did it|that solved it|solved now|problem gone|its fine now|its okay now|its ok now|all good now)(?: now| already| thanks| myself| it| for me| by myself| on my own)*",
        r"(?:that|this|it|which) (?:worked|works|solved (?:it|my problem|the problem)|fixed (?:it|my problem|the problem)|did the trick|has been (?:solved|resolved|fixed|sorted))(?: now| perfectly| great| thanks| fine)*|(?:issue|problem|question|case) (?:is |has been |was |got |now )?(?:solved|resolved|fixed|sorted|answered|gone)|my (?:package|parcel|order|refund|delivery) (?:just |has |has just |finally )?(?:arrived|came|turned up|showed up)(?: just)?(?: now)?|(?:just )?found (?:it|the answer|my order|the email|the parcel)(?: myself)?|question answered|im sorted|i managed(?: to .{1,30})?|no longer (?:a problem|an issue)",
        r"(?:خلاص )?(?:انحلت|اتحلت|محلوله|تحلت|انحل|اتحل|تحل|حليتها|حليته|حليت المشكله|حليت الموضوع|انحلت المشكله|المشكله اتحلت|المشكله انحلت|تم الحل|تم حل المشكله|تم حلها|تم حله|حلت المشكله|اشتغل|اشتغلت|اشتغل معي|اشتغل معايا|زبطت|زبط|ضبطت|ضبط|ظبطت|ظبط|صلحت|مشي الحال|لقيته|لقيتها|لقيت الحل|لقيت الجواب|وجدت الحل|وجدتها|وجدته|وصل الطلب|وصلت الشحنه|وصلني الطلب خلاص|تصلحت|تصلح|خدمت|خدم|تقضات|تقضي الغرض|المشكل تحل|صار يشتغل|صارت تمام|عرفت الحل|رجع يشتغل|تمت|وصلت الحمدلله|وصل الحمدلله)(?: خلاص| الحمدلله| الحمد لله| شكرا| معايا| معي| دلوقتي| الحين| هلا| المشكله)*",
        r"(?:5alas |khalas )?(?:et7alet|et7allet|it7allet|t7allet|in7allat|n7allat|et7al|zabatet|zabtet|eshtaghal|eshta8al|la2eto|la2etha|l2eto)(?: 5alas| khalas| shokran)*",
    ),
    han=(
        r"(?:已经|问题|已|我|自己|刚刚|刚|都|终于|现在|这下)*(?:解决了|解决啦|搞定了|搞定|弄好了|处理好了|修好了|搞好了|搞掂|搞掂咗|解决咗|搞定咗|弄好啦|好了谢谢|已解决|已经解决|已经好了|已经可以了|可以用了|能用了|可以了|恢复了|找到了|收到货了|收到了谢谢|登上去了|进去了|成功了|没事了已经|已经没事了|揾到喇|揾返|收到咗|得咗|得返|解决好了|处理完了|搞明白了|弄明白了|已经收到了|付款成功了)",
    ),
    unless=(
        r"(?:not|isnt|hasnt|havent|never|wasnt|nothing|didnt|still not|not been|hasnt been|isnt it|is it|was it|when will (?:it|this) be|can (?:it|this) be|will (?:it|this) be|how (?:can|do|did)(?: \w+){0,3}|has (?:it|this|my (?:issue|problem)) been|needs? to be|want (?:it|this)|get (?:it|this)|must be|to be|should be|until (?:its|this is|it is)|if (?:its|it)|not yet|never been|unless)(?: yet| been| be| get| fully| really| even| got)? (?:solved|resolved|sorted|sorted out|fixed|works now|working now|fixed it|found it|worked|it works|it worked|sorted it)(?: now| yet| for me| it)*|how (?:it|this) works|how does (?:it|this) work|found it (?:broken|damaged|empty|open|opened|cheaper|in pieces|torn)|(?:did|has|have) (?:my|the) (?:package|parcel|order) (?:arrived|come)|arrived (?:damaged|broken|late|empty|wrong|open)|my (?:package|parcel|order|delivery|refund) (?:just |has |has just |finally )?(?:arrived|came|turned up) (?:damaged|broken|late|empty|with|but|in|without|yesterday|open|opened|today|torn|wet|incomplete|and|two|too)(?: \w+){0,3}",
        r"(?:ما|لم|لسه ما|لسا ما|مش|مو|لا|متي|هل|لسه|م|كيف|امتي) (?:ت|ي)?(?:انحلت|اتحلت|تحلت|حلت|اشتغل|اشتغلت|زبطت|زبط|ضبطت|ظبطت|ضبط|ظبط|تم الحل|تم حل المشكله|انحل|تحل|لقيته|لقيتها|وجدته|وجدتها|وصل الطلب|وصلت الشحنه|صلحت|لقيت الحل|تمت|خدم|تصلح|اتحل|محلوله|انحلت المشكله|حلت المشكله)(?: المشكله)?",
    ),
    unless_han=(
        r"(?:没|没有|还没|不|未|怎么|怎样|如何|能|什么时候|几时|是否|有没有|是不是|帮我|请|尽快|要|想|可以|才能|冇|点样)(?:.{0,4})(?:解决|搞定|弄好|处理好|修好|找到|成功|恢复)(?:了|啦|咗)?|解决了吗|解决了没|搞定了吗|搞定了没|(?:这样|是不是|这样就|怎样|怎么|要怎么|如何|什么时候|几时|多久)(?:.{0,6})(?:就可以了|可以了|可以用了|能用了|成功了)(?:吗)?|可以了吗|可以了么|可以了没|收到货了(?:但|可是|可|却|不过|结果| \|)|付款成功了(?:但|可|却|为什么|怎么)|找到了(?:但|吗)|收到了(?:但|可|却)",
    ),
)
NEVER_MIND: Final = Phrases(
    name="never_mind",
    words=(
        r"(?:never ?mind|nevermind|nvm|nvmd|forget (?:it|about it|that)|dont worry(?: about it)?|dont bother|no worries|leave it|drop it|cancel (?:that|this|the request|my request|the chat)|scratch that|disregard(?: that| this| my .{1,15})?|ignore (?:that|this|my (?:last )?(?:message|question|request))|no need (?:any ?more|anymore|now)|dont need (?:it|help|this|anything|you|any help|an agent|to wait)? ?(?:any ?more|anymore|now|any longer)|no longer (?:need|needed|necessary|want)(?: \w+){0,3}|not needed (?:any ?more|anymore)|its (?:ok|okay|fine|alright) (?:i|ill|dont|no need|forget|leave|now|never mind)(?: \w+){0,4}|i(?:ll| will) (?:figure it out|sort it out|manage|do it myself|come back later|try later|look myself|wait no longer)(?: myself)?|take me (?:out of|off) (?:the )?(?:queue|line|list)|remove me from (?:the )?(?:queue|line|list)|leave the queue|stop waiting|i dont want to wait(?: any ?more| anymore| any longer)?|i give up|no need to (?:wait|answer|reply|get back|transfer|bother)(?: me| to me)?)(?: thanks| thank you| please)*",
        r"(?:خلاص|خلص|انسي|انسى|انسوا|انسي الموضوع|انسوا الموضوع|ولا يهمك|ولا يهمكم|مش مهم|مو مهم|ليس مهما|ما يهم|لا يهم|مايهم|ما عاد|ما عدت|معدتش|مبقتش|ما بقيت|لم اعد|لا داعي|مفيش داعي|ما في داعي|مافي داعي|ماله داعي|ما له داعي|الغي|الغوا|الغاء|بطلت|صرفت النظر|هونت|كنسل|سيبك|سيبوها|سيبها|خليها|خلوها|خلاص سيبك|عدي|فكك|بلاش|شيلوني من|طلعوني من|اخرجوني من|مابقيتش|ما بقيتش|ماعادش|ماعاد|صافي|بركه|سماحه)(?: خلاص| الموضوع| داعي| محتاج| محتاجه| احتاج| احتاج مساعده| بحاجه| محتاج مساعده| عايز| عاوز| عايز حد| ابي| اريد| بدي| شي| حاجه| شكرا| سيبك| سيبها| مش مهم| مو مهم| الطابور| الانتظار| قايمه الانتظار| الدور| الطلب ده| انا هتصرف| هتصرف| بتصرف| بحلها بنفسي| هحلها بنفسي| مساعده| محتاجين| الامر| باغي| حاجتي| لا داعي| ما في داعي| انسي| انسي الموضوع| مش عايز| ما ابي| ما بدي| والا شي| نستني| استني)+",
        r"(?:انسي|انسى|انسوا|انسي الموضوع|انسى الموضوع|ولا يهمك|مش مهم|مو مهم|لا يهم|ليس مهما|خلاص مش مهم|خلاص مو مهم|هونت|كنسل|صرفت النظر|سيبك|خلاص خلاص|بلاش خلاص|مايهم|ما يهم|خلاص شكرا|خلص شكرا|صافي شكرا|صافي بلاش|ما عاد له داعي|لم يعد ضروريا|خلاص)",
        r"(?:5alas|khalas|5las)(?: mesh mohem| mish mohem| shokran| sebak| ensa| mesh 3ayez)*|mesh mohem|mish mohem|mo mohem|mesh mohim|ensa|ensa el mawdoo3|wala yhemak|ma 3ad badi|safi",
    ),
    han=(
        r"不用了|不用啦|不用麻烦了|不需要了|不必了|不要了|算了|算啦|算喇|没事了|没事啦|没事儿了|冇事喇|冇事啦|冇嘢喇|唔使喇|唔使啦|唔使理喇|唔紧要喇|唔等喇|不等了|不想等了|等不了了|不排了|不排队了|取消排队|取消转接|取消人工|取消请求|取消咨询|退出排队|退出队列|离开队列|离开排队|不用转了|不用转人工了|不用人工了|不用客服了|不找了|不问了|当我没说|当我没问|忽略(?:我|上|刚)|别管了|不管了|随便吧|不麻烦了|不用回了|不用回复了|不用理我了|我自己来|我自己搞定|我自己解决|我自己看|我自己弄|我再看看|我再想想|之前的问题不用|没关系了|无所谓了|放弃了|作罢|不劳烦了|免了",
    ),
    unless=(
        r"(?:i (?:will|would|could|do)? ?never mind (?:the|waiting|a))|no worries (?:if|about|but)(?: \w+){0,3}|(?:cant|dont|didnt|wont|never|not) (?:forget|leave it|drop it)(?: \w+){0,2}|(?:forgot|forget)(?: about it)? (?:my|password|the)|where (?:can|do|should) i leave it|(?:can|could|should|how do|how can|did|they) (?:i |you |they |we )?(?:just )?(?:leave it|drop it)(?: \w+){0,3}|(?:leave|left|drop) it (?:at|with|by|in|on|outside|behind|off|near)(?: \w+){0,4}|no longer (?:need|want) (?:the|my|this|these|it|them) ?(?:item|order|product|shoes|subscription|account|jacket|dress|phone|delivery|package|gift card|book|table)?(?: \w+){0,4}|how (?:do|can) i cancel (?:this|that)|cancel (?:this|that) (?:order|subscription|item|payment|purchase|thing|product|delivery|transaction)",
        r"(?:كيف|ازاي|طريقه|اريد|عايز|ابي|بدي|ممكن|ابغي|شلون|حاب|محتاج)(?: اقدر| ان)? (?:الغي|الغاء|كنسل)(?: \S+){0,2}|(?:الغاء|الغي|الغوا|كنسل) (?:ال)?(?:طلب|طلبي|اشتراك|اشتراكي|حساب|حسابي|الاوردر|اوردر|شحنه|حجز|الطلبيه)(?: \S+){0,2}",
        r"(?:ما|لم|لسه|مش|مو)(?: \S+){0,2} خلاص|خلاص (?:زهقت|تعبت|مليت|طفشت|انا|عايز|ابي|بدي|حولني|وصلني|دفعت|اشتريت|كلمت|قلت|كيف|متي|هل|وين|فين|ممكن|اريد|المهله|انتهت|نفذ|خلصت|راح)(?: \S+){0,2}|خلصت? (?:المهله|الكميه|الرصيد|الوقت|الشحن)|خلص (?:الرصيد|المنتج|المقاس|الوقت|العرض)",
    ),
    unless_han=(
        r"(?:这个|那个|商品|东西|订单|衣服|鞋子|货|多余|买了|收到|快递|尺码|它|货物|这件|那件)(?:.{0,3})(?:不要了|不需要了|不想要了)|不要了(?:怎么|可以|能|想|要| \|)|不想要了|不需要了(?:怎么|可以|能|想|要)|(?:怎么|如何|能不能|可以|想|要|点样|怎样|可唔可以|帮我)取消|放弃了(?:付款|支付|订单)|不等了(?:吗|么)|(?:你|您|你们)(?:.{0,3})不管了|要不要了",
    ),
)
DISSATISFIED: Final = Phrases(
    name="dissatisfied",
    words=(
        r"(?:this is (?:so |really |just |getting )?(?:ridiculous|frustrating|annoying|unacceptable|a joke|hopeless|terrible|awful|disappointing|pathetic|absurd)|so (?:frustrating|frustrated|annoying|annoyed|disappointed)|(?:im|i am) (?:so |very |really |getting )?(?:frustrated|annoyed|upset|disappointed|unhappy|not happy|fed up|angry|furious|losing patience)|waste of (?:my )?time|wasting my time|going (?:round |around )?in circles|terrible (?:service|support)|awful (?:service|support)|worst (?:service|support|shop)|bad service|poor service|you keep (?:saying|repeating|sending|asking)(?: \w+){0,3}|how many times|i (?:already|just) told you|again and again|for the (?:second|third|fourth|fifth|tenth|last) time|unbelievable|seriously|come on|what a joke|great thanks for nothing|thanks for nothing)",
        r"(?:تضييع وقت|مضيعه للوقت|ضيعتوا وقتي|خدمه سيئه|خدمه زفت|اسوا خدمه|خدمه زباله|شي مزعج|مستفز|محبط|محبطه|منزعج|منزعجه|متضايق|متضايقه|زعلان|مستاء|مستاءه|غير معقول|مش معقول|مو معقول|شي مخزي|مهزله|قرفتوني|زهقت|زهقتوني|طفشت|طفشتوني|تعبتوني|مليت|كم مره|كام مره|قد ايش|قلت لكم|قلتلكم|كررت|للمره التانيه|للمره الثانيه|للمره الثالثه|للمره العاشره|شو هالخدمه|ايه القرف ده|ايه الخدمه دي|شنو هاد|عيب عليكم|حرام عليكم)",
        r"(?:zehe2t|zah2t|tafasht|mellet|5edma zeft|khedma zebala|mesh ma32ool)",
    ),
    han=(
        r"浪费(?:我|我的)?时间|太差了|差劲|服务(?:真|太|好|很)?(?:差|烂|糟|垃圾)|什么服务|什么破|烦死|好烦|烦人|气死|火大|失望|不满|无语|受不了|搞什么|搞咩|咩料|说了多少遍|说了几遍|讲了几次|问了几遍|问了多少次|讲咗几多次|第[二三四五六七八九十]次了|又来了|一直重复|绕圈子|踢皮球|离谱|扯淡|呵呵哒|真行啊|嬲|激气|好撚|谢谢啊真是",
    ),
    symbols="😡😠🤬😤🙄😒",
)
VERDICT_LISTS: Final = (REJECTS, SOLVED, NEVER_MIND, DISSATISFIED)
