"""Tell the whole story on the shipped dataset with a simulated crowd; then serve what it made, or print it as JSON."""

from typing import Any

from core.management.base import embedded_servers
from core.serving import Address
from pipelines.actions.demo import tell
from pipelines.management.commands import up


class Command(up.Command):
    help = "The whole story: import, recorded drafts, a simulated crowd, release 0.1.0, baselines. With --json: no servers."

    def run(self, **options: Any) -> dict[str, Any] | None:
        if not self.as_json:
            return super().run(**{**options, "demo": True})
        with embedded_servers():
            up.prepare(self)
            return tell(by=up.the_admin(), told=self.say)

    def load(self, address: Address) -> None:
        """Tell the story, and say where to look at what it made."""
        story = tell(by=up.the_admin(), told=self.say)
        page = f"{address}d/{story['dataset']}/"
        self.say(f"The dataset:      {page}")
        self.say(f"The release:      {page}releases/{story['release']}/")
        self.say(f"The leaderboard:  {page}releases/{story['release']}/leaderboard/")
        self.say(f"Its files:        {story['folder']}")
