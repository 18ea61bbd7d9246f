"""The workload of near-duplicates says whether all of them were found; how fast is not for a test to judge."""

from bench import near_duplicates


def test_bands_find_what_comparing_every_pair_finds():
    told: list[str] = []
    found = near_duplicates.run(told.append, rows=2000, part=800)
    assert found["found"] == found["pairs"] > 5 and found["wrong"] == 0
    assert found["rejected"] > 30 and len(told) == 2
