"""The API's addresses, below /api/."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView

from frontend.api import datasets, machines, people, releases, selections, work

urlpatterns = [
    path("campaigns/<int:pk>/claim", work.Claim.as_view(), name="api_claim"),
    path("assignments/<int:pk>/submit", work.Submit.as_view(), name="api_submit"),
    path("assignments/<int:pk>/draft", work.Draft.as_view(), name="api_draft"),
    path("assignments/<int:pk>/heartbeat", work.Heartbeat.as_view(), name="api_heartbeat"),
    path("assignments/<int:pk>/skip", work.Skip.as_view(), name="api_skip"),
    path("assignments/<int:pk>/give-back", work.GiveBack.as_view(), name="api_give_back"),
    path("campaigns/<int:pk>/batch", people.BatchView.as_view(), name="api_batch"),
    path("campaigns/<int:pk>/machines", machines.MachineList.as_view(), name="api_machines"),
    path("assignments/<int:pk>/comments", people.CommentList.as_view(), name="api_comments"),
    path("submissions/<int:pk>/appeal", people.AppealCall.as_view(), name="api_appeal"),
    path("appeals/<int:pk>", people.Decision.as_view(), name="api_appeal_decision"),
    path("me/credits", people.MyCredits.as_view(), name="api_my_credits"),
    path("datasets/", datasets.DatasetList.as_view(), name="api_datasets"),
    path("datasets/<slug:slug>/", datasets.DatasetView.as_view(), name="api_dataset"),
    path("datasets/<slug:slug>/imports", datasets.ImportList.as_view(), name="api_imports"),
    path("datasets/<slug:slug>/runs", datasets.RunList.as_view(), name="api_runs"),
    path("datasets/<slug:slug>/makings", machines.MakingList.as_view(), name="api_makings"),
    path("datasets/<slug:slug>/selections", selections.SelectionList.as_view(), name="api_selections"),
    path("datasets/<slug:slug>/selections/<slug:name>", selections.SelectionView.as_view(), name="api_selection"),
    path("runs/<int:pk>", datasets.RunView.as_view(), name="api_run"),
    path("datasets/<slug:slug>/releases", releases.ReleaseList.as_view(), name="api_releases"),
    path("datasets/<slug:slug>/releases/<str:version>", releases.ReleaseView.as_view(), name="api_release"),
    path("schema", SpectacularAPIView.as_view(), name="api_schema"),
]
