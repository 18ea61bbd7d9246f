"""One record with all that a step may make something of, in English, with its Swahili translation."""

from annotation.schema import Kind
from pipelines.records import Draft

TRANSLATED = ("passage", "question", "solution", "instruction", "response")
KIND = Kind.model_validate(
    {
        "fields": {name: {"type": "text", "translate": True} for name in TRANSLATED}
        | {"answer": {"type": "string"}, "acts": {"type": "table"}},
        "answer": "answer",
    }
)
SOURCE = {
    "passage": "Amina drives the old bus to the lake. It takes 4 hours. She sells her fish there, and buys maize for the village.",
    "question": "How far is the lake, if the bus drives 30 km an hour?",
    "solution": "The bus drives 30 km an hour. It drives 4 hours. 30 times 4 is 120. So the lake is 120 km away.",
    "instruction": "Explain in one sentence why the bus is late when it rains.",
    "response": "When it rains the road to the lake is mud, and the bus drives slowly.",
}
TARGET = {
    "passage": "Amina huendesha basi kuukuu hadi ziwani. Inachukua saa 4. Huuza samaki wake huko, na kununua mahindi kwa ajili ya kijiji.",
    "question": "Ziwa liko umbali gani, ikiwa basi huenda km 30 kwa saa?",
    "solution": "Basi huenda km 30 kwa saa. Huenda kwa saa 4. 30 mara 4 ni 120. Kwa hiyo ziwa liko umbali wa km 120.",
    "instruction": "Eleza kwa sentensi moja kwa nini basi huchelewa mvua inaponyesha.",
    "response": "Mvua inaponyesha barabara ya ziwani ni matope, na basi huenda polepole.",
}
ITEM = {
    "answer": "120",
    "acts": [["USER", "INFORM", "city", "London"], ["SYSTEM", "OFFER", "food", "rice"], ["USER", "THANK_YOU", "", ""]],
}


def lesson(**texts: str) -> Draft:
    """The record, or one with other texts."""
    return Draft(KIND, SOURCE | texts, "en", "sw", content=dict(TARGET), item=SOURCE | texts | ITEM)
