"""Pictures of a notebook as files, and what else it brings along: remarks, an own look."""

from .collected import Collected, Remarks
from .files import OUTSIDE, OutsideError, allowed, content
from .look import Look, chosen_look, named_look
from .pictures import Picture, PictureError, from_bytes, from_mime, from_source
