"""The language in force and the shell's own words, each in both languages.

`lang()` is kept in the session, not in a widget: a link sets it, the button in a page's head switches it, and every
control keeps its value.
"""

import streamlit as st

from core.text import T

LANGUAGES = ("ja", "en")

WORDS: dict[str, T] = {
    "app": T("さわる機械学習", "Sawaru"),
    "choose_file": T("ファイルを選ぶ", "Choose a file"),
    "tagline": T("手で動かして学ぶ機械学習", "Machine learning you can touch"),
    "home": T("地図", "Map"),
    "other_language": T("English", "日本語"),
    "reset": T("はじめの値に戻す", "Reset"),
    "more": T("もっと", "More"),
    "share": T("共有", "Share"),
    "copy": T("コピー", "Copy"),
    "copied": T("コピーしました", "Copied"),
    "link": T("いまの状態へのリンク", "Link to the present state"),
    "qr": T("いまの状態への QR コード", "QR code of the present state"),
    "qr_short": T("QR コード", "QR code"),
    "qr_long": T("リンクが長いので、QR コードにはできません。", "The link is too long for a QR code."),
    "board": T("教室の画面", "Board"),
    "board_help": T("プロジェクター用の大きな画面にします（B キー）", "A large view for a projector (key B)"),
    "leave_board": T("もとの画面に戻る", "Leave the board"),
    "question": T("予想の問い", "Question"),
    "keys": T("キーの一覧", "Keys"),
    "key_list": T(
        "← →: 前の場面、次の場面\nスペース: 再生、一時停止\n,　.: 一つ戻る、一つ進む\nE: 予想の問いと答え\nQ: 同じ画面の QR コード\n"
        "P　N: 授業の前の問い、次の問い\nB: もとの画面に戻る\nEsc: 閉じる",
        "← →: the scene before, the next scene\nSpace: play, pause\n,  .: a step back, a step on\n"
        "E: question and verdict\nQ: QR code of the same view\nP  N: the class's last step, its next step\n"
        "B: leave the board\nEsc: close",
    ),
    "last_step": T("‹ 前の問い", "‹ Last step"),
    "next_step": T("次の問い ›", "Next step ›"),
    "scene": T("場面", "Scene"),
    "play": T("再生", "Play"),
    "pause": T("一時停止", "Pause"),
    "back": T("一つ戻る", "Step back"),
    "next": T("一つ進む", "Step forward"),
    "time": T("時間", "Time"),
    "at_end": T("終わりに", "at the end"),
    "speed": T("再生の速さ", "Playing speed"),
    "reset_view": T("全体を表示", "Show the whole plane"),
    "edit": T("点を編集する道具", "Tools for editing points"),
    "add": T("クリックで足す点", "A click adds"),
    "flip": T("選んだ点のクラスを変える", "Change the chosen point's class"),
    "remove": T("選んだ点を消す", "Delete the chosen point"),
    "edit_keys": T(
        "N: 次の点　矢印: 動かす　Enter: 足す　F: クラス　Delete: 消す　Esc: 離す　Ctrl+Z: 元に戻す",
        "N: next point · arrows: move · Enter: add · F: class · Delete · Esc: let go · Ctrl+Z: undo",
    ),
    "tools": T("表と保存", "Table and downloads"),
    "typing": T("点の値（書き換えられます）", "The points, to type in"),
    "class": T("クラス", "Class"),
    "remove_short": T("消す", "Delete"),
    "new_point": T("点を足す", "Add a point"),
    "undo": T("元に戻す", "Undo"),
    "table": T("図の数値", "The numbers of the figures"),
    "first_rows": T(
        "図の数値（はじめの 200 行。すべては CSV に）", "The numbers of the figures (first 200 rows; the CSV has all)"
    ),
    "as_table": T("表", "Table"),
    "columns": T("図,系列,x,y,z", "figure,series,x,y,z"),
    "full": T(
        "点は 200 個までです。どれかを消すと、また足せます。", "200 points is the most. Delete one to add another."
    ),
    "type_a_number": T("数値を入力", "type a number"),
    "try": T("予想してみよう", "Predict, then try"),
    "try_it": T("試す", "Try it"),
    "choose_first": T("先に予想を選んでください。", "Choose a prediction first."),
    "try_again": T("予想し直す", "Predict again"),
    "predicted": T("あなたの予想", "You predicted"),
    "answer": T("答え", "Answer"),
    "you_were_right": T("予想どおりです。", "As you predicted."),
    "you_were_wrong": T("予想とちがいました。", "Not as you predicted."),
    "holds": T("実測", "Measured"),
    "fails": T("実測では成り立ちませんでした", "Measured, it does not hold"),
    "elsewhere": T("ほかの場面の予想", "Predictions in other scenes"),
    "verdict": T("予想の結果", "Your prediction"),
    "plays_first": T("最後まで再生すると、答えが出ます。", "The answer comes when it has played to the end."),
    "was_tried": T("試したときの値での結果です。", "This is of the values that were tried."),
    "to_predictions": T("予想に戻る", "Back to the predictions"),
    "close": T("閉じる", "Close"),
    "explain": T("{label}の説明", "What {label} means"),
    "read": T("読む", "Read"),
    "idea": T("言葉", "In words"),
    "maths": T("数式", "The mathematics"),
    "notes": T("ノートと実測", "Notes and measurements"),
    "notes_lead": T(
        "ここで「ノート」と言うのは、このアプリの題と章立てのもとになった、日本語の機械学習の講義ノートです。"
        "書いてあることを、このページのコードで確かめました。",
        "“The notes” are the lecture notes on machine learning, in Japanese, from which this app has its topics and "
        "chapters. What they say was checked with this page's code.",
    ),
    "code": T("コード", "Code"),
    "code_lead": T(
        "いまの設定と同じ数値を出す Python です。`core/` だけで動きます。`core/` は {where} にあります。"
        "`pip install -r requirements.txt` のあと、そのフォルダで動かしてください。",
        "Python that prints the numbers of the present settings. It needs nothing but `core/`, which is in {where}: "
        "run it in that folder, after `pip install -r requirements.txt`.",
    ),
    "download": T("ファイルとして保存", "Download as a file"),
    "onward": T("次に見る", "What to see next"),
    "next_scene": T("次の場面: {title}", "Next scene: {title}"),
    "next_lesson": T("次のレッスン: {title}", "Next lesson: {title}"),
    "references": T("参考", "References"),
    "wild": T(
        "リンクのうち読み取れない値は、はじめの値にしました: {names}",
        "Values in the link that could not be read were set to their defaults: {names}",
    ),
    "unchecked": T(
        "リンクの終わりにあるはずの確認用の数字がありません。古いリンクでないなら、途中で切れています。届いた内容: {what}",
        "The link has no check digits: unless it is an old one, it was cut short. What arrived: {what}",
    ),
    "part": T(
        "{of} 行の表のうち、リンクに入る {count} 行で描いています。残りの行は、表のある所にだけあります。",
        "Drawn from {count} of a table's {of} rows, as many as a link carries. The others stay where the table is.",
    ),
    "broken": T(
        "リンクの中の自分のデータは、途中で切れたか書き換わっているので使いません。もう一度、リンク全体を送ってもらってください。",
        "Your own data in this link were cut or changed on their way and are not used. Ask for the whole link again.",
    ),
    "fault": T(
        "この設定では計算できませんでした。どれかの値を変えてみてください。",
        "These settings could not be computed. Try changing one of them.",
    ),
    "disk": T(
        "サーバーがファイルを書けないため、図を表示できません。"
        "動かしている方は、`static` フォルダに書けるようにしてから、ページを開き直してください。",
        "The server cannot write its files, so there are no pictures. Whoever runs it: let it write to its `static` "
        "folder, then open the page again.",
    ),
    "lost": T("ページの一部を読み込めませんでした。", "Part of this page could not be loaded."),
    "load_again": T("もう一度読み込む", "Load it again"),
    "map_lead": T(
        "パーセプトロンから LLM まで、機械学習の題を並べた地図です。色のついた題から、さわって学べます。",
        "A map of machine learning, from the perceptron to LLMs. Topics in colour can be touched today.",
    ),
}


def word(key: str, lang: str) -> str:
    """Give one of the shell's words."""
    return WORDS[key](lang)


def lang() -> str:
    """Give the session's language, "ja" or "en"."""
    return str(st.session_state.get("sawaru_lang", LANGUAGES[0]))


def set_lang(value: str) -> None:
    """Set the session's language; anything but "en" is Japanese."""
    st.session_state["sawaru_lang"] = value if value in LANGUAGES else LANGUAGES[0]


def in_link() -> dict[str, str]:
    """Give what a link says of the language, so that it also opens rightly in a tab of its own."""
    return {"lang": lang()} if lang() != LANGUAGES[0] else {}


def language_button() -> None:
    """Offer the other language; everything else stays as it is."""
    other = "en" if lang() == "ja" else "ja"
    st.button(word("other_language", lang()), key="sawaru-language", on_click=set_lang, args=(other,), width="content")
