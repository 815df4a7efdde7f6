"""
What is refused about exports.
"""

from upheld.core.errors import UpheldError


class ExportError(UpheldError):
    """
    An export that cannot be asked for, or a file that is not there.
    """
