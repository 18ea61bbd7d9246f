"""What task types share that ask which of two texts is better."""

from annotation.asks._ask import Place
from annotation.asks.preference import Preference
from annotation.records import Question, Shown
from annotation.task_types import _candidates
from annotation.task_types._asking import Asking


class Comparing(Asking):
    """Two texts, and the question which one is better; who stands first is drawn for each person and recorded."""

    example_kind = _candidates.KIND
    example_source = _candidates.SOURCE
    example_target = _candidates.TARGET

    between: tuple[Place, ...] = ()
    """The two, such as target.one and target.other; without them the record's last two texts."""
    wording: str = "Which one is better?"
    ties: bool = True
    both_bad: bool = True

    def preference(self, question: Question | None) -> Preference:
        """The question itself."""
        between = _candidates.last_two(question, self.between)
        return Preference(name="preference", text=self.wording, between=between, ties=self.ties, both_bad=self.both_bad)

    def fields(self, question: Question) -> tuple[Shown, ...]:
        return _candidates.around(super().fields(question), _candidates.last_two(question, self.between))
