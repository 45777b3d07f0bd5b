"""Rules from the shell, where no database is needed: the shipped set written out, a file checked."""

from pathlib import Path

from typer.testing import CliRunner

from api.cli.rules import rules
from funnel.escalation.rules.shipped import shipped
from funnel.escalation.rules.yaml_format import dump_yaml, load_yaml
from tests.unit.rules_world import rule, rule_set


def test_the_shipped_set_is_written_out_and_passes_its_own_lint(tmp_path: Path) -> None:
    target = tmp_path / "rules.yaml"
    shell = CliRunner()
    assert shell.invoke(rules, ["export", "--shipped", str(target)]).exit_code == 0
    assert load_yaml(target.read_text(encoding="utf-8")) == shipped()
    assert shell.invoke(rules, ["lint", str(target)]).exit_code == 0


def test_a_file_with_errors_is_named_and_ends_with_one(tmp_path: Path) -> None:
    target = tmp_path / "rules.yaml"
    shell = CliRunner()
    target.write_text(dump_yaml(rule_set(rule(when={"fact": "anger", "gte": 2.0}))), encoding="utf-8")
    checked = shell.invoke(rules, ["lint", str(target), "--json"])
    assert checked.exit_code == 1
    assert "threshold_out_of_range" in checked.stdout
    target.write_text("rules: [", encoding="utf-8")
    assert shell.invoke(rules, ["lint", str(target)]).exit_code == 1
    assert shell.invoke(rules, ["lint", str(tmp_path / "nothing.yaml")]).exit_code == 1
