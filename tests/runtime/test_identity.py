"""One handle per UE, whatever the nodes of its gNB call it."""

from __future__ import annotations

from ricloop.core.ids import GnbId, Guami, NodeId, NodeKind, Plmn, UeId
from ricloop.runtime.nodes.identity import UeRegister

PLMN = Plmn("001", "01")
ONE, TWO = GnbId(PLMN, 1), GnbId(PLMN, 2)
CU, DU = NodeId(ONE), NodeId(ONE, NodeKind.GNB_DU, 1)
GUAMI = Guami(PLMN, 1, 1, 0)


def at_cu(amf: int, *f1ap: int) -> UeId:
    return UeId(amf_ue_ngap_id=amf, guami=GUAMI, f1ap=f1ap)


def test_cu_and_du_meet_in_the_f1ap_id() -> None:
    ues = UeRegister()
    handle = ues.handle(ONE, UeId(f1ap=(7,)))
    assert ues.handle(ONE, at_cu(1000, 7)) == handle
    assert ues.called_by(CU, handle) == at_cu(1000, 7)
    assert ues.called_by(DU, handle) == UeId(f1ap=(7,))


def test_the_same_f1ap_id_of_another_gnb_is_another_ue() -> None:
    ues = UeRegister()
    assert ues.handle(ONE, UeId(f1ap=(7,))) != ues.handle(TWO, UeId(f1ap=(7,)))


def test_an_amf_id_names_the_ue_at_every_gnb_and_the_last_one_serves_it() -> None:
    ues = UeRegister()
    handle = ues.handle(ONE, at_cu(1000))
    assert ues.handle(TWO, at_cu(1000, 3)) == handle
    assert ues.gnbs_of(handle) == {TWO}


def test_two_handles_that_turn_out_to_be_one_ue_are_joined() -> None:
    ues = UeRegister()
    first, second = ues.handle(ONE, UeId(f1ap=(7,))), ues.handle(ONE, at_cu(1000))
    assert first != second
    assert ues.handle(ONE, at_cu(1000, 7)) == first
    assert ues.joined == 1
    assert ues.handle(ONE, at_cu(1000)) == first


def test_a_node_that_never_named_a_ue_has_no_name_for_it() -> None:
    ues = UeRegister()
    handle = ues.handle(ONE, UeId(f1ap=(7,)))
    assert ues.called_by(CU, handle) is None
    assert ues.called_by(NodeId(TWO), handle) is None


def test_a_gnb_that_is_gone_may_use_its_ids_for_others() -> None:
    ues = UeRegister()
    handle = ues.handle(ONE, UeId(f1ap=(7,)))
    kept = ues.handle(TWO, UeId(f1ap=(7,)))
    ues.forget_gnb(ONE)
    assert ues.handle(ONE, UeId(f1ap=(7,))) != handle
    assert ues.handle(TWO, UeId(f1ap=(7,))) == kept


def test_the_register_forgets_the_oldest_when_it_is_full() -> None:
    ues = UeRegister(kept=2)
    first = ues.handle(ONE, UeId(f1ap=(1,)))
    for number in (2, 3):
        ues.handle(ONE, UeId(f1ap=(number,)))
    assert len(ues) == 2
    assert ues.forgotten == 1
    assert ues.handle(ONE, UeId(f1ap=(1,))) != first
