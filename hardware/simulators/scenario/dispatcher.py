"""The station's people at their desks: they use the console's own calls, each with a session of their own."""

import http.client
import json
import secrets
import ssl
import time
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from hardware.simulators.personas import Persona
from hardware.simulators.scenario.authenticator import code_of


class RefusedError(Exception):
    """The station did not do what it was asked for."""


class Desk:
    """One signed-in person. Passwords are random and live as long as this object."""

    def __init__(self, url: str, ca: Path, login: str) -> None:
        self._host = urlsplit(url).netloc
        self._tls = ssl.create_default_context(cafile=str(ca))
        self.login = login
        self.password = secrets.token_urlsafe(18)
        self._secret = ""
        self._cookie = ""

    @classmethod
    def welcomed(cls, url: str, ca: Path, login: str, invitation: str) -> Self:
        """Take up a one-time invitation (the path's last part is its token)."""
        desk = cls(url, ca, login)
        token = invitation.rsplit("/", 1)[-1]
        offer = desk.ask("POST", f"/api/welcome/{token}/code/offer", {"login": login})
        desk._secret = offer["secret"]
        asked = {"login": login, "challenge": offer["challenge"], **desk._proof()}
        desk.ask("POST", f"/api/welcome/{token}", asked)
        return desk

    def invite(self, url: str, ca: Path, login: str, *roles: str) -> "Desk":
        """Invite a colleague, who takes the invitation up at once."""
        token = self.invitation(*roles).rpartition("/")[2]
        return Desk.welcomed(url, ca, login, token)

    def invitation(self, *roles: str) -> str:
        """Return the path of a one-time invitation. Some minutes after the log-in the station asks who is there."""
        if not self.ask("GET", "/api/me")["verified"]:
            self.ask("POST", "/api/me/verify", self._proof())
        return str(self.ask("POST", "/api/invitations", {"roles": roles})["path"])

    def propose(self, persona: Persona, *, case: str) -> str:
        """Propose a persona for the list and return the entry's id."""
        return self.propose_number(persona.number, name=persona.name, case=case)

    def propose_number(self, number: str, *, case: str, name: str = "演示 Exercise") -> str:
        """Propose whoever has this number and return the entry's id."""
        answer = self.ask(
            "POST",
            "/api/list",
            {
                "numbers": [number],
                "name": name,
                "unit": "演示单位 Exercise unit",
                "contact": "0597-0000000",
                "case_number": case,
                "legal_basis": "wanted-notice",
                "expires_on": (date.today() + timedelta(days=30)).isoformat(),  # noqa: DTZ011 - an exercise's rough end
                "guidance": "演示 Exercise: stay calm, wait for two colleagues.",
            },
        )
        return str(answer["entry"])

    def approve(self, entry: str) -> int:
        """Approve a colleague's proposal and return the feed's sequence number."""
        return int(self.ask("POST", f"/api/list/{entry}/approve")["seq"])

    def withdraw(self, entry: str) -> int:
        """Withdraw an entry and return the feed's sequence number."""
        return int(self.ask("POST", f"/api/list/{entry}/withdraw", {"why": "exercise over"})["seq"])

    def alarms(self) -> list[dict[str, Any]]:
        """Return every alarm that the station has."""
        return list(self.ask("GET", "/api/alarms?since=0")["alarms"])

    def acknowledge(self, alarm: str) -> None:
        """Say that somebody is on it."""
        self.ask("POST", f"/api/alarms/{alarm}/acknowledge")

    def dismiss(self, alarm: str) -> None:
        """End the case, of which nothing comes."""
        self.ask("POST", f"/api/alarms/{alarm}/dismiss", {"why": "exercise over"})

    def counts(self) -> Mapping[str, int]:
        """Return the anonymous counts of all hours, by verdict and reason."""
        return dict(self.ask("GET", "/api/counts")["counts"])

    def kiosks(self) -> list[dict[str, Any]]:
        """Return how every kiosk is."""
        return list(self.ask("GET", "/api/kiosks")["kiosks"])

    def draw_plan(self, svg: Path, places: Mapping[str, tuple[float, float]]) -> None:
        """Upload a plan of the lanes and place these kiosks on it."""
        self.ask("POST", "/api/plan", {"svg": svg.read_text(encoding="utf-8")})
        for kiosk, (x, y) in places.items():
            self.ask("POST", f"/api/kiosks/{kiosk}/place", {"x": x, "y": y})

    @property
    def session(self) -> str:
        """The session's cookie, as it is sent."""
        return self._cookie

    def _proof(self) -> dict[str, str]:
        return {"password": self.password, "code": code_of(self._secret, time.time())}

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """Send one request. Raises RefusedError with the station's own answer."""
        connection = http.client.HTTPSConnection(self._host, context=self._tls, timeout=15)
        headers = {"X-Station": "console", "Content-Type": "application/json"}
        if self._cookie:
            headers["Cookie"] = self._cookie
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        if answer.status >= 400:
            raise RefusedError(f"{method} {path.split('/')[2]}: {answer.status} {text[:200].decode(errors='replace')}")
        if cookie := answer.getheader("Set-Cookie"):
            self._cookie = cookie.partition(";")[0]
        return json.loads(text) if text else None
