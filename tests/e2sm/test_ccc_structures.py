"""CCC: any structure of cells and of nodes is watched, reported, read and written, and every failure has its target."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from ricloop import ms
from ricloop.core.dialect import STANDARD
from ricloop.core.errors import ConfigError, EncodeError
from ricloop.core.ids import Cgi, GnbId, NodeId, NodeKind, Plmn, Resource
from ricloop.e2sm import ccc, registry
from ricloop.e2sm.base import ControlContext, Part
from ricloop.e2sm.ccc import codec
from ricloop.e2sm.ccc.configuration import Entries
from ricloop.e2sm.ccc.model import Ccc
from ricloop.e2sm.ccc.states import Known, States

MODEL = Ccc()
PLMN = Plmn("001", "01")
CELL, OTHER = (Cgi(PLMN, 0x66C000 + n).packed for n in range(2))
NODE, FAR = (NodeId(GnbId(PLMN, n), NodeKind.GNB_DU, 1) for n in (1, 2))
RATIOS, DU = "O-RRMPolicyRatio", "O-GNBDUFunction"
FULL = {"resourceType": "PRB_DL", "rRMPolicyMinRatio": 0, "rRMPolicyMaxRatio": 100}
DEFINITION = codec.encode_function_definition(
    [CELL, OTHER],
    {**codec.SAVING, RATIOS: {"resourceType": "RQ", "rRMPolicyMinRatio": "TRC", "rRMPolicyMaxRatio": "TRCQ"}},
    {DU: {"gnbDuName": "TRQ"}, RATIOS: {"rRMPolicyMaxRatio": "C"}},
)
OFFER = MODEL.describe(DEFINITION)


def known(told: dict[Any, dict[str, Any]]) -> ControlContext:
    return ControlContext(state=Known(States.of({}), {(target, "orrmpolicyratio"): told[target] for target in told}))


@pytest.mark.parametrize("oid", ["1.3.6.1.4.1.53148.1.1.2.4", "1.3.6.1.4.1.53148.1.6.2.4"])
def test_it_is_found_by_the_oid_of_either_implementation(oid: str) -> None:
    assert registry.match(oid, DEFINITION) is registry.SERVICE_MODELS["ccc"]
    assert registry.match(oid, DEFINITION.replace(codec.OID.encode(), oid.encode())) is registry.SERVICE_MODELS["ccc"]


# ----------------------------------------------------------------------------------------------------------- feeds


def test_any_structure_is_watched_reported_and_read_where_it_is_offered() -> None:
    watched = ccc.watch(RATIOS, "rRMPolicyMaxRatio")
    (plan,) = MODEL.plan(watched, OFFER, [], frozenset(), STANDARD)
    trigger = codec.decode_event_trigger(plan.event_trigger).eventTriggerDefinitionFormat
    assert trigger.listOfCellLevelConfigurationStructuresForEventTrigger is not None
    assert codec.decode_action_definition(plan.actions[0].definition or b"").cells == (CELL, OTHER)
    (plan,) = MODEL.plan(ccc.report(ms(500), RATIOS), OFFER, [], frozenset(), STANDARD)
    assert codec.decode_event_trigger(plan.event_trigger).eventTriggerDefinitionFormat.period == 500
    (plan,) = MODEL.plan(ccc.watch(DU, node=True), OFFER, [], frozenset(), STANDARD)
    assert codec.decode_action_definition(plan.actions[0].definition or b"").ricStyleType == 1
    assert MODEL.plan(ccc.watch("O-NRCellDU", "cellState"), OFFER, [], frozenset(), STANDARD) == ()
    feed = ccc.read(ms(1000), RATIOS, "rRMPolicyMaxRatio")
    (asked,) = MODEL.queries(feed, OFFER)
    answer = codec.encode_query_outcome({CELL: {RATIOS: {"rRMPolicyMaxRatio": 40}}})
    value = MODEL.assemble(feed, [asked.read(answer)], lambda _: 0, None)
    assert isinstance(value, ccc.Configuration)
    assert value.value(CELL, "RRMPolicyMaxRatio") == 40
    assert MODEL.queries(ccc.read(ms(1000), RATIOS, "rRMPolicyMinRatio"), OFFER) == ()


def test_a_query_has_the_keys_of_v06() -> None:
    of_cells, of_node = (json.loads(codec.encode_query(RATIOS, ["a"], node=node)[1]) for node in (False, True))
    asked = {"ranConfigurationStructureName": RATIOS, "listOfAttributes": [{"attributeName": "a"}]}
    cells = [{"listOfCelllevelConfigurationStructuresForQuery": [asked]}]
    assert of_cells == {"queryDefinitionFormat": {"listOfCellsToBeQueriedForQuery": cells}}
    assert of_node == {"queryDefinitionFormat": {"listOfNodelevelRanConfigurationStructuresForQuery": [asked]}}
    (answer,) = json.loads(codec.encode_query_outcome({CELL: {RATIOS: {}}}))["queryOutcomeFormat"].items()
    assert answer[0] == "listOfCellsToBeReportedForQuery"
    assert list(answer[1][0]) == ["cellGlobalId", "listOfConfigurationStructuresToBeReportedForQuery"]


def test_an_attribute_named_bare_in_an_event_trigger_is_read() -> None:
    octets = codec.encode_event_trigger(RATIOS, ["rRMPolicyMaxRatio"], None)
    bare = octets.replace(b'{"attributeName":"rRMPolicyMaxRatio"}', b'"rRMPolicyMaxRatio"')
    assert bare != octets
    assert codec.decode_event_trigger(bare) == codec.decode_event_trigger(octets)


def test_names_are_asked_for_in_the_standards_spelling() -> None:
    (plan,) = MODEL.plan(ccc.watch("O-RrmPolicyRatio", "RRMPolicyMaxRatio"), OFFER, [], frozenset(), STANDARD)
    for octets in (plan.event_trigger, plan.actions[0].definition or b""):
        assert b'"ranConfigurationStructureName":"O-RRMPolicyRatio"' in octets
        assert b'"attributeName":"rRMPolicyMaxRatio"' in octets


def test_what_is_reported_is_merged_by_cell_and_by_node() -> None:
    feed = ccc.watch(RATIOS)
    (plan,) = MODEL.plan(feed, OFFER, [], frozenset(), STANDARD)
    value: Any = None
    for cell, node, values in (
        (CELL, NODE, FULL),
        (OTHER, NODE, {"RRMPolicyMaxRatio": 7}),
        (CELL, NODE, {"rRMPolicyMaxRatio": 40}),
        (None, NODE, FULL),
        (None, FAR, {"rRMPolicyMaxRatio": 8}),
    ):
        octets = codec.encode_indication("uponChange", 1, [codec.Told(cell, RATIOS, values)])
        part = MODEL.decode(plan.actions[0], *octets, STANDARD)
        assert isinstance(part.content, Entries)
        value = MODEL.assemble(feed, [Part(1, None, part.content.by(node))], lambda _: 0, value)
    assert value.cells.tolist() == [CELL, OTHER]
    assert value.by_cell == {CELL: {**FULL, "rRMPolicyMaxRatio": 40}, OTHER: {"rRMPolicyMaxRatio": 7}}
    assert value.by_node == {NODE: FULL, FAR: {"rRMPolicyMaxRatio": 8}}
    assert (value.value(OTHER, "rRMPolicyMinRatio"), value.value(FAR, "RRMPOLICYMAXRATIO")) == (None, 8)
    left = value.without({CELL, FAR})
    assert (list(left.by_cell), list(left.by_node)) == ([OTHER], [NODE])
    gone = codec.encode_indication("uponChange", 1, [codec.Told(OTHER, RATIOS, {}, change="deletion")])
    part = MODEL.decode(plan.actions[0], *gone, STANDARD)
    assert list(MODEL.assemble(feed, [part], lambda _: 0, value).by_cell) == [CELL]


@pytest.mark.parametrize("key", ["wakeupDurationGuranteed", "wakeupDurationGuaranteed"])
def test_the_key_that_is_spelt_in_two_ways_is_read_in_either(key: str) -> None:
    modes = {"asmCapabilityInfo": {"sleepModes": [{"sleepModeType": "SLEEP_MODE1", key: True}]}}
    octets = codec.encode_indication("uponChange", 1, [codec.Told(CELL, "O-RUInfo", {"oruCapabilities": modes})])
    (entry,) = codec.decode_indication_message(octets[1]).entries()
    (mode,) = entry.values["oruCapabilities"]["asmCapabilityInfo"]["sleepModes"]
    assert mode == {"sleepModeType": "SLEEP_MODE1", "wakeupDurationGuaranteed": True}


# ----------------------------------------------------------------------------------------------- what cannot be said


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: ccc.watch("O-NRCelDU"), "Did you mean 'O-NRCellDU'"),
        (lambda: ccc.watch("O-NRCellDU", "cellStat"), "Did you mean 'cellState'"),
        (lambda: ccc.watch("O-NRCellDU", "partitionList"), "not reported"),
        (lambda: ccc.watch("O-NRCellDU", node=True), "leave node out"),
        (lambda: ccc.watch("O-GNBDUFunction"), "node=True"),
        (lambda: ccc.report(ms(5), RATIOS), "10 ms"),
        (lambda: ccc.read(5, RATIOS), "length of time"),
        (
            lambda: ccc.configure(CELL, "O-NRCellDU", {"administrativeState": "LOCKED"}),
            "administrativeState is not wri",
        ),
        (lambda: ccc.configure(CELL, RATIOS, {"rRMPolicyMaxRatio": 400}), "rRMPolicyMaxRatio = 400: .* 0 to 100"),
        (lambda: ccc.configure(CELL, RATIOS, {"rRMPolicyMaxRatio": 40}, old={"resourceType": "X"}), "PRB_DL, PRB_UL"),
        (lambda: ccc.configure(CELL, RATIOS, {"rRMPolicyMaxRat": 40}), "Did you mean 'rRMPolicyMaxRatio'"),
        (lambda: ccc.configure(CELL, RATIOS, {}), "nothing"),
        (lambda: ccc.configure(CELL, RATIOS, {"resourceType": "DRB"}), "nothing"),
        (lambda: ccc.configure(NODE, "O-BWP", {"startRB": 4}), "is configuration of cells"),
        (lambda: ccc.configure(CELL, "O-GNBCUCPFunction", {"xnBlockList": []}), "name a NodeId"),
        (lambda: ccc.configure(CELL, "vendor", {"a": float("inf")}), "no number of JSON"),
        (
            lambda: ccc.configure(CELL, "O-CesManagementFunction", {"energySavingControl": "toBeEnergySaving"}),
            "ccc.sleep",
        ),
        # Nor by the class itself: guards would not see a cell go to sleep.
        (lambda: ccc.Configure(CELL, "OCESManagementFunction", {"energySavingControl": "toBeEnergySaving"}), "ccc.sl"),
    ],
)
def test_a_wrong_feed_or_control_says_the_way_out(make: Callable[[], Any], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        make()


def test_node_and_cells_do_not_go_in_one_message() -> None:
    both = [codec.Controlled(cell, RATIOS, {}, {"rRMPolicyMaxRatio": 1}) for cell in (None, CELL)]
    told = [codec.Told(cell, RATIOS, FULL) for cell in (CELL, None)]
    for encode in (
        lambda: codec.encode_control(both),
        lambda: codec.encode_outcome(both[:1], [(both[1], "NotSupported")]),
        lambda: codec.encode_indication("periodic", 1, told),
    ):
        with pytest.raises(EncodeError, match="Format 1"):
            encode()
    with pytest.raises(EncodeError, match="one structure at least"):
        codec.encode_control([])


# --------------------------------------------------------------------------------------------------------- controls


def test_a_control_names_its_resource_and_is_sent_in_the_standards_spelling() -> None:
    action = ccc.configure(CELL, "O-RrmPolicyRatio", {"RRMPolicyMaxRatio": 40, "resourcetype": "prb_dl"})
    assert (action.resource, action.parameter) == (Resource("cell", CELL), RATIOS)
    assert action.new == {"rRMPolicyMaxRatio": 40, "resourceType": "PRB_DL"}
    of_node = ccc.configure(NODE, RATIOS, {"rRMPolicyMaxRatio": 40})
    assert of_node.resource == Resource("node", NODE)
    assert str(of_node) == f"set O-RRMPolicyRatio {{'rRMPolicyMaxRatio': 40}} of node {NODE}"
    assert MODEL.can_control(of_node, OFFER)
    assert not MODEL.can_control(ccc.configure(NODE, RATIOS, {"rRMPolicyMinRatio": 40}), OFFER)


@pytest.mark.parametrize("target", [CELL, NODE])
def test_a_control_names_the_old_values_that_were_reported_last(target: int | NodeId) -> None:
    action = ccc.configure(target, RATIOS, {"rRMPolicyMaxRatio": 40})
    (control,) = codec.decode_control(*MODEL.encode_control(action, known({target: FULL})))
    cell = None if isinstance(target, NodeId) else target
    assert control == codec.Controlled(cell, RATIOS, FULL, {"rRMPolicyMaxRatio": 40})
    given = ccc.configure(target, RATIOS, {"rRMPolicyMaxRatio": 40}, old={"rRMPolicyMaxRatio": 50})
    (control,) = codec.decode_control(*MODEL.encode_control(given, known({target: FULL})))
    assert control.old == {"rRMPolicyMaxRatio": 50}
    for told in ({}, {OTHER: FULL, FAR: FULL}, {target: {"resourceType": "PRB_DL"}}):
        with pytest.raises(EncodeError, match=r"has not reported O-RRMPolicyRatio.rRMPolicyMaxRatio.*ccc.watch"):
            MODEL.encode_control(action, known(told))


def test_what_is_never_reported_needs_its_old_value_given() -> None:
    new = {"policyType": "ASM", "dataDir": "DL", "sleepMode": "SLEEP_MODE1"}
    with pytest.raises(EncodeError, match=r"never reported.*give old="):
        MODEL.encode_control(ccc.configure(CELL, "O-NESPolicy", new), known({}))
    action = ccc.configure(CELL, "O-NESPolicy", new, old={**new, "sleepMode": "SLEEP_MODE0"})
    (control,) = codec.decode_control(*MODEL.encode_control(action, known({})))
    assert (control.old["sleepMode"], control.new["sleepMode"]) == ("SLEEP_MODE0", "SLEEP_MODE1")


def test_every_failed_structure_is_told_with_its_target_and_cause() -> None:
    mine, beside = (codec.Controlled(cell, RATIOS, {}, {}) for cell in (CELL, OTHER))
    bwp = codec.Controlled(CELL, "O-BWP", {}, {})
    action = ccc.configure(CELL, RATIOS, {"rRMPolicyMaxRatio": 40}, old=FULL)
    outcome = codec.encode_outcome([mine], [(beside, "NotAvailable")])
    verdict = MODEL.verdict(action, outcome, STANDARD)
    assert (verdict.accepted, verdict.reason) == (True, f"cell {Cgi.unpack(OTHER)}: {RATIOS}: NotAvailable")
    outcome = codec.encode_outcome([], [(mine, "SemanticError"), (bwp, "NotSupported"), (beside, "NotAvailable")])
    here, there = (f"cell {Cgi.unpack(cell)}" for cell in (CELL, OTHER))
    told = f"{here}: {RATIOS}: SemanticError; {here}: O-BWP: NotSupported; {there}: {RATIOS}: NotAvailable"
    assert MODEL.verdict(action, outcome, STANDARD).reason == told
    assert not MODEL.verdict(action, outcome, STANDARD).accepted


def test_the_outcome_of_the_node_is_that_of_the_node_alone() -> None:
    of_node = codec.Controlled(None, RATIOS, {}, {})
    action = ccc.configure(NODE, RATIOS, {"rRMPolicyMaxRatio": 40}, old=FULL)
    assert MODEL.verdict(action, codec.encode_outcome([of_node]), STANDARD).accepted
    refused = MODEL.verdict(action, codec.encode_outcome([], [(of_node, "NotSupported")]), STANDARD)
    assert (refused.accepted, refused.reason) == (False, f"the node: {RATIOS}: NotSupported")
    of_cell = ccc.configure(CELL, RATIOS, {"rRMPolicyMaxRatio": 40}, old=FULL)
    assert MODEL.verdict(of_cell, codec.encode_outcome([of_node]), STANDARD).reason == (
        f"the outcome does not name cell {Cgi.unpack(CELL)}"
    )
    # An E-UTRA cell has no packed id, and is not the node for that.
    cell = codec.encode_outcome([codec.Controlled(CELL, RATIOS, {}, {})])
    lte = cell.replace(b'"nRCellIdentity":"00066C000"', b'"eUTRACellIdentity":"0ABCDEF"')
    assert lte != cell
    assert MODEL.verdict(action, lte, STANDARD).reason == f"the outcome does not name node {NODE}"
    failed = codec.encode_outcome([], [(codec.Controlled(CELL, RATIOS, {}, {}), "NotAvailable")])
    lte = failed.replace(b'"nRCellIdentity":"00066C000"', b'"eUTRACellIdentity":"0ABCDEF"')
    assert f"E-UTRA cell 00101-0ABCDEF: {RATIOS}: NotAvailable" in MODEL.verdict(of_cell, lte, STANDARD).reason


@pytest.mark.parametrize(("target", "other"), [(CELL, OTHER), (NODE, FAR)])
def test_an_effect_is_confirmed_by_what_its_own_target_reports(target: Any, other: Any) -> None:
    action = ccc.configure(target, RATIOS, {"rRMPolicyMaxRatio": 40})
    assert MODEL.confirmed(action, ccc.Configuration.of(RATIOS, {target: {"rRMPolicyMaxRatio": 40}})) is True
    assert MODEL.confirmed(action, ccc.Configuration.of(RATIOS, {target: {"rRMPolicyMaxRatio": 41}})) is False
    assert MODEL.confirmed(action, ccc.Configuration.of(RATIOS, {other: {"rRMPolicyMaxRatio": 40}})) is None
    assert MODEL.confirmed(action, ccc.Configuration.of("O-BWP", {target: {}})) is None
