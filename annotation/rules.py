"""What a campaign asks of its people's quality, as it is written in YAML: the test before the work, and the bound while they work."""

from pydantic import BaseModel, ConfigDict, Field


class QualityRule(BaseModel):
    """Pause a person in a language once their accuracy on gold is below the bound beyond doubt, after so many graded answers."""

    model_config = ConfigDict(extra="forbid")

    pause_below: float = Field(gt=0, lt=1)
    after: int = Field(10, ge=1, le=1000)


class QualificationRule(BaseModel):
    """Training with feedback, then a test without, for each person and language, before real work."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    training: int = Field(5, ge=0, le=200)
    test: int = Field(10, ge=1, le=200)
    mark: float = Field(0.8, gt=0, le=1, alias="pass")
    tries: int = Field(2, ge=1, le=20)
    days: int = Field(180, ge=1, le=3650)
