"""A list's desk for each test that asks for one."""

from list_desk import cheap_sealing, desk

__all__ = ["cheap_sealing", "desk"]
