"""What measurements say of actions: full effects told by those held out, joined with what was assumed, kept for the next plan.

Each measurement is kept beside its plan (`plans/<id>/measured-<n>.json`; of a campaign in `plans/campaigns/`). What is believed of an
action is what the project file assumes, joined by Bayes with the newest measurement of each plan and campaign: a plan that is measured
again after more time counts once.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

from kundenwert.flows import plan_settings
from kundenwert.flows.actions import Measured as Believed
from kundenwert.flows.actions import effect_as_json, keep_effect
from kundenwert.records.measured import Learned, Measured
from kundenwert.records.plans import Action, Curve, Effect
from kundenwert.runs import plans_store, storage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kundenwert.stats.experiments import Uplift

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Texts = NDArray[np.str_]

CAMPAIGNS = "campaigns"
# With fewer in a group nothing is learned of an action.
LEAST = 20
_TO_95 = 1.6448536269514722
_SHARES = ("chance", "orders", "spend")


@final
@dataclass(frozen=True)
class Told:
    """The compared customers as arrays (n,): treated or held out, their action ("" for several), how often, segment, money spent on them,
    what they brought since, and what was foreseen of it (by the plan's run, else what they brought before).
    """

    treated: Flags
    action: Texts
    times: Floats
    cost: Floats
    segment: Texts
    money: Floats
    orders: Floats
    money_foreseen: Floats
    orders_foreseen: Floats

    @classmethod
    def of(cls, found: Mapping[str, NDArray[Any]]) -> Told:
        """From the columns of value/plans/outcomes.sql."""
        return cls(
            found["treated"], found["action"], found["times"], found["cost"], found["segment"], found["money"], found["orders"],
            _foreseen(found["money_foreseen"], found["money_before"]), _foreseen(found["orders_foreseen"], found["orders_before"]),
        )  # fmt: skip

    def only(self, rows: Flags) -> Told:
        """Some of them."""
        return Told(**{name: values[rows] for name, values in vars(self).items()})

    def uplift(self, values: Floats, foreseen: Floats, level: float) -> Uplift:
        """Treated against held out, with the forecast."""
        from kundenwert.stats.experiments import with_forecast

        treated = self.treated
        return with_forecast(values[treated], values[~treated], foreseen[treated], foreseen[~treated], level=level)

    def by_segment(self, least: int) -> Iterator[tuple[str, Told]]:
        """Each segment with at least so many on both sides."""
        import numpy as np

        for name in np.unique(self.segment).tolist():
            part = self.only(self.segment == name)
            if name and min(part.treated.sum(), (~part.treated).sum()) >= least:
                yield name, part


def _foreseen(forecast: Floats, before: Floats) -> Floats:
    """The forecast where there is one at all; who has none counts as the mean."""
    import numpy as np

    known = np.isfinite(forecast)
    if not known.any():
        return before
    return np.where(known, forecast, forecast[known].mean())


def learn(
    folder: Path,
    name: str,
    told: Told,
    *,
    since: date,
    until: date,
    stored: plans_store.StoredPlan | None,
    action: str | None,
    level: float,
) -> tuple[Learned, ...]:
    """What the measurement says of each action that stands alone with enough customers, and what is believed now.

    An action whose effect cannot be seen in so short a time (the chance to stay) or that the project does not know is passed over.
    """
    known = plan_settings.of_folder(folder).actions
    names = [action] if action else sorted(set(told.action.tolist()) - {""})
    found = []
    for one in names:
        part = told.only(told.action == one)
        if one not in known or min(part.treated.sum(), (~part.treated).sum()) < LEAST:
            continue
        if learned := _learned(folder, name, known[one].action, part, (until - since).days, stored, level):
            found.append(learned)
    return tuple(found)


def _learned(
    folder: Path, name: str, action: Action, part: Told, days: int, stored: plans_store.StoredPlan | None, level: float
) -> Learned | None:
    measured = full_effect(action, part, days, level)
    if measured is None:
        return None
    others = [one for one in evidence(folder, action.name) if one[0] != name]
    after = _believed(action, [(found, error) for _, found, error in others] + [measured])
    segments = (
        tuple(_of_segments(action, after, part, days, level)) if stored is not None and stored.content["settings"].get("segment") else ()
    )
    return Learned(action.name, action.changes, len(part.treated), *measured, action.effect, after, len(others) + 1, segments)


def full_effect(action: Action, part: Told, days: int, level: float = 0.9) -> tuple[float, float] | None:
    """The full effect of an action (`records.Effect`) told by these customers, and its standard error; None where it cannot be told."""
    from kundenwert.stats.experiments import relative, share_left

    if action.changes == "retention":
        return None
    if action.changes == "money":
        found = part.uplift(part.money, part.money_foreseen, level)
        share, error = found.difference, found.error
    elif action.changes == "chance":
        found = part.uplift((part.orders > 0).astype(float), part.orders_foreseen, level)
        share, error = found.difference, found.error
    else:
        values, foreseen = (part.orders, part.orders_foreseen) if action.changes == "orders" else (part.money, part.money_foreseen)
        found = part.uplift(values, foreseen, level)
        share, error = relative(found)
    scale = _strength(action.curve, part.times[part.treated]) * share_left(action.half_life_days, days)
    if not (math.isfinite(share) and math.isfinite(error) and error > 0 and scale > 0):
        return None
    return share / scale, error / scale


def _strength(curve: Curve, times: Floats) -> float:
    """The share of the full effect that so many actions have, on average, none at all included; small effects of one kind add up."""
    from kundenwert.decisions._response import share

    return float(times.mean() if curve.kind == "each" else share(curve, curve.rate, times).mean())


def _believed(action: Action, measured: list[tuple[float, float]]) -> Effect:
    """What is assumed of an action joined with what was measured; where nobody knows anything, what was measured alone."""
    from kundenwert.stats.experiments import updated

    prior = action.effect
    if prior.source == "none" or prior.high == prior.low:
        weights = [1 / error**2 for _, error in measured]
        likely = sum(weight * found for weight, (found, _) in zip(weights, measured, strict=True)) / sum(weights)
        half = _TO_95 / math.sqrt(sum(weights))
        sizes = likely - half, likely, likely + half
    else:
        sizes = prior.low, prior.likely, prior.high
        for found, error in measured:
            sizes = updated(*sizes, found, error)
    return _effect(action, sizes)


def _effect(action: Action, sizes: tuple[float, float, float]) -> Effect:
    """An effect that was measured; shares stay between -1 and 1."""
    low, likely, high = (max(-1.0, min(1.0, size)) for size in sizes) if action.changes in _SHARES else sizes
    return Effect(low, likely, high, "experiment")


def _of_segments(action: Action, after: Effect, part: Told, days: int, level: float) -> Iterator[tuple[str, Effect]]:
    """Effects of segments: their own figures drawn to each other, joined with what is believed of all."""
    import numpy as np

    from kundenwert.stats.experiments import shrunk

    found = [(name, full_effect(action, own, days, level)) for name, own in part.by_segment(LEAST)]
    known = [(name, told) for name, told in found if told]
    if len(known) < 2:
        return
    means, errors = shrunk(np.array([told[0] for _, told in known]), np.array([told[1] for _, told in known]))
    for (name, _), mean, error in zip(known, means.tolist(), errors.tolist(), strict=True):
        yield name, _effect(action, (mean - _TO_95 * error, mean, mean + _TO_95 * error))


# ---- what is kept ------------------------------------------------------------------------------------------------------


def keep(folder: Path, measured: Measured, stored: plans_store.StoredPlan | None, clock: datetime) -> Path:
    """Writes a measurement beside its plan, and what is believed of its actions now for the next plan. No customer is named."""
    parent, stem = _place(folder, measured.name, stored)
    parent.mkdir(parents=True, exist_ok=True)
    path = parent / f"{stem}-{len(_numbered(parent, stem)) + 1}.json"
    storage.write_json(path, {"measured": clock.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), **as_json(measured)})
    for one in measured.learned:
        keep_effect(folder, one.action, Believed(one.after, dict(one.segments), measured.name))
    return path


def _place(folder: Path, name: str, stored: plans_store.StoredPlan | None) -> tuple[Path, str]:
    if stored is not None:
        return stored.folder, "measured"
    # The name of a campaign may hold signs that a file cannot bear.
    return plans_store.plans_folder(folder) / CAMPAIGNS, hashlib.sha256(name.encode()).hexdigest()[:12]


def _numbered(parent: Path, stem: str) -> list[Path]:
    """The measurements of one plan or campaign, oldest first."""
    return sorted(parent.glob(f"{stem}-*.json"), key=lambda path: int(path.stem.rpartition("-")[2]))


def measurements(folder: Path) -> list[dict[str, Any]]:
    """The newest measurement of each plan and campaign."""
    plans = plans_store.plans_folder(folder)
    found = [_numbered(plans / name, "measured") for name in plans_store.names(folder)]
    campaigns = plans / CAMPAIGNS
    stems = sorted({path.stem.rpartition("-")[0] for path in campaigns.glob("*-*.json")}) if campaigns.is_dir() else []
    found += [_numbered(campaigns, stem) for stem in stems]
    return [storage.read_json(paths[-1]) for paths in found if paths]


def evidence(folder: Path, action: str) -> list[tuple[str, float, float]]:
    """What each plan and campaign says of an action: its name, the full effect, the standard error."""
    return [
        (content["name"], one["measured"], one["error"])
        for content in measurements(folder)
        for one in content["learned"]
        if one["action"] == action
    ]


def as_json(measured: Measured) -> dict[str, Any]:
    """A measurement for files and programs."""
    content = {name: value for name, value in asdict(measured).items() if name not in {"learned", "notices", "since", "until"}}
    learned = [
        {
            **{name: getattr(one, name) for name in ("action", "changes", "customers", "measured", "error", "evidence")},
            "before": effect_as_json(one.before),
            "after": effect_as_json(one.after),
            "segments": {name: effect_as_json(effect) for name, effect in one.segments},
        }
        for one in measured.learned
    ]
    notices = [{"key": one.key, "text": one.text, "values": dict(one.values)} for one in measured.notices]
    return {**content, "since": measured.since.isoformat(), "until": measured.until.isoformat(), "learned": learned, "notices": notices}
