"""A bill of materials in CycloneDX 1.6 of what an image really holds.

`python -m tests.images.sbom ROOT NAME VERSION` prints that of an image whose root file system lies at ROOT.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import DisjunctiveLicense, LicenseExpression
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

from tests.images.contents import Package, packages
from tests.images.licences import expression

VERSION = SchemaVersion.V1_6


def bill(name: str, version: str, held: Sequence[Package]) -> str:
    """The JSON text for an image of that name and version. Raises ValueError where it does not keep its schema."""
    image = Component(name=name, version=version, type=ComponentType.CONTAINER, bom_ref=name)
    bom = Bom(components=[_component(package) for package in held])
    bom.metadata.component = image
    bom.register_dependency(image, bom.components)
    text = make_outputter(bom, OutputFormat.JSON, VERSION).output_as_string(indent=1)
    if (fault := JsonStrictValidator(VERSION).validate_str(text)) is not None:
        # The fault's own text has the whole schema in it.
        raise ValueError(f"the bill of {name} is not CycloneDX {VERSION.to_version()}: {str(fault)[:200]}")
    return text


def _component(package: Package) -> Component:
    namespace, qualifiers = ("debian", {"arch": package.architecture}) if package.kind == "deb" else (None, None)
    address = PackageURL(package.kind, namespace, package.name, package.version, qualifiers)
    return Component(
        name=package.name,
        version=package.version,
        type=ComponentType.LIBRARY,
        bom_ref=str(address),
        purl=address,
        licenses=_licences(package),
    )


def _licences(package: Package) -> list[LicenseExpression | DisjunctiveLicense]:
    if package.kind == "pypi" and (spdx := expression(package)):
        return [LicenseExpression(spdx)]
    # Debian's short names are not SPDX's.
    return [DisjunctiveLicense(name=name) for name in package.licence.split(", ") if name]


def main() -> None:
    root, name, version = sys.argv[1:]
    print(bill(name, version, packages(Path(root))))


if __name__ == "__main__":
    main()
