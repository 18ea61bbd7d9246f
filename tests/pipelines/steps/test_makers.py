"""What makers refuse, each with its reason: nothing that a model says is taken on trust, and nothing of it is mended."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from pipelines.records import Draft, Generated, Request
from pipelines.steps import steps
from tests.contracts.lessons import SOURCE, lesson


class Model:
    """Says what it is told, one answer after the other, the last one for ever; remembers what it was asked."""

    def __init__(self, *answers: dict[str, Any]) -> None:
        self.answers, self.asked = list(answers), []

    async def __call__(self, request: Request) -> Generated:
        self.asked.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return Generated(answer, f"hash{len(self.asked)}", "openai:m|prompt:p")


def ran(name: str, model: Any, draft: Draft | None = None, **params: Any) -> Draft:
    step = steps.build({"name": name, "params": params})
    return asyncio.run(step.run(draft or lesson(), model))


def why(done: Draft) -> str:
    return " ".join(one.detail for one in done.findings)


# --- marks ----------------------------------------------------------------------------------------------------------

TEXT = SOURCE["response"]


@pytest.mark.parametrize(
    ("marked", "said"),
    [
        (TEXT.replace("mud", "[HAL]mud"), "not closed"),
        (TEXT.replace("mud", "mud[/HAL]"), "closes nothing"),
        (TEXT.replace("mud", "[HAL][/HAL]mud"), "marks nothing"),
        (TEXT.replace("the lake is mud", "[HAL]the lake is [HAL]mud[/HAL][/HAL]"), "inside of another"),
        (TEXT.replace("mud", "[HAL]dry[/HAL]"), "not the same text"),
        (TEXT + " ", "not the same text"),
        (TEXT.replace("mud", "[HAL]mud[/HAL]").replace("slowly.", "slowly"), "not the same text"),
        (TEXT.replace("mud", "[BAD]mud[/BAD]"), "not the same text"),
    ],
)
def test_marks_that_change_the_text_or_are_not_paired_are_refused(marked, said):
    done = ran("mark_spans", Model({"marked": marked}), field="response")
    assert not done.made and said in why(done)


def test_marks_are_places_in_code_points_whatever_the_script():
    text = "Ziwa 👍🏽 ni zuri, နေကောင်းလား။"
    marked = "Ziwa [A]👍🏽[/A] ni zuri, [B]နေ[/B]ကောင်းလား။"
    done = ran("mark_spans", Model({"marked": marked}), lesson(response=text), field="response", labels={"A": "one", "B": "two"})
    spans = done.made[0].fields["spans"]
    assert [(text[one["start"] : one["end"]], one["label"]) for one in spans] == [("👍🏽", "A"), ("နေ", "B")]


def test_a_text_with_nothing_to_mark_is_an_item_with_no_marks():
    assert ran("mark_spans", Model({"marked": TEXT}), field="response").made[0].fields["spans"] == []


def test_a_text_that_has_such_tags_already_is_not_marked():
    model = Model({"marked": ""})
    assert "tags of its own" in why(ran("mark_spans", model, lesson(response="See [HAL] there."), field="response"))
    assert not model.asked


# --- triples, distractors, errors --------------------------------------------------------------------------------------


def triple(*parts: str) -> dict[str, str]:
    return dict(zip(("subject", "relation", "object"), parts, strict=True))


def test_a_triple_stands_in_the_text_word_for_word_or_is_refused():
    good, bad = triple("Amina", "drives", "the old bus"), triple("Amina", "drives", "an old bus")
    done = ran("extract_triples", Model({"triples": [good, bad, good, triple("", "drives", "the old bus")]}))
    assert done.made[0].fields["triples"] == [["Amina", "drives", "the old bus"]]
    assert "“an old bus”" in why(done) and "is there twice" in why(done) and "has no subject" in why(done)
    assert done.made[0].notes["places"] == [[[0, 5], [6, 12], [13, 24]]]
    assert not ran("extract_triples", Model({"triples": [good, bad]}), whole=True).made


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (("34", "120.0", "30"), "is the right answer"),
        (("34", "120", "30"), "is the right answer"),
        (("34", "34", "30"), "is there already"),
        (("34", "", "30"), "not written exactly once"),
    ],
)
def test_one_bad_option_refuses_the_question(texts, said):
    errors = ("procedural", "conceptual", "incomplete")
    told = [{"error": error, "text": text} for error, text in zip(errors, texts, strict=True)]
    done = ran("generate_distractors", Model({"distractors": told}), field="question")
    assert not done.made and said in why(done)


def test_the_right_options_place_is_drawn_by_the_seed_and_told():
    told = [{"error": e, "text": t} for e, t in (("procedural", "34"), ("conceptual", "-120"), ("incomplete", "30"))]
    places = set()
    for seed in range(12):
        done = ran("generate_distractors", Model({"distractors": told}), field="question", seed=seed)
        fields = done.made[0].fields
        assert fields["options"][fields["correct"]] == "120" and len(set(fields["options"])) == 4
        places.add(fields["correct"])
    assert len(places) > 2


SOLUTION = SOURCE["solution"]


@pytest.mark.parametrize(
    ("text", "part", "keeps", "said"),
    [
        (SOLUTION, "30", "answer", "as it was"),
        (SOLUTION.replace("is 120. So the lake is 120 km", "is 34. So the lake is 34 km"), "is 34", "answer", "lost the final answer"),
        (SOLUTION.replace("30 times 4", "30 and 90"), "30 and 90", "no answer", "still has the final answer"),
        (SOLUTION.replace("30 times 4", "30 and 90"), "40 and 80", "answer", "what is not in it"),
        (SOLUTION.replace("30 times 4", "30 and 90"), "The bus drives", "answer", "what was there before"),
    ],
)
def test_a_perturbation_is_what_was_asked_for_or_is_refused(text, part, keeps, said):
    answer = {"text": text, "error_description": "Wrong.", "erroneous_part": part}
    done = ran("perturb", Model(answer), field="solution", versions=["wrong_rule"], keeps=keeps)
    assert not done.made and said in why(done)


def test_versions_of_errors_nobody_described_are_refused():
    with pytest.raises(Exception, match="not described: nonsense"):
        steps.build({"name": "perturb", "params": {"versions": ["wrong_rule+nonsense"]}})


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"sentence": 9, "wrong": "It takes 40 hours."}, "no sentence 9"),
        ({"sentence": 2, "wrong": "it takes 4  hours."}, "as right as it was"),
        ({"sentence": 2, "wrong": "It takes 40 hours. They are long."}, "became several"),
    ],
)
def test_an_error_is_in_one_sentence_that_there_is(answer, said):
    done = ran("inject_error", Model(answer))
    assert not done.made and said in why(done)


def test_all_but_the_one_sentence_stays_letter_by_letter():
    text = "One is here.  Two is 4.\n\nThree\u00a0is there."
    done = ran("inject_error", Model({"sentence": 2, "wrong": "Two is 5."}), lesson(passage=text))
    assert done.made[0].fields["passage"] == text.replace("Two is 4.", "Two is 5.")


# --- questions, ladders, rubrics, pairs, instructions ------------------------------------------------------------------


def test_each_wanted_question_is_answered_exactly_once_or_is_refused():
    pairs = [{"number": 1, "question": "A?", "answer": "fish"}, {"number": 1, "question": "B?", "answer": "fish"}]
    pairs += [{"number": 2, "question": "C?", "answer": "boats"}, {"number": 3, "question": "c?", "answer": "fish"}]
    done = ran("generate_qa", Model({"pairs": pairs}), copied=True)
    assert not done.made[1:] and [one.number for one in done.made] == [3]
    assert "Question 1 (easy) was not answered exactly once" in why(done) and "not in the passage: “boats”" in why(done)


def test_how_many_answers_are_short_the_seed_says():
    def lengths(**params):
        model = Model({"pairs": []})
        ran("generate_qa", model, each=20, **params)
        return [one["length"] for one in model.asked[0].input["wanted"]]

    assert lengths() == lengths() != lengths(seed=1)
    assert 30 <= lengths().count("short") <= 50
    assert set(lengths(short=1.0)) == {"short"}


def ladder(**changes: dict[str, str]) -> Model:
    rungs = [{"score": n, "response": f"Response number {n} here.", "feedback": f"So the overall score is {n}."} for n in range(1, 6)]
    for score, change in changes.items():
        rungs[int(score[1:]) - 1] |= change
    return Model({"responses": rungs})


def test_a_rung_that_is_copied_or_gives_itself_away_by_its_length_is_refused():
    assert [one.number for one in ran("score_ladder", ladder(), field="instruction").made] == [1, 2, 3, 4, 5]
    done = ran("score_ladder", ladder(s4={"response": "response  number 2 HERE."}, s5={"response": "Response " * 30}), field="instruction")
    assert [one.fields["score"] for one in done.made] == [1, 2, 3]
    assert "of score 4 is that of a lower one" in why(done) and "of score 5 tells its score by its length" in why(done)


def test_a_judge_that_goes_by_the_order_makes_no_pair():
    one, other = {"response": "A."}, {"response": "B."}
    first = {"reason": "-", "better": "first"}
    second = {"reason": "-", "better": "second"}
    assert "by the order" in why(ran("preference_pair", Model(one, other, first, first), field="instruction"))
    assert "no difference" in why(ran("preference_pair", Model(one, other, first, first | {"better": "tie"}), field="instruction"))
    model = Model(one, other, second, first)
    fields = ran("preference_pair", model, field="instruction").made[0].fields
    assert (fields["chosen"], fields["rejected"]) == ("B.", "A.")
    assert [(request.by, request.sample) for request in model.asked] == [("", 0), ("", 1), ("judge", 0), ("judge", 0)]


def test_roles_remember_what_was_said_of_their_own_work():
    said = {"merits": "clear", "faults": "long"}
    texts = [{"instruction": f"Do {n}.", "response": "Done."} for n in range(3)]
    model = Model(texts[0], said, texts[1], said, texts[2], said)
    roles = {"deepener": "deepens", "widener": "widens"}
    done = ran("evolve_instruction", model, field="instruction", roles=roles, rounds=3)
    assert [one.fields["instruction"] for one in done.made] == ["Do 0.", "Do 1.", "Do 2."]
    written = [request.input for request in model.asked if request.prompt == "evolve_instruction"]
    assert [one["instruction"] for one in written] == [SOURCE["instruction"], "Do 0.", "Do 1."]
    assert [len(one["memory"]) for one in written] == [0, 0, 1]
    assert written[2]["memory"] == [{"instruction": "Do 0.", "said": {"widener": said}}]


def test_an_instruction_that_was_there_before_ends_the_way():
    done = ran("evolve_instruction", Model({"instruction": SOURCE["instruction"].upper(), "response": "R"}), field="instruction")
    assert not done.made and "no new instruction" in why(done)


# --- two languages, another place, another script ---------------------------------------------------------------------


def test_fragments_that_are_not_there_once_are_left_and_the_rest_is_replaced_in_one_pass():
    fragments = [
        {"source": "her fish", "translation": "samaki wake"},
        {"source": "bus", "translation": "basi"},  # stands there more than once
        {"source": "the moon", "translation": "mwezi"},
        {"source": "4 hours", "translation": "saa tano"},
    ]
    done = ran("code_switch", Model({"fragments": fragments}), rate=1.0)
    assert "She sells samaki wake there" in done.made[0].fields["passage"]
    assert done.made[0].notes["fragments"] == {"her fish": "samaki wake"}
    assert why(done).count("Fragment") == 3 and done.made[0].language == "sw"
    assert "no translation" in why(ran("code_switch", Model({}), replace(lesson(), content=None)))


def test_a_target_is_composed_of_parallel_texts_and_braces_in_them_are_text():
    done = ran("compose_target", None, lesson(response="Say {target_answer}."))
    assert done.made[0].fields["target"].split("\n") == [
        f"Instruction in English: {SOURCE['instruction']}",
        "Response in English: Say {target_answer}.",
        "Response in Swahili: Mvua inaponyesha barabara ya ziwani ni matope, na basi huenda polepole.",
    ]
    assert "places nobody fills: nothing" in why(ran("compose_target", None, template=["{nothing}"]))


def test_a_localised_text_keeps_what_belongs_to_no_language_and_given_texts_are_left():
    text = {"passage": "Pay {n} dollars at https://x.org to Bob."}
    draft = replace(lesson(), source=text, item=text, content=None)
    change = {"before": "Bob", "after": "Juma", "why": "name"}
    good = {"item": {"passage": "Mlipe Juma shilingi {n} kwa https://x.org."}, "changes": [change]}
    done = ran("localise", Model(good), draft)
    assert (done.content, done.origin) == (good["item"], "localised")
    assert done.findings[-1].verdict == "ok"
    lost = ran("localise", Model(good | {"item": {"passage": "Mlipe Juma."}}), draft)
    assert lost.content is None and "Not kept as it was: {n}" in why(lost)
    claimed = ran("localise", Model(good | {"changes": [change | {"after": "Neema"}]}), draft)
    assert claimed.findings[-1].verdict == "warn" and "“Neema”" in why(claimed)
    given = replace(lesson(), given=True)
    assert ran("localise", Model(good), given) is given


def test_values_are_kept_translated_or_localised_by_their_slot_and_each_is_asked_once():
    acts = [["U", "INFORM", "city", "London"], ["S", "CONFIRM", "city", "London"], ["U", "INFORM", "film", "Up"], ["U", "GOODBYE", "", ""]]
    draft = replace(lesson(), item={"acts": acts})
    model = Model({"values": {"city=London": "Mombasa"}})
    done = ran("dialogue_outline", model, draft, values={"city": "localise"}, names={"city": "the town"})
    assert done.made[0].fields["outline"] == [
        "U: Say that the town is Mombasa.", "S: Ask whether it is right that the town is Mombasa.", "U: Say that film is Up.", "U: Say goodbye.",
    ]  # fmt: skip
    assert model.asked[0].input == {"values": {"city=London": "localise"}} and len(model.asked) == 1
    assert "no template for DANCE" in why(ran("dialogue_outline", model, replace(draft, item={"acts": [["U", "DANCE", "", ""]]})))
    assert "No value was given" in why(ran("dialogue_outline", Model({"values": {}}), draft, values={"city": "translate"}))


def test_what_one_of_many_models_says_does_not_hang_on_the_others():
    model = Model({"answer": " "}, {"answer": "120 km"})
    done = ran("answer_without_context", model, field="question", models=["openai:a", "openai:b"])
    assert [(one.number, one.fields["model"]) for one in done.made] == [(2, "openai:b")]
    assert "openai:a answered nothing" in why(done)
    assert all(set(request.input) == {"question"} for request in model.asked), "the passage is not shown"
