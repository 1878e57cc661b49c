"""Where uploaded bytes go while they arrive: nowhere for who may not import, and never more than the limit."""

from __future__ import annotations

import tempfile
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from kundenwert.flows.upload import Limits
from kundenwert.web.rights import allows

LIMITS = Limits()
# Other pages take small files at most; what comes before sign-in is dropped.
_ELSEWHERE = 25 << 20
_MINE = "imports:"
# What a form adds around its files.
_AROUND = 1 << 20


class GuardedUploads(FileUploadHandler):
    """Writes files beside the drafts, so that moving them costs nothing. The first of the upload handlers."""

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, boundary: Any, encoding: Any = None) -> None:
        """Refuses a request that is too large before it is read."""
        match, user = getattr(self.request, "resolver_match", None), getattr(self.request, "user", None)
        name = match.view_name if match else ""
        self._is_welcome = bool(user is not None and user.is_authenticated and allows(name, user))
        limit = LIMITS.bytes_of_all if self._is_welcome and name.startswith(_MINE) else _ELSEWHERE
        if content_length > limit + _AROUND:
            raise RequestDataTooBig

    def new_file(self, *arguments: Any, **named: Any) -> None:
        """Opens a file without a name of its own below the drafts."""
        super().new_file(*arguments, **named)
        settings.HOME.drafts.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = tempfile.TemporaryFile(dir=settings.HOME.drafts)  # noqa: SIM115 (closed with the request)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keeps the bytes; those of somebody who may not send them are dropped. None: no other handler gets them."""
        if self._is_welcome:
            self._file.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile[Any]:
        """The whole file."""
        self._file.seek(0)
        return UploadedFile(self._file, self.file_name, self.content_type, file_size if self._is_welcome else 0, self.charset)
