"""Static files under hashed names, in the imports of our JavaScript modules too: no version mixes with another."""

from whitenoise.storage import CompressedManifestStaticFilesStorage

IMPORTS = (
    (r'(?P<matched>from "(?P<url>\.{1,2}/[^"]+)")', 'from "%(url)s"'),
    (r'(?P<matched>import\("(?P<url>\.{1,2}/[^"]+)"\))', 'import("%(url)s")'),
)


class ModuleStorage(CompressedManifestStaticFilesStorage):
    """WhiteNoise's storage with two more patterns. Django's own switch for this reads the comments of vendored files as imports."""

    patterns = (*CompressedManifestStaticFilesStorage.patterns, ("frontend/js/*.js", IMPORTS))
