"""Steps of Adam go down, can be interrupted anywhere, and go on as if they had not been."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

torch = pytest.importorskip("torch", reason="torch is not installed: pip install 'ricloop[ml]'")

from ricloop.core.errors import ConfigError  # noqa: E402
from ricloop.core.model import Table  # noqa: E402
from ricloop_models.network import Trainable, Writer  # noqa: E402
from ricloop_models.train import fit  # noqa: E402
from ricloop_models.train.base import Run  # noqa: E402

STEPS = 60
SLOPES = np.float32([[2], [-1], [0.5]])


class StopsAt(Exception):
    """What an interrupt raises."""


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    fit.steady(1)
    yield
    torch.set_num_threads(before[0])
    torch.use_deterministic_algorithms(before[1])


def line() -> Trainable:
    """One layer: what it must find is known."""
    w = Writer("line", 3, seed=5)
    return w.finish(w.dense(w.input, 3, 1, "only"), 1)


def drawn(step: int) -> tuple[Table, Table]:
    asked = np.random.default_rng((7, step)).normal(size=(64, 3)).astype(np.float32)
    return asked, asked @ SLOPES + 3


def fitted(run: Run, *, steps: int = STEPS, stop: int | None = None, about: object = "line") -> fit.Fitted:
    model, asked = line(), 0

    def batch(step: int) -> tuple[Table, Table]:
        nonlocal asked
        # The first time of all is not a step: it tells what the run is.
        asked += 1
        if step == stop and asked > 1:
            raise StopsAt
        return drawn(step)

    def loss(said: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        return (said - target).square().mean()

    return fit.fit(
        fit.forward_of(model, run), fit.start_of(model), batch, loss, count=steps, rate=0.2, run=run, about=about
    )


def quiet(out: Path, *, resume: bool = False) -> Run:
    return Run(out, resume=resume, console=Console(quiet=True))


def test_a_line_is_found(tmp_path: Path) -> None:
    found = fitted(quiet(tmp_path / "line"), steps=300)
    np.testing.assert_allclose(found.weights["only_w"], SLOPES, atol=0.01)
    np.testing.assert_allclose(found.weights["only_b"], [3], atol=0.01)
    assert found.losses[-1] < found.losses[0] / 1000


@pytest.mark.parametrize("stop", [1, 23, STEPS - 1])
def test_a_run_that_was_interrupted_ends_in_the_same_bits(tmp_path: Path, stop: int) -> None:
    whole = fitted(quiet(tmp_path / "whole"))
    with pytest.raises(StopsAt):
        fitted(quiet(tmp_path / "parts"), stop=stop)
    again = fitted(quiet(tmp_path / "parts", resume=True))
    assert again.losses.tobytes() == whole.losses.tobytes()
    for name, weights in whole.weights.items():
        assert again.weights[name].tobytes() == weights.tobytes(), name


def test_half_a_step_is_no_place_to_go_on_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while the weights change: the last whole checkpoint is what a resumed run begins with."""
    whole = fitted(quiet(tmp_path / "whole"))
    monkeypatch.setattr(fit, "SAVE_STEPS", 10)
    done, step = 0, torch.optim.AdamW.step

    def interrupted(adam: torch.optim.AdamW) -> None:
        nonlocal done
        done += 1
        step(adam)
        if done == 37:
            raise KeyboardInterrupt

    monkeypatch.setattr(torch.optim.AdamW, "step", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fitted(quiet(tmp_path / "parts"))
    monkeypatch.setattr(torch.optim.AdamW, "step", step)
    again = fitted(quiet(tmp_path / "parts", resume=True))
    assert again.losses.tobytes() == whole.losses.tobytes()
    assert again.weights["only_w"].tobytes() == whole.weights["only_w"].tobytes()


def test_without_resume_it_begins_anew(tmp_path: Path) -> None:
    with pytest.raises(StopsAt):
        fitted(quiet(tmp_path / "parts"), stop=30)
    fitted(quiet(tmp_path / "parts", resume=True), stop=29)
    with pytest.raises(StopsAt):
        fitted(quiet(tmp_path / "parts"), stop=29)


def test_a_checkpoint_of_another_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StopsAt):
        fitted(quiet(tmp_path / "parts"), stop=30)
    with pytest.raises(ConfigError, match=r"is of other settings or data\. Remove it, or train without --resume"):
        fitted(quiet(tmp_path / "parts", resume=True), about="other settings")
    quiet(tmp_path / "parts").checkpoint("weights").write_bytes(b"\x80\x04N.")
    with pytest.raises(ConfigError, match="is no checkpoint"):
        fitted(quiet(tmp_path / "parts", resume=True))


def test_checkpoints_lie_beside_the_artifact_and_go_when_it_is_there(tmp_path: Path) -> None:
    run = quiet(tmp_path / "line")
    fitted(run)
    assert [path.name for path in tmp_path.iterdir()] == ["line.weights.checkpoint"]
    run.done()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_gpu_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"--device cuda: PyTorch sees no GPU here .* leave it out"):
        fitted(Run(tmp_path / "x", device="cuda"))
    with pytest.raises(ConfigError, match="Did you mean 'cuda'"):
        fitted(Run(tmp_path / "x", device="cudda"))


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="torch finds no GPU")
def test_a_gpu_finds_the_line_too_and_says_how(tmp_path: Path) -> None:
    torch.use_deterministic_algorithms(False)
    found = fitted(Run(tmp_path / "line", device="cuda", console=Console(quiet=True)), steps=300)
    np.testing.assert_allclose(found.weights["only_w"], SLOPES, atol=0.05)
    assert found.how["precision"].startswith("bfloat16")
    assert found.how["compiled"].startswith(("yes: ", "no: "))


def test_every_row_comes_once_a_round() -> None:
    rows_of = fit.shuffled(10, 3, seed=1)
    first = np.concatenate([rows_of(step) for step in range(3)])
    assert len(set(first.tolist())) == 9
    assert rows_of(1).tolist() == first[3:6].tolist()
    assert rows_of(3).tolist() != first[:3].tolist()
