"""Everything that KPM can say, as hypothesis strategies."""

from __future__ import annotations

from string import ascii_letters, digits

from hypothesis import strategies as st

from ricloop.core.dialect import FLEXRIC, STANDARD, Dialect
from ricloop.core.ids import Cgi, GnbId, NodeKind, UeId
from ricloop.core.ueids import CellRnti, EutraCgi, Gummei, RanNode, UeDetail
from ricloop.e2sm import kpm
from ricloop.e2sm.common import EventStyle, FunctionName
from ricloop.e2sm.kpm import codec, matching
from ricloop.e2sm.kpm.condition import EXPRESSIONS, TESTS, Bits, Choice
from ricloop.e2sm.kpm.metric import Measurement
from tests.e2sm import strategies as some

dialects = st.sampled_from([STANDARD, FLEXRIC, Dialect(kpm_time_octets=4)])
maybe = st.booleans()
texts = st.text(ascii_letters + digits + " '()+,-./:=?", min_size=1, max_size=20)
ints = st.integers(-(1 << 40), 1 << 40)
reals = st.floats(allow_nan=False, allow_infinity=False).filter(lambda value: not value.is_integer())
small = st.integers(1, 65535)


def bits_of(count: int) -> st.SearchStrategy[Bits]:
    return st.integers(0, (1 << count) - 1).map(
        lambda n: Bits((n << -count % 8).to_bytes((count + 7) // 8, "big"), count)
    )


test_values = st.one_of(
    ints,
    reals,
    st.booleans(),
    texts,
    st.binary(max_size=8),
    st.builds(Choice, ints),
    st.integers(0, 20).flatmap(bits_of),
)
slices = st.builds(kpm.Slice, st.integers(0, 255), st.none() | st.integers(0, 2**24 - 1))
conditions = st.one_of(
    st.builds(kpm.Condition, st.sampled_from(sorted(TESTS)), st.just("present"), st.none(), maybe),
    st.builds(
        kpm.Condition,
        st.sampled_from(sorted(set(TESTS) - {"slice"})),
        st.sampled_from(sorted(EXPRESSIONS)),
        test_values,
        maybe,
    ),
    st.builds(kpm.Condition, st.just("slice"), st.just("=="), slices, maybe),
)
eutra_cells = st.builds(EutraCgi, some.plmns, st.integers(0, (1 << 28) - 1))
any_cells = st.builds(Cgi, some.plmns, st.integers(0, (1 << 36) - 1)) | eutra_cells
OTHERS = {
    "qFI": st.integers(0, 63),
    "qCI": st.integers(0, 255),
    "qCImax": st.integers(0, 255),
    "qCImin": st.integers(0, 255),
    "aRPmax": st.integers(1, 15),
    "aRPmin": st.integers(1, 15),
    "bitrateRange": small,
    "layerMU-MIMO": small,
    "sUM": st.just("true"),
    "preLabelOverride": st.just("true"),
    "startEndInd": st.sampled_from(["start", "end"]),
    "min": st.just("true"),
    "max": st.just("true"),
    "avg": st.just("true"),
    "ssbIndex": small,
    "nonGoB-BFmode-Index": small,
    "mIMO-mode-Index": st.integers(1, 2),
    "cellGlobalID": any_cells,
    "beamID": st.integers(0, 63).map(lambda n: ("nR-Beam-ID", n)),
}
"""Label fields in the standard's order, which a decoded label keeps."""


@st.composite
def others(draw: st.DrawFn) -> tuple[tuple[str, object], ...]:
    chosen = draw(st.sets(st.sampled_from(list(OTHERS)), max_size=4))
    return tuple((name, draw(OTHERS[name])) for name in OTHERS if name in chosen)


labels = st.builds(
    kpm.Label,
    plmn=st.none() | some.plmns,
    slice=st.none() | slices,
    five_qi=st.none() | st.integers(0, 255),
    bin_x=st.none() | small,
    bin_y=st.none() | small,
    bin_z=st.none() | small,
    other=others(),
)
measurement_ids = st.integers(1, 65536)
measurements = st.builds(Measurement, texts, labels) | st.builds(Measurement, st.just(""), labels, measurement_ids)
whole = st.builds(Measurement, texts) | st.builds(lambda id_: Measurement("", id=id_), measurement_ids)
bounds = ints | reals
bins = st.lists(st.builds(matching.Bin, small, bounds, bounds), min_size=1, max_size=2).map(tuple)
ranges = st.builds(matching.BinRanges, bins, bins | st.just(()), bins | st.just(()))
binned = st.builds(matching.BinnedMeasurement, texts, ranges) | st.builds(
    matching.BinnedMeasurement, st.just(""), ranges, measurement_ids
)
matchings = st.builds(
    matching.Matching,
    st.lists(conditions | st.builds(matching.LabelMatch, labels, maybe), min_size=1, max_size=3).map(tuple),
    st.none() | ranges,
)
report_ifs = st.builds(matching.ReportIf, st.sampled_from(sorted(EXPRESSIONS)), test_values, maybe)

gnbs = st.integers(22, 32).flatmap(lambda n: st.builds(GnbId, some.plmns, st.integers(0, (1 << n) - 1), st.just(n)))
ng_enbs = st.sampled_from([18, 20, 21]).flatmap(
    lambda n: st.builds(GnbId, some.plmns, st.integers(0, (1 << n) - 1), st.just(n))
)
enbs = st.sampled_from([18, 20, 21, 28]).flatmap(
    lambda n: st.builds(GnbId, some.plmns, st.integers(0, (1 << n) - 1), st.just(n))
)
rntis = st.none() | st.builds(CellRnti, st.integers(0, 65535), any_cells)
ran_nodes = (
    st.none() | st.builds(RanNode, st.just(NodeKind.GNB), gnbs) | st.builds(RanNode, st.just(NodeKind.NG_ENB), ng_enbs)
)
amf_ids = st.integers(0, (1 << 40) - 1)
id32 = st.none() | some.ids32
x2ap, more_x2ap = st.integers(0, 4095), st.none() | st.integers(0, 4095)
listed32 = st.lists(some.ids32, max_size=3).map(tuple)
DETAILED: dict[str, st.SearchStrategy[UeId]] = {
    "gNB-UEID": st.builds(
        UeId,
        amf_ids,
        some.guamis,
        st.lists(some.ids32, max_size=4).map(tuple),
        listed32,
        some.ran_ids,
        st.builds(UeDetail, xnap=some.ids32, node=st.none() | gnbs, ran_node=ran_nodes, rnti=rntis),
    ),
    "gNB-DU-UEID": st.builds(
        lambda id_, ran, rnti: UeId(f1ap=(id_,), ran_ue_id=ran, detail=UeDetail(rnti=rnti)),
        some.ids32,
        some.ran_ids,
        st.builds(CellRnti, st.integers(0, 65535), any_cells),
    ),
    "gNB-CU-UP-UEID": st.builds(lambda id_, ran: UeId(e1ap=(id_,), ran_ue_id=ran), some.ids32, some.ran_ids),
    "ng-eNB-UEID": st.builds(
        lambda amf, guami, detail: UeId(amf, guami, detail=detail),
        amf_ids,
        some.guamis,
        st.builds(
            UeDetail,
            kind=st.just(NodeKind.NG_ENB),
            w1ap=id32,
            xnap=id32,
            node=st.none() | ng_enbs,
            ran_node=ran_nodes,
            rnti=rntis,
        ),
    ),
    "ng-eNB-DU-UEID": st.builds(
        UeId, detail=st.builds(UeDetail, kind=st.just(NodeKind.NG_ENB), w1ap=some.ids32, rnti=rntis)
    ),
    "en-gNB-UEID": st.builds(
        UeId,
        f1ap=st.just(()) | some.ids32.map(lambda id_: (id_,)),
        e1ap=listed32,
        ran_ue_id=some.ran_ids,
        detail=st.builds(
            UeDetail, kind=st.just(NodeKind.EN_GNB), x2ap=x2ap, x2ap_extension=more_x2ap, node=enbs, rnti=rntis
        ),
    ),
    "eNB-UEID": st.builds(
        UeId,
        detail=st.builds(
            UeDetail,
            kind=st.just(NodeKind.ENB),
            s1ap=some.ids32,
            gummei=st.builds(Gummei, some.plmns, st.integers(0, 65535), st.integers(0, 255)),
            x2ap=st.none() | x2ap,
            x2ap_extension=more_x2ap,
            node=st.none() | enbs,
            rnti=rntis,
        ),
    ),
}
"""UEs by the alternative of UEID that names them."""
all_ues = st.one_of(some.ues, *DETAILED.values())


@st.composite
def actions(draw: st.DrawFn, style: int) -> codec.ActionDefinition:
    count = draw(st.integers(1, 3))
    size = {2: (1, 1), 5: (2, 3)}.get(style, (0, 0))
    plain = style != 3

    reporting: tuple[tuple[matching.ReportIf, ...], ...] = ()
    if plain and draw(maybe):
        reporting = tuple(draw(st.lists(st.lists(report_ifs, max_size=2).map(tuple), min_size=count, max_size=count)))
    return codec.ActionDefinition(
        style=style,
        measurements=tuple(draw(st.lists(measurements if plain else whole, min_size=count, max_size=count))),
        granularity_ms=draw(st.integers(1, 2**32 - 1)),
        cell=draw(st.none() | some.cells),
        conditions=tuple(draw(st.lists(conditions, min_size=1, max_size=3))) if style == 4 else (),
        ues=tuple(draw(st.lists(all_ues, min_size=size[0], max_size=size[1]))),
        matching=() if plain else tuple(draw(st.lists(matchings, min_size=count, max_size=count))),
        bins=tuple(draw(st.lists(binned, max_size=2))) if plain else (),
        report_if=reporting if any(reporting) else (),
    )


@st.composite
def report_styles(draw: st.DrawFn) -> codec.ReportStyle:
    names = draw(st.lists(texts, min_size=1, max_size=3))
    ids = tuple(draw(st.none() | measurement_ids) for _ in names)
    fixed = tuple(draw(st.none() | ranges) for _ in names)
    return codec.ReportStyle(
        draw(st.integers(1, 5)),
        draw(texts),
        tuple(names),
        ids if any(id_ is not None for id_ in ids) else (),
        *(draw(st.integers(1, 5)) for _ in range(3)),
        fixed if any(one is not None for one in fixed) else (),
    )


definitions = st.builds(
    codec.Definition,
    st.builds(FunctionName, short_name=texts, oid=texts, description=texts, instance=st.none() | ints),
    st.lists(st.builds(EventStyle, ints, texts, ints), max_size=2).map(tuple),
    st.lists(report_styles(), max_size=3).map(tuple),
)
