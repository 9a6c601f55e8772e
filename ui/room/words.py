"""What the room says, in both languages."""

from core.text import T

WORDS: dict[str, T] = {
    "room": T("教室", "Room"),
    "open": T("教室を開く", "Open a room"),
    "return": T("教室 {code} に戻る", "Return to room {code}"),
    "code": T("教室のコード", "Room code"),
    "join": T("入る", "Join"),
    "about": T(
        "クラスで同じ図を見て、予想し、投票します。名前は聞きません。"
        "サーバーが覚えるのは人数、投票、見せると決めた図だけで、1 時間使わないと教室ごと消えます。",
        "A class sees one picture, predicts and votes. No names are asked. The server remembers counts, votes and the "
        "pictures one offers, nothing else, and an hour without use ends the room with all of it.",
    ),
    "none": T(
        "このサーバーはページだけを配っているので、教室は開けません。",
        "This server does nothing but serve pages, so no room can be opened here.",
    ),
    "wrong": T("そのコードの教室はありません。", "There is no room with this code."),
    "wait": T(
        "いまは入れません。1 分ほど待ってから、もう一度試してください。",
        "Not just now. Wait for a minute, then try again.",
    ),
    "full": T("この教室は満員です。", "This room is full."),
    "ended": T("教室は終わりました。", "The room has ended."),
    "lost": T("つないでいます…", "Connecting…"),
    "people": T("{all} 人", "{all} here"),
    "modes": T("ついている {follow} 人、ひとりで {alone} 人", "{follow} following, {alone} on their own"),
    "follows": T("先生の画面についています。", "You are following the teacher."),
    "alone": T("ひとりで触っています。", "You are on your own."),
    "let_go": T("ひとりで触る", "On my own"),
    "back": T("先生の画面に戻る", "Back to the teacher"),
    "offer": T("先生に図を見せる", "Offer my picture"),
    "offered": T("図を先生に送りました", "Offered to the teacher"),
    "take_back": T("送った図を取り消す", "Take it back"),
    "leave": T("教室を出る", "Leave"),
    "end": T("教室を終える", "End the room"),
    "sure": T("もう一度押すと終わります", "Press again to end it"),
    "invite": T("入りかた", "How to join"),
    "address": T("教室へのリンク", "Link to the room"),
    "qr": T("教室に入るための QR コード", "QR code that leads into the room"),
    "pose": T("問いを出す", "Ask"),
    "of_lesson": T("このレッスンの予想", "This lesson's predictions"),
    "own": T("自分の問い", "A question of your own"),
    "question": T("問い", "Question"),
    "choice": T("選択肢 {n}", "Choice {n}"),
    "send": T("この問いを出す", "Ask this"),
    "hidden": T("票の数は、見せるまで生徒から隠す", "Hide the counts from pupils until I show them"),
    "offers": T("見せたい図 {n}", "Offers {n}"),
    "put": T("図 {n} を映す", "Show picture {n}"),
    "unput": T("自分の図に戻す", "Back to my own"),
    "shown": T("クラスのひとりが作った図です。", "One of the class made this picture."),
    "watch": T("つまみの分布", "Where sliders stand"),
    "call": T("みんなを呼び戻す", "Call all back"),
    "free": T("各自で触ってもらう", "Let all play"),
    "vote": T("投票", "Vote"),
    "voted": T("{n} 人が投票", "{n} voted"),
    "close": T("締め切る", "Close the vote"),
    "show": T("票の数を見せる", "Show the counts"),
    "hide": T("票の数を隠す", "Hide the counts"),
    "again": T("もう一度投票", "Vote again"),
    "reveal": T("答え合わせ", "Reveal"),
    "clear": T("片付ける", "Put away"),
    "first": T("1 回目", "First vote"),
    "second": T("2 回目", "Second vote"),
    "may_change": T("締め切りまで変えられます。", "You may change it until the vote closes."),
    "closed": T("締め切りました。", "The vote is closed."),
    "sending": T("送っています…", "Sending…"),
    "received": T("✓ 届きました。", "✓ Received."),
    "you": T("あなた", "you"),
    "answer": T("答え", "answer"),
    "stands": T("{n} 人: {low} から {high}、中央 {middle}", "{n} pupils: {low} to {high}, median {middle}"),
}


def said(lang: str) -> dict[str, str]:
    """Give them all in a language."""
    return {name: text(lang) for name, text in WORDS.items()}
