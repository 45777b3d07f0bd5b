"""Words that customers and help articles use for the same matter, by language: the synonyms every base begins with."""

from typing import Final

EVERYDAY: Final = {
    "en": (
        "parcel, package, shipment; delivery, shipping; postage, shipping cost, delivery cost, delivery charge, shipping fee;"
        " refund, money back, reimburse, reimbursement; return, send back, give back, bring back;"
        " exchange, swap, replace, replacement; cancel, call off, cancellation; invoice, bill, receipt;"
        " password, passcode, pin; log in, login, sign in, log on; sign up, register, create account;"
        " delete, remove, close, erase, deactivate; locked, blocked, frozen; forgot, forgotten, don't remember, lost;"
        " courier, carrier, driver; arrive, come, delivered, received; late, delayed, overdue, delay;"
        " track, follow, locate; broken, damaged, smashed, cracked, faulty, defective, torn, shattered, in pieces;"
        " repair, fix, mend; warranty, guarantee; cheap, cheaper, lower price, price drop; discount, reduction, sale;"
        " coupon, voucher, promo code, discount code, gift code; gift, present; expire, run out, valid, expiry, validity;"
        " points, rewards, loyalty; pay, payment, checkout; charged, billed, debited, deducted, taken;"
        " twice, double, two times, duplicate; declined, rejected, refused, failed, not accepted;"
        " phone, telephone, call, ring; mobile, smartphone; e-mail, mail, message; sms, text message, text;"
        " contact, reach, get in touch, talk, speak; agent, human, person, representative, support, customer service;"
        " hours, open, opening, closed; shop, store; subscription, membership, plan; pause, skip, suspend;"
        " size, fit, measurement; colour, color; in stock, available, availability, sold out;"
        " scam, fraud, phishing, suspicious, fake; hacked, compromised, stolen; missing, lacking, incomplete, forgot, short;"
        " wrong, different, incorrect, mistaken; address, street; customs, duty, import tax, tariff; tax, vat;"
        " company, business, firm, organisation; bulk, large quantity, wholesale; buy, purchase, order;"
        " clean, wash, cleaning, care; hot, overheat, burning; swollen, bulging, swelling; bag, backpack, rucksack;"
        " personal data, personal information, privacy, gdpr; verification code, security code, authenticator, one-time code;"
        " account, profile; change, modify, update, edit, correct; find, locate, where; download, export, get;"
        " pickup point, collection point, parcel shop, parcel locker; collect, pick up, fetch;"
        " long, days, duration; price, cost, fee, how much, charge; free, no charge, gratis; order, purchase;"
        " credit card, card, debit card; bank transfer, wire transfer; statement, bank account; newsletter, marketing mails"
    ),
    "zh": (
        "快递, 包裹, 物流, 邮件; 运费, 邮费, 快递费, 邮资; 包邮, 免运, 免邮; 退货, 退回, 寄回, 退掉; 退款, 退钱, 钱退;"
        " 换货, 更换, 换成, 换大, 换小, 调换; 取消, 撤销, 不要了; 发票, 收据, 账单; 密码, 口令; 登录, 登陆, 登入, 登不上, 登不进;"
        " 注销, 删除, 关闭, 销户, 删掉; 账号, 账户, 帐号, 帐户; 坏了, 损坏, 破损, 碎了, 破了, 瑕疵, 裂了; 维修, 修理, 修;"
        " 保修, 质保, 保固; 优惠码, 优惠券, 折扣码, 折扣; 付款, 支付, 结账, 付钱; 扣了, 扣款, 收费, 扣钱; 两次, 重复, 双重, 两笔;"
        " 失败, 被拒, 拒绝, 不成功, 付不了; 电话, 手机号, 热线; 客服, 人工; 上班, 营业, 工作时间, 几点; 短信, 简讯, 讯息;"
        " 诈骗, 骗子, 可疑, 骗人, 钓鱼; 少了, 缺少, 缺, 漏发, 漏了; 发错, 寄错, 错了; 地址, 收货地址; 验证码, 动态码;"
        " 鼓起, 膨胀, 鼓包; 发烫, 过热, 烫; 几天, 多久, 多长时间, 何时; 退货期限, 几天内; 跟踪, 查询, 追踪, 查; 修改, 更改, 改;"
        " 尺码, 尺寸, 大小; 到账, 入帐, 收到; 送货, 配送, 派送, 送达"
    ),
    "ar": (
        "شحنة, طرد, شحنتي, الطرد; شحن, توصيل, التوصيل, الشحن; رسوم الشحن, تكلفة الشحن, سعر التوصيل, مصاريف الشحن;"
        " إرجاع, استرجاع, ارجع, أعيد, إعادة; استرداد, أسترد, المسترد, استرجاع المبلغ, فلوسي, أموالي, المبلغ; استبدال, تبديل, أبدل, تغيير;"
        " إلغاء, ألغي, الغاء; فاتورة, إيصال; كلمة المرور, كلمة السر, الباسورد; تسجيل الدخول, الدخول, ادخل;"
        " حذف, إغلاق, إزالة, مسح; حساب, حسابي; مكسور, تالف, معطوب, متضرر; إصلاح, تصليح, صيانة; ضمان, كفالة; خصم, تخفيض;"
        " كوبون, قسيمة, كود الخصم; دفع, سداد, الدفع; مرتين, مكرر, مضاعف; خصم, سحب, اقتطاع; مرفوضة, رفض, فشل, لم تقبل;"
        " هاتف, جوال, موبايل, تليفون; اتصال, تواصل, أتصل; خدمة العملاء, الدعم, موظف; ساعات العمل, الدوام, تفتح;"
        " رسالة, رسائل; احتيال, نصب, مشبوهة, مزيفة; ناقص, مفقود, ينقص; عنوان, العنوان; رمز التحقق, الكود;"
        " منتفخة, انتفاخ; ساخنة, حرارة, سخونة; تتبع, متابعة, وصلت; مقاس, قياس, حجم; مجاني, مجانا; مدة, كم يوم, أيام; وصول, يصل, تصل"
    ),
}  # fmt: skip
"""Sets end with a semicolon, terms with a comma. Written for support; what a base needs besides, its writers add."""


def everyday(language: str) -> list[tuple[str, ...]]:
    """The sets of a language, lower case; none for one that has none."""
    sets = EVERYDAY.get(language, "").split(";")
    found = (tuple(term.strip() for term in one.split(",") if term.strip()) for one in sets)
    return [one for one in found if len(one) > 1]
