"""``kiosk face``: model packs, and what is known of their errors."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, NoReturn

import msgspec
import typer

if TYPE_CHECKING:
    from face.evaluation.report import Report
    from face.models import FaceModels

# The models' libraries take a second and a half to import: each command imports what it needs.
cli = typer.Typer(no_args_is_help=True, help=__doc__, pretty_exceptions_enable=False)

_PACKS: Final = Path("/opt/hongtu-gate/build/models")
_PackDir = Annotated[Path, typer.Argument(help="The pack's folder.")]
_Set = Annotated[Path, typer.Argument(help="A folder of consented pictures with pairs.csv.")]
_Pack = Annotated[Path, typer.Option("--pack", help="The pack's folder.")]
_DEFAULT: Final = _PACKS / "sface-yunet"


@cli.command("packs")
def list_packs(folder: Annotated[Path, typer.Argument(help="Where packs are.")] = _PACKS) -> None:
    """Print the packs in a folder, and of each whether it may be used at the gate."""
    from face.errors import PackError
    from face.packs import PACK_FILE, load_pack

    found = sorted(path.parent for path in folder.glob(f"*/{PACK_FILE}"))
    if not found:
        _fail(f"{folder} holds no packs: `kiosk face install-pack` puts one there")
    for directory in found:
        try:
            pack = load_pack(directory)
        except PackError as error:
            typer.echo(f"{directory.name}: refused: {error.why}")
            continue
        record = pack.spec.calibration
        typer.echo(f"{directory.name}: {pack.spec.name}, digest {pack.digest[:12]}")
        typer.echo(f"  licence      {'any use' if pack.spec.commercial_use else 'acknowledged; see MODEL.LICENSE'}")
        typer.echo(f"  liveness     {'possible' if pack.spec.landmarks else 'not possible: no landmark model'}")
        if record is None:
            typer.echo("  calibration  none: refused at the gate until `kiosk face calibrate`")
        else:
            typer.echo(f"  calibration  accept {record.accept}, staff {record.staff}; {record.date}, {record.data_set}")


@cli.command("verify-pack")
def verify_pack(pack_dir: _PackDir) -> None:
    """Check digests, licence, calibration and the self-test on this machine. Exit code 1 where one fails."""
    from face.errors import PackError
    from face.models import load_models, self_test_cosine
    from face.packs import load_pack

    try:
        pack = load_pack(pack_dir)
        models = load_models(pack)
    except PackError as error:
        _fail(f"refused: {error.why}", 1)
    cosine = self_test_cosine(models, pack.spec.embedder.embedding_size)
    typer.echo(f"{pack.spec.name}: {len(pack.contents)} files as declared, digest {pack.digest}")
    typer.echo(f"self-test: {cosine:.6f}, declared {pack.spec.self_test.cosine:.6f}")


@cli.command("install-pack")
def install_pack(
    source: Annotated[Path, typer.Argument(help="One of our packs, or InsightFace's (buffalo_l, antelopev2 …).")],
    out: Annotated[Path, typer.Argument(help="The folder to make, named as the settings name it.")],
    accept_licence: Annotated[
        str | None, typer.Option("--accept-licence", help="Who has read the licence and answers for the use.")
    ] = None,
    landmarks_from: Annotated[
        Path | None, typer.Option(help="A pack whose landmark model is taken along, for the liveness check.")
    ] = None,
) -> None:
    """Copy a pack to its place: detector and embedder only, never a model of age or sex."""
    from face.drop_in import install_pack as install
    from face.errors import InstallError

    try:
        spec = install(source, out, accepted_by=accept_licence, landmarks_from=landmarks_from)
    except InstallError as error:
        _fail(str(error), 1)
    typer.echo(f"{spec.name} installed in {out}")
    if spec.calibration is None:
        typer.echo("It has no calibration record and is refused at the gate: run `kiosk face calibrate` next.")


@cli.command()
def evaluate(
    folder: _Set,
    pack: _Pack = _DEFAULT,
    out: Annotated[Path, typer.Option(help="Where report.html and report.json go.")] = Path("build/face-report"),
    effects: Annotated[bool, typer.Option(help="Also measure the effect of degradation (a minute or two).")] = True,
    check: Annotated[bool, typer.Option("--check", help="Release check: exit code 1 where a group fails.")] = False,
) -> None:
    """Measure a pack's errors on a consented set: counts, intervals, groups, degradation, thresholds."""
    from face.evaluation.page import html

    report = _report(folder, _models(pack), effects=effects)
    out.mkdir(parents=True, exist_ok=True)
    (out / "report.json").write_bytes(msgspec.json.format(msgspec.json.encode(report)))
    (out / "report.html").write_text(html(report), encoding="utf-8")
    _summarise(report)
    typer.echo(f"{out / 'report.html'}, {out / 'report.json'}")
    if check and report.failing:
        raise typer.Exit(1)


@cli.command()
def calibrate(
    folder: _Set,
    pack: _Pack,
    data_set: Annotated[str, typer.Option(help="What the set is, as it shall stand in the record.")],
    remark: Annotated[str, typer.Option(help="Anything else that shall stand in the record.")] = "",
) -> None:
    """Write thresholds and their record into a pack: the ones that the set speaks for. The pack's digest changes."""
    from face.errors import EvaluationError
    from face.evaluation.report import calibration
    from face.install import encode_spec
    from face.packs import PACK_FILE, load_pack
    from kiosk.private_file import replace_file

    report = _report(folder, _models(pack), effects=False)
    try:
        record = calibration(report, data_set, report.recommended_accept, report.recommended_staff, remark)
    except EvaluationError as error:
        _fail(str(error), 1)
    spec = msgspec.structs.replace(load_pack(pack).spec, calibration=record)
    replace_file(pack / PACK_FILE, encode_spec(spec))
    _summarise(report)
    typer.echo(
        f"accept {record.accept}, staff {record.staff} written; the pack's digest is now {load_pack(pack).digest}"
    )


@cli.command()
def study(
    folder: _Set,
    pack: _Pack = _DEFAULT,
) -> None:
    """Show what helps the comparison with card photos, on persons held out before looking (docs/face-study.md)."""
    from face.errors import EvaluationError
    from face.evaluation import data_set
    from face.evaluation import study as studies

    try:
        lines = studies.run(data_set.load(folder), _models(pack), say=typer.echo)
    except EvaluationError as error:
        _fail(str(error), 1)
    for line in lines:
        typer.echo(line)


def _models(pack: Path) -> "FaceModels":
    from face.errors import PackError
    from face.models import load_models
    from face.packs import load_pack

    try:
        return load_models(load_pack(pack), for_the_gate=False)
    except PackError as error:
        _fail(f"{pack}: {error.why}", 1)


def _report(folder: Path, models: "FaceModels", *, effects: bool) -> "Report":
    from face.errors import EvaluationError
    from face.evaluation import data_set
    from face.evaluation.report import evaluate as measure

    try:
        return measure(
            data_set.load(folder),
            models,
            datetime.now(UTC).date(),
            with_effects=effects,
            say=lambda text: typer.echo(text),
        )
    except EvaluationError as error:
        _fail(str(error), 1)


def _summarise(report: "Report") -> None:
    from face.evaluation.rates import shown

    typer.echo(f"{report.pack} {report.pack_digest[:12]} on {report.data_set}, {report.persons} persons")
    for item in report.thresholds:
        typer.echo(f"  {item.name} {item.threshold:.3f}: false match {shown(item.false_match)}")
        typer.echo(f"    same sex and origin {shown(item.false_match_same_group)}")
        typer.echo(f"    false non-match {shown(item.false_non_match)}")
    typer.echo(f"  failure to acquire {shown(report.not_acquired)}")
    for group in report.failing:
        typer.echo(f"  FAILS: {group.kind} {group.name}, {group.measure} at {group.at}: {shown(group.rate)}")
    typer.echo(f"  release check: {'FAILS' if report.failing else 'passed'}")


def _fail(message: str, code: int = 2) -> NoReturn:
    typer.echo(f"kiosk face: {message}", err=True)
    raise typer.Exit(code)
