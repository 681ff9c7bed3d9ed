"""What all targets have in common, with the usual values."""


class Target:
    """One target: its package, its settings in `config`, and what is known about it."""

    python = None  # the version of Python that it needs, if it is not any
    pins = ()  # versions of other packages that it needs
    keeps_digits = False  # whether it stores trailing zeros of numbers
    keeps_lines = False  # whether the rows of every run stay
    per_stream = False  # whether each stream is loaded once, in a run of its own
    losses = frozenset()  # what it does to values, by the names in `losses`

    def arguments(self, run):
        """What follows the config on the command line."""
        return []

    def complaints(self, stream):
        """What is wrong with the table as a whole."""
        return []
