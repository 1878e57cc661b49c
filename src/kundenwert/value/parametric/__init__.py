"""Customer value from a few parameters instead of a log: margin, retention, interest. One file a model; arrays broadcast.

Rates and retention are per period, margins money per period; each result says when its first margin falls due.
"""
