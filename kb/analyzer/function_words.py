"""Short closed lists of words that say how a question is put, not what it is about, by language."""

from typing import Final

FUNCTION_WORDS: Final = {
    "en": "a an the of to in on at by for with from as is are was were be been am do does did can could will would"
    " shall should may might must have has had i me my mine we us our you your he she it its they them their this"
    " that these those there here what when where who whom which why how and or but if so not no please just also"
    " hi hello hey thanks thank s t d m re ve ll any some about into than then too very want need know tell get got give make go going let like see way"
    " something anything thing things sorry excuse okay ok yes wonder wondering ask asking question pair couple piece bit lot kind",
    "zh": "的 了 吗 呢 吧 啊 我 你 您 他 她 它 们 是 在 有 和 就 都 也 很 请 这 那 哪 会 能 要 想 把 给 对"
    " 与 或 及 我们 你们 他们 什么 怎么 怎样 如何 哪里 哪个 为何 可以 可否 请问 一下 是否 能否 这个 那个 多少 需要"
    " 想要 知道 时候 么样 什 么 怎 该 做 办 帮 帮我 应该 我想 我要 告诉 就 我就 就想 想问 问一 一 问",
    "ar": "في من على الى عن ان ما هو هي هم التي الذي هذا هذه ذلك تلك مع كان كانت قد لا لم لن او ثم بعد قبل عند كل"
    " متى اين كيف ماذا لماذا كم هل انا نحن انت لي لك له لها اريد يمكن يمكنني استطيع ممكن لو سمحت فضلك من بين حتى"
    " اذا ايش شو وين ليش كيفية هناك و ب ل يا مرحبا شكرا عايز ازاي فين امتى",
    "de": "der die das den dem des ein eine einen einem einer und oder aber ist sind war waren sein hat haben hatte"
    " ich mich mir mein meine wir uns unser sie ihr ihre er es du zu in im an am auf für mit von vom bei nach aus"
    " über als wie was wann wo wer warum welche kann können muss soll will möchte nicht kein auch bitte wenn",
    "es": "el la los las un una unos unas de del a al en y o u que qué cómo cuándo dónde quién cuál por para con sin"
    " es son era fue ser está hay mi mis me yo tú su sus se lo le no sí puedo puede quiero necesito cuánto si",
    "fr": "le la les l un une des de du d à au aux en et ou que qu qui quoi quand où comment pourquoi quel quelle"
    " est sont était être a ai avoir je j me mon ma mes nous vous votre vos il elle ils on ce cette ces pour par"
    " avec sans dans sur ne n pas plus puis peux peut veux si s c",
    "it": "il lo la i gli le un una di a da in con su per tra e o che chi come quando dove perché quale è sono ho"
    " ha mi mio mia io non posso può vorrei si ci del della al alla",
    "pt": "o a os as um uma de do da dos das em no na por para com e ou que quem como quando onde qual é são eu meu"
    " minha me não posso pode quero se ao",
    "ru": "и в во не на я мы вы он она они что как к у из за о об от для до по с со кто когда где какой какая какие"
    " почему ли же бы это мой моя мне меня мою могу можно есть был была если",
    "tr": "bir bu şu ve veya da de mi mı mu mü ne nasıl nerede kim hangi neden ben benim için ile var yok olan",
    "vi": "và của là có các được cho trong một với những không tôi bạn khi nào gì ai đâu như thế làm sao thì để ở",
    "el": "ο η το οι τα του της των και να με σε για από που πώς πότε πού τι ποιος ποια είναι ήταν δεν μου εγώ",
    "hi": "के में है की का को से और ने पर यह वह हैं था थे थी क्या कौन कब कहाँ कैसे किस मैं मेरा मेरी मुझे हम आप",
    "ro": "de și în a la cu pe din este un o care nu pentru ce cine când unde cum al ale au fost că se eu mea meu",
    "ja": "の は が を に で と も へ や か ます です した ください どう いつ どこ なに 何",
}
