"""Draws of BG/NBD by pymc-marketing, in its own environment: `python other_pymc.py FILE [DRAWS CHAINS]`.

FILE: lines of frequency, recency, T in days and customers (equal histories written out once for each customer, as it has no weights).
Its own default priors and sampler (NUTS); times are in weeks. Told are the seconds of sampling as PyMC counts them, tuning included
and compilation not, and the smallest effective number of a parameter by ArviZ.
"""

import json
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

warnings.filterwarnings("ignore")


def read(path):
    lines = [line.split(",") for line in Path(path).read_text(encoding="utf-8").splitlines() if line[:1].isdigit()]
    table = np.array(lines, dtype=float)
    table = np.repeat(table[:, :3], table[:, 3].astype(int), axis=0)
    weeks = {"frequency": table[:, 0], "recency": table[:, 1] / 7, "T": table[:, 2] / 7}
    return pd.DataFrame({"customer_id": np.arange(len(table)), **weeks})


def main(path, draws, chains):
    import arviz
    from pymc_marketing import clv

    data = read(path)
    options = {"chains": chains, "cores": 1, "random_seed": 1, "progressbar": False}
    model = clv.BetaGeoModel(data=data)
    model.build_model()
    model.fit(method="mcmc", draws=draws, tune=draws, **options)
    seconds = float(model.idata.posterior.attrs["sampling_time"])
    names = ["r", "alpha", "a", "b"]
    worth = arviz.ess(model.idata, var_names=names)
    effective = min(float(worth[name]) for name in names)
    means = {name: float(model.idata.posterior[name].mean()) for name in names}
    facts = {"customers": len(data), "seconds": seconds, "effective": effective, "effective_a_second": effective / seconds, "mean": means}
    print(json.dumps(facts))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 500, int(sys.argv[3]) if len(sys.argv) > 3 else 2)
