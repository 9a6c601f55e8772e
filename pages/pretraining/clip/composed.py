"""A picture composed by hand, or one of one's own, and what it is asked: the controls, and what they describe."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.pretraining import clip
from core.pretraining.clip import captions
from core.pretraining.clip.scenes import Scene, Thing, render
from core.text import T
from pages.pretraining.clip.shared import COLOURS, MODELS, NULL, SHAPES, SPEAKERS, Images, sentence
from ui.params import choice, control_of, own_picture, slider, text

QUESTIONS = {
    "shape": T("どの形か（ゼロショット）", "Which shape? (zero-shot)"),
    "colour": T("どの色か（ゼロショット）", "Which colour? (zero-shot)"),
    "size": T("どの大きさか（ゼロショット）", "Which size? (zero-shot)"),
    "place": T("どこにあるか（ゼロショット）", "Where? (zero-shot)"),
    "ground": T("背景は何色か（ゼロショット）", "Which background? (zero-shot)"),
    "captions": T("どの文か（一語だけ違う文）", "Which caption? (one word changed)"),
}
WORDINGS = {
    "0": T("基本の文", "Canonical"),
    "1": T("二つ目の言い方", "Second wording"),
    "2": T("三つ目の言い方", "Third wording"),
    "3": T("四つ目の言い方", "Fourth wording"),
    "all": T("四つの平均 (アンサンブル)", "Mean of the four (ensemble)"),
}
GROUNDS = {"white": T("白", "White"), "grey": T("灰色", "Grey"), "black": T("黒", "Black")}


def drawn(p: Any) -> bool:
    """Whether the picture is composed here, and none of one's own."""
    return not p.photo


def drawn_pair(p: Any) -> bool:
    """Whether two things are composed."""
    return drawn(p) and p.paired


@dataclass(frozen=True)
class Params:
    task: str = choice(T("何を問うか", "The question"), QUESTIONS)
    typed: str = text(
        T("自分で書く文", "Your own caption"), help=T("日本語でも英語でも書けます。", "In English or in Japanese.")
    )
    shape: str = choice(T("形", "Shape"), SHAPES, when=drawn)
    colour: str = choice(T("色", "Colour"), COLOURS, default="green", when=drawn)
    size: float = slider(T("大きさ", "Size"), 0.07, 0.24, default=0.19, step=0.005, when=drawn)
    x: float = slider(T("横", "Across"), 0.0, 1.0, default=0.3, step=0.01, when=drawn)
    y: float = slider(T("縦", "Up"), 0.0, 1.0, default=0.7, step=0.01, when=drawn)
    shape2: str = choice(T("二つ目の形", "Second shape"), {"none": T("なし", "None"), **SHAPES}, when=drawn)
    colour2: str = choice(T("二つ目の色", "Second colour"), COLOURS, default="blue", when=drawn_pair)
    size2: float = slider(T("二つ目の大きさ", "Second size"), 0.07, 0.24, default=0.1, step=0.005, when=drawn_pair)
    x2: float = slider(T("二つ目の横", "Second across"), 0.0, 1.0, default=0.74, step=0.01, when=drawn_pair)
    y2: float = slider(T("二つ目の縦", "Second up"), 0.0, 1.0, default=0.3, step=0.01, when=drawn_pair)
    ground: str = choice(T("背景", "Background"), GROUNDS, when=drawn)
    template: str = choice(T("言い回し", "Wording"), WORDINGS)
    model: str = choice(T("モデル", "Model"), MODELS)
    look: int = slider(T("描き方の乱数の種", "Seed of the look"), 0, 99, default=0, when=drawn)
    photo: str = own_picture(
        sets={"task": "colour", "typed": ""},
        warning=T(
            "このモデルが知っているのは、6 つの形と 7 つの色の自作の絵だけです。写真を見せると、知っている言葉で答えますが、"
            "あてにはなりません。「ゼロショット」の場面で使います。",
            "This model knows only its own drawings of six shapes in seven colours. Shown a photograph it answers in "
            "the words it has, but means little by them. The picture is used in the scene “Zero-shot”.",
        ),
    )

    @property
    def speaker(self) -> T:
        return SPEAKERS[self.model]

    @property
    def paired(self) -> bool:
        return self.shape2 != "none"

    @property
    def own(self) -> str:
        """What was typed."""
        return self.typed.strip()

    @property
    def scene(self) -> Scene:
        things = [Thing(self.shape, self.colour, self.size, self.x, self.y)]
        if self.paired:
            things.append(Thing(self.shape2, self.colour2, self.size2, self.x2, self.y2))
        return Scene(tuple(things), self.ground)

    @property
    def wordings(self) -> Sequence[int]:
        return range(captions.WORDINGS) if self.template == "all" else [int(self.template)]

    @property
    def image(self) -> Images:
        return control_of(self, "photo").unpack(self.photo) if self.photo else render(self.scene, self.look)

    @property
    def what(self) -> T:
        """The scene in words."""
        return sentence(captions.said(self.scene))

    @property
    def answers(self) -> clip.Answers:
        return clip.of_unknown(self.task) if self.photo else clip.answers(self.task, self.scene)

    @property
    def places(self) -> list[tuple[str, str, float, float]]:
        """The fields that a drag of each thing sets, and where it is."""
        if self.photo:
            return []
        return [("x", "y", self.x, self.y)] + ([("x2", "y2", self.x2, self.y2)] if self.paired else [])


IMPORTS_OF_A_PHOTO = "import base64\nimport io\n\nfrom PIL import Image\n\n"


def of_image(p: Params) -> str:
    """Give Python that makes the image."""
    if p.photo:
        return f"""\
file = io.BytesIO(base64.urlsafe_b64decode({p.photo!r}))
image = np.asarray(Image.open(file).convert("RGB"))
"""
    things = ", ".join(f"scenes.Thing({t.shape!r}, {t.colour!r}, {t.size!r}, {t.x!r}, {t.y!r})" for t in p.scene.things)
    return f"""\
scene = scenes.Scene(({things},), {p.ground!r})
image = scenes.render(scene, {p.look})
"""


def code(p: Params) -> str:
    """Give Python that asks about it."""
    head = f"""\
{IMPORTS_OF_A_PHOTO if p.photo else ""}import numpy as np
from core.pretraining import clip
from core.pretraining.clip import captions, questions, real, scenes

encoder = {"real.load(real.found())" if p.model == "real" else f"clip.load({p.model!r})"}
{of_image(p)}at = encoder.encode_images([image])[0]
"""
    if p.own:
        by_chance = f"clip.random_captions({NULL}, language={captions.language_of(p.own)!r})"
        return f"""\
{head}cosine = encoder.encode_texts([{p.own!r}])[0] @ at
print("cosine =", cosine)
print("percentile =", clip.percentile(cosine, encoder.encode_texts({by_chance}) @ at))
"""
    asked = f"questions.of_unknown({p.task!r})" if p.photo else f"questions.answers({p.task!r}, scene)"
    return f"""\
{head}said, true = {asked}
for language in ("ja", "en"):
    told = [[captions.describe(one, language, w) for one in said] for w in {list(p.wordings)!r}]
    text = np.mean([encoder.encode_texts(sentences) for sentences in told], axis=0)
    print(f"cosine_{{language}} =", (text @ at / np.linalg.norm(text, axis=1)).max())
"""
