"""Pictures of a notebook as files, and what else its cells bring along: remarks."""

from .collected import Collected, Remarks
from .files import OUTSIDE, OutsideError, allowed, content
from .pictures import Picture, PictureError, from_bytes, from_mime, from_source
