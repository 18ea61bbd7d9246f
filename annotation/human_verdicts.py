"""What people in the end made of a machine's text: right or wrong, in one definition that everything measured against it uses."""

from django.db.models import BooleanField, Case, Exists, F, OuterRef, Q, Value, When

from annotation.models import Submission, Task, Unit

LOWEST_GOOD_RATING = 4


def wrong(translation: str = "") -> Case:
    """Of rows that are translations, or point at one by that name: True, False, or None while people have not said.

    A text is *wrong* when a person's present text of its unit has another wording, the unit is rejected, or an answer given
    since the text was made sends it back or rejects it, rates it 3 or less, or says in a survey that the quality is wrong.
    It is *right* when people have answered about it and none of that is so. Nothing is said while a task of the unit is open,
    and by gold, training and tests nothing at all: those are about the people.
    """
    to = f"{translation}__" if translation else ""
    work = Task.objects.filter(unit=OuterRef(f"{to}unit"), purpose=Task.Purpose.WORK)
    answers = Submission.objects.filter(
        assignment__task__unit=OuterRef(f"{to}unit"),
        assignment__task__purpose=Task.Purpose.WORK,
        created__gte=OuterRef(f"{to}created"),
    )
    against = answers.filter(
        Q(payload__decision__in=["redo", "reject"])
        | Q(payload__rating__gte=1, payload__rating__lt=LOWEST_GOOD_RATING)
        | Q(payload__answers__quality="wrong")
    )
    changed = Q(**{f"{to}unit__current__author__isnull": False}) & ~Q(**{f"{to}unit__current__hash": F(f"{to}hash")})
    rejected = Q(**{f"{to}unit__status": Unit.Status.REJECTED})
    return Case(
        When(rejected, then=Value(True)),
        When(Exists(work.filter(status=Task.Status.OPEN)), then=Value(None)),
        When(changed | Exists(against), then=Value(True)),
        When(Exists(answers), then=Value(False)),
        default=Value(None),
        output_field=BooleanField(null=True),
    )
