"""Escalation rules from the shell, for teams that keep them in git: export, lint, diff, apply, evaluate; and the switches."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from api.cli.output import JsonFlag, show_object, show_rows
from api.cli.running import DataDir, fail, settings_from, with_database
from api.judgement import Judgement, judgement_of
from api.operations.evaluating import evaluate_alone
from api.schemas.rules import EvaluateIn
from bots.decider.bundle import BundleSource
from bots.decider.linting import lint_and_test
from bots.decider.pinned import Bundle
from funnel.core.clock import SystemClock
from funnel.core.database import Database
from funnel.core.errors import FunnelError
from funnel.escalation.rule_sets.switches import SwitchDraft
from funnel.escalation.rules.diffing import diff as differences
from funnel.escalation.rules.findings import Finding, blocks
from funnel.escalation.rules.model import RuleSet, parse
from funnel.escalation.rules.shipped import complete, shipped
from funnel.escalation.rules.yaml_format import dump_yaml, load_yaml
from funnel.escalation.switches import Switch, SwitchKind
from funnel.people.directory import Directory
from funnel.routing.estimates import Estimates
from kb.library import Library

rules = typer.Typer(no_args_is_help=True, help="Escalation rules as files.")
switches = typer.Typer(
    no_args_is_help=True, help="Brakes: bot off, topic hold, everything to people, announce."
)
T = TypeVar("T")
RuleFile = Annotated[Path, typer.Argument(help="A rule set in YAML.")]
NoteOption = Annotated[str | None, typer.Option(help="Why.")]


def _read(path: Path) -> RuleSet:
    """The set of a file with the fixed rules; ends the command with a sentence where it is none."""
    try:
        return complete(load_yaml(path.read_bytes()))
    except OSError:
        fail(f"{path} cannot be read.")
    except FunnelError as error:
        fail(f"{path}: {error.detail}")


def _with_judgement(data_dir: str | None, work: Callable[[Judgement, Directory], Awaitable[T]]) -> T:
    async def opened(db: Database) -> T:
        directory = Directory(db)
        await directory.refresh()
        judgement = judgement_of(db, SystemClock(), directory)
        await judgement.live.start()
        try:
            return await work(judgement, directory)
        finally:
            await judgement.live.stop()

    return with_database(settings_from(data_dir), opened)


async def _live(judgement: Judgement, _: Directory) -> RuleSet:
    return parse((await judgement.sets.live()).document)


def _show_findings(findings: list[Finding], as_json: bool) -> None:
    rows = [
        {"level": one.level, "code": one.code, "rule": one.rule, "detail": one.detail} for one in findings
    ]
    if rows or as_json:
        show_rows(rows, ("level", "code", "rule", "detail"), as_json)


@rules.command("export")
def export_rules(
    target: Annotated[Path | None, typer.Argument(help="The file to write; stdout without one.")] = None,
    base: Annotated[bool, typer.Option("--shipped", help="The shipped set instead of the live one.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Write the live set as YAML."""
    text = dump_yaml(shipped() if base else _with_judgement(data_dir, _live))
    if target is None:
        typer.echo(text, nl=False)
    else:
        target.write_text(text, encoding="utf-8")


@rules.command("lint")
def lint_rules(source: RuleFile, as_json: JsonFlag = False) -> None:
    """Check a file and run its tests, without a database; exit code 1 where anything blocks publishing."""
    findings = lint_and_test(_read(source))
    _show_findings(findings, as_json)
    if blocks(findings):
        raise typer.Exit(1)


@rules.command("diff")
def diff_rules(source: RuleFile, data_dir: DataDir = None, as_json: JsonFlag = False) -> None:
    """What a file changes against the live set; exit code 1 where it changes anything."""
    changes = differences(_with_judgement(data_dir, _live), _read(source))
    rows = [{"part": one.part, "id": one.id, "kind": one.kind, "fields": list(one.fields)} for one in changes]
    if rows or as_json:
        show_rows(rows, ("kind", "part", "id", "fields"), as_json)
    if rows:
        raise typer.Exit(1)


@rules.command("apply")
def apply_rules(
    source: RuleFile, note: NoteOption = None, data_dir: DataDir = None, as_json: JsonFlag = False
) -> None:
    """Publish a file: it is live on every process within two seconds. Nothing happens where it is live already."""
    document = _read(source)

    async def publish(judgement: Judgement, directory: Directory) -> int | list[Finding]:
        live = await judgement.sets.live()
        if not differences(parse(live.document), document):
            return live.row.version
        findings = await judgement.sets.findings(document)
        if blocks(findings):
            return findings
        draft = await judgement.sets.draft(document, note=note, based_on=None, author_id=None)
        await judgement.sets.publish(draft.row.version, note=note, by_id=None)
        return draft.row.version

    done = _with_judgement(data_dir, publish)
    if isinstance(done, list):
        _show_findings(done, as_json)
        fail("Lint found errors; nothing was published.")
    show_object({"live": done}, as_json)


@rules.command("rollback")
def roll_back(
    to: Annotated[int, typer.Argument(help="A version that was live before.")],
    note: NoteOption = None,
    data_dir: DataDir = None,
    as_json: JsonFlag = False,
) -> None:
    """Back to an earlier version, also in a freeze."""

    async def back(judgement: Judgement, _: Directory) -> int:
        return (await judgement.sets.rollback(to, note=note, by_id=None)).row.version

    show_object({"live": _with_judgement(data_dir, back)}, as_json)


@rules.command("evaluate")
def evaluate_text(
    text: Annotated[str, typer.Argument(help="What the contact writes.")],
    after: Annotated[
        list[str] | None, typer.Option(help="What it wrote before; may be given several times.")
    ] = None,
    rules_file: Annotated[
        Path | None, typer.Option("--rules", help="A YAML file instead of the live set.")
    ] = None,
    site: Annotated[str | None, typer.Option(help="Id or key; the first without it.")] = None,
    locale: Annotated[str | None, typer.Option(help="The contact's language.")] = None,
    data_dir: DataDir = None,
    as_json: JsonFlag = False,
) -> None:
    """Judge a message with the whole trace; nothing is stored."""
    document = _read(rules_file) if rules_file is not None else None
    body = EvaluateIn(text=text, turns=after or None, site=site, locale=locale)

    async def judge(db: Database) -> dict[str, Any]:
        return evaluate_alone(await _bundle(db), body, document, locale or "en")

    _show_trace(with_database(settings_from(data_dir), judge), as_json)


async def _bundle(db: Database) -> Bundle:
    """What the service would judge with now."""
    library, directory, estimates = Library(db), Directory(db), Estimates(db)
    await directory.refresh()
    await library.refresh()
    judgement = judgement_of(db, SystemClock(), directory)
    await judgement.live.refresh()
    return BundleSource(library, directory, estimates, judgement.live).bundle()


def _show_trace(found: dict[str, Any], as_json: bool) -> None:
    if as_json:
        show_object(found, True)
        return
    names = ("outcome", "reason", "queue", "priority", "rule_set_version")
    show_object({name: found[name] for name in names if name in found}, False)
    rows = [
        {
            "rule": one["id"],
            "result": one["result"],
            "conditions": [each["text"] for each in one["conditions"]],
        }
        for one in found["rules"]
        if one["result"] != "no"
    ]
    show_rows(rows, ("rule", "result", "conditions"), False)


def _row(switch: Switch) -> dict[str, Any]:
    return {
        "id": switch.id,
        "kind": switch.kind,
        "site_id": switch.site_id,
        "channel": switch.channel,
        "topic": switch.topic,
        "expires_at": switch.expires_at,
        "reason": switch.reason,
    }


@switches.command("list")
def list_switches(data_dir: DataDir = None, as_json: JsonFlag = False) -> None:
    """What is on."""

    async def listed(judgement: Judgement, _: Directory) -> list[Switch]:
        return await judgement.switches.list()

    found = _with_judgement(data_dir, listed)
    show_rows(
        [_row(one) for one in found],
        ("id", "kind", "site_id", "channel", "topic", "expires_at", "reason"),
        as_json,
    )


@switches.command("on")
def turn_on(
    kind: Annotated[str, typer.Argument(help="bot_off, topic_hold, everything_to_people or announce.")],
    reason: Annotated[str, typer.Option(help="Why; everybody reads it.")],
    site_id: Annotated[str | None, typer.Option("--site")] = None,
    channel: Annotated[str | None, typer.Option()] = None,
    topic: Annotated[str | None, typer.Option(help="The tag of the articles that are held.")] = None,
    text: Annotated[list[str] | None, typer.Option(help="What is announced, as locale=text.")] = None,
    hours: Annotated[float | None, typer.Option(help="Off by itself after so many.")] = None,
    data_dir: DataDir = None,
    as_json: JsonFlag = False,
) -> None:
    """Turn a brake on; it is live on every process within two seconds, also in a freeze."""
    kinds: dict[str, SwitchKind] = {
        "bot_off": "bot_off",
        "topic_hold": "topic_hold",
        "everything_to_people": "everything_to_people",
        "announce": "announce",
    }
    if kind not in kinds:
        fail(f"A switch is one of {', '.join(kinds)}.")
    texts = dict(part.split("=", 1) for part in text or () if "=" in part)
    expires = SystemClock().now() + timedelta(hours=hours) if hours is not None else None
    draft = SwitchDraft(kinds[kind], reason, site_id, channel, topic, texts, expires)

    async def turned(judgement: Judgement, _: Directory) -> Switch:
        return await judgement.switches.turn_on(draft, None)

    show_object(_row(_with_judgement(data_dir, turned)), as_json)


@switches.command("off")
def turn_off(switch_id: Annotated[str, typer.Argument()], data_dir: DataDir = None) -> None:
    """Take a brake off."""

    async def turned(judgement: Judgement, _: Directory) -> None:
        await judgement.switches.turn_off(switch_id, None)

    _with_judgement(data_dir, turned)
