"""Static files under hashed names, in the imports of our JavaScript modules too: no version mixes with another."""

from whitenoise.storage import CompressedManifestStaticFilesStorage

IMPORT = (r'(?P<matched>from "(?P<url>\./[^"]+)")', 'from "%(url)s"')


class ModuleStorage(CompressedManifestStaticFilesStorage):
    """WhiteNoise's storage with one more pattern. Django's own switch for this reads the comments of vendored files as imports."""

    patterns = (*CompressedManifestStaticFilesStorage.patterns, ("frontend/js/*.js", (IMPORT,)))
