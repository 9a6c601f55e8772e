"""Put what browsers fetch and cache into `static/`, which Streamlit serves at `app/static/`.

Two things: the plotly.js of the installed plotly package, and the JavaScript and style sheets of the shell and of
lessons. Both under a name that changes with their content, so that no browser ever runs yesterday's code. Streamlit
sends a component's inline text again with every update; a short loader instead of the code keeps an update small.
"""

import contextlib
import functools
import hashlib
import json
import re
import shutil
import tempfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "static"
SOURCES = ("stage", "controls", "address", "room")


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


def modules() -> list[str]:
    """Name the shell's own modules in the folder; a lesson's come when its page asks for them."""
    return [
        f"{path.parent.name}/{path.name}" for path in _code() if path.suffix == ".js" and path.parent.name in SOURCES
    ]


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


# What is lost on the way is asked for again: `ask` by itself after growing pauses, then whenever a button is pressed.
# A browser never asks twice for a module that failed, nor for those it imports, at the same address: `k` spells the
# folder in another way each time (`%73awaru-…`), and the server reads the same name. The words come with the address
# that `ui.address.describe` gives to one component on every page. `busy` is that of `stage/busy.js`.
LOADER = """\
const [folder, module, beside, library] = NAMES, name = `${folder}/${module}`;
const at = (name) => new URL(`app/static/${name}`, document.baseURI).href;
const busy = (by, { dataset } = document.documentElement) => { dataset.sawaruWaits = +(dataset.sawaruWaits ?? 0) + by; };
const make = (tag, props) => Object.assign(document.createElement(tag), props);
// Until it is made, a heading that says "Sawaru" may go by the same name.
const sawaru = (window.sawaru = window.sawaru?.code ? window.sawaru : {
  code: {},
  words: ['', '↻'],
  async ask(get) {
    busy(1);
    for (let k = 0; ; k += 1) {
      const spell = (text) => [...text].map((c, i) => ((k >> i) & 1 ? `%${c.charCodeAt().toString(16)}` : c)).join('');
      try {
        const got = await get((url) => decodeURI(url).replace(/(app\\/static\\/)(\\w+)/, (_, path, text) => path + spell(text)));
        busy(-1);
        return got;
      } catch (error) {
        console.warn(error);
      }
      const pressed = await new Promise((go) => {
        addEventListener('sawaru:again', () => go(true), { once: true });
        if (k % 5 < 4) setTimeout(go, 300 * 2 ** (k % 5)); else sawaru.lost();
      });
      if (pressed) k += 4 - (k % 5); // all that is lost begins anew, so that the sentence does not come back at once
    }
  },
  lost() {
    const box = (sawaru.box ??= make('div', { className: 'sawaru-lost' }));
    if (box.isConnected) return;
    box.style.cssText = 'position:fixed;inset:auto 0 0;z-index:9999999;padding:1em;background:#ffe9a8;color:#222';
    box.setAttribute('role', 'alert');
    box.replaceChildren(make('span'), ' ', make('button', { onclick() { box.remove(); dispatchEvent(new Event('sawaru:again')); } }));
    document.body.append(box);
    sawaru.say();
  },
  say() {
    sawaru.box?.childNodes.forEach((node, i) => { if (i !== 1) node.textContent = sawaru.words[i / 2]; });
  },
});
if (!sawaru.code[name]) {
  const near = (other) => at(name.replace(/\\w+\\.js$/, `${other}.js`));
  for (const other of beside.split(' ')) if (other) document.head.append(make('link', { rel: 'modulepreload', href: near(other) }));
  if (library && !document.querySelector(`script[src$="${library}"]`)) { // else it came with the page (`ui/early.py`)
    document.head.append(make('link', { rel: 'preload', as: 'script', href: at(library) }));
  }
  sawaru.code[name] = sawaru.ask((as) => import(as(at(name))));
}
export default function (c) {
  const words = (c.data?.address ?? c.data)?.lost;
  if (words) { sawaru.words = words; sawaru.say(); }
  let alive = true, off;
  sawaru.code[name].then((m) => { if (alive) off = m.default(c); });
  return () => { alive = false; off?.(); };
}
"""


def loader(module: str, *, library: bool = False, alone: bool = False) -> str:
    """Give the inline JavaScript of a component whose code is the published `module`, such as "stage/stage.js".

    All modules of its folder are asked for at once, and plotly.js with them where `library`, rather than one after
    the other as each is found to import the next; not where it is `alone`, since another component on the page asks
    for them. What is lost is asked for again, and in the end a sentence says so.
    """
    with contextlib.suppress(OSError):  # this runs at import; whoever shows a page publishes again and can say it
        publish()
    folder_of = module.split("/")[0]
    others = () if alone else (name for name in modules() if name.startswith(f"{folder_of}/") and name != module)
    beside = " ".join(Path(name).stem for name in others)  # short, for it travels with every move
    names = [folder(), module, beside, plotly_file() if library else ""]
    code = re.sub(r"\s*// .*", "", LOADER)  # it travels with every move: without what is for readers
    return re.sub(r"\n +", "\n", code).replace("NAMES", json.dumps(names))


if __name__ == "__main__":
    print(publish())
