"""The front page: every topic is on the map, the search finds it, and the steps of a class open what they say."""

import io
from dataclasses import replace
from urllib.parse import parse_qsl

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from ui import catalog, course, home
from ui import params as ps

TOPICS = {
    topic["id"]: topic
    for chapter in catalog.curriculum()
    for section in chapter["section"]
    for topic in section["topics"]
}
STEPS = course.steps()
HERE = [step for step in STEPS if step["lesson"] in {lesson.topic for lesson in catalog.lessons()}]


def title(step):
    return step["en"]["title"]


# ---- the search


@pytest.mark.parametrize(
    ("query", "topic"),
    [
        ("パーセプトロン", "perceptron"),
        ("ぱーせぷとろん", "perceptron"),
        ("ﾊﾟｰｾﾌﾟﾄﾛﾝ", "perceptron"),
        ("PERCEPTRON", "perceptron"),
        ("ＳＶＭ", "svm"),
        ("カルマンフィルター", "kalman"),
        ("kalman gain", "kalman"),
        ("gain　kalman", "kalman"),
        ("kmeans", "kmeans"),
        ("k-means", "kmeans"),
        ("次元削減", "umap"),
        ("t-sne", "tsne"),
        ("tSNE", "tsne"),
        ("entropy", "logistic_regression"),
        ("cross-entropy", "logistic_regression"),
        ("cross entropy", "logistic_regression"),
        ("深層学習 残差", "residual"),
        ("一本の直線", "perceptron"),
        ("one straight line", "perceptron"),
    ],
)
def test_a_word_finds_its_topic(query, topic):
    found = home.find(query)
    assert topic in found
    assert len(found) < 8


def test_every_topic_is_found_by_both_its_names():
    for name, topic in TOPICS.items():
        assert name in home.find(topic["ja"])
        assert name in home.find(topic["en"])


def test_what_is_not_there_is_not_found():
    assert home.find("zzzz") == set()
    assert home.find("perceptron zzzz") == set()
    assert home.find("(.*") == set()  # no pattern
    assert home.find_lessons("zzzz") == set()


def test_every_lesson_is_found_by_its_names_and_its_scenes():
    for lesson in catalog.lessons():
        for text in (lesson.title, lesson.summary, *lesson.titles.values()):
            for lang in ("ja", "en"):
                assert lesson.topic in home.find_lessons(text(lang))
        assert lesson.topic in home.find_lessons(lesson.topic)


def test_no_word_finds_everything():
    for query in ("", "   ", "　", "-"):
        assert home.find(query) == set(TOPICS)


def test_short_latin_words_start_a_word():
    assert "gan" in home.find("gan")
    assert "world_models" not in home.find("rl")


# ---- the class


def test_the_class_has_fifty_minutes_and_both_languages():
    assert sum(step["minutes"] for step in STEPS) == 50
    assert sum(step["lesson"] == "perceptron" for step in STEPS) >= 4
    for step in STEPS:
        assert set(step) == {"minutes", "lesson", "query", "ja", "en"}
        assert "scene" in step["query"]  # a link that says nothing would not set the state
        for language, room in (("ja", 80), ("en", 130)):
            assert set(step[language]) == {"title", "do"}
            assert 0 < len(step[language]["do"]) <= room
            assert not {"!", "！"} & set(step[language]["do"])


@pytest.mark.parametrize("step", HERE, ids=title)
def test_a_step_names_a_state_that_the_lesson_has(step):
    query = dict(step["query"])
    name, at = query.pop("scene"), query.pop("at", "0")
    scene = catalog.lesson(step["lesson"]).scene(name)
    assert scene.id == name
    params, wild = ps.parse(scene.Params, query)
    assert not wild
    assert ps.query(params) == query  # nothing misspelt, nothing left at its default
    playhead = scene.picture(scene.result(params), params).playhead
    assert at == "0" or int(at) < len(playhead.steps)
    assert "at" not in step["query"] or len(playhead.steps) > 3  # there is something to play


@pytest.mark.parametrize("step", [step for step in HERE if step["query"].get("at") == "0"], ids=title)
def test_a_step_that_asks_tells_nothing_before_it_has_played(step):
    scene = catalog.lesson(step["lesson"]).scene(step["query"]["scene"])
    params, _ = ps.parse(scene.Params, step["query"])
    result = scene.result(params)
    frames = len(scene.picture(result, params).playhead.steps)
    for lang in ("ja", "en"):
        said = {r.key: r.texts(result, lang, frames) for r in scene.read(result) if not r.still}
        assert said.pop("updates")[0] == (0, "0")
        assert all(texts[0][1] != texts[-1][1] or key == "accuracy" for key, texts in said.items())


# ---- the longer paths


def test_the_paths_name_topics_of_the_map_and_speak_both_languages():
    for path in course.paths():
        assert set(path) == {"short", "title", "lead", "step"}
        assert len(path["step"]) > 5
        for step in path["step"]:
            assert set(step) - {"when"} == {"topics", "do"}
            assert set(step["topics"]) <= set(TOPICS), step["topics"]
            assert all(0 < len(step["do"](lang)) <= room for lang, room in (("ja", 70), ("en", 130)))
        there = [topic for step in path["step"] for topic in step["topics"]]
        assert len(there) == len(set(there))


def test_a_path_leads_to_the_lessons_there_are():
    lit = [(lesson.topic, topic) for lesson in catalog.lessons() for topic in lesson.covers]
    for number, path in enumerate(course.paths(), 1):
        for lang in ("ja", "en"):
            page = visit(lang, [lesson.topic for lesson in catalog.lessons()], way=number)
            assert path["title"](lang) in text(page)
            shown = [(where, label) for where, _, label in links(page)]
            for step in path["step"]:
                here = [(lesson, TOPICS[topic][lang]) for lesson, topic in lit if topic in step["topics"]]
                assert {label for _, label in here} <= {label for _, label in shown}
                assert (step["do"](lang) in text(page)) == bool(here)
        alone = text(visit(topics=("perceptron",), way=number))
        assert sum(step["do"].ja in alone for step in path["step"]) == 1


LIT = [(lesson.topic, topic) for lesson in catalog.lessons() for topic in lesson.covers]


@pytest.mark.parametrize(("name", "topic"), LIT, ids=lambda name: name)
def test_a_lit_topic_opens_its_own_scene_and_values(name, topic):
    lesson, query = catalog.lesson(name), catalog.lesson(name).opens(topic)
    scene = lesson.scene(query.get("scene"))
    assert query.pop("scene", scene.id) == scene.id
    params, wild = ps.parse(scene.Params, query)
    assert not wild
    assert ps.query(params) == query  # nothing misspelt, nothing left at its default


def test_one_who_learns_alone_has_a_start_and_nobody_meets_notes_of_strangers():
    for lang, start in (("ja", "はじめての方は → 学ぶようすを見る"), ("en", "New here? → Watch it learn")):
        page = visit(lang)
        assert ("perceptron", start) in [(where, label) for where, _, label in links(page)]
        assert "ノート" not in text(page)


# ---- the page


def app(lang, topics, query, way):
    import streamlit as st

    from ui import catalog, home
    from ui.text import set_lang

    set_lang(lang)
    lessons = tuple(lesson for lesson in catalog.lessons() if lesson.topic in topics)
    pages = {lesson.topic: st.Page(lambda: None, title="x", url_path=lesson.topic) for lesson in lessons}
    st.navigation([st.Page(lambda: None, title="map", url_path="map", default=True), *pages.values()])
    if query is not None:
        st.session_state["sawaru-search"] = query
    if way is not None:
        st.session_state["sawaru-way"] = way
    home.show(pages, lessons)


def visit(lang="ja", topics=("perceptron",), query=None, way=None):
    page = AppTest.from_function(app, args=(lang, topics, query, way), default_timeout=60).run()
    assert not page.exception
    return page


def links(page):
    return [
        (link.proto.page, dict(parse_qsl(link.proto.query_string)), link.proto.label) for link in page.get("page_link")
    ]


def text(page):
    return " ".join(block.value for block in page.markdown) + " ".join(block.proto.body for block in page.get("html"))


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_all_of_the_notes_are_on_the_map_and_what_is_lit_is_a_link(lang):
    page = visit(lang)
    labels = [label for _, _, label in links(page)]
    for name, topic in TOPICS.items():
        if name == "perceptron":
            assert topic[lang] in labels
        else:
            assert f'<li class="unlit">{topic[lang]}</li>' in text(page)
            assert topic[lang] not in labels
    assert {query.get("lang") for _, query, _ in links(page)} == {None if lang == "ja" else "en"}


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_steps_of_absent_lessons_are_not_shown(lang):
    shown = links(visit(lang))
    for i, step in enumerate(STEPS, 1):
        label, query = (
            f"**{step[lang]['title']}**",
            {"step": str(i), **step["query"], **({"lang": "en"} if lang == "en" else {})},
        )
        assert (("perceptron", query, label) in shown) == (step["lesson"] == "perceptron")
    minutes = sum(step["minutes"] for step in STEPS if step["lesson"] == "perceptron")
    assert str(minutes) in text(visit(lang))


def test_a_search_narrows_the_map_and_an_empty_result_says_so():
    page = visit(query="ブースティング")
    assert "ブースティング" in text(page)
    assert "t-SNE" not in text(page)
    assert not [link for link in links(page) if link[2] == "**単純パーセプトロン**"]
    assert home.NOTHING.ja in text(visit(query="zzzz"))
    assert home.NOTHING.en in text(visit("en", query="<script>"))


def test_a_card_has_a_small_picture_or_does_without(monkeypatch):
    picture = home.thumbnail("perceptron")
    assert len(picture) < 16_000
    assert Image.open(io.BytesIO(picture)).size[0] >= 400
    assert home.thumbnail("perceptron", dark=True) not in (None, picture)
    names = {path.stem for path in (catalog.ROOT / "assets" / "thumbnails").glob("*.png")}
    assert names == {stem.removesuffix("-dark") for stem in names} | {f"{s.removesuffix('-dark')}-dark" for s in names}
    assert home.thumbnail("no such lesson") is None
    images = visit().get("image")
    assert "単純パーセプトロン" in images[0].proto.imgs[0].alt
    monkeypatch.setattr(home, "thumbnail", lambda topic, dark: None)
    bare = visit()
    assert not bare.get("image")
    assert "**単純パーセプトロン**" in [label for _, _, label in links(bare)]


def test_words_are_in_both_languages():
    for value in (
        home.SEARCH,
        home.EXAMPLE,
        home.FOUND,
        home.NOTHING,
        home.PATH,
        home.PATH_LEAD,
        home.MINUTES,
        home.PATHS,
    ):
        assert value.ja.strip()
        assert value.en.strip()


def test_a_lesson_that_lights_no_topic_has_its_card(monkeypatch):
    bare = tuple(replace(lesson, words={**lesson.words, "covers": []}) for lesson in catalog.lessons())
    monkeypatch.setattr(catalog, "lessons", lambda: bare)
    assert "**単純パーセプトロン**" in [label for _, _, label in links(visit())]
    assert "**単純パーセプトロン**" not in [label for _, _, label in links(visit(query="svm"))]
    assert "**単純パーセプトロン**" in [label for _, _, label in links(visit(query="perceptron"))]
