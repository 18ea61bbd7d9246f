"""The scoring workload says whether the numbers are the same; how fast it goes is not for a test to judge."""

from bench import scoring


def test_batches_and_the_obvious_loop_come_to_the_same():
    told: list[str] = []
    found = scoring.run(told.append, pairs=40, times=2)
    assert found["identical"] and found["pairs"] == 40 and len(told) == 2
    assert {"seconds", "floor_seconds", "ratio"} <= found.keys()


def test_the_texts_are_neither_alike_nor_strangers():
    hypotheses, references = scoring.texts(50)
    chrf = scoring.obvious(hypotheses, references)[1]
    assert 20 < sum(chrf) / len(chrf) < 95 and len(set(references)) == 50
