"""The page of curves is well-formed, shows every policy, and refuses what is no evaluation."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from ricloop.core.errors import ConfigError
from ricloop_models.evaluate.energy_picture import main, page

POINTS = [{"dial": "a", "lost": 0.0, "saved": 2.0}, {"dial": "b", "lost": 0.1, "saved": 4.0}]
CURVES = {"day <1>": {"ours": POINTS, "reactive": POINTS[:1], "clairvoyant": [{"dial": "", "lost": 0.0, "saved": 5.0}]}}


def test_a_chart_has_a_point_per_setting_of_the_frontier_and_a_name_per_policy() -> None:
    text = page(CURVES)
    chart = re.search(r"<svg.*?</svg>", text, re.S)
    assert chart is not None
    root = ElementTree.fromstring(chart[0])
    space = "{http://www.w3.org/2000/svg}"
    assert len(root.findall(f"{space}circle")) == 3
    words = {element.text for element in root.findall(f"{space}text")}
    assert {"day <1>", "ours", "reactive"} <= words
    # What saves more stands higher, what loses more further right.
    first, second = ((float(c.get("cx", 0)), float(c.get("cy", 0))) for c in root.findall(f"{space}circle")[:2])
    assert second[0] > first[0]
    assert second[1] < first[1]


def test_it_draws_what_an_evaluation_wrote_and_refuses_anything_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, out = tmp_path / "energy.json", tmp_path / "energy.html"
    monkeypatch.setattr(sys, "argv", ["picture", str(file), "-o", str(out)])
    file.write_text(json.dumps({"figures": {"curves": CURVES}}))
    main()
    assert out.read_text() == page(CURVES)
    file.write_text("{}")
    with pytest.raises(ConfigError, match=r"energy\.json"):
        main()
