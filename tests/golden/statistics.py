"""Makes statistics.json: what SciPy and statsmodels say of some samples, for src/stats.rs to be held against.

    python3 -m venv venv && venv/bin/pip install scipy statsmodels
    venv/bin/python tests/golden/statistics.py > tests/golden/statistics.json

Only what is exact on both sides is held against each other: no bootstrap, no drawn flips.
"""
import json
import sys

import numpy
import scipy
import statsmodels
from scipy import stats
from statsmodels.stats.multitest import multipletests

draws = numpy.random.default_rng(20260101)


def sample(n, shift):
    return [float(x) for x in numpy.round(draws.normal(shift, 1.0, n), 6)]


def sign_flip(differences):
    """Exact, two-sided: SciPy flips signs as it permutes pairs with zero."""
    test = stats.permutation_test(
        (differences,),
        numpy.mean,
        permutation_type="samples",
        n_resamples=numpy.inf,
        alternative="two-sided",
    )
    return float(test.pvalue)


samples = []
for n, shift in [(2, 0.5), (3, 0.0), (5, 0.3), (8, 0.8), (10, -0.4), (12, 0.25), (12, 0.0)]:
    values = sample(n, shift)
    samples.append(
        {
            "values": values,
            "mean": float(numpy.mean(values)),
            "sd": float(numpy.std(values, ddof=1)),
            "sem": float(stats.sem(values)),
            "quantiles": [[q, float(numpy.quantile(values, q))] for q in (0.025, 0.25, 0.5, 0.975)],
            "slope": float(stats.linregress(range(1, n + 1), values).slope),
            "sign_flip": sign_flip(values),
        }
    )

holm = []
for n in (1, 2, 3, 5, 9):
    p = [float(x) for x in numpy.round(draws.uniform(0, 0.2, n), 6)]
    holm.append({"p": p, "adjusted": [float(x) for x in multipletests(p, method="holm")[1]]})

json.dump(
    {
        "made_by": f"numpy {numpy.__version__}, scipy {scipy.__version__}, statsmodels {statsmodels.__version__}",
        "samples": samples,
        "holm": holm,
    },
    sys.stdout,
    indent=1,
)
print()
