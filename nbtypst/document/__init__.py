"""What all cells show -> one tree of elements: numbered, linked, its pictures looked up."""

from .document import Document, Options, document_of, shared_options
from .letters import clean
from .structure import LEVELS, Part, headings
