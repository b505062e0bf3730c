"""What help and refusals of the command line say."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from ricloop.cli import build
from ricloop.core.errors import ConfigError
from ricloop_models.train import registry

PICTURES = 0x1F000
"""Code points from here on are pictures: `:END:` in a help text becomes one."""


def helped(*words: str) -> str:
    ran = CliRunner().invoke(build(words[0]), [*words, "--help"], env={"COLUMNS": "200"})
    assert ran.exit_code == 0, ran.output
    return ran.output


@pytest.mark.parametrize("words", ["ric", "xapp", "sim run", "sim map", "demo", "replay", "nodes", "models promote"])
def test_no_word_of_a_help_becomes_a_picture(words: str) -> None:
    assert [sign for sign in helped(*words.split()) if ord(sign) >= PICTURES] == []


def test_help_on_training_needs_no_torch_and_says_how_to_have_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "find_spec", lambda name: None)
    assert 'training anomaly-ae needs PyTorch: pip install "ricloop[ml]"' in helped("models", "train")
    with pytest.raises(ConfigError, match="training anomaly-ae needs PyTorch"):
        CliRunner().invoke(build("models"), ["models", "train", "anomaly-ae", "--data", "x"], catch_exceptions=False)
