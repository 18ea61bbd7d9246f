"""The nouns of people's work, and under each the moves its status may make."""

from annotation.models.assignments import Assignment, FormerAnswer, Submission, Task
from annotation.models.browsing import SavedView, SearchEntry
from annotation.models.campaigns import Campaign, Guideline
from annotation.models.consensus import Consensus
from annotation.models.conversations import Appeal, Comment, Resolution
from annotation.models.credits import Credit
from annotation.models.datasets import Dataset, DatasetLanguage
from annotation.models.images import Image
from annotation.models.items import Item, Making, Reference
from annotation.models.members import Invitation, Member
from annotation.models.quality import Gold, Grade, Hold, Qualification, Review
from annotation.models.selections import Selected, Selection
from annotation.models.terms import Term
from annotation.models.units import Finding, Translation, Unit

__all__ = [
    "Appeal", "Assignment", "Campaign", "Comment", "Consensus", "Credit", "Dataset", "DatasetLanguage", "Finding", "FormerAnswer",
    "Gold", "Grade", "Guideline", "Hold", "Image", "Invitation", "Item", "Making", "Member", "Qualification", "Reference",
    "Resolution", "Review", "SavedView", "SearchEntry", "Selected", "Selection", "Submission", "Task", "Term", "Translation",
    "Unit",
]  # fmt: skip
