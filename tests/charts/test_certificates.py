"""The lab's certificates bear the names that its parts call each other by."""

from __future__ import annotations

import base64

from cryptography import x509

from tests.charts import helm
from tests.charts.documents import Document, pods_of

XAPPS = ("anomaly-detection", "energy-saving", "traffic-prediction")


def test_the_ric_bears_every_name_that_an_xapp_may_call_it_by_and_an_xapp_its_own() -> None:
    documents = helm.documents(helm.HELM / "ricloop-stack", namespace="lab")
    named = {tuple(names(document)) for document in documents if document.kind == "Secret" and "tls" in document.name}
    service = "service-lab-ricloop-rpc"
    ric = next(found for found in named if service in found)
    assert {service, f"{service}.lab", f"{service}.lab.svc"} <= set(ric)
    assert {(name,) for name in XAPPS} <= named
    called = {
        container["args"][container["args"].index("--connect") + 1].rpartition(":")[0]
        for pod in pods_of(documents)
        for container in pod.containers
        if container["args"][0] == "xapp"
    }
    assert called <= set(ric)


def names(secret: Document) -> list[str]:
    certificate = x509.load_pem_x509_certificate(base64.b64decode(secret.body["data"]["tls.crt"]))
    return certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value.get_values_for_type(
        x509.DNSName
    )
