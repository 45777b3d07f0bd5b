"""Calm customer questions in many languages, made of a few openings and many matters. The emotion sets have hardly any."""

from collections.abc import Iterator
from typing import Final

_PARTS: Final[dict[str, tuple[str, str]]] = {
    "es": ("¿Dónde está|¿Cuándo llega|¿Cómo puedo cambiar|Quisiera información sobre|Hola, tengo una pregunta sobre|¿Cuánto cuesta", "mi pedido|el envío|la dirección de entrega|la factura|la garantía|el horario de la tienda|la talla del abrigo|el método de pago|la lámpara de mesa|la devolución de los zapatos|el color azul|la suscripción"),
    "pt": ("Onde está|Quando chega|Como posso alterar|Gostaria de informações sobre|Olá, tenho uma dúvida sobre|Quanto custa", "o meu pedido|a entrega|o endereço de entrega|a nota fiscal|a garantia|o horário da loja|o tamanho do casaco|a forma de pagamento|a luminária de mesa|a devolução dos sapatos|a cor azul|a assinatura"),
    "fr": ("Où est|Quand arrive|Comment modifier|Je voudrais des informations sur|Bonjour, j'ai une question sur|Combien coûte", "ma commande|la livraison|l'adresse de livraison|la facture|la garantie|l'horaire du magasin|la taille du manteau|le moyen de paiement|la lampe de bureau|le retour des chaussures|la couleur bleue|l'abonnement"),
    "de": ("Wo ist|Wann kommt|Wie ändere ich|Ich hätte gern Informationen zu|Hallo, ich habe eine Frage zu|Was kostet", "meine Bestellung|der Versand|die Lieferadresse|die Rechnung|die Garantie|die Öffnungszeiten|die Größe der Jacke|die Zahlungsart|die Schreibtischlampe|die Rückgabe der Schuhe|die Farbe Blau|das Abonnement"),
    "it": ("Dov'è|Quando arriva|Come posso cambiare|Vorrei informazioni su|Buongiorno, ho una domanda su|Quanto costa", "il mio ordine|la spedizione|l'indirizzo di consegna|la fattura|la garanzia|l'orario del negozio|la taglia della giacca|il metodo di pagamento|la lampada da tavolo|il reso delle scarpe|il colore blu|l'abbonamento"),
    "nl": ("Waar is|Wanneer komt|Hoe wijzig ik|Ik wil graag informatie over|Hallo, ik heb een vraag over|Wat kost", "mijn bestelling|de levering|het bezorgadres|de factuur|de garantie|de openingstijden|de maat van de jas|de betaalmethode|de bureaulamp|het retour van de schoenen|de kleur blauw|het abonnement"),
    "pl": ("Gdzie jest|Kiedy będzie|Jak zmienić|Proszę o informacje o|Dzień dobry, mam pytanie o|Ile kosztuje", "moje zamówienie|dostawa|adres dostawy|faktura|gwarancja|godziny otwarcia|rozmiar kurtki|sposób płatności|lampka biurkowa|zwrot butów|kolor niebieski|abonament"),
    "ro": ("Unde este|Când ajunge|Cum pot schimba|Aș dori informații despre|Bună ziua, am o întrebare despre|Cât costă", "comanda mea|livrarea|adresa de livrare|factura|garanția|programul magazinului|mărimea jachetei|metoda de plată|lampa de birou|returul pantofilor|culoarea albastră|abonamentul"),
    "ru": ("Где|Когда придет|Как изменить|Подскажите, пожалуйста, про|Здравствуйте, у меня вопрос про|Сколько стоит", "мой заказ|доставка|адрес доставки|счет|гарантия|часы работы магазина|размер куртки|способ оплаты|настольная лампа|возврат обуви|синий цвет|подписка"),
    "uk": ("Де|Коли прийде|Як змінити|Підкажіть, будь ласка, про|Добрий день, у мене питання про|Скільки коштує", "моє замовлення|доставка|адреса доставки|рахунок|гарантія|години роботи магазину|розмір куртки|спосіб оплати|настільна лампа|повернення взуття|синій колір|підписка"),
    "tr": ("nerede|ne zaman gelir|nasıl değiştirebilirim|hakkında bilgi almak istiyorum|ile ilgili bir sorum var|ne kadar", "Siparişim|Kargo|Teslimat adresi|Fatura|Garanti|Mağaza saatleri|Ceketin bedeni|Ödeme yöntemi|Masa lambası|Ayakkabı iadesi|Mavi renk|Abonelik"),
    "vi": ("Cho mình hỏi về|Khi nào có|Làm sao để đổi|Mình muốn biết thông tin về|Chào shop, mình có câu hỏi về|Giá của", "đơn hàng của mình|giao hàng|địa chỉ giao hàng|hóa đơn|bảo hành|giờ mở cửa|kích cỡ áo khoác|phương thức thanh toán|đèn bàn|trả lại giày|màu xanh|gói đăng ký"),
    "id": ("Di mana|Kapan datang|Bagaimana cara mengubah|Saya ingin informasi tentang|Halo, saya punya pertanyaan tentang|Berapa harga", "pesanan saya|pengiriman|alamat pengiriman|faktur|garansi|jam buka toko|ukuran jaket|metode pembayaran|lampu meja|pengembalian sepatu|warna biru|langganan"),
    "th": ("สอบถามเรื่อง|อยากทราบว่า|ขอเปลี่ยน|ขอข้อมูลเกี่ยวกับ|สวัสดีค่ะ มีคำถามเกี่ยวกับ|ราคาเท่าไหร่", "คำสั่งซื้อของฉัน|การจัดส่ง|ที่อยู่จัดส่ง|ใบเสร็จ|การรับประกัน|เวลาเปิดร้าน|ขนาดเสื้อแจ็คเก็ต|วิธีการชำระเงิน|โคมไฟตั้งโต๊ะ|การคืนรองเท้า|สีน้ำเงิน|การสมัครสมาชิก"),
    "hi": ("के बारे में जानकारी चाहिए|कब आएगा|कैसे बदलें|के बारे में एक सवाल है|की कीमत क्या है|कहाँ मिलेगा", "मेरा ऑर्डर|डिलीवरी|डिलीवरी का पता|बिल|वारंटी|दुकान का समय|जैकेट का साइज|भुगतान का तरीका|टेबल लैंप|जूते की वापसी|नीला रंग|सदस्यता"),
    "el": ("Πού είναι|Πότε έρχεται|Πώς μπορώ να αλλάξω|Θα ήθελα πληροφορίες για|Γεια σας, έχω μια ερώτηση για|Πόσο κοστίζει", "η παραγγελία μου|η αποστολή|η διεύθυνση παράδοσης|το τιμολόγιο|η εγγύηση|το ωράριο του καταστήματος|το μέγεθος του μπουφάν|ο τρόπος πληρωμής|το φωτιστικό γραφείου|η επιστροφή των παπουτσιών|το μπλε χρώμα|η συνδρομή"),
    "ja": ("について教えてください|はいつ届きますか|を変更したいです|の確認をお願いします|について質問があります|はいくらですか", "注文|配送|お届け先の住所|請求書|保証|営業時間|ジャケットのサイズ|支払い方法|デスクランプ|靴の返品|青い色|定期購入"),
    "ko": ("에 대해 알려주세요|언제 도착하나요|변경하고 싶어요|확인 부탁드립니다|관련 질문이 있어요|얼마인가요", "제 주문|배송|배송지 주소|영수증|보증|영업 시간|재킷 사이즈|결제 방법|책상 램프|신발 반품|파란색|구독"),
    "zh": ("请问怎么查|什么时候能收到|怎么修改|想了解一下|你好，想咨询一下|请问多少钱，", "我的订单|快递|收货地址|发票|保修|营业时间|外套的尺码|付款方式|台灯|鞋子退货|蓝色那款|会员订阅"),
    "ar": ("أين|متى يصل|كيف أغير|أريد معلومات عن|مرحبا عندي سؤال عن|كم سعر", "طلبي|الشحن|عنوان التوصيل|الفاتورة|الضمان|مواعيد المتجر|مقاس الجاكيت|طريقة الدفع|المصباح|إرجاع الحذاء|اللون الأزرق|الاشتراك"),
}  # fmt: skip
_AFTER: Final = frozenset(("tr", "hi", "ja", "ko"))
"""Languages in which the matter comes first."""
_JOINED: Final = frozenset(("ja", "zh", "th"))


def calm_texts() -> Iterator[tuple[str, str]]:
    """(language, text), every opening with every matter."""
    for lang, (openings, matters) in _PARTS.items():
        gap = "" if lang in _JOINED else " "
        for opening in openings.split("|"):
            for matter in matters.split("|"):
                first, second = (matter, opening) if lang in _AFTER else (opening, matter)
                yield lang, f"{first}{gap}{second}"
