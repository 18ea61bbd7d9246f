"""Static files under hashed names, in the imports of JavaScript modules too: no version mixes with another."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleStorage(CompressedManifestStaticFilesStorage):
    """WhiteNoise's storage, with Django's rewriting of ``import`` switched on."""

    support_js_module_import_aggregation = True
