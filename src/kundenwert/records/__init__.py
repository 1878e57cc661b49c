"""The frozen records that travel between rooms: histories, spend histories, forecasts.

Arrays are numpy arrays of equal length; nothing changes them after they are made. Time is in days.
"""

from __future__ import annotations

from kundenwert.records.criteria import Calibration, Catalogue, Criterion, PointsOf, Reason, Scoring
from kundenwert.records.customer import (
    ChangeLine,
    Course,
    DataOf,
    Document,
    Explained,
    Part,
    Privacy,
    Quarter,
    Said,
    SourceUsed,
    ValueChange,
    WhatIf,
)
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
from kundenwert.records.suggestions import Suggestion

__all__ = [
    "AlivePath",
    "Backtest",
    "Calendar",
    "Calibration",
    "Catalogue",
    "ChangeLine",
    "ClassTotal",
    "Comparison",
    "Concentration",
    "Course",
    "Criterion",
    "CustomerResult",
    "DataOf",
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
    "Privacy",
    "PurchaseForecast",
    "Quarter",
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
    "Said",
    "Scored",
    "Scoring",
    "SourceUsed",
    "SpendEvidence",
    "SpendHistories",
    "SpendScored",
    "Suggestion",
    "TableReadiness",
    "TogetherRow",
    "TotalForecast",
    "Totals",
    "Tracking",
    "ValueChange",
    "ValueClass",
    "WhatIf",
    "Yardstick",
]
