"""What stops a start: each carries one sentence for the operator, which says what to do."""


class StartError(Exception):
    """The service cannot start; `str(error)` is a sentence for the person who runs it."""


class SettingsError(StartError):
    """A setting is wrong or missing; the sentence names its variable."""


class ServerError(StartError):
    """The database server cannot be started or reached."""


class SchemaError(StartError):
    """The database's schema is not the one this release works with."""
