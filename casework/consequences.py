"""What an event may have in consequence beside the course of its application: people are told,
papers are drawn, signatures are checked. Each is slow work, and none waits for another."""

from casework import archive_notices, notice, support
from casework.document_signatures import CHECKING_KINDS
from casework.papers import DRAWING_KINDS

TELLING_KINDS = notice.TELLING_KINDS | archive_notices.KINDS | support.KINDS
"""The events that anybody is told about: of applications, archives and letters to support."""

ROUTED_KINDS = TELLING_KINDS | DRAWING_KINDS | CHECKING_KINDS
"""The events with any such consequence; the template filters the stream by them."""
