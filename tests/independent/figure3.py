"""Figure 3's meta condition in plain NumPy, written from the method's description alone: a second opinion.

Nothing here is shared with the crate, random numbers least of all. figure3.json is what it gave on MNIST:

    python3 figure3.py check DIR              its observe step against conformance vectors, in float64
    python3 figure3.py run MNIST 0 40 > FILE  one line of JSON for each seed
"""

import gzip
import json
import pathlib
import sys

import numpy as np

SILENT = 1e-12


class Net:
    """Shapes: the trunk bottom-up, the pathways L and R on top of it, then each head's matrix from L and from R."""

    def __init__(self, inputs, hidden, pathways, heads, k_fraction):
        widths = [inputs, *hidden]
        self.trunk, self.heads = len(hidden), len(heads)
        self.shapes = list(zip(widths[1:], widths)) + [(p, widths[-1]) for p in pathways]
        self.layers = len(self.shapes)
        self.k = [max(1, int(np.floor(k_fraction * units))) for units, _ in self.shapes]
        self.shapes += [(h, p) for h in heads for p in pathways]


def unit_rows(h):
    n = np.sqrt((h * h).sum(1, keepdims=True))
    return h / np.maximum(n, h.dtype.type(SILENT)), n


def forward(net, weights, beta, images, without=()):
    u, _ = unit_rows(images)
    layers = []
    for i in range(net.layers):
        z = u @ weights[i].T
        c = np.sort(z, axis=1)[:, -net.k[i]][:, None]
        h = np.maximum(z - beta[i] * c, 0)
        out, n = unit_rows(h)
        layers.append(dict(u=u, c=c, h=h, out=out, n=n))
        if i < net.trunk:
            u = out
    tops = [layer["out"] for layer in layers[net.trunk:]]
    logits = []
    for head in range(net.heads):
        at = net.layers + 2 * head
        logits.append(sum(t @ weights[at + p].T for p, t in enumerate(tops) if p not in without))
    return layers, tops, logits


def through(layer, e):
    """The gradient at the drive from that at the unit-length output; c is a constant."""
    n = np.maximum(layer["n"], e.dtype.type(SILENT))
    d = (e - layer["out"] * (layer["out"] * e).sum(1, keepdims=True)) / n
    return np.where((layer["h"] > 0) & (layer["n"] > SILENT), d, 0).astype(e.dtype)


def backward(net, weights, seen, labels):
    """The mean loss, and for each matrix (delta, u): its gradient is delta^T u."""
    layers, tops, logits = seen
    count = len(labels[0])
    rows = np.arange(count)
    out = [None] * len(weights)
    at_tops, loss = [0, 0], 0.0
    for head, (z, y) in enumerate(zip(logits, labels)):
        z = z - z.max(1, keepdims=True)
        p = np.exp(z)
        mass = p.sum(1, keepdims=True)
        loss += float((np.log(mass[:, 0]) - z[rows, y]).mean())
        d = p / mass
        d[rows, y] -= 1
        d /= count
        for p, t in enumerate(tops):
            m = net.layers + 2 * head + p
            out[m] = (d, t)
            at_tops[p] = at_tops[p] + d @ weights[m]
    e = 0
    for p, i in enumerate(range(net.trunk, net.layers)):
        d = through(layers[i], at_tops[p])
        out[i] = (d, layers[i]["u"])
        e = e + d @ weights[i]
    for i in range(net.trunk - 1, -1, -1):
        d = through(layers[i], e)
        out[i] = (d, layers[i]["u"])
        e = d @ weights[i]
    return loss, out


def observe(net, state, current, replay, eta_alpha, eta_beta, clip):
    """One observe step; current and replay are (images, labels of each head), replay None if there is none."""
    weights, alpha, beta = state["weights"], state["alpha"], state["beta"]
    kind = weights[0].dtype
    rate, steps = np.maximum(alpha, 0), len(current[0])
    fast = [w.copy() for w in weights]
    images, labels = current if replay is None else (
        np.concatenate([replay[0], current[0]]),
        [np.concatenate(both) for both in zip(replay[1], current[1])],
    )
    inner = [([], []) for _ in weights]
    terms = [([], []) for _ in weights]
    d_alpha, d_beta, loss = np.zeros(len(weights)), np.zeros(net.layers), 0.0
    for j in range(steps):
        one = [y[j:j + 1] for y in current[1]]
        _, g = backward(net, fast, forward(net, fast, beta, current[0][j:j + 1]), one)
        for m, (d, u) in enumerate(g):
            fast[m] -= (rate[m] * d).T * u
            inner[m][0].append(d[0])
            inner[m][1].append(u[0])
        seen = forward(net, fast, beta, images)
        part, big = backward(net, fast, seen, labels)
        loss += part / steps
        for m, (d, u) in enumerate(big):
            terms[m][0].append(d)
            terms[m][1].append(u)
            if alpha[m] > 0:
                d_alpha[m] -= float(((d @ np.array(inner[m][0]).T) * (u @ np.array(inner[m][1]).T)).sum()) / steps
        for i in range(net.layers):
            d_beta[i] -= float((big[i][0] * seen[0][i]["c"]).sum()) / steps
    d_weights = [np.concatenate(d).T @ np.concatenate(u) / kind.type(steps) for d, u in terms]

    def scale(square):
        return min(1.0, clip / (np.sqrt(square) + 1e-6))

    at_weights = scale(sum(float(np.vdot(g, g)) for g in d_weights))
    alpha -= (eta_alpha * scale((d_alpha ** 2).sum()) * d_alpha).astype(kind)
    beta -= (eta_beta * scale((d_beta ** 2).sum()) * d_beta).astype(kind)
    for w, g, a in zip(weights, d_weights, alpha):
        w -= kind.type(max(a, 0) * at_weights) * g
    return loss


def idx(path):
    data = gzip.open(path).read()
    shape = [int.from_bytes(data[4 + 4 * i:8 + 4 * i], "big") for i in range(data[3])]
    return np.frombuffer(data, np.uint8, offset=4 + 4 * data[3]).reshape(shape)


def rotated(images, degrees):
    """Counter-clockwise as seen, bilinear, zero outside, about (13.5, 13.5)."""
    turn = np.deg2rad(degrees)
    row, column = np.mgrid[0:28, 0:28] - 13.5
    x = column * np.cos(turn) - row * np.sin(turn) + 13.5
    y = column * np.sin(turn) + row * np.cos(turn) + 13.5
    x0, y0 = np.floor(x).astype(int), np.floor(y).astype(int)
    out = np.zeros((len(images), 28, 28))
    for dy in (0, 1):
        for dx in (0, 1):
            yy, xx = y0 + dy, x0 + dx
            inside = (yy >= 0) & (yy < 28) & (xx >= 0) & (xx < 28)
            part = (y - y0 if dy else 1 - (y - y0)) * (x - x0 if dx else 1 - (x - x0)) * inside
            out += part * images[:, yy.clip(0, 27), xx.clip(0, 27)]
    return out.reshape(len(images), 784)


def run(mnist, seed, tasks=20, per_task=100, batch=5, replay=5, memory=200):
    rng = np.random.default_rng(seed)
    images = idx(mnist / "train-images-idx3-ubyte.gz")
    digits = idx(mnist / "train-labels-idx1-ubyte.gz")
    items = np.arange(tasks * per_task)
    net = Net(784, [250] * 3, [1000, 250], [10, len(items)], 0.01)
    kind = np.float32
    state = dict(
        weights=[(rng.standard_normal(s) * np.sqrt(2 / s[1])).astype(kind) for s in net.shapes],
        alpha=np.full(len(net.shapes), 0.15, kind),
        beta=np.full(net.layers, 0.01, kind),
    )
    inputs, labels = [], []
    for t in range(tasks):
        angle = rng.uniform(9 * t, 9 * t + 9)
        chosen = rng.choice(len(images), per_task, replace=False)
        inputs.append((rotated(images[chosen].astype(float), angle) / 255).astype(kind))
        labels.append(digits[chosen].astype(int))
    inputs, labels = np.concatenate(inputs), np.concatenate(labels)
    order = np.concatenate([t * per_task + rng.permutation(per_task) for t in range(tasks)])
    held, age = [], 0

    def take(which):
        return inputs[which], [labels[which], items[which]]

    for i in range(0, len(order), batch):
        now = order[i:i + batch]
        before = [held[q] for q in rng.integers(0, len(held), replay)] if held else None
        observe(net, state, take(now), before and take(before), 0.002, 0.2, 2.0)
        for sample in now:
            age += 1
            if len(held) < memory:
                held.append(sample)
            elif (place := rng.integers(0, age + 1)) < memory:
                held[place] = sample

    def read(without=()):
        _, _, logits = forward(net, state["weights"], state["beta"], inputs, without)
        return [float((z.argmax(1) == y).mean()) for z, y in zip(logits, (labels, items))]

    layers, _, _ = forward(net, state["weights"], state["beta"], inputs)
    return dict(
        seed=seed, active=[float((x["h"] > 0).mean()) for x in layers],
        alpha=state["alpha"].tolist(), beta=state["beta"].tolist(),
        intact=read(), without_l=read((0,)), without_r=read((1,)),
    )


def check(path):
    """Takes one vector's network through its steps; the largest deviation, relative to a tensor's largest entry."""
    vector = json.loads(path.read_text())
    c, start = vector["config"], vector["initial"]
    net = Net(c["inputs"], c["hidden"], c["pathways"], [c["classes"], c["items"]], c["k_fraction"])
    state = {name: np.array(start[name], float) for name in ("alpha", "beta")}
    state["weights"] = [np.array(w, float) for w in start["weights"]]
    images = np.array(vector["images"], float)
    labels = [np.array(vector["labels"]), np.array(vector["item_labels"])]
    worst = 0.0
    for step, after in zip(vector["steps"], vector["after"]):
        now, before = ((images[s], [y[s] for y in labels]) if s else None for s in (step["current"], step["replay"]))
        loss = observe(net, state, now, before, c["eta_alpha"], c["eta_beta"], c["clip_norm"])
        pairs = [(loss, after["meta_loss"]), (state["alpha"], after["alpha"]), (state["beta"], after["beta"])]
        pairs += zip(state["weights"], after["weights"] or [])
        for ours, theirs in pairs:
            theirs = np.asarray(theirs, float)
            worst = max(worst, np.abs(np.asarray(ours) - theirs).max() / np.abs(theirs).max())
    return worst


if __name__ == "__main__":
    if sys.argv[1] == "check":
        print(f"dual_two_pathway: {check(pathlib.Path(sys.argv[2]) / 'dual_two_pathway.json'):.1e}")
    else:
        for number in range(int(sys.argv[3]), int(sys.argv[4])):
            print(json.dumps(run(pathlib.Path(sys.argv[2]), number)), flush=True)
