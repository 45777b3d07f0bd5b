/** The words of the fictional shop. It is a stage for the widget, in the four languages the widget speaks. */

export type Locale = "en" | "zh-Hans" | "zh-Hant" | "ar";
export const LOCALES: Record<Locale, string> = { en: "English", "zh-Hans": "简体中文", "zh-Hant": "繁體中文", ar: "العربية" };

export interface ShopTexts {
  tagline: string;
  nav: { index: string; basket: string; order: string; returns: string };
  language: string;
  welcome: string;
  lead: string;
  products: { name: string; text: string; price: number }[];
  see: string;
  add: string;
  details: string[];
  basket: { title: string; shipping: string; free: string; total: string; checkout: string; note: string };
  order: { title: string; number: string; steps: [string, string, string, string]; note: string };
  returns: { title: string; steps: string[]; note: string };
  tryTitle: string;
  tryThese: string[];
  deskTitle: string;
  deskText: string;
  deskButton: string;
  fictional: string;
}

const PRICES = [48, 129, 36, 259] as const;

function products(...entries: [string, string][]): ShopTexts["products"] {
  return entries.map(([name, text], index) => ({ name, text, price: PRICES[index] ?? 0 }));
}

export const TEXTS: Record<Locale, ShopTexts> = {
  en: {
    tagline: "Things for the trail and the table",
    nav: { index: "Shop", basket: "Basket", order: "Order status", returns: "Returns" },
    language: "Language",
    welcome: "Good things for rough weather",
    lead: "Outdoor gear, lamps, kitchenware and bags, sent from Rotterdam to wherever you are.",
    products: products(
      ["Harbour lantern", "A rechargeable lamp that shrugs off the rain."],
      ["Pinewood pack 28 L", "Carries a day in the hills or a week in the city."],
      ["Quay kettle", "Boils fast, pours straight, hangs anywhere."],
      ["Dune tent for two", "Up in four minutes, dry for four seasons."],
    ),
    see: "See details",
    add: "Add to basket",
    details: ["Two-year warranty", "30 days to return", "Ready to ship today"],
    basket: { title: "Your basket", shipping: "Shipping", free: "free", total: "Total", checkout: "Go to checkout", note: "This is a demo shop: nothing can be bought here." },
    order: { title: "Order HP-204518", number: "Parcel 1 of 1", steps: ["Ordered", "Packed", "On its way", "Delivered"], note: "Last seen in Utrecht, yesterday at 18:40. No news for a day? Ask in the chat." },
    returns: { title: "Send something back", steps: ["Find your order number in the confirmation e-mail.", "Print the label or show its code at the parcel shop.", "Your money is back within 5 working days."], note: "You have 30 days. Is something damaged? Send us a photo in the chat." },
    tryTitle: "Try it",
    tryThese: [
      "Open the chat at the bottom of the page and ask “How long does delivery take?”",
      "Say that the answer did not help, then ask for a person.",
      "Open the desk in another window, take the conversation and answer it.",
      "Send a photo, reload the page, switch the language, pull the plug: nothing gets lost.",
    ],
    deskTitle: "The other side",
    deskText: "Open the desk as Noor, the shop's demo agent. You are signed in on this computer only.",
    deskButton: "Open the desk as Noor",
    fictional: "Harbour & Pine is a fictional shop that shows what Funnel can do.",
  },
  "zh-Hans": {
    tagline: "户外与餐桌的好物",
    nav: { index: "商店", basket: "购物车", order: "订单状态", returns: "退货" },
    language: "语言",
    welcome: "风雨里也好用的东西",
    lead: "户外装备、灯具、厨具和背包，从鹿特丹发往世界各地。",
    products: products(
      ["港湾提灯", "可充电，下雨也照样亮。"],
      ["松木背包 28 升", "装得下山里的一天，也装得下城里的一周。"],
      ["码头水壶", "烧得快，倒得稳，挂哪儿都行。"],
      ["沙丘双人帐篷", "四分钟搭好，四季不漏。"],
    ),
    see: "查看详情",
    add: "加入购物车",
    details: ["两年质保", "30 天内可退货", "今天就能发货"],
    basket: { title: "您的购物车", shipping: "运费", free: "免运费", total: "合计", checkout: "去结算", note: "这是演示商店，不会真的下单。" },
    order: { title: "订单 HP-204518", number: "包裹 1/1", steps: ["已下单", "已打包", "运输中", "已送达"], note: "最近一次扫描：昨天 18:40，乌得勒支。超过一天没更新？在聊天里问我们。" },
    returns: { title: "办理退货", steps: ["在确认邮件里找到订单号。", "打印退货标签，或在包裹点出示二维码。", "5 个工作日内退款到账。"], note: "30 天内都可以退。东西坏了？在聊天里发张照片给我们。" },
    tryTitle: "试一试",
    tryThese: [
      "打开页面底部的聊天，问“送货要多久？”",
      "告诉它没有帮助，再说要转人工。",
      "在另一个窗口打开工作台，领取这个对话并回复。",
      "发张照片、刷新页面、换个语言、断开网络：什么都不会丢。",
    ],
    deskTitle: "看看另一边",
    deskText: "以演示客服 Noor 的身份打开工作台，只在这台电脑上登录。",
    deskButton: "以 Noor 的身份打开工作台",
    fictional: "Harbour & Pine 是一家虚构的商店，用来演示 Funnel。",
  },
  "zh-Hant": {
    tagline: "山野與餐桌的好物",
    nav: { index: "商店", basket: "購物車", order: "訂單狀態", returns: "退貨" },
    language: "語言",
    welcome: "風雨裡也好用的東西",
    lead: "戶外裝備、燈具、廚具與背包，從鹿特丹寄到世界各地。",
    products: products(
      ["港灣提燈", "可充電，下雨也照樣亮。"],
      ["松木背包 28 公升", "裝得下山裡的一天，也裝得下城裡的一週。"],
      ["碼頭水壺", "滾得快、倒得穩，掛哪裡都行。"],
      ["沙丘雙人帳篷", "四分鐘搭好，四季不漏。"],
    ),
    see: "查看詳情",
    add: "加入購物車",
    details: ["兩年保固", "30 天內可退貨", "今天就能出貨"],
    basket: { title: "您的購物車", shipping: "運費", free: "免運費", total: "合計", checkout: "前往結帳", note: "這是示範商店，不會真的下單。" },
    order: { title: "訂單 HP-204518", number: "包裹 1/1", steps: ["已下單", "已包裝", "運送中", "已送達"], note: "最近一次掃描：昨天 18:40，烏特勒支。超過一天沒有更新？在聊天裡問我們。" },
    returns: { title: "辦理退貨", steps: ["在確認信裡找到訂單編號。", "列印退貨標籤，或在取貨點出示條碼。", "5 個工作天內退款入帳。"], note: "30 天內都可以退。東西壞了？在聊天裡傳張照片給我們。" },
    tryTitle: "試試看",
    tryThese: [
      "打開頁面下方的聊天，問「多久會送到？」",
      "告訴它沒有幫上忙，再說要找真人客服。",
      "在另一個視窗開啟工作台，接下這個對話並回覆。",
      "傳張照片、重新整理、換個語言、拔掉網路：什麼都不會遺失。",
    ],
    deskTitle: "看看另一邊",
    deskText: "以示範客服 Noor 的身分開啟工作台，僅在這台電腦上登入。",
    deskButton: "以 Noor 的身分開啟工作台",
    fictional: "Harbour & Pine 是一家虛構的商店，用來示範 Funnel。",
  },
  ar: {
    tagline: "كل ما يلزم للطريق والمائدة",
    nav: { index: "المتجر", basket: "السلة", order: "حالة الطلب", returns: "الإرجاع" },
    language: "اللغة",
    welcome: "أشياء متينة مهما كان الطقس",
    lead: "معدات للرحلات ومصابيح وأدوات مطبخ وحقائب، نرسلها من روتردام إلى أي مكان.",
    products: products(
      ["فانوس المرفأ", "مصباح قابل للشحن لا يهاب المطر."],
      ["حقيبة الصنوبر 28 لترًا", "تكفي ليوم في الجبل أو أسبوع في المدينة."],
      ["إبريق الرصيف", "يغلي بسرعة ويصب بدقة ويُعلّق في أي مكان."],
      ["خيمة الكثبان لشخصين", "تُنصب في أربع دقائق وتصمد في كل الفصول."],
    ),
    see: "عرض التفاصيل",
    add: "إضافة إلى السلة",
    details: ["ضمان لسنتين", "30 يومًا للإرجاع", "جاهز للشحن اليوم"],
    basket: { title: "سلة المشتريات", shipping: "الشحن", free: "مجاني", total: "المجموع", checkout: "إتمام الشراء", note: "هذا متجر تجريبي ولا يمكن الشراء منه." },
    order: { title: "الطلب HP-204518", number: "الطرد 1 من 1", steps: ["تم الطلب", "تم التغليف", "في الطريق", "تم التسليم"], note: "آخر ظهور في أوترخت أمس الساعة 18:40. لا جديد منذ يوم؟ يمكنكم السؤال في المحادثة." },
    returns: { title: "إرجاع منتج", steps: ["تجدون رقم الطلب في رسالة التأكيد.", "اطبعوا الملصق أو أظهروا رمزه في نقطة الطرود.", "يعود المبلغ خلال 5 أيام عمل."], note: "لديكم 30 يومًا. وصل المنتج تالفًا؟ أرسلوا لنا صورة في المحادثة." },
    tryTitle: "للتجربة",
    tryThese: [
      "افتحوا المحادثة في أسفل الصفحة واسألوا: «كم يستغرق التوصيل؟»",
      "قولوا إن الجواب لم يفد، ثم اطلبوا التحدث مع شخص.",
      "افتحوا مكتب الدعم في نافذة أخرى وتسلّموا المحادثة وردّوا عليها.",
      "أرسلوا صورة، أعيدوا تحميل الصفحة، غيّروا اللغة، اقطعوا الاتصال: لن يضيع شيء.",
    ],
    deskTitle: "الجانب الآخر",
    deskText: "افتحوا مكتب الدعم باسم نور، موظفة المتجر التجريبي. يتم الدخول على هذا الحاسوب فقط.",
    deskButton: "فتح المكتب باسم نور",
    fictional: "Harbour & Pine متجر خيالي يعرض ما يستطيعه Funnel.",
  },
};
