"""Projects the app has been told of: those of the command line and those made in the browser."""

from __future__ import annotations

from pathlib import Path

from kundenwert.web.workspace.erase import forget_erased
from kundenwert.web.workspace.models import Project


def know(folder: Path) -> Project:
    """Remembers a project folder; the title is that of its project file, else the folder's name."""
    from kundenwert.flows import project as files

    title = files.read(folder).settings.title if (folder / files.FILE).is_file() else folder.name
    entry, _ = Project.objects.update_or_create(folder=str(folder.resolve()), defaults={"title": title or folder.name})
    forget_erased(folder)
    return entry
