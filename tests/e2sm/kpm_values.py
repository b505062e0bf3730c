"""Everything that KPM can say, as makers of random values."""

from __future__ import annotations

from random import Random
from typing import TypeAlias

from ricloop.core.dialect import FLEXRIC, STANDARD, Dialect
from ricloop.core.ids import GnbId, NodeKind, UeId
from ricloop.core.ueids import CellRnti, EutraCgi, Gummei, RanNode, UeDetail
from ricloop.e2sm import kpm
from ricloop.e2sm.common import EventStyle, FunctionName
from ricloop.e2sm.kpm import codec, matching
from ricloop.e2sm.kpm.condition import EXPRESSIONS, TESTS, Bits, Choice
from ricloop.e2sm.kpm.metric import Measurement
from tests import makers
from tests.e2sm import some
from tests.makers import Maker, booleans, built, dictionaries, each, few, floats, integers, just, maybe, one_of, sampled

Matched: TypeAlias = list[dict[UeId, float]]

dialects = sampled([STANDARD, FLEXRIC, Dialect(kpm_time_octets=4)])
texts = makers.texts(20)
ints = integers(-(1 << 40), 1 << 40)


def reals(rng: Random) -> float:
    """A whole number would come back as an integer."""
    value = floats(rng)
    return 0.1 if value.is_integer() else value


small = integers(1, 65535)


def bits(rng: Random) -> Bits:
    count = rng.randrange(21)
    return Bits((rng.getrandbits(24) >> 24 - count << -count % 8).to_bytes((count + 7) // 8, "big"), count)


test_values = one_of(
    ints,
    reals,
    booleans,
    texts,
    makers.binary(8),
    built(Choice, ints),
    bits,
)
slices = built(kpm.Slice, integers(0, 255), maybe(integers(0, 2**24 - 1)))
conditions = one_of(
    built(kpm.Condition, sampled(sorted(TESTS)), just("present"), just(None), booleans),
    built(
        kpm.Condition,
        sampled(sorted(set(TESTS) - {"slice"})),
        sampled(sorted(EXPRESSIONS)),
        test_values,
        booleans,
    ),
    built(kpm.Condition, just("slice"), just("=="), slices, booleans),
)
eutra_cells = built(EutraCgi, some.plmns, integers(0, (1 << 28) - 1))
any_cells = one_of(some.nr_cells, eutra_cells)
OTHERS = {
    "qFI": integers(0, 63),
    "qCI": integers(0, 255),
    "qCImax": integers(0, 255),
    "qCImin": integers(0, 255),
    "aRPmax": integers(1, 15),
    "aRPmin": integers(1, 15),
    "bitrateRange": small,
    "layerMU-MIMO": small,
    "sUM": just("true"),
    "preLabelOverride": just("true"),
    "startEndInd": sampled(["start", "end"]),
    "min": just("true"),
    "max": just("true"),
    "avg": just("true"),
    "ssbIndex": small,
    "nonGoB-BFmode-Index": small,
    "mIMO-mode-Index": integers(1, 2),
    "cellGlobalID": any_cells,
    "beamID": each(just("nR-Beam-ID"), integers(0, 63)),
}
"""Label fields in the standard's order, which a decoded label keeps."""


def others(rng: Random) -> tuple[tuple[str, object], ...]:
    chosen = rng.sample(list(OTHERS), rng.randrange(5))
    return tuple((name, OTHERS[name](rng)) for name in OTHERS if name in chosen)


labels = built(
    kpm.Label,
    plmn=maybe(some.plmns),
    slice=maybe(slices),
    five_qi=maybe(integers(0, 255)),
    bin_x=maybe(small),
    bin_y=maybe(small),
    bin_z=maybe(small),
    other=others,
)
measurement_ids = integers(1, 65536)
measurements = one_of(built(Measurement, texts, labels), built(Measurement, just(""), labels, measurement_ids))
whole = one_of(built(Measurement, texts), built(Measurement, just(""), id=measurement_ids))
bounds = one_of(ints, reals)
bins = few(built(matching.Bin, small, bounds, bounds), 1)
ranges = built(
    matching.BinRanges,
    bins,
    few(built(matching.Bin, small, bounds, bounds)),
    few(built(matching.Bin, small, bounds, bounds)),
)
binned = one_of(
    built(matching.BinnedMeasurement, texts, ranges),
    built(matching.BinnedMeasurement, just(""), ranges, measurement_ids),
)
matchings = built(
    matching.Matching,
    few(one_of(conditions, built(matching.LabelMatch, labels, booleans)), 1, 3),
    maybe(ranges),
)
report_ifs = built(matching.ReportIf, sampled(sorted(EXPRESSIONS)), test_values, booleans)


def _nodes(*lengths: int) -> Maker[GnbId]:
    """Of an id of so many bits."""

    def make(rng: Random) -> GnbId:
        length = rng.choice(lengths)
        return GnbId(some.plmns(rng), rng.getrandbits(length), length)

    return make


gnbs = _nodes(*range(22, 33))
ng_enbs = _nodes(18, 20, 21)
enbs = _nodes(18, 20, 21, 28)
some_rntis = built(CellRnti, integers(0, 65535), any_cells)
rntis = maybe(some_rntis)
ran_nodes = maybe(one_of(built(RanNode, just(NodeKind.GNB), gnbs), built(RanNode, just(NodeKind.NG_ENB), ng_enbs)))
id32 = maybe(some.ids32)
x2ap = integers(0, 4095)
listed32 = few(some.ids32, 0, 3)
one32 = few(some.ids32, 1, 1)
DETAILED: dict[str, Maker[UeId]] = {
    "gNB-UEID": built(
        UeId,
        some.amf_ids,
        some.guamis,
        few(some.ids32, 0, 4),
        listed32,
        some.ran_ids,
        built(UeDetail, xnap=some.ids32, node=maybe(gnbs), ran_node=ran_nodes, rnti=rntis),
    ),
    "gNB-DU-UEID": built(UeId, f1ap=one32, ran_ue_id=some.ran_ids, detail=built(UeDetail, rnti=some_rntis)),
    "gNB-CU-UP-UEID": built(UeId, e1ap=one32, ran_ue_id=some.ran_ids),
    "ng-eNB-UEID": built(
        UeId,
        some.amf_ids,
        some.guamis,
        detail=built(
            UeDetail,
            kind=just(NodeKind.NG_ENB),
            w1ap=id32,
            xnap=id32,
            node=maybe(ng_enbs),
            ran_node=ran_nodes,
            rnti=rntis,
        ),
    ),
    "ng-eNB-DU-UEID": built(UeId, detail=built(UeDetail, kind=just(NodeKind.NG_ENB), w1ap=some.ids32, rnti=rntis)),
    "en-gNB-UEID": built(
        UeId,
        f1ap=few(some.ids32, 0, 1),
        e1ap=listed32,
        ran_ue_id=some.ran_ids,
        detail=built(
            UeDetail, kind=just(NodeKind.EN_GNB), x2ap=x2ap, x2ap_extension=maybe(x2ap), node=enbs, rnti=rntis
        ),
    ),
    "eNB-UEID": built(
        UeId,
        detail=built(
            UeDetail,
            kind=just(NodeKind.ENB),
            s1ap=some.ids32,
            gummei=built(Gummei, some.plmns, integers(0, 65535), integers(0, 255)),
            x2ap=maybe(x2ap),
            x2ap_extension=maybe(x2ap),
            node=maybe(enbs),
            rnti=rntis,
        ),
    ),
}
"""UEs by the alternative of UEID that names them."""
all_ues = one_of(some.ues, *DETAILED.values())


def actions(style: int) -> Maker[codec.ActionDefinition]:
    """Of that style."""
    size = {2: (1, 1), 5: (2, 3)}.get(style, (0, 0))
    plain = style != 3

    def make(rng: Random) -> codec.ActionDefinition:
        count = rng.randint(1, 3)
        reporting = few(few(report_ifs), count, count)(rng) if plain and rng.getrandbits(1) else ()
        return codec.ActionDefinition(
            style=style,
            measurements=few(measurements if plain else whole, count, count)(rng),
            granularity_ms=integers(1, 2**32 - 1)(rng),
            cell=maybe(some.cells)(rng),
            conditions=few(conditions, 1, 3)(rng) if style == 4 else (),
            ues=few(all_ues, *size)(rng),
            matching=() if plain else few(matchings, count, count)(rng),
            bins=few(binned)(rng) if plain else (),
            report_if=reporting if any(reporting) else (),
        )

    return make


def matched(rng: Random, ues: Maker[UeId], periods: int) -> tuple[codec.ActionDefinition, list[Matched]]:
    """A style 3 action, and what was found per period: a value per UE for each measurement."""
    asked = actions(3)(rng)
    found = dictionaries(ues, some.values)
    return asked, [[found(rng) for _ in asked.measurements] for _ in range(periods)]


def report_styles(rng: Random) -> codec.ReportStyle:
    names = few(texts, 1, 3)(rng)
    ids = tuple(maybe(measurement_ids)(rng) for _ in names)
    fixed = tuple(maybe(ranges)(rng) for _ in names)
    style, action, header, message = (rng.randint(1, 5) for _ in range(4))
    return codec.ReportStyle(
        style,
        texts(rng),
        names,
        ids if any(id_ is not None for id_ in ids) else (),
        action,
        header,
        message,
        fixed if any(one is not None for one in fixed) else (),
    )


definitions = built(
    codec.Definition,
    built(FunctionName, short_name=texts, oid=texts, description=texts, instance=maybe(ints)),
    few(built(EventStyle, ints, texts, ints)),
    few(report_styles, 0, 3),
)
