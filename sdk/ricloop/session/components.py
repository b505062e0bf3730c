"""Acknowledging what a node says of its components, in the words of its version."""

from __future__ import annotations

from ricloop.e2ap.messages import (
    ComponentConfig,
    ComponentConfigAck,
    ComponentRemoval,
    ComponentUpdate,
    ComponentUpdateAck,
)


def acknowledged(
    component: ComponentConfig | ComponentRemoval | ComponentUpdate,
) -> ComponentConfigAck | ComponentUpdateAck:
    """That it was taken: the RIC keeps what it is told, and judges none of it."""
    if isinstance(component, ComponentUpdate):
        return ComponentUpdateAck(type=component.type, unit=component.unit)
    return config_acknowledged(component)


def config_acknowledged(component: ComponentConfig | ComponentRemoval) -> ComponentConfigAck:
    """The same where only v2 and v3 have the entry."""
    return ComponentConfigAck(interface=component.interface, component=component.component)
