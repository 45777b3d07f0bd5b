"""Phrase lists: leaving, legal and press threats, privacy requests, complaints. Written over folded words."""

from typing import Final

from funnel.escalation.signals.lexicon import Phrases

CHURN: Final = Phrases(
    name="churn",
    words=(
        r"(?:اقفلوا|اغلقوا|سكروا|الغوا|الغولي|احذفوا|امسحوا|اوقفوا|وقفوا|انهوا|فسخوا|قفلوا|حبسوا) (?:لي |ليا )?(?:اشتراكي|الاشتراك|عضويتي|العضويه|حسابي|الحساب|الباقه|باقتي|الخدمه|العقد|عقدي|التجديد|\S+ التلقائي)(?: \S+){0,2}|(?:بنقل|انقل|هنقل|نقلت|بحول|هحول|بروح|هروح|راح اروح|رايح|بمشي|همشي|نمشي|انتقل|سانتقل|افكر اروح|بفكر اروح) (?:\S+ )?(?:ل|لل|الي|عند|لعند)?(?:ال)?(?:منافس\S*|غيركم|غيرهم|منافسيكم|لمنافسيكم|للمنافسين|لغيركم|مكان تاني|مكان ثاني|شركه تانيه|شركه ثانيه|لشركه تانيه|لشركه ثانيه|محل تاني|بنك ثاني|بنك تاني)|(?:من اليوم|بعد اليوم|بعد كده|بعد هذا) (?:\S+ )?(?:ما|مش|لن|مو) (?:\S+ )?(?:اطلب|اشتري|اتعامل|هطلب|هشتري|هتعامل|بطلب|بشتري)(?: \S+){0,2}|(?:وين|فين|كيف|ازاي|شلون|منين|كيفاش) (?:\S+ )?(?:الغي|نلغي|بلغي|اوقف|احبس|نحبس) (?:ال)?(?:اشتراك|اشتراكي|عضويه|العضويه|باقه|حساب|حسابي)",
        r"(?:cancel|cancelling|canceling|terminate|terminating|end|ending|close|closing|stop|quit|discontinue|deactivate|delete|deleting) (?:my |our |the |this |a |your |all my |all )?(?:\w+ )?(?:subscriptions?|membership|accounts?|plan|contract|service|services|auto ?renew(?:al)?|renewal|policy|prime|trial)(?: \w+){0,2}|cancel everything|unsubscribe(?: me)?(?: from)?|(?:opt|opting) out of (?:the )?(?:plan|membership|subscription)|(?:how|where)(?: \w+){0,3} (?:cancel|unsubscribe)(?: \w+)?",
        r"(?:switch|switching|switched|moving|move|going|go|leaving|leave|changing|change) (?:over )?(?:to|for) (?:a |an |your |the |another |some )?(?:other |different |better )?(?:competit(?:or|ors|ion)|provider|bank|company|shop|store|amazon|somewhere else|someone else|elsewhere)|(?:taking|take|bring|bringing) my (?:business|money|custom) (?:elsewhere|somewhere else|to)|(?:go|going|shop|shopping|buy|buying|order|ordering|look|looking) (?:elsewhere|somewhere else)|(?:never|not|wont|will not|no longer) (?:ever )?(?:be )?(?:buy|buying|order|ordering|shop|shopping|use|using|do business|come back|coming back|return|be back|purchase|purchasing|recommend|recommending|a customer|spend|spending)(?: \w+){0,3} (?:again|anymore|any more|ever|from you|with you|here|your service|your shop|your store|a customer|you to anyone|customer)|(?:lost|lose|losing) (?:a |me as a |another |a loyal )?customer|last (?:time|order|purchase) (?:i|ill|with you|from you|here)(?: \w+){0,3}|(?:im|i am|we are|were) (?:leaving|done with (?:you|this (?:shop|company|bank|service))|out of here)|want to leave (?:you|your|this)(?: \w+){0,2}",
        r"(?:الغاء|الغي|الغوا|الغيلي|نلغي|تلغي|بلغي|انهاء|انهي|وقف|اوقف|ايقاف|اقفل|اغلاق|اغلق|قفل|حذف|احذف|امسح|فسخ|كنسل|اكنسل|كانسل|نحبس|نوقف|نسكر|سكر) (?:لي |ليا |هاد |هذا |ال)?(?:اشتراكي|الاشتراك|اشتراك|عضويتي|العضويه|عضويه|حسابي|الحساب|حساب|الباقه|باقتي|الخدمه|العقد|عقدي|التجديد|التجديد التلقائي|لابونمون|ابونمون)|(?:مش|مو|ما|لن|ماعاد|ماعدت|مب|عمري ما|معادش|مابقيتش|ما بقيت|ما راح|مارح|ما رح|معدتش) (?:\S+ )?(?:هشتري|اشتري|اتعامل|نتعامل|اطلب|نطلب|ارجع|نرجع|بشتري|هتعامل|بتعامل|هطلب|حشتري|نشري|اعيدها|هعيدها|اشترى|هارجع|هرجع) (?:\S+ )?(?:منكم|معكم|معاكم|عندكم|من عندكم|تاني|ثانيه|مره تانيه|مره ثانيه|ابدا|بعد كده|بعد اليوم|لكم|من هنا|ويّاكم|وياكم)|(?:هروح|بروح|ساذهب|راح اروح|رح روح|رح اروح|هنقل|انقل|سانتقل|هحول|غنمشي|نمشي|باغي نمشي) (?:\S+ )?(?:ل?شركه تانيه|ل?شركه ثانيه|للمنافس|ل?منافسيكم|للمنافسين|ل?شركه اخري|ل?غيركم|عند غيركم|لعند غيركم|ل?حد تاني|ل?محل تاني|امازون|نون|ل?بنك تاني)|(?:خسرتوا|خسرتو|خسرتوني|خسرتم|هتخسروا|هتخسروني|راح تخسروني|بتخسروا|خسرتونا) ?(?:زبون|عميل|عميله|كعميل|زبونه|زبون قديم|كليان)?|اخر مره (?:اتعامل|اشتري|اطلب|بشتري|هتعامل|بتعامل|نشري|بطلب)(?: \S+){0,2}|ابي الغي اشتراكي|ابغي الغي الاشتراك",
        r"(?:algheeshterak|al8y eshteraki|alghi eshterakati|3ayez al8y el eshterak|algi ishtiraki|elgha2 el eshterak|cancel el subscription|cancel el eshterak|a2fel 7esaby|akher marra|akher mara)",
        r"(?:résili(?:er|ation)|annuler mon abonnement|supprimer mon compte|je vais (?:partir|voir|aller) (?:ailleurs|à la concurrence)|kündig(?:en|ung|e)|abo (?:beenden|kündigen)|konto löschen|cancelar (?:mi )?(?:suscripción|cuenta|la cuenta)|darme de baja|dar de baja|me voy a la competencia|cancelar (?:minha )?(?:assinatura|conta|a conta)|disdire|disdetta|отменить подписку|удалить (?:мой )?аккаунт|уйду к конкурентам|aboneliğimi iptal|üyeliğimi iptal|hesabımı (?:kapat|sil)\w*|hủy (?:đăng ký|gói|tài khoản)|सब्सक्रिप्शन (?:कैंसिल|रद्द)|अकाउंट बंद)",
    ),
    han=(
        r"失去(?:了)?(?:我|一个|一位)?(?:这个|老|忠实)*(?:客户|顾客|客人|用户|会员|熟客)|(?:订阅|会员|会籍|方案|套餐|账号|帐号|自动续费)(?:.{0,6})(?:取消|退|注销|关闭|解约)|(?:打算|准备|考虑|要|想)(?:换|转)(?:到|去)?(?:其他|别的|别|另)(?:.{0,3})|(?:以后|之后|下次|从今)(?:.{0,6})(?:不(?:会|再)|去)(?:.{0,6})(?:买|下单|光顾|用|京东|淘宝|虾皮|帮衬|订)",
        r"(?:取消|退订|退掉|终止|停掉|停止|关闭|关掉|解除|终断|cancel|停咗|注销|销户|删除|删掉|不续|停用|关)(?:我的|我|这个|你们的|掉|咗|自动|全部|呢个)*(?:订阅|会员|会籍|服务|合约|合同|套餐|账号|帐号|账户|帐户|户口|续费|续订|续约|自动续费|方案|上台|计划|月费)|(?:订阅|会员|会籍|合约|套餐|账号|帐号|账户|帐户|方案|户口)(?:我要|想|要|可以|怎么|如何|点样|帮我|请)*(?:取消|退订|退|终止|停掉|关闭|注销|解约|cancel)|退会|解约|销户|销号|注销(?:账|帐)|退订|(?:再也|以后|永远|绝对|下次|今后|以后都|绝)(?:再也|都|绝对|我)?(?:不|唔)(?:会|再)?(?:再)?(?:来|买|用|光顾|在你|在这|跟你|帮衬|回购|推荐|订|消费|找你)|不会再(?:来|买|用|光顾|光临|回购|在你|在这|下单|跟你们|消费)|唔会再(?:买|嚟|帮衬|光顾)|(?:换|转|改|去)(?:到|去|用|投|成)?(?:别家|其他家|另一家|别的(?:平台|店|公司|银行|品牌|商家)|其他(?:平台|店|公司|品牌|商家|银行)|竞争对手|第二间|隔离|别处|对手|京东|淘宝|虾皮|momo|亚马逊)|失去(?:我|一个|一位)(?:这个|老)?(?:客户|顾客|客人|用户)|最后一次(?:在|跟|帮|买|光顾|和|用)|拉黑你们|卸载(?:你们|了|app|这个)|弃坑|脱坑|粉转黑|不做你们(?:的)?(?:生意|客户)",
        r"解約|退会|解約したい|他社に|もう二度と|해지|탈퇴|구독 ?취소|다시는 (?:안|이용)|다른 (?:곳|업체)|ยกเลิก(?:สมาชิก|บริการ|แพ็กเกจ)|ปิดบัญชี|ไม่ใช้(?:อีก|แล้ว)",
    ),
    unless=(
        r"(?:free|no|without) (?:cancel|cancellation)(?: \w+){0,2}|(?:cant|cannot|dont|do not|not) (?:want to |going to |wanna )?(?:cancel|leave)(?: \w+){0,3}|(?:will|does|did|do) (?:you|it|this) (?:cancel|delete|close) (?:my|the) account",
    ),
    unless_han=(r"(?:不想|不要|不用|别|没有要|唔想)(?:取消|退订|注销|终止)(?:会员|订阅|服务|账号|帐号)?",),
)

LEGAL: Final = Phrases(
    name="legal",
    words=(
        r"(?:going|go|report(?:ing)?|calling|call|contact(?:ing)?|reported) (?:this |it |you )?(?:to )?the (?:police|authorities|regulators?|bank regulator|attorney general)|(?:this|that|it) is (?:illegal|against the law|unlawful)|(?:its|totally|completely) illegal|legally (?:obliged|required|entitled|binding)|breach of (?:contract|law)|my rights as a (?:consumer|customer)|statutory rights",
        r"(?:لل|بال|في ال|عند ال)?(?:صحافه|اعلام|قضاء|قانون|نيابه|شرطه|محكمه)(?: \S+)?|(?:مخالف|ضد|خرق) (?:ل)?(?:ال)?(?:قانون|للقانون|قوانين)|(?:القضيه|قضيتي|دعوتي)(?: \S+)?|حقي القانوني|غير قانوني|انتهاك حقوق",
        r"(?:lawyers?|attorneys?|solicitors?|barrister|legal (?:action|steps|proceedings|advice|team|department|counsel|notice|claim|consequences|route|measures|letter|rights)|lawsuits?|law ?suit|small claims(?: court)?|court|litigation|sue|suing|sued|prosecute|prosecuted|ombudsman|consumer (?:protection|rights|council|affairs|agency|association|court|watchdog)|trading standards|better business bureau|bbb|ftc|cfpb|regulator|financial conduct authority|press charges|file charges|cease and desist|subpoena|police report|reporting you to|report you to)|(?:take|see|taking|seeing|meet) you (?:in|to) court|hear from my (?:lawyer|attorney|solicitor)",
        r"(?:going|go|tell|call|contact|contacting|talk|talking|write|writing|story|send|sending|taking|take|speak|speaking|alert|leak)(?: \w+){0,3} (?:to |with |for |it |this )*(?:the )?(?:press|media|newspapers?|journalists?|news|tv|reporters?|daily mail|guardian|new york times|local paper)|(?:im|i am|as) an? (?:journalist|reporter|lawyer|attorney)|(?:expose|exposing) (?:you|your company|this)(?: \w+){0,3}|go(?:ing)? viral|(?:post|posting|share|sharing|put|putting)(?: \w+){0,5} (?:all over|on) (?:social media|twitter|facebook|instagram|tiktok|linkedin|reddit|youtube)",
        r"(?:محامي|المحامي|محاميي|محامين|محاميه|مقاضاه|مقاضاتكم|اقاضيكم|ساقاضيكم|هقاضيكم|بقاضيكم|قضيه|دعوي|دعوي قضائيه|ارفع عليكم|هرفع عليكم|سارفع|برفع عليكم|رح ارفع|المحكمه|محكمه|للمحكمه|القضاء|النيابه|النيابه العامه|محضر|اعمل محضر|هعمل محضر|بلاغ|ابلغ عنكم|هبلغ عنكم|ببلغ عنكم|سابلغ|حمايه المستهلك|جهاز حمايه المستهلك|وزاره التجاره|هيئه الاتصالات|البنك المركزي|مباحث|اجراءات قانونيه|اجراء قانوني|الاجراءات القانونيه|قانونيا|بالقانون|الشؤون القانونيه|انذار قانوني|البوليس|الشرطه|شكوي رسميه|الجمعيه المغربيه لحمايه المستهلك|نشكي بيكم|نشكي عليكم|بشتكي عليكم|اشتكيكم|هشتكيكم|نرفع عليكم|نمشي للمحكمه)",
        r"(?:الصحافه|صحافه|الاعلام|صحفي|صحفيه|صحافي|جريده|الجرايد|الصحف|القنوات|التلفزيون|برنامج تلفزيوني|السوشيال ميديا|علي تويتر|علي الفيسبوك|علي فيسبوك|في الفيس|بالسوشال|افضحكم|هفضحكم|سافضحكم|بفضحكم|رح افضحكم|فضيحه|نفضحكم|غنفضحكم|هنشر|سانشر|بنشر تجربتي|هاشتاق|هشتاق|هاشتاج)(?: \S+)?",
        r"(?:mo7amy|mo7ami|mohami|muhami|ma7kama|mahkama|2adeya|qadiya|7emayet el mostahlek|hemayet el mostahlek|ha2adeeko|hafda7ko|afda7ko|el sa7afa|elsahafa|ma7dar|el police)",
        r"(?:avocat|tribunal|porter plainte|poursui(?:vre|te)|justice|dgccrf|anwalt|rechtsanwalt|klage|verklage\w*|gericht|verbraucherschutz|verbraucherzentrale|abogad[oa]|demanda(?:r|rlos|ré)?|denuncia(?:r|ré)?|juicio|tribunales|profeco|advogad[oa]|processar|procon|justiça|processo judicial|avvocato|denuncia|tribunale|адвокат\w*|юрист\w*|суд|в суд|роспотребнадзор|прокуратур\w*|avukat\w*|mahkeme\w*|dava|savcılı\w*|tüketici (?:hakları|mahkemesi)|luật sư|kiện|tòa án|báo chí|वकील|कोर्ट|मुकदमा|कानूनी|उपभोक्ता फोरम)",
    ),
    han=(
        r"违法|提告|(?:我|要|会|去|直接)告(?:你|到|上|死|官)|法办|诉诸|po(?:上|到|出)|(?:发|放|贴|挂)(?:到|上)(?:网|微博|ptt|dcard|小红书|抖音|社交|脸书|fb|ig)",
        r"律师|法院|法律(?:途径|手段|程序|诉讼|行动|责任|武器)|法庭|起诉|控告|告你|告上|告到|告死|诉讼|打官司|上诉|仲裁|报警|报案|(?:去|向|找|打|联系|投诉到|举报到|申诉到|去到)(?:12315|工商|消协|消保|消费者协会|银监|银保监|工信部|市监|市场监管|监管|公平会|金管会|消基会|消保官|消委会|海关|金管局)|12315|12321|黑猫投诉|消费者(?:协会|保护|委员会|权益|服务中心|文教)|消协|消委会|消保(?:会|官|处)|消基会|公平交易委员会|律师信|律师函|存证信函|刑事|民事(?:诉讼|赔偿)|小额钱债|追究(?:你们|法律)?(?:的)?(?:法律)?责任|见官|法律援助|警察局|派出所",
        r"媒体|记者|曝光|爆料|上新闻|投稿|报社|电视台|微博(?:曝光|发|上)|发(?:到|上)(?:网上|微博|小红书|抖音|朋友圈|ptt|dcard|脸书|fb|ig|threads|连登)|爆(?:上|出去|到网)|挂(?:到|上)(?:网|小红书|微博)|全网(?:曝光|通报)|爆大镬|苹果日报|壹周刊|东张西望|放上网|po ?(?:上|到)(?:网|ptt|dcard|脸书|fb|ig|threads)|公审|上ptt",
        r"弁護士|訴え|裁判|消費者(?:センター|庁)|警察に|변호사|고소|소송|소비자(?:원|보호)|법적|신고|언론|ทนาย|ฟ้อง|สคบ|แจ้งความ|นักข่าว",
    ),
    unless=(
        r"(?:tennis|food|basketball|squash|badminton|volleyball|handball) court(?: \w+)?|court (?:shoes?|dress)|(?:free|full|printing|french|bench|cider|garlic) press|press (?:the|a|any|release|button|kit|on|enter|down)|(?:good|bad|latest|any) news|(?:power of attorney|my name is sue|sue here)|privacy court",
        r"محاميه? (?:قصيره|كتاب)|(?:رقم|ال)قضيه بسيطه|ملعب",
    ),
    unless_han=(
        r"媒体(?:播放|库|文件|中心)|自媒体|多媒体|流媒体|告诉你|告知|曝光(?:度|量|不足|过度|时间|补偿)|法律(?:书|系|专业)|律师(?:袍|鞋|服)",
    ),
)

PRIVACY: Final = Phrases(
    name="privacy",
    words=(
        r"(?:sent|gave|given|send|emailed|shown|disclosed|passed|forwarded) (?:\w+ ){0,2}(?:address|details|number|email|invoice|information|data|name|order) (?:\w+ ){0,2}(?:to|with) (?:another|a different|the wrong|someone|some other|other|a third|third|an? )(?: ?\w+){0,2}|(?:third part(?:y|ies)|another customers?) (?:\w+ ){0,3}(?:data|details|invoice|address|information)|processing of my(?: \w+){0,3}|my (?:date of birth|birth date|personal)(?: \w+){0,3}",
        r"(?:gdpr|ccpa|pdpl|dsgvo|rgpd|lgpd|data protection(?: officer)?|right to (?:be forgotten|erasure|access)|subject access(?: request)?|dsar|privacy (?:request|rights|complaint|concern|officer|violation|breach|issue)|personal (?:data|information|details|info)|my (?:data|personal info|private (?:data|information)))|(?:delete|erase|remove|wipe|export|download|access|see|get|copy of|request|correct|share|sharing|sell|selling|sold|store|keep|hold|have|using|use)(?: \w+){0,4} (?:my (?:personal )?(?:data|information|info|details|records|history)|all (?:the )?data (?:about|on|you have)|data (?:about|on|you have (?:about|on)) me)|(?:what|which) (?:data|information) (?:do )?(?:you )?(?:\w+ ){0,3}(?:about|on) me|stop (?:sharing|selling|using|processing|tracking) (?:my|me)(?: \w+){0,2}|(?:withdraw|revoke) (?:my )?consent|(?:leaked|disclosed|exposed|gave away|shared) (?:my )(?:\w+ ){0,2}(?:data|information|details|address|number|email)(?: \w+){0,3}|(?:stop|no more) (?:sending me )?(?:marketing|spam|promotional)(?: \w+){0,2}|who has access to my(?: \w+)?",
        r"(?:بياناتي|بيناتي|معلوماتي الشخصيه|معلوماتي|بيانات شخصيه|البيانات الشخصيه|البيانات اللي عندكم|خصوصيتي|الخصوصيه|خصوصيه|حمايه البيانات|قانون حمايه البيانات|داتا بتاعتي|الداتا بتاعتي|الداتا ديالي|المعطيات الشخصيه|معطياتي|الحق في النسيان|نسخه من بياناتي)(?: \S+)?",
        r"(?:bayanaty|bayanati|byanaty|ma3lomaty|ma3lumati|el data bta3ty|khososeyty|5osoosya)",
        r"(?:données personnelles|mes données|rgpd|vie privée|personenbezogene\w*|meine daten|datenschutz\w*|dsgvo|datos personales|mis datos|protección de datos|dados pessoais|meus dados|lgpd|privacidade|dati personali|miei dati|персональн\w+ данн\w+|мои данные|удалите данные|kişisel veri\w*|kvkk|verilerimi|dữ liệu cá nhân|thông tin cá nhân|quyền riêng tư|निजी (?:डेटा|जानकारी)|मेरा डेटा)",
    ),
    han=(
        r"(?:地址|电话|资料|信息|个资|号码|订单|发票|姓名)(?:.{0,4})(?:发|给|寄|传|透露|泄|卖|暴露)(?:给)?(?:了)?(?:别|其他|陌生|第三|另|人家|竞争)|(?:生日|身份证|身分证|手机号)(?:.{0,6})(?:没提供|没给|哪来|怎么有|为什么有|点解有)|(?:为什么|怎么|点解)(?:会)?有我(?:的)?(?:生日|身份证|身分证|电话|手机|地址|资料)|处理我(?:的)?(?:个人)?(?:资料|信息|数据)",
        r"个人(?:信息|资料|数据|隐私)|个资|隐私(?:权|政策|保护|投诉|泄露|被|问题)?|我的(?:资料|数据|信息|个资)|(?:删除|删掉|清除|抹除|移除|销毁|导出|下载|查阅|索取|查询|更正|提供|拿)(?:我|所有|全部|你们|掉|关于|存的|保存的|的|一份|有关)*(?:资料|数据|信息|个资|记录|纪录)|(?:资料|数据|信息|个资)(?:全部|都)?(?:删除|删掉|清除|外泄|泄露|泄漏|外流|卖给|给了|被卖)|(?:泄露|泄漏|外泄|卖|出卖|贩卖|分享|公开|收集)(?:了)?(?:我|客户|用户)(?:的)?(?:个人)?(?:资料|数据|信息|隐私|电话|个资|手机号|地址)|被遗忘权|数据保护|资料保护|个资法|私隐|私隐专员|(?:不要|停止|别)(?:再)?(?:给我)?(?:发|传|寄)(?:广告|推销|营销|垃圾)|撤回(?:我的)?同意",
        r"個人情報|プライバシー|개인 ?정보|정보 ?(?:삭제|유출)|ข้อมูลส่วนบุคคล|ข้อมูลส่วนตัว|ลบข้อมูล",
    ),
    unless=(
        r"privacy (?:screen|film|glass|filter|curtain|fence)s?|mobile data|data (?:plan|cable|sheet|roaming)|(?:update|change|edit|enter|updating|changing) (?:my )?(?:\w+ )?(?:personal )?(?:details|info|information|delivery details|billing information)|transfer my data|(?:order|delivery|tracking|shipping|payment|bank|card|account|contact) (?:information|details|info)",
    ),
    unless_han=(
        r"防窥|隐私(?:膜|屏|帘|贴)|订单信息|(?:修改|更新|更改|填写|改)(?:一下)?(?:我的|我)?(?:个人|收货|配送)?(?:资料|信息)",
    ),
)

COMPLAINT: Final = Phrases(
    name="complaint",
    words=(
        r"(?:complain|complaints?|complaining|formal complaint|file a complaint|lodge a complaint|make a complaint|bad review|negative review|one star|1 star|zero stars|leave a review)",
        r"(?:شكوي|الشكوي|شكواي|اشتكي|هشتكي|بشتكي|نشتكي|تقديم شكوي|اقدم شكوي|تقييم سيئ|تقييم سلبي|نجمه واحده|مشتكي|نشكي|شكايه)",
        r"(?:shakwa|ashteki|ashtky|hashtiki|reclamation|réclamation|beschwerde|beschweren|queja|reclamación|quejarme|reclamar|reclamação|reclamo|жалоб\w*|пожаловаться|şikayet\w*|khiếu nại|शिकायत)",
    ),
    han=(r"投诉|申诉|客诉|差评|一星|负评|告状|客訴|抱怨|举报|苦情|クレーム|불만|항의|ร้องเรียน",),
)
CLAIM_LISTS: Final = (CHURN, LEGAL, PRIVACY, COMPLAINT)
