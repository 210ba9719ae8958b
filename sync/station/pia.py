"""What an impact assessment and a filing need, from this station as it stands: ``station pia FILE`` (Markdown).

It is the assessor's material and no assessment: what people must weigh (necessity, measures, what remains) they write.
Counters are numbers of rows, never of persons by any trait, and none names anybody.

The Measures on the security management of facial recognition (in force since 2025-06-01) ask for a filing within 30
working days once face information of 100,000 persons is *stored*. What is counted here is what is stored: sealed faces
of alarms, 72 h at most. A comparison at the gate stores none.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Connection, Table, func, select

from sync.sealed_face import KEPT
from sync.station import audit, retention, tables, visit_counts
from sync.station.live_list import EntryState
from sync.station.tables import alarms, entries, evidence, people
from sync.station.tables import audit as audit_log

FILING_FROM: Final = 100_000
"""Persons whose face information is stored (article 15 of the Measures)."""
A_YEAR: Final = timedelta(days=365)

FLOWS: Final = (
    ("card (number, birth date, validity, portrait)", "reader → the gate's memory", "ends with the visit, in seconds"),
    ("live picture", "camera → the gate's memory", "ends with the visit; compared 1:1 with the card's portrait alone"),
    ("document number", "the gate's memory → look-up in the sealed list at the gate", "never leaves the gate"),
    ("alarm: entry id, scores, list age", "gate → station, TLS 1.3", "no name, number or picture in it"),
    ("face of an alarm", "sealed at the gate → station, only for a named officer's reason", "72 h at most"),
    ("count by hour, verdict, reason; by stage and class of time", "gate → station", "names nobody"),
    ("the list: numbers sealed under a slow hash", "station → gates", "opens only to the number presented"),
)

SIGNAGE: Final = """\
**中文**

> **人脸核验说明** {site}
> 处理者：______（名称、联系方式）。目的：核对证件与持证人是否一致，维护公共安全。法律依据：______。
> 处理内容：读取证件号码、有效期和证件照片；现场拍摄人脸，仅与您证件上的照片作一对一比对。
> 保存：不保存您的证件信息和人脸信息，通行结束即删除，仅保留不含个人信息的数量统计。
> 触发警情时，现场人脸加密保存在本机，最长72小时。
> **您可以不使用人脸核验**：请走人工通道，待遇相同。未满十四周岁的未成年人由工作人员核验。
> 查询、更正、投诉：______。

**English**

> **Face check: what you should know** {site}
> Run by: ______ (name, contact). Why: to see that a document is its holder's, for public safety. Legal basis: ______.
> What is read: the document's number, validity and photograph; a live picture, compared with your own document's
> photograph and with nobody else's.
> Kept: nothing of your document or face; it is erased when you have passed. Only counts that name nobody remain.
> Where an alarm is raised, the picture is kept encrypted in this machine, for 72 hours at most.
> **You need not use the face check**: take the staffed lane, at no disadvantage. Staff check children under 14.
> Questions, corrections, complaints: ______.
"""


def page(conn: Connection, site: str, now: datetime) -> str:
    """Return the whole file."""
    head = [
        f"# Material for a personal information protection impact assessment: {site}",
        "",
        f"Made by `station pia` on {now:%Y-%m-%d %H:%M} UTC from the running station. PIPL 55 and 56 ask for the",
        "assessment itself: whether purpose and means are lawful and necessary, the risks, whether the measures are",
        "enough. That is for people to write and sign; it and this file are kept for three years at least.",
        "",
        "## Who decides what",
        "The site fills in: personal information handler ______, person in charge ______, legal basis ______.",
        "",
        "## Data map",
        *_table(("what", "its way", "its end"), FLOWS),
        "",
        "## Retention",
        *_table(
            ("kind", "what", "where", "kept", "who answers for it", "why"),
            [(k.name, k.what, k.where, k.kept, k.owner, k.why) for k in retention.KINDS],
        ),
        "",
        "## Counters",
        *_table(("what is counted", "how many"), counters(conn, now)),
        "",
        f"A filing is due once face information of {FILING_FROM:,} persons is stored. No more is stored than the",
        "second line says, gates and station together; a person may be counted in it more than once.",
        "",
        "## Signage text",
        SIGNAGE.format(site=site),
    ]
    return "\n".join(head)


def counters(conn: Connection, now: datetime) -> list[tuple[str, int]]:
    """Return what is counted, and how many."""
    lately = now - A_YEAR
    hits = _n(conn, alarms, alarms.c.entry.is_not(None), alarms.c.received_at > now - KEPT)
    faces = evidence.c.locked.is_not(None) & evidence.c.erased_at.is_(None)
    return [
        ("faces stored at this station now (encrypted, 72 h at most)", _n(conn, evidence, faces)),
        ("alarms with an entry of the last 72 h: so many faces at the most, gates and station together", hits),
        ("face templates stored", 0),
        ("visits counted, by no person", sum(visit_counts.totals(conn).values())),
        ("alarms of the last year", _n(conn, alarms, alarms.c.received_at > lately)),
        *((f"`{act}` in the last year", _acts(conn, act, lately)) for act in _WATCHED),
        ("persons listed now, by entries", _n(conn, entries, entries.c.state == EntryState.LISTED)),
        ("numbers cleared for good", _n(conn, tables.cleared_numbers)),
        ("people with an account", _n(conn, people)),
        ("kiosks", _n(conn, tables.kiosks)),
        ("rows of the audit log", _n(conn, audit_log)),
    ]


_WATCHED: Final = (
    *("evidence.asked", "evidence.seen", "evidence.received", "evidence.erased", "data.erased"),
    *("list.searched", "entry.looked-up", "entry.approved", "entry.withdrawn", "person.cleared"),
)


def write_record(conn: Connection, who: str, now: datetime) -> None:
    """Record that the file was made."""
    audit.record(conn, now, who, "assessment.written")


def _n(conn: Connection, table: Table, *where: ColumnElement[bool]) -> int:
    return int(conn.execute(select(func.count()).select_from(table).where(*where)).scalar_one())


def _acts(conn: Connection, act: str, since: datetime) -> int:
    return _n(conn, audit_log, audit_log.c.what == act, audit_log.c.at > since)


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    lines = (head, ["---"] * len(head), *rows)
    return ["| " + " | ".join(str(cell) for cell in line) + " |" for line in lines]
