"""The frozen records that travel between rooms: histories, spend histories, forecasts.

Arrays are numpy arrays of equal length; nothing changes them after they are made. Time is in days.
"""

from __future__ import annotations

from kundenwert.records.criteria import Calibration, Catalogue, Criterion, PointsOf, Reason, Scoring
from kundenwert.records.customer import Document, Explained, Part
from kundenwert.records.diagnostics import AlivePath, Density, FrequencyCounts, Gaps, Heterogeneity, Marginal, Matrix, Posterior
from kundenwert.records.evidence import (
    Backtest,
    Calendar,
    Comparison,
    Decile,
    HeldTotal,
    Level,
    MoneyScored,
    Origin,
    Scored,
    SpendEvidence,
    SpendScored,
    TotalForecast,
    Tracking,
)
from kundenwert.records.forecasts import Histories, Horizons, ModelCard, PurchaseForecast, SpendHistories
from kundenwert.records.lines import ClassTotal, FlagTotal, InputFile, Reconciliation
from kundenwert.records.notices import Notice
from kundenwert.records.readiness import GradedRun, Readiness, ReadinessReason, TableReadiness
from kundenwert.records.result import (
    CustomerResult,
    LossCause,
    LossMaker,
    RankChange,
    ResultLine,
    ResultLines,
    ResultStep,
    ResultTotals,
    Yardstick,
)
from kundenwert.records.result_workbook import ResultWorkbook, TogetherRow
from kundenwert.records.run import Concentration, MonthOfPurchases, RunFigures, Totals, ValueClass

__all__ = [
    "AlivePath",
    "Backtest",
    "Calendar",
    "Calibration",
    "Catalogue",
    "ClassTotal",
    "Comparison",
    "Concentration",
    "Criterion",
    "CustomerResult",
    "Decile",
    "Density",
    "Document",
    "Explained",
    "FlagTotal",
    "FrequencyCounts",
    "Gaps",
    "GradedRun",
    "HeldTotal",
    "Heterogeneity",
    "Histories",
    "Horizons",
    "InputFile",
    "Level",
    "LossCause",
    "LossMaker",
    "Marginal",
    "Matrix",
    "ModelCard",
    "MoneyScored",
    "MonthOfPurchases",
    "Notice",
    "Origin",
    "Part",
    "PointsOf",
    "Posterior",
    "PurchaseForecast",
    "RankChange",
    "Readiness",
    "ReadinessReason",
    "Reason",
    "Reconciliation",
    "ResultLine",
    "ResultLines",
    "ResultStep",
    "ResultTotals",
    "ResultWorkbook",
    "RunFigures",
    "Scored",
    "Scoring",
    "SpendEvidence",
    "SpendHistories",
    "SpendScored",
    "TableReadiness",
    "TogetherRow",
    "TotalForecast",
    "Totals",
    "Tracking",
    "ValueClass",
    "Yardstick",
]
