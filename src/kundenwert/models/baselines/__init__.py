"""What one would forecast without a model, one file a rule: evidence for a model is that it beats these."""

from kundenwert.models.baselines._baseline import AbstractBaseline, Seen, Spread, spread_of

__all__ = ["AbstractBaseline", "Seen", "Spread", "spread_of"]
