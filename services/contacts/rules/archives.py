"""ZIP archives, as office documents and workbooks are."""

import zlib
from typing import Final
from zipfile import BadZipFile

BROKEN: Final = (BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError, ValueError)
"""What reading one raises that is damaged, encrypted or packed in a way that is not known."""
