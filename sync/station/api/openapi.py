"""The station's OpenAPI 3.1 description, read from the code that answers: nothing in it is written a second time.

- Paths and parameters come from the routes, as FastAPI knows them.
- A request's body is the msgspec type with which its function calls ``read_json`` or ``act_once``; msgspec gives its
  JSON Schema.
- An answer's fields and status are those of the ``JsonAnswer`` or ``Response`` that the function, or a private one of
  its module that it names, makes, or those of its ``act``. Where an answer is a msgspec type, or no JSON,
  ``_ANSWERS`` says so.
- Who may call is what the route depends on: a session and its right, a kiosk's certificate, a bearer's token.

Pages for people are no interface, and are left out.
"""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

import msgspec
from fastapi import APIRouter
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from starlette.routing import Route

from sync import wire
from sync.station.api import probe_calls, session, v1
from sync.station.api.act_once import act_once
from sync.station.rights import Right

_PREFIXES: Final = ("/api/", "/v1/", "/healthz", "/readyz", "/metrics")
_BINARY: Final = "application/octet-stream"
_JSON: Final = "application/json"

_BODIES: Final = {"/v1/messages": wire.Upload}
"""Read in another way than with ``read_json``: message by message."""

_FILES: Final = ("/api/imports/tries",)
"""Whose body is a file as it is."""

_ANSWERS: Final[dict[tuple[str, str], type | str]] = {
    ("post", "/v1/enrol"): wire.Enrolled,
    ("post", "/v1/renew"): wire.Renewed,
    ("post", "/v1/messages"): wire.Uploaded,
    ("post", "/v1/heartbeat"): wire.HeartbeatSeen,
    ("get", "/v1/list/events"): "text/event-stream",
    ("get", "/v1/list/{path}"): _BINARY,
    ("get", "/api/events"): "text/event-stream",
    ("get", "/api/dispatches/events"): "text/event-stream",
    ("get", "/api/alarms/{alarm}/evidence"): "image/jpeg",
    ("get", "/api/alarms/{alarm}/cap"): "application/cap+xml",
    ("post", "/api/audit/export"): "application/x-ndjson",
    ("get", "/api/statistics/{sheet}.csv"): "text/csv",
    ("get", "/metrics"): "text/plain",
}
"""What the function does not say: a msgspec type, or a media type other than JSON."""

_SECURITY: Final = {
    "session": {"type": "apiKey", "in": "cookie", "name": session.COOKIE},
    "kiosk": {"type": "mutualTLS", "description": "The certificate that the kiosk got when it was enrolled."},
    "metrics": {"type": "http", "scheme": "bearer", "description": "What `station metrics-token` printed."},
}
_CONSOLE: Final = {
    "name": "X-Station",
    "in": "header",
    "required": True,
    "schema": {"type": "string", "const": "console"},
    "description": "Proof that no other site's page sent this.",
}


def describe(routers: Iterable[APIRouter]) -> dict[str, Any]:
    """Return the description of what these routers answer."""
    every = [route for router in routers for route in router.routes if isinstance(route, Route)]
    routes = [route for route in every if route.path.startswith(_PREFIXES)]
    description = get_openapi(title="Hongtu Gate station", version="1", routes=routes)
    paths: dict[str, Any] = description["paths"]
    for route in routes:
        if not isinstance(route, APIRoute):  # past FastAPI, for speed
            paths[_path(route)] = {method.lower(): {} for method in sorted(_methods(route))}
    kinds = {kind for route in routes for kind in _kinds(route)}
    _, schemas = msgspec.json.schema_components(sorted(kinds, key=str), ref_template="#/components/schemas/{name}")
    for route in routes:
        for method, operation in paths[_path(route)].items():
            if method.upper() in _methods(route):
                _complete(operation, route, method)
    description["paths"] = dict(sorted(paths.items()))
    refusal = {"type": "object", "required": ["error"], "properties": {"error": {"type": "string"}}}
    description["components"] = {
        "schemas": dict(sorted({**schemas, "Refusal": refusal}.items())),
        "securitySchemes": _SECURITY,
    }
    return description


def _methods(route: Route) -> set[str]:
    return set(route.methods or ()) - {"HEAD"}


def _path(route: Route) -> str:
    return route.path_format


def _complete(operation: dict[str, Any], route: Route, method: str) -> None:
    summary, _, rest = (inspect.getdoc(route.endpoint) or "").partition("\n")
    operation.update(summary=summary, operationId=f"{route.endpoint.__module__.rpartition('.')[2]}.{route.name}")
    operation.pop("description", None)
    if rest.strip() and "Raises:" not in rest:
        operation["description"] = rest.strip()
    body, required = _body(route)
    if body is not None:
        operation["requestBody"] = {"required": required, "content": {_JSON: {"schema": _reference(body)}}}
    if method == "post" and route.path in _FILES:
        operation["requestBody"] = {"required": False, "content": {_BINARY: {}}}  # a file may be empty
    operation["responses"] = _responses(route, method)
    operation["security"] = _security(route)
    right = next(iter(_rights(route)), None)
    if right is not None:
        operation["x-right"] = right
    if method != "get" and session.meant in _calls(route):
        operation.setdefault("parameters", []).append(_CONSOLE)


def _responses(route: Route, method: str) -> dict[str, Any]:
    given = _ANSWERS.get((method, _path(route)))
    refused = {"description": "Refused", "content": {_JSON: {"schema": {"$ref": "#/components/schemas/Refusal"}}}}
    if isinstance(given, str):
        answers = {"200": {"description": given, "content": {given: {}}}}
        answers.update({status: one for status, one in _read_answers(route).items() if status != "200"})
    elif given is not None:
        answers = {"200": {"description": given.__name__, "content": {_JSON: {"schema": _reference(given)}}}}
    else:
        answers = _read_answers(route) or {"200": {"description": "JSON", "content": {_JSON: {}}}}
    return {**answers, "4XX": refused}


def _read_answers(route: Route) -> dict[str, Any]:
    """Return the answers that the function makes, each status with the fields that it always has."""
    fields: dict[int, set[str] | None] = {}
    for node in _nodes(route.endpoint):
        match node:
            case ast.Call(func=ast.Name(id="JsonAnswer"), args=[content, *status]):
                these = _literal_keys(content)
                for code in _statuses(status):
                    before = fields.get(code, these)
                    fields[code] = these & before if these is not None and before is not None else None
            case ast.Call(func=ast.Name(id="Response"), args=[], keywords=[ast.keyword(arg="status_code") as status]):
                fields[ast.literal_eval(status.value)] = None
            case ast.Call(func=ast.Name(id=name), args=[_, _, _, _, ast.Name(id=act)], keywords=said) if _is_act_once(
                route, name
            ):
                how = {one.arg: one.value for one in said}
                # What is shown once is not in the answer when the same act is sent again.
                these = None if "shown_once" in how else _keys_of_act(route, act)
                fields[ast.literal_eval(how["status"]) if "status" in how else 200] = these
    return {str(code): _json_answer(code, keys) for code, keys in sorted(fields.items())}


def _statuses(status: list[ast.expr]) -> Iterator[int]:
    """Yield each status that stands there, as in ``200 if ready else 503``; 200 where none does."""
    found = [one.value for given in status for one in ast.walk(given) if isinstance(one, ast.Constant)]
    yield from (code for code in found or [200] if isinstance(code, int))


def _json_answer(code: int, keys: set[str] | None) -> dict[str, Any]:
    if code == 204:
        return {"description": "Done"}
    schema: dict[str, Any] = {}
    if keys is not None:
        schema = {"type": "object", "required": sorted(keys), "properties": {key: {} for key in sorted(keys)}}
    return {"description": "Done", "content": {_JSON: {"schema": schema}}}


def _keys_of_act(route: Route, act: str) -> set[str] | None:
    """Return the fields of what the function ``act`` beside it returns, where that stands there."""
    for node in _nodes(route.endpoint):
        if isinstance(node, ast.FunctionDef) and node.name == act:
            returned = [one.value for one in ast.walk(node) if isinstance(one, ast.Return)]
            return _literal_keys(returned[-1]) if returned and returned[-1] is not None else None
    return None


def _literal_keys(content: ast.expr) -> set[str] | None:
    if not isinstance(content, ast.Dict):
        return None
    return {key.value for key in content.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)}


def _body(route: Route) -> tuple[Any, bool]:
    """Return the type of the request's body, or None where it has none, and whether a request must have it."""
    for node in _nodes(route.endpoint):
        match node:
            case ast.Call(func=ast.Name(id="read_json"), args=[_, kind]):
                return eval(ast.unparse(kind), route.endpoint.__globals__), True  # noqa: S307  # our own source
            case ast.Call(func=ast.Name(id=name), args=[_, _, _, kind, _]) if _is_act_once(route, name):
                body = eval(ast.unparse(kind), route.endpoint.__globals__)  # noqa: S307  # our own source
                return body, any(field.required for field in msgspec.structs.fields(body))
    return _BODIES.get(route.path), True


def _is_act_once(route: Route, name: str) -> bool:
    """Tell whether this is what the function's module calls ``act_once``."""
    return route.endpoint.__globals__.get(name) is act_once


def _nodes(function: Callable[..., Any], seen: frozenset[object] = frozenset()) -> Iterator[ast.AST]:
    """Yield what stands in the function, and in each private one of its module that it names."""
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function)))):
        yield node
        if isinstance(node, ast.Name) and node.id.startswith("_"):
            named = function.__globals__.get(node.id)
            if inspect.isfunction(named) and named.__module__ == function.__module__ and named not in seen:
                yield from _nodes(named, seen | {function, named})


def _kinds(route: Route) -> Sequence[Any]:
    answers = [_ANSWERS.get((method.lower(), _path(route))) for method in _methods(route)]
    return [kind for kind in (_body(route)[0], *answers) if kind is not None and not isinstance(kind, str)]


def _reference(kind: Any) -> dict[str, Any]:
    (schema,), _ = msgspec.json.schema_components([kind], ref_template="#/components/schemas/{name}")
    return schema


def _security(route: Route) -> list[dict[str, list[str]]]:
    if not isinstance(route, APIRoute):
        return [{"kiosk": []}]
    calls = _calls(route)
    return [
        {scheme: []}
        for scheme, needed in (("session", session.person), ("kiosk", v1.kiosk_of), ("metrics", probe_calls.scraper))
        if needed in calls
    ]


def _rights(route: Route) -> Iterator[Right]:
    """Yield the right that each ``holder_of`` of this route asks for."""
    for call in _calls(route):
        right = inspect.getclosurevars(call).nonlocals.get("right") if inspect.isfunction(call) else None
        if isinstance(right, Right):
            yield right


def _calls(route: Route) -> list[Any]:
    """Return everything that the route depends on."""
    return list(_every(route.dependant)) if isinstance(route, APIRoute) else []


def _every(dependant: Dependant) -> Iterator[Any]:
    for one in dependant.dependencies:
        yield one.call
        yield from _every(one)
