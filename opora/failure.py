"""Why a command could not be carried out, in one sentence that says how to mend it."""


class Failure(Exception):
    pass
