"""Every fault in words, Chinese and English: what it means and what to do, for staff and installer.

``docs/guard.md`` carries the same table; a test holds the two together.
"""

from collections.abc import Mapping
from typing import Final

from kiosk.domain.faults import Fault

WHAT_TO_DO: Final[Mapping[Fault, tuple[str, str]]] = {
    Fault.READER_LOST: ("读卡器未连接：检查连线", "The card reader is gone: check its cable."),
    Fault.READER_SERVICE_DOWN: (
        "读卡服务未运行：systemctl start pcscd",
        "The card service does not run: systemctl start pcscd.",
    ),
    Fault.READER_BUSY: ("读卡器被其他程序占用：关闭该程序", "Another program holds the reader: end it."),
    Fault.READER_PROFILE: ("读卡器型号与配置不符：请安装人员检查", "The reader fits no profile: call the installer."),
    Fault.READER_STALLED: (
        "读卡器无响应：拔下再插上",
        "The card reader does not answer: unplug it and plug it in again.",
    ),
    Fault.READER_SEVERAL: (
        "接了两个读卡器：拔下多余的一个",
        "Two card readers are plugged in: unplug the one that visitors do not use.",
    ),
    Fault.READER_SAM: (
        "读卡器安全模块故障：请安装人员更换",
        "The reader's security module refuses to work: call the installer.",
    ),
    Fault.READER_SAMID: (
        "读卡器被更换过：请安装人员核对",
        "This is not the reader that was installed here: call the installer.",
    ),
    Fault.PHOTO_DECODER: (
        "证件照片无法解码：全部转人工，请安装人员检查",
        "Card photos cannot be opened: every visitor goes to staff. Call the installer.",
    ),
    Fault.CAMERA_LOST: ("摄像头未连接：检查连线", "The camera is gone: check its cable."),
    Fault.CAMERA_STALLED: (
        "摄像头画面停住：拔下再插上",
        "The camera gives no new picture: unplug it and plug it in again.",
    ),
    Fault.FACE_MODELS: ("人脸模型不可用：请安装人员检查", "The face models cannot be used: call the installer."),
    Fault.OUTBOX: ("告警无法保存：检查磁盘", "Alarms cannot be stored: check the disk."),
    Fault.DISK: ("磁盘将满：请安装人员清理", "The disk is nearly full: call the installer."),
    Fault.CLOCK: ("时钟不准：请安装人员校时", "The clock is wrong: call the installer."),
    Fault.CLOCK_UNSYNCED: (
        "没有自动校时：请安装人员启用",
        "Nothing sets the clock: call the installer, who should switch NTP on.",
    ),
    Fault.GATE_LOST: ("闸机无应答：改走人工通道", "The gate does not answer: use the staffed lane."),
    Fault.CARD_FORGOTTEN: ("读卡区有遗留证件：请保管", "A card was left on the reader: take it into care."),
    Fault.LIST_AGEING: ("名单超过一小时未更新", "The list is more than an hour old: tell the station."),
    Fault.LIST_TOO_OLD: (
        "名单超过一天未更新：全部转人工",
        "The list is more than a day old: every visitor goes to staff. Tell the station.",
    ),
    Fault.LIST_MISSING: ("没有名单：全部转人工", "There is no list: every visitor goes to staff. Tell the station."),
    Fault.LIST_REFUSED: ("名单更新被拒绝：联系公安站", "A list update was refused: tell the station."),
    Fault.DEVICE_KEY_FILE: (
        "名单密钥存于文件，保护较弱：请安装人员启用 TPM",
        "The list's key is in a file, which is weaker: call the installer, who should use a TPM.",
    ),
    Fault.STATION_LINK: (
        "与公安站失去联系：告警会在恢复后送达",
        "No link to the station: alarms are kept and sent when it is back. Telephone for now.",
    ),
    Fault.STATION_UNTRUSTED: (
        "对端不是公安站：请安装人员检查网络和证书",
        "Who answers is not the station: call the installer. Telephone for now.",
    ),
    Fault.SET_ASIDE: (
        "有告警被公安站拒收：请打电话告知，并请安装人员检查",
        "The station refused a message: tell it by telephone, and call the installer.",
    ),
    Fault.CERTIFICATE_ENDS_SOON: (
        "证书几天内到期，续期未成：请安装人员检查",
        "The certificate ends within days and was not renewed: call the installer.",
    ),
    Fault.CERTIFICATE_EXPIRED: (
        "证书已过期：请安装人员重新登记（待发告警不会丢失）",
        "The certificate has expired: enrol again. Alarms that wait are kept.",
    ),
    Fault.CERTIFICATE_REVOKED: (
        "证书已被公安站吊销：联系公安站",
        "The station has revoked this kiosk: ask the station. Everybody may still enter by staff.",
    ),
    Fault.CERTIFICATE_REJECTED: (
        "公安站不认此证书：请安装人员重新登记",
        "The station does not know this certificate: enrol again. Alarms that wait are kept.",
    ),
    Fault.APP_SILENT: ("闸口程序没有运行：重启本机", "The kiosk app does not run: restart the machine."),
}
