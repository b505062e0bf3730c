"""Which part of a split gNB makes which measurement, by the objects of TS 28.552."""

from __future__ import annotations

import pytest

from ricloop.e2sm.kpm.metrics import METRICS
from ricloop_e2sim.e2node.identity import CU, CU_CP, CU_UP, DU, GNB, Role
from ricloop_e2sim.e2node.splitting import served_by
from ricloop_e2sim.gnb.measure import CELL_METRICS
from ricloop_e2sim.network.columns import CELL_NAMES


@pytest.mark.parametrize("names", [CELL_NAMES, tuple(CELL_METRICS), tuple(METRICS)])
@pytest.mark.parametrize("parts", [(CU, DU), (CU_CP, CU_UP, DU)])
def test_every_measurement_is_made_by_one_node_of_a_gnb(names: tuple[str, ...], parts: tuple[Role, ...]) -> None:
    served = [served_by(names, role) for role in parts]
    assert sorted(name for own in served for name in own) == sorted(names)
    assert served_by(names, GNB) == names
    assert all(served)


@pytest.mark.parametrize(
    ("role", "names"),
    [
        (CU_CP, ("RRC.ConnMean", "MM.HoExeIntraReq", "SM.PDUSessionSetupReq", "DRB.EstabAtt", "MR.NRScSSSINR")),
        (CU_UP, ("DRB.PdcpSduVolumeDL", "DRB.PdcpSduDelayDl", "DRB.PdcpPacketDropRateDl", "DRB.PDCP.UEThpDl")),
        (CU_UP, ("QosFlow.PdcpSduVolumeDl", "DRB.F1uPdcpSduVolumeDL")),
        (CU_UP, ("DRB.F1uPdcpSduVolumeUL", "DRB.F1UpacketLossRateUl", "DRB.PdcpReordDelayUl")),
        (CU_UP, ("DRB.DelayUlNgranUeDist", "DRB.DelayUlNgranUeIncD1Dist")),
        (CU_UP, ("DRB.PacketLossRateUl", "DRB.PacketLossRateULDist", "DRB.PacketSuccessRateUlgNBUu")),
        (DU, ("RRU.PrbTotDl", "DRB.UEThpDl", "DRB.RlcSduDelayDl", "CARR.WBCQIDist", "L1M.SS-RSRP", "PEE.AvgPower")),
        (DU, ("TB.TotNbrUl", "DRB.AirIfDelayUl", "DRB.UEThpUlDist", "CARR.PUSCHMCSDist", "CARR.AverageLayersUl")),
        (DU, ("DRB.MeanActiveUeDl", "TB.TotNbrDl", "RACH.PreambleDedCell", "DRB.RlcPacketDropRateDl", "RSRP")),
    ],
)
def test_a_protocol_layer_is_measured_where_it_is(role: Role, names: tuple[str, ...]) -> None:
    assert served_by(names, role) == names


def test_what_belongs_to_a_user_plane_function_alone_is_never_measured_elsewhere() -> None:
    own = [name for name, row in METRICS.items() if row.object in ("UP", "F1-U") and not name.startswith("PAG.")]
    assert len(own) > 5
    assert served_by(own, CU_UP) == tuple(own)
