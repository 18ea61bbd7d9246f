"""The gallery's example records in the languages of the pictures in the docs; each line is the English text and its translation."""

from typing import Any

ARABIC = {
    "The river froze before dawn.": "تجمّد النهر قبل الفجر.",
    "Print the sum of 2 and 3.": "اطبع مجموع 2 و3.",
    "What is $2^3 + 1$?": "ما ناتج $2^3 + 1$؟",
    "What did the river do?": "ماذا حدث للنهر؟",
    "It froze": "تجمّد",
    "It dried up": "جفّ",
    "It rose": "ارتفع منسوبه",
    "It was cold.": "كان الجو باردًا.",
    "Why do rivers freeze?": "لماذا تتجمّد الأنهار؟",
    "Because it is cold.": "بسبب البرد.",
    "They do not.": "إنها لا تتجمّد.",
    "Cold air.": "هواء بارد.",
    "why rivers freeze": "سبب تجمّد الأنهار",
    "Water freezes at 0 °C.": "يتجمّد الماء عند 0 °م.",
    "The Ebro is 930 km long.": "يبلغ طول نهر إبرو 930 كم.",
    "River": "النهر",
    "Length": "الطول",
    "Ebro": "إبرو",
    "930 km": "930 كم",
    "How long is the Ebro?": "كم يبلغ طول نهر إبرو؟",
    "The guest asks for a table for two at eight.": "يطلب الضيف طاولة لشخصين في الساعة الثامنة.",
    "The waiter says it is booked.": "يقول النادل إنها محجوزة.",
    "Do you have a table for two at eight?": "هل لديكم طاولة لشخصين في الثامنة؟",
    "I am sorry, it is taken.": "عذرًا، إنها محجوزة.",
}
BURMESE = {
    "The river froze before dawn.": "မိုးမလင်းမီ မြစ်ရေ ခဲသွားသည်။",
    "Print the sum of 2 and 3.": "၂ နှင့် ၃ ၏ ပေါင်းလဒ်ကို ထုတ်ပြပါ။",
    "What is $2^3 + 1$?": "$2^3 + 1$ ၏ တန်ဖိုးသည် အဘယ်နည်း။",
    "What did the river do?": "မြစ်ရေ ဘာဖြစ်သွားသနည်း။",
    "It froze": "ခဲသွားသည်",
    "It dried up": "ခန်းခြောက်သွားသည်",
    "It rose": "တက်လာသည်",
    "It was cold.": "ရာသီဥတု အေးသည်။",
    "Why do rivers freeze?": "မြစ်များ အဘယ်ကြောင့် ခဲသနည်း။",
    "Because it is cold.": "အေးသောကြောင့် ဖြစ်သည်။",
    "They do not.": "မြစ်များ မခဲပါ။",
    "Cold air.": "လေအေးကြောင့်။",
    "why rivers freeze": "မြစ်များ ခဲရသည့် အကြောင်းရင်း",
    "Water freezes at 0 °C.": "ရေသည် ၀ ဒီဂရီ စင်တီဂရိတ်တွင် ခဲသည်။",
    "The Ebro is 930 km long.": "အီဘရိုမြစ်သည် ၉၃၀ ကီလိုမီတာ ရှည်သည်။",
    "River": "မြစ်",
    "Length": "အရှည်",
    "Ebro": "အီဘရို",
    "930 km": "၉၃၀ ကီလိုမီတာ",
    "How long is the Ebro?": "အီဘရိုမြစ်သည် မည်မျှ ရှည်သနည်း။",
    "The guest asks for a table for two at eight.": "ဧည့်သည်က ရှစ်နာရီတွင် နှစ်ယောက်စာ စားပွဲ တောင်းသည်။",
    "The waiter says it is booked.": "စားပွဲထိုးက ကြိုတင်မှာထားပြီးဖြစ်ကြောင်း ပြောသည်။",
    "Do you have a table for two at eight?": "ရှစ်နာရီမှာ နှစ်ယောက်စာ စားပွဲ ရှိပါသလား။",
    "I am sorry, it is taken.": "တောင်းပန်ပါတယ်၊ မှာထားပြီးသားပါ။",
}
CHINESE = {
    "The river froze before dawn.": "天亮前河水结了冰。",
    "Print the sum of 2 and 3.": "输出2与3的和。",
    "What is $2^3 + 1$?": "$2^3 + 1$ 等于多少？",
    "What did the river do?": "河流发生了什么？",
    "It froze": "结冰了",
    "It dried up": "干涸了",
    "It rose": "涨水了",
    "It was cold.": "天气很冷。",
    "Why do rivers freeze?": "河流为什么会结冰？",
    "Because it is cold.": "因为天冷。",
    "They do not.": "河流不会结冰。",
    "Cold air.": "冷空气。",
    "why rivers freeze": "河流结冰的原因",
    "Water freezes at 0 °C.": "水在0 °C结冰。",
    "The Ebro is 930 km long.": "埃布罗河长930公里。",
    "River": "河流",
    "Length": "长度",
    "Ebro": "埃布罗河",
    "930 km": "930公里",
    "How long is the Ebro?": "埃布罗河有多长？",
    "The guest asks for a table for two at eight.": "客人想订八点的双人桌。",
    "The waiter says it is booked.": "服务员说已经订满了。",
    "Do you have a table for two at eight?": "八点有双人桌吗？",
    "I am sorry, it is taken.": "抱歉，已经有人订了。",
}
PHRASES = {"ar": ARABIC, "my": BURMESE, "zh": CHINESE}


def said(value: Any, tag: str) -> Any:
    """A record's texts in another language, in whatever lists and tables they stand; what is no text stays."""
    if isinstance(value, list):
        return [said(one, tag) for one in value]
    return PHRASES[tag][value] if isinstance(value, str) else value
