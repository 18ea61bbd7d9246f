"""The contract of every plugin, whatever its kind: a new file is tested here without a new test."""

import pytest
from pydantic import ValidationError

from core.plugins import Plugin
from pipelines.registries import REGISTRIES

ALL = [
    pytest.param(registry, plugin, id=f"{kind}-{name}")
    for kind, registry in REGISTRIES.items()
    for name, plugin in registry.all.items()
]


def made(plugin: type[Plugin]) -> Plugin:
    return plugin(**plugin.example)


@pytest.mark.parametrize("kind", REGISTRIES)
def test_every_kind_has_a_plugin(kind):
    assert REGISTRIES[kind].all, f"no {kind} was found"


@pytest.mark.parametrize(("registry", "plugin"), ALL)
def test_a_plugin_is_rebuilt_from_its_spec(registry, plugin):
    one = made(plugin)
    again = registry.build(one.spec())
    assert again == one
    assert again.signature() == one.signature()


@pytest.mark.parametrize(("registry", "plugin"), ALL)
def test_a_plugin_is_frozen(registry, plugin):
    one = made(plugin)
    field = next(iter(plugin.model_fields), "anything")
    with pytest.raises(ValidationError):
        setattr(one, field, "changed")


@pytest.mark.parametrize(("registry", "plugin"), ALL)
def test_an_unknown_parameter_is_refused_by_name(registry, plugin):
    with pytest.raises(Exception, match="no_such_parameter"):
        registry.build({"name": plugin.name, "params": {**plugin.example, "no_such_parameter": 1}})


@pytest.mark.parametrize(("registry", "plugin"), ALL)
def test_a_plugin_says_what_it_is(registry, plugin):
    assert plugin.label.strip(), "a label is what people see"
    assert plugin.__doc__, "the first line of the docstring is its entry in docs/plugins.md"
    assert plugin.__doc__ != plugin.__base__.__doc__, "its own docstring, not the contract's"
    signature = made(plugin).signature()
    assert signature.startswith(plugin.name)
    assert "\n" not in signature and len(signature) <= 300


@pytest.mark.parametrize(("registry", "plugin"), ALL)
def test_every_parameter_is_in_the_signature(registry, plugin):
    signature = made(plugin).signature()
    missing = [field for field in plugin.model_fields if f"|{field}:" not in signature]
    assert not missing, f"two different {plugin.name} would sign alike: {missing}"
