"""Pictures of a run: what is sampled, what a page holds, and what a PNG looks like."""

from __future__ import annotations

import json
import sys
from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ricloop.core.errors import ConfigError
from ricloop_e2sim.energy.cellstate import Depth
from ricloop_e2sim.network.deployment import deploy
from ricloop_e2sim.network.hexagons import Hexagons, Layer
from ricloop_e2sim.network.impairments import Impairment
from ricloop_e2sim.network.population import Group
from ricloop_e2sim.network.run import NetworkRun
from ricloop_e2sim.network.scenario import NetworkScenario
from ricloop_e2sim.network.totals import CellTotal, UserTotal
from ricloop_e2sim.picture.draw import draw
from ricloop_e2sim.picture.frames import Frames, Recorder, affected
from ricloop_e2sim.picture.page import write
from ricloop_e2sim.picture.png import HEIGHT_PX, WIDTH_PX, paint
from ricloop_e2sim.picture.recorded import Recorded, record
from ricloop_e2sim.picture.symbols import symbols

NASTY = """<script>alert("&amp;")</script> $x_1$ it's {{data}}"""
PAIR = NetworkScenario(
    name="pair",
    title="two sites",
    groups=(Group(12, "ftp3-im", "waypoint", speed_kmh=30, hours="always"), Group(8, "voip", "static", hours="always")),
    deployment=Hexagons(sites=2, points=((0.0, 0.0), (500.0, 0.0))),
    impairments=(Impairment("interference", "gnb1/s2/2100", 1.0, 2.0, 10.0), Impairment("blackout", "gnb2", 2.0, 9.0)),
    seconds=3.0,
)


def nothing(_: float) -> None:
    """Somebody who is told how far it is, and does not care."""


@pytest.fixture(scope="module")
def pair() -> Recorded:
    return record(PAIR, 3, 3.0, nothing)


class Page(HTMLParser):
    """What a browser would take from a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.sources: list[str] = []
        self.texts: dict[str, str] = {}
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.sources += [value or "" for name, value in attrs if name in ("src", "href")]
        if tag not in ("meta", "input", "link", "br", "img"):
            self.open.append(dict(attrs).get("id") or tag)

    def handle_endtag(self, tag: str) -> None:
        self.open.pop()

    def handle_data(self, data: str) -> None:
        place = self.open[-1] if self.open else ""
        self.texts[place] = self.texts.get(place, "") + data


def page_of(run: Recorded) -> tuple[Page, dict[str, Any]]:
    page = Page(write(run).decode())
    data: dict[str, Any] = json.loads(page.texts["data"])
    return page, data


def column(data: dict[str, Any], name: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    packed = data["columns"][name]
    kind = {"u8": "<u1", "u16": "<u2"}[packed["type"]]
    return np.frombuffer(b64decode(packed["data"]), kind) * packed["scale"] + packed["offset"]


# --------------------------------------------------------------------------------------------------------- samples


def sampled(
    ticks: int, users: int, before: Callable[[NetworkRun], None] = lambda run: None
) -> tuple[NetworkRun, Frames]:
    scenario = replace(PAIR, groups=(Group(users, "full-buffer", "static", hours="always"),), impairments=())
    run = NetworkRun(scenario, 1, ticks / 10)
    recorder = Recorder(run.world, run.ticks)
    while not run.done:
        before(run)
        run.advance()
        recorder.tick()
    return run, recorder.frames()


def test_every_tick_of_a_short_run_is_a_sample(pair: Recorded) -> None:
    np.testing.assert_allclose(pair.frames.time_s, np.arange(1, 31) / 10)


def test_a_long_run_leaves_no_more_samples_than_a_short_one_and_its_end() -> None:
    _, frames = sampled(ticks=701, users=2)
    assert frames.count == 234
    np.testing.assert_allclose(np.diff(frames.time_s)[:-1], 0.3)
    assert frames.time_s[-1] == pytest.approx(70.1)


def test_of_many_users_some_are_drawn_and_fewer_times() -> None:
    run, frames = sampled(ticks=160, users=2_500)
    np.testing.assert_array_equal(frames.user, np.arange(0, 2_500, 3))
    assert frames.count * len(frames.user) <= 150_000
    np.testing.assert_array_equal(frames.xy[-1], run.world.population.xy[::3])
    np.testing.assert_array_equal(frames.serving[-1], run.world.serving[::3])


def test_samples_add_up_to_the_runs_totals() -> None:
    run, frames = sampled(ticks=701, users=6)
    span = np.diff(frames.time_s, prepend=0.0)
    totals, world = run.world.totals, run.world
    np.testing.assert_allclose(span @ frames.mbps * 1e6, totals.cell[CellTotal.BITS])
    np.testing.assert_allclose(span @ frames.power_w, totals.cell[CellTotal.ENERGY_J])
    np.testing.assert_allclose(span @ frames.use * world.deployment.prbs, totals.cell[CellTotal.PRB_S])
    np.testing.assert_allclose(span @ frames.user_mbps * 1e6, totals.user[UserTotal.BITS])
    np.testing.assert_array_equal(frames.connected[-1], world.connected())


def test_sleep_is_seen_in_state_and_service() -> None:
    def command(run: NetworkRun) -> None:
        if run.done_ticks == 5:
            run.world.availability.energy.sleep(1, Depth.LIGHT)

    _, frames = sampled(20, 4, command)
    assert frames.serves[:5].all()
    assert not frames.serves[5:, 1].any()
    assert frames.serves[:, 0].all()
    assert frames.state[4, 1] == 0
    assert frames.state[-1, 1] == 2


def test_a_gnb_without_power_is_out_of_service(pair: Recorded) -> None:
    assert pair.frames.serves[:20].all()
    np.testing.assert_array_equal(pair.frames.serves[20:].all(axis=0), [True] * 3 + [False] * 3)


def test_samples_keep_what_anomalies_do_to_the_air() -> None:
    ill = (
        Impairment("interference", "gnb1/s2/2100", 0.5, 2.0, 7.0),
        Impairment("sleeping-cell", "gnb2", 0.0, 1.0, 20.0),
    )
    frames = record(replace(PAIR, impairments=ill), 1, 1.5, nothing).frames
    np.testing.assert_array_equal(frames.noise_db[:, 1], [0.0] * 5 + [7.0] * 10)
    np.testing.assert_allclose(frames.transmit[:, 4], [0.01] * 10 + [1.0] * 5)
    np.testing.assert_array_equal(frames.barred[:, 4], [True] * 10 + [False] * 5)
    np.testing.assert_array_equal(frames.transmit[:, :3], 1.0)
    assert not frames.barred[:, :3].any()


def test_an_anomaly_affects_one_cell_or_all_of_a_gnb(pair: Recorded) -> None:
    one, all_of = (affected(anomaly, pair.deployment).tolist() for anomaly in PAIR.impairments)
    assert one == [1]
    assert all_of == [3, 4, 5]


# --------------------------------------------------------------------------------------------------------- symbols


def test_wedges_point_where_antennas_do_and_share_a_sector_by_layers() -> None:
    looks = symbols(deploy(Hexagons(sites=1, points=((0.0, 0.0),), layers=(Layer(700, 10), Layer(2100, 20)))))
    ends = looks.start_deg + looks.width_deg
    np.testing.assert_allclose((looks.start_deg[::2] + ends[1::2]) / 2, [0, 120, 240])
    np.testing.assert_allclose(ends[::2], looks.start_deg[1::2])
    np.testing.assert_allclose(looks.width_deg, 0.62 * 120 / 2)


def test_an_omnidirectional_cell_is_a_whole_ring() -> None:
    looks = symbols(deploy(Hexagons(sites=2, sectors=1, points=((0.0, 0.0), (400.0, 0.0)))))
    np.testing.assert_array_equal(looks.width_deg, [360.0, 360.0])


def test_sectors_of_a_site_differ_clearly_in_hue() -> None:
    looks = symbols(deploy(Hexagons(sites=3)))
    for site in range(3):
        hues = np.sort(looks.hue_deg[3 * site : 3 * site + 3])
        assert np.diff(np.append(hues, hues[0] + 360)).min() > 100


# ------------------------------------------------------------------------------------------------------------ page


def test_a_page_is_whole_and_asks_no_network(pair: Recorded) -> None:
    page, _ = page_of(pair)
    assert page.open == []
    assert page.sources == []
    assert page.tags.count("canvas") == 3
    text = write(pair).decode()
    assert "{{" not in text.replace(page.texts["script"], "").replace(page.texts["style"], "")
    assert "http" not in text
    assert "url(" not in page.texts["style"]
    assert page.texts["h1"] == "two sites"


def test_a_page_holds_the_runs_numbers(pair: Recorded) -> None:
    _, data = page_of(pair)
    frames, cells = pair.frames, 6
    assert [cell["title"] for cell in data["cells"]] == list(pair.deployment.titles)
    assert [site["x"] for site in data["sites"]] == [0.0, 500.0]
    np.testing.assert_allclose(data["time"], frames.time_s)
    np.testing.assert_allclose(column(data, "use").reshape(-1, cells), frames.use, atol=0.002)
    np.testing.assert_array_equal(column(data, "connected").reshape(-1, cells), frames.connected)
    np.testing.assert_array_equal(column(data, "serves").reshape(-1, cells), frames.serves)
    np.testing.assert_array_equal(column(data, "state").reshape(-1, cells), frames.state)
    np.testing.assert_array_equal(column(data, "barred").reshape(-1, cells), frames.barred)
    np.testing.assert_array_equal(column(data, "noise_db").reshape(-1, cells), frames.noise_db)
    np.testing.assert_array_equal(column(data, "lost_db").reshape(-1, cells), frames.lost_db)
    np.testing.assert_allclose(column(data, "power_w").reshape(-1, cells), frames.power_w, atol=0.1)
    np.testing.assert_allclose(column(data, "mbps").reshape(-1, cells), frames.mbps, atol=0.1)
    np.testing.assert_allclose(column(data, "x").reshape(-1, 20), frames.xy[..., 0], atol=0.1)
    np.testing.assert_allclose(column(data, "y").reshape(-1, 20), frames.xy[..., 1], atol=0.1)
    serving = column(data, "serving").reshape(-1, 20)
    np.testing.assert_array_equal(np.where(serving == 65_535, -1, serving), frames.serving)


def test_a_page_holds_the_ground_within_half_a_step(pair: Recorded) -> None:
    _, data = page_of(pair)
    grid = data["grid"]
    shape = grid["ny"], grid["nx"], grid["k"]
    cells, rsrp = pair.coverage.strongest(grid["k"])
    assert shape == cells.shape
    np.testing.assert_array_equal(column(data, "cell").reshape(shape), cells)
    np.testing.assert_allclose(column(data, "rsrp").reshape(shape), np.clip(rsrp, -160, -32.5), atol=0.2501)


def test_a_page_holds_the_anomalies_and_their_cells(pair: Recorded) -> None:
    _, data = page_of(pair)
    assert [(one["kind"], one["start"], one["end"], one["cells"]) for one in data["anomalies"]] == [
        ("interference", 1.0, 2.0, [1]),
        ("blackout", 2.0, 9.0, [3, 4, 5]),
    ]


def test_words_of_a_scenario_stay_words(pair: Recorded) -> None:
    tags = page_of(pair)[0].tags
    nasty = replace(pair, scenario=replace(PAIR, title=NASTY), result={**pair.result, "scenario": NASTY})
    page, _ = page_of(nasty)
    assert page.tags == tags
    assert page.texts["h1"] == page.texts["title"] == NASTY
    assert page.texts["p"].startswith(NASTY)


def test_no_text_of_the_data_ends_its_element(pair: Recorded) -> None:
    titles = ("</script><b>", *pair.deployment.titles[1:])
    page, data = page_of(replace(pair, deployment=replace(pair.deployment, titles=titles)))
    assert data["cells"][0]["title"] == "</script><b>"
    assert "b" in page.tags
    assert page.tags.count("script") == 2


def test_the_same_run_gives_the_same_page() -> None:
    first, again, other = (write(record(PAIR, seed, 1.0, nothing)) for seed in (5, 5, 6))
    assert first == again
    assert first != other


def test_a_page_of_a_usual_network_stays_below_three_megabytes() -> None:
    scenario = replace(
        PAIR,
        groups=(Group(200, "voip", "waypoint", hours="always"),),
        deployment=Hexagons(sites=7),
        impairments=(),
    )
    assert len(write(record(scenario, 1, 60.0, nothing))) < 3_000_000


# ------------------------------------------------------------------------------------------------------------- png


def test_a_png_has_its_size_and_is_not_blank(pair: Recorded) -> None:
    image = pytest.importorskip("matplotlib.image", reason="a PNG needs matplotlib")
    pixels = image.imread(BytesIO(paint(pair)))
    assert pixels.shape == (HEIGHT_PX, WIDTH_PX, 4)
    middle = pixels[500:900, 200:1000, :3]
    assert len(np.unique((middle * 255).astype(np.int64).reshape(-1, 3), axis=0)) > 500
    white = (pixels[..., :3] > 0.99).all(axis=-1)
    assert 0.1 < white.mean() < 0.8
    assert white[:, :20].all()
    assert white[-15:].all()


def test_a_png_takes_any_title(pair: Recorded) -> None:
    pytest.importorskip("matplotlib", reason="a PNG needs matplotlib")
    assert paint(replace(pair, scenario=replace(PAIR, title=NASTY))).startswith(b"\x89PNG")


def test_a_png_without_its_library_says_what_to_install_before_it_runs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    told: list[float] = []
    with pytest.raises(ConfigError, match=r"pip install 'ricloop\[picture\]'"):
        draw(PAIR, 1, 1.0, tmp_path / "map.png", told.append)
    assert told == []


# ------------------------------------------------------------------------------------------------------------ draw


def test_drawing_tells_how_far_it_is_and_writes_the_file(tmp_path: Path) -> None:
    told: list[float] = []
    out = tmp_path / "Map.HTML"
    draw(PAIR, 1, 0.5, out, told.append)
    np.testing.assert_allclose(told, [0.2, 0.4, 0.6, 0.8, 1.0])
    assert Page(out.read_text(encoding="utf-8")).texts["h1"] == "two sites"


def test_a_page_of_one_tick_one_cell_and_one_user_works() -> None:
    tiny = NetworkScenario(
        "tiny", "tiny", (Group(1, hours="always"),), Hexagons(sites=1, sectors=1, points=((0.0, 0.0),))
    )
    _, data = page_of(record(tiny, 1, 0.1, nothing))
    assert data["time"] == [0.1]
    assert data["users"] == {"shown": 1, "all": 1, "apart": 1}


@pytest.mark.parametrize("name", ["map.svg", "map"])
def test_an_unknown_suffix_names_both_that_are_known(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"\.png or \.html"):
        draw(PAIR, 1, 1.0, tmp_path / name, nothing)
    assert list(tmp_path.iterdir()) == []
