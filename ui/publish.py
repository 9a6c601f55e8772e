"""Put what browsers fetch and cache into `static/`, which Streamlit serves at `app/static/`.

Two things: the plotly.js of the installed plotly package, and the JavaScript and style sheets of the shell and of lessons. Both under a
name that changes with their content, so that no browser ever runs yesterday's code. Streamlit sends a component's inline
text again with every update; a loader of three lines instead of the code keeps an update small.
"""

import contextlib
import functools
import hashlib
import json
import shutil
import tempfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "static"
SOURCES = ("stage", "controls", "address")


def _code() -> list[Path]:
    ours = [p for s in SOURCES for p in (ROOT / "ui" / s).glob("*")]
    return sorted(p for p in (*ours, *(ROOT / "assets").glob("*/*")) if p.suffix in (".js", ".css"))


@functools.cache
def folder() -> str:
    """Name the published folder: a hash of all published code."""
    digest = hashlib.blake2b(digest_size=6)
    for path in _code():
        digest.update(path.name.encode() + path.read_bytes())
    return f"sawaru-{digest.hexdigest()}"


@functools.cache
def plotly_file() -> str:
    """Name the published plotly.js after the version of its package."""
    return f"plotly-{version('plotly')}.min.js"


def _plotly() -> Path:
    spec = find_spec("plotly")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("The plotly package is not installed.")
    return Path(spec.submodule_search_locations[0]) / "package_data" / "plotly.min.js"


def publish() -> Path:
    """Write the published folder if it is not there; safe to call at once from many places.

    Returns
    -------
    path
        The folder, complete.

    Raises
    ------
    OSError
        The disk is full or read-only and the folder is not there yet.
    """
    target, library = STATIC / folder(), STATIC / plotly_file()
    if target.is_dir() and library.is_file():
        return target
    STATIC.mkdir(exist_ok=True)
    making = Path(tempfile.mkdtemp(dir=STATIC))
    try:
        if not library.is_file():
            part = making / library.name
            shutil.copyfile(_plotly(), part)
            part.replace(library)
        for path in _code():
            where = making / path.parent.name
            where.mkdir(exist_ok=True)
            shutil.copyfile(path, where / path.name)
        making.chmod(0o755)
        making.rename(target)
    except OSError:
        if not target.is_dir():  # else another process was first
            raise
    finally:
        shutil.rmtree(making, ignore_errors=True)  # on a full disk, its room is given back
    return target


def loader(module: str, *, library: bool = False) -> str:
    """Give the inline JavaScript of a component whose code is the published `module`, such as "stage/stage.js".

    All modules of its folder are asked for at once, and plotly.js with them where `library`, rather than one after the
    other as each is found to import the next.
    """
    with contextlib.suppress(OSError):  # this runs at import; whoever shows a page publishes again and can say it
        publish()
    beside = [
        f"{p.parent.name}/{p.name}" for p in _code() if p.suffix == ".js" and p.parent.name == module.split("/")[0]
    ]
    preload = [("modulepreload", f"{folder()}/{name}") for name in beside if name != module]
    if library:
        preload.append(("preload", plotly_file()))
    return f"""\
const at = (name) => new URL('app/static/' + name, document.baseURI);
for (const [rel, name] of {json.dumps(preload)}) {{
  const link = document.createElement('link');
  Object.assign(link, {{ rel, href: at(name), as: 'script' }});
  document.head.append(link);
}}
const code = import(at('{folder()}/{module}'));
export default function (c) {{
  let alive = true, off;
  code.then((m) => {{ if (alive) off = m.default(c); }});
  return () => {{ alive = false; off?.(); }};
}}
"""


if __name__ == "__main__":
    print(publish())
