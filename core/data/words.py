"""What the columns and classes of the sets are called on a page, and which two columns make a picture."""

from typing import NamedTuple

from core.text import T


class Pair(NamedTuple):
    """Two columns of a set, across and up, and what a menu calls them."""

    columns: tuple[int, int]
    words: T


_NUCLEUS = (
    T("半径", "radius"),
    T("濃淡のばらつき", "texture"),
    T("周長", "perimeter"),
    T("面積", "area"),
    T("局所的な凹凸", "smoothness"),
    T("形のいびつさ", "compactness"),
    T("へこみの深さ", "concavity"),
    T("へこみの数", "concave points"),
    T("非対称さ", "symmetry"),
    T("輪郭の複雑さ", "fractal dimension"),
)
FEATURES: dict[str, tuple[T, ...]] = {
    "iris": (
        T("がくの長さ (cm)", "Sepal length (cm)"),
        T("がくの幅 (cm)", "Sepal width (cm)"),
        T("花弁の長さ (cm)", "Petal length (cm)"),
        T("花弁の幅 (cm)", "Petal width (cm)"),
    ),
    "wine": (
        T("アルコール (%)", "Alcohol (%)"),
        T("リンゴ酸", "Malic acid"),
        T("灰分", "Ash"),
        T("灰分のアルカリ度", "Alkalinity of ash"),
        T("マグネシウム", "Magnesium"),
        T("総フェノール", "Total phenols"),
        T("フラバノイド", "Flavanoids"),
        T("非フラバノイドフェノール", "Nonflavanoid phenols"),
        T("プロアントシアニン", "Proanthocyanins"),
        T("色の濃さ", "Colour intensity"),
        T("色相", "Hue"),
        T("希釈ワインの OD280/OD315", "OD280/OD315, diluted"),
        T("プロリン (mg/L)", "Proline (mg/L)"),
    ),
    "breast_cancer": tuple(
        T(f"{part.ja} ({kind.ja})", f"{kind.en} {part.en}")
        for kind in (T("平均", "Mean"), T("標準誤差", "SE of"), T("最大側", "Worst"))
        for part in _NUCLEUS
    ),
    "scores": (
        T("国語", "Japanese"),
        T("社会", "Social studies"),
        T("英語", "English"),
        T("数学", "Maths"),
        T("理科", "Science"),
    ),
    "weather": (T("気温 (°C)", "Temperature (°C)"), T("湿度 (%)", "Humidity (%)"), T("風速 (m/s)", "Wind (m/s)")),
}
CLASSES: dict[str, tuple[T, ...]] = {
    "iris": tuple(T(species, species) for species in ("setosa", "versicolor", "virginica")),
    "wine": tuple(T(f"品種 {number}", f"Cultivar {number}") for number in (1, 2, 3)),
    "weather": (T("晴れ", "Sunny"), T("くもり", "Cloudy"), T("雨", "Rain")),
    "breast_cancer": (T("良性", "Benign"), T("悪性", "Malignant")),
    "digits": tuple(T(digit, digit) for digit in "0123456789"),
    "unequal": (T("細い", "narrow"), T("中くらい", "medium"), T("太い", "wide")),
    "far": (T("左", "left"), T("中", "middle"), T("右の遠く", "far right")),
    "nested": (T("内側", "inner"), T("外側", "outer")),
    "scores": (
        T("全体に高い", "high in all"),
        T("文系寄り", "humanities"),
        T("理系寄り", "science"),
        T("全体に低い", "low in all"),
    ),
    "linked": (T("輪 1", "ring 1"), T("輪 2", "ring 2")),
}
PAIRS: dict[str, dict[str, Pair]] = {
    "iris": {
        "petal": Pair((2, 3), T("花弁の長さと幅", "Petal length and width")),
        "sepal": Pair((0, 1), T("がくの長さと幅", "Sepal length and width")),
        "lengths": Pair((0, 2), T("がくの長さと花弁の長さ", "Sepal and petal length")),
        "widths": Pair((1, 3), T("がくの幅と花弁の幅", "Sepal and petal width")),
        "long_wide": Pair((0, 3), T("がくの長さと花弁の幅", "Sepal length, petal width")),
        "wide_long": Pair((1, 2), T("がくの幅と花弁の長さ", "Sepal width, petal length")),
    },
    "wine": {
        "proline": Pair((0, 12), T("アルコールとプロリン", "Alcohol and proline")),
        "flavanoids": Pair((0, 6), T("アルコールとフラバノイド", "Alcohol and flavanoids")),
        "colour": Pair((6, 9), T("フラバノイドと色の濃さ", "Flavanoids and colour")),
        "malic": Pair((1, 12), T("リンゴ酸とプロリン", "Malic acid and proline")),
    },
    "weather": {
        "th": Pair((0, 1), T("気温と湿度", "Temperature and humidity")),
        "tw": Pair((0, 2), T("気温と風速", "Temperature and wind")),
        "hw": Pair((1, 2), T("湿度と風速", "Humidity and wind")),
    },
}
PLANE = (T("x₁", "x₁"), T("x₂", "x₂"))  # the axes of what was made for the plane


def axes(name: str, columns: tuple[int, ...] = (0, 1)) -> tuple[T, ...]:
    """Name columns of a set."""
    return tuple(FEATURES.get(name, PLANE)[column] for column in columns)


def classes(name: str, count: int) -> tuple[T, ...]:
    """Name the classes of a set, `count` of them."""
    return CLASSES[name] if name in CLASSES else tuple(T(f"クラス {c}", f"Class {c}") for c in range(count))
