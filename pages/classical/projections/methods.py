"""The methods: their parameters, their runs, and the code that makes the maps."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from core.classical import projections as pj
from core.classical.projections.ahead import made
from core.classical.projections.runs import Run, TsneRun, UmapRun, shadow
from core.text import T
from pages.classical.projections.maps import NAMES, ranked
from pages.classical.projections.points import Points, code_points
from ui.jobs import Report
from ui.params import choice, slider
from ui.scene import Task


@dataclass(frozen=True)
class Near(Points):
    perplexity: float = slider(
        T("t-SNE: パープレキシティ", "t-SNE: perplexity"),
        2.0,
        100.0,
        default=30.0,
        log=True,
        help=T(
            "それぞれの点が、何個くらいの点を近所とみなすかです。",
            "About how many points each point takes for its neighbours.",
        ),
    )
    neighbors: int = slider(T("UMAP: 近傍の数", "UMAP: neighbours"), 2, 100, default=15, log=True)

    @property
    def learned(self) -> int:
        """How many points the methods learn from."""
        return self.count

    @property
    def perplexity_used(self) -> float:
        """The perplexity that so many points allow."""
        return min(self.perplexity, (self.learned - 1) / 3)

    @property
    def neighbors_used(self) -> int:
        return min(self.neighbors, self.learned - 1)

    @property
    def bounded(self) -> tuple[str, ...]:
        """Name the sentence that says what was used instead of what was asked for."""
        asked = self.perplexity, self.neighbors
        return ("bounded",) if asked != (self.perplexity_used, self.neighbors_used) else ()


@dataclass(frozen=True)
class Methods(Near):
    iterations: int = slider(T("t-SNE: 反復", "t-SNE: iterations"), 250, 1000, default=500, step=50)
    exaggeration: float = slider(T("t-SNE: 初期の誇張", "t-SNE: early exaggeration"), 1.0, 32.0, default=12.0, step=1.0)
    rate: str = choice(
        T("t-SNE: 学習率", "t-SNE: learning rate"),
        {"auto": T("自動", "Automatic"), **{rate: T(rate, rate) for rate in ("10", "50", "200", "1000")}},
    )
    tinit: str = choice(
        T("t-SNE: 初期値", "t-SNE: start"), {"pca": T("PCA から", "From PCA"), "random": T("乱数から", "Random")}
    )
    min_dist: float = slider(T("UMAP: 最小の距離", "UMAP: min_dist"), 0.0, 0.99, default=0.1, step=0.01)
    uinit: str = choice(
        T("UMAP: 初期値", "UMAP: start"),
        {
            "pca": T("PCA から", "From PCA"),
            "spectral": T("固有ベクトルから", "Spectral"),
            "random": T("乱数から", "Random"),
        },
    )
    metric: str = choice(
        T("UMAP: 距離", "UMAP: metric"),
        {
            "euclidean": T("ユークリッド", "Euclidean"),
            "manhattan": T("マンハッタン", "Manhattan"),
            "cosine": T("コサイン", "Cosine"),
        },
    )
    seed: int = slider(T("乱数の種", "Seed"), 0, 9, default=0)
    k: int = slider(T("近傍の数 k", "Neighbours k"), 1, 50, default=10)

    @property
    def k_used(self) -> int:
        """The k that can be measured: below half the points."""
        return min(self.k, (self.count - 1) // 2)

    @property
    def bounded(self) -> tuple[str, ...]:
        return super().bounded + (("bounded_k",) if self.k != self.k_used else ())

    def runs(self, dims: int = 2) -> dict[str, Run]:
        rate = None if self.rate == "auto" else float(self.rate)
        seed = self.seed if self.tinit == "random" else 0  # from PCA nothing of t-SNE is random
        return {
            "tsne": TsneRun(
                self.source, dims, self.perplexity, self.iterations, self.exaggeration, rate, self.tinit, seed
            ),
            "umap": UmapRun(self.source, dims, self.neighbors, self.min_dist, self.metric, self.uinit, self.seed),
        }


def tasks_of(runs: Mapping[str, Run]) -> dict[str, Task]:
    return {name: Task(NAMES[name], run, work, made) for name, run in runs.items()}


def work(run: Run, report: Report) -> pj.Embedding:
    """Do a run, then rank its neighbours and PCA's, so that nobody has to wait for that later."""
    found = run.work(report)
    for layout in (found, shadow(run.source, run.dims)):
        ranked(run.source, layout)
    return found


def code_maps(p: Methods, dims: int, measure: str) -> str:
    """Write what makes the three maps and prints a measure of each."""
    rate = "" if p.rate == "auto" else f", learning_rate={float(p.rate)}"
    runs = p.runs(dims)
    tsne = f"""\
tsne = pj.tsne(x, components={dims}, perplexity={p.perplexity_used!r}, iterations={p.iterations},
    exaggeration={p.exaggeration}{rate}, init="{p.tinit}", seed={p.seed})
"""
    umap = f"""\
umap = pj.umap(x, components={dims}, neighbors={p.neighbors_used}, min_dist={p.min_dist}, metric="{p.metric}",
    init="{p.uinit}", seed={p.seed})
"""
    maps = ready("tsne", runs["tsne"], tsne) + ready("umap", runs["umap"], umap)
    return f"""\
{code_points(p, *imports(*runs.values()))}pca = pj.pca(x, components={dims})
{maps}for name, places in (("pca", pca.embedding), ("tsne", tsne.points), ("umap", umap.points)):
    quality = pj.quality(x, places, ks=[{p.k_used}])
    print(name, "=", {measure})
"""


def imports(*runs: Any) -> tuple[str, ...]:
    """Write what `ready` needs, where any of the runs was made ahead."""
    names = sorted({"Source", *(type(run).__name__ for run in runs if made(run) is not None)})
    lookup = "from core.classical.projections.ahead import made", "from core.classical.projections.runs import "
    return (lookup[0], lookup[1] + ", ".join(names)) if len(names) > 1 else ()


def ready(name: str, run: Any, lines: str) -> str:
    """Write what gives a run's result: where the page shows one that was made ahead, that one.

    Done again on another machine, sums are rounded otherwise, and a long descent ends in a slightly different map.
    """
    if made(run) is None:
        return lines
    anew = "".join(f"# {line}\n" for line in lines.splitlines())
    return f"{name} = made({brief(run)})  # the page's run; anew, and rounded otherwise:\n{anew}"


def brief(run: Any) -> str:
    """Write a run with what is not as always."""
    given = {f.name: getattr(run, f.name) for f in fields(run) if getattr(run, f.name) != f.default}
    shown = (f"{n}={brief(v) if is_dataclass(v) else repr(v)}" for n, v in given.items())
    return f"{type(run).__name__}({', '.join(shown)})"
