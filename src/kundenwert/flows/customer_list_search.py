"""Looking for a word in the texts of millions of customers at once: on bytes, without an object a customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# So many bytes are looked at in one go: they and what is found in them fit the cache.
_PART = 1 << 21


def holding(texts: NDArray[np.uint8], ends: NDArray[np.int64], word: bytes) -> NDArray[np.bool_]:
    """Which texts hold a word. texts: one after the other, shape (bytes,). ends: where each begins and the last ends, shape (n + 1,).

    The texts must end with a sign that no word holds: a word is never found across two of them.
    """
    import numpy as np

    mask = np.zeros(len(ends) - 1, dtype=bool)
    if not word:
        return ~mask
    for start in range(0, len(texts), _PART):
        found = _places(texts[start : start + _PART + len(word) - 1], word)
        if len(found):
            mask[np.searchsorted(ends, found + start, side="right") - 1] = True
    return mask


def _places(texts: NDArray[np.uint8], word: bytes) -> NDArray[np.intp]:
    """Where a word begins: the rarest of its letters is looked for, then its neighbours there."""
    import numpy as np

    last = len(texts) - len(word) + 1
    if last <= 0:
        return np.zeros(0, dtype=np.intp)
    counts = np.bincount(texts[::64], minlength=256)
    order = sorted(range(len(word)), key=lambda place: int(counts[word[place]]))
    found = np.flatnonzero(texts[order[0] : order[0] + last] == word[order[0]])
    for place in order[1:]:
        found = found[texts[found + place] == word[place]]
    return found
