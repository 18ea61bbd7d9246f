"""A plugin is one file with one frozen class: its fields are its parameters, and from them come form, schema and signature."""

import ast
import importlib
import inspect
import pkgutil
import textwrap
from functools import cache, cached_property
from importlib.metadata import entry_points
from itertools import pairwise
from typing import Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from core.errors import Invalid
from core.hashing import digest
from core.told import listed, told
from core.wrong import places


class Plugin(BaseModel):
    """One thing of one kind. Pure and frozen; ``spec()`` rebuilds it, ``signature()`` names it wherever its work is shown."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    # Else a page that shows a plugin's label would make one first.
    do_not_call_in_templates: ClassVar[bool] = True

    name: ClassVar[str]
    label: ClassVar[str]
    version: ClassVar[str] = "1"
    example: ClassVar[dict[str, Any]] = {}
    """Parameters the contract tests build it with, so that a new file is tested without a new test."""

    @classmethod
    def about(cls) -> str:
        """What it is, in the first line of its docstring."""
        return (cls.__doc__ or "").strip().partition("\n")[0]

    @classmethod
    def helps(cls) -> dict[str, str]:
        """What each parameter means, by its name: the docstring below it."""
        return _docstrings(cls)

    def spec(self) -> dict[str, Any]:
        """``{name, version, params}``: enough for `Registry.build` to make the same plugin again."""
        return {"name": self.name, "version": self.version, "params": self.model_dump(mode="json")}

    def signature(self) -> str:
        """The spec as one line in sacreBLEU's manner: ``length|v:1|low:0.4|high:2.5``."""
        params = "".join(f"|{k}:{_short(v)}" for k, v in sorted(self.model_dump(mode="json").items()))
        return f"{self.name}|v:{self.version}{params}"


@cache
def _docstrings(cls: type[Plugin]) -> dict[str, str]:
    """Read when somebody asks: pydantic's own reading of all plugins would take seconds of every start."""
    found: dict[str, str] = {}
    for one in reversed([one for one in cls.__mro__ if issubclass(one, Plugin)]):
        body = ast.parse(textwrap.dedent(inspect.getsource(one))).body[0].body
        for field, below in pairwise(body):
            if isinstance(field, ast.AnnAssign) and isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant):
                found[field.target.id] = inspect.cleandoc(below.value.value)
    return {name: said for name, said in found.items() if name in cls.model_fields}


def _short(value: Any) -> str:
    """A parameter in a signature: plain values are readable, anything nested is named by its hash."""
    parts = value if isinstance(value, list) else [value]
    return digest(value)[:8] if any(isinstance(part, dict | list) for part in parts) else ",".join(map(str, parts))


class BrokenPlugin(RuntimeError):
    """A plugin file that cannot be used, with its name and why; raised at start-up, not in the middle of a run."""


P = TypeVar("P", bound=Plugin)


class Registry(Generic[P]):
    """All plugins of one kind: one package, one class a file, found when first asked for; entry points join as ``dragoman.<kind>``."""

    def __init__(self, kind: str, package: str, contract: type[P]) -> None:
        self.kind, self.package, self.contract = kind, package, contract

    @cached_property
    def _found(self) -> tuple[dict[str, type[P]], dict[str, str]]:
        plugins: dict[str, type[P]] = {}
        missing: dict[str, str] = {}
        folder = importlib.import_module(self.package)
        files = [f"{self.package}.{m.name}" for m in pkgutil.iter_modules(folder.__path__) if not m.name.startswith("_")]
        files += [point.value for point in entry_points(group=f"dragoman.{self.kind}")]
        for file in files:
            try:
                module = importlib.import_module(file)
            except ModuleNotFoundError as error:
                if (error.name or "").split(".")[0] in ("core", "annotation", "pipelines"):
                    raise BrokenPlugin(f"{self.kind} {file}: {error}") from error
                missing[file.rpartition(".")[2]] = told(
                    "unavailable: pip install -r requirements-gpu.txt (needs {module})", module=error.name
                )
                continue
            for plugin in self._plugins_in(module, file):
                if plugin.name in plugins:
                    raise BrokenPlugin(f"{self.kind} {file}: the name {plugin.name!r} is taken by {plugins[plugin.name].__module__}")
                plugins[plugin.name] = plugin
        return dict(sorted(plugins.items())), missing

    def _plugins_in(self, module: Any, file: str) -> list[type[P]]:
        found = [
            c for c in vars(module).values()
            if isinstance(c, type) and issubclass(c, self.contract) and c.__module__ == module.__name__ and hasattr(c, "name")
        ]  # fmt: skip
        if len(found) != 1:
            raise BrokenPlugin(f"{self.kind} {file}: one plugin class a file, found {len(found)}")
        return found

    @property
    def all(self) -> dict[str, type[P]]:
        """Name to class, in order of name."""
        return self._found[0]

    @property
    def unavailable(self) -> dict[str, str]:
        """Name to how it could be had."""
        return self._found[1]

    def get(self, name: str) -> type[P]:
        """The class of that name; `Invalid`, naming what there is, when there is none."""
        if name in self.all:
            return self.all[name]
        if why := self.unavailable.get(name):
            raise Invalid(told("No {kind} {name!r}: {why}.", kind=told(self.kind), name=name, why=why))
        raise Invalid(told("No {kind} {name!r}: there is {known}.", kind=told(self.kind), name=name, known=", ".join(self.all) or "none"))

    def build(self, spec: str | dict[str, Any]) -> P:
        """A plugin from its spec or its bare name; `Invalid` with the field and the reason when a parameter is wrong."""
        spec = {"name": spec} if isinstance(spec, str) else spec
        plugin = self.get(spec.get("name", ""))
        try:
            return plugin(**spec.get("params", {}))
        except ValidationError as error:
            errors = places(error, plugin.name)
            raise Invalid(told(
                "{kind} {name}: {problems}",
                kind=told(self.kind), name=plugin.name, problems=listed(errors, of=": "),
            ), errors) from error
