"""A plugin's fields are its parameters; a registry finds files, and names the broken ones."""

import sys
from typing import ClassVar

import pytest

from core.errors import Invalid
from core.plugins import BrokenPlugin, Plugin, Registry

ONE = '''"""A plugin."""
from typing import ClassVar
from core.plugins import Plugin
class Length(Plugin):
    """Looks at lengths."""
    name: ClassVar[str] = "{name}"
    label: ClassVar[str] = "Length"
    low: float = 0.4
    tags: tuple[str, ...] = ()
'''


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A package of its own for each test."""
    package = tmp_path / f"plugins_{abs(hash(tmp_path))}"
    package.mkdir()
    (package / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    yield package
    for name in [name for name in sys.modules if name.startswith(package.name)]:
        del sys.modules[name]


def registry(package) -> Registry:
    return Registry("check", package.name, Plugin)


def test_a_signature_names_every_parameter(folder):
    (folder / "length.py").write_text(ONE.format(name="length"))
    plugin = registry(folder).build({"name": "length", "params": {"tags": ["a", "b"]}})
    assert plugin.signature() == "length|v:1|low:0.4|tags:a,b"


def test_a_new_file_is_found_without_being_listed(folder):
    found = registry(folder)
    (folder / "length.py").write_text(ONE.format(name="length"))
    (folder / "_helpers.py").write_text("raise RuntimeError('no plugin, never imported')")
    assert list(found.all) == ["length"]


def test_a_missing_library_makes_a_plugin_unavailable_and_says_how_to_have_it(folder):
    (folder / "neural.py").write_text("import no_such_library_at_all\n")
    found = registry(folder)
    assert found.all == {}
    with pytest.raises(Invalid, match="requirements-gpu.txt"):
        found.get("neural")


def test_two_plugins_of_one_name_are_a_named_start_up_error(folder):
    (folder / "a.py").write_text(ONE.format(name="length"))
    (folder / "b.py").write_text(ONE.format(name="length"))
    with pytest.raises(BrokenPlugin, match=r"b.*length.*taken"):
        registry(folder).all  # noqa: B018


def test_a_file_without_a_plugin_is_a_named_start_up_error(folder):
    (folder / "empty.py").write_text("")
    with pytest.raises(BrokenPlugin, match="empty"):
        registry(folder).all  # noqa: B018


def test_a_wrong_parameter_is_refused_with_its_name_and_reason(folder):
    (folder / "length.py").write_text(ONE.format(name="length"))
    with pytest.raises(Invalid) as refused:
        registry(folder).build({"name": "length", "params": {"low": "short"}})
    assert "low" in refused.value.errors


def test_an_unknown_name_is_refused_with_the_names_there_are(folder):
    (folder / "length.py").write_text(ONE.format(name="length"))
    with pytest.raises(Invalid, match="there is length"):
        registry(folder).build("width")


def test_entry_points_join_the_registry(folder, monkeypatch):
    class Point:
        value = f"{folder.name}.length"

    (folder / "length.py").write_text(ONE.format(name="length"))
    empty = Registry("check", "tests.core", Plugin)
    monkeypatch.setattr("core.plugins.pkgutil.iter_modules", lambda path: [])
    monkeypatch.setattr("core.plugins.entry_points", lambda group: [Point] if group == "dragoman.check" else [])
    assert list(empty.all) == ["length"]


def test_the_contract_itself_is_no_plugin():
    class Contract(Plugin):
        note: ClassVar[str] = ""

    assert not hasattr(Contract, "name")
