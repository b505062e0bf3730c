"""The large-scale radio channel of TR 38.901: what reaches each user from the cells near it."""

from ricloop_e2sim.channel.antenna import ELEMENT, OMNI, Antenna, panel
from ricloop_e2sim.channel.channel import Channel
from ricloop_e2sim.channel.plan import Plan, Settings, UserPlan, outdoors

__all__ = ["ELEMENT", "OMNI", "Antenna", "Channel", "Plan", "Settings", "UserPlan", "outdoors", "panel"]
