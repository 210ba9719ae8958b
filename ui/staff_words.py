"""The words of the staff's panel and of the installer's screens: Chinese and English, side by side.

Not the visitors' catalogue (``ui/i18n``): staff read other words than a child of ten, and two languages serve them.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from kiosk.domain.by_hand import HandReason
from kiosk.domain.reasons import Reason, ReasonClass
from kiosk.visit.panel import LaneWord


class Words(NamedTuple):
    """The same in both languages."""

    zh: str
    en: str

    def in_(self, language: str) -> str:
        """Return it in the language, English for any but Chinese."""
        return self.zh if language.startswith("zh") else self.en


LANES: Final[Mapping[LaneWord, Words]] = {
    LaneWord.OPEN: Words("通道开放，无人使用", "Open, nobody at the machine"),
    LaneWord.SERVING: Words("有人正在使用", "A visitor is at the machine"),
    LaneWord.ADMITTED: Words("已放行，请让他通过", "Let in: the visitor is walking through"),
    LaneWord.REFERRED: Words("有人需要您帮助", "A visitor needs you"),
    LaneWord.CARD_LEFT: Words("证件还在读卡区", "A card lies on the reader"),
    LaneWord.PAUSED: Words("通道已暂停", "The lane is paused"),
    LaneWord.FAULTY: Words("有故障，停止服务", "Out of service: a fault"),
}

ASK_THE_STATION: Final = Words(
    "打电话给公安站，说明通道和时间，听他们怎么说；不清楚就请他稍等。",
    "Telephone the station, say the lane and the time, and do what they say. Until then ask the visitor to wait.",
)
CLASSES: Final[Mapping[ReasonClass, tuple[Words, Words]]] = {
    ReasonClass.DOCUMENT: (Words("证件", "The document"), Words("看一看证件。", "Look at the document.")),
    ReasonClass.FACE: (
        Words("人脸比对", "The face comparison"),
        Words("请您自己对照证件照片和本人。", "Compare the card's photo with the person yourself."),
    ),
    ReasonClass.CHECK: (Words("须由工作人员核对", "A check that only staff can make"), ASK_THE_STATION),
    ReasonClass.CHILD: (
        Words("不到 14 岁", "Under 14 years"),
        Words("和同行的大人一起接待，不用刷脸。", "Serve the child with the adult: no camera is needed."),
    ),
    ReasonClass.CHOICE: (
        Words("自己选择了人工", "Chose to be served by staff"),
        Words("照常接待，不用刷脸。", "Serve as you would anybody: no camera is needed."),
    ),
}
"""What each class is, and what to do about it."""

_CARD: Final = Words(
    "请看证件原件；读不出来就登记后放行。", "Look at the card itself, and go by the site's rule for such cards."
)
_OLD: Final = Words("请他出示另一个有效证件。", "Ask for another document that is valid.")
_FACE: Final = Words("请您自己对照证件照片和本人。", "Compare the card's photo with the person yourself.")
REASONS: Final[Mapping[Reason, tuple[Words, Words]]] = {
    Reason.EXPIRED: (Words("证件过期了", "The document has expired"), _OLD),
    Reason.NOT_YET_VALID: (Words("证件还没有生效", "The document is not valid yet"), _OLD),
    Reason.UNDER_AGE: CLASSES[ReasonClass.CHILD],
    Reason.UNKNOWN_CARD_KIND: (Words("本机不认识这种证件", "A kind of card that the machine does not know"), _CARD),
    Reason.FIELD_INVALID: (Words("芯片内容不完整", "The chip's entries do not fit together"), _CARD),
    Reason.NUMBER_INVALID: (Words("证件号码不合规则", "The document's number follows no rule"), _CARD),
    Reason.CARD_UNREADABLE: (Words("证件读不出来", "The card could not be read"), _CARD),
    Reason.PORTRAIT_UNDECODABLE: (Words("证件照片打不开", "The card's photo could not be opened"), _FACE),
    Reason.PORTRAIT_NO_FACE: (Words("证件照片看不清脸", "No face was found in the card's photo"), _FACE),
    Reason.PORTRAIT_SEVERAL_FACES: (Words("证件照片不清楚", "The card's photo is not clear"), _FACE),
    Reason.FACE_UNSURE: (Words("人脸比对不确定", "The machine is not sure about the face"), _FACE),
    Reason.FACE_DIFFERS: (
        Words("人脸和证件照片不像", "The face and the card's photo do not look alike to the machine"),
        Words("机器会看错。请您自己对照。", "The machine can be wrong. Compare them yourself."),
    ),
    Reason.NO_FACE_SEEN: (Words("镜头没看到脸", "The camera saw no face"), _FACE),
    Reason.SEVERAL_FACES: (Words("镜头前不止一人", "Several people stood before the camera"), _FACE),
    Reason.LIVENESS_FAILED: (Words("动作没有做完", "The gestures were not made"), _FACE),
    Reason.LIVENESS_NOT_MEASURED: (Words("动作没有测到", "The gestures could not be seen"), _FACE),
    Reason.STAFFED_LANE: CLASSES[ReasonClass.CHOICE],
}
"""Of every reason that staff are told exactly (``kiosk.visit.states.Referred.reason``)."""

BY_HAND: Final[Mapping[HandReason, Words]] = {
    HandReason.DOCUMENT_SEEN: Words("我看过证件了", "I have looked at the document"),
    HandReason.FACE_SEEN: Words("我对照过证件和本人", "I have compared card and person"),
    HandReason.ADULT_WITH_CHILD: Words("孩子和大人一起", "A child with an adult"),
    HandReason.STATION_ASKED: Words("问过公安站，他们同意", "The station was asked and agrees"),
    HandReason.ON_DUTY: Words("工作人员、送货、急救", "On duty: staff, a delivery, an ambulance"),
}

LABELS: Final[Mapping[str, Words]] = {
    "title": Words("工作人员", "Staff"),
    "now": Words("这位游客", "This visitor"),
    "nobody": Words("现在没有人等您", "Nobody needs you now"),
    "waiting": Words("等候帮助", "Waiting for you"),
    "faults": Words("故障", "Faults"),
    "no_faults": Words("一切正常", "All is well"),
    "code": Words("代码", "Code"),
    "admit": Words("手动放行", "Let in by hand"),
    "admit_other": Words("放行其他人", "Let somebody in"),
    "why": Words("为什么放行？会记下原因，不记是谁。", "Why? The reason is counted, never who it was."),
    "first_ask": Words(
        "这类情况，先问公安站才能放行。",
        "After such a check the gate opens once the station has been asked.",
    ),
    "in_use": Words("有人正在使用，请稍等", "Wait: a visitor is at the machine"),
    "dismiss": Words("已处理", "Done"),
    "call": Words("叫同事来", "Call a colleague"),
    "called": Words("已经叫了", "Called"),
    "pause": Words("暂停通道", "Pause the lane"),
    "resume": Words("恢复通道", "Open the lane"),
    "restart": Words("重新启动", "Restart"),
    "restart_again": Words("再按一次就重启", "Press again to restart"),
    "set_up": Words("安装检查", "Setup"),
    "close": Words("关闭", "Close"),
    "lock": Words("锁定", "Lock"),
    "unlock": Words("输入密码后操作", "PIN, to do something"),
    "back": Words("返回", "Back"),
    "language": Words("English", "中文"),
    "pin": Words("工作人员密码", "Staff PIN"),
    "pin_wrong": Words("密码不对", "That is not the PIN"),
    "pin_wait": Words("请等 {seconds} 秒", "Wait {seconds} s"),
    "pin_unset": Words(
        "还没有设密码：请安装人员运行 kiosk setup",
        "No PIN is set: the installer runs kiosk setup",
    ),
    "enter": Words("确定", "OK"),
    "erase": Words("删除", "Delete"),
    "list_none": Words("没有名单", "No list"),
    "list_age": Words("名单 {age}前核对", "The list was checked {age} ago"),
    "minutes": Words("{n} 分钟", "{n} min"),
    "hours": Words("{n} 小时", "{n} h"),
    "days": Words("{n} 天", "{n} days"),
}

STEPS: Final[Mapping[str, tuple[Words, Words]]] = {
    "enrol": (
        Words("登记", "Enrol"),
        Words("输入公安站给的代码（25 个字母和数字）。", "Type the code from the station: 25 letters and digits."),
    ),
    "reader": (Words("读卡器", "Card reader"), Words("检查读卡器和安全模块。", "Looks at the reader and its module.")),
    "camera": (
        Words("镜头、距离和光线", "Camera, distance and light"),
        Words(
            "站到游客的位置。四条都要过中线；坐着也试一次。",
            "Stand where a visitor will. Every bar should pass the middle; try it from a chair as well.",
        ),
    ),
    "gate": (Words("闸机", "Gate"), Words("按“测试”，闸机会开一次。", "Press Test: the gate opens once.")),
    "sound": (Words("声音", "Sound"), Words("按“测试”，应听到一句话。", "Press Test: a sentence should be heard.")),
    "screen": (
        Words("屏幕大小", "Screen size"),
        Words(
            "把一张身份证贴在屏幕上，调到方框与证件一样大。",
            "Hold a card to the screen and fit the frame to it.",
        ),
    ),
    "site": (
        Words("场所、语言和样式", "Site, language and look"),
        Words("选这台机器用的。", "Choose what this machine uses."),
    ),
    "pin": (
        Words("工作人员密码", "Staff PIN"),
        Words("6 到 12 位数字，不要连号。", "6 to 12 digits; no run such as 123456."),
    ),
    "doctor": (Words("全面检查", "Everything at once"), Words("每项都应是 ✓。", "Each line should have a ✓.")),
}
"""The installer's screens in their order: a title, and what to do."""

SETUP: Final[Mapping[str, Words]] = {
    "setup": Words("安装", "Setup"),
    "test": Words("测试", "Test"),
    "testing": Words("正在检查…", "Looking…"),
    "next": Words("下一步", "Next"),
    "back": Words("上一步", "Back"),
    "finish": Words("完成", "Finish"),
    "save": Words("保存", "Save"),
    "send": Words("登记", "Enrol"),
    "space": Words("⌫", "⌫"),
    "language": Words("English", "中文"),
    "larger": Words("放大", "Larger"),
    "smaller": Words("缩小", "Smaller"),
    "distance": Words("距离", "Distance"),
    "light": Words("亮度", "Light"),
    "even": Words("光线均匀", "Even light"),
    "sharp": Words("清晰度", "Focus"),
    "saved": Words("已保存，重启后生效", "Saved; it counts from the next start"),
    "card": Words("身份证", "Card"),
}
